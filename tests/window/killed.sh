#!/usr/bin/env bash
# Ends the window with kill -9 in the middle of ten transfers; the next start must show all ten where they were, finish
# them without a click, and not fetch again what was in its place.
#
# Usage: killed.sh [BINARY]. Needs what journey.sh needs, without ImageMagick.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"
in_session "$@"
nuee=$(realpath "${1:-target/release/nuee}")
proven="verified by pieces"

fail() { echo "$1" >&2; exit 1; }

publish

settle en "$work/downloads" '[limits]' 'down = 400000'
open_display 1280 800
turn_listening_on
open_window 1280 800 --lang en
choose_hours "URL, path or magnet" "NUEE-DEMO_FR_2026010106, grid" "Choose hours"
drag "table cell" "run 06 UTC, lead time 0 h" "run 06 UTC, lead time 9 h" || fail "there is no matrix"
eyes says 10 "Download 10" || fail "ten hours were not chosen"
sleep 0.3
press_on "push button" "Download 10"
press ctrl+3
eyes wait 60 2 "$proven" >/dev/null || fail "no two files came"
before=$(eyes wait 5 10 "NUEE-DEMO")
kill -9 "$window_pid"
wait "$window_pid" 2>/dev/null || true
done_before=$(grep -c "$proven" <<<"$before" || true)
[ "$done_before" -lt 10 ] || fail "all was done before the end came"
stamps() { (cd "$work/downloads" && find . -name '*.grib2' -not -path './.nuee/*' -printf '%P %i %T@\n' | sort); }
stamps >"$work/stamps"
[ "$(wc -l <"$work/stamps")" -ge 2 ] || fail "the proven files are not on the disk"

open_window 1280 800 --lang en
press ctrl+3
after=$(eyes wait 20 10 "NUEE-DEMO") || fail "the ten transfers are not there again"
[ "$(grep -c "$proven" <<<"$after")" -ge "$done_before" ] || fail "what was proven is forgotten: $after"
eyes wait 90 10 "$proven" >/dev/null || fail "the ten were not finished"
count=$(find "$work/downloads" -name '*.grib2' -not -path '*/.nuee/*' | wc -l)
[ "$count" = 10 ] || fail "$count of ten files are on the disk"
stamps | comm -13 - "$work/stamps" | grep . && fail "what was in its place was fetched again"
echo "killed with $done_before of ten done; the next start finished all ten, and touched nothing that was there"
