"""Charts of regressions between series that have nothing to do with each other."""

from __future__ import annotations

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, figure

__all__ = ["SHORT", "robust_size", "spurious_examples", "spurious_fit"]

# The designs of econometrics.DESIGNS in the words of the switch.
SHORT = {
    "driftless": "Three walks without drift",
    "drift": "Three walks that drift",
    "fixed_x": "The paper's regressors, a walk",
    "fixed_x_drift": "The paper's regressors, a drifting walk",
    "shuffled": "The paper's regressors, its own changes reordered",
    "shuffled_years": "Years shuffled: the wrong null",
}


def spurious_fit(histogram: pd.DataFrame, summary: pd.DataFrame, r2: float) -> alt.LayerChart:
    """Draw the distribution of R-square under a design that the reader picks, with the paper's value.

    Parameters
    ----------
    histogram, summary : as from ``econometrics.study``.
    r2 : the paper's R-square.
    """
    part = histogram[histogram["statistic"] == "r2"]
    width = float((part["high"] - part["low"]).iloc[0])
    rows = pd.DataFrame(
        {
            "design": part["design"].map(SHORT),
            "low": part["low"].round(2),
            "high": part["high"].round(2),
            # Percent of the draws a bin, rounded: the last digits of a count's share say nothing.
            "percent": (part["density"] * width * 100).round(4),
            "side": [
                "at least the paper's" if low >= r2 - width / 2 else "below" for low in part["low"]
            ],
        }
    )
    words = pd.DataFrame(
        {
            "design": [SHORT[d] for d in summary.index],
            "text": [
                f"{100 * p:.1f} % fit as well" if p >= 5e-4 else f"{100 * p:.3f} % fit as well"
                for p in summary["p_r2"]
            ],
        }
    )
    pick = alt.param(
        name="design",
        value=SHORT["driftless"],
        bind=alt.binding_select(options=list(words["design"]), name="Invented data"),
    )
    base = alt.Chart(rows).transform_filter(alt.datum.design == pick)
    x = alt.X("low:Q", title="R-square", scale=alt.Scale(domain=[0, 1], nice=False))
    marker = alt.Chart(pd.DataFrame({"low": [r2], "text": [f"the paper: {r2:.3f}"]}))
    chart = (
        alt.layer(
            base.mark_rect(stroke=LIGHT["surface"], strokeWidth=0.5).encode(
                x=x,
                x2="high:Q",
                y=alt.Y("percent:Q", title="% of the draws", scale=alt.Scale(zero=True)),
                y2=alt.datum(0),
                color=alt.Color(
                    "side:N",
                    scale=alt.Scale(
                        domain=["at least the paper's", "below"],
                        range=[LIGHT["recomputed"], LIGHT["neutral"]],
                    ),
                    legend=None,
                ),
                tooltip=[
                    alt.Tooltip("design:N", title="Invented data"),
                    alt.Tooltip("low:Q", title="R-square from"),
                    alt.Tooltip("high:Q", title="to"),
                    alt.Tooltip("percent:Q", title="% of the draws", format=".2f"),
                ],
            ),
            marker.mark_rule(color=LIGHT["paper"], strokeWidth=2.5).encode(x=x),
            marker.mark_text(
                align="center", color=LIGHT["paper"], fontWeight="bold", fontSize=13
            ).encode(x=x, y=alt.value(-10), text="text:N"),
            alt.Chart(words)
            .transform_filter(alt.datum.design == pick)
            .mark_text(align="left", color=LIGHT["recomputed"], fontWeight="bold", fontSize=13)
            .encode(x=alt.value(0), y=alt.value(-32), text="text:N"),
        )
        .add_params(pick)
        .properties(height=260)
    )
    return figure(
        chart,
        name="fig-spurious",
        caption="How well two regressors explain a series that has nothing to do with them. The line is the paper's R-square; the darker bars right of it are draws that fit at least as well. Only when the years are shuffled, so that no series wanders, does chance almost never reach it.",
        alternative=f"Distribution of R-square over {int(summary['draws'].iloc[0]):,} draws a design. Share with at least the paper's {r2:.3f}: "
        + "; ".join(
            f"{SHORT[d]} {100 * p:.1f} %" if p >= 5e-4 else f"{SHORT[d]} {100 * p:.3f} %"
            for d, p in summary["p_r2"].items()
        )
        + ".",
        source=["table4"],
        rows=rows,
        columns={
            "design": "Invented data",
            "low": "R-square from",
            "high": "to",
            "percent": "% of the draws",
        },
        formats={"low": ".2f", "high": ".2f", "percent": ".4f"},
    )


