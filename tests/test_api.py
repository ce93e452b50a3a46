"""What users call: the decorator, gradients, pullbacks, their forms, and pickling."""

from __future__ import annotations

import copy
import inspect
import pickle
from types import SimpleNamespace

import numpy as np
import pytest

import autodiff_compiler as ad
from autodiff_compiler.ir.types import FLOAT, INT, Array, Scalar
from tests.fake_pipeline import install

VECTOR = Array("float64", 1)


@pytest.fixture
def pipeline(monkeypatch):
    return install(monkeypatch)


def square(x):
    """The square."""
    return x * x


@ad.differentiable(wrt="b")
def product(a, b=2.0, n=3):
    return a * b


class Model:
    @ad.differentiable
    def scaled(self, x):
        return 2 * x


def rule(x):
    return 2 * x


def pull(forward, reverse, count=1):
    return SimpleNamespace(forward=forward, reverse=reverse, yield_count=count)


SQUARE = pull(lambda x: (x * x, x), lambda x, seed: 2 * x * seed)


class TestDifferentiable:
    def test_runs_the_compiled_primal(self, pipeline):
        pipeline.add(square, "primal", lambda x: x * x + 1)
        f = ad.differentiable(square)
        assert f(3.0) == 10.0
        assert f.python is square
        assert (f.__name__, f.__doc__, f.__wrapped__) == ("square", "The square.", square)
        assert inspect.signature(f) == inspect.signature(square)

    def test_updates_in_place_are_seen(self, pipeline):
        def fill(x):
            x[:] = 7.0

        def compiled(x):
            x[:] = 7.0
            return ()

        pipeline.add(fill, "primal", compiled, mutated=frozenset({0}), structure=None, result_types=())
        x = np.zeros(3)
        assert ad.differentiable(fill)(x) is None
        assert np.array_equal(x, np.full(3, 7.0))

    def test_results_have_python_forms(self, pipeline):
        def several(x):
            return ()

        types = (FLOAT, Scalar("float64", weak=True), INT, Scalar("float32"), Scalar("bool"), VECTOR)
        structure = (0, (1, 2), None, (3, (4, 5)))
        pipeline.add(
            several,
            "primal",
            lambda x: (1.0, 2.0, 3, 4.0, 1, np.ones(2)),
            structure=structure,
            result_types=types,
        )
        a, (b, c), nothing, (d, (e, f)) = ad.differentiable(several)(1.0)
        assert [type(v) for v in (a, b, c, d, e)] == [np.float64, float, int, np.float32, bool]
        assert nothing is None
        assert isinstance(f, np.ndarray)

    def test_wrong_wrt_is_found_at_decoration(self):
        with pytest.raises(ad.InvalidRequest, match="did you mean 'weights'"):

            @ad.differentiable(wrt="weight")
            def f(weights):
                return weights

    @pytest.mark.parametrize("other", [np.sin, Model, len, 3])
    def test_only_functions(self, other):
        with pytest.raises(ad.InvalidRequest, match="function written in Python"):
            ad.differentiable(other)

    def test_methods(self, pipeline):
        model = Model()
        assert isinstance(Model.scaled, type(product))
        bound = model.scaled
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
            bound()
        assert bound.leading == (model,)
        assert ad.gradient(of=bound, wrt="x").names == ("self", "x")
        assert ad.gradient(of=bound, wrt=0)._caller is ad.gradient(of=Model.scaled, wrt="x")._caller

    def test_method_forms(self, pipeline):
        pipeline.add(square, "gradient", rule)
        pipeline.add(square, "value_with_gradient", lambda x: (x * x, 2 * x))
        pipeline.add(square, "pullback", SQUARE)
        f = ad.differentiable(square)
        assert f.gradient(3.0) == f.gradient()(3.0) == f.gradient(at=3.0) == f.gradient(x=3.0) == 6.0
        assert f.gradient(wrt="x")(3.0) == f.gradient(3.0, wrt=0) == 6.0
        assert f.value_with_gradient(3.0) == (9.0, 6.0)
        assert f.pullback(3.0)(1.0) == 6.0
        assert f.value_with_pullback(3.0).value == 9.0

    def test_inspection(self, pipeline):
        for mode in ("primal", "gradient"):
            pipeline.add(square, mode, rule)
        for function in (ad.differentiable(square), ad.gradient(of=square)):
            assert function.source(1.0) == "def f(): ..."
            assert list(function.stages(1.0)) == ["surface", "source"]
            assert function.explain(1.0) == "nothing is stored"


