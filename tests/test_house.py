"""The house: analysis in the notebooks, a small library,
words for readers where they can be found."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat
import papermill
import pytest

from proofbook import data, render, results
from proofbook.figure import MIME

PROJECT = Path(__file__).parents[1]
BOOK = PROJECT / "book"
PAIRS = sorted(p for p in BOOK.glob("*.md") if "formats: md:myst,ipynb" in p.read_text()[:400])
LIBRARY = sorted(p for p in (PROJECT / "lib").rglob("*.py") if "template" not in p.parts)
LONGEST_FUNCTION, LARGEST_BOOK, MOST_RESULTS = 60, 2_300_000, 800
FOLDED = {"hide-input", "remove-input", "hide-cell"}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def code_cells(text: Path) -> list[tuple[int, bool]]:
    """Return (lines of code, folded?) for each code cell but the parameters."""
    return [
        (
            sum(bool(line.strip()) for line in cell.source.splitlines()),
            bool(FOLDED & set(cell.metadata.get("tags", []))),
        )
        for cell in jupytext.read(text).cells
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", [])
    ]


def removed_from_page(text: Path) -> bool:
    """Return whether the first code cell shows only its chart: the page has not even a fold of it.

    The home page answers in one breath, so that no code may stand above its first chart; its rows
    and its chart are one cell, and the next cells are open.
    """
    first = next(c for c in jupytext.read(text).cells if c.cell_type == "code")
    return "remove-input" in first.metadata.get("tags", [])


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: p.relative_to(PROJECT).as_posix())
def test_no_function_is_too_long(path: Path) -> None:
    long = [f"{name} ({n} lines)" for name, n in functions(path) if n > LONGEST_FUNCTION]
    assert not long, f"part these functions, {LONGEST_FUNCTION} lines at most: {', '.join(long)}"


def test_half_of_the_code_is_open() -> None:
    cells = [cell for text in PAIRS for cell in code_cells(text)]
    shown, all_lines = sum(n for n, folded in cells if not folded), sum(n for n, _ in cells)
    assert shown >= all_lines / 2, (
        f"{shown} of {all_lines} lines of code are open: open the cells that make a finding"
    )


@pytest.mark.parametrize("text", PAIRS, ids=lambda p: p.stem)
def test_no_chapter_opens_with_a_folded_wall(text: Path) -> None:
    cells = code_cells(text)
    if text.stem == "index" and removed_from_page(text):
        return
    assert not cells or not cells[0][1] or cells[0][0] <= 10, (
        f"{text.name} opens with {cells[0][0]} folded lines: "
        "begin with the cell that makes the finding"
    )


def test_the_notebooks_stay_small() -> None:
    sizes = {p.name: p.stat().st_size for p in BOOK.glob("*.ipynb")}
    largest = sorted(sizes, key=sizes.get, reverse=True)[:3]
    assert sum(sizes.values()) <= LARGEST_BOOK, (
        f"the notebooks hold {sum(sizes.values()):,} bytes: keep a chart's rows once, see {largest}"
    )


def test_only_used_numbers_are_noted() -> None:
    noted = results.collect(BOOK.glob("*.ipynb"))
    assert len(noted) <= MOST_RESULTS, (
        f"{len(noted)} numbers are noted: drop those that no prose, chart, claim or contract uses"
    )


def test_a_noted_name_is_found_by_a_text_search() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in PAIRS)
    words = set(re.findall(r"[a-z][a-z0-9_.]*[a-z0-9_]", text))
    glued = [n for n in results.collect(BOOK.glob("*.ipynb")) if n not in words]
    assert not glued, f"write these names out where they are noted: {glued[:20]}"


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: p.relative_to(PROJECT).as_posix())
def test_no_caption_stands_in_the_library(path: Path) -> None:
    found = [
        f"line {keyword.value.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in ("caption", "alternative", "alt")
        and isinstance(keyword.value, ast.Constant | ast.JoinedStr | ast.BinOp)
    ]
    assert not found, f"move captions and alternatives to the notebook: {', '.join(found)}"


def run(text: Path, folder: Path, **parameters: object) -> tuple[nbformat.NotebookNode, dict]:
    """Execute a chapter with other parameters; return it and its noted numbers."""
    source, done = folder / "in.ipynb", folder / "out.ipynb"
    notebook = jupytext.read(text)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, source)
    papermill.execute_notebook(
        str(source), str(done), parameters=parameters, cwd=str(BOOK), progress_bar=False
    )
    return nbformat.read(done, as_version=4), results.collect([done])


def test_the_regression_follows_its_parameters(tmp_path: Path) -> None:
    notebook, noted = run(BOOK / "07-econometrics.md", tmp_path, last_year=2019)
    assert noted["ols.n"]["value"] == 19, "ols.n must count the years from the parameters"
    shown = json.dumps([c.get("outputs", []) for c in notebook.cells])
    assert noted["ols.b1"]["value"] == pytest.approx(4472.95807614414, rel=1e-9)
    assert re.search(r"4,?47[23]", shown), "the tables show another slope than the prose"


def test_the_demography_follows_its_parameters(tmp_path: Path) -> None:
    notebook, noted = run(BOOK / "04-demography.md", tmp_path, count_year=2020)
    persons = data.read("population").query("year == 2020").set_index("iso")["persons"]
    cities = persons[["KZ-71", "KZ-75", "KZ-79"]] / 1e6
    megacities = noted["demography.megacities_now_million"]["value"]
    assert megacities == pytest.approx(cities.sum()), "the prose counts another year"
    charts = (o.get("data", {}).get(MIME) for c in notebook.cells for o in c.get("outputs", []))
    rows = [row for chart in charts if chart for row in render.words_of(chart)["rows"]]
    drawn = [row["million"] for row in rows if row.get("when") == "2020"]
    assert sum(drawn) == pytest.approx(cities.sum()), "the chart counts another year"
