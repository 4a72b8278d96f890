"""Time the author's loop against a plain Jupyter Book that executes the same notebooks.

``make bench`` runs it. What it finds goes to ``tools/times.csv``, which the chapter on reproducing
shows. All times are of one run on one machine: the ratios say more than the seconds.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import itertools
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from proofbook import edition, notebooks, pairs
from proofbook.serve import chromium

PROJECT = Path(__file__).parents[1]
KEPT = ("title", "author", "exclude_patterns", "only_build_toc_files", "bibtex_bibfiles", "parse")
CHAPTERS = 4  # of the small edition that grows
NAMES = re.compile(r"longley\.(?=n\b|r2\b|equal\b|compared\b)|fig-employment|fig-t\b|tbl-certified")


class Row(NamedTuple):
    """A line of the table: what was timed, both times in seconds, and the bar."""

    what: str
    here: float
    plain: float | None
    bar: str
    held: bool


def copy(project: Path, folder: Path) -> Path:
    """Copy the files under version control, and new ones, to a folder and return it."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=project, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (project / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(project / name, folder / name)
    return folder


def timed(folder: Path, *command: str) -> float:
    """Return the seconds that a module takes in a folder with the library of that folder."""
    environment = os.environ | {"PYTHONPATH": str(folder / "lib"), "PYTHONHASHSEED": "0"}
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def plain(folder: Path) -> float:
    """Return the seconds in which a plain Jupyter Book executes and renders the notebooks."""
    config = yaml.safe_load((folder / "_config.yml").read_text(encoding="utf-8"))
    twins = [p.with_suffix(".md").name for p in (folder / "book").glob("*.ipynb")]
    kept = {key: config[key] for key in KEPT} | {
        "exclude_patterns": twins,
        "execute": {"execute_notebooks": "force", "timeout": -1},
    }
    (folder / "plain.yml").write_text(yaml.safe_dump(kept), encoding="utf-8")
    arguments = ["book", "--config", "plain.yml", "--toc", "_toc.yml", "--path-output", ".", "-q"]
    return timed(folder, "jupyter_book", "build", *arguments)


def add(text: Path, number: int) -> str:
    """Add a sentence to a chapter, as an author would, and return it."""
    sentence = f"One more sentence, number {number}."
    with text.open("a", encoding="utf-8") as file:
        file.write(f"\n{sentence}\n")
    return sentence


def chapters(folder: Path) -> Iterator[Path]:
    """Yield the texts of the numbered chapters, again and again."""
    return itertools.cycle(sorted((folder / "book").glob("[0-9]*.md")))


def builds(folder: Path) -> tuple[float, float, float]:
    """Return the seconds of a build from nothing, of nothing changed, and of one sentence."""
    first = timed(folder, "proofbook", "build", "--force")
    nothing = statistics.median(timed(folder, "proofbook", "build") for _ in range(3))
    sentence = []
    for number, text in zip(range(3), chapters(folder), strict=False):
        add(text, number)
        sentence.append(timed(folder, "proofbook", "build"))
    return first, nothing, statistics.median(sentence)


@contextlib.contextmanager
def live(folder: Path) -> Iterator[str]:
    """Run the live mode in a folder; yield the address of its first page when it is there."""
    environment = os.environ | {"PYTHONPATH": str(folder / "lib"), "PROOFBOOK_DATA": ""}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "proofbook", "live"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output = ""
    try:
        for line in process.stdout or ():
            output += line
            if found := re.search(r"http://[\d.:]+", line):
                yield found[0]
                return
        msg = f"the live mode did not start: {output}"
        raise SystemExit(msg)
    finally:
        process.terminate()
        process.communicate()


