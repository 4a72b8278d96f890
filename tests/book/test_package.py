"""What data editors and programs read: true, valid, and written from one place."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from pathlib import Path

import jsonschema
import pytest
import yaml
from bs4 import BeautifulSoup
from rocrate.rocrate import ROCrate

from conftest import PROJECT
from proofbook import data, machine, replication

CFF = replication.citation(PROJECT)
PAGES = replication.pages_of(PROJECT)
SOURCES = [(d["name"], s) for d in replication.official() for s in d["sources"]]


def read(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["claims", "results"])
def test_published_results_fit_their_schema(name: str, site: Path) -> None:
    schema = read(site / "schemas" / f"{name}.schema.json")
    jsonschema.validate(read(site / f"{name}.json"), schema)


def test_every_claim_has_a_file_of_its_own(site: Path) -> None:
    claims = {c["id"]: c for c in read(site / "claims.json")}
    files = {p.stem: read(p) for p in (site / "claims").glob("*.json")}
    assert files == claims, "machine.write_claims must write each claim once"


def test_every_result_names_the_notebook_that_makes_it(site: Path) -> None:
    with (site / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {r["name"] for r in rows} == set(read(site / "results.json"))
    assert all((PROJECT / r["notebook"]).is_file() for r in rows)


def test_the_crate_loads_and_names_files_that_are_there(site: Path) -> None:
    crate = ROCrate(str(site))
    assert str(crate.version) == "1.3"
    missing = [e.id for e in crate.data_entities if not (site / e.id).exists()]
    assert not missing, f"ro-crate-metadata.json names files that the site lacks: {missing[:5]}"


def test_the_crate_tells_who_made_what_from_what(site: Path) -> None:
    graph = {e["@id"]: e for e in read(site / "ro-crate-metadata.json")["@graph"]}
    build = graph["#build"]
    assert build["@type"] == "CreateAction"
    used = {e["@id"] for e in build["object"]}
    assert used == {f"data/{data.describe(n)['path']}" for n in data.names()}
    assert {"claims.json", "results.json"} <= {e["@id"] for e in build["result"]}


@pytest.mark.parametrize("name", PAGES)
def test_the_head_of_a_page_says_what_the_citation_file_says(name: str, site: Path) -> None:
    soup = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "lxml")
    meta = {m["name"]: m["content"] for m in soup.find_all("meta", attrs={"name": True})}
    assert meta["citation_author"] == replication.names(CFF["authors"])[0]
    assert meta["citation_publication_date"].replace("/", "-") == str(CFF["date-released"])
    block = json.loads(soup.find("script", type="application/ld+json").string)["@graph"][0]
    assert block["version"] == str(CFF["version"])
    assert block["about"]["@id"].endswith(CFF["preferred-citation"]["doi"])
    assert soup.find("link", rel="license")
    assert bool(soup.find("link", rel="cite-as")) == ("doi" in CFF), (
        "cite-as only where this edition has a DOI"
    )


def test_the_data_page_tells_programs_of_every_table(site: Path) -> None:
    page = yaml.safe_load((PROJECT / "_config.yml").read_text())["sphinx"]["config"]
    text = (site / f"{page['proofbook_data_page']}.html").read_text(encoding="utf-8")
    block = BeautifulSoup(text, "lxml").find("script", type="application/ld+json").string
    tables = {d["@id"]: d for d in json.loads(block)["@graph"] if d["@type"] == "Dataset"}
    assert set(tables) == {f"#data-{name}" for name in data.names()}
    for table in tables.values():
        assert (site / table["distribution"]["contentUrl"]).is_file()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_tells_programs_of_its_claims(name: str, site: Path) -> None:
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    block = BeautifulSoup(text, "lxml").find("script", type="application/ld+json").string
    named = {d["@id"]: d["text"] for d in json.loads(block)["@graph"] if d["@type"] == "Claim"}
    assert named == {
        f"claims/{c['id']}.json": c["statement"]
        for c in read(site / "claims.json")
        if c["part"] == "claim" and c["page"].startswith(f"{name}.html#")
    }, "metadata.head must name each claim that the page examines"


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_markdown_without_gaps(name: str, site: Path) -> None:
    text = (site / f"{name}.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert not re.search(r"\{(result|printed)\}", text), "a role was not resolved"
    assert f"]({name}.md)" in (site / "llms.txt").read_text(encoding="utf-8")


def test_the_zip_of_the_data_holds_all_of_it(site: Path) -> None:
    with zipfile.ZipFile(site / "data.zip") as archive:
        inside = set(archive.namelist())
    there = {p.relative_to(site).as_posix() for p in (site / "data").rglob("*") if p.is_file()}
    assert inside == there


@pytest.mark.parametrize(("name", "source"), SOURCES)
def test_every_source_says_when_it_was_read(name: str, source: dict) -> None:
    if name == "regions" or "accessed" in source:
        return
    pytest.fail(f"{name}: write the day of reading (accessed) of {source['title']}")


def test_replication_file_names_every_source_and_copy(site: Path) -> None:
    text = (site / "REPLICATION.md").read_text(encoding="utf-8")
    for name, source in SOURCES:
        assert source["title"] in text, f"{name}: {source['title']} is not in REPLICATION.md"
        if "copy" in source:
            assert source["copy"]["commit"] in text
    for exhibit in replication.exhibits(PROJECT, site):
        assert f"`{exhibit['id']}`" in text


def test_replication_file_follows_the_order_of_the_template(site: Path) -> None:
    text = (site / "REPLICATION.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^## (.*)$", text) == [
        "Overview",
        "Data availability and provenance statements",
        "Dataset list",
        "Computational requirements",
        "Description of programs",
        "Instructions to replicators",
        "List of exhibits",
        "References",
    ]


@pytest.mark.parametrize("name", ["REPLICATION.md", "codecheck.yml"])
def test_the_root_holds_what_the_site_holds(name: str, site: Path) -> None:
    made = (site / name).read_bytes()
    assert (PROJECT / name).read_bytes() == made, f"run `make book` and commit {name}"


def test_codecheck_lists_the_notebooks_as_they_are() -> None:
    record = yaml.safe_load((PROJECT / "codecheck.yml").read_text(encoding="utf-8"))
    digests = {e["file"]: e["sha256"] for e in record["manifest"]}
    assert digests == {
        f"book/{p.name}": hashlib.sha256(p.read_bytes()).hexdigest()
        for p in (PROJECT / "book").glob("*.ipynb")
    }, "run `make book` and commit codecheck.yml"
    assert "certificate" not in record, "nobody has issued a certificate"


def test_the_foot_names_edition_commit_and_site(site: Path) -> None:
    meta = read(site / "edition.json")
    assert meta["edition"] == str(CFF["version"])
    for name in PAGES:
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        assert f"site {meta['site'][:10]}" in text, f"{name}: the foot lacks the site's hash"


def test_the_zenodo_record_says_what_the_citation_file_says() -> None:
    record = read(PROJECT / ".zenodo.json")
    assert record == json.loads(replication.zenodo(PROJECT)), (
        "run `make book` and commit .zenodo.json"
    )


def test_markdown_keeps_tables_links_and_emphasis() -> None:
    page = (
        "<main><article><h2>A<a class='headerlink'>#</a></h2><p>One <em>two</em> "
        "<a href='b.html'>three</a>.</p><table><tr><th>x</th></tr><tr><td>1|2</td></tr></table>"
        "<script>no</script></article></main>"
    )
    assert machine.markdown(page) == (
        "## A\n\nOne *two* [three](b.html).\n\n| x |\n| --- |\n| 1\\|2 |\n"
    )
