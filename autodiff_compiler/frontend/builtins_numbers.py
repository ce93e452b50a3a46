"""Builtins and functions of `math` and `operator` on numbers: `round`, `divmod`, `pow`, `math.comb`, ..."""

from __future__ import annotations

import builtins
import math
import operator
import statistics
from collections.abc import Callable, Sequence

import gast

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend import stand_ins
from autodiff_compiler.frontend.arithmetic import binary_operator, compare_numbers, unary_operator
from autodiff_compiler.frontend.builtins_folds import Keywords, Lower, bound, follow, is_array
from autodiff_compiler.frontend.failures import require, require_nonzero
from autodiff_compiler.frontend.iteration import iterated
from autodiff_compiler.frontend.kinds import Static
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.values import Lowered, TupleValue
from autodiff_compiler.ir.build import complex_constant, integer
from autodiff_compiler.ir.nodes import Apply, Atom, Const, Var
from autodiff_compiler.ir.types import BOOL, INT, Scalar, is_complex

_PLACES = 22  # powers of ten up to this one are exact floats


def _round(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    value, digits = bound(scope, node, "round", ("number", "ndigits"), arguments, keywords, 1)
    assert value is not None
    if is_array(value):
        scope.frame.refuse(TypeMismatch, node, "the builtin round takes single numbers", "np.round")
    number = scope.scalar(value, node, "the argument of round")
    if digits is None or (isinstance(digits, Static) and digits.value is None):
        if not number.type.dtype.startswith("float"):
            return scope.integer(number, node, "the argument of round")
        return scope.cast(scope.apply("rint", (number,), number.type), INT)
    places = scope.known_integer(digits, node, "the number of digits of round")
    if not number.type.dtype.startswith("float"):
        if places < 0:
            scope.frame.refuse(TypeMismatch, node, "integers are not rounded to tens", "n // 10 * 10")
        return scope.integer(number, node, "the argument of round")
    if abs(places) > _PLACES:
        scope.frame.refuse(TypeMismatch, node, f"round takes at most {_PLACES} digits here")
    scale = Const(float(10 ** abs(places)), Scalar("float64", True))
    function = stand_ins.rounded if places >= 0 else stand_ins.rounded_to_tens
    found = follow(scope, node, function, [number, scale])
    if isinstance(found, Var):
        found = scope.builder.assign(Apply("positive", (found,)), found.type)
        scope.frame.context.rounded.add(found)
    return found


def _power(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    base, exponent, modulus = bound(scope, node, "pow", ("base", "exp", "mod"), arguments, keywords, 2)
    assert base is not None
    assert exponent is not None
    if modulus is None or (isinstance(modulus, Static) and modulus.value is None):
        return binary_operator(scope, node, "power", base, exponent)
    numbers = [scope.integer(item, node, "an argument of pow") for item in (base, exponent, modulus)]
    require_nonzero(scope, node, numbers[2], "pow() 3rd argument cannot be 0")
    _require_sign(
        scope, node, numbers[1], "pow() with three arguments needs an exponent that is not negative"
    )
    return follow(scope, node, stand_ins.power_modulo, numbers)


def _require_sign(scope: Scope, node: gast.AST, number: Atom, message: str) -> None:
    """ValueError where the integer is negative."""
    require(scope, node, _compare(scope, "greater_equal", number, 0), ValueError, message)


def _compare(scope: Scope, name: str, number: Atom, bound_: int) -> Atom:
    if isinstance(number, Const):
        holds = number.value >= bound_ if name == "greater_equal" else number.value <= bound_
        return Const(bool(holds), BOOL)
    return scope.apply(name, (number, integer(bound_)), BOOL)


def _log(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    if len(arguments) == 2 and not keywords:
        return follow(scope, node, stand_ins.logarithm, arguments)
    x = bound(scope, node, "math.log", ("x",), arguments, keywords, 1)
    return scope.elementwise(node, "log", [item for item in x if item is not None], scalars_only=True)


def _of_integers(name: str, function: Callable[..., object], count: int) -> Lower:
    """A function of integers that must not be negative."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        if keywords or len(arguments) != count:
            scope.frame.refuse(TypeMismatch, node, f"{name} takes {count} positional arguments here")
        numbers = [scope.integer(item, node, f"an argument of {name}") for item in arguments]
        for number in numbers:
            _require_sign(scope, node, number, f"{name} is not defined for negative values")
        if name == "math.factorial":
            small = _compare(scope, "less_equal", numbers[0], 20)
            message = "the factorial needs more than 64 bits; math.gamma(n + 1) is a float"
            require(scope, node, small, OverflowError, message)
        return follow(scope, node, function, numbers)

    return lower


def _direct(function: Callable[..., object]) -> Lower:
    """A function that only needs to be followed."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        return follow(scope, node, function, arguments, keywords)

    return lower


def _distance(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    p, q = _two(scope, node, "math.dist", arguments, keywords)
    return follow(scope, node, stand_ins.distance, [iterated(scope, node, p), iterated(scope, node, q)])


def _two(
    scope: Scope, node: gast.AST, name: str, arguments: Sequence[Lowered], keywords: Keywords
) -> tuple[Lowered, Lowered]:
    if len(arguments) != 2 or keywords:
        scope.frame.refuse(TypeMismatch, node, f"{name} takes two arguments, and gets {len(arguments)}")
    return arguments[0], arguments[1]


def _divmod(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    a, b = _two(scope, node, "divmod", arguments, keywords)
    quotient = binary_operator(scope, node, "floor_divide", a, b)
    return TupleValue((quotient, binary_operator(scope, node, "remainder", a, b)))


def _unary(name: str) -> Lower:
    """A function of the module `operator` with one argument, as `operator.neg`."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        (value,) = bound(scope, node, f"operator.{name}", ("a",), arguments, keywords, 1)
        assert value is not None
        return unary_operator(scope, node, name, value)

    return lower


def _operator(name: str) -> Lower:
    """A function of the module `operator`, as `operator.add`."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        a, b = _two(scope, node, f"operator.{name}", arguments, keywords)
        return binary_operator(scope, node, name, a, b)

    return lower


def _comparison(name: str) -> Lower:
    """A comparison of the module `operator`, as `operator.lt`."""

    def lower(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
        return compare_numbers(scope, node, name, *_two(scope, node, name, arguments, keywords))

    return lower


def _negation(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    if len(arguments) != 1 or keywords:
        scope.frame.refuse(TypeMismatch, node, "operator.not_ takes one argument")
    return scope.negated(scope.condition(arguments[0], node))


def _complex(scope: Scope, node: gast.AST, arguments: list[Lowered], keywords: Keywords) -> Lowered:
    """`complex(real, imag)`; either may be complex itself."""
    real, imag = bound(scope, node, "complex", ("real", "imag"), arguments, keywords, 0)
    kind = Scalar("complex128", weak=True)
    number = scope.scalar(integer(0) if real is None else real, node, "the real part")
    if imag is None:
        return scope.cast(number, kind)
    other = scope.scalar(imag, node, "the imaginary part")
    if is_complex(number.type) or is_complex(other.type):
        turned = binary_operator(scope, node, "multiply", other, complex_constant(1j, kind))
        return binary_operator(scope, node, "add", number, turned)
    parts = [scope.cast(part, Scalar("float64", weak=True)) for part in (number, other)]
    return scope.builder.assign(Apply("complex_of", tuple(parts)), kind)


NUMBERS: dict[object, Lower] = {
    builtins.complex: _complex,
    builtins.round: _round,
    builtins.divmod: _divmod,
    builtins.pow: _power,
    math.log: _log,
    math.isclose: _direct(stand_ins.is_close),
    math.modf: _direct(stand_ins.fraction_and_whole),
    math.ldexp: _direct(stand_ins.scaled),
    math.dist: _distance,
    math.factorial: _of_integers("math.factorial", stand_ins.factorial, 1),
    math.comb: _of_integers("math.comb", stand_ins.combinations_count, 2),
    math.perm: _of_integers("math.perm", stand_ins.permutations_count, 2),
    math.isqrt: _of_integers("math.isqrt", stand_ins.integer_root, 1),
    operator.add: _operator("add"),
    operator.sub: _operator("subtract"),
    operator.mul: _operator("multiply"),
    operator.truediv: _operator("divide"),
    operator.floordiv: _operator("floor_divide"),
    operator.mod: _operator("remainder"),
    operator.pow: _operator("power"),
    operator.matmul: _operator("matmul"),
    operator.lt: _comparison("less"),
    operator.le: _comparison("less_equal"),
    operator.gt: _comparison("greater"),
    operator.ge: _comparison("greater_equal"),
    operator.eq: _comparison("equal"),
    operator.ne: _comparison("not_equal"),
    operator.and_: _operator("bitwise_and"),
    operator.or_: _operator("bitwise_or"),
    operator.xor: _operator("bitwise_xor"),
    operator.lshift: _operator("left_shift"),
    operator.rshift: _operator("right_shift"),
    operator.neg: _unary("negative"),
    operator.pos: _unary("positive"),
    operator.invert: _unary("invert"),
    operator.not_: _negation,
    # what `NormalDist.inv_cdf` calls, where that is written in C
    getattr(statistics, "_normal_dist_inv_cdf", statistics.NormalDist): _direct(stand_ins.normal_quantile),
}

__all__ = ["NUMBERS"]
