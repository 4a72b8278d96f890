"""Charts of internal educational mobility."""

from __future__ import annotations

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, SIGNS, figure, sign_scale

__all__ = ["funding_sources", "students_by_university_type"]

MEASURES = {
    "students": "students",
    "universities": "universities",
    "per_university": "students per university",
}
DIRECTIONS = {"both": "both", "sent": "sending", "received": "receiving"}


def students_by_university_type(flows: pd.DataFrame) -> alt.LayerChart:
    """Draw what universities of each type send and receive; the reader picks the measure and the direction.

    Parameters
    ----------
    flows : one row for each type and direction: ``university_type``, ``direction`` (``sent`` or ``received``),
        ``students``, ``universities``, ``per_university``.
    """
    order = list(dict.fromkeys(flows["university_type"]))
    long = flows.melt(["university_type", "direction"], list(MEASURES), "measure", "value")
    long["sign"] = [
        SIGNS["recomputed" if m == "per_university" else "paper"][0] for m in long["measure"]
    ]
    long["shown"] = [
        f"{v:,.1f} {d}" if m == "per_university" else f"{v:,.0f} {d}"
        for m, v, d in zip(long["measure"], long["value"], long["direction"], strict=True)
    ]
    long["what"] = long["measure"].map(MEASURES)
    measure = alt.param(
        name="measure",
        value="students",
        bind=alt.binding_radio(
            options=list(MEASURES), labels=list(MEASURES.values()), name="Count"
        ),
    )
    direction = alt.param(
        name="direction",
        value="both",
        bind=alt.binding_radio(
            options=list(DIRECTIONS), labels=list(DIRECTIONS.values()), name="Universities"
        ),
    )
    base = (
        alt.Chart(long)
        .transform_filter(
            "datum.measure === measure && (direction === 'both' || datum.direction === direction)"
        )
        .encode(
            y=alt.Y(
                "university_type:N",
                sort=order,
                title=None,
                axis=alt.Axis(labelFontSize=13, ticks=False),
                scale=alt.Scale(paddingInner=0.3),
            ),
            yOffset=alt.YOffset("direction:N", sort=["sent", "received"]),
        )
    )
    limits = (
        " : ".join(f"measure === '{m}' ? {1.45 * flows[m].max():.3g}" for m in MEASURES) + " : 1"
    )
    x = alt.X(
        "value:Q",
        title="students or universities",
        scale=alt.Scale(domainMin=0, domainMax=alt.ExprRef(limits), nice=False),
        axis=alt.Axis(tickCount=4),
    )
    colour = alt.Color("sign:N", scale=sign_scale("paper", "recomputed"), legend=None)
    tooltip = [
        alt.Tooltip("university_type:N", title="Universities"),
        alt.Tooltip("direction:N", title="Direction"),
        alt.Tooltip("what:N", title="Measure"),
        alt.Tooltip("value:Q", title="Value", format=",.4~r"),
        alt.Tooltip("sign:N", title="Source"),
    ]
    chart = (
        alt.layer(
            base.mark_rule(strokeWidth=2).encode(x=x, x2=alt.datum(0), color=colour),
            base.mark_point(size=90, opacity=1).encode(
                x=x,
                color=colour,
                shape=alt.Shape(
                    "sign:N", scale=sign_scale("paper", "recomputed", channel="shape"), legend=None
                ),
                tooltip=tooltip,
            ),
            base.transform_filter("datum.direction === 'sent'")
            .mark_point(shape="circle", size=18, color=LIGHT["surface"], opacity=1)
            .encode(x=x),
            base.mark_text(align="left", dx=10, fontSize=12).encode(x=x, text="shown:N"),
        )
        .add_params(measure, direction)
        .properties(height=270)
    )

    def words(kind: str) -> str:
        rows = flows[flows["university_type"] == kind].set_index("direction")
        return f"{kind} universities: {rows.at['sent', 'universities']:g} send {rows.at['sent', 'students']:,} students, {rows.at['received', 'universities']:g} receive {rows.at['received', 'students']:,}"

    totals = flows.groupby("direction")["students"].sum()
    return figure(
        chart,
        name="fig-university-types",
        caption="Paper table 2. State universities send more students than they receive; every other type receives more than it sends, national universities above all. Marks with a light centre are sent students.",
        alternative="; ".join(words(kind) for kind in order)
        + f". In all, {totals['sent']:,} sent and {totals['received']:,} received.",
        source=["table2"],
        rows=flows,
        columns={
            "university_type": "Universities",
            "direction": "Direction",
            "students": "Students",
            "universities": "Number of universities",
            "per_university": "Students per university",
        },
        formats={"students": ",d", "per_university": ".1f"},
    )


