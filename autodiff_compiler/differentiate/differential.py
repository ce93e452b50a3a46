"""The forward derivative of a function: its value, and from tangents of parameters those of the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autodiff_compiler.analysis.activity import activity
from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.differentiate.forward import Forward
from autodiff_compiler.differentiate.forward_calls import Asked, CallTangents
from autodiff_compiler.differentiate.forward_rules import dot_variable
from autodiff_compiler.differentiate.gradient import Derived
from autodiff_compiler.differentiate.prepare import copy_written_parameters
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Apply, Atom, Block, Function, Level, Var
from autodiff_compiler.ir.types import Array, is_inexact


def differential_functions(
    function: Function, wrt: Sequence[Var], callees: Mapping[str, Function]
) -> Derived:
    """The function that leaves its arguments alone, and the one from arguments and tangents to tangents."""
    prepared, _ = copy_written_parameters(function)
    found = activity(prepared, wrt)
    calls = CallTangents(callees, function)
    dots = [dot_variable(item, function.at) for item in wrt]
    floats = [item for item in prepared.body.yields if is_inexact(item.type)]
    inner = _Inner(prepared, wrt, dots, floats, calls)
    own = _own(inner.block, (*function.parameters, *dots))
    name = f"{function.name}_differential"
    moved = Function(name, (*function.parameters, *dots), own, Level.DERIVED, None, function.at)
    value = replace(prepared, name=f"{function.name}_value", level=Level.DERIVED, structure=None)
    made = calls.made(lambda name, called, asked: _unit(name, called, asked, calls))
    independent = not any(map(found.is_active, floats))
    return Derived((value, moved), made, found, independent, frozenset(), prepared, (), forward=True)


def _unit(name: str, function: Function, asked: Asked, calls: CallTangents) -> Function:
    """The differential of a function that is called; it changes arrays of its caller, and their tangents."""
    wrt = [function.parameters[k] for k in asked.wrt]
    dots = [dot_variable(item, function.at) for item in wrt]
    moved = [function.body.yields[k] for k in asked.moved]
    block = _Inner(function, wrt, dots, moved, calls).block
    body = Block(block.statements, (*function.body.yields, *block.yields))
    return Function(name, (*function.parameters, *dots), body, Level.DERIVED, None, function.at)


class _Inner:
    """The body of a function with tangents; it yields those of some results."""

    def __init__(
        self, function: Function, wrt: Sequence[Var], dots: Sequence[Var], moved: Sequence[Atom],
        calls: CallTangents,
    ) -> None:  # fmt: skip
        written = [item for item in wrt if isinstance(item.type, Array)]
        found = activity(function, wrt, [*moved, *written])
        known: dict[Var, Atom] = dict(zip(wrt, dots, strict=True))
        forward = Forward(found, roots(function), calls, known)
        builder = Builder(function.at)
        for item in function.parameters:  # it may get the name of an array that has a tangent
            if item not in known and isinstance(item.type, Array) and found.is_active(item):
                known[item] = forward.unmoved(builder, item)
        body = forward.block(function.body)
        builder.statements.extend(body.statements)
        tangents = [
            forward.dot(item)
            if isinstance(item, Var) and found.is_active(item)
            else _zero(forward, builder, item)
            for item in moved
        ]
        self.block = builder.block(*tangents)


def _zero(forward: Forward, builder: Builder, result: Atom) -> Atom:
    """The tangent of a result that does not depend on the parameters."""
    if isinstance(result, Var) and isinstance(result.type, Array):
        return forward.unmoved(builder, result)
    return forward.dot(result)


def _own(block: Block, parameters: Sequence[Var]) -> Block:
    """The block with copies of yielded arrays that are parts of parameters, or of each other."""
    memory = roots(Function("", tuple(parameters), block))
    builder = Builder()
    builder.statements.extend(block.statements)
    taken: set[Var] = set(parameters)
    found: list[Atom] = []
    for item in block.yields:
        if isinstance(item, Var) and isinstance(item.type, Array):
            own = memory.get(item, frozenset())
            if not taken.isdisjoint(own):
                kind = Array(item.type.dtype, item.type.rank, True, item.type.units)
                item = builder.assign(Apply("copy", (item,)), kind, item.name)
            taken |= own
        found.append(item)
    return builder.block(*found)
