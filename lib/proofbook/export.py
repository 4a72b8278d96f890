"""What a reader keeps: the whole book as one PDF, the site as a zip that opens without a network,
and every address.

``python -m proofbook.export pdf | zip | offer | addresses`` works from the built site
in ``_build/html``. The PDF is printed by the system's Chromium from one page
that holds every chapter, in two passes: the first finds on which page each chapter falls,
the second prints the contents with these numbers. Two runs over one site give the same bytes.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from proofbook import build
from proofbook.build import chromium
from proofbook.edition import settings as edition_settings

ADDRESSES = (
    Path("book") / "addresses.txt"
)  # what was ever published, and so must go on leading somewhere
PLACE = "<!-- keep -->"  # where the foot of a page names the PDF and the zip
STYLE = Path(__file__).parent / "theme" / "keep.css"
MOST_ROWS = (
    30  # rows of a chart that paper shows; for more, the picture is what a reader of paper can use
)
COLUMN = 643  # px: 170 mm, the width of the text on an A4 page
SCREEN_ONLY = (
    "script, style, .headerlink, .words, .presets, .ledger-filters, .picture > .narrow, "
    "details.hide"
)
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


class KeepError(RuntimeError):
    """The book cannot be put on paper or into an archive; the message says what to do."""


def built(project: Path) -> Path:
    """Return the folder of the built build.

    Raises
    ------
    KeepError
        If there is none.
    """
    folder = project / "_build" / "html"
    if not (folder / "index.html").exists():
        msg = "there is no book in _build/html: run `make book` first"
        raise KeepError(msg)
    return folder


def chapters(project: Path) -> list[tuple[str, list[str]]]:
    """Return ``(caption of the part, names of its pages)`` in the order of ``_toc.yml``;
    the first part has no caption."""
    toc = yaml.safe_load((project / "_toc.yml").read_text(encoding="utf-8"))

    def name(file: str) -> str:
        return file.removesuffix(".ipynb").removesuffix(".md")

    return [
        ("", [name(toc["root"])]),
        *((part["caption"], [name(c["file"]) for c in part["chapters"]]) for part in toc["parts"]),
    ]


def anchor(page: str, fragment: str = "") -> str:
    """Return the id that a place of a page has in the one document;
    every page keeps its own name space."""
    return f"{page}--{fragment}" if fragment else page


def _links(article: Tag, page: str, pages: set[str], base: str) -> None:
    """Turn links between pages into links within the document;
    a file of the site is reached by its full address, if it has one."""
    for link in article.find_all("a", href=True):
        address = str(link["href"])
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        file, fragment = urldefrag(address)
        target = file.removesuffix(".html") if file else page
        if target in pages:
            link["href"] = "#" + anchor(target, unquote(fragment))
        elif base:
            link["href"] = urljoin(base, address)
        else:
            link.name = (
                "span"  # the file lies beside the site, whose place this document cannot know
            )
            link.attrs = {"class": "file"}


def settings(controls: Tag) -> str:
    """Say how the controls of a chart stand in its picture, such as ``Year: 2023``."""
    states = []
    for control in controls.select(".control"):
        label = control.find("legend") or control.find("span")
        chosen = control.select_one(
            "option[selected], label:has(input[checked])"
        ) or control.select_one("option")
        if control.select_one("input[type=range]"):
            value = control.find("output").get_text() + "".join(
                t for t in control.find_all(string=True, recursive=False)
            )
        elif control.select_one("input[type=checkbox]"):
            value = "on" if control.select_one("input[checked]") else "off"
        else:
            value = chosen.get_text(" ", strip=True) if chosen else ""
        states.append(f"{' '.join(label.get_text().split())}: {' '.join(value.split())}")
    return "; ".join(states)


def _figure(figure: Tag, soup: BeautifulSoup) -> None:
    """Make a figure fit for paper: picture, caption, how its controls stand, source;
    its rows follow as a table if they are few."""

    def line(text: str, kind: str) -> Tag:
        line = soup.new_tag("p", attrs={"class": kind})
        line.string = text
        return line

    number = figure.select_one(".caption-number")
    label = number.get_text(strip=True) if number else "this figure"
    if panel := figure.select_one(".controls"):
        if text := settings(panel):
            figure.figcaption.append(
                line(f"Drawn with {text}. In the web edition, these can be changed.", "source")
            )
        panel.decompose()
    rows = figure.select_one("details.rows table")
    if rows is not None:
        count = len(rows.select("tbody tr"))
        if count > MOST_ROWS:
            figure.figcaption.append(
                line(f"The {count:,} rows of {label} are in the web edition.", "source")
            )
        else:
            rows.caption.decompose()
            box = soup.new_tag("div", attrs={"class": "drawn"})
            box.extend([line(f"The rows of {label}", "rows-of"), rows.extract()])
            figure.insert_after(box)
    for tools in figure.select(".tools"):
        tools.decompose()
    # A role of an image hides its inside from whoever reads the PDF aloud;
    # its words become those of the picture.
    if picture := figure.select_one(".picture"):
        picture["role"] = "img"


def chapter(site_folder: Path, page: str, pages: set[str], base: str) -> Tag:
    """Return the article of a page, fit to stand in the one document beside all others."""
    soup = BeautifulSoup((site_folder / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    article = soup.find("article")
    for figure in article.select("figure.chart"):
        _figure(figure, soup)
    for unwanted in article.select(SCREEN_ONLY):
        unwanted.decompose()
    for details in article.find_all("details"):
        details["open"] = ""
    for back in article.select(
        "table.ledger .back"
    ):  # a line of its own would cost the ledger a fifth more paper
        if (note := back.find_previous_sibling(class_="note")) is not None:
            note.extend([" ", back.extract()])
    _links(article, page, pages, base)
    for tag in article.find_all(id=True):
        if (
            tag.find_parent("svg") is None
        ):  # the builder made the ids of a picture unique in the book, and styles point to them
            tag["id"] = anchor(page, tag["id"])
    for name in REFERENCES:
        for tag in article.find_all(attrs={name: True}):
            tag[name] = " ".join(anchor(page, i) for i in str(tag[name]).split())
    for tag in article.find_all(attrs={"tabindex": True}):
        del tag["tabindex"]
    article.name, article["id"], article["class"] = "section", anchor(page), ["chapter"]
    return article


def _css_text(text: str) -> str:
    return '"' + re.sub(r"[^\w ,.:;()’–-]", lambda m: f"\\{ord(m[0]):x} ", text) + '"'


def edition(project: Path) -> tuple[str, datetime]:
    """Return the commit and its time; the beginning of the zip era
    if there is no version control."""
    done = subprocess.run(
        ["git", "log", "-1", "--format=%h %ct"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    commit, _, seconds = done.stdout.strip().partition(" ")
    return (
        (commit, datetime.fromtimestamp(int(seconds), UTC))
        if seconds
        else ("", datetime(1980, 1, 1, tzinfo=UTC))
    )


def contents(parts: list[tuple[str, list[Tag]]]) -> str:
    """Return the contents as HTML: parts, chapters and their sections,
    each with a place for its page number."""
    listed = []

    def line(place: str, heading: Tag, level: str) -> str:
        title = html.escape(" ".join(heading.get_text().split()))
        return (
            f'<li class="{level}"><a href="#{html.escape(place)}">'
            f'<span class="title">{title}</span><span class="dots"></span>'
            '<span class="number"></span></a>'
        )

    for caption, articles in parts:
        items = []
        for article in articles:
            sections = [h for h in article.select("section > section > h2") if h.parent.get("id")]
            inner = "".join(line(h.parent["id"], h, "section") + "</li>" for h in sections)
            items.append(
                line(article["id"], article.h1, "chapter")
                + (f"<ul>{inner}</ul>" if inner else "")
                + "</li>"
            )
        listed.append(
            (f'<p class="part">{html.escape(caption)}</p>' if caption else "")
            + f"<ul>{''.join(items)}</ul>"
        )
    return f'<nav class="contents-page" id="contents"><h1>Contents</h1>{"".join(listed)}</nav>'


def _running_heads(articles: list[Tag]) -> str:
    """Return the CSS that puts the title of a chapter at the head of its pages, upright or wide."""
    rules = []
    for i, article in enumerate(articles):
        place, head = article["id"], _css_text(" ".join(article.h1.get_text().split()))
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
    KeepError
        If there is no built site, a link leads nowhere, or an id stands twice.
    """
    folder, base = built(project), build.base_url(project)
    config = yaml.safe_load((project / "_config.yml").read_text(encoding="utf-8"))
    order = chapters(project)
    pages = {page for _, names in order for page in names}
    parts = [
        (caption, [chapter(folder, page, pages, base) for page in names])
        for caption, names in order
    ]
    commit, when = edition(project)
    styles = (
        (folder / "_static" / "book.css").read_text(encoding="utf-8")
        + STYLE.read_text(encoding="utf-8").replace("BOOK_TITLE", _css_text(config["title"]))
        + _running_heads([article for _, articles in parts for article in articles])
    )
    link = (
        f'<p>Read it on the web: <a href="{html.escape(base)}">{html.escape(base)}</a></p>'
        if base
        else ""
    )
    stand = f"Edition of {when:%-d %B %Y}, revision {commit}." if commit else ""
    body = "".join(str(article) for _, articles in parts for article in articles)
    original = edition_settings(project)["edition_of"]
    text = f"""<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8">
<title>{html.escape(config["title"])}</title>
<meta name="author" content="{html.escape(config["author"])}"><style>{styles}</style></head><body>
<div class="title-page"><p class="book-title">{html.escape(config["title"])}</p>
<p class="book-subtitle">Executable, audited edition of {html.escape(original)}</p>
<p class="signs">Every number in this book is <span class="printed">printed in the paper</span>,
<span class="result">recomputed</span>, or taken from a named source.</p>
<div class="imprint"><p>{html.escape(config["author"])}</p><p>{stand}</p>{link}
<p>Text and charts: CC BY 4.0. Code: MIT.</p>
<p>This is the web edition on paper. The charts stand as they open there;
their controls, all their rows and the code of every number are in the web edition.</p></div></div>
{contents(parts)}
{body}
</body></html>
"""
    _check(text)
    return text


