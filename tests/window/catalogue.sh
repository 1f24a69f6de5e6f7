#!/usr/bin/env bash
# The demo's catalogue by pointer and keys: a listing becomes a matrix in which hours appear, four of them are chosen by
# a drag and arrive proven, as `nuee get demo/arome-0.01/SP1 --run latest --lead 6..9` has them. Takes pictures.
#
# Usage: catalogue.sh FOLDER [BINARY] [STOP…], a stop being LANGUAGE-WIDTHxHEIGHT-light|dark. Fails when the four are not
# proven on the screen and the same as the terminal's on the disk. Needs what journey.sh needs.
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
shot() { sleep 0.4; import -window root "$folder/catalogue-$1.png"; }

# What the window says, in each language.
speak() {
    case $1 in
    en) share="Share with other" dataset="DEMO, a file an hour" choose="Choose hours" cell="UTC, lead time" there=", available,"
        awaited="not published yet" missing="missing at the source" download="Download 4" proven="verified by pieces" ;;
    fr) share="Partager avec" dataset="DÉMO, un fichier par" choose="Choisir des" cell="UTC, échéance" there=", disponible,"
        awaited="pas encore publi" missing="manque" download="Télécharger 4" proven="vérifié par morceaux" ;;
    esac
}

# The names of files and what is in them, whatever folder they are in.
stamps() { find "$1" -name '*.grib2' -not -path '*/.nuee/*' -exec sha256sum {} + | sed 's, .*/, ,' | sort; }

# The demo's run is the latest of four a day: a walk over the hour at which the next begins would meet both.
leave_the_turn_of_the_run() {
    local left=$((21600 - $(date +%s) % 21600))
    [ "$left" -gt 180 ] || sleep "$((left + 1))"
}

walk() { # LANGUAGE WIDTH HEIGHT SHADE
    leave_the_turn_of_the_run
    speak "$1"
    new_home
    local downloads="$work/downloads" at
    rm -rf "$downloads"
    mkdir -p "$downloads"
    open_display "$2" "$3"
    turn_listening_on
    open_window "$2" "$3" demo --dir "$downloads" --lang "$1"
    press_on "push button" "$share" || fail "no first page"
    [ "$4" = light ] || command_by_name "$([ "$1" = fr ] && echo sombres || echo dark)"
    shot "$stop-1-sources"
    press_on "push button" "$choose" "$dataset" || fail "the catalogue is not among the sources"
    eyes says 20 "$cell 9 h" "$there" >/dev/null || fail "the hours are not listed"
    eyes says 5 "$cell 24 h" "$awaited" >/dev/null || fail "an hour that is to come is not awaited"
    if eyes says 1 "$missing" "$cell" >/dev/null 2>&1; then fail "an hour that is to come is called missing"; fi
    drag_hours
    eyes says 10 "$download" >/dev/null || fail "the four hours were not chosen"
    sleep 0.6
    shot "$stop-2-hours"
    press_on "push button" "$download" || fail "the download cannot be pressed"
    press ctrl+3
    eyes wait 60 4 "$proven" || fail "four rows do not say that they are proven"
    shot "$stop-3-proven"
    stamps "$downloads" >"$work/by-mouse"
    close_display
}

# Draws over hours 6 to 9 of the only run; its time depends on the clock.
drag_hours() {
    local run
    run=$(eyes tree | grep -o "'[^']*$cell 6 h" | head -n 1 | cut -c 2-)
    drag "table cell" "$run" "${run% 6 h} 9 h" || fail "there is no matrix"
}

for stop in "${stops[@]}"; do
    IFS=-x read -r language width height shade <<<"$stop"
    walk "$language" "$width" "$height" "$shade"
    rm -rf "$work/typed"
    HOME="$work/home" "$nuee" get demo/arome-0.01/SP1 --run latest --lead 6..9 --out "$work/typed" >/dev/null 2>&1 ||
        fail "the terminal does not get them"
    stamps "$work/typed" >"$work/by-keys"
    [ "$(wc -l <"$work/by-mouse")" = 4 ] || fail "$(wc -l <"$work/by-mouse") of four files are on the disk"
    diff "$work/by-mouse" "$work/by-keys" >&2 || fail "the terminal has others"
    echo "$stop: four hours of the catalogue by drag, the same as by the terminal"
done
echo "pictures in $folder"
