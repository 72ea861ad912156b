"""The analysis of the listener, number for number as the plugin does it: audio -> bands -> averages -> 134 features.

`analyse` turns audio into values per hop, `snapshots` runs the averages over them, `vector` makes the features of what
the averages hold. `vector` takes the array module, so that training can make features of changed band powers.
"""

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from scipy.signal import lfilter

BANDS = 40
FEATURES = 134
HOP_S = 0.1
EDGES_HZ = 20.0 * 1000.0 ** (np.arange(BANDS + 1) / BANDS)
CENTRES_HZ = np.sqrt(EDGES_HZ[:-1] * EDGES_HZ[1:])
ZONES = ((0, 12), (12, 23), (23, 33), (33, 40))
HISTORY = 600
"""Heard hops that percentiles and extremes look back over."""
TOO_SOFT = 300
"""Hops of sound below the relative gate after which loudness is counted anew."""


def k_squared(f_hz, rate_hz):
    """Squared magnitude of the two sections of ITU-R BS.1770 designed for a sample rate."""
    z = np.exp(-2j * np.pi * np.asarray(f_hz) / rate_hz)
    k, q = np.tan(np.pi * 1681.974451 / rate_hz), 0.707175236955
    vh = 10.0 ** (3.99984385397 / 20.0)
    vb = vh**0.499666774155
    shelf = ((vh + vb * k / q + k * k) + 2 * (k * k - vh) * z + (vh - vb * k / q + k * k) * z**2) / (
        (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2
    )
    k, q = np.tan(np.pi * 38.135470876 / rate_hz), 0.500327037325
    a0 = 1 + k / q + k * k
    high_pass = (1 - 2 * z + z**2) / (1 + 2 * (k * k - 1) / a0 * z + (1 - k / q + k * k) / a0 * z**2)
    return np.abs(shelf * high_pass) ** 2


K_CENTRES = k_squared(CENTRES_HZ, 48_000.0)
"""K weight of the bands, for curves and for estimates of how a filter changes loudness."""


def lufs(power):
    """Loudness of a K-weighted power that is the sum of both channels."""
    return -0.691 + 10.0 * np.log10(np.maximum(power, 1e-30))


@dataclass
class Grid:
    """What depends on the sample rate alone."""

    step: int
    length: int
    window: np.ndarray
    bands: np.ndarray
    """[bins, 40]: share of each bin in each band, times the scale of the power spectrum."""
    k: np.ndarray
    """[bins]: K weight times the scale of the power spectrum."""


@lru_cache
def grid(rate_hz):
    """The frames and bands for a sample rate."""
    length = 1 << int(np.ceil(np.log2(0.08 * rate_hz)))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    bins = np.arange(length // 2 + 1)
    scale = np.full(bins.size, 2.0 / (length * (window**2).sum()))
    scale[[0, -1]] /= 2
    df = rate_hz / length
    low, high = (bins - 0.5) * df, (bins + 0.5) * df
    overlap = np.minimum(high[:, None], EDGES_HZ[1:]) - np.maximum(low[:, None], EDGES_HZ[:-1])
    bands = np.maximum(overlap, 0.0) / df * scale[:, None]
    return Grid(int(np.floor(rate_hz * 0.05 + 0.5)), length, window, bands, k_squared(bins * df, rate_hz) * scale)


@dataclass
class Hops:
    """Values of every hop of 100 ms: powers of left, right and their product in the bands, K power, largest sample."""

    left: np.ndarray
    right: np.ndarray
    cross: np.ndarray
    k: np.ndarray
    peak: np.ndarray
    frame_k: np.ndarray
    """K power of the frames, two for each hop."""

    def part(self, start, end):
        """The hops from `start` to before `end`."""
        cut = {f.name: getattr(self, f.name)[start:end] for f in fields(self) if f.name != "frame_k"}
        return Hops(**cut, frame_k=self.frame_k[2 * start : 2 * end])


def analyse(audio, rate_hz):
    """The hops of `audio` [2, n]."""
    g = grid(rate_hz)
    hops = audio.shape[-1] // (2 * g.step)
    frames = 2 * hops
    padded = np.zeros((2, g.length + frames * g.step))
    padded[:, g.length :] = audio[:, : frames * g.step]
    pieces = np.lib.stride_tricks.sliding_window_view(padded, g.length, axis=1)[:, g.step :: g.step][:, :frames]
    left, right = (np.fft.rfft(channel * g.window) for channel in pieces)
    left_power, right_power = (x.real**2 + x.imag**2 for x in (left, right))
    product = left.real * right.real + left.imag * right.imag

    def pairs(values):
        return values.reshape(hops, 2, *values.shape[1:]).mean(axis=1)

    frame_k = (left_power + right_power) @ g.k
    peak = np.abs(audio[:, : frames * g.step]).max(axis=0).reshape(hops, -1).max(axis=1)
    return Hops(
        *(pairs(p @ g.bands) for p in (left_power, right_power, product)), pairs(frame_k), peak, frame_k
    )


@dataclass
class Snapshot:
    """What the averages hold at one moment: all that the features are made of."""

    left: np.ndarray
    right: np.ndarray
    cross: np.ndarray
    """Averages over 30 s in the bands."""
    total_3s: np.ndarray
    k: np.ndarray
    k_3s: np.ndarray
    rest: np.ndarray
    """Features that no filter changes, at least to first order: `REST` of them in the order of the vector."""


REST = 20 + 3 + 6
"""Band crests, percentiles, then range, PSR, PLR, flux, onsets, floor."""


def moving_mean(values, count):
    """Mean of the latest `count` values at each place, of fewer at the start."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, values.size + 1)
    starts = np.maximum(ends - count, 0)
    return (total[ends] - total[starts]) / (ends - starts)


def average(values, tau_s):
    """Exponential average with its start-up weight taken out, along the first axis."""
    a = 1.0 - np.exp(-HOP_S / tau_s)
    weight = 1.0 - (1.0 - a) ** np.arange(1, values.shape[0] + 1)
    return lfilter([a], [1.0, a - 1.0], values, axis=0) / weight.reshape(-1, *[1] * (values.ndim - 1))


def heard_hops(k, momentary):
    """Which hops the gate lets through. After 30 s of sound that was all too soft, loudness is counted anew, so that
    neither a fault nor a louder programme before keeps the ears shut for ever."""
    heard = np.zeros(k.size, dtype=bool)
    total, count, too_soft = 0.0, 0, 0
    for i, m in enumerate(momentary):
        if m <= -50.0:
            continue
        if count > 0 and m <= lufs(total / count) - 20.0:
            too_soft += 1
            if too_soft < TOO_SOFT:
                continue
            total, count = 0.0, 0
        heard[i] = True
        total, count, too_soft = total + k[i], count + 1, 0
    return heard


def onsets_of(frame_k):
    """Which frames are onsets: louder than four times the mean of the four before, and the one before was none."""
    padded = np.concatenate([np.zeros(4), frame_k])
    # Not differences of one running sum: their rounding would be louder than silence.
    loud = frame_k > padded[:-4] + padded[1:-3] + padded[2:-2] + padded[3:-1]
    onsets = np.zeros(frame_k.size, dtype=bool)
    for i in range(frame_k.size):
        onsets[i] = loud[i] and not (i > 0 and onsets[i - 1])
    return onsets


def snapshots(hops, ends):
    """The averages after each of `ends` hops (counted from the start of `hops`); None where nothing was heard yet."""
    total = (hops.left + hops.right) / 2
    momentary = lufs(moving_mean(hops.k, 4))
    short_term = lufs(moving_mean(hops.k, 30))
    heard = heard_hops(hops.k, momentary)
    counts = np.cumsum(heard)
    if not heard.any():
        return [None for _ in ends]
    previous = np.vstack([total[:1], total[:-1]])
    floor = 1e-3 * total.mean(axis=1, keepdims=True) + 1e-15
    flux = np.maximum(0.0, 10 * np.log10((total + floor) / (previous + floor))).mean(axis=1)
    onset_rate = onsets_of(hops.frame_k).reshape(-1, 2).sum(axis=1) / HOP_S
    long_term = [average(p[heard], 30.0) for p in (hops.left, hops.right, hops.cross)]
    total_3s = average(total[heard], 3.0)
    k, k_3s = (average(hops.k[heard], tau) for tau in (30.0, 3.0))
    flux, onset_rate = average(flux[heard], 3.0), average(onset_rate[heard], 10.0)
    doubles = total[heard].reshape(-1, BANDS // 2, 2).sum(axis=2)
    fade = np.arange(doubles.shape[0])[:, None] * (HOP_S / 30.0)
    highest = np.exp(np.maximum.accumulate(np.log(doubles + 1e-30) + fade, axis=0) - fade)
    doubles_mean = average(doubles, 30.0)
    m_heard, s_heard, peak_heard = momentary[heard], short_term[heard], hops.peak[heard]
    found = []
    for end in ends:
        n = counts[end - 1] - 1
        if n < 0:
            found.append(None)
            continue
        now = np.flatnonzero(heard[:end])[-1]
        window = slice(max(0, n + 1 - HISTORY), n + 1)
        level = lufs(k[n])
        crest = 10 * np.log10((highest[n] + 1e-8 * k[n]) / (doubles_mean[n] + 1e-8 * k[n]))
        s_low, s_high = np.percentile(s_heard[window], [10, 95])
        peak_db = 20 * np.log10(max(hops.peak[max(0, now - 29) : now + 1].max(), 1e-10))
        loudest_db = 20 * np.log10(max(peak_heard[window].max(), 1e-10))
        rest = np.concatenate(
            [
                np.clip(crest, 0, 30),
                np.percentile(m_heard[window], [10, 50, 95]) - level,
                [
                    s_high - s_low if n + 1 >= 30 else 0.0,
                    np.clip(peak_db - short_term[now], 0, 40),
                    np.clip(loudest_db - level, 0, 40),
                    np.clip(flux[n], 0, 20),
                    onset_rate[n],
                    np.clip(m_heard[window].min() - level, -60, 0),
                ],
            ]
        )
        found.append(Snapshot(*(p[n] for p in long_term), total_3s[n], k[n], k_3s[n], rest))
    return found


def vector(s, target_db, xp=np):
    """The 134 features of a snapshot, or of many at once with leading axes; `xp` is numpy or its twin in JAX."""
    total = (s.left + s.right) / 2
    level = 10 * xp.log10(total / s.k[..., None] + 1e-8)
    level_3s = 10 * xp.log10(s.total_3s / s.k_3s[..., None] + 1e-8)
    mid = (s.left + s.right + 2 * s.cross) / 4
    side = (s.left + s.right - 2 * s.cross) / 4
    mid, side = (p.reshape(*p.shape[:-1], BANDS // 2, 2).sum(axis=-1) for p in (mid, side))
    e = 1e-6 * (side + mid) + 1e-10 * s.k[..., None]
    width = 10 * xp.log10(xp.maximum((side + e) / (mid + e), 1e-9))
    correlation = [
        s.cross[..., a:b].sum(axis=-1)
        / (xp.sqrt(s.left[..., a:b].sum(axis=-1) * s.right[..., a:b].sum(axis=-1)) + 1e-10 * s.k)
        for a, b in ZONES
    ]
    air = level[..., 37:40].mean(axis=-1) - level[..., 30:35].mean(axis=-1)
    return xp.concatenate(
        [
            xp.clip(level - target_db, -30, 30),
            xp.clip(level_3s - level, -20, 20),
            s.rest[..., :20],
            xp.clip(width, -30, 10),
            xp.clip(xp.stack(correlation, axis=-1), -1, 1),
            s.rest[..., 20:29],
            xp.clip(air, -60, 20)[..., None],
        ],
        axis=-1,
    )


def measure(audio, rate_hz, target_db):
    """The features after all of `audio`, as the plugin would have them: float32, zeros when nothing was heard."""
    hops = analyse(audio, rate_hz)
    last = snapshots(hops, [hops.k.size])[0] if hops.k.size else None
    return np.zeros(FEATURES, np.float32) if last is None else vector(last, target_db).astype(np.float32)
