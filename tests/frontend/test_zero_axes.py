"""Arrays without axes are numbers: a change under one of several names is refused, as NumPy changes all."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff_compiler import AliasedMutation, check_derivative
from tests.composed.judge import written


class Box:
    def __init__(self, value):
        self.value = value


def increased(value):
    value += 1.0
    return value


def made(x):
    return np.where(x > 0, x, 0.7)


REFUSED = {
    "another name": "a = np.where(x > 0, x, 0.7)\nb = a\nb += 1.0\nreturn a",
    "np.array": "a = np.array(x)\nb = a\nb += x\nreturn a * x",
    "a constant": "a = np.array(1.0)\nb = a\nb += x\nreturn a",
    "a field": "p = Box(made(x))\nq = p.value\nq *= 2.0\nreturn p.value",
    "under the field": "a = made(x)\np = Box(a)\np.value += 1.0\nreturn a",
    "an item": "items = [made(x), 0.9]\np, r = items\np += r\nreturn items[0]",
    "in a loop": "a = made(x)\nb = a\nfor i in range(3):\n    b += x\nreturn a",
    "after a loop": "a = made(x)\nfor i in range(3):\n    a += x\nb = a\nb += 1.0\nreturn a",
    "a parameter": "a = made(x)\nreturn increased(a) + a",
    "after a branch": "a = made(x)\nb = a if x > 1 else np.array(3.0)\nb += 1.0\nreturn a",
}
ACCEPTED = {
    "its only name": "a = made(x)\na += 1.0\nfor i in range(3):\n    a *= x\nreturn a",
    "a new number": "a = made(x)\na += 1\nb = a * 1.0\nb += a\nreturn a + b",
    "its only field": "p = Box(np.asarray(x))\np.value += 1.0\nreturn p.value * x",
    "a sum": "a = np.zeros(())\nfor i in range(4):\n    a += x * i\nreturn a",
    "rebound": "a = made(x)\nb = a\nb = b + 1.0\nreturn a + b",
    "made in a loop": "t = 0.0\nfor i in range(3):\n    e = made(x - i)\n    e -= 0.5\n    t += e\nreturn t",
    "handed over": "increased(made(x)) * x",
}


def function(text: str):
    return written(text, ("x",), Box=Box, increased=increased, made=made)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_refused(text, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    with pytest.raises(AliasedMutation, match="an array without axes here, which has another name"):
        check_derivative(function(text), 2.0)


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(text, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    check_derivative(function(text), 2.3)
