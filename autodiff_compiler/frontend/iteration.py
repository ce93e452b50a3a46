"""What a loop runs over: ranges, arrays, and `enumerate`, `zip` and `reversed` of those."""

from __future__ import annotations

from collections.abc import Callable

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.expressions import lower_expression
from autodiff_compiler.frontend.indexing import FULL, element_or_view
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, TupleValue, describe
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Slice, Var
from autodiff_compiler.ir.types import INT, Array

ITERATORS = (range, enumerate, zip, reversed)  # what a loop may call
Item = Callable[[Scope, Atom], Lowered]


def iteration(scope: Scope, statement: gast.For) -> tuple[Atom, Atom, Atom, Item]:
    """The integer range to run over, and what the target is at each position."""
    call, builtin = statement.iter, _iterator(scope, statement.iter)
    if builtin is range:
        return (*_range(scope, call), lambda inner, position: position)
    if builtin is reversed:
        length, item = _counted(scope, _only_argument(scope, call))
        return scope.apply("subtract", (length, integer(1)), INT), integer(-1), integer(-1), item
    length, item = _counted(scope, call)
    return integer(0), length, integer(1), item


def _iterator(scope: Scope, node: gast.AST) -> object:
    """Which of ITERATORS an expression calls; None for any other expression."""
    if not (isinstance(node, gast.Call) and isinstance(node.func, gast.Name)):
        return None
    function = lower_expression(scope, node.func)
    target = function.value if isinstance(function, Static) else None
    return next((known for known in ITERATORS if target is known), None)


def _counted(scope: Scope, node: gast.AST) -> tuple[Atom, Item]:
    """How many items there are to run over (a negative number is none), and each of them by its number."""
    builtin = _iterator(scope, node)
    if builtin is range:
        return _counted_range(scope, *_range(scope, node))
    if builtin is reversed:
        length, item = _counted(scope, _only_argument(scope, node))
        last = scope.apply("subtract", (length, integer(1)), INT)
        return length, lambda inner, k: item(inner, inner.apply("subtract", (last, k), INT))
    if builtin is enumerate:
        return _enumerated(scope, node)
    if builtin is zip:
        return _zipped(scope, node)
    return _over(scope, node, lower_expression(scope, node))


def _only_argument(scope: Scope, call: gast.Call) -> gast.AST:
    if len(call.args) != 1 or call.keywords:
        scope.frame.refuse(TypeMismatch, call, f"{call.func.id} takes one argument here")
    return call.args[0]


def _counted_range(scope: Scope, start: Atom, stop: Atom, step: Atom) -> tuple[Atom, Item]:
    if (start, step) == (integer(0), integer(1)):
        return stop, lambda inner, k: k
    span = scope.apply("subtract", (start, stop), INT)
    length = scope.apply("negative", (scope.apply("floor_divide", (span, step), INT),), INT)

    def item(inner: Scope, k: Atom) -> Lowered:
        return inner.apply("add", (start, inner.apply("multiply", (k, step), INT)), INT)

    return length, item


def _enumerated(scope: Scope, call: gast.Call) -> tuple[Atom, Item]:
    """`enumerate(items, start=0)`."""
    start: Atom = integer(0)
    extra = [*call.args[1:], *(keyword.value for keyword in call.keywords if keyword.arg == "start")]
    if not call.args or len(extra) != len(call.args) - 1 + len(call.keywords) or len(extra) > 1:
        scope.frame.refuse(TypeMismatch, call, "enumerate takes what to run over, and perhaps a start")
    length, item = _counted(scope, call.args[0])
    if extra:
        start = scope.integer(lower_expression(scope, extra[0]), call, "the start of enumerate")
    return length, lambda inner, k: TupleValue((inner.apply("add", (start, k), INT), item(inner, k)))


def _zipped(scope: Scope, call: gast.Call) -> tuple[Atom, Item]:
    """`zip(a, b, ...)`, as long as the shortest; `strict` is not checked, so not accepted."""
    if not call.args or any(
        keyword.arg != "strict" or not _is_false(keyword.value) for keyword in call.keywords
    ):
        scope.frame.refuse(UnsupportedSyntax, call, "this form of zip is not supported", "zip(a, b)")
    (shortest, _), *others = parts = [_counted(scope, argument) for argument in call.args]
    for length, _ in others:
        shortest = scope.apply("minimum", (shortest, length), INT)
    return shortest, lambda inner, k: TupleValue(tuple(item(inner, k) for _, item in parts))


def _is_false(node: gast.AST) -> bool:
    return isinstance(node, gast.Constant) and node.value is False


def _range(scope: Scope, call: gast.Call) -> tuple[Atom, Atom, Atom]:
    bounds = [
        scope.integer(lower_expression(scope, argument), argument, "an argument of range")
        for argument in call.args
    ]
    if call.keywords or not 1 <= len(bounds) <= 3:
        scope.frame.refuse(TypeMismatch, call, "range takes one to three positional arguments")
    start: Atom = integer(0)
    step: Atom = integer(1)
    if len(bounds) == 1:
        stop = bounds[0]
    else:
        start, stop = bounds[:2]
        step = bounds[2] if len(bounds) == 3 else step
    if isinstance(step, Const) and step.value == 0:
        scope.frame.refuse(TypeMismatch, call, "the step of a range must not be zero")
    return start, stop, step


def _over(scope: Scope, node: gast.AST, value: Lowered) -> tuple[Atom, Item]:
    """The elements of a vector, or the rows of an array."""
    if not (isinstance(value, Var) and isinstance(value.type, Array) and value.type.rank):
        scope.frame.refuse(
            UnsupportedSyntax,
            node,
            f"a loop over {describe(value)} is not supported",
            "for i in range(n), or a loop over an array",
        )
    rest: tuple[Slice, ...] = (FULL,) * (value.type.rank - 1)
    return scope.builder.dim(value, 0), lambda inner, position: element_or_view(
        inner, value, (position, *rest)
    )
