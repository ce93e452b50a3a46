"""What units get in addition to their arguments: the globals they read, and how deep they may still go."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import replace

from autodiff_compiler.analysis.summaries import link_all, reachable
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Block, Call, Function, Guard, Statement, Var
from autodiff_compiler.ir.types import BOOL, INT, Array
from autodiff_compiler.ir.walk import bound, free_variables, map_statements

Functions = Mapping[str, Function]
Below = Mapping[str, frozenset[str]]

ARRAY, NUMBER, REST = 4 * 56, 3 * 8, 256  # bytes of a compiled call for each variable: more than is needed
STACK = 8 << 20  # bytes of a thread's stack where nobody says how many there are


def complete(entry: Function, made: Functions, limit: Var | None) -> tuple[Function, dict[str, Function]]:
    """The entry and the units it calls, with all that they need passed on, and summaries in their calls.

    `limit` is the parameter of the entry that says how deep calls may go; None where there is no recursion.
    """
    units = reachable(made, entry)
    below = _below(units)
    hidden = _hidden(units, below)
    deep = [name for name in units if any(_is_cyclic(also, below) for also in (name, *below[name]))]
    depths = {name: Var("depth", INT) for name in deep} if limit else {}
    found = {name: _completed(unit, hidden, depths, below) for name, unit in units.items()}
    passed: dict[str, Atom] = {} if limit is None else dict.fromkeys(depths, limit)
    entry = replace(entry, body=_passing(entry.body, hidden, passed))
    linked, (entry,) = link_all(found, entry)
    return entry, linked


def is_recursive(entry: Function, made: Functions) -> bool:
    """Whether a function that the entry calls may call itself."""
    units = reachable(made, entry)
    below = _below(units)
    return any(_is_cyclic(name, below) for name in units)


def frame_size(made: Functions) -> int:
    """More bytes than a call of any of these functions, or of a sweep of it, takes of the stack."""
    sizes = [REST]
    for unit in made.values():
        variables = [*unit.parameters, *(item for part in unit.body.statements for item in bound(part))]
        sizes.append(REST + sum(ARRAY if isinstance(item.type, Array) else NUMBER for item in variables))
    return max(sizes)


def depth_limit(frame: int) -> int:
    """How deep calls may be in each other: as deep as Python allows, and the stack has room for."""
    return min(sys.getrecursionlimit(), _stack_size() * 3 // 4 // frame)


def _stack_size() -> int:
    if threading.current_thread() is not threading.main_thread():
        return threading.stack_size() or (STACK if sys.platform == "linux" else 1 << 19)
    if sys.platform == "win32":
        return 1 << 20
    import resource

    soft = resource.getrlimit(resource.RLIMIT_STACK)[0]
    return STACK if soft == resource.RLIM_INFINITY else soft


def _below(units: Functions) -> Below:
    """For each unit, those that it calls, directly or not."""
    return {name: frozenset(reachable(units, unit)) for name, unit in units.items()}


def _is_cyclic(name: str, below: Below) -> bool:
    return name in below[name]


def _hidden(units: Functions, below: Below) -> dict[str, tuple[Var, ...]]:
    """The globals that each unit, or one that it calls, reads."""
    own = {
        name: [item for item in free_variables(unit.body) if item not in unit.parameters]
        for name, unit in units.items()
    }
    return {
        name: tuple(dict.fromkeys(item for also in (name, *sorted(below[name])) for item in own[also]))
        for name in units
    }


def _completed(
    unit: Function, hidden: Mapping[str, tuple[Var, ...]], depths: Mapping[str, Var], below: Below
) -> Function:
    """A unit with the parameters it gets in addition, which it passes on."""
    name, start = unit.name, Builder(unit.at)
    passed: dict[str, Atom] = {}
    if name in depths:
        passed = dict.fromkeys(depths, depths[name])
        if _is_cyclic(name, below):
            room = start.assign(Apply("greater", (depths[name], integer(0))), BOOL)
            what = f"maximum recursion depth exceeded in {name}"
            start.add(Guard(room, what, (), "RecursionError", unit.at))
            deeper = start.assign(Apply("subtract", (depths[name], integer(1))), INT, "deeper")
            passed |= {other: deeper for other in below[name] if other in depths and name in below[other]}
    body = _passing(unit.body, hidden, passed)
    parameters = (*unit.parameters, *hidden[name], *([depths[name]] if name in depths else ()))
    return replace(
        unit, parameters=parameters, body=Block((*start.statements, *body.statements), body.yields)
    )


def _passing(block: Block, hidden: Mapping[str, tuple[Var, ...]], depths: Mapping[str, Atom]) -> Block:
    """The block with what its calls pass in addition."""

    def extend(statement: Statement) -> tuple[Statement]:
        if not isinstance(statement, Call) or statement.callee.external is not None:
            return (statement,)
        name = statement.callee.name
        depth = (depths[name],) if name in depths else ()
        return (replace(statement, operands=(*statement.operands, *hidden[name], *depth)),)

    return map_statements(block, extend)
