"""Where the numbers of Table 4 came from, and what the model says with other editions and units.

``weo`` is a tidy frame of the IMF's World Economic Outlook: ``edition`` (such as ``2022-04``),
``indicator``, ``year``, ``value``. The indicators: PPPGDP, GDP at purchasing-power parity, billions
of current international dollars; NGDPD, GDP at market exchange rates, billions of current US
dollars; NGDP_R, GDP at constant prices, billions of tenge; NGDP_RPCH, its growth in per cent; LUR,
unemployment in per cent of the labour force; LP, population in millions.
"""

from __future__ import annotations

import itertools
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from kzmobility.econometrics.fits import (
    FIRST_YEAR,
    LAST_YEAR,
    regression_frame,
)

GDP_COLUMN, UNEMPLOYMENT_COLUMN = "gdp_billion_dollars", "unemployment_pct"


def rounded(value: float, decimals: int = 1) -> float:
    """Return a value rounded as a spreadsheet shows it, halves away from zero.

    ``round`` works on the binary number: it makes 2.675 into 2.67.
    """
    step = Decimal(1).scaleb(-decimals)
    number = Decimal(repr(float(value)))
    return float(abs(number).quantize(step, ROUND_HALF_UP).copy_sign(number))


def weo_series(weo: pd.DataFrame, edition: str, indicator: str) -> pd.Series:
    """Return one indicator of one edition, index ``year``.

    Raises
    ------
    ValueError
        If the edition or the indicator is not there.
    """
    part = weo[(weo["edition"] == edition) & (weo["indicator"] == indicator)]
    if part.empty:
        have = sorted(weo.loc[weo["edition"] == edition, "indicator"].unique()) or sorted(
            weo["edition"].unique()
        )
        msg = f"there is no {indicator} in the edition {edition}; there are {have}"
        raise ValueError(msg)
    series = part.set_index("year")["value"].astype(float).sort_index().rename(indicator)
    series.index = series.index.astype(int)
    return series


def national_rate(unemployment: pd.DataFrame) -> pd.Series:
    """Return the national unemployment rate, per cent, from ``iso, year, rate_pct``."""
    part = unemployment[unemployment["iso"] == "KZ"]
    return pd.Series(part["rate_pct"].to_numpy(float), part["year"].astype(int)).sort_index()


def _official(migration: pd.DataFrame) -> dict[int, float]:
    return {
        int(year): float(persons)
        for year, persons in zip(migration["year"], migration["persons"], strict=True)
    }


def match_years(printed: pd.Series, weo: pd.DataFrame, decimals: int = 1) -> pd.DataFrame:
    """Set a printed column against every edition and indicator, year by year.

    Parameters
    ----------
    printed : Series
        Index years, printed values; missing ones are left out.
    weo : DataFrame
    decimals : int
        Decimals to which the column is printed (a printed 211 stands for 211.0).

    Returns
    -------
    DataFrame
        Columns ``edition``, ``indicator``, ``year``, ``printed``, ``value``, ``rounded`` (halves
        away from zero) and ``match``: equal to every printed decimal.
    """
    printed = printed.dropna()
    table = (
        weo.loc[weo["year"].isin(printed.index), ["edition", "indicator", "year", "value"]]
        .dropna()
        .copy()
    )
    table["printed"] = table["year"].map(printed).astype(float)
    table["rounded"] = [rounded(value, decimals) for value in table["value"]]
    table["match"] = np.isclose(
        table["rounded"], table["printed"], rtol=0, atol=10.0 ** -(decimals + 6)
    )
    return table[
        ["edition", "indicator", "year", "printed", "value", "rounded", "match"]
    ].reset_index(drop=True)


def match_editions(printed: pd.Series, weo: pd.DataFrame, decimals: int = 1) -> pd.DataFrame:
    """Count in how many years each edition and indicator equals a printed column.

    Returns
    -------
    DataFrame
        Columns ``edition``, ``indicator``, ``matches``, ``years`` (compared),
        ``largest_difference`` (of the unrounded value from the printed one); most matches first,
        then the smaller difference.
    """
    years = match_years(printed, weo, decimals)
    years["difference"] = (years["value"] - years["printed"]).abs()
    table = years.groupby(["edition", "indicator"], as_index=False).agg(
        matches=("match", "sum"), years=("match", "size"), largest_difference=("difference", "max")
    )
    return table.sort_values(
        ["matches", "largest_difference", "edition"],
        ascending=[False, True, False],
        ignore_index=True,
    )


def best_edition(table4: pd.DataFrame, weo: pd.DataFrame) -> str:
    """Return the edition that matches Table 4's two columns best; ties go to GDP matches."""
    frame = regression_frame(table4)
    gdp, unemployment = (
        match_editions(frame[name], weo).groupby("edition")["matches"].max()
        for name in ("x1", "x2")
    )
    order = pd.DataFrame({"both": gdp + unemployment, "gdp": gdp}).sort_values(
        ["both", "gdp"], kind="stable"
    )
    return str(order.index[-1])


