"""Elementwise operators on complex numbers: which operator stands for one that knows real numbers."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.context import Frame
from autodiff_compiler.frontend.values import Lowered
from autodiff_compiler.ir.nodes import Const
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise


def of_complex_numbers(
    frame: Frame, node: gast.AST, entry: Elementwise, values: Sequence[Lowered], *, scalars_only: bool
) -> tuple[str, Sequence[Lowered]]:
    """The name of the operator that is applied, and its operands; refused where there is none."""
    found = registry.of_complex(entry.name)
    if found is None or scalars_only:
        function = f"math.{entry.name}" if scalars_only else f"`{entry.symbol or entry.name}`"
        frame.refuse(
            TypeMismatch, node, f"{function} does not take complex numbers", "abs(z), z.real or z.imag"
        )
    exponent = values[-1]
    if entry.name == "power" and isinstance(exponent, Const) and exponent.value == 2:
        return "square", values[:1]
    return found, values
