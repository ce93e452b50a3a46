"""From source text to callables, by way of a real file that Numba's disk cache, tracebacks and `pdb` can use.

The file is named by everything its machine code depends on, so it is never changed, only written once; the
functions in it carry the same hash, because Numba's own cache key ignores flags, constants and callees.
"""

from __future__ import annotations

import ast
import atexit
import functools
import hashlib
import importlib.util
import inspect
import io
import os
import shutil
import stat
import sys
import tempfile
import threading
import tokenize
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autodiff_compiler import config, runtime
from autodiff_compiler.emit import numba_bridge
from autodiff_compiler.runtime.compiled import plain
from autodiff_compiler.runtime.memory import keep_freed_memory

Functions = dict[str, Callable[..., Any]]

_loaded: dict[tuple[Path, bool], Functions] = {}
_lock = threading.RLock()


def load(source: str, names: Sequence[str], key: str, jit: bool, *, reorder: bool = False) -> Functions:
    """The named functions of a module with this source, compiled on first use, or plain Python without `jit`.

    `key` is whatever else the code depends on. `reorder` lets sums be reordered. The same arguments give the
    same functions again. KeyError where the source defines no function of a name.
    """
    digest = _digest(source, key, str(reorder))
    text = renamed(source, {name: f"{name}_{digest[:8]}" for name in _definitions(source)})
    with _lock:
        path = _write(config.current().cache_dir, f"{names[0]}_{digest}.py", text)
        found = _loaded.get((path, jit))
        if found is None:
            module = _module(path, text, jit)
            found = {name: getattr(module, f"{name}_{digest[:8]}") for name in _definitions(source)}
            if jit:
                found = _compile(module, found, reorder, names)
            else:
                found = {name: _with_numpy_floats(function) for name, function in found.items()}
            _loaded[path, jit] = found
    return {name: found[name] for name in names}


def renamed(source: str, mapping: Mapping[str, str]) -> str:
    """The source with these names replaced wherever they stand for a variable; all else stays as it is."""
    lines = source.splitlines(keepends=True)
    previous = ""
    edits = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and token.string in mapping and previous != ".":
            edits.append((token.start, token.end, mapping[token.string]))
        previous = token.string
    for (row, first), (_, last), new in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:first] + new + line[last:]
    return "".join(lines)


def _definitions(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def _digest(*parts: str) -> str:
    known = (*parts, _python(), numba_bridge.VERSION, np.__version__, _runtime_hash())
    return hashlib.sha256("\0".join(known).encode()).hexdigest()[:16]


def _python() -> str:
    return f"{sys.implementation.name}{sys.version_info.major}{sys.version_info.minor}"


@functools.cache
def _runtime_hash() -> str:
    """A hash of the code that generated functions call, and of how they are compiled."""
    total = hashlib.sha256(inspect.getsource(numba_bridge).encode())
    for folder in runtime.__path__:
        for file in sorted(Path(folder).rglob("*.py")):
            total.update(file.read_bytes())
    return total.hexdigest()


# ---------------------------------------------------------------- files


def _write(directory: Path, name: str, text: str) -> Path:
    """Make sure the file holds the text; where the directory cannot be used, in a temporary one."""
    folder = f"{_python()}-{numba_bridge.VERSION}"
    try:
        return _write_in(directory / folder, name, text)
    except OSError as error:
        return _write_in(_fallback(str(directory), str(error)) / folder, name, text)


def _write_in(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_private(folder)
    path = folder / name
    wanted = text.encode()
    if path.is_symlink() or not path.is_file() or path.read_bytes() != wanted:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(wanted)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    return path


def _require_private(folder: Path) -> None:
    """Refuse a folder in which somebody else could put machine code for us to run."""
    if hasattr(os, "getuid"):
        status = folder.stat()
        if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError(f"{folder} can be written to by other users")


@functools.cache
def _fallback(directory: str, reason: str) -> Path:
    warnings.warn(
        f"generated code cannot be kept in {directory} ({reason}); it is compiled anew in each process. "
        "Set AUTODIFF_CACHE_DIR to a directory of your own.",
        RuntimeWarning,
        stacklevel=2,
    )
    temporary = tempfile.mkdtemp(prefix="autodiff_compiler-")
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    return Path(temporary)


# ---------------------------------------------------------------- modules


def _module(path: Path, text: str, jit: bool) -> types.ModuleType:
    """A module of that file, run from the text that was checked, not from what the file holds by now."""
    name = f"autodiff_compiler_generated.{path.stem}" + ("" if jit else "_plain")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    tree = ast.parse(text)
    if not jit:
        tree = ast.fix_missing_locations(_NumpyArithmetic().visit(tree))
    exec(compile(tree, str(path), "exec"), module.__dict__)
    if not jit:
        module.__dict__.update({key: plain(value) for key, value in vars(module).items()})
    sys.modules[name] = module
    return module


def _compile(
    module: types.ModuleType, functions: Functions, reorder: bool, entries: Sequence[str]
) -> Functions:
    keep_freed_memory()
    numba_bridge.silence_performance_warnings(Path(str(module.__file__)).parent)
    found = {}
    for name, function in functions.items():
        found[name] = numba_bridge.compiled(function, reorder=reorder, inner=name not in entries)
        setattr(module, function.__name__, found[name])  # the functions may call each other
    return found


class _NumpyArithmetic(ast.NodeTransformer):
    """Gives plain Python the arithmetic of compiled code: floats are NumPy's, 1 / 0 is infinite."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self._numpy("float64", node, [node]) if isinstance(node.value, float) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return (
            self._numpy("true_divide", node, [node.left, node.right])
            if isinstance(node.op, ast.Div)
            else node
        )

    def visit_Module(self, node: ast.Module) -> ast.Module:
        self.generic_visit(node)
        node.body.insert(0, ast.Import([ast.alias("numpy", "_numpy")]))
        return node

    @staticmethod
    def _numpy(function: str, node: ast.expr, arguments: list[ast.expr]) -> ast.expr:
        module = ast.Name("_numpy", ast.Load())
        return ast.copy_location(ast.Call(ast.Attribute(module, function, ast.Load()), arguments, []), node)


def _with_numpy_floats(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function taking Python floats as NumPy's, and silent about infinities, as compiled code is."""

    @functools.wraps(function)
    def called(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*(np.float64(item) if type(item) is float else item for item in arguments))

    return called
