"""Every specification that a reader might ask for, fitted at once.

A specification is a window of years, the regressors, the GDP series, the form, a trend or not, and
a level shift or not (Simonsohn, Simmons and Nelson 2020 on specification curves). The grid is
solved in stacks by QR decomposition; :func:`fit_specification` fits a single one through
statsmodels, the independent route that the tests compare with and that :func:`code` prints for the
reader.
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats
from statsmodels.regression.linear_model import RegressionResultsWrapper

from kzmobility.econometrics.fits import (
    FORMS,
    RANK_TOLERANCE,
    check_years,
    regression_frame,
    variant,
)
from kzmobility.econometrics.vintages import best_edition, weo_series

SLOPES = ("gdp", "unemployment")
REGRESSORS = ("gdp", "unemployment", "both")
GDP_SERIES = ("printed", "nominal", "constant", "current")
SHIFTS = ("none", "2016", "2017")
KINDS = (
    "fits",
    "positive",
    "positive_significant",
    "negative_significant",
    "positive_significant_nw",
    "negative_significant_nw",
)
LEAST = 8  # observations that enter a fit
LEAST_DEFENSIBLE = 15
BLOCK = 2_000
WINDOW_EDGES = (7, 11, 14, 20, 21)  # years from the first to the last, right end included
WINDOWS = ("8-11", "12-14", "15-20", "21")
# floor(4 (n/100)^(2/9)), the rule after Newey and West (1994), gives 2 for every n from 5 to 22, so
# one lag fits all.
NEWEY_WEST_LAGS = 2
CHOICES = ("start", "end", "regressors", "gdp", "form", "trend", "shift")
PAPER = {
    "start": 2001,
    "end": 2021,
    "regressors": "both",
    "gdp": "printed",
    "form": "levels",
    "trend": False,
    "shift": "none",
}


def specification_series(table4: pd.DataFrame, weo: pd.DataFrame) -> pd.DataFrame:
    """Return the data of the explorer.

    Parameters
    ----------
    table4, weo : DataFrame
        As read by ``data.read``.

    Returns
    -------
    DataFrame
        Index ``year`` 2001-2021; ``y`` (persons), ``unemployment`` (per cent, as printed), and GDP
        four ways: ``printed``; ``nominal`` (NGDPD, billions of US dollars) and ``constant``
        (NGDP_R, billions of constant tenge) of the edition that the paper matches; ``current``
        (PPPGDP, billions of international dollars, latest edition).
    """
    frame = regression_frame(table4)
    matched, latest = best_edition(table4, weo), str(weo["edition"].max())
    series = pd.DataFrame(
        {
            "y": frame["y"],
            "unemployment": frame["x2"],
            "printed": frame["x1"],
            "nominal": weo_series(weo, matched, "NGDPD").reindex(frame.index),
            "constant": weo_series(weo, matched, "NGDP_R").reindex(frame.index),
            "current": weo_series(weo, latest, "PPPGDP").reindex(frame.index),
        }
    )
    if series.isna().any(axis=None):
        msg = f"missing values in {list(series.columns[series.isna().any()])}"
        raise ValueError(msg)
    return series


def _models() -> Iterator[tuple[str, str, str, bool, str]]:
    """Yield regressors, gdp (``none`` without GDP), form, trend, shift."""
    for regressors in REGRESSORS:
        for gdp in ("none",) if regressors == "unemployment" else GDP_SERIES:
            for form, trend, shift in itertools.product(FORMS, (False, True), SHIFTS):
                yield regressors, gdp, form, trend, shift


@dataclass(frozen=True)
class _Stack:
    """The regressions of one model over all windows of one length.

    ``first`` (m,) is the place of each window's first row, ``x`` (m, n, k) its regressors, ``q``
    (m, n, k) and ``inverse`` (m, k, k) their solution: coefficients are ``inverse @ q.T @ y``.
    """

    regressors: str
    gdp: str
    form: str
    trend: bool
    shift: str
    terms: list[str]
    ids: np.ndarray
    first: np.ndarray
    n: int
    x: np.ndarray
    q: np.ndarray
    inverse: np.ndarray


def _transformed(values: np.ndarray, form: str) -> np.ndarray:
    """Return levels, natural logarithms or first differences along the years (axis 0)."""
    match form:
        case "levels":
            return values
        case "logs":
            return np.log(values)
        case "differences":
            return np.diff(values, axis=0)
    raise KeyError(form)


def _windows(values: np.ndarray, stack: _Stack) -> np.ndarray:
    """Return the windows of a stack, (m, n, ...), from values by year."""
    return values[stack.first[:, None] + np.arange(stack.n)]


def _design(
    series: pd.DataFrame, regressors: str, gdp: str, form: str, trend: bool, shift: str
) -> tuple[np.ndarray, list[str]]:
    """Return the regressors over all years, transformed, and their names."""
    names = {"gdp": [gdp], "unemployment": ["unemployment"], "both": [gdp, "unemployment"]}
    columns = names[regressors]
    data = series[columns].to_numpy(float)
    if form == "logs":
        data = np.log(data)
    terms = ["const", *("gdp" if name == gdp else name for name in columns)]
    if shift != "none":
        data = np.column_stack([data, series.index >= int(shift)])
        terms.append("shift")
    if form == "differences":
        data = np.diff(data, axis=0)
    if trend:  # filled in each window, where it starts at 1
        data = np.column_stack([data, np.zeros(len(data))])
        terms.append("trend")
    return np.column_stack([np.ones(len(data)), data]), terms


def _stacks(series: pd.DataFrame) -> Iterator[_Stack]:
    """Yield every regression that can be fitted, in stacks of equal shape."""
    check_years(series.index)
    number = 0
    for model in _models():
        full, terms = _design(series, *model)
        trend, shift = model[3:]
        for n in range(LEAST, len(full) + 1):
            x = np.swapaxes(sliding_window_view(full, n, axis=0), 1, 2).copy()
            if trend:
                x[:, :, terms.index("trend")] = np.arange(1, n + 1)
            ids = number + np.arange(len(x))
            number += len(x)
            scale = np.sqrt((x**2).sum(axis=1))
            unit = x / np.where(scale > 0, scale, 1)[:, None, :]
            singular = np.linalg.svd(unit, compute_uv=False)
            keep = singular[:, -1] >= RANK_TOLERANCE * singular[:, 0]
            if shift != "none":
                keep &= np.ptp(x[:, :, terms.index("shift")], axis=1) > 0
            if keep.any():
                q, r = np.linalg.qr(unit[keep])
                # Maps Q'y to the coefficients in the original units.
                inverse = np.linalg.inv(r) / scale[keep][:, :, None]
                first = np.flatnonzero(keep)
                yield _Stack(*model, terms, ids[keep], first, n, x[keep], q, inverse)


def specification_grid(series: pd.DataFrame) -> pd.DataFrame:
    """Fit every specification.

    Windows run over all pairs of years that leave at least eight observations (nine years in
    differences). A level shift that does not vary within the window, and regressors that are
    collinear there, are left out; :func:`coverage` counts them. Terms are as in
    :func:`~kzmobility.econometrics.variant`: in differences the constant is the drift of the
    levels, the trend lets the change drift, and the level shift is the impulse of its first year.

    Parameters
    ----------
    series : DataFrame
        As from :func:`specification_series`.

    Returns
    -------
    DataFrame
        One row a fit, sorted by ``id``. ``id`` numbers all combinations, the omitted ones too, so
        it is stable; the choices ``start``, ``end``, ``regressors``, ``gdp`` (``none`` where GDP is
        not a regressor), ``form``, ``trend``, ``shift``; ``n``, ``k``; for ``gdp`` and
        ``unemployment`` the coefficient ``b_``, the classical standard error ``se_`` and p-value
        ``p_``, the Newey-West ``nw_`` and ``pnw_`` (Bartlett, 2 lags, n/(n-k), Student t with n-k),
        the ``elasticity_`` at the window's means (the coefficient itself in logs), which makes
        forms and units comparable; ``b_const``, ``b_trend``, ``b_shift``; ``r2``, ``dw``,
        ``sigma``. NaN where a term is absent. Logs are natural; R-square is that of the transformed
        outcome.
    """
    # One frame at the end: 2,000 small ones would take longer than all the fits.
    blocks = [_block(series, stack) for stack in _stacks(series)]
    grid = pd.DataFrame(
        {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    )
    for name, (error, p) in itertools.product(SLOPES, (("se", "p"), ("nw", "pnw"))):
        t = (grid[f"b_{name}"] / grid[f"{error}_{name}"]).abs()
        grid[f"{p}_{name}"] = 2 * stats.t.sf(t, grid["n"] - grid["k"])
    for choice, levels in (
        ("regressors", REGRESSORS),
        ("gdp", (*GDP_SERIES, "none")),
        ("form", FORMS),
        ("shift", SHIFTS),
    ):
        grid[choice] = pd.Categorical(grid[choice], levels)
    order = ["id", *CHOICES, "n", "k"]
    for name in SLOPES:
        order += [f"{part}_{name}" for part in ("b", "se", "p", "nw", "pnw", "elasticity")]
    order += ["b_const", "b_trend", "b_shift", "r2", "dw", "sigma"]
    return grid[order].sort_values("id", ignore_index=True)


def _block(series: pd.DataFrame, stack: _Stack) -> dict[str, np.ndarray]:
    """Return the columns of the grid for one stack."""
    y, years = series["y"].to_numpy(float), series.index.to_numpy()
    block = _solve(stack, _windows(_transformed(y, stack.form), stack))
    last = stack.first + stack.n + int(stack.form == "differences")
    block |= {"id": stack.ids, "start": years[stack.first], "end": years[last - 1]}
    block |= {choice: getattr(stack, choice) for choice in CHOICES[2:]}

    def window_sum(column: str) -> np.ndarray:
        running = np.r_[0, series[column].to_numpy(float).cumsum()]
        return running[last] - running[stack.first]

    for name in [slope for slope in SLOPES if slope in stack.terms]:
        # Sums over the years of each window; the lengths cancel in the ratio of the means.
        ratio = window_sum(stack.gdp if name == "gdp" else name) / window_sum("y")
        block[f"elasticity_{name}"] = block[f"b_{name}"] * (1 if stack.form == "logs" else ratio)
    size = len(stack.first)
    return {name: np.broadcast_to(values, size) for name, values in block.items()}


def _solve(stack: _Stack, y: np.ndarray) -> dict[str, Any]:
    """Solve a stack of regressions for one outcome, y (m, n)."""
    n, k = stack.x.shape[1:]
    q, inverse = stack.q, stack.inverse
    beta = np.einsum("mij,mnj,mn->mi", inverse, q, y)
    e = y - np.einsum("mnj,mj->mn", stack.x, beta)
    sse = (e**2).sum(axis=1)
    variance = sse / (n - k)
    se = np.sqrt(variance[:, None] * (inverse**2).sum(axis=2))
    scores = q * e[:, :, None]
    meat = np.einsum("mni,mnj->mij", scores, scores)
    for lag in range(1, NEWEY_WEST_LAGS + 1):
        cross = np.einsum("mni,mnj->mij", scores[:, lag:], scores[:, :-lag])
        meat += (1 - lag / (NEWEY_WEST_LAGS + 1)) * (cross + np.swapaxes(cross, 1, 2))
    robust = np.einsum("mij,mjl,mil->mi", inverse, meat, inverse) * n / (n - k)
    nw = np.sqrt(np.maximum(robust, 0))  # rounding can leave -1e-30 where a residual vanishes
    total = ((y - y.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    block: dict[str, Any] = {
        "n": n,
        "k": k,
        "r2": 1 - sse / total,
        "dw": (np.diff(e, axis=1) ** 2).sum(axis=1) / sse,
        "sigma": np.sqrt(variance),
    }
    for name in ("const", *SLOPES, "shift", "trend"):
        position = stack.terms.index(name) if name in stack.terms else None
        block[f"b_{name}"] = np.nan if position is None else beta[:, position]
        if name in SLOPES:
            block[f"se_{name}"] = np.nan if position is None else se[:, position]
            block[f"nw_{name}"] = np.nan if position is None else nw[:, position]
            block[f"elasticity_{name}"] = np.nan
    return block


# ---- The curve under the null: Simonsohn, Simmons and Nelson (2020) ------------------------------


def reordered(outcome: np.ndarray, draws: int, seed: int = 2020) -> np.ndarray:
    """Rebuild a series from its own annual log changes in random order.

    Returns
    -------
    array (years, draws)
        Every column starts and ends where ``outcome`` does, and is tied to nothing.
    """
    changes = np.diff(np.log(outcome))
    rng = np.random.default_rng(seed)
    steps = rng.permuted(np.broadcast_to(changes, (draws, len(changes))), axis=1).T
    paths = np.vstack([np.zeros((1, draws)), steps.cumsum(axis=0)])
    return outcome[0] * np.exp(paths)


@dataclass(frozen=True)
class _Slopes:
    """The slopes of all fits to the same years in the same form, as functions of the outcome.

    ``ids``, ``names``, ``gdp`` (m,): fit, slope, GDP series. A slope is ``weights`` (m, n) @ y.
    ``excess`` (2, m, n(n+1)/2), classical and Newey-West: with the products of the years of y, each
    pair once, it gives b² - (critical t)² variance(b), positive where the slope is significant.
    """

    form: str
    first: int
    ids: np.ndarray
    names: np.ndarray
    gdp: list[str]
    weights: np.ndarray
    excess: np.ndarray


def _excess(stack: _Stack, row: np.ndarray, weights: np.ndarray, critical: float) -> np.ndarray:
    """Return ``excess`` of one slope in every window of a stack, (2, m, n(n+1)/2).

    Residuals are My with M = I - QQ', so that every variance is a quadratic form y'Ay: one product
    of matrices then tests many fits on many outcomes.
    """
    n, k = stack.x.shape[1:]
    rest = np.eye(n) - stack.q @ np.swapaxes(stack.q, 1, 2)
    outer = weights[:, :, None] * weights[:, None, :]
    gap = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    bartlett = np.clip(1 - gap / (NEWEY_WEST_LAGS + 1), 0, None)
    classical = (row**2).sum(axis=1)[:, None, None] / (n - k) * rest
    robust = n / (n - k) * rest @ (outer * bartlett) @ rest
    upper, right = np.triu_indices(n)
    forms = np.stack([outer - critical**2 * variance for variance in (classical, robust)])
    return forms[:, :, upper, right] * np.where(upper == right, 1, 2)


def _slopes(series: pd.DataFrame, level: float = 0.05) -> Iterator[_Slopes]:
    """Yield the slopes of every fit, by form and years."""
    parts: dict[tuple[str, int, int], list[tuple[Any, ...]]] = {}
    for stack in _stacks(series):
        critical = float(stats.t.ppf(1 - level / 2, stack.n - stack.x.shape[2]))
        for name in [slope for slope in SLOPES if slope in stack.terms]:
            row = stack.inverse[:, stack.terms.index(name)]
            weights = np.einsum("mk,mnk->mn", row, stack.q)
            excess = _excess(stack, row, weights, critical)
            for window, first in enumerate(stack.first):
                found = (stack.ids[window], name, stack.gdp, weights[window], excess[:, window])
                parts.setdefault((stack.form, int(first), stack.n), []).append(found)
    for (form, first, _), rows in parts.items():
        ids, names, gdp, lines, forms = zip(*rows, strict=True)
        yield _Slopes(
            form=form,
            first=first,
            ids=np.array(ids),
            names=np.array(names),
            gdp=list(gdp),
            weights=np.array(lines),
            excess=np.stack(forms, axis=1),
        )


def curve_counts(
    series: pd.DataFrame,
    outcomes: np.ndarray,
    groups: Mapping[str, Container[int]] | None = None,
    level: float = 0.05,
) -> dict[tuple[str, str, str], np.ndarray]:
    """Fit every specification to many outcomes and count what the curve says of each.

    Parameters
    ----------
    series : DataFrame
        As from :func:`specification_series`; its ``y`` is not used.
    outcomes : array (years, draws)
        Positive.
    groups : dict
        Name -> ids of the fits that count; all under ``all`` if left out.

    Returns
    -------
    dict
        (group, slope, kind of ``KINDS``) -> numbers of fits, (draws,), by two-sided tests with
        classical and (``_nw``) Newey-West errors.
    """
    groups = groups or {"all": range(10**6)}
    shaped = {form: _transformed(outcomes, form) for form in FORMS}
    keys = list(itertools.product(groups, SLOPES))
    tally = np.zeros((len(KINDS), len(keys), outcomes.shape[1]), np.float32)
    for slopes in _slopes(series, level):
        member = [
            (slopes.names == name) & [number in groups[group] for number in slopes.ids]
            for group, name in keys
        ]
        for start in range(0, outcomes.shape[1], BLOCK):
            part = slice(start, start + BLOCK)
            y = shaped[slopes.form][slopes.first : slopes.first + slopes.weights.shape[1], part]
            tally[:, :, part] += np.array(member, np.float32) @ _verdicts(slopes, y)
    return {
        (*key, kind): tally[place, row].astype(int)
        for place, kind in enumerate(KINDS)
        for row, key in enumerate(keys)
    }


def _verdicts(slopes: _Slopes, y: np.ndarray) -> np.ndarray:
    """Return the ``KINDS`` of each slope and outcome as ones and zeros, (kinds, slopes, draws)."""
    upper, right = np.triu_indices(len(y))
    y = y - y.mean(axis=0)  # the constant is in every fit; small numbers cancel less
    positive = slopes.weights @ y > 0
    found = [np.ones_like(positive), positive]
    for significant in slopes.excess @ (y[upper] * y[right]) > 0:
        found += [positive & significant, ~positive & significant]
    return np.array(found, np.float32)


def curve_test(
    series: pd.DataFrame,
    nulls: Mapping[str, np.ndarray],
    groups: Mapping[str, Container[int]] | None = None,
) -> pd.DataFrame:
    """Return how often a null series has at least the observed share of significant fits.

    Joint inference on a specification curve as in Simonsohn, Simmons and Nelson (2020): the whole
    curve is one statistic, and its distribution comes from outcomes that the regressors do not
    move.

    Parameters
    ----------
    nulls : dict
        Name -> outcomes (years, draws), as for :func:`curve_counts`, with `groups`.

    Returns
    -------
    DataFrame
        Index ``null``, ``group``, ``slope``; ``fits``; for each kind of significance the observed
        share and, with ``_p`` and ``_p_error``, the share of the null series that reach it and its
        Monte Carlo standard error.
    """
    # the observed one comes first
    counts = curve_counts(series, np.column_stack([series["y"], *nulls.values()]), groups)
    ends = np.cumsum([1, *(drawn.shape[1] for drawn in nulls.values())])
    rows = {}
    for null, start, end in zip(nulls, ends, ends[1:], strict=False):
        for group, name in dict.fromkeys(key[:2] for key in counts):
            fits = int(counts[group, name, "fits"][0])
            row: dict[str, float] = {"fits": fits}
            for kind in KINDS[2:]:
                found = counts[group, name, kind]
                p = float((found[start:end] >= found[0]).mean())
                row[kind] = found[0] / fits
                row[f"{kind}_p"] = p
                row[f"{kind}_p_error"] = float(np.sqrt(p * (1 - p) / (end - start)))
            rows[null, group, name] = row
    return pd.DataFrame(rows).T.rename_axis(["null", "group", "slope"]).astype({"fits": int})


def null_elasticities(
    series: pd.DataFrame, outcomes: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return for each slope the ids of its fits and their elasticities, (fits, draws)."""
    sums = {name: np.r_[0, series[name].to_numpy(float).cumsum()] for name in series.columns}
    shaped = {form: _transformed(outcomes, form) for form in FORMS}
    y_sums = np.vstack([np.zeros((1, outcomes.shape[1])), outcomes.cumsum(axis=0)])
    found: dict[str, tuple[list[np.ndarray], list[np.ndarray]]] = {s: ([], []) for s in SLOPES}
    for slopes in _slopes(series):
        first, n = slopes.first, slopes.weights.shape[1]
        values = slopes.weights @ shaped[slopes.form][first : first + n]
        if slopes.form != "logs":
            last = first + n + int(slopes.form == "differences")
            columns = [
                gdp if name == "gdp" else name
                for gdp, name in zip(slopes.gdp, slopes.names, strict=True)
            ]
            x = np.array([sums[column][last] - sums[column][first] for column in columns])
            values = values * x[:, None] / (y_sums[last] - y_sums[first])
        for name, (ids, rows) in found.items():
            ids.append(slopes.ids[slopes.names == name])
            rows.append(values[slopes.names == name])
    return {name: (np.concatenate(i), np.concatenate(v)) for name, (i, v) in found.items()}


