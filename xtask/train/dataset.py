"""Examples for training: snapshots of clean and of degraded pieces, kept in one file under a cache folder.

`python dataset.py --family a --count 1200 --out FILE` fills a file; training makes endless variations of it.
"""

import argparse
import importlib
import time
from pathlib import Path

import numpy as np

import degrade
import target
from features import Snapshot, analyse, snapshots
from shape import shaped

FIELDS = ("left", "right", "cross", "total_3s", "k", "k_3s", "rest")


def windows(rng, hops):
    """First and last hop of the stretches that are listened to: short and long histories, early and late starts."""
    late = int(rng.integers(20, 100))
    wanted = [(0, hops), (0, int(rng.integers(50, 120))), (late, min(hops, late + int(rng.integers(50, 100)))), (late, hops)]
    return [(a, min(b, hops)) for a, b in wanted]


def clean_piece(family, seed, target_db):
    """A piece of a family in a good state; the same for the same seed."""
    rng = np.random.default_rng([seed, ord(family[-1])])
    clip = importlib.import_module(f"songs.family_{family}").make(rng)
    return shaped(clip, target_db, rng), rng


def rows_of(piece, rng):
    """Pairs of snapshots (as heard, clean) with the facts that training needs."""
    clean_hops = analyse(piece.audio, piece.rate_hz)
    spans = windows(rng, clean_hops.k.size)
    heard_audio = degrade.in_family(rng).apply(piece.audio, piece.rate_hz)
    heard_hops = analyse(heard_audio, piece.rate_hz)
    for start, end in spans:
        clean = snapshots(clean_hops.part(start, end), [end - start])[0]
        heard = snapshots(heard_hops.part(start, end), [end - start])[0]
        if clean is None:
            continue
        yield clean, clean
        # The very quiet end of the level range can fall below the gate.
        if heard is not None:
            yield heard, clean


def build(family, first_seed, count, out):
    """Writes the rows of `count` pieces."""
    target_db = target.neutral()
    columns = {f"{kind}_{name}": [] for kind in ("heard", "clean") for name in FIELDS}
    facts = {name: [] for name in ("percussion", "deviation_db", "carries", "piece", "is_clean")}
    began = time.time()
    for number in range(count):
        piece, rng = clean_piece(family, first_seed + number, target_db)
        for heard, clean in rows_of(piece, rng):
            for kind, snapshot in (("heard", heard), ("clean", clean)):
                for name in FIELDS:
                    columns[f"{kind}_{name}"].append(np.float32(getattr(snapshot, name)))
            for name, value in (
                ("percussion", piece.percussion),
                ("deviation_db", piece.deviation_db),
                ("carries", piece.carries),
                ("piece", number),
                ("is_clean", heard is clean),
            ):
                facts[name].append(np.float32(value))
        if (number + 1) % 50 == 0:
            print(f"{number + 1} pieces, {(time.time() - began) / (number + 1):.2f} s each", flush=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(out, **{name: np.stack(values) for name, values in {**columns, **facts}.items()})


def load(path):
    """(heard, clean, facts): two snapshots with a leading axis, and the facts."""
    stored = np.load(path)
    pair = [Snapshot(**{name: stored[f"{kind}_{name}"] for name in FIELDS}) for kind in ("heard", "clean")]
    return *pair, {name: stored[name] for name in ("percussion", "deviation_db", "carries", "piece", "is_clean")}


def load_all(paths):
    """Several files as one, pieces numbered on."""
    parts, first = [load(path) for path in paths], 0
    for _, _, facts in parts:
        facts["piece"] = facts["piece"] + first
        first = facts["piece"].max() + 1
    join = lambda snapshots: Snapshot(*(np.concatenate([getattr(s, f) for s in snapshots]) for f in FIELDS))
    facts = {name: np.concatenate([f[name] for _, _, f in parts]) for name in parts[0][2]}
    return join([p[0] for p in parts]), join([p[1] for p in parts]), facts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", default="a", choices=["a", "b"])
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1200)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    build(options.family, options.first_seed, options.count, options.out)
