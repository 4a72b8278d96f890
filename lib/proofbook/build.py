"""From executed notebooks to the site: build in a staging folder, add the data, check, then swap in with one rename."""

from __future__ import annotations

import contextlib
import functools
import gzip
import hashlib
import http.server
import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup

from proofbook import metadata, notebooks, results

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
LEFTOVERS = (
    ".buildinfo",
    "objects.inv",
    ".doctrees",
    "_static/basic.css",
    "_static/pygments.css",
    "_static/file.png",
    "_static/minus.png",
    "_static/plus.png",
)


class SiteError(RuntimeError):
    """A site that was built and is not fit to be published; the message lists what to mend."""


def base_url(project: Path) -> str:
    """Return the address that the site is published at, with a slash at its end; empty while nobody has set one.

    It is ``html: baseurl:`` of ``_config.yml``, else ``PROOFBOOK_BASE_URL``, with which a host can say where it publishes.

    Raises
    ------
    SiteError
        If it is no web address.
    """
    file = project / "_config.yml"
    config = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    address = (config.get("html") or {}).get("baseurl") or os.environ.get("PROOFBOOK_BASE_URL", "")
    if address and urlsplit(address).scheme not in ("http", "https"):
        msg = f"the base URL {address!r} is no web address: expected one such as https://example.org/book/ in _config.yml (html: baseurl:) or PROOFBOOK_BASE_URL"
        raise SiteError(msg)
    return address.rstrip("/") + "/" if address else ""


class _Gzip(http.server.SimpleHTTPRequestHandler):
    """Serves as a real host does: compressed, with a day of caching."""

    def log_message(self, *_: object) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=86400")
        super().end_headers()

    def send_head(self) -> Any:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.is_file() and path.suffix in {
            ".html",
            ".js",
            ".css",
            ".json",
            ".svg",
            ".csv",
            ".txt",
            ".xml",
        }:
            content = gzip.compress(path.read_bytes(), 9)
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            return io.BytesIO(content)
        return super().send_head()


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder with gzip on loopback; yield its address."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Gzip, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def chromium() -> str:
    """Return the path of the system's Chromium."""
    found = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if not found:
        msg = "no Chromium on this machine: install it (Debian and Ubuntu: `apt-get install chromium`)"
        raise SystemExit(msg)
    return found


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def jupyter_book(project: Path, out: Path) -> Path:
    """Run Jupyter Book without execution, warnings as errors, and return the folder of the pages."""
    shutil.rmtree(out, ignore_errors=True)
    command = [
        str(Path(sys.executable).parent / "jupyter-book"),
        "build",
        str(project / "book"),
        "--config",
        str(project / "_config.yml"),
        "--toc",
        str(project / "_toc.yml"),
        "--path-output",
        str(out),
        "-W",
        "-n",
        "--keep-going",
        "--all",
        "-q",
    ]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    pages = out / "_build" / "html"
    if done.returncode or not (pages / "index.html").exists():
        said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr).splitlines()
        causes = [
            line
            for line in said
            if re.search(r"WARNING|ERROR|Exception|(?<!Runtime)Error:|extension_error", line)
        ]
        msg = "Jupyter Book stopped; warnings count as errors. The causes:\n" + "\n".join(
            causes or said[-60:]
        )
        raise SiteError(msg)
    return pages


def add_data(project: Path, pages: Path) -> None:
    """Put the machine-readable results beside the pages, and the files that notebooks publish."""
    named = results.collect((project / "book").glob("*.ipynb"))
    _json(pages / "results.json", {name: entry["value"] for name, entry in named.items()})
    shutil.copytree(project / "data", pages / "data", dirs_exist_ok=True)
    if (published := project / "_build" / "published").exists():
        shutil.copytree(published, pages, dirs_exist_ok=True)


