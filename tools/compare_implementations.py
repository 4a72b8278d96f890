"""Record our results beside those of the independent implementation in R, for the page on the
audit.

Run ``python tools/compare_implementations.py`` after a change of the results that the contract
names, then ``python -m proofbook.data``. ``tests/book/test_contract.py`` holds both columns to what
is published.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from proofbook import data, results

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write ``data/audit/implementations.csv``: one row a result."""
    independent = json.loads((ROOT / "tests/independent/values.json").read_text(encoding="utf-8"))
    ours = results.collect((ROOT / "book").glob("*.ipynb"))
    with open(data.root() / "audit" / "implementations.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["result", "book", "independent", "error"])
        for name, theirs in independent["values"].items():
            rows.writerow([name, ours[name]["value"], theirs, ""])
        for name, theirs in independent["simulated"].items():
            rows.writerow([name, ours[name]["value"], theirs["p"], theirs["mc_se"]])


if __name__ == "__main__":
    main()
