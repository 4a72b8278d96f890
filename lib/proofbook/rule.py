"""The one rule for claims that a formula decides: equal, overlapping within rounding, or neither.

A row of the ledger may hold a formula in place of the name of a check, such as ``printed ==
sum("table2.*.sending_universities")``. It is read as data: numbers, addresses of printed numbers,
four operations, comparisons, a few aggregates and the quantities that the edition registers.
Anything else is refused.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from proofbook.data import Printed, describe
from proofbook.forensics import Interval, as_interval, rounding_interval, steps

OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
RELATIONS: dict[type, str] = {
    ast.Eq: "==",
    ast.Gt: ">",
    ast.Lt: "<",
    ast.GtE: ">=",
    ast.LtE: "<=",
}
#: Functions of the grammar, and whether they compute a number that is not printed.
AGGREGATES = {"sum": True, "min": False, "max": False, "count": False, "about": False}
MOVES = ("rising", "falling")
WORDS = {"==": "equals", ">": "exceeds", "<": "is below", ">=": "is at least", "<=": "is at most"}


class FormulaError(ValueError):
    """A formula of the ledger is not one that the grammar allows."""


class Numbers(Protocol):
    """Where a formula finds printed numbers."""

    def printed(self, address: str) -> Printed: ...

    def all(self, pattern: str) -> dict[str, Printed]: ...


class Measured(NamedTuple):
    """What a quantity of the edition returns: a number or a range, and what must be said with
    it."""

    value: float | Interval
    note: str = ""


class Value(NamedTuple):
    """A number of a formula: its value (None for a range), and all values that rounding allows it.

    `rounded` marks a number as printed, whose last digit is rounding: what rounds to it equals it.
    """

    point: float | None
    interval: Interval
    rounded: bool = False

    def shown(self) -> float | str:
        """Return the number, or the range in words."""
        if self.point is not None:
            return self.point
        return f"{show(self.interval.low)} to {show(self.interval.high)}"


@dataclass(frozen=True)
class Quantity:
    """A named number that the edition computes from its tables, for use in formulas."""

    function: Callable[..., float | Measured]
    basis: str


class Outcome(NamedTuple):
    """What a formula gives: a verdict, what was computed, notes, and the kinds of evidence that it
    touched."""

    verdict: str
    computed: float | str | None
    notes: tuple[str, ...]
    bases: frozenset[str]


def show(value: float, digits: int = 4) -> str:
    """Return a number for a short text: whole if it is whole, else with so many digits that
    count."""
    value = round(float(value), 9)
    if value.is_integer():
        return f"{value:,.0f}"
    return f"{value:,.{max(0, digits - len(str(int(abs(value)))))}f}"


def leaf(number: Printed) -> Value:
    """Return a printed number with what rounding allows; whole numbers are counts unless shares."""
    if number.decimals == 0 and not number.unit.startswith(("%", "thousand", "billion")):
        return Value(number.value, as_interval(number.value))
    return Value(number.value, rounding_interval(number.text), rounded=True)


def listed(values: list[Value]) -> str:
    """Return values side by side, with as many digits as it takes to tell them apart."""
    points = [v.point for v in values]
    for digits in (4, 10):
        texts = [
            str(v.shown()) if p is None else show(p, digits)
            for v, p in zip(values, points, strict=True)
        ]
        if len(set(texts)) == len(set(points)):
            break
    return " against ".join(t.rstrip("0").rstrip(".") if "." in t else t for t in texts)


@dataclass
class Formula:
    """One evaluation of a formula over tables."""

    numbers: Numbers
    of_claim: Printed | None
    quantities: dict[str, Quantity]
    basis_of: Callable[[str], str]
    bases: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def value(self, node: ast.AST) -> Value:
        """Return the value of a part of a formula; raises FormulaError outside the grammar."""
        match node:
            case ast.Constant(value=bool()):
                pass
            case ast.Constant(value=int() | float() as number):
                return Value(number, as_interval(number))
            case ast.Constant(value=str() as address):
                self.bases.add(self.basis_of(address))
                return leaf(self.numbers.printed(address))
            case ast.Name(id="printed"):
                return leaf(self.printed())
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.operation(ast.Sub(), Value(0.0, as_interval(0.0)), self.value(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
                self.bases.add("recomputed")
                return self.operation(op, self.value(left), self.value(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self.call(name, args)
        msg = f"{ast.unparse(node)!r} is outside the grammar of formulas"
        raise FormulaError(msg)

    def printed(self) -> Printed:
        """Return the printed number of the claim."""
        if self.of_claim is None:
            msg = "the formula compares a printed number, and the row has none"
            raise FormulaError(msg)
        return self.of_claim

    def operation(self, op: ast.operator, left: Value, right: Value) -> Value:
        """Return one operation on two values; of a range there is no point."""
        apply = OPERATIONS[type(op)]
        point = (
            None
            if left.point is None or right.point is None
            else round(apply(left.point, right.point), 12)
        )
        return Value(point, apply(left.interval, right.interval))

    def call(self, name: str, args: list[ast.expr]) -> Value:
        """Return an aggregate of printed numbers, or a quantity of the edition."""
        if name in self.quantities:
            self.bases.add(self.quantities[name].basis)
            found = self.quantities[name].function(
                self.numbers, *(ast.literal_eval(a) for a in args)
            )
            measured = found if isinstance(found, Measured) else Measured(found)
            if measured.note:
                self.notes.append(measured.note)
            interval = as_interval(measured.value)
            return Value(interval.low if interval.low == interval.high else None, interval)
        if name not in AGGREGATES:
            msg = f"no function of formulas is called {name!r}"
            raise FormulaError(msg)
        if AGGREGATES[name]:
            self.bases.add("recomputed")
        if name == "about":
            return self.about(args)
        parts = [value for arg in args for value in self.several(arg)]
        if name == "count":
            return Value(len(parts), as_interval(len(parts)))
        if name == "sum":
            return self.total(parts)
        if any(p.point is None for p in parts):
            msg = f"{name} of a range is not defined"
            raise FormulaError(msg)
        return (min if name == "min" else max)(parts, key=lambda p: p.point or 0.0)

    def total(self, parts: list[Value]) -> Value:
        """Return the sum; decimal parts are rounded, so that 39.7 + 0.8 is 40.5."""
        interval = as_interval(0.0)
        for part in parts:
            interval = interval + part.interval
        points = [p.point for p in parts]
        exact = None if None in points else round(sum(p or 0.0 for p in points), 9)
        return Value(exact, interval)

    def about(self, args: list[ast.expr]) -> Value:
        """Return a printed number whose final zeros may be rounding: 3200 stands for 3,150 to
        3,250."""
        if isinstance(args[0], ast.Constant):
            address = str(args[0].value)
            self.bases.add(self.basis_of(address))
            number = self.numbers.printed(address)
        else:
            number = self.printed()
        return Value(number.value, rounding_interval(number.text, significant=True))

    def several(self, node: ast.AST) -> list[Value]:
        """Return the values of a pattern with ``*``, or the one value of anything else."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "*" in node.value:
            self.bases.add(self.basis_of(node.value))
            return [leaf(p) for p in self.numbers.all(node.value).values()]
        return [self.value(node)]

    def decide(self, node: ast.AST) -> Outcome:
        """Return the outcome of a comparison, or of ``rising(...)`` and ``falling(...)``."""
        computed: float | str | None
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MOVES:
            verdict, computed = self.move(node)
        elif isinstance(node, ast.Compare):
            verdict, computed = self.compare(node)
        else:
            msg = f"{ast.unparse(node)!r} compares nothing"
            raise FormulaError(msg)
        return Outcome(verdict, computed, tuple(dict.fromkeys(self.notes)), frozenset(self.bases))

    def move(self, node: ast.Call) -> tuple[str, str]:
        """Judge whether printed numbers rise, or fall, at each step."""
        name = node.func.id  # type: ignore[attr-defined]
        points: list[float] = []
        for value in (v for arg in node.args for v in self.several(arg)):
            if value.point is None:
                msg = f"{ast.unparse(node)!r}: a range neither rises nor falls, only numbers do"
                raise FormulaError(msg)
            points.append(value.point)
        moves = steps(points)
        good = moves.rises if name == "rising" else moves.falls
        verdict = "reproduced" if good == moves.steps else "contradicted"
        return verdict, f"{good} of {moves.steps} steps {name}"

    def compare(self, node: ast.Compare) -> tuple[str, float | str | None]:
        """Judge each link of a comparison; the weakest one counts."""
        operands = [node.left, *node.comparators]
        values = [self.value(o) for o in operands]
        grades = [
            judge(RELATIONS.get(type(op), ""), a, b)
            for op, (a, b) in zip(node.ops, itertools.pairwise(values), strict=True)
        ]
        verdict = max(grades, key=("reproduced", "consistent", "contradicted").index)
        first, last = values[0], values[-1]
        if isinstance(operands[0], ast.Name) and len(values) == 2:
            return verdict, last.shown()
        if isinstance(operands[-1], ast.Constant) and not isinstance(operands[-1].value, str):
            return verdict, first.shown()
        if len(values) == 2 and first.point is not None and first.point == last.point:
            return verdict, first.point
        return verdict, listed(values)


