"""What a state of the project is called: hashes of its files. Imports nothing heavy."""

from __future__ import annotations

import hashlib
from pathlib import Path

ASIDE = ("__pycache__", ".ipynb_checkpoints", "_build", ".venv", ".git")


def digest(*parts: bytes) -> str:
    """Return one hash of several contents."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part + b"\0")
    return found.hexdigest()


def tree(*places: Path, suffixes: tuple[str, ...] = ()) -> str:
    """Return the hash of files and of all files below folders; of some kinds only, if named."""
    found = [
        f
        for place in places
        for f in ([place] if place.is_file() else sorted(place.rglob("*")))
        if f.is_file() and (not suffixes or f.suffix in suffixes)
        if not set(f.parts[len(place.parts) :]) & set(ASIDE)
    ]
    return digest(*(x for f in found for x in (str(f).encode(), f.read_bytes())))
