"""The command line: what it prints, and how it fails."""

from __future__ import annotations

import re
import sys

import pytest

from autodiff_compiler import calling
from autodiff_compiler.__main__ import main
from autodiff_compiler.ir.types import Array, Scalar
from tests.fake_pipeline import program

FILE = """
import numpy as np

SIZE = 4

def norm(x: np.ndarray, p: float = 2.0):
    return np.sum(x ** p)

def scaled(x: float, n: int, /, y=1.0):
    return x * n * y

def several(x: float, n: "int", flag: bool, y, z=None):
    return x
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", [*sys.path])
    path = tmp_path / "functions_to_show.py"
    path.write_text(FILE)
    return str(path)


@pytest.fixture
def requests(monkeypatch):
    found = []

    def compile_request(request):
        found.append(request)
        return program(request, None)

    monkeypatch.setattr(calling, "compile_request", compile_request)
    return found


def test_guessed_arguments_are_told(file, requests, capsys):
    assert main(["show", f"{file}:several"]) == 0
    out, err = capsys.readouterr()
    assert out == "def f(): ...\n"
    assert "x=0.5, n=2, flag=True, y=np.ones(3) (--args chooses others)" in err
    assert requests[0].mode == "gradient"
    assert requests[0].wrt == (0, 3)


def test_positional_only_parameters(file, requests, capsys):
    assert main(["show", f"{file}:scaled"]) == 0
    assert "x=0.5, n=2 (" in capsys.readouterr().err


def test_given_arguments(file, requests, capsys):
    arguments = ["--args", "np.ones((SIZE, 2)), p=3.0", "--wrt", "p, x", "--mode", "value_with_gradient"]
    assert main(["show", f"{file}:norm", *arguments, "--stage", "surface"]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("surface text\n", "")
    assert requests[0].kinds == (Array("float64", 2), Scalar("float64", weak=True))
    assert (requests[0].wrt, requests[0].mode) == ((1, 0), "value_with_gradient")


def test_all_stages_and_explanation(file, requests, capsys):
    assert main(["show", f"{file}:norm", "--mode", "primal", "--stage", "all"]) == 0
    assert capsys.readouterr().out.startswith("# ---- surface\nsurface text\n\n# ---- source\n")
    assert main(["show", f"{file}:norm", "--explain"]) == 0
    assert capsys.readouterr().out == "nothing is stored\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["nothing"], "does not name a function"),
        (["{}:nothing"], "has no 'nothing'; its functions are norm, scaled, several"),
        (["missing.py:f"], "there is no file 'missing.py'"),
        (["no.such.module:f"], "cannot be imported: ModuleNotFoundError"),
        (["{}:SIZE"], "not a function written in Python"),
        (["{}:norm", "--args", "1, 2"], "no float and no float array"),
        (["{}:norm", "--args", "np.ones("], "cannot be evaluated: SyntaxError"),
        (
            ["{}:norm", "--args", "1.0, 2.0, 3.0"],
            "do not fit: norm\\(\\) takes from 1 to 2 positional arguments",
        ),
        (["{}:norm", "--wrt", "q"], "no parameter 'q'"),
        (["{}:norm", "--stage", "nonsense"], "the stages are surface, source, all"),
        (["{}:several", "--wrt", "n"], "--args"),
    ],
)
def test_failures(file, requests, capsys, arguments, text):
    answered = main(["show", *(item.format(file) for item in arguments)])
    out, err = capsys.readouterr()
    assert (answered, out) == (2, "")
    assert re.search(text, err)
    assert "Traceback" not in err


def test_wrong_usage_has_status_two():
    with pytest.raises(SystemExit) as caught:
        main(["show", "x:y", "--mode", "nonsense"])
    assert caught.value.code == 2


def test_operators(capsys):
    assert main(["operators"]) == 0
    out = capsys.readouterr().out
    assert {line.split()[0] for line in out.splitlines()} >= {"add", "exp", "tanh", "sum", "matmul"}
    assert "np.exp" in out


def test_what_is_missing_is_listed_with_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operators", "--missing"]) == 0
    printed = capsys.readouterr().out
    for module in ("numpy", "numpy.linalg", "numpy.fft", "scipy.special"):
        line = rf"^{module}: \d+ of \d+ functions accepted, \d+ with all their parameters$"
        assert re.search(line, printed, re.MULTILINE)
    assert "left out, dates (" in printed
