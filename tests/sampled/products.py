"""Forms of products, linear algebra, transforms and polynomials."""

TABLE = """
a @ b :: a *nk; b *km
a @ v :: a *nk; v k
v @ a :: v n; a *nk
v @ w :: v n; w n
a @ b :: a nk; b *km
np.matmul(a, b) :: a *nk; b km
np.matmul(a, b) :: a 1nk; b jkm
a @ b :: a jink; b ikm
a @ b :: a j1nk; b ikm
np.matmul([[1.0, s], [2, 3]], [s, 2]) :: s - 1..2
o = np.zeros((2, 4)); r = np.{dot|matmul}(a, b, out=o); return o * r :: a 23; b 34 :: floats, double
np.dot([s, 1.0], {[2, 3]|v}) :: s - 1..2; v 2
np.dot(s, a) :: s - 1..2; a * :: tame
np.linalg.matmul(a, b) :: a *nk; b *km
# BLAS leaves out products with one number that is zero: there 0 times infinity is 0
np.dot(a, b) :: a nk; b km :: tame
np.dot(a, {s|v|2}) :: a *n; v n; s - 1..2 :: tame
np.dot(a, b) :: a lnk; b jkm
a.dot(b) :: a nk; b k
np.vdot(a, b) :: a nk; b kn
np.inner(a, b) :: a *k; b mk :: tame
np.outer(a, b) :: a *; b m
np.outer({[1, 2]|s|[[s, 1.5]]}, a) :: a *; s - 1..2
np.inner({s|2}, a) :: a *; s - 1..2
np.linalg.outer(v, w) :: v n; w m
np.multiply.outer(a, b) :: a *; b m
np.tensordot(a, b, axes={1|([2], [0])|((-1,), (0,))}) :: a lnk; b kml :: tame
np.tensordot(a, b{|, 2|, axes=([0, 1], [0, 1])}) :: a nk; b nk :: tame
np.linalg.tensordot(a, b, axes=0) :: a n; b km :: tame
np.tensordot(a, b, axes={0|([0, 1], [1, 0])|(-1, 0)|[[0], [1]]}) :: a nn; b nn :: tame
np.tensordot(a, b, {([0, 2], (2, 0))|((-1, 1), [0, -2])}) :: a nmk; b kmn :: tame
np.kron(a, b) :: a nm; b kl
np.kron({[1, s]|s|2}, a) :: a *; s - 1..2
np.kron(a, b) :: a n; b *
np.cross(a, b{|, axis=-1}) :: a *3; b 3
np.cross({[1, 2, s]|(s, 1, 2)}, a) :: a *3; s - 1..2
np.cross(a, b, axis=0) :: a 3n; b 3n
np.linalg.cross(a, b) :: a *3; b *3
np.vecdot(a, b, axis={-1|0}) :: a nn; b nn
np.linalg.vecdot(a, b) :: a *n; b n
np.matmul(a, b, axes=[(0, 1), (1, 0), (0, 1)]) :: a nkl; b mkl
np.matmul(a, b, dtype={np.float64|np.float32}) :: a nk; b km :: floats
np.matvec(a, v, axes=[(0, 1), 0, 1]) :: a nkl; v k
np.matvec(a, v) :: a *nk; v *k
np.vecmat(v, a) :: v *n; a *nk
np.linalg.multi_dot([a, b, c]) :: a nk; b km; c ml :: tame
# which infinities meet depends on the order of the products, which we choose ourselves from four factors on
np.linalg.multi_dot([v, a, b, w]) :: v n; a nk; b km; w m :: tame
np.einsum('{ij,jk->ik|ij,jk|ij,jk->kij}', a, b) :: a nk; b km
# an index that one factor has alone is summed before the product, so that other infinities meet
np.einsum('{ij,jk->k|ij,jk->j}', a, b) :: a nk; b km :: tame
np.einsum('{ii|ii->i|ij->ji|ij->}', a) :: a nn
np.einsum('{iij->ij|iij->j|iji->ji|iij}', a) :: a nnn
np.einsum('{i...->...|...i|i...->...i|...}', a) :: a nmk
np.einsum('{...i,...i|...i,...i->...|i...,...i->...i}', a, b) :: a nn; b *nn
np.einsum('{ij,kl->ijkl|ij,kl->lk|ij,kl->jl|ij,kl->}', a, b) :: a nm; b kl :: tame
np.einsum('ijk,jil->kl', a, b) :: a nmk; b mnl
np.einsum('{,ij|,ij->ji|,ij->}', s, a) :: s - 1..2; a nm :: tame
np.einsum('{ij,ij->ij|ij,ij->i|ij,ij|ij,ij->ji}', a, b) :: a nm; b 1m :: tame
np.einsum('{ii,i->i|ii,i}', a, v) :: a 11; v n :: tame
np.einsum(a, [0, 1], b, [1, 2]{|, [2, 0]|, [1]}) :: a nk; b km :: tame
np.einsum(a, [..., 0], v, [0], [...]) :: a *n; v n
np.einsum('{...ij,...jk->...ik|...ij,...jk}', a, b) :: a *nk; b *km
# and so in sums over products of three factors and more, which we join two at a time
np.einsum('i,j,ij->', v, w, a, optimize={flag}) :: v n; w m; a nm :: tame
np.convolve(v, w, mode='{full|same|valid}') :: v n; w m
np.convolve({s|[1, s]|2}, v) :: v n; s - 1..2
np.correlate(v, w, '{full|same|valid}') :: v n; w m
np.polymul([0, 1, s], v) :: v n; s - 1..2
np.polymul(v, w) :: v n; w m
np.polyadd(v, w) :: v n; w m
np.polysub(v, w) :: v n; w m
# equal coefficients leave a remainder whose first ones are zeros, which are left out
np.polydiv(v, w) :: v N 0.5..2; w M 0.5..2 :: double, tame, ties
np.polyval(v, a) :: v N; a *
# without coefficients NumPy's result has the dtype of `a` alone, as only the running program knows
np.polyval(v, a) :: v n; a * :: floats
np.polyder(v, {1|2|0}) :: v n
np.polyint(v, {1|2}{|, k=1.5}) :: v n
np.polyfit(x, y, {1|2}) :: x 5 rising; y 5 :: floats, tame, loose
# without zeros NumPy gives a number
np.poly(v) :: v N :: floats, tame
np.poly(a) :: a nn spread :: floats, tame, loose
np.roots(np.poly(v)) :: v N rising :: floats, tame, loose
# linear algebra
np.linalg.solve(a, b) :: a *nn well; b *nm :: tame
np.linalg.solve(a, v) :: a nn well; v n :: tame
np.linalg.solve(a, v) :: a *nn well; v n :: tame
np.linalg.inv(a) :: a *nn well :: tame
np.linalg.{inv|cholesky}(a) :: a nn deficient :: values, loose, tame
np.linalg.{det|slogdet|matrix_rank|svdvals|eigvalsh|norm}(a) :: a *nn deficient :: values, loose, tame
np.linalg.{matrix_rank|svdvals}(a) :: a *nm deficient :: values, loose, tame
np.linalg.matrix_rank({s|v|[s, 0]}) :: s - 1..2; v n
np.linalg.pinv(a, rcond=1e-9) :: a NM deficient :: values, loose, tame, double
np.linalg.lstsq(a, b, rcond=1e-9)[0] :: a NM deficient; b NK :: values, loose, tame, double
np.linalg.{solve|tensorsolve}(a, v) :: a nn deficient; v n :: values, loose, tame
linalg.{inv|lu_factor|cholesky}(a) :: a NN deficient :: values, loose, tame, floats
np.linalg.{det|inv}([[s, 1.5], [1, 3]]) :: s - 1..2
np.linalg.solve([[4, 1], [1, s]], [1, {s|2}]) :: s - 1..2
np.linalg.det(a) :: a *nn well :: tame
np.linalg.slogdet(a) :: a *nn well :: tame
np.linalg.matrix_power(a, {2|0|1|3|-1|-2}) :: a *nn well :: tame
np.linalg.tensorinv(a.reshape(2, 3, 6), ind={2|1}) :: a 66 well :: tame
np.linalg.tensorsolve(a.reshape(2, 3, 6), b.reshape(2, 3)) :: a 66 well; b 6 :: tame
np.linalg.cholesky(a, upper={flag}) :: a *nn definite :: tame, floats
np.linalg.qr(a, mode='{reduced|complete|r}') :: a *nn well :: tame, floats
np.linalg.qr(a) :: a 53 :: tame, floats, loose
np.linalg.svd(a, full_matrices=False)[1] :: a *nm :: tame, floats, ties
np.linalg.svd(a, compute_uv=False) :: a nm :: tame, floats, ties
np.abs(np.linalg.svd(a, full_matrices={flag})[{0|2}]) :: a 33 spread :: tame, floats, ties, loose
np.linalg.svdvals(a) :: a *nm :: tame, floats, ties
np.linalg.eigh(a, UPLO='{L|U}')[0] :: a *nn symmetric :: tame, floats
np.abs(np.linalg.eigh(a)[1]) :: a *nn symmetric :: tame, floats
np.linalg.eigvalsh(a, UPLO='{L|U}') :: a *nn symmetric :: tame, floats
np.sort(np.linalg.eig(a)[0]) :: a *nn spread :: tame, floats
np.abs(np.linalg.eig(a)[1]) :: a nn spread :: tame, floats
np.linalg.eigvals(a) :: a *nn spread :: tame, floats
np.linalg.pinv(a, hermitian=True) :: a *nn symmetric :: tame, floats
np.linalg.svd(a, hermitian=True, compute_uv=False) :: a *nn symmetric :: tame, floats
np.linalg.matrix_rank(a, hermitian=True) :: a *nn symmetric :: tame
np.linalg.pinv(a) :: a 43 well :: tame, floats
np.linalg.pinv(a, rcond=1e-9) :: a *34 well :: tame, floats
np.linalg.lstsq(a, b, rcond=None)[0] :: a 43 well; b 4n :: tame, floats
np.linalg.lstsq(a, v)[:3] :: a 43 well; v 4 :: tame, floats
np.linalg.matrix_rank(a) :: a *nm :: tame
np.linalg.norm(a, axis={axis?}, keepdims={flag}) :: a *
np.linalg.norm(a, {1|2|np.inf|-np.inf|3|0|0.5}, axis={0|-1}) :: a nm :: ties
np.linalg.norm(a, '{fro|nuc}') :: a nm :: tame, ties
np.linalg.norm(a, {1|-1|np.inf|-np.inf|2|-2}) :: a nm :: tame, ties
np.linalg.norm(a, {'fro'|1|np.inf}, axis=(0, 2), keepdims={flag}) :: a nmk :: tame, ties
np.linalg.vector_norm(a, axis={axes}, ord={2|1|np.inf|3}, keepdims={flag}) :: a * :: ties
np.linalg.matrix_norm(a, ord={'fro'|1|2|'nuc'|np.inf}, keepdims={flag}) :: a *nm :: tame, ties
# what LAPACK makes of the singular values of infinities depends on its version; we raise
np.linalg.cond(a, {None|1|np.inf|'nuc'}) :: a *nn 0..0 :: values, tame
np.linalg.cond(a, {None|2|1|'fro'|np.inf|-2}) :: a *nn well :: tame, ties, loose
linalg.solve(a, b) :: a nn well; b nm :: tame, floats
linalg.inv(a) :: a nn well :: tame
# SciPy computes the determinant of integers of 8 bits in single precision, and gives it in double
linalg.det(a) :: a nn well :: tame, loose
linalg.solve_triangular(a, b, {0|1|'T'}, True, {flag}) :: a nn lower; b nm :: tame, floats
linalg.solve_triangular(a, v) :: a nn upper; v n :: tame, floats
linalg.cholesky(a, lower={flag}) :: a nn definite :: tame, floats
linalg.cho_solve((a, {True|False}), b) :: a nn lower; b nm :: tame, floats
np.tril(linalg.cho_factor(a, lower=True)[0]) :: a nn definite :: tame, floats
linalg.lu_factor(a) :: a nn well :: tame, floats
linalg.lu_solve(linalg.lu_factor(a), b, trans={0|1}) :: a nn well; b n :: tame, floats
linalg.expm(a) :: a nn :: tame, floats
linalg.svdvals(a) :: a nm :: tame, floats, ties
linalg.eigvalsh(a, lower={True|False}) :: a nn symmetric :: tame, floats
linalg.pinv(a) :: a 43 well :: tame, floats
# SciPy's norms of single precision are in double or not, as the matrix lies in memory
linalg.norm(a{|, 1|, 'fro'|, np.inf}) :: a nm :: ties, double
linalg.norm(v{|, 2|, 1|, np.inf}) :: v N :: ties
# transforms
np.fft.fft(a, {None|4|2}, axis={axis}{|, norm='ortho'|, norm='forward'}) :: a * :: tame
np.fft.ifft(a, axis={axis}) :: a * :: tame
np.fft.rfft(a, {None|4|2}, axis={axis}) :: a * :: tame
np.fft.irfft(a, {None|5|2}, axis={axis}) :: a * :: tame
np.fft.irfft(np.fft.rfft(a), {None|6|5}) :: a nm :: tame
np.fft.hfft(a, {None|5}) :: a nm :: tame
np.fft.ihfft(a, {None|5}) :: a nm :: tame
np.fft.rfft(a, out=np.zeros((3, 3), complex)) :: a 34 :: tame, floats, double
np.fft.fft2(a) :: a *nm :: tame
np.fft.ifft2(a{|, axes=(0, 1)}) :: a *nm :: tame
np.fft.fftn(a{|, norm='ortho'}) :: a * :: tame
np.fft.ifftn(a) :: a * :: tame
np.fft.rfftn(a) :: a * :: tame
np.fft.rfft2(a) :: a *nm :: tame
np.fft.irfftn(a) :: a * :: tame
np.fft.irfft2(a) :: a *nm :: tame
np.fft.{fft|rfft|ihfft}([s, 1, 2.5, 3]) :: s - 1..2
np.fft.{fftn|ifftn|rfftn}(a, s=(3, 2), axes={(0, 1)|(-1, 0)|(0, 2)}) :: a nmk :: tame
np.fft.fftfreq({5|4|1}, {1.0|0.5}) * s :: s - 1..2
np.fft.rfftfreq({5|4|1}, s) :: s - 1..2
np.fft.fftshift(a{|, axes=0}) :: a *
np.fft.ifftshift(a{|, axes=-1}) :: a *
# of complex numbers
np.real(a + 1j * b) * np.imag(a * 1j) :: a nm; b nm :: floats, tame
np.abs(a + 1j * b) * np.angle(a + 1j * b) :: a nm; b nm :: floats, tame
np.conjugate(a + 1j * b) * (a + 1j * b) ** 2 :: a nm; b nm :: floats, tame
np.exp(1j * a) + np.sqrt(a + 2j) * np.log(a + 1j) :: a nm :: floats, tame
cmath.{exp|sqrt|sin|cos|tan|sinh|cosh|tanh|atan|asin|acos}(complex(a, b)) :: a - 0.2..0.9; b - 0.2..0.9
"""
