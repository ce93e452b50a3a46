"""The parameters of a function: arguments bound as Python binds them, and which parameters `wrt` means."""

from __future__ import annotations

import difflib
import inspect
import linecache
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType
from typing import Any, TypeAlias

from autodiff_compiler.errors import InvalidRequest
from autodiff_compiler.frontend.source import signature_of
from autodiff_compiler.location import Location

Values: TypeAlias = tuple[Any, ...]  # one per parameter, or what compiled code takes and gives
Wrt: TypeAlias = str | int | Sequence[str | int] | None


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one function, in signature order.

    `bind(*args, **kwargs)` returns one value per parameter, defaults filled in, and raises the TypeError
    that calling the function would raise.
    """

    function: str  # its name, as users write it
    names: tuple[str, ...]
    bind: Callable[..., Values]
    at: Location
    positional: int  # as many positional arguments as this are one value per parameter; -1 if none are

    def invalid(self, reason: str, suggestion: str = "") -> InvalidRequest:
        """The error for a request that this function cannot answer."""
        return InvalidRequest(reason, suggestion=suggestion, location=self.at)


@lru_cache(maxsize=1024)
def parameters_of(function: Callable[..., Any]) -> Parameters:
    """The parameters of a plain Python function."""
    assert isinstance(function, FunctionType)
    signature = signature_of(function)
    names, bind = tuple(signature.parameters), _binder(function, signature)
    plain = all(item.kind <= item.POSITIONAL_OR_KEYWORD for item in signature.parameters.values())
    return Parameters(function.__name__, names, bind, _definition(function), len(names) if plain else -1)


def called_with(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with one positional argument for each parameter, whatever the kinds of these."""
    kinds = [(item.name, item.kind) for item in signature_of(function).parameters.values()]

    def call(*values: Any) -> Any:
        positional: list[Any] = []
        words: dict[str, Any] = {}
        for (name, kind), value in zip(kinds, values, strict=True):
            if kind is inspect.Parameter.VAR_POSITIONAL:
                positional += value
            elif kind is inspect.Parameter.VAR_KEYWORD:
                words |= value
            elif kind is inspect.Parameter.KEYWORD_ONLY:
                words[name] = value
            else:
                positional.append(value)
        return function(*positional, **words)

    return call


def _binder(function: FunctionType, signature: inspect.Signature) -> Callable[..., Values]:
    """A function of the same signature and name that returns its arguments: Python does the binding."""
    bare = [
        item.replace(annotation=item.empty, default=item.empty if item.default is item.empty else None)
        for item in signature.parameters.values()
    ]
    listed = str(inspect.Signature(bare))[1:-1]
    results = "".join(f"{name}, " for name in signature.parameters)
    binder: FunctionType = eval(f"lambda {listed}: ({results})")  # the text holds parameter names only
    binder.__name__, binder.__qualname__ = function.__name__, function.__qualname__

    def bind(*args: Any, **kwargs: Any) -> Values:
        if binder.__defaults__ is not function.__defaults__:
            binder.__defaults__ = function.__defaults__
        binder.__kwdefaults__ = function.__kwdefaults__
        bound: Values = binder(*args, **kwargs)
        return bound

    return bind


def _definition(function: FunctionType) -> Location:
    """The `def` line, past any decorators."""
    code = function.__code__
    lines = range(code.co_firstlineno, code.co_firstlineno + 50)
    texts = {line: linecache.getline(code.co_filename, line).rstrip("\n") for line in lines}
    found = (line for line, text in texts.items() if text.lstrip().startswith(f"def {function.__name__}"))
    line = code.co_firstlineno if function.__name__ == "<lambda>" else next(found, code.co_firstlineno)
    text = texts[line]
    column = len(text) - len(text.lstrip())
    return Location(code.co_filename, line, column, len(text) or None, text, function.__name__)


def resolve_wrt(parameters: Parameters, wrt: Wrt, leading: int = 0) -> tuple[int, ...] | None:
    """The positions that `wrt` means, None where it leaves the choice to the arguments.

    `leading` parameters are already bound (`self`); numbers count those after them.
    Raises InvalidRequest for an unknown name, a position out of range, a repetition, an empty choice.
    """
    if wrt is None:
        return None
    chosen = (wrt,) if isinstance(wrt, (str, int)) else tuple(wrt)
    if not chosen:
        raise parameters.invalid(
            f"wrt=() chooses no parameter of {parameters.function}()",
            "leave wrt out to choose every float parameter",
        )
    positions = tuple(_position(parameters, item, leading) for item in chosen)
    for index, position in enumerate(positions):
        if position in positions[:index]:
            raise parameters.invalid(
                f"wrt names the parameter {parameters.names[position]!r} twice", "name each parameter once"
            )
    return positions


def _position(parameters: Parameters, item: object, leading: int) -> int:
    names = parameters.names
    if isinstance(item, str):
        if item in names:
            return names.index(item)
        close = difflib.get_close_matches(item, names, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"its parameters are {', '.join(names) or 'none'}"
        raise parameters.invalid(f"{parameters.function}() has no parameter {item!r}", hint)
    if not isinstance(item, int) or isinstance(item, bool):
        raise parameters.invalid(
            f"wrt holds {item!r}, which is neither a name nor a position", "write wrt='x' or wrt=0"
        )
    count = len(names) - leading
    if not -count <= item < count:
        raise parameters.invalid(
            f"wrt={item} is out of range: {parameters.function}() has {count} parameters",
            f"its parameters are {', '.join(names[leading:]) or 'none'}",
        )
    return leading + item % count
