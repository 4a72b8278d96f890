"""A chart's settings live in its address, and what a reader takes away follows them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

EXPLORER, CHOICE = "fig-serpin-explorer", "fig-serpin-recipients"
PAGES = {EXPLORER: "15-what-if.html", CHOICE: "06-programmes.html"}
MEND = "mend theme/static/chart.js"


@pytest.fixture(params=["http", "file"])
def home(request: pytest.FixtureRequest, site: Path, address: str) -> str:
    return address if request.param == "http" else site.as_uri()


@pytest.fixture
def page(browser) -> Iterator[object]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield context.new_page()
    context.close()


def moved(page, home: str) -> object:
    """Open the explorer, move one control by one step, and wait until the address says so."""
    page.goto(f"{home}/{PAGES[EXPLORER]}")
    page.locator(f"#{EXPLORER} [data-param=employed]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**employed=17.1**")
    return page.locator(f"#{EXPLORER}")


def saved(page, figure, button: str) -> str:
    with page.expect_download() as download:
        figure.get_by_role("button", name=button, exact=True).click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_the_address_states_every_setting_of_a_moved_chart(page, home: str) -> None:
    figure = moved(page, home)
    names = figure.evaluate(
        "f => [...f.querySelectorAll('[data-param]')].map(c => c.dataset.param)"
    )
    stated = parse_qs(urlsplit(page.url).query)
    assert set(stated) == {f"{EXPLORER}.{name}" for name in names}, MEND


def test_reload_and_back_restore_the_settings(page, home: str) -> None:
    moved(page, home)
    page.reload()
    control = page.locator(f"#{EXPLORER} [data-param=employed]")
    assert control.input_value() == "17.1", f"reload lost the setting: {MEND}"
    page.goto("about:blank")
    page.go_back()
    assert control.input_value() == "17.1", f"Back lost the setting: {MEND}"


def test_an_address_with_nonsense_leaves_the_chart_as_it_was(page, home: str) -> None:
    page.goto(f"{home}/{PAGES[CHOICE]}?{CHOICE}.year=1066&{CHOICE}.year2=<b>")
    chosen = page.locator(f"#{CHOICE} [data-param]:checked").input_value()
    assert chosen == "2024", f"a year that is no choice was taken from the address: {MEND}"


def test_reset_restores_the_first_settings_and_address(page, home: str) -> None:
    figure = moved(page, home)
    figure.get_by_role("button", name="Reset").click()
    page.wait_for_url(f"**/{PAGES[EXPLORER]}")
    assert figure.locator("[data-param=employed]").input_value() == "17", MEND


def test_saved_rows_follow_the_choice_and_say_it(page, home: str) -> None:
    page.goto(f"{home}/{PAGES[CHOICE]}?{CHOICE}.year=2022")
    figure = page.locator(f"#{CHOICE}[data-awake=yes]")
    lines = saved(page, figure, "CSV").splitlines()
    notes = [line for line in lines if line.lstrip('"').startswith("# ")]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines[len(notes) :]))))
    assert {row["year"] for row in rows} == {"2022"}, f"the rows are not those shown: {MEND}"
    assert any("Settings: Year: 2022" in note for note in notes), f"no settings in {notes}: {MEND}"


def test_a_saved_picture_carries_title_settings_source_and_address(page, home: str) -> None:
    svg = saved(page, moved(page, home), "SVG")
    for part in ("<title>", "Settings:", "Employed as required, %: 17.1", "Source:", EXPLORER):
        assert part in svg, f"the saved picture does not say {part!r}: {MEND}"


def test_the_words_of_a_moved_chart_are_its_own(page, home: str) -> None:
    figure = moved(page, home)
    words, sentence = figure.locator(".words p"), figure.locator(".sentence").inner_text()
    assert words.text_content().startswith(sentence), f"the alternative is of the default: {MEND}"


def test_a_citation_names_authors_year_and_no_local_host(page, home: str) -> None:
    page.goto(f"{home}/{PAGES[CHOICE]}")
    figure = page.locator(f"#{CHOICE}")
    figure.get_by_role("button", name="Cite").click()
    words = figure.locator(".cite").inner_text()
    missing = [part for part in ("(2026)", "editors") if part not in words]
    assert not missing, f"no {missing} in {words!r}: {MEND}"
    assert not [host for host in ("127.0.0.1", "localhost") if host in words], MEND


def test_arrow_keys_walk_the_points_and_say_each_row(page, home: str) -> None:
    page.goto(f"{home}/{PAGES[CHOICE]}")
    figure = page.locator(f"#{CHOICE}")
    figure.locator(".picture").focus()
    page.keyboard.press("End")
    page.wait_for_function(
        f"() => document.querySelector('#{CHOICE} .said').textContent.includes('(7 of 7)')"
    )
    status = figure.locator(".said").inner_text()
    assert "East Kazakhstan" in status, f"the last row was not read, but {status!r}: {MEND}"


def test_one_change_is_announced_once(page, home: str) -> None:
    page.goto(f"{home}/{PAGES[EXPLORER]}")
    page.evaluate("""() => {
      window.heard = 0;
      const live = document.querySelector('body > [role=status]');
      new MutationObserver(() => { window.heard += 1; }).observe(live, {childList: true});
    }""")
    page.locator(f"#{EXPLORER} [data-param=employed]").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => window.heard > 0")
    page.wait_for_timeout(800)
    assert page.evaluate("() => window.heard") == 1, (
        f"quick changes were announced one by one: {MEND}"
    )


def test_a_choice_with_a_dash_in_its_words_is_kept(page, home: str) -> None:
    page.goto(f"{home}/14-regions.html")
    choice = page.locator("#fig-net-flows [data-param=year]:checked")
    assert choice.count() == 1, f"the first choice was lost as the page opened: {MEND}"
