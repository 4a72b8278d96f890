"""What programs read beside the pages: schemas, a file for each claim, Markdown, a data zip."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

from lxml import html

SCHEMAS = Path(__file__).parent / "schemas"
_DROPPED = {"script", "style", "svg", "nav", "button", "template", "form", "dialog"}
_DROPPED_CLASSES = {"controls", "tools", "headerlink", "stage"}
_INLINE = {"em": "*", "i": "*", "strong": "**", "b": "**", "code": "`"}
_MOMENT = (1980, 1, 1, 0, 0, 0)  # a zip with the time of day in it is another zip every time


def _inline(node: html.HtmlElement) -> str:
    """Return the text of an element and its children on one line, with links and emphasis."""
    parts = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str):
            text = _inline(child)
            mark = _INLINE.get(child.tag, "")
            href = child.get("href", "") if child.tag == "a" else ""
            if child.tag == "math":
                text = child.get("alttext") or "".join(child.itertext())
            parts.append(f"[{text}]({href})" if href and text.strip() else f"{mark}{text}{mark}")
        parts.append(child.tail or "")
    return re.sub(r"\s+", " ", "".join(parts))


def _table(node: html.HtmlElement) -> list[str]:
    rows = [
        [_inline(cell).strip().replace("|", "\\|") for cell in row.iter("th", "td")]
        for row in node.iter("tr")
    ]
    caption = [_inline(c).strip() for c in node.iter("caption")]
    lines = [f"| {' | '.join(row)} |" for row in rows if row]
    if lines:
        lines.insert(1, "|" + " --- |" * len(rows[0]))
    return [*caption, "\n".join(lines)]


def _blocks(node: html.HtmlElement) -> list[str]:
    """Return the paragraphs, headings, lists, tables and pictures of an element as Markdown."""
    found: list[str] = []
    for child in node:
        tag = child.tag if isinstance(child.tag, str) else ""
        if re.fullmatch(r"h[1-6]", tag):
            found.append(f"{'#' * int(tag[1])} {_inline(child).strip()}")
        elif tag in ("p", "dt", "figcaption", "blockquote"):
            found.append(_inline(child).strip())
        elif tag == "pre":
            found.append(f"```\n{''.join(child.itertext()).rstrip()}\n```")
        elif tag in ("ul", "ol"):
            found.append("\n".join(f"- {_inline(item).strip()}" for item in child))
        elif tag == "table":
            found += _table(child)
        elif child.get("role") == "img":
            found.append(f"Picture: {child.get('aria-label', '')}")
        elif tag:
            found += _blocks(child)
    return [block for block in found if block]


def markdown(page: str) -> str:
    """Return the text of a page as Markdown, numbers and verdicts filled in, charts in words."""
    main = html.fromstring(page).xpath("//main//article")[0]
    for node in list(main.iter()):
        if node.tag in _DROPPED or _DROPPED_CLASSES & set(node.get("class", "").split()):
            node.drop_tree()
    return "\n\n".join(_blocks(main)) + "\n"


def write_markdown(pages: Path, names: list[str], title: str, about: str) -> None:
    """Write ``NAME.md`` beside each page, and ``llms.txt``, which lists them."""
    lines = [f"# {title}", "", f"> {about}", "", "## Pages", ""]
    for name in names:
        text = markdown((pages / f"{name}.html").read_text(encoding="utf-8"))
        (pages / f"{name}.md").write_text(text, encoding="utf-8")
        lines.append(f"- [{text.partition(chr(10))[0].lstrip('# ')}]({name}.md)")
    lines += ["", "## Data", ""]
    for file, what in (
        ("claims.json", "every claim of the paper with its verdict"),
        ("results.json", "every computed result, by name"),
        ("data/datapackage.json", "every table, described"),
        ("ro-crate-metadata.json", "what was made from what"),
    ):
        lines.append(f"- [{file}]({file}): {what}")
    (pages / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_claims(pages: Path) -> None:
    """Write the schemas, and one JSON file for each claim under ``claims/``."""
    shutil.copytree(SCHEMAS, pages / "schemas", dirs_exist_ok=True)
    folder = pages / "claims"
    folder.mkdir(exist_ok=True)
    for claim in json.loads((pages / "claims.json").read_text(encoding="utf-8")):
        text = json.dumps(claim, ensure_ascii=False, indent=1) + "\n"
        (folder / f"{claim['id']}.json").write_text(text, encoding="utf-8")


def write_results(pages: Path, named: dict[str, dict[str, Any]]) -> None:
    """Write ``results.csv``: each computed result as shown and in full, and what made it where."""
    with (pages / "results.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "shown", "value", "notebook", "line", "tables"])
        for name, entry in named.items():
            made = [f"book/{entry['page']}.ipynb", entry["code"], " ".join(entry["reads"])]
            writer.writerow([name, entry["text"], entry["value"], *made])


def write_data_zip(pages: Path) -> None:
    """Write ``data.zip``: every table with its description, licence and raw rows."""
    with zipfile.ZipFile(pages / "data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in (pages / "data").rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(pages).as_posix(), _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
