"""What the engine knows of the edition that it builds, and the toy that a new edition starts
from."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parent / "template"
DEFAULTS = {
    "checks": "",
    "edition_of": "a paper",
    "slug": "book",
    "seconds_per_cell": 900,
    "gigabytes_per_notebook": 6,
    "replies_to": "",
}


@lru_cache(maxsize=64)
def _config(file: Path, stamp: tuple[int, int]) -> dict[str, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8")) or {}


def config(project: Path) -> dict[str, Any]:
    """Return ``_config.yml``, empty if there is none; it is read once a change and not to be
    altered."""
    file = project / "_config.yml"
    if not file.exists():
        return {}
    stat = file.stat()
    return _config(file, (stat.st_mtime_ns, stat.st_size))


def settings(project: Path) -> dict[str, Any]:
    """Return the section ``proofbook:`` of an edition's ``_config.yml``; defaults where it is
    silent.

    Keys: ``checks``, the module that registers the checks; ``edition_of``, the paper in a few
    words; ``slug``, the name of its files; ``cite_page`` and ``references_page``, names of pages;
    ``replies_to``, where a reader may dispute a verdict: ``mailto:…`` or the form of an issue.
    """
    return DEFAULTS | (config(project).get("proofbook") or {})


def new(folder: Path) -> Path:
    """Write the toy edition, on Longley (1967), to a folder and return it.

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
