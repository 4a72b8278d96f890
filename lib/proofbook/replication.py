"""The replication package: README for a data editor, CODECHECK manifest, Zenodo record, RO-Crate.

Everything is read from ``data/datapackage.json``, ``CITATION.cff``, ``_config.yml`` and the built
site; nothing is typed twice. Each build keeps the copies in the project's root, as it keeps the
executed notebooks. ``python -m proofbook.replication MANIFEST`` compares the site with an edition.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import jinja2
import yaml
from lxml import html
from pybtex.database import parse_file

from proofbook import data

Facts = dict[str, Any]
TEMPLATE = Path(__file__).parent / "theme" / "REPLICATION.md"
OUTPUTS = {
    "claims.json": "every claim of the paper with its verdict",
    "results.json": "every computed result, by name, in full precision",
    "data/datapackage.json": "the description of every table",
}


def citation(project: Path) -> Facts:
    """Return ``CITATION.cff`` as a dictionary."""
    return yaml.safe_load((project / "CITATION.cff").read_text(encoding="utf-8"))


def names(people: list[Facts]) -> list[str]:
    """Return the names of people of a citation file, family name first."""
    return [
        p.get("name") or f"{p.get('family-names', '')}, {p.get('given-names', '')}" for p in people
    ]


def settings(project: Path) -> Facts:
    """Return ``_config.yml``."""
    return yaml.safe_load((project / "_config.yml").read_text(encoding="utf-8"))


def pages_of(project: Path) -> list[str]:
    """Return the names of all pages in the order of the contents."""
    toc = (project / "_toc.yml").read_text(encoding="utf-8")
    return [n.removesuffix(".ipynb") for n in re.findall(r"(?:root|file): (\S+)", toc)]


def exhibits(project: Path, pages: Path) -> list[Facts]:
    """Return every captioned figure and table of the site: name, caption, page and its data."""
    found = []
    for page in pages_of(project):
        tree = html.fromstring((pages / f"{page}.html").read_text(encoding="utf-8"))
        for node in tree.xpath("//*[starts-with(@id, 'fig-') or starts-with(@id, 'tbl-')]"):
            words = node.xpath(".//figcaption//p[1] | .//caption")
            sources = node.xpath(".//p[contains(@class, 'source')]//a/@href")
            if words:  # without, it is an address that leads on, or a part of a picture
                caption = " ".join(words[0].text_content().split()).rstrip("#")
                tables = [s.partition("#data-")[2] for s in sources if "#data-" in s]
                exhibit = {"id": node.get("id"), "page": page, "caption": caption}
                found.append(exhibit | {"tables": tables})
    return found


def references(project: Path, keys: set[str]) -> list[str]:
    """Return entries of the bibliography as one line each, in the order of their authors."""
    entries = parse_file(str(project / "book" / "references.bib")).entries
    lines = []
    for key in keys & set(entries):
        fields, authors = entries[key].fields, map(str, entries[key].persons["author"])
        line = f"{'; '.join(authors)} ({fields['year']}). {fields['title']}. {fields['url']}"
        lines.append(re.sub(r"[{}\\]", "", line) + f". {fields.get('note', '')}.")
    return sorted(lines)


def official() -> list[Facts]:
    """Return the described tables that a source outside the paper gives."""
    return [d for d in map(data.describe, data.names()) if d["path"].startswith("official/")]


def programs(project: Path) -> list[Facts]:
    """Return the packages under ``lib/``, each with what its docstring says first."""
    found = []
    for file in sorted((project / "lib").glob("*/__init__.py")):
        words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        first = " ".join(words.partition("\n\n")[0].split())
        found.append({"name": file.parent.name, "doc": first})
    return found


def document(project: Path, pages: Path) -> str:
    """Return ``REPLICATION.md`` in the order of the template of the AEA Data Editor."""
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    cff = citation(project)
    measured = project / "tools" / "measured.json"
    cited = {s["citation"] for d in official() for s in d["sources"] if "citation" in s}
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        cff=cff,
        paper=cff["preferred-citation"],
        authors=names(cff["preferred-citation"]["authors"]),
        config=settings(project),
        package=data.package(),
        official=official(),
        printed=[d for d in map(data.describe, data.names()) if d["path"].startswith("paper/")],
        audit=[d for d in map(data.describe, data.names()) if d["path"].startswith("audit/")],
        exhibits=exhibits(project, pages),
        pages=pages_of(project),
        code=programs(project),
        references=references(project, cited),
        build="make book" if (project / "Makefile").exists() else "python -m proofbook build",
        has={
            p.relative_to(project).as_posix() for p in (*project.glob("*"), *project.glob("data/*"))
        },
        measured=json.loads(measured.read_text(encoding="utf-8")) if measured.exists() else None,
    )


def codecheck(project: Path) -> str:
    """Return ``codecheck.yml``: the executed notebooks with their checksums, which a clone holds.

    No certificate is claimed. Files of a site have their checksums in its ``manifest.json``: those
    of ``results.json`` may differ between kinds of processors in the last digits.
    """
    cff = citation(project)
    paper = cff["preferred-citation"]
    notebooks = [project / "book" / f"{name}.ipynb" for name in pages_of(project)]
    manifest = [
        {"file": f"book/{path.name}", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in notebooks
        if path.exists()
    ]
    record = {
        "version": "https://codecheck.org.uk/spec/config/1.0",
        "paper": {
            "title": paper["title"],
            "authors": [{"name": name} for name in names(paper["authors"])],
            "reference": f"https://doi.org/{paper['doi']}",
        },
        "manifest": manifest,
        "summary": "Not checked by a codechecker yet. `make book FORCE=1` makes every file of the "
        "manifest, and the site; its manifest.json has the checksum of each of its files.",
    }
    return yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=100)


def zenodo(project: Path) -> str:
    """Return ``.zenodo.json``, the metadata of an archived release."""
    cff = citation(project)
    record = {
        "title": cff["title"],
        "upload_type": "software",
        "description": cff["abstract"],
        "creators": [{"name": name} for name in names(cff["authors"])],
        "version": str(cff["version"]),
        "publication_date": str(cff["date-released"]),
        "license": cff["license"].lower(),
        "keywords": cff["keywords"],
        "related_identifiers": [
            {
                "identifier": cff["preferred-citation"]["doi"],
                "relation": "reviews",
                "resource_type": "publication-article",
            }
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _files(pages: Path) -> list[Facts]:
    """Return the crate's entities for tables, results and pages."""
    entities: list[Facts] = []
    for descriptor in map(data.describe, data.names()):
        licence = descriptor["licenses"][0]
        entities.append(
            {
                "@id": f"data/{descriptor['path']}",
                "@type": "File",
                "name": descriptor["title"],
                "description": descriptor["description"],
                "encodingFormat": descriptor["mediatype"],
                "contentSize": str(descriptor["bytes"]),
                "sha256": descriptor["hash"].removeprefix("sha256:"),
                "license": {"@id": licence["path"]} if "path" in licence else licence["title"],
            }
        )
    for name, what in OUTPUTS.items():
        kind = {"@id": name, "@type": "File", "name": what[0].upper() + what[1:]}
        entities.append(kind | {"encodingFormat": "application/json"})
    for page in sorted(pages.glob("*.html")):
        entities.append({"@id": page.name, "@type": "File", "encodingFormat": "text/html"})
    return entities


