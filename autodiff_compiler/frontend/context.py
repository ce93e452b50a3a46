"""What the lowering of one function call tree shares: parameters, globals, limits, and how it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NoReturn

import gast

from autodiff_compiler.errors import DifferentiationError
from autodiff_compiler.frontend.kinds import Kind, Static, Unaccepted, kind_of
from autodiff_compiler.frontend.source import Source
from autodiff_compiler.frontend.values import Cell, Lowered, literal
from autodiff_compiler.ir.nodes import Var
from autodiff_compiler.location import Location


class NeedsStatic(Exception):
    """Parameters or globals whose values, not only their types, the program depends on."""

    def __init__(self, positions: frozenset[int], paths: frozenset[str]) -> None:
        super().__init__(positions, paths)
        self.positions = positions
        self.paths = paths


class NeedsGrowing(Exception):
    """A list made at `site` has a length that is only known when the program runs; its items are of `item`."""

    def __init__(self, site: object, item: Kind) -> None:
        super().__init__(site, item)
        self.site = site
        self.item = item


@dataclass(frozen=True, slots=True)
class GlobalReference:
    """A module constant, global array or closure cell that is read again at each call."""

    path: str
    kind: Kind
    read: Callable[[], object]


def _no_inlining(*_: object) -> Lowered:
    raise AssertionError("inlining is set up by lower_function")


@dataclass
class Context:
    """Shared state of one lowering."""

    static_globals: frozenset[str] = frozenset()
    positions: dict[Var, int] = field(default_factory=dict)  # parameter variable -> its position
    references: dict[str, GlobalReference] = field(default_factory=dict)
    global_vars: dict[str, Var] = field(default_factory=dict)
    owners: dict[str, list[object]] = field(default_factory=dict)  # path -> what holds globals of that path
    sources: dict[str, Source] = field(default_factory=dict)  # every function involved, for the cache key
    surfaces: dict[str, gast.FunctionDef] = field(default_factory=dict)  # desugared, by place in the source
    uncertain_views: set[Var] = field(default_factory=set)  # copies where NumPy might give a view
    growing: dict[object, Kind] = field(default_factory=dict)  # lists of unknown length: site -> kind of item
    loops: dict[object, object] = field(default_factory=dict)  # what earlier attempts at a loop have found
    inline: Callable[..., Lowered] = field(default=_no_inlining)
    units: Any = None  # the functions of the program that are not inlined: a `Units`

    def global_value(self, path: str, owner: object, value: object, read: Callable[[], object]) -> Lowered:
        """A global as a value: numbers and arrays become hidden parameters, the rest is static.

        `owner` is where it is kept (a namespace, a cell, an object): paths of different owners may be alike.
        """
        path = self._labelled(path, owner)
        if isinstance(value, ModuleType):
            return Static(value)
        try:
            kind = kind_of(value)
        except Unaccepted:  # what is read off it is referred to in turn; it must only stay the same object
            self.references.setdefault(path, GlobalReference(path, Static(id(value)), lambda: id(read())))
            return Static(value)
        if path in self.static_globals:
            kind = Static(value)
        self.references.setdefault(path, GlobalReference(path, kind, read))
        if isinstance(kind, Static):
            known = literal(value)
            return known if known is not None else kind
        if path not in self.global_vars:
            self.global_vars[path] = Var(path.rpartition(".")[2], kind)
        return self.global_vars[path]

    def _labelled(self, path: str, owner: object) -> str:
        """The path, with a number where another owner has one that is spelled alike."""
        owners = self.owners.setdefault(path, [])
        number = next((k for k, known in enumerate(owners) if known is owner), len(owners))
        if number == len(owners):
            owners.append(owner)
        stem, _, name = path.rpartition(".")
        return f"{stem}#{number + 1}.{name}" if number else path

    def need_static(self, value: Lowered) -> None:
        """Ask for a recompilation in which this parameter or global is known, if it is one."""
        if isinstance(value, Var) and value in self.positions:
            raise NeedsStatic(frozenset({self.positions[value]}), frozenset())
        for path, variable in self.global_vars.items():
            if variable is value:
                raise NeedsStatic(frozenset(), frozenset({path}))


@dataclass
class Frame:
    """One function being lowered: its source, and the call that led to it."""

    context: Context
    source: Source
    caller: Location | None = None
    functions: tuple[object, ...] = ()  # what is being inlined, outermost first
    generated: frozenset[str] = frozenset()  # names made by desugaring
    local: frozenset[str] = frozenset()  # names that the function assigns
    cells: dict[str, Cell] = field(default_factory=dict)  # variables shared with inner or outer functions
    calls: tuple[object, ...] = ()  # the calls that led here, outermost first: tells frames apart

    def at(self, node: gast.AST) -> Location:
        """Where a node stands in the user's file."""
        return self.source.location(node, self.caller)

    def refuse(
        self, error: type[DifferentiationError], node: gast.AST, reason: str, suggestion: str = ""
    ) -> NoReturn:
        """Raise a located error."""
        raise error(reason, suggestion=suggestion, location=self.at(node))
