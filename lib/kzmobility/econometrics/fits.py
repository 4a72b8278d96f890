"""Least squares on the paper's Table 4, behind checks that fail loudly, and variants of it.

``y`` is internal migration in persons, ``x1`` GDP in the printed billions and ``x2`` unemployment
in per cent; the coefficients ``const``, ``x1``, ``x2`` are the paper's b0, b1, b2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.regression.linear_model import RegressionResultsWrapper

COLUMNS = {"migration_persons": "y", "gdp_billion_dollars": "x1", "unemployment_pct": "x2"}
FORMS = ("levels", "logs", "differences")
FIRST_YEAR, LAST_YEAR = 2001, 2021

# Unit-length columns whose smallest singular value lies below this share of the largest count as
# collinear. Longley's data, the classic of ill-conditioning, stand at 2e-5 and must pass.
RANK_TOLERANCE = 1e-10


def regression_frame(
    table4: pd.DataFrame, start: int = FIRST_YEAR, end: int = LAST_YEAR
) -> pd.DataFrame:
    """Return the sample of the regression.

    Parameters
    ----------
    table4 : DataFrame
        Columns ``year``, ``migration_persons``, ``gdp_billion_dollars``, ``unemployment_pct``.
    start, end : int
        First and last year, both included. The paper's fit uses 2001-2021; its 2022 row is
        incomplete.

    Returns
    -------
    DataFrame
        Index ``year``; float columns ``y`` (persons), ``x1`` (billions), ``x2`` (per cent); shape
        (end-start+1, 3).

    Raises
    ------
    ValueError
        If a column or a year is missing, a year is doubled, or a value in the window is missing.
    """
    needed = ["year", *COLUMNS]
    missing = [name for name in needed if name not in table4.columns]
    if missing:
        msg = f"Table 4 lacks the columns {missing}; it has {list(table4.columns)}"
        raise ValueError(msg)
    frame = table4[needed].rename(columns=COLUMNS).set_index("year").sort_index()
    frame = frame.loc[(frame.index >= start) & (frame.index <= end)].astype(float)
    frame.index = frame.index.astype(
        int
    )  # data.read gives nullable integers, which statsmodels' forecasts refuse
    gaps = frame.index[frame.isna().any(axis=1)]
    if len(gaps):
        msg = f"Table 4 has missing values in {list(gaps)}; its 2022 row cannot enter"
        raise ValueError(msg)
    if list(frame.index) != list(range(start, end + 1)):
        msg = f"the sample must hold each year {start}-{end} once; found {list(frame.index)}"
        raise ValueError(msg)
    return frame


def fit(
    frame: pd.DataFrame,
    outcome: str = "y",
    regressors: Sequence[str] = ("x1", "x2"),
    *,
    constant: bool = True,
) -> RegressionResultsWrapper:
    """Fit ordinary least squares; the one fitting route of the book.

    The solver is the statsmodels default (Moore-Penrose inverse by singular values); on NIST StRD
    Longley it gives at least ten correct digits of every coefficient and twelve of every standard
    error, which the tests certify.

    Parameters
    ----------
    frame : DataFrame
        One row an observation, in time order; an integer index is read as years.
    outcome, regressors : str, sequence of str
        Column names.
    constant : bool
        Whether a constant, named ``const``, comes first.

    Returns
    -------
    statsmodels RegressionResultsWrapper
        Inference is classical: covariance s² (X'X)⁻¹ with s² = SSE/(n-k), Student t with n-k
        degrees of freedom.

    Raises
    ------
    ValueError
        If values are missing or infinite, years are not consecutive, there are no more rows than
        coefficients, or the regressors are collinear.
    """
    used = [outcome, *regressors]
    missing = [name for name in used if name not in frame.columns]
    if missing:
        msg = f"no column {missing} to regress on; there are {list(frame.columns)}"
        raise ValueError(msg)
    data = frame[used].astype(float)
    bad = data.index[~np.isfinite(data.to_numpy()).all(axis=1)]
    if len(bad):
        msg = f"missing or infinite values of {used} in rows {list(bad)}"
        raise ValueError(msg)
    check_years(data.index)
    x = (
        sm.add_constant(data[list(regressors)], has_constant="add")
        if constant
        else data[list(regressors)]
    )
    if len(x) <= x.shape[1]:
        msg = f"{len(x)} observations cannot carry {x.shape[1]} coefficients and an error variance"
        raise ValueError(msg)
    length = np.sqrt((x.to_numpy() ** 2).sum(axis=0))
    singular = np.linalg.svd(x.to_numpy() / np.where(length > 0, length, 1), compute_uv=False)
    if singular[-1] < RANK_TOLERANCE * singular[0]:
        rows = f"{x.index[0]} to {x.index[-1]}"
        msg = f"the regressors {list(x.columns)} are collinear in the rows {rows}"
        raise ValueError(msg)
    return sm.OLS(data[outcome], x).fit()


def check_years(index: pd.Index) -> None:
    """Raise ValueError unless an integer index runs on in steps of one.

    Lags and differences are taken by position: a hole in the years would make them wrong without a
    sign.
    """
    if (
        pd.api.types.is_integer_dtype(index)
        and len(index) > 1
        and not (np.diff(index.to_numpy()) == 1).all()
    ):
        msg = f"the years must be consecutive and rising; found {list(index)}"
        raise ValueError(msg)


def _transformed(
    frame: pd.DataFrame, start: int | None, end: int | None, form: str
) -> pd.DataFrame:
    """Return the years of a window, in levels or, for ``logs``, in natural logarithms."""
    if form not in FORMS:
        msg = f"unknown form {form!r}; choose one of {FORMS}"
        raise ValueError(msg)
    check_years(frame.index)
    first = frame.index[0] if start is None else start
    last = frame.index[-1] if end is None else end
    if first < frame.index[0] or last > frame.index[-1] or first >= last:
        msg = (
            f"the window {first}-{last} is not inside the data, {frame.index[0]}-{frame.index[-1]}"
        )
        raise ValueError(msg)
    data = frame.loc[first:last].astype(float)
    if form == "logs":
        if (data <= 0).any(axis=None):
            msg = f"logarithms need positive values; the smallest are {data.min().to_dict()}"
            raise ValueError(msg)
        data = np.log(data)
    return data


def variant(
    frame: pd.DataFrame,
    *,
    start: int | None = None,
    end: int | None = None,
    regressors: Sequence[str] = ("x1", "x2"),
    form: str = "levels",
    trend: bool = False,
    shift: int | None = None,
    lagged: bool = False,
) -> RegressionResultsWrapper:
    """Fit a variant of the paper's model; every variant has a constant.

    Parameters
    ----------
    frame : DataFrame
        Index ``year``, column ``y`` and the regressors.
    start, end : int, optional
        The window of years, before anything is lagged or differenced.
    regressors : sequence of str
        May be empty: then only the deterministic terms are left.
    form : {"levels", "logs", "differences"}
        ``logs`` takes natural logarithms, ``differences`` first differences, of ``y`` and of every
        regressor; the constant stays and is then the drift of the levels, and one year is lost.
    trend : bool
        Adds a linear trend, 1 in the first fitted year; in differences the yearly change drifts.
    shift : int, optional
        Adds a level shift: 0 before that year, 1 from it on. In differences it becomes the impulse
        of that year, so that it stands for the same event.
    lagged : bool
        Adds ``y_lag``, the transformed outcome of the year before; one year is lost.

    Returns
    -------
    statsmodels RegressionResultsWrapper
        Terms named ``const``, the regressors, ``trend``, ``shift``, ``y_lag``.

    Raises
    ------
    ValueError
        As :func:`fit`; if the window, the form or the shift does not fit the data.
    """
    data = _transformed(frame[["y", *regressors]], start, end, form)
    terms = list(regressors)
    if shift is not None:
        data["shift"] = (data.index >= shift).astype(float)
        terms.append("shift")
    if form == "differences":
        data = data.diff().iloc[1:]
    if shift is not None and data["shift"].nunique() == 1:
        msg = f"a level shift at {shift} is constant in {data.index[0]}-{data.index[-1]}"
        raise ValueError(msg)
    if lagged:
        data["y_lag"] = data["y"].shift(1)
        data = data.iloc[1:]
        terms.append("y_lag")
    if trend:
        data["trend"] = np.arange(1.0, len(data) + 1)
        terms.append("trend")
    return fit(data, "y", terms)


def coefficients(model: RegressionResultsWrapper, level: float = 0.95) -> pd.DataFrame:
    """Return the coefficient table.

    Returns
    -------
    DataFrame
        Index: the terms. Columns ``estimate``, ``se``, ``t``, ``p`` (two-sided), ``ci_low``,
        ``ci_high`` (at ``level``), in units of ``y`` per unit of the regressor. Student t with n-k
        degrees of freedom, also for the robust results of :func:`robust`.
    """
    if not 0 < level < 1:
        msg = f"a confidence level lies between 0 and 1; got {level}"
        raise ValueError(msg)
    interval = np.asarray(model.conf_int(alpha=1 - level))
    return pd.DataFrame(
        {
            "estimate": np.asarray(model.params),
            "se": np.asarray(model.bse),
            "t": np.asarray(model.tvalues),
            "p": np.asarray(model.pvalues),
            "ci_low": interval[:, 0],
            "ci_high": interval[:, 1],
        },
        index=pd.Index(model.model.exog_names, name="term"),
    )
