"""Reverse rules of library calls on whole arrays, and calls reversed by functions of the program.

Y = A B:  A_bar += Y_bar Bᵀ,  B_bar += Aᵀ Y_bar  (Giles 2008, "Collected matrix derivative results", 2.2.1);
with vectors as one-column or one-row matrices.
"""

from __future__ import annotations

from collections.abc import Sequence

from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.differentiate.cotangents import Cotangents
from autodiff_compiler.differentiate.scalar_rules import bar_name, bar_type
from autodiff_compiler.ir.build import Builder, array_type
from autodiff_compiler.ir.nodes import Apply, Atom, Function, Nest, Transpose, Var, Write
from autodiff_compiler.ir.types import INT, Array, rank_of
from autodiff_compiler.ir.walk import fresh_copy, with_location


def reverse_product(
    cotangents: Cotangents, operands: Sequence[Var], now: Sequence[Var], active: Sequence[bool], bar: Var
) -> None:
    """Add to the shadows of both factors of `matmul`; `now` holds what they were at the product."""
    builder = cotangents.builder
    left, right = now
    for position, operand in enumerate(operands):
        if not active[position]:
            continue
        rank = rank_of(operand.type)
        if rank == 2 and 1 in (rank_of(left.type), rank_of(right.type)):  # a matrix times a vector
            _outer(cotangents, operand, (bar, right) if position == 0 else (left, bar))
        else:
            if position == 1:
                first, second = _transposed(builder, left), bar
            elif rank == 1:  # y = a B: a_bar = B y_bar
                first, second = right, bar
            else:
                first, second = bar, _transposed(builder, right)
            product = Apply("matmul", (first, second))
            made = builder.assign(product, bar_type(operand.type), bar_name(operand))
            cotangents.add_array(operand, made)


def reverse_external(builder: Builder, rule: Function, values: Sequence[Atom]) -> list[Atom]:
    """Append the rule's statements for these values of its parameters; the cotangents that it gives.

    Each array among them is no one else's.
    """
    memory = roots(rule)
    mapping: dict[Var, Atom] = dict(zip(rule.parameters, values, strict=True))
    body = with_location(fresh_copy(rule.body, mapping), lambda _: builder.at)
    builder.statements.extend(body.statements)
    found: list[Atom] = []
    taken: set[Var] = set(rule.parameters)
    for made, bar in zip(rule.body.yields, body.yields, strict=True):
        if isinstance(made, Var) and isinstance(made.type, Array):
            own = memory.get(made, frozenset()) == {made} and made not in taken
            taken.add(made)
            if not own:
                bar = builder.assign(Apply("copy", (bar,)), bar_type(made.type), made.name)
        found.append(bar)
    return found


def _transposed(builder: Builder, array: Var) -> Var:
    kind = array_type(array)
    if kind.rank < 2:
        return array
    turned = Array(kind.dtype, 2, False, (kind.units[1], kind.units[0]))
    return builder.assign(Transpose(array, (1, 0)), turned, array.name)


def _outer(cotangents: Cotangents, operand: Var, factors: tuple[Var, Var]) -> None:
    """operand_bar += column ⊗ row, straight into the shadow."""
    builder = cotangents.builder
    shadow = cotangents.shadow(operand)
    i, j = Var("i", INT), Var("j", INT)
    body = Builder(builder.at)
    column, row = body.load(factors[0], (i,)), body.load(factors[1], (j,))
    value = body.assign(Apply("multiply", (column, row)), column.type, "product")
    write = Write(shadow, (i, j), value, "add", False)
    builder.add(Nest((i, j), cotangents.extents(operand), body.block(), (write,), builder.at))
