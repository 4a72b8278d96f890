"""The build on a tiny edition: the same bytes however a site came to be, and nothing breaks halfway."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

HERE = Path(__file__).parent
EDITS = """
import sys
from pathlib import Path
from proofbook import build

project = Path.cwd()
book = project / "book"

def change(name, old, new):
    path = project / name
    text = path.read_text()
    assert old in text, f"{old!r} is not in {name}"
    path.write_text(text.replace(old, new))

steps = [
    ("book/01-one.md", "The words of", "Other words of"),
    ("book/01-one.md", "## A section", "## Another section"),
    ("book/02-two.md", "(x + 1)", "(x + 2)"),
    ("book/02-two.md", "x + 1", "x + 2"),
    ("book/02-two.md", "chapter two.", "chapter two. It judges {claim}`c-reg-002`."),
    ("book/02-two.md", "# Two", "# The second"),
    ("book/01-one.md", " and cites {cite:t}`longley1967`", ""),
    ("book/index.md", "A tiny edition", "A tiny, tiny edition"),
    ("book/01-one.md", "2 * x", "3 * x"),
    ("book/03-data.md", "Every number", "Each number"),
]
run = build.Run(project)
live = sys.argv[1:] == ["live"]
if live:
    build.take(run, build.BOOK)
for step in steps:
    change(*step)
    build.take(run, build.LIVE) if live else sys.argv[1:] == ["once"] or build.build(project)
if not live:
    build.build(project)
"""


def hashes(site: Path) -> dict[str, str]:
    """Return the hash of every file of a site."""
    return {
        p.relative_to(site).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(site.rglob("*"))
        if p.is_file()
    }


def run(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a project, as the command line would."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=os.environ | {"PROOFBOOK_DATA": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny edition, built from nothing and then again after each of ten edits."""
    project = tiny.write(tmp_path_factory.mktemp("a folder of ümläuts") / "grown")
    done = run(
        project,
        "-c",
        "from proofbook import build; from pathlib import Path; build.build(Path.cwd())",
    )
    assert done.returncode == 0, done.stderr
    done = run(project, "-c", EDITS)
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition with the same ten edits, built from nothing, with another hash seed."""
    project = tiny.write(tmp_path_factory.mktemp("b") / "at-once")
    done = run(project, "-c", EDITS, "once", PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    return project


def differing(a: Path, b: Path) -> str:
    left, right = hashes(a / "_build" / "html"), hashes(b / "_build" / "html")
    return next((n for n in sorted({*left, *right}) if left.get(n) != right.get(n)), "")


def test_a_grown_site_equals_one_from_nothing(grown: Path, at_once: Path) -> None:
    first = differing(grown, at_once)
    assert not first, f"{first} differs: a page that a change concerns was not written again"
