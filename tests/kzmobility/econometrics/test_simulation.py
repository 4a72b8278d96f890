"""The simulations: right against exact distributions and statsmodels, on any number of workers."""

from __future__ import annotations

import importlib.util

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tools import bench_simulation as bench

from kzmobility import econometrics as ec
from kzmobility.econometrics.simulation import CHUNK, best_step, fit_many, target
from proofbook import data

# Draws of 10,000 with an R-square at least the paper's, under the default seed and the locked
# NumPy.
PINNED = {
    "driftless": 1179,
    "drift": 4393,
    "fixed_x": 3473,
    "fixed_x_drift": 5065,
    "shuffled": 4289,
    "shuffled_years": 0,
}
DRAWS = 2 * CHUNK + 1_000  # two whole chunks and a part of one


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return ec.regression_frame(data.read("table4"))


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize("design", ec.DESIGNS)
def test_the_vectorised_fits_are_those_of_statsmodels(frame, design) -> None:
    draws = 150
    result = ec.simulate(frame, design, draws)
    slow = bench.statsmodels_loop(frame, design, draws)
    goal = target(frame)
    large, low = slow["r2"] >= goal.r2, slow["dw"] <= goal.dw
    counted = [large.mean(), (slow["f_p"] < 0.05).mean(), low.mean(), (large & low).mean()]
    assert [result[f"p_{name}"] for name in ("r2", "f", "dw", "joint")] == pytest.approx(
        counted, abs=1e-12
    )
    assert np.array_equal(result["r2_counts"], np.histogram(slow["r2"], np.linspace(0, 1, 101))[0])


def test_r_square_of_independent_normal_errors_has_its_beta_distribution(frame) -> None:
    y = np.random.default_rng(3).standard_normal((21, 50_000))
    r2, dw = fit_many(y, frame[["x1"]].to_numpy(), frame[["x2"]].to_numpy())
    assert stats.kstest(r2, stats.beta(1, 9).cdf).pvalue > 0.001  # (k-1)/2 and (n-k)/2
    assert 0 < dw.min() < dw.max() < 4


def test_the_papers_own_data_give_the_papers_fit(frame) -> None:
    r2, dw = fit_many(*(frame[[name]].to_numpy() for name in ("y", "x1", "x2")))
    assert f"{r2[0]:.9f}" == "0.728394227"
    assert dw[0] == pytest.approx(target(frame).dw, rel=1e-10)


def test_a_significant_f_is_an_r_square_above_the_stated_one(frame) -> None:
    r2 = target(frame).f_r2
    assert stats.f.sf(r2 / 2 / ((1 - r2) / 18), 2, 18) == pytest.approx(0.05)


def test_walks_have_the_drift_and_spread_of_the_annual_changes(frame) -> None:
    from kzmobility.econometrics.simulation import _draw

    y, x1, _ = _draw("drift", target(frame), 20_000, np.random.default_rng(1))
    for walk, name in ((y, "y"), (x1, "x1")):
        change, steps = frame[name].diff().dropna(), np.diff(walk, axis=0)
        assert steps.mean() == pytest.approx(
            change.mean(), abs=5 * change.std() / np.sqrt(steps.size)
        )
        assert steps.std() == pytest.approx(change.std(), rel=0.01)


def test_shuffled_walks_keep_every_annual_change(frame) -> None:
    from kzmobility.econometrics.simulation import _draw

    y, *_ = _draw("shuffled", target(frame), 50, np.random.default_rng(1))
    changes = np.sort(np.diff(frame["y"]))
    assert np.allclose(np.sort(np.diff(y, axis=0), axis=0), changes[:, None])
    assert len({tuple(column) for column in y.T}) == 50


@pytest.mark.parametrize("design", ["driftless", "shuffled"])
def test_the_result_does_not_depend_on_the_number_of_workers(frame, design) -> None:
    assert same(
        ec.simulate(frame, design, DRAWS, n_jobs=1), ec.simulate(frame, design, DRAWS, n_jobs=2)
    )


def test_a_local_dask_cluster_gives_the_same_result(frame) -> None:
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("dask is an optional extra: pip install -e '.[dask]'")
    from distributed import Client, LocalCluster

    here = ec.simulate(frame, "fixed_x_drift", DRAWS, n_jobs=1)
    with (
        LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        there = ec.simulate(frame, "fixed_x_drift", DRAWS)
    assert same(here, there)


def test_the_draws_are_the_same_in_every_process_and_session(frame) -> None:
    counts = {
        design: round(ec.simulate(frame, design, 10_000)["p_r2"] * 10_000) for design in ec.DESIGNS
    }
    assert counts == PINNED


def test_another_seed_gives_other_draws_and_the_same_answer(frame) -> None:
    one, other = (ec.simulate(frame, "fixed_x", 40_000, seed) for seed in (1, 2))
    assert not np.array_equal(one["r2_counts"], other["r2_counts"])
    assert abs(one["p_r2"] - other["p_r2"]) < 4 * np.hypot(one["se_r2"], other["se_r2"])


def test_shuffling_years_gives_the_nominal_size_and_walks_do_not(frame) -> None:
    assert ec.simulate(frame, "shuffled_years", 40_000)["p_f"] == pytest.approx(0.05, abs=0.01)
    assert ec.simulate(frame, "fixed_x", 40_000)["p_f"] > 0.5


def test_throughput_divides_draws_by_seconds(frame) -> None:
    times = iter([0.0, 2.0, 7.0])
    result = bench.throughput(
        frame, "fixed_x", draws=1_000, loop_draws=10, n_jobs=1, clock=lambda: next(times)
    )
    assert (result["vectorised"], result["loop"], result["ratio"]) == (500, 2, 250)


def test_the_benchmark_fails_below_the_ratio_asked_for(capsys) -> None:
    quick = ["--draws", "20000", "--loop-draws", "20", "--designs", "fixed_x"]
    assert bench.main([*quick, "--least", "1"]) == 0
    assert bench.main([*quick, "--least", "1e9"]) == 1
    assert "fixed_x" in capsys.readouterr().out


def test_unknown_designs_and_empty_studies_are_refused(frame) -> None:
    with pytest.raises(ValueError, match="unknown design 'walk'"):
        ec.simulate(frame, "walk")
    with pytest.raises(ValueError, match="at least one draw"):
        ec.simulate(frame, draws=0)


def test_the_best_step_is_that_of_statsmodels(frame) -> None:
    years = frame.index[1:]
    fits = [ec.variant(frame, regressors=(), shift=int(year)).rsquared for year in years]
    assert best_step(frame[["y"]].to_numpy())[0] == pytest.approx(max(fits), rel=1e-12)


def test_the_share_of_best_steps_is_counted_over_the_designs_walks(frame) -> None:
    from kzmobility.econometrics.simulation import _draw, _seeds

    ((size, seed),) = _seeds("drift", 1974, 300)
    y = _draw("drift", target(frame), size, np.random.default_rng(seed))[0]
    steps = np.tril(np.ones((21, 20)), -1)  # column j steps up after year j
    r2 = np.corrcoef(np.vstack([y.T, steps.T]))[:300, 300:] ** 2
    observed = ec.variant(frame, regressors=(), shift=2016).rsquared
    assert ec.step_share(frame, "drift", 300) == (r2.max(axis=1) >= observed).mean()
