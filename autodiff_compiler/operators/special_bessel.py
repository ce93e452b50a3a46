"""Bessel functions and their relatives, by their argument; their order has no derivative rule."""

from __future__ import annotations

import numpy as np

from autodiff_compiler.operators.declare import special_function
from autodiff_compiler.operators.entry import Domain, Unwritten, integers, reals
from autodiff_compiler.operators.trace import Traced, apply

_ORDER = Unwritten("order")
_REAL, _POSITIVE = (reals(-4, 4, 0),), (reals(0.3, 5),)


def _sign(x: Traced) -> Traced:
    return apply("sign", x)


# ---------------------------------------------------------------- orders zero and one

special_function(
    "j0",
    partials=lambda x, y: (-apply("j1", x),),
    doc="y = J₀(x);  ∂y/∂x = −J₁(x)",
)

special_function(
    "j1",
    partials=lambda x, y: (0.5 * (apply("j0", x) - apply("jv", 2.0, x)),),
    doc="y = J₁(x);  ∂y/∂x = (J₀(x) − J₂(x)) / 2",
)

special_function(
    "y0", domains=_POSITIVE,
    partials=lambda x, y: (-apply("y1", x),),
    doc="y = Y₀(x);  ∂y/∂x = −Y₁(x)",
)  # fmt: skip

special_function(
    "y1", domains=_POSITIVE,
    partials=lambda x, y: (apply("y0", x) - y / x,),
    doc="y = Y₁(x);  ∂y/∂x = Y₀(x) − y / x",
)  # fmt: skip

special_function(
    "i0", np.i0,
    partials=lambda x, y: (apply("i1", x),),
    doc="y = I₀(x);  ∂y/∂x = I₁(x)",
)  # fmt: skip

special_function(
    "i0e", domains=_REAL,
    partials=lambda x, y: (apply("i1e", x) - _sign(x) * y,),
    doc="y = e^(−|x|) I₀(x);  ∂y/∂x = e^(−|x|) I₁(x) − y sign x",
)  # fmt: skip

special_function(
    "i1",
    partials=lambda x, y: (0.5 * (apply("i0", x) + apply("iv", 2.0, x)),),
    doc="y = I₁(x);  ∂y/∂x = (I₀(x) + I₂(x)) / 2",
)

special_function(
    "i1e", domains=_REAL,
    partials=lambda x, y: (0.5 * (apply("i0e", x) + apply("ive", 2.0, x)) - _sign(x) * y,),
    doc="y = e^(−|x|) I₁(x);  ∂y/∂x = e^(−|x|) (I₀(x) + I₂(x)) / 2 − y sign x",
)  # fmt: skip

special_function(
    "k0", domains=_POSITIVE,
    partials=lambda x, y: (-apply("k1", x),),
    doc="y = K₀(x);  ∂y/∂x = −K₁(x)",
)  # fmt: skip

special_function(
    "k0e", domains=_POSITIVE,
    partials=lambda x, y: (y - apply("k1e", x),),
    doc="y = eˣ K₀(x);  ∂y/∂x = y − eˣ K₁(x)",
)  # fmt: skip

special_function(
    "k1", domains=_POSITIVE,
    partials=lambda x, y: (-apply("k0", x) - y / x,),
    doc="y = K₁(x);  ∂y/∂x = −K₀(x) − y / x",
)  # fmt: skip

special_function(
    "k1e", domains=_POSITIVE,
    partials=lambda x, y: (y - apply("k0e", x) - y / x,),
    doc="y = eˣ K₁(x);  ∂y/∂x = y − eˣ K₀(x) − y / x",
)  # fmt: skip

# ---------------------------------------------------------------- any order

_ANY: tuple[Domain, ...] = (reals(0.3, 4), reals(0.3, 5))


def _neighbours(name: str, order: Traced, x: Traced, sign: float) -> Traced:
    """Half of what is below, and above by that sign."""
    return 0.5 * (apply(name, order - 1, x) + sign * apply(name, order + 1, x))


for _name, _letter in (("jv", "J"), ("jve", "J"), ("yv", "Y"), ("yve", "Y")):
    special_function(
        _name, domains=_ANY,
        partials=lambda v, x, y, name=_name: (_ORDER, _neighbours(name, v, x, -1.0)),
        doc=f"y = {_letter}ᵥ(x);  ∂y/∂x = ({_letter}ᵥ₋₁(x) − {_letter}ᵥ₊₁(x)) / 2,  ∂y/∂v is refused",
    )  # fmt: skip

