"""What is printed parses to the tree it was printed from."""

from __future__ import annotations

import ast
import sys

import gast
import pytest

from autodiff_compiler.emit import print_source as printing
from autodiff_compiler.emit import syntax
from autodiff_compiler.emit.print_source import WIDTH, print_source

SNIPPETS = [
    "x = -1.0 ** y",
    "x = (-1.0) ** y",
    "x = y ** -1.0 ** z",
    "x = (y ** z) ** w",
    "x = a - (b - c) - d / (e / f) * (g * h)",
    "x = not (a and b or c) and (d or e)",
    "x = (a if b else c) * 2.0 if d else e",
    "x = -(a + b) * +c, ~d",
    "x = (a < b) == (c < d)",
    "x = a @ b.T @ (c @ d)",
    "a[i, j] += b[:, ::-1][0, 1:] * c[()]",
    "a[np.newaxis, i:j:k, ...] = 1e-300, 1e300, 5e-324, 0.1, 1.0, 123456789012345678",
    "u, v = v, u",
    "(u,) = (v,)",
    "for i in range(n - 1, -1, -1):\n    while not (a < b):\n        break\n    else:\n        continue",
    "if a:\n    pass\nelif b:\n    pass\nelse:\n    c",
    "def f(a, b=1, *c, d, e=2, **f):\n    return (yield), lambda x: x + 1",
    "def f(a, /, b):\n    raise ValueError('it\\'s \"quoted\"', a) from b",
    "x = f'{a!r:>{b}}' + 'text'",
    "with a as b:\n    del c\ntry:\n    d\nexcept E as e:\n    f\nfinally:\n    g",
    "x = [a for b in c if d], {a: b for a in c}, {*a}, {**a, 'b': 2}",
    "x = (y := 3) + z",
    "def long(" + ", ".join(f"parameter_{i}" for i in range(20)) + "):\n    return "
    + ", ".join(f"result_{i}[i, j]" for i in range(20)),
    "x = function(" + ", ".join(f"argument_{i} * (a, b)" for i in range(20)) + ")",
    "match a:\n    case [1, *b] if c:\n        d",
]  # fmt: skip


@pytest.mark.parametrize("snippet", SNIPPETS)
@pytest.mark.parametrize("with_astor", [True, False])
def test_printing_keeps_the_tree(snippet: str, with_astor: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not with_astor:
        monkeypatch.setattr(printing, "_with_astor", lambda tree: None)
    text = print_source(gast.parse(snippet))
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(snippet)), text
    assert max(map(len, text.splitlines())) <= WIDTH


@pytest.mark.skipif(sys.version_info < (3, 12), reason="new syntax")
def test_type_parameters() -> None:
    assert print_source(gast.parse("def f[T](x: T) -> T:\n    return x")).startswith("def f[T]")


def test_comments_come_out_as_comments() -> None:
    tree = gast.parse("def f(x):\n    return x")
    tree.body[0].body.insert(0, syntax.comment('reverse of line 3: s = "it\'s"'))
    assert print_source(tree).splitlines()[1] == '    # reverse of line 3: s = "it\'s"'


def test_a_class_that_astor_does_not_know_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(tree: ast.AST) -> str:
        raise AttributeError("module 'ast' has no attribute 'Str'")

    monkeypatch.setattr(printing, "_astor", lambda: fails)
    assert print_source(gast.parse("x = 1")) == "x = 1\n"


@pytest.mark.parametrize("value", [0.0, -0.0, -1.5, 7, -7, True, "a"])
def test_literals(value: float | str) -> None:
    text = print_source(gast.Module([gast.Expr(syntax.literal(value))], []))
    assert repr(ast.literal_eval(text.strip())) == repr(value)
