"""Charts of the paper's series, its regression and its inputs."""

from __future__ import annotations

import warnings
from typing import Any

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, SIGNS, sign_scale

__all__ = ["edition_matches", "linked_regression", "vintage_switch"]

THOUSANDS = "format(datum.value / 1000, ',.0f')"
MINUS = "\N{MINUS SIGN}"
LEAST_YEARS = 5  # two more than the coefficients: with three, every fit is perfect


def _signed(expression: str, spec: str = ",.0f") -> str:
    """Return a Vega expression that writes a number with a true minus sign."""
    return f"replace(format({expression}, '{spec}'), '-', '{MINUS}')"


def _number(value: float, spec: str) -> str:
    return format(value, spec).replace("-", MINUS)


def _refit(chart: alt.Chart, chosen: str) -> alt.Chart:
    """Fit y on x1 and x2 to the chosen years in the browser: normal equations about the means."""
    mean = [
        alt.AggregatedFieldDef(op="mean", field=f, **{"as": f"mean_{f}"}) for f in ("y", "x1", "x2")
    ]
    products = {
        "s11": ("d1", "d1"),
        "s22": ("d2", "d2"),
        "s12": ("d1", "d2"),
        "s1y": ("d1", "dy"),
        "s2y": ("d2", "dy"),
    }
    chart = chart.transform_filter(chosen).transform_joinaggregate(
        joinaggregate=[
            *mean,
            alt.AggregatedFieldDef(op="count", **{"as": "years"}),
            alt.AggregatedFieldDef(op="min", field="year", **{"as": "first"}),
            alt.AggregatedFieldDef(op="max", field="year", **{"as": "last"}),
        ]
    )
    chart = chart.transform_calculate(
        dy="datum.y - datum.mean_y", d1="datum.x1 - datum.mean_x1", d2="datum.x2 - datum.mean_x2"
    )
    chart = chart.transform_calculate(
        **{f"p_{name}": f"datum.{a} * datum.{b}" for name, (a, b) in products.items()}
    )
    chart = chart.transform_joinaggregate(
        joinaggregate=[
            alt.AggregatedFieldDef(op="sum", field=f"p_{name}", **{"as": name}) for name in products
        ]
    )
    chart = chart.transform_calculate(det="datum.s11 * datum.s22 - datum.s12 * datum.s12")
    chart = chart.transform_calculate(
        b1="(datum.s22 * datum.s1y - datum.s12 * datum.s2y) / datum.det",
        b2="(datum.s11 * datum.s2y - datum.s12 * datum.s1y) / datum.det",
    )
    return chart.transform_calculate(
        refit=f"datum.years >= {LEAST_YEARS} && datum.det > 0 ? "
        "datum.mean_y + datum.b1 * datum.d1 + datum.b2 * datum.d2 : null"
    )


ENOUGH = f"datum.years >= {LEAST_YEARS} && datum.det > 0"
CHOSEN = (
    "isDefined(years.year) ? datum.year >= years.year[0] && datum.year <= years.year[1] : "
    "datum.year >= from_year && datum.year <= to_year"
)
PERSONS = alt.Scale(domain=[0, 1_200_000], nice=False)
HINTS = [
    alt.Tooltip("year:Q", title="Year", format="d"),
    alt.Tooltip("y:Q", title="Internal migration, persons", format=","),
    alt.Tooltip("x1:Q", title="GDP, printed billions", format=".1f"),
    alt.Tooltip("x2:Q", title="Unemployment, %", format=".1f"),
    alt.Tooltip("fitted:Q", title="Fitted to all years", format=",.0f"),
]
HINTS_AGAIN = [*HINTS, alt.Tooltip("refit:Q", title="Fitted to the chosen years", format=",.0f")]


def _points(base: alt.Chart, x: alt.X, y: alt.Y, size: int) -> alt.Chart:
    """Return the printed years; those that are not chosen are faint."""
    faded = alt.condition(CHOSEN, alt.value(1), alt.value(0.3))
    _, colour, shape, _ = SIGNS["paper"]
    marks = base.mark_point(shape=shape, color=colour, size=size, opacity=1)
    return marks.encode(x=x, y=y, opacity=faded, tooltip=HINTS)


