"""The standalone: without a sound card, with its window, and in a JACK graph."""
import signal
import time

import pytest

import tracks
from measuring import gain, is_drawn, level_db, stop, wait_until
from standalone import Loop, headless, on_screen, play, said, sine


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
    environment = on_screen(screen, tmp_path / "log")
    process = play(program, "-b", "dummy", environment=environment)
    try:
        wait_until(lambda: is_drawn(screen, "AuraCore", tmp_path / "window.png"), 30.0, "the window stays blank")
        assert process.poll() is None, said(environment)
    finally:
        stop(process)
    assert "panicked" not in said(environment)


def test_a_track_is_opened_and_a_broken_one_named(program, screen, tmp_path):
    environment = on_screen(screen, tmp_path / "log")
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


def test_audio_passes_through_in_jack(program, jack_server, tmp_path):
    loop = Loop(sine(997.0, gain(-20.0)))
    environment = headless() | {"JACK_DEFAULT_SERVER": jack_server, "AURACORE_LOG": str(tmp_path / "log")}
    process = play(program, "-b", "jack", environment=environment)
    try:
        with loop.client:
            loop.connect(environment)
            heard = loop.listen(1.0)
        for channel in heard:
            assert level_db(channel.std()) == pytest.approx(-23.01, abs=0.1)
        process.send_signal(signal.SIGINT)
        process.wait(5)
        assert "panicked" not in said(environment)
    finally:
        stop(process)
