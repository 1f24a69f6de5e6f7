#!/usr/bin/python3
"""A desktop that keeps what it is told: notifications.py LOG COMMAND…, in a D-Bus session of its own.

Each notification becomes a line of LOG; the command's exit code is handed on.
"""

import subprocess
import sys
import threading

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

FORM = """
<node><interface name="org.freedesktop.Notifications">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
  </method>
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
  </method>
</interface></node>
"""


def main():
    log, command = sys.argv[1], sys.argv[2:]
    loop, ended = GLib.MainLoop(), []

    def called(_bus, _sender, _path, _interface, method, values, answer):
        if method == "Notify":
            body = values.unpack()[4]
            with open(log, "a", encoding="utf-8") as lines:
                lines.write(body.replace("\n", " | ") + "\n")
            answer.return_value(GLib.Variant("(u)", (1,)))
        elif method == "GetCapabilities":
            answer.return_value(GLib.Variant("(as)", (["body"],)))
        else:
            answer.return_value(GLib.Variant("(ssss)", ("made", "nobody", "1", "1.2")))

    def begin(_bus, _name):
        def run():
            ended.append(subprocess.run(command, check=False).returncode)
            loop.quit()

        threading.Thread(target=run, daemon=True).start()

    def take(bus, _name):
        interface = Gio.DBusNodeInfo.new_for_xml(FORM).interfaces[0]
        bus.register_object("/org/freedesktop/Notifications", interface, called, None, None)

    own = Gio.BusNameOwnerFlags.NONE
    Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.Notifications", own, take, begin, None)
    loop.run()
    return ended[0]


if __name__ == "__main__":
    sys.exit(main())
