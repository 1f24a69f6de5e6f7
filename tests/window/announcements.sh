#!/usr/bin/env bash
# Drives the screen of announcements with the demo, in both languages: a topic pinned, the late one flagged, the wrong checksum
# refused with its reason, the dead source failed over, the message as received. Fails when a state does not appear.
#
# Usage: announcements.sh FOLDER [BINARY [STOP]...]; a stop is LANGUAGE-WIDTHxHEIGHT-SHADE, all four when none is named. Needs Xvfb, xdotool, ImageMagick, dbus-run-session, at-spi2-core and
# python3-pyatspi: everything but the find field is used by its name, as a screen reader uses it.
set -euo pipefail
folder=$(realpath -m "${1:?a folder for the pictures}")
nuee=$(realpath "${2:-target/release/nuee}")
stops=("${@:3}")
[ "${#stops[@]}" -gt 0 ] || stops=(en-1280x800-light en-1024x700-dark fr-1280x800-light fr-1024x700-dark)
mkdir -p "$folder"
here=$(dirname "$(realpath "$0")")
if [ -z "${NUEE_IN_SESSION:-}" ]; then
    NUEE_IN_SESSION=1 exec dbus-run-session -- "$0" "$folder" "$nuee" "${stops[@]}"
fi
. "$here/stage.sh"

shot() { xdotool mousemove 5 700; sleep 0.7; import -window root -strip +dither -colors 64 "PNG8:$folder/$1.png"; }
step() { /usr/bin/python3 "$here/announcements.py" "$window_pid" "$language" "$1"; }
find_words() { press ctrl+f ctrl+a; type_words "$1"; }

# WIDTH HEIGHT SHADE
play() {
    local width=$1 height=$2 shade=$3 name="announcements-$language-$1-$3"
    new_home
    open_display "$width" "$height"
    dbus-update-activation-environment DISPLAY >/dev/null 2>&1 || true
    dbus-send --session --print-reply --dest=org.a11y.Bus /org/a11y/bus org.freedesktop.DBus.Properties.Set \
        string:org.a11y.Status string:IsEnabled variant:boolean:true >/dev/null
    open_window "$width" "$height" demo --lang "$language"
    choose_sharing
    [ "$shade" = dark ] && if [ "$language" = fr ]; then command_by_name sombres; else command_by_name dark; fi
    press ctrl+4
    shot "$name-0-brokers"
    step listen
    step pin
    press Right
    step late
    sleep 8
    shot "$name-1-pinned-and-late"
    find_words _003H
    step refused
    shot "$name-2-wrong-checksum"
    find_words _004H
    step failed-over
    shot "$name-3-dead-source"
    step json
    shot "$name-4-as-received"
    press ctrl+1
    shot "$name-5-sources"
    press ctrl+3 ctrl+f ctrl+a BackSpace Escape
    step transfers
    shot "$name-6-transfers"
    close_display
}

for stop in "${stops[@]}"; do
    IFS=-x read -r language width height shade <<<"$stop"
    play "$width" "$height" "$shade"
done
echo "every state appeared; pictures in $folder"