def broken_links(pages: Path, base: str = "") -> list[str]:
    """Return one line per link or file reference that leads nowhere, or that loads something from elsewhere.

    `base` is the address that the site is published at: links that start at the root of the host lead below it.
    """
    root = urlsplit(base).path
    soups = {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(pages.rglob("*.html"))
    }
    ids = {
        path: {tag["id"] for tag in soup.find_all(id=True)}
        | {tag["name"] for tag in soup.find_all("a", attrs={"name": True})}
        for path, soup in soups.items()
    }
    problems: list[str] = []
    for path, soup in soups.items():
        where = path.relative_to(pages).as_posix()
        repeated = [tag["id"] for tag in soup.find_all(id=True)]
        problems += (
            [
                f"{where}: id {i!r} stands twice"
                for i in sorted({i for i in repeated if repeated.count(i) > 1})
            ]
            if len(repeated) != len(set(repeated))
            else []
        )
        for tag, attribute in (
            (t, a)
            for a in ("href", "src", "poster", "data")
            for t in soup.find_all(attrs={a: True})
        ):
            address = str(tag[attribute])
            parts = urlsplit(address)
            if parts.scheme in ("mailto", "data", "javascript"):
                if parts.scheme == "javascript":
                    problems.append(f"{where}: a javascript: address")
                continue
            if parts.scheme or parts.netloc:
                loads = tag.name in ("script", "img", "iframe", "source", "object", "use") or (
                    tag.name == "link" and "canonical" not in tag.get("rel", [])
                )
                if loads:
                    problems.append(f"{where}: loads {address} from another site")
                continue
            file, fragment = parts.path, parts.fragment
            start, file = (
                (pages, file.removeprefix(root))
                if root and file.startswith(root)
                else (path.parent, file)
            )
            target = (start / (unquote(file) or ".")).resolve() if file or start is pages else path
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                problems.append(f"{where}: {address} leads to no file")
            elif fragment and target in ids and unquote(fragment) not in ids[target]:
                problems.append(f"{where}: {address} leads to no place on that page")
    return problems


def manifest(project: Path, pages: Path) -> dict[str, object]:
    """Return the hash of every file of the site, the commit and the versions that made it."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=project, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "commit": commit or "not under version control",
        "versions": {name: version(name) for name in PACKAGES},
        "files": {
            p.relative_to(pages).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(pages.rglob("*"))
            if p.is_file()
        },
    }


def write_manifest(project: Path, pages: Path) -> None:
    """Write ``manifest.json``, which cannot name itself."""
    (pages / "manifest.json").unlink(missing_ok=True)
    _json(pages / "manifest.json", manifest(project, pages))


def swap(new: Path, current: Path) -> None:
    """Put a finished site in the place of the current one; a reader never meets a half-built one."""
    old = current.with_name(current.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if current.exists():
        current.rename(old)
    new.rename(current)
    shutil.rmtree(old, ignore_errors=True)


def build(project: Path, *, force: bool = False, why: bool = False) -> Path:
    """Build the whole book and return the folder of the site; `why` says which notebooks run and because of what.

    Raises
    ------
    NotebookError, SiteError
        Before anything of the site that was there is touched.
    """
    notebooks.sync(project / "book")
    notebooks.execute_all(project, force=force, why=why)
    pages = jupyter_book(project, project / "_build" / "stage")
    for name in LEFTOVERS:
        target = pages / name
        shutil.rmtree(target, ignore_errors=True) if target.is_dir() else target.unlink(
            missing_ok=True
        )
    add_data(project, pages)
    base = base_url(project)
    metadata.cards(pages)
    metadata.site_map(pages, base)
    metadata.settle_404(pages, base)
    write_manifest(project, pages)
    if problems := broken_links(pages, base):
        msg = "The pages are not fit to be published:\n" + "\n".join(problems[:40])
        raise SiteError(msg)
    site = project / "_build" / "html"
    swap(pages, site)
    shutil.rmtree(project / "_build" / "stage", ignore_errors=True)
    return site
