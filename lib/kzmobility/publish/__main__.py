"""The command line: ``python -m kzmobility.publish build | execute | sync``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kzmobility.data import DataError
from kzmobility.publish import notebooks, site


def main(arguments: list[str] | None = None) -> int:
    """Run one command in the current folder; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m kzmobility.publish", description=__doc__)
    parser.add_argument("command", choices=["build", "execute", "sync"])
    parser.add_argument("--force", action="store_true", help="execute every notebook, changed or not")
    options = parser.parse_args(arguments)
    project = Path.cwd()
    if not (project / "_toc.yml").exists():
        parser.error(f"{project} holds no _toc.yml: run this from the project's root")
    try:
        if options.command == "sync":
            notebooks.sync(project / "book")
        elif options.command == "execute":
            notebooks.sync(project / "book")
            notebooks.execute_all(project, force=options.force)
        else:
            print(f"The book is in {site.build(project, force=options.force).relative_to(project)}/index.html")
    except (notebooks.NotebookError, site.SiteError, DataError, ValueError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
