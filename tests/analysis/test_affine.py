"""Affine expressions, and which of them are found never to be negative."""

from __future__ import annotations

import pytest

from autodiff_compiler.analysis.affine import Affine, Facts, equal
from autodiff_compiler.ir.types import INT
from tests.optimise.building import parameters

VARIABLES = parameters(i=INT, j=INT, k=INT, n=INT, m=INT)
i, j, k, n, m = map(Affine.of, VARIABLES)


def test_terms_that_cancel_are_gone():
    assert i + 2 - i == Affine(2)
    assert (i + j) * 2 - j == i * 2 + j
    assert (i - i).terms == {}
    assert i * 0 == Affine()


def test_equal_expressions_are_one_key():
    assert hash(i + j + 1) == hash(j + i + 1)
    assert len({i + j, j + i, i - j}) == 2


def test_substitution():
    first, second, *_ = VARIABLES
    assert (i * 2 + j).substitute(first, n - 1) == n * 2 + j - 2
    assert j.substitute(first, n) == j
    assert (i - j).coefficient(second) == -1


def _facts(*known: Affine) -> Facts:
    facts = Facts()
    facts.learn(*known)
    return facts


@pytest.mark.parametrize(
    ("known", "goal"),
    [
        ((), Affine(0)),
        ((n,), n + 1),
        ((i - 1, n - 1 - i), n - 2),  # 1 <= i <= n - 1
        ((j, i - 1 - j, n - 1 - i), n - 1 - j),  # j < i < n
        ((j, i - 1 - j, n - 1 - i), n - 2 - j),
        ((*equal(n, m), m - 1 - i), n - 1 - i),
        ((n - k * 2, k * 2 + 1 - n, n), k),  # k = n // 2
        ((n - k * 2, k * 2 + 1 - n, n - 1, k - 1 - i), n - 1 - i),
    ],
)
def test_proofs(known, goal):
    assert _facts(*known).proves(goal)


@pytest.mark.parametrize(
    ("known", "goal"),
    [
        ((), Affine(-1)),
        ((n,), n - 1),
        ((i, n - 1 - i), n - 2 - i),
        ((i, n - 1 - i), m - 1 - i),
        ((n - k * 2, k * 2 + 1 - n, n), k - 1),
    ],
)
def test_what_does_not_follow_is_not_proved(known, goal):
    assert not _facts(*known).proves(goal)


def test_cases_are_told_apart():
    facts = _facts(n - 1 - i, n - 1 - j, n)
    facts.learn_cases(VARIABLES[2], equal(k, i), equal(k, j + 1))
    assert facts.proves(n - k)
    assert not facts.proves(n - 1 - k)


def test_nested_facts_stay_inside():
    outer = _facts(n)
    inner = outer.inner()
    inner.learn(n - 1)
    assert inner.proves(n - 1)
    assert not outer.proves(n - 1)
    inner.learn_always(m)
    assert outer.proves(n + m)
