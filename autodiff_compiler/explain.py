"""What the compiler decided, line by line of the user's source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import gast
import numpy as np

from autodiff_compiler.analysis.aliasing import Roots, roots
from autodiff_compiler.analysis.matrix_products import product_of
from autodiff_compiler.differentiate.gradient import Derived
from autodiff_compiler.differentiate.notes import Note, told
from autodiff_compiler.frontend.source import Source
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Block,
    Dim,
    Function,
    Nest,
    NewStack,
    Push,
    Statement,
    Store,
    Var,
)
from autodiff_compiler.ir.types import Array, Stack, is_inexact
from autodiff_compiler.ir.walk import blocks, bound, defined, free_variables, reads, statements
from autodiff_compiler.location import Location
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise, Reduction

Line = tuple[str, int]  # file and number

_MARGIN = 6  # of line numbers
_SAVED = "_saved"  # how the names of stored values end


def explain(
    sources: Sequence[Source],
    typed: Sequence[Function],
    derived: Derived | None,
    functions: Sequence[Function],
) -> str:
    """Each line of the functions in `sources` with what was decided about it, and a summary.

    `typed` is the program before its array operators were expanded, `functions` is what is emitted. Only what
    is still part of `functions` is told.
    """
    report = _Report(functions, {line: names for source in sources for line, names in _names(source)})
    if derived is not None:
        report.activity(derived)
        report.decisions(derived.notes)
        report.kept()
    report.operators(typed)
    lines = [", ".join(function.name for function in functions)]
    for source in sources:
        lines += ["", f"{source.name} in {source.filename}", *_annotated(source, report)]
    return "\n".join([*lines, "", *_summary(functions, derived), ""])


def _names(source: Source) -> Iterator[tuple[Line, frozenset[str]]]:
    """Each line of a function with the names that the function uses."""
    names = frozenset(node.id for node in gast.walk(source.tree) if isinstance(node, gast.Name))
    return (((source.filename, source.first_line + k), names) for k in range(len(source.lines)))


def _annotated(source: Source, report: _Report) -> Iterator[str]:
    """The lines of a function, each above its notes."""
    for number, text in enumerate(source.lines, source.first_line):
        text = text.rstrip()
        yield f"{number:>{_MARGIN}}  {text}".rstrip()
        indent = " " * (_MARGIN + 2 + len(text) - len(text.lstrip()))
        yield from (f"{indent}    - {note}" for note in report.notes.get((source.filename, number), ()))


@dataclass
class _Report:
    """Notes by file and line, in the order in which they are told."""

    functions: Sequence[Function]
    names: dict[Line, frozenset[str]]  # what the user calls things there
    notes: dict[Line, list[str]] = field(default_factory=dict)

    def visible(self, at: Location | None, variable: Var) -> bool:
        """Whether the user knows the variable, by this name, at a line."""
        return at is not None and variable.name in self.names.get((at.filename, at.line), ())

    def add(self, at: Location | None, text: str) -> None:
        """Note something about a line, once."""
        if at is not None:
            found = self.notes.setdefault((at.filename, at.line), [])
            if text not in found:
                found.append(text)

    # ------------------------------------------------------------ activity

    def activity(self, derived: Derived) -> None:
        """Which names of a line take part in the derivative."""
        active: dict[Location, dict[str, None]] = {}
        for at, variable in _touched(derived.primal):
            names = active.setdefault(_whole_line(at), {})
            if derived.activity.is_active(variable):
                names[variable.name if self.visible(at, variable) else ""] = None
        for at, names in active.items():
            shown = _listed(name for name in names if name)
            self.add(at, f"active: {shown}" if shown else "active" if names else "not active")

    # ------------------------------------------------------------ storage and order

    def decisions(self, notes: Iterable[Note]) -> None:
        """The notes whose witness is still there; of temporaries, only what costs memory."""
        present = {variable for function in self.functions for variable in _bound(function)}
        for note in notes:
            costs_little = note.kind == "recomputed" and not self.visible(note.at, note.witness)
            if note.witness in present and not costs_little:
                self.add(note.at, note.text)
        for function in self.functions:
            for statement in statements(function.body):
                match statement:
                    case Assign(copy, Apply("copy", (Var() as original,)), at):
                        self._copy(function, copy, original, at)

    def _copy(self, function: Function, copy: Var, original: Var, at: Location | None) -> None:
        if copy.name.endswith(_SAVED):
            why = "its elements are needed as they are here, and overwritten later"
            self.add(at, f"{told(original)} is copied: {why}")
        elif at == function.at:
            why = "the function writes to it, and the caller's array is left alone"
            self.add(at, f"{told(original)} is copied: {why}")

    def kept(self) -> None:
        """Values that stay in variables until the reversal of their block reads them."""
        for function in self.functions:
            self._kept(function.body, {})

    def _kept(self, block: Block, made: dict[Var, Location]) -> None:
        for statement in block.statements:
            at = _at(statement)
            if at is not None and at.reverse:
                for variable in free_variables(statement):
                    if variable in made and is_inexact(variable.type):
                        self._keep(made[variable], variable)
                continue
            for inner in blocks(statement):
                self._kept(inner, made)
            if at is not None:
                made.update(dict.fromkeys(defined(statement), at))

    def _keep(self, at: Location, variable: Var) -> None:
        if isinstance(variable.type, Array) and not variable.name.endswith((_SAVED, "_bar")):
            self.add(at, f"the array {told(variable)} is kept until the reversal reads it")
        elif self.visible(at, variable):
            self.add(at, f"`{variable.name}` is kept until the reversal reads it")

    # ------------------------------------------------------------ array operators

    def operators(self, typed: Sequence[Function]) -> None:
        """Array operators that share a nest, and products of matrices."""
        count = Counter(
            (at.filename, at.line)
            for function in typed
            for item in statements(function.body)
            if _is_array_operator(item) and (at := _at(item))
        )
        for function in self.functions:
            memory = roots(function)
            for statement in statements(function.body):
                if not isinstance(statement, Nest):
                    continue
                if _is_product(statement, memory):
                    self.add(statement.at, "a product of matrices: by blocks, unless it is small")
                else:
                    self._fused(statement, count)

    def _fused(self, nest: Nest, count: Counter[Line]) -> None:
        places = sorted({_whole_line(at) for at in _places(nest)}, key=lambda at: (at.filename, at.line))
        directions = {at.reverse for at in _places(nest)}
        lines = ("line " if len(places) == 1 else "lines ") + ", ".join(str(at.line) for at in places)
        total = sum(count[at.filename, at.line] for at in places)
        if directions == {True}:
            what = f"the reversals of {lines}" if len(places) > 1 else ""
        else:
            what = f"{total} array operators of {lines}" if total > 1 else f"the array operator of {lines}"
            what += " and the reversal" if True in directions else ""
        if what and (total > 1 or True in directions):
            for at in places:
                self.add(at, f"fused: {what} in one loop nest")


def _at(statement: Statement) -> Location | None:
    return statement.at


def _whole_line(at: Location) -> Location:
    return Location(at.filename, at.line, 0)


def _touched(function: Function) -> Iterator[tuple[Location, Var]]:
    """The float variables that a line reads, defines or writes to, with the line; sizes are no values."""
    for statement in statements(function.body):
        at = None if isinstance(statement, Assign) and isinstance(statement.value, Dim) else _at(statement)
        for atom in (*reads(statement), *defined(statement)):
            if at is not None and isinstance(atom, Var) and is_inexact(atom.type):
                yield at, atom


def _bound(function: Function) -> Iterator[Var]:
    for statement in function.body.statements:
        yield from bound(statement)


def _places(nest: Nest) -> Iterator[Location]:
    for item in (nest, *nest.body.statements):
        at = _at(item)
        if at is not None:
            yield at


def _is_array_operator(statement: Statement) -> bool:
    """Whether the statement stands for a loop over elements that the user did not write."""
    match statement:
        case Assign(target, Apply(operator, operands)):
            arrays = any(isinstance(item.type, Array) for item in (target, *operands))
            entry = registry.by_name(operator)
            return arrays and (isinstance(entry, (Elementwise, Reduction)) or operator in ("cast", "copy"))
        case Store(index=()):
            return True
        case _:
            return False


def _products(function: Function) -> int:
    """How many nests of a function are products of matrices."""
    memory = roots(function)
    return sum(_is_product(statement, memory) for statement in statements(function.body))


def _is_product(statement: Statement, memory: Roots) -> bool:
    """Whether a nest is written as a product of matrices."""
    return isinstance(statement, Nest) and product_of(statement, memory) is not None


# ---------------------------------------------------------------- the summary


def _summary(functions: Sequence[Function], derived: Derived | None) -> Iterator[str]:
    """What the program costs: nests, arrays, tape."""
    everything = [statement for function in functions for statement in statements(function.body)]
    nests = sum(isinstance(item, Nest) for item in everything)
    products = sum(map(_products, functions))
    yield f"loop nests made from array operators: {nests - products}"
    yield from dict.fromkeys(note for function in functions for note in function.notes)
    yield f"arrays allocated: {_listed(_arrays(everything)) or 'none'}"
    if derived is None or derived.forward:
        return
    places = {note.witness: note.at for note in derived.notes if note.kind == "saved"}
    rows = [
        f"  `{made.target.name}` of line {at.line}: {_size(made.target)}"
        for made in _storage(functions) if (at := places.get(made.target, made.at)) is not None
    ] + list(_on_the_tape(functions))  # fmt: skip
    yield "saved for the reverse sweep:" if rows else "nothing is saved for the reverse sweep"
    yield from rows
    if len(derived.functions) == 2:
        ahead = functions[0]
        given = set(ahead.parameters)
        taken = ahead.body.yields[len(derived.primal.body.yields) :]
        names = [item.name for item in taken if isinstance(item, Var) and item not in given]
        yield f"handed to the pullback: {_listed(names) or 'arguments only'}"


def _arrays(everything: Iterable[Statement]) -> Iterator[str]:
    """The names of the arrays that are made, without storage."""
    for statement in everything:
        match statement:
            case Assign(target, Allocate() | Apply()) if isinstance(target.type, Array):
                made: tuple[Var, ...] = (target,)
            case Nest(writes=writes):
                made = tuple(write.target for write in writes if write.fresh and write.index)
            case _:
                made = ()
        yield from (variable.name for variable in made if not variable.name.endswith(_SAVED))


def _storage(functions: Sequence[Function]) -> Iterator[Assign]:
    """The statements that make what values are stored in for the reverse sweep."""
    for function in functions:
        for statement in statements(function.body):
            match statement:
                case Assign(target, Allocate() | NewStack() | Apply("copy")) if target.name.endswith(_SAVED):
                    yield statement


def _on_the_tape(functions: Sequence[Function]) -> Iterator[str]:
    """What calls of units put on the tape that they are given."""
    for function in functions:
        pushed = [
            np.dtype(item.value.type.dtype).itemsize
            for item in statements(function.body)
            if isinstance(item, Push) and item.stack in function.parameters
        ]
        if pushed:
            count = f"{len(pushed)} value" + "s" * (len(pushed) > 1)
            yield f"  {count} on the tape, {sum(pushed)} bytes, where a call of `{function.name}` comes by"


def _size(storage: Var) -> str:
    size = np.dtype(storage.type.dtype).itemsize
    each = f"{size} byte" + "s" * (size != 1)
    match storage.type:
        case Stack():
            return f"a stack, {each} for each number"
        case Array(rank=rank):
            loops = f" of {rank} nested loops" if rank > 1 else ""
            return f"an array, {each} for each iteration{loops}"
        case _:
            return each


def _listed(names: Iterable[str]) -> str:
    """The names once each, in order."""
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))
