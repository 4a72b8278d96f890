"""Read and validate the tables under ``data/``; the only code that opens a data file.

``data/datapackage.json`` (a Frictionless Data Package, https://specs.frictionlessdata.io) says what
each table must be. A table that differs from its description is refused whole, with every problem
named, because a silently repaired number would be printed, charted and judged as if the paper or an
office had published it.

``python -m proofbook.data`` checks every table and records its checksum; ``--check`` only checks.
"""

from __future__ import annotations

import contextlib
import copy
import difflib
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from proofbook.tables import (
    NUMERIC,
    DataError,
    Descriptor,
    Table,
    file_of,
    parse,
    remedy_of,
)

__all__ = ["DataError", "Descriptor", "Printed", "describe", "names", "printed", "read"]
_substitutes: ContextVar[Mapping[str, bytes]] = ContextVar("substitutes", default={})  # noqa: B039, never changed


class UnknownAddressError(KeyError):
    """No printed number stands at this address."""

    def __str__(self) -> str:  # KeyError would show the message quoted
        return str(self.args[0])


class Printed(NamedTuple):
    """A number as printed: text, value, decimals shown (printed digits are data), and unit."""

    text: str
    value: float
    decimals: int
    unit: str


def root() -> Path:
    """Return ``PROOFBOOK_DATA``, else the nearest ``data`` above working folder or this file."""
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
        One row per line; integer -> Int64, number -> float64, boolean -> boolean, all else -> str.
        Units: see ``describe(name)["schema"]["fields"]``.

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
    """Return the table of `read` with every cell as the file has it (missing: empty text)."""
    return _table(name, content, verify_checksum).text.copy()


def printed(address: str) -> Printed:
    """Return one number as printed.

    Parameters
    ----------
    address : str
        ``table.key.column``, e.g. ``table4.2001.unemployment_pct`` or
        ``table1.North.60+.share_pct``: the values of the primary key in order. The column may be
        left out where the table has a column ``value`` or only one column of numbers besides the
        key (a column ``order`` does not count).

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
            f"{address!r} is an empty cell of {file_of(descriptor)}: no number is printed there"
        )
    return Printed(text, float(text), len(text.partition(".")[2]), unit)


@contextlib.contextmanager
def substitute(contents: Mapping[str, bytes]) -> Iterator[None]:
    """Within the block, read tables named in `contents` from these bytes, checksums aside."""
    token = _substitutes.set({**_substitutes.get(), **contents})
    try:
        yield
    finally:
        _substitutes.reset(token)


def _table(name: str, content: bytes | None, verify_checksum: bool) -> Table:
    return _parsed(name, _content(describe(name), content, verify_checksum), *_key())


def _content(descriptor: Descriptor, content: bytes | None, verify_checksum: bool) -> bytes:
    name, file = descriptor["name"], file_of(descriptor)
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
        raise DataError(file, [msg], remedy_of(descriptor))
    return content


# Both caches hold by content: a claim asks for a number, a mutation test for each a thousand times.
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
        if f["type"] in NUMERIC and f["name"] not in key
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


def _nearest(wanted: str, known: list[str]) -> str:
    close = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    return "; nearest: " + ", ".join(close) if close else ""


def package() -> Descriptor:
    """Return the description of all tables (shared: do not change it)."""
    return _package()


def raw_files() -> dict[str, str]:
    """Return the checksum of each raw file that tables were made from, by its path."""
    return (_package().get("raw") or {}).get("files", {})


def undescribed() -> list[str]:
    """Return the files under ``data/`` that no descriptor names, as paths below it."""
    known = {r["path"] for r in _package()["resources"]} | set(raw_files())
    known |= {"datapackage.json", "LICENSE.md"}
    found = (p.relative_to(root()).as_posix() for p in root().rglob("*") if p.is_file())
    return sorted(path for path in set(found) - known if "__pycache__" not in path)


def _record(package: Descriptor, check: bool) -> list[str]:
    """Check every file of the package, or write its size and checksum; return the problems."""
    problems = []
    for descriptor in package["resources"]:
        try:
            content = None if check else (root() / descriptor["path"]).read_bytes()
            _table(descriptor["name"], content, verify_checksum=check)
            if content is not None:
                descriptor["bytes"], descriptor["hash"] = len(content), _hash(content)
        except FileNotFoundError:
            problems.append(
                f"{file_of(descriptor)}: the file is missing; expected because a resource names it"
            )
        except DataError as error:
            problems.append(str(error))
    for path, recorded in raw_files().items():
        file = root() / path
        found = _hash(file.read_bytes()) if file.is_file() else "no such file"
        if found != recorded and (check or not file.is_file()):
            problems.append(f"data/{path}: found {found}; expected {recorded}")
        package["raw"]["files"][path] = found
    return problems


def main(arguments: list[str] | None = None) -> int:
    """Check every table; unless ``--check``, record size and checksum of each."""
    check = "--check" in (sys.argv[1:] if arguments is None else arguments)
    problems = [
        f"data/{path}: described nowhere; expected a resource in data/datapackage.json"
        for path in undescribed()
    ]
    package = {k: v for k, v in copy.deepcopy(_package()).items() if k != "by_name"}
    problems += _record(package, check)
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
