"""What printed numbers allow: rounding intervals, GRIM, sums, feasible ranges, binomial intervals.

A printed number is an interval: 39.7 says that the value lies between 39.65 and 39.75. Every
function here carries such intervals through to the answer, so that a finding about the paper never
rests on a digit that rounding took away. Nothing in this module knows the paper; it takes texts and
numbers and returns plain values.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import OptimizeResult, linprog

# Ends of rounding intervals are exact decimals turned into binary floats; comparisons forgive this
# much of the value.
# More would swallow the ninth decimal of a printed R-square: with 1e-9 its last digit could change
# unnoticed.
_EPS = 1e-12


@dataclass(frozen=True)
class Interval:
    """A closed interval of numbers, with the arithmetic of Moore (1966): the result holds every
    possible value.

    Raises
    ------
    ValueError
        If the ends are not in order or not numbers.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            msg = f"an interval needs low <= high; got {self.low} and {self.high}"
            raise ValueError(msg)

    @property
    def middle(self) -> float:
        """The midpoint."""
        return (self.low + self.high) / 2

    def contains(self, value: float) -> bool:
        """Whether `value` lies inside, ends included."""
        slack = _EPS * max(1.0, abs(value))
        return self.low - slack <= value <= self.high + slack

    def overlaps(self, other: Interval) -> bool:
        """Whether one value could lie in both."""
        slack = _EPS * max(1.0, abs(self.low), abs(other.low))
        return self.low - slack <= other.high and other.low - slack <= self.high

    def __add__(self, other: Interval | float) -> Interval:
        other = as_interval(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval | float) -> Interval:
        other = as_interval(other)
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval | float) -> Interval:
        other = as_interval(other)
        corners = [
            a * b for a, b in itertools.product((self.low, self.high), (other.low, other.high))
        ]
        return Interval(min(corners), max(corners))

    def __truediv__(self, other: Interval | float) -> Interval:
        other = as_interval(other)
        if other.low <= 0 <= other.high:
            msg = f"cannot divide by an interval that holds zero: {other.low} to {other.high}"
            raise ValueError(msg)
        return self * Interval(1 / other.high, 1 / other.low)

    __radd__ = __add__
    __rmul__ = __mul__


def as_interval(value: Interval | float) -> Interval:
    """Return an interval as it is, and a number as the interval that holds it alone."""
    return value if isinstance(value, Interval) else Interval(value, value)


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "e" in text.lower():
        msg = (
            f"{text!r} is not a printed number; expected digits with at most one decimal point, "
            "such as '39.7'"
        )
        raise ValueError(msg)
    return number


def _unit(number: Decimal) -> Decimal:
    """Return one unit in the last decimal of a finite number."""
    return Decimal(1).scaleb(int(number.as_tuple().exponent))


def step(text: str) -> float:
    """Return one unit in the last printed decimal: 0.1 for '39.7', 1 for '5'."""
    return float(_unit(_decimal(text)))


def rounding_interval(text: str, *, significant: bool = False) -> Interval:
    """Return the values that round to a printed number.

    Parameters
    ----------
    text : str
        The number as printed, with a decimal point.
    significant : bool
        Take the final zeros of a whole number for rounding too: '92000' then stands for 91,500 to
        92,500.

    Returns
    -------
    Interval
        Closed at both ends, half a unit of the last digit to each side: which way a tie was rounded
        is not known.

    Raises
    ------
    ValueError
        If the text is not a number.
    """
    number = _decimal(text)
    unit = _unit(number)
    if significant and unit == 1 and number != 0:
        unit = Decimal(10) ** trailing_zeros(int(number))
    return Interval(float(number - unit / 2), float(number + unit / 2))


def trailing_zeros(number: int) -> int:
    """Return how many zeros a whole number ends with: a sign of rounding among numbers printed to
    the unit.

    Raises
    ------
    ValueError
        For zero, which has no last digit that is not zero.
    """
    if number == 0:
        msg = "zero has no end of zeros to count"
        raise ValueError(msg)
    digits = str(abs(number))
    return len(digits) - len(digits.rstrip("0"))


def rounds_to(value: float, text: str) -> bool:
    """Whether `value` equals every printed digit of `text`, ties allowed either way."""
    return rounding_interval(text).contains(value)


# -------------------------------------------------------------------------------------------- GRIM


def grim_counts(text: str, n: int, scale: float = 1.0) -> list[int]:
    """Return the whole numbers k for which ``scale * k / n`` is printed as `text`.

    The granularity-related inconsistency of means test of Brown and Heathers (2017): the mean of n
    whole numbers is a whole number over n, so that an n and a printed mean can exclude one another.
    ``scale=100`` gives percentages. No count means that the printed value is impossible for this n;
    more than one, that n is too large for the test.

    Raises
    ------
    ValueError
        If n is not positive or the text is not a number.
    """
    if n < 1:
        msg = f"a sample size must be positive; got {n}"
        raise ValueError(msg)
    allowed = rounding_interval(text)
    first = math.floor(allowed.low * n / scale) - 1
    last = math.ceil(allowed.high * n / scale) + 1
    return [k for k in range(first, last + 1) if allowed.contains(scale * k / n)]


