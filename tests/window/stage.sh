# A display of its own, a home of its own, and the window in it: to be sourced by the scripts beside it.
#
# In: the binary in $nuee. Out: functions. Only what was started here is ended.

work=$(mktemp -d)
display_pid= window_pid= window= publisher=

# Starts the demo's publisher in a process of its own, which stays when a window ends. Out: the URL of its .torrent in $torrent.
publish() {
    : >"$work/urls"
    "$nuee" demo --serve >"$work/urls" 2>/dev/null &
    publisher=$!
    for _ in $(seq 300); do grep -q '}]}' "$work/urls" && break; sleep 0.1; done
    torrent=$(grep -o 'http://[^"]*DEMO_FR_2026010106\.torrent' "$work/urls" | head -n 1 || true)
    [ -n "$torrent" ] || { echo "the publisher did not start" >&2; return 1; }
}
# Writes the settings of a new home that gives and receives on this machine: LANGUAGE FOLDER [LINE…]; the lines begin in
# the table of the network. What the desktop was told before is forgotten.
settle() {
    local language=$1 folder=$2
    shift 2
    new_home
    [ -z "${told:-}" ] || : >"$told"
    mkdir -p "$work/home/.config/nuee" "$folder"
    printf '%s\n' "language = \"$language\"" 'giving = "share"' "folder = \"$folder\"" '[network]' \
        'own = ["127.0.0.0/8"]' "$@" >"$work/home/.config/nuee/settings.toml"
}
# Adds the publisher's .torrent as a source and opens its hours: FIELD ROW BUTTON, as the window calls them.
choose_hours() {
    press_on "entry" "$1" || { echo "no field for a source" >&2; return 1; }
    type_words "$torrent"
    press Return
    eyes wait 20 1 "$2" >/dev/null || { echo "the publisher's .torrent is not among the sources" >&2; return 1; }
    press_on "push button" "$3" "$2" || { echo "its hours cannot be chosen" >&2; return 1; }
}
# Says yes to what was handed over, by a key: QUESTION [FOR THE PICTURE]. The yes has the focus.
say_yes() {
    eyes says 10 "$1" >/dev/null || { echo "nothing asks whether to get what was handed over" >&2; return 1; }
    sleep 0.8
    [ -z "${2:-}" ] || shot "$2"
    press Return ctrl+3
}
unpublish() {
    [ -n "$publisher" ] || return 0
    kill "$publisher" 2>/dev/null || true
    wait "$publisher" 2>/dev/null || true
    publisher=
}

# Opens a display of so many pixels.
open_display() { # WIDTH HEIGHT
    # The server finds a free number itself and tells it once it listens.
    : >"$work/display"
    # Without a reset: one that has no client for a moment would not be there for the next.
    Xvfb -noreset -displayfd 3 -screen 0 "${1}x${2}x24" -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
    display_pid=$!
    for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
    DISPLAY=":$(cat "$work/display")"
    export DISPLAY
    unset WAYLAND_DISPLAY WAYLAND_SOCKET
}

# Starts the program in an empty home and waits for its window; the words after the size are its arguments.
open_window() { # WIDTH HEIGHT ARGUMENT…
    local width=$1 height=$2
    shift 2
    # Compiled shaders outlive a home, as they do for a person who starts a program again.
    env -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_CACHE_HOME HOME="$work/home" XDG_RUNTIME_DIR="$work/run" \
        MESA_SHADER_CACHE_DIR="$work/shaders" "$nuee" "$@" >/dev/null 2>"$work/words" &
    window_pid=$!
    for _ in $(seq 300); do
        window=$(xdotool search --onlyvisible --pid "$window_pid" 2>/dev/null | tail -n 1) && [ -n "$window" ] && break
        sleep 0.1
    done
    [ -n "$window" ] || { cat "$work/words" >&2; echo "no window appeared" >&2; return 1; }
    xdotool windowmove "$window" 0 0 windowsize "$window" "$width" "$height" windowfocus "$window"
    sleep 0.8
}

new_home() {
    mkdir -p "$work/shaders"
    rm -rf "$work/home" "$work/run"
    mkdir -p "$work/home" "$work/run"
    chmod 700 "$work/run"
}

close_window() {
    if [ -n "$window_pid" ]; then
        kill "$window_pid" 2>/dev/null || true
        for _ in $(seq 100); do kill -0 "$window_pid" 2>/dev/null || break; sleep 0.1; done
        if kill -9 "$window_pid" 2>/dev/null; then echo "the window did not end when it was told to" >&2; fi
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
    unpublish
    close_display
    rm -rf "$work"
}
trap end_stage EXIT

press() { for each in "$@"; do xdotool key --delay 60 "$each"; sleep 0.25; done; }
type_words() { xdotool type --delay 40 "$1"; sleep 0.3; }
click() { xdotool mousemove "$1" "$2" click 1; sleep 0.3; }

# Does something by its name in the command palette.
command_by_name() { press ctrl+p; type_words "$1"; press Return; sleep 0.4; }

# A D-Bus session in which a screen reader is listening; to be called before anything else of a script that reads names.
in_session() {
    [ -n "${NUEE_IN_SESSION:-}" ] && return
    NUEE_IN_SESSION=1 exec dbus-run-session -- "$0" "$@"
}
turn_listening_on() {
    dbus-update-activation-environment DISPLAY >/dev/null 2>&1 || true
    dbus-send --session --print-reply --dest=org.a11y.Bus /org/a11y/bus org.freedesktop.DBus.Properties.Set \
        string:org.a11y.Status string:IsEnabled variant:boolean:true >/dev/null
}
eyes() { local task=$1; shift; /usr/bin/python3 "$here/eyes.py" "$task" "$window_pid" "$@"; }
clicks=0
# Presses what a screen reader calls so; BESIDE names the row in which it stands.
press_on() { # ROLE NAME [BESIDE]
    local at
    at=$(eyes where "$@") || return 1
    # shellcheck disable=SC2086
    click $at
    clicks=$((clicks + 1))
}
# Draws the pointer from one control to another, as a hand does.
drag() { # ROLE FROM TO
    local from to step
    from=$(eyes where "$1" "$2") && to=$(eyes where "$1" "$3") || return 1
    read -r x1 y1 <<<"$from"
    read -r x2 y2 <<<"$to"
    xdotool mousemove "$x1" "$y1" mousedown 1
    for step in 1 2 3 4 5 6; do
        xdotool mousemove $((x1 + (x2 - x1) * step / 6)) $((y1 + (y2 - y1) * step / 6))
        sleep 0.05
    done
    xdotool mouseup 1
    clicks=$((clicks + 1))
}

# On the first page: the last control is "HTTP only", the one before it "receive and give".
choose_sharing() { press shift+Tab shift+Tab Return; sleep 0.6; }
