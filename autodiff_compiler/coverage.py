"""Which public functions of NumPy and SciPy the compiler accepts, with which parameters, and which not."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autodiff_compiler.frontend.calls import is_known
from autodiff_compiler.frontend.parameters_taken import parameters_taken

MODULES = ("numpy", "numpy.linalg", "numpy.fft", "scipy.special")

# What nobody differentiates, and why; a function of these that is accepted counts all the same.
LEFT_OUT: dict[str, dict[str, str]] = {
    "numpy": {
        "files, buffers and text": """
            array2string array_repr array_str base_repr binary_repr format_float_positional
            format_float_scientific from_dlpack frombuffer fromfile fromregex fromstring genfromtxt load
            loadtxt save savetxt savez savez_compressed""",
        "settings and information": """
            get_include get_printoptions getbufsize geterr geterrcall info printoptions set_printoptions
            setbufsize seterr seterrcall show_config show_runtime test""",
        "dates": "busday_count busday_offset datetime_as_string datetime_data is_busday isnat",
        "questions about types and memory": """
            can_cast common_type isdtype isfortran may_share_memory min_scalar_type mintypecode promote_types
            result_type shares_memory typename""",
        "bytes, iterators, matrix objects, new ufuncs and reports": """
            asmatrix bmat einsum_path frompyfunc nested_iters packbits unpackbits""",
    },
    "numpy.linalg": {},
    "numpy.fft": {},
    "scipy.special": {
        "settings": "geterr seterr",
        "tables of zeros and coefficients, which depend on integers alone": """
            ai_zeros bei_zeros beip_zeros ber_zeros bernoulli berp_zeros bi_zeros erf_zeros euler
            fresnel_zeros fresnelc_zeros fresnels_zeros jn_zeros jnjnp_zeros jnp_zeros jnyn_zeros kei_zeros
            keip_zeros kelvin_zeros ker_zeros kerp_zeros mathieu_even_coef mathieu_odd_coef stirling2
            y0_zeros y1_zeros y1p_zeros yn_zeros ynp_zeros""",
        "nodes of quadrature": """
            c_roots cg_roots h_roots he_roots j_roots js_roots l_roots la_roots p_roots ps_roots roots_chebyc
            roots_chebys roots_chebyt roots_chebyu roots_gegenbauer roots_genlaguerre roots_hermite
            roots_hermitenorm roots_jacobi roots_laguerre roots_legendre roots_sh_chebyt roots_sh_chebyu
            roots_sh_jacobi roots_sh_legendre s_roots t_roots ts_roots u_roots us_roots""",
        "polynomials as objects": """
            chebyc chebys chebyt chebyu gegenbauer genlaguerre hermite hermitenorm jacobi laguerre legendre
            sh_chebyt sh_chebyu sh_jacobi sh_legendre""",
        "values of whole sequences of orders": """
            assoc_legendre_p_all legendre_p_all lmbda lqmn lqn obl_cv_seq pbdv_seq pbvv_seq pro_cv_seq
            riccati_jn riccati_yn sph_harm_y_all sph_legendre_p_all""",
        "complex values of real numbers": """
            h1vp h2vp hankel1 hankel1e hankel2 hankel2e kelvin modfresnelm modfresnelp sph_harm_y wofz""",
    },
}  # fmt: skip

# Parameters that mean nothing for floats here, and why; before a point the functions, where it is not all.
PARAMETERS_LEFT_OUT = {
    "signature": "which loop of a ufunc runs, in the letters of C types",
    "matmul matvec vecmat.axis keepdims": "NumPy takes them where operands share one axis alone: `vecdot`",
    "comb perm factorial factorial2 factorialk.exact": "integers of any size, which have no derivative",
    "factorial factorial2 factorialk.extend": "of complex numbers",
}
# Values of parameters that are refused, and why.
VALUES_LEFT_OUT = {
    "dtype=object, of text, of dates, np.float16, np.longdouble": "dtypes that the compiler has not",
    "out=np.zeros(())": "an array without axes is a number here",
    "where=mask of a ufunc, without out": "leaves elements uninitialised",
    "dtype=int of means": "drops the fraction",
    "keepdims, axis, mode, method, ... from data": "what decides a result's form is known while compiling",
    'np.histogram(bins="stone")': "searches among histograms of all numbers of bins",
    "np.histogramdd(matrix, bins=10)": "how many axes the result has is known at run time only",
    'np.linalg.qr(mode="raw"), mode="complete" of higher than wide': "reflectors, an arbitrary basis",
    "np.pad(mode=function)": "changes its argument in place; the modes of NumPy are all accepted",
    'order="A" and order="K" of ravel and reshape': "for arrays of which the order is only known at run time",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The public functions of a module: those that are accepted, missing, and left out by reason.

    `parameters_missing` has, for accepted functions, the documented parameters that are not accepted.
    """

    module: str
    accepted: tuple[str, ...]
    missing: tuple[str, ...]
    left_out: dict[str, tuple[str, ...]]
    parameters_missing: dict[str, tuple[str, ...]]

    @property
    def total(self) -> int:
        """How many functions there are that make sense to differentiate through."""
        return len(self.accepted) + len(self.missing)

    @property
    def complete(self) -> int:
        """How many functions are accepted with all their parameters."""
        return len(self.accepted) - len(self.parameters_missing)


def coverage(module: str) -> Coverage:
    """What is accepted of the public functions of a module."""
    accepted, missing = [], []
    reasons = {name: reason for reason, names in LEFT_OUT[module].items() for name in names.split()}
    left_out: dict[str, list[str]] = {}
    lacking = {}
    for name, function in _functions(module):
        if is_known(function):
            accepted.append(name)
            if found := parameters_lacking(name, function):
                lacking[name] = found
        elif name in reasons:
            left_out.setdefault(reasons[name], []).append(name)
        else:
            missing.append(name)
    grouped = {reason: tuple(names) for reason, names in left_out.items()}
    return Coverage(module, tuple(accepted), tuple(missing), grouped, lacking)


def parameters_lacking(name: str, function: Callable[..., object]) -> tuple[str, ...]:
    """The documented parameters of an accepted function that it does not take here, those apart that mean
    nothing for floats.
    """
    try:
        documented = inspect.signature(function).parameters.values()
    except ValueError:  # a ufunc of a NumPy that does not tell
        return ()
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    taken = {*parameters_taken(function), *_meaningless(name)}
    return tuple(item.name for item in documented if item.kind in by_name and item.name not in taken)


def _meaningless(name: str) -> Iterator[str]:
    for key in PARAMETERS_LEFT_OUT:
        functions, _, parameters = key.rpartition(".")
        if not functions or name in functions.split():
            yield from parameters.split()


def _functions(module: str) -> Iterator[tuple[str, Callable[..., object]]]:
    """The public functions of a module by their names, classes and modules left out."""
    home = importlib.import_module(module)
    for name in sorted(set(getattr(home, "__all__", dir(home)))):
        value = getattr(home, name, None)
        if callable(value) and not (name.startswith("_") or inspect.isclass(value)):
            yield name, value


__all__ = ["LEFT_OUT", "MODULES", "PARAMETERS_LEFT_OUT", "VALUES_LEFT_OUT", "Coverage", "coverage"]
