"""Objects made while compiling: `Class(...)` for classes written in Python, dataclasses, NamedTuples."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.overloads import class_of, is_generated
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.structures import is_named_tuple
from autodiff_compiler.frontend.values import Binding, Lowered, Reference, TupleValue, describe, literal

_IN_C = 1 << 8  # CPython's flag of classes that nothing can change: those made in C


def construct(
    scope: Scope, node: gast.AST, cls: type, arguments: Sequence[Lowered], keywords: Mapping[str, Lowered]
) -> Lowered:
    """`cls(...)` for a class written in Python."""
    arguments = [scope.named(node, value) for value in arguments]
    keywords = {name: scope.named(node, value) for name, value in keywords.items()}
    if is_named_tuple(cls):
        return _named_tuple(scope, node, cls, arguments, keywords)
    made = empty(scope, node, cls)
    init = inspect.getattr_static(cls, "__init__")
    if (
        dataclasses.is_dataclass(cls)
        and "__init__" in vars(_defining(cls, "__init__"))
        and is_generated(init)
    ):
        _fill_dataclass(scope, node, made, cls, arguments, keywords)
    elif isinstance(init, FunctionType):
        scope.frame.context.watched.lookup(cls, "__init__")
        _inline(scope, node, init, [made, *arguments], keywords)
    elif arguments or keywords:
        scope.frame.refuse(TypeMismatch, node, f"{cls.__name__}() takes no arguments")
    return made


def empty(scope: Scope, node: gast.AST, cls: type) -> Reference:
    """An object without attributes, as `object.__new__(cls)` makes it."""
    if not _has_plain_new(cls):
        reason = f"how a {cls.__name__} is made is not written in its __init__"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a class with an __init__, or a dataclass")
    if any("__getattribute__" in vars(base) for base in cls.__mro__ if base is not object):
        reason = f"what a {cls.__name__} holds is read by its own __getattribute__"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "properties")
    if abstract := getattr(cls, "__abstractmethods__", None):
        reason = f"a {cls.__name__} cannot be made: `{min(abstract)}` is abstract"
        scope.frame.refuse(TypeMismatch, node, reason, "a class that defines it")
    return scope.make(cls, {}, cls.__name__.lower())


def _has_plain_new(cls: type) -> bool:
    new = inspect.getattr_static(cls, "__new__")
    plain = new is object.__new__ or getattr(new, "__module__", "") == "typing"  # Generic and Protocol
    in_c = any(base.__flags__ & _IN_C and base is not object for base in cls.__mro__)
    return plain and not in_c and type(cls).__call__ is type.__call__


def call_generated(
    scope: Scope, node: gast.AST, function: FunctionType, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> Lowered | None:  # fmt: skip
    """A call of a method that `dataclasses` has written, as `super().__init__(x)`; None for others."""
    if not is_generated(function) or not arguments:
        return None
    base, name = arguments[0], function.__name__
    mro = cls.__mro__ if (cls := class_of(base)) is not None else ()
    owner = next((item for item in mro if vars(item).get(name) is function), None)
    if name != "__init__" or owner is None or not isinstance(base, Reference):
        return None
    _fill_dataclass(scope, node, base, owner, arguments[1:], keywords)
    return Static(None)


def is_constructible(cls: object) -> bool:
    """Whether calling the class is followed: it is written in Python, and no exception or enumeration."""
    if not isinstance(cls, type) or issubclass(cls, BaseException):
        return False
    return not cls.__flags__ & _IN_C and not hasattr(cls, "__members__")


def _defining(cls: type, name: str) -> type:
    return next(base for base in cls.__mro__ if name in vars(base))


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
        if name not in names and is_named_tuple(cls):
            scope.frame.refuse(TypeMismatch, node, f"{cls.__name__}() has no parameter `{name}`")
        if name in names[: len(arguments)]:
            scope.frame.refuse(TypeMismatch, node, f"{cls.__name__}() gets two values for `{name}`")


def _constant(scope: Scope, cls: type, name: str, value: object) -> Lowered:
    known = literal(value)
    if known is not None:
        return known
    return scope.frame.context.global_value(f"{cls.__qualname__}.{name}", cls, value, lambda: value)


def _fill_dataclass(
    scope: Scope, node: gast.AST, made: Reference, cls: type, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> None:  # fmt: skip
    """What the __init__ generated for `cls` does: fields in order, defaults, then __post_init__."""
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
    after = inspect.getattr_static(made.cell.cls, "__post_init__", None)
    if isinstance(after, FunctionType):
        scope.frame.context.watched.lookup(made.cell.cls, "__post_init__")
        _inline(scope, node, after, [made, *passed])


def _field_value(
    scope: Scope, node: gast.AST, cls: type, item: dataclasses.Field[Any], given: Mapping[str, Lowered]
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


def named_tuple_method(
    scope: Scope, node: gast.AST, base: TupleValue, name: str, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered],
) -> Lowered | None:  # fmt: skip
    """`_replace` and `_asdict` of a NamedTuple; None for other methods."""
    fields: tuple[str, ...] = getattr(base.cls, "_fields", ())
    if name == "_asdict" and not (arguments or keywords):
        return scope.make(dict, dict(zip(fields, base.items, strict=True)), "dict")
    if name != "_replace" or arguments:
        return None
    for key in keywords:
        if key not in fields:
            scope.frame.refuse(TypeMismatch, node, f"{describe(base)} has no field `{key}`")
    given = dict(zip(fields, base.items, strict=True)) | dict(keywords)
    return TupleValue(tuple(given[key] for key in fields), base.cls)


__all__ = ["call_generated", "construct", "empty", "is_constructible", "named_tuple_method"]
