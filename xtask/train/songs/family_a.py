"""Family A: subtractive and wavetable instruments on a grid of sixteenths, amplitude panning, convolution rooms."""

import numpy as np

from dsp import add_at, convolved, filtered, gain, high_pass, low_pass
from songs import SECONDS, Clip

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10), (0, 2, 4, 5, 7, 9, 10))
VOWELS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
TABLE = 2048


class Song:
    """The plan of a piece, and the instruments that play it."""

    def __init__(self, rng):
        self.rng = rng
        self.rate_hz = int(rng.choice([44_100, 48_000]))
        self.count = int(SECONDS * self.rate_hz)
        self.step_s = 60.0 / rng.uniform(60, 180) / 4
        self.steps = int(SECONDS / self.step_s)
        self.scale = SCALES[rng.integers(len(SCALES))]
        self.root = int(rng.integers(33, 45))
        self.chords = [int(rng.choice([0, 2, 3, 4, 5])) for _ in range(4)]
        self.chords[0] = 0
        self.chord_steps = int(rng.choice([8, 16, 16, 32]))
        self.sections = self._sections()

    def _sections(self):
        """How full the piece is at every step, 0…1: at least one sparse and one dense stretch."""
        length = int(self.rng.choice([16, 32, 32, 64]))
        parts = max(2, -(-self.steps // length))
        density = self.rng.uniform(0.15, 1.0, parts)
        density[self.rng.permutation(parts)[:2]] = (self.rng.uniform(0.1, 0.45), self.rng.uniform(0.8, 1.0))
        return np.repeat(density, length)[: self.steps]

    def playing(self, threshold):
        """Whether a layer that comes in at a fullness plays, at every step."""
        return self.sections >= threshold

    def place(self, step):
        """Sample of a step, a little loose."""
        return int((step * self.step_s + abs(self.rng.normal(0, 0.002))) * self.rate_hz)

    def hz(self, degree, octave=0):
        """Pitch of a degree of the scale."""
        step = self.root + self.scale[degree % 7] + 12 * (degree // 7 + octave)
        return 440.0 * 2.0 ** ((step - 69) / 12)

    def chord(self, step):
        """Root degree of the chord at a step."""
        return self.chords[(step // self.chord_steps) % len(self.chords)]

    def table(self, f0_hz, amplitude_of):
        """One cycle whose harmonics have amplitudes `amplitude_of(number, hz)`, band-limited."""
        harmonics = np.arange(1, min(TABLE // 2 - 1, int(0.45 * self.rate_hz / f0_hz)) + 1)
        spectrum = np.zeros(TABLE // 2 + 1, dtype=complex)
        phases = np.exp(1j * self.rng.uniform(0, 2 * np.pi, harmonics.size) * 0.2)
        spectrum[harmonics] = amplitude_of(harmonics, harmonics * f0_hz) * phases * -0.5j * TABLE
        return np.fft.irfft(spectrum).astype(np.float32)

    def tone(self, table, f0_hz, seconds, vibrato=0.0, detune=0.0):
        """A table read at a pitch."""
        n = np.arange(int(seconds * self.rate_hz), dtype=np.float32)
        cycles = n * np.float32(f0_hz * (1 + detune) / self.rate_hz)
        if vibrato:
            swing = np.float32(2 * np.pi * self.rng.uniform(4.5, 6.5) / self.rate_hz)
            cycles += np.float32(vibrato * f0_hz / (5.5 * 2 * np.pi)) * np.sin(swing * n)
        cycles += np.float32(self.rng.random())
        return table[((cycles % 1.0) * TABLE).astype(np.int32) % TABLE]

    def envelope(self, count, attack_s, decay_s, release_s=0.02):
        """Linear attack, exponential decay, short release."""
        t = np.arange(count, dtype=np.float32) / self.rate_hz
        shape = np.minimum(1.0, t / max(attack_s, 1e-4)) * np.exp(-t / decay_s)
        fade = min(count, int(release_s * self.rate_hz))
        shape[count - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        return shape

    def noise(self, seconds):
        """White noise."""
        return self.rng.standard_normal(int(seconds * self.rate_hz), dtype=np.float32)

    def drums(self):
        """Kick, snare, hat and clap or shaker as four mono tracks."""
        rng, rate = self.rng, self.rate_hz
        t = np.arange(int(0.4 * rate), dtype=np.float32) / rate
        low, sweep = rng.uniform(42, 62), rng.uniform(60, 220)
        kick = np.sin(2 * np.pi * (low * t + sweep * 0.03 * (1 - np.exp(-t / 0.03))))
        kick *= np.exp(-t / rng.uniform(0.06, 0.22))
        kick[: rate // 300] += rng.uniform(0, 0.5) * self.noise(1 / 300)[: rate // 300]
        snare = filtered(self.noise(0.35), rate, high_pass(rng.uniform(500, 1800))) * np.exp(
            -t[: int(0.35 * rate)] / rng.uniform(0.04, 0.14)
        )
        snare += rng.uniform(0.5, 1.5) * np.sin(2 * np.pi * rng.uniform(160, 240) * t[: snare.size]) * np.exp(
            -t[: snare.size] / 0.07
        )
        hat = filtered(self.noise(0.2), rate, high_pass(rng.uniform(4000, 9000), 3))
        hat *= np.exp(-t[: hat.size] / rng.uniform(0.015, 0.08))
        shaker = filtered(self.noise(0.12), rate, high_pass(rng.uniform(2000, 5000)))
        shaker *= np.sin(np.pi * np.linspace(0, 1, shaker.size, dtype=np.float32)) ** 2
        four_floor = rng.random() < 0.4
        patterns = (
            [1.0 if (s % 4 == 0 if four_floor else s % 16 in (0, 6, 10)) else 0.05 for s in range(16)],
            [1.0 if s % 8 == 4 else 0.04 for s in range(16)],
            [0.95 if s % int(rng.choice([1, 2, 2, 4])) == 0 else 0.1 for s in range(16)],
            [0.6 if s % 2 else 0.3 for s in range(16)],
        )
        tracks, thresholds = [], (0.3, 0.4, 0.25, 0.6)
        for sound, pattern, threshold in zip((kick, snare, hat, shaker), patterns, thresholds):
            track = np.zeros(self.count, dtype=np.float32)
            on = self.playing(threshold * rng.uniform(0.5, 1.2))
            for s in np.flatnonzero(on & (rng.random(self.steps) < np.resize(pattern, self.steps))):
                strength = rng.uniform(0.6, 1.0) * (0.6 if s % 4 else 1.0)
                add_at(track, self.place(s), np.float32(strength) * sound)
            tracks.append(track)
        return tracks

    def bass(self):
        """A bass on the roots: saw, square or nearly a sine, darkened."""
        rng = self.rng
        kind, cutoff, slope = rng.integers(3), rng.uniform(150, 900), rng.uniform(1, 3)
        every = int(rng.choice([2, 4, 4, 8]))
        seconds = every * self.step_s * rng.uniform(0.5, 1.0)

        def amplitude(h, hz):
            body = (1.0 / h, (h % 2) / h, (h == 1) + 0.1 / h**2)[kind]
            return body / (1 + (hz / cutoff) ** slope)

        track, sounds = np.zeros(self.count, dtype=np.float32), {}
        on = self.playing(rng.uniform(0.15, 0.5))
        for s in range(0, self.steps, every):
            if not on[s] or rng.random() < 0.1:
                continue
            degree = self.chord(s) + int(rng.choice([0, 0, 0, 4, 7]))
            if degree not in sounds:
                f0 = self.hz(degree, 0 if self.hz(degree) < 85 else -1)
                note = self.tone(self.table(f0, amplitude), f0, seconds)
                sounds[degree] = note * self.envelope(note.size, 0.005, rng.uniform(0.3, 2.0))
            add_at(track, self.place(s), sounds[degree])
        return track

    def pad(self):
        """Chords of detuned saws with slow edges, in stereo."""
        rng = self.rng
        seconds = self.chord_steps * self.step_s * 1.05
        cutoff, slope = rng.uniform(400, 5000), rng.uniform(1.0, 2.5)
        amplitude = lambda h, hz: 1.0 / h / (1 + (hz / cutoff) ** slope)
        track, sounds = np.zeros((2, self.count), dtype=np.float32), {}
        on = self.playing(rng.uniform(0.0, 0.5))
        for s in range(0, self.steps, self.chord_steps):
            if not on[s]:
                continue
            root = self.chord(s)
            if root not in sounds:
                sounds[root] = np.zeros((2, int(seconds * self.rate_hz)), dtype=np.float32)
                for degree in (root, root + 2, root + 4, root + 6)[: rng.integers(3, 5)]:
                    f0 = self.hz(degree, 1 + int(rng.integers(2)))
                    table = self.table(f0, amplitude)
                    for side, detune in ((0, -0.003), (1, 0.003)):
                        voice = self.tone(table, f0, seconds, detune=detune * rng.uniform(0.3, 2))
                        sounds[root][side, : voice.size] += voice[: sounds[root].shape[1]]
                        sounds[root][1 - side, : voice.size] += 0.3 * voice[: sounds[root].shape[1]]
                sounds[root] *= self.envelope(sounds[root].shape[1], rng.uniform(0.02, 0.8), 20.0, 0.3)
            add_at(track, self.place(s), sounds[root])
        return track

    def lead(self):
        """A melody on a frequency-modulated tone."""
        rng = self.rng
        track, every = np.zeros(self.count, dtype=np.float32), int(rng.choice([1, 2, 2, 4]))
        ratio, index, decay = rng.choice([1, 2, 3, 3.5, 7]), rng.uniform(0.3, 4), rng.uniform(0.1, 0.8)
        on, degree, sounds = self.playing(rng.uniform(0.3, 0.8)), 7, {}
        for s in range(0, self.steps, every):
            degree = int(np.clip(degree + rng.integers(-2, 3), 3, 16))
            if not on[s] or rng.random() < 0.3:
                continue
            if degree not in sounds:
                f0 = self.hz(degree, 1)
                t = np.arange(int(min(2.0, every * self.step_s * 1.5) * self.rate_hz), dtype=np.float32) / self.rate_hz
                swing = np.exp(-t / decay) * index * np.sin(2 * np.pi * f0 * ratio * t)
                sounds[degree] = np.sin(2 * np.pi * f0 * t + swing) * self.envelope(t.size, 0.004, decay * 1.5)
            add_at(track, self.place(s), sounds[degree] * np.float32(rng.uniform(0.5, 1)))
        return track

    def voice(self):
        """A singing formant voice with vibrato, breath and consonants."""
        rng = self.rng
        track, s, degree = np.zeros(self.count, dtype=np.float32), 0, 7
        on, octave = self.playing(rng.uniform(0.2, 0.7)), int(rng.integers(0, 2))
        while s < self.steps:
            length = int(rng.choice([2, 3, 4, 6, 8]))
            degree = int(np.clip(degree + rng.integers(-2, 3), 2, 12))
            if on[s] and rng.random() < 0.8:
                vowel, f0 = VOWELS_HZ[rng.integers(len(VOWELS_HZ))], self.hz(degree, 1 + octave)

                def amplitude(h, hz):
                    peaks = sum(g / (1 + ((hz - f) / (60 + 0.06 * f)) ** 2) for f, g in zip(vowel, (1, 0.5, 0.25)))
                    return (peaks + 0.02) / h**0.5

                note = self.tone(self.table(f0, amplitude), f0, length * self.step_s, vibrato=0.008)
                note = note * self.envelope(note.size, 0.05, 5.0, 0.06)
                place = self.place(s)
                add_at(track, place, note)
                if rng.random() < 0.5:
                    hiss = filtered(self.noise(0.08), self.rate_hz, high_pass(rng.uniform(2500, 6000)))
                    add_at(track, max(0, place - hiss.size // 2), 0.1 * hiss * np.hanning(hiss.size).astype(np.float32))
            s += length + int(rng.choice([0, 0, 1, 4]))
        return track

    def bed(self):
        """Noise of a room, a crowd or a tape, different on both sides, breathing slowly."""
        rng = self.rng
        noise = rng.standard_normal((2, self.count), dtype=np.float32)
        low, high = high_pass(rng.uniform(50, 1000)), low_pass(rng.uniform(2000, 15000), 1)
        noise = filtered(noise, self.rate_hz, lambda f: low(f) * high(f))
        breath = 1 + 0.6 * np.sin(2 * np.pi * rng.uniform(0.05, 0.4) * np.arange(self.count) / self.rate_hz)
        return noise * breath.astype(np.float32)

    def room(self, audio):
        """Reverberation of `audio` [2, n]: noise that decays faster in the treble."""
        rng = self.rng
        t60, seconds = rng.uniform(0.3, 2.5), 1.5
        t = np.arange(int(seconds * self.rate_hz), dtype=np.float32) / self.rate_hz
        impulse = rng.standard_normal((2, t.size), dtype=np.float32)
        dull = filtered(impulse, self.rate_hz, low_pass(rng.uniform(1500, 6000), 1))
        impulse = (0.3 * impulse * np.exp(-t * 14 / t60) + dull * np.exp(-t * 6.9 / t60)) * (t > 0.012)
        return convolved(audio, impulse / np.sqrt((impulse**2).sum()))


def panned(track, place):
    """A mono track at a place between −1 and 1, with constant power."""
    angle = (place + 1) * np.pi / 4
    return np.stack([np.cos(angle) * track, np.sin(angle) * track]).astype(np.float32)


def make(rng):
    """A piece of twenty seconds."""
    song = Song(rng)
    layers = []
    """(stereo track, wanted level in dB, share sent to the room, is percussion)"""
    drums_db = rng.uniform(-14, 3)
    if rng.random() < 0.85:
        for track, level in zip(song.drums(), (0, -3, -10, -14)):
            pan = rng.normal(0, 0.02 if level > -5 else 0.4)
            layers.append((panned(track, np.clip(pan, -1, 1)), drums_db + level + rng.normal(0, 2.5), 0.1, True))
    if rng.random() < 0.85:
        layers.append((panned(song.bass(), rng.normal(0, 0.03)), rng.normal(-2, 3), 0.0, False))
    optional = ((song.pad, -7, 0.3), (song.lead, -8, 0.3), (song.voice, -5, 0.25), (song.bed, -32, 0.0))
    for instrument, level, wet in optional:
        if rng.random() < 0.65:
            track = instrument()
            if track.ndim == 1:
                track = panned(track, np.clip(rng.normal(0, 0.3), -1, 1))
            layers.append((track, level + rng.normal(0, 4), wet * rng.uniform(0.2, 1.5), False))
    if not layers:
        layers.append((song.pad() + song.bed() * 1e-2, 0.0, 0.3, False))
    mix, send = (np.zeros((2, song.count), dtype=np.float32) for _ in range(2))
    power = {True: 0.0, False: 1e-12}
    for track, level_db, wet, drum in layers:
        present = np.sqrt((track**2).mean()) + 1e-9
        track = track * np.float32(gain(level_db) / present)
        mix += track
        send += np.float32(wet) * track
        power[drum] += gain(level_db) ** 2
    mix += song.room(send)
    if not np.abs(mix).max() > 1e-6:
        return make(rng)
    return Clip(mix / np.float32(np.abs(mix).max()), song.rate_hz, float(power[True] / (power[True] + power[False])))
