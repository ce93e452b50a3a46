"""Which variables need no name: values used once, written where they are used.

A value may move down to its use within its block as long as nothing it reads changes on the way: no element
(a store, a nest's write, a push to memory it may share) and, for a readable result, no variable of a name
it uses. Variables the user wrote keep their line.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

from autodiff_compiler.analysis.aliasing import Roots, may_alias, roots
from autodiff_compiler.analysis.effects import effects, elements_read
from autodiff_compiler.analysis.indirect import by_depth
from autodiff_compiler.analysis.uses import uses
from autodiff_compiler.emit.syntax import occurrences
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
    Load,
    Nest,
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
    While,
)
from autodiff_compiler.ir.types import BOOL, Scalar
from autodiff_compiler.ir.walk import blocks, defined, operands
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise

WIDTH = 72  # characters an expression may have before its parts get names
# written without a template of the registry
_BESIDES = {"cast": "np.float64({0})", "copy": "{0}.copy()", "positions": "positions({0})"}


@dataclass(frozen=True, slots=True)
class Folding:
    """The variables without a name, and what stands in their place: a value, or a conditional expression."""

    values: dict[Var, Value | If] = field(default_factory=dict)
    conditionals: dict[Var, If] = field(default_factory=dict)  # named or not: the `If` is one expression

    def leaves(self, atoms: Iterable[Atom]) -> Iterator[Var]:
        """The named variables that are read where these atoms are written."""
        for atom in atoms:
            if isinstance(atom, Var):
                inner = self.values.get(atom)
                yield from (atom,) if inner is None else self.leaves(self._parts(inner))

    def conditional_leaves(self, statement: If) -> Iterator[Var]:
        """The named variables a conditional expression reads."""
        return self.leaves(self._parts(statement))

    def is_expression(self, block: Block) -> bool:
        """Whether no statement of the block is left: its yields say it all."""
        return all(
            isinstance(part, (Assign, If)) and all(target in self.values for target in defined(part))
            for part in block.statements
        )

    @staticmethod
    def _parts(inner: Value | If) -> tuple[Atom, ...]:
        if isinstance(inner, If):
            return (inner.condition, *inner.then.yields, *inner.orelse.yields)
        return operands(inner)


def fold(function: Function) -> Folding:
    """The values of a function that are written where they are used."""
    folder = _Folder(_Scope(uses(function), roots(function)), Folding())
    folder.block(function.body, fold_yields=True)
    return folder.folding


def template(operator: str) -> str:
    """The Python text of an operator over {0}, {1}, ...; TypeError for one that earlier stages expand."""
    if operator in _BESIDES:
        return _BESIDES[operator]
    entry = registry.by_name(operator)
    if not isinstance(entry, Elementwise):
        raise TypeError(f"{operator} is expanded before code is generated")
    return entry.emit


def kernel(value: Apply) -> str:
    """The template of the function that takes an operator's place in a nest; nothing where there is none."""
    entry = registry.by_name(value.operator)
    if not isinstance(entry, Elementwise) or not entry.kernel or any(map(_not_a_float, value.operands)):
        return ""
    return f"{entry.kernel}({', '.join(f'{{{position}}}' for position in range(entry.arity))})"


def _not_a_float(atom: Atom) -> bool:
    return not atom.type.dtype.startswith("float")


