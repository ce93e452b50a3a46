"""Exceptions that Python itself raises where compiled code would go on: raised by guards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import gast

from autodiff_compiler.errors import place_note
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard
from autodiff_compiler.ir.types import BOOL
from autodiff_compiler.location import Location

if TYPE_CHECKING:
    from autodiff_compiler.frontend.scope import Scope


@dataclass(frozen=True)
class Failure:
    """Makes the exception, with a note where it is raised."""

    cls: type[Exception]
    message: str
    at: Location

    def __call__(self, *_: object) -> Exception:
        """The exception."""
        made = self.cls(self.message)
        made.add_note(place_note(self.at))
        return made


def require(scope: Scope, node: gast.AST, condition: Atom, cls: type[Exception], message: str) -> None:
    """Let the program raise the exception where the condition does not hold."""
    if isinstance(condition, Const) and condition.value:
        return
    at = scope.frame.at(node)
    text = message.replace("{", "{{").replace("}", "}}")
    scope.builder.add(Guard(condition, text, (), cls.__name__, at, Failure(cls, message, at)))


def require_nonzero(scope: Scope, node: gast.AST, divisor: Atom, message: str) -> None:
    """Let the program raise ZeroDivisionError where the divisor, an integer, is zero."""
    if isinstance(divisor, Const):
        condition: Atom = Const(divisor.value != 0, BOOL)
    else:
        condition = scope.apply("not_equal", (divisor, integer(0)), BOOL)
    require(scope, node, condition, ZeroDivisionError, message)


__all__ = ["Failure", "require", "require_nonzero"]
