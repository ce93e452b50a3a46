"""The callables that `differentiable`, `gradient`, `pullback` and their like return."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import update_wrapper
from inspect import getattr_static
from types import FunctionType, MethodType
from typing import Any, ClassVar, Generic, NamedTuple, ParamSpec, TypeVar

import numpy as np

from autodiff_compiler.calling import Specialisation, attempt, caller_for
from autodiff_compiler.differentials import Differential, take_differential, take_value
from autodiff_compiler.errors import CompilerBug, DifferentiationError, InvalidRequest
from autodiff_compiler.named_operators import calling
from autodiff_compiler.parameters import Values, Wrt, parameters_of, resolve_wrt
from autodiff_compiler.pullbacks import Pullback, take_pullback
from autodiff_compiler.safety import LengthsDiffer, raise_failure, run

P = ParamSpec("P")
R = TypeVar("R")


class ValueWithGradient(NamedTuple):
    """What a function returned, and its gradient: one array or number, or a tuple of them."""

    value: Any
    gradient: Any


class ValueWithPullback(NamedTuple):
    """What a function returned, and the map from cotangents of that to cotangents of the parameters."""

    value: Any
    pullback: Pullback


class ValueWithDifferential(NamedTuple):
    """What a function returned, and the map from tangents of the parameters to that of what it returned."""

    value: Any
    differential: Differential


class _Absent:
    """Stands for the arguments where none are given."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


