"""Checks against official figures, and against figures that the press reports from officials.

Official agreement is `consistent`, never `reproduced`: nobody recomputed the office's work. A finding on press figures
says "as reported by" and names the outlet.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from kzmobility.checks.arithmetic import MACRO, interval, label
from kzmobility.econometrics import vintages
from proofbook import forensics
from proofbook.checks import Claim, Finding, Tables, check, need, show
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


# --------------------------------------------------------------------------------------------------------- population


@check("consistent", "contradicted")
def population_share(t: Tables, claim: Claim, macro: str, years: list[int]) -> Finding:
    """The stated share of a macro-region is its official share at one of the dates that the year could mean."""
    shares = {}
    for year in years:
        people = population(t, year)
        shares[year] = 100 * people[regions_of(t, macro)].sum() / people.sum()
    fits = {y: v for y, v in shares.items() if rounds_to(v, need(claim).text)}
    year, value = next(iter(fits.items()), next(iter(shares.items())))
    dates = dict(
        zip(t.read("population")["year"], t.read("population")["reference_date"], strict=True)
    )
    note = f"Official population at {dates[year]}. {INFERRED}"
    return Finding("consistent" if fits else "contradicted", value, note)


@check("consistent", "contradicted")
def smallest_population(t: Tables, claim: Claim, macro: str, year: int) -> Finding:
    """A macro-region has the smallest official population of the five."""
    groups = dict(
        zip(t.read("regions")["iso"], t.read("regions")["macro_region_inferred"], strict=True)
    )
    people = population(t, year)
    sums = people.groupby(people.index.map(groups)).sum().sort_values()
    computed = ", ".join(f"{k} {100 * v / sums.sum():.1f} %" for k, v in sums.items())
    return Finding("consistent" if sums.index[0] == macro else "contradicted", computed, INFERRED)


@check("consistent", "contradicted")
def implied_population(
    t: Tables, claim: Claim, people: str, percent: str, macro: str, year: str
) -> Finding:
    """The population that a loss in persons and in per cent implies holds the official one of the year it starts from."""
    part = rounding_interval(t.printed(people).text, significant=True)
    base = forensics.implied_base(part, rounding_interval(t.printed(percent).text))
    start = int(t.printed(year).value)
    official = float(population(t, start)[regions_of(t, macro)].sum())
    computed = f"{show(base.low)} to {show(base.high)}; official {show(official)}"
    return Finding("consistent" if base.contains(official) else "contradicted", computed, INFERRED)


DECLINES = {
    "KZ-11": "statements.akmola_loss_2050_pct.value",
    "KZ-39": "statements.kostanay_loss_2050_pct.value",
    "KZ-59": "statements.north_kazakhstan_loss_2050_pct.value",
}
NORTH_DECLINE = "statements.north_loss_2050_pct.value"


@check("consistent", "contradicted")
def northern_decline(t: Tables, claim: Claim, iso: str = "") -> Finding:
    """A decline to 2050 fits the other three: the North's is the mean of its regions', weighted by official population.

    A linear programme over the rounding of all four numbers; `iso` is the region that the claim is about, or empty
    for the North.
    """
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
        return Finding("contradicted", "no value fits", INFERRED)
    fits = allowed.overlaps(rounding_interval(need(claim).text))
    note = f"Range that the other three declines allow. {INFERRED}"
    return Finding(
        "consistent" if fits else "contradicted", f"{allowed.low:.1f} to {allowed.high:.1f} %", note
    )


@check("consistent", "contradicted")
def projected_share(t: Tables, claim: Claim, macro: str, edition: str, loss: str = "") -> Finding:
    """A share for 2050 follows from the official population, the stated loss and the reported national total.

    Without a stated loss, the declines in persons that the February 2023 edition gives the regions are used.
    """
    whole = reported(
        t,
        "forecast_editions",
        edition=edition,
        scope="Kazakhstan",
        quantity="population",
        target_year=2050,
    )
    rows = [whole]
    start = Interval(*[float(population(t, 2022)[regions_of(t, macro)].sum())] * 2)
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
    share = left / rounding_interval(f"{whole['value']:.0f}", significant=True) * 100
    fits = share.overlaps(rounding_interval(need(claim).text))
    note = f"{source(*rows)} {INFERRED}"
    return Finding(
        "consistent" if fits else "contradicted", f"{share.low:.1f} to {share.high:.1f} %", note
    )


@check("consistent", "contradicted")
def two_thirds(t: Tables, claim: Claim) -> Finding:
    """The stated share of the megacities in 2050 leaves a possible South, given their reported joint share."""
    row = reported(
        t,
        "forecast_editions",
        edition="2023-12",
        scope="megacities and southern regions",
        target_year=2050,
    )
    share = 100 * row["value"] / 3  # reported in thirds
    joint, own = (
        Interval(share - 0.5, share + 0.5),
        rounding_interval(need(claim).text),
    )
    others = {a: p for a, p in t.all("figure2.*.share_pct").items() if "Megacities" not in a}
    constraints = [({"South": 1.0, "Megacities": 1.0}, joint), ({"Megacities": 1.0}, own)]
    constraints.append(
        ({"South": 1.0, "Megacities": 1.0, "West": 1.0} | dict.fromkeys(others, 1.0), 100.0)
    )
    constraints += [({a: 1.0}, rounding_interval(p.text)) for a, p in others.items()]
    south = forensics.feasible_range({"South": 1.0}, constraints)
    if south is None:
        return Finding("contradicted", "no value fits", source(row))
    note = f"Share that this leaves for the South. {source(row)} Other editions of the forecast imply a smaller share."
    return Finding("consistent", f"{south.low:.1f} to {south.high:.1f} %", note)


@check("consistent", "contradicted")
def national_ages(t: Tables, claim: Claim, year: int) -> Finding:
    """The national row of Table 1 equals the UN estimate in every age band, to the printed digit."""
    bands = t.read("age_structure")
    official = bands[bands["year"] == year].set_index("age_band")["share_pct"]
    printed = {a.split(".")[2]: p for a, p in t.all("table1.Kazakhstan.*.share_pct").items()}
    equal = [b for b, p in printed.items() if rounds_to(official[b], p.text)]
    computed = f"{len(equal)} of {len(printed)} bands equal"
    return Finding("consistent" if len(equal) == len(printed) else "contradicted", computed)


@check("consistent", "contradicted")
def mixture(t: Tables, claim: Claim, year: int = 0) -> Finding:
    """The national row of Table 1 can be an average of the regional rows, with the stated shares of the regions.

    With a year, the shares are those of the official population (the grouping of regions is inferred).
    """
    frame = t.read("table1").pivot(index="region", columns="age_band", values="share_pct")
    if year:
        people = population(t, year)
        weights = {r: people[regions_of(t, r)].sum() / people.sum() for r in MACRO}
        weights = {r: Interval(w - 5e-7, w + 5e-7) for r, w in weights.items()}
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


@check("consistent", "contradicted")
def edition(t: Tables, claim: Claim, month: str) -> Finding:
    """Press reports know an edition of the national forecast of this month in the stated year."""
    rows = t.read("forecast_editions")
    rows = rows[rows["edition"] == f"{need(claim).text}-{month}"]
    if rows.empty:
        return Finding("contradicted", "no report of it")
    return Finding(
        "consistent", f"{len(rows)} reported figures", source(*(r for _, r in rows.iterrows()))
    )


# ------------------------------------------------------------------------------------------- income, wages, employment


@check("consistent", "contradicted")
def income_gap(t: Tables, claim: Claim) -> Finding:
    """The stated gap lies between the smallest and the largest yearly gap of official income per head."""
    frame = t.read("income")
    gaps = (
        frame[frame["iso"] != "KZ"]
        .groupby("year")["tenge_per_month"]
        .agg(lambda v: v.max() / v.min())
    )
    computed = f"{gaps.min():.1f} to {gaps.max():.1f}; {gaps.iloc[-1]:.1f} in {gaps.index[-1]}"
    inside = Interval(gaps.min(), gaps.max()).overlaps(rounding_interval(need(claim).text))
    return Finding(
        "consistent" if inside else "contradicted",
        computed,
        "Richest over poorest region, nominal cash income.",
    )


@check("consistent", "contradicted")
def product_gap(t: Tables, claim: Claim, more_than: float) -> Finding:
    """In every year the richest region has more than so many times the product per head of the poorest."""
    frame = t.read("grp_per_capita")
    gaps = (
        frame[frame["iso"] != "KZ"]
        .groupby("year")["thousand_tenge"]
        .agg(lambda v: v.max() / v.min())
    )
    computed = f"times {gaps.min():.1f} to {gaps.max():.1f}, {gaps.index[0]} to {gaps.index[-1]}"
    return Finding(
        "consistent" if gaps.min() > more_than else "contradicted",
        computed,
        "Gross regional product per head.",
    )


@check("consistent", "contradicted", "unsupported")
def wages(t: Tables, claim: Claim, side: str, codes: list[str] | str) -> Finding:
    """The average wage of each named region (or of each in a macro-region) is below, or above, the national one, 2022.

    If only some are, wages leave the statement open.
    """
    rows = t.read("wages")
    level = rows[rows["period"] == "2022"].set_index("iso")["tenge_per_month"].astype(float)
    chosen = regions_of(t, codes) if isinstance(codes, str) else codes
    fits = [(level[c] < level["KZ"]) == (side == "below") for c in chosen]
    parts = ", ".join(f"{names(t, [c])} {100 * level[c] / level['KZ']:.0f} %" for c in chosen)
    verdict = "consistent" if all(fits) else "unsupported" if any(fits) else "contradicted"
    return Finding(verdict, parts, "Average wage as a share of the national one, 2022.")


@check("consistent", "contradicted")
def lowest_wages(t: Tables, claim: Claim, iso: str, among: int) -> Finding:
    """A region is among the `among` regions with the lowest average wage, 2022."""
    rows = t.read("wages")
    level = _series(rows[rows["period"] == "2022"], "tenge_per_month").sort_values()
    rank = list(level.index).index(iso) + 1
    return Finding(
        "consistent" if rank <= among else "contradicted", f"rank {rank} of {len(level)} from below"
    )


@check("consistent", "contradicted")
def has_unemployment(t: Tables, claim: Claim, macro: str, year: int) -> Finding:
    """Every region of a macro-region has an unemployment rate at least near the national one (within half a point)."""
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


# ----------------------------------------------------------------------------------------------------------- migration


@check("consistent", "contradicted", "unsupported")
def net_migration(t: Tables, claim: Claim, macros: list[str], sign: str) -> Finding:
    """Every region of the macro-regions gains (or loses) in each year known; mixed signs leave it open."""
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


@check("consistent", "contradicted")
def official_migration(t: Tables, claim: Claim, year: int) -> Finding:
    """The printed migration of a year is the official one, all flows."""
    official = int(t.read("migration_national").set_index("year")["persons"][year])
    return Finding("consistent" if official == need(claim).value else "contradicted", official)


@check("consistent", "contradicted")
def press_change(t: Tables, claim: Claim, year: int) -> Finding:
    """Table 4's change of migration over the year before is the reported one."""
    row = reported(
        t,
        "migration_press",
        period=f"{year}-01/{year}-12",
        compared_with=f"{year - 1}-01/{year - 1}-12",
        flow="internal moves",
    )
    now, before = (t.printed(f"table4.{y}.migration_persons").value for y in (year, year - 1))
    change = 100 * (now / before - 1)
    fits = rounds_to(change, f"{row['change_pct']:.1f}")
    note = f"Reported: {row['change_pct']:.1f} %. {source(row)}"
    return Finding("consistent" if fits else "contradicted", change, note)


