"""Small functions that leave loops and themselves in all ways; desugaring must not change their results."""

from __future__ import annotations


def single_return(a, b):
    return a + b


def docstring_and_pass(a, b):
    """Says something."""
    pass
    ...
    return a - b


def early_return(a, b):
    if a > b:
        return a
    return b


def chain_of_returns(a, b):
    if a > 3:
        return 1
    b = b + 1
    if b > 3:
        return 2
    b = b * 2
    if a + b > 3:
        return 3
    return b


def elif_returns(a, b):
    if a > 2:
        return a
    elif b > 2:
        return b
    else:
        a = a + b
    return a * 10


def return_in_else(a, b):
    if a > b:
        a = a - b
    else:
        return 7
    a = a * 2
    return a + b


def partial_return(a, b):
    if a > 0:
        if b > 0:
            return 5
        a = a + 100
    b = b + a
    return b


def partial_return_twice(a, b):
    if a > 0:
        if b > 0:
            return 5
        a = a + 100
    b = b + a
    if b > 50:
        if a > 101:
            return 6
        b = b - 3
    else:
        b = b * 2
    return a * b


def both_branches_return(a, b):
    if a > b:
        return a * 2
    else:
        return b * 3


def unreachable_code(a, b):
    if a > b:
        return a
        a = a + 1
    else:
        return b
    b = 1
    return b


def break_in_for(a, b):
    s = 0
    for i in range(6):
        if i > a:
            break
        s = s + i * b
    return s * 100 + i


def break_last_in_body(a, b):
    s = 0
    for i in range(5):
        s = s + i
        if s > a:
            break
    return s + i * 10


def break_at_once(a, b):
    for _ in range(a):
        break
    else_value = b
    return else_value


def continue_in_for(a, b):
    s = 0
    for i in range(8):
        if i % 2 == a % 2:
            continue
        s = s * 2 + i
    return s + b


def continue_only(a, b):
    s = 0
    for i in range(4):
        s = s + i
        continue
    return s + a


def continue_in_a_branch(a, b):
    s = 0
    for i in range(8):
        if i > 2:
            if i % 2 == 0:
                continue
            s = s + 100
        s = s + i + a
    return s


def break_and_continue(a, b):
    s = 0
    for i in range(12):
        if i == a:
            continue
        if i > b + 5:
            break
        s = s * 3 + i
    return s


def break_or_continue_in_a_branch(a, b):
    s = 0
    for i in range(12):
        if i > 3:
            if i % 3 == a:
                continue
            if i > b + 6:
                break
            s = s + 1000
        s = s + i
    return s * 20 + i


def return_from_for(a, b):
    s = 0
    for i in range(6):
        s = s + i
        if s > a + b:
            return s * 10 + i
    return s


def return_from_for_then_more(a, b):
    s = 0
    for i in range(4):
        if i == a:
            return -i
        s = s + b
    s = s * 2
    for i in range(3):
        if s > i * 5:
            return s + i
    return s - 1


def all_three(a, b):
    s = 1
    for i in range(10):
        if i == a:
            continue
        if i == b + 4:
            break
        if s > 60:
            return s
        s = s * 2 + i
    s = s + 7
    return s


def nested_break(a, b):
    s = 0
    for i in range(4):
        for j in range(4):
            if j > i:
                break
            s = s + i * j + a
        s = s * 2
    return s + b


def nested_both_break(a, b):
    s = 0
    for i in range(6):
        for j in range(6):
            if i + j > a + 3:
                break
            s = s + 1
        if s > 9 + b:
            break
        s = s + 10
    return s * 10 + i


def nested_return(a, b):
    s = 0
    for i in range(4):
        for j in range(4):
            s = s + i * j
            if s > a + b:
                return i * 10 + j
        s = s + 1
    return s


def nested_continue(a, b):
    s = 0
    for i in range(5):
        if i == a:
            continue
        for j in range(5):
            if (i + j) % 2:
                continue
            if j == b:
                break
            s = s + i * 10 + j
        if s % 3 == 0:
            continue
        s = s + 1
    return s


def three_deep(a, b):
    s = 0
    for i in range(3):
        for j in range(3):
            for k in range(3):
                if k == a:
                    continue
                if j == b:
                    break
                if s > 40:
                    return s + 1000
                s = s + i + j * k + 1
            if s > 20:
                break
        s = s * 2
    return s


def loop_in_a_branch(a, b):
    s = 0
    if a > 1:
        for i in range(5):
            if i == b:
                return s
            s = s + i
        s = s + 1
    else:
        s = -1
    return s * 2


def return_in_both_loops(a, b):
    for i in range(3):
        if i == a:
            return i + 10
    for i in range(3):
        if i == b:
            return i + 20
    return 30


def break_in_both_branches(a, b):
    s = 0
    for i in range(5):
        if i + a > 4:
            s = s + 1
            break
        else:
            if b > 2:
                continue
            s = s + 10
        s = s + 100
    return s


def empty_bodies(a, b):
    for _i in range(3):
        pass
    if a > 0:
        pass
    if b > 0:
        pass
    else:
        a = a + 1
    while a < 0:
        a = a + 1
        continue
    return a + _i


def clashing_names(broke_1, returned_1):
    result_1 = 0
    for continued_1 in range(5):
        if continued_1 == broke_1:
            break
        if continued_1 > returned_1:
            return result_1
        result_1 = result_1 + continued_1
    return -result_1


def chained_targets(a, b):
    c = d = a + b
    e = [0, 0, 0]
    c = e[c % 3] = d + 1
    a, b = b = [a, b]
    return c + e[0] + 10 * e[1] + 100 * e[2] + d + a


def declared_variables(a, b):
    s: int = 0
    for i in range(3):
        t: int = i * a
        if t > b:
            break
        s += t
    return s


def conditional_expressions(a, b):
    for i in range(5):
        s = a if i > b else i
        if 0 < s < 3 or (a > 2 and b > 2):
            continue
        if not s:
            return i
        a -= 1
    return a


def tuple_targets(a, b):
    s = 0
    for i, (c, d) in enumerate([(a, b), (b, a), (1, 2)]):
        if c > d:
            break
        s = s + i + c * d
    return s + c


def no_value(a, b):
    if a > b:
        return
    b = a
    for i in range(3):
        if i == b:
            return None
        a = a + i
