"""Bootstrap tests of one slope, for many outcomes at once.

Every outcome meets the same draws of weights or of years, so that one product of matrices gives a
slope for all draws and all outcomes. Outcomes are (n, outcomes), one a column.
"""

from __future__ import annotations

import numpy as np
from arch.bootstrap import StationaryBootstrap

from kzmobility.econometrics.ar_errors import Statistic
from kzmobility.econometrics.batch import Batch, square


def dependent_wild(
    x: np.ndarray, term: int, times: int = 399, years: int = 3, seed: int = 3
) -> Statistic:
    """Return the p-value of a slope by the dependent wild bootstrap (Shao 2010).

    The residuals of the model without the slope are drawn anew with normal weights whose
    correlation falls linearly to zero over `years`; p is the share of draws whose classical t is at
    least as far from zero, (1 + draws) / (1 + times).
    """
    batch, restricted = Batch(x), Batch(np.delete(x, term, axis=1))
    gap = np.abs(np.subtract.outer(np.arange(batch.n), np.arange(batch.n)))
    root = np.linalg.cholesky(np.clip(1 - gap / years, 0, None))
    drawn = root @ np.random.default_rng(seed).standard_normal((batch.n, times))

    def squared_t(slope: np.ndarray, sse: np.ndarray) -> np.ndarray:
        return slope**2 / (square(batch.weights[term][:, None]) * sse / (batch.n - batch.k))

    def p_value(y: np.ndarray) -> np.ndarray:
        e = restricted.residuals(y)
        slope = (batch.weights[term][:, None] * drawn).T @ e
        sse = (drawn**2).T @ e**2
        for column in batch.q.T:
            sse -= ((column[:, None] * drawn).T @ e) ** 2
        observed = squared_t(batch.weights[term] @ y, square(batch.residuals(y)))
        return (1 + (squared_t(slope, sse) >= observed).sum(axis=0)) / (1 + times)

    return p_value


def stationary(
    x: np.ndarray, term: int, times: int = 399, length: int = 3, seed: int = 20_240
) -> Statistic:
    """Return the p-value of a slope by the stationary bootstrap of years.

    Rows of regressors and outcome are drawn together in blocks of random length, `length` on
    average (Politis and Romano 1994); p <= 5 % where zero lies outside the 95 % percentile
    interval of the drawn slopes.
    """
    n = len(x)
    blocks = StationaryBootstrap(length, np.arange(n), seed=seed)
    weights = np.zeros((times, n))
    for draw, (rows, _) in enumerate(blocks.bootstrap(times)):
        # A slope of drawn rows is linear in the outcome: the weights of each year add up.
        np.add.at(weights[draw], rows[0], np.linalg.pinv(x[rows[0]])[term])

    def p_value(y: np.ndarray) -> np.ndarray:
        above = (weights @ y > 0).sum(axis=0)
        return 2 * (1 + np.minimum(above, times - above)) / (1 + times)

    return p_value
