"""Power and long-run multipliers, against simulation and an independent route."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.power import TTestPower

from kzmobility import econometrics as ec
from proofbook import data


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return ec.regression_frame(data.read("table4"))


def test_power_is_the_share_of_rejections_in_new_samples(frame) -> None:
    model = ec.variant(frame, form="differences")
    slopes = ec.fit(frame).params
    rng = np.random.default_rng(8)
    x, draws = model.model.exog, 40_000
    mean = x @ np.array([0, *slopes.iloc[1:]])
    y = mean[:, None] + np.sqrt(model.scale) * rng.standard_normal((len(x), draws))
    w = np.linalg.pinv(x)
    b, e = w @ y, y - x @ (w @ y)
    error = np.sqrt((w**2).sum(axis=1)[:, None] * (e**2).sum(axis=0) / model.df_resid)
    found = (np.abs(b / error) > 2.1098155778331806).mean(axis=1)  # t, 17 degrees of freedom
    for place, term in ((1, "x1"), (2, "x2")):
        power = ec.against(model, term, slopes[term])["power"]
        assert power == pytest.approx(found[place], abs=0.012)


def test_power_is_that_of_statsmodels() -> None:
    theirs = TTestPower().power(effect_size=0.5, nobs=18, alpha=0.05, df=17)
    assert ec.power(0.5, 1 / np.sqrt(18), 17) == pytest.approx(theirs, rel=1e-6)


def test_the_smallest_effect_has_the_power_asked_for() -> None:
    assert ec.power(ec.smallest_effect(3, 16), 3, 16) == pytest.approx(0.8)


def test_an_effect_at_the_estimate_is_not_rejected(frame) -> None:
    model = ec.fit(frame)
    assert ec.against(model, "x1", model.params["x1"])["p_effect"] == pytest.approx(1)


def test_the_long_run_error_is_that_of_many_draws(frame) -> None:
    """Draw slopes from a covariance so small that the delta method is exact."""
    model = ec.variant(frame, lagged=True)
    found = ec.long_run(model, "x1", "y_lag")
    covariance = model.cov_params().loc[["x1", "y_lag"], ["x1", "y_lag"]] * 1e-6
    centre = model.params[["x1", "y_lag"]]
    b, a = np.random.default_rng(1).multivariate_normal(centre, covariance, 200_000).T
    assert found["se"] == pytest.approx((b / (1 - a)).std() * 1e3, rel=0.01)
