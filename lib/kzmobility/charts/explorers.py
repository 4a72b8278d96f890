"""Charts of what-if questions.

Each explorer computes in the reader's browser, from controls, what ``kzmobility.projection`` computes here: parameters with
an expression hold the arithmetic, small frames hold the labels. A test moves the controls and compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, figure

__all__ = ["forecast_explorer", "forecast_totals", "indicator_explorer", "serpin_explorer"]

SHAPES = {"official": "square", "paper": "circle", "inferred": "triangle-up"}
HOLDS, FAILS = "✓ holds", "✗ does not"


def _slider(
    name: str, label: str, value: float, low: float, high: float, step: float
) -> alt.Parameter:
    return alt.param(
        name=name,
        value=int(value) if float(value).is_integer() else value,
        bind=alt.binding_range(min=low, max=high, step=step, name=label),
    )


def _signal(name: str, expression: str) -> alt.Parameter:
    return alt.param(name=name, expr=expression)


def _text(value: str) -> str:
    """Return a string literal of the Vega expression language."""
    return "'" + value.replace("'", "’") + "'"


def _digits(value: float, digits: int = 3) -> str:
    """Return a large number with a few significant digits, as ``,.3r`` of d3 does."""
    return f"{float(f'{value:.{digits}g}'):,.0f}"


# ---------------------------------------------------------------------------------------------- what the forecast implies


def forecast_explorer(
    areas: pd.DataFrame,
    checks: pd.DataFrame,
    base: Mapping[str, int],
    first: Mapping[str, float],
    presets: Mapping[str, Mapping[str, float]],
) -> alt.VConcatChart:
    """Draw shares and heads in 2050 under settings of growth, and which stated numbers the settings meet.

    Parameters
    ----------
    areas : one row per macro-region, in order: ``area``, ``now_pct`` (official share in 2023), ``stated_pct`` (missing where the
        text states none), ``persons`` and ``share_pct`` (2050, at the first settings).
    checks : as ``projection.check`` returns for the first settings.
    base : persons in 2022, as ``projection.bases`` returns.
    first : settings of ``projection.Forecast`` that the controls start with.
    presets : label -> settings.
    """
    order = list(areas["area"])
    labels = {
        "national": ("Kazakhstan, growth %", 0, 80),
        "megacities": ("Megacities, growth %", 0, 200),
        "south": ("South, growth %", -20, 100),
        "center_east": ("Center and East, growth %", -60, 60),
        "akmola": ("Akmola, growth %", -60, 60),
        "kostanay": ("Kostanay, growth %", -60, 60),
        "north_kazakhstan": ("North Kazakhstan, growth %", -60, 60),
        "loss_2030": ("North, thousands lost by 2030", 0, 200),
    }
    sliders = [
        _slider(name, label, first[name], low, high, 1)
        for name, (label, low, high) in labels.items()
    ]
    bases = {
        "national": "Kazakhstan",
        "megacities": "Megacities",
        "south": "South",
        "center_east": "Center and East",
    }

    def grown(name: str) -> str:
        return f"{base[bases.get(name, name)]}*(1+{name}/100)"

    heads = {
        "South": grown("south"),
        "Megacities": grown("megacities"),
        "Center and East": grown("center_east"),
        "North": "+".join(grown(name) for name in ("akmola", "kostanay", "north_kazakhstan")),
    }
    names = {area: "heads_" + area.lower().replace(" ", "_") for area in order}
    heads["West"] = "heads_total-" + "-".join(names[a] for a in order if a != "West")

    def share(area: str) -> str:
        return f"100*{names[area]}/heads_total"

    made = {
        "megacities_share_2050_pct": share("Megacities"),
        "north_share_2050_pct": share("North"),
        "center_east_share_2050_pct": share("Center and East"),
        "north_loss_2050_pct": f"100*({names['North']}/{base['North']}-1)",
        "akmola_loss_2050_pct": "akmola",
        "kostanay_loss_2050_pct": "kostanay",
        "north_kazakhstan_loss_2050_pct": "north_kazakhstan",
        "north_loss_2030_people": "-loss_2030",
        "north_loss_2030_pct": f"-100*loss_2030*1000/{base['North']}",
        "reported_total": "heads_total/1e6",
        "reported_south_share": f"{share('Megacities')}+{share('South')}",
    }
    in_paper = checks[checks["stated_by"] == "the paper"]
    count = len(in_paper)

    def holds(row: Any) -> str:
        return f"({made[row.name]})>={row.low!r}-1e-9&&({made[row.name]})<={row.high!r}+1e-9"

    missed = "+".join(
        f"({holds(r)}?'':{_text('; ' + r.label)})" for r in in_paper.itertuples(index=False)
    )
    met = "+".join(f"({holds(r)}?1:0)" for r in in_paper.itertuples(index=False))
    sentence = (
        "'In 2050 the country has '+format(heads_total/1e6,'.1f')+' million people, '"
        f"+'and the North has '+format({names['North']}/1e6,'.2f')+' million of them, '+format({share('North')},'.1f')+' %. '"
        f"+({names['West']}<0?'These settings cannot be: the parts exceed the whole by '+format(-{names['West']}/1e6,'.1f')+' million. ':"
        f"'The West takes what is left, '+format({names['West']}/1e6,'.1f')+' million. ')"
        f"+(met=={count}?'All {count} numbers that the paper states hold.':met+' of the {count} numbers that the paper states hold; not met: '+slice(missed,2)+'.')"
    )
    signals = [
        _signal("heads_total", grown("national")),
        *(_signal(names[area], heads[area]) for area in order),
        _signal("heads", "[" + ",".join(names[a] for a in order) + "]"),
        _signal("made", "[" + ",".join(made[n] for n in checks["name"]) + "]"),
        _signal("met", met),
        _signal("missed", missed),
        _signal("sentence", sentence),
    ]

    # shares
    series = {"now": "official, 2023", "stated": "printed, 2050", "set": "your settings, 2050"}
    signs = {"now": "official", "stated": "paper", "set": "inferred"}
    rows = pd.concat(
        [
            areas.assign(series=series["now"], fixed=areas["now_pct"]),
            areas.assign(series=series["stated"], fixed=areas["stated_pct"]),
            areas.assign(series=series["set"], fixed=float("nan")),
        ]
    )[["area", "series", "fixed"]].assign(place=lambda d: d["area"].map(order.index))
    base_chart = (
        alt.Chart(rows)
        .transform_calculate(
            persons="heads[datum.place]",
            share=f"datum.series=={_text(series['set'])}?100*heads[datum.place]/heads_total:datum.fixed",
        )
        .transform_calculate(
            words="format(datum.persons/1e6,'.2f')+' million people, '+format(datum.share,'.1f')+' %'",
        )
        .encode(
            y=alt.Y(
                "area:N",
                sort=order,
                title=None,
                axis=alt.Axis(ticks=False),
                scale=alt.Scale(paddingInner=0.1, paddingOuter=0.3),
            )
        )
    )
    x = alt.X(
        "share:Q", title="share of the population, %", scale=alt.Scale(domain=[0, 50], clamp=True)
    )
    yours = base_chart.transform_filter(f"datum.series=={_text(series['set'])}")
    scale = [(series[s], LIGHT[sign], SHAPES[sign]) for s, sign in signs.items()]
    legend = alt.Legend(title=None, columnPadding=14)
    shares = alt.layer(
        yours.mark_rule(strokeWidth=2, strokeDash=[2, 2], color=LIGHT["inferred"]).encode(
            x=x, x2=alt.datum(0)
        ),
        base_chart.transform_filter("isValid(datum.share)")
        .mark_point(size=110, opacity=1)
        .encode(
            x=x,
            color=alt.Color(
                "series:N",
                scale=alt.Scale(domain=[s[0] for s in scale], range=[s[1] for s in scale]),
                legend=legend,
            ),
            shape=alt.Shape(
                "series:N",
                scale=alt.Scale(domain=[s[0] for s in scale], range=[s[2] for s in scale]),
                legend=legend,
            ),
            tooltip=[
                alt.Tooltip("area:N", title="Macro-region (inferred)"),
                alt.Tooltip("series:N", title="What"),
                alt.Tooltip("share:Q", title="Share, %", format=".1f"),
            ],
        ),
        yours.mark_text(align="left", dy=16, dx=2).encode(x=alt.datum(0), text="words:N"),
    ).properties(height=255)

    # what holds
    groups = {
        "share_2050": "Share in 2050",
        "loss_2050": "Change 2022–2050",
        "loss_2030": "North 2022–2030",
        "reported": "As the press reports",
    }
    lines: list[dict[str, Any]] = []
    for part, title in groups.items():
        lines.append(
            {
                "label": title,
                "place": -1,
                "stated": "" if lines else "stated",
                "unit": "",
                "signed": False,
                "low": 0.0,
                "high": 0.0,
            }
        )
        for place, row in enumerate(checks.itertuples(index=False)):
            if part in row.name:
                unit = {"million": " m", "thousand": "", "%": " %"}[row.unit]
                stated = (
                    f"{float(row.stated) * 1000:,.0f}" if row.unit == "thousand" else row.stated
                )
                # A group that is about one area names its measure, any other names the area.
                label = (
                    {"thousand": "people", "%": "per cent"}[row.unit]
                    if part == "loss_2030"
                    else row.label.split(",")[0].replace(" and South", ", South")
                )
                lines.append(
                    {
                        "label": label,
                        "place": place,
                        "stated": stated.replace("-", "−") + unit,
                        "unit": unit,
                        "signed": "loss" in part,
                        "low": row.low,
                        "high": row.high,
                    }
                )
    listed = pd.DataFrame(lines).assign(line=range(len(lines)))
    text = (
        alt.Chart(listed)
        .transform_calculate(
            value="datum.place<0?0:made[datum.place]",
            holds="datum.place<0?false:made[datum.place]>=datum.low-1e-9&&made[datum.place]<=datum.high+1e-9",
        )
        .transform_calculate(
            here="datum.place<0?(datum.stated==''?'':'here'):datum.unit==''?format(1000*datum.value,',.0f'):format(datum.value,datum.signed?'+.1f':'.1f')+datum.unit",
            verdict=f"datum.holds?{_text(HOLDS)}:{_text(FAILS)}",
        )
        .encode(y=alt.Y("line:O", axis=None, scale=alt.Scale(padding=0)))
    )
    body, head = text.transform_filter("datum.place>=0"), text.transform_filter("datum.place<0")
    tip = [
        alt.Tooltip("label:N", title="Number"),
        alt.Tooltip("here:N", title="With these settings"),
        alt.Tooltip("stated:N", title="Stated"),
        alt.Tooltip("verdict:N", title="It"),
    ]
    left, right = alt.value(0), alt.value("width")
    findings = alt.layer(
        body.transform_filter("datum.holds")
        .mark_text(align="right", dx=-8)
        .encode(x=left, text="verdict:N", tooltip=tip),
        body.transform_filter("!datum.holds")
        .mark_text(align="right", dx=-8, fontWeight="bold", color=LIGHT["recomputed"])
        .encode(x=left, text="verdict:N", tooltip=tip),
        body.mark_text(align="left", dx=2).encode(x=left, text="label:N", tooltip=tip),
        head.mark_text(align="left", dx=2, color=LIGHT["muted"]).encode(x=left, text="label:N"),
        head.mark_text(align="right", dx=-62, color=LIGHT["muted"]).encode(x=right, text="here:N"),
        head.mark_text(align="right", color=LIGHT["muted"]).encode(x=right, text="stated:N"),
        body.mark_text(align="right", dx=-62, color=LIGHT["inferred"], fontWeight="bold").encode(
            x=right, text="here:N", tooltip=tip
        ),
        body.mark_text(align="right").encode(x=right, text="stated:N", tooltip=tip),
    ).properties(height=20 * len(listed))
    chart = alt.vconcat(shares, findings, spacing=24).add_params(*sliders, *signals)

    by_area = areas.set_index("area")
    west, north = by_area.loc["West"], by_area.loc["North"]
    total = float(areas["persons"].sum())
    failing = list(in_paper[~in_paper["holds"].astype(bool)]["label"])
    verdict = (
        f"All {count} numbers that the paper states hold."
        if not failing
        else f"{count - len(failing)} of the {count} numbers that the paper states hold; not met: {'; '.join(failing)}."
    )
    if west["persons"] < 0:
        remainder = f"These settings cannot be: the parts exceed the whole by {-west['persons'] / 1e6:.1f} million."
    else:
        remainder = f"The West takes what is left, {west['persons'] / 1e6:.1f} million."
    words = f"In 2050 the country has {total / 1e6:.1f} million people, and the North has {north['persons'] / 1e6:.2f} million of them, {north['share_pct']:.1f} %. {remainder} {verdict}"
    return figure(
        chart,
        name="fig-forecast-explorer",
        caption=f"What the forecast implies. Growth is from 2022 to 2050. The list checks {count} numbers of the paper, and {len(checks) - count} that the press reports of the same edition, against your settings. The composition of the macro-regions is inferred.",
        alternative="At the first settings: "
        + "; ".join(
            f"{r.area} {r.persons / 1e6:.2f} million people, {r.share_pct:.1f} % of the country, against {r.now_pct:.1f} % in 2023"
            for r in areas.itertuples()
        )
        + f". {verdict} The sentence above the chart follows the controls.",
        source=["statements", "figure1", "figure2", "population", "regions", "forecast_editions"],
        rows=areas,
        columns={
            "area": "Macro-region (inferred)",
            "now_pct": "Share in 2023, %",
            "stated_pct": "Share in 2050 as printed, %",
            "share_pct": "Share in 2050 at the first settings, %",
            "persons": "People in 2050 at the first settings",
        },
        formats={"now_pct": ".1f", "stated_pct": "g", "share_pct": ".1f", "persons": ",.0f"},
        narrow={"config": {"legend": {"columns": 1}}},
        sentence=("sentence", words),
        presets=presets,
    )


def forecast_totals(editions: pd.DataFrame, low: float, high: float) -> alt.LayerChart:
    """Draw forecasts of the national population in 2050 against the range that the paper's numbers allow.

    Parameters
    ----------
    editions : ``edition`` (label), ``persons``, ``by`` (who reports it), in the order to be shown.
    low, high : persons; ends of the range in which every stated number can hold.
    """
    rows = editions.assign(
        millions=editions["persons"] / 1e6, fits=[low <= p <= high for p in editions["persons"]]
    ).reset_index(drop=True)
    rows["verdict"] = ["✓ inside" if fits else "✗ outside" for fits in rows["fits"]]
    rows["words"] = [
        f"{m:.1f} m {v}" for m, v in zip(rows["millions"], rows["verdict"], strict=True)
    ]
    order = list(rows["edition"])
    # The verdicts stand in a column of their own, right of the range.
    limits = [float(rows["millions"].min()) - 1, high / 1e6 + 8]
    title, axis = (
        "people in Kazakhstan in 2050, millions",
        alt.Axis(values=list(range(24, int(high / 1e6) + 1, 2))),
    )
    x = alt.X("millions:Q", title=title, scale=alt.Scale(domain=limits, nice=False), axis=axis)
    base = alt.Chart(rows).encode(
        y=alt.Y("edition:N", sort=order, title=None, axis=alt.Axis(ticks=False))
    )
    band = alt.Chart(
        pd.DataFrame(
            [{"low": low / 1e6, "high": high / 1e6, "words": "the paper’s numbers can all hold"}]
        )
    )
    chart = alt.layer(
        band.mark_rect(color=LIGHT["level1"]).encode(
            x=alt.X("low:Q", scale=alt.Scale(domain=limits, nice=False), title=title, axis=axis),
            x2="high:Q",
        ),
        band.mark_rule(strokeDash=[6, 3], color=LIGHT["recomputed"]).encode(x="low:Q"),
        band.mark_rule(strokeDash=[6, 3], color=LIGHT["recomputed"]).encode(x="high:Q"),
        band.mark_text(align="right", dy=-6, baseline="bottom", color=LIGHT["recomputed"]).encode(
            x="high:Q", y=alt.value(0), text="words:N"
        ),
        base.mark_rule(color=LIGHT["grid"]).encode(x=x, x2=alt.datum(high / 1e6)),
        base.mark_point(shape="square", size=90, color=LIGHT["official"], opacity=1).encode(
            x=x,
            tooltip=[
                alt.Tooltip("edition:N", title="Forecast"),
                alt.Tooltip("millions:Q", title="Millions in 2050", format=".2f"),
                alt.Tooltip("verdict:N", title="It"),
                alt.Tooltip("by:N", title="As reported by"),
            ],
        ),
        base.mark_text(align="left", dx=8).encode(x=alt.datum(high / 1e6), text="words:N"),
    ).properties(height=30 * len(rows))
    fitting, not_fitting = list(rows[rows["fits"]]["edition"]), list(rows[~rows["fits"]]["edition"])
    return figure(
        chart,
        name="fig-forecast-totals",
        caption=f"The stated shares and declines can all hold only if the country has {low / 1e6:.1f} to {high / 1e6:.1f} million people in 2050. Later editions of the national forecast fit; earlier ones do not.",
        alternative=f"The range is {low / 1e6:.1f} to {high / 1e6:.1f} million people. Inside it: {', '.join(fitting)}. Outside it: {', '.join(not_fitting) or 'none'}.",
        source=["forecast_editions", "population_projections", "statements"],
        rows=rows,
        columns={
            "edition": "Forecast",
            "millions": "People in 2050, millions",
            "verdict": "Against the paper’s numbers",
            "by": "As reported by",
        },
        formats={"millions": ".2f"},
    )


# -------------------------------------------------------------------------------------------------- Serpin as a pipeline


def serpin_explorer(
    stages: pd.DataFrame,
    path: pd.DataFrame,
    first: Mapping[str, float],
    presets: Mapping[str, Mapping[str, float]],
    computed: Mapping[str, float],
    moves: float,
    outflow: float,
    largest: float,
) -> alt.VConcatChart:
    """Draw the programme from grants to people who stay, its sum against the North's loss, and what would break even.

    Parameters
    ----------
    stages : ``stage`` (label) and ``people`` at the first settings, in order.
    path : as ``projection.loss_path`` returns, with ``stock`` at the first settings.
    first : assumptions of ``projection.Pipeline`` that the controls start with.
    presets : label -> assumptions.
    computed : at the first settings ``settled``, ``stock_2030``, ``stock_2050``, ``needed_settled``, ``needed_grants``.
    moves : internal moves in the country in 2024.
    outflow : people whom the inferred North lost by internal moves in 2024.
    largest : the most grants printed for one year.
    """
    by_year = path.set_index("year")["loss"]
    loss_2030, loss_2050 = float(by_year[2030]), float(by_year[2050])
    span_2030, span_2050 = (int(path.loc[path["year"] == y, "years"].item()) for y in (2030, 2050))
    sliders = [
        # These steps meet the numbers of grants that the paper prints for the last years.
        _slider("grants", "Grants a year", first["grants"], 153, 20153, 250),
        _slider("enrolled", "Taken up, %", first["enrolled"], 0, 100, 1),
        _slider("graduate", "Graduate, %", first["graduate"], 0, 100, 0.1),
        _slider("employed", "Employed as required, %", first["employed"], 0, 100, 0.1),
        _slider("north", "Of these in the North, %", first["north"], 0, 100, 1),
        _slider("stay", "Still there later, %", first["stay"], 1, 100, 1),
        _slider("stay_years", "Later means after, years", first["stay_years"], 1, 10, 1),
    ]

    def cohorts(years: object) -> str:
        return f"(stay==100?{years}:(1-pow(kept,{years}))/(1-kept))"

    sentence = (
        f"'Of '+format(grants,',.0f')+' grants a year, '+format(settled,',.0f')+' people settle in the North, which lost {outflow:,.0f} by the {_digits(moves)} moves inside the country in 2024. '"
        f"+'By 2030 the programme makes up '+format(stock_2030,',.0f')+' of the {loss_2030:,.0f} people whom the North is forecast to lose ('+format(100*stock_2030/{loss_2030!r},'.1f')+' %), '"
        f"+'by 2050 '+format(stock_2050,',.0f')+' of {_digits(loss_2050)} ('+format(100*stock_2050/{loss_2050!r},'.1f')+' %). '"
        "+(settled==0?'As nobody settles, no number of grants offsets the loss.':"
        "'At these rates, '+format(needed_grants,',.3r')+' grants a year would offset the loss by 2030; '"
        "+(needed_settled>100?'at this number of grants, no retention would.':'at this number of grants, '+format(needed_settled,'.1f')+' % of them must end in the North.'))"
    )
    signals = [
        _signal("taken_up", "grants*enrolled/100"),
        _signal("graduates", "taken_up*graduate/100"),
        _signal("at_work", "graduates*employed/100"),
        _signal("settled", "at_work*north/100"),
        _signal("still_there", "settled*stay/100"),
        _signal("people", "[grants,taken_up,graduates,at_work,settled,still_there]"),
        _signal("kept", "pow(stay/100,1/stay_years)"),
        _signal("per_100", "100*settled/grants"),
        _signal("stock_2030", f"settled*{cohorts(span_2030)}"),
        _signal("stock_2050", f"settled*{cohorts(span_2050)}"),
        _signal("needed_settled", f"100*{loss_2030!r}/(grants*{cohorts(span_2030)})"),
        _signal("needed_grants", f"settled==0?0:{loss_2030!r}*grants/stock_2030"),
        _signal("sentence", sentence),
    ]

    # one year's grants
    rows = stages[["stage"]].assign(place=range(len(stages)))
    order = list(stages["stage"])
    one = (
        alt.Chart(rows)
        .transform_calculate(people="people[datum.place]")
        .encode(y=alt.Y("stage:N", sort=order, title=None, axis=alt.Axis(ticks=False)))
    )
    scale = alt.Scale(domainMin=0, domainMax=alt.ExprRef("grants*1.2"), nice=False)
    x = alt.X("people:Q", title=None, axis=None, scale=scale)
    flow = alt.layer(
        one.mark_bar(color=LIGHT["inferred"], height={"band": 0.6}).encode(
            x=x,
            tooltip=[
                alt.Tooltip("stage:N", title="Stage"),
                alt.Tooltip("people:Q", title="People of one year's grants", format=",.0f"),
            ],
        ),
        one.mark_text(align="left", dx=5, fontSize=13).encode(
            x=x, text=alt.Text("people:Q", format=",.0f")
        ),
    ).properties(height=165, title="People of one year’s grants")

    # summed up against the loss
    years = alt.Chart(path[["year", "years", "loss", "stated"]]).transform_calculate(
        stock=f"settled*{cohorts('datum.years')}"
    )
    time = alt.X(
        "year:Q",
        title=None,
        axis=alt.Axis(format="d", values=[2022, 2030, 2040, 2050], grid=False),
        scale=alt.Scale(domain=[2022, 2050], nice=False),
    )
    amount = alt.Scale(
        domainMin=0, domainMax=alt.ExprRef(f"max({1.15 * loss_2050!r},1.1*stock_2050)"), nice=False
    )
    tip = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("loss:Q", title="Forecast loss of the North", format=",.0f"),
        alt.Tooltip("stock:Q", title="Brought and still there", format=",.0f"),
    ]
    marked = years.transform_filter("datum.stated")
    sums = alt.layer(
        years.mark_line(color=LIGHT["paper"]).encode(
            x=time,
            y=alt.Y(
                "loss:Q",
                title="people since 2022",
                scale=amount,
                axis=alt.Axis(format=",.0f", tickCount=5),
            ),
        ),
        years.mark_line(color=LIGHT["inferred"], strokeDash=[2, 2], strokeWidth=3).encode(
            x=time, y=alt.Y("stock:Q", scale=amount), tooltip=tip
        ),
        years.mark_rule(color=LIGHT["neutral"], opacity=0, strokeWidth=12).encode(
            x=time, tooltip=tip
        ),
        marked.mark_point(shape="circle", size=80, color=LIGHT["paper"], opacity=1).encode(
            x=time, y="loss:Q", tooltip=tip
        ),
        marked.mark_point(shape="triangle-up", size=80, color=LIGHT["inferred"], opacity=1).encode(
            x=time, y="stock:Q", tooltip=tip
        ),
        marked.mark_text(align="right", dx=-8, dy=-10).encode(
            x=time, y="loss:Q", text=alt.Text("loss:Q", format=",.3r")
        ),
        *(
            marked.transform_filter(f"datum.year=={when}")
            .mark_text(align=align, dx=dx, dy=-9, color=LIGHT["inferred"], fontWeight="bold")
            .encode(x=time, y="stock:Q", text=alt.Text("stock:Q", format=",.0f"))
            for when, align, dx in ((2030, "left", 8), (2050, "right", -8))
        ),
    ).properties(
        height=190,
        title=alt.Title(
            ["● forecast loss of the North", "▲ brought by the programme, and still there"]
        ),
    )

    # what would break even
    curve = pd.DataFrame(
        [
            {"share": s, "span": span, "until": until}
            for until, span in ((2030, span_2030), (2050, span_2050))
            for s in range(2, 101, 2)
        ]
    )
    curve["loss"] = curve["until"].map({2030: loss_2030, 2050: loss_2050})
    needed = alt.Chart(curve).transform_calculate(
        needed=f"100*datum.loss/(datum.share*{cohorts('datum.span')})"
    )
    share = alt.X(
        "share:Q", title="settlers in the North per 100 grants", scale=alt.Scale(domain=[0, 100])
    )
    log = alt.Scale(type="log", domain=[100, 1000000], nice=False)
    volume = alt.Y(
        "needed:Q",
        title="grants a year (log scale)",
        scale=log,
        axis=alt.Axis(format=",.0f", values=[100, 1000, 10000, 100000, 1000000]),
    )
    here = alt.Chart(pd.DataFrame([{"words": "your settings"}])).transform_calculate(
        share="per_100", needed="grants"
    )
    most = alt.Chart(
        pd.DataFrame(
            [{"needed": largest, "share": 100, "words": f"most grants so far: {largest:,.0f}"}]
        )
    )
    around = [
        alt.Tooltip("until:O", title="Break-even by"),
        alt.Tooltip("share:Q", title="Of 100 grants settle"),
        alt.Tooltip("needed:Q", title="Grants a year needed", format=",.3r"),
    ]
    even = alt.layer(
        most.mark_rule(color=LIGHT["paper"]).encode(y=alt.Y("needed:Q", scale=log)),
        most.mark_text(align="right", dy=10, color=LIGHT["paper"]).encode(
            x=share, y="needed:Q", text="words:N"
        ),
        needed.mark_line(clip=True, strokeWidth=2.5).encode(
            x=share,
            y=volume,
            tooltip=around,
            detail="until:N",
            color=alt.value(LIGHT["recomputed"]),
            strokeDash=alt.StrokeDash(
                "until:N", scale=alt.Scale(domain=[2030, 2050], range=[[6, 3], [2, 3]]), legend=None
            ),
        ),
        needed.transform_filter("datum.until==2030&&datum.share==60")
        .mark_text(align="right", dy=10, color=LIGHT["recomputed"], clip=True)
        .encode(x=share, y=volume, text=alt.value("- - break-even by 2030")),
        needed.transform_filter("datum.until==2050&&datum.share==24")
        .mark_text(align="left", dy=-8, dx=4, color=LIGHT["recomputed"], clip=True)
        .encode(x=share, y=volume, text=alt.value("··· break-even by 2050")),
        here.mark_point(shape="triangle-up", size=150, color=LIGHT["inferred"], opacity=1).encode(
            x=share,
            y=volume,
            tooltip=[
                alt.Tooltip("share:Q", title="Of 100 grants settle", format=".1f"),
                alt.Tooltip("needed:Q", title="Grants a year", format=",.0f"),
            ],
        ),
        here.transform_filter("datum.share<70")
        .mark_text(align="left", dx=-6, dy=16, color=LIGHT["inferred"], fontWeight="bold")
        .encode(x=share, y=volume, text="words:N"),
        here.transform_filter("datum.share>=70")
        .mark_text(align="right", dx=6, dy=16, color=LIGHT["inferred"], fontWeight="bold")
        .encode(x=share, y=volume, text="words:N"),
    ).properties(height=220, title="Above the dashed line: the loss is offset")
    chart = alt.vconcat(flow, sums, even, spacing=26).add_params(*sliders, *signals)

    c = computed
    if c["settled"] == 0:
        verdict = "As nobody settles, no number of grants offsets the loss."
    else:
        verdict = f"At these rates, {_digits(c['needed_grants'])} grants a year would offset the loss by 2030; at this number of grants, "
        verdict += (
            "no retention would."
            if c["needed_settled"] > 100
            else f"{c['needed_settled']:.1f} % of them must end in the North."
        )
    words = (
        f"Of {first['grants']:,.0f} grants a year, {c['settled']:,.0f} people settle in the North, which lost {outflow:,.0f} by the {_digits(moves)} moves inside the country in 2024. "
        f"By 2030 the programme makes up {c['stock_2030']:,.0f} of the {loss_2030:,.0f} people whom the North is forecast to lose ({100 * c['stock_2030'] / loss_2030:.1f} %), "
        f"by 2050 {c['stock_2050']:,.0f} of {_digits(loss_2050)} ({100 * c['stock_2050'] / loss_2050:.1f} %). {verdict}"
    )
    return figure(
        chart,
        name="fig-serpin-explorer",
        caption="Serpin as a pipeline, with every assumption in the open. It stays far below the forecast loss of the North with every preset, even if nobody is lost on the way.",
        alternative=words + " The sentence above the chart follows the controls.",
        source=[
            "table3",
            "statements",
            "programmes",
            "population",
            "regions",
            "migration_regions",
            "migration_national",
        ],
        rows=path,
        columns={
            "year": "Year",
            "loss": "Forecast loss of the North since 2022, people",
            "stock": "Brought by the programme and still there, at the first settings",
        },
        formats={"loss": ",.0f", "stock": ",.0f"},
        sentence=("sentence", words),
        presets=presets,
    )


# --------------------------------------------------------------------------------------------- the concept's indicator


def indicator_explorer(
    path: pd.DataFrame, presets: Mapping[str, Mapping[str, float]], first: int
) -> alt.LayerChart:
    """Draw the arrivals that the indicator's path means, for a number of moves between regions that the reader sets.

    Parameters
    ----------
    path : ``year``, ``share_pct``, ``stated`` (whether the value is printed), ``same`` and ``arrivals`` (persons at the first setting).
    presets : label -> ``moves``, thousands a year.
    first : thousands of moves that the control starts with.
    """
    start, end = float(path["share_pct"].iloc[0]), float(path["share_pct"].iloc[-1])
    first_year, last_year = int(path["year"].iloc[0]), int(path["year"].iloc[-1])
    total = float((path["share_pct"] - start).sum())
    most = 1000
    moves = _slider("moves", "Moves between regions, thousands a year", first, 100, most, 1)
    ceiling = 10 * most * end * 1.1  # fixed, so that the chart grows with the setting
    more = [
        _signal("extra_last", f"moves*1000*{(end - start) / 100!r}"),
        _signal("extra_all", f"moves*1000*{total / 100!r}"),
    ]
    sentence = _signal(
        "sentence",
        (
            f"'If '+format(moves*1000,',.0f')+' people a year move between regions, {end:g} % instead of {start:g} % means '+format(extra_last,',.3r')"
            f"+' more arrivals in {last_year}, and '+format(extra_all,',.3r')+' more over {first_year + 1} to {last_year} together.'"
        ),
    )
    rows = path[["year", "share_pct", "stated"]].assign(start=start)
    base = (
        alt.Chart(rows)
        .transform_calculate(arrivals="moves*10*datum.share_pct", same="moves*10*datum.start")
        .transform_calculate(
            extra="datum.arrivals-datum.same", label="format(datum.share_pct,'.1f')+' %'"
        )
    )
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0), scale=alt.Scale(padding=0.5))
    y = alt.Y(
        "arrivals:Q",
        title="arrivals in the north and east, people a year",
        scale=alt.Scale(domain=[0, ceiling]),
        axis=alt.Axis(format=",.0f", tickCount=5),
    )
    tip = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("label:N", title="Share on the path"),
        alt.Tooltip("arrivals:Q", title="Arrivals on the path", format=",.0f"),
        alt.Tooltip("extra:Q", title="More than at the first share", format=",.0f"),
    ]
    last = base.transform_filter(f"datum.year=={last_year}").transform_calculate(
        words="'+ '+format(datum.extra,',.3r')"
    )
    chart = (
        alt.layer(
            base.mark_line(color=LIGHT["neutral"], strokeDash=[4, 3]).encode(
                x=x, y=alt.Y("same:Q")
            ),
            base.mark_line(color=LIGHT["inferred"], strokeDash=[2, 2]).encode(x=x, y=y),
            base.mark_rule(color=LIGHT["inferred"], strokeWidth=2, opacity=0.5).encode(
                x=x, y="same:Q", y2="arrivals:Q", tooltip=tip
            ),
            base.transform_filter("datum.stated")
            .mark_point(shape="circle", size=110, color=LIGHT["paper"], opacity=1)
            .encode(x=x, y=y, tooltip=tip),
            base.transform_filter("!datum.stated")
            .mark_point(shape="triangle-up", size=80, color=LIGHT["inferred"], opacity=1)
            .encode(x=x, y=y, tooltip=tip),
            base.mark_text(dy=-14).encode(x=x, y=y, text="label:N"),
            last.mark_text(
                align="center", dy=16, fontWeight="bold", color=LIGHT["inferred"]
            ).encode(x=x, y="same:Q", text="words:N"),
            base.transform_filter(f"datum.year=={first_year + 2}")
            .mark_text(dy=14, color=LIGHT["muted"])
            .encode(x=x, y="same:Q", text=alt.value(f"if the share stays at {start:g} %")),
        )
        .properties(height=240)
        .add_params(moves, *more, sentence)
    )
    gain, gain_all = first * 1000 * (end - start) / 100, first * 1000 * total / 100
    words = (
        f"If {first * 1000:,.0f} people a year move between regions, {end:g} % instead of {start:g} % means {_digits(gain)} more arrivals in {last_year}, "
        f"and {_digits(gain_all)} more over {first_year + 1} to {last_year} together."
    )
    return figure(
        chart,
        name="fig-indicator-explorer",
        caption="What the concept’s target means in people. Circles are the two stated values of the indicator; the straight path between them is inferred. Arrivals are counted, departures are not.",
        alternative=f"The share of arrivals in the north and east rises from {start:g} % in {first_year} to {end:g} % in {last_year}. {words}",
        source=["targets", "migration_press"],
        rows=path,
        columns={
            "year": "Year",
            "share_pct": "Share on the path, %",
            "arrivals": "Arrivals at the first setting",
            "same": "Arrivals if the share stays",
        },
        formats={"share_pct": ".2f", "arrivals": ",.0f", "same": ",.0f"},
        sentence=("sentence", words),
        presets=presets,
    )
