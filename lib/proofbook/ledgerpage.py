"""The ledger in the pages: a badge beside a sentence, what a chapter examines, and the table of all claims."""

from __future__ import annotations

import html
import posixpath
from collections import Counter
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from proofbook import ledger as claims

logger = logging.getLogger(__name__)
MARKS = {
    "reproduced": "✓",
    "consistent": "≈",
    "contradicted": "✗",
    "unsupported": "○",
    "unverifiable": "?",
}
COLUMNS = {
    "id": "Claim",
    "section": "Section",
    "kind": "Kind",
    "statement": "What the paper says, in our words",
    "printed": "Printed",
    "computed": "Computed",
    "verdict": "Verdict",
    "evidence": "Evidence",
}


def badge(verdict: str) -> str:
    """Return the inside of a verdict's badge: a mark and a word."""
    return f'<b aria-hidden="true">{MARKS[verdict]}</b> {html.escape(verdict)}'


def address(source: str, target: str) -> str:
    """Return the relative address of page `target` as seen from page `source`."""
    return posixpath.relpath(target + ".html", posixpath.dirname(source) or ".")


class chapter_claims(nodes.General, nodes.Element):
    """Stands where a chapter says which claims it examines, until all badges of the page are known."""


class ledger_table(nodes.General, nodes.Element):
    """Stands where the table of all claims comes, until every page is read."""


class ClaimRole(SphinxRole):
    """``{claim}`c-dem-001```: the verdict on a claim, linked to its row in the ledger; ``{claim-id}`` shows the id for the word."""

    def __init__(self, *, show_id: bool = False) -> None:
        super().__init__()
        self.show_id = show_id

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        claim = self.config.proofbook_claims.get(self.text)
        if claim is None:
            logger.warning(
                "no claim %r in data/paper/claims.csv", self.text, location=self.get_location()
            )
            return [nodes.inline(text=f"[{self.text}?]")], []
        here = self.env.docname
        pages = self.env.metadata[here].setdefault("claims", [])
        anchor = "" if self.text in pages else f' id="claim-{self.text}"'
        if self.text not in pages:
            pages.append(self.text)
        link = f"{address(here, self.config.proofbook_ledger_page)}#{self.text}"
        verdict = claim["verdict"]
        title = html.escape(f"Claim {self.text}: {claim['statement']}", quote=True)
        inside = (
            f'<b aria-hidden="true">{MARKS[verdict]}</b> {self.text}<span class="hidden">, {verdict}</span>'
            if self.show_id
            else badge(verdict)
        )
        text = f'<a class="verdict {verdict}"{anchor} href="{link}" title="{title}">{inside}</a>'
        return [nodes.raw("", text, format="html")], []


class ChapterClaims(SphinxDirective):
    """``{chapter-claims}``: one line that counts the verdicts of this page."""

    def run(self) -> list[nodes.Node]:
        return [chapter_claims()]


class Ledger(SphinxDirective):
    """``{ledger}``: all claims as a table that can be searched, filtered and sorted."""

    def run(self) -> list[nodes.Node]:
        self.env.metadata[self.env.docname]["has_ledger"] = "yes"
        return [ledger_table()]


def pages_of(env: Any) -> dict[str, str]:
    """Return ``claim id -> page that examines it``: the first one in the order of the book."""
    found: dict[str, str] = {}
    order = list(env.toctree_includes.get(env.config.root_doc, [])) or sorted(env.metadata)
    for page in [*order, *sorted(set(env.metadata) - set(order))]:
        for claim in env.metadata[page].get("claims", []):
            found.setdefault(claim, page)
    return found


def published(app: Sphinx) -> list[dict[str, Any]]:
    """Return the ledger as the site publishes it: every claim with the page that examines it."""
    pages = pages_of(app.env)
    return [
        claim
        | {
            "page": f"{pages[i]}.html#claim-{i}"
            if i in pages
            else f"{app.config.proofbook_ledger_page}.html#{i}"
        }
        for i, claim in app.config.proofbook_claims.items()
    ]


