"""Running IR on NumPy values: slow, plain, and the judge of whether a pass kept the meaning.

It also checks what types claim: an array whose dtype, rank, contiguity or unit axes are not those of its
variable is a TypeError, and memory that was never written reads as NaN (or the largest integer).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias, assert_never

import numpy as np

from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Callee,
    Carry,
    Const,
    Dim,
    For,
    Function,
    Guard,
    If,
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
from autodiff_compiler.ir.types import Array, Handle, Scalar, Stack
from autodiff_compiler.location import Location

Evaluate: TypeAlias = Callable[[Apply, list[Any]], Any]
Externals: TypeAlias = Mapping[str, Callable[..., Any]]

_COMBINE = {"add": np.add, "max": np.maximum, "min": np.minimum}  # these two propagate NaN, as np.max does


class GuardFailed(Exception):
    """A guard's condition was false; `error` names the class the compiled program raises, `at` the line."""

    def __init__(self, error: str, message: str, at: Location | None = None) -> None:
        super().__init__(message)
        self.error = error
        self.at = at


def interpret(
    function: Function,
    arguments: Sequence[Any],
    evaluate: Evaluate,
    callees: Mapping[str, Function] = MappingProxyType({}),
    externals: Externals = MappingProxyType({}),
) -> tuple[Any, ...]:
    """The values the function's body yields, arrays by reference; arrays passed in are written in place.

    `evaluate` computes an `Apply` from the values of its operands; `callees` and `externals` are the
    functions of the program and of the runtime that may be called, by name. Scalars are NumPy scalars of
    their variable's dtype. GuardFailed where a guard does not hold, TypeError where a value belies its type.
    """
    with np.errstate(all="ignore"):  # compiled programs give infinity and NaN without a word, too
        return _Machine(evaluate, callees, externals).function(function, arguments)


