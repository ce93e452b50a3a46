"""Walking and rebuilding: what is read and bound, and that unchanged nodes are shared."""

import dataclasses
import typing

import pytest

from autodiff_compiler.ir import nodes
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Block,
    Call,
    Callee,
    Carry,
    Const,
    Dim,
    For,
    Guard,
    If,
    Load,
    Nest,
    NewAxis,
    NewStack,
    Pop,
    Push,
    Reshape,
    Slice,
    Store,
    Transpose,
    Var,
    View,
    While,
    Write,
)
from autodiff_compiler.ir.types import BOOL, FLOAT, INT, Array, Stack
from autodiff_compiler.ir.walk import (
    blocks,
    bound,
    defined,
    free_variables,
    fresh_copy,
    fresh_statement,
    map_statements,
    operands,
    reads,
    statements,
    substitute,
    with_blocks,
    with_location,
)
from autodiff_compiler.location import Location

x, y = Var("x", Array("float64", 1)), Var("y", Array("float64", 2))
tape = Var("tape", Stack("float64"))
a, b, c = (Var(name, FLOAT) for name in "abc")
n, m, k = (Var(name, INT) for name in "nmk")
flag = Var("flag", BOOL)
zero = Const(0.0, FLOAT)


def scalar(name="t"):
    return Var(name, FLOAT)


def loop():
    """`for i in range(n): s = s * x[i]`, a nested branch included."""
    i, s, out, r = Var("i", INT), scalar("s"), scalar("out"), scalar("r")
    body = Builder()
    t = body.load(x, (i,), "t")
    u = body.assign(Apply("multiply", (s, t)), FLOAT, "u")
    body.add(If(flag, Block((), (u,)), Block((), (c,)), (r,)))
    carry = Carry(s, a, out)
    return For(i, integer(0), n, integer(1), (carry,), body.block(r))


def nest():
    i = Var("i", INT)
    body = Builder()
    t = body.load(x, (i,), "t")
    writes = (Write(scalar("total"), (), t, "add", True), Write(y, (i, k), t, "add", False))
    return Nest((i,), (n,), body.block(), writes)


VALUES = [
    (Apply("add", (a, zero)), (a, zero)),
    (Load(y, (n, m)), (y, n, m)),
    (View(y, (Slice(n, None, m), NewAxis(), k)), (y, n, m, k)),
    (Transpose(y, (1, 0)), (y,)),
    (Reshape(x, (n, m)), (x, n, m)),
    (Dim(y, 1), (y,)),
    (Allocate((n,), "float64", a), (n, a)),
    (Allocate((n,), "float64", None), (n,)),
    (NewStack("float64"), ()),
    (Pop(tape), (tape,)),
    (Pop(tape, (n,)), (tape, n)),
]

CALLEE = Callee("f", (FLOAT, x.type), (FLOAT,), ("", "read"), ((),), ((0, 1), (), ()), False)

STATEMENTS = [
    Assign(scalar(), Apply("add", (a, b))),
    Store(y, (n, m), a),
    loop(),
    If(flag, Block((), (a,)), Block((), (b,)), (scalar(),)),
    While((Carry(scalar("w"), a, scalar("z")),), Block((), (flag,)), Block((), (b,))),
    nest(),
    Guard(flag, "{0}", (n,)),
    Push(tape, a),
    Call(CALLEE, (a, x), (scalar("called"),)),
]


def test_every_node_kind_is_covered_here():
    assert {type(value) for value, _ in VALUES} == set(typing.get_args(nodes.Value))
    assert {type(statement) for statement in STATEMENTS} == set(typing.get_args(nodes.Statement))


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_operands(value, expected):
    assert operands(value) == expected


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_every_operand_is_substituted(value, expected):
    renamed = {atom: Var(atom.name + "2", atom.type) for atom in expected if isinstance(atom, Var)}
    assert operands(substitute(value, renamed)) == tuple(renamed.get(atom, atom) for atom in expected)


