"""What the regression chapters publish, computed again with numpy alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kzmobility import econometrics as ec
from proofbook import data
from proofbook.results import collect

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = ("07-econometrics", "09-origin", "10-diagnostics")


@pytest.fixture(scope="module")
def published() -> dict[str, float]:
    found = collect(BOOK / f"{name}.ipynb" for name in CHAPTERS)
    return {name: entry["value"] for name, entry in found.items()}


@pytest.fixture(scope="module")
def sample() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    frame = ec.regression_frame(data.read("table4"))
    x = np.column_stack([np.ones(len(frame)), frame["x1"], frame["x2"]])
    return frame.index.to_numpy(), x, frame["y"].to_numpy()


def fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Return coefficients and the sum of squared residuals."""
    scale = np.sqrt((x**2).sum(axis=0))
    b = np.linalg.lstsq(x / scale, y, rcond=None)[0] / scale
    return b, float(((y - x @ b) ** 2).sum())


@pytest.mark.parametrize("start", [2016, 2017])
def test_a_step_and_the_rest_add_up_to_the_paper(published, sample, start: int) -> None:
    years, x, y = sample
    late = years >= start
    step = np.where(late, y[late].mean(), y[~late].mean())
    shadow, rest = fit(x, step)[0], fit(x, y - step)[0]
    for term in (1, 2):
        assert published[f"shadow{start}.b{term}"] == pytest.approx(shadow[term], rel=1e-8)
        assert published[f"rest{start}.b{term}"] == pytest.approx(rest[term], rel=1e-6)
        assert shadow[term] + rest[term] == pytest.approx(published[f"ols.b{term}"], rel=1e-8)


@pytest.mark.parametrize("start", [2016, 2017])
def test_the_joint_f_compares_two_sums_of_squares(published, sample, start: int) -> None:
    years, x, y = sample
    late = (years >= start).astype(float)
    short = fit(np.column_stack([x[:, 0], late]), y)[1]
    long = fit(np.column_stack([x, late]), y)[1]
    f = (short - long) / 2 / (long / (len(y) - 4))
    assert published[f"joint{start}.f"] == pytest.approx(f, rel=1e-8)


def test_the_variance_ratio_is_that_of_two_fits(published, sample) -> None:
    years, x, y = sample
    late = years >= 2016
    after, before = (fit(x[part], y[part])[1] / (part.sum() - 3) for part in (late, ~late))
    assert published["variance.ratio"] == pytest.approx(after / before, rel=1e-7)


def test_the_bounds_f_is_that_of_three_lagged_levels(published, sample) -> None:
    _, x, y = sample
    change, before = np.diff(y), np.column_stack([y[:-1], x[:-1, 1:]])
    short = np.column_stack([np.ones(len(change)), np.diff(x[:, 1:], axis=0)])
    restricted, free = fit(short, change)[1], fit(np.column_stack([short, before]), change)[1]
    f = (restricted - free) / 3 / (free / (len(change) - 6))
    assert published["bounds.f"] == pytest.approx(f, rel=1e-6)


def test_the_memory_with_slopes_at_zero_is_a_fixed_point(published, sample) -> None:
    y = sample[2]
    rho = published["rho.null"]
    weights = np.r_[1 - rho**2, np.full(len(y) - 1, (1 - rho) ** 2)]
    values = np.r_[y[0], (y[1:] - rho * y[:-1]) / (1 - rho)]
    e = y - (weights * values).sum() / weights.sum()
    assert e[1:] @ e[:-1] / (e[:-1] @ e[:-1]) == pytest.approx(rho, rel=1e-8)
