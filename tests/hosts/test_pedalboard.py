"""The built VST3 bundle in pedalboard, a host made with JUCE."""
import numpy as np
import pedalboard
import pytest
from scipy.signal import fftconvolve, firwin

import tracks
from measuring import gain, level_db, true_peak_db

RATE_HZ = 44100


def load(vst3, name="AuraCore"):
    # Nothing to wait for: the instrument would otherwise be listened to for ten seconds.
    return pedalboard.load_plugin(vst3, plugin_name=name, initialization_timeout=0.5)


def parameter(plugin, name):
    """By the name that the plugin shows; assigning to an unknown attribute would go unnoticed."""
    found = [p for p in plugin.parameters.values() if p.name == name]
    assert len(found) == 1, f"{name!r} is not among {[p.name for p in plugin.parameters.values()]}"
    return found[0]


def turn(plugin, name, text):
    """Sets a parameter to what a person types."""
    one = parameter(plugin, name)
    one.raw_value = one.get_raw_value_for_text(text)


def restless(plugin):
    """A setting in which every stage is at work."""
    turn(plugin, "Comp", "on")
    turn(plugin, "Comp threshold", "-24 dB")
    turn(plugin, "Comp look-ahead", "5 ms")
    turn(plugin, "Clip", "on")
    turn(plugin, "Clip drive", "3 dB")
    turn(plugin, "Limit drive", "4 dB")
    turn(plugin, "Width", "130 %")
    turn(plugin, "Mono below", "120 Hz")
    turn(plugin, "EQ 2 gain", "-3 dB")
    turn(plugin, "EQ 5 frequency", "3.1 kHz")
    turn(plugin, "EQ 5 gain", "2.5 dB")
    return plugin


def run(plugin, audio, rate_hz=RATE_HZ, buffer_frames=512):
    """Latency is compensated by the host, as in a real session."""
    return plugin.process(audio, rate_hz, buffer_size=buffer_frames, reset=True)


def noise(frames, level=-20.0, channels=2):
    return (gain(level) * np.random.default_rng(7).uniform(-1, 1, (channels, frames))).astype(np.float32)


def test_bundle_holds_both_entries(vst3):
    assert set(pedalboard.VST3Plugin.get_plugin_names_for_file(vst3)) == {"AuraCore", "AuraCore Instrument"}


def test_entries_share_their_parameters(vst3):
    effect, instrument = load(vst3), load(vst3, "AuraCore Instrument")
    assert list(effect.parameters) == list(instrument.parameters)
    assert len(effect.parameters) > 60


def test_every_parameter_can_be_set_and_read_back(vst3):
    plugin = load(vst3)
    for name, one in plugin.parameters.items():
        for wanted in (0.0, 0.3, 1.0):
            one.raw_value = wanted
            run(plugin, noise(64))
            steps = one.num_steps if one.num_steps and one.num_steps < 1000 else 100
            assert abs(one.raw_value - wanted) <= 0.5 / max(steps - 1, 1) + 1e-6, (name, wanted, one.raw_value)


@pytest.mark.parametrize("name, typed, shown", [
    ("Limit ceiling", "-3", "-3.00"),
    ("Limit ceiling", "-14 dB", "-14.00"),
    ("EQ 4 frequency", "1.2 kHz", "1.20 kHz"),
    ("EQ 4 frequency", "440", "440 Hz"),
    ("Comp ratio", "4:1", "4.00:1"),
    ("Comp mix", "50 %", "50.0"),
    ("Comp", "on", "on"),
])  # fmt: skip
def test_typed_text_is_understood(vst3, name, typed, shown):
    plugin = load(vst3)
    turn(plugin, name, typed)
    one = parameter(plugin, name)
    assert one.get_text_for_raw_value(one.raw_value).startswith(shown)


@pytest.mark.parametrize("rate_hz", [44100, 48000, 88200, 96000, 192000])
def test_quiet_audio_passes_unchanged_at_defaults(vst3, rate_hz):
    audio = noise(rate_hz)
    out = run(load(vst3), audio, rate_hz)
    assert out.shape == audio.shape
    assert level_db(np.abs(out - audio).max()) < -80.0


@pytest.mark.parametrize("rate_hz", [44100, 96000])
def test_true_peak_stays_under_the_ceiling(vst3, hot_song, rate_hz):
    plugin = load(vst3)
    turn(plugin, "Limit ceiling", "-1 dB")
    # The promise is for what can be heard: nothing above 20 kHz.
    filter_taps = firwin(1023, 20_000, fs=rate_hz, window=("kaiser", 10.0))
    audible = fftconvolve(hot_song, filter_taps[np.newaxis], mode="same", axes=1).astype(np.float32)
    out = run(plugin, audible, rate_hz)
    assert np.isfinite(out).all()
    assert level_db(np.abs(out).max()) <= -1.0 + 1e-4
    assert -1.5 < true_peak_db(out) <= -0.9
    assert level_db(np.abs(out).max()) > -2.0, "limited far more than asked for"


