"""The innermost part of a product of matrices: a tile of the result, kept in registers while it is added up.

A tile has up to ROWS rows of up to VECTORS vectors. For each step of the sum it takes one number of each row
of the left matrix, wherever that lies, and VECTORS vectors of a row of the right one, which lie side by side.
This is the scheme of K. Goto and R. van de Geijn (2008) and of BLIS. It is written as LLVM's code, for the
vectors of the processor at hand. Matrices are known by addresses and steps in bytes here, so that all layouts
share one function.
"""

# mypy: disable-error-code="no-untyped-call"
# (of Numba, a part is typed)

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_INT = ir.IntType(64)
_WHOLE = types.int64


def _vector_bytes() -> int:
    """The length of the processor's vectors."""
    features = llvm.get_host_cpu_features()
    return 64 if features.get("avx512f") else 32 if features.get("avx2") else 16


def _most_rows() -> int:
    """How many rows of three vectors fit into the registers, of which there are 32 or 16."""
    many = VECTOR == 64 or platform.machine().lower() in ("arm64", "aarch64")
    return 8 if many else 4


VECTOR = _vector_bytes()
ROWS, VECTORS = _most_rows(), 3

# ---------------------------------------------------------------- memory by addresses


def _number(kind: Any) -> Any:
    return ir.FloatType() if kind == types.float32 else ir.DoubleType()


