"""Batched statistics against statsmodels, one at a time, and errors that carry over."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.tsa.stattools import adfuller

from kzmobility import econometrics as ec
from kzmobility.econometrics import ar_errors
from kzmobility.econometrics.worlds import dickey_fuller
from proofbook import data

N = 21


@pytest.fixture(scope="module")
def frame():
    return ec.regression_frame(data.read("table4"))


@pytest.fixture(scope="module")
def model(frame):
    return smf.ols("y ~ x1 + x2", frame).fit()


def one(statistic, model) -> float:
    return float(np.max(statistic(model.model.endog[:, None])))


def test_f_and_t_are_those_of_statsmodels(model) -> None:
    x = model.model.exog
    assert one(ar_errors.f_ratio(x), model) == pytest.approx(model.fvalue, rel=1e-9)
    assert one(ar_errors.t_ratio(x, 2), model) == pytest.approx(model.tvalues.iloc[2], rel=1e-9)


def test_cosine_errors_follow_their_definition(model) -> None:
    x, e = model.model.exog, model.resid.to_numpy()
    inverse = np.linalg.inv(x.T @ x)
    waves = np.cos(np.pi * np.outer([1, 2, 3], np.arange(N) + 0.5) / N)
    sums = np.sqrt(2 / N) * waves @ (x * e[:, None])
    covariance = inverse @ (N * sums.T @ sums / 3) @ inverse
    t = model.params.iloc[1] / np.sqrt(covariance[1, 1])
    assert one(ar_errors.t_ratio(x, 1, "ewc3"), model) == pytest.approx(t, rel=1e-8)


def test_largest_f_is_the_largest_chow_test(frame, model) -> None:
    chow = [
        smf.ols("y ~ (x1 + x2) * late", frame.assign(late=(np.arange(N) >= cut) * 1.0))
        .fit()
        .compare_f_test(model)[0]
        for cut in range(4, N - 3)
    ]
    assert one(ar_errors.largest_f(model.model.exog, 4), model) == pytest.approx(max(chow))


def test_reset_is_an_f_test_of_powers(frame, model) -> None:
    z = (model.fittedvalues - model.fittedvalues.mean()) / model.fittedvalues.std()
    longer = smf.ols("y ~ x1 + x2 + I(z**2) + I(z**3)", frame.assign(z=z)).fit()
    expected = longer.compare_f_test(model)[0]
    assert one(ar_errors.reset(model.model.exog), model) == pytest.approx(expected, rel=1e-6)


def test_breusch_pagan_is_studentized(model) -> None:
    expected = het_breuschpagan(model.resid, model.model.exog)[0]
    assert one(ar_errors.breusch_pagan(model.model.exog), model) == pytest.approx(expected)


@pytest.mark.parametrize("lags", [0, 2])
@pytest.mark.parametrize(("terms", "columns"), [("c", [0]), ("ct", [0, 1])])
def test_dickey_fuller_is_that_of_statsmodels(frame, lags, terms, columns) -> None:
    fixed = np.column_stack([np.ones(N), np.arange(N)])[:, columns]
    y = frame["y"].to_numpy()
    t = adfuller(y, maxlag=lags, regression=terms, autolag=None, result_object=False)[0]
    assert dickey_fuller(y[:, None], lags, fixed)[0] == pytest.approx(t, rel=1e-6)


def test_unrelated_errors_give_back_classical_p_values(model) -> None:
    drawn = ar_errors.draw(N, 0, 40_000)
    p = ar_errors.p_value(ar_errors.t_ratio(model.model.exog, 2), model.model.endog, drawn)
    assert p == pytest.approx(model.pvalues.iloc[2], abs=0.004)


def test_memory_weakens_every_rejection(model) -> None:
    statistic = ar_errors.f_ratio(model.model.exog)
    p = [
        ar_errors.p_value(statistic, model.model.endog, ar_errors.draw(N, rho, 5_000))
        for rho in (0, 0.5, 0.9, 1)
    ]
    assert p == sorted(p)


def test_errors_without_a_stationary_state_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 1"):
        ar_errors.draw(N, 1.2, 5)


def test_restricted_likelihood_has_its_maximum_inside_the_interval(frame) -> None:
    low, high = ec.reml_interval(frame)
    assert low < ec.reml(frame)[0] < high
