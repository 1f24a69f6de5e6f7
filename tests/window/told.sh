#!/usr/bin/env bash
# What the desktop is told, seen by a desktop of its own: a run is complete, a source is lost, a proof failed; that the
# disk is full is in troubles.sh. Each in the person's language, once, and not at all when the person does not want it.
#
# Usage: told.sh [BINARY]. Needs what journey.sh needs, without ImageMagick.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
nuee=$(realpath "${1:-target/release/nuee}")
if [ -z "${NUEE_IN_SESSION:-}" ]; then
    told=$(mktemp)
    trap 'rm -f "$told"' EXIT
    NUEE_IN_SESSION=1 NUEE_TOLD=$told dbus-run-session -- \
        /usr/bin/python3 "$here/../shared/notifications.py" "$told" "$(realpath "$0")" "$nuee"
    exit
fi
. "$here/stage.sh"
told=$NUEE_TOLD

fail() { echo "$1" >&2; exit 1; }
times_told() { grep -c "$1" "$told" || true; }
desktop_says() { # WORDS SECONDS WHAT
    for _ in $(seq "$(($2 * 10))"); do [ "$(times_told "$1")" -gt 0 ] && return; sleep 0.1; done
    fail "the desktop was not told: $3; only: $(cat "$told")"
}
once() { # WORDS WHAT
    sleep 1
    [ "$(times_told "$1")" = 1 ] || fail "told $(times_told "$1") times: $2"
}
# Chooses two hours of the publisher's run by a drag and downloads them.
get_two_hours() {
    open_window 1280 800 --lang fr
    choose_hours "URL, chemin ou" "NUEE-DEMO_FR_2026010106, maille" "Choisir des"
    drag "table cell" "réseau 06 h UTC, échéance $1 h" "réseau 06 h UTC, échéance $(($1 + 1)) h" || fail "there is no matrix"
    eyes says 10 "Télécharger 2" >/dev/null || fail "two hours were not chosen"
    sleep 0.3
    press_on "push button" "Télécharger 2"
}

a_complete_run() {
    publish
    settle fr "$work/downloads"
    get_two_hours 3
    desktop_says "les 2 fichiers demandés sont téléchargés" 60 "a run is complete"
    once "fichiers demandés" "a run is complete"
    close_window
    settle fr "$work/downloads" '[notifications]' 'run_complete = false'
    get_two_hours 6
    eyes says 60 "les 2 fichiers demandés sont téléchargés" >/dev/null || fail "the window does not say that the run is complete"
    [ "$(times_told "demandés")" = 0 ] || fail "told although the person does not want it"
    close_window
    unpublish
    echo "a complete run was told once, and not at all where that is not wanted"
}

a_lost_source() {
    publish
    settle en "$work/downloads"
    open_window 1280 800
    choose_hours "URL, path or magnet" "NUEE-DEMO_FR_2026010106, grid" "Choose hours"
    press ctrl+1
    unpublish
    press_on "push button" "Refresh" || fail "the source cannot be asked again"
    desktop_says "does not answer any more" 60 "a source is lost"
    once "does not answer any more" "a source is lost"
    close_window
    echo "a lost source was told once"
}

a_failed_proof() {
    new_home
    : >"$told"
    open_window 1280 800 demo --lang en
    choose_sharing
    press ctrl+4
    /usr/bin/python3 "$here/announcements.py" "$window_pid" en listen
    press ctrl+f ctrl+a
    type_words _003H
    /usr/bin/python3 "$here/announcements.py" "$window_pid" en refused
    desktop_says "_003H.grib2 was refused" 10 "a proof failed"
    once "_003H.grib2 was refused" "a proof failed"
    close_window
    echo "a failed proof was told once"
}

open_display 1280 800
turn_listening_on
steps=("${NUEE_TOLD_STEPS:-all}")
[ "${steps[0]}" != all ] || steps=(a_complete_run a_lost_source a_failed_proof)
for step in "${steps[@]}"; do $step; done
