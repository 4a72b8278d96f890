"""Chapter 7 in the browser: a datum of Table 4 that a reader changes, a series that one draws."""

from __future__ import annotations

import pytest
import statsmodels.formula.api as smf

from conftest import open_page
from proofbook import data

PAGE = "07-econometrics.html"
CELL = '.changeable input[data-cell="{}"]'


@pytest.fixture
def page(browser, home: str):
    page = open_page(browser, f"{home}/{PAGE}", viewport={"width": 1280, "height": 900})
    yield page
    page.context.close()


def figures(page) -> list[float]:
    """Return what the browser computed, to twelve digits."""
    cells = page.locator(".changeable .side tbody tr td:nth-child(3)")
    return [float(cells.nth(i).get_attribute("title")) for i in range(cells.count())]


def of_statsmodels(**changes: float) -> list[float]:
    """Return the eight figures for Table 4 with changed numbers, ``y2016=1`` and so on."""
    table = data.read("table4").astype({"year": int}).set_index("year").astype(float)
    table.columns = ["y", "a", "b"]
    for place, value in changes.items():
        table.loc[int(place[1:]), place[0]] = value
    model = smf.ols("y ~ a + b", data=table.dropna()).fit()
    r2 = model.rsquared
    parts = [*model.params, r2**0.5, r2, model.rsquared_adj, model.mse_resid**0.5, model.nobs]
    return [float(part) for part in parts]


def test_unchanged_data_give_the_printed_figures(page) -> None:
    assert "8 of 8 printed figures" in page.locator(".changeable .sentence").inner_text()
    assert figures(page) == pytest.approx(of_statsmodels(), rel=1e-10)


def test_a_changed_datum_gives_the_figures_of_statsmodels(page) -> None:
    page.locator(CELL.format("2016.1")).fill("300000")
    assert figures(page) == pytest.approx(of_statsmodels(y2016=300000), rel=1e-10)
    assert "1 of 8 printed figures" in page.locator(".changeable .sentence").inner_text()


def test_the_missing_number_brings_its_year_into_the_sample(page) -> None:
    page.locator(CELL.format("2022.3")).fill("4.9")
    assert figures(page) == pytest.approx(of_statsmodels(b2022=4.9), rel=1e-10)


def test_the_address_brings_a_changed_datum_back(page) -> None:
    page.locator(CELL.format("2016.1")).fill("300000")
    page.wait_for_timeout(500)
    page.reload()
    assert page.locator(CELL.format("2016.1")).input_value() == "300000"
    page.locator(".changeable button", has_text="Reset").click()
    assert "8 of 8" in page.locator(".changeable .sentence").inner_text()


def test_a_stroke_over_the_chart_draws_the_guess(page) -> None:
    figure = page.locator("#fig-guess")
    figure.scroll_into_view_if_needed()
    figure.locator(".picture").hover(force=True)
    figure.locator(".canvas").wait_for()
    box = figure.locator(".canvas").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] / 4, steps=12)
    page.mouse.up()
    page.wait_for_timeout(300)
    sliders = figure.locator("input[type=range]")
    values = [int(sliders.nth(i).input_value()) for i in range(sliders.count())]
    assert values == sorted(values), f"a rising stroke must give a rising guess: {values}"
    assert values[-1] == pytest.approx(900_000, abs=30_000)
