"""How a function of the accepted language is declared to stand for one of NumPy's."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

from autodiff_compiler.operators.entry import Composed, External, Signature
from autodiff_compiler.operators.registry import register

_known: set[object] = set()
_general: dict[str, FunctionType] = {}
Function = TypeVar("Function", bound=Callable[..., object])


def stands_for(*callables: object, methods: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Register the decorated function as the meaning of these callables, and of methods of arrays.

    Its parameters are those of the original (`self` first for a method), its docstring the line of the
    operator's page: the accepted form, and what is to be known about the derivative. It starts with
    `np.asarray` where the original takes lists.
    """

    def declare(function: Function) -> Function:
        assert isinstance(function, FunctionType)
        doc = " ".join((function.__doc__ or "").split()).removesuffix(".")
        register(Composed(function.__name__, callables, methods, function, doc))
        return function

    return declare


def generalises(*names: str) -> Callable[[Function], Function]:
    """Have a function followed where an operator of these names is called with more than it knows itself.

    Its parameters are those of the original. It calls the original in the form that the operator knows.
    """

    def declare(function: Function) -> Function:
        assert isinstance(function, FunctionType)
        _general.update(dict.fromkeys(names, function))
        return function

    return declare


def general_form(name: str) -> FunctionType | None:
    """The function that has all parameters of the operator's original; None where the operator has them."""
    return _general.get(name)


def external(
    function: Callable[..., Any],
    types: Callable[..., Signature],
    *,
    doc: str,
    callables: tuple[object, ...] = (),
    several: bool = True,
    pullback: Callable[..., object] | None = None,
    seeded: tuple[int, ...] = (0,),
    effects: bool = False,
    results: tuple[str, ...] = (),
    differential: Callable[..., object] | None = None,
) -> External:
    """Register a function of the runtime that programs call as one piece; see the entry's class.

    `pullback` is written in the accepted language: it gets the operands and the results, as they were at the
    call, and the cotangents of the results `seeded`; it returns a tuple with the cotangent of each operand,
    None where that has none. It is followed as source, so what it does not need is not computed or kept.
    `differential` is its counterpart for forward mode: it gets operands, results, and the tangents of those
    operands that it has a parameter `<operand>_dot` for; it returns a tuple with the tangent of each result
    `seeded`.
    """
    assert pullback is None or isinstance(pullback, FunctionType)
    assert differential is None or isinstance(differential, FunctionType)
    made = External(
        (function, *callables), function, types, several, pullback, seeded if pullback else (), effects, doc,
        results, differential,
    )  # fmt: skip
    register(made)
    return made


def known_while_compiling(function: Function) -> Function:
    """Have a function run by the compiler: of axes, ranks, names of modes and the like, never of numbers.

    It gets Python's values (lists as tuples), and may return numbers, None, text, tuples of such, or a
    function to follow. What it raises is refused at the user's call: a ValueError as ShapeMismatch, or as
    InvalidRequest where it quotes a text that it was given; an AxisError as AxisOutOfBounds, another
    IndexError as IndexOutOfBounds, a TypeError as TypeMismatch. So is an argument that is only known at
    run time.
    """
    _known.add(function)
    return function


def is_known_while_compiling(function: object) -> bool:
    """Whether the compiler runs this function."""
    return isinstance(function, FunctionType) and function in _known


def is_exactly(number: int, value: int) -> bool:
    """Whether a number is known while compiling to be this integer."""
    return number == value


def is_unit(length: int) -> bool:
    """Whether a length is one in its array's type, so that NumPy's answer may have another form."""
    return length == 1
