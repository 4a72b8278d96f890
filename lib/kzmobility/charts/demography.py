"""Charts of the population by macro-region and age."""

from __future__ import annotations

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, SIGNS, figure

__all__ = [
    "age_check",
    "age_structure",
    "forecast_editions",
    "macro_region_shares",
    "megacities",
    "northern_declines",
]

MACRO_REGIONS = ["South", "Megacities", "Center and East", "West", "North"]
NOT_STATED = "not stated in the text"

# A forecast as the press reports it: an official figure at second hand, hence the official sign, hollow.
REPORTED = "as reported"


def _marks(
    base: alt.Chart, x: alt.X, kind: str = "kind", size: int = 110, **channels: object
) -> list[alt.Chart]:
    """Return one point layer for each sign, so that colour, shape and filling say the same; `kind` names the sign."""
    layers = []
    for sign, (_, colour, shape, _dash) in SIGNS.items():
        layers.append(
            base.transform_filter(f"datum.{kind} == '{sign}'")
            .mark_point(shape=shape, size=size, color=colour, opacity=1)
            .encode(x=x, **channels)
        )
    hollow = base.transform_filter(f"datum.{kind} == '{REPORTED}'")
    layers.append(
        hollow.mark_point(
            shape="square",
            size=size,
            filled=False,
            strokeWidth=2,
            color=LIGHT["official"],
            opacity=1,
        ).encode(x=x, **channels)
    )
    return layers


def _kind_words(kinds: pd.Series) -> list[str]:
    return [
        SIGNS[k][0] if k in SIGNS else "official forecast, as reported" if k == REPORTED else k
        for k in kinds
    ]


def macro_region_shares(shares: pd.DataFrame) -> alt.LayerChart:
    """Draw what is known of the population shares, with a switch between the years and one lane for each kind of knowledge.

    Parameters
    ----------
    shares : columns ``macro_region``, ``year``, ``kind`` (a sign of the theme, or ``not stated``), ``share_pct``, ``low`` and
        ``high`` (what rounding allows; missing where it says nothing), ``how`` (what the figure is).
    """
    years = sorted(int(y) for y in shares["year"].unique())
    tag = {
        "paper": "printed",
        "recomputed": "recomputed",
        "official": "official",
        "inferred": "inferred",
        "not stated": "",
    }

    def shown(r: object) -> str:
        if r.kind == "not stated":
            return NOT_STATED
        return f"{r.share_pct:.3g} % {tag[r.kind]}"

    rows = shares.assign(
        shown=[shown(r) for r in shares.itertuples()],
        words=_kind_words(shares["kind"]),
        lane=[0 if k in ("paper", "not stated", "recomputed") else 1 for k in shares["kind"]],
    )
    year = alt.param(
        name="year",
        value=years[0],
        bind=alt.binding_radio(options=years, labels=[str(y) for y in years], name="Year"),
    )
    order = [
        *MACRO_REGIONS,
        *[m for m in dict.fromkeys(rows["macro_region"]) if m not in MACRO_REGIONS],
    ]
    base = (
        alt.Chart(rows)
        .transform_filter(alt.datum.year == year)
        .encode(
            y=alt.Y(
                "macro_region:N",
                sort=order,
                title=None,
                axis=alt.Axis(labelFontSize=12, ticks=False, labelPadding=6),
                scale=alt.Scale(paddingInner=0.3),
            ),
            yOffset=alt.YOffset("lane:N", sort=[0, 1]),
        )
    )
    x = alt.X(
        "share_pct:Q",
        scale=alt.Scale(domain=[0, 68]),
        title="share of the population, %",
        axis=alt.Axis(values=[0, 10, 20, 30, 40, 50]),
    )
    tooltip = [
        alt.Tooltip("macro_region:N", title="Macro-region"),
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("shown:N", title="Share"),
        alt.Tooltip("words:N", title="Sign"),
        alt.Tooltip("how:N", title="What it is"),
    ]
    known = base.transform_filter("isValid(datum.share_pct)")
    chart = (
        alt.layer(
            known.transform_filter("datum.kind == 'recomputed'")
            .mark_rule(strokeWidth=2, color=LIGHT["recomputed"])
            .encode(x=alt.X("low:Q", title="share of the population, %"), x2="high:Q"),
            *_marks(known, x, tooltip=tooltip),
            known.transform_filter("datum.kind != 'recomputed'")
            .mark_text(align="left", dx=12, fontSize=12)
            .encode(x=x, text="shown:N"),
            known.transform_filter("datum.kind == 'recomputed'")
            .mark_text(align="center", baseline="top", dy=8, fontSize=12)
            .encode(x=x, text="shown:N"),
            base.transform_filter("!isValid(datum.share_pct)")
            .mark_text(align="left", dx=4, color=LIGHT["muted"], fontStyle="italic")
            .encode(x=alt.datum(0), text="shown:N"),
        )
        .add_params(year)
        .properties(height=300)
    )

    def listed(y: int, kind: str) -> str:
        of = rows[(rows["year"] == y) & (rows["kind"] == kind)].sort_values(
            "share_pct", ascending=False
        )
        return ", ".join(f"{r.macro_region} {r.share_pct:.3g} %" for r in of.itertuples())

    def told(y: int) -> str:
        kinds = [
            ("paper", "the text states"),
            ("recomputed", "the rest follows"),
            ("official", "official counts give"),
            ("inferred", "inferred are"),
        ]
        return (
            f"In {y} "
            + "; ".join(f"{verb} {listed(y, kind)}" for kind, verb in kinds if listed(y, kind))
            + "."
        )

    return figure(
        chart,
        name="fig-macro-regions",
        caption="Paper figures 1 and 2, completed: the share of the megacities rises, that of the North falls. "
        "A circle is printed; a diamond follows from what is printed, with the range that rounding leaves; a square is counted officially; a triangle rests on the inferred grouping or on a report.",
        alternative=" ".join(told(y) for y in years)
        + " Shares that the text does not state stood only in the lost pictures.",
        source=["figure1", "figure2", "population", "regions", "forecast_editions"],
        rows=rows,
        columns={
            "macro_region": "Macro-region",
            "year": "Year",
            "words": "Sign",
            "share_pct": "Share, %",
            "low": "At least, %",
            "high": "At most, %",
            "how": "What it is",
        },
        formats={"share_pct": ".3g", "low": "g", "high": "g"},
    )


