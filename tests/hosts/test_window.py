"""The editor's window while audio plays: what the hand moves is what is heard, and a window that hangs is not."""
import os
import signal
import time

import numpy as np
import pytest

from measuring import gain, is_drawn, stop, wait_until
from standalone import PERIOD_FRAMES, RATE_HZ, Loop, on_screen, pink, play, said, sine
from window import BAND_HZ, Graph, Hand

NOISE_FRAMES = 32 * PERIOD_FRAMES


def band_db(loop, hz):
    """Level of the sixth of an octave around each frequency, in what comes out within a few seconds."""
    heard = loop.listen(4 * NOISE_FRAMES / RATE_HZ)
    power = np.zeros(NOISE_FRAMES // 2 + 1)
    for piece in np.split(heard[:, : 4 * NOISE_FRAMES], 4, axis=1):
        power += (np.abs(np.fft.rfft(piece)) ** 2).mean(axis=0)
    bins_hz = np.fft.rfftfreq(NOISE_FRAMES, 1.0 / RATE_HZ)
    edge = 2 ** (1 / 12)
    return np.array([10 * np.log10(power[(bins_hz > f / edge) & (bins_hz < f * edge)].sum()) for f in hz])


@pytest.fixture
def standalone(program, screen, jack_server, tmp_path):
    """The standalone with its window drawn, in JACK: its process and environment."""
    environment = on_screen(screen, tmp_path / "log") | {"JACK_DEFAULT_SERVER": jack_server}
    process = play(program, "-b", "jack", environment=environment)
    try:
        wait_until(lambda: is_drawn(screen, "AuraCore", tmp_path / "window.png"), 30.0, "the window stays blank")
        yield process, environment
        assert process.poll() is None, said(environment)
    finally:
        stop(process)
    assert "panicked" not in said(environment)


def test_a_node_is_dragged_and_undone(standalone, screen):
    _, environment = standalone
    loop = Loop(pink(NOISE_FRAMES, gain(-34.0)))
    hand = Hand(screen)
    graph = Graph(*hand.size())
    target_hz, target_db = 3200.0, 9.0
    hz = np.array([100.0, 1600.0, target_hz, 6400.0])
    with loop.client:
        loop.connect(environment)
        before = band_db(loop, hz)
        hand.drag(graph.place(BAND_HZ[3], 0.0), graph.place(target_hz, target_db))
        time.sleep(1.0)
        rise = band_db(loop, hz) - before
        print("dragged to 3.2 kHz, +9 dB:", dict(zip(hz, rise.round(2))))
        assert rise[2] == pytest.approx(target_db, abs=1.0)
        assert rise[0] == pytest.approx(0.0, abs=0.5)
        # The bell stands where the node does: an octave to both sides it has fallen alike.
        assert max(rise[1], rise[3]) < rise[2] - 1.5
        assert rise[1] == pytest.approx(rise[3], abs=1.0)

        hand.press("ctrl+z")
        time.sleep(1.0)
        assert band_db(loop, hz) - before == pytest.approx(0.0, abs=0.3), "undo takes all of the drag back"
        hand.press("ctrl+shift+z")
        time.sleep(1.0)
        assert band_db(loop, hz) - before == pytest.approx(rise, abs=0.3), "redo brings it back"


def gaps(heard, hz):
    """Pieces of a sine that are not where its best fit expects them, of so many pieces."""
    pieces = heard[0][: len(heard[0]) // 256 * 256].reshape(-1, 256)
    t = np.arange(256) / RATE_HZ
    turning = np.exp(-2j * np.pi * hz * t)
    start = np.exp(-2j * np.pi * hz * np.arange(len(pieces)) * 256 / RATE_HZ)
    phasors = (pieces * turning).sum(axis=1) * start
    middle = np.median(phasors.real) + 1j * np.median(phasors.imag)
    return int((np.abs(phasors - middle) > 0.05 * np.abs(middle)).sum())


def ticks(process):
    """Processor time that each thread has had, in hundredths of a second."""
    had = {}
    for thread in os.listdir(f"/proc/{process.pid}/task"):
        with open(f"/proc/{process.pid}/task/{thread}/stat") as stat:
            words = stat.read().rpartition(")")[2].split()
        had[thread] = int(words[11]) + int(words[12])
    return had


def busy(process, start, least):
    """Threads that have had so much time since."""
    return {thread for thread, had in ticks(process).items() if had - start.get(thread, 0) >= least}


def test_a_window_that_hangs_does_not_delay_audio(standalone, x_server, screen, tmp_path):
    """The X server is stopped, so that whoever draws waits; what plays goes on."""
    process, environment = standalone
    server, _ = x_server
    hz = 1000.0
    loop = Loop(sine(hz, gain(-20.0)))
    found = []
    with loop.client:
        loop.connect(environment)
        start = ticks(process)
        loop.listen(3.0)
        playing = busy(process, start, 6)
        # Without real-time priorities anything may come late once; what hangs comes late every time.
        for _ in range(3):
            os.kill(server.pid, signal.SIGSTOP)
            try:
                time.sleep(1.0)
                start = ticks(process)
                heard = loop.listen(5.0)
                drawing = playing - busy(process, start, 3)
            finally:
                os.kill(server.pid, signal.SIGCONT)
            assert drawing, "no thread that worked before waits now, so this would prove nothing"
            found.append(gaps(heard, hz))
            if found[-1] == 0:
                break
            loop.listen(1.0)
    print("gaps within 5 s while the window hangs:", found)
    assert found[-1] == 0, f"gaps in every try: {found}"
    wait_until(lambda: is_drawn(screen, "AuraCore", tmp_path / "after.png"), 10.0, "the window does not come back")
