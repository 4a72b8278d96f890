"""The chart of every specification: the curve, its choices, and the fit that a reader chooses.

The page answers without a kernel: ``theme/static/specifications.js`` fits, filters and sorts in the
reader's browser and hands its rows to the named data sets of the specification below. Every word
that a reader sees comes from the notebook and travels with the data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT

__all__ = ["chosen_choices", "chosen_terms", "specification_curve"]

LIMIT = 20.0  # elasticities are drawn up to here; a fit beyond it stands at the edge
MINUS = "\N{MINUS SIGN}"
Words = Mapping[str, Any]


def _cut(value: float) -> float:
    return round(max(-LIMIT, min(LIMIT, value)), 4)


def _digits(value: float, digits: int) -> str:
    """Return a number with so many significant digits, as the page's script writes it."""
    if value == 0:
        return "0"
    short = float(f"{value:.{digits - 1}e}")
    places = max(0, digits - 1 - math.floor(math.log10(abs(short))))
    return f"{short:,.{places}f}".replace("-", MINUS)


def _step(value: float, error: float) -> str:
    """Return a bound to the place of the second digit of the standard error."""
    places = 1 - math.floor(math.log10(error))
    return f"{round(value, places):,.{max(0, places)}f}".replace("-", MINUS)


def chosen_terms(row: Mapping[str, Any], critical: float, words: Words) -> pd.DataFrame:
    """Return the coefficients of a row of the grid as text, one line a term, absent ones too.

    Parameters
    ----------
    row : a row of ``econometrics.specification_grid``; classical errors.
    critical : 97.5 % point of Student t with the row's degrees of freedom.
    words : ``terms`` (term -> name) and ``absent``.

    Returns
    -------
    DataFrame of text: ``term``, ``coefficient``, ``error``, ``low``, ``high``.
    """
    lines = []
    for term, name in words["terms"].items():
        b = float(row[f"b_{term}"])
        line = [name, words["absent"], "", "", ""]
        if not math.isnan(b):
            line[1] = _digits(b, 4)
        if not math.isnan(b) and f"se_{term}" in row:
            error = float(row[f"se_{term}"])
            low, high = (_step(b + side * critical * error, error) for side in (-1, 1))
            line = [name, _digits(b, 5), _digits(error, 3), low, high]
        lines.append(line)
    return pd.DataFrame(lines, columns=["term", "coefficient", "error", "low", "high"])


def chosen_choices(
    row: Mapping[str, Any], critical: float, code: str, words: Words
) -> pd.DataFrame:
    """Return what a row of the grid is, as text: ``what``, ``value``, and ``pinned``, empty.

    The elasticity is that of GDP; ``words`` holds ``lines`` (the headings), ``labels``, ``years``.
    """
    b, error, elasticity = (float(row[f"{part}_gdp"]) for part in ("b", "se", "elasticity"))
    half = critical * error * elasticity / b
    labels = words["labels"]
    values = [
        str(int(row["id"])),
        words["years"].format(start=row["start"], end=row["end"], n=row["n"]),
        *(labels[name][str(row[name]).lower()] for name in words["titles"]),
        labels["errors"]["classical"],
        words["interval"].format(
            *(
                f"{v:.2f}".replace("-", MINUS)
                for v in (elasticity, elasticity - half, elasticity + half)
            )
        ),
        f"{row['r2']:.3f}",
        f"{row['dw']:.2f}",
        code,
    ]
    return pd.DataFrame({"what": words["lines"], "value": values, "pinned": ""})


# ---- The picture ---------------------------------------------------------------------------------


def _select(name: str, title: str, options: Mapping[str, str], value: str) -> alt.Parameter:
    bind = alt.binding_select(options=list(options), labels=list(options.values()), name=title)
    return alt.param(name=name, value=value, bind=bind)


def _radio(name: str, words: Words) -> alt.Parameter:
    options = words["labels"][name]
    bind = alt.binding_radio(
        options=list(options), labels=list(options.values()), name=words["controls"][name]
    )
    return alt.param(name=name, value=next(iter(options)), bind=bind)


