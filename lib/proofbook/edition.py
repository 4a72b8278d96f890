"""A new edition: a complete toy on Longley (1967), to be changed piece by piece into another paper's."""

from __future__ import annotations

import shutil
from pathlib import Path

TEMPLATE = Path(__file__).parent / "template"


def new(folder: Path) -> Path:
    """Write the toy edition to a folder and return it.

    Raises
    ------
    ValueError
        If the folder exists and is not empty: nothing of it is touched.
    """
    if folder.exists() and any(folder.iterdir()):
        msg = f"{folder} is not empty: name a folder that does not exist yet"
        raise ValueError(msg)
    shutil.copytree(
        TEMPLATE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    return folder
