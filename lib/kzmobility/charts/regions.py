"""Charts of the 20 regions: tile map with series, net flows, what goes with them, and the gap between rich and poor."""

from __future__ import annotations

import json

import altair as alt
import pandas as pd

from proofbook.figure import LEVELS, LIGHT, figure

__all__ = ["income_gaps", "net_flows", "premise", "region_map"]

MINUS = "\N{MINUS SIGN}"
UP, DOWN = "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"

# Words of the map's indicators: name, unit in the header, column heading of the data table.
INDICATORS: dict[str, tuple[str, str, str]] = {
    "population": ("Population", "thousand persons", "Population, thousand"),
    "growth": ("Growth of the population since 2000", "%", "Growth since 2000, %"),
    "net": ("Net internal migration", "persons", "Net internal migration, persons"),
    "net_per_1000": (
        "Net internal migration",
        "per 1,000 people",
        "Net internal migration per 1,000",
    ),
    "unemployment": ("Unemployment", "%", "Unemployment, %"),
    "wage": ("Average wage", "thousand tenge a month", "Average wage, thousand tenge a month"),
    "product": (
        "Gross regional product per head",
        "million tenge",
        "Gross regional product per head, million tenge",
    ),
    "allowances": (
        "Allowances, With a diploma",
        "people the paper names",
        "Allowances under With a diploma, people",
    ),
    "serpin": ("Serpin recipient region", "", "Serpin recipient"),
    "macro": ("Macro-region, inferred", "", "Macro-region, inferred"),
}
CHOICES = {
    "population": "population",
    "growth": "growth since 2000",
    "net": "net internal migration, persons",
    "net_per_1000": "net internal migration per 1,000",
    "unemployment": "unemployment",
    "wage": "average wage",
    "product": "product per head",
    "allowances": "allowances, With a diploma",
    "serpin": "Serpin recipient",
    "macro": "macro-region (inferred)",
}
DIVISORS = {"population": 1000, "wage": 1000, "product": 1000}
ARROWS = ("net", "net_per_1000")
WITH_NATION = ("growth", "unemployment", "product", "wage")
# Nine letters do not fit a tile on a phone.
SHORT = {
    "KZ-35": "Karagan.",
    "KZ-43": "Kyzylor.",
    "KZ-47": "Mangyst.",
    "KZ-61": "Turkist.",
    "KZ-19": "Almaty r.",
    "KZ-27": "W. Kaz.",
    "KZ-59": "N. Kaz.",
    "KZ-63": "E. Kaz.",
}


def _tile_text(indicator: str, value: float) -> str:
    if indicator in ARROWS:
        size = f"{abs(value):,.0f}" if indicator == "net" else f"{abs(value):.1f}"
        return f"{UP if value > 0 else DOWN} {size}"
    spec = {
        "population": ",.0f",
        "growth": "+.0f",
        "unemployment": ".1f",
        "wage": ".0f",
        "product": ".1f",
        "allowances": ",.0f",
    }[indicator]
    return format(value, spec).replace("-", MINUS)


