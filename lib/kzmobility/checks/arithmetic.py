"""Checks that need the paper alone: sums, repeated numbers, directions, the survey, the age table."""

from __future__ import annotations

from proofbook import forensics
from proofbook.checks import Claim, Finding, Tables, check, need, show
from proofbook.data import Printed
from proofbook.forensics import Interval, rounding_interval

#: The reasons that the paper calls rarely mentioned.
RARE = ("lack of educational opportunities", "poor ecology", "did not want to live in rural areas")
YEARS_IN_BAND = {"0-9": 10, "10-19": 10, "20-34": 15, "35-59": 25}


def interval(number: Printed) -> Interval:
    """Return the rounding interval of a printed number."""
    return rounding_interval(number.text)


def label(address: str) -> str:
    """Return the row label of an address: the part between table and column."""
    return address.partition(".")[2].rpartition(".")[0]


@check("reproduced", "consistent", "contradicted")
def same(t: Tables, claim: Claim, *addresses: str) -> Finding:
    """Other places print the same number: to every digit, to the digits of the shorter one, or not."""
    own, others = need(claim), [t.printed(a) for a in addresses]
    computed = (
        others[0].value
        if len({o.value for o in others}) == 1
        else ", ".join(o.text for o in others)
    )
    if all(o.value == own.value for o in others):
        return Finding("reproduced", computed)
    # 24 and 25 touch at 24.5: only a number with fewer decimals can be the rounding of another.
    pairs = [sorted((own, o), key=lambda n: n.decimals) for o in others if o.value != own.value]
    fits = all(
        short.decimals < long.decimals and interval(short).contains(long.value)
        for short, long in pairs
    )
    return Finding("consistent" if fits else "contradicted", computed)


@check("reproduced", "consistent", "contradicted")
def total(t: Tables, claim: Claim, *patterns: str, to: float | None = None) -> Finding:
    """Printed parts add up to a printed total, or to `to`: exactly, within rounding, or not."""
    parts = [p for pattern in patterns for p in t.all(pattern).values()]
    counts = all(p.decimals == 0 and p.unit not in ("%", "thousand persons") for p in parts)
    target = interval(need(claim)) if to is None else forensics.as_interval(to)
    goal = need(claim).value if to is None else to
    exact = round(sum(p.value for p in parts), 9)  # decimal parts, so that 39.7 + 0.8 is 40.5
    if exact == goal:
        return Finding("reproduced", exact)
    possible = forensics.total(p.value if counts else interval(p) for p in parts)
    return Finding(
        "consistent" if possible.overlaps(target) and not counts else "contradicted", exact
    )


@check("reproduced", "contradicted")
def balance(t: Tables, claim: Claim, first: str, second: str) -> Finding:
    """Two columns of counts have the same total."""
    a, b = (int(sum(p.value for p in t.all(pattern).values())) for pattern in (first, second))
    return Finding(
        "reproduced" if a == b else "contradicted", a if a == b else f"{a:,} against {b:,}"
    )


@check("consistent", "contradicted")
def room(t: Tables, claim: Claim, pattern: str) -> Finding:
    """Stated shares of one whole leave room for the groups whose share is not stated."""
    used = forensics.total(interval(p) for p in t.all(pattern).values())
    return Finding("consistent" if used.low <= 100 else "contradicted", 100 - used.middle)


@check("reproduced", "contradicted")
def ordered(t: Tables, claim: Claim, direction: str, *patterns: str) -> Finding:
    """Printed numbers rise, or fall, from each to the next; ties and steps the other way contradict."""
    values = [
        p.value
        for pattern in patterns
        for p in (t.all(pattern).values() if "*" in pattern else [t.printed(pattern)])
    ]
    moves = forensics.steps(values)
    good = moves.rises if direction == "rising" else moves.falls
    return Finding(
        "reproduced" if good == moves.steps else "contradicted",
        f"{good} of {moves.steps} steps {direction}",
    )