def spurious_examples(examples: pd.DataFrame, r2: float) -> alt.LayerChart:
    """Draw invented series with their fits on the paper's GDP and unemployment; the reader leafs through them.

    Parameters
    ----------
    examples : as from ``econometrics.examples``.
    r2 : the paper's R-square.
    """
    rows = examples.assign(
        outcome=(examples["outcome"] / 1000).round(1),
        fitted=(examples["fitted"] / 1000).round(1),
        r2=examples["r2"].round(3),
        dw=examples["dw"].round(2),
    )[["draw", "year", "outcome", "fitted", "r2", "dw"]]
    last = int(rows["draw"].max())
    pick = alt.param(
        name="draw",
        value=1,
        bind=alt.binding_range(min=1, max=last, step=1, name="Invented series"),
    )
    base = alt.Chart(rows).transform_filter(alt.datum.draw == pick)
    first, end = int(rows["year"].min()), int(rows["year"].max())
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[first - 0.5, end + 0.5], nice=False),
        axis=alt.Axis(format="d", values=list(range(first, end + 1, 4))),
    )
    tooltip = [
        alt.Tooltip("year:Q", title="Year"),
        alt.Tooltip("outcome:Q", title="Invented, thousand"),
        alt.Tooltip("fitted:Q", title="Fitted, thousand"),
        alt.Tooltip("r2:Q", title="R-square"),
    ]
    y = alt.Y("outcome:Q", title="invented series, thousand")
    ends = base.transform_filter(alt.datum.year == first)
    chart = (
        alt.layer(
            base.mark_line(color=LIGHT["inferred"], strokeDash=[2, 2]).encode(x=x, y=y),
            base.mark_point(
                shape="triangle-up", size=70, color=LIGHT["inferred"], opacity=1, filled=True
            ).encode(x=x, y=y, tooltip=tooltip),
            base.mark_line(color=LIGHT["recomputed"], strokeDash=[6, 3]).encode(x=x, y="fitted:Q"),
            base.mark_point(
                shape="diamond", size=60, color=LIGHT["recomputed"], opacity=1, filled=True
            ).encode(x=x, y="fitted:Q", tooltip=tooltip),
            ends.transform_calculate(
                text="'R-square ' + format(datum.r2, '.3f') + ', Durbin-Watson ' + format(datum.dw, '.2f')"
            )
            .mark_text(align="left", fontSize=13, fontWeight="bold", color=LIGHT["recomputed"])
            .encode(x=alt.value(0), y=alt.value(-32), text="text:N"),
        )
        .add_params(pick)
        .properties(height=240)
    )
    each = rows.drop_duplicates("draw")
    better = int((each["r2"] >= r2).sum())
    return figure(
        chart,
        name="fig-spurious-examples",
        caption=f"Leaf through {last} invented series (triangles), each fitted by the paper's GDP and unemployment (diamonds). {better} of them fit at least as well as migration does.",
        alternative=f"{last} random series, none related to the economy, with fits on the paper's regressors. R-square: "
        + ", ".join(f"{int(r.draw)}: {r.r2:.2f}" for r in each.itertuples())
        + f". The paper has {r2:.2f}.",
        source=["table4"],
        rows=rows,
        columns={
            "draw": "Invented series",
            "year": "Year",
            "outcome": "Invented, thousand",
            "fitted": "Fitted, thousand",
            "r2": "R-square",
            "dw": "Durbin-Watson",
        },
        formats={
            "draw": "d",
            "year": "d",
            "outcome": ",.1f",
            "fitted": ",.1f",
            "r2": ".3f",
            "dw": ".2f",
        },
    )


def robust_size(size: pd.DataFrame, nominal: float = 0.05) -> alt.LayerChart:
    """Draw how often unrelated walks have "significant" slopes, by kind of standard error.

    Parameters
    ----------
    size : as from ``econometrics.robust_size``.
    nominal : the share that the test promises.
    """
    names = {"classical": "Classical", "nw0": "HC1"}
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "errors": [
                        names.get(
                            e, f"Newey-West, {str(e)[2:]} lag{'s' if str(e) != 'nw1' else ''}"
                        )
                        for e in size.index
                    ],
                    "slope": slope,
                    "percent": (100 * size[b]).round(1).to_numpy(),
                }
            )
            for b, slope in (("b1", "GDP"), ("b2", "Unemployment"))
        ],
        ignore_index=True,
    )
    order = list(dict.fromkeys(rows["errors"]))
    base = alt.Chart(rows).encode(
        y=alt.Y("errors:N", sort=order, title=None, axis=alt.Axis(labelFontSize=13, ticks=False)),
        x=alt.X(
            "percent:Q",
            title="% of unrelated walks called significant",
            scale=alt.Scale(domain=[0, 70]),
        ),
        tooltip=[
            alt.Tooltip("errors:N", title="Errors"),
            alt.Tooltip("slope:N", title="Slope of"),
            alt.Tooltip("percent:Q", title="% significant", format=".1f"),
        ],
    )
    promise = alt.Chart(
        pd.DataFrame({"percent": [100 * nominal], "text": [f"promised: {100 * nominal:.0f} %"]})
    ).encode(x="percent:Q")
    chart = alt.layer(
        promise.mark_rule(color=LIGHT["ink"], strokeDash=[6, 3]),
        promise.mark_text(align="left", dx=5).encode(y=alt.value(8), text="text:N"),
        base.mark_point(size=110, filled=True, opacity=1).encode(
            shape=alt.Shape(
                "slope:N",
                scale=alt.Scale(domain=["GDP", "Unemployment"], range=["diamond", "triangle-down"]),
                title="Slope of",
            ),
            color=alt.Color(
                "slope:N",
                scale=alt.Scale(
                    domain=["GDP", "Unemployment"], range=[LIGHT["recomputed"], LIGHT["ink"]]
                ),
                title="Slope of",
            ),
        ),
    ).properties(height=36 * len(order))
    return figure(
        chart,
        name="fig-robust-size",
        caption=f"How often a t-test at {100 * nominal:.0f} % finds a slope where there is none: a random walk, regressed on the paper's GDP and unemployment. Robust errors hardly help.",
        alternative=f"Share of random walks with a significant slope on the paper's regressors, promised {100 * nominal:.0f} %. "
        + "; ".join(f"{r.errors}, {r.slope}: {r.percent:.1f} %" for r in rows.itertuples())
        + ".",
        source=["table4"],
        rows=rows,
        columns={"errors": "Errors", "slope": "Slope of", "percent": "% called significant"},
        formats={"percent": ".1f"},
    )
