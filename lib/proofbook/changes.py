"""What changed between two sites: verdicts, results, figures; as data, as text, as page, as feed.

``python -m proofbook.changes OLD NEW`` writes ``changes.json``, ``changes.md``, ``changes.html``
and ``feed.xml`` into NEW, a folder of a built site.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import uuid
from pathlib import Path
from typing import Any

import jinja2
from lxml import etree, html
from markupsafe import Markup

from proofbook import replication

_PARTS = Path(__file__).parent / "theme" / "parts"


def _json(site: Path, name: str) -> Any:
    path = site / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _same(old: Any, new: Any) -> bool:
    """Say whether two values are equal, numbers to nine digits: the last depend on the machine."""
    if isinstance(old, float) and isinstance(new, float):
        return math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-12)
    return bool(old == new)


def _difference(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one entry for each key whose value differs; None where it is missing."""
    return [
        {"id": key, "before": old.get(key), "now": new.get(key)}
        for key in sorted(old.keys() | new.keys())
        if not _same(old.get(key), new.get(key))
    ]


def _figures(site: Path) -> dict[str, str]:
    """Return the hash of each exhibit's words and picture, by its id."""
    found = {}
    for page in sorted(site.glob("*.html")):
        tree = html.fromstring(page.read_text(encoding="utf-8"))
        for node in tree.xpath("//*[starts-with(@id, 'fig-') or starts-with(@id, 'tbl-')]"):
            if node.xpath(".//figcaption | .//caption"):
                found[node.get("id")] = hashlib.sha256(etree.tostring(node)).hexdigest()[:16]
    return found


def compare(old: Path, new: Path) -> dict[str, Any]:
    """Return what differs between two sites.

    Returns
    -------
    dict
        ``before`` and ``now`` (edition, commit, site); ``verdicts`` and ``results``, each a list of
        ``id``, ``before``, ``now``; ``figures``, the ids of exhibits that look different.
    """
    verdicts = [{c["id"]: c["verdict"] for c in _json(s, "claims.json") or []} for s in (old, new)]
    results = [_json(site, "results.json") for site in (old, new)]
    return {
        "before": _json(old, "edition.json"),
        "now": _json(new, "edition.json"),
        "verdicts": _difference(*verdicts),
        "results": _difference(*results),
        "figures": [entry["id"] for entry in _difference(_figures(old), _figures(new))],
    }


def text(changes: dict[str, Any]) -> str:
    """Return the changes as Markdown of at most about 200 lines."""
    lines = ["# What changed", ""]
    for kind in ("verdicts", "results"):
        entries = changes[kind]
        lines += [f"## {kind.capitalize()}: {len(entries)}", ""]
        lines += [f"- `{e['id']}`: {e['before']} → {e['now']}" for e in entries[:80]]
        lines += [f"- and {len(entries) - 80} more"] if len(entries) > 80 else []
        lines.append("")
    lines += [f"## Figures and tables: {len(changes['figures'])}", ""]
    lines += [f"- `{name}`" for name in changes["figures"]]
    return "\n".join(lines) + "\n"


def _entries(site: Path) -> list[Markup]:
    """Return the entries of the feed that a site has, newest first."""
    if not (site / "feed.xml").exists():
        return []
    feed = etree.parse(site / "feed.xml", etree.XMLParser(remove_blank_text=True))
    found = feed.iterfind("{http://www.w3.org/2005/Atom}entry")
    return [Markup(etree.tostring(entry, encoding="unicode")) for entry in found]


def write(old: Path, new: Path, title: str, date: str) -> dict[str, Any]:
    """Compare two sites and write the four files into the new one; the feed keeps old entries."""
    changes = compare(old, new)
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_PARTS), autoescape=True)
    head = {"title": title, "feed": uuid.uuid5(uuid.NAMESPACE_URL, title), "older": _entries(old)}
    files = {
        "changes.json": json.dumps(changes, ensure_ascii=False, indent=1) + "\n",
        "changes.md": text(changes),
        "changes.html": environment.get_template("changes.html").render(**changes),
        "feed.xml": environment.get_template("feed.xml").render(date=date, **head, **changes),
    }
    for name, content in files.items():
        (new / name).write_text(content, encoding="utf-8")
    return changes


def main(arguments: list[str] | None = None) -> int:
    """Compare the folders OLD and NEW; return the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 2 or not all(Path(folder).is_dir() for folder in given):
        print("usage: python -m proofbook.changes OLD NEW, two folders of a site", file=sys.stderr)
        return 2
    cff = replication.citation(Path.cwd())
    old, new = map(Path, given)
    print(text(write(old, new, cff["title"], str(cff["date-released"]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
