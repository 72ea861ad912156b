"""What the host tests share: where the built things are, the song, a screen without a monitor, measuring.

Paths come from the environment (`cargo xtask test` sets them) or from where cargo puts things.
"""
import os
import pathlib
import shutil
import subprocess
import time

import numpy as np
import pytest
import soundfile

import measuring
import standalone

ROOT = pathlib.Path(__file__).resolve().parents[2]


def built(variable, default):
    path = pathlib.Path(os.environ.get(variable, ROOT / default))
    if not path.exists():
        pytest.exit(f"{path} is missing; `cargo xtask test` builds it", returncode=2)
    return str(path)


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory):
    """No test may depend on the settings of whoever runs it."""
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("settings"))


@pytest.fixture(scope="session")
def vst3():
    return built("AURACORE_VST3", "target/bundled/AuraCore.vst3")


@pytest.fixture(scope="session")
def program():
    return built("AURACORE_PROGRAM", "target/release/auracore")


@pytest.fixture(scope="session")
def song_path():
    return built("AURACORE_SONG", "target/song.wav")


@pytest.fixture(scope="session")
def song(song_path):
    """The loudest eight seconds of the demonstration piece, (2, frames) at 44.1 kHz."""
    audio, rate_hz = soundfile.read(song_path, dtype="float32", always_2d=True, start=14 * 44100, frames=8 * 44100)
    assert rate_hz == 44100
    return np.ascontiguousarray(audio.T)


@pytest.fixture(scope="session")
def hot_song(song):
    """The same driven to a sample peak of +9.5 dBFS."""
    return (song * (measuring.gain(9.5) / np.abs(song).max())).astype(np.float32)


@pytest.fixture
def x_server():
    """A display of its own: the process, and what goes into DISPLAY."""
    read_end, write_end = os.pipe()
    # -noreset: not to start over whenever its last window goes, as the next one may be on its way.
    arguments = f"Xvfb -displayfd {write_end} -screen 0 1280x900x24 +extension GLX -nolisten tcp -noreset".split()
    server = subprocess.Popen(arguments, pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        with os.fdopen(read_end) as number:
            display = number.readline().strip()
        assert display, "Xvfb did not start"
        yield server, f":{display}"
    finally:
        measuring.stop(server)


@pytest.fixture
def screen(x_server):
    """A display of its own with a window manager; the value is what goes into DISPLAY."""
    _, display = x_server
    # Hosts made with JUCE end with an X error where no window manager answers.
    manager = subprocess.Popen(["openbox"], env=dict(os.environ, DISPLAY=display), stderr=subprocess.DEVNULL)
    try:
        measuring.wait_until(lambda: measuring.is_managed(display), 10.0, "no window manager")
        yield display
    finally:
        measuring.stop(manager)


@pytest.fixture
def jack_server():
    """A JACK server without a sound card; the value is its name."""
    if shutil.which("jackd") is None:
        pytest.skip("jackd is not installed")
    rate, period = str(standalone.RATE_HZ), str(standalone.PERIOD_FRAMES)
    arguments = ["jackd", "--no-realtime", "-n", standalone.SERVER, "-d", "dummy", "-r", rate, "-p", period]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1.0)
        assert server.poll() is None, "jackd did not start"
        yield standalone.SERVER
    finally:
        measuring.stop(server)
