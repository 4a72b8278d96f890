"""Charts of what-if questions: the reader sets assumptions, the chart computes.

Each explorer computes in the reader's browser, from controls, what ``kzmobility.projection``
computes
here: parameters with an expression hold the arithmetic, small frames hold the labels. A test moves
the
controls and compares the two. Every word for readers comes from the notebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, SIGNS

__all__ = [
    "forecast_explorer",
    "forecast_signals",
    "indicator_explorer",
    "serpin_explorer",
    "serpin_signals",
]

Sliders = Mapping[str, tuple[str, float, float, float]]  # setting -> label, least, most, step


def _sliders(sliders: Sliders, first: Mapping[str, float]) -> list[alt.Parameter]:
    params = []
    for name, (label, low, high, step) in sliders.items():
        value = first[name]
        bind = alt.binding_range(min=low, max=high, step=step, name=label)
        whole = int(value) if float(value).is_integer() else value
        params.append(alt.param(name=name, value=whole, bind=bind))
    return params


def _signals(expressions: Mapping[str, str]) -> list[alt.Parameter]:
    return [alt.param(name=name, expr=expression) for name, expression in expressions.items()]


def _text(value: str) -> str:
    """Return a string literal of the Vega expression language."""
    return "'" + value.replace("'", "’") + "'"


# ------------------------------------------------------------------------ what the forecast implies


def _finding(row: Any, values: str, holds: str, verdicts: tuple[str, str]) -> str:
    """Return the expression of a line of the table of checks:
    label, value here, stated, verdict."""
    spec, unit, times = ",.0f", " people", 1000
    if row.unit != "thousand":
        spec, unit, times = ("+.1f" if "loss" in row.name else ".1f"), f" {row.unit}", 1
    stated = f"{float(row.stated) * times:,.0f}" if times > 1 else row.stated
    here = f"format({times}*({values}),'{spec}')+{_text(unit)}"
    verdict = f"({holds}?{_text(verdicts[0])}:{_text(verdicts[1])})"
    label, printed = _text(row.label + "|"), _text(f"|{stated}{unit}|".replace("-", "−"))
    return f"{label}+{here}+{printed}+{verdict}"


def forecast_signals(
    areas: list[str], checks: pd.DataFrame, base: Mapping[str, int], verdicts: tuple[str, str]
) -> dict[str, str]:
    """Return the arithmetic of the forecast explorer as expressions, by name.

    ``heads`` are the people of each area in 2050, ``made`` the numbers that are checked, ``met``
    and
    ``missed`` what holds of those in the paper, ``findings`` the lines of the table of checks.
    """
    named = {"national": "Kazakhstan", "megacities": "Megacities"}
    named |= {"south": "South", "center_east": "Center and East"}

    def grown(name: str) -> str:
        return f"{base[named.get(name, name)]}*(1+{name}/100)"

    names = {area: "heads_" + area.lower().replace(" ", "_") for area in areas}
    heads = {
        "South": grown("south"),
        "Megacities": grown("megacities"),
        "Center and East": grown("center_east"),
        "North": "+".join(grown(name) for name in ("akmola", "kostanay", "north_kazakhstan")),
    }
    heads["West"] = "heads_total-" + "-".join(names[a] for a in areas if a != "West")
    share = {area: f"100*{names[area]}/heads_total" for area in areas}
    values = {
        "megacities_share_2050_pct": share["Megacities"],
        "north_share_2050_pct": share["North"],
        "center_east_share_2050_pct": share["Center and East"],
        "north_loss_2050_pct": f"100*({names['North']}/{base['North']}-1)",
        "akmola_loss_2050_pct": "akmola",
        "kostanay_loss_2050_pct": "kostanay",
        "north_kazakhstan_loss_2050_pct": "north_kazakhstan",
        "north_loss_2030_people": "-loss_2030",
        "north_loss_2030_pct": f"-100*loss_2030*1000/{base['North']}",
        "reported_total": "heads_total/1e6",
        "reported_south_share": f"{share['Megacities']}+{share['South']}",
    }
    holds = {
        r.name: f"(({values[r.name]})>={r.low!r}-1e-9&&({values[r.name]})<={r.high!r}+1e-9)"
        for r in checks.itertuples(index=False)
    }
    lines = [_finding(r, values[r.name], holds[r.name], verdicts) for r in checks.itertuples()]
    paper = checks[checks["stated_by"] == "the paper"]
    missed = (f"({holds[r.name]}?'':{_text('; ' + r.label)})" for r in paper.itertuples())
    return {
        "heads_total": grown("national"),
        **{names[area]: heads[area] for area in areas},
        "heads": "[" + ",".join(names[area] for area in areas) + "]",
        "made": "[" + ",".join(values[name] for name in checks["name"]) + "]",
        "met": "+".join(f"({holds[name]}?1:0)" for name in paper["name"]),
        "missed": "slice(" + "+".join(missed) + ",2)",
        "findings": "+'\\n'+".join(lines),
    }


def _shares_by_series(areas: pd.DataFrame, series: Mapping[str, str]) -> pd.DataFrame:
    """Return a row for each area now, stated and set: ``area``, ``series``, ``fixed``, ``place``.

    What the reader sets has no fixed share; ``place`` is the area's place in the order.
    """
    fixed = {"official": areas["now_pct"], "paper": areas["stated_pct"], "inferred": float("nan")}
    rows = [areas[["area"]].assign(series=series[s], fixed=fixed[s]) for s in series]
    return pd.concat(rows).assign(place=lambda d: d["area"].map(list(areas["area"]).index))


def forecast_explorer(
    areas: pd.DataFrame,
    signals: Mapping[str, str],
    first: Mapping[str, float],
    sliders: Sliders,
    series: Mapping[str, str],
    title: str,
) -> alt.LayerChart:
    """Draw the shares of the macro-regions in 2050 under settings of growth.

    Parameters
    ----------
    areas : one row per macro-region, in order: ``area``, ``now_pct`` and ``stated_pct`` (or
        missing).
    signals : as from :func:`forecast_signals`, with a sentence.
    first : settings of ``projection.Forecast`` that the controls start with.
    series : words for the signs ``official``, ``paper`` and ``inferred``: now, stated, set.
    title : of the axis.
    """
    order = list(areas["area"])
    rows = _shares_by_series(areas, series)
    yours = f"datum.series=={_text(series['inferred'])}"
    base = (
        alt.Chart(rows)
        .transform_calculate(
            people="heads[datum.place]",
            share=f"{yours}?100*heads[datum.place]/heads_total:datum.fixed",
        )
        .transform_calculate(
            words="format(datum.people/1e6,'.2f')+' million people, '"
            "+format(datum.share,'.1f')+' %'"
        )
        .encode(
            y=alt.Y("area:N", sort=order, title=None, scale=alt.Scale(paddingInner=0.1)),
            x=alt.X("share:Q", title=title, scale=alt.Scale(domain=[0, 50], clamp=True)),
        )
    )
    names = list(series.values())
    colour = alt.Scale(domain=names, range=[SIGNS[s][1] for s in series])
    shape = alt.Scale(domain=names, range=[SIGNS[s][2] for s in series])
    tip = ["area:N", "series:N", alt.Tooltip("share:Q", title=title, format=".1f")]
    reader = base.transform_filter(yours)
    return (
        alt.layer(
            reader.mark_rule(strokeWidth=2, strokeDash=[2, 2], color=LIGHT["inferred"]).encode(
                x2=alt.datum(0)
            ),
            base.transform_filter("isValid(datum.share)")
            .mark_point(size=110, opacity=1)
            .encode(
                color=alt.Color("series:N", scale=colour, title=None),
                shape=alt.Shape("series:N", scale=shape, title=None),
                tooltip=tip,
            ),
            reader.mark_text(align="left", dy=17, dx=2).encode(x=alt.datum(0), text="words:N"),
        )
        .add_params(*_sliders(sliders, first), *_signals(signals))
        .properties(height=270)
    )


# --------------------------------------------------------------------------- Serpin as a pipeline


def cohorts(years: object) -> str:
    """Return the expression for the sum of yearly cohorts
    that are still there after `years` years."""
    return f"(stay==100?{years}:(1-pow(kept,{years}))/(1-kept))"


def serpin_signals(loss_2030: float, span_2030: int, span_2050: int) -> dict[str, str]:
    """Return the arithmetic of the pipeline as expressions, by name;
    as ``projection`` computes it."""
    return {
        "taken_up": "grants*enrolled/100",
        "graduates": "taken_up*graduate/100",
        "at_work": "graduates*employed/100",
        "settled": "at_work*north/100",
        "still_there": "settled*stay/100",
        "people": "[grants,taken_up,graduates,at_work,settled,still_there]",
        "kept": "pow(stay/100,1/stay_years)",
        "stock_2030": f"settled*{cohorts(span_2030)}",
        "stock_2050": f"settled*{cohorts(span_2050)}",
        "needed_settled": f"100*{loss_2030!r}/(grants*{cohorts(span_2030)})",
        "needed_grants": f"settled==0?0:{loss_2030!r}*grants/stock_2030",
    }


def _flow(stages: list[str], title: str) -> alt.LayerChart:
    """Return the bars of people at each step, from a grant to a settler who stays."""
    one = (
        alt.Chart(pd.DataFrame({"stage": stages, "place": range(len(stages))}))
        .transform_calculate(people="people[datum.place]")
        .encode(
            y=alt.Y("stage:N", sort=stages, title=None),
            x=alt.X(
                "people:Q",
                axis=None,
                scale=alt.Scale(domainMin=0, domainMax=alt.ExprRef("grants*1.2"), nice=False),
            ),
        )
    )
    count = alt.Text("people:Q", format=",.0f")
    tip = ["stage:N", alt.Tooltip("people:Q", title=title, format=",.0f")]
    return alt.layer(
        one.mark_bar(color=LIGHT["inferred"], height={"band": 0.6}).encode(tooltip=tip),
        one.mark_text(align="left", dx=5).encode(text=count),
    ).properties(height=165, title=title)


def _sums(path: pd.DataFrame, words: Mapping[str, str]) -> alt.LayerChart:
    """Return the North's loss and the settlers who are there, by year; both named at their ends."""
    last = float(path["loss"].iloc[-1])
    amount = alt.Scale(
        domainMin=0, domainMax=alt.ExprRef(f"max({1.25 * last!r},1.25*stock_2050)"), nice=False
    )
    years = (
        alt.Chart(path[["year", "years", "loss", "stated"]])
        .transform_calculate(stock=f"settled*{cohorts('datum.years')}")
        .encode(
            x=alt.X(
                "year:Q", title=None, axis=alt.Axis(format="d", tickCount=4), scale={"nice": False}
            )
        )
    )
    heads = [
        alt.Tooltip(f"{name}:Q", title=words[name], format=",.0f") for name in ("loss", "stock")
    ]
    heads.insert(0, alt.Tooltip("year:Q", title="", format="d"))
    layers: list[alt.Chart] = []
    for name, sign, side, dy in (
        ("loss", "paper", "right", -10),
        ("stock", "inferred", "right", -12),
    ):
        colour, shape, dash = SIGNS[sign][1:]
        line = years.encode(
            y=alt.Y(f"{name}:Q", title=words["people"], scale=amount, axis=alt.Axis(format=",.0f"))
        )
        stated = line.transform_filter("datum.stated")
        number = stated.mark_text(align=side, dx=-6, dy=dy, color=colour, fontWeight="bold")
        end = line.transform_filter(f"datum.year=={int(path['year'].iloc[-1])}")
        label = end.mark_text(
            align="right", dx=-6, dy=dy - 17, color=colour, text=words[f"{name}_short"]
        )
        layers += [
            line.mark_line(color=colour, strokeDash=dash, strokeWidth=2.5),
            stated.mark_point(shape=shape, size=80, color=colour, opacity=1),
            line.mark_point(size=120, opacity=0).encode(tooltip=heads),
            number.encode(text=alt.Text(f"{name}:Q", format=",.3~r" if name == "loss" else ",.0f")),
            label,
        ]
    return alt.layer(*layers).properties(height=210)


