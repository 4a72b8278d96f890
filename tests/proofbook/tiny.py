"""A tiny edition for tests of the build: the toy edition with two chapters that compute next
to nothing."""

from __future__ import annotations

from pathlib import Path

from proofbook import edition

HEAD = (
    "---\njupytext:\n  formats: md:myst,ipynb\n  text_representation:\n    extension: .md\n"
    "    format_name: myst\nkernelspec:\n  display_name: Python 3\n  language: python\n"
    "  name: python3\n---\n\n"
)
PARAMETERS = "```{code-cell} ipython3\n:tags: [parameters]\n\nx = 1\n```\n\n"
CHECKS = """from proofbook.checks import Finding, check


@check("reproduced", "contradicted")
def certified(tables, claim, term):
    return Finding("reproduced", 1.0)


@check("consistent", "contradicted")
def rises(tables, claim, column):
    return Finding("consistent", 1.0)
"""
FIRST = f"""{HEAD}# One

The text of chapter one shows {{printed}}`longley.1947.employed` and {{result}}`tiny.two`.
It judges {{claim}}`c-reg-001` and cites {{cite:t}}`longley1967`.

{PARAMETERS}```{{code-cell}} ipython3
from pathlib import Path
first = Path("../data/paper/longley.csv").read_text().splitlines()[0]
2 * x
```

(a-section)=
## A section

The words of the section.
"""
INDEX = """# A tiny edition

Two is {result}`tiny.two`, says [chapter one](01-one.ipynb), and {ref}`its section <a-section>`.

```{bibliography}
```
"""
SECOND = f"""{HEAD}# Two

The text of chapter two.

{PARAMETERS}```{{code-cell}} ipython3
import json
out = {{"data": {{}}, "metadata": {{}}}}
mime = "application/vnd.proofbook.result+json"
from IPython.display import display
display({{mime: {{"name": "tiny.two", "text": str(x + 1)}}, "text/plain": "two"}},
        raw=True, metadata={{mime: {{"value": x + 1}}}})
```
"""


def write(folder: Path, *, charts: bool = False) -> Path:
    """Write the tiny edition to a folder and return it; nothing is executed yet.

    With `charts` the chapter of the toy edition stays, which has two, and a table.
    """
    edition.new(folder)
    book = folder / "book"
    if not charts:
        (book / "01-regression.md").unlink()
    (book / "01-one.md").write_text(FIRST)
    (book / "02-two.md").write_text(SECOND)
    (book / "index.md").write_text(INDEX)
    (folder / "lib" / "longley.py").write_text(CHECKS)
    toc = folder / "_toc.yml"
    chapters = "file: 01-one.ipynb\n  - file: 02-two.ipynb"
    if charts:
        chapters += "\n  - file: 01-regression.ipynb"
    toc.write_text(toc.read_text().replace("file: 01-regression.ipynb", chapters))
    (folder / "requirements.txt").write_text("")
    return folder
