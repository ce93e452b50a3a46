"""Loops that make a matrix anew from the one before update it where it is.

`out = out + w * image[i:i + n, j:j + m]`, in a loop, reads one array and writes another in each iteration.
That is memory to allocate, and one more array for the caches to hold.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from autodiff_compiler.analysis.aliasing import Roots, may_alias, roots
from autodiff_compiler.analysis.sizes import Sizes, steady_carries, written_shape
from autodiff_compiler.analysis.uses import uses, uses_in
from autodiff_compiler.ir.nodes import (
    Allocate,
    Assign,
    Atom,
    Block,
    Carry,
    For,
    Function,
    Load,
    Nest,
    Statement,
    Var,
    Write,
)
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import blocks, free_variables, substitute, with_blocks


def update_in_place(function: Function) -> Function:
    """The function with arrays that loops carry, and make anew in each iteration, updated where they are.

    before:  start = zeros(n)                            after:  start = zeros(n)
             for k in 0..m, a = start:                           for k in 0..m:
                 nest i < n: new b[i] = f(a[i], k)                   nest i < n: start[i] = f(start[i], k)
                 yield b

    Sound because nobody else has the array that the loop begins with, each point of the nest reads the
    element that it writes and no other, and nothing looks at the old array, by any name, after the nest.
    """
    body = _Updating(roots(function), uses(function)).block(function.body, Sizes())
    return function if body is function.body else replace(function, body=body)


@dataclass
class _Updating:
    memory: Roots
    counted: Counter[Var]

    def block(self, block: Block, sizes: Sizes) -> Block:
        """The block with its loops changed, at any depth; `sizes` is what is known before it."""
        known = sizes.inner()
        made: list[Statement] = []
        owned: set[Var] = set()  # arrays made in this block that nothing but a loop uses
        renamed: dict[Var, Atom] = {}
        for old in block.statements:
            statement = substitute(old, renamed)
            if isinstance(statement, For):
                for carry in statement.carries:
                    if carry.start in owned:
                        statement, changed = self._without(statement, carry, known)
                        renamed.update({carry.after: carry.start} if changed else {})
            inner = [self.block(part, known) for part in blocks(statement)]
            statement = with_blocks(statement, inner)
            owned.update(array for array in _fresh(statement) if self.counted[array] == 1)
            known.observe(old)
            made.append(statement)
        yields = substitute(Block((), block.yields), renamed).yields
        same = len(made) == len(block.statements) and all(map(_is, made, block.statements))
        return block if same else Block(tuple(made), yields)

    def _without(self, loop: For, carry: Carry, sizes: Sizes) -> tuple[For, bool]:
        """The loop that updates what the carry starts as, and whether it can."""
        if carry not in steady_carries(loop, sizes):
            return loop, False
        number = loop.carries.index(carry)
        inner = sizes.inner()
        for item in steady_carries(loop, sizes):
            if isinstance(item.start, Var):
                inner.shape_of(item.inside, item.start)
        yields = (*loop.body.yields[:number], *loop.body.yields[number + 1 :])
        body = self._updated(carry.inside, loop.body.yields[number], replace(loop.body, yields=yields), inner)
        if body is None or not _alike(carry.inside, carry.start):
            return loop, False
        carries = (*loop.carries[:number], *loop.carries[number + 1 :])
        return replace(loop, carries=carries, body=substitute(body, {carry.inside: carry.start})), True

    def _updated(self, array: Var, following: Atom, body: Block, sizes: Sizes) -> Block | None:
        """The body that makes `following` in the memory of the array; None where that is not possible."""
        if any(isinstance(atom, Var) and may_alias(self.memory, atom, array) for atom in body.yields):
            return None  # another carry would change, too
        for position, statement in enumerate(body.statements):
            found: Statement | None = None
            match statement:
                case Nest():
                    made = [write for write in statement.writes if write.target is following]
                    if made and self._fits(statement, made[0], array, sizes):
                        found = _in_place(statement, made[0], array)
                case For():
                    made_by = [carry for carry in statement.carries if carry.after is following]
                    if made_by and made_by[0].start is array and uses_in(Block((statement,)))[array] == 1:
                        inside, changed = self._without(statement, made_by[0], sizes)
                        found = inside if changed else None
                case _:
                    pass
            if found is not None:
                rest = Block(body.statements[position + 1 :], body.yields)
                if self._is_seen(array, following, rest):
                    return None
                rest = substitute(rest, {following: array})  # type: ignore[dict-item]
                return Block((*body.statements[:position], found, *rest.statements), rest.yields)
            sizes.observe(statement)
        return None

    def _is_seen(self, array: Var, following: Atom, rest: Block) -> bool:
        """Whether what comes after the update may look at the memory by another name than the new one."""
        return any(
            variable is not following and may_alias(self.memory, variable, array)
            for variable in free_variables(rest)
        )

    def _fits(self, nest: Nest, made: Write, array: Var, sizes: Sizes) -> bool:
        """Whether the array can hold what is made: it is known to be as large, before it is written."""
        if not {item for item in made.index if isinstance(item, Var)} <= set(nest.indices):
            return False  # a part of an array that was made before
        shape = written_shape(made, nest.indices, nest.extents)
        large = all(sizes.canonical(size) == sizes.origin(array, axis) for axis, size in enumerate(shape))
        return large and _alike(made.target, array) and self._at_points(nest, made, array)

    def _at_points(self, nest: Nest, made: Write, array: Var) -> bool:
        """Whether each point of the nest touches only the element of the array that it makes."""
        if made.combine != "set" or not set(nest.indices) <= set(made.index):
            return False
        if any(may_alias(self.memory, write.target, array) for write in nest.writes if write is not made):
            return False
        loads = [
            part.value for part in nest.body.statements
            if isinstance(part, Assign) and isinstance(part.value, Load)
        ]  # fmt: skip
        return all(
            load.array is array and load.index == made.index
            for load in loads
            if may_alias(self.memory, load.array, array)
        )


def _in_place(nest: Nest, made: Write, array: Var) -> Nest:
    """The nest with a write to the array instead of a new one."""
    writes = [replace(w, target=array, fresh=False) if w is made else w for w in nest.writes]
    return replace(nest, writes=tuple(writes))


def _alike(one: Var, other: Atom) -> bool:
    """Whether one array may take the place of the other."""
    if not isinstance(one.type, Array) or not isinstance(other.type, Array):
        return False
    return replace(one.type, contiguous=True) == replace(other.type, contiguous=True)


def _fresh(statement: Statement) -> list[Var]:
    """The arrays that the statement makes."""
    match statement:
        case Assign(target, Allocate()):
            return [target]
        case Nest(writes=writes):
            return [write.target for write in writes if write.fresh and isinstance(write.target.type, Array)]
        case _:
            return []


def _is(one: Statement, other: Statement) -> bool:
    return one is other
