#!/usr/bin/env bash
# Sharing, by pointer and keys: a downloaded lead time is uploaded, stopped, goes on and is handed on as a QR code; a relay is added after
# its key was shown, is asked, comes back with another key and is stopped, and is forgotten.
#
# Usage: sharing.sh FOLDER [BINARY] [STOP…], a stop being LANGUAGE-WIDTHxHEIGHT-light|dark. Takes pictures into FOLDER. Needs what
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
relay_pid=

fail() { echo "$1" >&2; shot "$stop-failed" || true; exit 1; }
shot() { sleep 0.5; import -window root "$folder/sharing-$1.png"; }

# What the window says, in each language.
speak() {
    case $1 in
    en) dataset="DEMO, a file an hour" choose="Choose hours" cell="UTC, lead time" download="Download" nothing="Nothing is uploaded now"
        given="peers:" stop_it="Stop uploading" stopped="stopped" again="Upload DEMO" hand="Hand on" code="QR code" close="Close"
        relays="Relays in use" limits="Limits" none="No relay is in use" address="Address of a relay" show="Show its key"
        key="Fingerprint" keep="Use this relay" answers="answers" ask="Ask now" changed="other key" forget="Forget http" yes="Forget it"
        reach="Not known" ;;
    fr) dataset="DÉMO, un fichier par" choose="Choisir des" cell="UTC, échéance" download="Télécharger" nothing="Rien n'est envoyé"
        given="pairs" stop_it="Arrêter l'envoi" stopped="arrêté" again="Envoyer de nouveau" hand="Transmettre" code="Code QR" close="Fermer"
        relays="Relais utilisés" limits="Limites" none="Aucun relais n'est utilisé" address="Adresse d'un relais" show="Montrer sa clé"
        key="Empreinte" keep="Utiliser ce relais" answers="répond" ask="Interroger" changed="autre clé" forget="Oublier http" yes="L'oublier"
        reach="Inconnu" ;;
    esac
}

# The publisher of the demo in a process of its own, whose catalogue a relay follows. Out: the folder of its provider's file.
serve_catalogue() {
    publish
    providers=$(grep -o '"providers":"[^"]*"' "$work/urls" | head -n 1 | cut -d '"' -f 4)
    [ -d "$providers" ] || { echo "the publisher names no folder of its provider's file" >&2; return 1; }
}

relay_port=$((20000 + RANDOM % 20000))
relay_url="http://127.0.0.1:$relay_port/"

# Relays one package of the demo from a folder of its own; a new folder has a new key.
start_relay() { # FOLDER
    local words=(--folder "$1" --providers "$providers")
    HOME="$work/relay-home" "$nuee" relay add demo/arome-0.01/SP1 --lead 0..1 "${words[@]}" >/dev/null 2>&1
    HOME="$work/relay-home" "$nuee" relay run --bind "127.0.0.1:$relay_port" --every 2s --settle 1s --allow-local --json \
        "${words[@]}" >"$work/relay" 2>/dev/null &
    relay_pid=$!
    for _ in $(seq 300); do grep -q '"event":"published"' "$work/relay" && return; sleep 0.1; done
    fail "the relay publishes nothing"
}
stop_relay() {
    [ -n "$relay_pid" ] || return 0
    kill "$relay_pid" 2>/dev/null || true
    wait "$relay_pid" 2>/dev/null || true
    relay_pid=
}
trap 'stop_relay; end_stage' EXIT

walk_given() {
    press ctrl+1
    press_on "push button" "$choose" "$dataset" || fail "the catalogue is not among the sources"
    eyes says 30 "$cell 0 h" >/dev/null || fail "the hours are not listed"
    press_on "table cell" "$(eyes tree | grep -o "'[^']*$cell 0 h" | head -n 1 | cut -c 2-)" || fail "there is no matrix"
    sleep 0.6
    press_on "push button" "$download" || fail "nothing can be downloaded"
    sleep 1
    press ctrl+6
    eyes wait 60 1 "$given" >/dev/null || fail "what was downloaded is not uploaded"
    shot "$stop-2-given"
    press_on "push button" "$stop_it" || fail "it cannot be stopped"
    eyes wait 10 1 "$stopped" >/dev/null || fail "it is not stopped"
    shot "$stop-3-stopped"
    press_on "push button" "$again" || fail "it cannot go on"
    eyes says 10 "$stop_it" >/dev/null || fail "it does not go on"
    press_on "push button" "$hand" || fail "it cannot be handed on"
    eyes says 5 "$code" >/dev/null || fail "there is no code"
    shot "$stop-4-handed-on"
    press_on "push button" "$close" || fail "the dialog cannot be closed"
}

walk_relays() {
    press_on "push button" "$relays" || fail "there is no part for relays"
    eyes says 5 "$none" >/dev/null || fail "an empty list does not say that it is"
    shot "$stop-5-no-relay"
    press_on "entry" "$address" || fail "no field for an address"
    type_words "$relay_url"
    press_on "push button" "$show" || fail "the relay cannot be asked"
    eyes says 15 "$keep" >/dev/null || fail "the relay is not shown"
    eyes says 5 "$key" >/dev/null || fail "its key is not shown"
    shot "$stop-6-proposed"
    press_on "push button" "$keep" || fail "it cannot be kept"
    eyes wait 15 1 "$relay_url" "$answers" >/dev/null || fail "it is not in the list"
    shot "$stop-7-relay"
    press_on "push button" "$hand" || fail "its address cannot be handed on"
    eyes says 5 "$code" >/dev/null || fail "there is no code of its address"
    shot "$stop-8-relay-handed-on"
    press Escape
    stop_relay
    start_relay "$work/relay-two"
    press_on "push button" "$ask" || fail "it cannot be asked"
    eyes wait 20 1 "$relay_url" "$changed" >/dev/null || fail "another key is not noticed"
    shot "$stop-9-other-key"
    press_on "push button" "$forget" || fail "it cannot be forgotten"
    sleep 0.4
    press_on "push button" "$yes" || fail "nothing asks before it is forgotten"
    eyes says 5 "$none" >/dev/null || fail "it is still in the list"
}

walk() { # LANGUAGE WIDTH HEIGHT SHADE
    speak "$1"
    settle "$1" "$work/downloads"
    rm -rf "$work/relay-one" "$work/relay-two" "$work/relay-home"
    mkdir -p "$work/relay-one" "$work/relay-two" "$work/relay-home"
    serve_catalogue
    start_relay "$work/relay-one"
    open_display "$2" "$3"
    turn_listening_on
    open_window "$2" "$3" demo --dir "$work/downloads" --lang "$1"
    [ "$4" = light ] || command_by_name "$([ "$1" = fr ] && echo sombres || echo dark)"
    press ctrl+6
    eyes says 5 "$nothing" >/dev/null || fail "an empty list does not say that it is"
    shot "$stop-1-empty"
    walk_given
    walk_relays
    press_on "push button" "$limits" || fail "there are no limits"
    eyes says 5 "$reach" >/dev/null || fail "whether others can call is not said"
    shot "$stop-10-limits"
    close_display
    stop_relay
    unpublish
    rm -rf "$work/downloads"
}

for stop in "${stops[@]}"; do
    IFS=-x read -r language width height shade <<<"$stop"
    walk "$language" "$width" "$height" "$shade"
    echo "$stop: an upload was stopped, went on and was handed on; a relay was added by its key, changed it, and was forgotten"
done
echo "pictures in $folder"
