"""How much of a fault could be taken back by someone who sees no reference, in the band domain of the pieces of a dataset.

`python bound.py FILE...` knows what no product knows: how the clean spectra of this very family vary and how its faults are
drawn. From a spectrum that is the sum of both it makes the best linear estimate of the fault (Wiener's), in each band
freely; ten bands do less. It also says what would be possible if good pieces were more alike.
"""

import argparse
from pathlib import Path

import numpy as np

import dataset
import degrade
import target
from features import BANDS, CENTRES_HZ, vector

DRAWS = 20_000
"""Faults that their covariance is taken of."""
CARRIES = 0.9
"""Rows in which every band holds at least this much are used: what is missing is no matter of estimates."""


def centred(x):
    """Without the mean over the bands, which a change of level could make anything."""
    return x - x.mean(axis=-1, keepdims=True)


def drawn_faults(rng, count):
    """[count, 40]: curves as evaluation's own family draws them, and none at all as often as there."""
    curves = np.stack([degrade.in_family_curve(rng, CENTRES_HZ) for _ in range(count)])
    return centred(curves * (rng.random((count, 1)) >= degrade.UNTOUCHED))


def wiener(natural, fault):
    """A function from what is seen to the best linear estimate of the fault."""
    mean = natural.mean(axis=0)
    of_fault = np.cov(fault.T)
    gain = of_fault @ np.linalg.pinv(of_fault + np.cov(natural.T), rcond=1e-6, hermitian=True)
    return lambda seen: fault.mean(axis=0) + (seen - mean - fault.mean(axis=0)) @ gain.T


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+", help="files of dataset.py")
    options = parser.parse_args()
    _, clean, facts = dataset.load_all(options.data)
    use = (facts["is_clean"] > 0) & (facts["carries"].min(axis=1) > CARRIES)
    natural = centred(np.asarray(vector(clean, target.neutral(), np), dtype=np.float64)[use, :BANDS])
    held = facts["piece"][use] % 5 == 4
    rng = np.random.default_rng(0)
    fault, known = drawn_faults(rng, held.sum()), drawn_faults(rng, DRAWS)
    before = np.abs(fault).mean(axis=1)
    bad = before > 0
    print(f"{held.sum()} rows judged, faults of {before[bad].mean():.2f} dB")
    for share in (1.0, 0.75, 0.5, 0.35):
        spread = share * natural
        print(f"natural spread {spread.std(axis=0).mean():.1f} dB" + (" (as it is)" if share == 1.0 else ""))
        guess = centred(wiener(spread[~held], known)(spread[held] + fault))
        after = np.abs(fault - guess).mean(axis=1)
        print(
            f"  {100 * (1 - after[bad].mean() / before[bad].mean()):.0f} % less error, "
            f"harm {100 * (after > before)[bad].mean():.0f} %, largest move on good ones "
            f"{np.median(np.abs(guess[~bad]).max(axis=1)):.1f} dB (median)"
        )


if __name__ == "__main__":
    main()
