"""The catalogue has a form for every function and method that the compiler accepts."""

from __future__ import annotations

import ast
import importlib
import re

import numpy as np

from autodiff_compiler import composed  # noqa: F401  (fills the registry)
from autodiff_compiler.coverage import MODULES, coverage
from autodiff_compiler.operators import External, all_entries, spelled
from tests.sampled.catalogue import FORMS
from tests.sampled.draws import CHOICES
from tests.sampled.elementwise import hidden
from tests.sampled.judge import SCOPE

SPACE = {"np": np, "g": np.random.Generator, **SCOPE}


def called() -> tuple[set[object], set[str]]:
    """What the forms call or name, and the methods and attributes."""
    functions: set[object] = set()
    attributes: set[str] = set()
    for form in (form for group in FORMS.values() for form in group):
        for text in spelled_out(form.text):
            for node in ast.walk(ast.parse(text.replace("return ", "").replace("; ", "\n"))):
                if isinstance(node, ast.Attribute):
                    attributes.add(node.attr)
                if isinstance(node, (ast.Attribute, ast.Name)):
                    functions.add(named(ast.unparse(node)))
    return functions, attributes


def spelled_out(text: str) -> list[str]:
    """The text with each choice in turn, the others being the first ones."""
    found = re.findall(r"\{([^{}]*)\}", text)
    lists = [CHOICES[word](2) if word in CHOICES else word.split("|") for word in found]
    made = []
    for position, options in enumerate(lists or [[""]]):
        for option in options:
            words = iter([option if k == position else other[0] for k, other in enumerate(lists)])
            made.append(re.sub(r"\{[^{}]*\}", lambda _, words=words: next(words), text))
    return made


def named(path: str) -> object:
    """What a dotted name stands for; None if it is none."""
    try:
        found = eval(path, dict(SPACE))
    except (AttributeError, NameError):
        return None
    return found if callable(found) else None


def test_every_registered_function_and_method_has_a_form() -> None:
    functions, attributes = called()
    missing = []
    for entry in all_entries():
        own = getattr(entry, "function", None)
        if isinstance(entry, External):
            continue
        for function in entry.callables:
            if function is not own and function not in functions and not hidden(spelled(function)):
                missing.append(spelled(function))
        missing += [f".{name}" for name in getattr(entry, "methods", ()) if name not in attributes]
    assert missing == []


def test_every_public_function_that_is_accepted_has_a_form() -> None:
    functions, _ = called()
    missing = []
    for module in MODULES:
        home = importlib.import_module(module)
        missing += [
            f"{module}.{name}" for name in coverage(module).accepted if getattr(home, name) not in functions
        ]
    assert missing == []
