"""The editor's window from outside: where things stand in it, and a hand on mouse and keyboard.

Places are those of `src/editor/layout.rs`, `pages/master/equaliser.rs` and `widgets/axes.rs`, in points, which are pixels
on the screens of these tests.
"""
import os
import subprocess

import numpy as np

from measuring import wait_until

HEADER, FOOTER, SIDE, GAP = 38.0, 28.0, 8.0, 6.0
SPAN_DB = 18.0
LOW_HZ, HIGH_HZ = 20.0, 20000.0
BAND_HZ = [60.0, 150.0, 400.0, 1000.0, 2400.0, 6000.0, 10000.0, 15000.0]


class Graph:
    """The equaliser's graph on the master page of a window of this size."""

    def __init__(self, width, height):
        page_width, page_height = width - 2 * SIDE, height - HEADER - FOOTER
        inputs = np.clip(0.068 * page_width, 54, 76)
        levels = np.clip(0.19 * page_width, 158, 240)
        chain = np.clip(0.1 * page_height, 44, 64)
        controls = np.clip(0.25 * page_height, 142, 190)
        self.left = SIDE + inputs + GAP + 4
        self.right = width - SIDE - levels - GAP - 4
        top, bottom = HEADER + chain + GAP, height - FOOTER - controls - GAP
        keys = np.clip(0.05 * (bottom - top), 12, 24)
        self.top, self.bottom = top + 4, bottom - 4 - keys

    def place(self, hz, level_db):
        x = self.left + (self.right - self.left) * np.log(hz / LOW_HZ) / np.log(HIGH_HZ / LOW_HZ)
        y = 0.5 * (self.top + self.bottom) - 0.5 * (self.bottom - self.top) * level_db / SPAN_DB
        return round(float(x)), round(float(y))


class Hand:
    """Moves the pointer in the window with this title and types into it."""

    def __init__(self, display, title="AuraCore"):
        self.environment = dict(os.environ, DISPLAY=display)
        found = wait_until(lambda: self.ask("search", "--onlyvisible", "--name", title).split(), 30.0, "no window")
        self.window = found[0]

    def ask(self, *words):
        command = ["xdotool", *map(str, words)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30).stdout

    def size(self):
        geometry = dict(line.split("=") for line in self.ask("getwindowgeometry", "--shell", self.window).split())
        return int(geometry["WIDTH"]), int(geometry["HEIGHT"])

    def drag(self, start, end, steps=8):
        """Presses at one place of the window, moves in steps, lets go at another."""
        self.move(start)
        # A press belongs to what is under the pointer when the next frame is drawn; without a graphics processor and
        # on a busy machine that takes a while.
        self.ask("mousedown", 1, "sleep", "0.5")
        for share in np.linspace(0.0, 1.0, steps + 1)[1:]:
            self.move([round(a + share * (b - a)) for a, b in zip(start, end)])
        self.ask("sleep", "0.3", "mouseup", 1)

    def move(self, place):
        self.ask("mousemove", "--window", self.window, *place, "sleep", "0.05")

    def press(self, keys):
        self.ask("key", "--clearmodifiers", keys)
