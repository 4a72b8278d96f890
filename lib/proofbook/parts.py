"""HTML that Python makes, from the templates in ``theme/parts``; every text is escaped there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

MARKS = {
    "reproduced": "✓",
    "consistent": "≈",
    "contradicted": "✗",
    "unsupported": "○",
    "unverifiable": "?",
}
_NO_BREAK = "\N{NO-BREAK SPACE}"
_JOINED = "\N{WORD JOINER}"
_SPACINGS = (
    (re.compile(r"(^|(?<=[\d\w)])) %"), _NO_BREAK + "%"),  # a number in a role ends before its sign
    (re.compile(r"(?<=\b\w) ([=<>≈≤≥]) (?=\S|$)"), rf"{_NO_BREAK}\1{_NO_BREAK}"),  # p = 0.03
    (re.compile(r"(?<=\d) (?=\d{3}\b)"), _NO_BREAK),
    (re.compile(r"(?<=\d)–(?=\d)"), f"{_JOINED}–{_JOINED}"),
    (re.compile(r"(?<![\w.,])[+−](?=0(?:\.0+)?(?![\d.,]*\d))"), ""),  # nothing has no sign
)
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "theme" / "parts"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def typeset(text: str) -> str:
    """Return a text without line breaks inside its numbers and without a sign before nought."""
    for pattern, replacement in _SPACINGS:
        text = pattern.sub(replacement, text)
    return text


def typeset_html(markup: str) -> str:
    """Return HTML with the numbers of its texts held together."""
    return re.sub(r"(?<=>)[^<>]+(?=<)", lambda text: typeset(text[0]), markup)


def part(template: str, **values: Any) -> Markup:
    """Return a template of ``theme/parts`` filled with `values`, without space between its tags."""
    filled = _ENVIRONMENT.get_template(template).render(**values)
    return Markup(re.sub(r">\s*\n\s*<", "><", filled).strip())


_ENVIRONMENT.globals["MARKS"] = MARKS
_ENVIRONMENT.filters["typeset"] = typeset
