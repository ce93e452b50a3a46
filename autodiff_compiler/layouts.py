"""Arguments of given kinds: a quick test whether values are such, and what compiled code takes of them.

Both run at every call and are written out for the arguments at hand, because at half a microsecond a call
walking the kinds would be the largest part of calling a small function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff_compiler.arguments import LAYOUT, adapter_of, items_of
from autodiff_compiler.frontend.key_codes import are_tuples, keys_of
from autodiff_compiler.frontend.kinds import (
    BY_VALUE,
    Kind,
    Opaque,
    Record,
    Static,
    Uniform,
    is_dict_of_equals,
    is_passed,
    leaves,
)
from autodiff_compiler.frontend.read_kinds import HIGHEST, LOWEST
from autodiff_compiler.frontend.stand_ins_dicts import WIDTHS, IntegerDict
from autodiff_compiler.frontend.structures import cached_properties, slots_of
from autodiff_compiler.ir.types import Array


@dataclass(slots=True)
class Text:
    """The text of a function in the making, and the objects it refers to."""

    known: dict[str, object] = field(default_factory=dict)
    unset: list[str] = field(default_factory=list)  # local names that start as None
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    count: int = 0

    def add(self, line: str) -> None:
        """Append a line at the current indentation."""
        self.lines.append("    " * self.depth + line)

    def refer(self, value: object) -> str:
        """A name for an object."""
        return next((name for name, other in self.known.items() if other is value), None) or self._new(value)

    def _new(self, value: object) -> str:
        name = f"k{len(self.known)}"
        self.known[name] = value
        return name

    def fresh(self) -> str:
        """A new local name."""
        self.count += 1
        return f"t{self.count}"

    @contextmanager
    def block(self, line: str) -> Iterator[None]:
        """What is added inside is the body of this line."""
        self.add(line)
        self.depth += 1
        yield
        self.depth -= 1

    def function(self, parameters: Sequence[str]) -> Callable[..., Any]:
        """The function of these lines."""
        text = "\n".join((f"def function({', '.join(parameters)}):", *self.lines))
        space = dict(self.known)
        exec(compile(text, f"<arguments {len(text)}>", "exec"), space)
        made: Callable[..., Any] = space["function"]  # type: ignore[assignment]
        return made


# ---------------------------------------------------------------- does the program fit?


def matcher_of(kinds: Sequence[Kind], values: Sequence[object]) -> Callable[..., bool]:
    """A test whether other arguments are of these kinds and classes, as these values are."""
    text = Text(known={"ndarray": np.ndarray})
    names = [f"v{position}" for position in range(len(kinds))]
    text.depth = 2
    for name, kind, value in zip(names, kinds, values, strict=True):
        _match(text, kind, value, name, False)
    text.lines = [
        *(f"    {name} = None" for name in text.unset),
        "    try:",
        *(text.lines or ["        pass"]),
        "    except (KeyError, AttributeError):",
        "        return False",
        "    return True",
    ]
    return text.function(names)


def _match(text: Text, kind: Kind, value: Any, name: str, repeated: bool) -> None:
    """Add tests for the value called `name`; `repeated` if they run for each item of a uniform list."""
    match kind:
        case Opaque():
            pass
        case Uniform(item=item):
            _match_list(text, item, value, name, repeated)
        case Record(cls=cls, items=items) if is_dict_of_equals(kind):
            _match_dict(text, cls, items[-1], value, name)
        case Record(cls=cls, keys=keys, items=items):
            text.add(f"if {name}.__class__ is not {text.refer(cls)}: return False")
            names = _match_items(text, cls, keys, value, name)
            for item, part, inside in zip(items, items_of(kind, value), names, strict=True):
                _match(text, item, part, inside, repeated)
        case Static():
            text.add(f"if not ({_static_test(text, value, name)}): return False")
        case _:
            tests = [*_leaf_tests(text, value, name)]
            text.add(f"if not ({' and '.join(tests)}): return False")
            if repeated and isinstance(kind, Array):
                _match_size(text, f"{name}.shape")


def _match_size(text: Text, size: str) -> None:
    """Compare a shape or length with that of the first item of a uniform list."""
    first = text.fresh()
    text.unset.append(first)
    text.add(f"if {first} is None: {first} = {size}")
    text.add(f"elif {size} != {first}: return False")


def _match_list(text: Text, item: Kind, value: Any, name: str, repeated: bool) -> None:
    text.add(f"if {name}.__class__ is not list or len({name}) < 2: return False")
    if repeated:
        _match_size(text, f"len({name})")
    first = value[0]
    if type(first) is float:
        text.add(f"if {{*map(type, {name})}} != {text.refer({float})}: return False")
        return
    each = text.fresh()
    with text.block(f"for {each} in {name}:"):
        text.add("pass")
        _match(text, item, first, each, True)


def _match_dict(text: Text, cls: type, held: Kind, value: dict[Any, Any], name: str) -> None:
    """Test that a dict of many equal things is one of the same kind, with whatever keys."""
    text.add(f"if {name}.__class__ is not dict or len({name}) < 2: return False")
    if cls in WIDTHS:
        text.add(f"if not {text.refer(are_tuples)}({name}, {WIDTHS[cls]}): return False")
    else:
        key = int if cls is IntegerDict else str
        text.add(f"if {{*map(type, {name})}} != {text.refer({key})}: return False")
        if key is int:
            text.add(f"if not {LOWEST} <= min({name}) <= max({name}) <= {HIGHEST}: return False")
    inside = text.fresh()
    text.add(f"{inside} = [*{name}.values()]")
    _match(text, held, [*value.values()], inside, False)


def _match_items(text: Text, cls: type, keys: tuple[object, ...], value: Any, name: str) -> list[str]:
    """Test that a structure has these items; the names they were given."""
    names = [text.fresh() for _ in keys]
    if issubclass(cls, (tuple, list)):
        text.add(f"if len({name}) != {len(keys)}: return False")
        if keys:
            text.add(f"{', '.join(names)}, = {name}")
        return names
    if issubclass(cls, dict):
        text.add(f"if (*{name},) != {text.refer(keys)}: return False")
        for key, inside in zip(keys, names, strict=True):
            text.add(f"{inside} = {name}[{text.refer(key)}]")
        return names
    slots = slots_of(cls)
    for unset in (slot for slot in slots if slot not in keys):
        text.add(f"if hasattr({name}, {unset!r}): return False")
    space = text.fresh()
    if hasattr(value, "__dict__"):
        text.add(f"{space} = {name}.__dict__")
        kept = [name for name in cached_properties(cls) if name not in keys]
        less = "".join(f" - ({name!r} in {space})" for name in kept)
        text.add(f"if len({space}){less} != {sum(key not in slots for key in keys)}: return False")
    for key, inside in zip(keys, names, strict=True):
        text.add(f"{inside} = {_attribute(cls, key, name, space)}")
    return names


def _attribute(cls: type, key: object, name: str, space: str) -> str:
    return f"{name}.{key}" if key in slots_of(cls) else f"{space}[{key!r}]"


def _static_test(text: Text, value: Any, name: str) -> str:
    if value is None or isinstance(value, bool):
        return f"{name} is {value}"
    if not isinstance(value, (int, float, np.ndarray, *BY_VALUE)):
        return f"{name} is {text.refer(value)}"
    point = f" and {name}.shape == ()" if isinstance(value, np.ndarray) else ""  # an integer that is known
    return f"{name}.__class__ is {text.refer(type(value))}{point} and {name} == {text.refer(value)}"


def _leaf_tests(text: Text, value: Any, name: str) -> Iterator[str]:
    cls = type(value)
    if cls is not np.ndarray:
        yield f"{name}.__class__ is {cls.__name__ if cls in (float, int, bool) else text.refer(cls)}"
    if isinstance(value, np.ndarray):
        if cls is np.ndarray:
            yield f"{name}.__class__ is ndarray"
        dtype = text.refer(value.dtype)
        yield f"({name}.dtype is {dtype} or {name}.dtype == {dtype})"
        yield f"{name}.ndim == {value.ndim} and {name}.flags.num & {LAYOUT} == {value.flags.num & LAYOUT}"
        if 1 in value.shape:
            units = tuple([size == 1 for size in value.shape])
            yield f"(*[n == 1 for n in {name}.shape],) == {units}"
        else:
            yield f"1 not in {name}.shape"
    elif isinstance(value, int) and not isinstance(value, bool):
        yield f"{LOWEST} <= {name} <= {HIGHEST}"


# ---------------------------------------------------------------- what compiled code takes


def flattener_of(kinds: Sequence[Kind], values: Sequence[object]) -> Callable[..., tuple[Any, ...]]:
    """What compiled code takes of arguments of these kinds: all leaves but static ones, lists as arrays."""
    text = Text(known={"array": np.array})
    names = [f"v{position}" for position in range(len(kinds))]
    found: list[str] = []
    for name, kind, value in zip(names, kinds, values, strict=True):
        _flatten(text, kind, value, name, found)
    text.add(f"return ({''.join(f'{item}, ' for item in found)})")
    return text.function(names)


def _flatten(text: Text, kind: Kind, value: Any, name: str, found: list[str]) -> None:
    match kind:
        case Uniform():
            for expression, dtype in _columns(text, kind, value, name):
                found.append(f"array({expression}, {text.refer(np.dtype(dtype))})")
        case Record(items=items) if is_dict_of_equals(kind):
            keys_, inside = text.fresh(), text.fresh()
            text.add(f"{keys_} = {text.refer(keys_of)}((*{name},))")
            text.add(f"{inside} = [*{name}.values()]")
            found += [f"{keys_}.codes", f"{keys_}.order"]
            _flatten(text, items[-1], [*value.values()], inside, found)
        case Record(cls=cls, keys=keys, items=items):
            if not any(map(is_passed, leaves(kind))):
                return
            bound = text.fresh()
            text.add(f"{bound} = {name}{_space(cls, value)}")
            parts = zip(keys, items, items_of(kind, value), strict=True)
            for position, (key, item, part) in enumerate(parts):
                place = _item(text, cls, position, key, name, bound)
                if isinstance(item, Record):
                    inside = text.fresh()
                    text.add(f"{inside} = {place}")
                    place = inside
                _flatten(text, item, part, place, found)
        case _ if is_passed(kind):
            adapter = adapter_of(value)
            found.append(name if adapter is None else f"{text.refer(adapter)}({name})")


def key_lister_of(kinds: Sequence[Kind], values: Sequence[object]) -> Callable[..., Any] | None:
    """What gives the keys of all dicts of many equal things, in order; None where there are none."""
    text = Text()
    names = [f"v{position}" for position in range(len(kinds))]
    found: list[str] = []
    for name, kind, value in zip(names, kinds, values, strict=True):
        _list_keys(text, kind, value, name, found)
    text.add(f"return ({''.join(f'(*{item},), ' for item in found)})")
    return text.function(names) if found else None


def _list_keys(text: Text, kind: Kind, value: Any, name: str, found: list[str]) -> None:
    if is_dict_of_equals(kind):
        found.append(name)
    elif isinstance(kind, Record):
        parts = zip(kind.keys, kind.items, items_of(kind, value), strict=True)
        for position, (key, item, part) in enumerate(parts):
            place = _item(text, kind.cls, position, key, name, name + _space(kind.cls, value))
            _list_keys(text, item, part, place, found)


def _space(cls: type, value: object) -> str:
    """What the attributes of an object are read off."""
    plain = issubclass(cls, (tuple, list, dict)) or not hasattr(value, "__dict__")
    return "" if plain else ".__dict__"


def _item(text: Text, cls: type, position: int, key: object, name: str, space: str) -> str:
    if issubclass(cls, (tuple, list)):
        return f"{name}[{position}]"
    if issubclass(cls, dict):
        return f"{name}[{text.refer(key)}]"
    return _attribute(cls, key, name, space)


def _columns(text: Text, kind: Kind, value: Any, name: str) -> Iterator[tuple[str, str]]:
    """For each leaf below a list, a nested list of it over all items, and its dtype."""
    match kind:
        case Uniform(item=item):
            each = text.fresh()
            for expression, dtype in _columns(text, item, value[0], each):
                yield (name if expression == each else f"[{expression} for {each} in {name}]"), dtype
        case Record(cls=cls, keys=keys, items=items):
            space = name + _space(cls, value)
            parts = zip(keys, items, items_of(kind, value), strict=True)
            for position, (key, item, part) in enumerate(parts):
                yield from _columns(text, item, part, _item(text, cls, position, key, name, space))
        case Static() | Opaque():
            pass
        case _:
            yield name, kind.dtype
