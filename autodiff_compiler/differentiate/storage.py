"""How values get from a forward iteration to the reverse iteration that needs them.

What the reverse of a block reads is either *recomputed* there, where that is cheap and its sources are still
what they were, or *saved*: in an array with a place for each iteration where the iteration counts are known
before the loops start, on a stack otherwise. A value that the next iteration starts from is *carried*
backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from autodiff_compiler.analysis.lengths import Lengths
from autodiff_compiler.analysis.overwrites import Overwrites
from autodiff_compiler.differentiate.iterations import Chain
from autodiff_compiler.differentiate.notes import Note, told
from autodiff_compiler.differentiate.numbering import Place, numbering
from autodiff_compiler.differentiate.pairs import LoopPair
from autodiff_compiler.differentiate.snapshots import Snapshots
from autodiff_compiler.differentiate.storage_plan import Plan
from autodiff_compiler.ir.build import FULL, Builder, array_type, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Carry,
    Load,
    Nest,
    NewStack,
    Pop,
    Push,
    Statement,
    Store,
    Var,
    View,
    Write,
)
from autodiff_compiler.ir.types import INT, Array, Scalar, Stack, Type, rank_of
from autodiff_compiler.ir.walk import bound, defined, free_variables, looked_up, substitute

Places = list[tuple[LoopPair, Place]]

MANY = 8  # numbers of one dtype in a block: more are saved in rows of one array


@dataclass
class Resolved:
    """A block's two sweeps with all that the reverse one reads made available to it."""

    forward: list[Statement]
    reverse: Block
    carries: list[tuple[Carry, Atom]]  # added to the reverse loop: the carry and its next value


class Storage:
    """Decides and writes recomputation and saving; collects what `explain` says about it."""

    def __init__(
        self,
        overwrites: Overwrites,
        sizes: Lengths,
        lengths: frozenset[Var],
        snapshots: Snapshots,
        tape: Var | None = None,
    ) -> None:
        self.snapshots = snapshots
        self.overwrites = overwrites
        self.sizes = sizes
        self.lengths = lengths  # variables that hold the length of an axis
        self.tape = tape  # where everything is saved, at the end of each block; else in storage of its own
        self.notes: list[Note] = []

    def resolve(
        self, forward: list[Statement], reverse: Block, chain: Chain, loop: LoopPair | None
    ) -> Resolved:
        """Make the reverse block self-contained; `loop` is the pair whose body this is, None for a branch."""
        plan = Plan(self, forward, loop)
        needed = [variable for variable in free_variables(reverse) if variable in plan.local]
        plan.decide(needed)
        return _Writer(self, plan, chain).write(forward, reverse)