class TestGradient:
    def test_spellings(self, pipeline):
        pipeline.add(square, "gradient", rule)
        assert ad.gradient(square)(3.0) == ad.gradient(of=square)(3.0) == ad.gradient(of=square)(x=3.0) == 6.0
        assert ad.gradient(at=3.0, of=square) == ad.gradient(at=(3.0,), of=square) == 6.0
        assert ad.gradient(of=ad.differentiable(square))(3.0) == 6.0
        assert repr(ad.gradient(of=square, wrt="x")) == "gradient(of=square, wrt='x')"

    def test_compiles_once_for_all_spellings(self, pipeline):
        pipeline.add(square, "gradient", rule)
        for _ in range(3):
            ad.gradient(at=3.0, of=square)
            ad.gradient(of=ad.differentiable(square))(4.0)
        assert len(pipeline.requests) == 1

    def test_every_float_by_default(self, pipeline):
        pipeline.add(product.python, "gradient", lambda a, b, n: (1.0, 2.0))
        f = product.python
        assert ad.gradient(of=f)(1.0) == (1.0, 2.0)
        assert pipeline.requests[-1].wrt == (0, 1)
        pipeline.add(f, "gradient", lambda a, b, n: 5.0)
        assert ad.gradient(of=f)(1.0, 2) == 5.0
        assert pipeline.requests[-1].wrt == (0,)

    def test_wrt_of_the_decorator(self, pipeline):
        pipeline.add(product.python, "gradient", lambda a, b, n: 5.0)
        assert ad.gradient(of=product)(1.0) == 5.0
        assert pipeline.requests[-1].wrt == (1,)
        assert ad.gradient(of=product, wrt="a")(1.0) == 5.0
        assert pipeline.requests[-1].wrt == (0,)

    def test_tuple_of_wrt_gives_a_tuple(self, pipeline):
        pipeline.add(product.python, "gradient", lambda a, b, n: (5.0, 6.0))
        assert ad.gradient(of=product, wrt=("b", "a"))(1.0) == (5.0, 6.0)
        assert pipeline.requests[-1].wrt == (1, 0)
        pipeline.add(product.python, "gradient", lambda a, b, n: 5.0)
        assert ad.gradient(of=product, wrt=("a",))(1.0) == (5.0,)

    @pytest.mark.parametrize(
        ("x", "kind", "shape"),
        [
            (3.0, float, ()),
            (np.float64(3), np.float64, ()),
            (np.float32(3), np.float32, ()),
            (np.array(3.0), np.ndarray, ()),
            (np.array(3.0, np.float32), np.ndarray, ()),
            (np.ones(2), np.ndarray, (2,)),
        ],
    )
    def test_the_form_of_the_parameter(self, pipeline, x, kind, shape):
        pipeline.add(square, "gradient", lambda x: 2 * np.float64(x) if np.ndim(x) == 0 else 2 * x)
        found = ad.gradient(of=square)(x)
        assert type(found) is kind
        assert np.shape(found) == shape
        assert np.asarray(found).dtype == np.asarray(x).dtype

    def test_value_with_gradient(self, pipeline):
        pipeline.add(square, "value_with_gradient", lambda x: (x * x, 2 * x))
        found = ad.value_with_gradient(of=square)(3.0)
        assert (found.value, found.gradient) == found == (9.0, 6.0)
        assert ad.value_with_gradient(at=3.0, of=square) == found

    @pytest.mark.parametrize(
        ("args", "wrt", "text"),
        [
            ((3,), None, "no float and no float array"),
            ((3,), "a", "the integer 3.*\n.*pass a float, 3.0"),
            ((np.ones(2, int),), "a", "dtype int64.*\n.*a.astype"),
            ((True,), "a", "type bool"),
            (("text",), "a", "type str"),
            ((None,), 0, "type NoneType"),
        ],
    )
    def test_constants_have_no_gradient(self, pipeline, args, wrt, text):
        with pytest.raises(ad.InvalidRequest, match=text):
            ad.gradient(of=product.python, wrt=wrt)(*args, 1)

    @pytest.mark.parametrize(
        ("structure", "types", "error", "text"),
        [
            (0, (VECTOR,), ad.InvalidRequest, "array with 1 axis.*\n.*pullback.*differential"),
            ((0, 1), (FLOAT, FLOAT), ad.InvalidRequest, "a tuple.*\n.*pullback.*differential"),
            (0, (INT,), ad.NotDifferentiable, "returns no float"),
            (None, (), ad.NotDifferentiable, "returns None"),
        ],
    )
    def test_only_of_a_number(self, pipeline, structure, types, error, text):
        for mode in ("gradient", "value_with_gradient"):
            pipeline.add(square, mode, rule, structure=structure, result_types=types)
        with pytest.raises(error, match=text):
            ad.gradient(of=square)(1.0)
        with pytest.raises(error, match=text):
            ad.value_with_gradient(of=square)(1.0)

    @pytest.mark.parametrize("other", [3, Model, "sin"])
    def test_only_of_functions(self, other):
        with pytest.raises(ad.InvalidRequest, match="not a function written in Python"):
            ad.gradient(of=other)

    def test_objects_with_call(self, pipeline):
        class Callable:
            def __call__(self, x):
                return x

        class Inherits(Callable):
            pass

        instance = Inherits()
        assert ad.gradient(of=instance, wrt=0)._caller.function is Callable.__call__
        assert ad.gradient(of=instance, wrt=0).bind(1.0) == (instance, 1.0)

    def test_not_of_a_derivative(self):
        with pytest.raises(ad.InvalidRequest, match="a derivative already"):
            ad.gradient(of=ad.gradient(of=square))