def region_map(panel: pd.DataFrame, regions: pd.DataFrame) -> alt.HConcatChart:
    """Draw the tile map with its indicators, and beside it the series and rank of the selected region.

    Parameters
    ----------
    panel : what ``regions.panel`` returns, and for ``serpin`` and ``macro`` rows with ``text`` (the word on the tile) and ``level``.
    regions : the resource ``regions``: names and places of the tiles.
    """
    names = regions.set_index("iso")["name_en"]
    tiles = regions.assign(short=[SHORT.get(r.iso, r.name_en) for r in regions.itertuples()])
    tiles = tiles[
        ["iso", "name_en", "short", "macro_region_inferred", "tile_row", "tile_col", "note"]
    ].astype({"tile_row": int, "tile_col": int})
    rows = panel.copy()
    rows["value"] = rows["value"] / rows["indicator"].map(DIVISORS).fillna(1)
    rows["text"] = [
        r.text if isinstance(r.text, str) else _tile_text(r.indicator, r.value)
        for r in rows.itertuples()
    ]
    rows["key"] = rows["iso"] + rows["indicator"] + rows["year"].astype(str)
    rows["territory"] = rows["territory"].where(rows["territory"] != "present", "")
    # Map and series each have a data set of their own: Vega-Lite 6.4 loses one that is both a source and looked up.
    tile_values = rows.loc[rows["iso"] != "KZ", ["key", "text", "territory", "rank", "of", "level"]]
    points_of = rows[
        [
            "iso",
            "indicator",
            "year",
            "value",
            "text",
            "segment",
            "break_before",
            "territory",
            "rank",
            "of",
        ]
    ].fillna({"value": 0})
    own = rows[rows["iso"] != "KZ"]
    span = own.groupby("indicator")["year"].agg(["min", "max"])
    single = [i for i in span.index if span.loc[i, "min"] == span.loc[i, "max"]]

    order = names.sort_values()
    indicator = alt.param(
        name="indicator",
        value="net_per_1000",
        bind=alt.binding_select(options=list(CHOICES), labels=list(CHOICES.values()), name="Show"),
    )
    region = alt.param(
        name="region",
        value="KZ-59",
        bind=alt.binding_select(options=list(order.index), labels=list(order), name="Region"),
    )
    year = alt.param(
        name="year",
        value=int(span["max"].max()),
        bind=alt.binding_range(
            min=int(span["min"].min()), max=int(span["max"].max()), step=1, name="Year"
        ),
    )

    def lookup(of: dict[str, object]) -> str:
        return f"{json.dumps(of)}[indicator]"

    drawn = alt.param(
        name="drawn_year",
        expr=f"clamp(year, {lookup(span['min'].astype(int).to_dict())}, {lookup(span['max'].astype(int).to_dict())})",
    )
    dated = {i: i not in ("serpin", "macro") for i in INDICATORS}
    head = alt.param(
        name="head",
        expr=f"{lookup({i: w[0] for i, w in INDICATORS.items()})} + ({lookup(dated)} ? ', ' + drawn_year : '') + {lookup({i: f', {w[1]}' if w[1] else '' for i, w in INDICATORS.items()})}",
    )

    # The tile: a band of colour above, words below on the page's own ground, so that they can be read on every level in both schemes.
    keyed = alt.Chart()
    x = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, 6], nice=False, zero=False))
    y_scale = alt.Scale(domain=[5, -0.6], nice=False, zero=False)
    tooltip = [
        alt.Tooltip("name_en:N", title="Region"),
        alt.Tooltip("shown:N", title="Value"),
        alt.Tooltip("ranked:N", title="Rank"),
        alt.Tooltip("territory:N", title="Borders"),
        alt.Tooltip("macro_region_inferred:N", title="Macro-region, inferred"),
        alt.Tooltip("note:N", title="Note"),
    ]
    click = alt.selection_point(
        name="region_clicked", fields=["iso"], on="click", clear=False, toggle=False, empty=False
    )
    level = alt.Color("level:O", legend=None, scale=alt.Scale(domain=[1, 2, 3, 4, 5], range=LEVELS))
    box = {"x": x, "x2": "right:Q", "y": alt.Y("top:Q", axis=None, scale=y_scale), "y2": "foot:Q"}
    legend = alt.Chart(pd.DataFrame({"level": [1, 2, 3, 4, 5]})).transform_calculate(
        left="0.05 + (datum.level - 1) * 0.56",
        right="0.05 + datum.level * 0.56",
        y="0.42",
        y2="0.58",
    )
    ends = alt.Chart(
        pd.DataFrame({"at": [0.05, 2.85], "word": ["lowest fifth", "highest"]})
    ).transform_filter("indicator != 'serpin' && indicator != 'macro'")
    words = {"x": alt.X("middle:Q", axis=None)}
    tile_map = (
        alt.layer(
            keyed.mark_rect(
                fill=LIGHT["surface"], stroke=LIGHT["neutral"], strokeWidth=0.7, cursor="pointer"
            )
            .encode(**box, tooltip=tooltip)
            .add_params(click),
            keyed.transform_filter("isValid(datum.level)")
            .mark_rect(cursor="pointer")
            .encode(
                x=x,
                x2="right:Q",
                y=alt.Y("top:Q", axis=None, scale=y_scale),
                y2="band:Q",
                color=level,
                tooltip=tooltip,
            ),
            keyed.mark_text(fontSize=11, cursor="pointer").encode(
                **words, y=alt.Y("first:Q", axis=None), text="short:N", tooltip=tooltip
            ),
            keyed.mark_text(fontSize=12, cursor="pointer", fontWeight="bold").encode(
                **words, y=alt.Y("second:Q", axis=None), text="shown:N", tooltip=tooltip
            ),
            keyed.transform_filter("datum.iso == region")
            .mark_rect(fillOpacity=0, stroke=LIGHT["ink"], strokeWidth=2.5, cursor="pointer")
            .encode(**box, tooltip=tooltip),
            legend.transform_filter("indicator != 'serpin' && indicator != 'macro'")
            .mark_rect(stroke=LIGHT["surface"])
            .encode(x=x, x2="right:Q", y=alt.Y("y:Q", axis=None), y2="y2:Q", color=level),
            ends.mark_text(fontSize=12, dy=13, align="left")
            .transform_filter("datum.at < 1")
            .encode(x="at:Q", y=alt.datum(0.58), text="word:N"),
            ends.mark_text(fontSize=12, dy=13, align="right")
            .transform_filter("datum.at > 1")
            .encode(x="at:Q", y=alt.datum(0.58), text="word:N"),
            alt.Chart(pd.DataFrame({"x": [0.03]}))
            .mark_text(align="left", fontSize=13, text={"expr": "head"})
            .encode(x="x:Q", y=alt.datum(-0.4)),
            data=tiles,
        )
        .transform_calculate(key="datum.iso + indicator + drawn_year")
        .transform_lookup(
            lookup="key",
            from_=alt.LookupData(tile_values, "key", ["text", "rank", "of", "level", "territory"]),
        )
        .transform_calculate(
            shown="isValid(datum.text) ? datum.text : '–'",
            ranked="isValid(datum.rank) ? 'rank ' + datum.rank + ' of ' + datum.of + ' (1 is the highest)' : isValid(datum.text) ? '' : 'no figure for these borders'",
            left="datum.tile_col + 0.03",
            right="datum.tile_col + 0.97",
            top="datum.tile_row + 0.04",
            foot="datum.tile_row + 0.96",
            band="datum.tile_row + 0.3",
            middle="datum.tile_col + 0.5",
            first="datum.tile_row + 0.5",
            second="datum.tile_row + 0.79",
        )
        .properties(height=300)
    )

    # One filter for all marks, so that no scale is ever without data: the nation's line and the points hide by their looks.
    shown = f"datum.indicator == indicator && (datum.iso == region || datum.iso == 'KZ' && {lookup({i: i in WITH_NATION for i in INDICATORS})})"
    series = alt.Chart().transform_calculate(
        national="datum.iso == 'KZ'", now="datum.year == drawn_year", figure="isValid(datum.rank)"
    )
    sx = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=False, padding=26),
        axis=alt.Axis(
            format="d",
            tickCount=4,
            tickMinStep=1,
            labelOverlap=True,
            labelExpr=f"{lookup(dated)} ? datum.label : ''",
        ),
    )
    sy = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=True, padding=4),
        axis=alt.Axis(
            tickCount=4,
            labelExpr=f"{lookup(dated)} ? datum.label : ''",
            labelAlign="left",
            labelBaseline="bottom",
            labelPadding=0,
            labelOffset=-2,
        ),
    )
    points = [
        alt.Tooltip("year:Q", title="Year", format="d"),
        alt.Tooltip("text:N", title="Value"),
        alt.Tooltip("rank:Q", title="Rank"),
        alt.Tooltip("break_before:N", title="Break before"),
        alt.Tooltip("territory:N", title="Borders"),
    ]
    own_series = series.transform_filter("!datum.national")
    breaks = own_series.transform_calculate(at="datum.year - 0.5").encode(
        opacity=alt.when("datum.break_before != ''").then(alt.value(1)).otherwise(alt.value(0))
    )
    bx = alt.X("at:Q", scale=alt.Scale(zero=False, nice=False, padding=26))
    nation_or = lambda other, national: (
        alt.when("datum.national").then(alt.value(national)).otherwise(alt.value(other))
    )
    side = (
        alt.layer(
            breaks.mark_rule(color=LIGHT["neutral"], strokeDash=[2, 2]).encode(x=bx),
            breaks.mark_text(
                angle=270, align="right", baseline="bottom", dy=-2, color=LIGHT["muted"]
            ).encode(x=bx, y=alt.value(2), text="break_before:N"),
            series.mark_line().encode(
                x=sx,
                y=sy,
                detail=["iso:N", "segment:N"],
                color=nation_or(LIGHT["official"], LIGHT["neutral"]),
                strokeDash=nation_or([1, 0], [5, 3]),
                strokeWidth=nation_or(2, 1.5),
            ),
            series.mark_text(color=LIGHT["muted"], align="right", dy=-9).encode(
                x=sx,
                y=sy,
                text=alt.when("datum.national && datum.now")
                .then(alt.value("Kazakhstan"))
                .otherwise(alt.value("")),
            ),
            own_series.mark_point(shape="square", size=28, color=LIGHT["official"]).encode(
                x=sx,
                y=sy,
                tooltip=points,
                opacity=alt.when("datum.figure").then(alt.value(1)).otherwise(alt.value(0)),
            ),
            own_series.mark_point(
                shape="square", size=110, filled=False, strokeWidth=2, color=LIGHT["ink"]
            ).encode(
                x=sx,
                y=sy,
                tooltip=points,
                opacity=alt.when("datum.figure && datum.now")
                .then(alt.value(1))
                .otherwise(alt.value(0)),
            ),
            alt.Chart(pd.DataFrame({"none": [0]}))
            .mark_text(
                align="left",
                baseline="bottom",
                fontSize=13,
                fontWeight="bold",
                text={"expr": f"{json.dumps(names.to_dict())}[region]"},
            )
            .encode(x=alt.value(0), y=alt.value(-36)),
            own_series.transform_filter("datum.now")
            .transform_calculate(
                line=f"datum.text + ({lookup(dated)} ? ' in ' + drawn_year : '') + (isValid(datum.rank) ? ', rank ' + datum.rank + ' of ' + datum.of : '') + ({lookup({i: i in single for i in INDICATORS})} ? ', no series' : '')"
            )
            .mark_text(align="left", baseline="bottom", fontSize=12)
            .encode(x=alt.value(0), y=alt.value(-20), text="line:N"),
            data=points_of,
        )
        .transform_filter(shown)
        .properties(height=250)
    )
    chart = alt.hconcat(tile_map, side, spacing=16).add_params(indicator, region, year, drawn, head)

    wide = own.pivot(index=["iso", "year"], columns="indicator", values="value").reset_index()
    for name in ("serpin", "macro"):
        wide[name] = wide["iso"].map(own[own["indicator"] == name].set_index("iso")["text"])
    wide.insert(0, "region", wide["iso"].map(names))
    wide = wide.sort_values(["region", "year"], ignore_index=True)
    latest = (
        own[(own["indicator"] == "net_per_1000")]
        .pipe(lambda d: d[d["year"] == d["year"].max()])
        .sort_values("value")
    )
    named = (
        f"{names[latest.iloc[0]['iso']]} loses most and {names[latest.iloc[-1]['iso']]} gains most"
    )
    return figure(
        chart,
        name="fig-region-map",
        caption=f"The regions as tiles, north above, and the series of the selected one. Choose it on the map or in the list. In the latest year, people leave most regions: for its size, {named}. "
        "A dashed upright line is a break: values on its two sides do not compare.",
        alternative=f"Tile map of {len(names)} regions with a choice of {len(CHOICES)} indicators. Net internal migration per thousand people in {int(latest.iloc[0]['year'])}, from low to high: "
        + ", ".join(
            f"{names[r.iso]} {r.value:+.1f}".replace("-", MINUS) for r in latest.itertuples()
        )
        + ".",
        source=[
            "population",
            "migration_regions",
            "unemployment",
            "wages",
            "grp_per_capita",
            "village_regions",
            "regions",
        ],
        rows=wide,
        shares=[1.25, 0.75],
        columns={"region": "Region", "year": "Year"} | {i: w[2] for i, w in INDICATORS.items()},
        formats={
            "population": ",.1f",
            "growth": ".1f",
            "net": ",.0f",
            "net_per_1000": ".1f",
            "unemployment": ".1f",
            "wage": ".1f",
            "product": ".2f",
            "allowances": ",.0f",
        },
    )


