"""How the loops of a nest add up and find the largest: in any order, as NumPy does.

A loop with `total += x` adds one number at a time, and nothing in it is vectorised. These say, in
the place where it is meant, that the order is free; arithmetic elsewhere keeps the order in which
it is written. They are Python functions, too.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import lower_builtin, type_callable

__all__ = ["larger", "plus", "smaller"]

_ANY_ORDER = ("reassoc", "nsz", "contract")


def plus(total: Any, x: Any) -> Any:
    """The sum."""
    return total + x


def larger(most: Any, x: Any) -> Any:
    """The larger number; NaN if one is."""
    return x if x > most or x != x else most


def smaller(least: Any, x: Any) -> Any:
    """The smaller number; NaN if one is."""
    return x if x < least or x != x else least


def _common(context: Any) -> Any:
    """The rule for the type: that of both, or the wider one."""

    def rule(total: Any, x: Any) -> Any:
        if isinstance(total, types.Float) and isinstance(x, types.Float):
            return max(total, x, key=lambda kind: kind.bitwidth)
        return None

    return rule


def _operands(context: Any, builder: Any, sig: Any, args: Any) -> list[Any]:
    return [
        context.cast(builder, value, kind, sig.return_type)
        for value, kind in zip(args, sig.args, strict=True)
    ]


def _add(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.fadd(*_operands(context, builder, sig, args), flags=_ANY_ORDER)


def _extreme(name: str) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        operands = _operands(context, builder, sig, args)
        kind = operands[0].type
        suffix = "f64" if kind == ir.DoubleType() else "f32"
        function = builder.module.declare_intrinsic(
            f"llvm.{name}.{suffix}", (), ir.FunctionType(kind, [kind, kind])
        )
        return builder.call(function, operands)

    return generate


for _function, _generate in ((plus, _add), (larger, _extreme("maximum")), (smaller, _extreme("minimum"))):
    type_callable(_function)(_common)
    lower_builtin(_function, types.Float, types.Float)(_generate)  # type: ignore[no-untyped-call]
