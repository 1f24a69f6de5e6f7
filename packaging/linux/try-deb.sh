#!/usr/bin/env bash
# Builds the .deb, installs it in a bare system of its own, and has it draw its first frame there.
#
# Usage: try-deb.sh FOLDER [--no-build], as root; FOLDER keeps the bare system for the next time. Needs cargo-deb,
# debootstrap, Xvfb, desktop-file-validate and appstreamcli.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(realpath -m "${1:?a folder for the bare system}")
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")

desktop-file-validate packaging/linux/nuee.desktop
appstreamcli validate --no-net packaging/linux/io.github.nuee.nuee.metainfo.xml

[ "${2:-}" = --no-build ] || cargo build --release
packaging/linux/shell-files.sh "$target/release/nuee" "$target/release/shell"
cargo deb --no-build --no-strip
deb=$(ls -t "$target"/debian/nuee_*.deb | head -n 1)
echo "$(basename "$deb"): $(($(stat -c %s "$deb") / 1000)) kB"

root="$folder/system"
if [ ! -x "$root/usr/bin/apt-get" ]; then
    rm -rf "$root"
    mkdir -p "$folder"
    # A system has one form of the list or the other, so that one of these files is always absent.
    lists=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
    mirror=$(sed -nE 's/^deb (\[[^]]*\] )?(http[^ ]+) .* main.*/\2/p; s/^URIs: *(http[^ ]+).*/\1/p' <<<"$lists" |
        grep -v security | head -n 1 || true)
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    debootstrap --variant=minbase "$release" "$root" ${mirror:+"$mirror"} >"$folder/debootstrap.log" 2>&1 ||
        { tail -n 20 "$folder/debootstrap.log"; exit 1; }
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
for each in /etc/apt/apt.conf.d/*proxy*; do [ -e "$each" ] && cp "$each" "$root/etc/apt/apt.conf.d/"; done
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive HOME=/root "$@"; }
inside apt-get purge -y -qq nuee >/dev/null 2>&1 || true
cp "$deb" "$root/nuee.deb"
inside apt-get update -qq
inside apt-get install -y -qq /nuee.deb >"$folder/install.log" 2>&1 || { tail -n 20 "$folder/install.log"; exit 1; }

work=$(mktemp -d)
server= program=
trap 'kill $program $server 2>/dev/null || true; umount "$root/tmp/.X11-unix" 2>/dev/null || true; rm -rf "$work"' EXIT
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
server=$!
for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
mkdir -p "$root/tmp/.X11-unix" "$root/run/try"
mountpoint -q "$root/tmp/.X11-unix" || mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
chmod 700 "$root/run/try"
inside DISPLAY=":$(cat "$work/display")" XDG_RUNTIME_DIR=/run/try NUEE_FIRST_FRAME=1 nuee >/dev/null 2>"$work/words" &
program=$!
for _ in $(seq 300); do grep -q 'first frame' "$work/words" && break; sleep 0.1; done
cat "$work/words"
grep -q 'first frame' "$work/words" || { echo "the installed program drew nothing" >&2; exit 1; }
# Completions and manual pages came along, for each command in both languages.
for each in bash-completion/completions/nuee zsh/vendor-completions/_nuee fish/vendor_completions.d/nuee.fish \
    man/man1/nuee.1.gz man/man1/nuee-get.1.gz man/fr/man1/nuee-get.1.gz; do
    [ -s "$root/usr/share/$each" ] || { echo "the package lacks $each" >&2; exit 1; }
done
# Without a display it says so in one line and names what to do.
if inside nuee >/dev/null 2>"$work/words"; then echo "no display, and no word of it" >&2; exit 1; fi
[ "$(wc -l <"$work/words")" = 1 ] || { cat "$work/words"; echo "more than one line" >&2; exit 1; }
echo "installed in a bare system, it draws its first frame"
