"""The ledger in the pages: marks after sentences, lists of claims, the table of all claims."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from proofbook import edition
from proofbook.parts import MARKS, part

logger = logging.getLogger(__name__)
Claim = dict[str, Any]
BASES = {
    "recomputed": "recomputed from the paper's own numbers",
    "paper": "the paper itself, in another place",
    "official": "official figures",
    "press": "as reported by the press",
    "bibliography": "listed in the bibliography",
    "none": "nothing at hand tests it",
}
SENTENCE_GAP = re.compile(r"\s*\n|(?<=[.!?…])\s+(?=[^\W\d_a-z])")
GAP = re.compile(r" +(?=[ .,;:!?)])")


def by_name(config: Any) -> dict[str, Claim]:
    """Return the claims by id; those that were merged are found by their former ids too."""
    claims = config.proofbook_claims
    return claims | {alias: c for c in claims.values() for alias in c.get("aliases", [])}


def address(source: str, target: str) -> str:
    """Return the relative address of page `target` as seen from page `source`."""
    return posixpath.relpath(target + ".html", posixpath.dirname(source) or ".")


def reply_link(replies_to: str, claim: Claim) -> str:
    """Return where a reader may dispute a verdict, the message begun; nothing without an address.

    Parameters
    ----------
    replies_to : ``mailto:`` and an address, or the address of a form that takes ``title`` and
    ``body``.
    """
    if not replies_to:
        return ""
    body = f"Claim {claim['id']}: {claim['statement']}\nVerdict: {claim['verdict']}\n\nReply:\n"
    subject = "subject" if replies_to.startswith("mailto:") else "title"
    query = urlencode({subject: f"Claim {claim['id']}", "body": body}, quote_via=quote)
    return f"{replies_to}{'&' if '?' in replies_to else '?'}{query}"


def replies(folder: Path) -> dict[str, list[str]]:
    """Return ``claim id -> replies``: the texts ``ID.txt``, ``ID-2.txt`` and so on of a folder."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.txt")):
        name = "-".join(path.stem.split("-")[:3])
        found.setdefault(name, []).append(path.read_text(encoding="utf-8").strip())
    return found


class chapter_claims(nodes.General, nodes.Element):  # noqa: N801  (docutils names its nodes so)
    """Holds the place of the line that counts verdicts, until all marks of the page are known."""


class ledger_table(nodes.General, nodes.Element):  # noqa: N801
    """Holds the place of the table of all claims, until every page is read."""


class ClaimRole(SphinxRole):
    """``{claim}`c-dem-001```: the verdict on a claim, a mark that leads to its row in the ledger.

    ``{claim-id}`` shows the id too and stays in place; the mark alone moves behind its sentence.
    """

    def __init__(self, *, show_id: bool = False) -> None:
        super().__init__()
        self.show_id = show_id

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        claim = by_name(self.config).get(self.text)
        if claim is None:
            logger.warning(
                "no claim %r in data/paper/claims.csv", self.text, location=self.get_location()
            )
            return [nodes.inline(text=f"[{self.text}?]")], []
        here, verdict = self.env.docname, claim["verdict"]
        known = self.env.metadata[here].setdefault("claims", [])
        link = nodes.reference(
            "",
            "",
            refuri=f"{address(here, self.config.proofbook_ledger_page)}#{self.text}",
            internal=True,
            classes=["pill" if self.show_id else "verdict", verdict],
            ids=[] if self.text in known else [f"claim-{self.text}"],
            claim=claim["id"],
        )
        words = f"{self.text}, {verdict}" if self.show_id else f"{verdict}, claim {self.text}"
        link += nodes.raw("", f'<b aria-hidden="true">{MARKS[verdict]}</b>', format="html")
        link += nodes.inline("", words, classes=[] if self.show_id else ["hidden"])
        if self.text not in known:
            known.append(self.text)
        return [link], []


def _is_mark(node: nodes.Node) -> bool:
    return isinstance(node, nodes.reference) and "verdict" in node["classes"]