def null_band(
    elasticities: tuple[np.ndarray, np.ndarray], ids: Container[int], places: int
) -> pd.DataFrame:
    """Return where the sorted curve of a null series lies: 95 % of them, at evenly spaced ranks.

    Parameters
    ----------
    elasticities : tuple
        Of one slope, as from :func:`null_elasticities`.
    ids : the fits that count.
    places : as in :func:`curve`.

    Returns
    -------
    DataFrame
        ``rank``, ``low``, ``high``, ``median``.
    """
    keep = np.array([number in ids for number in elasticities[0]])
    ordered = np.sort(elasticities[1][keep], axis=0)
    rank = _places(len(ordered), places)[1]
    low, middle, high = np.quantile(ordered[rank], [0.025, 0.5, 0.975], axis=1)
    return pd.DataFrame({"rank": rank + 1, "low": low, "high": high, "median": middle})


def _omitted(series: pd.DataFrame, grid: pd.DataFrame) -> dict[str, list[int]]:
    """Return the numbers of the combinations that are not fitted, by reason."""
    years, fitted = series.index.to_numpy(), set(grid["id"])
    found: dict[str, list[int]] = {"shift_constant": [], "collinear": []}
    number = -1
    for _, _, form, _, shift in _models():
        lost = int(form == "differences")
        for n in range(LEAST, len(years) - lost + 1):
            for first in range(len(years) - lost - n + 1):
                number += 1
                start, end = years[first], years[first + n - 1 + lost]
                if number not in fitted:
                    varies = shift == "none" or start < int(shift) <= end
                    found["collinear" if varies else "shift_constant"].append(number)
    return found


