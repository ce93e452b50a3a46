"""How a failed guard in generated code says which guard it was."""

from __future__ import annotations

MARKER = "a check of the generated code failed"


def guard_arguments(exception: BaseException) -> tuple[int, tuple[object, ...]] | None:
    """The number of the guard that raised, and the values it shows; None for any other exception."""
    arguments = exception.args
    if isinstance(exception, ValueError) and len(arguments) >= 2 and arguments[0] == MARKER:
        return int(arguments[1]), tuple(arguments[2:])
    return None
