"""The examples end where they say they do."""

from __future__ import annotations

from pathlib import Path

import digits_mlp
import find_minimum
import fire_and_theft
import pytest
import value_with_chain


def test_fire_and_theft(tmp_path: Path):
    result = fire_and_theft.main(tmp_path / "lines.png")
    assert (round(result.single.slope, 5), round(result.single.intercept, 4)) == (1.71838, 15.7892)
    assert result.double == pytest.approx((1.71838, 15.78914), abs=1e-5)
    assert result.exact == pytest.approx((1.31345600492, 16.9951572327), rel=1e-11)
    assert result.gradient_at_exact == pytest.approx((0.0, 0.0), abs=1e-9)
    assert result.plot is not None
    assert result.plot.read_bytes().startswith(b"\x89PNG")


def test_find_minimum(tmp_path: Path):
    result = find_minimum.main(tmp_path / "sweep.png")
    assert result.minimum == pytest.approx(4.0, abs=1e-3)
    assert result.lines[1000, 0.3] == pytest.approx((2.0, 6.0), abs=1e-6)
    assert result.lines[10, 0.01] != pytest.approx((2.0, 6.0), abs=1.0)
    assert result.plot is not None
    assert result.plot.stat().st_size > 1000


def test_value_with_chain():
    result = value_with_chain.main()
    assert result.value == 7.5
    assert result.gradient.tolist() == [0.5, 1.0, 1.5, 2.0]
    assert result.gradient_of_tenfold.tolist() == [5.0, 10.0, 15.0, 20.0]
    assert result.primal_runs == 1


def test_digits():
    assert digits_mlp.main().accuracy >= 0.96


def test_demo(capsys: pytest.CaptureFixture[str]):
    import demo

    demo.main()
    shown = capsys.readouterr().out
    assert "def warmth" in shown
    assert "rod_bar" in shown
    assert "agrees" in shown
    assert "test images read correctly" in shown
