"""Dicts of many equal things, as the Python that is followed in their place: lists of keys and of values.

A key is an integer: that of an integer is the key itself, that of a text its code. Objects of these classes
exist while compiling only. What a dict can do and they cannot is refused, and the dict is then taken apart.
"""

from __future__ import annotations

from typing import Any

from autodiff_compiler.frontend.key_codes import HALVES, text_code

# ruff: noqa: B905, SIM110  # `strict` and `yield` are not part of the language


def viewed(iterator: Any) -> Any:
    """What an iterator gives, as often as it is asked: known to the compiler, never followed."""
    raise NotImplementedError


def codes_in(codes: Any) -> Any:
    """An iterator over the codes of keys: known to the compiler, never followed."""
    raise NotImplementedError


def position_of(codes: Any, order: Any, code: Any) -> Any:
    """Where a code is, -1 where it is not: known to the compiler, never followed."""
    raise NotImplementedError


def is_there(position: Any) -> Any:
    """Whether a position is that of a value: known to the compiler, never followed."""
    raise NotImplementedError


def there(position: Any, key: Any) -> Any:
    """A position at which there is a value to replace: known to the compiler, never followed."""
    raise NotImplementedError


class Text:
    """A text that is only known when the function runs: a key of a dict."""

    def __init__(self, code: Any) -> None:
        self.text_code_ = code

    def __eq__(self, other: Any) -> Any:
        """Whether both are the same text."""
        if hasattr(other, "text_code_"):
            return self.text_code_ == other.text_code_
        if isinstance(other, str):
            return self.text_code_ == text_code(other)
        return NotImplemented

    def __bool__(self) -> Any:
        return self.text_code_ != text_code("")


class IntegerDict:
    """A dict whose keys are integers."""

    def __init__(self, codes: Any, order: Any, held: Any) -> None:
        self.codes = codes
        self.order = order
        self.held = held

    def key_code(self, key: Any) -> Any:
        """The integer that a key is kept as."""
        return key

    def position(self, key: Any) -> Any:
        """Where the value of a key is; -1 where there is none."""
        return position_of(self.codes, self.order, self.key_code(key))

    def place(self, key: Any) -> Any:
        """Where the value of a key surely is."""
        found = self.position(key)
        if not is_there(found):
            raise KeyError(self.key_code(key))
        return found

    def __len__(self) -> Any:
        return len(self.held)

    def __contains__(self, key: Any) -> Any:
        return is_there(self.position(key))

    def __getitem__(self, key: Any) -> Any:
        return self.held[self.place(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.held[there(self.position(key), key)] = value

    def __iter__(self) -> Any:
        return self.keys()

    def __reversed__(self) -> Any:
        return reversed(self.keys())

    def __eq__(self, other: Any) -> Any:
        """Whether the other has the same keys with equal values."""
        if len(self) != len(other):
            return False
        for key, value in self.items():
            if key not in other or other[key] != value:
                return False
        return True

    def get(self, key: Any, default: Any = None) -> Any:
        """`dict.get`."""
        found = self.position(key)
        if not is_there(found):
            return default
        return self.held[found]

    def keys(self) -> Any:
        """`dict.keys`."""
        return viewed(codes_in(self.codes))

    def values(self) -> Any:
        """`dict.values`."""
        return viewed(iter(self.held))

    def items(self) -> Any:
        """`dict.items`."""
        return viewed(zip(self.keys(), self.values()))

    def copy(self) -> Any:
        """`dict.copy`."""
        return IntegerDict(self.codes, self.order, list(self.held))

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, known: Any) -> Any:
        raise NotImplementedError


class TextDict(IntegerDict):
    """A dict whose keys are text."""

    def key_code(self, key: Any) -> Any:
        """The integer that a key is kept as."""
        if hasattr(key, "text_code_"):
            return key.text_code_
        return text_code(key)

    def place(self, key: Any) -> Any:
        """Where the value of a key surely is."""
        found = self.position(key)
        if not is_there(found):
            if hasattr(key, "text_code_"):
                raise KeyError("a text that is no key of the dict")
            raise KeyError(key)
        return found

    def keys(self) -> Any:
        """`dict.keys`."""
        return viewed(map(Text, codes_in(self.codes)))

    def copy(self) -> Any:
        """`dict.copy`."""
        return TextDict(self.codes, self.order, list(self.held))


_TWO, _THREE = HALVES[2], HALVES[3]


def pair_of(code: Any) -> Any:
    """The two integers of a code."""
    return code // (2 * _TWO) - _TWO, code % (2 * _TWO) - _TWO


def triple_of(code: Any) -> Any:
    """The three integers of a code."""
    rest = code // (2 * _THREE)
    return rest // (2 * _THREE) - _THREE, rest % (2 * _THREE) - _THREE, code % (2 * _THREE) - _THREE


class TupleDict(IntegerDict):
    """A dict whose keys are tuples of integers."""

    def place(self, key: Any) -> Any:
        """Where the value of a key surely is."""
        found = self.position(key)
        if not is_there(found):
            raise KeyError(key)
        return found


class PairDict(TupleDict):
    """A dict whose keys are tuples of two integers."""

    def key_code(self, key: Any) -> Any:
        """The integer that a key is kept as; -1, which no key has, for what can be no key."""
        if not isinstance(key, tuple) or len(key) != 2:
            return -1
        first, second = key
        if -_TWO <= first < _TWO and -_TWO <= second < _TWO:
            return (first + _TWO) * (2 * _TWO) + second + _TWO
        return -1

    def keys(self) -> Any:
        """`dict.keys`."""
        return viewed(map(pair_of, codes_in(self.codes)))

    def copy(self) -> Any:
        """`dict.copy`."""
        return PairDict(self.codes, self.order, list(self.held))


class TripleDict(TupleDict):
    """A dict whose keys are tuples of three integers."""

    def key_code(self, key: Any) -> Any:
        """The integer that a key is kept as; -1, which no key has, for what can be no key."""
        if not isinstance(key, tuple) or len(key) != 3:
            return -1
        first, second, third = key
        if -_THREE <= first < _THREE and -_THREE <= second < _THREE and -_THREE <= third < _THREE:
            return ((first + _THREE) * (2 * _THREE) + second + _THREE) * (2 * _THREE) + third + _THREE
        return -1

    def keys(self) -> Any:
        """`dict.keys`."""
        return viewed(map(triple_of, codes_in(self.codes)))

    def copy(self) -> Any:
        """`dict.copy`."""
        return TripleDict(self.codes, self.order, list(self.held))


WIDTHS: dict[type, int] = {PairDict: 2, TripleDict: 3}  # the integers of a key
STOOD_FOR: dict[type, type] = {  # others are added where they are defined
    Text: str,
    **dict.fromkeys((IntegerDict, TextDict, PairDict, TripleDict), dict),
}