def judge(relation: str, left: Value, right: Value) -> str:
    """Apply the rule: certain -> reproduced; possible within rounding -> consistent; else
    contradicted."""
    a, b = left.interval, right.interval
    if relation == "==":
        if left.point is not None and right.point is not None:
            same = abs(left.point - right.point) <= 1e-12 * max(1.0, abs(left.point))
            if same or (left.rounded and a.low <= right.point <= a.high):
                return "reproduced"
        # 24 and 25 touch at 24.5, where a tie may have been rounded either way: a single point is
        # no agreement.
        touching = min(a.high, b.high) - max(a.low, b.low)
        tight = min(a.high - a.low, b.high - b.low) == 0
        inside = touching >= 0 if tight else touching > 1e-12 * max(1.0, abs(a.high))
        return "consistent" if inside else "contradicted"
    if relation in ("<", "<="):
        return judge(">" if relation == "<" else ">=", right, left)
    if relation not in (">", ">="):
        msg = "a formula compares by ==, <, <=, > or >="
        raise FormulaError(msg)
    apart = operator.gt if relation == ">" else operator.ge
    if apart(a.low, b.high):
        return "reproduced"
    x = a.middle if left.point is None else left.point
    y = b.middle if right.point is None else right.point
    return "consistent" if apart(x, y) else "contradicted"


