"""Calls of the registry's operators: elementwise, reductions, products, casts; methods of arrays."""

from __future__ import annotations

import cmath
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gast
import numpy as np
from scipy import special

from autodiff_compiler.composed.declare import general_form
from autodiff_compiler.errors import TypeMismatch, UnknownOperator, UnsupportedSyntax
from autodiff_compiler.frontend import arrays, products, reshaping, stand_ins_lists, zero_axes
from autodiff_compiler.frontend.axis_order import as_operands, unknown_order
from autodiff_compiler.frontend.builtins_static import as_value
from autodiff_compiler.frontend.containers import length_of
from autodiff_compiler.frontend.context import stands_in
from autodiff_compiler.frontend.copying import as_type, copied
from autodiff_compiler.frontend.externals import call_external
from autodiff_compiler.frontend.growing import is_growing
from autodiff_compiler.frontend.iteration import counted
from autodiff_compiler.frontend.kinds import Static, Uniform
from autodiff_compiler.frontend.operand_dtypes import kept
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.shapes import copy
from autodiff_compiler.frontend.ufunc_calls import call_ufunc
from autodiff_compiler.frontend.values import Counted, Lowered, Reference, TupleValue, Undefined, describe
from autodiff_compiler.frontend.whole_lists import as_array, is_parted
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Apply, Assign, Atom, Const, Var
from autodiff_compiler.ir.types import (
    BOOL,
    Array,
    Scalar,
    is_bool,
    is_complex,
    is_float,
    is_inexact,
    is_integer,
)
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import (
    Composed,
    Elementwise,
    Entry,
    External,
    Product,
    Reduction,
    Structural,
)
from autodiff_compiler.operators.promotion import of_ufunc

Keywords = Mapping[str, Lowered]
CASTS = {float: Scalar("float64", True), int: Scalar("int64", True), bool: Scalar("bool")}
# what gives C order whatever it is given; the method `copy` does too, the function does not
IN_C_ORDER = ("zeros", "ones", "empty", "full", "ravel", "flatten", "reshape", "ascontiguousarray")
_AS_TRUTH = (("dtype", "bool"),)
IGNORED = ("dtype", "out", "order", "axes")  # keywords accepted where they are None


def call_operator(
    scope: Scope,
    node: gast.AST,
    entry: Entry,
    target: object,
    arguments: Sequence[Lowered],
    keywords: Keywords,
) -> Lowered:
    """A call of a function, or of a type of numbers, that the registry knows."""
    if entry.name in ("concatenate", "hstack") and arguments and is_parted(arguments[0]):
        arguments = [_joined(scope, node, entry, arguments, keywords), *arguments[1:]]
    values = [_as_array(scope, node, entry, argument) for argument in arguments]
    if isinstance(target, type) and isinstance(entry, Structural):
        return _cast(scope, node, target, values, keywords)
    return _apply(scope, node, entry, target, values, keywords)


def _joined(
    scope: Scope, node: gast.AST, entry: Entry, arguments: Sequence[Lowered], keywords: Keywords
) -> Lowered:
    """A list of arrays of different lengths, one after the other, in place of the one piece of it all."""
    (parts, *rest), words = arguments, dict(keywords)
    axis = words.get("axis", rest[0] if rest else integer(0))
    assert isinstance(parts, Reference)
    assert isinstance(parts.cell.item, Uniform)
    if axis != integer(0) or (entry.name == "hstack" and not isinstance(parts.cell.item.item, Scalar)):
        reason = "arrays of different lengths in a list are joined along their first axis only"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "a loop that fills an array")
    return scope.frame.context.inline(scope, node, stand_ins_lists.one_piece, [parts], {})


def _as_array(scope: Scope, node: gast.AST, entry: Entry, value: Lowered) -> Lowered:
    """A list of unknown length as NumPy's functions see it."""
    if not isinstance(value, Reference) or not is_growing(value) or entry.name in ("len", "array"):
        return value
    array = as_array(scope, node, value)
    if isinstance(entry, Structural) and isinstance(array, Var) and isinstance(array.type, Array):
        return copy(scope, array)
    return array


