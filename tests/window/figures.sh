#!/usr/bin/env bash
# Measures the window: time to the first frame, processor ticks of ten idle seconds, size of the binary, memory.
#
# Usage: figures.sh [BINARY]. Fails when a figure is worse than what is promised; the first frame only with
# NUEE_FIGURES=strict, on a machine that does nothing else. Needs Xvfb and xdotool.
set -euo pipefail
nuee=$(realpath "${1:-target/release/nuee}")
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"

ticks() { awk '{ print $14 + $15 }' "/proc/$window_pid/stat"; }
bad=0
figure() { # NAME VALUE MOST UNIT
    printf '%-28s %8s %-5s (at most %s)\n' "$1" "$2" "$4" "$3"
    [ "$2" -le "$3" ] || bad=1
}

open_display 1280 800
firsts=()
for _ in 1 2 3 4 5; do
    new_home
    NUEE_FIRST_FRAME=1 open_window 1280 800
    firsts+=("$(grep -o '[0-9]* ms' "$work/words" | head -n 1 | cut -d ' ' -f 1)")
    close_window
done
# The fastest is what the program needs; the median tells how busy the machine was as well.
mapfile -t firsts < <(printf '%s\n' "${firsts[@]}" | sort -n)
printf '%-28s %8s %-5s\n' "first frame, median of 5" "${firsts[2]}" ms
# A wall clock on a busy machine measures the others: judged only where somebody says that the machine is free.
if [ "${NUEE_FIGURES:-}" = strict ]; then
    figure "first frame, fastest of 5" "${firsts[0]}" 150 ms
else
    printf '%-28s %8s %-5s (promised: 150; judged with NUEE_FIGURES=strict)\n' "first frame, fastest of 5" "${firsts[0]}" ms
fi

new_home
open_window 1280 800
choose_sharing
# Away from everything that reacts to the pointer, and not across the minute, when the clock is drawn.
xdotool mousemove 640 790
sleep 2
while [ "$(date +%-S)" -gt 45 ]; do sleep 1; done
before=$(ticks)
sleep 10
figure "idle, 10 s" "$(($(ticks) - before))" 0 ticks
figure "memory" "$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$window_pid/status")" 200 MiB
figure "anonymous memory" "$(awk '/RssAnon/ { print int($2 / 1024) }' "/proc/$window_pid/status")" 100 MiB
figure "binary" "$(($(stat -c %s "$nuee") / 1000000))" 40 MB
close_display
exit "$bad"
