"""The published numbers that other programs may rely on,
and a second implementation of them in R."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proofbook import data

TESTS = Path(__file__).parents[1]
CONTRACT = (TESTS / "contract.txt").read_text(encoding="utf-8").split()
INDEPENDENT = json.loads((TESTS / "independent" / "values.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def published(site: Path) -> dict[str, object]:
    return json.loads((site / "results.json").read_text(encoding="utf-8"))


def test_every_name_of_the_contract_is_published(published) -> None:
    missing = [name for name in CONTRACT if name not in published]
    assert not missing, f"note these results again, other programs rely on them: {missing}"


@pytest.mark.parametrize("name", INDEPENDENT["values"])
def test_a_result_agrees_with_r(published, name: str) -> None:
    theirs, ours = INDEPENDENT["values"][name], published[name]
    if isinstance(theirs, str):
        assert str(ours) == theirs, f"{name}: R has {theirs}, the book {ours}: find which is right"
    else:
        assert ours == pytest.approx(theirs, rel=1e-6), f"{name}: find which of the two is right"


@pytest.mark.parametrize("name", INDEPENDENT["simulated"])
def test_a_simulated_share_agrees_with_r(published, name: str) -> None:
    theirs = INDEPENDENT["simulated"][name]
    away = abs(published[name] - theirs["p"]) / theirs["mc_se"]
    assert away < 6, f"{name} lies {away:.1f} Monte Carlo errors from R's: check the design"


def test_the_audit_page_records_both_implementations(published) -> None:
    rows = data.read_text("implementations").set_index("result")
    assert set(rows.index) == set(INDEPENDENT["values"]) | set(INDEPENDENT["simulated"])
    apart = [
        name
        for name, row in rows.iterrows()
        if row["book"] != str(published[name])
        and float(row["book"]) != pytest.approx(float(published[name]), rel=1e-9)
    ]
    assert not apart, f"run `python tools/compare_implementations.py`: {apart} changed"
