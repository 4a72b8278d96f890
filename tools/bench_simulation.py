"""Draws per second of the vectorised simulation against a loop over statsmodels fits: ``python -m tools.bench_simulation``.

Exits with 1 if any design stays below the ratio asked for, 150 by default.
"""

from __future__ import annotations

import argparse
import sys

from kzmobility.econometrics.fits import regression_frame
from kzmobility.econometrics.simulation import DESIGNS, throughput
from proofbook import data


def main(arguments: list[str] | None = None) -> int:
    """Measure, print one line a design, and return 0 if every ratio is large enough, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--loop-draws", type=int, default=3_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--least", type=float, default=150, help="ratio below which the exit status is 1"
    )
    parser.add_argument("--designs", nargs="+", choices=list(DESIGNS), default=list(DESIGNS)[:5])
    options = parser.parse_args(arguments)
    frame = regression_frame(data.read("table4"))
    print(
        f"{options.draws:,} draws on {options.workers} workers, {options.loop_draws:,} statsmodels fits"
    )
    least = float("inf")
    for design in options.designs:
        result = throughput(
            frame, design, options.draws, options.loop_draws, n_jobs=options.workers
        )
        least = min(least, result["ratio"])
        print(
            f"{design:14} {result['vectorised']:12,.0f} draws/s {result['loop']:9,.0f} fits/s  {result['ratio']:6.0f} times"
        )
    return int(least < options.least)


if __name__ == "__main__":
    sys.exit(main())
