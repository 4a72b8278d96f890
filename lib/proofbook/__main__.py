"""The command line: ``python -m proofbook build | execute | sync | live | new``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from proofbook import build, edition, notebooks
from proofbook.data import DataError


def live(project: Path) -> None:
    """Serve the book on loopback and build it again when text, data or library change, until interrupted."""
    sources = [
        project / "book",
        project / "data",
        project / "lib",
        project / "_config.yml",
        project / "_toc.yml",
    ]
    build.build(project)
    with build.served(project / "_build" / "html") as home:
        print(
            f"Read the book at {home}/index.html; it is built again when a file changes. Ctrl-C ends.",
            flush=True,
        )

        def stamp() -> float:  # notebooks are left out: the build itself writes them
            return max(
                f.stat().st_mtime
                for s in sources
                for f in ([s] if s.is_file() else s.rglob("*"))
                if f.is_file()
                and f.suffix
                in {".md", ".py", ".csv", ".json", ".bib", ".yml", ".css", ".js", ".html"}
            )

        seen = stamp()
        while True:
            time.sleep(1)
            if (now := stamp()) > seen:
                seen = now
                try:
                    build.build(project)
                    print("built again", flush=True)
                except (notebooks.NotebookError, build.SiteError, DataError, ValueError) as error:
                    print(f"\n{error}\nThe site that was there stays.", file=sys.stderr, flush=True)


def start(folder: Path | None) -> int:
    """Write a toy edition to a folder and say what comes next; return the exit status."""
    if folder is None:
        print("name the folder of the edition: python -m proofbook new FOLDER", file=sys.stderr)
        return 2
    try:
        edition.new(folder)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"A complete small edition is in {folder}; `cd` there and run `python -m proofbook build`."
    )
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run one command in the current folder; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m proofbook", description=__doc__)
    parser.add_argument("command", choices=["build", "execute", "sync", "live", "new"])
    parser.add_argument("folder", nargs="?", type=Path, help="of a new edition")
    parser.add_argument(
        "--force", action="store_true", help="execute every notebook, changed or not"
    )
    parser.add_argument("--why", action="store_true", help="say what runs and because of what")
    parser.add_argument(
        "--keep",
        choices=["text", "notebook"],
        default="",
        help="which half of a pair to keep where both were edited",
    )
    options = parser.parse_args(arguments)
    if options.command == "new":
        return start(options.folder)
    project = Path.cwd()
    if not (project / "_toc.yml").exists():
        parser.error(f"{project} holds no _toc.yml: run this from the project's root")
    try:
        if options.command == "live":
            live(project)
        elif options.command == "sync":
            notebooks.sync(project / "book", options.keep)
        elif options.command == "execute":
            notebooks.sync(project / "book")
            notebooks.execute_all(project, force=options.force, why=options.why)
        else:
            site = build.build(project, force=options.force, why=options.why)
            print(f"The book is in {site.relative_to(project)}/index.html")
    except (notebooks.NotebookError, build.SiteError, DataError, ValueError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
