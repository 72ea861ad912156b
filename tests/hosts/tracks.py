"""Tracks in the state of the plugin, as a project that is reopened has them."""
import json
import struct

HEADER = 48


def tone(freq_hz, seconds=4.0, level=None):
    """A binaural beat of 4 Hz around a frequency, as a track file."""
    voice = {"synth_function_name": "binaural_beat", "params": {"baseFreq": freq_hz, "beatFreq": 4}}
    return json.dumps({"progression": [{"duration": seconds, "description": "tone", "voices": [voice]}]})


def chunks_of(preset):
    """The parts of a .vstpreset: identity and content of each."""
    assert preset[:4] == b"VST3"
    directory = struct.unpack_from("<q", preset, 40)[0]
    assert preset[directory : directory + 4] == b"List"
    chunks = []
    for index in range(struct.unpack_from("<i", preset, directory + 4)[0]):
        identity, offset, size = struct.unpack_from("<4sqq", preset, directory + 8 + 20 * index)
        chunks.append([identity, preset[offset : offset + size]])
    return chunks


def component(preset):
    """The component's state, JSON."""
    return next(content for identity, content in chunks_of(preset) if identity == b"Comp")


def with_field(preset, field, text):
    """A .vstpreset with another text in a field of the component's state."""
    chunks = chunks_of(preset)
    for chunk in chunks:
        if chunk[0] == b"Comp":
            state = json.loads(chunk[1])
            state["fields"][field] = text
            chunk[1] = json.dumps(state).encode()
    data, entries = b"", b""
    for identity, content in chunks:
        entries += struct.pack("<4sqq", identity, HEADER + len(data), len(content))
        data += content
    head = preset[:40] + struct.pack("<q", HEADER + len(data))
    return head + data + b"List" + struct.pack("<i", len(chunks)) + entries


def with_track(preset, text, name="Test"):
    """A .vstpreset with a track put into the component's state."""
    return with_field(preset, "track", json.dumps({"version": 1, "name": name, "text": text}))


def strongest_hz(channel, rate_hz):
    """Frequency of the strongest partial."""
    import numpy as np

    spectrum = np.abs(np.fft.rfft(channel * np.hanning(len(channel))))
    return float(np.fft.rfftfreq(len(channel), 1.0 / rate_hz)[spectrum.argmax()])
