"""Walking the grammar: what a node reads and binds, and rebuilding it with something replaced.

Two functions know the fields of every node: `map_operands` for values and `rebuild` for statements. The
rest is written with them, so a new node kind is added in few places. Unchanged nodes are shared, not copied.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import is_
from typing import Any, TypeVar, assert_never, cast, overload

from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Carry,
    Const,
    Dim,
    For,
    Guard,
    If,
    Listed,
    Load,
    Made,
    Nest,
    NewAxis,
    NewStack,
    Pop,
    Push,
    Reshape,
    Slice,
    Statement,
    Store,
    Structure,
    Transpose,
    Value,
    Var,
    View,
    While,
    Write,
)
from autodiff_compiler.location import Location

T = TypeVar("T")
Use = Callable[[Atom], Atom]
Bind = Callable[[Var], Var]
Inner = Callable[[Block], Block]

# ---------------------------------------------------------------- the two functions that know every field


def map_operands(value: Value, use: Use) -> Value:
    """The value with `use` applied to each operand, in order; an array must stay a variable."""
    match value:
        case Apply(operands=operands):
            return _with(value, operands=_each(operands, use))
        case Load(array, index):
            return _with(value, array=_variable(array, use), index=_each(index, use))
        case View(array, axes):
            shared = _variable(array, use)
            return _with(value, array=shared, index=_each(axes, lambda item: _map_axis(item, use)))
        case Transpose(array) | Dim(array):
            return _with(value, array=_variable(array, use))
        case Reshape(array, shape):
            return _with(value, array=_variable(array, use), shape=_each(shape, use))
        case Allocate(shape=shape, fill=fill):
            return _with(value, shape=_each(shape, use), fill=_optional(fill, use))
        case Pop(stack, lengths):
            top = _variable(stack, use)
            return _with(value, stack=top, shape=None if lengths is None else _each(lengths, use))
        case NewStack():
            return value
        case _:
            assert_never(value)


def rebuild(statement: Statement, use: Use, bind: Bind, inner: Inner) -> Statement:
    """The statement with `use` applied to what it reads, `bind` to what it binds, `inner` to nested blocks.

    A variable is passed to `bind` before what stands in its scope is passed to `use` or `inner`.
    """
    match statement:
        case Assign(target, value):
            return _with(statement, value=map_operands(value, use), target=bind(target))
        case Store(array, index, stored):
            return _with(statement, array=_variable(array, use), index=_each(index, use), value=use(stored))
        case If(condition, then, orelse, results):
            parts = {"condition": use(condition), "then": inner(then), "orelse": inner(orelse)}
            return _with(statement, **parts, results=_each(results, bind))
        case For(loop, start, stop, step, carries, body):
            span = {"start": use(start), "stop": use(stop), "step": use(step)}
            carried = _each(carries, lambda carry: _map_carry(carry, use, bind))
            return _with(statement, **span, carries=carried, index=bind(loop), body=inner(body))
        case While(carries, test, body):
            carried = _each(carries, lambda carry: _map_carry(carry, use, bind))
            return _with(statement, carries=carried, test=inner(test), body=inner(body))
        case Nest(indices, extents, body, writes):
            domain: dict[str, object] = {"extents": _each(extents, use), "indices": _each(indices, bind)}
            computed = inner(body)
            written = _each(writes, lambda write: _map_write(write, use, bind))
            return _with(statement, **domain, body=computed, writes=written)
        case Guard(condition=condition, operands=shown):
            return _with(statement, condition=use(condition), operands=_each(shown, use))
        case Push(stack, pushed):
            return _with(statement, stack=_variable(stack, use), value=use(pushed))
        case Call(operands=given, results=results):
            return _with(statement, operands=_each(given, use), results=_each(results, bind))
        case _:
            assert_never(statement)


def _map_axis(item: Atom | Slice | NewAxis, use: Use) -> Atom | Slice | NewAxis:
    match item:
        case Slice(start, stop, step):
            first, last = _optional(start, use), _optional(stop, use)
            return _with(item, start=first, stop=last, step=_optional(step, use))
        case NewAxis():
            return item
        case Var() | Const():
            return use(item)
        case _:
            assert_never(item)


def _map_carry(carry: Carry, use: Use, bind: Bind) -> Carry:
    return _with(carry, start=use(carry.start), inside=bind(carry.inside), after=bind(carry.after))


def _map_write(write: Write, use: Use, bind: Bind) -> Write:
    target = bind(write.target) if write.fresh else _variable(write.target, use)
    return _with(write, target=target, index=_each(write.index, use), value=use(write.value))


def _variable(array: Var, use: Use) -> Var:
    found = use(array)
    if not isinstance(found, Var):
        raise TypeError(f"{array.name} stands for an array or a stack and cannot be replaced by {found}")
    return found


def _optional(atom: Atom | None, use: Use) -> Atom | None:
    return None if atom is None else use(atom)


def _each(items: tuple[T, ...], function: Callable[[T], T]) -> tuple[T, ...]:
    mapped = tuple(map(function, items))
    return items if all(map(is_, mapped, items)) else mapped


def _with(node: T, **fields: object) -> T:
    for name, value in fields.items():
        if getattr(node, name) is not value:
            return cast(T, dataclasses.replace(cast(Any, node), **fields))
    return node


def _same(node: T) -> T:
    return node


# ---------------------------------------------------------------- what a node reads and binds


def blocks(statement: Statement) -> tuple[Block, ...]:
    """The blocks nested directly in the statement, in order."""
    match statement:
        case If(then=then, orelse=orelse):
            return then, orelse
        case While(test=test, body=body):
            return test, body
        case For(body=body) | Nest(body=body):
            return (body,)
        case Assign() | Store() | Guard() | Push() | Call():
            return ()
        case _:
            assert_never(statement)


def with_blocks(statement: Statement, blocks: Sequence[Block]) -> Statement:
    """The statement with other nested blocks, in the order of `blocks(statement)`."""
    remaining = iter(blocks)
    return rebuild(statement, _same, _same, lambda _: next(remaining))


def defined(statement: Statement) -> tuple[Var, ...]:
    """The variables the statement defines in the block it stands in."""
    match statement:
        case Assign(target=target):
            return (target,)
        case If(results=results) | Call(results=results):
            return results
        case For(carries=carries) | While(carries=carries):
            return tuple(carry.after for carry in carries)
        case Nest(writes=writes):
            return tuple(write.target for write in writes if write.fresh)
        case Store() | Guard() | Push():
            return ()
        case _:
            assert_never(statement)


def bound(statement: Statement) -> tuple[Var, ...]:
    """All variables the statement binds at any depth: what it defines, loop indices, carries, nested ones."""
    found: list[Var] = []
    _visit(statement, lambda atom: None, found.append)
    return tuple(found)


def operands(value: Value) -> tuple[Atom, ...]:
    """The atoms a right-hand side reads, in order: arrays, indices, slice bounds, sizes, operands."""
    found: list[Atom] = []
    map_operands(value, lambda atom: _noted(found.append, atom))
    return tuple(found)


def reads(statement: Statement) -> tuple[Atom, ...]:
    """The atoms the statement itself reads (updated arrays and stacks too), nested blocks left out."""
    found: list[Atom] = []
    rebuild(statement, lambda atom: _noted(found.append, atom), _same, _same)
    return tuple(found)


def free_variables(node: Statement | Block | Value) -> dict[Var, None]:
    """The variables the node reads at any depth and does not bind: keys of a dict, in order of first use.

    Arrays that are stored to and stacks that are pushed or popped count as read.
    """
    used: dict[Var, None] = {}
    inside: set[Var] = set()

    def use(atom: Atom) -> None:
        if isinstance(atom, Var):
            used[atom] = None

    _visit(node, use, inside.add)
    return {variable: None for variable in used if variable not in inside}


def statements(block: Block) -> Iterator[Statement]:
    """Every statement of the block at any depth, each before the ones nested in it."""
    for statement in block.statements:
        yield statement
        for nested in blocks(statement):
            yield from statements(nested)


def _visit(node: Statement | Block | Value, use: Callable[[Atom], None], bind: Callable[[Var], None]) -> None:
    """Call `use` on every atom read and `bind` on every variable bound, at any depth."""
    _rebuild_deep(node, lambda atom: _noted(use, atom), lambda variable: _noted(bind, variable))


def _noted(note: Callable[[T], None], item: T) -> T:
    note(item)
    return item


# ---------------------------------------------------------------- rebuilding


def looked_up(atom: Atom, mapping: Mapping[Var, Atom]) -> Atom:
    """What `mapping` gives for the atom; the atom itself where it gives nothing."""
    return mapping.get(atom, atom) if isinstance(atom, Var) else atom


@overload
def substitute(node: Block, mapping: Mapping[Var, Atom]) -> Block: ...
@overload
def substitute(node: Value, mapping: Mapping[Var, Atom]) -> Value: ...
@overload
def substitute(node: Statement, mapping: Mapping[Var, Atom]) -> Statement: ...
def substitute(node: Statement | Block | Value, mapping: Mapping[Var, Atom]) -> Statement | Block | Value:
    """The node with each use of a key of `mapping` replaced, at any depth; what it binds stays as it is.

    Replacements are not looked up again. TypeError where an array or stack would become a constant.
    """
    if not mapping:
        return node
    return _rebuild_deep(node, lambda atom: looked_up(atom, mapping), _same)


def fresh_copy(block: Block, mapping: dict[Var, Atom]) -> Block:
    """A copy of the block in which every bound variable is a new one of the same name, type and location.

    `mapping` gives replacements of free variables, and is extended with old bound variable -> new one.
    """
    return _deep_block(block, *_renewing(mapping))


def fresh_statement(statement: Statement, mapping: dict[Var, Atom]) -> Statement:
    """As `fresh_copy`, for one statement."""
    return _deep_statement(statement, *_renewing(mapping))


def map_statements(block: Block, function: Callable[[Statement], Sequence[Statement]]) -> Block:
    """The block with each statement replaced by a sequence, innermost first; yields stay as they are."""
    mapped: list[Statement] = []
    for statement in block.statements:
        nested = tuple(map_statements(inner, function) for inner in blocks(statement))
        mapped.extend(function(with_blocks(statement, nested)))
    return _with(block, statements=_shared(block.statements, mapped))


def with_location(block: Block, change: Callable[[Location | None], Location | None]) -> Block:
    """The block with the location of each statement changed, at any depth."""

    def relocate(statement: Statement) -> tuple[Statement]:
        return (_with(statement, at=change(statement.at)),)

    return map_statements(block, relocate)


def _renewing(mapping: dict[Var, Atom]) -> tuple[Use, Bind]:
    def bind(variable: Var) -> Var:
        renewed = Var(variable.name, variable.type, variable.at)
        mapping[variable] = renewed
        return renewed

    return lambda atom: looked_up(atom, mapping), bind


def _rebuild_deep(node: Statement | Block | Value, use: Use, bind: Bind) -> Statement | Block | Value:
    match node:
        case Block():
            return _deep_block(node, use, bind)
        case Assign() | Store() | If() | For() | While() | Nest() | Guard() | Push() | Call():
            return _deep_statement(node, use, bind)
        case _:
            return map_operands(node, use)


def _deep_block(block: Block, use: Use, bind: Bind) -> Block:
    mapped = [_deep_statement(statement, use, bind) for statement in block.statements]
    return _with(block, statements=_shared(block.statements, mapped), yields=_each(block.yields, use))


def _deep_statement(statement: Statement, use: Use, bind: Bind) -> Statement:
    return rebuild(statement, use, bind, lambda block: _deep_block(block, use, bind))


def _shared(old: tuple[Statement, ...], new: Sequence[Statement]) -> tuple[Statement, ...]:
    same = len(old) == len(new) and all(one is other for one, other in zip(old, new, strict=True))
    return old if same else tuple(new)


def result_positions(structure: Structure) -> Iterator[int]:
    """The yields that the arrangement of a result names, in order, each as often as it does."""
    match structure:
        case int():
            yield structure
        case tuple():
            for item in structure:
                yield from result_positions(item)
        case Made(items=items):
            yield from result_positions(items)
        case Listed(item=item, length=length):
            if length is not None:
                yield length
            yield from result_positions(item)


__all__ = [
    "blocks", "bound", "defined", "free_variables", "fresh_copy", "fresh_statement", "looked_up",
    "map_operands", "map_statements", "operands", "reads", "rebuild", "result_positions",
    "statements", "substitute", "with_blocks", "with_location",
]  # fmt: skip
