"""Structured control flow only: `break`, `continue` and early `return` become branches and flags.

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
from collections.abc import Iterator, Sequence

import gast

from autodiff_compiler.frontend.exits import (
    BREAK,
    CONTINUE,
    RETURN,
    always_exits,
    exit_kind,
    exits,
    is_always_true,
    is_empty_return,
    returns_of,
)
from autodiff_compiler.frontend.source import Source

_STEMS = {BREAK: "broke", CONTINUE: "continued", RETURN: "returned"}

Statements = list[gast.stmt]
Flags = dict[str, str]  # kind of exit -> the variable that says that it happened


def desugar(source: Source) -> gast.FunctionDef:
    """The function with one `return`, its last statement, and without `break`, `continue` or declarations.

    The syntax must have been checked. In the result each `For` has an attribute `until`: None, or a condition
    that is tested after each iteration and, where it holds, ends the loop before the target changes again.
    The attribute `generated` of the function is the set of names that the user did not write. A function that
    returns nothing ends in `return None`. `pass` stands only where a block would be empty.
    """
    return desugar_tree(source.tree)


def desugar_tree(function: gast.FunctionDef) -> gast.FunctionDef:
    """As `desugar`, for the tree of a function, which may stand inside another."""
    tree = copy.deepcopy(function)
    maker = _Maker({node.id for node in gast.walk(tree) if isinstance(node, gast.Name)})
    tree.body = maker.function(maker.simplified(tree.body), tree)
    tree.generated = maker.generated
    return tree


class _Maker:
    """The rewriting of one function, and the names made for it."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.generated: set[str] = set()
        self.result = ""  # the variable for the value, where one is needed
        self.returned: Flags = {}

    def fresh(self, stem: str) -> str:
        """A name that is new in the function."""
        number = 1
        while f"{stem}_{number}" in self.taken:
            number += 1
        name = f"{stem}_{number}"
        self.taken.add(name)
        self.generated.add(name)
        return name

    def flag(self, kind: str, loop: Flags) -> str:
        """The flag of a kind of exit; `loop` keeps those of the loop around."""
        flags = self.returned if kind == RETURN else loop
        if kind not in flags:
            flags[kind] = self.fresh(_STEMS[kind])
        return flags[kind]

    # ---------------------------------------------------------------- spellings

    def simplified(self, block: Sequence[gast.stmt]) -> Statements:
        """The block without docstrings, `pass`, declarations, chained targets and what is never reached."""
        made: Statements = []
        for statement in block:
            if isinstance(statement, (gast.If, gast.For, gast.While)):
                statement.body = self.simplified(statement.body)
                statement.orelse = self.simplified(statement.orelse)
            made += self._simple(statement)
            if always_exits(made[-1:]):
                break
        return made

    def _simple(self, statement: gast.stmt) -> Iterator[gast.stmt]:
        if isinstance(statement, gast.Pass):
            return
        if isinstance(statement, gast.Expr) and isinstance(statement.value, gast.Constant):
            return
        if isinstance(statement, gast.AnnAssign):
            if statement.value is not None:
                yield _at(statement, gast.Assign([statement.target], statement.value, None))
        elif isinstance(statement, gast.Assign) and len(statement.targets) > 1:
            yield from self._split(statement)
        else:
            yield statement

    def _split(self, statement: gast.Assign) -> Iterator[gast.stmt]:
        """`a = b = value` as `a = value; b = a`; a name of our own where `a` cannot hold the value."""
        first, *others = statement.targets
        stored = {node.id for target in others for node in gast.walk(target) if _is_store(node)}
        if not isinstance(first, gast.Name) or first.id in stored:
            first, others = _stored(self.fresh("value")), statement.targets
        yield _at(statement, gast.Assign([first], statement.value, None))
        for target in others:
            yield _at(statement, gast.Assign([target], _name(first.id), None))

    # ---------------------------------------------------------------- control flow

    def function(self, body: Statements, origin: gast.FunctionDef) -> Statements:
        """The body of the function, ending in its one return."""
        returns = [node for statement in body for node in returns_of(statement)]
        if not all(is_empty_return(node) for node in returns):
            if returns == body[-1:]:
                return [*self.block(body[:-1], {}, frozenset()), *returns]
            self.result = self.fresh("result")
        made = self.block(body, {}, frozenset())
        if self.returned:
            made.insert(0, _set(self.returned[RETURN], False, origin))
        value = _name(self.result) if self.result else gast.Constant(None, None)
        return [*made, _at(returns[-1] if returns else origin, gast.Return(value))]

    def block(self, statements: Sequence[gast.stmt], loop: Flags, read: frozenset[str]) -> Statements:
        """The block without exits; an exit of a kind in `read` sets its flag, which is tested further out."""
        made: Statements = []
        for position, statement in enumerate(statements, 1):
            kinds = exits([statement])
            rest = statements[position:] if kinds else []
            if exit_kind(statement):
                return made + self.exit(statement, loop, read)
            if isinstance(statement, gast.If):
                if kinds:
                    rest = _absorb(statement, rest)
                inside = read | kinds if rest else read
                body = self.block(statement.body, loop, inside)
                made.append(_branch(statement, body, self.block(statement.orelse, loop, inside)))
            elif isinstance(statement, (gast.For, gast.While)):
                made += self.loop(statement)
            else:
                made.append(statement)
            if kinds:
                guarded = self.block(rest, loop, read)
                flags = [self.flag(kind, loop) for kind in sorted(kinds)] if guarded else []
                return made + _guarded(statement, guarded, flags)
        return made

    def exit(self, statement: gast.stmt, loop: Flags, read: frozenset[str]) -> Statements:
        """What remains of `break`, `continue` or `return`: the value and the flag, where they are needed."""
        made = []
        if isinstance(statement, gast.Return) and self.result:
            made.append(_assign(self.result, statement.value, statement))
        kind = exit_kind(statement)
        if kind in read:
            made.append(_set(self.flag(kind, loop), True, statement))
        return made

    def loop(self, statement: gast.For | gast.While) -> Statements:
        """The loop, ended by a condition, after what its flags start from."""
        own: Flags = {}
        left = exits(statement.body) & {BREAK, RETURN}
        flags = [self.flag(kind, own) for kind in sorted(left)]
        body = self.block(statement.body, own, left)
        if CONTINUE in own:
            body.insert(0, _set(own[CONTINUE], False, statement))
        statement.body = body or [_at(statement, gast.Pass())]
        if isinstance(statement, gast.For):
            statement.until = _at(statement, _any(flags)) if flags else None
        elif flags:
            going = [_not(_any(flags))] + ([] if is_always_true(statement.test) else [statement.test])
            test = gast.BoolOp(gast.And(), going) if len(going) > 1 else going[0]
            statement.test = _at(statement.test, test)
        start = [_set(own[BREAK], False, statement)] if BREAK in own else []
        return [*start, statement]