class _Machine:
    def __init__(self, evaluate: Evaluate, callees: Mapping[str, Function], externals: Externals) -> None:
        self.evaluate = evaluate
        self.callees = callees
        self.externals = externals
        self.values: dict[Var, Any] = {}

    def function(self, function: Function, arguments: Sequence[Any]) -> tuple[Any, ...]:
        """What the function yields; a machine runs one call."""
        self.define_all(function.parameters, arguments)
        return self.run(function.body)

    def define(self, variable: Var, value: Any) -> None:
        match variable.type:
            case Scalar(dtype):
                if np.ndim(value) != 0 or not np.can_cast(np.result_type(value), dtype, "same_kind"):
                    raise TypeError(f"{variable.name}: {variable.type} is given {_described(value)}")
                self.values[variable] = np.dtype(dtype).type(value)
            case Array() as kind:
                if not _fits(value, kind):
                    raise TypeError(f"{variable.name}: {kind} is given {_described(value)}")
                self.values[variable] = value
            case Stack() | Handle():
                self.values[variable] = value
            case _:
                assert_never(variable.type)

    def define_all(self, variables: Sequence[Var], values: Sequence[Any]) -> None:
        for variable, value in zip(variables, values, strict=True):
            self.define(variable, value)

    def get(self, atom: Atom) -> Any:
        if isinstance(atom, Var):
            return self.values[atom]
        return np.dtype(atom.type.dtype).type(atom.value)

    def all(self, atoms: Sequence[Atom]) -> tuple[Any, ...]:
        return tuple(map(self.get, atoms))

    # ------------------------------------------------------------ statements

    def run(self, block: Block) -> tuple[Any, ...]:
        for statement in block.statements:
            self.statement(statement)
        return self.all(block.yields)

    def statement(self, statement: Statement) -> None:
        match statement:
            case Assign(target, value):
                self.define(target, self.value(value))
            case Store(array, index, stored, accumulate, axes=axes):
                _store(self.get(array), axes, self.all(index), self.get(stored), accumulate)
            case If(condition, then, orelse, results):
                self.define_all(results, self.run(then if self.get(condition) else orelse))
            case For(index, start, stop, step, carries, body):
                self.start(carries)
                for number in range(*map(int, self.all((start, stop, step)))):
                    self.define(index, number)
                    self.define_all(_insides(carries), self.run(body))
                self.finish(carries)
            case While(carries, test, body):
                self.start(carries)
                while self.run(test)[0]:
                    self.define_all(_insides(carries), self.run(body))
                self.finish(carries)
            case Nest():
                self.nest(statement)
            case Guard(condition, message, shown, error, at):
                if not self.get(condition):
                    raise GuardFailed(error, message.format(*self.all(shown)), at)
            case Push(stack, pushed):
                self.get(stack).append(np.array(self.get(pushed), order="C"))
            case Call(callee, given, results):
                self.define_all(results, self.called(callee, self.all(given)))
            case _:
                assert_never(statement)

    def called(self, callee: Callee, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        if callee.external is None:
            machine = _Machine(self.evaluate, self.callees, self.externals)
            return machine.function(self.callees[callee.name], arguments)
        made = self.externals[callee.name](*arguments)
        return tuple(made) if len(callee.results) != 1 else (made,)

    def start(self, carries: Sequence[Carry]) -> None:
        self.define_all(_insides(carries), self.all([carry.start for carry in carries]))

    def finish(self, carries: Sequence[Carry]) -> None:
        self.define_all([carry.after for carry in carries], self.all(_insides(carries)))

    def nest(self, nest: Nest) -> None:
        extents = dict(zip(nest.indices, map(int, self.all(nest.extents)), strict=True))
        targets = [_fresh(write, extents) if write.fresh else self.get(write.target) for write in nest.writes]
        points = list(itertools.product(*map(range, extents.values())))
        for point in reversed(points) if nest.backwards else points:
            self.define_all(nest.indices, point)
            self.run(nest.body)
            for write, target in zip(nest.writes, targets, strict=True):
                _combine(target, self.all(write.index), self.get(write.value), write.combine)
        for write, target in zip(nest.writes, targets, strict=True):
            if write.fresh:
                self.define(write.target, target if write.index else target[()])

    # ------------------------------------------------------------ values

    def value(self, value: Value) -> Any:
        match value:
            case Apply(operands=operands):
                return self.evaluate(value, list(self.all(operands)))
            case Load(array, index):
                return self.get(array)[self.all(index)]
            case View(array, axes):
                # the ellipsis keeps a full index a view, of rank zero
                return self.get(array)[(*map(self.axis, axes), ...)]
            case Transpose(array, order):
                return self.get(array).transpose(order)
            case Reshape(array, shape):
                return self.get(array).reshape(self.all(shape))
            case Dim(array, axis):
                return self.get(array).shape[axis]
            case Allocate(shape, dtype, fill):
                filled = _poison(dtype) if fill is None else self.get(fill)
                return np.full(self.all(shape), filled, dtype)
            case NewStack():
                return []
            case Pop(stack, shape):
                return _popped(self.get(stack), () if shape is None else self.all(shape))
            case _:
                assert_never(value)

    def axis(self, item: Atom | Slice | NewAxis) -> Any:
        match item:
            case Slice(start, stop, step):
                return slice(*(None if bound is None else self.get(bound) for bound in (start, stop, step)))
            case NewAxis():
                return None
            case Var() | Const():
                return self.get(item)
            case _:
                assert_never(item)


def _insides(carries: Sequence[Carry]) -> list[Var]:
    return [carry.inside for carry in carries]


def _store(array: Any, axes: tuple[int, ...], indices: tuple[Any, ...], value: Any, accumulate: bool) -> None:
    """Set or add to an element, or what index arrays select on some axes, together where the first is."""
    if not axes:
        _combine(array, indices, value, "add" if accumulate else "set")
        return
    first = axes[0]
    together = np.moveaxis(array, axes, range(first, first + len(axes)))
    place = (*[slice(None)] * first, *indices)
    if accumulate:
        np.add.at(together, place, value)
    else:
        together[place] = value


def _combine(array: Any, index: tuple[Any, ...], value: Any, combine: str) -> None:
    array[index] = value if combine == "set" else _COMBINE[combine](array[index], value)


def _fresh(write: Write, extents: dict[Var, int]) -> Any:
    dtype = write.target.type.dtype
    start = {"set": _poison(dtype), "add": 0, "max": _extreme(dtype, -1), "min": _extreme(dtype, 1)}
    shape = tuple(extents[atom] if isinstance(atom, Var) else 1 for atom in write.index)
    return np.full(shape, start[write.combine], dtype)


def _extreme(dtype: str, sign: int) -> Any:
    """The largest (sign 1) or smallest (sign -1) value of the dtype."""
    match np.dtype(dtype).kind:
        case "f" | "c":
            return sign * np.inf
        case "b":
            return sign > 0
        case _:
            return np.iinfo(dtype).max if sign > 0 else np.iinfo(dtype).min


def _poison(dtype: str) -> Any:
    return np.nan if np.dtype(dtype).kind in "fc" else _extreme(dtype, 1)


def _popped(stack: list[Any], shape: tuple[Any, ...]) -> Any:
    top = stack.pop()
    if top.shape != shape:
        raise TypeError(f"an array of shape {shape} is popped where {top.shape} was pushed")
    return top if shape else top[()]


def _fits(value: Any, kind: Array) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype == kind.dtype
        and value.ndim == kind.rank
        and (value.flags.c_contiguous or not kind.contiguous)
        and all(size == 1 for size, unit in zip(value.shape, kind.units, strict=True) if unit)
    )


def _described(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return f"a value of type {type(value).__name__}"
    layout = "contiguous" if value.flags.c_contiguous else "strided"
    return f"a {layout} array of {value.dtype} with shape {value.shape}"


__all__ = ["Evaluate", "Externals", "GuardFailed", "interpret"]
