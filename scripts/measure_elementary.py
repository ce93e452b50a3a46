"""Times the functions of runtime/elementary/ against NumPy's: rows of the table in docs/elementary.md.

    python scripts/measure_elementary.py [size]

Both run over contiguous arrays by turns, in one process, ROUNDS times; the ratio of the medians of the
processor's time is given for each dtype. Below 1 ours is faster. What
NumPy lacks is compared with SciPy's, `softplus` with `np.logaddexp`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from scripts.measure_accuracy import NAMES, PAIRS, loop_over

ROUNDS = 25
RANGES = {
    "log": (0.1, 10), "log2": (0.1, 10), "log10": (0.1, 10), "log1p": (-0.5, 10), "arcsin": (-1, 1),
    "arccos": (-1, 1), "logit": (0, 1), "entr": (0, 3), "xlogy": (0, 3), "xlog1py": (0, 3),
    "rel_entr": (0, 3), "kl_div": (0, 3),
}  # fmt: skip
OTHERS: dict[str, Any] = {
    "sigmoid": special.expit,
    "softplus": lambda x, out: np.logaddexp(x.dtype.type(0), x, out=out),
}  # fmt: skip


def seconds(run: Callable[[], object]) -> float:
    """How long one run takes of the processor's time, whatever else runs on the machine."""
    start = time.thread_time()
    run()
    return time.thread_time() - start


def ratio(name: str, dtype: str, size: int) -> tuple[float, float]:
    """Nanoseconds for one element, and the ratio to NumPy's."""
    generator = np.random.default_rng(0)
    low, high = RANGES.get(name, (-3, 3))
    operands = [generator.uniform(low, high, size).astype(dtype)]
    if name in PAIRS:
        operands.insert(0, generator.uniform(0.1, 3, size).astype(dtype))
    result = np.empty_like(operands[0])
    loop = loop_over(name)
    original = OTHERS.get(name, getattr(np, name, getattr(special, name, None)))
    runs = (lambda: loop(*operands, result), lambda: original(*operands, out=result))
    taken = [[seconds(run) for run in runs] for _ in range(ROUNDS + 1)][1:]
    ours, theirs = (statistics.median(column) for column in zip(*taken, strict=True))
    return ours / size * 1e9, ours / theirs


def main() -> None:
    """Print a row for each function."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for name in NAMES:
        cells = [f"`{name}`"]
        for dtype in ("float64", "float32"):
            taken, compared = ratio(name, dtype, size)
            cells += [f"{taken:.2f}", f"{compared:.2f}"]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
