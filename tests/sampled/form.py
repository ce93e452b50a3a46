"""Forms of calls: a call as text with choices in braces, and what its parameters are.

A row of a table reads `np.take(a, i, axis={0|-1}, mode={'clip'|'wrap'}) :: a nmn; i jk in n :: ties`.
Behind the first `::` is a kind for each parameter: its shape, and the numbers in it. Behind the second one
are marks.

A shape is letters for lengths (equal letters, equal lengths; capitals are not zero; digits are lengths),
`*` for any number of axes (`+` alone, where no length is zero), `~a` for one that broadcasts with `a`, `=a`
for that of `a`, `-` for a number of Python. The numbers are described in `draws.py`. In the text, `{axis}`,
`{axes}` and their like (`CHOICES` of `draws.py`) are chosen to fit the first parameter. Statements are
separated by `; `.

Marks: `ties` where equal elements are kinks, `tame` where infinities and NaN are left out, `floats` where
whole numbers are, `double` where single precision is, too, `values` where there is no derivative to
compare, `loose` where the result is that of an ill-conditioned problem, `may refuse` where data that NumPy
takes may be refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MARKS = frozenset({"ties", "tame", "floats", "double", "values", "loose", "may refuse"})


@dataclass(frozen=True)
class Form:
    """A call with choices, the kinds of its parameters, and marks."""

    text: str
    kinds: dict[str, str] = field(hash=False)
    marks: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.text


def forms(table: str) -> Iterator[Form]:
    """The forms of a table, one a line; empty lines and those that begin with # are skipped."""
    for line in table.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        text, kinds, marks = (part.strip() for part in (*line.split(" :: "), "", "")[:3])
        found = frozenset(mark for part in marks.split(",") if (mark := part.strip()))
        assert found <= MARKS, line
        pairs = (part.strip().partition(" ") for part in kinds.split(";") if part.strip())
        yield Form(text, {name: kind.strip() for name, _, kind in pairs}, found)
