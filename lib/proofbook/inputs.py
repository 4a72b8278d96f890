"""What pages are made of besides their own text: noted results and the judged ledger,
each once a build."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from proofbook import checks, data, results
from proofbook.fingerprint import digest, tree

HERE = Path(__file__).parent
ROLE = re.compile(r"\{(result|printed|claim|claim-id)\}`([^`]+)`")
WHOLE_LEDGER = re.compile(r"\{(?:section-claims|chapter-claims|besides|ledger|data-tables)\}")
Claims = dict[str, dict[str, Any]]


def claims(project: Path) -> Claims:
    """Return the judged ledger, ``id -> claim``; the checks run when data or code changed.

    Raises
    ------
    checks.LedgerError, data.DataError
        If ledger and data do not fit together.
    """
    sources = (data.root(), project / "lib", HERE, project / "requirements.txt")
    return _claims(project, tree(*sources, suffixes=(".py", ".csv", ".json", ".txt")))


@lru_cache(maxsize=2)
def _claims(project: Path, state: str) -> Claims:
    kept = project / "_build" / "claims.json"
    try:
        stored = json.loads(kept.read_bytes())
        if stored["state"] == state:
            return dict(stored["claims"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    judged = {str(claim["id"]): claim for claim in checks.check_all()}
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps({"state": state, "claims": judged}), encoding="utf-8")
    return judged


def noted(project: Path) -> dict[str, dict[str, results.Value]]:
    """Return all noted results, ``name -> {"value", "text"}``;
    raises ValueError if two disagree."""
    return results.collect((project / "book").glob("*.ipynb"))


@lru_cache(maxsize=2048)
def _named(path: Path, stamp: tuple[int, int]) -> tuple[tuple[tuple[str, str], ...], bool]:
    text = path.read_text(encoding="utf-8")
    return tuple(sorted(set(ROLE.findall(text)))), bool(WHOLE_LEDGER.search(text))


def uses(path: Path, known: dict[str, Any], judged: Claims, whole: str) -> str:
    """Return the hash of everything that a page shows of the values that its text names.

    `whole` stands for all data and claims: it counts where a page lists them.
    """
    stat = path.stat()
    names, lists = _named(path, (stat.st_mtime_ns, stat.st_size))
    values: list[Any] = [whole] if lists else []
    for kind, name in names:
        if kind == "result":
            values.append(known.get(name.partition("|")[0]))
        elif kind == "printed":
            try:
                values += [data.printed(name), data.describe(name.partition(".")[0])["title"]]
                values.append(data.describe("claims")["hash"])  # a card names the claims on it
            except (KeyError, ValueError):
                values.append(None)
        else:
            values.append(judged.get(name))
    return digest(json.dumps(values, sort_keys=True).encode())
