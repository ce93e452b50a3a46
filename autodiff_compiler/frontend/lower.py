"""A Python function and the kinds of its arguments become a typed function of the IR."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import CellType, FunctionType

import gast

from autodiff_compiler.errors import SourceUnavailable, TypeMismatch, UnsupportedSyntax, raise_all
from autodiff_compiler.frontend.check_syntax import check_syntax
from autodiff_compiler.frontend.context import Context, Frame, GlobalReference
from autodiff_compiler.frontend.desugar import desugar
from autodiff_compiler.frontend.kinds import Kind, Static
from autodiff_compiler.frontend.recursion import complete, depth_limit, is_recursive
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import Source, read_source
from autodiff_compiler.frontend.statements import lower_block
from autodiff_compiler.frontend.units import DEEP, Units, call_unit, count
from autodiff_compiler.frontend.units import made as made_units
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Lowered,
    TupleValue,
    Undefined,
    describe,
    literal,
)
from autodiff_compiler.frontend.variables import variables
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Atom, Block, Const, Function, Level, Var
from autodiff_compiler.location import Location

MAX_STATEMENTS = 40_000  # of IR, after inlining: beyond it compiling takes minutes


@dataclass(frozen=True, slots=True)
class Lowering:
    """The typed function, and what else the lowering found."""

    function: Function
    tree: gast.FunctionDef  # the desugared surface
    parameters: tuple[Var | None, ...]  # by position; None where the argument is static
    globals: tuple[GlobalReference, ...]  # all that were read; the non-static ones are the last parameters
    sources: tuple[Source, ...]
    units: Mapping[str, Function]  # what the function calls that is not inlined, by name


def lower_function(
    function: Callable[..., object], kinds: Sequence[Kind], static_globals: frozenset[str] = frozenset()
) -> Lowering:
    """Lower a function for arguments of these kinds (one per parameter of the signature, in order).

    Raises DifferentiationError for what is not accepted, NeedsStatic where a parameter's value must be known.
    """
    context = Context(static_globals=static_globals)
    context.inline = _inline
    source = read_source(function)
    context.units = Units(names={source.name})
    tree = _surface(context, source)
    builder = Builder()
    scope = _opened(Scope(_frame(context, source, tree), builder, {}))
    frame = scope.frame
    parameters: list[Var | None] = []
    for position, (name, kind) in enumerate(zip(_signature(source.function).parameters, kinds, strict=True)):
        value = _parameter(name, kind, frame.at(source.tree))
        parameters.append(value if isinstance(value, Var) else None)
        if isinstance(value, Var):
            context.positions[value] = position
        scope.bind(name, Binding(value))
    result = lower_block(scope, tree.body)
    yields: list[Atom] = []
    structure = _flatten(scope, tree.body[-1], result, yields)
    body, made = builder.block(*yields), made_units(context.units)
    alone = Function(source.name, (), body)
    limit = _depth_limit(context) if is_recursive(alone, made) else None
    dynamic = [ref for ref in context.references.values() if not isinstance(ref.kind, Static)]
    extra = [context.global_vars[ref.path] for ref in dynamic]
    lowered = Function(
        source.name, (*(p for p in parameters if p is not None), *extra), body,
        Level.TYPED, structure, frame.at(source.tree),
    )  # fmt: skip
    lowered, units = complete(lowered, made, limit)
    references, sources = tuple(context.references.values()), tuple(context.sources.values())
    return Lowering(lowered, tree, tuple(parameters), references, sources, units)


def _depth_limit(context: Context) -> Var:
    """The hidden parameter that says how deep calls may go."""
    limit = context.global_value("sys.recursionlimit", sys, depth_limit(), depth_limit)
    assert isinstance(limit, Var)
    return limit


def _frame(context: Context, source: Source, tree: gast.FunctionDef) -> Frame:
    """The frame of a function at the top of its module, or of a closure that Python has made."""
    own = variables(tree)
    cells = {name: Cell(CellType, name) for name in sorted(own.shared)}
    return Frame(
        context, source, None, (source.function.__code__,), frozenset(tree.generated), own.local, cells
    )


def _opened(scope: Scope) -> Scope:
    """The scope with nothing in the variables that inner functions share."""
    for cell in scope.frame.cells.values():
        scope.heap[cell] = Contents()
    return scope


def _surface(context: Context, source: Source, caller: Location | None = None) -> gast.FunctionDef:
    """The checked and desugared tree of a function, which may also return nothing."""
    place = f"{source.filename}:{source.first_line}:{source.tree.col_offset}:{source.name}"
    if place not in context.surfaces:  # one tree for all calls, so that its nodes can be told again
        raise_all(check_syntax(source, procedure=True, caller=caller))
        context.sources.setdefault(place, source)
        context.surfaces[place] = desugar(source)
    return context.surfaces[place]


def _signature(function: FunctionType) -> inspect.Signature:
    return inspect.signature(function, follow_wrapped=False)


def _parameter(name: str, kind: Kind, at: Location) -> Lowered:
    if not isinstance(kind, Static):
        return Var(name, kind, at)
    known = literal(kind.value)
    return known if known is not None else kind


def _flatten(scope: Scope, node: gast.AST, value: Lowered | None, yields: list[Atom]) -> object:
    """How a result is arranged: the position of a yield, or a tuple of such."""
    match value:
        case Var() | Const():
            yields.append(value)
            return len(yields) - 1
        case TupleValue():
            return tuple(_flatten(scope, node, item, yields) for item in value.items)
        case Static(value=None):
            return None
        case Undefined():
            scope.frame.refuse(TypeMismatch, node, f"the result has no one type: {value.reason}")
        case _:
            what = "nothing" if value is None else describe(value)
            scope.frame.refuse(
                TypeMismatch, node, f"the function returns {what}", "numbers, arrays or tuples of them"
            )


# ---------------------------------------------------------------- calls of other Python functions


def _inline(
    scope: Scope,
    node: gast.AST,
    function: FunctionType,
    arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> Lowered:
    """The callee's statements in the caller's block; arrays are passed by reference, as in Python."""
    frame = scope.frame
    at = frame.at(node)
    try:
        source = read_source(function)
    except SourceUnavailable as error:
        error.location = error.location or at
        raise
    code = source.function.__code__
    if len(scope.builder.statements) > MAX_STATEMENTS:
        frame.refuse(UnsupportedSyntax, node, "calls inlined here make the program too large", "a loop")
    tree = _surface(frame.context, source, at)
    inner = replace(
        _frame(frame.context, source, tree),
        caller=at, functions=(*frame.functions, code), calls=(*frame.calls, node),
    )  # fmt: skip
    bound = _bind_arguments(scope, node, source.function, arguments, keywords)
    recursive, units = code in frame.functions, frame.context.units
    if recursive or units.large(code) or len(frame.functions) > DEEP:

        def lower(builder: Builder, values: Mapping[str, Lowered]) -> tuple[Scope, Lowered]:
            alone = Scope(replace(inner, functions=(code,), calls=(node,)), builder, {})
            return alone, _body(alone, tree, values)

        values = {name: binding.value for name, binding in bound.items()}
        called = call_unit(scope, node, source.function, values, lower, needed=recursive)
        if called is not None:
            return called
    before = len(scope.builder.statements)
    callee = Scope(inner, scope.builder, {}, scope.heap, scope, scope.known)
    result = _body(callee, tree, {name: binding.value for name, binding in bound.items()})
    new = Block(tuple(scope.builder.statements[before:]))
    units.inlined(code, count(new))
    return result


def _body(scope: Scope, tree: gast.FunctionDef, values: Mapping[str, Lowered]) -> Lowered:
    """Lower the body of a function whose parameters have these values; its result."""
    _opened(scope)
    for name, value in values.items():
        scope.bind(name, Binding(value))
    result = lower_block(scope, tree.body)
    assert result is not None  # desugaring ends every function in `return`, of None where it has no value
    return result


def _bind_arguments(
    scope: Scope,
    node: gast.AST,
    function: FunctionType,
    arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> dict[str, Binding]:
    signature = _signature(function)
    try:
        bound = signature.bind(*arguments, **keywords)
    except TypeError as error:
        scope.frame.refuse(TypeMismatch, node, f"{function.__name__}: {error}")
    names = {name: Binding(value) for name, value in bound.arguments.items()}
    for name, parameter in signature.parameters.items():
        if name not in names:
            known = literal(parameter.default)
            if known is None:
                path = f"{function.__module__}.{function.__qualname__}.{name}"
                known = scope.frame.context.global_value(
                    path, function, parameter.default, _constantly(parameter.default)
                )
            names[name] = Binding(known)
    return names


def _constantly(value: object) -> Callable[[], object]:
    return lambda: value