class _Sentences:
    """The children of a paragraph, one by one, each mark moved to the end of its sentence."""

    def __init__(self, beside: dict[str, list[str]]) -> None:
        self.children: list[nodes.Node] = []
        self.marks: list[nodes.Element] = []
        self.results: list[str] = []
        self.beside = beside

    def add(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Text):
            text, at = node.astext(), 0
            for gap in SENTENCE_GAP.finditer(text):
                self._write(text[at : gap.start()])
                self.end()
                at = gap.start()
            self._write(text[at:])
        elif _is_mark(node):
            self.marks.append(node)
        else:
            self.children.append(node)
            self.results += [e["result"] for e in node.findall(nodes.reference) if "result" in e]

    def _write(self, text: str) -> None:
        """Add words; close the gap that a mark has left, before a comma or between two spaces."""
        if self.children and isinstance(self.children[-1], nodes.Text):
            text = GAP.sub("", self.children.pop().astext() + text)
        self.children.append(nodes.Text(text))

    def end(self) -> None:
        """Write the marks of the sentence; remember which numbers stand beside its claims."""
        for name in self.results if self.marks else ():
            self.beside.setdefault(name, []).extend(mark["claim"] for mark in self.marks)
        if self.marks:
            if isinstance(self.children[-1], nodes.Text):
                self.children[-1] = nodes.Text(self.children[-1].astext().rstrip())
            self.children.append(nodes.inline("", "", *self.marks, classes=["marks"]))
        self.marks, self.results = [], []


def _move_marks(app: Sphinx, doctree: nodes.document) -> None:
    """Put the marks of a sentence behind it, so that none interrupts it."""
    beside = app.env.metadata[app.env.docname].setdefault("beside", {})
    for paragraph in doctree.findall(nodes.paragraph):
        if any(_is_mark(child) for child in paragraph.children):
            sentences = _Sentences(beside)
            for child in paragraph.children:
                sentences.add(child)
            sentences.end()
            paragraph.children = []
            paragraph.extend(sentences.children)


class ChapterClaims(SphinxDirective):
    """``{chapter-claims}``: one line that counts the verdicts of this page."""

    def run(self) -> list[nodes.Node]:
        return [chapter_claims()]


