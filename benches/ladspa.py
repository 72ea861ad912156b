"""A LADSPA host in a page: loads a plugin from its shared object and runs it over an array, block by block.

For the peer benchmark only. In-process, so what is timed is the plugin's own work and nothing of a file or a
command line. Layout of the descriptor: ladspa.h 1.1.
"""
import ctypes
import time

import numpy as np

HANDLE = ctypes.c_void_p
FLOAT_POINTER = ctypes.POINTER(ctypes.c_float)
PORT_INPUT, PORT_CONTROL = 1, 4
DEFAULT_MASK, LOGARITHMIC = 0x3C0, 0x10
FIXED_DEFAULTS = {0x200: 0.0, 0x240: 1.0, 0x280: 100.0, 0x2C0: 440.0}
BLEND_DEFAULTS = {0x40: 0.0, 0x80: 0.25, 0xC0: 0.5, 0x100: 0.75, 0x140: 1.0}


class PortHint(ctypes.Structure):
    _fields_ = [("bits", ctypes.c_int), ("low", ctypes.c_float), ("high", ctypes.c_float)]


class Descriptor(ctypes.Structure):
    pass


Descriptor._fields_ = [
    ("unique_id", ctypes.c_ulong),
    ("label", ctypes.c_char_p),
    ("properties", ctypes.c_int),
    ("name", ctypes.c_char_p),
    ("maker", ctypes.c_char_p),
    ("copyright", ctypes.c_char_p),
    ("port_count", ctypes.c_ulong),
    ("port_kinds", ctypes.POINTER(ctypes.c_int)),
    ("port_names", ctypes.POINTER(ctypes.c_char_p)),
    ("port_hints", ctypes.POINTER(PortHint)),
    ("implementation", ctypes.c_void_p),
    ("instantiate", ctypes.CFUNCTYPE(HANDLE, ctypes.POINTER(Descriptor), ctypes.c_ulong)),
    ("connect_port", ctypes.CFUNCTYPE(None, HANDLE, ctypes.c_ulong, ctypes.c_void_p)),
    ("activate", ctypes.CFUNCTYPE(None, HANDLE)),
    ("run", ctypes.CFUNCTYPE(None, HANDLE, ctypes.c_ulong)),
    ("run_adding", ctypes.c_void_p),
    ("set_run_adding_gain", ctypes.c_void_p),
    ("deactivate", ctypes.CFUNCTYPE(None, HANDLE)),
    ("cleanup", ctypes.CFUNCTYPE(None, HANDLE)),
]


def default_value(hint):
    """The value that a port's hint bits suggest before anybody turns it."""
    kind = hint.bits & DEFAULT_MASK
    if kind in FIXED_DEFAULTS:
        return FIXED_DEFAULTS[kind]
    blend = BLEND_DEFAULTS.get(kind, 0.0)
    if hint.bits & LOGARITHMIC and hint.low > 0.0:
        return float(hint.low ** (1.0 - blend) * hint.high**blend)
    return hint.low * (1.0 - blend) + hint.high * blend


class Plugin:
    """One stereo LADSPA plugin; `settings` maps port names to values, and an unknown name is an error."""

    def __init__(self, library_path, label, rate_hz, settings):
        self.library = ctypes.CDLL(library_path)
        self.pointer = self._find(label)
        self.descriptor = d = self.pointer.contents
        names = [d.port_names[i].decode() for i in range(d.port_count)]
        unknown = set(settings) - set(names)
        if unknown:
            raise ValueError(f"{label} has no ports {sorted(unknown)}")
        self.handle = d.instantiate(self.pointer, rate_hz)
        self.controls, self.audio_inputs, self.audio_outputs = [], [], []
        for index, name in enumerate(names):
            kind = d.port_kinds[index]
            if kind & PORT_CONTROL:
                cell = ctypes.c_float(settings.get(name, default_value(d.port_hints[index])))
                self.controls.append(cell)  # the plugin keeps the address
                d.connect_port(self.handle, index, ctypes.addressof(cell))
            else:
                (self.audio_inputs if kind & PORT_INPUT else self.audio_outputs).append(index)

    def _find(self, label):
        describe = self.library.ladspa_descriptor
        describe.restype, describe.argtypes = ctypes.POINTER(Descriptor), [ctypes.c_ulong]
        index = 0
        while entry := describe(index):
            if entry.contents.label.decode().endswith(label):
                return entry
            index += 1
        raise ValueError(f"no plugin {label} in the library")

    def process(self, audio, block_frames):
        """Returns the output (2, frames) and the seconds spent, the host loop's own share taken off."""
        out = np.zeros_like(audio)
        d = self.descriptor
        d.activate(self.handle)
        busy_s = self._pass(audio, out, block_frames, d.run)
        d.deactivate(self.handle)
        idle_s = self._pass(audio, out.copy(), block_frames, lambda handle, frames: None)
        return out, max(busy_s - idle_s, 0.0)

    def _pass(self, audio, out, block_frames, run):
        connect, handle = self.descriptor.connect_port, self.handle
        ports = [(p, audio[c].ctypes.data) for c, p in enumerate(self.audio_inputs)]
        ports += [(p, out[c].ctypes.data) for c, p in enumerate(self.audio_outputs)]
        start = time.thread_time()
        for at in range(0, audio.shape[1], block_frames):
            for port, address in ports:
                connect(handle, port, address + 4 * at)
            run(handle, min(block_frames, audio.shape[1] - at))
        return time.thread_time() - start

    def close(self):
        self.descriptor.cleanup(self.handle)
