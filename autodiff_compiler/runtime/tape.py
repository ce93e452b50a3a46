"""The tape that functions share which call each other: values of any dtype, saved going forward.

Compiled code knows a tape by the address of four words: where its values are, how many words these take,
how many there is room for, and whether the memory is the tape's own. A number takes one word of eight bytes,
an array as many as its elements fill. In plain Python a tape is a list.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload, register_jitable

_view: Any = numba.carray  # type: ignore[attr-defined]  # it is there
WORD = 8  # bytes
ROOM = 256  # words of a new tape


def new_tape() -> Any:
    """An empty tape; `release` gives its memory back."""
    return []


def save(tape: Any, value: Any) -> None:
    """Put a number on the tape."""
    tape.append(value)


def save_array(tape: Any, array: np.ndarray) -> None:
    """Put all elements of an array on the tape."""
    tape.append(array.copy())


def restore(tape: Any, dtype: Any) -> Any:
    """Take the number off the tape that was put on it last."""
    return tape.pop()


def restore_array(tape: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Take the array off the tape that was put on it last; valid until something else is put there."""
    return tape.pop()


def release(tape: Any) -> None:
    """The tape is not needed any more."""


def tape_values(tape: Any) -> Any:
    """What is on the tape, in memory of its own; the tape is not needed any more."""
    return list(tape)


def tape_of(values: Any) -> Any:
    """A tape with these values on it, which stay as they are: nothing may be saved on it."""
    return list(values)


# ---------------------------------------------------------------- memory, for compiled code


def _allocate_code(typingctx: Any, size: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = context.nrt.allocate(builder, arguments[0])
        return builder.ptrtoint(pointer, ir.IntType(64))

    return types.int64(types.int64), generate


def _free_code(typingctx: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        context.nrt.free(builder, builder.inttoptr(arguments[0], ir.IntType(8).as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64), generate


def _put_code(typingctx: Any, address: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.get_data_type(signature.args[1])
        place = builder.inttoptr(arguments[0], kind.as_pointer())
        builder.store(context.get_value_as_data(builder, signature.args[1], arguments[1]), place)
        return context.get_dummy_value()

    return types.void(types.int64, value), generate


def _get_code(typingctx: Any, address: Any, dtype: Any) -> Any:
    kind = dtype.dtype

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], context.get_data_type(kind).as_pointer())
        return context.unpack_value(builder, kind, place)

    return kind(types.int64, dtype), generate


def _pointer_code(typingctx: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), generate


# Intrinsics take fewer arguments than they are written with.
_allocate: Any = intrinsic(_allocate_code)
_free: Any = intrinsic(_free_code)
_put: Any = intrinsic(_put_code)
_get: Any = intrinsic(_get_code)
_pointer: Any = intrinsic(_pointer_code)


@register_jitable
def _word(tape: Any, number: int) -> Any:
    return _get(tape + WORD * number, np.int64)


@register_jitable
def _opened(address: int, top: int, room: int, own: int) -> Any:
    tape = _allocate(4 * WORD)
    _put(tape, np.int64(address))
    _put(tape + WORD, np.int64(top))
    _put(tape + 2 * WORD, np.int64(room))
    _put(tape + 3 * WORD, np.int64(own))
    return tape


@register_jitable
def _closed(tape: Any) -> None:
    if _word(tape, 3):
        _free(_word(tape, 0))
    _free(tape)


@register_jitable
def _grown(tape: Any, needed: int) -> None:
    """Room for at least so many words."""
    old, top = _word(tape, 0), _word(tape, 1)
    room = max(2 * _word(tape, 2), needed)
    new = _allocate(WORD * room)
    for k in range(top):
        _put(new + WORD * k, _get(old + WORD * k, np.int64))
    _free(old)
    _put(tape, new)
    _put(tape + 2 * WORD, np.int64(room))


@register_jitable
def _words(size: int, width: int) -> int:
    """How many words so many elements of that width fill."""
    return (size * width + WORD - 1) // WORD


# ---------------------------------------------------------------- the same for compiled code


@overload(new_tape)
def _new_tape() -> Any:
    def compiled() -> Any:
        return _opened(_allocate(ROOM * WORD), 0, ROOM, 1)

    return compiled


@overload(save)
def _save(tape: Any, value: Any) -> Any:
    def compiled(tape: Any, value: Any) -> None:
        top = _word(tape, 1)
        if top == _word(tape, 2):
            _grown(tape, top + 1)
        _put(_word(tape, 0) + WORD * top, value)
        _put(tape + WORD, top + 1)

    return compiled


@overload(restore)
def _restore(tape: Any, dtype: Any) -> Any:
    def compiled(tape: Any, dtype: Any) -> Any:
        top = _word(tape, 1) - 1
        _put(tape + WORD, top)
        return _get(_word(tape, 0) + WORD * top, dtype)

    return compiled


@overload(save_array)
def _save_array(tape: Any, array: Any) -> Any:
    def compiled(tape: Any, array: Any) -> None:
        top = _word(tape, 1)
        needed = top + _words(array.size, array.itemsize)
        if needed > _word(tape, 2):
            _grown(tape, needed)
        place = _word(tape, 0) + WORD * top
        for element in array.flat:
            _put(place, element)
            place += array.itemsize
        _put(tape + WORD, needed)

    return compiled


@overload(restore_array)
def _restore_array(tape: Any, shape: Any, dtype: Any) -> Any:
    width = np.dtype(str(dtype.dtype)).itemsize

    def compiled(tape: Any, shape: Any, dtype: Any) -> Any:
        size = 1
        for length in shape:
            size *= length
        top = _word(tape, 1) - _words(size, width)
        _put(tape + WORD, top)
        return _view(_pointer(_word(tape, 0) + WORD * top), shape, dtype)

    return compiled


@overload(release)
def _release(tape: Any) -> Any:
    def compiled(tape: Any) -> None:
        _closed(tape)

    return compiled


@overload(tape_values)
def _tape_values(tape: Any) -> Any:
    def compiled(tape: Any) -> Any:
        top = _word(tape, 1)
        values = np.empty(top, np.int64)
        for k in range(top):
            values[k] = _get(_word(tape, 0) + WORD * k, np.int64)
        _closed(tape)
        return values

    return compiled


@overload(tape_of)
def _tape_of(values: Any) -> Any:
    def compiled(values: Any) -> Any:
        return _opened(values.ctypes.data, values.shape[0], values.shape[0], 0)

    return compiled


__all__ = [
    "new_tape", "release", "restore", "restore_array", "save", "save_array", "tape_of", "tape_values",
]  # fmt: skip
