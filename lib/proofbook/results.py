"""Names for every computed number that prose, tables or the site show.

A number is noted once, in the notebook that computes it. Pages then fetch it by name with the
``{result}`` role, and the site publishes all of them in full precision in ``results.json``.
"""

from __future__ import annotations

import ast
import builtins
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import lxml.html
import pandas as pd
from IPython.display import display

from proofbook import data
from proofbook.parts import part

MIME = "application/vnd.proofbook.result+json"
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
MINUS = "\N{MINUS SIGN}"
NUMBER = re.compile(rf"[{MINUS}+-]?[\d,.]+\s?%?")
IN_FRAME = re.compile(rf"[{MINUS}+-]?[\d,.]+(e[+-]?\d+)?\s?%?|NaN|inf|")

Value = int | float | str


def text_of(value: Value, format: str = "") -> str:
    """Return `value` as readers see it: formatted by the format spec, with a true minus sign."""
    if isinstance(value, str):
        return value
    return re.sub(r"(?<!\w)-(?=[\d.])", MINUS, builtins.format(value, format))


def note(name: str, value: Value, format: str = "") -> None:
    """Name a computed value, so that prose can show it and ``results.json`` publishes it.

    Parameters
    ----------
    name : dotted lower-case name, such as ``ols.r2``; unique in the book.
    value : number or string. NumPy scalars are turned into Python's own.
    format : format spec of the text that the prose shows, such as ``.3f`` or ``,.0f``.

    Raises
    ------
    ValueError
        If the name breaks the pattern, or the number is not finite.
    """
    if not NAME.fullmatch(name):
        msg = f"result name {name!r}: expected lower-case words joined by dots, such as 'ols.r2'"
        raise ValueError(msg)
    if isinstance(value, Integral):
        value = int(value)
    elif isinstance(value, Real):
        value = float(value)
        if not math.isfinite(value):
            msg = (
                f"result {name!r} is {value}: only finite numbers can be published; "
                "mend the computation or note a string"
            )
            raise ValueError(msg)
    elif not isinstance(value, str):
        msg = f"result {name!r} is a {type(value).__name__}: expected a number or a string"
        raise ValueError(msg)
    # nbval compares data and passes over metadata: the text must match on every machine, the last
    # bits need not.
    display(
        {
            MIME: {"name": name, "text": text_of(value, format)},
            "text/plain": f"{name} = {text_of(value, format)}",
        },
        raw=True,
        metadata={MIME: {"value": value}},
    )


def note_all(
    values: Mapping[str, Value], format: str = ".4g", formats: Mapping[str, str] | None = None
) -> None:
    """Note several values at once; `formats` overrides `format` for single names."""
    for name, value in values.items():
        spec = (formats or {}).get(name, format)
        note(
            name,
            value,
            "" if isinstance(value, str | Integral) and name not in (formats or {}) else spec,
        )


def note_each(names: str, values: Iterable[Value], format: str | None = None) -> None:
    """Note a row of values under names that are written out with blanks between them.

    Without a `format`, each number is shown as :func:`sensible_formats` has it.

    Raises
    ------
    ValueError
        If there are not as many values as names.
    """
    named = dict(zip(names.split(), values, strict=True))
    note_all(
        named, formats=sensible_formats(named) if format is None else dict.fromkeys(named, format)
    )


def sensible_formats(values: Mapping[str, Value]) -> dict[str, str]:
    """Return a format spec for each number: large ones without decimals, small ones with some.

    Numbers named ``p`` (``ols.p.b1``, ``ols.f_p``) show two significant digits as plain decimals.
    """
    formats = {}
    for name, value in values.items():
        if isinstance(value, str | Integral):
            continue
        size = abs(value)
        parts = set(name.split("."))
        if "p" in parts or name.endswith("_p"):
            formats[name] = (
                ".2f"
                if size >= 0.1
                else f".{min(7, 1 - math.floor(math.log10(size)))}f"
                if size > 0
                else ".0f"
            )
        elif size >= 1000:
            formats[name] = ",.0f"
        else:
            formats[name] = ".1f" if size >= 100 else ".2f" if size >= 1 else ".3f"
    return formats


class _Origins:
    """Which tables each variable of a notebook, and so each noted result, goes back to."""

    def __init__(self) -> None:
        self.tables: dict[str, set[str]] = {}
        self.noted: dict[str, set[str]] = {}
        self.cell: set[str] = set()  # for names that are put together while the cell runs

    def add(self, source: str) -> None:
        """Follow one cell, statement by statement, in the order of the notebook."""
        try:
            statements = ast.parse(source).body
        except SyntaxError:  # a magic command of IPython; what it makes is not followed
            return
        self.cell = set()
        for statement in statements:
            names = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
            words = {
                n.value
                for n in ast.walk(statement)
                if isinstance(n, ast.Constant) and isinstance(n.value, str)
            }
            found = set().union(*(self.tables.get(name, set()) for name in names))
            if names & {"data", "read", "read_text", "printed"}:
                found |= {word.partition(".")[0] for word in words} & set(data.names())
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    self.tables.setdefault(node.id, set()).update(found)
                elif isinstance(node, ast.FunctionDef):
                    self.tables[node.name] = found
            self.cell |= found
            for word in words:
                self.noted.setdefault(word, set()).update(found)


