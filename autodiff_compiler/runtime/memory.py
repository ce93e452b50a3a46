"""How the C library is told to keep memory that is freed."""

from __future__ import annotations

import functools

import numpy as np

# Just under the size up to which glibc learns, 32 MiB.
_LARGEST = 31 * 2**20


@functools.cache
def keep_freed_memory() -> None:
    """Let the C library use freed memory again, where it would give it back to the system.

    A gradient makes and frees more arrays than fit under glibc's first limit of 256 kB; so each call would
    get its pages from the system anew, which takes ten times as long as the rest. glibc raises the limit to
    twice the size of the largest block that has been freed. This frees one of 31 MiB, never touched: from
    then on the process keeps up to 62 MiB at the end of its heap. Without effect on other C libraries, and
    where a user has set limits.
    """
    np.empty(_LARGEST, np.uint8)


__all__: list[str] = []  # generated code uses none of it
