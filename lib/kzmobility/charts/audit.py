"""Charts of the pages around the evidence: home and sources."""

from __future__ import annotations

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, SIGNS, figure, sign_scale

__all__ = ["home_series", "sample_sizes", "works_by_year"]

THOUSANDS = alt.Axis(labelExpr="format(datum.value / 1000, ',d')")
LEGEND = alt.Legend(
    offset=30, columnPadding=28
)  # clear of the axis title, and of wider fonts than the renderer measures with


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
        x=alt.X(
            "year:Q",
            title=None,
            scale=alt.Scale(nice=False, padding=12),
            axis=alt.Axis(format="d", tickCount=6),
        ),
        y=alt.Y("persons:Q", title="internal migrants, thousand", axis=THOUSANDS),
        color=color,
        tooltip=[
            alt.Tooltip("year:Q", title="Year"),
            alt.Tooltip("sign:N", title="Which"),
            alt.Tooltip("persons:Q", title="Migrants", format=",.0f"),
            alt.Tooltip("missed:Q", title="Printed less equation", format="+,.0f"),
        ],
    )
    chart = alt.layer(
        base.mark_line().encode(
            strokeDash=alt.StrokeDash(
                "sign:N",
                scale=sign_scale("paper", "recomputed", channel="dash"),
                title=None,
                legend=LEGEND,
            )
        ),
        base.mark_point(opacity=1, size=55).encode(
            shape=alt.Shape(
                "sign:N",
                scale=sign_scale("paper", "recomputed", channel="shape"),
                title=None,
                legend=LEGEND,
            )
        ),
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
        columns={
            "year": "Year",
            "printed": "Printed, persons",
            "fitted": "Equation, persons",
            "missed": "Printed less equation, persons",
        },
        formats={"printed": ",.0f", "fitted": ",.0f", "missed": "+,.0f"},
        narrow={"height": 230},
    )


def works_by_year(works: pd.DataFrame) -> alt.LayerChart:
    """Draw the works of the reference list by year and language; the reader picks what they are cited for.

    Parameters
    ----------
    works : columns ``work`` (author and year), ``title``, ``year``, ``language``, ``purpose``.
    """
    languages = list(works["language"].value_counts().index)
    purposes = sorted(works["purpose"].unique())
    pick = alt.param(
        name="purpose",
        value="",
        bind=alt.binding_select(
            options=["", *purposes], labels=["everything", *purposes], name="Cited for"
        ),
    )
    rows = works.sort_values(["language", "year", "work"]).assign(
        place=lambda d: d.groupby(["language", "year"]).cumcount()
    )
    chosen = (pick == "") | (alt.datum.purpose == pick)
    # One sign for both languages: the lists are the paper's, and the axis tells the languages apart.
    chart = (
        alt.Chart(rows)
        .mark_point(size=75, shape="circle", color=LIGHT["paper"])
        .encode(
            x=alt.X(
                "year:Q",
                title=None,
                axis=alt.Axis(format="d", tickCount=8),
                scale=alt.Scale(zero=False, nice=False, padding=14),
            ),
            y=alt.Y(
                "language:N",
                sort=languages,
                title=None,
                axis=alt.Axis(labelFontSize=13, ticks=False),
            ),
            yOffset=alt.YOffset("place:O", sort="descending"),
            opacity=alt.when(chosen).then(alt.value(1)).otherwise(alt.value(0.15)),
            tooltip=[
                alt.Tooltip("work:N", title="Work"),
                alt.Tooltip("title:N", title="Title"),
                alt.Tooltip("year:Q", title="Year"),
                alt.Tooltip("purpose:N", title="Cited for"),
            ],
        )
        .add_params(pick)
        .properties(height=230)
    )
    recent = rows[rows["year"] >= rows["year"].max() - 9]
    counts = ", ".join(f"{(rows['language'] == name).sum()} in {name}" for name in languages)
    return figure(
        chart,
        name="fig-works",
        caption=f"The {len(rows)} works that the paper cites, by year and language of the title. {len(recent)} of them appeared from {recent['year'].min():.0f} on.",
        alternative=f"{len(rows)} cited works: {counts}. The oldest is of {rows['year'].min()}, the newest of {rows['year'].max()}. Cited for: "
        + ", ".join(f"{p} {(rows['purpose'] == p).sum()}" for p in purposes)
        + ".",
        source=["reference_lists", "citations"],
        rows=rows,
        columns={
            "work": "Work",
            "year": "Year",
            "language": "Language of the title",
            "purpose": "Cited for",
        },
    )


def sample_sizes(sizes: pd.DataFrame, stated: int) -> alt.LayerChart:
    """Draw, for every sample size, how many printed shares are possible in it; the reader picks the shares.

    Parameters
    ----------
    sizes : columns ``shares`` (which), ``n``, ``possible``, ``of``.
    stated : the sample size that the paper states.
    """
    choices = list(dict.fromkeys(sizes["shares"]))
    pick = alt.param(
        name="shares",
        value=choices[0],
        bind=alt.binding_radio(options=choices, labels=choices, name="Shares of"),
    )
    rows = sizes.assign(fits=sizes["possible"] == sizes["of"])
    base = (
        alt.Chart(rows)
        .transform_filter(alt.datum.shares == pick)
        .encode(
            x=alt.X("n:Q", title="number of respondents", scale=alt.Scale(nice=False, padding=8)),
            y=alt.Y(
                "possible:Q",
                title="printed shares that are possible",
                axis=alt.Axis(tickMinStep=1, format="d"),
            ),
            tooltip=[
                alt.Tooltip("n:Q", title="Respondents"),
                alt.Tooltip("possible:Q", title="Shares possible"),
                alt.Tooltip("of:Q", title="of"),
            ],
        )
    )
    fitting = base.transform_filter(alt.datum.fits)
    named = fitting.transform_filter(alt.datum.n == stated)
    chart = (
        alt.layer(
            base.transform_filter(~alt.datum.fits).mark_point(
                shape="circle", filled=False, size=18, color=LIGHT["neutral"]
            ),
            fitting.mark_point(shape="diamond", size=90, color=LIGHT["recomputed"], opacity=1),
            named.mark_text(align="left", dx=10, fontWeight="bold").encode(text="n:Q"),
        )
        .add_params(pick)
        .properties(height=230)
    )
    fit = {c: list(rows[(rows["shares"] == c) & rows["fits"]]["n"]) for c in choices}
    told = "; ".join(
        f"shares of {c}: {len(ns)} sizes fit, the smallest {min(ns)}"
        if ns
        else f"shares of {c}: no size fits"
        for c, ns in fit.items()
    )
    return figure(
        chart,
        name="fig-sample-sizes",
        caption=f"Which numbers of respondents the printed shares allow. A diamond: every share is a whole number of people. The stated {stated} is one of them.",
        alternative=f"Sample sizes from {rows['n'].min()} to {rows['n'].max()}. {told}. The stated size is {stated}.",
        source=["survey", "survey_reasons"],
        rows=rows[rows["fits"]],
        columns={"shares": "Shares of", "n": "Respondents", "possible": "Shares possible"},
    )
