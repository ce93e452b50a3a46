"""Calls between generated functions, and the tape that these share."""

from __future__ import annotations

import gast

from autodiff_compiler.analysis.aliasing import Roots
from autodiff_compiler.emit import syntax
from autodiff_compiler.emit.expressions import Expressions, dtype
from autodiff_compiler.emit.name_values import Names
from autodiff_compiler.ir.nodes import Assign, Atom, Call, Const, Function, Pop, Var
from autodiff_compiler.ir.types import TAPE, Array, Type, is_inexact
from autodiff_compiler.ir.walk import statements

RUNTIME = (
    "new_tape", "release", "restore", "restore_array", "save", "save_array", "tape_of", "tape_values",
    "by_reference", "lent", "strided", "turned",
)  # fmt: skip


class CallWriter:
    """Writes calls in one function; an `inner` one is called by other functions only."""

    def __init__(self, names: Names, expressions: Expressions, roots: Roots, inner: bool) -> None:
        self.names = names
        self.expressions = expressions
        self.roots = roots
        self.inner = inner

    def call(self, statement: Call) -> gast.stmt:
        """The call, and the names of what it gives."""
        pairs = zip(statement.operands, statement.callee.parameters, strict=True)
        external = statement.callee.external
        if external is not None and external.text:
            arguments = [syntax.literal(external.text), *map(self._shown, statement.operands)]
        else:
            arguments = [self._argument(atom, kind) for atom, kind in pairs]
        called = syntax.call(syntax.name(statement.callee.name), *arguments)
        targets = [gast.Name(self.names.of[item], gast.Store(), None, None) for item in statement.results]
        if not targets:
            return gast.Expr(called)
        target = targets[0] if len(targets) == 1 else gast.Tuple(targets, gast.Store())
        return gast.Assign([target], called, None)

    def _argument(self, atom: Atom, kind: Type) -> gast.expr:
        """An argument, of one type for Numba: to it, each whole number that is written out is a type."""
        written = self.expressions.atom(atom)
        if isinstance(kind, Array) and not (self.inner and kind.contiguous):
            return syntax.call(syntax.name("by_reference" if kind.contiguous else "strided"), written)
        if isinstance(atom, Const) and not is_inexact(atom.type):
            return syntax.call(dtype(atom.type.dtype), written)
        return written

    def _shown(self, atom: Atom) -> gast.expr:
        """An argument of what calls Python, which may keep it: an array is copied."""
        written = self.expressions.atom(atom)
        if isinstance(atom.type, Array):
            return syntax.call(gast.Attribute(written, "copy", gast.Load()))
        return written

    # ------------------------------------------------------------ the tape

    def save(self, tape: Var, value: Atom) -> gast.stmt:
        """The value is put on the tape."""
        save = "save_array" if isinstance(value.type, Array) else "save"
        return gast.Expr(syntax.call(syntax.name(save), self._name(tape), self.expressions.atom(value)))

    def restore(self, target: Var, value: Pop) -> gast.stmt:
        """What was saved last is taken off the tape."""
        tape, kind = self._name(value.stack), dtype(target.type.dtype)
        if value.shape is None:
            return syntax.assign(self._name(target), syntax.call(syntax.name("restore"), tape, kind))
        shape = syntax.tuple_of(self.expressions.atoms(value.shape))
        return self._rebind(target, syntax.call(syntax.name("restore_array"), tape, shape, kind))

    # ------------------------------------------------------------ begin and end

    def begun(self, function: Function) -> list[gast.stmt]:
        """What is done with parameters first.

        An inner function borrows arrays of which no result may be a part; its caller keeps them. Another one
        gets what is on a tape and makes it one again.
        """
        if not self.inner:
            tapes = [item for item in function.parameters if item.type == TAPE]
            return [self._passed("tape_of", item) for item in tapes]
        results = [item for item in function.body.yields if isinstance(item, Var)]
        kept = {root for item in results for root in self.roots.get(item, ())}
        arrays = [item for item in function.parameters if isinstance(item.type, Array) and item not in kept]
        return [self._passed("lent", item) for item in arrays]

    def ended(self, function: Function) -> list[gast.stmt]:
        """What is on tapes that are results; all other tapes are given back."""
        if self.inner:
            return []
        made = [item.target for item in statements(function.body) if isinstance(item, Assign)]
        written: list[gast.stmt] = []
        for tape in (item for item in (*function.parameters, *made) if item.type == TAPE):
            if tape in function.body.yields:
                values = syntax.call(syntax.name("tape_values"), self._name(tape))
                written.append(self._rebind(tape, values))
            else:
                written.append(gast.Expr(syntax.call(syntax.name("release"), self._name(tape))))
        return written

    def _passed(self, function: str, variable: Var) -> gast.stmt:
        return self._rebind(variable, syntax.call(syntax.name(function), self._name(variable)))

    def _name(self, variable: Var) -> gast.expr:
        return syntax.name(self.names.of[variable])

    def _rebind(self, target: Var, value: gast.expr) -> gast.stmt:
        return syntax.rebind(self.names.of[target], value)
