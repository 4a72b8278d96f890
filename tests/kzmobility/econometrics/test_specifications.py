"""The specification grid: each row is the fit of its choices, and none is missing unsaid."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from kzmobility import econometrics as ec
from kzmobility.econometrics.specifications import CHOICES, NEWEY_WEST_LAGS, SLOPES
from proofbook import data


@pytest.fixture(scope="module")
def series() -> pd.DataFrame:
    return ec.specification_series(data.read("table4"), data.read("weo"))


@pytest.fixture(scope="module")
def grid(series) -> pd.DataFrame:
    return ec.specification_grid(series)


def test_a_sample_of_rows_equals_statsmodels(series, grid) -> None:
    sample = grid.sample(120, random_state=1)
    assert sample.groupby(["regressors", "form", "trend", "shift"], observed=True).ngroups > 40
    for row in sample.to_dict("records"):
        model = ec.fit_specification(series, **{name: row[name] for name in CHOICES})
        table = ec.coefficients(model)
        robust = ec.coefficients(
            model.get_robustcov_results(
                "HAC", maxlags=NEWEY_WEST_LAGS, use_correction=True, use_t=True
            )
        )
        assert (row["n"], row["k"]) == (int(model.nobs), len(table))
        assert row["r2"] == pytest.approx(model.rsquared, rel=1e-7)
        e = np.asarray(model.resid)
        assert row["dw"] == pytest.approx((np.diff(e) ** 2).sum() / (e @ e), rel=1e-6)
        for term in ("const", "trend", "shift"):
            expected = table["estimate"].get(term, np.nan)
            assert row[f"b_{term}"] == pytest.approx(expected, rel=1e-5, nan_ok=True)
        for term in ("gdp", "unemployment"):
            if term not in table.index:
                assert np.isnan(row[f"b_{term}"])
                continue
            assert row[f"b_{term}"] == pytest.approx(table.loc[term, "estimate"], rel=1e-5)
            assert row[f"se_{term}"] == pytest.approx(table.loc[term, "se"], rel=1e-5)
            assert row[f"p_{term}"] == pytest.approx(table.loc[term, "p"], rel=1e-5, abs=1e-12)
            assert row[f"nw_{term}"] == pytest.approx(robust.loc[term, "se"], rel=1e-5)
            assert row[f"pnw_{term}"] == pytest.approx(robust.loc[term, "p"], rel=1e-5, abs=1e-12)


def test_the_papers_own_point_is_in_the_grid_once(grid) -> None:
    point = ec.paper_point(grid)
    assert (
        f"{point['b_gdp']:.4f} {point['b_unemployment']:.4f} {point['r2']:.9f}"
        == "3336.5875 132172.0181 0.728394227"
    )


def test_every_combination_is_fitted_or_left_out_for_a_stated_reason(series, grid) -> None:
    counts = ec.coverage(series, grid)
    # 14 window lengths from 8 to 21 years give 105 windows, 13 from 9 years give 91 in differences;
    # 4 + 1 + 4 pairs of regressors and GDP series; with or without trend; three shifts.
    assert counts["combinations"] == (105 + 105 + 91) * 9 * 2 * 3
    assert (
        counts["fitted"] + counts["shift_constant"] + counts["collinear"] == counts["combinations"]
    )
    assert grid["id"].is_unique
    assert not grid.duplicated(list(CHOICES)).any()
    assert grid["n"].min() == 8
    shifted = grid[grid["shift"] != "none"]
    assert (shifted["end"] >= shifted["shift"].astype(str).astype(int)).all()
    assert counts["collinear"] < 20


def test_a_row_says_the_code_that_reproduces_it(grid) -> None:
    for row in grid.sample(3, random_state=2).to_dict("records"):
        line = ec.code(row)
        assert "\n" not in line
        table = eval(line, {"data": data, "econometrics": ec})
        term = "gdp" if row["regressors"] != "unemployment" else "unemployment"
        assert table.loc[term, "estimate"] == pytest.approx(row[f"b_{term}"], rel=1e-5)


@pytest.mark.parametrize("form", ["levels", "logs", "differences"])
def test_fitted_series_come_back_in_persons(series, grid, form) -> None:
    row = grid[(grid["form"] == form) & (grid["regressors"] == "both") & (grid["n"] >= 15)].iloc[0]
    table = ec.fitted_specification(series, row).set_index("year")
    assert table["observed_persons"].tolist() == series.loc[table.index, "y"].tolist()
    gap = table["observed_persons"] - table["fitted_persons"]
    if form == "logs":
        gap = np.log(table["observed_persons"]) - np.log(table["fitted_persons"])
    residual = table["observed"] - table["fitted"]
    assert np.allclose(gap, residual, atol=1e-6 * table["observed"].abs().max())
    assert 1 - (residual**2).sum() / (
        (table["observed"] - table["observed"].mean()) ** 2
    ).sum() == pytest.approx(row["r2"])


def test_elasticities_are_taken_at_the_means_of_the_window(series, grid) -> None:
    row = grid[
        (grid["form"] == "differences") & (grid["gdp"] == "current") & (grid["start"] == 2003)
    ].iloc[0]
    window = series.loc[row["start"] : row["end"]]
    assert row["elasticity_gdp"] == pytest.approx(
        row["b_gdp"] * window["current"].mean() / window["y"].mean()
    )
    logs = grid[grid["form"] == "logs"]
    assert logs["elasticity_gdp"].equals(logs["b_gdp"])


def test_a_page_is_given_what_the_fits_rest_on(series, grid) -> None:
    page = json.loads(json.dumps(ec.compact(series, grid), allow_nan=False))
    assert page["series"]["y"] == series["y"].tolist()
    assert page["critical"]["18"] == pytest.approx(2.100922, abs=1e-6)
    assert page["last"] == grid["id"].max()
    assert not set(page["collinear"]) & set(grid["id"])
    assert len(page["collinear"]) == ec.coverage(series, grid)["collinear"]


def test_the_curve_is_thinned_evenly_and_its_places_are_fits_of_the_grid(grid) -> None:
    curve = ec.curve(grid, "unemployment", "newey-west", places=40)
    assert len(curve) == 40
    assert curve["elasticity"].is_monotonic_increasing
    assert curve["first"].iloc[0] == 1
    assert curve["last"].iloc[-1] == grid["b_unemployment"].notna().sum()
    assert (curve["first"].iloc[1:].to_numpy() == curve["last"].iloc[:-1].to_numpy() + 1).all()
    rows = grid.set_index("id").loc[curve["id"]]
    assert curve["significant"].tolist() == (rows["pnw_unemployment"] < 0.05).tolist()
    assert all(
        ec.rank_of(grid, int(i), "unemployment") == r
        for i, r in zip(curve["id"], curve["rank"], strict=True)
    )
    few = grid[grid["n"] == 21]
    assert len(ec.curve(few[few["b_gdp"].notna()], places=10_000)) == few["b_gdp"].notna().sum()


def test_a_rank_that_does_not_exist_is_refused(grid) -> None:
    with pytest.raises(ValueError, match="no row -1"):
        ec.rank_of(grid, -1)


def test_shares_count_signs_and_significance(grid) -> None:
    table = ec.shares(grid).set_index(["term", "choice", "value"])
    part = grid[grid["b_gdp"].notna() & (grid["form"] == "logs")]
    row = table.loc["gdp", "form", "logs"]
    assert row["fits"] == len(part)
    assert row["positive_significant"] == ((part["b_gdp"] > 0) & (part["p_gdp"] < 0.05)).mean()


def test_choices_that_do_not_exist_are_refused(series) -> None:
    with pytest.raises(ValueError, match="unknown gdp 'real'"):
        ec.fit_specification(series, gdp="real")
    with pytest.raises(ValueError, match="does not go with"):
        ec.fit_specification(series, regressors="unemployment", gdp="printed")
    with pytest.raises(ValueError, match="constant in"):
        ec.fit_specification(series, end=2014, shift="2016")
    with pytest.raises(ValueError, match="is missing"):
        ec.code({"start": 2001})


def test_the_counts_of_many_outcomes_are_those_of_the_grid(series) -> None:
    outcomes = ec.reordered(series["y"].to_numpy(), 2, seed=5)
    counts = ec.curve_counts(series, outcomes)
    for draw in range(2):
        other = ec.specification_grid(series.assign(y=outcomes[:, draw]))
        for term in ("gdp", "unemployment"):
            up = other[f"b_{term}"] > 0
            assert counts["all", term, "positive"][draw] == up.sum()
            for kind, p in (("", "p"), ("_nw", "pnw")):
                significant = other[f"{p}_{term}"] < 0.05
                found = counts["all", term, f"positive_significant{kind}"][draw]
                assert found == (up & significant).sum(), (term, kind)
                found = counts["all", term, f"negative_significant{kind}"][draw]
                assert found == (~up & significant).sum(), (term, kind)


def test_the_observed_shares_of_the_curve_are_those_of_the_grid(series, grid) -> None:
    test = ec.curve_test(series, {"reordered": ec.reordered(series["y"].to_numpy(), 20)})
    shares = ec.shares(grid).query("choice == 'all'").set_index("term")
    columns = [f"{s}_significant{e}" for s in ("positive", "negative") for e in ("", "_nw")]
    np.testing.assert_allclose(
        test.loc[("reordered", "all"), columns], shares.loc[list(SLOPES), columns]
    )


def test_a_series_beats_its_own_share_always(series) -> None:
    itself = np.repeat(series[["y"]].to_numpy(), 3, axis=1)
    test = ec.curve_test(series, {"itself": itself})
    assert (test[["positive_significant_p", "negative_significant_nw_p"]] == 1).all(axis=None)


def test_reordered_series_keep_every_log_change(series) -> None:
    y = series["y"].to_numpy()
    paths = ec.reordered(y, 50)
    changes = np.sort(np.diff(np.log(paths), axis=0), axis=0)
    np.testing.assert_allclose(changes, np.sort(np.diff(np.log(y)))[:, None].repeat(50, 1))
    np.testing.assert_allclose(paths[[0, -1]], y[[0, -1], None].repeat(50, 1))


def test_a_group_of_fits_is_tested_by_its_own_shares(series, grid) -> None:
    core = grid[ec.defensible(grid)]
    nulls = {"reordered": ec.reordered(series["y"].to_numpy(), 5)}
    test = ec.curve_test(series, nulls, {"core": set(core["id"])}).loc["reordered"]
    shares = ec.shares(core).query("choice == 'all'").set_index("term")
    assert test.loc[("core", "gdp"), "fits"] == core["b_gdp"].notna().sum()
    found = test.loc[("core", "gdp"), "negative_significant"]
    assert found == pytest.approx(shares.loc["gdp", "negative_significant"])


def test_null_elasticities_are_those_of_the_grid(series) -> None:
    outcomes = ec.reordered(series["y"].to_numpy(), 2, seed=5)
    other = ec.specification_grid(series.assign(y=outcomes[:, 1])).set_index("id")
    for term, (ids, values) in ec.null_elasticities(series, outcomes).items():
        np.testing.assert_allclose(values[:, 1], other.loc[ids, f"elasticity_{term}"], rtol=1e-6)


def test_the_band_of_one_series_is_its_own_curve(series, grid) -> None:
    itself = np.repeat(series[["y"]].to_numpy(), 3, axis=1)
    core = grid[ec.defensible(grid)]
    band = ec.null_band(ec.null_elasticities(series, itself)["gdp"], set(core["id"]), 50)
    curve = ec.curve(core, "gdp", places=50)
    assert band["rank"].tolist() == curve["rank"].tolist()
    np.testing.assert_allclose(band["low"], curve["elasticity"], rtol=1e-6)
    np.testing.assert_allclose(band["high"], curve["elasticity"], rtol=1e-6)


def test_the_defensible_core_has_long_windows_and_no_market_dollars(grid) -> None:
    core = grid[ec.defensible(grid)]
    assert core["n"].min() == 15
    assert "nominal" not in set(core["gdp"])
    assert ec.paper_point(grid)["id"] in set(core["id"])


def test_shares_can_be_weighed_by_observations(grid) -> None:
    part = grid[grid["b_gdp"].notna()]
    expected = np.average(part["b_gdp"] > 0, weights=part["n"])
    found = ec.shares(grid, weights="n").set_index(["term", "choice"]).loc[("gdp", "all")]
    assert found["positive"] == pytest.approx(expected)


def test_windows_fall_into_four_classes(grid) -> None:
    years = grid["end"] - grid["start"] + 1
    classes = ec.window_class(grid)
    assert sorted(set(years[classes == "8-11"])) == [8, 9, 10, 11]
    assert set(years[classes == "21"]) == {21}
    assert classes.notna().all()
