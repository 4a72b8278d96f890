"""Charts of every specification: the curve, the fit that is chosen on it, and the shares by choice.

The page answers without a kernel: ``theme/static/specifications.js`` filters and sorts the compact table in the reader's
browser and hands the curve, the chosen fit and its series to the named data sets of the specification below. What the
script must say in the same words as the picture stands here and travels with the table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, figure

__all__ = ["chosen_choices", "chosen_terms", "specification_curve", "specification_shares"]

LABELS: dict[str, dict[str, str]] = {
    "regressors": {
        "gdp": "GDP alone",
        "unemployment": "unemployment alone",
        "both": "GDP and unemployment",
    },
    "gdp": {
        "printed": "as printed",
        "nominal": "US dollars, market rates",
        "constant": "constant prices",
        "current": "current edition",
        "none": "none",
    },
    "form": {"levels": "levels", "logs": "logarithms", "differences": "differences"},
    "trend": {"false": "none", "true": "linear"},
    "shift": {"none": "none", "2016": "from 2016", "2017": "from 2017"},
    "errors": {"classical": "classical", "newey-west": "Newey-West"},
    "term": {"gdp": "GDP", "unemployment": "Unemployment"},
}
TITLES = {
    "regressors": "Regressors",
    "gdp": "GDP series",
    "form": "Form",
    "trend": "Trend",
    "shift": "Level shift",
}
SHORT = {
    "all all": "All fits",
    "regressors gdp": "GDP alone",
    "regressors unemployment": "Unemployment alone",
    "regressors both": "Both regressors",
    "gdp printed": "GDP as printed",
    "gdp nominal": "GDP in US dollars",
    "gdp constant": "GDP, constant prices",
    "gdp current": "GDP, current edition",
    "gdp none": "No GDP",
    "form levels": "Levels",
    "form logs": "Logarithms",
    "form differences": "Differences",
    "trend false": "No trend",
    "trend true": "Linear trend",
    "shift none": "No level shift",
    "shift 2016": "Shift from 2016",
    "shift 2017": "Shift from 2017",
}
CLASSES = {
    "up": "positive, zero outside",
    "none": "zero inside the interval",
    "down": "negative, zero outside",
}
LIMIT = 20.0  # elasticities are drawn up to here; a fit beyond it stands at the edge
TERMS = {
    "const": "Constant",
    "gdp": "GDP",
    "unemployment": "Unemployment",
    "trend": "Trend",
    "shift": "Level shift",
}
LEVEL = 95
MINUS = "\N{MINUS SIGN}"
ABSENT = "absent"


def _cut(value: float) -> float:
    return max(-LIMIT, min(LIMIT, value))


def _digits(value: float, digits: int) -> str:
    """Return a number with so many significant digits, as the page's script writes it."""
    if value == 0:
        return "0"
    short = float(f"{value:.{digits - 1}e}")
    return f"{short:,.{max(0, digits - 1 - math.floor(math.log10(abs(short))))}f}".replace(
        "-", MINUS
    )


def _step(value: float, error: float) -> str:
    """Return a bound to the place of the second digit of the standard error."""
    places = 1 - math.floor(math.log10(error))
    return f"{round(value, places):,.{max(0, places)}f}".replace("-", MINUS)


def chosen_terms(row: Mapping[str, Any], critical: float) -> pd.DataFrame:
    """Return the coefficients of a row of the grid as text, one line a term, absent ones too.

    Parameters
    ----------
    row : a row of ``econometrics.specification_grid``; classical errors.
    critical : 97.5 % point of Student t with the row's degrees of freedom.

    Returns
    -------
    DataFrame of text: ``term``, ``coefficient``, ``error``, ``low``, ``high``.
    """
    lines = []
    for term, name in TERMS.items():
        b = float(row[f"b_{term}"])
        if math.isnan(b):
            lines.append((name, ABSENT, "", "", ""))
        elif term in LABELS["term"]:
            error = float(row[f"se_{term}"])
            lines.append(
                (
                    name,
                    _digits(b, 5),
                    _digits(error, 3),
                    _step(b - critical * error, error),
                    _step(b + critical * error, error),
                )
            )
        else:
            lines.append((name, _digits(b, 4), "", "", ""))
    return pd.DataFrame(lines, columns=["term", "coefficient", "error", "low", "high"])


