"""Charts of the pages around the evidence: home, introduction, sources, survey."""

from __future__ import annotations

import altair as alt
import pandas as pd

from kzmobility.charts.theme import LIGHT, SIGNS, figure, sign_scale

__all__ = ["home_series", "income_gap", "survey_answers", "target_path", "works_by_year"]

THOUSANDS = alt.Axis(labelExpr="format(datum.value / 1000, ',d')")
LEGEND = alt.Legend(offset=30, columnPadding=28)  # clear of the axis title, and of wider fonts than the renderer measures with


def home_series(series: pd.DataFrame) -> alt.LayerChart:
    """Draw the migration series of Paper table 4 with the values that the paper's equation gives back.

    Parameters
    ----------
    series : columns ``year``, ``printed`` and ``fitted``, both in persons, one row a year.
    """
    words = {"printed": SIGNS["paper"][0], "fitted": SIGNS["recomputed"][0]}
    rows = series.assign(missed=series["printed"] - series["fitted"])
    long = rows.melt(["year", "missed"], list(words), "sign", "persons").replace({"sign": words})
    color = alt.Color("sign:N", scale=sign_scale("paper", "recomputed"), title=None, legend=LEGEND)
    base = alt.Chart(long).encode(
        x=alt.X("year:Q", title=None, scale=alt.Scale(nice=False, padding=12), axis=alt.Axis(format="d", tickCount=6)),
        y=alt.Y("persons:Q", title="internal migrants, thousand", axis=THOUSANDS),
        color=color,
        tooltip=[
            alt.Tooltip("year:Q", title="Year"), alt.Tooltip("sign:N", title="Which"),
            alt.Tooltip("persons:Q", title="Migrants", format=",.0f"), alt.Tooltip("missed:Q", title="Printed less equation", format="+,.0f"),
        ],
    )
    chart = alt.layer(
        base.mark_line().encode(strokeDash=alt.StrokeDash("sign:N", scale=sign_scale("paper", "recomputed", channel="dash"), title=None, legend=LEGEND)),
        base.mark_point(opacity=1, size=55).encode(shape=alt.Shape("sign:N", scale=sign_scale("paper", "recomputed", channel="shape"), title=None, legend=LEGEND)),
    ).properties(height=270)
    first, last, top = rows.iloc[0], rows.iloc[-1], rows.loc[rows["printed"].idxmax()]
    worst = rows.loc[rows["missed"].abs().idxmax()]
    side = "above" if worst["missed"] > 0 else "below"
    return figure(
        chart,
        name="fig-home-series",
        caption=f"Internal migration in Paper table 4, and what the paper's equation makes of it. The series steps up within a few years; the equation spreads the step over the whole period. In {worst['year']:.0f} it misses by {abs(worst['missed']):,.0f} people.",
        alternative=(
            f"Internal migrants from {first['year']:.0f} to {last['year']:.0f}. Printed series: {first['printed']:,.0f} in {first['year']:.0f}, highest {top['printed']:,.0f} in {top['year']:.0f}, "
            f"{last['printed']:,.0f} in {last['year']:.0f}. Values of the equation: {first['fitted']:,.0f}, {rows.set_index('year')['fitted'][top['year']]:,.0f} and {last['fitted']:,.0f} in the same years. "
            f"The largest miss is in {worst['year']:.0f}, where the printed number lies {abs(worst['missed']):,.0f} {side} the equation."
        ),
        source=["table4", "equation"],
        rows=rows,
        columns={"year": "Year", "printed": "Printed, persons", "fitted": "Equation, persons", "missed": "Printed less equation, persons"},
        formats={"printed": ",.0f", "fitted": ",.0f", "missed": "+,.0f"},
        narrow={"height": 230},
    )


