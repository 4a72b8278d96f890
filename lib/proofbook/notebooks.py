"""From the text of a chapter to its executed, deterministic notebook.

Papermill executes. A notebook runs again when the code of its cells changed, or something that it
read or imported when it last ran: the record of that run says what (see `recorder`). A changed
sentence or caption runs nothing.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import papermill
import yaml
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from proofbook import edition, preflight, recorder
from proofbook.pairs import (
    KERNEL,
    NotebookError,
    clean,
    disagreements,
    load,
    pairs,
    save,
    source_of,
    sync,
)

__all__ = [
    "NotebookError",
    "clean",
    "disagreements",
    "execute",
    "execute_all",
    "pairs",
    "reason",
    "source_of",
    "stale",
    "sync",
]
LOCK = "requirements.txt"
CONFIG = "_config.yml"  # of which only the section of this engine concerns a notebook
PACKAGE = "data/datapackage.json"
Inputs = dict[str, list[str]]


def _hash(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def code_of(notebook: NotebookNode) -> str:
    """Return the hash of a notebook's code cells with the tags that steer the run."""
    return _hash(
        json.dumps(
            [
                [c.source.strip(), [t for t in c.metadata.get("tags", []) if "-" not in t]]
                for c in notebook.cells
                if c.cell_type == "code"
            ]
        )
    )


def outputs_of(notebook: NotebookNode) -> str:
    """Return the hash of all outputs of a notebook."""
    outputs = [c.outputs for c in notebook.cells if c.cell_type == "code"]
    return _hash(json.dumps(outputs, sort_keys=True))


@lru_cache(maxsize=2048)
def _of_pair(text: Path, stamps: tuple[int, ...]) -> tuple[str, str]:
    """Return the hashes of a text's code and of its notebook's outputs."""
    return code_of(jupytext.read(text)), outputs_of(load(text.with_suffix(".ipynb")))


def _code_and_outputs(text: Path) -> tuple[str, str]:
    stats = [p.stat() for p in (text, text.with_suffix(".ipynb"))]
    return _of_pair(text, tuple(n for s in stats for n in (s.st_mtime_ns, s.st_size)))


@lru_cache(maxsize=4096)
def _prints(path: Path, stamp: tuple[int, int]) -> list[str]:
    """Return the hash of a file and, of a module, that of what it does: comments do nothing."""
    content = path.read_bytes()
    if path.name == CONFIG:
        section = (yaml.safe_load(content) or {}).get("proofbook")
        return [_hash(json.dumps(section, sort_keys=True))]
    if path.suffix != ".py":
        return [_hash(content)]
    try:
        tree = ast.parse(content)
    except SyntaxError:
        return [_hash(content)]
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):  # a docstring does nothing
            body[:] = [s for s in body if not isinstance(getattr(s, "value", s), ast.Constant)]
    return [_hash(content), _hash(ast.dump(tree))]


def fingerprints(path: Path) -> list[str]:
    """Return the fingerprints of a file; two files do the same if they share one.
    Empty: no file."""
    try:
        stat = path.stat()
    except OSError:
        return []
    return _prints(path, (stat.st_mtime_ns, stat.st_size))


def table_print(project: Path, name: str) -> list[str]:
    """Return the hash of what the data package says of a table,
    or with ``*`` of all their names."""
    try:
        listed = json.loads((project / PACKAGE).read_bytes())["resources"]
    except (OSError, ValueError, KeyError):
        return []
    if name == "*":
        return [_hash(json.dumps([entry["name"] for entry in listed]))]
    return [_hash(json.dumps(entry)) for entry in listed if entry["name"] == name]


def _record_file(text: Path) -> Path:
    return text.parent.parent / "_build" / "executed" / f"{text.stem}.json"


def record_run(text: Path, project: Path, notebook: NotebookNode, seen: dict[str, Any]) -> None:
    """Keep what a run rested on and what it gave."""
    files = sorted({*seen["reads"], *seen["modules"], LOCK} - {PACKAGE})
    content = {
        "code": code_of(notebook),
        "outputs": outputs_of(notebook),
        "python": sys.version_info[:2],
        "inputs": {f: fingerprints(project / f) for f in files},
        "tables": {t: table_print(project, t) for t in seen["tables"]},
        "products": {
            p: fingerprints(project / "_build" / "published" / p) for p in seen["products"]
        },
    }
    target = _record_file(text)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_suffix(".tmp")
    beside.write_text(json.dumps(content, indent=1), encoding="utf-8")
    os.replace(beside, target)


def reason(text: Path, project: Path) -> str:
    """Return why a notebook must run again, in words; empty if it need not."""
    target, other = _record_file(text), text.with_suffix(".ipynb")
    try:
        record = json.loads(target.read_text(encoding="utf-8"))
        if not other.exists():
            return "it has no outputs yet"
        code, outputs = _code_and_outputs(text)
        if record["code"] != code:
            return "its code changed"
        if record["python"] != list(sys.version_info[:2]):
            return "another version of Python"
        if record["outputs"] != outputs:
            return "its outputs are not those of its last run"
        for file, known in record["inputs"].items():
            now = fingerprints(project / file)
            if not (set(now) & set(known) or now == known):
                return f"{file} changed"
        for table, known in record["tables"].items():
            if table_print(project, table) != known:
                what = "the list of tables" if table == "*" else f"the description of {table}"
                return f"{what} in {PACKAGE} changed"
        for file, known in record["products"].items():
            if fingerprints(project / "_build" / "published" / file) != known:
                return f"{file}, which it publishes, is missing or was changed"
    except FileNotFoundError:
        return "there is no record of a run"
    except (ValueError, KeyError, TypeError, AttributeError):
        return "the record of its last run is damaged"
    return ""


