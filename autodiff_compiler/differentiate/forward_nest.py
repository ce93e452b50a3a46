"""Forward mode of a loop nest: its body and its writes with their tangents, in the same nest.

An extreme has the mean of the tangents of the points that attain it (decision 6): a second nest counts them
and adds up their tangents. The tangent of a product of matrices is the sum of two such products, each a nest
of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from autodiff_compiler.analysis.aliasing import Roots, may_alias
from autodiff_compiler.analysis.matrix_products import matrix_product
from autodiff_compiler.differentiate.cotangents import is_zero
from autodiff_compiler.differentiate.forward_rules import dot_name, dot_type, dot_variable
from autodiff_compiler.errors import CompilerBug
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    Load,
    Nest,
    Statement,
    Value,
    Var,
    Write,
)
from autodiff_compiler.ir.types import INT, Array, Scalar
from autodiff_compiler.ir.walk import fresh_copy, looked_up
from autodiff_compiler.operators.trace import Traced, apply, where


class Tangents(Protocol):
    """What forward mode knows of a function, as far as nests need it."""

    memory: Roots
    dots: dict[Var, Atom]

    def active(self, atom: Atom) -> bool:
        """Whether the atom takes part in the derivative."""

    def dot(self, atom: Atom) -> Atom:
        """The tangent of a number or an array; of a number that does not vary the constant zero."""

    def shadow(self, array: Var) -> Var:
        """The tangent of an array that takes part."""

    def number(self, builder: Builder, target: Var, value: Value) -> Atom:
        """Append what computes the tangent of a number."""


def nest_tangents(known: Tangents, builder: Builder, nest: Nest) -> None:
    """Append the nest with its tangents."""
    extremes = [write for write in nest.writes if _is_extreme(write) and known.active(write.target)]
    if not all(write.fresh for write in extremes):
        raise CompilerBug(
            "a nest looks for an extreme from a number that is not the lowest", location=nest.at
        )
    ahead = extremes if any(not write.fresh for write in nest.writes) else []
    if ahead:  # all is read before the nest writes to what it may read
        _alone(known, builder, nest, ahead)
        nest = replace(nest, writes=tuple(write for write in nest.writes if write not in ahead))
    _with_tangents(known, builder, nest)
    if extremes and not ahead:
        _mean_tangents(known, builder, nest, extremes)


def _is_extreme(write: Write) -> bool:
    return write.combine in ("max", "min")


def _alone(known: Tangents, builder: Builder, nest: Nest, extremes: list[Write]) -> None:
    """The extremes in a nest of their own, and their tangents."""
    indices, body, mapping = _copied(nest)
    writes = tuple(_moved_write(write, mapping) for write in extremes)
    builder.add(Nest(indices, nest.extents, body, writes, nest.at))
    _mean_tangents(known, builder, nest, extremes)


def _copied(nest: Nest) -> tuple[tuple[Var, ...], Block, dict[Var, Atom]]:
    """New indices, a copy of the body, and old variable -> new one."""
    indices = tuple(Var(index.name, index.type, index.at) for index in nest.indices)
    mapping: dict[Var, Atom] = dict(zip(nest.indices, indices, strict=True))
    return indices, fresh_copy(nest.body, mapping), mapping


def _moved_write(write: Write, mapping: dict[Var, Atom]) -> Write:
    index = tuple(looked_up(atom, mapping) for atom in write.index)
    return replace(write, index=index, value=looked_up(write.value, mapping))


# ---------------------------------------------------------------- the nest itself


def _body(known: Tangents, block: Block, originals: Block) -> list[Statement]:
    """The statements of a body, each followed by what computes its tangent; it may be a copy."""
    body = Builder()
    for statement, original in zip(block.statements, originals.statements, strict=True):
        assert isinstance(statement, Assign)
        assert isinstance(original, Assign)
        body.at = statement.at
        body.add(statement)
        if known.active(original.target):
            known.dots[statement.target] = known.number(body, statement.target, statement.value)
    return body.statements


def _with_tangents(known: Tangents, builder: Builder, nest: Nest) -> None:
    body = _body(known, nest.body, nest.body)
    values = {item.target: item.value for item in body if isinstance(item, Assign)}
    writes: list[Write] = []
    seconds: list[Write] = []  # the second products of tangents of products
    for write in nest.writes:
        writes.append(write)
        if not known.active(write.target) or _is_extreme(write):
            continue
        shadow = dot_variable(write.target, nest.at) if write.fresh else known.shadow(write.target)
        if write.fresh:
            known.dots[write.target] = shadow
        moved = known.dot(write.value)
        terms = _products(known, nest, write, values.get(moved) if isinstance(moved, Var) else None)
        if write.fresh or not (write.combine == "add" and is_zero(moved)):
            writes.append(replace(write, target=shadow, value=terms[0] if terms else moved))
        if terms:
            seconds.append(Write(shadow, write.index, terms[1], "add", False))
    builder.add(replace(nest, body=Block(tuple(body)), writes=tuple(writes)))
    for second in seconds:
        copy = replace(nest, body=Block(tuple(body)))
        indices, inner, mapping = _copied(copy)
        builder.add(Nest(indices, nest.extents, inner, (_moved_write(second, mapping),), nest.at))


def _products(known: Tangents, nest: Nest, write: Write, moved: Value | None) -> tuple[Atom, Atom] | None:
    """The two products that the tangent of a product of matrices is the sum of; None if it is none."""
    found = matrix_product(nest, write, known.memory)
    if found is None or found.column is None or not isinstance(moved, Apply) or moved.operator != "add":
        return None
    loaded = [
        item.value.array for item in nest.body.statements
        if isinstance(item, Assign) and isinstance(item.value, Load)
    ]  # fmt: skip
    written = [other.target for other in nest.writes if not other.fresh]
    if any(may_alias(known.memory, target, array) for target in written for array in loaded):
        return None
    one, other = moved.operands
    return one, other


# ---------------------------------------------------------------- extremes


def _mean_tangents(known: Tangents, builder: Builder, nest: Nest, extremes: list[Write]) -> None:
    """Append nests that find the mean tangents of the points that attain the extremes."""
    indices, copy, mapping = _copied(nest)
    body = Builder(nest.at)
    body.statements = _body(known, copy, nest.body)
    writes: list[Write] = []
    parts: list[tuple[Write, Var, Var]] = []
    for write in extremes:
        index = tuple(looked_up(atom, mapping) for atom in write.index)
        value = looked_up(write.value, mapping)
        found = body.load(write.target, index) if isinstance(write.target.type, Array) else write.target
        hit = Traced(body, value).equals(Traced(body, found))
        one = Traced(body, Const(1.0, Scalar(write.target.type.dtype)))
        moved = known.dot(value)
        count = Var(f"{write.target.name}_count", dot_type(write.target.type), nest.at)
        total = Var(f"{dot_name(write.target)}_sum", dot_type(write.target.type), nest.at)
        writes.append(Write(count, index, where(hit, one, 0.0).atom, "add", True))
        writes.append(Write(total, index, where(hit, Traced(body, moved), 0.0).atom, "add", True))
        parts.append((write, total, count))
    builder.add(Nest(indices, nest.extents, body.block(), tuple(writes), nest.at))
    for write, total, count in parts:
        known.dots[write.target] = _divided(builder, nest, write.target, total, count)


def _mean(extreme: Traced, total: Traced, count: Traced) -> Traced:
    """The mean of the tangents: zero where there were no points, NaN where none attains the extreme, NaN."""
    return where(extreme.equals(extreme), total / apply("maximum", count, 1.0), total / count)


def _divided(builder: Builder, nest: Nest, extreme: Var, total: Var, count: Var) -> Atom:
    """The sum of tangents divided by their number, element by element."""
    if not isinstance(extreme.type, Array):
        mean = _mean(Traced(builder, extreme), Traced(builder, total), Traced(builder, count))
        return builder.rename_last(mean.atom, dot_name(extreme)) if isinstance(mean.atom, Var) else mean.atom
    extents = builder.dims(extreme)
    indices = tuple(Var("ijklmn"[k] if k < 6 else f"i{k}", INT) for k in range(len(extents)))
    body = Builder(nest.at)
    found, summed, number = (Traced(body, body.load(array, indices)) for array in (extreme, total, count))
    mean = _mean(found, summed, number)
    target = dot_variable(extreme, nest.at)
    builder.add(
        Nest(indices, extents, body.block(), (Write(target, indices, mean.atom, "set", True),), nest.at)
    )
    return target
