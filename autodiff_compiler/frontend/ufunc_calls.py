"""What all ufuncs take besides their operands: `out`, `where`, `dtype`, `casting`; and their methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import BuiltinMethodType
from typing import Any

import gast
import numpy as np

from autodiff_compiler.composed import ufuncs
from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax
from autodiff_compiler.frontend import arrays
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.operand_dtypes import kept
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, TupleValue, describe
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import BOOL, Array, Scalar, Type, is_bool, is_float, is_integer, rank_of
from autodiff_compiler.operators.entry import Domain, Elementwise, Entry

Keywords = Mapping[str, Lowered]
Compute = Callable[[list[Lowered]], Lowered]
METHODS: dict[str, Callable[..., object]] = {
    "reduce": ufuncs.reduce,
    "accumulate": ufuncs.accumulate,
    "outer": ufuncs.outer,
    "reduceat": ufuncs.reduceat,
    "at": ufuncs.at_with,
}
KEYWORDS = ("out", "where", "casting", "order", "dtype", "subok")
_ORDERS = ("K", "A", "C", "F")
RULES = ("no", "equiv", "safe", "same_kind", "unsafe")


def method_of_ufunc(target: object) -> tuple[np.ufunc, Callable[..., object]] | None:
    """The ufunc that a bound method belongs to, and the function that is followed in its place."""
    if isinstance(target, BuiltinMethodType) and isinstance(target.__self__, np.ufunc):
        ufunc, function = target.__self__, METHODS.get(target.__name__)
        if target.__name__ == "at" and ufunc.nin == 1 and ufunc.nout == 1:
            return ufunc, ufuncs.at
        if function is not None and ufunc.nin == 2 and ufunc.nout == 1:
            return ufunc, function
    return None


def call_ufunc(
    scope: Scope, node: gast.AST, ufunc: np.ufunc, entry: Entry, compute: Compute,
    arguments: Sequence[Lowered], keywords: Keywords,
) -> Lowered:  # fmt: skip
    """A call of a ufunc; `compute` makes its value of the operands alone."""
    values, out, given = _divided(scope, node, ufunc, arguments, keywords)
    values = [arrays.as_operand(scope, node, value, f"an operand of {entry.name}") for value in values]
    casting = text_of(scope, node, "casting", given.pop("casting", Static("same_kind")), RULES)
    text_of(scope, node, "order", given.pop("order", Static("K")), _ORDERS)
    given.pop("subok", None)
    dtype = given.pop("dtype", Static(None))
    if dtype != Static(None) or casting != "same_kind":
        values = _converted(scope, node, ufunc, entry, values, (dtype, casting))
    mask = _mask(scope, node, ufunc, given.pop("where", Const(True, BOOL)), out)
    for name in given:
        reason = f"the argument `{name}` of np.{ufunc.__name__} is not supported"
        scope.frame.refuse(UnsupportedSyntax, node, reason, f"np.{ufunc.__name__} without it")
    if mask is not None:
        values = [
            _harmless(scope, node, mask, value, entry, position) for position, value in enumerate(values)
        ]
    found = compute(values)
    if out is None:
        return found
    chosen = Const(True, BOOL) if mask is None else mask

    def write(place: Lowered, value: Lowered) -> Lowered:
        if place == Static(None):
            return value
        rest = [Static(casting), chosen]
        return scope.frame.context.inline(scope, node, ufuncs.written, [place, value, *rest], {})

    if isinstance(found, TupleValue):
        pairs = zip(out, found.items, strict=True)
        return replace(found, items=tuple(write(place, value) for place, value in pairs))
    return write(out[0], found)


def _divided(
    scope: Scope, node: gast.AST, ufunc: np.ufunc, arguments: Sequence[Lowered], keywords: Keywords
) -> tuple[list[Lowered], list[Lowered] | None, dict[str, Lowered]]:
    """The operands, for each result the array that it is written to or None, and the other keywords."""
    given = dict(keywords)
    values = list(arguments[: ufunc.nin])
    if len(arguments) > ufunc.nin + ufunc.nout or len(values) < ufunc.nin:
        takes = f"{ufunc.nin} argument{'s' * (ufunc.nin != 1)}"
        reason = f"np.{ufunc.__name__} takes {takes}, and gets {len(arguments)}"
        scope.frame.refuse(TypeMismatch, node, reason)
    out: Lowered = given.pop("out", Static(None))
    if len(arguments) > ufunc.nin:
        if "out" in keywords:
            scope.frame.refuse(TypeMismatch, node, f"np.{ufunc.__name__} gets two values for `out`")
        out = TupleValue(tuple(arguments[ufunc.nin :]))
    places = list(scope.items(out) or [out])
    places += [Static(None)] * (ufunc.nout - len(places))
    if all(place == Static(None) for place in places):
        return values, None, given
    for place in places:
        if place != Static(None) and not (isinstance(place, Var) and isinstance(place.type, Array)):
            reason = f"`out` is {describe(place)} where one array is needed"
            scope.frame.refuse(TypeMismatch, node, reason)
    return values, places, given


def text_of(scope: Scope, node: gast.AST, name: str, value: Lowered, accepted: Sequence[str]) -> str:
    """The value of an argument that is one of some words."""
    if isinstance(value, Static) and value.value in accepted:
        return str(value.value)
    reason = f"the argument `{name}` is to be one of {', '.join(map(repr, accepted))}"
    scope.frame.refuse(UnsupportedSyntax, node, reason)


def _converted(
    scope: Scope, node: gast.AST, ufunc: np.ufunc, entry: Entry, values: list[Lowered],
    wanted: tuple[Lowered, str],
) -> list[Lowered]:  # fmt: skip
    """The operands in the dtype that is asked for, and in one that the rule of casting allows."""
    atoms = [scope.atom(value, node, "an operand") for value in values]
    dtype = arrays.dtype_of(scope, node, wanted[0], "")
    kind = Scalar(dtype or "bool")
    rule = entry.result if isinstance(entry, Elementwise) else "float"
    odd = rule == "bool" or (rule == "float" and not is_float(kind)) or (rule == "integer" and is_float(kind))
    if dtype and odd and not (rule == "bool" and is_bool(kind)):
        scope.frame.refuse(TypeMismatch, node, f"np.{ufunc.__name__} does not compute in {kind.dtype}")
    try:
        with np.errstate(all="ignore"):
            ufunc(*(_exemplar(atom.type) for atom in atoms), dtype=dtype or None, casting=wanted[1])
    except TypeError as error:
        scope.frame.refuse(TypeMismatch, node, str(error))
    if not dtype or rule == "bool":
        return list(atoms)
    return [
        arrays.strong(scope, kept(scope, node, atom, kind), kind)
        if isinstance(atom.type, Scalar)
        else scope.cast(atom, kind)
        for atom in atoms
    ]


def _exemplar(kind: Type) -> Any:
    """A value of this type, of which NumPy says how it casts it."""
    if isinstance(kind, Scalar) and kind.weak:
        return {"int64": 1, "float64": 1.0}.get(kind.dtype, 1j)
    return np.ones((1,) * rank_of(kind), kind.dtype)[()]


def _mask(
    scope: Scope, node: gast.AST, ufunc: np.ufunc, value: Lowered, out: Sequence[Lowered] | None
) -> Atom | None:
    """The elements to compute; None for all."""
    if value == Const(True, BOOL):
        return None
    mask = arrays.as_operand(scope, node, value, "the argument `where`")
    if not is_bool(mask.type):
        reason = f"the argument `where` is {describe(mask)}, not truth values"
        scope.frame.refuse(TypeMismatch, node, reason)
    if out is None or Static(None) in out:
        reason = f"np.{ufunc.__name__} with `where` and without `out` leaves elements uninitialised"
        scope.frame.refuse(UnsupportedSyntax, node, reason, "out=np.zeros_like(x), or np.where")
    return mask


def _harmless(
    scope: Scope, node: gast.AST, mask: Atom, value: Lowered, entry: Entry, position: int
) -> Lowered:
    """The operand, replaced where nothing is computed by a number at which the partials are finite.

    A cotangent of zero times an infinite partial would not be zero.
    """
    atom = scope.atom(value, node, "an operand")
    if not isinstance(entry, Elementwise) or not (is_float(atom.type) or is_integer(atom.type)):
        return atom
    inside = _point(entry.domains[position])
    if is_float(atom.type):
        return scope.elementwise(node, "where", [mask, atom, Const(inside, Scalar("float64", True))])
    number = integer(abs(round(inside)) or 1)
    return scope.elementwise(node, "where", [mask, atom, number])


def _point(domain: Domain) -> float:
    """A point of the domain off its middle, where kinks are."""
    return domain.low + 0.625 * (domain.high - domain.low)


__all__ = ["KEYWORDS", "METHODS", "RULES", "call_ufunc", "method_of_ufunc", "text_of"]
