"""The tests are alive: a planted error is noticed, and every check can say yes and no."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest
from tools.plant_errors import fate, plant

from proofbook import checks, data
from proofbook.checks import CHECKS, Claim, Tables, register, run
from proofbook.data import Printed

register()

SHARE_CAUGHT = 0.98

# Mutants that nothing in the paper contradicts: (table, column, row, step) and why. A pattern of
# None stands for any.
SUM_99 = (
    "The printed shares of this row add up to 99: one step down is 98, which five roundings "
    "still allow."
)
SUM_101 = (
    "The printed shares of this row add up to 101: one step up is 102, which five roundings "
    "still allow."
)
YEAR = (
    "The two lists print different years for this work; each of them is one that the other "
    "place allows."
)
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
    ("citations", "year", "cit-19", -1): YEAR,
    ("reference_lists", "year", "second.8", -1): YEAR,
    (
        "claims",
        "printed",
        "c-ref-003",
        1,
    ): "The number of different works differs from the printed one already; one more differs too.",
}


@pytest.fixture(scope="module")
def run_of_mutants() -> tuple[dict[tuple[str, str, str, int], str], float]:
    start, before = time.process_time(), checks.verdicts()
    found = {m.place: fate(m, before) for m in plant("one digit")}
    return found, time.process_time() - start


@pytest.fixture
def fates(run_of_mutants) -> dict[tuple[str, str, str, int], str]:
    return run_of_mutants[0]


def test_the_mutants_take_less_than_a_minute(run_of_mutants):
    assert run_of_mutants[1] < 60, (
        f"{len(run_of_mutants[0])} mutants took {run_of_mutants[1]:.0f} s of processor time; "
        "run fewer checks per mutant"
    )


def test_a_wrong_digit_is_noticed(fates):
    caught = sum(bool(f) for f in fates.values())
    assert caught / len(fates) >= SHARE_CAUGHT, (
        f"{caught} of {len(fates)} wrong digits are noticed ({dict(Counter(fates.values()))}); "
        f"bind a check to the cells of {missed(fates)[:20]}"
    )


def test_a_wrong_digit_in_the_tables_of_the_paper_is_noticed(fates):
    """The same without the ledger, the citations and the reference lists, whose cells are easy to
    guard."""
    tables = {
        k: f for k, f in fates.items() if k[0] not in ("claims", "citations", "reference_lists")
    }
    caught = sum(bool(f) for f in tables.values())
    assert caught / len(tables) >= 0.95, (
        f"{caught} of {len(tables)} are noticed; bind a check to the cells of {missed(tables)[:20]}"
    )


def test_most_wrong_digits_are_noticed_by_more_than_a_second_copy(fates):
    """Double entry guards the transcription; the ledger must do more than compare two copies."""
    tables = [f for k, f in fates.items() if k[0] not in ("claims", "citations", "reference_lists")]
    deep = sum(f in ("verdict", "failure", "description") for f in tables)
    assert deep / len(tables) >= 0.7, (
        f"only {deep} of {len(tables)} change a verdict or break a constraint: {Counter(tables)}"
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
        f"nobody notices {unknown}; bind a check to these cells, or list them in SURVIVORS with "
        "the reason"
    )
    caught = sorted(k for k in SURVIVORS if fates.get(k))
    assert not caught, f"these are caught now, take them out of SURVIVORS: {caught}"


def test_the_audit_page_records_these_counts(fates):
    row = data.read("planted_errors").set_index("kind").loc["one digit"]
    noticed = int(row[["description", "verdict", "failure", "double_entry"]].sum())
    assert (int(row["planted"]), noticed) == (len(fates), sum(map(bool, fates.values()))), (
        "run `python tools/plant_errors.py` and `python -m proofbook.data`"
    )


def test_errors_of_other_kinds_are_noticed():
    rows = data.read("planted_errors").set_index("kind")
    rows = rows[~rows.index.str.startswith("false text")]
    noticed = rows[["description", "verdict", "failure", "double_entry"]].sum(axis=1)
    assert (noticed / rows["planted"]).min() >= 0.9, f"too few are noticed: {noticed}"


def test_most_false_texts_of_numbers_are_noticed():
    row = data.read("planted_errors").set_index("kind").loc["false text: number"]
    assert row["wording"] / row["planted"] >= 0.5, "see proofbook.wording: too few are noticed"


def test_a_reason_called_rare_is_found_if_it_is_frequent():
    shares = {"lack of educational opportunities": "39.7", "no work": "0.8"}
    tables = column("survey_reasons", "share_pct", shares)
    contents = {n: f.to_csv(index=False, lineterminator="\n").encode() for n, f in tables.items()}
    check = 'named_reason("lack of educational opportunities")'
    with data.substitute(contents):
        found = run(Claim("c-abs-000", "Abstract", "causal", None, check), Tables())
    assert found.verdict == "consistent", "the check must be able to speak for the paper"


def missed(fates: dict[tuple[str, str, str, int], str]) -> list[tuple[str, str, str, int]]:
    """Return the mutants that nobody notices."""
    return [k for k, f in fates.items() if not f]


# ---------------------------------------------------------------------------------- every check can
# say each of its words


def column(table: str, name: str, values: dict[str, str]) -> dict[str, pd.DataFrame]:
    """Return a table with cells of a column changed; a row is named by its first column, or by the
    first two and a dot."""
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


OLD = "statements.oldest_age_from.value"
AGES = '"statements.megacities_age_from.value", "statements.megacities_age_to.value"'
GDP = "table4.*.gdp_billion_dollars"

# check -> verdict -> (arguments as in the ledger, printed number, changed tables, kind); left out:
# "", {}, "number"
CASES: dict[str, dict[str, tuple]] = {
    "unsupported": {"unsupported": ("unsupported",)},
    "unverifiable": {"unverifiable": ("unverifiable",)},
    "most": {
        "consistent": ('most("figure1.*.share_pct", "South", "North")',),
        "contradicted": ('most("figure1.*.share_pct", "North", "North")',),
        "unverifiable": ('most("figure4.*.share_pct", "exchange funds")',),
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
        "consistent": ('leads("no work")',),
        "contradicted": ('leads("low wages")',),
    },
    "mainly": {
        "consistent": ('mainly("no work", "low wages", "no housing")',),
        "contradicted": ('mainly("low wages")',),
        "unsupported": ('mainly("no work", asked=False)',),
    },
    "named_reason": {
        "consistent": ('named_reason("no work")',),
        "unsupported": ('named_reason("lack of educational opportunities")',),
    },
    "age_group": {
        "consistent": ('age_group(["0-9", "10-19"], ["West", "South"])',),
        "contradicted": ('age_group(["0-9"], ["North"])',),
    },
    "more_than_half": {
        "consistent": (f'more_than_half("{OLD}", ["North", "Center and East"])',),
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
    "national_ages": {
        "consistent": ("national_ages(2023)",),
        "contradicted": ("national_ages(2050)",),
    },
    "product_gap": {"consistent": ("product_gap(3.0)",), "contradicted": ("product_gap(30.0)",)},
    "wages": {
        "consistent": ('wages("below", "North")',),
        "contradicted": ('wages("above", "North")',),
        "unsupported": ('wages("above", "Megacities")',),
    },
    "lowest_wages": {
        "consistent": ('lowest_wages("KZ-59")',),
        "contradicted": ('lowest_wages("KZ-71")',),
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
    "weo_series": {
        "consistent": ('weo_series("gdp_billion_dollars", "PPPGDP")',),
        "contradicted": ('weo_series("gdp_billion_dollars", "NGDPD")',),
    },
    "gdp_level": {
        "consistent": ("gdp_level(2022)", "225.5"),
        "contradicted": ("gdp_level(2022)", "103.2"),
    },
    "dollars": {
        "consistent": (f'dollars("{GDP}")',),
        "contradicted": ('dollars("table4.*.unemployment_pct")',),
    },
    "usable_years": {
        "reproduced": ("usable_years()", "21"),
        "contradicted": ("usable_years()", "22"),
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
        "consistent": ('coefficient_sign("b1")',),
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
    "cites": {
        "consistent": ('cites("cit-01", "universit", "cit")',),
        "contradicted": (
            'cites("cit-01", "universit")',
            "",
            column("citations", "year", {"cit-01": "1989"}),
        ),
        "unsupported": ('cites("cit-10", "europe")',),
    },
    "doi_fits": {
        "consistent": ('doi_fits("ledeneva2021")',),
        "contradicted": ('doi_fits("toleuov2020")',),
    },
    "many_works": {
        "consistent": ('many_works("Literature review", 10)',),
        "unsupported": ('many_works("Literature review", 100)',),
    },
    "named_among": {
        "consistent": ('named_among("Literature review", "paragraph 1", "kazakhstan", "russia")',),
        "unsupported": ('named_among("Literature review", "paragraph 1", "germany")',),
    },
    "source_says": {
        "consistent": ('source_says("doroshenko2019", "age to")', "34"),
        "contradicted": ('source_says("doroshenko2019", "age to")', "35"),
        "unsupported": ('source_says("doroshenko2019", "age from")', "2"),
    },
    "edition": {
        "consistent": ('edition("12")', "2023"),
        "unsupported": ('edition("12")', "2021"),
    },
    "income_gap": {
        "consistent": ("income_gap(2010)", "4"),
        "contradicted": ("income_gap(2010)", "2"),
    },
    "national_unemployment": {
        "consistent": ("national_unemployment()",),
        "contradicted": (
            "national_unemployment()",
            "",
            column("table4", "unemployment_pct", {str(y): "3" for y in range(2005, 2019)}),
        ),
    },
    "not_available": {
        "unsupported": ('not_available("Serpin", ["graduates", "employed"])',),
        "unverifiable": ('not_available("Serpin", ["stayed"])',),
    },
    "reported_alike": {
        "consistent": ('reported_alike("place of work", "any receiving region")',),
        "unsupported": ('reported_alike("place of work", "the region of study")',),
    },
    "recipients": {
        "consistent": ('recipients("North", "West")',),
        "unsupported": ('recipients("South")',),
    },
    "regressors": {
        "consistent": ('regressors("gdp_billion_dollars", "unemployment_pct")',),
        "contradicted": ('regressors("gdp_billion_dollars", "students")',),
    },
    "page_inside": {
        "consistent": ('page_inside("cit-18")', "49"),
        "contradicted": ('page_inside("cit-18")', "62"),
    },
    "entry_count": {
        "consistent": ('entry_count("first")', "33"),
        "contradicted": ('entry_count("first")', "32"),
    },
    "different_works": {
        "consistent": ("different_works()", "32"),
        "contradicted": ("different_works()", "33"),
    },
    "listed": {
        "consistent": ('listed("concept2022", "issue")', "961"),
        "contradicted": ('listed("concept2022", "issue")', "916"),
    },
    "in_title": {
        "consistent": ('in_title("demographic2023", "ends")', "2050"),
        "contradicted": ('in_title("demographic2023", "ends")', "2023"),
    },
    "all_cited": {
        "consistent": ("all_cited()",),
        "contradicted": ("all_cited()", "", column("citations", "key", {"cit-46": ""})),
    },
    "all_listed": {
        "consistent": ("all_listed()",),
        "contradicted": ("all_listed()", "", column("citations", "key", {"cit-46": ""})),
    },
    "lists_agree": {
        "consistent": ('lists_agree("doi")',),
        "contradicted": ('lists_agree("year", "bugubaeva2017")',),
        "unsupported": ('lists_agree("url", "kapital2023")',),
    },
    "old_enough": {
        "unsupported": ('old_enough("cit-43", "statements.foreign_students_share_year.value")',),
        "unverifiable": ('old_enough("cit-46", "statements.village_allowances_year.value")',),
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
        f"{text} with {printed or 'no number'} gives {result.verdict} ({result.computed}); "
        f"expected {verdict}"
    )


def test_no_case_is_left_over():
    extra = {(n, v) for n, cases in CASES.items() for v in cases} - set(PAIRS)
    assert not extra, f"CASES names verdicts that no check declares: {extra}"


def test_every_check_is_used_by_a_claim():
    texts = " ".join(data.read_text("claims")["check"])
    idle = sorted(n for n in {*CHECKS, *checks.QUANTITIES} if not re.search(rf"\b{n}\b", texts))
    assert not idle, f"no claim uses {idle}: bind one or remove the check"


# ------------------------------------------------------------------------------ every claim that
# holds could have failed


def wrong_numbers(number: Printed) -> Iterator[Printed]:
    """Yield plausible wrong values of a printed number: another year, a fifth less, a quarter
    more."""
    steps = (-3, 3) if number.unit == "year" else (-0.2 * number.value, 0.25 * number.value, 1, -1)
    for step in steps:
        text = f"{number.value + step:.{number.decimals}f}"
        if text != number.text:
            yield Printed(text, float(text), number.decimals, number.unit)


def wrong_tables(name: str) -> Iterator[dict[str, pd.DataFrame]]:
    """Yield a table with one column reversed, level, halved, doubled, or with other words."""
    text = data.read_text(name)
    key = data.describe(name)["schema"]["primaryKey"]
    for field in data.describe(name)["schema"]["fields"]:
        column_ = text[field["name"]]
        if field["name"] in key and len(key) == 1:
            continue
        if field["type"] in ("integer", "number"):
            known = column_[column_ != ""]
            digits = 0 if field["type"] == "integer" else 3
            for factor in (0.5, 2):
                scaled = [f"{factor * float(v):.{digits}f}" for v in known]
                yield {
                    name: text.assign(
                        **{
                            field["name"]: column_.mask(
                                column_ != "", pd.Series(scaled, known.index)
                            )
                        }
                    )
                }
            yield {
                name: text.assign(**{field["name"]: column_.where(column_ == "", known.iloc[0])})
            }
            yield {name: text.assign(**{field["name"]: column_[::-1].to_numpy()})}
            for place in known.index[:8]:
                changed = column_.copy()
                changed[place] = f"{2 * float(column_[place]) + 1:.{digits}f}"
                yield {name: text.assign(**{field["name"]: changed})}
        elif field["type"] == "string":
            yield {name: text.assign(**{field["name"]: "something else"})}
            yield {name: text.assign(**{field["name"]: column_[::-1].to_numpy()})}
    yield {name: text.iloc[: len(text) // 3]}


def wrong_cells(claim: Claim, t: Tables, name: str, reads: frozenset[str]) -> bool:
    """Whether a verdict goes when one number that it read is doubled, or when all are level.

    The cells are changed behind the description of the table, which would refuse some of them
    first.
    """
    cells, read = t.cells(name), [r for r in reads if r.startswith(f"{name}.")]
    first = cells[read[0]]
    doubled = [
        cells | {r: cells[r]._replace(text=f"{2 * cells[r].value:g}", value=2 * cells[r].value)}
        for r in read
    ]
    for wrong in [cells | dict.fromkeys(read, first), *doubled]:
        changed = Tables()
        changed._known["cells", name] = (wrong, frozenset())
        try:
            if run(claim, changed).verdict not in checks.HOLDING:
                return True
        except checks.LedgerError:
            continue
    return False


def refused(claim: Claim) -> bool:
    """Whether some plausible wrong number, or some wrong table, takes a claim's verdict from it."""
    t = Tables()
    for number in wrong_numbers(claim.printed) if claim.printed else ():
        wrong = Claim(claim.id, claim.section, claim.kind, number, claim.check)
        if run(wrong, t).verdict not in checks.HOLDING:
            return True
    reads = run(claim, t).reads
    for name in sorted({read.partition(".")[0] for read in reads}):
        if any(r.startswith(f"{name}.") for r in reads) and wrong_cells(claim, t, name, reads):
            return True
        for changed in wrong_tables(name):
            contents = {
                n: f.to_csv(index=False, lineterminator="\n").encode() for n, f in changed.items()
            }
            with data.substitute(contents):
                try:
                    if run(claim, Tables()).verdict not in checks.HOLDING:
                        return True
                except (data.DataError, checks.LedgerError):
                    continue  # its description refuses it before any check does
    return False


