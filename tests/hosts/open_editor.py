"""Opens the plugin's editor in DawDreamer until the process is ended: `open_editor.py BUNDLE`."""
import sys

import dawdreamer

engine = dawdreamer.RenderEngine(44100, 512)
plugin = engine.make_plugin_processor("auracore", sys.argv[1])
print("loaded", flush=True)
plugin.open_editor()
