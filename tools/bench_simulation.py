"""Time the vectorised simulation against a loop over statsmodels fits.

Run ``python -m tools.bench_simulation``. Exits with 1 if any design stays below the ratio asked
for, 150 by default.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.stats.stattools import durbin_watson

from kzmobility.econometrics.fits import regression_frame
from kzmobility.econometrics.simulation import CHUNK, DESIGNS, _draw, _seeds, simulate, target
from proofbook import data


def statsmodels_loop(
    frame: pd.DataFrame, design: str = "driftless", draws: int = 1_000, seed: int = 1974
) -> pd.DataFrame:
    """Fit the regressions of ``simulate(frame, design, draws, seed)`` one by one with statsmodels.

    Returns
    -------
    DataFrame
        ``r2``, ``f_p``, ``dw``, one row a draw: the very draws of :func:`simulate`, fitted by
        another route.
    """
    goal = target(frame)
    rows = []
    for size, seed_of in _seeds(design, seed, draws):
        y, x1, x2 = _draw(design, goal, size, np.random.default_rng(seed_of))
        x1, x2 = np.broadcast_to(x1, y.shape), np.broadcast_to(x2, y.shape)
        for column in range(size):
            x = sm.add_constant(np.column_stack([x1[:, column], x2[:, column]]), has_constant="add")
            model = sm.OLS(y[:, column], x).fit()
            rows.append((model.rsquared, model.f_pvalue, durbin_watson(model.resid)))
    return pd.DataFrame(rows, columns=["r2", "f_p", "dw"])


def throughput(
    frame: pd.DataFrame,
    design: str = "driftless",
    draws: int = 1_000_000,
    loop_draws: int = 3_000,
    n_jobs: int = -1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Return draws per second, ``vectorised`` and by ``loop``, and their ``ratio``; warm both up.

    Both draw their data and give R-square, significance of F and Durbin-Watson.
    """
    simulate(frame, design, 4 * CHUNK, n_jobs=n_jobs)
    statsmodels_loop(frame, design, 50)
    start = clock()
    simulate(frame, design, draws, n_jobs=n_jobs)
    middle = clock()
    statsmodels_loop(frame, design, loop_draws)
    fast, slow = draws / (middle - start), loop_draws / (clock() - middle)
    return {"vectorised": fast, "loop": slow, "ratio": fast / slow}


def main(arguments: list[str] | None = None) -> int:
    """Measure, print one line a design, and return 0 if every ratio is large enough, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--loop-draws", type=int, default=3_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--least", type=float, default=150, help="ratio below which the exit status is 1"
    )
    parser.add_argument("--designs", nargs="+", choices=DESIGNS, default=DESIGNS[:5])
    options = parser.parse_args(arguments)
    frame = regression_frame(data.read("table4"))
    print(f"{options.draws:,} draws, {options.workers} workers, {options.loop_draws:,} loop fits")
    least = float("inf")
    for design in options.designs:
        result = throughput(
            frame, design, options.draws, options.loop_draws, n_jobs=options.workers
        )
        least = min(least, result["ratio"])
        print(
            f"{design:14} {result['vectorised']:12,.0f} draws/s {result['loop']:9,.0f} fits/s"
            f" {result['ratio']:6.0f} times"
        )
    return int(least < options.least)


if __name__ == "__main__":
    sys.exit(main())
