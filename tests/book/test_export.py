"""What a reader keeps and shares: a printed page, the zip, an address, a card."""

from __future__ import annotations

import functools
import http.server
import io
import struct
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from conftest import PROJECT, pages
from proofbook import build as builder
from proofbook import export, metadata
from proofbook.edition import settings

SLUG = "book"  # of an edition that gives itself no name

PAGES = pages() or ["index.html"]
READ = [name for name in PAGES if name not in metadata.ASIDE]


# One page on paper, and readers who want no motion


@pytest.mark.parametrize(
    "name", [n for n in ("04-demography.html", "17-ledger.html", "15-what-if.html") if n in PAGES]
)
def test_a_page_prints_as_a_clean_light_sheet_even_from_the_dark_scheme(
    browser, address: str, name: str
) -> None:
    context = browser.new_context(
        viewport={"width": 680, "height": 900}, color_scheme="dark"
    )  # 680 px: A4 less its margins
    page = context.new_page()
    page.goto(f"{address}/{name}")
    page.locator("button.scheme").click()
    page.locator("button.scheme").click()  # dark by choice, not by the system alone
    page.emulate_media(media="print", color_scheme="dark")
    seen = page.evaluate("""() => {
      const all = (selector) => [...document.querySelectorAll(selector)];
      const seen = (e) =>
        e.checkVisibility({contentVisibilityAuto: true}) && e.getClientRects().length;
      const visible = (selector) => all(selector).filter(seen).length;
      const wrong = (d) => (d.querySelectorAll("tbody tr").length > 30)
        === d.querySelector("table").checkVisibility();
      return {
        frame: visible(".top, nav, .sources, .copy, .controls, .presets, .take, .headerlink, " +
          ".ledger-filters, .skip, summary"),
        folded: visible("details.hide pre"),
        code: [...new Set(all(".cell_input pre, .cell_input pre .k").filter(seen).flatMap((e) =>
          [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]))],
        narrow: visible(".picture > .narrow"),
        wide: visible(".picture > .wide"),
        figures: all("figure.chart").length,
        ink: getComputedStyle(document.body).color,
        chosen: document.documentElement.dataset.theme,
        rows: all("details.rows").filter(wrong).length,
        wider: document.documentElement.scrollWidth,
      };
    }""")
    context.close()
    assert seen["chosen"] == "dark", f"{name} prints pale words on white"
    assert seen["ink"] == "rgb(31, 35, 40)", f"{name} prints pale words on white"
    assert (seen["frame"], seen["folded"], seen["narrow"]) == (0, 0, 0), (
        f"{name} prints what only a screen needs: {seen}"
    )
    light = {"rgb(31, 35, 40)", "rgb(0, 114, 178)", "rgba(0, 0, 0, 0)"}
    assert set(seen["code"]) <= light, f"{name}: open code is printed in the light colours: {seen}"
    assert seen["wide"] == seen["figures"], (
        f"{name}: every picture in its wide form, its rows if there are at most 30: {seen}"
    )
    assert seen["rows"] == 0, (
        f"{name}: every picture in its wide form, its rows if there are at most 30: {seen}"
    )


