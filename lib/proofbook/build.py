"""Text to notebooks to pages to site, once or again and again.

``make book`` and ``make live`` are two lists of steps over one `Run`. The site that was there stays
until a whole new one is there, and then the two change places in one instant.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from proofbook import edition
from proofbook.fingerprint import digest, tree
from proofbook.serve import chromium, served

__all__ = ["SiteError", "base_url", "broken_links", "build", "chromium", "served"]

PACKAGES = (
    "jupyter-book",
    "sphinx",
    "myst-nb",
    "jupytext",
    "papermill",
    "pandas",
    "statsmodels",
    "altair",
    "vl-convert-python",
)
LEFTOVERS = {
    "manifest.json",  # written last: it holds the hash of every other file
    ".buildinfo",
    "objects.inv",
    "_static/basic.css",
    "_static/pygments.css",
    "_static/file.png",
    "_static/minus.png",
    "_static/plus.png",
}


class SiteError(RuntimeError):
    """A site that is not fit to be published; the message lists what to mend."""


def base_url(project: Path) -> str:
    """Return the address that the site is published at, with a slash at its end; empty if not set.

    It is ``html: baseurl:`` of ``_config.yml``, else ``PROOFBOOK_BASE_URL``, with which a host can
    say where it publishes.

    Raises
    ------
    SiteError
        If it is no web address.
    """
    address = (edition.config(project).get("html") or {}).get("baseurl") or os.environ.get(
        "PROOFBOOK_BASE_URL", ""
    )
    if address and urlsplit(address).scheme not in ("http", "https"):
        msg = (
            f"the base URL {address!r} is no web address: expected one such as "
            "https://example.org/book/ in _config.yml (html: baseurl:) or PROOFBOOK_BASE_URL"
        )
        raise SiteError(msg)
    return address.rstrip("/") + "/" if address else ""


def broken_links(pages: Path, base: str = "") -> list[str]:
    """Return one line per link that leads nowhere; see `links.broken`."""
    from proofbook import links

    return links.broken(pages, base)


def write(path: Path, content: str) -> None:
    """Write a file unless it holds this already: what did not change keeps its date."""
    if not (path.exists() and path.read_bytes() == content.encode()):
        path.write_text(content, encoding="utf-8")


def _json(path: Path, value: object) -> None:
    write(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


@dataclass
class Run:
    """A build: what it was asked for, and what its steps hand to each other."""

    project: Path
    force: bool = False
    why: bool = False
    say: Callable[[str], None] | None = None  # hears which notebook runs
    pages: Any = None  # a pages.Pages; it takes seconds to make and stays warm in live mode
    written: set[str] = field(default_factory=set)

    @property
    def raw(self) -> Path:
        """The folder of the pages as Sphinx wrote them, completed in place."""
        return self.project / "_build" / "stage" / "html"


def check(run: Run) -> None:
    """Refuse texts, contents, bibliography, data and claims that are not what they must be."""
    from proofbook import preflight

    if problems := preflight.texts(run.project):
        raise SiteError(listed("Nothing was built", problems))
    preflight.tables(run.project)
    from proofbook import inputs

    inputs.claims(run.project)


def pair(run: Run) -> None:
    """Bring the halves of each chapter together."""
    from proofbook import notebooks

    notebooks.sync(run.project / "book")


def execute(run: Run) -> None:
    """Execute the notebooks that a change concerns."""
    from proofbook import notebooks

    notebooks.execute_all(run.project, force=run.force, why=run.why, say=run.say)


def render(run: Run) -> None:
    """Read what changed and write the pages that it concerns."""
    from proofbook.pages import Pages

    run.pages = run.pages or Pages(run.project)
    try:
        run.written = run.pages.read()
        run.written = run.pages.write(run.written)
        problems = run.pages.problems()
    except Exception as error:
        shutil.rmtree(run.pages.stage, ignore_errors=True)
        run.pages.close()
        run.pages = None
        msg = f"The pages could not be written: {type(error).__name__}: {error}"
        raise SiteError(msg) from error
    if problems:
        run.pages.forget(run.written)
    if problems or not run.say:  # a live process saves when it ends
        run.pages.save()
    if problems:
        raise SiteError(listed("The pages are not fit to be published", problems))


def preview(run: Run) -> None:
    """Render, and complete a site that never was: while one is written, its pages come first."""
    render(run)
    if not (run.raw / "manifest.json").exists():
        complete(run)


def complete(run: Run) -> None:
    """Add what belongs to no single page: scripts, search index, data, cards, map of the site."""
    from proofbook import inputs, metadata

    run.pages.finish()
    named = inputs.noted(run.project)
    _json(run.raw / "results.json", {name: entry["value"] for name, entry in named.items()})
    shutil.rmtree(run.raw / "data", ignore_errors=True)
    shutil.copytree(run.project / "data", run.raw / "data")
    if (published := run.project / "_build" / "published").exists():
        shutil.copytree(published, run.raw, dirs_exist_ok=True)
    if (run.project / "CITATION.cff").exists():
        add_package(run.project, run.raw)
    base = base_url(run.project)
    metadata.cards(run.raw, run.raw.parent / "cards.json")
    metadata.site_map(run.raw, base)
    metadata.settle_404(run.raw, base)
    if (run.project / "CITATION.cff").exists():
        metadata.stamp(run.project, run.raw, LEFTOVERS)
    write(run.raw / "manifest.json", "")  # pages link to it


def add_package(project: Path, pages: Path) -> None:
    """Put beside the pages what data editors and programs read, and say in each page what it is."""
    from proofbook import inputs, machine, metadata, replication

    cff = replication.citation(project)
    machine.write_claims(pages)
    machine.write_results(pages, inputs.noted(project))
    machine.write_data_zip(pages)
    machine.write_markdown(pages, replication.pages_of(project), cff["title"], cff["abstract"])
    replication.write(project, pages, {name: version(name) for name in PACKAGES})
    metadata.heads(project, pages)


def inspect(run: Run) -> None:
    """Refuse pages whose links lead nowhere."""
    from proofbook import links

    every = run.written >= run.pages.app.env.found_docs
    only = None if every else [run.raw / f"{name}.html" for name in run.written]
    if problems := links.broken(run.raw, base_url(run.project), only):
        run.pages.forget(run.written)
        run.pages.save()
        raise SiteError(listed("The pages are not fit to be published", problems))


def listed(what: str, problems: list[str]) -> str:
    """Return a message of at most ten lines."""
    more = [f"and {len(problems) - 7} more"] if len(problems) > 7 else []
    head = f"{what}: {len(problems)} problem(s)"
    return "\n".join([head, *problems[:7], *more, "Mend what is listed, then run `make book`."])


def faults() -> tuple[type[Exception], ...]:
    """Return the errors that an author can mend: their messages say where and how."""
    from proofbook.pairs import NotebookError

    return (NotebookError, SiteError, ValueError, OSError)


def brief(error: Exception) -> str:
    """Return the message of an error in at most ten lines, its last one, the remedy, included."""
    if isinstance(error, OSError):
        remedies = {
            errno.ENOSPC: "the disk is full: make room, then build again",
            errno.EROFS: "the folder is read-only: build where you may write",
            errno.EACCES: "you may not write here: change the rights or the folder",
        }
        what = remedies.get(error.errno or 0, str(error))
        return f"{error.filename or 'The build'}: {what}. The site that was there stays."
    lines = [line for line in str(error).splitlines() if line.strip()]
    more = [f"… {len(lines) - 9} lines more"] if len(lines) > 10 else []
    return "\n".join(lines if not more else [*lines[:8], *more, lines[-1]])


def manifest(project: Path, hashes: dict[str, str]) -> dict[str, object]:
    """Return the hash of every file of the site, the commit and the versions that made it."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=project, capture_output=True, text=True, check=False
    ).stdout.strip()
    record = project / "_build" / "stage" / "html" / "edition.json"
    site = json.loads(record.read_text(encoding="utf-8"))["site"] if record.exists() else ""
    return {
        "commit": commit or "not under version control",
        "site": site,
        "versions": {name: version(name) for name in PACKAGES},
        "files": hashes,
    }


