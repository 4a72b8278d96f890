"""The Sphinx extension: charts and tables of notebooks, numbers by name, formulas without a script,
the book's theme."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any, ClassVar

import latex2mathml.converter
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from proofbook import (
    answers,
    bibliography,
    build,
    crossrefs,
    datapage,
    edition,
    frame,
    inputs,
    ledgerpage,
    metadata,
    render,
    results,
    searching,
)
from proofbook import figure as chart_theme
from proofbook.parts import typeset_html

logger = logging.getLogger(__name__)
DATA_PAGE = "proofbook_data_page"
#: Parts of code that the style sheet gives no colour: most of the markup of a chapter's code.
UNSTYLED = re.compile(
    r'<span class="(?:n[a-z]?|o|p|bp|fm|vm|w|gp|go)">([^<]*)</span>|<span></span>'
)


def _page_of(renderer: Any) -> tuple[Any, str]:
    env = renderer.renderer.sphinx_env
    return env, env.docname


def _ours(renderer: Any) -> bool:
    """Say whether this extension is in use: the renderers are entry points,
    which any book of the environment loads."""
    env = getattr(renderer.renderer, "sphinx_env", None)
    return env is not None and __name__ in env.app.extensions


def _data_link(env: Any, docname: str) -> Any:
    page = ledgerpage.address(docname, env.config[DATA_PAGE])
    return lambda name: f"{page}#data-{name}"


def _raw(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def _labelled(node: nodes.Element, name: str, document: nodes.document) -> nodes.Element:
    node["names"].append(name)
    document.note_explicit_target(node, node)
    return node


def _cell(renderer: Any, data: Any, kind: str) -> tuple[dict[str, Any], list[nodes.Node]]:
    """Return name, caption (as text) and place of the cell behind an output,
    and the caption's nodes.

    Name and caption stand in the cell's YAML, ``mystnb: figure:`` or ``mystnb: table:``;
    the caption is inline text that may use roles. The place is the path of the chapter's text
    with the cell's line.
    """
    env, docname = _page_of(renderer)
    yaml = data.cell_metadata.get("mystnb", {}).get(kind, {})
    source = renderer.renderer.nb_client.notebook.cells[data.cell_index].source
    text = Path(env.srcdir) / f"{docname}.md"
    whole = text.read_text(encoding="utf-8") if text.exists() else ""
    before, found, _ = whole.partition(source)
    place = f"{text.parent.name}/{text.name}#L{before.count(chr(10)) + 1}"
    cell: dict[str, Any] = {"code": place if found else "", "folded": yaml.get("folded", False)}
    if yaml.get("name"):
        cell["name"] = yaml["name"]
    if not yaml.get("caption"):
        return cell, []
    box = nodes.Element()
    with renderer.renderer.current_node_context(box):
        renderer.renderer.nested_render_text(yaml["caption"], data.line or 0)
    inline = list(box.children[0].children) if box.children else []
    cell["caption"] = " ".join("".join(node.astext() for node in inline).split())
    if inline and isinstance(
        inline[0], nodes.strong
    ):  # the title says what to see, the rest the units
        cell["title"] = inline[0].astext()
        cell["subtitle"] = cell["caption"].removeprefix(cell["title"]).strip()
    return cell, inline


def _reference(env: Any) -> dict[str, str]:
    """Return what a citation of a figure says of the edition: its authors, year and title."""
    config = env.config
    return {
        "authors": config.author,
        "year": str(config.copyright)[:4],
        "title": config.html_title,
    }


class ChartRenderer:
    """Renders a Vega-Lite output of a notebook as a numbered figure."""

    mime_priority_overrides: ClassVar = [("*", chart_theme.MIME, 1)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        if inline or data.mime_type != chart_theme.MIME or not _ours(renderer):
            return None
        env, docname = _page_of(renderer)
        cell, caption = _cell(renderer, data, "figure")
        try:
            home = "../" * docname.count("/")
            words = render.words_of(data.content) | cell | {"cite": _reference(env), "home": home}
            parts = render.figure_html(
                data.content | {"usermeta": {"figure": words}},
                _data_link(env, docname),
                Path(env.app.outdir) / "_static",
            )
        except (ValueError, KeyError) as error:
            logger.warning("chart in %s: %s", docname, error, location=docname)
            return []
        figure = nodes.figure("", classes=["chart"])
        figure += nodes.caption(words["caption"], "", *(caption or [nodes.Text(words["caption"])]))
        figure += _raw(
            parts["controls"] + parts["picture"] + f'<div class="legend">{parts["below"]}</div>'
        )
        env.metadata[docname]["has_charts"] = "yes"
        if words.get("script"):
            env.metadata[docname]["script"] = words["script"]
        return [_labelled(figure, words["name"], renderer.renderer.document)]


class TableRenderer:
    """Renders a table of ``results.table`` with its permanent address and source line, and a frame
    of pandas, which has them if its cell gives it a name."""

    mime_priority_overrides: ClassVar = [("*", results.TABLE_MIME, 1)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        if inline or not _ours(renderer):
            return None
        frame = results.of_pandas(data.string) if data.mime_type == "text/html" else ""
        if data.mime_type != results.TABLE_MIME and not frame:
            return None
        env, docname = _page_of(renderer)
        cell, caption = _cell(renderer, data, "table")
        if frame and not cell.get("name"):
            scroll = 'class="scroll" tabindex="0" role="region"'
            label = f'aria-label="Table of cell {data.cell_index + 1}"'
            plain = typeset_html(frame).replace("<caption></caption>", "")
            return [_raw(f"<div {scroll} {label}>{plain}</div>")]
        content: dict[str, Any] = (
            data.content if not frame else {"html": frame, "source": []}
        ) | cell
        if "name" not in content:
            logger.warning(
                "a table without a name: write it in its cell, `mystnb: table: {name, caption}`",
                location=docname,
            )
            return []
        box = nodes.container("", classes=["table"])
        label = html.escape(content["name"], quote=True)
        link = f'<a class="headerlink" href="#{label}" title="Link to this table">#</a></caption>'
        head, _, body = typeset_html(content["html"]).partition("</caption>")
        if content["folded"]:  # a table that repeats the chart above it
            box += _raw("<details><summary>The table behind it</summary>")
        box += _raw(
            f'<div class="scroll" tabindex="0" role="region" aria-label="Table {label}">{head}'
        )
        if caption:
            box += nodes.inline("", "", *caption)
        box += _raw(
            f"{link}{body}</div>"
            + render.source_line(content["source"], _data_link(env, docname))
            + ("</details>" if content["folded"] else "")
        )
        return [_labelled(box, content["name"], renderer.renderer.document)]


class ResultRenderer:
    """Shows nothing for a noted result: prose fetches it by name."""

    mime_priority_overrides: ClassVar = [("*", results.MIME, 1)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        if data.mime_type != results.MIME or not _ours(renderer):
            return None
        return [answers.place_of(data.content["name"])]


def _depart_caption(self: Any, node: nodes.caption) -> None:
    """Close the caption of a chart before its picture: the title stands above what it names."""
    HTML5Translator.depart_caption(self, node)
    if "chart" in node.parent.get("classes", ()):
        self.body.append("</figcaption>\n")


def _depart_figure(self: Any, node: nodes.figure) -> None:
    if "chart" in node["classes"]:
        self.body.append("</figure>\n")
    else:
        HTML5Translator.depart_figure(self, node)


def _mathml(self: Any, node: nodes.Element, display: str) -> None:
    self.body.append(latex2mathml.converter.convert(node.astext(), display=display))
    raise nodes.SkipNode


def _inline_math(self: Any, node: nodes.Element) -> None:
    _mathml(self, node, "inline")


def _block_math(self: Any, node: nodes.Element) -> None:
    self.body.append('<div class="math scroll" tabindex="0" role="group" aria-label="Formula">')
    self.body.append(latex2mathml.converter.convert(node.astext(), display="block"))
    self.body.append("</div>")
    raise nodes.SkipNode


def palette_css() -> str:
    """Return the style sheet that gives each chart colour its dark partner, in a dark page."""
    light = "\n".join(f"  --{name}: {pair[0]};" for name, pair in chart_theme.PALETTE.items())
    dark = "\n".join(f"  --{name}: {pair[1]};" for name, pair in chart_theme.PALETTE.items())
    swap = "\n".join(
        f':is(.picture, .small) [{kind}="{pair[0]}" i] {{ {kind}: var(--{name}); }}'
        for name, pair in chart_theme.PALETTE.items()
        for kind in ("fill", "stroke")
    )
    # Paper is light: dark holds on screens alone, or a reader
    # of the dark scheme would print pale words on white.
    return (
        f":root {{\n{light}\n}}\n"
        f'@media screen {{ :root[data-theme="dark"] {{\n{dark}\n}} }}\n'
        "@media screen and (prefers-color-scheme: dark) "
        f'{{ :root:not([data-theme="light"]) {{\n{dark}\n}} }}\n'
        f"{swap}\n"
    )


def _load_results(app: Sphinx, config: Any) -> None:
    # The renderers above read `mystnb` of a cell themselves:
    # MyST-NB would put a figure around every output of the cell, noted results too,
    # all with one name.
    config.nb_cell_metadata_key = "mystnb_of_cell"
    project = Path(app.srcdir).parent
    config.proofbook_results = inputs.noted(project)
    config.proofbook_claims = inputs.claims(project)


def _write_static(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    claims = json.dumps(ledgerpage.published(app), ensure_ascii=False, indent=1) + "\n"
    (Path(app.outdir) / "claims.json").write_text(claims, encoding="utf-8")
    static = Path(app.outdir) / "_static"
    if not (static / "vega.js").exists():  # a second's work; new versions start with an empty stage
        (static / "vega.js").write_text(render.bundle(), encoding="utf-8")
    sheet = static / "book.css"  # one style sheet is one request
    sheet.write_text(palette_css() + sheet.read_text(encoding="utf-8"), encoding="utf-8")
    for unused in static.glob("mystnb.*.css"):
        unused.unlink()


def _page_context(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    context["body"] = answers.anchored(str(context.get("body", "")))
    script = f"_static/{answers.FOLDER}/{pagename}.js"
    context["answers"] = script if (Path(app.outdir) / script).exists() else ""
    # docutils writes roles of the bibliography that ARIA has since withdrawn.
    context["body"] = (
        context["body"]
        .replace(' role="doc-biblioentry"', "")
        .replace('<div role="list" class="citation-list">', '<div class="citation-list">')
    )
    meta = app.env.metadata.get(pagename, {})
    context["has_charts"] = meta.get("has_charts") == "yes"
    context["body"] = UNSTYLED.sub(r"\1", context["body"])
    # A wide block of code scrolls; without a tab stop, only a mouse could scroll it.
    context["body"] = context.get("body", "").replace("<pre>", '<pre tabindex="0">')
    # The words of a fold are its name: another one hides them from who reads or speaks them.
    context["body"] = context["body"].replace(' aria-label="Toggle hidden content"', "")
    # A frame as pandas shows it has a header without words above its index.
    context["body"] = context["body"].replace("<th></th>", "<td></td>")
    context["has_ledger"] = meta.get("has_ledger") == "yes"
    context["chart_script"] = meta.get("script", "")
    first = (
        next((p for p in doctree.findall(nodes.paragraph) if len(searching.words_of(p)) > 60), None)
        if doctree
        else None
    )
    text = (
        " ".join(searching.words_of(first).split())
        if first is not None
        else f"{context.get('title') or pagename}: {app.config.html_title}"
    )
    context["description"] = text if len(text) <= 155 else text[:155].rsplit(" ", 1)[0] + " …"
    base = build.base_url(Path(app.srcdir).parent)
    context["canonical"] = base and base + (
        "" if pagename == app.config.root_doc else f"{pagename}.html"
    )
    context["edition"] = edition.settings(Path(app.srcdir).parent)
    context["ledger_page"], context["data_page"] = (
        app.config.proofbook_ledger_page,
        app.config[DATA_PAGE],
    )
    context["card"] = f"{base}{metadata.CARDS}/{pagename if doctree else app.config.root_doc}.png"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.add_config_value("proofbook_results", {}, "")  # no rebuild of all: see pages
    app.add_config_value(DATA_PAGE, "data", "env")
    app.add_config_value(
        "comments_config", {}, ""
    )  # Jupyter Book always sets it; the extension that owns it is not in use
    app.add_html_theme("proofbook", str(Path(__file__).parent / "theme"))
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_inline_math, None), block_renderers=(_block_math, None)
    )
    app.add_node(
        nodes.caption, override=True, html=(HTML5Translator.visit_caption, _depart_caption)
    )
    app.add_node(nodes.figure, override=True, html=(HTML5Translator.visit_figure, _depart_figure))
    ledgerpage.setup(app)
    datapage.setup(app)
    answers.setup(app)
    bibliography.setup(app)
    crossrefs.setup(app)
    frame.setup(app)
    searching.setup(app)
    app.connect("config-inited", _load_results)
    app.connect("html-page-context", _page_context)
    app.connect("build-finished", _write_static)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
