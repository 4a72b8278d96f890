"""The scoreboard: claims by verdict, section and kind."""

from __future__ import annotations

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT

__all__ = ["scoreboard"]


def _section_or_kind() -> alt.Parameter:
    """Return the control that groups the claims by section of the paper or by kind."""
    bind = alt.binding_radio(
        options=["section", "kind"],
        labels=["section of the paper", "kind of claim"],
        name="Claims by",
    )
    return alt.param(name="by", value="section", bind=bind)


def _verdict_axis(labels: list[str]) -> alt.X:
    """Return the axis of verdicts above the rows, in the order of the labels.

    A phone has room for five columns only if a group's name stands above its row, and a verdict
    shows its mark alone.
    """
    axis = alt.Axis(
        orient="top",
        labelAngle=0,
        labelColor=LIGHT["ink"],
        labelExpr="width < 450 ? slice(datum.label, 0, 1) : datum.label",
        labelFontSize=13,
        domain=False,
        ticks=False,
    )
    return alt.X("label:N", sort=labels, title=None, axis=axis)


def scoreboard(counts: pd.DataFrame, verdicts: dict[str, str]) -> alt.LayerChart:
    """Draw how many claims have each verdict, by section or by kind; a circle can be picked to
    filter the table below.

    Parameters
    ----------
    counts : columns ``by`` (section or kind), ``group``, ``verdict``, ``claims``; groups in the
    order to be shown.
    verdicts : ``verdict -> mark``, in the order to be shown.
    """
    labels = {verdict: f"{mark} {verdict}" for verdict, mark in verdicts.items()}
    rows = counts.assign(
        label=counts["verdict"].map(labels),
        section=counts["group"].where(counts["by"] == "section", ""),
        kind=counts["group"].where(counts["by"] == "kind", ""),
    )
    by = _section_or_kind()
    base = (
        alt.Chart(rows)
        .transform_filter(alt.datum.by == by)
        .encode(
            y=alt.Y("group:N", sort=list(dict.fromkeys(rows["group"])), axis=None),
        )
    )
    at = base.encode(x=_verdict_axis(list(labels.values())))
    tooltip = [
        alt.Tooltip("group:N", title="Group"),
        alt.Tooltip("verdict:N", title="Verdict"),
        alt.Tooltip("claims:Q", title="Claims"),
    ]
    return (
        alt.layer(
            base.transform_aggregate(claims="sum(claims)", groupby=["group"])
            .mark_text(align="left", dy=-15, color=LIGHT["muted"])
            .encode(x=alt.value(0), text="group:N"),
            at.mark_point(
                shape="circle", opacity=1, color=LIGHT["paper"], filled=True, cursor="pointer"
            ).encode(
                size=alt.Size(
                    "claims:Q", legend=None, scale=alt.Scale(type="sqrt", range=[12, 330])
                ),
                tooltip=tooltip,
            ),
            at.mark_text(dx=14, align="left").encode(text="claims:Q"),
        )
        .add_params(by)
        .properties(height=44 * counts.groupby("by")["group"].nunique().max())
    )
