"""What a failure to reject says: power, the smallest effect that would be seen, and the other null.

A test that does not reject is evidence against an effect only where it would have found the effect.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats
from statsmodels.regression.linear_model import RegressionResultsWrapper


def power(effect: float, error: float, df: float, level: float = 0.05) -> float:
    """Return the power of the two-sided t test of "the slope is zero" if the slope is ``effect``.

    The t statistic is noncentral t with noncentrality ``effect / error`` (Cohen 1988, chapter 2).
    ``error`` is the estimated standard error, taken as the true one: this is the power of the same
    test on new errors of the same spread, not a restatement of the observed p-value, because
    ``effect`` is stated and not the estimate (Hoenig and Heisey 2001).
    """
    critical = stats.t.ppf(1 - level / 2, df)
    away = abs(effect) / error
    return float(stats.nct.sf(critical, df, away) + stats.nct.cdf(-critical, df, away))


def smallest_effect(error: float, df: float, power_: float = 0.8, level: float = 0.05) -> float:
    """Return the smallest slope that the test would find with the power asked for."""
    reach = optimize.brentq(lambda away: power(away, 1, df, level) - power_, 0.01, 6)
    return float(reach * error)


def against(model: RegressionResultsWrapper, term: str, effect: float) -> dict[str, float]:
    """Return what a fit says of a slope of zero and of a slope of ``effect``.

    Returns
    -------
    dict
        ``estimate``, ``se``; ``p_zero`` and ``p_effect`` (two-sided t tests that the slope is zero,
        and that it is ``effect``); ``power`` (five per cent, against ``effect``); ``smallest`` (the
        effect found four times in five).
    """
    estimate, error, df = model.params[term], model.bse[term], model.df_resid
    return {
        "estimate": float(estimate),
        "se": float(error),
        "p_zero": float(model.pvalues[term]),
        "p_effect": float(2 * stats.t.sf(abs(estimate - effect) / error, df)),
        "power": power(effect, error, df),
        "smallest": smallest_effect(error, df),
    }


def long_run(model: RegressionResultsWrapper, term: str, lag: str) -> dict[str, float]:
    """Return the long-run multiplier b / (1 - a) of a model with the lagged outcome, a its slope.

    Returns
    -------
    dict
        ``estimate`` and ``se``, by the delta method from the classical covariance.
    """
    b, a = model.params[term], model.params[lag]
    gradient = np.array([1 / (1 - a), b / (1 - a) ** 2])
    covariance = model.cov_params().loc[[term, lag], [term, lag]].to_numpy()
    return {"estimate": float(b / (1 - a)), "se": float(np.sqrt(gradient @ covariance @ gradient))}
