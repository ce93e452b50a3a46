"""What functions of a program do to their arguments, as far as their callers have to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from autodiff_compiler.analysis.activity import edges
from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.analysis.effects import elements_read
from autodiff_compiler.ir.nodes import (
    Assign,
    Call,
    Callee,
    External,
    Function,
    Guard,
    Nest,
    Pop,
    Push,
    Statement,
    Store,
    Var,
)
from autodiff_compiler.ir.types import Scalar, is_inexact
from autodiff_compiler.ir.walk import map_statements, statements

Functions = Mapping[str, Function]
Callees = Mapping[str, Callee]


def summarise(functions: Functions) -> dict[str, Callee]:
    """What each function is to its callers, found together: they may call each other.

    All is supposed to do nothing at first, and what the bodies show is added until that is all.
    """
    found = {name: opaque(name, function) for name, function in functions.items()}
    callers: dict[str, list[str]] = {name: [] for name in functions}
    for name, function in functions.items():
        for other in called(function):
            callers[other].append(name)
    waiting = dict.fromkeys(functions)  # callers before callees, if they came from `reachable`
    while waiting:
        name, _ = waiting.popitem()
        summary = _summary(name, linked(functions[name], found))
        if summary != found[name]:
            found[name] = summary
            waiting.update(dict.fromkeys(callers[name]))
    return found


def linked(function: Function, callees: Callees) -> Function:
    """The function with what is known of its callees by now."""

    def link(statement: Statement) -> tuple[Statement]:
        if isinstance(statement, Call) and not statement.callee.external and statement.callee.name in callees:
            return (replace(statement, callee=callees[statement.callee.name]),)
        return (statement,)

    return replace(function, body=map_statements(function.body, link))


def link_all(functions: Functions, *others: Function) -> tuple[dict[str, Function], list[Function]]:
    """The functions, and others that call them, with fresh summaries in their calls."""
    callees = summarise(functions)
    made = {name: linked(function, callees) for name, function in functions.items()}
    return made, [linked(function, callees) for function in others]


def called(function: Function) -> dict[str, None]:
    """The names of the functions of the program that it calls, in order, and of the rules of calls."""
    found: dict[str, None] = {}
    for item in statements(function.body):
        if isinstance(item, Call):
            external = item.callee.external
            name = item.callee.name if external is None else external.rule
            if name is not None:
                found[name] = None
    return found


def without_rules(function: Function) -> Function:
    """The function, which is not differentiated any more, without the rules of its calls."""

    def strip(statement: Statement) -> tuple[Statement]:
        if isinstance(statement, Call) and statement.callee.external is not None:
            text = statement.callee.external.text
            return (replace(statement, callee=replace(statement.callee, external=External(text=text))),)
        return (statement,)

    return replace(function, body=map_statements(function.body, strip))


def reachable(functions: Functions, *entries: Function) -> dict[str, Function]:
    """The functions that the entries call, directly or not, in the order of the calls."""
    found: dict[str, Function] = {}
    waiting = [name for entry in entries for name in called(entry)]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = functions[name]
            waiting.extend(called(functions[name]))
    return found


def opaque(name: str, function: Function) -> Callee:
    """A callee of which only the types are known, and which does nothing."""
    parameters = tuple(item.type for item in function.parameters)
    results = tuple(item.type for item in function.body.yields)
    nothing: tuple[tuple[int, ...], ...] = ((),) * len(results)
    return Callee(
        name, parameters, results, ("",) * len(parameters), nothing, nothing + ((),) * len(parameters), False
    )


# ---------------------------------------------------------------- one function


def _summary(name: str, function: Function) -> Callee:
    memory = roots(function)
    parts = list(statements(function.body))
    access = dict.fromkeys(function.parameters, "")
    for statement in parts:
        for array, how in accesses(statement):
            for root in memory.get(array, (array,)):
                if root in access:
                    access[root] = both(access[root], how)
    order = {parameter: k for k, parameter in enumerate(function.parameters)}
    sources = tuple(
        tuple(sorted(order[root] for root in memory.get(item, ()) if root in order))
        if isinstance(item, Var)
        else ()
        for item in function.body.yields
    )
    written = [item if access[item] in ("add", "write") else None for item in function.parameters]
    calls = [item.callee for item in parts if isinstance(item, Call)]
    raises = any(isinstance(item, Guard) for item in parts) or any(callee.raises for callee in calls)
    bare = opaque(name, function)
    return replace(
        bare, access=tuple(access.values()), sources=sources,
        flows=_flows(function, (*function.body.yields, *written), order), raises=raises,
        effects=any(callee.effects for callee in calls),
    )  # fmt: skip


def _flows(
    function: Function, outputs: tuple[object, ...], order: Mapping[Var, int]
) -> tuple[tuple[int, ...], ...]:
    """For each output, the positions of the parameters from which derivative information flows to it."""
    backward: dict[Var, list[Var]] = {}
    for source, target in edges(function.body):
        backward.setdefault(target, []).append(source)
    found = []
    for output in outputs:
        reached = {output} if isinstance(output, Var) and is_inexact(output.type) else set()
        waiting = list(reached)
        while waiting:
            for source in backward.get(waiting.pop(), ()):
                if source not in reached:
                    reached.add(source)
                    waiting.append(source)
        found.append(tuple(sorted(order[item] for item in reached if item in order)))
    return tuple(found)


def accesses(statement: Statement) -> Iterator[tuple[Var, str]]:
    """The arrays and stacks whose elements the statement itself touches, and how."""
    match statement:
        case Assign(value=Pop(stack)) | Push(stack):
            yield stack, "write"
        case Assign(value=value):
            yield from ((array, "read") for array in elements_read(value))
        case Store(array, accumulate=accumulate):
            yield array, "add" if accumulate else "write"
        case Nest(writes=writes):
            yield from (
                (item.target, "add" if item.combine == "add" else "write")
                for item in writes
                if not item.fresh
            )
        case Call(callee, given):
            for operand, how in zip(given, callee.access, strict=True):
                if isinstance(operand, Var):
                    yield operand, how
        case _:
            pass
    stored = statement.value if isinstance(statement, Store | Push) else None
    if isinstance(stored, Var) and not isinstance(stored.type, Scalar):
        yield stored, "read"


def both(one: str, other: str) -> str:
    """What is done to an array to which both are done."""
    if not one or not other or one == other:
        return one or other
    return "write"
