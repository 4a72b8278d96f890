"""From the text of a chapter to its executed, deterministic notebook.

``NN-name.md`` (MyST, what authors edit) and ``NN-name.ipynb`` (the same with outputs) are a Jupytext pair. Papermill
executes; a content hash decides what must run again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import jupytext
import nbformat
import nbformat.reader
import papermill
from jupytext.cli import jupytext as jupytext_cli
from nbformat import NotebookNode
from tqdm import tqdm

KEPT_METADATA = ("jupytext", "kernelspec")
KEPT_OF_CELL = ("mystnb", "tags")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class NotebookError(RuntimeError):
    """A notebook that cannot be executed or does not keep the rules; the message says where and what to do."""


def pairs(book: Path) -> list[Path]:
    """Return the ``.md`` halves of all pairs of a book, sorted."""
    return sorted(
        path
        for path in book.glob("*.md")
        if "formats: md:myst,ipynb" in path.read_text(encoding="utf-8")[:400]
    )


def source_of(notebook: NotebookNode) -> list[tuple[str, str, dict[str, object]]]:
    """Return what a pair must agree on: type, source, tags, and names and captions of every cell."""
    return [(c.cell_type, c.source.strip(), _kept(c)) for c in notebook.cells]


def _kept(cell: NotebookNode) -> dict[str, object]:
    """Return the metadata that the author of a cell writes: no others survive an execution."""
    return {key: cell.metadata[key] for key in KEPT_OF_CELL if cell.metadata.get(key)}


def disagreements(text: Path) -> list[str]:
    """Return one line per difference between the halves of a pair; empty if they agree."""
    other = text.with_suffix(".ipynb")
    if not other.exists():
        return [f"{other.name} is missing"]
    try:
        notebook = nbformat.read(other, as_version=4)
    except nbformat.reader.NotJSONError:
        msg = f"{other.name} is no notebook, perhaps after a merge with conflicts: delete it and run `make book`, which writes it again from {text.name}"
        raise NotebookError(msg) from None
    left, right = source_of(jupytext.read(text)), source_of(notebook)
    if len(left) != len(right):
        return [f"{text.name} has {len(left)} cells, {other.name} has {len(right)}"]
    return [
        f"{text.name} and {other.name} differ in cell {i}"
        for i, (a, b) in enumerate(zip(left, right, strict=True), 1)
        if a != b
    ]


def sync(book: Path) -> None:
    """Let the newer half of each pair that disagrees overwrite the other, as ``jupytext --sync`` does."""
    for text in pairs(book):
        if not text.with_suffix(".ipynb").exists():
            nbformat.write(clean(jupytext.read(text)), text.with_suffix(".ipynb"))
        elif disagreements(text):
            jupytext_cli(["--sync", "--quiet", str(text)])


def clean(notebook: NotebookNode) -> NotebookNode:
    """Remove what differs between two equal runs: ids, times, counters, paths, versions of the interpreter."""
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
        cell["id"] = f"{number:03d}-{hashlib.sha256(cell.source.encode()).hexdigest()[:8]}"
        if cell.cell_type == "code":
            run += 1
            cell.execution_count = (
                run if cell.outputs else None
            )  # nbval takes a cell without a number for one that never ran
            for output in cell.outputs:
                if "execution_count" in output:
                    output["execution_count"] = run
    return notebook


def _digest(paths: list[Path], start: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(start).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def key_of(text: Path, project: Path) -> str:
    """Return the hash of all that decides a notebook's outputs: its text, the data, the library, the lock."""
    library = list((project / "lib").rglob("*.py"))
    tables = [p for p in (project / "data").rglob("*") if p.is_file()]
    return _digest([text, *library, *tables, project / "requirements.txt"], project)


def _state(path: Path, key: str) -> dict[str, str]:
    return {"key": key, "notebook": hashlib.sha256(path.read_bytes()).hexdigest()}


def stale(text: Path, project: Path, cache: Path) -> bool:
    """Say whether a notebook must run: no record of a run, other inputs, or outputs changed since."""
    record, notebook = cache / f"{text.stem}.json", text.with_suffix(".ipynb")
    if not (record.exists() and notebook.exists()):
        return True
    return json.loads(record.read_text()) != _state(notebook, key_of(text, project))


def isolate(folder: Path) -> None:
    """Keep the reader's own IPython settings, and the kernel's remarks on its transport, out of the run."""
    profile = folder / "profile_default"
    profile.mkdir()
    (profile / "ipython_kernel_config.json").write_text(
        json.dumps({"IPKernelApp": {"log_level": 50}})
    )
    os.environ["IPYTHONDIR"] = str(folder)


def execute(text: Path) -> None:
    """Execute one notebook with papermill and write its cleaned ``.ipynb`` beside the text.

    Raises
    ------
    NotebookError
        If there is not exactly one cell tagged ``parameters``, a cell fails, or a cell prints to stderr.
    """
    notebook = jupytext.read(text)
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1:
        msg = f"{text.name}: {len(tagged)} cells are tagged 'parameters', expected one; tag the cell that sets what a rerun may change"
        raise NotebookError(msg)
    notebook.metadata["kernelspec"] = NotebookNode(KERNEL)
    with tempfile.TemporaryDirectory() as folder:
        isolate(Path(folder))
        before, after = Path(folder) / "in.ipynb", Path(folder) / "out.ipynb"
        nbformat.write(notebook, before)
        try:
            papermill.execute_notebook(
                str(before),
                str(after),
                cwd=str(text.parent),
                progress_bar=False,
                log_output=False,
                kernel_name="python3",
            )
        except papermill.PapermillExecutionError as error:
            msg = f"{text.name}, cell {error.cell_index + 1}: {error.ename}: {error.evalue}\n\n{error.source}\n\nMend the cell in {text.name}, then run `make book` again."
            raise NotebookError(msg) from None
        done = clean(nbformat.read(after, as_version=4))
    for number, cell in enumerate(done.cells, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                msg = f"{text.name}, cell {number} writes to stderr: {output.text.strip()[:500]}\nA reader would see this; remove its cause."
                raise NotebookError(msg)
    target = text.with_suffix(".ipynb")
    nbformat.write(done, target.with_suffix(".tmp"))
    os.replace(target.with_suffix(".tmp"), target)


def execute_all(project: Path, *, force: bool = False, workers: int | None = None) -> list[str]:
    """Execute all stale notebooks in parallel and return their names.

    Raises
    ------
    NotebookError
        With the messages of every notebook that failed.
    """
    book, cache = project / "book", project / "_build" / "executed"
    cache.mkdir(parents=True, exist_ok=True)
    todo = [text for text in pairs(book) if force or stale(text, project, cache)]
    failures: list[str] = []
    with (
        ProcessPoolExecutor(workers or os.cpu_count()) as pool,
        tqdm(total=len(todo), desc="notebooks", unit="notebook", disable=not todo) as bar,
    ):
        jobs = {pool.submit(execute, text): text for text in todo}
        for job in as_completed(jobs):
            text = jobs[job]
            bar.set_postfix_str(text.stem)
            bar.update()
            if error := job.exception():
                failures.append(
                    str(error)
                    if isinstance(error, NotebookError)
                    else f"{text.name}: {type(error).__name__}: {error}"
                )
            else:
                (cache / f"{text.stem}.json").write_text(
                    json.dumps(_state(text.with_suffix(".ipynb"), key_of(text, project)))
                )
    if failures:
        raise NotebookError("\n\n".join(sorted(failures)))
    return [text.stem for text in todo]