def test_latency_is_what_is_reported(vst3):
    impulse = np.zeros((2, 8192), dtype=np.float32)
    impulse[:, 3000] = 0.25
    out = run(load(vst3), impulse)
    # The host takes off what is reported, so what arrives where it went in was reported right.
    assert np.abs(out).argmax(axis=1).tolist() == [3000, 3000]


def test_latency_does_not_depend_on_settings(vst3):
    audio = noise(16384)
    plain, busy = load(vst3), restless(load(vst3))
    run(plain, audio), run(busy, audio)
    assert plain.reported_latency_samples == busy.reported_latency_samples > 0


def test_live_mode_has_no_latency(vst3, song):
    plugin = load(vst3)
    turn(plugin, "Latency mode", "Live")
    run(plugin, song[:, :RATE_HZ])  # hosts take the new latency when they next activate
    out = run(plugin, song[:, :RATE_HZ])
    assert plugin.reported_latency_samples == 0
    assert np.isfinite(out).all() and np.abs(out).max() > 0.1


def test_output_does_not_depend_on_the_buffer_size(vst3, hot_song):
    audio = np.ascontiguousarray(hot_song[:, : 2 * RATE_HZ])
    expected = run(restless(load(vst3)), audio, buffer_frames=512)
    assert level_db(expected.std()) > -30.0
    for buffer_frames in (1, 7, 32, 64, 441, 1024, 4096, 8192):
        out = run(restless(load(vst3)), audio, buffer_frames=buffer_frames)
        assert np.array_equal(out, expected), f"{buffer_frames}: differs by {np.abs(out - expected).max():.3e}"


def test_bypass_is_bit_exact(vst3, hot_song):
    plugin = restless(load(vst3))
    turn(plugin, "Bypass", "on")
    assert np.array_equal(run(plugin, hot_song), hot_song)


def test_reset_forgets_the_past(vst3, hot_song, song):
    used, fresh = restless(load(vst3)), restless(load(vst3))
    run(used, hot_song)
    assert np.array_equal(run(used, song), run(fresh, song))


def test_state_moves_to_a_second_instance(vst3, hot_song):
    audio = np.ascontiguousarray(hot_song[:, :RATE_HZ])
    first, second = restless(load(vst3)), load(vst3)
    untouched = run(second, audio)
    expected = run(first, audio)  # a VST3 takes on what was turned when it next processes, so before its state is asked for
    second.raw_state = first.raw_state
    assert not np.array_equal(expected, untouched)
    assert np.array_equal(run(second, audio), expected)
    for name in first.parameters:
        assert first.parameters[name].raw_value == pytest.approx(second.parameters[name].raw_value, abs=1e-6), name


def test_garbage_state_changes_nothing(vst3, song):
    plugin = restless(load(vst3))
    audio = np.ascontiguousarray(song[:, :RATE_HZ])
    before = run(plugin, audio)
    good = plugin.raw_state
    for bad in (b"", b"garbage", good[: len(good) // 2], bytes(len(good))):
        try:
            plugin.raw_state = bad
        except Exception:  # the host may refuse it before the plugin can
            pass
        assert np.array_equal(run(plugin, audio), before), bad[:20]


def test_instrument_is_silent_and_takes_notes(vst3):
    plugin = load(vst3, "AuraCore Instrument")
    assert plugin.is_instrument
    notes = [(bytes([0x90, 60, 100]), 0.0), (bytes([0x80, 60, 0]), 0.4)]
    out = plugin(notes, duration=0.5, sample_rate=RATE_HZ, num_channels=2)
    assert out.shape == (2, RATE_HZ // 2)
    assert not out.any()


def with_tone(vst3, freq_hz, **settings):
    """The instrument with a track that it got from a saved state, running by itself."""
    plugin = load(vst3, "AuraCore Instrument")
    turn(plugin, "Track mode", "Free")
    turn(plugin, "Track run", "on")
    plugin([], duration=0.01, sample_rate=RATE_HZ)  # takes on what was turned
    plugin.preset_data = tracks.with_track(plugin.preset_data, tracks.tone(freq_hz))
    return plugin


def test_instrument_plays_the_track_in_its_state(vst3):
    plugin = with_tone(vst3, 300.0)
    out = plugin([], duration=2.0, sample_rate=RATE_HZ, num_channels=2)
    assert out.shape == (2, 2 * RATE_HZ)
    left, right = (tracks.strongest_hz(channel[RATE_HZ // 2 :], RATE_HZ) for channel in out)
    assert left == pytest.approx(298.0, abs=0.7) and right == pytest.approx(302.0, abs=0.7)
    assert -12.0 < level_db(np.abs(out).max()) < 0.0


def test_a_saved_track_moves_to_a_second_instance(vst3):
    first, second = with_tone(vst3, 250.0), load(vst3, "AuraCore Instrument")
    expected = first([], duration=1.0, sample_rate=RATE_HZ, num_channels=2)
    second.raw_state = first.raw_state
    out = second([], duration=1.0, sample_rate=RATE_HZ, num_channels=2)
    assert np.abs(out).max() > 0.1
    assert np.array_equal(out, expected)
