"""Structured control flow only: `break`, `continue`, early `return` and caught exceptions become branches.

    before:  for i in range(n):          after:  broke_1 = False
                 if x[i] < 0:                    for i in range(n):      # until: broke_1
                     break                           if x[i] < 0:
                 s += x[i]                               broke_1 = True
             return s                                else:
                                                         s += x[i]
                                                 return s

An `if` with a branch that always exits takes the rest of its block as the other branch. Where that is not
possible, flags guard the rest of the block. No statement is duplicated.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace

import gast

from autodiff_compiler.frontend import nodes
from autodiff_compiler.frontend.exits import (
    BREAK,
    CONTINUE,
    RAISE,
    RETURN,
    always_exits,
    exit_kind,
    exits,
    is_always_true,
    is_empty_return,
    returns_of,
)
from autodiff_compiler.frontend.implicit_tests import Classes
from autodiff_compiler.frontend.nodes import Names
from autodiff_compiler.frontend.separate import Separator
from autodiff_compiler.frontend.source import Source
from autodiff_compiler.frontend.spellings import Spellings, Statements
from autodiff_compiler.frontend.variables import variables

_STEMS = {BREAK: "broke", CONTINUE: "continued", RETURN: "returned", RAISE: "raised"}

Flags = dict[str, str]  # kind of exit -> the variable that says that it happened


def desugar(source: Source, catching: Classes | None = None) -> gast.FunctionDef:
    """The function with one `return`, its last statement, and without `break`, `continue` or declarations.

    The syntax must have been checked. In the result each `For` has an attribute `until`: None, or a condition
    that is tested after each iteration and, where it holds, ends the loop before the target changes again.
    The attribute `generated` of the function is the set of names that the user did not write. A function that
    returns nothing ends in `return None`, and so does one whose end can be reached. `pass` stands only where
    a block would be empty.

    `raised` is the variable that holds the number of an exception on its way to a handler, or empty. Inside
    `try`, and with `catching` in the whole function, an exception sets it, and what follows is skipped:
    that of a `raise`, and one that Python raises by itself of a class in `catching`. A `try` has no
    `finally`. Elsewhere an exception leaves the function as it is.
    """
    return desugar_tree(source.tree, source, catching)


def desugar_tree(
    function: gast.FunctionDef, source: Source, catching: Classes | None = None
) -> gast.FunctionDef:
    """As `desugar`, for the tree of a function, which may stand inside that of the source."""
    tree = copy.deepcopy(function)
    if function is not source.tree:
        source = replace(source, hidden=source.hidden | variables(function).local)
    names = Names(tree)
    spellings = Spellings(source, names)
    separator = Separator(source, spellings, catching or frozenset())
    body = separator.block(spellings.block(tree.body), catching is not None)
    maker = _Maker(names)
    if catching is not None:
        maker.flag(RAISE, {})
    tree.body = maker.function(body, tree)
    tree.generated = names.generated
    tree.raised = maker.outer.get(RAISE, "")
    return tree


class _Maker:
    """The rewriting of one function, and the names made for it."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.result = ""  # the variable for the value, where one is needed
        self.outer: Flags = {}  # of exits that leave more than a loop

    def flag(self, kind: str, loop: Flags) -> str:
        """The flag of a kind of exit; `loop` keeps those of the loop around."""
        flags = self.outer if kind in (RETURN, RAISE) else loop
        if kind not in flags:
            flags[kind] = self.names.fresh(_STEMS[kind])
        return flags[kind]

    def left(self, kinds: Iterable[str], loop: Flags) -> gast.expr:
        """The condition that one of the kinds of exit has happened."""
        tests = []
        for kind in sorted(kinds):
            flag = nodes.name(self.flag(kind, loop))
            tests.append(nodes.compared(flag, gast.NotEq(), nodes.constant(0)) if kind == RAISE else flag)
        return nodes.any_of(tests)

    # ---------------------------------------------------------------- control flow

    def function(self, body: Statements, origin: gast.FunctionDef) -> Statements:
        """The body of the function, ending in its one return."""
        returns = [node for statement in body for node in returns_of(statement)]
        value: gast.expr = nodes.constant(None)
        if not all(is_empty_return(node) for node in returns):
            if returns == body[-1:] and RAISE not in exits(body[:-1]):
                return [*self.start(self.block(body[:-1], {}, frozenset()), origin), *returns]
            self.result = self.names.fresh("result")
            value = nodes.name(self.result)
            if not always_exits(body):
                body = [*body, nodes.at(body[-1], gast.Return(nodes.constant(None)))]
        made = self.start(self.block(body, {}, frozenset()), origin)
        return [*made, nodes.at(returns[-1] if returns else origin, gast.Return(value))]

    def start(self, made: Statements, origin: gast.AST) -> Statements:
        """The statements, after what the flags of the function start from."""
        first = {RETURN: False, RAISE: 0}
        flags = [_set(flag, first[kind], origin) for kind, flag in sorted(self.outer.items())]
        return [*flags, *made]

    def block(self, statements: Sequence[gast.stmt], loop: Flags, read: frozenset[str]) -> Statements:
        """The block without exits; an exit of a kind in `read` sets its flag, which is tested further out."""
        made: Statements = []
        for position, statement in enumerate(statements, 1):
            kinds = exits([statement])
            rest = statements[position:]
            if exit_kind(statement):
                return made + self.exit(statement, loop, read)
            if isinstance(statement, gast.If):
                if kinds:
                    rest = _absorb(statement, rest)
                inside = read | kinds if rest else read
                body = self.block(statement.body, loop, inside)
                orelse = self.block(statement.orelse, loop, inside)
                made.append(nodes.branch(statement.test, body, orelse, statement))
            elif isinstance(statement, (gast.For, gast.While)):
                own: Flags = {}
                after = statement.orelse
                statement.orelse = []
                kinds = exits([statement])
                made += self.loop(statement, own)
                rest = [*self.unless_left(after, own.get(BREAK, ""), statement), *rest]
            elif isinstance(statement, gast.Try):
                made += self.guarded_by_handlers(statement, loop, read | kinds)
            else:
                made.append(statement)
            if kinds:
                guarded = self.block(rest, loop, read)
                return made + self.unless(kinds, guarded, loop, statement)
            if len(rest) != len(statements) - position:
                return made + self.block(rest, loop, read)
        return made

    def unless(self, kinds: frozenset[str], rest: Statements, loop: Flags, origin: gast.AST) -> Statements:
        """The rest of a block, run unless one of the exits has happened."""
        if not rest:
            return []
        if RAISE in kinds:  # inside, none is on its way
            rest = [_set(self.flag(RAISE, loop), 0, origin), *rest]
        return [nodes.branch(nodes.negated(self.left(kinds, loop)), rest, [], origin)]

    def unless_left(self, after: Statements, broke: str, origin: gast.AST) -> Statements:
        """The `else` of a loop."""
        if not (after and broke):
            return after
        return [nodes.branch(nodes.negated(nodes.name(broke)), after, [], origin)]

    def exit(self, statement: gast.stmt, loop: Flags, read: frozenset[str]) -> Statements:
        """What remains of an exit: the value and the flag, where they are needed."""
        kind = exit_kind(statement)
        if kind == RAISE:
            return [statement]
        made = []
        if isinstance(statement, gast.Return) and self.result:
            made.append(nodes.assign(self.result, statement.value, statement))
        if kind in read:
            made.append(_set(self.flag(kind, loop), True, statement))
        return made

    def loop(self, statement: gast.For | gast.While, own: Flags) -> Statements:
        """The loop, ended by a condition, after what its flags start from."""
        left = exits(statement.body) & {BREAK, RETURN, RAISE}
        over = self.left(left, own) if left else None
        body = self.block(statement.body, own, left)
        if CONTINUE in own:
            body.insert(0, _set(own[CONTINUE], False, statement))
        if RAISE in left:  # so that the flag is seen to change in the loop, where a call changes it
            flag = self.flag(RAISE, own)
            body = [_set(flag, 0, statement), *body, nodes.assign(flag, nodes.name(flag), statement)]
        statement.body = body or [nodes.at(statement, gast.Pass())]
        if isinstance(statement, gast.For):
            statement.until = nodes.at(statement, over) if over is not None else None
        elif over is not None:
            going = [nodes.negated(over)] + ([] if is_always_true(statement.test) else [statement.test])
            statement.test = nodes.at(statement.test, nodes.all_of(going))
        start = [_set(own[BREAK], False, statement)] if BREAK in own else []
        return [*start, statement]

    def guarded_by_handlers(self, statement: gast.Try, loop: Flags, inside: frozenset[str]) -> Statements:
        """The `try`, and what stands in its `finally` after it."""
        flag = self.flag(RAISE, loop)
        left = exits(statement.body) - {RAISE}
        inside |= left
        body = self.block(statement.body, loop, inside)
        statement.body = [_set(flag, 0, statement), *body]
        for handler in statement.handlers:
            handler.body = [_set(flag, 0, handler), *self.block(handler.body, loop, inside)]
        after = self.block(statement.orelse, loop, inside)
        statement.orelse = self.unless(left, after, loop, statement) if left else after
        final = self.block(statement.finalbody, loop, inside)
        statement.finalbody = []
        return [statement, *final]


def _absorb(statement: gast.If, rest: Sequence[gast.stmt]) -> Sequence[gast.stmt]:
    """Move the rest of the block into the branch that alone can reach it; what remains of the rest."""
    if always_exits(statement.body):
        statement.orelse = [*statement.orelse, *rest]
        return []
    if always_exits(statement.orelse):
        statement.body = [*statement.body, *rest]
        return []
    return rest


def _set(flag: str, value: bool | int, origin: gast.AST) -> gast.Assign:
    return nodes.assign(flag, nodes.constant(value), origin)