def _absorb(statement: gast.If, rest: Sequence[gast.stmt]) -> Sequence[gast.stmt]:
    """Move the rest of the block into the branch that alone can reach it; what remains of the rest."""
    if always_exits(statement.body):
        statement.orelse = [*statement.orelse, *rest]
        return []
    if always_exits(statement.orelse):
        statement.body = [*statement.body, *rest]
        return []
    return rest


def _guarded(after: gast.stmt, rest: Statements, flags: Sequence[str]) -> Statements:
    """The rest of a block, run unless one of the flags was set."""
    return [_at(after, gast.If(_not(_any(flags)), rest, []))] if rest else []


def _branch(statement: gast.If, body: Statements, orelse: Statements) -> gast.If:
    """The `if` with new branches, the first of them not empty."""
    test = statement.test
    if orelse and not body:
        test, body, orelse = _not(test), orelse, []
    return _at(statement, gast.If(test, body or [gast.Pass()], orelse))


# ---------------------------------------------------------------- making nodes


def _at(origin: gast.AST, made: gast.AST) -> gast.AST:
    """The new node, it and its new parts standing where the original does."""
    for node in gast.walk(made):
        if not hasattr(node, "lineno"):
            gast.copy_location(node, origin)
    return made


def _name(identifier: str) -> gast.Name:
    return gast.Name(identifier, gast.Load(), None, None)


def _stored(identifier: str) -> gast.Name:
    return gast.Name(identifier, gast.Store(), None, None)


def _assign(identifier: str, value: gast.expr, origin: gast.AST) -> gast.Assign:
    return _at(origin, gast.Assign([_stored(identifier)], value, None))


def _set(flag: str, value: bool, origin: gast.AST) -> gast.Assign:
    return _assign(flag, gast.Constant(value, None), origin)


def _any(flags: Sequence[str]) -> gast.expr:
    names = [_name(flag) for flag in flags]
    return gast.BoolOp(gast.Or(), names) if len(names) > 1 else names[0]


def _not(test: gast.expr) -> gast.expr:
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        return test.operand
    return gast.UnaryOp(gast.Not(), test)


def _is_store(node: gast.AST) -> bool:
    return isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store)
