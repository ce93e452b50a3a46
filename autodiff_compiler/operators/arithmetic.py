"""The operators with a symbol (`+`, `**`, `&`, ...) and their relatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from autodiff_compiler.ir.nodes import Const
from autodiff_compiler.operators.declare import scalar_function
from autodiff_compiler.operators.entry import integers, reals
from autodiff_compiler.operators.trace import Traced, apply, where

_TWO = (reals(), reals())
_OVER = (reals(), reals(-3, -0.5))

# ---------------------------------------------------------------- field operations

scalar_function(
    "add", np.add, symbol="+", result="number", domains=_TWO, cheap=True, complex=True,
    partials=lambda a, b, y: (1.0, 1.0),
    doc="y = a + b;  ∂y/∂a = 1,  ∂y/∂b = 1",
)  # fmt: skip

scalar_function(
    "subtract", np.subtract, symbol="-", result="number", domains=_TWO, cheap=True, complex=True,
    partials=lambda a, b, y: (1.0, -1.0),
    doc="y = a − b;  ∂y/∂a = 1,  ∂y/∂b = −1",
)  # fmt: skip

scalar_function(
    "multiply", np.multiply, symbol="*", result="number", domains=_TWO, cheap=True, complex=True,
    partials=lambda a, b, y: (b, a),
    doc="y = a b;  ∂y/∂a = b,  ∂y/∂b = a",
)  # fmt: skip

scalar_function(
    "divide", np.divide, symbol="/", domains=_OVER, cheap=True, complex=True,
    partials=lambda a, b, y: (1 / b, -y / b),
    doc="y = a / b;  ∂y/∂a = 1 / b,  ∂y/∂b = −y / b",
)  # fmt: skip

scalar_function(
    "reciprocal", np.reciprocal, result="number", domains=(reals(0.3, 3),), cheap=True, complex=True,
    partials=lambda x, y: (-(y * y),),
    doc="y = 1 / x;  ∂y/∂x = −y²",
)  # fmt: skip

scalar_function(
    "negative", np.negative, symbol="-", result="number", cheap=True, complex=True,
    partials=lambda x, y: (-1.0,),
    doc="y = −x;  ∂y/∂x = −1",
)  # fmt: skip

scalar_function(
    "positive", np.positive, symbol="+", result="number", cheap=True, complex=True,
    partials=lambda x, y: (1.0,),
    doc="y = x;  ∂y/∂x = 1",
)  # fmt: skip

scalar_function(
    "square", np.square, emit="{0} * {0}", result="number", cheap=True, complex=True,
    partials=lambda x, y: (2 * x,),
    doc="y = x²;  ∂y/∂x = 2 x",
)  # fmt: skip


def constant(x: Any) -> Any:
    """A number or array as it is: what composed functions keep the derivative away from."""
    return x


scalar_function(
    "constant", constant, emit="+{0}", result="number", cheap=True,
    doc="y = x, in functions composed of others;  the derivative is zero",
)  # fmt: skip

# ---------------------------------------------------------------- division with remainder

scalar_function(
    "floor_divide", np.floor_divide, symbol="//", result="number", domains=_OVER,
    doc="y = ⌊a / b⌋, of integers 0 where b = 0;  the derivative is zero",
)  # fmt: skip

scalar_function(
    "remainder", np.remainder, symbol="%", result="number", domains=_OVER,
    partials=lambda a, b, y: (1.0, -apply("floor_divide", a, b)),
    doc="y = a − b ⌊a / b⌋, with the sign of b;  ∂y/∂a = 1,  ∂y/∂b = −⌊a / b⌋",
)  # fmt: skip


def truncated_remainder(a: Any, b: Any) -> Any:
    """`np.fmod` of floats."""
    return np.fmod(a, b)


scalar_function(
    "fmod", truncated_remainder, math.fmod, emit="np.fmod({0}, {1})", domains=_OVER,
    partials=lambda a, b, y: (1.0, -apply("trunc", a / b)),
    doc="y = a − b trunc(a / b), with the sign of a, in floats;  ∂y/∂a = 1,  ∂y/∂b = −trunc(a / b)",
)  # fmt: skip

# ---------------------------------------------------------------- powers


def _raised(x: Traced, exponent: float) -> Traced | float:
    """The power of x in the fewest operations; 1 for exponent 0, whatever x is."""
    if exponent == 0:
        return 1.0
    if exponent == 1:
        return x
    if exponent == 2:
        return x * x
    if exponent == -1:
        return 1 / x
    return x**exponent


def _power(x: Traced, n: Traced, y: Traced) -> tuple[Traced | float | None, ...]:
    """The partials of y = xⁿ. A literal n is differentiated by nobody, so its logarithm is not written.

    With n a variable, the exponent n − 1 is replaced where n = 0 and the logarithm's operand where x = 0,
    so that the zeros there come without a 0 · ∞, also in higher derivatives.
    """
    if isinstance(n.atom, Const):
        exponent = float(n.atom.value)
        return (exponent * _raised(x, exponent - 1.0) if exponent != 0 else 0.0, None)
    return (
        n * x ** where(n.equals(0.0), 1.0, n - 1),
        y * apply("log", where(x.equals(0.0), 1.0, x)),
    )


_POWER = "y = xⁿ;  ∂y/∂x = n xⁿ⁻¹ (0 where n = 0),  ∂y/∂n = y ln x (0 where x = 0 ≤ n, NaN where x < 0)"

scalar_function(
    "power", np.power, pow, symbol="**", result="number", domains=(reals(0.2, 3), reals()),
    partials=_power, kernel="power",
    doc=_POWER,
)  # fmt: skip

scalar_function(
    "float_power", math.pow, emit="{0} ** {1}", domains=(reals(0.2, 3), reals()),
    partials=_power, kernel="power",
    doc=_POWER + "; of integers, the float",
)  # fmt: skip

# ---------------------------------------------------------------- size and sign

scalar_function(
    "absolute", np.absolute, abs, emit="abs({0})", result="number", domains=(reals(-3, 3, 0),), cheap=True,
    partials=lambda x, y: (apply("sign", x),),
    doc="y = |x|;  ∂y/∂x = sign x (0 at 0)",
)  # fmt: skip

scalar_function(
    "fabs", np.fabs, math.fabs, domains=(reals(-3, 3, 0),), cheap=True,
    partials=lambda x, y: (apply("sign", x),),
    doc="y = |x|, of integers the float;  ∂y/∂x = sign x (0 at 0)",
)  # fmt: skip

scalar_function(
    "sign", np.sign, result="number", domains=(reals(-3, 3, 0),), cheap=True,
    doc="y = −1, 0 or 1 as x is negative, zero or positive;  the derivative is zero",
)  # fmt: skip

scalar_function(
    "copysign", np.copysign, math.copysign, domains=(reals(-3, 3, 0), reals(-3, 3, 0)), cheap=True,
    partials=lambda a, b, y: (apply("sign", a) * apply("copysign", 1.0, b), None),
    doc="y = |a| with the sign of b;  ∂y/∂a = sign a · sign b (0 at a = 0),  ∂y/∂b = 0",
)  # fmt: skip

# ---------------------------------------------------------------- rounding

scalar_function(
    "floor", np.floor, math.floor, result="number", cheap=True,
    doc="y = ⌊x⌋, with `math` an integer;  the derivative is zero",
)  # fmt: skip

scalar_function(
    "ceil", np.ceil, math.ceil, result="number", cheap=True,
    doc="y = ⌈x⌉, with `math` an integer;  the derivative is zero",
)  # fmt: skip

scalar_function(
    "trunc", np.trunc, math.trunc, result="number", cheap=True,
    doc="y = x without its fraction, with `math` an integer;  the derivative is zero",
)  # fmt: skip

scalar_function(
    "rint", np.rint, special.round, cheap=True,
    doc="y = the nearest whole number as a float, halves to even;  the derivative is zero",
)  # fmt: skip

# ---------------------------------------------------------------- bits

_BITS = (integers(-9, 9), integers(-9, 9))
_SHIFT = (integers(-9, 9), integers(0, 9))

for _name, _function, _symbol, _domains, _doc in (
    ("bitwise_and", np.bitwise_and, "&", _BITS, "y = the bits in both a and b"),
    ("bitwise_or", np.bitwise_or, "|", _BITS, "y = the bits in a or b"),
    ("bitwise_xor", np.bitwise_xor, "^", _BITS, "y = the bits in exactly one of a and b"),
    ("left_shift", np.left_shift, "<<", _SHIFT, "y = a · 2ᵇ, 0 ≤ b < 64"),
    ("right_shift", np.right_shift, ">>", _SHIFT, "y = ⌊a / 2ᵇ⌋, 0 ≤ b < 64"),
):
    scalar_function(
        _name, _function, symbol=_symbol, result="integer", domains=_domains, cheap=True,
        doc=f"{_doc};  integers have no derivative",
    )  # fmt: skip

scalar_function(
    "invert", np.invert, symbol="~", result="integer", domains=(integers(-9, 9),), cheap=True,
    doc="y = −x − 1, of booleans not x;  integers have no derivative",
)  # fmt: skip

# ---------------------------------------------------------------- neighbours, and mantissa and exponent

scalar_function(
    "nextafter", np.nextafter, math.nextafter, domains=_TWO,
    partials=lambda a, b, y: (1.0, None),
    doc="y = the float next to a in the direction of b;  ∂y/∂a = 1,  ∂y/∂b = 0",
)  # fmt: skip

scalar_function(
    "spacing", np.spacing, domains=(reals(1.1, 1.9),),
    emit="np.spacing({0}) if {0} != 0 else abs(np.spacing({0}))",  # Numba's of −0 is negative
    doc="y = the distance from x to the next float;  the derivative is zero",
)  # fmt: skip


def mantissa_of(x: Any) -> Any:
    """The first result of `np.frexp`."""
    return np.frexp(x)[0]


def exponent_of(x: Any) -> Any:
    """The second result of `np.frexp`, as a float."""
    return np.frexp(x)[1].astype(np.asarray(x).dtype)


def scaled_by_power(x: Any, n: Any) -> Any:
    """`np.ldexp`, whose exponent is a float here."""
    return np.ldexp(x, np.asarray(n, "int64")).astype(np.asarray(x).dtype)


scalar_function(
    "mantissa", mantissa_of, emit="math.frexp({0})[0]", domains=(reals(1.1, 1.9),),
    partials=lambda x, y: (where(x.equals(0.0), 1.0, y / where(x.equals(0.0), 1.0, x)),),
    doc="y = x / 2ᵉ, the first result of frexp;  ∂y/∂x = 2⁻ᵉ",
)  # fmt: skip

scalar_function(
    "exponent", exponent_of, emit="math.frexp({0})[1]", domains=(reals(1.1, 1.9),),
    doc="y = e, the second result of frexp;  the derivative is zero",
)  # fmt: skip

scalar_function(
    "scaled_by_power", scaled_by_power, emit="np.ldexp({0}, int({1}))", domains=(reals(), integers(-5, 5)),
    partials=lambda x, n, y: (apply("scaled_by_power", 1.0, n), None),
    doc="y = x 2ⁿ, in ldexp;  ∂y/∂x = 2ⁿ,  ∂y/∂n = 0",
)  # fmt: skip

scalar_function(
    "gcd", np.gcd, result="integer", domains=_BITS,
    doc="y = the greatest common divisor of the sizes of a and b;  integers have no derivative",
)  # fmt: skip

scalar_function(
    "lcm", np.lcm, result="integer", domains=_BITS,
    doc="y = the least common multiple of the sizes of a and b;  integers have no derivative",
)  # fmt: skip
