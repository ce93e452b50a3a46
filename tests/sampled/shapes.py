"""Forms of what changes shapes, joins, splits, creates, and casts."""

TABLE = """
np.reshape(a, {-1|(-1, 1)|(2, -1)|(1, -1, 2)}) :: a *
np.reshape(a, (-1, 1), order='{C|F}') :: a *
a.reshape({-1|(1, -1)|-1, 1}) :: a *
np.ravel(a) :: a *
np.ravel(a, '{F|C}') :: a nm
np.ravel(a, '{K|A}') :: a nm :: may refuse
a.ravel() :: a *
a.flatten({'F'|'C'}) :: a *
np.expand_dims(a, {newaxis}) :: a *
np.expand_dims(a, ({0|1}, -1)) :: a *
np.squeeze(a) :: a *
np.squeeze(a, axis={(0, 2)|(-1, 0)|(0,)}) :: a 1n1
np.squeeze(a, axis={axis}) :: a *
a.squeeze() :: a n1m
np.transpose(a) :: a *
np.transpose(a, {(0, 1, 2)|(2, 0, 1)|(1, -1, 0)}) :: a nmk
a.transpose({2, 0, 1|(1, 0, 2)}) :: a nmk
a.T :: a *
a.mT :: a *nm
np.matrix_transpose(a) :: a *
np.linalg.matrix_transpose(a) :: a *nm
np.swapaxes(a, {axis}, {axis}) :: a *
a.swapaxes({axis}, 0) :: a *
np.moveaxis(a, {axis}, {axis}) :: a *
np.moveaxis(a, [0, -1], {[-1, 0]|(1, 2)}) :: a nmk
np.rollaxis(a, {axis}, {axis}) :: a *
np.atleast_1d(a) :: a *
np.atleast_2d(a, b) :: a *; b *
np.atleast_3d(a) :: a *
np.flip(a, axis={axes}) :: a *
np.fliplr(a) :: a *
np.flipud(a) :: a *
np.rot90(a, k={1|2|-1|0|5}, axes={(0, 1)|(1, 0)|(-1, 0)}) :: a nmk
np.broadcast_to(a, (2, *a.shape)) :: a *
np.broadcast_to(a, {(3, 4)|(2, 3)}) :: a m
np.broadcast_arrays(a, b) :: a *; b ~a
np.broadcast_shapes(a.shape, b.shape) :: a *; b ~a
np.ascontiguousarray(a) :: a *
np.asfortranarray(a) * 2 :: a *
np.require(a, requirements='{C|F}') * 1 :: a nm
np.copy(a) :: a *
a.copy() :: a *
a.copy(order='{C|F|K}') * 1 :: a *
a.view() * 2 :: a nm
a.astype(np.float32, order='{C|F}', casting='same_kind') :: a nm :: floats
np.array(a) :: a *
np.array([a, a * 2]) :: a *
np.array([v, {[1, 2, 3]|(1, s, 2)}]) :: v 3; s - 1..2
np.array([[s, 1], [2, {s|True|2.5}]], ndmin={0|3}) :: s - 1..2
np.copy({[s, 2]|[[s], [1]]|(s, s)}) :: s - 1..2
np.{transpose|ravel|flip|diag|tril|squeeze}([[s, 2], [3, 4.5]]) :: s - 1..2
np.{roll|repeat|tile|resize}([s, 2.5], 3) :: s - 1..2
np.asarray(a) :: a *
np.asarray(a, order='{C|F}') * 1 :: a *
np.asanyarray(a) :: a *
np.iscomplexobj(a) * a + np.isrealobj(a) * a :: a * :: floats
np.isscalar(a) * 2 + np.iterable(a) :: a nm
np.issubdtype(a.dtype, np.floating) * a :: a nm :: floats
np.asarray_chkfinite(a) :: a *
np.astype(a, np.{float32|float64|int64}) :: a * :: tame
a.astype(np.{float32|float64|int32|bool}) :: a * :: tame
np.float64(s) :: s - -2..2
np.float32(s) * s :: s - -2..2
np.float32(a) :: a *
np.int32(a) * 2 :: a * :: tame
int(s) * s :: s - 1.2..1.8 :: tame
float(s) * 2 :: s - -2..2
bool(s) * s :: s - 1..2
np.int64(a) * a :: a nm :: tame
np.int16(s) * s :: s - 2.2..2.8 :: tame
np.int8(s) * s :: s - 2.2..2.8 :: tame
np.uint8(s) * s :: s - 2.2..2.8 :: tame
np.uint16(s) * s :: s - 2.2..2.8 :: tame
np.uint32(s) * s :: s - 2.2..2.8 :: tame
np.uint64(s) * s :: s - 2.2..2.8 :: tame
np.bool(s) * s :: s - 2.2..2.8 :: tame
np.complex128(s) * s :: s - 2.2..2.8 :: tame
np.complex64(s) * s :: s - 2.2..2.8 :: tame
np.real(np.complex64(s) * s) :: s - 2.2..2.8 :: tame
np.shape(a) :: a *
a.shape :: a *
len(a) * a :: a *
np.ndim(a) * a :: a *
a.ndim :: a *
np.size(a) * a :: a *
np.size(a, {axis}) :: a *
a.size :: a *
a.astype(a.dtype) * np.zeros(2, a.dtype).size :: a nm
np.concatenate([a, b], axis={axis}) :: a *; b =a
np.concatenate((a, b, a), axis={0|-1}) :: a nm; b nm
np.concatenate([a, b], axis=None) :: a nm; b k
np.concatenate([{[s, 2.0]|(1, 2)}, v]) :: v n; s - 1..2
np.concatenate([a, b], axis=-1, dtype=np.{float32|float64}) :: a nm; b nk :: floats
np.concatenate({a|a.T}) :: a NM
np.{vstack|hstack|dstack|column_stack}([s, {s|2|1.5}]) :: s - 1..2
np.{vstack|column_stack|stack}([v, [1, 2, 3]]) :: v 3
np.hstack([{s|2}, v]) :: v n; s - 1..2
np.stack([a, b], axis={newaxis}) :: a *; b =a
np.vstack([a, b]) :: a *m; b *m
np.row_stack((v, w)) :: v n; w n :: values
np.hstack([a, b]) :: a *; b =a
np.dstack([a, b]) :: a *; b =a
np.column_stack([a, v]) :: a nm; v n
np.block([[a, b], [c, d]]) :: a nm; b nk; c km; d kk
np.block([a, a]) :: a *
np.append(a, b, axis={axis?}) :: a *; b =a
np.append(v, {1.5|[2.5, 3]}) :: v n
linalg.block_diag(a, b, v) :: a nm; b kk; v m
np.split(a, {2|[1, 3]|3|[2]}, axis={axis}) :: a * :: may refuse
np.concatenate(np.unstack(a, axis={axis})) :: a NM
np.array_split(a, {2|[1, 3]|4}, axis={axis}) :: a *
np.vsplit(a, {1|[1]}) :: a nm :: may refuse
np.hsplit(a, {1|[2, 3]}) :: a * :: may refuse
np.dsplit(a, [1]) :: a nmk :: may refuse
a = a.copy(); b = a.{T|reshape(-1)|ravel()|swapaxes(0, 1)|squeeze()}; b[...] *= b; return a :: a nm :: floats
a = a.copy(); b = np.{flip|rot90|expand_dims}(a, {0|1|(0, 1)}); b[...] *= b; return a :: a nm :: floats
a = a.copy(); b, c = np.split(a, 2, axis=1); b[...] = c * b; return a :: a n4 :: floats
a = a.copy(); b = {np.broadcast_to(a, (2, 2, 3))|np.diagonal(a)}; b[...] = 1.0; return a :: a 23 :: may refuse
np.tile(a, {2|(2, 1)|(1, 2, 1)|(0, 2)|()}) :: a *
np.repeat(a, {2|0|3}, axis={axis?}) :: a *
np.repeat(a, i, axis={0|-2}) :: a nm; i n whole 0..2
a.repeat(2, axis={axis?}) :: a *
np.roll(a, {1|-2|5|0}, axis={axis?}) :: a *
np.roll(a, (1, -1), axis={(0, 1)|(1, 0)}) :: a nm
np.resize(a, {(2, 3)|5|(7,)}) :: a *
np.pad(a, {1|(1, 2)|((1, 0),)|0}) :: a *
np.pad(a, {(1, 2)|2}, mode='{edge|reflect|symmetric|wrap}') :: a nm :: ties, tame
np.pad(a, {(1, 2)|2}, '{maximum|minimum|mean|median|linear_ramp}') :: a nm :: ties, tame
np.pad(a, {(1, 2)|2}, mode='{edge|reflect|symmetric|wrap|linear_ramp|mean}') :: a nm
np.pad(a, ((1, 0), (0, 2)), 'linear_ramp', end_values={2|(1, 2)|((1, 2), (3, s))}) :: a nm; s - 1..2
np.pad(a, ((1, 0), (0, 2)), '{mean|maximum|median}', stat_length={1|((1, 2), (2, 1))}) :: a nm :: ties
np.pad(a, {1|(2, 1)}, constant_values={1.5|(1, 2)}) :: a *
np.pad(v, {3|(5, 2)}, mode='{reflect|symmetric|wrap}') :: v n :: tame
# of truth values NumPy rounds what it reflects to truth values, turn by turn: refused
np.pad(v, 2, mode='{reflect|symmetric}', reflect_type='odd') :: v n :: tame, may refuse
np.delete(a, {0|[0, -1]|-1|slice(0, 2)}, axis={axis}) :: a *
np.delete(a, 1) :: a *
np.insert(a, {0|-1|1}, {1.5|2}, axis={axis}) :: a *
np.insert(v, [0, {1|2}], w) :: v n; w 2
np.trim_zeros(v, '{fb|f|b}') :: v n
np.meshgrid(v, w, indexing='{xy|ij}') :: v n; w m
np.meshgrid(v, w, sparse=True) :: v n; w m
np.indices({(2, 3)|(2,)}) * s :: s - 1..2
np.fromfunction(lambda i, j: i * s + j, (2, 3)) :: s - 1..2
np.fromiter((x * x for x in v), float) :: v n :: floats
np.arange({5|1, 4|0.5, 3.2, 0.7|4, 0, -1|0}) * s :: s - 1..2
np.arange(s, t, {0.5|0.3}) :: s - 0..1; t - 1..3
np.linspace(s, t, {5|1|0|2}, endpoint={True|False}) :: s - 0..1; t - 1..3
np.linspace(a, b, 4, axis={0|-1}) :: a *; b =a
np.linspace(a, b, 3, retstep=True) :: a n; b n :: floats
np.logspace(s, t, {4|1|0}, base={10.0|2}) :: s - 0..1; t - 1..2
np.geomspace(s, t, {4|1|0}) :: s - 0.3..1; t - 1..3
np.zeros({3|(2, 3)|()}, {float|np.float32|int}) :: 
np.ones({3|(2, 3)}, dtype={float|np.float32|int}) * s :: s - 1..2
np.empty({3|(2, 3)}).shape :: 
np.full({3|(2, 3)|()}, s) :: s - 1..2
np.full(3, {s|2|2.5}, dtype=np.{float32|float64}) :: s - 1..2
np.zeros_like(a, dtype={dtype}) :: a *
np.ones_like(a) * a :: a *
np.empty_like(a).shape :: a *
np.full_like(a, 2) :: a *
np.full_like(a, s) :: a *; s - 1..2 :: floats
np.eye({3|3, 4|2, k=1|3, 2, -1}) * s :: s - 1..2
np.identity({3|0|1}) * s :: s - 1..2
np.tri({3|3, 4|2, k=1|3, 2, -1}) * s :: s - 1..2
np.diag(a, k={0|1|-1|4}) :: a n
np.diag(a, k={0|1|-1|4}) :: a nm
np.diagflat(a, {0|1|-2}) :: a *
np.diagonal(a, {0|1|-1}, {axis}, {axis}) :: a nmk
a.diagonal({0|1|-1}) :: a nm
np.linalg.diagonal(a, offset={0|1|-1}) :: a *nm
np.trace(a, {0|1|-1}, {axis}, {axis}) :: a nmk
np.trace(a, dtype={dtype}) :: a nmk
a.trace() :: a nm
np.linalg.trace(a, offset={0|1|-1}) :: a *nm
a = a.copy(); np.fill_diagonal(a, {s|[1.5, 2.5]}); return a :: a nm; s - 1..2
a = a.copy(); np.fill_diagonal(a, v, wrap=True); return a :: a 7n; v k :: floats
np.tril(a, {0|1|-1}) :: a *nm
np.triu(a, {0|1|-1}) :: a *nm
np.tril(v) :: v n
np.vander(v, {3|None|0}, increasing={flag}) :: v n
np.hanning({5|1|0|4}) * s :: s - 1..2
np.hamming({5|1|0|4}) * s :: s - 1..2
np.blackman({5|1|0|4}) * s :: s - 1..2
np.bartlett({5|1|0|4}) * s :: s - 1..2
np.kaiser({5|1|0|4}, s) :: s - 1..3
np.apply_along_axis({np.sum|lambda v: v * v[0]|np.sort|lambda v: 2.0}, {axis}, a) :: a nm :: floats, ties
np.apply_over_axes(np.sum, a, {[0]|(0, 1)|-1}) :: a nm
np.mask_indices(3, np.triu, {0|1}) :: 
np.lib.array_utils.normalize_axis_index({axis}, a.ndim) :: a nm
np.lib.array_utils.normalize_axis_tuple({axis}, a.ndim) :: a nm
a.tolist() :: a nm :: floats, tame
a.tolist() :: a n
a.flat[1] * 2 :: a nm
sum(x * x for x in a.flat) :: a NM :: floats
a.item({0|-1|0, 1}) :: a nm
x = np.zeros(3); x.fill(s); return x :: s - 1..2
sum(a[i] * a[i] for i in np.ndindex(a.shape)) :: a NM :: floats
sum(x * i for (i, j), x in np.ndenumerate(a)) :: a NM :: floats
sum(a[i] * i for i in range(len(a))) :: a N
"""
