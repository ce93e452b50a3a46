"""Elementwise operators on complex numbers, and which operator stands for one of real numbers; precisions."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.context import Frame
from autodiff_compiler.frontend.values import Lowered
from autodiff_compiler.ir.nodes import Const
from autodiff_compiler.ir.types import Scalar, Type
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise
from autodiff_compiler.operators.promotion import makes_bytes


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


def check_precision(
    frame: Frame, node: gast.AST, entry: Elementwise, kinds: Sequence[Type], computed: Scalar
) -> None:
    """Refuse half precision, which NumPy's functions use for truth values and integers of 8 bits.

    And the 8 bits in which they compute with truth values.
    """
    if makes_bytes(entry, kinds):
        reason = f"np.{entry.name} of truth values gives integers of 8 bits"
        frame.refuse(TypeMismatch, node, reason, "a cast before it: .astype(int), or int(...)")
    if computed.dtype == "float16":
        reason = f"np.{entry.name} of truth values or 8-bit integers gives NumPy's half precision (float16)"
        frame.refuse(TypeMismatch, node, reason, "a cast before it: .astype(float), or float(...)")
