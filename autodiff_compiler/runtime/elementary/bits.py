"""Operations on numbers that kernels are made of and Python has no words for: one instruction or few each.

Numba inlines them where they are used. None of them branches, so a loop that uses them can be
vectorised.
"""

from __future__ import annotations

import functools
import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic


def instruction(function: Callable[..., Any]) -> Any:
    """What Numba writes with a function that builds LLVM's code."""
    return intrinsic(function)


@functools.cache
def has_fma() -> bool:
    """Whether the processor multiplies and adds with one rounding."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return True
    return bool(llvm.get_host_cpu_features().get("fma", False))


@functools.cache
def has_scaling() -> bool:
    """Whether the processor multiplies vectors by powers of two."""
    return bool(llvm.get_host_cpu_features().get("avx512f", False))


def _kind(x: Any) -> Any:
    """The precision of a kernel's numbers: that of this one."""
    return types.float32 if x == types.float32 else types.float64


@dataclass(frozen=True)
class Layout:
    """Where the parts of a float are."""

    mantissa: int
    bias: int
    magic: float  # 1.5 · 2^mantissa: the bits of the sum with a small whole number end in it
    magic_bits: int
    root_half: int  # the bits of √½


_LAYOUTS = {
    types.float64: Layout(52, 1023, 1.5 * 2.0**52, 0x4338000000000000, 0x3FE6A09E667F3BCD),
    types.float32: Layout(23, 127, 1.5 * 2.0**23, 0x4B400000, 0x3F3504F3),
}


def _integer(kind: Any) -> Any:
    return ir.IntType(64 if kind == types.float64 else 32)


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
def from_bits(typing: Any, bits: Any) -> Any:
    """The float64 with these bits."""
    return types.float64(types.int64), lambda context, builder, sig, args: builder.bitcast(
        args[0], ir.DoubleType()
    )


def _in_precision(builder: Any, x: Any, number: Any) -> Any:
    return builder.fptrunc(number, ir.FloatType()) if x == types.float32 else number


@instruction
def like(typing: Any, x: Any, number: Any) -> Any:
    """A constant in the precision of x."""
    return _kind(x)(x, types.float64), lambda context, builder, sig, args: _in_precision(builder, x, args[1])


@instruction
def pick(typing: Any, x: Any, double: Any, single: Any) -> Any:
    """One of two constants, by the precision of x."""
    return _kind(x)(x, types.float64, types.float64), lambda context, builder, sig, args: _in_precision(
        builder, x, args[2 if x == types.float32 else 1]
    )


@instruction
def choose(typing: Any, condition: Any, then: Any, orelse: Any) -> Any:
    """One of two numbers, without a branch."""
    kind = _kind(then) if isinstance(then, types.Float) else types.int64
    return kind(types.boolean, kind, kind), lambda context, builder, sig, args: builder.select(*args)


