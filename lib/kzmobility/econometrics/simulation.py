"""How good a fit do unrelated random walks give, in regressions of the paper's shape?

Granger and Newbold (1974) showed that walks which have nothing to do with each other often give a
high R-square, a significant F and a low Durbin-Watson; Phillips (1986) showed why. Each design here
keeps the paper's n and its two regressors and asks how often such a fit is at least as good as the
paper's.

The draws are made in chunks of fixed size, each with its own child of one seed, and a chunk returns
counts. So the result does not depend on how many workers share the chunks, in what order, or where:
``joblib`` threads here, or Dask under ``joblib.parallel_config(backend="dask")``, unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy import stats
from statsmodels.stats.stattools import durbin_watson

from kzmobility.econometrics.fits import fit

# The place of a design is part of its seed.
DESIGNS = (
    "driftless",  # three unrelated walks without drift
    "drift",  # three walks with the drift and spread of each series' own annual changes
    "fixed_x",  # the paper's regressors, outcome a walk without drift
    "fixed_x_drift",  # the paper's regressors, outcome a walk with its own drift and spread
    "shuffled",  # the paper's regressors, outcome's own annual changes in random order
    "shuffled_years",  # the paper's regressors, the outcome's years shuffled: the wrong null
)
CHUNK = 8_192  # 21 x 8192 doubles are 1.4 MB: the arrays of a chunk stay in the processor's cache
R2_EDGES = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class Target:
    """What the simulations are compared with: the paper's data and its fit.

    Attributes
    ----------
    y : array (n,)
    x : array (n, 2)
    r2, dw, f_r2 : float
        R-square, Durbin-Watson, and the R-square at which F is just significant at 5 %.
    """

    y: np.ndarray
    x: np.ndarray
    r2: float
    dw: float
    f_r2: float


def target(frame: pd.DataFrame) -> Target:
    """Return the :class:`Target` of a frame as from :func:`regression_frame`."""
    model = fit(frame)
    n = len(frame)
    critical = stats.f.ppf(0.95, 2, n - 3)
    return Target(
        y=frame["y"].to_numpy(float),
        x=frame[["x1", "x2"]].to_numpy(float),
        r2=float(model.rsquared),
        dw=float(durbin_watson(np.asarray(model.resid))),
        f_r2=float(2 * critical / (2 * critical + n - 3)),
    )


# ---- Drawing -------------------------------------------------------------------------------------


def _accumulate(steps: np.ndarray) -> np.ndarray:
    """Sum down the years in place; a loop over rows is ten times as fast as ``cumsum``."""
    for year in range(1, len(steps)):
        steps[year] += steps[year - 1]
    return steps


def _shuffled(rng: np.random.Generator, values: np.ndarray, draws: int) -> np.ndarray:
    """Return the values in independent random orders, (len(values), draws)."""
    return rng.permuted(np.broadcast_to(values, (draws, len(values))), axis=1).T


def _walk(
    rng: np.random.Generator, n: int, draws: int, changes: np.ndarray | None = None
) -> np.ndarray:
    """Return walks (n, draws) from zero, with normal steps as the changes, else standard ones.

    Where a walk starts, and of what size its steps are without drift, does not move R-square or
    Durbin-Watson.
    """
    walk = np.empty((n, draws))
    walk[0] = 0
    rng.standard_normal(out=walk[1:])
    if changes is not None:
        walk[1:] *= changes.std(ddof=1)
        walk[1:] += changes.mean()
    return _accumulate(walk)


def _draw(
    design: str, goal: Target, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return y, x1, x2, each (n, draws), or x1 and x2 as (n, 1) where the paper's are kept."""
    n = len(goal.y)
    if design in ("driftless", "drift"):
        changes = [None] * 3 if design == "driftless" else [np.diff(v) for v in (goal.y, *goal.x.T)]
        y, x1, x2 = (_walk(rng, n, draws, change) for change in changes)
        return y, x1, x2
    x1, x2 = goal.x[:, :1], goal.x[:, 1:]
    if design == "fixed_x":
        y = _walk(rng, n, draws)
    elif design == "fixed_x_drift":
        y = _walk(rng, n, draws, np.diff(goal.y))
    elif design == "shuffled":
        y = _accumulate(np.vstack([np.zeros((1, draws)), _shuffled(rng, np.diff(goal.y), draws)]))
    elif design == "shuffled_years":
        y = np.ascontiguousarray(_shuffled(rng, goal.y, draws))
    else:
        msg = f"unknown design {design!r}; choose one of {DESIGNS}"
        raise ValueError(msg)
    return y, x1, x2


# ---- Fitting -------------------------------------------------------------------------------------


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->j", a, b)  # no BLAS: its threads would compete with the workers


