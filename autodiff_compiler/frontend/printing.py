"""`print` and `warnings.warn` in a primal: the text of a Python function of what only the program knows."""

from __future__ import annotations

import ast
import dataclasses
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.list_arrays import length_atom, live
from autodiff_compiler.frontend.messages import WRITERS, is_text
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.stand_ins_dicts import STOOD_FOR
from autodiff_compiler.frontend.stars import spread
from autodiff_compiler.frontend.values import Either, Lowered, Reference, Text, TupleValue, describe
from autodiff_compiler.ir.nodes import Atom, Call, Callee, Const, External, Var
from autodiff_compiler.ir.types import Array, Scalar

NONE = Static(None)
_TAKEN = (
    "print",
    "warn",
    "warning_class",
    "np",
    "sys",
    "list",
    "str",
    "repr",
    "ascii",
    "format",
    "value",
)  # in the text


def lower_print(scope: Scope, node: gast.Call) -> Lowered:
    """Append the call of what prints; derivatives print nothing."""
    printed = _Printed(scope, node)
    arguments = [part for argument in node.args for part in printed.argument(argument)]
    keywords: list[ast.keyword] = []
    for keyword in node.keywords:
        value = printed.file(keyword) if keyword.arg == "file" else printed.expression(keyword.value)
        if value is None:
            return NONE  # into something that only Python can write to
        keywords.append(ast.keyword(keyword.arg, value))
    return _appended(scope, node, printed, ast.Call(_name("print"), arguments, keywords))


def lower_warning(scope: Scope, node: gast.Call) -> Lowered:
    """`warnings.warn(message, category, ...)`: derivatives do not warn."""
    given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "message")]
    words = {keyword.arg: keyword.value for keyword in node.keywords}
    kind = node.args[1] if len(node.args) > 1 else words.get("category")
    if not given or isinstance(given[0], gast.Starred) or not scope.frame.context.prints:
        return NONE
    shown = _Printed(scope, node)
    category = UserWarning if kind is None else getattr(shown.lowered(kind), "value", UserWarning)
    cls = category if isinstance(category, type) and issubclass(category, Warning) else UserWarning
    place: list[ast.expr] = [ast.Constant(cls.__module__), ast.Constant(cls.__qualname__)]
    known = ast.Call(_name("warning_class"), place, [])
    text = ast.Call(_name("str"), [shown.expression(given[0])], [])
    return _appended(scope, node, shown, ast.Call(_name("warn"), [text, known], []))


def _appended(scope: Scope, node: gast.AST, printed: _Printed, call: ast.expr) -> Lowered:
    """Append the call of a Python function that shows something; in a derivative, nothing."""
    if not scope.frame.context.prints:
        return NONE
    names = ast.arguments([], [ast.arg(name) for name in printed.names], None, [], [], None, [])
    text = ast.unparse(ast.fix_missing_locations(ast.Expression(ast.Lambda(names, call))))
    kinds = tuple(atom.type for atom in printed.operands)
    access = tuple("read" if isinstance(kind, Array) else "" for kind in kinds)
    callee = Callee("show", kinds, (), access, (), ((),) * len(kinds), False, True, External(text=text))
    scope.frame.context.printed = True
    scope.builder.add(Call(callee, tuple(printed.operands), (), scope.frame.at(node)))
    return NONE


