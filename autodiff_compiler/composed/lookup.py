"""The position of a key among the keys of a dict that is kept in arrays."""

from __future__ import annotations

from autodiff_compiler.composed.declare import external
from autodiff_compiler.ir.types import INT, Array, Scalar, Type
from autodiff_compiler.operators.entry import Signature
from autodiff_compiler.runtime.lookup import key_position, slot_of, slots_of


def _types(keys: Type, order: Type, key: Type) -> Signature:
    if key.dtype != "int64":
        raise TypeError(f"a key of dtype {key.dtype} is looked up among integers")
    return (Array("int64", 1), Array("int64", 1), Scalar("int64")), (INT,)


def _table_types(keys: Type, size: Type) -> Signature:
    return (Array("int64", 1), Scalar("int64")), (Array("int64", 1),)


external(
    slot_of, _types, several=False, results=("slot",),
    doc="the slot of a key in the table of a dict that grows",
)  # fmt: skip
external(
    slots_of, _table_types, several=False, results=("slots",), doc="the table of a dict that grows",
)  # fmt: skip
external(
    key_position, _types, several=False, results=("position",),
    doc="the position of a key of a dict, -1 where it has none",
)  # fmt: skip

__all__ = ["key_position", "slot_of", "slots_of"]