def serpin_explorer(
    stages: list[str],
    path: pd.DataFrame,
    signals: Mapping[str, str],
    first: Mapping[str, float],
    sliders: Sliders,
    words: Mapping[str, str],
) -> alt.VConcatChart:
    """Draw the programme from grants to people who stay, and its sum against the North's loss.

    Parameters
    ----------
    stages : labels of the six steps from a grant to a settler who stays.
    path : as ``projection.loss_path`` returns: ``year``, ``years``, ``loss``, ``stated``.
    signals : as from :func:`serpin_signals`, with a sentence.
    first : assumptions of ``projection.Pipeline`` that the controls start with.
    words : ``flow``, ``people``, ``loss``, ``stock``: titles of the panels and names of the lines.
    """
    flow, sums = _flow(stages, words["flow"]), _sums(path, words)
    return alt.vconcat(flow, sums, spacing=22).add_params(
        *_sliders(sliders, first), *_signals(signals)
    )


# ----------------------------------------------------------------------- the concept's indicator


def indicator_explorer(
    path: pd.DataFrame, signals: Mapping[str, str], first: float, sliders: Sliders, title: str
) -> alt.LayerChart:
    """Draw the arrivals that the indicator's path means,
    for moves between regions that the reader sets.

    Parameters
    ----------
    path : ``year``, ``share_pct``, ``stated`` (whether the value is printed).
    signals : expressions of the setting ``moves`` (thousands a year), with a sentence.
    title : of the axis.
    """
    start, end = float(path["share_pct"].iloc[0]), float(path["share_pct"].iloc[-1])
    ceiling = 11 * sliders["moves"][2] * end  # fixed, so that the chart grows with the setting
    base = (
        alt.Chart(path[["year", "share_pct", "stated"]])
        .transform_calculate(arrivals="moves*10*datum.share_pct", same=f"moves*10*{start!r}")
        .transform_calculate(
            extra="datum.arrivals-datum.same",
            label="format(datum.share_pct,'.1f')+' %'",
            # on a phone, all of them would touch
            label_shown="width > 450 || datum.stated ? datum.label : ''",
            more="'+ '+format(datum.extra,',.3r')",
        )
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y(
                "arrivals:Q",
                title=title,
                scale=alt.Scale(domain=[0, ceiling]),
                axis=alt.Axis(format=",.0f", tickCount=5),
            ),
            tooltip=[
                alt.Tooltip("year:O", title=""),
                alt.Tooltip("label:N", title="%"),
                alt.Tooltip("arrivals:Q", title=title, format=",.0f"),
                alt.Tooltip("extra:Q", title="+", format=",.0f"),
            ],
        )
    )
    same = base.encode(y="same:Q")
    last = same.transform_filter(f"datum.year=={int(path['year'].iloc[-1])}")
    layers: list[Any] = [
        same.mark_line(color=LIGHT["neutral"], strokeDash=[4, 3]),
        base.mark_line(color=LIGHT["inferred"], strokeDash=SIGNS["inferred"][3]),
        base.mark_rule(color=LIGHT["inferred"], strokeWidth=2, opacity=0.5).encode(y2="same:Q"),
        base.mark_text(dy=-15).encode(text="label_shown:N"),
        last.mark_text(dy=17, fontWeight="bold", color=LIGHT["inferred"]).encode(text="more:N"),
    ]
    for sign, test in (("paper", "datum.stated"), ("inferred", "!datum.stated")):
        point = base.transform_filter(test).mark_point(
            shape=SIGNS[sign][2], color=SIGNS[sign][1], size=100, opacity=1
        )
        layers.append(point)
    params = [*_sliders(sliders, {"moves": first}), *_signals(signals)]
    return alt.layer(*layers).add_params(*params).properties(height=250)
