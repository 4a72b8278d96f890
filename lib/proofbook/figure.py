"""The one Altair theme, the signs of the book, and what turns a chart into a figure.

Charts are drawn once, in the light colours below. A page in its dark scheme maps each of these
colours to its dark partner
with a style sheet, so that a chart follows the scheme without being drawn again; hence a chart uses
no other colour.
"""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

MIME = "application/vnd.vegalite.v6+json"

# light -> dark. Okabe-Ito hues; orange and reddish purple are darkened in the light scheme for 3:1
# against white.
PALETTE: dict[str, tuple[str, str]] = {
    "ink": ("#1f2328", "#e6e6e3"),
    "muted": ("#5b6470", "#a9b0b8"),
    "grid": ("#e3e6ea", "#373d44"),
    "paper": ("#0072b2", "#56b4e9"),
    "recomputed": ("#c44f00", "#e69f00"),
    "official": ("#00805d", "#2bc79a"),
    "inferred": ("#a0457f", "#dd93bd"),
    "neutral": ("#7d8590", "#8d96a0"),
    "level1": ("#d6e6f2", "#1d3448"),
    "level2": ("#9fc6e2", "#24577c"),
    "level3": ("#5a9fcb", "#2a6a99"),
    "level4": ("#1f75ad", "#6fb7e3"),
    "level5": ("#084a78", "#bfe0f7"),
    "loss1": ("#f9dfc8", "#45291a"),
    "loss2": ("#eeb07a", "#8a4a1c"),
    "loss3": ("#b04600", "#f0a860"),
    "surface": ("#ffffff", "#16191d"),
}
LIGHT = {name: pair[0] for name, pair in PALETTE.items()}

# One sign for one thing in the whole book: word, colour, point shape, line dash.
SIGNS: dict[str, tuple[str, str, str, list[int]]] = {
    "paper": ("printed in the paper", LIGHT["paper"], "circle", [1, 0]),
    "recomputed": ("recomputed here", LIGHT["recomputed"], "diamond", [6, 3]),
    "official": ("official figure", LIGHT["official"], "square", [1, 0]),
    "reported": ("as reported by the press", LIGHT["official"], "square", [4, 2]),
    "inferred": ("inferred", LIGHT["inferred"], "triangle-up", [2, 2]),
}
HOLLOW = {"reported"}  # signs whose shape is drawn as an outline
Sign = Literal["paper", "recomputed", "official", "reported", "inferred"]

# Five series that are told apart by order, shape and direct label as well as by colour.
CATEGORIES = [
    LIGHT["paper"],
    LIGHT["recomputed"],
    LIGHT["official"],
    LIGHT["inferred"],
    LIGHT["ink"],
]
LEVELS = [LIGHT[f"level{i}"] for i in range(1, 6)]


def _guides() -> dict[str, Any]:
    """Return the theme's axes, legends and headings: quiet lines, names above what they measure."""
    words = {"labelFontSize": 13, "titleFontSize": 13}
    return {
        "axis": {
            "labelColor": LIGHT["muted"],
            "titleColor": LIGHT["ink"],
            "gridColor": LIGHT["grid"],
            "domainColor": LIGHT["neutral"],
            "tickColor": LIGHT["neutral"],
            **words,
            "titleFontWeight": "normal",
            "labelLimit": 220,
        },
        "axisQuantitative": {"tickCount": 6},
        "axisX": {"grid": False, "titleAnchor": "end"},
        "axisY": {
            "domain": False,
            "ticks": False,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "start",
            "titleY": -10,
            "titleX": 0,
        },
        "legend": {
            "orient": "top",
            "direction": "horizontal",
            "labelColor": LIGHT["ink"],
            "titleColor": LIGHT["muted"],
            **words,
            "titleFontWeight": "normal",
            "symbolStrokeWidth": 2,
            "labelLimit": 260,
        },
        "header": {"labelColor": LIGHT["ink"], "titleColor": LIGHT["muted"], **words},
        "title": {
            "color": LIGHT["ink"],
            "fontSize": 14,
            "fontWeight": "bold",
            "anchor": "start",
        },
    }


