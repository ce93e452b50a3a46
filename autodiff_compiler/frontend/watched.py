"""Code that can be exchanged between calls: of functions, of properties and special methods of classes.

A program holds as long as all of it is what it was made from. One reader looks at everything: that is cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FunctionType


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Equal where all things are the same objects."""

    things: Sequence[object]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Kept) or len(self.things) != len(other.things):
            return False
        return all([one is two for one, two in zip(self.things, other.things, strict=True)])

    def __hash__(self) -> int:
        return len(self.things)


@dataclass
class Watched:
    """The functions that a program follows, and what it looks up in classes."""

    functions: dict[FunctionType, None] = field(default_factory=dict)
    lookups: dict[tuple[type, str], None] = field(default_factory=dict)

    def function(self, function: FunctionType) -> None:
        """The program depends on this function's code and defaults."""
        self.functions[function] = None

    def lookup(self, cls: type, name: str) -> None:
        """The program depends on what a class has under this name."""
        if not cls.__flags__ & _IN_C:
            self.lookups[cls, name] = None

    def read(self) -> Kept:
        """All of it as it is now."""
        codes = [function.__code__ for function in self.functions]
        defaults = [function.__defaults__ for function in self.functions]
        words = [
            word
            for function in self.functions
            if function.__kwdefaults__
            for word in function.__kwdefaults__.values()
        ]
        return Kept([*codes, *defaults, *words, *[_found(cls, name) for cls, name in self.lookups]])


_IN_C = 1 << 8  # CPython's flag of classes that nothing can change


def _found(cls: type, name: str) -> object:
    """What a class or those that it derives from have under a name, descriptors as they are."""
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__dict__[name]
    return None
