"""What a random program knows at one point: its variables, their kinds, shapes and bounds."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

NAMES = {
    0: ("x", "y", "z", "t", "s", "total", "p", "q", "r"),
    1: ("a", "b", "c", "u", "v", "w", "a_bar", "a_saved"),
    2: ("A", "B", "M", "W"),
    "pair": ("one", "two", "other"),
    "point": ("here", "there"),
    "list": ("items", "history", "stack"),
    "function": ("f", "g", "apply"),
    "maybe": ("best", "found"),
    "holder": ("box", "state"),
    "pairs": ("points", "bodies"),
    "dict": ("params", "table"),
    "rest": ("rest", "others"),
}  # by rank or kind; a few are what the compiler itself might call something
INTEGERS = ("i", "j", "k", "n", "m", "step")


@dataclass(frozen=True)
class Variable:
    """A name and what it holds: a float array of a shape (a number is rank 0), an integer, or a boolean.

    An integer lies in `low..high`, both included; None where nothing is known of it.
    """

    name: str
    kind: str = "float"  # "float" | "int" | "bool", or the kind of a structure
    shape: tuple[int, ...] = ()
    low: int | None = None
    high: int | None = None
    fixed: bool = False  # a counter, which the program must not assign


@dataclass
class Scope:
    """The variables in reach, and the names that are taken anywhere in the function."""

    choose: random.Random
    variables: dict[str, Variable] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def inner(self) -> Scope:
        """For a nested block: what it adds is gone after it."""
        return Scope(self.choose, dict(self.variables), self.taken)

    def add(self, variable: Variable) -> Variable:
        """Put a variable in reach."""
        self.variables[variable.name] = variable
        self.taken.add(variable.name)
        return variable

    def forget_bounds(self, names: Iterable[str]) -> None:
        """Nothing is known any more of integers that were assigned somewhere else."""
        for name in names:
            known = self.variables.get(name)
            if known is not None and known.kind == "int" and not known.fixed:
                self.variables[name] = Variable(name, "int")

    def fresh(self, rank: int | str) -> str:
        """A name that nothing has yet; `rank` is that of an array, or a kind."""
        pool: Sequence[str] = INTEGERS if rank == "int" else NAMES.get(rank, ("flag",))  # type: ignore[arg-type]
        free = [name for name in pool if name not in self.taken]
        if free:
            name = self.choose.choice(free)
        else:
            stem = self.choose.choice(pool)
            name = next(f"{stem}{k}" for k in range(1, 1000) if f"{stem}{k}" not in self.taken)
        self.taken.add(name)
        return name

    def arrays(self, shape: tuple[int, ...]) -> list[Variable]:
        """The float variables of exactly this shape."""
        return [item for item in self.variables.values() if item.kind == "float" and item.shape == shape]

    def of_rank(self, *ranks: int) -> list[Variable]:
        """The float variables of these ranks."""
        return [item for item in self.variables.values() if item.kind == "float" and len(item.shape) in ranks]

    def of_kind(self, kind: str) -> list[Variable]:
        """The integers or booleans."""
        return [item for item in self.variables.values() if item.kind == kind]
