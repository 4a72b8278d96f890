"""The charts of the regions in a browser: after a control moves, they show what was computed."""

from __future__ import annotations

import json

import pytest

from kzmobility import regions
from proofbook import data


@pytest.fixture
def chart(browser, address: str):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.goto(f"{address}/14-regions.html")
    page.wait_for_load_state("load")

    def opened(name: str):
        figure = page.locator(f"#{name}")
        figure.scroll_into_view_if_needed()
        figure.locator(".picture").hover(force=True)
        page.wait_for_selector(f"#{name}[data-awake=yes]")
        return figure

    yield opened
    context.close()


def texts(figure) -> list[str]:
    figure.page.wait_for_timeout(300)
    return [t for t in figure.locator(".picture .wide svg text").all_text_contents() if t]


def choose(figure, param: str, value: object) -> None:
    figure.locator(f"select[data-param={param}]").select_option(json.dumps(value))


def of(iso: str, indicator: str, year: int) -> str:
    """Return value and rank among the regions, as the chart should say them."""
    panel = regions.panel()
    rows = panel[(panel["indicator"] == indicator) & (panel["year"] == year)].set_index("iso")
    values = rows["value"].drop("KZ", errors="ignore")
    rank = values.rank(method="min", ascending=False)[iso]
    return f"{abs(values[iso]):.1f} in {year}, rank {rank:.0f} of {len(values)}"


def test_the_map_shows_value_and_rank_that_the_library_computes(chart) -> None:
    figure = chart("fig-region-map")
    choose(figure, "indicator", "unemployment")
    choose(figure, "region", "KZ-61")
    figure.locator("input[data-param=year]").fill("2015")
    wanted = of("KZ-61", "unemployment", 2015)
    assert wanted in texts(figure), f"beside the map should stand {wanted!r}"


def test_a_click_on_a_tile_selects_the_region_in_the_list_and_in_the_series(chart) -> None:
    figure = chart("fig-region-map")
    figure.locator(".picture .wide svg text").filter(has_text="Astana").last.click()
    texts(figure)
    assert json.loads(figure.locator("select[data-param=region]").input_value()) == "KZ-71", (
        "the click must move the list as well"
    )
    wanted = f"\N{BLACK UP-POINTING TRIANGLE} {of('KZ-71', 'net_per_1000', 2024)}"
    assert wanted in texts(figure), f"beside the map should stand {wanted!r}"


def test_a_year_without_figures_shows_the_nearest_year_that_has_some(chart) -> None:
    figure = chart("fig-region-map")
    figure.locator("input[data-param=year]").fill("2005")
    assert "2022 (no figures for 2005)" in texts(figure), (
        "net flows are known from 2022 on: the map must say which year it shows"
    )


def test_an_indicator_of_one_year_still_shows_all_regions_beside_the_map(chart) -> None:
    figure = chart("fig-region-map")
    choose(figure, "indicator", "wage")
    assert of("KZ-59", "wage", 2022).partition(",")[2] in " ".join(texts(figure)), (
        "beside the map should stand the rank of the region among all others"
    )


def test_net_flows_of_a_year_are_those_of_the_data(chart) -> None:
    figure = chart("fig-net-flows")
    figure.locator("input[data-param=year][value='\"2023\"']").check()
    figure.locator("input[data-param=unit][value='\"persons\"']").check()
    net = data.read("migration_regions").query("year == 2023").set_index("iso")["net"]
    found = texts(figure)
    missing = [
        iso for iso, n in net.items() if f"{n:+,d}".replace("-", "\N{MINUS SIGN}") not in found
    ]
    assert not missing, f"net flows of 2023 that the chart does not show: {missing}"
