"""The two halves of a chapter: the text ``NN-name.md`` (MyST) and ``NN-name.ipynb`` with outputs.

Whatever half was edited, the build writes only the other. Which one was edited is read off the
notebook: the id of each of its cells holds a hash of the source that the build last wrote there.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from pathlib import Path

import jupytext
import nbformat
import nbformat.reader
from nbformat import NotebookNode

KEPT_METADATA = ("jupytext", "kernelspec")
KEPT_OF_CELL = ("mystnb", "tags")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class NotebookError(RuntimeError):
    """A notebook that cannot be executed or breaks the rules; says where and what to do."""


def pairs(book: Path) -> list[Path]:
    """Return the ``.md`` halves of all pairs of a book, sorted."""
    return sorted(
        path
        for path in book.glob("*.md")
        if "formats: md:myst,ipynb" in path.read_text(encoding="utf-8")[:400]
    )


def load(path: Path) -> NotebookNode:
    """Return a notebook from its ``.ipynb``; raises NotebookError if it is none."""
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, AttributeError, KeyError):
        msg = (
            f"{path.name} is no notebook, perhaps after a merge with conflicts: delete it and run "
            f"`make book`, which writes it again from {path.with_suffix('.md').name}"
        )
        raise NotebookError(msg) from None


def save(notebook: NotebookNode, path: Path) -> None:
    """Write a cleaned notebook in one step."""
    beside = path.with_suffix(".tmp")
    nbformat.write(clean(notebook), beside)
    os.replace(beside, path)


def source_of(notebook: NotebookNode) -> list[tuple[str, str, dict[str, object]]]:
    """Return what a pair must agree on: type, source and the author's metadata of every cell."""
    return [(c.cell_type, c.source.strip(), _kept(c)) for c in notebook.cells]


def _kept(cell: NotebookNode) -> dict[str, object]:
    """Return the metadata that the author of a cell writes: no others survive an execution."""
    return {key: cell.metadata[key] for key in KEPT_OF_CELL if cell.metadata.get(key)}


def disagreements(text: Path) -> list[str]:
    """Return one line per difference between the halves of a pair; empty if they agree."""
    other = text.with_suffix(".ipynb")
    if not other.exists():
        return [f"{other.name} is missing"]
    return _differences(text, jupytext.read(text), load(other))


def _differences(text: Path, written: NotebookNode, executed: NotebookNode) -> list[str]:
    left, right, other = source_of(written), source_of(executed), f"{text.stem}.ipynb"
    if len(left) != len(right):
        return [f"{text.name} has {len(left)} cells, {other} has {len(right)}"]
    return [
        f"{text.name} and {other} differ in cell {i}"
        for i, (a, b) in enumerate(zip(left, right, strict=True), 1)
        if a != b
    ]


def cell_id(number: int, source: str) -> str:
    """Return the id of a cell as the build writes it."""
    return f"{number:03d}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"


def clean(notebook: NotebookNode) -> NotebookNode:
    """Remove what differs between two equal runs: ids, times, counters, paths, versions."""
    notebook.metadata = NotebookNode(
        {key: notebook.metadata[key] for key in KEPT_METADATA if key in notebook.metadata}
    )
    notebook.metadata["kernelspec"] = NotebookNode(KERNEL)
    notebook.metadata["language_info"] = NotebookNode({"name": "python"})
    notebook.metadata.get("jupytext", {}).get("text_representation", {}).pop(
        "jupytext_version", None
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    run = 0
    for number, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode(_kept(cell))
        cell["id"] = cell_id(number, cell.source)
        if cell.cell_type == "code":
            run += 1
            # nbval takes a cell without a number for one that never ran
            cell.execution_count = run if cell.outputs else None
            for output in cell.outputs:
                if "execution_count" in output:
                    output["execution_count"] = run
    return notebook


def with_outputs(text: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """Return a text's cells with the outputs that the same code had in an executed notebook."""
    had: dict[str, list[list[NotebookNode]]] = defaultdict(list)
    for cell in executed.cells:
        if cell.cell_type == "code":
            had[cell.source.strip()].append(cell.outputs)
    for cell in text.cells:
        if cell.cell_type == "code" and had[cell.source.strip()]:
            cell.outputs = had[cell.source.strip()].pop(0)
    return text


def edited_half(text: Path, in_text: NotebookNode, in_notebook: NotebookNode) -> str:
    """Say which half of a pair was edited since the build wrote it: ``text`` or ``notebook``.

    Raises
    ------
    NotebookError
        If both were: only their author can say what is meant.
    """
    other = text.with_suffix(".ipynb")
    ids = [cell.get("id", "") for cell in in_notebook.cells]

    def edited(half: NotebookNode) -> bool:
        return [cell_id(i, cell.source) for i, cell in enumerate(half.cells)] != ids

    notebook_edited, text_edited = edited(in_notebook), edited(in_text)
    if notebook_edited and text_edited:
        msg = (
            f"{text.name} and {other.name} were both edited since the last build: nothing was "
            "changed. Say which to keep: `make sync KEEP=text` or `make sync KEEP=notebook`."
        )
        raise NotebookError(msg)
    if notebook_edited == text_edited:  # tags or captions alone, which no id holds
        notebook_edited = other.stat().st_mtime > text.stat().st_mtime
    return "notebook" if notebook_edited else "text"


#: State of both halves when they last agreed in this process: nothing is read to find it again.
_agreed: dict[Path, tuple[object, ...]] = {}


def _stamps(text: Path) -> tuple[object, ...]:
    found = [p.stat() for p in (text, text.with_suffix(".ipynb")) if p.exists()]
    return tuple((s.st_mtime_ns, s.st_size) for s in found)


def sync_one(text: Path, keep: str = "") -> None:
    """Write the half that was not edited, or not to be kept; outputs of unchanged code stay."""
    other = text.with_suffix(".ipynb")
    in_text = jupytext.read(text)
    if not other.exists():
        save(in_text, other)
        return
    in_notebook = load(other)
    if not _differences(text, in_text, in_notebook):
        return
    if (keep or edited_half(text, in_text, in_notebook)) == "text":
        save(with_outputs(in_text, in_notebook), other)
    else:
        written = clean(NotebookNode(in_notebook))
        written.metadata = in_text.metadata
        beside = text.with_suffix(".tmp")
        beside.write_text(jupytext.writes(written, fmt="md:myst"), encoding="utf-8")
        os.replace(beside, text)
        save(in_notebook, other)


def sync(book: Path, keep: str = "") -> None:
    """Bring all halves together; `keep`, ``text`` or ``notebook``, decides where both changed."""
    for text in pairs(book):
        if _agreed.get(text) != _stamps(text):
            sync_one(text, keep)
            _agreed[text] = _stamps(text)
