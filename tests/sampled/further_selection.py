"""Further forms of what selects elements: index arrays, masks and slices, mixed, to read and to write."""

TABLE = """
# reading
a[i, :, None, j] :: a nmk; i l in n; j l in k
a[None, i] :: a nm; i k in n
a[i][:, j] :: a nm; i k in n; j l in m
a[::-1, i] :: a nm; i k in m
a[1:, i, ::2] :: a nmk; i l in m
a[i, {0|-1}, 1:] :: a nMk; i l in n
a[{0|-1}, i] :: a Nm; i l in m
a[{0|-1}, :, i] :: a Nmk; i jl in k
a[i, j, ...] :: a nmk; i l in n; j l in m
a[i[:, None], j] :: a nm; i k in n; j l in m
a[i, j] :: a nm; i kl in n; j l in m
a[:, i, j] :: a knm; i l in n; j l in m
a[:, i, None, j] :: a knm; i l in n; j l in m
a[m3] :: a nmk; m3 nmk mask
a[m2] :: a nmk; m2 nm mask
a[m2, 0] :: a nmK; m2 nm mask
a[:, m2] :: a knm; m2 nm mask
a[..., m] :: a knm; m m mask
a[None, m] :: a nm; m n mask
a[{0|-1}, m] :: a Nm; m m mask
a[m, ::-1] :: a nm; m n mask
a[m, None] :: a nm; m n mask
a[m, w] :: a 3m; m 3 mask; w 1 in m
a[m, k] :: a nm; m n mask; k - in m
a[m][:, n2] :: a nm; m n mask; n2 m mask
a[~m] :: a nm; m n mask
a[(a > 0) & (a < 1)] :: a nm
a[m, m2] :: a nm; m n mask; m2 m mask
a[{[0, -1]|[[0], [1]]|([0, 1], [1, 0])|[0, 1], 0|[True, False], 1:}] :: a 22
a[[True, False]] :: a 2m
a[{()|...|None|np.newaxis|(0, 1)|(..., 0)|(slice(1, None), 0)}] :: a 33
a[{..., None, 0|None, ..., None|-1:0:-2, 1|5:0:-1|::-3, ::2|1:1|2:1|-9:9, 9:-9:-1}] :: a nM
a[s:] :: a nm; s - whole -5..5
a[:s] :: a nm; s - whole -5..5
a[s:t] :: a nm; s - whole -5..5; t - whole -5..5
a[s:t:-1] :: a nm; s - whole -5..5; t - whole -5..5
a[s:t:2] :: a nm; s - whole -5..5; t - whole -5..5
a[t::u] :: a n; t - whole -5..5; u - whole 1..3
a[t::-u] :: a n; t - whole -5..5; u - whole 1..3
a[:, s:s + 1] :: a nm; s - whole 0..4
a[s] :: a Nm; s - in N
a[s, t] :: a NM; s - in N; t - in M
a[s][t] :: a NM; s - in N; t - in M
a[..., s] :: a *N; s - in N
a[slice(s, t)] :: a nm; s - whole -5..5; t - whole -5..5
a[::-1][s:t] :: a nm; s - whole -5..5; t - whole -5..5
a[1:][i] :: a 4m; i k in 3
a.T[i] :: a nm; i k in m
a[::2, 1:].T[i] :: a n4; i k in 3
a.flat[i] :: a NM; i k in N
a.flat[{0|-1|1:}] :: a NM
a.ravel()[i] :: a NM; i k in N
a[i].T :: a nm; i jk in n
a[np.argmax(a, axis=0), np.arange(a.shape[1])] :: a Nm :: ties
a[np.argsort(a[:, 0])] :: a NM :: ties
a[np.arange(len(a)), i] :: a nm; i n in m
a[np.s_[1:, ::2]] :: a nm
a[i.astype(np.{uint8|int32|int16})] :: a Nm; i k below N
a[i % 2 == 0] :: a n; i n whole 0..5
(a + 1)[i] * a[i] :: a n; i k in n
# writing
a = a.copy(); a[i] = w; return a :: a nm; i k in n; w km
a = a.copy(); a[i] = w; return a * 2 :: a n; i k in n; w k
a = a.copy(); a[i, j] = w; return a :: a nm; i k in n; j k in m; w k
a = a.copy(); a[i, j] += w; return a :: a nm; i k order n; j k in m; w k :: floats
a = a.copy(); a[i, j] *= 2; return a :: a nm; i k in n; j k in m
a = a.copy(); a[:, i] = w; return a :: a nm; i k in m; w nk
a = a.copy(); a[:, i] += w; return a :: a nm; i m order m; w m :: floats
a = a.copy(); a[i, :, j] = w; return a :: a nmk; i l in n; j l in k; w lm
a = a.copy(); a[i, 1:] = s; return a :: a nm; i k in n; s - 1..2
a = a.copy(); a[::-1][i] = w; return a :: a n; i k in n; w k
a = a.copy(); a[..., i] -= s; return a :: a nm; i m order m; s - 1..2 :: floats
a = a.copy(); a[m] = b[m]; return a :: a nm; m nm mask; b nm
a = a.copy(); a[m] += b[m]; return a :: a nm; m n mask; b nm :: floats
a = a.copy(); a[m] = w; return a :: a nm; m n mask; w m
a = a.copy(); a[m, 1:] = s; return a :: a nm; m n mask; s - 1..2
a = a.copy(); a[:, m] += s; return a :: a nm; m m mask; s - 1..2 :: floats
a = a.copy(); a[:, m] = w; return a :: a nm; m m mask; w n1
a = a.copy(); a[m2] = w; return a :: a nmk; m2 nm mask; w k
a = a.copy(); a[a < 0] = 0; return a :: a *
a = a.copy(); a[a < 0] *= -2; return a :: a nm
a = a.copy(); a[m, 0] = s; return a :: a nM; m n mask; s - 1..2
a = a.copy(); a[~m] = -a[~m]; return a :: a nm; m nm mask :: floats
a = a.copy(); a[s:t] = v; return a :: a nm; v m; s - whole -5..5; t - whole -5..5
a = a.copy(); a[s:t] += v; return a :: a nm; v m; s - whole -5..5; t - whole -5..5 :: floats
a = a.copy(); a[s:t:-1] = v; return a :: a nm; v m; s - whole -5..5; t - whole -5..5
a = a.copy(); a[s] = v; return a :: a Nm; v m; s - in N
a = a.copy(); a[s, 1:] *= 2; return a :: a Nm; s - in N
a = a.copy(); a[s, t] += u; return a :: a NM; s - in N; t - in M; u - 1..2 :: floats
a = a.copy(); a[1:] = a[:-1]; return a :: a nm
a = a.copy(); a[:-1] = a[1:]; return a :: a n
a = a.copy(); a[1:] += a[:-1]; return a :: a nm :: floats
a = a.copy(); a[::-1] = a; return a :: a nm
a = a.copy(); a[:] = a.T; return a :: a nn
a = a.copy(); a += a.T; return a :: a nn :: floats
a = a.copy(); a[i] = a[j]; return a :: a nm; i k in n; j k in n
a = a.copy(); a[i] = a[::-1][i]; return a :: a n; i k in n
a = a.copy(); a[:, 0] = a[:, -1]; return a :: a nM
a = a.copy(); a[...] = w; return a :: a nm; w m
a = a.copy(); a[None, 1:] = w; return a :: a nm; w m
a = a.copy(); a[..., None] = s; return a :: a nm; s - 1..2
a = a.copy(); a.T[i] = w; return a :: a nm; i k in m; w n
a = a.copy(); b = a[::2]; b[i] += w; return a :: a 4; i 2 order 2; w 2 :: floats
a = a.copy(); b = a.T[1:]; b *= 2; c = a[:1]; c[:] = s; return a * b.T.sum() :: a nm; s - 1..2 :: floats
a = a.copy(); a.flat[i] = w; return a :: a NM; i k in N; w k
a = a.copy(); a[i], a[j] = a[j], a[i]; return a :: a n; i - in n; j - in n
a = a.copy(); a.T[:, 0] += w; return a :: a Nm; w m :: floats
# at
a = a.copy(); np.add.at(a, (i, j), w); return a :: a nm; i k in n; j k in m; w k :: floats
a = a.copy(); np.add.at(a, (slice(None), i), w); return a :: a nm; i k in m; w nk :: floats
a = a.copy(); np.add.at(a, (i, slice(1, None)), s); return a :: a nm; i k in n; s - 1..2 :: floats
a = a.copy(); np.add.at(a, (..., i), w); return a :: a nm; i k in m; w k :: floats
a = a.copy(); np.add.at(a, m, s); return a :: a nm; m nm mask; s - 1..2 :: floats
a = a.copy(); np.add.at(a, m, w); return a :: a nm; m n mask; w m :: floats
a = a.copy(); np.add.at(a, [0, 0, -1], w); return a :: a Nm; w m :: floats
a = a.copy(); np.add.at(a, {0|-1}, w); return a :: a Nm; w m :: floats
a = a.copy(); np.add.at(a, (i, None), w); return a :: a nm; i k in n; w m :: floats
# NumPy casts without a rule there: integers to truth values are refused
a = a.copy(); np.add.at(a, i, 1); return a :: a n; i jk in n :: may refuse
a = a.copy(); np.subtract.at(a, (i, j), w); return a :: a nm; i k in n; j k in m; w k :: floats
a = a.copy(); np.multiply.at(a, (i, j), w); return a :: a nm; i k in n; j k in m; w k :: floats
a = a.copy(); np.maximum.at(a, i, w); return a :: a n; i k in n; w k :: floats, ties
a = a.copy(); np.negative.at(a, i); return a :: a n; i k in n :: floats
a = a.copy(); np.divide.at(a, i, w); return a :: a n; i k in n; w k 1..2 :: floats
a = a.copy(); np.add.at(a[1:], i, w); return a :: a 4; i k in 3; w k :: floats
a = a.copy(); np.add.at(a.T, i, w); return a :: a nm; i k in m; w n :: floats
# functions
np.take(a, {s|[s, 0]}, axis={0|1}, mode='{wrap|clip}') :: a NM; s - whole -7..7
np.take(a, m) :: a N; m k mask
a.take(i) :: a NM; i jk in N
a.take([0, -1], 1, mode='clip') :: a nM
np.take_along_axis(a, np.argsort(a, axis={0|1|-1}, kind='stable'), axis={0|1|-1}) :: a nn
np.take_along_axis(a, i, axis={0|2}) :: a nmn; i nmn in n
np.take_along_axis(a, i, axis=0) :: a nm; i k1 in n
np.take_along_axis(a, i, axis=None) :: a NM; i k in N
np.compress([True, False], a, axis={0|1}) :: a 33
np.compress(i, a) :: i n whole 0..1; a nm
np.extract(a > 0, b) :: a nm; b nm
np.choose(i, [a, b, {1.5|0}], mode='{raise|wrap|clip}') :: i m whole 0..2; a nm; b ~a
np.where(m, a, {np.nan|1|True}) :: m * mask; a ~m
np.where(m, {1|2.5|s}, {0|t}) :: m * mask; s - 1..2; t - -2..-1
np.where(a, a, b) :: a *; b ~a
np.where(s > 1.5, a, b) :: s - 1..2; a nm; b ~a
# NumPy itself puts no Python integers into short ones there
np.select([m, n2], [a, 2], 1) :: m n mask; n2 n mask; a n :: floats
# NumPy itself puts no Python integers into short ones there
np.select([a > 1, a > 0, a > -1], [a, a * 2, 0], default={a|-1}) :: a * :: floats
a = a.copy(); np.put(a, i, w, mode='{wrap|clip}'); return a :: a nM; i k whole -9..9; w l
a = a.copy(); np.put_along_axis(a, i, w, axis=0); return a :: a nm; i km in n; w km
a = a.copy(); np.put_along_axis(a, np.argmax(a, axis=0, keepdims=True), 9, axis=0); return a :: a NM :: ties
a = a.copy(); np.copyto(a, b, where=a > 0); return a :: a nm; b ~a
a = a.copy(); np.copyto(a, {1|2.5}); return a :: a *
a = a.copy(); a.fill(s); return a :: a nm; s - 1..2
a = a.copy(); np.fill_diagonal(a, s); return a :: a nm; s - 1..2
a = a.copy(); np.putmask(a, a > 0, b); return a :: a nm; b nm
a = a.copy(); np.place(a, a > 0, [1, 2]); return a :: a nm
np.ravel_multi_index((i, j), (4, 5), order='{C|F}') :: i n below 4; j n below 5
a[np.unravel_index(np.argmax(a), a.shape)] :: a NM :: ties
a[np.unravel_index(i, a.shape)] :: a 34; i kl below 12
a[np.nonzero(a > 0)] :: a nm
a[np.where(a > 0)] :: a nmk
a[np.tril_indices(3)] :: a 34
a = a.copy(); a[np.diag_indices(3)] = v; return a :: a 34; v 3
a = a.copy(); a[np.triu_indices_from(a, 1)] *= 2; return a :: a nm
a = a.copy(); a[np.ix_(i, j)] = s; return a :: a nm; i k in n; j l in m; s - 1..2
a = a.copy(); a[np.ix_(i, j)] += w; return a :: a nm; i n order n; j m order m; w m :: floats
np.diag(a)[i] :: a NN; i k in N
a[i].sum(axis=0) + a[:, j].sum() :: a nm; i k in n; j l in m
[x * 2 for x in a[i]] :: a n; i 3 in n
# lengths of one, which are known when the program runs
a[:1] * a :: a nm
a[:, -1:] - a :: a nm
a[:, s:s + 1] + b :: a nM; b n3; s - whole 0..2
a[:, ::3] * b[s:] :: a nm; b nm; s - whole 0..3
np.where(a > 0, a[:1], b[:, :1]) :: a nm; b nm
np.maximum(a[:, m], b) :: a nm; m m mask; b nm :: ties
a = a.copy(); a[:] = b[:, :1]; return a :: a nm; b nk
a = a.copy(); a[1:] += b[:1]; return a :: a nm; b km :: floats
a = a.copy(); a[i] = b[:1]; return a :: a nm; i k in n; b km
a[3:4] :: a nm
a[1:2] * a :: a nm
(a[:1] - b[None, :, :1]) * a :: a nm; b nm
"""
