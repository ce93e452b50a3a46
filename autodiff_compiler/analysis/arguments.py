"""Whether the arguments of calls keep to what callees rely on: what is written overlaps nothing else."""

from __future__ import annotations

import itertools

from autodiff_compiler.analysis.aliasing import may_alias, roots
from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.ir.nodes import Call, Function, Var
from autodiff_compiler.ir.types import Array
from autodiff_compiler.ir.walk import statements


def check_arguments(function: Function) -> None:
    """Raise AliasedMutation where a call gets memory twice that the callee writes to."""
    memory = roots(function)
    for call in statements(function.body):
        if not isinstance(call, Call):
            continue
        given = [
            (operand, how) for operand, how in zip(call.operands, call.callee.access, strict=True)
            if isinstance(operand, Var) and isinstance(operand.type, Array)
        ]  # fmt: skip
        for (one, first), (other, second) in itertools.combinations(given, 2):
            if {first, second} & {"add", "write"} and may_alias(memory, one, other):
                names = (
                    f"`{one.name}` and `{other.name}`" if one.name != other.name else f"parts of `{one.name}`"
                )
                raise AliasedMutation(
                    f"`{call.callee.name}` writes to an argument, and {names} may share memory",
                    suggestion="pass the whole array once, with the bounds of its parts",
                    location=call.at,
                )
