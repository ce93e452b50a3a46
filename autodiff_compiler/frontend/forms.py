"""The form of a value, apart from its numbers: read off one value, filled with others."""

from __future__ import annotations

from collections.abc import Callable

from autodiff_compiler.frontend.kinds import Kind, Record, Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Either,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    Undefined,
    literal,
)
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import Array, Scalar

Leaf = Callable[[Scalar | Array], Lowered]


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
        case Reference(cell=cell) if cell.item is None:
            held = scope.contents(value).items
            return _record(scope, cell.cls, tuple(held), tuple(binding.value for binding in held.values()))
        case _:
            return None


def _record(scope: Scope, cls: type, keys: tuple[object, ...], items: tuple[Lowered, ...]) -> Record | None:
    forms = [form_of(scope, item) for item in items]
    known = tuple(form for form in forms if form is not None)
    return Record(cls, keys, known) if len(known) == len(forms) else None


def filled(scope: Scope, kind: Kind, leaf: Leaf, name: str = "") -> Lowered:
    """A value of this form whose numbers and arrays are made by `leaf`, in order."""
    match kind:
        case Static(value=value):
            known = literal(value)
            return known if known is not None else kind
        case Record(cls=cls, keys=keys, items=items):
            values = [filled(scope, item, leaf, name) for item in items]
            if issubclass(cls, tuple):
                return TupleValue(tuple(values), cls)
            return scope.make(cls, dict(zip(keys, values, strict=True)), name)
        case Scalar() | Array():
            return leaf(kind)
        case _:
            return Undefined(f"a {kind} cannot be made here")


def placeholder(scope: Scope, value: Lowered, heap: dict[Cell, Contents]) -> Lowered:
    """A value of the same form, for a path on which nothing reads it; `heap` holds the original."""
    match value:
        case Var() | Const():
            return scope.builder.placeholder(value.type, "unused")
        case TupleValue(items=items, cls=cls):
            return TupleValue(tuple(placeholder(scope, item, heap) for item in items), cls)
        case Reference(cell=cell):
            if cell in scope.heap:
                return value
            made = Cell(cell.cls, cell.name, cell.site, cell.item)
            held = heap[cell].items
            scope.heap[made] = Contents({key: Binding(Undefined()) for key in held})
            scope.heap[made] = Contents(
                {key: Binding(placeholder(scope, item.value, heap)) for key, item in held.items()}
            )
            return Reference(made)
        case Partial(function=function, arguments=arguments, keywords=keywords):
            return Partial(
                placeholder(scope, function, heap),
                tuple(placeholder(scope, item, heap) for item in arguments),
                tuple((key, placeholder(scope, item, heap)) for key, item in keywords),
            )
        case Either(condition=condition, then=then, orelse=orelse):
            sides = placeholder(scope, then, heap), placeholder(scope, orelse, heap)
            return Either(scope.builder.placeholder(condition.type, "unused"), *sides)
        case _:
            return value


__all__ = ["filled", "form_of", "placeholder"]
