"""The description of every table, from ``datapackage.json``: page and data cannot differ."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from proofbook import data
from proofbook.parts import part

KINDS = {
    "paper": "Printed in the paper",
    "official": "Official or press figures that the paper is checked against",
    "audit": "How far the audit itself can be trusted",
}
RULES = {
    "required": "required",
    "unique": "each value once",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "pattern": "pattern {}",
}


def folder_of(descriptor: data.Descriptor) -> str:
    """Return ``paper`` or ``official``: the folder that a table stands in."""
    return str(descriptor["path"]).split("/")[0]


def _details(source: data.Descriptor) -> list[str]:
    """Return what is known of a source besides its title and address."""
    parts = [source.get("locator"), source.get("description")]
    if source.get("indicators"):
        parts.append("indicators " + ", ".join(map(str, source["indicators"])))
    if source.get("vintage"):
        parts.append(f"edition: {source['vintage']}")
    if copy := source.get("copy"):
        parts.append(
            f"read from {copy['kind']}: {copy['repository']}, {copy['path']}, "
            f"commit {copy['commit'][:7]}"
            + (f" of {copy['committed']}" if "committed" in copy else "")
        )
    if source.get("accessed"):
        parts.append(f"read on {source['accessed']}")
    return [str(p) for p in parts if p]


def cite(descriptor: data.Descriptor) -> str:
    """Return the sentence with which a table is cited: publisher, table, copy, and this edition."""
    package = data.package()
    sources = "; ".join(
        str(s.get("title")) + (f", {s['path']}" if s.get("path") else "")
        for s in descriptor.get("sources", [])
    )
    edition = f"{package.get('title', '')}, version {package.get('version', '')}"
    return f"{sources}. In: {edition}, data/{descriptor['path']}."


def facts_html(descriptor: data.Descriptor, rows: int, prefix: str = "") -> str:
    """Return what is known of a table as an HTML description list; every text is escaped.

    Parameters
    ----------
    descriptor : the table's entry in the data package.
    rows : how many rows it has.
    prefix : relative address of the site's root, with a slash at its end, or empty.
    """
    checks = [c["description"] for c in descriptor.get("checks", []) if c.get("description")]
    sources = [(s, _details(s)) for s in descriptor.get("sources", [])]
    return part(
        "data-facts.html",
        table=descriptor,
        kind=KINDS[folder_of(descriptor)],
        sources=sources,
        rows=f"{rows:,}",
        key=", ".join(descriptor["schema"].get("primaryKey", [])),
        checks=checks,
        bytes=f"{int(descriptor.get('bytes', 0)):,}",
        cite=cite(descriptor),
        prefix=prefix,
    )


def allowed(field: data.Descriptor) -> str:
    """Say in words what the values of a column may be."""
    rules = field.get("constraints", {})
    parts = [
        words.format(rules[name])
        for name, words in RULES.items()
        if name in rules and rules[name] is not False
    ]
    if "enum" in rules:
        values = [str(v) for v in rules["enum"]]
        parts.append(
            "one of: "
            + ", ".join(values[:12])
            + (f", and {len(values) - 12} more" if len(values) > 12 else "")
        )
    return "; ".join(parts)


def fields_html(descriptor: data.Descriptor) -> str:
    """Return the columns of a table as an HTML table: name, type and unit,
    meaning and allowed values; every text is escaped."""
    rules = {f["name"]: allowed(f) for f in descriptor["schema"]["fields"]}
    return part("data-fields.html", table=descriptor, rules=rules)


class DataTables(SphinxDirective):
    """``{data-tables} paper``: a section on every table of a folder,
    with the address ``data-NAME``; all without a folder."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(data.root() / "datapackage.json"))
        wanted = self.arguments[0] if self.arguments else None
        if wanted not in (None, *KINDS):
            msg = (
                f"data-tables: no folder {wanted!r}; expected one of {', '.join(KINDS)}, "
                "or nothing for all"
            )
            raise self.error(msg)
        prefix = "../" * self.env.docname.count("/")
        return [
            self._section(d, prefix)
            for d in map(data.describe, data.names())
            if wanted in (None, folder_of(d))
        ]

    def _section(self, descriptor: data.Descriptor, prefix: str) -> nodes.section:
        name = descriptor["name"]
        # The address keeps the table's own name: docutils would write a hyphen for its underscore.
        section = nodes.section("", ids=[f"data-{name}"], names=[f"data-{name}"])
        section += nodes.title("", "", nodes.Text(str(descriptor["title"])))
        section += nodes.paragraph(
            "", "", nodes.literal("", name), nodes.Text(f". {descriptor.get('description', '')}")
        )
        section += nodes.raw(
            "", facts_html(descriptor, len(data.read_text(name)), prefix), format="html"
        )
        section += nodes.raw("", fields_html(descriptor), format="html")
        self.state.document.note_explicit_target(section, section)
        return section


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("data-tables", DataTables)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