@check("unverifiable")
def arrivals_share(t: Tables, claim: Claim, north: str, east: list[str], year: int) -> Finding:
    """The North's and the East's share of arrivals. The claim is about moves between regions; only all flows are known.

    The figures at hand can give the order of magnitude and no more, whatever they are.
    """
    frame = t.read("migration_regions")
    frame = frame[frame["year"] == year].set_index("iso")["arrivals"].astype(float)
    narrow, wide = (
        100 * frame[codes].sum() / frame.sum()
        for codes in (regions_of(t, north), [*regions_of(t, north), *east])
    )
    note = "Missing: arrivals from other regions, by region. Computed from all flows: the northern regions alone, and with the east."
    return Finding("unverifiable", f"{narrow:.1f} to {wide:.1f} % of all arrivals", note)


# ---------------------------------------------------------------------------------------------------- Table 4's sources


@check("consistent", "contradicted")
def weo_series(t: Tables, claim: Claim, column: str, indicator: str) -> Finding:
    """A column of Table 4 equals one edition of the World Economic Outlook in every year, to the printed digit."""
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


@check("consistent", "contradicted")
def national_unemployment(t: Tables, claim: Claim, most: int) -> Finding:
    """Table 4's unemployment is the national office's: at most so many years differ, and none by more than 0.1 point."""
    printed = {int(a.split(".")[1]): p for a, p in t.all("table4.*.unemployment_pct").items()}
    rows = t.read("unemployment")
    official = rows[rows["iso"] == "KZ"].set_index("year")["rate_pct"]
    # The column shows one decimal; a bare 5 in it stands for 5.0.
    apart = {y: abs(vintages.rounded(official[y], 1) - p.value) for y, p in printed.items()}
    apart = {y: d for y, d in apart.items() if d > 1e-9}
    far = [y for y, d in apart.items() if d > 0.1 + 1e-9]
    computed = f"{len(printed) - len(apart)} of {len(printed)} years equal" + (
        f"; not {', '.join(map(str, apart))}" if apart else ""
    )
    return Finding("consistent" if len(apart) <= most and not far else "contradicted", computed)


