"""Read and validate the tables under ``data/``; the only code that opens a data file.

``data/datapackage.json`` (a Frictionless Data Package, https://specs.frictionlessdata.io) says what each table must be.
A table that differs from its description is refused whole, with every problem named, because a silently
repaired number would be printed, charted and judged as if the paper or an office had published it.

``python -m proofbook.data`` checks every table and records its checksum; ``--check`` only checks.
"""

from __future__ import annotations

import contextlib
import copy
import csv
import difflib
import hashlib
import io
import itertools
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

Descriptor = dict[str, Any]
_INTEGER = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
_NUMERIC = ("integer", "number")
_SHOWN = 10
_substitutes: ContextVar[Mapping[str, bytes]] = ContextVar("substitutes", default={})


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


class UnknownAddressError(KeyError):
    """No printed number stands at this address."""

    def __str__(self) -> str:  # KeyError would show the message quoted
        return str(self.args[0])


class Printed(NamedTuple):
    """A number as printed: its text, its value, how many decimals it shows (design: digits are data) and its unit."""

    text: str
    value: float
    decimals: int
    unit: str


class Table(NamedTuple):
    """One table twice: cells as text, and typed."""

    text: pd.DataFrame
    typed: pd.DataFrame


def root() -> Path:
    """Return the ``data`` folder: ``PROOFBOOK_DATA``, else the nearest one above the working folder or this file."""
    if named := os.environ.get("PROOFBOOK_DATA"):
        return Path(named)
    return _found()


@lru_cache(maxsize=1)
def _found() -> Path:
    # The working folder first: one installed engine serves several editions.
    for folder in (Path.cwd(), *Path.cwd().parents, *Path(__file__).resolve().parents):
        if (folder / "data" / "datapackage.json").is_file():
            return folder / "data"
    msg = "no folder above the working folder or the package has it"
    raise DataError(
        "data/datapackage.json",
        [msg],
        "run inside a clone, or set PROOFBOOK_DATA to the data folder",
    )


@lru_cache(maxsize=8)
def _load(
    path: Path, stamp: tuple[int, int]
) -> Descriptor:  # the stamp makes an edited file a new key
    try:
        package = json.loads(path.read_bytes())
        package["by_name"] = {r["name"]: r for r in package["resources"]}
    except (ValueError, KeyError) as error:
        remedy = "restore it with `git checkout -- data/datapackage.json`"
        raise DataError(
            "data/datapackage.json", [f"not a data package: {error!r}"], remedy
        ) from error
    return package


def _key() -> tuple[Path, tuple[int, int]]:
    path = root() / "datapackage.json"
    try:
        stat = path.stat()
    except FileNotFoundError:
        remedy = (
            "restore it with `git checkout -- data/datapackage.json`, or correct PROOFBOOK_DATA"
        )
        raise DataError("data/datapackage.json", [f"missing from {path.parent}"], remedy) from None
    return path, (stat.st_mtime_ns, stat.st_size)


def _package() -> Descriptor:
    return _load(*_key())


def names() -> list[str]:
    """Return the names of all tables, in the order of the package."""
    sys.audit("proofbook.describe", "*")  # the record of a notebook hears what it rests on
    return list(_package()["by_name"])


def describe(name: str) -> Descriptor:
    """Return the descriptor of a table (shared: do not change it); raises UnknownAddressError."""
    sys.audit("proofbook.describe", name)
    try:
        return _package()["by_name"][name]
    except KeyError:
        raise UnknownAddressError(
            f"no table {name!r} in data/datapackage.json{_nearest(name, names())}"
        ) from None


def read(name: str, content: bytes | None = None, verify_checksum: bool = True) -> pd.DataFrame:
    """Return a table, validated and typed.

    Parameters
    ----------
    name : str
        Resource name, which is the stem of the file.
    content : bytes, optional
        Read these bytes instead of the file.
    verify_checksum : bool
        Also compare with the sha256 of the package.

    Returns
    -------
    pandas.DataFrame
        One row per line; integer -> Int64, number -> float64, boolean -> boolean, all else -> str. Units: see
        ``describe(name)["schema"]["fields"]``.

    Raises
    ------
    DataError
        With file, row, column, value, what was expected, and the remedy, for up to ten problems.
    UnknownAddressError
        If there is no such table.
    """
    return _table(name, content, verify_checksum).typed.copy()


def read_text(
    name: str, content: bytes | None = None, verify_checksum: bool = True
) -> pd.DataFrame:
    """Return the same table as `read`, with every cell as it stands in the file (missing: empty text)."""
    return _table(name, content, verify_checksum).text.copy()


