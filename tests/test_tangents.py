"""Tangent vectors: their arithmetic, zero and random ones, moving along them, constant fields."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Annotated, NamedTuple

import numpy as np
import pytest

import autodiff_compiler as ad
from autodiff_compiler.frontend.structures import constants_of
from autodiff_compiler.tangents import combined, tangent_class, tangent_leaves


@dataclass
class Layer:
    weights: np.ndarray
    bias: float
    name: str = "layer"


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


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

    @cached_property
    def total(self):
        return self.value + sum(child.total for child in self.children)


class Hidden:
    __slots__ = ("__secret", "unset")

    def __init__(self, secret):
        self.__secret = secret


def layer(scale=1.0):
    return Layer(scale * np.arange(3.0), 2.0 * scale)


def tangent(scale=1.0):
    return tangent_class(Layer, ("weights", "bias"))(scale * np.ones(3), scale)


class TestArithmetic:
    def test_sums_and_products(self):
        one, two = tangent(), tangent(2.0)
        assert one + one == two
        assert two - one == one
        assert -one == tangent(-1.0)
        assert one * 2 == 2 * one == np.float64(2) * one == np.array(2.0) * one == two
        assert two / 2.0 == one
        assert one != two
        assert one != 1.0

    def test_nested(self):
        outer = tangent_class(Node, ("value", "children"))
        one = outer(1.0, [tangent(), None, (1.0, {"a": np.ones(2)})])
        two = outer(2.0, [tangent(2.0), None, (2.0, {"a": 2 * np.ones(2)})])
        assert one + one == 2.0 * one == two

    def test_of_other_structures(self):
        with pytest.raises(TypeError):
            tangent() + 1.0
        with pytest.raises(TypeError):
            tangent() + tangent_class(Layer, ("bias",))(1.0)
        with pytest.raises(TypeError):
            tangent() * np.ones(3)
        with pytest.raises(ad.TypeMismatch, match="different structures"):
            combined(lambda a, b: a, (1.0, 2.0), (1.0,))
        with pytest.raises(ad.TypeMismatch, match="no part"):
            combined(lambda a, b: a, (1.0, 2.0), (1.0, None))

    def test_shown_copied_and_pickled(self):
        assert repr(tangent()) == "LayerTangent(weights=array([1., 1., 1.]), bias=1.0)"
        for same in (copy.copy(tangent()), copy.deepcopy(tangent()), pickle.loads(pickle.dumps(tangent()))):
            assert same == tangent()
        assert type(pickle.loads(pickle.dumps(tangent()))) is type(tangent())


class TestZero:
    def test_structures(self):
        assert ad.zero_tangent(1.0) == 0.0
        assert type(ad.zero_tangent(np.float32(1.0))) is np.float32
        np.testing.assert_array_equal(ad.zero_tangent(np.ones(2, np.float32)), np.zeros(2, np.float32))
        assert ad.zero_tangent((1.0, 2, "a")) == (0.0, None, None)
        assert ad.zero_tangent([1.0, [2.0]]) == [0.0, [0.0]]
        assert ad.zero_tangent({"a": 1.0, "n": 3}) == {"a": 0.0}
        assert ad.zero_tangent(Pair(1.0, 2)) == Pair(0.0, None)
        assert ad.zero_tangent(Point(1.0, 2.0)) == tangent_class(Point, ("x", "y"))(0.0, 0.0)
        assert ad.zero_tangent(layer()) == 0.0 * tangent()
        with pytest.raises(ad.TypeMismatch, match="without floats"):
            ad.zero_tangent((1, "a"))

    def test_leaves_are_named(self):
        value = {"l": [layer(), layer()], "p": Pair(1.0, 2)}
        names = [name for name, _, _ in tangent_leaves(value, ad.zero_tangent(value), "v")]
        assert names == [
            "v['l'][0].weights", "v['l'][0].bias", "v['l'][1].weights", "v['l'][1].bias", "v['p'].value",
        ]  # fmt: skip


class TestMove:
    def test_numbers_and_arrays(self):
        assert ad.move(1.0, by=0.5) == 1.5
        moved = ad.move(np.ones(2, np.float32), by=np.ones(2))
        assert moved.dtype == np.float32
        assert type(ad.move(np.float32(1.0), by=0.5)) is np.float32

    def test_objects(self):
        before = layer()
        moved = ad.move(before, by=-2.0 * tangent())
        assert type(moved) is Layer
        np.testing.assert_array_equal(moved.weights, [-2.0, -1.0, 0.0])
        assert (moved.bias, moved.name) == (0.0, "layer")
        np.testing.assert_array_equal(before.weights, np.arange(3.0))
        kept = ad.move(before, by=tangent_class(Layer, ("bias",))(1.0))
        assert not np.shares_memory(kept.weights, before.weights)

    def test_frozen_slots_and_private_ones(self):
        assert ad.move(Point(1.0, 2.0), by=tangent_class(Point, ("x", "y"))(1.0, 1.0)) == Point(2.0, 3.0)
        step = ad.zero_tangent(Hidden(1.0))
        assert repr(step) == "HiddenTangent(_Hidden__secret=0.0)"
        moved = ad.move(Hidden(1.0), by=step)
        assert moved._Hidden__secret == 1.0
        assert not hasattr(moved, "unset")

    def test_collections(self):
        value = {"a": [1.0, (2.0, 3)], "b": Pair(1.0, 2), "c": SimpleNamespace(x=1.0)}
        moved = ad.move(value, by=ad.zero_tangent(value))
        assert moved == value
        assert moved["a"] is not value["a"]
        moved = ad.move(value, by={"a": [1.0, (1.0, None)], "b": Pair(1.0, None)})
        assert (moved["a"], moved["b"]) == ([2.0, (3.0, 3)], Pair(2.0, 2))

    def test_back_references_lead_to_the_new_object(self):
        root = Node(1.0, Node(2.0))
        assert root.total == 3.0
        step = ad.zero_tangent(root)
        step.children[0].value = 5.0
        moved = ad.move(root, by=step)
        assert moved.children[0].parent is moved
        assert moved.total == 8.0  # what a cached property kept does not move

    @pytest.mark.parametrize(
        ("value", "by", "error", "text"),
        [
            (layer(), 1.0, ad.TypeMismatch, "the value is a Layer, and moves by a float"),
            ([1.0], (1.0, 2.0), ad.TypeMismatch, "the value is a list"),
            ((1.0, np.ones(2)), (1.0, np.ones(3)), ad.ShapeMismatch, r"the value\[1\] has shape \(2,\)"),
            ({"n": 3}, {"n": 1.0}, ad.TypeMismatch, r"the value\['n'\] is a int"),
            ({"n": 3.0}, {"m": 1.0}, ad.TypeMismatch, "a dict"),
            (Pair(1.0, 2), (1.0, None), ad.TypeMismatch, "a Pair"),
            (1.0, "a", ad.TypeMismatch, "moves by a str"),
        ],
    )
    def test_other_structures(self, value, by, error, text):
        with pytest.raises(error, match=text):
            ad.move(value, by=by)


class TestConstants:
    def test_dataclasses_and_named_tuples(self):
        @dataclass
        class Model:
            w: float
            a: Annotated[float, ad.no_derivative]
            c: float = ad.no_derivative(2.0)
            d: list = ad.no_derivative(default_factory=list)  # noqa: RUF009

        class Named(NamedTuple):
            x: float
            c: Annotated[float, "metres", ad.no_derivative] = 1.0

        class Plain:
            c: Annotated[float, ad.no_derivative]

        assert constants_of(Model) == {"a", "c", "d"}
        assert (Model(1.0, 3.0).c, Model(1.0, 3.0).d) == (2.0, [])
        assert constants_of(Named) == {"c"}
        assert constants_of(Plain) == {"c"}
        assert ad.zero_tangent(Named(1.0)) == Named(0.0, None)
        step = ad.zero_tangent(Model(1.0, 3.0))
        assert repr(step) == "ModelTangent(w=0.0)"
        step.w = 1.0
        assert ad.move(Model(1.0, 3.0), by=step) == Model(2.0, 3.0)

    def test_a_class_may_take_a_constant_back(self):
        class Base:
            c: Annotated[float, ad.no_derivative]

        class Inherits(Base):
            d: float

        class Overrides(Base):
            c: float

        assert constants_of(Inherits) == {"c"}
        assert constants_of(Overrides) == frozenset()

    def test_the_mark_survives_pickling(self):
        assert pickle.loads(pickle.dumps(ad.no_derivative)) is ad.no_derivative


class Documented:
    def __init__(self, x):
        self.x = x
        self.__doc__ = "text of this object"


def test_attributes_that_tangents_have_themselves_move_nothing():
    def half(item):
        return 0.5 * item.x * item.x

    item = Documented(3.0)
    moved = ad.move(item, by=ad.gradient(of=half)(item))
    assert (moved.x, moved.__doc__) == (6.0, item.__doc__)
    assert ad.check_derivative(half, item).passed
