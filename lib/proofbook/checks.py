"""What a claim, a check and a finding are, and how a check reads the tables."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

import pandas as pd

from proofbook import data, edition
from proofbook.data import Printed

VERDICTS = ("reproduced", "consistent", "contradicted", "unsupported", "unverifiable")
EVIDENCE = ("paper", "official", "both", "none")
KINDS = ("number", "sum", "direction", "causal", "literature")
#: The sections of the paper as the book's chapters cut them, in order.
SECTIONS = (
    "Abstract",
    "Introduction",
    "Literature review",
    "Methodology",
    "Demography",
    "Internal educational mobility",
    "Programmes",
    "Econometrics",
    "Conclusion",
    "References",
)


class LedgerError(ValueError):
    """The ledger and the data do not fit together; the message says which row and what to do."""


class Finding(NamedTuple):
    """What a check found: a verdict, what was computed (full precision or a short text), and what must be added."""

    verdict: str
    computed: float | int | str | None = None
    note: str = ""


class Result(NamedTuple):
    """A finding with what it rests on."""

    verdict: str
    computed: float | int | str | None
    evidence: str
    note: str
    reads: frozenset[str]


@dataclass(frozen=True)
class Claim:
    """One row of the ledger, with its printed number resolved."""

    id: str
    section: str
    kind: str
    printed: Printed | None
    check: str
    note: str = ""


class Tables:
    """Reads tables for the checks, once each, and records what was read.

    ``data`` validates and types them; this class only remembers. ``reads`` holds the name of every table that was read
    whole and the address of every number that was read alone. With a `parent`, whatever rests on nothing in `changed`
    is taken from it, which is what makes a thousand mutated ledgers affordable.
    """

    def __init__(self, parent: Tables | None = None, changed: Iterable[str] = ()) -> None:
        self._changed = frozenset(changed)
        self._parent = parent
        self._known: dict[Hashable, tuple[Any, frozenset[str]]] = {}
        self.reads: set[str] = set()
        if parent is not None:
            self._changed |= {address for name in changed for address in self._moved(name, parent)}

    def _moved(self, name: str, parent: Tables) -> set[str]:
        """Return the addresses of a table whose numbers differ from the parent's; all of them if rows came or went."""
        old, new = parent.cells(name), self.cells(name)
        return {a for a in old if old[a] != new[a]} if old.keys() == new.keys() else {*old, *new}

    def rests_on_change(self, reads: Iterable[str]) -> bool:
        """Whether anything that was read is different here from the parent."""
        return not self._changed.isdisjoint(reads)

    def derive(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return `make()`, computed once; what it reads is recorded each time it is asked for."""
        for holder in (self, self._parent):
            if holder is not None and key in holder._known:
                value, reads = holder._known[key]
                if holder is self or not self.rests_on_change(reads):
                    self.reads |= reads
                    return value
        before, self.reads = self.reads, set()
        try:
            value = make()
            self._known[key] = (value, frozenset(self.reads))
        finally:
            self.reads |= before
        return value

    def _load(self, name: str, reader: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
        self.reads.add(name)
        return reader(name)

    def read(self, name: str) -> pd.DataFrame:
        """Return a table, typed. Shared between checks: do not change it."""
        return self.derive(("typed", name), lambda: self._load(name, data.read))

    def text(self, name: str) -> pd.DataFrame:
        """Return a table with its cells as printed. Shared between checks: do not change it."""
        return self.derive(("text", name), lambda: self._load(name, data.read_text))

    def folder(self, name: str) -> str:
        """Return the folder that a table lies in, ``paper`` or ``official``: what a finding on it rests on."""
        return self.derive(("folder", name), lambda: data.describe(name)["path"].partition("/")[0])

    def cells(self, name: str) -> dict[str, Printed]:
        """Return every printed number of a table by its address ``table.key.column``, in the order of the file."""

        def make() -> dict[str, Printed]:
            text, schema = self.text(name), data.describe(name)["schema"]
            key = schema["primaryKey"]
            found = {}
            for field in schema["fields"]:
                if field["type"] not in ("integer", "number") or field["name"] in key:
                    continue
                units = text["unit"] if "unit" in text else [field.get("unit", "")] * len(text)
                for *label, cell, unit in zip(
                    *(text[k] for k in key), text[field["name"]], units, strict=True
                ):
                    if cell:
                        address = ".".join([name, *label, field["name"]])
                        found[address] = Printed(
                            cell, float(cell), len(cell.partition(".")[2]), unit
                        )
            return found

        return self.derive(("cells", name), make)

    def printed(self, address: str) -> Printed:
        """Return one printed number by its full address; the number alone counts as read."""
        cells = self._peek(address)
        if address not in cells:
            raise data.UnknownAddressError(
                f"no printed number at {address!r}; the column must be named in a check"
            )
        self.reads.add(address)
        return cells[address]

    def all(self, pattern: str) -> dict[str, Printed]:
        """Return the printed numbers whose address matches a pattern with ``*``, in the order of the file."""
        found = {a: p for a, p in self._peek(pattern).items() if fnmatchcase(a, pattern)}
        if not found:
            raise data.UnknownAddressError(f"no printed number matches {pattern!r}")
        self.reads |= found.keys()
        return found

    def _peek(self, address: str) -> dict[str, Printed]:
        before, self.reads = self.reads, set()
        try:
            return self.cells(address.partition(".")[0])
        finally:
            self.reads = before


Function = Callable[..., Finding]


@dataclass(frozen=True)
class Check:
    """A named check: what it can return, and the function that decides."""

    name: str
    can_return: tuple[str, ...]
    function: Function


CHECKS: dict[str, Check] = {}


@lru_cache(maxsize=1)
def register() -> None:
    """Import the module that registers the edition's checks: ``proofbook: checks:`` in ``_config.yml``."""
    if module := edition.settings(data.root().parent).get("checks"):
        # An edition that is not installed keeps its module in its own folder ``lib``.
        sys.path.append(str(data.root().parent / "lib"))
        import_module(module)


def check(*verdicts: str) -> Callable[[Function], Function]:
    """Register a function as a check that can return these verdicts, and no other."""
    unknown = set(verdicts) - set(VERDICTS)
    if unknown or not verdicts:
        msg = f"a check returns at least one of {VERDICTS}; got {verdicts}"
        raise ValueError(msg)

    def register(function: Function) -> Function:
        CHECKS[function.__name__] = Check(function.__name__, verdicts, function)
        return function

    return register


@lru_cache(maxsize=1024)
def parse(text: str) -> tuple[Check, tuple[Any, ...], dict[str, Any]]:
    """Return the check and the arguments that a ledger row names, such as ``total("table2.*.sent_students")``.

    Only literal arguments are taken: a ledger row is data and cannot run code.

    Raises
    ------
    LedgerError
        If the text is not a call of a registered check with literal arguments.
    """
    try:
        node = ast.parse(text, mode="eval").body
        if isinstance(node, ast.Name):
            node = ast.Call(func=node, args=[], keywords=[])
        name = node.func.id
        arguments = tuple(ast.literal_eval(a) for a in node.args)
        named = {k.arg: ast.literal_eval(k.value) for k in node.keywords}
    except (SyntaxError, ValueError, AttributeError) as error:
        raise LedgerError(f"check {text!r} is not a name with literal arguments: {error}") from None
    register()
    if name not in CHECKS:
        raise LedgerError(
            f"check {text!r}: no check is called {name!r}; there are {', '.join(sorted(CHECKS))}"
        )
    return CHECKS[name], arguments, named


def run(claim: Claim, tables: Tables) -> Result:
    """Run a claim's check and say what the finding rests on.

    Raises
    ------
    LedgerError
        If the check is unknown, its arguments do not fit, or it returns a verdict that it did not declare.
    """
    bound, arguments, named = parse(claim.check)
    tables.reads = set()
    try:
        finding = bound.function(tables, claim, *arguments, **named)
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise LedgerError(
            f"claim {claim.id}, check {claim.check}: {type(error).__name__}: {error}"
        ) from error
    if finding.verdict not in bound.can_return:
        raise LedgerError(
            f"check {bound.name} returned {finding.verdict!r}; it declares {bound.can_return}"
        )
    folders = {tables.folder(read.partition(".")[0]) for read in tables.reads}
    evidence = "both" if len(folders) > 1 else (folders or {"none"}).pop()
    note = " ".join(part for part in (claim.note, finding.note) if part)
    return Result(finding.verdict, plain(finding.computed), evidence, note, frozenset(tables.reads))


def plain(value: Any) -> float | int | str | None:
    """Return a computed value as JSON has it; a float keeps twelve significant digits, so that every machine agrees."""
    if value is None or isinstance(value, str):
        return value
    number = float(f"{float(value):.12g}")
    return int(number) if number.is_integer() else number


def need(claim: Claim) -> Printed:
    """Return the printed number of a claim; raises LedgerError if it has none."""
    if claim.printed is None:
        raise LedgerError(
            f"claim {claim.id}: the check {claim.check} compares a printed number, and the row has none"
        )
    return claim.printed


def show(value: float, digits: int = 4) -> str:
    """Return a number for a short text: whole if it is whole, else so many significant digits, with thousands apart."""
    value = round(float(value), 9)
    if value.is_integer():
        return f"{value:,.0f}"
    return f"{value:,.{max(0, digits - len(str(int(abs(value)))))}f}"


@check("unsupported")
def unsupported(t: Tables, claim: Claim) -> Finding:
    """Nothing in the paper tests the statement; the ledger's note says what would."""
    return Finding("unsupported")


@check("unverifiable")
def unverifiable(t: Tables, claim: Claim) -> Finding:
    """The source that could decide was not to be had; the ledger's note names it."""
    return Finding("unverifiable")
