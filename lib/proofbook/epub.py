"""The whole book as one EPUB 3: its pages as XHTML with their pictures and formulas, no script."""

from __future__ import annotations

import re
import uuid
import zipfile
from pathlib import Path

import yaml
from bs4 import Tag
from lxml import etree
from markupsafe import Markup

from proofbook import build
from proofbook.articles import built, chapter, chapters, edition, text_of
from proofbook.edition import settings
from proofbook.parts import part

THEME = Path(__file__).parent / "theme"
LANGUAGE = "en"
NAMESPACES = {"svg": "http://www.w3.org/2000/svg", "math": "http://www.w3.org/1998/Math/MathML"}
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
# HTML knows no capitals in names; SVG does, and XHTML keeps them.
CAPITALS = {
    name.lower(): name
    for name in [
        "viewBox",
        "preserveAspectRatio",
        "clipPath",
        "clipPathUnits",
        "linearGradient",
        "radialGradient",
        "gradientUnits",
        "gradientTransform",
        "textLength",
        "patternUnits",
    ]
}
# What only a browser's scripts read, and the standard does not know in a picture or formula.
UNKNOWN = ("focusable", "popover", "aria-roledescription", "valign")


def _xhtml(article: Tag) -> None:
    """Make an article XHTML: its pictures and formulas in their namespaces, links to its files."""
    for tag in article.find_all(True):
        for name in [n for n in tag.attrs if n in UNKNOWN]:
            del tag[name]
        if tag.name in NAMESPACES:
            tag["xmlns"] = NAMESPACES[tag.name]
    for picture in article.find_all("svg"):
        for tag in (picture, *picture.find_all(True)):
            tag.name = CAPITALS.get(tag.name, tag.name)
            tag.attrs = {CAPITALS.get(name, name): value for name, value in tag.attrs.items()}
    for link in article.find_all("a", href=re.compile("^#")):
        page, _, place = str(link["href"])[1:].partition("--")
        link["href"] = f"{page}.xhtml" + (f"#{page}--{place}" if place else "")


def _page(title: str, body: str) -> str:
    """Return an XHTML document of the book; lxml raises if it is not well formed."""
    text = part("epub-page.xhtml", language=LANGUAGE, title=title, body=Markup(body))
    root = etree.fromstring(text.encode())
    return etree.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")


def _properties(text: str) -> str:
    """Say to a reading system what a page holds besides words."""
    return " ".join(sorted(word for word in ("mathml", "svg") if f"<{word[:4]}" in text))


def files(project: Path) -> dict[str, str | bytes]:
    """Return ``name -> content`` of all files of the book but its container.

    Raises
    ------
    ExportError
        If there is no built site.
    """
    folder, base = built(project), build.base_url(project)
    config = yaml.safe_load((project / "_config.yml").read_text(encoding="utf-8"))
    order = chapters(project)
    pages = {page for _, names in order for page in names}
    texts: dict[str, str] = {}
    parts = []
    for caption, names in order:
        lines = []
        for name in names:
            article = chapter(folder, name, pages, base)
            _xhtml(article)
            title = text_of(article.h1)
            sections = [h for h in article.select("section > section > h2") if h.parent.get("id")]
            lines.append((name, title, [(str(h.parent["id"]), text_of(h)) for h in sections]))
            texts[f"{name}.xhtml"] = _page(title, article.decode(formatter="minimal"))
        parts.append((caption, lines))
    commit, when = edition(project)
    slug = settings(project)["slug"]
    front = part(
        "epub-title.xhtml",
        title=config["title"],
        author=config["author"],
        edition_of=settings(project)["edition_of"],
        date=f"{when:%-d %B %Y}" if commit else "",
        commit=commit,
    )
    package = part(
        "epub-package.opf",
        identifier=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, base + slug)}",
        language=LANGUAGE,
        title=config["title"],
        author=config["author"],
        edition_of=settings(project)["edition_of"],
        modified=f"{when:%Y-%m-%dT%H:%M:%SZ}",
        pages=[("title", ""), *((n[:-6], _properties(t)) for n, t in texts.items())],
    )
    cover = folder / "_static" / "cards" / f"{order[0][1][0]}.png"
    content: dict[str, str | bytes] = {
        "package.opf": package,
        "nav.xhtml": _page("Contents", part("epub-nav.xhtml", parts=parts)),
        "title.xhtml": _page(config["title"], front),
        "book.css": (THEME / "epub.css").read_text(encoding="utf-8"),
        "cover.png": cover.read_bytes(),
    }
    return content | texts


def epub(project: Path) -> Path:
    """Pack the book as EPUB 3 and return its path; two runs over one site give the same bytes."""
    target = project / "_build" / f"{settings(project)['slug']}.epub"
    content: dict[str, str | bytes] = {"META-INF/container.xml": CONTAINER}
    content |= {f"EPUB/{name}": text for name, text in files(project).items()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        kind = zipfile.ZipInfo("mimetype", date_time=(1980, 1, 1, 0, 0, 0))  # first, not packed
        packed.writestr(kind, "application/epub+zip", zipfile.ZIP_STORED)
        for name, text in content.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            packed.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return target
