"""The ledger: what a claim, a check and a verdict are; how checks are registered and run over the
tables.

A verdict is never stored. Each row of ``data/paper/claims.csv`` names a check of the edition, or
holds a formula of :mod:`proofbook.rule`, or says that nothing decides; the verdict is computed from
the tables whenever somebody asks.
"""

from __future__ import annotations

import ast
import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from importlib import import_module
from typing import Any, NamedTuple

import pandas as pd

from proofbook import data, edition, rule, wording
from proofbook.data import Printed
from proofbook.rule import Formula, FormulaError, Measured, Quantity

VERDICTS = ("reproduced", "consistent", "contradicted", "unsupported", "unverifiable")
HOLDING = ("reproduced", "consistent")
#: What a verdict stands on, from the strongest evidence to none.
BASES = ("recomputed", "paper", "official", "press", "bibliography", "none")
KINDS = ("number", "sum", "direction", "causal", "literature")
#: The claims of the paper, and what the editors checked besides.
PARTS = ("claim", "besides")
#: Column of a table whose numbers rest on the word of a newspaper.
REPORTER = "as_reported_by"
OPEN = ("unsupported", "unverifiable")


class LedgerError(ValueError):
    """The ledger and the data do not fit together; the message says which row and what to do."""


class Finding(NamedTuple):
    """What a check found: a verdict, what was computed (full precision or a short text), and what
    must be added."""

    verdict: str
    computed: float | int | str | None = None
    note: str = ""


class Result(NamedTuple):
    """A verdict with what it rests on, what the computed value is, and the check in plain words."""

    verdict: str
    computed: float | int | str | None
    basis: str
    note: str
    what: str
    checked: str
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
    what: str = ""


class Tables:
    """Reads tables for the checks, once each, and records what was read.

    ``data`` validates and types them; this class only remembers. ``reads`` holds the name of every
    table that was read whole and the address of every number that was read alone. With a `parent`,
    whatever rests on nothing in `changed` is taken from it, which is what makes a thousand mutated
    ledgers affordable.
    """

    def __init__(self, parent: Tables | None = None, changed: Iterable[str] = ()) -> None:
        self._changed = frozenset(changed)
        self._parent = parent
        self._known: dict[Hashable, tuple[Any, frozenset[str]]] = {}
        self.reads: set[str] = set()
        if parent is not None:
            self._changed |= {address for name in changed for address in self._moved(name, parent)}

    def _moved(self, name: str, parent: Tables) -> set[str]:
        """Return the addresses of a table whose numbers differ from the parent's; all of them if
        rows came or went."""
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

    def basis(self, name: str) -> str:
        """Return what a number of a table rests on: ``paper``, ``press`` if its rows say who
        reported it, ``official``."""

        def make() -> str:
            resource = data.describe(name)
            if resource["path"].startswith("paper/"):
                return "paper"
            fields = [f["name"] for f in resource["schema"]["fields"]]
            return "press" if REPORTER in fields else "official"

        return self.derive(("basis", name), make)

    def reporters(self, addresses: Iterable[str]) -> list[str]:
        """Return who reported these numbers, each once; nobody for numbers of the paper or of an
        office."""
        found: dict[str, None] = {}
        for address in addresses:
            name = address.partition(".")[0]
            if self.basis(name) != "press" or address == name:
                continue
            key = data.describe(name)["schema"]["primaryKey"]
            rows = self.derive(("text", name), partial(data.read_text, name))
            labels = rows[key].agg(".".join, axis=1)
            where = labels == address.partition(".")[2].rpartition(".")[0]
            found |= dict.fromkeys(rows.loc[where, REPORTER])
        return list(found)

    def cells(self, name: str) -> dict[str, Printed]:
        """Return every printed number of a table by its address ``table.key.column``, in the order
        of the file."""

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
        """Return the printed numbers whose address matches a pattern with ``*``, in the order of
        the file."""
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
    """A named check: what it can return, what its verdict stands on, what it computes, and the
    function that decides."""

    name: str
    can_return: tuple[str, ...]
    basis: str
    what: str
    function: Function


CHECKS: dict[str, Check] = {}
QUANTITIES: dict[str, Quantity] = {}


@lru_cache(maxsize=1)
def register() -> None:
    """Import the module that registers the edition's checks: ``proofbook: checks:`` in
    ``_config.yml``."""
    if module := edition.settings(data.root().parent).get("checks"):
        # An edition that is not installed keeps its module in its own folder ``lib``.
        sys.path.append(str(data.root().parent / "lib"))
        import_module(module)


