"""What `auracore` says of files and does to them, measured by others."""
import json
import subprocess

import numpy as np
import pyloudnorm
import pytest
import soundfile

from measuring import true_peak_db


def auracore(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=120)


def loudness(audio, rate_hz):
    return pyloudnorm.Meter(rate_hz).integrated_loudness(audio)


@pytest.mark.parametrize("target_lufs, ceiling_dbtp", [(-14.0, -1.0), (-23.0, -2.0)])
def test_master_lands_on_the_target_under_the_ceiling(program, song_path, tmp_path, target_lufs, ceiling_dbtp):
    out_path = tmp_path / "out.wav"
    done = auracore(program, "master", song_path, "-o", out_path, "--target", target_lufs, "--ceiling", ceiling_dbtp)
    assert done.returncode == 0, done.stderr
    before, rate_hz = soundfile.read(song_path)
    after, rate_out_hz = soundfile.read(out_path)
    assert (rate_out_hz, after.shape) == (rate_hz, before.shape)
    assert loudness(after, rate_hz) == pytest.approx(target_lufs, abs=0.15)
    assert true_peak_db(after.T) <= ceiling_dbtp + 0.1


def test_master_keeps_time(program, song_path, tmp_path):
    out_path = tmp_path / "out.wav"
    assert auracore(program, "master", song_path, "-o", out_path, "--target", -20).returncode == 0
    before, after = (soundfile.read(path)[0][:, 0] for path in (song_path, out_path))
    size = 2 * len(before)
    likeness = np.fft.irfft(np.fft.rfft(after, size) * np.conj(np.fft.rfft(before, size)), size)
    assert int(likeness.argmax()) == 0


def test_measure_agrees_with_another_meter(program, song_path):
    done = auracore(program, "measure", song_path, "--json")
    assert done.returncode == 0, done.stderr
    (said,) = json.loads(done.stdout)
    audio, rate_hz = soundfile.read(song_path)
    assert said["integrated_lufs"] == pytest.approx(-19.7, abs=0.1), "as the manual prints it"
    assert said["integrated_lufs"] == pytest.approx(loudness(audio, rate_hz), abs=0.1)
    assert said["true_peak_dbtp"] == pytest.approx(true_peak_db(audio.T), abs=0.1)


def test_a_bad_file_is_named_and_the_good_one_done(program, song_path, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"not audio at all")
    folder = tmp_path / "mastered"
    folder.mkdir()
    done = auracore(program, "master", bad, song_path, "-o", folder)
    assert done.returncode == 1
    assert "bad.wav" in done.stderr + done.stdout
    (made,) = folder.iterdir()
    assert soundfile.info(made).frames == soundfile.info(song_path).frames