def coverage(series: pd.DataFrame, grid: pd.DataFrame) -> dict[str, int]:
    """Count the combinations.

    Returns
    -------
    dict
        ``combinations`` (windows of at least eight observations times all other choices),
        ``fitted``, ``shift_constant`` (the level shift does not vary in the window), ``collinear``.
    """
    omitted = {reason: len(numbers) for reason, numbers in _omitted(series, grid).items()}
    return {"combinations": len(grid) + sum(omitted.values()), "fitted": len(grid)} | omitted


def _choices(row: Mapping[str, Any]) -> dict[str, Any]:
    missing = [name for name in CHOICES if name not in row]
    if missing:
        msg = f"a specification needs {list(CHOICES)}; {missing} is missing"
        raise ValueError(msg)
    return {
        # numpy integers would print as np.int64(2001) in a line of code
        "start": int(row["start"]),
        "end": int(row["end"]),
        "regressors": str(row["regressors"]),
        "gdp": str(row["gdp"]),
        "form": str(row["form"]),
        "trend": bool(row["trend"]),
        "shift": str(row["shift"]),
    }


def fit_specification(
    series: pd.DataFrame,
    start: int = 2001,
    end: int = 2021,
    regressors: str = "both",
    gdp: str = "printed",
    form: str = "levels",
    trend: bool = False,
    shift: str = "none",
) -> RegressionResultsWrapper:
    """Fit one specification with statsmodels.

    Parameters
    ----------
    series : DataFrame
        As from :func:`specification_series`.
    start, end, regressors, gdp, form, trend, shift
        The choices, as in :func:`specification_grid`.

    Returns
    -------
    statsmodels RegressionResultsWrapper
        Terms ``const``, ``gdp``, ``unemployment``, ``shift``, ``trend``, as far as they are in.

    Raises
    ------
    ValueError
        For an unknown choice, or data that do not carry the specification.
    """
    for name, value, known in (
        ("regressors", regressors, REGRESSORS),
        ("gdp", gdp, (*GDP_SERIES, "none")),
        ("shift", shift, SHIFTS),
    ):
        if value not in known:
            msg = f"unknown {name} {value!r}; choose one of {known}"
            raise ValueError(msg)
    if (gdp == "none") != (regressors == "unemployment"):
        msg = f"the GDP series {gdp!r} does not go with the regressors {regressors!r}"
        raise ValueError(msg)
    names = {"gdp": ["gdp"], "unemployment": ["unemployment"], "both": ["gdp", "unemployment"]}[
        regressors
    ]
    frame = series[["y", "unemployment"]].assign(**({"gdp": series[gdp]} if gdp != "none" else {}))
    return variant(
        frame,
        start=start,
        end=end,
        regressors=names,
        form=form,
        trend=trend,
        shift=None if shift == "none" else int(shift),
    )