def _chapter_line(app: Sphinx, docname: str) -> str:
    ids = app.env.metadata[docname].get("claims", [])
    if not ids:
        return ""
    counts = Counter(app.config.proofbook_claims[i]["verdict"] for i in ids)
    parts = " ".join(
        f'<span class="verdict {v}">{badge(v)} <span class="count">{counts[v]}</span></span>'
        for v in MARKS
        if counts[v]
    )
    link = address(docname, app.config.proofbook_ledger_page)
    return f'<p class="chapter-claims">This chapter examines <a href="{link}">{len(ids)} claims of the paper</a>: {parts}</p>'


def _row(claim: dict[str, Any], page: str | None, ledger: str) -> str:
    def cell(key: str) -> str:
        value = claim.get(key)
        return "" if value is None else html.escape(str(value))

    i = cell("id")
    where = (
        f'<a class="back" href="{address(ledger, page)}#claim-{i}">Where it is examined</a>'
        if page
        else ""
    )
    note = f'<span class="note">{cell("note")}</span>' if claim.get("note") else ""
    verdict = claim["verdict"]
    return (
        f'<tr id="{i}" data-verdict="{verdict}" data-kind="{cell("kind")}" data-section="{cell("section")}">'
        f'<th scope="row"><a href="#{i}">{i}</a></th><td>{cell("section")}<span class="note">{cell("locator")}</span></td><td>{cell("kind")}</td>'
        f"<td>{cell('statement')}{note}{where}</td>"
        f'<td class="num">{cell("printed")}</td><td class="num">{cell("computed")}</td>'
        f'<td><span class="verdict {verdict}">{badge(verdict)}</span></td><td>{cell("evidence")}</td></tr>'
    )


def _ledger(app: Sphinx, docname: str) -> str:
    ledger = list(app.config.proofbook_claims.values())
    pages = pages_of(app.env)

    def choice(key: str, label: str, values: list[str]) -> str:
        options = "".join(
            f'<option value="{html.escape(v, quote=True)}">{html.escape(v)}</option>'
            for v in values
        )
        return f'<label>{label} <select data-filter="{key}"><option value="">all</option>{options}</select></label>'

    sections = list(dict.fromkeys(c["section"] for c in ledger))
    kinds = list(dict.fromkeys(c["kind"] for c in ledger))
    head = "".join(
        f'<th scope="col" data-sort="{key}" class="{"num" if key in ("printed", "computed") else "txt"}">{label}</th>'
        for key, label in COLUMNS.items()
    )
    body = "".join(_row(c, pages.get(c["id"]), docname) for c in ledger)
    return (
        '<form class="ledger-filters" hidden><label>Search <input type="search" data-filter="text"></label>'
        f"{choice('verdict', 'Verdict', list(MARKS))}{choice('section', 'Section', sections)}{choice('kind', 'Kind', kinds)}"
        '<button type="reset">Show all</button><output></output></form>'
        '<div class="scroll" tabindex="0" role="region" aria-label="All claims of the paper">'
        f'<table class="ledger"><caption>All claims of the paper, with their verdicts</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in list(doctree.findall(chapter_claims)):
        node.replace_self(nodes.raw("", _chapter_line(app, docname), format="html"))
    for node in list(doctree.findall(ledger_table)):
        node.replace_self(nodes.raw("", _ledger(app, docname), format="html"))


def _load(app: Sphinx, config: Any) -> None:
    config.proofbook_claims = {claim["id"]: claim for claim in claims.check_all()}


def setup(app: Sphinx) -> None:
    """Register roles, directives and events."""
    app.add_config_value("proofbook_claims", {}, "env")
    app.add_config_value("proofbook_ledger_page", "ledger", "env")
    app.add_node(chapter_claims)
    app.add_node(ledger_table)
    app.add_role("claim", ClaimRole())
    app.add_role("claim-id", ClaimRole(show_id=True))
    app.add_directive("chapter-claims", ChapterClaims)
    app.add_directive("ledger", Ledger)
    app.connect("config-inited", _load)
    app.connect("doctree-resolved", _fill)
