"""What a reader keeps: the book as PDF, EPUB and zip, and every address.

``python -m proofbook.export pdf | epub | zip | attach | addresses`` works from the built site
in ``_build/html``. Two runs over one site give the same bytes.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import zipfile
from pathlib import Path

from bs4 import BeautifulSoup

from proofbook import build
from proofbook.articles import ExportError, built
from proofbook.edition import settings
from proofbook.epub import epub
from proofbook.pdf import pdf

# What was ever published, and so must go on leading somewhere.
ADDRESSES = Path("book") / "addresses.txt"
PLACE = "<!-- keep -->"  # where the foot of a page names what can be kept
OFFERED = {"pdf": "The book as PDF", "epub": "as EPUB", "zip": "Offline copy"}


def archive(project: Path) -> Path:
    """Pack the built site into a zip that opens from ``index.html`` without a server;
    return its path."""
    folder = built(project)
    name = settings(project)["slug"]
    target = project / "_build" / f"{name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            # Times, owners and the system of the packer would make two equal sites unequal
            # archives.
            inside = f"{name}/{path.relative_to(folder).as_posix()}"
            entry = zipfile.ZipInfo(inside, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target


def attach(project: Path) -> Path:
    """Put PDF, EPUB and zip into the site and name them at the foot of every page;
    return the folder of the build.

    The build itself does not: it needs no Chromium, and a zip cannot hold itself.

    Raises
    ------
    ExportError
        If one of them is not made yet.
    """
    folder, words = built(project), []
    for ending, label in OFFERED.items():
        output = project / "_build" / f"{settings(project)['slug']}.{ending}"
        if not output.exists():
            msg = f"there is no {output.relative_to(project)}: run `make {ending}` first"
            raise ExportError(msg)
        shutil.copyfile(output, folder / output.name)
        words.append((output.name, f"{label}, {output.stat().st_size / 1e6:.1f} MB"))
    for path in folder.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        found = re.search(r'data-root="([^"]*)"', text)
        root = found[1] if found else ""
        links = "".join(f' · <a href="{root}{name}">{label}</a>' for name, label in words)
        path.write_text(text.replace(PLACE, links), encoding="utf-8")
    build.write_manifest(project, folder)
    return folder


def addresses(pages: Path) -> list[str]:
    """Return every address that a reader may have kept:
    pages, and on them sections, figures, tables and claims."""
    found = set()
    for path in pages.glob("*.html"):
        main = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").find("main")
        found.add(path.name)
        for tag in main.select(
            "section[id], section > span[id], p[id], p > span[id], figure[id], div.table[id], "
            "tr[id], th > span[id], a:is(.verdict, .pill)[id]"
        ):
            found.add(f"{path.name}#{tag['id']}")
    return sorted(found)


def record(project: Path) -> Path:
    """Write the addresses of the built site to their file and return its path."""
    output = project / ADDRESSES
    output.write_text("\n".join(addresses(built(project))) + "\n", encoding="utf-8")
    return output


def main(arguments: list[str] | None = None) -> int:
    """Run one command in the current folder; return the exit status."""
    verbs = {"pdf": pdf, "epub": epub, "zip": archive, "attach": attach, "addresses": record}
    parser = argparse.ArgumentParser(prog="python -m proofbook.export", description=__doc__)
    parser.add_argument("what", choices=verbs)
    options = parser.parse_args(arguments)
    project = Path.cwd()
    try:
        output = verbs[options.what](project)
    except (ExportError, build.SiteError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    size = f"{output.stat().st_size / 1e6:.1f} MB" if output.is_file() else ""
    print(output.relative_to(project), size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
