"""The map of the 20 regions: one tile each, and beside it the series of the selected one.

The words that readers see come from the notebook, in `indicators` and `words`; see `region_map`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT

__all__ = ["region_map"]

# shade -> colour. 1 to 5 from low to high; 11 to 16 from loss to gain, with zero between 13 and
# 14; 0 and 20 are no and yes; 21 to 25 tell groups apart.
SHADES: dict[int, str] = {
    0: "surface",
    **{i: f"level{i}" for i in range(1, 6)},
    **dict(enumerate(("loss3", "loss2", "loss1", "level1", "level3", "level5"), 11)),
    20: "level5",
    **dict(enumerate(("paper", "recomputed", "official", "inferred", "ink"), 21)),
}
ON_DARK = "indexof([4, 5, 11], datum.shade) >= 0 || datum.shade >= 16"
PLACE = {
    "x": "datum.tile_col + 0.03",
    "x2": "datum.tile_col + 0.97",
    "y": "datum.tile_row + 0.04",
    "y2": "datum.tile_row + 0.96",
    "middle": "datum.tile_col + 0.5",
    "upper": "datum.tile_row + 0.34",
    "lower": "datum.tile_row + 0.7",
}
Words = Mapping[str, str]


def _look_up(of: pd.Series, key: str = "indicator") -> str:
    """Return the Vega expression that looks the value of the parameter `key` up."""
    return f"{json.dumps(of.dropna().to_dict(), ensure_ascii=False)}[{key}]"


def _text(indicators: pd.DataFrame, key: str) -> str:
    """Return the expression of a figure as text: its word, or its number,
    with an arrow for a flow."""
    form, arrows = _look_up(indicators["format"], key), _look_up(indicators["arrows"], key)
    arrow = "(datum.value > 0 ? '▲ ' : '▼ ') + format(abs(datum.value)"
    return f"datum.word || ({arrows} ? {arrow}, {form}) : format(datum.value, {form}))"


def _params(
    indicators: pd.DataFrame, names: pd.Series, span: pd.DataFrame, words: Words
) -> list[alt.Parameter]:
    """Return the three controls, then the year and the series that follow from them."""
    order = names.sort_values()
    shown = alt.binding_select(
        options=list(indicators.index), labels=list(indicators["choice"]), name=words["indicator"]
    )
    region = alt.binding_select(options=list(order.index), labels=list(order), name=words["region"])
    first, last = int(span["min"].min()), int(span["max"].max())
    year = alt.binding_range(min=first, max=last, step=1, name=words["year"])
    drawn = f"clamp(year, {_look_up(span['min'])}, {_look_up(span['max'])})"
    return [
        alt.param(name="indicator", value="net_per_1000", bind=shown),
        alt.param(name="region", value="KZ-59", bind=region),
        alt.param(name="year", value=last, bind=year),
        alt.param(name="drawn_year", expr=drawn),
        alt.param(name="drawn_series", expr=_look_up(indicators["series"])),
    ]


def _shade(indicators: pd.DataFrame) -> str:
    """Return the expression of a tile's shade: its own, a step around zero, or a fifth by rank."""
    bounds = _look_up(indicators["bounds"])
    steps = " + ".join(f"(datum.value >= {bounds}[{i}] ? 1 : 0)" for i in range(5))
    fifth = "5 - floor((datum.rank - 1) * 5 / datum.of)"
    return f"datum.own ? +datum.own : isArray({bounds}) ? 11 + {steps} : {fifth}"


def _colour() -> alt.Color:
    scale = alt.Scale(domain=list(SHADES), range=[LIGHT[name] for name in SHADES.values()])
    return alt.Color("shade:O", legend=None, scale=scale)


