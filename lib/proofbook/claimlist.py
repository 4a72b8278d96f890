"""All claims of one section of the paper, at the end of the chapter that retells it: none is passed over in silence."""

from __future__ import annotations

import html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from proofbook import ledgerpage

Claim = dict[str, Any]


def _found(claim: Claim) -> str:
    parts = [("Printed", claim.get("printed")), ("Found", claim.get("computed"))]
    said = "; ".join(
        f"{word}: {html.escape(str(value))}" for word, value in parts if value not in (None, "")
    )
    note = html.escape(str(claim.get("note") or ""))
    return "".join(
        f'<span class="{kind}">{text}</span>'
        for kind, text in (("found", said), ("note", note))
        if text
    )


def table_html(claims: list[Claim], caption: str, link: str, anchored: set[str]) -> str:
    """Return the claims as an HTML table: statement, what was found, verdict; every text is escaped.

    Parameters
    ----------
    claims : rows of the ledger, in the order to be shown.
    caption : of the table.
    link : relative address of the ledger's page.
    anchored : ids that have a badge, and so an anchor, on this page already.
    """
    rows = []
    for claim in claims:
        i, verdict = html.escape(claim["id"], quote=True), html.escape(claim["verdict"], quote=True)
        anchor = "" if claim["id"] in anchored else f' id="claim-{i}"'
        badge = f'<a class="verdict {verdict}" href="{link}#{i}" title="Claim {i}">{ledgerpage.badge(claim["verdict"])}</a>'
        rows.append(
            f'<tr{anchor}><th scope="row" class="txt">{html.escape(claim["statement"])}{_found(claim)}</th><td>{badge}</td></tr>'
        )
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("What the paper says, in our words, and what was found", "Verdict")
    )
    text = html.escape(caption, quote=True)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text}"><table class="claims">'
        f"<caption>{text}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


class SectionClaims(SphinxDirective):
    """``{section-claims} Introduction``: every claim of a section of the paper, with its verdict."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        section = self.arguments[0]
        every = list(self.config.proofbook_claims.values())
        mine = [claim for claim in every if claim["section"] == section]
        if not mine:
            known = ", ".join(dict.fromkeys(claim["section"] for claim in every))
            msg = f"section-claims: the ledger has no section {section!r}; it has {known}"
            raise self.error(msg)
        here = self.env.docname
        shown = self.env.metadata[here].setdefault("claims", [])
        caption = f"All {len(mine)} claims of the section “{section}”, in the order of the paper"
        table = table_html(
            mine, caption, ledgerpage.address(here, self.config.proofbook_ledger_page), set(shown)
        )
        shown += [claim["id"] for claim in mine if claim["id"] not in shown]
        return [nodes.raw("", table, format="html")]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("section-claims", SectionClaims)
