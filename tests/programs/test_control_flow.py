"""Constructs of control flow, each inside others: a table of snippets times a table of places, uncompiled."""

from __future__ import annotations

import importlib.util
import itertools
import textwrap
from pathlib import Path

import numpy as np
import pytest

from autodiff_compiler import DifferentiationError, check_derivative, differentiable

# Each reads x, y (floats), xs (an array), n (an integer), and changes r.
SNIPPETS = {
    "loop_else": """
        for i, v in enumerate(xs):
            if v * i > y:
                r += v * x
                break
        else:
            r -= x
    """,
    "data_dependent_trips": """
        t = x * x + 0.1
        while t < 4.0:
            t = t * 1.7 + 0.1 * y * y
        r += t
    """,
    "no_trips": """
        for i in range(n - n):
            r = math.log(-1.0 - x * x)
        r += x
    """,
    "guard": """
        for i in range(len(xs)):
            if i > 0 and xs[i - 1] > 0.0 and math.log(xs[i - 1]) < y:
                r += math.sqrt(xs[i - 1]) * x
    """,
    "walrus": """
        t = x * x + 1.0
        while (t := t * 0.6) > 0.2:
            r += t * y
    """,
    "match": """
        match (n, x):
            case (0, v) | (1, v):
                r += v * v
            case (k, v) if v > 1.0:
                r += v * k
    """,
    "some_paths_without_value": """
        def first(a):
            for v in xs:
                if v < -1.0:
                    return None
                if v > a:
                    return v * a
        t = first(y)
        r += x if t is None else t
    """,
    "caught_in_callee": """
        def ratio(a, i):
            return math.log(a[i]) / (i - 1)
        for k in range(6):
            try:
                r += ratio(xs, k) * x
            except (ZeroDivisionError, ValueError):
                r += y
                continue
            except IndexError:
                break
    """,
    "caught_in_comprehension": """
        try:
            r += sum([math.sqrt(v + 0.6) * x for v in xs])
        except ValueError:
            r += y
        finally:
            r *= 2.0
    """,
}

PLACES = {
    "plain": """
        def f(x, y, xs, n):
            r = x * 0.5
        <1>
            return r
    """,
    "loop": """
        def f(x, y, xs, n):
            r = x * 0.5
            for it in range(3):
                r *= 0.5
        <2>
                x = x * 0.9 + 0.01 * it
            return r * y
    """,
    "callee": """
        def g(x, y, xs, n, r):
        <1>
            return r
        def f(x, y, xs, n):
            return g(x * y, y, xs, n, x) * x + g(0.7, y, np.ones(3), n, 1.0)
    """,
    "closure": """
        def f(x, y, xs, n):
            r = x * 0.5
            def g():
                nonlocal r
        <2>
                return r
            return g() * x + g()
    """,
    "recursion": """
        def g(d, x, y, xs, n, r):
        <1>
            if d == 0:
                return r
            return g(d - 1, x * 0.9, y, xs, n, 0.5 * r) + x
        def f(x, y, xs, n):
            return g(n, x, y, xs, n, x)
    """,
    "handler": """
        def f(x, y, xs, n):
            r = x * 0.5
            try:
                raise RuntimeError
            except RuntimeError:
        <2>
            return r * x
    """,
}

POINTS = (
    (0.7313, 1.317, np.array([0.9, -0.7, 1.6, 0.31, 2.2]), 3),
    (-0.4171, 0.6123, np.array([0.2, 1.1, 0.4]), 0),
    (2.113, -0.8119, np.array([-0.5, -0.8]), 1),
)


def placed(snippet: str, place: str) -> str:
    """The text of the function `f` with the snippet in its place."""
    body = textwrap.dedent(SNIPPETS[snippet]).strip("\n")
    lines = [
        textwrap.indent(body, "    " * int(line[1])) if line.startswith("<") else line
        for line in textwrap.dedent(PLACES[place]).strip("\n").split("\n")
    ]
    return "import math\n\nimport numpy as np\n\n\n" + "\n".join(lines) + "\n"


# each snippet plain and in two places, so that each place holds several
CASES = [
    (snippet, place)
    for number, snippet in enumerate(SNIPPETS)
    for place in ("plain", *(list(PLACES)[1 + (number + k) % 5] for k in (0, 2)))
]


@pytest.mark.parametrize(("snippet", "place"), CASES)
def test_construct_in_place(snippet: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    path = tmp_path / f"{snippet}_{place}.py"
    path.write_text(placed(snippet, place))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for point in POINTS:
        check_derivative(module.f, *point, directions=1)


def test_items_computed_before_a_loop_that_changes_them():
    """What Python computes while the loop runs, the compiler would have computed before it."""

    def f(x, y):
        c = y
        r = 0.0
        for v in itertools.accumulate([x, y, 1.0], lambda a, b: a * c + b):
            c = c * 2.0
            r += v
        return r

    with pytest.raises(DifferentiationError, match="`c`"):
        differentiable(f)(0.7, 1.2)
