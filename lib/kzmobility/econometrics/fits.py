"""Least squares on the paper's Table 4: the model as printed, and every variant of it.

All fits go through :func:`fit`, which is ``statsmodels.OLS`` behind checks that fail loudly. The other functions turn
its result into plain dictionaries and frames. Throughout, ``y`` is internal migration in persons, ``x1`` is GDP in the
printed billions and ``x2`` is unemployment in per cent; the coefficients ``const``, ``x1``, ``x2`` are the paper's
b0, b1, b2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.regression.linear_model import RegressionResultsWrapper
from statsmodels.stats.outliers_influence import OLSInfluence

COLUMNS = {"migration_persons": "y", "gdp_billion_dollars": "x1", "unemployment_pct": "x2"}
FORMS = ("levels", "logs", "differences")
FIRST_YEAR, LAST_YEAR = 2001, 2021

# Unit-length columns whose smallest singular value lies below this share of the largest count as collinear. Longley's
# data, the classic of ill-conditioning, stand at 2e-5 and must pass.
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
        First and last year, both included. The paper's fit uses 2001-2021; its 2022 row is incomplete.

    Returns
    -------
    DataFrame
        Index ``year``; float columns ``y`` (persons), ``x1`` (billions), ``x2`` (per cent); shape (end-start+1, 3).

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
        msg = f"Table 4 has missing values in {list(gaps)}; its 2022 row is incomplete and cannot enter"
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

    The solver is the statsmodels default (Moore-Penrose inverse by singular values); on NIST StRD Longley it gives at
    least ten correct digits of every coefficient and twelve of every standard error, which the tests certify.

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
        Inference is classical: covariance s² (X'X)⁻¹ with s² = SSE/(n-k), Student t with n-k degrees of freedom.

    Raises
    ------
    ValueError
        If values are missing or infinite, years are not consecutive, there are no more rows than coefficients, or the
        regressors are collinear.
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
        msg = f"the regressors {list(x.columns)} are collinear in the rows {x.index[0]} to {x.index[-1]}"
        raise ValueError(msg)
    return sm.OLS(data[outcome], x).fit()


def check_years(index: pd.Index) -> None:
    """Raise ValueError unless an integer index runs on in steps of one.

    Lags and differences are taken by position: a hole in the years would make them wrong without a sign.
    """
    if (
        pd.api.types.is_integer_dtype(index)
        and len(index) > 1
        and not (np.diff(index.to_numpy()) == 1).all()
    ):
        msg = f"the years must be consecutive and rising; found {list(index)}"
        raise ValueError(msg)


def paper_model(table4: pd.DataFrame) -> RegressionResultsWrapper:
    """Return the paper's model: y on x1 and x2 with a constant, levels, 2001-2021, n = 21."""
    return fit(regression_frame(table4))


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
        ``logs`` takes natural logarithms of ``y`` and of every regressor. ``differences`` takes first differences of
        ``y`` and of every regressor and keeps the constant, which is then the drift of the levels; one year is lost.
    trend : bool
        Adds a linear trend, 1 in the first fitted year. In differences it lets the yearly change itself drift.
    shift : int, optional
        Adds a level shift: 0 before that year, 1 from it on. In differences it becomes the impulse of that year, so
        that it stands for the same event.
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
    data = frame.loc[first:last, ["y", *regressors]].astype(float)
    if form == "logs":
        if (data <= 0).any(axis=None):
            msg = f"logarithms need positive values; the smallest are {data.min().to_dict()}"
            raise ValueError(msg)
        data = np.log(data)
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
        Index: the terms. Columns ``estimate``, ``se``, ``t``, ``p`` (two-sided), ``ci_low``, ``ci_high`` (at
        ``level``), in units of ``y`` per unit of the regressor. Student t with n-k degrees of freedom, also for the
        robust results of :func:`robust`.
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


