"""From arguments to compiled code: kinds are read off the values, a program is found, or compiled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from autodiff_compiler.arguments import adapter_of, key_of, keys_of, kind_of_argument, matcher_of
from autodiff_compiler.errors import InvalidRequest
from autodiff_compiler.frontend.kinds import Kind, Static
from autodiff_compiler.ir.types import is_float
from autodiff_compiler.parameters import Parameters, Values, parameters_of
from autodiff_compiler.pipeline import NeedsStatic, Program, Request, compile_request
from autodiff_compiler.results import arrange, form_of, gradient_form
from autodiff_compiler.safety import check_call, check_result

_compiling = threading.RLock()


class Specialisation:
    """A compiled program for arguments of given kinds: how values are handed to it, and results taken."""

    def __init__(self, program: Program, parameters: Parameters, values: Values) -> None:
        kinds = program.request.kinds
        self.program = program
        self._parameters = parameters
        self._passed = [position for position, kind in enumerate(kinds) if not isinstance(kind, Static)]
        self._adapters = {p: adapter for p in self._passed if (adapter := adapter_of(values[p])) is not None}
        self._known = [(p, values[p]) for p, kind in enumerate(kinds) if _is_known_integer(kind)]
        self._globals = [
            (reference, _record(reference.kind, reference.read())) for reference in program.globals
        ]
        self._direct = len(self._passed) == len(kinds) and not self._adapters and not self._globals
        self._needs_check = bool(program.mutated or program.independent)
        self.simple = self._direct and not self._needs_check and program.structure == 0
        self.always_fits = not self._globals and not self._known
        self._result_forms = [form_of(kind) for kind in program.result_types]
        self.result_form = self._result_forms[0] if self._result_forms else form_of
        self.call = program.calls
        self.gradient_forms = [gradient_form(kinds[p], values[p]) for p in program.request.wrt]

    def fits(self, values: Values) -> bool:
        """Whether the program holds for these values, whose keys agree: known integers, globals."""
        return all(values[position] == value for position, value in self._known) and all(
            _record(reference.kind, reference.read()) == key for reference, key in self._globals
        )

    def arguments(self, values: Values) -> Values:
        """Check the call (check_call); return what compiled code takes: non-static values, then globals."""
        if self._needs_check:
            check_call(self.program, self._parameters, values)
        if self._direct:
            return values
        adapters = self._adapters
        given = [adapters[p](values[p]) if p in adapters else values[p] for p in self._passed]
        return (*given, *(ref.read() for ref, _ in self._globals if not isinstance(ref.kind, Static)))

    def value(self, flat: Values) -> object:
        """The result as the user's function would return it, from the flat results of compiled code."""
        forms = self._result_forms
        structure = self.program.structure
        if structure == 0:  # by far the most common, and 0 is not None
            return forms[0](flat[0])
        return arrange(structure, [form(item) for form, item in zip(forms, flat, strict=True)])

    def cotangents(self, flat: Values, alone: bool) -> object:
        """The gradient, one value or a tuple, from flat cotangents in the order of `wrt`."""
        if alone:
            return self.gradient_forms[0](flat[0])
        return tuple([form(item) for form, item in zip(self.gradient_forms, flat, strict=True)])


class Caller:
    """One function asked for in one mode, with respect to one choice of parameters (None: every float)."""

    def __init__(self, function: Callable[..., Any], mode: str, wrt: tuple[int, ...] | None) -> None:
        self.function = function
        self.mode = mode
        self.wrt = wrt
        self.parameters = parameters_of(function)
        self._found: dict[object, list[Specialisation]] = {}
        self._last: tuple[Callable[..., bool] | None, Specialisation] | None = None

    def specialise(self, values: Values) -> Specialisation:
        """The program for one value per parameter, compiled now if there is none yet.

        Raises DifferentiationError where the function, an argument or the request cannot be accepted.
        """
        if self._last is not None:
            matches, found = self._last
            if matches is not None and matches(*values) and (found.always_fits or found.fits(values)):
                return found
        found = self._find(tuple(keys_of(values)), values)
        self._last = matcher_of(values), found
        return found

    def _find(self, key: object, values: Values) -> Specialisation:
        try:
            candidates = self._found.get(key, ())
        except TypeError:  # an unhashable value, which has no kind either
            candidates = ()
        for candidate in candidates:
            if candidate.always_fits or candidate.fits(values):
                return candidate
        with _compiling:
            return self._compile(key, values)

    def _compile(self, key: object, values: Values) -> Specialisation:
        kinds = tuple(kind_of_argument(self.parameters, p, value) for p, value in enumerate(values))
        for candidate in self._found.get(key, ()):  # another thread was faster
            if candidate.fits(values):
                return candidate
        program = self._program(kinds, self._differentiated(kinds, values), values)
        check_result(program, self.parameters)
        found = Specialisation(program, self.parameters, values)
        self._found[key] = [found, *self._found.get(key, ())]  # a new list, as other threads may be reading
        return found

    def _program(self, kinds: tuple[Kind, ...], wrt: tuple[int, ...], values: Values) -> Program:
        """Compile; integers that shape the program become known once compilation asks for their values."""
        while True:
            try:
                program = compile_request(Request(self.function, kinds, wrt, self.mode))
                wanted = program.needs_static
            except NeedsStatic as need:
                wanted = need.positions
            unknown = {position for position in wanted if not isinstance(kinds[position], Static)}
            if not unknown:
                return program
            kinds = tuple(Static(_value(values[p])) if p in unknown else kind for p, kind in enumerate(kinds))

    def _differentiated(self, kinds: tuple[Kind, ...], values: Values) -> tuple[int, ...]:
        """The positions to differentiate; InvalidRequest where there is none, or a constant is named."""
        if self.mode == "primal":
            return ()
        floats = tuple(p for p, kind in enumerate(kinds) if not isinstance(kind, Static) and is_float(kind))
        if self.wrt is None and not floats:
            raise self.parameters.invalid(
                f"{self.parameters.function}() was given no float and no float array to differentiate",
                "pass a float, as 3.0 for 3, or x.astype(float)",
            )
        chosen = floats if self.wrt is None else self.wrt
        for position in chosen:
            if position not in floats:
                raise self._constant(position, values[position])
        return chosen

    def _constant(self, position: int, value: object) -> InvalidRequest:
        name = self.parameters.names[position]
        what, hint = (
            f"of type {type(value).__name__}",
            "pass a float or a float array, or leave it out of wrt",
        )
        if isinstance(value, np.ndarray):
            what, hint = f"an array of dtype {value.dtype}", f"pass a float array, {name}.astype(float)"
        elif isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            what, hint = f"the integer {value}", f"pass a float, {float(value)!r}"
        return self.parameters.invalid(f"the parameter {name!r} is {what}, which has no derivative", hint)


@lru_cache(maxsize=1024)
def caller_for(function: Callable[..., Any], mode: str, wrt: tuple[int, ...] | None) -> Caller:
    """The caller of that description; requests for the same one share what is compiled."""
    return Caller(function, mode, wrt)


def _value(value: object) -> object:
    return int(value) if isinstance(value, (int, np.integer, np.ndarray)) else value


def _is_known_integer(kind: Kind) -> bool:
    return isinstance(kind, Static) and type(kind.value) is int


def _record(kind: Kind, value: object) -> object:
    """What must not change about a global between compiling and calling."""
    if isinstance(kind, Static) and isinstance(value, (int, float, np.generic)):
        return type(value), value
    return key_of(value)
