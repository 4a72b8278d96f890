"""What comes from data is shown, never run: markup and scripts stand in every text field
of every table, and in the claims.

A small site is built from such data with the book's own extension and theme,
and is read in a real browser, from a server and from a file,
and once more with the page's policy set aside, so that nothing but the escaping holds.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import altair as alt
import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from conftest import PROJECT, SITE
from proofbook import articles, checks, data, metadata, results
from proofbook.build import served
from proofbook.figure import _render, figure

HOSTILE = (
    """<script>window.pwned=1</script></script>"""
    """<img src=x onerror="window.pwned=2"><svg onload=window.pwned=3>"""
    """--></style></title><b id="x" class='y'>bold</b>"'&amp;{{ 7*7 }} """
    """{claim}`c-1` **loud** [link](javascript:window.pwned=4) \\u003c"""
)
TITLE = (
    "<img src=x onerror='window.pwned=5'>"  # short, where a long one would leave a chart no room
)
FORMULA = '=HYPERLINK("https://example.org","x")'
VERDICTS = ["reproduced", "consistent", "contradicted", "unsupported", "unverifiable"]


def hostile_data(folder: Path) -> Path:
    """Copy ``data/`` and put hostile text into every text cell and every word
    of its description."""
    shutil.copytree(PROJECT / "data", folder)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))

    def poison(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {k: poison(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(v, key) for v in value]
        shown = (
            "title",
            "description",
            "unit",
            "locator",
            "vintage",
            "licence",
            "note",
            "contributors",
            "indicators",
        )
        return f"{value} {HOSTILE}" if isinstance(value, str) and key in shown else value

    for resource in package["resources"]:
        path = folder / resource["path"]
        header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
        texts = [f["name"] for f in resource["schema"]["fields"] if f["type"] == "string"]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        # three rows of each: the fields count, not the rows
        writer.writerows(
            [
                [
                    f"{cell} {HOSTILE}".strip() if name in texts else cell
                    for name, cell in zip(header, row, strict=True)
                ]
                for row in rows[:3]
            ]
        )
        path.write_text(out.getvalue(), encoding="utf-8", newline="\n")
        content = path.read_bytes()
        resource |= {"hash": "sha256:" + hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        resource.pop(
            "checks", None
        )  # the rules of a table would refuse such cells; a page must not need them
        for field in resource["schema"]["fields"]:
            field.pop("constraints", None)
    package["resources"] = [poison(r) for r in package["resources"]]
    (folder / "datapackage.json").write_text(
        json.dumps(package, ensure_ascii=False), encoding="utf-8"
    )
    return folder


def hostile_claims() -> list[dict[str, object]]:
    fields = dict.fromkeys(
        (
            *("section", "locator", "kind", "statement", "printed", "unit", "computed", "what"),
            *("check", "checked", "note"),
        ),
        HOSTILE,
    ) | {"aliases": [], "part": "claim"}
    hostile = [
        fields | {"id": f"c-{i}", "verdict": verdict, "basis": "none"}
        for i, verdict in enumerate(VERDICTS, 1)
    ]
    return [
        *hostile,
        fields | {"id": "c-9", "verdict": "reproduced", "basis": "paper", "section": "Hostile"},
    ]


def chart() -> alt.Chart:
    """Draw one text cell of every text field of every table:
    as axis, legend, header, label, tooltip, control, title."""
    cells = [
        {
            "table": name,
            "field": column,
            "text": str(frame[column].iloc[0]),
            "value": n,
            "formula": FORMULA,
        }
        for name in data.names()
        for frame in [data.read(name)]
        for n, column in enumerate(frame.columns, 1)
        if frame[column].dtype == "str" and HOSTILE in str(frame[column].iloc[0])
    ]
    frame = pd.DataFrame(cells)
    frame["label"] = [f"{i} {TITLE}" for i in range(len(frame))]
    frame["group"] = [f"{i % 2} {TITLE}" for i in range(len(frame))]
    options = sorted(frame["group"].unique())
    picked = alt.param(
        name="picked", value=options[0], bind=alt.binding_select(options=options, name=TITLE)
    )
    radio = alt.param(
        name="radio",
        value=options[0],
        bind=alt.binding_radio(options=options, labels=options, name=TITLE),
    )
    ticked = alt.param(name="ticked", value=True, bind=alt.binding_checkbox(name=TITLE))
    base = alt.Chart(frame, title=TITLE).encode(
        y=alt.Y("label:N", title=TITLE, axis=alt.Axis(labelLimit=500))
    )
    bars = base.mark_bar().encode(
        x=alt.X("value:Q", title=TITLE),
        color=alt.Color("group:N", title=TITLE),
        opacity=alt.condition("datum.group == picked && ticked", alt.value(1), alt.value(0.9)),
        tooltip=[
            alt.Tooltip(f"{c}:N", title=TITLE if c == "text" else c)
            for c in ("text", "table", "field")
        ],
    )
    labels = base.mark_text(align="left", clip=True).encode(text="label:N")
    spoken = alt.param(name="spoken", expr=f"ticked ? {json.dumps(HOSTILE)} : ''")
    drawn = (bars + labels).add_params(picked, radio, ticked, spoken)
    return figure(
        drawn,
        alt=HOSTILE,
        source=data.names(),
        rows=frame,
        sentence="spoken",
        presets={HOSTILE: {"ticked": True}},
        columns={
            "text": HOSTILE,
            "table": "Table",
            "field": "Field",
            "value": "Value",
            "formula": "Formula",
        },
    )


def shown(
    bundle: dict[str, object], metadata: dict[str, object] | None = None, **words: object
) -> nbformat.NotebookNode:
    """Return a cell that shows an output; `words` are what its YAML says under ``mystnb``."""
    outputs = [new_output("display_data", data=bundle, metadata=metadata or {})]
    return new_code_cell("pass", outputs=outputs, metadata={"mystnb": words})


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROOFBOOK_DATA", str(hostile_data(folder / "data")))
        patch.setattr(checks, "check_all", hostile_claims)
        tables = {name: results.table(data.read(name), source=[name]) for name in data.names()}
        noted = {results.MIME: {"name": "hostile.text", "text": HOSTILE}, "text/plain": HOSTILE}
        badges = " ".join(f"{{claim}}`c-{i}`" for i in range(1, len(VERDICTS) + 1))
        book = new_notebook(
            cells=[
                new_markdown_cell(
                    f"# Hostile\n\n```{{chapter-claims}}```\n\nA number: {{result}}`hostile.text`. "
                    f"Verdicts: {badges}."
                ),
                shown(noted, {results.MIME: {"value": HOSTILE}}),
                shown(
                    _render(chart().to_dict())[0],
                    figure={"name": "fig-hostile", "caption": "Hostile"},
                ),
                *[
                    shown(table._repr_mimebundle_(), table={"name": f"tbl-{name}", "caption": name})
                    for name, table in tables.items()
                ],
                new_markdown_cell(
                    "## Claims\n\n```{ledger}\n```\n\n```{section-claims} Hostile\n```\n\n"
                    "## Data\n\n```{data-tables}\n```"
                ),
            ],
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
            },
        )
        source = folder / "book"
        source.mkdir()
        nbformat.write(book, source / "index.ipynb")
        complaints = io.StringIO()
        with (
            patch_docutils(),
            docutils_namespace(),
        ):  # or the next book of this process meets the names of this one
            app = Sphinx(
                str(source),
                None,
                str(folder / "site"),
                str(folder / "doctrees"),
                "html",
                freshenv=True,
                status=None,
                warning=complaints,
                confoverrides={
                    "source_suffix": {
                        ".rst": "restructuredtext"
                    },  # or MyST would write into the default that all books of this process share
                    "extensions": ["myst_nb", "proofbook.sphinx"],
                    "html_theme": "proofbook",
                    "nb_execution_mode": "off",
                    "html_title": "Hostile",
                    "myst_enable_extensions": ["colon_fence"],
                    "proofbook_data_page": "index",
                    "proofbook_ledger_page": "index",
                    "html_use_index": False,
                    "html_copy_source": False,
                    "language": "en",
                    "numfig": True,
                },
            )
            app.build()
        assert not complaints.getvalue(), (
            f"the hostile site was built with complaints: {complaints.getvalue()[:2000]}"
        )
        yield folder / "site"


def test_every_text_field_of_every_table_is_tried(hostile_site: Path) -> None:
    package = json.loads((PROJECT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    texts = sum(f["type"] == "string" for r in package["resources"] for f in r["schema"]["fields"])
    page = (hostile_site / "index.html").read_text(encoding="utf-8")
    assert texts > 50, "the hostile text did not reach the page: this test then proves nothing"
    assert page.count("window.pwned=1") > texts, (
        "the hostile text did not reach the page: this test then proves nothing"
    )
    assert "<script>window" not in page
    assert "<img src" not in page
    assert "<svg onload" not in page


@pytest.mark.parametrize("policy", ["with its policy", "without its policy"])
@pytest.mark.parametrize("from_file", [False, True], ids=["http", "file"])
def test_markup_in_data_is_shown_and_not_run(
    browser, hostile_site: Path, from_file: bool, policy: str
) -> None:
    with served(hostile_site) as home:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900},
            bypass_csp=policy.startswith("without"),
            accept_downloads=True,
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on(
            "console", lambda m: "Content Security Policy" in m.text and complaints.append(m.text)
        )
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(f"{hostile_site.as_uri() if from_file else home}/index.html")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        figure = page.locator("figure.chart")
        figure.locator(".picture").hover(force=True)
        for _ in range(300):
            if figure.get_attribute("data-awake"):
                break
            page.wait_for_timeout(50)
        figure.locator(".wide .mark-rect path").first.hover(force=True)
        page.wait_for_timeout(200)
        tooltip = page.locator("#vg-tooltip-element").inner_text()
        figure.get_by_role("button", name="Cite").click()
        with page.expect_download() as download:
            figure.get_by_role("button", name="CSV").click()
        saved = list(
            csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8")))
        )
        notes = [line for line in saved if line[0].startswith("# ")]
        rows = saved[len(notes) :]
        text = page.locator("main").inner_text()
        found = page.evaluate("""() => {
          const all = (selector) => [...document.querySelectorAll(selector)];
          const foreign = "img, iframe, object, b#x, main script:not([type='application/json']), " +
            "a[href^='javascript'], svg[onload], strong";
          const listens = (element) =>
            [...element.attributes].some(a => a.name.startsWith("on"));
          return {
            pwned: window.pwned === undefined ? null : window.pwned,
            foreign: all(foreign).map(e => e.outerHTML.slice(0, 90)),
            handlers: all("*").filter(listens).length,
            labels: all(".picture .wide svg text")
              .filter(t => t.textContent.includes("window.pwned=5")).length,
          };
        }""")
        page.goto(f"{hostile_site.as_uri() if from_file else home}/search.html?q=loud")
        page.wait_for_timeout(600)
        found["search"] = page.evaluate(
            "[window.pwned === undefined ? null : window.pwned, "
            "document.querySelectorAll('#search-results :is(img, svg, script)').length, "
            "document.querySelectorAll('#search-results li').length > 0]"
        )
        context.close()
    assert found["pwned"] is None, f"text of a table became markup: {found}"
    assert not found["foreign"], f"text of a table became markup: {found}"
    assert found["handlers"] == 0, f"text of a table became markup: {found}"
    assert found["search"] == [None, 0, True], (
        f"a claim became markup in the search, or nothing was found: {found['search']}"
    )
    assert not complaints, (
        f"the page's policy had to stop something that escaping lets through: {complaints[:3]}"
    )
    assert HOSTILE in tooltip, f"the tooltip does not show the text as it is: {tooltip[:300]}"
    assert text.count(HOSTILE) > 100, "the text of the tables is not readable as it is"
    assert found["labels"] > 50, "the chart does not show its labels as they are"
    assert HOSTILE in rows[1][0], f"the saved rows changed the text: {rows[1]}"
    assert rows[1][4] == "'" + FORMULA, (
        "a spreadsheet would run this cell: it must be saved as text"
    )


def test_the_printed_book_and_the_card_escape_too(browser, hostile_site: Path) -> None:
    article = articles.chapter(hostile_site, "index", {"index"}, "")
    page = browser.new_page()
    page.set_content(f"<!doctype html><html><body>{article}</body></html>")
    run, shown_text = page.evaluate("window.pwned === undefined"), page.locator("body").inner_text()
    page.close()
    assert run
    assert shown_text.count(HOSTILE) > 100
    card = ElementTree.fromstring(metadata.card_svg(HOSTILE, HOSTILE, HOSTILE))
    assert {e.tag.rpartition("}")[2] for e in card.iter()} <= {
        "svg",
        "rect",
        "g",
        "path",
        "circle",
        "text",
    }


def test_no_cell_of_a_published_table_starts_like_a_formula() -> None:
    for name in data.names():
        for column in data.read_text(name):
            for row, cell in enumerate(data.read_text(name)[column], 2):
                formula = cell[:1] in ("=", "@", "\t", "\r") or (
                    cell[:1] in ("+", "-") and not re.fullmatch(r"[+-]?[\d.,]+%?", cell)
                )
                assert not formula, (
                    f"{name}, row {row}, column {column}: {cell!r} would run in a spreadsheet; "
                    "begin it with a word"
                )


def test_nothing_writes_raw_html_past_the_escaping() -> None:
    """Notebooks and charts hand over text and frames; only the builder writes HTML."""
    written = [
        p
        for p in (
            *(PROJECT / "book").glob("*.md"),
            *(PROJECT / "lib" / "kzmobility" / "charts").glob("*.py"),
        )
        if re.search(
            r"display\.HTML|\bHTML\(|_repr_html_|\{raw\}|innerHTML|text/html",
            p.read_text(encoding="utf-8"),
        )
    ]
    scripts = [
        p
        for p in (SITE / "_static").glob("*.js")
        if p.name in ("book.js", "chart.js", "ledger.js")
        and re.search(
            r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", p.read_text(encoding="utf-8")
        )
    ]
    assert not written, (
        f"{[p.name for p in written]} write HTML themselves: "
        "return a chart, a table or a noted result instead"
    )
    assert not scripts, f"{[p.name for p in scripts]} build markup from text: use textContent"
