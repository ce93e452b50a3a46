"""Every form, by area."""

from __future__ import annotations

from tests.sampled import (
    elementwise,
    functions,
    further_reductions,
    further_selection,
    products,
    reductions,
    selection,
    shapes,
)
from tests.sampled.form import Form, forms

FORMS: dict[str, tuple[Form, ...]] = {
    "elementwise": tuple(elementwise.derived()),
    "functions": tuple(forms(functions.TABLE)),
    "draws": tuple(forms(functions.DRAWS)),
    "reductions": tuple(forms(reductions.TABLE)),
    "shapes": tuple(forms(shapes.TABLE)),
    "selection": tuple(forms(selection.TABLE)),
    "products": tuple(forms(products.TABLE)),
}

# the ordinary run has one in so many of these
FURTHER_IN = 12
FURTHER: tuple[Form, ...] = (*forms(further_reductions.TABLE), *forms(further_selection.TABLE))
