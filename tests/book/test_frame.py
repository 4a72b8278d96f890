"""What surrounds the text: header, contents, trail, sources, code, search, wide tables."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from conftest import open_page
from proofbook import frame

PAGE = "06-programmes.html"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 812}
TOP = "s => document.querySelector(s).getBoundingClientRect().top"


@pytest.fixture
def page(browser, home: str):
    page = open_page(browser, f"{home}/{PAGE}", viewport=DESK)
    yield page
    page.context.close()


def test_header_and_contents_stay_in_view(page) -> None:
    page.evaluate("scrollTo(0, 4000)")
    assert page.evaluate(TOP, ".top") == 0, "the header must stick to the top"
    assert 0 < page.evaluate(TOP, "#contents") < 100, "the contents must stick below it"


def test_the_section_that_is_read_is_marked(page) -> None:
    last = page.locator("#contents .current li a[href^='#']").last
    target = last.get_attribute("href")
    page.evaluate("id => document.querySelector(id).scrollIntoView()", target)
    page.wait_for_timeout(300)
    marked = page.locator("#contents [aria-current='location']").get_attribute("href")
    assert marked == target


def test_contents_come_before_the_text_by_keyboard(page) -> None:
    order = page.evaluate(
        "[...document.querySelectorAll('#contents a, main a')].map(a => !!a.closest('main'))"
    )
    assert order == sorted(order), "the contents must stand before the text"


def test_sections_of_the_page_are_in_the_contents_of_a_phone(browser, address: str) -> None:
    page = open_page(browser, f"{address}/{PAGE}", viewport=PHONE)
    page.locator("a.menu").click()
    link = page.locator("#contents .current li a[href^='#']").nth(2)
    visible, target = link.is_visible(), link.get_attribute("href")
    link.click()
    page.wait_for_timeout(200)
    closed = not page.locator("#contents").is_visible()
    top = page.evaluate(TOP, target)
    page.context.close()
    assert (visible, closed) == (True, True), "the contents close when a section is picked"
    assert 40 < top < 200, "the header must not cover the heading"


def test_the_trail_leads_home(page) -> None:
    trail = page.locator("nav.trail")
    assert trail.locator("[aria-current='page']").inner_text()
    trail.locator("a").click()
    page.wait_for_load_state("load")
    assert page.url.endswith("index.html")


def test_the_notebook_can_be_downloaded(page, site: Path) -> None:
    link = page.locator(".sources a", has_text="Download notebook")
    assert (site / link.get_attribute("href")).exists()


def test_one_switch_shows_all_code_and_is_remembered(page) -> None:
    switch = page.locator("button.code")
    switch.press("Enter")
    shown = "[...document.querySelectorAll('main details.hide')].every(d => d.open)"
    assert page.evaluate(shown)
    page.reload()
    assert page.evaluate(shown)
    assert switch.get_attribute("aria-pressed") == "true"


def test_a_block_of_code_can_be_copied(browser, address: str) -> None:
    context = browser.new_context(viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/{PAGE}")
    page.locator("button.code").click()
    block = page.locator("main div.highlight").first
    block.locator("button.copy").press("Enter")
    copied, code = (
        page.evaluate("navigator.clipboard.readText()"),
        block.locator("pre").text_content(),
    )
    context.close()
    assert copied == code


def test_a_table_wider_than_the_page_scrolls_and_says_so(browser, address: str) -> None:
    page = open_page(browser, f"{address}/{PAGE}", viewport=PHONE)
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main .scroll")].filter(b => b.clientWidth).map(b => [
        b.scrollWidth > b.clientWidth + 1, b.tabIndex === 0,
        getComputedStyle(b).backgroundImage !== "none"])"""  # noqa: E501
    )
    page.context.close()
    assert wide
    assert all(scrolls == stop == shadow for scrolls, stop, shadow in wide)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("3653", "3,653"),
        ("fourfold", "4 times"),
        ("rerun", "reproduce"),
        ("Серпин", "Serpin"),
        ("c-pro-055", "grants grows every year"),
        ("unemploy", "unemployment"),
    ],
)
def test_search_shows_the_sentence_around_a_hit(browser, home: str, asked: str, found: str) -> None:
    page = open_page(browser, f"{home}/search.html", viewport=DESK)
    page.locator("input[type=search]").fill(asked)
    page.locator("#search-results li").first.wait_for()
    words = page.locator("#search-results").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    count = page.locator("#search-count").inner_text()
    page.context.close()
    assert found.lower() in words.lower(), f"a search for {asked!r} must find {found!r}: {count}"


def test_search_says_when_nothing_is_found(browser, home: str) -> None:
    page = open_page(browser, f"{home}/search.html?q=xyzzy", viewport=DESK)
    words = page.locator("#search-count").inner_text()
    page.context.close()
    assert "xyzzy" in words
    assert "another word" in words


def test_a_search_result_leads_to_its_section(browser, home: str) -> None:
    page = open_page(browser, f"{home}/search.html?q=Enbek", viewport=DESK)
    page.locator("#search-results a").first.click()
    page.wait_for_load_state("load")
    there = page.evaluate("!!document.getElementById(decodeURIComponent(location.hash.slice(1)))")
    page.context.close()
    assert there


def test_a_claim_is_a_card_on_a_phone(browser, address: str) -> None:
    page = open_page(browser, f"{address}/17-ledger.html?verdict=contradicted", viewport=PHONE)
    row = page.locator("table.ledger tbody tr:not([hidden])").first
    tops = [
        row.locator(s).bounding_box()["y"]
        for s in ("td .pill", "td:nth-child(3) .note >> nth=0", "th")
    ]
    page.context.close()
    assert max(tops[:2]) < tops[2], "verdict and reason stand first"


def project(folder: Path, config: str) -> SimpleNamespace:
    (folder / "book").mkdir()
    (folder / "book" / "a.ipynb").touch()
    (folder / "_config.yml").write_text(config, encoding="utf-8")
    return SimpleNamespace(
        srcdir=str(folder / "book"), env=SimpleNamespace(found_docs={"a"}), config=None
    )


def test_without_a_repository_there_are_no_links_to_one(tmp_path: Path) -> None:
    app = project(tmp_path, 'repository:\n  url: ""\nlaunch_buttons:\n  colab_url: ""\n')
    assert [name for name, _ in frame.sources(app, "a")] == [
        "Download notebook",
        "Link to this page",
    ]


def test_a_repository_gives_source_edit_and_places_to_run(tmp_path: Path) -> None:
    app = project(
        tmp_path,
        "repository: {url: https://git.example/me/book, branch: main, path_to_book: book}\n"
        "launch_buttons: {binderhub_url: https://binder.example, colab_url: https://colab.example}\n",
    )
    links = dict(frame.sources(app, "a"))
    assert links["Source"] == "https://git.example/me/book/blob/main/book/a.md"
    assert links["Edit"] == "https://git.example/me/book/edit/main/book/a.md"
    assert links["Binder"] == (
        "https://binder.example/v2/gh/me/book/main?urlpath=lab/tree/book/a.ipynb"
    )
    assert links["Colab"] == "https://colab.example/github/me/book/blob/main/book/a.ipynb"


def test_sections_stand_below_their_chapter() -> None:
    chapters = (
        '<ul><li class="toctree-l1 current active"><a class="current" href="#">A</a></li></ul>'
    )
    sections = '<ul>\n<li><a href="#">A</a><ul>\n<li><a href="#b">B</a></li></ul>\n</li>\n</ul>'
    assert 'href="#">A</a><ul>\n<li><a href="#b">' in frame.contents(chapters, sections)
