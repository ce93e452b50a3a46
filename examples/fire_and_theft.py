"""A line through the fires and thefts of Chicago's districts, found by stochastic gradient descent.

    python examples/fire_and_theft.py [plot.png]

The loss is a plain function of one district; `gradient` makes its derivative with respect to slope and
intercept. Walking downhill one district at a time ends near the line of least squares, which has a closed
form: there the gradient of the mean squared error is zero.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from autodiff_compiler import gradient

DATA = Path(__file__).parent / "data" / "fire_theft.csv"
PLOT = Path(__file__).parent.parent / "build" / "fire_and_theft.png"
EPOCHS = 100
RATE = 0.001


class Line(NamedTuple):
    """thefts = slope * fires + intercept."""

    slope: float
    intercept: float


class Result(NamedTuple):
    """The lines found step by step, the exact one, and the gradient of the mean squared error there."""

    single: Line
    double: Line
    exact: Line
    gradient_at_exact: tuple[float, float]
    plot: Path | None


def squared_error(w, b, fires, thefts):
    """How far the line is off at one district."""
    return (w * fires + b - thefts) ** 2


def mean_squared_error(w, b, fires, thefts):
    """How far the line is off on average, written as a loop over all districts."""
    total = 0.0
    for i in range(len(fires)):
        total += squared_error(w, b, fires[i], thefts[i])
    return total / len(fires)


def descend(fires: np.ndarray, thefts: np.ndarray, number: type[np.floating]) -> Line:
    """The line after EPOCHS rounds over the districts, in the order of the file, from w = b = 0.

    All is computed in numbers of the given precision: float32 in, float32 out.
    """
    slope_and_intercept = gradient(of=squared_error, wrt=("w", "b"))
    w = b = number(0)
    for _ in range(EPOCHS):
        for x, y in zip(fires.astype(number), thefts.astype(number), strict=True):
            dw, db = slope_and_intercept(w, b, x, y)
            w, b = w - number(RATE) * dw, b - number(RATE) * db
    return Line(float(w), float(b))


def least_squares(fires: np.ndarray, thefts: np.ndarray) -> Line:
    """The line that no other one beats, in closed form."""
    x, y = fires - fires.mean(), thefts - thefts.mean()
    slope = float(x @ y / (x @ x))
    return Line(slope, float(thefts.mean() - slope * fires.mean()))


def draw(fires: np.ndarray, thefts: np.ndarray, lines: dict[str, Line], path: Path) -> Path | None:
    """Save the districts and the lines as a picture; None where Matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(fires, thefts, "o", color="0.6", label="districts")
    ends = np.array([fires.min(), fires.max()])
    for label, line in lines.items():
        axes.plot(ends, line.slope * ends + line.intercept, label=label)
    axes.set(xlabel="fires per 1000 housing units", ylabel="thefts per 1000 people")
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path


def main(plot: Path = PLOT) -> Result:
    """Fit both lines, check that the exact one is stationary, and draw them."""
    fires, thefts = np.loadtxt(DATA, delimiter=",", skiprows=1, unpack=True)
    single, double = descend(fires, thefts, np.float32), descend(fires, thefts, np.float64)
    exact = least_squares(fires, thefts)
    at_exact = gradient(at=(*exact, fires, thefts), of=mean_squared_error, wrt=("w", "b"))
    assert max(map(abs, at_exact)) < 1e-9
    print(f"gradient descent, float32   w = {single.slope:.5f}   b = {single.intercept:.4f}")
    print(f"gradient descent, float64   w = {double.slope:.5f}   b = {double.intercept:.4f}")
    print(f"least squares               w = {exact.slope:.11f}   b = {exact.intercept:.10f}")
    print(f"gradient of the mean squared error there: {at_exact[0]:.1e}, {at_exact[1]:.1e}")
    drawn = draw(fires, thefts, {"gradient descent": double, "least squares": exact}, plot)
    print(f"both lines are drawn in {drawn}" if drawn else "no plot, as Matplotlib is not installed")
    return Result(single, double, exact, at_exact, drawn)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
