"""Checks that need the paper alone: sums, repeated numbers, directions, the survey, the age
table."""

from __future__ import annotations

from proofbook import forensics
from proofbook.checks import Claim, Finding, Measured, Tables, check, need, quantity
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


@quantity(basis="paper")
def first_academic_year(t: Tables) -> float:
    """Return the year in which the first academic year of Table 3 begins."""
    return float(str(t.read("table3")["academic_year"].iloc[0])[:4])


@quantity(basis="paper")
def last_grants(t: Tables) -> float:
    """Return the year in which the last academic year with printed grants begins."""
    return float(str(t.read("table3").dropna(subset="grants")["academic_year"].iloc[-1])[:4])


@quantity()
def implied_people(t: Tables) -> Measured:
    """Return the size of the North implied by its printed loss to 2030, in persons and in per
    cent."""
    people = t.printed("statements.north_loss_2030_people.value")
    share = interval(t.printed("statements.north_loss_2030_pct.value"))
    return Measured(rounding_interval(people.text, significant=True) / share * 100)


@quantity()
def implied_students(t: Tables) -> float:
    """Return the number of all students that the printed count and share of those who did not work
    their term imply."""
    count = t.printed("statements.serpin_noncompliance_students.value").value
    return count / t.printed("statements.serpin_noncompliance_pct.value").value * 100


@quantity()
def change_in_table4(t: Tables, year: int) -> Measured:
    """Return the percentage change of migration in Table 4 from the year before to {year}."""
    now, before = (t.printed(f"table4.{y}.migration_persons").value for y in (year, year - 1))
    return Measured((now / before - 1) * 100)


@check("consistent", "contradicted", "unverifiable", what="share of the group")
def most(t: Tables, claim: Claim, pattern: str, key: str, smallest: str = "") -> Finding:
    """A group is "the majority": more than half, or, on the weaker reading, the largest group
    whatever the shares that are not stated.

    `smallest` names the group that the paper calls the smallest, which bounds the shares that it
    does not state.
    """
    cells = t.all(pattern)
    shares = {label(a).partition(".")[0]: interval(p) for a, p in cells.items()}
    named, others = shares[key], [v for k, v in shares.items() if k != key]
    gaps = int(t.read(pattern.partition(".")[0])[pattern.rpartition(".")[2]].isna().sum())
    rest = 100 - forensics.total(shares.values()).low if gaps else 0.0
    floor = shares[smallest].low if smallest else 0.0
    largest_gap = rest - (gaps - 1) * floor if gaps else 0.0
    computed = (
        f"{named.middle:g} %; no other group above "
        f"{max([largest_gap, *(o.middle for o in others)]):g} %"
    )
    if named.low > 50:
        return Finding("consistent", computed)
    if named.high < max((o.low for o in others), default=0):
        return Finding("contradicted", computed, "Another group is larger.")
    if largest_gap > named.low:
        return Finding(
            "unverifiable",
            computed,
            "Less than half, and a value that is not stated could be larger.",
        )
    return Finding(
        "consistent", computed, "Less than half: true of the largest group, not of a majority."
    )


# ------------------------------------------------------------------------------------------ survey


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
        msg = (
            f"no number of {respondents(t)} respondents gives the printed share of "
            f"{', '.join(impossible)}"
        )
        raise KeyError(msg)
    return sum(counts[r][0] for r in reasons)


@check("reproduced", "consistent", "contradicted", what="respondents behind the share")
def share_of_sample(t: Tables, claim: Claim) -> Finding:
    """The printed percentage is that of a whole number of respondents, and of only one (GRIM)."""
    n = respondents(t)
    counts = forensics.grim_counts(need(claim).text, n, scale=100)
    if not counts:
        return Finding("contradicted", f"no count of {n}")
    computed = f"{counts[0]} of {n}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} of {n}"
    return Finding("reproduced" if len(counts) == 1 else "consistent", computed)


@check("reproduced", "consistent", "contradicted", what="sample sizes that fit all shares")
def sample_size(t: Tables, claim: Claim) -> Finding:
    """Every percentage of the survey is that of a whole number of people out of the printed sample
    size, and of no other size up to twice that (GRIM)."""
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
    return Finding("reproduced" if fits == [n] else "consistent", computed)


@check("reproduced", "contradicted", what="respondents who gave a reason")
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


@check("reproduced", "contradicted", what="women and men")
def two_groups(t: Tables, claim: Claim, *addresses: str) -> Finding:
    """The counts behind the shares of two groups add up to the sample."""
    n = respondents(t)
    counts = [forensics.grim_counts(t.printed(a).text, n, scale=100) for a in addresses]
    sums = sum(c[0] for c in counts) if all(len(c) == 1 for c in counts) else 0
    return Finding(
        "reproduced" if sums == n else "contradicted",
        " + ".join(str(c[0] if c else "none") for c in counts),
    )


@check(
    "consistent", "contradicted", what="respondents who gave the reason, against the second reason"
)
def leads(t: Tables, claim: Claim, reason: str) -> Finding:
    """More respondents give this reason than any other."""
    counts = {r: c[0] if c else 0 for r, c in reason_counts(t).items()}
    second = max((r for r in counts if r != reason), key=counts.__getitem__)
    p = forensics.lead_p_value(counts[reason], counts[second])
    computed = f"{counts[reason]} against {counts[second]} ({second}), p = {p:.2f}"
    if counts[reason] <= counts[second]:
        return Finding("contradicted", computed)
    sure = "Beyond chance" if p < 0.05 else "In this sample; chance could give such a lead too"
    note = f"{sure} (exact two-sided sign test of the first reason against the second)."
    return Finding("consistent", computed, note)


