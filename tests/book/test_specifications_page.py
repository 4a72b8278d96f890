"""The specification explorer in a real browser, by keyboard, against the library's own fits."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from kzmobility import econometrics as ec
from proofbook import data

PAGE = "12-specifications.html"
FIGURE = "#fig-specification-curve"
TOLD = (
    "id => [...document.querySelectorAll(`#tbl-chosen-${id} tbody tr`)]"
    ".map(r => [...r.cells].map(c => c.textContent))"
)


@pytest.fixture(scope="module")
def series() -> pd.DataFrame:
    return ec.specification_series(data.read("table4"), data.read("weo"))


@pytest.fixture(scope="module")
def grid(series) -> pd.DataFrame:
    return ec.specification_grid(series)


@pytest.fixture(scope="module")
def core(grid) -> pd.DataFrame:
    return grid[ec.defensible(grid)]


@pytest.fixture
def page(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda m: m.type in ("error", "warning") and page.complaints.append(m.text))
    page.on("pageerror", lambda e: page.complaints.append(str(e)))
    page.goto(f"{address}/{PAGE}")
    page.wait_for_load_state("load")
    yield page
    complaints = page.complaints
    context.close()
    assert not complaints, "the page complains: " + "; ".join(complaints[:3])


def listed(page, table: str = "choices") -> dict[str, list[str]]:
    return {first: rest for first, *rest in page.evaluate(TOLD, table)}


def settle(page, condition: str) -> None:
    """Wait up to 20 s; Playwright's own wait evaluates text, which the policy forbids."""
    for _ in range(400):
        if page.evaluate(condition):
            page.wait_for_timeout(100)
            return
        page.wait_for_timeout(50)
    pytest.fail(f"this never came true: {condition}")


def wake(page) -> None:
    page.locator(f"{FIGURE} input[data-param=rank]").focus()
    settle(page, f"document.querySelector('{FIGURE}').dataset.awake === 'yes'")


def press(page, name: str, *keys: str) -> None:
    """Move a control of the figure by keyboard and wait until the tables have followed."""
    control = page.locator(f"{FIGURE} [data-param={name}]").first
    control.focus()
    page.evaluate(
        f"document.querySelector('{FIGURE}').addEventListener('kz:drawn', "
        "() => { window.drawn = (window.drawn || 0) + 1; }, {once: true})"
    )
    before = page.evaluate("window.drawn || 0")
    for key in keys:
        page.keyboard.press(key)
    settle(page, f"(window.drawn || 0) > {before}")


def number(text: str) -> float:
    return float(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))


def check_against_the_library(
    page, series: pd.DataFrame, grid: pd.DataFrame, term: str, errors: str
) -> pd.Series:
    """Refit the chosen row with statsmodels, compare all that the page tells; return the row."""
    words, terms = listed(page), listed(page, "terms")
    row = grid.set_index("id", drop=False).loc[int(words["Row of the table"][0])]
    model = ec.fit_specification(
        series,
        **{
            name: row[name]
            for name in ("start", "end", "regressors", "gdp", "form", "trend", "shift")
        },
    )
    if errors != "classical":
        model = model.get_robustcov_results("HAC", maxlags=2, use_correction=True, use_t=True)
    table = ec.coefficients(model)
    for name, label in {
        "const": "Constant",
        "gdp": "GDP",
        "unemployment": "Unemployment",
        "trend": "Trend",
        "shift": "Level shift",
    }.items():
        shown = terms[label]
        if name not in table.index:
            assert shown[0] == "absent", f"{label} is told but not in row {row['id']}"
            continue
        expected = table.loc[name]
        slope = name in ("gdp", "unemployment")
        scale = abs(table["estimate"] * np.abs(model.model.exog).mean(axis=0)).max()
        # What the page derives inherits the rounding of the slopes, relative to the sizes that
        # cancel in it.
        allowed = (
            1e-4 * abs(expected["estimate"])
            if slope
            else 1e-3 * abs(expected["estimate"]) + 1e-4 * scale
        )
        assert number(shown[0]) == pytest.approx(expected["estimate"], abs=allowed), (
            f"{label} of row {row['id']}"
        )
        if slope:
            assert number(shown[1]) == pytest.approx(expected["se"], rel=1.5e-2)
            step = 10 ** (np.floor(np.log10(expected["se"])) - 1)
            assert number(shown[2]) == pytest.approx(expected["ci_low"], abs=1.05 * step)
            assert number(shown[3]) == pytest.approx(expected["ci_high"], abs=1.05 * step)
    assert number(words["R-square"][0]) == pytest.approx(row["r2"], abs=2e-3)
    assert number(words["Durbin-Watson"][0]) == pytest.approx(row["dw"], abs=2e-2)
    assert number(words["Elasticity shown"][0].split(" (")[0]) == pytest.approx(
        row[f"elasticity_{term}"], abs=6e-3
    )
    assert words["Years"][0] == f"{row['start']} to {row['end']}, {row['n']} observations"
    assert words["Code"][0] == ec.code(row), "the line of code must be the library's"
    fitted = ec.fitted_specification(series, row)
    drawn = page.evaluate(
        f"document.querySelector('{FIGURE}').kzView.data('fitted').map(d => [d.y, d.p * 1000])"
    )
    assert [y for y, _ in drawn] == fitted["year"].tolist()
    np.testing.assert_allclose(
        [p for _, p in drawn], fitted["fitted_persons"], atol=0.002 * series["y"].max()
    )
    return row


