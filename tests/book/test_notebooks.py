"""Pairs agree, notebooks run, outputs are deterministic, failures say where.
nbval compares the outputs themselves."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jupytext
import nbformat
import pytest
from jupyter_client.kernelspec import NoSuchKernel

from proofbook import notebooks

BOOK = Path(__file__).parents[2] / "book"
PAIRS = notebooks.pairs(BOOK)
HEAD = (
    "---\njupytext:\n  formats: md:myst,ipynb\n"
    "  text_representation:\n    extension: .md\n    format_name: myst\n"
    "kernelspec:\n  display_name: Python 3\n  language: python\n  name: python3\n---\n\n"
)


def cell(source: str, tags: str = "") -> str:
    return (
        "```{code-cell} ipython3\n"
        + (f":tags: [{tags}]\n\n" if tags else "")
        + source
        + "\n```\n\n"
    )


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """A project of one notebook, with stand-ins for all that its key depends on."""
    (tmp_path / "book").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "lib" / "kzmobility").mkdir(parents=True)
    (tmp_path / "data" / "numbers.csv").write_text("x\n1\n")
    (tmp_path / "lib" / "kzmobility" / "data.py").write_text("")
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "book" / "01-small.md").write_text(
        HEAD + "# Small\n\n" + cell("x = 1", "parameters") + cell("x + 1")
    )
    return tmp_path


@pytest.mark.parametrize("text", PAIRS, ids=lambda p: p.stem)
def test_both_halves_of_a_pair_agree(text: Path) -> None:
    found = notebooks.disagreements(text)
    assert not found, (
        "; ".join(found)
        + ". Run `make sync` (the newer half wins), look at the difference, and commit both."
    )


@pytest.mark.parametrize("text", PAIRS, ids=lambda p: p.stem)
def test_a_committed_notebook_is_clean(text: Path) -> None:
    notebook = nbformat.read(text.with_suffix(".ipynb"), as_version=4)
    nbformat.validate(notebook)
    once = nbformat.writes(notebook)
    assert nbformat.writes(notebooks.clean(notebook)) == once, (
        f"{text.stem}.ipynb holds times, counters or random ids: run `make execute FORCE=1`"
    )
    assert not re.search(r"(?<![\w.])/(?:home|root|tmp|work|Users)/", once), (
        f"{text.stem}.ipynb holds a path of a machine: print names, not paths"
    )
    assert not re.search(r"\bat 0x[0-9a-f]{6,}", once), (
        f"{text.stem}.ipynb holds a memory address: show a value, not an object"
    )
    assert once.count('"parameters"') == 1, (
        f"{text.stem}.ipynb needs exactly one cell tagged 'parameters'"
    )
    missing = [
        i
        for i, c in enumerate(notebook.cells, 1)
        if c.cell_type == "code" and "skip" in str(c.metadata.get("tags", []))
    ]
    assert not missing, (
        f"{text.stem}.ipynb skips the comparison of cells {missing}: "
        "no output is skipped without a listed reason"
    )


def test_every_chapter_in_the_contents_is_there_and_every_chapter_there_is_in_the_contents() -> (
    None
):
    listed = set(re.findall(r"(?:root|file): (\S+)", (BOOK.parent / "_toc.yml").read_text()))
    there = {f"{p.stem}.ipynb" for p in PAIRS} | {
        p.stem for p in BOOK.glob("*.md") if p not in PAIRS
    }
    assert listed == there, (
        f"_toc.yml and book/ differ in {sorted(listed ^ there)}: "
        "add the chapter to _toc.yml or remove the file"
    )


def test_a_changed_half_is_reported_and_sync_mends_it(small_project: Path) -> None:
    book = small_project / "book"
    notebooks.sync(book)
    text = book / "01-small.md"
    assert notebooks.disagreements(text) == []
    text.write_text(text.read_text().replace("x + 1", "x + 2"))
    assert notebooks.disagreements(text) == ["01-small.md and 01-small.ipynb differ in cell 3"]
    notebooks.sync(book)
    assert notebooks.disagreements(text) == []
    assert "x + 2" in (book / "01-small.ipynb").read_text(), (
        "the newer half, the text, should have won"
    )


def test_an_edit_in_jupyter_reaches_the_text(small_project: Path) -> None:
    book = small_project / "book"
    notebooks.sync(book)
    notebook = nbformat.read(book / "01-small.ipynb", as_version=4)
    notebook.cells[-1].source = "x + 41"
    nbformat.write(notebook, book / "01-small.ipynb")
    notebooks.sync(book)
    assert "x + 41" in (book / "01-small.md").read_text(), (
        "the newer half, the notebook, should have won"
    )


def test_two_runs_of_one_text_give_the_same_bytes(small_project: Path) -> None:
    assert notebooks.execute_all(small_project, workers=1) == ["01-small"]
    path = small_project / "book" / "01-small.ipynb"
    first = path.read_bytes()
    notebooks.execute_all(small_project, workers=1, force=True)
    assert path.read_bytes() == first, "find what differs between two runs, and let clean() drop it"


def test_an_unchanged_notebook_does_not_run(small_project: Path) -> None:
    notebooks.execute_all(small_project, workers=1)
    (small_project / "book" / "01-small.md").touch()
    assert notebooks.execute_all(small_project, workers=1) == [], "a date is no change"


@pytest.fixture
def rich_project(small_project: Path) -> Path:
    """The small project, executed; its notebook reads one of two tables and imports one
    of two modules."""
    (small_project / "data" / "other.csv").write_text("y\n1\n")
    (small_project / "lib" / "read_me.py").write_text("def two():\n    return 2\n")
    (small_project / "lib" / "leave_me.py").write_text("")
    text = small_project / "book" / "01-small.md"
    source = (
        "import sys; sys.path.insert(0, '../lib')\nimport read_me\n"
        "open('../data/numbers.csv').read(), read_me.two()"
    )
    text.write_text(text.read_text().replace("x + 1", source))
    notebooks.execute_all(small_project, workers=1)
    return small_project


@pytest.mark.parametrize("file", ["data/numbers.csv", "lib/read_me.py", "requirements.txt"])
def test_what_a_notebook_rests_on_makes_it_run(rich_project: Path, file: str) -> None:
    (rich_project / file).write_text("two = lambda: 3\n")
    assert (
        notebooks.reason(rich_project / "book" / "01-small.md", rich_project) == f"{file} changed"
    )


@pytest.mark.parametrize("file", ["data/other.csv", "lib/leave_me.py"])
def test_what_a_notebook_does_not_touch_leaves_it_alone(rich_project: Path, file: str) -> None:
    (rich_project / file).write_text("changed = 1\n")
    assert not notebooks.reason(rich_project / "book" / "01-small.md", rich_project)


def test_a_comment_in_a_module_runs_nothing(rich_project: Path) -> None:
    module = rich_project / "lib" / "read_me.py"
    module.write_text('def two():\n    """Return two."""\n    return 2  # always\n')
    assert not notebooks.reason(rich_project / "book" / "01-small.md", rich_project)


def test_a_changed_sentence_runs_nothing_and_reaches_the_notebook(rich_project: Path) -> None:
    text = rich_project / "book" / "01-small.md"
    outputs = notebooks.outputs_of(notebooks.load(text.with_suffix(".ipynb")))
    text.write_text(text.read_text().replace("# Small", "# Small\n\nA new sentence."))
    notebooks.sync(rich_project / "book")
    assert notebooks.execute_all(rich_project, workers=1) == []
    after = notebooks.load(text.with_suffix(".ipynb"))
    assert "A new sentence." in after.cells[0].source
    assert notebooks.outputs_of(after) == outputs, "the outputs of unchanged code must stay"


def test_a_changed_caption_runs_nothing_and_reaches_the_notebook(rich_project: Path) -> None:
    text = rich_project / "book" / "01-small.md"
    caption = "---\nmystnb:\n  figure:\n    caption: New words\n---\nimport sys;"
    text.write_text(text.read_text().replace("import sys;", caption))
    notebooks.sync(rich_project / "book")
    assert notebooks.execute_all(rich_project, workers=1) == []
    last = notebooks.load(text.with_suffix(".ipynb")).cells[-1]
    assert last.metadata.mystnb.figure.caption == "New words"
    assert last.outputs


def test_a_damaged_record_makes_a_notebook_run(small_project: Path) -> None:
    notebooks.execute_all(small_project, workers=1)
    (small_project / "_build" / "executed" / "01-small.json").write_text("{")
    text = small_project / "book" / "01-small.md"
    assert notebooks.reason(text, small_project) == "the record of its last run is damaged"


def test_two_edited_halves_stop_the_build_and_keep_both(small_project: Path) -> None:
    book = small_project / "book"
    notebooks.sync(book)
    text, other = book / "01-small.md", book / "01-small.ipynb"
    text.write_text(text.read_text().replace("x + 1", "x + 2"))
    other.write_text(other.read_text().replace("x + 1", "x + 3"))
    with pytest.raises(notebooks.NotebookError, match="KEEP=text"):
        notebooks.sync(book)
    assert "x + 2" in text.read_text(), "the text must stay as its author left it"
    assert "x + 3" in other.read_text(), "the notebook must stay as its author left it"
    notebooks.sync(book, keep="notebook")
    assert "x + 3" in text.read_text(), "the notebook was to be kept"


def test_a_notebook_whose_outputs_were_edited_runs_again(small_project: Path) -> None:
    notebooks.sync(small_project / "book")
    notebooks.execute_all(small_project, workers=1)
    path = small_project / "book" / "01-small.ipynb"
    path.write_text(path.read_text().replace('"2"', '"3"'))
    assert notebooks.execute_all(small_project, workers=1) == ["01-small"]
    assert '"3"' not in path.read_text()


def test_a_failing_cell_names_notebook_cell_and_error_and_leaves_the_notebook_alone(
    small_project: Path,
) -> None:
    notebooks.sync(small_project / "book")
    notebooks.execute_all(small_project, workers=1)
    before = (small_project / "book" / "01-small.ipynb").read_bytes()
    text = small_project / "book" / "01-small.md"
    text.write_text(text.read_text().replace("x + 1", "x / 0"))
    with pytest.raises(
        notebooks.NotebookError, match=r"(?s)01-small\.md:\d+, cell 3: ZeroDivisionError.*x / 0"
    ):
        notebooks.execute(text)
    assert (small_project / "book" / "01-small.ipynb").read_bytes() == before


def test_a_cell_that_warns_stops_the_build(small_project: Path) -> None:
    text = small_project / "book" / "01-small.md"
    text.write_text(text.read_text().replace("x + 1", "import warnings; warnings.warn('careful')"))
    with pytest.raises(notebooks.NotebookError, match="cell 3: writes to stderr"):
        notebooks.execute(text)


def test_a_notebook_without_a_parameters_cell_is_refused(small_project: Path) -> None:
    text = small_project / "book" / "01-small.md"
    text.write_text(text.read_text().replace(":tags: [parameters]\n\n", ""))
    with pytest.raises(notebooks.NotebookError, match="0 cells are tagged 'parameters'"):
        notebooks.execute(text)


def test_round_trip_of_every_text_through_jupytext_changes_nothing(tmp_path: Path) -> None:
    for text in PAIRS:
        copy = tmp_path / text.name
        shutil.copy(text, copy)
        again = jupytext.writes(jupytext.read(copy), fmt="md:myst")
        assert notebooks.source_of(jupytext.reads(again, fmt="md:myst")) == notebooks.source_of(
            jupytext.read(text)
        ), f"{text.name} changes when Jupytext reads and writes it"


def test_the_published_regression_figures_are_named_results(site: Path) -> None:
    named = json.loads((site / "results.json").read_text())
    wanted = [
        "ols.b0",
        "ols.b1",
        "ols.b2",
        "ols.multiple_r",
        "ols.r2",
        "ols.r2_adj",
        "ols.sigma",
        "ols.n",
    ]
    assert not [name for name in wanted if name not in named], (
        "results.json lacks a published regression figure: note it in 07-econometrics"
    )
    printed = {
        "ols.b0": "-1490209.8625",
        "ols.b1": "3336.5875",
        "ols.b2": "132172.0181",
        "ols.multiple_r": "0.853460149",
        "ols.r2": "0.728394227",
        "ols.r2_adj": "0.698215807",
        "ols.sigma": "142441.2975",
        "ols.n": "21",
    }
    for name, text in printed.items():
        decimals = len(text.partition(".")[2])
        assert f"{named[name]:.{decimals}f}" == text, (
            f"{name} is {named[name]!r}, the paper prints {text}"
        )


def test_a_cell_that_never_ends_is_stopped(small_project: Path) -> None:
    (small_project / "_config.yml").write_text("proofbook: {seconds_per_cell: 2}\n")
    text = small_project / "book" / "01-small.md"
    text.write_text(text.read_text().replace("x + 1", "while True: pass"))
    with pytest.raises(notebooks.NotebookError, match="cell 3: still running after 2 s"):
        notebooks.execute(text)


def test_a_cell_that_takes_too_much_memory_is_stopped(small_project: Path) -> None:
    (small_project / "_config.yml").write_text("proofbook: {gigabytes_per_notebook: 1}\n")
    text = small_project / "book" / "01-small.md"
    text.write_text(text.read_text().replace("x + 1", "y = bytearray(2 * 10**9)"))
    with pytest.raises(notebooks.NotebookError, match=r"MemoryError.*the limit is 1 GB"):
        notebooks.execute(text)


def test_a_kernel_that_dies_is_reported_with_its_cell(small_project: Path) -> None:
    text = small_project / "book" / "01-small.md"
    text.write_text(text.read_text().replace("x + 1", "import os; os._exit(1)"))
    with pytest.raises(notebooks.NotebookError, match="cell 3: the kernel died"):
        notebooks.execute(text)


def test_a_missing_kernel_is_reported(small_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: object, name: str) -> None:
        raise NoSuchKernel(name)

    monkeypatch.setattr("jupyter_client.kernelspec.KernelSpecManager.get_kernel_spec", none)
    with pytest.raises(notebooks.NotebookError, match="no Jupyter kernel named python3"):
        notebooks.execute(small_project / "book" / "01-small.md")
