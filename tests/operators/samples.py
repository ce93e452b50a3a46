"""Where operators are tested: points of an entry's domains, and the points where floats behave oddly."""

from __future__ import annotations

import itertools

import numpy as np

from autodiff_compiler.operators import Domain, Elementwise, all_entries


def of_complex_numbers(entry: Elementwise) -> bool:
    """Whether an operator works on complex numbers alone: tested in test_complex_numbers.py."""
    return entry.result in ("complex", "real") or entry.name == "conjugate"


ELEMENTWISE = [
    entry for entry in all_entries() if isinstance(entry, Elementwise) and not of_complex_numbers(entry)
]
DIFFERENTIABLE = [entry for entry in ELEMENTWISE if entry.partials is not None]

FLOATS = (0.0, 0.3, 1.0, 2.5, 7.0, 1e-9, 100.0, np.inf)
SPECIAL = {
    "float64": [*FLOATS, *(-x for x in FLOATS), np.nan],
    "float32": [*FLOATS, *(-x for x in FLOATS), np.nan],
    "int64": [0, 1, 2, 3, 7, -1, -2, -3, -7],
    "bool": [False, True],
}
CLEARANCE = 0.05  # of samples from the points where there is no derivative


def sample(domain: Domain, count: int, seed: int) -> np.ndarray:
    """Points of the domain, spread over it at random and clear of the excluded ones."""
    random = np.random.default_rng(seed)
    if domain.integer:
        return random.integers(int(domain.low), int(domain.high) + 1, count)
    points = random.uniform(domain.low, domain.high, 10 * count)
    for kink in domain.excluded:
        points = points[np.abs(points - kink) > CLEARANCE]
    return points[:count]


def operands_of(entry: Elementwise, count: int = 25) -> list[np.ndarray]:
    """Samples of every operand; those of domains that ask for whole numbers from 0 to 1 are truth values.

    Functions that compute in floats get whole numbers as such.
    """
    points = [sample(domain, count, seed) for seed, domain in enumerate(entry.domains)]
    return [
        item.astype(bool)
        if (domain.integer, domain.low, domain.high) == (True, 0, 1)
        else item.astype("float64")
        if entry.result == "float"
        else item
        for item, domain in zip(points, entry.domains, strict=True)
    ]


def special_operands(dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair of special points, with a third operand going round, as arrays of the dtype."""
    first, second = zip(*itertools.product(SPECIAL[dtype], repeat=2), strict=True)
    third = list(itertools.islice(itertools.cycle(SPECIAL[dtype][1:-1] or [True]), len(first)))
    return np.array(first, dtype), np.array(second, dtype), np.array(third, dtype)
