"""The list of a section's claims: complete, escaped, and with one address for each claim."""

from __future__ import annotations

from bs4 import BeautifulSoup

from proofbook import ledgerpage

HOSTILE = '"><script>alert(1)</script>'
CLAIMS = [
    {
        "id": "c-a-001",
        "section": "A",
        "statement": HOSTILE,
        "verdict": "consistent",
        "printed": HOSTILE,
        "computed": HOSTILE,
        "note": HOSTILE,
    },
    {
        "id": "c-a-002",
        "section": "A",
        "statement": "Two.",
        "verdict": "unsupported",
        "printed": None,
        "computed": None,
        "note": "",
    },
]


def test_texts_of_claims_are_never_markup() -> None:
    soup = BeautifulSoup(
        ledgerpage.section_table(CLAIMS, HOSTILE, "17-ledger.html", set()), "html.parser"
    )
    assert not soup.find("script"), "a text of the ledger became markup; escape it"
    assert soup.get_text().count(HOSTILE) == 5, "each text must still be readable as text"


def test_a_claim_with_a_badge_on_the_page_gets_no_second_address() -> None:
    soup = BeautifulSoup(
        ledgerpage.section_table(CLAIMS, "All", "17-ledger.html", {"c-a-001"}), "html.parser"
    )
    assert soup.find(id="claim-c-a-001") is None, (
        "the badge in the prose has this id already; an id stands once in a page"
    )
    assert soup.find(id="claim-c-a-002") is not None, "the ledger links to this address"


def test_every_claim_has_a_verdict_in_mark_and_word_that_leads_to_its_row() -> None:
    soup = BeautifulSoup(
        ledgerpage.section_table(CLAIMS, "All", "17-ledger.html", set()), "html.parser"
    )
    links = soup.find_all("a", class_="pill")
    assert [a["href"] for a in links] == ["17-ledger.html#c-a-001", "17-ledger.html#c-a-002"]
    assert [a.get_text() for a in links] == ["≈ consistent", "○ unsupported"]


def test_what_is_empty_leaves_no_empty_words() -> None:
    row = BeautifulSoup(
        ledgerpage.section_table(CLAIMS, "All", "x.html", set()), "html.parser"
    ).find_all("tr")[2]
    assert row.th.get_text() == "Two.", "a claim without numbers and note shows its statement alone"
