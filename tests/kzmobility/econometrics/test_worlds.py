"""The three worlds: every statistic of a draw is what the slow route says, whoever counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.tools.eval_measures import rmse
from statsmodels.tsa.stattools import coint

from kzmobility import econometrics as ec
from kzmobility.econometrics import worlds as w
from kzmobility.econometrics.batch import Batch
from proofbook import data

DRAWS = w.CHUNK + 500


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return ec.regression_frame(data.read("table4"))


def by_statsmodels(frame: pd.DataFrame) -> dict[str, float]:
    """Return every statistic of the worlds by single fits."""
    model = ec.fit(frame)
    early, changes = ec.variant(frame, end=2015), ec.variant(frame, form="differences")
    best = max(range(2002, 2022), key=lambda y: ec.variant(frame, regressors=(), shift=y).rsquared)
    alone = ec.variant(frame, regressors=(), shift=best)
    lagged = frame.assign(before=frame["y"].shift(1)).iloc[1:]
    last = ec.fit(lagged, "y", ["before"])
    unseen = frame.loc[2015:]
    once = smf.ols("y ~ x1 + x2", frame.loc[:2014]).fit().predict(unseen)
    anew = [
        smf.ols("y ~ x1 + x2", frame.loc[: year - 1]).fit().predict(frame.loc[[year]]).iloc[0]
        for year in unseen.index
    ]
    naive = rmse(unseen["y"], frame["y"].shift(1).loc[2015:])
    breaks = [frame.assign(late=(frame.index >= year) * 1.0) for year in range(2005, 2019)]
    chow = [smf.ols("y ~ (x1 + x2) * late", b).fit().compare_f_test(model)[0] for b in breaks]
    found = {
        "r2": model.rsquared,
        "t.gdp": model.tvalues["x1"],
        "t.unemployment": model.tvalues["x2"],
        "dw": ec.durbin_watson(model)["dw"],
        "trend.t.unemployment": ec.variant(frame, trend=True).tvalues["x2"],
        "early.t.unemployment": early.tvalues["x2"],
        "diff.f": changes.fvalue,
        "lag.joint_f": ec.fit(lagged, "y", ["before", "x1", "x2"]).compare_f_test(last)[0],
        "supf": max(chow),
        "step.r2": alone.rsquared,
        "step.joint_f": ec.variant(frame, shift=best).compare_f_test(alone)[0],
        "forecast.fixed": rmse(unseen["y"], once) / naive,
        "forecast.expanding": rmse(unseen["y"], anew) / naive,
    }
    x = frame[["x1", "x2"]]
    found |= {f"eg.lag{k}": coint(frame["y"], x, maxlag=k, autolag=None)[0] for k in range(4)}
    positive = (frame["y"] > 0).all()
    return found | {"logs.r2": ec.variant(frame, form="logs").rsquared if positive else np.nan}


def test_the_observed_statistics_are_those_of_single_fits(frame) -> None:
    found = w.Measures(frame)(frame[["y"]].to_numpy())
    slow = by_statsmodels(frame)
    assert {k: found[k][0] for k in w.SIDES} == pytest.approx(slow, rel=1e-8)


@pytest.mark.parametrize("world", w.WORLDS)
def test_the_statistics_of_a_draw_are_those_of_single_fits(frame, world) -> None:
    y = w.draw(world, w.calibrate(frame), 3, np.random.default_rng(4))
    found = w.Measures(frame)(y)
    for place in range(3):
        slow = by_statsmodels(frame.assign(y=y[:, place]))
        fast = {name: found[name][place] for name in w.SIDES}
        assert fast == pytest.approx(slow, rel=1e-7, nan_ok=True)


def test_the_table_does_not_depend_on_the_number_of_workers(frame) -> None:
    one, two = (ec.world_table(frame, DRAWS, n_jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_the_shares_are_those_of_the_draws(frame) -> None:
    table = ec.world_table(frame, 300, seed=6)
    ((size, seed),) = w._chunks("walk", 300, 6)
    y = w.draw("walk", w.calibrate(frame), size, np.random.default_rng(seed))
    r2 = [ec.fit(frame.assign(y=column)).rsquared for column in y.T]
    assert table.at["r2", "walk"] == (np.array(r2) >= ec.fit(frame).rsquared).mean()


def test_restricted_likelihood_is_highest_at_the_memory_found(frame) -> None:
    """Write the likelihood out with whole matrices, on a grid."""
    rho, sigma = w.reml(frame)
    x = np.column_stack([np.ones(21), frame[["x1", "x2"]]])
    y, gap = frame["y"].to_numpy(), np.abs(np.subtract.outer(range(21), range(21)))

    def likelihood(r: float) -> tuple[float, float]:
        weight = np.linalg.inv(r**gap / (1 - r**2))
        bread = x.T @ weight @ x
        e = y - x @ np.linalg.solve(bread, x.T @ weight @ y)
        sse = e @ weight @ e
        volumes = np.linalg.slogdet(weight)[1] - np.linalg.slogdet(bread)[1]
        return volumes / 2 - 9 * np.log(sse), np.sqrt(sse / 18)

    grid = np.linspace(0.8, 0.99, 191)
    assert grid[np.argmax([likelihood(r)[0] for r in grid])] == pytest.approx(rho, abs=0.001)
    assert likelihood(rho)[1] == pytest.approx(sigma, rel=1e-6)


def test_the_relation_has_the_papers_mean_and_the_memory_found(frame) -> None:
    fitted = w.calibrate(frame)
    errors = w.draw("relation", fitted, 40_000, np.random.default_rng(2)) - fitted.mean[:, None]
    assert np.abs(errors.mean(axis=1)).max() < 0.03 * errors.std()
    assert np.corrcoef(errors[9], errors[10])[0, 1] == pytest.approx(fitted.rho, abs=0.005)
    assert (errors[10] - fitted.rho * errors[9]).std() == pytest.approx(fitted.sigma, rel=0.02)


def test_the_walk_has_the_log_changes_of_migration(frame) -> None:
    changes = np.diff(np.log(frame["y"]))
    y = w.draw("walk", w.calibrate(frame), 40_000, np.random.default_rng(2))
    steps = np.diff(np.log(y), axis=0)
    assert steps.mean() == pytest.approx(changes.mean(), abs=0.001)
    assert steps.std() == pytest.approx(changes.std(ddof=1), rel=0.005)


@pytest.mark.parametrize(("offset", "year"), [(0, 2016), (1, 2017)])
def test_the_step_has_both_levels_and_both_spreads(frame, offset, year) -> None:
    y = w.draw("step", w.calibrate(frame), 40_000, np.random.default_rng(2))[:, offset::2]
    for regime in (frame.index < year, frame.index >= year):
        observed = frame.loc[regime, "y"]
        assert y[regime].mean() == pytest.approx(observed.mean(), rel=0.005)
        assert y[regime].std() == pytest.approx(observed.std(), rel=0.01)


@pytest.mark.parametrize("kind", ["classical", "hc1", "hc3", "nw1", "nw3"])
def test_t_of_many_outcomes_is_that_of_statsmodels(frame, kind) -> None:
    model = ec.fit(frame)
    if kind.startswith("hc"):
        model = model.get_robustcov_results(kind.upper(), use_t=True)
    elif kind.startswith("nw"):
        model = model.get_robustcov_results("HAC", maxlags=int(kind[2:]), use_correction=True)
    batch = Batch(model.model.exog)
    found = batch.t(frame[["y"]].to_numpy(), 2, kind)[0]
    assert found == pytest.approx(np.asarray(model.tvalues)[2], rel=1e-8)


def test_cosine_errors_are_those_of_the_sandwich(frame) -> None:
    """Lazarus, Lewis, Stock and Watson (2018), on the scores x e."""
    model = ec.fit(frame)
    x, e = model.model.exog, np.asarray(model.resid)
    waves = [np.cos(np.pi * j * (np.arange(21) + 0.5) / 21) for j in (1, 2, 3)]
    sums = np.sqrt(2 / 21) * np.array([wave @ (x * e[:, None]) for wave in waves])
    bread = np.linalg.inv(x.T @ x)
    error = np.sqrt(21 * np.diag(bread @ (sums.T @ sums / 3) @ bread))
    found = Batch(x).t(frame[["y"]].to_numpy(), 1, "ewc3")[0]
    assert found == pytest.approx(model.params["x1"] / error[1], rel=1e-6)


def test_worlds_are_told_apart_by_middle_and_tails() -> None:
    table = pd.DataFrame({"relation": [0.5, 0.5], "walk": [0.99, 0.1], "step": [0.3, 0.9]})
    assert ec.separated(table).tolist() == [[("relation", "walk"), ("walk", "step")], []]


def test_sizes_of_the_walk_are_shares_of_its_draws(frame) -> None:
    found = ec.sizes(frame, 200, seed=9)
    ((size, seed),) = w._chunks("walk", 200, 9)
    y = w.draw("walk", w.calibrate(frame), size, np.random.default_rng(seed))
    fits = [ec.fit(frame.assign(y=column)) for column in y.T]
    p = [fit.get_robustcov_results("HC3", use_t=True).pvalues[1] for fit in fits]
    share = np.mean(np.array(p) < 0.05)
    assert found.at[("hc3", "gdp"), "walk"] == pytest.approx(share)


def test_an_unknown_world_is_refused(frame) -> None:
    with pytest.raises(ValueError, match="unknown world 'flat'"):
        w.draw("flat", w.calibrate(frame), 1, np.random.default_rng(1))