@check("reproduced", "consistent", "contradicted")
def extreme(t: Tables, claim: Claim, side: str, pattern: str, *named: str) -> Finding:
    """The named rows are the `side` ("largest" or "smallest") of a column; a tie with another row is only consistent."""
    values = {label(a): p.value for a, p in t.all(pattern).items()}
    sign = 1 if side == "largest" else -1
    others = [sign * v for k, v in values.items() if k not in named]
    worst = min(sign * values[k] for k in named)
    computed = ", ".join(
        k for k, _ in sorted(values.items(), key=lambda kv: -sign * kv[1])[: len(named)]
    )
    if worst > max(others):
        return Finding("reproduced", computed)
    return Finding("consistent" if worst == max(others) else "contradicted", computed)


@check("consistent", "contradicted")
def uneven(t: Tables, claim: Claim, pattern: str) -> Finding:
    """Printed shares of groups differ by more than rounding could make them differ."""
    cells = t.all(pattern)
    low, high = (f(cells.values(), key=lambda p: p.value) for f in (min, max))
    apart = interval(high).low > interval(low).high
    return Finding("consistent" if apart else "contradicted", f"{low.text} to {high.text}")


@check("consistent", "contradicted")
def wider(t: Tables, claim: Claim, before: str, after: str) -> Finding:
    """The distance between the largest and the smallest stated share is larger in the second set."""
    ranges = [[p.value for p in t.all(pattern).values()] for pattern in (before, after)]
    first, second = (max(r) - min(r) for r in ranges)
    return Finding(
        "consistent" if second > first else "contradicted",
        f"{show(first)} to {show(second)} points",
    )


@check("reproduced", "consistent", "contradicted", "unverifiable")
def most(t: Tables, claim: Claim, pattern: str, key: str, smallest: str = "") -> Finding:
    """A group is "the majority": more than half, or, on the weaker reading, the largest group whatever the gaps hold.

    `smallest` names the group that the paper calls the smallest, which bounds the shares that it does not state.
    """
    cells = t.all(pattern)
    shares = {label(a).partition(".")[0]: interval(p) for a, p in cells.items()}
    own, others = shares[key], [v for k, v in shares.items() if k != key]
    gaps = int(t.read(pattern.partition(".")[0])[pattern.rpartition(".")[2]].isna().sum())
    rest = 100 - forensics.total(shares.values()).low if gaps else 0.0
    floor = shares[smallest].low if smallest else 0.0
    largest_gap = rest - (gaps - 1) * floor if gaps else 0.0
    computed = f"{own.middle:g} %; no other group above {max([largest_gap, *(o.middle for o in others)]):g} %"
    if own.low > 50:
        return Finding("reproduced", computed)
    if own.high < max((o.low for o in others), default=0):
        return Finding("contradicted", computed, "Another group is larger.")
    if largest_gap > own.low:
        return Finding(
            "unverifiable",
            computed,
            "Less than half, and a value that is not stated could be larger.",
        )
    return Finding(
        "consistent", computed, "Less than half: true of the largest group, not of a majority."
    )


@check("reproduced", "contradicted")
def span(t: Tables, claim: Claim, first: str, last: str) -> Finding:
    """A stated number of years equals the years from the first to the last, both included."""
    n = int(t.printed(last).value - t.printed(first).value) + 1
    return Finding("reproduced" if n == need(claim).value else "contradicted", n)


@check("consistent", "contradicted")
def not_before(t: Tables, claim: Claim, address: str) -> Finding:
    """A stated year does not precede another that it presupposes."""
    other = t.printed(address).value
    return Finding("consistent" if need(claim).value >= other else "contradicted", int(other))


@check("reproduced", "contradicted")
def first_year(t: Tables, claim: Claim, table: str, column: str) -> Finding:
    """A series starts in the stated year; an academic year counts by its first year."""
    year = int(str(t.read(table)[column].iloc[0])[:4])
    return Finding("reproduced" if year == need(claim).value else "contradicted", year)