def _refitted_points(base: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    _, colour, shape, _ = SIGNS["recomputed"]
    marks = _refit(base, CHOSEN).mark_point(shape=shape, color=colour, size=46, opacity=1)
    return marks.encode(x=x, y=y, tooltip=HINTS_AGAIN)


def _words_of_the_fit(base: alt.Chart) -> list[alt.Chart]:
    """Return the chosen years and their coefficients in words, or that more years are needed."""
    text = (
        _refit(base, CHOSEN)
        .transform_filter(f"datum.year == datum.first && {ENOUGH}")
        .transform_calculate(
            one="'fit ' + datum.first + '–' + datum.last + ':'",
            two=f"'GDP ' + {_signed('datum.b1')}",
            three=f"'unemployment ' + {_signed('datum.b2')}",
        )
    )
    colours = {"one": SIGNS["recomputed"][1], "two": LIGHT["ink"], "three": LIGHT["ink"]}
    words = [
        text.mark_text(align="left", fontSize=12, color=colour).encode(
            x=alt.value(8), y=alt.value(12 + 16 * row), text=f"{field}:N"
        )
        for row, (field, colour) in enumerate(colours.items())
    ]
    few = (
        base.transform_filter(CHOSEN)
        .transform_aggregate(years="count()")
        .transform_filter(f"datum.years < {LEAST_YEARS}")
        .mark_text(align="left", color=LIGHT["muted"])
        .encode(x=alt.value(8), y=alt.value(12), text=alt.value("choose more years"))
    )
    return [*words, few]


def _over_the_years(
    base: alt.Chart, brush: alt.Parameter, first: int, last: int
) -> alt.VConcatChart:
    """Draw the three series, one above the other; migration with both fits."""
    frame = alt.Scale(domain=[first - 0.5, last + 0.5], nice=False, zero=False)
    ticks = list(range(first, last + 1, 5))

    def series(field: str, title: str, height: int, *, labels: bool, **axis: Any) -> tuple:
        shown = alt.Axis(format="d", values=ticks, labels=labels, grid=False)
        x = alt.X("year:Q", scale=frame, title=None, axis=shown)
        scale = PERSONS if field == "y" else alt.Scale(zero=False, nice=True)
        y = alt.Y(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(tickCount=4, **axis))
        line = base.mark_line(color=SIGNS["paper"][1], strokeWidth=1.5, opacity=0.55)
        return x, line.encode(x=x, y=y).properties(height=height), _points(base, x, y, 38)

    x, line, points = series("y", "migration, thousands", 165, labels=False, labelExpr=THOUSANDS)
    _, colour, _, dash = SIGNS["recomputed"]
    refit = alt.Y("refit:Q", scale=PERSONS)
    all_years = base.mark_line(color=LIGHT["neutral"], strokeDash=[3, 3], strokeWidth=1.5)
    migration = alt.layer(
        line.add_params(brush),
        all_years.encode(x=x, y=alt.Y("fitted:Q", scale=PERSONS)),
        _refit(base, CHOSEN).mark_line(color=colour, strokeDash=dash).encode(x=x, y=refit),
        points,
        _refitted_points(base, x, refit),
        *_words_of_the_fit(base),
    )
    _, *gdp = series("x1", "GDP, billions", 65, labels=False)
    _, *rate = series("x2", "unemployment, %", 65, labels=True)
    views = [alt.layer(line.add_params(brush), dots) for line, dots in (gdp, rate)]
    return alt.vconcat(migration, *views, spacing=14)


def _against(base: alt.Chart, values: pd.Series, title: str) -> alt.LayerChart:
    """Draw migration against one regressor, with the misses of the fit to the chosen years."""
    low, high = float(values.min()), float(values.max())
    edge = (high - low) / 20  # fixed, so that the axes stay while the choice changes
    across = alt.X(
        f"{values.name}:Q",
        title=title,
        scale=alt.Scale(domain=[low - edge, high + edge], nice=False, zero=False),
        axis=alt.Axis(tickCount=5),
    )
    axis = alt.Axis(labelExpr=THOUSANDS, tickCount=4)
    up = alt.Y("y:Q", scale=PERSONS, title="migration, thousands", axis=axis)
    misses = _refit(base, CHOSEN).mark_rule(color=SIGNS["recomputed"][1], opacity=0.6)
    return alt.layer(
        misses.encode(x=across, y=up, y2="refit:Q"),
        _points(base, across, up, 45),
        _refitted_points(base, across, alt.Y("refit:Q", scale=PERSONS)),
    ).properties(height=150)


def linked_regression(rows: pd.DataFrame) -> alt.HConcatChart:
    """Draw Table 4 as three series and two scatters that answer to the same choice of years.

    A brush over the years, or two sliders, chooses; the model is fitted anew to the chosen years.

    Parameters
    ----------
    rows : columns ``year``, ``y`` (persons), ``x1`` (billions), ``x2`` (per cent), ``fitted``
        (persons, all years).
    """
    first, last = int(rows["year"].min()), int(rows["year"].max())
    sliders = [
        alt.param(
            name=name,
            value=value,
            bind=alt.binding_range(min=first, max=last, step=1, name=words),
        )
        for name, value, words in (
            ("from_year", first, "From year"),
            ("to_year", last, "To year"),
        )
    ]
    brush = alt.selection_interval(
        name="years",
        encodings=["x"],
        mark=alt.BrushConfig(fill=LIGHT["neutral"], fillOpacity=0.15, stroke=LIGHT["neutral"]),
    )
    base = alt.Chart()
    right = alt.vconcat(
        _against(base, rows["x1"], "GDP, billions"),
        _against(base, rows["x2"], "unemployment, %"),
        spacing=14,
    )
    with warnings.catch_warnings():
        # One brush in three views is meant; Altair makes one of them and says so on the page.
        warnings.filterwarnings("ignore", "Automatically deduplicated selection parameter")
        left = _over_the_years(base, brush, first, last)
        return alt.hconcat(left, right, data=rows, spacing=18).add_params(*sliders)


def _squares(base: alt.Chart) -> list[alt.Chart]:
    """Return the years that are equal, as squares, and those that are not, as small rings."""
    tooltip = [
        alt.Tooltip("edition:N", title="Edition"),
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("printed:Q", title="Table 4 prints", format=".1f"),
        alt.Tooltip("value:Q", title="Edition says", format=".3f"),
        alt.Tooltip("verdict:N", title="To the printed decimal"),
    ]
    looks = {
        "equal": {"shape": "square", "filled": True, "size": 90, "color": LIGHT["official"]},
        "differs": {"shape": "circle", "filled": False, "size": 26, "color": LIGHT["neutral"]}
        | {"strokeWidth": 1.2},
    }
    return [
        base.transform_filter(f"datum.verdict == '{verdict}'")
        .mark_point(opacity=1, **look)
        .encode(tooltip=tooltip)
        for verdict, look in looks.items()
    ]


def edition_matches(years: pd.DataFrame, comparisons: list[str]) -> alt.LayerChart:
    """Draw in which years each edition of the World Economic Outlook equals a column of Table 4.

    Parameters
    ----------
    years : columns ``comparison`` (what is set against what), ``edition`` (in the order to be
        shown), ``year``, ``printed``, ``value``, ``match``.
    comparisons : the comparisons in the order of the switch.
    """
    editions = list(dict.fromkeys(years["edition"]))
    span = sorted(int(y) for y in years["year"].unique())
    total = (
        years.groupby(["comparison", "edition"], as_index=False, sort=False)["match"]
        .sum()
        .rename(columns={"match": "matches"})
    )
    pick = alt.param(
        name="comparison",
        value=comparisons[0],
        bind=alt.binding_radio(options=comparisons, labels=comparisons, name="Compare"),
    )
    rows = years.assign(verdict=years["match"].map({True: "equal", False: "differs"}))
    ticks = [y for y in span if (y - span[0]) % 5 == 0]
    y = alt.Y("edition:N", sort=editions, title="edition", axis=alt.Axis(labelFontSize=12))
    x = alt.X("year:O", title=None, axis=alt.Axis(values=ticks, labelAngle=0, orient="bottom"))
    base = (
        alt.Chart(rows[["comparison", "edition", "year", "printed", "value", "verdict"]])
        .transform_filter("datum.comparison == comparison")
        .encode(y=y, x=x)
    )
    counts = (
        alt.Chart(total)
        .transform_filter("datum.comparison == comparison")
        .mark_text(align="left", fontSize=13, fontWeight=600)
        .encode(
            y=alt.Y("edition:N", sort=editions),
            x=alt.value(alt.ExprRef("width + 6")),
            text="matches:Q",
            tooltip=[
                alt.Tooltip("edition:N", title="Edition"),
                alt.Tooltip("matches:Q", title="Years equal"),
            ],
        )
    )
    return (
        alt.layer(*_squares(base), counts)
        .add_params(pick)
        .properties(height=260, padding={"left": 4, "right": 26, "top": 4, "bottom": 4})
    )


def _coefficients_view(standardized: pd.DataFrame, start: str) -> alt.LayerChart:
    """Draw both coefficients of the chosen variant beside those of the first, the paper's."""
    order = list(dict.fromkeys(standardized["regressor"]))
    new = SIGNS["recomputed"]
    rows = standardized.assign(
        words=[f"{_number(r.raw, ',.0f')} persons per unit" for r in standardized.itertuples()]
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("regressor:N", sort=order, title=None, axis=alt.Axis(labelFontSize=13))
    )
    x = alt.X(
        "estimate:Q",
        title="standard deviations of migration per one of the regressor",
        scale=alt.Scale(domain=[-3, 3.6], nice=False),
    )
    tooltip = [
        alt.Tooltip("label:N", title="Data"),
        alt.Tooltip("regressor:N", title="Regressor"),
        alt.Tooltip("raw:Q", title="Persons per unit", format=",.1f"),
        alt.Tooltip("p:Q", title="p", format=".3f"),
        alt.Tooltip("estimate:Q", title="Standardized", format=".2f"),
        alt.Tooltip("low:Q", title="From", format=".2f"),
        alt.Tooltip("high:Q", title="To", format=".2f"),
        alt.Tooltip("r2:Q", title="R²", format=".3f"),
        alt.Tooltip("n:Q", title="Years"),
    ]
    now = base.transform_filter("datum.variant == variant")
    paper = base.transform_filter(alt.datum.variant == start)
    return alt.layer(
        alt.Chart(pd.DataFrame({"at": [0]}))
        .mark_rule(color=LIGHT["neutral"])
        .encode(x=alt.X("at:Q")),
        paper.mark_rule(color=SIGNS["paper"][1], strokeWidth=1.5, yOffset=8).encode(
            x=alt.X("low:Q"), x2="high:Q"
        ),
        paper.mark_point(
            shape="circle", color=SIGNS["paper"][1], size=50, yOffset=8, opacity=1
        ).encode(x=x, tooltip=tooltip),
        now.mark_rule(color=new[1], strokeWidth=2.5, yOffset=-6).encode(
            x=alt.X("low:Q"), x2="high:Q"
        ),
        now.mark_point(shape=new[2], color=new[1], size=110, yOffset=-6, opacity=1).encode(
            x=x, tooltip=tooltip
        ),
        now.mark_text(fontSize=12, yOffset=-21).encode(x=x, text="words:N"),
    ).properties(height=130)


def _series_view(series: pd.DataFrame) -> alt.LayerChart:
    """Draw what happened and what the chosen variant fits, with the interval of its mean."""
    new = SIGNS["recomputed"]
    first, last = int(series["year"].min()), int(series["year"].max())
    time = (
        alt.Chart(series)
        .transform_filter("datum.variant == variant")
        .encode(
            x=alt.X(
                "year:Q",
                title=None,
                scale=alt.Scale(domain=[first - 0.5, last + 0.5], nice=False),
                axis=alt.Axis(format="d", grid=False),
            )
        )
    )
    up = {"scale": alt.Scale(domain=[-200_000, 1_700_000], nice=False)}
    hints = [
        alt.Tooltip("year:Q", title="Year", format="d"),
        alt.Tooltip("observed:Q", title="Internal migration, persons", format=",.0f"),
        alt.Tooltip("fitted:Q", title="Fitted", format=",.0f"),
    ]
    return alt.layer(
        time.mark_area(color=new[1], opacity=0.15).encode(
            y=alt.Y("mean_low:Q", **up), y2="mean_high:Q"
        ),
        time.mark_line(color=SIGNS["paper"][1], strokeWidth=1.5, opacity=0.6).encode(
            y=alt.Y(
                "observed:Q", title="migration, thousands", axis=alt.Axis(labelExpr=THOUSANDS), **up
            )
        ),
        time.transform_calculate(
            sign=f"datum.year > 2021 ? '{SIGNS['official'][0]}' : '{SIGNS['paper'][0]}'"
        )
        .mark_point(size=50, opacity=1)
        .encode(
            y=alt.Y("observed:Q", **up),
            tooltip=hints,
            color=alt.Color("sign:N", scale=sign_scale("paper", "official"), legend=None),
            shape=alt.Shape(
                "sign:N", scale=sign_scale("paper", "official", channel="shape"), legend=None
            ),
        ),
        time.mark_line(color=new[1], strokeDash=new[3]).encode(y=alt.Y("fitted:Q", **up)),
        time.mark_point(shape=new[2], color=new[1], size=45, opacity=1).encode(
            y=alt.Y("fitted:Q", **up), tooltip=hints
        ),
    ).properties(height=210)


def vintage_switch(standardized: pd.DataFrame, series: pd.DataFrame) -> alt.VConcatChart:
    """Draw coefficients and fitted series under one choice of GDP, unemployment and years.

    Parameters
    ----------
    standardized : one row a variant and regressor, the paper's first: ``variant``, ``label``,
        ``regressor``, ``estimate``, ``low``, ``high`` (standard deviations of migration per one of
        the regressor), ``raw`` (persons per unit), ``r2``, ``n``.
    series : ``variant``, ``year``, ``observed``, ``fitted``, ``mean_low``, ``mean_high``.
    """
    labels = standardized.drop_duplicates("variant").set_index("variant")["label"]
    start = str(labels.index[0])
    pick = alt.param(
        name="variant",
        value=start,
        bind=alt.binding_select(
            options=list(labels.index), labels=list(labels), name="Data and unit"
        ),
    )
    views = _coefficients_view(standardized, start), _series_view(series)
    return alt.vconcat(*views, spacing=18).add_params(pick)
