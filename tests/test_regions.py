"""Regional arithmetic against hand computation and second implementations."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kzmobility import regions
from proofbook import data


@pytest.fixture(scope="module")
def panel():
    return regions.panel()


def one(panel, iso, indicator, year):
    return panel[
        (panel["iso"] == iso) & (panel["indicator"] == indicator) & (panel["year"] == year)
    ].iloc[0]


def test_growth_counts_regions_that_left_with_those_they_left(panel):
    persons = data.read("population").set_index(["iso", "year"])["persons"]
    by_hand = 100 * ((persons["KZ-63", 2023] + persons["KZ-10", 2023]) / persons["KZ-63", 2000] - 1)
    assert one(panel, "KZ-63", "growth", 2023)["value"] == pytest.approx(by_hand), (
        "East Kazakhstan's growth must count Abai in"
    )
    assert not ((panel["iso"] == "KZ-10") & (panel["indicator"] == "growth")).any(), (
        "Abai has no count of 2000: it must have no growth"
    )


def test_growth_breaks_at_censuses_only(panel):
    found = set(panel.loc[panel["indicator"] == "growth", "break_before"]) - {""}
    assert found == {"census 2009", "census 2021"}, (
        f"growth breaks at {found}: borders stay, so that only censuses may break it"
    )


def test_no_segment_crosses_a_break(panel):
    jumps = panel[(panel["break_before"] != "")]
    before = panel.set_index(["indicator", "iso", "year"])["segment"]
    for r in jumps.itertuples():
        earlier = before.loc[r.indicator, r.iso]
        earlier = earlier[earlier.index < r.year]
        assert earlier.empty or earlier.max() < r.segment, (
            f"{r.indicator} of {r.iso}: the line crosses the break before {r.year}"
        )


def test_net_flows_of_all_regions_cancel(panel):
    net = panel[panel["indicator"] == "net"].groupby("year")["value"].sum()
    assert (net == 0).all(), (
        "internal migration neither makes nor loses people: the regions' net flows must sum to nought"
    )


def test_ranks_and_levels_run_from_the_highest_value(panel):
    of = panel[(panel["indicator"] == "net") & (panel["year"] == 2024)]
    assert of.set_index("iso")["rank"]["KZ-71"] == 1, "Astana gained most in 2024"
    assert of["level"].value_counts().to_dict() == dict.fromkeys(range(1, 6), 4), (
        "20 regions without ties make five levels of four"
    )
    assert of.sort_values("value")["level"].is_monotonic_increasing


def test_the_nation_is_not_ranked(panel):
    assert panel.loc[panel["iso"] == "KZ", "rank"].isna().all()


def test_missing_population_is_named():
    population = data.read("population").query("iso != 'KZ-71'")
    with pytest.raises(ValueError, match="KZ-71"):
        regions.net_per_thousand(data.read("migration_regions"), population)


def test_spearman_agrees_with_scipy_and_with_fisher_by_hand():
    x, y = [1, 2, 3, 4, 5, 6, 7, 8.5, 9, 9], [2, 1, 4, 3, 7, 8, 5, 6, 10, 9]
    found = regions.spearman(x, y)
    rho = stats.spearmanr(x, y).statistic
    assert found.rho == pytest.approx(rho)
    half = 1.959964 * np.sqrt((1 + rho**2 / 2) / 7)
    assert (found.low, found.high) == pytest.approx(
        (np.tanh(np.arctanh(rho) - half), np.tanh(np.arctanh(rho) + half)), abs=1e-6
    )
    assert found.boot_low < rho < found.boot_high


def test_spearman_leaves_incomplete_pairs_out_and_refuses_too_few():
    assert regions.spearman([1, 2, 3, 4, 5, np.nan], [1, 3, 2, 5, 4, 9]).n == 5
    with pytest.raises(ValueError, match="at least five pairs"):
        regions.spearman([1, 2, 3], [1, 2, 3])


def test_gap_is_highest_over_lowest_without_the_nation():
    frame = pd.DataFrame(
        {"iso": ["KZ", "KZ-71", "KZ-61", "KZ-75"], "year": 2020, "v": [100.0, 9.0, 3.0, 6.0]}
    )
    (row,) = regions.gaps(frame, "v", least=3).to_dict("records")
    assert row == {"year": 2020, "highest": "KZ-71", "lowest": "KZ-61", "ratio": 3.0, "n": 3}
    assert regions.gaps(frame, "v").empty, "three regions are not the country"


def test_rejoined_weighs_by_inhabitants():
    values = pd.DataFrame({"iso": ["KZ-61", "KZ-79"], "year": 2020, "v": [10.0, 40.0]})
    population = pd.DataFrame({"iso": ["KZ-61", "KZ-79"], "year": 2020, "persons": [200, 100]})
    (row,) = regions.rejoined(values, "v", population, {"KZ-79": "KZ-61"}).to_dict("records")
    assert row == {"iso": "KZ-61", "year": 2020, "v": 20.0}


def test_macro_shares_cover_the_country():
    shares = regions.macro_shares(data.read("population"), data.read("regions"), 2023)
    assert shares["share_pct"].sum() == pytest.approx(100)
    assert shares.set_index("macro_region")["share_pct"].round(1).to_dict() == {
        "North": 10.9,
        "South": 32.3,
        "Megacities": 23.8,
        "West": 15.6,
        "Center and East": 17.5,
    }


def test_combined_decline_weighs_the_parts():
    assert regions.combined_decline({"a": 300, "b": 100}, {"a": 10, "b": 30}) == (15, 14.5, 15.5)
    with pytest.raises(ValueError, match="parts differ"):
        regions.combined_decline({"a": 1}, {"b": 1})


def test_tiles_are_the_units_of_iso_3166_2_and_none_hides_another():
    places = data.read("regions")
    units = {
        f"KZ-{n}"
        for n in (10, 11, 15, 19, 23, 27, 31, 33, 35, 39, 43, 47, 55, 59, 61, 62, 63, 71, 75, 79)
    }
    assert set(places["iso"]) == units, "ISO 3166-2:KZ lists 17 regions and three cities"
    assert not places[["tile_row", "tile_col"]].duplicated().any(), (
        "two tiles stand in one place: mend data/official/regions.csv"
    )
