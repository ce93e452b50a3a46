"""Objects of classes written in Python: their making, attributes, properties and methods."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType

import gast

from autodiff_compiler.errors import TypeMismatch, UnboundVariable, UnsupportedSyntax
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import plain_function
from autodiff_compiler.frontend.values import (
    Binding,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    Undefined,
    literal,
)
from autodiff_compiler.ir.nodes import Const, Guard

_ABSENT = object()


# ---------------------------------------------------------------- attributes


def read(scope: Scope, node: gast.AST, base: Reference, name: str) -> Lowered:
    """`object.name`: a property, what the object holds, or what its class gives it, in Python's order."""
    cls = base.cell.cls
    found = inspect.getattr_static(cls, name, _ABSENT)
    if isinstance(found, property):
        return _inline(scope, node, found.fget, [base])
    binding = scope.contents(base).items.get(name)
    if binding is not None:
        return _held(scope, node, base, name, binding)
    if found is _ABSENT:
        reason = f"a {cls.__name__} has no attribute `{name}` here"
        scope.frame.refuse(UnboundVariable, node, reason, "assign it in __init__")
    return _of_class(scope, cls, name, found, base)


def _held(scope: Scope, node: gast.AST, base: Reference, name: str, binding: Binding) -> Lowered:
    if isinstance(binding.value, Undefined):
        reason = binding.value.reason or f"the attribute `{name}` is not assigned on this path"
        scope.frame.refuse(TypeMismatch, node, reason, "one type on every path")
    if not isinstance(binding.defined, Const):
        message = f"a {base.cell.cls.__name__} has no attribute `{name}` here"
        at = scope.frame.at(node)
        scope.builder.add(Guard(binding.defined, message, (), "UnboundVariable", at))
    return scope.resolved(binding.value)


def _of_class(scope: Scope, cls: type, name: str, found: object, base: Lowered) -> Lowered:
    """A method bound to the object, or an attribute of its class."""
    if isinstance(found, staticmethod):
        return Static(found.__func__)
    if isinstance(found, classmethod):
        return Partial(Static(found.__func__), (Static(cls),))
    plain = plain_function(found)
    if plain is not None:
        return Partial(Static(plain), (base,))
    path = f"{cls.__qualname__}.{name}"
    value = getattr(cls, name)
    return scope.frame.context.global_value(path, cls, value, lambda: getattr(cls, name))


def write(scope: Scope, node: gast.AST, base: Reference, name: str, value: Lowered) -> None:
    """`object.name = value`."""
    cls = base.cell.cls
    found = inspect.getattr_static(cls, name, None)
    if isinstance(found, property):
        if found.fset is None:
            scope.frame.refuse(TypeMismatch, node, f"the property `{name}` has no setter")
        _inline(scope, node, found.fset, [base, value])
        return
    if cls.__setattr__ is not object.__setattr__:
        frozen = getattr(getattr(cls, "__dataclass_params__", None), "frozen", False)
        why = "is frozen" if frozen else "has a __setattr__ of its own"
        scope.frame.refuse(TypeMismatch, node, f"the class {cls.__name__} {why}", "dataclasses.replace(...)")
    scope.put(node, base, name, value)


def read_named_tuple(scope: Scope, node: gast.AST, base: TupleValue, name: str) -> Lowered:
    """A field, property or method of a NamedTuple."""
    fields: tuple[str, ...] = getattr(base.cls, "_fields", ())
    if name in fields:
        return base.items[fields.index(name)]
    found = inspect.getattr_static(base.cls, name, _ABSENT)
    if isinstance(found, property):
        return _inline(scope, node, found.fget, [base])
    if found is _ABSENT:
        scope.frame.refuse(UnboundVariable, node, f"a {base.cls.__name__} has no attribute `{name}`")
    return _of_class(scope, base.cls, name, found, base)


# ---------------------------------------------------------------- making


def construct(
    scope: Scope, node: gast.AST, cls: type, arguments: Sequence[Lowered], keywords: Mapping[str, Lowered]
) -> Lowered:
    """`cls(...)` for a class written in Python."""
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return _named_tuple(scope, node, cls, arguments, keywords)
    if type(cls).__call__ is not type.__call__ or cls.__new__ is not object.__new__:
        reason = f"how a {cls.__name__} is made is not written in its __init__"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a class with an __init__, or a dataclass")
    made = scope.make(cls, {}, cls.__name__.lower())
    init = inspect.getattr_static(cls, "__init__")
    if dataclasses.is_dataclass(cls) and "__init__" in vars(_defining(cls, "__init__")) and _generated(init):
        _fill_dataclass(scope, node, made, arguments, keywords)
    elif isinstance(init, FunctionType):
        _inline(scope, node, init, [made, *arguments], keywords)
    elif arguments or keywords:
        scope.frame.refuse(TypeMismatch, node, f"{cls.__name__}() takes no arguments")
    return made


