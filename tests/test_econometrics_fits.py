"""The fitting route: the paper's printed digits, NIST's certified values,
and every formula done again by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kzmobility import econometrics as ec
from proofbook import data

# NIST Statistical Reference Datasets, Longley (higher difficulty, 16 observations),
# certified values.
LONGLEY = np.array(
    [
        "60323",
        "83.0",
        "234289",
        "2356",
        "1590",
        "107608",
        "1947",
        "61122",
        "88.5",
        "259426",
        "2325",
        "1456",
        "108632",
        "1948",
        "60171",
        "88.2",
        "258054",
        "3682",
        "1616",
        "109773",
        "1949",
        "61187",
        "89.5",
        "284599",
        "3351",
        "1650",
        "110929",
        "1950",
        "63221",
        "96.2",
        "328975",
        "2099",
        "3099",
        "112075",
        "1951",
        "63639",
        "98.1",
        "346999",
        "1932",
        "3594",
        "113270",
        "1952",
        "64989",
        "99.0",
        "365385",
        "1870",
        "3547",
        "115094",
        "1953",
        "63761",
        "100.0",
        "363112",
        "3578",
        "3350",
        "116219",
        "1954",
        "66019",
        "101.2",
        "397469",
        "2904",
        "3048",
        "117388",
        "1955",
        "67857",
        "104.6",
        "419180",
        "2822",
        "2857",
        "118734",
        "1956",
        "68169",
        "108.4",
        "442769",
        "2936",
        "2798",
        "120445",
        "1957",
        "66513",
        "110.8",
        "444546",
        "4681",
        "2637",
        "121950",
        "1958",
        "68655",
        "112.6",
        "482704",
        "3813",
        "2552",
        "123366",
        "1959",
        "69564",
        "114.2",
        "502601",
        "3931",
        "2514",
        "125368",
        "1960",
        "69331",
        "115.7",
        "518173",
        "4806",
        "2572",
        "127852",
        "1961",
        "70551",
        "116.9",
        "554894",
        "4007",
        "2827",
        "130081",
        "1962",
    ],
    float,
).reshape(16, 7)
LONGLEY_ESTIMATES = [
    -3482258.63459582,
    15.0618722713733,
    -0.358191792925910e-01,
    -2.02022980381683,
    -1.03322686717359,
    -0.511041056535807e-01,
    1829.15146461355,
]
LONGLEY_ERRORS = [
    890420.383607373,
    84.9149257747669,
    0.334910077722432e-01,
    0.488399681651699,
    0.214274163161675,
    0.226073200069370,
    455.478499142212,
]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return ec.regression_frame(data.read("table4"))


@pytest.fixture(scope="module")
def model(frame):
    return ec.fit(frame)


def least_squares(y, x) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return coefficients, residuals and (X'X)^-1, with numpy alone."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    return beta, y - x @ beta, np.linalg.inv(x.T @ x)


def design(frame, *columns) -> np.ndarray:
    return np.column_stack([np.ones(len(frame)), *(frame[c] for c in columns)])


def correct_digits(value, certified) -> np.ndarray:
    error = np.abs(np.asarray(value, float) - np.asarray(certified)) / np.abs(certified)
    return -np.log10(np.maximum(error, 1e-16))


def test_every_printed_digit_of_the_paper_is_reproduced(model) -> None:
    good = ec.goodness(model)
    assert [f"{v:.4f}" for v in model.params] == ["-1490209.8625", "3336.5875", "132172.0181"]
    assert (
        f"{good['multiple_r']:.9f} {good['r2']:.9f} {good['r2_adj']:.9f}"
        == "0.853460149 0.728394227 0.698215807"
    )
    assert f"{good['sigma']:.4f}" == "142441.2975"
    assert good["n"] == 21


def test_longley_has_at_least_nine_correct_digits() -> None:
    names = ["y", "deflator", "gnp", "unemployed", "forces", "population", "year"]
    model = ec.fit(pd.DataFrame(LONGLEY, columns=names), "y", names[1:])
    table, good = ec.coefficients(model), ec.goodness(model)
    assert correct_digits(table["estimate"], LONGLEY_ESTIMATES).min() > 9
    assert correct_digits(table["se"], LONGLEY_ERRORS).min() > 9
    assert correct_digits(good["sigma"], 304.854073561965) > 9
    assert correct_digits(good["r2"], 0.995479004577296) > 9
    assert correct_digits(good["f"], 330.285339234588) > 9
    assert correct_digits(good["sse"], 836424.055505915) > 9


def test_inference_follows_the_textbook_formulas(frame, model) -> None:
    beta, e, inverse = least_squares(frame["y"], design(frame, "x1", "x2"))
    se = np.sqrt(e @ e / 18 * np.diag(inverse))
    table = ec.coefficients(model, level=0.9)
    assert np.allclose(table["estimate"], beta, rtol=1e-9)
    assert np.allclose(table["se"], se, rtol=1e-8)
    assert np.allclose(table["t"], beta / se, rtol=1e-8)
    assert np.allclose(table["p"], 2 * stats.t.sf(np.abs(beta / se), 18), rtol=1e-7)
    assert np.allclose(table["ci_high"], beta + stats.t.ppf(0.95, 18) * se, rtol=1e-8)


def test_press_is_the_error_of_years_really_left_out(frame, model) -> None:
    errors = []
    for year in frame.index:
        rest = frame.drop(index=year)
        beta, *_ = least_squares(rest["y"], design(rest, "x1", "x2"))
        errors.append(
            frame.loc[year, "y"] - beta @ [1, frame.loc[year, "x1"], frame.loc[year, "x2"]]
        )
    good = ec.goodness(model)
    assert good["press"] == pytest.approx(np.square(errors).sum(), rel=1e-9)
    assert good["press_r2"] == pytest.approx(
        1 - np.square(errors).sum() / frame["y"].var() / 20, rel=1e-9
    )


def test_information_criteria_follow_the_stated_convention(frame, model) -> None:
    good = ec.goodness(model)
    loglik = -21 / 2 * (np.log(2 * np.pi * good["sse"] / 21) + 1)
    assert good["aic"] == pytest.approx(-2 * loglik + 2 * 3)
    assert good["bic"] == pytest.approx(-2 * loglik + 3 * np.log(21))
    assert good["aic_sigma"] == pytest.approx(-2 * loglik + 2 * 4)  # as R's AIC(lm)
    assert good["aicc"] == pytest.approx(good["aic_sigma"] + 2 * 4 * 5 / (21 - 4 - 1))


def test_sums_of_squares_add_up(frame, model) -> None:
    table = ec.anova(model)
    assert table.loc["total", "ss"] == pytest.approx(((frame["y"] - frame["y"].mean()) ** 2).sum())
    assert table.loc["regression", "ms"] / table.loc["residual", "ms"] == pytest.approx(
        table.loc["regression", "f"]
    )
    assert table["df"].tolist() == [2, 18, 20]


def test_partial_correlation_is_that_of_the_residuals(frame, model) -> None:
    table = ec.correlations(model)
    for own, other in (("x1", "x2"), ("x2", "x1")):
        x_left = least_squares(frame[own], design(frame, other))[1]
        y_left = least_squares(frame["y"], design(frame, other))[1]
        assert table.loc[own, "partial"] == pytest.approx(np.corrcoef(x_left, y_left)[0, 1])
        assert table.loc[own, "semi_partial"] == pytest.approx(
            np.corrcoef(x_left, frame["y"])[0, 1]
        )
        assert table.loc[own, "zero_order"] == pytest.approx(
            np.corrcoef(frame[own], frame["y"])[0, 1]
        )


@pytest.mark.parametrize("kind", ["HC1", "HC3"])
def test_robust_errors_are_the_sandwich_written_out(frame, model, kind) -> None:
    x = design(frame, "x1", "x2")
    _, e, inverse = least_squares(frame["y"], x)
    leverage = np.array([row @ inverse @ row for row in x])
    squares = e**2 * 21 / 18 if kind == "HC1" else (e / (1 - leverage)) ** 2
    meat = sum(s * np.outer(row, row) for s, row in zip(squares, x, strict=True))
    assert np.allclose(
        ec.robust(model, kind)["se"], np.sqrt(np.diag(inverse @ meat @ inverse)), rtol=1e-7
    )


@pytest.mark.parametrize("lags", [0, 1, 2, 3])
def test_newey_west_is_the_double_sum_with_bartlett_weights_and_the_small_sample_factor(
    frame, model, lags
) -> None:
    x = design(frame, "x1", "x2")
    _, e, inverse = least_squares(frame["y"], x)
    meat = np.zeros((3, 3))
    for s in range(21):
        for t in range(21):
            if abs(s - t) <= lags:
                meat += (1 - abs(s - t) / (lags + 1)) * e[s] * e[t] * np.outer(x[s], x[t])
    expected = np.sqrt(np.diag(inverse @ meat @ inverse) * 21 / 18)
    table = ec.robust(model, "NW", lags)
    assert np.allclose(table["se"], expected, rtol=1e-7)
    assert np.allclose(table["p"], 2 * stats.t.sf(np.abs(model.params / expected), 18), rtol=1e-6)


def test_variants_are_what_their_names_say(frame) -> None:
    y, x1, x2 = (frame[c].to_numpy() for c in ("y", "x1", "x2"))
    one, years = np.ones(21), np.arange(2001, 2022)
    late = (years >= 2017).astype(float)
    cases = [
        ({"form": "differences"}, np.diff(y), [one[1:], np.diff(x1), np.diff(x2)]),
        ({"form": "logs"}, np.log(y), [one, np.log(x1), np.log(x2)]),
        ({"trend": True}, y, [one, x1, x2, np.arange(1, 22)]),
        ({"shift": 2017}, y, [one, x1, x2, late]),
        ({"shift": 2017, "regressors": ()}, y, [one, late]),
        ({"lagged": True}, y[1:], [one[1:], x1[1:], x2[1:], y[:-1]]),
        (
            {"form": "differences", "shift": 2017},
            np.diff(y),
            [one[1:], np.diff(x1), np.diff(x2), np.diff(late)],
        ),
        ({"start": 2014}, y[13:], [one[13:], x1[13:], x2[13:]]),
        ({"end": 2013, "trend": True}, y[:13], [one[:13], x1[:13], x2[:13], np.arange(1, 14)]),
    ]
    for arguments, outcome, columns in cases:
        expected = least_squares(outcome, np.column_stack(columns))[0]
        assert np.allclose(ec.variant(frame, **arguments).params, expected, rtol=1e-6), arguments


def test_a_level_shift_in_2016_alone_is_the_difference_of_two_means(frame) -> None:
    model = ec.variant(frame, regressors=(), shift=2016)
    assert model.params["shift"] == pytest.approx(
        frame.loc[2016:, "y"].mean() - frame.loc[:2015, "y"].mean()
    )


def test_out_of_sample_predictions_use_only_earlier_years(frame) -> None:
    table = ec.out_of_sample(frame, 2015)
    changed = frame.copy()
    changed.loc[2018:, "y"] = 1.0
    again = ec.out_of_sample(changed, 2015)
    assert np.allclose(table.loc[:2018, "expanding"], again.loc[:2018, "expanding"])
    assert np.allclose(table["fixed"], again["fixed"])
    early = frame.loc[:2014]
    beta, *_ = least_squares(early["y"], design(early, "x1", "x2"))
    assert table.loc[2019, "fixed"] == pytest.approx(beta @ [1, 508.5, 4.8])
    errors = ec.forecast_errors(table)
    gap = table["observed"] - table["no_change"]
    assert errors.loc["no_change", "rmse"] == pytest.approx(np.sqrt((gap**2).mean()))
    assert errors.loc["no_change", "bias"] == pytest.approx((756510 - 405616) / 7)


@pytest.mark.parametrize("kind", ["pairs", "block"])
def test_the_bootstrap_is_the_refitting_of_resampled_years(frame, kind) -> None:
    draws, seed = 200, 7
    rng = np.random.default_rng(seed)
    if kind == "pairs":
        rows = rng.integers(0, 21, (draws, 21))
    else:
        starts = rng.integers(0, 19, (draws, 7))
        rows = np.array([[s + i for s in one for i in range(3)] for one in starts])
    x, y = design(frame, "x1", "x2"), frame["y"].to_numpy()
    estimates = np.array([np.linalg.lstsq(x[r], y[r], rcond=None)[0] for r in rows])
    table = ec.bootstrap(frame, kind, draws=draws, seed=seed)
    assert np.allclose(table["se"], estimates.std(axis=0, ddof=1), rtol=1e-6)
    assert np.allclose(table["ci_low"], np.quantile(estimates, 0.025, axis=0), rtol=1e-6)
    assert (table["draws"] == draws).all()


def test_bad_input_is_refused_with_a_reason(frame) -> None:
    table4 = data.read("table4")
    with pytest.raises(ValueError, match=r"missing values in \[2022\]"):
        ec.regression_frame(table4, end=2022)
    with pytest.raises(ValueError, match="each year 2000-2021 once"):
        ec.regression_frame(table4, start=2000)
    with pytest.raises(ValueError, match="lacks the columns"):
        ec.regression_frame(table4.drop(columns="year"))
    with pytest.raises(ValueError, match="consecutive"):
        ec.fit(frame.drop(index=2010))
    with pytest.raises(ValueError, match="missing or infinite"):
        ec.fit(frame.replace(133.3, np.nan))
    with pytest.raises(ValueError, match="collinear"):
        ec.fit(frame.assign(x2=frame["x1"] * 2 + 1))
    with pytest.raises(ValueError, match="3 observations cannot carry 3"):
        ec.variant(frame, end=2003)
    with pytest.raises(ValueError, match="constant in"):
        ec.variant(frame, end=2013, shift=2016)
    with pytest.raises(ValueError, match="not inside the data"):
        ec.variant(frame, end=2023)
    with pytest.raises(ValueError, match="unknown form"):
        ec.variant(frame, form="squares")
    with pytest.raises(ValueError, match="unknown covariance"):
        ec.robust(ec.fit(frame), "HC9")
