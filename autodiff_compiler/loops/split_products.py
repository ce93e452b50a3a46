"""A nest of its own for each product of matrices, so that it can be one call of the runtime.

The reverse of a product is two products; as one nest they were fused, because they share their factors.
"""

from __future__ import annotations

from dataclasses import replace

from autodiff_compiler.analysis.aliasing import Roots, may_alias, roots
from autodiff_compiler.analysis.matrix_products import matrix_product
from autodiff_compiler.ir.nodes import Assign, Function, Load, Nest, Statement, Write
from autodiff_compiler.ir.walk import map_statements
from autodiff_compiler.loops.nest_parts import part_of


def split_products(function: Function) -> Function:
    """The function with products of two matrices in nests of their own.

    before:  nest i, j, k: p = c_bar[i, k] * b[j, k]; q = a[i, j] * c_bar[i, k]
                 a_bar[i, j] += p; b_bar[j, k] += q
    after:   nest i, j, k: a_bar[i, j] += c_bar[i, k] * b[j, k]
             nest i, j, k: b_bar[j, k] += a[i, j] * c_bar[i, k]

    Sound because a nest that is split reads none of the arrays that it writes, so that its writes, which
    only add or set elements of their own, do not see each other.
    """
    memory = roots(function)
    body = map_statements(function.body, lambda statement: _split(statement, memory))
    return function if body is function.body else replace(function, body=body)


def _split(statement: Statement, memory: Roots) -> tuple[Statement, ...]:
    if not isinstance(statement, Nest) or not _is_separable(statement, memory):
        return (statement,)
    products = [write for write in statement.writes if _is_matrix(statement, write, memory)]
    others = tuple(write for write in statement.writes if write not in products)
    if not products or (not others and len(products) == 1):
        return (statement,)
    parts = [(write,) for write in products]
    return tuple(part_of(statement, writes) for writes in (*parts, *((others,) if others else ())))


def _is_separable(nest: Nest, memory: Roots) -> bool:
    loaded = [
        item.value.array for item in nest.body.statements
        if isinstance(item, Assign) and isinstance(item.value, Load)
    ]  # fmt: skip
    for position, write in enumerate(nest.writes):
        others = [other.target for other in nest.writes[:position]]
        if any(may_alias(memory, write.target, array) for array in (*loaded, *others)):
            return False
    return True


def _is_matrix(nest: Nest, write: Write, memory: Roots) -> bool:
    found = matrix_product(nest, write, memory)
    return found is not None and found.column is not None
