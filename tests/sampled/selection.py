"""Forms of what selects elements, writes to those selected, and finds positions; indexing."""

TABLE = """
np.take(a, i, axis={0|1|-1}, mode='{raise|wrap|clip}') :: a nmn; i jk in n
np.take(a, i, mode='{raise|wrap|clip}') :: a nm; i jk in n
np.take(a, {0|-1|[0, 1]}, {axis?}) :: a *
a.take(i, axis={0|-1}) :: a NN; i k in N
np.take_along_axis(a, i, axis={0|-1}) :: a nn; i nn in n
np.take_along_axis(a, i, 1) :: a mn; i mk in n
np.compress(m, a, axis={0|-1}) :: m n mask; a nn
np.compress(m, a) :: m n mask; a nm
a.compress(m, axis={0|-1}) :: a nn; m n mask
np.extract(m, a) :: m nm mask; a nm
np.choose(i, [a, b]) :: i nm whole 0..1; a nm; b ~a
np.choose(i, (a, b), mode='{wrap|clip}') :: i m whole -2..3; a nm; b ~a
i.choose([a, b]) :: i nm whole 0..1; a nm; b ~a
np.where(m, a, b) :: m * mask; a ~m; b ~m
np.where(m) :: m * mask
np.where(a > 0, {a|0|1.5}, {b|2}) :: a *; b ~a
np.select([m, a > 0], [a, b], default={0|1.5}) :: m nm mask; a nm; b nm
np.select([a > 1, a < 0], [b, a]) :: a *; b =a
np.piecewise(a, [a < 0, a > 1], [lambda x: -x, lambda x: x * x{|, 2.5}]) :: a nm :: floats
np.piecewise(a, [m], [2.5, lambda x: x * 3]) :: a nm; m nm mask :: floats
a = a.copy(); np.put(a, i, w); return a :: a nm; i k order n; w k
a = a.copy(); np.put(a, [0, -1], {1.5|[2.5, 3.5]}, mode='{raise|wrap|clip}'); return a :: a nm :: floats
a = a.copy(); a.put(i, s); return a :: a nm; i k in n; s - 1..2
a = a.copy(); np.put_along_axis(a, i, {s|2}, axis={0|-1}); return a :: a nn; i nn in n; s - 1..2
a = a.copy(); np.place(a, m, w); return a :: a nm; m nm mask; w k
a = a.copy(); np.putmask(a, m, {w|s}); return a :: a nm; m nm mask; w nm; s - 1..2
a = a.copy(); np.copyto(a, b{|, where=m|, casting='unsafe'}); return a :: a nm; b ~a; m nm mask
a = a.copy(); np.add.at(a, i, {s|1.5}); return a :: a n; i k in n; s - 1..2 :: floats
a = a.copy(); np.add.at(a, i, w); return a :: a nm; i k in n; w m :: floats
a = a.copy(); np.subtract.at(a, i, w); return a :: a n; i k in n; w k :: floats
a = a.copy(); np.multiply.at(a, i, w); return a :: a n; i k in n; w k :: floats
a[np.ix_(i, j)] :: a NM; i k in N; j l in M
a[np.ix_(m, j)] :: a NK; m N mask; j L in K
np.unravel_index(i, (4, 5){|, order='F'}) :: i nm below 20
np.ravel_multi_index((i, j), (4, 5), mode='{raise|wrap|clip}') :: i n below 4; j n below 5
np.tril_indices({3|3, 1|2, -1, 4}) :: 
np.triu_indices({3|3, 1|2, -1, 4}) :: 
np.tril_indices_from(a, {0|1|-1}) :: a nm
np.triu_indices_from(a, {0|1|-1}) :: a nm
np.diag_indices({3|2, 3|0}) :: 
a[np.diag_indices_from(a)] :: a nn
# indexing
a[i] :: a nm; i jk in n
a[i, j] :: a nm; i k in n; j k in m
a[:, i] :: a nm; i k in m
a[i, {1:|::-1|::2|...}] :: a nm; i k in n
a[i, :, j] :: a nmk; i l in n; j l in k
a[i, None, j] :: a nm; i l in n; j l in m
a[..., i] :: a *m; i l in m
a[m] :: a nm; m nm mask
a[m] :: a nm; m n mask
a[:, m] :: a nm; m m mask
a[m, {0|:1}] :: a nm; m n mask
a[a > 0] :: a nm
a[{0|-1|1:|::2|::-1|:-1|-2:|5:|...|None}] :: a *
a[{0, 0|-1, 1:|1:, 0|::2, ::-1|..., 0|None, 1:|:, None|..., None|0, ...}] :: a nm
a[{1:, :, 0|0, ..., -1|..., ::-1|:, 1, None|::-2, 0}] :: a nmk
a = a.copy(); a[{0|-1|1:|::2|::-1|...}] = {s|2.5}; return a :: a nm; s - 1..2
a = a.copy(); a[{1:|::2|:-1}] += {s|2}; return a :: a nm; s - 1..2 :: floats
a = a.copy(); a[i] = w; return a :: a nm; i k order n; w m
a = a.copy(); a[i] += w; return a :: a nm; i k in n; w m :: floats, values
a = a.copy(); a[i, j] = s; return a :: a nm; i k in n; j k in m; s - 1..2
a = a.copy(); a[m] = {s|0}; return a :: a nm; m nm mask; s - 1..2
a = a.copy(); a[m] *= {s|2}; return a :: a nm; m nm mask; s - 1..2 :: floats
a = a.copy(); a[a > 0] = a[a > 0] * 2; return a :: a nm
a = a.copy(); b = a[::-1]; b[0] = s; return a + b :: a nm; s - 1..2
a = a.copy(); b = a.T; b += 1.5; return a * a :: a nm :: floats
a = a.copy(); b = a.reshape(-1); b[1:] = b[:-1]; return a :: a nm
(v := a[1:], v[:-1] * v[1:])[1] :: a n
a[np.arange(len(i)), i{| - 1}] :: a nm; i n in m
a[np.arange(min(len(a), 2)){| + 1|[::-1]|[:, None]}, i] :: a nm; i - whole 0..0
a = a.copy(); a[np.arange(len(i)), i] += {s|2}; return a :: a nm; i n in m; s - 1..2 :: floats
a[range(len(i)), i] :: a nm; i n in m
np.lib.stride_tricks.sliding_window_view(a, {1|2|3}, axis={0|-1}) :: a nm
np.lib.stride_tricks.sliding_window_view(a, (2, 1){|, axis=(1, 0)}) :: a nm
"""
