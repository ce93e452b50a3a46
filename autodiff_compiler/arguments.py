"""What is read off each argument: a cheap key to find compiled code by, its kind, how it is passed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.kinds import Kind, Unaccepted, kind_of
from autodiff_compiler.parameters import Parameters

_LAYOUT = 0x0001 | 0x0100  # NumPy's flag bits for C order without gaps, and for aligned
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def keys_of(values: Sequence[Any]) -> list[object]:
    """The keys of several arguments; the common kinds are read here, as this runs at every call."""
    keys: list[object] = []
    for value in values:
        kind = type(value)
        if kind is np.ndarray:
            shape = value.shape
            axes = tuple([size == 1 for size in shape]) if 1 in shape else len(shape)
            keys.append((value.dtype, value.flags.num & _LAYOUT, axes))
        elif kind is float:
            keys.append(kind)
        else:
            keys.append(key_of(value))
    return keys


def key_of(value: Any) -> object:
    """A key such that values of equal keys are of equal kinds (see kind_of); runs at every call.

    It tells apart what kind_of tells apart, and classes; integers and floats of any value share a key.
    """
    kind = type(value)
    if kind is np.ndarray or kind is float:
        return keys_of((value,))[0]
    if kind is bool or kind is str or value is None:
        return kind, value
    if isinstance(value, int):
        return kind if _LOWEST <= value <= _HIGHEST else None
    return _rare_key(kind, value)


def _rare_key(kind: type, value: Any) -> object:
    if isinstance(value, np.ndarray):
        return kind, key_of(value.view(np.ndarray))
    if isinstance(value, (float, np.number, np.bool_)):
        return kind
    if kind is tuple:
        return kind, tuple([_static_key(item) for item in value])
    return kind, value


def _static_key(value: object) -> object:
    """As key_of, but integers count by value."""
    return (int, value) if type(value) is int else key_of(value)


def matcher_of(values: Sequence[Any]) -> Callable[..., bool] | None:
    """A quick test whether other arguments have the same keys as these; None where none of ours is quick.

    A False says nothing: keys_of decides then. The test is written out for the arguments at hand, because at
    half a microsecond a call the loop of keys_of would be the largest part of calling a small function.
    """
    tests, known = [], {}
    for position, value in enumerate(values):
        name = f"v{position}"
        if type(value) is float:
            tests.append(f"{name}.__class__ is float")
        elif type(value) is np.ndarray and 1 not in value.shape:
            known[f"d{position}"] = value.dtype
            layout = value.flags.num & _LAYOUT
            tests.append(
                f"{name}.__class__ is ndarray and {name}.dtype is d{position} and {name}.ndim == {value.ndim}"
                f" and {name}.flags.num & {_LAYOUT} == {layout} and 1 not in {name}.shape"
            )
        else:
            return None
    names = ", ".join(f"v{position}" for position in range(len(values)))
    text = f"lambda {names}: {' and '.join(tests) or 'True'}"
    matcher: Callable[..., bool] = eval(text, {"ndarray": np.ndarray, **known})
    return matcher


def kind_of_argument(parameters: Parameters, position: int, value: object) -> Kind:
    """The kind of the argument of one parameter; raises TypeMismatch naming the parameter."""
    name = parameters.names[position]
    try:
        _require_plain(value)
        adapter = adapter_of(value)
        kind = kind_of(value if adapter is None else adapter(value))
        hash(key_of(value))
        return kind
    except Unaccepted as unaccepted:
        reason = str(unaccepted)
    except TypeError:
        reason = f"a {type(value).__name__} that cannot be hashed is not supported"
    reason, _, hint = reason.partition("; ")
    message = f"the argument {name!r} of {parameters.function}(): {reason}"
    raise TypeMismatch(message, suggestion=hint, location=parameters.at)


def _require_plain(value: object) -> None:
    """Refuse values that NumPy or Numba would compute with differently than with plain ones."""
    if isinstance(value, np.ndarray) and type(value) not in (np.ndarray, np.memmap):
        raise Unaccepted(f"a {type(value).__name__} is not supported; pass np.asarray(...)")
    if isinstance(value, int) and not _LOWEST <= value <= _HIGHEST:
        raise Unaccepted("an integer of more than 64 bits is not supported; pass a float")


def adapter_of(value: object) -> Callable[[Any], object] | None:
    """What an argument goes through before compiled code takes it; None where it is passed as it is.

    An array without axes becomes its scalar, a subclass its base class.
    """
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return _element
        return None if type(value) is np.ndarray else np.asarray
    if isinstance(value, (np.generic, bool, str)) or type(value) in (int, float):
        return None
    if isinstance(value, int):
        return int
    return float if isinstance(value, float) else None


def _element(value: Any) -> object:
    return value[()]
