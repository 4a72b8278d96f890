"""Three worlds that may have made the 21 years, and how often each gives what was observed.

``relation``: the paper's coefficients hold, and errors carry over from year to year. ``walk``: the
logarithm of migration wanders and has nothing to do with GDP and unemployment. ``step``: one level
up to 2015 or 2016, another after it, with a spread of its own, and noise. GDP and unemployment are
the paper's in all three. What the worlds share is one table: no test is a vote, each is a number
that a world makes likely or not.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy import optimize, stats

from kzmobility.econometrics.ar_errors import Statistic
from kzmobility.econometrics.batch import Batch, f_of, square, total
from kzmobility.econometrics.bootstraps import dependent_wild, stationary
from kzmobility.econometrics.fits import fit
from kzmobility.econometrics.simulation import best_step

WORLDS = ("relation", "walk", "step")
# The side on which a draw is at least as extreme: 1 as large or larger, -1 as small or smaller.
SIDES = {
    "r2": 1,
    "t.gdp": 1,
    "t.unemployment": 1,
    "dw": -1,
    "trend.t.unemployment": 1,
    "logs.r2": 1,
    "eg.lag0": -1,
    "eg.lag1": -1,
    "eg.lag2": -1,
    "eg.lag3": -1,
    "diff.f": -1,
    "lag.joint_f": -1,
    "supf": 1,
    "early.t.unemployment": -1,
    "step.r2": 1,
    "step.joint_f": -1,
    "forecast.fixed": 1,
    "forecast.expanding": 1,
}
ERRORS = ("classical", "hc1", "hc3", "nw1", "nw2", "nw3", "ewc3")
CHUNK = 2_048  # so few columns that BLAS starts no threads of its own, which would only compete
SPLIT = 2015  # first year predicted, and the first after the early years
TRIM = 4  # years in the shorter regime of sup-F, one more than the coefficients


@dataclass(frozen=True)
class Calibration:
    """What the worlds take from the data.

    Attributes
    ----------
    mean : array (n,)
        The paper's fitted values, persons.
    rho, sigma : float
        Memory of the relation's errors and the standard deviation of their innovations, persons,
        by :func:`reml`.
    start, drift, spread : float
        Persons in the first year; mean and standard deviation (n-1) of the annual log changes.
    steps : tuple
        For a second regime from 2016 and from 2017: levels and spreads (n-1) by year, (n,) each.
    """

    mean: np.ndarray
    rho: float
    sigma: float
    start: float
    drift: float
    spread: float
    steps: tuple[tuple[np.ndarray, np.ndarray], ...]


def calibrate(frame: pd.DataFrame) -> Calibration:
    """Return the worlds' parameters from a frame as from :func:`regression_frame`."""
    y = frame["y"].to_numpy(float)
    rho, sigma = reml(frame)
    changes = np.diff(np.log(y))
    steps = []
    for year in (2016, 2017):
        late = frame.index.to_numpy() >= year
        level = np.where(late, y[late].mean(), y[~late].mean())
        steps.append((level, np.where(late, y[late].std(ddof=1), y[~late].std(ddof=1))))
    return Calibration(
        mean=np.asarray(fit(frame).fittedvalues),
        rho=rho,
        sigma=sigma,
        start=float(y[0]),
        drift=float(changes.mean()),
        spread=float(changes.std(ddof=1)),
        steps=tuple(steps),
    )


def _carried(shocks: np.ndarray, rho: float) -> np.ndarray:
    """Turn standard normal shocks into a stationary autoregression with innovations of size one."""
    errors = shocks.copy()
    errors[0] /= np.sqrt(1 - rho**2)
    for year in range(1, len(errors)):
        errors[year] += rho * errors[year - 1]
    return errors


def _whitened(x: np.ndarray, y: np.ndarray, rho: float) -> tuple[Batch, np.ndarray]:
    def differ(v: np.ndarray) -> np.ndarray:
        return np.concatenate([v[:1] * np.sqrt(1 - rho**2), v[1:] - rho * v[:-1]])

    return Batch(differ(x)), differ(y)


def _deviance(rho: float, x: np.ndarray, y: np.ndarray) -> float:
    """Return minus twice the restricted log-likelihood of `rho`, but for a constant."""
    batch, white = _whitened(x, y, rho)
    sse = square(batch.residuals(white[:, None]))[0]
    _, volume = np.linalg.slogdet(batch.x.T @ batch.x)
    return float((batch.n - batch.k) * np.log(sse) + volume - np.log(1 - rho**2))


