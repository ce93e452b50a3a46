"""What is noted for `explain` while a derivative is made."""

from __future__ import annotations

from dataclasses import dataclass

from autodiff_compiler.ir.nodes import Var
from autodiff_compiler.location import Location


@dataclass(frozen=True, slots=True)
class Note:
    """A decision about a line of the user's; it stands while its witness is still part of the program."""

    at: Location | None
    text: str
    witness: Var
    kind: str  # "order" of a loop | "saved", the witness being the storage | "recomputed" | "carried"


def told(variable: Var) -> str:
    """A variable as notes speak of it: temporaries have no name."""
    return f"`{variable.name}`" if variable.name else "a value"
