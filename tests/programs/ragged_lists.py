"""Lists of lists of different lengths: each has a length of its own, and grows and shrinks where it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from tests.programs.catalogue import at, program

NUMBERS = [0.3, 1.2, -0.5, 0.8, 1.9, 0.2, 0.7, 0.4]
PARENTS = np.array([0, 0, 0, 1, 1, 2, 2, 2])
EIGHT = at(NUMBERS)
PLAIN = []  # programs that are tried without compilation only, as that takes long, with their arguments


def plain(inputs):
    """Declare the function below as one of these."""

    def declare(function):
        PLAIN.append((function, inputs))
        return function

    return declare


@dataclass
class Node:
    w: float
    children: list
    weights: list


@program(inputs=at(0.1, 1.3, 5))
def romberg(a, b, n):
    def f(x):
        return np.exp(-x * x) * x

    table = [[0.5 * (b - a) * (f(a) + f(b))]]
    h = b - a
    for i in range(1, n):
        h = h / 2
        s = 0.0
        for k in range(1, 2 ** (i - 1) + 1):
            s += f(a + (2 * k - 1) * h)
        row = [0.5 * table[i - 1][0] + h * s]
        for m in range(1, i + 1):
            row.append(row[m - 1] + (row[m - 1] - table[i - 1][m - 1]) / (4**m - 1))
        table.append(row)
    return table[-1][-1]


@plain(at([0.3, 2.2, 2.5, 3.8], [1.1, 2.4, 1.2, 1.6]))
def divided_differences(xs, ys):
    n = len(xs)
    table = [list(ys)]
    for k in range(1, n):
        last = table[-1]
        table.append([(last[i + 1] - last[i]) / (xs[i + k] - xs[i]) for i in range(n - k)])
    return table[-1][0]


@program(inputs=at(0.3, 5))
def coefficients_of_legendre_polynomials(x, n):
    made = [[1.0], [0.0, x]]
    for k in range(1, n):
        a = [0.0] + [(2 * k + 1) / (k + 1) * c for c in made[k]]
        for j, c in enumerate(made[k - 1]):
            a[j] -= k / (k + 1) * c
        made.append(a)
    return sum(c * x**i for i, c in enumerate(made[-1]))


@program(inputs=at(NUMBERS, 3))
def buckets(xs, n):
    made = [[] for _ in range(n)]
    for i in range(len(xs)):
        made[i % n].append(xs[i])
    total = 0.0
    for group in made:
        mean = sum(group) / len(group)
        for v in group:
            total += (v - mean) ** 2
    return total


@plain(EIGHT)
def groups_begun_where_a_number_is_large(xs):
    groups = []
    current = []
    groups.append(current)
    for x in xs:
        if x > 0.5:
            current = []
            groups.append(current)
        current.append(x)
    return sum(sum(group) ** 2 for group in groups)


@plain(lambda rng: (np.abs(rng.normal(size=8)), np.array([0, 0, 1, 2, 3, 4, 5, 6]),
                             np.array([1, 2, 3, 4, 5, 6, 7, 7])))  # fmt: skip
def breadth_first_distances(ws, tails, heads):
    n = len(ws)
    near = [[] for _ in range(n)]
    for a, b in zip(tails, heads):
        near[a].append(b)
        near[b].append(a)
    distance = [-1.0] * n
    distance[0] = 0.0
    queue = [0]
    while queue:
        u = queue.pop(0)
        for v in near[u]:
            if distance[v] < 0:
                distance[v] = distance[u] + ws[u] * ws[v]
                queue.append(v)
    return sum(distance)


@program(inputs=lambda rng: (list(map(float, rng.normal(size=8))), list(map(int, PARENTS))))
def lists_in_the_fields_of_nodes(ws, parent):
    nodes = [Node(w, [], []) for w in ws]
    for i in range(1, len(ws)):
        nodes[parent[i]].children.append(i)
        nodes[parent[i]].weights.append(ws[i] * 0.5)
    total = 0.0
    for node in nodes:
        s = node.w
        for child, weight in zip(node.children, node.weights):
            s += nodes[child].w * weight
        total += s * s
    return total


@program(inputs=lambda rng: (rng.normal(size=8), PARENTS))
def tree_walked_by_an_inner_function(ws, parent):
    children = [[] for _ in range(len(ws))]
    for i in range(1, len(ws)):
        children[parent[i]].append(i)

    def value(u):
        s = ws[u]
        for c in children[u]:
            s += 0.5 * value(c) * ws[u]
        return s

    return value(0)


def put_powers(out, x, depth):
    if depth == 0:
        return
    out[depth % len(out)].append(x**depth)
    put_powers(out, x, depth - 1)


@plain(at(0.7, 2))
def rows_filled_by_recursion(x, n):
    out = [[] for _ in range(n)]
    put_powers(out, x, 5)
    return sum(out[0]) * sum(out[1])


@program(inputs=at(NUMBERS, 3))
def rows_that_lose_and_get_items_anywhere(xs, n):
    stacks = [[] for _ in range(n)]
    total = 0.0
    for i, x in enumerate(xs):
        stacks[i % n].append(x)
        stacks[i % n].append(x * x)
        if i % 3 == 2:
            total += stacks[i % n].pop()
        if i % 4 == 3:
            stacks[i % n].insert(0, x * 2)
    for stack in stacks:
        stack.reverse()
        for j, v in enumerate(stack):
            total += j * v
    stacks[0].clear()
    stacks[1].extend([xs[0], xs[1]])
    stacks[1] += [xs[2]]
    del stacks[1][0]
    stacks[2][1:2] = [xs[0], xs[1] * 2, xs[2]]
    stacks[2].sort()
    return total + len(stacks[0]) + sum(stacks[1]) + sum(v * k for k, v in enumerate(stacks[2]))


@plain(at(NUMBERS, 3))
def second_names_of_rows(xs, n):
    rows = [[] for _ in range(n)]
    for i in range(len(xs)):
        row = rows[i % n]
        row.append(xs[i])
        row[0] = row[0] * 1.5
    first, again = rows[0], rows[0]
    first.append(3.0 * xs[0])
    held = {"row": rows[1]}
    held["row"].append(xs[0])
    return sum(again) * len(again) + sum(rows[1]) * len(rows[1])


@plain(EIGHT)
def row_chosen_in_each_iteration(xs):
    rows = [[] for _ in range(3)]
    current = rows[0]
    for i in range(len(xs)):
        current.append(xs[i])
        other = rows[0] if xs[i] > 0.5 else rows[2]
        other.append(xs[i] * 2)
        if xs[i] > 0.75:
            current = rows[(i * 7) % 3]
    return sum(sum(row) * len(row) * (k + 1) for k, row in enumerate(rows))


@plain(EIGHT)
def rows_read_as_lists_and_arrays(xs):
    rows = [[] for _ in range(3)]
    for i in range(len(xs)):
        rows[i % 3].append(xs[i])
    flat = [v for row in rows for v in row]
    means = [sum(row) / len(row) for row in rows]
    centred = [[v - m for v in row] for row, m in zip(rows, means)]
    spread = sum(np.std(np.array(row)) for row in rows) + np.linalg.norm(rows[1])
    joined = rows[0][1:] + rows[1]
    same = 2.0 if rows[0] == rows[1] else 3.0
    return spread * same + sum(v * v for row in centred for v in row) * flat[2] + max(joined)


@plain(at(NUMBERS, 4))
def rows_that_turn_out_to_have_one_length(xs, n):
    rows = [[] for _ in range(n)]
    for i in range(len(xs)):
        rows[i % n].append(xs[i])
    return np.sum(np.array(rows) @ np.ones(len(rows[0]))) ** 2


@program(inputs=lambda rng: (np.array([0.1, 0.2, 0.15, 0.7, 0.75, 0.9]),
                             np.array([0.1, 0.2, 0.6, 0.7, 0.75, 0.95]), 2))  # fmt: skip
def cells_of_a_grid(px, py, m):
    grid = [[[] for _ in range(m)] for _ in range(m)]
    for k in range(len(px)):
        grid[int(px[k] * m)][int(py[k] * m)].append(k)
    total = 0.0
    for i in range(m):
        for j in range(m):
            for a in grid[i][j]:
                for b in grid[i][j]:
                    if a < b:
                        total += (px[a] - px[b]) ** 2 + (py[a] - py[b]) ** 2
    return total


@plain(at(NUMBERS, [1, 2, 1, 5, 2, 1, 5, 7]))
def lists_by_label(xs, labels):
    groups = defaultdict(list)
    for x, label in zip(xs, labels.astype(int)):
        groups[label].append(x)
    return sum((sum(group) / len(group)) ** 2 for group in groups.values())


@plain(EIGHT)
def rows_that_grow_while_they_are_short(xs):
    rows = [[x] for x in xs]
    for row in rows:
        while row[-1] < 1.0 and len(row) < 6:
            row.append(row[-1] * 2 + 0.1)
    return sum(sum(row) for row in rows)


@plain(at(NUMBERS, 3))
def rows_of_pairs_and_rows_put_in_their_places(xs, n):
    rows = [[] for _ in range(n)]
    for i in range(len(xs)):
        rows[i % n].append((i, xs[i]))
    rows[0] = [(1, xs[0]), (2, xs[1]), (3, xs[2]), (4, xs[3] * 2)]
    rows.append([(5, xs[4])])
    return sum(k * v * v for row in rows for k, v in row)


@plain(at(NUMBERS, 3))
def rows_filled_after_an_array_has_changed(xs, n):
    xs[0] *= 2
    rows = []
    for i in range(n + 1):
        rows.append([xs[j] * xs[i] for j in range(i)])
    xs[0] *= 2
    return sum(sum(row) for row in rows) + xs[0]


@plain(at(NUMBERS, [0, 1, 2, 0, 1, 0, 0, 2], 3))
def groups_of_an_array(xs, labels, n):
    groups = [xs[labels == k] * (k + 1) for k in range(n)]
    spread = sum(np.var(group) * len(group) for group in groups)
    return spread + np.sum(np.concatenate(groups) ** 3 * np.arange(len(xs)))


@program(inputs=EIGHT)
def details_of_a_wavelet_transform(xs):
    details, a = [], xs
    while len(a) > 1:
        details.append((a[::2] - a[1::2]) / 2)
        a = (a[::2] + a[1::2]) / 2
    total = np.sum(a)
    for detail in reversed(details):
        total += np.sum(detail * detail) * len(detail)
    return total


@plain(at(NUMBERS, 4))
def parts_with_more_rows_each(xs, n):
    a, parts = xs.reshape(4, 2), []
    for k in range(1, n):
        parts.append((k, a[:k]))
    first = parts[1][1]
    parts[1] = (5, a[1:])
    return sum(k * np.sum(part @ part.T) for k, part in parts) + np.sum(first)


@plain(lambda rng: (rng.normal(size=5), [[], [0], [0, 1], [1], [2, 3]]))
def lists_of_an_argument_by_index(ws, near):
    order, seen, value = [], [False] * len(ws), [0.0] * len(ws)

    def visit(i):
        if seen[i]:
            return
        seen[i] = True
        for k in near[i]:
            visit(k)
        order.append(i)

    for i in range(len(ws)):
        visit(i)
    for i in order:
        value[i] = ws[i] + sum(np.tanh(value[k]) for k in near[i])
    return value[-1]


@plain(at(0.7, 1))
def known_lists_of_different_lengths_by_index(x, k):
    rows = [[x], [x, 2 * x], [3.0]]
    rows[k].append(x * x)
    row = rows[k]
    row[0] = 5.0
    return sum(sum(row) * len(row) for row in rows)


@plain(lambda rng: (rng.uniform(0.5, 2, 9), np.array([0, 0, 1, 2, 2, 3, 4, 5, 5]),
                    np.array([1, 2, 3, 3, 4, 5, 5, 0, 1]), 6))  # fmt: skip
def ranks_of_pages(w, tails, heads, n):
    links = [[] for _ in range(n)]
    for k in range(len(tails)):
        links[tails[k]].append((heads[k], w[k]))
    rank = [1.0 / n] * n
    for _ in range(3):
        new = [0.15 / n] * n
        for i in range(n):
            total = sum(x for _, x in links[i])
            for j, x in links[i]:
                new[j] += 0.85 * rank[i] * x / total
        rank = new
    return sum(v * v * (i + 1) for i, v in enumerate(rank))


@plain(lambda rng: ([list(map(float, p)) for p in rng.normal(size=(8, 2))], 2, 3))
def means_of_clusters(points, k, steps):
    centers = [list(p) for p in points[:k]]
    for _ in range(steps):
        clusters = [[] for _ in range(k)]
        for p in points:
            far = [sum((a - b) ** 2 for a, b in zip(p, center)) for center in centers]
            clusters[far.index(min(far))].append(p)
        for j in range(k):
            if clusters[j]:
                centers[j] = [sum(c) / len(clusters[j]) for c in zip(*clusters[j])]
    return sum(min(sum((a - b) ** 2 for a, b in zip(p, c)) for c in centers) for p in points)


@plain(EIGHT)
def columns_of_rows(xs):
    rows = [[xs[j] * i for j in range(i + 2)] for i in range(4)]
    other = [row * 2 for row in xs.reshape(4, 2)]
    return sum(max(c) - min(c) for c in zip(*rows)) + sum((sum(c) / len(c)) ** 2 for c in zip(*other))
