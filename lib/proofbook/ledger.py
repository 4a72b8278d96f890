"""The ledger: load the claims, run the check bound to each, return the verdicts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from proofbook import data
from proofbook.checks import Claim, LedgerError, Result, Tables, parse, run
from proofbook.data import Printed

#: The last ledger that ran on the stored tables, by the state of the data package: what a changed table is compared with.
_base: dict[tuple, tuple[Tables, list[Any], dict[str, Result]]] = {}


def load() -> pd.DataFrame:
    """Return the ledger as text, one row a claim, in the order of the paper.

    Returns
    -------
    pandas.DataFrame
        Columns ``id, section, locator, kind, statement, printed, decimals, unit, address, check, note``; empty cells
        are empty texts.

    Raises
    ------
    proofbook.data.DataError
        If the table breaks its description.
    LedgerError
        If a row and the data disagree, or a row is not usable; see :func:`problems`.
    """
    rows = data.read_text("claims")
    if found := problems(rows):
        listed = "\n".join(f"  {p}" for p in found[:10])
        raise LedgerError(
            f"data/paper/claims.csv: {len(found)} problem(s)\n{listed}\nRemedy: correct the row or the table"
        )
    return rows


def problems(
    rows: pd.DataFrame | None = None, tables: Mapping[str, pd.DataFrame] | None = None
) -> list[str]:
    """Return what is wrong with the ledger as a whole: the double entry of every printed number, and unusable rows.

    A number that the text prints stands in the ledger and in the table that the charts read. Both were typed; that
    they agree, digit by digit, is the only guard of a number that nothing else in the paper repeats.
    """
    found = []
    with _substituted(tables):
        rows = data.read_text("claims") if rows is None else rows
        t = Tables()
        for row in rows.itertuples(index=False):
            where = f"claim {row.id}"
            if row.printed and len(row.printed.partition(".")[2]) != int(row.decimals or -1):
                found.append(
                    f"{where}: {row.printed!r} does not show {row.decimals or 'no'} decimals"
                )
            if row.address and not row.printed:
                found.append(f"{where}: an address but no printed number")
            for address in filter(None, row.address.split("; ")):
                try:
                    number = t.printed(address)
                except data.UnknownAddressError as error:
                    found.append(f"{where}: {error}")
                    continue
                if number.text != row.printed:
                    found.append(
                        f"{where}: prints {row.printed!r}, but {address} prints {number.text!r}"
                    )
            try:
                parse(row.check)
            except LedgerError as error:
                found.append(f"{where}: {error}")
            if row.check in ("unsupported", "unverifiable") and not row.note:
                found.append(f"{where}: {row.check} without a reason in the note")
            if row.check == "unverifiable" and "Missing: " not in row.note:
                found.append(
                    f"{where}: unverifiable, and the note names no missing source ('Missing: ...')"
                )
    return found


def check(id: str, tables: Mapping[str, pd.DataFrame] | None = None) -> Result:
    """Return the verdict on one claim.

    Parameters
    ----------
    id : str
        Such as ``c-dem-014``.
    tables : mapping of str to DataFrame, optional
        Tables to use instead of the stored ones, with cells as text (as ``data.read_text`` gives them): how many
        decimals are printed is data, and a typed frame has forgotten it.

    Raises
    ------
    KeyError
        If there is no such claim.
    proofbook.data.DataError
        If a table breaks its description.
    """
    with _substituted(tables):
        for row in _rows():
            if row.id == id:
                return _run(row, Tables())
    msg = f"no claim {id!r} in data/paper/claims.csv"
    raise KeyError(msg)


def check_all(tables: Mapping[str, pd.DataFrame] | None = None) -> list[dict[str, object]]:
    """Return the whole ledger with its verdicts, as the site publishes it.

    Parameters
    ----------
    tables : mapping of str to DataFrame, optional
        As for :func:`check`. Only the claims whose checks read one of these tables run again.

    Returns
    -------
    list of dict
        Keys ``id, section, locator, kind, statement, printed, unit, computed, verdict, evidence, check, note``, in the
        order of the paper. ``printed`` is text or None, ``computed`` a number, a short text, or None.

    Raises
    ------
    LedgerError, proofbook.data.DataError
        If ledger and data do not fit together.
    """
    with _substituted(tables):
        rows = load()
    results = verdicts(tables)
    return [
        {
            "id": row.id,
            "section": row.section,
            "locator": row.locator,
            "kind": row.kind,
            "statement": row.statement,
            "printed": row.printed or None,
            "unit": row.unit or None,
            "computed": results[row.id].computed,
            "verdict": results[row.id].verdict,
            "evidence": results[row.id].evidence,
            "check": row.check,
            "note": results[row.id].note or None,
        }
        for row in rows.itertuples(index=False)
    ]


def verdicts(tables: Mapping[str, pd.DataFrame] | None = None) -> dict[str, Result]:
    """Return ``id -> result`` for all claims, without the guards of :func:`load` (the mutation test looks at each alone)."""
    if not tables:
        t, rows = Tables(), _rows()
        results = {row.id: _run(row, t) for row in rows}
        _base.clear()
        _base[_stamp()] = (t, rows, results)
        return results
    if _stamp() not in _base:
        verdicts()
    parent, rows, before = _base[_stamp()]
    stored = {row.id: row for row in rows}
    with _substituted(tables):
        t = Tables(parent, tables)
        return {
            row.id: before[row.id]
            if stored.get(row.id) == row and not t.rests_on_change(before[row.id].reads)
            else _run(row, t)
            for row in (_rows() if "claims" in tables else rows)
        }


def _rows() -> list[Any]:
    return list(data.read_text("claims").itertuples(index=False))


def _run(row: Any, t: Tables) -> Result:
    number = (
        Printed(row.printed, float(row.printed), int(row.decimals), row.unit)
        if row.printed
        else None
    )
    if row.address:
        # The tables, not the ledger's copy, are what a check judges; problems() holds the two together.
        number = t.printed(row.address.split("; ")[0])
    result = run(Claim(row.id, row.section, row.kind, number, row.check, row.note), t)
    return result._replace(reads=result.reads | frozenset(filter(None, row.address.split("; "))))


def _stamp() -> tuple:
    # The package holds the checksum of every table, and reading verifies it: when a table changes, so does this file.
    stat = (data.root() / "datapackage.json").stat()
    return (str(data.root()), stat.st_mtime_ns, stat.st_size)


@contextlib.contextmanager
def _substituted(tables: Mapping[str, pd.DataFrame] | None) -> Iterator[None]:
    contents = {
        n: f.to_csv(index=False, lineterminator="\n").encode() for n, f in (tables or {}).items()
    }
    with data.substitute(contents):
        yield
