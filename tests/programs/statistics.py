"""Likelihoods and losses as statisticians write them, with `scipy.special` and ufuncs that write in place."""

from __future__ import annotations

import numpy as np
from scipy import special

from tests.programs.catalogue import program


@program(
    inputs=lambda rng: (
        rng.normal(size=3), 0.8, rng.normal(size=(6, 3)), np.array([0, 3, 1, 0, 4, 2])
    )
)  # fmt: skip
def negative_binomial_with_extra_zeros(weights, dispersion, x, counts):
    mean = np.exp(x @ weights * 0.3)
    shape = 1.0 / np.log1p(np.exp(dispersion))
    log = special.gammaln(counts + shape) - special.gammaln(shape) - special.gammaln(counts + 1.0)
    log += special.xlogy(counts, mean) - special.xlogy(counts + shape, mean + shape) + shape * np.log(shape)
    zero = special.log_expit(x[:, 0])
    found = np.where(counts == 0, np.logaddexp(zero, special.log_expit(-x[:, 0]) + log), log)
    return -np.sum(found)


@program(inputs=lambda rng: (rng.normal(size=(4, 3)), rng.normal(size=(5, 4)), rng.normal(size=(5, 3))))
def softmax_with_entropy(weights, x, targets):
    p = special.softmax(x @ weights, axis=1)
    wanted = special.softmax(targets, axis=-1)
    divergence = np.add.reduce(special.rel_entr(wanted, p), axis=1)
    logs = np.zeros_like(p)
    np.log(p, out=logs, where=p > 0.2)
    np.clip(logs, -1.0, None, out=logs)
    return np.mean(divergence) + 0.1 * np.maximum.reduce(logs, axis=None) + np.sum(special.entr(p))