def funding_sources(shares: pd.DataFrame) -> alt.LayerChart:
    """Draw the one share of mobility funding that the text states, and the places of those it does not.

    Parameters
    ----------
    shares : columns ``source_of_funding``, ``share_pct`` (missing where the text states none), ``sign`` (a key of SIGNS);
        one row may carry what is left to the other sources, recomputed.
    """
    rows = shares.assign(
        shown=["not stated" if pd.isna(s) else f"{s:g} %" for s in shares["share_pct"]],
        sign=[SIGNS[s][0] for s in shares["sign"]],
    )
    # Short enough for a phone; the words of the paper stand in the tooltip and the table.
    rows = rows.assign(
        label=rows["source_of_funding"].replace(
            {
                "grant from the university": "university grant",
                "own funds of students": "students' funds",
                "university's own funds": "university's funds",
                "left to the other three": "the other three",
            }
        )
    )
    order = list(rows["label"])
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "label:N",
            sort=order,
            title=None,
            axis=alt.Axis(labelFontSize=13, ticks=False, labelLimit=200),
        )
    )
    x = alt.X(
        "share_pct:Q",
        title="share of students sent, %",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 50, 100]),
    )
    legend = alt.Legend(columnPadding=28)
    colour = alt.Color("sign:N", scale=sign_scale("paper", "recomputed"), title=None, legend=legend)
    shape = alt.Shape(
        "sign:N",
        scale=sign_scale("paper", "recomputed", channel="shape"),
        title=None,
        legend=legend,
    )
    stated = base.transform_filter("isValid(datum.share_pct)")
    tooltip = [
        alt.Tooltip("source_of_funding:N", title="Source"),
        alt.Tooltip("shown:N", title="Share"),
        alt.Tooltip("sign:N", title="Comes from"),
    ]
    chart = alt.layer(
        stated.mark_rule(strokeWidth=2).encode(x=x, x2=alt.datum(0), color=colour),
        stated.mark_point(size=120, opacity=1).encode(
            x=x, color=colour, shape=shape, tooltip=tooltip
        ),
        stated.mark_text(align="left", dx=12, fontSize=13).encode(x=x, text="shown:N"),
        base.transform_filter("!isValid(datum.share_pct)")
        .mark_text(align="left", dx=4, color=LIGHT["muted"], fontStyle="italic")
        .encode(x=alt.datum(0), text="shown:N", tooltip=tooltip),
    ).properties(height=170)
    known = rows.dropna(subset="share_pct")
    silent = rows[rows["share_pct"].isna()]["source_of_funding"]
    return figure(
        chart,
        name="fig-funding",
        narrow={"config": {"legend": {"columns": 1}}},
        caption="Paper figure 4, as far as the text states it: the share of one source. The rest stood only in the lost picture.",
        alternative="; ".join(
            f"{r.source_of_funding}: {r.shown}, {r.sign}" for r in known.itertuples()
        )
        + f". Not stated: {', '.join(silent)}.",
        source=["figure4"],
        rows=rows,
        columns={
            "source_of_funding": "Source of money",
            "share_pct": "Share, %",
            "sign": "Comes from",
        },
        formats={"share_pct": "g"},
    )
