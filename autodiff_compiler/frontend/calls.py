"""Calls: operators of the registry, array methods, casts, and other Python functions (inlined)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import BuiltinMethodType, FunctionType, GenericAlias, MethodType
from typing import _GenericAlias, get_origin  # type: ignore[attr-defined]  # the class of `Box[float]`

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch, UnknownOperator, UnsupportedSyntax
from autodiff_compiler.frontend import arrays, overloads
from autodiff_compiler.frontend.builtins_folds import FOLDS
from autodiff_compiler.frontend.builtins_iterators import ITERATORS
from autodiff_compiler.frontend.builtins_numbers import NUMBERS
from autodiff_compiler.frontend.builtins_static import GETTERS, STATIC, as_value, folded, get, is_pure
from autodiff_compiler.frontend.choices import distributed
from autodiff_compiler.frontend.construction import call_generated, construct, is_constructible
from autodiff_compiler.frontend.consumers import CONSUMERS
from autodiff_compiler.frontend.containers import length_of
from autodiff_compiler.frontend.functions import call_inner
from autodiff_compiler.frontend.growing import is_growing
from autodiff_compiler.frontend.implicit import IMPLICIT
from autodiff_compiler.frontend.iteration import ITERATION
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.object_functions import OBJECT_FUNCTIONS
from autodiff_compiler.frontend.objects import read
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import LIBRARIES, plain_function
from autodiff_compiler.frontend.structures import is_plain_class
from autodiff_compiler.frontend.values import (
    Either,
    FunctionValue,
    Lowered,
    Partial,
    Reference,
    TupleValue,
    Undefined,
    describe,
)
from autodiff_compiler.frontend.whole_lists import as_array
from autodiff_compiler.ir.build import array_type, integer
from autodiff_compiler.ir.nodes import Apply, Const, Var
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise, Entry, Product, Reduction, Structural

Arguments = Sequence[Lowered]
Keywords = Mapping[str, Lowered]
CASTS = {float: Scalar("float64", True), int: Scalar("int64", True), bool: Scalar("bool")}
IGNORED = ("dtype", "out", "order", "axes")  # keywords accepted where they are None


def followed(target: Callable[..., object]) -> FunctionType | None:
    """The Python function that a call of this callable is inlined as; None for all other callables."""
    if _registered(target) is not None or _builtin(target) is not None:
        return None
    plain = plain_function(target)
    if (hasattr(plain, "registry") and hasattr(plain, "dispatch")) or overloads.is_generated(plain):
        return None  # of functools.singledispatch, of dataclasses
    known = plain is not None and (plain.__module__ or "").partition(".")[0] in LIBRARIES
    return None if known else plain


def refusal(node: gast.AST, target: Callable[..., object]) -> tuple[str, str] | None:
    """Why a call of this callable cannot be lowered, and what to write instead; None where it can be."""
    if hasattr(target, "registry") and hasattr(target, "dispatch"):
        return (
            "functools.singledispatch chooses a function by what is registered when the program runs",
            "isinstance(...) in one function",
        )
    if _registered(target) is not None or _builtin(target) is not None or followed(target) is not None:
        return None
    if (isinstance(target, MethodType) and followed(target.__func__) is not None) or is_constructible(target):
        return None
    if is_pure(target) or isinstance(target, GETTERS):
        return None
    if isinstance(getattr(target, "__self__", None), (list, dict)):
        return None  # whether the method is supported is seen when the list or dict is known
    if overloads.is_generated(target) and target.__name__ == "__init__":
        return None  # of a dataclass
    if isinstance(target, (partial, GenericAlias, _GenericAlias)) or is_plain_class(type(target)):
        return None  # what it calls is looked at there
    near = registry.nearest(getattr(target, "__name__", ""))
    name = _written(node) or registry.spelled(target)
    return (
        f"`{name}` has no derivative rule and no Python source to follow",
        " or ".join(near) if near else "a plain Python function with the same meaning",
    )


def _written(node: gast.AST) -> str:
    """The callee as the user spells it, where that is a name or a chain of attributes."""
    match node:
        case gast.Call(func=inner):
            return _written(inner)
        case gast.Name(id=name):
            return str(name)
        case gast.Attribute(value=inner, attr=name):
            owner = _written(inner)
            return owner and f"{owner}.{name}"
        case _:
            return ""


def missing(owner: object, name: str) -> tuple[str, str]:
    """What is said about an attribute that the owner does not have, and what may have been meant."""
    shown = getattr(owner, "__name__", type(owner).__name__)
    return f"{shown} has no attribute `{name}`", " or ".join(registry.nearest(name))


def _registered(target: object) -> Entry | None:
    """The entry of a callable that can be called anywhere."""
    entry = registry.by_callable(target)
    return None if target is range else entry


def _builtin(target: object) -> Callable[..., Lowered] | None:
    return next(
        (lower for known, lower in BUILTINS.items() if known is target or _is_method(known, target)), None
    )


def _is_method(known: object, target: object) -> bool:
    """Whether both are the same method of a builtin class, which is another object each time."""
    return isinstance(known, BuiltinMethodType) and isinstance(known.__self__, type) and known == target


def lower_call(
    scope: Scope, node: gast.AST, function: Lowered, arguments: Arguments, keywords: Keywords
) -> Lowered:
    """The value of a call."""
    match function:
        case Partial(function=inner, arguments=leading, keywords=given):
            return lower_call(scope, node, inner, [*leading, *arguments], {**dict(given), **keywords})
        case FunctionValue():
            return call_inner(scope, node, function, arguments, keywords)
        case Either():
            return distributed(
                scope, node, function, lambda inner, side: lower_call(inner, node, side, arguments, keywords)
            )
        case Reference(cell=cell) if cell.cls not in (list, dict):
            return lower_call(scope, node, read(scope, node, function, "__call__"), arguments, keywords)
    if not isinstance(function, Static):
        scope.frame.refuse(TypeMismatch, node, f"{describe(function)} is called as a function")
    target = function.value
    for value in (*arguments, *keywords.values()):
        if isinstance(value, Undefined) and target is not print:
            scope.frame.refuse(TypeMismatch, node, value.reason)
    if not callable(target):
        scope.frame.refuse(TypeMismatch, node, f"{describe(function)} is called as a function")
    if isinstance(target, (MethodType, partial)):
        path = f"{getattr(target, '__qualname__', 'partial')}"
        known = scope.frame.context.global_value(path, target, target, lambda: target)
        return lower_call(scope, node, known, arguments, keywords)
    if isinstance(target, GenericAlias | _GenericAlias):
        return lower_call(scope, node, Static(get_origin(target)), arguments, keywords)
    refused = refusal(node, target)
    if refused is not None:
        scope.frame.refuse(UnknownOperator, node, *refused)
    made = overloads.builtin(scope, node, target, arguments)
    if made is None and isinstance(target, FunctionType):
        made = call_generated(scope, node, target, arguments, keywords)
    if made is not None:
        return made
    if isinstance(target, FunctionType) and overloads.is_generated(target):
        scope.frame.refuse(TypeMismatch, node, f"`{target.__qualname__}` gets no object of its class")
    entry, builtin = _registered(target), _builtin(target)
    if entry is not None or builtin is not None:
        for position, argument in enumerate(arguments):
            if isinstance(scope.resolved(argument), Either):
                return _of_either(scope, node, function, arguments, keywords, position)
    if isinstance(target, GETTERS):
        return get(scope, node, target, arguments)
    if builtin is not None:
        return builtin(scope, node, list(arguments), keywords)
    known = folded(scope, node, target, arguments, keywords)
    if known is not None:
        return known
    if entry is not None:
        arguments = [_as_array(scope, node, entry, argument) for argument in arguments]
    if isinstance(target, type) and isinstance(entry, Structural):
        return _cast(scope, node, target, list(arguments), keywords)
    if entry is not None:
        return _operator(scope, node, entry, target, list(arguments), keywords)
    if is_constructible(target):
        assert isinstance(target, type)
        return construct(scope, node, target, arguments, keywords)
    return scope.frame.context.inline(scope, node, followed(target), arguments, keywords)


def _as_array(scope: Scope, node: gast.AST, entry: Entry, value: Lowered) -> Lowered:
    """A list of unknown length as NumPy's functions see it."""
    if not isinstance(value, Reference) or not is_growing(value) or entry.name in ("len", "array"):
        return value
    array = as_array(scope, node, value)
    if isinstance(entry, Structural) and isinstance(array, Var) and isinstance(array.type, Array):
        return arrays.copy(scope, array)
    return array


