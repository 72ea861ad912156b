"""Evaluates adaptive mastering on music and on degradations that training never saw.

`python evaluate.py --program target/release/auracore --matchering PYTHON` writes a table and all numbers.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

import degrade
import target
from dataset import clean_piece
from dsp import gain
from evaluation import contenders as who
from evaluation import report
from evaluation.metrics import Measured, compare, true_peak_db

ROOT = Path(__file__).resolve().parents[2]
FIRST_SEED = 900_000
RESERVE_DB = 1.0
"""Between the true peak of a reference and the ceiling."""


def degradation(number, rng):
    """30 % untouched, the rest in turn from the family of training and from what is held out."""
    if number % 10 in (2, 5, 8):
        return degrade.untouched()
    kinds = list(degrade.HELD_OUT)
    place = number // 10 * 7 + [0, 1, 3, 4, 6, 7, 9].index(number % 10)
    return degrade.in_family(rng) if place % 2 == 0 else degrade.held_out(kinds[place // 2 % len(kinds)], rng)


def prepare(number, folder, target_db):
    """Writes the clean and the degraded piece; returns what is known of them."""
    piece, rng = clean_piece("b", FIRST_SEED + number, target_db)
    worse = degradation(number, rng)
    # The reference keeps the ceiling, so that its loudness can be reached without a limiter.
    room_db = who.CEILING_DBTP - RESERVE_DB - true_peak_db(piece.audio)
    clean = (piece.audio * gain(min(0.0, room_db))).astype(np.float32)
    heard = worse.apply(clean, piece.rate_hz).astype(np.float32)
    # A file that plays: what would clip in a player is turned down, in 32 bits nothing is lost by it.
    heard *= min(1.0, 0.999 / np.abs(heard).max())
    item = {
        "seed": FIRST_SEED + number,
        "degradation": worse.name,
        "in_family": worse.in_family,
        "rate_hz": piece.rate_hz,
        "percussion": round(piece.percussion, 3),
        "results": {},
    }
    who.write_wav(folder / f"{number}_clean.wav", clean, piece.rate_hz)
    who.write_wav(folder / f"{number}_heard.wav", heard, piece.rate_hz)
    return item


def master_all(number, folder, item, options, net, clean, heard):
    """Everyone's master but Matchering's; returns those who took part, with what they say of their moves."""
    rate = item["rate_hz"]
    path = lambda w: folder / f"{number}_{w}.wav"
    who.write_wav(path("A"), heard.audio, rate)
    who.write_wav(path("B"), who.at_loudness(heard.audio, rate, clean.loudness_lufs), rate)
    gains = who.oracle_gains(heard.audio, clean.audio, rate)
    best = who.equalised(heard.audio, rate, gains)
    who.write_wav(path("G"), who.at_loudness(best, rate, clean.loudness_lufs), rate)
    said = {"A": None, "B": None, "G": gains}
    if net:
        moves, _ = net(heard.audio, rate)
        made = who.equalised(heard.audio, rate, moves[:10], moves[10:])
        who.write_wav(path("N"), who.at_loudness(made, rate, clean.loudness_lufs), rate)
        said["N"] = moves[:10]
    if options.program:
        for name, model in (("C", "none"), ("D", options.model)):
            entry = who.master(options.program, folder / f"{number}_heard.wav", path(name), model, clean.loudness_lufs)
            said[name] = who.moves_in(entry)[:10]
            item.setdefault("reports", {})[name] = entry
        made = who.equalised(heard.audio, rate, said["D"])
        who.write_wav(path("P"), who.at_loudness(made, rate, clean.loudness_lufs), rate)
        said["P"] = said["D"]
    return said


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="12 pieces instead of 60")
    parser.add_argument("--items", type=int)
    parser.add_argument("--program", help="the program auracore; without it C and D are left out")
    parser.add_argument("--model", default="default", help="what D is given as --model")
    parser.add_argument("--net", type=Path, default=ROOT / "presets/adaptive/balance.onnx", help="the file for N")
    parser.add_argument("--matchering", help="the Python that has Matchering; without it E and F are left out")
    parser.add_argument("--out", type=Path, default=ROOT / "target/evaluate", help="folder for the report")
    parser.add_argument("--keep", type=Path, help="folder for the audio, instead of one that is thrown away")
    options = parser.parse_args()
    count = options.items or (12 if options.quick else 60)
    target_db = target.neutral()
    net = who.Net(options.net, target_db) if options.net.exists() else None
    began = time.time()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        items = [prepare(number, folder, target_db) for number in range(count)]
        print(f"{count} pieces made, {time.time() - began:.0f} s", flush=True)
        if options.matchering:
            jobs = []
            for number, item in enumerate(items):
                other = (number + 7) % count
                for name, reference in (("E", number), ("F", other)):
                    # Matchering refuses a piece that is its own reference: E has no say on untouched ones.
                    if name == "E" and item["degradation"] == "untouched":
                        continue
                    jobs.append({
                        "input": str(folder / f"{number}_heard.wav"),
                        "reference": str(folder / f"{reference}_clean.wav"),
                        "output": str(folder / f"{number}_{name}.wav"),
                        "rate_hz": item["rate_hz"],
                    })
            who.matchering(options.matchering, jobs)
        for number, item in enumerate(items):
            clean, heard = (
                Measured(*who.read_wav(folder / f"{number}_{name}.wav")) for name in ("clean", "heard")
            )
            said = master_all(number, folder, item, options, net, clean, heard)
            for name in who.NAMES:
                path = folder / f"{number}_{name}.wav"
                if not path.exists() or (name in "CDEF" and path.stat().st_size == 0):
                    continue
                found = compare(Measured(*who.read_wav(path)), heard, clean)
                if said.get(name) is not None:
                    found["moves_db"] = [round(float(g), 2) for g in said[name]]
                    found["largest_move_db"] = float(np.abs(said[name]).max())
                item["results"][name] = {k: v if isinstance(v, list) else float(v) for k, v in found.items()}
                if not options.keep:
                    path.unlink()
            if (number + 1) % 10 == 0:
                print(f"{number + 1} of {count} judged, {time.time() - began:.0f} s", flush=True)
    present = [name for name in who.NAMES if any(name in item["results"] for item in items)]
    found = report.summary(items, present)
    text = report.markdown(items, found, present)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "report.md").write_text(text)
    (options.out / "report.json").write_text(json.dumps({"summary": found, "items": items}, indent=1))
    print(text)
    print(f"written to {options.out}, {time.time() - began:.0f} s in all")


if __name__ == "__main__":
    main()
