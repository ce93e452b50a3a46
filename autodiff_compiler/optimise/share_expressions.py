"""Compute equal expressions once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from autodiff_compiler.analysis.aliasing import Roots, roots
from autodiff_compiler.analysis.effects import effects, elements_read
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    Function,
    Guard,
    If,
    Load,
    NewStack,
    Pop,
    Statement,
    Store,
    Value,
    Var,
)
from autodiff_compiler.ir.types import BOOL, Array, Scalar, Type
from autodiff_compiler.ir.walk import looked_up, operands, rebuild

Key = tuple[Value, Type, tuple[str, ...]]


def share_expressions(function: Function) -> Function:
    """The function where an expression computed before, with the same operands, is not computed again.

    before:  a = sin(x); t = x[i]; b = sin(x); y[j] = b; u = x[i]     after:  a = sin(x); t = x[i]; y[j] = a
                                                                              (u is t unless y may overlap x)

    Sound because operators are pure and a variable never changes. An element is only taken to be the same
    while nothing that may share its memory has been written, around loops too; within a nest all reads of a
    point come before its writes. A new array is never shared: it is memory of its own. A condition that was
    guarded holds from there on.
    """
    body = _Sharing(roots(function)).block(function.body, {})
    return function if body is function.body else replace(function, body=body)


class _Sharing:
    """The expressions available at each place, and what the variables they replace have become."""

    def __init__(self, roots: Roots) -> None:
        self.roots = roots
        self.same: dict[Var, Atom] = {}

    def block(self, block: Block, available: dict[Key, Atom]) -> Block:
        """The block with shared expressions; `available` is changed to what is so at its end."""
        kept: list[Statement] = []
        for statement in block.statements:
            mapped = self._statement(statement, available)
            if mapped is not None:
                kept.append(mapped)
        yields = tuple(map(self._use, block.yields))
        unchanged = len(kept) == len(block.statements) and all(
            new is old for new, old in zip((*kept, *yields), (*block.statements, *block.yields), strict=True)
        )
        return block if unchanged else Block(tuple(kept), yields)

    def _statement(self, statement: Statement, available: dict[Key, Atom]) -> Statement | None:
        """The statement over shared operands; None if it computes what is available."""
        if not isinstance(statement, Assign | If):
            self._forget(available, effects(statement).writes)  # before its blocks: they may run again
        mapped = rebuild(
            statement, self._use, lambda var: var, lambda block: self.block(block, dict(available))
        )
        match mapped:
            case Assign(target, value) if _is_shared(target, value):
                key = _key(value, target.type)
                if key in available:
                    self.same[target] = available[key]
                    return None
                available[key] = target
            case Guard(condition=Var() as condition):
                key = _key(Apply("guarded", (condition,)), BOOL)
                if key in available:
                    return None
                available[key] = condition
            case Assign() | If():
                self._forget(available, effects(mapped).writes)
            case Store(array, index, Var() | Const() as value, False) if isinstance(value.type, Scalar):
                element = Scalar(array.type.dtype)
                if index and not mapped.axes and value.type == element:
                    available[_key(Load(array, index), element)] = value
            case _:
                pass
        return mapped

    def _use(self, atom: Atom) -> Atom:
        return looked_up(atom, self.same)

    def _forget(self, available: dict[Key, Atom], written: Iterable[Var]) -> None:
        """Drop what was read from memory that may have been written."""
        memory = {root for array in written for root in self.roots.get(array, (array,))}
        if not memory:
            return
        for key in list(available):
            read = elements_read(key[0])
            if any(not memory.isdisjoint(self.roots.get(array, (array,))) for array in read):
                del available[key]


def _is_shared(target: Var, value: Value) -> bool:
    match value:
        case Allocate() | NewStack() | Pop():
            return False
        case Apply():
            return not isinstance(target.type, Array)
        case _:
            fresh = isinstance(target.type, Array) and bool(elements_read(value))
            return not fresh


def _key(value: Value, kind: Type) -> Key:
    """A key that only equal expressions share: 0.0 == -0.0, so constants are spelled out, too."""
    return value, kind, tuple(repr(atom.value) for atom in operands(value) if isinstance(atom, Const))
