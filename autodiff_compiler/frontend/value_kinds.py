"""Kinds of values: read off one, common to two, and in a user's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autodiff_compiler.frontend.kinds import (
    Kind,
    Parted,
    Ragged,
    Record,
    Static,
    Uniform,
    all_own_lengths,
    leaves,
    list_kind,
)
from autodiff_compiler.frontend.values import Lowered, Reference, TupleValue, describe_type, join
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import Array, Scalar

if TYPE_CHECKING:
    from autodiff_compiler.frontend.scope import Scope


def form_of(scope: Scope, value: Lowered) -> Kind | None:
    """The kind of a value; None for one that cannot be made again elsewhere (a closure, an iterator)."""
    match value:
        case Var() | Const():
            kind = value.type
            return kind if isinstance(kind, (Scalar, Array)) else None
        case Static():
            return value
        case TupleValue(items=items, cls=cls):
            keys: tuple[object, ...] = getattr(cls, "_fields", tuple(range(len(items))))
            return _record(scope, cls, keys, items)
        case Reference(cell=cell) if cell.item is not None:
            whole = list_kind(cell.item)
            return whole if any(isinstance(leaf, Array) for leaf in leaves(whole)) else None  # else no length
        case Reference(cell=cell) if (place := scope.heap[cell].place) is not None:
            return place.kind
        case Reference(cell=cell):
            held = scope.contents(value).items
            return _record(scope, cell.cls, tuple(held), tuple(binding.value for binding in held.values()))
        case _:
            return None


def _record(scope: Scope, cls: type, keys: tuple[object, ...], items: tuple[Lowered, ...]) -> Record | None:
    forms = [form_of(scope, item) for item in items]
    known = tuple(form for form in forms if form is not None)
    return Record(cls, keys, known) if len(known) == len(forms) else None


def common_kind(one: Kind, other: Kind) -> Kind | None:
    """The kind of items of which some are of one kind, some of another; None where there is none."""
    match one, other:
        case (Scalar() | Array(), Scalar() | Array()):
            found = join(one, other)
            return found if isinstance(found, (Scalar, Array)) else None
        case (Record(cls=cls, keys=keys), Record()) if cls is other.cls and keys == other.keys:
            items = [common_kind(*pair) for pair in zip(one.items, other.items, strict=True)]
            known = tuple(item for item in items if item is not None)
            return Record(cls, keys, known) if len(known) == len(items) else None
        case (Parted(), Array() | Parted()) | (Array(), Parted()):
            return _parted(all_own_lengths(one), all_own_lengths(other))
        case (Uniform(), Uniform()):
            item = common_kind(one.item, other.item)
            own = Ragged in (type(one), type(other))
            return None if item is None else Ragged(item) if own else list_kind(item)
        case (Ragged(), Record()):
            return _with_items(one, other)
        case (Record(), Ragged()):
            return _with_items(other, one)
    return one if one == other else None


def _parted(one: Kind, other: Kind) -> Kind | None:
    assert isinstance(one, Parted)
    assert isinstance(other, Parted)
    item = common_kind(one.item, other.item)
    return None if item is None else Parted(item)


def _with_items(one: Ragged, other: Record) -> Kind | None:
    """The kind of lists of which some are of known length."""
    return _list_of([one.item, *other.items]) if other.cls is list else None


def _list_of(kinds: Sequence[Kind]) -> Kind | None:
    found: Kind | None = kinds[0]
    for kind in kinds[1:]:
        found = common_kind(found, kind) if found is not None else None
    return None if found is None else Ragged(found)


def wider_kind(one: Kind, other: Kind) -> Kind | None:
    """As `common_kind`; lists of different known lengths become such as have lengths of their own."""
    found = common_kind(one, other)
    both = isinstance(one, Record) and isinstance(other, Record) and one.cls is other.cls is list
    if found is None and both and isinstance(one, Record) and isinstance(other, Record):
        return _list_of([*one.items, *other.items])
    return found


def describe_kind(kind: Kind) -> str:
    """A kind in a user's words."""
    match kind:
        case Static(value=value):
            return "None" if value is None else f"{value!r}"
        case Record(cls=cls, keys=keys):
            if cls in (list, tuple, dict):
                return f"a {cls.__name__} of {len(keys)}"
            return f"a {cls.__name__}"
        case Parted():
            return "an array of any length"
        case Uniform(item=item):
            return f"a list of items that are each {describe_kind(item)}"
        case _:
            return describe_type(kind) if isinstance(kind, (Scalar, Array)) else str(kind)


def has_objects(kind: Kind | None) -> bool:
    """Whether items of a kind can be changed in place under several names."""
    if isinstance(kind, Ragged):
        return True
    if not isinstance(kind, Record):
        return False
    return not issubclass(kind.cls, tuple) or any(has_objects(item) for item in kind.items)


__all__ = ["common_kind", "describe_kind", "form_of", "has_objects", "wider_kind"]