def saved_to_seen(folder: Path, times: int = 10) -> float:
    """Return the median of the seconds from saving a sentence to its words in the browser."""
    from playwright.sync_api import Error, sync_playwright

    taken = []
    with live(folder) as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        for number, text in zip(range(100, 100 + times), chapters(folder), strict=False):
            page.goto(f"{home}/{text.stem}.html")
            page.wait_for_timeout(1000)
            began = time.perf_counter()
            sentence = add(text, number)
            while True:
                with contextlib.suppress(Error):  # the page is loading
                    if sentence in (page.text_content("main", timeout=5000) or ""):
                        break
                page.wait_for_timeout(5)
            taken.append(time.perf_counter() - began)
        browser.close()
    return statistics.median(taken)


def grown(folder: Path, times: int) -> Path:
    """Write an edition of `times` as many chapters, each with outputs, and return its folder.

    The chapters are the one of the small edition under other names: they are executed already.
    """
    edition.new(folder)
    timed(folder, "proofbook", "build")
    model = folder / "book" / "01-regression.md"
    record = json.loads((folder / "_build" / "executed" / f"{model.stem}.json").read_text())
    seen = {"reads": [*record["inputs"]], "tables": [*record["tables"]]}
    listed = []
    for number in range(CHAPTERS * times):
        text = folder / "book" / f"{number + 10}-copy.md"
        for source, target in (
            (model, text),
            *[tuple(p.with_suffix(".ipynb") for p in (model, text))],
        ):
            words = source.read_text(encoding="utf-8")
            target.write_text(NAMES.sub(lambda m, n=number: f"copy{n}" + m[0], words))
        pairs.save(pairs.load(text.with_suffix(".ipynb")), text.with_suffix(".ipynb"))
        done = pairs.load(text.with_suffix(".ipynb"))
        notebooks.record_run(text, folder, done, seen | {"modules": [], "products": []})
        listed.append(f"  - file: {text.stem}.ipynb\n")
    with (folder / "_toc.yml").open("a", encoding="utf-8") as toc:
        toc.writelines(listed)
    timed(folder, "proofbook", "build")
    return folder


def measure(project: Path) -> list[Row]:
    """Return the rows of the table; copies of the project are made and removed."""
    with tempfile.TemporaryDirectory() as place:
        ours = copy(project, Path(place) / "ours")
        other = plain(copy(project, Path(place) / "plain"))
        first, nothing, sentence = builds(ours)
        seen = saved_to_seen(ours)
        sizes = {n: saved_to_seen(grown(Path(place) / f"times-{n}", n)) for n in (1, 5, 20)}
    rows = [
        Row("a build from nothing", first, other, "0.6 of it", first <= 0.6 * other),
        Row("one sentence changed", sentence, other, "0.1 of it", sentence <= 0.1 * other),
        Row("nothing changed", nothing, other, "0.03 of it", nothing <= 0.03 * other),
        Row("live, from saving to the words in the browser", seen, None, "1.0 s", seen <= 1.0),
        Row("live, a small edition", sizes[1], None, "", True),
    ]
    for times in (5, 20):
        what = f"live, {times} times as many chapters"
        held = sizes[times] <= 4 / 3 * sizes[1]
        rows.append(Row(what, sizes[times], None, f"{4 / 3 * sizes[1]:.2f} s", held))
    return rows


def written(rows: list[Row], path: Path) -> None:
    """Write the table of the chapter on reproducing."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    when = f"{datetime.date.today().isoformat()}, {machine}, Python {platform.python_version()}"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([when, "Here, s", "Plain Jupyter Book, s", "Ratio", "At most", "Held"])
        for row in rows:
            plainly = [f"{row.plain:.0f}", f"{row.here / row.plain:.3f}"] if row.plain else ["", ""]
            table.writerow(
                [row.what, f"{row.here:.2f}", *plainly, row.bar, "yes" if row.held else "no"]
            )


def main() -> int:
    """Measure, write and print the table; return 1 if a bar was missed."""
    rows = measure(PROJECT)
    written(rows, PROJECT / "tools" / "times.csv")
    print((PROJECT / "tools" / "times.csv").read_text(encoding="utf-8"))
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
