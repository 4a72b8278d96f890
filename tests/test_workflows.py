"""The workflows name what they run by its commit and may do no more than they need."""

from __future__ import annotations

import re

import pytest
import yaml

from conftest import PROJECT

FILES = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
MAY_WRITE = {"publish": {"pages", "id-token"}, "release": {"contents", "id-token", "attestations"}}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_action_is_pinned_by_commit_and_version(path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    loose = [u for u in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v[\d.]+", u)]
    assert not loose, f"pin by the commit of a release, with its version as a comment: {loose}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_job_may_only_do_what_it_needs(path) -> None:
    flow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert flow["permissions"] == {"contents": "read"}
    for name, job in flow["jobs"].items():
        writes = {k for k, v in job.get("permissions", {}).items() if v == "write"}
        assert writes == MAY_WRITE.get(name, set()), f"{name} asks for other rights: {writes}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_verb_of_a_workflow_is_in_the_makefile(path) -> None:
    verbs = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    called = re.findall(r"\bmake ([a-z]+)", path.read_text(encoding="utf-8"))
    assert set(called) <= set(verbs)
