"""Writes what the plugin's tests compare with: features of a made-up signal at several rates, and what the shipped model
says of them in the reference runtime. `tests/adaptive_parity.rs` describes the signal. Run after every new model."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime

import target
from features import analyse, heard_hops, lufs, measure, moving_mean

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "tests/golden/adaptive/parity.json"
MODELS = ("presets/adaptive/balance.onnx",)
CASES = (
    # Rate in Hz, seconds, [start in seconds, gain] of the sections.
    (48_000, 8.0, ((0.0, 1.0),)),
    (44_100, 24.0, ((0.0, 0.5), (6.0, 0.0), (8.0, 1.0), (15.0, 0.25), (20.0, 1.0))),
    (48_000, 70.0, ((0.0, 1.0), (5.0, 0.02), (45.0, 0.03), (60.0, 1.0))),
    (96_000, 6.5, ((0.5, 0.8), (4.0, 0.2))),
    (192_000, 4.0, ((0.0, 0.7),)),
    (44_100, 2.0, ((0.0, 0.001),)),
    # So soft after the start that the gate opens anew, and long enough for every history to run over.
    (8_000, 120.0, ((0.0, 1.0), (3.0, 0.07))),
)


def noise(count):
    """The generator of the tests: a linear congruence, its upper bits as values between −1 and 1."""
    values = np.empty(count, dtype=np.uint32)
    x, multiplier, addend = 12_345, 1_664_525, 1_013_904_223
    # A block at a time: the state after k steps is a linear function of the state before.
    block = 4096
    powers, sums = np.empty(block, dtype=np.uint64), np.empty(block, dtype=np.uint64)
    power, total = 1, 0
    for i in range(block):
        power, total = power * multiplier % 2**32, (total * multiplier + addend) % 2**32
        powers[i], sums[i] = power, total
    for start in range(0, count, block):
        states = (powers * np.uint64(x) + sums) % np.uint64(2**32)
        part = states[: count - start]
        values[start : start + part.size] = part
        x = int(states[-1])
    return (values >> 8) / 2.0**23 - 1.0


def signal(rate_hz, seconds, sections):
    """Both channels, as 32-bit floats."""
    count = int(round(rate_hz * seconds))
    t = np.arange(count) / rate_hz
    mid, side = np.zeros(count), np.zeros(count)
    for i in range(12):
        hz, size = 40.0 * 1.65**i, 0.1 * 0.8**i
        glide = 0.01 * hz * (1 if i % 2 == 0 else -1)
        mid += size * np.sin(2 * np.pi * (hz * t + glide * t * t / 2))
        side += size * np.sin(2 * np.pi * 1.007 * hz * t)
    mid *= 0.35 + np.exp(-9.0 * ((2.0 * t) % 1.0))
    side *= 0.3
    hiss = 0.02 * noise(2 * count).reshape(count, 2).T
    starts, gains = zip(*sections)
    place = np.searchsorted(starts, t, side="right") - 1
    gain = np.where(place < 0, 0.0, np.asarray(gains)[place])
    return (gain * (np.stack([mid + side, mid - side]) + hiss)).astype(np.float32)


def main():
    """Writes the file."""
    target_db = target.neutral().astype(np.float32)
    sessions = [onnxruntime.InferenceSession(str(ROOT / path)) for path in MODELS]
    cases = []
    for rate_hz, seconds, sections in CASES:
        audio = signal(rate_hz, seconds, sections)
        hops = analyse(audio, rate_hz)
        row = measure(audio, rate_hz, target_db.astype(np.float64))
        said = [session.run(None, {"features": row[None]}) for session in sessions]
        plain = lambda values: [float(np.float32(v)) for v in values]
        cases.append({
            "rate_hz": rate_hz,
            "seconds": seconds,
            "sections": sections,
            "target_db": plain(target_db),
            "heard_hops": int(heard_hops(hops.k, lufs(moving_mean(hops.k, 4))).sum()),
            "features": plain(row),
            "verdicts": [{"move_db": plain(m[0]), "uncertainty_db": plain(u[0])} for m, u in said],
        })
        print(f"{rate_hz} Hz, {seconds} s: {cases[-1]['heard_hops']} of {hops.k.size} hops heard")
    models = [
        {"path": path, "sha256": hashlib.sha256((ROOT / path).read_bytes()).hexdigest()} for path in MODELS
    ]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"models": models, "cases": cases}, indent=1) + "\n")
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()
