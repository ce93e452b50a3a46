"""`einsum`: its subscripts are read while compiling, and its factors joined two at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff_compiler.composed.declare import is_unit, known_while_compiling, stands_for
from autodiff_compiler.composed.dtypes import check_casting, common_dtype
from autodiff_compiler.composed.products import into, pair
from autodiff_compiler.operators.products import contract

Labels = tuple[int, ...]
_ELLIPSIS = 1000  # labels of the axes that an ellipsis stands for are counted down from here


@known_while_compiling
def read_text(subscripts: str, ranks: tuple[int, ...]) -> tuple[tuple[Labels, ...], Labels]:
    """The labels of the factors and of the result; ValueError where the text is no index equation."""
    text = "".join(subscripts.split())
    given, arrow, result = text.partition("->")
    terms = [_term(part) for part in given.split(",")]
    return labelled(terms, _term(result) if arrow else None, ranks)


@known_while_compiling
def read_lists(arguments: tuple[Any, ...], ranks: tuple[int, ...]) -> tuple[tuple[Labels, ...], Labels]:
    """The labels of the form `einsum(a, [0, 1], b, [1, 2], [0, 2])`, given its lists."""
    lists = [[... if item is Ellipsis else int(item) for item in each] for each in arguments]
    result = lists[len(ranks)] if len(lists) > len(ranks) else None
    return labelled(lists[: len(ranks)], result, ranks)


def _term(part: str) -> list[Any]:
    pieces = part.split("...")
    if len(pieces) > 2 or not all(piece.isalpha() or not piece for piece in pieces):
        raise ValueError(f"einsum: `{part}` is no list of letters with at most one ellipsis")
    found: list[Any] = [ord(letter) for letter in pieces[0]]
    return found if len(pieces) == 1 else [*found, ..., *(ord(letter) for letter in pieces[1])]


def labelled(
    terms: list[list[Any]], result: list[Any] | None, ranks: tuple[int, ...]
) -> tuple[tuple[Labels, ...], Labels]:
    """The labels with ellipses written out, and the result that is implied where none is given."""
    if len(terms) != len(ranks):
        raise ValueError(f"einsum: {len(terms)} terms, and {len(ranks)} operands")
    inputs = []
    most = 0
    for term, rank in zip(terms, ranks, strict=True):
        named = len(term) - (... in term)
        if named > rank or (named < rank and ... not in term):
            raise ValueError(f"einsum: an operand of rank {rank} has {named} subscripts")
        most = max(most, rank - named)
        inputs.append(_written_out(term, rank - named))
    if result is None:
        counted = [label for labels in inputs for label in labels]
        once = sorted(label for label in set(counted) if counted.count(label) == 1 and label < _ELLIPSIS // 2)
        result = [..., *once] if most else once
    output = _written_out(result, most)
    hidden = {label for labels in inputs for label in labels if label >= _ELLIPSIS // 2} - set(output)
    for label in output:
        if output.count(label) > 1:
            raise ValueError("einsum: the output has a subscript more than once")
        if not any(label in labels for labels in inputs):
            raise ValueError("einsum: the output has a subscript that no operand has")
    if hidden:
        raise ValueError("einsum: the output lacks the ellipsis that an operand has")
    return tuple(inputs), output


def _written_out(term: list[Any], count: int) -> Labels:
    if ... not in term:
        return tuple(term)
    at = term.index(...)
    return (*term[:at], *range(_ELLIPSIS - count, _ELLIPSIS), *term[at + 1 :])


@known_while_compiling
def alone(inputs: tuple[Labels, ...], output: Labels, position: int) -> Labels:
    """What a factor keeps before it is multiplied: no axis that it alone has and the result lacks."""
    others = {label for k, labels in enumerate(inputs) if k != position for label in labels} | set(output)
    return tuple(dict.fromkeys(label for label in inputs[position] if label in others))


@known_while_compiling
def next_pair(inputs: tuple[Labels, ...], output: Labels) -> tuple[int, int, Labels]:
    """The two factors to be joined next, and the labels of their product: the smallest, at the least work."""
    best: tuple[tuple[int, ...], tuple[int, int, Labels]] | None = None
    for one in range(len(inputs)):
        for other in range(one + 1, len(inputs)):
            left, right = inputs[one], inputs[other]
            rest = [labels for k, labels in enumerate(inputs) if k not in (one, other)]
            wanted = {label for labels in rest for label in labels} | set(output)
            kept = tuple(label for label in dict.fromkeys(left + right) if label in wanted)
            if not rest:
                kept = output
            growth = len(kept) - max(len(left), len(right))
            cost = (growth, len(set(left + right)), -len(set(left) & set(right)), one, other)
            if best is None or cost < best[0]:
                best = cost, (one, other, kept)
    assert best is not None
    return best[1]


@known_while_compiling
def without_pair(inputs: tuple[Labels, ...], one: int, other: int, made: Labels) -> tuple[Labels, ...]:
    """The labels of the factors that remain, and of the product of the pair."""
    return (*(labels for k, labels in enumerate(inputs) if k not in (one, other)), made)


@known_while_compiling
def is_permutation(labels: Labels, output: Labels) -> bool:
    """Whether the result is the operand with its axes in another order."""
    return len(set(labels)) == len(labels) and sorted(labels) == sorted(output)


@known_while_compiling
def order_in(labels: Labels, output: Labels) -> tuple[int, ...]:
    """Where the axes of the output are in the operand."""
    return tuple(labels.index(label) for label in output)


@known_while_compiling
def require_optimize(optimize: Any) -> None:
    """ValueError where `optimize` is nothing that NumPy knows."""
    known = isinstance(optimize, (bool, tuple)) or optimize in ("greedy", "optimal")
    if not known:
        raise ValueError("einsum: `optimize` is True, False, 'greedy', 'optimal' or a path")


@known_while_compiling
def stretched(inputs: tuple[Labels, ...], units: tuple[tuple[bool, ...], ...]) -> tuple[Labels, ...]:
    """For each factor its axes of length one whose subscript has another length in another factor."""
    pairs = [tuple(zip(*each, strict=True)) for each in zip(inputs, units, strict=True)]
    longer = {label for each in pairs for label, unit in each if not unit}
    return tuple(
        tuple(axis for axis, (label, unit) in enumerate(each) if unit and label in longer) for each in pairs
    )


@known_while_compiling
def without_axes(inputs: tuple[Labels, ...], left_out: tuple[Labels, ...]) -> tuple[Labels, ...]:
    """The labels of the axes that are not left out; ValueError where one is of a diagonal."""
    for labels, axes in zip(inputs, left_out, strict=True):
        gone = [labels[axis] for axis in axes]
        if any(gone.count(label) < labels.count(label) for label in gone):
            raise ValueError("einsum: the axes of a repeated subscript have different lengths")
    return tuple(
        tuple(label for axis, label in enumerate(labels) if axis not in axes)
        for labels, axes in zip(inputs, left_out, strict=True)
    )


def single(labels: Any, output: Any, a: Any) -> Any:
    """The index equation of one operand: a view where axes only change places."""
    if is_permutation(labels, output):
        return np.transpose(a, order_in(labels, output))
    return contract((labels,), output, a)


def reduced(inputs: Any, output: Any, factors: Any) -> Any:
    """The index equation, the factors joined two at a time."""
    if len(factors) == 1:
        return single(inputs[0], output, factors[0])
    one, other, made = next_pair(inputs, output)
    a = factors[one]
    b = factors[other]
    left = alone(inputs, output, one)
    right = alone(inputs, output, other)
    if left != inputs[one]:
        a = contract((inputs[one],), left, a)
    if right != inputs[other]:
        b = contract((inputs[other],), right, b)
    product = pair(left, right, made, np.asarray(a), np.asarray(b))
    if len(factors) == 2:
        return product
    rest = [factors[k] for k in range(len(factors)) if k != one and k != other]
    return reduced(without_pair(inputs, one, other, made), output, [*rest, np.asarray(product)])


def converted(factor: Any, dtype: Any, casting: Any) -> Any:
    """A factor in the dtype that is asked for."""
    check_casting(factor.dtype, dtype, casting)
    return np.asarray(factor, dtype)


@stands_for(np.einsum)
def einsum(
    *operands: Any, out: Any = None, dtype: Any = None, order: Any = "K", casting: Any = "safe",
    optimize: Any = False,
) -> Any:  # fmt: skip
    """`np.einsum(subscripts, *operands, out=None, dtype=None, casting="safe", optimize=False)`: any equation.

    Also with an ellipsis, repeated subscripts, an implied result, or lists of integers; axes of length one
    broadcast; the factors are joined two at a time, in an order of its own.
    """
    require_optimize(optimize)
    if isinstance(operands[0], str):
        factors = [np.asarray(operand) for operand in operands[1:]]
        inputs, output = read_text(operands[0], tuple([np.ndim(factor) for factor in factors]))
    else:
        many = len(operands) // 2
        factors = [np.asarray(operands[2 * k]) for k in range(many)]
        lists = [operands[2 * k + 1] for k in range(many)]
        if len(operands) % 2:
            lists.append(operands[-1])
        inputs, output = read_lists(tuple(lists), tuple([np.ndim(factor) for factor in factors]))
    if dtype is not None:
        factors = [converted(factor, dtype, casting) for factor in factors]
    kind = common_dtype([factor.dtype for factor in factors])
    factors = [
        np.asarray(factor, kind) for factor in factors
    ]  # sums of truth values are not those of numbers
    left_out = stretched(inputs, tuple([tuple([is_unit(n) for n in factor.shape]) for factor in factors]))
    factors = [np.squeeze(factors[k], axis=left_out[k]) for k in range(len(factors))]
    return into(reduced(without_axes(inputs, left_out), output, factors), out)
