"""Settings, read from the environment each time they are needed."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Config:
    """What the environment asks for."""

    jit: bool  # compile with Numba; otherwise run the generated Python as it is
    dump: tuple[str, ...]  # stages to print; ("all",) for every one
    check: bool  # verify and interpret after every pass
    cache_dir: Path  # where generated source files live


def current() -> Config:
    """The settings in force: AUTODIFF_JIT, AUTODIFF_DUMP, AUTODIFF_CHECK and AUTODIFF_CACHE_DIR."""
    directory = os.environ.get("AUTODIFF_CACHE_DIR")
    return Config(
        jit=_flag("AUTODIFF_JIT", default=True),
        dump=tuple(name for item in os.environ.get("AUTODIFF_DUMP", "").split(",") if (name := item.strip())),
        check=_flag("AUTODIFF_CHECK", default=False),
        cache_dir=Path(directory).expanduser() if directory else _user_cache() / "autodiff_compiler",
    )


def _flag(name: str, *, default: bool) -> bool:
    text = os.environ.get(name, "").strip().lower()
    return default if not text else text not in ("0", "no", "off", "false")


def _user_cache() -> Path:
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path.home() / ".cache"
