"""Which Python is accepted, as tables: what is refused, why, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import gast

from autodiff_compiler.errors import DifferentiationError, UnsupportedSyntax
from autodiff_compiler.frontend.contexts import context_refusal
from autodiff_compiler.frontend.exits import exits, is_empty_return, returns_of
from autodiff_compiler.frontend.source import Source
from autodiff_compiler.location import Location

Refusal = tuple[str, str]  # why not, what instead

_SUSPEND = "a generator or coroutine stops and resumes; its derivative would have to do so too"
_ARRAY = "an array that is filled and returned"
_TEXT = "text has no derivative, and no part in a numerical function"
_SCOPE = "a derivative must not change variables outside the function"
_DEFINITION = "only the outermost function is read"
_TOP = "a function at the top of the module, its captured values as parameters"

_REFUSED: dict[type[gast.AST], Refusal] = {
    gast.AsyncFunctionDef: (_SUSPEND, "a plain `def`"),
    gast.AsyncFor: (_SUSPEND, "a plain `for`"),
    gast.AsyncWith: (_SUSPEND, "the statements of the body, without `async with`"),
    gast.Await: (_SUSPEND, "pass the awaited value as an argument"),
    gast.Yield: (_SUSPEND, _ARRAY),
    gast.YieldFrom: (_SUSPEND, _ARRAY),
    gast.TryStar: ("groups of exceptions are not followed", "`except` without the star"),
    gast.ClassDef: (_DEFINITION, "a class at the top of the module"),
    gast.TemplateStr: (_TEXT, "format it outside the function"),
    gast.TypeAlias: ("types cannot be defined here", "a type alias at the top of the module"),
}

_ACCEPTED: tuple[type[gast.AST], ...] = (
    *(gast.Assign, gast.AugAssign, gast.AnnAssign, gast.If, gast.For, gast.While, gast.Break, gast.Continue),
    *(gast.Return, gast.Pass, gast.Expr, gast.IfExp, gast.BoolOp, gast.BinOp, gast.UnaryOp, gast.Compare),
    *(gast.Call, gast.keyword, gast.Attribute, gast.Subscript, gast.Slice, gast.Tuple, gast.List),
    *(gast.FunctionDef, gast.Lambda, gast.Dict, gast.Starred, gast.Nonlocal, gast.arguments),
    *(gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp, gast.comprehension, gast.Set),
    *(gast.NamedExpr, gast.Raise, gast.Assert, gast.Try, gast.ExceptHandler, gast.With),
    *(gast.withitem, gast.Global, gast.Delete, gast.Import, gast.ImportFrom, gast.alias, gast.Match),
    *(gast.match_case, gast.pattern),
    *(gast.Name, gast.Constant, gast.JoinedStr, gast.FormattedValue),
    *(gast.expr_context, gast.operator, gast.unaryop, gast.boolop, gast.cmpop),
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

    A function has to return a value on some path, unless it may be a `procedure`.
    `caller` is the call that led to the function, where there is one.
    """
    offences = [*_Check(source).block(source.tree.body)]
    if isinstance(source.tree, gast.AsyncFunctionDef):
        offences.insert(0, (source.tree, *_REFUSED[gast.AsyncFunctionDef]))
    if not procedure and not any(isinstance(node, _HIDING) for node, _, _ in offences):
        offences += _returns(source.tree)
    offences.sort(key=lambda offence: (offence[0].lineno, offence[0].col_offset))
    return [
        UnsupportedSyntax(reason, suggestion=instead, location=source.location(node, caller))
        for node, reason, instead in offences
    ]


def whole_offence(
    source: Source, function: gast.AST, caller: Location | None = None
) -> DifferentiationError | None:
    """Why a function cannot be called at all, wherever in it that stands; None where it can.

    A `yield` that is never reached makes a function a generator too.
    """
    if isinstance(function, gast.AsyncFunctionDef):
        reason, instead = _REFUSED[gast.AsyncFunctionDef]
        return UnsupportedSyntax(reason, suggestion=instead, location=source.location(function, caller))
    body = function.body if isinstance(function.body, list) else [function.body]
    for node in _of_itself(body):
        if isinstance(node, (gast.Yield, gast.YieldFrom)):
            reason, instead = _REFUSED[type(node)]
            return UnsupportedSyntax(reason, suggestion=instead, location=source.location(node, caller))
        if isinstance(node, gast.Global):
            for _, reason, instead in _global(source, node):
                return UnsupportedSyntax(reason, suggestion=instead, location=source.location(node, caller))
    return None


