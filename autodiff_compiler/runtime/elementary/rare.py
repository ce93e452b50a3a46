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

_DOUBLE, _FLOAT = ir.DoubleType(), ir.FloatType()
_LIMITS = {_DOUBLE: 2.0**30, _FLOAT: 2.0**17}
_WIDTHS = {_DOUBLE: (2, 4, 8), _FLOAT: (4, 8, 16)}  # elements of a vector of 128, 256 and 512 bits


def beyond(name: str) -> Any:
    """A function of x and a result: the result where |x| is below a limit, else the C library's."""

    @instruction
    def corrected(typing: Any, x: Any, result: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            kind = args[0].type
            scalar = _scalar_version(builder.module, name, kind)
            versions = {width: _vector_version(builder.module, scalar, width) for width in _WIDTHS[kind]}
            _keep(builder.module, list(versions.values()))
            call = builder.call(scalar, args)
            call.attributes = _Versions(
                f"_ZGV_LLVM_N{width}vv_{scalar.name}({version.name})" for width, version in versions.items()
            )
            return call

        number = types.float32 if x == types.float32 else types.float64
        return number(number, number), generate

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


def _scalar_version(module: ir.Module, name: str, kind: Any) -> ir.Function:
    narrow = kind == _FLOAT
    title = f"autodiff_beyond_{name}{'_single' if narrow else ''}"
    function, new = _defined(module, title, ir.FunctionType(kind, [kind, kind]))
    if new:
        library = module.globals.get(name) or ir.Function(module, ir.FunctionType(_DOUBLE, [_DOUBLE]), name)
        builder = ir.IRBuilder(function.append_basic_block())
        x, result = function.args
        with builder.if_then(_far(builder, x), likely=False):
            found = builder.call(library, [builder.fpext(x, _DOUBLE) if narrow else x])
            builder.ret(builder.fptrunc(found, _FLOAT) if narrow else found)
        builder.ret(result)
    return function


def _vector_version(module: ir.Module, scalar: ir.Function, width: int) -> ir.Function:
    kind = ir.VectorType(scalar.args[0].type, width)
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
    number = x.type.element if lanes else x.type
    suffix = (f"v{lanes}" if lanes else "") + ("f64" if number == _DOUBLE else "f32")
    size = builder.module.declare_intrinsic(f"llvm.fabs.{suffix}", (), ir.FunctionType(x.type, [x.type]))
    limit = ir.Constant(x.type, [_LIMITS[number]] * lanes if lanes else _LIMITS[number])
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
