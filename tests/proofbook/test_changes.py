"""What differs between two sites is told as data, as text, as page and as feed."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from lxml import etree

from proofbook import changes

ATOM = "{http://www.w3.org/2005/Atom}"


def site(folder: Path, verdict: str, result: float, caption: str) -> Path:
    folder.mkdir()
    claims = [{"id": "c-one-001", "verdict": verdict}]
    edition = {"edition": folder.name, "commit": "abc", "site": folder.name * 8}
    for name, value in (
        ("claims.json", claims),
        ("results.json", {"ols.r2": result}),
        ("edition.json", edition),
    ):
        (folder / name).write_text(json.dumps(value))
    (folder / "index.html").write_text(
        f"<figure id='fig-one'><figcaption>{caption}</figcaption></figure>"
    )
    return folder


@pytest.fixture
def sites(tmp_path: Path) -> list[Path]:
    """Two editions, then a third that differs from the second in a last digit only."""
    return [
        site(tmp_path / "one", "unsupported", 0.5, "Old"),
        site(tmp_path / "two", "reproduced", 0.6, "New"),
        site(tmp_path / "three", "reproduced", 0.6 + 1e-16, "New"),
    ]


def test_changes_name_verdicts_results_and_figures(sites: list[Path]) -> None:
    found = changes.compare(*sites[:2])
    assert found["verdicts"] == [{"id": "c-one-001", "before": "unsupported", "now": "reproduced"}]
    assert [e["id"] for e in found["results"]] == ["ols.r2"]
    assert found["figures"] == ["fig-one"]


def test_a_last_digit_is_no_change(sites: list[Path]) -> None:
    assert changes.compare(*sites[1:])["results"] == []


def test_the_feed_keeps_its_name_and_its_old_entries(sites: list[Path]) -> None:
    feeds = []
    for old, new in itertools.pairwise(sites):
        changes.write(old, new, "A <title>", "2026-11-24")
        feeds.append(etree.parse(new / "feed.xml"))
    assert feeds[0].findtext(f"{ATOM}id") == feeds[1].findtext(f"{ATOM}id")
    assert [len(feed.findall(f"{ATOM}entry")) for feed in feeds] == [1, 2]
