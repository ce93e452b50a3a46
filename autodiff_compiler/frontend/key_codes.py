"""Keys of dicts as integers: an integer is its own code, the code of a text is a hash of it.

That of a tuple of two or three integers holds them side by side, so that it can be taken apart again.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple, cast

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling

HALVES = {2: 2**30, 3: 2**20}  # by the length of a tuple: its integers i have -half <= i < half
_texts: dict[int, str] = {}


class Keys(NamedTuple):
    """The keys of a dict: their codes, and the positions of these in rising order."""

    codes: np.ndarray
    order: np.ndarray


@known_while_compiling
def text_code(text: Any) -> int:
    """The code of a text: the same in each process. Raises ValueError where another text has it."""
    if not isinstance(text, str):
        raise TypeError(f"a {type(text).__name__} is looked up among keys that are text")
    code = int.from_bytes(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )
    if _texts.setdefault(code, text) != text:
        raise ValueError(f"the keys {text!r} and {_texts[code]!r} have one hash")
    return code


def text_of(code: int) -> str:
    """The text that has a code."""
    return _texts[code]


@lru_cache(maxsize=256)
def keys_of(keys: tuple[object, ...]) -> Keys:
    """The codes of keys that are all of one form; the arrays are shared, and never written."""
    found = np.array(list(map(_code_of, keys)), np.int64)
    return Keys(found, np.argsort(found, kind="stable").astype(np.int64))


def _code_of(key: object) -> int:
    if isinstance(key, tuple):
        return tuple_code(key)
    return text_code(key) if isinstance(key, str) else cast("int", key)


def tuple_code(key: tuple[int, ...]) -> int:
    """The code of a tuple of integers within `HALVES`."""
    half, code = HALVES[len(key)], 0
    for part in key:
        code = code * 2 * half + part + half
    return code


def tuple_of(code: int, width: int) -> tuple[int, ...]:
    """The tuple of so many integers that has a code."""
    half, parts = HALVES[width], []
    for _ in range(width):
        code, rest = divmod(code, 2 * half)
        parts.append(rest - half)
    return tuple(reversed(parts))


def are_tuples(keys: Iterable[object], width: int) -> bool:
    """Whether keys are tuples of so many integers, each of which has a place in a code."""
    if {*map(type, keys)} != {tuple} or {*map(len, cast("Iterable[tuple[object, ...]]", keys))} != {width}:
        return False
    parts = list(chain.from_iterable(cast("Iterable[tuple[int, ...]]", keys)))
    half = HALVES[width]
    return {*map(type, parts)} == {int} and -half <= min(parts) and max(parts) < half
