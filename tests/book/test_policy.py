"""The policy of a page: what somebody smuggles into it does not run and loads nothing."""

from __future__ import annotations

import pytest

SMUGGLED = {
    "a script in the page": "<script>window.ran = 1</script>",
    "a script of another site": '<script src="https://other.example/x.js"></script>',
    "a handler of an event": '<img src="none.png" onerror="window.ran = 1">',
    "an address that is a script": '<iframe src="javascript:parent.ran = 1"></iframe>',
    "a frame with a page of its own": '<iframe srcdoc="<script>parent.ran = 1</script>"></iframe>',
    "a picture of another site": '<img src="https://other.example/x.png">',
    "an object": '<object data="https://other.example/x.swf"></object>',
}


@pytest.mark.parametrize("what", SMUGGLED)
def test_what_is_smuggled_into_a_page_neither_runs_nor_loads(browser, address, what: str) -> None:
    page, blocked = browser.new_page(), []
    loaded: list[str] = []

    def elsewhere(route) -> None:
        loaded.append(route.request.url)
        route.fulfill(content_type="text/javascript", body="window.ran = 1")

    def smuggle(route) -> None:
        text = route.fetch().text().replace("</main>", f"{SMUGGLED[what]}</main>", 1)
        route.fulfill(content_type="text/html", body=text)

    page.on("console", lambda message: blocked.append(message.text))
    page.route("https://other.example/**", elsewhere)
    page.route("**/index.html", smuggle)
    page.goto(f"{address}/index.html")
    page.wait_for_timeout(200)
    ran = page.evaluate("window.ran")
    page.close()
    assert (ran, loaded) == (None, []), f"the policy lets {what} through"
    assert any("Content Security Policy" in text for text in blocked), "nothing was smuggled in"
