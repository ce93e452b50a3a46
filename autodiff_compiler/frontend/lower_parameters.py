"""Parameters as values: structured ones are taken apart into variables, one for each leaf."""

from __future__ import annotations

import re

from autodiff_compiler.frontend.kinds import Kind, Opaque, Record, Static, Uniform, leaf_names, leaves
from autodiff_compiler.frontend.scope import Scope
from autodiff_compiler.frontend.structures import item_text
from autodiff_compiler.frontend.values import Lowered, TupleValue, Undefined, literal
from autodiff_compiler.ir.nodes import Var
from autodiff_compiler.ir.types import Type
from autodiff_compiler.location import Location


def lower_parameter(
    scope: Scope, name: str, kind: Kind, at: Location, found: list[Var | None]
) -> Lowered:
    """The value of a parameter, or of the part of one called `name`, of this kind.

    Appends to `found` what stands for each leaf, in the order of `leaves`: a variable, None where it is
    known while compiling. What the compiler has no value for is Undefined, with the reason.
    """
    match kind:
        case Static():
            found.append(None)
            known = literal(kind.value)
            return known if known is not None else kind
        case Opaque(reason=reason):
            found.append(None)
            return Undefined(reason)
        case Record(cls=cls, keys=keys, items=items):
            names = [name + item_text(cls, key) for key in keys]
            parts = [lower_parameter(scope, *part, at, found) for part in zip(names, items, strict=True)]
            if issubclass(cls, tuple):
                return TupleValue(tuple(parts), cls)
            return scope.make(cls, dict(zip(keys, parts, strict=True)), name)
        case Uniform():
            for leaf, inner in zip(leaves(kind), leaf_names(name, kind), strict=True):
                found.append(None if isinstance(leaf, (Static, Opaque)) else _variable(inner, leaf, at))
            return Undefined(f"`{name}` is a list, which is not supported as an argument yet")
        case _:
            variable = _variable(name, kind, at)
            found.append(variable)
            return variable


def _variable(name: str, kind: Type, at: Location) -> Var:
    return Var(re.sub(r"\W+", "_", name).rstrip("_") if "." in name or "[" in name else name, kind, at)
