"""References that a loop carries, each to one of the objects there were before it: flags say to which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import gast

from autodiff_compiler.frontend.candidates import candidates, chosen, is_one
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.places import Facts, Path
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Either, Lowered, Reference, TupleValue, Undefined
from autodiff_compiler.ir.nodes import Atom

Fields = Callable[[Path, Reference, Reference], Iterable[tuple[object, Lowered, Lowered]]]
MAX_CANDIDATES = 64  # objects that one name may mean


@dataclass(frozen=True)
class Flag:
    """The part of a path that says whether it means the object with this number."""

    number: int


class Choices:
    """What one attempt at a loop knows of such references: for each path, what it may be."""

    def __init__(self, scope: Scope, node: gast.AST, facts: Facts) -> None:
        self.scope = scope
        self.facts = facts
        self.asked = (node, scope.frame.calls) in scope.frame.context.apart
        self.among: dict[Path, tuple[Lowered, ...]] = {}
        self.learnt: set[Path] = set()  # by this attempt

    def first(self, path: Path) -> Lowered | None:
        """One of the objects that a path may mean, where it means none before the loop."""
        known = self._known(path)
        return known[0] if known else None

    def open(self, path: Path, value: Lowered) -> list[Atom] | None:
        """Which of its objects a path means before the loop, as flags; None for a path of another kind."""
        begun = candidates(value) if path in self.facts.choices else None
        if begun is None or not self._before(begun):
            return None
        among = self.among[path] = tuple(dict.fromkeys((*begun, *self._known(path))))
        return [is_one(self.scope, value, among[k]) for k in range(len(among) - 1)]

    def _known(self, path: Path) -> tuple[Lowered, ...]:
        """What earlier attempts have found, but for objects that those have made."""
        return tuple(item for item in self.facts.choices.get(path, ()) if self._before((item,)))

    def _before(self, items: tuple[Lowered, ...]) -> bool:
        """Whether these are constants, and objects from before the loop."""
        return all(
            isinstance(item, Static)
            or (isinstance(item, Reference) and item.cell in self.scope.heap and self._is_whole(item))
            for item in items
        )

    def _is_whole(self, item: Reference) -> bool:
        return self.scope.heap[item.cell].place is None

    def flag(self, body: Scope, path: Path, number: int, last: Lowered) -> Atom:
        """Whether what a path means after the body is the object with this number."""
        return is_one(body, last, self.among[path][number])

    def after(self, path: Path, results: Mapping[Path, Atom]) -> Lowered:
        """What a path means after the loop."""
        count = len(self.among[path]) - 1
        return chosen([results[(*path, Flag(number))] for number in range(count)], self.among[path])

    def __contains__(self, path: Path) -> bool:
        """Whether a path is such a reference, or will be in the next attempt."""
        return path in self.among or path in self.learnt

    def holds(self, path: Path, last: Lowered) -> bool:
        """Whether the path means one of its objects after the body, too."""
        if path in self.learnt:
            return True
        found = candidates(last)
        return found is not None and set(found) <= set(self.among[path])

    def _ask_apart(self, body: Scope, items: tuple[Lowered, ...]) -> None:
        """Ask for objects from before the loop where the body has joined some of them to new ones."""
        if self.asked:
            cells = (item.cell for item in items if isinstance(item, Reference))
            self.scope.frame.context.keep_apart(join for cell in cells for join in body.heap[cell].joins)

    def learn(self, body: Scope, path: Path, entry: Lowered, last: Lowered, fields: Fields) -> bool:
        """Note what a path, and what it leads to, may mean; whether all that was known."""
        match entry, last:
            case (TupleValue(items=first), TupleValue(items=second)) if len(first) == len(second):
                both = enumerate(zip(first, second, strict=True))
                return all([self.learn(body, (*path, k), *pair, fields) for k, pair in both])
            case (Reference(), Reference()):
                known = [
                    self.learn(body, (*path, key), begun, now, fields)
                    for key, begun, now in fields(path, entry, last)
                ]
                if known:
                    return all(known)
        several = isinstance(entry, Either) or isinstance(last, Either)
        if path in self.among or (entry != last and (self.asked or several)):
            return self._learn(body, path, entry, last)
        return True

    def _learn(self, body: Scope, path: Path, entry: Lowered, last: Lowered) -> bool:
        if path in self.among:
            begun: tuple[Lowered, ...] | None = self.among[path]
        else:
            begun = () if isinstance(entry, Undefined) else candidates(entry)
        found = candidates(last)
        if begun is None or found is None or not self._before((*begun, *found)):
            self._ask_apart(body, found or ())
            return True
        among = tuple(dict.fromkeys((*begun, *found)))
        if len(among) == len(begun) and (path in self.among or len(among) < 2):
            return True
        if len(among) > MAX_CANDIDATES or not any(isinstance(item, Reference) for item in among):
            return True
        self.facts.choices[path] = among
        self.learnt.add(path)
        return False


__all__ = ["Choices", "Flag"]
