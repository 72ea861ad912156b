"""The target curve, from the file that the plugin embeds."""

import json
from pathlib import Path

import numpy as np

from features import CENTRES_HZ, K_CENTRES

CURVES = Path(__file__).resolve().parents[2] / "presets/adaptive/curves.json"


def normalised(curve_db):
    """A curve in decibels relative to its own K power, which sums two channels."""
    return curve_db - 10 * np.log10(2 * (K_CENTRES * 10 ** (curve_db / 10)).sum())


def neutral():
    """The neutral curve at the centres of the bands."""
    points = np.array(json.loads(CURVES.read_text())["neutral"], dtype=float)
    return normalised(np.interp(np.log2(CENTRES_HZ), np.log2(points[:, 0]), points[:, 1]))