def is_constructible(cls: object) -> bool:
    """Whether calling the class is followed: it is written in Python, and no exception or enumeration."""
    if not isinstance(cls, type) or issubclass(cls, BaseException):
        return False
    return not cls.__flags__ & (1 << 8) and not hasattr(cls, "__members__")  # 1 << 8: made in C


def _defining(cls: type, name: str) -> type:
    return next(base for base in cls.__mro__ if name in vars(base))


def _generated(init: object) -> bool:
    """Whether an __init__ was written by `dataclasses`."""
    return isinstance(init, FunctionType) and init.__code__.co_filename == "<string>"


def _named_tuple(
    scope: Scope, node: gast.AST, cls: type, arguments: Sequence[Lowered], keywords: Mapping[str, Lowered]
) -> TupleValue:
    fields: tuple[str, ...] = cls._fields  # type: ignore[attr-defined]
    given = dict(zip(fields, arguments, strict=False)) | dict(keywords)
    defaults: dict[str, object] = getattr(cls, "_field_defaults", {})
    _check_names(scope, node, cls, fields, arguments, keywords)
    for name in fields:
        if name not in given:
            if name not in defaults:
                scope.frame.refuse(TypeMismatch, node, f"{cls.__name__}() misses the argument `{name}`")
            given[name] = _constant(scope, cls, name, defaults[name])
    return TupleValue(tuple(given[name] for name in fields), cls)


def _check_names(
    scope: Scope, node: gast.AST, cls: type, names: Sequence[str], arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> None:  # fmt: skip
    if len(arguments) > len(names):
        reason = f"{cls.__name__}() takes {len(names)} positional arguments, and gets {len(arguments)}"
        scope.frame.refuse(TypeMismatch, node, reason)
    for name in keywords:
        if name in names[: len(arguments)]:
            scope.frame.refuse(TypeMismatch, node, f"{cls.__name__}() gets two values for `{name}`")


def _constant(scope: Scope, cls: type, name: str, value: object) -> Lowered:
    known = literal(value)
    if known is not None:
        return known
    return scope.frame.context.global_value(f"{cls.__qualname__}.{name}", cls, value, lambda: value)


def _fill_dataclass(
    scope: Scope, node: gast.AST, made: Reference, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> None:  # fmt: skip
    """What the generated __init__ does: fields in order, defaults, then __post_init__."""
    cls = made.cell.cls
    every = list(cls.__dataclass_fields__.values())  # type: ignore[attr-defined]
    fields = [item for item in every if item._field_type is not dataclasses._FIELD_CLASSVAR]  # type: ignore[attr-defined]
    positional = [item.name for item in fields if item.init and not item.kw_only]
    named = {item.name for item in fields if item.init}
    _check_names(scope, node, cls, positional, arguments, keywords)
    for name in keywords:
        if name not in named:
            scope.frame.refuse(TypeMismatch, node, f"{cls.__name__}() has no parameter `{name}`")
    given = dict(zip(positional, arguments, strict=False)) | dict(keywords)
    passed: list[Lowered] = []
    for item in fields:
        value = _field_value(scope, node, cls, item, given)
        if item._field_type is dataclasses._FIELD_INITVAR:  # type: ignore[attr-defined]
            assert value is not None
            passed.append(value)
        elif value is not None:
            scope.heap[made.cell] = scope.heap[made.cell].with_item(item.name, Binding(value))
    after = inspect.getattr_static(cls, "__post_init__", None)
    if isinstance(after, FunctionType):
        _inline(scope, node, after, [made, *passed])


def _field_value(
    scope: Scope, node: gast.AST, cls: type, item: dataclasses.Field, given: Mapping[str, Lowered]
) -> Lowered | None:
    if item.name in given:
        return given[item.name]
    if item.default is not dataclasses.MISSING:
        return _constant(scope, cls, item.name, item.default)
    if item.default_factory is not dataclasses.MISSING:
        return scope.frame.context.call(scope, node, Static(item.default_factory), [], {})
    if not item.init:
        return None
    scope.frame.refuse(TypeMismatch, node, f"{cls.__name__}() misses the argument `{item.name}`")


def _inline(
    scope: Scope, node: gast.AST, function: Callable[..., object] | None, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered] | None = None,
) -> Lowered:  # fmt: skip
    return scope.frame.context.call(scope, node, Static(function), arguments, keywords or {})


__all__ = ["construct", "is_constructible", "read", "read_named_tuple", "write"]
