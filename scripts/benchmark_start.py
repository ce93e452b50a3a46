"""Start-up and memory, in processes of their own: ours runs this file as a script with a kernel's name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmark_report import Start


def start_of(name: str, cache: str) -> Start:
    """Run the kernel's first gradient in a new process whose caches are in that directory.

    Raises RuntimeError with what the process printed where it failed.
    """
    environment = os.environ | {
        "AUTODIFF_CACHE_DIR": cache,
        "NUMBA_CACHE_DIR": str(Path(cache, "numba")),
        "MALLOC_MMAP_THRESHOLD_": "65536",  # glibc then gives freed arrays back, so that the next peak shows
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONPYCACHEPREFIX": str(Path(cache, "bytecode")),  # an installed package has its bytecode
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else each start compiles all the source again
    command = [sys.executable, __file__, name]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise RuntimeError(f"the process for {name} failed:\n{finished.stderr}")
    return Start(**json.loads(finished.stdout.splitlines()[-1]))


def first_gradient(name: str) -> Start:
    """In the new process: import, differentiate, and watch the memory of a second call."""
    started = time.perf_counter()
    import numpy as np
    from benchmark_kernels import KERNELS

    from autodiff_compiler import value_with_gradient

    imported = time.perf_counter()
    kernel = next(kernel for kernel in KERNELS if kernel.name == name)
    arguments = kernel.arguments(np.random.default_rng(0), kernel.size)
    prepared = time.perf_counter()
    gradient = value_with_gradient(of=kernel.function, wrt=kernel.wrt)
    answer = gradient(*arguments).gradient
    done = time.perf_counter()
    gradients = answer if isinstance(answer, tuple) else (answer,)
    result_bytes = sum(np.asarray(item).nbytes for item in gradients)
    del answer, gradients
    peak = _peak_growth(lambda: gradient(*arguments))
    extra_bytes = None if peak is None else max(0, peak - result_bytes)
    return Start(imported - started, done - prepared, extra_bytes, result_bytes)


def _peak_growth(call: Callable[[], Any]) -> int | None:
    """By how many bytes a call raises the process's memory at its peak (Linux; None elsewhere)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    except OSError:
        return None
    before = _status_bytes("VmRSS")
    call()
    return _status_bytes("VmHWM") - before


def _status_bytes(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    print(json.dumps(asdict(first_gradient(sys.argv[1]))))
