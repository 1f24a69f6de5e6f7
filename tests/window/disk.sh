#!/usr/bin/env bash
# Files that go while nobody looks: four hours of the demo are proven, one file is deleted and one changed behind the
# window's back; when the window gets the focus again it says so, and one press fetches the deleted one again.
#
# Usage: disk.sh FOLDER [BINARY] [LANGUAGE…]. Takes pictures; needs what journey.sh needs.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"
in_session "$@"
folder=$(realpath -m "${1:?a folder for the pictures}")
nuee=$(realpath "${2:-target/release/nuee}")
languages=("${@:3}")
[ "${#languages[@]}" -gt 0 ] || languages=(en fr)
mkdir -p "$folder"

fail() { echo "$language: $1" >&2; shot "$language-failed" || true; exit 1; }
shot() { sleep 0.4; import -window root "$folder/disk-$1.png"; }

speak() {
    case $1 in
    en) share="Share with other" dataset="AROME-like DEMO, grid" choose="Choose hours" cell="run 06 UTC, lead time"
        download="Download 4" show="Show transfers" proven="verified by pieces"
        missing="missing on disk" changed="changed on disk" again="Fetch again" ;;
    fr) share="Partager avec" dataset="DEMO façon AROME, maille" choose="Choisir des" cell="réseau 06 h UTC, échéance"
        download="Télécharger 4" show="Voir les" proven="vérifié par morceaux"
        missing="manquant sur le disque" changed="modifié sur le disque" again="Récupérer à nouveau" ;;
    esac
}

walk() { # LANGUAGE
    speak "$1"
    new_home
    downloads="$work/downloads"
    rm -rf "$downloads"
    mkdir -p "$downloads"
    open_display 1280 800
    turn_listening_on
    open_window 1280 800 demo --dir "$downloads" --lang "$1"
    press_on "push button" "$share" || fail "no first page"
    press_on "push button" "$choose" "$dataset" || fail "the demo's run is not among the sources"
    drag "table cell" "$cell 3 h" "$cell 6 h" || fail "there is no matrix"
    eyes says 10 "$download" >/dev/null || fail "the four hours were not chosen"
    press_on "push button" "$download" || fail "the download cannot be pressed"
    press_on "push button" "$show" || fail "no way to the transfers"
    eyes wait 90 4 "$proven" >/dev/null || fail "four rows do not say that they are proven"

    local files="$downloads/NUEE-DEMO_FR_2026010106/NUEE-DEMO_FR_2026010106"
    # The row of the later hour stands above: its button is the first.
    rm "${files}_005H.grib2"
    printf 'something else' >"${files}_004H.grib2"
    # The focus goes to the root window and comes back.
    xdotool windowfocus "$(xdotool search --maxdepth 0 '.*' | head -n 1)" 2>/dev/null || true
    sleep 0.5
    xdotool windowfocus "$window"
    eyes wait 10 1 "$missing" >/dev/null || fail "the deleted file is not said to be missing"
    eyes wait 10 1 "$changed" >/dev/null || fail "the changed file is not said to be changed"
    shot "$1-1-lost"
    press_on "push button" "$again" || fail "it cannot be fetched again"
    for _ in $(seq 300); do [ -s "${files}_005H.grib2" ] && break; sleep 0.1; done
    [ -s "${files}_005H.grib2" ] || fail "the file did not come back"
    shot "$1-2-again"
    close_display
}

for language in "${languages[@]}"; do
    walk "$language"
done
echo "pictures in $folder"
