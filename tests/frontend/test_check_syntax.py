"""Every refusal, found together with the others, with its place and what to write instead."""

from __future__ import annotations

import copy
import inspect
import linecache
import sys
import textwrap
from dataclasses import replace

import gast
import pytest

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend.check_syntax import check_syntax
from autodiff_compiler.frontend.source import read_source
from tests.frontend import early_exits, while_exits


def checked(text: str, **options: bool) -> list[UnsupportedSyntax]:
    text = textwrap.dedent(text).lstrip("\n")
    filename = f"<test {abs(hash(text))}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict = {}
    exec(compile(text, filename, "exec"), namespace)
    return check_syntax(read_source(namespace["f"]), **options)


def marked(error: UnsupportedSyntax) -> str:
    """The source text under the carets."""
    place = error.location
    return place.text[place.column : place.end_column]


FUNCTIONS = [
    item
    for module in (early_exits, while_exits)
    for item in vars(module).values()
    if inspect.isfunction(item)
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_accepted_functions(function):
    assert check_syntax(read_source(function), procedure=function.__name__ == "no_value") == []


def test_accepted_statements_and_expressions():
    assert not checked("""
        def f(a, /, b: "{x for x in y}", c=(lambda: 0)(), *, d=[i for i in (1, 2)]) -> {1: 2}:
            return a
    """)
    assert not checked("""
        def f(a, b, n):
            '''Documented.'''
            x: "np.ndarray" = a[1:, ::2, ..., None]
            u = v = w = 0.0
            (u, v), [w, x[0]] = (v, u), (w, 1)
            x[0] = x[1, :] = -1
            x.sort(axis=0)
            print(x.shape[0])
            s = np.array([[1.0, 2], [u, v]]).reshape((n, -1), order="C").T @ x
            for i, (j, k) in zip(range(n), b):
                s += +i if j < k <= n != 3 or not (a and b) else ~i
                s **= 2
                s //= 3 % n
            while b is None or n is not None:
                pass
            return s, True, "text", None
    """)
    assert not checked("""
        def f(a, *b, **c):
            global g
            import math; from math import sin as sine, pi
            s: float; a @= a; a + 1; d, *e = b; ...
            for a[0], *e in b:
                if (n := len(b)) > 2: break
            else:
                del s, (d, e)
            while n: pass
            else: n = 1
            try:
                assert n, f"text {n}"
            except (ValueError, KeyError) as error:
                raise TypeError("%d" % n) from error
            except OSError: raise
            else: pass
            finally: n = 2
            match n, *b:
                case [0, *others] | {"k": others} if others: pass
                case str() | None | -1 | math.pi: pass
                case tuple(x=1) as d: pass
            return g(*b, [*b, *e])
    """)


STATEMENTS = {
    "yield a": "generator",
    "yield from a": "generator",
    "with a:\n    pass": "context managers",
    "global g\ng = 1": "outside the function",
    "del a.x": "deleted",
    "for i in a:\n    try:\n        pass\n    finally:\n        break": "`finally`",
    "try:\n    pass\nexcept* ValueError:\n    pass": "groups",
    "class C: pass": "outermost",
    "async def g(): return 1": "coroutine",
    "b = b'x'": "bytes",
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_refused_statement(statement):
    text = "def f(a):\n" + textwrap.indent(statement, "    ") + "\n    return a\n"
    (error,) = checked(text)
    assert isinstance(error, (UnsupportedSyntax, TypeError))
    assert error.suggestion
    with pytest.raises(UnsupportedSyntax, match=STATEMENTS[statement]):
        raise error
    assert error.lineno >= 2
    assert "^" in str(error)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("async def f(a):\n    return a", "coroutine"),
    ],
)
def test_refused_function(text, message):
    (error,) = checked(text)
    with pytest.raises(UnsupportedSyntax, match=message):
        raise error


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type` statements came with Python 3.12")
def test_type_statement():
    assert "types" in str(checked("def f(a):\n    type T = int\n    return a")[0])


def test_all_offences_in_the_order_of_the_text():
    errors = checked("""
        def f(a):
            b = b"x"; c = b"y"
            with a:
                d = (yield)
                try:
                    raise ValueError
                finally:
                    del a
            for i in a if a is b else b:
                assert i, f"{i}"
            return a.sum(**c)
    """)
    assert [(error.lineno, marked(error)) for error in errors] == [
        (2, 'b"x"'),
        (2, 'b"y"'),
        (3, "with a:"),
        (4, "yield"),
    ]


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ("a = a + 1", "def f(a):", "no path through `f` returns a value"),
        ("return", "def f(a):", "no path through `f` returns a value"),
    ],
)
def test_path_without_a_value(body, place, message):
    (error,) = checked("def f(a):\n" + textwrap.indent(body, "    "))
    assert message in str(error)
    assert marked(error).removeprefix("el") == place


@pytest.mark.parametrize(
    "body", ["while True:\n    if a: return 1", "if a:\n    return 1", "for i in a:\n    return i\nreturn"]
)
def test_some_path_returns_a_value(body):
    assert checked("def f(a):\n" + textwrap.indent(body, "    ")) == []


def test_paths_are_reported_with_other_offences():
    assert [error.lineno for error in checked("def f(a):\n    b = b'x'\n    return")] == [1, 2]


def test_procedures():
    assert checked("def f(a):\n    a[0] = 1", procedure=True) == []
    assert checked("def f(a):\n    if a: return\n    a[0] = 1", procedure=True) == []
    assert checked("def f(a):\n    if a: return 1\n    a[0] = 1", procedure=True) == []


def test_unknown_nodes_are_refused():
    source = read_source(early_exits.single_return)
    tree = copy.deepcopy(source.tree)
    tree.body.insert(0, gast.copy_location(gast.Exec(), tree.body[0]))
    source = replace(source, tree=tree)
    (error,) = check_syntax(source)
    assert "`Exec` is not supported" in str(error)
