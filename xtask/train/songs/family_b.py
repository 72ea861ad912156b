"""Family B: modal plucks, spectra of random phase, waveshaped and metallic drums; loops of Euclidean rhythms, panning by
delay and by middle and side, rooms from a feedback delay network. Nothing here is taken from family A."""

import numpy as np

from dsp import add_at, convolved, filtered
from songs import SECONDS, Clip

TUNINGS = ((0, 2, 4, 7, 9), (0, 3, 5, 7, 10), (0, 2, 3, 7, 8), (0, 1, 5, 7, 8), (0, 2, 4, 6, 7, 9, 11))
FORMANTS_HZ = np.array([[800, 1150, 2900], [350, 2000, 2800], [450, 800, 2830], [325, 700, 2700]], dtype=float)


def euclidean(hits, steps, turn):
    """`hits` spread as evenly as can be over `steps`, turned by some places."""
    return np.roll((np.arange(steps) * hits) % steps < hits, turn)


class Loop:
    """Clock, tuning and random choices of one piece."""

    def __init__(self, rng):
        self.rng = rng
        self.rate = (44_100, 48_000)[int(rng.random() < 0.5)]
        self.n = int(SECONDS * self.rate)
        beat_s = 60 / np.exp(rng.uniform(np.log(60), np.log(180)))
        self.loop_steps = int(rng.choice([12, 16, 20, 24]))
        self.tick_s = beat_s / (3 if self.loop_steps % 8 else 4)
        self.swing = rng.uniform(0, 0.2) * (rng.random() < 0.5)
        self.ticks = int(SECONDS / self.tick_s)
        self.tuning = np.array(TUNINGS[rng.integers(len(TUNINGS))])
        self.tonic_hz = 55 * 2 ** (rng.uniform(-4, 8) / 12)

    def hz(self, note):
        octave, place = divmod(int(note), self.tuning.size)
        return self.tonic_hz * 2 ** (octave + self.tuning[place] / 12)

    def when(self, tick):
        late = self.swing * self.tick_s if tick % 2 else 0.0
        return int((tick * self.tick_s + late) * self.rate)

    def times(self, seconds):
        return np.arange(int(seconds * self.rate), dtype=np.float32) / self.rate

    def fullness(self, kind):
        """Strength of a layer over the ticks: builds up, falls away, breaks off or comes and goes."""
        x = np.linspace(0, 1, self.ticks)
        turn = self.rng.uniform(0.25, 0.75)
        shapes = {
            "build": np.clip((x - turn * 0.5) * 4, 0, 1),
            "fall": np.clip((turn + 0.4 - x) * 4, 0, 1),
            "break": (np.abs(x - turn) > 0.12).astype(float),
            "wave": 0.5 + 0.5 * np.cos(2 * np.pi * (x * self.rng.integers(1, 3) + turn)),
            "all": np.ones(self.ticks),
        }
        return shapes[kind]

    def layer(self):
        return self.fullness(str(self.rng.choice(["build", "fall", "break", "wave", "all", "all"])))


