"""data/paper/ holds what the paper's text says; read only where that text is at hand."""

from __future__ import annotations

import re

import pytest

import paper_text
from proofbook import data

FILE = paper_text.text_file()
pytestmark = pytest.mark.skipif(
    FILE is None, reason="the paper's text is not at hand: set PROOFBOOK_PAPER to its file"
)
WORDS = {"1.5": "1.5", "2": "two", "3": "three", "4": "four", "6": "six", "9": "nine"}
TABLES = ("table1", "table2", "table3", "table4", "table5")
MEND = "mend data/paper/{}.csv, which must say what the paper's text says"


def plain(text: str) -> str:
    """Return a text without emphasis, quotation marks and doubled blanks, dashes as hyphens."""
    text = re.sub(r"[*_{}«»“”\"]|\\", "", text).replace("í", "i")
    return re.sub(r"\s+", " ", re.sub("[–—‒]", "-", text))


@pytest.fixture(scope="module")
def text() -> str:
    return FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lists(text: str) -> dict[str, dict[int, str]]:
    """Return the entries of both reference lists by number."""
    found = re.split(r"(?m)^References$", text)[1:]
    cut = re.split(r"(?m)^Information about authors", found[1])[0]
    return {
        name: {int(n): plain(e) for n, e in re.findall(r"(?ms)^(\d+)\. (.*?)(?=^\d+\. |\Z)", part)}
        for name, part in zip(("first", "second"), (found[0], cut), strict=True)
    }


def place(text: str, section: str, locator: str) -> str:
    number = re.match(r"paragraph (\d+)", locator)
    return plain(paper_text.paragraphs(text, section)[int(number[1]) - 1]) if number else ""


def test_each_number_stands_in_the_paragraph_it_names(text: str) -> None:
    for row in data.read_text("statements").to_dict("records"):
        if not row["locator"].startswith("paragraph"):
            continue
        passage = place(text, row["section"], row["locator"]).replace(",", "")
        forms = {row["value"], row["value"].replace(".", ""), WORDS.get(row["value"], row["value"])}
        assert any(form in passage for form in forms), f"{row['id']}: {MEND.format('statements')}"


def test_each_citation_stands_in_the_paragraph_it_names(text: str) -> None:
    for row in data.read_text("citations").to_dict("records"):
        where = place(text, row["section"], row["locator"]) or plain(text)
        if "goal" in row["locator"]:
            where = plain(text)
        assert plain(row["as_printed"]) in where, f"{row['id']}: {MEND.format('citations')}"


@pytest.mark.parametrize("column", ["title", "volume", "issue", "pages", "doi", "url", "authors"])
def test_reference_lists_hold_what_is_printed(column: str, lists) -> None:
    for row in data.read_text("reference_lists").to_dict("records"):
        entry = lists[row["list"]][int(row["number"])]
        passage = plain(row[column])
        parts = passage.split(". ") if column == "title" else [passage]
        for part in parts:
            assert part in entry, (
                f"{row['list']} list, entry {row['number']}: {MEND.format('reference_lists')}"
            )


def test_second_list_translations_are_whole(lists) -> None:
    for row in data.read_text("reference_lists").query("list == 'second'").to_dict("records"):
        brackets = re.findall(r"\[([^\]]+)\]", lists["second"][int(row["number"])])
        printed = [b.rstrip(".") for b in brackets]
        assert not printed or any(b.startswith(plain(row["title"])) for b in printed), (
            f"entry {row['number']} of the second list: the title in brackets is {printed}"
        )


@pytest.mark.parametrize("name", TABLES)
def test_table_rows_stand_in_the_text(name: str, text: str) -> None:
    numbers = set(re.findall(r"\d+(?:[.,]\d+)?", text))
    schema = data.describe(name)["schema"]["fields"]
    columns = [f["name"] for f in schema if f["type"] in ("integer", "number")]
    for row in data.read_text(name)[columns].to_dict("records"):
        for cell in filter(None, row.values()):
            assert {cell, cell.replace(".", ",")} & numbers, f"{cell}: {MEND.format(name)}"


def test_survey_reasons_keep_the_order_of_the_paper(text: str) -> None:
    passage = place(text, "Results and discussion", "paragraph 14")
    places = [passage.index(r) for r in data.read_text("survey_reasons")["reason"]]
    assert places == sorted(places), MEND.format("survey_reasons")


def test_regions_keep_the_order_of_the_paper(text: str) -> None:
    after = plain(text).split("Regions for completion:")[1]
    places = [after.index(r) for r in data.read_text("serpin_regions")["region"]]
    assert places == sorted(places), MEND.format("serpin_regions")
