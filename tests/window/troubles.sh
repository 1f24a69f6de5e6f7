#!/usr/bin/env bash
# What goes wrong around the window, one thing after the other: a disk that is full until room is made, a folder that goes
# and comes back, a proxy that nothing may go around (HTTP and SOCKS5, also to a broker), the report of a failure, settings
# files that are broken, of a later version, or not to be written, a clock that is set back, and everything three times
# as large. Each state must be said on the screen, on the desktop where that is promised, and end by itself where it can.
#
# Usage: troubles.sh FOLDER [BINARY]. Takes pictures into FOLDER. Needs what journey.sh needs, strace and libfaketime. The
# full disk is left out, with a line that says so, where no file system can be mounted.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
folder=$(realpath -m "${1:?a folder for the pictures}")
nuee=$(realpath "${2:-target/release/nuee}")
if [ -z "${NUEE_IN_SESSION:-}" ]; then
    told=$(mktemp)
    trap 'rm -f "$told"' EXIT
    NUEE_IN_SESSION=1 NUEE_TOLD=$told dbus-run-session -- \
        /usr/bin/python3 "$here/../shared/notifications.py" "$told" "$(realpath "$0")" "$folder" "$nuee"
    exit
fi
. "$here/stage.sh"
mkdir -p "$folder"
told=$NUEE_TOLD
mounted= proxy=

shot() { sleep 0.4; import -window root "$folder/troubles-$1.png"; }
fail() { echo "$1" >&2; shot failed || true; exit 1; }
end_all() {
    [ -z "$proxy" ] || kill "$proxy" 2>/dev/null || true
    unpublish
    close_display
    [ -z "$mounted" ] || umount "$mounted" 2>/dev/null || true
    rm -rf "$work"
}
trap end_all EXIT

# Settings of a home of its own: LANGUAGE FOLDER LIMIT PROXY
settle_with() {
    settle "$1" "$2" "proxy = \"$4\"" '[limits]' "down = $3"
}
# Starts the window with the demo's .torrent handed over, and says yes: QUESTION [FOR THE PICTURE]
get_all() {
    open_window 1280 800 "$torrent"
    say_yes "$@" || fail "what was handed over is not got"
}
desktop_says() { # WORD WHAT
    for _ in $(seq 50); do grep -q "$1" "$told" && return; sleep 0.1; done
    fail "the desktop was not told: $2; only: $(cat "$told")"
}

publish
open_display 1280 800
turn_listening_on

full_disk() {
    mkdir -p "$work/small"
    if ! mount -t tmpfs -o size=1m tmpfs "$work/small" 2>/dev/null; then
        echo "a full disk: left out, nothing can be mounted here"
        return
    fi
    mounted=$work/small
    settle_with en "$work/small" 0 direct
    get_all "Download this?" handed-over
    eyes wait 30 1 "waits for the disk" >/dev/null || fail "a full disk does not hold the transfer up"
    eyes says 5 "Free some space" >/dev/null || fail "nothing says what to do about a full disk"
    desktop_says "Free some space" "a full disk"
    shot full-disk
    mount -o remount,size=200m "$work/small"
    eyes wait 40 1 "verified by pieces" >/dev/null || fail "the transfer does not go on when there is room"
    shot room-again
    close_window
    umount "$mounted"
    mounted=
    echo "a full disk held the transfer up, was told, and room let it go on"
}

gone_folder() {
    local downloads="$work/stick/here"
    mkdir -p "$downloads"
    settle_with fr "$downloads" 1500000 direct
    get_all "Télécharger ceci"
    eyes wait 30 1 "téléchargement, " >/dev/null || fail "nothing is received"
    rm -rf "$work/stick"
    eyes wait 40 1 "attend le disque" >/dev/null || fail "a folder that is gone does not hold the transfer up"
    shot folder-gone
    mkdir -p "$downloads"
    eyes wait 40 1 "vérifié par morceaux" >/dev/null || fail "the transfer does not go on when the folder is back"
    shot folder-back
    close_window
    echo "a folder that went held the transfer up, and it went on when the folder was back"
}

# Whom a program of this trace spoke to, apart from programs of this machine by their sockets: HOST:PORT, one a line.
# Addresses of documentation are left out: the system is asked for a route there, and no packet is sent.
contacted() {
    sed -nE 's/.*htons\(([0-9]+)\), (sin_addr=inet_addr|.*inet_pton)\((AF_INET6, )?"([^"]*)".*/\4:\1/p' "$1" |
        sed -E '/^(192\.0\.2\.1|2001:db8::1):9$/d' | sort -u
}

by_proxy() { # SCHEME
    local downloads="$work/by-$1" around
    : >"$work/asked"
    mkdir -p "$downloads"
    settle_with en "$downloads" 0 "$1://127.0.0.1:$proxy_port"
    printf '#!/bin/sh\nexec strace -D -f -qq --seccomp-bpf -e trace=connect,sendto,sendmsg,sendmmsg -o "%s" "%s" "$@"\n' \
        "$work/trace" "$nuee" >"$work/traced"
    chmod +x "$work/traced"
    nuee="$work/traced" get_all "Download this?"
    eyes wait 60 1 "verified by pieces" >/dev/null || fail "nothing comes by the proxy"
    shot "proxy-$1"
    grep -q "^$1 127.0.0.1:" "$work/asked" || fail "the proxy was not asked"
    close_window
    contacted "$work/trace" | grep -q ":$proxy_port\$" || fail "the trace saw nothing"
    around=$(contacted "$work/trace" | grep -v ":$proxy_port\$" || true)
    [ -z "$around" ] || fail "went around the proxy: $around"
    echo "by $1: $(wc -l <"$work/asked") connections, all by the proxy"
}