def net_flows(flows: pd.DataFrame) -> alt.LayerChart:
    """Draw net internal migration by region, with a choice of period and measure.

    Parameters
    ----------
    flows : ``region``, ``period`` (text), ``measure`` (``persons`` or ``per 1,000``), ``value``; the period of all years last.
    """
    periods = list(dict.fromkeys(flows["period"]))
    measures = ["per 1,000", "persons"]
    rows = flows.assign(
        shown=[
            f"{v:+,.0f}".replace("-", MINUS) if m == "persons" else f"{v:+.1f}".replace("-", MINUS)
            for v, m in zip(flows["value"], flows["measure"], strict=True)
        ],
        direction=["gains" if v > 0 else "loses" for v in flows["value"]],
    )
    period = alt.param(
        name="period",
        value=periods[-1],
        bind=alt.binding_radio(options=periods, labels=periods, name="Years"),
    )
    measure = alt.param(
        name="measure",
        value="per 1,000",
        bind=alt.binding_radio(
            options=measures, labels=["per 1,000 people and year", "persons"], name="Measure"
        ),
    )
    base = (
        alt.Chart(rows)
        .transform_filter("datum.period == period && datum.measure == measure")
        .encode(
            y=alt.Y(
                "region:N",
                sort=alt.EncodingSortField(field="value", op="min", order="descending"),
                title=None,
                axis=alt.Axis(labelFontSize=12, ticks=False, labelPadding=6),
            ),
        )
    )
    x = alt.X(
        "value:Q",
        title="arrivals less departures",
        scale=alt.Scale(padding=62),
        axis=alt.Axis(tickCount=5, format=",.0f"),
    )
    tooltip = [
        alt.Tooltip("region:N", title="Region"),
        alt.Tooltip("direction:N", title="It"),
        alt.Tooltip("shown:N", title="Net"),
        alt.Tooltip("measure:N", title="Measure"),
        alt.Tooltip("period:N", title="Years"),
    ]
    chart = (
        alt.layer(
            alt.Chart(pd.DataFrame({"zero": [0]}))
            .mark_rule(color=LIGHT["neutral"])
            .encode(x="zero:Q"),
            base.mark_rule(strokeWidth=2, color=LIGHT["official"]).encode(x=x, x2=alt.datum(0)),
            base.mark_point(shape="square", size=70, color=LIGHT["official"], opacity=1).encode(
                x=x, tooltip=tooltip
            ),
            base.transform_filter("datum.value > 0")
            .mark_text(align="left", dx=8)
            .encode(x=x, text="shown:N"),
            base.transform_filter("datum.value <= 0")
            .mark_text(align="right", dx=-8)
            .encode(x=x, text="shown:N"),
        )
        .add_params(period, measure)
        .properties(height=430)
    )
    of = rows[(rows["period"] == periods[-1]) & (rows["measure"] == "persons")].sort_values("value")
    losing, gaining = of[of["value"] < 0], of[of["value"] > 0].iloc[::-1]
    return figure(
        chart,
        name="fig-net-flows",
        caption=f"Donors and recipients, {periods[-1]}: {len(losing)} regions lose people to the others, and {', '.join(gaining['region'])} gain them.",
        alternative=f"Net internal migration, {periods[-1]}, persons, from the largest loss: "
        + ", ".join(f"{r.region} {r.shown}" for r in of.itertuples())
        + ".",
        source=["migration_regions", "population"],
        rows=rows,
        columns={
            "region": "Region",
            "period": "Years",
            "measure": "Measure",
            "value": "Net internal migration",
        },
        formats={"value": ",.1f"},
    )


