"""Matrix products: library calls for matrices, a loop nest for the product of two vectors."""

from __future__ import annotations

from autodiff_compiler.ir.build import Builder, array_type, as_variable
from autodiff_compiler.ir.nodes import Apply, Var, Write
from autodiff_compiler.ir.types import Scalar
from autodiff_compiler.loops.broadcast import Shapes, domain_of, shown
from autodiff_compiler.loops.expand_reductions import finish


def guard_product(shapes: Shapes, target: Var, value: Apply) -> None:
    """Guard the inner sizes of `matmul` and record the shape of its result; the call itself is kept."""
    left, right = _factors(value)
    _require_inner(shapes, left, right)
    outer = shapes.shape(left)[:-1] + shapes.shape(right)[:-2]
    if array_type(right).rank > 1:
        outer += shapes.shape(right)[-1:]
    shapes.sizes.shape_is(target, outer)


def expand_dot(shapes: Shapes, target: Var, value: Apply) -> None:
    """Append the product of two vectors as a nest that sums; float32 is summed in float64."""
    left, right = _factors(value)
    _require_inner(shapes, left, right)
    domain = domain_of(shapes.shape(left))
    dtype = target.type.dtype
    exact = "float64" if dtype == "float32" else dtype
    body = Builder(shapes.builder.at)
    factors = tuple(
        body.cast(shapes.load(body, vector, domain.point), Scalar(exact), "cast") for vector in (left, right)
    )
    product = body.assign(Apply("multiply", factors), Scalar(exact), "product")
    total = target if exact == dtype else Var(f"{target.name}_total", Scalar(exact), target.at)
    shapes.write(domain, body, Write(total, (), product, "add", True))
    finish(shapes, target, total, None)


def _factors(value: Apply) -> tuple[Var, Var]:
    left, right = value.operands
    return as_variable(left), as_variable(right)


def _require_inner(shapes: Shapes, left: Var, right: Var) -> None:
    inner = shapes.shape(left)[-1], shapes.length(right, max(array_type(right).rank - 2, 0))
    message = f"cannot multiply {shown(left)} by {shown(right)}"
    shapes.require_equal(*inner, message, shapes.shape(left) + shapes.shape(right))
