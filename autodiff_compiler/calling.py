"""From arguments to compiled code: kinds are read off the values, a program is found, or compiled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from autodiff_compiler.arguments import (
    adapter_of,
    key_of,
    kind_of_argument,
    with_dicts,
    with_known,
    without_dicts,
    without_lists,
)
from autodiff_compiler.errors import CompilerBug, DifferentiationError, InvalidRequest
from autodiff_compiler.frontend.kinds import (
    Kind,
    Opaque,
    Record,
    Static,
    Uniform,
    differentiable_leaves,
    leaf_names,
    leaves,
)
from autodiff_compiler.grouping import Grouping, chosen_leaves, points_of
from autodiff_compiler.ir.types import Array, Scalar, is_complex
from autodiff_compiler.layouts import flattener_of, key_lister_of, matcher_of
from autodiff_compiler.lessons import alike_after_all, new_lessons
from autodiff_compiler.parameters import Parameters, Values, parameters_of
from autodiff_compiler.pipeline import Lesson, NeedsStatic, Program, Request, compile_request
from autodiff_compiler.results import arrange, form_of
from autodiff_compiler.safety import LengthsDiffer, check_call, check_result
from autodiff_compiler.write_back import write_back

_compiling = threading.RLock()
_calling = threading.local()
MOST_PROGRAMS = 16  # that one call tries, for axes of length one and slices without elements


class Specialisation:
    """A compiled program for arguments of given kinds: how values are handed to it, and results taken.

    `chosen` are the positions of the parameters that are differentiated.
    """

    def __init__(
        self, program: Program, parameters: Parameters, chosen: tuple[int, ...], values: Values
    ) -> None:
        kinds = program.request.kinds
        self.program = program
        self.chosen = chosen
        self._parameters = parameters
        self.matches = matcher_of(kinds, values)
        self._flatten = flattener_of(kinds, values)
        self._list_keys = key_lister_of(kinds, values)
        self._globals = [
            (reference, _record(reference.kind, reference.read())) for reference in program.globals
        ]
        plain = all(
            isinstance(kind, (Scalar, Array)) and adapter_of(value) is None
            for kind, value in zip(kinds, values, strict=True)
        )
        self.always_fits = not self._globals
        self._direct = plain and not self._globals
        self._needs_check = bool(program.mutated or program.rebound or program.independent)
        self._writes_back = program.request.mode == "primal" and bool(program.mutated or program.written_back)
        plain_result = program.structure == 0 and not program.written_back
        self.simple = self._direct and not self._needs_check and plain_result
        self._result_forms = [form_of(kind) for kind in program.result_types]
        self.result_form = self._result_forms[0] if self._result_forms else form_of
        self.call = program.calls
        points = points_of(kinds, values)
        self.groupings = [Grouping(kinds, chosen, points, alone) for alone in (False, True)]

    def fits(self, values: Values) -> bool:
        """Whether the program holds for these values: their kinds, and the globals."""
        return self.matches(*values) and (self.always_fits or self.globals_hold())

    def globals_hold(self) -> bool:
        """Whether the globals are such as they were when the program was compiled."""
        try:
            for reference, key in self._globals:
                if _record(reference.kind, reference.read()) != key:
                    return False
        except (
            AttributeError,
            LookupError,
            TypeError,
        ):  # what held one has lost it
            return False
        return True

    def arguments(self, values: Values) -> Values:
        """Check the call (check_call); return what compiled code takes: leaves, then globals."""
        if self._needs_check:
            check_call(self.program, self._parameters, values)
        if self._direct:
            return values
        given = self._flatten(*values)
        if not self._globals:
            return given
        return (*given, *(ref.read() for ref, _ in self._globals if not isinstance(ref.kind, Static)))

    def value(self, flat: Values, values: Values = ()) -> object:
        """The result as the user's function would return it, from the flat results of compiled code.

        `values` are the arguments, of which a primal gives back the caller's own objects.
        """
        forms = self._result_forms
        structure = self.program.structure
        if structure == 0:  # by far the most common, and 0 is not None
            return forms[0](flat[0])
        return arrange(structure, self._formed(flat), values)

    def _formed(self, flat: Values) -> list[object]:
        """The flat results in their forms; compiled code without any returns None."""
        forms = self._result_forms
        return [form(item) for form, item in zip(forms, flat[: len(forms)], strict=True)]

    def finish(self, values: Values, given: Values, flat: Values) -> object:
        """The result of a primal, after what it has written is brought to the caller's lists and objects."""
        value = self.value(flat, values)  # before what it refers to is changed
        if self._writes_back:
            write_back(self.program, values, given, self._formed(flat))
        return value

    def cotangents(self, flat: Values, alone: bool, values: Values) -> object:
        """The gradient, one value or a tuple, from flat cotangents in the order of `wrt`."""
        return self.groupings[alone].apply(flat, self.keys(values))

    def keys(self, values: Values) -> Values:
        """The keys of the dicts of many equal things among the arguments."""
        return self._list_keys(*values) if self._list_keys is not None else ()


