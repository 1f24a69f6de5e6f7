#!/usr/bin/env bash
# Opens the window with a screen reader's eyes on it, in both languages, and has names.py find its controls.
#
# Usage: names.sh [BINARY]. Needs Xvfb, xdotool, dbus-run-session, at-spi2-core and python3-pyatspi.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"
in_session "$@"
nuee=$(realpath "${1:-target/release/nuee}")

for language in en fr; do
    new_home
    open_display 1280 800
    turn_listening_on
    open_window 1280 800 demo --dir "$work/downloads-$language" --lang "$language"
    case $language in en) share="Share with other" ;; fr) share="Partager avec" ;; esac
    press_on "push button" "$share"
    /usr/bin/python3 "$here/names.py" "$window_pid" "$language"
    close_display
done
