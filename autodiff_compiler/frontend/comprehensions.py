"""Comprehensions and generator expressions: loops whose items go into a list, a dict, or a sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import growing, whole_lists
from autodiff_compiler.frontend.builtins_static import known_range
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.containers import call_method, new_dict, new_list, static_key
from autodiff_compiler.frontend.dicts import is_table
from autodiff_compiler.frontend.generators import home_of, item_by_item
from autodiff_compiler.frontend.iteration import iterated
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    FALSE,
    TRUE,
    Binding,
    Counted,
    Generator,
    Listed,
    Lowered,
    Reference,
    TupleValue,
    Undefined,
)
from autodiff_compiler.frontend.variables import stored_names
from autodiff_compiler.ir.build import FULL
from autodiff_compiler.ir.nodes import Apply, Const, Guard, Var
from autodiff_compiler.ir.types import Array, Scalar

Leaf = Callable[[Scope], None]
RESULT = "the result"  # no user name has a space


def list_of(scope: Scope, node: gast.ListComp | gast.GeneratorExp, first: Lowered | None = None) -> Reference:
    """`[item for ...]`; `first` is what the first loop runs over, where that is known already."""
    made = new_list(scope, node, [])

    def leaf(inner: Scope) -> None:
        call_method(inner, node.elt, made, "append", [_value(inner, node.elt)], {})

    _run(scope, node, leaf, first=first)
    return made


def dict_of(scope: Scope, node: gast.DictComp) -> Reference:
    """`{key: value for ...}`."""
    made = new_dict(scope, node, {})

    def leaf(inner: Scope) -> None:
        key = _value(inner, node.key)
        if is_table(made):
            call = inner.frame.context.call_method
            call(inner, node, made, "__setitem__", [key, _value(inner, node.value)], {})
            return
        place = static_key(inner, node.key, key, made.cell.site)
        inner.put(node, made, place, _value(inner, node.value))

    _run(scope, node, leaf)
    return made


def _value(scope: Scope, node: gast.AST) -> Lowered:
    return scope.frame.context.lower_expression(scope, node)


def _run(
    scope: Scope, node: gast.AST, leaf: Leaf, names: Sequence[str] = (), first: Lowered | None = None
) -> dict[str, Binding]:
    """The loops of a comprehension, `leaf` innermost; what `names` are bound to afterwards.

    The targets are names of the comprehension's own. A walrus inside binds a name of the function.
    """
    targets = set(stored_names([item.target for item in node.generators]))
    frame = scope.frame
    cells = {name: cell for name, cell in frame.cells.items() if name not in targets}
    inner_frame = replace(frame, cells=cells, local=frame.local | targets)
    inner = Scope(inner_frame, scope.builder, dict(scope.names), scope.heap, scope, scope.known)
    for name in targets:
        inner.names.pop(name, None)
    _loops(inner, node, list(node.generators), leaf, names, first)
    for name in stored_names([node]):
        if name in inner.names:
            scope.names[name] = inner.names[name]
    return {name: inner.names[name] for name in names}


def _loops(
    scope: Scope, node: gast.AST, generators: Sequence[gast.comprehension], leaf: Leaf, names: Sequence[str],
    outermost: Lowered | None = None,
) -> None:  # fmt: skip
    if not generators:
        leaf(scope)
        return
    first, *rest = generators

    def body(inner: Scope, tests: Sequence[gast.AST]) -> None:
        if not tests:
            _loops(inner, node, rest, leaf, names)
            return
        condition = inner.condition(_value(inner, tests[0]), tests[0])

        def then(arm: Scope) -> Lowered:
            body(arm, tests[1:])
            return Static(None)

        choose(inner, tests[0], condition, then, lambda arm: Static(None))

    statement = _as_loop(scope, node, first, names)
    context = scope.frame.context
    over = None if outermost is None else iterated(scope, node, outermost)
    context.lower_for(scope, statement, lambda inner, _: body(inner, first.ifs), context.assign, over)


def _as_loop(scope: Scope, node: gast.AST, part: gast.comprehension, names: Sequence[str]) -> gast.For:
    """One `for` of a comprehension as a statement; the same each time, so that it can be told again."""
    made = scope.frame.context.inner_surfaces
    if part not in made:
        assigned = [*stored_names([node]), *names]
        stores = [
            gast.Assign([gast.Name(name, gast.Store(), None, None)], part.iter, None) for name in assigned
        ]
        loop = gast.For(part.target, part.iter, stores, [], None)
        made[part] = gast.copy_location(loop, part.target)
    return made[part]


# ---------------------------------------------------------------- generator expressions, used up


def listed(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    """What can be iterated over as a list or tuple: of known items, or of unknown length."""
    if scope.items(value) is not None or growing.is_growing(value):
        return value
    if isinstance(value, Generator):
        return _all_of(scope, node, value)
    over = iterated(scope, node, value)
    if isinstance(over, Counted):
        over = known_range(scope, over)
    if isinstance(over, Listed):
        return TupleValue(scope.items(over) or ())
    if isinstance(value, Var) and isinstance(value.type, Array):
        return _rows(scope, node, value)
    return _collected(scope, node, over)


def _rows(scope: Scope, node: gast.AST, value: Var) -> Reference:
    """`list(array)`."""
    assert isinstance(value.type, Array)
    kind = replace(value.type, contiguous=True, units=(False, *value.type.units[1:]))
    array = scope.builder.assign(Apply("copy", (value,)), kind, "items")
    if kind.rank > 1:
        scope.frame.context.unwritable[array] = "the items of the list are rows of the array"
    item = Scalar(kind.dtype) if kind.rank == 1 else Array(kind.dtype, kind.rank - 1, True, kind.units[1:])
    site = (node, "rows", scope.frame.calls)
    wanted = scope.frame.context.growing.get(site)
    made = growing.of_arrays(scope, item, scope.builder.dim(array, 0), [array], site)
    return made if wanted is None or wanted == item else whole_lists.retyped(scope, node, made, wanted)


def _collected(scope: Scope, node: gast.AST, over: Counted) -> Reference:
    """The items of an iterator in a list."""
    made = new_list(scope, node, [])
    loops = scope.frame.context.inner_surfaces
    key = (node, "collected")
    if key not in loops:
        target = gast.Name(RESULT, gast.Store(), None, None)
        loops[key] = gast.copy_location(gast.For(target, gast.Constant(None, None), [], [], None), node)
    loop = loops[key]
    name = Binding(Undefined())
    scope.names[RESULT] = name

    def body(inner: Scope, _: object) -> None:
        value = inner.names[RESULT].value
        call_method(inner, node, made, "append", [value], {})

    scope.frame.context.lower_for(scope, loop, body, scope.frame.context.assign, over)
    del scope.names[RESULT]
    return made


def _all_of(scope: Scope, node: gast.AST, value: Generator) -> Reference:
    """The items of a generator expression, in a list."""
    home = home_of(scope, value)
    over = None if home is scope else item_by_item(scope, node, value)
    if isinstance(over, Counted):
        return _collected(scope, node, over)
    if isinstance(over, Listed):
        return new_list(scope, node, scope.items(over) or ())
    return list_of(_home(scope, value), value.node, value.first)


def _home(scope: Scope, value: Generator) -> Scope:
    """Where a generator's names are looked up: it is used up in the function that wrote it."""
    home = home_of(scope, value)
    if home is not None and value.names is not None:
        return home
    if value.frame.calls != scope.frame.calls or value.frame.source is not scope.frame.source:
        scope.frame.refuse(
            UnsupportedSyntax,
            value.node,
            "a generator is used up in another function",
            "a list: [... for ...]",
        )
    return scope


