"""How the tables declare an elementwise operator: one call that makes the entry and registers it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scipy import special

from autodiff_compiler.ir.nodes import Const
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.operators.entry import Adjoint, Domain, Elementwise, Partials, reals
from autodiff_compiler.operators.registry import register
from autodiff_compiler.operators.trace import Traced, apply


def scalar_function(
    name: str,
    *callables: object,
    doc: str,
    partials: Partials | None = None,
    domains: Sequence[Domain] = (reals(),),
    result: str = "float",
    emit: str = "",
    symbol: str = "",
    cheap: bool = False,
    complex: bool = False,
    adjoint: Adjoint | None = None,
    kernel: str = "",
) -> Elementwise:
    """Register a function of scalars and return its entry.

    `partials=None` states that the derivative is zero wherever it exists. Without `emit` the code is the
    symbol before or between the operands if there is one, else a call of `np.name`; it must keep float32 as
    float32 and mean the same to NumPy and to Numba. `kernel` names what computes it in loops over arrays.
    """
    operands = [f"{{{position}}}" for position in range(len(domains))]
    if symbol:
        emit = f" {symbol} ".join(operands) if len(operands) > 1 else f"{symbol}{operands[0]}"
    emit = emit or f"np.{name}({', '.join(operands)})"
    entry = Elementwise(
        name, callables, emit, result, partials, tuple(domains), doc, cheap, symbol, complex, adjoint, kernel
    )
    register(entry)
    return entry


def special_function(name: str, *others: object, doc: str, **facts: Any) -> None:
    """Register a function of `scipy.special` under its name, if this SciPy has it; its code is a call."""
    function = getattr(special, name, None)
    if function is not None:
        operands = ", ".join(f"{{{k}}}" for k in range(len(facts.get("domains", (None,)))))
        scalar_function(name, function, *others, emit=f"special.{name}({operands})", doc=doc, **facts)


def choose(condition: Traced, then: float, orelse: float, like: Traced) -> Traced:
    """One of two numbers, in the dtype of `like`, by a traced condition."""
    kind = Scalar(like.atom.type.dtype)
    numbers = (Traced(like.builder, Const(number, kind)) for number in (then, orelse))
    return apply("where", condition, *numbers)
