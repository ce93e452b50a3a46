"""Simplify scalar expressions, and the control flow that turns out to be known."""

from __future__ import annotations

from dataclasses import replace

from autodiff_compiler.analysis.sizes import Sizes
from autodiff_compiler.ir.build import FULL, Builder, integer
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
    Guard,
    If,
    Slice,
    Statement,
    Value,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.ir.walk import looked_up, rebuild
from autodiff_compiler.optimise.algebra import identical, simplified


def simplify(function: Function) -> Function:
    """The function with constants folded, identities applied, and known lengths, branches and carries used.

    before:  n = dim(y, 0)  (y allocated as m long);  a = x * 1;  b = power(a, 2);  if True: ... else: ...
    after:   b = x * x;  ...  (and m where n was)

    Sound because each rule of `algebra` is an equation between scalars, a length is replaced by one that is
    known to be equal from there on, and a value carried around a loop unchanged is the value it started as.
    """
    body = _Simplification().block(function.body, Sizes())
    return function if body is function.body else replace(function, body=body)


class _Simplification:
    """What variables are known to be, collected from the first statement to the last."""

    def __init__(self) -> None:
        self.same: dict[Var, Atom] = {}
        self.definitions: dict[Var, Value] = {}

    def block(self, block: Block, sizes: Sizes) -> Block:
        """The simplified block; `sizes` learns what its statements tell about lengths."""
        kept: list[Statement] = []
        for statement in block.statements:
            self._statement(statement, sizes, kept)
        yields = tuple(map(self._use, block.yields))
        unchanged = len(kept) == len(block.statements) and all(
            new is old for new, old in zip((*kept, *yields), (*block.statements, *block.yields), strict=True)
        )
        return block if unchanged else Block(tuple(kept), yields)

    def _use(self, atom: Atom) -> Atom:
        return looked_up(atom, self.same)

    def _statement(self, statement: Statement, sizes: Sizes, kept: list[Statement]) -> None:
        """Append the simplified statement, if anything remains of it."""
        if isinstance(statement, For | While):
            statement = self._without_constant_carries(statement)
        statement = rebuild(
            statement, self._use, lambda var: var, lambda block: self.block(block, sizes.inner())
        )
        match statement:
            case Assign(target, Apply() as value, at) if isinstance(target.type, Scalar):
                if self._scalar(target, value, Builder(at), kept):
                    return
            case Assign(target, Dim(array, axis)) if (length := sizes.length(array, axis)) is not None:
                self.same[target] = length
                return
            case Assign(target, View(array, (Slice() as part,))) if self._whole(target, array, part, sizes):
                self.same[target] = array
                return
            case Assign(target, View(array, axes)) if set(axes) == {FULL}:
                self.same[target] = array  # of which more may be known
                return
            case If(Const(chosen), then, orelse, results):
                taken = then if chosen else orelse
                kept.extend(taken.statements)
                self.same.update(zip(results, taken.yields, strict=True))
                return
            case If():
                statement = self._without_equal_results(statement)
            case Guard(Const(True), error=error) if error:
                return
            case _:
                pass
        if isinstance(statement, Assign):
            self.definitions[statement.target] = statement.value
        sizes.observe(statement)
        kept.append(statement)

    def _scalar(self, target: Var, value: Apply, builder: Builder, kept: list[Statement]) -> bool:
        """Replace the target where it is known to equal something simpler; whether it is."""
        assert isinstance(target.type, Scalar)
        if not all(isinstance(atom.type, Scalar) for atom in value.operands):
            return False
        found = simplified(value, target.type, self.definitions, builder)
        if found is None:
            return False
        code = [statement for statement in builder.statements if isinstance(statement, Assign)]
        if code and code[-1].target is found:  # new code keeps the name
            code[-1] = replace(code[-1], target=target)
        else:
            self.same[target] = found
        self.definitions.update((statement.target, statement.value) for statement in code)
        kept.extend(code)
        return True

    def _whole(self, target: Var, array: Var, part: Slice, sizes: Sizes) -> bool:
        """Whether a slice of an array made here is all of it, in order."""
        forward = part.step in (None, integer(1)) and part.start in (None, integer(0))
        if not forward or part.stop is None or target.type != array.type:
            return False
        made = self.definitions.get(array)
        return isinstance(made, Allocate) and sizes.length(array, 0) == sizes.canonical(part.stop)

    def _without_constant_carries(self, loop: For | While) -> For | While:
        """The loop without carries that keep the value they start with."""
        keep = [
            not identical(following, carry.inside) and not identical(following, carry.start)
            for carry, following in zip(loop.carries, loop.body.yields, strict=True)
        ]
        if all(keep):
            return loop
        for carry, changes in zip(loop.carries, keep, strict=True):
            if not changes:
                self.same[carry.inside] = self.same[carry.after] = self._use(carry.start)
        carries = tuple(carry for carry, changes in zip(loop.carries, keep, strict=True) if changes)
        yields = tuple(atom for atom, changes in zip(loop.body.yields, keep, strict=True) if changes)
        return replace(loop, carries=carries, body=replace(loop.body, yields=yields))

    def _without_equal_results(self, branch: If) -> If:
        """The branch without results that are the same atom on both sides."""
        choices = list(zip(branch.results, branch.then.yields, branch.orelse.yields, strict=True))
        differing = [choice for choice in choices if not identical(choice[1], choice[2])]
        if len(differing) == len(choices):
            return branch
        for result, one, other in choices:
            if identical(one, other):
                self.same[result] = one
        results, thens, orelses = zip(*differing, strict=True) if differing else ((), (), ())
        then, orelse = replace(branch.then, yields=thens), replace(branch.orelse, yields=orelses)
        return replace(branch, then=then, orelse=orelse, results=results)
