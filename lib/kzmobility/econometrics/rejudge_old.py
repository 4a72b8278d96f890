"""Do the rejections stand if the errors carry over from year to year?

Most tests suppose that the errors of different years are unrelated.
Positively autocorrelated errors make them reject too often:
t-tests and F-tests, which speak for a model, and tests of breaks, form and variance,
which speak against it. Here every such rejection is judged again, by the same rule for both sides:
its p-value is taken from regressions whose errors follow a first-order autoregression (a parametric
bootstrap; Davison and Hinkley 1997, chapter 4; for autocorrelated errors Rayner 1990).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from kzmobility.econometrics.diagnostics import prais_winsten
from kzmobility.econometrics.fits import fit
from kzmobility.econometrics.named import BREAK_YEARS

SUPF_TRIM = 4  # years in the shorter regime, as in sup_f: one more than the coefficients
WORDS = {True: "passes", False: "fails", None: "uninformative"}


def _design(frame: pd.DataFrame, *, trend: bool = False) -> np.ndarray:
    columns = [np.ones(len(frame)), frame["x1"], frame["x2"]] + (
        [np.arange(1.0, len(frame) + 1)] if trend else []
    )
    return np.column_stack(columns)


class _Solver:
    """Least squares of many outcomes, one a column, on one design."""

    def __init__(self, x: np.ndarray) -> None:
        scale = np.sqrt((x**2).sum(axis=0))
        self.x, self.weights = x, np.linalg.pinv(x / scale) / scale[:, None]
        self.n, self.k = x.shape

    def residuals(self, y: np.ndarray) -> np.ndarray:
        return y - self.x @ (self.weights @ y)

    def sse(self, y: np.ndarray) -> np.ndarray:
        return (self.residuals(y) ** 2).sum(axis=0)


def _t(x: np.ndarray, term: int, kind: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that gives |t| of one coefficient for every column of outcomes."""
    solver = _Solver(x)
    w = solver.weights[term][:, None]
    leverage = np.einsum("ni,in->n", x, solver.weights)[:, None]
    factor = solver.n / (solver.n - solver.k)

    def statistic(y: np.ndarray) -> np.ndarray:
        e = solver.residuals(y)
        if kind == "ols":
            variance = (w**2).sum() * (e**2).sum(axis=0) / (solver.n - solver.k)
        elif kind == "hc3":
            variance = (w**2 * (e / (1 - leverage)) ** 2).sum(axis=0)
        else:
            lags = 0 if kind == "hc1" else int(kind[2:])
            score = w * e
            variance = factor * (score**2).sum(axis=0)
            for lag in range(1, lags + 1):
                variance += (
                    factor * 2 * (1 - lag / (lags + 1)) * (score[lag:] * score[:-lag]).sum(axis=0)
                )
        return np.abs((w * y).sum(axis=0)) / np.sqrt(variance)

    return statistic


