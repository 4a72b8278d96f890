"""The page that describes the data: nothing typed, nothing unescaped,
every address in its place."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from proofbook import data, datapage

HOSTILE = '<script>alert("x")</script>'


def page(folder: Path, text: str) -> BeautifulSoup:
    """Build one page with the directive and return it."""
    source, out = folder / "source", folder / "out"
    source.mkdir()
    (source / "conf.py").write_text("extensions = ['proofbook.datapage']\n")
    (source / "index.rst").write_text(f"Data\n====\n\n{text}\n")
    with (
        patch_docutils(),
        docutils_namespace(),
    ):  # or Sphinx would warn that its own nodes are registered already
        Sphinx(
            source,
            source,
            out,
            folder / "trees",
            "html",
            status=None,
            warning=sys.stderr,
            warningiserror=True,
        ).build(force_all=True)
    return BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "html.parser")


def test_every_table_of_a_folder_has_its_address_and_a_link_to_its_file(tmp_path: Path) -> None:
    soup = page(tmp_path, ".. data-tables:: paper")
    for name in data.names():
        d = data.describe(name)
        section = soup.find(id=f"data-{name}")
        if datapage.folder_of(d) != "paper":
            assert section is None, f"{name} is not of the paper; list it under the official tables"
            continue
        assert section is not None, f"no section data-{name}: source lines of figures lead there"
        assert section.find("a", href=f"data/{d['path']}"), f"data-{name} must link its CSV file"
        assert d["hash"] in section.get_text()
        columns = [th.code.get_text() for th in section.find_all("th", scope="row")]
        assert columns == [f["name"] for f in d["schema"]["fields"]], (
            f"data-{name} must list every column once"
        )


def test_an_address_keeps_the_underscore_of_a_table_name(tmp_path: Path) -> None:
    soup = page(tmp_path, ":ref:`Reasons <data-survey_reasons>`\n\n.. data-tables:: paper")
    assert soup.find("a", href="#data-survey_reasons"), (
        "figures link to data-NAME with the table's own name"
    )


def test_text_of_a_descriptor_is_never_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"a\n1\n"
    folder = tmp_path / "data"
    (folder / "paper").mkdir(parents=True)
    (folder / "paper" / "evil.csv").write_bytes(content)
    evil = {
        "name": "evil",
        "path": "paper/evil.csv",
        "title": HOSTILE,
        "description": HOSTILE,
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
        "sources": [
            {
                "title": HOSTILE,
                "path": "javascript:alert(1)",
                "locator": HOSTILE,
                "vintage": HOSTILE,
                "indicators": [HOSTILE],
            },
            {"title": HOSTILE, "path": 'https://x.org/"onclick="x'},
        ],
        "licenses": [{"name": HOSTILE, "title": HOSTILE}],
        "schema": {
            "fields": [
                {
                    "name": "a",
                    "type": "string",
                    "unit": HOSTILE,
                    "description": HOSTILE,
                    "constraints": {"enum": ["1", HOSTILE]},
                }
            ],
            "primaryKey": ["a"],
        },
        "checks": [{"kind": "complete", "fields": ["a"], "description": HOSTILE}],
    }
    (folder / "datapackage.json").write_text(json.dumps({"resources": [evil]}))
    monkeypatch.setenv("PROOFBOOK_DATA", str(folder))
    section = page(tmp_path, ".. data-tables::").find(id="data-evil")
    assert section is not None
    assert not section.find("script"), "a text of datapackage.json became markup; escape it"
    assert not [
        a for a in section.find_all("a") if a["href"].startswith("javascript:") or a.get("onclick")
    ], "only web addresses may become links"
    assert section.get_text().count(HOSTILE) >= 9, "each text must still be readable as text"


def test_constraints_are_told_in_words() -> None:
    field = {"constraints": {"required": True, "minimum": 0, "maximum": 100}}
    assert datapage.allowed(field) == "required; at least 0; at most 100"
    assert datapage.allowed({"constraints": {"enum": list(range(20))}}).endswith("and 8 more")
    assert datapage.allowed({}) == ""
