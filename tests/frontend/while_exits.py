"""Small functions that leave `while` loops, alone or mixed with `for`, in all ways; as in early_exits.py."""

from __future__ import annotations


def while_break(a, b):
    s = 0
    while s < 30:
        s = s + a + 3
        if s > 10 + b:
            break
    return s


def while_continue(a, b):
    n = 0
    s = 0
    while n < 9:
        n += 1
        if n % 3 == a % 3:
            continue
        s = s + n * b
    return s


def while_true_break(a, b):
    n = 0
    while True:
        n = n + 2
        if n > a * b:
            break
        n = n + 1
    return n


def while_true_return(a, b):
    n = 0
    while True:
        n = n + 2
        if n > a + b:
            return n


def while_true_return_in_branch(a, b):
    if a > b:
        while True:
            a = a - 1
            if a < b:
                return a * 100
    b = b - a
    return b


def while_test_must_not_run_after_break(a, b):
    s = 1
    d = 4
    while 12 // d > 0:
        d = d - 1
        s = s + 12 // (d + 1)
        if d == 0:
            break
    return s + a


def while_in_for(a, b):
    s = 0
    for i in range(5):
        n = i
        while n > 0:
            n = n - 1
            if n == a:
                continue
            if n == b:
                return s + 500
            s = s + n
        if s > 6:
            break
    return s


def for_in_while(a, b):
    s = 0
    while s < 50:
        for i in range(4):
            if i == a:
                break
            s = s + i + 1
        else_free = s
        if else_free > 20:
            return else_free
        s = s + 5
    return s
