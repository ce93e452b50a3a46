"""What is refused names its cause, its place and its remedy."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

import autodiff_compiler
from autodiff_compiler import gradient
from tests.programs import (  # noqa: F401  # they declare programs
    refused_complex,
    refused_exceptions,
    refused_lists,
    refused_objects,
    refused_syntax,
)
from tests.programs.refused import MARK, REFUSED, Refused


@pytest.mark.parametrize("case", [pytest.param(case, id=case.function.__name__) for case in REFUSED])
def test_refusal(case: Refused):
    with pytest.raises(getattr(autodiff_compiler, case.error)) as caught:
        gradient(of=case.function, wrt=case.wrt)(*case.arguments)
    assert type(caught.value).__name__ == case.error
    for word in case.words:
        assert word in str(caught.value)
    expected = marked_line(case.inside)
    if expected is not None:
        assert caught.value.filename is not None
        assert Path(caught.value.filename).samefile(inspect.getfile(case.inside))
        assert caught.value.lineno == expected


def marked_line(function: Callable) -> int | None:
    lines, first = inspect.getsourcelines(function)
    marks = [first + offset for offset, line in enumerate(lines) if MARK in line]
    return marks[0] if marks else None
