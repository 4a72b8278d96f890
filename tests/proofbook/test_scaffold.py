"""What ``make new-chapter``, ``new-table`` and ``new-claim`` write is complete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tiny
from proofbook import notebooks, preflight, scaffold


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    return tiny.write(tmp_path / "edition")


def test_a_new_chapter_has_no_problems(edition: Path) -> None:
    scaffold.new_chapter(edition, "24-my-topic")
    assert preflight.texts(edition) == []


def test_a_new_chapter_stands_in_the_contents(edition: Path) -> None:
    scaffold.new_chapter(edition, "24-my-topic")
    assert "  - file: 24-my-topic.ipynb" in (edition / "_toc.yml").read_text()


def test_a_new_chapter_has_both_halves(edition: Path) -> None:
    scaffold.new_chapter(edition, "24-my-topic")
    assert notebooks.disagreements(edition / "book" / "24-my-topic.md") == []


@pytest.mark.parametrize("name", ["My Topic", "../x", "01-one", ""])
def test_a_name_that_will_not_do_is_refused(edition: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"book/01-one exists|a chapter is named"):
        scaffold.new_chapter(edition, name)


def test_a_new_table_is_described_column_by_column(edition: Path) -> None:
    (edition / "data" / "paper" / "mine.csv").write_text("year,share,name\n2001,0.5,a\n")
    words = scaffold.new_table(edition, "paper/mine.csv")
    package = json.loads((edition / "data" / "datapackage.json").read_text())
    types = [f["type"] for f in package["resources"][-1]["schema"]["fields"]]
    assert types == ["integer", "number", "string"]
    assert "Replace each WRITE" in words


def test_a_new_claim_stands_behind_those_of_its_section(edition: Path) -> None:
    scaffold.new_claim(edition, "c-reg-009")
    lines = (edition / "data" / "paper" / "claims.csv").read_text().splitlines()
    assert lines[-1].startswith("c-reg-009,Regression,")


@pytest.mark.parametrize("name", ["c-reg-001", "claim-1"])
def test_a_claim_that_will_not_do_is_refused(edition: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"is taken|a claim is named"):
        scaffold.new_claim(edition, name)
