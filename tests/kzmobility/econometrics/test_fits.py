"""The fitting route: the paper's printed digits, NIST's certified values,
and every formula done again by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

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
    assert [f"{v:.4f}" for v in model.params] == ["-1490209.8625", "3336.5875", "132172.0181"]
    assert (
        f"{model.rsquared**0.5:.9f} {model.rsquared:.9f} {model.rsquared_adj:.9f}"
        == "0.853460149 0.728394227 0.698215807"
    )
    assert f"{model.mse_resid**0.5:.4f}" == "142441.2975"
    assert model.nobs == 21


def test_longley_has_at_least_nine_correct_digits() -> None:
    names = ["y", "deflator", "gnp", "unemployed", "forces", "population", "year"]
    model = ec.fit(pd.DataFrame(LONGLEY, columns=names), "y", names[1:])
    table = ec.coefficients(model)
    assert correct_digits(table["estimate"], LONGLEY_ESTIMATES).min() > 9
    assert correct_digits(table["se"], LONGLEY_ERRORS).min() > 9
    assert correct_digits(model.mse_resid**0.5, 304.854073561965) > 9
    assert correct_digits(model.rsquared, 0.995479004577296) > 9
    assert correct_digits(model.fvalue, 330.285339234588) > 9
    assert correct_digits(model.ssr, 836424.055505915) > 9


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
