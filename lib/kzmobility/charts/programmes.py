"""Charts of the state programmes and of the survey."""

from __future__ import annotations

import altair as alt
import pandas as pd

from proofbook.figure import LIGHT, SIGNS, Sign, figure, sign_scale

__all__ = [
    "programme_scale",
    "serpin_base",
    "serpin_compliance",
    "serpin_grants",
    "serpin_recipients",
    "survey_intervals",
    "survey_pairs",
    "target_indicator",
    "village_fields",
    "village_regions",
]

ONE_BELOW_THE_OTHER = {"config": {"legend": {"columns": 1}}}  # legends in narrow columns
MINUS = "\N{MINUS SIGN}"
CHANGE_MARKS = {"rise": "▲", "fall": "▼", "no change": "="}
SHORT_REASONS = {
    "did not want to live in rural areas": "dislike of rural life",
    "lack of educational opportunities": "lack of education",
}
CONFIDENCE = 95  # the level that a chart shows first and that its text alternative gives, per cent
PAIR_MARKS = {"apart": "≠", "apart only if looked at alone": "≠?", "not told apart": "?"}


def _signed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(sign=[SIGNS[s][0] for s in rows["sign"]])


def _sign_channels(*signs: Sign, offset: int = 18) -> tuple[alt.Color, alt.Shape]:
    # A reader's fonts run wider than those the renderer measures with, so that legend entries touch without this padding.
    legend = alt.Legend(columnPadding=28, offset=offset)
    return (
        alt.Color("sign:N", scale=sign_scale(*signs), title=None, legend=legend),
        alt.Shape("sign:N", scale=sign_scale(*signs, channel="shape"), title=None, legend=legend),
    )


def _dots(
    rows: pd.DataFrame,
    *,
    label: str,
    x: alt.X,
    signs: tuple[Sign, ...],
    tooltip: list[alt.Tooltip],
    height: int,
) -> alt.LayerChart:
    """Return one mark a row with its value beside it; `rows` carry ``sign`` in words and ``shown``."""
    colour, shape = _sign_channels(*signs)
    base = alt.Chart(rows).encode(
        y=alt.Y(
            f"{label}:N",
            sort=list(rows[label]),
            title=None,
            axis=alt.Axis(labelFontSize=13, ticks=False),
        )
    )
    return alt.layer(
        base.mark_rule(strokeWidth=2).encode(x=x, x2=alt.datum(0), color=colour),
        base.mark_point(size=110, opacity=1).encode(
            x=x, color=colour, shape=shape, tooltip=tooltip
        ),
        base.mark_text(align="left", dx=11, fontSize=12).encode(x=x, text="shown:N"),
    ).properties(height=height)


