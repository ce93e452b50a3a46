"""The sweeps of functions that are called and not inlined, which share one tape.

Going forward, a function puts on the tape at its end what its reverse sweep needs and cannot have otherwise;
so does each iteration of its loops, and each branch taken. Going backwards everything happens in the opposite
order, so that what comes off the tape first is always what was put there last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autodiff_compiler.analysis.summaries import summarise
from autodiff_compiler.differentiate.assemble import drop_unused
from autodiff_compiler.differentiate.iterations import Chain
from autodiff_compiler.differentiate.notes import Note
from autodiff_compiler.differentiate.pairs import CallSweeps
from autodiff_compiler.differentiate.scalar_rules import bar_name, bar_type
from autodiff_compiler.differentiate.sweeps import Sweeps
from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.nodes import Block, Callee, Function, Level, Var
from autodiff_compiler.ir.types import TAPE, Array
from autodiff_compiler.ir.walk import free_variables

Positions = tuple[int, ...]


@dataclass(frozen=True)
class _Key:
    """What the sweeps of a function are made for."""

    name: str
    wrt: Positions  # arguments
    seeds: Positions  # results
    lasting: Positions  # arguments that are arrays and not written any more


@dataclass(frozen=True)
class _Parts:
    """The sweeps of a function, before it is known what the reverse one has to be given."""

    forward: Function
    reverse: Block
    needed: frozenset[int]  # arguments that the reverse sweep reads
    given: tuple[Var, ...]  # what it gets after those: seeds, shadows, the tape
    notes: tuple[Note, ...]
    unordered: frozenset[Var]


class Callees:
    """Makes the sweeps of a program's functions as they are asked for."""

    def __init__(self, functions: Mapping[str, Function], entry: Function) -> None:
        self.tape = Var("tape", TAPE)
        self.made: dict[_Key, _Parts] = {}
        self._primals = functions
        self._known = summarise(functions)
        self._taken = {entry.name, *functions}
        self._names: dict[_Key, tuple[str, str]] = {}
        self._needed: dict[_Key, frozenset[int]] = {}  # arguments that reverse sweeps need, as far as known
        self._making: set[_Key] = set()
        self._asked: set[_Key] = set()  # asked for while in the making

    def rule(self, name: str) -> Function:
        """The function that reverses a call of a function of the runtime."""
        return self._primals[name]

    def sweeps(self, name: str, wrt: Positions, seeds: Positions, lasting: Positions) -> CallSweeps:
        """The sweeps of a function; while they are in the making, as far as they are known."""
        key = _Key(name, wrt, seeds, lasting)
        if key in self._making:
            self._asked.add(key)
        elif key not in self.made:
            self._make(key)
        return self._described(key)

    def functions(self) -> dict[str, Function]:
        """All that has been made, and the primals, by name."""
        found = dict(self._primals)
        for key, parts in self.made.items():
            forward, reverse = self._names[key]
            parameters = self._primals[key.name].parameters
            needed = tuple(parameters[k] for k in sorted(self._needed[key]))
            found[forward] = parts.forward
            found[reverse] = replace(
                parts.forward, name=reverse, parameters=(*needed, *parts.given), body=parts.reverse
            )
        return found

    # ------------------------------------------------------------ making

    def _make(self, key: _Key) -> None:
        """Make both sweeps, again until the reverse sweep gets what recursive calls of it need."""
        self._making.add(key)
        self._needed[key] = frozenset()
        before = len(self.made)
        while True:
            parts = self._parts(key)
            grown = parts.needed - self._needed[key]
            self._needed[key] |= parts.needed
            if not grown or key not in self._asked:
                break
            for later in list(self.made)[before:]:  # they relied on what was known so far
                del self.made[later]
        self._making.discard(key)
        self._asked.discard(key)
        self.made[key] = parts

    def _parts(self, key: _Key) -> _Parts:
        function, callee = self._primals[key.name], self._known[key.name]
        parameters = function.parameters
        wrt = [parameters[k] for k in key.wrt]
        shadows = {
            item: Var(bar_name(item), item.type, item.at) for item in wrt if isinstance(item.type, Array)
        }
        seeds = [(function.body.yields[k], Var("seed", bar_type(callee.results[k]))) for k in key.seeds]
        arrays = [k for k, item in enumerate(parameters) if isinstance(item.type, Array)]
        sweeps = Sweeps(
            function, wrt, seeds, self, shadows=shadows, tape=self.tape,
            changed=[item for k, item in enumerate(parameters) if item in shadows and _is_written(callee, k)],
            later=[parameters[k] for k in arrays if k not in key.lasting],
        )  # fmt: skip
        chain = Chain((), Builder())
        ahead, back = sweeps.assembler.apart(sweeps.pair, chain)
        resolved = sweeps.storage.resolve(ahead, drop_unused(Block(tuple(back), sweeps.bars)), chain, None)
        body = Block(tuple(resolved.forward), sweeps.function.body.yields)
        name = self._name(key)[0]
        forward = Function(name, (*parameters, self.tape), body, Level.DERIVED, None, function.at)
        read = set(free_variables(resolved.reverse)) | {
            item for item in resolved.reverse.yields if isinstance(item, Var)
        }
        needed = frozenset(k for k, item in enumerate(parameters) if item in read)
        given = (*(seed for _, seed in seeds), *shadows.values(), self.tape)
        unordered = frozenset(sweeps.assembler.unordered)
        return _Parts(forward, resolved.reverse, needed, given, sweeps.notes(), unordered)

    # ------------------------------------------------------------ describing

    def _described(self, key: _Key) -> CallSweeps:
        callee, needed = self._known[key.name], tuple(sorted(self._needed[key]))
        ahead, back = self._name(key)
        forward = replace(
            callee, name=ahead, parameters=(*callee.parameters, TAPE), access=(*callee.access, "write"),
            flows=(*callee.flows, ()), raises=True,
        )  # fmt: skip
        chosen = [callee.parameters[k] for k in key.wrt]
        arrays = [k for k in key.wrt if isinstance(callee.parameters[k], Array)]
        parameters = (
            *(callee.parameters[k] for k in needed), *(bar_type(callee.results[k]) for k in key.seeds),
            *(callee.parameters[k] for k in arrays), TAPE,
        )  # fmt: skip
        access = (
            *("read" if isinstance(callee.parameters[k], Array) else "" for k in needed),
            *("write" if isinstance(callee.results[k], Array) else "" for k in key.seeds),
            *("write" if _is_written(callee, k) else "add" for k in arrays), "write",
        )  # fmt: skip
        results = tuple(bar_type(kind) for kind in chosen if not isinstance(kind, Array))
        nothing: tuple[tuple[int, ...], ...] = ((),) * len(results)
        flows = nothing + ((),) * len(parameters)
        reverse = Callee(back, parameters, results, access, nothing, flows, True)
        return CallSweeps(forward, reverse, needed)

    def _name(self, key: _Key) -> tuple[str, str]:
        if key not in self._names:
            number = 0
            while True:
                base = key.name if not number else f"{key.name}_{number}"
                names = f"{base}_forward", f"{base}_reverse"
                if self._taken.isdisjoint(names):
                    break
                number += 1
            self._taken.update(names)
            self._names[key] = names
        return self._names[key]


def _is_written(callee: Callee, position: int) -> bool:
    return callee.access[position] in ("add", "write")