def printed(address: str) -> Printed:
    """Return one number as printed.

    Parameters
    ----------
    address : str
        ``table.key.column``, e.g. ``table4.2001.unemployment_pct`` or ``table1.North.60+.share_pct``: the values of the
        primary key in order. The column may be left out where the table has a column ``value`` or only one column of
        numbers besides the key (a column ``order`` does not count).

    Raises
    ------
    UnknownAddressError
        With the nearest addresses, or saying that the cell is empty.
    """
    name, _, rest = address.partition(".")
    descriptor = describe(name)
    cells = _cells(name, _content(descriptor, None, True), *_key())
    if rest not in cells:
        raise UnknownAddressError(
            f"no printed number at {address!r}{_nearest(address, [f'{name}.{a}' for a in cells])}"
        )
    text, unit = cells[rest]
    if not text:
        raise UnknownAddressError(
            f"{address!r} is an empty cell of {_file(descriptor)}: no number is printed there"
        )
    return Printed(text, float(text), len(text.partition(".")[2]), unit)


@contextlib.contextmanager
def substitute(contents: Mapping[str, bytes]) -> Iterator[None]:
    """Within the block, tables named in `contents` are read from these bytes, checksums aside (for mutation tests)."""
    token = _substitutes.set({**_substitutes.get(), **contents})
    try:
        yield
    finally:
        _substitutes.reset(token)


def parse(name: str, content: bytes, descriptor: Descriptor) -> Table:
    """Validate bytes against a descriptor, all but the checksum; raises DataError with every problem found."""
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
        raise DataError(_file(descriptor), problems, _remedy(descriptor))
    dtypes = {"integer": "Int64", "number": "float64", "boolean": "boolean"}
    typed = {
        f["name"]: pd.array(columns[f["name"]], dtype=dtypes.get(f["type"], "str")) for f in fields
    }
    text = pd.DataFrame([cells for _, cells in rows], columns=list(columns), dtype="str")
    return Table(text, pd.DataFrame(typed))


def _table(name: str, content: bytes | None, verify_checksum: bool) -> Table:
    return _parsed(name, _content(describe(name), content, verify_checksum), *_key())


def _content(descriptor: Descriptor, content: bytes | None, verify_checksum: bool) -> bytes:
    name, file = descriptor["name"], _file(descriptor)
    if content is None and name in _substitutes.get():
        content, verify_checksum = _substitutes.get()[name], False
    if content is None:
        try:
            content = (root() / descriptor["path"]).read_bytes()
        except FileNotFoundError:
            remedy = f"restore it with `git checkout -- {file}`"
            raise DataError(file, ["the file is missing"], remedy) from None
    if verify_checksum and _hash(content) != descriptor.get("hash"):
        _parsed(name, content, *_key())  # a problem that can be named says more than two checksums
        found = f"checksum {_hash(content)} ({len(content)} bytes)"
        recorded = f"{descriptor.get('hash')} ({descriptor.get('bytes')} bytes)"
        msg = f"the bytes changed though the form is right: found {found}; expected {recorded}"
        raise DataError(file, [msg], _remedy(descriptor))
    return content


# Both caches hold by content: a claim asks for a number, and a mutation test asks for every claim a thousand times.
@lru_cache(maxsize=256)
def _parsed(name: str, content: bytes, path: Path, stamp: tuple[int, int]) -> Table:
    return parse(name, content, _load(path, stamp)["by_name"][name])


@lru_cache(maxsize=256)
def _cells(
    name: str, content: bytes, path: Path, stamp: tuple[int, int]
) -> dict[str, tuple[str, str]]:
    """Return (text, unit) by address; a column that may be left out has two."""
    text = _parsed(name, content, path, stamp).text
    schema = _load(path, stamp)["by_name"][name]["schema"]
    key = schema.get("primaryKey", [])
    units = {
        f["name"]: f.get("unit", "")
        for f in schema["fields"]
        if f["type"] in _NUMERIC and f["name"] not in key
    }
    named = [c for c in units if c != "order"]
    default = "value" if "value" in units else named[0] if len(named) == 1 else None
    cells: dict[str, tuple[str, str]] = {}
    for row in text.to_dict("records"):
        label = ".".join(row[c] for c in key)
        cells.update({f"{label}.{c}": (row[c], row.get("unit", unit)) for c, unit in units.items()})
        if default:
            cells[label] = cells[f"{label}.{default}"]
    return cells


