"""Hypothesis strategies for forms: shapes, layouts, dtypes, axes and other choices, and the numbers.

The numbers of a kind, by its last words: `real` (nothing said: of both signs, apart from each other),
`1.5..3` (in an interval; `!2` behind it stays clear of 2), `mask`, `in n` (indices of an axis of length n,
also from its end), `below n`, `order n` (a permutation), `whole 1..4` (integers), `rising` (sorted),
`sorted` (also where others become NaN), `shares` (positive, of sum 1), `well` (well-conditioned),
`deficient` (of rank one, or zeros), `definite`, `symmetric`, `spread` (with distinct real eigenvalues),
`lower`, `upper`, `rng`.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.sampled.form import Form

LENGTHS = [3, 2, 4, 1, 0]
RANKS = [1, 2, 3, 2, 0]
LAYOUTS = ["C", "strided", "F", "reversed", "read-only", "repeated"]
FLOATS = ["float64", "float32"]
DTYPES = ["same", "same", "same", "same", "float32", "float64", "int64", "int32", "bool", "uint8", "int16"]
CLEARANCE = 0.04
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, 1e-45]
PLACES = [0.0, 0.4, 0.6, 0.99]  # of special elements in an array


@dataclass(frozen=True)
class Case:
    """A call without choices and its arguments; `odd` says where elements become NaN and the like."""

    text: str
    arguments: dict[str, Any]
    odd: tuple[tuple[float, float], ...]
    repeated: bool  # whether elements share memory, and are equal
    plain: frozenset[str] = frozenset()  # the parameters that are any numbers, so that integers may be large


@dataclass
class Chooser:
    """Chooses for a form, and keeps the lengths that its letters stand for."""

    draw: Any
    form: Form
    known: dict[str, Any]

    def one(self, options: list[Any], salt: str, last: int = 0) -> Any:
        """One of the options; which one is tried first depends on the form, and is none of the last."""
        turn = zlib.crc32(f"{salt} {self.form.text}".encode()) % (len(options) - last)
        return self.draw(
            st.sampled_from(
                [*options[turn : len(options) - last], *options[:turn], *options[len(options) - last :]]
            )
        )

    def of(self, letter: str) -> tuple[int, ...]:
        if letter.isdigit():
            return (int(letter),)
        if letter not in self.known:
            if letter == "*":
                rank = self.one([0, 1, 2, 1], "batch", 1)
                self.known["*"] = tuple(self.one(LENGTHS, f"batch {axis}", 1) for axis in range(rank))
            else:
                self.known[letter] = (self.one(LENGTHS[:-1] if letter.isupper() else LENGTHS, letter, 1),)
        return self.known[letter]

    def shape(self, text: str) -> tuple[int, ...]:
        if text in ("*", "+"):  # alone: any array at all
            rank = self.one(RANKS, "rank", 2)
            lengths = LENGTHS if text == "*" else LENGTHS[:-1]
            return tuple(self.one(lengths, f"axis {axis}", 1) for axis in range(rank))
        return sum((self.of(letter) for letter in text), ())


@st.composite
def cases(draw: Any, form: Form) -> Case:
    """A case of the form."""
    chooser = Chooser(draw, form, {})
    main = chooser.one(FLOATS, "main")
    random = np.random.default_rng(draw(st.integers(0, 999)))
    arguments: dict[str, Any] = {}
    repeated = False
    any_numbers = set()
    for name, kind in form.kinds.items():
        shape, _, numbers = kind.partition(" ")
        if shape == "-":
            arguments[name] = _number(numbers, random, chooser)
            continue
        if shape[0] in "~=":
            dimensions = np.shape(arguments[shape[1:]])
            if shape[0] == "~":
                dimensions = _partner(chooser, dimensions)
        else:
            dimensions = chooser.shape(shape)
        made = numbers_of(numbers, dimensions, _dtype(draw, main, form, numbers), random, chooser.known)
        plain = not numbers or ".." in numbers or numbers == "mask"
        layout = chooser.one(LAYOUTS if plain else LAYOUTS[:-1], f"layout {name}", 1)
        arguments[name] = laid_out(made, layout)
        if not numbers or ".." in numbers.partition(" ")[0]:
            any_numbers.add(name)
        repeated |= layout == "repeated" and made.size > 1
    text = chosen(chooser, np.ndim(next(iter(arguments.values()), 0)))
    count = 0 if "tame" in form.marks else chooser.one([1, 2, 3, 0], "odd", 1)
    odd = tuple((chooser.one(PLACES, f"place {k}"), chooser.one(SPECIAL, f"odd {k}")) for k in range(count))
    return Case(text, arguments, odd, repeated, frozenset(any_numbers))


def _dtype(draw: Any, main: str, form: Form, numbers: str) -> str:
    if numbers.split(" ")[0] in ("mask", "in", "below", "order", "whole"):
        return "bool" if numbers == "mask" else "int64"
    if "double" in form.marks:
        return "float64"
    chosen = "same" if "floats" in form.marks else draw(st.sampled_from(DTYPES))
    return main if chosen == "same" else chosen


def _partner(chooser: Chooser, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts with this one: axes of length one, fewer axes, or one more."""
    way = chooser.one(["same", "ones", "fewer", "more", "number"], "partner", 1)
    if way == "ones":
        return tuple(chooser.one([1, length], f"ones {axis}") for axis, length in enumerate(shape))
    if way == "fewer":
        return shape[1:]
    if way == "more":
        return (2, *shape)
    return () if way == "number" else shape


def _number(numbers: str, random: np.random.Generator, chooser: Chooser) -> Any:
    if numbers == "rng":
        return np.random.default_rng(int(random.integers(100)))
    kind = numbers.split(" ")[0]
    made = numbers_of(
        numbers, (1,), "int64" if kind in ("in", "below", "whole") else "float64", random, chooser.known
    )
    return made[0].item()


