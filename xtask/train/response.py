"""The ten bands of the adaptive equaliser and the three width regions in the band domain, and the best gains for a
wanted curve. Order and bounds are those of the plugin's `MOVE_SPECS`."""

import numpy as np

from features import CENTRES_HZ

GAINS = 10
OUTPUTS = 13
BANDS_HZ = np.array([120, 60, 150, 400, 1000, 2400, 6000, 10000, 15000, 7000], dtype=float)
BELL_Q, SHELF_Q = 0.9, 0.71
LIMITS_DB = np.array([3, 2, 4, 4, 4, 4, 4, 4, 2, 3], dtype=float)
SIDE_LIMIT_DB = 20 * np.log10(1.2)
OUTPUT_LIMITS_DB = np.concatenate([LIMITS_DB, np.full(3, SIDE_LIMIT_DB)])
WIDTH_BORDERS_HZ = (250.0, 4000.0)


def bell_db(f_hz, centre_hz, q, gain_db, xp=np):
    """Response of an analogue bell."""
    s = f_hz / centre_hz
    a = 10.0 ** (gain_db / 40.0)
    real = (1 - s * s) ** 2
    return 10 * xp.log10((real + (s * a / q) ** 2) / (real + (s / (a * q)) ** 2))


def low_shelf_db(f_hz, corner_hz, q, gain_db, xp=np):
    """Response of an analogue low shelf."""
    s = f_hz / corner_hz
    a = 10.0 ** (gain_db / 40.0)
    slope = a * (s / q) ** 2
    return 10 * xp.log10(a * a * ((a - s * s) ** 2 + slope) / ((1 - a * s * s) ** 2 + slope))


def high_shelf_db(f_hz, corner_hz, q, gain_db, xp=np):
    """Response of an analogue high shelf: the low shelf mirrored."""
    return low_shelf_db(corner_hz**2 / f_hz, corner_hz, q, gain_db, xp)


def equaliser_db(gains_db, f_hz=CENTRES_HZ, xp=np):
    """Response [..., f] of all ten bands with gains [..., 10]."""
    g = [gains_db[..., i, None] for i in range(GAINS)]
    response = low_shelf_db(f_hz, BANDS_HZ[0], SHELF_Q, g[0], xp)
    for i in range(1, GAINS - 1):
        response = response + bell_db(f_hz, BANDS_HZ[i], BELL_Q, g[i], xp)
    return response + high_shelf_db(f_hz, BANDS_HZ[-1], SHELF_Q, g[-1], xp)


def region_shares(f_hz=CENTRES_HZ):
    """[3, f]: how much each width region holds of each frequency; they add up to one."""
    below, above = (1 / (1 + (f_hz / border) ** 4) for border in WIDTH_BORDERS_HZ)
    return np.stack([below, (1 - below) * above, (1 - below) * (1 - above)])


REGIONS = region_shares()


def side_gain_db(gains_db, xp=np):
    """Side gain [..., 40] of gains [..., 3] in the regions."""
    return 20 * xp.log10((10.0 ** (gains_db / 20.0))[..., :] @ REGIONS)


RIDGE = 0.02
"""Weight of the squared gains against the mean squared error over the bands."""


def _basis(f_hz):
    step_db = 2.0
    basis = equaliser_db(step_db * np.eye(GAINS), f_hz) / step_db
    return basis.T


BASIS = _basis(CENTRES_HZ)
"""[40, 10]: response in decibels for one decibel of gain, nearly constant."""


def fitted_gains(wanted_db, weight, xp=np, iterations=40):
    """Bounded ridge fit: gains [..., 10] whose response comes closest to `wanted_db` [..., 40] up to a constant.

    `weight` [..., 40] says how much each band counts. Projected gradient with momentum on ten unknowns.
    """
    share = weight / weight.sum(axis=-1, keepdims=True)
    mean = lambda x: (share * x).sum(axis=-1, keepdims=True)
    basis = BASIS - xp.einsum("...b,bg->...g", share, BASIS)[..., None, :]
    wanted = wanted_db - mean(wanted_db)
    normal = xp.einsum("...bg,...b,...bh->...gh", basis, share, basis) + RIDGE * np.eye(GAINS)
    right = xp.einsum("...bg,...b,...b->...g", basis, share, wanted)
    step = 1.0 / xp.trace(normal, axis1=-2, axis2=-1)[..., None]
    gains = ahead = xp.zeros_like(right)
    for i in range(iterations):
        gradient = xp.einsum("...gh,...h->...g", normal, ahead) - right
        moved = xp.clip(ahead - step * gradient, -LIMITS_DB, LIMITS_DB)
        ahead = moved + (i / (i + 3.0)) * (moved - gains)
        gains = moved
    return gains
