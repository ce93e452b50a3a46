"""Where a number that depends on the parameters comes back from an integer or a comparison, without a slope.

`total += 0.5 * round(x)` has the derivative zero almost everywhere, which is rarely what is meant. Nothing is
said about indices, lengths and conditions, which are constants; about a truth value as the factor of a
product, which switches a term on and off; about `floor` and its like, which are steps by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autodiff_compiler.analysis.activity import activity
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    For,
    Function,
    If,
    Load,
    Statement,
    Store,
    Var,
    While,
)
from autodiff_compiler.ir.types import is_bool, is_inexact
from autodiff_compiler.ir.walk import statements
from autodiff_compiler.location import Location


@dataclass(frozen=True)
class Lost:
    """A float of which the derivative was lost: the variable, what lost it, and where it comes back."""

    variable: Var
    through: str  # "an integer", "a comparison", "rounding"
    at: Location | None


def lost_derivatives(
    function: Function, parameters: Iterable[Var], rounded: frozenset[Var] = frozenset()
) -> list[Lost]:
    """Every place where a number that lost its derivative gets into the result, in order.

    `rounded` are results of rounding that are floats.
    """
    chosen = list(parameters)
    active = activity(function, chosen)
    every = list(statements(function.body))
    search = _Search(active.varied)
    while search.changed:
        search.changed = False
        for statement in every:
            search.observe(statement)
    factors = _only_factors(every)
    found = []
    for statement in every:
        if not isinstance(statement, Assign):
            continue
        target = statement.target
        through = search.returning(statement) or ("rounding" if target in rounded else "")
        if target in rounded and not _is_varied(statement, active.varied):
            continue
        if through and target in active.useful and not (through == "a comparison" and target in factors):
            found.append(Lost(target, through, statement.at))
    return found


def _is_varied(statement: Assign, varied: frozenset[Var]) -> bool:
    return statement.target in varied or any(
        operand in varied for operand in _operands(statement) if isinstance(operand, Var)
    )


def _operands(statement: Assign) -> tuple[Atom, ...]:
    return statement.value.operands if isinstance(statement.value, Apply) else ()


@dataclass
class _Search:
    """Integers and truth values that depend on the parameters, and what they were made by."""

    varied: frozenset[Var]
    through: dict[Var, str] = field(default_factory=dict)
    stepped: set[Var] = field(default_factory=set)  # whole floats that `round` makes on the way to an integer
    changed: bool = True

    def observe(self, statement: Statement) -> None:
        match statement:
            case Assign(target, Apply() as value) if not is_inexact(target.type):
                self._apply(target, value)
            case Assign(target, Apply("rint", operands)):
                if target not in self.stepped and any(operand in self.varied for operand in operands):
                    self.stepped.add(target)
                    self.changed = True
            case Assign(target, Load(array)):
                self._flow(array, target)
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
