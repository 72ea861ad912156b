"""The net: 134 features -> 96 -> 96 -> 64 -> 13 moves in decibels and 13 logarithms of a variance, ReLU between.

Features are brought to zero mean and unit deviation and cut off at `CUT` deviations; the moves are bounded by a tanh.
"""

import jax
import jax.numpy as jnp
import numpy as np

from features import FEATURES
from response import OUTPUT_LIMITS_DB, OUTPUTS

SIZES = (FEATURES, 96, 96, 64, 2 * OUTPUTS)
CUT = 5.0
LOG_VARIANCE = (-6.0, 4.0)


def start(key):
    """Random weights; the last layer begins near zero, so that the first proposal is to do nothing."""
    layers = []
    for i, (inputs, outputs) in enumerate(zip(SIZES, SIZES[1:])):
        key, own = jax.random.split(key)
        scale = np.sqrt(2.0 / inputs) * (0.05 if i == len(SIZES) - 2 else 1.0)
        layers.append((scale * jax.random.normal(own, (inputs, outputs)), jnp.zeros(outputs)))
    return layers


def normalised(features, mean, deviation):
    """What the first layer sees."""
    return jnp.clip((features - mean) / deviation, -CUT, CUT)


def apply(layers, x):
    """Moves [..., 13] and log variances [..., 13] of normalised features."""
    for weight, bias in layers[:-1]:
        x = jax.nn.relu(x @ weight + bias)
    weight, bias = layers[-1]
    x = x @ weight + bias
    moves = OUTPUT_LIMITS_DB * jnp.tanh(x[..., :OUTPUTS] / OUTPUT_LIMITS_DB)
    return moves, jnp.clip(x[..., OUTPUTS:], *LOG_VARIANCE)


def count(layers):
    """Numbers in the net."""
    return sum(w.size + b.size for w, b in layers)
