"""The pages of the built site as articles that can be put together: on paper, or in an e-book."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

# Rows of a chart that paper shows; for more, the picture is what a reader of paper can use.
MOST_ROWS = 30
SCREEN_ONLY = (
    "script, style, .headerlink, .words, .presets, .ledger-filters, .picture > .narrow, "
    "details.hide"
)
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


class ExportError(RuntimeError):
    """The book cannot be made into a document or an archive; the message says what to do."""


def built(project: Path) -> Path:
    """Return the folder of the built site.

    Raises
    ------
    ExportError
        If there is none.
    """
    folder = project / "_build" / "html"
    if not (folder / "index.html").exists():
        msg = "there is no book in _build/html: run `make book` first"
        raise ExportError(msg)
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


def edition(project: Path) -> tuple[str, datetime]:
    """Return the commit and its time; the beginning of the zip era without version control."""
    command = ["git", "log", "-1", "--format=%h %ct"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    commit, _, seconds = done.stdout.strip().partition(" ")
    if not seconds:
        return "", datetime(1980, 1, 1, tzinfo=UTC)
    return commit, datetime.fromtimestamp(int(seconds), UTC)


def anchor(page: str, fragment: str = "") -> str:
    """Return the id that a place of a page has in the one document;
    every page keeps its own name space."""
    return f"{page}--{fragment}" if fragment else page


def text_of(tag: Tag) -> str:
    """Return the words of a tag, with single spaces."""
    return " ".join(tag.get_text().split())


def _links(article: Tag, page: str, pages: set[str], base: str) -> None:
    """Turn links between pages into links within the document;
    a file of the site is reached by its full address, if it has one."""
    for link in article.find_all("a", href=True):
        address = str(link["href"])
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        file, fragment = urldefrag(address)
        target = urlsplit(file).path.removesuffix(".html") if file else page
        if target in pages:
            link["href"] = "#" + anchor(target, unquote(fragment))
        elif base:
            link["href"] = urljoin(base, address)
        else:  # the file lies beside the site, whose place this document cannot know
            link.name, link.attrs = "span", {"class": "file"}


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
        states.append(f"{text_of(label)}: {' '.join(value.split())}")
    return "; ".join(states)


def _figure(figure: Tag, soup: BeautifulSoup) -> None:
    """Make a figure fit for paper: picture, caption, how its controls stand, source;
    its rows follow as a table if they are few."""

    def line(text: str, kind: str) -> Tag:
        paragraph = soup.new_tag("p", attrs={"class": kind})
        paragraph.string = text
        return paragraph

    number = figure.select_one(".caption-number")
    label = number.get_text(strip=True) if number else "this figure"
    if panel := figure.select_one(".controls"):
        if text := settings(panel):
            changed = f"Drawn with {text}. In the web edition, these can be changed."
            figure.figcaption.append(line(changed, "source"))
        panel.decompose()
    rows = figure.select_one("details.rows table")
    if rows is not None:
        if len(rows.select("tbody tr")) > MOST_ROWS:
            elsewhere = f"The rows of {label} are in the web edition."
            figure.figcaption.append(line(elsewhere, "source"))
        else:
            rows.caption.decompose()
            box = soup.new_tag("div", attrs={"class": "drawn"})
            box.extend([line(f"The rows of {label}", "rows-of"), rows.extract()])
            figure.insert_after(box)
    for tools in figure.select(".tools"):
        tools.decompose()
    # or Chromium makes a Figure of it, without words, around the one of its picture
    figure["role"] = "group"


def chapter(folder: Path, page: str, pages: set[str], base: str) -> Tag:
    """Return the article of a page, fit to stand in one document beside all others."""
    soup = BeautifulSoup((folder / f"{page}.html").read_text(encoding="utf-8"), "lxml")
    article = soup.find("article")
    for figure in article.select("figure.chart"):
        _figure(figure, soup)
    for unwanted in article.select(SCREEN_ONLY):
        unwanted.decompose()
    for details in article.find_all("details"):
        details["open"] = ""
    for back in article.select("table.ledger .back"):
        # a line of its own would cost the ledger a fifth more paper
        if (note := back.find_previous_sibling(class_="note")) is not None:
            note.extend([" ", back.extract()])
    _links(article, page, pages, base)
    for tag in article.find_all(id=True):
        # The builder made the ids inside a picture unique in the book, and styles point to them.
        if tag.find_parent("svg") is None:
            tag["id"] = anchor(page, tag["id"])
    for name in REFERENCES:
        for tag in article.find_all(attrs={name: True}):
            tag[name] = " ".join(anchor(page, i) for i in str(tag[name]).split())
    for tag in article.find_all(attrs={"tabindex": True}):
        del tag["tabindex"]
    article.name, article["id"], article["class"] = "section", anchor(page), ["chapter"]
    return article