def premise(points: pd.DataFrame, correlations: pd.DataFrame) -> alt.LayerChart:
    """Draw net migration per 1,000 against one measure of pull, chosen by the reader, with the rank correlation.

    Parameters
    ----------
    points : ``region``, ``recipient`` (of Serpin), ``measure``, ``x`` (in the measure's unit), ``net``.
    correlations : ``measure``, ``label`` (axis title), ``rho``, ``low``, ``high``, for all regions.
    """
    of = correlations.set_index("measure")
    choices = list(of.index)
    lines = {
        m: f"rank correlation {r.rho:+.2f} ({r.low:+.2f} to {r.high:+.2f})".replace("-", MINUS)
        for m, r in zip(of.index, of.itertuples(), strict=True)
    }
    rows = points.assign(
        kind=["Serpin recipient" if r else "other region" for r in points["recipient"]],
        line=points["measure"].map(lines),
        label=points["measure"].map(of["label"]),
        place=points.groupby("measure")["x"].rank(ascending=False),
    )
    pick = alt.param(
        name="pull",
        value=choices[0],
        bind=alt.binding_select(options=choices, labels=choices, name="Against"),
    )
    base = alt.Chart(rows).transform_filter("datum.measure == pull")
    x = alt.X(
        "x:Q",
        title=None,
        scale=alt.Scale(zero=False, padding=20, nice=True),
        axis=alt.Axis(tickCount=5),
    )
    y = alt.Y("net:Q", title=None, axis=alt.Axis(tickCount=5))
    tooltip = [
        alt.Tooltip("region:N", title="Region"),
        alt.Tooltip("kind:N", title="Kind"),
        alt.Tooltip("label:N", title="Across"),
        alt.Tooltip("x:Q", title="Value", format=",.1f"),
        alt.Tooltip("net:Q", title="Net per 1,000", format="+.1f"),
    ]
    one = base.transform_aggregate(line="min(line)", label="min(label)")
    chart = (
        alt.layer(
            alt.Chart(pd.DataFrame({"zero": [0]}))
            .mark_rule(color=LIGHT["neutral"], strokeDash=[4, 3])
            .encode(y="zero:Q"),
            base.transform_filter("!datum.recipient")
            .mark_point(
                shape="square",
                size=60,
                filled=False,
                strokeWidth=2,
                color=LIGHT["official"],
                opacity=1,
            )
            .encode(x=x, y=y, tooltip=tooltip),
            base.transform_filter("datum.recipient")
            .mark_point(shape="square", size=80, filled=True, color=LIGHT["official"], opacity=1)
            .encode(x=x, y=y, tooltip=tooltip),
            base.transform_filter("datum.net > 2 || datum.place <= 4")
            .mark_text(align="right", dx=-9)
            .encode(x=x, y=y, text="region:N"),
            one.mark_text(align="left", fontSize=13, fontWeight="bold").encode(
                x=alt.value(0), y=alt.value(-34), text="line:N"
            ),
            alt.Chart(pd.DataFrame({"t": ["net internal migration per 1,000 people and year"]}))
            .mark_text(align="left")
            .encode(x=alt.value(0), y=alt.value(-14), text="t:N"),
            one.mark_text(align="right", baseline="top", fontSize=12).encode(
                x=alt.value("width"), y=alt.value(346), text="label:N"
            ),
        )
        .add_params(pick)
        .properties(height=320)
    )
    return figure(
        chart,
        name="fig-premise",
        caption="Does net migration go with pay or with work? Each square is a region; filled squares are Serpin recipients. "
        "The order of the regions by net migration goes loosely with the order by wage; with unemployment, the sign is uncertain.",
        alternative=f"Net internal migration per thousand people against three measures, {points['region'].nunique()} regions. "
        + "; ".join(f"{m}: {lines[m]}" for m in choices)
        + ". All Serpin recipients lie below zero: they lose people."
        * bool((rows.loc[rows["recipient"], "net"] < 0).all()),
        source=["migration_regions", "population", "wages", "unemployment", "grp_per_capita"],
        rows=rows.pivot(
            index=["region", "kind", "net"], columns="measure", values="x"
        ).reset_index(),
        columns={"region": "Region", "kind": "Kind", "net": "Net per thousand people and year"}
        | {m: of.loc[m, "label"] for m in choices},
        formats={"net": ".1f"} | dict.fromkeys(choices, ",.1f"),
    )


