#!/usr/bin/env bash
# Makes the pictures of the documentation again: the journey, the catalogue and announcements in both languages and shades, small enough
# to be kept.
#
# Usage: pictures.sh [BINARY]. Needs what journey.sh needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
tests/window/journey.sh "$made" "${1:-target/release/nuee}" en-1280x800-light fr-1280x800-dark
mkdir -p assets/screens
for each in en-1280x800-light-3-hours en-1280x800-light-6-detail \
    fr-1280x800-dark-2-sources fr-1280x800-dark-3-hours fr-1280x800-dark-6-detail; do
    name=$(sed 's/-1280x800//; s/-[0-9]-/-/' <<<"$each")
    convert "$made/$each.png" -strip +dither -colors 128 -define png:compression-level=9 "PNG8:assets/screens/$name.png"
done
tests/window/catalogue.sh "$made" "${1:-target/release/nuee}" en-1280x800-light fr-1280x800-dark
for each in catalogue-en-1280x800-light-{1-sources,2-hours,3-proven} catalogue-fr-1280x800-dark-{1-sources,2-hours,3-proven}; do
    name=$(sed 's/-1280x800//; s/-[0-9]-/-/' <<<"$each")
    convert "$made/$each.png" -strip +dither -colors 128 -define png:compression-level=9 "PNG8:assets/screens/$name.png"
done
tests/window/announcements.sh "$made" "${1:-target/release/nuee}" en-1280x800-light fr-1280x800-light fr-1024x700-dark
for language in en fr; do
    for each in 1-pinned-and-late 2-wrong-checksum 3-dead-source 4-as-received; do
        cp "$made/announcements-$language-1280-light-$each.png" "assets/screens/announcements-$language-$each.png"
    done
done
cp "$made/announcements-fr-1024-dark-1-pinned-and-late.png" assets/screens/announcements-fr-1024-dark.png
