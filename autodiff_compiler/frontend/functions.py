"""Functions defined inside the one being lowered: `def`, `lambda`, their closures, and calls of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import CellType

import gast

from autodiff_compiler.frontend.binding import bind_parameters
from autodiff_compiler.frontend.check_syntax import whole_offence
from autodiff_compiler.frontend.context import Frame
from autodiff_compiler.frontend.desugar import desugar_tree
from autodiff_compiler.frontend.heap import Heap
from autodiff_compiler.frontend.implicit_tests import Classes, catching_in
from autodiff_compiler.frontend.passing import exception_of, pass_on
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.unit_arguments import Inside
from autodiff_compiler.frontend.units import Target, call_unit, caught_classes
from autodiff_compiler.frontend.values import Binding, Cell, Contents, FunctionValue, Lowered
from autodiff_compiler.frontend.variables import variables
from autodiff_compiler.ir.build import Builder


def define(scope: Scope, node: gast.FunctionDef | gast.Lambda, defaults: Sequence[Lowered]) -> FunctionValue:
    """The function that a `def` or `lambda` makes; `defaults` in the order of `default_nodes`."""
    names = [name for name, _ in default_nodes(node)]
    defaults = [scope.named(node, value) for value in defaults]
    return FunctionValue(node, scope.frame, tuple(zip(names, defaults, strict=True)))


def default_nodes(node: gast.FunctionDef | gast.Lambda) -> list[tuple[str, gast.AST]]:
    """The parameters that have defaults, and the expressions that give them."""
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    first = len(positional) - len(given.defaults)
    pairs = [(item.id, default) for item, default in zip(positional[first:], given.defaults, strict=True)]
    words = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return [*pairs, *((item.id, default) for item, default in words if default is not None)]


def _as_definition(
    frame: Frame, node: gast.FunctionDef | gast.Lambda, catching: Classes | None
) -> gast.FunctionDef:
    """The function desugared, a lambda as a definition; the same tree for the same node."""
    surfaces = frame.context.inner_surfaces
    if (node, catching) not in surfaces:
        made = node
        if isinstance(node, gast.Lambda):
            body = gast.copy_location(gast.Return(node.body), node.body)
            definition = gast.FunctionDef("anonymous", node.args, [body], [], None, None, [])
            made = gast.copy_location(definition, node)
        surfaces[node, catching] = desugar_tree(made, frame.source, catching)
    return surfaces[node, catching]


def call_inner(
    scope: Scope,
    node: gast.AST,
    function: FunctionValue,
    arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> Lowered:
    """The value of a call: the function's statements, in the caller's block."""
    frame = scope.frame
    if (offence := whole_offence(function.frame.source, function.node, frame.at(node))) is not None:
        raise offence
    tree = _as_definition(
        function.frame, function.node, catching_in(function.frame.source.function, frame.handlers)
    )
    own = variables(tree)
    cells = {name: cell for name, cell in function.frame.cells.items() if name not in own.local}
    cells |= {name: Cell(CellType, name) for name in sorted(own.shared)}
    inner = replace(
        function.frame, caller=frame.at(node), functions=(*frame.functions, tree), cells=cells,
        generated=frozenset(tree.generated), local=own.local, calls=(*frame.calls, node),
        raised=tree.raised, handlers=frame.handlers, caught=(), given=(),
    )  # fmt: skip
    bound = bind_parameters(scope, node, tree.name, tree.args, dict(function.defaults), arguments, keywords)
    bound = {name: scope.named(node, value) for name, value in bound.items()}

    def body(callee: Scope, values: Mapping[str, Lowered]) -> Lowered:
        for name in own.shared:
            callee.heap[cells[name]] = Contents()
        for name in bound:
            callee.bind(name, Binding(values[name]))
        result = frame.context.lower_block(callee, tree.body)
        assert result is not None  # desugaring ends every function in `return`
        return result

    if tree in frame.functions:

        def lower(builder: Builder, values: dict[str, Lowered], inside: Inside) -> tuple[Scope, Lowered]:
            alone = replace(
                inner, functions=(tree,), calls=((tree, inside.key),), given=tuple(inside.heap),
                handlers=(caught_classes(frame),) if frame.handlers else (),
            )  # fmt: skip
            opened = Scope(alone, builder, {}, Heap(inside.heap, frame.context.outside))
            return opened, body(opened, values)

        around = {" around": replace(function, defaults=())}  # no user name has a space
        called = call_unit(scope, node, Target(tree.name, tree, lower), {**bound, **around}, needed=True)
        assert called is not None
        result, raised = called
        pass_on(scope, node, tree.name, raised)
        return result
    callee = Scope(inner, scope.builder, {}, scope.heap, scope, scope.known)
    result = body(callee, bound)
    pass_on(scope, node, tree.name, exception_of(callee))
    return result


__all__ = ["call_inner", "default_nodes", "define"]