def income_gaps(gaps: pd.DataFrame, printed: float) -> alt.LayerChart:
    """Draw the ratio of the highest to the lowest region by measure and year against the gap that the paper states.

    Parameters
    ----------
    gaps : ``measure``, ``borders`` (``of the time`` or ``with Shymkent``), ``year``, ``ratio``, ``highest``, ``lowest`` (names), ``segment``.
    printed : the ratio that the paper states.
    """
    rows = gaps.copy()
    first = rows[rows["borders"] == "of the time"].sort_values("year").groupby("measure").head(1)
    lone = first["measure"].map(rows.groupby("measure").size()).eq(1)
    base = alt.Chart(rows)
    span = alt.Scale(
        domain=[int(rows["year"].min()), int(rows["year"].max()) + 1], nice=False, zero=False
    )
    x = alt.X("year:Q", title=None, scale=span, axis=alt.Axis(format="d", tickCount=6))
    y = alt.Y("ratio:Q", title="highest regional value / lowest", scale=alt.Scale(domain=[0, 16]))
    tooltip = [
        alt.Tooltip("measure:N", title="Measure"),
        alt.Tooltip("year:Q", title="Year", format="d"),
        alt.Tooltip("ratio:Q", title="Times", format=".2f"),
        alt.Tooltip("highest:N", title="Highest"),
        alt.Tooltip("lowest:N", title="Lowest"),
        alt.Tooltip("borders:N", title="Borders"),
    ]
    now, joined = (
        base.transform_filter("datum.borders == 'of the time'"),
        base.transform_filter("datum.borders != 'of the time'"),
    )
    # Above a low line, below a high one: there the picture is empty.
    tag, tag_lone = (
        alt.Chart(
            first[~lone].assign(
                at=first["ratio"] + first["ratio"].lt(8).map({True: 0.95, False: -1.4})
            )
        ),
        alt.Chart(first[lone]),
    )
    chart = alt.layer(
        alt.Chart(pd.DataFrame({"low": [printed - 0.5], "high": [printed + 0.5]}))
        .mark_rect(color=LIGHT["level1"])
        .encode(y=alt.Y("low:Q"), y2="high:Q"),
        alt.Chart(pd.DataFrame({"y": [printed]}))
        .mark_rule(color=LIGHT["paper"], strokeWidth=2)
        .encode(y="y:Q"),
        alt.Chart(pd.DataFrame({"x": [2000], "y": [printed], "t": ["the paper's gap"]}))
        .mark_text(align="left", dy=18, dx=4, color=LIGHT["paper"])
        .encode(x=alt.X("x:Q", scale=span), y="y:Q", text="t:N"),
        now.mark_line(color=LIGHT["recomputed"]).encode(
            x=x, y=y, detail=["measure:N", "segment:N"]
        ),
        now.mark_point(shape="diamond", size=55, color=LIGHT["recomputed"], opacity=1).encode(
            x=x, y=y, tooltip=tooltip
        ),
        joined.mark_line(color=LIGHT["recomputed"], strokeDash=[2, 3], strokeWidth=1.5).encode(
            x=x, y=y, detail="measure:N"
        ),
        joined.mark_point(
            shape="diamond",
            size=55,
            filled=False,
            strokeWidth=1.5,
            color=LIGHT["recomputed"],
            opacity=1,
        ).encode(x=x, y=y, tooltip=tooltip),
        alt.Chart(pd.DataFrame({"x": [2017.5], "t": ["Shymkent apart"]}))
        .mark_rule(color=LIGHT["neutral"], strokeDash=[2, 2])
        .encode(x=alt.X("x:Q", scale=span)),
        alt.Chart(pd.DataFrame({"x": [2017.5], "t": ["Shymkent apart"]}))
        .mark_text(align="right", dx=-4, color=LIGHT["muted"])
        .encode(x=alt.X("x:Q", scale=span), y=alt.value(8), text="t:N"),
        tag.mark_text(align="left", dx=4, fontWeight="bold").encode(
            x=alt.X("year:Q", scale=span), y="at:Q", text="measure:N"
        ),
        tag_lone.mark_text(align="right", dx=-8, fontWeight="bold").encode(
            x=alt.X("year:Q", scale=span), y="ratio:Q", text="measure:N"
        ),
    ).properties(height=320)

    def said(measure: str) -> str:
        of = rows[(rows["measure"] == measure) & (rows["borders"] == "of the time")].sort_values(
            "year"
        )
        if len(of) == 1:
            return f"{measure}: {of['ratio'].iloc[0]:.1f} in {of['year'].iloc[0]}"
        return f"{measure}: {of['ratio'].min():.1f} to {of['ratio'].max():.1f} between {of['year'].iloc[0]} and {of['year'].iloc[-1]}, last {of['ratio'].iloc[-1]:.1f}"

    measures = list(dict.fromkeys(rows["measure"]))
    return figure(
        chart,
        name="fig-income-gap",
        caption=f"How many times the richest region has what the poorest has. Cash income is near the {printed:g} times of the paper, product per head far above, the wage below. "
        f"The band is what rounds to {printed:g}. Hollow marks count Shymkent with Turkistan, as before the split: the step of that year is a step of borders.",
        alternative="Ratio of the highest to the lowest region. "
        + "; ".join(said(m) for m in measures)
        + ".",
        source=["income", "wages", "grp_per_capita", "population", "statements"],
        rows=rows,
        columns={
            "measure": "Measure",
            "year": "Year",
            "borders": "Borders",
            "ratio": "Times",
            "highest": "Highest",
            "lowest": "Lowest",
        },
        formats={"ratio": ".2f"},
    )