@dataclass(frozen=True, slots=True)
class _Scope:
    counts: dict[Var, int]
    roots: Roots


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What an expression under construction amounts to."""

    size: int
    reads: frozenset[Var] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Folder:
    scope: _Scope
    folding: Folding
    pending: dict[Var, tuple[Value | If, _Gathered]] = field(default_factory=dict)

    def block(self, block: Block, *, fold_yields: bool) -> _Gathered:
        for statement in block.statements:
            self._statement(statement)
        return self._take(block.yields, arrays=True) if fold_yields else _Gathered(0)

    def _statement(self, statement: Statement) -> None:
        match statement:
            case Assign(target, value):
                self._assign(target, value)
            case Store(index=index, value=value):
                self._take((*index, value))
            case Push(value=value):
                self._take((value,))
            case Call(operands=given):
                self._take(given)
            case Guard(condition=condition, operands=shown):
                self._take((condition, *shown))
            case If():
                self._if(statement)
            case For(start=start, stop=stop, step=step, carries=carries, body=body):
                self._take([carry.start for carry in carries])
                self._take((start, stop, step))
                self._nested(body)
            case While(carries=carries, test=test, body=body):
                self._take([carry.start for carry in carries])
                self._nested(test, fold_yields=True)
                self._nested(body)
            case Nest(extents=extents):
                self._take_lengths(statement, extents)
                self._nest_body(statement)
            case _:
                assert_never(statement)
        self._settle(statement)

    def _assign(self, target: Var, value: Value) -> None:
        gathered = self._take_value(value)
        if self._foldable(target, value):
            self.pending[target] = value, gathered

    def _foldable(self, target: Var, value: Value) -> bool:
        if self.scope.counts[target] != 1 or _written_by_user(target):
            return False
        match value:
            case Apply():
                return isinstance(target.type, Scalar)
            case Load() | View() | Transpose() | Reshape() | Dim():
                return True
            case Allocate() | NewStack() | Pop():
                return False
            case _:
                assert_never(value)

    def _take_value(self, value: Value) -> _Gathered:
        """Fold what can be folded into a value; how large it is and what it reads then."""
        match value:
            case Apply(operator, arguments):
                text = template(operator)
                once = tuple(item for at, item in enumerate(arguments) if occurrences(text, at) == 1)
                gathered = self._take(once, arrays=True)
                extra = [item for at, item in enumerate(arguments) if occurrences(text, at) != 1]
                size = gathered.size + len(text) - 3 * len(arguments) + sum(map(_length, extra))
                names = gathered.names | {item.name for item in extra if isinstance(item, Var) and item.name}
                gathered = _Gathered(size, gathered.reads, names)
            case Pop():
                gathered = _Gathered(0)
            case Load(array) | View(array) | Transpose(array) | Reshape(array) | Dim(array):
                inner = self._take([item for item in operands(value) if item is not array])
                gathered = _Gathered(
                    inner.size + len(array.name) + 4, inner.reads, inner.names | {array.name}
                )
            case Allocate() | NewStack():
                gathered = self._take(operands(value))
            case _:
                assert_never(value)
        return _Gathered(gathered.size, gathered.reads | set(elements_read(value)), gathered.names)

    def _take(self, atoms: Iterable[Atom], *, arrays: bool = False) -> _Gathered:
        """Fold the pending ones among the atoms, as long as the line stays short."""
        size, reads, names = 0, frozenset[Var](), frozenset[str]()
        for atom in atoms:
            found = self.pending.pop(atom, None) if isinstance(atom, Var) else None
            if isinstance(atom, Const):
                size += _length(atom) + 2
            elif found and size + found[1].size <= WIDTH and (arrays or isinstance(atom.type, Scalar)):
                self.folding.values[atom], inner = found
                size, reads, names = size + inner.size + 2, reads | inner.reads, names | inner.names
            else:
                size, names = size + _length(atom) + 2, names | ({atom.name} if atom.name else set())
        return _Gathered(size, reads, names)

    def _take_lengths(self, nest: Nest, extents: tuple[Atom, ...]) -> None:
        """Loop bounds are read again and again, and by allocations: only a plain length stays in place."""
        allocates = any(write.fresh and write.index for write in nest.writes)
        for extent in extents:
            value, _ = self.pending.get(extent, (None, None)) if isinstance(extent, Var) else (None, None)
            if isinstance(value, Dim) and not allocates:
                self._take((extent,))

    def _nest_body(self, nest: Nest) -> None:
        inner = _Folder(self.scope, self.folding)
        for group in by_depth(nest):
            inner.pending.clear()  # what stands in an outer loop is not written in an inner one
            inner.block(Block(group), fold_yields=False)
        for write in nest.writes:
            if write.combine in ("add", "set"):
                inner._take((*write.index, write.value))
            inner._forget([] if write.fresh else [write.target])

    def _nested(self, block: Block, *, fold_yields: bool = False) -> None:
        _Folder(self.scope, self.folding).block(block, fold_yields=fold_yields)

    def _if(self, statement: If) -> None:
        condition = self._take((statement.condition,))
        gathered = self._conditional(statement, condition)
        if gathered is None:
            self._nested(statement.then)
            self._nested(statement.orelse)
            return
        (result,) = statement.results
        self.folding.conditionals[result] = statement
        if self.scope.counts[result] == 1 and not _written_by_user(result):
            self.pending[result] = statement, gathered

    def _conditional(self, statement: If, condition: _Gathered) -> _Gathered | None:
        """The statement as an expression, if it is a short choice between two values."""
        if not _is_choice(statement):
            return None
        trial = _Folder(self.scope, Folding())
        sides = []
        for arm in blocks(statement):
            side = _Folder(self.scope, trial.folding)
            sides.append(side.block(arm, fold_yields=True))
        if not all(trial.folding.is_expression(arm) for arm in blocks(statement)):
            return None
        parts = (condition, *sides)
        chosen = [arm.yields[0] for arm in blocks(statement)]
        connects = statement.results[0].type == BOOL and any(isinstance(atom, Const) for atom in chosen)
        size = sum(part.size for part in parts) + (0 if connects else 8)  # `a or b`, not `True if a else b`
        if size > WIDTH:
            return None
        self.folding.values.update(trial.folding.values)
        self.folding.conditionals.update(trial.folding.conditionals)
        reads = frozenset().union(*(part.reads for part in parts))
        return _Gathered(size, reads, frozenset().union(*(part.names for part in parts)))

    def _settle(self, statement: Statement) -> None:
        """Give names to pending values that may not move past the statement."""
        changed = {variable.name for variable in defined(statement)}
        new = set(defined(statement))
        for variable, (_, gathered) in list(self.pending.items()):
            if variable not in new and not changed.isdisjoint(gathered.names):
                del self.pending[variable]
        self._forget(effects(statement).writes)

    def _forget(self, written: Iterable[Var]) -> None:
        for array in written:
            for variable, (_, gathered) in list(self.pending.items()):
                if any(may_alias(self.scope.roots, array, read) for read in gathered.reads):
                    del self.pending[variable]


def _is_choice(statement: If) -> bool:
    """Whether both arms do nothing but compute one value, and none is the variable being updated."""
    if len(statement.results) != 1 or not isinstance(statement.results[0].type, Scalar):
        return False
    (result,) = statement.results
    updates = any(
        isinstance(arm.yields[0], Var) and arm.yields[0].name == result.name for arm in blocks(statement)
    )
    short = all(len(arm.statements) <= 8 and all(map(_computes, arm.statements)) for arm in blocks(statement))
    return short and (result.type == BOOL or not updates)


def _computes(statement: Statement) -> bool:
    if isinstance(statement, If):
        return _is_choice(statement)
    return isinstance(statement, Assign) and not isinstance(statement.value, (Allocate, NewStack, Pop))


def _length(atom: Atom) -> int:
    return len(atom.name) if isinstance(atom, Var) else len(repr(atom.value))


def _written_by_user(variable: Var) -> bool:
    at = variable.at
    return at is not None and not at.reverse and variable.name in _assigned_names(at.text)


@functools.lru_cache(maxsize=4096)
def _assigned_names(line: str) -> frozenset[str]:
    try:
        tree = ast.parse(line.strip())
    except SyntaxError:
        return frozenset()
    stored = (
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    return frozenset(node.id for node in stored)
