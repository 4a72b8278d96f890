"""Links of the site: none leads nowhere, and nothing is loaded from elsewhere."""

from __future__ import annotations

import os
import posixpath
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml import html

LOADS = {"script", "img", "iframe", "source", "object", "use"}
ATTRIBUTES = ("href", "src", "poster", "data")

NAMED = {"canonical", "license", "type", "cite-as"}  # links that name a thing and load nothing


class Links(NamedTuple):
    """What the link check must know of a page."""

    ids: frozenset[str]
    inner: tuple[str, ...]  # addresses within the site
    problems: tuple[str, ...]


@lru_cache(maxsize=4096)
def _links(path: Path, stamp: tuple[int, int]) -> Links:
    tree = html.document_fromstring(path.read_bytes())
    ids = list(tree.xpath("//@id"))
    problems = [f"id {i!r} stands twice" for i, n in sorted(Counter(ids).items()) if n > 1]
    inner = []
    for tag in tree.iter(html.etree.Element):
        for name in ATTRIBUTES:
            address = tag.get(name)
            if address is None:
                continue
            parts = urlsplit(address)
            if parts.scheme == "javascript":
                problems.append("a javascript: address")
            elif parts.scheme in ("mailto", "data"):
                continue
            elif parts.scheme or parts.netloc:
                link = tag.tag == "link" and not NAMED & set(tag.get("rel", "").split())
                if tag.tag in LOADS or link:
                    problems.append(f"loads {address} from another site")
            else:
                inner.append(address)
    return Links(frozenset([*ids, *tree.xpath("//a/@name")]), tuple(inner), tuple(problems))


def links(path: Path) -> Links:
    """Return ids, inner links and faults of a page; kept while the file is the same."""
    stat = path.stat()
    return _links(path, (stat.st_mtime_ns, stat.st_size))


def broken(pages: Path, base: str = "", only: Iterable[Path] | None = None) -> list[str]:
    """Return one line per link or file reference that leads nowhere or loads from elsewhere.

    Parameters
    ----------
    pages : the folder of the site.
    base : where it is published: links that start at the root of the host lead below it.
    only : the pages to look at; all if left out.
    """
    root = urlsplit(base).path
    problems: list[str] = []
    for path in sorted(only if only is not None else pages.rglob("*.html")):
        where = path.relative_to(pages).as_posix()
        found = links(path)
        problems += [f"{where}: {p}" for p in found.problems]
        for address in found.inner:
            if fault := _fault(pages, where, address, root):
                problems.append(f"{where}: {address} leads to no {fault}")
    return problems


def _fault(pages: Path, where: str, address: str, root: str) -> str:
    parts = urlsplit(address)
    file, fragment = parts.path, parts.fragment
    if root and file.startswith(root):
        target = file.removeprefix(root) or "."
    else:
        target = posixpath.join(posixpath.dirname(where), file) if file else where
    path = Path(os.path.normpath(pages / unquote(target)))
    if path.is_dir():
        path /= "index.html"
    if not path.exists():
        return "file"
    if fragment and path.suffix == ".html" and unquote(fragment) not in links(path).ids:
        return "place on that page"
    return ""
