# A display of its own, a home of its own, and the window in it: to be sourced by the scripts beside it.
#
# In: the binary in $nuee. Out: functions. Only what was started here is ended.

work=$(mktemp -d)
display_pid= window_pid= window=

# Opens a display of so many pixels.
open_display() { # WIDTH HEIGHT
    local number=90
    while [ -e "/tmp/.X11-unix/X$number" ]; do number=$((number + 1)); done
    Xvfb ":$number" -screen 0 "${1}x${2}x24" -nolisten tcp >/dev/null 2>&1 &
    display_pid=$!
    export DISPLAY=":$number"
    unset WAYLAND_DISPLAY WAYLAND_SOCKET
    for _ in $(seq 50); do [ -e "/tmp/.X11-unix/X$number" ] && break; sleep 0.1; done
}

# Starts the program in an empty home and waits for its window; the words after the size are its arguments.
open_window() { # WIDTH HEIGHT ARGUMENT…
    local width=$1 height=$2
    shift 2
    HOME="$work/home" XDG_RUNTIME_DIR="$work/run" XDG_CONFIG_HOME= XDG_DATA_HOME= XDG_CACHE_HOME= \
        "$nuee" "$@" 2>"$work/words" &
    window_pid=$!
    for _ in $(seq 150); do
        window=$(xdotool search --onlyvisible --pid "$window_pid" 2>/dev/null | tail -n 1) && [ -n "$window" ] && break
        sleep 0.1
    done
    [ -n "$window" ] || { cat "$work/words" >&2; echo "no window appeared" >&2; return 1; }
    xdotool windowmove "$window" 0 0 windowsize "$window" "$width" "$height" windowfocus "$window"
    sleep 0.8
}

new_home() {
    rm -rf "$work/home" "$work/run"
    mkdir -p "$work/home" "$work/run"
    chmod 700 "$work/run"
}

close_window() {
    if [ -n "$window_pid" ]; then
        kill "$window_pid" 2>/dev/null || true
        wait "$window_pid" 2>/dev/null || true
    fi
    window_pid= window=
}

close_display() {
    close_window
    [ -n "$display_pid" ] && kill "$display_pid" 2>/dev/null
    wait "$display_pid" 2>/dev/null || true
    display_pid=
}

end_stage() {
    close_display
    rm -rf "$work"
}
trap end_stage EXIT

press() { for each in "$@"; do xdotool key --delay 60 "$each"; sleep 0.25; done; }
type_words() { xdotool type --delay 40 "$1"; sleep 0.3; }
click() { xdotool mousemove "$1" "$2" click 1; sleep 0.3; }

# Does something by its name in the command palette.
command_by_name() { press ctrl+p; type_words "$1"; press Return; sleep 0.4; }

# On the first page: the last control is "HTTP only", the one before it "receive and give".
choose_sharing() { press shift+Tab shift+Tab Return; sleep 0.6; }