def serpin_grants(grants: pd.DataFrame, reported: pd.DataFrame) -> alt.LayerChart:
    """Draw the grants of every academic year, what the press reports of them, and the year without data.

    Parameters
    ----------
    grants : ``academic_year``, ``start`` (year in which it begins), ``grants`` (missing where the paper found none),
        ``change`` from the last known year (``rise``, ``fall``, ``no change``, or missing where there is nothing to compare).
    reported : ``academic_year``, ``start``, ``kind`` (what was counted), ``grants``, ``as_reported_by``.
    """
    words = {"paper": SIGNS["paper"][0], "official": SIGNS["official"][0]}
    printed = grants.assign(
        sign=words["paper"],
        kind="all grants",
        by="the paper",
        mark=grants["change"].map(CHANGE_MARKS).fillna(""),
    )
    press = reported.assign(
        sign=words["official"], by="as reported by " + reported["as_reported_by"]
    )
    kinds = list(dict.fromkeys(reported["kind"]))
    choice = alt.param(
        name="reported",
        value="all",
        bind=alt.binding_select(
            options=["all", *kinds, "none"],
            labels=["everything reported", *kinds, "nothing"],
            name="Beside the paper",
        ),
    )
    colour, shape = _sign_channels("paper", "official", offset=26)
    x = alt.X(
        "start:Q",
        title="academic year, by the year in which it begins",
        scale=alt.Scale(
            domain=[grants["start"].min() - 0.4, grants["start"].max() + 0.4],
            nice=False,
            zero=False,
        ),
        axis=alt.Axis(
            format="d",
            values=list(range(int(grants["start"].min()), int(grants["start"].max()) + 1, 2)),
            grid=False,
        ),
    )
    y = alt.Y(
        "grants:Q", title="grants", scale=alt.Scale(domain=[0, 7000]), axis=alt.Axis(format=",d")
    )
    tooltip = [
        alt.Tooltip("academic_year:N", title="Academic year"),
        alt.Tooltip("grants:Q", title="Grants", format=",d"),
        alt.Tooltip("kind:N", title="Counted"),
        alt.Tooltip("by:N", title="By"),
    ]
    base = alt.Chart(printed)
    missing = base.transform_filter("!isValid(datum.grants)")
    chart = (
        alt.layer(
            missing.mark_rule(strokeDash=[2, 3], color=LIGHT["neutral"]).encode(x=x),
            missing.mark_text(
                text="data not found", angle=270, dy=-9, color=LIGHT["muted"], fontStyle="italic"
            ).encode(x=x, y=alt.value(150)),
            base.mark_line(
                strokeWidth=2, color=LIGHT["paper"], invalid="break-paths-show-path-domains"
            ).encode(x=x, y=y),
            alt.Chart(press)
            .transform_filter("reported === 'all' || datum.kind === reported")
            .mark_point(size=150, opacity=1)
            .encode(x=x, y=y, color=colour, shape=shape, tooltip=tooltip),
            base.transform_filter("isValid(datum.grants)")
            .mark_point(size=110, opacity=1)
            .encode(x=x, y=y, color=colour, shape=shape, tooltip=tooltip),
            base.transform_filter("isValid(datum.grants)")
            .mark_text(color=LIGHT["muted"])
            .encode(x=x, y=alt.value(270), text="mark:N"),
        )
        .add_params(choice)
        .properties(height=280)
    )
    known = printed.dropna(subset="grants")
    top = known.loc[known["grants"].astype(int).idxmax()]
    gone = ", ".join(printed[printed["grants"].isna()]["academic_year"])
    counts = grants["change"].value_counts()
    rows = pd.concat([printed, press], ignore_index=True)
    return figure(
        chart,
        name="fig-serpin-grants",
        narrow=ONE_BELOW_THE_OTHER,
        caption="Paper table 3. The marks at the foot say rise ▲, fall ▼ or no change =: the grants do not grow every year. The gap is the year for which the paper found no data.",
        alternative=f"Serpin grants by academic year: {'; '.join(f'{r.academic_year} {r.grants:,}' for r in known.itertuples())}. No data for {gone}. "
        f"Against the last known year: {counts.get('rise', 0)} rises, {counts.get('fall', 0)} falls, {counts.get('no change', 0)} without change. The peak is {top['academic_year']}.",
        source=["table3", "programmes"],
        rows=rows,
        columns={
            "academic_year": "Academic year",
            "grants": "Grants",
            "kind": "Counted",
            "by": "By",
        },
        formats={"grants": ",.0f"},
    )


