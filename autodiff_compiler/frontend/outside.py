"""Values that outlive the call: module constants, closures that Python has made, defaults, class attributes.

Numbers and arrays in them are read again at each call, as hidden parameters. What holds them is taken apart
while compiling, where the program reads it; that it still has the same form is checked at each call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from autodiff_compiler.frontend.kinds import Kind, Static, Unaccepted, kind_of
from autodiff_compiler.frontend.structures import is_named_tuple, is_plain_class, slots_of
from autodiff_compiler.frontend.values import (
    Binding,
    Cell,
    Contents,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    literal,
)
from autodiff_compiler.ir.nodes import Var
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.operators import registry

if TYPE_CHECKING:
    from autodiff_compiler.frontend.context import Context

Read = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class GlobalReference:
    """A value from outside the function that is read again at each call."""

    path: str
    kind: Kind
    read: Read


@dataclass(frozen=True, slots=True, eq=False)
class Same:
    """Equal where it is the same object, which is kept alive so that no other takes its address."""

    value: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


@dataclass(frozen=True, slots=True)
class Shape:
    """What must stay as it is about a structure: its class, its length, keys or attributes."""

    cls: type
    keys: object


def shape_of(value: Any) -> Shape:
    """The shape of a tuple, list, dict or object; of anything else its class alone."""
    cls = type(value)
    if isinstance(value, (tuple, list)):
        return Shape(cls, len(value))
    if isinstance(value, dict):
        return Shape(cls, tuple(value))
    if not is_plain_class(cls):
        return Shape(cls, None)
    slots = tuple(name for name in slots_of(cls) if hasattr(value, name))
    return Shape(cls, (*slots, *getattr(value, "__dict__", ())))


def from_outside(context: Context, path: str, value: Any, read: Read) -> Lowered:
    """A value from outside the function; `path` tells it apart from all others, `read` gets it anew."""
    if isinstance(value, ModuleType):
        return Static(value)
    if registry.has_operators(value):
        _note(context, path, lambda: Same(read()))
        return Static(value)
    if isinstance(value, MethodType):
        if registry.by_callable(value) is not None:
            _note(context, path, lambda: Same(read().__self__))
            return Static(value)
        _note(context, path, lambda: Same(read().__func__))
        owner = from_outside(context, f"{path}.__self__", value.__self__, lambda: read().__self__)
        return Partial(Static(value.__func__), (owner,))
    if isinstance(value, partial):
        return _partial(context, path, value, read)
    if isinstance(value, tuple) and not _is_constant(value) and _is_taken_apart(type(value)):
        _note(context, path, lambda: shape_of(read()))
        return TupleValue(
            tuple(
                from_outside(context, f"{path}[{k}]", item, _item(read, k)) for k, item in enumerate(value)
            ),
            type(value),
        )
    if type(value) in (list, dict) or is_plain_class(type(value)):
        return _reference(context, path, value, read)
    return _leaf(context, path, value, read)


def _is_taken_apart(cls: type) -> bool:
    return cls is tuple or is_named_tuple(cls)


def _is_constant(value: object) -> bool:
    """Whether a value cannot change without being another one, and holds no float."""
    if type(value) is tuple:
        return all(map(_is_constant, value))
    return value is None or isinstance(value, (bool, int, str, type, FunctionType, BuiltinFunctionType))


def _item(read: Read, key: object) -> Read:
    return lambda: read()[key]


def _attribute(read: Read, name: str) -> Read:
    return lambda: getattr(read(), name)


def _note(context: Context, path: str, read: Read) -> None:
    """Let the program hold only while this stays what it is."""
    noted = f"{path} "  # no path of a value ends in a space
    if noted not in context.references:
        context.references[noted] = GlobalReference(noted, Static(read()), read)


def _partial(context: Context, path: str, value: partial[Any], read: Read) -> Lowered:
    _note(context, path, lambda: (len(read().args), tuple(read().keywords)))
    arguments = tuple(
        from_outside(context, f"{path}.args[{k}]", item, _item(lambda: read().args, k))
        for k, item in enumerate(value.args)
    )
    keywords = tuple(
        (name, from_outside(context, f"{path}.{name}", item, _item(lambda: read().keywords, name)))
        for name, item in value.keywords.items()
    )
    function = from_outside(context, f"{path}.func", value.func, lambda: read().func)
    return Partial(function, arguments, keywords)


def _leaf(context: Context, path: str, value: Any, read: Read) -> Lowered:
    if isinstance(value, Enum):
        _note(context, path, lambda: Same(read()))
        return Static(value)
    try:
        kind = kind_of(value)
    except Unaccepted:  # what is read off it is referred to in turn; it must only stay the same object
        _note(context, path, lambda: Same(read()))
        return Static(value)
    if path in context.static_globals:
        kind = Static(value)
    context.references.setdefault(path, GlobalReference(path, kind, read))
    if isinstance(kind, Scalar | Array):
        if path not in context.global_vars:
            context.global_vars[path] = context.of_numpy(Var(_name(path), kind))  # Python's are known
        return context.global_vars[path]
    known = literal(value)
    return known if known is not None else Static(value)


def _name(path: str) -> str:
    """The last part of a path that can be a name."""
    parts = "".join(c if c.isalnum() or c == "_" else " " for c in path).split()
    return next((part for part in reversed(parts) if part.isidentifier()), "value")


# ---------------------------------------------------------------- lists, dicts and objects


@dataclass
class Items(Mapping[object, Binding]):
    """What a list, dict or object from outside holds: each item is read when the program asks for it."""

    context: Context
    path: str
    value: Any
    read: Read
    keys_: tuple[object, ...]
    found: dict[object, Binding] = field(default_factory=dict)

    def __getitem__(self, key: object) -> Binding:
        if key not in self.found:
            if key not in self.keys_:
                raise KeyError(key)
            inner, item, read = self._part(key)
            self.found[key] = Binding(from_outside(self.context, inner, item, read))
        return self.found[key]

    def _part(self, key: object) -> tuple[str, object, Read]:
        if type(self.value) in (list, dict):
            return f"{self.path}[{key!r}]", self.value[key], _item(self.read, key)
        return f"{self.path}.{key}", getattr(self.value, str(key)), _attribute(self.read, str(key))

    def __iter__(self) -> Iterator[object]:
        return iter(self.keys_)

    def __len__(self) -> int:
        return len(self.keys_)


@dataclass(frozen=True, slots=True)
class Outside:
    """A list, dict or object that outlives the call."""

    contents: Contents
    value: object
    path: str
    read: Read


def _reference(context: Context, path: str, value: Any, read: Read) -> Reference:
    if path not in context.outside_cells:
        _note(context, path, lambda: shape_of(read()))
        cell = context.outside_cells[path] = Cell(type(value), path.rpartition(".")[2])
        keys = tuple(range(len(value))) if isinstance(value, list) else shape_of(value).keys
        assert isinstance(keys, tuple)
        shown = path.partition(".")[2] or path
        reason = f"`{shown}` outlives the call, and is changed here"
        contents = Contents(Items(context, path, value, read, keys), reason)
        context.outside[cell] = Outside(contents, value, path, read)
    return Reference(context.outside_cells[path])


def same_object(context: Context, first: Cell, second: Cell) -> bool | None:
    """Whether two objects from outside are one, checked at each call; None if one is not from there."""
    if first not in context.outside or second not in context.outside:
        return None
    for cell in (first, second):
        _note(context, f"{context.outside[cell].path} is", _identity(context.outside[cell]))
    return context.outside[first].value is context.outside[second].value


def _identity(found: Outside) -> Read:
    return lambda: Same(found.read())


__all__ = ["GlobalReference", "Outside", "Same", "Shape", "from_outside", "same_object", "shape_of"]