def grim_sizes(percentages: Sequence[str], largest: int, *, partition: bool = False) -> list[int]:
    """Return the sample sizes for which every printed percentage is possible.

    Parameters
    ----------
    percentages : sequence of str
        As printed.
    largest : int
        Try 1 to this size.
    partition : bool
        Also ask that the counts can add up to n: everyone gave exactly one of the answers.

    Returns
    -------
    list of int
        Ascending.
    """
    fits = []
    for n in range(1, largest + 1):
        counts = [grim_counts(text, n, scale=100) for text in percentages]
        if not all(counts):
            continue
        # Counts of one percentage are consecutive, so every total between these two can be reached.
        if partition and not sum(min(c) for c in counts) <= n <= sum(max(c) for c in counts):
            continue
        fits.append(n)
    return fits


# -------------------------------------------------------------------------------------------- sums


def total(parts: Iterable[Interval | float]) -> Interval:
    """Return the interval of a sum; exact parts may be given as numbers."""
    result = Interval(0.0, 0.0)
    for part in parts:
        result = result + part
    return result


class Steps(NamedTuple):
    """How a series moves from each value to the next."""

    rises: int
    falls: int
    ties: int

    @property
    def steps(self) -> int:
        """Number of steps in all."""
        return self.rises + self.falls + self.ties


def steps(values: Iterable[float]) -> Steps:
    """Count the rises, falls and ties of a series, for statements such as "grows every year".

    Missing values are left out before the count, so that a step may span a gap.
    """
    known = [float(v) for v in values if v is not None and v == v]
    pairs = list(itertools.pairwise(known))
    return Steps(
        sum(b > a for a, b in pairs), sum(b < a for a, b in pairs), sum(b == a for a, b in pairs)
    )


def implied_base(part: Interval, percent: Interval) -> Interval:
    """Return the totals of which `part` is `percent` per cent; with intervals, every total that
    rounding allows.

    Raises
    ------
    ValueError
        If the percentage could be zero.
    """
    return part / (percent * 0.01)


# --------------------------------------------------------------------------------- feasible ranges


class _Programme(NamedTuple):
    """Linear constraints as matrices: ``upper_rows @ x <= upper``, ``equal_rows @ x == equal``."""

    place: dict[str, int]
    upper_rows: list[np.ndarray]
    upper: list[float]
    equal_rows: list[np.ndarray]
    equal: list[float]
    limits: list[tuple[float | None, float | None]]

    def row(self, coefficients: Mapping[str, float]) -> np.ndarray:
        """Return the coefficients in the order of the variables, zero for those not named."""
        values = np.zeros(len(self.place))
        for name, coefficient in coefficients.items():
            values[self.place[name]] = coefficient
        return values

    def add(self, coefficients: Mapping[str, float], allowed: Interval) -> None:
        """Ask that the sum of coefficient times variable lies in the interval."""
        row = self.row(coefficients)
        if allowed.low == allowed.high:
            self.equal_rows.append(row)
            self.equal.append(allowed.low)
        else:
            self.upper_rows.extend([row, -row])
            self.upper.extend([allowed.high, -allowed.low])

    def least(self, objective: np.ndarray) -> OptimizeResult:
        """Return scipy's result for the smallest value of the objective."""
        return linprog(
            objective,
            A_ub=np.array(self.upper_rows) if self.upper_rows else None,
            b_ub=self.upper or None,
            A_eq=np.array(self.equal_rows) if self.equal_rows else None,
            b_eq=self.equal or None,
            bounds=self.limits,
            method="highs",
        )


