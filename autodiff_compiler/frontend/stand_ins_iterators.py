"""Functions of `itertools` that are written in C, as the Python that is followed in their place.

They make lists before the loop that takes the items, which must change nothing that the items depend on.
They are read as source, never called.
"""

from __future__ import annotations

from typing import Any


def items_while(function: Any, items: Any) -> Any:
    """`itertools.takewhile`."""
    found = []
    for item in items:
        if not function(item):
            break
        found.append(item)
    return found


def items_from(function: Any, items: Any) -> Any:
    """`itertools.dropwhile`."""
    found = []
    dropping = True
    for item in items:
        dropping = dropping and function(item)
        if not dropping:
            found.append(item)
    return found


def items_unless(function: Any, items: Any) -> Any:
    """`itertools.filterfalse`."""
    return [item for item in items if not (item if function is None else function(item))]


def items_chosen(items: Any, selectors: Any) -> Any:
    """`itertools.compress`."""
    return [item for item, wanted in zip(items, selectors) if wanted]  # noqa: B905