def _key(indicators: pd.DataFrame, words: Words) -> list[alt.Chart]:
    """Return the key of the shades: five fifths, or six steps with their bounds."""
    boxes = [
        {
            "kind": kind,
            "shade": first + i,
            "left": 0.05 + width * i,
            "right": 0.05 + width * (i + 1),
        }
        for kind, first, count, width in (("fifths", 1, 5, 0.56), ("steps", 11, 6, 0.47))
        for i in range(count)
    ]
    marks = [
        {
            "indicator": name,
            "at": 0.05 + 0.47 * (i + 1),
            "word": f"{bound:+,d}" if bound else "0",
            "minor": i in (1, 3),  # on a phone there is no room for all
        }
        for name, bounds in indicators["bounds"].dropna().items()
        for i, bound in enumerate(bounds)
    ]
    marks += [
        {"indicator": name, "at": at, "word": words[word], "minor": False}
        for name in indicators.index[indicators["key"] == "fifths"]
        for at, word in ((0.5, "low"), (2.5, "high"))
    ]
    shown = pd.DataFrame(marks).assign(word=lambda d: d["word"].str.replace("-", "\N{MINUS SIGN}"))
    return [
        alt.Chart(pd.DataFrame(boxes))
        .transform_filter(f"datum.kind == {_look_up(indicators['key'])}")
        .mark_rect(stroke=LIGHT["surface"])
        .encode(
            x=alt.X("left:Q", axis=None),
            x2="right:Q",
            y=alt.datum(0.3),
            y2=alt.datum(0.46),
            color=_colour(),
        ),
        alt.Chart(shown)
        .transform_filter("datum.indicator == indicator && (width > 400 || !datum.minor)")
        .mark_text(fontSize=12, dy=9, baseline="middle")
        .encode(x=alt.X("at:Q", axis=None), y=alt.datum(0.5), text="word:N"),
    ]


def _heads(indicators: pd.DataFrame, words: Words) -> list[alt.Chart]:
    """Return the two lines above the tiles: what is shown, and of which year."""
    missing = f"year == drawn_year ? '' : ' ({words['no_figures']} ' + year + ')'"
    dated = f"{_look_up(indicators['dated'])} ? drawn_year + ({missing}) : ''"
    one = alt.Chart(pd.DataFrame({"at": [0.05]})).encode(x=alt.X("at:Q", axis=None))
    looks = {"align": "left", "fontSize": 13}
    return [
        one.mark_text(
            fontWeight="bold", text={"expr": _look_up(indicators["head"])}, **looks
        ).encode(y=alt.datum(-0.5)),
        one.mark_text(text={"expr": dated}, **looks).encode(y=alt.datum(-0.14)),
    ]


def _tiles(tiles: pd.DataFrame, indicators: pd.DataFrame, words: Words) -> alt.LayerChart:
    """Return all tiles, empty; over them those with a figure, filled,
    and a frame on the chosen one."""
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 6], nice=False, zero=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[5, -0.7], nice=False, zero=False))
    box = {"x": x, "x2": "x2:Q", "y": y, "y2": "y2:Q"}
    empty = alt.Chart(tiles).transform_calculate(**PLACE, dash="'–'")
    looked_up = alt.LookupData(
        tiles.drop(columns="note"), "iso", ["tile_col", "tile_row", "region", "short"]
    )
    filled = (
        alt.Chart()
        .transform_filter("datum.indicator == indicator && datum.year == drawn_year")
        .transform_filter("datum.iso != 'KZ'")
        .transform_window(rank="rank()", sort=[alt.SortField("value", order="descending")])
        .transform_joinaggregate(of="count()")
        .transform_lookup("iso", looked_up)
        .transform_calculate(
            **PLACE, shown=_text(indicators, "indicator"), shade=_shade(indicators)
        )
    )
    tips = [
        alt.Tooltip("region:N", title=words["region"]),
        alt.Tooltip("shown:N", title=words["value"]),
        alt.Tooltip("territory:N", title=words["borders"]),
    ]
    ink = alt.when(ON_DARK).then(alt.value(LIGHT["surface"])).otherwise(alt.value(LIGHT["ink"]))
    click = alt.selection_point(
        name="region_clicked", fields=["iso"], on="click", clear=False, toggle=False, empty=False
    )
    hand = {"cursor": "pointer"}
    edge = {"stroke": LIGHT["neutral"], "strokeWidth": 0.7, **hand}

    def at(row: str) -> dict[str, Any]:
        return {"x": alt.X("middle:Q", axis=None), "y": alt.Y(f"{row}:Q", axis=None)}

    return alt.layer(
        empty.mark_rect(fill=LIGHT["surface"], **edge)
        .encode(**box, tooltip="note:N")
        .add_params(click),
        empty.mark_text(fontSize=11, **hand).encode(**at("upper"), text="short:N"),
        empty.mark_text(fontSize=12, **hand).encode(**at("lower"), text="dash:N"),
        filled.mark_rect(**edge).encode(**box, color=_colour(), tooltip=tips),
        filled.mark_text(fontSize=11, **hand).encode(
            **at("upper"), text="short:N", fill=ink, tooltip=tips
        ),
        filled.mark_text(fontSize=12, fontWeight="bold", **hand).encode(
            **at("lower"), text="shown:N", fill=ink, tooltip=tips
        ),
        empty.transform_filter("datum.iso == region")
        .mark_rect(fillOpacity=0, stroke=LIGHT["ink"], strokeWidth=3, **hand)
        .encode(**box),
        *_key(indicators, words),
        *_heads(indicators, words),
    ).properties(height=330)


