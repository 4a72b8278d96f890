"""The two chart grammars, and how a figure carries its words and rows."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd
import pytest

from proofbook import render, results
from proofbook.figure import MIME, SIGNS, _render, dots, figure, lines, opened

VALUES = pd.DataFrame(
    {
        "place": ["North", "North", "South"],
        "source": ["paper", "reported", "paper"],
        "share": [12.5, 14.0, None],
        "low": [11.0, None, None],
        "high": [13.0, None, None],
        "year": [2023, 2023, 2023],
    }
)
YEARS = pd.DataFrame({"year": [2001, 2002, 2003], "people": [10, 30, 20], "which": "printed"})


def spec_of(chart: alt.TopLevelMixin) -> dict[str, Any]:
    bundle, _ = _render(chart.to_dict())
    return opened(bundle[MIME])


def texts(chart: alt.TopLevelMixin) -> str:
    spec = {k: v for k, v in spec_of(chart).items() if k != "usermeta"}
    return render.svg_of(spec)


def a_dots(**more: Any) -> alt.LayerChart:
    return dots(VALUES, x="share", y="place", sign="source", text=".1f", title="share, %", **more)


def test_dots_write_values_beside_their_marks() -> None:
    svg = texts(a_dots())
    assert [v for v in (">12.5<", ">14.0<") if v not in svg] == []


def test_dots_name_two_signs_in_a_legend() -> None:
    svg = texts(a_dots())
    assert all(f">{SIGNS[sign][0]}<" in svg for sign in ("paper", "reported"))


def test_dots_say_that_a_value_is_missing() -> None:
    assert ">not stated<" in texts(a_dots(missing="not stated"))


def test_dots_of_one_sign_need_no_legend() -> None:
    chart = dots(VALUES, x="share", y="place", sign="paper", title="share, %")
    assert SIGNS["paper"][0] not in texts(chart)


def test_an_unknown_sign_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no sign \['press'\].*reported"):
        dots(VALUES, x="share", y="place", sign="press", title="share, %")


def test_a_choice_becomes_a_control_with_the_first_row_chosen() -> None:
    two = pd.concat([VALUES, VALUES.assign(year=2050)])
    chart = dots(two, x="share", y="place", title="share, %", choose={"year": "Year"})
    (param,) = spec_of(chart)["params"]
    assert (param["name"], param["value"], param["bind"]["input"]) == ("year", 2023, "radio")


def test_lines_write_the_name_at_the_end_of_each() -> None:
    two = pd.concat([YEARS, YEARS.assign(which="equation", people=[12, 28, 21])])
    svg = texts(lines(two, x="year", y="people", series="which", title="people"))
    assert [name for name in (">printed<", ">equation<") if name not in svg] == []


def test_labels_at_the_end_of_close_lines_do_not_touch() -> None:
    two = pd.concat([YEARS, YEARS.assign(which="equation")])
    spec = spec_of(lines(two, x="year", y="people", series="which", title="people", height=200))
    ends = [r["end_at"] for rows in spec["datasets"].values() for r in rows if "end_at" in r]
    assert max(ends) - min(ends) >= 30 * 15 / 200, "two labels would cover each other"


def test_lines_mark_a_year_with_its_words() -> None:
    chart = lines(YEARS, x="year", y="people", title="people", marks={2002: "new register"})
    assert ">new register<" in texts(chart)


def test_rows_of_the_chart_are_carried_once() -> None:
    spec = spec_of(figure(a_dots(), alt="x", columns={"place": "Place", "share": "Share"}))
    assert spec["usermeta"]["figure"]["rows"] in spec["datasets"]


def test_rows_of_their_own_are_carried_beside_the_chart() -> None:
    spec = spec_of(figure(a_dots(), alt="x", rows=YEARS, columns={"year": "Year"}))
    assert render.words_of(spec)["rows"] == [{"year": y} for y in (2001, 2002, 2003)]


def test_a_chart_in_a_notebook_is_still_a_specification() -> None:
    """Jupyter draws it as it is: rows on one line are JSON, which Vega reads."""
    bundle, _ = _render(a_dots().to_dict())
    assert ">12.5<" in render.svg_of(bundle[MIME])


def test_a_notebook_does_not_repeat_the_theme() -> None:
    bundle, _ = _render(a_dots().to_dict())
    assert bundle[MIME]["config"] == {}, "write only what a chart changes of the theme"


def test_a_plain_chart_shows_the_fields_that_it_draws() -> None:
    chart = alt.Chart(YEARS).mark_bar().encode(x="year:O", y=alt.Y("people:Q", title="People"))
    assert render.words_of(spec_of(chart))["columns"] == [("year", "year"), ("people", "People")]


def test_a_figure_without_a_caption_says_where_to_write_it(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"mystnb: figure: \{name, caption\}"):
        render.figure_html(spec_of(figure(a_dots(), alt="x")), lambda name: name, tmp_path)


def test_a_sentence_is_read_from_its_expression() -> None:
    params = [{"name": "n", "value": 3, "bind": {"input": "range"}}]
    params.append({"name": "said", "expr": "'<' + format(n, '.1f') + ' & more'"})
    assert render.first_text({"params": params}, "said") == "<3.0 & more"


def test_the_page_gets_the_rows_that_the_notebook_carries(tmp_path) -> None:
    bundle, _ = _render(figure(a_dots(), alt="x", columns={"place": "Place"}).to_dict())
    bundle[MIME]["usermeta"]["figure"] |= {"name": "fig-x", "caption": "x"}
    render.figure_html(bundle[MIME], lambda name: name, tmp_path)
    script = (tmp_path / "rows" / "fig-x.js").read_text(encoding="utf-8")
    parts = json.loads(script.partition(" = ")[2].strip().removesuffix(";"))
    assert [row["place"] for row in parts["datasets"]["rows1"]] == list(VALUES["place"])


def test_a_page_shows_the_first_of_many_rows_and_leads_to_all(tmp_path) -> None:
    many = pd.DataFrame({"year": range(1900, 2000), "people": range(100)})
    bundle, _ = _render(figure(dots(many, x="people", y="year", title="x")).to_dict())
    bundle[MIME]["usermeta"]["figure"] |= {"name": "fig-x", "caption": "x"}
    below = render.figure_html(bundle[MIME], lambda name: name, tmp_path)["below"]
    assert below.count("<tr>") == render.FIRST_ROWS + 1
    assert "_static/rows/fig-x.csv" in below, "a long table must lead to its whole file"
    assert len((tmp_path / "rows" / "fig-x.csv").read_text().splitlines()) == 101


def test_a_picture_says_nothing_twice() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g><path d="M0,0h9v9Z"/>'
        '<g><text font-size="13px" opacity="1" transform="translate(1.26,3.0)">2.345 &amp; 1</text>'
        "</g></g></svg>"
    )
    tidy = render.tidy_svg(svg, "a", "words")
    inner = tidy.partition(">")[2]
    assert inner == '<text transform="translate(1.3,3)">2.345 &amp; 1</text></svg>'


def test_a_frame_of_pandas_gets_the_form_of_our_tables() -> None:
    frame = pd.DataFrame({"area": ["North", "South"], "share": [-1.5, 2e-9]}, index=["a", "b"])
    html = results.of_pandas(frame._repr_html_())
    assert "style" not in html
    assert 'border="1"' not in html
    assert html.count('class="num"') == 3, f"numbers stand right, their head too: {html}"
    assert html.count('scope="row"') == 2, "each row has a head that is read with its cells"


def test_html_without_a_frame_is_left_alone() -> None:
    assert results.of_pandas("<b>words</b>") == ""