def _controls(table: Mapping[str, Any], paper: Mapping[str, Any], words: Words) -> list:
    """Return the bound parameters, in the order of the page, and those that the script sets."""
    names, labels = words["controls"], words["labels"]
    every = {"any": words["any"]}
    filters = words["titles"] | {"window": names["window"]}
    ranged = {
        "rank": (paper["rank"], 1, int(paper["all"])),
        "pin": (-1, -1, table["last"]),
    }
    years, least = table["years"], table["least"]
    ends = {"start": years[: 1 - least], "end": years[least - 1 :]}
    return [
        *(_radio(name, words) for name in ("term", "errors", "core", "counted")),
        *(_select(name, title, every | labels[name], "any") for name, title in filters.items()),
        *(
            _select(name, names[name], every | {str(y): str(y) for y in chosen}, "any")
            for name, chosen in ends.items()
        ),
        alt.param(name="veil", value=False, bind=alt.binding_checkbox(name=names["veil"])),
        *(
            alt.param(
                name=name,
                value=int(value),
                bind=alt.binding_range(min=low, max=high, step=1, name=names[name]),
            )
            for name, (value, low, high) in ranged.items()
        ),
        # A domain taken from data would warn when a filter leaves nothing.
        alt.param(name="fits", value=int(paper["fits"])),
        alt.param(name="bottom", value=0),
        alt.param(name="top", value=float(paper["top"])),
    ]


def _tooltip(words: Words) -> list[alt.Tooltip]:
    fields = {"id:Q": "", "r:Q": ",", "e:Q": ".2f", "l:Q": ".2f", "h:Q": ".2f", "c:N": ""}
    return [
        alt.Tooltip(field, title=title, format=form)
        for (field, form), title in zip(fields.items(), words["tooltip"], strict=True)
    ]


def _curve_view(words: Words) -> alt.LayerChart:
    classes, axis = list(words["classes"].values()), words["axis"]
    x = alt.X(
        "r:Q",
        title=None,
        scale=alt.Scale(domain=[0.5, {"expr": "fits + 0.5"}], nice=False),
        axis=alt.Axis(labels=False, ticks=False),
    )
    y = {
        "title": axis["elasticity"],
        "scale": alt.Scale(type="symlog", constant=1, domain=[-LIMIT, LIMIT]),
        "axis": alt.Axis(values=[-20, -10, -5, -2, -1, 0, 1, 2, 5, 10, 20]),
    }
    colour = alt.Scale(domain=classes, range=[LIGHT["ink"], LIGHT["neutral"], LIGHT["ink"]])
    shape = alt.Scale(domain=classes, range=["triangle-up", "circle", "triangle-down"])
    tooltip = _tooltip(words)
    base, band = alt.Chart(alt.NamedData("curve")), alt.Chart(alt.NamedData("band"))
    single = {name: alt.Chart(alt.NamedData(name)) for name in ("chosen", "paper", "pinned")}
    mark = {"color": LIGHT["recomputed"]}
    ring = {"filled": False, "strokeWidth": 2.5, "opacity": 1}
    bottom, place = {"y": alt.Y("l:Q", **y), "y2": "h:Q"}, {"x": x, "y": alt.Y("e:Q", **y)}
    name = single["paper"].mark_text(
        dy=-18, color=LIGHT["paper"], fontWeight="bold", fontSize=13, align=alt.expr("datum.side")
    )
    return alt.layer(
        band.mark_area(color=LIGHT["level2"], opacity=0.55).encode(x=x, **bottom),
        base.mark_rule(strokeWidth=1.2, color=LIGHT["level3"]).encode(x=x, **bottom),
        alt.Chart(alt.NamedData("zero")).mark_rule(color=LIGHT["ink"]).encode(y="e:Q"),
        base.mark_point(size=16, filled=True, opacity=1).encode(
            color=alt.Color(
                "c:N", scale=colour, title=None, legend=alt.Legend(columns=1, symbolSize=60)
            ),
            shape=alt.Shape("c:N", scale=shape, title=None),
            **place,
        ),
        name.encode(text=alt.value(words["own"]), **place),
        single["chosen"].mark_rule(strokeWidth=1.5, strokeDash=[6, 3], **mark).encode(x=x),
        single["chosen"].mark_rule(strokeWidth=3, **mark).encode(x=x, **bottom),
        single["chosen"]
        .mark_point(shape="diamond", size=300, stroke=LIGHT["recomputed"], **ring)
        .encode(tooltip=tooltip[:5], **place),
        single["pinned"]
        .mark_point(shape="square", size=200, stroke=LIGHT["inferred"], **ring)
        .encode(tooltip=tooltip[:5], **place),
        single["paper"]
        .mark_point(shape="circle", size=90, filled=True, color=LIGHT["paper"], opacity=1)
        .encode(tooltip=tooltip[:5], **place),
        base.mark_rect(opacity=0).encode(
            x=alt.X("f:Q"), x2="t:Q", tooltip=tooltip, y=alt.value(0), y2=alt.value(280)
        ),
    ).properties(height=280)


