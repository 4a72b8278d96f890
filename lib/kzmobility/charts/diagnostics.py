"""Charts of what the regression can bear."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, figure

__all__ = [
    "break_path",
    "cointegration_by_lag",
    "influence",
    "leave_one_out",
    "level_shift",
    "other_forms",
    "out_of_sample",
    "residuals",
    "robust_errors",
    "sub_samples",
]

TERMS = {"b1": "GDP", "b2": "Unemployment"}
PERSONS = "thousand persons"
LEVEL = 95  # per cent, of every interval


def _year(values: pd.Series) -> alt.X:
    """Return a time axis of whole years that suits both widths."""
    first, last = int(values.min()), int(values.max())
    return alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[first - 0.5, last + 0.5], nice=False),
        axis=alt.Axis(format="d", values=list(range(first, last + 1, 4)), labelFontSize=12),
    )


def _runs(signs: list[bool]) -> list[int]:
    """Return the lengths of the runs of equal signs."""
    runs: list[int] = []
    for place, sign in enumerate(signs):
        if place and sign == signs[place - 1]:
            runs[-1] += 1
        else:
            runs.append(1)
    return runs


def residuals(fitted: pd.DataFrame, dw: float, p: float) -> alt.HConcatChart:
    """Draw the residuals in time, and each against the one of the year before.

    Parameters
    ----------
    fitted : as from ``econometrics.fitted``: ``year``, ``observed``, ``fitted``, ``residual``, in persons.
    dw, p : Durbin-Watson statistic and its exact p-value.
    """
    rows = fitted.assign(
        thousand=fitted["residual"] / 1000,
        before=fitted["residual"].shift(1) / 1000,
        side=["above the fit" if r > 0 else "below the fit" for r in fitted["residual"]],
    )[["year", "observed", "fitted", "residual", "thousand", "before", "side"]]
    tooltip = [
        alt.Tooltip("year:Q", title="Year"),
        alt.Tooltip("observed:Q", title="Observed, persons", format=",.0f"),
        alt.Tooltip("fitted:Q", title="Fitted, persons", format=",.0f"),
        alt.Tooltip("residual:Q", title="Residual, persons", format="+,.0f"),
    ]
    shape = alt.Shape(
        "side:N",
        scale=alt.Scale(
            domain=["above the fit", "below the fit"], range=["triangle-up", "triangle-down"]
        ),
        title=None,
        legend=alt.Legend(
            orient="top", symbolFillColor=LIGHT["recomputed"], symbolStrokeColor=LIGHT["recomputed"]
        ),
    )
    base = alt.Chart(rows).encode(x=_year(rows["year"]), tooltip=tooltip)
    y = alt.Y("thousand:Q", title=f"residual, {PERSONS}")
    zero = (
        alt.Chart(pd.DataFrame({"thousand": [0]}))
        .mark_rule(color=LIGHT["ink"])
        .encode(y="thousand:Q")
    )
    time = alt.layer(
        zero,
        base.mark_rule(strokeWidth=2, color=LIGHT["recomputed"]).encode(y=y, y2=alt.datum(0)),
        base.mark_point(size=90, color=LIGHT["recomputed"], opacity=1, filled=True).encode(
            y=y, shape=shape
        ),
    ).properties(height=230)
    pairs = rows.dropna(subset="before")
    against = alt.layer(
        zero,
        alt.Chart(pd.DataFrame({"before": [0]})).mark_rule(color=LIGHT["ink"]).encode(x="before:Q"),
        alt.Chart(pairs)
        .mark_point(size=70, color=LIGHT["recomputed"], opacity=1, filled=True)
        .encode(
            x=alt.X("before:Q", title="residual of the year before", axis=alt.Axis(tickCount=4)),
            y=alt.Y("thousand:Q", title=f"residual, {PERSONS}"),
            shape=shape,
            tooltip=tooltip,
        ),
    ).properties(height=230)
    longest = max(_runs(list(rows["residual"] > 0)))
    same = int((pairs["thousand"] * pairs["before"] > 0).sum())
    return figure(
        alt.hconcat(time, against, spacing=30),
        name="fig-residuals",
        caption=f"What the model leaves unexplained, year by year. The residuals come in long waves: {same} of {len(pairs)} have the sign of the year before. Unrelated errors would scatter over all four corners of the right-hand panel.",
        alternative=f"Residuals of the paper's model. Largest above the fit {rows['residual'].max():,.0f} persons in {int(rows.loc[rows['residual'].idxmax(), 'year'])}, largest below {rows['residual'].min():,.0f} in {int(rows.loc[rows['residual'].idxmin(), 'year'])}. {same} of {len(pairs)} years keep the sign of the year before; the longest run of one sign has {longest} years. Durbin-Watson {dw:.2f}, exact p {p:.5f}.",
        source=["table4"],
        rows=rows,
        columns={
            "year": "Year",
            "observed": "Observed, persons",
            "fitted": "Fitted, persons",
            "residual": "Residual, persons",
        },
        formats={"year": "d", "observed": ",.0f", "fitted": ",.0f", "residual": "+,.0f"},
        narrow={"spacing": 15},
        shares=[1.2, 0.8],
    )


MEASURES = {
    "cooks_distance": "Cook's distance",
    "leverage": "Leverage",
    "studentized_external": "Studentized residual",
    "dfbetas_x1": "DFBETAS, GDP",
    "dfbetas_x2": "DFBETAS, unemployment",
}


def influence(table: pd.DataFrame, limits: dict[str, float]) -> alt.LayerChart:
    """Draw a measure of influence by year; the reader picks the measure.

    Parameters
    ----------
    table : as from ``econometrics.influence``.
    limits : for each measure of ``MEASURES``, the customary limit of its absolute value.
    """
    long = table.melt(id_vars="year", value_vars=list(MEASURES), var_name="key", value_name="value")
    long["measure"] = long["key"].map(MEASURES)
    long["limit"] = long["key"].map(limits).astype(float)
    long["lower"] = [
        -limit if key.startswith(("stud", "dfb")) else 0
        for key, limit in zip(long["key"], long["limit"], strict=True)
    ]
    long["beyond"] = [
        "beyond the limit" if abs(v) > limit else "within"
        for v, limit in zip(long["value"], long["limit"], strict=True)
    ]
    rows = long[["year", "measure", "value", "limit", "lower", "beyond"]]
    pick = alt.param(
        name="measure",
        value="Cook's distance",
        bind=alt.binding_select(options=list(MEASURES.values()), name="Measure"),
    )
    base = alt.Chart(rows).transform_filter(alt.datum.measure == pick)
    tooltip = [
        alt.Tooltip("year:Q", title="Year"),
        alt.Tooltip("measure:N", title="Measure"),
        alt.Tooltip("value:Q", title="Value", format=".3f"),
        alt.Tooltip("limit:Q", title="Customary limit", format=".3f"),
    ]
    at = base.encode(x=_year(rows["year"]), y=alt.Y("value:Q", title=None), tooltip=tooltip)
    chart = (
        alt.layer(
            *[
                base.mark_rule(color=LIGHT["neutral"], strokeDash=[4, 3], strokeWidth=1.5).encode(
                    y=alt.Y(f"mean({edge}):Q")
                )
                for edge in ("limit", "lower")
            ],
            at.mark_rule(strokeWidth=2, color=LIGHT["recomputed"]).encode(y2=alt.datum(0)),
            at.mark_point(
                shape="diamond",
                size=90,
                filled=False,
                stroke=LIGHT["recomputed"],
                strokeWidth=2,
                opacity=1,
            ).encode(
                fill=alt.Fill(
                    "beyond:N",
                    scale=alt.Scale(
                        domain=["beyond the limit", "within"],
                        range=[LIGHT["recomputed"], LIGHT["surface"]],
                    ),
                    legend=None,
                )
            ),
            # A condition, not a filter: a measure without such years would leave the scale an empty set of data, and a warning.
            at.mark_text(dy=alt.expr("datum.value >= 0 ? -12 : 14")).encode(
                text=alt.condition(alt.datum.beyond == "beyond the limit", "year:Q", alt.value(""))
            ),
        )
        .add_params(pick)
        .properties(height=230)
    )

    def words(key: str) -> str:
        of = rows[rows["measure"] == MEASURES[key]]
        top = of.loc[of["value"].abs().idxmax()]
        beyond = [str(y) for y in of[of["beyond"] == "beyond the limit"]["year"]]
        return f"{MEASURES[key]}: largest {top['value']:.2f} in {int(top['year'])}, limit {limits[key]:.2f}, beyond it {', '.join(beyond) or 'none'}"

    return figure(
        chart,
        name="fig-influence",
        caption="What single years do to the fit. Filled marks with a year lie beyond the customary limit, the dashed line. No year carries the result alone; the last ones pull most.",
        alternative="Five measures of influence by year. "
        + "; ".join(words(key) for key in MEASURES)
        + ".",
        source=["table4"],
        rows=rows,
        columns={
            "year": "Year",
            "measure": "Measure",
            "value": "Value",
            "limit": "Customary limit",
        },
        formats={"year": "d", "value": ".3f", "limit": ".3f"},
    )


def leave_one_out(table: pd.DataFrame, whole: dict[str, float]) -> alt.LayerChart:
    """Draw the two slopes with each year left out in turn.

    Parameters
    ----------
    table : as from ``econometrics.leave_one_out``: index ``year``; ``b1``, ``b2``, ``p1``, ``p2``.
    whole : ``b1`` and ``b2`` of all years.
    """
    long = pd.concat(
        [
            pd.DataFrame(
                {
                    "year": table.index,
                    "term": TERMS[b],
                    "estimate": table[b].to_numpy(),
                    "p": table[f"p{b[1]}"].to_numpy(),
                    "whole": whole[b],
                }
            )
            for b in TERMS
        ],
        ignore_index=True,
    )
    pick = alt.param(
        name="slope",
        value="GDP",
        bind=alt.binding_radio(options=list(TERMS.values()), name="Slope of"),
    )
    base = alt.Chart(long).transform_filter(alt.datum.term == pick)
    at = base.encode(
        x=_year(long["year"]),
        y=alt.Y(
            "estimate:Q",
            title="persons per unit of the regressor",
            axis=alt.Axis(format=",.0f"),
            scale=alt.Scale(zero=True),
        ),
        tooltip=[
            alt.Tooltip("year:Q", title="Year left out"),
            alt.Tooltip("term:N", title="Slope of"),
            alt.Tooltip("estimate:Q", title="Estimate", format=",.0f"),
            alt.Tooltip("p:Q", title="p", format=".4f"),
        ],
    )
    chart = (
        alt.layer(
            base.mark_rule(color=LIGHT["paper"], strokeWidth=1.5).encode(y="mean(whole):Q"),
            at.mark_rule(strokeWidth=1.5, color=LIGHT["recomputed"]).encode(y2="whole:Q"),
            at.mark_point(
                shape="diamond", size=90, color=LIGHT["recomputed"], opacity=1, filled=True
            ),
        )
        .add_params(pick)
        .properties(height=230)
    )

    def words(b: str) -> str:
        return f"{TERMS[b]}: from {table[b].min():,.0f} without {table[b].idxmin()} to {table[b].max():,.0f} without {table[b].idxmax()}, with all years {whole[b]:,.0f}, largest p {table['p' + b[1]].max():.3f}"

    return figure(
        chart,
        name="fig-leave-one-out",
        caption="Each slope with one year left out. The line is the estimate of all years. Every point stays above zero.",
        alternative="Slopes of the paper's model, estimated without one year at a time. "
        + "; ".join(words(b) for b in TERMS)
        + ".",
        source=["table4"],
        rows=long,
        columns={"year": "Year left out", "term": "Slope of", "estimate": "Estimate", "p": "p"},
        formats={"year": "d", "estimate": ",.0f", "p": ".4f"},
    )


def break_path(path: pd.DataFrame, known: float, unknown: float) -> alt.LayerChart:
    """Draw the Chow F for every year in which a second regime could start.

    Parameters
    ----------
    path : ``year``, ``f``.
    known, unknown : 5 % critical values: of F for a date chosen in advance, of sup-F for a date found in the data.
    """
    best = path.loc[path["f"].idxmax()]
    rows = path.assign(
        picked=["largest" if y == best["year"] else "" for y in path["year"]],
        known=known,
        unknown=unknown,
    )
    base = alt.Chart(rows).encode(
        x=_year(rows["year"]),
        y=alt.Y("f:Q", title="Chow F", scale=alt.Scale(zero=True)),
        tooltip=[
            alt.Tooltip("year:Q", title="Second regime from"),
            alt.Tooltip("f:Q", title="F", format=".2f"),
        ],
    )
    lines = [
        layer
        for value, text, dash, dy in (
            (unknown, "critical, if the date is unknown", [6, 3], -8),
            (known, "critical, if the date is known", [2, 3], 10),
        )
        for at in [alt.Chart(pd.DataFrame({"f": [value], "text": [text]})).encode(y="f:Q")]
        for layer in (
            at.mark_rule(color=LIGHT["ink"], strokeDash=dash),
            at.mark_text(align="left", dy=dy).encode(x=alt.value(6), text="text:N"),
        )
    ]
    chart = alt.layer(
        *lines,
        base.mark_line(color=LIGHT["recomputed"], strokeDash=[6, 3]),
        base.mark_point(
            shape="diamond", size=90, color=LIGHT["recomputed"], opacity=1, filled=True
        ),
        base.transform_filter(alt.datum.picked == "largest")
        .mark_text(dy=-14, fontWeight="bold")
        .encode(text="year:Q"),
    ).properties(height=240)
    return figure(
        chart,
        name="fig-breaks",
        caption=f"How much better two sets of coefficients fit than one, for every year in which the second could start. The path peaks in {int(best['year'])} and lies far above both critical lines in the years around it.",
        alternative=f"Chow F by first year of the second regime, {int(rows['year'].min())} to {int(rows['year'].max())}. Largest {best['f']:.1f} in {int(best['year'])}; smallest {rows['f'].min():.1f} in {int(rows.loc[rows['f'].idxmin(), 'year'])}. Critical values at five per cent: {known:.2f} for a date known in advance, {unknown:.2f} for an unknown date.",
        source=["table4"],
        rows=rows,
        columns={"year": "Second regime from", "f": "F"},
        formats={"year": "d", "f": ".2f"},
    )


def level_shift(rows: pd.DataFrame, r2: dict[str, float]) -> alt.LayerChart:
    """Draw the observed series with the paper's fit and with a level shift that knows nothing of the economy.

    Parameters
    ----------
    rows : ``year``, ``model`` (a key of ``r2``), ``observed``, ``fitted``, in persons.
    r2 : R-square of each model, in the order of the switch: the step in 2016 first, the paper's second.
    """
    models = list(r2)
    rows = rows.assign(observed_k=rows["observed"] / 1000, fitted_k=rows["fitted"] / 1000)
    pick = alt.param(
        name="model", value=models[0], bind=alt.binding_radio(options=models, name="Fit")
    )
    series = rows[rows["model"] == models[0]]
    seen = alt.Chart(series).encode(
        x=_year(rows["year"]),
        y=alt.Y("observed_k:Q", title=PERSONS, scale=alt.Scale(zero=True)),
        tooltip=[
            alt.Tooltip("year:Q", title="Year"),
            alt.Tooltip("observed:Q", title="Paper table 4, persons", format=",.0f"),
        ],
    )
    base = alt.Chart(rows).transform_filter(alt.datum.model == pick)
    fit = base.encode(
        x=_year(rows["year"]),
        y="fitted_k:Q",
        tooltip=[
            alt.Tooltip("year:Q", title="Year"),
            alt.Tooltip("model:N", title="Fit"),
            alt.Tooltip("fitted:Q", title="Fitted, persons", format=",.0f"),
        ],
    )
    label = pd.DataFrame({"model": models, "text": [f"{m}: R-square {r2[m]:.3f}" for m in models]})
    chart = (
        alt.layer(
            seen.mark_line(color=LIGHT["paper"]),
            seen.mark_point(shape="circle", size=70, color=LIGHT["paper"], opacity=1, filled=True),
            fit.mark_line(color=LIGHT["recomputed"], strokeDash=[6, 3]),
            fit.mark_point(
                shape="diamond", size=70, color=LIGHT["recomputed"], opacity=1, filled=True
            ),
            alt.Chart(label)
            .transform_filter(alt.datum.model == pick)
            .mark_text(align="left", fontSize=13, color=LIGHT["recomputed"], fontWeight="bold")
            .encode(x=alt.value(8), y=alt.value(8), text="text:N"),
        )
        .add_params(pick)
        .properties(height=260)
    )
    best = max(r2, key=lambda m: r2[m])
    return figure(
        chart,
        name="fig-level-shift",
        caption=f"Internal migration as printed (circles) and what a model makes of it (diamonds). One step in 2016, without any economics, fits better than GDP and unemployment together: R-square {r2[models[0]]:.3f} against {r2[models[1]]:.3f}.",
        alternative="Internal migration 2001 to 2021 with a fit to choose. R-square: "
        + ", ".join(f"{m} {value:.3f}" for m, value in r2.items())
        + f". {best} fits best. Migration is {series.iloc[0]['observed']:,.0f} persons in {int(series.iloc[0]['year'])} and {series.iloc[-1]['observed']:,.0f} in {int(series.iloc[-1]['year'])}.",
        source=["table4"],
        rows=rows,
        columns={
            "year": "Year",
            "model": "Fit",
            "observed": "Observed, persons",
            "fitted": "Fitted, persons",
        },
        formats={"year": "d", "observed": ",.0f", "fitted": ",.0f"},
    )


def cointegration_by_lag(rows: pd.DataFrame) -> alt.LayerChart:
    """Draw the Engle-Granger statistic by number of lags against its critical value.

    Parameters
    ----------
    rows : ``lags``, ``t``, ``critical_5``, ``n``, ``rejects``.
    """
    critical = float(rows["critical_5"].iloc[0])
    shown = rows.assign(word=["rejects" if r else "does not reject" for r in rows["rejects"]])
    base = alt.Chart(shown).encode(
        y=alt.Y("lags:O", title="lags"),
        x=alt.X("t:Q", title="Engle-Granger t", scale=alt.Scale(domain=[-6, 0])),
        tooltip=[
            alt.Tooltip("lags:O", title="Lags"),
            alt.Tooltip("t:Q", title="t", format=".2f"),
            alt.Tooltip("critical_5:Q", title="Critical value", format=".2f"),
            alt.Tooltip("n:Q", title="Observations"),
            alt.Tooltip("word:N", title="No cointegration"),
        ],
    )
    chart = alt.layer(
        alt.Chart(pd.DataFrame({"t": [critical]}))
        .mark_rule(color=LIGHT["ink"], strokeDash=[6, 3])
        .encode(x="t:Q"),
        base.mark_rule(strokeWidth=2, color=LIGHT["recomputed"]).encode(x2=alt.datum(0)),
        base.mark_point(
            shape="diamond",
            size=120,
            filled=False,
            stroke=LIGHT["recomputed"],
            strokeWidth=2,
            opacity=1,
        ).encode(
            fill=alt.Fill(
                "word:N",
                scale=alt.Scale(
                    domain=["rejects", "does not reject"],
                    range=[LIGHT["recomputed"], LIGHT["surface"]],
                ),
                legend=None,
            )
        ),
        base.mark_text(dx=9, dy=-9, align="left").encode(text="word:N"),
    ).properties(height=170)
    yes = [str(int(r.lags)) for r in rows.itertuples() if r.rejects]
    return figure(
        chart,
        name="fig-cointegration",
        caption="The Engle-Granger test by number of lags. Left of the dashed line, the residuals are calm enough for a long-run relation. One number of lags says so, the others do not.",
        alternative="Engle-Granger t by lags: "
        + ", ".join(f"{int(r.lags)} lags {r.t:.2f}" for r in rows.itertuples())
        + f"; critical value at five per cent {critical:.2f}. Rejects with lags: {', '.join(yes) or 'none'}.",
        source=["table4"],
        rows=shown,
        columns={
            "lags": "Lags",
            "n": "Observations",
            "t": "t",
            "critical_5": "Critical value, five per cent",
            "word": "No cointegration",
        },
        formats={"t": ".2f", "critical_5": ".2f"},
    )


def _intervals(rows: pd.DataFrame, what: str) -> alt.VConcatChart:
    """Draw estimates with intervals, as multiples of the paper's own estimate, one panel a slope.

    ``rows``: ``label``, ``term``, ``estimate``, ``ci_low``, ``ci_high``, ``paper`` (the paper's estimate), ``p``.
    """
    ratio = rows.assign(
        **{
            name: rows[part] / rows["paper"]
            for name, part in (("ratio", "estimate"), ("low", "ci_low"), ("high", "ci_high"))
        }
    )
    order = list(dict.fromkeys(rows["label"]))
    ratio["apart"] = [
        "zero outside" if low * high > 0 else "zero inside"
        for low, high in zip(ratio["low"], ratio["high"], strict=True)
    ]
    wide = max(abs(ratio["low"].min()), abs(ratio["high"].max())) > 8
    ticks = [-30, -10, -3, -1, 0, 1, 3, 10, 30] if wide else [-2, -1, 0, 1, 2, 3]
    lowest, highest = float(ratio["low"].min()), float(ratio["high"].max())
    scale = (
        alt.Scale(type="symlog", constant=1, domain=[lowest * 1.15, highest * 1.15])
        if wide
        else alt.Scale(domain=[min(0, lowest) - 0.1, highest + 0.1], nice=False)
    )
    panels = []
    for place, term in enumerate(TERMS.values()):
        part = ratio[ratio["term"] == term]
        base = alt.Chart(part).encode(
            y=alt.Y(
                "label:N",
                sort=order,
                title=term,
                axis=alt.Axis(
                    labelFontSize=12, ticks=False, titleFontWeight="bold", labelLimit=150
                ),
            ),
            tooltip=[
                alt.Tooltip("label:N", title=what),
                alt.Tooltip("term:N", title="Slope of"),
                alt.Tooltip("estimate:Q", title="Estimate, persons per unit", format=",.0f"),
                alt.Tooltip("ci_low:Q", title="Interval from", format=",.0f"),
                alt.Tooltip("ci_high:Q", title="to", format=",.0f"),
                alt.Tooltip("ratio:Q", title="Times the paper's", format=".2f"),
            ],
        )
        title = (
            f"times the paper's estimate, with {LEVEL} % interval"
            if place == len(TERMS) - 1
            else None
        )
        axis = alt.Axis(
            format="~g", values=[t for t in ticks if lowest * 1.15 <= t <= highest * 1.15]
        )
        x = alt.X("ratio:Q", scale=scale, title=title, axis=axis)
        panels.append(
            alt.layer(
                alt.Chart(pd.DataFrame({"ratio": [0]})).mark_rule(color=LIGHT["ink"]).encode(x=x),
                alt.Chart(pd.DataFrame({"ratio": [1]}))
                .mark_rule(color=LIGHT["paper"], strokeWidth=1.5)
                .encode(x=x),
                base.mark_rule(strokeWidth=2, color=LIGHT["recomputed"]).encode(
                    x=alt.X("low:Q", scale=scale, title=title, axis=axis), x2="high:Q"
                ),
                base.mark_point(
                    shape="diamond",
                    size=100,
                    filled=False,
                    stroke=LIGHT["recomputed"],
                    strokeWidth=2,
                    opacity=1,
                ).encode(
                    x=x,
                    fill=alt.Fill(
                        "apart:N",
                        scale=alt.Scale(
                            domain=["zero outside", "zero inside"],
                            range=[LIGHT["recomputed"], LIGHT["surface"]],
                        ),
                        legend=None,
                    ),
                ),
            ).properties(height=24 * len(order))
        )
    return alt.vconcat(*panels, spacing=24)


def _listed(rows: pd.DataFrame) -> str:
    return " ".join(
        f"{term}: "
        + "; ".join(
            f"{r.label} {r.estimate:,.0f} ({r.ci_low:,.0f} to {r.ci_high:,.0f})"
            for r in rows[rows["term"] == term].itertuples()
        )
        + "."
        for term in TERMS.values()
    )


COLUMNS = {
    "label": "Variant",
    "term": "Slope of",
    "estimate": "Estimate",
    "ci_low": "Interval from",
    "ci_high": "to",
}
FORMATS = {"estimate": ",.0f", "ci_low": ",.0f", "ci_high": ",.0f"}


def robust_errors(rows: pd.DataFrame) -> Any:
    """Draw the intervals of both slopes under every kind of standard error.

    Parameters
    ----------
    rows : ``label``, ``term``, ``estimate``, ``ci_low``, ``ci_high``, ``paper``.
    """
    return figure(
        _intervals(rows, "Errors"),
        name="fig-robust-errors",
        caption="The same two estimates with intervals of different kinds. Filled marks keep zero outside. The blue line is the paper's estimate, the black line is zero. The block bootstrap, which keeps neighbouring years together, reaches zero for both slopes.",
        alternative=f"Estimates with {LEVEL} per cent intervals. " + _listed(rows),
        source=["table4"],
        rows=rows,
        columns=COLUMNS | {"label": "Errors"},
        formats=FORMATS,
    )


def sub_samples(rows: pd.DataFrame) -> Any:
    """Draw both slopes in parts of the sample; ``rows`` as in :func:`robust_errors`."""
    return figure(
        _intervals(rows, "Years"),
        name="fig-sub-samples",
        caption="Both slopes in parts of the sample, on a scale that is linear near zero and shrinks far away. The years up to 2019 alone give larger slopes. Up to 2015, or from 2014 on, the slope of unemployment turns negative.",
        alternative=f"Estimates with {LEVEL} per cent intervals. " + _listed(rows),
        source=["table4"],
        rows=rows,
        columns=COLUMNS | {"label": "Years"},
        formats=FORMATS,
    )


def other_forms(rows: pd.DataFrame) -> Any:
    """Draw both slopes in other forms of the model; ``rows`` as in :func:`robust_errors`."""
    return figure(
        _intervals(rows, "Form"),
        name="fig-other-forms",
        caption="The two slopes when time is allowed into the model. Filled marks keep zero outside: beside the paper's own form, unemployment with a linear trend, and little else.",
        alternative=f"Estimates with {LEVEL} per cent intervals. " + _listed(rows),
        source=["table4"],
        rows=rows,
        columns=COLUMNS | {"label": "Form"},
        formats=FORMATS,
    )


RULES = {
    "fixed": "The model, fitted once",
    "expanding": "The model, fitted anew each year",
    "no_change": "No change from the year before",
    "frozen": "The last known value for ever",
    "mean": "The mean of the past",
}


def out_of_sample(
    predictions: pd.DataFrame, history: pd.Series, errors: pd.DataFrame
) -> alt.LayerChart:
    """Draw the predictions of a rule against what came.

    Parameters
    ----------
    predictions : as from ``econometrics.out_of_sample``.
    history : the printed series, index years.
    errors : as from ``econometrics.forecast_errors``.
    """
    first = int(predictions.index[0])
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "year": predictions.index,
                    "rule": words,
                    "predicted": predictions[key].to_numpy(),
                    "observed": predictions["observed"].to_numpy(),
                    "low": predictions["fixed_low"].to_numpy() if key == "fixed" else float("nan"),
                    "high": predictions["fixed_high"].to_numpy()
                    if key == "fixed"
                    else float("nan"),
                }
            )
            for key, words in RULES.items()
        ],
        ignore_index=True,
    )
    rows = rows.assign(
        **{f"{c}_k": rows[c] / 1000 for c in ("predicted", "observed", "low", "high")}
    )
    pick = alt.param(
        name="rule",
        value=RULES["fixed"],
        bind=alt.binding_select(options=list(RULES.values()), name="Prediction by"),
    )
    seen = alt.Chart(
        pd.DataFrame(
            {
                "year": history.index,
                "observed": history.to_numpy(),
                "observed_k": history.to_numpy() / 1000,
            }
        )
    ).encode(
        x=_year(pd.Series(history.index)),
        y=alt.Y("observed_k:Q", title=PERSONS, scale=alt.Scale(zero=True)),
        tooltip=[
            alt.Tooltip("year:Q", title="Year"),
            alt.Tooltip("observed:Q", title="Paper table 4, persons", format=",.0f"),
        ],
    )
    base = (
        alt.Chart(rows)
        .transform_filter(alt.datum.rule == pick)
        .encode(
            x=_year(pd.Series(history.index)),
            tooltip=[
                alt.Tooltip("year:Q", title="Year"),
                alt.Tooltip("rule:N", title="Prediction by"),
                alt.Tooltip("predicted:Q", title="Predicted, persons", format=",.0f"),
                alt.Tooltip("observed:Q", title="Observed, persons", format=",.0f"),
            ],
        )
    )
    label = pd.DataFrame(
        {
            "rule": [RULES[key] for key in errors.index],
            "text": [f"typical error {value:,.0f} persons" for value in errors["rmse"]],
        }
    )
    chart = (
        alt.layer(
            seen.mark_line(color=LIGHT["paper"]),
            seen.mark_point(shape="circle", size=60, color=LIGHT["paper"], opacity=1, filled=True),
            base.mark_rule(strokeWidth=7, color=LIGHT["level2"]).encode(y="low_k:Q", y2="high_k:Q"),
            base.mark_line(color=LIGHT["recomputed"], strokeDash=[6, 3]).encode(y="predicted_k:Q"),
            base.mark_point(
                shape="diamond", size=90, color=LIGHT["recomputed"], opacity=1, filled=True
            ).encode(y="predicted_k:Q"),
            alt.Chart(pd.DataFrame({"year": [first - 0.5]}))
            .mark_rule(color=LIGHT["neutral"], strokeDash=[2, 3])
            .encode(x="year:Q"),
            alt.Chart(label)
            .transform_filter(alt.datum.rule == pick)
            .mark_text(align="left", fontSize=13, color=LIGHT["recomputed"], fontWeight="bold")
            .encode(x=alt.value(8), y=alt.value(8), text="text:N"),
        )
        .add_params(pick)
        .properties(height=260)
    )
    inside = int(
        predictions["observed"].between(predictions["fixed_low"], predictions["fixed_high"]).sum()
    )
    return figure(
        chart,
        name="fig-out-of-sample",
        caption=f"What the years before {first} would have predicted. The bars are the model's {LEVEL} % prediction intervals: {inside} of {len(predictions)} years fall inside. Carrying last year's number forward does better.",
        alternative=f"Predictions for {first} to {int(predictions.index[-1])}. Typical error (root mean square): "
        + ", ".join(f"{RULES[key]} {value:,.0f}" for key, value in errors["rmse"].items())
        + f" persons. {inside} of {len(predictions)} years fall inside the model's prediction interval.",
        source=["table4"],
        rows=rows,
        columns={
            "year": "Year",
            "rule": "Prediction by",
            "predicted": "Predicted, persons",
            "observed": "Observed, persons",
            "low": "Interval from",
            "high": "to",
        },
        formats={
            "year": "d",
            "predicted": ",.0f",
            "observed": ",.0f",
            "low": ",.0f",
            "high": ",.0f",
        },
    )
