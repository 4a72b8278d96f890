"""The whole book as one PDF that a screen reader can read (PDF/UA-1).

The system's Chromium prints it from one page that holds every chapter, in two passes:
the first finds on which page each chapter falls, the second prints the contents with these numbers.
What Chromium leaves out of the standard is added with pikepdf. Two runs give the same bytes.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf
import yaml
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup

from proofbook import build
from proofbook.articles import ExportError, built, chapter, chapters, edition, text_of
from proofbook.edition import settings
from proofbook.parts import part

THEME = Path(__file__).parent / "theme"
COLUMN = 643  # px: 170 mm, the width of the text on an A4 page
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def _css_text(text: str) -> str:
    return '"' + re.sub(r"[^\w ,.:;()’–-]", lambda m: f"\\{ord(m[0]):x} ", text) + '"'


def contents(parts: list[tuple[str, list[Tag]]]) -> Markup:
    """Return the contents as HTML: parts, chapters and their sections,
    each with a place for its page number."""

    def line(article: Tag) -> tuple[str, str, list[tuple[str, str]]]:
        sections = [h for h in article.select("section > section > h2") if h.parent.get("id")]
        inner = [(str(h.parent["id"]), text_of(h)) for h in sections]
        return str(article["id"]), text_of(article.h1), inner

    lines = [(caption, [line(article) for article in articles]) for caption, articles in parts]
    return part("contents.html", parts=lines)


def _running_heads(articles: list[Tag]) -> str:
    """Return the CSS that puts the title of a chapter at the head of its pages, upright or wide."""
    rules = []
    for i, article in enumerate(articles):
        place, head = article["id"], _css_text(text_of(article.h1))
        rules += [
            f"@page p{i} {{ @top-right {{ content: {head}; }} }}",
            f"@page p{i}wide {{ size: A4 landscape; margin: 17mm 15mm 15mm; "
            f"@top-right {{ content: {head}; }} }}",
            f'[id="{place}"] {{ page: p{i}; }} '
            f'[id="{place}"] :is(.wide-table, .scroll:has(> table.ledger)) {{ page: p{i}wide; }}',
        ]
    return "\n".join(rules)


def document(project: Path) -> str:
    """Return the whole book as one HTML document for the printer;
    the page numbers of its contents are still empty.

    Raises
    ------
    ExportError
        If there is no built site, a link leads nowhere, or an id stands twice.
    """
    folder, base = built(project), build.base_url(project)
    config = yaml.safe_load((project / "_config.yml").read_text(encoding="utf-8"))
    order = chapters(project)
    pages = {page for _, names in order for page in names}
    parts = [
        (caption, [chapter(folder, n, pages, base) for n in names]) for caption, names in order
    ]
    articles = [article for _, part_articles in parts for article in part_articles]
    commit, when = edition(project)
    styles = (folder / "_static" / "book.css").read_text(encoding="utf-8")
    paper = (THEME / "pdf.css").read_text(encoding="utf-8")
    text = part(
        "book.html",
        language="en",
        title=config["title"],
        author=config["author"],
        edition_of=settings(project)["edition_of"],
        styles=Markup(
            styles
            + paper.replace("BOOK_TITLE", _css_text(config["title"]))
            + _running_heads(articles)
        ),
        commit=commit,
        date=f"{when:%-d %B %Y}",
        base=base,
        contents=contents(parts),
        body=Markup("".join(map(str, articles))),
    )
    check(text)
    return text


def check(text: str) -> None:
    """Raise `ExportError` if an id of a document stands twice or a link within it leads nowhere."""
    soup = BeautifulSoup(text, "lxml")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    twice = sorted({i for i in ids if ids.count(i) > 1}) if len(ids) > len(set(ids)) else []
    problems = [
        f"id {i!r} stands twice; if it lies in a chart, two charts share a name" for i in twice
    ] + [
        f"link {link['href']} leads nowhere"
        for link in soup.find_all("a", href=re.compile("^#"))
        if link["href"][1:] not in set(ids)
    ]
    if problems:
        msg = "The book cannot become one document:\n" + "\n".join(problems[:20])
        raise ExportError(msg)


def places(pdf: pikepdf.Pdf) -> dict[str, int]:
    """Return ``name of a place -> page``, counted from 1;
    Chromium names the places that links lead to."""
    number: dict[Any, int] = {page.objgen: i for i, page in enumerate(pdf.pages, 1)}
    named: Any = pdf.Root.get("/Dests", {})
    return {name.removeprefix("/"): number[place[0].objgen] for name, place in named.items()}


def links(pdf: pikepdf.Pdf) -> list[Any]:
    """Return all link annotations, page by page."""
    annotations: list[Any] = [a for page in pdf.pages for a in page.get("/Annots", [])]
    return [annotation for annotation in annotations if annotation.Subtype == "/Link"]


def leads_to(link: Any) -> str:
    """Return the name of the place that a link leads to, or its address on the web."""
    return str(link.Dest).removeprefix("/") if "/Dest" in link else str(link.A.URI)


def described(content: bytes, words: dict[str, str], when: datetime, author: str = "") -> bytes:
    """Return a PDF of Chromium with what PDF/UA asks for besides tags and alternatives.

    These are the words of each link, title, language and identifier of the standard as XMP.
    It has the time of its edition instead of that of its printing. Objects are packed.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for link in links(pdf):
            link.Contents = pikepdf.String(words.get(leads_to(link)) or leads_to(link))
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        stamp = when.strftime("D:%Y%m%d%H%M%S+00'00")
        pdf.docinfo.CreationDate = pdf.docinfo.ModDate = pikepdf.String(stamp)
        if author:
            pdf.docinfo.Author = pikepdf.String(author)
        pdf.docinfo.Creator = pikepdf.String("proofbook, Chromium")
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata.load_from_docinfo(pdf.docinfo)
            metadata["dc:language"] = {str(pdf.Root.Lang)}
            metadata["pdfuaid:part"] = "1"
        packed = io.BytesIO()
        pdf.save(
            packed,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
    return packed.getvalue()


def printed(page: Any, file: Path, when: datetime) -> bytes:
    """Print an HTML file with an open page of Chromium: tables fitted, contents numbered.

    Raises
    ------
    ExportError
        If the numbers themselves moved what they count.
    """
    page.emulate_media(media="print")
    page.goto(file.resolve().as_uri())
    script = (THEME / "pdf.js").read_text(encoding="utf-8")
    page.evaluate(f"() => {{ {script} fitTables(); }}")
    options = {
        "outline": True,
        "tagged": True,
        "prefer_css_page_size": True,
        "print_background": True,
    }

    def once() -> tuple[bytes, dict[str, int]]:
        content = page.pdf(**options)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return content, places(pdf)

    _, first = once()
    page.evaluate(f"pages => {{ {script} numberContents(pages); }}", first)
    content, second = once()
    if first != second:
        msg = (
            "the page numbers moved what they count: give .contents-page .number "
            "in pdf.css a width that holds every number"
        )
        raise ExportError(msg)
    words = page.evaluate(f"() => {{ {script} return linkWords(); }}")
    author = page.evaluate("document.querySelector('meta[name=author]')?.content || ''")
    return described(content, words, when, author)


def pdf(project: Path, browser: Any = None) -> Path:
    """Print the whole book and return the path of the PDF.

    Parameters
    ----------
    project : the root of the project, with a built site.
    browser : a Chromium that is open already; the system's own is started without one.

    Raises
    ------
    ExportError
        If there is no built site, or it cannot become one document.
    """
    if browser is None:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=build.chromium(), args=ARGUMENTS)
            output = pdf(project, opened)
            opened.close()
        return output
    file = project / "_build" / "pdf" / "book.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document(project), encoding="utf-8")
    # no script of a page is in the document; none could run either
    context = browser.new_context(
        viewport={"width": COLUMN, "height": 900}, color_scheme="light", java_script_enabled=False
    )
    content = printed(context.new_page(), file, edition(project)[1])
    context.close()
    target = project / "_build" / f"{settings(project)['slug']}.pdf"
    target.write_bytes(content)
    return target
