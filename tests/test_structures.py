"""Structured arguments: their kinds, how they are matched and flattened, the structure of gradients."""

from __future__ import annotations

import enum
import logging
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Annotated, NamedTuple

import numpy as np
import pytest

import autodiff_compiler as ad
from autodiff_compiler.frontend.kinds import (
    Opaque,
    Record,
    Static,
    Unaccepted,
    Uniform,
    is_passed,
    leaf_names,
    leaves,
)
from autodiff_compiler.frontend.read_kinds import structured_kind
from autodiff_compiler.grouping import Grouping, chosen_leaves, points_of
from autodiff_compiler.ir.types import INT, Array, Scalar
from autodiff_compiler.layouts import flattener_of, matcher_of
from autodiff_compiler.tangents import combined, mapped, random_tangent, tangent_leaves

WEAK = Scalar("float64", weak=True)
VECTOR = Array("float64", 1)


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Model:
    w: np.ndarray
    b: float
    n: int = 3
    c: Annotated[float, ad.no_derivative] = 2.0


@dataclass(frozen=True, slots=True)
class Particle:
    x: float
    v: float


@dataclass
class Flagged:
    x: float
    alive: bool


class Pair(NamedTuple):
    value: float
    count: int


class Node:
    def __init__(self, value, *children):
        self.value = value
        self.children = list(children)
        self.parent = None
        for child in children:
            child.parent = self


class Neuron:
    def __init__(self, w):
        self.w = w
        self.log = logging.getLogger("neuron")

    def __call__(self, x):
        return x * self.w


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x):
        self.x = x


def particles(count=3):
    return [Particle(float(k), 2.0 * k) for k in range(count)]


def model(size=3):
    return Model(np.arange(float(size)), 0.5)


SAMPLES = {
    "number": 1.0,
    "array": np.ones(3),
    "dataclass": model(),
    "frozen": Particle(1.0, 2.0),
    "slots, one unset": Slotted(np.float32(1.0)),
    "named tuple": Pair(1.0, 2),
    "nested": {"a": (1.0, [np.ones(2), np.ones(3)]), Colour.RED: model(), 3: None},
    "namespace": SimpleNamespace(a=1.0, b=SimpleNamespace(c=np.array(2.0), d="text", e=True)),
    "particles": particles(),
    "rows": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
    "arrays": [np.ones((2, 3)), np.zeros((2, 3))],
    "lists of particles": [particles(2), particles(2), particles(2)],
    "networks": [{"w": np.ones(2), "b": (0.5, "relu")}, {"w": np.ones(2), "b": (1.5, "relu")}],
    "flags": [Flagged(1.0, True), Flagged(2.0, False)],
    "single": [1.0],
    "integers": [1, 2, 3],
    "single precision": [np.float32(1.0), np.float32(2.0)],
    "ordered": OrderedDict(a=1.0, b=2),
    "tree": Node(1.0, Node(2.0), Node(3.0, Node(4.0))),
    "callable": Neuron(1.5),
}


class TestKinds:
    def test_structures(self):
        assert structured_kind((1.0, 2, "a")) == Record(tuple, (0, 1, 2), (WEAK, INT, Static("a")))
        assert structured_kind(Pair(1.0, 2)) == Record(Pair, ("value", "count"), (WEAK, INT))
        assert structured_kind({"a": 1.0}) == Record(dict, ("a",), (WEAK,))
        assert structured_kind(model()) == Record(Model, ("w", "b", "n", "c"), (VECTOR, WEAK, INT, WEAK))
        assert structured_kind([]) == Record(list, (), ())

    def test_lists(self):
        assert structured_kind([1.0, 2.0]) == Uniform(WEAK)
        assert structured_kind([1.0]) == Record(list, (0,), (WEAK,))
        assert structured_kind([1.0, 2]) == Record(list, (0, 1), (WEAK, INT))
        assert structured_kind([np.ones(2), np.ones(2)]) == Uniform(VECTOR)
        assert structured_kind([np.ones(2), np.ones(3)]) == Record(list, (0, 1), (VECTOR, VECTOR))
        assert structured_kind([[1.0, 2.0], [3.0, 4.0]]) == Uniform(Uniform(WEAK))
        assert isinstance(structured_kind([[1.0, 2.0], [1.0, 2.0, 3.0]]), Record)
        assert structured_kind(["a", "a"]) == Record(list, (0, 1), (Static("a"), Static("a")))
        assert leaves(structured_kind(particles())) == [VECTOR, VECTOR]
        assert leaves(structured_kind([np.ones((2, 1))] * 2)) == [
            Array("float64", 3, True, (False, False, True))
        ]

    def test_truth_values_that_differ_are_passed(self):
        kind = structured_kind(SAMPLES["flags"])
        assert leaves(kind) == [VECTOR, Array("bool", 1)]
        assert leaves(structured_kind([Flagged(1.0, True), Flagged(2.0, True)]))[1] == Static(True)

    def test_static_parts(self):
        assert structured_kind(Colour.RED) == Static(Colour.RED)
        assert structured_kind(partial(max, 1)).value.func is max
        node = Node(1.0)
        assert structured_kind(node.__init__) == Static(node.__init__)
        assert leaves(structured_kind(Neuron(1.5)))[1] == Static(logging.getLogger("neuron"))
        assert Static(True) != Static(1)

    def test_what_has_no_kind_is_opaque_inside(self):
        kind = structured_kind({"a": 1.0, "z": bytearray(b"1"), "s": {1, 2}})
        assert [type(leaf) for leaf in leaves(kind)] == [Scalar, Opaque, Opaque]
        with pytest.raises(Unaccepted, match="bytearray"):
            structured_kind(bytearray(b"1"))

    def test_what_holds_itself(self):
        loop = [1.0]
        loop.append(loop)
        assert leaves(structured_kind(loop))[1] == Opaque(
            "a list that holds itself is not supported; pass a tree"
        )
        parents = [leaf for leaf in leaves(structured_kind(SAMPLES["tree"])) if isinstance(leaf, Opaque)]
        assert len(parents) == 3

    def test_limits(self):
        deep = 1.0
        for _ in range(100):
            deep = (deep,)
        with pytest.raises(Unaccepted, match="inside each other"):
            structured_kind(deep)
        with pytest.raises(Unaccepted, match="pass arrays"):
            structured_kind([float(k) if k % 2 else k for k in range(10_000)])
        assert structured_kind([float(k) for k in range(10_000)]) == Uniform(WEAK)

    def test_names(self):
        value = {"m": model(), "p": [particles()], 3: Pair(1.0, 2)}
        assert leaf_names("v", structured_kind(value)) == [
            "v['m'].w", "v['m'].b", "v['m'].n", "v['m'].c", "v['p'][0][...].x", "v['p'][0][...].v",
            "v[3].value", "v[3].count",
        ]  # fmt: skip


