"""Structures: tuples, lists, dicts and objects, taken apart into named items and put together again."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import MISSING, field, fields, is_dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

from autodiff_compiler.frontend.key_codes import text_of, tuple_of
from autodiff_compiler.frontend.originals import original
from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR, WIDTHS, IntegerDict, Text, TextDict

P = ParamSpec("P")
R = TypeVar("R")

_HEAP = 1 << 9  # CPython's flag of classes made while running, as `class` statements make them
_WRAPPERS = frozenset({"numpy", "numba", "autodiff_compiler"})  # their objects are functions, not data
_DATA = frozenset({("statistics", "NormalDist")})  # classes of the standard library that only hold numbers
_NAMESPACES = frozenset({("types", "SimpleNamespace"), ("argparse", "Namespace")})


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """The function with its latest answers kept, for questions about classes that come at every call."""
    return cast("Callable[P, R]", lru_cache(maxsize=4096)(function))


class Parts(NamedTuple):
    """A structure taken apart: what its items are called, and the items."""

    keys: tuple[object, ...]
    items: tuple[object, ...]


def taken_apart(value: object) -> Parts | None:
    """The items of a structure; None where the value is no structure.

    Keys are the positions of a tuple or list, the field names of a NamedTuple, the keys of a dict in their
    order, the attributes of an object (of a dataclass the fields first).
    """
    if isinstance(value, tuple):
        if type(value) is tuple:
            return Parts(tuple(range(len(value))), value)
        names = getattr(type(value), "_fields", ())
        return Parts(names, tuple(value)) if is_named_tuple(type(value)) else None
    if type(value) is list:
        return Parts(tuple(range(len(value))), tuple(value))
    if type(value) in (dict, OrderedDict, defaultdict):
        assert isinstance(value, dict)
        return Parts(tuple(value), tuple(value.values())) if all(map(_is_key, value)) else None
    if not is_plain_class(type(value)):
        return None
    found = attributes_of(value)
    return Parts(tuple(found), tuple(found.values())) if all(map(str.isidentifier, found)) else None


def put_together(cls: type, keys: tuple[object, ...], items: tuple[object, ...]) -> Any:
    """A new structure of this class; objects are made without calling their `__init__`."""
    if cls in (tuple, list):
        return cls(items)
    if cls is Text:
        return text_of(*items)  # type: ignore[arg-type]  # the one attribute it has
    if issubclass(cls, IntegerDict):
        codes, _, held = cast("tuple[Any, ...]", items)
        return dict(zip(_keys_of(cls, codes.tolist()), held, strict=True))
    if is_named_tuple(cls):
        return cls._make(items)  # type: ignore[attr-defined]
    if issubclass(cls, dict):
        made = cls()
        made.update(zip(keys, items, strict=True))
        return made
    stood_for = original(cls, dict(zip(map(str, keys), items, strict=True))) if cls in STOOD_FOR else None
    return object_of(cls, keys, items) if stood_for is None else stood_for


def object_of(cls: type, keys: tuple[object, ...], items: tuple[object, ...]) -> Any:
    """A new object with these attributes, a frozen one too; `__init__` is not called."""
    made: Any = cast("Any", cls).__new__(cls) if _is_namespace(cls) else object.__new__(cls)
    for key, item in zip(keys, items, strict=True):
        object.__setattr__(made, str(key), item)
    return made


def part_at(value: Any, path: Iterable[object]) -> Any:
    """What the keys of a path lead to, one after the other."""
    for key in path:
        indexed = isinstance(value, (tuple, list, dict)) and not is_named_tuple(type(value))
        value = value[key] if indexed else getattr(value, str(key))
    return value


def item_text(cls: type, key: object) -> str:
    """How an item of a structure is written after the structure: `.w`, `[0]`, `['rate']`."""
    if issubclass(cls, IntegerDict):
        return "" if key == "held" else f".{key}"
    bracketed = issubclass(cls, (tuple, list, dict)) and not is_named_tuple(cls)
    return f"[{key!r}]" if bracketed else f".{key}"


def is_named_tuple(cls: type) -> bool:
    """Whether a class is that of a NamedTuple."""
    return issubclass(cls, tuple) and hasattr(cls, "_fields") and hasattr(cls, "_make")


def _is_key(key: object) -> bool:
    if type(key) is tuple:
        return all(map(_is_key, key))
    return isinstance(key, (str, int, Enum)) and not isinstance(key, bool)


def _keys_of(cls: type[IntegerDict], codes: list[int]) -> Iterable[object]:
    """The keys that have these codes in a dict of a stand-in's class."""
    if cls in WIDTHS:
        return (tuple_of(code, WIDTHS[cls]) for code in codes)
    return map(text_of, codes) if cls is TextDict else codes


