"""The explorers in a real browser: a control is moved by keyboard,
and the number that results is the library's own."""

from __future__ import annotations

import re

import pytest

from kzmobility import projection as p
from proofbook import render

PAGE = "15-what-if.html"
AWAKE = "id => document.getElementById(id).dataset.awake === 'yes'"
HINT = "the chart's expressions in charts/explorers.py and projection.py no longer compute the same"


class Explorer:
    """One figure of the page, as a reader with a keyboard meets it."""

    def __init__(self, page, name: str) -> None:
        self.page, self.name, self.figure = page, name, page.locator(f"#{name}")

    def press(self, param: str, *keys: str) -> None:
        self.figure.locator(f"[data-param={param}]").focus()
        for key in keys:
            self.page.keyboard.press(key)
        self._settle()

    def choose(self, preset: str) -> None:
        self.figure.get_by_role("button", name=preset, exact=True).focus()
        self.page.keyboard.press("Enter")
        self._settle()

    def _settle(self) -> None:
        self.page.wait_for_function(AWAKE, arg=self.name, timeout=30000)
        held = (
            "id => { const f = document.getElementById(id); "
            "return [...f.querySelectorAll('[data-param]')].every(c => Number(c.value) === "
            "f.kzView.signal(c.dataset.param)); }"
        )
        self.page.wait_for_function(held, arg=self.name)
        self.page.evaluate(
            "id => document.getElementById(id).kzView.runAsync().then(() => {})", self.name
        )
        self.page.wait_for_function(
            "id => { const f = document.getElementById(id); "
            "return f.querySelector('.sentence').textContent === f.kzView.signal('sentence'); "
            "}",
            arg=self.name,
        )

    def settings(self) -> dict[str, float]:
        read = (
            "f => Object.fromEntries([...f.querySelectorAll('[data-param]')].map(c => "
            "[c.dataset.param, Number(c.value)]))"
        )
        return self.figure.evaluate(read)

    def signal(self, name: str):
        return self.figure.evaluate("(f, name) => f.kzView.signal(name)", name)

    def sentence(self) -> str:
        return self.figure.locator(".sentence").inner_text()

    def findings(self) -> list[list[str]]:
        """Return the cells of the table below the picture, row by row."""
        read = (
            "f => [...f.querySelectorAll('.live tbody tr')].map(r => [...r.cells].map(c => "
            "c.textContent))"
        )
        return self.figure.evaluate(read)

    def drawn(self) -> list[str]:
        return self.figure.evaluate(
            "f => [...f.querySelectorAll('.stage svg text')].map(t => t.textContent)"
        )


@pytest.fixture
def open_explorer(browser, address: str):
    pages = []

    def start(name: str, width: int = 1280) -> Explorer:
        page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        pages.append(page)
        page.goto(f"{address}/{PAGE}")
        page.wait_for_load_state("load")
        return Explorer(page, name)

    yield start
    for page in pages:
        page.context.close()


@pytest.mark.parametrize(
    "name", ["fig-forecast-explorer", "fig-serpin-explorer", "fig-indicator-explorer"]
)
def test_the_first_sentence_is_the_one_that_the_chart_computes(open_explorer, name: str) -> None:
    explorer = open_explorer(name)
    before = explorer.sentence()
    explorer.figure.locator(".picture").hover(force=True)
    explorer._settle()
    assert explorer.sentence() == before, (
        f"{name}: the words of the page differ from those of the chart; "
        "build the page again, or mend chart.js"
    )


def forecast_agrees(explorer: Explorer) -> None:
    settings, base = p.Forecast(**explorer.settings()), p.bases()
    outcome, checked = p.project(settings, base), p.check(settings, base)
    assert explorer.signal("heads") == pytest.approx(
        [outcome.loc[m, "persons"] for m in p.MACRO_REGIONS]
    ), HINT
    assert explorer.signal("made") == pytest.approx(list(checked["value"])), HINT
    assert explorer.signal("met") == checked.query("stated_by == 'the paper'")["holds"].sum(), HINT
    verdicts = [row[-1] for row in explorer.findings()]
    assert verdicts == ["✓ holds" if holds else "✗ does not" for holds in checked["holds"]], HINT
    drawn = explorer.drawn()
    north = outcome.loc["North"]
    assert f"{north['persons'] / 1e6:.2f} million people, {north['share_pct']:.1f} %" in drawn, HINT
    assert f"{outcome.loc[p.NATION, 'persons'] / 1e6:.1f} million people" in explorer.sentence(), (
        HINT
    )


@pytest.mark.parametrize("width", [1280, 375])
def test_growth_moved_by_keyboard_gives_the_population_of_the_library(
    open_explorer, width: int
) -> None:
    explorer = open_explorer("fig-forecast-explorer", width)
    explorer.press("akmola", "ArrowRight")
    forecast_agrees(explorer)
    assert "8 of the 9 numbers" in explorer.sentence()
    assert "Akmola, change" in explorer.sentence()
    explorer.press("national", *["ArrowLeft"] * 12)
    forecast_agrees(explorer)
    explorer.press("national", "Home")
    forecast_agrees(explorer)
    assert "cannot be" in explorer.sentence(), (
        "parts that exceed the whole must be called impossible"
    )


