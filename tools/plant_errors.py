"""Errors planted into copies of an edition's tables: how many of them the audit notices.

Mutation testing after DeMillo, Lipton and Sayward (1978). A mutant is one table of ``data/paper``
with one error. It is caught if the description of the table refuses it, if a verdict changes, if a
check can no longer run, if the ledger's own copy of a number disagrees (double entry), or if the
words of a claim name another row than the one that judges it.

Run ``python tools/plant_errors.py`` after a change of tables, claims or checks, then
``python -m proofbook.data``; it takes some minutes. ``tests/kzmobility/checks/test_mutation.py``
holds the recorded counts of single digits to what it finds itself.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import pandas as pd

from proofbook import checks, data

TEXTS = "false text"
KINDS = ("one digit", "swapped rows", "shifted year", "wrong unit", TEXTS)
NUMERIC = ("integer", "number")
FATES = ("description", "verdict", "failure", "double entry", "wording")


class Mutant(NamedTuple):
    """One error: its kind, where it is, and the table that holds it."""

    kind: str
    table: str
    column: str
    row: str
    step: int
    frame: pd.DataFrame
    guards: pd.DataFrame  # rows of the ledger that hold a copy of a number of this table

    @property
    def place(self) -> tuple[str, str, str, int]:
        """Table, column, row and step: what names a mutant of one digit."""
        return self.table, self.column, self.row, self.step


class Source(NamedTuple):
    """A table of the paper: its cells as text, the names of its key and of its numeric columns."""

    name: str
    text: pd.DataFrame
    key: list[str]
    numeric: list[str]
    guards: pd.DataFrame

    def label(self, i: int) -> str:
        """Return the name of a row."""
        return ".".join(self.text.at[i, k] for k in self.key)


def sources() -> Iterator[Source]:
    """Yield every table of ``data/paper``, with the rows of the ledger that copy its numbers."""
    ledger = data.read_text("claims")
    for name in data.names():
        resource = data.describe(name)
        if not resource["path"].startswith("paper/") or "schema" not in resource:
            continue
        schema = resource["schema"]
        numeric = [f["name"] for f in schema["fields"] if f["type"] in NUMERIC]
        guards = ledger[ledger["address"].str.contains(rf"(?:^|; ){name}\.")]
        yield Source(name, data.read_text(name), list(schema["primaryKey"]), numeric, guards)


def _changed(source: Source, kind: str, cells: dict[tuple[int, str], str], step: int = 0) -> Mutant:
    """Return a mutant with these cells; of the ledger, whose rows are independent, only the row."""
    (i, column), *_ = cells
    frame = source.text.copy()
    for (row, name), value in cells.items():
        frame.at[row, name] = value
    if source.name == "claims":
        frame = frame.loc[[i]].reset_index(drop=True)
    guards = frame if source.name == "claims" else source.guards
    return Mutant(kind, source.name, column, source.label(i), step, frame, guards)


def digits(source: Source) -> Iterator[Mutant]:
    """Yield every number one step of its last printed decimal up, and one step down."""
    for column in source.numeric:
        for i, cell in enumerate(source.text[column]):
            for step in (1, -1) if cell else ():
                unit = Decimal(1).scaleb(Decimal(cell).as_tuple().exponent)
                yield _changed(
                    source, "one digit", {(i, column): str(Decimal(cell) + step * unit)}, step
                )


def swapped(source: Source) -> Iterator[Mutant]:
    """Yield every pair of neighbouring rows with their numbers exchanged, column by column."""
    for column in set(source.numeric) - set(source.key) if source.name != "claims" else ():
        cells = source.text[column]
        for i in range(len(cells) - 1):
            if cells[i] and cells[i + 1] and cells[i] != cells[i + 1]:
                pair = {(i, column): cells[i + 1], (i + 1, column): cells[i]}
                yield _changed(source, "swapped rows", pair)


def shifted(source: Source) -> Iterator[Mutant]:
    """Yield every series by year with its numbers one year late, or early."""
    years = [k for k in source.key if "year" in k]
    numbers = [c for c in source.numeric if c not in source.key]
    if not years or len(source.key) > 1 or len(source.text) < 3:
        return
    for column in numbers:
        for step in (1, -1):
            moved = source.text[column].shift(step, fill_value=source.text[column].iloc[0])
            cells = {(i, column): moved[i] for i in range(len(moved))}
            yield _changed(source, "shifted year", cells, step)


def units(source: Source) -> Iterator[Mutant]:
    """Yield every number of the tables in another unit: thousands for units, a fraction for a
    share."""
    for column in set(source.numeric) - set(source.key) if source.name != "claims" else ():
        for i, cell in enumerate(source.text[column]):
            for power in (3, -2) if cell and float(cell) else ():
                value = f"{Decimal(cell).scaleb(power):f}"
                yield _changed(source, "wrong unit", {(i, column): value}, power)


def texts(source: Source) -> Iterator[Mutant]:
    """Yield every claim with the statement of the next claim of its kind: a false text over a true
    row."""
    if source.name != "claims":
        return
    for _, rows in source.text.groupby(["section", "kind"], sort=False):
        for i, j in zip(rows.index[:-1], rows.index[1:], strict=True):
            cells = {(i, "statement"): source.text.at[j, "statement"]}
            yield _changed(source, f"{TEXTS}: {source.text.at[i, 'kind']}", cells)


def plant(*kinds: str) -> Iterator[Mutant]:
    """Yield the mutants of these kinds, of all kinds if none is named."""
    makers = dict(zip(KINDS, (digits, swapped, shifted, units, texts), strict=True))
    for source in sources():
        for kind in kinds or KINDS:
            yield from makers[kind](source)


def fate(mutant: Mutant, before: dict[str, checks.Result]) -> str:
    """Return how a mutant is caught: description, verdict, failure, double entry; or an empty text.

    Parameters
    ----------
    before : the verdicts on the tables as they are, from :func:`proofbook.checks.verdicts`.
    """
    changed = {mutant.table: mutant.frame}
    content = mutant.frame.to_csv(index=False, lineterminator="\n").encode()
    try:
        data.read(mutant.table, content, verify_checksum=False)
    except data.DataError:
        return "description"
    try:
        after = checks.verdicts(changed)
    except Exception:  # a check that stops has noticed
        return "failure"
    if any(after[i].verdict != before[i].verdict for i in after):
        return "verdict"
    # A changed row of the ledger meets the tables as they are; a changed table meets the ledger.
    tables = {} if mutant.table == "claims" else changed
    found = checks.problems(mutant.guards, tables)
    if any("the statement" not in problem for problem in found):
        return "double entry"
    return "wording" if found else ""


def main() -> None:
    """Write ``data/audit/planted_errors.csv``: one row a kind of error."""
    before = checks.verdicts()
    found: Counter[tuple[str, str]] = Counter()
    for mutant in plant():
        found[mutant.kind, fate(mutant, before)] += 1
    with open(data.root() / "audit" / "planted_errors.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["kind", "planted", *(f.replace(" ", "_") for f in FATES)])
        for kind in dict.fromkeys(kind for kind, _ in found):
            planted = sum(n for (k, _), n in found.items() if k == kind)
            rows.writerow([kind, planted, *(found[kind, way] for way in FATES)])


if __name__ == "__main__":
    main()
