"""Measures programs on whole arrays: gradient over primal, and against NumPy, loops for Numba and JAX.

    python scripts/benchmark_arrays.py [--only NAME ...] [--quick] [--jax]

One row for each program, size and dtype. Contenders take turns in one process, and medians are compared:
first without JAX, then value and gradient against JAX, both on one core (where the system lets a process
choose), as JAX runs products that do not need each other side by side. The cold compile time is that of the
first call of the value and gradient, with an empty cache.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any

COLUMNS = (
    "program", "size", "dtype", "compile", "primal", "of NumPy", "of loops", "value+gradient", "of primal",
    "of JAX",
)  # fmt: skip


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure programs on whole arrays.")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="half a second for each row")
    parser.add_argument("--jax", action="store_true", help="compare with JAX, which must be installed")
    options = parser.parse_args()
    for library in ("OPENBLAS", "MKL", "OMP"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
    os.environ["AUTODIFF_CACHE_DIR"] = tempfile.mkdtemp()
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the checkout this script belongs to
    from array_kernels import KERNELS

    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS), flush=True)
    for kernel in KERNELS:
        if options.only and kernel.function.__name__ not in options.only:
            continue
        for size in kernel.sizes:
            for dtype in ("float64", "float32"):
                row = _row(kernel, size, dtype, 0.5 if options.quick else 3.0, with_jax=options.jax)
                print("| " + " | ".join(row) + " |", flush=True)
    return 0


def _row(kernel: Any, size: int, dtype: str, budget: float, *, with_jax: bool) -> list[str]:
    import numpy as np

    from autodiff_compiler import DifferentiationError, differentiable, value_with_gradient

    arguments = _typed(kernel.arguments(np.random.default_rng(0), size), dtype)
    primal, gradient = (
        differentiable(kernel.function),
        value_with_gradient(of=kernel.function, wrt=kernel.wrt),
    )
    start = time.perf_counter()
    try:
        found = gradient(*arguments)
    except DifferentiationError as error:
        return [kernel.name, str(size), dtype, f"refused: {str(error).splitlines()[0]}", *[""] * 6]
    cold = time.perf_counter() - start
    expected = kernel.function(*arguments)
    np.testing.assert_allclose(found.value, expected, rtol=1e-10 if dtype == "float64" else 2e-3)
    contenders: dict[str, Callable[[], Any]] = {
        "primal": lambda: primal(*arguments),
        "gradient": lambda: gradient(*arguments),
        "numpy": lambda: kernel.function(*arguments),
        "loops": lambda: kernel.loops(*arguments),
    }
    times = _medians(contenders, budget)
    of_jax = "-"
    if with_jax:
        with _one_core():  # its threads stay there
            against = {"gradient": contenders["gradient"], "jax": _jax(kernel, arguments, found)}
            taken = _medians(against, budget)
        of_jax = f"{taken['gradient'] / taken['jax']:.2f}"
    return [
        kernel.name, str(size), dtype, f"{cold:.1f} s", _shown(times["primal"]),
        f"{times['primal'] / times['numpy']:.2f}", f"{times['primal'] / times['loops']:.2f}",
        _shown(times["gradient"]), f"{times['gradient'] / times['primal']:.2f}", of_jax,
    ]  # fmt: skip


@contextmanager
def _one_core() -> Iterator[None]:
    """This thread, and those that it starts, on one core."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _typed(arguments: Sequence[Any], dtype: str) -> tuple[Any, ...]:
    import numpy as np

    return tuple(
        item.astype(dtype) if isinstance(item, np.ndarray) and item.dtype.kind == "f" else item
        for item in arguments
    )


def _jax(kernel: Any, arguments: Sequence[Any], found: Any) -> Callable[[], Any]:
    """The same program with JAX's functions, jitted; its gradients are compared with ours first."""
    import jax
    import numpy as np

    jax.config.update("jax_enable_x64", True)
    plain = kernel.function
    space = {**plain.__globals__, "np": jax.numpy, "special": jax.scipy.special}
    twin = FunctionType(plain.__code__, space, plain.__name__, plain.__defaults__)
    names = plain.__code__.co_varnames[: plain.__code__.co_argcount]
    positions = tuple(names.index(name) for name in kernel.wrt)
    run = jax.jit(jax.value_and_grad(twin, argnums=positions))
    given = [jax.numpy.asarray(item) if isinstance(item, np.ndarray) else item for item in arguments]
    _, gradients = jax.block_until_ready(run(*given))
    ours = found.gradient if isinstance(found.gradient, tuple) else (found.gradient,)
    for one, other in zip(ours, gradients, strict=True):
        scale = np.abs(np.asarray(other)).max()
        tolerance = 1e-9 if other.dtype == np.float64 else 2e-3
        np.testing.assert_allclose(one, other, rtol=0, atol=tolerance * scale)
    return lambda: jax.block_until_ready(run(*given))


def _medians(contenders: dict[str, Callable[[], Any]], budget: float) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    end = time.perf_counter() + budget * len(contenders)
    while time.perf_counter() < end or len(next(iter(taken.values()))) < 5:
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def _shown(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


if __name__ == "__main__":
    sys.exit(main())
