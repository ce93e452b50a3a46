"""Further forms of reductions, scans and order statistics: keywords, lists of numbers, results in arrays."""

TABLE = """
# out
o = np.zeros(a.shape[1], {np.float64|np.float32}); np.sum(a, axis=0, out=o); return o * 2 :: a nm
o = np.ones(a.shape[0]); b = np.mean(a, axis=-1, out=o); return b * o :: a nm
o = np.zeros(a.shape[1], a.dtype); np.max(a, 0, o); return o :: a Nm :: ties
o = np.zeros((a.shape[0], 1)); np.prod(a, axis=1, out=o, keepdims=True); return o :: a nm
o = np.zeros(a.shape); np.cumsum(a, axis={0|1}, out=o); return o * a :: a nm
o = np.zeros(a.shape[1]); np.var(a, axis=0, out=o, ddof=1); return o :: a 3m :: floats
o = np.zeros(a.shape[1]); np.median(a, axis=0, out=o); return o + 1 :: a Nm :: floats, ties
o = np.zeros(a.shape[1], int); np.argmax(a, axis=0, out=o); return o :: a Nm
o = np.zeros(a.shape[1], bool); np.any(a > 0, axis=0, out=o); return o :: a nm
o = np.zeros(a.shape[1]); np.nansum(a, axis=0, out=o); return o :: a nm :: floats
o = np.zeros((i.size, 2), a.dtype); np.take(a, i, 0, o{|, mode='clip'}); return o :: a N2; i k in N
o = np.zeros((2, a.shape[1])); np.add.reduce(a, axis=0, out=o[1]); return o :: a nm
o = np.zeros(a.shape[1], {np.int64|bool}); np.sum(a, axis=0, out=o); return o :: a nm :: values
# where
np.sum(a, axis={axes}, where=m, keepdims={flag}, initial={1|2.5}) :: a *; m ~a mask
np.prod(a, axis={axis?}, where=m) :: a *; m ~a mask
np.mean(a, axis={axis?}, where=m, keepdims={flag}) :: a *; m ~a mask
np.any(a, axis={axis?}, where=m) :: a *; m ~a mask
np.all(a, axis={axis?}, where=m, keepdims={flag}) :: a *; m ~a mask
np.std(a, axis={axis?}, where=m, ddof={0|0.5|2}) :: a 34; m 34 mask :: ties, tame
np.nansum(a, axis={axis?}, where=m) :: a *; m ~a mask
np.nanmean(a, axis={axis?}, where=m) :: a *; m ~a mask
np.nanmax(a, axis={axis?}, where=m, initial={-9.0|0.5}) :: a *; m ~a mask :: ties
np.min(a, axis={axes}, initial=9.0, where=m, keepdims={flag}) :: a *; m ~a mask :: ties
a.sum(axis={axes}, where=m) :: a *; m ~a mask
a.mean({axis?}, where=m) :: a *; m ~a mask
a.min(axis={axis?}, initial={5|-0.5}) :: a * :: ties
a.max(axis={axis?}, keepdims={flag}, initial=-9) :: a * :: ties
a.std({axis?}, ddof={0|1|1.5}, keepdims={flag}) :: a 34 :: ties
a.var(axis={axes}, ddof=1, keepdims={flag}) :: a *
a.any(axis={axes}, keepdims={flag}) :: a *
a.argmax(axis={axis?}, keepdims={flag}) :: a *
a.mean(axis={axes}, dtype={dtype}, keepdims={flag}) :: a *
a.prod(axis={axes}, dtype={dtype}) :: a *
a.cumsum(axis={axis?}, dtype={dtype}) :: a *
a.cumprod(axis={axis?}, dtype={dtype}) :: a *
np.sum(a, axis={axis?}, dtype={np.int64|np.int32|bool|float|int|'float32'}) :: a * :: values, tame
np.cumsum(a, axis={axis?}, dtype={np.int64|float|int}) :: a * :: values, tame
np.prod(a, dtype={np.int64|float|int}) :: a * :: values, tame
np.mean(a, dtype={float|'float32'}, axis={axis?}) :: a *
np.var(a, axis={axis?}, dtype={dtype}) :: a *
np.var(a, axis={axis?}, mean=np.mean(a, {axis?}, keepdims=True)) :: a *
np.std(a, dtype={dtype}, ddof=1) :: a 34 :: ties
np.nanvar(a, {axis?}, {dtype}, ddof=1) :: a *
np.nansum(a, {axis?}, {dtype}) :: a *
np.nanmean(a, {axis?}, {dtype}) :: a *
np.nancumsum(a, {axis?}, {dtype}) :: a *
# array-likes
np.sum([s, t, 2.0]) :: s - 1..2; t - -2..-1
np.sum([[s, t], [1, 2]], axis={0|-1|(0, 1)}, keepdims={flag}) :: s - 1..2; t - -2..-1
np.mean((s, t, 3)) :: s - 1..2; t - -2..-1
np.max([s, t]) :: s - 1..2; t - -2..-1
np.prod([s, t, s]) :: s - 1..2; t - -2..-1
np.cumsum([s, t, s]) :: s - 1..2; t - -2..-1
np.var([s, t, s], ddof={0|1}) :: s - 1..2; t - -2..-1
np.median([s, t, 0.5]) :: s - 1..2; t - -2..-1
np.quantile([s, t, 0.5], {0.3|[0.2, 0.9]}) :: s - 1..2; t - -2..-1
np.sort([s, t, 0]) :: s - 1..2; t - -2..-1
np.argsort([s, t, 0]) :: s - 1..2; t - -2..-1
np.average([s, t, 0], weights=[1, 2, s]) :: s - 1..2; t - -2..-1
np.diff([s, t, 4]) :: s - 1..2; t - -2..-1
np.sum([a, a * 2], axis=0) :: a nm
np.max([a, b], axis={0|1|None}) :: a nm; b nm :: ties
np.mean([v, w], axis=0) :: v n; w n
np.searchsorted([1, 2, 3], v) :: v n
np.any([s > 1.5, t > 0]) :: s - 1..2; t - -2..-1
np.trapezoid([s, t, 4.0], dx=s) :: s - 1..2; t - -2..-1
np.interp(s, [0, 1, 3], [t, 2, 3]) :: s - 1..2; t - -2..-1
np.ptp([s, t]) :: s - 1..2; t - -2..-1
np.take([s, t, 4], [0, 1]) :: s - 1..2; t - -2..-1
np.where([True, False], [s, t], t) :: s - 1..2; t - -2..-1
np.choose([0, 1], [[s, t], [t, s]]) :: s - 1..2; t - -2..-1
np.unique([s, t, s]) :: s - 1..2; t - -2..-1
np.gradient([s, t, 4.0]) :: s - 1..2; t - -2..-1
np.nanmax([s, np.nan, t]) :: s - 1..2; t - -2..-1
np.cov([[s, t, 1.0], [t, 0, s]]) :: s - 1..2; t - -2..-1
np.histogram([s, t, 0.5], bins=3)[0] :: s - 1..2; t - -2..-1
np.bincount([0, 1, 1], weights=[s, t, s]) :: s - 1..2; t - -2..-1
# ddof, scans
np.var(a, axis={axis?}, ddof={0.5|3|-1}) :: a *
np.cumsum(a) :: a nmk
np.add.accumulate(a) :: a nm
np.multiply.accumulate(a, axis={axis}) :: a *
np.minimum.accumulate(a, axis={axis}) :: a * :: ties
np.subtract.reduce(a, axis={axis}) :: a +
np.divide.reduce(a, axis={axis}) :: a + 1..2 :: floats
np.add.reduce(a, {axis}, {dtype}, initial=2.5) :: a *
np.add.reduce(a, axis={axis}, where=m) :: a *; m =a mask
np.minimum.reduce(a, axis={axis}, initial=1.0, keepdims={flag}) :: a * :: ties
np.multiply.reduceat(a, i, axis=0) :: a 3m; i k below 3 :: floats
np.add.reduceat(a, [0, 2], axis={0|1}) :: a 34
np.add.outer(v, w) :: v n; w m
np.diff(a) :: a *
np.diff(a, n=2, prepend=0, append=[[1.0]], axis=-1) :: a Nm
np.gradient(a, x, y) :: a nm; x n rising; y m rising :: floats
np.gradient(a, 0.5, 2.0)[1] :: a nm
np.gradient(a, axis=(0, 1)) :: a nm
np.gradient(a, x, axis=1, edge_order=2) :: a nm; x m rising :: floats
np.trapezoid(a, x, axis={0|1}) :: a nn; x n rising :: floats
np.cumulative_sum(a, axis={axis}, dtype={dtype}) :: a *
np.cumulative_sum(v) :: v n
np.unwrap(v, discont={None|4}, period={6.283185307179586|4.0}) :: v n -9..9 :: floats, tame
np.average(a, axis={0|1|(0, 1)}, weights=w, keepdims={flag}) :: a nm; w nm 0.3..2 :: floats
np.average(a, weights=w, axis=(0, 2)) :: a nmk; w nk 0.3..2 :: floats
np.cov(a, aweights=w) :: a nm; w m 0.3..2 :: floats
np.cov(a, fweights=i) :: a nm; i m whole 1..3 :: floats
np.cov(a, b) :: a 2m; b km :: floats
np.corrcoef(a, b) :: a 2m; b 2m :: floats, ties, tame
np.median(a) :: a *
np.quantile(a, q, {axis?}, method='{inverted_cdf|averaged_inverted_cdf}') :: a +; q - 0.11..0.89 :: ties
np.quantile(a, q, {axis?}, method='{closest_observation|normal_unbiased}') :: a +; q - 0.11..0.89 :: ties
np.quantile(a, q, {axis?}, method='interpolated_inverted_cdf') :: a +; q - 0.11..0.89 :: ties
np.quantile(a, {0|1|0.0|1.0|0.5}, axis={axis?}) :: a + :: ties
np.quantile(a, q) :: a nm; q - 1..1.2
np.quantile(a, q, axis=0) :: a Nm; q kl 0.11..0.89 :: ties, floats
np.percentile(a, q, axis={axes}, keepdims={flag}) :: a +; q - 11..89 :: ties
np.nanquantile(a, q, {axis?}, method='{lower|higher|midpoint|hazen|weibull}') :: a +; q - 0.11..0.89 :: ties
np.nanmedian(a, axis={axis?}) :: a * :: ties
np.sort(a, axis={axis?}, stable={None|True}) :: a * :: ties
np.sort(a, axis={axis?}, kind='{quicksort|heapsort|mergesort}') :: a * :: ties
a.argsort(kind='stable') :: a *
np.argsort(a, stable=True) :: a *
np.lexsort(a) :: a nm
np.lexsort((v, w), axis=0) :: v n; w n
np.partition(v, 1)[:2] :: v 4 :: ties, values
np.searchsorted(v, s, side='{left|right}') :: v n rising; s - -2..2
np.searchsorted(v, i) :: v n rising; i k whole -2..2
np.searchsorted(i, v) :: i n whole 1..1; v k
np.unique(a, return_index=True, return_counts=True) :: a nm :: ties
np.unique(a, return_inverse=True, axis=0) :: a nm :: ties
np.unique(a, axis=-1) :: a nmk :: ties
np.isin(a, [1, 2]) :: a *
np.isin(a, 1.0) :: a *
np.intersect1d(i, j, return_indices=True) :: i n whole 0..3; j m whole 0..3
np.histogram(a, 4, density={flag})[0] :: a N :: tame, floats, values
np.histogram(a, bins=[0, 0.5, 2], weights=w, density={flag}) :: a N -1..2; w N 0.3..2 :: tame, floats, values
# of no integers NumPy counts, whatever the weights
np.bincount(i, w, minlength=7) :: i N whole 0..4; w N
np.count_nonzero(a) :: a *
np.count_nonzero(a, {axis?}) :: a *
np.nonzero(a) :: a *
np.flatnonzero(a) :: a *
np.argwhere(a) :: a nm
"""
