"""Which writes of a nest are products of matrices, wherever the sum of products comes from."""

from __future__ import annotations

from dataclasses import dataclass

from autodiff_compiler.analysis.aliasing import Roots, may_alias
from autodiff_compiler.ir.nodes import Apply, Assign, Atom, Load, Nest, Value, Var, Write
from autodiff_compiler.ir.types import is_float


@dataclass(frozen=True, slots=True)
class MatrixProduct:
    """`target[row, column] += left[row, inner] * right[inner, column]`, the same in each of the `loops`.

    A product of a matrix and a vector has no column. The other indices of `left`, `right` and the write stay
    as they are in one product.
    """

    write: Write
    left: Load
    right: Load
    row: Var
    inner: Var
    column: Var | None
    loops: tuple[Var, ...]


def product_of(nest: Nest, memory: Roots) -> MatrixProduct | None:
    """The product that a nest is; None if it does anything else."""
    return matrix_product(nest, nest.writes[0], memory) if len(nest.writes) == 1 else None


def matrix_product(nest: Nest, write: Write, memory: Roots) -> MatrixProduct | None:
    """The write as a product of matrices, or of a matrix and a vector; None if it is none."""
    if write.combine != "add" or not is_float(write.target.type) or not write.index:
        return None
    values = {item.target: item.value for item in nest.body.statements if isinstance(item, Assign)}
    made = values.get(write.value) if isinstance(write.value, Var) else None
    if not isinstance(made, Apply) or made.operator != "multiply":
        return None
    left, right = (values.get(item) if isinstance(item, Var) else None for item in made.operands)
    if not (isinstance(left, Load) and isinstance(right, Load)):
        return None
    places = (write.index, left.index, right.index)
    if not all(_is_plain(values, place) for place in places):
        return None
    if any(may_alias(memory, write.target, factor.array) for factor in (left, right)):
        return None
    return _arranged(nest, write, left, right)


def _arranged(nest: Nest, write: Write, left: Load, right: Load) -> MatrixProduct | None:
    target, one, other = set(write.index), set(left.index), set(right.index)
    inner = _last(nest, (left, right), one & other - target)
    rows, columns = (one & target) - other, (other & target) - one
    if set(nest.indices) - (one & other | one & target | other & target) or inner is None:
        return None
    if not rows:
        left, right, rows, columns = right, left, columns, rows
    row, column = _last(nest, (left,), rows), _last(nest, (right,), columns)
    if row is None:
        return None
    if column is not None and write.index.index(column) < write.index.index(row):
        left, right, row, column = right, left, column, row
    chosen = (row, inner, column)
    loops = tuple(index for index in nest.indices if index not in chosen)
    if column is None and loops:
        return None  # a loop nest is as fast
    return MatrixProduct(write, left, right, row, inner, column, loops)


def _is_plain(values: dict[Var, Value], place: tuple[Atom, ...]) -> bool:
    """Whether each index of the nest is there at most once, and nothing is computed at the point."""
    named = [item for item in place if isinstance(item, Var)]
    return len(set(named)) == len(named) and not any(item in values for item in named)


def _last(nest: Nest, loads: tuple[Load, ...], among: set[Atom]) -> Var | None:
    """Of some indices the one that runs through memory in the smallest steps."""
    found = [index for index in nest.indices if index in among]
    if not found:
        return None
    return max(found, key=lambda index: max(load.index.index(index) for load in loads if index in load.index))