def serpin_compliance(shares: pd.DataFrame) -> alt.LayerChart:
    """Draw the shares of graduates that different sources give, side by side: they measure different things.

    Parameters
    ----------
    shares : ``label`` (short), ``statement`` (what is counted), ``share_pct``, ``sign`` (key of SIGNS), in the order to be shown.
    """
    rows = _signed(shares).assign(shown=[f"{v:.3g} %" for v in shares["share_pct"]])
    chart = _dots(
        rows,
        label="label",
        x=alt.X(
            "share_pct:Q",
            title="share of graduates, %",
            scale=alt.Scale(domain=[0, 125]),
            axis=alt.Axis(values=[0, 25, 50, 75, 100]),
        ),
        signs=("paper", "recomputed", "official"),
        height=210,
        tooltip=[
            alt.Tooltip("statement:N", title="Counted"),
            alt.Tooltip("shown:N", title="Share"),
            alt.Tooltip("sign:N", title="Comes from"),
        ],
    )
    low, high = rows.loc[rows["share_pct"].idxmin()], rows.loc[rows["share_pct"].idxmax()]
    return figure(
        chart,
        name="fig-serpin-compliance",
        narrow=ONE_BELOW_THE_OTHER,
        caption="How many Serpin graduates do what the grant asks: the answers lie far apart, because they count different people and different duties.",
        alternative="; ".join(f"{r.statement}: {r.shown}, {r.sign}" for r in rows.itertuples())
        + f". The lowest is {low['shown']}, the highest {high['shown']}.",
        source=["statements", "figure5", "programmes"],
        rows=rows,
        columns={"statement": "Counted", "share_pct": "Share, %", "sign": "Comes from"},
        formats={"share_pct": ".1f"},
    )


def serpin_base(bases: pd.DataFrame) -> alt.LayerChart:
    """Draw the total that the stated number and share imply, beside the totals that it could be.

    Parameters
    ----------
    bases : ``label`` (short), ``statement``, ``low`` and ``high`` (persons; equal for a single number), ``sign``.
    """
    rows = _signed(bases).assign(
        middle=(bases["low"] + bases["high"]) / 2,
        left=bases["high"] < bases["low"].iloc[:2].min(),
        shown=[
            f"{a:,.0f}" if a == b else f"{a:,.0f} to {b:,.0f}"
            for a, b in zip(bases["low"], bases["high"], strict=True)
        ],
    )
    colour, shape = _sign_channels("recomputed", "official")
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "label:N",
            sort=list(rows["label"]),
            title=None,
            axis=alt.Axis(labelFontSize=13, ticks=False),
        )
    )
    x = alt.X(
        "middle:Q",
        title="people",
        scale=alt.Scale(domain=[3000, 19000], zero=False, nice=False),
        axis=alt.Axis(format=",d", values=[4000, 10000, 16000]),
    )
    tooltip = [
        alt.Tooltip("statement:N", title="Counted"),
        alt.Tooltip("shown:N", title="People"),
        alt.Tooltip("sign:N", title="Comes from"),
    ]
    band = pd.DataFrame(
        {"low": [bases["low"].iloc[:2].min()], "high": [bases["high"].iloc[:2].max()]}
    )
    chart = alt.layer(
        alt.Chart(band)
        .mark_rect(color=LIGHT["recomputed"], opacity=0.15)
        .encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_rule(strokeWidth=5).encode(x="low:Q", x2="high:Q", color=colour),
        base.mark_point(size=90, opacity=1).encode(x=x, color=colour, shape=shape, tooltip=tooltip),
        base.transform_filter("!datum.left")
        .mark_text(align="left", dx=12, fontSize=12)
        .encode(x="high:Q", text="shown:N"),
        base.transform_filter("datum.left")
        .mark_text(align="right", dx=-12, fontSize=12)
        .encode(x="low:Q", text="shown:N"),
    ).properties(height=200)
    return figure(
        chart,
        name="fig-serpin-base",
        narrow=ONE_BELOW_THE_OTHER,
        caption="Paper figure 5, as far as the text states it: a number of people and its share fix the total, the shaded band. None of the totals that are known fits it.",
        alternative="; ".join(f"{r.statement}: {r.shown}" for r in rows.itertuples()) + ".",
        source=["figure5", "table3", "programmes"],
        rows=rows,
        columns={"statement": "Counted", "low": "From", "high": "To", "sign": "Comes from"},
        formats={"low": ",.0f", "high": ",.0f"},
    )