special_function(
    "yn", domains=(integers(0, 4), reals(0.3, 5)),
    partials=lambda n, x, y: (None, _neighbours("yv", n, x, -1.0)),
    doc="y = Yₙ(x), n an integer;  ∂y/∂x = (Yₙ₋₁(x) − Yₙ₊₁(x)) / 2,  ∂y/∂n = 0",
)  # fmt: skip

special_function(
    "iv", domains=_ANY,
    partials=lambda v, x, y: (_ORDER, _neighbours("iv", v, x, 1.0)),
    doc="y = Iᵥ(x);  ∂y/∂x = (Iᵥ₋₁(x) + Iᵥ₊₁(x)) / 2,  ∂y/∂v is refused",
)  # fmt: skip

special_function(
    "ive", domains=_ANY,
    partials=lambda v, x, y: (_ORDER, _neighbours("ive", v, x, 1.0) - _sign(x) * y),
    doc="y = e^(−|x|) Iᵥ(x);  ∂y/∂x = e^(−|x|) (Iᵥ₋₁(x) + Iᵥ₊₁(x)) / 2 − y sign x,  ∂y/∂v is refused",
)  # fmt: skip

special_function(
    "kv", domains=_ANY,
    partials=lambda v, x, y: (_ORDER, -_neighbours("kv", v, x, 1.0)),
    doc="y = Kᵥ(x);  ∂y/∂x = −(Kᵥ₋₁(x) + Kᵥ₊₁(x)) / 2,  ∂y/∂v is refused",
)  # fmt: skip

special_function(
    "kve", domains=_ANY,
    partials=lambda v, x, y: (_ORDER, y - _neighbours("kve", v, x, 1.0)),
    doc="y = eˣ Kᵥ(x);  ∂y/∂x = y − eˣ (Kᵥ₋₁(x) + Kᵥ₊₁(x)) / 2,  ∂y/∂v is refused",
)  # fmt: skip

special_function(
    "kn", domains=(integers(0, 4), reals(0.3, 5)),
    partials=lambda n, x, y: (None, -_neighbours("kv", n, x, 1.0)),
    doc="y = Kₙ(x), n an integer;  ∂y/∂x = −(Kₙ₋₁(x) + Kₙ₊₁(x)) / 2,  ∂y/∂n = 0",
)  # fmt: skip

special_function(
    "struve", domains=_ANY,
    partials=lambda v, x, y: (_ORDER, apply("struve", v - 1, x) - v * y / x),
    doc="y = Hᵥ(x);  ∂y/∂x = Hᵥ₋₁(x) − v y / x,  ∂y/∂v is refused",
)  # fmt: skip

special_function(
    "modstruve", domains=_ANY,
    partials=lambda v, x, y: (_ORDER, apply("modstruve", v - 1, x) - v * y / x),
    doc="y = Lᵥ(x);  ∂y/∂x = Lᵥ₋₁(x) − v y / x,  ∂y/∂v is refused",
)  # fmt: skip

special_function(
    "itstruve0", domains=_POSITIVE,
    partials=lambda x, y: (apply("struve", 0.0, x),),
    doc="y = ∫ H₀ from 0 to x;  ∂y/∂x = H₀(x)",
)  # fmt: skip

special_function(
    "it2struve0", domains=_POSITIVE,
    partials=lambda x, y: (-apply("struve", 0.0, x) / x,),
    doc="y = ∫ H₀(t) / t from x on;  ∂y/∂x = −H₀(x) / x",
)  # fmt: skip

special_function(
    "itmodstruve0", domains=_POSITIVE,
    partials=lambda x, y: (apply("modstruve", 0.0, x),),
    doc="y = ∫ L₀ from 0 to x;  ∂y/∂x = L₀(x)",
)  # fmt: skip

# ---------------------------------------------------------------- Kelvin functions

for _name in ("ber", "bei", "ker", "kei"):
    special_function(
        f"{_name}p", domains=_POSITIVE,
        partials=lambda x, y: (Unwritten("argument"),),
        doc=f"y = {_name}′(x);  ∂y/∂x is refused",
    )  # fmt: skip
    special_function(
        _name, domains=_POSITIVE,
        partials=lambda x, y, name=_name: (apply(f"{name}p", x),),
        doc=f"y = {_name}(x);  ∂y/∂x = {_name}′(x)",
    )  # fmt: skip
