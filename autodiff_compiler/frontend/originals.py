"""Results that were kept as stand-ins, as the dicts, sets and queues of Python that these stand for."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from typing import Any

from autodiff_compiler.frontend.stand_ins_collections import (
    DefaultDict,
    FrozenMembers,
    Members,
    Queue,
    Tally,
)
from autodiff_compiler.frontend.stand_ins_tables import Table

KEY_BITS = 64  # those of the integer that the key of a table is kept as


def original(cls: type, held: Mapping[str, Any]) -> Any:
    """The object of Python that a stand-in with these attributes stands for; None where it is no stand-in."""
    if cls is Table:
        keys = [_key(code, held["parts"]) for code in held["codes"]]
        return dict(zip(keys, held["held"], strict=True))
    if cls is DefaultDict:
        return defaultdict(held["default_factory"], held["held"])
    if cls is Tally:
        return Counter(held["held"])
    if cls in (Members, FrozenMembers):
        return (set if cls is Members else frozenset)(held["held"])
    if cls is Queue:
        return deque(held["items"][held["first"] :], held["maxlen"])
    return None


def _key(code: int, parts: int) -> int | tuple[int, ...]:
    """The key behind its code: an integer, or several of equally many bits in one."""
    if not parts:
        return code
    bits = KEY_BITS // parts
    half = 1 << (bits - 1)
    numbers = [(code >> (bits * number)) & ((1 << bits) - 1) for number in reversed(range(parts))]
    return tuple([(number ^ half) - half for number in numbers])


__all__ = ["KEY_BITS", "original"]
