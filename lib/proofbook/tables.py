"""Validate the bytes of a table against its description, and type its cells.

The description is a resource of a Frictionless Data Package. Frictionless itself judges the package
in the tests; this is the fast judge that every read passes, with a remedy for who must act.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

Descriptor = dict[str, Any]
Lines = list[tuple[int, list[str]]]
_INTEGER = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
NUMERIC = ("integer", "number")
_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean"}
_SHOWN = 10


class DataError(ValueError):
    """A table, or the description of the tables, is not what it must be.

    Attributes
    ----------
    problems : list of str
        All of them; the message shows the first ten.
    """

    def __init__(self, file: str, problems: list[str], remedy: str) -> None:
        self.problems = problems
        more = len(problems) - _SHOWN
        lines = [f"  {p}" for p in problems[:_SHOWN]] + ([f"  and {more} more"] if more > 0 else [])
        super().__init__(
            "\n".join([f"{file}: {len(problems)} problem(s)", *lines, f"Remedy: {remedy}"])
        )


class Table(NamedTuple):
    """One table twice: cells as text, and typed."""

    text: pd.DataFrame
    typed: pd.DataFrame


def file_of(descriptor: Descriptor) -> str:
    """Return the name of a table's file, from the project's root."""
    return f"data/{descriptor['path']}"


def remedy_of(descriptor: Descriptor) -> str:
    """Return what to do about a table that is not what it must be."""
    return (
        f"restore the file with `git checkout -- {file_of(descriptor)}`, or if the change is "
        "meant, mend what is listed above and run `python -m proofbook.data` to record the new "
        "checksum"
    )


def parse(name: str, content: bytes, descriptor: Descriptor) -> Table:
    """Return the table of these bytes; raises DataError with every problem, checksum aside."""
    problems: list[str] = []
    fields = descriptor["schema"]["fields"]
    rows = _rows(content, [f["name"] for f in fields], problems)
    columns: dict[str, list[Any]] = {f["name"]: [] for f in fields}
    for line, cells in rows:
        for field, cell in zip(fields, cells, strict=True):
            value, expected = _cell(cell, field)
            columns[field["name"]].append(value)
            if expected:
                problems.append(
                    f"row {line}, column {field['name']}: found {cell!r}; expected {expected}"
                )
    _unique(rows, fields, descriptor["schema"].get("primaryKey", []), problems)
    if not problems:  # a check over rows means nothing while a cell is wrong
        for check in descriptor.get("checks", []):
            problems += _CHECKS[check["kind"]](check, rows, columns)
    if problems:
        raise DataError(file_of(descriptor), problems, remedy_of(descriptor))
    typed = {
        f["name"]: pd.array(columns[f["name"]], dtype=_DTYPES.get(f["type"], "str")) for f in fields
    }
    text = pd.DataFrame([cells for _, cells in rows], columns=list(columns), dtype="str")
    return Table(text, pd.DataFrame(typed))


def _text(content: bytes, problems: list[str]) -> str:
    """Return the content as text with plain line ends; empty if it cannot be read."""
    if content.startswith(b"\xef\xbb\xbf"):
        problems.append("row 1: found a byte order mark; expected plain UTF-8 without one")
        content = content[3:]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
        problems.append(
            f"row {line}: found byte 0x{byte:02x}; expected UTF-8 "
            "(the file was saved in another encoding)"
        )
        return ""
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        problems.append(f"row {line}: found a carriage return; expected lines that end in LF alone")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        line = text.count("\n") + 1
        problems.append(
            f"row {line}: no line end after the last row; expected one (the file may be cut)"
        )
    return text


def _header(found: list[str], header: list[str]) -> list[str]:
    """Return what is wrong with the names of the columns."""
    wanted = f"expected the columns {','.join(header)}"
    problems = [f"row 1, column {c}: missing; {wanted}" for c in header if c not in found]
    problems += [
        f"row 1, column {c}: not in the description; {wanted}" for c in found if c not in header
    ]
    if found != header and not problems:
        problems = [f"row 1: found the columns {','.join(found)}; expected {','.join(header)}"]
    return problems


def _rows(content: bytes, header: list[str], problems: list[str]) -> Lines:
    """Return (line in the file, cells) for each row that has the right number of cells."""
    text = _text(content, problems)
    if not text and problems and content:
        return []
    rows: Lines = []
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        if wrong := _header(next(reader, []), header):
            problems += wrong
            return []
        for cells in reader:
            if len(cells) == len(header):
                rows.append((reader.line_num, cells))
                continue
            many = " (a decimal comma or a thousands separator makes two cells of one)"
            problems.append(
                f"row {reader.line_num}: found {len(cells)} cells in {','.join(cells)!r}; "
                f"expected {len(header)}{many if len(cells) > len(header) else ''}"
            )
    except csv.Error as error:
        problems.append(
            f"row {reader.line_num}: {error}; expected comma-separated cells with paired quotes"
        )
    if not rows and not problems:
        problems.append("row 2: missing; expected at least one row under the header")
    return rows


def _cell(cell: str, field: Descriptor) -> tuple[Any, str]:
    """Return the typed value and, if the cell is wrong, what was expected."""
    kind, rules = field["type"], field.get("constraints", {})
    if cell != cell.strip():
        return None, "no blanks before or after the value"
    if not cell:
        empty = (
            float("nan") if kind == "number" else "" if kind not in (*NUMERIC, "boolean") else None
        )
        return empty, "a value (the column is required)" if rules.get("required") else ""
    value: Any = cell
    if kind in NUMERIC:
        if not (_INTEGER if kind == "integer" else _NUMBER).fullmatch(cell):
            return None, _why_not(cell, kind)
        value = int(cell) if kind == "integer" else float(cell)
        if "minimum" in rules and value < rules["minimum"]:
            return value, f"at least {rules['minimum']} {field.get('unit', '')}".rstrip()
        if "maximum" in rules and value > rules["maximum"]:
            return value, f"at most {rules['maximum']} {field.get('unit', '')}".rstrip()
    elif kind == "boolean":
        if cell not in ("true", "false"):
            return None, "true or false"
        value = cell == "true"
    elif kind == "date":
        try:
            date.fromisoformat(cell)
        except ValueError:
            return None, "a date as YYYY-MM-DD"
    if "enum" in rules and value not in rules["enum"]:
        return value, "one of " + ", ".join(map(str, rules["enum"]))
    if "pattern" in rules and not re.fullmatch(rules["pattern"], cell):
        return value, f"text that matches {rules['pattern']}"
    return value, ""


def _why_not(cell: str, kind: str) -> str:
    noun = "a whole number" if kind == "integer" else "a number"
    if re.fullmatch(r"-?\d{1,3}([,\s'’]\d{3})+([.,]\d+)?", cell):
        return f"{noun} without a thousands separator"
    if re.fullmatch(r"-?\d+,\d+", cell):
        return f"{noun} with a decimal point, not a comma"
    if re.fullmatch(r"[-+]?(nan|na|n/a|inf|infinity)", cell, re.IGNORECASE):
        return f"{noun}; a missing value is an empty cell"
    return f"{noun} in plain digits"


def _unique(rows: Lines, fields: list[Descriptor], key: list[str], problems: list[str]) -> None:
    header = [f["name"] for f in fields]
    groups = [key] if key else []
    groups += [
        [f["name"]] for f in fields if f.get("constraints", {}).get("unique") and [f["name"]] != key
    ]
    for group in groups:
        seen: dict[tuple[str, ...], int] = {}
        for line, cells in rows:
            value = tuple(cells[header.index(c)] for c in group)
            first = seen.setdefault(value, line)
            if first != line and any(value):
                problems.append(
                    f"row {line}, column {'+'.join(group)}: found {'+'.join(value)!r} again "
                    f"(first in row {first}); expected each value once"
                )


def _groups(check: Descriptor, columns: dict[str, list[Any]]) -> Iterator[tuple[str, list[int]]]:
    by = check.get("by", [])
    size = len(next(iter(columns.values())))
    keys = [tuple(str(columns[c][i]) for c in by) for i in range(size)]
    for key in dict.fromkeys(keys):
        yield "+".join(key) or "all rows", [i for i in range(size) if keys[i] == key]


def _check_sum(check: Descriptor, rows: Lines, columns: dict[str, list[Any]]) -> list[str]:
    problems = []
    for group, index in _groups(check, columns):
        values = [columns[check["field"]][i] for i in index]
        if any(v is None or v != v for v in values):
            continue  # a sum with a gap says nothing
        total = sum(Decimal(str(v)) for v in values)
        if abs(total - Decimal(str(check["equals"]))) > Decimal(str(check.get("tolerance", 0))):
            problems.append(
                f"row {rows[index[0]][0]} to {rows[index[-1]][0]}, column {check['field']}: "
                f"{group} sums to {total}; expected {check['equals']} "
                f"within {check.get('tolerance', 0)}"
            )
    return problems


def _check_consecutive(check: Descriptor, rows: Lines, columns: dict[str, list[Any]]) -> list[str]:
    problems, field = [], check["field"]
    for _, index in _groups(check, columns):
        for before, here in itertools.pairwise(index):
            # An academic year counts by its first year.
            wanted = int(str(columns[field][before])[:4]) + 1
            if int(str(columns[field][here])[:4]) != wanted:
                found = columns[field][here]
                problems.append(
                    f"row {rows[here][0]}, column {field}: found {found}; expected {wanted} next"
                )
    return problems


def _check_complete(check: Descriptor, rows: Lines, columns: dict[str, list[Any]]) -> list[str]:
    chosen = [columns[c] for c in check["fields"]]
    present = set(zip(*chosen, strict=True))
    wanted = itertools.product(*(dict.fromkeys(c) for c in chosen))
    label = "+".join(check["fields"])
    return [
        f"column {label}: {'+'.join(map(str, w))} has no row; expected one"
        for w in wanted
        if w not in present
    ]


def _check_difference(check: Descriptor, rows: Lines, columns: dict[str, list[Any]]) -> list[str]:
    parts = zip(
        rows,
        columns[check["field"]],
        columns[check["minuend"]],
        columns[check["subtrahend"]],
        strict=True,
    )
    return [
        f"row {row[0]}, column {check['field']}: found {net}; "
        f"expected {check['minuend']} - {check['subtrahend']} = {a - b}"
        for row, net, a, b in parts
        if None not in (net, a, b) and net != a - b
    ]


def _check_balance(check: Descriptor, rows: Lines, columns: dict[str, list[Any]]) -> list[str]:
    first, second = check["fields"]
    problems = []
    for group, index in _groups(check, columns):
        a, b = (sum(columns[c][i] for i in index) for c in (first, second))
        if a != b:
            problems.append(
                f"column {first}: {group} sums to {a}; expected the sum of {second}, {b}"
            )
    return problems


_CHECKS = {
    "sum": _check_sum,
    "consecutive": _check_consecutive,
    "complete": _check_complete,
    "difference": _check_difference,
    "balance": _check_balance,
}
