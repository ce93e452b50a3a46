"""Where in the user's source a value or statement comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A span of user source: file, line (1-based), columns (0-based), and the call it was inlined through."""

    filename: str
    line: int
    column: int
    end_column: int | None = None
    text: str = ""  # the whole source line, unstripped
    function: str = ""  # name of the function the line stands in
    caller: Location | None = None  # the call that brought us here, for inlined functions
    reverse: bool = False  # the code reverses this line instead of running it

    def __str__(self) -> str:
        return f"{self.filename}:{self.line}"
