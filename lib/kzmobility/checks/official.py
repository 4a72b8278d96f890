"""Checks against official figures, and against figures that the press reports from officials.

Official agreement is `consistent`, never `reproduced`: nobody recomputed the office's work. A
finding on press figures says "as reported by" and names the outlet.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from kzmobility.checks.arithmetic import MACRO, interval, label
from kzmobility.econometrics import vintages
from proofbook import forensics
from proofbook.checks import Claim, Finding, Measured, Tables, check, need, quantity
from proofbook.forensics import Interval, rounding_interval, rounds_to

INFERRED = "The macro-regions are grouped by inference; the paper does not list them."


def regions_of(t: Tables, *macros: str) -> list[str]:
    """Return the ISO codes of the regions in these macro-regions (an inferred grouping)."""
    regions = t.read("regions")
    return regions.loc[regions["macro_region_inferred"].isin(macros), "iso"].tolist()


def names(t: Tables, codes: Iterable[str]) -> str:
    """Return region names for ISO codes."""
    known = dict(zip(t.read("regions")["iso"], t.read("regions")["name_en"], strict=True))
    return ", ".join(known[c] for c in codes)


def population(t: Tables, year: int) -> pd.Series:
    """Return persons by ISO code at the reference date of a year, regions only."""
    return t.derive(
        ("population", year), lambda: _series(t.read("population"), "persons", year=year)
    )


def _series(frame: pd.DataFrame, column: str, **where: object) -> pd.Series:
    for key, value in where.items():
        frame = frame[frame[key] == value]
    return frame[frame["iso"] != "KZ"].set_index("iso")[column].astype(float)


def reported(t: Tables, table: str, **where: object) -> pd.Series:
    """Return the one row of a table that fits.

    Raises
    ------
    KeyError
        If no row or several rows fit.
    """
    frame = t.read(table)
    for key, value in where.items():
        frame = frame[frame[key] == value]
    if len(frame) != 1:
        msg = f"{table}: {len(frame)} rows fit {where}; expected one"
        raise KeyError(msg)
    return frame.iloc[0]


def source(*rows: pd.Series) -> str:
    """Return "As reported by ..." for rows of a press table."""
    return (
        "As reported by " + ", ".join(dict.fromkeys(str(r["as_reported_by"]) for r in rows)) + "."
    )


# -------------------------------------------------------------------------------------- population


DECLINES = {
    "KZ-11": "statements.akmola_loss_2050_pct.value",
    "KZ-39": "statements.kostanay_loss_2050_pct.value",
    "KZ-59": "statements.north_kazakhstan_loss_2050_pct.value",
}
NORTH_DECLINE = "statements.north_loss_2050_pct.value"


def shares(t: Tables, year: int) -> dict[str, float]:
    """Return macro-region -> official share of the population at the start of a year, 0 to 1."""
    people = population(t, year)
    return {m: people.reindex(regions_of(t, m)).sum() / people.sum() for m in MACRO}


@quantity(basis="official")
def official_share(t: Tables, macro: str, year: int) -> Measured:
    """Return the official share (%) of {macro} at the start of {year}."""
    return Measured(100 * shares(t, year)[macro], INFERRED)


@quantity(basis="official")
def smallest_other_share(t: Tables, macro: str, year: int) -> Measured:
    """Return the smallest official share of the macro-regions besides {macro} at the start of
    {year}."""
    return Measured(100 * min(v for m, v in shares(t, year).items() if m != macro), INFERRED)


@quantity(basis="official")
def years_that_fit(t: Tables) -> Measured:
    """Return the year at whose start the official shares round to all shares that Figure 1 states.

    Raises
    ------
    KeyError
        If no year does.
    """
    stated = {a.split(".")[1]: p.text for a, p in t.all("figure1.*.share_pct").items()}
    years = [
        year
        for year in sorted(set(t.read("population")["year"]))
        if all(rounds_to(100 * shares(t, year)[macro], text) for macro, text in stated.items())
    ]
    if not years:
        msg = "in no year do the official shares round to all shares of Figure 1"
        raise KeyError(msg)
    return Measured(Interval(min(years), max(years)), INFERRED)


@quantity(basis="official")
def official_density(t: Tables) -> float:
    """Return the number of inhabitants per square kilometre at the start of 2023."""
    people = population(t, 2023).sum()
    return float(people / reported(t, "source_facts", key="Kazakhstan", quantity="area")["value"])


@quantity(basis="official")
def official_people(t: Tables, macro: str, year: str) -> Measured:
    """Return the official population of {macro} at the start of the base year, {year}."""
    start = int(t.printed(year).value)
    return Measured(float(population(t, start)[regions_of(t, macro)].sum()), INFERRED)


@quantity(basis="official")
def possible_decline(t: Tables, region: str = "the North") -> Measured:
    """Return a decline to 2050 that the other three printed declines allow {region}.

    The North's decline is the mean of its regions', weighted by official population: a linear
    programme over the rounding of all numbers.

    Raises
    ------
    KeyError
        If no decline fits.
    """
    regions = t.read("regions").set_index("name_en")["iso"]
    iso = regions.get(region, "")
    people = population(t, 2022)[list(DECLINES)]
    weights = (people / people.sum()).to_dict()
    constraints = [
        ({code: 1.0}, rounding_interval(t.printed(a).text))
        for code, a in DECLINES.items()
        if code != iso
    ]
    if iso:
        constraints.append((weights, rounding_interval(t.printed(NORTH_DECLINE).text)))
    free = Interval(-100.0, 100.0)
    allowed = forensics.feasible_range(
        {iso: 1.0} if iso else weights, constraints, dict.fromkeys(DECLINES, free)
    )
    if allowed is None:
        msg = "the printed declines exclude one another"
        raise KeyError(msg)
    return Measured(allowed, INFERRED)


@quantity(basis="press")
def projected_share(t: Tables, macro: str, edition: str, loss: str = "") -> Measured:
    """Return the share (%) of {macro} in 2050 that official population, expected loss and the
    reported national total imply.

    Without a stated loss, the declines in persons that the February 2023 edition gives are used.
    """
    where = {"edition": edition, "scope": "Kazakhstan", "quantity": "population"}
    rows = [reported(t, "forecast_editions", target_year=2050, **where)]
    start = forensics.as_interval(float(population(t, 2022)[regions_of(t, macro)].sum()))
    if loss:
        left = start * (Interval(1.0, 1.0) - rounding_interval(t.printed(loss).text) * 0.01)
    else:
        rows += [
            reported(t, "forecast_editions", edition="2023-02", iso=c, quantity="decline")
            for c in regions_of(t, macro)
        ]
        left = start - forensics.total(
            rounding_interval(f"{r['value']:.0f}", significant=True) for r in rows[1:]
        )
    whole = rounding_interval(f"{rows[0]['value']:.0f}", significant=True)
    return Measured(left / whole * 100, f"{source(*rows)} {INFERRED}")


@check("consistent", "contradicted", basis="official", what="age bands that are equal")
def national_ages(t: Tables, claim: Claim, year: int) -> Finding:
    """The national row of Table 1 equals the UN estimate in every age band, to the printed
    digit."""
    bands = t.read("age_structure")
    official = bands[bands["year"] == year].set_index("age_band")["share_pct"]
    printed = {a.split(".")[2]: p for a, p in t.all("table1.Kazakhstan.*.share_pct").items()}
    equal = [b for b, p in printed.items() if rounds_to(official[b], p.text)]
    computed = f"{len(equal)} of {len(printed)} bands equal"
    return Finding("consistent" if len(equal) == len(printed) else "contradicted", computed)


@check("consistent", "contradicted", basis="official", what="shares of the regions that fit")
def mixture(t: Tables, claim: Claim, year: int = 0) -> Finding:
    """The national row of Table 1 can be an average of the regional rows, weighted by the shares of
    the regions.

    The shares are those that Figure 1 states; with a year, those of the official population (the
    grouping of regions is inferred).
    """
    frame = t.read("table1").pivot(index="region", columns="age_band", values="share_pct")
    if year:
        weights = {r: Interval(w - 5e-7, w + 5e-7) for r, w in shares(t, year).items()}
    else:
        stated = {
            label(a).rpartition(".")[0]: interval(p) * 0.01
            for a, p in t.all("figure1.*.share_pct").items()
        }
        weights = {r: stated.get(r, Interval(0.0, 1.0)) for r in MACRO}
    ranges = forensics.mixture_weights(
        frame.drop(index="Kazakhstan"), frame.loc["Kazakhstan"], 0.5, weights
    )
    if ranges is None:
        return Finding("contradicted", "no shares fit")
    if year:
        return Finding(
            "consistent",
            ", ".join(f"{r} {100 * w.middle:.1f} %" for r, w in weights.items()),
            INFERRED,
        )
    free = {r: ranges[r] for r in MACRO if r not in stated}
    computed = "; ".join(f"{r} {100 * w.low:.0f} to {100 * w.high:.0f} %" for r, w in free.items())
    return Finding(
        "consistent",
        computed,
        "Shares that the age table still allows the two regions whose share is not stated.",
    )


@check("consistent", "unsupported", basis="press", what="reported figures of that edition")
def edition(t: Tables, claim: Claim, month: str) -> Finding:
    """The press reports figures of an edition of the national forecast of that month and year."""
    rows = t.read("forecast_editions")
    rows = rows[rows["edition"] == f"{need(claim).text}-{month}"]
    if rows.empty:
        return Finding("unsupported", "no report of it")
    return Finding("consistent", len(rows), source(*(r for _, r in rows.iterrows())))


# ----------------------------------------------------------------------- income, wages, employment


def gaps(t: Tables, table: str, column: str) -> pd.Series:
    """Return the richest region's value over the poorest's, by year."""
    frame = t.read(table)
    regions = frame[frame["iso"] != "KZ"]
    return regions.groupby("year")[column].agg(lambda v: v.max() / v.min())


@check(
    "consistent", "contradicted", basis="official", what="richest over poorest region, by measure"
)
def income_gap(t: Tables, claim: Claim, first: int) -> Finding:
    """The printed gap lies within the range of the yearly gaps in official cash income per head."""
    income = gaps(t, "income", "tenge_per_month").loc[first:]
    product = gaps(t, "grp_per_capita", "thousand_tenge").loc[first:]
    rows = t.read("wages")
    level = _series(rows[rows["period"] == "2022"], "tenge_per_month")
    computed = (
        f"cash income {income.min():.1f} to {income.max():.1f} ({first} to {income.index[-1]}), "
        f"wages {level.max() / level.min():.1f} (2022), product per head "
        f"{product.min():.1f} to {product.max():.1f} ({product.index[0]} to {product.index[-1]})"
    )
    inside = Interval(income.min(), income.max()).overlaps(rounding_interval(need(claim).text))
    note = "True of cash income in some years; wages differ less, product per head far more."
    return Finding("consistent" if inside else "contradicted", computed, note)


@check(
    "consistent",
    "contradicted",
    basis="official",
    what="richest over poorest region, product per head",
)
def product_gap(t: Tables, claim: Claim, more_than: float) -> Finding:
    """In every year known the product per head of the richest region is several times that of the
    poorest."""
    found = gaps(t, "grp_per_capita", "thousand_tenge")
    computed = f"{found.min():.1f} to {found.max():.1f}, {found.index[0]} to {found.index[-1]}"
    return Finding("consistent" if found.min() > more_than else "contradicted", computed)


@check(
    "consistent",
    "contradicted",
    "unsupported",
    basis="official",
    what="average wage, % of the national one, 2022",
)
def wages(t: Tables, claim: Claim, side: str, codes: list[str] | str) -> Finding:
    """The average wages of all these regions lie on the stated side of the national one, 2022.

    If only some are, wages leave the statement open.
    """
    rows = t.read("wages")
    level = rows[rows["period"] == "2022"].set_index("iso")["tenge_per_month"].astype(float)
    chosen = regions_of(t, codes) if isinstance(codes, str) else codes
    fits = [(level[c] < level["KZ"]) == (side == "below") for c in chosen]
    parts = ", ".join(f"{names(t, [c])} {100 * level[c] / level['KZ']:.0f} %" for c in chosen)
    verdict = "consistent" if all(fits) else "unsupported" if any(fits) else "contradicted"
    return Finding(verdict, parts, "Average wage as a share of the national one, 2022.")


@check("consistent", "contradicted", basis="official", what="rank of the average wage, 2022")
def lowest_wages(t: Tables, claim: Claim, iso: str) -> Finding:
    """The region is among the five with the lowest average wage, 2022."""
    rows = t.read("wages")
    level = _series(rows[rows["period"] == "2022"], "tenge_per_month").sort_values()
    rank = list(level.index).index(iso) + 1
    return Finding(
        "consistent" if rank <= 5 else "contradicted", f"rank {rank} of {len(level)} from below"
    )


@check("consistent", "contradicted", basis="official", what="unemployment rate")
def has_unemployment(t: Tables, claim: Claim, macro: str, year: int) -> Finding:
    """Every region of the macro-region has an unemployment rate above the national one or at most
    half a point below."""
    rows = t.read("unemployment")
    rates = rows[rows["year"] == year].set_index("iso")["rate_pct"]
    chosen = rates[regions_of(t, macro)]
    computed = (
        ", ".join(f"{names(t, [c])} {v:g} %" for c, v in chosen.items())
        + f"; nation {rates['KZ']:g} %"
    )
    return Finding(
        "consistent" if (chosen > rates["KZ"] - 0.5).all() else "contradicted", computed, INFERRED
    )


# --------------------------------------------------------------------------------------- migration


@check(
    "consistent",
    "contradicted",
    "unsupported",
    basis="official",
    what="region-years with that sign",
)
def net_migration(t: Tables, claim: Claim, macros: list[str], sign: str) -> Finding:
    """Every region of the macro-regions gains, or loses, as stated, in each year known; mixed signs
    leave it open."""
    frame = t.read("migration_regions")
    chosen = frame[frame["iso"].isin(regions_of(t, *macros))]
    good = int(((chosen["net"] > 0) if sign == "gain" else (chosen["net"] < 0)).sum())
    sums = chosen.groupby("year")["net"].sum()
    computed = f"{good} of {len(chosen)} region-years; net " + ", ".join(
        f"{int(v):+,} in {y}" for y, v in sums.items()
    )
    verdict = (
        "consistent" if good == len(chosen) else "contradicted" if good == 0 else "unsupported"
    )
    return Finding(verdict, computed, "Internal migration, all flows. " + INFERRED)


@quantity(basis="official")
def official_migration(t: Tables, year: int) -> float:
    """Return the official number of internal moves in {year}, all flows."""
    return float(t.read("migration_national").set_index("year")["persons"][year])


@quantity(basis="official")
def arrivals_share(t: Tables, year: int, *east: str) -> Measured:
    """Return the share of the North alone, and with Abai, Pavlodar and East Kazakhstan, in all
    arrivals of {year}."""
    frame = t.read("migration_regions")
    arrivals = frame[frame["year"] == year].set_index("iso")["arrivals"].astype(float)
    north = regions_of(t, "North")
    low, high = (100 * arrivals[c].sum() / arrivals.sum() for c in (north, [*north, *east]))
    return Measured(Interval(low, high), INFERRED)


@quantity(basis="press")
def reported_change(t: Tables, year: int) -> Measured:
    """Return the percentage change of internal moves from the year before to {year} that the press
    reports."""
    period, before = (f"{y}-01/{y}-12" for y in (year, year - 1))
    row = reported(t, "migration_press", period=period, compared_with=before, flow="internal moves")
    value = rounding_interval(f"{row['change_pct']:.1f}")
    return Measured(value, f"Reported: {row['change_pct']:.1f} %. {source(row)}")


@quantity(basis="press")
def raised_to_2022(t: Tables) -> Measured:
    """Return the migration of 2021 in Table 4 raised by the reported change to 2022."""
    change = reported_change(t, 2022)
    assert isinstance(change, Measured)
    start = t.printed("table4.2021.migration_persons").value
    return Measured((forensics.as_interval(change.value) * 0.01 + 1.0) * start, change.note)


# ------------------------------------------------------------------------------- Table 4's sources


@check("consistent", "contradicted", basis="official", what="years that are equal")
def weo_series(t: Tables, claim: Claim, column: str, indicator: str) -> Finding:
    """A column of Table 4 equals one edition of the World Economic Outlook in every year, to the
    printed digit."""
    printed = t.read("table4").set_index("year").loc[:2021, column].astype(float).dropna()
    weo = t.read("weo")
    table = t.derive(
        ("editions", indicator, tuple(printed)),
        lambda: vintages.match_editions(printed, weo[weo["indicator"] == indicator]),
    )
    top = table["matches"].max()
    best = sorted(table.loc[table["matches"] == top, "edition"])
    computed = f"{top} of {len(printed)} years, edition {best[0]}" + (
        f" to {best[-1]}" if len(best) > 1 else ""
    )
    return Finding("consistent" if top == len(printed) else "contradicted", computed)


@check("consistent", "contradicted", basis="official", what="years that are equal")
def national_unemployment(t: Tables, claim: Claim) -> Finding:
    """In most years the unemployment of Table 4 is the national office's, and nowhere far from
    it."""
    printed = {int(a.split(".")[1]): p for a, p in t.all("table4.*.unemployment_pct").items()}
    rows = t.read("unemployment")
    official = rows[rows["iso"] == "KZ"].set_index("year")["rate_pct"]
    # The column shows one decimal; a bare 5 in it stands for 5.0.
    apart = {y: abs(vintages.rounded(official[y], 1) - p.value) for y, p in printed.items()}
    apart = {y: d for y, d in apart.items() if d > 1e-9}
    computed = f"{len(printed) - len(apart)} of {len(printed)}"
    near = 2 * len(apart) < len(printed) and max(apart.values(), default=0.0) < 0.1 + 1e-9
    note = f"Apart by a tenth: {', '.join(map(str, apart))}." if apart else ""
    return Finding("consistent" if near else "contradicted", computed, note)


@check("consistent", "contradicted", basis="official", what="range of the editions")
def gdp_level(t: Tables, claim: Claim, year: int) -> Finding:
    """A printed GDP is the GDP of the year in some edition, at market rates or purchasing-power
    parity."""
    weo = t.read("weo")
    rows = weo[weo["year"] == year]
    levels = rows[rows["indicator"].isin(["PPPGDP", "NGDPD"])]
    hits = levels[[rounds_to(v, need(claim).text) for v in levels["value"]]]
    if len(hits):
        return Finding(
            "consistent",
            ", ".join(f"{i} {e}" for i, e in zip(hits["indicator"], hits["edition"], strict=True)),
        )
    growth = rows[rows["indicator"] == "NGDP_RPCH"]
    index = [
        e
        for e, v in zip(growth["edition"], growth["value"], strict=True)
        if rounds_to(100 + v, need(claim).text)
    ]
    computed = f"{levels['value'].min():.0f} to {levels['value'].max():.0f} billion dollars"
    note = (
        "It equals the growth index, 100 plus growth in per cent, of the editions "
        f"{', '.join(index)}."
        if index
        else ""
    )
    return Finding("contradicted", computed, note)


@check("consistent", "contradicted", basis="official", what="ratio to dollars at market rates")
def dollars(t: Tables, claim: Claim, pattern: str) -> Finding:
    """Printed billions are dollars, on one of two readings: at market rates, or at purchasing-power
    parity.

    A reading holds if most years lie within five per cent of it in some edition.
    """
    printed = pd.Series({int(a.split(".")[1]): p.value for a, p in t.all(pattern).items()}).loc[
        :2021
    ]
    market = (t.read("wdi").set_index("year")["gdp_dollars"].astype(float) / 1e9).reindex(
        printed.index
    )
    weo = t.read("weo")
    parity = (
        weo[weo["indicator"] == "PPPGDP"]
        .pivot(index="year", columns="edition", values="value")
        .reindex(printed.index)
    )
    near_market = ((printed / market - 1).abs() <= 0.05).mean()
    near_parity = (parity.rdiv(printed, axis=0) - 1).abs().le(0.05).mean().max()
    ratios = printed / market
    computed = f"{ratios.min():.1f} to {ratios.max():.1f} times US dollars at market rates"
    if near_parity > 0.5:
        return Finding(
            "consistent",
            computed,
            "International dollars, at purchasing-power parity; the heading does not say so.",
        )
    return Finding("consistent" if near_market > 0.5 else "contradicted", computed)


# -------------------------------------------------------------------------------------- programmes


def programme(t: Tables, name: str, period: str, quantity: str) -> pd.Series:
    """Return one reported figure of a programme."""
    return reported(t, "programmes", programme=name, period=period, quantity=quantity)


@quantity(basis="press")
def first_reported(t: Tables, name: str) -> Measured:
    """Return the first year for which the press reports figures of {name}."""
    frame = t.read("programmes")
    rows = frame[frame["programme"] == name].sort_values("period", kind="stable")
    return Measured(float(rows["period"].iloc[0][:4]), source(rows.iloc[0]))


@quantity(basis="press")
def foreign_students(t: Tables, year: str) -> Measured:
    """Return the reported share (%) of foreigners among all students in {year}."""
    count = reported(t, "source_facts", key="foreign students", quantity=year)
    whole = programme(t, "Foreign students", year, "students in all")
    return Measured(100 * float(count["value"]) / float(whole["value"]), source(count, whole))


@check("unsupported", "unverifiable", basis="press", what="figures reported")
def not_available(t: Tables, claim: Claim, name: str, quantities: list[str]) -> Finding:
    """The press has reported figures that the statement calls unavailable; a report alone
    refutes nothing."""
    frame = t.read("programmes")
    rows = frame[(frame["programme"] == name) & frame["quantity"].isin(quantities)]
    if set(rows["quantity"]) != set(quantities):
        return Finding("unverifiable", "no report found")
    longest = max(rows["period"], key=lambda p: int(p[-4:]) - int(p[:4]))
    values = rows[rows["period"] == longest].set_index("quantity")["value"]
    computed = f"{longest}: " + ", ".join(f"{values[q]:,.0f} {q}" for q in quantities)
    return Finding("unsupported", computed, source(*(r for _, r in rows.iterrows())))


@check("consistent", "unsupported", basis="press", what="items reported")
def reported_alike(t: Tables, claim: Claim, aspect: str, *items: str) -> Finding:
    """A press report of the programme names what the paper names, and nothing besides."""
    rows = t.read("programme_reports")
    rows = rows[rows["aspect"] == aspect]
    found = rows["item"].tolist()
    good = sorted(found) == sorted(items)
    return Finding(
        "consistent" if good else "unsupported",
        ", ".join(found),
        source(*(r for _, r in rows.iterrows())),
    )


@check("consistent", "unsupported", basis="press", what="receiving regions, by macro-region")
def recipients(t: Tables, claim: Claim, *macros: str) -> Finding:
    """Each of these parts of the country has a receiving region, in the paper's list or in a press
    report of older lists."""
    regions = t.read("regions").set_index("iso")["macro_region_inferred"]
    rows = t.read("programme_reports")
    rows = rows[rows["aspect"] == "receiving region"]
    codes = {*t.read("serpin_regions")["iso"], *rows["item"]}
    counts = regions[sorted(codes)].value_counts()
    computed = ", ".join(f"{m} {counts.get(m, 0)}" for m in macros)
    good = all(counts.get(m, 0) for m in macros)
    note = f"{source(*(r for _, r in rows.iterrows()))} {INFERRED}"
    return Finding("consistent" if good else "unsupported", computed, note)
