"""What is wrong with texts, contents, bibliography and data, said before anything runs.

Each problem is one line, ``file:line: what is wrong; what to do``. The texts come first: they need
no library that takes seconds to import.
"""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from proofbook.fingerprint import tree

CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7}) |={7}$")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}|:{3,})(.*)$")
ROLE = re.compile(r"\{(printed|claim|claim-id|result|cite(?::\w+)?)\}`([^`]+)`")
CODE = re.compile(r"``.*?``")


class Block(NamedTuple):
    """A fence: the line it opens at, from 1, what stands behind its ticks, and its lines."""

    line: int
    info: str
    body: list[str]


def blocks(lines: list[str]) -> tuple[list[Block], list[tuple[int, str]]]:
    """Return the fences of a text and the problems with them, as ``(line, what)``."""
    found: list[Block] = []
    problems: list[tuple[int, str]] = []
    open_: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines, 1):
        mark = FENCE.match(line)
        ticks, info = (mark[1], mark[2].strip()) if mark else ("", "")
        inside = open_[-1] if open_ else (0, "", "")
        code = inside[1][:1] in ("`", "~")
        closes = mark and not info and ticks[0] == inside[1][:1] and len(ticks) >= len(inside[1])
        if closes:
            found.append(Block(inside[0], inside[2], lines[inside[0] : number - 1]))
            open_.pop()
        elif mark and code and inside[2].startswith("{code-cell}") and info.startswith("{"):
            problems.append((inside[0], f"the cell opened here is not closed before line {number}"))
            open_[-1] = (number, ticks, info)
        elif mark and (info or ticks[0] != ":") and not (code and ticks[0] != ":"):
            open_.append((number, ticks, info))
    problems += [(n, "the fence opened here is never closed") for n, _, _ in open_]
    return found, problems


def cell_line(text: Path, code_cell: int) -> int:
    """Return the line of a text at which its code cell of this number, from 0, opens."""
    lines = text.read_text(encoding="utf-8").splitlines()
    cells = sorted(b.line for b in blocks(lines)[0] if b.info.startswith("{code-cell}"))
    return cells[code_cell] if code_cell < len(cells) else 1


def _front_matter(lines: list[str]) -> Iterator[tuple[int, str]]:
    if not lines or lines[0] != "---":
        return
    if "---" not in lines[1:]:
        yield 1, "the front matter opened here is never closed with ---"
        return
    yield from _yaml_problems("\n".join(lines[1 : lines.index("---", 1)]), 2, "front matter")


def _yaml_problems(text: str, start: int, what: str) -> Iterator[tuple[int, str]]:
    try:
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not YAML"
        yield start + (mark.line if mark else 0), f"{what}: {problem}"


def _cell(block: Block) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with a code cell: its options, or the syntax of its code."""
    body, start = block.body, block.line + 1
    if body and body[0] == "---" and "---" in body[1:]:
        end = body.index("---", 1)
        yield from _yaml_problems("\n".join(body[1:end]), start + 1, "options of the cell")
        body, start = body[end + 1 :], start + end + 1
    else:
        while body and body[0].startswith(":"):
            body, start = body[1:], start + 1
    if any(line.lstrip().startswith(("%", "!")) for line in body):
        return  # magic commands of IPython are no Python
    try:
        ast.parse("\n".join(body))
    except SyntaxError as error:
        yield start + (error.lineno or 1) - 1, f"Python: {error.msg}"


def _tags(cell: Block) -> str:
    return "\n".join(line for line in cell.body[:12] if "tags" in line or line.startswith("- "))


def _names(lines: list[str], hidden: set[int]) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(lines, 1):
        if number not in hidden:
            for kind, name in ROLE.findall(CODE.sub("", line)):
                yield number, kind, name


class Known(NamedTuple):
    """The names that a text may use."""

    claims: frozenset[str]
    sources: frozenset[str]


@lru_cache(maxsize=1024)
def _problems(path: Path, stamp: tuple[int, int], known: Known) -> list[tuple[int, str]]:
    return sorted(set(text_problems(path, known)))


def text_problems(path: Path, known: Known) -> Iterator[tuple[int, str]]:
    """Yield ``(line, what is wrong)`` for one text."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        yield line, "not UTF-8; save the file in that encoding"
        return
    lines = text.splitlines()
    marks = [n for n, line in enumerate(lines, 1) if CONFLICT.match(line)]
    if len(marks) > 1:
        yield marks[0], "a merge conflict stands here; settle it and remove its marks"
        return
    yield from _front_matter(lines)
    found, wrong = blocks(lines)
    yield from wrong
    cells = [b for b in found if b.info.startswith("{code-cell}")]
    for cell in cells:
        yield from _cell(cell)
    if "formats: md:myst,ipynb" in text[:400] and not wrong:
        tagged = [c for c in cells if "parameters" in _tags(c)]
        if len(tagged) != 1:
            yield (
                tagged[1].line if tagged else 1,
                f"{len(tagged)} cells are tagged 'parameters', expected one; "
                "tag the cell that sets what a rerun may change",
            )
    code = {b.line + i for b in found if not b.info.startswith("{") for i in range(len(b.body) + 1)}
    code |= {
        c.line + i
        for c in cells
        for i in range(1, len(c.body) + 1)
        if "caption" not in c.body[i - 1]
    }
    for number, kind, name in _names(lines, code):
        if problem := _unknown(kind, name, known):
            yield number, problem


