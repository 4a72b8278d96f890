"""What statsmodels does not offer: the exact Durbin-Watson distribution and quasi-differences.

A function takes a fitted least-squares model and returns a dictionary; each states its convention.
"""

from __future__ import annotations

import numpy as np
from scipy import integrate
from statsmodels.regression.linear_model import OLS, RegressionResultsWrapper
from statsmodels.stats.stattools import durbin_watson as _dw

from kzmobility.econometrics.fits import coefficients


def imhof(weights: np.ndarray) -> float:
    """Return P(sum of w_j z_j² <= 0) for independent standard normal z_j.

    Imhof (1961), Biometrika 48, 419-426, equation 3.2 at zero, by adaptive quadrature; absolute
    error below 1e-10.

    Parameters
    ----------
    weights : array, shape (m,)
        At least three that are not zero; with fewer the integral converges too slowly to be
        trusted.

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
        ``dw`` = sum (e_t - e_(t-1))² / sum e_t²; ``p`` = P(d <= dw) for this X under independent
        normal errors, that is against positive first-order autocorrelation. With M = I - X(X'X)⁻¹X'
        and A the difference form, d <= dw is sum (l_j - dw) z_j² <= 0 over the n-k non-zero
        eigenvalues l_j of MAM (Durbin and Watson 1950), which :func:`imhof` evaluates. With a
        lagged outcome among the regressors X is not given and ``p`` does not hold.

    Raises
    ------
    ValueError
        With fewer than three degrees of freedom.
    """
    x = model.model.exog
    n, k = x.shape
    if n - k < 3:
        msg = f"the exact distribution needs at least 3 degrees of freedom; there are {n - k}"
        raise ValueError(msg)
    d = float(_dw(np.asarray(model.resid)))
    basis = np.linalg.qr(x, mode="complete")[0][:, k:]  # columns span what is orthogonal to X
    steps = np.diff(basis, axis=0)
    eigenvalues = np.linalg.eigvalsh(steps.T @ steps)
    return {"dw": d, "p": imhof(eigenvalues - d)}


def _quasi_difference(
    model: RegressionResultsWrapper, *, keep_first: bool, tolerance: float, most: int
) -> dict:
    y, x = model.model.endog, model.model.exog
    rho, beta = 0.0, np.asarray(model.params)
    for iteration in range(1, most + 1):
        e = y - x @ beta
        new = float(e[1:] @ e[:-1] / (e[:-1] @ e[:-1]))
        if abs(new) >= 1:
            msg = f"iteration {iteration}: rho = {new:.4f} is not inside (-1, 1)"
            raise ValueError(msg)
        done, rho = abs(new - rho) < tolerance, new
        ys, xs = y[1:] - rho * y[:-1], x[1:] - rho * x[:-1]
        if keep_first:
            first = np.sqrt(1 - rho**2)
            ys, xs = np.r_[first * y[0], ys], np.vstack([first * x[0], xs])
        # The constant's column becomes 1 - rho, so its coefficient is the constant of the
        # untransformed equation.
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
    """Return the iterated estimate of Cochrane and Orcutt (1949); the first year is dropped.

    rho is the LEAST-SQUARES coefficient of the residual on its lag, without constant, of the
    untransformed equation; the two steps alternate until rho moves by less than ``tolerance``.
    Stata's ``prais`` does the same by default; SAS AUTOREG and ``statsmodels.GLSAR`` take rho by
    Yule-Walker instead.

    Returns
    -------
    dict
        ``rho``, ``iterations``, ``n``, ``sse``, ``sigma``, ``dw`` and ``r2`` of the transformed
        equation (``r2`` about its mean), ``r2_untransformed``, and ``coefficients``, a frame as
        from :func:`~kzmobility.econometrics.coefficients` in the units of the untransformed
        equation, with standard errors given rho.

    Raises
    ------
    ValueError
        If rho leaves (-1, 1) or does not settle.
    """
    return _quasi_difference(model, keep_first=False, tolerance=tolerance, most=most)


def prais_winsten(
    model: RegressionResultsWrapper, tolerance: float = 1e-12, most: int = 10_000
) -> dict:
    """Return the iterated estimate of Prais and Winsten (1954).

    The first year is kept, times sqrt(1 - rho²). rho and the results are as in
    :func:`cochrane_orcutt`.
    """
    return _quasi_difference(model, keep_first=True, tolerance=tolerance, most=most)
