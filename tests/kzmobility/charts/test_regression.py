"""The charts of the regression say what the library computes."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest

from kzmobility import charts
from kzmobility import econometrics as ec
from proofbook import data, render, results


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return ec.regression_frame(data.read("table4"))


@pytest.fixture(scope="module")
def specification(frame: pd.DataFrame) -> dict:
    model = ec.fit(frame)
    return charts.linked_regression(frame.assign(fitted=model.fittedvalues).reset_index()).to_dict()


def words_of(specification: dict, start: int, end: int) -> list[str]:
    """Return the texts that a reader sees after moving the two sliders."""
    chosen = {"from_year": start, "to_year": end}
    params = [
        p | {"value": chosen[p["name"]]} if p["name"] in chosen else p
        for p in specification["params"]
    ]
    svg = render.svg_of(
        render.controls(specification | {"params": params, "usermeta": {"figure": {"name": "f"}}})[
            0
        ]
    )
    return [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


@pytest.mark.parametrize(
    ("start", "end"), [(2001, 2021), (2001, 2013), (2001, 2015), (2014, 2021), (2005, 2009)]
)
def test_the_fit_in_the_readers_browser_equals_the_fit_of_the_library(
    specification: dict, frame: pd.DataFrame, start: int, end: int
) -> None:
    estimate = ec.coefficients(ec.variant(frame, start=start, end=end))["estimate"]
    words = words_of(specification, start, end)
    assert f"fit {start}–{end}:" in words
    for label, term in (("GDP", "x1"), ("unemployment", "x2")):
        expected = f"{label} {results.text_of(float(estimate[term]), ',.0f')}"
        assert expected in words, (
            f"the chart should show {expected!r} for {start}–{end}; "
            f"it shows {[w for w in words if label in w]}"
        )


@pytest.mark.parametrize(("start", "end"), [(2019, 2021), (2015, 2010)])
def test_too_few_years_ask_for_more_instead_of_a_perfect_fit(
    specification: dict, start: int, end: int
) -> None:
    words = words_of(specification, start, end)
    assert not [w for w in words if w.startswith("fit ")], (
        "a fit to so few years says nothing; the chart should not show one"
    )
    if start <= end:
        assert "choose more years" in words


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ols.b2", 132172.018, "132,172"),
        ("ols.se.b1", 729.6, "729.6"),
        ("diag.dw", 0.8008, "0.801"),
        ("ols.f", 24.13, "24.13"),
        ("ols.f_p", 8.04e-6, "0.0000080"),
        ("diag.dw_p", 8.93e-5, "0.000089"),
        ("ols.p.b2", 0.0223, "0.022"),
        ("diag.jb.p", 0.941, "0.94"),
        ("eg.lag0", -1.957, "−1.96"),
    ],
)
def test_a_number_is_shown_with_the_digits_that_its_size_asks_for(
    name: str, value: float, text: str
) -> None:
    assert results.text_of(value, results.sensible_formats({name: value})[name]) == text


def test_counts_and_words_need_no_format() -> None:
    assert results.sensible_formats({"ols.n": 21, "weo.best_edition": "2022-04"}) == {}