@check("reproduced", "contradicted")
def rose(t: Tables, claim: Claim, before: str, after: str) -> Finding:
    """A number is larger at the second address than at the first."""
    a, b = t.printed(before), t.printed(after)
    return Finding(
        "reproduced" if b.value > a.value else "contradicted",
        f"{a.text} to {b.text}, times {b.value / a.value:.2f}",
    )


@check("contradicted", "unverifiable")
def people_per_group(t: Tables, claim: Claim, people: str) -> Finding:
    """A number of groups cannot exceed the people in them; whether it is right, only its source can say."""
    size = t.printed(people).value / need(claim).value
    return Finding(
        "contradicted" if size < 1 else "unverifiable", size, "Computed: people per group."
    )


@check("consistent", "unverifiable")
def complements(t: Tables, claim: Claim, other: str) -> Finding:
    """Two shares are the two sides of one whole; if they do not add up to 100, they count different things."""
    sums = interval(need(claim)) + interval(t.printed(other))
    return Finding("consistent" if sums.contains(100) else "unverifiable", sums.middle)


@check("consistent", "unverifiable")
def base_named(t: Tables, claim: Claim, people: str, percent: str, candidates: str) -> Finding:
    """A count and its percentage imply a total; is it one that the paper prints?"""
    base = forensics.implied_base(
        rounding_interval(t.printed(people).text, significant=True), interval(t.printed(percent))
    )
    fits = [label(a) for a, p in t.all(candidates).items() if base.contains(p.value)]
    computed = f"{show(base.low)} to {show(base.high)}"
    return Finding(
        "consistent" if fits else "unverifiable",
        computed,
        f"A total that fits: {', '.join(fits)}." if fits else "",
    )


# ------------------------------------------------------------------------------------------------------------ survey


def respondents(t: Tables) -> int:
    """Return the printed sample size."""
    return int(t.printed("survey.respondents.value").value)


def reason_counts(t: Tables) -> dict[str, list[int]]:
    """Return reason -> the numbers of respondents that its printed share allows."""
    n = respondents(t)
    return {
        label(a): forensics.grim_counts(p.text, n, scale=100)
        for a, p in t.all("survey_reasons.*.share_pct").items()
    }


def given(t: Tables, *reasons: str) -> int:
    """Return how many respondents gave one of these reasons.

    Raises
    ------
    KeyError
        If the printed share of a reason is not that of any number of respondents.
    """
    counts = reason_counts(t)
    impossible = [r for r in reasons if not counts[r]]
    if impossible:
        msg = f"no number of {respondents(t)} respondents gives the printed share of {', '.join(impossible)}"
        raise KeyError(msg)
    return sum(counts[r][0] for r in reasons)


@check("reproduced", "consistent", "contradicted")
def share_of_sample(t: Tables, claim: Claim) -> Finding:
    """A printed percentage is a whole number of respondents (GRIM): exactly one fits, several do, or none."""
    n = respondents(t)
    counts = forensics.grim_counts(need(claim).text, n, scale=100)
    if not counts:
        return Finding("contradicted", f"no count of {n}")
    computed = f"{counts[0]} of {n}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} of {n}"
    return Finding("reproduced" if len(counts) == 1 else "consistent", computed)


@check("reproduced", "consistent", "contradicted")
def sample_size(t: Tables, claim: Claim) -> Finding:
    """Every percentage of the survey fits the printed sample size (GRIM), and no other size up to twice that."""
    n = int(need(claim).value)
    texts = [
        p.text
        for pattern in ("survey_reasons.*.share_pct", "survey.*_pct.value")
        for p in t.all(pattern).values()
    ]
    fits = forensics.grim_sizes(texts, 2 * n - 1)
    computed = ", ".join(map(str, fits)) or "none"
    if n not in fits:
        return Finding("contradicted", computed)
    return Finding(
        "reproduced" if fits == [n] else "consistent",
        computed,
        "Sizes below twice the printed one that fit.",
    )


