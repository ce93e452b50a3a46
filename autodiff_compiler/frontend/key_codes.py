"""Keys of dicts as integers: an integer is its own code, the code of a text is a hash of it."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from autodiff_compiler.composed.declare import known_while_compiling

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
    """The codes of keys that are all integers, or all text; the arrays are shared, and never written."""
    codes = [text_code(key) if isinstance(key, str) else key for key in keys]
    found = np.array(codes, np.int64)
    return Keys(found, np.argsort(found, kind="stable").astype(np.int64))