def fitted_specification(series: pd.DataFrame, row: Mapping[str, object]) -> pd.DataFrame:
    """Return the fitted series of a row of the grid.

    Returns
    -------
    DataFrame
        ``year``; ``observed`` and ``fitted`` in the units of the form; ``observed_persons`` and
        ``fitted_persons``: in logs the exponential (a median, not a mean, under normal errors), in
        differences the year before plus the fitted change.
    """
    choices = _choices(row)
    model = fit_specification(series, **choices)
    values = np.asarray(model.fittedvalues)
    years = model.fittedvalues.index
    persons = values
    if choices["form"] == "logs":
        persons = np.exp(values)
    elif choices["form"] == "differences":
        persons = series["y"].shift(1).loc[years].to_numpy() + values
    return pd.DataFrame(
        {
            "year": np.asarray(years),
            "observed": model.model.endog,
            "fitted": values,
            "observed_persons": series.loc[years, "y"].to_numpy(),
            "fitted_persons": persons,
        }
    )


def code(row: Mapping[str, object]) -> str:
    """Return one line of Python that reproduces a row of the grid.

    It expects ``from kzmobility import data, econometrics``; what it evaluates to is a frame of
    coefficients.
    """
    arguments = ", ".join(f"{name}={value!r}" for name, value in _choices(row).items())
    series = 'econometrics.specification_series(data.read("table4"), data.read("weo"))'
    return f"econometrics.coefficients(econometrics.fit_specification({series}, {arguments}))"


