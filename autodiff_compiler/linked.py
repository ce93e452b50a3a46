"""The functions of a program between two stages: its entries, and what these call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autodiff_compiler.analysis.summaries import link_all, reachable
from autodiff_compiler.ir.nodes import Function
from autodiff_compiler.ir.show import show
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise

SYMBOLS = {
    entry.name: entry.symbol
    for entry in registry.all_entries()
    if isinstance(entry, Elementwise) and entry.symbol
}


@dataclass(frozen=True)
class Linked:
    """Entries and callees; the calls in them know what the callees do."""

    entries: tuple[Function, ...]
    callees: Mapping[str, Function]

    def all(self) -> tuple[Function, ...]:
        """Every function, entries first."""
        return (*self.entries, *self.callees.values())

    def mapped(self, rewrite: Callable[[Function], Function]) -> Linked:
        """The same with every function rewritten."""
        callees = {name: rewrite(function) for name, function in self.callees.items()}
        return Linked(tuple(map(rewrite, self.entries)), callees)

    def renewed(self) -> Linked:
        """The same, without what is not called any more, and with what is known of the callees by now."""
        callees, entries = link_all(reachable(self.callees, *self.entries), *self.entries)
        return Linked(tuple(entries), callees)

    def shown(self) -> str:
        """All functions as text."""
        return "\n\n".join(show(function, SYMBOLS) for function in self.all())
