"""Functions of `scipy.special` that are made of others: softmax and its kin, combinatorics, derivatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from autodiff_compiler.composed.declare import known_while_compiling, stands_for
from autodiff_compiler.composed.elementwise import as_floats, only
from autodiff_compiler.composed.ufuncs import written
from autodiff_compiler.operators.arithmetic import constant
from autodiff_compiler.operators.special_equations import (
    AIRYE,
    PBDV,
    PBVV,
    PBWA,
)
from autodiff_compiler.operators.special_several import (
    AIRY,
    ELLIPJ,
    FRESNEL,
    HERMITE,
    HERMITENORM,
    IT2I0K0,
    IT2J0Y0,
    ITI0K0,
    ITJ0Y0,
    SHICHI,
    SICI,
    SPHERICAL_IN,
    SPHERICAL_JN,
    SPHERICAL_KN,
    SPHERICAL_YN,
    hurwitz_zeta,
)  # fmt: skip

# ---------------------------------------------------------------- softmax and its kin


@stands_for(special.logsumexp)
def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: Any = False, return_sign: Any = False
) -> Any:
    """`special.logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False)`: y = ln Σ b eᵃ, shifted
    by the largest; ∂y/∂a = b eᵃ⁻ʸ, ∂y/∂b = eᵃ⁻ʸ; without b 0 where y = −∞.
    """
    a = as_floats(a)
    if b is not None:
        a = np.where(b == 0, -np.inf, a)
    most = constant(np.max(a, axis=axis, keepdims=True, initial=-np.inf))
    shift = np.where(np.isfinite(most), most, 0.0)
    terms = np.exp(a - shift)
    if b is not None:
        terms = b * terms
    total = np.sum(terms, axis=axis, keepdims=keepdims)
    if return_sign:
        sign = np.sign(total)
        total = np.abs(total)
    if not keepdims:
        shift = np.sum(shift, axis=axis)
    logarithm = np.log(total) if b is not None else np.where(total == 0, -np.inf, np.log(total))
    result = logarithm + shift
    if return_sign:
        return result, sign
    return result


@stands_for(special.softmax)
def softmax(x: Any, axis: Any = None) -> Any:
    """`special.softmax(x, axis=None)`: y = eˣ / Σ eˣ, shifted by the largest; x̄ = y (ȳ − Σ y ȳ)."""
    x = as_floats(x)
    terms = np.exp(x - constant(np.max(x, axis=axis, keepdims=True)))
    return terms / np.sum(terms, axis=axis, keepdims=True)


@stands_for(special.log_softmax)
def log_softmax(x: Any, axis: Any = None) -> Any:
    """`special.log_softmax(x, axis=None)`: y = x − ln Σ eˣ, shifted by the largest; x̄ = ȳ − eʸ Σ ȳ."""
    x = as_floats(x)
    most = constant(np.max(x, axis=axis, keepdims=True))
    shifted = x - np.where(np.isfinite(most), most, 0.0)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


@stands_for(*([special.softplus] if hasattr(special, "softplus") else []))
def softplus(
    x: Any, out: Any = None, *, where: Any = True, casting: Any = "same_kind", order: Any = "K",
    dtype: Any = None, subok: Any = True,
) -> Any:  # fmt: skip
    """`special.softplus(x, out=None, where=True, dtype=None)`: y = ln(1 + eˣ); ∂y/∂x = 1 / (1 + e⁻ˣ)."""
    return np.logaddexp(0, x, out=out, where=where, casting=casting, dtype=dtype)


# ---------------------------------------------------------------- gamma functions


@stands_for(special.zeta)
def zeta_function(x: Any, q: Any = None, out: Any = None) -> Any:
    """`special.zeta(x, q=None, out=None)`: y = Σ (k + q)⁻ˣ, q = 1 if not given; ∂y/∂q = −x ζ(x + 1, q)."""
    result = special.zetac(x) + 1 if q is None else hurwitz_zeta(x, q)
    return result if out is None else written(out, result)


@stands_for(special.polygamma)
def polygamma(n: Any, x: Any) -> Any:
    """`special.polygamma(n, x)`: the n-th derivative of ψ, in double precision; ∂y/∂x = ψ⁽ⁿ⁺¹⁾(x)."""
    if np.ndim(n) == 0 and n == 0:
        return np.asarray(special.psi(x), dtype=np.float64)
    x = np.asarray(x, dtype=np.float64)
    if np.ndim(n) == 0:
        return (-1.0) ** (n + 1) * special.gamma(n + 1.0) * hurwitz_zeta(n + 1.0, x)
    n = np.asarray(n)
    higher = (-1.0) ** (n + 1.0) * special.gamma(n + 1.0) * hurwitz_zeta(n + 1.0, x)
    return np.where(n == 0, special.psi(x), higher)


@stands_for(special.multigammaln)
def multigammaln(a: Any, d: Any) -> Any:
    """`special.multigammaln(a, d)`: y = d (d − 1) ln π / 4 + Σ ln Γ(a + (1 − j) / 2); ∂y/∂a = Σ ψ."""
    a = as_floats(a)
    if np.size(a) > 0 and np.min(a) <= 0.5 * (d - 1):
        raise ValueError("condition a > 0.5 * (d-1) not met")
    result = np.float64(d * (d - 1) * 0.25 * math.log(math.pi)) + special.gammaln(a)
    for j in range(2, d + 1):
        result = result + special.gammaln(a + (1.0 - j) / 2.0)
    return result


# ---------------------------------------------------------------- combinatorics


@stands_for(special.comb)
def comb(N: Any, k: Any, *, exact: Any = False, repetition: Any = False) -> Any:
    """`special.comb(N, k, repetition=False)`: the binomial coefficient, 0 outside 0 ≤ k ≤ N; its partials
    are those of binom.
    """
    only(exact, False, "exact")
    N, k = np.asarray(N), np.asarray(k)
    if repetition:
        return np.where((k == 0) & (N >= 0), 1.0, special.binom(N + k - 1, k))
    possible = (k <= N) & (N >= 0) & (k >= 0)
    return np.where(possible, special.binom(np.where(possible, N, 1.0), np.where(possible, k, 0.0)), 0.0)


@stands_for(special.perm)
def perm(N: Any, k: Any, exact: Any = False) -> Any:
    """`special.perm(N, k)`: N! / (N − k)!, 0 outside 0 ≤ k ≤ N; its partials are those of poch."""
    only(exact, False, "exact")
    N, k = np.asarray(N), np.asarray(k)
    possible = (k <= N) & (N >= 0) & (k >= 0)
    first = np.where(possible, N - k + 1, 1.0)
    return np.where(possible, special.poch(first, np.where(possible, k, 1.0)), 0.0)


@stands_for(special.factorial)
def factorial(n: Any, exact: Any = False, extend: Any = "zero") -> Any:
    """`special.factorial(n)`: y = Γ(n + 1), 0 below 0; ∂y/∂n = y ψ(n + 1)."""
    only(exact, False, "exact")
    only(extend, "zero", "extend")
    n = np.asarray(n, dtype=np.float64)
    return np.where(n < 0, 0.0, special.gamma(np.where(n < 0, 0.0, n) + 1))


# ---------------------------------------------------------------- derivatives of Bessel functions


def derivative_of_bessel(function: Any, v: Any, z: Any, n: Any, phase: Any) -> Any:
    """The n-th derivative of a Bessel function (DLMF 10.6.7 and 10.29.5)."""
    if n == 0:
        return function(v, z)
    v = np.asarray(v)  # its type counts, where a number next to it would yield
    factor = 1.0
    result = function(v - n, z)
    for i in range(1, n + 1):
        factor = phase * factor * (n - i + 1) / i
        result = result + factor * function(v - n + 2 * i, z)
    return result / 2.0**n


@stands_for(special.jvp)
def jvp(v: Any, z: Any, n: Any = 1) -> Any:
    """`special.jvp(v, z, n=1)`: the n-th derivative of Jᵥ(z); ∂y/∂z is the next one."""
    return derivative_of_bessel(special.jv, v, z, n, -1.0)


@stands_for(special.yvp)
def yvp(v: Any, z: Any, n: Any = 1) -> Any:
    """`special.yvp(v, z, n=1)`: the n-th derivative of Yᵥ(z); ∂y/∂z is the next one."""
    return derivative_of_bessel(special.yv, v, z, n, -1.0)


@stands_for(special.ivp)
def ivp(v: Any, z: Any, n: Any = 1) -> Any:
    """`special.ivp(v, z, n=1)`: the n-th derivative of Iᵥ(z); ∂y/∂z is the next one."""
    return derivative_of_bessel(special.iv, v, z, n, 1.0)


@stands_for(special.kvp)
def kvp(v: Any, z: Any, n: Any = 1) -> Any:
    """`special.kvp(v, z, n=1)`: the n-th derivative of Kᵥ(z); ∂y/∂z is the next one."""
    return (-1.0) ** n * derivative_of_bessel(special.kv, v, z, n, 1.0)


# ---------------------------------------------------------------- functions of a degree


@known_while_compiling
def check_degree(dtype: Any) -> None:
    """Refuse degrees that are no integers, as SciPy does."""
    if np.dtype(dtype).kind not in "iub":
        raise TypeError("n must be an integer")


@stands_for(special.eval_hermite)
def eval_hermite(n: Any, x: Any) -> Any:
    """`special.eval_hermite(n, x)`: y = Hₙ(x), n an integer; ∂y/∂x = 2 n Hₙ₋₁(x)."""
    check_degree(np.asarray(n).dtype)
    return HERMITE(n, np.asarray(x, np.float64))


@stands_for(special.eval_hermitenorm)
def eval_hermitenorm(n: Any, x: Any) -> Any:
    """`special.eval_hermitenorm(n, x)`: y = Heₙ(x), n an integer; ∂y/∂x = n Heₙ₋₁(x)."""
    check_degree(np.asarray(n).dtype)
    return HERMITENORM(n, np.asarray(x, np.float64))


def spherical(function: Any, n: Any, z: Any, derivative: Any, sign: Any) -> Any:
    """A spherical Bessel function, or its derivative (DLMF 10.51.2)."""
    check_degree(np.asarray(n).dtype)
    z = np.asarray(z, np.float64)
    if not derivative:
        return function(n, z)
    safe = np.where(z == 0, 1.0, z)
    return np.where(
        z == 0, np.where(n == 1, 1 / 3, 0.0), n / safe * function(n, z) + sign * function(n + 1, z)
    )


@stands_for(special.spherical_jn)
def spherical_jn(n: Any, z: Any, derivative: Any = False) -> Any:
    """`special.spherical_jn(n, z, derivative=False)`: y = jₙ(z), or its derivative."""
    return spherical(SPHERICAL_JN, n, z, derivative, -1.0)


@stands_for(special.spherical_yn)
def spherical_yn(n: Any, z: Any, derivative: Any = False) -> Any:
    """`special.spherical_yn(n, z, derivative=False)`: y = yₙ(z), or its derivative."""
    return spherical_singular(SPHERICAL_YN, n, np.asarray(z, np.float64), derivative)


@stands_for(special.spherical_in)
def spherical_in(n: Any, z: Any, derivative: Any = False) -> Any:
    """`special.spherical_in(n, z, derivative=False)`: y = iₙ(z), or its derivative."""
    return spherical(SPHERICAL_IN, n, z, derivative, 1.0)


@stands_for(special.spherical_kn)
def spherical_kn(n: Any, z: Any, derivative: Any = False) -> Any:
    """`special.spherical_kn(n, z, derivative=False)`: y = kₙ(z), or its derivative."""
    return spherical_singular(SPHERICAL_KN, n, z, derivative)


def spherical_singular(function: Any, n: Any, z: Any, derivative: Any) -> Any:
    """As `spherical`, of those that are not finite at 0."""
    check_degree(np.asarray(n).dtype)
    z = as_floats(z)
    return n / z * function(n, z) - function(n + 1, z) if derivative else function(n, z)


@stands_for(special.assoc_laguerre)
def assoc_laguerre(x: Any, n: Any, k: Any = 0.0) -> Any:
    """`special.assoc_laguerre(x, n, k=0.0)`: y = Lᵏₙ(x); ∂y/∂x = −Lᵏ⁺¹ₙ₋₁(x)."""
    return special.eval_genlaguerre(n, k, x)


# ---------------------------------------------------------------- several results


@stands_for(special.sici)
def sici(x: Any) -> Any:
    """`special.sici(x)`: Si(x) and Ci(x)."""
    return SICI[0](x), SICI[1](x)


@stands_for(special.shichi)
def shichi(x: Any) -> Any:
    """`special.shichi(x)`: Shi(x) and Chi(x)."""
    return SHICHI[0](x), SHICHI[1](x)


@stands_for(special.fresnel)
def fresnel(x: Any) -> Any:
    """`special.fresnel(x)`: S(x) and C(x)."""
    return FRESNEL[0](x), FRESNEL[1](x)


@stands_for(special.airy)
def airy(z: Any) -> Any:
    """`special.airy(z)`: Ai, Ai′, Bi and Bi′ of real numbers."""
    return AIRY[0](z), AIRY[1](z), AIRY[2](z), AIRY[3](z)


@stands_for(special.ellipj)
def ellipj(u: Any, m: Any) -> Any:
    """`special.ellipj(u, m)`: sn, cn, dn and the amplitude; by u, while m has no rule."""
    return ELLIPJ[0](u, m), ELLIPJ[1](u, m), ELLIPJ[2](u, m), ELLIPJ[3](u, m)


@stands_for(special.iti0k0)
def iti0k0(x: Any) -> Any:
    """`special.iti0k0(x)`: ∫ I₀ and ∫ K₀ from 0 to x."""
    return ITI0K0[0](x), ITI0K0[1](x)


@stands_for(special.itj0y0)
def itj0y0(x: Any) -> Any:
    """`special.itj0y0(x)`: ∫ J₀ and ∫ Y₀ from 0 to x."""
    return ITJ0Y0[0](x), ITJ0Y0[1](x)


@stands_for(special.it2i0k0)
def it2i0k0(x: Any) -> Any:
    """`special.it2i0k0(x)`: ∫ (I₀(t) − 1) / t from 0 to x, and ∫ K₀(t) / t from x on."""
    return IT2I0K0[0](x), IT2I0K0[1](x)


@stands_for(special.it2j0y0)
def it2j0y0(x: Any) -> Any:
    """`special.it2j0y0(x)`: ∫ (1 − J₀(t)) / t from 0 to x, and ∫ Y₀(t) / t from x on."""
    return IT2J0Y0[0](x), IT2J0Y0[1](x)


@stands_for(special.airye)
def airye(z: Any) -> Any:
    """`special.airye(z)`: Ai, Ai′ times exp(2 z^1.5 / 3), NaN below 0, and Bi, Bi′ over it."""
    return AIRYE[0](z), AIRYE[1](z), AIRYE[2](z), AIRYE[3](z)


@stands_for(special.pbdv)
def pbdv(v: Any, x: Any) -> Any:
    """`special.pbdv(v, x)`: the parabolic cylinder function Dᵥ(x) and its slope, by x."""
    return PBDV[0](v, x), PBDV[1](v, x)


@stands_for(special.pbvv)
def pbvv(v: Any, x: Any) -> Any:
    """`special.pbvv(v, x)`: the parabolic cylinder function Vᵥ(x) and its slope, by x."""
    return PBVV[0](v, x), PBVV[1](v, x)


@stands_for(special.pbwa)
def pbwa(a: Any, x: Any) -> Any:
    """`special.pbwa(a, x)`: the parabolic cylinder function W(a, x) and its slope, by x."""
    return PBWA[0](a, x), PBWA[1](a, x)
