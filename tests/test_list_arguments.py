"""Lists of equal things as arguments: one program for all lengths, and what the caller's lists hold after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from autodiff_compiler import AliasedMutation, check_derivative, differentiable, gradient
from autodiff_compiler.calling import Caller
from tests.programs import arrays_in_lists, list_arguments
from tests.programs.list_arguments import Particle, floats, layers, particles

MANY = 1000


@dataclass
class Held:
    position: np.ndarray


@pytest.mark.parametrize(
    ("function", "make", "rest"),
    [
        (list_arguments.whole_numbers_become_floats, particles, (0.1,)),
        (list_arguments.equal_layers, layers, (np.ones((2, 3)),)),
        (list_arguments.smooth_differences, floats, ()),
        (list_arguments.pairs_are_replaced, lambda rng, n: [(x, x) for x in floats(rng, n)], ()),
    ],
)
def test_one_program_for_all_lengths(function, make, rest):
    rng = np.random.default_rng(0)
    caller = Caller(function, "primal", None)
    found = caller.specialise((make(rng, 2), *rest))
    for count in (3, MANY):
        assert caller.specialise((make(rng, count), *rest)) is found
    numbers = make(rng, MANY)
    expected = function(make(np.random.default_rng(1), MANY), *rest)
    assert differentiable(function)(make(np.random.default_rng(1), MANY), *rest) == pytest.approx(expected)
    assert len(gradient(of=function)(numbers, *rest) if not rest else numbers) == MANY


def test_objects_stay_the_same():
    def drift(crowd, dt):
        for p in crowd:
            p.drift(dt)

    crowd = [Particle(1.0, 2.0, 1.0), Particle(2.0, 0.0, 1.0)]
    kept = list(crowd)
    differentiable(drift)(crowd, 0.5)
    assert all(a is b for a, b in zip(crowd, kept, strict=True))
    assert [p.x for p in crowd] == [2.0, 2.0]
    assert all(type(p.x) is float for p in crowd)


def test_what_is_replaced_is_not_changed():
    def drift(bodies):
        for body in bodies:
            if body.position[0] > 0.0:
                body.position = 2.0 * body.position

    first, second = np.ones(2), -np.ones(2)
    bodies = [Held(first), Held(second)]
    differentiable(drift)(bodies)
    assert first.tolist() == [1.0, 1.0]
    assert bodies[0].position.tolist() == [2.0, 2.0]
    assert bodies[1].position is second


def test_one_object_twice_is_refused_where_it_changes():
    def drift(crowd):
        for p in crowd:
            p.drift(0.1)
        return sum(p.x for p in crowd)

    p = Particle(1.0, 2.0, 1.0)
    with pytest.raises(AliasedMutation, match=r"the same Particle"):
        gradient(of=drift)([p, p, p])


def test_long_lists_of_objects_do_not_grow():
    def grow(crowd):
        crowd.append(Particle(1.0, 2.0, 1.0))

    with pytest.raises(AliasedMutation, match="gets or loses items"):
        differentiable(grow)([Particle(1.0, 2.0, 1.0) for _ in range(MANY)])


def test_short_lists_of_objects_grow():
    def grow(crowd):
        crowd.append(Particle(1.0, 2.0, 1.0))

    crowd = [Particle(1.0, 2.0, 1.0), Particle(2.0, 2.0, 1.0)]
    differentiable(grow)(crowd)
    assert len(crowd) == 3


def test_an_item_as_the_result():
    def second(arrays):
        return arrays[1]

    arrays = [np.zeros(3) for _ in range(MANY)]
    with pytest.raises(AliasedMutation, match="an item of a list argument"):
        differentiable(second)(arrays)
    assert differentiable(second)(arrays[:3]) is arrays[1]


def equal(one, other):
    if isinstance(one, (list, tuple)):
        return all(equal(*pair) for pair in zip(one, other, strict=True))
    if hasattr(one, "__dict__"):
        return equal(list(vars(one).values()), list(vars(other).values()))
    return np.allclose(one, other)


@pytest.mark.parametrize(("function", "make"), arrays_in_lists.PROGRAMS)
def test_arrays_in_lists_are_changed_in_place(function, make, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    given, changed = make(), make()
    expected = function(*given)
    kept = [item.position for item in changed[0]] if function is arrays_in_lists.fields_of_objects else []
    assert equal(differentiable(function)(*changed), expected)
    assert equal(list(changed), list(given))
    assert all(one is item.position for one, item in zip(kept, changed[0], strict=False))
    check_derivative(function, *make())


@pytest.mark.parametrize(("function", "make", "why"), arrays_in_lists.REFUSED)
def test_arrays_in_lists_that_have_other_names(function, make, why, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(AliasedMutation, match=why):
        gradient(of=function)(*make())


@pytest.mark.parametrize(
    ("function", "rest"),
    [(arrays_in_lists.replaced_too, ()), (arrays_in_lists.replaced_too_by_another_name, (1.0,))],
)
def test_arrays_that_are_replaced_are_not_changed_in_place(function, rest, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(AliasedMutation):
        differentiable(function)(arrays_in_lists.arrays(40), *rest)
    given, changed = arrays_in_lists.arrays(4), arrays_in_lists.arrays(4)
    expected = function(given, *rest)  # a short list is taken apart
    found = differentiable(function)(changed, *rest)
    assert expected is found is None or equal(found, expected)
    assert equal(changed, given)


def test_an_array_twice_in_a_list_is_refused_where_it_changes():
    x = np.ones(3)
    with pytest.raises(AliasedMutation, match="share memory"):
        differentiable(arrays_in_lists.items_of_an_argument)([x, x, np.ones(3)])
