"""What runs in a kernel beside the notebook: limits, and a record of what the notebook rests on.

The record names every file below the project that was read or published, every table that was
described, and every module of the project that was imported. From it the build knows which
notebooks a change concerns.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

ASIDE = (".venv", ".git", "_build", "__pycache__", ".ipynb_checkpoints")
_WRITES = os.O_WRONLY | os.O_RDWR


def follow_parent(parent: int) -> None:
    """Let this process end with its parent: a killed build leaves no child behind (Linux)."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != parent:  # killed while this process started
            os._exit(1)


def limit_memory(gigabytes: float) -> None:
    """Let an allocation beyond this raise a MemoryError, not drive the machine into swap."""
    size = int(gigabytes * 2**30)
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard == resource.RLIM_INFINITY or size < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (size, hard))


class Record:
    """Collects what a notebook reads, describes, imports and publishes."""

    def __init__(self, project: Path, target: Path) -> None:
        self.root = str(project.resolve()) + os.sep
        self.published = self.root + os.path.join("_build", "published") + os.sep
        self.target = target
        self.reads: set[str] = set()
        self.tables: set[str] = set()
        self.products: set[str] = set()
        self.written = ""

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take one audit event of the interpreter (see ``sys.addaudithook``)."""
        if event == "proofbook.describe":
            self.tables.add(arguments[0])
        elif event == "open" and isinstance(arguments[0], str):
            path = os.path.abspath(arguments[0])
            if arguments[2] & _WRITES:
                if path.startswith(self.published):
                    self.products.add(path.removeprefix(self.published))
            elif path.startswith(self.root):
                name = path.removeprefix(self.root)
                if not (name.endswith(".py") or set(name.split(os.sep)) & set(ASIDE)):
                    self.reads.add(name)

    def modules(self) -> list[str]:
        """Return the files of the imported modules of the project and of this package."""
        here = str(Path(__file__).parent) + os.sep
        files = [getattr(m, "__file__", None) or "" for m in list(sys.modules.values())]
        return sorted(
            {
                os.path.relpath(f, self.root)
                for f in files
                if f.startswith((self.root, here)) and f.endswith(".py") and f != __file__
                if not set(os.path.relpath(f, self.root).split(os.sep)) & set(ASIDE)
            }
        )

    def write(self, *_: object) -> None:
        """Write the record if it changed."""
        content = {
            "reads": sorted(self.reads),
            "tables": sorted(self.tables),
            "modules": self.modules(),
            "products": sorted(self.products),
        }
        text = json.dumps(content)
        if text != self.written:
            self.target.write_text(text, encoding="utf-8")
            self.written = text


def start(project: str, target: str, gigabytes: float) -> None:
    """Begin: called by the start-up file of a kernel's profile."""
    from IPython import get_ipython

    follow_parent(int(os.environ.get("JPY_PARENT_PID", os.getppid())))
    limit_memory(gigabytes)
    record = Record(Path(project), Path(target))
    sys.addaudithook(record.hear)
    get_ipython().events.register("post_run_cell", record.write)
