"""The one Altair theme, the signs of the book, and what turns a chart into a figure.

Charts are drawn once, in the light colours below. A page in its dark scheme maps each of these colours to its dark partner
with a style sheet, so that a chart follows the scheme without being drawn again; hence a chart uses no other colour.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

MIME = "application/vnd.vegalite.v6+json"

# light -> dark. Okabe-Ito hues; orange and reddish purple are darkened in the light scheme for 3:1 against white.
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
    "level3": ("#5a9fcb", "#3b83b5"),
    "level4": ("#1f75ad", "#6fb7e3"),
    "level5": ("#084a78", "#bfe0f7"),
    "surface": ("#ffffff", "#16191d"),
}
LIGHT = {name: pair[0] for name, pair in PALETTE.items()}

# One sign for one thing in the whole book: word, colour, point shape, line dash.
SIGNS: dict[str, tuple[str, str, str, list[int]]] = {
    "paper": ("printed in the paper", LIGHT["paper"], "circle", [1, 0]),
    "recomputed": ("recomputed here", LIGHT["recomputed"], "diamond", [6, 3]),
    "official": ("official figure", LIGHT["official"], "square", [1, 0]),
    "inferred": ("inferred", LIGHT["inferred"], "triangle-up", [2, 2]),
}
Sign = Literal["paper", "recomputed", "official", "inferred"]

# Five series that are told apart by order, shape and direct label as well as by colour.
CATEGORIES = [
    LIGHT["paper"],
    LIGHT["recomputed"],
    LIGHT["official"],
    LIGHT["inferred"],
    LIGHT["ink"],
]
LEVELS = [LIGHT[f"level{i}"] for i in range(1, 6)]


@alt.theme.register("proofbook", enable=True)
def theme() -> alt.theme.ThemeConfig:
    """Return the theme: system fonts, no box, quiet grid, Okabe-Ito colours, text of 12 px and more."""
    font = "system-ui, sans-serif"
    axis = {
        "labelColor": LIGHT["muted"],
        "titleColor": LIGHT["ink"],
        "gridColor": LIGHT["grid"],
        "domainColor": LIGHT["neutral"],
        "tickColor": LIGHT["neutral"],
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 220,
    }
    return alt.theme.ThemeConfig(
        config={
            "background": "transparent",
            "font": font,
            "padding": 4,
            "aria": False,
            "view": {"stroke": "transparent"},
            "axis": axis,
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
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "symbolStrokeWidth": 2,
                "labelLimit": 260,
            },
            "header": {
                "labelColor": LIGHT["ink"],
                "titleColor": LIGHT["muted"],
                "labelFontSize": 12,
                "titleFontSize": 12,
            },
            "title": {
                "color": LIGHT["ink"],
                "fontSize": 13,
                "fontWeight": "normal",
                "anchor": "start",
            },
            "range": {"category": CATEGORIES, "ordinal": LEVELS, "heatmap": LEVELS, "ramp": LEVELS},
            "text": {"color": LIGHT["ink"], "fontSize": 12},
            "rule": {"color": LIGHT["neutral"]},
            "bar": {"color": LIGHT["paper"]},
            "line": {"color": LIGHT["paper"], "strokeWidth": 2},
            "point": {"color": LIGHT["paper"], "size": 60, "filled": True},
            "area": {"color": LIGHT["paper"]},
        }
    )


def rounded(value: Any, digits: int = 9) -> Any:
    """Return a JSON value with its floats rounded to significant digits: the last bits differ between processors."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    return [rounded(item, digits) for item in value] if isinstance(value, list) else value


def _render(spec: dict[str, Any], **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """Emit the specification itself: no random id, no address of a CDN; the book's builder makes the page's figure from it."""
    spec = rounded(spec)
    # Altair names a data set by a hash of its unrounded rows: name them by their order instead. Names of our own stay.
    names = {
        old: f"rows{number}"
        for number, old in enumerate(
            (n for n in spec.get("datasets", {}) if n.startswith("data-")), 1
        )
    }
    spec = _renamed(spec, names)
    words = spec.get("usermeta", {}).get("figure", {})
    return {MIME: spec, "text/plain": words.get("alt") or spec.get("description", "chart")}, {}


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
    """Return the scale that gives each named sign its colour, shape or dash; the data hold the signs' words."""
    index = {"color": 1, "shape": 2, "dash": 3}[channel]
    return alt.Scale(domain=[SIGNS[s][0] for s in signs], range=[SIGNS[s][index] for s in signs])


def figure(
    chart: alt.TopLevelMixin,
    *,
    name: str,
    caption: str,
    alternative: str,
    source: Sequence[str],
    rows: pd.DataFrame,
    columns: Mapping[str, str] | None = None,
    formats: Mapping[str, str] | None = None,
    narrow: Mapping[str, Any] | None = None,
    shares: Sequence[float] | None = None,
    sentence: tuple[str, str] | None = None,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
    script: str = "",
) -> Any:
    """Make a chart a figure: words, source and data travel with the specification.

    Parameters
    ----------
    chart : an Altair chart without a width; the builder draws it once for wide and once for narrow columns.
    name : permanent address of the figure, such as ``fig-age-structure``.
    caption : what to see in the chart. One or two sentences.
    alternative : the text alternative, written from the data: what it shows, extremes, last value, the point of it.
    source : names of data resources.
    rows : the plotted rows, for the data table and the CSV.
    columns : ``column -> heading`` of the table, in order.
    formats : ``column -> format spec`` of the table.
    narrow : changes of the specification for narrow columns, merged into it (RFC 7386).
    shares : for views side by side, how much of the row each gets on a wide column; 1 is an equal part.
    sentence : name of a parameter whose expression is text, and the text that it has at first. It stands above the picture,
        as text of the page, and follows every control: what the chart says, for eyes and for screen readers.
    presets : ``label -> {parameter: value}``; each becomes a button that sets these controls.
    script : name of a script in ``theme/static`` that this figure's page loads, where Vega-Lite alone does not do.

    Returns
    -------
    alt.Chart (or a layered or concatenated chart) with the words under ``usermeta.figure``.
    """
    caller = inspect.stack()[1]
    module = inspect.getmodule(caller.frame)
    shown = rows[list(columns)] if columns else rows
    words = {
        "name": name,
        "caption": caption,
        "alt": alternative,
        "source": list(source),
        # pairs, because a notebook is written with its keys sorted and a table has an order
        "columns": [list(pair) for pair in (columns or {c: str(c) for c in rows.columns}).items()],
        "formats": dict(formats or {}),
        "rows": json.loads(shown.to_json(orient="records", date_format="iso", double_precision=12)),
        "code": f"{module.__name__ if module else '?'}:{caller.function}",
    }
    if narrow:
        words["narrow"] = dict(narrow)
    if shares:
        words["shares"] = list(shares)
    if sentence:
        words["sentence"] = list(sentence)
    if presets:
        words["presets"] = [
            {"label": label, "values": dict(values)} for label, values in presets.items()
        ]
    if script:
        words["script"] = script
    return chart.properties(usermeta={"figure": words})
