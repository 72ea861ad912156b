"""How far a master is from the clean reference. Written apart from the listener's analysis, so that neither flatters the
other: gated loudness by filters, spectra by Welch's method in thirds of octaves."""

import numpy as np
from scipy.signal import lfilter, resample_poly

THIRDS_HZ = 1000.0 * 2.0 ** (np.arange(-16, 13) / 3)
"""25 Hz to 16 kHz."""
FAINT_DB = -60.0
"""Bands of the reference this far below its loudest one are left out."""


def _k_sections(rate_hz):
    k, q = np.tan(np.pi * 1681.974451 / rate_hz), 0.707175236955
    vh = 10 ** (3.99984385397 / 20)
    vb = vh**0.499666774155
    a0 = 1 + k / q + k * k
    shelf = ([(vh + vb * k / q + k * k) / a0, 2 * (k * k - vh) / a0, (vh - vb * k / q + k * k) / a0],
             [1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])
    k, q = np.tan(np.pi * 38.135470876 / rate_hz), 0.500327037325
    a0 = 1 + k / q + k * k
    return shelf, ([1, -2, 1], [1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])


def _windows(audio, rate_hz, seconds):
    """Loudness of overlapping windows every 100 ms."""
    weighted = audio
    for b, a in _k_sections(rate_hz):
        weighted = lfilter(b, a, weighted, axis=-1)
    hop = rate_hz // 10
    power = (weighted[:, : weighted.shape[1] // hop * hop].reshape(2, -1, hop) ** 2).mean(-1).sum(0)
    count = int(round(seconds * 10))
    mean = np.convolve(power, np.ones(count) / count, "valid")
    return -0.691 + 10 * np.log10(np.maximum(mean, 1e-12))


def _mean_lufs(levels):
    return 10 * np.log10((10 ** (levels / 10)).mean())


def loudness_lufs(audio, rate_hz):
    """Integrated loudness with both gates of BS.1770."""
    levels = _windows(audio, rate_hz, 0.4)
    levels = levels[levels > -70]
    if levels.size == 0:
        return -70.0
    return _mean_lufs(levels[levels > _mean_lufs(levels) - 10])


def range_lu(audio, rate_hz):
    """Loudness range of EBU Tech 3342."""
    levels = _windows(audio, rate_hz, 3.0)
    levels = levels[levels > -70]
    if levels.size == 0:
        return 0.0
    levels = levels[levels > _mean_lufs(levels) - 20]
    low, high = np.percentile(levels, [10, 95])
    return high - low


def true_peak_db(audio):
    """Largest magnitude of the fourfold oversampled signal, dBTP."""
    return 20 * np.log10(max(np.abs(resample_poly(audio, 4, 1, axis=-1)).max(), 1e-9))


def thirds_db(audio, rate_hz):
    """Long-term average spectrum of both channels in thirds of octaves."""
    length, hop = 16_384, 8192
    pieces = np.lib.stride_tricks.sliding_window_view(audio, length, axis=-1)[:, ::hop]
    power = (np.abs(np.fft.rfft(pieces * np.hanning(length))) ** 2).mean(axis=1).sum(axis=0)
    f_hz = np.fft.rfftfreq(length, 1 / rate_hz)
    step = f_hz[1]
    edges = np.concatenate([THIRDS_HZ * 2 ** (-1 / 6), [THIRDS_HZ[-1] * 2 ** (1 / 6)]])
    whole = np.interp(edges, f_hz + step / 2, np.cumsum(power))
    return 10 * np.log10(np.maximum(np.diff(whole), 1e-20))


def shape_difference_db(a_db, b_db, reference_db):
    """Difference of two spectra in the bands that the reference has, its mean taken out."""
    there = reference_db > reference_db.max() + FAINT_DB
    difference = (a_db - b_db)[there]
    return difference - difference.mean()


def _spectrogram(audio, length):
    hop = length // 4
    pieces = np.lib.stride_tricks.sliding_window_view(audio, length, axis=-1)[:, ::hop]
    return np.abs(np.fft.rfft(np.ascontiguousarray(pieces, dtype=np.float32) * np.hanning(length).astype(np.float32)))


def stft_distance(audio, reference):
    """Multi-resolution STFT distance: spectral convergence plus mean difference of logarithms."""
    count, found = min(audio.shape[1], reference.shape[1]), []
    for length in (512, 2048, 8192):
        a, b = (_spectrogram(x[:, :count], length) for x in (audio, reference))
        found.append(np.linalg.norm(a - b) / np.linalg.norm(b) + np.abs(np.log((a + 1e-5) / (b + 1e-5))).mean())
    return float(np.mean(found))


def width_db(audio):
    """Side over mid."""
    mid, side = audio[0] + audio[1], audio[0] - audio[1]
    return 10 * np.log10((np.mean(side**2) + 1e-12) / (np.mean(mid**2) + 1e-12))


def centroid_hz(audio_thirds_db):
    """Centre of the long-term spectrum."""
    power = 10 ** (audio_thirds_db / 10)
    return (THIRDS_HZ * power).sum() / power.sum()


class Measured:
    """What is needed of a piece, measured once."""

    def __init__(self, audio, rate_hz, peaks=True):
        self.audio, self.rate_hz = np.asarray(audio, dtype=np.float64), rate_hz
        self.loudness_lufs = loudness_lufs(self.audio, rate_hz)
        self.thirds_db = thirds_db(self.audio, rate_hz)
        self.range_lu = range_lu(self.audio, rate_hz)
        self.true_peak_db = true_peak_db(audio)
        self.crest_db = 20 * np.log10(np.abs(audio).max() / np.sqrt((self.audio**2).mean()))
        self.width_db = width_db(self.audio)

    @property
    def plr_db(self):
        return self.true_peak_db - self.loudness_lufs


def compare(made, heard, clean):
    """Every metric of a master against the clean piece; `heard` is what it was made from.

    Spectra, dynamics and width do not depend on level. The STFT distance is taken at the loudness of the clean piece.
    """
    error_db = shape_difference_db(made.thirds_db, clean.thirds_db, clean.thirds_db)
    moved_db = shape_difference_db(made.thirds_db, heard.thirds_db, clean.thirds_db)
    matched = made.audio * 10 ** ((clean.loudness_lufs - made.loudness_lufs) / 20)
    return {
        "spectrum_error_db": np.abs(error_db).mean(),
        "stft_distance": stft_distance(matched, clean.audio),
        "centroid_error_hz": abs(centroid_hz(made.thirds_db) - centroid_hz(clean.thirds_db)),
        "crest_error_db": abs(made.crest_db - clean.crest_db),
        "plr_error_db": abs(made.plr_db - clean.plr_db),
        "range_error_lu": abs(made.range_lu - clean.range_lu),
        "loudness_error_lu": abs(made.loudness_lufs - clean.loudness_lufs),
        "width_error_db": abs(made.width_db - clean.width_db),
        "true_peak_db": made.true_peak_db,
        "intervention_db": np.abs(moved_db).mean(),
        "largest_intervention_db": np.abs(moved_db).max(),
    }
