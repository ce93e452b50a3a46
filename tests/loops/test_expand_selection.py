"""Subscripts with arrays become nests that read an index, then the element: fused, guarded, in order."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import differentiable, gradient

X, TABLE, IDX = np.arange(5.0), np.ones((4, 3)), np.array([3, 0, 3])


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Numba: only the text is looked at."""
    monkeypatch.setenv("AUTODIFF_JIT", "0")


def chosen(x, idx):
    return np.sum(np.exp(x[idx]) ** 2)


def written(x, idx):
    y = x * 1.0
    y[idx] = 2.0 * x[:3]
    return np.sum(y * x)


def looked_up(table, idx, w):
    return np.sum(np.tanh(table[idx] * w))


def masked(x):
    return np.sum(x[x > 2.0] ** 3)


def test_what_is_selected_is_never_made() -> None:
    source = gradient(of=chosen, wrt="x").source(X, IDX)
    assert source.count("np.zeros") == 1  # x_bar
    assert "np.empty" not in source


def test_indices_are_checked_once_before_the_loop() -> None:
    def twice(x, idx):
        return np.sum(x[idx] * np.sin(x[idx]))

    source = differentiable(twice).source(X, IDX)
    assert source.count("for ") == 2
    assert source.count("raise ") == 2


def test_repeated_writes_are_reversed_backwards() -> None:
    stages = gradient(of=written, wrt="x").stages(X, IDX)
    assert "y[:] = " not in stages["typed"]
    assert "y[idx] = " in stages["typed"]
    assert "backwards nest" not in stages["loops"]
    assert stages["derived"].count("backwards nest") == 1
    assert stages["source"].count(" - 1, -1, -1)") == 1


def test_indices_are_read_in_the_outer_loop() -> None:
    source = gradient(of=looked_up, wrt="table").source(TABLE, IDX, np.ones(3))
    outer = source[source.rindex("for i in") : source.rindex("for j in")]
    assert "= idx[i]" in outer
    assert "idx[i]" not in source[source.rindex("for j in") :]


def test_a_mask_is_looked_through_once() -> None:
    source = gradient(of=masked).source(X)
    assert source.count("positions(") == 1
    assert "raise" not in source