class Compiled(ABC, Generic[P]):
    """A callable backed by programs compiled for the kinds of its arguments, which can be shown."""

    def __init__(
        self, function: Callable[..., Any], leading: Values, mode: str, wrt: tuple[int, ...] | None
    ) -> None:
        self._leading = leading  # arguments already bound: the self of a method
        self._parameters = parameters_of(function)
        bound = len(leading) if wrt is None and mode != "primal" else 0
        self._caller = caller_for(function, mode, wrt, bound)
        self._count = self._parameters.positional  # so many positional arguments need no binding

    def _prepare(self, args: Values, kwargs: Mapping[str, object]) -> tuple[Specialisation, Values]:
        if kwargs or self._leading or len(args) != self._count:
            args = self._parameters.bind(*self._leading, *args, **kwargs)
        return self._specialise(args), args

    def _specialise(self, values: Values) -> Specialisation:
        try:
            return self._caller.specialise(values)
        except DifferentiationError as error:
            if isinstance(error, CompilerBug):
                raise
            # the user's line is in the message, ours would hide it
            raise error.with_traceback(None) from None

    def _again(
        self, differ: LengthsDiffer, found: Specialisation, args: Values, kwargs: Mapping[str, object]
    ) -> Any:
        """Call another program, for lengths as they have turned out to be."""
        with attempt(differ, found) as attempts:
            self._caller.learn(attempts, self._parameters.bind(*self._leading, *args, **kwargs))
            return self(*args, **kwargs)  # type: ignore[arg-type]  # its own arguments

    @abstractmethod
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Take the function's own arguments."""

    def bind(self, *args: P.args, **kwargs: P.kwargs) -> Values:
        """One value per parameter of the function; raises the TypeError that Python's own call would."""
        return self._parameters.bind(*self._leading, *args, **kwargs)

    def source(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """The generated Python source for arguments of these kinds."""
        return self._prepare(args, kwargs)[0].program.source

    def stages(self, *args: P.args, **kwargs: P.kwargs) -> dict[str, str]:
        """Each stage of the compilation as text: surface, typed, loops, derived, planned, source."""
        return dict(self._prepare(args, kwargs)[0].program.stages)

    def explain(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Line by line: what is active; what is kept, recomputed or stored; what is fused or parallel."""
        return self._prepare(args, kwargs)[0].program.explained()


class Target(NamedTuple):
    """The plain function to differentiate, arguments already bound to it, its decorator's `wrt`."""

    function: Callable[..., Any]
    leading: Values
    wrt: Wrt


def target_of(of: object) -> Target:
    """What stands behind a function, a decorated function, an operator, a method, an object with `__call__`.

    Raises InvalidRequest for anything else.
    """
    if isinstance(of, Differentiable):
        return Target(of.python, of.leading, of.wrt)
    function = calling(of) if callable(of) and not isinstance(of, Derivative) else None
    if function is None and isinstance(of, FunctionType):
        function = of
    if function is not None:
        return Target(function, (), None)
    bound: object = of.__self__ if isinstance(of, MethodType) else of
    call: object = of.__func__ if isinstance(of, MethodType) else getattr_static(type(of), "__call__", None)
    if isinstance(call, (FunctionType, Differentiable)) and not isinstance(of, (type, Derivative)):
        inner = target_of(call)
        return Target(inner.function, (*inner.leading, bound), inner.wrt)
    if isinstance(of, Derivative):
        raise InvalidRequest(f"{of!r} is a derivative already, and those are not differentiated again")
    name = getattr(of, "__name__", repr(of))
    hint = f"wrap it in one: lambda x: {name}(x)" if callable(of) else "pass the function itself"
    raise InvalidRequest(f"{name} is not a function written in Python", suggestion=hint)


class Differentiable(Compiled[P], Generic[P, R]):
    """A function of the user's with its compiled primal; `python` is the original.

    Calling it runs the compiled primal: the same value, and arrays updated in place where the original
    does so. As an attribute of a class it binds like a method.
    """

    __name__: str
    __qualname__: str

    def __init__(self, python: Callable[P, R], wrt: Wrt = None) -> None:
        update_wrapper(self, python)
        if not isinstance(python, FunctionType):
            raise InvalidRequest(
                f"@differentiable takes a function written in Python, not {python!r}",
                suggestion="put @differentiable next to the def, under any other decorator",
            )
        super().__init__(python, (), "primal", None)
        resolve_wrt(self._parameters, wrt)
        self.python = python
        self.wrt = wrt

    @property
    def leading(self) -> Values:
        """The arguments already bound: the object whose method this is."""
        return self._leading

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the compiled primal."""
        values: Values = args
        if kwargs or len(args) != self._count or self._leading:
            values = self._parameters.bind(*self._leading, *args, **kwargs)
        found = self._specialise(values)
        try:
            if not found.simple:
                given = found.arguments(values)
                flat = run(found.program, found.call, given)
                return found.finish(values, given, flat)  # type: ignore[return-value]  # R by construction
            try:
                return found.result_form(found.call(*values))  # type: ignore[return-value]  # R by construction
            except ValueError as error:
                failure = error
            raise_failure(found.program, failure)
        except LengthsDiffer as error:
            differ = error
        return self._again(differ, found, args, kwargs)  # type: ignore[no-any-return]

    def __get__(self, instance: object, owner: type | None = None) -> Differentiable[..., R]:
        if instance is None:
            return self
        bound: Differentiable[..., R] = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._leading = (*self._leading, instance)
        return bound

    def __reduce__(self) -> str | tuple[object, ...]:
        if self._leading:
            return getattr, (self._leading[-1], self.__name__)
        return self.__qualname__ if _is_global(self) else (Differentiable, (self.python, self.wrt))

    def __repr__(self) -> str:
        return f"<differentiable function {self.__module__}.{self.__qualname__}>"

    def gradient(self, *args: Any, at: object = ABSENT, wrt: Wrt = None, **kwargs: Any) -> Any:
        """`gradient(of=this, wrt=wrt)`, evaluated where arguments are given, here or by `at`."""
        return _evaluated(Gradient(self, wrt), args, kwargs, at)

    def value_with_gradient(self, *args: Any, at: object = ABSENT, wrt: Wrt = None, **kwargs: Any) -> Any:
        """`value_with_gradient(of=this, wrt=wrt)`, evaluated where arguments are given, here or by `at`."""
        return _evaluated(GradientWithValue(self, wrt), args, kwargs, at)

    def pullback(self, *args: Any, at: object = ABSENT, wrt: Wrt = None, **kwargs: Any) -> Any:
        """`pullback(of=this, wrt=wrt)`, evaluated where arguments are given, here or by `at`."""
        return _evaluated(PullbackOnly(self, wrt), args, kwargs, at)

    def value_with_pullback(self, *args: Any, at: object = ABSENT, wrt: Wrt = None, **kwargs: Any) -> Any:
        """`value_with_pullback(of=this, wrt=wrt)`, evaluated where arguments are given, here or by `at`."""
        return _evaluated(PullbackWithValue(self, wrt), args, kwargs, at)

    def differential(self, *args: Any, at: object = ABSENT, wrt: Wrt = None, **kwargs: Any) -> Any:
        """`differential(of=this, wrt=wrt)`, evaluated where arguments are given, here or by `at`."""
        return _evaluated(DifferentialOnly(self, wrt), args, kwargs, at)

    def value_with_differential(self, *args: Any, at: object = ABSENT, wrt: Wrt = None, **kwargs: Any) -> Any:
        """As `value_with_differential(of=this, wrt=wrt)`, evaluated where arguments are given."""
        return _evaluated(DifferentialWithValue(self, wrt), args, kwargs, at)


def _is_global(item: Differentiable[..., Any]) -> bool:
    """Whether the name of a function leads to this very object, as pickling by reference needs."""
    found: object = sys.modules.get(item.__module__)
    for part in item.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is item


class Derivative(Compiled[P]):
    """A derivative of the function `of` with respect to `wrt`; takes the function's own arguments."""

    mode: ClassVar[str]  # what is asked of the pipeline
    name: ClassVar[str]  # what the user asked for

    def __init__(self, of: Callable[P, Any], wrt: Wrt = None) -> None:
        target = target_of(of)
        chosen = target.wrt if wrt is None else wrt
        positions = resolve_wrt(parameters_of(target.function), chosen, len(target.leading))
        super().__init__(target.function, target.leading, self.mode, positions)
        self.of = of
        self.wrt = wrt
        self.in_tuple = chosen is not None and not isinstance(chosen, (str, int))

    @property
    def python(self) -> Callable[..., Any]:
        """The plain Python function."""
        return self._caller.function

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return self._parameters.names

    def resolved(self, *args: P.args, **kwargs: P.kwargs) -> tuple[Values, tuple[int, ...]]:
        """One value per parameter, and the positions of those that would be differentiated."""
        found, values = self._prepare(args, kwargs)
        return values, found.chosen

    def global_arrays(self, *args: P.args, **kwargs: P.kwargs) -> list[np.ndarray]:
        """The arrays that the function reads from outside, as they stand for arguments of these kinds."""
        found, _ = self._prepare(args, kwargs)
        values = (reference.read() for reference in found.program.globals)
        return [value for value in values if isinstance(value, np.ndarray)]

    def _alone(self, found: Specialisation) -> bool:
        return len(found.chosen) == 1 and not self.in_tuple

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.of, self.wrt)

    def __repr__(self) -> str:
        chosen = "" if self.wrt is None else f", wrt={self.wrt!r}"
        return f"{self.name}(of={self._parameters.function}{chosen})"


class Gradient(Derivative[P]):
    """What `gradient(of=f)` returns: the arguments of f to the gradient of its result."""

    mode = "gradient"
    name = "gradient"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        """The gradient at these arguments: one value, or a tuple in the order of `wrt`."""
        found, values = self._prepare(args, kwargs)
        try:
            flat = run(found.program, found.program.calls, found.arguments(values))
        except LengthsDiffer as error:
            return self._again(error, found, args, kwargs)
        return found.cotangents(flat, self._alone(found), values)


class GradientWithValue(Derivative[P]):
    """What `value_with_gradient(of=f)` returns: the arguments of f to its result and the gradient of that."""

    mode = "value_with_gradient"
    name = "value_with_gradient"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ValueWithGradient:
        """The value and the gradient at these arguments."""
        found, values = self._prepare(args, kwargs)
        try:
            flat = run(found.program, found.program.calls, found.arguments(values))
        except LengthsDiffer as error:
            return self._again(error, found, args, kwargs)  # type: ignore[no-any-return]
        return ValueWithGradient(
            found.value(flat[:1]), found.cotangents(flat[1:], self._alone(found), values)
        )


class PullbackWithValue(Derivative[P]):
    """What `value_with_pullback(of=f)` returns: the arguments of f to its result and the pullback there."""

    mode = "pullback"
    name = "value_with_pullback"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ValueWithPullback:
        """The value and the pullback at these arguments."""
        found, values = self._prepare(args, kwargs)
        try:
            return ValueWithPullback(*take_pullback(self.of, found, values, self._alone(found)))
        except LengthsDiffer as error:
            return self._again(error, found, args, kwargs)  # type: ignore[no-any-return]


class PullbackOnly(Derivative[P]):
    """What `pullback(of=f)` returns: the arguments of f to the pullback there."""

    mode = "pullback"
    name = "pullback"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Pullback:
        """The pullback at these arguments."""
        found, values = self._prepare(args, kwargs)
        try:
            return take_pullback(self.of, found, values, self._alone(found))[1]
        except LengthsDiffer as error:
            return self._again(error, found, args, kwargs)  # type: ignore[no-any-return]


class DifferentialWithValue(Derivative[P]):
    """What `value_with_differential(of=f)` returns: the arguments of f to result and differential."""

    mode = "differential"
    name = "value_with_differential"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ValueWithDifferential:
        """The value and the differential at these arguments."""
        found, values = self._prepare(args, kwargs)
        kept = take_differential(self.of, found, values, self._alone(found))  # before anything is drawn
        try:
            return ValueWithDifferential(take_value(found, values), kept)
        except LengthsDiffer as error:
            return self._again(error, found, args, kwargs)  # type: ignore[no-any-return]


class DifferentialOnly(Derivative[P]):
    """What `differential(of=f)` returns: the arguments of f to the differential there."""

    mode = "differential"
    name = "differential"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Differential:
        """The differential at these arguments."""
        found, values = self._prepare(args, kwargs)
        return take_differential(self.of, found, values, self._alone(found))


def evaluated(function: Derivative[...], at: object) -> Any:
    """The derivative itself where `at` is absent, else its value there (a tuple is spread as arguments)."""
    if at is ABSENT:
        return function
    return function(*at) if isinstance(at, tuple) else function(at)


def _evaluated(function: Derivative[...], args: Values, kwargs: Mapping[str, object], at: object) -> Any:
    return function(*args, **kwargs) if args or kwargs else evaluated(function, at)
