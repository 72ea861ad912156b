"""What training makes small. All terms are in decibels in the band domain, each an average over a batch."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp

from chain import changed, examples, level_db, moved, random_curve_db
from features import BANDS, FEATURES, vector
from net import apply, normalised
from response import OUTPUT_LIMITS_DB, REGIONS, fitted_gains


@dataclass(frozen=True)
class Weights:
    """How much the terms count against the error of the spectrum."""

    harm: float = 1.0
    """Error above that of doing nothing."""
    harm_rate: float = 1.0
    """A smooth count of the pieces that got worse."""
    intervention: float = 0.05
    parameters: float = 0.03
    """Distance to the gains of the ideal fit."""
    width: float = 0.15
    uncertainty: float = 0.05
    equivariance: float = 0.05
    idempotence: float = 0.1


def soft(x):
    """Magnitude, round below a third of a decibel."""
    return jnp.sqrt(x * x + 0.09) - 0.3


def shape_error_db(difference_db, weight):
    """Mean magnitude of a difference of spectra [..., 40] whose mean is taken out."""
    share = weight / weight.sum(-1, keepdims=True)
    centred = difference_db - (share * difference_db).sum(-1, keepdims=True)
    return (share * soft(centred)).sum(-1)


def audible(level_db):
    """Weight [..., 40] of the bands: what is far below the loudness of the whole hardly counts."""
    return jax.nn.sigmoid((level_db + 55.0) / 2) + 0.02


def widths_db(s):
    """Side over mid [..., 3] in the width regions."""
    side = jnp.maximum((s.left + s.right - 2 * s.cross) / 4, 0.0) + 1e-7 * s.left + 1e-14
    mid = jnp.maximum((s.left + s.right + 2 * s.cross) / 4, 0.0) + 1e-7 * s.left + 1e-14
    return 10 * jnp.log10((side @ REGIONS.T) / (mid @ REGIONS.T))


@dataclass(frozen=True)
class Variety:
    """What keeps the nets from knowing the pieces by heart."""

    rough_db: float = 1.5
    """What each band of a good state differs by on its own."""
    ends: float = 1.0
    """1 lets some pieces end early at the bottom or at the top."""
    blur: float = 1.0
    """Noise on all inputs but the levels of the bands, in deviations."""


PLAIN = Variety(0.0, 0.0, 0.0)
"""The pieces as they are, to validate with."""


def terms(layers, key, batch, target_db, scale, variety=PLAIN):
    """Every term on its own, and what validation wants to know."""
    heard, clean, facts = batch
    make, other, blurring = jax.random.split(key, 3)
    heard, clean = examples(make, heard, clean, facts, variety.rough_db, variety.ends)
    clean_db = level_db(clean)
    weight = audible(clean_db)
    blur = variety.blur * jax.random.normal(blurring, (weight.shape[0], FEATURES)) * (jnp.arange(FEATURES) >= BANDS)
    inputs = lambda s: normalised(vector(s, target_db, jnp), *scale) + blur
    moves, log_variance = apply(layers, inputs(heard))
    after = moved(heard, moves)

    error_db = level_db(heard) - clean_db
    before = shape_error_db(error_db, weight)
    now = shape_error_db(level_db(after) - clean_db, weight)
    worse = now - before

    clean_widths = widths_db(clean)
    has_width = jax.nn.sigmoid((clean_widths + 35.0) / 2)
    width_error = widths_db(heard) - clean_widths
    width_before = (has_width * soft(width_error)).mean(-1)
    width_now = (has_width * soft(widths_db(after) - clean_widths)).mean(-1)

    ideal = fitted_gains(jax.lax.stop_gradient(-error_db), weight, jnp)
    ideal_sides = jnp.clip(-width_error, -OUTPUT_LIMITS_DB[10:], OUTPUT_LIMITS_DB[10:]) * has_width
    ideal = jax.lax.stop_gradient(jnp.concatenate([ideal, ideal_sides], -1))
    miss = jax.lax.stop_gradient(moves) - ideal
    likelihood = 0.5 * (log_variance + miss**2 * jnp.exp(-log_variance))

    extra_db = 0.5 * random_curve_db(other, moves.shape[0])
    flat = jnp.zeros_like(extra_db)
    shifted, _ = apply(layers, inputs(changed(heard, extra_db, flat)))
    still = level_db(moved(changed(heard, extra_db, flat), shifted)) - level_db(after)
    again, _ = apply(layers, inputs(jax.lax.stop_gradient(after)))

    return {
        "spectrum": now,
        "harm": jax.nn.relu(worse) + jax.nn.relu(width_now - width_before) * 0.15,
        "harm_rate": jax.nn.sigmoid((worse - 0.05) / 0.05),
        "intervention": jnp.abs(moves).mean(-1),
        "parameters": soft(moves - ideal).mean(-1),
        "width": width_now,
        "uncertainty": likelihood.mean(-1),
        "equivariance": shape_error_db(still, weight),
        "idempotence": jnp.abs(again).mean(-1),
        # Not part of the loss:
        "before": before,
        "width_before": width_before,
        "largest": jnp.abs(moves[..., :10]).max(-1),
        "miss": miss,
        "log_variance": log_variance,
    }


def total(layers, key, batch, target_db, scale, weights, variety):
    """The loss of a batch."""
    found = terms(layers, key, batch, target_db, scale, variety)
    return found["spectrum"].mean() + sum(
        getattr(weights, name) * found[name].mean() for name in weights.__dataclass_fields__
    )