@check("reproduced", "contradicted")
def one_reason_each(t: Tables, claim: Claim) -> Finding:
    """The counts behind the reasons add up to the sample: everyone gave exactly one reason."""
    counts, n = reason_counts(t), respondents(t)
    if not all(counts.values()):
        return Finding(
            "contradicted", f"no count fits {next(r for r, c in counts.items() if not c)}"
        )
    low, high = sum(min(c) for c in counts.values()), sum(max(c) for c in counts.values())
    return Finding(
        "reproduced" if low == high == n else "contradicted",
        low if low == high else f"{low} to {high}",
    )


@check("reproduced", "contradicted")
def two_groups(t: Tables, claim: Claim, *addresses: str) -> Finding:
    """The counts behind the shares of two groups add up to the sample."""
    n = respondents(t)
    counts = [forensics.grim_counts(t.printed(a).text, n, scale=100) for a in addresses]
    sums = sum(c[0] for c in counts) if all(len(c) == 1 for c in counts) else 0
    return Finding(
        "reproduced" if sums == n else "contradicted",
        " + ".join(str(c[0] if c else "none") for c in counts),
    )


@check("reproduced", "consistent", "contradicted")
def leads(t: Tables, claim: Claim, reason: str) -> Finding:
    """A reason is the most frequent one: beyond chance against the second, in this sample only, or not."""
    counts = {r: c[0] if c else 0 for r, c in reason_counts(t).items()}
    second = max((r for r in counts if r != reason), key=counts.__getitem__)
    p = forensics.lead_p_value(counts[reason], counts[second])
    computed = f"{counts[reason]} against {counts[second]} ({second}), p = {p:.2f}"
    if counts[reason] <= counts[second]:
        return Finding("contradicted", computed)
    note = "Exact two-sided sign test of the first reason against the second."
    return Finding("reproduced" if p < 0.05 else "consistent", computed, note)


@check("reproduced", "consistent", "contradicted", "unsupported")
def mainly(t: Tables, claim: Claim, *reasons: str, asked: bool = True) -> Finding:
    """These reasons together are more than half: for the whole interval, in the sample only, or not.

    A causal claim is never reproduced by shares, only agreed with. With ``asked=False`` the statement is about
    something that the question did not ask: no share can then support it.
    """
    n, k = respondents(t), given(t, *reasons)
    ends = forensics.binomial_interval(k, n)
    computed = f"{k} of {n}, {100 * k / n:.1f} % (95 % interval {100 * ends.low:.1f} to {100 * ends.high:.1f} %)"
    if not asked:
        return Finding("unsupported", computed)
    if ends.low > 0.5:
        return Finding("consistent" if claim.kind == "causal" else "reproduced", computed)
    if k > n / 2:
        return Finding(
            "consistent", computed, "More than half of the sample; the interval reaches below half."
        )
    return Finding("contradicted", computed)


@check("consistent", "unsupported")
def named_reason(t: Tables, claim: Claim, reason: str) -> Finding:
    """The survey names a reason, and more often than any reason that the paper itself calls rare."""
    n, k = respondents(t), given(t, reason)
    ends = forensics.binomial_interval(k, n)
    rare = max(given(t, r) for r in RARE)
    computed = f"{k} of {n}, {100 * k / n:.1f} % (95 % interval {100 * ends.low:.2f} to {100 * ends.high:.1f} %)"
    return Finding("consistent" if k > rare else "unsupported", computed)


# --------------------------------------------------------------------------------------------------------- age table


def age(t: Tables, region: str, band: str) -> Printed:
    """Return one cell of Table 1."""
    return t.printed(f"table1.{region}.{band}.share_pct")


MACRO = ("West", "South", "Megacities", "Center and East", "North")


def bands(t: Tables) -> dict[str, int]:
    """Return the age bands of Table 1 with their first age."""
    found = t.read("table1")["age_band"].drop_duplicates()
    return {b: int(b.rstrip("+").partition("-")[0]) for b in found}


