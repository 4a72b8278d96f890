"""Checks of citations and reference lists: what the text cites against what the two lists print,
both ways.

A use of a source is judged on what the paper itself prints of it, its title: a title that names the
subject agrees, one that does not leaves the use unsupported until someone reads the work. So does a
name that the lists spell otherwise, because the transcription may have garbled it; a citation that
leads nowhere, or to another year, contradicts.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import Any

from proofbook.checks import Claim, Finding, Tables, check, need

NEAR = 0.85  # above: one or two letters differ (Olinyk, Oliinyk); below: another name
MAYBE = "Romanisation or the transcription may be the cause."


Row = dict[str, Any]


def entries(t: Tables, key: str = "") -> list[Row]:
    """Return the entries of the two lists, or those of one work, with every cell as text."""

    def make() -> tuple[list[Row], dict[str, list[Row]]]:
        rows = t.text("reference_lists").to_dict("records")
        by_key: dict[str, list[Row]] = {}
        for row in rows:
            by_key.setdefault(row["key"], []).append(row)
        return rows, by_key

    rows, by_key = t.derive("entries", make)
    return by_key.get(key, []) if key else rows


def works(t: Tables) -> list[str]:
    """Return the keys of the listed works."""
    return list(dict.fromkeys(row["key"] for row in entries(t)))


def citations(t: Tables) -> list[Row]:
    """Return the in-text citations, with every cell as text."""
    return t.derive("citations", lambda: t.text("citations").to_dict("records"))


def citation(t: Tables, cited: str) -> Row:
    """Return one in-text citation; raises KeyError if there is none of this name."""
    for row in citations(t):
        if row["id"] == cited:
            return row
    msg = f"no citation {cited!r} in data/paper/citations.csv"
    raise KeyError(msg)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w.]+", text.lower()))


def likeness(name: str, work: list[Row]) -> float:
    """Return how well a cited name fits a work, 0 to 1.

    1 for the name of the first author as either list spells it, for words that all stand in the
    title of a work without author, and for the site in its address.
    """
    authors, low = [row["first_author"] for row in work if row["first_author"]], name.lower()
    if low in (a.lower() for a in authors) or any(
        low.removeprefix("www.") in row["url"] for row in work
    ):
        return 1.0
    if not authors and any(_words(name) <= _words(row["title"]) for row in work):
        return 1.0
    return max((SequenceMatcher(None, low, a.lower()).ratio() for a in authors), default=0.0)


@check(
    "consistent",
    "contradicted",
    "unsupported",
    basis="bibliography",
    what="entry in the reference lists",
)
def cites(t: Tables, claim: Claim, cited: str, *topics: str) -> Finding:
    """An in-text citation leads to an entry of the lists, and its title names the subject.

    Each topic is a word, or several for the same subject with ``|`` between them.
    """
    row = citation(t, cited)
    work = entries(t, row["key"])
    fit, listed = (
        likeness(row["name"], work),
        ", ".join(dict.fromkeys(w["first_author"] for w in work if w["first_author"])),
    )
    if not work:
        return Finding("contradicted", f"{row['name']}: no entry in the lists")
    years = sorted({w["year"] for w in work})
    if row["year"] and row["year"] not in years:
        return Finding("contradicted", f"listed with {', '.join(years)}")
    if fit < NEAR:
        return Finding(
            "unsupported",
            f"{row['name']}: not in the lists; {listed} is",
            f"Year and subject fit {listed}. {MAYBE}",
        )
    notes = []
    if fit < 1:
        notes.append(f"The text spells {row['name']}, the lists {listed}. {MAYBE}")
    if len(years) > 1:
        notes.append(f"The lists disagree on the year: {', '.join(years)}.")
    text = " ".join(part for w in work for part in (w["title"], w["container"])).lower()
    missing = [topic for topic in topics if not any(word in text for word in topic.split("|"))]
    if missing:
        named = " and ".join(
            topic.partition("|")[0] for topic in missing
        )  # the first word stands for its like
        return Finding(
            "unsupported",
            f"title does not name {named}",
            " ".join([*notes, "Judged by the title that the lists print."]),
        )
    notes += ["Judged by the title that the lists print."] if topics else []
    return Finding("consistent", f"listed, {', '.join(years)}", " ".join(notes))


@check("consistent", "contradicted", basis="bibliography", what="pages of the work")
def page_inside(t: Tables, claim: Claim, cited: str) -> Finding:
    """A cited page is one of the pages of the work."""
    row = citation(t, cited)
    first, last = (int(p) for p in entries(t, row["key"])[0]["pages"].split("-"))
    page = int(need(claim).value)
    inside = first <= page <= last
    return Finding("consistent" if inside else "contradicted", f"{first} to {last}")


@check("consistent", "contradicted", basis="bibliography", what="entries of the list")
def entry_count(t: Tables, claim: Claim, which: str) -> Finding:
    """A list has as many entries as its last printed number says."""
    n = sum(row["list"] == which for row in entries(t))
    return Finding("consistent" if n == need(claim).value else "contradicted", n)


@check("consistent", "contradicted", basis="bibliography", what="different works")
def different_works(t: Tables, claim: Claim) -> Finding:
    """The numbered entries are as many different works: none stands twice in a list."""
    counts = Counter((row["list"], row["key"]) for row in entries(t))
    double = sorted({key for (_, key), n in counts.items() if n > 1})
    n = len(works(t))
    computed = f"{n} works" + (f"; twice: {', '.join(double)}" if double else "")
    return Finding("consistent" if n == need(claim).value else "contradicted", computed)


@check("consistent", "contradicted", basis="bibliography", what="number in both lists")
def listed(t: Tables, claim: Claim, key: str, field: str) -> Finding:
    """A printed number is what both lists print in a field of a work."""
    values = [row[field] for row in entries(t, key)]
    return Finding(
        "consistent" if set(values) == {need(claim).text} else "contradicted",
        ", ".join(dict.fromkeys(values)),
    )


@check("consistent", "contradicted", basis="bibliography", what="years in the title")
def in_title(t: Tables, claim: Claim, key: str, end: str) -> Finding:
    """The title of the work, in both lists, names a span of years that starts, or ends, with the
    printed year."""
    spans = [re.findall(r"(20\d\d)[-–](20\d\d)", row["title"]) for row in entries(t, key)]
    good = all(need(claim).text in [span[end == "ends"] for span in found] for found in spans)
    shown = dict.fromkeys(" to ".join(span) for found in spans for span in found)
    return Finding("consistent" if good else "contradicted", ", ".join(shown))


@check("consistent", "contradicted", basis="bibliography", what="works cited")
def all_cited(t: Tables, claim: Claim) -> Finding:
    """Every work of the lists is cited in the text."""
    keys = works(t)
    never = sorted(set(keys) - {row["key"] for row in citations(t)})
    computed = f"{len(keys) - len(never)} of {len(keys)}" + (
        f"; not {', '.join(never)}" if never else ""
    )
    return Finding("contradicted" if never else "consistent", computed)


@check("consistent", "contradicted", basis="bibliography", what="citations that lead to an entry")
def all_listed(t: Tables, claim: Claim) -> Finding:
    """Every citation of the text has an entry of its year, under the very name or under one that
    the sense supplies."""
    rows, known = citations(t), set(works(t))
    lost = [r["id"] for r in rows if r["key"] not in known]
    other = sorted(
        {
            r["name"]
            for r in rows
            if r["key"] in known and likeness(r["name"], entries(t, r["key"])) < NEAR
        }
    )
    computed = f"{len(rows) - len(lost)} of {len(rows)} lead to an entry" + (
        f"; under another name: {', '.join(other)}" if other else ""
    )
    years = {key: {w["year"] for w in entries(t, key)} for key in known}
    apart = [r["id"] for r in rows if r["year"] and r["year"] not in years.get(r["key"], ())]
    if apart:
        computed += f"; to another year: {', '.join(apart)}"
    return Finding(
        "contradicted" if lost or apart else "consistent", computed, MAYBE if other else ""
    )


def _alike(values: list[str]) -> int:
    """Return how many letters all texts begin with."""
    pairs = enumerate(zip(*values, strict=False))
    return next((n for n, letters in pairs if len(set(letters)) > 1), min(map(len, values)))


def _differing(values: list[str]) -> list[str]:
    """Return texts without their long common beginning and end, which would hide the difference."""
    start = _alike(values)
    end = _alike([v[start:][::-1] for v in values])
    if start + end < 20:
        return values
    return [f"...{v[start : len(v) - end]}..." for v in values]


@check(
    "consistent",
    "contradicted",
    "unsupported",
    basis="bibliography",
    what="difference between the lists",
)
def lists_agree(t: Tables, claim: Claim, field: str, *keys: str, but: str = "") -> Finding:
    """Both lists print the same in a field of these works, or of all works but one; empty cells do
    not count.

    Texts that differ in a few letters are left open: the transcription may have changed them.
    """
    apart, alike = [], True
    for key in keys or [k for k in works(t) if k != but]:
        values = [row[field] for row in entries(t, key) if row[field]]
        if len(set(values)) > 1:
            apart.append(f"{key}: " + " / ".join(_differing(list(dict.fromkeys(values)))))
            alike &= (
                not values[0].isdigit()
                and SequenceMatcher(None, values[0], values[-1]).ratio() > NEAR
            )
    if not apart:
        return Finding("consistent", "the same")
    return Finding(
        "unsupported" if alike else "contradicted", "; ".join(apart), MAYBE if alike else ""
    )


DOI_FORMS = (
    r"-(?P<year>20\d\d)-(?P<volume>\d+)-(?P<issue>\d+)-(?P<pages>\d+-\d+)$",
    r"\.(?P<year>20\d\d)\.v(?P<volume>\d+)\.i(?P<issue>\d+)\.",
    r"v(?P<volume>\d+)i(?P<issue>\d+)\.",
    r"\.(?P<year>20\d\d)\.tb",
)


@check("consistent", "contradicted", basis="bibliography", what="numbers inside the DOI")
def doi_fits(t: Tables, claim: Claim, key: str) -> Finding:
    """The year, volume, number and pages inside a printed DOI are the printed ones.

    Raises
    ------
    KeyError
        If the work has no DOI, or one that carries no such numbers.
    """
    row = next(row for row in entries(t, key) if row["doi"])
    inside = next((m.groupdict() for form in DOI_FORMS if (m := re.search(form, row["doi"]))), None)
    if inside is None:
        msg = f"the DOI {row['doi']} carries neither year nor volume"
        raise KeyError(msg)
    apart = [
        f"{k} {v} in the DOI, {row[k]} printed"
        for k, v in inside.items()
        if row[k] != v.lstrip("0")
    ]
    fine = ", ".join(f"{k} {v.lstrip('0')}" for k, v in inside.items())
    return Finding("contradicted" if apart else "consistent", "; ".join(apart) or fine)


@check("consistent", "unsupported", basis="bibliography", what="works cited")
def many_works(t: Tables, claim: Claim, section: str, least: int, locator: str = "") -> Finding:
    """A section, or one place in it, cites at least so many different works."""
    n = len(
        {
            r["key"]
            for r in citations(t)
            if r["section"] == section and r["locator"].startswith(locator)
        }
    )
    return Finding("consistent" if n >= least else "unsupported", f"{n} works cited")


@check("consistent", "unsupported", basis="bibliography", what="titles")
def named_among(t: Tables, claim: Claim, section: str, locator: str, *topics: str) -> Finding:
    """Among the works cited at one place, each topic is named in some title."""
    keys = {r["key"] for r in citations(t) if r["section"] == section and r["locator"] == locator}
    titles = {k: " ".join(row["title"] for row in entries(t, k)).lower() for k in keys}
    counts = {topic: sum(topic in title for title in titles.values()) for topic in topics}
    computed = ", ".join(f"{n} of {len(keys)} titles name {topic}" for topic, n in counts.items())
    return Finding("consistent" if all(counts.values()) else "unsupported", computed)


@check("unsupported", "unverifiable", basis="bibliography", what="year of the source")
def old_enough(t: Tables, claim: Claim, cited: str, year: str) -> Finding:
    """The source is as young as the year that it is cited for; an older one can plan and not
    report."""
    published = int(citation(t, cited)["year"])
    return Finding(
        "unsupported" if published < t.printed(year).value else "unverifiable", published
    )


@check(
    "consistent", "contradicted", "unsupported", basis="bibliography", what="number in the source"
)
def source_says(t: Tables, claim: Claim, key: str, field: str) -> Finding:
    """A number that the paper reports of a work is the one in its published abstract, or in a
    report of it.

    If it is that number with digits left out, the transcription may have lost them, and the
    question stays open.
    """
    facts = t.read("source_facts")
    row = facts[(facts["key"] == key) & (facts["quantity"] == field)].iloc[0]
    printed, read = need(claim).text, f"{row['value']:g}"
    note = f"As read at {row['as_reported_by']}."
    if printed == read:
        return Finding("consistent", row["value"], note)
    left = iter(read)
    lost = len(printed) < len(read) and all(
        digit in left for digit in printed
    )  # a subsequence of the digits
    return Finding("unsupported" if lost else "contradicted", row["value"], note)
