"""Operations on numbers that kernels are made of and Python has no words for: one instruction or few each.

Numba inlines them where they are used. None of them branches, so a loop that uses them can be
vectorised.
"""

from __future__ import annotations

import functools
import platform
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

_LLVM = {types.float64: ir.DoubleType(), types.float32: ir.FloatType(), types.int64: ir.IntType(64)}


def instruction(function: Callable[..., Any]) -> Any:
    """What Numba writes with a function that builds LLVM's code."""
    return intrinsic(function)


@functools.cache
def has_fma() -> bool:
    """Whether the processor multiplies and adds with one rounding."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return True
    return bool(llvm.get_host_cpu_features().get("fma", False))


def _llvm_function(builder: Any, name: str, kind: Any, arity: int) -> Any:
    """A function of LLVM's over floats of one type."""
    suffix = "f64" if kind == ir.DoubleType() else "f32"
    return builder.module.declare_intrinsic(
        f"llvm.{name}.{suffix}", (), ir.FunctionType(kind, [kind] * arity)
    )


def _multiply_add(builder: Any, a: Any, b: Any, c: Any) -> Any:
    if has_fma():
        return builder.call(_llvm_function(builder, "fma", a.type, 3), [a, b, c])
    return builder.fadd(builder.fmul(a, b), c)


@instruction
def as_bits(typing: Any, x: Any) -> Any:
    """The bits of a float64 as an int64."""
    return types.int64(types.float64), lambda context, builder, sig, args: builder.bitcast(
        args[0], ir.IntType(64)
    )


@instruction
def from_bits(typing: Any, bits: Any) -> Any:
    """The float64 with these bits."""
    return types.float64(types.int64), lambda context, builder, sig, args: builder.bitcast(
        args[0], ir.DoubleType()
    )


@instruction
def choose(typing: Any, condition: Any, then: Any, orelse: Any) -> Any:
    """One of two numbers, without a branch."""
    kind = types.float64 if isinstance(then, types.Float) else types.int64
    return kind(types.boolean, kind, kind), lambda context, builder, sig, args: builder.select(*args)


@instruction
def fma(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """A b + c, rounded once where the processor can; no kernel relies on that."""
    kind = types.float64
    return kind(kind, kind, kind), lambda context, builder, sig, args: _multiply_add(builder, *args)


@instruction
def product_error(typing: Any, a: Any, b: Any, product: Any) -> Any:
    """What rounding has taken from the product: a b − product, exactly."""
    kind = types.float64

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        a, b, product = args
        if has_fma():
            return _multiply_add(builder, a, b, builder.fneg(product))
        (a_high, a_low), (b_high, b_low) = (_halves(builder, number) for number in (a, b))
        error = builder.fsub(builder.fmul(a_high, b_high), product)
        error = builder.fadd(error, builder.fmul(a_high, b_low))
        error = builder.fadd(error, builder.fmul(a_low, b_high))
        return builder.fadd(error, builder.fmul(a_low, b_low))

    return kind(kind, kind, kind), generate


def _halves(builder: Any, number: Any) -> tuple[Any, Any]:
    """The upper 26 bits of a number, and the rest (Veltkamp)."""
    scaled = builder.fmul(number, ir.Constant(number.type, float(2**27 + 1)))
    high = builder.fsub(scaled, builder.fsub(scaled, number))
    return high, builder.fsub(number, high)


def _of_one(name: str, doc: str) -> Any:
    def function(typing: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.call(_llvm_function(builder, name, args[0].type, 1), args)

        return types.float64(types.float64), generate

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return instruction(function)


magnitude = _of_one("fabs", "|x|.")
nearest = _of_one("rint", "The nearest whole number, halves to even.")
root = _of_one("sqrt", "√x.")
rounded_down = _of_one("floor", "The largest whole number that is not larger.")


@instruction
def with_sign(typing: Any, size: Any, sign: Any) -> Any:
    """|size| with the sign of the other number."""
    kind = types.float64

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.call(_llvm_function(builder, "copysign", args[0].type, 2), args)

    return kind(kind, kind), generate


@instruction
def whole(typing: Any, x: Any) -> Any:
    """A float64 that is a whole number below 2⁵¹ in size, as int64: by an addition, as all can do that."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        magic = 6755399441055744.0  # 1.5 · 2⁵²: the whole number is in the lower bits of the sum
        bits = builder.bitcast(builder.fadd(args[0], ir.Constant(ir.DoubleType(), magic)), ir.IntType(64))
        return builder.sub(bits, ir.Constant(ir.IntType(64), 0x4338000000000000))

    return types.int64(types.float64), generate


def polynomial(*coefficients: float) -> Any:
    """The polynomial with these coefficients, that of x⁰ first; pairs, pairs of pairs, ... (Estrin)."""

    @instruction
    def evaluate(typing: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            kind = ir.DoubleType()
            terms = [ir.Constant(kind, coefficient) for coefficient in coefficients]
            power = args[0]
            while len(terms) > 1:
                pairs = [
                    _multiply_add(builder, terms[low + 1], power, terms[low])
                    if low + 1 < len(terms)
                    else terms[low]
                    for low in range(0, len(terms), 2)
                ]
                terms = pairs
                if len(terms) > 1:
                    power = builder.fmul(power, power)
            return terms[0]

        return types.float64(types.float64), generate

    return evaluate
