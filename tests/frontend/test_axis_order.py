"""Arrays that NumPy may have laid out in another order: reshapes of them are not taken for views."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import DifferentiationError, check_derivative, value_with_gradient
from tests.composed.judge import written

A = np.arange(12.0).reshape(3, 4) + 1
REFUSED = [
    "z = np.zeros_like(a.T)", "z = a.T * 2", "z = np.exp(a.T)", "z = a[:, [0, 1, 3]]", "z = np.copy(a.T)",
    "z = np.concatenate([a.T, a.T])", "z = a.T.astype(float)", "z = np.array(a.T)", "z = a.T[:, ::2] - 1",
    "z = np.where(a.T > 2, a.T, 1.0)", "z = np.cumsum(a.T, axis=0)",
    "z = np.zeros((4, 3))\nif a[0, 0] > 0:\n    z = a.T * 1.0",
]  # fmt: skip
ACCEPTED = [
    "z = a * 2", "z = a[:, ::-1] * 2", "z = a[::2, 1:] - a[1:, 1:]", "z = a.T.copy()",
    "z = a[[0, 2]] * a[:2]",
    "z = a.T @ a", "z = a[:, 0] * 2", "z = a[:, None] * a[None, :1]",
    "z = np.zeros_like(a[:, 1:])",
]  # fmt: skip


def changed_through_a_reshape(made: str):
    """A function that makes `z`, writes through `z.ravel()`, and reads `z`."""
    return written(f"{made}\nz.ravel()[1:] = a[0, 0] * 3\nreturn np.sum(z * z)", ("a",))


@pytest.mark.parametrize("made", REFUSED)
def test_refused_where_numpy_may_have_a_copy(made, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(DifferentiationError, match="shared memory"):
        value_with_gradient(of=changed_through_a_reshape(made))(A)


@pytest.mark.parametrize("made", ACCEPTED)
def test_accepted_where_numpy_surely_has_a_view_or_a_copy(made, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    function = changed_through_a_reshape(made)
    assert value_with_gradient(of=function)(A).value == pytest.approx(function(A.copy()), rel=1e-14)
    check_derivative(function, A)


def test_a_reshape_that_nobody_writes_through(monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    function = written("z = np.exp(a.T / 9)\nreturn np.sum(np.sin(z).reshape(-1) * z.reshape(-1))", ("a",))
    assert value_with_gradient(of=function)(A).value == pytest.approx(function(A), rel=1e-14)
    check_derivative(function, A)
