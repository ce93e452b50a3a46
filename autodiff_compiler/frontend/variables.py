"""Which names a function assigns itself, and which of them its inner functions share (Python's cells)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import gast

_FUNCTIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)
_COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Variables:
    """The names local to a function, and those of them that inner functions read or write."""

    local: frozenset[str]
    shared: frozenset[str]


def variables(function: gast.FunctionDef | gast.Lambda) -> Variables:
    """The variables of one function."""
    body = function.body if isinstance(function.body, list) else [function.body]
    found = _Walk()
    found.block(body)
    local = {*found.stored, *parameter_names(function.args)} - found.outside
    free = {name for inner in found.inner for name in free_names(inner)}
    return Variables(frozenset(local), frozenset(local & free))


def parameter_names(arguments: gast.arguments) -> Iterator[str]:
    """The names of all parameters, in the order of a signature."""
    for item in (*arguments.posonlyargs, *arguments.args):
        yield item.id
    if arguments.vararg is not None:
        yield arguments.vararg.id
    for item in arguments.kwonlyargs:
        yield item.id
    if arguments.kwarg is not None:
        yield arguments.kwarg.id


def free_names(function: gast.AST) -> frozenset[str]:
    """Names that an inner function, class or comprehension takes from around it."""
    found = _Walk()
    if isinstance(function, _FUNCTIONS):
        found.block(function.body if isinstance(function.body, list) else [function.body])
        own = {*found.stored, *parameter_names(function.args)}
    else:
        found.block(list(gast.iter_child_nodes(function)))
        own = found.targets
    inner = {name for item in found.inner for name in free_names(item)}
    return frozenset((found.loaded | found.outside | inner) - (own - found.outside))


def stored_names(statements: Sequence[gast.AST]) -> list[str]:
    """Names that statements assign themselves, in order of appearance."""
    found = _Walk()
    found.block(statements)
    return [name for name in found.stored if name not in found.outside]


class _Walk:
    """The names in a body, not counting those inside inner functions."""

    def __init__(self) -> None:
        self.stored: dict[str, None] = {}  # in order
        self.loaded: set[str] = set()
        self.outside: set[str] = set()  # declared nonlocal or global
        self.targets: set[str] = set()  # of comprehensions
        self.inner: list[gast.AST] = []

    def block(self, nodes: Sequence[gast.AST]) -> None:
        for node in nodes:
            self.node(node)

    def node(self, node: gast.AST) -> None:
        match node:
            case gast.FunctionDef() | gast.AsyncFunctionDef() | gast.Lambda():
                self._function(node)
            case gast.ClassDef(name=name):
                self.stored.setdefault(name)
                self.inner.append(node)
            case gast.Nonlocal(names=names) | gast.Global(names=names):
                self.outside.update(names)
            case gast.Name(id=name):
                if isinstance(node.ctx, gast.Load):
                    self.loaded.add(name)
                else:
                    self.stored.setdefault(name)
            case gast.AugAssign(target=gast.Name(id=name)):
                self.loaded.add(name)
                self.stored.setdefault(name)
                self.node(node.value)
            case gast.ExceptHandler(name=gast.Name(id=name)):
                self.stored.setdefault(name)
                self.block(list(gast.iter_child_nodes(node)))
            case _ if isinstance(node, _COMPREHENSIONS):
                self._comprehension(node)
            case _:
                self.block([item for item in gast.iter_child_nodes(node) if not _is_annotation(node, item)])

    def _function(self, node: gast.AST) -> None:
        if not isinstance(node, gast.Lambda):
            self.stored.setdefault(node.name)
            self.block(node.decorator_list)
        self.block([*node.args.defaults, *(item for item in node.args.kw_defaults if item is not None)])
        self.inner.append(node)

    def _comprehension(self, node: gast.AST) -> None:
        """A comprehension runs in place; its targets are its own, a walrus inside belongs to the function."""
        inside = _Walk()
        inside.block(list(gast.iter_child_nodes(node)))
        walrus = {item.target.id for item in gast.walk(node) if isinstance(item, gast.NamedExpr)}
        targets = set(inside.stored) - walrus
        self.loaded |= inside.loaded - targets
        self.stored |= dict.fromkeys(sorted(walrus))
        self.targets |= targets | inside.targets
        self.inner += inside.inner


def _is_annotation(node: gast.AST, child: gast.AST) -> bool:
    return getattr(node, "annotation", None) is child or getattr(node, "returns", None) is child


__all__ = ["Variables", "free_names", "parameter_names", "stored_names", "variables"]
