#!/usr/bin/env bash
# Drives the window with xdotool alone and takes pictures: each screen, in both languages, both shades and two sizes.
#
# Usage: drive.sh FOLDER [BINARY]. Needs Xvfb, xdotool and ImageMagick's import.
set -euo pipefail
folder=$(realpath -m "${1:?a folder for the pictures}")
nuee=$(realpath "${2:-target/release/nuee}")
mkdir -p "$folder"
here=$(dirname "$(realpath "$0")")
. "$here/stage.sh"

shot() { sleep 0.5; import -window root "$folder/$1.png"; }

# All screens once, by their keys.
walk() { # NAME
    local names=(sources hours transfers announcements followed fields log settings) at
    for at in 1 2 3 4 5 6 7 8; do
        press "ctrl+$at"
        shot "$1-$at-${names[$((at - 1))]}"
    done
    press F1; shot "$1-9-help"; press Escape
    press ctrl+p; shot "$1-10-palette"; press Escape
}

for language in en fr; do
    for size in "1280 800" "1024 700"; do
        read -r width height <<<"$size"
        new_home
        open_display "$width" "$height"
        open_window "$width" "$height" --lang "$language"
        shot "$language-$width-0-welcome"
        choose_sharing
        walk "$language-$width-light"
        if [ "$language" = fr ]; then command_by_name sombres; else command_by_name dark; fi
        walk "$language-$width-dark"
        close_display
    done
done
echo "pictures in $folder"
