"""Integers of more than 64 bits: known while compiling, they may become floats, and are refused elsewhere."""

from __future__ import annotations

from autodiff_compiler.errors import TypeMismatch
from autodiff_compiler.frontend.read_kinds import HIGHEST, LOWEST
from autodiff_compiler.ir.nodes import Atom, Block, Const, Function
from autodiff_compiler.ir.types import is_integer
from autodiff_compiler.ir.walk import blocks, reads
from autodiff_compiler.location import Location


def check_integers(function: Function) -> None:
    """Refuse an integer that compiled code has no room for."""
    _check(function.body, function.at)


def _check(block: Block, at: Location | None) -> None:
    for statement in block.statements:
        here = getattr(statement, "at", None) or at
        for atom in reads(statement):
            _check_atom(atom, here)
        for inner in blocks(statement):
            _check(inner, here)
    for atom in block.yields:
        _check_atom(atom, at)


def _check_atom(atom: Atom, at: Location | None) -> None:
    if not isinstance(atom, Const) or not is_integer(atom.type) or atom.type.dtype == "uint64":
        return
    if not LOWEST <= atom.value <= HIGHEST:
        reason = "this integer needs more than 64 bits"
        raise TypeMismatch(reason, suggestion="floats: 2.0**64 instead of 2**64", location=at)


__all__ = ["check_integers"]
