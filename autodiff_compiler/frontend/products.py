"""Lowers products of arrays: `@`, `np.matmul`, `np.dot`, and the index equation that others are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gast
import numpy as np

from autodiff_compiler.composed.declare import general_form
from autodiff_compiler.composed.products import tensordot
from autodiff_compiler.composed.ufuncs import written
from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend import arrays
from autodiff_compiler.frontend.builtins_static import python_value
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.shapes import product, reshaped
from autodiff_compiler.frontend.values import Lowered, TupleValue, describe
from autodiff_compiler.ir.build import array_type, as_variable, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Var
from autodiff_compiler.ir.types import Array, Scalar, Type, is_float, rank_of
from autodiff_compiler.operators.promotion import promote

Labels = tuple[int, ...]
PARAMETERS: dict[str, tuple[str, ...]] = {"matmul": ("x1", "x2", "out"), "dot": ("a", "b", "out")}


def call(
    scope: Scope,
    node: gast.AST,
    name: str,
    target: object,
    arguments: list[Lowered],
    keywords: Mapping[str, Lowered],
) -> Lowered:
    """A call of a product; `target` is the function called, None for the method `.dot`."""
    if name == "contract":
        inputs, output = (python_value(item) for item in arguments[:2])
        factors = [scope.atom(item, node, "a factor") for item in arguments[2:]]
        return contract(scope, node, factors, inputs, output)  # type: ignore[arg-type]  # as declared
    general = general_form(name) if target is np.matmul else None
    if general is not None and keywords.keys() - {"out"}:
        return scope.frame.context.inline(scope, node, general, arguments, keywords)
    matrices = target is np.matmul
    called = "np.matmul" if matrices else "np.dot"
    names = PARAMETERS["matmul" if matrices else "dot"]
    given = arrays.bind(scope, node, called, names, arguments, keywords)
    if len(given) < 2 or names[0] not in given or names[1] not in given:
        scope.frame.refuse(TypeMismatch, node, f"{called} takes two arguments, and gets {len(arguments)}")
    left, right = (_array_like(scope, node, given[key], f"an operand of {called}") for key in names[:2])
    made = matmul(scope, node, left, right) if matrices else dot(scope, node, left, right)
    if given.get("out") in (None, Static(None)):
        return made
    return stored(scope, node, made, given["out"], matrices)


def _array_like(scope: Scope, node: gast.AST, value: Lowered, what: str) -> Atom:
    """A number or array; a list of numbers as the array that NumPy makes of it."""
    if scope.items(value) is not None:
        value = arrays.from_items(scope, node, value, None)
    return scope.atom(value, node, what)


def stored(scope: Scope, node: gast.AST, made: Lowered, out: Lowered, casts: bool) -> Lowered:
    """`out=`: the result is written there; it must be an array of the same dtype and rank, unless cast."""
    place = scope.array(out, node, "the argument `out`")
    value = scope.atom(made, node, "the result")
    if casts and place.type.dtype != value.type.dtype:
        return scope.frame.context.inline(scope, node, written, [place, value], {})
    if place.type.dtype != value.type.dtype or rank_of(place.type) != rank_of(value.type):
        reason = f"`out` is {describe(place)}, and the result is {describe(value)}"
        scope.frame.refuse(TypeMismatch, node, reason)
    scope.check_writable(place, node)
    if isinstance(value, Var) and rank_of(value.type):
        scope.builder.store(place, (), value)
    else:
        scope.builder.store(place, (), scope.cast(value, Scalar(place.type.dtype)))
    return place


def _strong(scope: Scope, atom: Atom) -> Atom:
    """A number of Python as one of NumPy."""
    if isinstance(atom.type, Scalar) and atom.type.weak:
        return arrays.strong(scope, atom, Scalar(atom.type.dtype))
    return atom


def matmul(scope: Scope, node: gast.AST, left: Atom, right: Atom) -> Lowered:
    """`left @ right`: of the last two axes, with the leading ones broadcast."""
    for operand in (left, right):
        if not rank_of(operand.type):
            reason = f"an operand of @ is {describe(operand)} where an array is needed"
            scope.frame.refuse(TypeMismatch, node, reason, "a * b for a number")
    a, b = _promoted(scope, left, right)
    ranks = rank_of(a.type), rank_of(b.type)
    if max(ranks) <= 2 and is_float(a.type):
        return _matrices(scope, a, b)
    if ranks[0] > 2 and ranks[1] == 2 and is_float(a.type) and array_type(a).contiguous:
        return _stacked_rows(scope, a, b)
    batch = max(*ranks, 2) - 2
    of_left = tuple(range(batch - max(ranks[0] - 2, 0), batch)) + (batch, batch + 1)[2 - min(ranks[0], 2) :]
    of_right = tuple(range(batch - max(ranks[1] - 2, 0), batch)) + (batch + 1, batch + 2)[: min(ranks[1], 2)]
    output = tuple(range(batch)) + (batch,) * (ranks[0] > 1) + (batch + 2,) * (ranks[1] > 1)
    return contract(scope, node, [a, b], (of_left, of_right), output)


def dot(scope: Scope, node: gast.AST, left: Atom, right: Atom) -> Lowered:
    """`np.dot`: a product of numbers, or the sum over the last axis of the first and the last but one."""
    ranks = rank_of(left.type), rank_of(right.type)
    if 0 in ranks:
        left, right = (_strong(scope, item) for item in (left, right))  # NumPy makes arrays of them
        return scope.elementwise(node, "multiply", [left, right])
    if max(ranks) > 2:
        axes = (ranks[0] - 1, max(ranks[1] - 2, 0))
        pair = [integer(axis) for axis in axes]
        return scope.frame.context.inline(scope, node, tensordot, [left, right, TupleValue(tuple(pair))], {})
    return matmul(scope, node, left, right)


def contract(
    scope: Scope, node: gast.AST, factors: Sequence[Atom], inputs: Sequence[Labels], output: Labels
) -> Lowered:
    """The product of numbers and arrays, summed over the axes whose label is not in the output."""
    numbers = [factor for factor in factors if not isinstance(factor.type, Array)]
    pairs = [pair for pair in zip(factors, inputs, strict=True) if isinstance(pair[0].type, Array)]
    result: Lowered | None = _equation(scope, pairs, output) if pairs else None
    for number in numbers:
        result = number if result is None else scope.elementwise(node, "multiply", [result, number])
    assert result is not None
    return result


def _equation(scope: Scope, pairs: Sequence[tuple[Atom, Labels]], output: Labels) -> Var:
    factors = _promoted(scope, *(factor for factor, _ in pairs))
    inputs = tuple(tuple(labels) for _, labels in pairs)
    known: dict[int, bool] = {}
    for factor, labels in zip(factors, inputs, strict=True):
        for label, unit in zip(labels, array_type(factor).units, strict=True):
            known[label] = known.get(label, True) and unit
    dtype = factors[0].type.dtype
    kind: Type = Scalar(dtype)
    if output:
        kind = Array(dtype, len(output), True, tuple(known[label] for label in output))
    attributes = (("inputs", inputs), ("output", tuple(output)))
    made = scope.builder.assign(Apply("contract", tuple(factors), attributes), kind, "product")
    if len(factors) == 1 and set(inputs[0]) == set(output):
        scope.frame.context.unwritable[made] = "NumPy gives a view of a diagonal here, and this is a copy"
    return made


def _promoted(scope: Scope, *factors: Atom) -> list[Var]:
    common = promote([factor.type for factor in factors], "number")
    return [as_variable(scope.cast(factor, common)) for factor in factors]


def _matrices(scope: Scope, a: Var, b: Var) -> Var:
    left, right = array_type(a), array_type(b)
    units = (*left.units[:-1], *right.units[-1:][: right.rank - 1])
    kind: Type = Array(left.dtype, len(units), True, units) if units else Scalar(left.dtype)
    return scope.builder.assign(Apply("matmul", (a, b)), kind, "product")


def _stacked_rows(scope: Scope, a: Var, b: Var) -> Lowered:
    """A stack of matrices times one matrix: one product of all rows."""
    *leading, inner = scope.builder.dims(a)
    rows = product(scope, leading)
    flat = reshaped(scope, a, [rows, inner])
    made = _matrices(scope, flat, b)
    return reshaped(scope, made, [*leading, scope.builder.dim(made, 1)])
