"""The programme chapters: named results against sums by hand, controls against the library."""

from __future__ import annotations

import nbformat
import pytest

from proofbook import render, results
from proofbook.figure import MIME as FIGURE

BY_HAND = {
    "mobility.sent_total": 23 + 1197 + 32 + 178 + 371,
    "mobility.universities_least": 8 + 28 + 1 + 12 + 29,
    "serpin.rises": 5,
    "serpin.falls": 3,
    "serpin.unchanged": 1,
    "serpin.grants_total": 2050 + 6200 + 4212 + 4513 + 5830 + 5107 + 5656 + 3653 + 3653 + 3903,
    "serpin.base_exact_low": 8927,
    "serpin.base_exact_high": 8951,  # 3200/8926 prints as 35.9, 3200/8952 as 35.7
    "village.named_total": 6259,
    "village.total_low": 6259 + 7 * 351,
    "village.total_high": 6259 + 7 * 661,
    "survey.counts": "48, 32, 22, 11, 6, 1, 1",
    "survey.pairs": 21,
    "survey.pairs_apart": 12,
    "survey.work_and_wages_low_pct": 48.538866,
    "survey.work_and_wages_high_pct": 66.770071,  # R: binom.test(70, 121)
    "enbek.persons_per_family": 30000 / 7965,
    "whatif.serpin_employed": 100 * (875 + 3238 + 1413) / (931 + 4123 + 2653),
    "whatif.serpin_graduate": 100 * (931 + 4123 + 2653) / (2050 + 6200 + 4212),
    "whatif.serpin_graduate_press": 100 * (931 + 4123 + 2653) / 11296,
    "whatif.extra_arrivals_2022": 0.036 * 264_000 * 12 / 9,
}


@pytest.fixture(scope="module")
def noted(project) -> dict[str, dict]:
    return results.collect((project / "book").glob("*.ipynb"))


@pytest.mark.parametrize("name", BY_HAND)
def test_a_named_result_is_what_a_hand_finds(noted: dict, name: str) -> None:
    assert name in noted, f"{name} is not noted: build the book, or mend this list"
    assert noted[name]["value"] == pytest.approx(BY_HAND[name]), (
        f"{name}: the notebook and the hand disagree"
    )


def test_the_funding_chart_shows_what_is_not_stated_as_missing(project) -> None:
    chart = next(
        output["data"][FIGURE]
        for cell in nbformat.read(project / "book" / "05-mobility.ipynb", as_version=4).cells
        for output in cell.get("outputs", [])
        if "share_pct" in str(output.get("data", {}).get(FIGURE))
    )
    words = render.words_of(chart)
    empty = [row["source_of_funding"] for row in words["rows"] if row["share_pct"] is None]
    assert len(empty) == 3, "three of the four shares of Figure 4 are lost and must stay empty"
    assert all(name in words["alt"].split("Not stated:")[1] for name in empty), (
        "the text alternative must name the missing shares"
    )


@pytest.mark.parametrize(
    ("figure", "control", "result"),
    [
        (
            "fig-village-regions",
            "for each ten thousand inhabitants",
            "village.north_kazakhstan_rate",
        ),
        ("fig-survey", "99 %", None),
    ],
)
def test_a_control_shows_the_number_that_the_library_computes(
    browser, address: str, noted: dict, figure: str, control: str, result: str | None
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/06-programmes.html")
    shown = page.locator(f"#{figure}")
    before = shown.locator(".wide svg").inner_html()
    shown.get_by_role("radio", name=control).check()
    page.wait_for_selector(f"#{figure}[data-awake=yes]")
    page.wait_for_timeout(200)
    texts = shown.locator(".wide svg text").all_text_contents()
    after = shown.locator(".wide svg").inner_html()
    page.close()
    assert after != before, f"{figure}: {control!r} changed nothing"
    if result:
        assert noted[result]["text"] in texts, (
            f"{figure}: {control!r} must show {noted[result]['text']}, found {texts}"
        )
