"""Procedural music of two families that share nothing but basic arithmetic: one to learn from, one to be judged by."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Clip:
    """A piece as its generator made it."""

    audio: np.ndarray
    """[2, n]"""
    rate_hz: int
    percussion: float
    """Share of the power that comes from drums, 0…1."""


SECONDS = 20.0
