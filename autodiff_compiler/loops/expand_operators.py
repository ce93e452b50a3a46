"""Expand operators on whole arrays into loop nests over their elements."""

from __future__ import annotations

from dataclasses import replace

from autodiff_compiler.analysis.aliasing import Roots, may_alias, roots
from autodiff_compiler.analysis.sizes import Sizes
from autodiff_compiler.ir.build import Builder, array_type, as_variable, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Carry,
    Dim,
    For,
    Function,
    Guard,
    If,
    Level,
    Statement,
    Store,
    Var,
    While,
    Write,
)
from autodiff_compiler.ir.types import Array, Scalar, rank_of
from autodiff_compiler.ir.walk import blocks, substitute, with_blocks
from autodiff_compiler.loops.broadcast import ONE, Notes, Shape, Shapes, domain_of
from autodiff_compiler.loops.expand_products import expand_contraction, expand_matmul
from autodiff_compiler.loops.expand_reductions import expand_reduction
from autodiff_compiler.loops.expand_selection import expand_extreme, expand_gather, selected
from autodiff_compiler.loops.expand_shapes import expand_broadcast, expand_places
from autodiff_compiler.loops.progressions import Progressions
from autodiff_compiler.operators import registry
from autodiff_compiler.operators.entry import Elementwise, Product, Reduction, Structural
from autodiff_compiler.wording import shape_places


def expand_operators(function: Function) -> Function:
    """The function at Level.LOOPS: no operator is applied to a whole array, save copies.

    before:  y = add(x, z); s = sum(y)
    after:   x_0 = dim(x, 0); z_0 = dim(z, 0); guard x_0 == z_0
             nest i < x_0: y[i] = x[i] + z[i]
             nest i < x_0: s += y[i]

    Sound because each nest visits every element of the result once, reading the operands where NumPy's
    broadcasting reads them. An axis broadcasts only where its type says that it has length one; two other
    lengths must be equal, which is guarded where it is not known. Whole-array assignment copies a value that
    may overlap the memory it is assigned to first.
    """
    memory = roots(function)
    body, _ = _Expansion(Sizes(), memory, {}, Progressions(memory, function.body)).block(function.body)
    return replace(function, body=body, level=Level.LOOPS)


