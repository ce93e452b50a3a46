"""What functions of the runtime take and give where they work on matrices."""

from __future__ import annotations

from collections.abc import Sequence

from autodiff_compiler.ir.types import Array, Scalar, Type, rank_of

INDEX = Scalar("int64", True)
FLAG = Scalar("bool")


def common(*kinds: Type) -> str:
    """The dtype in which NumPy's linear algebra computes: float64 unless all is float32."""
    return "float32" if all(kind.dtype == "float32" for kind in kinds) else "float64"


def matrices(*kinds: Type, of: Sequence[Type] = ()) -> Sequence[Array]:
    """Matrices of one dtype, that of all of the operands `of`; TypeError where something else is given."""
    for kind in kinds:
        if rank_of(kind) != 2:
            raise TypeError(f"{rank_of(kind)}-dimensional array given where a matrix is needed")
    return [Array(common(*(of or kinds)), 2)] * len(kinds)


def vectors(kind: Type, of: Sequence[Type] = ()) -> Array:
    """A vector or a matrix, whose columns are vectors, of the dtype of the operands `of`; else TypeError."""
    if rank_of(kind) not in (1, 2):
        raise TypeError(f"{rank_of(kind)}-dimensional array given where a vector or a matrix is needed")
    return Array(common(*(of or (kind,))), rank_of(kind))
