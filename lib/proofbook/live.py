"""Read the book while you write it: save a file, and the page in the browser has changed.

One process keeps Sphinx warm. A page learns of a new build by a server-sent event; scroll and open
folds stay. What stops a build stands in the page and in the terminal, over the last good page.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import watch

from proofbook import build
from proofbook.fingerprint import ASIDE
from proofbook.serve import Handler, served

HERE = Path(__file__).parent
SCRIPT = b'<script src="/live.js" defer></script></body>'
PAUSE = 3000  # milliseconds without a saved file
#: What a running process cannot take in: it starts anew.
CODE = {".py", ".yml", ".txt", ".css", ".js", ".bib"}


class News:
    """What the browsers must be told; each waits until there is something newer than it knows."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.number, self.last = 0, {"kind": "quiet", "text": "", "pages": []}
        self.name = str(time.time_ns())  # of this process, by which a page knows a new one

    def tell(self, kind: str, text: str = "", pages: list[str] | None = None) -> None:
        """Tell ``built`` with the pages that changed, ``failed`` or ``runs`` with a text."""
        with self.changed:
            self.number += 1
            self.last = {"kind": kind, "text": text, "pages": pages or []}
            self.changed.notify_all()

    def after(self, number: int) -> tuple[int, str]:
        """Wait for news; return its number and its text, or after some seconds the same number."""
        with self.changed:
            self.changed.wait_for(lambda: self.number != number, timeout=10)
            return self.number, json.dumps(self.last)


def handler(news: News) -> type[Handler]:
    """Return a handler of requests that adds the script to pages and tells it the news."""

    class Live(Handler):
        cache = "no-store"
        level = 1

        def content(self, path: Path) -> bytes:
            page = path.read_bytes()
            return page.replace(b"</body>", SCRIPT, 1) if path.suffix == ".html" else page

        def translate_path(self, path: str) -> str:
            if path.partition("?")[0] == "/live.js":
                return str(HERE / "theme" / "live.js")
            return super().translate_path(path)

        def do_GET(self) -> None:  # noqa: N802
            if self.path != "/events":
                super().do_GET()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            number, before = news.number, self.headers.get("Last-Event-ID", news.name)
            try:
                self.wfile.write(f"id: {news.name}\n\n".encode())
                if before != news.name:  # a page that an earlier process sent
                    self.wfile.write(b'data: {"kind": "built", "pages": ["*"]}\n\n')
                if news.last["kind"] == "failed":
                    self.wfile.write(f"data: {json.dumps(news.last)}\n\n".encode())
                while True:
                    now, text = news.after(number)
                    self.wfile.write(f"data: {text}\n\n".encode() if now != number else b":\n\n")
                    self.wfile.flush()
                    number = now
            except OSError:
                return  # the page was closed

    return Live


def _sources(project: Path) -> list[Path]:
    names = ("book", "data", "lib", "_config.yml", "_toc.yml")
    return [p for p in (*(project / n for n in names), HERE) if p.exists()]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        return path.stat().st_mtime_ns, path.stat().st_size
    except OSError:
        return None


def changes(project: Path, written: dict[Path, object]) -> Iterator[set[Path]]:
    """Yield what somebody saved, nothing in a pause; what the build wrote is in `written`."""
    for found in watch(
        *_sources(project), debounce=60, step=20, rust_timeout=PAUSE, yield_on_timeout=True
    ):
        paths = {Path(name) for _, name in found}
        mine = {p for p in paths if set(p.parts) & set(ASIDE) or p.suffix in {".tmp", ".pyc", ""}}
        mine |= {p for p in paths if p in written and written[p] == _stamp(p)}
        saved = {p for p in paths - mine if not p.name.startswith(".")}
        if saved or not found:
            yield saved


def once(run: build.Run, news: News, steps: list[Callable[[build.Run], None]]) -> bool:
    """Take steps of a build and tell what came of them; return whether it went well."""
    try:
        build.take(run, steps)
    except build.faults() as error:
        text = build.brief(error)
        news.tell("failed", text)
        print(f"\n{text}\nThe last good page stays.", file=sys.stderr, flush=True)
        return False
    if steps is not build.PAUSE:
        news.tell("built", pages=sorted(run.written))
        names = ", ".join(sorted(run.written)[:6]) or "nothing to write"
        print(f"built: {names}", flush=True)
    return True


def live(project: Path, port: int = 0) -> None:
    """Serve the book on loopback and build it again when a file is saved, until interrupted."""
    news = News()
    run = build.Run(project, say=lambda text: news.tell("runs", text))
    book = project / "book"
    with served(project / "_build" / "html", handler(news), port) as home:
        if port:
            print("The code changed: the book starts anew.", flush=True)
        once(run, news, build.BOOK)
        print(f"Read the book at {home}/index.html while you write. Ctrl-C ends.", flush=True)
        written: dict[Path, object] = {p: _stamp(p) for p in book.glob("*.ipynb")}
        behind = False  # does the site lack what is made from all pages?
        try:
            for saved in changes(project, written):
                if any(p.suffix in CODE or p.parent.name == "theme" for p in saved):
                    _again(run, home)
                if saved:
                    behind = once(run, news, build.LIVE) or behind
                    written.update({p: _stamp(p) for p in book.iterdir()})
                elif behind:
                    behind = False
                    once(run, news, build.PAUSE)
        finally:
            if run.pages:
                run.pages.save()


def _again(run: build.Run, home: str) -> None:
    """Start this process anew at the same address: it cannot take in changed code."""
    if run.pages:
        run.pages.save()
    arguments = ["-m", "proofbook", "live", "--port", home.rpartition(":")[2]]
    os.execv(sys.executable, [sys.executable, *arguments])