def write_manifest(project: Path, pages: Path) -> None:
    """Write ``manifest.json``, which cannot name itself."""
    files = sorted(p for p in pages.rglob("*") if p.is_file() and p.name != "manifest.json")
    hashes = {
        p.relative_to(pages).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }
    (pages / "manifest.json").unlink(missing_ok=True)
    _json(pages / "manifest.json", manifest(project, hashes))


def publish(run: Run) -> None:
    """Put the new site in the place of the old one: unchanged files are linked, not copied."""
    site = run.project / "_build" / "html"
    new = site.with_name("html.new")
    shutil.rmtree(new, ignore_errors=True)
    known = run.raw.parent / "hashes.json"
    before = json.loads(known.read_text()) if known.exists() else {}
    hashes: dict[str, list[object]] = {}
    for path in sorted(p for p in run.raw.rglob("*") if p.is_file()):
        name = path.relative_to(run.raw).as_posix()
        if name in LEFTOVERS:
            continue
        stamp = [path.stat().st_mtime_ns, path.stat().st_size]
        same = before.get(name, [])[:2] == stamp
        hashes[name] = before[name] if same else [*stamp, _sha(path)]
        old, target = site / name, new / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # What was changed in the site itself, such as a page that offers the PDF, is copied anew.
        if old.exists() and [old.stat().st_mtime_ns, old.stat().st_size] == stamp:
            os.link(old, target)
        else:
            shutil.copy2(path, target)
    _json(new / "manifest.json", manifest(run.project, {n: str(h[2]) for n, h in hashes.items()}))
    exchange(new, site)
    _json(known, hashes)


