"""Measures value and gradient against the compiled primal, loops and adjoints by hand and, if asked, JAX.

    python scripts/benchmark.py [--only NAME ...] [--quick] [--jax] [--json FILE]

Contenders of one kernel take turns in one process; medians are compared. Start-up and memory are measured in
processes of their own, once with empty caches and once with those the first one left. Exits with 1 where a
bar is missed or an answer is wrong.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmark_report import (
    LINEAR_BAR,
    WARM_START_BAR,
    Start,
    call_table,
    growth,
    kernel_table,
    scale_table,
    start_table,
)
from benchmark_start import start_of


def main() -> int:
    """Measure, print, and return 0 where every bar is met, else 1."""
    for library in ("OPENBLAS", "MKL", "OMP"):  # read when NumPy loads: it must not have been imported before
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")  # waiting for a busy core would spoil the ratios
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the checkout this script belongs to
    from benchmark_kernels import KERNELS
    from benchmark_measure import call_overhead, measure, scaling

    options = _options([kernel.name for kernel in KERNELS])
    about = _machine()
    print(", ".join(f"{name} {value}" for name, value in about.items()), end="\n\n")
    budget = 0.5 if options.quick else 3.0
    rows = []
    for kernel in (kernel for kernel in KERNELS if kernel.name in options.only):
        print(f"{kernel.name} ...", file=sys.stderr, flush=True)
        rows.append(measure(kernel, budget, with_python=not options.quick, with_jax=options.jax))
    print(kernel_table(rows, options.jax))
    taken = [row.name for row in rows if row.failure is None]
    starts = {name: _cold_and_warm(name) for name in (taken[:1] if options.quick else taken)}
    print(start_table(starts))
    calls = call_overhead(budget) if "sum" in taken else []
    scales = scaling(budget) if "sum" in taken else []
    if calls:
        print(call_table(calls))
        print(scale_table(scales))
        print(f"An element costs {growth(scales):.2f} times as much in the longest loop (bar {LINEAR_BAR}).")
    if options.json:
        measured = {
            "machine": about,
            "kernels": [asdict(row) | {"verdict": row.verdict} for row in rows],
            "starts": {name: [asdict(cold), asdict(warm)] for name, (cold, warm) in starts.items()},
            "calls": [asdict(call) for call in calls],
            "scaling": [asdict(scale) for scale in scales],
        }
        options.json.write_text(json.dumps(measured, indent=2) + "\n")
    met = all(row.verdict == "PASS" for row in rows)
    met &= all(warm.total <= WARM_START_BAR for _, warm in starts.values())
    met &= not scales or growth(scales) <= LINEAR_BAR
    return 0 if met else 1


def _options(names: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure value and gradient against the compiled primal.")
    known = ", ".join(names)
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME", help=known)
    parser.add_argument("--quick", action="store_true", help="short: no plain Python, one start-up")
    parser.add_argument("--jax", action="store_true", help="compare with JAX, which must be installed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured there as well")
    return parser.parse_args()


def _cold_and_warm(name: str) -> tuple[Start, Start]:
    """The first gradient in a process that finds no cache, then in one that finds the first one's."""
    print(f"{name}, start-up ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as cache:
        return start_of(name, cache), start_of(name, cache)


def _machine() -> dict[str, str]:
    """Processor, cores, system and versions."""
    processor = platform.processor() or platform.machine()
    if (cpuinfo := Path("/proc/cpuinfo")).exists():
        lines = cpuinfo.read_text().splitlines()
        processor = next((line.split(":")[1].strip() for line in lines if "model name" in line), processor)
    about = {"processor": processor, "cores": str(os.cpu_count()), "system": platform.platform()}
    about |= {"BLAS threads": os.environ["OPENBLAS_NUM_THREADS"], "python": platform.python_version()}
    for package in ("numpy", "numba", "llvmlite", "scipy", "jax"):
        try:
            about[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return about


if __name__ == "__main__":
    sys.exit(main())
