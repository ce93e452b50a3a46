"""Desugared functions compute what the originals do, are not longer than need be, and point at user code."""

from __future__ import annotations

import ast
import inspect
import linecache
import random
import textwrap
from collections.abc import Callable

import gast
import pytest

from autodiff_compiler.frontend.desugar import desugar
from autodiff_compiler.frontend.source import Source, read_source
from tests.frontend import early_exits, while_exits

FUNCTIONS = [
    item
    for module in (early_exits, while_exits)
    for item in vars(module).values()
    if inspect.isfunction(item)
]
GRID = [(a, b) for a in range(-1, 5) for b in range(-1, 5)]


def from_text(text: str, name: str = "f") -> Callable:
    filename = f"<test {abs(hash(text))}>"
    text = textwrap.dedent(text)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict = {}
    exec(compile(text, filename, "exec"), namespace)
    return namespace[name]


def as_python(tree: gast.FunctionDef) -> str:
    """The desugared function in Python, `until` spelled as a test at the end of each iteration."""
    for node in gast.walk(tree):
        if isinstance(node, gast.For) and node.until is not None:
            node.body = [*node.body, gast.If(node.until, [gast.Break()], [])]
    return ast.unparse(ast.fix_missing_locations(gast.gast_to_ast(tree)))


def desugared(function: Callable) -> Callable:
    namespace: dict = {}
    exec(as_python(desugar(read_source(function))), namespace)
    return namespace[function.__name__]


def shown(function: Callable) -> str:
    return as_python(desugar(read_source(function)))


def same(function: Callable, arguments: list[tuple]) -> None:
    other = desugared(function)
    for item in arguments:
        assert other(*item) == function(*item), (item, shown(function))


def check_form(tree: gast.FunctionDef) -> None:
    nodes = list(gast.walk(tree))
    assert not any(isinstance(node, (gast.Break, gast.Continue, gast.AnnAssign)) for node in nodes)
    assert not any(isinstance(node, gast.Assign) and len(node.targets) > 1 for node in nodes)
    assert [node for node in nodes if isinstance(node, gast.Return)] == tree.body[-1:]
    for node in nodes:
        assert not isinstance(node, (gast.expr, gast.stmt)) or node.lineno >= tree.lineno
        if isinstance(node, (gast.If, gast.For, gast.While)):
            assert node.body
            assert all(not isinstance(item, gast.Pass) for item in node.body) or len(node.body) == 1
        if isinstance(node, gast.For):
            assert node.until is None or isinstance(node.until, (gast.Name, gast.BoolOp))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda item: item.__name__)
def test_same_results(function):
    same(function, GRID)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda item: item.__name__)
def test_form(function):
    tree = desugar(read_source(function))
    check_form(tree)
    users = set(function.__code__.co_varnames) | set(function.__code__.co_names)
    names = [node for node in gast.walk(tree) if isinstance(node, gast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, gast.Store)}
    assert tree.generated.isdisjoint(users)
    assert stored - users == tree.generated


def random_block(rng: random.Random, depth: int, in_loop: bool, indent: str) -> list[str]:
    lines = []
    for _ in range(rng.randint(1, 3)):
        kinds = ["assign", "assign", "return"] + ["break", "continue"] * in_loop
        kind = rng.choice(kinds + ["if", "if", "for", "while"] * (depth > 0))
        test = f"(s + {rng.randint(0, 9)} * a + b) % {rng.randint(2, 4)} == 0"
        if kind == "assign":
            lines.append(f"{indent}s = (s * 5 + {rng.randint(1, 9)}) % 1009")
        elif kind == "return":
            lines.append(f"{indent}return s + {rng.randint(0, 9)}")
        elif kind in ("break", "continue"):
            lines.append(f"{indent}{kind}")
        elif kind == "if":
            lines += [f"{indent}if {test}:", *random_block(rng, depth - 1, in_loop, indent + "    ")]
            if rng.random() < 0.5:
                lines += [f"{indent}else:", *random_block(rng, depth - 1, in_loop, indent + "    ")]
        elif kind == "for":
            lines.append(f"{indent}for i{depth} in range({rng.randint(1, 4)}):")
            lines += random_block(rng, depth - 1, True, indent + "    ")
            if rng.random() < 0.4:
                lines += [f"{indent}else:", *random_block(rng, depth - 1, in_loop, indent + "    ")]
            lines.append(f"{indent}s = s + i{depth}")
        else:
            condition = rng.choice(
                [f"n{depth} < 4", f"(m{depth} := n{depth} * 2) < 7 and (q := m{depth}) >= 0"]
            )
            lines += [f"{indent}n{depth} = 0", f"{indent}while {condition}:", f"{indent}    n{depth} += 1"]
            lines += random_block(rng, depth - 1, True, indent + "    ")
            if rng.random() < 0.4:
                lines += [f"{indent}else:", *random_block(rng, depth - 1, in_loop, indent + "    ")]
    return lines


