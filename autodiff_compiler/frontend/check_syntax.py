"""Which Python is accepted, as tables: what is refused, why, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import gast

from autodiff_compiler.errors import DifferentiationError, UnsupportedSyntax
from autodiff_compiler.frontend.exits import always_exits, is_empty_return, returns_of
from autodiff_compiler.frontend.source import Source
from autodiff_compiler.location import Location

Refusal = tuple[str, str]  # why not, what instead

_COMPREHENSION = "a comprehension builds a list, set or dict of unknown size"
_FILL = "a loop that fills an array made by np.empty or np.zeros"
_SUSPEND = "a generator or coroutine stops and resumes; its derivative would have to do so too"
_ARRAY = "an array that is filled and returned"
_TEXT = "text has no derivative, and no part in a numerical function"
_SCOPE = "a derivative must not change variables outside the function"
_EXCEPTION = "exceptions are not followed by the derivative"
_DEFINITION = "only the outermost function is read"
_TOP = "a function at the top of the module, its captured values as parameters"
_IMPORT = "an import inside the function would run at each call"

_REFUSED: dict[type[gast.AST], Refusal] = {
    gast.AsyncFunctionDef: (_SUSPEND, "a plain `def`"),
    gast.AsyncFor: (_SUSPEND, "a plain `for`"),
    gast.AsyncWith: (_SUSPEND, "the statements of the body, without `async with`"),
    gast.Await: (_SUSPEND, "pass the awaited value as an argument"),
    gast.Yield: (_SUSPEND, _ARRAY),
    gast.YieldFrom: (_SUSPEND, _ARRAY),
    gast.Try: (_EXCEPTION, "test the condition with `if` beforehand"),
    gast.TryStar: (_EXCEPTION, "test the condition with `if` beforehand"),
    gast.Raise: (_EXCEPTION, "check the arguments before the call"),
    gast.Assert: ("assertions are not supported", "check the arguments before the call"),
    gast.With: ("context managers run hidden code", "the same context around the call of this function"),
    gast.Global: (_SCOPE, "pass the value as an argument and return the new one"),
    gast.ClassDef: (_DEFINITION, "a class at the top of the module"),
    gast.SetComp: (_COMPREHENSION, _FILL),
    gast.TemplateStr: (_TEXT, "format it outside the function"),
    gast.Match: ("pattern matching is not supported", "`if` and `elif`"),
    gast.NamedExpr: ("assignments inside an expression are not supported", "an assignment before it"),
    gast.Delete: ("names and elements cannot be deleted", "leave the variable alone, or make a new array"),
    gast.Import: (_IMPORT, "an import at the top of the module"),
    gast.ImportFrom: (_IMPORT, "an import at the top of the module"),
    gast.TypeAlias: ("types cannot be defined here", "a type alias at the top of the module"),
}

_ACCEPTED: tuple[type[gast.AST], ...] = (
    *(gast.Assign, gast.AugAssign, gast.AnnAssign, gast.If, gast.For, gast.While, gast.Break, gast.Continue),
    *(gast.Return, gast.Pass, gast.Expr, gast.IfExp, gast.BoolOp, gast.BinOp, gast.UnaryOp, gast.Compare),
    *(gast.Call, gast.keyword, gast.Attribute, gast.Subscript, gast.Slice, gast.Tuple, gast.List),
    *(gast.FunctionDef, gast.Lambda, gast.Dict, gast.Starred, gast.Nonlocal, gast.arguments),
    *(gast.ListComp, gast.DictComp, gast.GeneratorExp, gast.comprehension, gast.Set),
    *(gast.JoinedStr, gast.FormattedValue),
    *(gast.Name, gast.Constant, gast.expr_context, gast.operator, gast.unaryop, gast.boolop, gast.cmpop),
)

_HIDING = (
    gast.stmt,
    gast.Yield,
    gast.YieldFrom,
)  # refused, these leave the paths through the function unknown

Offence = tuple[gast.AST, str, str]  # node, why not, what instead


def check_syntax(
    source: Source, *, procedure: bool = False, caller: Location | None = None
) -> list[DifferentiationError]:
    """Everything in the function that is outside the accepted language, in the order of the text.

    A function has to return a value on every path; with `procedure` it may also return none on any.
    `caller` is the call that led to the function, where there is one.
    """
    offences = [*_parameters(source.tree), *_children(source.tree.body)]
    if isinstance(source.tree, gast.AsyncFunctionDef):
        offences.insert(0, (source.tree, *_REFUSED[gast.AsyncFunctionDef]))
    if not any(isinstance(node, _HIDING) for node, _, _ in offences):
        offences += _returns(source.tree, procedure)
    offences.sort(key=lambda offence: (offence[0].lineno, offence[0].col_offset))
    return [
        UnsupportedSyntax(reason, suggestion=instead, location=source.location(node, caller))
        for node, reason, instead in offences
    ]


def _parameters(function: gast.FunctionDef) -> Iterator[Offence]:
    names = function.args
    for parameter, stars in ((names.vararg, "*"), (names.kwarg, "**")):
        if parameter is not None:
            why = f"how many values `{stars}{parameter.id}` holds is not known"
            yield parameter, why, "each parameter by its name, or one array"


def _children(nodes: Sequence[gast.AST]) -> Iterator[Offence]:
    for node in nodes:
        yield from _offences(node)


def _offences(node: gast.AST) -> Iterator[Offence]:
    """The offences of a node and of what is inside it; a refused expression or definition counts once."""
    kind = type(node)
    if kind in _REFUSED:
        yield node, *_REFUSED[kind]
        if isinstance(node, (gast.Try, gast.TryStar, gast.With, gast.AsyncWith, gast.AsyncFor)):
            for name in ("body", "orelse", "finalbody"):
                yield from _children(getattr(node, name, []))
        return
    if not isinstance(node, _ACCEPTED):
        yield node, f"`{kind.__name__}` is not supported", "assignments, `if`, loops, calls and arithmetic"
        return
    if kind in _CONDITIONS:
        yield from _CONDITIONS[kind](node)
    for name, child in gast.iter_fields(node):
        if name != "annotation":
            yield from _children([item for item in _listed(child) if isinstance(item, gast.AST)])


def _listed(child: object) -> list[object]:
    return child if isinstance(child, list) else [child]


# ---------------------------------------------------------------- nodes that are accepted on a condition


def _while(node: gast.For | gast.While) -> Iterator[Offence]:
    if node.orelse:
        yield node.orelse[0], "`else` of a loop is not supported", "a flag that is tested after the loop"


def _for(node: gast.For) -> Iterator[Offence]:
    yield from _while(node)
    for target in gast.walk(node.target):
        if isinstance(target, gast.Subscript):
            yield target, "an element cannot be the target of a loop", "a variable, stored in the body"


def _attribute(node: gast.Attribute) -> Iterator[Offence]:
    if isinstance(node.ctx, gast.Del):
        yield node, "attributes cannot be deleted", "None in its place"


def _aug_assign(node: gast.AugAssign) -> Iterator[Offence]:
    if isinstance(node.op, gast.MatMult):
        yield node, "a matrix product cannot be computed in place", "a[:] = a @ b"


def _ann_assign(node: gast.AnnAssign) -> Iterator[Offence]:
    if node.value is None:
        yield node, "a declaration without a value is not supported", "an assignment"


def _compare(node: gast.Compare) -> Iterator[Offence]:
    sides = [node.left, *node.comparators]
    for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
        none = any(isinstance(side, gast.Constant) and side.value is None for side in (left, right))
        if isinstance(operator, (gast.Is, gast.IsNot)) and not none:
            yield node, "the identity of objects is not followed; only `is None` is", "`==`"


def _call(node: gast.Call) -> Iterator[Offence]:
    for keyword in node.keywords:
        if keyword.arg is None:
            yield keyword, "which arguments `**` stands for is not known", "each argument by its name"


def _constant(node: gast.Constant) -> Iterator[Offence]:
    if isinstance(node.value, complex):
        yield node, "complex numbers are not supported", "real and imaginary parts as two floats"
    elif isinstance(node.value, bytes):
        yield node, "bytes have no derivative", "an array"


def _expression_statement(node: gast.Expr) -> Iterator[Offence]:
    if not isinstance(node.value, (gast.Call, gast.Constant)) and type(node.value) not in _REFUSED:
        yield node, "the value of this expression is not used", "an assignment, or nothing"


_CONDITIONS: dict[type[gast.AST], Callable[..., Iterator[Offence]]] = {
    gast.For: _for,
    gast.While: _while,
    gast.Attribute: _attribute,
    gast.AugAssign: _aug_assign,
    gast.AnnAssign: _ann_assign,
    gast.Compare: _compare,
    gast.Call: _call,
    gast.Constant: _constant,
    gast.Expr: _expression_statement,
}


# ---------------------------------------------------------------- whether every path returns a value


_PASSES: dict[type[gast.AST], str] = {
    gast.If: "when this condition is false",
    gast.For: "when this loop ends",
    gast.While: "when this loop ends",
}


def _returns(function: gast.FunctionDef, procedure: bool) -> Iterator[Offence]:
    """What keeps the function from returning a value on every path."""
    returns = [item for statement in function.body for item in returns_of(statement)]
    empty = [node for node in returns if is_empty_return(node)]
    if len(empty) == len(returns):
        if not procedure:
            why = f"no path through `{function.name}` returns a value"
            yield function, why, "end the function with `return ...`"
        return
    for node in empty:
        yield node, "this path returns None where another returns a value", "return a value here too"
    if not always_exits(function.body):
        last = _last(function.body)
        when = _PASSES.get(type(last), "after this statement")
        why = f"`{function.name}` returns a value on some paths, but ends without one {when}"
        yield last, why, "end this path with `return ...` too"


def _last(block: Sequence[gast.stmt]) -> gast.stmt:
    """The statement after which control falls off the end of a block that does not always exit."""
    last = block[-1]
    if isinstance(last, gast.If):
        if not always_exits(last.body):
            return _last(last.body)
        if last.orelse:
            return _last(last.orelse)
    return last