class TestLayouts:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_values_match_their_own_kind_and_no_other(self, name):
        kind = structured_kind(SAMPLES[name])
        matches = matcher_of((kind,), (SAMPLES[name],))
        assert [other for other, value in SAMPLES.items() if matches(value)] == [name]

    @pytest.mark.parametrize("name", SAMPLES)
    def test_copies_and_other_numbers_match(self, name):
        value = SAMPLES[name]
        moved = ad.move(value, by=mapped(lambda leaf: leaf + 1, _zero(value)))
        assert matcher_of((structured_kind(value),), (value,))(moved)

    @pytest.mark.parametrize(
        ("value", "others"),
        [
            (model(), [Model(np.ones(3), 1), Model(np.ones(1), 1.0), Model(np.ones(6)[::2], 1.0)]),
            (particles(), [particles(1), [*particles(), Particle(1.0, 2)], [*particles(), model()]]),
            ([np.ones(2)] * 2, [[np.ones(2), np.ones(3)], [np.ones(2), np.ones(2, np.float32)]]),
            ([[1.0, 2.0]] * 2, [[[1.0, 2.0], [1.0]], [[1.0, 2.0], [1.0, 2.0, 3.0]], [[1.0, 2.0], [1.0, 2]]]),
            ({"a": 1.0, "b": 2.0}, [{"b": 1.0, "a": 2.0}, {"a": 1.0}, {"a": 1.0, "b": 2.0, "c": 3.0}]),
            ((1, True), [(1, False), (2**70, True), (True, True), (1, 1), [1, True]]),
            (SimpleNamespace(a=1.0), [SimpleNamespace(a=1.0, b=2.0), SimpleNamespace(b=1.0)]),
        ],
    )
    def test_what_differs_does_not_match(self, value, others):
        matches = matcher_of((structured_kind(value),), (value,))
        assert matches(value)
        assert [other for other in others if matches(other)] == []

    def test_an_attribute_that_is_added(self):
        matches = matcher_of((structured_kind(model()),), (model(),))
        changed = model()
        changed.extra = 1.0
        assert not matches(changed)
        slotted = Slotted(np.float32(1.0))
        matches = matcher_of((structured_kind(slotted),), (slotted,))
        slotted.y = 1.0
        assert not matches(slotted)

    def test_flat(self):
        value = {"p": particles(), "m": model(), "r": SAMPLES["rows"], "z": np.array(2.0), "s": "text"}
        flat = flattener_of((structured_kind(value),), (value,))(value)
        assert [np.shape(item) for item in flat] == [(3,), (3,), (3,), (), (), (), (3, 2), ()]
        np.testing.assert_array_equal(flat[1], [0.0, 2.0, 4.0])
        assert flat[2] is value["m"].w

    @pytest.mark.parametrize("name", SAMPLES)
    def test_gradients_have_the_structure_of_zero_tangents(self, name):
        """What is flattened and grouped again is the tangent with the value's own numbers."""
        value = SAMPLES[name]
        kinds = (structured_kind(value),)
        chosen = chosen_leaves(kinds, (0,))
        flat = iter(flattener_of(kinds, (value,))(value))
        by_number = {k: next(flat) for k, leaf in enumerate(leaves(kinds[0])) if is_passed(leaf)}
        grouping = Grouping(kinds, (0,), points_of(kinds, (value,)), True)
        found = pickle.loads(pickle.dumps(grouping)).apply([by_number[number] for number in chosen])
        combined(_same_type, found, _zero(value))
        pairs = tangent_leaves(value, found, "")
        assert bool(pairs) == bool(chosen)
        for _, leaf, part in pairs:
            np.testing.assert_array_equal(leaf, part)


def _zero(value):
    return random_tangent(value, np.zeros_like)


def _same_type(one, other):
    assert type(one) is type(other)
    assert np.asarray(one).dtype == np.asarray(other).dtype
