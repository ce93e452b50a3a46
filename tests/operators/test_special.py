"""Functions of `scipy.special` in generated code: plain SciPy, and compiled the C functions behind it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from scipy import special

from autodiff_compiler import DerivativeNotWritten, gradient
from autodiff_compiler.ir.nodes import Apply
from autodiff_compiler.operators import Elementwise, evaluate
from autodiff_compiler.runtime import special_functions
from tests.operators.samples import ELEMENTWISE, operands_of

SPECIAL = [entry for entry in ELEMENTWISE if entry.emit.startswith("special.")]
ROOT = Path(__file__).resolve().parents[2]
ODD = [0.0, 0.5, 1.0, -0.5, -1.0, 2.5, 30.0, -30.0, 1e-9, np.inf, -np.inf, np.nan]
COUNT = 12


def operands(entry: Elementwise, dtype: str) -> np.ndarray:
    """A row for each operand: samples of its domain; functions of one number also get odd ones."""
    samples = np.array(operands_of(entry, COUNT))
    return np.hstack([samples, [ODD] if entry.arity == 1 else samples]).astype(dtype)


def compiled(entries: list[Elementwise], dtype: str) -> np.ndarray:
    """The results of entries, from one function with one loop."""
    lines = ["def run(table, results):", " for i in range(table.shape[1]):"]
    first = 0
    for row, entry in enumerate(entries):
        elements = [f"table[{first + k}, i]" for k in range(entry.arity)]
        lines.append(f"  results[{row}, i] = {entry.emit.format(*elements)}")
        first += entry.arity
    namespace = {"special": special_functions.special, "np": np}
    exec("\n".join(lines), namespace)
    results = np.empty((len(entries), COUNT + len(ODD)), dtype)
    table = np.vstack([operands(entry, dtype) for entry in entries])
    numba.njit(error_model="numpy")(namespace["run"])(table, results)
    return results


@pytest.mark.parametrize(("dtype", "step"), [("float64", 1), ("float32", 13)])
def test_compiled_code_computes_what_scipy_does(dtype: str, step: int) -> None:
    entries = SPECIAL[::step]
    tolerance = 8 * np.finfo(dtype).eps
    for entry, found in zip(entries, compiled(entries, dtype), strict=True):
        rows = [f"rows[{k}]" for k in range(entry.arity)]
        scope = {"special": special, "np": np, "rows": operands(entry, dtype)}
        expected = np.asarray(eval(entry.emit.format(*rows), scope))
        assert expected.dtype == dtype or entry.name == "kn"
        np.testing.assert_allclose(found, expected, tolerance, tolerance, err_msg=f"{entry.name} of {dtype}")


@pytest.mark.parametrize("entry", SPECIAL, ids=lambda entry: entry.name)
def test_float32_stays_float32(entry: Elementwise) -> None:
    found = [evaluate(Apply(entry.name, ()), list(point)) for point in operands(entry, "float32").T[:2]]
    assert {type(value) for value in found} == {np.float32}


def test_compiled_code_on_disk_finds_the_functions_in_another_process(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "from scipy import special\n\n\ndef f(x):\n    return special.gammaln(x) + special.jv(2, x)\n"
    )
    code = "from autodiff_compiler import gradient; from program import f; print(gradient(of=f)(2.5))"
    environment = {**os.environ, "AUTODIFF_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": f"{ROOT}"}
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(2)
    ]
    expected = special.psi(2.5) + special.jvp(2, 2.5)
    assert [float(run.stdout) for run in runs] == pytest.approx([expected, expected], rel=1e-14)


def of_order(v, x):
    return special.jv(v, x) + special.polygamma(1, x)


def test_a_derivative_without_a_rule_is_refused_where_it_is_needed() -> None:
    with pytest.raises(DerivativeNotWritten, match=r"the derivative of special\.jv by its order has no rule"):
        gradient(of=of_order)(1.5, 2.0)
    found = gradient(of=of_order, wrt="x")(1.5, 2.0)
    assert found == pytest.approx(special.jvp(1.5, 2.0) + special.polygamma(2, 2.0))
