"""A derivative from beginning to end: the function, what is generated for it, the check, two models trained.

python examples/demo.py
"""

from __future__ import annotations

import inspect

import digits_mlp
import fire_and_theft
import numpy as np

from autodiff_compiler import check_derivative, gradient


def warmth(rod, rate):
    """What is left of the heat of a rod whose ends stay as they are."""
    for _ in range(3):
        for i in range(1, len(rod) - 1):
            rod[i] += rate * (rod[i - 1] - 2 * rod[i] + rod[i + 1])
    return np.sum(rod * rod)


def heading(text: str) -> None:
    """Print a line that begins a section."""
    print(f"\n=== {text} " + "=" * (75 - len(text)) + "\n")


def main() -> None:
    """Show, check, train."""
    rod, rate = np.array([0.0, 1.0, 4.0, 2.0, 0.0]), 0.2
    derivative = gradient(of=warmth)
    heading("a plain function, with a loop that updates its array in place")
    print(inspect.getsource(warmth))
    heading("the derivative generated for it")
    print(derivative.source(rod, rate))
    heading("what it gives, and whether that is right")
    by_rod, by_rate = derivative(rod, rate)
    print(f"by the rod:  {by_rod}\nby the rate: {by_rate:.6f}\nthe caller's rod is unchanged: {rod}\n")
    print(check_derivative(warmth, rod, rate))
    heading("a line through fires and thefts")
    fire_and_theft.main()
    heading("a network that reads digits")
    digits_mlp.main()


if __name__ == "__main__":
    main()
