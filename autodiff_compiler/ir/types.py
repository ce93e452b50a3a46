"""Types of IR values: scalars, arrays and stacks.

Sizes are run-time values and never part of a type; what shapes the generated program is: dtype, rank,
whether the memory is known to be contiguous, and which axes are known to have length one (they broadcast).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number. `weak` marks a Python number, whose type yields to an array's (NEP 50)."""

    dtype: str
    weak: bool = False

    def __str__(self) -> str:
        return self.dtype + ("~" if self.weak else "")


@dataclass(frozen=True, slots=True)
class Array:
    """A reference to an array; `units[k]` is true where axis k is known to have length one."""

    dtype: str
    rank: int
    contiguous: bool = True  # C order, no gaps
    units: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        if not self.units:
            object.__setattr__(self, "units", (False,) * self.rank)

    def __str__(self) -> str:
        axes = ", ".join("1" if unit else ":" for unit in self.units)
        return f"{self.dtype}[{axes}]" + ("" if self.contiguous else " strided")


@dataclass(frozen=True, slots=True)
class Stack:
    """Growable storage for values of one dtype, pushed going forward and popped going back.

    A shared one is passed to the functions that are called, and holds values of all dtypes, in words.
    """

    dtype: str
    shared: bool = False

    def __str__(self) -> str:
        return "tape" if self.shared else f"stack of {self.dtype}"


@dataclass(frozen=True, slots=True)
class Handle:
    """An object of the running program that only functions of the runtime look into."""

    kind: str  # "generator": of random numbers

    @property
    def dtype(self) -> str:
        """No dtype of numbers: nothing is computed with it."""
        return "object"

    def __str__(self) -> str:
        return self.kind


Type: TypeAlias = Scalar | Array | Stack | Handle

FLOAT = Scalar("float64")
INT = Scalar("int64", weak=True)
BOOL = Scalar("bool")
GENERATOR = Handle("generator")
TAPE = Stack("int64", shared=True)


def is_float(kind: Type) -> bool:
    """Whether values of this type are real floats."""
    return np.dtype(kind.dtype).kind == "f"


def is_complex(kind: Type) -> bool:
    """Whether values of this type are complex floats."""
    return np.dtype(kind.dtype).kind == "c"


def is_inexact(kind: Type) -> bool:
    """Whether values of this type can carry a derivative: real or complex floats."""
    return np.dtype(kind.dtype).kind in "fc"


def real_of(dtype: str) -> str:
    """The dtype of the parts of a complex number; other dtypes are their own."""
    return {"complex128": "float64", "complex64": "float32"}.get(dtype, dtype)


def is_integer(kind: Type) -> bool:
    """Whether values of this type are whole numbers (booleans are not)."""
    return np.dtype(kind.dtype).kind in "iu"


def is_bool(kind: Type) -> bool:
    """Whether values of this type are truth values."""
    return kind.dtype == "bool"


def is_array(kind: Type) -> bool:
    """Whether the type is an array reference."""
    return isinstance(kind, Array)


def rank_of(kind: Type) -> int:
    """How many axes values of this type have: none unless they are arrays."""
    return kind.rank if isinstance(kind, Array) else 0
