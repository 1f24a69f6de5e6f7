#!/usr/bin/python3
"""A window of another program from which files are dragged: drag_source.py FILE…; it stands at the lower right and
ends when it is told to. Says "ready", and "dropped" when somebody took them."""

import os
import pathlib
import sys

os.environ["GDK_BACKEND"] = "x11"
import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

URIS = [pathlib.Path(each).resolve().as_uri() for each in sys.argv[1:]]


def main():
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_default_size(90, 60)
    window.move(1180, 700)
    box = Gtk.EventBox()
    box.add(Gtk.Label(label="drag"))
    box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    box.drag_source_add_uri_targets()
    box.connect("drag-data-get", lambda _box, _context, data, _info, _time: data.set_uris(URIS))
    box.connect("drag-end", lambda _box, _context: print("dropped", flush=True))
    window.add(box)
    window.show_all()
    print("ready", flush=True)
    Gtk.main()


main()