def modal(loop, hz, seconds, brightness, stiffness, loss):
    """A struck or plucked body: partials that decay on their own, higher ones sooner."""
    t = loop.times(seconds)
    number = np.arange(1, min(24, int(0.42 * loop.rate / hz)) + 1)
    partial_hz = hz * number * np.sqrt(1 + stiffness * number**2)
    number = number[partial_hz < 0.45 * loop.rate]
    partial_hz = partial_hz[: number.size]
    pick = np.abs(np.sin(np.pi * number * loop.rng.uniform(0.08, 0.4))) + 0.02
    sound = np.zeros(t.size, dtype=np.float32)
    for f, a, k in zip(partial_hz, pick * number ** -brightness, number):
        live = min(t.size, int(6 / (loss * (1 + 0.25 * k)) * loop.rate) + 64)
        sound[:live] += np.float32(a) * np.exp(-t[:live] * np.float32(loss * (1 + 0.25 * k))) * np.sin(
            np.float32(2 * np.pi * f) * t[:live]
        )
    sound[: loop.rate // 500] *= np.linspace(0, 1, loop.rate // 500, dtype=np.float32)
    return sound


def choir(loop, hertz, seconds, spread, amplitude):
    """A sustained sound made in the spectrum: every harmonic a bell of random phases. [2, n], loosely alike on both sides."""
    rng, n = loop.rng, int(seconds * loop.rate)
    f = np.fft.rfftfreq(n, 1 / loop.rate)
    magnitude = np.zeros(f.size)
    for hz in hertz:
        for k in range(1, min(40, int(0.45 * loop.rate / hz)) + 1):
            centre, width = hz * k, max(1.0, spread * hz * k)
            a, b = np.searchsorted(f, [centre - 4 * width, centre + 4 * width])
            magnitude[a:b] += amplitude(k, centre) * np.exp(-0.5 * ((f[a:b] - centre) / width) ** 2) / np.sqrt(width)
    common, own = (np.exp(2j * np.pi * rng.random(f.size)) for _ in range(2))
    blend = rng.uniform(0.2, 0.9)
    right = blend * common + np.sqrt(1 - blend**2) * own
    return np.fft.irfft(np.stack([magnitude * common, magnitude * right]), n).astype(np.float32)


def faded(sound, loop, edge_s):
    """Half-sine edges."""
    edge = min(sound.shape[-1] // 2, int(edge_s * loop.rate))
    ramp = np.sin(np.linspace(0, np.pi / 2, edge, dtype=np.float32))
    sound = sound.copy()
    sound[..., :edge] *= ramp
    sound[..., sound.shape[-1] - edge :] *= ramp[::-1]
    return sound


def percussion(loop):
    """A list of (mono track, place on the stage) of struck things in Euclidean rhythms."""
    rng, tracks = loop.rng, []
    t = loop.times(0.5)
    drop, pitch = rng.uniform(10, 60), rng.uniform(38, 70)
    boom = np.tanh(rng.uniform(1, 4) * np.sin(2 * np.pi * pitch * t + drop / 8 * np.exp(-t * 40))) * np.exp(-t * rng.uniform(5, 18))
    crack = rng.standard_normal(t.size).astype(np.float32)
    snap_hz = rng.uniform(900, 4000)
    crack = filtered(crack, loop.rate, lambda f: 1 / (1 + ((f - snap_hz) / (0.6 * snap_hz)) ** 2))
    crack = crack * (np.exp(-t * rng.uniform(12, 40)) + 0.4 * np.exp(-((t - 0.015) ** 2) / 2e-6))
    metal = sum(np.sign(np.sin(2 * np.pi * f * t)) for f in rng.uniform(300, 900, 5) * 5.3).astype(np.float32)
    metal = filtered(metal, loop.rate, lambda f: (f / 6500) ** 3 / (1 + (f / 6500) ** 3)) * np.exp(-t * rng.uniform(15, 90))
    skin = modal(loop, rng.uniform(90, 300), 0.5, 0.6, 0.12, rng.uniform(8, 25))
    counts = (rng.integers(2, 6), rng.integers(1, 5), rng.integers(5, 13), rng.integers(2, 8))
    for sound, hits, weight, place in zip((boom, crack, metal, skin), counts, (1, 0.6, 0.25, 0.5), (0, 0.05, 0.6, 0.7)):
        if rng.random() < 0.2:
            continue
        track = np.zeros(loop.n, dtype=np.float32)
        pattern = euclidean(int(hits), loop.loop_steps, int(rng.integers(loop.loop_steps)) if hits > 4 else 0)
        strength, accent = loop.layer(), rng.uniform(0.5, 1, loop.loop_steps)
        for tick in range(loop.ticks):
            beat = tick % loop.loop_steps
            if pattern[beat] and strength[tick] > 0.05:
                add_at(track, loop.when(tick), sound * np.float32(weight * accent[beat] * strength[tick]))
        tracks.append((track * np.float32(np.exp(rng.normal(0, 0.35))), rng.normal(0, place)))
    return tracks


def low_line(loop):
    """A bass: sines bent by a waveshaper, gliding between notes of the loop."""
    rng = loop.rng
    hold = int(rng.choice([2, 3, 4, 6]))
    notes = rng.choice([0, 0, 0, 2, 3, 4], -(-loop.loop_steps // hold))
    pitch = np.array([loop.hz(notes[(i % loop.loop_steps) // hold]) for i in range(loop.ticks)])
    pitch = np.where(pitch > 98, pitch / 2, pitch)
    places = np.array([loop.when(i) for i in range(loop.ticks)])
    contour = np.interp(np.arange(0, loop.n, 64), places, np.log(pitch))
    phase = np.cumsum(np.repeat(np.exp(contour), 64)[: loop.n]) * (2 * np.pi / loop.rate)
    since = (np.arange(loop.n) / loop.rate) % (hold * loop.tick_s)
    envelope = np.exp(-since * rng.uniform(0.5, 6)) * np.minimum(1, since * 150)
    envelope *= np.interp(np.arange(loop.n), places, loop.layer())
    bend = rng.uniform(0.3, 5)
    return (np.tanh(bend * envelope * (np.sin(phase) + 0.3 * rng.random() * np.sin(2 * phase))) / np.tanh(bend)).astype(np.float32)


def plucks(loop):
    """An arpeggio or riff of modal sounds."""
    rng = loop.rng
    body = (rng.uniform(0.3, 1.6), rng.choice([0, 1e-4, 8e-4, 0.02]), rng.uniform(1.5, 9))
    riff = rng.integers(5, 20, loop.loop_steps)
    pattern = rng.random(loop.loop_steps) < rng.uniform(0.25, 0.8)
    strength, sounds, track = loop.layer(), {}, np.zeros(loop.n, dtype=np.float32)
    for tick in range(loop.ticks):
        beat = tick % loop.loop_steps
        if pattern[beat] and strength[tick] > 0.05:
            note = riff[beat]
            if note not in sounds:
                sounds[note] = modal(loop, loop.hz(note), 1.2, *body)
            add_at(track, loop.when(tick), sounds[note] * np.float32(strength[tick] * rng.uniform(0.6, 1)))
    return track


def harmony(loop, formants):
    """Chords of choirs, or of vowels where `formants`; [2, n]."""
    rng, track = loop.rng, np.zeros((2, loop.n), dtype=np.float32)
    hold, slope = loop.loop_steps * (1 if rng.random() < 0.6 else 2), rng.uniform(0.7, 2.0)
    strength, sounds = loop.layer(), {}
    for index, tick in enumerate(range(0, loop.ticks, hold)):
        chord = index % 3
        if chord not in sounds:
            vowel = FORMANTS_HZ[rng.integers(len(FORMANTS_HZ))]

            def amplitude(k, hz):
                if not formants:
                    return k**-slope / (1 + (hz / 6000) ** 2)
                return float((1 / (1 + ((hz - vowel) / 120) ** 2)).sum() + 0.01) / k**0.3

            count = int(rng.integers(1, 3)) if formants else int(rng.integers(2, 5))
            base = int(rng.integers(0, 5)) + (10 if formants else 5)
            hertz = [loop.hz(base + 2 * i) for i in range(count)]
            sounds[chord] = faded(choir(loop, hertz, hold * loop.tick_s * 1.1, rng.uniform(0.001, 0.008), amplitude), loop, 0.12)
        add_at(track, loop.when(tick), sounds[chord] * np.float32(0.1 + 0.9 * strength[tick]))
    return track


def grains(loop):
    """A texture of short bursts of coloured noise strewn over the stage; [2, n]."""
    rng, track = loop.rng, np.zeros((2, loop.n), dtype=np.float32)
    t = loop.times(rng.uniform(0.02, 0.15))
    kinds = []
    for _ in range(5):
        centre = np.exp(rng.uniform(np.log(300), np.log(9000)))
        noise = rng.standard_normal(t.size).astype(np.float32)
        kinds.append(filtered(noise, loop.rate, lambda f: 1 / (1 + ((f - centre) / (0.3 * centre)) ** 2)) * np.hanning(t.size))
    for start in rng.integers(0, loop.n, int(rng.integers(60, 500))):
        side = rng.random()
        add_at(track, int(start), kinds[rng.integers(5)] * np.array([[side], [1 - side]]) * rng.exponential())
    return track


def delay_network(loop):
    """Impulse response [2, m] of eight delay lines fed back through a Householder matrix, made block by block."""
    rng = loop.rng
    lengths = np.sort(rng.integers(int(0.013 * loop.rate), int(0.061 * loop.rate), 8))
    t60 = rng.uniform(0.25, 2.2)
    keep = 10 ** (-3 * lengths / (t60 * loop.rate))
    block, total = int(lengths[0]), int(min(1.6, t60) * loop.rate)
    line = np.zeros((8, total + block + lengths[-1]))
    line[:, lengths[-1]] = rng.choice([-1.0, 1.0], 8)
    matrix = np.eye(8) - 0.25
    for start in range(lengths[-1], total + lengths[-1], block):
        read = np.stack([line[i, start - l : start - l + block] * keep[i] for i, l in enumerate(lengths)])
        line[:, start : start + block] += matrix @ read
    taps = rng.choice([-1.0, 1.0], (2, 8)) * rng.uniform(0.4, 1, (2, 8))
    impulse = (taps @ line)[:, lengths[-1] + 1 :].astype(np.float32)
    dark = rng.uniform(2500, 9000)
    impulse = filtered(impulse, loop.rate, lambda f: 1 / np.sqrt(1 + (f / dark) ** 2))
    return impulse / np.sqrt((impulse**2).sum())


def staged(track, place, loop):
    """A mono track moved aside by delay and a little level."""
    lag = int(abs(place) * 0.0006 * loop.rate)
    far = np.concatenate([np.zeros(lag, dtype=np.float32), track[: loop.n - lag]]) * np.float32(10 ** (-abs(place) / 4))
    return np.stack([track, far] if place < 0 else [far, track])


def make(rng):
    """A piece of twenty seconds."""
    loop = Loop(rng)
    parts = []
    if rng.random() < 0.8:
        kit = [staged(t, np.clip(p, -1, 1), loop) for t, p in percussion(loop)]
        if kit:
            parts.append((sum(kit), rng.uniform(-12, 4), 0.08, True))
    if rng.random() < 0.8:
        line = low_line(loop)
        parts.append((np.stack([line, line]), rng.normal(-2, 3), 0.0, False))
    if rng.random() < 0.6:
        parts.append((staged(plucks(loop), np.clip(rng.normal(0, 0.5), -1, 1), loop), rng.normal(-6, 3), 0.3, False))
    if rng.random() < 0.6:
        parts.append((harmony(loop, False), rng.normal(-7, 3), 0.3, False))
    if rng.random() < 0.5:
        parts.append((harmony(loop, True), rng.normal(-5, 3), 0.2, False))
    if rng.random() < 0.4:
        parts.append((grains(loop), rng.normal(-18, 4), 0.4, False))
    parts = [part for part in parts if np.abs(part[0]).max() > 1e-4]
    if not parts:
        return make(rng)
    mix, send, drums, other = np.zeros((2, loop.n)), np.zeros((2, loop.n)), 0.0, 1e-12
    for track, level_db, wet, is_drum in parts:
        power = 10 ** (level_db / 10)
        track = track * np.sqrt(power / (track.astype(float) ** 2).mean())
        mix += track
        send += wet * rng.uniform(0.2, 1.6) * track
        drums, other = (drums + power, other) if is_drum else (drums, other + power)
    mix += convolved(send, delay_network(loop))
    middle, side = (mix[0] + mix[1]) / 2, (mix[0] - mix[1]) / 2 * rng.uniform(0.6, 1.5)
    mix = np.stack([middle + side, middle - side]) / np.abs(mix).max()
    return Clip(mix.astype(np.float32), loop.rate, float(drums / (drums + other)))
