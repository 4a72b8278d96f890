"""Ask every address outside the site whether it answers; for the weekly job, never for a build."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lxml import html

AGENT = "Mozilla/5.0 (link check of an executable edition)"
BUSY = {401, 403, 405, 429, 503}  # the host is there and does not talk to programs


def addresses(site: Path) -> list[str]:
    """Return every web address that a page of the site links to."""
    found = set()
    for page in site.glob("*.html"):
        tree = html.fromstring(page.read_text(encoding="utf-8"))
        found |= {a.split("#")[0] for a in tree.xpath("//a/@href") if a.startswith("http")}
    return sorted(found)


def trouble(address: str) -> str:
    """Return what is wrong with an address; empty if it answers."""
    request = urllib.request.Request(address, headers={"User-Agent": AGENT})
    try:
        with urllib.request.urlopen(request, timeout=30):
            return ""
    except urllib.error.HTTPError as error:
        return "" if error.code in BUSY else f"{address}: {error.code}"
    except (OSError, ValueError) as error:
        return f"{address}: {error}"


def main() -> int:
    """Check the site of the first argument; return the exit status."""
    with ThreadPoolExecutor(8) as pool:
        dead = [line for line in pool.map(trouble, addresses(Path(sys.argv[1]))) if line]
    print(*dead, f"{len(dead)} addresses do not answer", sep="\n")
    return bool(dead)


if __name__ == "__main__":
    sys.exit(main())
