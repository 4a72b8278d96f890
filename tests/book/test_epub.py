"""The EPUB: well formed, complete, without scripts; epubcheck accepts it where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from conftest import PROJECT
from proofbook import epub

OPF = "{http://www.idpf.org/2007/opf}"
HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
MEND = "mend proofbook.epub"


@pytest.fixture(scope="module")
def file(site: Path) -> Path:
    return epub.epub(PROJECT)


@pytest.fixture(scope="module")
def book(file: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(file) as packed:
        yield packed


@pytest.fixture(scope="module")
def pages(book: zipfile.ZipFile) -> dict[str, etree._Element]:
    return {n: etree.fromstring(book.read(n)) for n in book.namelist() if n.endswith(".xhtml")}


def test_the_kind_comes_first_and_unpacked(book: zipfile.ZipFile) -> None:
    first = book.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED), MEND


def test_the_manifest_names_every_file(book: zipfile.ZipFile) -> None:
    package = etree.fromstring(book.read("EPUB/package.opf"))
    named = {f"EPUB/{item.get('href')}" for item in package.iter(f"{OPF}item")}
    aside = {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}
    assert named == set(book.namelist()) - aside, MEND


def test_links_within_the_e_book_lead_somewhere(pages: dict[str, etree._Element]) -> None:
    ids = {
        f"{name.removeprefix('EPUB/')}#{tag.get('id')}"
        for name, page in pages.items()
        for tag in page.iter()
        if tag.get("id")
    } | {f"{name.removeprefix('EPUB/')}#" for name in pages}
    links = {link.get("href") for page in pages.values() for link in page.iter(f"{HTML}a")}
    inside = {link for link in links if link and "xhtml" in link}
    lost = sorted(link for link in inside if (link if "#" in link else link + "#") not in ids)
    assert not lost, f"links that lead nowhere: {lost[:5]}"


def test_no_script_is_in_the_e_book(pages: dict[str, etree._Element]) -> None:
    found = [name for name, page in pages.items() if next(page.iter(f"{HTML}script"), None)]
    assert not found, MEND


def test_every_picture_of_the_e_book_has_its_words(pages: dict[str, etree._Element]) -> None:
    pictures = [svg for page in pages.values() for svg in page.iter(f"{SVG}svg")]
    silent = [svg for svg in pictures if not svg.get("aria-label") and not svg.get("aria-hidden")]
    assert pictures
    assert not silent, "role and label belong on the svg"


def test_two_e_books_are_equal(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epub, "chapters", lambda _: [("", ["index"]), ("", ["20-glossary"])])
    assert epub.files(PROJECT) == epub.files(PROJECT), "two e-books of one site differ"


@pytest.mark.skipif(not shutil.which("epubcheck"), reason="epubcheck is not installed")
def test_epubcheck_accepts_the_e_book(file: Path) -> None:
    jar = Path(str(shutil.which("epubcheck"))).resolve()
    done = subprocess.run(
        ["java", "-jar", str(jar), str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
