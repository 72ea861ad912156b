"""The standalone: without a sound card, with its window, and in a JACK graph."""
import os
import queue
import shutil
import signal
import subprocess
import time

import jack
import numpy as np
import pytest

import tracks
from measuring import gain, is_drawn, level_db, stop, wait_until

RATE_HZ = 48000
PERIOD_FRAMES = 256
SERVER = "auracore-test"


def headless():
    return {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}


def play(program, *arguments, environment):
    # Into a file: nobody empties a pipe while it plays.
    return subprocess.Popen(
        [program, "play", *arguments], env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT,
        stdout=open(environment["AURACORE_LOG"], "w"),
    )  # fmt: skip


def said(environment):
    with open(environment["AURACORE_LOG"]) as log:
        return log.read()


def test_plays_without_a_sound_card(program, tmp_path):
    environment = headless() | {"AURACORE_LOG": str(tmp_path / "log")}
    process = play(program, "-b", "dummy", environment=environment)
    try:
        time.sleep(1.5)
        assert process.poll() is None, said(environment)
        process.send_signal(signal.SIGINT)
        process.wait(5)
        assert "panicked" not in said(environment)
    finally:
        stop(process)


def test_window_opens_and_draws(program, screen, tmp_path):
    environment = headless() | {
        "DISPLAY": screen, "LIBGL_ALWAYS_SOFTWARE": "1", "AURACORE_LOG": str(tmp_path / "log"),
    }  # fmt: skip
    process = play(program, "-b", "dummy", environment=environment)
    try:
        wait_until(lambda: is_drawn(screen, "AuraCore", tmp_path / "window.png"), 30.0, "the window stays blank")
        assert process.poll() is None, said(environment)
    finally:
        stop(process)
    assert "panicked" not in said(environment)


def test_a_track_is_opened_and_a_broken_one_named(program, screen, tmp_path):
    environment = headless() | {
        "DISPLAY": screen, "LIBGL_ALWAYS_SOFTWARE": "1", "AURACORE_LOG": str(tmp_path / "log"),
    }  # fmt: skip
    track = tmp_path / "tone.json"
    track.write_text(tracks.tone(200.0))
    process = play(program, "-b", "dummy", "--track", str(track), environment=environment)
    try:
        wait_until(lambda: is_drawn(screen, "AuraCore", tmp_path / "window.png"), 30.0, "the window stays blank")
        assert process.poll() is None, said(environment)
    finally:
        stop(process)
    assert "panicked" not in said(environment)
    track.write_text("{")
    process = play(program, "-b", "dummy", "--track", str(track), environment=environment)
    assert process.wait(10) == 1
    assert "tone.json" in said(environment)


class Tone:
    """A JACK client that plays a sine into two ports and keeps what comes back on two others."""

    def __init__(self, level):
        self.client = jack.Client("tone", servername=SERVER, no_start_server=True)
        self.outs = [self.client.outports.register(f"out_{side}") for side in "lr"]
        self.ins = [self.client.inports.register(f"in_{side}") for side in "lr"]
        self.heard = queue.SimpleQueue()
        self.frame, self.amplitude = 0, gain(level)
        self.client.set_process_callback(self.process)

    def process(self, frames):
        t = (self.frame + np.arange(frames)) / RATE_HZ
        self.frame += frames
        wave = (self.amplitude * np.sin(2 * np.pi * 997.0 * t)).astype(np.float32)
        for port in self.outs:
            port.get_array()[:] = wave
        self.heard.put(np.stack([port.get_array().copy() for port in self.ins]))

    def listen(self, seconds):
        """Everything that comes in from now on, (2, frames)."""
        while not self.heard.empty():
            self.heard.get()
        wanted = int(seconds * RATE_HZ / PERIOD_FRAMES)
        return np.concatenate([self.heard.get(timeout=10) for _ in range(wanted)], axis=1)


@pytest.fixture
def jack_server():
    if shutil.which("jackd") is None:
        pytest.skip("jackd is not installed")
    arguments = ["jackd", "--no-realtime", "-n", SERVER, "-d", "dummy", "-r", str(RATE_HZ), "-p", str(PERIOD_FRAMES)]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1.0)
        assert server.poll() is None, "jackd did not start"
        yield SERVER
    finally:
        stop(server)


def test_audio_passes_through_in_jack(program, jack_server, tmp_path):
    tone = Tone(level=-20.0)
    environment = headless() | {"JACK_DEFAULT_SERVER": jack_server, "AURACORE_LOG": str(tmp_path / "log")}
    process = play(program, "-b", "jack", environment=environment)
    try:
        with tone.client:

            def ports(**kind):
                found = tone.client.get_ports(is_audio=True, **kind)
                return [port for port in found if not port.name.startswith(("tone:", "system:"))]

            inputs = wait_until(lambda: ports(is_input=True), 15.0, f"no input ports appear: {said(environment)}")
            outputs = wait_until(lambda: ports(is_output=True), 15.0, "no output ports appear")
            for side in range(2):
                tone.client.connect(tone.outs[side], inputs[side])
                tone.client.connect(outputs[side], tone.ins[side])
            tone.listen(0.5)  # latency and whatever the connecting did
            heard = tone.listen(1.0)
        for channel in heard:
            assert level_db(channel.std()) == pytest.approx(-23.01, abs=0.1)
        process.send_signal(signal.SIGINT)
        process.wait(5)
        assert "panicked" not in said(environment)
    finally:
        stop(process)
