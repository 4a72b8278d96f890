"""The tests are alive: a wrong digit in the paper's tables is noticed, and every check can say yes and no.

Mutation testing after DeMillo, Lipton and Sayward (1978). A mutant is one table of data/paper with one numeric cell a
single step of its last printed decimal up, or down. It is caught if its description refuses it, if a verdict changes,
if a check can no longer run, or if the ledger's own copy of the number disagrees (double entry).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from proofbook import checks, data
from proofbook import ledger as claims
from proofbook.checks import CHECKS, Claim, Tables, register, run
from proofbook.data import Printed

register()

SHARE_CAUGHT = 0.95

# Mutants that nothing in the paper contradicts: (table, column, row, step) and why. A pattern of None stands for any.
SUM_99 = "The printed shares of this row add up to 99: one step down is 98, which five roundings still allow."
SUM_101 = "The printed shares of this row add up to 101: one step up is 102, which five roundings still allow."
ALONE = "No sum, no second place and no report gives the grants of this year."
YEAR = "The two lists print different years for this work; each of them is one that the other place allows."
SURVIVORS = {
    **{
        ("table1", "share_pct", f"Megacities.{b}", -1): SUM_99
        for b in ("0-9", "10-19", "20-34", "35-59", "60+")
    },
    **{
        ("table1", "share_pct", f"North.{b}", -1): SUM_99
        for b in ("0-9", "10-19", "20-34", "35-59", "60+")
    },
    **{
        ("table1", "share_pct", f"Center and East.{b}", 1): SUM_101
        for b in ("0-9", "10-19", "20-34", "35-59", "60+")
    },
    **{
        ("table3", "grants", y, s): ALONE
        for y in ("2016-2017", "2017-2018", "2020-2021", "2021-2022", "2024-2025")
        for s in (1, -1)
    },
    ("citations", "year", "cit-19", -1): YEAR,
    ("reference_lists", "year", "second.8", -1): YEAR,
    (
        "claims",
        "printed",
        "c-ref-003",
        1,
    ): "The number of different works differs from the printed one already; one more differs too.",
}


class Mutant(NamedTuple):
    """One wrong cell: where it is, and the table that holds it."""

    table: str
    column: str
    row: str
    step: int
    frame: pd.DataFrame
    guards: pd.DataFrame  # rows of the ledger that hold a copy of a number of this table


def mutants() -> Iterator[Mutant]:
    """Yield every numeric cell of data/paper, one step up and one step down."""
    ledger = data.read_text("claims")
    for name in data.names():
        descriptor = data.describe(name)
        if not descriptor["path"].startswith("paper/"):
            continue
        text, schema = data.read_text(name), descriptor["schema"]
        guards = ledger[ledger["address"].str.contains(rf"(?:^|; ){name}\.")]
        for field in schema["fields"]:
            if field["type"] not in ("integer", "number"):
                continue
            for i, cell in enumerate(text[field["name"]]):
                if not cell:
                    continue
                label = ".".join(text.at[i, k] for k in schema["primaryKey"])
                for step in (1, -1):
                    # Rows of the ledger do not depend on each other, so that one alone stands for the whole table.
                    frame = (
                        text.iloc[[i]].reset_index(drop=True) if name == "claims" else text.copy()
                    )
                    unit = Decimal(1).scaleb(Decimal(cell).as_tuple().exponent)
                    frame.at[0 if name == "claims" else i, field["name"]] = str(
                        Decimal(cell) + step * unit
                    )
                    yield Mutant(
                        name,
                        field["name"],
                        label,
                        step,
                        frame,
                        frame if name == "claims" else guards,
                    )


def fate(mutant: Mutant, before: dict[str, checks.Result]) -> str:
    """Return how a mutant is caught: description, verdict, failure, double entry; or an empty text."""
    changed = {mutant.table: mutant.frame}
    try:
        data.read(
            mutant.table,
            mutant.frame.to_csv(index=False, lineterminator="\n").encode(),
            verify_checksum=False,
        )
    except data.DataError:
        return "description"
    try:
        after = claims.verdicts(changed)
    except Exception:
        return "failure"
    if any(after[i].verdict != before[i].verdict for i in after):
        return "verdict"
    # A changed row of the ledger meets the tables as they are; a changed table meets the ledger as it is.
    return (
        "double entry"
        if claims.problems(mutant.guards, {} if mutant.table == "claims" else changed)
        else ""
    )


@pytest.fixture(scope="module")
def run_of_mutants() -> tuple[dict[tuple[str, str, str, int], str], float]:
    start, before = time.process_time(), claims.verdicts()
    found = {m[:4]: fate(m, before) for m in mutants()}
    return found, time.process_time() - start


@pytest.fixture
def fates(run_of_mutants) -> dict[tuple[str, str, str, int], str]:
    return run_of_mutants[0]


def test_the_mutants_take_less_than_a_minute(run_of_mutants):
    assert run_of_mutants[1] < 60, (
        f"{len(run_of_mutants[0])} mutants took {run_of_mutants[1]:.0f} s of processor time; run fewer checks per mutant"
    )


def test_a_wrong_digit_is_noticed(fates):
    caught = sum(bool(f) for f in fates.values())
    assert caught / len(fates) >= SHARE_CAUGHT, (
        f"{caught} of {len(fates)} wrong digits are noticed ({dict(Counter(fates.values()))}); bind a check to the cells of {missed(fates)[:20]}"
    )


def test_a_wrong_digit_in_the_tables_of_the_paper_is_noticed(fates):
    """The same without the ledger, the citations and the reference lists, whose cells are easy to guard."""
    own = {k: f for k, f in fates.items() if k[0] not in ("claims", "citations", "reference_lists")}
    caught = sum(bool(f) for f in own.values())
    assert caught / len(own) >= SHARE_CAUGHT, (
        f"{caught} of {len(own)} are noticed; bind a check to the cells of {missed(own)[:20]}"
    )


def test_most_wrong_digits_are_noticed_by_more_than_a_second_copy(fates):
    """Double entry guards the transcription; the ledger must do more than compare two copies."""
    own = [f for k, f in fates.items() if k[0] not in ("claims", "citations", "reference_lists")]
    deep = sum(f in ("verdict", "failure", "description") for f in own)
    assert deep / len(own) >= 0.7, (
        f"only {deep} of {len(own)} change a verdict or break a constraint: {Counter(own)}"
    )


def test_a_wrong_digit_in_what_the_regression_uses_changes_a_verdict(fates):
    blind = [
        k
        for k, f in fates.items()
        if k[0] in ("table4", "table5", "equation")
        and f not in ("verdict", "description")
        and k[2] != "2022"
    ]
    assert not blind, (
        f"these cells are printed results or their data, and no verdict depends on them: {blind}"
    )


def test_survivors_are_known_and_the_reasons_still_hold(fates):
    unknown = sorted(k for k in missed(fates) if k not in SURVIVORS)
    assert not unknown, (
        f"nobody notices {unknown}; bind a check to these cells, or list them in SURVIVORS with the reason"
    )
    caught = sorted(k for k in SURVIVORS if fates.get(k))
    assert not caught, f"these are caught now, take them out of SURVIVORS: {caught}"


def missed(fates: dict[tuple[str, str, str, int], str]) -> list[tuple[str, str, str, int]]:
    """Return the mutants that nobody notices."""
    return [k for k, f in fates.items() if not f]


# ---------------------------------------------------------------------------------- every check can say each of its words


def column(table: str, name: str, values: dict[str, str]) -> dict[str, pd.DataFrame]:
    """Return a table with cells of a column changed; a row is named by its first column, or by the first two and a dot."""
    frame = data.read_text(table)
    labels = (
        frame.iloc[:, 0]
        if not any(k.count(".") for k in values)
        else frame.iloc[:, 0].str.cat(frame.iloc[:, 1], ".")
    )
    for label, value in values.items():
        assert (labels == label).any(), f"no row {label!r} in {table}"
        frame.loc[labels == label, name] = value
    return {table: frame}


def migration(make: Callable[[pd.DataFrame], pd.Series]) -> dict[str, pd.DataFrame]:
    """Return Table 4 with another migration in its complete years."""
    frame, complete = data.read_text("table4"), data.read("table4").dropna().astype(float)
    frame.loc[complete.index, "migration_persons"] = [str(int(v)) for v in make(complete)]
    return {"table4": frame}


def wobble(n: int) -> np.ndarray:
    """Return an error without autocorrelation: fixed numbers, large against rounding."""
    return (
        500.0
        * np.array([3, -1, 0, 2, -4, 1, -2, 3, 0, -3, 1, 2, -1, -2, 4, 0, -3, 2, 1, -4, 1])[:n]
    )


BASE = 'base_named("statements.serpin_noncompliance_students.value", "statements.serpin_noncompliance_pct.value", "table3.*.grants")'
FAMILIES = 'people_per_group("statements.enbek_people.value")'
IMPLIED = 'implied_population("statements.north_loss_2030_people.value", "statements.north_loss_2030_pct.value", "{}", "statements.north_loss_base_year.value")'
OLD = "statements.oldest_age_from.value"
AGES = '"statements.megacities_age_from.value", "statements.megacities_age_to.value"'
GDP = "table4.*.gdp_billion_dollars"

# check -> verdict -> (arguments as in the ledger, printed number, changed tables, kind); left out: "", {}, "number"
CASES: dict[str, dict[str, tuple]] = {
    "unsupported": {"unsupported": ("unsupported",)},
    "unverifiable": {"unverifiable": ("unverifiable",)},
    "same": {
        "reproduced": ('same("figure1.Megacities.2023.share_pct")', "24"),
        "consistent": ('same("equation.b1.value")', "3336.59"),
        "contradicted": ('same("figure1.Megacities.2023.share_pct")', "25"),
    },
    "total": {
        "reproduced": ('total("table2.*.sending_universities")', "60"),
        "consistent": ('total("table1.North.*.share_pct", to=100)',),
        "contradicted": ('total("table2.*.sending_universities")', "61"),
    },
    "balance": {
        "reproduced": ('balance("table2.*.sent_students", "table2.*.received_students")',),
        "contradicted": (
            'balance("table2.*.sending_universities", "table2.*.receiving_universities")',
        ),
    },
    "room": {
        "consistent": ('room("figure1.*.share_pct")',),
        "contradicted": ('room("table1.*.35-59.share_pct")',),
    },
    "wider": {
        "consistent": ('wider("figure1.*.share_pct", "figure2.*.share_pct")',),
        "contradicted": ('wider("figure2.*.share_pct", "figure1.*.share_pct")',),
    },
    "most": {
        "reproduced": (
            'most("figure1.*.share_pct", "South", "North")',
            "",
            column("figure1", "share_pct", {"South": "60"}),
        ),
        "consistent": ('most("figure1.*.share_pct", "South", "North")',),
        "contradicted": ('most("figure1.*.share_pct", "North", "North")',),
        "unverifiable": ('most("figure4.*.share_pct", "exchange funds")',),
    },
    "ordered": {
        "reproduced": ('ordered("falling", "village_fields.*.people_thousand")',),
        "contradicted": ('ordered("rising", "table3.*.grants")',),
    },
    "extreme": {
        "reproduced": ('extreme("largest", "survey_reasons.*.share_pct", "no work")',),
        "consistent": ('extreme("smallest", "survey_reasons.*.share_pct", "poor ecology")',),
        "contradicted": ('extreme("largest", "survey_reasons.*.share_pct", "low wages")',),
    },
    "uneven": {
        "consistent": ('uneven("table1.*.60+.share_pct")',),
        "contradicted": ('uneven("table1.[WM]*.35-59.share_pct")',),
    },
    "span": {
        "reproduced": (
            'span("statements.foreign_branches_from_year.value", "statements.foreign_branches_to_year.value")',
            "2",
        ),
        "contradicted": (
            'span("statements.foreign_branches_from_year.value", "statements.foreign_branches_to_year.value")',
            "3",
        ),
    },
    "not_before": {
        "consistent": ('not_before("statements.serpin_start_year.value")', "2014"),
        "contradicted": ('not_before("statements.serpin_start_year.value")', "2013"),
    },
    "first_year": {
        "reproduced": ('first_year("table3", "academic_year")', "2014"),
        "contradicted": ('first_year("table3", "academic_year")', "2015"),
    },
    "still_runs": {
        "reproduced": ('still_runs("statements.support_2024_year.value")',),
        "contradicted": ('still_runs("statements.forecast_to_year.value")',),
    },
    "rose": {
        "reproduced": (
            'rose("statements.sending_universities_2018.value", "statements.receiving_universities_2018.value")',
        ),
        "contradicted": (
            'rose("statements.receiving_universities_2018.value", "statements.sending_universities_2018.value")',
        ),
    },
    "people_per_group": {"unverifiable": (FAMILIES, "7965"), "contradicted": (FAMILIES, "79650")},
    "complements": {
        "consistent": ('complements("statements.serpin_noncompliance_pct.value")', "64.2"),
        "unverifiable": ('complements("statements.serpin_noncompliance_pct.value")', "17"),
    },
    "base_named": {
        "consistent": (BASE, "3200", column("table3", "grants", {"2014-2015": "9000"})),
        "unverifiable": (BASE, "3200"),
    },
    "share_of_sample": {
        "reproduced": ("share_of_sample()", "39.7"),
        "consistent": ("share_of_sample()", "45"),
        "contradicted": ("share_of_sample()", "39.6"),
    },
    "sample_size": {
        "reproduced": ("sample_size()", "121"),
        "consistent": ("sample_size()", "242"),
        "contradicted": ("sample_size()", "120"),
    },
    "one_reason_each": {
        "reproduced": ("one_reason_each()",),
        "contradicted": (
            "one_reason_each()",
            "",
            column("survey_reasons", "share_pct", {"poor ecology": "0.9"}),
        ),
    },
    "two_groups": {
        "reproduced": ('two_groups("survey.women_pct.value", "survey.men_pct.value")',),
        "contradicted": ('two_groups("survey.women_pct.value", "survey.women_pct.value")',),
    },
    "leads": {
        "reproduced": (
            'leads("no work")',
            "",
            column("survey_reasons", "share_pct", {"no work": "57.9", "no housing": "8.3"}),
        ),
        "consistent": ('leads("no work")',),
        "contradicted": ('leads("low wages")',),
    },
    "mainly": {
        "reproduced": ('mainly("no work", "low wages", "no housing")', "", {}, "direction"),
        "consistent": ('mainly("no work", "low wages", "no housing")', "", {}, "causal"),
        "contradicted": ('mainly("low wages")',),
        "unsupported": ('mainly("no work", asked=False)',),
    },
    "named_reason": {
        "consistent": ('named_reason("no work")',),
        "unsupported": ('named_reason("lack of educational opportunities")',),
    },
    "age_group": {
        "reproduced": ('age_group(["0-9", "10-19"], ["West", "South"])',),
        "consistent": ('age_group(["0-9"], ["South"])',),
        "contradicted": ('age_group(["0-9"], ["North"])',),
    },
    "more_than_half": {
        "reproduced": (f'more_than_half("{OLD}", ["North", "Center and East"])',),
        "consistent": (
            f'more_than_half("{OLD}", ["North"])',
            "",
            column("table1", "share_pct", {"North.35-59": "32", "North.0-9": "16"}),
        ),
        "contradicted": (f'more_than_half("{OLD}", ["South"])',),
    },
    "dominated": {
        "consistent": (f'dominated("Megacities", {AGES})',),
        "contradicted": (f'dominated("West", {AGES})',),
    },
    "mixture": {
        "consistent": ("mixture()",),
        "contradicted": (
            "mixture()",
            "",
            column("table1", "share_pct", {"Kazakhstan.0-9": "26", "Kazakhstan.60+": "7"}),
        ),
    },
    "population_share": {
        "consistent": ('population_share("South", [2023, 2024])', "32"),
        "contradicted": ('population_share("South", [2023, 2024])', "33"),
    },
    "smallest_population": {
        "consistent": ('smallest_population("North", 2023)',),
        "contradicted": ('smallest_population("West", 2023)',),
    },
    "implied_population": {
        "consistent": (IMPLIED.format("North"), "4"),
        "contradicted": (IMPLIED.format("South"), "4"),
    },
    "northern_decline": {
        "consistent": ("northern_decline()", "20"),
        "contradicted": ("northern_decline()", "22"),
    },
    "projected_share": {
        "consistent": (
            'projected_share("North", "2023-12", "statements.north_loss_2050_pct.value")',
            "6",
        ),
        "contradicted": (
            'projected_share("North", "2023-12", "statements.north_loss_2050_pct.value")',
            "8",
        ),
    },
    "two_thirds": {"consistent": ("two_thirds()", "37"), "contradicted": ("two_thirds()", "70")},
    "national_ages": {
        "consistent": ("national_ages(2023)",),
        "contradicted": ("national_ages(2050)",),
    },
    "edition": {"consistent": ('edition("12")', "2023"), "contradicted": ('edition("12")', "2021")},
    "income_gap": {"consistent": ("income_gap()", "4"), "contradicted": ("income_gap()", "9")},
    "product_gap": {"consistent": ("product_gap(3.0)",), "contradicted": ("product_gap(30.0)",)},
    "wages": {
        "consistent": ('wages("below", "North")',),
        "contradicted": ('wages("above", "North")',),
        "unsupported": ('wages("above", "Megacities")',),
    },
    "lowest_wages": {
        "consistent": ('lowest_wages("KZ-59", 5)',),
        "contradicted": ('lowest_wages("KZ-71", 5)',),
    },
    "has_unemployment": {
        "consistent": ('has_unemployment("North", 2022)',),
        "contradicted": ('has_unemployment("Center and East", 2022)',),
    },
    "net_migration": {
        "consistent": ('net_migration(["Megacities"], "gain")',),
        "contradicted": ('net_migration(["Megacities"], "loss")',),
        "unsupported": ('net_migration(["South"], "loss")',),
    },
    "official_migration": {
        "consistent": ("official_migration(2022)", "803033"),
        "contradicted": ("official_migration(2022)", "222600"),
    },
    "press_change": {
        "consistent": ("press_change(2021)",),
        "contradicted": ("press_change(2022)",),
    },
    "arrivals_share": {
        "unverifiable": ('arrivals_share("North", ["KZ-10", "KZ-55", "KZ-63"], 2022)', "12.6")
    },
    "weo_series": {
        "consistent": ('weo_series("gdp_billion_dollars", "PPPGDP")',),
        "contradicted": ('weo_series("gdp_billion_dollars", "NGDPD")',),
    },
    "national_unemployment": {
        "consistent": ("national_unemployment(4)",),
        "contradicted": ("national_unemployment(0)",),
    },
    "gdp_level": {
        "consistent": ("gdp_level(2022)", "225.5"),
        "contradicted": ("gdp_level(2022)", "103.2"),
    },
    "dollars": {
        "consistent": (f'dollars("{GDP}")',),
        "contradicted": ('dollars("table4.*.unemployment_pct")',),
    },
    "press_figure": {
        "consistent": (
            'press_figure("Economic mobility certificate", "2023-2025", "share of the housing price")',
            "50",
        ),
        "contradicted": (
            'press_figure("Economic mobility certificate", "2023-2025", "share of the housing price")',
            "40",
        ),
    },
    "at_most_reported": {
        "consistent": (
            'at_most_reported("Resettlement to the north", "2017-2025", "people resettled")',
            "30000",
        ),
        "contradicted": (
            'at_most_reported("Resettlement to the north", "2017-2025", "people resettled")',
            "70000",
        ),
    },
    "grants_reported": {
        "consistent": ('grants_reported("2018-2019", ["university grants", "college grants"])',),
        "contradicted": ('grants_reported("2017-2018", ["grants planned"])',),
    },
    "not_found_either": {
        "consistent": ('not_found_either("2019-2020")',),
        "contradicted": ('not_found_either("2018-2019")',),
    },
    "at_least_awarded": {
        "consistent": ('at_least_awarded("2014-2016", "grants, three years", 3)',),
        "contradicted": ('at_least_awarded("2014-2016", "grants, three years", 1)',),
    },
    "programme_start": {
        "consistent": ('programme_start("With a diploma to the village")', "2009"),
        "contradicted": ('programme_start("With a diploma to the village")', "2010"),
    },
    "not_available": {
        "contradicted": ('not_available("Serpin", ["graduates", "employed"])',),
        "unverifiable": ('not_available("Serpin", ["stayed"])',),
    },
    "recipients": {"consistent": ('recipients("North")',), "unsupported": ('recipients("West")',)},
    "foreign_students": {
        "consistent": ("foreign_students()", "4.4"),
        "contradicted": ("foreign_students()", "5.4"),
    },
    "reported_share": {
        "consistent": ('reported_share("Serpin", "2018-2021", "employed", "graduates", 50.0)',),
        "unsupported": (
            'reported_share("Resettlement to the north", "2017-2025", "people returned", "people resettled", 50.0)',
        ),
    },
    "estimate": {
        "reproduced": ('estimate("b1")', "3336.5875"),
        "consistent": ('estimate("b1")', "3336.58749"),
        "contradicted": ('estimate("b1")', "3336.5876"),
    },
    "fit_identity": {
        "reproduced": ('fit_identity("square")',),
        "contradicted": (
            'fit_identity("adjusted")',
            "",
            column("table5", "value", {"observations": "22"}),
        ),
    },
    "usable_years": {
        "reproduced": ("usable_years()", "21"),
        "contradicted": ("usable_years()", "22"),
    },
    "regressors": {
        "reproduced": ('regressors("gdp_billion_dollars", "unemployment_pct")',),
        "contradicted": ('regressors("gdp_billion_dollars", "students")',),
    },
    "in_the_model": {
        "consistent": ('in_the_model("unemployment")',),
        "unsupported": ('in_the_model("educat")',),
    },
    "survives": {
        "consistent": ('survives("b1")', "", migration(lambda t: 3000 * t["gdp_billion_dollars"])),
        "contradicted": (
            'survives("b1")',
            "",
            migration(
                lambda t: 200_000 * (t["year"] - 2000) - 3000 * t["gdp_billion_dollars"] + 600_000
            ),
        ),
        "unsupported": ('survives("b1")',),
    },
    "sound_levels": {
        "consistent": (
            "sound_levels()",
            "",
            migration(lambda t: 3000 * t["gdp_billion_dollars"] + wobble(len(t))),
        ),
        "unsupported": ("sound_levels()",),
    },
    "coefficient_sign": {
        "reproduced": ('coefficient_sign("b1")',),
        "contradicted": (
            'coefficient_sign("b1")',
            "",
            migration(lambda t: 2_000_000 - 3000 * t["gdp_billion_dollars"]),
        ),
    },
    "inside_the_data": {
        "consistent": (
            "inside_the_data()",
            "",
            column("equation", "value", {"b0": "5.0"})
            | {
                "table4": data.read_text("table4").assign(
                    gdp_billion_dollars=[str(i) for i in range(22)],
                    unemployment_pct=[str(i) for i in range(22)],
                )
            },
        ),
        "unsupported": ("inside_the_data()",),
    },
    "frequency": {"consistent": ("frequency(1)",), "unsupported": ("frequency(12)",)},
    "series": {
        "consistent": ('series("table4.*.migration_persons", 10)',),
        "unsupported": ('series("table4.*.migration_persons", 100)',),
    },
    "cites": {
        "consistent": ('cites("cit-01", "universit", "cit")',),
        "contradicted": (
            'cites("cit-01", "universit")',
            "",
            column("citations", "year", {"cit-01": "1989"}),
        ),
        "unsupported": ('cites("cit-10", "europe")',),
    },
    "page_inside": {
        "reproduced": ('page_inside("cit-18")', "49"),
        "consistent": ('page_inside("cit-18")', "55"),
        "contradicted": ('page_inside("cit-18")', "62"),
    },
    "entry_count": {
        "reproduced": ('entry_count("first")', "33"),
        "contradicted": ('entry_count("first")', "32"),
    },
    "different_works": {
        "reproduced": ("different_works()", "32"),
        "contradicted": ("different_works()", "33"),
    },
    "listed": {
        "reproduced": ('listed("concept2022", "issue")', "961"),
        "contradicted": ('listed("concept2022", "issue")', "916"),
    },
    "in_title": {
        "consistent": ('in_title("demographic2023")', "2050"),
        "contradicted": ('in_title("demographic2023")', "2040"),
    },
    "newest_work": {
        "consistent": ("newest_work()", "2024"),
        "contradicted": ("newest_work()", "2022"),
    },
    "all_cited": {
        "reproduced": ("all_cited()",),
        "contradicted": ("all_cited()", "", column("citations", "key", {"cit-46": ""})),
    },
    "all_listed": {
        "reproduced": (
            "all_listed()",
            "",
            column(
                "citations",
                "name",
                {
                    "cit-12": "Ledeneva",
                    "cit-27": "Ledeneva",
                    "cit-13": "Toleuov",
                    "cit-28": "Toleuov",
                },
            ),
        ),
        "consistent": ("all_listed()",),
        "contradicted": ("all_listed()", "", column("citations", "key", {"cit-46": ""})),
    },
    "lists_agree": {
        "reproduced": ('lists_agree("doi")',),
        "contradicted": ('lists_agree("year", "bugubaeva2017")',),
        "unsupported": ('lists_agree("url", "kapital2023")',),
    },
    "doi_fits": {
        "consistent": ('doi_fits("ledeneva2021")',),
        "contradicted": ('doi_fits("toleuov2020")',),
    },
    "few_works": {
        "consistent": ('few_works("internal|serpin", "kazakhstan|serpin", most=3)',),
        "unsupported": ('few_works("kazakhstan", most=3)',),
    },
    "many_works": {
        "consistent": ('many_works("Literature review", 10)',),
        "unsupported": ('many_works("Literature review", 100)',),
    },
    "named_among": {
        "consistent": ('named_among("Literature review", "paragraph 1", "kazakhstan", "russia")',),
        "unsupported": ('named_among("Literature review", "paragraph 1", "germany")',),
    },
    "old_enough": {
        "consistent": ('old_enough("cit-46", "statements.village_allowances_year.value")',),
        "unsupported": ('old_enough("cit-43", "statements.foreign_students_share_year.value")',),
    },
    "cites_anything": {
        "consistent": ('cites_anything("Introduction")',),
        "unsupported": ('cites_anything("Conclusion")',),
    },
    "source_says": {
        "consistent": ('source_says("doroshenko2019", "age to")', "34"),
        "contradicted": ('source_says("doroshenko2019", "age to")', "35"),
        "unsupported": ('source_says("doroshenko2019", "age from")', "2"),
    },
}
PAIRS = [(name, verdict) for name, check in CHECKS.items() for verdict in check.can_return]


@pytest.mark.parametrize(("name", "verdict"), PAIRS, ids=[f"{n}-{v}" for n, v in PAIRS])
def test_a_check_can_return_each_of_its_verdicts(name, verdict):
    assert verdict in CASES.get(name, {}), (
        f"add to CASES how {name} comes to say {verdict}, or take the verdict from its declaration"
    )
    text, printed, changed, kind = (
        *CASES[name][verdict],
        *("", {}, "number")[len(CASES[name][verdict]) - 1 :],
    )
    number = (
        Printed(printed, float(printed), len(printed.partition(".")[2]), "") if printed else None
    )
    contents = {n: f.to_csv(index=False, lineterminator="\n").encode() for n, f in changed.items()}
    with data.substitute(contents):
        result = run(Claim("c-abs-000", "Abstract", kind, number, text), Tables())
    assert result.verdict == verdict, (
        f"{text} with {printed or 'no number'} gives {result.verdict} ({result.computed}); expected {verdict}"
    )


def test_no_case_is_left_over():
    extra = {(n, v) for n, cases in CASES.items() for v in cases} - set(PAIRS)
    assert not extra, f"CASES names verdicts that no check declares: {extra}"


def test_every_check_is_used_by_a_claim():
    used = {text.partition("(")[0] for text in data.read_text("claims")["check"]}
    idle = sorted(set(CHECKS) - used)
    assert not idle, f"no claim uses {idle}: bind one or remove the check"