def test_waking_changes_no_word_of_the_papers_fit(page, series, grid) -> None:
    before, summary = (listed(page), listed(page, "terms")), page.inner_text(".curve-summary p")
    wake(page)
    assert (listed(page), listed(page, "terms")) == before
    assert page.inner_text(".curve-summary p") == summary
    row = check_against_the_library(page, series, grid, "gdp", "classical")
    assert row["id"] == ec.paper_point(grid)["id"]


def test_filter_and_rank_move_by_keyboard(page, series, grid, core) -> None:
    wake(page)
    press(page, "term", "ArrowRight")  # unemployment
    press(page, "errors", "ArrowRight")  # Newey-West
    press(page, "trend", "End")  # linear
    check_against_the_library(page, series, grid, "unemployment", "newey-west")
    part = core[core["b_unemployment"].notna() & core["trend"]].sort_values(
        ["elasticity_unemployment", "id"]
    )
    positive = part["b_unemployment"] > 0
    expected = [
        len(part),
        100 * positive.mean(),
        100 * (positive & (part["pnw_unemployment"] < 0.05)).mean(),
        100 * (~positive & (part["pnw_unemployment"] < 0.05)).mean(),
    ]
    summary = page.inner_text(".curve-summary p")
    assert [number(n) for n in re.findall(r"\d[\d,]*\.?\d*", summary)[:4]] == pytest.approx(
        expected, abs=0.0501
    ), summary
    for keys, place in ((["Home"], 0), (["ArrowRight", "ArrowRight"], 2), (["End"], len(part) - 1)):
        press(page, "rank", *keys)
        row = check_against_the_library(page, series, grid, "unemployment", "newey-west")
        assert row["elasticity_unemployment"] == pytest.approx(
            part["elasticity_unemployment"].iloc[place], rel=1e-4
        )
    assert page.get_attribute(f"{FIGURE} input[data-param=rank]", "max") == str(len(part))


@pytest.mark.parametrize("form", ["logs", "differences"])
@pytest.mark.parametrize("shift", ["2016", "2017"])
def test_every_form_and_level_shift_is_fitted_as_the_library_does(
    page, series, grid, form: str, shift: str
) -> None:
    wake(page)
    press(page, "form", "ArrowDown", "ArrowDown", *(["ArrowDown"] if form == "differences" else []))
    press(page, "shift", "ArrowDown", "ArrowDown", *(["ArrowDown"] if shift == "2017" else []))
    press(page, "trend", "End")
    row = check_against_the_library(page, series, grid, "gdp", "classical")
    assert (row["form"], row["shift"], row["trend"]) == (form, shift, True)


