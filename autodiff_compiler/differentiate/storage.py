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
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Carry,
    Dim,
    Load,
    NewStack,
    Pop,
    Push,
    Reshape,
    Statement,
    Store,
    Transpose,
    Value,
    Var,
    View,
)
from autodiff_compiler.ir.types import Array, Scalar, Stack, Type
from autodiff_compiler.ir.walk import defined, free_variables, looked_up, operands, substitute
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise

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
        plan = _Plan(self, forward, loop)
        needed = [variable for variable in free_variables(reverse) if variable in plan.local]
        plan.decide(needed)
        return _Writer(self, plan, chain).write(forward, reverse)


# ---------------------------------------------------------------- deciding


class _Plan:
    """Which of the needed values are recomputed, saved, or carried backwards."""

    def __init__(self, storage: Storage, forward: Sequence[Statement], loop: LoopPair | None) -> None:
        self.storage = storage
        self.definitions: dict[Var, Statement] = {v: s for s in forward for v in defined(s)}
        self.local: set[Var] = set(self.definitions)
        self.given: set[Var] = set()
        self.loop = loop
        if loop is not None:
            self.local |= {carry.inside for carry in loop.forward.carries} | {loop.position}
            self.given = {loop.position}
        self.saved: dict[Var, None] = {}
        self.recomputed: set[Var] = set()
        self.carried: dict[Var, int] = {}  # next value of a carry -> the number of the carry
        self._leaves: dict[Var, frozenset[Var]] = {}
        for statement in forward:  # in order, so that what a value is made of is known before it
            for variable in defined(statement):
                self._leaves[variable] = self._leaves_of(variable, statement)

    def decide(self, needed: Sequence[Var]) -> None:
        """Fill `saved`, `recomputed` and `carried` so that all of `needed` is available."""
        waiting = [variable for variable in needed if variable not in self.given]
        carried = self._carried_among(waiting)
        self.carried |= {variable: carried[variable] for variable in waiting if variable in carried}
        for variable in waiting:
            if self.leaves(variable) == {variable} and variable not in self.carried:
                self._save(variable)
        for variable in waiting:
            if variable in self.carried or variable in self.saved:
                continue
            if self.leaves(variable) <= set(self.saved) | set(self.carried):
                self._recompute(variable)
            else:
                self._save(variable)

    def _carried_among(self, waiting: Sequence[Var]) -> dict[Var, int]:
        """Next values of carries, and which: where an iteration's start is saved, they need not be."""
        if self.loop is None:
            return {}
        found: dict[Var, int] = {}
        carries = self.loop.forward.carries
        following = self.loop.body.source.yields
        for number, (carry, next_) in enumerate(zip(carries, following, strict=True)):
            if (
                isinstance(next_, Var) and next_ in waiting and carry.inside in waiting
                and carry.after.type == carry.inside.type and _is_plain(carry.inside.type)
                and self.leaves(next_) == {next_}
            ):  # fmt: skip
                found.setdefault(next_, number)
        return found

    def _save(self, variable: Var) -> None:
        if variable in self.saved:
            return
        self.saved[variable] = None
        if isinstance(variable.type, Array):  # its shape is needed to take it back
            sizes = (size for size in self.storage.sizes[variable] if isinstance(size, Var))
            self.decide([size for size in sizes if size in self.local])

    def _recompute(self, variable: Var) -> None:
        waiting = [variable]
        while waiting:
            current = waiting.pop()
            known = current in self.recomputed or current in self.saved or current in self.carried
            if not known and current in self.local and current not in self.given:
                self.recomputed.add(current)
                waiting.extend(self.sources(current))

    def sources(self, variable: Var) -> list[Var]:
        """What the value is computed from."""
        statement = self.definitions[variable]
        assert isinstance(statement, Assign)
        value = self.value(statement)
        return [operand for operand in operands(value) if isinstance(operand, Var)]

    def value(self, statement: Assign) -> Value:
        """What gives the statement's value again."""
        if isinstance(statement.value, Load) and self.storage.overwrites.after(
            statement.value.array, statement
        ):
            return self.storage.snapshots.value(statement) or statement.value
        return statement.value

    def leaves(self, variable: Var) -> frozenset[Var]:
        """The values that must be saved for this one to be recomputed; itself where it cannot be."""
        if variable not in self.local or variable in self.given:
            return frozenset()
        return self._leaves.get(variable, frozenset((variable,)))

    def _leaves_of(self, variable: Var, statement: Statement) -> frozenset[Var]:
        if not self._recomputable(statement):
            return frozenset((variable,))
        return frozenset().union(*map(self.leaves, self.sources(variable)))

    def reason(self, variable: Var) -> str:
        """Why a value is saved, for people."""
        match self.definitions.get(variable):
            case None:
                return "the next iteration changes it"
            case Assign(value=Load()):
                return "its element is overwritten later"
            case Assign(value=Apply(operator)) if isinstance(variable.type, Scalar):
                if self.leaves(variable) == {variable}:
                    return f"`{operator}` costs more than saving"
                return "what it is made of would have to be saved instead"
            case _:
                return "making it again would be the same work"

    def _recomputable(self, statement: Statement) -> bool:
        """Whether running the statement again later gives the same value at little cost."""
        match statement:
            case Assign(target, Apply(operator)):
                entry = registry.by_name(operator)
                cheap = isinstance(entry, Elementwise) and entry.cheap
                return isinstance(target.type, Scalar) and (
                    cheap or operator == "cast" or target.type.dtype == "int64"
                )
            case Assign(_, Load(array)):
                overwritten = self.storage.overwrites.after(array, statement)
                return not overwritten or self.storage.snapshots.value(statement) is not None
            case Assign(_, Dim(array)):
                return not self.leaves(array)  # else it would be needed to take the array back
            case Assign(_, View() | Transpose() | Reshape()):
                return True
            case _:
                return False


def _is_plain(kind: Type) -> bool:
    """Whether what comes off a stack has the very type of what was put on it."""
    return isinstance(kind, Scalar) or (isinstance(kind, Array) and kind.contiguous)


# ---------------------------------------------------------------- writing


class _Writer:
    """Writes the saves into the forward block and the restores into the reverse one."""

    def __init__(self, storage: Storage, plan: _Plan, chain: Chain) -> None:
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
        made = self.chain.made
        name = "t_saved" if row else _saved_name(numbers)
        sizes: list[Atom] = []
        backward = Builder()
        places: list[tuple[LoopPair, Place]] = []
        back: list[Atom] = []
        for loop in self.chain.loops:
            size, position = numbering(made, loop, self.storage.lengths)
            sizes.append(size)
            places.append((loop, position))
            back.append(position(backward, loop.index))
        if row:
            sizes.append(integer(len(numbers)))
        buffer = made.allocate(tuple(sizes), numbers[0].type.dtype, None, name)
        self.prologue.statements.extend(backward.statements)
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
        kind = Stack(variable.type.dtype)
        stack = self.chain.made.assign(NewStack(kind.dtype), kind, _saved_name([variable]))
        self._place(variable).append(Push(stack, variable))
        self._pop(stack, variable)
        self._note_save(variable, "on a stack, whole", stack)

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
