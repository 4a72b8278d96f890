"""Plant errors into copies of the tables and record how many the audit notices, by kind.

Run ``python tools/plant_errors.py`` after a change of tables, claims or checks, then ``python -m
proofbook.data``; it
takes some minutes. ``tests/test_mutation.py`` holds the recorded counts of single digits to what it
finds itself.
"""

from __future__ import annotations

import csv
from collections import Counter

from proofbook import checks, data, mutants

FATES = ("description", "verdict", "failure", "double entry")


def main() -> None:
    """Write ``data/audit/planted_errors.csv``: one row a kind of error."""
    before, found = checks.verdicts(), Counter()
    for mutant in mutants.plant():
        found[mutant.kind, mutants.fate(mutant, before)] += 1
    with open(data.root() / "audit" / "planted_errors.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["kind", "planted", *(f.replace(" ", "_") for f in FATES)])
        for kind in mutants.KINDS:
            planted = sum(n for (k, _), n in found.items() if k == kind)
            rows.writerow([kind, planted, *(found[kind, fate] for fate in FATES)])


if __name__ == "__main__":
    main()