def _choice_view(words: Words) -> alt.LayerChart:
    """Draw which choices each fit of the curve made: one row an option, one tick a fit."""
    options = [label for _, _, label in words["panel"]]
    x = alt.X(
        "r:Q",
        title=words["axis"]["rank"],
        scale=alt.Scale(domain=[0.5, {"expr": "fits + 0.5"}], nice=False),
        axis=alt.Axis(tickCount=5, format=",d"),
    )
    y = alt.Y("o:N", scale=alt.Scale(domain=options), title=None, axis=alt.Axis(labelFontSize=11))
    ticks = alt.Chart(alt.NamedData("panel")).encode(x=x, y=y)
    chosen = alt.Chart(alt.NamedData("picked")).encode(x=x, y=y)
    return alt.layer(
        ticks.mark_tick(orient="vertical", color=LIGHT["muted"], thickness=1.5, size=9),
        chosen.mark_point(
            shape="diamond", filled=True, color=LIGHT["recomputed"], size=60, opacity=1
        ),
    ).properties(height=14 * len(options))


def _fit_view(years: Sequence[int], words: Words) -> alt.LayerChart:
    x = alt.X(
        "y:Q",
        title=None,
        scale=alt.Scale(domain=[years[0] - 0.5, years[-1] + 0.5], nice=False),
        axis=alt.Axis(format="d", values=list(years)[::4]),
    )
    span = alt.Scale(domain=[{"expr": "bottom"}, {"expr": "top"}], nice=True)

    def tooltip(field: str, name: str) -> list[alt.Tooltip]:
        title = words["axis"][name]
        return [
            alt.Tooltip("y:Q", title=words["axis"]["year"]),
            alt.Tooltip(field, title=title, format=",.1f"),
        ]

    seen = alt.Chart(alt.NamedData("seen")).encode(
        x=x,
        y=alt.Y("o:Q", title=words["axis"]["persons"], scale=span),
        tooltip=tooltip("o:Q", "seen"),
    )
    fit = alt.Chart(alt.NamedData("fitted")).encode(x=x, y="p:Q", tooltip=tooltip("p:Q", "fitted"))
    pinned = alt.Chart(alt.NamedData("pinned_fit")).encode(x=x, y="p:Q")
    point = {"opacity": 1, "filled": True}
    return alt.layer(
        seen.mark_line(color=LIGHT["paper"]),
        seen.mark_point(shape="circle", size=60, color=LIGHT["paper"], **point),
        pinned.mark_line(color=LIGHT["inferred"], strokeDash=[2, 2]),
        fit.mark_line(color=LIGHT["recomputed"], strokeDash=[6, 3]),
        fit.mark_point(shape="diamond", size=70, color=LIGHT["recomputed"], **point),
    ).properties(height=190)