def _place_code(typing: Any, array: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        steps = cgutils.unpack_tuple(builder, made.strides)
        words = [builder.ptrtoint(made.data, _INT), *steps]
        return context.make_tuple(builder, signature.return_type, words)

    return types.UniTuple(_WHOLE, 1 + array.ndim)(array), generate


def _load_code(typing: Any, zero: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(builder.inttoptr(arguments[1], _number(signature.args[0]).as_pointer()))

    return zero(zero, _WHOLE), generate


def _store_code(typing: Any, value: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[0], builder.inttoptr(arguments[1], arguments[0].type.as_pointer()))
        return context.get_dummy_value()

    return types.void(value, _WHOLE), generate


def _size_code(typing: Any, zero: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _INT(signature.args[0].bitwidth // 8)

    return _WHOLE(zero), generate


def _like_code(typing: Any, zero: Any, count: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.sitofp(arguments[1], _number(signature.args[0]))

    return zero(zero, _WHOLE), generate


def _keep_code(typing: Any, array: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.get_dummy_value()

    return types.void(array), generate


# Intrinsics take fewer arguments than they are written with.
place_of: Any = intrinsic(_place_code)  # where an array begins, and its steps
load: Any = intrinsic(_load_code)  # the number of this type at an address
store: Any = intrinsic(_store_code)
size_of: Any = intrinsic(_size_code)  # the bytes of a number of this type
like: Any = intrinsic(_like_code)  # an integer as a number of this type
keep: Any = intrinsic(_keep_code)  # the memory of an array is there until here

# ---------------------------------------------------------------- tiles


@dataclass(frozen=True)
class _Tile:
    kind: Any
    rows: int
    vectors: int

    @property
    def number(self) -> Any:
        return _number(self.kind)

    @property
    def size(self) -> int:
        return int(self.kind.bitwidth) // 8

    @property
    def lanes(self) -> int:
        return VECTOR // self.size

    @property
    def vector(self) -> Any:
        return ir.VectorType(self.number, self.lanes)


def _tile_code(
    typing: Any, zero: Any, height: Any, width: Any, left: Any, right: Any, out: Any, steps: Any, last: Any,
    add: Any,
) -> Any:  # fmt: skip
    three, two = types.UniTuple(_WHOLE, 3), types.UniTuple(_WHOLE, 2)
    taken = types.void(zero, _WHOLE, _WHOLE, three, two, two, _WHOLE, _WHOLE, types.boolean)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        words: list[Any] = []
        for value, count in zip(arguments[3:6], (3, 2, 2), strict=True):
            words += [builder.extract_value(value, i) for i in range(count)]
        _choose(builder, zero, arguments[1:3], [*words, *arguments[6:]])
        return context.get_dummy_value()

    return taken, generate


tile: Any = intrinsic(_tile_code)  # `out = left @ right`, or added to `out`, of so many rows and vectors


def _choose(builder: Any, kind: Any, extents: Sequence[Any], arguments: Sequence[Any]) -> None:
    """Call the function of the tile with these extents."""
    done = builder.append_basic_block("tile.done")
    key = builder.add(builder.mul(extents[0], _INT(VECTORS + 1)), extents[1])
    switch = builder.switch(key, done)
    for rows in (size for size in (8, 4, 2, 1) if size <= ROWS):
        for vectors in range(1, VECTORS + 1):
            block = builder.append_basic_block(f"tile.{rows}.{vectors}")
            switch.add_case(_INT(rows * (VECTORS + 1) + vectors), block)
            with builder.goto_block(block):
                builder.call(_function(builder.module, _Tile(kind, rows, vectors)), arguments)
                builder.branch(done)
    builder.position_at_end(done)


def _function(module: Any, made: _Tile) -> Any:
    """The function of a tile, written into the module where it is first called."""
    name = f"product_tile_{made.rows}_{made.vectors}_{made.kind}"
    if name in module.globals:
        return module.globals[name]
    kind = ir.FunctionType(ir.VoidType(), [*[_INT] * 9, ir.IntType(1)])
    function = ir.Function(module, kind, name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    left, right, out, (steps, last, add) = (
        function.args[:3], function.args[3:5], function.args[5:7], function.args[7:],
    )  # fmt: skip
    totals = _add_up(builder, made, left, right, steps)
    partial = builder.icmp_signed("<", last, _INT(made.lanes))
    for v in range(made.vectors - 1):
        _write(builder, made, totals[v :: made.vectors], out, v, add)
    with builder.if_else(partial) as (some, all_):
        with some:
            _write_lanes(builder, made, totals[made.vectors - 1 :: made.vectors], out, last, add)
        with all_:
            _write(builder, made, totals[made.vectors - 1 :: made.vectors], out, made.vectors - 1, add)
    builder.ret_void()
    return function


def _add_up(builder: Any, made: _Tile, left: Sequence[Any], right: Sequence[Any], steps: Any) -> list[Any]:
    """The vectors of the tile, row by row: a loop of at least one step."""
    before = builder.block
    loop, after = builder.append_basic_block("loop"), builder.append_basic_block("after")
    builder.branch(loop)
    builder.position_at_end(loop)
    firsts = [
        steps,
        left[0],
        right[0],
        *[ir.Constant(made.vector, [0.0] * made.lanes)] * made.rows * made.vectors,
    ]
    carried = [builder.phi(first.type) for first in firsts]
    (count, from_left, from_right), totals = carried[:3], carried[3:]
    row = [_load_vector(builder, made, from_right, v) for v in range(made.vectors)]
    kind = ir.FunctionType(made.vector, [made.vector] * 3)
    name = f"llvm.fmuladd.v{made.lanes}f{8 * made.size}"
    multiply_add = cgutils.get_or_insert_function(builder.module, kind, name)
    sums = []
    for r in range(made.rows):
        place = builder.inttoptr(
            builder.add(from_left, builder.mul(left[1], _INT(r))), made.number.as_pointer()
        )
        factor = _spread(builder, builder.load(place, align=made.size), made.vector)
        for v in range(made.vectors):
            total = totals[r * made.vectors + v]
            sums.append(builder.call(multiply_add, [factor, row[v], total]))
    left_steps = builder.sub(count, _INT(1))
    nexts = [left_steps, builder.add(from_left, left[2]), builder.add(from_right, right[1]), *sums]
    builder.cbranch(builder.icmp_signed(">", left_steps, _INT(0)), loop, after)
    for phi, first, then in zip(carried, firsts, nexts, strict=True):
        phi.add_incoming(first, before)
        phi.add_incoming(then, loop)
    builder.position_at_end(after)
    return sums


def _spread(builder: Any, number: Any, vector: Any) -> Any:
    """A vector of this number."""
    none, places = ir.Constant(vector, ir.Undefined), ir.VectorType(ir.IntType(32), vector.count)
    single = builder.insert_element(none, number, ir.IntType(32)(0))
    return builder.shuffle_vector(single, none, ir.Constant(places, [0] * vector.count))


def _vector_at(builder: Any, made: _Tile, start: Any, v: int) -> Any:
    place = builder.add(start, _INT(v * made.lanes * made.size))
    return builder.inttoptr(place, made.vector.as_pointer())


def _load_vector(builder: Any, made: _Tile, start: Any, v: int) -> Any:
    return builder.load(_vector_at(builder, made, start, v), align=made.size)


def _write(builder: Any, made: _Tile, totals: Sequence[Any], out: Sequence[Any], v: int, add: Any) -> None:
    """Write a column of vectors. What was there counts for `add` only: it may be anything."""
    nothing = ir.Constant(made.vector, [-0.0] * made.lanes)
    for r, total in enumerate(totals):
        row = builder.add(out[0], builder.mul(out[1], _INT(r)))
        old = builder.select(add, _load_vector(builder, made, row, v), nothing)
        builder.store(builder.fadd(old, total), _vector_at(builder, made, row, v), align=made.size)


def _write_lanes(
    builder: Any, made: _Tile, totals: Sequence[Any], out: Sequence[Any], last: Any, add: Any
) -> None:
    """Write the first lanes of the last column of vectors, by way of memory of its own."""
    kept = cgutils.alloca_once(builder, ir.ArrayType(made.number, made.lanes * made.rows))
    kept = builder.ptrtoint(kept, _INT)
    for r, total in enumerate(totals):
        builder.store(total, _vector_at(builder, made, kept, r), align=made.size)
    start = builder.add(out[0], _INT((made.vectors - 1) * made.lanes * made.size))
    number = made.number.as_pointer()
    with cgutils.for_range(builder, _INT(made.rows)) as rows, cgutils.for_range(builder, last) as lanes:
        across = builder.mul(lanes.index, _INT(made.size))
        source = builder.add(builder.mul(rows.index, _INT(made.lanes * made.size)), across)
        target = builder.add(builder.mul(rows.index, out[1]), across)
        total = builder.load(builder.inttoptr(builder.add(kept, source), number))
        place = builder.inttoptr(builder.add(start, target), number)
        old = builder.select(add, builder.load(place), ir.Constant(made.number, -0.0))
        builder.store(builder.fadd(old, total), place)


__all__: list[str] = []  # generated code uses none of it
