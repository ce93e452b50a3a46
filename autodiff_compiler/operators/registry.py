"""Where operators are found: by name, by the Python callable, by the method name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from types import MethodType
from typing import Any

import numpy as np

from autodiff_compiler.operators.entry import Elementwise, Entry, External

_SHORT = {
    "numpy.random._generator": "rng.",
    "numpy": "np.", "builtins": "", "numpy.linalg": "np.linalg.", "scipy.special": "special.",
    "scipy.special._basic": "special.", "scipy.special._logsumexp": "special.",
    "scipy.special._spfun_stats": "special.",
}  # fmt: skip
_by_name: dict[str, Entry] = {}
_by_callable: dict[object, Entry] = {}
_owners: list[object] = []  # objects of which methods are in it
_by_method: dict[str, Entry] = {}


def register(entry: Entry) -> Entry:
    """Add an entry; its name, callables and methods must be new (ValueError, and nothing is added)."""
    if entry.name in _by_name:
        raise ValueError(f"operator {entry.name!r} is registered twice")
    methods = getattr(entry, "methods", ())
    owners = [(item, _by_callable.get(item)) for item in entry.callables]
    owners += [(item, _by_method.get(item)) for item in methods]
    for item, owner in owners:
        if owner is not None:
            raise ValueError(f"{item!r} already belongs to {owner.name!r}")
    _by_name[entry.name] = entry
    _by_callable.update(dict.fromkeys(entry.callables, entry))
    _owners.extend(item.__self__ for item in entry.callables if isinstance(item, MethodType))
    _by_method.update(dict.fromkeys(methods, entry))
    return entry


def by_name(name: str) -> Entry:
    """The entry of that name (KeyError if there is none)."""
    return _by_name[name]


def elementwise(name: str) -> Elementwise:
    """The elementwise entry of that name."""
    entry = _by_name[name]
    assert isinstance(entry, Elementwise), name
    return entry


_OF_COMPLEX = {"absolute": "magnitude", "power": "complex_power"}  # besides those called `complex_...`


def of_complex(name: str) -> str | None:
    """The elementwise operator that stands for another one where operands are complex; None for none."""
    entry = _by_name.get(_OF_COMPLEX.get(name, f"complex_{name}"), _by_name[name])
    return entry.name if isinstance(entry, Elementwise) and entry.complex else None


def by_callable(function: object) -> Entry | None:
    """The entry a Python callable stands for, or None."""
    try:
        return _by_callable.get(function)
    except TypeError:  # unhashable
        return None


def has_operators(value: object) -> bool:
    """Whether an object has methods that are operators, as `scipy.stats.norm` has."""
    return any(value is owner for owner in _owners)


def by_method(name: str) -> Entry | None:
    """The entry an array's method or attribute stands for, or None."""
    return _by_method.get(name)


def externals() -> Mapping[str, Callable[..., Any]]:
    """The functions of the runtime that programs call, by name, as plain Python."""
    return {item.name: item.function for item in _by_name.values() if isinstance(item, External)}


def all_entries() -> Iterable[Entry]:
    """Every entry, in the order of registration."""
    return _by_name.values()


def nearest(name: str, count: int = 3) -> list[str]:
    """Accepted callables whose names look like `name`, best first; of equal names NumPy's, or `math`'s."""
    public = (item for item, entry in _by_callable.items() if item is not getattr(entry, "function", None))
    known = (text for text in map(spelled, public) if not text.startswith("autodiff_compiler."))
    spellings = sorted(known, key=lambda text: (text[:3] == "np.", text[:5] == "math."))
    named = {_last(spelling): spelling for spelling in spellings}
    return [named[last] for last in difflib.get_close_matches(_last(name), named, count, 0.6)]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def spelled(function: object) -> str:
    """A callable as a user writes it: `np.sin`, `math.sin`, `special.erf`, `abs`."""
    name = getattr(function, "__name__", str(function))
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):  # np.add.at
        return f"{spelled(owner)}.{name}"
    if type(owner).__module__.startswith("scipy.stats"):  # stats.norm.cdf
        return f"stats.{getattr(owner, 'name', '')}.{name}"
    module = getattr(function, "__module__", None) or ("numpy" if hasattr(np, name) else "scipy.special")
    if isinstance(function, np.ufunc) and getattr(np, name, None) is not function:
        module = "scipy.special"
    return _SHORT.get(module, f"{module}.") + name
