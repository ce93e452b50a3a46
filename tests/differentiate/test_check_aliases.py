"""Second names of arrays: which shadows need places, and what is refused because its place has gaps."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import AliasedMutation, value_with_gradient


def transpose_in_a_loop(m, x):
    b = m
    for _ in range(2):
        b[0, 1] *= x
        m[2, 1] += x
        b = b.T
    return np.sum(b * m)


def single_names(w, x):
    for _ in range(3):
        w[0] *= x
        w = w * x
    return np.sum(w)


def test_matrix_with_gaps_refused():
    with pytest.raises(AliasedMutation, match=r"part with gaps(.|\n)*copy\(\)"):
        value_with_gradient(of=transpose_in_a_loop)(np.eye(3), 1.3)


def test_moved_shadows_have_no_places():
    assert "place" not in value_with_gradient(of=single_names).source(np.ones(3), 1.3)
