"""Measure a build that executes every notebook: time, memory and disk, for REPLICATION.md.

``make measure`` writes ``tools/measured.json``, to be committed when the needs have changed.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def megabytes(folder: Path) -> int:
    """Return what the files of a folder take, in MB; a file with two names counts once."""
    stats = {(s.st_dev, s.st_ino): s.st_size for s in map(os.lstat, folder.rglob("*"))}
    return round(sum(stats.values()) / 1e6)


def measure(project: Path) -> dict[str, object]:
    """Build with ``--force`` and return what it took, memory being that of the largest process."""
    began = time.monotonic()
    command = [sys.executable, "-m", "proofbook", "build", "--force"]
    subprocess.run(command, cwd=project, check=True)
    taken = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kibibytes on Linux
    return {
        "date": datetime.date.today().isoformat(),
        "platform": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "cores": os.cpu_count(),
        "minutes": round(taken / 60, 1),
        "processor_minutes": round((used.ru_utime + used.ru_stime) / 60, 1),
        "memory_mb": round(used.ru_maxrss * unit / 1e6),
        "site_mb": megabytes(project / "_build" / "html"),
        "environment_mb": megabytes(project / ".venv"),
    }


if __name__ == "__main__":
    found = json.dumps(measure(PROJECT), indent=1) + "\n"
    (PROJECT / "tools" / "measured.json").write_text(found, encoding="utf-8")
    print(found)
