"""What makes a good piece worse. Training knows the first family of degradations, evaluation adds the second.

Spectral ones are curves, so that training can apply them to band powers and evaluation to audio from the same numbers.
"""

from dataclasses import dataclass, field

import numpy as np

from dsp import block_gain, curve, db, filtered, gain, left_right, low_pass, mid_side
from response import bell_db, high_shelf_db, low_shelf_db, region_shares

UNTOUCHED = 0.3
"""Share of the examples that stay as they are."""


def in_family_curve(rng, f_hz):
    """Response in decibels of one to four bells, and often a tilt or a shelf."""
    response = np.zeros(np.shape(f_hz))
    for _ in range(rng.integers(1, 5)):
        centre, q = np.exp(rng.uniform(np.log(40), np.log(14_000))), np.exp(rng.uniform(np.log(0.4), np.log(2.5)))
        response = response + bell_db(f_hz, centre, q, rng.choice([-1, 1]) * rng.uniform(2, 6))
    kind = rng.integers(4)
    amount = rng.choice([-1, 1]) * rng.uniform(1.5, 4)
    if kind == 1:
        response = response + amount * np.clip(np.log2(f_hz / 1000.0) / 4.0, -1.2, 1.2)
    elif kind == 2:
        response = response + low_shelf_db(f_hz, rng.uniform(80, 400), 0.71, amount)
    elif kind == 3:
        response = response + high_shelf_db(f_hz, rng.uniform(2000, 10_000), 0.71, amount)
    return response


def in_family_side_db(rng):
    """Side gains in the three regions: none, the same, or one region on its own."""
    kind = rng.integers(4)
    if kind < 2:
        return np.zeros(3)
    if kind == 2:
        return np.full(3, rng.uniform(-3, 3))
    return rng.uniform(-3, 3) * np.eye(3)[rng.integers(3)]


@dataclass
class Degradation:
    """A name, and what to do to audio [2, n] at a rate."""

    name: str
    apply: object
    in_family: bool
    facts: dict = field(default_factory=dict)


def with_curve(audio, rate_hz, curve_db_of):
    """`audio` through a response given in decibels at any frequency."""
    return filtered(audio, rate_hz, lambda f_hz: gain(curve_db_of(np.maximum(f_hz, 5.0))))


def with_side_gain(audio, rate_hz, side_db):
    """`audio` with other side gains in the three regions."""
    if not np.any(side_db):
        return audio
    middle, side = mid_side(audio)
    side = filtered(side, rate_hz, lambda f_hz: gain(side_db) @ region_shares(np.maximum(f_hz, 1.0)))
    return left_right([middle, side])


def compressed(audio, rate_hz, rng):
    """Plainly too much compression, or a little."""
    level_db = db((audio**2).mean())
    threshold_db, slope = level_db + rng.uniform(-8, 2), 1 - 1 / rng.uniform(1.5, 5)
    soft = lambda x: -slope * np.logaddexp(0.0, (x - threshold_db) / 2.0) * 2.0
    return block_gain(audio, rate_hz, soft, 0.005, rng.uniform(0.002, 0.03), rng.uniform(0.05, 0.4))


def in_family(rng):
    """A sampled degradation of the family that training knows."""
    seed, compress = int(rng.integers(2**31)), rng.random() < 0.35
    spectral = rng.random() < 0.85
    side_db, level_db = in_family_side_db(rng), rng.uniform(-12, 12)

    def apply(audio, rate_hz):
        if spectral:
            audio = with_curve(audio, rate_hz, lambda f_hz: in_family_curve(np.random.default_rng(seed), f_hz))
        audio = with_side_gain(audio, rate_hz, side_db)
        if compress:
            audio = compressed(audio, rate_hz, np.random.default_rng(seed + 1))
        return audio * np.float32(gain(level_db))

    names = [word for word, on in (("eq", spectral), ("side", np.any(side_db)), ("comp", compress)) if on]
    return Degradation("+".join(names) or "level", apply, True, {"level_db": level_db})


