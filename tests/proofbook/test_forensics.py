"""The methods of forensics, each against a value that somebody else published or
that arithmetic gives."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from proofbook import forensics as f
from proofbook.forensics import Interval

# ------------------------------------------------------------------------------- rounding intervals


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("39.7", 39.65, 39.75),
        ("5", 4.5, 5.5),
        ("-1490209.8625", -1490209.86255, -1490209.86245),
        ("0.8", 0.75, 0.85),
    ],
)
def test_a_printed_number_stands_for_half_a_unit_to_each_side(text, low, high):
    interval = f.rounding_interval(text)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-12)


@pytest.mark.parametrize(
    ("text", "half"), [("92000", 500), ("3200", 50), ("17", 0.5), ("0", 0.5), ("41.0", 0.05)]
)
def test_zeros_at_the_end_can_be_taken_for_rounding(text, half):
    interval = f.rounding_interval(text, significant=True)
    assert interval.high - interval.middle == pytest.approx(half)


@pytest.mark.parametrize("text", ["", "12,5", "twelve", "1e5", "nan", "1 000"])
def test_what_is_not_a_printed_number_is_refused(text):
    with pytest.raises(ValueError, match="not a printed number"):
        f.rounding_interval(text)


def test_a_tie_may_be_rounded_either_way():
    assert f.rounds_to(2.675, "2.68"), "a tie may go either way"
    assert f.rounds_to(2.675, "2.67"), "a tie may go either way"
    assert not f.rounds_to(3336.5876, "3336.587")


def test_the_last_of_nine_decimals_counts():
    assert f.rounds_to(0.7283942266, "0.728394227")
    assert not f.rounds_to(0.7283942266, "0.728394228")


def test_zeros_at_the_end_of_a_number_are_counted():
    assert [f.trailing_zeros(n) for n in (222600, 271728, -500, 7)] == [2, 0, 2, 0]
    with pytest.raises(ValueError, match="zero"):
        f.trailing_zeros(0)


# ------------------------------------------------------------------------------ interval arithmetic


def test_interval_arithmetic_holds_every_value():
    # Moore's textbook case: [1, 2] - [1, 2] is [-1, 1], for the two values need not be the same.
    assert Interval(1, 2) - Interval(1, 2) == Interval(-1, 1)
    assert Interval(-1, 2) * Interval(3, 4) == Interval(-4, 8)
    assert Interval(1, 2) + 1 == Interval(2, 3)
    assert Interval(1, 2) / Interval(2, 4) == Interval(0.25, 1)
    assert f.total([Interval(0, 1), 2, Interval(3, 4)]) == Interval(5, 7)


def test_an_interval_says_what_is_wrong_with_it():
    with pytest.raises(ValueError, match="low <= high"):
        Interval(2, 1)
    with pytest.raises(ValueError, match="zero"):
        Interval(1, 2) / Interval(-1, 1)


def test_intervals_that_touch_overlap():
    assert Interval(0, 1).overlaps(Interval(1, 2))
    assert not Interval(0, 1).overlaps(Interval(1.1, 2))


# --------------------------------------------------------------------------------------------- GRIM


def test_grim_finds_the_published_impossible_mean():
    """Brown and Heathers (2017): no 28 whole numbers have a mean that is printed as 5.19."""
    assert f.grim_counts("5.19", 28) == []
    assert f.grim_counts("5.18", 28) == [145]
    assert f.grim_counts("5.21", 28) == [146]


def test_grim_finds_the_impossible_mean_of_twenty_dice():
    assert f.grim_counts("3.48", 20) == []
    assert f.grim_counts("3.45", 20) == [69]


def test_grim_agrees_with_trying_every_count():
    for n in (7, 28, 121):
        for text in ("12.3", "50.0", "99.6", "5"):
            decimals = len(text.partition(".")[2])
            # A tie is printed either way; these sizes have none among the texts tried.
            tried = [k for k in range(n + 1) if f"{100 * k / n:.{decimals}f}" == text]
            assert f.grim_counts(text, n, scale=100) == tried


def test_grim_sizes_are_those_that_fit_all_percentages():
    thirds = ["33.3", "66.7"]
    assert f.grim_sizes(thirds, 10) == [3, 6, 9]
    assert f.grim_sizes(thirds, 10, partition=True) == [3, 6, 9]
    # One in three and one in six: together half, so they cannot be all the answers.
    assert f.grim_sizes(["33.3", "16.7"], 10) == [6]
    assert f.grim_sizes(["33.3", "16.7"], 10, partition=True) == []


def test_grim_needs_a_sample():
    with pytest.raises(ValueError, match="positive"):
        f.grim_counts("50.0", 0)


# ----------------------------------------------------------------------------------- binomial share


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_clopper_pearson_gives_the_published_limits(count, n, low, high):
    """Newcombe (1998), table I, method 5: the exact limits of four examples, to four decimals."""
    interval = f.binomial_interval(count, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_clopper_pearson_limits_leave_half_the_error_in_each_tail():
    """The definition of Clopper and Pearson (1934): at each limit the observed count has a tail
    of 2.5 per cent."""
    interval = f.binomial_interval(48, 121)
    assert stats.binom.sf(47, 121, interval.low) == pytest.approx(0.025)
    assert stats.binom.cdf(48, 121, interval.high) == pytest.approx(0.025)


def test_clopper_pearson_refuses_what_is_not_a_sample():
    for count, n in ((-1, 10), (11, 10), (0, 0)):
        with pytest.raises(ValueError, match="count"):
            f.binomial_interval(count, n)
    with pytest.raises(ValueError, match="level"):
        f.binomial_interval(1, 10, level=95)


def test_the_lead_of_one_answer_is_a_sign_test():
    # Ten heads in ten throws: 2 / 2^10, the textbook value of the two-sided sign test.
    assert f.lead_p_value(10, 0) == pytest.approx(2 / 2**10)
    assert f.lead_p_value(5, 5) == 1
    with pytest.raises(ValueError, match="nothing to compare"):
        f.lead_p_value(0, 0)


# -------------------------------------------------------------------------- sums, bases, directions


def test_an_implied_base_holds_every_total_that_rounding_allows():
    base = f.implied_base(f.rounding_interval("92000", significant=True), f.rounding_interval("4"))
    assert (round(base.low), round(base.high)) == (2033333, 2642857)
    assert base.contains(92000 / 0.04)
    with pytest.raises(ValueError, match="zero"):
        f.implied_base(Interval(1, 1), Interval(-0.5, 0.5))


def test_steps_count_rises_falls_and_ties_over_gaps():
    assert f.steps([1, 2, None, 2, 1, float("nan"), 3]) == (2, 1, 1)
    assert f.steps([5]).steps == 0


# ---------------------------------------------------------------------------------- feasible ranges


def test_a_linear_programme_gives_the_textbook_optimum():
    """Hillier and Lieberman's Wyndor Glass Co.: the largest 3x + 5y is 36, at x = 2 and y = 6."""
    limits = [
        ({"x": 1}, Interval(0, 4)),
        ({"y": 2}, Interval(0, 12)),
        ({"x": 3, "y": 2}, Interval(0, 18)),
    ]
    assert f.feasible_range({"x": 3, "y": 5}, limits) == Interval(0, 36)