@dataclass
class _Printed:
    """The arguments of one `print`, and the numbers and arrays they need."""

    scope: Scope
    node: gast.AST
    operands: list[Atom] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def argument(self, node: gast.AST) -> Iterable[ast.expr]:
        """One argument, or several for `*items`."""
        if isinstance(node, gast.Starred):
            value = self.lowered(node.value)
            if isinstance(value, Reference) and value.cell.item is not None:
                return [ast.Starred(self.value(value), ast.Load())]
            return map(self.value, spread(self.scope, node, value))
        return [self.expression(node)]

    def file(self, keyword: gast.keyword) -> ast.expr | None:
        """Where it is printed: Python's own output, or the one for errors."""
        value = self.lowered(keyword.value)
        known = value.value if isinstance(value, Static) else ""
        if known is None:
            return ast.Constant(None)
        for name in ("stdout", "stderr"):
            if known is getattr(sys, name) or known is getattr(sys, f"__{name}__"):
                return ast.Attribute(_name("sys"), name, ast.Load())
        return None

    def expression(self, node: gast.AST) -> ast.expr:
        """An expression: text is written when the program runs, all else is computed by it."""
        match node:
            case gast.JoinedStr(values=parts):
                return ast.JoinedStr([self._part(part) for part in parts])
            case gast.BinOp(op=gast.Mod(), left=left, right=right) if is_text(left):
                return ast.BinOp(self.expression(left), ast.Mod(), self.expression(right))
            case gast.BinOp(op=gast.Add(), left=left, right=right) if is_text(left) or is_text(right):
                return ast.BinOp(self.expression(left), ast.Add(), self.expression(right))
            case gast.Tuple(elts=elements) if not any(isinstance(item, gast.Starred) for item in elements):
                return ast.Tuple([self.expression(item) for item in elements], ast.Load())
            case gast.Call(args=given, keywords=[]) if (written := self._writer(node.func)) is not None:
                return ast.Call(written, [self.expression(item) for item in given], [])
        binding = self.scope.lookup(node.id) if isinstance(node, gast.Name) else None
        if binding is not None and isinstance(binding.value, Text):
            return self.value(binding.value)
        return self.value(self.lowered(node))

    def _writer(self, node: gast.AST) -> ast.expr | None:
        """A function or method that only writes text: `str`, `"...".format`."""
        if isinstance(node, gast.Attribute) and is_text(node.value):
            return ast.Attribute(self.expression(node.value), node.attr, ast.Load())
        value = self.lowered(node) if isinstance(node, gast.Name) else None
        writes = isinstance(value, Static) and any(value.value is writer for writer in WRITERS)
        return _name(node.id) if writes else None

    def _part(self, node: gast.AST) -> ast.expr:
        if not isinstance(node, gast.FormattedValue):
            return self.expression(node)
        shape = None if node.format_spec is None else self.expression(node.format_spec)
        if shape is not None and not isinstance(shape, ast.JoinedStr):
            shape = ast.JoinedStr([shape])
        return ast.FormattedValue(self.expression(node.value), node.conversion, shape)

    def lowered(self, node: gast.AST) -> Lowered:
        return self.scope.frame.context.lower_expression(self.scope, node)

    # ------------------------------------------------------------ values

    def value(self, value: Lowered) -> ast.expr:
        """What has this value as Python would print it."""
        value = self.scope.resolved(value)
        match value:
            case Static(value=known):
                plain = known is None or isinstance(known, (str, bool, int, float))
                return _constant(known if plain else str(known))
            case Const() | Var(type=Scalar()) if self.scope.frame.context.is_numpy_truth(value):
                number = ast.Constant(bool(value.value)) if isinstance(value, Const) else self._operand(value)
                return _call(ast.Attribute(_name("np"), "bool_", ast.Load()), number)
            case Const(value=number, type=kind):
                return _as_number(ast.Constant(number), kind)
            case Var(type=Scalar() as kind):
                return _as_number(self._operand(value), kind)
            case Var():
                return self._operand(value)
            case Text(parts=texts, expression=expression):
                given = [ast.arg(f"p{k}") for k in range(len(texts))]
                body = ast.parse(expression, mode="eval").body
                names = ast.arguments([], given, None, [], [], None, [])
                return ast.Call(ast.Lambda(names, body), [self.value(text) for text in texts], [])
            case TupleValue(items=items, cls=cls):
                parts = [self.value(item) for item in items]
                if cls is tuple:
                    return ast.Tuple(parts, ast.Load())
                return _made(cls, zip(cls._fields, parts, strict=True))  # type: ignore[attr-defined]
            case Either(condition, then, orelse):
                return ast.IfExp(self.value(condition), self.value(then), self.value(orelse))
            case Reference():
                return self._object(value)
        return _text(f"<{describe(value)}>")

    def _operand(self, atom: Var) -> ast.expr:
        if atom not in self.operands:
            stem = atom.name if atom.name.isidentifier() and atom.name not in _TAKEN else "value"
            taken = sum(name == stem or name.startswith(f"{stem}_") for name in self.names)
            self.operands.append(atom)
            self.names.append(f"{stem}_{taken}" if taken else stem)
        return _name(self.names[self.operands.index(atom)])

    def _object(self, value: Reference) -> ast.expr:
        cls, item = value.cell.cls, value.cell.item
        if item is not None:
            length_atom(self.scope, value)
            if isinstance(item, Scalar):
                rows = self._operand(live(self.scope, value, 0))
                method = "tolist" if item.weak else "__iter__"
                return _call(_name("list"), ast.Call(ast.Attribute(rows, method, ast.Load()), [], []))
            return _text("[...]")
        if cls in STOOD_FOR:
            self.scope.frame.refuse(UnsupportedSyntax, self.node, f"{describe(value)} is printed")
        held = self.scope.contents(value).items
        parts = [self.value(binding.value) for binding in held.values()]
        if cls is list:
            return ast.List(parts, ast.Load())
        if cls is dict:
            return ast.Dict([_constant(key) for key in held], parts)
        if dataclasses.is_dataclass(cls):
            return _made(cls, zip(map(str, held), parts, strict=True))
        return _text(f"<{cls.__name__} object>")


def _made(cls: type, parts: Iterable[tuple[str, ast.expr]]) -> ast.expr:
    """`Point(x=1.0, y=2.0)`: text that is its own representation."""
    pieces: list[ast.expr] = [ast.Constant(f"{cls.__qualname__}(")]
    for number, (name, part) in enumerate(parts):
        pieces += [ast.Constant(f"{', ' if number else ''}{name}="), ast.FormattedValue(part, ord("r"), None)]
    return ast.JoinedStr([*pieces, ast.Constant(")")])


def _as_number(value: ast.expr, kind: Scalar) -> ast.expr:
    """A number that is not Python's as NumPy's."""
    if kind.weak or kind.dtype in ("bool", "int64"):
        return value
    return _call(ast.Attribute(_name("np"), kind.dtype, ast.Load()), value)


def _call(function: ast.expr, argument: ast.expr) -> ast.expr:
    return ast.Call(function, [argument], [])


def _constant(value: object) -> ast.expr:
    return ast.parse(repr(value), mode="eval").body


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _text(text: str) -> ast.expr:
    return ast.Constant(text)


__all__ = ["lower_print", "lower_warning"]