def numbers_of(
    kind: str, shape: tuple[int, ...], dtype: str, random: np.random.Generator, lengths: dict[str, Any]
) -> np.ndarray:
    """An array of these numbers."""
    word, _, rest = kind.partition(" ")
    if word in ("in", "below", "order"):
        length = int(rest) if rest.isdigit() else lengths.get(rest, (3,))[0]
        if word == "order":
            return random.permutation(length)
        return (
            random.integers(-length if word == "in" else 0, max(length, 1), shape)
            if length
            else np.zeros(shape, int)
        )
    if word == "whole":
        low, high = map(int, rest.split(".."))
        return random.integers(low, high + 1, shape)
    if word == "mask":
        return random.integers(0, 2, shape).astype(bool)
    if word in MATRICES:
        return np.asarray(MATRICES[word](random, shape)).astype(dtype)
    return _spaced(word, shape, np.dtype(dtype), random)


def _spaced(word: str, shape: tuple[int, ...], dtype: np.dtype, random: np.random.Generator) -> np.ndarray:
    size = int(np.prod(shape))
    interval, *kinks = word.split("!") if ".." in word else ("0.31..1.93",)
    low, high = map(float, interval.split(".."))
    if dtype.kind in "iub":
        bottom, top = int(np.ceil(low)), int(np.floor(high))
        if ".." not in word:
            bottom, top = -4, 4
        bottom, top = (max(bottom, 0), max(top, 0)) if dtype.kind in "ub" else (bottom, top)
        return random.integers(bottom, max(top, bottom) + 1, shape).astype(dtype)
    made = low + (high - low) * (random.permutation(size) + random.uniform(0.3, 0.7, size)) / max(size, 1)
    for kink in map(float, kinks):
        near = np.abs(made - kink) < CLEARANCE
        made[near] = kink + np.where(kink + 2 * CLEARANCE < high, 1, -1) * CLEARANCE * (
            1 + random.random(near.sum())
        )
    if ".." not in word:
        made = np.sort(made) if word in ("rising", "sorted") else made * random.choice([1.0, -1.0], size)
    if word == "shares":
        made = np.abs(made) / np.sum(np.abs(made))
    return made.reshape(shape).astype(dtype)


def _well(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.uniform(-1, 1, shape) + 2 * np.sqrt(shape[-1]) * np.eye(*shape[-2:])


def _deficient(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    columns = random.integers(-1, 4, (*shape[:-1], 1))
    rows = random.integers(0, 3, (*shape[:-2], 1, shape[-1]))
    return columns * rows * random.integers(0, 2, (*shape[:-2], 1, 1))


def _definite(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    half = random.uniform(-1, 1, shape)
    return half @ np.swapaxes(half, -1, -2) + np.diag(np.arange(1.0, 1 + shape[-1]))


def _symmetric(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    half = random.uniform(-0.3, 0.3, shape)
    return half + np.swapaxes(half, -1, -2) + np.diag(1.5 * np.arange(1.0, 1 + shape[-1]))


def _spread(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    wide = random.uniform(-0.2, 0.2, shape)
    return wide + np.eye(*shape[-2:]) * (1.0 + 1.5 * np.arange(shape[-1]))


MATRICES = {
    "well": _well,
    "deficient": _deficient,
    "definite": _definite,
    "symmetric": _symmetric,
    "spread": _spread,
    "lower": lambda random, shape: np.tril(_well(random, shape)),
    "upper": lambda random, shape: np.triu(_well(random, shape)),
}


def laid_out(made: np.ndarray, layout: str) -> Any:
    """The array in a layout; one without axes becomes a number of NumPy, or of Python, or stays an array."""
    if made.ndim == 0:
        return made if layout == "F" else made[()] if layout in ("C", "strided") else made.item()
    if layout == "F":
        return np.asfortranarray(made)
    if layout == "reversed":
        backwards = (slice(None, None, -1),) * made.ndim
        return made[backwards].copy()[backwards]
    if layout == "strided":
        wide = np.zeros((*made.shape, 2), made.dtype)
        wide[..., 0] = made
        return wide[..., 0]
    if layout == "repeated":
        return np.broadcast_to(made[:1], made.shape)
    if layout == "read-only":
        made.flags.writeable = False
    return made


def _axes(rank: int) -> list[str]:
    several = [f"({i}, {j})" for i in range(rank) for j in (-1, 0) if i != j % max(rank, 1)]
    return [*_axis(rank), "None", *several, "()"]


def _axis(rank: int) -> list[str]:
    return [str(axis) for axis in (*range(rank), *range(-rank, 0))] or ["0"]


CHOICES = {
    "axis": _axis,
    "axis?": lambda rank: [*_axis(rank), "None"],
    "axes": _axes,
    "newaxis": lambda rank: _axis(rank + 1),
    "flag": lambda rank: ["False", "True"],
    "dtype": lambda rank: ["None", "np.float64", "np.float32"],
}
WRONG_AXIS = 15  # one of so many axes is beyond the last one


def chosen(chooser: Chooser, rank: int) -> str:
    """The text of the form with its choices made."""

    def choose(found: re.Match[str]) -> str:
        word = found[1]
        if word in CHOICES:
            options = CHOICES[word](rank)
            if word.startswith("ax") and chooser.draw(st.integers(0, WRONG_AXIS)) == WRONG_AXIS:
                return str(rank)
            return chooser.one(options, found[0])
        return chooser.one(word.split("|"), found[0])

    return re.sub(r"\{([^{}]*)\}", choose, chooser.form.text)