def accumulated(
    scope: Scope, value: Generator, start: Lowered, add: Callable[[Scope, Lowered], Lowered]
) -> Lowered:
    """What `add(scope, so far)` makes of all items of a generator expression, one after the other."""
    home = _home(scope, value)
    before = home.names.get(RESULT)
    home.names[RESULT] = Binding(start)

    def leaf(inner: Scope) -> None:
        so_far = inner.resolved(inner.names[RESULT].value)
        inner.names[RESULT] = Binding(add(inner, so_far))

    found = _run(home, value.node, leaf, (RESULT,), value.first)
    del home.names[RESULT]
    if before is not None:
        home.names[RESULT] = before
    return scope.resolved(found[RESULT].value)


def sum_of(scope: Scope, node: gast.AST, value: Generator, start: Lowered) -> Lowered:
    """`sum(... for ...)`."""

    def add(inner: Scope, so_far: Lowered) -> Lowered:
        return inner.elementwise(node, "add", [so_far, _value(inner, value.node.elt)], python=True)

    return accumulated(scope, value, start, add)


def extreme_of(scope: Scope, node: gast.AST, value: Generator, comparison: str) -> Lowered:
    """`max(... for ...)`, `min(... for ...)`: the first that no other beats."""
    worst = float("-inf") if comparison == "greater" else float("inf")
    start = TupleValue((Const(worst, Scalar("float64", True)), FALSE))

    def better(inner: Scope, so_far: Lowered) -> Lowered:
        assert isinstance(so_far, TupleValue)
        candidate = inner.scalar(_value(inner, value.node.elt), node, "an item")
        beats = inner.elementwise(node, comparison, [candidate, so_far.items[0]], python=True)
        first = inner.elementwise(node, "logical_not", [so_far.items[1]])
        beats = inner.elementwise(node, "logical_or", [beats, first])
        best = inner.elementwise(node, "where", [beats, candidate, so_far.items[0]], python=True)
        return TupleValue((best, TRUE))

    found = accumulated(scope, value, start, better)
    assert isinstance(found, TupleValue)
    some = scope.condition(found.items[1], node)
    name = "max" if comparison == "greater" else "min"
    scope.builder.add(Guard(some, f"{name}() gets no items", (), "ShapeMismatch", scope.frame.at(node)))
    return found.items[0]


def any_of(scope: Scope, node: gast.AST, value: Generator, *, wanted: bool) -> Lowered:
    """`any(...)`, or `all(...)` where `wanted` is False: items after the deciding one are not computed."""

    def decide(inner: Scope, so_far: Lowered) -> Lowered:
        def test(arm: Scope) -> Lowered:
            holds = arm.condition(_value(arm, value.node.elt), node)
            return holds if wanted else arm.negated(holds)

        return choose(inner, node, inner.condition(so_far, node), lambda arm: TRUE, test)

    decided = scope.condition(accumulated(scope, value, FALSE, decide), node)
    return decided if wanted else scope.negated(decided)


def tuple_of(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    """`tuple(...)`: as many items as are known while compiling."""
    items = scope.items(listed(scope, node, value))
    if items is None:
        reason = "how long this tuple is is only known when the function runs"
        scope.frame.refuse(TypeMismatch, node, reason, "a list: list(...)")
    return TupleValue(items)


def copy_of(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    """`list(...)`."""
    found = listed(scope, node, value)
    items = scope.items(found)
    if items is not None:
        return new_list(scope, node, items)
    assert isinstance(found, Reference)
    return found if found != value else whole_lists.part_of(scope, node, found, FULL)


__all__ = [
    "any_of", "copy_of", "dict_of", "extreme_of", "list_of", "listed", "sum_of", "tuple_of",
]  # fmt: skip
