"""What several test files share: the project, the built site, a server on loopback, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofbook.build import served

PROJECT = Path(__file__).parents[1]
SITE = PROJECT / "_build" / "html"
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)


def pages() -> list[str]:
    """Return the names of all pages of the built site.

    With a base URL, the links of the 404 page start at the root of its host, which loopback is not;
    test_export serves it there.
    """
    names = sorted(path.name for path in SITE.glob("*.html"))
    return [
        n
        for n in names
        if n != "404.html" or 'data-root="./"' in (SITE / n).read_text(encoding="utf-8")
    ]


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def site() -> Path:
    if not (SITE / "index.html").exists():
        pytest.fail(
            "there is no book in _build/html: run `make book` first, or `make test`, "
            "which does both"
        )
    return SITE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with served(site) as home:
        yield home


@pytest.fixture(params=["http", "file"])
def home(request: pytest.FixtureRequest, address: str, site: Path) -> str:
    """The site from a server, then from a file."""
    return address if request.param == "http" else site.as_uri()


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        message = (
            "no Chromium on this machine: install it (Debian and Ubuntu: "
            "`apt-get install chromium`) and run `make test` again"
        )
        if os.environ.get("PROOFBOOK_BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield chromium
        chromium.close()


def open_page(browser, url: str, **options):
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(url)
    page.wait_for_load_state("load")
    return page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of known defects: they run, are reported as such, and hide no new failure."""
    lines = (PROJECT / "tests" / "known_defects.txt").read_text(encoding="utf-8").splitlines()
    known = dict(line.split("  ", 1) for line in lines if line and not line.startswith("#"))
    for item in items:
        for start, reason in known.items():
            if item.nodeid.startswith(start):
                item.add_marker(pytest.mark.xfail(reason=reason, strict=False))
