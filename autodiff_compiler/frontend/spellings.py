"""Statements that only spell others: docstrings, `assert`, `match`, `with`, chained targets."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import gast

from autodiff_compiler.frontend import nodes
from autodiff_compiler.frontend.contexts import without_context
from autodiff_compiler.frontend.exits import always_exits
from autodiff_compiler.frontend.imports import imported
from autodiff_compiler.frontend.nodes import Names
from autodiff_compiler.frontend.patterns import match_as_branches
from autodiff_compiler.frontend.source import Source

Statements = list[gast.stmt]


class Spellings:
    """Rewrites the statements of one function."""

    def __init__(self, source: Source, names: Names) -> None:
        self.source = source
        self.names = names

    def block(self, block: Iterable[gast.stmt]) -> Statements:
        """The block in fewer kinds of statements, without `pass` and without what is never reached."""
        made: Statements = []
        for statement in block:
            made += self._statement(statement)
            if always_exits(made[-1:]):
                break
        return made

    def _statement(self, statement: gast.stmt) -> Statements:
        match statement:
            case gast.Pass() | gast.Global() | gast.Expr(value=gast.Constant()):
                return []
            case gast.AnnAssign() | gast.Assign() | gast.Delete():
                return self._assignment(statement)
            case gast.Import() | gast.ImportFrom():
                return imported(self.source, statement)
            case gast.Assert(test=test, msg=message):
                error = nodes.call(self.names.builtin(AssertionError), *([message] if message else []))
                failing = gast.Raise(error, None)
                return self.block([nodes.branch(nodes.negated(test), [failing], [], statement)])
            case gast.Match():
                return self.block(match_as_branches(self.source, self.names, statement))
            case gast.With():
                return self.block(without_context(self.source, statement))
            case gast.If() | gast.For() | gast.While() | gast.Try():
                return self._with_blocks(statement)
            case _:
                return [statement]

    def _assignment(self, statement: gast.stmt) -> Statements:
        """One target for each statement; nothing for a declaration."""
        match statement:
            case gast.AnnAssign(value=None):
                return []
            case gast.AnnAssign():
                return [nodes.at(statement, gast.Assign([statement.target], statement.value, None))]
            case gast.Delete():
                return [_deletion(statement, target) for target in _single(statement.targets)]
            case gast.Assign() if len(statement.targets) > 1:
                return list(self._split(statement))
            case _:
                return [statement]

    def _with_blocks(self, statement: gast.If | gast.For | gast.While | gast.Try) -> Statements:
        for name in ("body", "orelse", "finalbody"):
            if hasattr(statement, name):
                setattr(statement, name, self.block(getattr(statement, name)))
        for handler in getattr(statement, "handlers", []):
            handler.body = self.block(handler.body)
        if isinstance(statement, gast.While) and assigns(statement.test):
            return self.with_test_inside(statement)
        return [statement]

    def with_test_inside(self, loop: gast.While) -> Statements:
        """`while test: body` as `while True: if not test: break; body`."""
        ended = self.names.fresh("ended") if loop.orelse else ""
        leaving = [gast.Break()]
        if ended:
            leaving.insert(0, nodes.assign(ended, nodes.constant(True), loop.test))
        test = nodes.branch(nodes.negated(loop.test), leaving, [], loop.test)
        endless = nodes.at(loop, gast.While(nodes.constant(True), [test, *loop.body], []))
        if not ended:
            return [endless]
        after = nodes.branch(nodes.name(ended), loop.orelse, [], loop)
        return [nodes.assign(ended, nodes.constant(False), loop), endless, after]

    def _split(self, statement: gast.Assign) -> Iterator[gast.stmt]:
        """`a = b = value` as `a = value; b = a`; a name of our own where `a` cannot hold the value."""
        first, *others = statement.targets
        stored = {node.id for target in others for node in gast.walk(target) if _is_store(node)}
        if not isinstance(first, gast.Name) or first.id in stored:
            first, others = nodes.stored(self.names.fresh("value")), statement.targets
        yield nodes.at(statement, gast.Assign([first], statement.value, None))
        for target in others:
            yield nodes.at(statement, gast.Assign([target], nodes.name(first.id), None))


def assigns(expression: gast.AST) -> bool:
    """Whether an expression assigns a name."""
    return any(isinstance(node, gast.NamedExpr) for node in gast.walk(expression))


def _deletion(statement: gast.Delete, target: gast.AST) -> gast.stmt:
    """`del target` of one target; a name counts as assigned there."""
    if isinstance(target, gast.Name):
        target = gast.copy_location(nodes.stored(target.id), target)
    return nodes.at(statement, gast.Delete([target]))


def _single(targets: Sequence[gast.AST]) -> Iterator[gast.AST]:
    """The targets one by one, tuples taken apart."""
    return itertools.chain.from_iterable(
        _single(target.elts) if isinstance(target, (gast.Tuple, gast.List)) else [target]
        for target in targets
    )


def _is_store(node: gast.AST) -> bool:
    return isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store)
