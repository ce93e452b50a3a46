"""Which integers are never negative, whatever the sizes are: lengths, places in loops, sums of these."""

from __future__ import annotations

from autodiff_compiler.ir.nodes import Apply, Assign, Atom, Const, Dim, For, Function, Nest, Var
from autodiff_compiler.ir.types import is_integer
from autodiff_compiler.ir.walk import statements


class Naturals:
    """The variables of a function that are never negative."""

    def __init__(self, function: Function) -> None:
        self._found: set[Var] = set()
        self._before: set[Var] = set()  # one less than those: where loops over them backwards stop
        for item in statements(function.body):
            match item:
                case Assign(target, Dim()):
                    self._found.add(target)
                case Assign(target, Apply("add" | "multiply", operands)) if all(map(self.holds, operands)):
                    self._found.add(target)
                case Assign(target, Apply("subtract", (number, Const(value=1)))) if self.holds(number):
                    self._before.add(target)
                case For(index=index, start=start, step=Const(value=step)) if self.holds(start) and step > 0:
                    self._found.add(index)
                case For(index=index, stop=stop, step=Const(value=step)) if step < 0 and self._after(stop):
                    self._found.add(index)
                case Nest(indices=indices):
                    self._found.update(indices)

    def add(self, variable: Var) -> None:
        """Take note of a new variable that is never negative."""
        self._found.add(variable)

    def holds(self, atom: Atom) -> bool:
        """Whether an integer is surely not negative."""
        if isinstance(atom, Const):
            return is_integer(atom.type) and atom.value >= 0
        return atom in self._found

    def _after(self, atom: Atom) -> bool:
        """Whether what is greater than an integer is surely not negative."""
        if isinstance(atom, Const):
            return atom.value >= -1
        return atom in self._found or atom in self._before
