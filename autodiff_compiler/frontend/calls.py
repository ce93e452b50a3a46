"""Calls: what is called, and who knows how to lower that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import BuiltinMethodType, FunctionType, GenericAlias, MethodDescriptorType, MethodType
from typing import _GenericAlias, get_origin  # type: ignore[attr-defined]  # the class of `Box[float]`

import gast
import numpy as np

import autodiff_compiler.composed  # noqa: F401  (fills the registry)
from autodiff_compiler.errors import TypeMismatch, UnknownOperator
from autodiff_compiler.frontend import overloads, stand_ins
from autodiff_compiler.frontend.builtins_folds import FOLDS
from autodiff_compiler.frontend.builtins_iterators import ITERATORS
from autodiff_compiler.frontend.builtins_itertools import CHOOSING
from autodiff_compiler.frontend.builtins_numbers import NUMBERS
from autodiff_compiler.frontend.builtins_numpy import NUMPY
from autodiff_compiler.frontend.builtins_selection import SELECTION
from autodiff_compiler.frontend.builtins_shapes import SHAPES
from autodiff_compiler.frontend.builtins_static import GETTERS, STATIC, folded, get, is_pure
from autodiff_compiler.frontend.choices import distributed
from autodiff_compiler.frontend.collections_used import COLLECTIONS, ORDER_FREE, members
from autodiff_compiler.frontend.construction import call_generated, construct, is_constructible
from autodiff_compiler.frontend.consumers import CONSUMERS
from autodiff_compiler.frontend.creation import of_ranges
from autodiff_compiler.frontend.dispatching import by_class, is_dispatching
from autodiff_compiler.frontend.equal_dicts import EQUAL_DICTS
from autodiff_compiler.frontend.functions import call_inner
from autodiff_compiler.frontend.implicit import IMPLICIT
from autodiff_compiler.frontend.iteration import ITERATION
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.lacking import LACKING
from autodiff_compiler.frontend.named_iterators import NEXT
from autodiff_compiler.frontend.object_functions import OBJECT_FUNCTIONS
from autodiff_compiler.frontend.objects import read
from autodiff_compiler.frontend.operator_calls import call_operator
from autodiff_compiler.frontend.outside_language import outside_language
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.source import is_library, of_each_element, plain_function, without_threads
from autodiff_compiler.frontend.stand_ins_dicts import viewed
from autodiff_compiler.frontend.structures import is_plain_class
from autodiff_compiler.frontend.tables import TABLES
from autodiff_compiler.frontend.ufunc_calls import method_of_ufunc
from autodiff_compiler.frontend.values import (
    Counted,
    Either,
    FunctionValue,
    Listed,
    Lowered,
    Partial,
    Reference,
    Undefined,
    describe,
)
from autodiff_compiler.frontend.zipping import ZIP
from autodiff_compiler.ir.nodes import Const, Var
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Entry

Arguments = Sequence[Lowered]
Keywords = Mapping[str, Lowered]


def followed(target: Callable[..., object]) -> FunctionType | None:
    """The Python function that a call of this callable is inlined as; None for all other callables."""
    if _registered(target) is not None or _builtin(target) is not None:
        return None
    plain = plain_function(target)
    if is_dispatching(plain) or overloads.is_generated(plain):
        return None  # of functools.singledispatch, of dataclasses
    known = plain is not None and is_library(plain.__module__)
    return None if known else plain


def refusal(node: gast.AST, target: Callable[..., object]) -> tuple[str, str] | None:
    """Why a call of this callable cannot be lowered, and what to write instead; None where it can be."""
    if without_threads(target) is range:
        return None
    if is_dispatching(target) or of_each_element(target) is not None:
        return None  # what it calls is looked at there
    if _registered(target) is not None or _builtin(target) is not None or followed(target) is not None:
        return None
    if (isinstance(target, MethodType) and followed(target.__func__) is not None) or is_constructible(target):
        return None
    if is_pure(target) or isinstance(target, GETTERS) or _is_accepted_method(target):
        return None
    if isinstance(getattr(target, "__self__", None), (list, dict)):
        return None  # whether the method is supported is seen when the list or dict is known
    if overloads.is_generated(target) and target.__name__ == "__init__":
        return None  # of a dataclass
    if (
        isinstance(target, (partial, GenericAlias, _GenericAlias))
        or _is_plain_vectorize(target)
        or is_plain_class(type(target))
    ):
        return None  # what it calls is looked at there
    near = registry.nearest(getattr(target, "__name__", ""))
    name = _written(node)
    if not name or name.rpartition(".")[2] in _CALLING:
        name = registry.spelled(target)
    known = outside_language(target, name)
    return known or (
        f"`{name}` has no derivative rule and no Python source to follow",
        " or ".join(near) if near else "a plain Python function with the same meaning",
    )


# Functions that call others, which are named in what is said.
_CALLING = ("map", "filter", "partial", "reduce", "starmap", "accumulate", "sorted", "min", "max")


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


def is_known(target: object) -> bool:
    """Whether a callable is an operator of the registry, or a builtin that the frontend lowers."""
    return _registered(target) is not None or _builtin(target) is not None


def _is_accepted_method(target: object) -> bool:
    """Whether a callable is a method of an accepted ufunc."""
    method = method_of_ufunc(target)
    return method is not None and is_known(method[0])


def _builtin(target: object) -> Callable[..., Lowered] | None:
    return next(
        (lower for known, lower in BUILTINS.items() if known is target or _is_method(known, target)), None
    )


def _is_method(known: object, target: object) -> bool:
    """Whether both are the same method of a builtin class or ufunc, which is another object each time."""
    owner = known.__self__ if isinstance(known, BuiltinMethodType) else None
    return isinstance(owner, (type, np.ufunc)) and known == target


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
    target = without_threads(function.value)
    for value in (*arguments, *keywords.values()):
        if isinstance(value, Undefined) and target is not print:
            scope.frame.refuse(TypeMismatch, node, value.reason, value.instead)
    if not callable(target):
        scope.frame.refuse(TypeMismatch, node, f"{describe(function)} is called as a function")
    made = _of_another(scope, node, target, arguments, keywords)
    if made is not None:
        return made
    return _call_known(scope, node, function, target, arguments, keywords)


def _of_another(
    scope: Scope, node: gast.AST, target: Callable[..., object], arguments: Arguments, keywords: Keywords
) -> Lowered | None:
    """A call of what stands for another callable, as a bound method does; None for other callables."""
    if isinstance(target, MethodDescriptorType) and target.__objclass__ in (list, dict) and arguments:
        owner, *rest = arguments
        return scope.frame.context.call_method(scope, node, owner, target.__name__, rest, keywords)
    if isinstance(target, (MethodType, partial)) and _registered(target) is None:
        path = f"{getattr(target, '__qualname__', 'partial')}"
        known = scope.frame.context.global_value(path, target, target, lambda: target)
        return lower_call(scope, node, known, arguments, keywords)
    if is_dispatching(target) and arguments:
        return by_class(scope, node, target, arguments, keywords)
    if (each := of_each_element(target)) is not None:
        return _of_each_element(scope, node, each, arguments, keywords)
    if isinstance(target, np.vectorize) and _is_plain_vectorize(target):
        inner = scope.frame.context.global_value(
            "vectorize.pyfunc", target, target.pyfunc, lambda: target.pyfunc
        )
        every = [inner, *arguments]
        return scope.frame.context.inline(scope, node, stand_ins.element_by_element, every, keywords)
    if isinstance(target, GenericAlias | _GenericAlias):
        return lower_call(scope, node, Static(get_origin(target)), arguments, keywords)
    return None


def _of_each_element(
    scope: Scope, node: gast.AST, function: FunctionType, arguments: Arguments, keywords: Keywords
) -> Lowered:
    """What `numba.vectorize` computes with a function of numbers."""
    inline = scope.frame.context.inline
    if all(isinstance(item, (Var, Const)) and isinstance(item.type, Scalar) for item in arguments):
        return inline(scope, node, function, arguments, keywords)
    return inline(scope, node, stand_ins.element_by_element, [Static(function), *arguments], keywords)


def _is_plain_vectorize(target: object) -> bool:
    """Whether a callable is what `np.vectorize(function)` makes, without options."""
    return isinstance(target, np.vectorize) and not (target.otypes or target.excluded or target.signature)


def _call_known(
    scope: Scope, node: gast.AST, function: Static, target: Callable[..., object], arguments: Arguments,
    keywords: Keywords,
) -> Lowered:  # fmt: skip
    """A call of a callable that is known while compiling."""
    refused = refusal(node, target)
    if refused is not None:
        scope.frame.refuse(UnknownOperator, node, *refused)
    made = _of_objects(scope, node, target, arguments, keywords)
    if made is not None:
        return made
    if arguments and any(target is known for known in ORDER_FREE):
        arguments = [members(scope, arguments[0]), *arguments[1:]]
    entry, builtin, method = _registered(target), _builtin(target), method_of_ufunc(target)
    if entry is not None or builtin is not None or method is not None:
        for position, argument in enumerate(arguments):
            if isinstance(scope.resolved(argument), Either):
                return _of_either(scope, node, function, arguments, keywords, position)
        if _takes_arrays(target):
            arguments = [of_ranges(scope, node, item) for item in arguments]
            keywords = {name: of_ranges(scope, node, item) for name, item in keywords.items()}
    if builtin is not None:
        made = builtin(scope, node, list(arguments), keywords)
        return (
            replace(made, once=target not in (range, viewed)) if isinstance(made, (Listed, Counted)) else made
        )
    if method is not None and entry is None:
        ufunc, stand_in = method
        return scope.frame.context.inline(scope, node, stand_in, [Static(ufunc), *arguments], keywords)
    known = (
        get(scope, node, target, arguments)
        if isinstance(target, GETTERS)
        else folded(scope, node, target, arguments, keywords)
    )
    if known is not None:
        return known
    if entry is not None:
        return call_operator(scope, node, entry, target, arguments, keywords)
    if is_constructible(target):
        assert isinstance(target, type)
        return construct(scope, node, target, arguments, keywords)
    return scope.frame.context.inline(scope, node, followed(target), arguments, keywords)


def _takes_arrays(target: object) -> bool:
    """Whether a callable is one of NumPy's or SciPy's, to which a range is an array."""
    module = getattr(target, "__module__", None) or ""
    return module.split(".")[0] in ("numpy", "scipy") or method_of_ufunc(target) is not None


def _of_objects(
    scope: Scope, node: gast.AST, target: Callable[..., object], arguments: Arguments, keywords: Keywords
) -> Lowered | None:
    """A call that special methods of the arguments, or what `dataclasses` has written, answer; None else."""
    made = overloads.builtin(scope, node, target, arguments)
    if made is not None or not isinstance(target, FunctionType):
        return made
    made = call_generated(scope, node, target, arguments, keywords)
    if made is None and overloads.is_generated(target):
        scope.frame.refuse(TypeMismatch, node, f"`{target.__qualname__}` gets no object of its class")
    return made


def _of_either(
    scope: Scope, node: gast.AST, function: Lowered, arguments: Arguments, keywords: Keywords, position: int
) -> Lowered:
    """A call whose argument has one of two forms."""

    def call(inner: Scope, value: Lowered) -> Lowered:
        given = [*arguments[:position], value, *arguments[position + 1 :]]
        return lower_call(inner, node, function, given, keywords)

    return distributed(scope, node, arguments[position], call)


BUILTINS: dict[object, Callable[..., Lowered]] = {
    **ITERATION, **ZIP, **NEXT, **FOLDS, **NUMBERS, **STATIC, **ITERATORS, **NUMPY, **SELECTION, **IMPLICIT,
    **LACKING, **CHOOSING, **CONSUMERS, **OBJECT_FUNCTIONS, **SHAPES, **EQUAL_DICTS, **TABLES,
    **COLLECTIONS,
}  # fmt: skip
