"""axe finds nothing on any page, at both widths and in both schemes.
A file of its own: files are shared out to workers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import open_page, pages

AXE = Path(__import__("axe_playwright_python").__file__).parent / "axe.min.js"
PAGES = pages() or ["index.html"]
# axe rules that a page may break, each with its reason. Empty, and meant to stay so.
EXCEPTIONS: dict[str, str] = {}


def open_card(page) -> None:
    """Open the card of the first link that has one, and leave it open."""
    link = page.locator("main a:is(.result, .printed, .verdict, .term)").first
    if link.count():
        link.dispatch_event("pointerover", {"pointerType": "mouse", "bubbles": True})
        page.wait_for_selector(".answer.open", timeout=5000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser, address: str, name: str, width: int, scheme: str) -> None:
    page = open_page(
        browser, f"{address}/{name}", viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    if width == 375:
        page.locator("a.menu").click()
    open_card(page)
    # The rows of a table are made alike: thirty of them find what four hundred would,
    # in a tenth of the time.
    page.evaluate(
        "document.querySelectorAll('tbody tr:nth-child(n+31)').forEach(row => row.remove())"
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # The scheme changes colours and nothing else, so that the dark one needs no second look at
    # structure.
    options = {"resultTypes": ["violations"]} | (
        {"runOnly": ["color-contrast", "link-in-text-block"]} if scheme == "dark" else {}
    )
    found = page.evaluate(
        "options => axe.run(document, options).then(r => r.violations.map(v => [v.id, v.help, "
        "v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + (n.any[0]?.message || "
        "''))]))",
        options,
    )
    page.context.close()
    found = [v for v in found if v[0] not in EXCEPTIONS]
    assert not found, f"{name}, {width} px, {scheme}: " + json.dumps(found, indent=1)