def attributes_of(value: object) -> dict[str, object]:
    """What an object of a plain class holds, by name; what a cached property has kept is left out."""
    cls = type(value)
    found = {name: getattr(value, name) for name in slots_of(cls) if hasattr(value, name)}
    kept = cached_properties(cls)
    found |= {name: item for name, item in getattr(value, "__dict__", {}).items() if name not in kept}
    if is_dataclass(cls):
        declared = [item.name for item in fields(cls) if item.name in found]
        found = {name: found[name] for name in dict.fromkeys((*declared, *found))}
    return found


@remembered
def is_plain_class(cls: type) -> bool:
    """Whether objects of a class are their attributes: a class written in Python, to hold data.

    Classes of the standard library and of what wraps functions are not; dataclasses always are.
    """
    if any(not base.__flags__ & _HEAP for base in cls.__mro__ if base is not object):
        return _is_namespace(cls)
    if issubclass(cls, (Enum, type, dict, list)) or hasattr(cls, "__del__"):
        return False
    if cls.__getattribute__ is not object.__getattribute__:
        return False
    root = cls.__module__.partition(".")[0]
    foreign = root in _WRAPPERS or (root in sys.stdlib_module_names and root != "__main__")
    foreign = foreign and (cls.__module__, cls.__qualname__) not in _DATA
    if foreign and not is_dataclass(cls):
        return _is_namespace(cls)
    try:
        object.__new__(cls)  # refuses what has memory that only its own class knows
    except TypeError:
        return False
    return True


def _is_namespace(cls: type) -> bool:
    return (cls.__module__, cls.__qualname__) in _NAMESPACES


@remembered
def slots_of(cls: type) -> tuple[str, ...]:
    """The names of all slots of a class, those of its bases first, as attributes are spelled."""
    names: list[str] = []
    for base in reversed(cls.__mro__):
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            private = name.startswith("__") and not name.endswith("__")
            names.append(f"_{base.__name__.lstrip('_')}{name}" if private else name)
    return tuple(name for name in dict.fromkeys(names) if name not in ("__dict__", "__weakref__"))


@remembered
def cached_properties(cls: type) -> tuple[str, ...]:
    """The names under which objects of a class keep what a cached property computed: no data of its own."""
    return tuple(
        name for base in cls.__mro__ for name, item in vars(base).items() if isinstance(item, cached_property)
    )


# ---------------------------------------------------------------- constant fields


class NoDerivative:
    """Marks a field of a class as a constant: derivatives are not taken with respect to it.

    `c: Annotated[float, no_derivative]`, in dataclasses, NamedTuples and other classes; in a dataclass also
    `c: float = no_derivative(1.0)`, with the arguments of `dataclasses.field`.
    """

    def __call__(self, default: Any = MISSING, **options: Any) -> Any:
        """A dataclass field that is constant."""
        metadata = {**options.pop("metadata", {}), self: True}
        return field(default=default, metadata=metadata, **options)

    def __repr__(self) -> str:
        return "no_derivative"

    def __reduce__(self) -> str:
        return "no_derivative"


no_derivative = NoDerivative()


@remembered
def constants_of(cls: type) -> frozenset[str]:
    """The fields of a class that are marked with `no_derivative`."""
    found: dict[str, bool] = {}
    for base in reversed(cls.__mro__):
        for name, annotation in _annotations(base).items():
            found[name] = _is_marked(annotation, base)
    if is_dataclass(cls):
        found |= {item.name: True for item in fields(cls) if no_derivative in item.metadata}
    return frozenset(name for name, marked in found.items() if marked)


def _annotations(cls: type) -> dict[str, Any]:
    try:
        return inspect.get_annotations(cls)
    except NameError:  # from Python 3.14 on they are evaluated here; the text will do
        library: Any = importlib.import_module("annotationlib")
        return dict(library.get_annotations(cls, format=library.Format.STRING))


def _is_marked(annotation: object, cls: type) -> bool:
    text = getattr(annotation, "__forward_arg__", annotation)  # how NamedTuples keep one that is a string
    if isinstance(text, str):
        return _is_marked_text(text, cls)
    return any(item is no_derivative for item in getattr(annotation, "__metadata__", ()))


def _is_marked_text(text: str, cls: type) -> bool:
    """As the annotation that the text stands for; its first part may name what only type checkers know."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return False
    if not isinstance(tree, ast.Subscript) or not isinstance(tree.slice, ast.Tuple):
        return False
    known = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}
    return any(_names_the_mark(item, known) for item in tree.slice.elts[1:])


def _names_the_mark(tree: ast.expr, known: dict[str, Any]) -> bool:
    names = [part.id for part in ast.walk(tree) if isinstance(part, ast.Name)]
    attributes = [part.attr for part in ast.walk(tree) if isinstance(part, ast.Attribute)]
    return "no_derivative" in (*names, *attributes) or any(known.get(n) is no_derivative for n in names)