def crate(project: Path, pages: Path, versions: dict[str, str]) -> Facts:
    """Return the RO-Crate 1.3 of the site: its files, and the build as an action that made them."""
    cff, paper = citation(project), citation(project)["preferred-citation"]
    files = _files(pages)
    inputs = [{"@id": f["@id"]} for f in files if f["@id"].endswith(".csv")]
    outputs = [{"@id": f["@id"]} for f in files if not f["@id"].endswith(".csv")]
    doi = f"https://doi.org/{paper['doi']}"
    people = [
        {"@id": f"#author-{i}", "@type": "Person", "name": name}
        for i, name in enumerate(names(paper["authors"]), 1)
    ]
    editors = {"@id": "#editors", "@type": "Organization", "name": names(cff["authors"])[0]}
    text = "https://creativecommons.org/licenses/by/4.0/"
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": cff["title"],
        "description": cff["abstract"],
        "version": str(cff["version"]),
        "datePublished": str(cff["date-released"]),
        "keywords": ", ".join(cff["keywords"]),
        "author": {"@id": "#editors"},
        "license": {"@id": text},
        "about": {"@id": doi},
        "mentions": {"@id": "#build"},
        "hasPart": [{"@id": f["@id"]} for f in files],
    }
    article = {
        "@id": doi,
        "@type": "ScholarlyArticle",
        "name": paper["title"],
        "author": [{"@id": p["@id"]} for p in people],
        "isPartOf": f"{paper['journal']} {paper['volume']}({paper['issue']})",
        "datePublished": str(paper["year"]),
        "identifier": doi,
    }
    software = [
        {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "version": version}
        for name, version in versions.items()
    ]
    build = {
        "@id": "#build",
        "@type": "CreateAction",
        "name": "make book: execute the notebooks and build the site",
        "agent": {"@id": "#editors"},
        "instrument": [{"@id": s["@id"]} for s in software],
        "object": inputs,
        "result": outputs,
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.3"},
        "about": {"@id": "./"},
    }
    licence = {"@id": text, "@type": "CreativeWork", "name": "CC BY 4.0"}
    graph = [descriptor, root, article, *people, editors, licence, *software, build, *files]
    return {"@context": "https://w3id.org/ro/crate/1.3/context", "@graph": graph}


