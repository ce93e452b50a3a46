"""How arguments lead to compiled code: binding, kinds, caching, globals, known integers, checks."""

from __future__ import annotations

import enum
import threading
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import autodiff_compiler as ad
from autodiff_compiler.arguments import adapter_of, key_of
from autodiff_compiler.calling import Caller
from autodiff_compiler.emit.to_python import GuardText
from autodiff_compiler.frontend.kinds import Static, kind_of
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.location import Location
from autodiff_compiler.parameters import parameters_of, resolve_wrt
from autodiff_compiler.pipeline import NeedsStatic
from autodiff_compiler.runtime.guards import MARKER
from tests.fake_pipeline import install, program


@pytest.fixture
def pipeline(monkeypatch):
    return install(monkeypatch)


def total(x, y=2.0, *, n=3):
    return np.sum(x) * y**n


class TestBinding:
    def test_positional_keyword_and_default(self):
        bind = parameters_of(total).bind
        assert bind(1.0) == bind(x=1.0) == (1.0, 2.0, 3)
        assert bind(1.0, 5.0, n=4) == bind(n=4, y=5.0, x=1.0) == (1.0, 5.0, 4)

    @pytest.mark.parametrize(
        ("args", "kwargs"),
        [((), {}), ((1, 2, 3), {}), ((1,), {"x": 2}), ((1,), {"m": 2}), ((1,), {"x": 2, "m": 3})],
    )
    def test_errors_are_those_of_python(self, args, kwargs):
        with pytest.raises(TypeError) as python:
            total(*args, **kwargs)
        with pytest.raises(TypeError) as ours:
            parameters_of(total).bind(*args, **kwargs)
        assert str(ours.value) == str(python.value)

    def test_annotations_and_positional_only(self):
        def f(a: float, /, b: np.ndarray = None, *, c: int = 1) -> float:
            return a

        assert parameters_of(f).bind(1, c=2) == (1, None, 2)
        with pytest.raises(TypeError, match="positional-only"):
            parameters_of(f).bind(a=1)


class TestWrt:
    def test_names_and_positions(self):
        parameters = parameters_of(total)
        assert resolve_wrt(parameters, None) is None
        assert (
            resolve_wrt(parameters, "y") == resolve_wrt(parameters, 1) == resolve_wrt(parameters, -2) == (1,)
        )
        assert resolve_wrt(parameters, ("y", 0)) == (1, 0)
        assert resolve_wrt(parameters, 0, leading=1) == (1,)

    @pytest.mark.parametrize(
        ("wrt", "text"),
        [
            ("z", "no parameter 'z'"),
            ("nn", "did you mean 'n'"),
            (3, "out of range"),
            (-4, "out of range"),
            (("x", 0), "twice"),
            ((), "no parameter"),
            (True, "neither a name nor a position"),
            ((1.5,), "neither a name nor a position"),
        ],
    )
    def test_refused(self, wrt, text):
        with pytest.raises(ad.InvalidRequest, match=text) as caught:
            resolve_wrt(parameters_of(total), wrt)
        assert caught.value.filename == __file__
        assert caught.value.lineno == total.__code__.co_firstlineno


class Colour(enum.IntEnum):
    RED = 1


class TestKeys:
    values: tuple[object, ...] = (
        1.0, 2, True, False, None, "a", np.float64(1), np.float32(1), np.int64(3), np.bool_(True), (1, 2),
        (True, 2), np.ones(3), np.ones(3, np.float32), np.ones(3, int), np.ones((2, 3)), np.ones((1, 3)),
        np.ones((3, 1)), np.ones((2, 3)).T, np.ones(6)[::2], np.array(1.0), np.zeros(0), np.sum, total,
    )  # fmt: skip

    def test_equal_keys_mean_equal_kinds(self):
        for one in self.values:
            for other in self.values:
                if key_of(one) == key_of(other):
                    assert (kind_of(one), adapter_of(one)) == (kind_of(other), adapter_of(other)), (
                        one,
                        other,
                    )

    def test_numbers_and_sizes_do_not_matter(self):
        for one, other in [(1.0, 2.0), (1, 2), (np.ones(3), np.ones(4)), (np.float32(1), np.float32(2))]:
            assert key_of(one) == key_of(other)

    def test_truth_is_no_integer(self):
        assert len({key_of(True), key_of(1), key_of((True,)), key_of((1,))}) == 4

    def test_adapters(self):
        assert adapter_of(np.array(1.5))(np.array(1.5)) == np.float64(1.5)
        assert type(adapter_of(Colour.RED)(Colour.RED)) is int
        assert adapter_of(1.0) is adapter_of(np.ones(2)) is adapter_of(np.float32(1)) is None


