"""Charts of the population by macro-region and age."""

from __future__ import annotations

import altair as alt
import pandas as pd

from kzmobility.charts.theme import LIGHT, figure

__all__ = ["age_structure", "macro_region_shares", "northern_declines"]

MACRO_REGIONS = ["South", "Megacities", "Center and East", "West", "North"]
NOT_STATED = "not stated in the text"


def macro_region_shares(shares: pd.DataFrame) -> alt.LayerChart:
    """Draw the stated population shares, with a switch between the years.

    Parameters
    ----------
    shares : columns ``macro_region``, ``year``, ``share_pct`` (missing where the text states none).
    """
    years = sorted(int(y) for y in shares["year"].unique())
    rows = shares.assign(shown=[NOT_STATED if pd.isna(s) else f"{s:g} %" for s in shares["share_pct"]])
    year = alt.param(name="year", value=years[0], bind=alt.binding_radio(options=years, labels=[str(y) for y in years], name="Year"))
    base = alt.Chart(rows).transform_filter(alt.datum.year == year).encode(
        y=alt.Y("macro_region:N", sort=MACRO_REGIONS, title=None, axis=alt.Axis(labelFontSize=13, ticks=False)),
    )
    x = alt.X("share_pct:Q", scale=alt.Scale(domain=[0, 40]), title="share of the population, %")
    tooltip = [alt.Tooltip("macro_region:N", title="Macro-region"), alt.Tooltip("year:O", title="Year"), alt.Tooltip("shown:N", title="Share")]
    stated = base.transform_filter("isValid(datum.share_pct)")
    chart = alt.layer(
        stated.mark_rule(strokeWidth=2, color=LIGHT["paper"]).encode(x=x, x2=alt.datum(0)),
        stated.mark_point(shape="circle", size=130, color=LIGHT["paper"], opacity=1).encode(x=x, tooltip=tooltip),
        stated.mark_text(align="left", dx=12, fontSize=13).encode(x=x, text="shown:N"),
        base.transform_filter("!isValid(datum.share_pct)").mark_text(align="left", dx=4, color=LIGHT["muted"], fontStyle="italic").encode(x=alt.datum(0), text="shown:N"),
    ).add_params(year).properties(height=190)

    def listed(y: int) -> str:
        rows_of = rows[rows["year"] == y].dropna(subset="share_pct").sort_values("share_pct", ascending=False)
        return ", ".join(f"{r.macro_region} {r.share_pct:g} %" for r in rows_of.itertuples())

    silent = {y: list(rows[(rows["year"] == y) & rows["share_pct"].isna()]["macro_region"]) for y in years}
    return figure(
        chart,
        name="fig-macro-regions",
        caption="Paper figures 1 and 2, as far as the text states them: the share of the megacities rises, that of the North falls. Empty places are values that stood only in the lost pictures.",
        alternative=" ".join(f"In {y} the text states: {listed(y)}; it states nothing for {' and '.join(silent[y])}." for y in years),
        source=["figure1", "figure2"],
        rows=rows,
        columns={"macro_region": "Macro-region", "year": "Year", "share_pct": "Share, %"},
        formats={"share_pct": "g"},
    )


def age_structure(ages: pd.DataFrame) -> alt.LayerChart:
    """Draw the share of one age band in every macro-region against the national share; the reader picks the band.

    Parameters
    ----------
    ages : columns ``region``, ``age_band``, ``share_pct``; the region ``Kazakhstan`` is the national row.
    """
    bands = list(dict.fromkeys(ages["age_band"]))
    pick = alt.param(name="age_band", value="20-34", bind=alt.binding_radio(options=bands, labels=[b.replace("-", "–") for b in bands], name="Age"))
    nation = ages[ages["region"] == "Kazakhstan"].set_index("age_band")["share_pct"]
    rows = ages[ages["region"] != "Kazakhstan"].assign(national=lambda d: d["age_band"].map(nation).astype(float), difference=lambda d: d["share_pct"] - d["national"])
    base = alt.Chart(rows).transform_filter(alt.datum.age_band == pick).encode(y=alt.Y("region:N", sort=MACRO_REGIONS, title=None, axis=alt.Axis(labelFontSize=13, ticks=False)))
    x = alt.X("share_pct:Q", title="share of the age band in the region's population, %", scale=alt.Scale(domain=[0, 40]))
    tooltip = [alt.Tooltip("region:N", title="Region"), alt.Tooltip("age_band:N", title="Age"), alt.Tooltip("share_pct:Q", title="Share, %"), alt.Tooltip("difference:Q", title="Less national share, points", format="+")]
    chart = alt.layer(
        base.mark_rule(color=LIGHT["neutral"], strokeDash=[4, 3], size=2).encode(x="national:Q", y=alt.Y(value=0), y2=alt.Y2(value="height")),
        base.mark_rule(strokeWidth=2, color=LIGHT["paper"]).encode(x=x, x2="national:Q"),
        base.mark_point(shape="circle", size=130, color=LIGHT["paper"], opacity=1).encode(x=x, tooltip=tooltip),
        base.mark_text(align="left", dx=12, fontSize=13).encode(x=x, text="share_pct:Q"),
    ).add_params(pick).properties(height=190)

    def ends(band: str) -> str:
        of = rows[rows["age_band"] == band].sort_values("share_pct")
        return f"aged {band}: lowest {of.iloc[0]['region']} {of.iloc[0]['share_pct']:g} %, highest {of.iloc[-1]['region']} {of.iloc[-1]['share_pct']:g} %, national {nation[band]:g} %"

    return figure(
        chart,
        name="fig-age-structure",
        caption="Paper table 1 by age band: each region against the national share, the dashed line. The West and the South are young; the North, and the Center and East, are old.",
        alternative="Share of each age band in five macro-regions, " + "; ".join(ends(b) for b in bands) + ".",
        source=["table1"],
        rows=ages,
        columns={"region": "Region", "age_band": "Age", "share_pct": "Share, %"},
        formats={"share_pct": "g"},
    )


def northern_declines(declines: pd.DataFrame) -> alt.LayerChart:
    """Draw the stated declines to 2050 of the North and its three regions.

    Parameters
    ----------
    declines : columns ``area``, ``decline_pct`` (positive numbers), in the order to be shown.
    """
    order = list(declines["area"])
    base = alt.Chart(declines).encode(y=alt.Y("area:N", sort=order, title=None, axis=alt.Axis(labelFontSize=13, ticks=False)))
    x = alt.X("decline_pct:Q", title="decline of the population by 2050, %", scale=alt.Scale(domain=[0, 45]))
    chart = alt.layer(
        base.mark_rule(strokeWidth=2, color=LIGHT["paper"]).encode(x=x, x2=alt.datum(0)),
        base.mark_point(shape="circle", size=130, color=LIGHT["paper"], opacity=1).encode(x=x, tooltip=[alt.Tooltip("area:N", title="Area"), alt.Tooltip("decline_pct:Q", title="Decline, %")]),
        base.mark_text(align="left", dx=12, fontSize=13).encode(x=x, text="decline_pct:Q"),
    ).properties(height=150)
    worst = declines.loc[declines["decline_pct"].idxmax()]
    return figure(
        chart,
        name="fig-northern-declines",
        caption="The declines that the paper states for the North: far apart between neighbouring regions.",
        alternative="Stated decline of the population by 2050: " + ", ".join(f"{r.area} {r.decline_pct:g} %" for r in declines.itertuples()) + f". {worst['area']} would lose the most.",
        source=["statements"],
        rows=declines,
        columns={"area": "Area", "decline_pct": "Decline by 2050, %"},
        formats={"decline_pct": "g"},
    )
