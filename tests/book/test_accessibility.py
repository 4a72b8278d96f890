"""axe finds nothing on any page, at both widths, in both schemes, with folds, menu and cards open.

A file of its own: files are shared out to workers. A page is loaded once and looked at four times.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import axe_playwright_python
import pytest

from conftest import open_page, pages

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
PAGES = pages() or ["index.html"]
WIDTHS, SCHEMES = (1280, 375), ("light", "dark")
# axe rules that a page may break, each with its reason. Empty, and meant to stay so.
EXCEPTIONS: dict[str, str] = {}
CARDS = {  # what opens a card, and a page that has it
    "result": ("06-programmes.html", "a.result"),
    "printed": ("06-programmes.html", "a.printed"),
    "verdict": ("06-programmes.html", "a.verdict"),
    "term": ("06-programmes.html", "a.term"),
    "source": ("01-introduction.html", "a.reference.internal[href*='21-references']"),
    "figure": ("01-introduction.html", "a.reference.internal[href*='#fig-']"),
}

# Thirty rows of a table find what four hundred would: its rows are made alike.
# A phone shows the link of a heading all the time, a desk under the pointer.
OPEN_AND_SHORTEN = """() => {
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  document.querySelectorAll('.headerlink').forEach(link => { link.style.opacity = 1; });
  document.querySelectorAll('tbody tr:nth-child(n+31)').forEach(row => row.remove());
}"""

# Contrast is nine tenths of the time that axe takes, and equal for texts of one colour, size and
# weight on one stack of backgrounds: the first of each kind is marked and judged for all.
# What is laid over the page is a kind of its own.
MARK_KINDS_OF_TEXT = """() => {
  document.querySelectorAll('[data-kind]').forEach(e => e.removeAttribute('data-kind'));
  const grounds = new Map([[null, '']]), seen = new Set();
  let laid = 0;
  const ground = (element) => {
    if (!grounds.has(element)) {
      const s = getComputedStyle(element);
      const paint = [s.backgroundColor, s.backgroundImage, s.opacity].join();
      const own = paint === 'rgba(0, 0, 0, 0),none,1' ? '' : paint;
      const over = ['absolute', 'fixed', 'sticky'].includes(s.position) ? `over ${laid++}` : '';
      grounds.set(element, `${ground(element.parentElement)}|${own}${over}`);
    }
    return grounds.get(element);
  };
  const hasText = (e) => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const fields = new Set(['INPUT', 'SELECT', 'TEXTAREA']);
  for (const e of document.body.querySelectorAll('*')) {
    if (!(hasText(e) || fields.has(e.tagName)) || e.closest('svg')) continue;
    if (!e.checkVisibility({visibilityProperty: true})) continue;
    const s = getComputedStyle(e);
    const kind = [s.color, s.fontSize, s.fontWeight, s.textShadow, e.disabled, ground(e)].join();
    if (!seen.has(kind)) { seen.add(kind); e.dataset.kind = ''; }
  }
}"""

RUN = """({within, rules}) => {
  axe.configure({rules: [{id: 'color-contrast', selector: '[data-kind]'}]});
  const options = {resultTypes: ['violations'], ...(rules ? {runOnly: rules}
    : {rules: {'label-content-name-mismatch': {enabled: true}}})};
  return axe.run(within, options).then(r => r.violations.map(v => [v.id, v.help,
    v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + (n.any[0]?.message || ''))]));
}"""


def violations(page, within: str, scheme: str) -> list:
    """Return what axe finds; a scheme changes colours and nothing else, so that dark asks those."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate(MARK_KINDS_OF_TEXT)
    rules = ["color-contrast", "link-in-text-block"] if scheme == "dark" else None
    found = page.evaluate(RUN, {"within": within, "rules": rules})
    return [violation for violation in found if violation[0] not in EXCEPTIONS]


@pytest.fixture
def opened(browser, address: str) -> Iterator:
    pages_ = []

    def opened(name: str):
        page = open_page(browser, f"{address}/{name}", viewport={"width": 1280, "height": 900})
        pages_.append(page)
        page.evaluate(OPEN_AND_SHORTEN)
        page.evaluate(AXE)
        return page

    yield opened
    for page in pages_:
        page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(opened, name: str) -> None:
    page, found = opened(name), {}
    for width, scheme in product(WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": 900})
        if (width, scheme) == (375, "light"):
            page.locator("a.menu").click()
        found[f"{width} px, {scheme}"] = violations(page, "html", scheme)
    found = {view: seen for view, seen in found.items() if seen}
    assert not found, f"mend on {name}: " + json.dumps(found, indent=1)


@pytest.mark.parametrize("kind", CARDS)
def test_axe_finds_nothing_in_a_card(opened, kind: str) -> None:
    name, link = CARDS[kind]
    page = opened(name)
    page.locator(f"main p {link}").first.dispatch_event(
        "pointerover", {"pointerType": "mouse", "bubbles": True}
    )
    page.wait_for_selector(".answer.open", timeout=15_000)
    found = [violations(page, ".answer", scheme) for scheme in SCHEMES]
    assert not any(found), f"mend the card of a {kind}: " + json.dumps(found, indent=1)


def test_faint_words_are_found_wherever_they_stand(opened) -> None:
    page = opened("404.html" if "404.html" in PAGES else PAGES[0])
    page.evaluate("document.querySelector('main p').style.color = '#ddd'")
    found = violations(page, "html", "light")
    assert [violation[0] for violation in found] == ["color-contrast"], "one text judges too many"
