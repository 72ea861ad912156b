"""Checks of what training relies on; each can fail. `python checks.py`"""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import lsq_linear

import degrade
import target
from chain import changed, level_db
from dataset import clean_piece
from dsp import filtered, gain
from features import BANDS, CENTRES_HZ, K_CENTRES, analyse, lufs, measure, snapshots, vector
from response import BASIS, LIMITS_DB, RIDGE, equaliser_db, fitted_gains, side_gain_db


def check(name, value, limit):
    """Prints a figure and fails where it is too large."""
    print(f"{name}: {value:.4g} (at most {limit:g})")
    if not value <= limit:
        raise SystemExit(f"{name} is {value:.4g}, expected at most {limit:g}")


def features_of_a_sine():
    """A sine in the middle of a band reads its own level, and loudness is that of the standard."""
    rate_hz = 48_000
    f_hz = np.round(CENTRES_HZ[28] / (rate_hz / 4096)) * rate_hz / 4096
    tone = 0.1 * np.sin(2 * np.pi * f_hz * np.arange(8 * rate_hz) / rate_hz)
    last = snapshots(analyse(np.stack([tone, tone]), rate_hz), [80])[0]
    check("level of a sine, dB", abs(10 * np.log10(last.left[28]) - 10 * np.log10(0.005)), 0.05)
    tone = 0.1 * np.sin(2 * np.pi * 997 * np.arange(8 * rate_hz) / rate_hz)
    last = snapshots(analyse(np.stack([tone, tone]), rate_hz), [80])[0]
    check("loudness of a sine of 997 Hz, LU", abs(lufs(last.k) + 20.0), 0.1)


def gain_invariance(piece, target_db):
    """Features do not depend on level."""
    rows = [measure(piece.audio * g, piece.rate_hz, target_db) for g in (1.0, 0.3)]
    check("largest change of a feature by gain", np.abs(rows[0] - rows[1]).max(), 2e-3)


def target_is_normalised(target_db):
    """The target has the K power that its unit says."""
    check("K power of the target", abs(2 * (K_CENTRES * 10 ** (target_db / 10)).sum() - 1), 1e-9)


def analytic_is_audible(pieces, target_db):
    """Degradations applied to band powers agree with the same ones applied to audio, where a band carries anything."""
    off_levels, off_rest, off_widths = [], [], []
    for piece, rng in pieces:
        seed, sides_db = int(rng.integers(2**31)), rng.uniform(-3, 3, 3)
        curve_db = lambda f_hz: degrade.in_family_curve(np.random.default_rng(seed), f_hz)
        audio = degrade.with_curve(piece.audio, piece.rate_hz, curve_db)
        audio = degrade.with_side_gain(audio, piece.rate_hz, sides_db)
        clean, heard = (
            snapshots(h, [h.k.size])[0] for h in (analyse(x, piece.rate_hz) for x in (piece.audio, audio))
        )
        made = changed(jax.tree.map(jnp.asarray, clean), curve_db(CENTRES_HZ), side_gain_db(sides_db))
        a, b = (np.asarray(vector(s, target_db, np), dtype=float) for s in (heard, made))
        off = np.abs(a - b)
        off_levels.append((off[:40] * piece.carries).max())
        off_widths.append(off[100:120].mean())
        off_rest.append(np.concatenate([off[80:100], off[124:133]]).mean())
    check("analytic against audio, levels, median piece, dB", np.median(off_levels), 0.6)
    check("analytic against audio, widths, dB", np.mean(off_widths), 0.5)
    check("analytic against audio, the rest", np.mean(off_rest), 0.6)


def fit_is_best(rng):
    """The bounded fit agrees with a solver for such problems."""
    off = []
    for _ in range(20):
        wanted_db, weight = rng.normal(0, 3, BANDS), rng.uniform(0.1, 1, BANDS)
        share = weight / weight.sum()
        centred = BASIS - share @ BASIS
        rows = np.vstack([np.sqrt(share)[:, None] * centred, np.sqrt(RIDGE) * np.eye(10)])
        values = np.concatenate([np.sqrt(share) * (wanted_db - share @ wanted_db), np.zeros(10)])
        best = lsq_linear(rows, values, (-LIMITS_DB, LIMITS_DB)).x
        off.append(np.abs(fitted_gains(wanted_db, weight, iterations=300) - best).max())
    check("bounded fit against a solver, dB", max(off), 0.01)
    gains = rng.uniform(-1, 1, 10) * LIMITS_DB
    check("responses add up nearly linearly, dB", np.abs(equaliser_db(gains) - BASIS @ gains).max(), 0.05)


def moves_reach_audio(piece, target_db):
    """Ten gains in the band domain are what the filter does to audio."""
    gains = np.array([2, -1, 3, -2, 1, 2, -3, 1, 1, -2.0])
    audio = filtered(piece.audio, piece.rate_hz, lambda f: gain(equaliser_db(gains, np.maximum(f, 5.0))))
    clean, heard = (
        snapshots(h, [h.k.size])[0] for h in (analyse(x, piece.rate_hz) for x in (piece.audio, audio))
    )
    made = changed(jax.tree.map(jnp.asarray, clean), jnp.asarray(equaliser_db(gains)), jnp.zeros(BANDS))
    off = np.abs(np.asarray(level_db(made)) - np.asarray(level_db(heard))) * piece.carries
    check("moves in bands against audio, median band, dB", np.median(off), 0.1)


if __name__ == "__main__":
    target_db = target.neutral()
    pieces = [clean_piece("a", 50_000 + n, target_db) for n in range(8)]
    features_of_a_sine()
    target_is_normalised(target_db)
    gain_invariance(pieces[0][0], target_db)
    fit_is_best(np.random.default_rng(1))
    moves_reach_audio(pieces[0][0], target_db)
    analytic_is_audible(pieces, target_db)
    print("all checks passed")
