"""Numbers and sources that one page names and another holds, found without loading the other.

Sphinx loads the whole tree of a page for each reference to a figure of it, and formats every source
of the book for each changed sentence. Both are kept here between builds.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast

import pybtex.plugin
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinxcontrib.bibtex.domain import BibtexDomain

KIND = "kind_of_number"


class Numbers(StandardDomain):
    """Takes the number of a figure from what :func:`_remember` keeps of the page that holds it."""

    def get_enumerable_node_type(self, node: nodes.Node) -> str | None:
        if isinstance(node, nodes.Element) and KIND in node:
            return cast("str | None", node[KIND])
        return super().get_enumerable_node_type(node)

    def _resolve_numref_xref(self, env: Any, *arguments: Any) -> nodes.Element | None:
        def tree(docname: str) -> SimpleNamespace:
            def node(name: str) -> nodes.Element:
                kind, ids = env.proofbook_numbered.get(docname, {}).get(name, (None, [name]))
                return nodes.Element(ids=ids, **{KIND: kind})

            return SimpleNamespace(ids=SimpleNamespace(get=node))

        known: Any = SimpleNamespace(
            get_doctree=tree,
            config=env.config,
            toc_fignumbers=env.toc_fignumbers,
            toc_secnumbers=env.toc_secnumbers,
        )
        return super()._resolve_numref_xref(known, *arguments)


def _remember(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what is numbered on a page: ``id -> (kind, all its ids)``, in the order of the page."""
    env: Any = app.env
    if not hasattr(env, "proofbook_numbered"):
        env.proofbook_numbered = {}
    standard = cast(StandardDomain, env.get_domain("std"))
    env.proofbook_numbered[env.docname] = {
        name: (kind, node["ids"])
        for node in doctree.findall(nodes.Element)
        if (kind := standard.get_enumerable_node_type(node))
        for name in node["ids"]
    }


class Sources(BibtexDomain):
    """Formats the sources of the book anew only if a page cites another or a list changed."""

    def clear_doc(self, docname: str) -> None:
        if any(key.docname == docname for key in self.bibliographies):
            self.data["formatted"] = None
        super().clear_doc(docname)

    def env_updated(self) -> Iterable[str]:
        cited = [(r.docname, [t.key for t in r.targets]) for r in self.citation_refs]
        cited.sort(key=operator.itemgetter(0))  # a page that was read anew comes last
        files = [(str(name), file.mtime) for name, file in self.bibdata.bibfiles.items()]
        now = repr((cited, sorted(map(str, self.bibliographies)), files))
        if self.data.get("formatted") != now:
            self.data["formatted"] = now
            super().env_updated()
        return []


def setup(app: Sphinx) -> None:
    """Put both in the place of the domains that they refine."""
    # Without this, each of a page's citations looks through all installed packages for its style.
    pybtex.plugin._load_entry_point = functools.cache(pybtex.plugin._load_entry_point)
    app.add_domain(Numbers, override=True)
    if "sphinxcontrib.bibtex" in app.extensions:
        app.add_domain(Sources, override=True)
    app.connect("doctree-read", _remember)
