#!/usr/bin/env bash
# Writes completions of shells and manual pages, in English and French, as the program itself prints them.
#
# Usage: shell-files.sh PROGRAM FOLDER
set -euo pipefail
program=$(realpath "${1:?the program}")
folder=${2:?a folder}

mkdir -p "$folder/man1" "$folder/fr/man1"
"$program" completions bash >"$folder/nuee.bash"
"$program" completions zsh >"$folder/_nuee"
"$program" completions fish >"$folder/nuee.fish"

commands=$("$program" completions bash | sed -nE 's/^ +nuee,([a-z]+)\)$/\1/p' | grep -vx help | sort -u)
for language in en fr; do
    pages="$folder/man1"
    [ "$language" = en ] || pages="$folder/$language/man1"
    "$program" --lang "$language" completions man | gzip -9n >"$pages/nuee.1.gz"
    for command in $commands; do
        "$program" --lang "$language" completions man "$command" | gzip -9n >"$pages/nuee-$command.1.gz"
    done
done