def income_gap(gaps: pd.DataFrame, printed: pd.DataFrame) -> alt.LayerChart:
    """Draw how many times the richest region exceeds the poorest, by official measure, against what the paper states.

    Parameters
    ----------
    gaps : columns ``measure``, ``year``, ``gap`` (times), ``richest``, ``poorest`` (names of regions).
    printed : columns ``label``, ``gap`` (times): what the paper states.
    """
    measures = list(dict.fromkeys(gaps["measure"]))
    pick = alt.param(name="measure", value=measures[0], bind=alt.binding_radio(options=measures, labels=measures, name="Measure"))
    y = alt.Y("gap:Q", title="richest region over poorest, times", scale=alt.Scale(zero=True, nice=True))
    x = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickCount=6), scale=alt.Scale(nice=False, padding=12))
    base = alt.Chart(gaps).transform_filter(alt.datum.measure == pick).encode(
        x=x, y=y,
        tooltip=[
            alt.Tooltip("measure:N", title="Measure"), alt.Tooltip("year:Q", title="Year"), alt.Tooltip("gap:Q", title="Times", format=".2f"),
            alt.Tooltip("richest:N", title="Richest"), alt.Tooltip("poorest:N", title="Poorest"),
        ],
    )
    stated = alt.Chart(printed).encode(y=alt.Y("gap:Q"), tooltip=[alt.Tooltip("label:N", title="The paper states"), alt.Tooltip("gap:Q", title="Times")])
    chart = alt.layer(
        stated.mark_rule(color=LIGHT["paper"], strokeWidth=2),
        stated.mark_text(baseline="bottom", dy=-4, color=LIGHT["paper"], fontSize=12).encode(x=alt.value(alt.expr("width / 2")), text="label:N"),
        base.mark_line(color=LIGHT["official"]),
        base.mark_point(color=LIGHT["official"], shape="square", opacity=1, size=55),
    ).add_params(pick).properties(height=270)

    def said(measure: str) -> str:
        of = gaps[gaps["measure"] == measure].sort_values("year")
        low, high, last = of.loc[of["gap"].idxmin()], of.loc[of["gap"].idxmax()], of.iloc[-1]
        if len(of) == 1:
            return f"{measure}: {last['gap']:.1f} times in {last['year']}, {last['richest']} over {last['poorest']}."
        return f"{measure}: from {low['gap']:.1f} times in {low['year']} to {high['gap']:.1f} in {high['year']}; last {last['gap']:.1f} in {last['year']}, {last['richest']} over {last['poorest']}."

    lines = " and ".join(f"{r.gap:g} times ({r.label})" for r in printed.itertuples())
    first = gaps[gaps["measure"] == measures[0]]
    return figure(
        chart,
        name="fig-stated-income-gap",
        caption=f"The gap between the richest and the poorest region depends on the measure. By {measures[0].lower()} it lies between {first['gap'].min():.1f} and {first['gap'].max():.1f} times, around the paper's line.",
        alternative=f"Official gaps between regions. {' '.join(said(m) for m in measures)} Lines show what the paper states: {lines}.",
        source=["statements", "income", "grp_per_capita", "wages"],
        rows=gaps,
        columns={"measure": "Measure", "year": "Year", "gap": "Gap, times", "richest": "Richest region", "poorest": "Poorest region"},
        formats={"gap": ".2f"},
    )


def target_path(targets: pd.DataFrame) -> alt.LayerChart:
    """Draw the two stated values of the target indicator, and nothing between them.

    Parameters
    ----------
    targets : columns ``year``, ``value_pct``; one row a stated value.
    """
    rows = targets.sort_values("year").assign(shown=[f"{v:g} %" for v in targets.sort_values("year")["value_pct"]])
    first, last = rows.iloc[0], rows.iloc[-1]
    base = alt.Chart(rows).encode(
        x=alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickCount=int(last["year"] - first["year"])), scale=alt.Scale(nice=False, padding=30)),
        y=alt.Y("value_pct:Q", title="share of arrivals in the north and east, %", scale=alt.Scale(domain=[0, 20])),
    )
    chart = alt.layer(
        base.mark_line(color=LIGHT["neutral"], strokeDash=[2, 4], strokeWidth=1.5),
        base.mark_point(color=LIGHT["paper"], shape="circle", opacity=1, size=130).encode(tooltip=[alt.Tooltip("year:Q", title="Year"), alt.Tooltip("shown:N", title="Stated share")]),
        base.mark_text(dy=-16, fontSize=13).encode(text="shown:N"),
    ).properties(height=190)
    return figure(
        chart,
        name="fig-target-path",
        caption=f"The one target that the paper quotes: from {first['shown']} in {first['year']} to {last['shown']} in {last['year']}. No value between is stated; the dotted line only joins the two.",
        alternative=f"Share of arrivals in the northern and eastern regions among people who move between regions: {first['shown']} in {first['year']}, {last['shown']} planned for {last['year']}. The years between are not stated.",
        source=["targets"],
        rows=rows,
        columns={"year": "Year", "value_pct": "Stated share, %"},
        formats={"value_pct": "g"},
    )