def _fir_tilt(audio, rate_hz, rng):
    """A random smooth curve: a random walk over octaves, bent, up to about ±6 dB."""
    points = np.exp2(np.linspace(np.log2(30), np.log2(18_000), 9))
    walk = np.cumsum(rng.normal(0, 1.6, points.size))
    return filtered(audio, rate_hz, curve(points, np.clip(walk - walk.mean(), -7, 7)))


def _resonances(audio, rate_hz, rng):
    """One to three narrow peaks."""
    peaks = [(np.exp(rng.uniform(np.log(100), np.log(8000))), rng.uniform(5, 20), rng.uniform(5, 11))]
    peaks += [(np.exp(rng.uniform(np.log(100), np.log(8000))), rng.uniform(5, 20), rng.uniform(4, 9)) for _ in range(rng.integers(3))]
    return with_curve(audio, rate_hz, lambda f_hz: sum(bell_db(f_hz, f, q, g) for f, q, g in peaks))


def _comb(audio, rate_hz, rng):
    """A short echo of the piece itself."""
    delay_s, depth = rng.uniform(0.0004, 0.005), rng.uniform(0.3, 0.8)
    return filtered(audio, rate_hz, lambda f_hz: np.abs(1 + depth * np.exp(-2j * np.pi * f_hz * delay_s)))


def _clip(audio, rate_hz, rng):
    """Hard clipping of the highest peaks."""
    ceiling = np.abs(audio).max() * gain(-rng.uniform(3, 9))
    return np.clip(audio, -ceiling, ceiling)


def _expand(audio, rate_hz, rng):
    """Upward expansion: loud passages louder."""
    level_db = db((audio**2).mean())
    ratio = rng.uniform(0.3, 0.8)
    expand = lambda x: np.clip((x - level_db) * ratio, 0, 8)
    return block_gain(audio, rate_hz, expand, 0.01, 0.1, 0.02)


def _bass_smear(audio, rate_hz, rng):
    """Bass thrown to the sides: opposite delays below 250 Hz."""
    low = filtered(audio, rate_hz, low_pass(250.0, 3))
    lag = int(rng.uniform(0.002, 0.006) * rate_hz)
    moved = low.copy()
    moved[0, lag:] = low[1, :-lag]
    return audio - 0.7 * low + 0.7 * moved


def _dull(audio, rate_hz, rng):
    """Nothing above 16 kHz, as after a lossy codec."""
    return filtered(audio, rate_hz, low_pass(rng.uniform(14_500, 16_500), 24))


def _noise(audio, rate_hz, rng):
    """A noise floor."""
    level = np.sqrt((audio**2).mean()) * gain(-rng.uniform(25, 45))
    return audio + np.float32(level) * rng.standard_normal(audio.shape).astype(np.float32)


def _offset(audio, rate_hz, rng):
    """A constant offset."""
    return audio + np.float32(rng.choice([-1, 1]) * rng.uniform(0.01, 0.05) * np.abs(audio).max())


HELD_OUT = {
    "fir_tilt": _fir_tilt,
    "resonances": _resonances,
    "comb": _comb,
    "clip": _clip,
    "expansion": _expand,
    "bass_smear": _bass_smear,
    "low_pass_16k": _dull,
    "noise_floor": _noise,
    "dc": _offset,
}


def held_out(name, rng):
    """A degradation that training never saw, at a random level."""
    seed, level_db = int(rng.integers(2**31)), rng.uniform(-12, 12)

    def apply(audio, rate_hz):
        worse = HELD_OUT[name](audio, rate_hz, np.random.default_rng(seed))
        return (worse * gain(level_db)).astype(np.float32)

    return Degradation(name, apply, False, {"level_db": level_db})


def untouched():
    """No degradation at all."""
    return Degradation("untouched", lambda audio, rate_hz: audio, True)