Attempts = list[tuple[LengthsDiffer, Specialisation]]


class Caller:
    """One function asked for in one mode, with respect to one choice of parameters.

    None chooses every float but those of the `bound` first parameters, the object of a bound method.
    """

    def __init__(
        self, function: Callable[..., Any], mode: str, wrt: tuple[int, ...] | None, bound: int = 0
    ) -> None:
        self.function = function
        self.bound = bound
        self.mode = mode
        self.wrt = wrt
        self.parameters = parameters_of(function)
        self._found: tuple[Specialisation, ...] = ()  # replaced, never changed: other threads may be reading
        self._last: Specialisation | None = None
        self._lessons: frozenset[Lesson] = frozenset()

    def specialise(self, values: Values) -> Specialisation:
        """The program for one value per parameter, compiled now if there is none yet.

        Raises DifferentiationError where the function, an argument or the request cannot be accepted.
        """
        last = self._last
        if last is not None and last.matches(*values) and (last.always_fits or last.globals_hold()):
            return last  # as `fits` says, without another call
        found = self._fitting(values)
        if found is None:
            with _compiling:
                found = self._fitting(values) or self._compile(values)  # another thread may have been faster
        self._last = found
        return found

    def _fitting(self, values: Values) -> Specialisation | None:
        return next((found for found in self._found if found.fits(values)), None)

    def _compile(self, values: Values) -> Specialisation:
        kinds = tuple(kind_of_argument(self.parameters, p, value) for p, value in enumerate(values))
        chosen = self._differentiated(kinds, values)
        program = self._program(kinds, chosen, values)
        check_result(program, self.parameters)
        found = Specialisation(program, self.parameters, chosen, values)
        self._found = (found, *self._found)
        return found

    def _program(self, kinds: tuple[Kind, ...], chosen: tuple[int, ...], values: Values) -> Program:
        """Compile; what is refused is tried with other kinds of the same dicts and lists."""
        tried: list[tuple[Kind, ...]] = []
        first: DifferentiationError | None = None
        for other in (lambda kinds, values: kinds, with_dicts, without_dicts, without_lists):
            wanted = other(kinds, values)
            if wanted in tried:
                continue
            tried.append(wanted)
            try:
                return self._compiled(wanted, chosen, values)
            except CompilerBug:
                raise
            except DifferentiationError as refused:
                if first is None or wanted == without_dicts(kinds, values):
                    first = refused
        assert first is not None
        raise first from None

    def _compiled(
        self, kinds: tuple[Kind, ...], chosen: tuple[int, ...], values: Values,
        lessons: frozenset[Lesson] | None = None,
    ) -> Program:  # fmt: skip
        """Compile; integers that shape the program become known once compilation asks for their values."""
        taught = self._lessons if lessons is None else lessons
        while True:
            wrt = chosen_leaves(kinds, chosen)
            try:
                program = self._with_own_lengths(Request(self.function, kinds, wrt, self.mode, taught))
            except NeedsStatic as need:
                self._check_known(kinds, need.positions & set(wrt))
                kinds = with_known(kinds, values, need.positions)
                continue
            known = with_known(kinds, values, program.needs_static)
            if known == kinds:
                return program
            kinds = known

    def _with_own_lengths(self, request: Request) -> Program:
        """Compile; a program that cannot run again does not begin with lists of lists of one length."""
        program = compile_request(request)
        lines = program.uneven_lines()
        if lines and not program.can_run_again():
            try:
                return compile_request(replace(request, lessons=request.lessons | lines))
            except DifferentiationError:
                return program
        return program

    def learn(self, attempts: Attempts, values: Values) -> None:
        """Have the next call use another program than those tried, for lengths as they have turned out.

        Raises what the first failure stands for where there is none.
        """
        (differ, failed), first = attempts[-1], attempts[0][0]
        with _compiling:
            if not differ.lesson:
                self._learn_lengths(differ, failed, values)
                return
            tried = [program for _, program in attempts]
            found = next((one for one in self._found if one not in tried and one.fits(values)), None)
            if found is None and len(tried) < MOST_PROGRAMS:
                found = self._taught(differ, failed, values)
            if found is None:
                raise first.error(first.reason, location=first.location) from None
            self._found = (found, *(other for other in self._found if other is not found))
            self._last = found

    def _learn_lengths(self, differ: LengthsDiffer, found: Specialisation, values: Values) -> None:
        """Compile anew, as lists in a list have turned out to have different lengths.

        Raises ShapeMismatch where that is refused.
        """
        if found not in self._found:
            return  # another thread has been here
        known, request = self._lessons, found.program.request
        self._lessons = known | new_lessons(differ, request)
        try:
            program = self._compiled(request.kinds, found.chosen, values)
        except DifferentiationError as refused:
            self._lessons = known
            raise alike_after_all(differ, refused) from None
        made = Specialisation(program, self.parameters, found.chosen, values)
        self._found = (made, *(other for other in self._found if other is not found))
        self._last = made

    def _taught(self, differ: LengthsDiffer, last: Specialisation, values: Values) -> Specialisation | None:
        """The program that has learned from a failure of the last one; None where that is of no use."""
        request = last.program.request
        if differ.lesson == ("no",) or differ.lesson in request.lessons:
            return None
        try:
            lessons = request.lessons | {differ.lesson}
            program = self._compiled(request.kinds, last.chosen, values, lessons)
        except CompilerBug:
            raise
        except DifferentiationError:
            return None
        return Specialisation(program, self.parameters, last.chosen, values)

    def _check_known(self, kinds: tuple[Kind, ...], positions: Collection[int]) -> None:
        """Refuse derivatives with respect to what must be known while compiling."""
        names = [
            name for p, kind in enumerate(kinds) for name in leaf_names(self.parameters.names[p], kind)
        ]  # fmt: skip
        for position in positions:
            raise self.parameters.invalid(
                f"the form of the program depends on the value of {names[position]!r}, as a key, an axis or "
                "an order: there is no derivative with respect to it",
                "wrt= without it",
            )

    def _differentiated(self, kinds: tuple[Kind, ...], values: Values) -> tuple[int, ...]:
        """The parameters to differentiate; InvalidRequest where there is none, or a constant is named."""
        if self.mode == "primal":
            return ()
        if self.wrt is None and any(map(_is_complex, kinds)):
            raise self.parameters.invalid(
                f"an argument of {self.parameters.function}() is complex, and derivatives with respect to "
                "complex parameters are not supported",
                "name the real parameters in wrt=, or pass z.real and z.imag as two parameters",
            )
        floats = tuple(p for p, kind in enumerate(kinds) if any(differentiable_leaves(kind)))
        free = tuple(position for position in floats if position >= self.bound)
        if self.wrt is None and not free:
            hint = (
                f"wrt={self.parameters.names[0]!r}"
                if floats
                else "pass a float, as 3.0 for 3, or x.astype(float)"
            )
            raise self.parameters.invalid(
                f"{self.parameters.function}() was given no float and no float array to differentiate", hint
            )
        chosen = free if self.wrt is None else self.wrt
        for position in chosen:
            if position not in floats:
                raise self._constant(position, kinds[position], values[position])
        return chosen

    def _constant(self, position: int, kind: Kind, value: object) -> InvalidRequest:
        name = self.parameters.names[position]
        what, hint = (
            f"of type {type(value).__name__}",
            "pass a float or a float array, or leave it out of wrt",
        )
        if isinstance(value, (complex, np.complexfloating, np.ndarray)) and np.iscomplexobj(value):
            what, hint = "complex", "pass its real and imaginary parts as two parameters"
        elif isinstance(value, np.ndarray):
            what, hint = f"an array of dtype {value.dtype}", f"pass a float array, {name}.astype(float)"
        elif isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            what, hint = f"the integer {value}", f"pass a float, {float(value)!r}"
        elif isinstance(kind, (Record, Uniform)):
            what = f"a {type(value).__name__} that holds no float outside constant fields"
        return self.parameters.invalid(f"the parameter {name!r} is {what}, which has no derivative", hint)


def _is_complex(kind: Kind) -> bool:
    """Whether there are complex numbers in an argument."""
    return any(not isinstance(leaf, (Static, Opaque)) and is_complex(leaf) for leaf in leaves(kind))


@contextmanager
def attempt(differ: LengthsDiffer, found: Specialisation) -> Iterator[Attempts]:
    """The failures of a call so far, each with its program; a call that they repeat belongs to it."""
    attempts: Attempts | None = getattr(_calling, "attempts", None)
    if attempts is not None:
        attempts.append((differ, found))
        yield attempts
        return
    _calling.attempts = [(differ, found)]
    try:
        yield _calling.attempts
    finally:
        del _calling.attempts


@lru_cache(maxsize=1024)
def caller_for(
    function: Callable[..., Any], mode: str, wrt: tuple[int, ...] | None, bound: int = 0
) -> Caller:
    """The caller of that description; requests for the same one share what is compiled."""
    return Caller(function, mode, wrt, bound)


def _record(kind: Kind, value: object) -> object:
    """What must not change about a global between compiling and calling."""
    if isinstance(kind, Static) and isinstance(value, (int, float, np.generic)):
        return type(value), value
    return key_of(value)
