"""What an exception is made from: arguments whose numbers are only known when it is raised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import gast
import numpy as np

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.known import writer
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Either, Lowered, Text, TupleValue, describe
from autodiff_compiler.ir.nodes import Atom, Const, Var
from autodiff_compiler.ir.types import Scalar, is_float, is_integer

Recipe = Callable[[Sequence[object]], object]  # from the operands of a guard to a Python value

_CONVERSIONS: dict[int, Callable[[object], str]] = {ord("s"): str, ord("r"): repr, ord("a"): ascii}
WRITERS = (str, repr, ascii, format)


@dataclass
class Recipes:
    """The recipes of one exception's arguments, and the numbers they need."""

    scope: Scope
    operands: list[Atom] = field(default_factory=list)

    def recipe(self, node: gast.AST) -> Recipe:
        """How to make the value of an expression: text is formatted when the exception is made."""
        match node:
            case gast.JoinedStr(values=parts):
                pieces = [self.recipe(part) for part in parts]
                return lambda values: "".join(str(piece(values)) for piece in pieces)
            case gast.FormattedValue():
                return self._formatted(node)
            case gast.BinOp(op=gast.Mod(), left=left, right=right) if is_text(left):
                template, shown = self.recipe(left), self.recipe(right)
                return lambda values: str(template(values)) % shown(values)
            case gast.BinOp(op=gast.Add(), left=left, right=right) if is_text(left) or is_text(right):
                first, second = self.recipe(left), self.recipe(right)
                return lambda values: str(first(values)) + str(second(values))
            case gast.Tuple(elts=elements):
                items = [self.recipe(element) for element in elements]
                return lambda values: tuple(item(values) for item in items)
            case gast.Call(keywords=[]):
                return self._call(node)
            case gast.Attribute(value=gast.Call(func=gast.Name(id="type")) as inner, attr=name):
                owner = self.recipe(inner)
                return lambda values: getattr(owner(values), name)
            case gast.Name(id=name) if isinstance(text := self._bound(name), Text):
                return self._value(node, text)
            case _:
                return self._value(node, self.scope.frame.context.lower_expression(self.scope, node))

    def _bound(self, name: str) -> Lowered | None:
        """What a local name stands for, text that only a message can use included."""
        binding = self.scope.lookup(name)
        return None if binding is None else binding.value

    def _formatted(self, node: gast.FormattedValue) -> Recipe:
        shown = self.recipe(node.value)
        convert = _CONVERSIONS.get(node.conversion, lambda value: value)
        if node.format_spec is None:
            return lambda values: format(convert(shown(values)))
        spec = self.recipe(node.format_spec)
        return lambda values: format(convert(shown(values)), str(spec(values)))

    def _call(self, node: gast.Call) -> Recipe:
        """`str(x)`, `"...".format(x)`, `type(x)`: what only writes text; other calls are computed."""
        if isinstance(node.func, gast.Attribute) and is_text(node.func.value):
            owner, name = self.recipe(node.func.value), node.func.attr
            given = [self.recipe(argument) for argument in node.args]
            return lambda values: getattr(owner(values), name)(*(item(values) for item in given))
        if isinstance(node.func, gast.Name) and node.func.id not in self.scope.names:
            function = self.scope.frame.context.lower_expression(self.scope, node.func)
            target = function.value if isinstance(function, Static) else None
            if target is type and len(node.args) == 1:
                return self._class_of(node.args[0])
            if any(target is writer for writer in WRITERS):
                write: Callable[..., str] = target  # type: ignore[assignment]
                given = [self.recipe(argument) for argument in node.args]
                return lambda values: write(*(item(values) for item in given))
        return self._value(node, self.scope.frame.context.lower_expression(self.scope, node))

    def _class_of(self, node: gast.AST) -> Recipe:
        value = self.scope.frame.context.lower_expression(self.scope, node)
        if isinstance(value, Var) and not isinstance(value.type, Scalar):
            return lambda values: np.ndarray
        shown = self._value(node, value)
        return lambda values: type(shown(values))

    def _value(self, node: gast.AST, value: Lowered) -> Recipe:
        match value:
            case Static(value=known):
                return lambda values: known
            case Const(value=number, type=kind):
                given = number_class(kind)(number)
                return lambda values: given
            case Var(type=Scalar() as kind):
                position, convert = len(self.operands), number_class(kind)
                self.operands.append(value)
                return lambda values: convert(values[position])
            case Either(condition, then, orelse):
                holds, first, second = (self._value(node, part) for part in (condition, then, orelse))
                return lambda values: first(values) if holds(values) else second(values)
            case Text(parts=parts, expression=expression):
                shown, write = [self._value(node, part) for part in parts], writer(expression, len(parts))
                return lambda values: write(*(show(values) for show in shown))
            case TupleValue(items=parts):
                items = [self._value(node, part) for part in parts]
                return lambda values: tuple(item(values) for item in items)
        self.scope.frame.refuse(
            TypeMismatch, node, f"an exception cannot carry {describe(value)}", "its shape, or single numbers"
        )


def number_class(kind: Scalar) -> Callable[[object], object]:
    """The class that numbers of this type have in Python."""
    if kind.dtype == "bool":
        return bool
    if kind.weak or kind.dtype == "int64":
        python: type = int if is_integer(kind) else float
        return python
    scalar: Callable[[object], object] = np.dtype(kind.dtype).type
    assert is_float(kind) or is_integer(kind)
    return scalar


def is_text(node: gast.AST) -> bool:
    """Whether an expression is text, whatever its names stand for."""
    match node:
        case gast.JoinedStr():
            return True
        case gast.Constant(value=value):
            return isinstance(value, str)
        case gast.BinOp(op=gast.Add(), left=left, right=right):
            return is_text(left) or is_text(right)
        case gast.BinOp(op=gast.Mod(), left=left):
            return is_text(left)
        case gast.Call(func=gast.Name(id="str" | "repr" | "format")):
            return True
        case gast.Call(func=gast.Attribute(value=owner)):
            return is_text(owner)
        case _:
            return False