def candidates_2022(
    table4: pd.DataFrame, weo: pd.DataFrame, migration: pd.DataFrame
) -> pd.DataFrame:
    """Return what the two numbers of the 2022 row could be, and the full-year values beside them.

    Parameters
    ----------
    migration : DataFrame
        ``year``, ``persons``: official internal migration, full years, all flows; 2022 must be
        there.

    Returns
    -------
    DataFrame
        Columns ``number`` (``migration`` or ``gdp``), ``printed``, ``candidate``, ``edition``
        (empty if none), ``value`` (of the candidate), ``share`` (printed/value) and ``match``
        (equal to every printed decimal). Candidates for GDP: the full year in each unit, and the
        volume index 100 + growth, previous year = 100. A ``share`` of a full year near 4/12 would
        fit a partial year; it proves nothing.
    """
    row = table4.loc[table4["year"] == 2022]
    if len(row) != 1:
        msg = f"Table 4 must have one row for 2022; it has {len(row)}"
        raise ValueError(msg)
    whole = _official(migration)
    if 2022 not in whole:
        msg = f"the official migration of 2022 is needed; there are {sorted(whole)}"
        raise ValueError(msg)
    persons, gdp = float(row["migration_persons"].iloc[0]), float(row[GDP_COLUMN].iloc[0])
    rows = [
        (
            "migration",
            persons,
            "internal migration, full year, all flows",
            "",
            whole[2022],
            persons == whole[2022],
        )
    ]
    labels = {
        "PPPGDP": "GDP, billions of international dollars (PPP), full year",
        "NGDPD": "GDP, billions of US dollars, full year",
        "NGDP_RPCH": "GDP volume index, previous year = 100",
    }
    for (edition, indicator), part in weo[weo["year"] == 2022].groupby(["edition", "indicator"]):
        if indicator in labels:
            value = float(part["value"].iloc[0]) + (100 if indicator == "NGDP_RPCH" else 0)
            rows.append(("gdp", gdp, labels[indicator], edition, value, rounded(value) == gdp))
    table = pd.DataFrame(
        rows, columns=["number", "printed", "candidate", "edition", "value", "match"]
    )
    table.insert(5, "share", table["printed"] / table["value"])
    return table


def variant_frames(
    table4: pd.DataFrame, weo: pd.DataFrame, unemployment: pd.DataFrame, migration: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the samples of the vintage and unit switch.

    Only what a variant's label names differs from the paper: ``nominal``, ``constant`` and
    ``current`` change GDP and keep unemployment as printed. ``nominal``, ``constant`` and
    ``unrounded`` come from the edition that the paper matches (:func:`best_edition`),
    ``current...`` from the latest. ``full2022`` to ``full2024``, as far as ``migration`` goes,
    extend ``current_both`` with official full-year migration: the paper's own edition has only
    forecasts for those years, and the purchasing-power parities were rebased in October 2024, so
    editions must not be spliced.

    Parameters
    ----------
    table4, weo : DataFrame
    unemployment : DataFrame
        ``iso``, ``year``, ``rate_pct``, by the Bureau of National Statistics; ``KZ`` is used.
    migration : DataFrame
        ``year``, ``persons``: official internal migration, full years from 2022 on.

    Returns
    -------
    dict of DataFrame
        Key: the variant, ``printed`` first; each frame as from :func:`regression_frame`.
    """
    paper = regression_frame(table4)
    matched, latest = best_edition(table4, weo), str(weo["edition"].max())

    def gdp(edition: str, indicator: str, last: int = LAST_YEAR) -> pd.Series:
        what = f"{indicator} of edition {edition}"
        return _window(weo_series(weo, edition, indicator), FIRST_YEAR, last, what)

    current = paper.assign(x1=gdp(latest, "PPPGDP"))
    frames = {
        "printed": paper,
        "unrounded": paper.assign(x1=gdp(matched, "PPPGDP"), x2=gdp(matched, "LUR")),
        "nominal": paper.assign(x1=gdp(matched, "NGDPD")),
        "constant": paper.assign(x1=gdp(matched, "NGDP_R")),
        "current": current,
        "current_both": current.assign(x2=gdp(latest, "LUR")),
        "current_nominal": paper.assign(x1=gdp(latest, "NGDPD")),
        "bns": paper.assign(
            x2=_window(national_rate(unemployment), FIRST_YEAR, LAST_YEAR, "official unemployment")
        ),
    }
    official = _official(migration)
    for last in itertools.takewhile(official.__contains__, range(LAST_YEAR + 1, 2025)):
        added = pd.Series({year: official[year] for year in range(LAST_YEAR + 1, last + 1)})
        columns = {
            "y": pd.concat([paper["y"], added]),
            "x1": gdp(latest, "PPPGDP", last),
            "x2": gdp(latest, "LUR", last),
        }
        frames[f"full{last}"] = pd.DataFrame(columns).rename_axis("year")
    return frames


def _window(series: pd.Series, start: int, end: int, what: str) -> pd.Series:
    part = series.reindex(range(start, end + 1)).astype(float)
    if part.isna().any():
        msg = f"{what} lacks the years {list(part.index[part.isna()])}"
        raise ValueError(msg)
    return part