@check("consistent", "contradicted")
def gdp_level(t: Tables, claim: Claim, year: int) -> Finding:
    """A printed GDP is the GDP of the year in some edition, at market rates or purchasing-power parity."""
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
        f"It equals the growth index, 100 plus growth in per cent, of the editions {', '.join(index)}."
        if index
        else ""
    )
    return Finding("contradicted", computed, note)


@check("consistent", "contradicted")
def dollars(t: Tables, claim: Claim, pattern: str) -> Finding:
    """Printed billions are dollars, on one of two readings: at market rates, or at purchasing-power parity.

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


# ---------------------------------------------------------------------------------------------------------- programmes


def programme(t: Tables, name: str, period: str, quantity: str) -> pd.Series:
    """Return one reported figure of a programme."""
    return reported(t, "programmes", programme=name, period=period, quantity=quantity)


@check("consistent", "contradicted")
def press_figure(t: Tables, claim: Claim, name: str, period: str, quantity: str) -> Finding:
    """A printed number equals a reported one."""
    row = programme(t, name, period, quantity)
    return Finding(
        "consistent" if rounds_to(row["value"], need(claim).text) else "contradicted",
        row["value"],
        source(row),
    )


@check("consistent", "contradicted")
def at_most_reported(
    t: Tables,
    claim: Claim,
    name: str,
    period: str,
    quantity: str,
    pattern: str = "",
    scale: int = 1,
) -> Finding:
    """A printed number, or the sum of a column, does not exceed a reported total of a longer time."""
    row = programme(t, name, period, quantity)
    value = scale * sum(p.value for p in t.all(pattern).values()) if pattern else need(claim).value
    computed = f"{show(value, 9)} of {show(row['value'])}"
    return Finding("consistent" if value <= row["value"] else "contradicted", computed, source(row))


@check("consistent", "contradicted")
def grants_reported(t: Tables, claim: Claim, year: str, quantities: list[str]) -> Finding:
    """The grants of an academic year in Table 3 are the reported ones, exactly or rounded to tens."""
    rows = [programme(t, "Serpin", year, q) for q in quantities]
    value = sum(float(r["value"]) for r in rows)
    printed = t.printed(f"table3.{year}.grants")
    fits = value == printed.value or rounding_interval(printed.text, significant=True).contains(
        value
    )
    return Finding("consistent" if fits else "contradicted", value, source(*rows))


@check("consistent", "contradicted")
def not_found_either(t: Tables, claim: Claim, year: str) -> Finding:
    """A year for which the paper found no number of grants has none in the reports either."""
    frame = t.read("programmes")
    rows = frame[
        (frame["programme"] == "Serpin")
        & (frame["period"] == year)
        & frame["quantity"].str.contains("grants")
    ]
    return Finding(
        "contradicted" if len(rows) else "consistent", f"{len(rows)} reports of grants in {year}"
    )


@check("consistent", "contradicted")
def at_least_awarded(t: Tables, claim: Claim, period: str, quantity: str, years: int) -> Finding:
    """The grants that Table 3 calls allocated are not fewer than those reported as awarded in the same years."""
    row = programme(t, "Serpin", period, quantity)
    allocated = int(t.read("table3")["grants"].iloc[:years].sum())
    computed = f"{allocated:,} allocated, {show(float(row['value']))} awarded"
    return Finding(
        "consistent" if allocated >= row["value"] else "contradicted", computed, source(row)
    )


@check("consistent", "contradicted")
def programme_start(t: Tables, claim: Claim, name: str) -> Finding:
    """The first year of the reported periods of a programme is the stated one."""
    frame = t.read("programmes")
    rows = frame[frame["programme"] == name].sort_values("period", kind="stable")
    year = int(rows["period"].iloc[0][:4])
    return Finding(
        "consistent" if year == need(claim).value else "contradicted", year, source(rows.iloc[0])
    )


@check("contradicted", "unverifiable")
def not_available(t: Tables, claim: Claim, name: str, quantities: list[str]) -> Finding:
    """Figures said not to exist have been reported."""
    frame = t.read("programmes")
    rows = frame[(frame["programme"] == name) & frame["quantity"].isin(quantities)]
    if set(rows["quantity"]) != set(quantities):
        return Finding("unverifiable", "no report found")
    longest = max(rows["period"], key=lambda p: int(p[-4:]) - int(p[:4]))
    values = rows[rows["period"] == longest].set_index("quantity")["value"]
    computed = f"{longest}: " + ", ".join(f"{values[q]:,.0f} {q}" for q in quantities)
    outlets = rows["as_reported_by"].nunique()
    alone = " This rests on one outlet, quoting officials." if outlets == 1 else ""
    return Finding("contradicted", computed, source(*(r for _, r in rows.iterrows())) + alone)


@check("consistent", "unsupported")
def recipients(t: Tables, claim: Claim, *macros: str) -> Finding:
    """Each of these macro-regions has a region in the list of receiving regions; an older list may have had others."""
    groups = dict(
        zip(t.read("regions")["iso"], t.read("regions")["macro_region_inferred"], strict=True)
    )
    counts = t.read("serpin_regions")["iso"].map(groups).value_counts()
    computed = ", ".join(f"{m} {counts.get(m, 0)}" for m in macros)
    good = all(counts.get(m, 0) for m in macros)
    note = (
        ""
        if good
        else " The list is that of the shortened term; earlier years may have had other regions."
    )
    return Finding("consistent" if good else "unsupported", computed, INFERRED + note)


@check("consistent", "contradicted")
def foreign_students(t: Tables, claim: Claim) -> Finding:
    """The stated share of foreigners lies between the shares of the two school years that meet in the year."""
    facts = t.read("source_facts")
    shares = {}
    for year in ("2023-2024", "2024-2025"):
        count = facts.loc[
            (facts["key"] == "foreign students") & (facts["quantity"] == year), "value"
        ].item()
        shares[year] = (
            100 * count / float(programme(t, "Foreign students", year, "students in all")["value"])
        )
    row = programme(t, "Foreign students", "2023-2024", "students in all")
    inside = Interval(min(shares.values()), max(shares.values())).overlaps(
        rounding_interval(need(claim).text)
    )
    computed = ", ".join(f"{v:.2f} % in {y}" for y, v in shares.items())
    return Finding(
        "consistent" if inside else "contradicted", computed, f"National office; a{source(row)[1:]}"
    )


@check("consistent", "unsupported")
def reported_share(
    t: Tables, claim: Claim, name: str, period: str, part: str, whole: str, more_than: float
) -> Finding:
    """A share of reported figures is above a bound that the statement needs; one press report alone refutes nothing."""
    a, b = programme(t, name, period, part), programme(t, name, period, whole)
    share = 100 * float(a["value"]) / float(b["value"])
    computed = f"{show(float(a['value']))} of {show(float(b['value']))}, {share:.1f} %"
    return Finding("consistent" if share > more_than else "unsupported", computed, source(a, b))
