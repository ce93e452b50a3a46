"""The numbers that random programs read off objects, lists, functions and values that may be None."""

from __future__ import annotations

import random

from tests.random_programs.scope import Scope


def held(scope: Scope, choose: random.Random) -> list[str]:
    """Numbers read off structures."""
    found = []
    for item in scope.of_kind("pair"):
        found += [f"{item.name}.x", f"{item.name}.y", f"{item.name}.total"]
    for item in scope.of_kind("point"):
        found += [f"{item.name}.x", f"{item.name}[1]"]
    for item in scope.of_kind("list"):
        found += [f"{item.name}[0]", f"{item.name}[-1]", f"sum({item.name})"]
    for item in scope.of_kind("rows"):
        found += [f"{item.name}[0][-1]", f"0.3 * sum(len(row) * sum(row) for row in {item.name})"]
    for item in scope.of_kind("function"):
        found += [f"{item.name}({choose.choice((0.3, -0.7, 1.1))})"]
    for item in scope.of_kind("maybe"):
        found += [f"({item.name} if {item.name} is not None else 0.25)"]
    for item in scope.of_kind("holder"):
        found += [f"{item.name}.a[{choose.randrange(3)}]", f"{item.name}.pair.y"]
    for item in scope.of_kind("pairs"):
        found += [f"{item.name}[0].x", f"{item.name}[-1].y"]
    for item in scope.of_kind("dict"):
        found += [f'{item.name}["u"]', f'{item.name}["v"]']
    return found
