"""Parameters as values: structured ones are taken apart into variables, one for each leaf."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autodiff_compiler.frontend.given_lists import arrays_of
from autodiff_compiler.frontend.growing import of_arrays
from autodiff_compiler.frontend.kinds import (
    Kind,
    Opaque,
    Record,
    Static,
    Uniform,
    is_dict_of_equals,
    leaf_names,
    leaves,
)
from autodiff_compiler.frontend.list_arrays import length_atom
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.structures import item_text
from autodiff_compiler.frontend.values import (
    Cell,
    Contents,
    Lowered,
    Reference,
    TupleValue,
    Undefined,
    literal,
)
from autodiff_compiler.ir.nodes import Given, Reshape, Var
from autodiff_compiler.location import Location


@dataclass
class Arguments:
    """What the parameters of the function being lowered became.

    `leaves` holds the variable of each leaf, in order, None where it is known while compiling; `cells` the
    objects, lists and dicts of the caller's, each with the path that leads to it.
    """

    scope: Scope
    at: Location
    leaves: list[Var | None] = field(default_factory=list)
    cells: dict[Cell, tuple[object, ...]] = field(default_factory=dict)
    start: dict[Cell, Contents] = field(default_factory=dict)  # what these hold when the function is called
    items: dict[Cell, Kind] = field(default_factory=dict)  # of lists of equal things: how they are passed
    arrays: list[Var] = field(default_factory=list)  # what stands for the items of such lists

    def lower(self, name: str, kind: Kind, path: tuple[object, ...]) -> Lowered:
        """The value of a parameter, or of the part of one called `name`, of this kind.

        What the compiler has no value for is Undefined, with the reason.
        """
        match kind:
            case Static():
                self.leaves.append(None)
                known = literal(kind.value)
                return known if known is not None else kind
            case Opaque(reason=reason):
                self.leaves.append(None)
                what, _, _ = reason.partition("; ")  # the advice is for arguments that are no structures
                return Undefined(f"`{name}`: {what}")
            case Record():
                return self._record(name, kind, path)
            case Uniform(item=item):
                return self._list(name, item, path)
            case _:
                variable = self.scope.frame.context.of_numpy(Var(_identifier(name), kind, self.at))
                self.leaves.append(variable)
                return variable

    def changed(self) -> tuple[tuple[object, ...], ...]:
        """The paths of what the function assigns, somewhere, in the caller's objects, lists and dicts."""
        context = self.scope.frame.context
        own = ((*self.cells[cell], key) for cell, key in context.changes if cell in self.cells)
        return (*own, *context.changed_items)

    def _list(self, name: str, item: Kind, path: tuple[object, ...]) -> Reference:
        """A list of equal things: a list of unknown length whose items are in parameters."""
        kind, site, arrays = Uniform(item), Given(path), []
        for leaf, inner in zip(leaves(kind), leaf_names(name, kind), strict=True):
            if isinstance(leaf, (Static, Opaque)):
                self.leaves.append(None)
            else:
                arrays.append(Var(_identifier(inner), leaf, self.at))
                self.leaves.append(arrays[-1])
        wanted, length, held = arrays_of(self.scope, site, item, arrays)
        made = of_arrays(self.scope, wanted, length, held, site)
        self.arrays += arrays
        self.items[made.cell] = item
        self._note(made, path)
        return made

    def _note(self, made: Reference, path: tuple[object, ...]) -> None:
        self.cells[made.cell] = path
        self.start[made.cell] = self.scope.heap[made.cell]

    def _record(self, name: str, kind: Record, path: tuple[object, ...]) -> Lowered:
        of_equals = is_dict_of_equals(kind)  # its values are at the places of a dict
        items = {
            key: self.lower(
                name + item_text(kind.cls, key), item, path if of_equals and key == "held" else (*path, key)
            )
            for key, item in zip(kind.keys, kind.items, strict=True)
        }
        if of_equals:
            items |= self._keys(items)
        if issubclass(kind.cls, tuple):
            return TupleValue(tuple(items.values()), kind.cls)
        made = self.scope.make(kind.cls, items, _identifier(name))
        self._note(made, path)
        return made

    def _keys(self, items: dict[object, Lowered]) -> dict[object, Lowered]:
        """The arrays of a dict's keys, known to be as long as the list of its values."""
        held, builder = items["held"], self.scope.builder
        assert isinstance(held, Reference)
        shape = (length_atom(self.scope, held),)
        found: dict[object, Lowered] = {}
        for key in ("codes", "order"):
            given = items[key]
            assert isinstance(given, Var)
            found[key] = builder.assign(Reshape(given, shape), given.type, given.name)
        return found


def _identifier(name: str) -> str:
    return re.sub(r"\W+", "_", name).rstrip("_") if "." in name or "[" in name else name
