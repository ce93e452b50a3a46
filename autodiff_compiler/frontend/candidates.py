"""References that mean one of several objects, which one the running program decides: chains of `Either`.

A name gets such a reference where a copy would not do: because the object, or one that it may be, is changed
afterwards. Which branches and loops need them is found out by an attempt that fails (`Context.keep_apart`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.list_arrays import POSITION
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import FALSE, TRUE, Either, Lowered, Place, Reference, Undefined
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import BOOL, INT


def leaves(value: Lowered) -> Iterator[Lowered]:
    """What a value may be, in order, each as often as it is mentioned."""
    if isinstance(value, Either):
        yield from leaves(value.then)
        yield from leaves(value.orelse)
    else:
        yield value


def candidates(*values: Lowered) -> tuple[Lowered, ...] | None:
    """The different objects and constants that values may be; None where one may be something else."""
    found = dict.fromkeys(leaf for value in values if _is_plain(value) for leaf in leaves(value))
    return tuple(found) if all(map(_is_plain, values)) else None


def _is_plain(value: Lowered) -> bool:
    return all(isinstance(leaf, (Reference, Static)) for leaf in leaves(value))


def chosen(flags: Sequence[Atom], among: Sequence[Lowered]) -> Lowered:
    """The candidate whose flag is the first that is set; the last one where none is."""
    made = among[-1]
    for flag, candidate in zip(reversed(flags), reversed(among[:-1]), strict=True):
        made = candidate if flag == TRUE else made if flag == FALSE else Either(flag, candidate, made)
    return made


def is_one(
    scope: Scope, value: Lowered, wanted: Lowered, names: Mapping[Lowered, Lowered] | None = None
) -> Atom:
    """Whether a value is this object or constant; `names` says what stands for its own ones."""
    if not isinstance(value, Either):
        return TRUE if (value if names is None else names[value]) == wanted else FALSE
    condition = value.condition
    then, orelse = (is_one(scope, side, wanted, names) for side in (value.then, value.orelse))
    if then == orelse:
        return then
    first = condition if then == TRUE else _both(scope, condition, then)
    second = _both(scope, scope.negated(condition), orelse) if orelse != FALSE else FALSE
    if FALSE in (first, second):
        return second if first == FALSE else first
    return scope.apply("logical_or", (first, second), BOOL)


def present_part(scope: Scope, value: Lowered, absent: Set[Static]) -> tuple[Atom, Lowered] | None:
    """Whether a value is not one of the `absent` ones, and what it is then; None where it has more forms."""

    def is_absent(side: Lowered) -> bool:
        return isinstance(side, Static) and side in absent

    match value:
        case Either(condition, then, orelse) if is_absent(orelse) and not isinstance(then, Either):
            return condition, then
        case Either(condition, then, orelse) if is_absent(then) and not isinstance(orelse, Either):
            return scope.negated(condition), orelse
        case Either():
            return None
        case _:
            return (FALSE, Undefined()) if is_absent(value) else (TRUE, value)


def current_place(scope: Scope, value: Reference) -> Place | None:
    """Of which list an object is an item, if its position is known."""
    held = scope.heap[value.cell]
    known = held.place is not None and isinstance(held.items[POSITION].value, (Var, Const))
    return held.place if known else None


def position_among(scope: Scope, value: Lowered, place: Place) -> Atom:
    """The position of the item of a list that a value is, if it is one."""
    return _position(scope, value, place) or integer(0)


def _position(scope: Scope, value: Lowered, place: Place) -> Atom | None:
    if isinstance(value, Either):
        sides = [_position(scope, side, place) for side in (value.then, value.orelse)]
        found = [side for side in sides if side is not None]
        return (
            scope.apply("where", (value.condition, *found), INT)
            if len(found) == 2
            else next(iter(found), None)
        )
    if not isinstance(value, Reference) or current_place(scope, value) != place:
        return None
    position = scope.heap[value.cell].items[POSITION].value
    assert isinstance(position, (Var, Const))
    return position


def _both(scope: Scope, first: Atom, second: Atom) -> Atom:
    if FALSE in (first, second):
        return FALSE
    return first if second == TRUE else scope.apply("logical_and", (first, second), BOOL)


__all__ = ["candidates", "chosen", "current_place", "is_one", "leaves", "position_among", "present_part"]