def age_structure(ages: pd.DataFrame) -> alt.LayerChart:
    """Draw the share of one age band in every macro-region against the national share; the reader picks the band.

    Parameters
    ----------
    ages : columns ``region``, ``age_band``, ``share_pct``; the region ``Kazakhstan`` is the national row.
    """
    bands = list(dict.fromkeys(ages["age_band"]))
    pick = alt.param(
        name="age_band",
        value="20-34",
        bind=alt.binding_radio(
            options=bands, labels=[b.replace("-", "–") for b in bands], name="Age"
        ),
    )
    nation = ages[ages["region"] == "Kazakhstan"].set_index("age_band")["share_pct"]
    rows = ages[ages["region"] != "Kazakhstan"].assign(
        national=lambda d: d["age_band"].map(nation).astype(float),
        difference=lambda d: d["share_pct"] - d["national"],
    )
    base = (
        alt.Chart(rows)
        .transform_filter(alt.datum.age_band == pick)
        .encode(
            y=alt.Y(
                "region:N",
                sort=MACRO_REGIONS,
                title=None,
                axis=alt.Axis(labelFontSize=13, ticks=False),
            )
        )
    )
    x = alt.X(
        "share_pct:Q",
        title="share of the age band in the region's population, %",
        scale=alt.Scale(domain=[0, 40]),
    )
    tooltip = [
        alt.Tooltip("region:N", title="Region"),
        alt.Tooltip("age_band:N", title="Age"),
        alt.Tooltip("share_pct:Q", title="Share, %"),
        alt.Tooltip("difference:Q", title="Less national share, points", format="+"),
    ]
    chart = (
        alt.layer(
            base.mark_rule(color=LIGHT["neutral"], strokeDash=[4, 3], size=2).encode(
                x="national:Q", y=alt.Y(value=0), y2=alt.Y2(value="height")
            ),
            base.mark_rule(strokeWidth=2, color=LIGHT["paper"]).encode(x=x, x2="national:Q"),
            base.mark_point(shape="circle", size=130, color=LIGHT["paper"], opacity=1).encode(
                x=x, tooltip=tooltip
            ),
            # Below the national share the number stands on the left, where no rule strikes it through.
            base.transform_filter("datum.share_pct >= datum.national")
            .mark_text(align="left", dx=12, fontSize=13)
            .encode(x=x, text="share_pct:Q"),
            base.transform_filter("datum.share_pct < datum.national")
            .mark_text(align="right", dx=-12, fontSize=13)
            .encode(x=x, text="share_pct:Q"),
        )
        .add_params(pick)
        .properties(height=190)
    )

    def ends(band: str) -> str:
        of = rows[rows["age_band"] == band].sort_values("share_pct")
        return f"aged {band}: lowest {of.iloc[0]['region']} {of.iloc[0]['share_pct']:g} %, highest {of.iloc[-1]['region']} {of.iloc[-1]['share_pct']:g} %, national {nation[band]:g} %"

    return figure(
        chart,
        name="fig-age-structure",
        caption="Paper table 1 by age band: each region against the national share, the dashed line. The West and the South are young; the North, and the Center and East, are old.",
        alternative="Share of each age band in five macro-regions, "
        + "; ".join(ends(b) for b in bands)
        + ".",
        source=["table1"],
        rows=ages,
        columns={"region": "Region", "age_band": "Age", "share_pct": "Share, %"},
        formats={"share_pct": "g"},
    )