def write(project: Path, pages: Path, versions: dict[str, str]) -> None:
    """Write the files of the package into the site."""
    (pages / "REPLICATION.md").write_text(document(project, pages), encoding="utf-8")
    (pages / "codecheck.yml").write_text(codecheck(project), encoding="utf-8")
    text = json.dumps(crate(project, pages, versions), ensure_ascii=False, indent=1)
    (pages / "ro-crate-metadata.json").write_text(text + "\n", encoding="utf-8")


def write_copies(project: Path, pages: Path) -> list[str]:
    """Write the copies in the project's root, for who opens a clone; return those that changed."""
    contents = {name: (pages / name).read_bytes() for name in ("REPLICATION.md", "codecheck.yml")}
    contents[".zenodo.json"] = zenodo(project).encode()
    files = {project / name: content for name, content in contents.items()}
    stale = [p for p, content in files.items() if not p.exists() or p.read_bytes() != content]
    for path in stale:
        path.write_bytes(files[path])
    return [path.name for path in stale]


def differences(published: Facts, site: Path) -> list[str]:
    """Return one line for each file of a built site that a published manifest has otherwise.

    Pages are compared by the hash of the whole site, which leaves out their foot: it names the
    commit and offers the PDF, which only a machine with Chromium has.
    """
    built = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    found = [
        f"{name}: published {digest[:12]}, built {built['files'].get(name, 'nothing')[:12]}"
        for name, digest in published["files"].items()
        if not name.endswith((".html", ".pdf", ".zip")) and name != "edition.json"
        if built["files"].get(name) != digest
    ]
    if published.get("site") != built.get("site"):
        found.append(f"the site as a whole: {published.get('site')} is now {built.get('site')}")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Compare the built site with the manifest of an edition; return the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1:
        print("usage: make verify MANIFEST=manifest.json, that of an edition", file=sys.stderr)
        return 2
    published = json.loads(Path(given[0]).read_text(encoding="utf-8"))
    found = differences(published, Path.cwd() / "_build" / "html")
    same = "Every file is as published, and so is the site but for the foot of its pages"
    print(*(found or [same]), sep="\n")
    if found:
        print(f"Published from commit {published['commit']}: is it the one built here, and is")
        print("PROOFBOOK_BASE_URL the address that it was published at?")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
