"""Each diagnostic against a published worked example, or done again from its definition
with other tools."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import linalg, stats

from kzmobility import econometrics as ec
from proofbook import data

# Hildreth and Lu (1960), ice cream: Verbeek, A Guide to Modern Econometrics, section 4.8.
ICE_CREAM = pd.DataFrame(
    {
        "y": [0.386, 0.374, 0.393, 0.425, 0.406, 0.344, 0.327, 0.288, 0.269, 0.256, 0.286, 0.298,
              0.329, 0.318, 0.381, 0.381, 0.470, 0.443, 0.386, 0.342, 0.319, 0.307, 0.284, 0.326,
              0.309, 0.359, 0.376, 0.416, 0.437, 0.548],
        "price": [0.270, 0.282, 0.277, 0.280, 0.272, 0.262, 0.275, 0.267, 0.265, 0.277, 0.282,
                  0.270, 0.272, 0.287, 0.277, 0.287, 0.280, 0.277, 0.277, 0.277, 0.292, 0.287,
                  0.277, 0.285, 0.282, 0.265, 0.265, 0.265, 0.268, 0.260],
        "income": [78, 79, 81, 80, 76, 78, 82, 79, 76, 79, 82, 85, 86, 83, 84, 82, 80, 78, 84, 86,
                   85, 87, 94, 92, 95, 96, 94, 96, 91, 90],
        "temp": [41, 56, 63, 68, 69, 65, 61, 47, 32, 24, 28, 26, 32, 40, 55, 63, 72, 72, 67, 60, 44,
                 40, 32, 27, 28, 33, 41, 52, 64, 71],
    }
)  # fmt: skip
# Population of the United States, millions, 1790-2000: the example of SAS PROC REG with DWPROB.
POPULATION = [3.929, 5.308, 7.239, 9.638, 12.866, 17.069, 23.191, 31.443, 39.818, 50.155, 62.947,
              75.994, 91.972, 105.710, 122.775, 131.669, 151.325, 179.323, 203.211, 226.542,
              248.710, 281.422]  # fmt: skip


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return ec.regression_frame(data.read("table4"))


@pytest.fixture(scope="module")
def model(frame):
    return ec.fit(frame)


@pytest.fixture(scope="module")
def ice_cream():
    return ec.fit(ICE_CREAM, "y", ["price", "income", "temp"])


def residuals(y, x) -> np.ndarray:
    """Return residuals on x, columns scaled, with numpy alone."""
    x = np.asarray(x, float)
    x = x / np.sqrt((x**2).sum(axis=0))
    return np.asarray(y, float) - x @ np.linalg.lstsq(x, np.asarray(y, float), rcond=None)[0]


# ---- Collinearity --------------------------------------------------------------------------------


# ---- Autocorrelation -----------------------------------------------------------------------------


@pytest.mark.parametrize(("top", "bottom", "ratio"), [(4, 3, 0.5), (9, 9, 2.0), (2, 16, 3.6)])
def test_imhof_gives_the_f_distribution_for_two_groups_of_equal_weights(top, bottom, ratio) -> None:
    weights = np.r_[np.full(top, 1 / top), np.full(bottom, -ratio / bottom)]
    assert ec.imhof(weights) == pytest.approx(stats.f.cdf(ratio, top, bottom), abs=1e-9)


def test_imhof_refuses_what_it_cannot_integrate() -> None:
    with pytest.raises(ValueError, match="at least three"):
        ec.imhof(np.array([1.0, -1.0, 0.0]))


@pytest.mark.parametrize(
    ("n", "regressors", "lower", "upper"),
    [(21, 2, 1.125, 1.538), (15, 1, 1.077, 1.361), (30, 3, 1.214, 1.650)],
)
def test_durbin_watson_bounds_of_savin_and_white_are_five_per_cent_points(
    n, regressors, lower, upper
) -> None:
    # The bounds are the points of the statistic whose n-k eigenvalues are the smallest,
    # or the largest, possible.
    eigenvalues = 2 * (1 - np.cos(np.pi * np.arange(1, n) / n))
    free = n - regressors - 1
    assert ec.imhof(eigenvalues[:free] - lower) == pytest.approx(0.05, abs=3e-4)
    assert ec.imhof(eigenvalues[-free:] - upper) == pytest.approx(0.05, abs=3e-4)


def test_durbin_watson_of_the_us_population_is_what_sas_prints() -> None:
    year = np.arange(1790.0, 2001, 10)
    table = pd.DataFrame({"y": POPULATION, "year": year, "square": year**2})
    result = ec.durbin_watson(ec.fit(table, "y", ["year", "square"]))
    assert f"{result['dw']:.3f} {result['p']:.4f}" == "1.191 0.0050"


def test_durbin_watson_p_value_agrees_with_simulated_errors(model) -> None:
    x = model.model.exog
    basis = np.linalg.qr(x)[0]
    e = np.random.default_rng(5).standard_normal((21, 100_000))
    e -= basis @ (basis.T @ e)
    simulated = (np.diff(e, axis=0) ** 2).sum(axis=0) / (e**2).sum(axis=0)
    steps = np.diff(linalg.null_space(x.T), axis=0)
    for d in (1.2, 1.6, 2.2):
        p = ec.imhof(np.linalg.eigvalsh(steps.T @ steps) - d)
        assert (simulated <= d).mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 100_000))
    result = ec.durbin_watson(model)
    assert result["p"] == pytest.approx(
        ec.imhof(np.linalg.eigvalsh(steps.T @ steps) - result["dw"]), abs=1e-9
    )


def test_ice_cream_durbin_watson_is_verbeeks(ice_cream) -> None:
    assert f"{ec.durbin_watson(ice_cream)['dw']:.4f}" == "1.0212"


def test_iterated_cochrane_orcutt_of_ice_cream_is_verbeeks(ice_cream) -> None:
    result = ec.cochrane_orcutt(ice_cream)
    estimate = result["coefficients"]["estimate"]
    printed = [f"{estimate['const']:.3f}", f"{estimate['price']:.3f}", f"{estimate['income']:.5f}"]
    assert printed == ["0.157", "-0.892", "0.00320"]
    assert f"{estimate['temp']:.5f} {result['rho']:.3f}" == "0.00356 0.401"
    assert result["dw"] == pytest.approx(1.5486, abs=5e-4)


def test_prais_winsten_is_generalized_least_squares_at_its_own_rho(model) -> None:
    result = ec.prais_winsten(model)
    rho = result["rho"]
    covariance = linalg.toeplitz(rho ** np.arange(21))
    x, y = model.model.exog, model.model.endog
    inverse = np.linalg.inv(covariance)
    beta = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)
    assert np.allclose(result["coefficients"]["estimate"], beta, rtol=1e-6)
    e = y - x @ beta
    assert rho == pytest.approx(e[1:] @ e[:-1] / (e[:-1] @ e[:-1]), abs=1e-9)
    error = np.sqrt(np.diag(np.linalg.inv(x.T @ inverse @ x)) * (e @ inverse @ e) / 18)
    assert np.allclose(result["coefficients"]["se"], error, rtol=1e-6)


def test_explosive_residuals_have_no_quasi_difference() -> None:
    rng = np.random.default_rng(0)
    y = 1.5 ** np.arange(12) * np.where(np.arange(12) > 6, 1, 0)
    with pytest.raises(ValueError, match="not inside"):
        ec.cochrane_orcutt(ec.fit(pd.DataFrame({"y": y, "x": rng.standard_normal(12)}), "y", ["x"]))


# ---- Variance, shape and form --------------------------------------------------------------------


def exact_sse(y: list[Fraction], x: list[list[Fraction]]) -> tuple[Fraction, list[Fraction]]:
    """Return the sum of squares and the fitted values by elimination in rational numbers:
    no rounding anywhere."""
    k = len(x[0])
    system = [
        [sum(row[i] * row[j] for row in x) for j in range(k)]
        + [sum(row[i] * v for row, v in zip(x, y, strict=True))]
        for i in range(k)
    ]
    for i in range(k):
        system[i] = [value / system[i][i] for value in system[i]]
        for j in range(k):
            if j != i:
                system[j] = [
                    a - system[j][i] * b for a, b in zip(system[j], system[i], strict=True)
                ]
    fitted = [sum(row[i] * system[i][k] for i in range(k)) for row in x]
    return sum((v - f) ** 2 for v, f in zip(y, fitted, strict=True)), fitted


# ---- Single years --------------------------------------------------------------------------------


# ---- Stability -----------------------------------------------------------------------------------


# ---- Unit roots and cointegration ----------------------------------------------------------------
