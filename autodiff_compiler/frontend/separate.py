"""Where exceptions are caught, each call that may raise becomes a statement of its own.

    before:  y = a[i] + h(x)        after:  value_1 = a[i]
                                            called_1 = h(x)          # marked `caught`
                                            y = value_1 + called_1

So the statements after it can be skipped. What stands before it in the same expression is computed before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import gast

from autodiff_compiler.frontend import nodes
from autodiff_compiler.frontend.implicit_tests import Classes, as_read, tested_among, tests_of
from autodiff_compiler.frontend.names import Unknown, static_value
from autodiff_compiler.frontend.raises import Raises
from autodiff_compiler.frontend.source import Source
from autodiff_compiler.frontend.spellings import Spellings, Statements

_SCOPES = (
    gast.Lambda,
    gast.SetComp,
    gast.DictComp,
    gast.GeneratorExp,
)
_CONSUMERS = (sum, list, tuple, min, max, sorted, math.fsum, math.prod)  # they take all items at once


class Separator:
    """Marks and separates what may raise inside `try`, or anywhere in a function that is called in one."""

    def __init__(self, source: Source, spellings: Spellings, caught: Classes) -> None:
        self.source = source
        self.spellings = spellings
        self.names = spellings.names
        self.raises = Raises(caught)  # of what Python raises by itself, what handlers around catch

    def block(self, block: Sequence[gast.stmt], active: bool) -> Statements:
        """The block; with `active`, an exception raised in it is caught further out."""
        made: Statements = []
        for statement in block:
            made += self._statement(statement, active)
        return made

    def _statement(self, statement: gast.stmt, active: bool) -> Statements:
        if isinstance(statement, gast.Try):
            statement.inner = active
        if active and isinstance(statement, gast.While) and self._raises(statement.test):
            return self.block(self.spellings.with_test_inside(statement), active)
        before = self._separated(statement) if active else []
        if not isinstance(statement, (gast.If, gast.For, gast.While, gast.Try)):
            return [*before, statement]
        for name in ("body", "orelse", "finalbody"):
            if hasattr(statement, name):
                inside = name == "body" and isinstance(statement, gast.Try)
                around = self.raises.caught
                if inside:
                    self.raises.caught = around | tested_among(self._classes(statement))
                setattr(statement, name, self.block(getattr(statement, name), active or inside))
                self.raises.caught = around
        for handler in getattr(statement, "handlers", []):
            handler.body = self.block(handler.body, active)
        return [*before, statement]

    def _separated(self, statement: gast.stmt) -> Statements:
        """What is computed before the statement; the statement holds no call that may raise any more."""
        match statement:
            case gast.Raise():
                statement.caught = True
            case gast.Expr(value=gast.Call()) if self.raises.call(self.source, statement.value):
                before = self._children(statement.value)
                statement.caught = statement.value.caught = True
                return before
            case gast.Assign():
                before, statement.value = self._expression(statement.value)
                return [*before, *self._target(statement.targets[0])]
            case gast.AugAssign():
                return self._augmented(statement)
            case gast.Return(value=None):
                return []
            case gast.Return() | gast.Expr():
                before, statement.value = self._expression(statement.value)
                return before
            case gast.If():
                before, statement.test = self._expression(statement.test)
                return before
            case gast.For():
                before, statement.iter = self._expression(statement.iter)
                return before
        return []

    def _target(self, target: gast.expr) -> Statements:
        """What is computed before something is assigned."""
        if isinstance(target, (gast.Tuple, gast.List)):
            return self._children(target)
        return [*self._children(target), *self._tested(target)]

    def _augmented(self, statement: gast.AugAssign) -> Statements:
        """What is computed before `target op= value`, whose operation may raise itself."""
        before, statement.value = self._expression(statement.value)
        before += self._target(statement.target)
        if isinstance(statement.target, gast.Subscript):
            before += self._tested(as_read(statement.target))
        return [*before, *self._tested(statement)]

    def _raises(self, node: gast.AST) -> bool:
        return self.raises.somewhere(self.source, node)

    def _classes(self, statement: gast.Try) -> Iterator[type[BaseException]]:
        """What the handlers of a `try` catch, as far as that is known here."""
        for handler in statement.handlers:
            kinds = handler.type.elts if isinstance(handler.type, gast.Tuple) else [handler.type]
            for kind in kinds:
                try:
                    cls = BaseException if kind is None else static_value(self.source, kind)
                except Unknown:
                    continue
                if isinstance(cls, type) and issubclass(cls, BaseException):
                    yield cls

    def _tested(self, node: gast.AST) -> Statements:
        """The tests of an operation whose exception is caught, and its operands computed before it."""
        made: Statements = []
        for test in tests_of(self.source, node, self.raises.caught):
            operands = []
            for operand in test.operands:
                if isinstance(operand, gast.AST):
                    operands.append(operand)
                    continue
                kept = operand.expression
                if not isinstance(kept, (gast.Constant, gast.Name)):
                    value = self.names.fresh("value")
                    made.append(nodes.assign(value, kept, kept))
                    kept = nodes.at(kept, nodes.name(value))
                    operand.replace(kept)
                operands.append(nodes.name(kept.id) if isinstance(kept, gast.Name) else kept)
            made.append(self._failing(node, test.cls, test.call(operands)))
        return made

    def _failing(self, node: gast.AST, cls: type[BaseException], fails: gast.expr) -> gast.stmt:
        failing = gast.Raise(self.names.builtin(cls), None)
        failing.caught = True
        return nodes.branch(nodes.at(node, fails), [failing], [], node)

    # ------------------------------------------------------------ expressions

    def _expression(self, node: gast.expr) -> tuple[Statements, gast.expr]:
        """Statements that make the calls, and the expression of what they return."""
        if not self._raises(node):
            return [], node
        if isinstance(node, gast.ListComp):
            return self._listed(node)
        if isinstance(node, _SCOPES):
            return [], node
        self._list_arguments(node)
        match node:
            case gast.BoolOp() if any(self._raises(value) for value in node.values[1:]):
                return self._short_circuit(node)
            case gast.Compare() if any(self._raises(value) for value in node.comparators[1:]):
                return self._chain(node)
            case gast.IfExp() if self._raises(node.body) or self._raises(node.orelse):
                return self._conditional(node)
        before = [*self._children(node), *self._tested(node)]
        if not (isinstance(node, gast.Call) and self.raises.call(self.source, node)):
            return before, node
        called = self.names.fresh("called")
        statement = nodes.assign(called, node, node)
        statement.caught = node.caught = True
        return [*before, statement], nodes.at(node, nodes.name(called))

    def _children(self, node: gast.AST) -> Statements:
        """Separate the calls in the parts of an expression; parts before a call are computed before it."""
        parts = [
            (field, position, part)
            for field, value in gast.iter_fields(node)
            for position, part in (enumerate(value) if isinstance(value, list) else ((None, value),))
            if isinstance(part, (gast.expr, gast.keyword))
        ]
        last = max((k for k, (_, _, part) in enumerate(parts) if self._raises(part)), default=-1)
        before: Statements = []
        for k, (field, position, part) in enumerate(parts[: last + 1]):
            if isinstance(part, gast.keyword):
                made, part.value = self._kept(part.value, k < last)
            else:
                made, kept = self._kept(part, k < last)
                if position is None:
                    setattr(node, field, kept)
                else:
                    getattr(node, field)[position] = kept
            before += made
        return before

    def _kept(self, part: gast.expr, followed: bool) -> tuple[Statements, gast.expr]:
        """A part, computed on a line of its own where a call follows that might change what it is."""
        before, kept = self._expression(part)
        if (
            not followed
            or _is_fixed(kept)
            or isinstance(kept, (gast.Starred, gast.Slice, gast.ListComp, *_SCOPES))
        ):
            return before, kept
        value = self.names.fresh("value")
        return [*before, nodes.assign(value, kept, part)], nodes.at(part, nodes.name(value))

    def _list_arguments(self, node: gast.expr) -> None:
        """A list instead of a generator that is used up by the call that gets it."""
        match node:
            case gast.Call(args=[gast.GeneratorExp() as generator, *_]) if self._uses_up(node.func):
                node.args[0] = nodes.at(generator, gast.ListComp(generator.elt, generator.generators))

    def _uses_up(self, function: gast.expr) -> bool:
        try:
            target = static_value(self.source, function)
        except Unknown:
            return False
        return any(target is consumer for consumer in _CONSUMERS)

    def _name_apart(self, node: gast.ListComp) -> None:
        """Give the variables of a comprehension names that the function around does not have."""
        own = [node.elt]
        for position, comprehension in enumerate(node.generators):
            own += [comprehension.target, *comprehension.ifs, *([comprehension.iter] if position else [])]
        found = [item for part in own for item in gast.walk(part) if isinstance(item, gast.Name)]
        stored = [item for comprehension in node.generators for item in gast.walk(comprehension.target)]
        names = dict.fromkeys(item.id for item in stored if isinstance(item, gast.Name))
        fresh = {name: self.names.fresh(name) for name in names}
        for item in found:
            item.id = fresh.get(item.id, item.id)

    def _listed(self, node: gast.ListComp) -> tuple[Statements, gast.expr]:
        """`[h(a) for a in b]` as loops that append to a list."""
        made = self.names.fresh("value")
        self._name_apart(node)
        append = gast.Attribute(nodes.name(made), "append", gast.Load())
        block: Statements = [gast.Expr(nodes.call(append, node.elt))]
        for comprehension in reversed(node.generators):
            for test in reversed(comprehension.ifs):
                block = [nodes.branch(test, block, [], test)]
            block = [gast.For(comprehension.target, comprehension.iter, block, [], None)]
        whole = [nodes.assign(made, gast.List([], gast.Load()), node), nodes.at(node, block[0])]
        return self.block(whole, True), nodes.at(node, nodes.name(made))

    def _short_circuit(self, node: gast.BoolOp) -> tuple[Statements, gast.expr]:
        """`a and h(b)` as `value = a; if value: value = h(b)`."""
        value = self.names.fresh("value")
        first, *others = node.values
        made, kept = self._expression(first)
        made.append(nodes.assign(value, kept, first))
        rest = gast.BoolOp(node.op, others) if len(others) > 1 else others[0]
        inner, kept = self._expression(nodes.at(node, rest))
        going = nodes.name(value) if isinstance(node.op, gast.And) else nodes.negated(nodes.name(value))
        made.append(nodes.branch(going, [*inner, nodes.assign(value, kept, node)], [], node))
        return made, nodes.at(node, nodes.name(value))

    def _chain(self, node: gast.Compare) -> tuple[Statements, gast.expr]:
        """`a < b < h(c)` as `value = b; a < value and value < h(c)`."""
        before, left = self._kept(node.left, True)
        middle, first = self._expression(node.comparators[0])
        value = self.names.fresh("value")
        kept = nodes.assign(value, first, node.comparators[0])
        rest = gast.Compare(nodes.name(value), node.ops[1:], node.comparators[1:])
        both = [nodes.compared(left, node.ops[0], nodes.name(value)), rest]
        made, result = self._expression(nodes.at(node, gast.BoolOp(gast.And(), both)))
        return [*before, *middle, kept, *made], result

    def _conditional(self, node: gast.IfExp) -> tuple[Statements, gast.expr]:
        """`h(a) if c else b` as an `if` that assigns."""
        value = self.names.fresh("value")
        made, test = self._expression(node.test)
        arms = []
        for side in (node.body, node.orelse):
            inner, kept = self._expression(side)
            arms.append([*inner, nodes.assign(value, kept, side)])
        made.append(nodes.branch(test, arms[0], arms[1], node))
        return made, nodes.at(node, nodes.name(value))


def _is_fixed(node: gast.AST) -> bool:
    """Whether an expression stands for the same thing, whatever is called in between."""
    if isinstance(node, gast.Attribute):
        return _is_fixed(node.value)
    return isinstance(node, (gast.Constant, gast.Name))
