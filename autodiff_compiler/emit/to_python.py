"""A function of the IR as the definition of a Python function a person could have written."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple, assert_never

import gast

from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.analysis.vector_loops import sums_of
from autodiff_compiler.emit import products, syntax
from autodiff_compiler.emit.calls import RUNTIME, CallWriter
from autodiff_compiler.emit.expressions import Expressions
from autodiff_compiler.emit.flow import Joins, choosing, entering, leaving, repeating
from autodiff_compiler.emit.folding import Folding, fold, kernel, template
from autodiff_compiler.emit.name_values import Names, is_stack, name_values, top_of
from autodiff_compiler.emit.nests import FOLDS, NestWriter, Statements
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Const,
    For,
    Function,
    Guard,
    If,
    Nest,
    NewStack,
    Pop,
    Push,
    Statement,
    Store,
    Var,
    While,
)
from autodiff_compiler.ir.types import BOOL, TAPE, Array, Scalar, Stack
from autodiff_compiler.ir.walk import map_statements, statements
from autodiff_compiler.location import Location
from autodiff_compiler.runtime.guards import MARKER

ROOM = 32  # numbers that a stack which has grown has room for: half of the smallest
_RUNTIME = ("grow", "push_array", *RUNTIME, *FOLDS, *products.RUNTIME)
_RESERVED = ("np", "range", "bool", "ValueError", syntax.COMMENT, *_RUNTIME)


class GuardText(NamedTuple):
    """What a failed guard means: `message` is a str.format template over the operands it raised with.

    `make` makes the exception from the operands, where it is one of the user's own.
    """

    message: str
    error: str
    at: Location | None
    make: Callable[..., BaseException] | None = None
    lesson: tuple[object, ...] = ()


class Emitted(NamedTuple):
    """A generated function, and its guards by the number they raise with."""

    definition: gast.FunctionDef
    guards: tuple[GuardText, ...]


def to_python(
    function: Function, *, taken: Iterable[str] = (), guarded: int = 0, inner: bool = False
) -> Emitted:
    """The definition of the Python function, and the guards in it, which are numbered from `guarded`.

    It takes the parameters by position (a stack as the pair of its data and its top) and returns its only
    yield, or a flat tuple of all. `inner` functions are called by other ones only, and get their tape as it
    is; the others take and return what is on it. `taken` are the names of all functions of the module.
    TypeError where a stack is chosen by a branch or a loop.
    """
    function = replace(function, body=map_statements(function.body, _with_known_condition))
    folding = fold(function)
    reserved = {*_RESERVED, function.name, *taken, *_template_names(function)}
    names = name_values(function, folding, reserved)
    emitter = _Emitter(function, names, folding, guarded, inner)
    begun = emitter.calls.begun(function)
    body = begun + emitter.block(function.body)
    body += emitter.calls.ended(function) + emitter.results(function.body.yields)
    parameters = [gast.Name(name, gast.Param(), None, None) for name in emitter.pairs(function.parameters)]
    arguments = gast.arguments(parameters, [], None, [], [], None, [])
    definition = gast.FunctionDef(function.name, arguments, _filled(body), [], None, None, [])
    return Emitted(definition, tuple(emitter.guards))


class _Emitter:
    def __init__(self, function: Function, names: Names, folding: Folding, guarded: int, inner: bool) -> None:
        self.names = names
        self.folding = folding
        self.roots = roots(function)
        self.expressions = Expressions(names, folding)
        self.calls = CallWriter(names, self.expressions, self.roots, inner)
        self.guards: list[GuardText] = []
        self.guarded = guarded
        self.pushes = 1  # how many pushes of numbers on the stack begin here; none if one stands before
        self.line: object = None  # the reversed user line that the last comment names

    # ------------------------------------------------------------ blocks

    def block(self, block: Block) -> Statements:
        """The statements of a block; its yields are the business of the statement around it."""
        written: Statements = []
        for position, statement in enumerate(block.statements):
            if isinstance(statement, Push):
                self.pushes = _pushes(block.statements, position)
            line = self.line
            remark = self._remark(statement)
            part = self._statement(statement)
            if part:
                written += [syntax.comment(remark)] if remark else []
                written += part
            else:
                self.line = line
        return written

    def results(self, yields: Sequence[Atom]) -> Statements:
        """The `return`."""
        values = []
        for atom in yields:
            values.append(self.expressions.atom(atom))
            if isinstance(atom, Var) and is_stack(atom.type):
                values.append(self.expressions.top(atom))
        return [gast.Return(syntax.returned(values))] if values else []

    def pairs(self, parameters: Sequence[Var]) -> list[str]:
        """The names of parameters, those of stacks with their tops."""
        found = []
        for parameter in parameters:
            name = self.names.of[parameter]
            found += [name, top_of(name)] if is_stack(parameter.type) else [name]
        return found

    def _statement(self, statement: Statement) -> Statements:
        match statement:
            case Assign():
                return self._assign(statement)
            case Store(array, index, value, accumulate):
                element = syntax.item(self._name(array), self.expressions.atoms(index))
                written = self.expressions.atom(value)
                return [
                    syntax.update(element, gast.Add(), written)
                    if accumulate
                    else syntax.assign(element, written)
                ]
            case If():
                return self._if(statement)
            case For():
                return self._for(statement)
            case While():
                return self._while(statement)
            case Nest():
                writer = NestWriter(statement, self.expressions, self.roots, set(self.names.taken))
                with self.expressions.vectorised():
                    return writer.write(self.block)
            case Guard():
                return self._guard(statement)
            case Push(stack, value):
                return self._push(stack, value)
            case Call():
                return [self.calls.call(statement)]
            case _:
                assert_never(statement)

    def _assign(self, statement: Assign) -> Statements:
        target, value = statement.target, statement.value
        if target in self.folding.values:
            return []
        if isinstance(value, Pop):
            return self._pop(target, value)
        if target.type == TAPE:
            return [self._rebind(target, syntax.call(syntax.name("new_tape")))]
        written = self.expressions.assigned(target, value)
        if isinstance(value, NewStack):
            return [
                self._rebind(target, written),
                syntax.assign(self.expressions.top(target), syntax.literal(0)),
            ]
        if isinstance(target.type, Scalar):
            return [syntax.assign(self._name(target), written)]
        return [self._rebind(target, written)]

    # ------------------------------------------------------------ control

    def _if(self, statement: If) -> Statements:
        for result in statement.results:
            if result in self.folding.values:
                return []
            if result in self.folding.conditionals:
                return [self._rebind(result, self.expressions.conditional(statement))]
        condition = self.expressions.atom(statement.condition)
        arms = [
            self.block(arm) + self._copies(choosing(statement, arm))
            for arm in (statement.then, statement.orelse)
        ]
        return syntax.branch(condition, *arms)

    def _for(self, statement: For) -> Statements:
        bounds = [statement.start, statement.stop, statement.step]
        if _is(statement.step, 1):
            bounds = bounds[1:2] if _is(statement.start, 0) else bounds[:2]
        limits = self.expressions.atoms(bounds)
        sums = sums_of(statement)
        with self.expressions.vectorised(sums is not None, sums or ()):
            body = self.block(statement.body) + self._copies(repeating(statement))
        loop = syntax.loop(self.names.of[statement.index], limits, _filled(body))
        return [*self._copies(entering(statement)), loop, *self._copies(leaving(statement))]

    def _while(self, statement: While) -> Statements:
        head = self.block(statement.test)
        test = self.expressions.atom(statement.test.yields[0])
        body = self.block(statement.body) + self._copies(repeating(statement))
        if head:
            body = [*head, *syntax.branch(syntax.negated(test), [gast.Break()], []), *body]
            test = syntax.literal(True)
        loop = gast.While(test, _filled(body), [])
        return [*self._copies(entering(statement)), loop, *self._copies(leaving(statement))]

    def _guard(self, statement: Guard) -> Statements:
        self.guards.append(
            GuardText(statement.message, statement.error, statement.at, statement.make, statement.lesson)
        )
        arguments = [syntax.literal(MARKER), syntax.literal(self.guarded + len(self.guards) - 1)]
        error = syntax.call(
            syntax.name("ValueError"), *arguments, *self.expressions.atoms(statement.operands)
        )
        condition = syntax.negated(self.expressions.atom(statement.condition))
        return syntax.branch(condition, [gast.Raise(error, None)], [])

    def _copies(self, joins: Joins) -> Statements:
        """Copies that happen at once: in an order that overwrites nothing still to be read, or as one."""
        waiting: list[tuple[str, gast.expr]] = []
        for target, source in joins:
            if target not in self.names.live:
                continue
            name, value = self.names.of[target], self.expressions.atom(source)
            if isinstance(value, gast.Name) and value.id == name:
                continue
            if isinstance(target.type, Stack):
                raise TypeError(
                    f"the stack {target.name!r} is chosen at run time; a stack is updated in place"
                )
            waiting.append((name, value))
        written: Statements = []
        while waiting:
            for position, (name, value) in enumerate(waiting):
                others = waiting[:position] + waiting[position + 1 :]
                if all(name not in _names(other) for _, other in others):
                    written.append(syntax.rebind(name, value))
                    waiting = others
                    break
            else:
                targets = gast.Tuple(
                    [gast.Name(name, gast.Store(), None, None) for name, _ in waiting], gast.Store()
                )
                return [
                    *written,
                    gast.Assign([targets], syntax.tuple_of([value for _, value in waiting]), None),
                ]
        return written

    # ------------------------------------------------------------ stacks

    def _push(self, stack: Var, value: Atom) -> Statements:
        data, top, pushed = self._name(stack), self.expressions.top(stack), self.expressions.atom(value)
        if stack.type == TAPE:
            return [self.calls.save(stack, value)]
        if isinstance(value, Var) and isinstance(value.type, Array):
            longer = syntax.call(syntax.name("push_array"), data, top, pushed)
            size = syntax.attribute(copy.deepcopy(pushed), "size")
            return [self._rebind(stack, longer), syntax.update(top, gast.Add(), size)]
        stored = [
            syntax.assign(syntax.item(data, [top]), pushed),
            syntax.update(top, gast.Add(), syntax.literal(1)),
        ]
        if self.pushes == 0:  # room was made before
            return stored
        length = syntax.item(syntax.attribute(data, "shape"), [syntax.literal(0)])
        full = syntax.compare(top, gast.Eq(), length)
        if self.pushes > 1:
            full = syntax.compare(
                syntax.binary(top, gast.Add(), syntax.literal(self.pushes)), gast.Gt(), length
            )
        return [
            *syntax.branch(full, [self._rebind(stack, syntax.call(syntax.name("grow"), data))], []),
            *stored,
        ]

    def _pop(self, target: Var, value: Pop) -> Statements:
        data, top = self._name(value.stack), self.expressions.top(value.stack)
        if value.stack.type == TAPE:
            return [self.calls.restore(target, value)]
        if value.shape is None:
            smaller = syntax.update(top, gast.Sub(), syntax.literal(1))
            return [smaller, syntax.assign(self._name(target), syntax.item(data, [top]))]
        sizes = self.expressions.atoms(value.shape)
        size = sizes[0] if sizes else syntax.literal(1)
        for factor in sizes[1:]:
            size = syntax.binary(size, gast.Mult(), factor)
        popped: gast.expr = syntax.item(data, [gast.Slice(top, syntax.binary(top, gast.Add(), size), None)])
        if len(sizes) != 1:
            popped = syntax.call(syntax.attribute(popped, "reshape"), syntax.tuple_of(sizes))
        return [syntax.update(top, gast.Sub(), size), self._rebind(target, popped)]

    # ------------------------------------------------------------ names and remarks

    def _name(self, variable: Var) -> gast.expr:
        return syntax.name(self.names.of[variable])

    def _rebind(self, target: Var, value: gast.expr) -> gast.stmt:
        return syntax.rebind(self.names.of[target], value)

    def _remark(self, statement: Statement) -> str:
        """What to say before a statement: the user's line it reverses, or the operations a nest fuses."""
        at = statement.at
        if at is None or not at.text.strip():
            return ""
        if at.reverse:
            line = (at.filename, at.line)
            said, self.line = line == self.line, line
            return "" if said else f"reverse of line {at.line}: {at.text.strip()}"
        fused = isinstance(statement, Nest) and sum(_computes(part) for part in statement.body.statements) > 1
        return f"line {at.line}: {at.text.strip()}" if fused else ""