broker_by_proxy() { # SCHEME
    : >"$work/asked"
    # Nobody answers there: what matters is who was asked.
    ALL_PROXY="$1://127.0.0.1:$proxy_port" HOME="$work/home" timeout 20 "$nuee" listen mqtt://broker.invalid:1883 --topic 'a/#' \
        --seconds 3 >/dev/null 2>&1 || true
    grep -q "^${1%h} broker.invalid:1883" "$work/asked" || fail "a broker is not asked by the proxy: $(cat "$work/asked")"
    echo "by $1: brokers as well, their names unresolved"
}

report() {
    settle_with fr "$work/downloads" 0 direct
    mkdir -p "$work/home/.local/share/nuee"
    echo 1 >"$work/home/.local/share/nuee/running"
    echo "made for a trial" >"$work/home/.local/share/nuee/crash.txt"
    open_window 1280 800
    eyes says 10 "crash-1.txt" >/dev/null || fail "nothing says that the last start failed"
    shot report
    close_window
    open_window 1280 800
    eyes says 2 "crash-1.txt" >/dev/null 2>&1 && fail "a failure is told twice"
    close_window
    echo "the report of a failure is named once"
}

settings_file() { # NAME WORDS
    open_window 1280 800 --lang en
    eyes says 10 "$2" >/dev/null || fail "nothing is said of a settings file that is $1"
    press ctrl+l
    shot "settings-$1"
    close_window
}
settings_files() {
    local file="$work/home/.config/nuee/settings.toml"
    settle_with en "$work/downloads" 0 direct
    echo 'version = 99' | cat - "$file" >"$work/newer" && mv "$work/newer" "$file"
    settings_file newer "of a later version"
    grep -q 'version = 99' "$file" || fail "a settings file of a later version was written"
    settle_with en "$work/downloads" 0 direct
    echo 'zoom = [[' >>"$file"
    settings_file broken "The settings file could not be read"
    grep -rq 'zoom = \[\[' "$work/home/.config/nuee" || fail "a broken settings file is lost"
    settle_with en "$work/downloads" 0 direct
    chmod 444 "$file"
    open_window 1280 800
    command_by_name dark
    eyes says 10 "The settings cannot be written" >/dev/null || fail "nothing is said of settings that cannot be kept"
    shot settings-read-only
    close_window
    echo "settings files that are newer, broken and read-only are said and left"
}

# The clock of the computer goes back by a day while something is received; steady time goes on.
clock_back() {
    local lying downloads="$work/clock"
    lying=$(find /usr/lib -name libfaketimeMT.so.1 | head -n 1)
    [ -n "$lying" ] || fail "libfaketime is missing"
    mkdir -p "$downloads"
    settle_with en "$downloads" 60000 direct
    echo '+0' >"$work/clock-now"
    printf '#!/bin/sh\nLD_PRELOAD=%s FAKETIME_TIMESTAMP_FILE=%s FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 exec "%s" "$@"\n' \
        "$lying" "$work/clock-now" "$nuee" >"$work/lied-to"
    chmod +x "$work/lied-to"
    nuee="$work/lied-to" get_all "Download this?"
    eyes wait 30 1 "downloading, " >/dev/null || fail "nothing is received"
    echo '-1d' >"$work/clock-now"
    eyes says 80 "clock" "moved" >/dev/null || fail "nothing says that the clock was moved"
    eyes wait 5 1 "downloading, " >/dev/null || fail "the transfer does not go on under a clock that was moved"
    shot clock-back
    close_window
    sed -i 's/^down = .*/down = 0/' "$work/home/.config/nuee/settings.toml"
    nuee="$work/lied-to" open_window 1280 800
    press ctrl+3
    eyes wait 60 1 "verified by pieces" >/dev/null || fail "what was received under a moved clock is not finished"
    close_window
    echo "a clock set back by a day was said, held nothing up, and the next start finished"
}

large() {
    local at
    settle_with fr "$work/downloads" 0 direct
    sed -i '1i zoom = 300' "$work/home/.config/nuee/settings.toml"
    open_window 1280 800
    for at in 1 2 3 4 5 6; do press "ctrl+$at"; shot "zoom-300-$at"; done
    eyes says 5 "Réglages" >/dev/null || fail "three times as large, there is no window"
    close_window
    close_display
    open_display 2048 1400
    settle_with en "$work/downloads" 0 direct
    WINIT_X11_SCALE_FACTOR=2 open_window 2048 1400 demo --dir "$work/downloads" --lang en
    shot scale-2-0
    choose_sharing
    for at in 1 2 3 4 5 6; do press "ctrl+$at"; shot "scale-2-$at"; done
    eyes says 5 "Settings" >/dev/null || fail "at twice the scale there is no window"
    close_window
    echo "three times as large, and at twice the scale, every screen is there"
}

/usr/bin/python3 "$here/proxy.py" "$work/asked" >"$work/proxy-port" &
proxy=$!
for _ in $(seq 50); do [ -s "$work/proxy-port" ] && break; sleep 0.1; done
proxy_port=$(cat "$work/proxy-port")
steps=("${NUEE_TROUBLES:-all}")
[ "${steps[0]}" != all ] || steps=(full_disk gone_folder "by_proxy http" "by_proxy socks5" "broker_by_proxy http" "broker_by_proxy socks5" report settings_files clock_back large)
for step in "${steps[@]}"; do $step; done
echo "pictures in $folder"