def _check(text: str) -> None:
    soup = BeautifulSoup(text, "html.parser")
    seen: set[str] = set()
    problems = []
    for tag in soup.find_all(id=True):
        if tag["id"] in seen:
            problems.append(
                f"id {tag['id']!r} stands twice; if it lies in a chart, two charts share a name"
            )
        seen.add(tag["id"])
    problems += [
        f"link {link['href']} leads nowhere"
        for link in soup.find_all("a", href=re.compile("^#"))
        if link["href"][1:] not in seen
    ]
    if problems:
        msg = "The book cannot become one document:\n" + "\n".join(problems[:20])
        raise KeepError(msg)


# What a table needs to stand on paper: smaller type first, then a page turned by a quarter.
# Rows of a chart that fill less than half the width stand in two columns.
FIT_TABLES = """() => {
  for (const box of document.querySelectorAll(".drawn")) {
    const table = box.querySelector("table");
    if (table.offsetWidth > box.clientWidth * 0.46) table.classList.add("full");
    else if (table.tBodies[0].rows.length > 9) box.classList.add("pair");
  }
  const chapters = "section.chapter table:not(.ledger, .drawn table)";
  for (const table of document.querySelectorAll(chapters)) {
    const box = table.parentElement;
    const tooWide = () => Math.max(table.scrollWidth, box.scrollWidth) > box.clientWidth + 1;
    for (const size of ["small", "smaller"]) if (tooWide()) {
      table.classList.remove("small");
      table.classList.add(size);
    }
    if (tooWide()) {
      box.classList.add("wide-table");
      table.classList.remove("smaller");
      table.classList.add("small");
    }
  }
}"""