def _pushes(block: Sequence[Statement], position: int) -> int:
    """How many pushes of numbers on one stack begin at the position: none inside of such a row of them."""

    def same(number: int) -> bool:
        other, this = block[number], block[position]
        return (
            isinstance(other, Push) and isinstance(this, Push) and other.stack is this.stack
            and isinstance(other.value.type, Scalar)
        )  # fmt: skip

    first = last = position
    while first > 0 and same(first - 1):
        first -= 1
    while last + 1 < len(block) and same(last + 1):
        last += 1
    return 0 if (position - first) % ROOM else min(ROOM, last + 1 - position)


def _with_known_condition(statement: Statement) -> tuple[Statement]:
    """A branch that yields its own condition yields what that is there: `a and b` comes as such a branch."""
    if not isinstance(statement, If):
        return (statement,)
    arms = [
        Block(arm.statements, tuple(known if atom is statement.condition else atom for atom in arm.yields))
        for arm, known in ((statement.then, Const(True, BOOL)), (statement.orelse, Const(False, BOOL)))
    ]
    return (replace(statement, then=arms[0], orelse=arms[1]),)


def _computes(statement: Statement) -> bool:
    return (
        isinstance(statement, Assign)
        and isinstance(statement.value, Apply)
        and statement.value.operator != "cast"
    )


def _template_names(function: Function) -> set[str]:
    """The global names that operators and calls are written with."""
    found: set[str] = set()
    for statement in statements(function.body):
        if isinstance(statement, Assign) and isinstance(statement.value, Apply):
            arity = len(statement.value.operands)
            for text in (template(statement.value.operator), kernel(statement.value)):
                found |= _names(syntax.filled(text, [gast.Constant(0, None)] * arity)) if text else set()
        elif isinstance(statement, Call):
            found.add(statement.callee.name)
    return found


def _names(expression: gast.expr) -> set[str]:
    return {node.id for node in gast.walk(expression) if isinstance(node, gast.Name)}


def _filled(body: Statements) -> Statements:
    """A body with at least one statement that is no comment."""
    silent = all(isinstance(part, gast.Expr) for part in body)
    return [*body, gast.Pass()] if silent else body


def _is(atom: Atom, value: int) -> bool:
    return isinstance(atom, Const) and atom.value == value
