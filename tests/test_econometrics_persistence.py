"""Rejections judged again with errors that carry over from year to year."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from kzmobility import econometrics as ec
from proofbook import data

DRAWS = 9_999


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return ec.regression_frame(data.read("table4"))


@pytest.fixture(scope="module")
def checks() -> pd.DataFrame:
    return ec.checklist(data.read("table4"))


@pytest.fixture(scope="module")
def again(frame: pd.DataFrame) -> pd.DataFrame:
    return ec.rejudged(frame, draws=DRAWS)


def test_every_statistic_equals_the_one_that_the_book_reports(
    again: pd.DataFrame, checks: pd.DataFrame
) -> None:
    reported = checks.set_index("name")["value"].abs()
    for name, value in again["value"].items():
        assert value == pytest.approx(reported[name], rel=1e-9), (
            f"{name}: the vectorised statistic left the reported one; mend persistence.py"
        )


def test_errors_that_do_not_carry_over_give_back_the_classical_p_values(
    frame: pd.DataFrame,
) -> None:
    plain = ec.rejudged(frame, rho=0, draws=DRAWS)
    exact = {
        "ols.f": stats.f.sf(plain.loc["ols.f", "value"], 2, 18),
        "ols.t.b1": 2 * stats.t.sf(plain.loc["ols.t.b1", "value"], 18),
        "ols.t.b2": 2 * stats.t.sf(plain.loc["ols.t.b2", "value"], 18),
        "trend.t.b1": 2 * stats.t.sf(plain.loc["trend.t.b1", "value"], 17),
        "trend.t.b2": 2 * stats.t.sf(plain.loc["trend.t.b2", "value"], 17),
        "diag.reset23.f": stats.f.sf(plain.loc["diag.reset23.f", "value"], 2, 16),
        "chow.2017.f": stats.f.sf(plain.loc["chow.2017.f", "value"], 3, 15),
    }
    for name, p in exact.items():
        found = plain.loc[name, "p"]
        slack = 4 * (p * (1 - p) / DRAWS) ** 0.5 + 1 / DRAWS
        assert found == pytest.approx(p, abs=slack), (
            f"{name}: {found:.4f} without autocorrelation, but the exact p-value is {p:.4f}"
        )


def test_autocorrelated_errors_make_every_rejection_weaker(
    again: pd.DataFrame, checks: pd.DataFrame
) -> None:
    p = checks.set_index("name")["p"]
    for name in again.index[p[again.index] < 0.05]:
        assert again.loc[name, "p"] > p[name], (
            f"{name}: carrying errors over should raise its p-value"
        )


def test_the_same_seed_gives_the_same_p_values_and_another_seed_agrees_within_its_error(
    frame: pd.DataFrame, again: pd.DataFrame
) -> None:
    pd.testing.assert_frame_equal(ec.rejudged(frame, draws=DRAWS), again)
    other = ec.rejudged(frame, draws=DRAWS, seed=7)
    assert (
        (other["p"] - again["p"]).abs()
        < 5 * (other["mc_error"] ** 2 + again["mc_error"] ** 2) ** 0.5 + 2 / DRAWS
    ).all()


def test_the_rule_treats_both_sides_alike(again: pd.DataFrame) -> None:
    names = ["ols.t.b1", "ols.t.b2", "diag.reset23.f", "chow.2017.f", "diag.dw"]
    made = pd.DataFrame(
        {"name": names, "rejects": True, "passes": [True, True, False, False, False]}
    )
    words = ec.weighed(made, again).set_index("name")["word"].to_dict()
    assert words == {
        "ols.t.b1": "passes",
        "ols.t.b2": "uninformative",
        "diag.reset23.f": "uninformative",
        "chow.2017.f": "fails",
        "diag.dw": "fails",
    }


def test_what_does_not_reject_keeps_its_verdict(again: pd.DataFrame) -> None:
    made = pd.DataFrame(
        {"name": ["hc3.t.b2", "diag.white.lm"], "rejects": False, "passes": [False, True]}
    )
    assert list(ec.weighed(made, again)["word"]) == ["fails", "passes"]


def test_counts_add_up_to_all_checks(checks: pd.DataFrame, again: pd.DataFrame) -> None:
    table = ec.weighed(checks, again)
    assert sum(ec.counts(table).values()) == len(table)


@pytest.mark.parametrize("rho", [1.0, -1.2])
def test_errors_without_a_stationary_state_are_refused(frame: pd.DataFrame, rho: float) -> None:
    with pytest.raises(ValueError, match="between -1 and 1"):
        ec.rejudged(frame, rho=rho, draws=10)
