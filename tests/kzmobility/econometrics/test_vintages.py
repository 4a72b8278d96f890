"""Which edition of the World Economic Outlook the paper's columns come from,
and the model in other units."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from kzmobility import econometrics as ec
from proofbook import data


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, ...]:
    return tuple(
        data.read(name) for name in ("table4", "weo", "unemployment", "migration_national")
    )


def test_halves_are_rounded_away_from_zero_as_spreadsheets_do() -> None:
    assert [ec.rounded(v) for v in (0.25, 9.35, -0.25, 4.875, 211)] == [0.3, 9.4, -0.3, 4.9, 211.0]
    assert ec.rounded(2.675, 2) == 2.68


def test_the_gdp_column_is_gdp_at_purchasing_power_parity_of_april_2022_in_all_years(
    tables,
) -> None:
    table4, weo, *_ = tables
    frame = ec.regression_frame(table4)
    best = ec.match_editions(frame["x1"], weo).iloc[0]
    assert (best["edition"], best["indicator"], best["matches"], best["years"]) == (
        "2022-04",
        "PPPGDP",
        21,
        21,
    )
    # Counted again in decimal arithmetic: the printed number is within half a unit
    # of its last digit.
    part = weo[(weo["edition"] == "2022-04") & (weo["indicator"] == "PPPGDP")].set_index("year")[
        "value"
    ]
    close = [
        abs(Decimal(str(part[y])) - Decimal(str(frame.loc[y, "x1"]))) <= Decimal("0.05")
        for y in frame.index
    ]
    assert sum(close) == 21


def test_no_other_indicator_and_no_other_edition_matches_as_well(tables) -> None:
    table4, weo, *_ = tables
    frame = ec.regression_frame(table4)
    gdp = ec.match_editions(frame["x1"], weo)
    assert gdp["matches"].iloc[1] == 20
    assert gdp.loc[gdp["indicator"] != "PPPGDP", "matches"].max() == 0
    rates = ec.match_editions(frame["x2"], weo).set_index(["edition", "indicator"])["matches"]
    assert rates["2022-04", "LUR"] == 21
    assert ec.best_edition(table4, weo) == "2022-04"


def test_a_changed_digit_costs_a_match(tables) -> None:
    table4, weo, *_ = tables
    changed = ec.regression_frame(table4)["x1"].copy()
    changed[2010] += 0.1
    years = ec.match_years(changed, weo)
    mine = years[(years["edition"] == "2022-04") & (years["indicator"] == "PPPGDP")].set_index(
        "year"
    )
    assert mine.index[~mine["match"]].tolist() == [2010]


def test_the_2022_row_is_no_full_year_and_its_gdp_equals_a_volume_index(tables) -> None:
    table4, weo, _, migration = tables
    table = ec.candidates_2022(table4, weo, migration)
    hits = table[table["match"]]
    assert set(hits["candidate"]) == {"GDP volume index, previous year = 100"}
    assert "2025-10" in set(hits["edition"])
    assert table.loc[0, "share"] == pytest.approx(222600 / 803033)


def test_each_variant_changes_what_it_names_and_nothing_else(tables) -> None:
    frames = ec.variant_frames(*tables)
    paper = frames["printed"]
    for name in ("nominal", "constant", "current", "current_nominal"):
        assert frames[name]["x2"].equals(paper["x2"])
        assert frames[name]["y"].equals(paper["y"])
    assert frames["bns"]["x1"].equals(paper["x1"])
    assert (frames["unrounded"] - paper)[["x1", "x2"]].abs().max().max() <= 0.05 + 1e-9
    assert frames["nominal"].loc[[2010, 2021], "x1"].tolist() == [
        148.047,
        190.814,
    ]  # 2021 as April 2022 had it
    assert frames["constant"].loc[2010, "x1"] == 10264.4
    assert frames["full2023"].loc[2022:, "y"].tolist() == [803033, 1023573]
    assert frames["full2023"].index.tolist() == list(range(2001, 2024))


def test_a_missing_edition_is_named_in_the_error(tables) -> None:
    with pytest.raises(ValueError, match="no PPPGDP in the edition 1999-10"):
        ec.weo_series(tables[1], "1999-10", "PPPGDP")
    with pytest.raises(ValueError, match="2022 is needed"):
        ec.candidates_2022(tables[0], tables[1], tables[3].query("year > 2022"))