class TestPullback:
    def test_many_seeds(self, pipeline):
        pipeline.add(square, "pullback", SQUARE)
        value, pb = ad.value_with_pullback(at=3.0, of=square)
        assert value == 9.0
        assert (pb(1.0), pb(2), pb(np.float32(0.5)), pb(np.array(1.0))) == (6.0, 12.0, 3.0, 6.0)
        assert ad.pullback(of=square)(3.0)(1.0) == ad.pullback(at=3.0, of=square)(1.0) == 6.0
        assert isinstance(pb(1.0), float)
        assert repr(pb) == "<pullback of square>"

    def test_array_seeds(self, pipeline):
        pipeline.add(square, "pullback", SQUARE, result_types=(VECTOR,))
        pb = ad.pullback(at=np.arange(3.0), of=square)
        assert np.array_equal(pb(np.ones(3)), [0.0, 2.0, 4.0])
        for seed, error in [
            (1.0, ad.TypeMismatch),
            ([1.0] * 3, ad.TypeMismatch),
            (np.ones(3, np.float32), ad.TypeMismatch),
            (np.ones(3, int), ad.TypeMismatch),
            (np.ones(2), ad.ShapeMismatch),
            (np.ones((3, 1)), ad.ShapeMismatch),
        ]:
            with pytest.raises(error, match="the seed"):
                pb(seed)

    def test_number_seeds(self, pipeline):
        pipeline.add(square, "pullback", SQUARE)
        pb = ad.pullback(at=3.0, of=square)
        for seed, error in [
            (np.ones(1), ad.ShapeMismatch),
            ("1", ad.TypeMismatch),
            ((1.0,), ad.TypeMismatch),
        ]:
            with pytest.raises(error, match="the seed"):
                pb(seed)

    def test_tuples_of_seeds(self, pipeline):
        calls = pull(lambda x: (x, 7, 3 * x), lambda *seeds: 1 * seeds[0] + 3 * seeds[1], count=3)
        pipeline.add(square, "pullback", calls, structure=(0, (1, 2), 0), result_types=(FLOAT, INT, FLOAT))
        value, pb = ad.value_with_pullback(at=2.0, of=square)
        assert value == (2.0, (7, 6.0), 2.0)
        assert pb((1.0, (None, 10.0), 5.0)) == 36.0  # the first result is returned twice
        for seed in (1.0, (1.0, 2.0), (1.0, 2.0, 3.0), (1.0, (1.0,), 2.0)):
            with pytest.raises(ad.ShapeMismatch, match="its seed is"):
                pb(seed)

    def test_later_updates_do_not_reach_it(self, pipeline):
        pipeline.add(square, "pullback", SQUARE, result_types=(VECTOR,))
        x = np.ones(3)
        pb = ad.pullback(at=x, of=square)
        x[:] = 100.0
        assert np.array_equal(pb(np.ones(3)), [2.0, 2.0, 2.0])

    def test_seeds_are_not_changed(self, pipeline):
        def reverse(x, seed):
            seed *= 2 * x
            return seed

        pipeline.add(square, "pullback", pull(lambda x: (x * x, x), reverse), result_types=(VECTOR,))
        seed = np.ones(3)
        ad.pullback(at=np.ones(3), of=square)(seed)
        assert np.array_equal(seed, np.ones(3))


class TestPickling:
    def test_derivatives(self, pipeline):
        pipeline.add(square, "gradient", rule)
        assert pickle.loads(pickle.dumps(ad.gradient(of=square, wrt="x")))(3.0) == 6.0

    def test_decorated_functions_are_pickled_by_name(self):
        assert pickle.loads(pickle.dumps(product)) is product
        assert pickle.loads(pickle.dumps(Model.scaled)) is Model.scaled
        assert copy.deepcopy(product) is product
        model = pickle.loads(pickle.dumps(Model().scaled))
        assert isinstance(model.leading[0], Model)
        assert pickle.loads(pickle.dumps(ad.gradient(of=product)))._caller is ad.gradient(of=product)._caller

    def test_functions_decorated_under_another_name(self):
        again = pickle.loads(pickle.dumps(ad.differentiable(wrt="x")(square)))
        assert (again.python, again.wrt) == (square, "x")

    def test_pullbacks(self, pipeline):
        pipeline.add(square, "pullback", SQUARE, result_types=(VECTOR,))
        pb = pickle.loads(pickle.dumps(ad.pullback(at=np.arange(3.0), of=square)))
        assert np.array_equal(pb(np.ones(3)), [0.0, 2.0, 4.0])
        stored = pickle.dumps(pb)
        pipeline.add(square, "pullback", SQUARE, result_types=(VECTOR,), source="something else")
        with pytest.raises(pickle.UnpicklingError, match="square"):
            pickle.loads(stored)

    def test_what_has_no_name_is_refused(self):
        with pytest.raises((pickle.PicklingError, AttributeError)):
            pickle.dumps(ad.gradient(of=lambda x: x))