def robust(model: RegressionResultsWrapper, kind: str = "HC1", lags: int = 1) -> pd.DataFrame:
    """Return the coefficient table with robust standard errors.

    Parameters
    ----------
    kind : {"HC0", "HC1", "HC2", "HC3", "NW"}
        HC1 carries the factor n/(n-k); HC3 divides each residual by 1 - leverage (MacKinnon and White 1985). ``NW`` is
        Newey and West (1987): Bartlett weights 1 - j/(lags+1), no prewhitening, times n/(n-k).
    lags : int
        Newey-West only; ``lags=0`` is HC1.

    Returns
    -------
    DataFrame
        As :func:`coefficients`; t and p refer to Student t with n-k degrees of freedom.
    """
    if kind == "NW":
        if not 0 <= lags < model.nobs:
            msg = f"Newey-West needs from 0 to {int(model.nobs) - 1} lags; got {lags}"
            raise ValueError(msg)
        # statsmodels leaves the n/(n-k) factor out unless it is asked for, and would switch to the normal distribution.
        result = model.get_robustcov_results("HAC", maxlags=lags, use_correction=True, use_t=True)
    elif kind in ("HC0", "HC1", "HC2", "HC3"):
        result = model.get_robustcov_results(kind, use_t=True)
    else:
        msg = f"unknown covariance {kind!r}; choose HC0, HC1, HC2, HC3 or NW"
        raise ValueError(msg)
    return coefficients(result)


def goodness(model: RegressionResultsWrapper) -> dict[str, float]:
    """Return what is said of a fit as a whole.

    Returns
    -------
    dict
        ``n``, ``k`` (coefficients, constant included), ``df`` = n-k; ``multiple_r``, ``r2``, ``r2_adj``; ``sigma`` =
        sqrt(SSE/(n-k)), "standard error" in a spreadsheet; ``f``, ``f_p`` (all slopes zero); ``sse`` (residual),
        ``ssr`` (regression), ``sst`` (total about the mean); ``press`` = sum of (e/(1-h))² and ``press_r2`` =
        1 - PRESS/SST (Allen 1974), negative when the mean of all years predicts better, NaN where a year has a dummy of
        its own and without it cannot be predicted; ``loglik`` (Gaussian, at the
        maximum-likelihood variance); ``aic`` = -2 loglik + 2k and ``bic`` = -2 loglik + k ln n as in statsmodels,
        which does not count the variance; ``aic_sigma``, ``bic_sigma`` count it (k+1), as R does; ``aicc`` is
        Hurvich and Tsai (1989) on top of ``aic_sigma``.
    """
    n, k = int(model.nobs), int(model.df_model) + int(model.k_constant)
    leverage = OLSInfluence(model).hat_matrix_diag
    free = leverage.max() < 1 - 1e-9
    press = (
        float((np.asarray(model.resid) ** 2 / (1 - leverage) ** 2).sum()) if free else float("nan")
    )
    sst = float(model.centered_tss if model.k_constant else model.uncentered_tss)
    aic_sigma = float(-2 * model.llf + 2 * (k + 1))
    return {
        "n": n,
        "k": k,
        "df": n - k,
        "multiple_r": float(np.sqrt(model.rsquared)),
        "r2": float(model.rsquared),
        "r2_adj": float(model.rsquared_adj),
        "sigma": float(np.sqrt(model.scale)),
        "f": float(model.fvalue),
        "f_p": float(model.f_pvalue),
        "sse": float(model.ssr),  # statsmodels calls the residual sum ssr and the explained sum ess
        "ssr": float(model.ess),
        "sst": sst,
        "press": press,
        "press_r2": 1 - press / sst,
        "loglik": float(model.llf),
        "aic": float(model.aic),
        "bic": float(model.bic),
        "aic_sigma": aic_sigma,
        "bic_sigma": float(-2 * model.llf + (k + 1) * np.log(n)),
        "aicc": aic_sigma + 2 * (k + 1) * (k + 2) / (n - k - 2) if n > k + 2 else float("nan"),
    }


