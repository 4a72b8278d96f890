"""The named results: all that are promised are there, and they agree with each other and
with the summary table."""

from __future__ import annotations

import math
import re

import pytest

from kzmobility import econometrics as ec
from proofbook import data

PROMISED = [
    "ols.multiple_r",
    "ols.r2",
    "ols.r2_adj",
    "ols.sigma",
    "ols.n",
    "ols.f",
    "ols.f_p",
    "ols.sse",
    "ols.vif",
    "ols.press_r2",
    "diag.dw",
    "diag.dw_p",
    "diag.bg1.lm",
    "diag.bg1.p",
    "diag.bg2.lm",
    "diag.bg2.p",
    "diag.bp.lm",
    "diag.bp.p",
    "diag.white.lm",
    "diag.white.p",
    "diag.jb",
    "diag.shapiro.w",
    "diag.shapiro.p",
    "diag.reset23.f",
    "diag.reset23.p",
    "hc1.se.b1",
    "hc1.se.b2",
    "hc3.se.b1",
    "hc3.se.b2",
    "nw1.se.b2",
    "nw2.se.b2",
    "nw3.se.b2",
    "cook.max",
    "cook.max_year",
    "loo.b2_min",
    "loo.b2_max",
    "chow.2014.f",
    "chow.2015.f",
    "chow.2016.f",
    "chow.2017.f",
    "eg.lag0",
    "eg.lag1",
    "eg.lag2",
    "eg.lag3",
    "diff.b1",
    "diff.b2",
    "diff.r2",
    "diff.f_p",
    "co.rho",
    "co.b1",
    "co.b2",
    "pw.rho",
    "pw.b1",
    "pw.b2",
    "loglog.b1",
    "loglog.b2",
    "trend.b1",
    "trend.b2",
    "trend.trend",
    "lag.b1",
    "lag.b2",
    "lag.y",
    "step2016.only.r2",
    "step2016.b1",
    "step2016.b2",
    "step2017.b1",
    "step2017.b2",
    "step2017.r2",
    "sub2001_2013.b2",
    "sub2001_2015.b1",
    "sub2001_2015.b2",
    "sub2014_2021.b2",
    "sub2001_2019.b1",
    "sub2001_2019.b2",
] + [f"ols.{part}b{i}" for part in ("", "se.", "t.", "p.", "ci_low.", "ci_high.") for i in range(3)]


@pytest.fixture(scope="module")
def named() -> dict:
    return ec.named_results(data.read("table4"))


def test_every_promised_name_is_there(named) -> None:
    assert [name for name in PROMISED if name not in named] == []


def test_names_and_values_are_fit_for_publication(named) -> None:
    for name, value in named.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+", name), name
        assert type(value) in (int, float, str), (name, type(value))
        assert isinstance(value, str) or math.isfinite(value), name


def test_the_same_data_give_the_same_values() -> None:
    one, other = (
        ec.named_results(data.read("table4"), sup_f_draws=999, bootstrap_draws=99) for _ in range(2)
    )
    assert one == other


def test_the_names_carry_the_values_that_a_second_implementation_gave(named) -> None:
    # Worked out with plain numpy and rational arithmetic before this package was written.
    expected = {
        "diag.dw": 0.800814,
        "diag.bg1.lm": 7.845573,
        "diag.reset23.f": 3.844635,
        "ols.vif": 8.494546,
        "cook.max": 0.650862,
        "step2016.only.r2": 0.870049,
        "eg.lag0": -1.957205,
        "co.rho": 0.726947,
        "pw.rho": 0.723215,
    }
    assert {name: round(named[name], 6) for name in expected} == expected
    assert named["cook.max_year"] == 2021


def test_related_names_agree(named) -> None:
    assert named["ols.t.b2"] == pytest.approx(named["ols.b2"] / named["ols.se.b2"])
    assert named["ols.r2"] == pytest.approx(named["ols.multiple_r"] ** 2)
    assert named["ols.semi_partial.b1"] ** 2 < named["ols.r2"]
    assert named["loo.b2_min"] < named["ols.b2"] < named["loo.b2_max"]
    assert named["supf.f"] == pytest.approx(max(named[f"chow.{y}.f"] for y in range(2014, 2018)))
    assert named["step2016.only.r2"] < named["step2016.r2"]


def test_the_summary_table_repeats_the_named_results(named) -> None:
    table = ec.checklist(data.read("table4"))
    assert table["name"].is_unique
    for row in table.to_dict("records"):
        assert row["value"] == pytest.approx(named[row["name"]]), row["name"]
        assert row["rejects"] == (row["p"] < 0.05) or math.isnan(row["p"]), row["check"]
    outcome = table.set_index("name")["passes"]
    assert outcome["ols.f"]
    assert outcome["diag.jb"]
    assert not outcome["diag.dw"]
    assert not outcome["chow.2016.f"]
