"""``make live``: a saved sentence is in the browser, an error stands over the last good page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import tiny


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write(tmp_path_factory.mktemp("live") / "edition")


@pytest.fixture(scope="module")
def home(project: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "proofbook", "live"],
        cwd=project,
        env=os.environ | {"PROOFBOOK_DATA": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    output = ""
    for line in process.stdout:
        output += line
        if found := re.search(r"http://[\d.:]+", line):
            yield found[0]
            break
    process.terminate()
    rest = process.communicate(timeout=30)[0]
    assert process.returncode in (-15, 130, 0), output + rest


def wait_for(page, text: str, seconds: float = 60) -> float:
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        if text in page.locator("body").inner_text():
            return time.perf_counter() - began
        page.wait_for_timeout(10)
    pytest.fail(f"{text!r} never came into the page: {page.locator('body').inner_text()[-900:]}")


@pytest.fixture(scope="module")
def page(browser, home: str):
    context = browser.new_context(viewport={"width": 1000, "height": 400})
    page = context.new_page()
    page.goto(f"{home}/01-one.html")
    yield page
    context.close()


def change(project: Path, old: str, new: str) -> None:
    text = project / "book" / "01-one.md"
    text.write_text(text.read_text().replace(old, new))


def test_a_saved_sentence_comes_into_the_browser(page, project: Path) -> None:
    change(project, "The words of the section.", "New words of the section.")
    wait_for(page, "New words of the section.")
    for turn in range(3):
        change(project, "New words", f"New words, turn {turn},")
        seconds = wait_for(page, f"turn {turn}")
        print(f"{seconds:.2f} s from saving to the browser")


def test_an_error_stands_over_the_last_good_page(page, project: Path) -> None:
    change(project, "{claim}`c-reg-001`", "{claim}`c-reg-999`")
    wait_for(page, "book/01-one.md:16: no claim 'c-reg-999'")
    assert "The text of chapter one" in page.locator("main").inner_text()
    change(project, "{claim}`c-reg-999`", "{claim}`c-reg-001`")
    while "no claim" in page.locator("body").inner_text():
        page.wait_for_timeout(20)


def test_a_failing_cell_is_shown_with_its_line(page, project: Path) -> None:
    change(project, "2 * x", "2 / (x - 1)")
    wait_for(page, "cell 3: ZeroDivisionError")
    change(project, "2 / (x - 1)", "2 * x")
    wait_for(page, "The text of chapter one")