@lru_cache(maxsize=2048)
def _noted_in(
    path: Path, stamp: tuple[int, int], tables: tuple[str, ...]
) -> list[tuple[str, dict[str, Any]]]:
    """Return name and entry of each result of a notebook; kept while the file is the same."""
    noted, origins = [], _Origins()
    for cell in json.loads(path.read_bytes())["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            origins.add(source)
        for output in cell.get("outputs", []):
            record = output.get("data", {}).get(MIME)
            if record is None:
                continue
            name = record["name"]
            lines = [line for line in source.splitlines() if f'"{name}"' in line]
            entry = {
                "value": output["metadata"][MIME]["value"],
                "text": record["text"],
                "page": path.stem,
                "code": lines[0].strip() if lines else "",
                "reads": sorted(origins.noted.get(name, origins.cell)),
            }
            noted.append((name, entry))
    return noted


def collect(notebooks: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """Gather the noted values of executed notebooks.

    Returns
    -------
    dict
        ``name -> {"value": full precision, "text": as shown, "page": stem of the notebook, "code":
        the line that noted it, "reads": the tables that its line goes back to}``, sorted by name.

    Raises
    ------
    ValueError
        If two notebooks note different values under one name.
    """
    found: dict[str, dict[str, Any]] = {}
    tables = tuple(data.names())
    for path in sorted(notebooks):
        stat = path.stat()
        for name, entry in _noted_in(path, (stat.st_mtime_ns, stat.st_size), tables):
            if found.setdefault(name, entry)["value"] != entry["value"]:
                msg = (
                    f"result {name!r} has two values: {found[name]['page']} and {path.stem} "
                    "disagree; give one another name"
                )
                raise ValueError(msg)
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Table:
    """Rows of text as an accessible HTML table with scoped headers.

    ``numeric`` says which columns hold numbers, ``source`` names data resources.
    """

    head: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    source: list[str]

    def html(self, caption: str = "") -> str:
        """Return the ``<table>`` element; every text is escaped."""
        kinds = ["num" if n else "txt" for n in self.numeric]
        return str(part("table.html", caption=caption, head=self.head, rows=self.rows, kinds=kinds))

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {
            TABLE_MIME: {"html": self.html(), "source": self.source},
            "text/html": self.html(),
            "text/plain": "\n".join(" | ".join(row) for row in [self.head, *self.rows]),
        }


TABLE_MIME = "application/vnd.proofbook.table+json"


def of_pandas(text: str) -> str:
    """Return a frame as pandas writes it in the form of our tables; empty if it is none.

    Columns of numbers stand right, heads know their scope, and nothing is styled by itself.
    """
    if 'class="dataframe"' not in text:
        return ""
    found = lxml.html.fragment_fromstring(text, create_parent="div").find(".//table")
    for tag in found.iter("table", "tr", "th", "td"):
        tag.attrib.pop("border", None)
        tag.attrib.pop("style", None)
        tag.text, tag.tail = (tag.text or "").strip(), ""
    for row in found.iterfind("./thead/tr"):
        for cell in row:
            cell.tag = "th" if cell.text or len(cell) else "td"
            if cell.tag == "th":
                cell.set("scope", "col")
    for cell in found.iterfind("./tbody/tr/th"):
        cell.set("scope", "row")
    body = found.findall("./tbody/tr")
    columns = list(zip(*(list(row)[::-1] for row in body), strict=False))  # a span shifts the left
    for place, cells in enumerate(columns, 1):
        if all(IN_FRAME.fullmatch(cell.text or "") for cell in cells):
            for row in (found.findall("./thead/tr")[-1], *body):
                row[-place].set("class", "num")
    found.insert(0, lxml.html.fragment_fromstring("<caption></caption>"))
    return str(lxml.html.tostring(found, encoding="unicode"))


def table(
    frame: pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    source: Iterable[str] = (),
    formats: Mapping[str, str] | None = None,
    missing: str = "not stated",
) -> Table:
    """Show a frame as an accessible table.

    Its permanent address and its caption stand in the YAML of the cell that shows it,
    where the caption may use roles::

        mystnb:
          table:
            name: tbl-age-structure
            caption: "Age structure of five macro-regions, %."

    Parameters
    ----------
    frame : the rows; the first shown column becomes the row header.
    columns : ``column -> heading``, in order; all columns under their own names if left out.
    source : names of the data resources that the rows come from; the page links to each.
    formats : ``column -> format spec``; numbers without one are shown as Python prints them.
    missing : what stands in an empty cell.
    """
    columns = dict(columns or {c: str(c) for c in frame.columns})
    formats = formats or {}

    def cell(column: str, value: object) -> str:
        if value is None or pd.isna(value):
            return missing
        if isinstance(value, Real) and not isinstance(value, bool):
            number = int(value) if isinstance(value, Integral) else float(value)
            return text_of(number, formats.get(column, ""))
        return str(value)

    unknown = [c for c in columns if c not in frame.columns]
    if unknown:
        msg = f"table(...): no column {unknown}; the frame has {list(frame.columns)}"
        raise KeyError(msg)
    rows = [
        [cell(c, v) for c, v in zip(columns, record, strict=True)]
        for record in frame[list(columns)].itertuples(index=False)
    ]
    numeric = [
        all(NUMBER.fullmatch(row[i]) or row[i] == missing for row in rows)
        for i in range(len(columns))
    ]
    return Table(list(columns.values()), rows, numeric, list(source))


def publish(frame: pd.DataFrame, file: str) -> None:
    """Write a frame as a CSV that the site publishes at its root, such as ``specifications.csv``.

    Numbers keep twelve digits: the last bits differ between processors, and two builds must not.
    """
    folder = data.root().parent / "_build" / "published"
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / file, index=False, float_format="%.12g")
