#!/usr/bin/env bash
# A broker's password goes into the desktop's keyring where there is one, and comes back from there: in the window, in its next
# start, and in the terminal. Nothing of ours holds it then. Without a keyring, or with a locked one, it is in a file that only this
# user can read, and moves to the keyring at the first start that has one. The row says which.
#
# Usage: keyring.sh [BINARY]. Needs mosquitto, gnome-keyring and what announcements.sh needs.
set -euo pipefail
nuee=$(realpath "${1:-target/release/nuee}")
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"
if [ -z "${NUEE_IN_SESSION:-}" ]; then
    # What the session bus starts by itself, a keyring too, has a home of its own as well.
    HOME=$(mktemp -d)
    XDG_RUNTIME_DIR=$HOME/run
    mkdir -m 700 "$XDG_RUNTIME_DIR"
    export HOME XDG_RUNTIME_DIR
    unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME GNOME_KEYRING_CONTROL
    in_session "$nuee"
fi

secret=s3cretmade
broker_pid=
end_all() {
    [ -n "$broker_pid" ] && kill "$broker_pid" 2>/dev/null
    # The keyring ends with the session that this script runs in.
    end_stage
    rm -rf "$HOME"
}
trap end_all EXIT

fail() { echo "$*" >&2; exit 1; }

start_broker() {
    port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    : >"$work/passwords"
    chmod 700 "$work"
    mosquitto_passwd -b "$work/passwords" me "$secret" 2>/dev/null
    printf 'user root\nallow_anonymous false\npassword_file %s\nlistener %s 127.0.0.1\n' "$work/passwords" "$port" >"$work/conf"
    mosquitto -c "$work/conf" >"$work/broker" 2>&1 &
    broker_pid=$!
    sleep 1
}

# The keyring of this session, with something to keep things in and unlocked.
start_keyring() {
    # The bus may have started one already, in which nothing can be kept: nobody ever logged in here.
    local idle
    idle=$(dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetConnectionUnixProcessID \
        string:org.freedesktop.secrets 2>/dev/null | sed -n 's/.*uint32 //p')
    if [ -n "$idle" ]; then
        kill "$idle"
        for _ in $(seq 50); do kill -0 "$idle" 2>/dev/null || break; sleep 0.1; done
    fi
    printf 'made up' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
    for _ in $(seq 50); do
        [ "$(in_keyring ReadAlias string:default)" = /org/freedesktop/secrets/collection/login ] && return
        sleep 0.1
    done
    fail "the keyring does not start"
}

# Asks the keyring something; prints the object it names.
in_keyring() { # METHOD ARGUMENT
    dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
        "org.freedesktop.Secret.Service.$1" "$2" 2>/dev/null | sed -n 's/.*object path "\(.*\)".*/\1/p' | head -n 1
}

lock_keyring() { in_keyring Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null; }

# Whether any file of the program holds the password.
ours_holds_it() { grep -rqs "$secret" "$work/home" "$work/run"; }

say() { eyes says 20 "$@" >/dev/null; }

add_broker() {
    press_on entry "URL of a broker"
    type_words "mqtt://127.0.0.1:$port"
    press_on entry "User"
    type_words me
    press_on "password text" "Password"
    type_words "$secret"
    press_on "push button" "Add this broker"
    say "as me"
}

start() { open_window 1280 800 --lang en; }

start_broker
new_home
open_display 1280 800
turn_listening_on

# Nobody keeps secrets here: a file of ours does.
start
choose_sharing
press ctrl+4
add_broker
say "password in a file that only you can read, because there is no keyring"
sleep 1
close_window
ours_holds_it || fail "without a keyring the password is kept nowhere"
loose=$(find "$work/home" -name 'window.db*' -perm /077)
[ -z "$loose" ] || fail "others can read $loose"

# A keyring is there at the next start: the password moves.
start_keyring
start
press ctrl+4
say "as me" "password in the desktop's keyring"
press_on "push button" "Change the topics of 127.0.0.1:$port"
press_on entry "Topic to subscribe to"
type_words "made/#"
press_on "push button" Subscribe
# The list folds away once somebody is listened to.
say "1 of 1 brokers answer"
sleep 1
close_window
ours_holds_it && fail "the keyring has the password, and so has: $(grep -rls "$secret" "$work/home" "$work/run")"
[ "$(secret-tool lookup broker "mqtt://127.0.0.1:$port" user me)" = "$secret" ] || fail "the keyring does not have it"

# The next start listens again with what the keyring gives.
start
press ctrl+4
say "1 of 1 brokers answer"
press_on "toggle button" Brokers
say "as me" "password in the desktop's keyring"
close_window

# So does the terminal.
heard=$("$nuee" listen "mqtt://me@127.0.0.1:$port" --topic 'made/#' --seconds 2 --json 2>/dev/null) || true
grep -q '"event":"listening"' <<<"$heard" || fail "the terminal did not listen: $heard"

# A locked keyring gives nothing: said, with what to do, and nobody is asked for anything.
lock_keyring
start
press ctrl+4
say "the keyring is locked. Unlock the keyring and press"
ours_holds_it && fail "a locked keyring brought the password back into a file"
close_window
echo "the keyring has the password; without one only this user can read it"