def keep(run: Run) -> None:
    """Bring what the root holds for data editors to what the site has, as the notebooks are."""
    from proofbook import replication

    if (run.project / "CITATION.cff").exists():
        for name in replication.write_copies(run.project, run.raw):
            print(f"{name} is new: commit it with what changed it")


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def exchange(new: Path, current: Path) -> None:
    """Let two folders change places in one instant, then remove the old one.

    A reader never meets a half-built site, and a build that is killed never leaves none. Where the
    system cannot exchange (neither Linux nor macOS), two renames must do.
    """
    if not current.exists():
        new.rename(current)
        return
    names = os.fsencode(new), os.fsencode(current)
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
        failed = libc.renameat2(here, names[0], here, names[1], swap)
    elif sys.platform == "darwin":
        failed = libc.renamex_np(*names, 2)  # RENAME_SWAP
    else:
        failed = -1
    if failed:
        old = current.with_name(current.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        current.rename(old)
        new.rename(current)
        new = old
    shutil.rmtree(new, ignore_errors=True)


@contextlib.contextmanager
def locked(project: Path) -> Iterator[None]:
    """Let one build at a time work in a project: the second says so and waits."""
    (project / "_build").mkdir(exist_ok=True)
    with (project / "_build" / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build is at work in this folder; this one waits.", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


BOOK: list[Callable[[Run], None]] = [check, pair, execute, render, complete, inspect, publish, keep]
#: While the book is written, a page comes first, and what is made from all pages in a pause.
LIVE: list[Callable[[Run], None]] = [check, pair, execute, preview, inspect, publish]
PAUSE: list[Callable[[Run], None]] = [complete, publish]


def take(run: Run, steps: list[Callable[[Run], None]]) -> Path:
    """Take the steps of a build and return the folder of the site.

    Raises
    ------
    NotebookError, SiteError, DataError
        Before anything of the site that was there is touched.
    """
    with locked(run.project):
        for step in steps:
            step(run)
    return run.project / "_build" / "html"


def settled(project: Path) -> str:
    """Return the state of everything that the site depends on, and of the site itself."""
    places = [
        project / name
        for name in (
            *("book", "data", "lib", "_config.yml", "_toc.yml", "requirements.txt"),
            *("CITATION.cff", "REPLICATION.md", "codecheck.yml", ".zenodo.json"),
        )
    ]
    git = [project / ".git" / name for name in ("HEAD", "logs/HEAD")]
    site = sorted((project / "_build" / "html").rglob("*"))
    stats = [(str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in site if p.is_file()]
    sources = [p for p in (*places, Path(__file__).parent, *git) if p.exists()]
    return digest(tree(*sources).encode(), repr(stats).encode(), base_url(project).encode())


def build(project: Path, *, force: bool = False, why: bool = False) -> Path:
    """Build the whole book and return the folder of the site; `why` says what runs and why.

    Raises
    ------
    NotebookError, SiteError, DataError
        Before anything of the site that was there is touched.
    """
    mark, site = project / "_build" / "settled", project / "_build" / "html"
    if not (force or why) and mark.exists() and mark.read_text() == settled(project):
        return site
    run = Run(project, force, why)
    try:
        take(run, BOOK)
    finally:
        if run.pages:
            run.pages.close()
    mark.write_text(settled(project))
    return site
