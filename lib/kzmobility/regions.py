"""Regional arithmetic: one panel of indicators, ranks, gaps between regions, rank correlation, declines and shares.

Regions are the units of ISO 3166-2:KZ as of 2022: 17 regions and three cities. Their macro-regions are inferred, because
the paper never lists the members (see the resource ``regions``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from proofbook import data

NATION = "KZ"
# A unit that left another, and the unit that it left.
LEFT = {"KZ-10": "KZ-63", "KZ-33": "KZ-19", "KZ-62": "KZ-35", "KZ-79": "KZ-61"}
INDICATORS = (
    "population",
    "growth",
    "net",
    "net_per_1000",
    "unemployment",
    "wage",
    "product",
    "allowances",
)
LEVEL_COUNT = 5


class RankCorrelation(NamedTuple):
    """Spearman's rank correlation with two intervals: Fisher's (Bonett and Wright) and the bootstrap's."""

    rho: float
    n: int
    low: float
    high: float
    boot_low: float
    boot_high: float


def growth_since(population: pd.DataFrame, first: int = 2000) -> pd.DataFrame:
    """Return the growth of each territory of the first year, with units that left later counted in.

    Parameters
    ----------
    population : the resource ``population``.
    first : year of the base.

    Returns
    -------
    pandas.DataFrame
        ``iso``, ``year``, ``value`` (%, relative to `first`), ``territory`` (the borders of `first`), ``break_before``.
        Units that did not exist in `first` have no row: nothing in the tables says how many people lived there then.
    """
    joined = population.assign(iso=population["iso"].replace(LEFT))
    persons = joined.groupby(["iso", "year"])["persons"].sum()
    base = persons.xs(first, level="year")
    value = (persons / base.reindex(persons.index.get_level_values("iso")).to_numpy() - 1) * 100
    own = population.set_index(["iso", "year"])
    start = population[population["year"] == first].set_index("iso")["territory"]
    grown = value.astype(float).rename("value").reset_index()
    grown["territory"] = grown["iso"].map(start)
    # The borders stay, so that only the censuses break this series.
    grown["break_before"] = [
        census[0]
        if (
            census := [
                c for c in own.loc[(i, y), "break_before"].split("; ") if c.startswith("census")
            ]
        )
        else ""
        for i, y in zip(grown["iso"], grown["year"], strict=True)
    ]
    return grown


