"""What a user can be told: one exception class per cause, each docstring its manual page.

Every error prints the place, the line with a caret, the reason and what to write instead; offences found
together are reported together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from numpy.exceptions import AxisError

from autodiff_compiler.location import Location

_WIDTH = 100  # of a quoted source line
_FRAMES = 5  # quoted calls of an inlining chain


class DifferentiationError(Exception):
    """A function, or a request about it, that is refused; the subclass names the cause.

    `reason` says why, `suggestion` what to write instead, `location` where; `others` are the offences
    reported along with this one.
    """

    title: ClassVar[str] = "this cannot be differentiated"
    advice: ClassVar[str] = ""  # the suggestion where none is given

    def __init__(
        self,
        reason: str,
        suggestion: str = "",
        location: Location | None = None,
        others: Sequence[DifferentiationError] = (),
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.suggestion = suggestion or self.advice
        self.location = location
        self.others = tuple(others)

    @property
    def filename(self) -> str | None:
        """The file of the offence, None where it has no place in a source."""
        return self.location.filename if self.location else None

    @property
    def lineno(self) -> int | None:
        """The line, counted from 1."""
        return self.location.line if self.location else None

    @property
    def col_offset(self) -> int | None:
        """The column, counted from 0."""
        return self.location.column if self.location else None

    @property
    def locations(self) -> tuple[Location, ...]:
        """Where this offence and the others reported with it stand."""
        return tuple(error.location for error in (self, *self.others) if error.location)

    def __str__(self) -> str:
        if not self.others:
            return "\n".join([*_heading(self), *_details(self)])
        lines = [f"{len(self.others) + 1} offences"]
        for error in (self, *self.others):
            lines += ["", *_heading(error), *_details(error)]
        return "\n".join(lines)


class UnsupportedSyntax(DifferentiationError, TypeError):
    """Python that is outside the accepted language.

    Fails, as a generator stops and resumes::

        def squares(x):
            for v in x:
                yield v * v


        def loss(x):
            return sum(squares(x))

    Works::

        def squares(x):
            return [v * v for v in x]


        def loss(x):
            return sum(squares(x))
    """

    title = "Python outside the accepted language"


class UnknownOperator(DifferentiationError):
    """A call of a function that has no entry among the operators and no Python source to follow.

    Fails::

        def f(x):
            return scipy.special.erf(x)

    Works, with the operator that is known::

        def f(x):
            return math.erf(x)
    """

    title = "a function that is not known"


class NotDifferentiable(DifferentiationError):
    """A result that has no derivative, because it holds no float.

    Fails, as integers have none::

        def f(x, n):
            return n // 2

    Works::

        def f(x, n):
            return x * (n // 2)
    """

    title = "no derivative exists here"


class DerivativeNotWritten(DifferentiationError):
    """The derivative exists in mathematics, but the compiler does not have it.

    Fails: an operator with a value but no rule for its derivative. At present every operator has one.

    Works: the same mathematics spelled with operators that have a rule.
    """

    title = "a derivative that is not written yet"


class TypeMismatch(DifferentiationError, TypeError):
    """A value of a type that the operation does not take, or a variable that changes its type.

    Fails, as `r` is an array after one branch and a number after the other::

        def f(x, level):
            if level > 0.5:
                r = x
            else:
                r = 0.0
            return np.sum(r)

    Works::

        def f(x, level):
            if level > 0.5:
                r = x
            else:
                r = np.zeros_like(x)
            return np.sum(r)
    """

    title = "types that do not fit"


class ShapeMismatch(DifferentiationError, ValueError):
    """Arrays whose shapes cannot be combined.

    Fails for `w` of shape (3,) and `x` of shape (4, 2)::

        def f(w, x):
            return np.sum(w * x)

    Works, with the axis spelled out where w has one value per row::

        def f(w, x):
            return np.sum(w[:, None] * x)  # w of shape (4,)
    """

    title = "shapes that do not fit"


class AxisOutOfBounds(ShapeMismatch, AxisError):
    """An axis that an array does not have.

    Fails for `x` with two axes::

        def f(x):
            return np.sum(np.max(x, axis=2))

    Works::

        def f(x):
            return np.sum(np.max(x, axis=1))
    """


class IndexOutOfBounds(DifferentiationError, IndexError):
    """An index that is not within the length of its axis.

    Fails, as the last `i + 1` is the length of `x`::

        def f(x):
            total = 0.0
            for i in range(len(x)):
                total += (x[i + 1] - x[i]) ** 2
            return total

    Works::

        def f(x):
            total = 0.0
            for i in range(len(x) - 1):
                total += (x[i + 1] - x[i]) ** 2
            return total
    """

    title = "an index out of bounds"


class AliasedMutation(DifferentiationError, ValueError):
    """An update in place of memory that another value also shows, where the update cannot be followed.

    Fails, when called as `f(a, a)`::

        def f(x, y):
            x[0] = 2.0 * y[0]
            return np.sum(x * y)

    Works, called as `f(a, a.copy())`.
    """

    title = "an update of shared memory"


class InvalidRequest(DifferentiationError, ValueError):
    """A question that has no answer: an unknown parameter, the gradient of an array, the wrong arguments.

    Fails, as `f` has no parameter `z`::

        gradient(of=f, wrt="z")

    Works::

        gradient(of=f, wrt="x")
    """

    title = "a request that cannot be met"


class SourceUnavailable(DifferentiationError):
    """A function whose Python source cannot be read, or is no longer what the function was made from.

    Fails, as the text is kept nowhere::

        exec("def f(x): return x * x")
        gradient(of=f)

    Works, with the function in a file or a notebook cell::

        from my_functions import f

        gradient(of=f)
    """

    title = "source that cannot be read"


class UnboundVariable(DifferentiationError, NameError):
    """A variable that has no value, on some path, where it is read.

    Fails, as nothing gives `r` a value where `x` is not positive::

        def f(x):
            if x > 0:
                r = x
            return r

    Works::

        def f(x):
            r = 0.0
            if x > 0:
                r = x
            return r
    """

    title = "a variable without a value"


class CompilerBug(DifferentiationError):
    """A mistake of the compiler; there is nothing wrong with the function.

    Fails: any function that brings out the mistake; the message names the stage that found it.

    Works, until the mistake is mended: the same mathematics written another way.
    """

    title = "a mistake of the compiler, not of your function"
    advice = "please report this, with the function, the types of its arguments and this message"


class ZeroDerivativeWarning(UserWarning):
    """The result does not depend on the parameters, so the derivative is zero everywhere.

    Warns, as a length does not depend on the numbers::

        def f(x):
            return float(len(x))

    Silent, where it is meant::

        warnings.filterwarnings("ignore", category=ZeroDerivativeWarning)
    """


class DerivativeLostWarning(UserWarning):
    """A number of the result comes from an integer, rounding or a comparison, where its slope is zero.

    Warns, as the derivative of `round` is zero wherever it exists::

        def f(x):
            return 0.5 * round(x) * x

    Silent, as integers are constants where they count, index or decide::

        def f(x):
            total = 0.0
            for k in range(round(x)):
                total += x
            return total
    """


def raise_all(errors: Sequence[DifferentiationError]) -> None:
    """Raise the first error, carrying the others in its report; return None where there is none."""
    if not errors:
        return
    first, *others = errors
    first.others = (*first.others, *others)
    raise first


def place_note(place: Location, more: str = "") -> str:
    """What is noted about an exception of Python's or NumPy's own that is raised at a place."""
    inside = f" in {place.function}" if place.function else ""
    quoted = [f"  {line}" for line in _quoted(place)]
    details = [f"  {line}" for line in more.splitlines()]
    return "\n".join([f"raised at {place}{inside}", *quoted, *details, *_callers(place)])


def _heading(error: DifferentiationError) -> list[str]:
    if error.location is None:
        return []
    inside = f" in {error.location.function}" if error.location.function else ""
    return [error.title + inside]


def _details(error: DifferentiationError) -> list[str]:
    place = error.location
    if place is None:
        return error.reason.splitlines() + _advice(error, "")
    lines = [f"  {place.filename}:{place.line}:{place.column + 1}"]
    lines += [f"    {line}" for line in _quoted(place)]
    lines += [f"  {line}" for line in error.reason.splitlines()]
    return lines + _advice(error, "  ") + _callers(place)


def _advice(error: DifferentiationError, indent: str) -> list[str]:
    return [f"{indent}instead: {error.suggestion}"] if error.suggestion else []


def _quoted(place: Location) -> list[str]:
    """The source line without its indentation, and carets under the span."""
    text = place.text.rstrip()
    start = min(place.column, len(text))
    end = len(text) if place.end_column is None else min(place.end_column, len(text))
    left = len(text) - len(text.lstrip())
    if len(text) - left > _WIDTH:
        left = max(left, start - _WIDTH // 2)
    shown = text[left : left + _WIDTH]
    if not shown:
        return []
    padding = "".join("\t" if letter == "\t" else " " for letter in shown[: start - left])
    return [shown, padding + "^" * max(1, min(end, left + _WIDTH) - start)]


def _callers(place: Location) -> list[str]:
    """One note per call that led here, innermost first; the middle of a long chain is only counted."""
    frames = []
    caller = place.caller
    while caller is not None:
        frames.append(f"  called from {caller}: {caller.text.strip()[:_WIDTH]}")
        caller = caller.caller
    if len(frames) <= _FRAMES:
        return frames
    hidden = len(frames) - _FRAMES + 1
    return [*frames[: _FRAMES - 2], f"  ... {hidden} more calls ...", frames[-1]]
