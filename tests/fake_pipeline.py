"""Stands in for the pipeline, so that calling is tested by itself: programs are written by hand."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from autodiff_compiler import calling, pullbacks
from autodiff_compiler.ir.types import FLOAT


class FakePipeline:
    """Answers compile_request from a list of programs, by function and mode, and records the requests."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.answers: dict[tuple[object, str], Callable[[Any], Any]] = {}

    def add(self, function: object, mode: str, calls: object, **fields: Any) -> None:
        """Answer requests for the function in this mode with a program of these fields."""
        self.answers[function, mode] = lambda request: program(request, calls, **fields)

    def __call__(self, request: Any) -> Any:
        """Compile, as far as calling can tell."""
        self.requests.append(request)
        return self.answers[request.function, request.mode](request)


def program(request: Any, calls: object, **fields: Any) -> Any:
    """A program of one float result, unless the fields say otherwise."""
    standard = {
        "source": "def f(): ...",
        "stages": {"surface": "surface text", "source": "def f(): ..."},
        "explained": lambda: "nothing is stored",
        "needs_static": frozenset(),
        "globals": (),
        "structure": 0,
        "result_types": (FLOAT,),
        "mutated": frozenset(),
        "independent": False,
        "zero_message": "",
        "guards": (),
        "rebound": (),
        "written_back": (),
        "lost": (),
        "uneven_lines": frozenset,
    }
    return SimpleNamespace(request=request, calls=calls, **(standard | fields))


def install(patch: pytest.MonkeyPatch) -> FakePipeline:
    """Put a fake in the pipeline's place."""
    fake = FakePipeline()
    calling.caller_for.cache_clear()
    for module in (calling, pullbacks):
        patch.setattr(module, "compile_request", fake)
    return fake
