"""Functions about objects and classes: super, type, getattr, copies, and those of `dataclasses`."""

from __future__ import annotations

import builtins
import copy
import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from types import CellType

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import objects, overloads
from autodiff_compiler.frontend.builtins_static import class_of
from autodiff_compiler.frontend.choices import choose
from autodiff_compiler.frontend.construction import construct, empty
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.objects import Super
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.shapes import copy as copy_array
from autodiff_compiler.frontend.stand_ins import same
from autodiff_compiler.frontend.values import (
    TRUE,
    Binding,
    Cell,
    Contents,
    FunctionValue,
    Listed,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    describe,
)
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import BOOL, Array

Arguments = Sequence[Lowered]
Keywords = Mapping[str, Lowered]
Lower = Callable[[Scope, gast.AST, Arguments, Keywords], Lowered]


def _taken(
    scope: Scope, node: gast.AST, name: str, arguments: Arguments, keywords: Keywords, *counts: int
) -> None:
    if keywords or len(arguments) not in counts:
        reason = f"{name} takes {' or '.join(map(str, counts))} positional arguments here"
        scope.frame.refuse(TypeMismatch, node, reason)


# ---------------------------------------------------------------- super


def _super(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    """`super()`, `super(Class, self)`: what looks names up in the classes after a class."""
    _taken(scope, node, "super", arguments, keywords, 0, 2)
    if arguments:
        owner, subject = arguments
        if isinstance(owner, Static) and isinstance(owner.value, type):
            return Partial(Static(Super(owner.value)), (subject,))
        scope.frame.refuse(TypeMismatch, node, "super takes a class and an object")
    cell = scope.frame.source.cells.get("__class__")
    names = scope.frame.source.tree.args
    first = next((item.id for item in (*names.posonlyargs, *names.args)), None)
    binding = scope.lookup(first) if first is not None else None
    if cell is None or cell == CellType() or binding is None:
        scope.frame.refuse(UnsupportedSyntax, node, "super() works in a method only", "super(Class, self)")
    return Partial(Static(Super(cell.cell_contents)), (binding.value,))


# ---------------------------------------------------------------- attributes by name


def _name(scope: Scope, node: gast.AST, value: Lowered, function: str) -> str:
    if isinstance(value, Static) and isinstance(value.value, str):
        return value.value
    reason = f"the name that {function} gets is {describe(value)} that is only known when the function runs"
    scope.frame.refuse(UnsupportedSyntax, node, reason, "a constant name, or a dict")


def _held(scope: Scope, node: gast.AST, value: Lowered, name: str) -> Const | Var:
    """Whether the value has an attribute of that name."""
    if isinstance(value, Reference):
        binding = scope.contents(value).items.get(name)
        if hasattr(value.cell.cls, name) and not objects.is_slot(value.cell.cls, name):
            return TRUE
        return Const(False, BOOL) if binding is None else binding.defined
    if isinstance(value, Static):
        return Const(hasattr(value.value, name), BOOL)
    return Const(hasattr(class_of(scope, node, value), name), BOOL)


def _hasattr(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    _taken(scope, node, "hasattr", arguments, keywords, 2)
    return _held(scope, node, arguments[0], _name(scope, node, arguments[1], "hasattr"))


def _getattr(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    _taken(scope, node, "getattr", arguments, keywords, 2, 3)
    base, name = arguments[0], _name(scope, node, arguments[1], "getattr")
    if len(arguments) == 2:
        return scope.frame.context.attribute(scope, node, base, name)
    return choose(
        scope, node, _held(scope, node, base, name),
        lambda inner: inner.frame.context.attribute(inner, node, base, name), lambda inner: arguments[2],
    )  # fmt: skip


def _setattr(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    _taken(scope, node, "setattr", arguments, keywords, 3)
    base, name = arguments[0], _name(scope, node, arguments[1], "setattr")
    if not isinstance(base, Reference) or overloads.class_of(base) is None:
        scope.frame.refuse(TypeMismatch, node, f"setattr of {describe(base)} is not supported")
    objects.write(scope, node, base, name, arguments[2])
    return Static(None)


def _set_plainly(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    """`object.__setattr__(self, name, value)`, as frozen dataclasses use it."""
    _taken(scope, node, "object.__setattr__", arguments, keywords, 3)
    base, name = arguments[0], _name(scope, node, arguments[1], "object.__setattr__")
    if not isinstance(base, Reference) or overloads.class_of(base) is None:
        scope.frame.refuse(TypeMismatch, node, f"an attribute of {describe(base)} is assigned")
    objects.put(scope, node, base, name, arguments[2])
    return Static(None)


def _new(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    """`object.__new__(cls)`: an object without attributes."""
    _taken(scope, node, "object.__new__", arguments, keywords, 1)
    (cls,) = arguments
    if not isinstance(cls, Static) or not isinstance(cls.value, type):
        scope.frame.refuse(TypeMismatch, node, "object.__new__ takes a class")
    return empty(scope, node, cls.value)


# ---------------------------------------------------------------- copies and dataclasses


def _dataclass(scope: Scope, node: gast.AST, value: Lowered, name: str) -> tuple[Reference, list[str]]:
    """An object of a dataclass, and the names of its fields."""
    if isinstance(value, Reference) and dataclasses.is_dataclass(value.cell.cls):
        return value, [item.name for item in dataclasses.fields(value.cell.cls)]
    scope.frame.refuse(TypeMismatch, node, f"{name} needs an object of a dataclass, not {describe(value)}")


def _replace(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    """`dataclasses.replace(value, field=...)`."""
    _taken(scope, node, "dataclasses.replace", arguments, {}, 1)
    base, _ = _dataclass(scope, node, arguments[0], "dataclasses.replace")
    given = dict(keywords)
    for item in dataclasses.fields(base.cell.cls):
        if item.init and item.name not in given:
            given[item.name] = objects.read(scope, node, base, item.name)
    return construct(scope, node, base.cell.cls, [], given)


def _as_dict(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    _taken(scope, node, "dataclasses.asdict", arguments, keywords, 1)
    base, names = _dataclass(scope, node, arguments[0], "dataclasses.asdict")
    return _parts(scope, node, base, names, lambda parts: scope.make(dict, dict(parts), "dict"))


def _as_tuple(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    _taken(scope, node, "dataclasses.astuple", arguments, keywords, 1)
    base, names = _dataclass(scope, node, arguments[0], "dataclasses.astuple")
    return _parts(scope, node, base, names, lambda parts: TupleValue(tuple(value for _, value in parts)))


def _parts(
    scope: Scope, node: gast.AST, base: Reference, names: list[str],
    build: Callable[[list[tuple[str, Lowered]]], Lowered],
) -> Lowered:  # fmt: skip
    """The fields, those that are dataclasses likewise, what else can change copied."""

    def part(value: Lowered) -> Lowered:
        if isinstance(value, Reference) and dataclasses.is_dataclass(value.cell.cls):
            inner = [item.name for item in dataclasses.fields(value.cell.cls)]
            return _parts(scope, node, value, inner, build)
        if isinstance(value, TupleValue):
            return TupleValue(tuple(part(item) for item in value.items), value.cls)
        return _deep(scope, node, value, {})

    return build([(name, part(objects.read(scope, node, base, name))) for name in names])


def _fields(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    _taken(scope, node, "dataclasses.fields", arguments, keywords, 1)
    value = arguments[0]
    cls = value.value if isinstance(value, Static) else _dataclass(scope, node, value, "fields")[0].cell.cls
    if not dataclasses.is_dataclass(cls):
        scope.frame.refuse(TypeMismatch, node, "dataclasses.fields needs a dataclass")
    return Listed.of([Static(item) for item in dataclasses.fields(cls)])


def _copy(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    """`copy.copy`: another object that holds the same."""
    _taken(scope, node, "copy.copy", arguments, keywords, 1)
    (value,) = arguments
    if isinstance(value, Var) and isinstance(value.type, Array):
        return copy_array(scope, value)
    if not isinstance(value, Reference):
        return value
    if value.cell.item is not None:  # a list of arrays of its own
        return scope.frame.context.call_method(scope, node, value, "copy", [], {})
    _check_copied(scope, node, value.cell.cls, "__copy__")
    made = Cell(value.cell.cls, value.cell.name, value.cell.site, value.cell.item)
    scope.heap[made] = Contents(dict(scope.contents(value).items))
    return Reference(made)


def _deepcopy(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    """`copy.deepcopy`: copies of everything that can change."""
    _taken(scope, node, "copy.deepcopy", arguments, keywords, 1)
    return _deep(scope, node, arguments[0], {})


def _deep(scope: Scope, node: gast.AST, value: Lowered, made: dict[object, Lowered]) -> Lowered:
    match value:
        case Var(type=Array()):
            if value not in made:
                made[value] = copy_array(scope, value)
            return made[value]
        case TupleValue(items=items, cls=cls):
            return TupleValue(tuple(_deep(scope, node, item, made) for item in items), cls)
        case Reference(cell=cell):
            if cell not in made:
                _check_copied(scope, node, cell.cls, "__deepcopy__")
                twin = Cell(cell.cls, cell.name, cell.site, cell.item)
                made[cell] = Reference(twin)
                held = {
                    key: Binding(_deep(scope, node, binding.value, made), binding.defined)
                    for key, binding in scope.contents(value).items.items()
                }
                scope.heap[twin] = Contents(held)
            return made[cell]
        case Partial() | FunctionValue():
            scope.frame.refuse(UnsupportedSyntax, node, "functions inside an object are not copied")
        case _:
            return value


def _check_copied(scope: Scope, node: gast.AST, cls: type, name: str) -> None:
    if hasattr(cls, name):
        scope.frame.refuse(UnsupportedSyntax, node, f"{cls.__name__} says itself how it is copied ({name})")


def _partial(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    """`functools.partial(function, ...)`."""
    if not arguments:
        scope.frame.refuse(TypeMismatch, node, "functools.partial takes a function")
    given = [scope.named(node, value) for value in arguments[1:]]
    named = {name: scope.named(node, value) for name, value in keywords.items()}
    return Partial(arguments[0], tuple(given), tuple(named.items()))


def _wraps(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    """`functools.wraps(function)`: a decorator that leaves what it gets as it is, but for its name."""
    return Static(same)


def _update_wrapper(scope: Scope, node: gast.AST, arguments: Arguments, keywords: Keywords) -> Lowered:
    """`functools.update_wrapper(wrapper, wrapped)`: the wrapper."""
    _taken(scope, node, "functools.update_wrapper", arguments, {}, 2)
    return arguments[0]


OBJECT_FUNCTIONS: dict[object, Lower] = {
    builtins.super: _super,
    builtins.hasattr: _hasattr,
    builtins.getattr: _getattr,
    builtins.setattr: _setattr,
    object.__setattr__: _set_plainly,
    object.__new__: _new,
    dataclasses.replace: _replace,
    dataclasses.asdict: _as_dict,
    dataclasses.astuple: _as_tuple,
    dataclasses.fields: _fields,
    functools.partial: _partial,
    functools.wraps: _wraps,
    functools.update_wrapper: _update_wrapper,
    copy.copy: _copy,
    copy.deepcopy: _deepcopy,
}

__all__ = ["OBJECT_FUNCTIONS"]
