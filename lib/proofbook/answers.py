"""Numbers, verdicts, terms, citations, figures and tables that answer when a reader points at them.

Each is a plain link in the text. What its card says stands in one script a page,
``_static/answers/PAGE.js``, which the page loads when the first of its links is pointed at, focused
or touched.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pandas as pd
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from proofbook import data, results
from proofbook.ledgerpage import BASES, address
from proofbook.parts import MARKS, typeset

logger = logging.getLogger(__name__)
Card = dict[str, Any]
FOLDER = "answers"
#: Nodes whose words are never made a term of the glossary.
CLOSED = (nodes.reference, nodes.literal, nodes.raw, nodes.math, nodes.caption, nodes.legend)
HIGHLIGHTED = re.compile(r'<span class="s2">(&quot;([a-z][a-z0-9_.]+)&quot;)</span>')
PLACE = re.compile(r'<i data-noted="([a-z0-9_.]+)"></i>')


def place_of(name: str) -> nodes.raw:
    """Return what holds the place of a noted result until :func:`anchored` finds its line."""
    return nodes.raw("", f'<i data-noted="{name}"></i>', format="html")


def anchored(body: str) -> str:
    """Give every noted result of a page an address: its name in the code, else its output."""
    noted = set(PLACE.findall(body))

    def at_code(found: re.Match[str]) -> str:
        if found[2] not in noted:
            return found[0]
        noted.discard(found[2])
        return f'<span class="s2" id="{found[2]}">{found[1]}</span>'

    body = HIGHLIGHTED.sub(at_code, body)
    return PLACE.sub(lambda m: f'<a id="{m[1]}"></a>' if m[1] in noted else "", body)


class ResultRole(SphinxRole):
    """``{result}`name``` or ``{result}`name|format```: a computed number, by name."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        name, _, spec = self.text.partition("|")
        known = self.config.proofbook_results
        if name not in known:
            logger.warning(
                "no result named %r: note it with results.note in a notebook, then execute it",
                name,
                location=self.get_location(),
            )
            return [nodes.inline(text=f"[{name}?]")], []
        entry, here = known[name], self.env.docname
        text = typeset(results.text_of(entry["value"], spec) if spec else entry["text"])
        if entry["page"] not in self.env.found_docs:
            return [nodes.inline("", text, classes=["result"])], []
        page = "" if entry["page"] == here else address(here, entry["page"])
        link = nodes.reference("", text, refuri=f"{page}#{name}", internal=True, result=name)
        link["classes"].append("result")
        return [link], []


class PrintedRole(SphinxRole):
    """``{printed}`table4.2001.gdp_billion_dollars```: a number as the paper prints it."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            number = data.printed(self.text)
        except (KeyError, ValueError) as error:
            logger.warning("printed number: %s", error, location=self.get_location())
            return [nodes.inline(text=f"[{self.text}?]")], []
        text, table = _thousands(number), self.text.partition(".")[0]
        page = address(self.env.docname, self.config.proofbook_data_page)
        link = nodes.reference(
            "", text, refuri=f"{page}?cell={quote(self.text)}#data-{table}", internal=True
        )
        link["printed"] = self.text
        link["classes"].append("printed")
        return [link], []


def _thousands(number: data.Printed) -> str:
    """Return a printed number with its thousands set apart; a year has none."""
    whole, dot, rest = number.text.partition(".")
    if len(whole.lstrip("-")) > 3 and number.unit != "year":
        whole = f"{int(whole):,}"
    return (whole + dot + rest).replace("-", results.MINUS)


def _remember(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what the cards of other pages say of the terms, figures and tables of this one."""
    here = app.env.metadata[app.env.docname]
    terms = here["terms"] = {}
    for item in doctree.findall(nodes.definition_list_item):
        if isinstance(item.parent.parent, addnodes.glossary):
            words = "".join(
                n.astext()
                for n in item.findall(nodes.Text)
                if isinstance(n.parent, nodes.paragraph | nodes.emphasis | nodes.literal)
            )
            meaning = re.sub(r"\s*,?\s*\.\s*$", ".", " ".join(words.split()))
            for term in item.findall(nodes.term):
                terms[term["ids"][0]] = (term.astext(), meaning)
    drawn = here["drawn"] = {}
    for figure in doctree.findall(nodes.figure):
        html = "".join(raw.astext() for raw in figure.findall(nodes.raw))
        alternative = re.search(r'role="img" aria-label="([^"]*)"', html)
        caption = next(iter(figure.findall(nodes.caption)), None)
        if caption is not None:
            words = unescape(alternative[1]) if alternative else ""
            title = " ".join(caption.astext().split())
            drawn |= dict.fromkeys(figure["ids"], (title, words))
    for box in doctree.findall(nodes.container):
        found = re.search(r"(?s)<caption>(.*?)(?:<a |</caption>)", box.astext())
        if found and "table" in box["classes"]:
            title = unescape(" ".join(found[1].split()))
            drawn |= dict.fromkeys(box["ids"], (title, ""))


