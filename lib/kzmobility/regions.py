"""The panel of regional indicators behind the map: growth, net migration per head, breaks.

Regions are the units of ISO 3166-2:KZ as of 2022: 17 regions and three cities. Their macro-regions
are inferred, because the paper never lists the members (see the resource ``regions``).
"""

from __future__ import annotations

import pandas as pd

from proofbook import data

NATION = "KZ"
# A unit that left another, and the unit that it left.
LEFT = {"KZ-10": "KZ-63", "KZ-33": "KZ-19", "KZ-62": "KZ-35", "KZ-79": "KZ-61"}


def growth_since(population: pd.DataFrame, first: int = 2000) -> pd.DataFrame:
    """Return the growth of each territory of the first year, with units that left later counted in.

    Parameters
    ----------
    population : the resource ``population``.
    first : year of the base.

    Returns
    -------
    pandas.DataFrame
        ``iso``, ``year``, ``value`` (%, relative to `first`), ``territory`` (the borders of
        `first`), ``break_before``. Units that did not exist in `first` have no row: nothing in the
        tables says how many people lived there then.
    """
    joined = population.assign(iso=population["iso"].replace(LEFT))
    persons = joined.groupby(["iso", "year"])["persons"].sum()
    base = persons.xs(first, level="year")
    value = (persons / base.reindex(persons.index.get_level_values("iso")).to_numpy() - 1) * 100
    rows = population.set_index(["iso", "year"])
    start = population[population["year"] == first].set_index("iso")["territory"]
    grown = value.astype(float).rename("value").reset_index()
    grown["territory"] = grown["iso"].map(start)
    # The borders stay, so that only the censuses break this series.
    grown["break_before"] = [
        census[0]
        if (
            census := [
                c for c in rows.loc[(i, y), "break_before"].split("; ") if c.startswith("census")
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
    population : the resource ``population``; the figure of the same year divides (of the start of
        the year; of 1 July in 2024).

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
        msg = (
            f"no population for {lost}: net migration per 1,000 needs one for each region and "
            "year; complete data/official/population.csv"
        )
        raise ValueError(msg)
    return rows.assign(value=(1000 * rows["net"] / rows["persons"]).astype(float))


def panel() -> pd.DataFrame:
    """Return all yearly indicators of all regions in one tidy frame.

    Returns
    -------
    pandas.DataFrame
        ``iso``, ``indicator``, ``year``, ``value``, ``territory`` (borders that the value refers
        to), ``break_before`` (empty where the value can be compared with the one before),
        ``segment`` (counts the breaks of the series: values of one segment can be joined by a
        line). Units: persons; % since 2000; persons; per 1,000 inhabitants; %; tenge a month;
        thousand tenge; persons.
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
    return rows