def age_check(ages: pd.DataFrame) -> alt.LayerChart:
    """Draw the printed national age structure beside the one of the United Nations.

    Parameters
    ----------
    ages : columns ``age_band``, ``kind`` (``paper`` or ``official``), ``share_pct``.
    """
    rows = ages.assign(
        words=_kind_words(ages["kind"]),
        shown=[
            f"{s:g}" if k == "paper" else f"{s:.2f}"
            for s, k in zip(ages["share_pct"], ages["kind"], strict=True)
        ],
    )
    bands = list(dict.fromkeys(rows["age_band"]))
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "age_band:N", sort=bands, title="age", axis=alt.Axis(labelFontSize=13, ticks=False)
        ),
        yOffset=alt.YOffset("kind:N", sort=["paper", "official"]),
    )
    x = alt.X(
        "share_pct:Q",
        title="share of the population of Kazakhstan, %",
        scale=alt.Scale(domain=[0, 36]),
    )
    tooltip = [
        alt.Tooltip("age_band:N", title="Age"),
        alt.Tooltip("words:N", title="Sign"),
        alt.Tooltip("shown:N", title="Share, %"),
    ]
    chart = alt.layer(
        *_marks(base, x, tooltip=tooltip),
        base.mark_text(align="left", dx=12).encode(x=x, text="shown:N"),
    ).properties(height=230)
    wide = rows.pivot(index="age_band", columns="kind", values="share_pct").loc[bands]
    agree = int((wide["official"].round() == wide["paper"]).sum())
    return figure(
        chart,
        name="fig-age-check",
        caption=f"The national row of paper table 1, circles, and the age structure of the United Nations, squares: rounded, {agree} of {len(bands)} bands agree.",
        alternative="Share of each age band, printed and of the United Nations: "
        + ", ".join(
            f"{b} {wide.loc[b, 'paper']:g} and {wide.loc[b, 'official']:.2f} %" for b in bands
        )
        + ".",
        source=["table1", "age_structure"],
        rows=rows,
        columns={"age_band": "Age", "words": "Sign", "share_pct": "Share, %"},
        formats={"share_pct": "g"},
    )


def megacities(cities: pd.DataFrame) -> alt.LayerChart:
    """Draw the population of the three megacities: counted, forecast as reported, and what the paper states.

    Parameters
    ----------
    cities : columns ``city``, ``order`` (lane within the city), ``kind``, ``what`` (year), ``edition`` (of a forecast), ``million`` (missing where not stated).
    """
    rows = cities.assign(
        shown=[
            f"{r.what}: {NOT_STATED}" if pd.isna(r.million) else f"{r.million:.1f} in {r.what}"
            for r in cities.itertuples()
        ],
        words=_kind_words(cities["kind"]),
        edition=cities["edition"].fillna(""),
    )
    order = list(dict.fromkeys(rows["city"]))
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "city:N",
            sort=order,
            title=None,
            axis=alt.Axis(labelFontSize=13, ticks=False),
            scale=alt.Scale(paddingInner=0.25),
        ),
        yOffset=alt.YOffset("order:O"),
    )
    x = alt.X(
        "million:Q",
        title="million people",
        scale=alt.Scale(domain=[0, 5]),
        axis=alt.Axis(values=[0, 1, 2, 3, 4]),
    )
    tooltip = [
        alt.Tooltip("city:N", title="City"),
        alt.Tooltip("what:N", title="Year"),
        alt.Tooltip("edition:N", title="Edition"),
        alt.Tooltip("words:N", title="Sign"),
        alt.Tooltip("million:Q", title="Million", format=".3f"),
    ]
    known = base.transform_filter("isValid(datum.million)")
    chart = alt.layer(
        *_marks(known, x, tooltip=tooltip),
        known.mark_text(align="left", dx=11).encode(x=x, text="shown:N"),
        base.transform_filter("!isValid(datum.million)")
        .mark_text(align="left", dx=4, color=LIGHT["muted"], fontStyle="italic")
        .encode(x=alt.datum(0), text="shown:N"),
    ).properties(height=290)
    told = rows.dropna(subset="million")
    return figure(
        chart,
        name="fig-megacities",
        caption="Paper figure 3 is lost and the text gives no value for any city. Filled squares are official counts; hollow squares are other editions of the forecast, as reported by the press: "
        + ", ".join(
            f"for {y} that of {e}"
            for y, e in rows[rows["edition"] != ""]
            .drop_duplicates("what")[["what", "edition"]]
            .itertuples(index=False)
        )
        + ".",
        alternative="Population of the megacities, million: "
        + ", ".join(f"{r.city} {r.million:.2f} in {r.what}" for r in told.itertuples())
        + ". The paper's own values are not stated.",
        source=["figure3", "population", "forecast_editions"],
        rows=rows,
        columns={
            "city": "City",
            "what": "Year",
            "edition": "Edition",
            "words": "Sign",
            "million": "Million people",
        },
        formats={"million": ".3f"},
    )