class Cards:
    """What the cards of one page say; `at` returns the card of a link."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.env, self.config, self.docname = app.env, app.config, docname
        # without a ledger an empty one, which no card asks anything
        self.claims = (
            data.read_text("claims")
            if self.config.proofbook_claims
            else pd.DataFrame(columns=["id", "address"])
        )

    def at(self, link: nodes.reference) -> Card | None:
        """Return the card of a link, or None if its target has none."""
        if "result" in link:
            return self._result(link["result"])
        if "printed" in link:
            return self._printed(link["printed"])
        if "claim" in link:
            return self._claim(link["claim"])
        target = urlsplit(link.get("refuri", ""))
        page = posixpath.normpath(
            posixpath.join(posixpath.dirname(self.docname), target.path.removesuffix(".html"))
        )
        fragment = link.get("refid") or unquote(target.fragment)
        return self._other(page if target.path else self.docname, fragment)

    def _other(self, page: str, fragment: str) -> Card | None:
        known = self.env.metadata.get(page, {})
        if fragment in known.get("terms", {}):
            term, meaning = known["terms"][fragment]
            return {"kind": "Glossary", "head": term, "text": meaning}
        if fragment in known.get("drawn", {}):
            caption, words = known["drawn"][fragment]
            return {"kind": self._number(page, fragment), "head": caption, "text": words}
        if "cite" in self.env.domaindata:
            for entry in self.env.domaindata["cite"]["citations"]:
                if entry.citation_id == fragment:
                    return {"kind": "Source", "text": entry.formatted_entry.text.render_as("text")}
        return None

    def _number(self, page: str, fragment: str) -> str:
        for kind, numbers in self.env.toc_fignumbers.get(page, {}).items():
            if fragment in numbers:
                return f"{kind.capitalize()} {'.'.join(map(str, numbers[fragment]))}"
        return "Table"

    def _page(self, page: str, fragment: str) -> str:
        return ("" if page == self.docname else address(self.docname, page)) + f"#{fragment}"

    def _verdicts(self, ids: Iterable[str]) -> list[list[str]]:
        ledger, known = self.config.proofbook_ledger_page, self.config.proofbook_claims
        return [
            [f"{MARKS[known[i]['verdict']]} {i}", self._page(ledger, i)]
            for i in dict.fromkeys(ids)
            if i in known
        ]

    def _tables(self, names: Iterable[str]) -> list[list[str]]:
        page = self.config.proofbook_data_page
        return [
            [data.describe(name)["title"], self._page(page, f"data-{name}")]
            for name in names
            if name in data.names()
        ]

    def _result(self, name: str) -> Card:
        noted = self.config.proofbook_results[name]
        beside = [
            i
            for _, known in sorted(self.env.metadata.items())
            for i in known.get("beside", {}).get(name, ())
        ]
        chapter = self.env.titles[noted["page"]].astext()
        return {
            "kind": "Computed here",
            "head": typeset(noted["text"]),
            "code": noted["code"],
            "rows": _filled(
                ("Name", name),
                ("Full value", str(noted["value"])),
                ("Noted in", [[chapter, self._page(noted["page"], name)]]),
                ("Read from", self._tables(noted["reads"])),
                ("Claims beside it", self._verdicts(beside)),
            ),
        }

    def _printed(self, printed: str) -> Card:
        number, table = data.printed(printed), printed.partition(".")[0]
        uses = [
            i
            for i, cells in zip(self.claims.id, self.claims.address, strict=True)
            if printed in cells.split("; ")
        ]
        shown = _thousands(number)
        return {
            "kind": "Printed in the paper",
            "head": f"{shown} {number.unit}".strip() if number.unit != "year" else shown,
            "rows": _filled(
                ("Table", self._tables([table])),
                ("Cell", printed.partition(".")[2]),
                ("Claims on it", self._verdicts(uses)),
            ),
        }

    def _claim(self, i: str) -> Card:
        claim = self.config.proofbook_claims[i]
        shown = {k: typeset(str(v)) for k, v in claim.items() if v is not None}
        return {
            "kind": f"Claim {i}",
            "verdict": claim["verdict"],
            "mark": MARKS[claim["verdict"]],
            "basis": BASES[claim["basis"]],
            "text": shown["statement"],
            "rows": _filled(
                ("Printed", shown.get("printed")),
                ("Computed", shown.get("computed")),
                ("Which is", shown.get("what")),
                ("Reason", shown.get("note")),
                ("Ledger", [[i, self._page(self.config.proofbook_ledger_page, i)]]),
            ),
        }


def _filled(*rows: tuple[str, Any]) -> list[list[Any]]:
    return [list(row) for row in rows if row[1]]


def _link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link each term of the glossary where a page uses it first."""
    standard: Any = app.env.get_domain("std")
    terms = {name: place for (kind, name), place in standard.objects.items() if kind == "term"}
    if not terms or docname in {page for page, _ in terms.values()}:
        return
    longest_first = sorted(terms, key=len, reverse=True)
    words = [re.escape(t) if t != t.lower() else f"(?i:{re.escape(t)})" for t in longest_first]
    pattern = re.compile(rf"(?<![\w-])({'|'.join(words)})(?:e?s)?(?![\w-])")
    by_lower, used = {name.lower(): name for name in terms}, set()
    for text in [t for p in doctree.findall(nodes.paragraph) for t in p.findall(nodes.Text)]:
        if _inside(text, CLOSED):
            continue
        new, at = [], 0
        for found in pattern.finditer(text):
            name = by_lower[found[1].lower()]
            if name not in used:
                used.add(name)
                page, label = terms[name]
                uri = f"{address(docname, page)}#{label}"
                link = nodes.reference("", found[0], refuri=uri, internal=True, classes=["term"])
                new += [nodes.Text(text[at : found.start()]), link]
                at = found.end()
        if new:
            text.parent.replace(text, [*new, nodes.Text(text[at:])])


