"""Statistics of many outcomes under errors that carry over from year to year.

Most tests suppose that the errors of different years are unrelated. Where they are not, a p-value
is taken from regressions whose errors follow a first-order autoregression: a parametric bootstrap
(Davison and Hinkley 1997, chapter 4; for autocorrelated errors Rayner 1990). A statistic is a
function of outcomes (n, draws), one outcome a column, that gives one value a column.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kzmobility.econometrics.batch import Batch, f_of, total

Statistic = Callable[[np.ndarray], np.ndarray]


def draw(n: int, rho: float, draws: int, seed: int = 1990) -> np.ndarray:
    """Return normal errors with autocorrelation `rho`, (n, draws), from a PCG64 stream.

    They begin in their stationary state; with ``rho`` = 1 they are random walks.

    Raises
    ------
    ValueError
        If `rho` is not above -1 and at most 1.
    """
    if not -1 < rho <= 1:
        msg = f"an autocorrelation lies above -1 and is at most 1; got {rho:.3f}"
        raise ValueError(msg)
    errors = np.random.default_rng(seed).standard_normal((n, draws))
    if rho < 1:
        errors[0] /= np.sqrt(1 - rho**2)
    for year in range(1, n):
        errors[year] += rho * errors[year - 1]
    return errors


def p_value(statistic: Statistic, observed: np.ndarray, drawn: np.ndarray) -> float:
    """Return (1 + draws whose statistic is at least the observed one's) / (1 + draws)."""
    value = statistic(np.asarray(observed, float)[:, None])[0]
    # At a tie of rounding errors the draw counts: the p-value errs to the cautious side.
    return float((1 + (statistic(drawn) >= value * (1 - 1e-12)).sum()) / (1 + drawn.shape[1]))


def f_ratio(x: np.ndarray) -> Statistic:
    """Return the F of all columns of `x` but the first, the constant."""
    batch = Batch(x)
    return lambda y: f_of(total(y), batch.sse(y), batch.k - 1, batch.n - batch.k)


def t_ratio(x: np.ndarray, term: int, errors: str = "classical") -> Statistic:
    """Return the absolute t of one coefficient; `errors` as in :meth:`Batch.t`."""
    batch = Batch(x)
    return lambda y: np.abs(batch.t(y, term, errors))


def break_path(x: np.ndarray, least: int) -> Statistic:
    """Return the Chow (1960) F of each date with `least` years on both sides, (dates, draws)."""
    n, k = x.shape
    whole = Batch(x)
    halves = [(c, Batch(x[:c]), Batch(x[c:])) for c in range(least, n - least + 1)]

    def path(y: np.ndarray) -> np.ndarray:
        two = np.stack([before.sse(y[:c]) + after.sse(y[c:]) for c, before, after in halves])
        return f_of(whole.sse(y), two, k, n - 2 * k)

    return path


def largest_f(x: np.ndarray, least: int) -> Statistic:
    """Return the largest F of :func:`break_path`, sup-F (Andrews 1993)."""
    path = break_path(x, least)
    return lambda y: path(y).max(axis=0)


def breusch_pagan(x: np.ndarray) -> Statistic:
    """Return the studentized Breusch-Pagan LM (Koenker 1981)."""
    batch = Batch(x)

    def statistic(y: np.ndarray) -> np.ndarray:
        squares = batch.residuals(y) ** 2
        return batch.n * (1 - batch.sse(squares) / total(squares))

    return statistic


def reset(x: np.ndarray) -> Statistic:
    """Return the RESET F of squares and cubes of the fitted values (Ramsey 1969)."""
    batch = Batch(x)

    def statistic(y: np.ndarray) -> np.ndarray:
        e = batch.residuals(y)
        z = (y - e - (y - e).mean(axis=0)) / (y - e).std(axis=0)
        columns = np.broadcast_to(batch.q, (y.shape[1], *x.shape))
        powers = np.stack([z.T**2, z.T**3], axis=2)
        q = np.linalg.qr(np.concatenate([columns, powers], axis=2))[0]
        sse = (e**2).sum(axis=0) - (np.einsum("dnk,nd->dk", q, e) ** 2).sum(axis=1)
        return f_of((e**2).sum(axis=0), sse, 2, batch.n - batch.k - 2)

    return statistic