def anova(model: RegressionResultsWrapper) -> pd.DataFrame:
    """Return the sums of squares.

    Returns
    -------
    DataFrame
        Index ``regression``, ``residual``, ``total``; columns ``ss``, ``df``, ``ms``, ``f``, ``p``, in squared units
        of y. The total is about the mean.
    """
    k = int(model.df_model)
    df = int(model.df_resid)
    return pd.DataFrame(
        {
            "ss": [model.ess, model.ssr, model.ess + model.ssr],
            "df": [k, df, k + df],
            "ms": [model.ess / k, model.ssr / df, np.nan],
            "f": [model.fvalue, np.nan, np.nan],
            "p": [model.f_pvalue, np.nan, np.nan],
        },
        index=pd.Index(["regression", "residual", "total"], name="source"),
    )


def correlations(model: RegressionResultsWrapper) -> pd.DataFrame:
    """Return how each regressor correlates with the outcome, alone and given the others.

    Returns
    -------
    DataFrame
        Index: regressors. ``zero_order``: Pearson. ``partial`` = t / sqrt(t² + n-k): correlation of what is left of
        both after the other regressors. ``semi_partial`` = t sqrt((1-R²)/(n-k)): the regressor alone is freed of the
        others, so its square is the rise of R² that it brings as the last to enter (Cohen and Cohen 1983).
    """
    names = [name for name in model.model.exog_names if name != "const"]
    x = pd.DataFrame(model.model.exog, columns=model.model.exog_names)
    t = pd.Series(np.asarray(model.tvalues), index=model.model.exog_names)[names]
    return pd.DataFrame(
        {
            "zero_order": [stats.pearsonr(x[name], model.model.endog).statistic for name in names],
            "partial": (t / np.sqrt(t**2 + model.df_resid)).to_numpy(),
            "semi_partial": (t * np.sqrt((1 - model.rsquared) / model.df_resid)).to_numpy(),
        },
        index=pd.Index(names, name="term"),
    )


def fitted(model: RegressionResultsWrapper, level: float = 0.95) -> pd.DataFrame:
    """Return the fitted series beside the observed one.

    Returns
    -------
    DataFrame
        Columns ``year``, ``observed``, ``fitted``, ``residual``, ``mean_low``, ``mean_high`` (interval of the
        regression line) and ``low``, ``high`` (interval of a new observation), in units of y, at ``level``.
    """
    band = model.get_prediction().summary_frame(alpha=1 - level)
    return pd.DataFrame(
        {
            "year": np.asarray(model.fittedvalues.index),
            "observed": model.model.endog,
            "fitted": np.asarray(model.fittedvalues),
            "residual": np.asarray(model.resid),
            "mean_low": band["mean_ci_lower"].to_numpy(),
            "mean_high": band["mean_ci_upper"].to_numpy(),
            "low": band["obs_ci_lower"].to_numpy(),
            "high": band["obs_ci_upper"].to_numpy(),
        }
    )


def out_of_sample(frame: pd.DataFrame, first: int = 2015) -> pd.DataFrame:
    """Predict the years from ``first`` on from the years before, and set simple rules beside it.

    The model is given the true regressors of the year it predicts, which no forecaster has; the comparison leans its way.

    Parameters
    ----------
    frame : DataFrame
        As from :func:`regression_frame`.
    first : int
        First year predicted.

    Returns
    -------
    DataFrame
        Index ``year``; ``observed``; ``fixed`` (model estimated once, up to first-1, with ``fixed_low`` and
        ``fixed_high``, its 95 % prediction interval); ``expanding`` (estimated anew on all years before each);
        ``no_change`` (the year before); ``frozen`` (the value of first-1); ``mean`` (mean of the years before
        ``first``). In persons.
    """
    if first - 1 not in frame.index or first not in frame.index:
        msg = f"cannot predict from {first}: the data run {frame.index[0]}-{frame.index[-1]}"
        raise ValueError(msg)
    test = frame.loc[first:]
    x = sm.add_constant(test[["x1", "x2"]], has_constant="add")
    model = fit(frame.loc[: first - 1])
    band = model.get_prediction(x).summary_frame(alpha=0.05)
    return pd.DataFrame(
        {
            "observed": test["y"],
            "fixed": band["mean"].to_numpy(),
            "fixed_low": band["obs_ci_lower"].to_numpy(),
            "fixed_high": band["obs_ci_upper"].to_numpy(),
            "expanding": [
                float(fit(frame.loc[: year - 1]).predict(x.loc[[year]]).iloc[0])
                for year in test.index
            ],
            "no_change": frame["y"].shift(1).loc[first:],
            "frozen": float(frame.loc[first - 1, "y"]),
            "mean": float(frame.loc[: first - 1, "y"].mean()),
        },
        index=test.index,
    )