def serpin_recipients(regions: pd.DataFrame) -> alt.LayerChart:
    """Draw net internal migration of the recipient regions, with a switch between the years.

    Parameters
    ----------
    regions : ``name_en``, ``year``, ``net`` (persons, arrivals less departures).
    """
    years = sorted(int(y) for y in regions["year"].unique())
    year = alt.param(
        name="year",
        value=years[-1],
        bind=alt.binding_radio(options=years, labels=[str(y) for y in years], name="Year"),
    )
    order = list(regions[regions["year"] == years[-1]].sort_values("net")["name_en"])
    rows = regions.assign(
        shown=[f"{v:+,d}".replace("-", MINUS) for v in regions["net"]], sign=SIGNS["official"][0]
    )
    base = (
        alt.Chart(rows)
        .transform_filter(alt.datum.year == year)
        .encode(
            y=alt.Y(
                "name_en:N", sort=order, title=None, axis=alt.Axis(labelFontSize=13, ticks=False)
            )
        )
    )
    x = alt.X(
        "net:Q",
        title="arrivals less departures, people",
        scale=alt.Scale(domain=[min(-10000, int(regions["net"].min())), 2500]),
        axis=alt.Axis(format=",d", tickCount=4),
    )
    tooltip = [
        alt.Tooltip("name_en:N", title="Region"),
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("shown:N", title="Net internal migration"),
    ]
    chart = (
        alt.layer(
            base.mark_rule(strokeWidth=2, color=LIGHT["official"]).encode(x=x, x2=alt.datum(0)),
            base.mark_point(shape="square", size=110, opacity=1, color=LIGHT["official"]).encode(
                x=x, tooltip=tooltip
            ),
            base.mark_text(align="left", dx=6, fontSize=12).encode(x=alt.datum(0), text="shown:N"),
        )
        .add_params(year)
        .properties(height=220)
    )
    totals = regions.groupby("year")["net"].sum()
    return figure(
        chart,
        name="fig-serpin-recipients",
        caption="Net internal migration of the regions to which Serpin sends its graduates: more people leave than arrive, in every year on record.",
        alternative=" ".join(
            f"In {y}, together {totals[y]:+,d}: ".replace("-", MINUS)
            + ", ".join(f"{r.name_en} {r.shown}" for r in rows[rows["year"] == y].itertuples())
            + "."
            for y in years
        ),
        source=["serpin_regions", "migration_regions"],
        rows=rows,
        columns={"name_en": "Region", "year": "Year", "net": "Net internal migration"},
        formats={"net": "+,d"},
    )


