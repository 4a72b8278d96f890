"""The regional panel, and what chapters 4 and 14 note, against hands and second implementations."""

import pytest
from scipy import stats

from kzmobility import regions
from proofbook import data, results


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
        "internal migration neither makes nor loses people: net flows must sum to nought"
    )


def test_missing_population_is_named():
    population = data.read("population").query("iso != 'KZ-71'")
    with pytest.raises(ValueError, match="KZ-71"):
        regions.net_per_thousand(data.read("migration_regions"), population)


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


@pytest.fixture(scope="module")
def noted(project):
    chapters = [project / "book" / f"{name}.ipynb" for name in ("04-demography", "14-regions")]
    return {name: entry["value"] for name, entry in results.collect(chapters).items()}


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        # 785,708, 835,686 and 539,111 people lose 4, 24 and 38 %: weights of 2023 from the table
        ("demography.north_combined_2050_pct", 20.1553),
        ("demography.official_share_south", 32.2554),
        ("demography.megacities_2050_implied_million", 0.37 * 27.5),
        ("income_gap.wage", 523210 / 227021),
        ("income_gap.cash_low", 215076 / 63443),
    ],
)
def test_a_noted_number_is_what_a_hand_finds(noted, name, by_hand):
    assert noted[name] == pytest.approx(by_hand, rel=1e-5), f"{name}: notebook and hand disagree"


def test_the_noted_rank_correlation_is_that_of_scipy(noted, panel):
    wage = panel[panel["indicator"] == "wage"].set_index("iso")["value"].drop("KZ")
    rows = regions.net_per_thousand(data.read("migration_regions"), data.read("population"))
    sums = rows.groupby("iso")[["net", "persons"]].sum().astype(float)
    rho = stats.spearmanr(wage, (sums["net"] / sums["persons"])[wage.index]).statistic
    assert noted["regions.spearman_wage_rho"] == pytest.approx(rho)
