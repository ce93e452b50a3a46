"""Attributes of objects of classes written in Python: fields, properties, methods, `super()`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ClassMethodDescriptorType, MemberDescriptorType, WrapperDescriptorType

import gast

from autodiff_compiler.errors import TypeMismatch, UnboundVariable, UnsupportedSyntax
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.overloads import class_of
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import plain_function
from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR
from autodiff_compiler.frontend.values import (
    TRUE,
    Binding,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.ir.nodes import Guard

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Super:
    """What `super()` looks names up with: the classes after `owner`."""

    owner: type

    def __call__(self) -> None:
        """Nothing: a callable, as all that a partial value holds."""


# ---------------------------------------------------------------- reading


def read(scope: Scope, node: gast.AST, base: Reference, name: str) -> Lowered:
    """`object.name`: a property, what the object holds, or what its class gives it, in Python's order."""
    cls = base.cell.cls
    if name == "__class__":
        return Static(STOOD_FOR.get(cls, cls))
    found = _lookup(cls, name)
    if isinstance(found, property):
        return _inline(scope, node, found.fget, [base])
    binding = scope.contents(base).items.get(name)
    if binding is not None and (found is _ABSENT or binding.defined == TRUE):
        return _held(scope, node, base, name, binding)
    if found is _ABSENT:
        scope.frame.refuse(UnboundVariable, node, *_absent(cls, name))
    if binding is None:
        return _of_class(scope, node, cls, name, found, base)
    return choose(
        scope, node, binding.defined,
        lambda inner: _held(inner, node, base, name, Binding(binding.value)),
        lambda inner: _of_class(inner, node, cls, name, found, base),
    )  # fmt: skip


def _lookup(cls: type, name: str) -> object:
    """What the class holds under a name; a slot is a place in the object, no value of the class."""
    found = inspect.getattr_static(cls, name, _ABSENT)
    return _ABSENT if isinstance(found, MemberDescriptorType) else found


def is_slot(cls: type, name: str) -> bool:
    """Whether a class has a slot of that name."""
    return isinstance(inspect.getattr_static(cls, name, None), MemberDescriptorType)


def _absent(cls: type, name: str) -> tuple[str, str]:
    if hasattr(cls, "__getattr__"):
        return f"`{name}` of a {cls.__name__} would be computed by its __getattr__", "a property"
    return f"a {cls.__name__} has no attribute `{name}` here", "assign it in __init__"


def _held(scope: Scope, node: gast.AST, base: Reference, name: str, binding: Binding) -> Lowered:
    if isinstance(binding.value, Undefined):
        reason = binding.value.reason or f"the attribute `{name}` is not assigned on this path"
        scope.frame.refuse(TypeMismatch, node, reason, "one type on every path")
    if binding.defined != TRUE:
        message = f"a {base.cell.cls.__name__} has no attribute `{name}` here"
        at = scope.frame.at(node)
        scope.builder.add(Guard(binding.defined, message, (), "UnboundVariable", at))
    return scope.resolved(binding.value)


def _of_class(scope: Scope, node: gast.AST, cls: type, name: str, found: object, base: Lowered) -> Lowered:
    """A method bound to the object, or an attribute of its class."""
    if isinstance(found, functools.cached_property):
        return _cached(scope, node, name, found, base)
    owner = Static(cls) if not isinstance(base, Static) else base
    bound = _bound(scope, cls, name, found, base, owner)
    if bound is not None:
        return bound
    if hasattr(type(found), "__get__"):
        reason = f"`{name}` of a {cls.__name__} is a {type(found).__name__}, which is not followed"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a property, or a plain attribute")
    path = f"{cls.__qualname__}.{name}"
    value = getattr(cls, name)
    return scope.frame.context.global_value(path, cls, value, lambda: getattr(cls, name))


def _bound(
    scope: Scope, cls: type, name: str, found: object, base: Lowered, owner: Lowered
) -> Lowered | None:
    """A method: bound to the object, to its class, or to nothing; None for what is none."""
    inner = found.__func__ if isinstance(found, (staticmethod, classmethod)) else found
    plain = plain_function(inner)
    if plain is None:
        return None
    path = f"{cls.__qualname__}.{name}"
    scope.frame.context.global_value(path, cls, plain, lambda: plain_function(_function(cls, name)))
    if isinstance(found, staticmethod):
        return Static(plain)
    return Partial(Static(plain), (owner if isinstance(found, classmethod) else base,))


def _function(cls: type, name: str) -> object:
    """What a class holds under a name now, its function where it is a method of the class or a static one."""
    found = getattr(cls, name, None)
    return getattr(found, "__func__", found)


