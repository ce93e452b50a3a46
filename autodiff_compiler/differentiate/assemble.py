"""From pairs of sweeps to plain statements: one loop for both sweeps where that is right, else two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from autodiff_compiler.analysis.aliasing import Roots
from autodiff_compiler.analysis.effects import is_pure
from autodiff_compiler.differentiate.iterations import Chain
from autodiff_compiler.differentiate.merge_sweeps import Unit, plan_merge
from autodiff_compiler.differentiate.notes import Note
from autodiff_compiler.differentiate.order import any_order
from autodiff_compiler.differentiate.pairs import BlockPair, BranchPair, Item, LoopPair
from autodiff_compiler.differentiate.storage import Storage
from autodiff_compiler.ir.build import Builder, integer
from autodiff_compiler.ir.nodes import (
    Apply,
    Assign,
    Atom,
    Block,
    Call,
    Carry,
    Const,
    For,
    If,
    NewStack,
    Pop,
    Statement,
    Var,
    While,
)
from autodiff_compiler.ir.types import INT
from autodiff_compiler.ir.walk import blocks, defined, free_variables, statements, substitute


@dataclass
class Assembler:
    """Turns pairs into statements; `notes` collects what was decided, for `explain`."""

    storage: Storage
    views: dict[Var, Var]
    roots: Roots  # the memory of all arrays and shadows
    notes: list[Note] = field(default_factory=list)
    unordered: set[Var] = field(default_factory=set)  # indices of loops whose iterations may run in any order

    # ------------------------------------------------------------ both sweeps in one block

    def joined(self, pair: BlockPair) -> list[Statement]:
        """The forward statements, then the reverse ones, in one scope; loops are merged where they can be."""
        forward, backward = self._units(pair, None)
        for unit in list(forward):
            if self._mergeable(unit.item):
                self._try_merge(unit, forward, backward)
        return _statements([*forward, *backward])

    def _mergeable(self, item: Item | None) -> bool:
        if isinstance(item, LoopPair):
            return isinstance(item.forward, For) and self._any_order(item)
        return isinstance(item, BranchPair)

    def _try_merge(self, unit: Unit, forward: list[Unit], backward: list[Unit]) -> None:
        pair = unit.item
        assert isinstance(pair, LoopPair | BranchPair)
        moved = plan_merge(unit, forward, backward, self.roots)
        if moved is None:
            return
        position = forward.index(unit)
        for other in moved:
            (forward if other in forward else backward).remove(other)
        backward[:] = [other for other in backward if other.item is not pair]
        made = self._merged_loop(pair) if isinstance(pair, LoopPair) else self._merged_branch(pair)
        forward[position : position + 1] = [*moved, Unit(None, made)]

    def _merged_loop(self, pair: LoopPair) -> list[Statement]:
        loop = pair.forward
        assert isinstance(loop, For)
        body = [substitute(item, {pair.index: loop.index}) for item in self.joined(pair.body)]
        yields = (*loop.body.yields, *pair.body.reverse_yields)
        self.unordered.add(loop.index)
        text = "both sweeps run in one pass: nothing is saved from iteration to iteration"
        self._note(pair, text, pair.position)
        # an iteration takes all that it puts on a stack: the stack serves all of them
        stacks = [item for item in body if _is_stack(item)]
        block = Block(tuple(item for item in body if not _is_stack(item)), yields)
        return [*stacks, replace(loop, carries=(*loop.carries, *pair.carries), body=block)]

    def _merged_branch(self, pair: BranchPair) -> list[Statement]:
        branch = pair.forward
        then, orelse = (
            Block(tuple(self.joined(arm)), (*arm.source.yields, *arm.reverse_yields))
            for arm in (pair.then, pair.orelse)
        )
        return [If(branch.condition, then, orelse, (*branch.results, *pair.results), branch.at)]

    # ------------------------------------------------------------ two sweeps

    def apart(self, pair: BlockPair, chain: Chain | None) -> tuple[list[Statement], list[Statement]]:
        """The forward and the reverse statements of a block; nested blocks are already self-contained."""
        forward, reverse = self._units(pair, chain)
        return _statements(forward), _statements(reverse)

    def _units(self, pair: BlockPair, chain: Chain | None) -> tuple[list[Unit], list[Unit]]:
        """The items of both sweeps of a block, each with the statements that it becomes there."""
        sweeps: dict[int, tuple[list[Statement], list[Statement]]] = {}
        for item in pair.forward:
            if isinstance(item, LoopPair):
                sweeps[id(item)] = self._loop_apart(item, chain)
            elif isinstance(item, BranchPair):
                sweeps[id(item)] = self._branch_apart(item, chain)

        def unit(item: Item, sweep: int) -> Unit:
            return Unit(item, sweeps[id(item)][sweep] if isinstance(item, LoopPair | BranchPair) else [item])

        return [unit(item, 0) for item in pair.forward], [unit(item, 1) for item in pair.reverse]

    def _loop_apart(self, pair: LoopPair, chain: Chain | None) -> tuple[list[Statement], list[Statement]]:
        here = Chain((pair,), Builder(pair.forward.at)) if chain is None else chain.inner(pair)
        forward, reverse = self.apart(pair.body, here)
        body = drop_unused(Block(tuple(reverse), pair.body.reverse_yields))
        resolved = self.storage.resolve(forward, body, here, pair)
        loop = pair.forward
        ahead = replace(loop, body=Block(tuple(resolved.forward), loop.body.yields))
        carries = (*pair.carries, *(carry for carry, _ in resolved.carries))
        yields = (*resolved.reverse.yields, *(following for _, following in resolved.carries))
        back_body = substitute(Block(resolved.reverse.statements, yields), {pair.position: pair.index})
        before, back = self._backwards(pair, carries, back_body)
        made = here.made.statements if chain is None else []
        return [*made, ahead], [*before, back]

    def _backwards(
        self, pair: LoopPair, carries: tuple[Carry, ...], body: Block
    ) -> tuple[list[Statement], For]:
        """The reverse loop: upwards where the order is free (it vectorises), else downwards."""
        loop = pair.forward
        builder = Builder(pair.at)
        saved = len(carries) > len(pair.carries) or _pops(body)  # what comes in the order of the iterations
        if isinstance(loop, For) and not saved and self._any_order(pair):
            self.unordered.add(pair.index)
            self._note(
                pair, "going backwards, the iterations run in any order: none depends on another", pair.index
            )
            return [], For(pair.index, loop.start, loop.stop, loop.step, carries, body, pair.at)
        self._note(pair, "going backwards, the iterations run from the last to the first", pair.index)
        if isinstance(loop, While):
            assert pair.trips is not None
            last = builder.assign(Apply("subtract", (pair.trips, integer(1))), INT, "last")
            return builder.statements, For(pair.index, last, integer(-1), integer(-1), carries, body, pair.at)
        start, stop, step = _reversed_range(builder, loop)
        return builder.statements, For(pair.index, start, stop, step, carries, body, pair.at)

    def _branch_apart(self, pair: BranchPair, chain: Chain | None) -> tuple[list[Statement], list[Statement]]:
        statement = pair.forward
        arms = []
        for arm in (pair.then, pair.orelse):
            forward, reverse = self.apart(arm, chain)
            body = drop_unused(Block(tuple(reverse), arm.reverse_yields))
            if chain is not None:
                resolved = self.storage.resolve(forward, body, chain, None)
                forward, body = resolved.forward, resolved.reverse
            arms.append((forward, body))
        # stacks are made before the branch: they are never chosen
        lifted = [item for forward, _ in arms for item in forward if _is_stack(item)]
        arms = [([item for item in forward if not _is_stack(item)], body) for forward, body in arms]
        extra = _kept(arms) if chain is None else []
        ahead: list[Block] = []
        for number, (forward, _) in enumerate(arms):
            builder = Builder(statement.at)
            builder.statements.extend(forward)
            kept = [
                variable if arm == number else builder.placeholder(variable.type, variable.name)
                for arm, variable in extra
            ]
            ahead.append(builder.block(*blocks(statement)[number].yields, *kept))
        results = [Var(variable.name, variable.type, variable.at) for _, variable in extra]
        mapping: dict[Var, Atom] = {
            variable: result for (_, variable), result in zip(extra, results, strict=True)
        }
        then, orelse = ahead
        chosen = If(statement.condition, then, orelse, (*statement.results, *results), statement.at)
        then, orelse = (substitute(body, mapping) for _, body in arms)
        return [*lifted, chosen], [If(statement.condition, then, orelse, pair.results, pair.at)]

    def _any_order(self, pair: LoopPair) -> bool:
        if not isinstance(pair.forward, For):
            return False
        return any_order(pair, self.views, from_zero=self.storage.overwrites.never_negative(pair.forward))

    def _note(self, pair: LoopPair, text: str, index: Var) -> None:
        self.notes.append(Note(pair.forward.at, text, index, "order"))


def _statements(units: Iterable[Unit]) -> list[Statement]:
    return [statement for unit in units for statement in unit.statements]


def _pops(block: Block) -> bool:
    return any(
        (isinstance(item, Call) and item.callee.external is None)
        or (isinstance(item, Assign) and isinstance(item.value, Pop))
        for item in statements(block)
    )


def _is_stack(statement: Statement) -> bool:
    return isinstance(statement, Assign) and isinstance(statement.value, NewStack)


def _kept(arms: list[tuple[list[Statement], Block]]) -> list[tuple[int, Var]]:
    """Values of a branch that its reversal reads: (arm, variable)."""
    found: list[tuple[int, Var]] = []
    for number, (forward, body) in enumerate(arms):
        made = {variable for statement in forward for variable in defined(statement)}
        found.extend((number, variable) for variable in free_variables(body) if variable in made)
    return found


def _reversed_range(builder: Builder, loop: For) -> tuple[Atom, Atom, Atom]:
    """The bounds of the same range backwards."""

    def combine(operator: str, left: Atom, right: Atom) -> Atom:
        if isinstance(left, Const) and isinstance(right, Const):
            a, b = int(left.value), int(right.value)
            return integer({"add": a + b, "subtract": a - b, "multiply": a * b}[operator])
        if right == integer(0) and operator in ("add", "subtract"):
            return left
        return builder.assign(Apply(operator, (left, right)), INT, "bound")

    start, stop, step = loop.start, loop.stop, loop.step
    back = integer(-int(step.value)) if isinstance(step, Const) else combine("subtract", integer(0), step)
    end = combine("subtract", start, step)
    if isinstance(step, Const) and abs(int(step.value)) == 1:
        return combine("subtract", stop, step), end, back
    span = combine("subtract", stop, start)
    down = builder.assign(Apply("negative", (span,)), INT, "span")
    trips = builder.assign(
        Apply("negative", (builder.assign(Apply("floor_divide", (down, step)), INT, "trips"),)), INT, "trips"
    )
    trips = builder.assign(Apply("maximum", (trips, integer(0))), INT, "trips")
    last = combine("multiply", combine("subtract", trips, integer(1)), step)
    return combine("add", start, last), end, back


def drop_unused(block: Block) -> Block:
    """The block without pure statements whose results nothing reads."""
    used = {atom for atom in block.yields if isinstance(atom, Var)}
    kept: list[Statement] = []
    for statement in reversed(block.statements):
        if is_pure(statement) and not any(variable in used for variable in defined(statement)):
            continue
        kept.append(statement)
        used.update(free_variables(statement))
    return Block(tuple(reversed(kept)), block.yields)
