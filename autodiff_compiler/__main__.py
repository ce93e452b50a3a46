"""The command line, which shows the stages of a function's compilation and lists the operators.

For example::

    python -m autodiff_compiler show examples/rosenbrock.py:f --stage derived
    python -m autodiff_compiler show package.module:f --wrt a,b --args "np.ones(3), 2.0" --explain
    python -m autodiff_compiler operators
    python -m autodiff_compiler operators --missing
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import inspect
import math
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autodiff_compiler.coverage import MODULES, coverage
from autodiff_compiler.derivatives import (
    Compiled,
    Differentiable,
    DifferentialOnly,
    Gradient,
    GradientWithValue,
    PullbackOnly,
    target_of,
)
from autodiff_compiler.errors import DifferentiationError
from autodiff_compiler.operators.entry import Entry
from autodiff_compiler.operators.registry import all_entries, spelled
from autodiff_compiler.parameters import Values

MODES: dict[str, Callable[..., Compiled[Any]]] = {
    "gradient": Gradient,
    "value_with_gradient": GradientWithValue,
    "pullback": PullbackOnly,
    "differential": DifferentialOnly,
}
FAILED = 2
_EXAMPLES = {"float": "0.5", "int": "2", "bool": "True", "str": "''"}


class Failure(Exception):
    """What ends the command, told to the user as it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0, or 2 after an error (told on stderr)."""
    options = _parser().parse_args(arguments)
    try:
        print(options.command(options))
    except (DifferentiationError, Failure) as error:
        print(error, file=sys.stderr)
        return FAILED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m autodiff_compiler", description="Look into the compiler")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser("show", help="print what a function is compiled to, stage by stage")
    show.add_argument("function", metavar="FILE_OR_MODULE:FUNCTION")
    show.add_argument(
        "--stage", default="source", help="surface, typed, loops, derived, planned, source or all"
    )
    show.add_argument("--wrt", default="", help="names of parameters, separated by commas")
    show.add_argument("--mode", default="gradient", choices=["primal", *MODES])
    show.add_argument("--args", metavar="TEXT", help='arguments in Python, as "np.ones(3), 2.0, n=4"')
    show.add_argument("--explain", action="store_true", help="print what is kept, recomputed, fused, and why")
    show.set_defaults(command=_show)
    operators = commands.add_parser("operators", help="list the operators a function may use")
    operators.add_argument(
        "--missing", action="store_true", help="list what NumPy and scipy.special have and is not accepted"
    )
    operators.set_defaults(command=_operators)
    return parser


def _show(options: argparse.Namespace) -> str:
    function = _load(options.function)
    wrt = tuple(name.strip() for name in options.wrt.split(",") if name.strip()) or None
    compiled: Compiled[Any]
    if options.mode == "primal":
        compiled = function if isinstance(function, Differentiable) else Differentiable(function)
    else:
        compiled = MODES[options.mode](function, wrt[0] if wrt and len(wrt) == 1 else wrt)
    if options.args is not None:
        names = vars(sys.modules[target_of(function).function.__module__])
        return _shown(compiled, options, *_evaluate(options.args, names))
    parameters, values = inspect.signature(target_of(function).function).parameters, _guess(function)
    listed = ", ".join(f"{name}={text}" for name, text in values.items()) or "none but defaults"
    print(f"arguments taken as an example: {listed} (--args chooses others)", file=sys.stderr)
    by_position = {name for name in values if parameters[name].kind is inspect.Parameter.POSITIONAL_ONLY}
    examples = {name: eval(text) for name, text in values.items()}
    args = tuple(example for name, example in examples.items() if name in by_position)
    kwargs = {name: example for name, example in examples.items() if name not in by_position}
    try:
        return _shown(compiled, options, args, kwargs)
    except DifferentiationError as error:
        raise Failure(f"{error}\nthe arguments were a guess: choose them with --args") from None


def _shown(compiled: Compiled[Any], options: argparse.Namespace, args: Values, kwargs: dict[str, Any]) -> str:
    try:
        compiled.bind(*args, **kwargs)
    except TypeError as error:
        raise Failure(f"the arguments do not fit: {error}") from None
    if options.explain:
        return compiled.explain(*args, **kwargs)
    stages = compiled.stages(*args, **kwargs)
    if options.stage == "all":
        return "\n\n".join(f"# ---- {name}\n{text}" for name, text in stages.items())
    if options.stage not in stages:
        raise Failure(f"there is no stage {options.stage!r}; the stages are {', '.join(stages)}, all")
    return stages[options.stage]


def _guess(function: Any) -> dict[str, str]:
    """Python text for each argument without a default: as annotated, else an array with one axis."""
    target = target_of(function)
    parameters = list(inspect.signature(target.function).parameters.values())[len(target.leading) :]
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {
        item.name: _EXAMPLES.get(getattr(item.annotation, "__name__", str(item.annotation)), "np.ones(3)")
        for item in parameters
        if item.default is item.empty and item.kind not in variadic
    }


def _evaluate(text: str, names: dict[str, Any]) -> tuple[Values, dict[str, Any]]:
    """The arguments that a text such as `np.ones(3), n=2` spells, with the names of the function's module."""

    def collect(*args: Any, **kwargs: Any) -> tuple[Values, dict[str, Any]]:
        return args, kwargs

    known = {"np": np, "math": math, **names, "_collect": collect}
    try:
        found: tuple[Values, dict[str, Any]] = eval(f"_collect({text})", known)
    except Exception as error:
        raise Failure(f"--args {text!r} cannot be evaluated: {type(error).__name__}: {error}") from None
    return found


