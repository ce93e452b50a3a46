"""The differential of a function at a point: a value that can be called many times, copied and pickled."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autodiff_compiler.calling import Specialisation
from autodiff_compiler.errors import ShapeMismatch, TypeMismatch
from autodiff_compiler.frontend.kinds import (
    Kind,
    Opaque,
    Record,
    Static,
    Uniform,
    is_dict_of_equals,
    is_passed,
    leaves,
)
from autodiff_compiler.frontend.structures import constants_of, is_named_tuple, item_text
from autodiff_compiler.grouping import chosen_leaves, count_dicts
from autodiff_compiler.ir.types import Scalar, Type, is_float, is_inexact
from autodiff_compiler.lessons import with_own_lengths
from autodiff_compiler.location import Location
from autodiff_compiler.parameters import Values, parameters_of
from autodiff_compiler.pipeline import Program
from autodiff_compiler.pullbacks import Pickled, compiled_again
from autodiff_compiler.results import form_of, tangent_of
from autodiff_compiler.safety import LengthsDiffer, run
from autodiff_compiler.tangents import Tangent


class Differential:
    """The linear map from tangents of a function's parameters to the tangent of its result.

    `df(dw)` takes the tangent of the one parameter, `df(dw, db)` or `df((dw, db))` those of several, in the
    order of `wrt`. A tangent has the structure, shapes and dtypes of its parameter, as a gradient does; None
    stands for zeros. It returns a tangent of the result's structure, None where that is no float. Raises
    ShapeMismatch or TypeMismatch for any other tangent.
    """

    __slots__ = ("_alone", "_arguments", "_chosen", "_keys", "_of", "_program", "_way")

    def __init__(
        self,
        of: Callable[..., object],
        program: Program,
        chosen: tuple[int, ...],
        arguments: Values,
        alone: bool,
        keys: Values,
    ) -> None:
        self._of = of
        self._program = program
        self._chosen = chosen  # the positions of the parameters
        self._arguments = arguments  # of compiled code, this object's own
        self._alone = alone
        self._keys = keys  # of the dicts of many equal things among the function's arguments
        self._way: _Way | None = None  # found at the first call

    def __call__(self, *tangents: object) -> Any:
        """The tangent of the result for tangents of the parameters."""
        program = self._program
        way = self._way
        if way is None:
            way = self._way = _Way(program, self._chosen, self._arguments)
        given = self._given(tangents, way)
        shapes = iter(way.shapes)
        flat: list[object] = []
        for kind, name, first, tangent in zip(way.kinds, way.names, way.first_keys, given, strict=True):
            flat += _Parts(way.at, shapes, iter(self._keys[first:])).of(kind, tangent, name)
        arguments = self._arguments
        if way.draws:  # as it was done for the value
            arguments = tuple(map(_undrawn, arguments))
        try:
            moved = run(program, program.calls.moved, (*arguments, *flat))
        except LengthsDiffer as error:
            self._program, self._way = with_own_lengths(program, error), None
            return self(*tangents)
        formed = {k: form(item) for (k, form), item in zip(way.forms, moved, strict=True)}
        return tangent_of(program.structure, formed)

    def _given(self, tangents: tuple[object, ...], way: _Way) -> Sequence[object]:
        """One tangent for each parameter; several may come as one tuple."""
        if not self._alone and len(tangents) == 1 and isinstance(tangents[0], (tuple, list)):
            tangents = tuple(tangents[0])
        if len(tangents) != len(way.names):
            raise ShapeMismatch(
                f"the differential takes {len(way.names)} tangents, of {', '.join(way.names)}, "
                f"and was given {len(tangents)}",
                suggestion="pass None for a parameter that does not move",
                location=way.at,
            )
        return tangents

    def __repr__(self) -> str:
        return f"<differential of {self._program.request.function.__qualname__}>"

    def __reduce__(self) -> tuple[object, ...]:
        request = self._program.request
        made = (request.kinds, request.wrt, request.lessons, self._program.source)
        return _restore, (self._of, made, self._chosen, self._arguments, self._alone, self._keys)


class _Way:
    """What all calls of a differential have in common."""

    def __init__(self, program: Program, chosen: tuple[int, ...], arguments: Values) -> None:
        parameters = parameters_of(program.request.function)
        kinds = program.request.kinds
        every = [leaf for kind in kinds for leaf in leaves(kind)]
        place = {number: k for k, number in enumerate(k for k, leaf in enumerate(every) if is_passed(leaf))}
        self.at = parameters.at
        self.kinds = [kinds[position] for position in chosen]
        self.names = [f"`{parameters.names[position]}`" for position in chosen]
        self.first_keys = [sum(map(count_dicts, kinds[:position])) for position in chosen]
        # of the leaves that are differentiated, in the order of the tangents
        self.shapes = [np.shape(arguments[place[leaf]]) for leaf in chosen_leaves(kinds, chosen)]
        self.draws = any(isinstance(item, np.random.Generator) for item in arguments)
        self.forms = [(k, form_of(kind)) for k, kind in enumerate(program.result_types) if is_inexact(kind)]


def _undrawn(item: object) -> object:
    """A copy of a generator, so that the next call draws the same numbers."""
    return copy.deepcopy(item) if isinstance(item, np.random.Generator) else item


def take_differential(
    of: Callable[..., object], found: Specialisation, values: Values, alone: bool
) -> Differential:
    """The differential at these values, of which it keeps copies."""
    arguments = tuple(map(_own, found.arguments(values)))
    return Differential(of, found.program, found.chosen, arguments, alone, found.keys(values))


def take_value(found: Specialisation, values: Values) -> object:
    """The function's result at these values, which are left alone."""
    return found.value(run(found.program, found.program.calls.value, found.arguments(values)))


