"""A neural network that reads handwritten digits; its loss is one plain function.

    python examples/digits_mlp.py

64 pixels, 50 hidden units with ReLU, 10 classes with softmax cross-entropy. The network is nothing but the
function `loss`; the training loop asks `value_with_gradient` for the derivative by its four arrays.
"""

from __future__ import annotations

import itertools
import time
from typing import NamedTuple

import numpy as np
from sklearn.datasets import load_digits

from autodiff_compiler import value_with_gradient

HIDDEN = 50
EPOCHS = 30
BATCH = 32
RATE = 0.5
TRAINING = 1437  # of the 1797 images; the others are kept for the test


class Result(NamedTuple):
    """The share of test images read correctly, and how long training took, compilation included."""

    accuracy: float
    seconds: float


def scores_of(w1, b1, w2, b2, images):
    """One row per image, one column per digit: the higher, the likelier."""
    hidden = np.maximum(images @ w1 + b1, 0.0)
    return hidden @ w2 + b2


def loss(w1, b1, w2, b2, images, digits):
    """The mean of -log(probability of the right digit)."""
    scores = scores_of(w1, b1, w2, b2, images)
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    totals = np.log(np.sum(np.exp(shifted), axis=1))
    surprise = 0.0
    for i in range(len(digits)):
        surprise += totals[i] - shifted[i, digits[i]]
    return surprise / len(digits)


def train(images: np.ndarray, digits: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """The four arrays of the network after mini-batch gradient descent."""
    sizes = (images.shape[1], HIDDEN, 10)
    w1, w2 = (rng.normal(0.0, np.sqrt(2 / m), size=(m, n)) for m, n in itertools.pairwise(sizes))
    network = [w1, np.zeros(HIDDEN), w2, np.zeros(10)]
    step = value_with_gradient(of=loss, wrt=("w1", "b1", "w2", "b2"))
    for epoch in range(EPOCHS):
        values = []
        order = rng.permutation(len(digits))
        for start in range(0, len(digits), BATCH):
            batch = order[start : start + BATCH]
            value, uphill = step(*network, images[batch], digits[batch])
            network = [array - RATE * up for array, up in zip(network, uphill, strict=True)]
            values.append(value)
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1:3}   mean loss {np.mean(values):.4f}")
    return network


def main() -> Result:
    """Train on most of the images and read the others."""
    rng = np.random.default_rng(0)
    images, digits = load_digits(return_X_y=True)
    order = rng.permutation(len(digits))
    images, digits = images[order] / 16.0, digits[order]
    start = time.perf_counter()
    network = train(images[:TRAINING], digits[:TRAINING], rng)
    seconds = time.perf_counter() - start
    read = scores_of(*network, images[TRAINING:]).argmax(axis=1)
    accuracy = float(np.mean(read == digits[TRAINING:]))
    print(f"{accuracy:.1%} of the test images read correctly, after {seconds:.1f} seconds of training")
    return Result(accuracy, seconds)


if __name__ == "__main__":
    main()