@alt.theme.register("proofbook", enable=True)
def theme() -> alt.theme.ThemeConfig:
    """Return the theme: system fonts, no box, quiet grid, Okabe-Ito colours, text of 13 px."""
    return alt.theme.ThemeConfig(
        config={
            "background": "transparent",
            "font": "system-ui, sans-serif",
            # a reader's fonts run wider than those that the renderer measures with
            "padding": {"left": 4, "top": 4, "right": 14, "bottom": 4},
            "aria": False,
            "view": {"stroke": "transparent"},
            **_guides(),
            "range": {"category": CATEGORIES, "ordinal": LEVELS, "heatmap": LEVELS, "ramp": LEVELS},
            "text": {"color": LIGHT["ink"], "fontSize": 13},
            "rule": {"color": LIGHT["neutral"]},
            "bar": {"color": LIGHT["paper"]},
            "line": {"color": LIGHT["paper"], "strokeWidth": 2},
            "point": {"color": LIGHT["paper"], "size": 60, "filled": True},
            "area": {"color": LIGHT["paper"]},
        }
    )


def rounded(value: Any, digits: int = 9) -> Any:
    """Return a JSON value with its floats rounded: the last bits differ between processors."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    return [rounded(item, digits) for item in value] if isinstance(value, list) else value


def _render(spec: dict[str, Any], **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """Emit the specification itself, without a random id; the builder makes a figure of it.

    It is written small: each table of rows once and on one line, as CSV where that loses nothing,
    and no word of the theme. That stays a specification that Jupyter draws; ``opened`` gives the
    whole one back.
    """
    spec = rounded(spec)
    # Altair names a data set by a hash of its unrounded rows: name them by their order instead.
    # Names of our own stay.
    names = {
        old: f"rows{number}"
        for number, old in enumerate(
            (n for n in spec.get("datasets", {}) if n.startswith("data-")), 1
        )
    }
    spec = _renamed(spec, names)
    words, sets = spec.get("usermeta", {}).get("figure", {}), spec.setdefault("datasets", {})
    if words:
        words["rows"] = _dataset_of(words, sets)
    for name, rows in sets.items():
        if not isinstance(rows, list):
            continue
        sets[name] = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        kinds = _kinds(rows)
        read = _read_as(spec, name, {"type": "csv", "parse": kinds}) if kinds else spec
        if name in _formats(read):  # a chart reads it, and so says how
            sets[name], spec = _csv(rows), read | {"datasets": sets}
    standard = theme()["config"]
    spec["config"] = {k: v for k, v in spec.get("config", {}).items() if v != standard.get(k)}
    return {MIME: spec, "text/plain": words.get("alt") or spec.get("description", "chart")}, {}


KINDS: dict[type, str] = {bool: "boolean", int: "number", float: "number", str: "string"}


def _kinds(rows: object) -> dict[str, str]:
    """Return how each column of a list of rows reads back from CSV; empty if it would not."""
    if not isinstance(rows, list) or len(rows) < 2 or any(list(r) != list(rows[0]) for r in rows):
        return {}
    found = {}
    for column in rows[0]:
        values = [row[column] for row in rows if row[column] is not None]
        kinds = {KINDS.get(type(value), "") for value in values}
        if len(kinds) != 1 or "" in kinds or "" in values or "\r" in "".join(map(str, values)):
            return {}
        found[column] = kinds.pop()
    return found


def _csv(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV; numbers and truth values as in JSON, a gap as nothing."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            "" if v is None else v if isinstance(v, str) else json.dumps(v) for v in row.values()
        )
    return text.getvalue()


def _read_as(value: Any, name: str, form: dict[str, Any] | None) -> Any:
    """Return a specification that reads a named data set in a format, or without one."""
    if isinstance(value, list):
        return [_read_as(item, name, form) for item in value]
    if not isinstance(value, dict):
        return value
    done = {k: v if k == "usermeta" else _read_as(v, name, form) for k, v in value.items()}
    if isinstance(data := done.get("data"), dict) and data.get("name") == name:
        done["data"] = {"name": name} | ({"format": form} if form else {})
    return done


def _formats(value: Any) -> dict[str, dict[str, str]]:
    """Return the kinds of the columns of each data set that a specification reads as CSV."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = {name: kinds for item in items for name, kinds in _formats(item).items()}
    data = value.get("data") if isinstance(value, dict) else None
    if isinstance(data, dict) and data.get("format", {}).get("type") == "csv":
        found[data["name"]] = data["format"]["parse"]
    return found


