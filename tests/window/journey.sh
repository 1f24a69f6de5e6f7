#!/usr/bin/env bash
# The whole journey of the demo, driven by xdotool alone: first page, the demo's run, a drag over four hours, download,
# until four files are proven, then the demo's second part, a relay with two clients, until its figures stand there, then one
# of the files from close by. Takes pictures on the way.
#
# Usage: journey.sh FOLDER [BINARY] [STOP…], a stop being LANGUAGE-WIDTHxHEIGHT-light|dark. Fails when four proven files
# are not on the disk and on the screen, when it took more than six clicks or a minute to the first of them, or when the relay
# does not spare its publisher a copy.
# Needs Xvfb, xdotool, ImageMagick, dbus-run-session, at-spi2-core and python3-pyatspi.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"
in_session "$@"
folder=$(realpath -m "${1:?a folder for the pictures}")
nuee=$(realpath "${2:-target/release/nuee}")
stops=("${@:3}")
[ "${#stops[@]}" -gt 0 ] || stops=(en-1280x800-light fr-1280x800-dark en-1024x700-dark fr-1024x700-light)
mkdir -p "$folder"

# The octets of hours 3 to 6: the demo's run is made the same each time.
expected="NUEE-DEMO_FR_2026010106_003H.grib2 NUEE-DEMO_FR_2026010106_004H.grib2
NUEE-DEMO_FR_2026010106_005H.grib2 NUEE-DEMO_FR_2026010106_006H.grib2"

fail() { echo "$1" >&2; shot "$stop-failed" || true; exit 1; }
shot() { sleep 0.4; import -window root "$folder/$1.png"; }

# What the window says, in each language.
speak() {
    case $1 in
    en) share="Share with other" dataset="AROME-like DEMO, grid" choose="Choose hours" cell="run 06 UTC, lead time"
        download="Download 4" show="Show transfers" proven="verified by pieces" receiving="downloading, "
        relay="Show the relay" relaying="The relay announces" spared="Copies spared: 0." close="Dismiss" ;;
    fr) share="Partager avec" dataset="DEMO façon AROME, maille" choose="Choisir des" cell="réseau 06 h UTC, échéance"
        download="Télécharger 4" show="Voir les" proven="vérifié par morceaux" receiving="téléchargement, "
        relay="Montrer le relais" relaying="Le relais annonce" spared="Copies épargnées : 0," close="Fermer ce message" ;;
    esac
}

on_disk() {
    local name there=0
    for name in $expected; do
        [ -s "$downloads/NUEE-DEMO_FR_2026010106/$name" ] && "$nuee" verify "$downloads/NUEE-DEMO_FR_2026010106/$name" >/dev/null 2>&1 && there=$((there + 1))
    done
    echo "$there"
}

walk() { # LANGUAGE WIDTH HEIGHT SHADE
    local began
    speak "$1"
    new_home
    downloads="$work/downloads"
    rm -rf "$downloads"
    mkdir -p "$downloads"
    open_display "$2" "$3"
    turn_listening_on
    open_window "$2" "$3" demo --dir "$downloads" --lang "$1"
    clicks=0
    shot "$stop-1-welcome"
    began=$(date +%s%3N)
    press_on "push button" "$share" || fail "no first page"
    [ "$4" = light ] || command_by_name "$([ "$1" = fr ] && echo sombres || echo dark)"
    press_on "push button" "$choose" "$dataset" || fail "the demo's run is not among the sources"
    drag "table cell" "$cell 3 h" "$cell 6 h" || fail "there is no matrix"
    eyes says 10 "$download" || fail "the four hours were not chosen"
    sleep 0.6
    shot "$stop-3-hours"
    sleep 0.3
    press_on "push button" "$download" || fail "the download cannot be pressed"
    press_on "push button" "$show" || fail "no way to the transfers"
    # Only for the picture: on a fast machine all may be here already.
    eyes wait 3 1 "$receiving" >/dev/null 2>&1 || true
    shot "$stop-4-receiving"
    eyes wait 60 1 "$proven" >/dev/null || fail "no file was proven within a minute"
    echo "$stop: first proven file after $clicks clicks and $(($(date +%s%3N) - began)) ms"
    [ "$clicks" -le 6 ] || fail "it took $clicks clicks"
    eyes wait 60 4 "$proven" || fail "four rows do not say that they are proven"
    [ "$(on_disk)" = 4 ] || fail "only $(on_disk) of four files are on the disk"
    shot "$stop-5-proven"
    press_on "push button" "$relay" || fail "the second part of the demo is not offered"
    # Only for the picture.
    eyes says 20 "$relaying" >/dev/null 2>&1 && shot "$stop-7-relaying"
    eyes says 30 "$spared" || fail "the relay spared no copy"
    shot "$stop-8-spared"
    # What was told is closed, and the figures: they would lie over the detail.
    press Escape
    sleep 0.5
    press_on "push button" "$close" || fail "the figures cannot be closed"
    press_on "list item" "${dataset%%,*}" || fail "no row to press"
    press Return
    eyes says 10 "215 " || fail "the pieces of a transfer are not shown"
    shot "$stop-6-detail"
    press Escape ctrl+1
    shot "$stop-2-sources"
    close_display
}

for stop in "${stops[@]}"; do
    IFS=-x read -r language width height shade <<<"$stop"
    walk "$language" "$width" "$height" "$shade"
done
echo "pictures in $folder"