def same(*values):
    return values[0]


def of_one(x):
    return x


class TestSpecialisation:
    def test_one_program_per_kind(self, pipeline):
        pipeline.add(of_one, "primal", same)
        caller = Caller(of_one, "primal", None)
        first = caller.specialise((np.ones(3),))
        assert caller.specialise((np.ones(5),)) is first
        assert caller.specialise((np.ones((2, 2)),)) is not first
        assert [request.kinds for request in pipeline.requests] == [
            (Array("float64", 1),),
            (Array("float64", 2),),
        ]

    def test_0d_arrays_are_scalars(self, pipeline):
        pipeline.add(of_one, "primal", same)
        found = Caller(of_one, "primal", None).specialise((np.array(2.0),))
        assert pipeline.requests[0].kinds == (Scalar("float64"),)
        (given,) = found.arguments((np.array(2.0),))
        assert type(given) is np.float64

    def test_static_values_are_not_passed(self, pipeline):
        def f(x, flag, name):
            return x

        pipeline.add(f, "primal", same)
        caller = Caller(f, "primal", None)
        found = caller.specialise((1.0, True, "a"))
        assert found.arguments((1.0, True, "a")) == (1.0,)
        assert caller.specialise((1.0, False, "a")) is not found
        assert pipeline.requests[0].kinds[1:] == (Static(True), Static("a"))

    @pytest.mark.parametrize("integer", [int, np.int64, np.array])
    def test_integers_become_known_when_asked_for(self, pipeline, integer):
        def f(x, axis):
            return x

        def answer(request):
            if not isinstance(request.kinds[1], Static):
                raise NeedsStatic(frozenset({1}), frozenset())
            return program(request, same, needs_static=frozenset({1}))

        pipeline.answers[f, "primal"] = answer
        caller = Caller(f, "primal", None)
        first = caller.specialise((1.0, integer(0)))
        second = caller.specialise((1.0, integer(1)))
        assert first is not second
        assert caller.specialise((1.0, integer(0))) is first
        assert caller.specialise((1.0, integer(1))) is second
        assert first.arguments((1.0, integer(0))) == (1.0,)
        assert [r.kinds[1] for r in pipeline.requests if isinstance(r.kinds[1], Static)] == [
            Static(0),
            Static(1),
        ]

    def test_changed_globals_recompile(self, pipeline):
        world = {"scale": 2.0}
        pipeline.answers[of_one, "primal"] = lambda request: program(
            request, lambda x, s: x * s, globals=(reference(world, "scale"),)
        )
        caller = Caller(of_one, "primal", None)
        first = caller.specialise((1.0,))
        assert first.arguments((1.0,)) == (1.0, 2.0)
        world["scale"] = 3.0
        assert caller.specialise((1.0,)) is first
        assert first.arguments((1.0,)) == (1.0, 3.0)
        world["scale"] = np.ones(2)
        second = caller.specialise((1.0,))
        assert second is not first
        world["scale"] = 4.0
        assert caller.specialise((1.0,)) is first

    def test_static_globals_count_by_value(self, pipeline):
        world = {"order": 2}
        pipeline.answers[of_one, "primal"] = lambda request: program(
            request, same, globals=(reference(world, "order", Static(world["order"])),)
        )
        caller = Caller(of_one, "primal", None)
        first = caller.specialise((1.0,))
        assert first.arguments((1.0,)) == (1.0,)
        world["order"] = 3
        assert caller.specialise((1.0,)) is not first

    def test_threads_compile_once(self, pipeline):
        pipeline.add(of_one, "primal", same)
        caller, found = Caller(of_one, "primal", None), []
        threads = [threading.Thread(target=lambda: found.append(caller.specialise((1.0,)))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == len(pipeline.requests) == 1


def reference(world, name, kind=None):
    return SimpleNamespace(path=name, kind=kind or kind_of(world[name]), read=lambda: world[name])


class TestUnaccepted:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ({(1, 2.5): 1.0}, "type dict"),
            ({1.0}, "type set"),
            (bytearray(b"1"), "type bytearray"),
            (np.ones(2, np.clongdouble), "dtype complex256"),
            (np.ones(2, np.float16), "dtype float16"),
            (np.ones(2, ">f8"), "byte-swapped"),
            (np.ma.masked_array([1.0]), "MaskedArray"),
            (np.rec.array([(1.0,)]), "recarray"),
            (2**70, "64 bits"),
        ],
    )
    def test_refused_naming_the_parameter(self, value, text):
        with pytest.raises(ad.TypeMismatch, match=text) as caught:
            ad.gradient(of=of_one)(value)
        assert "'x' of of_one()" in str(caught.value)


