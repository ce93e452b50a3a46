"""Forms of reductions, scans, statistics, sorting and searching."""

TABLE = """
# sums and their like
np.sum(a, axis={axes}, keepdims={flag}) :: a *
np.sum(a, {axis?}, dtype={dtype}, initial={0|2.5}) :: a *
np.sum(a, axis={axis?}, where=m) :: a *; m ~a mask
a.sum({axis?}, keepdims={flag}) :: a *
np.mean(a, axis={axes}, keepdims={flag}) :: a *
np.mean(a, {axis?}, {dtype}) :: a *
a.mean(axis={axes}, keepdims={flag}) :: a *
np.max(a, axis={axes}, keepdims={flag}) :: a * :: ties
np.amax(a, {axis?}, initial={-9|1.1}) :: a * :: ties, floats
np.max(a, axis={axis?}, initial=-9.0, where=m) :: a *; m =a mask :: ties
a.max({axis?}) :: a * :: ties
np.min(a, axis={axes}, keepdims={flag}) :: a * :: ties
np.amin(a, {axis?}, initial={9|-1.1}) :: a * :: ties, floats
a.min(axis={axes}) :: a * :: ties
np.prod(a, axis={axes}, keepdims={flag}) :: a *
np.prod(a, axis={axis?}, dtype={dtype}, initial={1|2.0}) :: a *
a.prod({axis?}) :: a *
np.any(a, axis={axes}, keepdims={flag}) :: a *
a.any({axis?}) :: a *
np.all(a > 0, axis={axes}, keepdims={flag}) :: a *
(a > 0).all({axis?}) :: a *
np.count_nonzero(a, axis={axes}, keepdims={flag}) :: a *
np.ptp(a, axis={axes}, keepdims={flag}) :: a * :: ties
np.argmax(a, axis={axis?}, keepdims={flag}) :: a *
a.argmax({axis?}) :: a *
np.argmin(a, axis={axis?}, keepdims={flag}) :: a *
a.argmin(axis={axis?}) :: a *
np.logaddexp.reduce(a, axis={axis}) :: a *
np.multiply.reduce(a, axis={axes}) :: a *
np.add.reduce(a, axis={axis}, keepdims={flag}) :: a *
np.maximum.reduce(a, axis={axis}) :: a * :: ties
np.hypot.reduce(a, axis={axis}) :: a * :: floats
np.logical_and.reduce(a, axis={axis}) :: a *
np.bitwise_xor.reduce(i, axis={axis}) :: i * whole 0..9
# scans
np.cumsum(a, axis={axis?}) :: a *
np.cumsum(a, {axis}, dtype={dtype}) :: a *
a.cumsum({axis?}) :: a *
np.cumprod(a, axis={axis?}) :: a *
a.cumprod({axis?}) :: a *
np.cumulative_sum(a, axis={axis}, include_initial={flag}) :: a *
np.cumulative_prod(a, axis={axis}, include_initial={flag}) :: a *
np.nancumsum(a, axis={axis?}) :: a *
np.nancumprod(a, axis={axis?}) :: a *
np.maximum.accumulate(a, axis={axis}) :: a * :: ties
np.add.accumulate(a, axis={axis}) :: a *
np.logaddexp.accumulate(a, axis={axis}) :: a * :: floats
np.add.reduceat(a, [0, 1], axis={axis}) :: a *
np.diff(a, axis={axis}) :: a *
np.diff(a, n={2|0|1|3}, axis={axis}) :: a *
np.diff(a, axis={0|-1}, prepend={1.5|a}, append={a|0.5}) :: a nn
np.ediff1d(a, to_end={None|0.5}, to_begin={None|[1.5, 2.5]}) :: a * :: floats
np.gradient(a) :: a n
np.gradient(a, {0.5|1}, axis={axis}, edge_order={1|2}) :: a nm
np.gradient(a, x) :: a n; x n rising :: floats
np.trapezoid(a, axis={axis}, dx={1.0|0.5}) :: a *
np.trapezoid(a, x, axis={axis}) :: a *; x =a :: floats
np.unwrap(a, axis={axis}) :: a nm -9..9 :: floats, tame
# moments
np.var(a, axis={axes}, ddof={0|1}, keepdims={flag}) :: a *
np.var(a, axis={axis?}, correction={0|1}, where=m) :: a *; m =a mask :: tame
a.var({axis?}, ddof={0|1}) :: a *
np.std(a, axis={axes}, ddof={0|1}, keepdims={flag}) :: a 34 :: ties
a.std(axis={axis?}) :: a 43 :: ties
np.average(a, axis={axes}, keepdims={flag}) :: a *
np.average(a, axis={axes}, weights=w) :: a *; w =a 0.3..2 :: floats
np.average(a, axis={0|-2}, weights=w, returned=True) :: a nm; w n 0.3..2 :: floats
np.cov(a, rowvar={True|False}, bias={flag}) :: a nm :: floats
np.cov(v, w, ddof={None|0}) :: v n; w n :: floats
np.corrcoef(a, rowvar={True|False}) :: a nm :: floats, ties
np.nansum(a, axis={axes}, keepdims={flag}) :: a *
np.nanprod(a, axis={axes}) :: a *
np.nanmean(a, axis={axes}, keepdims={flag}) :: a *
np.nanvar(a, axis={axes}, ddof={0|1}) :: a *
np.nanstd(a, axis={axis?}, keepdims={flag}) :: a 34 :: ties
np.nanmax(a, axis={axis?}, keepdims={flag}) :: a * :: ties
np.nanmin(a, axis={axes}) :: a * :: ties
np.nanargmax(a, axis={axis?}) :: a *
np.nanargmin(a, axis={axis?}) :: a *
statistics.mean(v) :: v n :: double, tame
statistics.fmean(v) :: v n :: double, tame
statistics.geometric_mean(v) :: v n 0.3..2 :: double, tame
statistics.harmonic_mean(v) :: v n 0.3..2 :: double, tame
statistics.variance(v) :: v n :: double, tame
statistics.pvariance(v) :: v n :: double, tame
statistics.stdev(v) :: v 4 :: double, tame, ties
statistics.pstdev(v) :: v 4 :: double, tame, ties
# order
np.median(a, axis={axes}, keepdims={flag}) :: a * :: ties
np.nanmedian(a, axis={axes}, keepdims={flag}) :: a * :: ties
np.quantile(a, q, axis={axes}, method='{linear|lower|midpoint|hazen}') :: a *; q - 0.11..0.89 :: ties
np.quantile(a, q, {axis?}, method='{higher|nearest|weibull|median_unbiased}') :: a *; q - 0.11..0.89 :: ties
np.quantile(a, q, axis={axis?}, keepdims={flag}) :: a +; q k 0.11..0.89 :: ties, floats
np.quantile(a, [0.15, 0.8], 0, weights=w, method='inverted_cdf') :: a NM; w =a 0.3..2 :: ties, floats, tame
np.quantile(a, 0.41, 1, weights=w, method='inverted_cdf', keepdims={flag}) :: a NM; w M 0.3..2 :: ties, floats
np.nanpercentile(a, 37, {axis?}, weights=w, method='inverted_cdf') :: a +; w =a 0.3..2 :: ties, floats, tame
np.percentile(a, {30|[10, 85.5]}, axis={axis?}) :: a * :: ties
np.nanquantile(a, {0.3|[0.1, 0.85]}, axis={axis?}) :: a + :: ties
np.nanpercentile(a, 30, axis={axes}, keepdims={flag}) :: a * :: ties
np.sort(a, axis={axis?}) :: a * :: ties
np.sort(a, axis={axis}, kind='stable') :: a * :: ties
a = a.copy(); a.sort(axis={axis}); return a :: a nm :: ties
np.argsort(a, axis={axis?}, kind='stable') :: a *
a.argsort({axis}, kind='stable') :: a *
np.partition(a, 0, axis={-1|2})[..., :1] :: a nnN :: ties, values, may refuse
np.partition(a, -1, axis={-1|2})[..., -1:] :: a nnN :: ties, values, may refuse
np.take_along_axis(a, np.argpartition(a, 0, axis=0), axis=0)[:1] :: a nm :: ties
a.argpartition(0)[:1] :: a n :: tame, floats
a = a.copy(); a.partition(0, axis=0); return a[:1] :: a nm :: ties
np.lexsort((v, w)) :: v n; w n
np.lexsort((v, i)) :: v n; i n whole 0..2
np.searchsorted(a, v, side='{left|right}') :: a n rising; v k
a.searchsorted(v) :: a n rising; v km
np.searchsorted(a, v, sorter=np.argsort(a)) :: a n; v k
np.digitize(v, a, right={flag}) :: v km; a n rising
np.isin(i, j, invert={flag}) :: i nm whole 0..4; j k whole 0..4
np.isin(a, b) :: a nm; b k
np.unique(a) :: a * :: ties
np.unique(i, return_index=True, return_inverse=True, return_counts=True) :: i nm whole 0..3
np.unique(a, axis={0|1}) :: a nm :: ties
# the order is that of NumPy's hash table, and may be another one in each release
np.sort(np.unique_values(a)) :: a * :: ties
np.unique_counts(a)[1] :: a *
np.unique_inverse(i)[1] :: i nm whole 0..3
np.unique_all(a)[0] :: a * :: ties
np.union1d(v, w) :: v n; w m :: ties
np.intersect1d(i, j) :: i n whole 0..3; j m whole 0..3
np.intersect1d(v, w) :: v n; w n
np.setdiff1d(i, j, assume_unique={False}) :: i n whole 0..3; j m whole 0..3
np.setxor1d(i, j) :: i n whole 0..3; j m whole 0..3
np.sort_complex(a) :: a n :: ties
np.interp(x, p, f) :: x nm; p k sorted; f k :: floats, ties
np.interp(x, p, f, left={None|-1.0}, right={None|2.0}) :: x n; p k sorted; f k :: floats, ties, tame
np.interp(x, p, f, period={3.0|7}) :: x n; p k sorted; f k :: floats, ties, tame
np.bincount(i, minlength={0|5}) :: i n whole 0..4
np.bincount(i, w) :: i N whole 0..4; w N :: floats
np.histogram(a, {5|[-1.0, 0.1, 1.0]})[0] :: a * :: tame
np.histogram(a, {3|[-2, 0, 2]}, (-2, 2), {flag}, w)[0] :: a nm; w nm 0.3..2 :: floats, tame
np.histogram_bin_edges(a, {4|[0, 1, 3]}) :: a * :: tame, ties
np.histogram(a, '{auto|doane|fd|rice|scott|sqrt|sturges}')[0] :: a NM :: floats, tame
np.histogramdd([v, w, x], {2|[2, 3, 1]}, None, {flag}, y)[0] :: v N; w N; x N; y N :: tame, floats, ties
np.histogramdd(a, bins=[2, 3])[0] :: a N2 :: tame, floats, ties
# a single point lies on an edge, which moves with it
np.histogram2d(v, w, bins={2|[2, 3]})[0] :: v n; w n :: tame, floats, ties, values
np.argwhere(a > 0) :: a *
np.nonzero(a > 0) :: a *
(a > 0).nonzero() :: a nm
np.flatnonzero(a > 0) :: a *
"""
