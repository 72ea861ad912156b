"""Everyone who masters a degraded piece: files in, files out, so that all of them go the same way."""

import json
import subprocess
import warnings
from pathlib import Path

import numpy as np
from scipy.io import wavfile

import features
import response
from dsp import filtered, gain, left_right, mid_side
from evaluation.metrics import loudness_lufs

HERE = Path(__file__).resolve().parent
NAMES = {
    "A": "nothing",
    "B": "gain only",
    "C": "rule",
    "D": "rule and net",
    "P": "equaliser of D alone, applied ideally",
    "N": "net alone, applied ideally",
    "E": "Matchering, this very piece as reference",
    "F": "Matchering, another piece as reference",
    "G": "best gains of the ten bands, known from the reference",
}
CEILING_DBTP = -1.0


def write_wav(path, audio, rate_hz):
    """A stereo file in 32-bit floating point."""
    wavfile.write(path, rate_hz, np.ascontiguousarray(audio.T, dtype=np.float32))


def read_wav(path):
    """[2, n] and the rate."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks with peaks, dates and names
        rate_hz, audio = wavfile.read(path)
    return audio.T.astype(np.float32), rate_hz


def equalised(audio, rate_hz, gains_db, sides_db=None):
    """The ten bands as a zero-phase filter with analogue magnitudes, then side gains."""
    hz = lambda f_hz: np.maximum(f_hz, 5.0)
    audio = filtered(audio, rate_hz, lambda f: gain(response.equaliser_db(np.asarray(gains_db), hz(f))))
    if sides_db is not None and np.any(sides_db):
        middle, side = mid_side(audio)
        side = filtered(side, rate_hz, lambda f: gain(sides_db) @ response.region_shares(hz(f)))
        audio = left_right([middle, side])
    return audio


def at_loudness(audio, rate_hz, lufs):
    """`audio` with the gain that brings it to a loudness."""
    return audio * np.float32(gain(lufs - loudness_lufs(audio, rate_hz)))


class Net:
    """The model file by itself."""

    def __init__(self, path, target_db):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options)
        self.target_db = target_db

    def __call__(self, audio, rate_hz):
        row = features.measure(audio, rate_hz, self.target_db)
        moves, uncertainty = self.session.run(None, {"features": row[None]})
        return moves[0], uncertainty[0]


def oracle_gains(heard, clean, rate_hz):
    """Bounded ridge fit of the ten bands to the true difference of the band levels."""
    levels = []
    for audio in (heard, clean):
        hops = features.analyse(audio, rate_hz)
        total = (hops.left + hops.right).mean(axis=0) / 2
        levels.append(10 * np.log10(total / hops.k.mean() + 1e-8))
    weight = 1 / (1 + np.exp(-(levels[1] + 55.0) / 2.0)) + 0.02
    return response.fitted_gains(levels[1] - levels[0], weight, iterations=300)


def master(program, heard_path, out_path, model, target_lufs):
    """The shipped program; returns what it reports about the file."""
    command = [
        *(program, "master", str(heard_path), "-o", str(out_path), "--bits", "32f", "--preset", "transparent-limit"),
        *("--adaptive", "--model", str(model), "--target", f"{target_lufs:.3f}"),
        *("--ceiling", str(CEILING_DBTP), "--overwrite", "--json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"`{' '.join(command)}` failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return json.loads(done.stdout)[0]


def moves_in(report):
    """The moves in a report of the program, in their order."""
    return np.array(report["adaptive"]["advice"]["moves"], dtype=float)


def matchering(python, jobs):
    """Runs all Matchering jobs, one after the other, in its own environment."""
    subprocess.run(
        [python, str(HERE / "matchering_process.py")], input=json.dumps(jobs), text=True, check=True
    )
