"""Checking that IR keeps the rules of the grammar; run after every pass, it names what a wrong pass broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import assert_never

from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Dim,
    For,
    Function,
    Guard,
    If,
    Level,
    Load,
    Nest,
    NewAxis,
    NewStack,
    Pop,
    Push,
    Reshape,
    Slice,
    Statement,
    Store,
    Transpose,
    Value,
    Var,
    View,
    While,
    Write,
)
from autodiff_compiler.ir.show import show
from autodiff_compiler.ir.types import (
    TAPE,
    Array,
    Scalar,
    Stack,
    Type,
    is_array,
    is_bool,
    is_inexact,
    is_integer,
    rank_of,
)
from autodiff_compiler.ir.walk import blocks, defined, operands, reads, result_positions


class IRError(Exception):
    """IR that breaks the rules of the grammar: a bug of the pass that built it. One line per offence."""


def verify(function: Function, elementwise: Callable[[str], bool] | None = None) -> None:
    """Raise IRError listing every offence: names, scopes, types, yields, indices, and what nests may hold.

    `elementwise` says whether an operator works on each element; with it, such operators on whole arrays are
    refused from Level.LOOPS on, where nests stand for them.
    """
    verifier = _Verifier(function, elementwise)
    verifier.function()
    if verifier.offences:
        raise IRError("\n".join([f"in {function.name}:", *verifier.offences]))


class _Verifier:
    def __init__(self, function: Function, elementwise: Callable[[str], bool] | None) -> None:
        self.root = function
        self.expanded = elementwise if function.level >= Level.LOOPS else None
        self.offences: list[str] = []
        self.bound: set[Var] = set()
        self.scope: set[Var] = set()
        self.current: Statement | None = None

    # ------------------------------------------------------------ offences and scopes

    def require(self, holds: bool, offence: str) -> None:
        if not holds:
            self.offences.append(f"{_place(self.current)}{offence}")

    def use(self, atoms: Sequence[Atom]) -> None:
        for atom in atoms:
            if isinstance(atom, Var):
                self.require(atom in self.scope, f"{atom.name} is used out of its scope")

    def bind(self, variables: Sequence[Var]) -> None:
        for variable in variables:
            self.require(variable not in self.bound, f"{variable.name} is assigned twice")
            self.bound.add(variable)
            self.scope.add(variable)

    @contextmanager
    def inner_scope(self, *variables: Var) -> Iterator[None]:
        outer = set(self.scope)
        self.bind(variables)
        yield
        self.scope = outer

    # ------------------------------------------------------------ statements

    def function(self) -> None:
        self.bind(self.root.parameters)
        self.block(self.root.body)
        count = len(self.root.body.yields)
        for position in result_positions(self.root.structure):
            self.require(position in range(count), f"the structure names result {position} of {count}")

    def block(self, block: Block) -> None:
        for statement in block.statements:
            outer, self.current = self.current, statement
            self.statement(statement)
            self.bind(defined(statement))
            self.current = outer
        self.use(block.yields)

    def statement(self, statement: Statement) -> None:
        if not isinstance(statement, Nest):  # whose writes read what its body defines
            self.use(reads(statement))
        match statement:
            case Assign(target, value):
                self.value(value, target.type)
            case Store():
                self.store(statement)
            case If(condition, then, orelse, results):
                self.boolean(condition)
                for branch in (then, orelse):
                    with self.inner_scope():
                        self.block(branch)
                        self.yielded(branch, results)
            case For(index, start, stop, step):
                self.integers((index, start, stop, step))
                self.require(not isinstance(step, Const) or step.value != 0, "the step is zero")
                self.loop(statement, index)
            case While():
                self.test(statement)
                self.loop(statement)
            case Nest():
                self.nest(statement)
            case Guard(condition):
                self.boolean(condition)
            case Push(stack, pushed):
                self.pushed(stack, pushed.type)
            case Call():
                self.called(statement)
            case _:
                assert_never(statement)

    def store(self, store: Store) -> None:
        """An element, or at TYPED the whole array or what index arrays select: there the value broadcasts."""
        array, stored = store.array, store.value
        many = self.root.level == Level.TYPED and is_array(array.type) and not store.index
        if store.axes or many:
            fits = len(store.index) == len(store.axes) and self.root.level == Level.TYPED
            self.require(fits, "index arrays stand for other axes, or are left after TYPED")
            self.require(stored.type.dtype == array.type.dtype, _differ(stored.type, array.type))
        else:
            self.flows(stored.type, self.element(array, store.index))

    def called(self, call: Call) -> None:
        """The operands are what the callee takes, and the results what it gives."""
        pairs = (
            ([atom.type for atom in call.operands], call.callee.parameters, "arguments"),
            (call.callee.results, [result.type for result in call.results], "results"),
        )
        for given, wanted, what in pairs:
            count = f"a call of {call.callee.name} has {len(given)} {what}, not {len(wanted)}"
            self.require(len(given) == len(wanted), count)
            for source, receiver in zip(given, wanted, strict=False):
                self.flows(source, receiver)

    def test(self, loop: While) -> None:
        inside = [carry.inside for carry in loop.carries]
        count = len(loop.test.yields)
        with self.inner_scope(*inside):
            self.block(loop.test)
            self.require(count == 1, f"the test yields {count} values, not one")
            for condition in loop.test.yields:
                self.boolean(condition)
        # the body sees the carries again, but nothing that the test defined
        self.bound.difference_update(inside)

    def loop(self, loop: For | While, *index: Var) -> None:
        for carry in loop.carries:
            self.flows(carry.start.type, carry.inside.type)
        with self.inner_scope(*index, *(carry.inside for carry in loop.carries)):
            self.block(loop.body)
            self.yielded(loop.body, [carry.inside for carry in loop.carries])
        for carry in loop.carries:  # `inside` holds the start or the last yield, whichever `after` will be
            self.flows(carry.inside.type, carry.after.type)

    def yielded(self, block: Block, receivers: Sequence[Var]) -> None:
        given, wanted = len(block.yields), len(receivers)
        self.require(given == wanted, f"a block yields {given} values where {wanted} are expected")
        for atom, receiver in zip(block.yields, receivers, strict=False):
            self.flows(atom.type, receiver.type)

    def flows(self, source: Type, receiver: Type) -> None:
        """A receiver has the kind, dtype and rank of its source and claims no layout the source lacks."""
        self.require(_alike(source, receiver), _differ(source, receiver))
        if isinstance(source, Array) and isinstance(receiver, Array) and source.rank == receiver.rank:
            units = all(had or not claimed for had, claimed in zip(source.units, receiver.units, strict=True))
            contiguous = source.contiguous or not receiver.contiguous
            self.require(units and contiguous, f"{receiver} claims more than {source}")

    # ------------------------------------------------------------ nests

    def nest(self, nest: Nest) -> None:
        self.use(nest.extents)
        self.integers((*nest.indices, *nest.extents))
        matched = len(nest.indices) == len(nest.extents)
        self.require(matched, f"{len(nest.indices)} indices have {len(nest.extents)} extents")
        self.require(not nest.body.yields, "the body of a nest yields nothing")
        with self.inner_scope(*nest.indices):
            self.block(nest.body)
            for write in nest.writes:
                self.use((*write.index, write.value, *(() if write.fresh else (write.target,))))
                self.write(write, nest.indices)
        for statement in nest.body.statements:
            self.require(_scalar_assignment(statement), f"a nest holds {_head(statement)}")

    def write(self, write: Write, indices: tuple[Var, ...]) -> None:
        name = write.target.name
        self.require(write.combine in ("set", "add", "max", "min"), f"{write.combine!r} is no way to combine")
        single = write.fresh and not write.index
        place = write.target.type if single else self.element(write.target, write.index)
        self.flows(write.value.type, place)
        if not write.fresh:
            return
        for atom in write.index:
            plain = atom in indices or (isinstance(atom, Const) and atom.value == 0)
            self.require(plain, f"an axis of the new {name} is neither an index of the nest nor 0")
        kind = write.target.type
        self.require(not isinstance(kind, Array) or kind.contiguous, f"the new {name} is contiguous")
        if write.combine == "set":
            # each point must have an element of its own, and each element a point
            named = [atom for atom in write.index if isinstance(atom, Var)]
            once = len(named) == len(set(named)) and set(indices) <= set(named)
            self.require(once, f"the new {name} is set, but not once by each point")

    # ------------------------------------------------------------ values

    def value(self, value: Value, kind: Type) -> None:
        match value:
            case Apply():
                self.application(value, kind)
            case Load(array, index):
                self.flows(self.element(array, index), kind)
            case View(array, axes):
                kept = [axis for axis in axes if isinstance(axis, (Slice, NewAxis))]
                indexed = sum(not isinstance(axis, NewAxis) for axis in axes)
                self.counts(array, indexed)
                self.integers(operands(value)[1:])
                self.is_array(kind, array.type.dtype, len(kept))
            case Transpose(array, order):
                self.counts(array, len(order))
                self.require(sorted(order) == list(range(len(order))), f"{order} is no order of the axes")
                self.is_array(kind, array.type.dtype, len(order))
            case Reshape(array, shape):
                whole = isinstance(array.type, Array) and array.type.contiguous
                self.require(whole, f"{array.name}: {array.type} is reshaped but not contiguous")
                self.integers(shape)
                self.is_array(kind, array.type.dtype, len(shape))
            case Dim(array, axis):
                exists = 0 <= axis < rank_of(array.type)
                self.require(exists, f"{array.name}: {array.type} has no axis {axis}")
                self.require(isinstance(kind, Scalar) and is_integer(kind), f"a length is no {kind}")
            case Allocate(shape, dtype, fill):
                self.integers(shape)
                number = fill is None or isinstance(fill.type, Scalar)
                self.require(number, "an array is filled with something other than a scalar")
                self.is_array(kind, dtype, len(shape))
            case NewStack(dtype):
                made = isinstance(kind, Stack) and kind.dtype == dtype
                self.require(made, _differ(Stack(dtype), kind))
            case Pop(stack, lengths):
                self.popped(stack, lengths, kind)
            case _:
                assert_never(value)

    def application(self, value: Apply, kind: Type) -> None:
        kinds = [atom.type for atom in value.operands]
        stacks = any(isinstance(item, Stack) for item in (*kinds, kind))
        self.require(not stacks, "an operator works on a stack")
        if all(isinstance(item, Scalar) and is_inexact(item) for item in kinds):
            dtypes = sorted({item.dtype for item in kinds})
            self.require(len(dtypes) <= 1, f"the operands are {' and '.join(dtypes)}")
        if self.expanded and any(isinstance(item, Array) for item in (*kinds, kind)):
            offence = f"{value.operator} works on whole arrays outside a nest"
            self.require(not self.expanded(value.operator), offence)

    def pushed(self, stack: Var, kind: Type) -> None:
        self.require(isinstance(stack.type, Stack), f"{stack.name} is no stack")
        self.require(not isinstance(kind, Stack), "a stack is pushed on a stack")
        fits = stack.type == TAPE or kind.dtype == stack.type.dtype
        self.require(fits, _differ(kind, stack.type))

    def popped(self, stack: Var, shape: tuple[Atom, ...] | None, kind: Type) -> None:
        self.require(isinstance(stack.type, Stack), f"{stack.name} is no stack")
        dtype = kind.dtype if stack.type == TAPE else stack.type.dtype
        if shape is None:
            self.flows(Scalar(dtype), kind)
        else:
            self.integers(shape)
            self.is_array(kind, dtype, len(shape))

    def element(self, array: Var, index: tuple[Atom, ...]) -> Scalar:
        """The type of the element at a full integer index."""
        self.counts(array, len(index))
        self.integers(index)
        return Scalar(array.type.dtype)

    def counts(self, array: Var, count: int) -> None:
        fits = isinstance(array.type, Array) and array.type.rank == count
        self.require(fits, f"{array.name}: {array.type} has not {count} axes")

    def is_array(self, kind: Type, dtype: str, rank: int) -> None:
        alike = isinstance(kind, Array) and (kind.dtype, kind.rank) == (dtype, rank)
        self.require(alike, f"{kind} is declared for an array of {dtype} with {rank} axes")

    def integers(self, atoms: Sequence[Atom]) -> None:
        for atom in atoms:
            whole = isinstance(atom.type, Scalar) and is_integer(atom.type)
            self.require(whole, f"{_name(atom)}: {atom.type} stands where an integer is needed")

    def boolean(self, atom: Atom) -> None:
        truth = isinstance(atom.type, Scalar) and is_bool(atom.type)
        self.require(truth, f"{_name(atom)}: {atom.type} stands where a condition is needed")


def _scalar_assignment(statement: Statement) -> bool:
    if not isinstance(statement, Assign) or not isinstance(statement.target.type, Scalar):
        return False
    if isinstance(statement.value, Apply):
        return all(isinstance(atom.type, Scalar) for atom in statement.value.operands)
    return isinstance(statement.value, (Load, Dim))


def _alike(one: Type, other: Type) -> bool:
    return (type(one), one.dtype, rank_of(one)) == (type(other), other.dtype, rank_of(other))


def _differ(source: Type, receiver: Type) -> str:
    return f"{source} is given where {receiver} is expected"


def _name(atom: Atom) -> str:
    return atom.name if isinstance(atom, Var) else str(atom.value)


def _place(statement: Statement | None) -> str:
    if statement is None:
        return "  "
    at = statement.at
    return f"  {at or 'no location'}: {_head(statement)}: "


def _head(statement: Statement) -> str:
    return f"`{show(statement).splitlines()[0]}{' ...' if blocks(statement) else ''}`"


__all__ = ["IRError", "verify"]