@check(
    "consistent", "contradicted", "unsupported", what="respondents who gave one of these reasons"
)
def mainly(t: Tables, claim: Claim, *reasons: str, asked: bool = True) -> Finding:
    """More than half of the respondents give one of these reasons, to the question that the
    statement is about.

    With ``asked=False`` the statement is about something that the question did not ask: no share
    can then support it.
    """
    n, k = respondents(t), given(t, *reasons)
    ends = forensics.binomial_interval(k, n)
    computed = (
        f"{k} of {n}, {100 * k / n:.1f} % (95 % interval {100 * ends.low:.1f} to "
        f"{100 * ends.high:.1f} %)"
    )
    if not asked:
        return Finding("unsupported", computed)
    if ends.low > 0.5:
        return Finding("consistent", computed)
    if k > n / 2:
        return Finding(
            "consistent", computed, "More than half of the sample; the interval reaches below half."
        )
    return Finding("contradicted", computed)


@check("consistent", "unsupported", what="respondents who gave the reason")
def named_reason(t: Tables, claim: Claim, reason: str) -> Finding:
    """The survey names this reason more often than any other that the paper itself calls rare."""
    n, k = respondents(t), given(t, reason)
    ends = forensics.binomial_interval(k, n)
    rare = max(given(t, r) for r in RARE if r != reason)
    computed = (
        f"{k} of {n}, {100 * k / n:.1f} % (95 % interval {100 * ends.low:.2f} to "
        f"{100 * ends.high:.1f} %)"
    )
    return Finding("consistent" if k > rare else "unsupported", computed)


# --------------------------------------------------------------------------------------- age table


def age(t: Tables, region: str, band: str) -> Printed:
    """Return one cell of Table 1."""
    return t.printed(f"table1.{region}.{band}.share_pct")


MACRO = ("West", "South", "Megacities", "Center and East", "North")


def bands(t: Tables) -> dict[str, int]:
    """Return the age bands of Table 1 with their first age."""
    found = t.read("table1")["age_band"].drop_duplicates()
    return {b: int(b.rstrip("+").partition("-")[0]) for b in found}


def bands_between(t: Tables, first: str, last: str = "") -> list[str]:
    """Return the bands from the age printed at one address to the age printed at another, or to the
    end.

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


@check("consistent", "contradicted", what="share of the age group, %")
def age_group(t: Tables, claim: Claim, group: list[str] | str, regions: list[str]) -> Finding:
    """The named regions have the largest printed shares of the age group.

    The group is a list of bands, or the address of the age it begins with.
    """
    bands = bands_between(t, group) if isinstance(group, str) else group
    sums = {r: forensics.total(interval(age(t, r, b)) for b in bands) for r in MACRO}
    computed = ", ".join(
        f"{r} {v.middle:g}" for r, v in sorted(sums.items(), key=lambda kv: -kv[1].middle)
    )
    inside, outside = [sums[r] for r in regions], [v for r, v in sums.items() if r not in regions]
    apart = min(i.middle for i in inside) > max(o.middle for o in outside)
    return Finding("consistent" if apart else "contradicted", computed)


@check("consistent", "contradicted", what="share of people from that age on, %")
def more_than_half(t: Tables, claim: Claim, first: str, regions: list[str]) -> Finding:
    """Those from that age on are more than half of the people in each named region, by the printed
    shares."""
    bands = bands_between(t, first)
    sums = {r: forensics.total(interval(age(t, r, b)) for b in bands) for r in regions}
    computed = ", ".join(f"{r} {v.middle:g}" for r, v in sums.items())
    return Finding(
        "consistent" if min(v.middle for v in sums.values()) > 50 else "contradicted", computed
    )


@check("consistent", "contradicted", what="readings that are true")
def dominated(t: Tables, claim: Claim, region: str, first: str, last: str) -> Finding:
    """The age band between the printed ages dominates the region on at least one of four readings.

    The largest band of the region; the largest per year of age (bands are 10, 15 and 25 years wide,
    the last is open); the largest share of the band among the macro-regions; a share above the
    national one. A reading is true if rounding cannot undo it: a tie dominates nothing.
    """
    (band,) = bands_between(t, first, last)

    def share(where: str, which: str, width: int = 1) -> Interval:
        return interval(age(t, where, which)) * (1 / width)

    named = share(region, band)
    rivals = {
        "largest band of the region": [share(region, b) for b in bands(t) if b != band],
        "most people per year of age": [
            share(region, b, w) * YEARS_IN_BAND[band] for b, w in YEARS_IN_BAND.items() if b != band
        ],
        "largest share among the regions": [share(r, band) for r in MACRO if r != region],
        "above the national share": [share("Kazakhstan", band)],
    }
    true = [name for name, others in rivals.items() if named.low >= max(o.high for o in others)]
    largest = max(bands(t), key=lambda b: age(t, region, b).value)
    note = (
        f"Readings tried: {'; '.join(rivals)}. The largest band of the region is {largest}: "
        f"{age(t, region, largest).text} % against {age(t, region, band).text} %."
    )
    # "Dominated" has no exact meaning, so that even all readings together agree rather than
    # reproduce.
    verdict = "consistent" if true else "contradicted"
    return Finding(verdict, "; ".join(true) or "no reading", note)