def _own(item: Any) -> Any:
    """A copy of an array of the same layout, for which compiled code is compiled; generators too."""
    if not isinstance(item, np.ndarray):
        return _undrawn(item)
    flags = item.flags
    if flags.c_contiguous or flags.f_contiguous:
        made = item.copy(order="C" if flags.c_contiguous else "F")
    else:
        made = np.empty((*item.shape, 2), item.dtype)[..., 0]
        made[...] = item
    made.flags.writeable = flags.writeable
    return made


def _restore(
    of: Callable[..., object],
    made: Pickled,
    chosen: tuple[int, ...],
    arguments: Values,
    alone: bool,
    keys: Values,
) -> Differential:
    """A differential from its pickle; raises UnpicklingError where the function has changed since."""
    return Differential(of, compiled_again(of, made, "differential"), chosen, arguments, alone, keys)


# ---------------------------------------------------------------- tangents taken apart


class _Parts:
    """Takes tangents of parameters apart, one part for each leaf that is differentiated."""

    def __init__(self, at: Location, shapes: Iterator[tuple[int, ...]], keys: Iterator[Values]) -> None:
        self.at = at
        self.shapes = shapes
        self.keys = keys  # of dicts of many equal things

    def of(self, kind: Kind, tangent: Any, name: str) -> list[object]:
        """The parts of the tangent of a value of this kind."""
        match kind:
            case Record(items=(_, _, Uniform(item=item))) if is_dict_of_equals(kind):
                given = self._items(Record(dict, next(self.keys), ()), tangent, name)
                return self._list(item, given, name)
            case Record():
                parts = zip(kind.keys, kind.items, self._items(kind, tangent, name), strict=True)
                return [
                    part for key, item, inner in parts if key not in constants_of(kind.cls)
                    for part in self.of(item, inner, name + item_text(kind.cls, key))
                ]  # fmt: skip
            case Uniform(item=item):
                return self._list(item, tangent, name)
            case Static() | Opaque():
                return []
        return [self._leaf(kind, tangent, next(self.shapes), name)] if is_float(kind) else []

    def _items(self, kind: Record, tangent: Any, name: str) -> list[Any]:
        """The tangents of the items, None where it is zero or there is none."""
        cls, keys = kind.cls, kind.keys
        if tangent is None:
            return [None] * len(keys)
        if issubclass(cls, (tuple, list)):
            named = is_named_tuple(cls) and type(tangent) is not cls
            if isinstance(tangent, (tuple, list)) and len(tangent) == len(keys) and not named:
                return list(tangent)
        elif issubclass(cls, dict):
            if isinstance(tangent, dict) and tangent.keys() <= set(keys):
                return [tangent.get(key) for key in keys]
        elif isinstance(tangent, Tangent) and tangent.__tangent_of__ is cls:
            return [getattr(tangent, str(key)) if key in tangent.__slots__ else None for key in keys]
        raise TypeMismatch(
            f"{name} is a {cls.__name__}, its tangent a {type(tangent).__name__} of another structure",
            suggestion="pass a tangent as gradients are, or zero_tangent(value) with its parts set",
            location=self.at,
        )

    def _list(self, item: Kind, tangent: Any, name: str) -> list[object]:
        """For each leaf of the items of a list one array, over the items."""
        count = sum(1 for _ in chosen_leaves((item,), (0,)))
        shapes = [next(self.shapes) for _ in range(count)]
        dtypes = [leaf.dtype for leaf in _float_leaves(item)]
        if not shapes:
            return []
        length = shapes[0][0]
        if tangent is None:
            return [np.zeros(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
        if not isinstance(tangent, (list, tuple)) or len(tangent) != length:
            given = len(tangent) if isinstance(tangent, (list, tuple)) else f"a {type(tangent).__name__}"
            raise ShapeMismatch(f"{name} is a list of {length}, its tangent is {given}", location=self.at)
        rows = [
            _Parts(self.at, iter([shape[1:] for shape in shapes]), self.keys).of(item, inner, f"{name}[{k}]")
            for k, inner in enumerate(tangent)
        ]
        return [
            np.array([row[k] for row in rows], dtype).reshape(shape)
            for k, (shape, dtype) in enumerate(zip(shapes, dtypes, strict=True))
        ]

    def _leaf(self, kind: Type, tangent: Any, shape: tuple[int, ...], name: str) -> object:
        """The tangent of a number or an array, as compiled code takes it."""
        wanted = np.dtype(kind.dtype)
        if tangent is None:
            zero = np.zeros(shape, wanted)
            return zero if not isinstance(kind, Scalar) else zero[()]
        if isinstance(kind, Scalar):
            if not isinstance(tangent, (int, float, np.integer, np.floating, np.ndarray)):
                raise TypeMismatch(
                    f"the tangent of {name} is a {type(tangent).__name__}, {name} a number", location=self.at
                )
            if np.shape(tangent) != ():
                raise ShapeMismatch(
                    f"the tangent of {name} has shape {np.shape(tangent)}, {name} is a number",
                    location=self.at,
                )
            return float(tangent) if wanted == np.float64 else wanted.type(tangent)
        if not isinstance(tangent, np.ndarray):
            raise TypeMismatch(
                f"the tangent of {name} is a {type(tangent).__name__}, {name} an array of shape {shape}",
                suggestion="pass an array of its shape, as np.ones_like",
                location=self.at,
            )
        if tangent.shape != shape:
            raise ShapeMismatch(
                f"the tangent of {name} has shape {tangent.shape}, {name} has shape {shape}", location=self.at
            )
        if tangent.dtype != wanted:
            raise TypeMismatch(
                f"the tangent of {name} has dtype {tangent.dtype}, {name} has dtype {wanted}",
                suggestion=f"pass it as .astype(np.{wanted.name})",
                location=self.at,
            )
        made = np.ascontiguousarray(tangent) if tangent.ndim else tangent
        return made if made.flags.writeable and type(made) is np.ndarray else np.array(made)


def _float_leaves(item: Kind) -> list[Any]:
    """The leaves of a list's items that are differentiated."""
    every = leaves(item)
    return [every[number] for number in chosen_leaves((item,), (0,))]
