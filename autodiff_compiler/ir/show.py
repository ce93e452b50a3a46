"""Printing IR, close to Python, for people: dumps of stages, golden tests, error reports.

    function f(x: float64[:], w: float64) -> float64
        n = x.shape[0]
        for i in 0..n carry (s = w -> s1 -> out):
            xi = x[i]
            s1 = multiply(s, xi)
        return out

A carry reads `inside = start -> next -> after`. `new` marks what a nest defines rather than updates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Carry,
    Const,
    Dim,
    For,
    Function,
    Guard,
    If,
    Load,
    Nest,
    NewAxis,
    NewStack,
    Pop,
    Push,
    Reshape,
    Slice,
    Statement,
    Store,
    Transpose,
    Value,
    Var,
    View,
    While,
    Write,
)
from autodiff_compiler.ir.types import Scalar, rank_of

_INDENT = "    "
_COMBINE = {"set": "=", "add": "+=", "max": "max=", "min": "min="}
_UNMARKED = ("float64", "int64", "bool")  # dtypes whose constants are written bare


def show(node: Function | Block | Statement, symbols: Mapping[str, str] | None = None) -> str:
    """The node as text, the same from run to run; variables that share a name are numbered (`s`, `s_1`).

    `symbols` gives operators to be written as syntax: {"add": "+"} prints `a + b` instead of `add(a, b)`.
    """
    printer = _Printer(symbols or {})
    match node:
        case Function():
            lines = printer.function(node)
        case Block():
            lines = printer.block(node, "yield")
        case _:
            lines = printer.statement(node)
    return "\n".join(lines)


class _Printer:
    def __init__(self, symbols: Mapping[str, str]) -> None:
        self.symbols = symbols
        self.names: dict[Var, str] = {}
        self.taken: dict[str, int] = {}  # and the last number given after each

    # ------------------------------------------------------------ statements

    def function(self, function: Function) -> Iterator[str]:
        parameters = ", ".join(f"{self.atom(item)}: {item.type}" for item in function.parameters)
        results = ", ".join(str(item.type) for item in function.body.yields) or "None"
        yield f"function {function.name}({parameters}) -> {results}"
        yield from _indented(self.block(function.body, "return"))

    def block(self, block: Block, keyword: str = "") -> Iterator[str]:
        """The lines of a block; yields stand in a last line after `keyword`, or are left to the header."""
        for statement in block.statements:
            yield from self.statement(statement)
        if keyword and block.yields:
            yield f"{keyword} {self.listed(block.yields)}"
        elif not block.statements:
            yield "pass"

    def statement(self, statement: Statement) -> Iterator[str]:
        match statement:
            case Assign(target, value):
                shown = self.value(value)
                yield f"{self.atom(target)} = {shown}"
            case Store(array, index, stored, accumulate, axes=axes):
                place = self.selected(array, index, axes) if axes else self.element(array, index)
                yield f"{place} {'+=' if accumulate else '='} {self.atom(stored)}"
            case If(condition, then, orelse, results):
                arrow = f" -> {self.listed(results)}" if results else ""
                yield f"if {self.atom(condition)}{arrow}:"
                yield from _indented(self.block(then, "yield"))
                if orelse.statements or orelse.yields:
                    yield "else:"
                    yield from _indented(self.block(orelse, "yield"))
            case For(index, start, stop, step, carries, body):
                stride = "" if isinstance(step, Const) and step.value == 1 else f" step {self.atom(step)}"
                span = f"{self.atom(start)}..{self.atom(stop)}{stride}"
                yield f"for {self.atom(index)} in {span}{self.carries(carries, body)}:"
                yield from _indented(self.block(body))
            case While(carries, test, body):
                yield f"while{self.carries(carries, body)}:"
                yield from _indented(self.block(test, "break unless"))
                yield from _indented(self.block(body))
            case Nest():
                yield from self.nest(statement)
            case Guard(message=message, operands=shown_operands, error=""):
                yield f"note {', '.join([repr(message), *map(self.atom, shown_operands)])}"
            case Guard(condition, message, shown_operands, error):
                shown = ", ".join([repr(message), *map(self.atom, shown_operands)])
                yield f"guard {self.atom(condition)} else {error}({shown})"
            case Push(stack, pushed):
                yield f"push({self.atom(stack)}, {self.atom(pushed)})"
            case Call(callee, given, results):
                call = f"call {callee.name}({self.listed(given)})"
                yield f"{self.listed(results)} = {call}" if results else call
            case _:
                assert_never(statement)

    def nest(self, nest: Nest) -> Iterator[str]:
        domain = ", ".join(
            f"{self.atom(index)} < {self.atom(extent)}"
            for index, extent in zip(nest.indices, nest.extents, strict=True)
        )
        yield f"{'backwards ' if nest.backwards else ''}nest {domain}:" if domain else "nest:"
        inner = [line for statement in nest.body.statements for line in self.statement(statement)]
        yield from _indented([*inner, *map(self.write, nest.writes)])

    def write(self, write: Write) -> str:
        new = "new " if write.fresh else ""
        place = self.element(write.target, write.index) if write.index else self.atom(write.target)
        return f"{new}{place} {_COMBINE.get(write.combine, write.combine)} {self.atom(write.value)}"

    def carries(self, carries: tuple[Carry, ...], body: Block) -> str:
        if not carries:
            return ""
        # zip without `strict`: a body that yields too few is what a reader of a dump may be looking for
        following: list[Atom | None] = [*body.yields, *[None] * len(carries)]
        shown = ", ".join(
            f"{self.atom(carry.inside)} = {self.atom(carry.start)} -> "
            f"{'?' if last is None else self.atom(last)} -> {self.atom(carry.after)}"
            for carry, last in zip(carries, following, strict=False)
        )
        return f" carry ({shown})"

    # ------------------------------------------------------------ values

    def value(self, value: Value) -> str:
        match value:
            case Apply(operator, operands, attributes):
                return self.application(operator, operands, attributes)
            case Load(array, index):
                return self.element(array, index)
            case View(array, axes):
                return f"{self.atom(array)}[{', '.join(map(self.axis, axes))}]"
            case Transpose(array, order):
                return f"transpose({self.atom(array)}, {order})"
            case Reshape(array, shape):
                return f"reshape({self.atom(array)}, {self.sizes(shape)})"
            case Dim(array, axis):
                return f"{self.atom(array)}.shape[{axis}]"
            case Allocate(shape, dtype, fill):
                if fill is None:
                    return f"empty({self.sizes(shape)}, {dtype})"
                return f"full({self.sizes(shape)}, {self.atom(fill)}, {dtype})"
            case NewStack(dtype):
                return f"stack({dtype})"
            case Pop(stack, lengths):
                shown = "" if lengths is None else f", {self.sizes(lengths)}"
                return f"pop({self.atom(stack)}{shown})"
            case _:
                assert_never(value)

    def application(
        self, operator: str, operands: tuple[Atom, ...], attributes: tuple[tuple[str, object], ...]
    ) -> str:
        symbol = self.symbols.get(operator)
        if symbol and len(operands) in (1, 2) and not attributes:
            *left, right = map(self.operand, operands)
            return f"{left[0]} {symbol} {right}" if left else f"{symbol}{right}"
        named = [f"{name}={value}" for name, value in attributes]
        return f"{operator}({', '.join([*map(self.atom, operands), *named])})"

    def operand(self, atom: Atom) -> str:
        text = self.atom(atom)
        return f"({text})" if text.startswith("-") else text

    def axis(self, item: Atom | Slice | NewAxis) -> str:
        match item:
            case Slice(start, stop, step):
                bounds = ["" if bound is None else self.atom(bound) for bound in (start, stop, step)]
                return ":".join(bounds if step is not None else bounds[:2])
            case NewAxis():
                return "newaxis"
            case Var() | Const():
                return self.atom(item)
            case _:
                assert_never(item)

    def selected(self, array: Var, indices: tuple[Atom, ...], axes: tuple[int, ...]) -> str:
        parts = [":"] * rank_of(array.type)
        for axis, index in zip(axes, indices, strict=True):
            parts[axis] = self.atom(index)
        return f"{self.atom(array)}[{', '.join(parts)}]"

    def element(self, array: Var, index: tuple[Atom, ...]) -> str:
        return f"{self.atom(array)}[{self.listed(index)}]"

    def sizes(self, atoms: tuple[Atom, ...]) -> str:
        return f"({self.listed(atoms)}{',' if len(atoms) == 1 else ''})"

    def listed(self, atoms: Iterable[Atom]) -> str:
        return ", ".join(map(self.atom, atoms))

    def atom(self, atom: Atom) -> str:
        match atom:
            case Var():
                return self.names.get(atom) or self.named(atom)
            case Const(value, Scalar(dtype)):
                return str(value) if dtype in _UNMARKED else f"{dtype}({value})"
            case _:
                assert_never(atom)

    def named(self, variable: Var) -> str:
        base = name = variable.name or "t"
        while name in self.taken:
            self.taken[base] += 1
            name = f"{base}_{self.taken[base]}"
        self.taken[name] = 0
        self.names[variable] = name
        return name


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (_INDENT + line for line in lines)


__all__ = ["show"]
