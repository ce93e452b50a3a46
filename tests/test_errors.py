"""What an error says, carries and survives."""

from __future__ import annotations

import copy
import inspect
import linecache
import pickle
import textwrap

import numpy as np
import pytest

from autodiff_compiler import differentiable, errors
from autodiff_compiler.errors import DifferentiationError, UnboundVariable, UnsupportedSyntax, raise_all
from autodiff_compiler.location import Location

CLASSES = [
    item
    for item in vars(errors).values()
    if inspect.isclass(item) and issubclass(item, DifferentiationError) and item is not DifferentiationError
]
PLACE = Location("model.py", 12, 8, 15, "        yield x\n", "loss")


def located(
    place: Location | None = PLACE, kind: type[DifferentiationError] = UnsupportedSyntax
) -> DifferentiationError:
    return kind("a generator stops and resumes", suggestion="an array", location=place)


def test_report():
    assert str(located()) == textwrap.dedent("""
        Python outside the accepted language in loss
          model.py:12:9
            yield x
            ^^^^^^^
          a generator stops and resumes
          instead: an array
    """).strip()  # fmt: skip


def test_report_without_a_place():
    assert str(errors.InvalidRequest("f has no parameter `z`")) == "f has no parameter `z`"
    assert str(errors.InvalidRequest("f has no `z`", 'wrt="x"')) == 'f has no `z`\ninstead: wrt="x"'


def test_report_of_an_inlined_call():
    outermost = Location("main.py", 9, 0, None, "main(1)")
    caller = Location("main.py", 3, 4, None, "    y = loss(x)", "main", outermost)
    report = str(located(Location("model.py", 12, 8, 15, "        yield x", "loss", caller)))
    assert report.endswith("called from main.py:3: y = loss(x)\n  called from main.py:9: main(1)")


def test_report_stays_short():
    place = None
    for line in range(1, 30):
        place = Location("deep.py", line, 0, None, f"call_{line}()", "f", place)
    report = str(located(place))
    assert len(report.splitlines()) <= 12
    assert "more calls" in report
    assert report.splitlines()[-1].endswith("deep.py:1: call_1()")


@pytest.mark.parametrize(
    ("place", "line", "carets"),
    [
        (Location("m.py", 1, 4, None, "    while x > 0:  "), "while x > 0:", "^^^^^^^^^^^^"),
        (Location("m.py", 1, 3, 4, "\tx\ty"), "x\ty", " \t^"),
        (Location("m.py", 1, 90, 95, "x" * 30), "x" * 30, " " * 30 + "^"),
        (Location("m.py", 1, 0, None, ""), None, None),
    ],
)
def test_carets(place, line, carets):
    lines = str(located(place)).splitlines()
    quoted = [text[4:] for text in lines if text.startswith("    ")]
    assert quoted == ([line, carets] if line else [])


def test_long_lines_are_cut_around_the_span():
    text = "    y = " + " + ".join(f"x{k:03}" for k in range(100))
    start = text.index("x070")
    lines = str(located(Location("m.py", 1, start, start + 4, text))).splitlines()
    column = lines[3].index("^^^^")
    assert lines[2][column : column + 4] == "x070"
    assert max(map(len, lines)) < 110


def test_places():
    error = located()
    assert (error.filename, error.lineno, error.col_offset) == ("model.py", 12, 8)
    assert error.locations == (PLACE,)
    nowhere = DifferentiationError("no reason")
    assert (nowhere.filename, nowhere.lineno, nowhere.col_offset, nowhere.locations) == (None, None, None, ())


def test_raise_all():
    raise_all([])
    other = Location("model.py", 20, 4, 5, "    z", "loss")
    with pytest.raises(UnsupportedSyntax) as caught:
        raise_all([located(), located(other, UnboundVariable)])
    error = caught.value
    assert error.locations == (PLACE, other)
    assert [type(item) for item in error.others] == [UnboundVariable]
    report = str(error)
    assert report.startswith("2 offences\n")
    assert "model.py:12:9" in report
    assert "model.py:20:5" in report


@pytest.mark.parametrize("kind", CLASSES)
def test_survives_pickling_and_copying(kind):
    error = located(kind=kind)
    error.others = (located(),)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is kind
        assert str(other) == str(error)
        assert other.location == error.location


@pytest.mark.parametrize("kind", CLASSES)
def test_manual_page(kind):
    page = inspect.getdoc(kind)
    assert "Fails" in page
    assert "Works" in page
    assert kind.title != DifferentiationError.title


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.UnsupportedSyntax, TypeError),
        (errors.TypeMismatch, TypeError),
        (errors.ShapeMismatch, ValueError),
        (errors.AliasedMutation, ValueError),
        (errors.InvalidRequest, ValueError),
        (errors.UnboundVariable, NameError),
    ],
)
def test_is_also_the_builtin_error(kind, builtin):
    with pytest.raises(builtin):
        raise kind("because")


def test_bug_asks_for_a_report():
    assert "report" in str(errors.CompilerBug("the verifier refused the result of `fuse`"))


REFUSED_LINES = {
    "return np.mean(values, axes=0)": ("TypeMismatch", "np.mean() has no parameter `axes`", "axis"),
    "return np.sum(values, 0, 1, 2, 3, 4, 5, 6, 7, 8)": ("TypeMismatch", "np.sum() takes 7", ""),
    "return np.full(3)": ("TypeMismatch", "full misses the argument `fill_value`", ""),
    "return np.zeros()": ("TypeMismatch", "zeros misses the argument `shape`", ""),
    "return np.sum()": ("TypeMismatch", "sum misses the argument `a`", ""),
    "return value[0]": ("UnboundVariable", "the name `value` is not defined", "values"),
    "return values.T()": ("TypeMismatch", "`.T` is called, and is no method", ".T"),
    "return [1.0, 2.0][5]": ("IndexOutOfBounds", "index 5 is outside a list of 2", ""),
    "return (1.0, 2.0)[5]": ("IndexOutOfBounds", "index 5 is outside a tuple of 2", ""),
    "return (lambda a: a)()": ("TypeMismatch", "the lambda misses the argument `a`", ""),
    "return np.summ(values)": ("UnknownOperator", "numpy has no attribute `summ`", "np.sum"),
    "return values[::0]": ("ValueError", "slice step cannot be zero", ""),
}


@pytest.mark.parametrize("line", REFUSED_LINES)
def test_what_is_said_of_lines_that_are_wrong(line, monkeypatch):
    monkeypatch.setenv("AUTODIFF_JIT", "0")
    text = f"def wrong(values):\n    {line}\n"
    filename = f"<wrong {len(linecache.cache)}>"
    monkeypatch.setitem(linecache.cache, filename, (len(text), None, text.splitlines(True), filename))
    scope = {"np": np, "__name__": "wrong"}
    exec(compile(text, filename, "exec"), scope)
    kind, words, instead = REFUSED_LINES[line]
    with pytest.raises(Exception) as caught:
        differentiable(scope["wrong"])(np.ones(4))
    said = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert type(caught.value).__name__ == kind
    assert f"{filename}:2" in said
    assert "^" in said
    assert words in said
    assert f"instead: {instead}" in said if instead else "instead:" not in said
