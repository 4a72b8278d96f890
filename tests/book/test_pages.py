"""The site as readers meet it, in a real browser: offline, under its own policy, by keyboard,
at both widths and in both schemes."""

from __future__ import annotations

import gzip
import re

import pytest

from conftest import SITE, open_page, pages

PAGES = pages() or ["index.html"]


class Watch:
    """Collects what a page must not do: leave the site, fail, complain, break its policy."""

    def __init__(self, page, home: str) -> None:
        self.found: list[str] = []
        page.on(
            "request",
            lambda r: (
                r.url.startswith((home, "data:", "blob:"))
                or self.found.append(f"a request leaves the site: {r.url}")
            ),
        )
        page.on("requestfailed", lambda r: self.found.append(f"a request failed: {r.url}"))
        page.on(
            "response", lambda r: r.status < 400 or self.found.append(f"{r.status} for {r.url}")
        )
        page.on("pageerror", lambda e: self.found.append(f"script error: {e}"))
        page.on(
            "console",
            lambda m: (
                m.type in ("error", "warning") and self.found.append(f"console {m.type}: {m.text}")
            ),
        )


def wait_until(page, condition: str, argument: object = None) -> None:
    """Wait up to 30 s for a condition. Playwright's own wait evaluates text in the page,
    which the policy forbids."""
    for _ in range(600):
        if page.evaluate(condition, argument):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"this never came true: {condition}")


