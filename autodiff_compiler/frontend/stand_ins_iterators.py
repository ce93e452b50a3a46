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


def accumulated(items: Any, function: Any) -> Any:
    """`itertools.accumulate`."""
    found = []
    total = None
    for item in items:
        total = item if total is None else function(total, item)
        found.append(total)
    return found


def accumulated_from(items: Any, function: Any, value: Any) -> Any:
    """`itertools.accumulate` with a first value."""
    found = [value]
    total = value
    for item in items:
        total = function(total, item)
        found.append(total)
    return found


def flattened(rows: Any) -> Any:
    """`itertools.chain.from_iterable`."""
    return [item for row in rows for item in row]


def pool(items: Any) -> Any:
    """What functions that combine items take at once."""
    return [item for item in items]  # a list, whatever the items are taken from


def pairs(count: Any) -> Any:
    """The indices of `itertools.combinations` of two."""
    return [(i, j) for i in range(count) for j in range(i + 1, count)]


def pairs_with_equal(count: Any) -> Any:
    """The indices of `itertools.combinations_with_replacement` of two."""
    return [(i, j) for i in range(count) for j in range(i, count)]


def ordered_pairs(count: Any) -> Any:
    """The indices of `itertools.permutations` of two."""
    return [(i, j) for i in range(count) for j in range(count) if i != j]


def triples(count: Any) -> Any:
    """The indices of `itertools.combinations` of three."""
    return [(i, j, k) for i in range(count) for j in range(i + 1, count) for k in range(j + 1, count)]


INDICES: dict[tuple[object, ...], Any] = {
    ("combinations", 2): pairs,
    ("combinations", 3): triples,
    ("combinations_with_replacement", 2): pairs_with_equal,
    ("permutations", 2): ordered_pairs,
}