def _columns(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    x = _design(frame)
    return x / np.sqrt((x**2).sum(axis=0)), frame["y"].to_numpy(float)


def reml(frame: pd.DataFrame) -> tuple[float, float]:
    """Return memory and innovation size of the paper's errors by restricted maximum likelihood.

    The errors are a stationary first-order autoregression. Restricted likelihood counts the
    coefficients as lost (Patterson and Thompson 1971, Cheang and Reinsel 2000), so that memory is
    far less understated than by the residuals' own slope, and is searched up to 0.999.

    Returns
    -------
    rho, sigma : float
        ``sigma`` is the standard deviation of the innovations, persons.
    """
    x, y = _columns(frame)
    search = optimize.minimize_scalar(_deviance, bounds=(0, 0.999), args=(x, y), method="bounded")
    rho = float(search.x)
    batch, white = _whitened(x, y, rho)
    sse = square(batch.residuals(white[:, None]))[0]
    return rho, float(np.sqrt(sse / (batch.n - batch.k)))


def reml_interval(frame: pd.DataFrame, level: float = 0.95) -> tuple[float, float]:
    """Return the memories that a restricted likelihood-ratio test does not refuse, up to 0.999."""
    x, y = _columns(frame)
    grid = np.arange(1000) / 1000
    deviance = np.array([_deviance(rho, x, y) for rho in grid])
    inside = grid[deviance <= deviance.min() + stats.chi2.ppf(level, 1)]
    return float(inside.min()), float(inside.max())


def draw(world: str, fitted: Calibration, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return outcomes of a world, (years, draws), in persons.

    In the step world the odd draws step in 2016 and the even ones in 2017.
    """
    shocks = rng.standard_normal((len(fitted.mean), draws))
    if world == "relation":
        return fitted.mean[:, None] + fitted.sigma * _carried(shocks, fitted.rho)
    if world == "walk":
        shocks[0] = 0
        shocks[1:] = fitted.drift + fitted.spread * shocks[1:]
        return fitted.start * np.exp(shocks.cumsum(axis=0))
    if world == "step":
        for offset, (level, spread) in enumerate(fitted.steps):
            shocks[:, offset::2] = level[:, None] + spread[:, None] * shocks[:, offset::2]
        return shocks
    msg = f"unknown world {world!r}; choose one of {WORLDS}"
    raise ValueError(msg)


def _design(frame: pd.DataFrame, *more: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(frame)), frame[["x1", "x2"]], *more])


class Measures:
    """Every statistic of the book for many outcomes on the paper's regressors."""

    def __init__(self, frame: pd.DataFrame) -> None:
        x, n = _design(frame), len(frame)
        self.n, self.x = n, x
        self.base = Batch(x)
        self.trend = Batch(_design(frame, np.arange(n)))
        self.early = int((frame.index < SPLIT).sum())
        self.first = Batch(x[: self.early + 1])  # 2001 to 2015
        # A linear trend of the levels is the constant of the differences.
        self.changes = Batch(np.column_stack([np.ones(n - 1), np.diff(x[:, 1:], axis=0)]))
        self.logs = Batch(np.column_stack([np.ones(n), np.log(x[:, 1:])]))
        self.later = Batch(x[1:])
        self.breaks = [(Batch(x[:c]), Batch(x[c:]), c) for c in range(TRIM, n - TRIM + 1)]
        self.steps = [Batch(_design(frame, np.arange(n) >= c)) for c in range(1, n)]

    def __call__(self, y: np.ndarray) -> dict[str, np.ndarray]:
        """Return the statistics in ``SIDES`` for outcomes y (n, draws), (draws,) each.

        ``logs.r2`` is NaN where an outcome is not positive.
        """
        e = self.base.residuals(y)
        sse, sst = (e**2).sum(axis=0), total(y)
        found = {
            "r2": 1 - sse / sst,
            "t.gdp": self.base.t(y, 1, e=e),
            "t.unemployment": self.base.t(y, 2, e=e),
            "dw": (np.diff(e, axis=0) ** 2).sum(axis=0) / sse,
            "trend.t.unemployment": self.trend.t(y, 2),
            "early.t.unemployment": self.first.t(y[: self.early + 1], 2),
            "logs.r2": self._logs(y),
            "diff.f": self._changes(np.diff(y, axis=0)),
            "lag.joint_f": self._lagged(y),
            "supf": self._breaks(y, sse),
        }
        found |= {f"eg.lag{lags}": dickey_fuller(e, lags) for lags in range(4)}
        return found | self._steps(y, sst) | self._forecasts(y)

    def _logs(self, y: np.ndarray) -> np.ndarray:
        logs = np.log(np.where((y > 0).all(axis=0), y, np.nan))
        return 1 - self.logs.sse(logs) / total(logs)

    def _changes(self, dy: np.ndarray) -> np.ndarray:
        return f_of(total(dy), self.changes.sse(dy), 2, self.n - 4)

    def _lagged(self, y: np.ndarray) -> np.ndarray:
        """Return F of both regressors beside last year's outcome (Frisch-Waugh-Lovell)."""

        def rest(a: np.ndarray, b: np.ndarray) -> np.ndarray:
            return (a**2).sum(axis=0) - (a * b).sum(axis=0) ** 2 / (b**2).sum(axis=0)

        now, before = y[1:], y[:-1]
        short = rest(now - now.mean(axis=0), before - before.mean(axis=0))
        long = rest(self.later.residuals(now), self.later.residuals(before))
        return f_of(short, long, 2, self.n - 1 - 4)

    def _breaks(self, y: np.ndarray, sse: np.ndarray) -> np.ndarray:
        apart = [before.sse(y[:c]) + after.sse(y[c:]) for before, after, c in self.breaks]
        return f_of(sse, np.min(apart, axis=0), 3, self.n - 6)

    def _steps(self, y: np.ndarray, sst: np.ndarray) -> dict[str, np.ndarray]:
        """Return R-square of the best single step, and F of both regressors beside it."""
        e = y - y.mean(axis=0)
        years = np.arange(1, self.n)
        between = e.cumsum(axis=0)[:-1] ** 2 * (self.n / years / (self.n - years))[:, None]
        place = between.argmax(axis=0)
        long = np.stack([step.sse(e) for step in self.steps])
        chosen = np.take_along_axis(long, place[None], axis=0)[0]
        short = sst - between.max(axis=0)
        return {"step.r2": best_step(y), "step.joint_f": f_of(short, chosen, 2, self.n - 4)}

    def _forecasts(self, y: np.ndarray) -> dict[str, np.ndarray]:
        """Return the typical error of the model's forecasts as a multiple of no change's."""
        later = range(self.early, self.n)
        once = Batch(self.x[: self.early]).weights
        fixed = y[self.early :] - self.x[self.early :] @ (once @ y[: self.early])
        anew = [y[i] - self.x[i] @ (Batch(self.x[:i]).weights @ y[:i]) for i in later]
        naive = (np.diff(y, axis=0)[self.early - 1 :] ** 2).mean(axis=0)
        return {
            "forecast.fixed": np.sqrt((fixed**2).mean(axis=0) / naive),
            "forecast.expanding": np.sqrt((np.square(anew)).mean(axis=0) / naive),
        }


def dickey_fuller(e: np.ndarray, lags: int, terms: np.ndarray | None = None) -> np.ndarray:
    """Return the t statistics of the augmented Dickey-Fuller regression.

    Without `terms`, on residuals, this is the second step of Engle and Granger (1987). `terms`
    (n, k), the constant first, then a trend or a step, are partialled out. All years that the lags
    leave are used.
    """
    change = np.diff(e, axis=0)
    rows, lost = len(change) - lags, lags + 1
    z = np.stack([e[lags:-1], *(change[lags - j : lags - j + rows] for j in range(1, lags + 1))])
    r = change[lags:]
    if terms is not None:
        partial = Batch(terms[lags + 1 :])
        r, z, lost = (
            partial.residuals(r),
            np.stack([partial.residuals(c) for c in z]),
            lost + partial.k,
        )
    inverse = np.linalg.inv(np.einsum("ptd,qtd->dpq", z, z))
    cross = np.einsum("ptd,td->dp", z, r)
    b = np.einsum("dpq,dq->dp", inverse, cross)
    variance = ((r**2).sum(axis=0) - (b * cross).sum(axis=1)) / (rows - lost)
    return b[:, 0] / np.sqrt(variance * inverse[:, 0, 0])


def _count(
    world: str,
    fitted: Calibration,
    measures: Measures,
    observed: dict[str, float],
    chunk: tuple[int, np.random.SeedSequence],
) -> np.ndarray:
    """Return for each statistic how many draws are as extreme, and in how many it exists."""
    size, seed = chunk
    found = measures(draw(world, fitted, size, np.random.default_rng(seed)))
    counts = []
    for name, side in SIDES.items():
        values = found[name]
        limit = side * observed[name] * (1 - np.sign(side * observed[name]) * 1e-12)
        counts.append((int((side * values >= limit).sum()), int(np.isfinite(values).sum())))
    return np.array(counts)


def _chunks(world: str, draws: int, seed: int) -> list[tuple[int, np.random.SeedSequence]]:
    sizes = np.diff(np.r_[0:draws:CHUNK, draws])
    root = np.random.SeedSequence([seed, 3, WORLDS.index(world)])
    return [(int(size), child) for size, child in zip(sizes, root.spawn(len(sizes)), strict=True)]


def world_table(
    frame: pd.DataFrame, draws: int = 100_000, seed: int = 1974, n_jobs: int = -1
) -> pd.DataFrame:
    """Return how often each world gives a value at least as extreme as the observed one.

    Parameters
    ----------
    draws, seed, n_jobs : int
        A world. The result does not depend on the number of workers.

    Returns
    -------
    DataFrame
        Index: the statistics of ``SIDES``. ``observed``, ``side``; for each world its share of
        draws and, with ``_error``, the Monte Carlo standard error of that share.
    """
    fitted, measures = calibrate(frame), Measures(frame)
    observed = {k: float(v[0]) for k, v in measures(frame[["y"]].to_numpy(float)).items()}
    table = pd.DataFrame({"observed": observed, "side": SIDES}).loc[list(SIDES)]
    for world in WORLDS:
        run = partial(_count, world, fitted, measures, observed)
        parts = Parallel(n_jobs=n_jobs, prefer="threads")(
            delayed(run)(chunk) for chunk in _chunks(world, draws, seed)
        )
        hits, valid = sum(parts).T
        table[world] = hits / valid
        table[f"{world}_error"] = np.sqrt(table[world] * (1 - table[world]) / valid)
    return table.rename_axis("statistic")


def separated(table: pd.DataFrame, level: float = 0.05) -> pd.Series:
    """Return the pairs of worlds that a statistic tells apart, as a list for each row.

    Two worlds are told apart where the observed value lies in the middle 95 % of one and in the
    tails of the other, either tail: a world can also make too little of it.
    """
    inside = pd.DataFrame({w: table[w].between(level / 2, 1 - level / 2) for w in WORLDS})
    pairs = [(a, b) for i, a in enumerate(WORLDS) for b in WORLDS[i + 1 :]]
    return inside.apply(
        lambda row: [pair for pair in pairs if row[pair[0]] != row[pair[1]]], axis=1
    )


def sizes(
    frame: pd.DataFrame,
    draws: int = 100_000,
    resampled: int = 10_000,
    seed: int = 1974,
    level: float = 0.05,
) -> pd.DataFrame:
    """Return how often each kind of error calls each slope significant, by world.

    In the walk and the step world the true slopes are zero, and a test that kept its promise would
    do so in ``level`` of the draws; in the relation it is the test's power.

    Parameters
    ----------
    draws, resampled : int
        Of each world, for the errors of ``ERRORS``, and for the bootstraps ``wild`` and
        ``stationary`` of :mod:`kzmobility.econometrics.bootstraps`.

    Returns
    -------
    DataFrame
        Index ``errors``, ``slope``; one column a world.
    """
    fitted, batch = calibrate(frame), Batch(_design(frame))
    terms = {"gdp": 1, "unemployment": 2}

    def t_test(errors: str, term: int) -> Callable[..., np.ndarray]:
        df = int(errors[3:]) if errors.startswith("ewc") else batch.n - batch.k
        critical = stats.t.ppf(1 - level / 2, df)
        return lambda y, e: np.abs(batch.t(y, term, errors, e)) > critical

    def bootstrap_test(p_value: Statistic) -> Callable[..., np.ndarray]:
        return lambda y, e: p_value(y) <= level

    fast = {(kind, s): t_test(kind, term) for kind in ERRORS for s, term in terms.items()}
    slow = {
        (name, slope): bootstrap_test(kind(batch.x, term))
        for name, kind in (("wild", dependent_wild), ("stationary", stationary))
        for slope, term in terms.items()
    }
    rows = pd.MultiIndex.from_tuples([*fast, *slow], names=["errors", "slope"])
    table = pd.DataFrame(0.0, index=rows, columns=list(WORLDS))
    for world, (tests, number) in itertools.product(WORLDS, ((fast, draws), (slow, resampled))):
        for size, child in _chunks(world, number, seed):
            y = draw(world, fitted, size, np.random.default_rng(child))
            e = batch.residuals(y)
            for row, test in tests.items():
                table.loc[row, world] += test(y, e).sum() / number
    return table