def opened(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a specification from a notebook with its rows as lists and the theme.

    A data set in CSV that does not say the kind of every column stays text.
    """
    sets, formats = dict(spec.get("datasets", {})), _formats(spec)
    for name, rows in sets.items():
        if not isinstance(rows, str):
            continue
        if name not in formats:
            sets[name] = json.loads(rows)
        elif (lines := list(csv.DictReader(io.StringIO(rows)))) and set(lines[0]) == set(
            kinds := formats[name]
        ):
            sets[name] = [
                {k: None if v == "" else v if kinds[k] == "string" else json.loads(v)
                 for k, v in line.items()}
                for line in lines
            ]  # fmt: skip
            spec = _read_as(spec, name, None)
    return spec | {"datasets": sets, "config": dict(theme()["config"]) | spec.get("config", {})}


def _dataset_of(words: dict[str, Any], sets: dict[str, Any]) -> str:
    """Return the name of the data set of a figure's table: one of the chart's, or a new one."""
    rows, keys = words["rows"], [key for key, _ in words["columns"]]
    for name, values in sets.items():
        if isinstance(values, list) and rows == [{k: v.get(k) for k in keys} for v in values]:
            return name
    sets["table_rows"] = rows
    return "table_rows"


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: {names.get(k, k): v for k, v in item.items()}
            if key == "datasets"
            else {**item, "name": names.get(item["name"], item["name"])}
            if key == "data" and isinstance(item, dict) and "name" in item
            else item
            if key == "usermeta"
            else _renamed(item, names)
            for key, item in value.items()
        }
    return [_renamed(item, names) for item in value] if isinstance(value, list) else value


alt.renderers.register("proofbook", _render)
alt.renderers.enable("proofbook")


def sign_scale(*signs: Sign, channel: Literal["color", "shape", "dash"] = "color") -> alt.Scale:
    """Return the scale that gives each sign its colour, shape or dash, by the signs' words."""
    index = {"color": 1, "shape": 2, "dash": 3}[channel]
    return alt.Scale(domain=[SIGNS[s][0] for s in signs], range=[SIGNS[s][index] for s in signs])


def _signed(frame: pd.DataFrame, sign: str) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows with their signs in words, and the signs that occur."""
    keys = frame[sign] if sign in frame.columns else pd.Series(sign, frame.index)
    if unknown := sorted(set(keys) - set(SIGNS)):
        msg = f"no sign {unknown}: use {list(SIGNS)}, or a column that holds them"
        raise ValueError(msg)
    return frame.assign(sign=[SIGNS[k][0] for k in keys]), [s for s in SIGNS if s in set(keys)]


def _sign_channels(signs: Sequence[str], *, legend: bool) -> dict[str, Any]:
    """Return the channels that draw a sign: stroke, shape, and a fill: reports are hollow."""
    looks = {
        "stroke": [SIGNS[s][1] for s in signs],
        "fill": [LIGHT["surface"] if s in HOLLOW else SIGNS[s][1] for s in signs],
        "shape": [SIGNS[s][2] for s in signs],
    }
    if len(signs) == 1:  # a value needs no scale, and charts side by side share their scales
        return {channel: alt.value(values[0]) for channel, values in looks.items()}
    # A reader's fonts run wider than the renderer's: without the padding the entries touch.
    shown = alt.Legend(columnPadding=28, offset=18) if legend else None
    words = [SIGNS[s][0] for s in signs]
    kind = {"stroke": alt.Stroke, "fill": alt.Fill, "shape": alt.Shape}
    return {
        channel: kind[channel](
            "sign:N", scale=alt.Scale(domain=words, range=values), title=None, legend=shown
        )
        for channel, values in looks.items()
    }


def _tooltips(columns: Mapping[str, str], formats: Mapping[str, str]) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(
            column, title=title, **({"format": formats[column]} if formats.get(column) else {})
        )
        for column, title in columns.items()
    ]


def _texts(frame: pd.DataFrame, text: str, value: str) -> list[str]:
    """Return what stands beside the marks: a column as it is, or `value` by a format spec."""
    if text in frame.columns:
        return ["" if pd.isna(t) else str(t) for t in frame[text]]
    if not text:
        return [""] * len(frame)
    return [
        "" if pd.isna(v) else format(v, text).replace("-", "\N{MINUS SIGN}") for v in frame[value]
    ]


def _choice(frame: pd.DataFrame, choose: Mapping[str, str]) -> tuple[list[alt.Parameter], str]:
    """Return one control per column of `choose`, and the test of a row against the choice."""
    params = []
    for column, label in choose.items():
        options = pd.Index(dict.fromkeys(frame[column])).tolist()
        bind = alt.binding_radio if len(options) <= 5 else alt.binding_select
        bound = bind(options=options, labels=[str(o) for o in options], name=label)
        params.append(alt.param(name=column, value=options[0], bind=bound))
    return params, " && ".join(f"datum['{c}'] === {c}" for c in choose) or "true"


def _chosen(chart: alt.Chart, test: str) -> alt.Chart:
    return chart if test == "true" else chart.transform_filter(test)


def _rules(
    rules: Mapping[float, str], channel: Literal["x", "y"], scale: alt.Scale | None = None
) -> list[alt.Chart]:
    """Return dashed lines at fixed values, each with its label; on a scale that the marks share."""
    if not rules:
        return []
    kind = alt.X if channel == "x" else alt.Y
    place = {channel: kind("at:Q", **({"scale": scale} if scale is not None else {}))}
    at = alt.Chart(pd.DataFrame({"at": list(rules), "label": list(rules.values())})).encode(**place)
    across = {"y": alt.value(-6)} if channel == "x" else {"x": alt.value(4)}
    shift = {"dx": 4} if channel == "x" else {"dy": -6}
    return [
        at.mark_rule(color=LIGHT["neutral"], strokeDash=[4, 3]),
        at.mark_text(color=LIGHT["muted"], align="left", **shift).encode(text="label:N", **across),
    ]


def _wrapped(labels: Sequence[object], width: int = 20) -> dict[str, str]:
    """Return the axis option that breaks long labels: on a phone they leave marks no room."""
    long = {str(v): textwrap.wrap(str(v), width) for v in labels if len(str(v)) > width + 2}
    tests = [f"datum.label === {json.dumps(k)} ? {json.dumps(v)}" for k, v in long.items()]
    return {"labelExpr": " : ".join([*tests, "datum.label"])} if long else {}


def _by_category(chart: alt.Chart, frame: pd.DataFrame, y: str, lane: str) -> alt.Chart:
    """Return the chart with one row for each category, and lanes within it, as in the frame."""
    order = list(dict.fromkeys(frame[y]))
    axis = alt.Axis(labelLimit=260, **_wrapped(order))
    base = chart.encode(y=alt.Y(y, type="nominal", sort=order, title=None, axis=axis))
    if not lane:
        return base
    base.encoding.y.scale = alt.Scale(paddingInner=0.25)
    lanes = list(dict.fromkeys(frame[lane]))
    return base.encode(yOffset=alt.YOffset(lane, type="nominal", sort=lanes))


def _height_of(frame: pd.DataFrame, y: str, lane: str) -> int:
    """Return the px that the categories need, more with several lanes in each."""
    lanes = len(frame[lane].unique()) if lane else 1
    return 20 + len(frame[y].unique()) * (14 + 20 * max(1, lanes))


def _room_left(values: pd.Series, stem: float | None) -> list[float] | None:
    """Return a domain with room for the words left of a mark below the stem; None without one."""
    if stem is None:
        return None
    least, most = values.min(), max(values.max(), stem)
    return [least - (most - least) / 4, most] if least < stem else None


def _value_axis(
    x: str, title: str, scale: alt.Scale, ticks: Sequence[float] | None, spec: str
) -> alt.X:
    axis = alt.Axis(tickCount=5, **({"format": spec} if spec else {}), grid=True)
    if ticks is not None:
        axis.values = list(ticks)
    return alt.X(x, type="quantitative", title=title, scale=scale, axis=axis)


def _stems_and_spans(
    base: alt.Chart, at: alt.X, stroke: Any, *, stem: float | None, low: str, high: str
) -> list[alt.Chart]:
    """Return the thin lines of a dot plot: from the stem to each mark, and over its interval."""
    layers = []
    if stem is not None:
        known = base.transform_filter(f"isValid(datum['{at['shorthand']}'])")
        stems = known.mark_rule(strokeWidth=2)
        layers.append(stems.encode(x=at, x2=alt.datum(stem), stroke=stroke))
    if low and high:
        spans = base.transform_filter(f"isValid(datum['{low}'])").mark_rule(strokeWidth=2)
        start = alt.X(low, type="quantitative", title=at["title"], scale=at["scale"])
        layers.append(spans.encode(x=start, x2=high, stroke=stroke))
    return layers


def _words_beside(known: alt.Chart, at: alt.X, *, stem: float | None, high: str) -> alt.Chart:
    """Return the words of the marks: on the side away from the stem, and clear of an interval."""
    at_mark = f"datum['{at['shorthand']}']"
    left = f"{at_mark} < {stem}" if stem is not None else "false"
    end = f"max({at_mark}, datum['{high}'] || {at_mark})" if high else at_mark
    words = known.transform_calculate(label_at=f"{left} ? {at_mark} : {end}").mark_text(
        align=alt.expr(f"{left} ? 'right' : 'left'"), dx=alt.expr(f"{left} ? -12 : 12")
    )
    place = alt.X("label_at:Q", title=at["title"], scale=at["scale"])
    return words.encode(x=place, text="shown:N")


def _words_instead(base: alt.Chart, x: str, missing: str, place: float) -> alt.Chart:
    """Return the words of the rows without a value, where a mark would begin."""
    silent = base.transform_filter(f"!isValid(datum['{x}'])").mark_text(
        align="left", dx=4, color=LIGHT["muted"], fontStyle="italic", text=missing
    )
    return silent.encode(x=alt.datum(place))


def dots(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    title: str,
    sign: str = "recomputed",
    text: str = "",
    stem: float | None = None,
    low: str = "",
    high: str = "",
    lane: str = "",
    missing: str = "",
    choose: Mapping[str, str] | None = None,
    rules: Mapping[float, str] | None = None,
    domain: Sequence[float] | None = None,
    ticks: Sequence[float] | None = None,
    format: str = "",
    tooltip: Mapping[str, str] | None = None,
    height: int | None = None,
) -> alt.LayerChart:
    """Draw values by category: one row of the frame is one mark, from left to right.

    Parameters
    ----------
    frame : tidy rows; categories, lanes and choices appear in its order.
    x, y : columns of the value and of the category.
    title : what the axis measures, with its unit: ``"share of the population, %"``.
    sign : a key of ``SIGNS``, or the column that holds one for each row; two or more make a legend.
    text : what stands beside a mark: a column, or a format spec of the value such as ``".1f"``.
    stem : where a thin line to each mark starts, usually 0.
    low, high : columns of an interval; rows without one are marks alone.
    lane : column that tells several marks of one category apart.
    missing : words for a row without a value, such as ``"not stated"``; else it is left out.
    choose : ``column -> label`` of controls; the reader sees one choice, at first the first.
    rules : ``value -> label`` of dashed lines.
    domain, ticks, format : of the value axis, where its own choice does not do.
    tooltip : ``column -> heading``; category, value and sign if left out.
    height : px, without the axis; by the number of categories if left out.
    """
    rows, signs = _signed(frame, sign)
    rows["shown"] = _texts(frame, text, x)
    params, chosen = _choice(frame, choose or {})
    base = _by_category(_chosen(alt.Chart(rows), chosen), frame, y, lane)
    domain = domain or (_room_left(frame[x], stem) if text else None)
    scale = alt.Scale(domain=list(domain), nice=False) if domain else alt.Scale(zero=stem == 0)
    at = _value_axis(x, title, scale, ticks, format)
    looks = _sign_channels(signs, legend=True)
    heads = _tooltips(tooltip or {y: "", x: title, "sign": "Comes from"}, {x: format})
    layers = _rules(rules or {}, "x", scale)
    layers += _stems_and_spans(base, at, looks["stroke"], stem=stem, low=low, high=high)
    known = base.transform_filter(f"isValid(datum['{x}'])")
    point = known.mark_point(size=110, opacity=1, strokeWidth=2)
    layers.append(point.encode(x=at, tooltip=heads, **looks))
    if text:
        layers.append(_words_beside(known, at, stem=stem, high=high))
    if missing:
        layers.append(_words_instead(base, x, missing, stem or 0))
    chart = alt.layer(*layers, data=rows).add_params(*params)
    return chart.properties(height=height or _height_of(frame, y, lane))


def _ends(frame: pd.DataFrame, x: str, y: str, by: list[str], apart: float) -> pd.DataFrame:
    """Return the last row of every series; ``end_at`` is its value, moved up where labels touch."""
    last = frame.dropna(subset=[y]).sort_values(x, kind="stable").groupby(by, sort=False).tail(1)
    last = last.sort_values([*by[:-1], y], kind="stable")
    places: list[float] = []
    group: object = None
    for row in last.to_dict("records"):
        key = tuple(row[c] for c in by[:-1])
        place = row[y] if key != group else max(row[y], places[-1] + apart)
        places.append(float(place))
        group = key
    return last.assign(end_at=places)


def _time(frame: pd.DataFrame, x: str) -> tuple[alt.X, bool]:
    """Return the axis of numbers or dates, and whether they are whole numbers such as years."""
    numbers = pd.api.types.is_numeric_dtype(frame[x])
    whole = numbers and pd.api.types.is_integer_dtype(frame[x])
    axis = alt.Axis(tickCount=6, **({"format": "d", "tickMinStep": 1} if whole else {}))
    scale = alt.Scale(nice=False, zero=False, padding=10)
    kind = "quantitative" if numbers else "temporal"
    return alt.X(x, type=kind, title=None, scale=scale, axis=axis), whole


def _line_channels(
    frame: pd.DataFrame, series: str, sign: str, signs: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the channels of the points and of the lines: by sign, else by series, else none."""
    if sign:
        style = _sign_channels(signs, legend=not series)
        dash = alt.Scale(domain=[SIGNS[s][0] for s in signs], range=[SIGNS[s][3] for s in signs])
        dashed = alt.StrokeDash("sign:N", scale=dash, legend=None)
        return style, {"stroke": style["stroke"], "strokeDash": dashed}
    if not series:
        return {}, {}
    names = list(dict.fromkeys(frame[series]))
    hues = alt.Scale(domain=names, range=(CATEGORIES * (1 + len(names) // 5))[: len(names)])
    style = {
        channel: kind(series, type="nominal", scale=hues, legend=None)
        for channel, kind in (("stroke", alt.Stroke), ("fill", alt.Fill))
    }
    return style, {"stroke": style["stroke"]}


def _band(base: alt.Chart, up: alt.Y, low: str, high: str, style: Mapping[str, Any]) -> alt.Chart:
    """Return the area between two columns, in the colour of its series."""
    fill = {"fill": style["fill"]} if style else {}
    band = base.mark_area(opacity=0.18, **({} if style else {"color": LIGHT["paper"]}))
    start = alt.Y(low, type="quantitative", title=up["title"], scale=up["scale"])
    return band.encode(y=start, y2=high, **fill)


def _names_at_ends(
    chart: alt.Chart, along: alt.X, series: str, style: Mapping[str, Any]
) -> alt.Chart:
    """Return the names of the series, each beside its last point and in its colour."""
    label = chart.mark_text(align="left", dx=9, fontSize=13, stroke=None)
    hue = style.get("stroke")
    tone = {"color": hue if isinstance(hue, dict) else alt.Color(**hue.to_dict())} if hue else {}
    name = alt.Text(series, type="nominal")
    return label.encode(x=along, y=alt.Y("end_at:Q"), text=name, **tone)


def _words_above(known: alt.Chart, up: alt.Y, text: str) -> alt.Chart:
    words = known.mark_text(dy=-13, fontSize=13, fontWeight=600)
    return words.encode(y=up, text=alt.Text(text, type="nominal"))


def _span(values: pd.Series, domain: Sequence[float] | None, zero: bool) -> float:
    """Return how much of its unit the value axis covers, before it is rounded to whole ticks."""
    least, most = domain or (min(0, values.min()) if zero else values.min(), values.max())
    return float(most - least)


def lines(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    title: str,
    series: str = "",
    sign: str = "",
    points: bool = True,
    text: str = "",
    low: str = "",
    high: str = "",
    choose: Mapping[str, str] | None = None,
    marks: Mapping[float, str] | None = None,
    rules: Mapping[float, str] | None = None,
    domain: Sequence[float] | None = None,
    format: str = ",~f",
    zero: bool = True,
    tooltip: Mapping[str, str] | None = None,
    height: int = 260,
) -> alt.LayerChart:
    """Draw series over time, or over another ordered number; each has its name at its end.

    Parameters
    ----------
    frame : tidy rows, one for each point; a row without a value leaves a gap.
    x, y : columns of the time (whole years, other numbers or dates) and of the value.
    title : what is measured, with its unit.
    series : column that tells the lines apart; its words stand at the ends of the lines.
    sign : as in :func:`dots`; without it the series are told apart by colour and name alone.
    points, text : whether each value has a mark; column of words above single points.
    low, high, choose, tooltip : as in :func:`dots`; the interval is a band.
    marks, rules : ``value -> words`` of upright and of level dashed lines: a break, a threshold.
    domain, format, zero : of the value axis.
    """
    rows, signs = _signed(frame, sign) if sign else (frame.copy(), [])
    along, whole = _time(frame, x)
    scale = alt.Scale(domain=list(domain), nice=False) if domain else alt.Scale(zero=zero)
    up = alt.Y(y, type="quantitative", title=title, scale=scale, axis=alt.Axis(format=format))
    style, stroke = _line_channels(frame, series, sign, signs)
    detail = {"detail": alt.Detail(series, type="nominal")} if series else {}
    heads = tooltip or ({x: "", series: "", y: title} if series else {x: "", y: title})
    tips = _tooltips(heads, {y: format} | ({x: "d"} if whole else {}))
    params, chosen = _choice(frame, choose or {})
    base = _chosen(alt.Chart(rows), chosen).encode(x=along)
    layers = [*_rules(marks or {}, "x"), *_rules(rules or {}, "y", scale)]
    if low and high:
        layers.append(_band(base, up, low, high, style).encode(**detail))
    line = base.mark_line(invalid="break-paths-show-path-domains", strokeWidth=2)
    layers.append(line.encode(y=up, **stroke, **detail))
    known = base.transform_filter(f"isValid(datum['{y}'])")
    point = known.mark_point(size=70 if points else 200, opacity=1 if points else 0, strokeWidth=2)
    layers.append(point.encode(y=up, tooltip=tips, **style, **detail))
    if text:
        layers.append(_words_above(known, up, text))
    if series:
        apart = 17 * _span(frame[y], domain, zero) / height
        ends = alt.Chart(_ends(rows, x, y, [*(choose or {}), series], apart))
        layers.append(_names_at_ends(_chosen(ends, chosen), along, series, style))
    return alt.layer(*layers, data=rows).add_params(*params).properties(height=height)


def _frame_of(chart: alt.TopLevelMixin, rows: pd.DataFrame | None) -> pd.DataFrame:
    rows = getattr(chart, "data", None) if rows is None else rows
    if not isinstance(rows, pd.DataFrame):
        msg = "figure(...) finds no single frame behind the chart: say rows=, the rows of its table"
        raise TypeError(msg)
    return rows


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as JSON holds them, dates in ISO 8601 and numbers to twelve digits."""
    text = rows.to_json(orient="records", date_format="iso", double_precision=12)
    return list(json.loads(text))


def figure(
    chart: alt.TopLevelMixin,
    *,
    alt: str = "",
    rows: pd.DataFrame | None = None,
    columns: Mapping[str, str] | None = None,
    formats: Mapping[str, str] | None = None,
    source: Sequence[str] = (),
    narrow: Mapping[str, Any] | None = None,
    shares: Sequence[float] | None = None,
    sentence: str = "",
    live: tuple[str, Sequence[str]] | None = None,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
    script: str = "",
) -> Any:
    """Return the chart as a figure: what belongs to it travels along under ``usermeta.figure``.

    Name and caption stand in the YAML of the cell, under ``mystnb: figure:``, and may use roles.

    Parameters
    ----------
    chart : an Altair chart without a width; the builder draws it for wide and narrow columns.
    alt : the text alternative, written from the data: what it shows, extremes, the point.
    rows : the plotted rows, for the data table and the CSV; the chart's own data if left out.
    columns, formats : ``column -> heading`` of the table, in order; ``column -> format spec``.
    source : names of data resources.
    narrow : changes of the specification for narrow columns, merged into it (RFC 7386).
    shares : for views side by side, the part of a wide row that each gets; 1 is an equal part.
    sentence : name of a parameter whose expression is text: what the chart says. It stands above
        the picture and follows every control, for eyes and for screen readers.
    live : a table that follows every control: name of a parameter whose expression is text, one
        line a row with cells parted by ``|``, and the headings.
    presets : ``label -> {parameter: value}``; each becomes a button that sets these controls.
    script : name of a script in ``theme/static`` for what Vega-Lite alone does not do.
    """
    rows = _frame_of(chart, rows)
    words: dict[str, Any] = {
        "alt": alt,
        "source": list(source),
        # pairs, because a notebook is written with its keys sorted and a table has an order
        "columns": [list(pair) for pair in (columns or {c: str(c) for c in rows.columns}).items()],
        "formats": dict(formats or {}),
        "rows": _records(rows[list(columns)] if columns else rows),
    }
    optional = {
        "narrow": dict(narrow or {}),
        "shares": list(shares or []),
        "sentence": sentence,
        "live": list(live or []),
        "presets": [{"label": k, "values": dict(v)} for k, v in (presets or {}).items()],
        "script": script,
    }
    return chart.properties(usermeta={"figure": words | {k: v for k, v in optional.items() if v}})