def _series_heads(
    names: pd.Series, indicators: pd.DataFrame, above: dict[str, Any]
) -> list[alt.Chart]:
    """Return the chosen region and the indicator with its unit, above the panel of the series."""
    one = alt.Chart(pd.DataFrame({"none": [0]}))
    name = {"expr": f"{json.dumps(names.to_dict())}[region]"}
    head = {"expr": _look_up(indicators["head"], "drawn_series")}
    return [
        one.mark_text(fontWeight="bold", text=name, **above).encode(
            x=alt.value(0), y=alt.value(-40)
        ),
        one.mark_text(text=head, **above).encode(x=alt.value(0), y=alt.value(-24)),
    ]


def _series(
    names: pd.Series, indicators: pd.DataFrame, reach: pd.DataFrame, words: Words
) -> alt.LayerChart:
    """Return the series of all regions, faint; over them those of the nation and
    of the chosen one. `reach` holds the lists ``years`` and ``values``, least and most, by
    indicator: a layer without rows, such as a series without breaks, knows no domain."""
    base = (
        alt.Chart()
        .transform_filter("datum.indicator == drawn_series")
        .transform_calculate(nation=f"datum.iso == 'KZ' ? {json.dumps(words['nation'])} : ''")
        .transform_window(
            rank="rank()",
            sort=[alt.SortField("value", order="descending")],
            groupby=["year", "nation"],
        )
        .transform_joinaggregate(of="count()", groupby=["year", "nation"])
    )
    of = {name: alt.ExprRef(_look_up(reach[name], "drawn_series")) for name in reach}
    years = alt.Scale(domain=of["years"], zero=False, nice=False, padding=22)
    values = alt.Scale(domain=of["values"], zero=False, nice=True, padding=4)
    ticks = alt.Axis(format="d", tickCount=4, tickMinStep=1, labelOverlap=True)
    x = alt.X("year:Q", title=None, scale=years, axis=ticks)
    y = alt.Y("value:Q", title=None, scale=values, axis=alt.Axis(tickCount=5))
    at, line = {"x": x, "y": y}, {"x": x, "y": y, "detail": ["iso:N", "segment:N"]}
    nation = base.transform_filter("datum.nation != ''")
    chosen = base.transform_filter("datum.iso == region")
    now = chosen.transform_filter("datum.year == drawn_year").transform_calculate(
        line=f"({_text(indicators, 'drawn_series')}) + {words['rank']}"
    )
    breaks = chosen.transform_filter("datum.break_before").transform_calculate(
        at="datum.year - 0.5"
    )
    notch = {"x": alt.X("at:Q", scale=years), "y": alt.value(2), "text": "break_before:N"}
    turned = {"angle": 270, "align": "right", "baseline": "bottom", "dy": -2}
    above = {"align": "left", "baseline": "bottom", "fontSize": 12}
    tips = [
        alt.Tooltip("year:Q", title=words["year"], format="d"),
        alt.Tooltip("value:Q", title=words["value"]),
        alt.Tooltip("break_before:N", title=words["break"]),
    ]
    return alt.layer(
        base.mark_line(strokeWidth=1, color=LIGHT["grid"]).encode(**line),
        base.mark_point(shape="square", size=12, color=LIGHT["grid"], opacity=1).encode(**at),
        nation.mark_line(strokeWidth=1.5, strokeDash=[5, 3], color=LIGHT["neutral"]).encode(**line),
        nation.transform_filter("datum.year == drawn_year")
        .mark_text(color=LIGHT["muted"], align="right", dy=-9)
        .encode(**at, text="nation:N"),
        breaks.mark_rule(color=LIGHT["neutral"], strokeDash=[2, 2]).encode(x=notch["x"]),
        breaks.mark_text(stroke=LIGHT["surface"], strokeWidth=4, **turned).encode(**notch),
        breaks.mark_text(color=LIGHT["muted"], **turned).encode(**notch),
        chosen.mark_line(color=LIGHT["official"]).encode(**line),
        chosen.mark_point(shape="square", size=28, color=LIGHT["official"], opacity=1).encode(
            **at, tooltip=tips
        ),
        now.mark_point(
            shape="square", size=110, filled=False, strokeWidth=2, color=LIGHT["ink"], opacity=1
        ).encode(**at),
        *_series_heads(names, indicators, above),
        now.mark_text(**above).encode(x=alt.value(0), y=alt.value(-8), text="line:N"),
    ).properties(height=250)


