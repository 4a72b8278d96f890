"""What several test files share: the project, the built site, a server on loopback, a browser."""

from __future__ import annotations

import functools
import gzip
import http.server
import io
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SITE = PROJECT / "_build" / "html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pages() -> list[str]:
    """Return the names of all pages of the built site."""
    return sorted(path.name for path in SITE.glob("*.html"))


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def site() -> Path:
    if not (SITE / "index.html").exists():
        pytest.fail("there is no book in _build/html: run `make book` first, or `make test`, which does both")
    return SITE


class _Gzip(http.server.SimpleHTTPRequestHandler):
    """Serves as a real host does: compressed, and quietly."""

    def log_message(self, *_: object) -> None:
        pass

    def send_head(self):  # noqa: ANN201
        path = Path(self.translate_path(self.path))
        if path.is_file() and path.suffix in {".html", ".js", ".css", ".json", ".svg", ".csv", ".txt", ".xml"}:
            content = gzip.compress(path.read_bytes(), 9)
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()

            return io.BytesIO(content)
        return super().send_head()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Gzip, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():  # noqa: ANN201
    if CHROMIUM is None:
        message = "no Chromium on this machine: install it (Debian and Ubuntu: `apt-get install chromium`) and run `make test` again"
        if os.environ.get("KZMOBILITY_BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        )
        yield chromium
        chromium.close()
