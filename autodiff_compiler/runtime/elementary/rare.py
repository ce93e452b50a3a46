"""Elements too far out for a kernel's formula: the C library's function, for these alone.

A call in a loop keeps LLVM from vectorising it, unless the callee has versions for vectors and says
so. The one here has: a version looks whether any of its elements is beyond the limit, and hands
back what the formula gave if not.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types

from autodiff_compiler.runtime.elementary.bits import instruction

LIMIT = 2.0**30
WIDTHS = (2, 4, 8)  # elements of a vector of 128, 256 and 512 bits
_DOUBLE = ir.DoubleType()


def beyond(name: str) -> Any:
    """A function of x and a result: the result where |x| is below 2³⁰, else the C library's function of x."""

    @instruction
    def corrected(typing: Any, x: Any, result: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            scalar = _scalar_version(builder.module, name)
            versions = {width: _vector_version(builder.module, scalar, width) for width in WIDTHS}
            _keep(builder.module, list(versions.values()))
            call = builder.call(scalar, args)
            call.attributes = _Versions(
                f"_ZGV_LLVM_N{width}vv_{scalar.name}({version.name})" for width, version in versions.items()
            )
            return call

        return types.float64(types.float64, types.float64), generate

    return corrected


class _Versions(ir.instructions.CallInstrAttributes):  # type: ignore[misc]
    """What LLVM reads at a call about the vector versions of the callee."""

    def __init__(self, names: Any) -> None:
        super().__init__(["nounwind", "readnone"])
        self._names = ",".join(names)

    def _to_list(self, kind: Any) -> list[str]:
        return [*super()._to_list(kind), f'"vector-function-abi-variant"="{self._names}"']


def _defined(module: ir.Module, name: str, kind: ir.FunctionType) -> tuple[ir.Function, bool]:
    """The function in the module, and whether it is new and wants a body; many modules may have it."""
    known = module.globals.get(name)
    if known is not None:
        return known, False
    function = ir.Function(module, kind, name)
    function.linkage = "linkonce_odr"
    for attribute in ("noinline", "nounwind", "readnone"):
        function.attributes.add(attribute)
    return function, True


def _scalar_version(module: ir.Module, name: str) -> ir.Function:
    function, new = _defined(module, f"autodiff_beyond_{name}", ir.FunctionType(_DOUBLE, [_DOUBLE, _DOUBLE]))
    if new:
        library = module.globals.get(name) or ir.Function(module, ir.FunctionType(_DOUBLE, [_DOUBLE]), name)
        builder = ir.IRBuilder(function.append_basic_block())
        x, result = function.args
        with builder.if_then(_far(builder, x), likely=False):
            builder.ret(builder.call(library, [x]))
        builder.ret(result)
    return function


def _vector_version(module: ir.Module, scalar: ir.Function, width: int) -> ir.Function:
    kind = ir.VectorType(_DOUBLE, width)
    function, new = _defined(module, f"{scalar.name}_{width}", ir.FunctionType(kind, [kind, kind]))
    if new:
        builder = ir.IRBuilder(function.append_basic_block())
        x, result = function.args
        mask = builder.bitcast(_far(builder, x), ir.IntType(width))
        with builder.if_then(builder.icmp_unsigned("!=", mask, mask.type(0)), likely=False):
            corrected = result
            for lane in range(width):
                position = ir.IntType(32)(lane)
                element = [builder.extract_element(vector, position) for vector in (x, result)]
                corrected = builder.insert_element(corrected, builder.call(scalar, element), position)
            builder.ret(corrected)
        builder.ret(result)
    return function


def _far(builder: ir.IRBuilder, x: Any) -> Any:
    """|x| ≥ LIMIT, for a number or for each of a vector."""
    lanes = getattr(x.type, "count", 0)
    suffix = f"v{lanes}f64" if lanes else "f64"
    size = builder.module.declare_intrinsic(f"llvm.fabs.{suffix}", (), ir.FunctionType(x.type, [x.type]))
    limit = ir.Constant(x.type, [LIMIT] * lanes if lanes else LIMIT)
    return builder.fcmp_ordered(">=", builder.call(size, [x]), limit)


def _keep(module: ir.Module, functions: list[ir.Function]) -> None:
    """Keep functions in the module that nothing calls until a loop is vectorised."""
    name = "llvm.compiler.used"
    known = module.globals.pop(name, None)
    kept = list(known.initializer.constant) if known is not None else []
    kept += [function for function in functions if function not in kept]
    kind = ir.ArrayType(ir.PointerType(), len(kept))
    used = ir.GlobalVariable(module, kind, name)
    used.linkage, used.section = "appending", "llvm.metadata"
    used.initializer = ir.Constant(kind, kept)
