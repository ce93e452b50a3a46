"""Calls with structured arguments and results, of programs written by hand: the boundary by itself."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, NamedTuple

import numpy as np
import pytest

import autodiff_compiler as ad
from autodiff_compiler.calling import Caller
from autodiff_compiler.frontend.kinds import Record, Static, Uniform
from autodiff_compiler.ir.nodes import EACH, Known, Listed, Made, Rebound
from autodiff_compiler.ir.types import FLOAT, INT, Array, Scalar
from autodiff_compiler.location import Location
from autodiff_compiler.pipeline import NeedsStatic
from autodiff_compiler.results import arrange, flatten_seeds
from tests.fake_pipeline import install, program

VECTOR = Array("float64", 1)
HERE = Location(__file__, 1, 0, None, "")


@pytest.fixture
def pipeline(monkeypatch):
    return install(monkeypatch)


@dataclass
class Model:
    w: np.ndarray
    b: float
    n: int = 3
    c: Annotated[float, ad.no_derivative] = 2.0


@dataclass
class Particle:
    x: float
    v: float


class Pair(NamedTuple):
    first: object
    second: object


def of_one(m):
    return m


def of_two(a, b):
    return a


def pull(forward, reverse, count=1):
    return SimpleNamespace(forward=forward, reverse=reverse, yield_count=count)


def energy(m):
    return m.b * np.sum(m.w**2) * m.n + m.c


ENERGY = pull(
    lambda w, b, n, c: (b * np.sum(w**2) * n + c, w, b, n),
    lambda w, b, n, seed: (2 * seed * b * n * w, seed * np.sum(w**2) * n),
)


class TestGradients:
    def test_of_an_object(self, pipeline):
        pipeline.add(of_one, "gradient", lambda w, b, n, c: (w * n, b + c))
        found = ad.gradient(of=of_one)(Model(np.ones(2), 0.5))
        assert repr(found) == "ModelTangent(w=array([3., 3.]), b=2.5)"
        assert pipeline.requests[0].wrt == (0, 1)

    def test_of_several(self, pipeline):
        pipeline.add(of_two, "gradient", lambda a, x, v: (a, x, v))
        a, (first, second) = ad.gradient(of=of_two)(1.0, [Particle(1.0, 2.0), Particle(3.0, 4.0)])
        assert (a, first.x, second.v) == (1.0, 1.0, 4.0)
        pipeline.add(of_two, "gradient", lambda a, x, v: (x, v))
        found = ad.gradient(of=of_two, wrt="b")(1.0, [Particle(1.0, 2.0), Particle(3.0, 4.0)])
        assert [item.x for item in found] == [1.0, 3.0]
        assert pipeline.requests[-1].wrt == (1, 2)

    def test_constants_only(self, pipeline):
        @dataclass
        class Settings:
            rate: Annotated[float, ad.no_derivative]

        pipeline.add(of_two, "gradient", lambda a, rate: a)
        with pytest.raises(ad.InvalidRequest, match="'b' is a Settings that holds no float outside constant"):
            ad.gradient(of=of_two, wrt="b")(1.0, Settings(0.1))
        assert ad.gradient(of=of_two)(1.0, Settings(0.1)) == 1.0

    def test_pullbacks_are_pickled(self, pipeline):
        pipeline.add(energy, "pullback", ENERGY)
        _, pullback = ad.value_with_pullback(of=energy)(Model(np.ones(2), 0.5))
        again = pickle.loads(pickle.dumps(pullback))
        assert again(2.0) == pullback(2.0)
        assert pullback(2.0).b == 12.0


class TestKnownIntegers:
    def answer(self, pipeline, wanted):
        def compiled(request):
            static = sum(isinstance(leaf, Static) for kind in request.kinds for leaf in _items(kind))
            if not static:
                raise NeedsStatic(frozenset({wanted}), frozenset())
            return program(request, lambda *values: values[0])

        pipeline.answers[of_one, "primal"] = compiled
        return Caller(of_one, "primal", None)

    def test_inside_a_structure(self, pipeline):
        caller = self.answer(pipeline, 2)
        first = caller.specialise((Model(np.ones(2), 0.5, 3),))
        assert caller.specialise((Model(np.ones(2), 1.5, 3),)) is first
        assert caller.specialise((Model(np.ones(2), 0.5, 4),)) is not first
        assert len(first.arguments((Model(np.ones(2), 0.5, 3),))) == 3

    def test_inside_a_uniform_list(self, pipeline):
        """Its items are told apart first, then the one that matters is known."""
        caller = self.answer(pipeline, 0)
        first = caller.specialise(([2, 5, 7],))
        assert [type(request.kinds[0]) for request in pipeline.requests] == [Uniform, Record, Record]
        assert pipeline.requests[-1].kinds[0].items == (Static(2), INT_KIND, INT_KIND)
        assert caller.specialise(([2, 6, 8],)) is first
        assert caller.specialise(([3, 5, 7],)) is not first


INT_KIND = Scalar("int64", weak=True)


def _items(kind):
    return kind.items if isinstance(kind, Record) else (kind,)


class TestSharedMemory:
    def test_arrays_in_structures(self, pipeline):
        pipeline.add(of_two, "gradient", lambda *values: values, mutated=frozenset({1}))
        a = np.ones(4)
        with pytest.raises(ad.AliasedMutation, match=r"'a.first' and 'a.second' share memory.*a.second"):
            ad.gradient(of=of_two)(Pair(a[1:], a[:2]), 1.0)
        with pytest.raises(ad.AliasedMutation, match=r"'a.second' and 'b\[1\]' share memory"):
            ad.gradient(of=of_two)(Pair(np.ones(4), a), [np.ones(2), a[1:3]])
        ad.gradient(of=of_two)(Pair(a[:2], np.ones(2)), {"x": a[1:]})

    def test_arrays_in_a_uniform_list(self, pipeline):
        pipeline.add(of_one, "gradient", lambda w: w, mutated=frozenset({0}))
        a = np.ones(6)
        ad.gradient(of=of_one)([a[:2], a[2:4], a[4:]])
        with pytest.raises(ad.AliasedMutation, match=r"'m\[0\]' and 'm\[2\]' share memory"):
            ad.gradient(of=of_one)([a[:2], a[2:4], a[1:3]])

    def test_many_arrays_are_compared_quickly(self, pipeline):
        pipeline.add(of_one, "gradient", lambda w: w, mutated=frozenset({0}))
        ad.gradient(of=of_one)(list(np.ones((20_000, 2))))

    def test_read_only_arrays(self, pipeline):
        a = np.ones(3)
        a.flags.writeable = False
        pipeline.add(of_one, "primal", lambda *values: values[0], mutated=frozenset({0}))
        with pytest.raises(ValueError, match="read-only"):
            ad.differentiable(of_one)(Pair(a, 1.0))

    def test_objects_that_come_twice(self, pipeline):
        particle = Particle(1.0, 2.0)
        pipeline.add(of_two, "gradient", lambda *values: values)
        ad.gradient(of=of_two)(particle, {"p": particle})  # only read
        pipeline.add(of_two, "value_with_gradient", lambda *values: (1.0, *values), rebound=((0, "x"),))
        with pytest.raises(ad.AliasedMutation, match=r"""'a' and "b\['p'\]" are the same Particle"""):
            ad.value_with_gradient(of=of_two)(particle, {"p": particle})
        ad.value_with_gradient(of=of_two)(Particle(1.0, 2.0), {"p": particle})

    def test_items_of_a_list_that_come_twice(self, pipeline):
        particle = Particle(1.0, 2.0)
        pipeline.add(of_one, "gradient", lambda *values: values, rebound=((0, EACH, "x"),))
        with pytest.raises(ad.AliasedMutation, match=r"'m\[0\]' and 'm\[2\]' are the same Particle"):
            ad.gradient(of=of_one)([particle, Particle(0.0, 1.0), particle])


class TestWrittenBack:
    def run(self, pipeline, calls, *arguments, function=of_one, **fields):
        standard = {"structure": None, "result_types": ()}
        pipeline.add(function, "primal", calls, **(standard | fields))
        return ad.differentiable(function)(*arguments)

    def test_uniform_lists_of_numbers(self, pipeline):
        def halve(values):
            values *= 0.5
            return ()

        given = [1.0, 2.0, 3.0]
        assert self.run(pipeline, halve, given, mutated=frozenset({0})) is None
        assert given == [0.5, 1.0, 1.5]
        assert {type(item) for item in given} == {float}

    def test_uniform_lists_of_objects_and_arrays(self, pipeline):
        def update(x, v, n, arrays):
            v += x
            arrays *= 2.0
            return ()

        particles, arrays = [Particle(1.0, 2.0), Particle(3.0, 4.0)], [np.ones(2), np.ones(2)]
        first = arrays[0]
        given = {"p": particles, "n": 1, "a": [arrays, arrays[:]][:1]}
        self.run(pipeline, update, given, mutated=frozenset({1, 3}))
        assert [(p.x, p.v) for p in particles] == [(1.0, 3.0), (3.0, 7.0)]
        np.testing.assert_array_equal(first, [2.0, 2.0])

    def test_attributes_and_entries(self, pipeline):
        calls = lambda w, b, n, c, x: (w + 1.0, b + 1.0, x + 1.0)  # noqa: E731
        m, d = Model(np.zeros(2), 0.5), {"x": 1.0}
        old = m.w
        written = (Rebound((0, "w"), 0), Rebound((0, "b"), 1), Rebound((1, "x"), 2))
        types = (VECTOR, Scalar("float64", weak=True), FLOAT)
        self.run(pipeline, calls, m, d, function=of_two, written_back=written, result_types=types)
        assert (m.b, d["x"]) == (1.5, 2.0)
        np.testing.assert_array_equal(m.w, [1.0, 1.0])
        np.testing.assert_array_equal(old, [0.0, 0.0])

    def test_items_of_a_list(self, pipeline):
        particles = [Particle(1.0, 2.0), Particle(3.0, 4.0)]
        written = (Rebound((0, EACH, "x"), Listed(1, frozenset({1}))),)
        types = (FLOAT, VECTOR)
        value = self.run(
            pipeline, lambda x, v: (7.0, x + v), particles,
            structure=0, written_back=written, result_types=types,
        )  # fmt: skip
        assert value == 7.0
        assert [p.x for p in particles] == [3.0, 7.0]

    def test_contents_of_lists_and_dicts(self, pipeline):
        items, entries = [1.0, 2.0], {"a": 1.0}
        written = (
            Rebound((0,), Listed(0, frozenset({0})), in_place=True),
            Rebound((1, "d"), Made(dict, ("a", "b"), (1, Known("new"))), in_place=True),
        )
        self.run(
            pipeline, lambda x, a: (np.append(x, 3.0), a + 1.0), items, {"d": entries},
            function=of_two, written_back=written, result_types=(VECTOR, FLOAT),
        )  # fmt: skip
        assert items == [1.0, 2.0, 3.0]
        assert entries == {"a": 2.0, "b": "new"}

    def test_derivatives_change_nothing(self, pipeline):
        def halve(values):
            values *= 0.5
            return values

        pipeline.add(of_one, "gradient", halve, mutated=frozenset({0}))
        given = [1.0, 2.0, 3.0]
        ad.gradient(of=of_one)(given)
        assert given == [1.0, 2.0, 3.0]


class TestResults:
    structure = Made(
        dict, ("model", "points", "name"),
        (
            Made(Model, ("w", "b", "n", "c"), (0, 1, 2, 1)),
            Listed(Made(Particle, ("x", "v"), (3, 4)), frozenset({3, 4})),
            Known("kept"),
        ),
    )  # fmt: skip
    values = (np.ones(2), 0.5, 3, np.array([1.0, 2.0]), np.array([3.0, 4.0]))

    def test_arranged(self):
        found = arrange(self.structure, self.values)
        assert list(found) == ["model", "points", "name"]
        assert (found["model"].b, found["model"].c, found["name"]) == (0.5, 0.5, "kept")
        assert found["points"] == [Particle(1.0, 3.0), Particle(2.0, 4.0)]
        assert type(found["points"][0].x) is float
        assert arrange(Made(Pair, ("first", "second"), (0, (1,))), (1.0, 2.0)) == Pair(1.0, (2.0,))
        assert arrange(Made(list, (0, 1), (0, None)), (1.0,)) == [1.0, None]
        assert arrange(Listed((0, Listed(1))), (np.zeros(0), np.zeros((0, 2)))) == []
        assert arrange(Listed(Listed(0, frozenset({0}))), (np.ones((2, 1)),)) == [[1.0], [1.0]]

    def test_seeds(self):
        result = arrange(self.structure, self.values)
        step = ad.zero_tangent(result)
        step["model"].b = 2.0
        step["points"][1].v = 5.0
        types = (VECTOR, FLOAT, INT, VECTOR, VECTOR)
        shapes = [np.shape(value) for value in self.values]
        seeds = flatten_seeds(self.structure, types, shapes, step, HERE)
        assert [np.asarray(seed).tolist() for seed in seeds] == [[0.0, 0.0], 2.0, [0.0, 0.0], [0.0, 5.0]]
        assert len(flatten_seeds(self.structure, types, shapes, result, HERE)) == 4  # of the same structure

    @pytest.mark.parametrize(
        ("structure", "seed", "error", "text"),
        [
            (
                Made(Particle, ("x", "v"), (0, 1)),
                1.0,
                ad.TypeMismatch,
                "a Particle with .x, its seed",
            ),
            (Made(dict, ("a",), (0,)), {"b": 1.0}, ad.TypeMismatch, r"a dict with \['a'\]"),
            (Made(list, (0, 1), (0, 1)), [1.0], ad.ShapeMismatch, "a list of 2, its seed is 1"),
            (Listed(2), [1.0, 2.0], ad.ShapeMismatch, "a list of 3, its seed is 2"),
        ],
    )
    def test_seeds_of_another_structure(self, structure, seed, error, text):
        with pytest.raises(error, match=text):
            flatten_seeds(structure, (FLOAT, FLOAT, VECTOR), [(), (), (3,)], seed, HERE)

    def test_no_gradient_of_a_structure(self, pipeline):
        structure = Made(Particle, ("x", "v"), (0, 1))
        pipeline.add(of_one, "gradient", lambda x: x, structure=structure, result_types=(FLOAT, FLOAT))
        with pytest.raises(ad.InvalidRequest, match="returns a Particle"):
            ad.gradient(of=of_one)(1.0)


class TestChecking:
    def test_right(self, pipeline):
        pipeline.add(energy, "pullback", ENERGY)
        report = ad.check_derivative(energy, Model(np.array([1.0, 2.0]), 0.5), forward=False)
        assert [row.name for row in report.rows] == ["value", "arguments", "m", "together"]

    def test_the_part_that_is_wrong_is_named(self, pipeline):
        wrong = pull(ENERGY.forward, lambda w, b, n, seed: (2 * seed * b * n * w, seed * np.sum(w**2)))
        pipeline.add(energy, "pullback", wrong)
        with pytest.raises(ad.DerivativeMismatch) as caught:
            ad.check_derivative(energy, Model(np.array([1.0, 2.0]), 0.5), forward=False)
        failed = [row.name for row in caught.value.report.rows if not row.passed]
        assert failed == ["m", "m.b", "together"]

    def test_wrong_shape(self, pipeline):
        wrong = pull(ENERGY.forward, lambda w, b, n, seed: (np.ones(3), seed * np.sum(w**2)))
        pipeline.add(energy, "pullback", wrong)
        with pytest.raises(ad.DerivativeMismatch, match=r"float64\[3\] of a float64\[2\] at .w"):
            ad.check_derivative(energy, Model(np.array([1.0, 2.0]), 0.5), forward=False)

    def test_structured_results(self, pipeline):
        def split(p):
            return {"sum": p.x + p.v, "parts": Particle(2.0 * p.x, p.v), "name": "a"}

        calls = pull(lambda x, v: (x + v, 2.0 * x, v), lambda s, a, b: (s + 2.0 * a, s + b), count=3)
        weak = Scalar("float64", weak=True)
        structure = Made(dict, ("sum", "parts", "name"), (0, Made(Particle, ("x", "v"), (1, 2)), Known("a")))
        pipeline.add(split, "pullback", calls, structure=structure, result_types=(weak,) * 3)
        assert ad.check_derivative(split, Particle(0.3, 0.7), forward=False).passed
