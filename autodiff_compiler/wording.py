"""What users call the values of their program: the texts of operands, arrays and their shapes in messages."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import lru_cache

from autodiff_compiler.location import Location

_LONG = 60  # characters of an operand that are shown


def operand_texts(at: Location | None, count: int, *, method: bool = False) -> tuple[str, ...]:
    """The texts of the operands of the expression at a place, where it has so many; else ("", ...).

    `a + b`: those of `a` and `b`; `f(a, b)`: the arguments; of `a.f(b)`, where it may be a method, also the
    array and the arguments. Keywords do not count.
    """
    nothing = ("",) * count
    if at is None:
        return nothing
    for texts in _operands(at.spanned, method):
        if len(texts) == count:
            return texts
    return nothing


def receiver(at: Location) -> str:
    """The text of `a` where the call at a place is `a.f(...)`; else ""."""
    text = at.spanned
    match _parsed(text):
        case ast.Call(func=ast.Attribute(value=value)):
            return _segment(text, value)
        case _:
            return ""


def assigned_texts(at: Location | None) -> tuple[str, str]:
    """The texts of what is assigned to at a place, and of the value; "" for what is not known."""
    text = at.spanned if at is not None else ""
    match _parsed(text):
        case ast.AugAssign(target=target, value=value) | ast.Assign(targets=[target], value=value):
            return _segment(text, target), _segment(text, value)
        case ast.Subscript() | ast.Attribute() | ast.Name():
            return text, ""
        case _:
            return "", ""


def callee_text(at: Location) -> str:
    """What is called at a place, as the user spells it; "" where that is no call."""
    text = at.spanned
    tree = _parsed(text)
    return _segment(text, tree.func) if isinstance(tree, ast.Call) else ""


def keyword_texts(at: Location) -> dict[str, str]:
    """The texts of the keywords of the call at a place."""
    text = at.spanned
    tree = _parsed(text)
    if not isinstance(tree, ast.Call):
        return {}
    return {word.arg: _segment(text, word.value) for word in tree.keywords if word.arg}


def item_texts(text: str, count: int) -> tuple[str, ...]:
    """The texts of the items of a list or tuple that is written out, where it has so many; else ("", ...)."""
    tree = _parsed(text)
    if isinstance(tree, (ast.List, ast.Tuple)) and len(tree.elts) == count and not _starred(tree.elts):
        return tuple(_segment(text, item) for item in tree.elts)
    return ("",) * count


def array_text(name: str, at: Location | None) -> str:
    """What a user calls an array of this name that is computed at a place: its name, or the expression.

    An expression that reads the name makes another array of it.
    """
    text = at.spanned if at is not None else ""
    tree = _parsed(text)
    if tree is None or isinstance(tree, (ast.Constant, ast.List, ast.Tuple, ast.Assign, ast.AugAssign)):
        return name
    if at is not None and at.called:  # the name is one of a library's function
        return text
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return text if not name or name in names else name


def quoted(text: str) -> str:
    """A text in backquotes; `an array` for none."""
    if not text:
        return "an array"
    line = " ".join(text.split())
    if len(line) > _LONG:
        line = f"{line[: _LONG - 3]}..."
    return f"`{line}`"


def templated(message: str) -> str:
    """A message as a template for `str.format` that says just this."""
    return message.replace("{", "{{").replace("}", "}}")


def without_names(message: str) -> str:
    """A message without the names that a library's function has for its arrays."""
    return re.sub(r"`[A-Za-z_]\w*`", "an array", message)


def shape_places(rank: int) -> str:
    """The template of a shape: a place for each length."""
    return "({},)" if rank == 1 else "(" + ", ".join(["{}"] * rank) + ")"


@lru_cache(maxsize=512)
def _operands(text: str, method: bool) -> tuple[tuple[str, ...], ...]:
    """The operands in the text of an expression or assignment; several ways to count them."""
    tree = _parsed(text)
    nodes: list[Sequence[ast.AST]] = []
    match tree:
        case ast.BinOp(left=left, right=right):
            nodes = [(left, right)]
        case ast.Compare(left=left, comparators=others):
            nodes = [(left, *others)]
        case ast.Call(func=function, args=arguments) if not _starred(arguments):
            nodes = [tuple(arguments)]
            if method and isinstance(function, ast.Attribute):
                nodes.append((function.value, *arguments))
        case ast.Subscript(value=array, slice=ast.Tuple(elts=items)):
            nodes = [(array, *items)]
        case ast.Subscript(value=array, slice=item):
            nodes = [(array, item)]
        case ast.AugAssign(target=target, value=value):
            nodes = [(target, value)]
        case _:
            nodes = []
    return tuple(tuple(_segment(text, node) for node in each) for each in nodes)


def _starred(nodes: Sequence[ast.AST]) -> bool:
    return any(isinstance(node, ast.Starred) for node in nodes)


@lru_cache(maxsize=512)
def _parsed(text: str) -> ast.AST | None:
    """The tree of an expression, or of an assignment; None for anything else."""
    try:
        return ast.parse(f"({text}\n)", mode="eval").body if text else None
    except SyntaxError:
        pass
    try:
        (statement,) = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    return statement if isinstance(statement, (ast.Assign, ast.AugAssign)) else None


def _segment(text: str, node: ast.AST) -> str:
    """The text of a node of the tree of a text."""
    whole = f"({text}\n)" if isinstance(_parsed(text), ast.expr) else text
    return ast.get_source_segment(whole, node) or ""
