"""The build on a tiny edition: the same bytes however a site came to be,
and nothing breaks halfway."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tiny
from proofbook import build

EDITS = """
import os, sys
from pathlib import Path
from proofbook import build

project, how = Path.cwd(), sys.argv[1]
edits = [
    ("book/01-one.md", "The words of", "Other words of"),
    ("book/01-one.md", "## A section", "## Another section"),
    ("book/02-two.md", "(x + 1)", "(x + 2)"),
    ("book/02-two.md", "x + 1", "x + 2"),
    ("book/02-two.md", "chapter two.", "chapter two. It judges {claim}`c-reg-002`."),
    ("book/02-two.md", "# Two", "# The second"),
    ("book/01-one.md", " and cites {cite:t}`longley1967`", ""),
    ("book/01-regression.md", "rises in most years", "rises in nearly all years"),
    ("book/01-one.md", "2 * x", "3 * x"),
    ("book/03-data.md", "Every number", "Each number"),
]

def change(name, old, new):
    text = (project / name).read_text()
    assert old in text, f"{old!r} is not in {name}"
    (project / name).write_text(text.replace(old, new))

if how == "at once":
    os.cpu_count = lambda: 1  # and one worker
    for edit in edits:
        change(*edit)
    build.build(project)
elif how == "by builds":
    build.build(project)
    for number, edit in enumerate(edits):
        change(*edit)
        if number % 2:
            build.build(project)
else:
    run = build.Run(project)
    build.take(run, build.BOOK)
    for edit in edits:
        change(*edit)
        build.take(run, build.LIVE)
    build.take(run, build.PAUSE)
"""


def hashes(site: Path) -> dict[str, str]:
    """Return the hash of every file of a site."""
    return {
        p.relative_to(site).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(site.rglob("*"))
        if p.is_file()
    }


def python(project: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start Python in a project, as the command line would."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=project,
        env=os.environ | {"PROOFBOOK_DATA": ""} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One edition with ten edits, built in three ways with three hash seeds, at the same time."""
    place = tmp_path_factory.mktemp("a folder of ümläuts")
    projects = {
        how: tiny.write(place / how, charts=True) for how in ("at once", "by builds", "live")
    }
    processes = [
        python(project, "-c", EDITS, how, PYTHONHASHSEED=str(seed))
        for seed, (how, project) in enumerate(projects.items())
    ]
    for process in processes:
        error = process.communicate(timeout=600)[1]
        assert process.returncode == 0, error
    return projects


@pytest.mark.parametrize("how", ["by builds", "live"])
def test_a_grown_site_equals_one_from_nothing(editions: dict[str, Path], how: str) -> None:
    grown, new = (hashes(editions[name] / "_build" / "html") for name in (how, "at once"))
    first = next((n for n in sorted({*grown, *new}) if grown.get(n) != new.get(n)), "")
    assert not first, f"{first} differs: a page that a change concerns was not written again"


KILLS = """
import ctypes, json, hashlib, os, random, signal, sys, time
from pathlib import Path
from proofbook import build, checks, notebooks, pages

project = Path.cwd()
site, text = project / "_build" / "html", project / "book" / "01-one.md"
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # who outlives a build becomes our child

def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

def whole():
    files = json.loads((site / "manifest.json").read_text())["files"]
    there = {p.relative_to(site).as_posix(): p for p in site.rglob("*") if p.is_file()}
    del there["manifest.json"]
    return files == {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in there.items()}

def started():
    if pid := os.fork():
        return pid
    try:
        build.build(project)
    finally:
        os._exit(0)

dice, busy, first = random.Random(1), 0, text.read_text()
for kill in range(20):
    cell = f"import time; time.sleep(.5); {kill} * x" if kill % 2 else "2 * x"
    text.write_text(first.replace("2 * x", cell).replace("The words", f"The words {kill}"))
    pid = started()
    time.sleep(dice.random() * 3)
    busy += bool(children(pid))
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 20
    while children(os.getpid()) and time.monotonic() < end:
        os.waitpid(-1, os.WNOHANG)
        time.sleep(.02)
    assert not children(os.getpid()), f"kill {kill}: a process outlived it, see follow_parent"
    assert whole(), f"kill {kill} left a site that is not that of its manifest"
assert busy, "no build was killed while a notebook ran: give them longer"
build.build(project)
assert whole() and "The words 19" in (site / "01-one.html").read_text(), "the next build"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux who a process left behind")
def test_twenty_killed_builds_leave_a_whole_site_and_no_process(tmp_path: Path) -> None:
    project = tiny.write(tmp_path / "edition")
    first = python(project, "-m", "proofbook", "build")
    error = first.communicate(timeout=300)[1]
    assert first.returncode == 0, error
    process = python(project, "-c", KILLS)
    error = process.communicate(timeout=600)[1]
    assert process.returncode == 0, error[-2000:]


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


DISK = """
import errno, os, sys
from pathlib import Path
from proofbook.__main__ import main

number, project = int(sys.argv[1]), str(Path.cwd())
text = Path("book/01-one.md")
text.write_text(text.read_text() + f"\\nMore, {number}.\\n")
left = 0 if number == errno.EROFS else 40  # files that still fit

def hear(event, arguments):
    global left
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
    if writes and os.path.abspath(str(arguments[0])).startswith(project):
        left -= 1
        if left < 0:
            raise OSError(number, os.strerror(number), str(arguments[0]))

sys.addaudithook(hear)
sys.exit(main(["build"]))
"""


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "read-only")]
)
def test_a_disk_that_takes_nothing_leaves_the_site(
    editions: dict[str, Path], number: int, said: str
) -> None:
    project = editions["at once"]
    before = hashes(project / "_build" / "html")
    process = python(project, "-c", DISK, str(number))
    error = process.communicate(timeout=300)[1].strip()
    assert (process.returncode, hashes(project / "_build" / "html")) == (1, before), error
    assert said in error, "the message must name the fault"
    assert error.count("\n") < 10, "a message has at most ten lines"