def _cached(
    scope: Scope, node: gast.AST, name: str, found: functools.cached_property[object], base: Lowered
) -> Lowered:
    """A cached property: computed once, then held by the object."""
    value = _inline(scope, node, found.func, [base])
    if isinstance(base, Reference) and not scope.contents(base).frozen:
        scope.put(node, base, name, value)
    return value


# ---------------------------------------------------------------- writing


def write(scope: Scope, node: gast.AST, base: Reference, name: str, value: Lowered) -> None:
    """`object.name = value`."""
    cls = base.cell.cls
    found = inspect.getattr_static(cls, name, None)
    if isinstance(found, property):
        if found.fset is None:
            scope.frame.refuse(TypeMismatch, node, f"the property `{name}` has no setter")
        _inline(scope, node, found.fset, [base, value])
        return
    if any("__setattr__" in vars(base) for base in cls.__mro__ if base is not object):
        frozen = getattr(getattr(cls, "__dataclass_params__", None), "frozen", False)
        why = "is frozen" if frozen else "has a __setattr__ of its own"
        scope.frame.refuse(TypeMismatch, node, f"the class {cls.__name__} {why}", "dataclasses.replace(...)")
    put(scope, node, base, name, value)


def put(scope: Scope, node: gast.AST, base: Reference, name: str, value: Lowered) -> None:
    """What `object.__setattr__` does."""
    cls = base.cell.cls
    found = inspect.getattr_static(cls, name, None)
    if hasattr(type(found), "__set__") and not isinstance(found, MemberDescriptorType):
        reason = f"`{name}` of a {cls.__name__} is a {type(found).__name__}, which is not followed"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a property, or a plain attribute")
    scope.put(node, base, name, value)


# ---------------------------------------------------------------- other values with classes


def read_named_tuple(scope: Scope, node: gast.AST, base: TupleValue, name: str) -> Lowered:
    """A field, property or method of a NamedTuple."""
    fields: tuple[str, ...] = getattr(base.cls, "_fields", ())
    if name in fields:
        return base.items[fields.index(name)]
    if name == "__class__":
        return Static(base.cls)
    found = _lookup(base.cls, name)
    if isinstance(found, property):
        return _inline(scope, node, found.fget, [base])
    if found is _ABSENT:
        scope.frame.refuse(UnboundVariable, node, f"a {base.cls.__name__} has no attribute `{name}`")
    return _of_class(scope, node, base.cls, name, found, base)


def read_super(scope: Scope, node: gast.AST, lookup: Super, subject: Lowered, name: str) -> Lowered:
    """`super().name`: what the classes after the owner give, bound to the object or class."""
    is_class = isinstance(subject, Static) and isinstance(subject.value, type)
    cls = subject.value if is_class else class_of(subject)  # type: ignore[union-attr]  # a Static
    if not isinstance(cls, type) or lookup.owner not in cls.__mro__:
        reason = f"super() of {describe(subject)} is not a class that derives from {lookup.owner.__name__}"
        scope.frame.refuse(TypeMismatch, node, reason)
    after = cls.__mro__[cls.__mro__.index(lookup.owner) + 1 :]
    holder = next((base for base in after if name in vars(base)), None)
    if holder is None:
        scope.frame.refuse(UnboundVariable, node, f"no class after {lookup.owner.__name__} has a `{name}`")
    found = vars(holder)[name]
    if isinstance(found, property):
        return _inline(scope, node, found.fget, [subject])
    if holder is object and name in ("__init__", "__init_subclass__", "__post_init__"):
        return Static(_nothing)
    if isinstance(found, (WrapperDescriptorType, ClassMethodDescriptorType)) or found is object.__new__:
        return Static(found) if name == "__new__" else Partial(Static(found), (subject,))
    owner = subject if is_class else Static(cls)
    bound = _bound(scope, holder, name, found, subject, owner)
    return bound if bound is not None else _of_class(scope, node, holder, name, found, subject)


def _nothing() -> None:
    """What `super().__init__()` runs where no class after has an `__init__` of its own."""


def _inline(
    scope: Scope, node: gast.AST, function: Callable[..., object] | None, arguments: Sequence[Lowered],
    keywords: Mapping[str, Lowered] | None = None,
) -> Lowered:  # fmt: skip
    return scope.frame.context.call(scope, node, Static(function), arguments, keywords or {})


__all__ = ["Super", "is_slot", "put", "read", "read_named_tuple", "read_super", "write"]
