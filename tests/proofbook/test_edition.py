"""The toy edition builds without this repository's paper and passes its own tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools.golden import PAGES, article, words

from proofbook import edition

GOLDEN = Path(__file__).parent / "golden"
PAPER = ("kazakhstan", "bokayev", "akhmetova", "serpin", "kzmobility", "educational mobility")


#: Makes ``kzmobility`` unimportable, here and in every kernel that the build starts.
BLOCKER = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "kzmobility":
            raise ImportError("the engine must not import the paper's library")
sys.meta_path.insert(0, Blocker())
"""


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a built toy edition; its name has a blank and a letter beyond ASCII."""
    folder = edition.new(tmp_path_factory.mktemp("edition") / "Longley édition")
    blocker = tmp_path_factory.mktemp("blocker")
    (blocker / "sitecustomize.py").write_text(BLOCKER)
    environment = os.environ | {"PYTHONPATH": str(blocker), "PYTHONHASHSEED": "0"}
    environment.pop("PROOFBOOK_DATA", None)
    done = subprocess.run(
        [sys.executable, "-m", "proofbook", "build"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"the toy edition does not build:\n{done.stdout}{done.stderr}"
    return folder


def test_a_new_edition_passes_its_own_tests(toy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=toy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="not empty"):
        edition.new(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", ["claims.json", "results.json", "data/datapackage.json"])
def test_the_toy_publishes_what_every_edition_does(toy: Path, name: str) -> None:
    assert (toy / "_build" / "html" / name).exists(), f"the build no longer writes {name}"


@pytest.mark.parametrize("name", ["claims.json", "results.json"])
def test_published_json_is_as_recorded(toy: Path, name: str) -> None:
    found = json.loads((toy / "_build" / "html" / name).read_text(encoding="utf-8"))
    recorded = json.loads((GOLDEN / name).read_text(encoding="utf-8"))
    if name == "results.json":
        found = {key: pytest.approx(value, rel=1e-9) for key, value in found.items()}
    assert found == recorded, (
        f"{name} has another form: if meant, copy it to tests/proofbook/golden"
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_text_of_a_page_is_as_recorded(toy: Path, page: str) -> None:
    text = words(toy / "_build" / "html" / f"{page}.html")
    assert text == (GOLDEN / f"{page}.txt").read_text(encoding="utf-8"), (
        f"the words of {page} changed: if meant, record them anew with "
        "`python -m tools.golden FOLDER`, and read the difference"
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_html_of_a_page_is_as_recorded(toy: Path, page: str) -> None:
    markup = article(toy / "_build" / "html" / f"{page}.html")
    assert markup == (GOLDEN / f"{page}.html").read_text(encoding="utf-8"), (
        f"the HTML of {page} changed: if meant, record it anew with "
        "`python -m tools.golden FOLDER`, and read the difference"
    )


def test_every_verb_that_the_engine_names_is_in_the_toy() -> None:
    engine = Path(edition.__file__).parent
    verbs = set(re.findall(r"^([a-z-]+):", (edition.TEMPLATE / "Makefile").read_text(), re.M))
    named = {
        verb
        for path in [*engine.glob("*.py"), *(engine / "theme").glob("*.md")]
        for verb in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))
    }
    assert named <= verbs, f"a remedy names a verb that a new edition lacks: {named - verbs}"


def test_nothing_of_the_engine_names_the_paper() -> None:
    engine = Path(edition.__file__).parent
    found = [
        f"{path.relative_to(engine)}: {word}"
        for path in engine.rglob("*")
        if path.suffix in (".py", ".js", ".css", ".html", ".md", ".yml")
        for word in PAPER
        if word in path.read_text(encoding="utf-8").lower()
    ]
    assert not found, f"the engine serves any paper; move to _config.yml or a notebook: {found}"
