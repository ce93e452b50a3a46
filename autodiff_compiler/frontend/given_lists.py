"""Lists of equal things that the caller has passed: arrays of what their items are made of.

Such a list is one of unknown length, made at a place that is no line of the program (`Given`). The arrays are
the parameters themselves: numbers that change in them reach the caller's objects. What Python would replace
rather than change, an array or a tuple, is kept in a copy, and comes back as a result (`Rebound`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import gast

from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.frontend.context import Again
from autodiff_compiler.frontend.kinds import Kind, Record, Uniform, is_passed
from autodiff_compiler.frontend.values import Cell, buffer_key
from autodiff_compiler.ir.nodes import EACH, Apply, Atom, Function, Given, Reshape, Var
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.location import Location

if TYPE_CHECKING:
    from autodiff_compiler.frontend.scope import Scope

Path = tuple[object, ...]


def leaf_places(kind: Kind, path: Path = (), cut: Path | None = None) -> Iterator[tuple[Path, Path | None]]:
    """For each leaf of an item that is passed: the keys to it, and to what a new value of it replaces.

    None where it is a number in an object, list or dict, which is changed where it is.
    """
    match kind:
        case Record(cls=cls, keys=keys, items=items):
            inner = (path if cut is None else cut) if issubclass(cls, tuple) else None
            for key, item in zip(keys, items, strict=True):
                yield from leaf_places(item, (*path, key), inner)
        case Uniform(item=item):
            yield from leaf_places(item, (*path, EACH))
        case _ if is_passed(kind):
            yield path, path if cut is None and isinstance(kind, Array) else cut


def arrays_of(
    scope: Scope, site: Given, item: Kind, variables: Sequence[Var]
) -> tuple[Kind, Atom, list[Var]]:
    """The kind that the items of a list have in the program, their number, and the arrays that hold them."""
    context = scope.frame.context
    wanted = context.growing.get(site, item)
    arrays = []
    length = scope.builder.dim(variables[0], 0)
    for number, (given, dtype) in enumerate(zip(variables, _dtypes(wanted), strict=True)):
        variable = given
        if number:  # the same memory, whose length is then known to be that of the first
            shape = (length, *scope.builder.dims(given)[1:])
            variable = scope.builder.assign(Reshape(given, shape), given.type, given.name)
        array: Atom = variable
        if dtype != variable.type.dtype:
            array = scope.cast(variable, Scalar(dtype))
        elif (site, number) in context.replaced:
            array = scope.builder.assign(Apply("copy", (variable,)), variable.type, variable.name)
        assert isinstance(array, Var)
        context.exact[array] = length
        arrays.append(array)
    return wanted, length, arrays


def _dtypes(kind: Kind) -> Iterator[str]:
    match kind:
        case Record(items=items):
            for item in items:
                yield from _dtypes(item)
        case Uniform(item=item):
            yield from _dtypes(item)
        case Scalar() | Array():
            yield kind.dtype


def replaced_places(scope: Scope, cell: Cell, item: Kind) -> list[Path]:
    """The keys, within each item, to what comes back as results; `item` is the kind the caller passes."""
    assert isinstance(cell.site, Given)
    assert cell.item is not None
    found: dict[Path, None] = {}
    leaves = zip(_dtypes(item), _dtypes(cell.item), leaf_places(cell.item), strict=True)
    for number, (given, dtype, (path, place)) in enumerate(leaves):
        if given != dtype or (cell.site, number) in scope.frame.context.replaced:
            found[path if place is None else place] = None
    return list(found)


def part_of(kind: Kind, path: Path) -> tuple[Kind, int]:
    """What items of a kind have at a path, and the number of its first array."""
    first = 0
    for key in path:
        assert isinstance(kind, Record)
        position = kind.keys.index(key)
        first += sum(len(list(_dtypes(item))) for item in kind.items[:position])
        kind = kind.items[position]
    return kind, first


# ---------------------------------------------------------------- what changes


def list_changes(scope: Scope, cell: Cell) -> None:
    """Note that a list gets or loses items, or other ones."""
    if isinstance(cell.site, Given):
        scope.frame.context.changed_items[(*cell.site.path, EACH)] = None


def item_changes(scope: Scope, node: gast.AST, of: Cell, number: int) -> None:
    """Note that items change in one of a list's arrays; asks for a copy of it where they are replaced."""
    context, nested = scope.frame.context, False
    while not isinstance(of.site, Given):
        if scope.heap[of].place is not None:
            return  # in a list of the program's own
        binding = scope.heap[of].items[buffer_key(number)].value
        found = context.item_views.get(binding) if isinstance(binding, Var) else None
        if found is None:
            return
        of, number, nested = found[0], found[1], True
    assert of.item is not None
    path, place = list(leaf_places(of.item))[number]
    context.changed_items[(*of.site.path, EACH, *path)] = None
    if place is None:
        return
    if nested:
        reason = "an array or a tuple is replaced in a list that is an item of an argument"
        scope.frame.refuse(AliasedMutation, node, reason, "a new list")
    if (of.site, number) not in context.replaced:
        context.replaced.add((of.site, number))
        raise Again


def check_exposed(function: Function, lists: Sequence[Var], exposed: Sequence[Var], at: Location) -> None:
    """Refuse results that share memory with the arrays that stand for lists: Python's would be the items."""
    memory, own = roots(function), frozenset(lists)
    for array in exposed:
        if own & memory.get(array, frozenset((array,))):
            reason = "the result is an array that is an item of a list argument"
            raise AliasedMutation(reason, suggestion="a copy: .copy()", location=at)
