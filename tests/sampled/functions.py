"""Forms of elementwise functions that are composed, ufunc keywords, scipy.special, draws, and Python's
own."""

TABLE = """
np.round(a{|, 1|, -1|, 2}) :: a * :: may refuse
np.around(a, {1|0}) :: a *
a.round({|1|2}) :: a *
np.fix(a) :: a *
np.divmod(a, b{|, out=(None, None)}) :: a *; b ~a 0.4..3
np.modf(a) :: a *
np.frexp(a) :: a *
np.ldexp(a, i) :: a *; i ~a whole -4..4
np.float_power(a, b) :: a * 0.2..3; b ~a
np.fmod(a, b) :: a *; b ~a 0.4..3
np.heaviside(a, b) :: a *; b ~a
np.sinc(a) :: a *
np.clip(a, {-1|-0.5|None}, {1|1.5}) :: a * :: floats
np.clip(i, {-1|0|None}, {1|3}) :: i nm whole -4..4
np.clip(a, b, c) :: a *; b ~a -3..-0.5; c ~a 0.5..3
np.clip(a, min=b) :: a *; b ~a
a.clip({-1|0.5}, {1|None}) :: a * :: floats
np.nan_to_num(a{|, nan=1.5|, posinf=3.0, neginf=-2.0}) :: a *
np.isposinf(a) :: a *
np.isneginf(a) :: a *
np.isclose(a, b{|, rtol=0.5|, equal_nan=True}) :: a *; b ~a
np.allclose(a, {b|a}) :: a *; b ~a
np.array_equal(a, {b|a}{|, equal_nan=True}) :: a *; b ~a
np.array_equiv(a, {b|a}) :: a *; b ~a
np.angle(a{|, deg=True}) :: a * :: floats, values
np.isreal(a) :: a *
np.iscomplex(a) :: a *
np.real_if_close(a) :: a *
np.real(a) * np.imag(a) :: a *
math.frexp(s) :: s - 0.6..0.9
math.ulp(s) :: s - 0.6..0.9
a * {0|0.0|1|-1} + {0|1} :: a *
# ufunc keywords
np.bitwise_count(i) :: i * whole -999..999
np.clip(a, -1, b, out=np.zeros_like(a), where=m) :: a nm; b nm 0.5..3; m nm mask :: floats
np.exp(a, order='{F|C}') :: a *
np.exp(a, where=m, out=np.ones_like(a)) :: a nm; m nm mask :: floats
np.add(a, b, dtype={np.float64|np.float32}) :: a *; b ~a
np.add(a, b, out=np.zeros({(3, 4)|(3,)})) :: a 34; b ~a
np.sqrt(a, out=np.zeros_like(a)) :: a nm 0.2..3 :: floats
np.add(a, b, dtype={np.float64|np.float32|np.int64|bool}) :: a *; b ~a
np.less(a, b, dtype={np.float64|bool|None}) :: a *; b ~a
np.multiply(a, {2|2.5}, casting='{no|equiv|safe|unsafe}', dtype={None|np.float32|np.int64}) :: a *
np.divide(a, b, where={b != 0|m}, out=np.zeros_like(a + 0.0)) :: a +; b =a; m =a mask :: may refuse
# methods of ufuncs
np.maximum.outer(a, b) :: a n; b m :: ties
np.{subtract|divide|power|fmax|arctan2|copysign}.outer(a, b) :: a * 0.5..2; b ~a 0.5..2 :: ties
np.{floor_divide|remainder|fmod|hypot|add|less|logaddexp|logical_and}.outer(a, b) :: a *; b ~a 0.5..2
np.{subtract|divide|power|minimum|fmax|arctan2}.accumulate(a, axis={axis}) :: a * 0.5..2 :: ties
np.{copysign|floor_divide|remainder|fmod|hypot|logaddexp}.accumulate(a, axis={axis}) :: a * 0.5..2
# NumPy's own are wrong for power and arctan2, along contiguous axes of at least three elements
np.{subtract|divide|minimum|fmax|copysign}.reduce(a, axis={axis}) :: a * 0.5..2 :: ties
np.{remainder|fmod|hypot|less|equal|logical_or|bitwise_and}.reduce(a, axis={axis}) :: a * 0.5..2
np.maximum.reduce(a, axis={axes}, initial={-9|0.5}, where=m) :: a *; m =a mask :: ties
a = a.copy(); np.{negative|exp|sqrt|square|absolute}.at(a, i); return a :: a n 0.5..2; i k in n :: may refuse
a = a.copy(); np.{divide|fmax}.at(a, i, w); return a :: a n 1..2; i k in n; w k 1..2 :: ties, may refuse
a = a.copy(); np.{add|maximum}.at(a, (i, j), w); return a :: a nm; i k in n; j k in m; w k :: ties, may refuse
# numbers of Python that integers have no room for, and truth values of NumPy
np.where(m, a, {300|-1|2.5|True|s}) :: m nm mask; a nm; s - whole -300..300
{np.add|np.maximum|np.multiply}(a, {300|-1|2.5|True|s}) :: a *; s - whole -300..300
a {+|-|*|<|==} {300|-1|2.5|True|s} :: a *; s - whole -300..300
np.clip(a, {s|-500|0}, {400|t|-1}) :: a *; s - whole -300..300; t - whole -300..300
b = a.copy(); b[0] = {s|t|300|np.nan}; return b :: a N; s - whole -300..300; t - -3..3
b = a.copy(); b[...] = {s|t|300|np.inf}; return b :: a *; s - whole -300..300; t - -3..3 :: may refuse
b = a.copy(); b[m] = {s|t|-1}; return b :: a n; m n mask; s - whole -300..300; t - -3..3
b = a.copy(); b {+=|*=|-=} {s|1|2.5}; return b :: a n; s - whole -300..300
np.array([s, {1|-1}], dtype={np.uint8|np.int32|bool|np.float32}) :: s - whole -300..300
np.full(3, {s|t}, dtype={np.uint8|np.int32|bool|np.float32}) :: s - whole -300..300; t - -3..3
{np.uint8|np.int64|np.float32|np.bool_}(s) :: s - whole -300..300
a ** {2|0|b|-1} :: a * 0.5..3; b ~a 0..3 :: may refuse
np.power(i, j) :: i * whole 1..4; j ~i whole -1..3
({1|2.5|np.True_} + {np.bool_(s)|np.isfinite(s)|(s > np.float64(1))|np.True_}) * a :: s - 1..2; a *
({m[0]|m.any()|np.all(m)|m.max()} {+|*} {1|2}) * a :: m N mask; a *
# scipy.special
special.logsumexp(a, axis={axes}, keepdims={flag}) :: a NM :: floats
special.logsumexp(a, axis={axis?}, b=b) :: a NMK; b =a 0.3..2 :: floats
special.logsumexp(a, {axis?}, b, return_sign=True) :: a NM; b =a :: floats
special.softmax(a, axis={axes}) :: a * :: floats
special.log_softmax(a, axis={axes}) :: a * :: floats
special.softplus(a) :: a * :: floats
special.zeta(a, b) :: a * 1.5..4; b ~a 0.5..3 :: floats
special.zeta(a) :: a * 1.5..4 :: floats
special.polygamma({0|1|2}, a) :: a * 0.5..4 :: floats
special.multigammaln(a, {2|3}) :: a * 2.5..5 :: floats, tame
# SciPy makes a number of float32 one of float64 where it sets it to zero
special.comb(a, b) :: a * 4..6; b ~a 0.5..3 :: floats, double
special.comb(a, {2|0}, repetition={flag}) :: a * 3.2..6 :: floats
special.perm(a, {2|b}) :: a * 4.1..6; b ~a 0.5..3 :: floats
special.factorial(a) :: a + 0.3..4 :: floats
special.factorial(i) :: i NM whole 0..6
special.jvp({0|1|2.5}, a{|, 2|, 0}) :: a * 0.5..4 :: floats
special.yvp({0|1|2.5}, a{|, 2|, 0}) :: a * 0.5..4 :: floats
special.ivp({0|1|2.5}, a{|, 2|, 0}) :: a * 0.5..4 :: floats
special.kvp({0|1|2.5}, a{|, 2|, 0}) :: a * 0.5..4 :: floats
special.sici(a) :: a * 0.3..4 :: floats
special.shichi(a) :: a * 0.3..4 :: floats
special.fresnel(a) :: a * 0.3..3 :: floats
special.airy(a) :: a * -4..2 :: floats
special.ellipj(a, m) :: a * -3..3; m ~a 0.1..0.9 :: floats
special.eval_hermite(i, a) :: i * whole 0..4; a ~i -2..2 :: tame
special.eval_hermitenorm({0|3}, a) :: a * -2..2 :: floats, tame
special.spherical_jn({0|1|3}, a{|, derivative=True}) :: a * 0.3..4 :: floats, tame
special.spherical_yn({0|1|3}, a{|, derivative=True}) :: a * 0.3..4 :: floats, tame
special.spherical_in({0|1|3}, a{|, derivative=True}) :: a * 0.3..4 :: floats, tame
special.spherical_kn({0|1|3}, a{|, derivative=True}) :: a * 0.3..4 :: floats, tame
special.assoc_laguerre(a, {0|3}{|, 1.5}) :: a * 0.3..4 :: floats, tame
special.airye(a) :: a * 0.3..4 :: floats, tame
special.pbdv({0.5|2.5}, a) :: a * -2..2 :: floats, tame
special.pbvv({0.5|2.5}, a) :: a * -2..2 :: floats, tame
special.pbwa({0.5|2.5}, a) :: a * -2..2 :: floats, tame
special.iti0k0(a) :: a * 0.3..4 :: floats
special.itj0y0(a) :: a * 0.3..4 :: floats
special.it2i0k0(a) :: a * 0.3..4 :: floats
special.it2j0y0(a) :: a * 0.3..4 :: floats
"""

