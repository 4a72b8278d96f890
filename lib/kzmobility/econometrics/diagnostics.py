"""Tests of a fitted model. Each function states the convention it follows, for packages differ.

A function takes the result of :func:`kzmobility.econometrics.fit` (or a frame of series) and returns a dictionary or a
frame. Statistics come from statsmodels and scipy where they are offered there; what is not (the exact Durbin-Watson
distribution, sup-F, iterated Cochrane-Orcutt and Prais-Winsten) is written here, small, with its source.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import integrate, stats
from statsmodels.regression.linear_model import OLS, RegressionResultsWrapper
from statsmodels.stats import diagnostic
from statsmodels.stats.outliers_influence import OLSInfluence, variance_inflation_factor
from statsmodels.stats.stattools import durbin_watson as _dw
from statsmodels.stats.stattools import jarque_bera as _jarque_bera
from statsmodels.tools.sm_exceptions import InterpolationWarning
from statsmodels.tsa.adfvalues import mackinnoncrit, mackinnonp
from statsmodels.tsa.stattools import adfuller
from statsmodels.tsa.stattools import kpss as _kpss
from statsmodels.tsa.vector_ar.vecm import coint_johansen

from kzmobility.econometrics.fits import check_years, coefficients, fit

# Stock and Watson, Introduction to Econometrics, critical values of the QLR statistic with 15 % trimming (after
# Andrews 2003), as F = Wald/q, for q = 1..5 restrictions: 10 %, 5 %, 1 %.
QLR_CRITICAL = {
    1: (7.12, 8.68, 12.16),
    2: (5.00, 5.86, 7.78),
    3: (4.09, 4.71, 6.02),
    4: (3.59, 4.09, 5.12),
    5: (3.26, 3.66, 4.53),
}


# ---- Collinearity -------------------------------------------------------------------------------------------------


def variance_inflation(model: RegressionResultsWrapper) -> pd.Series:
    """Return 1/(1 - R²) of each regressor on the others, constant included; index: the regressors."""
    names = model.model.exog_names
    values = {
        name: float(variance_inflation_factor(model.model.exog, position))
        for position, name in enumerate(names)
        if name != "const"
    }
    return pd.Series(values, name="vif").rename_axis("term")


def condition_indices(model: RegressionResultsWrapper) -> pd.DataFrame:
    """Return Belsley's condition indices with the variance-decomposition proportions.

    Columns of X, the constant among them, are scaled to unit length and not centred (Belsley, Kuh and Welsch 1980,
    chapter 3). An index above 30 with two proportions above 0.5 is their sign of harmful collinearity.

    Returns
    -------
    DataFrame
        One row a singular value, from the largest: ``singular_value``, ``condition_index``, and for each term its
        variance proportion; each term's column sums to 1.
    """
    x = model.model.exog
    _, s, vt = np.linalg.svd(x / np.sqrt((x**2).sum(axis=0)), full_matrices=False)
    phi = (vt / s[:, None]) ** 2
    table = pd.DataFrame(phi / phi.sum(axis=0), columns=model.model.exog_names)
    table.insert(0, "singular_value", s)
    table.insert(1, "condition_index", s[0] / s)
    return table


# ---- Autocorrelation ----------------------------------------------------------------------------------------------


def imhof(weights: np.ndarray) -> float:
    """Return P(sum of w_j z_j² <= 0) for independent standard normal z_j.

    Imhof (1961), Biometrika 48, 419-426, equation 3.2 at zero, by adaptive quadrature; absolute error below 1e-10.

    Parameters
    ----------
    weights : array, shape (m,)
        At least three that are not zero; with fewer the integral converges too slowly to be trusted.

    Raises
    ------
    ValueError
        With fewer than three weights that are not zero, or any that is not finite.
    """
    w = np.asarray(weights, float)
    w = w[w != 0]
    if w.ndim != 1 or w.size < 3 or not np.isfinite(w).all():
        msg = (
            f"Imhof's integral needs at least three finite weights that are not zero; got {weights}"
        )
        raise ValueError(msg)
    w = w / np.abs(w).max()  # the integrand then changes on the scale of one

    def integrand(u: float) -> float:
        if u == 0:
            return 0.5 * w.sum()  # the limit, where the formula is 0/0
        return (
            np.sin(0.5 * np.arctan(w * u).sum()) * np.exp(-0.25 * np.log1p((w * u) ** 2).sum()) / u
        )

    integral, _ = integrate.quad(integrand, 0, np.inf, limit=500, epsabs=1e-12, epsrel=1e-10)
    return float(np.clip(0.5 - integral / np.pi, 0, 1))


def durbin_watson(model: RegressionResultsWrapper) -> dict[str, float]:
    """Return the Durbin-Watson statistic and its exact p-value.

    Returns
    -------
    dict
        ``dw`` = sum (e_t - e_(t-1))² / sum e_t²; ``p`` = P(d <= dw) for this X under independent normal errors, that
        is against positive first-order autocorrelation. With M = I - X(X'X)⁻¹X' and A the difference form, d <= dw is
        sum (l_j - dw) z_j² <= 0 over the n-k non-zero eigenvalues l_j of MAM (Durbin and Watson 1950), which
        :func:`imhof` evaluates. With a lagged outcome among the regressors X is not given and ``p`` does not hold.

    Raises
    ------
    ValueError
        With fewer than three degrees of freedom.
    """
    x = model.model.exog
    n, k = x.shape
    if n - k < 3:
        msg = f"the exact Durbin-Watson distribution needs at least 3 degrees of freedom; there are {n - k}"
        raise ValueError(msg)
    d = float(_dw(np.asarray(model.resid)))
    basis = np.linalg.qr(x, mode="complete")[0][:, k:]  # columns span what is orthogonal to X
    steps = np.diff(basis, axis=0)
    eigenvalues = np.linalg.eigvalsh(steps.T @ steps)
    return {"dw": d, "p": imhof(eigenvalues - d)}


def breusch_godfrey(model: RegressionResultsWrapper, lags: int = 1) -> dict[str, float]:
    """Return the Breusch-Godfrey test against autocorrelation up to ``lags``.

    Residuals are regressed on X and their own lags; the lags before the first year are filled with ZEROS and all n
    rows kept, so LM = n R², as statsmodels does, and R's lmtest and Stata by default. Dropping the first rows instead
    gives another number.

    Returns
    -------
    dict
        ``lm``, ``p`` (chi-square with ``lags`` degrees of freedom), ``f``, ``f_p``.
    """
    lm, p, f, f_p = diagnostic.acorr_breusch_godfrey(model, nlags=lags, result_object=False)
    return {"lm": float(lm), "p": float(p), "f": float(f), "f_p": float(f_p)}


def autocorrelation(model: RegressionResultsWrapper) -> float:
    """Return the least-squares coefficient of the residual on its lag, without constant."""
    e = np.asarray(model.resid)
    return float(e[1:] @ e[:-1] / (e[:-1] @ e[:-1]))


def _quasi_difference(
    model: RegressionResultsWrapper, *, keep_first: bool, tolerance: float, most: int
) -> dict:
    y, x = model.model.endog, model.model.exog
    rho, beta = 0.0, np.asarray(model.params)
    for iteration in range(1, most + 1):
        e = y - x @ beta
        new = float(e[1:] @ e[:-1] / (e[:-1] @ e[:-1]))
        if abs(new) >= 1:
            msg = f"iteration {iteration}: rho = {new:.4f} is not inside (-1, 1), so the transformation is not defined"
            raise ValueError(msg)
        done, rho = abs(new - rho) < tolerance, new
        ys, xs = y[1:] - rho * y[:-1], x[1:] - rho * x[:-1]
        if keep_first:
            first = np.sqrt(1 - rho**2)
            ys, xs = np.r_[first * y[0], ys], np.vstack([first * x[0], xs])
        # The constant's column becomes 1 - rho, so its coefficient is the constant of the untransformed equation.
        result = OLS(ys, xs, hasconst=True).fit()
        beta = np.asarray(result.params)
        if done:
            break
    else:
        msg = f"rho has not settled to {tolerance} in {most} iterations; it stands at {rho}"
        raise ValueError(msg)
    result.model.data.xnames = list(model.model.exog_names)
    e = y - x @ beta
    return {
        "rho": rho,
        "iterations": iteration,
        "n": len(ys),
        "sse": float(result.ssr),
        "sigma": float(np.sqrt(result.scale)),
        "dw": float(_dw(np.asarray(result.resid))),
        "r2": 1 - float(result.ssr) / float(((ys - ys.mean()) ** 2).sum()),
        "r2_untransformed": 1 - float(e @ e) / float(((y - y.mean()) ** 2).sum()),
        "coefficients": coefficients(result),
    }


def cochrane_orcutt(
    model: RegressionResultsWrapper, tolerance: float = 1e-12, most: int = 10_000
) -> dict:
    """Return the iterated Cochrane-Orcutt estimate (Cochrane and Orcutt 1949); the first year is dropped.

    rho is the LEAST-SQUARES coefficient of the residual on its lag, without constant, of the untransformed equation;
    the two steps alternate until rho moves by less than ``tolerance``. Stata's ``prais`` does the same by default; SAS
    AUTOREG and ``statsmodels.GLSAR`` take rho by Yule-Walker instead.

    Returns
    -------
    dict
        ``rho``, ``iterations``, ``n``, ``sse``, ``sigma``, ``dw`` and ``r2`` of the transformed equation (``r2`` about
        its mean), ``r2_untransformed``, and ``coefficients``, a frame as from
        :func:`~kzmobility.econometrics.coefficients` in the units of the untransformed equation, with standard errors
        given rho.

    Raises
    ------
    ValueError
        If rho leaves (-1, 1) or does not settle.
    """
    return _quasi_difference(model, keep_first=False, tolerance=tolerance, most=most)


def prais_winsten(
    model: RegressionResultsWrapper, tolerance: float = 1e-12, most: int = 10_000
) -> dict:
    """Return the iterated Prais-Winsten estimate: Cochrane-Orcutt with the first year kept, times sqrt(1 - rho²).

    Prais and Winsten (1954). The estimator of rho and what is returned are as in :func:`cochrane_orcutt`.
    """
    return _quasi_difference(model, keep_first=True, tolerance=tolerance, most=most)


# ---- Variance, shape and form ---------------------------------------------------------------------------------------


def breusch_pagan(model: RegressionResultsWrapper) -> dict[str, float]:
    """Return the Breusch-Pagan test, studentized (Koenker 1981): LM = n R² of e² on X.

    Returns
    -------
    dict
        ``lm``, ``p`` (chi-square, one degree of freedom a regressor), ``f``, ``f_p``. The original of Breusch and
        Pagan (1979), half the explained sum of squares, leans on normal errors and differs.
    """
    lm, p, f, f_p = diagnostic.het_breuschpagan(model.resid, model.model.exog, robust=True)
    return {"lm": float(lm), "p": float(p), "f": float(f), "f_p": float(f_p)}


def white(model: RegressionResultsWrapper) -> dict[str, float]:
    """Return White's (1980) test: LM = n R² of e² on the regressors, their squares and cross products.

    Returns
    -------
    dict
        ``lm``, ``p`` (chi-square; five degrees of freedom for two regressors), ``f``, ``f_p``.
    """
    lm, p, f, f_p = diagnostic.het_white(model.resid, model.model.exog)
    return {"lm": float(lm), "p": float(p), "f": float(f), "f_p": float(f_p)}


def jarque_bera(model: RegressionResultsWrapper) -> dict[str, float]:
    """Return the Jarque-Bera test of normal residuals.

    Returns
    -------
    dict
        ``jb`` = n (S²/6 + (K-3)²/24) with moments divided by n, no small-sample factor; ``p`` (chi-square, 2);
        ``skewness``; ``kurtosis`` (3 for a normal).
    """
    jb, p, skewness, kurtosis = _jarque_bera(np.asarray(model.resid))
    return {
        "jb": float(jb),
        "p": float(p),
        "skewness": float(skewness),
        "kurtosis": float(kurtosis),
    }


def shapiro_wilk(model: RegressionResultsWrapper) -> dict[str, float]:
    """Return the Shapiro-Wilk test of normal residuals (Royston's 1995 algorithm): ``w``, ``p``."""
    w, p = stats.shapiro(np.asarray(model.resid))
    return {"w": float(w), "p": float(p)}


def reset(model: RegressionResultsWrapper, highest: int = 3) -> dict[str, float]:
    """Return Ramsey's (1969) RESET: F test of powers 2 to ``highest`` of the fitted values, added to the equation.

    Returns
    -------
    dict
        ``f``, ``p`` (F with ``df_num`` and ``df_den`` degrees of freedom), ``df_num`` = highest - 1, ``df_den`` =
        n - k - df_num.
    """
    if highest < 2:
        msg = f"RESET adds the square at least; got highest power {highest}"
        raise ValueError(msg)
    # statsmodels' linear_reset takes powers of the raw fitted values. Here they near 10^6 and their cubes 10^18; its
    # pseudo-inverse then drops columns and returns F = 140.9 with a SingularMatrixWarning, where 3.84 is right. The
    # powers of a standardized fitted value, with the constant, span the same space.
    value = np.asarray(model.fittedvalues)
    value = (value - value.mean()) / value.std()
    powers = np.column_stack([value**p for p in range(2, highest + 1)])
    big = OLS(model.model.endog, np.column_stack([model.model.exog, powers])).fit()
    extra = highest - 1
    f = ((model.ssr - big.ssr) / extra) / (big.ssr / big.df_resid)
    return {
        "f": float(f),
        "p": float(stats.f.sf(f, extra, big.df_resid)),
        "df_num": extra,
        "df_den": int(big.df_resid),
    }


# ---- Single years ---------------------------------------------------------------------------------------------------


def influence(model: RegressionResultsWrapper) -> pd.DataFrame:
    """Return what each year does to the fit.

    Returns
    -------
    DataFrame
        One row a year: ``year``, ``residual``, ``leverage`` (diagonal of the hat matrix), ``studentized_internal``
        (s of all years), ``studentized_external`` (s without the year; Student t with n-k-1 degrees of freedom),
        ``cooks_distance`` (Cook 1977), ``dffits``, and ``dfbetas_<term>``: the change of the coefficient when the year
        is left out, in standard errors with s taken without the year (Belsley, Kuh and Welsch 1980).
    """
    info = OLSInfluence(model)
    table = pd.DataFrame(
        {
            "year": np.asarray(model.fittedvalues.index),
            "residual": np.asarray(model.resid),
            "leverage": info.hat_matrix_diag,
            "studentized_internal": info.resid_studentized_internal,
            "studentized_external": info.resid_studentized_external,
            "cooks_distance": info.cooks_distance[0],
            "dffits": info.dffits[0],
        }
    )
    for position, name in enumerate(model.model.exog_names):
        table[f"dfbetas_{name}"] = info.dfbetas[:, position]
    return table


def leave_one_out(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the paper's model with each year left out in turn.

    Returns
    -------
    DataFrame
        Index: the ``year`` left out; ``b0``, ``b1``, ``b2``, ``p1``, ``p2`` (classical), ``r2``.
    """
    rows = {}
    for year in frame.index:
        model = fit(frame.drop(index=year).reset_index(drop=True))
        rows[year] = [*model.params, *np.asarray(model.pvalues)[1:], model.rsquared]
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["b0", "b1", "b2", "p1", "p2", "r2"]
    ).rename_axis("year")


# ---- Stability ------------------------------------------------------------------------------------------------------


def chow(model: RegressionResultsWrapper, start: int) -> dict[str, float]:
    """Return the Chow (1960) test that all coefficients change when ``start`` begins.

    Parameters
    ----------
    start : int
        The year that STARTS the second regime; ``start - 1`` is the last of the first.

    Returns
    -------
    dict
        ``f`` = ((SSE - SSE1 - SSE2)/k) / ((SSE1 + SSE2)/(n-2k)), ``p``, ``df_num`` = k, ``df_den`` = n-2k.

    Raises
    ------
    ValueError
        If a regime has fewer years than coefficients.
    """
    years = np.asarray(model.fittedvalues.index)
    x, y = model.model.exog, model.model.endog
    n, k = x.shape
    second = years >= start
    if min(second.sum(), n - second.sum()) < k or n - 2 * k < 1:
        msg = f"a break at {start} leaves {n - second.sum()} and {second.sum()} years for {k} coefficients each"
        raise ValueError(msg)
    split = sum(OLS(y[part], x[part]).fit().ssr for part in (second, ~second))
    f = float((model.ssr - split) / k / (split / (n - 2 * k)))
    return {"f": f, "p": float(stats.f.sf(f, k, n - 2 * k)), "df_num": k, "df_den": n - 2 * k}


def sup_f(
    model: RegressionResultsWrapper, trim: float = 0.15, draws: int = 99_999, seed: int = 2016
) -> dict[str, float | pd.DataFrame]:
    """Return the largest Chow F over all dates (Quandt 1960, Andrews 1993), with its p-value.

    Each regime keeps at least ceil(trim n) years and more than k. The p-value is a Monte Carlo test: given X, the
    statistic's distribution under independent normal errors does not depend on the coefficients or the variance, so
    drawing errors gives an exact test (Dufour 2006), p = (1 + number at least as large)/(draws + 1). Andrews'
    asymptotic critical values are added for comparison; 21 years are far from asymptotic.

    Returns
    -------
    dict
        ``f``; ``year`` (start of the second regime); ``p``; ``critical_10``, ``critical_5``, ``critical_1``
        (asymptotic, as F); ``first``, ``last`` (dates tried); ``path``, a frame ``year``, ``f`` with every date.
    """
    years = np.asarray(model.fittedvalues.index)
    x, y = model.model.exog, model.model.endog
    n, k = x.shape
    least = max(int(np.ceil(trim * n)), k + 1)
    if n - 2 * least < 0 or n <= 2 * k:
        msg = f"{n} years cannot be cut into two regimes of {least} or more"
        raise ValueError(msg)
    cuts = range(least, n - least + 1)
    bases = []
    for cut in cuts:
        basis = np.zeros((n, 2 * k))
        basis[:cut, :k] = np.linalg.qr(x[:cut])[0]
        basis[cut:, k:] = np.linalg.qr(x[cut:])[0]
        bases.append(basis)
    whole = np.linalg.qr(x)[0]

    def path(errors: np.ndarray) -> np.ndarray:
        total = (errors**2).sum(axis=0)
        one = total - ((whole.T @ errors) ** 2).sum(axis=0)
        two = np.stack([total - ((basis.T @ errors) ** 2).sum(axis=0) for basis in bases])
        return ((one - two) / k) / (two / (n - 2 * k))

    # Residuals in place of y: the same projections, without the cancellation that y's large mean would bring.
    observed = path(np.asarray(model.resid)[:, None])[:, 0]
    rng = np.random.default_rng(seed)
    least_f = observed.max()
    above = 0
    for size in np.diff(np.r_[0:draws:20_000, draws]):
        above += int((path(rng.standard_normal((n, size))).max(axis=0) >= least_f).sum())
    best = int(observed.argmax())
    critical = QLR_CRITICAL.get(k, (np.nan,) * 3)
    return {
        "f": float(least_f),
        "year": int(years[cuts[best]]),
        "p": (1 + above) / (draws + 1),
        "critical_10": critical[0],
        "critical_5": critical[1],
        "critical_1": critical[2],
        "first": int(years[cuts[0]]),
        "last": int(years[cuts[-1]]),
        "path": pd.DataFrame({"year": [int(years[cut]) for cut in cuts], "f": observed}),
    }


# ---- Unit roots and cointegration -----------------------------------------------------------------------------------


def adf(series: pd.Series, lags: int = 0, terms: str = "c") -> dict[str, float]:
    """Return the augmented Dickey-Fuller test of a unit root.

    Parameters
    ----------
    lags : int
        Lagged differences, a fixed number; the sample is all that this number leaves, n - 1 - lags.
    terms : {"n", "c", "ct"}
        None, constant, constant and trend.

    Returns
    -------
    dict
        ``t``; ``p`` (MacKinnon 1994, asymptotic); ``critical_1``, ``critical_5``, ``critical_10`` (MacKinnon 2010, at
        this sample size); ``n`` (observations used); ``lags``.
    """
    check_years(series.index)
    t, p, used, n, critical, *_ = adfuller(
        np.asarray(series, float), maxlag=lags, regression=terms, autolag=None, result_object=False
    )
    return {
        "t": float(t),
        "p": float(p),
        "critical_1": float(critical["1%"]),
        "critical_5": float(critical["5%"]),
        "critical_10": float(critical["10%"]),
        "n": int(n),
        "lags": int(used),
    }


def kpss(series: pd.Series, terms: str = "c", lags: int | None = None) -> dict[str, float]:
    """Return the KPSS test (Kwiatkowski, Phillips, Schmidt and Shin 1992); its null is stationarity.

    Parameters
    ----------
    terms : {"c", "ct"}
        Stationary about a level or about a trend.
    lags : int, optional
        Bartlett lags; by default trunc(4 (n/100)^(1/4)), 2 for 21 years, as R's tseries. statsmodels' own default
        chooses by the data and its "legacy" takes 9 here, nearly half the sample.

    Returns
    -------
    dict
        ``statistic``; ``p`` interpolated in the paper's table, which ends at 0.01 and 0.10, so 0.01 means "at most"
        and 0.10 "at least"; ``critical_5``; ``lags``.
    """
    check_years(series.index)
    if lags is None:
        lags = int(4 * (len(series) / 100) ** 0.25)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InterpolationWarning)  # the end of the table: stated above
        statistic, p, used, critical = _kpss(
            np.asarray(series, float), regression=terms, nlags=lags, result_object=False
        )
    return {
        "statistic": float(statistic),
        "p": float(p),
        "critical_5": float(critical["5%"]),
        "lags": int(used),
    }


def unit_roots(
    frame: pd.DataFrame, lags: Iterable[int] = (0, 1, 2, 3), terms: Iterable[str] = ("c", "ct")
) -> pd.DataFrame:
    """Return ADF at every lag and KPSS for every series of a frame, in levels and in first differences.

    Returns
    -------
    DataFrame
        Columns ``series``, ``form`` (levels, differences), ``test`` (ADF, KPSS), ``null``, ``terms``, ``lags``, ``n``,
        ``statistic``, ``critical_5``, ``p``, ``rejects`` (at 5 %; for ADF by the small-sample critical value).
    """
    rows = []
    lags = tuple(lags)
    for name in frame.columns:
        for form, series in (("levels", frame[name]), ("differences", frame[name].diff().iloc[1:])):
            for term in terms:
                for lag in lags:
                    r = adf(series, lag, term)
                    rejects = r["t"] < r["critical_5"]
                    rows.append(
                        (
                            name,
                            form,
                            "ADF",
                            "unit root",
                            term,
                            lag,
                            r["n"],
                            r["t"],
                            r["critical_5"],
                            r["p"],
                            rejects,
                        )
                    )
                r = kpss(series, term)
                rejects = r["statistic"] > r["critical_5"]
                rows.append(
                    (name, form, "KPSS", "stationary", term, r["lags"], len(series), r["statistic"], r["critical_5"],
                     r["p"], rejects)
                )  # fmt: skip
    columns = [
        "series",
        "form",
        "test",
        "null",
        "terms",
        "lags",
        "n",
        "statistic",
        "critical_5",
        "p",
        "rejects",
    ]
    return pd.DataFrame(rows, columns=columns)


def engle_granger(model: RegressionResultsWrapper, lags: int = 0) -> dict[str, float]:
    """Return the Engle-Granger (1987) test of no cointegration.

    The first step is ``model`` (with a constant). The second is a Dickey-Fuller regression of its residuals WITHOUT
    constant, with ``lags`` lagged differences, on all observations that the lags leave. Critical values are
    MacKinnon's (2010) for the number of variables in the first step and n-1 observations, those of Stata's egranger
    and of ``statsmodels.coint``: residuals need far lower values than an ordinary series.

    Returns
    -------
    dict
        ``t``, ``p`` (MacKinnon 1994, asymptotic), ``critical_1``, ``critical_5``, ``critical_10``, ``n``, ``lags``.
    """
    # The degenerate p and critical values that adfuller adds are for a plain series and are not used.
    t, _, used, n, *_ = adfuller(
        np.asarray(model.resid), maxlag=lags, regression="n", autolag=None, result_object=False
    )
    variables = int(model.df_model) + 1
    critical = mackinnoncrit(N=variables, regression="c", nobs=int(model.nobs) - 1)
    return {
        "t": float(t),
        "p": float(mackinnonp(t, regression="c", N=variables)),
        "critical_1": float(critical[0]),
        "critical_5": float(critical[1]),
        "critical_10": float(critical[2]),
        "n": int(n),
        "lags": int(used),
    }


def johansen(frame: pd.DataFrame, lags: int = 1) -> pd.DataFrame:
    """Return Johansen's (1988) trace and maximum-eigenvalue tests.

    Unrestricted constant (``det_order=0``), ``lags`` lagged differences, so a VAR of order lags + 1. Critical values
    are asymptotic (MacKinnon, Haug and Michelis 1996, as in statsmodels); with three series and 21 years the test
    rejects too often, and ``trace_small`` gives the correction of Reinsel and Ahn (1992), times (T - pk)/T.

    Returns
    -------
    DataFrame
        One row a null "at most r relations": ``r``, ``eigenvalue``, ``trace``, ``trace_critical_5``, ``trace_small``,
        ``max_eigenvalue``, ``max_critical_5``, ``n`` (observations used).
    """
    check_years(frame.index)
    result = coint_johansen(frame.to_numpy(float), det_order=0, k_ar_diff=lags)
    variables = frame.shape[1]
    n = len(frame) - 1 - lags
    return pd.DataFrame(
        {
            "r": range(variables),
            "eigenvalue": result.eig,
            "trace": result.trace_stat,
            "trace_critical_5": result.trace_stat_crit_vals[:, 1],
            "trace_small": result.trace_stat * (n - variables * (lags + 1)) / n,
            "max_eigenvalue": result.max_eig_stat,
            "max_critical_5": result.max_eig_stat_crit_vals[:, 1],
            "n": n,
        }
    )


def durbin_h(model: RegressionResultsWrapper, lag_term: str = "y_lag") -> float:
    """Return Durbin's (1970) h for an equation with a lagged outcome, standard normal under no autocorrelation.

    h = (1 - d/2) sqrt(n / (1 - n Var(b_lag))); NaN where n Var(b_lag) >= 1 and h is not defined.
    """
    n = model.nobs
    variance = float(model.bse[lag_term]) ** 2
    if n * variance >= 1:
        return float("nan")
    return float((1 - _dw(np.asarray(model.resid)) / 2) * np.sqrt(n / (1 - n * variance)))
