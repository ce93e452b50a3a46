"""Objects, tuples with names, lists, inner functions and values that may be None, in random programs."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.random_programs.expressions import Expressions
from tests.random_programs.scope import Scope, Variable

CLASSES = '''

class Pair:
    """Two numbers that methods change."""

    def __init__(self, x, y=0.5):
        self.x = x
        self.y = y

    def scale(self, k):
        self.x = self.x * k
        return self.y

    def mix(self, other):
        self.y = math.tanh(self.y + other.x)

    @property
    def total(self):
        return self.x + self.y


class Point(NamedTuple):
    """Two numbers that stay."""

    x: float
    y: float

    def turned(self, by):
        return Point(self.x * math.cos(by) - self.y, self.x + self.y * math.sin(by))


class Holder:
    """An array and an object, shared with whoever else knows them."""

    def __init__(self, a, pair):
        self.a = a
        self.pair = pair
'''


class Structures:
    """The statements of a function that make and change structures."""

    choose: random.Random
    say: Expressions
    scope: Scope
    loops: int
    depth: int
    may_continue: bool
    statements: Callable[[int], None]
    line: Callable[[str], None]
    expression: Callable[..., str]

    def structure(self) -> None:
        """One statement about objects, lists and their like."""
        kinds = (
            *(self.make_pair, self.change_pair, self.change_pair, self.make_point, self.make_list),
            *(self.change_list, self.make_function, self.make_maybe, self.make_holder, self.change_holder),
            *(self.make_rows, self.change_rows, self.change_rows),
        )
        self.choose.choice(kinds)()

    def _name(self, kind: str) -> str:
        """A name for something of this kind: an old one as often as not."""
        old = [item.name for item in self.scope.of_kind(kind)]
        if old and self.choose.random() < 0.5:
            return self.choose.choice(old)
        return self.scope.add(Variable(self.scope.fresh(kind), kind)).name

    def _known(self, kind: str) -> str:
        """The name of something of this kind; empty where there is none."""
        found = [item.name for item in self.scope.of_kind(kind)]
        return self.choose.choice(found) if found else ""

    def make_pair(self) -> None:
        """A new object, or a second name for one."""
        source = self._known("pair")
        if source and self.choose.random() < 0.3:
            text = source
        elif source and self.choose.random() < 0.2:
            other = f"Pair({self.expression((), 1)})"
            text = f"{source} if {self.say.condition(self.scope)} else {other}"
        else:
            text = f"Pair({self.expression((), 1)}, {self.expression((), 1)})"
        self.line(f"{self._name('pair')} = {text}")

    def change_pair(self) -> None:
        """An attribute assigned, updated, or changed by a method."""
        name = self._known("pair")
        if not name:
            return
        other = self._known("pair")
        self.line(
            self.choose.choice(
                (
                    f"{name}.x = {self.say.bounded(self.scope, ())}",
                    f"{name}.y += {self.expression(())}",
                    f"{name}.scale({self.say.bounded(self.scope, (), 1)})",
                    f"{name}.mix({other})",
                    f"{name}.x, {name}.y = {name}.y, {name}.x",
                )
            )
        )

    def make_point(self) -> None:
        """A NamedTuple, often made from another."""
        source = self._known("point")
        options = [f"Point({self.expression((), 1)}, {self.expression((), 1)})"]
        if source:
            options += [f"{source}.turned({self.say.bounded(self.scope, (), 1)})"]
            options += [f"{source}._replace(y={self.say.bounded(self.scope, (), 1)})"]
        self.line(f"{self._name('point')} = {self.choose.choice(options)}")

    def make_list(self) -> None:
        """A list of numbers."""
        items = ", ".join(self.expression((), 1) for _ in range(self.choose.randint(1, 3)))
        self.line(f"{self._name('list')} = [{items}]")

    def change_list(self) -> None:
        """A list that grows or whose items change."""
        name = self._known("list")
        if name:
            append = f"{name}.append({self.say.bounded(self.scope, ())})"
            if self.scope.variables[name].fixed:
                append = f"_ = {append} if len({name}) < 5 else None"
            self.line(
                self.choose.choice(
                    (
                        append,
                        append,
                        f"{name}[0] = {self.say.bounded(self.scope, ())}",
                        f"{name}[-1] += {self.expression(())}",
                    )
                )
            )

    def make_rows(self) -> None:
        """Lists in a list, none of them empty, or a second name for one of them."""
        rows = self._known("rows")
        if rows and self.choose.random() < 0.4:
            row = f"{rows}[{self.choose.choice((0, 1, -1))}]"
            self.line(f"{self._name('list')} = {self.choose.choice((row, row, f'list({row})'))}")
            return
        few = [", ".join(self.expression((), 1) for _ in range(self.choose.randint(1, 2))) for _ in range(3)]
        text = f"[[{few[0]}], [{few[1]}]]"
        if self.choose.random() < 0.5:
            text = f"[[{few[2]}] for _ in range({self.choose.randint(2, 3)})]"
        self.line(f"{self._name('rows')} = {text}")

    def change_rows(self) -> None:
        """A row that grows, shrinks, changes or is replaced; another row."""
        name = self._known("rows")
        if not name:
            return
        whole = [item.name for item in self.scope.of_kind("int")]
        index = self.choose.choice(("0", "1", "-1", *(f"{item} % 2" for item in whole)))
        row, value = f"{name}[{index}]", self.say.bounded(self.scope, (), 1)
        self.line(
            self.choose.choice(
                (
                    f"_ = {row}.append({value}) if len({row}) < 5 else None",
                    f"_ = {row}.append({value}) if len({row}) < 5 else None",
                    f"_ = {row}.insert(0, {value}) if len({row}) < 5 else None",
                    f"_ = {row}.pop() if len({row}) > 1 else None",
                    f"{row}[0] = {value}",
                    f"{row}[-1] += {value}",
                    f"{row} = [{value}, {self.expression((), 1)}]",
                    f"_ = {name}.append([{value}]) if len({name}) < 5 else None",
                    f"for row in {name}: row[0] *= 0.5",
                )
            )
        )

    def make_function(self) -> None:
        """A lambda over names of the function, which may change before it is called."""
        inside = self.scope.inner()
        for item in self.scope.of_kind("function"):
            del inside.variables[item.name]  # it might be the name that the lambda gets
        body = self.say.bounded(inside, (), 1)
        self.line(f"{self._name('function')} = lambda value: 0.5 * value + {body}")

    def make_maybe(self) -> None:
        """A number or None."""
        value = self.expression(())
        if self.choose.random() < 0.5:
            text = f"{value} if {self.say.condition(self.scope)} else None"
        else:
            text = self.choose.choice(("None", value))
        self.line(f"{self._name('maybe')} = {text}")

    def make_holder(self) -> None:
        """An object that holds an array and an object."""
        arrays, pair = self.scope.arrays((3,)), self._known("pair")
        if arrays and pair:
            self.line(f"{self._name('holder')} = Holder({self.choose.choice(arrays).name}, {pair})")

    def change_holder(self) -> None:
        """What an object holds, changed in place or replaced."""
        name, pair = self._known("holder"), self._known("pair")
        if name and pair:
            self.line(
                self.choose.choice(
                    (
                        f"{name}.a[{self.choose.randrange(3)}] = {self.say.bounded(self.scope, ())}",
                        f"{name}.a[1:] *= 0.5",
                        f"{name}.a = {self.say.bounded(self.scope, (3,))}",
                        f"{name}.pair.x = {self.say.bounded(self.scope, ())}",
                        f"{name}.pair = {pair}",
                    )
                )
            )
