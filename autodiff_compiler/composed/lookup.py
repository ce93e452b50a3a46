"""The position of a key among the keys of a dict that is kept in arrays."""

from __future__ import annotations

from autodiff_compiler.composed.declare import external
from autodiff_compiler.ir.types import INT, Array, Scalar, Type
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.lookup import key_position


def _types(keys: Type, order: Type, key: Type) -> Signature:
    if key.dtype != "int64":
        raise TypeError(f"a key of dtype {key.dtype} is looked up among integers")
    return (Array("int64", 1), Array("int64", 1), Scalar("int64")), (INT,)


external(
    key_position, _types, several=False, results=("position",),
    doc="the position of a key of a dict, -1 where it has none",
)  # fmt: skip

__all__ = ["key_position"]
