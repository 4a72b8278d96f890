"""The ledger: usable, complete, fair, fast, and in step with the bibliography."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from pybtex.database import parse_file

from proofbook import checks, data
from proofbook import ledger as claims

BIB = Path(__file__).parents[1] / "book" / "references.bib"
KEYS = [
    "id",
    "section",
    "locator",
    "kind",
    "statement",
    "printed",
    "unit",
    "computed",
    "verdict",
    "evidence",
    "check",
    "note",
]
COMPUTED_AT_LEAST = 110


@pytest.fixture(scope="module")
def ledger():
    return claims.check_all()


@pytest.fixture(scope="module")
def bibliography():
    return parse_file(str(BIB), bib_format="bibtex").entries


@pytest.fixture(scope="module")
def lists():
    return data.read_text("reference_lists").to_dict("records")


# ---------------------------------------------------------------------------------------------------------- the ledger


def test_the_ledger_and_the_tables_print_the_same_numbers():
    found = claims.problems()
    assert not found, (
        "correct the row of data/paper/claims.csv or the table it names:\n" + "\n".join(found)
    )


def test_every_claim_has_the_published_keys_in_order(ledger):
    wrong = [c.get("id") for c in ledger if list(c) != KEYS]
    assert not wrong, (
        f"check_all() must give {KEYS} for {wrong}: the site and claims.json rely on it"
    )


def test_every_value_can_be_published_as_json(ledger):
    assert json.loads(json.dumps(ledger, allow_nan=False)) == ledger


def test_verdicts_and_evidence_use_the_closed_vocabulary(ledger):
    words = (
        {c["verdict"] for c in ledger} - set(checks.VERDICTS),
        {c["evidence"] for c in ledger} - set(checks.EVIDENCE),
    )
    assert words == (set(), set()), (
        f"words outside the design's vocabulary: {words}; use those of proofbook.checks"
    )


def test_ids_run_through_each_section_without_a_gap(ledger):
    counts: Counter[str] = Counter()
    for claim in ledger:
        prefix = claim["id"][:6]
        counts[prefix] += 1
        expected = f"{prefix}{counts[prefix]:03d}"
        assert claim["id"] == expected, (
            f"{claim['id']} stands where {expected} belongs; ids are permanent, add new ones at the end of a section"
        )


def test_every_section_of_the_paper_has_claims_of_its_own(ledger):
    sections = list(dict.fromkeys(c["section"] for c in ledger))
    assert sections == list(checks.SECTIONS), (
        f"sections stand as {sections}; expected the order of the paper {checks.SECTIONS}"
    )


def test_every_kind_of_claim_occurs(ledger):
    assert {c["kind"] for c in ledger} == set(checks.KINDS)


def test_the_ledger_is_as_long_as_the_paper_deserves(ledger):
    assert len(ledger) > 200, (
        f"{len(ledger)} claims; every assertion of the paper belongs in the ledger"
    )


def test_enough_verdicts_are_computed(ledger):
    computed = [c for c in ledger if c["check"] not in ("unsupported", "unverifiable")]
    assert len(computed) >= COMPUTED_AT_LEAST, (
        f"{len(computed)} verdicts are computed; bind at least {COMPUTED_AT_LEAST} claims to a check"
    )
    assert all(c["evidence"] != "none" for c in computed), "a computed verdict must rest on a table"


def test_a_verdict_without_a_check_rests_on_nothing_and_says_why(ledger):
    for claim in ledger:
        if claim["check"] in ("unsupported", "unverifiable"):
            assert (
                claim["verdict"] == claim["check"]
                and claim["evidence"] == "none"
                and claim["computed"] is None
            )
            assert claim["note"], f"{claim['id']}: say in the note why nothing decides"


def test_what_is_unverifiable_names_the_missing_source(ledger):
    silent = [
        c["id"]
        for c in ledger
        if c["verdict"] == "unverifiable" and "Missing: " not in (c["note"] or "")
    ]
    assert not silent, (
        f"name the source that would decide, as 'Missing: ...', in the notes of {silent}"
    )


def test_what_rests_on_the_press_says_who_reported_it(ledger):
    press = {
        "press_figure",
        "at_most_reported",
        "grants_reported",
        "at_least_awarded",
        "not_available",
        "reported_share",
        "press_change",
        "programme_start",
    }
    resting = [
        c
        for c in ledger
        if c["check"].partition("(")[0] in press and c["computed"] != "no report found"
    ]
    silent = [c["id"] for c in resting if "s reported by" not in (c["note"] or "")]
    assert not silent, f"these rest on press figures and must say 'as reported by': {silent}"


def test_inferred_regions_are_called_inferred(ledger):
    grouped = {
        "population_share",
        "smallest_population",
        "net_migration",
        "implied_population",
        "northern_decline",
        "recipients",
    }
    silent = [
        c["id"]
        for c in ledger
        if c["check"].partition("(")[0] in grouped and "inference" not in (c["note"] or "")
    ]
    assert not silent, (
        f"the paper does not list its macro-regions; the note must say so for {silent}"
    )


def test_no_causal_claim_is_called_reproduced(ledger):
    bold = [c["id"] for c in ledger if c["kind"] == "causal" and c["verdict"] == "reproduced"]
    assert not bold, f"recomputing a number cannot reproduce a cause; see {bold}"


def test_statements_are_one_line_and_whole_sentences(ledger):
    for claim in ledger:
        assert "\n" not in claim["statement"] and len(claim["statement"]) <= 120, (
            f"{claim['id']}: shorten the statement to one line"
        )
        assert claim["statement"][0].isupper() and claim["statement"].endswith("."), (
            f"{claim['id']}: write the statement as a sentence"
        )


def test_the_whole_ledger_takes_less_than_a_second():
    claims.check_all()
    start = time.process_time()
    claims.check_all()
    spent = time.process_time() - start
    assert spent < 1, f"check_all() took {spent:.2f} s of processor time; profile the slowest check"


def test_two_runs_give_the_same_ledger(ledger):
    assert claims.check_all() == ledger


def test_a_changed_table_runs_only_the_checks_that_read_it(ledger):
    frame = data.read_text("table3")
    frame.loc[frame["academic_year"] == "2014-2015", "grants"] = "2051"
    before, after = claims.verdicts(), claims.verdicts({"table3": frame})
    again = [i for i in before if before[i] is not after[i]]
    assert again and all(any(read.startswith("table3") for read in before[i].reads) for i in again)
    assert len(again) < len(before) / 10, "a change in one cell must not run the whole ledger again"
    fresh = {i: claims.check(i, {"table3": frame}) for i in again}
    assert fresh == {i: after[i] for i in again}, (
        "a verdict must not depend on what was computed before"
    )
    assert claims.check_all() == ledger, "a changed table must leave no trace"


def test_one_claim_can_be_checked_alone(ledger):
    by_id = {c["id"]: c for c in ledger}
    assert claims.check("c-met-005").verdict == by_id["c-met-005"]["verdict"]
    with pytest.raises(KeyError, match="no claim 'c-abs-999'"):
        claims.check("c-abs-999")


@pytest.mark.parametrize(
    "text",
    ["total(", "no_such_check()", "__import__('os')", "total(open('x'))", "total.x()", "1 + 1"],
)
def test_a_check_that_is_not_a_known_name_with_literals_is_refused(text):
    with pytest.raises(checks.LedgerError, match="check"):
        checks.parse(text)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("printed", "122", "c-met-005: prints '122', but survey.respondents.value prints '121'"),
        ("decimals", "1", "does not show 1 decimals"),
        ("address", "survey.nobody.value", "no printed number at 'survey.nobody.value'"),
        ("check", "sample_sizes()", "no check is called 'sample_sizes'"),
        ("check", "unverifiable", "names no missing source"),
    ],
)
def test_a_row_that_does_not_fit_is_named(column, value, message):
    rows = data.read_text("claims")
    rows.loc[rows["id"] == "c-met-005", column] = value
    rows.loc[rows["id"] == "c-met-005", "note"] = "because"
    found = claims.problems(rows)
    assert any(message in line for line in found), f"expected {message!r} among {found}"


# -------------------------------------------------------------------------------------------------- what must come out


@pytest.mark.parametrize("name", ["b0", "b1", "b2", "multiple_r", "r2", "r2_adj", "sigma"])
def test_the_regression_is_reproduced_to_every_printed_digit(ledger, name):
    found = [c for c in ledger if c["check"] == f'estimate("{name}")']
    assert found and all(c["verdict"] == "reproduced" for c in found), (
        f"the paper's own {name} follows from its Table 4"
    )


def test_what_speaks_for_the_paper_is_in_the_ledger(ledger):
    by_check = {c["check"]: c["verdict"] for c in ledger}
    assert by_check["sample_size()"] == "reproduced", (
        "no other size up to twice as large fits all percentages"
    )
    assert by_check["one_reason_each()"] == "reproduced"
    assert (
        by_check['balance("table2.*.sent_students", "table2.*.received_students")'] == "reproduced"
    )
    assert by_check["all_cited()"] == "reproduced"
    assert by_check["national_ages(2023)"] == "consistent"


def test_a_plural_reading_saves_a_statement_from_contradiction(ledger):
    majority = next(c for c in ledger if c["check"].startswith("most(") and "South" in c["check"])
    assert majority["verdict"] == "consistent" and "Less than half" in majority["note"]


def test_a_misspelt_name_is_not_held_against_the_paper(ledger):
    for cited in ("cit-12", "cit-13", "cit-27", "cit-28"):
        row = next(c for c in ledger if c["check"].startswith(f'cites("{cited}"'))
        assert row["verdict"] == "unsupported" and "transcription" in row["note"]


# ------------------------------------------------------------------------------------------------------ the bibliography


def test_the_bibliography_holds_every_listed_work_once(bibliography, lists):
    missing = sorted({row["key"] for row in lists} - set(bibliography))
    assert not missing, f"add to book/references.bib: {missing}"
    assert "bokayev2024educational" in bibliography, (
        "the paper itself must be in book/references.bib"
    )


def test_every_citation_of_the_paper_can_be_cited_in_the_book(bibliography):
    missing = sorted(set(data.read("citations")["key"]) - set(bibliography))
    assert not missing, (
        f"data/paper/citations.csv names keys that book/references.bib lacks: {missing}"
    )


def test_years_and_dois_of_the_bibliography_are_printed_ones(bibliography, lists):
    for key in {row["key"] for row in lists}:
        fields = bibliography[key].fields
        rows = [row for row in lists if row["key"] == key]
        assert fields["year"] in {row["year"] for row in rows}, (
            f"{key}: neither list prints the year {fields['year']}"
        )
        printed = {row["doi"] for row in rows} - {""}
        assert fields.get("doi", "") in (printed or {""}), (
            f"{key}: the lists print {printed}, the bibliography {fields.get('doi')}"
        )


def test_works_on_which_the_lists_disagree_keep_a_note(bibliography, lists):
    for key in {row["key"] for row in lists}:
        rows = [row for row in lists if row["key"] == key]
        apart = [
            f
            for f in ("year", "volume", "issue", "pages", "doi", "url")
            if len({r[f] for r in rows if r[f]}) > 1
        ]
        if apart or len(rows) > 2:
            assert bibliography[key].fields.get("note"), (
                f"{key}: the lists disagree on {apart or 'how often it stands'}; say so in its note"
            )


def test_works_in_other_languages_have_an_english_title(bibliography, lists):
    for key in {row["key"] for row in lists}:
        title = bibliography[key].fields["title"]
        if re.search("[а-яё]", title.lower()):
            assert re.search(r"\[[A-Z]", title), (
                f"{key}: add the English translation in brackets to its title"
            )


@pytest.mark.parametrize("style", ["alpha", "plain", "unsrt"])
def test_the_bibliography_renders_without_a_warning(tmp_path, style, bibliography):
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    (tmp_path / "conf.py").write_text(
        f'extensions = ["myst_parser", "sphinxcontrib.bibtex"]\nbibtex_bibfiles = [{str(BIB)!r}]\nbibtex_default_style = {style!r}\n'
    )
    (tmp_path / "index.md").write_text(
        "# Works\n\n{cite:t}`ray2010`\n\n```{bibliography}\n:all:\n```\n"
    )
    with docutils_namespace(), open(tmp_path / "log", "w") as log:
        app = Sphinx(
            str(tmp_path),
            str(tmp_path),
            str(tmp_path / "out"),
            str(tmp_path / "trees"),
            "html",
            status=None,
            warning=log,
        )
        app.build()
    assert not (tmp_path / "log").read_text(), (
        f"mend book/references.bib: {(tmp_path / 'log').read_text()}"
    )
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert page.count('role="doc-biblioentry"') == len(bibliography), (
        "an entry is missing from the printed bibliography"
    )