def _cast(
    scope: Scope, node: gast.AST, target: type, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    if all(isinstance(argument, Static) for argument in arguments) and not keywords:
        return _read_text(scope, node, target, arguments)
    (argument,) = _positional(scope, node, target.__name__, arguments, keywords, 1)
    if target is bool:
        truth = scope.condition(argument, node)
        if isinstance(truth, Const) or not scope.frame.context.is_numpy_truth(truth):
            return Const(bool(truth.value), BOOL) if isinstance(truth, Const) else truth
        return scope.builder.assign(Apply("cast", (truth,), _AS_TRUTH), BOOL)  # which Python adds up
    if issubclass(target, np.generic) and isinstance(argument, Var) and isinstance(argument.type, Array):
        return as_type(scope, node, argument, [Static(target)], {})
    value = scope.scalar(argument, node, f"the argument of {target.__name__}")
    if target is np.bool_:
        holds = scope.condition(value, node)
        if not isinstance(holds, Const):
            holds = scope.builder.assign(Apply("cast", (holds,), _AS_TRUTH), BOOL)
        return scope.frame.context.of_numpy(holds)
    kind = CASTS.get(target) or Scalar(np.dtype(target).name)
    if value.type.dtype == kind.dtype and value.type != kind:  # weakness changes what it promotes to
        return arrays.strong(scope, value, kind)
    found = kept(scope, node, value, kind)
    if isinstance(found, Var) and kind.dtype.startswith("float") and _is_truncation(scope, value):
        scope.frame.context.round_trips.add(found)
    return found


def _is_truncation(scope: Scope, value: Atom) -> bool:
    """Whether the statement before has made this integer of a float."""
    last = scope.builder.statements[-2] if len(scope.builder.statements) > 1 else None
    match last:
        case Assign(target, Apply("cast", (operand,))) if target is value:
            return is_integer(value.type) and is_float(operand.type)
        case _:
            return False


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
    if name in ("conj", "conjugate") and not arguments and not keywords:
        return scope.elementwise(node, "conjugate" if is_complex(array.type) else "positive", [array])
    if hasattr(np.ndarray, name) and not callable(getattr(np.ndarray, name)):
        scope.frame.refuse(TypeMismatch, node, f"`.{name}` is called, and is no method", f".{name}")
    entry = registry.by_method(name)
    strong = array.type == Scalar(array.type.dtype)  # a NumPy scalar has the methods of an array
    if name == "astype" and (isinstance(array.type, Array) or strong):
        return as_type(scope, node, array, arguments, keywords)
    if strong and name == "copy" and not arguments and not keywords:
        return array
    if strong and name in _MAKING_ARRAYS:
        rest = [TupleValue(tuple(arguments))] if len(arguments) > 1 else arguments
        return scope.frame.context.call(scope, node, Static(_MAKING_ARRAYS[name]), [array, *rest], keywords)
    if name in ("item", "tolist") and not arguments and not isinstance(array.type, Array):
        python = {"f": float, "c": complex, "b": bool}.get(np.dtype(array.type.dtype).kind, int)
        return scope.frame.context.call(scope, node, Static(python), [array], {})
    if entry is None:
        near = registry.nearest(name)
        scope.frame.refuse(
            UnknownOperator,
            node,
            f"the method `.{name}` of {describe(array)} is not supported",
            " or ".join(near),
        )
    if not isinstance(array.type, Array) and not (strong and isinstance(entry, Reduction | Composed)):
        scope.frame.refuse(TypeMismatch, node, f"the method `.{name}` is called on {describe(array)}")
    if name in ("reshape", "transpose") and len(arguments) > 1:
        arguments = [TupleValue(tuple(arguments))]
    if name == "copy":
        return copied(scope, node, [array, *arguments], keywords, "C")
    return _apply(scope, node, entry, None, [array, *arguments], keywords)


_MAKING_ARRAYS = {"ravel": np.ravel, "flatten": np.ravel, "reshape": np.reshape}  # methods, of numbers too


def _apply(
    scope: Scope, node: gast.AST, entry: Entry, target: object, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    keywords = {name: value for name, value in keywords.items() if value != Static(np._NoValue)}
    made = zero_axes.noted(scope, target, _applied(scope, node, entry, target, arguments, keywords))
    if isinstance(entry, Product) or entry.name in IN_C_ORDER or entry.name == "copy":
        return made
    frame = scope.frame
    module = getattr(target, "__module__", "") or ""  # methods of ufuncs have none
    if module.startswith("scipy.linalg"):  # LAPACK's results are in Fortran order
        return _mapped(scope, made, lambda item: unknown_order(frame, scope.builder, item))
    if keywords.get("order") == Static("F"):
        return _mapped(scope, made, lambda item: unknown_order(frame, scope.builder, item))
    given = [part for item in (*arguments, *keywords.values()) for part in (scope.items(item) or (item,))]
    return _mapped(scope, made, lambda item: as_operands(frame, scope.builder, item, given))


def _mapped(scope: Scope, made: Lowered, change: Callable[[Lowered], Lowered]) -> Lowered:
    """The value, or the items of a tuple, changed."""
    if isinstance(made, TupleValue):
        return replace(made, items=tuple(map(change, made.items)))
    return change(made)


def _applied(
    scope: Scope, node: gast.AST, entry: Entry, target: object, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    match entry:
        case Elementwise() if isinstance(target, np.ufunc):
            made = call_ufunc(
                scope, node, target, entry,
                lambda values: _elementwise(scope, node, entry, target, values, {}), arguments, keywords,
            )  # fmt: skip
            return scope.frame.context.of_numpy(made)
        case Elementwise():
            made = _elementwise(scope, node, entry, target, arguments, keywords)
            of_python = getattr(target, "__module__", "") in ("math", "builtins")
            return made if of_python else scope.frame.context.of_numpy(made)
        case Reduction():
            return scope.frame.context.of_numpy(_reduction(scope, node, entry, arguments, keywords))
        case Product():
            return products.call(scope, node, entry.name, target, arguments, _without_none(keywords))
        case Structural():
            return _structural(scope, node, entry.name, arguments, keywords)
        case Composed() if isinstance(target, np.ufunc) and target.signature is None:
            inline, function = scope.frame.context.inline, entry.function
            return call_ufunc(
                scope, node, target, entry, lambda values: inline(scope, node, function, values, {}),
                arguments, keywords,
            )  # fmt: skip
        case Composed():
            return scope.frame.context.inline(scope, node, entry.function, arguments, keywords)
        case External():
            return call_external(scope, node, entry, arguments, keywords)


def _reduction(
    scope: Scope, node: gast.AST, entry: Reduction, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    """A reduction over axes; with `where`, `initial` and the like, what that is composed of."""
    keywords = _without_none(keywords)
    general = general_form(entry.name)
    if general is not None and (len(arguments) > 2 or not keywords.keys() <= {"a", "axis", "keepdims"}):
        return scope.frame.context.inline(scope, node, general, arguments, keywords)
    given = arrays.bind(scope, node, entry.name, ["a", "axis", "keepdims"], arguments, keywords)
    value = given.pop("a")
    if scope.items(value) is not None:
        value = arrays.from_items(scope, node, value, None)
    atom = scope.atom(value, node, f"the argument of {entry.name}")
    return arrays.reduce(scope, node, entry, atom, given)


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


def _is_of_scipy(target: np.ufunc) -> bool:
    """Whether a ufunc is SciPy's, of which NumPy may have another one under its name."""
    name = target.__name__
    return target is getattr(special, name, None) is not getattr(np, name, None)


def _as_scipy_computes(
    scope: Scope, node: gast.AST, entry: Elementwise, target: np.ufunc, value: Lowered
) -> Lowered:
    """An operand in the dtype that a ufunc of SciPy computes in: some take short integers as float32."""
    atom = arrays.as_operand(scope, node, value, f"an operand of {entry.name}")
    if entry.result != "float" or is_inexact(atom.type):
        return atom
    return scope.cast(atom, of_ufunc(target, [atom.type]) or Scalar("float64"))


def _elementwise(
    scope: Scope,
    node: gast.AST,
    entry: Elementwise,
    target: object,
    arguments: list[Lowered],
    keywords: Keywords,
) -> Lowered:
    if keywords and hasattr(target, "__wrapped__"):  # written in Python
        arguments, keywords = _in_turn(scope, node, target, arguments, keywords), {}
    values = _positional(scope, node, registry.spelled(target), arguments, keywords, entry.arity)
    scalars_only = getattr(target, "__module__", "") == "math"
    python = getattr(target, "__module__", "") == "builtins"
    if len(values) == 1 and isinstance(target, np.ufunc) and _is_of_scipy(target):
        values = [_as_scipy_computes(scope, node, entry, target, values[0])]
    if entry.name == "invert" and isinstance(values[0], (Var, Const)) and values[0].type == BOOL:
        return scope.negated(values[0])  # of a truth value of Python, `~` is an integer
    if entry.name == "where":
        first = arrays.as_operand(scope, node, values[0], "the condition of where")
        values = [
            first,
            *(arrays.as_operand(scope, node, item, "an operand of where") for item in values[1:]),
        ]
        if first.type.dtype != "bool":
            zero = Const(0, Scalar("int64", True))
            values = [scope.elementwise(node, "not_equal", [first, zero]), *values[1:]]
    of_complex = entry.name in ("real", "imag", "conjugate", "angle", "magnitude")
    if of_complex and target is not cmath.phase:
        return _part(scope, node, entry.name, scope.atom(values[0], node, f"the argument of {entry.name}"))
    if scalars_only and entry.result == "number":  # math.floor and the like give integers
        value = scope.elementwise(node, entry.name, values, scalars_only=True)
        integral = entry.name in ("floor", "ceil", "trunc")
        return scope.cast(value, Scalar("int64", True)) if integral else value
    return scope.elementwise(node, entry.name, values, python=python, scalars_only=scalars_only)


def _in_turn(
    scope: Scope, node: gast.AST, target: Any, arguments: list[Lowered], keywords: Keywords
) -> list[Lowered]:
    """The arguments of a Python function in the order of its parameters."""
    names = list(inspect.signature(target).parameters)
    given = arrays.bind(scope, node, registry.spelled(target), names, arguments, keywords)
    return [given[name] for name in names]


def _part(scope: Scope, node: gast.AST, name: str, value: Atom) -> Lowered:
    """`np.real`, `np.imag`, `np.conj` and `np.angle`, also of real numbers."""
    if name in ("real", "imag"):
        return arrays.part(scope, node, name, value)
    if is_complex(value.type):
        return scope.elementwise(node, name, [value])
    if name == "conjugate":
        of_truths = is_bool(value.type) and stands_in(scope.frame.source.function)
        return value if of_truths else scope.elementwise(node, "positive", [value])
    zero, half_turn = Const(0.0, Scalar("float64", True)), Const(math.pi, Scalar("float64", True))
    below = scope.elementwise(node, "less", [value, Const(0, Scalar("int64", True))])
    return scope.elementwise(node, "where", [below, half_turn, zero])


def _structural(
    scope: Scope, node: gast.AST, name: str, arguments: list[Lowered], keywords: Keywords
) -> Lowered:
    first: Lowered = arguments[0] if arguments else Undefined()
    match name:
        case "zeros" | "ones" | "empty" | "full" | "zeros_like" | "ones_like" | "empty_like" | "full_like":
            return arrays.create(scope, node, name, arguments, keywords)
        case "array":
            return arrays.new_array(scope, node, arguments, keywords)
        case "copy":
            return copied(scope, node, arguments, keywords, "K")
        case "shape" | "ndim" | "size":
            _positional(scope, node, name, arguments, keywords, 1)
            return arrays.attribute(scope, node, scope.array(first, node, f"the argument of {name}"), name)
        case "len":
            return _length(scope, node, _positional(scope, node, name, arguments, keywords, 1)[0])
        case "ravel" | "flatten" | "reshape" | "transpose" | "expand_dims" | "squeeze" | "broadcast_to":
            return reshaping.reshaped(scope, node, name, arguments, keywords)
    scope.frame.refuse(UnknownOperator, node, f"`{name}` cannot be called like this")


def _length(scope: Scope, node: gast.AST, value: Lowered) -> Lowered:
    if isinstance(value, TupleValue):
        return integer(len(value.items))
    if isinstance(value, Reference) and value.cell.cls in (list, dict):
        return length_of(scope, node, value)
    if isinstance(value, Counted) and not value.once:
        return counted(scope, node, value)[0]
    array = scope.array(value, node, "the argument of len")
    if isinstance(array.type, Array) and array.type.rank == 0:
        scope.frame.refuse(TypeMismatch, node, "len of a 0-d array")
    return scope.builder.dim(array, 0)
