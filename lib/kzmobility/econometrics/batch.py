"""Least squares of many outcomes at once, on one set of regressors: what the simulations share.

Everything is linear in the outcome, so one pair of matrices serves any number of draws. Outcomes
are arrays (n, draws), one outcome a column; results are arrays (draws,).
"""

from __future__ import annotations

import numpy as np


class Batch:
    """Regressions of many outcomes on one matrix x (n, k), whose first column is the constant."""

    def __init__(self, x: np.ndarray) -> None:
        scale = np.sqrt((x**2).sum(axis=0))
        q, r = np.linalg.qr(x / scale)
        self.x, self.q = x, q
        self.weights = np.linalg.solve(r, q.T) / scale[:, None]  # coefficients are weights @ y
        self.leverage = (q**2).sum(axis=1)
        self.n, self.k = x.shape

    def residuals(self, y: np.ndarray) -> np.ndarray:
        """Return y less its projection, (n, draws)."""
        return y - self.q @ (self.q.T @ y)

    def sse(self, y: np.ndarray) -> np.ndarray:
        """Return the sums of squared residuals.

        By Pythagoras about the mean: a quarter of the time of the residuals, and exact enough
        while R-square stays below 0.999.
        """
        centred = y - y.mean(axis=0)
        return square(centred) - square(self.q.T @ centred)

    def t(
        self, y: np.ndarray, term: int, errors: str = "classical", e: np.ndarray | None = None
    ) -> np.ndarray:
        """Return the t statistics of one coefficient.

        Parameters
        ----------
        errors : str
            ``classical``; ``hc1``, ``hc3``; ``nwL``, Newey-West with L Bartlett lags and n/(n-k);
            ``ewcB``, equal-weighted cosines of the scores, B of them (Lazarus, Lewis, Stock and
            Watson 2018), to be read with Student t of B degrees of freedom.
        e : array (n, draws), optional
            The residuals, where the caller has them.
        """
        w = self.weights[term]
        e = self.residuals(y) if e is None else e
        return (w @ y) / np.sqrt(self._variance(w, e, errors))

    def _variance(self, w: np.ndarray, e: np.ndarray, errors: str) -> np.ndarray:
        factor = self.n / (self.n - self.k)
        if errors == "classical":
            return (w @ w) * (e**2).sum(axis=0) / (self.n - self.k)
        if errors == "hc3":
            return (w / (1 - self.leverage)) ** 2 @ e**2
        score = w[:, None] * e
        if errors.startswith("ewc"):
            waves = np.arange(1, int(errors[3:]) + 1)
            cosines = np.cos(np.pi / self.n * waves[:, None] * (np.arange(self.n) + 0.5))
            return 2 * ((cosines @ score) ** 2).mean(axis=0)
        variance = (score**2).sum(axis=0)
        lags = 0 if errors == "hc1" else int(errors.removeprefix("nw"))
        for lag in range(1, lags + 1):
            variance += 2 * (1 - lag / (lags + 1)) * (score[lag:] * score[:-lag]).sum(axis=0)
        return factor * variance


def square(y: np.ndarray) -> np.ndarray:
    """Return the sum of squares of each column."""
    return np.einsum("ij,ij->j", y, y)


def f_of(sse_short: np.ndarray, sse_long: np.ndarray, added: int, df: int) -> np.ndarray:
    """Return the F of the regressors that the longer model adds; df are its degrees of freedom."""
    return (sse_short - sse_long) / added / (sse_long / df)


def total(y: np.ndarray) -> np.ndarray:
    """Return the sums of squares about the mean."""
    return square(y - y.mean(axis=0))
