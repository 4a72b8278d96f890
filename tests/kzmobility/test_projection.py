"""What-if arithmetic against hand computation, brute force and the definitions."""

from __future__ import annotations

import itertools
from dataclasses import asdict, replace

import pytest

from kzmobility import projection as p
from proofbook import data

STATED = p.Forecast(
    national=41,
    megacities=123,
    south=30,
    center_east=-12,
    akmola=-4,
    kostanay=-24,
    north_kazakhstan=-38,
    loss_2030=92,
)
SERPIN = p.Pipeline(
    grants=1000, enrolled=90, graduate=80, employed=50, north=25, stay=64, stay_years=2
)


@pytest.fixture(scope="module")
def base() -> dict[str, int]:
    return p.bases()


def test_the_inferred_grouping_leaves_no_region_out(base):
    population = data.read("population")
    nation = population.loc[
        (population["iso"] == "KZ") & (population["year"] == p.BASE_YEAR), "persons"
    ].item()
    assert sum(base[m] for m in p.MACRO_REGIONS) == nation == base[p.NATION], (
        "the macro-regions must sum to the official total: see regions.macro_region_inferred"
    )
    assert sum(base[r] for r in p.NORTH) == base["North"], "the North must be its three regions"


def test_a_year_without_a_region_is_refused():
    with pytest.raises(ValueError, match=r"no population of .*KZ-10.* in 2000"):
        p.bases(2000)


def test_the_parts_always_add_up_to_the_country(base):
    outcome = p.project(STATED, base)
    assert outcome.loc[list(p.MACRO_REGIONS), "persons"].sum() == pytest.approx(
        base[p.NATION] * 1.41
    )
    assert outcome.loc[list(p.MACRO_REGIONS), "share_pct"].sum() == pytest.approx(100)
    # 785,708 * 0.96 + 835,686 * 0.76 + 539,111 * 0.62, by hand
    assert outcome.loc["North", "persons"] == pytest.approx(1_723_649.86)


def test_equal_growth_keeps_the_shares(base):
    outcome = p.project(p.Forecast(*[20.0] * 7, loss_2030=0), base)
    for area in p.MACRO_REGIONS:
        assert outcome.loc[area, "share_pct"] == pytest.approx(100 * base[area] / base[p.NATION])


def test_too_much_growth_leaves_the_west_less_than_nothing(base):
    assert p.project(replace(STATED, national=0), base).loc["West", "persons"] < 0, (
        "settings that cannot be must show as a negative remainder"
    )


def test_one_forecast_meets_every_number_that_the_paper_states(base):
    checked = p.check(STATED, base)
    assert checked["holds"].all(), f"these do not hold: {list(checked[~checked['holds']]['name'])}"
    assert (checked["stated_by"] == "the paper").sum() == 9


@pytest.mark.parametrize(
    ("change", "unmet"),
    [
        ({"akmola": -3}, {"akmola_loss_2050_pct"}),
        ({"loss_2030": 93}, {"north_loss_2030_people"}),
        ({"loss_2030": 100}, {"north_loss_2030_people", "north_loss_2030_pct"}),
        ({"center_east": 20}, {"center_east_share_2050_pct"}),
        ({"megacities": 160}, {"megacities_share_2050_pct", "reported_south_share"}),
    ],
)
def test_a_setting_outside_its_number_breaks_that_number_alone(base, change, unmet):
    checked = p.check(replace(STATED, **change), base)
    assert set(checked[~checked["holds"]]["name"]) == unmet


def test_a_value_on_the_edge_of_rounding_holds(base):
    holds = p.check(replace(STATED, akmola=-4.5), base).set_index("name")["holds"]
    assert holds["akmola_loss_2050_pct"], (
        "which way a tie was rounded is not known, so the edge belongs to the interval"
    )


def test_ranges_of_the_settings_agree_with_the_share_of_the_north_by_hand(base):
    found = p.feasible_settings(base).set_index("area")
    akmola, kostanay, north_kazakhstan = base["akmola"], base["kostanay"], base["north_kazakhstan"]
    least = max(0.795 * base["North"], 0.955 * akmola + 0.755 * kostanay + 0.615 * north_kazakhstan)
    most = min(0.805 * base["North"], 0.965 * akmola + 0.765 * kostanay + 0.625 * north_kazakhstan)
    assert found.loc["North", "persons_low"] == pytest.approx(least)
    assert found.loc["North", "persons_high"] == pytest.approx(most)
    assert found.loc[p.NATION, "persons_low"] == pytest.approx(least / 0.065)
    assert found.loc[p.NATION, "persons_high"] == pytest.approx(most / 0.055)


def test_no_forecast_on_a_grid_meets_the_numbers_outside_the_ranges(base):
    ranges = p.feasible_settings(base).set_index("area")
    low, high = ranges.loc[p.NATION, ["growth_low", "growth_high"]]
    met = [
        n
        for n, m, c in itertools.product(range(20, 75, 5), range(90, 190, 10), range(-30, 15, 3))
        if p.check(replace(STATED, national=n, megacities=m, center_east=c), base)
        .query("stated_by == 'the paper'")["holds"]
        .all()
    ]
    assert met
    assert low <= min(met)
    assert max(met) <= high


def test_the_pipeline_multiplies_its_shares():
    assert list(p.stages(SERPIN).values()) == pytest.approx([1000, 900, 720, 360, 90, 57.6])


def test_the_stock_is_the_sum_of_its_cohorts_counted_year_by_year():
    people: list[float] = []
    for _ in range(8):
        people = [heads * 0.8 for heads in people] + [90.0]  # 64 % after two years is 80 % a year
    assert p.stock(SERPIN, 8) == pytest.approx(sum(people))
    assert p.stock(replace(SERPIN, stay=100), 8) == pytest.approx(720), (
        "if nobody leaves, eight cohorts are there"
    )


def test_at_break_even_the_stock_equals_the_loss():
    needed = p.break_even_grants(SERPIN, 92_000, 8)
    assert p.stock(replace(SERPIN, grants=needed), 8) == pytest.approx(92_000)
    whole = replace(SERPIN, enrolled=100, graduate=100, employed=100, north=100, grants=30_000)
    share = p.break_even_settled(whole, 92_000, 8)
    assert p.stock(replace(whole, north=share), 8) == pytest.approx(92_000)


def test_where_nobody_settles_no_number_of_grants_suffices():
    assert p.break_even_grants(replace(SERPIN, employed=0), 92_000, 8) == float("inf")
    assert p.break_even_settled(replace(SERPIN, grants=0), 92_000, 8) == float("inf")


@pytest.mark.parametrize("wrong", [{"stay": 101}, {"north": -1}, {"grants": -1}, {"stay_years": 0}])
def test_assumptions_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="shares lie between"):
        p.Pipeline(**{**asdict(SERPIN), **wrong})


def test_the_path_of_the_loss_meets_the_two_stated_points(base):
    loss = p.loss_path(base).set_index("year")["loss"]
    assert loss[2022] == 0
    assert loss[2030] == 92_000
    assert loss[2026] == 46_000
    assert loss[2050] == pytest.approx(0.2 * base["North"])
    assert loss[2040] == pytest.approx((loss[2030] + loss[2050]) / 2)
