"""Each diagnostic against a published worked example, or done again from its definition
with other tools."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
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
# US savings and disposable income, 1970-1995: Gujarati, Basic Econometrics, section 8.8.
SAVINGS = pd.DataFrame(
    {
        "y": [61.0, 68.6, 63.6, 89.6, 97.6, 104.4, 96.4, 92.5, 112.6, 130.1, 161.8, 199.1, 205.5,
              167.0, 235.7, 206.2, 196.5, 168.4, 189.1, 187.8, 208.7, 246.4, 272.6, 214.4, 189.4,
              249.3],
        "income": [727.1, 790.2, 855.3, 965.0, 1054.2, 1159.2, 1273.0, 1401.4, 1580.1, 1769.5,
                   1973.3, 2200.2, 2347.3, 2522.4, 2810.0, 3002.0, 3187.6, 3363.1, 3640.8, 3894.5,
                   4166.8, 4343.7, 4613.7, 4790.2, 5021.7, 5320.8],
    },
    index=range(1970, 1996),
)  # fmt: skip
# Population of the United States, millions, 1790-2000: the example of SAS PROC REG with DWPROB.
POPULATION = [3.929, 5.308, 7.239, 9.638, 12.866, 17.069, 23.191, 31.443, 39.818, 50.155, 62.947,
              75.994, 91.972, 105.710, 122.775, 131.669, 151.325, 179.323, 203.211, 226.542,
              248.710, 281.422]  # fmt: skip
# Blaisdell Company: Kutner, Nachtsheim, Neter and Li, Applied Linear Statistical Models,
# chapter 12.
BLAISDELL = pd.DataFrame(
    {
        "y": [20.96, 21.40, 21.96, 21.52, 22.39, 22.76, 23.48, 23.66, 24.10, 24.01, 24.54, 24.30,
              25.00, 25.64, 26.36, 26.98, 27.52, 27.78, 28.24, 28.78],
        "x": [127.3, 130.0, 132.7, 129.4, 135.0, 137.1, 141.2, 142.8, 145.5, 145.3, 148.3, 146.4,
              150.2, 153.1, 157.3, 160.7, 164.2, 165.6, 168.7, 171.7],
    }
)  # fmt: skip


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


def determination(y, x) -> float:
    e = residuals(y, x)
    return 1 - e @ e / ((y - np.mean(y)) ** 2).sum()


def t_of_last(y, x) -> float:
    x = np.asarray(x, float)
    e = residuals(y, x)
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    return beta[-1] / np.sqrt(e @ e / (len(y) - x.shape[1]) * np.linalg.inv(x.T @ x)[-1, -1])


# ---- Collinearity --------------------------------------------------------------------------------


def test_vif_of_two_regressors_comes_from_their_correlation(frame, model) -> None:
    expected = 1 / (1 - np.corrcoef(frame["x1"], frame["x2"])[0, 1] ** 2)
    assert np.allclose(ec.variance_inflation(model), expected)


def test_condition_indices_are_the_eigenvalues_of_the_scaled_cross_product(model) -> None:
    x = model.model.exog / np.linalg.norm(model.model.exog, axis=0)
    values, vectors = np.linalg.eigh(x.T @ x)
    table = ec.condition_indices(model)
    assert np.allclose(table["condition_index"], np.sqrt(values[-1] / values[::-1]))
    shares = (vectors**2 / values).T[::-1]
    assert np.allclose(table[["const", "x1", "x2"]], shares / shares.sum(axis=0))


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


@pytest.mark.parametrize("lags", [1, 2])
def test_breusch_godfrey_fills_the_first_lags_with_zeros(model, lags) -> None:
    e = np.asarray(model.resid)
    columns = [np.r_[np.zeros(lag), e[:-lag]] for lag in range(1, lags + 1)]
    lm = 21 * determination(e, np.column_stack([model.model.exog, *columns]))
    result = ec.breusch_godfrey(model, lags)
    assert result["lm"] == pytest.approx(lm, rel=1e-8)
    assert result["p"] == pytest.approx(stats.chi2.sf(lm, lags), rel=1e-7)


def test_rho_of_blaisdell_is_the_textbooks() -> None:
    fitted = ec.fit(BLAISDELL, "y", ["x"])
    assert ec.autocorrelation(fitted) == pytest.approx(
        0.631166, abs=5e-6
    )  # the book works with rounded residuals
    assert f"{ec.durbin_watson(fitted)['dw']:.3f}" == "0.735"


def test_iterated_cochrane_orcutt_of_ice_cream_is_verbeeks(ice_cream) -> None:
    result = ec.cochrane_orcutt(ice_cream)
    estimate = result["coefficients"]["estimate"]
    printed = [f"{estimate['const']:.3f}", f"{estimate['price']:.3f}", f"{estimate['income']:.5f}"]
    assert printed == ["0.157", "-0.892", "0.00320"]
    assert f"{estimate['temp']:.5f} {result['rho']:.3f}" == "0.00356 0.401"
    assert result["dw"] == pytest.approx(1.5486, abs=5e-4)


@pytest.mark.parametrize("which", ["paper", "ice cream"])
def test_cochrane_orcutt_stands_at_a_minimum_over_rho(model, ice_cream, which) -> None:
    fitted = model if which == "paper" else ice_cream
    result = ec.cochrane_orcutt(fitted)
    around = result["rho"] + np.array([-1e-4, 0, 1e-4])
    sse = ec.hildreth_lu(fitted, around)["sse"]
    assert sse[1] == pytest.approx(result["sse"], rel=1e-9)
    assert sse[1] < sse[0]
    assert sse[1] < sse[2]
    grid = ec.hildreth_lu(fitted)
    assert grid["sse"].min() > result["sse"] * 0.9999  # no deeper minimum elsewhere


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


def test_durbins_h_follows_its_formula(frame) -> None:
    fitted = ec.variant(frame, lagged=True)
    e = np.asarray(fitted.resid)
    d = (np.diff(e) ** 2).sum() / (e @ e)
    expected = (1 - d / 2) * np.sqrt(20 / (1 - 20 * fitted.bse["y_lag"] ** 2))
    assert ec.durbin_h(fitted) == pytest.approx(expected)


# ---- Variance, shape and form --------------------------------------------------------------------


def test_breusch_pagan_and_white_are_n_times_r_square_of_squared_residuals(frame, model) -> None:
    squares = np.asarray(model.resid) ** 2
    z = (frame[["x1", "x2"]] - frame[["x1", "x2"]].mean()) / frame[["x1", "x2"]].std()
    one, a, b = np.ones(21), z["x1"], z["x2"]
    assert ec.breusch_pagan(model)["lm"] == pytest.approx(
        21 * determination(squares, np.column_stack([one, a, b]))
    )
    lm = 21 * determination(squares, np.column_stack([one, a, b, a * a, b * b, a * b]))
    result = ec.white(model)
    assert result["lm"] == pytest.approx(lm, rel=1e-8)
    assert result["p"] == pytest.approx(stats.chi2.sf(lm, 5), rel=1e-7)


def test_jarque_bera_uses_moments_over_n(model) -> None:
    e = np.asarray(model.resid)
    m2, m3, m4 = ((e**p).mean() for p in (2, 3, 4))
    jb = 21 * ((m3 / m2**1.5) ** 2 / 6 + (m4 / m2**2 - 3) ** 2 / 24)
    result = ec.jarque_bera(model)
    assert result["jb"] == pytest.approx(jb)
    assert result["p"] == pytest.approx(np.exp(-jb / 2))  # chi-square with 2 degrees of freedom


def test_shapiro_and_wilks_own_example_gives_their_w() -> None:
    men = [
        148,
        154,
        158,
        160,
        161,
        162,
        166,
        170,
        182,
        195,
        236,
    ]  # Shapiro and Wilk 1965: W = 0.79, p below 0.01
    fitted = ec.fit(pd.DataFrame({"y": men, "one": 1.0}), "y", ["one"], constant=False)
    result = ec.shapiro_wilk(fitted)
    assert f"{result['w']:.2f}" == "0.79"
    assert 0.005 < result["p"] < 0.01


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


def test_reset_agrees_with_rational_arithmetic(frame, model) -> None:
    y = [Fraction(int(v)) for v in frame["y"]]
    x = [
        [Fraction(1), Fraction(str(a)), Fraction(str(b))]
        for a, b in zip(frame["x1"], frame["x2"], strict=True)
    ]
    small, fitted = exact_sse(y, x)
    big, _ = exact_sse(y, [[*row, f**2, f**3] for row, f in zip(x, fitted, strict=True)])
    f = float((small - big) / 2 / (big / 16))
    result = ec.reset(model)
    assert result["f"] == pytest.approx(f, rel=1e-9)
    assert result["p"] == pytest.approx(stats.f.sf(f, 2, 16), rel=1e-9)
    assert ec.goodness(model)["sse"] == pytest.approx(float(small), rel=1e-12)


# ---- Single years --------------------------------------------------------------------------------


def test_influence_is_what_leaving_the_year_out_does(frame, model) -> None:
    info = ec.influence(model).set_index("year")
    x = model.model.exog
    cross = x.T @ x
    for position, year in enumerate(frame.index):
        keep = np.arange(21) != position
        beta = np.linalg.lstsq(x[keep], model.model.endog[keep], rcond=None)[0]
        e = model.model.endog[keep] - x[keep] @ beta
        s = np.sqrt(e @ e / 17)
        change = np.asarray(model.params) - beta
        row = info.loc[year]
        assert row["cooks_distance"] == pytest.approx(
            change @ cross @ change / 3 / model.scale, rel=1e-6
        )
        dfbetas = change / (s * np.sqrt(np.diag(np.linalg.inv(cross))))
        assert np.allclose(
            row[["dfbetas_const", "dfbetas_x1", "dfbetas_x2"]].astype(float), dfbetas, rtol=1e-5
        )
        gap = model.model.endog[position] - x[position] @ beta  # t test of a dummy for the year
        spread = s * np.sqrt(1 + x[position] @ np.linalg.inv(x[keep].T @ x[keep]) @ x[position])
        assert row["studentized_external"] == pytest.approx(gap / spread, rel=1e-6)
        loo = ec.leave_one_out(frame).loc[year] if position in (0, 20) else None
        if loo is not None:
            assert np.allclose(loo[["b0", "b1", "b2"]].astype(float), beta, rtol=1e-7)


# ---- Stability -----------------------------------------------------------------------------------


def test_chow_of_us_savings_is_gujaratis() -> None:
    fitted = ec.fit(SAVINGS, "y", ["income"])
    result = ec.chow(fitted, 1982)  # 1970-1981 against 1982-1995
    assert f"{fitted.ssr:.2f} {result['f']:.2f} {result['p']:.4f}" == "23248.30 10.69 0.0006"
    assert (result["df_num"], result["df_den"]) == (2, 22)


def test_a_chow_regime_needs_as_many_years_as_coefficients(model) -> None:
    with pytest.raises(ValueError, match="leaves 19 and 2 years for 3"):
        ec.chow(model, 2020)


def test_sup_f_of_the_nile_is_that_of_rs_strucchange() -> None:
    nile = sm.datasets.nile.load_pandas().data
    table = pd.DataFrame(
        {"y": nile["volume"].to_numpy(), "one": 1.0}, index=nile["year"].astype(int).to_numpy()
    )
    result = ec.sup_f(ec.fit(table, "y", ["one"], constant=False), draws=199)
    assert (
        f"{result['f']:.2f}" == "75.93"
    )  # sctest(Fstats(Nile ~ 1)); breakpoint 1898, so 1899 starts the second
    assert result["year"] == 1899
    assert result["p"] == 1 / 200


def test_sup_f_is_the_largest_chow_f(model) -> None:
    result = ec.sup_f(model, draws=99)
    expected = {year: ec.chow(model, year)["f"] for year in range(2005, 2019)}
    assert np.allclose(result["path"].set_index("year")["f"], pd.Series(expected), rtol=1e-9)
    assert result["year"] == max(expected, key=expected.get)


def test_sup_f_with_one_date_has_the_p_value_of_the_f_distribution() -> None:
    rng = np.random.default_rng(11)
    table = pd.DataFrame(
        {"y": rng.standard_normal(20), "x": rng.standard_normal(20)}, index=range(2001, 2021)
    )
    fitted = ec.fit(table, "y", ["x"])
    result = ec.sup_f(fitted, trim=0.5, draws=40_000)
    p = ec.chow(fitted, 2011)["p"]
    assert result["first"] == result["last"] == 2011
    assert result["p"] == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 40_000))


# ---- Unit roots and cointegration ----------------------------------------------------------------


@pytest.mark.parametrize("terms", ["n", "c", "ct"])
@pytest.mark.parametrize("lags", [0, 2])
def test_adf_is_the_t_of_the_lagged_level(frame, terms, lags) -> None:
    y = frame["y"].to_numpy()
    change = np.diff(y)
    columns = [change[lags - lag : len(change) - lag] for lag in range(1, lags + 1)]
    columns += {
        "n": [],
        "c": [np.ones(20 - lags)],
        "ct": [np.ones(20 - lags), np.arange(20.0 - lags)],
    }[terms]
    result = ec.adf(frame["y"], lags, terms)
    assert result["t"] == pytest.approx(
        t_of_last(change[lags:], np.column_stack([*columns, y[lags:-1]])), rel=1e-6
    )
    assert result["n"] == 20 - lags


@pytest.mark.parametrize("terms", ["c", "ct"])
def test_kpss_is_the_sum_of_squared_partial_sums_over_the_long_run_variance(frame, terms) -> None:
    y = frame["x1"].to_numpy()
    x = np.column_stack([np.ones(21), np.arange(21.0)][: 1 + (terms == "ct")])
    e = residuals(y, x)
    variance = sum((1 - abs(j) / 3) * (e[abs(j) :] @ e[: 21 - abs(j)]) for j in range(-2, 3)) / 21
    expected = (np.cumsum(e) ** 2).sum() / 21**2 / variance
    result = ec.kpss(frame["x1"], terms)
    assert result["lags"] == 2
    assert result["statistic"] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("lags", [0, 1, 2, 3])
def test_engle_granger_has_no_constant_and_uses_every_year_the_lags_leave(model, lags) -> None:
    e = np.asarray(model.resid)
    change = np.diff(e)
    columns = [change[lags - lag : len(change) - lag] for lag in range(1, lags + 1)]
    result = ec.engle_granger(model, lags)
    assert result["t"] == pytest.approx(
        t_of_last(change[lags:], np.column_stack([*columns, e[lags:-1]])), rel=1e-6
    )
    assert result["n"] == 20 - lags


def test_engle_granger_critical_values_are_mackinnons_response_surface(model) -> None:
    # MacKinnon (2010), table 2, N = 3, constant: b_inf + b1/T + b2/T^2 + b3/T^3 at T = 20.
    surface = {
        1: (-4.29374, -14.4354, -33.195, 47.433),
        5: (-3.74066, -8.5631, -10.852, 27.982),
        10: (-3.45218, -6.2143, -3.718, 0),
    }
    result = ec.engle_granger(model)
    for level, (b0, b1, b2, b3) in surface.items():
        assert result[f"critical_{level}"] == pytest.approx(
            b0 + b1 / 20 + b2 / 400 + b3 / 8000, abs=5e-5
        )


def test_johansen_is_reduced_rank_regression(frame) -> None:
    y = (
        frame / frame.std()
    ).to_numpy()  # the statistics do not depend on units; the arithmetic likes these
    change = np.diff(y, axis=0)
    x = np.column_stack([np.ones(19), change[:-1]])
    r0 = np.column_stack([residuals(column, x) for column in change[1:].T])
    r1 = np.column_stack([residuals(column, x) for column in y[1:-1].T])
    s00, s11, s01 = r0.T @ r0, r1.T @ r1, r0.T @ r1
    eigenvalues = linalg.eigh(s01.T @ np.linalg.solve(s00, s01), s11, eigvals_only=True)[::-1]
    trace = [-19 * np.log(1 - eigenvalues[r:]).sum() for r in range(3)]
    table = ec.johansen(frame, lags=1)
    assert np.allclose(table["eigenvalue"], eigenvalues, rtol=1e-5)
    assert np.allclose(table["trace"], trace, rtol=1e-5)
    assert table.loc[0, "trace_small"] == pytest.approx(trace[0] * (19 - 3 * 2) / 19, rel=1e-5)
    assert table.loc[0, "trace_critical_5"] == pytest.approx(
        29.7961, abs=1e-4
    )  # MacKinnon, Haug and Michelis 1996
