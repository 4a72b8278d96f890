"""Whether the words of a claim fit the row of the tables by which it is judged.

No program understands a sentence. But a statement on Akmola that is judged by the row of Kostanay,
on 2015 by that of 2016, or on a share in persons, is false whatever it means; and that can be seen.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from typing import Any, Protocol

import pandas as pd

from proofbook import data

COMMON = frozenset(
    ["and", "are", "for", "from", "its", "not", "that", "the", "this", "was", "were", "with"]
)
#: Columns that say something about a row and do not name it.
ASIDE = ("note", "url", "unit", "section", "locator", "as_reported_by")


class Texts(Protocol):
    """Where the words of a table are found."""

    def text(self, name: str) -> pd.DataFrame: ...

    def derive(self, key: Hashable, make: Callable[[], Any]) -> Any: ...


@lru_cache(maxsize=4096)
def words(text: str) -> frozenset[str]:
    """Return the words of a text without endings, and without those that every text has."""
    found = (w.lower() for w in re.findall(r"[^\W_]+", text))
    kept = (w for w in found if w not in COMMON and (len(w) > 2 or w.isdigit()))
    return frozenset(re.sub(r"(?<=\w{4})(ies|es|s|ing|ed)$", "", w) for w in kept)


def labels(texts: Texts, name: str) -> dict[str, frozenset[str]]:
    """Return the words that name each row of a table, by its key; none for keys that are our own,
    such as ``r_square``."""

    def make() -> dict[str, frozenset[str]]:
        schema = data.describe(name)["schema"]
        key = schema["primaryKey"]
        named = [
            f["name"]
            for f in schema["fields"]
            if f["name"] in key or (f["type"] == "string" and f["name"] not in ASIDE)
        ]
        rows = texts.text(name).to_dict("records")
        found = {".".join(row[k] for k in key): " ".join(row[c] for c in named) for row in rows}
        return {label: words(text) for label, text in found.items() if "_" not in label}

    return texts.derive(("labels", name), make)


@lru_cache(maxsize=1024)
def literals(check: str) -> tuple[str, ...]:
    """Return the texts that a check has as its arguments."""
    constants = (c for c in ast.walk(ast.parse(check, mode="eval")) if isinstance(c, ast.Constant))
    return tuple(c.value for c in constants if isinstance(c.value, str))


def judged_by(row: Any, texts: Texts) -> Iterator[tuple[str, str]]:
    """Yield table and key of each single row of a table that a claim names, in its address or its
    check."""
    cited = labels(texts, "citations") if "citations" in data.names() else {}
    for text in dict.fromkeys([*row.address.split("; "), *literals(row.check)]):
        name, _, rest = text.partition(".")
        if text in cited:
            yield "citations", text
        elif rest and "*" not in text and name in data.names():
            yield name, rest.rpartition(".")[0]


def relative(statement: str) -> bool:
    """Whether a statement speaks of something that is told in per cent."""
    return bool(re.search(r"share|rate|level|loss|growth|per cent", statement.lower()))


def misfits(row: Any, texts: Texts) -> Iterator[str]:
    """Yield what the statement of a claim says of another row than the one that judges it."""
    stated, judges = words(row.statement), list(judged_by(row, texts))
    years = set(re.findall(r"20\d\d", row.statement))
    known = " ".join([row.printed, row.address, row.check])
    for name in dict.fromkeys(name for name, _ in judges):
        rows = labels(texts, name)
        judging = [key for table, key in judges if table == name and key in rows]
        known += " ".join(word for key in judging for word in rows[key])
        fit = max((len(stated & rows[key]) for key in judging), default=len(stated))
        other = next((key for key, label in rows.items() if len(stated & label) > fit), "")
        if other:
            yield f"the statement names {other!r} and is judged by {judging[0]!r} of {name}"
    names = [v for v in literals(row.check) if re.fullmatch(r"[A-Z][a-z]+( [A-Za-z]+)*", v)]
    names = [name for name in names if name != row.section]
    if names and not any(stated & words(name) for name in names):
        yield f"the statement does not name {names[0]!r}, by which it is judged"
    dated = set(re.findall(r"20\d\d", known))
    if years and dated and not any(min(years) <= year <= max(years) for year in dated):
        yield f"the statement is of {min(years)} and is judged by {', '.join(sorted(dated))}"
    wrong = not relative(row.statement) if row.unit == "%" else row.statement.startswith("Share ")
    if row.printed and wrong:
        yield f"the statement does not go with the unit {row.unit!r}"
    if row.unit == "year" and not years:
        yield "the printed number is a year, and the statement names none"