def holding() -> Iterator[Claim]:
    """Yield every row whose verdict is that it holds."""
    verdicts = checks.verdicts()
    for row in data.read_text("claims").itertuples(index=False):
        if verdicts[row.id].verdict not in checks.HOLDING:
            continue
        number = None
        if row.printed:
            number = Printed(row.printed, float(row.printed), int(row.decimals), row.unit)
        yield Claim(row.id, row.section, row.kind, number, row.check)


def test_every_claim_that_holds_could_have_failed():
    blind = [f"{c.id}: {c.check}" for c in holding() if not refused(c)]
    assert not blind, (
        "no plausible wrong value takes these verdicts away, so they are no evidence; "
        f"make them unverifiable or find a sharper check: {blind}"
    )


@pytest.mark.parametrize(
    ("formula", "printed", "verdict"),
    [
        ('printed == sum("table2.*.sending_universities")', "60", "reproduced"),
        ('printed == sum("table2.*.sending_universities")', "61", "contradicted"),
        ('printed == "figure1.Megacities.2023.share_pct"', "24", "consistent"),
        ('printed == "figure1.Megacities.2023.share_pct"', "25", "contradicted"),
        ('printed == "equation.b1.value"', "3336.59", "consistent"),
        ('printed == estimate("b1")', "3336.5875", "reproduced"),
        ('printed == estimate("b1")', "3336.5876", "contradicted"),
        ('sum("table1.North.*.share_pct") == 100', "", "consistent"),
        ('sum("table1.North.*.share_pct") == 90', "", "contradicted"),
        ('"table4.2021.migration_persons" > "table4.2001.migration_persons"', "", "consistent"),
        ('"table4.2001.migration_persons" > "table4.2021.migration_persons"', "", "contradicted"),
        ('rising("table3.*.grants")', "", "contradicted"),
        ('printed == "programmes.Serpin.2014-2015.grants.value"', "2051", "unsupported"),
        ('printed == official_share("South", 2023)', "33", "contradicted"),
    ],
)
def test_the_rule_says_equal_overlapping_or_neither(formula, printed, verdict):
    number = None
    if printed:
        unit = "%" if "share" in formula else ""
        number = Printed(printed, float(printed), len(printed.partition(".")[2]), unit)
    found = run(Claim("c-abs-000", "Abstract", "number", number, formula), Tables())
    assert found.verdict == verdict, f"{formula} with {printed or 'no number'}: {found.computed}"