def _hash(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _file(descriptor: Descriptor) -> str:
    return f"data/{descriptor['path']}"


def _remedy(descriptor: Descriptor) -> str:
    return (
        f"restore the file with `git checkout -- {_file(descriptor)}`, or if the change is meant, mend what is listed "
        "above and run `python -m proofbook.data` to record the new checksum"
    )


def _nearest(wanted: str, known: list[str]) -> str:
    close = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    return "; nearest: " + ", ".join(close) if close else ""


def _rows(content: bytes, header: list[str], problems: list[str]) -> list[tuple[int, list[str]]]:
    """Return (line in the file, cells) for each row that has the right number of cells."""
    if content.startswith(b"\xef\xbb\xbf"):
        problems.append("row 1: found a byte order mark; expected plain UTF-8 without one")
        content = content[3:]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
        problems.append(
            f"row {line}: found byte 0x{byte:02x}; expected UTF-8 (the file was saved in another encoding)"
        )
        return []
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        problems.append(f"row {line}: found a carriage return; expected lines that end in LF alone")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        problems.append(
            f"row {text.count(chr(10)) + 1}: no line end after the last row; expected one (the file may be cut)"
        )
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        found = next(reader, [])
        if found != header:
            missing, extra = (
                [c for c in header if c not in found],
                [c for c in found if c not in header],
            )
            for column in missing:
                problems.append(
                    f"row 1, column {column}: missing; expected the columns {','.join(header)}"
                )
            for column in extra:
                problems.append(
                    f"row 1, column {column}: not in the description; expected the columns {','.join(header)}"
                )
            if not missing and not extra:
                problems.append(
                    f"row 1: found the columns {','.join(found)}; expected {','.join(header)}"
                )
            return []
        for cells in reader:
            if len(cells) == len(header):
                rows.append((reader.line_num, cells))
            else:
                many = (
                    " (a decimal comma or a thousands separator makes two cells of one)"
                    if len(cells) > len(header)
                    else ""
                )
                shown = ",".join(cells)
                problems.append(
                    f"row {reader.line_num}: found {len(cells)} cells in {shown!r}; expected {len(header)}{many}"
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
            float("nan") if kind == "number" else "" if kind not in (*_NUMERIC, "boolean") else None
        )
        return empty, "a value (the column is required)" if rules.get("required") else ""
    value: Any = cell
    if kind in _NUMERIC:
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


def _unique(rows: list, fields: list[Descriptor], key: list[str], problems: list[str]) -> None:
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
                    f"row {line}, column {'+'.join(group)}: found {'+'.join(value)!r} again (first in row {first}); "
                    "expected each value once"
                )


def _groups(check: Descriptor, columns: dict[str, list[Any]]) -> Iterator[tuple[str, list[int]]]:
    by = check.get("by", [])
    size = len(next(iter(columns.values())))
    keys = [tuple(str(columns[c][i]) for c in by) for i in range(size)]
    for key in dict.fromkeys(keys):
        yield "+".join(key) or "all rows", [i for i in range(size) if keys[i] == key]


def _check_sum(check: Descriptor, rows: list, columns: dict[str, list[Any]]) -> list[str]:
    problems = []
    for group, index in _groups(check, columns):
        values = [columns[check["field"]][i] for i in index]
        if any(v is None or v != v for v in values):
            continue  # a sum with a gap says nothing
        total = sum(Decimal(str(v)) for v in values)
        if abs(total - Decimal(str(check["equals"]))) > Decimal(str(check.get("tolerance", 0))):
            problems.append(
                f"row {rows[index[0]][0]} to {rows[index[-1]][0]}, column {check['field']}: {group} sums to {total}; "
                f"expected {check['equals']} within {check.get('tolerance', 0)}"
            )
    return problems


def _check_consecutive(check: Descriptor, rows: list, columns: dict[str, list[Any]]) -> list[str]:
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


def _check_complete(check: Descriptor, rows: list, columns: dict[str, list[Any]]) -> list[str]:
    chosen = [columns[c] for c in check["fields"]]
    present = set(zip(*chosen, strict=True))
    wanted = itertools.product(*(dict.fromkeys(c) for c in chosen))
    label = "+".join(check["fields"])
    return [
        f"column {label}: {'+'.join(map(str, w))} has no row; expected one"
        for w in wanted
        if w not in present
    ]


def _check_difference(check: Descriptor, rows: list, columns: dict[str, list[Any]]) -> list[str]:
    parts = zip(
        rows,
        columns[check["field"]],
        columns[check["minuend"]],
        columns[check["subtrahend"]],
        strict=True,
    )
    return [
        f"row {row[0]}, column {check['field']}: found {net}; expected {check['minuend']} - {check['subtrahend']} = {a - b}"
        for row, net, a, b in parts
        if None not in (net, a, b) and net != a - b
    ]


def _check_balance(check: Descriptor, rows: list, columns: dict[str, list[Any]]) -> list[str]:
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


def undescribed() -> list[str]:
    """Return the files under ``data/`` that no descriptor names, as paths below it."""
    known = {r["path"] for r in _package()["resources"]} | {"datapackage.json"}
    found = (p.relative_to(root()).as_posix() for p in root().rglob("*") if p.is_file())
    return sorted(set(found) - known)


def main(arguments: list[str] | None = None) -> int:
    """Check every table; unless ``--check``, record size and checksum of each. Returns the exit status."""
    check = "--check" in (sys.argv[1:] if arguments is None else arguments)
    problems = [
        f"data/{path}: described nowhere; expected a resource in data/datapackage.json"
        for path in undescribed()
    ]
    package = {k: v for k, v in copy.deepcopy(_package()).items() if k != "by_name"}
    for descriptor in package["resources"]:
        try:
            content = None if check else (root() / descriptor["path"]).read_bytes()
            _table(descriptor["name"], content, verify_checksum=check)
            if content is not None:
                descriptor["bytes"], descriptor["hash"] = len(content), _hash(content)
        except FileNotFoundError:
            problems.append(
                f"{_file(descriptor)}: the file is missing; expected because a resource names it"
            )
        except DataError as error:
            problems.append(str(error))
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    if not check:
        text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
        (root() / "datapackage.json").write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(package['resources'])} tables are as described")
    return 0


if __name__ == "__main__":
    sys.exit(main())
