"""Where a program keeps what changes: names, and slots of objects; what a loop is known to change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from autodiff_compiler.frontend.heap import VALUE
from autodiff_compiler.frontend.kinds import Kind
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Lowered,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.frontend.values import Place as ItemPlace
from autodiff_compiler.ir.nodes import Atom, Var
from autodiff_compiler.ir.types import Type

Place: TypeAlias = "str | tuple[Cell, object]"  # a name, or a slot of an object
Path: TypeAlias = tuple[object, ...]  # a place, then positions in tuples, slots of objects, or "assigned"


@dataclass(frozen=True)
class Slot:
    """One carry: the place (and the item there) it stands for, and the variable inside the loop."""

    path: Path
    start: Atom
    inside: Var


@dataclass
class Facts:
    """What the attempts at a loop have found out so far."""

    places: dict[Place, None] = field(default_factory=dict)  # changed, besides the names that it assigns
    types: dict[Path, Type] = field(default_factory=dict)  # where a wider type is needed
    made: dict[Place, Kind] = field(default_factory=dict)  # first assigned in the body -> of what form
    rebound: dict[Path, None] = field(default_factory=dict)  # references that are other objects each time
    shared: dict[Path, None] = field(default_factory=dict)  # of these, those that another name may mean
    choices: dict[Path, tuple[Lowered, ...]] = field(default_factory=dict)  # references to one of these
    optional: dict[Place, tuple[Lowered, Kind | ItemPlace]] = field(
        default_factory=dict
    )  # of one of these two forms
    lost: dict[Place, str] = field(default_factory=dict)  # what no carry can hold -> why


def read(scope: Scope, place: Place) -> Binding:
    """What a place holds."""
    if isinstance(place, str):
        return scope.lookup(place) or Binding(Undefined())
    cell, key = place
    return scope.heap[cell].items.get(key, Binding(Undefined()))


def write(scope: Scope, place: Place, binding: Binding) -> None:
    """Let a place hold something else."""
    if isinstance(place, str):
        scope.bind(place, binding)
        return
    cell, key = place
    scope.heap[cell] = scope.heap[cell].with_item(key, binding)


def name_of(place: Place) -> str:
    """What the carry of a place is called."""
    if isinstance(place, str):
        return place
    cell, key = place
    return key if isinstance(key, str) and key != VALUE else cell.name


def is_item(scope: Scope, value: Lowered) -> bool:
    """Whether a value is an object that is an item of a list: after the loop, no name means it."""
    if isinstance(value, TupleValue):
        return any(is_item(scope, item) for item in value.items)
    return isinstance(value, Reference) and scope.heap[value.cell].place is not None


def differs(place: object, before: Lowered, last: Lowered) -> str:
    """What is said about a place (the first of a path) that holds values of different forms."""
    name = name_of(place)  # type: ignore[arg-type]  # a path starts with a place
    return f"`{name}` is {describe(before)} before the loop and {describe(last)} after its body"
