"""What every list, dict, object and shared variable holds at one place of the program."""

from __future__ import annotations

from collections.abc import Mapping

from autodiff_compiler.frontend.outside import Outside
from autodiff_compiler.frontend.values import Cell, Contents

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