def village_regions(regions: pd.DataFrame) -> alt.LayerChart:
    """Draw the allowances of the regions that the paper names, as people or for each ten thousand inhabitants.

    Parameters
    ----------
    regions : ``region``, ``listed_as`` (``largest`` or ``lowest``), ``people``, ``per_10000``.
    """
    measures = {"people": "people", "per_10000": "for each ten thousand inhabitants"}
    measure = alt.param(
        name="measure",
        value="people",
        bind=alt.binding_radio(
            options=list(measures), labels=list(measures.values()), name="Count"
        ),
    )
    long = regions.melt(["region", "listed_as"], list(measures), "measure", "value")
    long["sign"] = [SIGNS["paper" if m == "people" else "recomputed"][0] for m in long["measure"]]
    long["shown"] = [
        (f"{v:,.0f}" if m == "people" else f"{v:.1f}")
        + (" ◂ named as lowest" if low == "lowest" else "")
        for m, v, low in zip(long["measure"], long["value"], long["listed_as"], strict=True)
    ]
    colour = alt.Color("sign:N", scale=sign_scale("paper", "recomputed"), legend=None)
    base = (
        alt.Chart(long)
        .transform_filter(alt.datum.measure == measure)
        .encode(
            y=alt.Y(
                "region:N",
                sort=alt.EncodingSortField("value", order="descending"),
                title=None,
                axis=alt.Axis(labelFontSize=13, ticks=False),
            ),
        )
    )
    limits = (
        " : ".join(f"measure === '{m}' ? {1.25 * regions[m].max():.3g}" for m in measures) + " : 1"
    )
    x = alt.X(
        "value:Q",
        title="young specialists",
        axis=alt.Axis(tickCount=4),
        scale=alt.Scale(domainMin=0, domainMax=alt.ExprRef(limits), nice=False),
    )
    tooltip = [
        alt.Tooltip("region:N", title="Region"),
        alt.Tooltip("value:Q", title="Value", format=",.4~r"),
        alt.Tooltip("listed_as:N", title="Named among the"),
        alt.Tooltip("sign:N", title="Comes from"),
    ]
    chart = (
        alt.layer(
            base.mark_rule(strokeWidth=2).encode(x=x, x2=alt.datum(0), color=colour),
            base.mark_point(size=100, opacity=1).encode(
                x=x,
                color=colour,
                shape=alt.Shape(
                    "sign:N", scale=sign_scale("paper", "recomputed", channel="shape"), legend=None
                ),
                tooltip=tooltip,
            ),
            base.mark_text(align="left", dx=10, fontSize=12).encode(x=x, text="shown:N"),
        )
        .add_params(measure)
        .properties(height=280)
    )
    ranked = regions.sort_values("people", ascending=False)
    per = regions.sort_values("per_10000", ascending=False)
    return figure(
        chart,
        name="fig-village-regions",
        caption="Allowances under With a diploma to the village in the ten regions that the paper names. Counted for each ten thousand inhabitants, the order changes.",
        alternative="People: "
        + ", ".join(f"{r.region} {r.people:,}" for r in ranked.itertuples())
        + ". For each ten thousand inhabitants: "
        + ", ".join(f"{r.region} {r.per_10000:.1f}" for r in per.itertuples())
        + ".",
        source=["village_regions", "population"],
        rows=regions,
        columns={
            "region": "Region",
            "people": "People",
            "per_10000": "For each ten thousand inhabitants",
            "listed_as": "Named among the",
        },
        formats={"people": ",d", "per_10000": ".1f"},
    )


def village_fields(fields: pd.DataFrame) -> alt.LayerChart:
    """Draw the young specialists of each field of work.

    Parameters
    ----------
    fields : ``field``, ``people_thousand``, ``share_pct`` (of the sum of the fields).
    """
    label = {
        "sports and culture, social security": "sports, culture etc.",
        "agro-industrial complex": "agro-industry",
    }
    rows = _signed(fields.assign(sign="paper")).assign(
        label=fields["field"].replace(label), shown=[f"{t:g}" for t in fields["people_thousand"]]
    )
    chart = _dots(
        rows,
        label="label",
        x=alt.X(
            "people_thousand:Q",
            title="young specialists, thousand",
            scale=alt.Scale(domain=[0, 85]),
            axis=alt.Axis(tickCount=4),
        ),
        signs=("paper",),
        height=140,
        tooltip=[
            alt.Tooltip("field:N", title="Field"),
            alt.Tooltip("people_thousand:Q", title="Thousand people"),
            alt.Tooltip("share_pct:Q", title="Share of the sum, %", format=".1f"),
        ],
    )
    first = rows.iloc[0]
    return figure(
        chart,
        name="fig-village-fields",
        caption="Young specialists by field of work, as the paper gives them without a programme or a period: most of them work in education.",
        alternative="Thousand people and share of the sum: "
        + ", ".join(
            f"{r.field} {r.people_thousand:g} ({r.share_pct:.0f} %)" for r in rows.itertuples()
        )
        + f". {first['field'].capitalize()} is the largest.",
        source=["village_fields"],
        rows=rows,
        columns={
            "field": "Field",
            "people_thousand": "Thousand people",
            "share_pct": "Share of the sum, %",
        },
        formats={"people_thousand": "g", "share_pct": ".1f"},
    )