def _of_itself(nodes: Sequence[gast.AST]) -> Iterator[gast.AST]:
    """The nodes of a function's body without what functions and classes inside it hold."""
    for node in nodes:
        yield node
        if not isinstance(node, _INNER):
            yield from _of_itself(list(gast.iter_child_nodes(node)))


_INNER = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda, gast.ClassDef, gast.GeneratorExp)


class _Check:
    """The offences in one function."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def block(self, nodes: Sequence[gast.AST]) -> Iterator[Offence]:
        for node in nodes:
            yield from self.node(node)

    def node(self, node: gast.AST) -> Iterator[Offence]:
        """The offences of a node and of what is inside it; a refused expression or definition counts once."""
        kind = type(node)
        if kind in _REFUSED:
            yield node, *_REFUSED[kind]
            if isinstance(node, (gast.TryStar, gast.AsyncWith, gast.AsyncFor)):
                for name in ("body", "orelse", "finalbody"):
                    yield from self.block(getattr(node, name, []))
            return
        if not isinstance(node, _ACCEPTED):
            yield (
                node,
                f"`{kind.__name__}` is not supported",
                "assignments, `if`, loops, calls and arithmetic",
            )
            return
        if kind in _CONDITIONS:
            yield from _CONDITIONS[kind](self.source, node)
        if isinstance(node, (gast.Raise, gast.withitem)):
            return  # text is accepted in messages; the arguments of context managers are looked at there
        for name, child in gast.iter_fields(node):
            if name != "annotation" and not (isinstance(node, gast.Assert) and name == "msg"):
                yield from self.block([item for item in _listed(child) if isinstance(item, gast.AST)])


def _listed(child: object) -> list[object]:
    return child if isinstance(child, list) else [child]


# ---------------------------------------------------------------- nodes that are accepted on a condition


def _with(source: Source, node: gast.With) -> Iterator[Offence]:
    for item in node.items:
        reason = context_refusal(source, item)
        if reason:
            yield node, reason, "the same context around the call of this function"


def _try(source: Source, node: gast.Try) -> Iterator[Offence]:
    for statement in node.finalbody:
        if exits([statement]) or isinstance(statement, gast.Raise):
            yield statement, "`finally` must not end the function or a loop", "the same after the `try`"


def _raise(source: Source, node: gast.Raise) -> Iterator[Offence]:
    for part in gast.walk(node):
        if isinstance(part, (gast.Await, gast.Yield, gast.YieldFrom)):
            yield part, *_REFUSED[type(part)]


def _global(source: Source, node: gast.Global) -> Iterator[Offence]:
    stored = {
        item.id
        for item in gast.walk(source.tree)
        if isinstance(item, gast.Name) and not isinstance(item.ctx, gast.Load)
    }
    if stored & set(node.names):
        yield node, _SCOPE, "pass the value as an argument and return the new one"


def _delete(source: Source, node: gast.Delete) -> Iterator[Offence]:
    for target in gast.walk(node):
        if isinstance(target, gast.Attribute) and isinstance(target.ctx, gast.Del):
            yield target, "attributes cannot be deleted", "a new object without it"


def _constant(source: Source, node: gast.Constant) -> Iterator[Offence]:
    if isinstance(node.value, bytes):
        yield node, "bytes have no derivative", "an array"


_CONDITIONS: dict[type[gast.AST], Callable[..., Iterator[Offence]]] = {
    gast.With: _with,
    gast.Try: _try,
    gast.Raise: _raise,
    gast.Global: _global,
    gast.Delete: _delete,
    gast.Constant: _constant,
}


# ---------------------------------------------------------------- whether some path returns a value


def _returns(function: gast.FunctionDef) -> Iterator[Offence]:
    """What keeps the function from returning a value at all; a path may end without one, as None."""
    if all(is_empty_return(node) for statement in function.body for node in returns_of(statement)):
        why = f"no path through `{function.name}` returns a value"
        yield function, why, "end the function with `return ...`"