def test_every_preset_of_the_forecast_sets_what_it_says(open_explorer) -> None:
    explorer = open_explorer("fig-forecast-explorer")
    labels = explorer.figure.locator("[data-preset]").all_inner_texts()
    assert len(labels) >= 4
    for label in [*labels[1:], labels[0]]:
        explorer.choose(label)
        forecast_agrees(explorer)
        pressed = explorer.figure.locator("[data-preset][aria-pressed=true]").all_inner_texts()
        assert pressed == [label], f"after {label!r} the pressed buttons are {pressed}"
    assert "All 9 numbers that the paper states hold" in explorer.sentence(), (
        "the first preset must meet every number"
    )


def serpin_agrees(explorer: Explorer) -> None:
    line, base = p.Pipeline(**explorer.settings()), p.bases()
    loss = p.loss_path(base).set_index("year")["loss"]
    assert explorer.signal("people") == pytest.approx(list(p.stages(line).values())), HINT
    assert explorer.signal("stock_2030") == pytest.approx(p.stock(line, 8)), HINT
    assert explorer.signal("stock_2050") == pytest.approx(p.stock(line, 28)), HINT
    assert explorer.signal("needed_settled") == pytest.approx(
        p.break_even_settled(line, loss[2030], 8)
    ), HINT
    drawn = explorer.drawn()
    assert f"{p.stock(line, 8):,.0f}" in drawn, HINT
    assert f"{p.stages(line)['still_there']:,.0f}" in drawn, HINT
    if p.settled_a_year(line):
        assert explorer.signal("needed_grants") == pytest.approx(
            p.break_even_grants(line, loss[2030], 8)
        ), HINT


def test_rates_moved_by_keyboard_give_the_settlers_of_the_library(open_explorer) -> None:
    explorer = open_explorer("fig-serpin-explorer")
    explorer.press("employed", "ArrowRight", "ArrowRight", "PageUp")
    serpin_agrees(explorer)
    explorer.press("stay", *["ArrowLeft"] * 7)
    serpin_agrees(explorer)
    explorer.press("stay_years", "ArrowRight")
    serpin_agrees(explorer)
    explorer.press("north", "PageDown")
    serpin_agrees(explorer)
    explorer.press("employed", "Home")
    serpin_agrees(explorer)
    assert "no number of grants offsets the loss" in explorer.sentence()


def test_presets_of_serpin_are_the_rates_of_the_paper_and_the_press(open_explorer) -> None:
    explorer = open_explorer("fig-serpin-explorer")
    for label, employed in (
        ("The paper’s 35.8 % non-compliance", 100 - 35.8),
        ("Employment as reported in 2021", 100 * (875 + 3238 + 1413) / (931 + 4123 + 2653)),
        ("The paper’s 17 %", 17),
        ("Nobody is lost", 100),
    ):
        explorer.choose(label)
        assert explorer.settings()["employed"] == pytest.approx(employed, abs=0.05), (
            f"{label}: the control does not hold its rate"
        )
        serpin_agrees(explorer)
        assert "no retention would" in explorer.sentence()
    explorer.press("grants", *["ArrowRight"] * 40)
    serpin_agrees(explorer)
    found = re.search(r"([\d.]+) % of them must end in the North", explorer.sentence())
    assert found, "with grants enough, the sentence must say what share is needed"
    line = p.Pipeline(**explorer.settings())
    assert float(found[1]) == pytest.approx(p.break_even_settled(line, 92_000, 8), abs=0.05)


def test_moves_set_by_keyboard_give_the_arrivals_of_the_library(open_explorer) -> None:
    explorer = open_explorer("fig-indicator-explorer")
    rise = 16.2 - 12.6  # of the share, in equal steps over five years
    for keys in (["ArrowRight"], ["PageUp", "ArrowLeft"], ["End"]):
        explorer.press("moves", *keys)
        moves = 1000 * explorer.settings()["moves"]
        extra = rise / 100 * moves
        assert explorer.signal("extra_last") == pytest.approx(extra), HINT
        assert explorer.signal("extra_all") == pytest.approx(3 * extra), HINT
        assert f"+ {float(f'{extra:.3g}'):,.0f}" in explorer.drawn(), HINT


def test_a_preset_for_a_control_that_is_not_there_is_refused() -> None:
    words = {"name": "fig-x", "presets": [{"label": "All", "values": {"grants": 1, "grant": 2}}]}
    with pytest.raises(ValueError, match=r"fig-x: the preset 'All' sets \['grant'\]"):
        render.presets(words, {"grants": 1})


def test_a_preset_is_pressed_only_while_the_first_settings_are_its_own() -> None:
    words = {
        "name": "fig-x",
        "presets": [
            {"label": "Low", "values": {"grants": 1}},
            {"label": "High", "values": {"grants": 2}},
        ],
    }
    pressed = [preset["pressed"] for preset in render.presets(words, {"grants": 2})]
    assert pressed == [False, True]
