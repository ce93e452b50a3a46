"""Lists of equal things as arguments: one program for all lengths, and what the caller's lists hold after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from autodiff_compiler import AliasedMutation, differentiable, gradient
from autodiff_compiler.calling import Caller
from tests.programs import list_arguments
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