def paper_point(grid: pd.DataFrame) -> pd.Series:
    """Return the row of the paper's own specification."""
    match = np.ones(len(grid), bool)
    for name, value in PAPER.items():
        match &= (grid[name] == value).to_numpy()
    if match.sum() != 1:
        msg = f"the grid holds the paper's specification {match.sum()} times; it must hold it once"
        raise ValueError(msg)
    return grid.loc[match].iloc[0]


def shares(grid: pd.DataFrame, level: float = 0.05, weights: str = "") -> pd.DataFrame:
    """Return how often a coefficient is positive and significant, by choice.

    Parameters
    ----------
    weights : str
        A column that weighs the fits, such as ``n``; each counts once if left out.

    Returns
    -------
    DataFrame
        One row a value of each choice, and first ``all``: ``choice``, ``value``, ``term`` (gdp,
        unemployment), ``fits`` and the shares ``positive``, ``positive_significant``,
        ``negative_significant`` (classical) and the same with ``_nw``.
    """
    rows = []
    grid = grid.assign(window=window_class(grid))
    for term in SLOPES:
        part = grid[grid[f"b_{term}"].notna()]
        groups = [("all", "all", part)] + [
            (choice, value, one)
            for choice in ("window", *CHOICES[2:])
            for value, one in part.groupby(choice, observed=True)
        ]
        for choice, value, one in groups:
            weight = one[weights] if weights else None
            positive = one[f"b_{term}"] > 0
            row = {
                "choice": choice,
                "value": str(value),
                "term": term,
                "fits": len(one),
                "positive": np.average(positive, weights=weight),
            }
            for label, p in (("", one[f"p_{term}"]), ("_nw", one[f"pnw_{term}"])):
                row[f"positive_significant{label}"] = np.average(
                    positive & (p < level), weights=weight
                )
                row[f"negative_significant{label}"] = np.average(
                    ~positive & (p < level), weights=weight
                )
            rows.append(row)
    return pd.DataFrame(rows)


