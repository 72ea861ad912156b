"""Trains the net on pieces of family A and writes it as ONNX.

`python train.py --quick` goes all the way in a few minutes; without it, use a dataset of a thousand pieces and more.
"""

import argparse
import dataclasses
import json
import subprocess
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import dataset
import export
import net
import target
from features import vector
from loss import Variety, Weights, terms, total

SEEDS = 3
ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "presets/adaptive/balance.onnx"


def split(heard, clean, facts):
    """Rows for training and, of every tenth piece, for validation."""
    held = facts["piece"] % 10 == 9
    pick = lambda rows: tuple(jax.tree.map(lambda x: jnp.asarray(x[rows]), part) for part in (heard, clean, facts))
    return pick(~held), pick(held)


def input_scale(heard, target_db):
    """Mean and deviation of the features, and the range in which nearly all of them lie."""
    x = np.asarray(vector(heard, target_db, np), dtype=np.float64)
    # Degradations that training adds widen the range of the spectrum.
    spread = np.concatenate([np.full(40, 2.5), np.zeros(94)])
    deviation = np.maximum(np.hypot(x.std(0), spread), 0.05)
    low, high = np.percentile(x, [0.1, 99.9], axis=0)
    return x.mean(0), deviation, low - 2 * spread - 0.5 * deviation, high + 2 * spread + 0.5 * deviation


def fit(train, target_db, scale, weights, variety, steps, batch, decay, seed, report):
    """Three nets trained side by side on batches of their own, by Adam with a falling step."""
    stack = jax.vmap(net.start)(jax.random.split(jax.random.key(seed), SEEDS))
    zeros = jax.tree.map(jnp.zeros_like, stack)
    rows = train[2]["piece"].shape[0]

    def loss_of(layers, key):
        pick, make = jax.random.split(key)
        chosen = jax.random.randint(pick, (batch,), 0, rows)
        return total(layers, make, jax.tree.map(lambda x: x[chosen], train), target_db, scale, weights, variety)

    @jax.jit
    def step(carry, number):
        layers, first, second = carry
        keys = jax.random.split(jax.random.fold_in(jax.random.key(seed + 1), number), SEEDS)
        losses, slope = jax.vmap(jax.value_and_grad(loss_of))(layers, keys)
        rate = 2e-3 * jnp.minimum(1.0, (number + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + jnp.cos(jnp.pi * number / steps)))
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slope)
        fresh = 1 - 0.9 ** (number + 1), 1 - 0.999 ** (number + 1)
        layers = jax.tree.map(
            lambda p, m, v: p - rate * (m / fresh[0] / (jnp.sqrt(v / fresh[1]) + 1e-8) + decay * p), layers, first, second
        )
        return (layers, first, second), losses.mean()

    carry, began = (stack, zeros, zeros), time.time()
    for number in range(steps):
        carry, loss = step(carry, jnp.float32(number))
        if (number + 1) % report == 0:
            print(f"step {number + 1}: loss {loss:.4f}, {time.time() - began:.0f} s", flush=True)
    return [jax.tree.map(lambda x: x[i], carry[0]) for i in range(SEEDS)]


class Ensemble:
    """Nets as one, in the form of `net.apply`: mean moves, logarithm of all variance."""

    def __init__(self, nets):
        self.nets = nets

    def __call__(self, x):
        moves, log_variance = (jnp.stack(part) for part in zip(*(net.apply(layers, x) for layers in self.nets)))
        return moves.mean(0), jnp.log(jnp.exp(log_variance).mean(0) + moves.var(0))


def validate(nets, held, target_db, scale, seed=99, repeats=4):
    """What the ensemble does to pieces that it was not trained on, as numbers for people."""
    import loss

    single, loss.apply = loss.apply, lambda ensemble, x: ensemble(x)
    try:
        run = jax.jit(lambda key: terms(Ensemble(nets), key, held, target_db, scale))
        found = [run(jax.random.key(seed + i)) for i in range(repeats)]
    finally:
        loss.apply = single
    found = {name: np.concatenate([np.asarray(f[name]) for f in found]) for name in found[0]}
    good = found["before"] < 0.02
    before, now = found["before"][~good], found["spectrum"][~good]
    sigma = np.exp(0.5 * found["log_variance"])
    return {
        "error_before_db": before.mean(),
        "error_after_db": now.mean(),
        "less_error": 1 - now.mean() / before.mean(),
        "harm_rate": (now > before).mean(),
        "harm_rate_0.1_db": (now > before + 0.1).mean(),
        "good_largest_move_median_db": np.median(found["largest"][good]),
        "good_largest_move_p95_db": np.percentile(found["largest"][good], 95),
        "width_error_before_db": found["width_before"].mean(),
        "width_error_after_db": found["width"].mean(),
        "within_one_sigma": (np.abs(found["miss"]) < sigma).mean(),
        "within_two_sigma": (np.abs(found["miss"]) < 2 * sigma).mean(),
        "mean_sigma_db": sigma.mean(),
    }


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few pieces, few steps")
    parser.add_argument("--data", type=Path, nargs="*", help="files of dataset.py; made where there are none")
    parser.add_argument("--out", type=Path, help="where the model goes")
    parser.add_argument("--ship", action="store_true", help="write the model that the plugin embeds")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--decay", type=float, default=1e-4, help="of the weights, per step and unit of step size")
    for field in (*dataclasses.fields(Weights), *dataclasses.fields(Variety)):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    options = parser.parse_args()
    weights, variety = (
        kind(**{f.name: getattr(options, f.name) for f in dataclasses.fields(kind)}) for kind in (Weights, Variety)
    )
    out = SHIPPED if options.ship else options.out or ROOT / f"target/train/{'quick' if options.quick else 'balance'}.onnx"
    steps = options.steps or (800 if options.quick else 3000)
    files = options.data
    if not files:
        pieces = 120 if options.quick else 1500
        files = [ROOT / f"target/train/family_a_{pieces}.npz"]
        if not files[0].exists():
            print(f"making {pieces} pieces")
            dataset.build("a", 0, pieces, files[0])

    target_db = target.neutral().astype(np.float32)
    heard, clean, facts = dataset.load_all(files)
    scale = input_scale(heard, target_db)
    train, held = split(heard, clean, facts)
    print(f"{train[2]['piece'].size} rows to train on, {held[2]['piece'].size} to validate with")
    ends = tuple(np.float32(x) for x in scale[:2])
    nets = fit(
        train, target_db, ends, weights, variety, steps, options.batch, options.decay, options.seed, max(1, steps // 20)
    )
    metrics = {name: round(float(value), 4) for name, value in validate(nets, held, target_db, ends).items()}
    print(json.dumps(metrics, indent=2))
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    settings = {**dataclasses.asdict(weights), **dataclasses.asdict(variety), "decay": options.decay}
    recipe = (
        f"{SEEDS} nets {'-'.join(map(str, net.SIZES))}, {steps} steps of {options.batch} on {int(facts['piece'].max()) + 1} "
        f"pieces of family A; {' '.join(f'{name}={value:g}' for name, value in settings.items())}"
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    export.write(out, nets, scale, {
        "seed": str(options.seed),
        "recipe": recipe,
        "commit": commit or "unknown",
        "metrics": json.dumps(metrics),
        "licence": "MIT OR Apache-2.0",
    })
    print(f"wrote {out}, {out.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
