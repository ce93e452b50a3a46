"""Where a number that depends on the parameters comes back from an integer or a comparison, without a slope.

`total += 0.5 * round(x)` has the derivative zero almost everywhere, which is rarely what is meant. Nothing is
said about indices, lengths and conditions, which are constants; about a truth value as the factor of a
product, which switches a term on and off; about `floor` and its like, which are steps by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from autodiff_compiler.analysis.activity import activity
from autodiff_compiler.ir.nodes import (
    Allocate,
    Apply,
    Assign,
    Atom,
    Call,
    For,
    Function,
    If,
    Load,
    Reshape,
    Statement,
    Store,
    Transpose,
    Value,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Array, is_bool, is_inexact
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.location import Location


@dataclass(frozen=True)
class Lost:
    """A float of which the derivative was lost: the variable, what lost it, and where it comes back."""

    variable: Var
    through: str  # "an integer", "a comparison", "rounding"
    at: Location | None


def lost_derivatives(
    function: Function, parameters: Iterable[Var], rounded: frozenset[Var] = frozenset(),
    units: Mapping[str, Function] | None = None,
) -> list[Lost]:  # fmt: skip
    """Every place where a number that lost its derivative gets into the result, in order.

    `rounded` are results of rounding that are floats; `units` what the function calls, by name.
    """
    known = {name: _Known() for name in units or {}}
    start = _Known(dict.fromkeys(parameters, ""))
    changed = True
    while changed:  # what a unit gets is found where it is called, what it gives back in itself
        changed = False
        searches = [_Search(function, start, known, units or {})]
        searches += [_Search(unit, known[name], known, units or {}) for name, unit in (units or {}).items()]
        for search in searches:
            changed = search.run() or changed
    return [lost for search in searches for lost in search.found(rounded)]


def _is_varied(statement: Assign, varied: frozenset[Var]) -> bool:
    return statement.target in varied or any(
        operand in varied for operand in _operands(statement) if isinstance(operand, Var)
    )


def _operands(statement: Assign) -> tuple[Atom, ...]:
    return statement.value.operands if isinstance(statement.value, Apply) else ()


@dataclass
class _Known:
    """What is known of a function: of its parameters and results, what they have lost their derivative by.

    A parameter that still has one stands there with "".
    """

    parameters: dict[Var, str] = field(default_factory=dict)
    results: dict[int, str] = field(default_factory=dict)


class _Search:
    """Integers and truth values of one function that depend on the parameters, and what they were made by."""

    def __init__(
        self, function: Function, own: _Known, known: Mapping[str, _Known], units: Mapping[str, Function]
    ) -> None:
        chosen = [item for item, through in own.parameters.items() if not through]
        self.every = list(statements(function.body))
        self.active = activity(function, chosen)
        self.varied = self.active.varied
        self.own, self.known, self.units = own, known, units
        self.yields = function.body.yields
        self.through: dict[Var, str] = {item: lost for item, lost in own.parameters.items() if lost}
        self.stepped: set[Var] = set()  # whole floats that `round` makes on the way to an integer
        self.changed = False
        self.learned = False  # something about another function

    def run(self) -> bool:
        """Follow everything through the function; whether another function has to be looked at again."""
        while True:
            self.changed = False
            for statement in self.every:
                self.observe(statement)
            if not self.changed:
                break
        results = {k: self.through[v] for k, v in enumerate(self.yields) if v in self.through}
        self.learned = self.learned or results != self.own.results
        self.own.results = results
        return self.learned

    def found(self, rounded: frozenset[Var]) -> Iterator[Lost]:
        """The places in this function."""
        factors = _only_factors(self.every)
        for statement in self.every:
            if not isinstance(statement, Assign):
                continue
            target = statement.target
            through = self.returning(statement) or ("rounding" if target in rounded else "")
            if target in rounded and not _is_varied(statement, self.varied):
                continue
            switched = through == "a comparison" and target in factors
            if through and target in self.active.useful and not switched:
                yield Lost(target, through, statement.at)

    def observe(self, statement: Statement) -> None:
        match statement:
            case Assign(target, Apply() as value) if not is_inexact(target.type):
                self._apply(target, value)
            case Assign(target, Apply("rint", operands)):
                if target not in self.stepped and any(operand in self.varied for operand in operands):
                    self.stepped.add(target)
                    self.changed = True
            case Assign(target, value):
                self._read(target, value)
            case Call():
                self._call(statement)
            case Store(array, _, value):
                self._flow(value, array)
            case If(_, then, orelse, results):
                for result, one, other in zip(results, then.yields, orelse.yields, strict=True):
                    self._flow(one, result)
                    self._flow(other, result)
            case For(carries=carries, body=body) | While(carries=carries, body=body):
                for carry, following in zip(carries, body.yields, strict=True):
                    for source in (carry.start, following):
                        self._flow(source, carry.inside)
                        self._flow(source, carry.after)

    def _read(self, target: Var, value: Value) -> None:
        match value:
            case Load(array) | View(array) | Transpose(array) | Reshape(array):
                self._flow(array, target)
                if isinstance(target.type, Array):  # of the same memory
                    self._flow(target, array)
            case Allocate(fill=Var() as fill):
                self._flow(fill, target)

    def _call(self, call: Call) -> None:
        """What a unit gets, and what it gives back as far as that is known."""
        unit, known = self.units.get(call.callee.name), self.known.get(call.callee.name)
        if unit is None or known is None:
            return
        for operand, parameter in zip(call.operands, unit.parameters, strict=False):
            lost = "" if operand in self.varied else self.through.get(operand)  # type: ignore[arg-type]
            if lost is not None and parameter not in known.parameters:
                known.parameters[parameter] = lost
                self.learned = True
        for position, lost in known.results.items():
            if not is_inexact(call.results[position].type):
                self._set(call.results[position], lost)

    def _apply(self, target: Var, value: Apply) -> None:
        for operand in value.operands:
            if isinstance(operand, Var) and (operand in self.varied or operand in self.stepped):
                self._set(target, "a comparison" if is_bool(target.type) else "an integer")
            else:
                self._flow(operand, target)

    def _flow(self, source: Atom, target: Var) -> None:
        if isinstance(source, Var) and source in self.through and not is_inexact(target.type):
            self._set(target, self.through[source])

    def _set(self, target: Var, through: str) -> None:
        if self.through.get(target) not in (through, "an integer"):
            self.through[target] = through
            self.changed = True

    def returning(self, statement: Assign) -> str:
        """What the float that the statement makes has lost its derivative through, "" where it has not."""
        if not is_inexact(statement.target.type):
            return ""
        for operand in _operands(statement):
            if isinstance(operand, Var) and operand in self.through and not is_inexact(operand.type):
                cast = isinstance(statement.value, Apply) and statement.value.operator == "cast"
                return self.through[operand] if cast else ""
        return ""


def _only_factors(every: Iterable[Statement]) -> set[Var]:
    """The variables that are operands of products and of nothing else, in another precision perhaps."""
    factors: set[Var] = set()
    others: set[Var] = set()
    casts: dict[Var, Var] = {}
    for statement in every:
        operator = _operator(statement)
        if operator == "cast" and isinstance(statement, Assign):
            casts |= {item: statement.target for item in _used(statement) if is_inexact(item.type)}
        if operator != "cast" or not set(_used(statement)) <= casts.keys():
            (factors if operator == "multiply" else others).update(_used(statement))
    for item, cast in reversed(casts.items()):
        (factors if cast in factors - others else others).add(item)
    return factors - others


def _operator(statement: Statement) -> str:
    is_apply = isinstance(statement, Assign) and isinstance(statement.value, Apply)
    return statement.value.operator if is_apply else ""  # type: ignore[union-attr]


def _used(statement: Statement) -> Iterator[Var]:
    match statement:
        case Assign(value=Apply(operands=operands)):
            yield from (operand for operand in operands if isinstance(operand, Var))
        case Store(value=value):
            yield from (item for item in (value,) if isinstance(item, Var))
        case If(_, then, orelse):
            yield from (item for item in (*then.yields, *orelse.yields) if isinstance(item, Var))
        case For(carries=carries, body=body) | While(carries=carries, body=body):
            starts = tuple(carry.start for carry in carries)
            yield from (item for item in (*starts, *body.yields) if isinstance(item, Var))


__all__ = ["Lost", "lost_derivatives"]