def net_per_thousand(migration: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Return net internal migration per 1,000 inhabitants and year.

    Parameters
    ----------
    migration : the resource ``migration_regions``.
    population : the resource ``population``; the figure of the same year divides (start of the year; 1 July in 2024).

    Returns
    -------
    pandas.DataFrame
        ``iso``, ``year``, ``net`` (persons), ``persons`` (inhabitants), ``value`` (per 1,000).
    """
    rows = migration[["iso", "year", "net"]].merge(
        population[["iso", "year", "persons"]], on=["iso", "year"], how="left", validate="1:1"
    )
    if rows["persons"].isna().any():
        lost = rows.loc[rows["persons"].isna(), ["iso", "year"]].to_dict("records")
        msg = f"no population for {lost}: net migration per 1,000 needs one for each region and year; complete data/official/population.csv"
        raise ValueError(msg)
    return rows.assign(value=(1000 * rows["net"] / rows["persons"]).astype(float))


def net_over(migration: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Return each region's net internal migration over all years of `migration`.

    Returns
    -------
    pandas.DataFrame
        ``iso``, ``net`` (persons, sum), ``per_1000`` (per 1,000 inhabitants and year: sum of net over sum of inhabitants).
    """
    total = net_per_thousand(migration, population).groupby("iso")[["net", "persons"]].sum()
    return total.assign(per_1000=(1000 * total["net"] / total["persons"]).astype(float))[
        ["net", "per_1000"]
    ].reset_index()


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Add rank and level of each region among the regions that have a value for the same indicator and year.

    Parameters
    ----------
    rows : ``iso``, ``indicator``, ``year``, ``value``; the nation's rows are left unranked.

    Returns
    -------
    pandas.DataFrame
        The rows with ``rank`` (1 is the highest value, equal values share the better rank), ``of`` (how many are ranked) and
        ``level`` (1 to 5 from low to high, equally many regions in each as far as ties allow).
    """
    rows = rows.copy()
    regions = rows["iso"] != NATION
    by = rows[regions].groupby(["indicator", "year"], dropna=False)["value"]
    rows.loc[regions, "rank"] = by.rank(method="min", ascending=False)
    rows.loc[regions, "of"] = by.transform("count")
    rows["level"] = LEVEL_COUNT - ((rows["rank"] - 1) * LEVEL_COUNT // rows["of"])
    return rows


def panel() -> pd.DataFrame:
    """Return all yearly indicators of all regions in one tidy frame.

    Returns
    -------
    pandas.DataFrame
        ``iso``, ``indicator`` (see ``INDICATORS``), ``year``, ``value``, ``territory`` (borders that the value refers to),
        ``break_before`` (empty where the value can be compared with the one before), ``segment`` (counts the breaks of the
        series: values of one segment can be joined by a line), ``rank``, ``of``, ``level`` (see `ranked`).
        Units: persons; % since 2000; persons; per 1,000 inhabitants; %; tenge a month; thousand tenge; persons.
    """
    population, migration = data.read("population"), data.read("migration_regions")
    wages = data.read("wages")
    wages = wages[wages["period"].str.fullmatch(r"\d{4}")]  # single quarters name few regions
    allowances = data.read("village_regions")[["iso", "people"]].assign(
        year=int(data.printed("statements.village_allowances_year").value)
    )
    parts = {
        "population": population.rename(columns={"persons": "value"}),
        "growth": growth_since(population),
        "net": migration.rename(columns={"net": "value"}),
        "net_per_1000": net_per_thousand(migration, population),
        "unemployment": data.read("unemployment").rename(columns={"rate_pct": "value"}),
        "wage": wages.assign(year=wages["period"].astype(int)).rename(
            columns={"tenge_per_month": "value"}
        ),
        "product": data.read("grp_per_capita").rename(columns={"thousand_tenge": "value"}),
        "allowances": allowances.rename(columns={"people": "value"}),
    }
    columns = ["iso", "indicator", "year", "value", "territory", "break_before"]
    frames = [part.assign(indicator=name).reindex(columns=columns) for name, part in parts.items()]
    rows = pd.concat(
        [f.assign(year=f["year"].astype(int), value=f["value"].astype(float)) for f in frames],
        ignore_index=True,
    )
    rows["territory"] = rows["territory"].fillna("present")
    rows["break_before"] = rows["break_before"].fillna("")
    rows = rows.sort_values(["indicator", "iso", "year"], ignore_index=True)
    rows["segment"] = (
        (rows["break_before"] != "").groupby([rows["indicator"], rows["iso"]]).cumsum()
    )
    return ranked(rows)


def spearman(
    x: Sequence[float],
    y: Sequence[float],
    confidence: float = 0.95,
    resamples: int = 4000,
    seed: int = 1,
) -> RankCorrelation:
    """Return Spearman's rank correlation with two intervals.

    Fisher's interval has the variance of Bonett and Wright (2000, Psychometrika 65, 23-28), ``(1 + rho**2 / 2) / (n - 3)``; the
    other one is the percentile bootstrap over pairs.

    Parameters
    ----------
    x, y : equally long; pairs with a missing value are left out.

    Raises
    ------
    ValueError
        If fewer than five pairs are left, or one side is constant: there is then no interval worth the name.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    both = np.isfinite(a) & np.isfinite(b)
    a, b = a[both], b[both]
    n = len(a)
    if n < 5 or np.ptp(a) == 0 or np.ptp(b) == 0:
        msg = f"rank correlation of {n} pairs: needs at least five pairs that vary on both sides"
        raise ValueError(msg)

    def rho(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        ranks_p, ranks_q = rankdata(p, axis=-1), rankdata(q, axis=-1)
        p, q = (
            ranks_p - ranks_p.mean(axis=-1, keepdims=True),
            ranks_q - ranks_q.mean(axis=-1, keepdims=True),
        )
        return (p * q).sum(axis=-1) / np.sqrt((p**2).sum(axis=-1) * (q**2).sum(axis=-1))

    point = float(rho(a, b))
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * np.sqrt((1 + point**2 / 2) / (n - 3))
    # Perfect order has an infinite Fisher z; the interval then closes on the point.
    low, high = (
        float(np.tanh(np.arctanh(point) + s * half)) if abs(point) < 1 else point for s in (-1, 1)
    )
    drawn = np.random.default_rng(seed).integers(0, n, size=(resamples, n))
    with np.errstate(invalid="ignore"):  # a resample may draw one pair only, which has no order
        boot = rho(a[drawn], b[drawn])
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    boot_low, boot_high = (float(v) for v in np.quantile(boot[np.isfinite(boot)], tails))
    return RankCorrelation(point, n, low, high, boot_low, boot_high)


def gaps(values: pd.DataFrame, column: str, period: str = "year", least: int = 16) -> pd.DataFrame:
    """Return the ratio of the highest regional value to the lowest, by period.

    Parameters
    ----------
    values : ``iso``, the column `period`, and `column`; the nation's rows do not count.
    least : periods with fewer regions are left out, because two named extremes are not a gap of the country.

    Returns
    -------
    pandas.DataFrame
        `period`, ``highest``, ``lowest`` (ISO codes), ``ratio``, ``n`` (regions compared).
    """
    rows = []
    for when, of in values[(values["iso"] != NATION) & values[column].notna()].groupby(period):
        if len(of) >= least:
            top, bottom = of.loc[of[column].idxmax()], of.loc[of[column].idxmin()]
            rows.append(
                {
                    period: when,
                    "highest": top["iso"],
                    "lowest": bottom["iso"],
                    "ratio": float(top[column] / bottom[column]),
                    "n": len(of),
                }
            )
    return pd.DataFrame(rows)


def macro_shares(population: pd.DataFrame, regions: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return persons and shares by inferred macro-region in one year.

    Returns
    -------
    pandas.DataFrame
        ``macro_region``, ``persons``, ``share_pct`` (of the sum over the regions).
    """
    of = population[(population["year"] == year) & (population["iso"] != NATION)]
    persons = (
        of["persons"]
        .astype(int)
        .groupby(of["iso"].map(regions.set_index("iso")["macro_region_inferred"]))
        .sum()
    )
    return pd.DataFrame(
        {
            "macro_region": persons.index,
            "persons": persons.to_numpy(),
            "share_pct": (100 * persons / persons.sum()).to_numpy(),
        }
    )


def combined_decline(
    persons: Mapping[str, float], declines: Mapping[str, float], rounding: float = 0.5
) -> tuple[float, float, float]:
    """Return the decline of a whole from the declines of its parts, in the unit of `declines`.

    Parameters
    ----------
    persons : ``part -> inhabitants`` at the start: the weights.
    declines : ``part -> decline``, rounded.
    rounding : half a step of the last printed digit.

    Returns
    -------
    tuple of float
        Value, lowest and highest value that the rounding of the parts allows.

    Raises
    ------
    ValueError
        If the parts of the two arguments differ.
    """
    if set(persons) != set(declines):
        msg = f"parts differ: inhabitants of {sorted(persons)}, declines of {sorted(declines)}; give both for the same parts"
        raise ValueError(msg)
    value = sum(persons[part] * declines[part] for part in persons) / sum(persons.values())
    return value, value - rounding, value + rounding


def rejoined(
    values: pd.DataFrame,
    column: str,
    population: pd.DataFrame,
    parts: Mapping[str, str],
    period: str = "year",
) -> pd.DataFrame:
    """Return values per head on former borders: a part counts with the unit that it left, weighted by inhabitants.

    Parameters
    ----------
    values : ``iso``, the column `period` (calendar years), and `column`, an amount per head.
    population : the resource ``population``.
    parts : ``unit that left -> unit that it left``, such as a part of ``LEFT``.

    Returns
    -------
    pandas.DataFrame
        ``iso``, `period`, `column`; the parts have no row of their own.
    """
    rows = (
        values[["iso", period, column]]
        .dropna()
        .merge(
            population[["iso", "year", "persons"]],
            left_on=["iso", period],
            right_on=["iso", "year"],
        )
    )
    rows = rows.assign(
        persons=rows["persons"].astype(float),
        amount=lambda d: d[column].astype(float) * d["persons"],
        iso=rows["iso"].replace(dict(parts)),
    )
    sums = rows.groupby(["iso", period])[["amount", "persons"]].sum()
    return (sums["amount"] / sums["persons"]).rename(column).reset_index()
