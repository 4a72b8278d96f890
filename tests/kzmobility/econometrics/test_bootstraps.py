"""Bootstraps of many outcomes at once, against one regression at a time."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from kzmobility import econometrics as ec
from kzmobility.econometrics import bootstraps
from proofbook import data


@pytest.fixture(scope="module")
def design() -> np.ndarray:
    frame = ec.regression_frame(data.read("table4"))
    return sm.add_constant(frame[["x1", "x2"]]).to_numpy()


@pytest.fixture(scope="module")
def walks() -> np.ndarray:
    return np.random.default_rng(5).standard_normal((21, 3)).cumsum(axis=0)


@pytest.mark.parametrize("term", [1, 2])
def test_the_wild_bootstrap_is_a_loop_of_regressions(design, walks, term: int) -> None:
    found = bootstraps.dependent_wild(design, term, times=50)(walks)
    gap = np.abs(np.subtract.outer(np.arange(21), np.arange(21)))
    root = np.linalg.cholesky(np.clip(1 - gap / 3, 0, None))
    weights = root @ np.random.default_rng(3).standard_normal((21, 50))
    for y, p in zip(walks.T, found, strict=True):
        e = sm.OLS(y, np.delete(design, term, axis=1)).fit().resid
        least = abs(sm.OLS(y, design).fit().tvalues[term])
        drawn = [abs(sm.OLS(e * w, design).fit().tvalues[term]) for w in weights.T]
        assert p == pytest.approx((1 + np.sum(np.array(drawn) >= least)) / 51)


def test_the_stationary_bootstrap_is_a_loop_of_regressions(design, walks) -> None:
    found = bootstraps.stationary(design, 2, times=50, seed=1)(walks)
    blocks = bootstraps.StationaryBootstrap(3, np.arange(21), seed=1)
    rows = [data[0] for data, _ in blocks.bootstrap(50)]
    for y, p in zip(walks.T, found, strict=True):
        above = sum(sm.OLS(y[r], design[r]).fit().params[2] > 0 for r in rows)
        assert p == pytest.approx(2 * (1 + min(above, 50 - above)) / 51)


@pytest.mark.parametrize("kind", [bootstraps.dependent_wild, bootstraps.stationary])
def test_a_bootstrap_of_independent_errors_nearly_keeps_its_promise(design, kind) -> None:
    y = np.random.default_rng(6).standard_normal((21, 2000))
    share = (kind(design, 1)(y) <= 0.05).mean()
    assert 0.02 < share < 0.13, f"{share:.1%} of true zeros rejected where 5 % are promised"
