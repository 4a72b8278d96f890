"""Serve a folder on loopback as a real host does, and find the browser that looks at it."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import io
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEXT = {".html", ".js", ".css", ".json", ".svg", ".csv", ".txt", ".xml"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves compressed, with a day of caching."""

    cache = "max-age=86400"
    level = 9

    def log_message(self, *_: object) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", self.cache)
        super().end_headers()

    def content(self, path: Path) -> bytes:
        """Return what is sent for a file of text."""
        return path.read_bytes()

    def send_head(self) -> Any:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.is_file() and path.suffix in TEXT:
            content = gzip.compress(self.content(path), self.level)
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            return io.BytesIO(content)
        return super().send_head()


@contextlib.contextmanager
def served(folder: Path, handler: type[Handler] = Handler, port: int = 0) -> Iterator[str]:
    """Serve a folder with gzip on loopback; yield its address."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(handler, directory=str(folder))
    )
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def chromium() -> str:
    """Return the path of the system's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        msg = (
            "no Chromium on this machine: install it "
            "(Debian and Ubuntu: `apt-get install chromium`)"
        )
        raise SystemExit(msg)
    return found
