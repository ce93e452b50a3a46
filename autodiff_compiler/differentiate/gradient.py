"""The derivative functions of a function: value with gradient in one, or forward sweep and pullback apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from autodiff_compiler.analysis.activity import Activity
from autodiff_compiler.differentiate.assemble import drop_unused
from autodiff_compiler.differentiate.callees import Callees
from autodiff_compiler.differentiate.notes import Note
from autodiff_compiler.differentiate.prepare import copy_written_parameters
from autodiff_compiler.differentiate.scalar_rules import bar_type
from autodiff_compiler.differentiate.sweeps import Sweeps
from autodiff_compiler.ir.nodes import Assign, Atom, Block, Const, Function, Level, NewStack, Statement, Var
from autodiff_compiler.ir.types import TAPE, Scalar, is_inexact
from autodiff_compiler.ir.walk import free_variables, fresh_copy, looked_up


@dataclass(frozen=True)
class Derived:
    """The functions made, and what was found on the way."""

    functions: tuple[Function, ...]
    callees: Mapping[str, Function]  # what they call
    activity: Activity
    independent: bool  # the results do not depend on the chosen parameters
    unordered: frozenset[Var]  # indices of reverse loops whose iterations may run in any order
    primal: Function  # what was differentiated: the function given, prepared
    notes: tuple[Note, ...]  # what was decided, for `explain`
    forward: bool = False  # there is no reverse sweep


class _Entry:
    """The sweeps of a function that is not called by others, on copies of the arrays that it writes to."""

    def __init__(
        self, function: Function, wrt: Sequence[Var], seeds: Sequence[tuple[Atom, Atom]],
        callees: Mapping[str, Function],
    ) -> None:  # fmt: skip
        function, copies = copy_written_parameters(function)
        self.callees = Callees(callees, function)
        given = [(looked_up(result, copies), seed) for result, seed in seeds]
        self.sweeps = Sweeps(function, wrt, given, self.callees)
        self.function = self.sweeps.function

    def forward(self, statements: Sequence[Statement]) -> tuple[Statement, ...]:
        """The statements of the forward sweep, after that which makes the tape, if there is one."""
        tape = self.callees.tape
        if all(tape not in free_variables(statement) for statement in statements):
            return tuple(statements)
        return (Assign(tape, NewStack(TAPE.dtype), self.function.at), *statements)

    def derived(self, *functions: Function, renamed: Mapping[Var, Atom] = MappingProxyType({})) -> Derived:
        """The finished functions with what the sweeps know, of variables that may have been renamed since."""

        def now(variable: Var) -> Var:
            found = renamed.get(variable)
            return found if isinstance(found, Var) else variable

        sweeps, made = self.sweeps, list(self.callees.made.values())
        notes = [replace(note, witness=now(note.witness)) for note in sweeps.notes()]
        notes += [note for parts in made for note in parts.notes]
        unordered = frozenset(map(now, sweeps.assembler.unordered)).union(
            *(parts.unordered for parts in made)
        )
        return Derived(
            functions,
            self.callees.functions(),
            sweeps.activity,
            sweeps.independent,
            unordered,
            self.function,
            tuple(notes),
        )


def gradient_function(
    function: Function, wrt: Sequence[Var], callees: Mapping[str, Function], *, with_value: bool
) -> Derived:
    """`function`'s gradient with respect to parameters, after its value if `with_value`.

    The function has one float result; its cotangent is one, so that loops may run both sweeps in one pass.
    """
    (result,) = function.body.yields
    one = Const(1.0, Scalar(result.type.dtype))
    entry = _Entry(function, wrt, [(result, one)], callees)
    sweeps = entry.sweeps
    value = (result,) if with_value else ()
    body = Block(entry.forward(sweeps.assembler.joined(sweeps.pair)), (*value, *sweeps.bars))
    name = f"{function.name}_value_with_gradient" if with_value else f"{function.name}_gradient"
    return entry.derived(Function(name, function.parameters, body, Level.DERIVED, None, function.at))


def pullback_functions(function: Function, wrt: Sequence[Var], callees: Mapping[str, Function]) -> Derived:
    """The forward sweep to results and a tape, and the pullback from the tape and seeds to cotangents."""
    floats = [item for item in function.body.yields if is_inexact(item.type)]
    seeds = [(item, _seed(item, number, len(floats))) for number, item in enumerate(floats)]
    entry = _Entry(function, wrt, seeds, callees)
    sweeps = entry.sweeps
    forward, reverse = sweeps.assembler.apart(sweeps.pair, None)
    back = drop_unused(Block(tuple(reverse), sweeps.bars))
    seed_vars = [seed for _, seed in seeds]
    tape = [variable for variable in free_variables(back) if variable not in seed_vars]
    body = Block(entry.forward(forward), (*sweeps.function.body.yields, *tape))
    ahead = Function(f"{function.name}_forward", function.parameters, body, Level.DERIVED, None, function.at)
    parameters = {variable: Var(variable.name, variable.type, variable.at) for variable in tape}
    inner: dict[Var, Atom] = dict(parameters)
    pulled = fresh_copy(back, inner)
    given = (*parameters.values(), *seed_vars)
    made = Function(f"{function.name}_pullback", given, pulled, Level.DERIVED, None, function.at)
    renamed = {old: new for old, new in inner.items() if old not in parameters}
    return entry.derived(ahead, made, renamed=renamed)


def _seed(result: Atom, number: int, count: int) -> Var:
    return Var("seed" if count == 1 else f"seed_{number}", bar_type(result.type))