def _points(curve: pd.DataFrame, words: Words) -> list[dict[str, Any]]:
    names = words["classes"]

    def kind(row: Any) -> str:
        return "none" if not row.significant else "up" if row.elasticity > 0 else "down"

    return [
        {
            "r": row.rank,
            "f": row.first - 0.5,
            "t": row.last + 0.5,
            "id": row.id,
            "e": _cut(row.elasticity),
            "l": _cut(row.low),
            "h": _cut(row.high),
            "c": names[kind(row)],
        }
        for row in curve.itertuples(index=False)
    ]


def _options(grid: pd.DataFrame, words: Words) -> Callable[[float, float], list[dict[str, Any]]]:
    """Return what gives the rows of the choice panel for a fit's id and rank."""
    label = {(choice, value): text for choice, value, text in words["panel"]}
    choices = list(dict.fromkeys(choice for choice, _, _ in words["panel"]))
    chosen = grid.set_index("id")[choices].astype(str)
    return lambda number, rank: [
        {"r": rank, "o": label[choice, chosen.at[number, choice].lower()]} for choice in choices
    ]


def specification_curve(
    curve: pd.DataFrame,
    grid: pd.DataFrame,
    fitted: pd.DataFrame,
    series: pd.DataFrame,
    page: Mapping[str, Any],
    paper: Mapping[str, Any],
    words: Words,
) -> alt.VConcatChart:
    """Draw the curve of GDP, the choices under it, and below the fit of the chosen specification.

    Parameters
    ----------
    curve : as from ``econometrics.curve`` for GDP with classical errors.
    grid : as from ``econometrics.specification_grid``, with a column ``window``.
    fitted : as from ``econometrics.fitted_specification`` for the paper's specification.
    series : as from ``econometrics.specification_series``.
    page : what the script needs: that of ``econometrics.compact``, ``bands``, ``joint``, ``core``.
    paper : ``id``, ``rank``, ``elasticity``, ``low``, ``high``; ``fits`` here and in ``all``.
    words : the notebook's words; what each key holds can be read there.
    """
    points, options = _points(curve, words), _options(grid, words)
    reported = {key[0]: _cut(paper[key]) for key in ("elasticity", "low", "high")}
    reported |= {"r": int(paper["rank"]), "id": int(paper["id"])}
    low, high = (page["bands"]["core"]["gdp"][side] for side in ("low", "high"))
    lines = fitted[["year", "fitted_persons"]].itertuples(index=False)
    persons = [{"y": int(year), "p": round(p / 1000, 3)} for year, p in lines]
    seen = [{"y": int(y), "o": float(o) / 1000} for y, o in series["y"].items()]
    # Names in lists: a notebook sorts the keys of what it keeps.
    table = {
        **page,
        "words": {**words, "titles": list(words["titles"]), "terms": list(words["terms"])},
        "limit": LIMIT,
        "places": len(curve),
        "paper": reported["id"],
    }
    sets = {
        "curve": points,
        "band": [
            {"r": p["r"], "l": least, "h": most}
            for p, least, most in zip(points, low, high, strict=True)
        ],
        "panel": [option for point in points for option in options(point["id"], point["r"])],
        "picked": options(reported["id"], reported["r"]),
        "chosen": [reported],
        "paper": [reported | {"side": "right" if reported["r"] > 0.7 * paper["fits"] else "left"}],
        "zero": [{"e": 0}],
        "seen": seen,
        "fitted": persons,
        "table": [table],
        "pinned": [],
        "pinned_fit": [],
    }
    top = max([row["o"] for row in seen] + [row["p"] for row in persons])
    views = _curve_view(words), _choice_view(words), _fit_view(page["years"], words)
    chart = alt.vconcat(*views, spacing=48, bounds="flush", datasets=sets)
    return chart.add_params(*_controls(page, {**paper, "top": top}, words))
