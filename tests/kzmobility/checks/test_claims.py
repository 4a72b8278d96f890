"""The ledger: usable, complete, fair, fast, and in step with the bibliography."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pybtex.database import parse_file

from proofbook import checks, data

BIB = Path(__file__).parents[3] / "book" / "references.bib"
KEYS = [
    *("id", "section", "locator", "kind", "statement", "printed", "unit", "computed", "what"),
    *("verdict", "basis", "check", "checked", "note", "aliases", "part"),
]
SECTIONS = [
    "Abstract",
    "Introduction",
    "Literature review",
    "Methodology",
    "Demography",
    "Internal educational mobility",
    "Programmes",
    "Econometrics",
    "Conclusion",
    "References",
]
COMPUTED_AT_LEAST = 110


@pytest.fixture(scope="module")
def ledger():
    return checks.check_all()


@pytest.fixture(scope="module")
def bibliography():
    return parse_file(str(BIB), bib_format="bibtex").entries


@pytest.fixture(scope="module")
def lists():
    return data.read_text("reference_lists").to_dict("records")


# -------------------------------------------------------------------------------------- the ledger


def test_the_ledger_and_the_tables_print_the_same_numbers():
    found = checks.problems()
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


def test_verdicts_and_bases_use_the_closed_vocabulary(ledger):
    words = (
        {c["verdict"] for c in ledger} - set(checks.VERDICTS),
        {c["basis"] for c in ledger} - set(checks.BASES),
    )
    assert words == (set(), set()), (
        f"words outside the design's vocabulary: {words}; use those of proofbook.checks"
    )


def test_ids_run_through_each_section_without_a_gap(ledger):
    numbers: dict[str, list[int]] = {}
    for claim in ledger:
        for name in (claim["id"], *claim["aliases"]):
            numbers.setdefault(name[:6], []).append(int(name[6:]))
    gaps = [s for s, n in numbers.items() if sorted(n) != list(range(1, len(n) + 1))]
    assert not gaps, f"ids are permanent, and merged ones live on as aliases; see {gaps}"


def test_every_section_of_the_paper_has_claims_of_its_own(ledger):
    sections = list(dict.fromkeys(c["section"] for c in ledger))
    assert sections == SECTIONS, (
        f"sections stand as {sections}; expected the order of the paper {SECTIONS}"
    )


def test_every_kind_of_claim_occurs(ledger):
    assert {c["kind"] for c in ledger} == set(checks.KINDS)


def test_the_ledger_is_as_long_as_the_paper_deserves(ledger):
    assert len(ledger) > 200, (
        f"{len(ledger)} claims; every assertion of the paper belongs in the ledger"
    )


def test_enough_verdicts_are_computed(ledger):
    computed = [c for c in ledger if not c["check"].startswith(checks.OPEN)]
    assert len(computed) >= COMPUTED_AT_LEAST, (
        f"{len(computed)} verdicts are computed; bind at least {COMPUTED_AT_LEAST} claims to a "
        "check"
    )
    bare = [c["id"] for c in computed if c["basis"] == "none" and c["verdict"] != "unverifiable"]
    assert not bare, f"a computed verdict must rest on a table; see {bare}"


def test_a_computed_number_comes_with_a_word_for_it(ledger):
    bare = [c["id"] for c in ledger if c["computed"] is not None and not c["what"]]
    assert not bare, f"say in the column `what` what the computed value is, for {bare}"


def test_every_check_is_told_in_plain_words(ledger):
    silent = [c["id"] for c in ledger if not c["checked"] or "(" in c["checked"][:12]]
    assert not silent, f"the first paragraph of a check's docstring is for readers; see {silent}"


def test_no_check_is_told_in_the_marks_of_a_formula(ledger):
    marks = re.compile(r"[*{}_]|\([^)]*, [^)]*\d\)")
    stiff = [c["id"] for c in ledger if marks.search(c["checked"])]
    assert not stiff, f"write a docstring that names its arguments, as {{year}}; see {stiff}"


def test_nothing_is_reproduced_but_a_number_or_a_sum(ledger):
    found = [c for c in ledger if c["verdict"] == "reproduced"]
    bold = [c["id"] for c in found if not c["printed"] and c["kind"] != "sum"]
    assert not bold, f"no digit is printed that could be equal; consistent for {bold}"


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("c-dem-034", "Possible loss of Kostanay region by 2050."),
        ("c-pro-048", "Serpin grants allocated for 2014-2015."),
        ("c-lit-003", "The essence and features of educational mobility are explored by Srailova."),
        ("c-dem-008", "Year of the South, 2023."),
        ("c-int-043", "The Concept starts in 2027 or later."),
        ("c-lit-023", "Migration flows are managed."),
    ],
)
def test_a_statement_on_another_row_is_refused(name, statement):
    rows = data.read_text("claims")
    rows = rows[rows["id"] == name].assign(statement=statement)
    assert any("statement" in p for p in checks.problems(rows)), (
        f"{name} with {statement!r} must be refused; see proofbook.wording"
    )


def test_only_a_recomputation_reproduces(ledger):
    bold = [c["id"] for c in ledger if c["verdict"] == "reproduced" and c["basis"] != "recomputed"]
    assert not bold, f"agreement with another source is consistent, not reproduced; see {bold}"


def test_the_press_alone_contradicts_nothing(ledger):
    bold = [c["id"] for c in ledger if c["verdict"] == "contradicted" and c["basis"] == "press"]
    assert not bold, f"a press report refutes nothing; see {bold}"


def test_an_open_verdict_without_a_check_says_why(ledger):
    silent = [c["id"] for c in ledger if c["check"].startswith(checks.OPEN) and not c["note"]]
    assert not silent, f"say in the note why nothing decides {silent}"


def test_statements_name_years(ledger):
    vague = [c["id"] for c in ledger if "this year" in c["statement"].lower()]
    assert not vague, f"a statement is read alone; name the year in {vague}"


def test_a_bound_that_nothing_exceeds_confirms_nothing(ledger):
    """Years, counts and title words that no plausible value would have failed are not evidence."""
    by_id = {c["id"]: c for c in ledger}
    weak = """c-dem-022 c-dem-031
    c-pro-001 c-lit-024 c-pro-093
    c-mob-006 c-pro-072 c-int-024 c-int-032 c-int-042 c-mob-001
    c-pro-052 c-int-001 c-int-004 c-int-005 c-int-006 c-int-007 c-int-011 c-int-018 c-dem-059"""
    held = [i for i in weak.split() if by_id[i]["verdict"] != "unverifiable"]
    assert not held, f"nothing could have refuted {held}: find a source or leave it unverifiable"


def test_merged_claims_have_one_verdict_and_keep_their_ids(ledger):
    aliases = {alias: c["id"] for c in ledger for alias in c["aliases"]}
    assert aliases["c-lit-020"] == "c-int-024"
    assert aliases["c-met-011"] == "c-eco-009"
    assert not set(aliases) & {c["id"] for c in ledger}, "an alias is no longer an id of its own"


def test_searching_the_survey_share_leads_to_causal_claims(ledger):
    words = "no education opportunities"
    found = [c for c in ledger if words in f"{c['statement']} {c['note']}"]
    causal = [c["id"] for c in found if c["kind"] == "causal" and c["verdict"] == "unsupported"]
    assert len(causal) >= 3, "the note of a causal claim names the share that undercuts it"


def test_the_summary_adds_up(ledger):
    found = checks.counts(ledger)
    claims = found.pop("claims")
    besides = found.pop("besides")
    assert claims == sum(found.values()) == sum(c["part"] == "claim" for c in ledger)
    assert claims + besides == len(ledger)


def test_the_summary_separates_what_is_merely_listed(ledger):
    listed = [c for c in ledger if c["part"] == "claim" and c["basis"] == "bibliography"]
    held = sum(c["verdict"] in checks.HOLDING for c in listed)
    assert checks.counts(ledger)["bibliography"] == held > 0


def test_tensions_are_told_on_both_sides(ledger):
    notes = {c["id"]: c["note"] or "" for c in ledger}
    pairs = [("c-pro-013", "c-pro-063"), ("c-int-049", "c-pro-064"), ("c-pro-038", "c-pro-042")]
    silent = [(a, b) for a, b in pairs if b not in notes[a] or a not in notes[b]]
    assert not silent, f"each note must name the other claim: {silent}"


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
    press = [c for c in ledger if c["basis"] == "press" and c["computed"] != "no report found"]
    silent = [c["id"] for c in press if "s reported by" not in (c["note"] or "")]
    assert press
    assert not silent, f"these rest on press figures and must say 'as reported by': {silent}"


def test_inferred_regions_are_called_inferred(ledger):
    grouped = ("official_share", "official_people", "net_migration", "possible_decline")
    silent = [
        c["id"]
        for c in ledger
        if any(word in c["check"] for word in grouped) and "inference" not in (c["note"] or "")
    ]
    assert not silent, (
        f"the paper does not list its macro-regions; the note must say so for {silent}"
    )


def test_no_causal_claim_is_called_reproduced(ledger):
    bold = [c["id"] for c in ledger if c["kind"] == "causal" and c["verdict"] == "reproduced"]
    assert not bold, f"recomputing a number cannot reproduce a cause; see {bold}"


def test_statements_are_one_line_and_whole_sentences(ledger):
    for claim in ledger:
        assert "\n" not in claim["statement"], f"{claim['id']}: shorten the statement to one line"
        assert len(claim["statement"]) <= 120, f"{claim['id']}: shorten the statement to one line"
        assert claim["statement"][0].isupper(), f"{claim['id']}: write the statement as a sentence"
        assert claim["statement"].endswith("."), f"{claim['id']}: write the statement as a sentence"


def test_two_runs_give_the_same_ledger(ledger):
    assert checks.check_all() == ledger


def test_a_changed_table_runs_only_the_checks_that_read_it(ledger):
    frame = data.read_text("table3")
    frame.loc[frame["academic_year"] == "2014-2015", "grants"] = "2051"
    before, after = checks.verdicts(), checks.verdicts({"table3": frame})
    again = [i for i in before if before[i] is not after[i]]
    assert again
    assert all(any(read.startswith("table3") for read in before[i].reads) for i in again)
    assert len(again) < len(before) / 10, "a change in one cell must not run the whole ledger again"
    fresh = {i: checks.judge(i, {"table3": frame}) for i in again}
    assert fresh == {i: after[i] for i in again}, (
        "a verdict must not depend on what was computed before"
    )
    assert checks.check_all() == ledger, "a changed table must leave no trace"


def test_one_claim_can_be_checked_alone(ledger):
    by_id = {c["id"]: c for c in ledger}
    assert checks.judge("c-met-005").verdict == by_id["c-met-005"]["verdict"]
    with pytest.raises(KeyError, match="no claim 'c-abs-999'"):
        checks.judge("c-abs-999")


@pytest.mark.parametrize(
    "text",
    [
        "leads(",
        "no_such_check()",
        "__import__('os')",
        "leads(open('x'))",
        "leads.x()",
        "1 + 1",
        "printed == open('x')",
        "printed == (lambda: 1)()",
        "printed.text == 1",
        "printed == 'a'.join('b')",
        "printed == [x for x in 'a']",
        "printed in (1, 2)",
        "printed == 2 ** 9",
        "unverifiable(exec('x'))",
    ],
)
def test_a_row_cannot_run_code(text):
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
    found = checks.problems(rows)
    assert any(message in line for line in found), f"expected {message!r} among {found}"


# ------------------------------------------------------------------------------ what must come out


@pytest.mark.parametrize("name", ["b0", "b1", "b2", "multiple_r", "r2", "r2_adj", "sigma"])
def test_the_regression_is_reproduced_to_every_printed_digit(ledger, name):
    found = [c for c in ledger if c["check"] == f'printed == estimate("{name}")']
    assert found, f"the paper's own {name} follows from its Table 4"
    assert all(c["verdict"] == "reproduced" for c in found), (
        f"the paper's own {name} follows from its Table 4"
    )


def test_what_speaks_for_the_paper_is_in_the_ledger(ledger):
    by_check = {c["check"]: c["verdict"] for c in ledger}
    assert by_check["sample_size()"] == "reproduced", (
        "no other size up to twice as large fits all percentages"
    )
    assert by_check["one_reason_each()"] == "reproduced"
    balance = 'sum("table2.*.sent_students") == sum("table2.*.received_students")'
    assert by_check[balance] == "reproduced"
    assert by_check["all_cited()"] == "consistent"
    assert by_check["national_ages(2023)"] == "consistent"


def test_a_plural_reading_saves_a_statement_from_contradiction(ledger):
    majority = next(c for c in ledger if c["check"].startswith("most(") and "South" in c["check"])
    assert majority["verdict"] == "consistent"
    assert "Less than half" in majority["note"]


def test_a_misspelt_name_is_not_held_against_the_paper(ledger):
    for cited in ("cit-12", "cit-13"):
        row = next(c for c in ledger if c["check"].startswith(f'cites("{cited}"'))
        assert row["verdict"] == "unsupported"
        assert "transcription" in row["note"]


# -------------------------------------------------------------------------------- the bibliography


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
        'extensions = ["myst_parser", "sphinxcontrib.bibtex"]\n'
        f"bibtex_bibfiles = [{str(BIB)!r}]\nbibtex_default_style = {style!r}\n"
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
