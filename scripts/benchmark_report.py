"""What the benchmark measured, its bars, and the tables it prints."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PRIMAL_BAR = 1.1  # our compiled primal, of the hand-written loops
WARM_START_BAR = 1.5  # seconds from import to the first gradient, in a process that finds a cache
LINEAR_BAR = 1.5  # cost per element at a million elements, of that at ten thousand


@dataclass
class Row:
    """What was measured of one kernel; seconds, and None for what was not measured."""

    name: str
    size: int
    bar: float  # value and gradient, of our compiled primal
    python: float | None = None
    loops: float | None = None
    primal: float | None = None
    gradient: float | None = None
    adjoint: float | None = None
    jax_primal: float | None = None
    jax_gradient: float | None = None
    failure: str | None = None  # why the compiler did not take it, or what was wrong with its answer

    @property
    def verdict(self) -> str:
        """PASS, the failure, or which bars were missed."""
        if self.failure is not None:
            return self.failure
        costs = {
            "primal": ratio(self.primal, self.loops) / PRIMAL_BAR,
            "gradient": ratio(self.gradient, self.primal) / self.bar,
        }
        over = [name for name, cost in costs.items() if cost > 1.0]
        return f"over: {', '.join(over)}" if over else "PASS"


@dataclass
class Start:
    """What a fresh process measured; seconds and bytes."""

    importing: float  # the package, NumPy and Numba
    first_gradient: float  # the first call, with what it compiles or loads
    extra_bytes: int | None  # memory that a later call takes at its peak, beyond the gradients it returns
    result_bytes: int

    @property
    def total(self) -> float:
        """Seconds from import to the first gradient."""
        return self.importing + self.first_gradient


@dataclass
class Call:
    """Seconds that a call with next to nothing to compute takes."""

    name: str
    seconds: float


@dataclass
class Scale:
    """Seconds per element of a loop over that many."""

    elements: int
    primal: float
    gradient: float


def ratio(cost: float | None, reference: float | None) -> float:
    """Cost in units of the reference; NaN, which is over no bar, where one was not measured."""
    return math.nan if cost is None or reference is None else cost / reference


def growth(scales: Sequence[Scale]) -> float:
    """How much more an element costs in the longest loop than in the shortest."""
    return scales[-1].gradient / scales[0].gradient


def kernel_table(rows: Sequence[Row], with_jax: bool) -> str:
    """Times, ratios and bars by kernel."""
    header = ["kernel", "size", "plain Python", "loops", "primal", f"of loops (bar {PRIMAL_BAR})"]
    header += ["value+gradient", "of primal", "bar", "by hand", "of by hand", "verdict"]
    if with_jax:
        header[-1:-1] = ["JAX primal", "JAX gradient", "JAX of ours"]

    def cells(row: Row) -> list[str]:
        found = [row.name, str(row.size), *map(_time, (row.python, row.loops, row.primal))]
        found += [_ratio(ratio(row.primal, row.loops)), _time(row.gradient)]
        found += [_ratio(ratio(row.gradient, row.primal)), f"{row.bar:g}"]
        found += [_time(row.adjoint), _ratio(ratio(row.gradient, row.adjoint))]
        if with_jax:
            found += [_time(row.jax_primal), _time(row.jax_gradient)]
            found.append(_ratio(ratio(row.jax_gradient, row.gradient)))
        return [*found, row.verdict]

    return table(header, map(cells, rows))


def start_table(starts: dict[str, tuple[Start, Start]]) -> str:
    """The first gradient of a process, without and with a cache, and the memory of a later one."""
    header = ["kernel", "import", "cold first gradient", "warm first gradient"]
    header += [f"warm total (bar {WARM_START_BAR} s)", "memory beside gradients", "gradients", "verdict"]

    def cells(name: str, cold: Start, warm: Start) -> list[str]:
        times = [warm.importing, cold.first_gradient, warm.first_gradient, warm.total]
        verdict = "PASS" if warm.total <= WARM_START_BAR else "over"
        return [name, *map(_time, times), _bytes(warm.extra_bytes), _bytes(warm.result_bytes), verdict]

    return table(header, [cells(name, cold, warm) for name, (cold, warm) in starts.items()])


def call_table(calls: Sequence[Call]) -> str:
    """What a call costs by itself."""
    return table(["a call on one element", "time"], [[call.name, _time(call.seconds)] for call in calls])


def scale_table(scales: Sequence[Scale]) -> str:
    """Cost per element by the number of elements."""
    header = ["elements", "primal, per element", "value+gradient, per element"]
    return table(header, [[f"{s.elements:,}", _time(s.primal), _time(s.gradient)] for s in scales])


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table with columns of even width."""
    cells = [list(header), *map(list, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = ["| " + " | ".join(f"{c:{w}}" for c, w in zip(row, widths, strict=True)) + " |" for row in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _ratio(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _bytes(count: int | None) -> str:
    return "-" if count is None else f"{count / 1e6:.2f} MB"
