"""The derivative functions of a function: value with gradient in one, or forward sweep and pullback apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from autodiff_compiler.analysis.activity import Activity, activity
from autodiff_compiler.analysis.aliasing import roots
from autodiff_compiler.analysis.lengths import measure
from autodiff_compiler.analysis.overwrites import Overwrites
from autodiff_compiler.differentiate.assemble import Assembler, drop_unused
from autodiff_compiler.differentiate.check_aliases import check_aliases
from autodiff_compiler.differentiate.cotangents import Cotangents, Families, zero
from autodiff_compiler.differentiate.notes import Note
from autodiff_compiler.differentiate.order import plain_reverse, views_of
from autodiff_compiler.differentiate.pairs import BlockPair
from autodiff_compiler.differentiate.prepare import copy_written_parameters, count_iterations
from autodiff_compiler.differentiate.reverse import Reversal
from autodiff_compiler.differentiate.scalar_rules import bar_type
from autodiff_compiler.differentiate.storage import Storage
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Assign, Atom, Block, Const, Dim, Function, Level, Var
from autodiff_compiler.ir.types import Array, Scalar, is_float
from autodiff_compiler.ir.walk import free_variables, fresh_copy, looked_up, statements


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


class _Sweeps:
    """Both sweeps of a function, before they are put into functions."""

    def __init__(self, function: Function, wrt: Sequence[Var], seeds: Sequence[tuple[Atom, Atom]]) -> None:
        function, copies = copy_written_parameters(function)
        seeds = [(looked_up(result, copies), seed) for result, seed in seeds]
        function, counts = count_iterations(function)
        self.function, sizes = measure(function)
        self.activity = activity(self.function, wrt, [result for result, _ in seeds])
        overwrites = Overwrites(self.function)
        aliases = check_aliases(self.function, self.activity, overwrites.roots)
        cotangents = Cotangents(Families(self.function), sizes, Builder(), aliases)
        for result, seed in seeds:
            if self.activity.is_active(result):
                cotangents.seed(result, seed)
        self.independent = not any(self.activity.is_active(result) for result, _ in seeds)
        self.pair: BlockPair = Reversal(self.activity, overwrites, counts, sizes).block(
            self.function.body, cotangents
        )
        self.bars = tuple(_final(cotangents, parameter) for parameter in wrt)
        self.pair.reverse.extend(cotangents.builder.statements)
        lengths = (
            statement.target for statement in statements(self.function.body)
            if isinstance(statement, Assign) and isinstance(statement.value, Dim)
        )  # fmt: skip
        self.storage = Storage(overwrites, sizes, frozenset(lengths))
        both = (*self.function.body.statements, *plain_reverse(self.pair).statements)
        memory = roots(replace(self.function, body=Block(both)))
        self.assembler = Assembler(self.storage, views_of(self.pair), memory, distinct=not aliases)

    def derived(self, *functions: Function, renamed: Mapping[Var, Atom] = MappingProxyType({})) -> Derived:
        """The finished functions with what the sweeps know, of variables that may have been renamed since."""

        def now(variable: Var) -> Var:
            found = renamed.get(variable)
            return found if isinstance(found, Var) else variable

        every = (*self.assembler.notes, *self.storage.notes)
        notes = tuple(replace(note, witness=now(note.witness)) for note in every)
        unordered = frozenset(map(now, self.assembler.unordered))
        return Derived(functions, self.activity, self.independent, unordered, self.function, notes)


def _final(cotangents: Cotangents, parameter: Var) -> Atom:
    """A parameter's gradient: what has gathered, or zeros."""
    if isinstance(parameter.type, Array):
        return cotangents.shadow(parameter)
    return cotangents.scalars.get(parameter, zero(parameter))


def gradient_function(
    function: Function, wrt: Sequence[Var], callees: Mapping[str, Function], *, with_value: bool
) -> Derived:
    """`function`'s gradient with respect to parameters, after its value if `with_value`.

    The function has one float result; its cotangent is one, so that loops may run both sweeps in one pass.
    """
    (result,) = function.body.yields
    one = Const(1.0, Scalar(result.type.dtype))
    sweeps = _Sweeps(function, wrt, [(result, one)])
    value = (result,) if with_value else ()
    body = Block(tuple(sweeps.assembler.joined(sweeps.pair)), (*value, *sweeps.bars))
    name = f"{function.name}_value_with_gradient" if with_value else f"{function.name}_gradient"
    return sweeps.derived(Function(name, function.parameters, body, Level.DERIVED, None, function.at))


def pullback_functions(
    function: Function, wrt: Sequence[Var], callees: Mapping[str, Function]
) -> Derived:
    """The forward sweep to results and a tape, and the pullback from the tape and seeds to cotangents."""
    floats = [item for item in function.body.yields if is_float(item.type)]
    seeds = [(item, _seed(item, number, len(floats))) for number, item in enumerate(floats)]
    sweeps = _Sweeps(function, wrt, seeds)
    forward, reverse = sweeps.assembler.apart(sweeps.pair, None)
    back = drop_unused(Block(tuple(reverse), sweeps.bars))
    seed_vars = [seed for _, seed in seeds]
    tape = [variable for variable in free_variables(back) if variable not in seed_vars]
    body = Block(tuple(forward), (*sweeps.function.body.yields, *tape))
    ahead = Function(f"{function.name}_forward", function.parameters, body, Level.DERIVED, None, function.at)
    parameters = {variable: Var(variable.name, variable.type, variable.at) for variable in tape}
    inner: dict[Var, Atom] = dict(parameters)
    pulled = fresh_copy(back, inner)
    given = (*parameters.values(), *seed_vars)
    made = Function(f"{function.name}_pullback", given, pulled, Level.DERIVED, None, function.at)
    renamed = {old: new for old, new in inner.items() if old not in parameters}
    return sweeps.derived(ahead, made, renamed=renamed)


def _seed(result: Atom, number: int, count: int) -> Var:
    return Var("seed" if count == 1 else f"seed_{number}", bar_type(result.type))