def check(
    *verdicts: str, basis: str = "recomputed", what: str = ""
) -> Callable[[Function], Function]:
    """Register a function as a check that can return these verdicts, and no other.

    Parameters
    ----------
    verdicts : str
        Only a recomputation reproduces, and a press report alone contradicts nothing.
    basis : str
        What its verdict stands on, one of ``BASES``.
    what : str
        What the computed value is, in a few words; a row of the ledger may say it more closely.
    """
    if not verdicts or set(verdicts) - set(VERDICTS) or basis not in BASES:
        msg = f"a check returns some of {VERDICTS} on one of {BASES}; got {verdicts} on {basis!r}"
        raise ValueError(msg)
    if ("reproduced" in verdicts and basis != "recomputed") or (
        "contradicted" in verdicts and basis == "press"
    ):
        msg = (
            f"on {basis} nothing is reproduced, and on the press nothing contradicted; got "
            f"{verdicts}"
        )
        raise ValueError(msg)

    def bind(function: Function) -> Function:
        CHECKS[function.__name__] = Check(function.__name__, verdicts, basis, what, function)
        return function

    return bind


def quantity(
    *, basis: str = "recomputed"
) -> Callable[[Callable[..., float | Measured]], Callable[..., float | Measured]]:
    """Register a function of the tables as a number that formulas of the ledger may use, on one of
    ``BASES``."""

    def bind(function: Callable[..., float | Measured]) -> Callable[..., float | Measured]:
        QUANTITIES[function.__name__] = Quantity(function, basis)
        return function

    return bind


class Parsed(NamedTuple):
    """A row's check, read: a registered check with its arguments, or a formula, or a word with a
    formula to show."""

    check: Check | None
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    formula: ast.expr | None


@lru_cache(maxsize=1024)
def parse(text: str) -> Parsed:
    """Return what a ledger row asks for: ``sample_size()``, ``printed ==
    sum("table2.*.sent_students")``, ``unsupported``.

    Only literal arguments and the grammar of :mod:`proofbook.rule` are taken: a row is data and
    cannot run code.

    Raises
    ------
    LedgerError
        If the text is neither a call of a registered check nor a formula.
    """
    register()
    try:
        node = ast.parse(text, mode="eval").body
        name = node.func.id if isinstance(node, ast.Call) else getattr(node, "id", "")  # type: ignore[attr-defined]
        if name in OPEN:
            shown = node.args[0] if isinstance(node, ast.Call) and node.args else None
            if shown is not None:
                rule.allowed(shown, QUANTITIES)
            return Parsed(CHECKS[name], (), {}, shown)
        if name in CHECKS:
            args, words = (node.args, node.keywords) if isinstance(node, ast.Call) else ([], [])
            named = {str(k.arg): ast.literal_eval(k.value) for k in words}
            return Parsed(CHECKS[name], tuple(map(ast.literal_eval, args)), named, None)
        rule.allowed(node, QUANTITIES)
        moves = isinstance(node, ast.Call) and name in rule.MOVES
        if not moves and not isinstance(node, ast.Compare):
            raise FormulaError(f"no check is called {name!r}" if name else "it compares nothing")
    except (SyntaxError, ValueError, AttributeError) as error:
        raise LedgerError(
            f"check {text!r} is neither a known check with literal arguments nor a formula: {error}"
        ) from None
    return Parsed(None, (), {}, node)


def run(claim: Claim, tables: Tables) -> Result:
    """Run a claim's check and say what the finding rests on.

    Raises
    ------
    LedgerError
        If the check is unknown, its arguments do not fit, or it returns a verdict that it did not
        declare.
    """
    parsed = parse(claim.check)
    tables.reads = set()
    try:
        if parsed.formula is None:
            result = _called(claim, parsed, tables)
        else:
            result = _ruled(claim, parsed, tables)
    except LedgerError:
        raise
    except (TypeError, LookupError, AttributeError, StopIteration, ValueError) as error:
        raise LedgerError(
            f"claim {claim.id}, check {claim.check}: {type(error).__name__}: {error}"
        ) from error
    return result._replace(
        computed=plain(result.computed),
        basis="none" if result.verdict == "unverifiable" else result.basis,
        note=" ".join(part for part in (claim.note, result.note) if part),
        what=(claim.what or result.what) if result.computed is not None else "",
        reads=frozenset(tables.reads),
    )


def _called(claim: Claim, parsed: Parsed, tables: Tables) -> Result:
    bound = parsed.check
    assert bound is not None
    finding = bound.function(tables, claim, *parsed.arguments, **parsed.named)
    if finding.verdict not in bound.can_return:
        raise LedgerError(
            f"check {bound.name} returned {finding.verdict!r}; it declares {bound.can_return}"
        )
    words = " ".join((bound.function.__doc__ or bound.name).partition("\n\n")[0].split())
    words = words if bound.name in OPEN else whether(words)
    note = finding.note
    return Result(
        finding.verdict, finding.computed, bound.basis, note, bound.what, words, frozenset()
    )


