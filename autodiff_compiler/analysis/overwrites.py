"""Whether an array's elements may be overwritten after they were read at a given place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autodiff_compiler.analysis.aliasing import Roots, roots
from autodiff_compiler.analysis.effects import touched
from autodiff_compiler.analysis.uses import definitions
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Dim,
    For,
    Function,
    Load,
    Nest,
    Statement,
    Store,
    Var,
    While,
)
from autodiff_compiler.ir.walk import blocks, defined


@dataclass(frozen=True)
class Place:
    """Where a statement stands: its number in program order, and the loops around it, outermost first."""

    order: int
    loops: tuple[For | While, ...]
    statement: Statement


class Overwrites:
    """The writes of a function, by the memory they may hit."""

    def __init__(self, function: Function, later: Iterable[Var] = ()) -> None:
        """`later`: parameters that may be written after the function has returned."""
        self.roots: Roots = roots(function)
        self._later = frozenset(later)
        self.definitions = definitions(function)
        self._places: dict[int, Place] = {}
        self._loops: dict[Var, For] = {}
        self._around: dict[Var, tuple[For | While, ...]] = {}  # the loops around what defines a variable
        self._writes: dict[Var, list[Place]] = {}
        self._keep = function  # statements are known by identity, so they must stay alive
        for place in _places(function.body, (), [0]):
            self._places[id(place.statement)] = place
            self._around.update(dict.fromkeys(defined(place.statement), place.loops))
            if isinstance(place.statement, For | While):
                inside = (*place.loops, place.statement)
                self._around.update(dict.fromkeys((c.inside for c in place.statement.carries), inside))
            if isinstance(place.statement, For):
                self._loops[place.statement.index] = place.statement
            for target in _written(place.statement):
                for root in self.roots.get(target, frozenset((target,))):
                    self._writes.setdefault(root, []).append(place)

    def after(self, array: Var, statement: Statement) -> bool:
        """Whether what `statement` reads of `array` may be written after it has run.

        That is later in the program, or in a later iteration of a loop around both.
        """
        if not self._later.isdisjoint(self.roots.get(array, (array,))):
            return True
        here = self._places[id(statement)]
        writes = (
            place
            for root in self.roots.get(array, frozenset((array,)))
            for place in self._writes.get(root, ())
        )
        return any(self._follows(place, here) for place in writes)

    def _follows(self, write: Place, read: Place) -> bool:
        common = [loop for loop in write.loops if any(loop is other for other in read.loops)]
        if not common:
            return write.order >= read.order
        distances = self._distances(write.statement, read.statement)
        for loop in common:
            distance = distances.get(loop.index) if isinstance(loop, For) else None
            if distance is None:
                return True
            if distance != 0:  # the write that hits the element read runs in an earlier or a later iteration
                return distance > 0
        return write.order > read.order

    def _distances(self, write: Statement, read: Statement) -> dict[Var, int]:
        """How many iterations after the read the same element is written, for loops that tell.

        Those are the loops whose index alone selects the place on some axis. Only elements of one array
        reference are compared, which is the same in all iterations.
        """
        if not (isinstance(write, Store) and isinstance(read, Assign) and isinstance(read.value, Load)):
            return {}
        if write.array is not read.value.array:
            return {}
        found: dict[Var, int] = {}
        around = self._around.get(write.array, ())
        for written, loaded in zip(write.index, read.value.index, strict=True):
            (one, shift), (other, offset) = self.shifted(written), self.shifted(loaded)
            loop = self._loops.get(one) if one is not None and one is other else None
            if loop is None or one is None or any(loop is other for other in around):
                continue
            if self.never_negative(loop, min(shift, offset)):
                assert isinstance(loop.step, Const)
                quotient, rest = divmod(offset - shift, int(loop.step.value))
                # a distance that is no multiple of the step never meets; 1 is safe, if not sharp
                found[one] = quotient if rest == 0 else 1
        return found

    def never_negative(self, loop: For, shift: int = 0) -> bool:
        """Whether index + shift is surely not negative: a negative index counts from the end of the axis."""
        if not isinstance(loop.step, Const):
            return False
        lowest, shift = (loop.start, shift) if loop.step.value > 0 else (loop.stop, shift + 1)
        if isinstance(lowest, Const):
            return int(lowest.value) + shift >= 0
        base, offset = self.shifted(lowest)
        if isinstance(self.definitions.get(base), Dim):  # type: ignore[arg-type]
            return offset + shift >= 0
        outer = self._loops.get(base)  # type: ignore[arg-type]
        return outer is not None and self.never_negative(outer, offset + shift)

    def outside(self, array: Var, loop: For | While) -> bool:
        """Whether the array is known before the loop, so not made, bound or carried by it."""
        return not any(loop is other for other in self._around.get(array, ()))

    def inside(self, array: Var, loop: For | While) -> bool:
        """Whether the loop may write the array's memory."""
        return any(
            any(loop is other for other in place.loops)
            for root in self.roots.get(array, frozenset((array,)))
            for place in self._writes.get(root, ())
        )

    def shifted(self, atom: Atom) -> tuple[Var | None, int]:
        """An index as variable plus constant."""
        shift = 0
        while isinstance(atom, Var):
            match self.definitions.get(atom):
                case Apply(
                    "add", (Var() as base, Const(value=number)) | (Const(value=number), Var() as base)
                ):
                    atom, shift = base, shift + int(number)
                case Apply("subtract", (Var() as base, Const(value=number))):
                    atom, shift = base, shift - int(number)
                case _:
                    return atom, shift
        return None, 0


def _places(block: Block, loops: tuple[For | While, ...], counter: list[int]) -> Iterator[Place]:
    for statement in block.statements:
        counter[0] += 1
        yield Place(counter[0], loops, statement)
        inner = (*loops, statement) if isinstance(statement, For | While) else loops
        for nested in blocks(statement):
            yield from _places(nested, inner, counter)


def _written(statement: Statement) -> tuple[Var, ...]:
    match statement:
        case Store(array):
            return (array,)
        case Nest(writes=writes):
            return tuple(write.target for write in writes if not write.fresh)
        case Call():
            return touched(statement, "add", "write")
        case _:
            return ()
