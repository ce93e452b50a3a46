"""Walking downhill: one parabola, then a line through noisy points for many step counts and rates.

python examples/find_minimum.py [plot.png]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from autodiff_compiler import gradient

PLOT = Path(__file__).parent.parent / "build" / "find_minimum.png"
STEPS = (10, 30, 100, 300, 1000)
RATES = (0.01, 0.03, 0.1, 0.3)


class Result(NamedTuple):
    """Where the parabola's descent ended, and the line found for each (steps, rate)."""

    minimum: float
    lines: dict[tuple[int, float], tuple[float, float]]
    plot: Path | None


def parabola(x):
    """Smallest at x = 4."""
    return (x - 4) ** 2


def misfit(slope, intercept, xs, ys):
    """The mean squared distance of the points from the line."""
    return np.mean((slope * xs + intercept - ys) ** 2)


def find_minimum(start: float = 0.0, steps: int = 500, rate: float = 0.01) -> float:
    """Where so many steps against the slope of the parabola lead."""
    slope_at = gradient(of=parabola)
    x = start
    for _ in range(steps):
        x -= rate * slope_at(x)
    return x


def fit(xs: np.ndarray, ys: np.ndarray, steps: int, rate: float) -> tuple[float, float]:
    """Slope and intercept after so many steps at this rate, from a flat line through zero."""
    uphill = gradient(of=misfit, wrt=("slope", "intercept"))
    slope = intercept = 0.0
    for _ in range(steps):
        up_slope, up_intercept = uphill(slope, intercept, xs, ys)
        slope, intercept = slope - rate * up_slope, intercept - rate * up_intercept
    return slope, intercept


def draw(lines: dict[tuple[int, float], tuple[float, float]], path: Path) -> Path | None:
    """Save how far each line is from y = 2x + 6; None where Matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for rate in RATES:
        distances = [np.hypot(lines[steps, rate][0] - 2, lines[steps, rate][1] - 6) for steps in STEPS]
        axes.loglog(STEPS, distances, "o-", label=f"rate {rate}")
    axes.set(xlabel="steps", ylabel="distance from slope 2 and intercept 6")
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path


def main(plot: Path = PLOT) -> Result:
    """Find the minimum of the parabola, then fit a line to random points at every step count and rate."""
    minimum = find_minimum()
    print(f"(x - 4)² is smallest at x = {minimum:.4f}")
    xs = np.random.default_rng(0).uniform(-1.0, 1.0, size=100)
    lines = {(steps, rate): fit(xs, 2 * xs + 6, steps, rate) for steps in STEPS for rate in RATES}
    print("\ny = 2x + 6 from random points\n\n steps   rate      slope  intercept")
    for (steps, rate), (slope, intercept) in lines.items():
        print(f"{steps:6}   {rate:4}   {slope:8.5f}   {intercept:8.5f}")
    drawn = draw(lines, plot)
    print(f"\ndrawn in {drawn}" if drawn else "\nno plot, as Matplotlib is not installed")
    return Result(minimum, lines, drawn)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
