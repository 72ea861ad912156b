"""Levels, true peaks and pictures, measured without the project's own code."""
import os
import subprocess
import time

import numpy as np
from scipy.signal import firwin, resample_poly


def gain(level_db):
    return 10.0 ** (level_db / 20.0)


def level_db(x):
    return 20.0 * np.log10(max(float(x), 1e-12))


def interpolated(x, factor, taps_per_phase=256):
    """The band-limited wave through `x` at `factor` times its rate."""
    window = firwin(factor * taps_per_phase + 1, 1.0 / factor, window=("kaiser", 9.0))
    return resample_poly(x, factor, 1, window=window)


def true_peak_db(audio):
    """Largest level of the band-limited wave through `audio` (channels, frames), looked at 32 times per frame."""
    piece, margin, peak = 2048, 256, 0.0
    for channel in np.asarray(audio, dtype=np.float64):
        coarse = np.abs(interpolated(channel, 4))
        # Four times a frame the peak of a wave below half the sample rate is missed by 0.69 dB at most.
        worth_a_look = coarse.max() * gain(-0.7)
        for start in range(0, len(channel), piece):
            if coarse[4 * start : 4 * (start + piece)].max() < worth_a_look:
                continue
            lead = min(start, margin)
            fine = np.abs(interpolated(channel[start - lead : start + piece + margin], 32))
            peak = max(peak, fine[lead * 32 : (lead + piece) * 32].max())
    return level_db(peak)


def stop(process, patience_s=5.0):
    """Ends a child, politely first; returns its exit status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def wait_until(condition, patience_s, what):
    """Polls; fails with `what` when time is up. Returns what the condition returned."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"after {patience_s} s: {what}")


def is_managed(display):
    """Whether a window manager has taken over the display."""
    said = subprocess.run(
        ["xprop", "-display", display, "-root", "_NET_SUPPORTING_WM_CHECK"], capture_output=True, text=True, timeout=10
    )
    return "window id" in said.stdout


def is_drawn(display, title, picture_path):
    """Takes a picture of the window with `title` in its title, without the frame, and looks whether much is in it."""
    environment = dict(os.environ, DISPLAY=display)

    def ask(*command):
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30).stdout.split()

    windows = ask("xdotool", "search", "--onlyvisible", "--name", title)
    if not windows:
        return False
    ask("import", "-window", windows[0], str(picture_path))
    # An empty window has one colour, a line of text in it a few dozen.
    found = ask("identify", "-format", "%k %w %h", str(picture_path))
    if len(found) != 3:
        return False
    colours, width, height = map(int, found)
    return colours > 200 and width >= 400 and height >= 300