def _of_either(
    scope: Scope, node: gast.AST, function: Lowered, arguments: Arguments, keywords: Keywords, position: int
) -> Lowered:
    """A call whose argument has one of two forms."""

    def call(inner: Scope, value: Lowered) -> Lowered:
        given = [*arguments[:position], value, *arguments[position + 1 :]]
        return lower_call(inner, node, function, given, keywords)

    return distributed(scope, node, arguments[position], call)


def _cast(
    scope: Scope, node: gast.AST, target: type, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    if all(isinstance(argument, Static) for argument in arguments) and not keywords:
        return _read_text(scope, node, target, arguments)
    (argument,) = _positional(scope, node, target.__name__, arguments, keywords, 1)
    if target is bool:
        return scope.condition(argument, node)
    value = scope.scalar(argument, node, f"the argument of {target.__name__}")
    kind = CASTS.get(target) or Scalar(np.dtype(target).name)
    if value.type.dtype == kind.dtype and isinstance(value, Const):
        return Const(value.value, kind)
    if value.type.dtype == kind.dtype and value.type != kind:  # weakness changes what it promotes to
        return scope.builder.assign(Apply("cast", (value,), (("dtype", kind.dtype),)), kind)
    return scope.cast(value, kind)


def _read_text(scope: Scope, node: gast.AST, target: type, arguments: list[Lowered]) -> Lowered:
    """`float("inf")`, `int("ff")`, `float()`, `bool(None)`."""
    try:
        return as_value(target(*(item.value for item in arguments if isinstance(item, Static))))
    except (TypeError, ValueError) as error:
        scope.frame.refuse(TypeMismatch, node, str(error))


def array_method(
    scope: Scope, node: gast.AST, name: str, base: Lowered, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    """A method of an array or NumPy scalar."""
    array = scope.atom(base, node, f"the object of the method {name}")
    entry = registry.by_method(name)
    if name == "astype" and isinstance(array.type, Array):
        given = arrays.bind(scope, node, "astype", ["dtype"], arguments, keywords)
        return arrays.from_items(scope, node, array, given.get("dtype"))
    if name == "item" and not arguments and not isinstance(array.type, Array):
        return array
    if entry is None:
        near = registry.nearest(name)
        scope.frame.refuse(
            UnknownOperator,
            node,
            f"the method `.{name}` of {describe(array)} is not supported",
            " or ".join(near),
        )
    if not isinstance(array.type, Array):
        strong = array.type == Scalar(array.type.dtype)
        if isinstance(entry, Reduction) and strong and not (arguments or keywords):
            return array  # a NumPy scalar has the methods of an array: it is its own sum
        scope.frame.refuse(TypeMismatch, node, f"the method `.{name}` is called on {describe(array)}")
    if name in ("reshape", "transpose") and len(arguments) > 1:
        arguments = [TupleValue(tuple(arguments))]
    return _operator(scope, node, entry, None, [array, *arguments], keywords)


def _operator(
    scope: Scope, node: gast.AST, entry: Entry, target: object, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    match entry:
        case Elementwise():
            return _elementwise(scope, node, entry, target, arguments, keywords)
        case Reduction():
            given = arrays.bind(
                scope, node, entry.name, ["a", "axis", "keepdims"], arguments, _without_none(keywords)
            )
            value = given.pop("a")
            if scope.items(value) is not None:
                value = arrays.from_items(scope, node, value, None)
            atom = scope.atom(value, node, f"the argument of {entry.name}")
            if not isinstance(atom.type, Array):
                return atom
            return arrays.reduce(scope, node, entry, scope.array(atom, node, ""), given)
        case Product():
            left, right = _positional(scope, node, entry.name, arguments, keywords, 2)
            return arrays.matmul(scope, node, left, right, dot=target is not np.matmul)
        case Structural():
            return _structural(scope, node, entry.name, arguments, keywords)


def _without_none(keywords: Keywords) -> Keywords:
    return {
        name: value for name, value in keywords.items()
        if not (name in IGNORED and isinstance(value, Static) and value.value is None)
    }  # fmt: skip


def _positional(
    scope: Scope, node: gast.AST, name: str, arguments: list[Lowered], keywords: Keywords, count: int
) -> list[Lowered]:
    keywords = _without_none(keywords)
    if keywords:
        scope.frame.refuse(
            UnsupportedSyntax,
            node,
            f"the argument `{next(iter(keywords))}` of {name} is not supported",
            f"{name} with positional arguments",
        )
    if len(arguments) != count:
        scope.frame.refuse(
            TypeMismatch,
            node,
            f"{name} takes {count} argument{'s' * (count != 1)}, and gets {len(arguments)}",
        )
    return arguments


def _elementwise(
    scope: Scope,
    node: gast.AST,
    entry: Elementwise,
    target: object,
    arguments: list[Lowered],
    keywords: Keywords,
) -> Lowered:
    values = _positional(scope, node, registry.spelled(target), arguments, keywords, entry.arity)
    scalars_only = getattr(target, "__module__", "") == "math"
    python = getattr(target, "__module__", "") == "builtins"
    if entry.name == "where":
        first = scope.atom(values[0], node, "the condition of where")
        if first.type.dtype != "bool":
            zero = Const(0, Scalar("int64", True))
            values = [scope.elementwise(node, "not_equal", [first, zero]), *values[1:]]
    if scalars_only and entry.result == "number":  # math.floor and the like give integers
        value = scope.elementwise(node, entry.name, values, scalars_only=True)
        integral = entry.name in ("floor", "ceil", "trunc")
        return scope.cast(value, Scalar("int64", True)) if integral else value
    return scope.elementwise(node, entry.name, values, python=python, scalars_only=scalars_only)


def _structural(
    scope: Scope, node: gast.AST, name: str, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    first: Lowered = arguments[0] if arguments else Undefined()
    match name:
        case "zeros" | "ones" | "empty" | "full" | "zeros_like" | "ones_like" | "empty_like" | "full_like":
            return arrays.create(scope, node, name, arguments, keywords)
        case "array":
            named = arrays.bind(scope, node, "np.array", ["object", "dtype"], arguments, keywords)
            return arrays.from_items(scope, node, named["object"], named.get("dtype"))
        case "copy":
            _positional(scope, node, name, arguments, keywords, 1)
            return arrays.copy(scope, scope.array(first, node, "the argument of copy"))
        case "shape" | "ndim" | "size":
            _positional(scope, node, name, arguments, keywords, 1)
            return arrays.attribute(scope, node, scope.array(first, node, f"the argument of {name}"), name)
        case "len":
            return _length(scope, node, _positional(scope, node, name, arguments, keywords, 1)[0])
        case "ravel" | "flatten":
            array = scope.array(
                _positional(scope, node, name, arguments, keywords, 1)[0], node, "the argument"
            )
            flat = arrays.reshape(scope, node, array, [integer(-1)])
            return arrays.copy(scope, flat) if name == "flatten" else flat
        case "reshape":
            given, shape = _positional(scope, node, name, arguments, keywords, 2)
            return arrays.reshape(
                scope, node, scope.array(given, node, "the argument"), arrays.sizes_of(scope, node, shape)
            )
        case "transpose":
            return _transpose(scope, node, arguments, keywords)
        case "expand_dims":
            named = arrays.bind(scope, node, name, ["a", "axis"], arguments, keywords)
            return arrays.expand_dims(
                scope, node, scope.array(named["a"], node, "the argument"), named["axis"]
            )
    scope.frame.refuse(UnknownOperator, node, f"`{name}` cannot be called like this")


def _length(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    if isinstance(value, TupleValue):
        return integer(len(value.items))
    if isinstance(value, Reference) and value.cell.cls in (list, dict):
        return length_of(scope, node, value)
    array = scope.array(value, node, "the argument of len")
    if isinstance(array.type, Array) and array.type.rank == 0:
        scope.frame.refuse(TypeMismatch, node, "len of a 0-d array")
    return scope.builder.dim(array, 0)


def _transpose(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    given = arrays.bind(scope, node, "transpose", ["a", "axes"], arguments, _without_none(keywords))
    array = scope.array(given["a"], node, "the argument of transpose")
    rank = array_type(array).rank
    axes = given.get("axes")
    if axes is None:
        return arrays.transpose(scope, array, tuple(reversed(range(rank))))
    items = scope.items(axes) or (axes,)
    order = tuple(scope.known_integer(item, node, "an axis") % rank for item in items)
    if sorted(order) != list(range(rank)):
        scope.frame.refuse(TypeMismatch, node, f"axes {order} are no permutation of {rank} axes")
    return arrays.transpose(scope, array, order)


BUILTINS: dict[object, Callable[..., Lowered]] = {
    **ITERATION, **FOLDS, **NUMBERS, **STATIC, **ITERATORS, **IMPLICIT, **CONSUMERS, **OBJECT_FUNCTIONS,
}  # fmt: skip