def _ruled(claim: Claim, parsed: Parsed, tables: Tables) -> Result:
    node = parsed.formula
    assert node is not None
    formula = Formula(
        tables, claim.printed, QUANTITIES, lambda a: tables.basis(a.partition(".")[0])
    )
    computed: float | str | None
    if parsed.check is not None:
        verdict, computed = parsed.check.name, formula.value(node).shown()
    else:
        verdict, computed, _, _ = formula.decide(node)
    basis = _weakest(formula.bases or {"paper"})
    notes = list(dict.fromkeys(formula.notes))
    if basis == "press":
        outlets = tables.reporters(sorted(tables.reads))
        notes += [f"As reported by {', '.join(outlets)}."] if outlets else []
        if verdict == "contradicted":
            verdict = "unsupported"
            notes.append("A press report alone refutes nothing.")
    # Only a recomputed number or sum is reproduced: that two places print the same, or an office
    # does, or that one number exceeds another, is agreement.
    whole = basis == "recomputed" and (claim.printed or claim.kind == "sum")
    verdict = "consistent" if verdict == "reproduced" and not whole else verdict
    words = rule.words(node, QUANTITIES)
    words = words if parsed.check is not None else whether(words)
    return Result(verdict, computed, basis, " ".join(notes), "", words, frozenset())


def whether(sentence: str) -> str:
    """Return what a check asks: a reader must not take for a finding what the verdict denies."""
    return f"Whether {sentence[0].lower()}{sentence[1:]}"


def _weakest(bases: Iterable[str]) -> str:
    """Return the basis that a verdict on several has: outside evidence before inside, computing
    before comparing."""
    order = ("bibliography", "press", "official", "recomputed", "paper")
    return next(basis for basis in order if basis in set(bases))


def plain(value: Any) -> float | int | str | None:
    """Return a computed value as JSON has it; a float keeps twelve significant digits, so that
    every machine agrees."""
    if value is None or isinstance(value, str):
        return value
    number = float(f"{float(value):.12g}")
    return int(number) if number.is_integer() else number


def need(claim: Claim) -> Printed:
    """Return the printed number of a claim; raises LedgerError if it has none."""
    if claim.printed is None:
        raise LedgerError(
            f"claim {claim.id}: the check {claim.check} compares a printed number, and the row "
            "has none"
        )
    return claim.printed


@check("unsupported", basis="none")
def unsupported(t: Tables, claim: Claim) -> Finding:
    """Nothing in the paper tests the statement; the reason says why."""
    return Finding("unsupported")


@check("unverifiable", basis="none")
def unverifiable(t: Tables, claim: Claim) -> Finding:
    """The source that could decide is not at hand; the reason names it."""
    return Finding("unverifiable")


# -------------------------------------------------------------------------------------- the ledger

#: The last ledger that ran on the stored tables, by the state of the data package: what a changed
#: table is compared with.
_base: dict[tuple, tuple[Tables, list[Any], dict[str, Result]]] = {}


