"""Loops over structures, exceptions, comprehensions and helpers that take objects, in random programs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.random_programs.scope import Variable
from tests.random_programs.structures import Structures

FUNCTIONS = '''

def moved(pair, k):
    """An object changed by a function."""
    pair.x = math.tanh(pair.x + k)
    if k > 0.0:
        pair.y = pair.y * 0.5
    return pair


def chosen(one, other):
    """One of two objects."""
    return one if one.x > other.y else other


def pushed(items, value):
    """A list changed by a function."""
    items.append(math.sin(value))
    items[0] = 0.5 * items[0] + 0.1
    return len(items) * 0.1


def halved(x, n):
    """A function that calls itself."""
    if n <= 0:
        return x
    return 0.5 * halved(math.sin(x) + 0.1 * n, n - 1) + 0.25 * x


def checked(x):
    """A function that raises."""
    if x > 0.4:
        raise ValueError("too large")
    return x * x
'''


class StructuredControl(Structures):
    """The statements of a function that go over structures, and those that raise."""

    block: Callable[[], AbstractContextManager[None]]
    body: Callable[..., None]
    arm: Callable[[], None]
    target: Callable[..., str]

    def control(self) -> None:
        """One statement of this kind."""
        kinds = (
            *(self.for_list, self.for_pairs, self.for_pairs, self.make_pairs, self.make_pairs),
            *(self.change_pairs, self.make_dict, self.change_dict, self.change_dict),
            *(self.for_dict, self.comprehension, self.unpack, self.attempt),
            *(self.attempt, self.helper, self.helper),
        )  # fmt: skip
        self.choose.choice(kinds)()

    # ------------------------------------------------------------ lists

    def for_list(self) -> None:
        """A loop over a list of numbers, which its body may change."""
        name = self._known("list")
        if not name or self.depth > 3:
            return
        item, held = Variable(self.scope.fresh(0), "float"), Variable(name, "list", fixed=True)
        if self.choose.random() < 0.4:
            self.line(f"for {self.scope.fresh('int')}, {item.name} in enumerate({name}):")
        else:
            self.line(f"for {item.name} in {name}:")
        self.body(item, held)

    def make_pairs(self) -> None:
        """A list of objects, some of which have other names."""
        known = [item.name for item in self.scope.of_kind("pair")]
        fresh = [f"Pair({self.expression((), 1)})" for _ in range(2)]
        items = ", ".join(self.choose.choice(known + fresh) for _ in range(self.choose.randint(1, 3)))
        self.line(f"{self._name('pairs')} = [{items}]")

    def change_pairs(self) -> None:
        """A list of objects that grows, or whose objects are exchanged."""
        name, pair = self._known("pairs"), self._known("pair")
        if not name:
            return
        options = [
            f"{name}[0].x = {self.say.bounded(self.scope, ())}",
            f"{name}[0], {name}[-1] = {name}[-1], {name}[0]",
            f"pair = {name}[{self.choose.choice((0, -1))}]",
        ]
        options += [f"{name}[0] = {pair}"] if pair else []
        if not self.scope.variables[name].fixed:  # else the loop might never end
            options += [f"{name}.append(Pair({self.expression((), 1)}))"]
            options += [f"{name}.append({pair})"] if pair else []
        self.assigned(self.choose.choice(options))

    def for_pairs(self) -> None:
        """A loop over a list of objects."""
        name = self._known("pairs")
        if name and self.depth <= 3:
            item = Variable(self.scope.fresh("pair"), "pair")
            self.line(f"for {item.name} in {name}:")
            with self.block():
                self.scope.add(item)
                self.scope.add(Variable(name, "pairs", fixed=True))
                self.change_pair()
                self.arm_inside()

    def arm_inside(self) -> None:
        """A few statements at the present depth, in a loop."""
        self.loops += 1
        around, self.may_continue = self.may_continue, True
        self.statements(self.choose.randint(0, 2))
        self.loops -= 1
        self.may_continue = around

    # ------------------------------------------------------------ dicts

    def make_dict(self) -> None:
        """A dict with keys known while compiling."""
        first, second = self.expression((), 1), self.expression((), 1)
        self.line(f'{self._name("dict")} = {{"u": {first}, "v": {second}}}')

    def change_dict(self) -> None:
        """A value of a dict."""
        name = self._known("dict")
        if name:
            key = self.choose.choice("uv")
            self.line(f'{name}["{key}"] = {self.say.bounded(self.scope, ())}')

    def for_dict(self) -> None:
        """A loop over the keys and values of a dict."""
        name = self._known("dict")
        if name and self.depth <= 3:
            item = Variable(self.scope.fresh(0), "float")
            self.line(f"for _, {item.name} in {name}.items():")
            self.body(item)

    # ------------------------------------------------------------ the rest

    def comprehension(self) -> None:
        """A list made of a list, an array or objects."""
        arrays = [item.name for item in self.scope.of_rank(1)]
        sources = [item.name for item in self.scope.of_kind("list")] + arrays
        if not sources:
            return
        source, number = self.choose.choice(sources), self.say.value(self.scope, (), 1)
        test = self.choose.choice(("", "", " if value > 0.0"))
        if self.choose.random() < 0.5:
            self.assigned(f"number = 0.1 * sum(math.tanh(value) * {number} for value in {source}{test})")
        else:
            self.line(f"{self._name('list')} = [math.sin(value) + {number} for value in {source}]")

    def unpack(self) -> None:
        """A NamedTuple or a list taken apart."""
        point, name = self._known("point"), self._known("list")
        if point:
            self.line(f"{self.target(())}, {self.target(())} = {point}")
        elif name:
            self.line(f"{self.target(())}, *{self.scope.fresh('rest')} = {name}")

    def attempt(self) -> None:
        """An exception raised under a condition, and caught."""
        if self.depth > 3:
            return
        self.line("try:")
        with self.block():
            self.statements(self.choose.randint(0, 2))
            if self.choose.random() < 0.5:
                self.assigned(f"number = checked({self.say.bounded(self.scope, (), 1)})")
            else:
                self.line(f"if {self.say.condition(self.scope)}:")
                with self.block():
                    self.line('raise ValueError("no")')
            self.statements(self.choose.randint(0, 2))
        self.line("except ValueError:")
        self.arm()
        if self.choose.random() < 0.2:
            self.line("else:")
            self.arm()
        if self.choose.random() < 0.2:
            self.line("finally:")
            self.arm()

    def helper(self) -> None:
        """A call of a function that takes an object or a list, or calls itself."""
        pair, other, name = self._known("pair"), self._known("pair"), self._known("list")
        number = self.say.bounded(self.scope, (), 1)
        options = [f"number = halved({number}, {self.choose.randrange(4)})"]
        if pair:
            options += [f"moved({pair}, {number})", f"pair = moved({pair}, {number})"]
            options += [f"pair = chosen({pair}, {other})"]
        if name and not self.scope.variables[name].fixed:
            options += [f"number = pushed({name}, {number})"]
        self.assigned(self.choose.choice(options))

    def assigned(self, text: str) -> None:
        """A statement; a kind stands in it for the name that it assigns, which only now comes into reach."""
        for kind in ("pair", "number"):
            if text.startswith(f"{kind} = "):
                name = self._name(kind) if kind == "pair" else self.target(())
                text = name + text.removeprefix(kind)
        self.line(text)
