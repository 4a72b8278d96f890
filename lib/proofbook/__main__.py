"""The command line: ``python -m proofbook build``, ``live``, ``new-chapter`` and others."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from proofbook import build, edition

COMMANDS = ("build", "execute", "sync", "live", "new")
SCAFFOLDS = ("new-chapter", "new-table", "new-claim")


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


def run(project: Path, options: argparse.Namespace) -> int:
    """Run one command in a project; return the exit status."""
    if options.command in SCAFFOLDS:
        from proofbook import scaffold

        write = getattr(scaffold, options.command.replace("-", "_"))
        print(write(project, options.name))
    elif options.command == "live":
        from proofbook.live import live

        live(project, options.port)
    elif options.command == "build":
        site = build.build(project, force=options.force, why=options.why)
        print(f"The book is in {site.relative_to(project)}/index.html")
    else:
        from proofbook import notebooks

        notebooks.sync(project / "book", options.keep)
        if options.command == "execute":
            notebooks.execute_all(project, force=options.force, why=options.why)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run one command in the current folder; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m proofbook", description=__doc__)
    parser.add_argument("command", choices=[*COMMANDS, *SCAFFOLDS])
    parser.add_argument("name", nargs="?", default="", help="of what is new")
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
    parser.add_argument("--port", type=int, default=0, help="of the live server; any free one")
    options = parser.parse_args(arguments)
    if options.command == "new":
        return start(Path(options.name) if options.name else None)
    project = Path.cwd()
    if not (project / "_toc.yml").exists():
        parser.error(f"{project} holds no _toc.yml: run this from the project's root")
    try:
        return run(project, options)
    except KeyboardInterrupt:
        return 130
    except build.faults() as error:
        print(f"\n{build.brief(error)}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