DRAWS = """
g.standard_normal({|3|(2, 3)|()}) * s :: g - rng; s - 1..2
g.standard_normal({3|(2, 0)}, dtype=np.float32) * s :: g - rng; s - 1..2
g.random({|3|(2, 3)|()}) * s :: g - rng; s - 1..2
g.random(3, np.float32) * s :: g - rng; s - 1..2
g.standard_exponential({|3|(2, 3)}) * s :: g - rng; s - 1..2
g.normal(a, b) :: g - rng; a *; b ~a 0.3..2
g.normal(s, {t|0.5}, {3|(2, 3)|None}) :: g - rng; s - 1..2; t - 1..2
g.lognormal(a, {0.5|s}) :: g - rng; a *; s - 0.5..1
g.uniform(a, b) :: g - rng; a * -2..-1; b ~a 1..2
g.uniform(s, 3, {|4}) :: g - rng; s - 1..2
g.exponential(a) :: g - rng; a * 0.3..2
g.integers({5|2, 9|0, 5}, size={3|(2, 2)|None}) * s :: g - rng; s - 1..2
g.permutation(a{|, axis=-1}) :: g - rng; a nm
g.permutation({5|0|1}) * s :: g - rng; s - 1..2
a = a.copy(); g.shuffle(a); return a :: g - rng; a nm
g.choice(a, {3|(2, 2)|None}) :: g - rng; a n
g.choice(a, 2, replace=False{|, p=p}) :: g - rng; a 4; p 4 shares :: floats, values
g.choice(5, 3, p=p) :: g - rng; p 5 shares :: tame, values
g.laplace(a, b) :: g - rng; a *; b ~a 0.3..2
g.logistic(a, b) :: g - rng; a *; b ~a 0.3..2
g.gumbel(a, {s|1.0}, {|}) :: g - rng; a n; s - 1..2
g.rayleigh(a) :: g - rng; a * 0.3..2
# of a shape 0 NumPy draws nothing, which is refused beside others
g.weibull(a) :: g - rng; a * 0.3..2 :: tame
g.pareto(a) :: g - rng; a * 0.5..2
g.power(a) :: g - rng; a * 0.3..2
g.triangular(s, 1.5, t, {3|None}) :: g - rng; s - 0..1; t - 2..3
g.triangular(a, b, c) :: g - rng; a * -2..-1; b ~a 0..1; c ~a 1..2
g.standard_cauchy({3|(2, 2)}) * s :: g - rng; s - 1..2
g.standard_gamma(a) :: g - rng; a * 0.5..3 :: values
g.gamma(2.5, a) :: g - rng; a * 0.5..3
g.chisquare(a) :: g - rng; a * 0.5..3 :: values
g.beta(a, b) :: g - rng; a * 0.5..3; b ~a 0.5..3 :: values
g.poisson(a) :: g - rng; a * 0.5..30 :: values
g.binomial(i, a) :: g - rng; i * whole 0..40; a ~i 0.1..0.9 :: values
g.geometric(a) :: g - rng; a * 0.1..0.9 :: values
g.chisquare({3|2.5}, {4|None}) * s :: g - rng; s - 1..2
g.beta({0.5|2}, 1.5, {4|None}) * s :: g - rng; s - 1..2
g.poisson({3.0|20}, {4|None}) * s :: g - rng; s - 1..2
g.binomial({7|100}, 0.3, {4|None}) * s :: g - rng; s - 1..2
g.geometric(0.3, {4|None}) * s :: g - rng; s - 1..2
stats.norm.{pdf|logpdf|cdf|logcdf|sf|logsf}(a{|, b|, 0.5, 2.0|, scale=b}) :: a *; b ~a 0.5..2 :: may refuse
stats.norm.{ppf|isf}(a{|, b|, 0.5, 2.0|, scale=b}) :: a * 0.1..0.9; b ~a 0.5..2
"""
