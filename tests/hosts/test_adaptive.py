"""Adaptive mastering of the built VST3 bundle in pedalboard, which renders offline: what is held sounds, nothing moves."""
import json

import numpy as np
import pedalboard
import pytest
import soundfile
from scipy.signal import butter, sosfilt

import tracks
from measuring import gain

RATE_HZ = 44100
SECONDS = 8


def load(vst3):
    return pedalboard.load_plugin(vst3, plugin_name="AuraCore", initialization_timeout=0.5)


def set_mode(plugin, text):
    mode = next(p for p in plugin.parameters.values() if p.name == "Adaptive mode")
    mode.raw_value = mode.get_raw_value_for_text(text)


def saved(plugin):
    return json.loads(json.loads(tracks.component(plugin.preset_data))["fields"]["adaptive"])


def brightness_db(audio):
    high = sosfilt(butter(4, 4000, "highpass", fs=RATE_HZ, output="sos"), audio)
    return 10 * np.log10(np.mean(high**2) / np.mean(audio**2))


@pytest.fixture(scope="module")
def dull(song_path):
    """Some of the demonstration piece that lacks 12 dB of treble."""
    audio, _ = soundfile.read(song_path, dtype="float32", always_2d=True, start=14 * RATE_HZ, frames=SECONDS * RATE_HZ)
    low = sosfilt(butter(1, 2000, "lowpass", fs=RATE_HZ, output="sos"), audio.T)
    return np.ascontiguousarray(low + gain(-12) * (audio.T - low), dtype=np.float32)


def test_offline_nothing_moves_by_itself(vst3, dull):
    off, adaptive = load(vst3), load(vst3)
    set_mode(off, "Off")
    set_mode(adaptive, "Adaptive")
    render = lambda plugin: plugin.process(dull, RATE_HZ, buffer_size=512, reset=True)
    assert np.array_equal(render(off), render(adaptive))
    assert saved(adaptive)["course"]["history"] == []


def test_what_a_project_holds_is_what_is_bounced(vst3, dull):
    plugin = load(vst3)
    plain = plugin.process(dull, RATE_HZ, buffer_size=512, reset=True)
    state = saved(plugin)
    state["course"]["committed"][6:10] = [3.0, 2.5, 1.0, 2.0]
    preset = tracks.with_field(plugin.preset_data, "adaptive", json.dumps(state))
    bounces = []
    for buffer_frames in (512, 512, 64):
        plugin = load(vst3)
        plugin.preset_data = preset
        set_mode(plugin, "Adaptive")
        bounces.append(plugin.process(dull, RATE_HZ, buffer_size=buffer_frames, reset=True))
        assert saved(plugin)["course"]["committed"] == state["course"]["committed"]
    assert np.array_equal(bounces[0], bounces[1]) and np.array_equal(bounces[0], bounces[2])
    start = slice(0, RATE_HZ)
    assert brightness_db(bounces[0]) - brightness_db(plain) > 2.0
    assert brightness_db(bounces[0][:, start]) - brightness_db(plain[:, start]) > 2.0, "from the first sample"
    set_mode(plugin, "Off")
    assert np.array_equal(plugin.process(dull, RATE_HZ, buffer_size=512, reset=True), plain), "off is off"