def _unknown(kind: str, name: str, known: Known) -> str:
    """Return what is wrong with a name that a role fetches; empty if nothing is."""
    if kind.startswith("claim") and known.claims and name not in known.claims:
        return f"no claim {name!r} in data/paper/claims.csv"
    if kind.startswith("cite"):
        keys = [key.strip() for key in re.sub(r"\{[^}]*\}", "", name).split(",")]
        missing = [key for key in keys if known.sources and key not in known.sources]
        return f"no entry {missing[0]!r} in the bibliography" if missing else ""
    if kind == "result" and "|" in name:
        try:
            format(1.0, name.partition("|")[2])
        except ValueError:
            return f"{name.partition('|')[2]!r} is no number format; one is .2f or ,.0f"
    return ""


def bibliography_problems(path: Path) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with a BibTeX file: an entry left open, a key that stands twice."""
    depth, opened = 0, 1
    keys: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        entry = re.match(r"@(\w+)\s*\{\s*([^,\s]*)", line)
        if entry and entry[1].lower() not in ("comment", "string", "preamble"):
            if depth > 0:
                yield opened, "the entry that opens here is not closed; count its braces"
            if entry[2] in keys:
                yield number, f"the key {entry[2]!r} stands already in line {keys[entry[2]]}"
            depth, opened = 0, number
            keys.setdefault(entry[2], number)
        depth += line.replace(r"\{", "").count("{") - line.replace(r"\}", "").count("}")
        if depth < 0:
            yield number, "a brace closes here that was never opened"
            depth = 0
    if depth > 0:
        yield opened, "the entry that opens here is not closed; count its braces"


def contents_problems(project: Path) -> Iterator[str]:
    """Yield what is wrong with ``_config.yml``, ``_toc.yml`` and pairs that lack their text."""
    for name in ("_config.yml", "_toc.yml"):
        text = (project / name).read_text(encoding="utf-8")
        yield from (
            f"{name}:{line}: {problem}" for line, problem in _yaml_problems(text, 1, "YAML")
        )
    book = project / "book"
    toc = (project / "_toc.yml").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(toc, 1):
        listed = re.match(r"\s*(?:- )?(?:file|root):\s*['\"]?([^'\"\s#]+)", line)
        if listed:
            stem = re.sub(r"\.(md|ipynb)$", "", listed[1])
            if not any((book / f"{stem}{end}").exists() for end in (".md", ".ipynb")):
                yield (
                    f"_toc.yml:{number}: book/{listed[1]} does not exist; write it or drop the line"
                )
    for notebook in sorted(book.glob("*.ipynb")):
        half = notebook.with_suffix(".md")
        if not half.exists():
            yield (
                f"book/{half.name}: missing, while its notebook is there; restore it with `git "
                f"checkout -- book/{half.name}`, or delete {notebook.name} and its _toc.yml line"
            )


def _claims(path: Path) -> frozenset[str]:
    """Return the ids and aliases of the ledger; none if it cannot be read, which `tables` says."""
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        ids = (i for r in rows for i in [r["id"], *(r.get("aliases") or "").split()])
        return frozenset(ids)
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, TypeError):
        return frozenset()


def texts(project: Path) -> list[str]:
    """Return every problem of texts, contents and bibliography, file by file."""
    book = project / "book"
    found = list(contents_problems(project))
    sources: set[str] = set()
    for file in sorted(book.glob("*.bib")):
        found += [f"book/{file.name}:{n}: {problem}" for n, problem in bibliography_problems(file)]
        sources |= set(re.findall(r"(?m)^@\w+\s*\{\s*([^,\s]+)", file.read_text(encoding="utf-8")))
    known = Known(_claims(project / "data" / "paper" / "claims.csv"), frozenset(sources))
    for file in sorted(book.glob("*.md")):
        problems = _problems(file, (file.stat().st_mtime_ns, file.stat().st_size), known)
        found += [f"book/{file.name}:{n}: {problem}" for n, problem in problems]
    return found


def tables(project: Path) -> None:
    """Read every table, unless none changed since all were well.

    Raises
    ------
    DataError
        With the problems of the first table that is not what its description says.
    """
    kept, now = project / "_build" / "tables", tree(project / "data")
    if kept.exists() and kept.read_text() == now:
        return
    package = project / "data" / "datapackage.json"
    from proofbook import data

    for resource in json.loads(package.read_bytes())["resources"] if package.exists() else []:
        data.read(resource["name"])
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(now)
