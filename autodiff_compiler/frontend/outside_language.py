"""Builtins that have no place in a numerical function: why, and what to write instead."""

from __future__ import annotations

import builtins

_CODE = "runs or looks up code that is only known when the function runs", "the code itself, or a function"
_NAMES = "looks names up while the function runs", "the names themselves, or a dict of your own"
_SETS = "makes a set, and numbers that are only known when the function runs have no place there"
_FILES = "reads or writes outside the function", "the data as an argument"
_OBJECTS = "asks what the computer does with an object, not what its numbers are", "a comparison of numbers"

_REASONS: dict[object, tuple[str, str]] = {
    **dict.fromkeys((builtins.eval, builtins.exec, builtins.compile, builtins.__import__), _CODE),
    **dict.fromkeys((builtins.locals, builtins.globals, builtins.vars, builtins.dir), _NAMES),
    **dict.fromkeys((builtins.set, builtins.frozenset), (_SETS, "a tuple or a list")),
    **dict.fromkeys((builtins.open, builtins.input), _FILES),
    **dict.fromkeys((builtins.id, builtins.hash, builtins.memoryview), _OBJECTS),
    builtins.delattr: ("removes an attribute", "a new object without it"),
}


def outside_language(target: object, name: str) -> tuple[str, str] | None:
    """Why a builtin is refused, and what to write instead; None for all other callables."""
    for known, (reason, instead) in _REASONS.items():
        if known is target:
            return f"`{name}` {reason}", instead
    return None


__all__ = ["outside_language"]
