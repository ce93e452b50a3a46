"""Products of matrices as calls of the runtime."""

from __future__ import annotations

import gast

from autodiff_compiler.analysis.matrix_products import MatrixProduct
from autodiff_compiler.emit import syntax
from autodiff_compiler.emit.expressions import Expressions
from autodiff_compiler.ir.nodes import Atom, Const, Nest, NewAxis, Slice, Var
from autodiff_compiler.ir.types import INT

RUNTIME = ("add_product", "product", "put_product")
_WHOLE = Slice(None, None, None)


def write_product(nest: Nest, found: MatrixProduct, expressions: Expressions) -> list[gast.stmt]:
    """The statements that stand for the nest: a call, or loops of calls for a stack of matrices.

    `product` makes an array, `put_product` overwrites one, `add_product` adds to one.
    """
    write = found.write
    name = expressions.names.of[write.target]
    column = () if found.column is None else (found.column,)
    left = _part(expressions, found.left.array, found.left.index, (found.row, found.inner))
    right = _part(expressions, found.right.array, found.right.index, (found.inner, *column))
    if write.fresh and write.index == (found.row, *column) and not found.loops:
        return [syntax.rebind(name, syntax.call(syntax.name("product"), left, right))]
    once = write.fresh and set(found.loops) <= set(write.index)
    target = _part(expressions, write.target, write.index, (found.row, *column))
    called = syntax.call(syntax.name("put_product" if once else "add_product"), target, left, right)
    written: list[gast.stmt] = [gast.Expr(called)]
    sizes = dict(zip(nest.indices, nest.extents, strict=True))
    for index in reversed(found.loops):
        written = [syntax.loop(expressions.names.of[index], [expressions.atom(sizes[index])], written)]
    if not write.fresh:
        return written
    shape = [sizes[item] if isinstance(item, Var) else Const(1, INT) for item in write.index]
    fill = None if once else Const(0, write.value.type)  # type: ignore[arg-type]  # numbers, in a nest
    return [syntax.rebind(name, expressions.allocation(shape, write.target.type.dtype, fill)), *written]


def _part(
    expressions: Expressions, array: Var, index: tuple[Atom, ...], wanted: tuple[Var, ...]
) -> gast.expr:
    """The matrix or vector of an array that runs over the wanted indices, in their order."""
    axes: list[Atom | Slice | NewAxis] = [_WHOLE if item in wanted else item for item in index]
    whole = all(item is _WHOLE for item in axes)
    part = expressions.atom(array) if whole else expressions.view(array, axes)
    found = tuple(item for item in index if item in wanted)
    return part if found == wanted else syntax.attribute(part, "T")