def test_a_linear_programme_says_when_nothing_fits_or_nothing_bounds():
    assert f.feasible_range({"x": 1}, [({"x": 1}, 3.0), ({"x": 1}, 4.0)]) is None
    with pytest.raises(ValueError, match="largest"):
        f.feasible_range({"x": 1}, [({"y": 1}, 3.0)])


def test_the_weights_of_a_mixture_are_found():
    # With exact rows 0/100 and 100/0, a whole of 30/70 needs weights 0.7 and 0.3;
    # rounding leaves a little room.
    groups = pd.DataFrame({"young": [0.0, 100.0], "old": [100.0, 0.0]}, index=["a", "b"])
    any_share = {"a": Interval(0, 1), "b": Interval(0, 1)}
    found = f.mixture_weights(groups, pd.Series({"young": 30.0, "old": 70.0}), 0.0, any_share)
    assert found["b"].low == pytest.approx(0.3)
    assert found["b"].high == pytest.approx(0.3)
    wide = f.mixture_weights(groups, pd.Series({"young": 30.0, "old": 70.0}), 0.5, any_share)
    assert wide["b"].low < 0.3 < wide["b"].high
    assert wide["b"].high - wide["b"].low < 0.03


def test_a_mixture_outside_its_parts_has_no_weights():
    groups = pd.DataFrame({"young": [20.0, 30.0], "old": [80.0, 70.0]}, index=["a", "b"])
    any_share = {"a": Interval(0, 1), "b": Interval(0, 1)}
    assert (
        f.mixture_weights(groups, pd.Series({"young": 40.0, "old": 60.0}), 0.5, any_share) is None
    )
    with pytest.raises(ValueError, match="same rows and columns"):
        f.mixture_weights(groups, pd.Series({"young": 40.0}), 0.5, any_share)