def survey_intervals(reasons: pd.DataFrame) -> alt.LayerChart:
    """Draw the survey's shares with their exact intervals; the reader picks the level of confidence.

    Parameters
    ----------
    reasons : one row for each reason and level: ``reason``, ``share_pct``, ``count``, ``level_pct``, ``low_pct``, ``high_pct``.
    """
    levels = sorted(int(v) for v in reasons["level_pct"].unique())
    level = alt.param(
        name="level",
        value=CONFIDENCE,
        bind=alt.binding_radio(
            options=levels, labels=[f"{v} %" for v in levels], name="Confidence"
        ),
    )
    rows = reasons.assign(
        label=reasons["reason"].replace(SHORT_REASONS),
        shown=[f"{s:g} %" for s in reasons["share_pct"]],
        interval=[
            f"{a:.1f} to {b:.1f} %"
            for a, b in zip(reasons["low_pct"], reasons["high_pct"], strict=True)
        ],
    )
    order = list(dict.fromkeys(rows.sort_values("share_pct", ascending=False)["label"]))
    base = (
        alt.Chart(rows)
        .transform_filter(alt.datum.level_pct == level)
        .encode(
            y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelFontSize=13, ticks=False))
        )
    )
    x = alt.X(
        "share_pct:Q",
        title="share of respondents, %",
        scale=alt.Scale(domain=[0, 70]),
        axis=alt.Axis(tickCount=4),
    )
    tooltip = [
        alt.Tooltip("reason:N", title="Reason"),
        alt.Tooltip("shown:N", title="Printed"),
        alt.Tooltip("count:Q", title="People"),
        alt.Tooltip("interval:N", title="Exact interval"),
    ]
    chart = (
        alt.layer(
            base.mark_rule(strokeWidth=3, color=LIGHT["recomputed"]).encode(
                x=alt.X("low_pct:Q"), x2="high_pct:Q"
            ),
            base.mark_point(shape="circle", size=120, color=LIGHT["paper"], opacity=1).encode(
                x=x, tooltip=tooltip
            ),
            base.mark_text(align="left", dx=8, fontSize=12).encode(x="high_pct:Q", text="shown:N"),
        )
        .add_params(level)
        .properties(height=230)
    )
    first = rows[rows["level_pct"] == CONFIDENCE].sort_values("share_pct", ascending=False)
    return figure(
        chart,
        name="fig-survey",
        caption="Reasons for leaving home: the printed shares (circles) with the exact binomial intervals computed here (bars). The bar of the first reason overlaps that of the second, and the second that of the third.",
        alternative="; ".join(
            f"{r.reason} {r.shown}, {r.people} people, {CONFIDENCE} % interval {r.interval}"
            for r in first.rename(columns={"count": "people"}).itertuples()
        )
        + ".",
        source=["survey_reasons", "survey"],
        rows=rows,
        columns={
            "reason": "Reason",
            "share_pct": "Share, %",
            "count": "People",
            "level_pct": "Confidence, %",
            "low_pct": "From, %",
            "high_pct": "To, %",
        },
        formats={"share_pct": "g", "low_pct": ".1f", "high_pct": ".1f"},
    )


