"""Damaged bytes of a table or of the ledger give a DataError with a place,
or read as they stand."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proofbook import checks, data
from proofbook.checks import LedgerError
from proofbook.data import DataError

TABLE = "table4"
ROOT = data.root()
LEDGER = (ROOT / data.describe("claims")["path"]).read_bytes()
ROWS = data.read_text("claims")
GOOD = (ROOT / data.describe(TABLE)["path"]).read_bytes()
quick = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
places = st.integers(0, len(GOOD) - 1)


def readable(content: bytes, table: str = TABLE) -> bool:
    """Say whether a table reads; a fault other than a DataError with a place fails the test."""
    try:
        data.read_text(table, content, verify_checksum=False)
    except DataError as error:
        fault = error
    else:
        return True
    assert f"data/paper/{table}.csv" in str(fault), "the message must name the file"
    assert fault.problems
    assert all("row " in p or "column " in p for p in fault.problems), fault.problems
    return False


@quick
@given(places, st.binary(min_size=1, max_size=4))
def test_replaced_bytes_of_a_table_are_found(place: int, new: bytes) -> None:
    readable(GOOD[:place] + new + GOOD[place + len(new) :])


@quick
@given(places, places)
def test_a_cut_in_a_table_is_found(first: int, second: int) -> None:
    readable(GOOD[: min(first, second)] + GOOD[max(first, second) :])


@quick
@given(st.binary(max_size=200))
def test_any_bytes_in_place_of_a_table_are_found(content: bytes) -> None:
    assert not readable(content) or content == GOOD


@quick
@given(places, st.binary(min_size=1, max_size=3))
def test_no_change_of_a_table_is_silent(place: int, new: bytes) -> None:
    changed = GOOD[:place] + new + GOOD[place + len(new) :]
    if changed != GOOD:
        with pytest.raises(DataError):
            data.read(TABLE, changed)


@settings(quick, max_examples=40)  # the ledger is ten times as long as a table
@given(st.integers(0, len(LEDGER) - 1), st.binary(min_size=1, max_size=4))
def test_damaged_bytes_of_the_ledger_are_placed(place: int, new: bytes) -> None:
    content = LEDGER[:place] + new + LEDGER[place + len(new) :]
    if not readable(content, "claims"):
        return
    rows = data.read_text("claims", content, verify_checksum=False)
    for row, good in zip(rows.itertuples(index=False), ROWS.itertuples(index=False), strict=False):
        if row != good:
            list(checks._row_problems(row, checks.Tables()))


@quick
@given(st.text(max_size=60))
def test_any_text_as_a_check_is_parsed_or_refused(text: str) -> None:
    message = "parsed"
    try:
        checks.parse(text)
    except LedgerError as error:
        message = str(error)
    assert message


@pytest.mark.parametrize(
    "code", ["__import__('os').system('x')", "open('x')", "(lambda: 1)()", "x" * 5000, "(" * 300]
)
def test_code_in_a_check_is_refused(code: str) -> None:
    with pytest.raises(LedgerError):
        checks.parse(code)
