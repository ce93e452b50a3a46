"""Places: shadows of arrays with several names, found by a number that goes where the array goes.

The shadows of all arrays of one dtype that may have several live names are parts of one *pool*. Going
forward, such an array gets the next free place of the pool when it is made; a branch that chooses between
arrays chooses between their places too, and a loop that carries an array carries its place. Going backwards,
the shadow of a name is the part of the pool at its place: names of one array have one shadow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from autodiff_compiler.differentiate.cotangents import Families, Place, total
from autodiff_compiler.differentiate.strides import Spot, at_view, is_whole
from autodiff_compiler.errors import AliasedMutation
from autodiff_compiler.ir.build import Builder, array_type, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Carry,
    For,
    Function,
    If,
    Nest,
    Statement,
    Var,
    While,
)
from autodiff_compiler.ir.types import INT, Array
from autodiff_compiler.ir.walk import blocks, defined, statements

FIRST = integer(1)  # place 0 stays free: it is where a part that runs backwards may end


@dataclass(frozen=True)
class Placed:
    """A function in which arrays know their places, the places, and how large the pools must be."""

    function: Function
    places: Mapping[Var, Place]
    sizes: Mapping[str, Atom]  # of the pools, by dtype


def give_places(function: Function, shared: frozenset[Var]) -> Placed:
    """Give places to the arrays `shared`, which are roots of families, closed under getting other names.

    Raises AliasedMutation for one with several axes that may be bound to a part with gaps.
    """
    placing = _Placing(function, shared)
    builder = Builder(function.at)
    for parameter in function.parameters:
        placing.reserve(parameter, builder)
    body = placing.block(function.body)
    body = Block((*builder.statements, *body.statements), body.yields)
    return Placed(replace(function, body=body), placing.places, placing.tops)


class _Placing:
    """The places known so far, and for each pool the next free place."""

    def __init__(self, function: Function, shared: frozenset[Var]) -> None:
        self.families = Families(function)
        self.shared = shared
        self.gaps = _with_gaps(function, shared, self.families)
        self.places: dict[Var, Place] = {}
        self.tops: dict[str, Atom] = {array.type.dtype: FIRST for array in shared}

    # ------------------------------------------------------------ statements

    def block(self, block: Block) -> Block:
        """The block with the places of what it makes."""
        found: list[Statement] = []
        for statement in block.statements:
            found.extend(self._statement(statement))
        return replace(block, statements=tuple(found))

    def _statement(self, statement: Statement) -> Sequence[Statement]:
        match statement:
            case If():
                return [self._branch(statement)]
            case For() | While():
                return self._loop(statement)
            case Assign() | Nest() | Call():
                builder = Builder(statement.at)
                for target in defined(statement):
                    self.reserve(target, builder)
                return [statement, *builder.statements]
            case _:
                return [statement]

    def reserve(self, array: Var, builder: Builder) -> None:
        """Take the next free place for an array that has just been made."""
        if array not in self.shared:
            return
        pool = array.type.dtype
        at = self.tops[pool]
        self.places[array] = Place(at, None)
        size = total(builder, builder.dims(array))
        self.tops[pool] = builder.assign(Apply("add", (at, size)), INT, "place")

    def _branch(self, statement: If) -> If:
        before = dict(self.tops)
        chosen = [result for result in statement.results if result in self.shared]
        arms: list[Block] = []
        tops: list[dict[str, Atom]] = []
        for arm in blocks(statement):
            self.tops = dict(before)
            made = self.block(arm)
            yielded = [y for y, r in zip(arm.yields, statement.results, strict=True) if r in self.shared]
            builder = Builder(statement.at)
            atoms = [
                atom for y, r in zip(yielded, chosen, strict=True) for atom in self._located(y, r, builder)
            ]
            arms.append(Block((*made.statements, *builder.statements), (*arm.yields, *atoms)))
            tops.append(self.tops)
        grown = [pool for pool in before if any(top[pool] is not before[pool] for top in tops)]
        results = [atom for result in chosen for atom in self._place(result)]
        ends = [Var("place", INT, statement.at) for _ in grown]
        self.tops = {**before, **dict(zip(grown, ends, strict=True))}
        then, orelse = (
            replace(arm, yields=(*arm.yields, *(top[pool] for pool in grown)))
            for arm, top in zip(arms, tops, strict=True)
        )
        return If(statement.condition, then, orelse, (*statement.results, *results, *ends), statement.at)

    def _loop(self, statement: For | While) -> Sequence[Statement]:
        carried = [carry for carry in statement.carries if carry.inside in self.shared]
        ahead = Builder(statement.at)
        starts = [atom for carry in carried for atom in self._located(carry.start, carry.inside, ahead)]
        insides = [atom for carry in carried for atom in self._place(carry.inside)]
        afters = [atom for carry in carried for atom in self._place(carry.after, carry.inside)]
        grown = self._pools_of(statement.body)
        starts += [self.tops[pool] for pool in grown]
        insides += [Var("place", INT, statement.at) for _ in grown]
        afters += [Var("place", INT, statement.at) for _ in grown]
        self.tops |= dict(zip(grown, insides[len(insides) - len(grown) :], strict=True))
        body = self.block(statement.body)
        following = dict(zip((c.inside for c in statement.carries), statement.body.yields, strict=True))
        behind = Builder(statement.at)
        yields = [
            atom for carry in carried for atom in self._located(following[carry.inside], carry.inside, behind)
        ]
        yields += [self.tops[pool] for pool in grown]
        self.tops |= dict(zip(grown, afters[len(afters) - len(grown) :], strict=True))
        carries = [Carry(*parts) for parts in zip(insides, starts, afters, strict=True)]
        body = Block((*body.statements, *behind.statements), (*body.yields, *yields))
        made = replace(statement, carries=(*statement.carries, *carries), body=body)
        return [*ahead.statements, made]

    def _pools_of(self, block: Block) -> list[str]:
        """The pools from which something inside the block takes a place, tests of loops left out."""
        found: dict[str, None] = {}
        for statement in block.statements:
            match statement:
                case Assign() | Nest() | Call():
                    found |= {array.type.dtype: None for array in defined(statement) if array in self.shared}
                case If(then=then, orelse=orelse):
                    found |= dict.fromkeys((*self._pools_of(then), *self._pools_of(orelse)))
                case For(body=body) | While(body=body):
                    found |= dict.fromkeys(self._pools_of(body))
                case _:
                    pass
        return list(found)

    # ------------------------------------------------------------ places

    def _place(self, array: Var, like: Var | None = None) -> list[Var]:
        """New variables for the place of an array that a branch or a loop chooses."""
        at = Var(f"{array.name}_place", INT, array.at)
        stride = Var(f"{array.name}_stride", INT, array.at) if (like or array) in self.gaps else None
        self.places[array] = Place(at, stride)
        return [at] if stride is None else [at, stride]

    def _located(self, atom: Atom, receiver: Var, builder: Builder) -> list[Atom]:
        """The place of what the receiver gets: a shared array, or a view of one."""
        assert isinstance(atom, Var)
        spot = self._spot(atom, builder)
        if receiver not in self.gaps:
            return [spot.at]
        assert len(spot.strides) == 1
        return [spot.at, spot.strides[0]]

    def _spot(self, array: Var, builder: Builder) -> Spot:
        view = self.families.view(array)
        if view is None:
            place = self.places[array]
            lengths = builder.dims(array)
            if place.stride is not None:
                return Spot(place.at, (place.stride,), lengths)
            return Spot.whole(place.at, lengths, builder)
        return at_view(self._spot(view.array, builder), view, array, builder)


def _with_gaps(function: Function, shared: frozenset[Var], families: Families) -> frozenset[Var]:
    """The shared names whose part of the pool may have gaps, or run backwards."""
    found: set[Var] = set()

    def gaps(atom: Atom) -> bool:
        while isinstance(atom, Var) and (view := families.view(atom)) is not None:
            if not is_whole(view):
                return True
            atom = view.array
        return atom in found

    while True:
        before = len(found)
        for statement in statements(function.body):
            for target, sources in _bindings(statement):
                if target in shared and any(map(gaps, sources)):
                    if array_type(target).rank > 1:
                        raise _refusal(target, statement)
                    found.add(target)
        if len(found) == before:
            return frozenset(found)


def _bindings(statement: Statement) -> Iterable[tuple[Var, tuple[Atom, ...]]]:
    """The names that a branch or a loop binds, with what they may be bound to."""
    match statement:
        case If(then=then, orelse=orelse, results=results):
            for result, one, other in zip(results, then.yields, orelse.yields, strict=True):
                yield result, (one, other)
        case For(carries=carries, body=body) | While(carries=carries, body=body):
            for carry, following in zip(carries, body.yields, strict=True):
                yield carry.inside, (carry.start, following)
                yield carry.after, (carry.start, following)
        case _:
            return


def shared_with(function: Function, names: Iterable[Var], families: Families) -> frozenset[Var]:
    """The arrays, as roots of families, that may get the same names as these do, directly or in steps."""
    partners: dict[Var, set[Var]] = {}
    for statement in statements(function.body):
        for target, sources in _bindings(statement):
            if isinstance(target.type, Array):
                roots = {families.root(atom) for atom in sources if isinstance(atom, Var)}
                for root in roots:
                    partners.setdefault(root, set()).add(target)
                    partners.setdefault(target, set()).add(root)
    found: set[Var] = set()
    waiting = list(names)
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(partners.get(current, ()))
    return frozenset(found)


def _refusal(target: Var, statement: Statement) -> AliasedMutation:
    return AliasedMutation(
        f"`{target.name}` may be bound here to a part with gaps (or a transpose) of an array that has another"
        " name and is written to",
        suggestion=f"a copy: {target.name}.copy()",
        location=statement.at,
    )


__all__ = ["Placed", "give_places", "shared_with"]