def load() -> pd.DataFrame:
    """Return the ledger as text, one row a claim, in the order of the paper; empty cells are empty
    texts.

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
            f"data/paper/claims.csv: {len(found)} problem(s)\n{listed}\nRemedy: correct the row "
            "or the table"
        )
    return rows


def problems(
    rows: pd.DataFrame | None = None, tables: Mapping[str, pd.DataFrame] | None = None
) -> list[str]:
    """Return what is wrong with the ledger as a whole: the double entry of every printed number,
    and unusable rows.

    A number that the text prints stands in the ledger and in the table that the charts read. Both
    were typed; that they agree, digit by digit, is the only guard of a number that nothing else in
    the paper repeats.
    """
    with _substituted(tables):
        rows = data.read_text("claims") if rows is None else rows
        t = Tables()
        return [
            f"claim {row.id}: {problem}"
            for row in rows.itertuples(index=False)
            for problem in _row_problems(row, t)
        ]


def _row_problems(row: Any, t: Tables) -> Iterator[str]:
    if row.printed and len(row.printed.partition(".")[2]) != int(row.decimals or -1):
        yield f"{row.printed!r} does not show {row.decimals or 'no'} decimals"
    if row.address and not row.printed:
        yield "an address but no printed number"
    for address in filter(None, row.address.split("; ")):
        try:
            number = t.printed(address)
        except data.UnknownAddressError as error:
            yield str(error)
            continue
        if number.text != row.printed:
            yield f"prints {row.printed!r}, but {address} prints {number.text!r}"
    try:
        parse(row.check)
    except LedgerError as error:
        yield str(error)
    else:
        yield from wording.misfits(row, t)
    word = row.check.partition("(")[0]
    if word in OPEN and not row.note:
        yield f"{word} without a reason in the note"
    if word == "unverifiable" and "Missing: " not in row.note:
        yield "unverifiable, and the note names no missing source ('Missing: ...')"


def judge(name: str, tables: Mapping[str, pd.DataFrame] | None = None) -> Result:
    """Return the verdict on one claim.

    Parameters
    ----------
    name : str
        Such as ``c-dem-014``.
    tables : mapping of str to DataFrame, optional
        Tables to use instead of the stored ones, with cells as text (as ``data.read_text`` gives
        them): how many decimals are printed is data, and a typed frame has forgotten it.

    Raises
    ------
    KeyError
        If there is no such claim.
    proofbook.data.DataError
        If a table breaks its description.
    """
    with _substituted(tables):
        for row in _rows():
            if row.id == name:
                return _run(row, Tables())
    msg = f"no claim {name!r} in data/paper/claims.csv"
    raise KeyError(msg)


def check_all(tables: Mapping[str, pd.DataFrame] | None = None) -> list[dict[str, Any]]:
    """Return the whole ledger with its verdicts, as the site publishes it.

    Parameters
    ----------
    tables : mapping of str to DataFrame, optional
        As for :func:`judge`. Only the claims whose checks read one of these tables run again.

    Returns
    -------
    list of dict
        In the order of the paper, with the keys ``id, section, locator, kind, statement, printed,
        unit, computed, what, verdict, basis, check, checked, note, aliases, part``. ``printed`` is
        text or None; ``computed`` a number, a short text, or None; ``what`` says what it is,
        ``checked`` the check in plain words; ``aliases`` are ids of claims that were merged into
        this one; ``part`` is one of ``PARTS``.

    Raises
    ------
    LedgerError, proofbook.data.DataError
        If ledger and data do not fit together.
    """
    with _substituted(tables):
        rows = load()
    results = verdicts(tables)
    return [_published(row, results[row.id]) for row in rows.itertuples(index=False)]


def _published(row: Any, result: Result) -> dict[str, Any]:
    return {
        "id": row.id,
        "section": row.section,
        "locator": row.locator,
        "kind": row.kind,
        "statement": row.statement,
        "printed": row.printed or None,
        "unit": row.unit or None,
        "computed": result.computed,
        "what": result.what or None,
        "verdict": result.verdict,
        "basis": result.basis,
        "check": row.check,
        "checked": result.checked,
        "note": result.note or None,
        "aliases": getattr(row, "aliases", "").split(),
        "part": getattr(row, "part", "") or "claim",
    }


def counts(ledger: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many claims hold on what, and how many do not, for a summary that adds up.

    Parameters
    ----------
    ledger : iterable of mappings
        As :func:`check_all` returns it.

    Returns
    -------
    dict
        ``claims`` is the sum of: those that hold, by ``BASES`` without the last (``recomputed``
        from the paper's own numbers, ``paper`` for the same number or order in another place,
        ``official`` figures, ``press`` for "as reported by", ``bibliography`` for a source that is
        merely listed); ``contradicted``; ``not_supported`` for claims that something tests and does
        not bear out; and ``not_testable``. ``besides`` counts our own tests.
    """
    rows = list(ledger)
    claims = [row for row in rows if row["part"] == "claim"]
    held = Counter(row["basis"] for row in claims if row["verdict"] in HOLDING)
    found = {basis: held[basis] for basis in BASES[:-1]}
    # A title that does not name the subject tests nothing, and nor does a citation that leads
    # nowhere.
    tested = [c for c in claims if c["verdict"] == "unsupported" and c["basis"] in BASES[:-2]]
    found["contradicted"] = sum(c["verdict"] == "contradicted" for c in claims)
    found["not_supported"] = len(tested)
    found["not_testable"] = len(claims) - sum(found.values())
    return found | {"claims": len(claims), "besides": len(rows) - len(claims)}


def verdicts(tables: Mapping[str, pd.DataFrame] | None = None) -> dict[str, Result]:
    """Return ``id -> result`` for all rows, without the guards of :func:`load` (the mutation test
    looks at each alone)."""
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
        # The tables, not the ledger's copy, are what a check judges; problems() holds the two
        # together.
        number = t.printed(row.address.split("; ")[0])
    what = getattr(row, "what", "")
    result = run(Claim(row.id, row.section, row.kind, number, row.check, row.note, what), t)
    return result._replace(reads=result.reads | frozenset(filter(None, row.address.split("; "))))


def _stamp() -> tuple:
    # The package holds the checksum of every table, and reading verifies it: when a table changes,
    # so does this file.
    stat = (data.root() / "datapackage.json").stat()
    return (str(data.root()), stat.st_mtime_ns, stat.st_size)


@contextlib.contextmanager
def _substituted(tables: Mapping[str, pd.DataFrame] | None) -> Iterator[None]:
    contents = {
        n: f.to_csv(index=False, lineterminator="\n").encode() for n, f in (tables or {}).items()
    }
    with data.substitute(contents):
        yield
