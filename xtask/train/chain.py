"""The differentiable chain in the band domain: equaliser and side gains applied to what the listener remembers, and
endless examples made of stored snapshots."""

import jax
import jax.numpy as jnp
import numpy as np

from features import BANDS, CENTRES_HZ, K_CENTRES, Snapshot
from response import bell_db, equaliser_db, high_shelf_db, low_shelf_db, side_gain_db
from shape import OCTAVES, SMOOTH_ROOT, SMOOTH_SD_DB, TILT_SD_DB

PSR, PLR = 24, 25
"""Places in `Snapshot.rest`."""

jax.tree_util.register_pytree_node(
    Snapshot,
    lambda s: ((s.left, s.right, s.cross, s.total_3s, s.k, s.k_3s, s.rest), None),
    lambda _, children: Snapshot(*children),
)


def changed(s, eq_db, side_db):
    """A snapshot after an equaliser [..., 40] and a side gain [..., 40]: exact where both are constant within a band,
    but for peaks, which follow the unweighted power."""
    power = 10.0 ** (eq_db / 10.0)
    wide = 10.0 ** (side_db / 20.0)
    sum_, difference = (s.left + s.right) / 2, (s.left - s.right) / 2
    mid, side = (sum_ + s.cross) / 2, (sum_ - s.cross) / 2
    new_side = side * wide**2
    total = power * (mid + new_side)
    lean = power * difference * wide
    grown = total / jnp.maximum(sum_, 1e-20)
    louder = (K_CENTRES * total).sum(-1) / (K_CENTRES * sum_).sum(-1)
    louder_3s = (K_CENTRES * grown * s.total_3s).sum(-1) / (K_CENTRES * s.total_3s).sum(-1)
    stronger_db = 10 * jnp.log10(total.sum(-1) / sum_.sum(-1))
    peaks_db = stronger_db - 10 * jnp.log10(louder)
    rest = s.rest.at[..., PSR].add(peaks_db).at[..., PLR].add(peaks_db)
    return Snapshot(
        total + lean,
        total - lean,
        power * (mid - new_side),
        s.total_3s * grown,
        s.k * louder,
        s.k_3s * louder_3s,
        rest,
    )


def level_db(s):
    """Levels of the bands [..., 40] relative to the K power."""
    return 10 * jnp.log10((s.left + s.right) / 2 / s.k[..., None] + 1e-8)


def moved(s, moves):
    """A snapshot after thirteen moves."""
    return changed(s, equaliser_db(moves[..., :10], CENTRES_HZ, jnp), side_gain_db(moves[..., 10:], jnp))


def random_curve_db(key, count):
    """[count, 40]: one to four bells, and often a tilt or a shelf; the twin of `degrade.in_family_curve`."""
    k = jax.random.split(key, 10)
    shape = (count, 4, 1)
    centre = jnp.exp(jax.random.uniform(k[0], shape, minval=np.log(40), maxval=np.log(14_000)))
    q = jnp.exp(jax.random.uniform(k[1], shape, minval=np.log(0.4), maxval=np.log(2.5)))
    gain = jax.random.uniform(k[2], shape, minval=2, maxval=6) * jax.random.rademacher(k[3], shape)
    used = jnp.arange(4)[:, None] < jax.random.randint(k[4], (count, 1, 1), 1, 5)
    curve = bell_db(CENTRES_HZ, centre, q, gain * used, jnp).sum(1)
    kind = jax.random.randint(k[5], (count, 1), 0, 4)
    amount = jax.random.uniform(k[6], (count, 1), minval=1.5, maxval=4) * jax.random.rademacher(k[7], (count, 1))
    low_hz = jax.random.uniform(k[8], (count, 1), minval=80, maxval=400)
    high_hz = jax.random.uniform(k[9], (count, 1), minval=2000, maxval=10_000)
    curve += (kind == 1) * amount * jnp.clip(OCTAVES / 4, -1.2, 1.2)
    curve += low_shelf_db(CENTRES_HZ, low_hz, 0.71, amount * (kind == 2), jnp)
    return curve + high_shelf_db(CENTRES_HZ, high_hz, 0.71, amount * (kind == 3), jnp)


def random_sides_db(key, count):
    """[count, 3]: the twin of `degrade.in_family_side_db`."""
    k = jax.random.split(key, 3)
    kind = jax.random.randint(k[0], (count, 1), 0, 4)
    amount = jax.random.uniform(k[1], (count, 1), minval=-3, maxval=3)
    one = jax.nn.one_hot(jax.random.randint(k[2], (count,), 0, 3), 3)
    return amount * ((kind == 2) + (kind == 3) * one)


def random_state_db(key, count):
    """[count, 40]: tilt and smooth deviation of a good state; the twin of `shape.sampled_deviation_db`."""
    a, b = jax.random.split(key)
    tilt = TILT_SD_DB * jax.random.normal(a, (count, 1)) * OCTAVES
    return tilt + SMOOTH_SD_DB * jax.random.normal(b, (count, BANDS)) @ SMOOTH_ROOT.T


def random_ends_db(key, count):
    """[count, 40]: programmes that end early: nothing or little below one frequency, or above one."""
    k = jax.random.split(key, 4)
    low, high = jax.random.bernoulli(k[0], 0.15, (2, count, 1))
    from_hz = jnp.exp(jax.random.uniform(k[1], (count, 1), minval=np.log(30), maxval=np.log(300)))
    to_hz = jnp.exp(jax.random.uniform(k[2], (count, 1), minval=np.log(700), maxval=np.log(15_000)))
    slope, floor = jnp.split(jax.random.uniform(k[3], (count, 2)), 2, axis=-1)
    below, above = jnp.log2(from_hz / CENTRES_HZ), jnp.log2(CENTRES_HZ / to_hz)
    octaves = low * jnp.maximum(below, 0.0) + high * jnp.maximum(above, 0.0)
    return -jnp.minimum((6 + 34 * slope) * octaves, 10 + 30 * floor)


def examples(key, heard, clean, facts, rough_db=0.0, ends=0.0):
    """Variations of stored rows: (as heard, clean).

    Every row gets another good state, then a degradation in addition to what it already has; clean rows stay untouched
    as often as evaluation leaves them so. `rough_db` is what each band of the good state differs by on its own; `ends`
    is how much of `random_ends_db` there is.
    """
    k = jax.random.split(key, 8)
    count = heard.k.shape[0]
    renew = jax.random.bernoulli(k[0], 0.8, (count, 1))
    state_db = renew * (random_state_db(k[1], count) - facts["deviation_db"])
    state_db = (state_db + rough_db * jax.random.normal(k[6], (count, BANDS))) * facts["carries"]
    state_db += ends * random_ends_db(k[7], count)
    none = jnp.zeros((count, BANDS))
    clean, heard = changed(clean, state_db, none), changed(heard, state_db, none)
    # Half of the rows are clean ones; of the others some stay as they were made.
    touch_clean = jax.random.bernoulli(k[2], 0.4, (count, 1))
    touch_heard = jax.random.bernoulli(k[3], 0.6, (count, 1))
    touch = jnp.where(facts["is_clean"][:, None] > 0, touch_clean, touch_heard)
    curve_db = touch * random_curve_db(k[4], count)
    sides_db = touch * random_sides_db(k[5], count)
    return changed(heard, curve_db, side_gain_db(sides_db, jnp)), clean
