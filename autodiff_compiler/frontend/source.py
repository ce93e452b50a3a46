"""From a Python function to its syntax tree, with every node's place in the user's file."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any, TypeAlias

import gast

from autodiff_compiler.errors import SourceUnavailable, UnsupportedSyntax
from autodiff_compiler.frontend.private_names import class_around, mangle_names
from autodiff_compiler.location import Location

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

# Whose Python source is no numerical Python.
LIBRARIES = ("numpy", "math", "numba", "scipy.special", "scipy.linalg")
_BEGUN = tuple(f"{library}." for library in LIBRARIES)
_FOLLOWED = ("numpy.polynomial.",)  # nothing but numerical Python
_PYTEST = "@pytest_ar"  # a global of modules whose assertions pytest has rewritten
_QUOTED = (gast.expr, gast.Assign, gast.AugAssign)
_LAMBDA = "<lambda>"
ANONYMOUS = "anonymous"  # what a lambda is called in generated code
_OURS = __name__.partition(".")[0]


def is_library(module: str | None) -> bool:
    """Whether a module belongs to a library whose functions are not followed."""
    within = f"{module}."
    return within.startswith(_BEGUN) and not within.startswith(_FOLLOWED)


_Cache = type(functools.lru_cache(len))


@dataclass(frozen=True)
class Source:
    """A function taken apart: its tree, where the text comes from, and what its free names stand for."""

    function: FunctionType
    name: str
    tree: gast.FunctionDef
    filename: str
    lines: tuple[str, ...]  # from the first decorator to the end of the body, unstripped
    first_line: int  # the number of lines[0] in the file
    namespace: dict[str, object]  # the globals
    cells: dict[str, CellType]  # the closure
    hidden: frozenset[str] = frozenset()  # names that a function inside has for itself

    def location(self, node: gast.AST, caller: Location | None = None) -> Location:
        """Where a node of the tree stands; a node spanning lines is located by its first line."""
        line = getattr(node, "lineno", self.tree.lineno)
        text = self.lines[line - self.first_line].rstrip("\r\n")
        start = _characters(text, getattr(node, "col_offset", self.tree.col_offset))
        one_line = getattr(node, "end_lineno", None) == line
        end = _characters(text, node.end_col_offset) if one_line else None
        whole = "" if one_line or not isinstance(node, _QUOTED) else self._text(node)
        return Location(self.filename, line, start, end, text, self.name, caller, whole=whole)

    def _text(self, node: gast.AST) -> str:
        """The text of a node that spans several lines."""
        first, last = node.lineno - self.first_line, node.end_lineno - self.first_line
        lines = list(self.lines[first : last + 1])
        lines[-1] = lines[-1][: _characters(lines[-1], node.end_col_offset)]
        lines[0] = lines[0][_characters(lines[0], node.col_offset) :]
        return "".join(lines)


def read_source(function: object) -> Source:
    """The source of a Python function, of a lambda, or of the function that a compiling decorator keeps.

    Raises SourceUnavailable where there is no Python source, or where the file no longer holds the text that
    the function was made from.
    """
    plain = _function_of(function)
    return _source_of(plain, plain.__code__)


@functools.lru_cache(maxsize=512)
def _source_of(plain: FunctionType, code: CodeType) -> Source:
    """What `read_source` gives, which nobody changes: a function is read once, however often it is called."""
    lines = _lines_of(plain)
    try:
        module, compiled = _parsed("".join(lines), code.co_filename)
    except SyntaxError as error:
        raise _changed(code) from error
    node = _find(module, code)
    asserts = any(isinstance(item, ast.Assert) for item in ast.walk(node))
    if not _holds(compiled, code) and not (asserts and _PYTEST in plain.__globals__):
        raise _changed(code)
    first = _first_line(node)
    name = ANONYMOUS if code.co_name == _LAMBDA else code.co_name
    cells = dict(zip(code.co_freevars, plain.__closure__ or (), strict=True))
    tree = _converted(node, name, code.co_filename)
    mangle_names(tree, class_around(module, node))
    text = tuple(lines[first - 1 : node.end_lineno])
    return Source(plain, name, tree, code.co_filename, text, first, plain.__globals__, cells)


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """The parameters that a plain function itself has, whatever its decorators pretend."""
    assert isinstance(function, FunctionType)
    itself = FunctionType(
        function.__code__, {}, function.__name__, function.__defaults__, function.__closure__
    )
    itself.__kwdefaults__ = function.__kwdefaults__
    return inspect.signature(itself)


def plain_function(value: object) -> FunctionType | None:
    """The Python function that calling the value runs: itself, or what a compiling decorator keeps.

    `__wrapped__` alone says nothing: a wrapper may change what it wraps, so a plain one stands for itself.
    """
    while value is not None and not isinstance(value, FunctionType):
        value = _held(value)
    return value


def of_each_element(value: object) -> FunctionType | None:
    """The function of numbers that `numba.vectorize` has made an operator on arrays of; None for all else."""
    if type(value).__name__ != "DUFunc" or type(value).__module__.partition(".")[0] != "numba":
        return None
    found = getattr(getattr(value, "_dispatcher", None), "py_func", None)
    return found if isinstance(found, FunctionType) else None


def without_threads(value: object) -> object:
    """`range` for the `prange` of Numba, which says no more about the result."""
    in_numba = isinstance(value, type) and value.__module__.partition(".")[0] == "numba"
    return range if in_numba and getattr(value, "__name__", "") == "prange" else value


def _held(value: object) -> object:
    """The function that an object computes, and nothing but it; None for objects not known to do so."""
    package = type(value).__module__.partition(".")[0]
    if package == "numba":
        return getattr(value, "py_func", None)
    if package == _OURS and getattr(value, "leading", None) == ():  # ours, without bound arguments
        return getattr(value, "python", None)
    return value.__wrapped__ if isinstance(value, _Cache) else None


def _function_of(function: object) -> FunctionType:
    """The plain function, or SourceUnavailable saying what is there instead."""
    plain = plain_function(function)
    if plain is not None:
        return plain
    if isinstance(function, MethodType):
        raise SourceUnavailable(
            f"{function.__qualname__} is a bound method, whose object has no derivative",
            "a function that takes the numbers of the object as parameters",
        )
    if isinstance(function, functools.partial):
        raise SourceUnavailable(
            "a functools.partial has no source of its own", "def g(x): return f(x, the fixed arguments)"
        )
    name = getattr(function, "__qualname__", type(function).__name__)
    call = inspect.getattr_static(type(function), "__call__", None)
    compiled = callable(function) and not isinstance(call, FunctionType)
    kind = "a class" if isinstance(function, type) else "compiled code" if compiled else "an object"
    advice = "pass a function made by `def` or `lambda`"
    raise SourceUnavailable(f"{name} is {kind}, not a function written in Python", advice)


def _lines_of(function: FunctionType) -> list[str]:
    """The lines of the file, cell or registered text that holds the function."""
    code = function.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, function.__globals__)
    interactive = getattr(linecache, "_getlines_from_code", None)  # Python 3.13 and later keep typed-in text
    if not lines and interactive is not None:
        lines = list(interactive(code))
    typed = function.__globals__ is vars(sys.modules["__main__"])
    if not lines and code.co_filename == "<string>" and typed:
        lines = _command().splitlines(keepends=True)
    if not lines:
        raise SourceUnavailable(
            f"the source of {function.__qualname__} is not available: {code.co_filename} cannot be read",
            "put the function into a file or a notebook cell; for `exec`, register the text in `linecache`",
        )
    return lines


def _command() -> str:
    """The program that `python -c` was given; what `exec` runs has the same file name, and is told apart."""
    given = sys.orig_argv
    return given[given.index("-c") + 1] if sys.argv[:1] == ["-c"] and "-c" in given[:-1] else ""


@functools.lru_cache(maxsize=16)
def _parsed(text: str, filename: str) -> tuple[ast.Module, CodeType]:
    """The tree of a whole text and its code; notebook cells may await at their top level."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python has shown them when it compiled the text itself
        tree = ast.parse(text, filename)
        return tree, compile(tree, filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def _find(module: ast.Module, code: CodeType) -> Definition:
    """The definition that the code object was compiled from, by name, line, and column for lambdas."""
    found = [
        node
        for node in ast.walk(module)
        if isinstance(node, Definition)
        and getattr(node, "name", _LAMBDA) == code.co_name
        and _first_line(node) == code.co_firstlineno
        and _parameters(node) == code.co_varnames[: len(_parameters(node))]
    ]
    if not found:
        raise _changed(code)
    if len(found) == 1:
        return found[0]
    spans = [span for span in code.co_positions() if None not in span and span[2:] != (0, 0)]
    around = [node for node in found if spans and all(_is_inside(span, node.body) for span in spans)]
    if not around:
        raise SourceUnavailable(
            f"several lambdas stand on line {code.co_firstlineno} of {code.co_filename}",
            "one line for each, or `def`",
        )
    return max(around, key=lambda node: node.col_offset)  # the innermost


def _is_inside(span: tuple[int | None, ...], body: Any) -> bool:
    line, end_line, column, end_column = span
    starts_inside = (body.lineno, body.col_offset) <= (line, column)
    return starts_inside and (end_line, end_column) <= (body.end_lineno, body.end_col_offset)


def _first_line(node: Definition) -> int:
    """The line that a code object names: the first decorator's, where there is one."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def _parameters(node: Definition) -> tuple[str, ...]:
    """Parameter names in the order in which a code object keeps them."""
    names = node.args
    rest = [item for item in (names.vararg, names.kwarg) if item is not None]
    return tuple(item.arg for item in [*names.posonlyargs, *names.args, *names.kwonlyargs, *rest])


def _holds(outer: CodeType, code: CodeType) -> bool:
    """Whether compiling the text gives, at the same line, what the function runs."""
    return any(
        inner.co_firstlineno == code.co_firstlineno
        and inner.co_name == code.co_name
        and _fingerprint(inner) == _fingerprint(code)
        for inner in _nested(outer)
    )


def _nested(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _nested(constant)


def _fingerprint(code: CodeType) -> tuple[object, ...]:
    """What decides the meaning of a code object; `repr` tells 1, 1.0 and True apart."""
    constants = [_fingerprint(item) if isinstance(item, CodeType) else repr(item) for item in code.co_consts]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return code.co_code, names, tuple(constants)


def _converted(node: Definition, name: str, filename: str) -> gast.FunctionDef:
    """The definition as a gast function; a lambda becomes a function that returns its body."""
    for item in ast.walk(node):  # gast drops silently what it does not know
        kind = type(item).__name__
        if not hasattr(gast, kind) and not isinstance(item, ast.arg):
            where = Location(filename, getattr(item, "lineno", node.lineno), getattr(item, "col_offset", 0))
            raise UnsupportedSyntax(f"`{kind}` is newer than the compiler", "older syntax", where)
    tree = gast.ast_to_gast(node)
    if not isinstance(tree, gast.Lambda):
        return tree
    body = gast.copy_location(gast.Return(tree.body), tree.body)
    made = gast.FunctionDef(name, tree.args, [body], [], None, None, [])
    return gast.copy_location(made, tree)


def _changed(code: CodeType) -> SourceUnavailable:
    return SourceUnavailable(
        f"line {code.co_firstlineno} of {code.co_filename} is not what {code.co_name} was made from: "
        "the file has changed since, or a tool has rewritten the code",
        "save the file and import it again",
    )


def _characters(text: str, offset: int) -> int:
    """A column in characters, from one in bytes of UTF-8."""
    return len(text.encode()[:offset].decode(errors="replace"))