@pytest.mark.skipif("brief.html" not in PAGES, reason="there is no brief")
def test_the_brief_is_one_sheet_and_prints_its_addresses(browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/brief.html")
    sheets = pikepdf.open(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages
    page.emulate_media(media="print")
    silent = page.evaluate("""
      [...document.querySelectorAll("main a:is(.result, .printed)")].filter(
        a => !getComputedStyle(a, "::after").content.includes("attr(href)")
          && !getComputedStyle(a, "::after").content.includes("#")).map(a => a.href)""")
    page.close()
    assert (len(sheets), silent) == (1, []), "shorten book/brief.md, or show the addresses"


def test_nothing_moves_for_readers_who_want_no_motion(browser, address: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    page.goto(f"{address}/04-demography.html")
    moving = page.evaluate("""
      [...document.querySelectorAll("*")].map(e => getComputedStyle(e)).filter(
        s => s.scrollBehavior === "smooth" || s.animationName !== "none"
          || parseFloat(s.transitionDuration) > 0
      ).length""")
    page.close()
    assert moving == 0


# The zip


def test_the_zip_is_the_same_twice_and_opens_from_a_folder(
    browser, site: Path, tmp_path: Path
) -> None:
    first = export.archive(PROJECT).read_bytes()
    assert export.archive(PROJECT).read_bytes() == first, "two zips of one site differ"
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert len(packed.namelist()) == sum(p.is_file() for p in site.rglob("*"))
        packed.extractall(tmp_path)
    page = browser.new_page()
    failed: list[str] = []
    page.on("requestfailed", lambda r: failed.append(r.url))
    page.goto((tmp_path / settings(PROJECT)["slug"] / "index.html").as_uri())
    page.locator("nav#contents a").nth(3).click()
    heading = page.locator("h1").inner_text()
    page.close()
    assert not failed
    assert heading


def test_what_can_be_kept_is_offered_at_the_foot_of_every_page(tmp_path: Path) -> None:
    folder = tmp_path / "_build" / "html"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(
        f'<html data-root="./"><footer>{export.PLACE}</footer></html>'
    )
    with pytest.raises(export.ExportError, match="make pdf"):
        export.attach(tmp_path)
    for ending in export.OFFERED:
        (tmp_path / "_build" / f"{SLUG}.{ending}").write_bytes(b"x" * 160_000)
    export.attach(tmp_path)
    assert (
        f'<a href="./{SLUG}.pdf">The book as PDF, 0.2 MB</a>' in (folder / "index.html").read_text()
    )
    assert builder.broken_links(folder) == [], "what is offered must be there"
    assert f"{SLUG}.zip" in (folder / "manifest.json").read_text(), "the manifest names every file"


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_the_place_where_downloads_are_offered(site: Path, name: str) -> None:
    text = (site / name).read_text(encoding="utf-8")
    assert export.PLACE in text or f"{settings(PROJECT)['slug']}.pdf" in text


# Addresses


def test_no_address_that_was_ever_recorded_leads_nowhere(site: Path) -> None:
    recorded = (PROJECT / export.ADDRESSES).read_text(encoding="utf-8").split()
    lost = sorted(set(recorded) - set(export.addresses(site)))
    assert not lost, (
        f"{len(lost)} addresses vanished, such as {lost[:5]}: "
        "write the old name above a heading that was reworded, `(old-name)=`; "
        "if the book was not published yet, run `make addresses`"
    )


@pytest.mark.parametrize("name", READ)
def test_sections_figures_tables_and_claims_have_an_address_and_show_it(
    site: Path, name: str
) -> None:
    main = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser").find("main")
    for kind in ("h1", "h2", "h3", "figure.chart", "div.table"):
        for tag in main.select(kind):
            address = tag.get("id") or tag.parent.get("id")
            link = tag.select_one("a.headerlink")
            assert address, f"{name}: no address shown at {tag.get_text(' ', strip=True)[:60]!r}"
            assert link is not None, (
                f"{name}: no address shown at {tag.get_text(' ', strip=True)[:60]!r}"
            )
            assert main.find(id=link["href"][1:]) is not None, (
                f"{name}: {link['href']} leads nowhere"
            )
    for row in main.select("table.ledger tbody tr"):
        assert row.select_one(f'th a[href="#{row["id"]}"]') is not None, (
            f"{name}: claim {row['id']} does not show its address"
        )


# What others see


@pytest.mark.parametrize("name", READ)
def test_a_shared_page_shows_a_card_of_its_own(site: Path, name: str) -> None:
    soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    meta = {
        tag.get("property") or tag.get("name"): tag.get("content") for tag in soup.find_all("meta")
    }
    assert meta["og:title"] in soup.title.get_text()
    assert len(meta["og:description"]) > 20
    assert meta["twitter:card"] == "summary_large_image"
    image = (
        site / meta["og:image"].partition("_static/")[1] / meta["og:image"].partition("_static/")[2]
    )
    content = image.read_bytes()
    assert image.stem == Path(name).stem
    assert struct.unpack(">II", content[16:24]) == metadata.SIZE
    assert len(content) < 60_000, (
        f"the card of {name} has {len(content)} bytes: draw it in fewer colours"
    )


def test_a_card_is_drawn_the_same_twice_and_keeps_its_picture() -> None:
    svg = metadata.card_svg(
        "Demography: where people live, and where they are forecast to live",
        "word " * 80,
        "The book",
    )
    assert metadata.card_png(svg) == metadata.card_png(svg)
    lines = [
        float(t.get("y"))
        for t in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert max(lines) < metadata.SIZE[1], "text runs off the card"


def test_a_text_that_does_not_fit_its_card_says_so() -> None:
    assert metadata.lines_of("one two three", 30, 1000, 2) == ["one two three"]
    short = metadata.lines_of("many words " * 40, 30, 400, 2)
    assert len(short) == 2
    assert short[-1].endswith(" …")


# Where the site lives


def test_without_a_base_url_nothing_pretends_to_know_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROOFBOOK_BASE_URL", raising=False)
    (tmp_path / "index.html").touch()
    metadata.site_map(tmp_path, builder.base_url(tmp_path))
    assert not (tmp_path / "sitemap.xml").exists()
    assert "Sitemap" not in (tmp_path / "robots.txt").read_text()


def test_the_configuration_comes_before_the_environment_and_both_must_be_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_BASE_URL", "https://host.example/book")
    assert builder.base_url(tmp_path) == "https://host.example/book/"
    (tmp_path / "_config.yml").write_text("html:\n  baseurl: https://own.example/\n")
    assert builder.base_url(tmp_path) == "https://own.example/"
    (tmp_path / "_config.yml").write_text("html:\n  baseurl: own.example\n")
    with pytest.raises(builder.SiteError, match="no web address"):
        builder.base_url(tmp_path)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of the theme with a base URL, as the host would serve it."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "book").mkdir()
    (folder / "book" / "index.md").write_text(
        "# Home\n\n" + "A page that is long enough to be described by its own first words. " * 2
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROOFBOOK_BASE_URL", "https://host.example/some/book/")
        with (
            patch_docutils(),
            docutils_namespace(),
        ):  # or the next book of this process meets the names of this one
            app = Sphinx(
                str(folder / "book"),
                None,
                str(folder / "site"),
                str(folder / "doctrees"),
                "html",
                freshenv=True,
                status=None,
                warning=io.StringIO(),
                confoverrides={
                    "source_suffix": {
                        ".rst": "restructuredtext"
                    },  # or MyST would write into the default that all books of this process share
                    "extensions": ["myst_nb", "proofbook.sphinx"],
                    "html_theme": "proofbook",
                    "nb_execution_mode": "off",
                    "html_title": "Book",
                    "html_use_index": False,
                    "html_additional_pages": {"404": "404.html"},
                    "proofbook_data_page": "index",
                    "proofbook_ledger_page": "index",
                    "language": "en",
                },
            )
            app.build()
    metadata.cards(folder / "site", folder / "cards.json")
    metadata.site_map(folder / "site", "https://host.example/some/book/")
    metadata.settle_404(folder / "site", "https://host.example/some/book/")
    return folder / "site"


def test_with_a_base_url_pages_say_where_they_live(published: Path) -> None:
    text = (published / "index.html").read_text(encoding="utf-8")
    for line in (
        '<link rel="canonical" href="https://host.example/some/book/">',
        'property="og:url" content="https://host.example/some/book/"',
        'property="og:image" content="https://host.example/some/book/_static/cards/index.png"',
    ):
        assert line in text, f"missing: {line}"
    places = [
        e.text
        for e in ElementTree.parse(published / "sitemap.xml").iter(
            "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
        )
    ]
    assert places == ["https://host.example/some/book/"], (
        "the map holds pages to be found, not 404 and search"
    )
    assert (
        "Sitemap: https://host.example/some/book/sitemap.xml"
        in (published / "robots.txt").read_text()
    )


@pytest.fixture
def host(published: Path) -> Iterator[str]:
    """A static host: the site below a path, its 404 page under every address that is not there."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def translate_path(self, path: str) -> str:
            return super().translate_path(
                path.removeprefix("/some/book") if path.startswith("/some/book/") else "/nowhere"
            )

        def send_error(self, code: int, *_: object, **__: object) -> None:
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((published / "404.html").read_bytes())

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(published))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some/book"
    server.shutdown()


def test_a_lost_reader_finds_back_from_any_depth(browser, host: str) -> None:
    page = browser.new_page()
    status = page.goto(f"{host}/old/deep/chapter.html").status
    style = page.evaluate(
        "document.styleSheets.length && getComputedStyle(document.querySelector('.skip')).position"
    )
    assert status == 404, "the 404 page lost its style below a folder"
    assert style == "absolute", "the 404 page lost its style below a folder"
    page.locator("main a", has_text="Home").click()
    page.wait_for_url(f"{host}/index.html")
    page.go_back()
    page.locator("input[type=search]").fill("home")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{host}/search.html?q=home")
    page.close()


def test_links_from_the_root_of_the_host_are_checked_below_it(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<p id="a"></p><a href="/book/index.html#a">x</a><a href="/book/lost.html">y</a>'
        '<a href="/index.html">z</a>'
    )
    assert builder.broken_links(tmp_path, "https://host.example/book/") == [
        "index.html: /book/lost.html leads to no file",
        "index.html: /index.html leads to no file",
    ]