def chosen_choices(row: Mapping[str, Any], critical: float, code: str) -> pd.DataFrame:
    """Return what a row of the grid is, as text: ``what``, ``value``; the elasticity is that of GDP."""
    b, error, elasticity = (float(row[f"{part}_gdp"]) for part in ("b", "se", "elasticity"))
    half = critical * error * elasticity / b
    lines = [
        ("Row of the table", str(int(row["id"]))),
        ("Years", f"{int(row['start'])} to {int(row['end'])}, {int(row['n'])} observations"),
        *[(title, LABELS[name][str(row[name]).lower()]) for name, title in TITLES.items()],
        ("Standard errors", LABELS["errors"]["classical"]),
        (
            "Elasticity shown",
            f"{elasticity:.2f} ({elasticity - half:.2f} to {elasticity + half:.2f})".replace(
                "-", MINUS
            ),
        ),
        ("R-square", f"{row['r2']:.3f}"),
        ("Durbin-Watson", f"{row['dw']:.2f}"),
        ("Code", code),
    ]
    return pd.DataFrame(lines, columns=["what", "value"])


def _select(name: str, title: str, options: Mapping[str, str], value: str) -> alt.Parameter:
    return alt.param(
        name=name,
        value=value,
        bind=alt.binding_select(options=list(options), labels=list(options.values()), name=title),
    )


