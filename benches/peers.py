"""Other makers' mastering chains and AuraCore side by side, on the same minute of music driven hot.

For each: nanoseconds per stereo frame (processor time of the audio thread, best of several runs; files, start-up and the
host's own loop not counted) and how far the true peak of the output, at 32 times the sample rate, is above the ceiling.
`cargo xtask bench` calls it.
"""
import argparse
import glob
import pathlib
import sys
import time

import numpy as np
import pedalboard
import soundfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "hosts"))

import ladspa
from measuring import gain, level_db, true_peak_db

SECONDS, INPUT_PEAK_DBFS, CEILING_DB = 60, 9.5, -1.0
BLOCK_FRAMES, RUNS = 512, 5
CENTRES_HZ = [60, 150, 400, 1000, 2400, 6000, 10000, 15000]
GAINS_DB = [2.0, -2.0, 1.0, -1.0, 2.0, -2.0, 1.0, 1.0]
Q = 0.7
THRESHOLD_DB, RATIO, ATTACK_MS, RELEASE_MS = -18.0, 2.0, 20.0, 150.0
LSP_LIBRARIES = ["/usr/lib/ladspa/lsp-plugins-ladspa*.so", "/usr/lib/*/ladspa/lsp-plugins-ladspa*.so"]


def minute_of_music(path):
    """The song over and over, (2, frames), with the peak that the comparison asks for."""
    audio, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    looped = np.resize(audio, (SECONDS * rate_hz, 2)).T
    return np.ascontiguousarray(looped * np.float32(gain(INPUT_PEAK_DBFS) / np.abs(looped).max())), rate_hz


def through_pedalboard(plugins, audio, rate_hz):
    """Output and seconds, an empty board's time taken off."""

    def timed(board):
        best_s, out = np.inf, None
        for _ in range(RUNS):
            start = time.thread_time()
            out = board.process(audio, rate_hz, buffer_size=BLOCK_FRAMES, reset=True)
            best_s = min(best_s, time.thread_time() - start)
        return out, best_s

    out, busy_s = timed(pedalboard.Pedalboard(plugins))
    _, idle_s = timed(pedalboard.Pedalboard([]))
    return out, busy_s - idle_s


def juce():
    peaks = [pedalboard.PeakFilter(f, g, Q) for f, g in zip(CENTRES_HZ, GAINS_DB)]
    return {
        "8 peak filters": peaks,
        "compressor": [pedalboard.Compressor(THRESHOLD_DB, RATIO, ATTACK_MS, RELEASE_MS)],
        "limiter": [pedalboard.Limiter(CEILING_DB, RELEASE_MS)],
    }


def lsp():
    equaliser = {}
    for index, (centre_hz, gain_db) in enumerate(zip(CENTRES_HZ, GAINS_DB)):
        equaliser |= {
            f"Filter type {index}": 1.0,  # bell
            f"Frequency {index} (Hz)": centre_hz,
            f"Gain {index} (G)": gain(gain_db),
            f"Quality factor {index}": Q,
        }
    compressor = {
        "Attack threshold (G)": gain(THRESHOLD_DB),
        "Attack time (ms)": ATTACK_MS,
        "Release time (ms)": RELEASE_MS,
        "Ratio": RATIO,
        "Knee (G)": gain(-6.0),
        "Sidechain reactivity (ms)": 10.0,
        "Makeup gain (G)": 1.0,
    }
    limiter = {"Threshold (G)": gain(CEILING_DB), "Gain boost": 0.0}
    return {
        "8 bells": ("/para_equalizer_x16_stereo", equaliser),
        "compressor": ("/compressor_stereo", compressor),
        "limiter": ("/limiter_stereo", limiter),
    }


def auracore(vst3, nothing=False, everything=False):
    """As it comes, or with every stage off, or with the same equaliser and compressor as the others have."""
    plugin = pedalboard.load_plugin(vst3, plugin_name="AuraCore")
    by_name = {parameter.name: parameter for parameter in plugin.parameters.values()}

    def turn(name, text):
        by_name[name].raw_value = by_name[name].get_raw_value_for_text(text)

    turn("Limit ceiling", f"{CEILING_DB} dB")
    if nothing:
        for stage in ("EQ", "Comp", "Width stage", "Clip", "Limit", "Dither"):
            turn(stage, "off")
    if everything:
        for band, (centre_hz, gain_db) in enumerate(zip(CENTRES_HZ, GAINS_DB), start=1):
            turn(f"EQ {band} frequency", f"{centre_hz} Hz")
            turn(f"EQ {band} gain", f"{gain_db} dB")
            turn(f"EQ {band} Q", str(Q))
        turn("Comp", "on")
        turn("Comp threshold", f"{THRESHOLD_DB} dB")
        turn("Comp ratio", f"{RATIO}:1")
        turn("Comp attack", f"{ATTACK_MS} ms")
        turn("Comp release", f"{RELEASE_MS} ms")
    return plugin


class Table:
    def __init__(self, frames, rate_hz):
        self.frames, self.one_song = frames, 30 * rate_hz

    def row(self, name, seconds, out=None):
        each_ns = seconds / self.frames * 1e9
        over = ""
        if out is not None:
            over = f"{true_peak_db(out[:, : self.one_song]) - CEILING_DB:+14.2f}"
        print(f"{name:<48}{each_ns:>12.1f}{over}", flush=True)
        return each_ns

    def chain(self, maker, stages, run):
        """The stages one after the other, each on what the one before puts out."""
        total_s, out = 0.0, None
        for name, stage in stages.items():
            out, seconds = run(stage, out)
            total_s += seconds
            self.row(f"{maker}: {name}", seconds)
        return self.row(f"{maker}: chain", total_s, out)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--song", required=True)
    arguments.add_argument("--vst3", required=True)
    options = arguments.parse_args()
    audio, rate_hz = minute_of_music(options.song)
    print(f"{SECONDS} s at {rate_hz} Hz, peak {level_db(np.abs(audio).max()):+.1f} dBFS, blocks of {BLOCK_FRAMES}")
    print(f"{'':<48}{'ns per frame':>12}{'dB over ceiling':>16}")
    table = Table(audio.shape[1], rate_hz)
    others = {}

    def through_lsp(stage, before):
        label, settings = stage
        plugin = ladspa.Plugin(library, label, rate_hz, settings)
        runs = [plugin.process(audio if before is None else before, BLOCK_FRAMES) for _ in range(RUNS)]
        plugin.close()
        return runs[-1][0], min(seconds for _, seconds in runs)

    def through_juce(stage, before):
        return through_pedalboard(stage, audio if before is None else before, rate_hz)

    others["JUCE"] = table.chain("JUCE", juce(), through_juce)
    library = next((found for pattern in LSP_LIBRARIES for found in glob.glob(pattern)), None)
    if library:
        others["LSP"] = table.chain("LSP", lsp(), through_lsp)
    else:
        print("LSP: not installed, left out")
    _, off_s = through_pedalboard([auracore(options.vst3, nothing=True)], audio, rate_hz)
    table.row("AuraCore: every stage off", off_s)
    for title, everything in (("as it comes", False), ("8 bells, compressor, limiter", True)):
        out, seconds = through_pedalboard([auracore(options.vst3, everything=everything)], audio, rate_hz)
        ours_ns = table.row(f"AuraCore: {title}", seconds, out)
        ratios = (f"{ours_ns / theirs_ns:.2f} times {maker}'s" for maker, theirs_ns in others.items())
        print(f"{'':<10}{', '.join(ratios)}")


if __name__ == "__main__":
    main()