def compact(series: pd.DataFrame, grid: pd.DataFrame) -> dict[str, Any]:
    """Return what a page needs to fit every specification itself, ready for JSON.

    Returns
    -------
    dict
        ``years``, ``series``; ``choices`` (name -> values, in the order that numbers the fits);
        ``least`` observations; ``collinear``, the numbers left out for that reason; ``last``
        number; ``lags`` (Newey-West); ``critical`` (n-k -> 97.5 % point of Student t).
    """
    freedom = sorted((grid["n"] - grid["k"]).unique().tolist())
    return {
        "years": [int(year) for year in series.index],
        "series": {name: [float(f"{v:.12g}") for v in series[name]] for name in series},
        "choices": {
            "regressors": REGRESSORS,
            "gdp": GDP_SERIES,
            "form": FORMS,
            "trend": [False, True],
            "shift": SHIFTS,
        },
        "least": LEAST,
        "collinear": _omitted(series, grid)["collinear"],
        "last": int(grid["id"].max()),
        "lags": NEWEY_WEST_LAGS,
        "critical": {str(df): float(stats.t.ppf(0.975, df)) for df in freedom},
    }


def curve(
    grid: pd.DataFrame, term: str = "gdp", errors: str = "classical", places: int = 150
) -> pd.DataFrame:
    """Return a specification curve: the fits sorted by elasticity, thinned to evenly spaced ranks.

    Parameters
    ----------
    term : {"gdp", "unemployment"}
    errors : {"classical", "newey-west"}
    places : int
        Most rows returned; the row of a place is the fit in its middle.

    Returns
    -------
    DataFrame
        ``id``, ``rank`` (1 is the lowest), ``first`` and ``last`` (ranks that the place stands
        for), ``elasticity``, ``low``, ``high`` (95 % interval), ``significant``.
    """
    part = grid[grid[f"b_{term}"].notna()].sort_values(
        [f"elasticity_{term}", "id"], ignore_index=True
    )
    error = {"classical": "se", "newey-west": "nw"}[errors]
    edges, middle = _places(len(part), places)
    shown = part.iloc[middle]
    half = stats.t.ppf(0.975, shown["n"] - shown["k"]) * shown[f"{error}_{term}"]
    factor = shown[f"elasticity_{term}"] / shown[f"b_{term}"]
    return pd.DataFrame(
        {
            "id": shown["id"],
            "rank": middle + 1,
            "first": edges[:-1] + 1,
            "last": edges[1:],
            "elasticity": shown[f"elasticity_{term}"],
            "low": (shown[f"b_{term}"] - half) * factor,
            "high": (shown[f"b_{term}"] + half) * factor,
            "significant": shown[f"b_{term}"].abs() > half,
        }
    ).reset_index(drop=True)


