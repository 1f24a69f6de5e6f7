#!/usr/bin/env bash
# How things reach the window from outside: a .torrent dragged out of another program's window and dropped on it, one
# that a second start of the program hands over, and a file that is nothing of the kind.
#
# Usage: handing.sh [BINARY]. Needs what journey.sh needs, without ImageMagick, and GTK 3 for the other program.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"
in_session "$@"
nuee=$(realpath "${1:-target/release/nuee}")
giver=
end_all() {
    [ -z "$giver" ] || kill "$giver" 2>/dev/null || true
    end_stage
}
trap end_all EXIT
fail() { echo "$1" >&2; exit 1; }

# Drags what the other program gives over the window and holds it there.
hold_over() { # FILE
    /usr/bin/python3 "$here/drag_source.py" "$1" >"$work/given" &
    giver=$!
    for _ in $(seq 50); do grep -q ready "$work/given" && break; sleep 0.1; done
    sleep 0.5
    xdotool mousemove 1220 730 mousedown 1
    local step
    for step in 1 2 3 4 5 6 7 8 9 10; do xdotool mousemove $((1220 - step * 50)) $((730 - step * 35)); sleep 0.05; done
}
let_go() {
    xdotool mouseup 1
    for _ in $(seq 50); do grep -q dropped "$work/given" && break; sleep 0.1; done
    kill "$giver"
    wait "$giver" 2>/dev/null || true
    giver=
}

publish
mkdir -p "$work/stick"
dropped="$work/stick/réseau de 06 h.torrent"
/usr/bin/python3 -c 'import sys, urllib.request; urllib.request.urlretrieve(*sys.argv[1:])' "$torrent" "$dropped"
echo "no torrent" >"$work/stick/note.torrent"

settle fr "$work/downloads"
open_display 1280 800
turn_listening_on
open_window 1280 800
press ctrl+3
hold_over "$dropped"
eyes says 5 "Lâcher ici" >/dev/null || fail "nothing says what letting go does"
let_go
eyes wait 10 1 "NUEE-DEMO_FR_2026010106, maille" >/dev/null || fail "what was dropped on another screen is not shown among the sources"
hold_over "$work/stick/note.torrent"
let_go
eyes says 10 "note.torrent est un fichier texte" >/dev/null || fail "a file that is no .torrent is not said to be none"
echo "a .torrent dropped from another program is a source; what is none is said to be"

HOME="$work/home" XDG_RUNTIME_DIR="$work/run" "$nuee" "$dropped" || fail "a second start does not hand over"
say_yes "Télécharger ceci" || fail "the running window does not ask about what a second start handed over"
eyes wait 60 1 "vérifié par morceaux" >/dev/null || fail "what was handed over does not come"
echo "a second start handed its .torrent to the window that was open"