def wake_all(page) -> int:
    """Point at every chart of a page, as a reader does, and wait until each answers;
    return how many."""
    figures = page.locator("figure.chart")
    for i in range(figures.count()):
        figures.nth(i).scroll_into_view_if_needed()
        figures.nth(i).locator(".picture").hover(force=True)
    wait_until(
        page,
        (
            "() => [...document.querySelectorAll('figure.chart')].every(f => f.dataset.awake === "
            "'yes')"
        ),
    )
    return figures.count()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_without_any_other_site_from_a_server_and_from_a_file(
    browser, home: str, name: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    watch = Watch(page, home.split("/_build")[0])
    page.goto(f"{home}/{name}")
    page.wait_for_load_state("load")
    wake_all(page)
    context.close()
    assert not watch.found, f"{name}: " + "; ".join(watch.found[:5])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_and_its_charts_wake_without_moving_anything(
    browser, address: str, name: str
) -> None:
    page = open_page(browser, f"{address}/{name}", viewport={"width": 375, "height": 812})
    measure = (
        "[...document.querySelectorAll('main h1, main h2, main figure, main .table, "
        "main p')].filter(e => e.checkVisibility()).map(e => "
        "Math.round(e.getBoundingClientRect().top + scrollY))"
    )
    asleep = page.evaluate(
        "[...document.querySelectorAll('figure.chart')].every(f => !f.dataset.awake)"
    )
    assert asleep, f"{name}: a chart woke by the mere load of the page"
    before = page.evaluate(measure)
    wake_all(page)
    page.evaluate("scrollTo(0, 0)")  # what sticks to the screen is back where it began
    after = page.evaluate(measure)
    width = page.evaluate("document.documentElement.scrollWidth")
    wide = page.evaluate(
        "[...document.querySelectorAll('.picture svg')].filter(s => "
        "s.getBoundingClientRect().width > 345).map(s => s.closest('figure').id)"
    )
    page.context.close()
    assert width <= 375, (
        f"{name} is {width} px wide on a phone of 375 px: find the element that does not wrap "
        "or scroll"
    )
    assert not wide, f"{name}: charts {wide} are wider than a phone"
    moved = [(a, b) for a, b in zip(before, after, strict=True) if abs(a - b) > 1]
    assert not moved, (
        f"{name}: {len(moved)} elements moved when charts woke, "
        f"the first from {moved[0][0]} to {moved[0][1]} px"
    )


@pytest.mark.parametrize("name", PAGES)
def test_without_scripts_pictures_and_their_rows_are_there(
    browser, address: str, name: str
) -> None:
    page = open_page(
        browser,
        f"{address}/{name}",
        viewport={"width": 1280, "height": 900},
        java_script_enabled=False,
    )
    figures = page.locator("figure.chart")
    for i in range(figures.count()):
        figure = figures.nth(i)
        assert figure.locator(".picture svg").first.is_visible(), (
            f"{name}: figure {i + 1} shows no picture without scripts"
        )
        assert figure.locator("details.rows table tbody tr").count() > 0, (
            f"{name}: figure {i + 1} has no rows without scripts"
        )
        picture = figure.locator(".picture svg").first
        assert len(picture.get_attribute("aria-label") or "") > 40, (
            f"{name}: figure {i + 1} has no text alternative"
        )
    assert page.locator("main h1").is_visible()
    assert page.locator("nav#contents a").first.is_visible()
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_control_of_a_chart_answers_to_the_keyboard(browser, address: str, name: str) -> None:
    page = open_page(browser, f"{address}/{name}", viewport={"width": 1280, "height": 900})
    controls = page.locator("figure.chart [data-param]")
    seen = set()
    for i in range(controls.count()):
        control = controls.nth(i)
        figure = control.evaluate("c => c.closest('figure').id")
        param, kind = control.get_attribute("data-param"), control.evaluate("c => c.type")
        if (figure, param) in seen:
            continue
        seen.add((figure, param))
        control.focus()
        wait_until(page, "id => document.getElementById(id).dataset.awake === 'yes'", figure)
        read = "([id, p]) => JSON.stringify(document.getElementById(id).kzView.signal(p))"
        before = page.evaluate(read, [figure, param])
        if kind == "range":
            if control.evaluate("c => c.min === c.max"):
                # the controls before left it one place, such as the one fit that passes all filters
                continue
            at_end = control.evaluate("c => c.value === c.max")
            page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        elif kind == "checkbox":
            page.keyboard.press("Space")
        else:
            page.keyboard.press("ArrowDown")
            if control.evaluate(
                "c => c.type === 'select-one' && c.selectedIndex === c.options.length - 1 && "
                "c.options.length === 1"
            ):
                continue
        page.wait_for_timeout(150)
        assert page.evaluate(read, [figure, param]) != before, (
            f"{name}, {figure}: control {param!r} does not answer to the keyboard"
        )
    page.context.close()


def test_charts_follow_the_scheme_when_it_is_switched(browser, address: str) -> None:
    page = open_page(
        browser,
        f"{address}/04-demography.html",
        viewport={"width": 1280, "height": 900},
        color_scheme="light",
    )
    wake_all(page)
    colour = (
        "getComputedStyle(document.querySelector('.picture .wide svg [fill=\"#0072b2\" i]')).fill"
    )
    light = page.evaluate(colour)
    page.locator("button.scheme").click()
    dark = page.evaluate(colour)
    page.reload()
    kept = page.evaluate("document.documentElement.dataset.theme")
    page.context.close()
    assert (light, dark) == ("rgb(0, 114, 178)", "rgb(86, 180, 233)"), (
        f"the chart stayed {light} -> {dark} when the scheme was switched"
    )
    assert kept == "dark", "the reader's choice of scheme must last"


def test_the_one_search_box_finds_a_word_of_the_book(browser, home: str) -> None:
    page = open_page(browser, f"{home}/index.html", viewport={"width": 1280, "height": 900})
    assert page.locator("input[type=search]").count() == 1, "one search box, no more"
    page.keyboard.press("/")
    page.keyboard.type("Serpin")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a", timeout=10000)
    assert page.locator("#search-results li a").count() > 1
    page.context.close()


def test_the_contents_open_on_a_phone_by_keyboard(browser, address: str) -> None:
    page = open_page(browser, f"{address}/index.html", viewport={"width": 375, "height": 812})
    contents = page.locator("nav#contents")
    assert not contents.is_visible()
    page.locator("a.menu").focus()
    page.keyboard.press("Enter")
    assert contents.is_visible(), "Enter on Contents must open the list of chapters"
    page.keyboard.press("Escape")
    assert not contents.is_visible(), "Escape must close it"
    page.context.close()


def test_no_page_loads_the_chart_library_before_it_is_needed_and_none_loads_it_twice(
    browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(f"{address}/04-demography.html")
    page.wait_for_timeout(400)
    assert not [u for u in asked if "vega" in u], (
        "the chart library was loaded although no chart was touched"
    )
    count = wake_all(page)
    context.close()
    assert count > 1
    assert len([u for u in asked if u.endswith("vega.js")]) == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_at_most_45_kb_gzipped(name: str) -> None:
    size = len(gzip.compress((SITE / name).read_bytes(), 9))
    assert size <= 45_000, (
        f"{name} has {size:,} bytes gzipped: look for repeated markup, long tables, many marks"
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_what_search_engines_and_screen_readers_need(name: str) -> None:
    text = (SITE / name).read_text(encoding="utf-8")
    assert '<html lang="en"' in text
    assert 'name="viewport"' in text
    assert re.search(r"<title>[^<]{10,}</title>", text), f"{name} has no title"
    assert re.search(r'<meta name="description" content="[^"]{20,}"', text), (
        f"{name} has no description"
    )
    assert len(re.findall(r"<h1[ >]", text)) == 1, f"{name} must have exactly one h1"
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy, f"{name} lacks the strict policy"
    assert "default-src 'self'" in policy[1], f"{name} lacks the strict policy"
    assert "unsafe-eval" not in policy[1], f"{name} lacks the strict policy"
    assert not re.search(r"script-src[^;]*unsafe-inline", policy[1])
    inline = [
        s
        for s in re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", text)
        if "application/json" not in s and "application/ld+json" not in s
    ]
    assert not inline, f"{name} has an inline script, which its own policy forbids"
    assert not re.search(r'\son\w+="', text), (
        f"{name} has an inline script, which its own policy forbids"
    )
