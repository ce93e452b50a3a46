"""What every list, dict, object and shared variable holds at one place of the program."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import replace

from autodiff_compiler.frontend.outside import Outside
from autodiff_compiler.frontend.values import Binding, Cell, Contents, Undefined

VALUE = "value"  # the one key of a cell that is a variable


class Heap(dict[Cell, Contents]):
    """What every list, dict and object holds; those that outlive the call are the same in every scope."""

    def __init__(self, items: Mapping[Cell, Contents], outside: Mapping[Cell, Outside]) -> None:
        super().__init__(items)
        self.outside = outside

    def __missing__(self, cell: Cell) -> Contents:
        return self.outside[cell].contents

    def __contains__(self, cell: object) -> bool:
        return super().__contains__(cell) or cell in self.outside


def lose(heap: MutableMapping[Cell, Contents], changed: Cell) -> None:
    """Forget what objects hold that may be the one that changes now."""
    for cell, held in list(heap.items()):
        if changed in held.maybe:
            subject = f"`{cell.name}`" if cell.name else f"this {cell.cls.__name__}"
            reason = f"{subject} may be an object that has been changed since, by another name"
            heap[cell] = replace(held, items={key: Binding(Undefined(reason)) for key in held.items})