class _Writer:
    """Writes the saves into the forward block and the restores into the reverse one."""

    def __init__(self, storage: Storage, plan: Plan, chain: Chain) -> None:
        self.storage = storage
        self.plan = plan
        self.chain = chain
        self.mapping: dict[Var, Atom] = {}
        self.prologue = Builder()
        self.saves: dict[Var | None, list[Statement]] = {}  # after which definition (None: at the start)
        self.last: list[Statement] = []  # saves at the end of the block

    def write(self, forward: list[Statement], reverse: Block) -> Resolved:
        """Both blocks, and the carries that the reverse loop gets in addition."""
        carries = self._carries()
        saved = self._in_order(self.plan.saved)
        self._save_numbers([variable for variable in saved if isinstance(variable.type, Scalar)])
        for variable in saved:
            if isinstance(variable.type, Array):  # after the numbers, which tell its lengths
                self._save_array(variable)
        for variable in self._in_order(self.plan.recomputed):
            self._recompute(variable)
        added = [(carry, self.mapping[inside]) for carry, inside in carries]
        statements: list[Statement] = list(self.saves.get(None, ()))
        for statement in forward:
            statements.append(statement)
            for variable in defined(statement):
                statements.extend(self.saves.get(variable, ()))
        statements.extend(self.last)
        body = substitute(reverse, self.mapping)
        made = Block((*self.prologue.statements, *body.statements), body.yields)
        return Resolved(statements, made, added)

    def _in_order(self, variables: Sequence[Var] | dict[Var, None] | set[Var]) -> list[Var]:
        order = {variable: number for number, variable in enumerate(self.plan.definitions)}
        return sorted(variables, key=lambda variable: order.get(variable, -1))

    def _carries(self) -> list[tuple[Carry, Var]]:
        found = []
        for variable, number in self.plan.carried.items():
            assert self.plan.loop is not None
            carry = self.plan.loop.forward.carries[number]
            inside = Var(variable.name, variable.type, variable.at)
            self.mapping[variable] = inside
            after = Var(variable.name, variable.type, variable.at)
            found.append((Carry(inside, carry.after, after), carry.inside))
            text = f"{told(variable)} is carried backwards: it is what the next iteration starts from"
            self.storage.notes.append(Note(variable.at, text, inside, "carried"))
        return found

    def _recompute(self, variable: Var) -> None:
        statement = self.plan.definitions[variable]
        assert isinstance(statement, Assign)
        renewed = Var(variable.name, variable.type, variable.at)
        at = None if statement.at is None else replace(statement.at, reverse=True)
        self.prologue.add(Assign(renewed, substitute(self.plan.value(statement), self.mapping), at))
        self.mapping[variable] = renewed
        again = "read" if isinstance(statement.value, Load) else "computed"
        text = f"{told(variable)} is {again} again going backwards"
        self.storage.notes.append(Note(variable.at, text, renewed, "recomputed"))

    def _place(self, variable: Var) -> list[Statement]:
        """Where what saves the variable goes."""
        return self.saves.setdefault(variable if variable in self.plan.definitions else None, [])

    def _save_numbers(self, numbers: Sequence[Var]) -> None:
        """Save numbers: those of one dtype together where they would need many arrays, or a stack."""
        by_dtype: dict[str, list[Var]] = {}
        for variable in numbers:
            by_dtype.setdefault(variable.type.dtype, []).append(variable)
        if self.storage.tape is not None:
            for variable in numbers:
                self._tape(variable, self.storage.tape)
            return
        for alike in by_dtype.values():
            if not self.chain.counted:
                self._stack(alike)
            elif len(alike) > MANY:
                self._buffer(alike, row=True)
            else:
                for variable in alike:
                    self._buffer([variable], row=False)

    def _buffer(self, numbers: Sequence[Var], *, row: bool) -> None:
        """An array with a place for each iteration; `row` says that a place is a row of numbers."""
        name = "t_saved" if row else _saved_name(numbers)
        columns = (integer(len(numbers)),) if row else ()
        buffer, places, back = self._allocate(columns, numbers[0].type.dtype, name)
        for number, variable in enumerate(numbers):
            column = (integer(number),) if row else ()
            forward = Builder()
            index = [position(forward, loop.position) for loop, position in places]
            saves = self._place(variable)
            saves.extend(forward.statements)
            saves.append(Store(buffer, (*index, *column), variable, False, None))
            load = Load(buffer, (*back, *column))
            self.mapping[variable] = self.prologue.assign(load, variable.type, variable.name)
            self._note_save(variable, "in an array with a place for each iteration", buffer)

    def _allocate(self, shape: Sequence[Atom], dtype: str, name: str) -> tuple[Var, Places, list[Atom]]:
        """An array with a part of a shape for each iteration, and where the part is in both sweeps."""
        sizes: list[Atom] = []
        places: Places = []
        back: list[Atom] = []
        for loop in self.chain.loops:
            size, position = numbering(self.chain.made, loop, self.storage.lengths)
            sizes.append(size)
            places.append((loop, position))
            back.append(position(self.prologue, loop.index))
        return self.chain.made.allocate((*sizes, *shape), dtype, None, name), places, back

    def _stack(self, numbers: Sequence[Var]) -> None:
        """A stack; a few numbers go there at the end of the block, with one check of its length."""
        kind = numbers[0].type
        stack = self.chain.made.assign(NewStack(kind.dtype), Stack(kind.dtype), _saved_name(numbers))
        for variable in numbers:
            pushed = self.last if len(numbers) <= MANY else self._place(variable)
            pushed.append(Push(stack, variable))
        for variable in reversed(numbers):
            self.mapping[variable] = self.prologue.assign(Pop(stack), variable.type, variable.name)
        for variable in numbers:
            self._note_save(variable, "on a stack", stack)

    def _save_array(self, variable: Var) -> None:
        if self.storage.tape is not None:
            self._tape(variable, self.storage.tape)
            return
        if self._is_sized(variable):
            self._buffer_array(variable)
            return
        kind = Stack(variable.type.dtype)
        stack = self.chain.made.assign(NewStack(kind.dtype), kind, _saved_name([variable]))
        self._place(variable).append(Push(stack, variable))
        self._pop(stack, variable)
        self._note_save(variable, "on a stack, whole", stack)

    def _is_sized(self, variable: Var) -> bool:
        """Whether it is known before all loops how much room the array needs in all iterations."""
        if not self.chain.loops or not self.chain.counted or not rank_of(variable.type):
            return False
        inside = {*bound(self.chain.loops[0].forward), *self.plan.local}
        return not any(atom in inside for atom in self.storage.sizes[variable] if isinstance(atom, Var))

    def _buffer_array(self, variable: Var) -> None:
        """An array with a place for each iteration, filled by a nest, which may be fused with others."""
        kind = replace(array_type(variable), contiguous=True)
        shape = self.storage.sizes[variable]
        buffer, places, back = self._allocate(shape, kind.dtype, _saved_name([variable]))
        whole = (FULL,) * kind.rank
        forward = Builder(variable.at)
        index = [position(forward, loop.position) for loop, position in places]
        part = forward.assign(View(buffer, (*index, *whole)), kind, buffer.name)
        point = tuple(
            integer(0) if unit else Var("ijklmn"[axis % 6], INT) for axis, unit in enumerate(kind.units)
        )
        domain = [(at, size) for at, size in zip(point, shape, strict=True) if isinstance(at, Var)]
        inner = Builder(variable.at)
        value = inner.load(self._source(variable), point)
        if domain:
            write = Write(part, point, value, "set", False)
            indices, extents = zip(*domain, strict=True)
            forward.add(Nest(indices, extents, inner.block(), (write,), variable.at))
        else:
            forward.statements += inner.statements
            forward.store(part, point, value)
        self._place(variable).extend(forward.statements)
        self.mapping[variable] = self.prologue.assign(View(buffer, (*back, *whole)), kind, variable.name)
        self._note_save(variable, "in an array with a place for each iteration", buffer)

    def _source(self, variable: Var) -> Var:
        """What has the elements of an array where it is made: of a copy, what is copied."""
        match self.plan.definitions.get(variable):
            case Assign(value=Apply("copy", (Var() as source,))):
                return source
            case _:
                return variable

    def _tape(self, variable: Var, tape: Var) -> None:
        """Saved last is restored first."""
        self.last.insert(0, Push(tape, variable))
        self._pop(tape, variable)
        self._note_save(variable, "on the tape", tape)

    def _pop(self, stack: Var, variable: Var) -> None:
        kind: Type = variable.type
        shape = None
        if isinstance(kind, Array):
            shape = tuple(self._available(size) for size in self.storage.sizes[variable])
            kind = replace(kind, contiguous=True)
        self.mapping[variable] = self.prologue.assign(Pop(stack, shape), kind, variable.name)

    def _note_save(self, variable: Var, where: str, storage: Var) -> None:
        text = f"{told(variable)} is saved {where}: {self.plan.reason(variable)}"
        self.storage.notes.append(Note(variable.at, text, storage, "saved"))

    def _available(self, atom: Atom) -> Atom:
        """A size in the reverse block, recomputed first if it must be."""
        if isinstance(atom, Var) and atom in self.plan.recomputed and atom not in self.mapping:
            for source in self.plan.sources(atom):
                self._available(source)
            self._recompute(atom)
            self.plan.recomputed.discard(atom)
        return looked_up(atom, self.mapping)


def _saved_name(numbers: Sequence[Var]) -> str:
    return f"{numbers[0].name or 't'}_saved" if len(numbers) == 1 else "t_saved"
