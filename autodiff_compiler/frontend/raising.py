"""`raise`: the exception leaves the compiled function through a guard, or is kept for a handler around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gast

from autodiff_compiler.errors import TypeMismatch, UnsupportedSyntax, place_note
from autodiff_compiler.frontend.expressions import lower_expression
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.messages import Recipe, Recipes
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.shown import with_shapes
from autodiff_compiler.frontend.unreachable import Unreachable
from autodiff_compiler.frontend.values import FALSE, Binding, describe
from autodiff_compiler.ir.build import integer
from autodiff_compiler.ir.nodes import Atom, Const, Guard
from autodiff_compiler.ir.types import BOOL
from autodiff_compiler.location import Location


@dataclass(frozen=True, eq=False)
class Raised:
    """An exception that a statement raises: how it is made, from which numbers, and where."""

    cls: type[BaseException]
    make: Callable[..., BaseException]
    operands: tuple[Atom, ...]
    at: Location

    @property
    def known(self) -> bool:
        """Whether it is the same each time."""
        return all(isinstance(operand, Const) for operand in self.operands)

    def made(self) -> BaseException:
        """The exception, where it is known."""
        return self.make(*(operand.value for operand in self.operands if isinstance(operand, Const)))

    def guard(self, condition: Atom, sizes: tuple[Atom, ...] = ()) -> Guard:
        """Raise it unless the condition holds; `sizes` are those of the arrays that it shows."""
        text = self.at.text.strip().replace("{", "{{").replace("}", "}}")
        return Guard(condition, text, (*self.operands, *sizes), self.cls.__name__, self.at, self.make)


@dataclass(frozen=True)
class _Making:
    """Makes an exception of a class from the operands of a guard."""

    cls: type[BaseException]
    arguments: tuple[Recipe, ...]
    keywords: tuple[tuple[str, Recipe], ...]
    at: Location
    own: int  # so many operands are for the recipes, the others for `arrays`
    arrays: str  # the template that says what shapes the arrays of a call have

    def __call__(self, *operands: object) -> BaseException:
        arguments = [recipe(operands) for recipe in self.arguments]
        keywords = {name: recipe(operands) for name, recipe in self.keywords}
        made = self.cls(*arguments, **keywords)
        sizes = operands[self.own :]
        made.add_note(place_note(self.at, self.arrays.format(*sizes) if sizes else ""))
        return made


def lower_raise(scope: Scope, statement: gast.Raise) -> None:
    """Keep the exception for the handler that catches it; without one, raise Unreachable after a guard."""
    frame = scope.frame
    caught = frame.caught[-1] if frame.caught else None
    named = isinstance(statement.exc, gast.Name) and caught is not None and statement.exc.id == caught.name
    if statement.exc is None or named:
        if caught is None:
            frame.refuse(
                UnsupportedSyntax, statement, "no exception is being handled here", "raise ValueError()"
            )
        _raise_again(scope, statement, caught.code, caught.codes)
        return
    exception = _exception(scope, statement, statement.exc)
    if is_caught(scope, exception.cls):
        scope.names[frame.raised] = Binding(integer(frame.context.number_of(exception)))
        return
    sizes = [size for item in frame.shown for size in scope.builder.dims(item.array)]
    scope.builder.add(exception.guard(FALSE, tuple(sizes)))
    raise Unreachable(exception.made if exception.known else None)


def is_caught(scope: Scope, cls: type[BaseException]) -> bool:
    """Whether a `try` around, in this function or in those that called it, has a handler for the class."""
    return any(issubclass(cls, classes) for classes in scope.frame.handlers)


def _raise_again(scope: Scope, statement: gast.Raise, code: Atom, codes: tuple[int, ...]) -> None:
    frame = scope.frame
    known = [(number, frame.context.exceptions[number - 1]) for number in codes]
    leaving = [(number, item) for number, item in known if not is_caught(scope, item.cls)]
    for number, exception in leaving:
        if not exception.known:
            frame.refuse(
                UnsupportedSyntax,
                statement,
                "the exception that is raised again shows numbers, which are not kept",
                "a new exception: raise ValueError(...)",
            )
        other = scope.apply("not_equal", (code, integer(number)), BOOL)
        scope.builder.add(exception.guard(other if len(known) > 1 else FALSE))
    if len(leaving) == len(known):
        raise Unreachable(leaving[0][1].made if len(leaving) == 1 else None)
    scope.names[frame.raised] = Binding(code)


def _exception(scope: Scope, statement: gast.Raise, node: gast.AST) -> Raised:
    call = node if isinstance(node, gast.Call) else None
    value = lower_expression(scope, call.func if call is not None else node)
    target = value.value if isinstance(value, Static) else None
    at = scope.frame.at(statement)
    if call is None and isinstance(target, BaseException):
        instance = target
        return Raised(type(instance), lambda: instance, (), at)
    if not (isinstance(target, type) and issubclass(target, BaseException)):
        what = "what this call returns" if call is not None else describe(value)
        scope.frame.refuse(
            TypeMismatch, node, f"{what} is raised, and is no exception known while compiling",
            "raise ValueError(...), or another class of exceptions",
        )  # fmt: skip
    recipes = Recipes(scope)
    arguments = [recipes.recipe(argument) for argument in (call.args if call is not None else ())]
    keywords = [
        (keyword.arg, recipes.recipe(keyword.value))
        for keyword in (call.keywords if call is not None else ())
    ]
    arrays = with_shapes(scope.frame.shown) if scope.frame.shown else ""
    making = _Making(target, tuple(arguments), tuple(keywords), at, len(recipes.operands), arrays)
    return Raised(target, making, tuple(recipes.operands), at)
