#!/usr/bin/env bash
# Following, by pointer and keys: hours of the demo's catalogue are chosen and followed, arrive by themselves and lie on the disk;
# the list is paused, stopped and taken back. Then a GRIB file is opened and its fields are listed.
#
# Usage: follow.sh FOLDER [BINARY] [STOP…], a stop being LANGUAGE-WIDTHxHEIGHT-light|dark. Takes pictures into FOLDER. Needs what
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
shot() { sleep 0.4; import -window root "$folder/follow-$1.png"; }

# What the window says, in each language.
speak() {
    case $1 in
    en) share="Share with other" dataset="DEMO, a file an hour" choose="Choose hours" cell="UTC, lead time" follow="Follow"
        row="lead times 3–6 h" fetched="4 lead times" pause="Pause following" resume="Resume following" paused="paused"
        stop_it="Stop following" stopped="is followed no longer" undo="Undo" none="Nothing is followed" temperature="Temperature"
        field="URL, path" ;;
    fr) share="Partager avec" dataset="DÉMO, un fichier par" choose="Choisir des" cell="UTC, échéance" follow="Suivre"
        row="échéances 3–6 h" fetched="4 échéances" pause="Suspendre le suivi" resume="Reprendre le suivi" paused="suspendu"
        stop_it="Arrêter le suivi" stopped="n'est plus suivi" undo="Annuler" none="Rien n'est suivi" temperature="Température"
        field="URL, chemin" ;;
    esac
}

# The demo's run is the latest of four a day: a walk over the hour at which the next begins would meet both.
leave_the_turn_of_the_run() {
    local left=$((21600 - $(date +%s) % 21600))
    [ "$left" -gt 240 ] || sleep "$((left + 1))"
}

# Draws over hours 3 to 6 of the only run.
drag_hours() {
    local run
    run=$(eyes tree | grep -o "'[^']*$cell 3 h" | head -n 1 | cut -c 2-)
    drag "table cell" "$run" "${run% 3 h} 6 h" || fail "there is no matrix"
}

files_of() { find "$1" -name '*.grib2' -not -path '*/.nuee/*' | sort; }

walk() { # LANGUAGE WIDTH HEIGHT SHADE
    leave_the_turn_of_the_run
    speak "$1"
    new_home
    local downloads="$work/downloads" file
    rm -rf "$downloads"
    mkdir -p "$downloads"
    open_display "$2" "$3"
    turn_listening_on
    open_window "$2" "$3" demo --dir "$downloads" --lang "$1"
    press_on "push button" "$share" || fail "no first page"
    [ "$4" = light ] || command_by_name "$([ "$1" = fr ] && echo sombres || echo dark)"
    press ctrl+5
    eyes says 5 "$none" >/dev/null || fail "an empty list does not say that it is"
    shot "$stop-1-empty"
    press ctrl+1
    press_on "push button" "$choose" "$dataset" || fail "the catalogue is not among the sources"
    eyes says 20 "$cell 3 h" >/dev/null || fail "the hours are not listed"
    drag_hours
    sleep 0.6
    press_on "push button" "$follow" || fail "Follow cannot be pressed"
    eyes wait 10 1 "$row" >/dev/null || fail "what was followed is not in the list"
    eyes wait 90 1 "$row" "$fetched" >/dev/null || fail "the four hours did not arrive by themselves"
    [ "$(files_of "$downloads" | wc -l)" = 4 ] || fail "they are not on the disk"
    shot "$stop-2-followed"
    press_on "push button" "$pause" || fail "it cannot be paused"
    eyes wait 5 1 "$row" "$paused" >/dev/null || fail "it is not paused"
    press_on "push button" "$resume" || fail "it cannot be resumed"
    press_on "push button" "$stop_it" || fail "it cannot be stopped"
    eyes says 5 "$stopped" >/dev/null || fail "nothing says that it was stopped"
    shot "$stop-3-stopped"
    press_on "push button" "$undo" || fail "the stop cannot be undone"
    eyes wait 5 1 "$row" >/dev/null || fail "it did not come back"
    file=$(files_of "$downloads" | head -n 1)
    press ctrl+1
    press_on "entry" "$field" || fail "no field for a source"
    type_words "$file"
    press Return
    eyes wait 15 1 "$temperature" >/dev/null || fail "the fields of a GRIB file are not listed"
    shot "$stop-4-fields"
    close_display
}

for stop in "${stops[@]}"; do
    IFS=-x read -r language width height shade <<<"$stop"
    walk "$language" "$width" "$height" "$shade"
    echo "$stop: four hours followed, fetched by themselves, paused, stopped and taken back; a file's fields are listed"
done
echo "pictures in $folder"
