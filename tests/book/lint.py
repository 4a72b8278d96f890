"""The linter of prose: no number that a reader sees was typed.

A number in a page is computed (``{result}``), printed by the paper (``{printed}``),
or allowed by a reason listed here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ALLOWED: dict[str, str] = {
    r"(?:19|20)\d\d(?:[–-](?:19|20)\d\d|[–-]\d\d)?(?:-Q[1-4])?": (
        "a year, an academic year or a span of years"
    ),
    r"Serpin-2050": "the name of the programme",
    (
        r"(?i:(?:tables?|figures?|chapters?|sections?|steps?|parts?|equations?|doors?|examples?)) "
        r"\d(?:(?:, | and | to |–)\d)*"
    ): "the number of a table, figure or section",
    r"[XYbx][₀-₉0-9](?:\d)?": "a symbol of the model",
    r"R2": "a symbol",
    r"KZ-\d\d": "an ISO 3166-2 code",
    r"ISO \d[\d-]*": "the number of a standard",
    r"(?:CC BY|MIT|Jupyter Book|Python|Vega-Lite|version|Frictionless Data Package) ?\d[\d.]*": (
        "the version of a licence or a program"
    ),
    r"SHA-?256|sha256|UTF-8|RFC \d+|HC[0-3]|I\([012]\)|AR\(\d\)|Web 2": (
        "the name of a standard or an estimator"
    ),
    r"№ ?\d+": "the number of a decree, part of its title",
    (
        r"\d{1,2} "
        r"(?:January|February|March|April|May|June|"
        r"July|August|September|October|November|December) "
        r"(?:19|20)\d\d"
    ): "a date",
    r"(?:page|pages) \d+(?:[–-]\d+)?": "a page of a cited work",
    r"10\.\d{4,}/\S+": "a DOI",
}
_ALLOWED = re.compile(r"(?<![\w.,])(?:" + "|".join(ALLOWED) + r")(?![\w])")
_NUMERAL = re.compile(r"(?<![A-Za-z_])\d[\d.,]*")
_REMEDY = (
    "fetch it with {printed}`table.row.column`, or compute it in a cell, "
    "note(...) it and use {result}`name`"
)


class Finding(NamedTuple):
    """A typed number: file, line, the text around it and what to use instead."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: typed number in {self.text!r}: {_REMEDY}"


def _blank(pattern: str, text: str, flags: int = 0) -> str:
    """Replace matches by blanks that keep the line numbers."""
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=flags)


def _numerals(text: str) -> Iterator[tuple[int, str]]:
    text = _ALLOWED.sub(lambda m: re.sub(r"\d", "·", m[0]), text)
    for number, line in enumerate(text.split("\n"), 1):
        for found in _NUMERAL.finditer(line):
            yield number, line[max(0, found.start() - 30) : found.end() + 15].strip()


def prose_of(text: str) -> str:
    """Return the prose of a MyST page at its own lines:
    no front matter, code, roles, formulas or addresses."""
    text = _blank(r"\A---\n.*?\n---\n", text, re.S)
    text = _blank(
        r"^```+\{?(?!\{?(?:note|tip|warning|admonition|glossary|list-table|container))[^\n]*\n.*?^```+\s*$",
        text,
        re.S | re.M,
    )
    text = _blank(r"\$\$.*?\$\$|\$[^$\n]+\$", text, re.S)
    text = _blank(r"\{[\w:-]+\}`+[^`\n]+`+|`+[^`\n]+`+", text)
    return _blank(
        r"\]\([^)]*\)|<https?:[^>]*>|https?://\S+|^\([\w-]+\)=$|\{#[^}]*\}|<!--.*?-->"
        r"|^:[\w-]+:.*$|^\d+\.(?= )",
        text,
        re.S | re.M,
    )


def _literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the typed parts of captions, alternatives and headings of figures and tables,
    and typed values of notes."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if (
            name == "note"
            and len(node.args) > 1
            and isinstance(node.args[1], ast.Constant)
            and isinstance(node.args[1].value, int | float)
        ):
            yield node.lineno, str(node.args[1].value)
        if name not in ("figure", "table"):
            continue
        for keyword in node.keywords:
            if keyword.arg in ("alt", "columns"):
                for part in ast.walk(keyword.value):
                    if isinstance(part, ast.FormattedValue):
                        part.format_spec = None
                parts = [
                    p
                    for p in ast.walk(keyword.value)
                    if isinstance(p, ast.Constant) and isinstance(p.value, str)
                ]
                keys = {
                    id(k)
                    for d in ast.walk(keyword.value)
                    if isinstance(d, ast.Dict)
                    for k in d.keys
                }
                subscripts = {
                    id(n)
                    for s in ast.walk(keyword.value)
                    if isinstance(s, ast.Subscript)
                    for n in ast.walk(s.slice)
                }
                calls = {
                    id(n)
                    for c in ast.walk(keyword.value)
                    if isinstance(c, ast.Call)
                    for a in c.args
                    for n in ast.walk(a)
                    if isinstance(n, ast.Constant)
                }
                for part in parts:
                    if id(part) not in keys | subscripts | calls:
                        yield part.lineno, part.value


def typed_numbers(path: Path) -> list[Finding]:
    """Return every typed number of a page (``.md``) or of a chart module (``.py``)."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return [
            Finding(path.name, line, found)
            for line, literal in _literals(ast.parse(text))
            for _, found in _numerals(literal)
        ]
    found = [Finding(path.name, line, words) for line, words in _numerals(prose_of(text))]
    for cell in re.finditer(r"^```\{code-cell\}[^\n]*\n(.*?)^```", text, re.S | re.M):
        start = text[: cell.start(1)].count("\n")
        code = re.sub(r"^:.*$", "", cell[1], flags=re.M)
        if options := re.match(r"---\n(.*?)\n---\n", code, re.S):
            # Name and caption of a figure or table, in the cell's YAML: the caption is prose.
            code = "\n" * options[0].count("\n") + code[options.end() :]
            for number, line in enumerate(options[1].split("\n"), start + 2):
                caption = line.partition("caption:")[2]
                found += [Finding(path.name, number, w) for _, w in _numerals(prose_of(caption))]
        found += [
            Finding(path.name, start + line, w)
            for line, literal in _literals(ast.parse(code))
            for _, w in _numerals(literal)
        ]
    return sorted(found)
