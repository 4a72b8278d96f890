"""What surrounds the text of a page: its place in the book, and where its source can be had."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml
from sphinx import addnodes
from sphinx.application import Sphinx

NOTEBOOKS = "notebooks"  # folder of the site


def trail(app: Sphinx, page: str) -> dict[str, str] | None:
    """Return the part of the book that a page stands in; None for the home page and pages aside."""
    if page == app.config.root_doc or page not in app.env.found_docs:
        return None
    for tree in app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree):
        if page in tree["includefiles"]:
            return {"part": tree.get("caption") or ""}
    return {"part": ""}


def sources(app: Sphinx, page: str) -> list[tuple[str, str]]:
    """Return ``(name, address)`` of every place where the source of a page can be read or run.

    The notebook is part of the site. The others follow from ``repository:`` and ``launch_buttons:``
    of ``_config.yml``, in Jupyter Book's own keys, and are left out while those are empty.
    """
    file = Path(app.srcdir).parent / "_config.yml"
    if page not in app.env.found_docs:
        return []
    config = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    repository, launch = config.get("repository") or {}, config.get("launch_buttons") or {}
    url, branch = (repository.get("url") or "").rstrip("/"), repository.get("branch") or "main"
    folder = (repository.get("path_to_book") or Path(app.srcdir).name).strip("/")
    text, notebook = f"{folder}/{page}.md", f"{folder}/{page}.ipynb"
    found = []
    if (Path(app.srcdir) / f"{page}.ipynb").exists():
        found.append(("Download notebook", f"{NOTEBOOKS}/{page}.ipynb"))
    if url:
        found += [
            ("Source", f"{url}/blob/{branch}/{text}"),
            ("Edit", f"{url}/edit/{branch}/{text}"),
        ]
        place = urlsplit(url).path.strip("/")
        if binder := launch.get("binderhub_url"):
            path = quote(f"lab/tree/{notebook}")
            found.append(("Binder", f"{binder.rstrip('/')}/v2/gh/{place}/{branch}?urlpath={path}"))
        if colab := launch.get("colab_url"):
            found.append(("Colab", f"{colab.rstrip('/')}/github/{place}/blob/{branch}/{notebook}"))
    return [*found, ("Link to this page", f"{page}.html")]


def contents(chapters: str, sections: str) -> str:
    """Return the contents of the book with the sections of the current chapter below its title."""
    inner = re.search(r"(?s)<ul>.*?(<ul>.*</ul>)\s*</li>\s*</ul>", sections)
    if not inner:
        return chapters
    current = re.compile(r'(?s)(<li class="toctree-l1 current[^>]*>\s*<a [^>]*>.*?</a>)')
    return current.sub(lambda found: found[1] + inner[1], chapters, count=1)


def add(app: Sphinx, page: str, template: str, context: dict[str, Any], _: object) -> None:
    """Give the template of a page what its frame shows."""
    context["trail"], context["sources"] = trail(app, page), sources(app, page)
    chapters = context["toctree"](collapse=True, maxdepth=1, includehidden=True, titles_only=True)
    sections = context.get("toc", "") if context.get("display_toc") else ""
    context["contents"] = contents(chapters.replace(' role="heading"', ""), sections)


def _copy_notebooks(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    folder = Path(app.outdir) / NOTEBOOKS
    folder.mkdir(exist_ok=True)
    for page in sorted(app.env.found_docs):
        if (notebook := Path(app.srcdir) / f"{page}.ipynb").exists():
            shutil.copyfile(notebook, folder / notebook.name)


def setup(app: Sphinx) -> None:
    """Register events."""
    app.connect("html-page-context", add)
    app.connect("build-finished", _copy_notebooks)
