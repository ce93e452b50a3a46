"""A Python function and the kinds of its arguments become a typed function of the IR."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import CellType, FunctionType

import gast

from autodiff_compiler.composed.late import register_late
from autodiff_compiler.errors import (
    CompilerBug,
    DifferentiationError,
    SourceUnavailable,
    UnsupportedSyntax,
    raise_all,
)
from autodiff_compiler.frontend.attributes import attribute_of, call_method
from autodiff_compiler.frontend.binding import bind_parameters
from autodiff_compiler.frontend.calls import lower_call
from autodiff_compiler.frontend.check_appended import check_appended
from autodiff_compiler.frontend.check_copies import check_copies
from autodiff_compiler.frontend.check_integers import check_integers
from autodiff_compiler.frontend.check_outdated import check_outdated
from autodiff_compiler.frontend.check_syntax import check_syntax, whole_offence
from autodiff_compiler.frontend.choices import distributed
from autodiff_compiler.frontend.comparisons import equal
from autodiff_compiler.frontend.comprehensions import listed
from autodiff_compiler.frontend.context import CONDITIONS, Again, Context, Frame, NeedsGrowing, stands_in
from autodiff_compiler.frontend.desugar import desugar
from autodiff_compiler.frontend.expressions import lower_expression
from autodiff_compiler.frontend.generators import item_by_item, reads_of_generator
from autodiff_compiler.frontend.given_lists import check_exposed
from autodiff_compiler.frontend.heap import Heap
from autodiff_compiler.frontend.implicit_tests import Classes, catching_in, never_tested
from autodiff_compiler.frontend.kinds import Kind, Static, with_own_lengths
from autodiff_compiler.frontend.loops import lower_for
from autodiff_compiler.frontend.lower_parameters import Arguments
from autodiff_compiler.frontend.lower_results import Results
from autodiff_compiler.frontend.make_room import make_room
from autodiff_compiler.frontend.outside import GlobalReference, same_object
from autodiff_compiler.frontend.passing import exception_of, pass_on
from autodiff_compiler.frontend.recursion import complete, depth_limit, frame_size, is_recursive
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.shown import note_shapes, shown_arrays
from autodiff_compiler.frontend.source import Source, read_source, signature_of
from autodiff_compiler.frontend.statements import assign, lower_block
from autodiff_compiler.frontend.unit_arguments import Inside
from autodiff_compiler.frontend.units import (
    DEEP,
    Target,
    Units,
    call_unit,
    caught_classes,
    count,
    free_name,
)
from autodiff_compiler.frontend.units import made as made_units
from autodiff_compiler.frontend.unreachable import Unreachable, may_raise
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Lowered,
    literal,
)
from autodiff_compiler.frontend.variables import variables
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Block, Const, Function, Level, Rebound, Var
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.location import Location
from autodiff_compiler.operators import registry
from autodiff_compiler.wording import callee_text

MAX_STATEMENTS = 40_000  # of IR, after inlining: beyond it compiling takes minutes


@dataclass(frozen=True, slots=True)
class Lowering:
    """The typed function, and what else the lowering found."""

    function: Function
    tree: gast.FunctionDef  # the desugared surface
    parameters: tuple[Var | None, ...]  # one for each leaf of the arguments; None where that is static
    globals: tuple[GlobalReference, ...]  # all that were read; the non-static ones are the last parameters
    sources: tuple[Source, ...]
    units: Mapping[str, Function]  # what the function calls that is not inlined, by name
    rebound: tuple[tuple[object, ...], ...] = ()  # paths (see Rebound) of what is assigned in arguments
    written_back: tuple[Rebound, ...] = ()  # of that, what the function yields after its own results
    rounded: frozenset[Var] = frozenset()  # floats that rounding has made
    round_trips: frozenset[Var] = frozenset()  # what `float(int(x))` has made
    printed: bool = False  # whether the function prints


def lower_function(
    function: Callable[..., object],
    kinds: Sequence[Kind],
    static_globals: frozenset[str] = frozenset(),
    primal: bool = False,
    forward: bool = False,
    lessons: frozenset[tuple[object, ...]] = frozenset(),
) -> Lowering:
    """Lower a function for arguments of these kinds (one per parameter of the signature, in order).

    A primal also yields what it leaves in the caller's objects; `forward` is for forward mode. `lessons` is
    what has turned out while the function ran: lines that put lists of different lengths into one list,
    slices that have no elements, operands with an axis of length one.

    Raises DifferentiationError for what is not accepted, NeedsStatic where a parameter's value must be known:
    also where that may help, as the form of a value depends on it.
    What an attempt finds out about its lists and loops, the next one knows from the start.
    """
    register_late()
    context = Context(static_globals=static_globals)
    while True:
        known = context
        context = Context(static_globals=static_globals, derived=not primal, forward=forward, prints=primal)
        context.again(known)
        context.lessons = lessons
        try:
            return _lowered(context, function, kinds, primal)
        except NeedsGrowing as needed:
            item = with_own_lengths(needed.item)
            if context.growing.get(needed.site) == item:
                raise CompilerBug("a list that must be able to have any length is made otherwise") from None
            context.growing[needed.site] = item
        except Again:
            pass
        except CompilerBug:
            raise
        except DifferentiationError:
            context.decide()
            raise


def _lowered(
    context: Context, function: Callable[..., object], kinds: Sequence[Kind], primal: bool
) -> Lowering:
    """One attempt at the function."""
    context.inline = _inline
    context.lower_alone = _alone
    context.lower_block = lower_block
    context.call = lower_call
    context.lower_expression = lower_expression
    context.lower_for = lower_for
    context.assign = assign
    context.call_method = call_method
    context.equal = equal
    context.listed = listed
    context.item_by_item = item_by_item
    context.reads_of_generator = reads_of_generator
    context.attribute = attribute_of
    context.distribute = distributed
    source = read_source(function)
    taken = set(registry.externals())  # generated code calls them by name
    context.units = Units(names=taken | {source.name})
    called = free_name(context.units, source.name) if source.name in taken else source.name
    tree = _surface(context, source)
    builder = Builder()
    scope = _opened(Scope(_frame(context, source, tree), builder, {}))
    frame = scope.frame
    arguments = Arguments(scope, frame.at(source.tree))
    for position, (name, kind) in enumerate(
        zip(signature_of(source.function).parameters, kinds, strict=True)
    ):
        scope.bind(name, Binding(arguments.lower(name, kind, (position,))))
    parameters = arguments.leaves
    context.owned += arguments.cells
    context.positions |= {leaf: number for number, leaf in enumerate(parameters) if leaf is not None}
    result = _result(scope, tree.body)
    results = Results(scope, arguments, primal)
    structure = results.structure(tree.body[-1], result, "the result")
    exposed = tuple(results.exposed)
    written_back = results.written_back(tree) if primal else ()
    if arguments.changed():  # none of what outlives the call may be an argument too: checked at each call
        for cell in tuple(context.outside):
            same_object(context, cell, cell)
    body, made = builder.block(*results.yields), made_units(context.units)
    alone = Function(called, (), body)
    limit = _depth_limit(context, frame_size(made)) if is_recursive(alone, made) else None
    context.watch()
    dynamic = [ref for ref in context.references.values() if not isinstance(ref.kind, Static)]
    extra = [context.global_vars[ref.path] for ref in dynamic]
    lowered = Function(
        called, (*(p for p in parameters if p is not None), *extra), body,
        Level.TYPED, structure, frame.at(source.tree),
    )  # fmt: skip
    lowered = make_room(lowered)
    check_appended(lowered, context.appending, context.item_writes)
    for check in context.later:
        check(made)
    for made_function in (lowered, *made.values()):
        check_integers(made_function)
        check_outdated(made_function, context.item_views, context.item_writes)
        check_copies(made_function, context.unwritable, context.copied, context.appending)
    lowered, units = complete(lowered, made, limit)
    check_exposed(lowered, arguments.arrays, exposed, frame.at(tree.body[-1]))
    return Lowering(
        lowered, tree, tuple(parameters), tuple(context.references.values()),
        tuple(context.sources.values()), units, arguments.changed(), written_back,
        frozenset(context.rounded), frozenset(context.round_trips), context.printed,
    )  # fmt: skip


def _depth_limit(context: Context, frame: int) -> Var:
    """The hidden parameter that says how deep calls may go."""

    def read() -> int:
        return depth_limit(frame)

    limit = context.global_value("sys.recursionlimit", sys, read(), read)
    assert isinstance(limit, Var)
    return limit


def _frame(context: Context, source: Source, tree: gast.FunctionDef) -> Frame:
    """The frame of a function at the top of its module, or of a closure that Python has made."""
    own = variables(tree)
    cells = {name: Cell(CellType, name) for name in sorted(own.shared)}
    return Frame(
        context,
        source,
        None,
        (source.function.__code__,),
        frozenset(tree.generated),
        own.local,
        cells,
        tree.raised,
    )


def _opened(scope: Scope) -> Scope:
    """The scope with nothing in the variables that inner functions share."""
    for cell in scope.frame.cells.values():
        scope.heap[cell] = Contents()
    return scope


def _result(scope: Scope, body: Sequence[gast.AST]) -> Lowered | None:
    """What the outermost function returns; its exception, where it always raises one and the same.

    Where it always raises one or another, the program raises it: it has a result that nobody gets.
    """
    try:
        return lower_block(scope, body)
    except Unreachable as end:
        if end.make is not None and not may_raise(scope.builder.statements[:-1]):
            raise end.make() from None
        return Const(0.0, Scalar("float64", weak=True)) if scope.frame.context.derived else Static(None)


def _surface(
    context: Context, source: Source, caller: Location | None = None, catching: Classes | None = None
) -> gast.FunctionDef:
    """The checked and desugared tree of a function, which may also return nothing."""
    tested = "" if catching is None else sorted(cls.__name__ for cls in catching)
    place = f"{source.filename}:{source.first_line}:{source.tree.col_offset}:{source.name}:{tested}"
    if place not in context.surfaces:  # one tree for all calls, so that its nodes can be told again
        offences = check_syntax(source, procedure=True, caller=caller)
        if caller is None:
            raise_all(offences)
        if (offence := whole_offence(source, source.tree, caller)) is not None:
            raise offence
        context.note_offences(offences)
        context.sources.setdefault(place, source)
        context.surfaces[place] = desugar(source, catching)
    return context.surfaces[place]


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
    handlers = () if function.__module__ == CONDITIONS else frame.handlers
    tree = _surface(frame.context, source, at, catching_in(function, handlers))
    frame.context.checked |= {(at, cls) for cls in never_tested(function)}
    inner = replace(
        _frame(frame.context, source, tree),
        caller=at, functions=(*frame.functions, code), calls=(*frame.calls, node),
        handlers=handlers,
    )  # fmt: skip
    defaults = _defaults(scope, source.function)
    name = source.function.__name__
    spelled = (at.called or callee_text(at) or name) if stands_in(function) else name
    bound = bind_parameters(scope, node, spelled, source.tree.args, defaults, arguments, keywords)
    outermost = stands_in(function) and not stands_in(frame.source.function)
    if outermost:
        at = replace(at, called=callee_text(at) or name)
        shown = shown_arrays(scope, at, arguments, keywords)
        at = replace(at, given=", ".join(item.axes for item in shown))
        inner.caller, inner.shown = at, shown
    elif stands_in(function):
        inner.shown = frame.shown
    else:
        frame.context.watched.function(source.function)
        bound = {name: scope.named(node, value) for name, value in bound.items()}
    recursive = code in frame.functions and not stands_in(function)
    units = frame.context.units
    if recursive or ((units.large(code) or len(frame.functions) > DEEP) and not frame.handlers):

        def lower(builder: Builder, values: dict[str, Lowered], inside: Inside) -> tuple[Scope, Lowered]:
            alone = replace(
                inner, functions=(code,), calls=((code, inside.key),), given=tuple(inside.heap), shown=(),
                handlers=(caught_classes(frame),) if frame.handlers else (),
            )  # fmt: skip
            opened = Scope(alone, builder, {}, Heap(inside.heap, frame.context.outside))
            return opened, _body(opened, tree, values)

        called = call_unit(scope, node, Target(name, code, lower), bound, needed=recursive)
        if called is not None:
            result, raised = called
            pass_on(scope, node, name, raised)
            return result
    before = len(scope.builder.statements)
    callee = Scope(inner, scope.builder, {}, scope.heap, scope, scope.known)
    try:
        result = _body(callee, tree, bound)
        units.inlined(code, count(Block(tuple(scope.builder.statements[before:]))))
    finally:
        if outermost:
            note_shapes(scope.builder, before, at, inner.shown)
    pass_on(scope, node, name, exception_of(callee))
    return result


def _alone(
    scope: Scope, node: gast.AST, function: FunctionType, builder: Builder, values: Mapping[str, Lowered]
) -> tuple[Scope, Lowered]:
    """Lower a function for these values of its parameters, apart from the call that asks for it."""
    context, at = scope.frame.context, scope.frame.at(node)
    source = read_source(function)
    tree = _surface(context, source, at)
    frame = _frame(context, source, tree)
    frame = replace(frame, caller=at, functions=(function.__code__,), calls=(node,))
    alone = Scope(frame, builder, {})
    return alone, _body(alone, tree, values)


def _body(scope: Scope, tree: gast.FunctionDef, values: Mapping[str, Lowered]) -> Lowered:
    """Lower the body of a function whose parameters have these values; its result."""
    _opened(scope)
    for name, value in values.items():
        scope.bind(name, Binding(value))
    result = lower_block(scope, tree.body)
    assert result is not None  # desugaring ends every function in `return`, of None where it has no value
    return result


def _defaults(scope: Scope, function: FunctionType) -> dict[str, Lowered]:
    """The defaults of a function's parameters, read again at each call."""
    found = {}
    for name, parameter in signature_of(function).parameters.items():
        if parameter.default is parameter.empty:
            continue
        known = literal(parameter.default)
        if known is None:
            path = f"{function.__module__}.{function.__qualname__}.{name}"
            known = scope.frame.context.global_value(
                path, function, parameter.default, _constantly(parameter.default)
            )
        found[name] = known
    return found


def _constantly(value: object) -> Callable[[], object]:
    return lambda: value
