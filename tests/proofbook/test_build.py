"""The build on a tiny edition: the same bytes however a site came to be,
and nothing breaks halfway."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tiny
from proofbook import build

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


@pytest.fixture
def swapped(tmp_path: Path) -> tuple[Path, Path]:
    """A site of generation 0, and a program that replaces it by the next ones for ever."""
    current = tmp_path / "html"
    current.mkdir()
    for number in range(20):
        (current / f"{number}.txt").write_text("0")
    program = tmp_path / "program.py"
    program.write_text(
        "from pathlib import Path\n"
        "from proofbook.build import exchange\n"
        "here = Path(__file__).parent\n"
        "for generation in range(1, 100000):\n"
        "    new = here / 'html.new'\n"
        "    import shutil; shutil.rmtree(new, ignore_errors=True); new.mkdir()\n"
        "    for number in range(20):\n"
        "        (new / f'{number}.txt').write_text(str(generation))\n"
        "    exchange(new, here / 'html')\n"
        "    print(generation, flush=True)\n"
    )
    return current, program


def test_a_site_is_whole_after_each_of_twenty_kills(swapped: tuple[Path, Path]) -> None:
    current, program = swapped
    for kill in range(20):
        process = subprocess.Popen(
            [sys.executable, str(program)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        process.stdout.readline()
        time.sleep(random.Random(kill).random() / 50)
        process.kill()
        process.communicate()
        generations = {(current / f"{n}.txt").read_text() for n in range(20)}
        assert len(generations) == 1, f"kill {kill} left a site of two builds: {generations}"


def test_a_second_build_says_that_it_waits(tmp_path: Path) -> None:
    wait = "from pathlib import Path; from proofbook import build\nwith build.locked(Path.cwd()): "
    with build.locked(tmp_path):
        second = subprocess.Popen(
            [sys.executable, "-u", "-c", f"{wait}print('done')"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert second.stdout
        assert "this one waits" in second.stdout.readline()
    assert "done" in second.communicate(timeout=60)[0]


@pytest.mark.parametrize(
    ("number", "remedy"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only")]
)
def test_a_fault_of_the_disk_is_said_with_its_remedy(number: int, remedy: str) -> None:
    message = build.brief(OSError(number, os.strerror(number), "_build/html.new/x"))
    assert remedy in message


def test_a_site_survives_a_build_that_cannot_finish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, raw = tmp_path / "_build" / "html", tmp_path / "_build" / "stage" / "html"
    for folder, text in ((site, "old"), (raw, "new")):
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(text)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "index.html")

    monkeypatch.setattr("shutil.copy2", full)
    with pytest.raises(OSError, match="No space"):
        build.publish(build.Run(tmp_path))
    assert (site / "index.html").read_text() == "old"


def test_a_killed_build_leaves_no_kernel_behind(tmp_path: Path) -> None:
    project = tiny.write(tmp_path / "edition")
    text = project / "book" / "01-one.md"
    waits = "from pathlib import Path as P; import os, time\nP('pid').write_text(str(os.getpid()))"
    text.write_text(text.read_text().replace("2 * x", f"{waits}\ntime.sleep(300)"))
    process = subprocess.Popen(
        [sys.executable, "-m", "proofbook", "build"],
        cwd=project,
        env=os.environ | {"PROOFBOOK_DATA": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    written = project / "book" / "pid"
    for _ in range(1200):
        if written.exists() and written.read_text():
            break
        time.sleep(0.1)
    kernel = int(written.read_text())
    process.kill()
    process.wait()
    for _ in range(100):
        if not Path(f"/proc/{kernel}").exists() or "Z" in Path(f"/proc/{kernel}/stat").read_text():
            return
        time.sleep(0.1)
    pytest.fail("the kernel outlived its build: see recorder.follow_parent")
