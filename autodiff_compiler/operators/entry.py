"""What an operator is: one entry holds every fact about it.

An elementwise operator is written as the partial derivatives of one scalar function. From that entry alone
follow the reverse and the forward rule, what reverse mode has to keep, the tests, the documentation page
and the suggestions of error messages. Broadcasting, casts, accumulation and the skipping of inactive
operands are no business of an entry; `differentiate/` does them once, for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from autodiff_compiler.ir.types import Type
from autodiff_compiler.operators.trace import Traced


@dataclass(frozen=True, slots=True)
class Domain:
    """An interval where tests sample an operand, and points (kinks) that samples stay clear of."""

    low: float
    high: float
    excluded: tuple[float, ...] = ()
    integer: bool = False


def reals(low: float = -3.0, high: float = 3.0, *excluded: float) -> Domain:
    """Floats between low and high, away from the excluded points."""
    return Domain(low, high, excluded)


def integers(low: int, high: int) -> Domain:
    """Whole numbers between low and high."""
    return Domain(low, high, (), True)


Adjoint = Callable[..., tuple[Traced | None, ...]]


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A partial derivative that exists, but for which there is no rule: refused where it is needed."""

    operand: str  # in a user's words
    of: str = ""  # what is differentiated, where it is no function that users call


Partial = Traced | float | Unwritten | None
Partials = Callable[..., tuple[Partial, ...]]


@dataclass(frozen=True, slots=True)
class Elementwise:
    """A function of scalars, applied to each element of broadcast arrays.

    The cotangent of a complex number z = a + i b is ∂L/∂a + i ∂L/∂b (PyTorch's convention): with complex
    `partials` p, an operand gets ȳ conj(p). A function that has none, as |z|, gives what operands get itself:
    its `adjoint`.
    """

    name: str
    callables: tuple[object, ...]  # the Python functions it stands for
    emit: str  # a Python expression over {0}, {1}, ...
    result: str  # "float": true division's rule; "number": promotion; "bool"; "integer": ints only
    partials: Partials | None  # (operands..., result) -> one per operand; None: zero everywhere
    domains: tuple[Domain, ...]
    doc: str
    cheap: bool = False  # recomputing costs about as much as reading memory
    symbol: str = ""  # the syntax it stands for, as `+`
    complex: bool = False  # takes complex numbers; `partials` are then its complex derivatives
    adjoint: Adjoint | None = None  # (cotangent, operands..., result): for real-linear functions, see below
    kernel: str = ""  # the function of runtime/elementary/ that is used where a loop can be vectorised

    @property
    def arity(self) -> int:
        """How many operands."""
        return len(self.domains)


@dataclass(frozen=True, slots=True)
class Reduction:
    """A fold over some axes: `combine` is how a nest writes it, `scale` whether it divides by the count."""

    name: str
    callables: tuple[object, ...]
    methods: tuple[str, ...]
    combine: str  # "add" | "max" | "min"
    mean: bool
    doc: str
    of_none: bool = True  # whether there is a result of no elements

    def evaluate(self, *arguments: object, **attributes: object) -> object:
        """What the Python function gives."""
        function: Callable[..., object] = self.callables[0]  # type: ignore[assignment]  # the first is one
        return function(*arguments, **attributes)


@dataclass(frozen=True, slots=True)
class Product:
    """Sums of products over shared axes: a nest, written as a call of the runtime where it is one."""

    name: str
    callables: tuple[object, ...]
    methods: tuple[str, ...]
    doc: str


@dataclass(frozen=True, slots=True)
class Structural:
    """Creation, shape and selection: lowered to IR nodes, whose derivatives need no rule of the operator."""

    name: str
    callables: tuple[object, ...]
    methods: tuple[str, ...]  # method or attribute names on arrays
    doc: str


@dataclass(frozen=True, slots=True)
class Composed:
    """A function written in the accepted language, of other operators: followed as source, never called."""

    name: str
    callables: tuple[object, ...]
    methods: tuple[str, ...]
    function: FunctionType
    doc: str


Signature = tuple[Sequence[Type], Sequence[Type]]  # what an external takes, and what it gives


@dataclass(frozen=True, slots=True)
class External:
    """A function of the runtime that generated code calls as one piece, with one or several results.

    `types` gives, from the types of the operands of a call, those that the function takes (operands are cast
    and made contiguous to be of these) and those of its results; it raises TypeError with the message where
    it takes no such operands. Results are new numbers and contiguous arrays.
    """

    callables: tuple[object, ...]  # for users; functions in the accepted language call `function`
    function: Callable[..., Any]  # of `runtime/`, in the `__all__` of its module
    types: Callable[..., Signature]
    several: bool  # gives a tuple, even of one
    pullback: FunctionType | None  # in the accepted language; None: zero everywhere
    seeded: tuple[int, ...]  # the results that it takes cotangents of
    effects: bool  # is to be called as often as written, and in that order: it draws random numbers, say
    doc: str
    results: tuple[str, ...] = ()  # what the results are called in generated code
    differential: FunctionType | None = None  # in the accepted language; None: as `pullback`, or not written

    @property
    def name(self) -> str:
        """What it is called in generated code."""
        return str(self.function.__name__)


Entry = Elementwise | Reduction | Product | Structural | Composed | External
