"""Complex numbers on the way from real parameters to a real result."""

from __future__ import annotations

import cmath

import numpy as np

from tests.programs.catalogue import program


@program(inputs=lambda rng: (rng.normal(size=5), 0.7))
def modulated(x, w):
    z = np.exp(1j * w * x) * (x + 2j)
    return np.sum(np.abs(z - 1) ** 2) + np.real(z[0] * np.conj(z[1]))


@program(inputs=lambda rng: (0.4,))
def iterated_map(x):
    z = complex(x, 2.0)
    for _ in range(5):
        z = z * z / (1 + z) + 0.3
    return abs(z) + cmath.exp(z).real + z.imag


@program(inputs=lambda rng: (rng.uniform(0.2, 0.9, 4), rng.uniform(0.2, 0.9, 4)))
def elementary_functions(a, b):
    z = a + 1j * b
    s = np.sqrt(z) + np.sin(z) / np.cosh(z) - np.log(z) ** 2 + z**3 + np.tanh(z) - np.arctan(z) + np.tan(z)
    t = np.where(a > 0.5, s, np.conj(s)) + np.cos(z) * np.sinh(z) - np.arcsin(z) + 0.5 * np.arccos(z)
    return np.sum(t.real * np.angle(z) - t.imag) + np.mean(np.abs(t)) + (z**1.5).sum().imag


@program(inputs=lambda rng: (rng.normal(size=5),))
def fourier_transform_by_loops(x):
    n = len(x)
    y = np.zeros(n, dtype=complex)
    for i in range(n):
        for j in range(n):
            y[i] += x[j] * np.exp(-2j * np.pi * i * j / n)
    return np.sum((y.real**2 + 0.3 * x) * np.arctan(y.imag + x))


@program(inputs=lambda rng: (0.3, 0.5), float64_only="its iterations magnify rounding")
def escape(re, im):
    c, z, n = complex(re, im), 0j, 0
    while abs(z) < 50 and n < 6:
        z = z * z + c
        n += 1
    return abs(z)


@program(inputs=lambda rng: (rng.normal(size=3), np.array([1 + 2j, 0.5j, -1.0])), wrt="x")
def complex_constant_argument(x, z):
    y = z * x
    return np.sum(y * y.conj()).real + y[1].imag


@program(inputs=lambda rng: (1.2, 0.3, 0.8))
def impedance(r, l, w):
    z = r + 1j * w * l
    z = 1 / (1 / z + 1j * w * 0.5)
    return abs(z) * cmath.phase(z)


@program(inputs=lambda rng: (rng.normal(size=4),))
def branches_of_complex_numbers(x):
    total = 0j
    for k in range(len(x)):
        if x[k] > 0:
            total = total * (1j + x[k])
        else:
            total += np.exp(1j * x[k])
    return total.real + 2 * total.imag


@program(inputs=lambda rng: (rng.normal(size=4),))
def stores_of_complex_numbers(x):
    z = np.empty((2, 4), complex)
    z[0] = x
    z[1, :] = 1j * x**2
    z[0, 1:] *= z[1, :-1]
    z[1, 0] = abs(z[0, 3])
    return np.sum(z.real * z.imag) + np.sum(np.abs(z))


@program(inputs=lambda rng: (rng.normal(size=(3, 3)), rng.normal(size=3)))
def products_of_complex_matrices(a, v):
    z = a + 1j * a.T
    w = z @ (v * (1 + 2j))
    total = np.sum(np.abs(w) ** 2 * v) + np.dot(w, w).real + (z @ z @ z.conj().T).imag.sum()
    total += np.einsum("ij,j->i", 1j * a, v * (2 + 1j)).imag.sum()
    return total + np.vdot(a[0] * 1j + v, v * (1 + 1j)).real + np.cumsum(1j * v).imag.sum()


@program(inputs=lambda rng: (rng.normal(size=6), rng.normal(size=4)))
def filtered_in_the_frequency_domain(x, response):
    spectrum = np.fft.rfft(x) * response * np.exp(-0.3j * np.arange(4))
    power = np.abs(spectrum) ** 2
    return np.sum(np.fft.irfft(spectrum) ** 2) + np.sum(power * np.fft.rfftfreq(6)) / np.sum(power)