def specification_curve(
    curve: pd.DataFrame,
    fitted: pd.DataFrame,
    series: pd.DataFrame,
    table: Mapping[str, Any],
    paper: Mapping[str, Any],
) -> alt.VConcatChart:
    """Draw the specification curve of GDP and, below it, the fit of the chosen specification.

    Parameters
    ----------
    curve : as from ``econometrics.curve`` for GDP with classical errors.
    fitted : as from ``econometrics.fitted_specification`` for the paper's specification.
    series : as from ``econometrics.specification_series``.
    table : as from ``econometrics.compact``.
    paper : the paper's point: ``id``, ``rank``, ``elasticity``, ``low``, ``high``, ``fits``.
    """
    shown = pd.DataFrame(
        {
            "r": curve["rank"],
            "f": curve["first"] - 0.5,
            "t": curve["last"] + 0.5,
            "id": curve["id"],
            "e": curve["elasticity"].map(_cut).round(4),
            "l": curve["low"].map(_cut).round(4),
            "h": curve["high"].map(_cut).round(4),
            "c": [
                CLASSES["none"] if not s else CLASSES["up"] if e > 0 else CLASSES["down"]
                for s, e in zip(curve["significant"], curve["elasticity"], strict=True)
            ],
        }
    )
    own = {
        "r": paper["rank"],
        "id": paper["id"],
        "e": round(_cut(paper["elasticity"]), 4),
        "l": round(_cut(paper["low"]), 4),
        "h": round(_cut(paper["high"]), 4),
    }
    line = pd.DataFrame(
        {
            "y": fitted["year"],
            "o": fitted["observed_persons"] / 1000,
            "p": fitted["fitted_persons"] / 1000,
        }
    )
    years = [int(y) for y in series.index]
    page = {
        # Names in lists: a notebook sorts the keys of what it keeps.
        **table,
        "labels": LABELS,
        "titles": list(TITLES),
        "classes": CLASSES,
        "terms": list(TERMS),
        "absent": ABSENT,
        "limit": LIMIT,
        "places": len(curve),
        "paper": int(paper["id"]),
        "years": years,
        "series": {name: [float(f"{v:.12g}") for v in series[name]] for name in series.columns},
    }
    any_of = {"any": "any"}
    params = [
        alt.param(
            name="term",
            value="gdp",
            bind=alt.binding_radio(
                options=list(LABELS["term"]), labels=list(LABELS["term"].values()), name="Slope of"
            ),
        ),
        alt.param(
            name="errors",
            value="classical",
            bind=alt.binding_radio(
                options=list(LABELS["errors"]),
                labels=list(LABELS["errors"].values()),
                name="Errors",
            ),
        ),
        *[_select(name, TITLES[name], any_of | LABELS[name], "any") for name in TITLES],
        _select(
            "start",
            "First year",
            any_of | {str(y): str(y) for y in table["choices"]["start"]},
            "any",
        ),
        _select(
            "end", "Last year", any_of | {str(y): str(y) for y in table["choices"]["end"]}, "any"
        ),
        alt.param(
            name="rank",
            value=int(paper["rank"]),
            bind=alt.binding_range(
                min=1, max=int(paper["fits"]), step=1, name="Chosen fit, by rank"
            ),
        ),
    ]
    # The page sets these three: a domain taken from data warns when a filter leaves nothing.
    top = max(float(line["o"].max()), float(line["p"].max()))
    params += [
        alt.param(name="fits", value=int(paper["fits"])),
        alt.param(name="bottom", value=0),
        alt.param(name="top", value=top),
    ]
    x = alt.X(
        "r:Q",
        title="rank of the fit, from the lowest elasticity",
        scale=alt.Scale(domain=[0.5, {"expr": "fits + 0.5"}], nice=False),
        axis=alt.Axis(tickCount=5, format=",d"),
    )
    title, scale, axis = (
        "elasticity of migration: % for each %",
        alt.Scale(type="symlog", constant=1, domain=[-LIMIT, LIMIT]),
        alt.Axis(values=[-20, -10, -5, -2, -1, 0, 1, 2, 5, 10, 20]),
    )
    y = alt.Y("e:Q", title=title, scale=scale, axis=axis)
    colour = alt.Scale(
        domain=list(CLASSES.values()), range=[LIGHT["ink"], LIGHT["neutral"], LIGHT["ink"]]
    )
    shape = alt.Scale(
        domain=list(CLASSES.values()), range=["triangle-up", "circle", "triangle-down"]
    )
    base = alt.Chart(alt.NamedData("curve"))
    chosen, own_point = alt.Chart(alt.NamedData("chosen")), alt.Chart(alt.NamedData("paper"))
    tooltip = [
        alt.Tooltip("id:Q", title="Row"),
        alt.Tooltip("r:Q", title="Rank", format=","),
        alt.Tooltip("e:Q", title="Elasticity", format=".2f"),
        alt.Tooltip("l:Q", title="Interval from", format=".2f"),
        alt.Tooltip("h:Q", title="to", format=".2f"),
        alt.Tooltip("c:N", title="Slope"),
    ]
    upper = alt.layer(
        base.mark_rule(strokeWidth=1.2, color=LIGHT["level3"]).encode(
            x=x, y=alt.Y("l:Q", title=title, scale=scale, axis=axis), y2="h:Q"
        ),
        alt.Chart(alt.NamedData("zero")).mark_rule(color=LIGHT["ink"]).encode(y="e:Q"),
        base.mark_point(size=16, filled=True, opacity=1).encode(
            x=x,
            y=y,
            color=alt.Color(
                "c:N", scale=colour, title=None, legend=alt.Legend(columns=1, symbolSize=60)
            ),
            shape=alt.Shape("c:N", scale=shape, title=None),
        ),
        own_point.mark_text(
            dy=-18,
            color=LIGHT["paper"],
            fontWeight="bold",
            fontSize=13,
            align=alt.expr("datum.side"),
            dx=alt.expr("datum.side == 'right' ? -2 : 2"),
        ).encode(x="r:Q", y="e:Q", text=alt.value("the paper")),
        chosen.mark_rule(color=LIGHT["recomputed"], strokeWidth=1.5, strokeDash=[6, 3]).encode(
            x="r:Q"
        ),
        chosen.mark_rule(color=LIGHT["recomputed"], strokeWidth=3).encode(
            x="r:Q", y="l:Q", y2="h:Q"
        ),
        chosen.mark_point(
            shape="diamond",
            size=300,
            filled=False,
            stroke=LIGHT["recomputed"],
            strokeWidth=2.5,
            opacity=1,
        ).encode(x="r:Q", y="e:Q", tooltip=tooltip[:5]),
        own_point.mark_point(
            shape="circle", size=90, filled=True, color=LIGHT["paper"], opacity=1
        ).encode(x="r:Q", y="e:Q", tooltip=tooltip[:5]),
        base.mark_rect(opacity=0).encode(
            x="f:Q", x2="t:Q", tooltip=tooltip, y=alt.value(0), y2=alt.value(300)
        ),
    ).properties(height=300, name="curve_view")
    time = alt.X(
        "y:Q",
        title=None,
        scale=alt.Scale(domain=[years[0] - 0.5, years[-1] + 0.5], nice=False),
        axis=alt.Axis(format="d", values=years[::4]),
    )
    seen = alt.Chart(alt.NamedData("seen")).encode(
        x=time,
        y=alt.Y(
            "o:Q",
            title="thousand persons",
            scale=alt.Scale(domain=[{"expr": "bottom"}, {"expr": "top"}], nice=True),
        ),
        tooltip=[
            alt.Tooltip("y:Q", title="Year"),
            alt.Tooltip("o:Q", title="Paper table 4, thousand", format=",.1f"),
        ],
    )
    fit = alt.Chart(alt.NamedData("fitted")).encode(
        x=time,
        y="p:Q",
        tooltip=[
            alt.Tooltip("y:Q", title="Year"),
            alt.Tooltip("p:Q", title="Chosen fit, thousand", format=",.1f"),
        ],
    )
    lower = alt.layer(
        seen.mark_line(color=LIGHT["paper"]),
        seen.mark_point(shape="circle", size=60, color=LIGHT["paper"], opacity=1, filled=True),
        fit.mark_line(color=LIGHT["recomputed"], strokeDash=[6, 3]),
        fit.mark_point(shape="diamond", size=70, color=LIGHT["recomputed"], opacity=1, filled=True),
    ).properties(height=190)
    sets = {
        "curve": shown.to_dict("records"),
        "chosen": [own],
        "paper": [own | {"side": "right" if paper["rank"] > 0.7 * paper["fits"] else "left"}],
        "zero": [{"e": 0}],
        "seen": [{"y": y, "o": float(o) / 1000} for y, o in series["y"].items()],
        "fitted": line[["y", "p"]].round(3).to_dict("records"),
        "table": [page],
    }
    chart = alt.vconcat(upper, lower, spacing=28, datasets=sets).add_params(*params)
    fits = int(paper["fits"])
    outside = curve["significant"] & (curve["elasticity"] > 0)
    return figure(
        chart,
        name="fig-specification-curve",
        caption=f"Every fit with the chosen filters, sorted by what it says: up to {len(curve)} of them are drawn, evenly spaced by rank, with their {LEVEL} % intervals. The circle is the paper's own specification, the diamond the chosen one; below, its fitted series beside migration as printed. A click on the curve chooses, and so does the slider.",
        alternative=f"Specification curve of GDP: {fits:,} fits from elasticity {curve['elasticity'].iloc[0]:.1f} to {curve['elasticity'].iloc[-1]:.1f}, {100 * float((curve['elasticity'] > 0).mean()):.0f} % of those drawn above zero. The paper's own fit, {paper['elasticity']:.2f}, has rank {int(paper['rank']):,}. Of the {len(curve)} fits drawn, {int(outside.sum())} are positive with zero outside the interval. Filters and the chosen fit are told in the text and tables after the figure.",
        source=["table4", "weo"],
        rows=curve,
        columns={
            "id": "Row",
            "rank": "Rank",
            "elasticity": "Elasticity",
            "low": "Interval from",
            "high": "to",
        },
        formats={"id": "d", "rank": ",d", "elasticity": ".2f", "low": ".2f", "high": ".2f"},
        script="specifications",
    )