def region_map(
    panel: pd.DataFrame, places: pd.DataFrame, indicators: pd.DataFrame, words: Words
) -> alt.HConcatChart:
    """Draw the tile map, and beside it the series of the selected region among all others.

    Parameters
    ----------
    panel : what ``regions.panel`` returns, in the units to be shown; a row may have ``word`` (shown
        in place of the value) and ``own`` (a key of ``SHADES``).
    places : columns ``iso``, ``region`` (name), ``short`` (at most eight letters), ``tile_row``,
        ``tile_col``, ``note``.
    indicators : by indicator: ``choice`` (in the list), ``head`` (with the unit), ``format`` (of
        d3), ``arrows`` and ``dated`` (bool), ``key`` (``fifths``, ``steps`` or none), ``bounds``
        (the five bounds of the steps, or none), ``series`` (the indicator of the series).
    words : labels of controls and tips, see the notebook; ``rank`` is a Vega expression.
    """
    columns = [
        "iso",
        "indicator",
        "year",
        "value",
        "segment",
        "break_before",
        "territory",
        "word",
        "own",
    ]
    rows = panel.reindex(columns=columns)
    # As text, the rows stand once and in one line of the notebook; numbers keep six digits.
    text = rows.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    kinds = {"year": "number", "value": "number", "segment": "number"}
    data = alt.NamedData("panel", format=alt.CsvDataFormat(type="csv", parse=kinds))
    span = rows.groupby("indicator")["year"].agg(["min", "max"]).astype(int)
    names = places.set_index("iso")["region"]
    reach = rows.groupby("indicator").agg(
        years=("year", lambda of: [int(of.min()), int(of.max())]),
        values=("value", lambda of: [float(f"{of.min():.6g}"), float(f"{of.max():.6g}")]),
    )
    series = _series(names, indicators, reach, words)
    chart = alt.hconcat(_tiles(places, indicators, words), series, spacing=16, data=data)
    chart.datasets = {"panel": text}
    return chart.add_params(*_params(indicators, names, span, words))
