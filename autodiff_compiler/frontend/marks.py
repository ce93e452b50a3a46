"""Marks of tests in the surface tree, for exceptions that Python raises by itself; no user can call them."""

from __future__ import annotations

from collections.abc import Callable


def divides_by_zero(dividend: object, divisor: object) -> bool:
    """Whether Python raises ZeroDivisionError for these operands of `/`, `//` or `%`."""
    raise NotImplementedError


def divides_as_power(base: object, exponent: object) -> bool:
    """Whether Python raises ZeroDivisionError for these operands of `**`."""
    raise NotImplementedError


def overflows_as_power(base: object, exponent: object) -> bool:
    """Whether Python raises OverflowError for these operands of `**`."""
    raise NotImplementedError


def leaves_domain(condition: Callable[..., object], *arguments: object) -> bool:
    """Whether a condition of domains.py holds for these arguments, if they are numbers."""
    raise NotImplementedError


def is_outside(held: object, index: object) -> bool:
    """Whether Python raises IndexError for this index."""
    raise NotImplementedError


def lacks_key(held: object, key: object) -> bool:
    """Whether Python raises KeyError for this key."""
    raise NotImplementedError


def lacks_attribute(owner: object, name: str) -> bool:
    """Whether Python raises AttributeError where this attribute is read."""
    raise NotImplementedError


def refuses_attribute(owner: object, name: str) -> bool:
    """Whether Python raises AttributeError where this attribute is assigned."""
    raise NotImplementedError


def lacks_length(value: object) -> bool:
    """Whether Python raises TypeError for `len` of this value."""
    raise NotImplementedError


def lacks_items(held: object) -> bool:
    """Whether this is a list or an array without items."""
    raise NotImplementedError
