#!/usr/bin/env bash
# Measures the window: time to the first frame, processor ticks of ten idle seconds, memory, size of the binary; empty,
# and with stores of 10,000 and 200,000 finished transfers that `benches/jobs.rs` makes.
#
# Usage: figures.sh [BINARY]. Fails when a figure is worse than what is promised; the first frame only with
# NUEE_FIGURES=strict, on a machine that does nothing else. One figure a line, as benches/window_table.py reads them.
# Needs Xvfb, xdotool and cargo.
set -euo pipefail
nuee=$(realpath "${1:-target/release/nuee}")
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"

bad=0
figure() { # NAME VALUE UNIT MOST
    printf '%s: %s %s (at most %s)\n' "$1" "$2" "$3" "$4"
    [ "$2" -le "$4" ] || bad=1
}
# One that is told in any case and judged only strictly.
strict_figure() {
    local before=$bad
    figure "$@"
    [ "${NUEE_FIGURES:-}" = strict ] || bad=$before
}

ticks() { awk '{ print $14 + $15 }' "/proc/$window_pid/stat"; }
# In units of a million octets, as everything that a person reads.
memory() { awk -v of="$1:" '$1 == of { print int($2 * 1024 / 1000000 + 0.5) }' "/proc/$window_pid/status"; }

# Waits until the window rests, and never so that the ten seconds cross the minute, when the clock is drawn.
rest() {
    # Away from everything that reacts to the pointer.
    xdotool mousemove 640 790
    local before
    # On a busy machine what was begun takes its time.
    for _ in $(seq 30); do
        before=$(ticks)
        sleep 2
        [ "$(ticks)" -gt "$before" ] || break
    done
    until [ "$(date +%-S)" -ge 4 ] && [ "$(date +%-S)" -le 45 ]; do sleep 1; done
}
idle() { # NAME
    local before
    rest
    before=$(ticks)
    sleep 10
    # 0 is the aim, and was reached before the network, the disk and what is followed were looked at.
    figure "$1" "$(($(ticks) - before))" ticks 15
}

# A home whose first page was answered, with so many finished transfers.
home_with() { # COUNT
    new_home
    mkdir -p "$work/home/.config/nuee" "$work/home/.local/share/nuee"
    echo 'giving = "share"' >"$work/home/.config/nuee/settings.toml"
    if [ "$1" -gt 0 ]; then
        (cd "$here/../.." && cargo bench -q --profile dev --bench jobs -- --store "$work/home/.local/share/nuee" "$1") >&2
    fi
}
show_transfers() { press ctrl+3; sleep 1.5; }

open_display 1280 800
firsts=()
for _ in 1 2 3 4 5 6 7 8 9; do
    new_home
    NUEE_FIRST_FRAME=1 open_window 1280 800
    firsts+=("$(grep -o '[0-9]* ms' "$work/words" | head -n 1 | cut -d ' ' -f 1)")
    close_window
done
# The first start compiles the driver's shaders; the fastest tells what the program needs, the median how busy the
# machine was as well.
mapfile -t firsts < <(printf '%s\n' "${firsts[@]}" | sort -n)
# A wall clock on a busy machine measures the others: judged only where somebody says that the machine is free.
strict_figure "first frame, fastest of 9" "${firsts[0]}" ms 150
strict_figure "first frame, median of 9" "${firsts[4]}" ms 150

home_with 0
open_window 1280 800
show_transfers
idle "idle for 10 s, empty"
empty=$(memory VmRSS)
anonymous=$(memory RssAnon)
figure "memory of an empty window" "$empty" MB 200
close_window

home_with 10000
open_window 1280 800
show_transfers
idle "idle for 10 s, 10,000 finished transfers"
close_window

home_with 200000
NUEE_FIRST_FRAME=1 open_window 1280 800
show_transfers
rest
figure "memory of 200,000 transfers above that" "$(($(memory VmRSS) - empty))" MB 180
figure "the same without what is mapped from files" "$(($(memory RssAnon) - anonymous))" MB 180
close_window
figure "binary" "$(($(stat -c %s "$nuee") / 1000000))" MB 48
close_display
exit "$bad"
