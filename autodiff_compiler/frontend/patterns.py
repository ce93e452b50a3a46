"""`match` as tests of a subject that is computed once, and assignments of what the patterns capture."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import NoReturn

import gast

from autodiff_compiler.errors import UnsupportedSyntax
from autodiff_compiler.frontend import nodes
from autodiff_compiler.frontend.exits import is_wildcard
from autodiff_compiler.frontend.names import Unknown, static_value
from autodiff_compiler.frontend.nodes import Names
from autodiff_compiler.frontend.source import Source

Captures = list[tuple[str, gast.expr]]  # names, and what they are bound to
_WHOLE = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)  # `case float(x)`


def match_as_branches(source: Source, names: Names, statement: gast.Match) -> list[gast.stmt]:
    """The cases as branches; raises UnsupportedSyntax for patterns of classes not known while compiling.

    before:  match p:                       after:  subject_1 = p
                 case (0.0, y): a                   if isinstance(subject_1, (tuple, list)) and ...:
                 case _: b                              y = subject_1[1]; a
                                                    else: b
    """
    subject = names.fresh("subject")
    cases = _Patterns(source, names)
    start = nodes.assign(subject, statement.subject, statement)
    return [start, *cases.chain(statement.cases, nodes.name(subject))]


class _Patterns:
    def __init__(self, source: Source, names: Names) -> None:
        self.source = source
        self.names = names

    def chain(self, cases: Sequence[gast.match_case], subject: gast.expr) -> list[gast.stmt]:
        """The cases, each tried where those before it do not fit."""
        if not cases:
            return []
        case, *others = cases
        tests, captures = self.pattern(case.pattern, subject)
        bound = [nodes.assign(name, value, case.pattern) for name, value in captures]
        if is_wildcard(case):
            return [*bound, *case.body]
        if case.guard is not None and not bound:
            tests = [*tests, case.guard]
        if case.guard is None or not bound:
            rest = self.chain(others, subject)
            return [nodes.branch(nodes.all_of(tests), [*bound, *case.body], rest, case.pattern)]
        return self._guarded(case, tests, bound, self.chain(others, subject))

    def _guarded(
        self, case: gast.match_case, tests: list[gast.expr], bound: list[gast.stmt], rest: list[gast.stmt]
    ) -> list[gast.stmt]:
        """A case whose condition reads what its pattern captures."""
        flag = self.names.fresh("fits")
        kept = nodes.branch(
            case.guard, [nodes.assign(flag, nodes.constant(True), case.pattern), *case.body], [], case.pattern
        )
        made = [
            nodes.assign(flag, nodes.constant(False), case.pattern),
            nodes.branch(nodes.all_of(tests), [*bound, kept], [], case.pattern),
        ]
        return (
            [*made, nodes.branch(nodes.negated(nodes.name(flag)), rest, [], case.pattern)] if rest else made
        )

    # ------------------------------------------------------------ patterns

    def pattern(self, node: gast.AST, subject: gast.expr) -> tuple[list[gast.expr], Captures]:
        """What must hold for the subject to fit, in order, and what is captured then."""
        subject = copy.deepcopy(subject)
        match node:
            case gast.MatchValue(value=value):
                return [nodes.at(node, nodes.compared(subject, gast.Eq(), value))], []
            case gast.MatchSingleton(value=None):
                return [nodes.at(node, nodes.identity(subject, nodes.constant(None)))], []
            case gast.MatchSingleton(value=value):
                same = nodes.compared(subject, gast.Eq(), nodes.constant(value))
                return [self._is_instance(node, subject, nodes.name("bool")), nodes.at(node, same)], []
            case gast.MatchAs(pattern=inner, name=name):
                tests, captures = self.pattern(inner, subject) if inner is not None else ([], [])
                return tests, [*captures, *([(name, subject)] if name else [])]
            case gast.MatchOr(patterns=patterns):
                return self._alternatives(node, patterns, subject)
            case gast.MatchSequence(patterns=patterns):
                return self._sequence(node, patterns, subject)
            case gast.MatchMapping():
                return self._mapping(node, subject)
            case gast.MatchClass():
                return self._class(node, subject)
        self._refuse(node, "this pattern is not supported", "`if` and `elif`")

    def _alternatives(
        self, node: gast.AST, patterns: Sequence[gast.AST], subject: gast.expr
    ) -> tuple[list[gast.expr], Captures]:
        sides = [self.pattern(pattern, subject) for pattern in patterns]
        fits = [nodes.all_of(tests) for tests, _ in sides]
        captures: Captures = []
        for name, value in sides[-1][1]:
            for test, (_, others) in zip(fits[-2::-1], sides[-2::-1], strict=True):
                value = gast.IfExp(test, dict(others)[name], value)
            captures.append((name, nodes.at(node, value)))
        return [nodes.at(node, nodes.any_of(fits))], captures

    def _sequence(
        self, node: gast.AST, patterns: Sequence[gast.AST], subject: gast.expr
    ) -> tuple[list[gast.expr], Captures]:
        kinds = gast.Tuple([self.names.builtin(tuple), self.names.builtin(list)], gast.Load())
        star = next((k for k, item in enumerate(patterns) if isinstance(item, gast.MatchStar)), None)
        length = nodes.call(self.names.builtin(len), subject)
        count = nodes.constant(len(patterns) - (star is not None))
        operator = gast.Eq() if star is None else gast.GtE()
        tests = [
            self._is_instance(node, subject, kinds),
            nodes.at(node, nodes.compared(length, operator, count)),
        ]
        captures: Captures = []
        for position, pattern in enumerate(patterns):
            after = position - len(patterns)  # items after the star count from the end
            if position == star:
                bounds = [nodes.constant(k) if k else None for k in (position, after + 1)]
                part = gast.Subscript(subject, gast.Slice(*bounds, None), gast.Load())
                if pattern.name:
                    captures.append((pattern.name, nodes.at(node, part)))
                continue
            place = nodes.constant(position if star is None or position < star else after)
            item = nodes.at(node, gast.Subscript(subject, place, gast.Load()))
            inner, found = self.pattern(pattern, item)
            tests += inner
            captures += found
        return tests, captures

    def _mapping(self, node: gast.MatchMapping, subject: gast.expr) -> tuple[list[gast.expr], Captures]:
        if node.rest:
            self._refuse(node, "`**` in a pattern is not supported", "the keys written out")
        tests = [self._is_instance(node, subject, self.names.builtin(dict))]
        captures: Captures = []
        for key, pattern in zip(node.keys, node.patterns, strict=True):
            tests.append(nodes.at(node, nodes.compared(key, gast.In(), subject)))
            item = nodes.at(node, gast.Subscript(subject, key, gast.Load()))
            inner, found = self.pattern(pattern, item)
            tests += inner
            captures += found
        return tests, captures

    def _class(self, node: gast.MatchClass, subject: gast.expr) -> tuple[list[gast.expr], Captures]:
        tests = [self._is_instance(node, subject, node.cls)]
        captures: Captures = []
        parts = [(name, item) for name, item in zip(node.kwd_attrs, node.kwd_patterns, strict=True)]
        if node.patterns:
            parts = [*zip(self._positions(node), node.patterns, strict=False), *parts]
        for name, pattern in parts:
            item = nodes.at(node, gast.Attribute(subject, name, gast.Load())) if name else subject
            inner, found = self.pattern(pattern, item)
            tests += inner
            captures += found
        return tests, captures

    def _positions(self, node: gast.MatchClass) -> Sequence[str]:
        """The attributes that the positional patterns of a class stand for; empty for the value itself."""
        try:
            cls = static_value(self.source, node.cls)
        except Unknown:
            self._refuse(node, "the class of this pattern is not known while compiling", "attributes by name")
        if not isinstance(cls, type):
            self._refuse(node, "this pattern calls no class", "a class")
        if issubclass(cls, _WHOLE) and "__match_args__" not in vars(cls):
            names: Sequence[str] = ("",)
        else:
            names = getattr(cls, "__match_args__", ())
        if len(names) < len(node.patterns):
            self._refuse(
                node,
                f"{cls.__name__} takes {len(names)} positional patterns, and gets {len(node.patterns)}",
                "attributes by name",
            )
        return names

    def _is_instance(self, node: gast.AST, subject: gast.expr, kinds: gast.expr) -> gast.expr:
        return nodes.at(node, nodes.call(self.names.builtin(isinstance), subject, kinds))

    def _refuse(self, node: gast.AST, reason: str, instead: str) -> NoReturn:
        raise UnsupportedSyntax(reason, instead, self.source.location(node))
