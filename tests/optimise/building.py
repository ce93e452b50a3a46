"""Small programs in IR, written by hand, and the judgement whether a pass keeps their meaning."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff_compiler.ir.build import Builder
from autodiff_compiler.ir.interpret import GuardFailed, interpret
from autodiff_compiler.ir.nodes import Apply, Array, Atom, Const, Function, Level, Scalar, Var
from autodiff_compiler.ir.show import show
from autodiff_compiler.ir.types import BOOL, FLOAT, INT, Type
from autodiff_compiler.ir.verify import verify
from autodiff_compiler.operators import Elementwise, by_name, evaluate

Pass = Callable[[Function], Function]
VECTOR = Array("float64", 1)
MATRIX = Array("float64", 2)
COMPARISONS = ("equal", "less", "less_equal", "greater", "greater_equal", "not_equal")


def number(value: float) -> Const:
    """A float constant."""
    return Const(float(value), FLOAT)


def parameters(**kinds: Type) -> tuple[Var, ...]:
    """One parameter for each keyword."""
    return tuple(Var(name, kind) for name, kind in kinds.items())


def apply(
    builder: Builder,
    operator: str,
    *operands: Atom,
    kind: Type | None = None,
    name: str = "t",
    **attributes: object,
) -> Var:
    """Append an application; its type is that of the operands' broadcast unless given."""
    if kind is None:
        kind = max(
            (item.type for item in operands), key=lambda kind: kind.rank if isinstance(kind, Array) else -1
        )
        kind = BOOL if operator in COMPARISONS else kind
    return builder.assign(Apply(operator, operands, tuple(attributes.items())), kind, name)


def total(builder: Builder, array: Var, name: str = "s") -> Var:
    """Append the sum of all elements."""
    axes = tuple(range(array.type.rank))
    return apply(builder, "sum", array, kind=Scalar(array.type.dtype), name=name, axis=axes, keepdims=False)


def function(
    builder: Builder, inputs: Sequence[Var], *yields: Atom, level: Level = Level.TYPED, name: str = "f"
) -> Function:
    """The function whose body the builder holds."""
    return Function(name, tuple(inputs), builder.block(*yields), level, tuple(range(len(yields))))


def checked(program: Function) -> Function:
    """The program, after the verifier has looked at it."""
    verify(program, lambda name: isinstance(by_name(name), Elementwise))
    return program


def run(program: Function, *arguments: Any) -> tuple[Any, ...]:
    """The results and, after them, what the arguments are then; or the message of the guard that failed."""
    copies = [np.array(item) if isinstance(item, np.ndarray) else item for item in arguments]
    try:
        results = interpret(program, copies, evaluate)
    except GuardFailed as failed:
        return (str(failed),)
    return (*results, *copies)


def assert_same_meaning(before: Function, after: Function, *arguments: Any, exact: bool = True) -> None:
    """Both programs verify and, on these arguments, give and leave the same."""
    checked(before)
    checked(after)
    for one, other in zip(run(before, *arguments), run(after, *arguments), strict=True):
        if isinstance(one, str):
            assert one == other
        elif exact:
            np.testing.assert_array_equal(one, other)
        else:
            np.testing.assert_allclose(one, other, rtol=1e-12)
        if not isinstance(one, str):
            assert np.asarray(one).dtype == np.asarray(other).dtype


def keeps_meaning(change: Pass, program: Function, *arguments: Any, exact: bool = True) -> Function:
    """What the pass makes of the program, once it is shown to mean the same on these arguments."""
    after = change(program)
    assert_same_meaning(program, after, *arguments, exact=exact)
    return after


def shown(program: Function) -> list[str]:
    """The lines of the body as printed, without indentation of the whole."""
    return textwrap.dedent("\n".join(show(program).splitlines()[1:])).splitlines()


__all__ = [
    "FLOAT", "INT", "MATRIX", "VECTOR", "apply", "assert_same_meaning", "checked", "function",
    "keeps_meaning", "number", "parameters", "run", "shown", "total",
]  # fmt: skip
