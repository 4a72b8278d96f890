"""One Sphinx application that stays warm: reads what changed, writes what that concerns.

Sphinx writes a page again when its own source changed, and no other page that shows its title or
its numbers. Here each page has a face, all that other pages may show of it. While no face changes,
only the pages that were read are written; else all are.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import pickle
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from jupyter_book.config import get_final_config
from myst_nb.core.read import read_myst_markdown_notebook
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.util import logging
from sphinx.util.build_phase import BuildPhase
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx.util.parallel import SerialTasks

from proofbook import data, inputs, ledgerpage
from proofbook.fingerprint import digest, tree

HERE = Path(__file__).parent
NUMBERED = ("tocs", "titles", "toc_secnumbers", "toc_fignumbers")
#: Metadata that no other page shows: a count of words and the lines of cells and headings.
OWN_METADATA = ("wordcount", "myst_slugs", "source_map")
PLACE = re.compile(r"^(?:.*/)?([\w.-]+)\.ipynb:")


def cell_lines(text: str) -> list[int]:
    """Return the line of a MyST text, from 0, at which each cell of its notebook begins."""
    lines = text.splitlines()
    starts = read_myst_markdown_notebook(text, add_source_map=True).metadata["source_map"]
    for number, start in enumerate(starts):
        while start < len(lines) - 1 and not lines[start].strip():
            start += 1
        starts[number] = start
    return list(starts)


def _place(app: Sphinx, docname: str, content: list[str]) -> None:
    """Let warnings of a notebook name the line of the text that its author wrote."""
    text = Path(app.srcdir) / f"{docname}.md"
    if not (app.env.doc2path(docname).endswith(".ipynb") and text.exists()):
        return
    notebook = json.loads(content[0])
    starts = cell_lines(text.read_text(encoding="utf-8"))
    if len(starts) == len(notebook["cells"]):
        notebook["metadata"]["source_map"] = starts
        content[0] = json.dumps(notebook)


def _configuration(project: Path) -> dict[str, Any]:
    config, _ = get_final_config(
        user_yaml=project / "_config.yml",
        cli_config={"latex_individualpages": False, "nitpicky": True},
        sourcedir=project / "book",
    )
    twins = [p.name for p in (project / "book").glob("*.md") if p.with_suffix(".ipynb").exists()]
    return config | {
        "external_toc_path": str(project / "_toc.yml"),
        # one page, not two, from the halves of a pair
        "exclude_patterns": [*config.get("exclude_patterns", []), *sorted(twins)],
    }


class Pages:
    """The pages of a book, below ``_build/stage``; close it after use."""

    def __init__(self, project: Path) -> None:
        self.project, self.stage = project, project / "_build" / "stage"
        self.html = self.stage / "html"
        self.warnings = io.StringIO()
        self._uses: dict[Path, tuple[Any, str]] = {}
        self._fresh_if_the_engine_changed()
        self._contexts = contextlib.ExitStack()
        self._contexts.enter_context(patch_docutils(str(project / "book")))
        self._contexts.enter_context(docutils_namespace())
        self.app = Sphinx(
            srcdir=str(project / "book"),
            confdir=None,
            outdir=str(self.html),
            doctreedir=str(self.stage / "doctrees"),
            buildername="html",
            confoverrides=_configuration(project),
            status=None,
            warning=self.warnings,
            keep_going=True,
        )
        self.app.connect("source-read", _place)
        self.app.connect("env-get-outdated", self._outdated)

    def close(self) -> None:
        """Give docutils its own directives and roles back."""
        self._contexts.close()

    def _fresh_if_the_engine_changed(self) -> None:
        project, mark = self.project, self.stage / "engine"
        settings = [project / n for n in ("_config.yml", "_toc.yml", "requirements.txt")]
        files = [HERE, *(f for f in settings if f.exists())]
        now = tree(*files, suffixes=(".py", ".html", ".yml", ".txt"))
        if not (mark.exists() and mark.read_text() == now):
            shutil.rmtree(self.stage, ignore_errors=True)
            self.stage.mkdir(parents=True)
            mark.write_text(now)

    @property
    def state(self) -> dict[str, Any]:
        """What this class keeps in Sphinx's environment, which is stored between builds."""
        env = self.app.env
        if not hasattr(env, "proofbook"):
            env.proofbook = {"faces": {}, "uses": {}}  # type: ignore[attr-defined]
        return env.proofbook  # type: ignore[attr-defined]

    def _outdated(self, app: Sphinx, env: Any, *_: object) -> list[str]:
        """Return the pages that show a number or a verdict which changed."""
        config = app.config
        config.proofbook_results = inputs.noted(self.project)
        config.proofbook_claims = inputs.claims(self.project)
        every = json.dumps(config.proofbook_claims, sort_keys=True)
        whole = every + tree(data.root(), suffixes=(".csv", ".json"))
        judged = ledgerpage.by_name(config)
        state = digest(
            json.dumps(config.proofbook_results, sort_keys=True).encode(), whole.encode()
        )
        now = {
            doc: self._used(Path(env.doc2path(doc)), state, config.proofbook_results, judged, whole)
            for doc in env.found_docs
        }
        before, self.state["uses"] = self.state["uses"], now
        return [doc for doc, used in now.items() if before.get(doc, used) != used]

    def _used(self, path: Path, state: str, *known: Any) -> str:
        """Return the hash of what a page fetches by name; kept while nothing changed."""
        key = (state, path.stat().st_mtime_ns)
        if self._uses.get(path, ("",))[0] != key:
            self._uses[path] = key, inputs.uses(path, *known)
        return self._uses[path][1]

    def face(self, doc: str) -> str:
        """Return the hash of all that other pages may show of a page."""
        env: Any = self.app.env
        std = env.domains["std"]
        bibtex = env.domaindata.get("cite", {})
        shown = [
            str(env.titles[doc]) and env.titles[doc].astext(),
            env.longtitles[doc].astext(),
            [(r["anchorname"], r.astext()) for r in env.tocs[doc].findall(nodes.reference)],
            env.toctree_includes.get(doc),
            {k: v for k, v in env.metadata[doc].items() if k not in OWN_METADATA},
            [(k, v) for k, v in std.data["labels"].items() if v[0] == doc],
            [(k, v) for k, v in std.data["anonlabels"].items() if v[0] == doc],
            list(env.proofbook_numbered[doc].items()),
            sorted({str(r.targets) for r in bibtex.get("citation_refs", ()) if r.docname == doc}),
            [str(k) for k in bibtex.get("bibliographies", ()) if k.docname == doc],
        ]
        return hashlib.sha256(repr(shown).encode()).hexdigest()

    def read(self) -> set[str]:
        """Read the sources that changed; return the pages that must be written."""
        self.warnings.truncate(0)
        self.warnings.seek(0)
        app, env = self.app, self.app.env
        app.phase = BuildPhase.READING
        before = {name: dict(getattr(env, name)) for name in NUMBERED}
        with logging.pending_warnings():
            read = set(app.builder.read())
        env = app.env
        for doc in read:  # Sphinx keeps trees that it loaded, and takes a process for one build
            env._pickled_doctree_cache.pop(doc, None)
        faces = {d: self.state["faces"].get(d, "") for d in env.found_docs}
        new = faces | {doc: self.face(doc) for doc in read}
        bibliographies = env.domaindata.get("cite", {}).get("bibliographies", ())
        same = new == self.state["faces"] and not read & {k.docname for k in bibliographies}
        self.state["faces"] = new
        if same:
            # The numbers that Sphinx gave are still right; giving them anew takes every doctree.
            for name in NUMBERED:
                for doc in read & before[name].keys():
                    getattr(env, name)[doc] = before[name][doc]
        else:
            list(env.check_dependents(app, set()))
            app.phase = BuildPhase.CONSISTENCY_CHECK
            env.check_consistency()
            read = set(env.found_docs)
        return read

    def write(self, names: set[str]) -> set[str]:
        """Write pages, and any that are missing; return the names of all that were written."""
        builder, every = self.app.builder, self.app.env.found_docs
        names = names | {n for n in every if not (self.html / f"{n}.html").exists()}
        builder.events.emit("write-started", builder)
        builder.prepare_writing(names)
        builder._write_serial(sorted(names))
        return names

    def finish(self) -> None:
        """Write what belongs to no page: static files, the index of the search,
        pages of the theme."""
        self.app.builder.finish_tasks = SerialTasks()
        self.app.builder.copy_assets()
        self.app.builder.finish()
        self.app.builder.finish_tasks.join()
        self.app.emit("build-finished", None)

    def problems(self) -> list[str]:
        """Return the warnings since the last reading, each with the line of the author's text."""
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.warnings.getvalue())
        found = [line for line in text.splitlines() if line.strip()]
        return list(dict.fromkeys(PLACE.sub(r"book/\1.md:", line) for line in found))

    def save(self) -> None:
        """Keep the environment for the next build."""
        beside = self.stage / "doctrees" / f"{ENV_PICKLE_FILENAME}.tmp"
        with beside.open("wb") as file:
            pickle.dump(self.app.env, file, pickle.HIGHEST_PROTOCOL)
        beside.replace(beside.with_suffix(""))

    def forget(self, names: set[str]) -> None:
        """Let these pages be read again by the next build, because this one was not good."""
        self.app.env.domaindata.get("cite", {}).pop("formatted", None)
        for name in names:
            self.app.env.all_docs.pop(name, None)
            self.state["faces"].pop(name, None)