@instruction
def fma(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """A b + c, rounded once where the processor can; no kernel relies on that."""
    kind = _kind(a)
    return kind(kind, kind, kind), lambda context, builder, sig, args: _multiply_add(builder, *args)


@instruction
def product_error(typing: Any, a: Any, b: Any, product: Any) -> Any:
    """What rounding has taken from the product: a b − product, exactly."""
    kind = _kind(a)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        a, b, product = args
        if has_fma():
            return _multiply_add(builder, a, b, builder.fneg(product))
        return _product_error(builder, a, b, product)

    return kind(kind, kind, kind), generate


@instruction
def less_product(typing: Any, x: Any, a: Any, b: Any) -> Any:
    """X − a b where that is a float, as for a rounded quotient: rounded once on every processor."""
    kind = _kind(x)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x, a, b = args
        if has_fma():
            return _multiply_add(builder, builder.fneg(a), b, x)
        product = builder.fmul(a, b)
        return builder.fsub(builder.fsub(x, product), _product_error(builder, a, b, product))

    return kind(kind, kind, kind), generate


def _product_error(builder: Any, a: Any, b: Any, product: Any) -> Any:
    """The parts of a product without the processor's help (Dekker)."""
    (a_high, a_low), (b_high, b_low) = (_halves(builder, number) for number in (a, b))
    error = builder.fsub(builder.fmul(a_high, b_high), product)
    error = builder.fadd(error, builder.fmul(a_high, b_low))
    error = builder.fadd(error, builder.fmul(a_low, b_high))
    return builder.fadd(error, builder.fmul(a_low, b_low))


def _halves(builder: Any, number: Any) -> tuple[Any, Any]:
    """The upper half of a number's bits, and the rest (Veltkamp)."""
    factor = 2**27 + 1 if number.type == ir.DoubleType() else 2**12 + 1
    scaled = builder.fmul(number, ir.Constant(number.type, float(factor)))
    high = builder.fsub(scaled, builder.fsub(scaled, number))
    return high, builder.fsub(number, high)


def _of_one(name: str, doc: str) -> Any:
    def function(typing: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.call(_llvm_function(builder, name, args[0].type, 1), args)

        return _kind(x)(_kind(x)), generate

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
    kind = _kind(size)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.call(_llvm_function(builder, "copysign", args[0].type, 2), args)

    return kind(kind, kind), generate


@instruction
def whole(typing: Any, x: Any) -> Any:
    """A float64 that is a whole number below 2⁵¹ in size, as int64: by an addition, as all can do that."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _whole(builder, args[0], types.float64)

    return types.int64(types.float64), generate


def _whole(builder: Any, x: Any, kind: Any) -> Any:
    layout, integer = _LAYOUTS[kind], _integer(kind)
    bits = builder.bitcast(builder.fadd(x, ir.Constant(x.type, layout.magic)), integer)
    return builder.sub(bits, integer(layout.magic_bits))


def _float_of(builder: Any, k: Any, kind: Any) -> Any:
    """The float of an integer; few processors have the instruction for vectors of int64."""
    if kind == types.float32:
        return builder.sitofp(k, ir.FloatType())
    layout = _LAYOUTS[kind]
    sum_bits = builder.add(k, k.type(layout.magic_bits))
    return builder.fsub(
        builder.bitcast(sum_bits, ir.DoubleType()), ir.Constant(ir.DoubleType(), layout.magic)
    )


@instruction
def two_to(typing: Any, k: Any) -> Any:
    """2ᵏ for a whole number k, as float; in the range of normal numbers."""
    kind = _kind(k)
    layout, integer = _LAYOUTS[kind], _integer(kind)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        biased = builder.add(_whole(builder, args[0], kind), integer(layout.bias))
        return builder.bitcast(builder.shl(biased, integer(layout.mantissa)), args[0].type)

    return kind(kind), generate


@instruction
def parts_of(typing: Any, x: Any) -> Any:
    """k, as float, and m of x = 2ᵏ m, √½ ≤ m < √2, for normal positive x."""
    kind = _kind(x)
    layout, integer = _LAYOUTS[kind], _integer(kind)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], integer)
        above = builder.sub(bits, integer(layout.root_half))
        exponent = builder.ashr(above, integer(layout.mantissa))
        m = builder.bitcast(builder.sub(bits, builder.shl(exponent, integer(layout.mantissa))), args[0].type)
        k = _float_of(builder, exponent, kind)
        return context.make_tuple(builder, sig.return_type, [k, m])

    return types.UniTuple(kind, 2)(kind), generate  # type: ignore[no-untyped-call]


@instruction
def inverse_root_guess(typing: Any, x: Any) -> Any:
    """x^(−⅓) of a normal positive float32 to 4 %: bits of floats are almost logarithms."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        (x,) = args
        bits = builder.sitofp(builder.bitcast(x, ir.IntType(32)), x.type)
        guess = _multiply_add(
            builder, bits, ir.Constant(x.type, float(np.float32(-1 / 3))), ir.Constant(x.type, 1419900343.0)
        )
        return builder.bitcast(builder.fptosi(guess, ir.IntType(32)), x.type)

    return types.float32(types.float32), generate


@instruction
def is_odd(typing: Any, k: Any) -> Any:
    """Whether a whole number, as float, is odd."""
    kind = _kind(k)
    one = _integer(kind)(1)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        last = builder.and_(_whole(builder, args[0], kind), one)
        return builder.icmp_unsigned("!=", last, one.type(0))

    return types.boolean(kind), generate


@instruction
def sign_by_half(typing: Any, x: Any, k: Any) -> Any:
    """X (−1)^⌊k/2⌋ for a whole number k, as float."""
    kind = _kind(x)
    integer = _integer(kind)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x, k = args
        second = builder.and_(_whole(builder, k, kind), integer(2))
        sign = builder.shl(second, integer(integer.width - 2))
        return builder.bitcast(builder.xor(builder.bitcast(x, integer), sign), x.type)

    return kind(kind, kind), generate


@instruction
def scaled(typing: Any, x: Any, k: Any) -> Any:
    """2ᵏ x for a whole number k, as float: by one instruction, or in two steps, as neither 2ᵏ nor what is
    between may leave the range before the result does.
    """
    kind = _kind(x)
    layout, integer = _LAYOUTS[kind], _integer(kind)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x, k = args
        if has_scaling():
            narrow = ir.IntType(32)
            exponent = _whole(builder, k, kind)
            exponent = builder.trunc(exponent, narrow) if kind == types.float64 else exponent
            name = f"llvm.ldexp.f{integer.width}.i32"
            signature = ir.FunctionType(x.type, [x.type, narrow])
            return builder.call(builder.module.declare_intrinsic(name, (), signature), [x, exponent])
        both = builder.add(_whole(builder, k, kind), integer(2 * layout.bias))
        half = builder.ashr(both, integer(1))
        for biased in (half, builder.sub(both, half)):
            x = builder.fmul(x, builder.bitcast(builder.shl(biased, integer(layout.mantissa)), x.type))
        return x

    return kind(kind, kind), generate


def polynomial(*double: float, single: tuple[float, ...] = ()) -> Any:
    """The polynomial with these coefficients, that of x⁰ first; pairs, pairs of pairs, ... (Estrin).

    Of numbers in float32 it is that with the `single` ones.
    """

    @instruction
    def evaluate(typing: Any, x: Any) -> Any:
        kind = _kind(x)
        coefficients = single if kind == types.float32 else double

        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            terms = [ir.Constant(args[0].type, rounded(coefficient)) for coefficient in coefficients]
            power = args[0]
            while len(terms) > 1:
                if len(terms) == 3:  # as soon as with the square, and one operation less
                    terms = [terms[0], _multiply_add(builder, terms[2], power, terms[1])]
                terms = [
                    _multiply_add(builder, terms[low + 1], power, terms[low])
                    if low + 1 < len(terms)
                    else terms[low]
                    for low in range(0, len(terms), 2)
                ]
                if len(terms) > 1:
                    power = builder.fmul(power, power)
            return terms[0]

        def rounded(coefficient: float) -> float:
            return float(np.float32(coefficient)) if kind == types.float32 else coefficient

        return kind(kind), generate

    return evaluate
