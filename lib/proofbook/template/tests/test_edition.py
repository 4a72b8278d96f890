"""The certified figures come out, the verdicts are those expected, and the site is whole.

Run after ``python -m proofbook build``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SITE = Path(__file__).parents[1] / "_build" / "html"


def published(name: str) -> Any:
    return json.loads((SITE / name).read_text(encoding="utf-8"))


def test_every_certified_figure_is_reproduced() -> None:
    results = published("results.json")
    assert results["longley.equal"] == results["longley.compared"], (
        "a coefficient differs from its certified value: look at the table in chapter 1"
    )


def test_the_claims_have_their_verdicts() -> None:
    verdicts = [claim["verdict"] for claim in published("claims.json")]
    assert verdicts == ["reproduced", "consistent", "unsupported"], (
        "a verdict changed: read the claim's reason in the ledger"
    )


def test_every_page_is_there() -> None:
    pages = {path.name for path in SITE.glob("*.html")}
    expected = {"index.html", "01-regression.html", "02-ledger.html", "03-data.html"}
    assert expected <= pages, f"pages are missing: {expected - pages}; run the build again"
