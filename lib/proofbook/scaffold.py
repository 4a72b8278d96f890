"""A new chapter, table or claim: the files and lines that each needs, and what is left to do."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

CHAPTER = """---
jupytext:
  formats: md:myst,ipynb
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# {title}

:::{{container}} finding
What the chapter finds, in a sentence or two.
:::

```{{code-cell}} ipython3
:tags: [parameters]

first = 1
```

A sentence introduces each cell.

```{{code-cell}} ipython3
from proofbook.results import note

note("{word}.first", first)
```

The first number of this chapter is {{result}}`{word}.first`.
"""


def new_chapter(project: Path, name: str) -> str:
    """Write a chapter with its notebook and its line in ``_toc.yml``; return what is left to do.

    Raises
    ------
    ValueError
        If the name is not usable or taken.
    """
    from proofbook import pairs

    if not re.fullmatch(r"[0-9a-z][0-9a-z-]*", name):
        msg = f"{name!r}: a chapter is named in small letters, digits and hyphens, as 24-my-topic"
        raise ValueError(msg)
    text = project / "book" / f"{name}.md"
    if text.exists() or text.with_suffix(".ipynb").exists():
        msg = f"book/{name} exists already: choose another name"
        raise ValueError(msg)
    words = re.sub(r"^\d+-", "", name)
    title, word = words.replace("-", " ").capitalize(), re.sub(r"\W|^\d+", "_", words)
    text.write_text(CHAPTER.format(title=title, word=word), encoding="utf-8")
    pairs.sync_one(text)
    toc = project / "_toc.yml"
    lines = toc.read_text(encoding="utf-8").rstrip("\n").split("\n")
    last = max(i for i, line in enumerate(lines) if re.match(r"\s*- file:", line))
    indent = re.match(r"\s*", lines[last])
    lines.insert(last + 1, f"{indent[0] if indent else ''}- file: {name}.ipynb")
    toc.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return (
        f"book/{name}.md and its notebook are there, listed last in _toc.yml. Write the chapter, "
        "read it with `make live`, then run `make book` and commit the .md and the .ipynb together."
    )


def new_table(project: Path, file: str) -> str:
    """Describe a CSV file below ``data/`` in the data package; return what is left to do.

    The type of each column is read off its cells. The checksum is recorded by ``proofbook.data``.

    Raises
    ------
    ValueError
        If there is no such file, or it is described already.
    """
    path = project / "data" / file.removeprefix("data/")
    if path.suffix != ".csv" or not path.is_file():
        msg = f"data/{file}: no such CSV file; put it into data/paper or data/official first"
        raise ValueError(msg)
    package_file = project / "data" / "datapackage.json"
    package = json.loads(package_file.read_text(encoding="utf-8"))
    if any(r["name"] == path.stem for r in package["resources"]):
        msg = f"{path.stem} is described already in data/datapackage.json"
        raise ValueError(msg)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    header, body = rows[0], rows[1:]
    fields = [
        {
            "name": column,
            "type": _type([row[i] for row in body if i < len(row)]),
            "description": f"WRITE: what {column} is",
        }
        for i, column in enumerate(header)
    ]
    model = package["resources"][0]
    package["resources"].append(
        {k: model[k] for k in ("profile", "format", "mediatype", "encoding") if k in model}
        | {
            "name": path.stem,
            "path": path.relative_to(project / "data").as_posix(),
            "title": f"WRITE: the title of {path.stem}",
            "description": "WRITE: what a row is",
            "schema": {"fields": fields, "primaryKey": [header[0]]},
            "sources": [{"title": "WRITE: who published it, and when"}],
            "licenses": model.get("licenses", []),
        }
    )
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    package_file.write_text(text, encoding="utf-8")
    return (
        f"data/datapackage.json describes {path.stem}. Replace each WRITE there: title, "
        "description, source, licence, a unit for each column of numbers; then `make check-data`."
    )


def _type(cells: list[str]) -> str:
    filled = [c for c in cells if c]
    if filled and all(re.fullmatch(r"-?(0|[1-9]\d*)", c) for c in filled):
        return "integer"
    return (
        "number" if filled and all(re.fullmatch(r"-?\d+(\.\d+)?", c) for c in filled) else "string"
    )


def new_claim(project: Path, name: str) -> str:
    """Add a row to the ledger that nothing decides yet; return what is left to do.

    Raises
    ------
    ValueError
        If the id is not usable or taken.
    """
    if not re.fullmatch(r"c-[a-z]{3}-\d{3}", name):
        msg = f"{name!r}: a claim is named as c-eco-099: c, three letters of its section, a number"
        raise ValueError(msg)
    path = project / "data" / "paper" / "claims.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    taken = {i for r in rows for i in [r["id"], *(r.get("aliases") or "").split()]}
    if name in taken:
        highest = max(i for i in taken if i[:5] == name[:5])
        msg = f"{name} is taken: the highest of its section is {highest}"
        raise ValueError(msg)
    alike = [i for i, row in enumerate(rows) if row["id"][:5] == name[:5]]
    place = alike[-1] + 1 if alike else len(rows)
    near = rows[place - 1]
    row = dict.fromkeys(near, "") | {
        "id": name,
        "section": near["section"],
        "locator": "WRITE: where",
        "kind": "causal",
        "statement": "WRITE: what the paper says, in our words.",
        "check": "unsupported",
        "note": "WRITE: why nothing decides it.",
    }
    row |= {"part": near["part"]} if "part" in near else {}
    rows.insert(place, row)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return (
        f"{name} is line {place + 2} of data/paper/claims.csv, "
        "unsupported until a check decides it. "
        f"Replace each WRITE, run `make check-data`, and put {{claim}}`{name}` beside the sentence."
    )
