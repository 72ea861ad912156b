"""The built VST3 bundle in DawDreamer, a second host: audio-rate automation, latency, state, the editor."""
import subprocess
import sys
import pathlib

import dawdreamer
import numpy as np
import pytest

import tracks
from measuring import gain, is_drawn, level_db, stop, wait_until

RATE_HZ = 48000


class Session:
    """A clip through one plugin."""

    def __init__(self, vst3, audio, block_frames=64):
        self.engine = dawdreamer.RenderEngine(RATE_HZ, block_frames)
        self.plugin = self.engine.make_plugin_processor("auracore", vst3)
        self.clip = self.engine.make_playback_processor("clip", audio)
        self.seconds = audio.shape[1] / RATE_HZ
        self.engine.load_graph([(self.clip, []), (self.plugin, ["clip"])])

    def index(self, name):
        found = [p["index"] for p in self.plugin.get_parameters_description() if p["name"] == name]
        assert len(found) == 1, f"{name!r} is not a parameter"
        return found[0]

    def render(self):
        self.engine.render(self.seconds)
        return self.engine.get_audio()


def tone(seconds, level=-20.0):
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return np.tile(gain(level) * np.sin(2 * np.pi * 1000 * t), (2, 1)).astype(np.float32)


def test_audio_passes(vst3):
    session = Session(vst3, tone(2.0))
    out = session.render()
    settled = out[:, RATE_HZ // 2 :]
    assert level_db(settled.std()) == pytest.approx(-23.01, abs=0.02)


def test_latency_is_what_is_reported(vst3):
    impulse = np.zeros((2, RATE_HZ), dtype=np.float32)
    impulse[:, 1000] = 0.25
    session = Session(vst3, impulse)
    out = session.render()
    assert session.plugin.get_latency_samples() > 0
    assert int(np.abs(out[0]).argmax()) == 1000 + session.plugin.get_latency_samples()


def test_automation_is_followed(vst3):
    """A step and a ramp of the output trim, written as one value for every sample."""
    session = Session(vst3, tone(3.0), block_frames=32)
    trim = session.index("Output trim")
    session.plugin.set_parameter(trim, 0.5)
    normal = np.full(3 * RATE_HZ, 0.5)
    normal[RATE_HZ : 2 * RATE_HZ] = np.linspace(0.5, 0.3, RATE_HZ)
    normal[2 * RATE_HZ :] = 0.3
    session.plugin.set_automation(trim, normal.astype(np.float32))
    out = session.render()

    def level_at(seconds):
        centre = int(seconds * RATE_HZ) + session.plugin.get_latency_samples()
        return level_db(out[0, centre - 960 : centre + 960].std())

    start, middle, end = level_at(0.8), level_at(1.5), level_at(2.8)
    assert start - end > 3.0, "the automation does nothing"
    assert middle == pytest.approx((start + end) / 2, abs=0.1), "a straight line in decibels"
    # No clicks: a sine of this level and pitch moves no faster than this from sample to sample.
    steepest = gain(-20.0) * 2 * np.pi * 1000 / RATE_HZ
    assert np.abs(np.diff(out[0, RATE_HZ // 2 :])).max() < 1.02 * steepest * gain(start - -23.01)


def test_state_survives_a_file(vst3, tmp_path):
    audio = tone(1.0, -3.0)
    first, second = Session(vst3, audio), Session(vst3, audio)
    ceiling = first.index("Limit ceiling")
    first.plugin.set_parameter(ceiling, 0.4)
    expected = first.render()
    first.plugin.save_state(str(tmp_path / "state"))
    second.plugin.load_state(str(tmp_path / "state"))
    assert second.plugin.get_parameter(ceiling) == pytest.approx(0.4, abs=1e-6)
    assert np.array_equal(second.render(), expected)
    assert level_db(np.abs(expected).max()) < -6.0


def test_editor_opens_and_draws(vst3, screen, tmp_path):
    script = pathlib.Path(__file__).with_name("open_editor.py")
    environment = {"DISPLAY": screen, "LIBGL_ALWAYS_SOFTWARE": "1", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    host = subprocess.Popen([sys.executable, str(script), vst3], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert host.stdout.readline() == "loaded\n"
        picture = tmp_path / "editor.png"
        wait_until(lambda: is_drawn(screen, "AuraCore", picture), 30.0, "the editor's window stays blank")
        assert host.poll() is None
    finally:
        stop(host)


def test_the_instrument_follows_the_timeline(vst3, tmp_path):
    """A project with a track in its state: it sounds with the transport, twice the same."""
    import pedalboard

    # The state of a JUCE host, made by another one.
    other = pedalboard.load_plugin(vst3, plugin_name="AuraCore Instrument", initialization_timeout=0.5)
    other.preset_data = tracks.with_track(other.preset_data, tracks.tone(300.0, seconds=1.0))
    state = tmp_path / "state"
    state.write_bytes(other.raw_state)

    engine = dawdreamer.RenderEngine(RATE_HZ, 256)
    plugin = engine.make_plugin_processor("instrument", vst3)
    plugin.load_state(str(state))
    engine.load_graph([(plugin, [])])
    takes = []
    for _ in range(2):
        engine.render(2.0)
        takes.append(engine.get_audio())
    latency = plugin.get_latency_samples()
    out = takes[1]
    sounding, after = out[:, latency : latency + RATE_HZ], out[:, latency + RATE_HZ + 600 :]
    assert tracks.strongest_hz(sounding[0], RATE_HZ) == pytest.approx(298.0, abs=1.5)
    assert np.abs(sounding).max() > 0.1
    assert np.abs(after).max() == 0.0, "the track is over after a second"