def forecast_editions(editions: pd.DataFrame) -> alt.LayerChart:
    """Draw the population of the country that each edition forecasts for one year.

    Parameters
    ----------
    editions : columns ``edition``, ``kind`` (``as reported`` or ``official``), ``million``, ``by``, in the order to be shown.
    """
    rows = editions.assign(words=_kind_words(editions["kind"]))
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "edition:N",
            sort=list(rows["edition"]),
            title=None,
            axis=alt.Axis(labelFontSize=12, ticks=False),
        )
    )
    x = alt.X(
        "million:Q", title="million people in 2050", scale=alt.Scale(domain=[23, 29], zero=False)
    )
    tooltip = [
        alt.Tooltip("edition:N", title="Edition"),
        alt.Tooltip("million:Q", title="Million", format=".2f"),
        alt.Tooltip("words:N", title="Sign"),
        alt.Tooltip("by:N", title="As reported by"),
    ]
    chart = alt.layer(
        *_marks(base, x, tooltip=tooltip),
        base.mark_text(align="left", dx=12).encode(x=x, text=alt.Text("million:Q", format=".1f")),
    ).properties(height=190)
    return figure(
        chart,
        name="fig-forecast-editions",
        caption="Editions of the national forecast for 2050, hollow squares, and two of the United Nations, filled: later editions expect more people.",
        alternative="Population forecast for 2050, million: "
        + ", ".join(f"{r.edition} {r.million:.1f}" for r in rows.itertuples())
        + ".",
        source=["forecast_editions", "population_projections"],
        rows=rows,
        columns={
            "edition": "Edition",
            "words": "Sign",
            "million": "Million people in 2050",
            "by": "As reported by",
        },
        formats={"million": ".2f"},
    )


def northern_declines(declines: pd.DataFrame) -> alt.LayerChart:
    """Draw the declines to 2050 of the North and its three regions: printed, recomputed, and of another edition.

    Parameters
    ----------
    declines : columns ``area``, ``kind``, ``decline_pct`` (positive numbers), ``low`` and ``high`` (what rounding allows, or missing), in the order to be shown.
    """
    tag = {"paper": "printed", "recomputed": "recomputed", REPORTED: "reported"}
    rows = declines.assign(
        words=_kind_words(declines["kind"]),
        shown=[f"{r.decline_pct:.3g} % {tag[r.kind]}" for r in declines.itertuples()],
    )
    order = list(dict.fromkeys(rows["area"]))
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "area:N",
            sort=order,
            title=None,
            axis=alt.Axis(labelFontSize=13, ticks=False),
            scale=alt.Scale(paddingInner=0.25),
        ),
        yOffset=alt.YOffset("kind:N", sort=["paper", "recomputed", REPORTED]),
    )
    x = alt.X(
        "decline_pct:Q",
        title="decline of the population by 2050, %",
        scale=alt.Scale(domain=[0, 56]),
        axis=alt.Axis(values=[0, 10, 20, 30, 40]),
    )
    tooltip = [
        alt.Tooltip("area:N", title="Area"),
        alt.Tooltip("words:N", title="Sign"),
        alt.Tooltip("decline_pct:Q", title="Decline, %", format=".3g"),
    ]
    chart = alt.layer(
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=2, color=LIGHT["recomputed"])
        .encode(x="low:Q", x2="high:Q"),
        *_marks(base, x, tooltip=tooltip),
        base.mark_text(align="left", dx=12).encode(x=x, text="shown:N"),
    ).properties(height=260)
    printed = rows[rows["kind"] == "paper"]
    worst = printed.loc[printed["decline_pct"].idxmax()]
    return figure(
        chart,
        name="fig-northern-declines",
        caption="The declines that the paper states, circles; what its three regions together make of the North, diamond; and the edition of February 2023 as reported, hollow squares.",
        alternative="Decline of the population by 2050: "
        + ", ".join(f"{r.area} {r.shown}" for r in rows.itertuples())
        + f". {worst['area']} would lose the most.",
        source=["statements", "population", "forecast_editions"],
        rows=rows,
        columns={
            "area": "Area",
            "words": "Sign",
            "decline_pct": "Decline by 2050, %",
            "low": "At least, %",
            "high": "At most, %",
        },
        formats={"decline_pct": ".3g", "low": ".3g", "high": ".3g"},
    )