def _inside(node: nodes.Node, kinds: tuple[type, ...]) -> bool:
    parent = node.parent
    while parent is not None and not isinstance(parent, kinds):
        parent = parent.parent
    return parent is not None


def _typeset(doctree: nodes.document) -> None:
    for text in list(doctree.findall(nodes.Text)):
        if not _inside(text, (nodes.raw, nodes.literal, nodes.math, nodes.FixedTextElement)):
            spaced = typeset(text.astext())
            if spaced != text:
                text.parent.replace(text, nodes.Text(spaced))


def _finish(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Hold numbers together, link terms, write the script that says what links answer."""
    if app.builder.format != "html":
        return
    _typeset(doctree)
    _link_terms(app, doctree, docname)
    cards, filled = Cards(app, docname), {}
    for link in doctree.findall(nodes.reference):
        key = link.get("refuri") or f"#{link.get('refid', '')}"
        if key not in filled and (card := cards.at(link)):
            filled[key] = card
    file = Path(app.outdir) / "_static" / FOLDER / f"{docname}.js"
    file.unlink(missing_ok=True)
    if filled:
        file.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps(filled, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        file.write_text(f"window.proofbookAnswers={content};\n", encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register roles and events; those of the ledger run before, so that marks are in place."""
    app.add_role("result", ResultRole())
    app.add_role("printed", PrintedRole())
    app.connect("doctree-read", _remember)
    app.connect("doctree-resolved", _finish, priority=600)
