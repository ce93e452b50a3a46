"""Forms of the elementwise operators, derived from their entries: one for each function that they stand
for."""

from __future__ import annotations

from collections.abc import Iterator

from autodiff_compiler.operators import Domain, Elementwise, all_entries, spelled
from tests.sampled.form import Form

PARAMETERS = "abcd"


def derived() -> Iterator[Form]:
    """A form for each function and each symbol."""
    for entry in all_entries():
        if not isinstance(entry, Elementwise):
            continue
        for function in entry.callables:
            name = spelled(function)
            if hidden(name):
                continue
            yield from _called(entry, name)
        if entry.symbol:
            yield Form(entry.emit.format(*PARAMETERS), _kinds(entry, single=False))


def hidden(name: str) -> bool:
    """Whether a function is part of another one, or the compiler's own."""
    return name.startswith("autodiff_compiler.") or name.endswith("]") or name == "special.hurwitz_zeta"


def _called(entry: Elementwise, name: str) -> Iterator[Form]:
    single = name.partition(".")[0] in ("math", "cmath") or name in ("complex",)
    operands = ", ".join(PARAMETERS[: entry.arity])
    # `math` raises outside of domains, where we give NaN; those of whole degree have loops of their own,
    # in which NaN may become a number
    marks = {"tame"} if single or "eval_" in name else set()
    if name.startswith("special.") and any(spelled(item).startswith("np.") for item in entry.callables):
        marks.add("may refuse")  # truth values and bytes, of which SciPy makes float32, and NumPy float16
    yield Form(f"{name}({operands})", _kinds(entry, single), frozenset(marks))


def _kinds(entry: Elementwise, single: bool) -> dict[str, str]:
    return {
        letter: f"{'-' if single else '*' if letter == 'a' else '~a'} {_numbers(domain)}"
        for letter, domain in zip(PARAMETERS, entry.domains, strict=False)
    }


def _numbers(domain: Domain) -> str:
    if domain.integer:
        return "mask" if (domain.low, domain.high) == (0, 1) else f"whole {domain.low:.0f}..{domain.high:.0f}"
    return f"{domain.low}..{domain.high}" + "".join(f"!{kink}" for kink in domain.excluded)
