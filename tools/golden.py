"""Record anew what the toy edition publishes: ``python -m tools.golden FOLDER`` of a built toy."""

from __future__ import annotations

import re
import sys
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "tests" / "proofbook" / "golden"
PAGES = ("index", "01-regression", "02-ledger", "03-data")


def article(page: Path) -> str:
    """Return the HTML of a page's article, one tag a line, without pictures and scripts.

    Raises
    ------
    ValueError
        If the page has no article.
    """
    found = re.search(r"<article>.*?</article>", page.read_text(encoding="utf-8"), re.S)
    if found is None:
        msg = f"{page.name} has no article"
        raise ValueError(msg)
    markup = re.sub(r"<(svg|script|style)\b.*?</\1>", "", found[0], flags=re.S)
    # a picture's proportions follow the fonts of the machine
    markup = re.sub(r"aspect-ratio:[\d./]+|data-width=\"[\d.]+\"", "", markup)
    # code is compared as text: its colours are the business of Pygments
    markup = re.sub(
        r"<pre.*?</pre>", lambda m: re.sub(r"</?span[^>]*>", "", m[0]), markup, flags=re.S
    )
    return re.sub(r">\s*<", ">\n<", markup) + "\n"


def words(page: Path) -> str:
    """Return the words of a page's article, without pictures and scripts."""
    return " ".join(re.sub(r"<[^>]+>", " ", article(page)).split()) + "\n"


def main(folder: Path) -> None:
    """Write the golden files from a built toy edition."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    site = folder / "_build" / "html"
    for name in ("claims.json", "results.json"):
        (GOLDEN / name).write_bytes((site / name).read_bytes())
    for page in PAGES:
        (GOLDEN / f"{page}.txt").write_text(words(site / f"{page}.html"), encoding="utf-8")
        (GOLDEN / f"{page}.html").write_text(article(site / f"{page}.html"), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