def survey_pairs(pairs: pd.DataFrame) -> alt.LayerChart:
    """Draw which reasons the answers can tell apart, two by two.

    Parameters
    ----------
    pairs : ``first`` and ``second`` (the more frequent one first), ``first_count``, ``second_count``, ``p`` (exact, two-sided),
        ``state`` (a key of PAIR_MARKS).
    """
    states = list(PAIR_MARKS)
    rows = pairs.assign(
        first=pairs["first"].replace(SHORT_REASONS),
        second=pairs["second"].replace(SHORT_REASONS),
        mark=pairs["state"].map(PAIR_MARKS),
    )
    across, down = list(dict.fromkeys(rows["first"])), list(dict.fromkeys(rows["second"]))
    base = alt.Chart(rows).encode(
        x=alt.X(
            "first:N",
            sort=across,
            title=None,
            axis=alt.Axis(
                orient="top",
                labelAngle=-90,
                labelFontSize=12,
                minExtent=116,
                maxExtent=116,
                ticks=False,
                domain=False,
            ),
        ),
        y=alt.Y("second:N", sort=down, title=None, axis=alt.Axis(labelFontSize=12, ticks=False)),
    )
    tooltip = [
        alt.Tooltip("first:N", title="One reason"),
        alt.Tooltip("first_count:Q", title="People"),
        alt.Tooltip("second:N", title="Other reason"),
        alt.Tooltip("second_count:Q", title="People"),
        alt.Tooltip("p:Q", title="p, exact", format=".3f"),
        alt.Tooltip("state:N", title="Told apart"),
    ]
    legend = (
        " || ".join(f"datum.label === '{s}' ? '{PAIR_MARKS[s]} {s}'" for s in states).replace(
            " || ", " : "
        )
        + " : ''"
    )
    chart = alt.layer(
        base.mark_rect(stroke=LIGHT["surface"], strokeWidth=2).encode(
            color=alt.Color(
                "state:N",
                sort=states,
                scale=alt.Scale(
                    domain=states, range=[LIGHT["level5"], LIGHT["level3"], LIGHT["level1"]]
                ),
                title=None,
                legend=alt.Legend(labelExpr=legend, columns=1, symbolType="square"),
            ),
            tooltip=tooltip,
        ),
        base.mark_text(fontSize=14, fontWeight="bold").encode(
            text="mark:N",
            color=alt.condition(
                "datum.state === 'apart'", alt.value(LIGHT["surface"]), alt.value(LIGHT["ink"])
            ),
        ),
    ).properties(height=260)
    unsure = rows[rows["state"] != states[0]]
    return figure(
        chart,
        name="fig-survey-pairs",
        caption="What the answers can tell apart. The most frequent reason stands clear of the third, but not of the second.",
        alternative=f"Of {len(rows)} pairs of reasons, {len(rows) - len(unsure)} are told apart. Not, or only if looked at alone: "
        + "; ".join(f"{r.first} and {r.second} (p {r.p:.3f})" for r in unsure.itertuples())
        + ".",
        source=["survey_reasons", "survey"],
        rows=rows,
        columns={
            "first": "One reason",
            "first_count": "People",
            "second": "Other reason",
            "second_count": "People, other",
            "p": "p, exact",
            "state": "Told apart",
        },
        formats={"p": ".4f"},
    )


def target_indicator(points: pd.DataFrame) -> alt.LayerChart:
    """Draw the two stated values of the target indicator, and what official figures show of a neighbouring measure.

    Parameters
    ----------
    points : ``year``, ``share_pct``, ``sign`` (``paper``, ``inferred`` for the straight line, ``official``), ``statement``.
    """
    rows = _signed(points)
    years = [int(points["year"].min()), int(points["year"].max())]
    signs: tuple[Sign, ...] = ("paper", "inferred", "official")
    colour, shape = _sign_channels(*signs, offset=26)
    base = alt.Chart(rows)
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[years[0] - 0.4, years[1] + 0.4], nice=False, zero=False),
        axis=alt.Axis(format="d", values=list(range(years[0], years[1] + 1))),
    )
    y = alt.Y(
        "share_pct:Q",
        title="share of arrivals, %",
        scale=alt.Scale(domain=[0, 22]),
        axis=alt.Axis(tickCount=5),
    )
    tooltip = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("share_pct:Q", title="Share, %", format=".1f"),
        alt.Tooltip("statement:N", title="Counted"),
        alt.Tooltip("sign:N", title="Comes from"),
    ]
    dash = alt.StrokeDash(
        "sign:N",
        scale=sign_scale(*signs, channel="dash"),
        title=None,
        legend=alt.Legend(columnPadding=28, offset=26),
    )
    ends = rows[rows["sign"] == SIGNS["paper"][0]]
    chart = alt.layer(
        alt.Chart(
            pd.concat(
                [rows[rows["sign"] != SIGNS["paper"][0]], ends.assign(sign=SIGNS["inferred"][0])]
            )
        )
        .mark_line(strokeWidth=2)
        .encode(x=x, y=y, color=colour, strokeDash=dash),
        base.mark_point(size=110, opacity=1).encode(
            x=x, y=y, color=colour, shape=shape, tooltip=tooltip
        ),
        # The official marks come close to the straight line; their numbers stand clear of it.
        *[
            base.transform_filter(f"datum.sign === '{SIGNS[sign][0]}'")
            .mark_text(dy=dy)
            .encode(x=x, y=y, text=alt.Text("share_pct:Q", format=".1f"))
            for sign, dy in (("paper", -14), ("official", -22))
        ],
    ).properties(height=250)
    official = rows[rows["sign"] == SIGNS["official"][0]]
    return figure(
        chart,
        name="fig-target",
        narrow=ONE_BELOW_THE_OTHER,
        caption="The target and its start (circles), joined by a straight line that is ours, and the official share of six northern and eastern regions in all internal arrivals (squares). The official share counts moves inside a region too, so that only its direction can be compared: it falls.",
        alternative="Printed: "
        + " and ".join(f"{r.share_pct:g} % in {r.year}" for r in ends.itertuples())
        + ". Official share of six northern and eastern regions, inferred, in all internal arrivals: "
        + ", ".join(f"{r.share_pct:.1f} % in {r.year}" for r in official.itertuples())
        + ".",
        source=["targets", "migration_regions", "regions"],
        rows=rows,
        columns={
            "year": "Year",
            "share_pct": "Share, %",
            "statement": "Counted",
            "sign": "Comes from",
        },
        formats={"share_pct": ".1f"},
    )


