"""No typed number reaches a reader, and the linter that says so can say no."""

from __future__ import annotations

from pathlib import Path

import pytest

import lint

PROJECT = Path(__file__).parents[2]
SOURCES = sorted(
    [*(PROJECT / "book").glob("*.md"), *(PROJECT / "lib" / "kzmobility" / "charts").glob("*.py")]
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_no_number_is_typed(path: Path) -> None:
    found = lint.typed_numbers(path)
    assert not found, "\n".join(str(f) for f in found)


@pytest.mark.parametrize(
    "text",
    [
        "The share is 37 %.",
        "About 92,000 people.",
        "| West | 22 |",
        "A gap of 1.5 times.",
        ":::{container} finding\nIt lost 4 points.\n:::",
        "It uses Serpin-2050 and 3653 grants.",
        "```{note}\nThere are 121 answers.\n```",
    ],
)
def test_a_typed_number_is_found(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{text}\n")
    found = lint.typed_numbers(page)
    assert found, f"the linter let {text!r} pass"
    assert str(found[0]).startswith("page.md:"), "a finding names file, line and remedy"
    assert "{printed}" in str(found[0]), "a finding names file, line and remedy"


@pytest.mark.parametrize(
    "text",
    [
        "In 2023 the share is {printed}`figure1.South.2023` %.",
        "The years 2001–2021 and 2014-2017.",
        "Paper table 4 and figures 1 and 2.",
        "Serpin-2050 began in 2014.",
        "It gives {result}`ols.r2|.2f`.",
        "Run `make book FORCE=1`.",
        "See [the site](https://example.org/12345).",
        "The model $Y = 2 + 3X$.",
        "```{code-cell} ipython3\nx = 12345\n```",
        "A date, 7 January 2017.",
    ],
)
def test_a_fetched_number_or_a_name_is_let_pass(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{text}\n")
    assert lint.typed_numbers(page) == []


def test_a_number_typed_into_a_caption_or_a_note_is_found(tmp_path: Path) -> None:
    chart = tmp_path / "chart.py"
    chart.write_text(
        'figure(c, alt="It falls by 20 %.")\nfigure(c, alt=f"From {a:.1f} in 2023 to {b}.")\n'
    )
    assert [f.line for f in lint.typed_numbers(chart)] == [1]
    page = tmp_path / "page.md"
    page.write_text(
        '# T\n\n```{code-cell} ipython3\nnote("a.b", 3653)\nnote("a.c", len(rows))\n```\n'
    )
    assert [f.line for f in lint.typed_numbers(page)] == [4]


def test_a_number_typed_into_the_caption_of_a_cell_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    cell = '---\nmystnb:\n  figure:\n    name: fig-a1\n    caption: "{}"\n---\nx = 12'
    text = "# T\n\n```{{code-cell}} ipython3\n" + cell + "\n```\n"
    page.write_text(text.format("About 37 % leave."))
    assert [f.line for f in lint.typed_numbers(page)] == [8]
    page.write_text(text.format("In 2023, {printed}`a.b` % leave."))
    assert lint.typed_numbers(page) == []


def test_every_chart_has_a_name_of_its_own() -> None:
    import ast
    from collections import Counter

    names = Counter(
        node.name
        for path in (PROJECT / "lib" / "kzmobility" / "charts").glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    )
    twice = [name for name, count in names.items() if count > 1]
    assert not twice, (
        f"chart functions {twice} stand in two modules, and the later import hides the earlier: "
        "rename one"
    )
