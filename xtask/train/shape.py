"""What a good state is: a raw piece is brought to a sampled one, which then is the clean reference.

Spectrum: the neutral curve, a sampled tilt, a sampled smooth deviation, and more bass and treble for more percussion.
Dynamics: a sampled ratio of peak to loudness. Width: within a corridor. Loudness: anything common.
"""

from dataclasses import dataclass

import numpy as np

from dsp import block_gain, curve, filtered, gain, left_right, limited, mid_side
from features import BANDS, CENTRES_HZ, analyse, grid, lufs
from response import REGIONS

TILT_SD_DB = 0.5
"""Per octave, about 1 kHz."""
SMOOTH_SD_DB = 1.5
PERCUSSION_DB = 3.0
"""Between no drums and nothing but drums."""
WIDTH_CORRIDOR_DB = ((-40.0, -11.0), (-18.0, -5.0), (-16.0, -3.5))
"""Side over mid in the three regions."""
EVENNESS = 0.7
"""Share of the peaks and gaps between neighbouring bands that is filled: pieces of a few instruments have far larger ones
than full productions."""
OCTAVES = np.log2(CENTRES_HZ / 1000.0)


def _smooth_root():
    distance = OCTAVES[:, None] - OCTAVES[None, :]
    covariance = np.exp(-0.5 * distance**2) + 1e-6 * np.eye(BANDS)
    return np.linalg.cholesky(covariance)


SMOOTH_ROOT = _smooth_root()
"""Makes of white noise a curve whose values are alike within about an octave."""


def percussion_db(share):
    """More percussion, more bass and treble."""
    bowl = np.clip((np.abs(OCTAVES - 0.3) - 1.0) / 2.5, -0.3, 1.0)
    return PERCUSSION_DB * (share - 0.35) * bowl


def sampled_deviation_db(rng):
    """Tilt and smooth deviation from the neutral curve."""
    tilt = rng.normal(0, TILT_SD_DB) * OCTAVES
    return tilt + SMOOTH_SD_DB * (SMOOTH_ROOT @ rng.standard_normal(BANDS))


@dataclass
class Clean:
    """A piece in a good state."""

    audio: np.ndarray
    rate_hz: int
    percussion: float
    deviation_db: np.ndarray
    """What was sampled in addition to curve and percussion."""
    carries: np.ndarray
    """[40], 0…1: which bands carry something; none is added in the others."""


def _filter_for(clip, change_db):
    """Gains at the centres of the bands that, interpolated, change the power of the bands by `change_db`.

    Found step by step on the mean power spectrum, since a few lines in a band feel the gains of its neighbours.
    """
    g = grid(clip.rate_hz)
    pieces = np.lib.stride_tricks.sliding_window_view(clip.audio, g.length, axis=1)[:, :: g.length]
    power = (np.abs(np.fft.rfft(pieces * g.window.astype(np.float32))) ** 2).mean(axis=(0, 1)) + 1e-12
    before = power @ g.bands
    octaves = np.log2(np.maximum(np.arange(power.size) * clip.rate_hz / g.length, 1.0))
    gains_db = np.clip(change_db, -30, 30)
    for _ in range(8):
        after = (power * 10 ** (np.interp(octaves, np.log2(CENTRES_HZ), gains_db) / 10)) @ g.bands
        gains_db = np.clip(gains_db + 0.7 * (change_db - 10 * np.log10(after / before)), -30, 30)
    return gains_db


def _integrated(hops):
    heard = hops.k[lufs(hops.k) > lufs(hops.k.mean()) - 20]
    return lufs(heard.mean())


def shaped(clip, target_db, rng):
    """The piece in a good state."""
    hops = analyse(clip.audio, clip.rate_hz)
    total = (hops.left + hops.right).mean(axis=0) / 2
    excess = total / hops.k.mean() / 10 ** (target_db / 10)
    window = np.array([0.25, 0.75, 1.0, 0.75, 0.25])
    around = np.convolve(excess, window, "same") / np.convolve(np.ones(BANDS), window, "same")
    around_db = 10 * np.log10(around + 1e-8)
    carries = 1 / (1 + np.exp(-(around_db + 18.0) / 2.0))
    deviation_db = sampled_deviation_db(rng)
    detail_db = np.clip(10 * np.log10(excess + 1e-8) - around_db, -25, 15)
    change_db = deviation_db + percussion_db(clip.percussion) - around_db - EVENNESS * detail_db
    wanted_db = _filter_for(clip, change_db * carries)

    side = ((hops.left + hops.right - 2 * hops.cross) / 4).mean(axis=0) + 1e-15
    middle = ((hops.left + hops.right + 2 * hops.cross) / 4).mean(axis=0) + 1e-15
    power = 10 ** (wanted_db / 10)
    side_db = np.zeros(3)
    for i, (low, high) in enumerate(WIDTH_CORRIDOR_DB):
        width = 10 * np.log10((side * power) @ REGIONS[i] / ((middle * power) @ REGIONS[i]))
        if width > high or -45 < width < low:
            side_db[i] = np.clip(rng.uniform(max(low, -25), high) - width, -30, 12)
    regions = curve(CENTRES_HZ, 20 * np.log10(gain(side_db) @ REGIONS))
    equaliser = curve(CENTRES_HZ, wanted_db)
    middle, side = mid_side(clip.audio)
    audio = left_right(
        [
            filtered(middle, clip.rate_hz, equaliser),
            filtered(side, clip.rate_hz, lambda f_hz: equaliser(f_hz) * regions(f_hz)),
        ]
    )
    audio = _dynamics(audio, clip.rate_hz, rng)
    return Clean(audio, clip.rate_hz, clip.percussion, deviation_db, carries)


def _dynamics(audio, rate_hz, rng):
    """Gentle compression, peaks limited to a sampled distance from loudness, and a common loudness."""
    loudness = _integrated(analyse(audio, rate_hz))
    slope = 1 - 1 / rng.uniform(1.0, 1.8)
    threshold_db = loudness + rng.uniform(-8, 0)
    soft = lambda level_db: -slope * np.logaddexp(0.0, (level_db - threshold_db) / 3.0) * 3.0
    audio = block_gain(audio, rate_hz, soft, 0.01, rng.uniform(0.01, 0.04), rng.uniform(0.1, 0.4))
    loudness = _integrated(analyse(audio, rate_hz))
    audio = limited(audio, rate_hz, gain(loudness + rng.uniform(7, 14)))
    loudness = _integrated(analyse(audio, rate_hz))
    louder = gain(rng.uniform(-20, -9) - loudness)
    return (audio * min(louder, 0.97 / np.abs(audio).max())).astype(np.float32)
