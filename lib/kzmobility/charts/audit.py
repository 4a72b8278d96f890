"""Charts of the pages around the evidence: home and sources."""

from __future__ import annotations

import altair as alt
import pandas as pd

from proofbook.figure import SIGNS, figure, sign_scale

__all__ = ["home_series"]

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