def fit_many(y: np.ndarray, x1: np.ndarray, x2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit y on x1, x2 and a constant for every column, in closed form.

    x1 and x2 are centred, x2 is made orthogonal to x1, and y is projected on both in turn (modified
    Gram-Schmidt), which is as exact as a QR decomposition and needs no matrix.

    Parameters
    ----------
    y : array (n, draws)
    x1, x2 : array (n, draws) or (n, 1)

    Returns
    -------
    r2, dw : arrays (draws,)
        R-square and Durbin-Watson.
    """
    x1 = x1 - x1.mean(axis=0)
    x2 = x2 - x2.mean(axis=0)
    x2 -= x1 * (_dot(x1, x2) / _dot(x1, x1))
    e = y - y.mean(axis=0)
    total = _dot(e, e)
    for x in (x1, x2):
        share = np.einsum("ij,ij->j", np.broadcast_to(x, e.shape), e) / _dot(x, x)
        e -= x * share
    rest = _dot(e, e)
    step = np.diff(e, axis=0)
    return 1 - rest / total, _dot(step, step) / rest


def _chunk(
    design: str, goal: Target, draws: int, seed: np.random.SeedSequence
) -> dict[str, np.ndarray]:
    r2, dw = fit_many(*_draw(design, goal, draws, np.random.default_rng(seed)))
    # A permutation that rebuilds the paper's own series must count as "at least as large" in spite
    # of rounding.
    large = r2 >= goal.r2 * (1 - 1e-12)
    low = dw <= goal.dw * (1 + 1e-12)
    return {
        "counts": np.array([large.sum(), (r2 > goal.f_r2).sum(), low.sum(), (large & low).sum()]),
        "r2": np.histogram(r2, R2_EDGES)[0],
    }


def _seeds(design: str, seed: int, draws: int) -> list[tuple[int, np.random.SeedSequence]]:
    """Return the size and the seed of each chunk; a design has a stream of its own."""
    sizes = [CHUNK] * (draws // CHUNK) + ([draws % CHUNK] if draws % CHUNK else [])
    root = np.random.SeedSequence([seed, DESIGNS.index(design)])
    return list(zip(sizes, root.spawn(len(sizes)), strict=True))


def simulate(
    frame: pd.DataFrame,
    design: str = "driftless",
    draws: int = 1_000_000,
    seed: int = 1974,
    n_jobs: int = -1,
) -> dict[str, object]:
    """Simulate one design.

    Parameters
    ----------
    frame : DataFrame
        As from :func:`regression_frame`.
    design : str
        One of ``DESIGNS``.
    draws, seed : int
    n_jobs : int
        Workers for joblib; the result does not depend on it. Threads by default (numpy leaves
        Python's lock while it computes); a backend chosen with ``joblib.parallel_config`` is used
        instead.

    Returns
    -------
    dict
        ``design``, ``draws``; probabilities ``p_r2`` (R-square at least the paper's), ``p_f`` (F
        significant at 5 %), ``p_dw`` (Durbin-Watson at most the paper's), ``p_joint`` (R-square at
        least and Durbin-Watson at most); their Monte Carlo standard errors ``se_r2``, ... =
        sqrt(p(1-p)/draws); ``r2_counts`` (100 bins of R-square on [0, 1]).

    Raises
    ------
    ValueError
        If the design is unknown or ``draws`` is not positive.
    """
    if design not in DESIGNS:
        msg = f"unknown design {design!r}; choose one of {DESIGNS}"
        raise ValueError(msg)
    if draws < 1:
        msg = f"at least one draw is needed; got {draws}"
        raise ValueError(msg)
    goal = target(frame)
    parts = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_chunk)(design, goal, size, seed_of)
        for size, seed_of in _seeds(design, seed, draws)
    )
    p = sum(part["counts"] for part in parts) / draws
    result: dict[str, object] = {"design": design, "draws": draws}
    for name, value in zip(("r2", "f", "dw", "joint"), p, strict=True):
        result[f"p_{name}"] = float(value)
        result[f"se_{name}"] = float(np.sqrt(value * (1 - value) / draws))
    result["r2_counts"] = sum(part["r2"] for part in parts)
    return result


def best_step(y: np.ndarray) -> np.ndarray:
    """Return the R-square of the best single step for every column of y (n, draws).

    A step is one level up to a year and another from the next on; each of the n - 1 dates is tried.
    """
    n = len(y)
    e = y - y.mean(axis=0)
    total = _dot(e, e)
    # Between the two means: (sum before)^2 n / (k (n - k)), k years before the step.
    weight = n / (np.arange(1, n) * np.arange(n - 1, 0, -1))
    return (_accumulate(e)[:-1] ** 2 * weight[:, None]).max(axis=0) / total


def step_share(
    frame: pd.DataFrame, design: str, draws: int = 1_000_000, seed: int = 1974, n_jobs: int = -1
) -> float:
    """Return how often the best single step fits a design's walks as well as it fits migration.

    The walks are those of :func:`simulate`. A date chosen after a look deserves the suspicion that
    a regression on growing series does.
    """
    goal = target(frame)
    observed = float(best_step(goal.y[:, None])[0]) * (1 - 1e-12)

    def count(size: int, child: np.random.SeedSequence) -> int:
        y = _draw(design, goal, size, np.random.default_rng(child))[0]
        return int((best_step(y) >= observed).sum())

    chunks = _seeds(design, seed, draws)
    parts = Parallel(n_jobs=n_jobs, prefer="threads")(delayed(count)(*chunk) for chunk in chunks)
    return sum(parts) / draws
