"""What answers does so by mouse, keyboard and touch, and is a link without a script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docutils import nodes

from conftest import open_page
from proofbook import answers, ledgerpage, results
from proofbook.parts import typeset, typeset_html

PAGE = "06-programmes.html"
KINDS = {
    "result": "Computed here",
    "printed": "Printed in the paper",
    "verdict": "Claim c-",
    "term": "Glossary",
}


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def page(browser, home: str):
    page = open_page(browser, f"{home}/{PAGE}", viewport={"width": 1280, "height": 900})
    yield page
    page.context.close()


def card(page) -> str:
    page.wait_for_selector(".answer.open", timeout=5000)
    return page.locator(".answer").inner_text()


def closed(page) -> bool:
    page.wait_for_timeout(600)
    return page.locator(".answer.open").count() == 0


def test_pointing_at_it_opens_its_card(page, kind: str) -> None:
    page.locator(f"main p a.{kind}").first.hover()
    assert card(page).startswith(KINDS[kind]), f"the card of a {kind} must say what it is"


def test_focus_opens_its_card(page, kind: str) -> None:
    page.locator(f"main p a.{kind}").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert KINDS[kind] in card(page)


def test_the_first_touch_opens_its_card(browser, home: str, kind: str) -> None:
    page = open_page(
        browser, f"{home}/{PAGE}", viewport={"width": 375, "height": 812}, has_touch=True
    )
    link = page.locator(f"main p a.{kind}").first
    link.tap()
    words, box = card(page), page.locator(".answer").bounding_box()
    page.context.close()
    assert words.startswith(KINDS[kind])
    assert 0 <= box["x"] <= 375 - box["width"], "the card must fit a phone"


def test_the_second_touch_follows_the_link(browser, home: str) -> None:
    page = open_page(
        browser, f"{home}/{PAGE}", viewport={"width": 375, "height": 812}, has_touch=True
    )
    link = page.locator("main p a.verdict").first
    link.tap()
    card(page)
    link.tap()
    page.wait_for_timeout(800)
    address = page.url
    page.context.close()
    assert "17-ledger.html#c-" in address


def test_escape_closes_it_and_it_stays_closed(page) -> None:
    page.locator("main p a.result").first.hover()
    card(page)
    page.keyboard.press("Escape")
    assert closed(page), "Escape must close a card without moving the pointer"


def test_the_pointer_may_move_onto_the_card(page) -> None:
    page.locator("main p a.result").first.hover()
    card(page)
    page.locator(".answer").hover()
    page.wait_for_timeout(600)
    still = page.locator(".answer.open").count()
    page.mouse.move(5, 5)
    assert (still, closed(page)) == (1, True), "a card stays under the pointer, then closes"


def test_the_arrow_leads_into_the_card_and_tab_out(page) -> None:
    link = page.locator("main p a.result").first
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    card(page)
    page.keyboard.press("ArrowDown")
    inside = page.evaluate("document.querySelector('.answer').contains(document.activeElement)")
    page.keyboard.press("Tab")
    assert inside
    assert page.evaluate("document.activeElement.matches('main article *')")


def test_figures_and_sources_have_cards(browser, home: str) -> None:
    page = open_page(browser, f"{home}/01-introduction.html")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.locator("main p a.reference.internal[href*='21-references']").first.hover()
    source = card(page)
    page.keyboard.press("Escape")
    page.locator("main p a.reference.internal[href*='#fig-']").first.hover()
    page.wait_for_timeout(700)
    figure = card(page)
    page.context.close()
    assert source.startswith("Source")
    assert figure.startswith("Figure")


def test_a_table_has_a_card(browser, address: str) -> None:
    page = open_page(browser, f"{address}/07-econometrics.html")
    page.locator("main p a.reference.internal[href='#tbl-table4']").first.hover()
    words = card(page)
    page.context.close()
    assert words.startswith("Table"), "a reference to a table opens what its caption says"


def test_without_a_script_each_is_a_link(browser, home: str, kind: str) -> None:
    page = open_page(browser, f"{home}/{PAGE}", java_script_enabled=False)
    link = page.locator(f"main p a.{kind}").first
    target = link.get_attribute("href")
    link.click()
    page.wait_for_timeout(500)
    address = page.url
    page.context.close()
    assert address.endswith(target)


def test_every_key_of_a_card_is_a_link_of_its_page(site: Path) -> None:
    file = site / "_static" / answers.FOLDER / PAGE.replace(".html", ".js")
    text = file.read_text(encoding="utf-8")
    cards = json.loads(text.partition("=")[2].rstrip().rstrip(";"))
    html = (site / PAGE).read_text(encoding="utf-8").replace("&amp;", "&")
    lost = [key for key in cards if f'href="{key}"' not in html]
    assert cards
    assert not lost, f"cards that no link opens: {lost[:3]}"


def test_a_number_leads_to_the_line_that_noted_it() -> None:
    body = '<span class="s2">&quot;a.b&quot;</span> <span class="s2">&quot;a.b&quot;</span>'
    place = answers.place_of("a.b").astext()
    assert answers.anchored(body + place).startswith('<span class="s2" id="a.b">')
    assert answers.anchored(body + place).count('id="a.b"') == 1
    assert answers.anchored(place) == '<a id="a.b"></a>', "a glued name leads to its output"


def test_a_number_names_the_tables_its_line_goes_back_to() -> None:
    origins = results._Origins()
    origins.add('frame = data.read("table4")\nother = data.read("table3")')
    origins.add('total = frame.sum()\nnote("a.total", total)\nnote("a.other", len(other))')
    assert origins.noted["a.total"] == {"table4"}
    assert origins.noted["a.other"] == {"table3"}


def mark(claim: str) -> nodes.reference:
    return nodes.reference("", "✓", classes=["verdict"], claim=claim)


def test_marks_move_behind_their_sentence() -> None:
    beside: dict[str, list[str]] = {}
    sentences = ledgerpage._Sentences(beside)
    number = nodes.reference("", "3.77", result="a.b")
    for node in (
        nodes.Text("From 2017 "),
        mark("c-1"),
        nodes.Text(" to "),
        number,
        mark("c-2"),
        nodes.Text(", it grew.\nThen it fell."),
    ):
        sentences.add(node)
    sentences.end()
    words = "".join(node.astext() for node in sentences.children)
    assert words == "From 2017 to 3.77, it grew.✓✓\nThen it fell."
    assert beside == {"a.b": ["c-1", "c-2"]}


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        (" % of all", "\N{NO-BREAK SPACE}% of all"),
        ("12 % of all", "12\N{NO-BREAK SPACE}% of all"),
        ("p = 0.03", "p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}0.03"),
        ("10 000 people", "10\N{NO-BREAK SPACE}000 people"),
        ("+0", "0"),
        ("−0.0", "0.0"),
        ("+0.5 and 1+0", "+0.5 and 1+0"),
    ],
)
def test_numbers_are_held_together(typed: str, set_: str) -> None:
    assert typeset(typed) == set_


def test_only_the_texts_of_markup_are_typeset() -> None:
    assert typeset_html('<td title="+0">+0</td>') == '<td title="+0">0</td>'