class _Expansion:
    """The expansion of one block, knowing the sizes known before it."""

    def __init__(self, sizes: Sizes, roots: Roots, notes: Notes, progressions: Progressions) -> None:
        self.sizes = sizes
        self.roots = roots
        self.builder = Builder()
        self.notes = dict(notes)
        self.shapes = Shapes(sizes, self.builder, self.notes, progressions)
        self.known: dict[Var, Atom] = {}  # lengths that need no measuring

    def block(self, block: Block) -> tuple[Block, Sizes]:
        """The expanded block, and what is known about sizes at its end."""
        for statement in block.statements:
            self.shapes.statement = statement
            with self.builder.located(statement.at):
                self._statement(statement)
        return substitute(self.builder.block(*block.yields), self.known), self.sizes

    def _inner(self, block: Block, sizes: Sizes) -> tuple[Block, Sizes]:
        return _Expansion(sizes.inner(), self.roots, self.notes, self.shapes.progressions).block(block)

    def _statement(self, statement: Statement) -> None:
        if isinstance(statement, Assign):
            self.shapes.progressions.observe(self.builder, statement.target, statement.value)
        match statement:
            case Assign(target, Apply() as value) if _is_array(target) or _on_arrays(value):
                self._operator(target, value, statement)
            case Assign(target, Dim(array, axis)) if (size := self.sizes.length(array, axis)) is not None:
                self.sizes.equate(size, target)
                self.known[target] = size
            case Store(axes=axes) if axes:
                self._assign_selected(statement)
            case Store(array, (), value) if rank_of(array.type) > 0:
                self._assign_whole(array, value, statement.accumulate)
            case If(then=then, orelse=orelse, results=results):
                (then, at_then), (orelse, at_else) = (
                    self._inner(branch, self.sizes) for branch in (then, orelse)
                )
                self._add(with_blocks(statement, (then, orelse)))
                for result, one, other in zip(results, then.yields, orelse.yields, strict=True):
                    self.sizes.join(result, ((at_then, one), (at_else, other)))
            case For() | While():
                self._loop(statement)
            case Guard(error="", at=at):
                self.notes[at] = statement
            case Guard():
                self._add(self.shapes.noted(statement))
            case _:
                self._add(statement)

    def _add(self, statement: Statement) -> None:
        self.builder.add(statement)
        self.sizes.observe(statement)

    def _loop(self, statement: For | While) -> None:
        """Expand the bodies, taking the shapes of carried arrays to be constant for as long as that holds."""
        steady = tuple(carry for carry in statement.carries if isinstance(carry.inside.type, Array))
        while True:
            sizes = self.sizes.inner()
            for carry in steady:
                sizes.shape_of(carry.inside, as_variable(carry.start))
            expanded = [self._inner(block, sizes) for block in blocks(statement)]
            body, at_end = expanded[-1]
            following = dict(zip(statement.carries, body.yields, strict=True))
            still = tuple(carry for carry in steady if _keeps_shape(at_end, carry, following[carry]))
            if still == steady:
                break
            steady = still
        self._add(with_blocks(statement, [block for block, _ in expanded]))
        for carry in steady:
            self.sizes.shape_of(carry.after, as_variable(carry.start))

    # ------------------------------------------------------------ operators

    def _operator(self, target: Var, value: Apply, statement: Assign) -> None:
        match registry.by_name(value.operator):
            case Elementwise() | Structural(name="cast"):
                self._elementwise(target, value)
            case Structural(name="gather"):
                expand_gather(self.shapes, target, value)
            case Structural(name="lowest" | "highest"):
                expand_extreme(self.shapes, target, value)
            case Reduction() as entry:
                expand_reduction(self.shapes, target, value, entry)
            case Structural(name="places"):
                expand_places(self.shapes, target, value)
            case Structural(name="broadcast_to"):
                expand_broadcast(self.shapes, target, value)
            case Product(name="matmul"):
                expand_matmul(self.shapes, target, value)
            case Product(name="contract"):
                expand_contraction(self.shapes, target, value)
            case _:
                self._add(statement)

    def _elementwise(self, target: Var, value: Apply) -> None:
        arrays = [item for item in dict.fromkeys(value.operands) if isinstance(item, Var) and _is_array(item)]
        domain = domain_of(self.shapes.broadcast(arrays))
        body = Builder(self.builder.at)
        loaded: dict[Var, Atom] = {array: self.shapes.load(body, array, domain.point) for array in arrays}
        result = body.assign(substitute(value, loaded), Scalar(target.type.dtype), target.name)
        self.shapes.write(domain, body, Write(target, domain.point, result, "set", True))

    def _assign_whole(self, array: Var, value: Atom, accumulate: bool) -> None:
        combine = "add" if accumulate else "set"
        body = Builder(self.builder.at)
        if not isinstance(value, Var) or not isinstance(value.type, Array):
            domain = domain_of(self.shapes.shape(array))
        else:
            if value is not array:
                value = self._apart(value, array)
            self._require_fits(value, array)
            domain = domain_of(self.shapes.shape(array))
            extra = max(rank_of(value.type) - rank_of(array.type), 0)
            value = self.shapes.load(body, value, (integer(0),) * extra + domain.point)
        value = body.cast(value, Scalar(array.type.dtype), "cast")
        self.shapes.write(domain, body, Write(array, domain.point, value, combine, False))

    def _assign_selected(self, statement: Store) -> None:
        """`array[idx] = value`, its indices guarded before; what shares memory with the array is copied."""
        array = statement.array
        indices = [self._apart(as_variable(index), array) for index in statement.index]
        domain, body, array, place = selected(self.shapes, array, statement.axes, indices)
        value = statement.value
        if isinstance(value, Var) and isinstance(value.type, Array):
            value = self._apart(value, array)
            sizes = dict(zip(domain.indices, domain.extents, strict=True))
            wanted = tuple(sizes[at] if isinstance(at, Var) else ONE for at in domain.point)
            shape = shape_places(len(wanted))
            message = f"cannot assign {self.shapes.shown(value)} to selected elements of shape {shape}"
            self._require_shape(self.shapes.shape(value), wanted, message)
            extra = max(rank_of(value.type) - len(domain.point), 0)
            value = self.shapes.load(body, value, (integer(0),) * extra + domain.point)
        value = body.cast(value, Scalar(array.type.dtype), "cast")
        combine = "add" if statement.accumulate else "set"
        self.shapes.write(domain, body, Write(array, place, value, combine, False))

    def _apart(self, value: Var, array: Var) -> Var:
        """The value, or a copy where it may share memory with the array that is written."""
        if not may_alias(self.roots, value, array):
            return value
        kind = replace(array_type(value), contiguous=True)
        copied = self.builder.assign(Apply("copy", (value,)), kind, value.name)
        self.sizes.observe(self.builder.statements[-1])
        return copied

    def _require_fits(self, value: Var, array: Var) -> None:
        """Guard that the value broadcasts to the array."""
        message = f"cannot assign {self.shapes.shown(value)} to {self.shapes.shown(array)}"
        self._require_shape(self.shapes.shape(value), self.shapes.shape(array), message)

    def _require_shape(self, given: Shape, wanted: Shape, message: str) -> None:
        self.shapes.require_within(given, wanted, message)


def _on_arrays(value: Apply) -> bool:
    return any(map(_is_array, value.operands))


def _is_array(atom: Atom) -> bool:
    return isinstance(atom.type, Array)


def _keeps_shape(sizes: Sizes, carry: Carry, following: Atom) -> bool:
    return isinstance(following, Var) and sizes.same_shape(following, carry.inside)
