"""Operators that are asked for themselves, as in `gradient(of=np.linalg.norm)`: functions that call them."""

from __future__ import annotations

import inspect
import keyword
import linecache
from collections.abc import Callable
from functools import lru_cache
from itertools import count
from types import FunctionType
from typing import Any

import numpy as np

import autodiff_compiler.composed  # noqa: F401  (fills the registry)
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Composed

_numbers = count()


@lru_cache(maxsize=256)
def calling(operator: Callable[..., Any]) -> FunctionType | None:
    """A Python function with the operator's parameters that calls it; None for all that is no operator."""
    entry = registry.by_callable(operator)
    signature = None if entry is None else _signature(operator, entry)
    name = getattr(operator, "__name__", "")
    if signature is None or not name.isidentifier() or keyword.iskeyword(name):
        return None
    parameters = [item for item in signature.parameters.values() if _is_plain(item.default)]
    given = [item for item in parameters if item.default is not item.empty]
    bare = [
        item.replace(annotation=item.empty, default=item.empty if item.default is item.empty else None)
        for item in parameters
    ]
    passed = ", ".join(map(_passed, parameters))
    text = f"def {name}{inspect.Signature(bare)}:\n    return operator({passed})\n"
    filename = f"<{registry.spelled(operator)} {next(_numbers)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"operator": operator, "__name__": operator.__module__ or name}
    exec(compile(text, filename, "exec"), namespace)
    made: FunctionType = namespace.pop(name)
    made.__defaults__ = tuple(i.default for i in given if i.kind is not i.KEYWORD_ONLY) or None
    made.__kwdefaults__ = {i.name: i.default for i in given if i.kind is i.KEYWORD_ONLY}
    return made


def _is_plain(default: object) -> bool:
    """Whether it is no mark that stands for a parameter that is not given."""
    return default is inspect.Parameter.empty or default is None or isinstance(default, (int, float, str))


def _passed(item: inspect.Parameter) -> str:
    by_name = item.kind is item.KEYWORD_ONLY
    if by_name or (item.kind is item.POSITIONAL_OR_KEYWORD and item.default is not item.empty):
        return f"{item.name}={item.name}"
    stars = {item.VAR_POSITIONAL: "*", item.VAR_KEYWORD: "**"}
    return f"{stars.get(item.kind, '')}{item.name}"  # type: ignore[call-overload]


def _signature(operator: Callable[..., Any], entry: object) -> inspect.Signature | None:
    """The parameters of an operator, as far as it is accepted with them."""
    if isinstance(operator, np.ufunc):
        names = [f"x{number}" for number in range(1, operator.nin + 1)] if operator.nin > 1 else ["x"]
        return inspect.Signature([inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in names])
    try:
        return inspect.signature(entry.function if isinstance(entry, Composed) else operator)
    except (TypeError, ValueError):
        return None