def survey_answers(reasons: pd.DataFrame) -> alt.LayerChart:
    """Draw the survey's reasons for leaving, with a switch from the printed share to the count that it implies.

    Parameters
    ----------
    reasons : columns ``reason``, ``share_pct`` (printed), ``count`` (implied persons), ``low_pct`` and ``high_pct`` (ends of the
        95 % interval), in the order to be shown.
    """
    order = list(reasons["reason"])
    show = alt.param(name="interval", value=False, bind=alt.binding_checkbox(name="Show the interval of each share"))
    rows = reasons.assign(shown=[f"{s:g} %, {c} {'person' if c == 1 else 'people'}" for s, c in zip(reasons["share_pct"], reasons["count"], strict=True)])
    base = alt.Chart(rows).encode(y=alt.Y("reason:N", sort=order, axis=None))
    x = alt.X("share_pct:Q", title="share of respondents, %", scale=alt.Scale(domain=[0, 60]))
    tooltip = [
        alt.Tooltip("reason:N", title="Reason"), alt.Tooltip("share_pct:Q", title="Printed share, %"), alt.Tooltip("count:Q", title="People implied"),
        alt.Tooltip("low_pct:Q", title="Interval from, %", format=".1f"), alt.Tooltip("high_pct:Q", title="to, %", format=".1f"),
    ]
    chart = alt.layer(
        # Long words stand above their line and not beside it, so that a phone has room for the line.
        base.mark_text(align="left", fontSize=13, dy=-15).encode(x=alt.value(0), text="reason:N"),
        base.mark_rule(strokeWidth=2, color=LIGHT["paper"]).encode(x=x, x2=alt.datum(0)),
        base.mark_rule(strokeWidth=6, color=LIGHT["recomputed"]).encode(x="low_pct:Q", x2="high_pct:Q", opacity=alt.when(show).then(alt.value(0.75)).otherwise(alt.value(0)), tooltip=tooltip),
        base.mark_point(shape="circle", size=130, color=LIGHT["paper"], opacity=1).encode(x=x, tooltip=tooltip),
        base.mark_text(align="left", fontSize=12, dx=12).encode(x=x, text="shown:N", opacity=alt.when(show).then(alt.value(0)).otherwise(alt.value(1))),
        base.mark_text(align="left", fontSize=12, dx=8).encode(x="high_pct:Q", text="shown:N", opacity=alt.when(show).then(alt.value(1)).otherwise(alt.value(0))),
    ).add_params(show).properties(height=46 * len(rows))
    first, second = rows.iloc[0], rows.iloc[1]
    return figure(
        chart,
        name="fig-survey-answers",
        caption=f"Reasons for leaving the former home, printed shares and the people they stand for. {first['reason'].capitalize()} and {second['reason']} lead; the rarest reasons are single answers.",
        alternative="Reasons for leaving: " + "; ".join(f"{r.reason} {r.shown}" for r in rows.itertuples()) + ".",
        source=["survey_reasons", "survey"],
        rows=rows,
        columns={"reason": "Reason", "share_pct": "Printed share, %", "count": "People implied", "low_pct": "Interval from, %", "high_pct": "to, %"},
        formats={"share_pct": "g", "low_pct": ".1f", "high_pct": ".1f"},
    )


def works_by_year(works: pd.DataFrame) -> alt.LayerChart:
    """Draw the works of the reference list by year and language; the reader picks what they are cited for.

    Parameters
    ----------
    works : columns ``work`` (author and year), ``title``, ``year``, ``language``, ``purpose``.
    """
    languages = list(works["language"].value_counts().index)
    purposes = sorted(works["purpose"].unique())
    pick = alt.param(name="purpose", value="", bind=alt.binding_select(options=["", *purposes], labels=["everything", *purposes], name="Cited for"))
    rows = works.sort_values(["language", "year", "work"]).assign(place=lambda d: d.groupby(["language", "year"]).cumcount())
    chosen = (pick == "") | (alt.datum.purpose == pick)
    color = alt.Color("language:N", scale=alt.Scale(domain=languages, range=[LIGHT["paper"], LIGHT["recomputed"], LIGHT["official"]][: len(languages)]), legend=None)
    chart = alt.Chart(rows).mark_point(size=75).encode(
        x=alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickCount=8), scale=alt.Scale(zero=False, nice=False, padding=14)),
        y=alt.Y("language:N", sort=languages, title=None, axis=alt.Axis(labelFontSize=13, ticks=False)),
        yOffset=alt.YOffset("place:O", sort="descending"),
        color=color,
        shape=alt.Shape("language:N", scale=alt.Scale(domain=languages, range=["circle", "diamond", "square"][: len(languages)]), legend=None),
        opacity=alt.when(chosen).then(alt.value(1)).otherwise(alt.value(0.15)),
        tooltip=[alt.Tooltip("work:N", title="Work"), alt.Tooltip("title:N", title="Title"), alt.Tooltip("year:Q", title="Year"), alt.Tooltip("purpose:N", title="Cited for")],
    ).add_params(pick).properties(height=230)
    recent = rows[rows["year"] >= rows["year"].max() - 9]
    counts = ", ".join(f"{(rows['language'] == name).sum()} in {name}" for name in languages)
    return figure(
        chart,
        name="fig-works",
        caption=f"The {len(rows)} works that the paper cites, by year and language of the title. {len(recent)} of them appeared from {recent['year'].min():.0f} on.",
        alternative=f"{len(rows)} cited works: {counts}. The oldest is of {rows['year'].min()}, the newest of {rows['year'].max()}. Cited for: " + ", ".join(f"{p} {(rows['purpose'] == p).sum()}" for p in purposes) + ".",
        source=["reference_lists", "citations"],
        rows=rows,
        columns={"work": "Work", "year": "Year", "language": "Language of the title", "purpose": "Cited for"},
    )