NUMBER_CONTENTS = """(pages) => {
  for (const link of document.querySelectorAll(".contents-page a")) {
    link.querySelector(".number").textContent = pages[link.hash.slice(1)];
  }
}"""


class Pdf:
    """The little of a PDF that the contents and the tests need:
    objects, pages in order, named places, the outline.

    Chromium writes plain objects and a classic cross-reference table,
    so that no library is needed to read them.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        start = int(re.findall(rb"startxref\s+(\d+)", content)[-1])
        self.offsets: dict[int, int] = {}
        found = re.compile(rb"xref\s+0 (\d+)\s+").match(content, start)
        if not found:
            msg = (
                "this PDF has no plain cross-reference table: "
                "it was not written by Chromium's own printer"
            )
            raise KeepError(msg)
        for number in range(int(found[1])):
            entry = content[found.end() + 20 * number : found.end() + 20 * number + 20]
            if entry[17:18] == b"n":
                self.offsets[number] = int(entry[:10])
        trailer = content[content.rindex(b"trailer") :]
        self.root = self._child(trailer, b"Root")

    def object(self, number: int) -> bytes:
        """Return the dictionary, or whatever else, of an object,
        without the bytes of its stream."""
        begin = self.offsets[number]
        return self.content[begin : self.content.index(b"endobj", begin)].partition(b"stream")[0]

    @staticmethod
    def _number(owner: bytes, key: bytes) -> int:
        """Return the number of the object under `key`, 0 if there is none: no object has it."""
        found = re.search(rb"/" + key + rb" (\d+) 0 R", owner)
        return int(found[1]) if found else 0

    def _child(self, owner: bytes, key: bytes) -> bytes:
        number = self._number(owner, key)
        return self.object(number) if number else b""

    def pages(self) -> list[bytes]:
        """Return the dictionaries of all pages, in order."""
        return [self.object(n) for n in self._page_numbers()]

    def _page_numbers(self) -> list[int]:
        def walk(number: int) -> Iterator[int]:
            kids = re.search(rb"/Kids \[([^\]]*)\]", self.object(number))
            if kids is None:
                yield number
            else:
                for kid in re.findall(rb"(\d+) 0 R", kids[1]):
                    yield from walk(int(kid))

        return list(walk(self._number(self.root, b"Pages")))

    def places(self) -> dict[str, int]:
        """Return ``name of a place -> page``, counted from 1;
        Chromium names the places that links lead to."""
        order = {n: i for i, n in enumerate(self._page_numbers(), 1)}
        found = re.findall(rb"/(\S+?)\s*\[(\d+) 0 R\s*/XYZ", self._child(self.root, b"Dests"))
        return {
            re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), name).decode(): order[
                int(page)
            ]
            for name, page in found
        }

    def outline(self) -> int:
        """Return how many bookmarks there are."""
        return sum(
            b"/Parent" in o and b"/Title" in o and b"/Dest" in o
            for o in map(self.object, self.offsets)
        )


def fixed_dates(content: bytes, when: datetime) -> bytes:
    """Give a PDF the time of its edition instead of that of its printing; no byte moves."""
    stamp = when.strftime("D:%Y%m%d%H%M%S+00'00'").encode()
    return re.sub(
        rb"(/(?:CreationDate|ModDate) \()D:\d{14}[+-]\d\d'\d\d'(?=\))",
        lambda m: m[1] + stamp,
        content,
    )


def printed(page: Any, file: Path, when: datetime) -> bytes:
    """Print an HTML file with an open page of Chromium:
    tables fitted, contents numbered, dates fixed.

    Raises
    ------
    KeepError
        If the numbers themselves moved what they count.
    """
    page.emulate_media(media="print")
    page.goto(file.resolve().as_uri())
    page.evaluate(FIT_TABLES)
    options = {
        "outline": True,
        "tagged": True,
        "prefer_css_page_size": True,
        "print_background": True,
    }
    places = Pdf(page.pdf(**options)).places()
    page.evaluate(NUMBER_CONTENTS, places)
    content = page.pdf(**options)
    if Pdf(content).places() != places:
        msg = (
            "the page numbers moved what they count: give .contents-page .number "
            "in keep.css a width that holds every number"
        )
        raise KeepError(msg)
    return fixed_dates(content, when)


def pdf(project: Path, browser: Any = None) -> Path:
    """Print the whole book and return the path of the PDF.

    Parameters
    ----------
    project : the root of the project, with a built build.
    browser : a Chromium that is open already; the system's own is started without one.

    Raises
    ------
    KeepError
        If there is no built site, or it cannot become one document.
    """
    if browser is None:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(
                executable_path=chromium(),
                args=[
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--no-first-run",
                ],
            )
            output = pdf(project, opened)
            opened.close()
        return output
    file = project / "_build" / "keep" / "book.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document(project), encoding="utf-8")
    # no script of a page is in the document; none could run either
    context = browser.new_context(
        viewport={"width": COLUMN, "height": 900}, color_scheme="light", java_script_enabled=False
    )
    content = printed(context.new_page(), file, edition(project)[1])
    context.close()
    target = project / "_build" / f"{edition_settings(project)['slug']}.pdf"
    target.write_bytes(content)
    return target


def archive(project: Path) -> Path:
    """Pack the built site into a zip that opens from ``index.html`` without a server;
    return its path."""
    folder = built(project)
    name = edition_settings(project)["slug"]
    target = project / "_build" / f"{name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            # Times, owners and the system of the packer would make two equal sites unequal
            # archives.
            entry = zipfile.ZipInfo(
                f"{name}/{path.relative_to(folder).as_posix()}", date_time=(1980, 1, 1, 0, 0, 0)
            )
            entry.compress_type, entry.external_attr, entry.create_system = (
                zipfile.ZIP_DEFLATED,
                0o644 << 16,
                3,
            )
            packed.writestr(entry, path.read_bytes())
    return target


def offer(project: Path) -> Path:
    """Put the PDF and the zip into the site and name both at the foot of every page;
    return the folder of the build.

    The build itself does not: it needs no Chromium, and a zip cannot hold itself.

    Raises
    ------
    KeepError
        If either is not made yet.
    """
    folder, words = built(project), []
    for ending, label in (("pdf", "The book as PDF"), ("zip", "Offline copy")):
        output = project / "_build" / f"{edition_settings(project)['slug']}.{ending}"
        if not output.exists():
            msg = f"there is no {output.relative_to(project)}: run `make {ending}` first"
            raise KeepError(msg)
        shutil.copyfile(output, folder / output.name)
        words.append((output.name, f"{label}, {output.stat().st_size / 1e6:.1f} MB"))
    for path in folder.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        found = re.search(r'data-root="([^"]*)"', text)
        root = found[1] if found else ""
        path.write_text(
            text.replace(
                PLACE, "".join(f' · <a href="{root}{name}">{label}</a>' for name, label in words)
            ),
            encoding="utf-8",
        )
    build.write_manifest(project, folder)
    return folder


def addresses(pages: Path) -> list[str]:
    """Return every address that a reader may have kept:
    pages, and on them sections, figures, tables and claims."""
    found = set()
    for path in pages.glob("*.html"):
        main = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").find("main")
        found.add(path.name)
        for tag in main.select(
            "section[id], section > span[id], figure[id], div.table[id], tr[id], th > span[id], "
            "a:is(.verdict, .pill)[id]"
        ):
            found.add(f"{path.name}#{tag['id']}")
    return sorted(found)


def main(arguments: list[str] | None = None) -> int:
    """Run one command in the current folder; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m proofbook.export", description=__doc__)
    parser.add_argument("what", choices=["pdf", "zip", "offer", "addresses"])
    options = parser.parse_args(arguments)
    project = Path.cwd()
    try:
        if options.what == "addresses":
            output = project / ADDRESSES
            output.write_text("\n".join(addresses(built(project))) + "\n", encoding="utf-8")
        else:
            output = {"pdf": pdf, "zip": archive, "offer": offer}[options.what](project)
    except (KeepError, build.SiteError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(
        output.relative_to(project),
        f"{output.stat().st_size / 1e6:.1f} MB" if output.suffix in (".pdf", ".zip") else "",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