def forecast_errors(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the errors of :func:`out_of_sample`.

    Returns
    -------
    DataFrame
        Index: the rules. ``rmse``, ``mae``, ``bias`` (mean of observed minus predicted), in persons.
    """
    rules = ["fixed", "expanding", "no_change", "frozen", "mean"]
    errors = predictions[rules].rsub(predictions["observed"], axis=0)
    return pd.DataFrame(
        {"rmse": np.sqrt((errors**2).mean()), "mae": errors.abs().mean(), "bias": errors.mean()}
    ).rename_axis("rule")


def bootstrap(
    frame: pd.DataFrame,
    kind: str = "pairs",
    *,
    block: int = 3,
    draws: int = 9999,
    seed: int = 20240,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return bootstrap intervals of the paper's model.

    Parameters
    ----------
    frame : DataFrame
        As from :func:`regression_frame`.
    kind : {"pairs", "block"}
        ``pairs`` draws whole years (y, x1, x2) with replacement (Freedman 1981), as if years were independent.
        ``block`` draws overlapping blocks of ``block`` neighbouring years, laid end to end and cut to n (moving
        blocks, Künsch 1989), which keeps short-run dependence.
    block : int
        Block length; 3 is n^(1/3) rounded.
    draws, seed : int
        Number of resamples and seed of the PCG64 stream.
    level : float
        Level of the percentile interval.

    Returns
    -------
    DataFrame
        Index ``const``, ``x1``, ``x2``; ``estimate``, ``se`` (n-1), ``ci_low``, ``ci_high`` (percentile, linear
        interpolation), ``share_not_positive``, ``draws`` (resamples used; collinear ones are left out).
    """
    if kind not in ("pairs", "block"):
        msg = f"unknown bootstrap {kind!r}; choose pairs or block"
        raise ValueError(msg)
    n = len(frame)
    if kind == "block" and not 1 <= block <= n:
        msg = f"a block has from 1 to {n} years; got {block}"
        raise ValueError(msg)
    model = fit(frame)
    rng = np.random.default_rng(seed)
    if kind == "pairs":
        rows = rng.integers(0, n, (draws, n))
    else:
        starts = rng.integers(0, n - block + 1, (draws, -(-n // block)))
        rows = (starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :n]
    x, y = model.model.exog, model.model.endog
    scale = np.sqrt((x**2).sum(axis=0))
    q, r = np.linalg.qr((x / scale)[rows])
    keep = np.abs(np.diagonal(r, axis1=1, axis2=2)).min(axis=1) > 1e-8
    projected = np.einsum("bni,bn->bi", q[keep], y[rows[keep]])
    estimates = np.linalg.solve(r[keep], projected[..., None])[..., 0] / scale
    low, high = np.quantile(estimates, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame(
        {
            "estimate": np.asarray(model.params),
            "se": estimates.std(axis=0, ddof=1),
            "ci_low": low,
            "ci_high": high,
            "share_not_positive": (estimates <= 0).mean(axis=0),
            "draws": int(keep.sum()),
        },
        index=pd.Index(model.model.exog_names, name="term"),
    )
