"""Basic signal arithmetic that both song families, the shaping and the degradations use."""

import numpy as np
from scipy import fft

EPSILON = 1e-20


def db(power):
    """Decibels of a power."""
    return 10.0 * np.log10(np.maximum(power, EPSILON))


def gain(decibels):
    """Amplitude of a level in decibels."""
    return 10.0 ** (np.asarray(decibels) / 20.0)


def filtered(audio, rate_hz, response):
    """`audio` [..., n] through the zero-phase filter `response(f_hz) -> amplitude`, by one long transform."""
    count = audio.shape[-1]
    length = fft.next_fast_len(count + int(rate_hz) // 2, real=True)
    spectrum = fft.rfft(audio, length)
    f_hz = fft.rfftfreq(length, 1.0 / rate_hz)
    spectrum *= np.asarray(response(f_hz), dtype=audio.dtype)
    return fft.irfft(spectrum, length)[..., :count].astype(audio.dtype)


def convolved(audio, impulse):
    """`audio` [..., n] with the impulse response `impulse` [..., m], cut to n samples."""
    count = audio.shape[-1]
    length = fft.next_fast_len(count + impulse.shape[-1], real=True)
    product = fft.rfft(audio, length) * fft.rfft(impulse, length)
    return fft.irfft(product, length)[..., :count].astype(audio.dtype)


def curve(points_hz, points_db):
    """A response for `filtered`: decibels at some frequencies, straight in log frequency between them."""
    log_points = np.log2(np.maximum(np.asarray(points_hz, dtype=float), 1e-3))
    decibels = np.asarray(points_db, dtype=float)

    def response(f_hz):
        return gain(np.interp(np.log2(np.maximum(f_hz, 1e-3)), log_points, decibels))

    return response


def low_pass(corner_hz, order=2):
    """Magnitude of a Butterworth low-pass."""
    return lambda f_hz: 1.0 / np.sqrt(1.0 + (f_hz / corner_hz) ** (2 * order))


def high_pass(corner_hz, order=2):
    """Magnitude of a Butterworth high-pass."""
    return lambda f_hz: 1.0 / np.sqrt(1.0 + (corner_hz / np.maximum(f_hz, 1e-3)) ** (2 * order))


def add_at(track, place, sound):
    """Adds `sound` [..., m] to `track` [..., n] from sample `place` on, as far as there is room."""
    end = min(track.shape[-1], place + sound.shape[-1])
    if 0 <= place < end:
        track[..., place:end] += sound[..., : end - place]


def mid_side(audio):
    """Left and right as middle and side."""
    return np.stack([(audio[0] + audio[1]) / 2, (audio[0] - audio[1]) / 2])


def left_right(mid_and_side):
    """Middle and side as left and right."""
    return np.stack([mid_and_side[0] + mid_and_side[1], mid_and_side[0] - mid_and_side[1]])


def block_gain(audio, rate_hz, gain_of_level_db, block_s, attack_s, release_s):
    """`audio` [2, n] times a gain that depends on its level in blocks: `gain_of_level_db(level_db) -> gain_db`.

    The gain in decibels is smoothed with two time constants and interpolated between the blocks.
    """
    block = max(1, int(block_s * rate_hz))
    count = audio.shape[-1]
    blocks = -(-count // block)
    padded = np.zeros((2, blocks * block))
    padded[:, :count] = audio
    level_db = db((padded.reshape(2, blocks, block) ** 2).mean(axis=(0, 2)))
    wanted_db = gain_of_level_db(level_db)
    attack, release = (1.0 - np.exp(-block_s / t) for t in (attack_s, release_s))
    smooth_db, now = np.empty(blocks), 0.0
    for i, wanted in enumerate(wanted_db):
        now += (attack if wanted < now else release) * (wanted - now)
        smooth_db[i] = now
    places = (np.arange(blocks) + 0.5) * block
    return (audio * gain(np.interp(np.arange(count), places, smooth_db))).astype(audio.dtype)


def limited(audio, rate_hz, ceiling):
    """`audio` [2, n] kept below `ceiling` by a smooth gain that looks 3 ms ahead."""
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    reach = int(0.003 * rate_hz)
    peak = np.maximum(np.abs(audio).max(axis=0), EPSILON)
    wanted = np.minimum(1.0, ceiling / peak)
    if wanted.min() >= 1.0:
        return audio
    held = minimum_filter1d(wanted, 2 * reach + 1)
    return (audio * uniform_filter1d(held, 2 * reach + 1)).astype(audio.dtype)
