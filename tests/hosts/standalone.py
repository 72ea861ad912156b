"""The standalone as a person starts it, and a JACK client that plays into it and hears it."""
import os
import queue
import subprocess

import jack
import numpy as np

from measuring import wait_until

RATE_HZ = 48000
# Long enough that a loaded machine without real-time priorities keeps up.
PERIOD_FRAMES = 1024
SERVER = "auracore-test"


def headless():
    return {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}


def on_screen(screen, log_path):
    return headless() | {"DISPLAY": screen, "LIBGL_ALWAYS_SOFTWARE": "1", "AURACORE_LOG": str(log_path)}


def play(program, *arguments, environment):
    # Into a file: nobody empties a pipe while it plays.
    return subprocess.Popen(
        [program, "play", *arguments], env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT,
        stdout=open(environment["AURACORE_LOG"], "w"),
    )  # fmt: skip


def said(environment):
    with open(environment["AURACORE_LOG"]) as log:
        return log.read()


class Loop:
    """A JACK client that plays a piece of mono audio over and over into two ports and keeps what comes back on two others."""

    def __init__(self, wave):
        self.client = jack.Client("loop", servername=SERVER, no_start_server=True)
        self.outs = [self.client.outports.register(f"out_{side}") for side in "lr"]
        self.ins = [self.client.inports.register(f"in_{side}") for side in "lr"]
        self.heard = queue.SimpleQueue()
        self.wave, self.frame = wave.astype(np.float32), 0
        self.client.set_process_callback(self.process)

    def process(self, frames):
        at = np.arange(self.frame, self.frame + frames) % len(self.wave)
        self.frame += frames
        for port in self.outs:
            port.get_array()[:] = self.wave[at]
        self.heard.put(np.stack([port.get_array().copy() for port in self.ins]))

    def listen(self, seconds):
        """Everything that comes in from now on, (2, frames)."""
        while not self.heard.empty():
            self.heard.get()
        wanted = int(np.ceil(seconds * RATE_HZ / PERIOD_FRAMES))
        return np.concatenate([self.heard.get(timeout=10) for _ in range(wanted)], axis=1)

    def connect(self, environment):
        """Plays into the standalone and hears it, once its ports are there."""

        def ports(**kind):
            found = self.client.get_ports(is_audio=True, **kind)
            return [port for port in found if not port.name.startswith(("loop:", "system:"))]

        inputs = wait_until(lambda: ports(is_input=True), 15.0, f"no input ports appear: {said(environment)}")
        outputs = wait_until(lambda: ports(is_output=True), 15.0, "no output ports appear")
        for side in range(2):
            self.client.connect(self.outs[side], inputs[side])
            self.client.connect(outputs[side], self.ins[side])
        self.listen(0.5)  # latency and whatever the connecting did


def sine(hz, amplitude):
    """One second of a sine of a whole number of periods: it can be repeated without a seam."""
    return amplitude * np.sin(2 * np.pi * hz * np.arange(RATE_HZ) / RATE_HZ)


def pink(frames, amplitude, seed=1):
    """Pink noise from 20 Hz to 20 kHz that can be repeated without a seam; `amplitude` is its RMS."""
    hz = np.fft.rfftfreq(frames, 1.0 / RATE_HZ)
    inside = (hz >= 20.0) & (hz <= 20000.0)
    magnitude = np.where(inside, 1.0 / np.sqrt(np.maximum(hz, 1.0)), 0.0)
    phase = np.random.default_rng(seed).uniform(0.0, 2 * np.pi, len(hz))
    wave = np.fft.irfft(magnitude * np.exp(1j * phase), frames)
    return wave * amplitude / wave.std()
