"""Making nodes of the surface tree, each standing where the user's code does that it comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gast


def at(origin: gast.AST, made: gast.AST) -> gast.AST:
    """The new node, it and its new parts standing where the original does."""
    for node in gast.walk(made):
        if not hasattr(node, "lineno"):
            gast.copy_location(node, origin)
    return made


def name(identifier: str) -> gast.Name:
    """A name that is read."""
    return gast.Name(identifier, gast.Load(), None, None)


def stored(identifier: str) -> gast.Name:
    """A name that is assigned."""
    return gast.Name(identifier, gast.Store(), None, None)


def constant(value: object) -> gast.Constant:
    """A constant, or any object known while compiling."""
    return gast.Constant(value, None)


def assign(identifier: str, value: gast.expr, origin: gast.AST) -> gast.Assign:
    """`identifier = value`."""
    return at(origin, gast.Assign([stored(identifier)], value, None))


def branch(test: gast.expr, body: list[gast.stmt], orelse: list[gast.stmt], origin: gast.AST) -> gast.If:
    """`if test: body else: orelse`, with the first branch not empty."""
    if orelse and not body:
        test, body, orelse = negated(test), orelse, []
    return at(origin, gast.If(test, body or [gast.Pass()], orelse))


def any_of(tests: Sequence[gast.expr]) -> gast.expr:
    """The tests joined by `or`."""
    return gast.BoolOp(gast.Or(), list(tests)) if len(tests) > 1 else tests[0]


def all_of(tests: Sequence[gast.expr]) -> gast.expr:
    """The tests joined by `and`; true where there are none."""
    if not tests:
        return constant(True)
    return gast.BoolOp(gast.And(), list(tests)) if len(tests) > 1 else tests[0]


def negated(test: gast.expr) -> gast.expr:
    """`not test`."""
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        return test.operand
    return gast.UnaryOp(gast.Not(), test)


def call(function: gast.expr, *arguments: gast.expr) -> gast.Call:
    """`function(*arguments)`."""
    return gast.Call(function, list(arguments), [])


def compared(left: gast.expr, operator: gast.AST, right: gast.expr) -> gast.Compare:
    """`left operator right`."""
    return gast.Compare(left, [operator], [right])


def identity(left: gast.expr, right: gast.expr) -> gast.Compare:
    """`left is right`."""
    return compared(left, gast.Is(), right)


class Names:
    """The names of a function, and those made for it."""

    def __init__(self, function: gast.AST) -> None:
        self.taken: set[str] = set()
        for node in gast.walk(function):
            spelled = [getattr(node, field, None) for field in ("id", "name", "asname", "rest")]
            self.taken.update(item for item in spelled if isinstance(item, str))
            if isinstance(node, (gast.Global, gast.Nonlocal)):
                self.taken.update(node.names)
        self.generated: set[str] = set()

    def fresh(self, stem: str) -> str:
        """A name that is new in the function."""
        number = 1
        while f"{stem}_{number}" in self.taken:
            number += 1
        made = f"{stem}_{number}"
        self.taken.add(made)
        self.generated.add(made)
        return made

    def builtin(self, function: type | Callable[..., object]) -> gast.expr:
        """A builtin, by its name unless the function uses that for something else."""
        spelled = function.__name__
        return constant(function) if spelled in self.taken else name(spelled)