def test_defined_and_bound():
    names = {type(statement): [item.name for item in defined(statement)] for statement in STATEMENTS}
    assert names == {
        Assign: ["t"], Store: [], For: ["out"], If: ["t"], While: ["z"], Nest: ["total"], Guard: [], Push: [],
        Call: ["called"],
    }  # fmt: skip
    assert sorted(item.name for item in bound(loop())) == ["i", "out", "r", "s", "t", "u"]
    assert sorted(item.name for item in bound(nest())) == ["i", "t", "total"]


def test_reads_of_a_statement_leave_nested_blocks_out():
    assert reads(loop()) == (integer(0), n, integer(1), a)
    assert reads(Store(y, (n, m), a, accumulate=True)) == (y, n, m, a)


def test_free_variables_are_deep_and_ordered():
    assert list(free_variables(loop())) == [n, a, x, flag, c]
    assert list(free_variables(nest())) == [n, x, y, k]
    assert list(free_variables(Push(tape, a))) == [tape, a]
    assert list(free_variables(Load(x, (n,)))) == [x, n]


def test_free_variables_of_a_block_include_its_yields():
    t = scalar()
    assert list(free_variables(Block((Assign(t, Apply("exp", (a,))),), (t, b)))) == [a, b]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_nothing_changed_is_nothing_copied(statement):
    block = Block((statement,), (a,))
    assert substitute(block, {Var("elsewhere", FLOAT): b}) is block
    assert map_statements(block, lambda item: [item]) is block
    assert with_blocks(statement, blocks(statement)) is statement
    assert with_location(block, lambda at: at) is block


def test_substitute_reaches_every_depth_and_keeps_what_is_bound():
    old = loop()
    new = substitute(old, {c: b, x: Var("x2", x.type), n: integer(3)})
    assert [item.name for item in free_variables(new)] == ["a", "x2", "flag", "b"]
    assert bound(new) == bound(old)
    assert new.body.statements[1] is old.body.statements[1]


def test_an_array_cannot_become_a_constant():
    with pytest.raises(TypeError, match="x stands for an array"):
        substitute(Load(x, (n,)), {x: zero})


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_fresh_copy_binds_new_variables_and_reads_the_same(statement):
    mapping = {}
    copy = fresh_statement(statement, mapping)
    assert not set(bound(copy)) & set(bound(statement))
    assert tuple(mapping[item] for item in bound(statement)) == bound(copy)
    assert [(item.name, item.type) for item in bound(copy)] == [(i.name, i.type) for i in bound(statement)]
    assert list(free_variables(copy)) == list(free_variables(statement))


def test_a_fresh_copy_replaces_free_variables_and_extends_the_mapping():
    t = scalar()
    block = Block((Assign(t, Apply("add", (a, b))),), (t,))
    mapping = {a: c}
    copy = fresh_copy(block, mapping)
    assert copy.statements[0].value == Apply("add", (c, b))
    assert copy.yields == (mapping[t],) != (t,)


def test_statements_come_outermost_first():
    kinds = [type(statement).__name__ for statement in statements(Block((loop(), nest())))]
    assert kinds == ["For", "Assign", "Assign", "If", "Nest", "Assign"]


def test_map_statements_removes_and_adds_from_the_inside_out():
    seen = []

    def without_loads(statement):
        seen.append(type(statement).__name__)
        load = isinstance(statement, Assign) and isinstance(statement.value, Load)
        return [] if load else [statement, Push(tape, a)] if isinstance(statement, If) else [statement]

    changed = map_statements(Block((loop(),)), without_loads)
    assert seen == ["Assign", "Assign", "If", "For"]
    assert [type(item).__name__ for item in changed.statements[0].body.statements] == ["Assign", "If", "Push"]


def test_with_location_changes_every_depth():
    here = Location("f.py", 3, 0)
    moved = with_location(Block((loop(), Push(tape, a))), lambda at: at or here)
    assert {item.at for item in statements(moved) if not isinstance(item, Push)} == {here}
    back = with_location(moved, lambda at: dataclasses.replace(at, reverse=True))
    assert all(item.at.reverse for item in statements(back) if not isinstance(item, Push))


def test_a_copied_nest_writes_what_its_copied_body_computes():
    copy = fresh_statement(nest(), {})
    assert {write.value for write in copy.writes} == set(defined(copy.body.statements[0]))
    assert copy.writes[1].index[0] is copy.indices[0]
