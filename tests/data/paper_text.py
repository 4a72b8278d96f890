"""The paper's text, where it is at hand, and its paragraphs as `data/paper/` counts them."""

from __future__ import annotations

import os
import re
from pathlib import Path

SECTIONS = {  # heading in the text: name of the section in data/paper
    "Introduction": "Introduction",
    "Literature review": "Literature review",
    "Methodology": "Methodology",
    "Results and discussion": "Results and discussion",
    "Conclusion": "Conclusion",
}
PLACE = Path(__file__).parents[3] / "shared" / "paper" / "paper.md"
_APART = re.compile(
    r"\*{0,2}(Figure|Table|Note|Continuation|Year\t|Region/|Universities\t|plural|academic year)"
    r"|\$\$|- |\d\. "
)


def text_file() -> Path | None:
    """Return the file that PROOFBOOK_PAPER names, or the one beside the clone; None elsewhere."""
    path = Path(os.environ.get("PROOFBOOK_PAPER", PLACE))
    return path if path.is_file() else None


def blocks(text: str, heading: str) -> list[str]:
    """Return the blocks of a section, those joined that a page break had cut."""
    after = re.split(rf"(?m)^{heading}$", text, maxsplit=1)[1]
    ends = [re.search(rf"(?m)^{other}$", after) for other in (*SECTIONS, "Funding")]
    body = after[: min(end.start() for end in ends if end)]
    found: list[str] = []
    for block in (b.strip() for b in re.split(r"\n\s*\n", body)):
        if not block:
            continue
        cut = found and not _APART.match(found[-1]) and re.search(r"[\w,(-]$", found[-1])
        if cut and not _APART.match(block):
            found[-1] = (
                found[-1].removesuffix("-") + ("" if found[-1].endswith("-") else " ") + block
            )
        else:
            found.append(block)
    return found


def paragraphs(text: str, heading: str) -> list[str]:
    """Return the paragraphs: blocks that are no table, figure, note, formula or item of a list."""
    return [block for block in blocks(text, heading) if not _APART.match(block)]