def programme_scale(sizes: pd.DataFrame) -> alt.LayerChart:
    """Draw what programmes move in a year beside all internal moves, on one logarithmic axis.

    Parameters
    ----------
    sizes : ``label`` (short), ``statement`` (what is counted), ``people`` (a year), ``sign``; in the order to be shown.
    """
    rows = _signed(sizes).assign(
        shown=[f"{v:,.0f}" for v in sizes["people"]], least=1000, big=sizes["people"] > 100_000
    )
    colour, shape = _sign_channels("paper", "recomputed", "official")
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "label:N",
            sort=list(rows["label"]),
            title=None,
            axis=alt.Axis(labelFontSize=13, ticks=False),
        )
    )
    x = alt.X(
        "people:Q",
        title="people a year, each step ten times the last",
        scale=alt.Scale(type="log", domain=[1000, 3_000_000]),
        axis=alt.Axis(
            grid=True, values=[1e3, 1e4, 1e5, 1e6], labelExpr="format(datum.value, ',d')"
        ),
    )
    tooltip = [
        alt.Tooltip("statement:N", title="Counted"),
        alt.Tooltip("people:Q", title="People a year", format=",.0f"),
        alt.Tooltip("sign:N", title="Comes from"),
    ]
    chart = alt.layer(
        base.transform_filter("datum.big")
        .mark_text(align="right", dx=-11)
        .encode(x=x, text="shown:N"),
        base.transform_filter("!datum.big")
        .mark_text(align="left", dx=11)
        .encode(x=x, text="shown:N"),
        base.mark_point(size=110, opacity=1).encode(
            x=x, color=colour, shape=shape, tooltip=tooltip
        ),
    ).properties(height=330)
    return figure(
        chart,
        name="fig-scale",
        narrow=ONE_BELOW_THE_OTHER,
        caption="Programmes beside all internal moves, on a logarithmic axis: every programme is at least an order of magnitude smaller than the moves.",
        alternative="People a year: "
        + "; ".join(f"{r.statement} {r.shown}" for r in rows.itertuples())
        + ".",
        source=[
            "table2",
            "table3",
            "table4",
            "statements",
            "village_regions",
            "programmes",
            "migration_national",
        ],
        rows=rows,
        columns={"statement": "Counted", "people": "People a year", "sign": "Comes from"},
        formats={"people": ",.0f"},
    )