def _f(x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    solver = _Solver(x)

    def statistic(y: np.ndarray) -> np.ndarray:
        sse, sst = solver.sse(y), ((y - y.mean(axis=0)) ** 2).sum(axis=0)
        return (sst - sse) / (solver.k - 1) / (sse / (solver.n - solver.k))

    return statistic


def _chow(x: np.ndarray, rows: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return the Chow F of a second regime that starts after ``rows`` rows."""
    whole, before, after = _Solver(x), _Solver(x[:rows]), _Solver(x[rows:])

    def statistic(y: np.ndarray) -> np.ndarray:
        apart = before.sse(y[:rows]) + after.sse(y[rows:])
        return (whole.sse(y) - apart) / whole.k / (apart / (whole.n - 2 * whole.k))

    return statistic


def _sup_f(x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    tests = [_chow(x, rows) for rows in range(SUPF_TRIM, len(x) - SUPF_TRIM + 1)]
    return lambda y: np.max([test(y) for test in tests], axis=0)


def _breusch_pagan(x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    solver = _Solver(x)

    def statistic(y: np.ndarray) -> np.ndarray:
        squares = solver.residuals(y) ** 2
        return solver.n * (
            1 - solver.sse(squares) / ((squares - squares.mean(axis=0)) ** 2).sum(axis=0)
        )

    return statistic


def _reset(x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return the F of the squares and cubes of the fitted values."""
    solver = _Solver(x)

    def statistic(y: np.ndarray) -> np.ndarray:
        e = solver.residuals(y)
        z = y - e
        z = (z - z.mean(axis=0)) / z.std(
            axis=0
        )  # spans the same space together with the constant and the regressors
        scaled = x / np.sqrt((x**2).sum(axis=0))
        wide = np.concatenate(
            [
                np.broadcast_to(scaled, (y.shape[1], *x.shape)),
                z.T[..., None] ** 2,
                z.T[..., None] ** 3,
            ],
            axis=2,
        )
        q = np.linalg.qr(wide)[0]
        sse = (y**2).sum(axis=0) - (np.einsum("dnk,nd->dk", q, y) ** 2).sum(axis=1)
        return ((e**2).sum(axis=0) - sse) / 2 / (sse / (solver.n - solver.k - 2))

    return statistic


def _statistics(frame: pd.DataFrame) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """Return every statistic that supposes unrelated errors,
    by its name among the named results."""
    x, with_trend = _design(frame), _design(frame, trend=True)
    tests = {"ols.f": _f(x)}
    for term in (1, 2):
        for kind in ("ols", "hc1", "hc3", "nw1", "nw2", "nw3"):
            tests[f"{kind}.t.b{term}"] = _t(x, term, kind)
        tests[f"trend.t.b{term}"] = _t(with_trend, term, "ols")
    tests |= {"diag.bp.lm": _breusch_pagan(x), "diag.reset23.f": _reset(x)}
    years = frame.index.to_numpy()
    tests |= {f"chow.{year}.f": _chow(x, int((years < year).sum())) for year in BREAK_YEARS}
    return tests | {"supf.f": _sup_f(x)}


def rejudged(
    frame: pd.DataFrame, *, rho: float | None = None, draws: int = 39_999, seed: int = 1990
) -> pd.DataFrame:
    """Take the p-values anew from regressions whose errors follow a first-order autoregression.

    The regressors are the paper's. The errors have the autocorrelation that Prais and Winsten's
    iterations find in the paper's own residuals (least squares, hence rather too low),
    normal innovations, and start in their stationary state. Each statistic is drawn under its own
    null: the slopes are zero for t and F (a t does not depend on the other coefficients),
    the model is true and stable for the tests of form, variance and breaks.

    Parameters
    ----------
    frame : DataFrame
        As from :func:`regression_frame`.
    rho : float, optional
        Another autocorrelation; 0 gives the classical p-values, but for Monte Carlo error.
    draws, seed : int
        Number of regressions and seed of the PCG64 stream.

    Returns
    -------
    DataFrame
        Index: name of the statistic among the named results.
        Columns ``value`` (absolute), ``p`` = (1 + draws at least as large)/(1 + draws),
        ``mc_error`` (its Monte Carlo standard error), ``rho``, ``draws``.

    Raises
    ------
    ValueError
        If the autocorrelation is not between -1 and 1: such errors have no stationary state.
    """
    estimate = prais_winsten(fit(frame))
    rho = float(estimate["rho"] if rho is None else rho)
    sigma = float(estimate["sigma"])
    if not abs(rho) < 1:
        msg = (
            f"the errors have an autocorrelation of {rho:.3f}: "
            "an autoregression needs one between -1 and 1"
        )
        raise ValueError(msg)
    rng = np.random.default_rng(seed)
    n = len(frame)
    errors = rng.standard_normal((n, draws)) * sigma
    errors[0] /= np.sqrt(1 - rho**2)
    for year in range(1, n):
        errors[year] += rho * errors[year - 1]
    beta = estimate["coefficients"]["estimate"].to_numpy()
    model_true = (_design(frame) @ beta)[:, None] + errors
    y = frame["y"].to_numpy()[:, None]
    rows = []
    for name, statistic in _statistics(frame).items():
        under_null = model_true if name == "diag.reset23.f" else errors
        value = float(statistic(y)[0])
        # At a tie of rounding errors the draw counts: the p-value errs to the cautious side.
        p = (1 + int((statistic(under_null) >= value * (1 - 1e-12)).sum())) / (1 + draws)
        rows.append((name, value, p, float(np.sqrt(p * (1 - p) / draws)), rho, draws))
    return pd.DataFrame(rows, columns=["name", "value", "p", "mc_error", "rho", "draws"]).set_index(
        "name"
    )


def weighed(checklist: pd.DataFrame, again: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """Add to every check what it is worth.

    One rule for both sides: a rejection that does not stand
    when the errors carry over says nothing, whichever way it points.
    What does not reject stands, since autocorrelation makes such tests reject too often,
    not too seldom.

    Parameters
    ----------
    checklist : DataFrame
        As from :func:`~kzmobility.econometrics.checklist`.
    again : DataFrame
        As from :func:`rejudged`.

    Returns
    -------
    DataFrame
        The checklist with ``p_again`` (NaN where the test does not suppose unrelated errors)
        and ``word``: ``passes``, ``fails`` or ``uninformative``.
    """
    table = checklist.copy()
    table["p_again"] = table["name"].map(again["p"]).astype(float)
    gone = table["rejects"] & (table["p_again"] >= level)
    table["word"] = np.where(
        gone, WORDS[None], np.where(table["passes"], WORDS[True], WORDS[False])
    )
    return table


def counts(table: pd.DataFrame) -> Mapping[str, int]:
    """Return how many checks of :func:`weighed` pass, fail and say nothing."""
    return {word: int((table["word"] == word).sum()) for word in WORDS.values()}
