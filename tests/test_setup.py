"""The set-up: one list of dependencies, one lock, one Python, no address of a registry,
no path of a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[1]
LOCK = (PROJECT / "requirements.txt").read_text()
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [PROJECT / name for name in listed]


def test_every_declared_dependency_is_locked_with_a_hash() -> None:
    wanted = [
        *DECLARED["dependencies"],
        *DECLARED["optional-dependencies"]["test"],
        *DECLARED["optional-dependencies"]["dask"],
    ]
    for name in (re.match(r"[\w-]+", item)[0].lower() for item in wanted):
        entry = re.search(rf"(?m)^{re.escape(name)}(\[\w+\])?==\S+.*\\\n    --hash=sha256:", LOCK)
        assert entry, (
            f"{name} stands in pyproject.toml and not in requirements.txt: run `make lock`"
        )


def test_the_lock_is_what_is_installed() -> None:
    for name, locked, marker in re.findall(r"(?m)^([\w-]+)==([^\s;]+)( ;[^\\]*)? \\$", LOCK):
        if not marker:
            assert version(name) == locked, (
                f"{name} is {version(name)}, the lock says {locked}: "
                "remove .venv and run `make book`"
            )


def test_jupyter_book_stays_below_version_two() -> None:
    assert re.search(r"(?m)^jupyter-book==1\.", LOCK), (
        "Jupyter Book 2 is another product, without _config.yml and _toc.yml: "
        "keep <2 in pyproject.toml"
    )


def test_conda_and_binder_get_the_same_versions_from_the_same_lock() -> None:
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text())
    pip = next(item["pip"] for item in environment["dependencies"] if isinstance(item, dict))
    assert pip == ["--require-hashes", "-r requirements.txt"], (
        "environment.yml must read requirements.txt and list nothing else"
    )
    assert "python=3.11" in environment["dependencies"], (
        "environment.yml and pyproject.toml name different Pythons"
    )
    assert DECLARED["requires-python"] == ">=3.11,<3.12", (
        "environment.yml and pyproject.toml name different Pythons"
    )


def test_no_tracked_file_holds_an_index_address_or_a_path_of_a_machine() -> None:
    for path in tracked():
        if path.suffix in {
            ".txt",
            ".toml",
            ".yml",
            ".py",
            ".md",
            ".ipynb",
            ".cff",
            ".json",
            ".js",
        } or path.name in {"Makefile", "run", "postBuild"}:
            text = path.read_text(encoding="utf-8")
            assert not re.search(
                r"(?i)--(extra-)?index-url|pypi\.org/simple|files\.pythonhosted", text
            ) or path.name.startswith("test_"), f"{path.name} holds the address of a package index"
            assert not re.search(
                r"(?<![\w./])/(?:home|work|Users)/\w", text
            ) or path.name.startswith("test_"), f"{path.name} holds a path of a machine"


def test_the_workflow_runs_what_the_readme_says() -> None:
    assert "make test" in (PROJECT / ".ci" / "run").read_text()
    assert "make test" in (PROJECT / "README.md").read_text()
    assert ".ci/run" in (PROJECT / ".github" / "workflows" / "book.yml").read_text()
    assert "pipefail" in (PROJECT / ".ci" / "run").read_text(), (
        "without pipefail a failing build can look green"
    )


def test_every_action_is_pinned_by_its_commit() -> None:
    for file in (PROJECT / ".github" / "workflows").glob("*.yml"):
        for action in re.findall(r"uses: (\S+)", file.read_text()):
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action), (
                f"{file.name}: pin {action} by the hash of its commit"
            )


def test_workflows_may_read_and_no_more_unless_a_job_says_so() -> None:
    for file in (PROJECT / ".github" / "workflows").glob("*.yml"):
        assert yaml.safe_load(file.read_text())["permissions"] == {"contents": "read"}
