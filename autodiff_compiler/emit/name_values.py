"""From assign-once variables to Python names.

Carries, branch results and what they are copied from share one name where they are never needed at the same
time, and so do variables of the same name: `x = x + 1` comes out as the user wrote it. Where two such
variables are needed at once, the later one gets a number.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autodiff_compiler.emit.flow import FlowBuilder, needed
from autodiff_compiler.emit.folding import Folding
from autodiff_compiler.emit.liveness import Interference, interference
from autodiff_compiler.ir.nodes import Function, Var
from autodiff_compiler.ir.types import Array, Stack, Type

# Numba takes a pass over the function for each name that is assigned in several places. With more variables
# than this, most get names of their own: 1500 lines in a loop then take seconds to compile, not minutes.
MANY = 1000


@dataclass(frozen=True, slots=True)
class Names:
    """The Python name of each variable that has one, and every name that is taken."""

    of: Mapping[Var, str]
    taken: frozenset[str]
    live: frozenset[Var]  # variables whose value is read; copies to others are left out


def name_values(function: Function, folding: Folding, reserved: Iterable[str]) -> Names:
    """Names for all variables that `folding` leaves; none is a keyword or in `reserved`."""
    live = needed(function)
    builder = FlowBuilder(folding, live)
    flow = builder.function(function)
    variables = list(dict.fromkeys(builder.variables))
    groups = _Groups(variables, interference(flow, function.parameters))
    for target, source in builder.copies:
        groups.join(target, source)
    joined = {target for target, _ in builder.copies}
    bases = {id(group): _base(group, function.parameters, joined) for group in groups.all()}
    if len(variables) <= MANY:
        groups.join_same(bases)
    return _number(groups, bases, live, reserved)


class _Groups:
    """Sets of variables that share a name."""

    def __init__(self, variables: list[Var], interference: Interference) -> None:
        self._group = {variable: [variable] for variable in variables}
        self._interference = interference

    def join(self, one: Var, other: Var) -> bool:
        """Let two variables share a name if their types agree and they are never needed at once."""
        group, joining = self._group[one], self._group[other]
        if group is joining:
            return True
        if _kind(one.type) != _kind(other.type) or self._interference.between(group, joining):
            return False
        group.extend(joining)
        for variable in joining:
            self._group[variable] = group
        return True

    def all(self) -> list[list[Var]]:
        """The groups, in the order of their first variable."""
        return list({id(group): group for group in self._group.values()}.values())

    def join_same(self, bases: dict[int, str]) -> None:
        """Let groups whose variables have the same name share it."""
        merged: dict[str, list[list[Var]]] = {}
        for group in self.all():
            candidates = merged.setdefault(bases[id(group)], [])
            if not any(self.join(first[0], group[0]) for first in candidates):
                candidates.append(group)


def _number(groups: _Groups, bases: dict[int, str], live: frozenset[Var], reserved: Iterable[str]) -> Names:
    names: dict[Var, str] = {}
    taken = set(reserved)
    tried: dict[str, int] = {}  # the last number that was given to a name
    for group in sorted(groups.all(), key=lambda group: not bases[id(group)]):  # people's names come first
        stack = is_stack(group[0].type)
        base = bases[id(group)] or "t"
        endings = ("", "_top") if stack else ("",)
        chosen, tried[base] = _numbered(base, taken, endings, tried.get(base, 0))
        taken |= {chosen, top_of(chosen)} if stack else {chosen}
        names.update(dict.fromkeys(group, chosen))
    return Names(names, frozenset(taken), live)


def unused(base: str, taken: Iterable[str], endings: tuple[str, ...] = ("",)) -> str:
    """The base, or the base with the first number for which it is free with each of the endings."""
    return _numbered(base, set(taken), endings, 0)[0]


def _numbered(base: str, taken: set[str], endings: tuple[str, ...], number: int) -> tuple[str, int]:
    """The base with the first number from this one on (none for 0) for which it is free, and the number."""
    candidate = f"{base}_{number}" if number else base
    while keyword.iskeyword(candidate) or any(candidate + ending in taken for ending in endings):
        number += 1
        candidate = f"{base}_{number}"
    return candidate, number


def is_stack(kind: Type) -> bool:
    """Whether the type is that of a stack in two variables, its data and its top; a tape is in one."""
    return isinstance(kind, Stack) and not kind.shared


def top_of(stack: str) -> str:
    """The variable that counts the elements of a stack."""
    return f"{stack}_top"


def _base(group: list[Var], parameters: tuple[Var, ...], joined: set[Var]) -> str:
    """A parameter's name if there is one, else that of a join, which people chose, else the first, if any."""
    first = [variable for variable in group if variable in parameters]
    first += [variable for variable in group if variable in joined and variable.name]
    first += [variable for variable in group if variable.name]
    name = re.sub(r"\W", "_", (first or group)[0].name)
    return f"_{name}" if name[:1].isdigit() else name


def _kind(kind: Type) -> tuple[object, ...]:
    """What two variables of one name must agree in, for Numba to give them one machine type."""
    if isinstance(kind, Array):
        return "array", kind.dtype, kind.rank, kind.contiguous
    return type(kind).__name__, kind.dtype