def bands_between(t: Tables, first: str, last: str = "") -> list[str]:
    """Return the bands from the age printed at one address to the age printed at another, or to the end.

    Raises
    ------
    KeyError
        If no band begins (or ends) at that age, so that Table 1 cannot test the statement.
    """
    start, end = int(t.printed(first).value), int(t.printed(last).value) if last else None
    known = bands(t)
    chosen = [b for b, age_ in known.items() if age_ >= start and (end is None or age_ <= end)]
    if (
        not chosen
        or known[chosen[0]] != start
        or (end is not None and not chosen[-1].endswith(f"-{end}"))
    ):
        msg = f"no bands of Table 1 run from {start} to {end or 'the end'}; there are {list(known)}"
        raise KeyError(msg)
    return chosen


@check("reproduced", "consistent", "contradicted")
def age_group(t: Tables, claim: Claim, group: list[str] | str, regions: list[str]) -> Finding:
    """The named regions have the largest share of an age group: beyond rounding, in the printed numbers, or not.

    The group is a list of bands, or the address of the age it begins with.
    """
    bands = bands_between(t, group) if isinstance(group, str) else group
    sums = {r: forensics.total(interval(age(t, r, b)) for b in bands) for r in MACRO}
    computed = ", ".join(
        f"{r} {v.middle:g}" for r, v in sorted(sums.items(), key=lambda kv: -kv[1].middle)
    )
    inside, outside = [sums[r] for r in regions], [v for r, v in sums.items() if r not in regions]
    if min(i.low for i in inside) > max(o.high for o in outside):
        return Finding("reproduced", computed)
    apart = min(i.middle for i in inside) > max(o.middle for o in outside)
    return Finding("consistent" if apart else "contradicted", computed)


@check("reproduced", "consistent", "contradicted")
def more_than_half(t: Tables, claim: Claim, first: str, regions: list[str]) -> Finding:
    """Those from an age on are more than half of the people in each named region: beyond rounding, as printed, or not."""
    bands = bands_between(t, first)
    sums = {r: forensics.total(interval(age(t, r, b)) for b in bands) for r in regions}
    computed = ", ".join(f"{r} {v.middle:g}" for r, v in sums.items())
    if min(v.low for v in sums.values()) > 50:
        return Finding("reproduced", computed)
    return Finding(
        "consistent" if min(v.middle for v in sums.values()) > 50 else "contradicted", computed
    )


@check("consistent", "contradicted")
def dominated(t: Tables, claim: Claim, region: str, first: str, last: str) -> Finding:
    """A region is "dominated by" the age band between two printed ages, on any of four readings, or on none.

    The largest band of the region; the largest per year of age (bands are 10, 15 and 25 years wide, the last is open);
    the largest share of the band among the macro-regions; a share above the national one.
    """
    (band,) = bands_between(t, first, last)
    own = age(t, region, band).value
    readings = {
        "largest band of the region": own >= max(age(t, region, b).value for b in bands(t)),
        "most people per year of age": own / YEARS_IN_BAND[band]
        >= max(age(t, region, b).value / w for b, w in YEARS_IN_BAND.items()),
        "largest share among the regions": own
        > max(age(t, r, band).value for r in MACRO if r != region),
        "above the national share": own > age(t, "Kazakhstan", band).value,
    }
    true = [k for k, v in readings.items() if v]
    # "Dominated" has no exact meaning, so that even all readings together agree with it rather than reproduce it.
    verdict = "consistent" if true else "contradicted"
    return Finding(
        verdict, "; ".join(true) or "no reading", "Readings tried: " + "; ".join(readings) + "."
    )


@check("reproduced", "contradicted")
def still_runs(t: Tables, claim: Claim, year: str) -> Finding:
    """Table 3 has grants for the academic year that begins in a printed year, or later."""
    rows = t.read("table3").dropna(subset="grants")
    last = rows["academic_year"].iloc[-1]
    return Finding(
        "reproduced" if int(last[:4]) >= t.printed(year).value else "contradicted",
        f"last grants {last}",
    )
