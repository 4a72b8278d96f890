"""The index of the search: every sentence of pages and ledger, with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from proofbook.ledgerpage import SENTENCE_GAP

INDEX = "search-index.js"
#: Scripts of Sphinx's own search, which no page loads.
UNUSED = ("searchtools", "language_data", "doctools", "documentation_options", "sphinx_highlight")
SHORTEST = 12  # characters: less is no sentence


def words_of(node: nodes.Element) -> str:
    """Return the text of a paragraph without the words of its verdicts."""
    return "".join(
        text.astext()
        for text in node.findall(nodes.Text)
        if not isinstance(text.parent, nodes.raw) and "hidden" not in text.parent.get("classes", ())
    )


def sentences(doctree: nodes.document) -> Iterator[tuple[str, str, str]]:
    """Yield ``(id of the section, its title, sentence)`` for all prose and captions of a page."""
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title).astext()
        for block in section.findall(lambda n: isinstance(n, nodes.paragraph | nodes.caption)):
            parent = block.parent
            while not isinstance(parent, nodes.section):
                parent = parent.parent
            if parent is section:
                for sentence in SENTENCE_GAP.split(words_of(block)):
                    if len(words := " ".join(sentence.split())) >= SHORTEST:
                        yield section["ids"][0], title, words


def _remember(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    drawn = app.env.metadata[docname]["drawn"].items()
    figures = [(name, title.partition(". ")[0], words) for name, (title, words) in drawn if words]
    # Not part of the metadata: those are what other pages show of this one.
    env: Any = app.env
    if not hasattr(env, "proofbook_sentences"):
        env.proofbook_sentences = {}
    env.proofbook_sentences[docname] = [*sentences(doctree), *figures]


def _claims(app: Sphinx) -> Iterator[tuple[str, str, str]]:
    """Yield ``(id, heading, sentence)`` for every claim of the ledger."""
    for i, claim in app.config.proofbook_claims.items():
        words = [claim["statement"], claim["printed"], claim["note"]]
        yield i, f"{i}, {claim['verdict']}", " ".join(str(w) for w in words if w)


def index(app: Sphinx) -> dict[str, Any]:
    """Return the index: places ``[address, page, section]``, sentences ``[place, text]``, words."""
    places: dict[tuple[str, str, str], int] = {}
    lines = []
    ledger = app.config.proofbook_ledger_page
    env: Any = app.env
    entries = [
        (page, title.astext(), *sentence)
        for page, title in sorted(env.titles.items())
        for sentence in env.proofbook_sentences.get(page, [])
    ]
    entries += [(ledger, "Ledger", *claim) for claim in _claims(app)]
    for page, title, anchor, heading, sentence in entries:
        place = (f"{page}.html#{anchor}", title, heading)
        lines.append([places.setdefault(place, len(places)), sentence])
    return {
        "places": list(places),
        "sentences": lines,
        "synonyms": app.config.proofbook_synonyms,
    }


def _write(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    text = json.dumps(index(app), ensure_ascii=False, separators=(",", ":"))
    (static / INDEX).write_text(f"window.proofbookIndex={text};\n", encoding="utf-8")
    for name in UNUSED:
        (static / f"{name}.js").unlink(missing_ok=True)


def _no_search_of_sphinx(app: Sphinx) -> None:
    builder: Any = app.builder
    builder.search = False


def setup(app: Sphinx) -> None:
    """Register events; ``proofbook_synonyms`` lists groups of words for one thing."""
    app.add_config_value("proofbook_synonyms", [], "html")
    app.connect("builder-inited", _no_search_of_sphinx)
    app.connect("html-collect-pages", lambda _: [("search", {}, "search.html")])
    app.connect("doctree-resolved", _remember, priority=700)
    app.connect("build-finished", _write)