GRAMMAR = (
    *(ast.Constant, ast.Compare, ast.BinOp, ast.UnaryOp, ast.USub, ast.Call, ast.Name, ast.Load),
    *OPERATIONS,
    *RELATIONS,
)


def allowed(node: ast.AST, quantities: dict[str, Quantity]) -> None:
    """Refuse whatever is outside the grammar before anything is looked up.

    Raises
    ------
    FormulaError
        Naming the first part that is neither number, address, operation, comparison nor known name.
    """
    known = {"printed", *quantities, *AGGREGATES, *MOVES}
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id not in known:
            msg = f"no check is called {part.id!r}, and no function or quantity of formulas"
            raise FormulaError(msg)
        called = part.func if isinstance(part, ast.Call) else None
        if not isinstance(part, GRAMMAR) or (called and not isinstance(called, ast.Name)):
            msg = f"{type(part).__name__} is outside the grammar of formulas"
            raise FormulaError(msg)


def _place(address: str) -> tuple[str, str]:
    """Return the title that an address's words leave out, or nothing, and its words, quoted."""
    table, _, rest = address.partition(".")
    label, _, column = rest.rpartition(".")
    title = describe(table)["title"]
    named = [p.replace("*", "…") for p in label.split(".") if p != "*"]
    column = "" if column == "value" else column
    text = ", ".join(filter(None, [*(named or [title]), column]))
    return title if named else "", f"“{text.replace('_pct', ' %').replace('_', ' ')}”"


def words(node: ast.AST, quantities: dict[str, Quantity]) -> str:
    """Return a formula in plain words, for readers of the ledger.

    The first sentence of a quantity's docstring names it; ``{year}`` in it is the argument `year`.
    """
    titles: dict[str, None] = {}

    def place(text: str) -> str:
        title, quoted = _place(text)
        titles[title] = None
        return quoted

    def bracketed(part: ast.expr) -> str:
        is_sum = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub)
        return f"({say(part)})" if is_sum else say(part)

    def say(part: ast.AST) -> str:
        match part:
            case ast.Constant(value=str() as address):
                return place(address)
            case ast.Constant(value=int() | float() as number):
                return show(number)
            case ast.Name():
                return "the printed number"
            case ast.UnaryOp(operand=operand):
                return f"minus {say(operand)}"
            case ast.BinOp(left=left, op=op, right=right):
                sign = {"Add": "plus", "Sub": "minus", "Mult": "times", "Div": "divided by"}
                first = say(left) if isinstance(op, ast.Add | ast.Sub) else bracketed(left)
                second = say(right) if isinstance(op, ast.Add) else bracketed(right)
                return f"{first} {sign[type(op).__name__]} {second}"
            case ast.Call(func=ast.Name(id=name), args=args) if name in quantities:
                function = quantities[name].function
                summary = " ".join((function.__doc__ or name).partition("\n\n")[0].split())
                given = [str(ast.literal_eval(a)) for a in args]
                named = [place(g) if g.count(".") > 1 else g for g in given]
                bound = inspect.signature(function).bind(None, *named)
                bound.apply_defaults()
                return summary.removeprefix("Return ").rstrip(".").format(**bound.arguments)
            case ast.Call(func=ast.Name(id="about"), args=args):
                return f"{say(args[0])}, its final zeros taken for rounding"
            case ast.Call(func=ast.Name(id=name), args=args):
                kind = {"sum": "the sum", "min": "the smallest", "max": "the largest"}
                return f"{kind.get(name, 'the number of values')} of {', '.join(map(say, args))}"
        return ast.unparse(part)

    match node:
        case ast.Compare(left=left, ops=ops, comparators=others):
            text = say(left)
            for i, (op, other) in enumerate(zip(ops, others, strict=True)):
                text += f"{', which' if i else ''} {WORDS[RELATIONS[type(op)]]} {say(other)}"
        case ast.Call(func=ast.Name(id=name), args=args) if name in MOVES:
            text = (
                f"{', '.join(map(say, args))}: each "
                f"{'larger' if name == 'rising' else 'smaller'} than the one before"
            )
        case _:
            text = f"Shown is {say(node)}"
    tables = f" (In: {'; '.join(filter(None, titles))}.)" if any(titles) else ""
    return text[0].upper() + text[1:] + "." + tables
