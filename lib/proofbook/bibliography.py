"""The reference lists: volume and number are kept, and a title says in which language it is."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from pybtex.plugin import register_plugin
from pybtex.style.formatting import toplevel
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.formatting.unsrt import dashify
from pybtex.style.template import field, first_of, join, optional, sentence, tag, words
from pybtex.style.template import optional_field as maybe
from sphinx.application import Sphinx

NAME = "proofbook"
_CYRILLIC = re.compile(r"[\u0400-\u04ff](?:[^A-Za-z\[]*[\u0400-\u04ff»])?")
_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)


class Style(PlainStyle):
    """The plain style, which drops the volume and the number of an article without pages."""

    def get_article_template(self, e: Any) -> Any:
        pages = field("pages", apply_func=dashify)
        number = optional["(", field("number"), ")"]
        place = first_of[
            optional[join[field("volume"), number, optional[":", pages]]],
            optional[join["no. ", field("number"), optional[", ", pages]]],
            optional[words["pages", pages]],
        ]
        dated = words[maybe("month"), field("year")]
        return toplevel[
            self.format_names("author"),
            self.format_title(e, "title"),
            sentence[tag("em")[field("journal")], place, dated],
            sentence[maybe("note")],
            self.format_web_refs(e),
        ]


def _mark_languages(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Wrap Cyrillic words of the reference lists, so that they are read aloud in their language."""
    for entry in doctree.findall(nodes.citation):
        for text in list(entry.findall(nodes.Text)):
            parts, at = [], 0
            for found in _CYRILLIC.finditer(text):
                language = "kk" if _KAZAKH.search(found[0]) else "ru"
                parts.append(nodes.Text(text[at : found.start()]))
                parts.append(nodes.inline("", found[0], classes=[f"language-{language}"]))
                at = found.end()
            if parts:
                text.parent.replace(text, [*parts, nodes.Text(text[at:])])


def setup(app: Sphinx) -> None:
    """Register the style and the marking of languages."""
    register_plugin("pybtex.style.formatting", NAME, Style)
    app.connect("doctree-resolved", _mark_languages)
