"""The arithmetic of what-if questions: a forecast's settings, a programme as a pipeline,
an indicator's path.

Everything here is plain arithmetic on numbers that are printed or official.
The explorers of the book compute the same in the reader's browser;
a test moves their controls and compares the two.

Growth is always from 1 January 2022, the base that the paper names for the North.
Which regions make up a macro-region is inferred (``regions.macro_region_inferred``):
the paper never lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import pandas as pd

from proofbook import data
from proofbook.forensics import Interval, feasible_range, rounding_interval

BASE_YEAR, MIDDLE_YEAR, LAST_YEAR = 2022, 2030, 2050
MACRO_REGIONS = ("South", "Megacities", "Center and East", "West", "North")
NORTH = {"akmola": "KZ-11", "kostanay": "KZ-39", "north_kazakhstan": "KZ-59"}
NATION = "Kazakhstan"
_SLACK = 1e-9  # a bound that rounding sets is itself a decimal turned into a binary float


# ------------------------------------------------------------------------ what the forecast implies


@dataclass(frozen=True)
class Forecast:
    """What a reader sets: growth from 2022 to 2050 in %,
    and the people that the North loses by 2030, in thousands.

    The West has no setting. It takes what the country leaves, so that the parts always add up.
    """

    national: float
    megacities: float
    south: float
    center_east: float
    akmola: float
    kostanay: float
    north_kazakhstan: float
    loss_2030: float


def edition_name(edition: str) -> str:
    """Return an edition of a forecast as readers say it: ``December 2023`` for ``2023-12``."""
    year, _, number = edition.partition("-")
    if int(number or 99) > 12:  # 2021-22 is a pair of years
        return edition.replace("-", "–")
    return f"{pd.Timestamp(int(year), int(number), 1):%B %Y}"


def macro_populations(population: pd.DataFrame, regions: pd.DataFrame, year: int) -> pd.Series:
    """Return persons by macro-region, in the order of ``MACRO_REGIONS``,
    for one year of the official table.

    Parameters
    ----------
    population : columns ``iso``, ``year``, ``persons``.
    regions : columns ``iso``, ``macro_region_inferred``.

    Raises
    ------
    ValueError
        If a region of the grouping has no figure for the year.
    """
    of = population[population["year"] == year].set_index("iso")["persons"]
    missing = sorted(set(regions["iso"]) - set(of.index))
    if missing:
        msg = (
            f"no population of {', '.join(missing)} in {year}: "
            "the table of official figures must hold every region of the grouping"
        )
        raise ValueError(msg)
    return (
        regions.assign(persons=regions["iso"].map(of).astype("int64"))
        .groupby("macro_region_inferred")["persons"]
        .sum()
        .reindex(list(MACRO_REGIONS))
        .astype("int64")
    )


def bases(year: int = BASE_YEAR) -> dict[str, int]:
    """Return the official persons behind every setting:
    macro-regions, the northern regions by setting, and the nation."""
    population, regions = data.read("population"), data.read("regions")
    macro = macro_populations(population, regions, year)
    of = population[population["year"] == year].set_index("iso")["persons"]
    return {
        **{k: int(v) for k, v in macro.items()},
        **{name: int(of[iso]) for name, iso in NORTH.items()},
        NATION: int(macro.sum()),
    }


def project(settings: Forecast, base: Mapping[str, int]) -> pd.DataFrame:
    """Return the population of 2050 that the settings give.

    Returns
    -------
    DataFrame
        Index: the macro-regions, then ``Kazakhstan``. Columns ``persons``,
        ``share_pct`` and ``growth_pct`` (from 2022). The West is the remainder and may be negative,
        which says that the settings cannot be.
    """

    def grown(name: str, pct: float) -> float:
        return base[name] * (1 + pct / 100)

    total = grown(NATION, settings.national)
    persons = {
        "South": grown("South", settings.south),
        "Megacities": grown("Megacities", settings.megacities),
        "Center and East": grown("Center and East", settings.center_east),
        "North": sum(grown(name, getattr(settings, name)) for name in NORTH),
    }
    persons["West"] = total - sum(persons.values())
    frame = pd.DataFrame(
        {"persons": [*(persons[m] for m in MACRO_REGIONS), total]}, index=[*MACRO_REGIONS, NATION]
    )
    frame["share_pct"] = 100 * frame["persons"] / total
    frame["growth_pct"] = [100 * (p / base[area] - 1) for area, p in frame["persons"].items()]
    return frame


@dataclass(frozen=True)
class Statement:
    """One number that a forecast must meet: its address, its reading,
    and the values that round to it."""

    name: str
    unit: str
    text: str
    allowed: Interval
    stated_by: str


def statements() -> list[Statement]:
    """Return the numbers on 2030 and 2050 that the paper states, then those that the press adds.

    Each carries the interval of values that round to it;
    the final zeros of 92,000 and of 27,500,000 count as rounding,
    and two thirds are a whole percentage.
    """
    return _statements_of_the_paper() + _statements_of_the_press()


def _statements_of_the_paper() -> list[Statement]:
    """Return what the text states of 2030 and 2050, with the sign of a change:
    losses are negative."""
    found = []
    for name, unit, sign in (
        ("megacities_share_2050_pct", "%", 1),
        ("north_share_2050_pct", "%", 1),
        ("center_east_share_2050_pct", "%", 1),
        ("north_loss_2050_pct", "%", -1),
        ("akmola_loss_2050_pct", "%", -1),
        ("kostanay_loss_2050_pct", "%", -1),
        ("north_kazakhstan_loss_2050_pct", "%", -1),
        ("north_loss_2030_people", "thousand", -1),
        ("north_loss_2030_pct", "%", -1),
    ):
        text, scale = data.printed(f"statements.{name}").text, 1000 if unit == "thousand" else 1
        allowed = rounding_interval(text, significant=scale > 1) * (sign / scale)
        stated = f"{sign * float(text) / scale:g}"
        found.append(Statement(name, unit, stated, allowed, "the paper"))
    return found


def _statements_of_the_press() -> list[Statement]:
    """Return the total of 2050 and the share of the south,
    as reported of the edition of 2023-12."""
    editions = (
        data.read_text("forecast_editions")
        .query("edition == '2023-12' and target_year == '2050'")
        .set_index(["scope", "quantity"])["value"]
    )
    total, two_thirds = (
        editions[NATION, "population"],
        editions["megacities and southern regions", "share of population"],
    )
    share = 100 * float(two_thirds) / 3
    return [
        Statement(
            "reported_total",
            "million",
            f"{float(total) / 1e6:g}",
            rounding_interval(total, significant=True) * 1e-6,
            "the press",
        ),
        Statement(
            "reported_south_share",
            "%",
            f"{share:.1f}",
            rounding_interval(f"{share:.0f}"),
            "the press",
        ),
    ]


def values_of(settings: Forecast, base: Mapping[str, int]) -> dict[str, float]:
    """Return what the settings give for each statement, by its name and in its unit;
    losses are negative."""
    outcome = project(settings, base)
    share = outcome["share_pct"]
    return {
        "megacities_share_2050_pct": share["Megacities"],
        "north_share_2050_pct": share["North"],
        "center_east_share_2050_pct": share["Center and East"],
        "north_loss_2050_pct": outcome.loc["North", "growth_pct"],
        "akmola_loss_2050_pct": settings.akmola,
        "kostanay_loss_2050_pct": settings.kostanay,
        "north_kazakhstan_loss_2050_pct": settings.north_kazakhstan,
        "north_loss_2030_people": -settings.loss_2030,
        "north_loss_2030_pct": -100 * settings.loss_2030 * 1000 / base["North"],
        "reported_total": outcome.loc[NATION, "persons"] / 1e6,
        "reported_south_share": share["Megacities"] + share["South"],
    }


def check(settings: Forecast, base: Mapping[str, int]) -> pd.DataFrame:
    """Return, per statement, the value that the settings give and whether it rounds
    to the stated number.

    Returns
    -------
    DataFrame
        Columns ``name``, ``unit``, ``stated`` (text), ``low``, ``high``, ``value``,
        ``holds``, ``stated_by``.
    """
    values = values_of(settings, base)
    rows = [
        {
            "name": s.name,
            "unit": s.unit,
            "stated": s.text,
            "low": s.allowed.low,
            "high": s.allowed.high,
            "value": values[s.name],
            "holds": s.allowed.low - _SLACK <= values[s.name] <= s.allowed.high + _SLACK,
            "stated_by": s.stated_by,
        }
        for s in statements()
    ]
    return pd.DataFrame(rows)


Constraints = list[tuple[Mapping[str, float], Interval | float]]

_PARTS = ("South", "Megacities", "Center and East", "West", *NORTH)


def _constraints(base: Mapping[str, int], reported: bool) -> Constraints:
    """Return what the statements demand of the populations of 2050, as linear constraints."""
    allowed = {s.name: s.allowed for s in statements() if reported or s.stated_by == "the paper"}
    north = dict.fromkeys(NORTH, 1.0)
    rules: Constraints = [({NATION: -1, **dict.fromkeys(_PARTS, 1.0)}, 0.0)]

    def share(members: Mapping[str, float], name: str) -> None:
        plenty = 1e9  # persons; only keeps the interval closed
        rules.append(({**members, NATION: -allowed[name].low / 100}, Interval(0, plenty)))
        rules.append(({**members, NATION: -allowed[name].high / 100}, Interval(-plenty, 0)))

    share({"Megacities": 1}, "megacities_share_2050_pct")
    share(north, "north_share_2050_pct")
    share({"Center and East": 1}, "center_east_share_2050_pct")
    for members, name, start in [
        (north, "north_loss_2050_pct", base["North"]),
        *(({region: 1.0}, f"{region}_loss_2050_pct", base[region]) for region in NORTH),
    ]:
        rules.append((members, (allowed[name] * 0.01 + 1) * start))
    if reported:
        rules.append(({NATION: 1}, allowed["reported_total"] * 1e6))
        share({"Megacities": 1, "South": 1}, "reported_south_share")
    return rules


def feasible_settings(base: Mapping[str, int], reported: bool = False) -> pd.DataFrame:
    """Return, for every area, the growth to 2050 that some forecast can have
    which meets all stated numbers.

    Linear programmes over the populations of 2050 (``forensics.feasible_range``).
    Outside its range, no choice of the other settings can meet every number;
    inside it, some choice does.

    Parameters
    ----------
    reported : also ask for what the press reports of the edition of December 2023.

    Returns
    -------
    DataFrame
        Columns ``area``, ``persons_low``, ``persons_high``, ``growth_low``,
        ``growth_high`` (% from 2022). The South and the West, of which the paper states nothing,
        are only kept from being negative.

    Raises
    ------
    ValueError
        If no forecast meets all numbers.
    """
    rules = _constraints(base, reported)
    goals = {area: {area: 1.0} for area in (NATION, *_PARTS)} | {"North": dict.fromkeys(NORTH, 1.0)}
    rows = []
    for area, goal in goals.items():
        found = feasible_range(goal, rules)
        if found is None:
            msg = "no forecast meets all stated numbers: two of them contradict each other"
            raise ValueError(msg)
        rows.append(
            {
                "area": area,
                "persons_low": found.low,
                "persons_high": found.high,
                "growth_low": 100 * (found.low / base[area] - 1),
                "growth_high": 100 * (found.high / base[area] - 1),
            }
        )
    return pd.DataFrame(rows)


# ----------------------------------------------------------------------------- Serpin as a pipeline


@dataclass(frozen=True)
class Pipeline:
    """The assumptions of a programme that turns grants into people who stay; all but two in %.

    Attributes
    ----------
    grants : grants a year, the same every year.
    enrolled : share of grants that a student takes up.
    graduate : share of the enrolled who graduate.
    employed : share of graduates who take and keep the job that the grant asks for.
    north : share of these who settle in the North and not in another recipient region.
    stay : share of the settled who are still there after `stay_years`.
    stay_years : years to which `stay` refers.
    """

    grants: float
    enrolled: float
    graduate: float
    employed: float
    north: float
    stay: float
    stay_years: float

    def __post_init__(self) -> None:
        wrong = [
            f.name
            for f in fields(self)
            if f.name not in ("grants", "stay_years") and not 0 <= getattr(self, f.name) <= 100
        ]
        if wrong or self.grants < 0 or self.stay_years <= 0:
            msg = (
                "shares lie between 0 and 100 %, grants are not negative and years are positive; "
                f"mend {wrong or [self.grants, self.stay_years]}"
            )
            raise ValueError(msg)


def stages(p: Pipeline) -> dict[str, float]:
    """Return the people of one year's grants at each stage, in order:
    the last is who is still there after `stay_years`."""
    enrolled = p.grants * p.enrolled / 100
    graduates = enrolled * p.graduate / 100
    employed = graduates * p.employed / 100
    north = employed * p.north / 100
    return {
        "grants": p.grants,
        "enrolled": enrolled,
        "graduates": graduates,
        "employed": employed,
        "north": north,
        "still_there": north * p.stay / 100,
    }


def settled_a_year(p: Pipeline) -> float:
    """Return the people who settle in the North every year, before anybody leaves again."""
    return stages(p)["north"]


def cohort_years(p: Pipeline, years: int) -> float:
    """Return how many full cohorts are still there after `years` of one cohort a year;
    `years` if nobody leaves.

    A cohort shrinks every year by the same factor, the one that leaves `stay` % after `stay_years`;
    the youngest is whole. The sum of a geometric series.
    """
    kept = (p.stay / 100) ** (1 / p.stay_years)
    return float(years) if kept == 1 else (1 - kept**years) / (1 - kept)


def stock(p: Pipeline, years: int) -> float:
    """Return the people whom the programme brought and who are still there after `years` of it."""
    return settled_a_year(p) * cohort_years(p, years)


def break_even_grants(p: Pipeline, loss: float, years: int) -> float:
    """Return the grants a year at which the stock after `years` equals the loss;
    infinite if nobody of them settles."""
    each = stock(replace(p, grants=1.0), years)
    return loss / each if each > 0 else float("inf")


def break_even_settled(p: Pipeline, loss: float, years: int) -> float:
    """Return how many of 100 grants must end in the North for the stock to equal the loss;
    above 100, none suffice."""
    return 100 * loss / (p.grants * cohort_years(p, years)) if p.grants > 0 else float("inf")


def loss_path(base: Mapping[str, int]) -> pd.DataFrame:
    """Return the people whom the North loses since 2022, year by year:
    straight lines through the paper's two points.

    Returns
    -------
    DataFrame
        Columns ``year`` (2022 to 2050), ``years`` (since 2022), ``loss`` (persons),
        ``stated`` (whether the year is one of the two points).
        The loss of 2050 is the stated % of the inferred base,
        that of 2030 the stated number of people.
    """
    first = data.printed("statements.north_loss_2030_people").value
    last = data.printed("statements.north_loss_2050_pct").value / 100 * base["North"]
    rows = []
    for year in range(BASE_YEAR, LAST_YEAR + 1):
        early = first * (year - BASE_YEAR) / (MIDDLE_YEAR - BASE_YEAR)
        late = first + (last - first) * (year - MIDDLE_YEAR) / (LAST_YEAR - MIDDLE_YEAR)
        rows.append(
            {
                "year": year,
                "years": year - BASE_YEAR,
                "loss": early if year <= MIDDLE_YEAR else late,
                "stated": year in (MIDDLE_YEAR, LAST_YEAR),
            }
        )
    return pd.DataFrame(rows)


# -------------------------------------------------------------------------- the concept's indicator

# Six recipient regions lie in the north and east by name;
# the concept's own list is not in the paper.
NORTH_AND_EAST = ("KZ-11", "KZ-39", "KZ-59", "KZ-55", "KZ-63", "KZ-10")
