"""The right of reply: a link that begins a message, and replies beside the verdict."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from proofbook.ledgerpage import replies, reply_link

CLAIM = {"id": "c-a-001", "statement": "Two & two?", "verdict": "unsupported"}


def test_without_an_address_there_is_no_link() -> None:
    assert reply_link("", CLAIM) == ""


def test_a_message_names_claim_and_verdict() -> None:
    link = urlsplit(reply_link("mailto:us@example.org", CLAIM))
    query = parse_qs(link.query)
    assert query["subject"] == ["Claim c-a-001"]
    assert "Two & two?" in query["body"][0]


def test_a_form_for_issues_takes_title_and_body() -> None:
    link = reply_link("https://example.org/issues/new?labels=reply", CLAIM)
    assert set(parse_qs(urlsplit(link).query)) == {"labels", "title", "body"}


def test_replies_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "c-a-001.txt").write_text("First.\n", encoding="utf-8")
    (tmp_path / "c-a-001-2.txt").write_text("Second.\n", encoding="utf-8")
    assert sorted(replies(tmp_path)["c-a-001"]) == ["First.", "Second."]
