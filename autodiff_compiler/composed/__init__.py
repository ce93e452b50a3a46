"""Functions of NumPy and SciPy, written in the accepted language: plain Python of simpler operators.

The compiler follows their source where a user calls the original, so that value, derivative, fusing and
messages follow from what they are made of. They are read, never called. Importing this package registers
them.
"""

from __future__ import annotations

from autodiff_compiler.composed import (  # noqa: F401  (imported for what they register)
    applying,
    axes,
    bits,
    clipping,
    conversions,
    convolutions,
    decompositions,
    diagonals,
    differences,
    distributions,
    einsum,
    elementwise,
    exponentials,
    factoring,
    fourier,
    generalised_ufuncs,
    grids,
    histograms,
    joining,
    lookup,
    moments,
    nan_reductions,
    norms,
    order_statistics,
    padding,
    polynomials,
    positions,
    products,
    python_statistics,
    random,
    reductions,
    repeating,
    scans,
    selection,
    sets,
    solving,
    sorting,
    special,
    spectra,
    splitting,
    ufuncs,
    windows,
)