class TestErrors:
    def test_guards_become_located_errors(self, pipeline):
        def failing(*values):
            raise ValueError(MARKER, 1, 3, 4)

        at = Location(__file__, 7, 4, 9, "    y = a + b")
        guards = (
            GuardText("unused", "TypeMismatch", at),
            GuardText("lengths {0} and {1} differ", "ShapeMismatch", at),
        )
        pipeline.add(of_one, "gradient", failing, guards=guards)
        with pytest.raises(ad.ShapeMismatch, match="lengths 3 and 4 differ") as caught:
            ad.gradient(of=of_one)(1.0)
        assert caught.value.lineno == 7
        assert caught.value.__suppress_context__ or caught.value.__context__ is None

    def test_other_errors_pass(self, pipeline):
        def failing(*values):
            raise ValueError("something else")

        pipeline.add(of_one, "gradient", failing)
        with pytest.raises(ValueError, match="something else"):
            ad.gradient(of=of_one)(1.0)

    def test_shared_memory(self, pipeline):
        def f(a, b, c):
            a[0] = 1.0
            return np.sum(b)

        pipeline.add(f, "gradient", lambda *values: values, mutated=frozenset({0}))
        a = np.ones(6)
        gradient = ad.gradient(of=f)
        with pytest.raises(ad.AliasedMutation, match=r"'a' and 'c' share memory.*writes to a"):
            gradient(a, np.ones(3), a[1:])
        with pytest.raises(ad.AliasedMutation, match="'a' and 'b'"):
            gradient(a, a, np.ones(3))
        gradient(a[::2], a[1::2], a[1::2])  # the ranges overlap, the elements do not; b and c are only read

    def test_shared_memory_that_is_only_read(self, pipeline):
        pipeline.add(total, "gradient", lambda *values: values[:2])
        a = np.ones(3)
        ad.gradient(of=total)(a, a)

    def test_read_only_arrays(self, pipeline):
        a = np.ones(3)
        a.flags.writeable = False
        pipeline.add(of_one, "primal", same, mutated=frozenset({0}))
        pipeline.add(of_one, "gradient", same, mutated=frozenset({0}))
        with pytest.raises(ValueError, match="assignment destination is read-only"):
            ad.differentiable(of_one)(a)
        ad.gradient(of=of_one)(a)

    def test_zero_derivative_warns_at_the_call(self, pipeline):
        pipeline.add(of_one, "gradient", lambda x: 0.0, independent=True, zero_message="x is not used")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert ad.gradient(of=of_one)(1.0) == 0.0
            assert ad.gradient(at=1.0, of=of_one) == 0.0
        assert [item.category for item in caught] == [ad.ZeroDerivativeWarning] * 2
        assert {item.filename for item in caught} == {__file__}
        assert "x is not used" in str(caught[0].message)