def stale(text: Path, project: Path) -> bool:
    """Say whether a notebook must run."""
    return bool(reason(text, project))


def isolate(folder: Path, project: Path) -> None:
    """Keep the reader's own IPython settings out of the run, and start the recorder in it."""
    profile = folder / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "ipython_kernel_config.json").write_text(
        json.dumps({"IPKernelApp": {"log_level": 50}})
    )
    gigabytes = edition.settings(project)["gigabytes_per_notebook"]
    call = (str(project), str(folder / "record.json"), gigabytes)
    (profile / "startup" / "00-record.py").write_text(
        f"__import__('proofbook.recorder').recorder.start{call!r}\n", encoding="utf-8"
    )
    os.environ["IPYTHONDIR"] = str(folder)
    # Notebooks run side by side. Threads that wait for each other in products of small matrices
    # cost ten times what they save, and their number would move the last bits of a sum.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def _run(text: Path, notebook: NotebookNode, folder: Path) -> NotebookNode:
    before, after = folder / "in.ipynb", folder / "out.ipynb"
    settings = edition.settings(text.resolve().parent.parent)
    seconds = settings["seconds_per_cell"]
    nbformat.write(notebook, before)
    try:
        papermill.execute_notebook(
            str(before),
            str(after),
            cwd=str(text.parent),
            progress_bar=False,
            log_output=False,
            kernel_name="python3",
            execution_timeout=seconds,
        )
    except papermill.PapermillExecutionError as error:
        where, reason = error.cell_index, f"{error.ename}: {error.evalue}"
        if error.ename == "MemoryError":
            reason += f" (the limit is {settings['gigabytes_per_notebook']} GB a notebook)"
    except CellTimeoutError:
        where, reason = _running(after), f"still running after {seconds} s, the limit of one cell"
    except DeadKernelError:
        where, reason = _running(after), "the kernel died, perhaps for want of memory"
    except NoSuchKernel:
        msg = "There is no Jupyter kernel named python3: remove .venv and run `make book`."
        raise NotebookError(msg) from None
    else:
        return clean(load(after))
    raise NotebookError(_failure(text, notebook, where, reason))


def _running(after: Path) -> int:
    """Return the place, from 0, of the cell that papermill started last."""
    began = [c.metadata.get("papermill", {}).get("start_time") for c in load(after).cells]
    return max((i for i, time in enumerate(began) if time), default=0)


def _failure(text: Path, notebook: NotebookNode, where: int, reason: str) -> str:
    """Return the message on a cell that failed: place, reason, the first lines of its code."""
    code = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code"]
    line = preflight.cell_line(text, code.index(where)) if where in code else 1
    shown = "\n".join(f"    {line}" for line in notebook.cells[where].source.splitlines()[:4])
    return (
        f"book/{text.name}:{line}, cell {where + 1}: {reason[:400]}\n{shown}\n"
        f"Mend the cell in {text.name}, then run `make book` again."
    )


def execute(text: Path) -> None:
    """Execute one notebook, write its ``.ipynb`` beside the text, record what it rested on.

    Raises
    ------
    NotebookError
        If not exactly one cell is tagged ``parameters``, a cell fails, or a cell prints to stderr.
    """
    project = text.resolve().parent.parent
    notebook = jupytext.read(text)
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1:
        msg = (
            f"{text.name}: {len(tagged)} cells are tagged 'parameters', expected one; "
            "tag the cell that sets what a rerun may change"
        )
        raise NotebookError(msg)
    notebook.metadata["kernelspec"] = NotebookNode(KERNEL)
    with tempfile.TemporaryDirectory() as folder:
        isolate(Path(folder), project)
        done = _run(text, notebook, Path(folder))
        seen = json.loads((Path(folder) / "record.json").read_text(encoding="utf-8"))
    for number, cell in enumerate(done.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                reason = f"writes to stderr, which a reader would see: {output.text.strip()[:400]}"
                raise NotebookError(_failure(text, done, number, reason))
    save(done, text.with_suffix(".ipynb"))
    record_run(text, project, done, seen)


def execute_all(
    project: Path,
    *,
    force: bool = False,
    workers: int | None = None,
    why: bool = False,
    say: Callable[[str], None] | None = None,
) -> list[str]:
    """Execute all stale notebooks in parallel and return their names.

    `why` prints for each what makes it run; `say` hears it for those that run, which then do so in
    this process if there is one alone.

    Raises
    ------
    NotebookError
        With the messages of every notebook that failed.
    """
    reasons = {
        t: "it was asked for" if force else reason(t, project) for t in pairs(project / "book")
    }
    if why:
        for text, because in reasons.items():
            print(f"{text.stem}: {f'runs, {because}' if because else 'stays'}", flush=True)
    todo = [text for text, because in reasons.items() if because]
    if say and todo:
        say("; ".join(f"{text.stem} runs: {reasons[text]}" for text in todo))
    if say and len(todo) == 1:
        execute(todo[0])
        return [todo[0].stem]
    failures: list[str] = []
    with (
        ProcessPoolExecutor(
            workers or os.cpu_count(),
            initializer=recorder.follow_parent,
            initargs=(os.getpid(),),
        ) as pool,
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
    if failures:
        raise NotebookError("\n\n".join(sorted(failures)))
    return [text.stem for text in todo]
