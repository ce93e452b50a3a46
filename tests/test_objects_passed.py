"""Objects as arguments of compiled code: what a primal leaves in them, structured results, bound methods."""

from __future__ import annotations

import pytest

import autodiff_compiler as ad


class Chain:
    def __init__(self, value, child=None):
        self.value = value
        self.child = child


def swapped(a, b):
    a.child, b.child = b.child, a.child
    return a


def pushed(c):
    c.child.append(2.0 * c.value)
    c.value = None


def extended(c, x):
    if x > 0.0:
        c.extra = x
    return {"all": [Chain(x * c.value), (x, "name")], "same": c}


def moved(c, x):
    c.value *= x
    return {"all": [Chain(c.value), (x, "name")], "same": c}


def second_name(a, b, x):
    found = a if x > 0.0 else b
    found.value = x
    return found.value


class TestCompiledPrimal:
    """What a compiled primal leaves in the caller's objects is what Python leaves there."""

    def test_objects_change_places(self):
        a, b = Chain(1.0, Chain(2.0)), Chain(3.0, Chain(4.0))
        inner = b.child, a.child
        assert ad.differentiable(swapped)(a, b) is a
        assert (a.child, b.child) == inner

    def test_lists_grow(self):
        c = Chain(1.5, [1.0])
        kept = c.child
        assert ad.differentiable(pushed)(c) is None
        assert c.child is kept
        assert (kept, c.value) == ([1.0, 3.0], None)

    def test_attributes_assigned_on_one_path(self):
        found = ad.differentiable(extended)
        c = Chain(2.0)
        result = found(c, -1.0)
        assert result["same"] is c
        assert not hasattr(c, "extra")
        assert (result["all"][0].value, result["all"][1]) == (-2.0, (-1.0, "name"))
        found(c, 3.0)
        assert c.extra == 3.0

    def test_seeds_of_a_structured_result(self):
        c = Chain(2.0)
        value, pullback = ad.value_with_pullback(of=moved)(c, -1.0)
        assert (c.value, value["same"].value) == (2.0, -2.0)
        step = ad.zero_tangent(value)
        step["all"][0].value = 1.0
        step["same"].value = 10.0
        assert pullback(step)[1] == 22.0

    def test_an_attribute_that_may_be_absent(self):
        with pytest.raises(ad.TypeMismatch, match="'extra' is only assigned on some paths"):
            ad.pullback(of=extended)(Chain(2.0), -1.0)

    @pytest.mark.parametrize(("x", "left"), [(5.0, (5.0, 2.0)), (-5.0, (1.0, -5.0))])
    def test_one_of_two_objects(self, x, left):
        a, b = Chain(1.0), Chain(2.0)
        assert ad.differentiable(second_name)(a, b, x) == x
        assert (a.value, b.value) == left

    def test_the_same_object_twice(self):
        c = Chain(1.0, Chain(2.0))
        with pytest.raises(ad.AliasedMutation, match="'a' and 'b' are the same Chain"):
            ad.differentiable(swapped)(c, c)


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return self.factor * x * x

    def grow(self, x):
        self.factor = x
        return SHARED.factor * x

    def squared(self):
        return self.factor**2


SHARED = Scale(2.0)


class TestBoundMethods:
    def test_the_object_is_no_parameter_unless_named(self):
        scale = Scale(3.0)
        assert ad.gradient(of=scale)(2.0) == 12.0
        assert ad.gradient(of=scale.__call__)(2.0) == 12.0
        assert repr(ad.gradient(of=scale, wrt="self")(2.0)) == "ScaleTangent(factor=4.0)"
        step, slope = ad.gradient(of=Scale.__call__)(scale, 2.0)
        assert (step.factor, slope) == (4.0, 12.0)

    def test_only_the_object_has_floats(self):
        with pytest.raises(ad.InvalidRequest, match="wrt='self'"):
            ad.gradient(of=Scale(3.0).squared)()
        assert ad.gradient(of=Scale(3.0).squared, wrt="self")().factor == 6.0

    def test_an_object_that_is_a_global_too(self):
        with pytest.raises(ad.AliasedMutation, match="are the same Scale, and grow"):
            ad.gradient(of=SHARED.grow)(2.0)
        assert ad.gradient(of=Scale(1.0).grow)(2.0) == 2.0


def told_apart(a, b):
    return 10.0 * a.value if a is b else a.value * b.value


def shared_or_not(a):
    return a.factor if a is SHARED else 2.0 * a.factor


def last_values(a, b):
    return a.value if b.child is None else a.value * b.child.value


class TestIdentity:
    def test_none_is_no_object(self):
        c = Chain(2.0, Chain(3.0))
        assert ad.gradient(of=last_values, wrt="a")(c, c).value == 3.0

    def test_different_objects(self):
        assert ad.gradient(of=told_apart, wrt="a")(Chain(2.0), Chain(3.0)).value == 3.0
        assert ad.gradient(of=shared_or_not)(Scale(3.0)).factor == 2.0

    def test_the_same_object_under_two_names(self):
        both = Chain(2.0)
        with pytest.raises(ad.AliasedMutation, match=r"the same Chain.* by `is`"):
            ad.gradient(of=told_apart)(both, both)
        with pytest.raises(ad.AliasedMutation, match=r"the same Scale.* by `is`"):
            ad.gradient(of=shared_or_not)(SHARED)
