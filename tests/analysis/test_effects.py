"""What statements do to memory, and which may change places."""

from __future__ import annotations

from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.analysis.effects import depends, effects, footprint, is_pure
from autodiff_compiler.analysis.uses import definitions, uses
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Carry, For, Guard, Load, Nest, Slice, Var, View, Write
from autodiff_compiler.ir.types import BOOL, INT
from tests.optimise.building import FLOAT, VECTOR, apply, function, number, parameters

X, Y, C = parameters(x=VECTOR, y=VECTOR, c=BOOL)


def _nest(source: Var, target: Var, combine: str = "set", *, fresh: bool = False) -> Nest:
    index, body = Var("i", INT), Builder()
    value = body.load(source, (index,))
    return Nest((index,), (integer(3),), body.block(), (Write(target, (index,), value, combine, fresh),))


def test_effects_are_found_at_any_depth():
    inner = Builder()
    inner.add(_nest(X, Y, "add"))
    loop = For(Var("i", INT), integer(0), integer(2), integer(1), (), inner.block())
    assert effects(loop).reads == {X, Y}
    assert effects(loop).writes == {Y}
    assert not is_pure(loop)


def test_a_fresh_array_is_a_definition_and_not_a_write():
    nest = _nest(X, Var("z", VECTOR), fresh=True)
    assert effects(nest).reads == {X}
    assert not effects(nest).writes
    assert is_pure(nest)


def test_accesses_to_views_of_one_array_keep_their_order():
    builder = Builder()
    view = builder.assign(View(X, (Slice(integer(1), None, None),)), VECTOR)
    builder.store(view, (integer(0),), number(1))
    builder.load(X, (integer(1),))
    builder.load(Y, (integer(1),))
    builder.store(X, (integer(1),), number(2))
    memory = roots(function(builder, (X, Y)))
    _, write, read, unrelated, overwrite = (footprint(statement, memory) for statement in builder.statements)
    assert depends(read, write)
    assert depends(overwrite, write)
    assert depends(overwrite, read)
    assert not depends(unrelated, write)


def test_accesses_stay_behind_guards_and_arithmetic_need_not():
    builder = Builder()
    builder.add(Guard(C, "no"))
    builder.load(X, (integer(0),))
    apply(builder, "add", number(1), number(2), kind=FLOAT)
    builder.add(_nest(X, Var("z", VECTOR), fresh=True))
    builder.add(Guard(C, "no"))
    guard, load, arithmetic, nest, second = (footprint(statement, {}) for statement in builder.statements)
    assert depends(load, guard)
    assert depends(nest, guard)
    assert depends(second, guard)
    assert not depends(arithmetic, guard)


def test_uses_count_every_read_and_definitions_give_right_hand_sides():
    builder, inner = Builder(), Builder()
    first = builder.load(X, (integer(0),))
    carry = Carry(Var("s", FLOAT), first, Var("t", FLOAT))
    product = apply(inner, "multiply", carry.inside, first)
    builder.add(For(Var("i", INT), integer(0), integer(2), integer(1), (carry,), inner.block(product)))
    program = function(builder, (X,), carry.after, first)
    counted = uses(program)
    assert (counted[first], counted[carry.inside], counted[carry.after], counted[product]) == (3, 1, 1, 1)
    assert definitions(program)[first] == Load(X, (integer(0),))