def specification_shares(shares: pd.DataFrame) -> alt.LayerChart:
    """Draw how often a slope is positive, and how often it is significant, by choice.

    Parameters
    ----------
    shares : as from ``econometrics.shares``.
    """
    rows = pd.DataFrame(
        {
            "choice": [
                SHORT[f"{c} {v.lower()}"]
                for c, v in zip(shares["choice"], shares["value"], strict=True)
            ],
            "slope": shares["term"].map(LABELS["term"]),
            "fits": shares["fits"],
            **{
                key: (100 * shares[key]).round(1)
                for key in ("positive", "positive_significant", "negative_significant")
            },
        }
    )
    rows = rows[
        rows["choice"] != SHORT["gdp none"]
    ]  # the same fits as those with unemployment alone
    marks = {
        "positive": "positive",
        "positive_significant": "positive, and zero outside",
        "negative_significant": "negative, and zero outside",
    }
    long = rows.melt(
        id_vars=["choice", "slope", "fits"],
        value_vars=list(marks),
        var_name="key",
        value_name="percent",
    )
    long["mark"] = long["key"].map(marks)
    pick = alt.param(
        name="slope",
        value="GDP",
        bind=alt.binding_radio(options=list(LABELS["term"].values()), name="Slope of"),
    )
    order = list(dict.fromkeys(rows["choice"]))
    base = (
        alt.Chart(long)
        .transform_filter(alt.datum.slope == pick)
        .encode(
            y=alt.Y(
                "choice:N",
                sort=order,
                title=None,
                axis=alt.Axis(labelFontSize=12, ticks=False, grid=True),
            ),
            x=alt.X("percent:Q", title="% of the fits", scale=alt.Scale(domain=[0, 75])),
            tooltip=[
                alt.Tooltip("choice:N", title="Choice"),
                alt.Tooltip("slope:N", title="Slope of"),
                alt.Tooltip("mark:N", title="Slope is"),
                alt.Tooltip("percent:Q", title="% of the fits"),
                alt.Tooltip("fits:Q", title="Fits", format=","),
            ],
        )
    )
    chart = (
        alt.layer(
            alt.Chart(pd.DataFrame({"percent": [50]}))
            .mark_rule(color=LIGHT["neutral"], strokeDash=[4, 3])
            .encode(x="percent:Q"),
            base.mark_point(size=80, filled=True, opacity=1).encode(
                shape=alt.Shape(
                    "mark:N",
                    scale=alt.Scale(
                        domain=list(marks.values()),
                        range=["circle", "triangle-up", "triangle-down"],
                    ),
                    title=None,
                    legend=alt.Legend(columns=1, offset=4),
                ),
                color=alt.Color(
                    "mark:N",
                    scale=alt.Scale(
                        domain=list(marks.values()),
                        range=[LIGHT["neutral"], LIGHT["recomputed"], LIGHT["ink"]],
                    ),
                    title=None,
                ),
            ),
        )
        .add_params(pick)
        .properties(height=24 * len(order))
    )
    whole = rows[rows["choice"] == "All fits"]
    told = "; ".join(
        f"{r.slope}: {r.positive:.1f} % of {r.fits:,} fits positive, {r.positive_significant:.1f} % positive with zero outside, {r.negative_significant:.1f} % negative with zero outside"
        for r in whole.itertuples()
    )
    trend = rows[rows["choice"].isin([SHORT["trend false"], SHORT["trend true"]])]
    return figure(
        chart,
        name="fig-specification-shares",
        caption="How often the slope is positive, and how often the classical interval keeps zero outside, by each choice. Left of the dashed line, most fits are negative. A trend turns GDP around.",
        alternative=f"Shares of fits by choice. {told}. "
        + " ".join(
            f"{r.slope}, {r.choice}: {r.positive:.1f} % positive." for r in trend.itertuples()
        ),
        source=["table4", "weo"],
        rows=rows,
        columns={
            "choice": "Choice",
            "slope": "Slope of",
            "fits": "Fits",
            "positive": "Positive, %",
            "positive_significant": "Positive, zero outside, %",
            "negative_significant": "Negative, zero outside, %",
        },
        formats={
            "fits": ",d",
            "positive": ".1f",
            "positive_significant": ".1f",
            "negative_significant": ".1f",
        },
    )
