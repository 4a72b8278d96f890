"""The PDF: one book on A4 that a screen reader can read, by the main points of PDF/UA-1."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from bs4 import BeautifulSoup

from conftest import PROJECT
from proofbook import articles
from proofbook import pdf as printer

CHAPTERS = [page for _, names in articles.chapters(PROJECT) for page in names]
MEND = "mend proofbook.pdf.described"


@pytest.fixture(scope="module")
def content(browser, site: Path) -> bytes:
    return printer.pdf(PROJECT, browser).read_bytes()


@pytest.fixture(scope="module")
def book(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        yield pdf


@pytest.fixture(scope="module")
def tags(book: pikepdf.Pdf) -> list[Any]:
    """All elements of the structure, and what they hold of other kinds."""
    found, waiting = [], [book.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Array):
            waiting.extend(element)
        elif isinstance(element, pikepdf.Dictionary):
            found.append(element)
            waiting.extend([element.K] if "/K" in element else [])
    return found


def test_every_sheet_is_a4(book: pikepdf.Pdf) -> None:
    boxes = {tuple(round(float(n)) for n in page.mediabox) for page in book.pages}
    assert boxes == {(0, 0, 595, 842), (0, 0, 842, 595)}, "set the size in theme/pdf.css"


def test_every_chapter_has_a_bookmark(book: pikepdf.Pdf) -> None:
    with book.open_outline() as outline:
        count = sum(1 + len(item.children) for item in outline.root)
    assert count >= len(CHAPTERS), "print with outline=True"


def test_the_catalogue_names_tags_language_and_title(book: pikepdf.Pdf) -> None:
    root = book.Root
    found = (bool(root.MarkInfo.Marked), str(root.Lang), root.ViewerPreferences.DisplayDocTitle)
    assert found == (True, "en", True), MEND


def test_the_metadata_name_title_and_standard(book: pikepdf.Pdf) -> None:
    with book.open_metadata() as metadata:
        found = (metadata["dc:title"], metadata["pdfuaid:part"])
    assert found == (str(book.docinfo.Title), "1"), MEND


def test_every_figure_has_its_words(tags: list[Any]) -> None:
    figures = [tag for tag in tags if tag.get("/S") == "/Figure"]
    silent = [f for f in figures if not str(f.get("/Alt", ""))]
    assert figures
    assert not silent, "role and label belong on the svg, role=group on the figure"


def test_every_link_says_where_it_leads(book: pikepdf.Pdf) -> None:
    silent = [link for link in printer.links(book) if not str(link.get("/Contents", ""))]
    assert not silent, MEND


def test_every_link_is_in_the_structure(book: pikepdf.Pdf, tags: list[Any]) -> None:
    tagged = {tag.Obj.objgen for tag in tags if tag.get("/Type") == "/OBJR"}
    lost = [link for link in printer.links(book) if link.objgen not in tagged]
    assert not lost, "print with tagged=True"


def test_every_header_of_a_table_has_a_scope(tags: list[Any]) -> None:
    heads = [tag for tag in tags if tag.get("/S") == "/TH"]
    lost = [head for head in heads if not any("/Scope" in a for a in head.get("/A", []))]
    assert not lost, "give the th of the page a scope"


def test_headings_skip_no_level(tags: list[Any]) -> None:
    kinds = {str(tag.get("/S", "")) for tag in tags}
    levels = sorted(int(kind[2:]) for kind in kinds if kind[:2] == "/H" and kind[2:].isdigit())
    assert levels == list(range(1, len(levels) + 1)), "a chapter skips a level of its headings"


def test_sheets_are_read_in_the_order_of_their_structure(book: pikepdf.Pdf) -> None:
    assert {str(page.get("/Tabs")) for page in book.pages} == {"/S"}, MEND


def test_links_within_the_book_lead_somewhere(book: pikepdf.Pdf) -> None:
    inside = {printer.leads_to(link) for link in printer.links(book) if "/Dest" in link}
    missing = sorted(inside - set(printer.places(book)))
    assert len(inside) > 100
    assert not missing, f"links inside the PDF that lead nowhere: {missing[:5]}"


def test_links_out_of_the_book_outlive_this_machine(book: pikepdf.Pdf) -> None:
    outside = {printer.leads_to(link) for link in printer.links(book) if "/Dest" not in link}
    strange = [u for u in outside if not u.startswith(("https://", "http://", "mailto:"))]
    assert not strange, f"links that die with this machine: {strange[:5]}"


def test_charts_are_vectors(book: pikepdf.Pdf) -> None:
    assert not [page for page in book.pages if page.get_images()], "a chart became pixels"


def test_the_contents_count_pages_in_the_order_of_the_book(book: pikepdf.Pdf) -> None:
    places = printer.places(book)
    first = [places[page] for page in CHAPTERS]
    assert first == sorted(set(first)), "each chapter starts a page of its own"


def test_two_printings_are_equal_and_carry_the_date_of_the_edition(browser, tmp_path: Path) -> None:
    file = tmp_path / "book.html"
    file.write_text(
        '<!doctype html><html lang="en"><title>t</title><nav class="contents-page"><a href="#a">'
        '<b class="number"></b></a></nav><h1 id="a" style="break-before:page">A</h1>'
    )
    when = datetime(2024, 2, 29, 12, tzinfo=UTC)
    page = browser.new_page()
    first, second = (printer.printed(page, file, when) for _ in range(2))
    number = page.locator(".number").inner_text()
    page.close()
    with pikepdf.open(io.BytesIO(first)) as pdf:
        date, words = str(pdf.docinfo.ModDate), str(printer.links(pdf)[0].Contents)
    assert first == second
    assert (number, date, words) == ("2", "D:20240229120000+00'00", "A")


def test_the_one_document_says_which_link_leads_nowhere() -> None:
    with pytest.raises(articles.ExportError, match="#lost leads nowhere"):
        printer.check('<p id="a"></p><a href="#lost">x</a><a href="#a">y</a>')


def test_the_one_document_says_which_id_stands_twice() -> None:
    with pytest.raises(articles.ExportError, match="'a' stands twice"):
        printer.check('<p id="a"></p><p id="a"></p>')


def test_paper_says_how_the_controls_of_a_chart_stood() -> None:
    panel = (
        '<div class="controls"><label class="control range"><span>Horizon</span>'
        '<input type="range" value="2030"><output>2030</output> years</label>'
        '<label class="control"><input type="checkbox" checked> <span>Log scale</span></label>'
        '<fieldset class="control"><legend>Year</legend><label><input type="radio"> 2023</label>'
        '<label><input type="radio" checked> 2050</label></fieldset>'
        '<label class="control"><span>Region</span> <select><option>Abai</option>'
        "<option selected>Astana</option></select></label></div>"
    )
    assert (
        articles.settings(BeautifulSoup(panel, "html.parser"))
        == "Horizon: 2030 years; Log scale: on; Year: 2050; Region: Astana"
    )
