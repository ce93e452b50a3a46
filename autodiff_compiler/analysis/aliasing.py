"""Which arrays may share memory.

Every array reference is traced to its *roots*: the parameters and the fresh allocations it may refer to. Two
references can only overlap if they have a root in common, because distinct parameters never overlap (that is
checked at the call) and fresh memory is no one else's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping

from autodiff_compiler.ir.nodes import (
    Assign,
    Atom,
    Block,
    Call,
    Carry,
    For,
    Function,
    If,
    Nest,
    Pop,
    Reshape,
    Statement,
    Transpose,
    Var,
    View,
    While,
)
from autodiff_compiler.ir.types import Array, Scalar
from autodiff_compiler.ir.walk import blocks, bound, defined

Roots = Mapping[Var, frozenset[Var]]
_NONE: frozenset[Var] = frozenset()


def roots(function: Function) -> Roots:
    """For each array and stack variable, the parameters, allocations and stacks whose memory it may be.

    A root allocated in a loop stands for the memory of all iterations. An array popped off a stack is memory
    of that stack.
    """
    found: dict[Var, frozenset[Var]] = {variable: frozenset((variable,)) for variable in function.parameters}
    while _trace_block(function.body, found):  # a loop's carry may refer to what its body makes
        pass
    return found


def roots_inside(memory: Roots, loop: For | While) -> Roots:
    """The roots within one iteration of a loop's body, which tell more than those of all iterations together.

    An array that the loop carries may be what an earlier iteration has made: other memory than what this one
    makes. And arrays that the loop carries stay apart if they begin apart, and each iteration hands on each
    of them once, or what it makes: `u, v = v, u`.
    """
    views = views_among(loop.body.statements)
    earlier = {
        array: Var(array.name, array.type, array.at)
        for statement in loop.body.statements
        if isinstance(statement, Assign | Nest)
        for array in defined(statement)
        if array in memory.get(array, _NONE)
    }
    inside = {variable for statement in loop.body.statements for variable in bound(statement)}
    found = {
        variable: frozenset(earlier.get(root, root) for root in known)
        for variable, known in memory.items()
        if earlier and variable not in inside and not known.isdisjoint(earlier)
    }
    apart = _apart(loop, memory, earlier)
    alone = {carry.inside: Var(carry.inside.name, carry.inside.type) for carry in apart}
    for variable, known in memory.items() if len(apart) > 1 else ():
        shared = {own for array, own in alone.items() if not known.isdisjoint(memory[array])}
        if shared and variable not in earlier:
            found[variable] = found.get(variable, known) | shared
    if len(apart) > 1:
        found.update({array: frozenset((own,)) for array, own in alone.items()})
    for view, array in views.items():
        if array in found or array in earlier:
            found[view] = found.get(array, memory[array])
    return {**memory, **found} if found else memory


def _begun(carry: Carry, memory: Roots) -> frozenset[Var]:
    """What the array that a carry begins with may be."""
    assert isinstance(carry.start, Var)
    return memory.get(carry.start, _NONE) | {carry.start}


def _apart(loop: For | While, memory: Roots, made: Container[Var]) -> list[Carry]:
    """The carries whose arrays are never the same memory, whatever iteration it is."""
    pairs = [
        (carry, following)
        for carry, following in zip(loop.carries, loop.body.yields, strict=True)
        if isinstance(carry.inside.type, Array) and isinstance(carry.start, Var)
    ]
    while True:
        own = {carry.inside for carry, _ in pairs}
        handed = Counter(following for _, following in pairs)
        begin = Counter(root for carry, _ in pairs for root in _begun(carry, memory))
        kept = [
            (carry, following)
            for carry, following in pairs
            if (following in own or following in made)
            and handed[following] == 1
            and all(begin[root] == 1 for root in _begun(carry, memory))
        ]
        if len(kept) == len(pairs):
            return [carry for carry, _ in kept]
        pairs = kept


def may_alias(roots: Roots, one: Var, other: Var) -> bool:
    """Whether the two arrays may share memory; a variable without roots may share with none but itself."""
    return one is other or not roots.get(one, _NONE).isdisjoint(roots.get(other, _NONE))


def views_among(body: Iterable[Statement]) -> dict[Var, Var]:
    """For each view that one of the statements makes, the array it is a view of."""
    return {
        statement.target: statement.value.array
        for statement in body
        if isinstance(statement, Assign) and isinstance(statement.value, View | Transpose | Reshape)
    }


def viewed(array: Var, views: Mapping[Var, Var]) -> Var:
    """The array that a view, perhaps of views, shows; the array itself if it is none."""
    while array in views:
        array = views[array]
    return array


def _trace_block(block: Block, found: dict[Var, frozenset[Var]]) -> bool:
    grown = False
    for statement in block.statements:
        for inner in blocks(statement):
            grown |= _trace_block(inner, found)
        grown |= _trace_statement(statement, found)
    return grown


def _trace_statement(statement: Statement, found: dict[Var, frozenset[Var]]) -> bool:
    match statement:
        case Assign(target, View(array) | Transpose(array) | Reshape(array)):
            return _refers(found, target, array)
        case Assign(target, Pop(stack)):
            return _refers(found, target, stack)
        case Assign(target):
            return _refers(found, target, target)
        case Nest(writes=writes):
            return any([_refers(found, write.target, write.target) for write in writes if write.fresh])
        case Call(callee, given, results):
            shared = ([given[k] for k in sources] for sources in callee.sources)
            pairs = zip(results, shared, strict=True)
            return any([_refers(found, result, result, *atoms) for result, atoms in pairs])
        case If(then=then, orelse=orelse, results=results):
            choices = zip(results, then.yields, orelse.yields, strict=True)
            return any([_refers(found, result, *yielded) for result, *yielded in choices])
        case For(carries=carries, body=body) | While(carries=carries, body=body):
            return _trace_carries(carries, body, found)
        case _:
            return False


def _trace_carries(carries: tuple[Carry, ...], body: Block, found: dict[Var, frozenset[Var]]) -> bool:
    grown = False
    for carry, following in zip(carries, body.yields, strict=True):
        grown |= _refers(found, carry.inside, carry.start, following)
        grown |= _refers(found, carry.after, carry.start, following)
    return grown


def _refers(found: dict[Var, frozenset[Var]], target: Var, *sources: Atom) -> bool:
    """Record that target may be any of the sources; whether that was news."""
    if isinstance(target.type, Scalar):
        return False
    known = found.get(target, _NONE)
    merged = known.union(
        *(
            (source,) if source is target else found.get(source, _NONE)
            for source in sources
            if isinstance(source, Var)
        )
    )
    found[target] = merged
    return merged != known
