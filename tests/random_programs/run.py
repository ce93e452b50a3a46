"""Try many random programs: `python -m tests.random_programs.run --count 10000 --seed 0`.

Each has a seed of its own, so that `--count 1 --seed N` tries one of them again.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter

from tests.random_programs.judge import Verdict, judge, summary
from tests.random_programs.minimise import minimised
from tests.random_programs.writer import Written, write_program

COMPILED_SHARE = 50  # one program in so many is compiled by Numba, the others run as plain Python


def try_program(seed: int, *, jit: bool | None = None) -> tuple[Written, Verdict]:
    """Write the program of a seed and judge it, with the verifier on after each pass."""
    compiled = seed % COMPILED_SHARE == 0 if jit is None else jit
    os.environ["AUTODIFF_JIT"] = "1" if compiled else "0"
    os.environ["AUTODIFF_CHECK"] = "1"
    written = write_program(seed)
    return written, judge(written)


def report(written: Written, verdict: Verdict) -> str:
    """What is to be known about a failure."""
    shown = "\n".join(
        f"{p.name} = {value!r}" for p, value in zip(written.parameters, written.arguments(), strict=True)
    )
    heading = f"==== seed {written.seed}: {verdict.outcome}: {verdict.cause}"
    return f"{heading}\n{verdict.detail}\n{written.text}\n{shown}\n"


def main() -> int:
    """The command; returns 1 where a program has failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="of the first program")
    parser.add_argument("--minimise", action="store_true", help="make failing programs smaller")
    parser.add_argument("--compiled", action="store_true", help="compile every program")
    parser.add_argument("--show", action="store_true", help="print every program")
    options = parser.parse_args()
    outcomes: Counter[tuple[str, str]] = Counter()
    failures = 0
    for seed in range(options.seed, options.seed + options.count):
        written, verdict = try_program(seed, jit=True if options.compiled else None)
        outcomes[verdict.outcome, verdict.cause] += 1
        if options.show and not verdict.failed:
            print(written.text)
        if verdict.failed:
            failures += 1
            if options.minimise:
                written = minimised(written, verdict)
                verdict = judge(written)
            print(report(written, verdict), flush=True)
    print(f"programs {options.seed} to {options.seed + options.count - 1}\n{summary(outcomes)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
