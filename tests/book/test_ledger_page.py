"""The ledger page by mouse, by keyboard and on a phone; the claims that it shows are those that the
site publishes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import open_page
from proofbook import checks

SHOWN = "[...document.querySelectorAll('table.ledger tbody tr')].filter(r => !r.hidden).length"


@pytest.fixture(scope="module")
def published(site: Path) -> list[dict]:
    return json.loads((site / "claims.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def claims(published: list[dict]) -> list[dict]:
    """What the table shows: the claims of the paper, without what the editors checked besides."""
    return [claim for claim in published if claim["part"] == "claim"]


@pytest.fixture(params=[1280, 375], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser, address: str):
    page = open_page(
        browser, f"{address}/17-ledger.html", viewport={"width": request.param, "height": 900}
    )
    yield page
    page.context.close()


def test_claims_json_says_what_the_vocabulary_allows(published: list[dict]) -> None:
    keys = [
        "id",
        "section",
        "locator",
        "kind",
        "statement",
        "printed",
        "unit",
        "computed",
        "what",
        "verdict",
        "basis",
        "check",
        "checked",
        "note",
        "aliases",
        "part",
        "page",
    ]
    assert all(set(keys) <= set(claim) for claim in published), (
        f"a claim in claims.json lacks a key of {keys}"
    )
    assert {c["verdict"] for c in published} <= {
        "reproduced",
        "consistent",
        "contradicted",
        "unsupported",
        "unverifiable",
    }
    assert {c["basis"] for c in published} <= set(checks.BASES)
    assert len({c["id"] for c in published}) == len(published) > 200
    assert (
        sum(not c["check"].startswith(("unsupported", "unverifiable")) for c in published) >= 110
    ), "too few verdicts are computed"


def test_every_claim_leads_to_its_place_and_back(published: list[dict], site: Path) -> None:
    for claim in published:
        name, anchor = claim["page"].split("#")
        assert f'id="{anchor}"' in (site / name).read_text(encoding="utf-8"), (
            f"claim {claim['id']} leads to {claim['page']}, where nothing stands"
        )


def test_lists_and_search_filter_the_claims(page, claims: list[dict]) -> None:
    page.locator('.ledger-filters [name="verdict"]').focus()
    page.keyboard.type("contra")
    wanted = [c for c in claims if c["verdict"] == "contradicted"]
    assert page.evaluate(SHOWN) == len(wanted), (
        "choosing a verdict by keyboard must leave its claims"
    )
    assert (
        page.locator(".ledger-filters output").inner_text()
        == f"{len(wanted)} of {len(claims)} claims"
    )
    page.locator('.ledger-filters [name="text"]').fill("grants")
    assert 0 < page.evaluate(SHOWN) < len(wanted)
    page.get_by_role("button", name="Show all", exact=True).press("Enter")
    page.wait_for_timeout(50)
    assert page.evaluate(SHOWN) == len(claims), "Show all must bring every claim back"


def test_a_heading_sorts_by_keyboard_both_ways(page, claims: list[dict]) -> None:
    button = page.locator("table.ledger thead button", has_text="Verdict")
    button.press("Enter")
    first = page.locator("table.ledger tbody tr").first
    assert first.get_attribute("data-verdict") == min(c["verdict"] for c in claims)
    button.press("Enter")
    assert first.get_attribute("data-verdict") == max(c["verdict"] for c in claims)


def test_a_phone_sorts_by_a_list(browser, address: str, claims: list[dict]) -> None:
    page = open_page(browser, f"{address}/17-ledger.html", viewport={"width": 375, "height": 812})
    page.locator('.ledger-filters [name="sort"]').select_option("verdict down")
    first = page.locator("table.ledger tbody tr").first.get_attribute("data-verdict")
    kept = page.evaluate("location.search")
    page.context.close()
    assert first == max(c["verdict"] for c in claims)
    assert "sort=verdict" in kept, "the address keeps the order"


def test_a_part_of_the_scoreboard_filters_the_table_and_leads_to_it(
    page, claims: list[dict]
) -> None:
    figure = page.locator("figure.chart").first
    figure.scroll_into_view_if_needed()
    figure.locator(".picture").hover(force=True)
    for _ in range(200):
        if page.evaluate("document.querySelector('figure.chart').dataset.awake === 'yes'"):
            break
        page.wait_for_timeout(50)
    page.locator("figure.chart .stage .mark-rect path").first.click(force=True)
    shown = page.evaluate(SHOWN)
    assert 0 < shown < len(claims), "a click on a part of a bar must leave its claims"
    assert page.locator(".ledger-filters").bounding_box()["y"] < 200, "a choice leads to the table"
    verdict, section = (
        page.locator(f'.ledger-filters [name="{key}"]').input_value()
        for key in ("verdict", "section")
    )
    assert shown == sum(c["verdict"] == verdict and c["section"] == section for c in claims)


def test_the_address_of_a_claim_opens_its_row(browser, address: str, claims: list[dict]) -> None:
    claim = claims[-1]["id"]
    page = open_page(
        browser, f"{address}/17-ledger.html#{claim}", viewport={"width": 1280, "height": 900}
    )
    page.wait_for_timeout(300)
    top = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", claim)
    page.context.close()
    assert -5 < top < 900, f"the row of {claim} is out of sight"


def test_the_address_keeps_a_view_of_the_ledger(browser, home: str, claims: list[dict]) -> None:
    page = open_page(browser, f"{home}/17-ledger.html?verdict=contradicted")
    wanted = sum(claim["verdict"] == "contradicted" for claim in claims)
    opened = page.evaluate(SHOWN)
    page.select_option('.ledger-filters [name="kind"]', index=1)
    address, narrowed = page.url, page.evaluate(SHOWN)
    page.reload()
    reloaded = page.evaluate(SHOWN)
    page.go_back()
    page.wait_for_timeout(100)
    back = page.evaluate(SHOWN)
    page.context.close()
    assert (opened, reloaded, back) == (wanted, narrowed, wanted), (
        "address, reload and Back must show the same claims"
    )
    assert "verdict=contradicted" in address
    assert "kind=" in address


def test_a_count_of_a_chapter_leads_to_its_claims(browser, address: str, site: Path) -> None:
    page = open_page(browser, f"{address}/06-programmes.html")
    pill = page.locator(".chapter-claims a.pill.contradicted")
    count = int(pill.locator(".count").inner_text())
    pill.click()
    page.wait_for_load_state("load")
    shown = page.evaluate(SHOWN)
    page.context.close()
    assert shown == count, "the ledger must show what the pill counts"