class SectionClaims(SphinxDirective):
    """``{section-claims} Introduction``: every claim of a section, with its verdict."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        section = self.arguments[0]
        every = list(self.config.proofbook_claims.values())
        mine = [c for c in every if c["section"] == section and c["part"] == "claim"]
        if not mine:
            known = ", ".join(dict.fromkeys(claim["section"] for claim in every))
            msg = f"section-claims: the ledger has no section {section!r}; it has {known}"
            raise self.error(msg)
        # A claim that is made in two sections stands in both, under the id that it had there.
        stems = {c["id"].rpartition("-")[0] for c in mine}
        again = [c for c in every if stems & {a.rpartition("-")[0] for a in c["aliases"]}]
        mine += [c for c in again if c not in mine]
        besides = [c for c in every if c["section"] == section and c["part"] == "besides"]
        here = self.env.docname
        shown = self.env.metadata[here].setdefault("claims", [])
        count = f"{len(mine)} claim{'s' * (len(mine) != 1)}"
        caption = f"All {count} of the section “{section}”, in the order of the paper"
        link = address(here, self.config.proofbook_ledger_page)
        table = section_table(mine, caption, link, set(shown))
        if besides:
            caption = f"What we checked besides in the section “{section}”"
            table += section_table(besides, caption, link, set(shown), head="What was tested")
        ids = [i for claim in (*mine, *besides) for i in (claim["id"], *claim["aliases"])]
        shown += [i for i in ids if i not in shown]
        return [nodes.raw("", table, format="html")]


def section_table(
    claims: list[Claim],
    caption: str,
    link: str,
    anchored: set[str],
    *,
    prefix: str = "claim-",
    head: str = "What the paper says, in our words, and what was found",
) -> str:
    """Return claims as an HTML table: statement, what was found, verdict.

    Parameters
    ----------
    claims : rows of the ledger, in the order to be shown.
    caption : of the table.
    link : relative address of the ledger's page.
    anchored : ids that have a mark, and so an anchor, on this page already.
    prefix : of an anchor, before the id.
    head : heading of the first column.
    """
    return part(
        "section-claims.html",
        claims=claims,
        caption=caption,
        ledger=link,
        anchored=anchored,
        prefix=prefix,
        head=head,
    )


class Besides(SphinxDirective):
    """``{besides}``: what the editors checked that the paper does not assert, under the ledger."""

    def run(self) -> list[nodes.Node]:
        rows = [c for c in self.config.proofbook_claims.values() if c["part"] == "besides"]
        caption = f"{len(rows)} tests of the data and of the reference lists"
        table = section_table(rows, caption, "", set(), prefix="", head="What was tested")
        return [nodes.raw("", table, format="html")]


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


def published(app: Sphinx) -> list[Claim]:
    """Return the ledger as the site publishes it: every claim with the page that examines it."""
    pages = pages_of(app.env)
    ledger = app.config.proofbook_ledger_page

    def page(claim: Claim) -> str:
        known = [i for i in (claim["id"], *claim["aliases"]) if i in pages]
        return (
            f"{pages[known[0]]}.html#claim-{known[0]}" if known else f"{ledger}.html#{claim['id']}"
        )

    return [claim | {"page": page(claim)} for claim in app.config.proofbook_claims.values()]


def _examined(app: Sphinx, docname: str) -> dict[str, Claim]:
    """Return the claims of a page by id, each once, without our own tests."""
    known = by_name(app.config)
    claims = [known[i] for i in app.env.metadata[docname].get("claims", [])]
    return {c["id"]: c for c in claims if c["part"] == "claim"}


def _chapter_line(app: Sphinx, docname: str) -> str:
    claims = _examined(app, docname)
    if not claims:
        return ""
    counts = Counter(claim["verdict"] for claim in claims.values())
    return part(
        "chapter-claims.html",
        ledger=address(docname, app.config.proofbook_ledger_page),
        chapter=docname,
        total=len(claims),
        counts={verdict: counts[verdict] for verdict in MARKS if counts[verdict]},
    )


def _ledger(app: Sphinx, docname: str) -> str:
    env = app.env
    # in the order of their names: that of the environment is the order of the last readings
    every = {page: _examined(app, page) for page in sorted(env.metadata)}
    examined = {page: env.titles[page].astext() for page, claims in every.items() if claims}
    received = replies(Path(app.srcdir) / "replies")
    to = str(edition.settings(Path(app.srcdir).parent)["replies_to"])
    rows = []
    for claim in published(app):
        page, _, anchor = claim["page"].partition(".html#")
        link = f"{address(docname, page)}#{anchor}" if page != docname else ""
        chapters = " ".join(name for name in examined if claim["id"] in every[name])
        more = {"chapter": chapters, "link": link, "dispute": reply_link(to, claim)}
        rows.append(claim | more | {"replies": received.get(claim["id"], [])})
    rows = [row for row in rows if row["part"] == "claim"]

    def values(key: str) -> list[tuple[str, str]]:
        return [(value, value) for value in dict.fromkeys(row[key] for row in rows)]

    return part(
        "ledger.html",
        claims=rows,
        bases=BASES,
        verdicts=[(verdict, verdict) for verdict in MARKS],
        sections=values("section"),
        kinds=values("kind"),
        chapters=sorted(examined.items()),
    )


def _fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for kind, write in ((chapter_claims, _chapter_line), (ledger_table, _ledger)):
        for node in list(doctree.findall(kind)):
            node.replace_self(nodes.raw("", write(app, docname), format="html"))


def setup(app: Sphinx) -> None:
    """Register roles, directives and events."""
    app.add_config_value("proofbook_claims", {}, "")
    app.add_config_value("proofbook_ledger_page", "ledger", "env")
    app.add_node(chapter_claims)
    app.add_node(ledger_table)
    app.add_role("claim", ClaimRole())
    app.add_role("claim-id", ClaimRole(show_id=True))
    app.add_directive("chapter-claims", ChapterClaims)
    app.add_directive("section-claims", SectionClaims)
    app.add_directive("ledger", Ledger)
    app.add_directive("besides", Besides)
    app.connect("doctree-read", _move_marks)
    app.connect("doctree-resolved", _fill)