def feasible_range(
    objective: Mapping[str, float],
    constraints: Sequence[tuple[Mapping[str, float], Interval | float]],
    bounds: Mapping[str, Interval] | None = None,
) -> Interval | None:
    """Return the smallest and the largest value of a linear expression under linear constraints.

    Two linear programmes, solved with HiGHS (Huangfu and Hall 2018) through
    ``scipy.optimize.linprog``.

    Parameters
    ----------
    objective : mapping
        Variable -> coefficient of the expression in question.
    constraints : sequence of (mapping, Interval or number)
        Each says that a sum of coefficient times variable lies in the interval, or equals the
        number.
    bounds : mapping
        Variable -> interval; variables without one are not negative.

    Returns
    -------
    Interval or None
        None if no values satisfy all constraints.

    Raises
    ------
    ValueError
        If the expression has no largest or no smallest value.
    """
    names = sorted(
        {*objective, *itertools.chain.from_iterable(c for c, _ in constraints), *(bounds or {})}
    )
    limits: list[tuple[float | None, float | None]] = [
        ((bounds or {})[n].low, (bounds or {})[n].high) if n in (bounds or {}) else (0, None)
        for n in names
    ]
    programme = _Programme({name: i for i, name in enumerate(names)}, [], [], [], [], limits)
    for coefficients, allowed in constraints:
        programme.add(coefficients, as_interval(allowed))
    ends = []
    for sign in (1, -1):
        solution = programme.least(sign * programme.row(objective))
        if solution.status == 2:
            return None
        if solution.status != 0:
            msg = (
                f"no {'smallest' if sign == 1 else 'largest'} value of {dict(objective)}: "
                f"{solution.message}"
            )
            raise ValueError(msg)
        ends.append(sign * float(solution.fun))
    return Interval(min(ends), max(ends))


def mixture_weights(
    groups: pd.DataFrame, whole: pd.Series, half: float, weights: Mapping[str, Interval]
) -> dict[str, Interval] | None:
    """Return the shares of the groups for which their printed rows can average to the printed row
    of the whole.

    A share times a rounded percentage is a product of two unknowns. Written in their product it is
    linear: with y = w p, rounding says w (p0 - h) <= y <= w (p0 + h), each row says that the y of a
    group sum to w, and the whole says that the y of a column lie within its rounding. So the
    question is a linear programme, without approximation.

    Parameters
    ----------
    groups : DataFrame
        Printed percentages, one row a group, one column a category; a row sums to 100 before
        rounding.
    whole : Series
        Printed percentages of all groups together, same columns.
    half : float
        Half a unit of the last printed decimal.
    weights : mapping
        Group -> interval of its share of the whole, 0 to 1; they sum to 1.

    Returns
    -------
    dict or None
        Group -> interval of its share under all constraints; None if no shares fit.

    Raises
    ------
    ValueError
        If rows or columns do not match.
    """
    if list(groups.columns) != list(whole.index) or set(groups.index) != set(weights):
        msg = "the groups, the whole and the weights must name the same rows and columns"
        raise ValueError(msg)
    constraints: list[tuple[dict[str, float], Interval | float]] = [
        ({f"w|{g}": 1.0 for g in groups.index}, 1.0)
    ]
    large = Interval(0.0, 200.0)
    for g, cells in groups.iterrows():
        constraints.append(({f"y|{g}|{c}": 1.0 for c in cells.index} | {f"w|{g}": -100.0}, 0.0))
        for c, value in cells.items():
            constraints.append(({f"y|{g}|{c}": 1.0, f"w|{g}": -(value - half)}, large))
            constraints.append(({f"w|{g}": value + half, f"y|{g}|{c}": -1.0}, large))
    for c, value in whole.items():
        constraints.append(
            ({f"y|{g}|{c}": 1.0 for g in groups.index}, Interval(value - half, value + half))
        )
    bounds = {f"w|{g}": interval for g, interval in weights.items()}
    ranges = {g: feasible_range({f"w|{g}": 1.0}, constraints, bounds) for g in groups.index}
    found = {g: interval for g, interval in ranges.items() if interval is not None}
    return found if len(found) == len(ranges) else None


# ---------------------------------------------------------------------------------------- sampling


def binomial_interval(count: int, n: int, level: float = 0.95) -> Interval:
    """Return the exact interval of a share, by Clopper and Pearson (1934).

    Parameters
    ----------
    count, n : int
        Those who gave the answer, and those asked.
    level : float
        Coverage is at least this, whatever the true share.

    Returns
    -------
    Interval
        Of the share, 0 to 1.

    Raises
    ------
    ValueError
        If the count does not lie between 0 and n, or the level not between 0 and 1.
    """
    if not 0 <= count <= n or n < 1:
        msg = f"expected 0 <= count <= n and n >= 1; got count {count} of n {n}"
        raise ValueError(msg)
    if not 0 < level < 1:
        msg = f"the level must lie between 0 and 1; got {level}"
        raise ValueError(msg)
    ends = stats.binomtest(count, n).proportion_ci(level, method="exact")
    return Interval(float(ends.low), float(ends.high))


def lead_p_value(first: int, second: int) -> float:
    """Return the two-sided exact p-value of "both answers are equally common" against the counts of
    one sample.

    Given that someone gave one of the two answers, it is the first with probability one half: a
    sign test, conditional on the number who gave either (Clopper and Pearson 1934 treat the same
    binomial).

    Raises
    ------
    ValueError
        If neither answer was given.
    """
    if first + second < 1:
        msg = "the two answers were never given: nothing to compare"
        raise ValueError(msg)
    return float(stats.binomtest(first, first + second, 0.5).pvalue)