def _load(reference: str) -> Any:
    """The function a reference such as `file.py:f` or `package.module:Class.method` names."""
    place, colon, path = reference.rpartition(":")
    if not colon or not place or not path:
        raise Failure(f"{reference!r} does not name a function; write FILE_OR_MODULE:FUNCTION")
    found: Any = _module(place)
    for part in path.split("."):
        if not hasattr(found, part):
            functions = [name for name, item in vars(found).items() if _is_function(item)]
            raise Failure(f"{place} has no {path!r}; its functions are {', '.join(functions) or 'none'}")
        found = getattr(found, part)
    return found


def _is_function(item: object) -> bool:
    return inspect.isfunction(item) or isinstance(item, Differentiable)


def _module(place: str) -> Any:
    if not place.endswith(".py"):
        return _imported(place, lambda: importlib.import_module(place))
    file = Path(place)
    if not file.is_file():
        raise Failure(f"there is no file {place!r}")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    sys.path.insert(0, str(file.parent.resolve()))
    _imported(place, lambda: spec.loader.exec_module(module))
    return module


def _imported(place: str, load: Any) -> Any:
    try:
        return load()
    except DifferentiationError:
        raise
    except Exception as error:
        raise Failure(f"{place} cannot be imported: {type(error).__name__}: {error}") from None


def _operators(options: argparse.Namespace) -> str:
    if options.missing:
        return "\n\n".join(map(_missing, MODULES))
    rows = [(entry.name, _callables(entry), entry.doc.split("\n")[0]) for entry in all_entries()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{name:{widths[0]}}  {calls:{widths[1]}}  {doc}".rstrip() for name, calls, doc in rows)


def _missing(module: str) -> str:
    """What a module has that is not accepted, and what is not meant to be."""
    found = coverage(module)
    lines = [
        f"{module}: {len(found.accepted)} of {found.total} functions accepted, "
        f"{found.complete} with all their parameters"
    ]
    lacking = [f"{name}({', '.join(parameters)})" for name, parameters in found.parameters_missing.items()]
    lists = {"missing": found.missing, "missing parameters": lacking}
    lists |= {f"left out, {why}": names for why, names in found.left_out.items()}
    for title, names in lists.items():
        text = f"{title} ({len(names)}): {' '.join(names)}"
        lines.append(textwrap.fill(text, 110, initial_indent="  ", subsequent_indent="    "))
    return "\n".join(lines)


def _callables(entry: Entry) -> str:
    """How users write an operator: its symbol, its functions, its methods."""
    symbol = getattr(entry, "symbol", "")
    methods = [f".{name}" for name in getattr(entry, "methods", ())]
    return " ".join(filter(None, [symbol, *(spelled(item) for item in entry.callables), *methods]))


if __name__ == "__main__":
    sys.exit(main())