def _places(rows: int, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges and the middles, from 0, of at most so many equal parts of the ranks."""
    edges = np.arange(min(rows, places) + 1) * rows // min(rows, places)
    return edges, (edges[:-1] + edges[1:] - 1) // 2


def defensible(grid: pd.DataFrame) -> pd.Series:
    """Return which fits most economists would let pass, as a mask.

    At least 15 observations, and no GDP in dollars at market rates, which measures the exchange
    rate as much as output.
    """
    return (grid["n"] >= LEAST_DEFENSIBLE) & (grid["gdp"] != "nominal")


def window_class(grid: pd.DataFrame) -> pd.Series:
    """Return the class of each fit's window by its number of years: 8-11, 12-14, 15-20, 21."""
    years = grid["end"] - grid["start"] + 1
    return pd.cut(years, WINDOW_EDGES, labels=WINDOWS)


def rank_of(grid: pd.DataFrame, number: int, term: str = "gdp") -> int:
    """Return the rank of a row among all fits of a term by elasticity; 1 is the lowest.

    Raises
    ------
    ValueError
        If the grid has no such row with that term.
    """
    part = grid[grid[f"b_{term}"].notna()].sort_values([f"elasticity_{term}", "id"])
    place = np.flatnonzero(part["id"].to_numpy() == number)
    if not len(place):
        msg = f"no row {number} with the term {term!r} in the grid"
        raise ValueError(msg)
    return int(place[0]) + 1