def test_a_click_on_the_curve_chooses(page, core) -> None:
    wake(page)
    picture = page.locator(f"{FIGURE} .picture .wide svg").bounding_box()
    was = listed(page)["Row of the table"]
    page.mouse.click(picture["x"] + 0.25 * picture["width"], picture["y"] + 180)
    settle(
        page,
        "document.querySelector('#tbl-chosen-choices tbody').rows[0].cells[1].textContent"
        f" !== '{was[0]}'",
    )
    rank = int(page.input_value(f"{FIGURE} input[data-param=rank]"))
    assert rank < 0.4 * core["b_gdp"].notna().sum()
    ordered = core[core["b_gdp"].notna()].sort_values(["elasticity_gdp", "id"])
    assert number(listed(page)["Elasticity shown"][0].split(" (")[0]) == pytest.approx(
        ordered["elasticity_gdp"].iloc[rank - 1], abs=6e-3
    )


def test_an_empty_choice_names_the_parts_that_empty_it(page, core) -> None:
    wake(page)
    press(page, "start", "End")  # 2014
    summary = page.inner_text(".curve-summary p")
    assert "No fit passes" in summary
    every = "Without “defensible core”"
    assert every in summary
    part = len(core[core["b_gdp"].notna()])
    assert f"Without “First year: 2014” {part:,} would" in summary
    press(page, "start", "Home")
    assert "fits:" in page.inner_text(".curve-summary p")


def test_every_fit_is_one_click_away(page, grid) -> None:
    wake(page)
    press(page, "core", "ArrowRight")
    assert page.inner_text(".curve-summary p").startswith(f"{grid['b_gdp'].notna().sum():,} fits")


def test_shares_can_count_each_fit_by_its_observations(page, core) -> None:
    wake(page)
    press(page, "counted", "ArrowRight")
    part = core[core["b_gdp"].notna()]
    share = 100 * np.average(part["b_gdp"] > 0, weights=part["n"])
    assert f"fits: {share:.1f}\N{NO-BREAK SPACE}% positive" in page.inner_text(".curve-summary p")


def test_a_pinned_fit_stays_beside_the_chosen_one(page, series, grid) -> None:
    wake(page)
    was = listed(page)["Row of the table"][0]
    page.locator(f"{FIGURE} button", has_text="Pin this fit").click()
    cell = "document.querySelector('#tbl-chosen-choices td:nth-child(3)').textContent"
    settle(page, f"{cell} === '{was}'")
    press(page, "rank", "Home")
    words = listed(page)
    assert words["Row of the table"][1] == was
    assert words["Row of the table"][0] != was
    row = grid.set_index("id", drop=False).loc[int(was)]
    assert words["Code"][1] == ec.code(row)


def test_the_curve_can_be_hidden_until_the_choices_are_made(page) -> None:
    wake(page)
    press(page, "veil", "Space")
    assert not page.locator(f"{FIGURE} .picture .wide").is_visible()
    assert "hidden" in page.inner_text(".curve-summary p")
    press(page, "veil", "Space")
    assert page.locator(f"{FIGURE} .picture .wide").is_visible()


def test_the_address_brings_back_choices_and_chosen_fit(page, address) -> None:
    wake(page)
    press(page, "trend", "End")
    press(page, "rank", "End")
    page.wait_for_timeout(400)
    words, where = listed(page), page.url
    assert "trend" in where
    page.goto("about:blank")
    page.goto(where)
    settle(page, f"document.querySelector('{FIGURE}').dataset.awake === 'yes'")
    page.wait_for_timeout(300)
    assert listed(page) == words


def test_the_panel_shows_the_choices_of_every_drawn_fit(page, grid) -> None:
    wake(page)
    view = f"document.querySelector('{FIGURE}').kzView"
    curve = page.evaluate(f"{view}.data('curve').map(d => [d.r, d.id])")
    panel = page.evaluate(f"{view}.data('panel').map(d => [d.r, d.o])")
    assert len(panel) == 6 * len(curve)
    rank, number = curve[0]
    shown = {option for r, option in panel if r == rank}
    row = grid.set_index("id").loc[number]
    assert ("trend" in shown) == bool(row["trend"])
    assert ("levels" in shown) == (row["form"] == "levels")
