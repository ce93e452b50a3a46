"""What `explain` tells about each line, in the user's names and line numbers, and what it costs."""

from __future__ import annotations

import numpy as np

from autodiff_compiler import differentiable, gradient, value_with_gradient, value_with_pullback
from tests.programs import stencils

VECTOR = np.linspace(0.1, 1.0, 6)
MATRIX = np.outer(VECTOR, VECTOR)
IN_ONE_PASS = "both sweeps run in one pass: nothing is saved from iteration to iteration"
FREE = "going backwards, the iterations run in any order: none depends on another"
BACKWARDS = "going backwards, the iterations run from the last to the first"
NOTHING_SAVED = "nothing is saved for the reverse sweep"


def notes(text: str, line: str) -> list[str]:
    """What is told about the line that ends like this."""
    rows = iter(text.splitlines())
    found = []
    for row in rows:
        if row.rstrip().endswith(line):
            for note in rows:
                if not note.lstrip().startswith("- "):
                    break
                found.append(note.lstrip()[2:])
            return found
    raise AssertionError(f"{line!r} is not told about")


def summary(text: str, start: str) -> str:
    return next(row for row in text.splitlines() if row.startswith(start))


def recurrence(x, w):
    s = 0.0
    count = 0
    for i in range(len(x)):
        s = np.tanh(w * s + x[i])
        count += 2
    return s


def test_recurrence():
    text = value_with_gradient(of=recurrence).explain(VECTOR, 0.3)
    line = recurrence.__code__.co_firstlineno
    assert f"{line + 3:>6}      for i in range(len(x)):" in text
    assert BACKWARDS in notes(text, "for i in range(len(x)):")
    saved = "`s` is saved in an array with a place for each iteration: the next iteration changes it"
    assert saved in notes(text, "for i in range(len(x)):")
    told = notes(text, "s = np.tanh(w * s + x[i])")
    assert told[0] == "active: `w`, `s`, `x`"
    assert "`s` is carried backwards: it is what the next iteration starts from" in told
    assert notes(text, "count += 2") == []
    assert "  `s_saved` of line" in text
    assert "an array, 8 bytes for each iteration" in text


def test_bytes_follow_the_dtype():
    text = value_with_gradient(of=recurrence).explain(VECTOR.astype("float32"), np.float32(0.3))
    assert "an array, 4 bytes for each iteration" in text


def test_names_that_are_not_active():
    text = gradient(of=recurrence, wrt="w").explain(VECTOR, 0.3)
    assert notes(text, "s = np.tanh(w * s + x[i])")[0] == "active: `w`, `s`"


def pairs(x):
    n, d = x.shape
    total = 0.0
    for i in range(n):
        for j in range(n):
            s = 0.0
            for k in range(d):
                s += (x[i, k] - x[j, k]) ** 2
            total += np.sqrt(s + 1.0)
    return total


def test_loops_in_one_pass():
    text = gradient(of=pairs).explain(MATRIX)
    assert IN_ONE_PASS in notes(text, "for i in range(n):")
    assert IN_ONE_PASS in notes(text, "for j in range(n):")
    assert FREE in notes(text, "for k in range(d):")
    assert NOTHING_SAVED in text
    assert summary(text, "arrays allocated") == "arrays allocated: `x_bar`"


def test_linear_stencils_save_nothing():
    for function in (stencils.gauss_seidel, stencils.jacobi_in_two_dimensions, stencils.second_difference):
        arguments = [VECTOR] if function is stencils.second_difference else [MATRIX, MATRIX]
        text = gradient(of=function).explain(*arguments[: function.__code__.co_argcount])
        assert NOTHING_SAVED in text
        assert "is saved" not in text.replace(NOTHING_SAVED, "")


def swapped(u, steps):
    n = len(u)
    v = u.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            v[i] = 0.5 * (u[i - 1] + u[i + 1])
        u, v = v, u
    return np.sum(u * u)


def test_swapped_buffers_save_nothing():
    text = gradient(of=swapped).explain(VECTOR, 4)
    assert NOTHING_SAVED in text
    assert BACKWARDS in notes(text, "for _ in range(steps):")
    assert FREE in notes(text, "for i in range(1, n - 1):")
    copied = "`u` is copied: the function writes to it, and the caller's array is left alone"
    assert copied in notes(text, "def swapped(u, steps):")


def cubed(u, steps):
    for _ in range(steps):
        for i in range(1, len(u)):
            u[i] = u[i] * u[i - 1]
    return u[2]


def test_overwritten_elements():
    text = gradient(of=cubed).explain(VECTOR, 4)
    assert any("is saved" in note and "overwritten" in note for note in notes(text, "u[i] = u[i] * u[i - 1]"))
    assert "8 bytes for each iteration of 2 nested loops" in text


def elementwise(w, b, x, y):
    z = x @ w + b
    error = np.tanh(z) - y
    return np.mean(error * error)


def test_array_operators():
    square = np.ones((MATRIX.shape[1], MATRIX.shape[1]))
    text = value_with_gradient(of=elementwise).explain(square, 0.5, MATRIX, VECTOR)
    line = elementwise.__code__.co_firstlineno
    told = notes(text, "z = x @ w + b")
    assert "a product of matrices: by blocks, unless it is small" in told
    (fused,) = [note for note in told if note.startswith("fused: 5")]
    assert f"lines {line + 1}, {line + 2}, {line + 3} and the reversal in one loop nest" in fused
    assert fused in notes(text, "error = np.tanh(z) - y")
    assert "`z`" not in summary(text, "arrays allocated")
    assert summary(text, "loop nests") == "loop nests made from array operators: 1"


def test_pullback():
    text = value_with_pullback(of=recurrence).explain(VECTOR, 0.3)
    assert text.startswith("recurrence_forward, recurrence_pullback\n")
    assert BACKWARDS in notes(text, "for i in range(len(x)):")
    assert "`s_saved`" in summary(text, "handed to the pullback")


def test_primal():
    text = differentiable(elementwise).explain(VECTOR, 0.5, MATRIX, VECTOR)
    assert "active" not in text
    assert "saved" not in text
    assert any(note.startswith("fused: ") for note in notes(text, "z = x @ w + b"))


def slope(v):
    return v if v > 0 else 0.1 * v


def steps_down(x):
    y = x
    while y > 0.5:
        y = y * y - 0.01 * slope(y)
    return y


def test_callees_and_stacks():
    text = gradient(of=steps_down).explain(0.95)
    assert f"slope in {__file__}" in text
    assert notes(text, "return v if v > 0 else 0.1 * v")[0].startswith("active")
    assert "on a stack" in "".join(notes(text, "while y > 0.5:"))
    assert "a stack, 8 bytes for each number" in text


def constant(x, n):
    weight = n * 0.5
    return weight * float(x > 0) + np.sin(weight)


def test_lines_that_are_not_active(recwarn):
    text = gradient(of=constant).explain(1.0, 3)
    assert notes(text, "weight = n * 0.5") == ["not active"]
