"""Arrays that a loop adds to, at rows and their neighbours, are filled row by row before it comes to them.

The gradient of a stencil begins with zeros, and adds to them. Filled all at once, an array that is larger
than the caches goes to memory and back before anything is added to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from autodiff_compiler.analysis.uses import definitions, uses_in
from autodiff_compiler.ir.build import Builder, array_type, integer
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Const,
    Dim,
    For,
    Function,
    If,
    Nest,
    Statement,
    Store,
    Value,
    Var,
    Write,
)
from autodiff_compiler.ir.types import BOOL, INT
from autodiff_compiler.ir.walk import blocks, free_variables, statements, with_blocks

Definitions = Mapping[Var, Value]


def fill_by_rows(function: Function) -> Function:
    """The function with fills of matrices done by the loops that add to several rows of them at a time.

    before:  a = zeros(n, m)                            after:  a = empty(n, m)
             for i in 0..k: nest j: a[i + 1, j] += t            for r in 0..min(1, n): nest j: a[r, j] = 0
                                                                for i in 0..k:
                                                                    if i + 1 < n: nest j: a[i + 1, j] = 0
                                                                    nest j: a[i + 1, j] += t
                                                                for r in k + 1..n: nest j: a[r, j] = 0

    Sound because nothing looks at the array before the loop, and iteration i only adds to rows up to i + 1:
    when it begins, all of them are filled, and no row is filled again.
    """
    body = _filled(function.body, definitions(function))
    return function if body is function.body else replace(function, body=body)


def _filled(block: Block, known: Definitions) -> Block:
    made = [with_blocks(item, [_filled(inner, known) for inner in blocks(item)]) for item in block.statements]
    for position in range(len(made) - 1, -1, -1):
        match made[position]:
            case Assign(array, Allocate(_, _, Const() as fill)) if array_type(array).rank > 1:
                user = next(
                    (k for k in range(position + 1, len(made)) if array in free_variables(made[k])), position
                )
                loop = made[user]
                reach = _reach(loop, array, known) if isinstance(loop, For) else None
                if isinstance(loop, For) and reach is not None:
                    made[user : user + 1] = _Filling(array, fill, known).around(loop, reach)
                    made[position] = _empty(made[position])
    same = len(made) == len(block.statements) and all(map(lambda a, b: a is b, made, block.statements))
    return block if same else replace(block, statements=tuple(made))


def _empty(statement: Statement) -> Statement:
    assert isinstance(statement, Assign)
    assert isinstance(statement.value, Allocate)
    return replace(statement, value=replace(statement.value, fill=None))


def _reach(loop: For, array: Var, known: Definitions) -> int | None:
    """The c > 0 such that iteration i adds to rows up to i + c, and does nothing else with the array."""
    if loop.start != integer(0) or loop.step != integer(1):
        return None
    rows = [index[0] for index in _added(loop.body, array)]
    distances = [_distance(row, loop.index, known) for row in rows]
    found = [distance for distance in distances if distance is not None and distance >= 0]
    alone = uses_in(Block((loop,)))[array] == len(found) == len(rows)
    return max(found, default=0) or None if alone else None


def _added(block: Block, array: Var) -> Iterator[tuple[Atom, ...]]:
    """The places where a block adds to elements of an array."""
    for statement in statements(block):
        match statement:
            case Nest(writes=writes):
                for write in writes:
                    if write.target is array and write.combine == "add" and not write.fresh:
                        yield write.index
            case Store(target, index, _, True) if target is array and index:
                yield index


def _distance(row: Atom, index: Var, known: Definitions) -> int | None:
    """How far a row is after that of the loop's index."""
    if row is index:
        return 0
    match known.get(row) if isinstance(row, Var) else None:
        case Apply("add", (one, Const(distance)) | (Const(distance), one)) if one is index:
            return int(distance)
    return None


class _Filling:
    """Writes the fills of one array."""

    def __init__(self, array: Var, fill: Const, known: Definitions) -> None:
        self.array = array
        self.fill = fill
        self.known = known
        value = known[array]
        assert isinstance(value, Allocate)
        self.shape = value.shape

    def around(self, loop: For, reach: int) -> list[Statement]:
        """The loop with the fills before it, in it and after it."""
        builder = Builder(loop.at)
        rows = self.shape[0]
        self._rows(builder, integer(0), self._made(builder, "minimum", integer(reach), rows))
        builder.add(replace(loop, body=self._body(loop, reach)))
        stop = loop.stop
        if not isinstance(self.known.get(stop) if isinstance(stop, Var) else None, Dim):
            stop = self._made(builder, "maximum", stop, integer(0))
        self._rows(builder, self._made(builder, "add", stop, integer(reach)), rows)
        return builder.statements

    def _body(self, loop: For, reach: int) -> Block:
        builder = Builder(loop.at)
        row = self._made(builder, "add", loop.index, integer(reach))
        inside = builder.assign(Apply("less", (row, self.shape[0])), BOOL)
        builder.add(If(inside, Block((self._row(row),)), Block(), (), loop.at))
        return Block((*builder.statements, *loop.body.statements), loop.body.yields)

    def _rows(self, builder: Builder, start: Atom, stop: Atom) -> None:
        index = Var("i", INT)
        builder.add(For(index, start, stop, integer(1), (), Block((self._row(index),)), builder.at))

    def _row(self, row: Atom) -> Statement:
        units = array_type(self.array).units[1:]
        place = tuple(integer(0) if unit else Var("jklmn"[k % 5], INT) for k, unit in enumerate(units))
        loops = [
            (atom, size) for atom, size in zip(place, self.shape[1:], strict=True) if isinstance(atom, Var)
        ]
        index = (row, *place)
        if not loops:
            return Store(self.array, index, self.fill)
        write = Write(self.array, index, self.fill, "set", False)
        return Nest(tuple(atom for atom, _ in loops), tuple(size for _, size in loops), Block(), (write,))

    def _made(self, builder: Builder, operator: str, one: Atom, other: Atom) -> Atom:
        return builder.assign(Apply(operator, (one, other)), INT)
