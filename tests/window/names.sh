#!/usr/bin/env bash
# Opens the window with a screen reader's eyes on it, in both languages, and has names.py find its controls.
#
# Usage: names.sh [BINARY]. Needs Xvfb, xdotool, dbus-run-session, at-spi2-core and python3-pyatspi.
set -euo pipefail
nuee=$(realpath "${1:-target/release/nuee}")
here=$(dirname "$(realpath "$0")")
if [ -z "${NUEE_IN_SESSION:-}" ]; then
    NUEE_IN_SESSION=1 exec dbus-run-session -- "$0" "$nuee"
fi
. "$here/stage.sh"

open_display 1280 800
dbus-update-activation-environment DISPLAY >/dev/null 2>&1 || true
dbus-send --session --print-reply --dest=org.a11y.Bus /org/a11y/bus org.freedesktop.DBus.Properties.Set \
    string:org.a11y.Status string:IsEnabled variant:boolean:true >/dev/null
for language in en fr; do
    new_home
    open_window 1280 800 --lang "$language"
    choose_sharing
    /usr/bin/python3 "$here/names.py" "$window_pid" "$language"
    close_window
done
