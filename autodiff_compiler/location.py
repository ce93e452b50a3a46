"""Where in the user's source a value or statement comes from."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    whole: str = field(default="", compare=False)  # the text of an expression that spans several lines
    called: str = field(default="", compare=False)  # the function of a library whose call this is
    given: str = field(default="", compare=False)  # and what arrays it gets

    @property
    def spanned(self) -> str:
        """The text of the span, where that is known."""
        return self.whole or ("" if self.end_column is None else self.text[self.column : self.end_column])

    def __str__(self) -> str:
        return f"{self.filename}:{self.line}"