@pytest.mark.parametrize("seed", range(150))
def test_random_programs(seed):
    rng = random.Random(seed)
    text = "\n".join(["def f(a, b):", "    s = a", *random_block(rng, 4, False, "    "), "    return s"])
    function = from_text(text)
    check_form(desugar(read_source(function)))
    same(function, GRID)


def size(tree: gast.AST) -> int:
    return sum(1 for _ in gast.walk(tree))


PARTIAL_RETURN = """
        if s > {k}:
            if a > {k}:
                return s
            s += 1
"""
EARLY_RETURN = """
        if s > {k}:
            return s
        s += {k}
"""
RETURN_FROM_LOOP = """
        for i in range(3):
            if i == {k}:
                return i
"""
BREAK_OR_CONTINUE = """
        if s > {k}:
            if a > {k}:
                continue
            s += 1
        else:
            if b:
                break
"""


@pytest.mark.parametrize("piece", [PARTIAL_RETURN, EARLY_RETURN, RETURN_FROM_LOOP, BREAK_OR_CONTINUE])
def test_size_is_linear(piece):
    def made(count: int) -> Source:
        pieces = "".join(piece.format(k=k) for k in range(count))
        head = "def f(a, b):\n    s = 0\n    for _ in range(2):"
        return read_source(from_text(f"{head}{pieces}        s += 1\n    return s\n"))

    small, large = made(10), made(20)
    growth = size(desugar(large)) - size(desugar(small))
    assert growth < 3.5 * (size(large.tree) - size(small.tree))


def test_early_returns_need_no_flag():
    tree = desugar(read_source(early_exits.chain_of_returns))
    assert tree.generated == {"result_1"}


def test_a_last_return_stays():
    assert desugar(read_source(early_exits.break_in_for)).generated == {"broke_1"}
    assert desugar(read_source(early_exits.single_return)).generated == set()


def test_readable_text():
    assert shown(from_text("""
        def f(x, n):
            s = 0.0
            for i in range(n):
                if x[i] < 0:
                    continue
                if x[i] > 9:
                    break
                s += x[i]
            while True:
                s = s * 2
                if s > 100:
                    return s
    """)) == textwrap.dedent("""
        def f(x, n):
            returned_1 = False
            s = 0.0
            broke_1 = False
            for i in range(n):
                if not x[i] < 0:
                    if x[i] > 9:
                        broke_1 = True
                    else:
                        s += x[i]
                if broke_1:
                    break
            while not returned_1:
                s = s * 2
                if s > 100:
                    result_1 = s
                    returned_1 = True
            return result_1
    """).strip()  # fmt: skip


def test_new_nodes_point_at_the_statement_they_came_from():
    function = early_exits.return_from_for
    first = function.__code__.co_firstlineno
    tree = desugar(read_source(function))
    flags = [node for node in gast.walk(tree) if isinstance(node, gast.Name) and node.id == "returned_1"]
    assert {node.lineno - first for node in flags} == {0, 2, 5}  # def; the guard and `until`: for; the return
    value = next(node for node in gast.walk(tree) if isinstance(node, gast.Name) and node.id == "result_1")
    assert value.lineno - first in (5, 6)


def test_the_source_is_not_changed():
    source = read_source(early_exits.all_three)
    before = gast.dump(source.tree)
    desugar(source)
    assert gast.dump(source.tree) == before


def test_procedure_ends_in_return_none():
    last = desugar(read_source(early_exits.no_value)).body[-1]
    assert isinstance(last, gast.Return)
    assert isinstance(last.value, gast.Constant)
    assert last.value.value is None
