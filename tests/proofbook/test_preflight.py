"""What is wrong with a text is said before anything runs, with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

import tiny
from proofbook import build, preflight

PARAMETERS = tiny.FIRST.count("\n", 0, tiny.FIRST.index("```{code-cell}")) + 1
LAST_CELL = tiny.FIRST.count("\n", 0, tiny.FIRST.rindex("```{code-cell}")) + 1


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    return tiny.write(tmp_path / "edition")


def change(project: Path, name: str, old: str, new: str) -> None:
    path = project / name
    assert old in path.read_text(), f"{old!r} is not in {name}: mend this test"
    path.write_text(path.read_text().replace(old, new, 1))


def test_a_good_edition_has_no_problems(edition: Path) -> None:
    assert preflight.texts(edition) == []


ONE = "book/01-one.md"
CASES = {
    "an open cell": (ONE, "2 * x\n```", "2 * x", f"{ONE}:{LAST_CELL}: the fence opened here"),
    "an open cell before another": (
        ONE,
        "x = 1\n```",
        "x = 1",
        f"{ONE}:{PARAMETERS}: the cell opened here is not closed before",
    ),
    "an open container": (ONE, "# One\n", "# One\n\n:::{note}\nx\n", f"{ONE}:15: the fence"),
    "conflict marks": (
        ONE,
        "# One\n",
        "<<<<<<< ours\n# One\n=======\n# Two\n>>>>>>> theirs\n",
        f"{ONE}:13: a merge conflict stands here",
    ),
    "front matter": (ONE, "  formats: md:myst,ipynb", "  formats: [md:myst,ipynb", f"{ONE}:"),
    "options of a cell": (ONE, ":tags: [parameters]\n", "---\nmystnb: [\n---\n", f"{ONE}:"),
    "Python": (ONE, "2 * x", "2 * (x", f"{ONE}:{LAST_CELL + 3}: Python: '(' was never closed"),
    "no parameters": (ONE, ":tags: [parameters]\n", "", "0 cells are tagged 'parameters'"),
    "an unknown claim": (ONE, "c-reg-001", "c-reg-999", f"{ONE}:16: no claim 'c-reg-999'"),
    "an unknown source": (ONE, "`longley1967`", "`long`", f"{ONE}:16: no entry 'long'"),
    "a number format": (ONE, "`tiny.two`", "`tiny.two|.q`", f"{ONE}:15: '.q' is no number format"),
    "an open entry": ("book/references.bib", "\n}\n", "\n", "book/references.bib:1: the entry"),
    "a missing page": ("_toc.yml", "02-two.ipynb", "02-to.ipynb", "_toc.yml:5: book/02-to.ipynb"),
    "contents": ("_toc.yml", "chapters:", "chapters: [", "_toc.yml:"),
    "configuration": ("_config.yml", "title:", "title: [", "_config.yml:"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fault_of_a_text_is_reported_with_its_place(edition: Path, case: str) -> None:
    file, old, new, problem = CASES[case]
    change(edition, file, old, new)
    found = preflight.texts(edition)
    assert any(problem in line for line in found), f"expected {problem!r} among {found}"


def test_a_deleted_text_is_reported(edition: Path) -> None:
    (edition / ONE).rename(edition / "book" / "01-one.ipynb")
    assert any(f"{ONE}: missing" in line for line in preflight.texts(edition))


def test_another_encoding_is_reported_with_its_line(edition: Path) -> None:
    (edition / ONE).write_bytes((edition / ONE).read_bytes() + b"caf\xe9\n")
    assert any("not UTF-8" in line for line in preflight.texts(edition))


def test_a_fault_leaves_the_text_as_its_author_wrote_it(edition: Path) -> None:
    change(edition, ONE, "2 * x\n```", "2 * x")
    before = (edition / ONE).read_bytes()
    with pytest.raises(build.SiteError):
        build.check(build.Run(edition))
    assert (edition / ONE).read_bytes() == before


def test_a_message_has_at_most_ten_lines() -> None:
    assert build.listed("x", [f"line {i}" for i in range(40)]).count("\n") < 10


def test_an_example_in_double_backticks_is_no_role(edition: Path) -> None:
    change(edition, ONE, "# One\n", "# One\n\nWrite `` {claim}`c-xxx-999` `` for a verdict.\n")
    assert preflight.texts(edition) == []
