#!/usr/bin/env bash
# Publishing and relaying, by pointer and keys: the demo's dataset is relayed in four clicks, a file is downloaded by the terminal from
# the feed that the window shows, the address is checked, the relay is stopped and its port is free; then a folder is published, and
# downloaded by its .torrent.
#
# Usage: offering.sh FOLDER [BINARY] [STOP…], a stop being LANGUAGE-WIDTHxHEIGHT-light|dark. Takes pictures into FOLDER. Needs what
# journey.sh needs.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"
in_session "$@"
folder=$(realpath -m "${1:?a folder for the pictures}")
nuee=$(realpath "${2:-target/release/nuee}")
stops=("${@:3}")
[ "${#stops[@]}" -gt 0 ] || stops=(en-1280x800-light fr-1024x700-dark)
mkdir -p "$folder"

fail() { echo "$1" >&2; shot "$stop-failed" || true; exit 1; }
shot() { sleep 0.5; import -window root "$folder/offering-$1.png"; }

# What the window says, in each language.
speak() {
    case $1 in
    en) share="Share with other" part="Publish or relay" relay="Relay a dataset" dataset="DEMO" begin="Relay this dataset" announced="files announced"
        files="Show files" check="Request all of" checked="addresses answered this computer" stop_it="Stop sharing" stopped="stopped; not started"
        publish="Publish a folder" path="Folder or file" go="Publish this folder" served="served since" ;;
    fr) share="Partager avec" part="Publier ou relayer" relay="Relayer un jeu" dataset="Catalogue DÉMO" begin="Relayer ce jeu" announced="fichiers annoncés"
        files="Montrer les fichiers" check="Demander tout de" checked="ont répondu à cet ordinateur" stop_it="Arrêter le partage" stopped="arrêté ; ne redémarre"
        publish="Publier un dossier" path="Dossier ou fichier" go="Publier ce dossier" served="servi depuis" ;;
    esac
}

# The demo's run is the latest of four a day: a walk over the hour at which the next begins would meet both.
leave_the_turn_of_the_run() {
    local left=$((21600 - $(date +%s) % 21600))
    [ "$left" -gt 240 ] || sleep "$((left + 1))"
}

# The first address on the screen that ends so.
address() { eyes tree | grep -o "http://[^' ]*$1" | sed -n 1p; }

# The first .torrent that a feed names; nothing while it names none.
torrent_of() {
    python3 -c 'import re, sys, urllib.request
found = re.search(r"<enclosure url=\"([^\"]+)\"", urllib.request.urlopen(sys.argv[1]).read().decode())
print(found.group(1) if found else "")' "$1"
}

# Whether nobody listens at the port of an address any more.
is_free() {
    python3 -c 'import socket, sys, urllib.parse
at = urllib.parse.urlsplit(sys.argv[1])
sys.exit(socket.socket().connect_ex((at.hostname, at.port)) == 0)' "$1"
}

relay() {
    local feed torrent
    clicks=0
    press_on "toggle button" "$part" || fail "the screen has no such part"
    shot "$stop-1-empty"
    press_on "push button" "$relay" || fail "no dataset can be relayed"
    press_on "toggle button" "$dataset" || fail "the demo's dataset is not listed"
    shot "$stop-2-dataset"
    press_on "push button" "$begin" || fail "it cannot be started"
    [ "$clicks" -le 4 ] || fail "it took $clicks clicks"
    eyes says 120 "$announced" >/dev/null || fail "no file was announced"
    feed=$(address /feed.xml)
    [ -n "$feed" ] || fail "the feed's address is not shown"
    for _ in $(seq 60); do torrent=$(torrent_of "$feed"); [ -n "$torrent" ] && break; sleep 1; done
    "$nuee" get "$torrent" --allow-local --no-seed --out "$work/got" >"$work/get" 2>&1 ||
        { cat "$work/get" >&2; fail "the terminal gets nothing from $torrent"; }
    [ "$(find "$work/got" -name '*.grib2' -not -path '*/.nuee/*' | wc -l)" = 1 ] || fail "nothing lies on the disk"
    press_on "push button" "$files" || fail "its files cannot be shown"
    press_on "push button" "$check" || fail "its address cannot be checked"
    eyes says 60 "$checked" >/dev/null || fail "the check says nothing"
    shot "$stop-3-relayed"
    press_on "push button" "$stop_it" || fail "it cannot be stopped"
    eyes says 20 "$stopped" >/dev/null || fail "it does not say that it is stopped"
    is_free "$feed" || fail "its port is not free"
    shot "$stop-4-stopped"
}

publish() {
    local own="$work/own" torrent
    rm -rf "$own"
    mkdir -p "$own/run"
    head -c 300000 /dev/urandom >"$own/run/a.dat"
    press_on "push button" "$publish" || fail "no folder can be published"
    press_on "entry" "$path" || fail "no field for a folder"
    type_words "$own/run"
    shot "$stop-5-folder"
    press_on "push button" "$go" || fail "it cannot be published"
    eyes says 30 "$served" >/dev/null || fail "it is not served"
    torrent=$(address /run.torrent)
    "$nuee" get "$torrent" --allow-local --no-seed --out "$work/got-own" >"$work/get" 2>&1 ||
        { cat "$work/get" >&2; fail "the terminal gets nothing from $torrent"; }
    cmp "$own/run/a.dat" "$work/got-own/run/a.dat" || fail "it is another file"
    shot "$stop-6-published"
}

walk() { # LANGUAGE WIDTH HEIGHT SHADE
    leave_the_turn_of_the_run
    speak "$1"
    new_home
    local downloads="$work/downloads"
    rm -rf "$downloads" "$work/got" "$work/got-own"
    mkdir -p "$downloads"
    open_display "$2" "$3"
    turn_listening_on
    open_window "$2" "$3" demo --dir "$downloads" --lang "$1"
    press_on "push button" "$share" || fail "no first page"
    [ "$4" = light ] || command_by_name "$([ "$1" = fr ] && echo sombres || echo dark)"
    press ctrl+6
    relay
    publish
    close_display
}

for stop in "${stops[@]}"; do
    IFS=-x read -r language width height shade <<<"$stop"
    walk "$language" "$width" "$height" "$shade"
    echo "$stop: a dataset relayed in four clicks, downloaded by its feed, checked and stopped; a folder published and downloaded"
done
echo "pictures in $folder"
