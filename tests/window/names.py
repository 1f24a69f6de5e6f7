#!/usr/bin/python3
"""Walks the tree that screen readers see and finds each screen's controls by name.

Usage: names.py PID LANGUAGE, in a D-Bus session with accessibility on (see names.sh). Ends with 1 when a name is missing.
"""

import subprocess
import sys
import time

from eyes import nodes, program

RAIL = {
    "en": ["Sources", "Hours", "Transfers", "Announcements", "Followed", "Sharing", "Fields", "Log", "Settings"],
    "fr": ["Sources", "Échéances", "Transferts", "Annonces", "Suivis", "Partage", "Champs", "Journal", "Réglages"],
}
FIND = {"en": "Find on this screen", "fr": "Rechercher dans cet écran"}
CONTROLS = {
    "en": {
        5: ["Nothing is followed."],
        6: ["What I give", "Relays in use", "Limits", "Nothing is uploaded now."],
        7: ["No file is open."],
        8: ["Events", "Hosts contacted", "All", "Failures", "Copy", "Export…"],
        9: ["Language: Français", "Colours: Dark", "Folder", "Upload limit", "Download limit", "Trusted local networks"],
    },
    "fr": {
        6: ["Ce que je donne", "Relais utilisés", "Limites", "Rien n'est envoyé en ce moment."],
        8: ["Événements", "Hôtes contactés", "Tout", "Échecs", "Copier", "Exporter…"],
        9: ["Langue: English", "Couleurs: Sombres", "Dossier", "Limite d'envoi", "Limite de téléchargement"],
    },
}


def names(root):
    """Role and name of everything."""
    return [(role, name) for role, name, _ in nodes(root)]


def look(root, wanted, where):
    """Complains about names that are not there."""
    missing = list(wanted)
    for _ in range(30):
        there = {name for _, name in names(root)}
        missing = [name for name in wanted if name not in there]
        if not missing:
            return 0
        time.sleep(0.1)
    print(f"{where}: not found: {missing}; there is {sorted(name for name in there if name)}", file=sys.stderr)
    return len(missing)


def main():
    pid, language = int(sys.argv[1]), sys.argv[2]
    root = program(pid)
    bad = look(root, RAIL[language] + [FIND[language]], "rail")
    for at in range(1, 10):
        subprocess.run(["xdotool", "key", f"ctrl+{at}"], check=True)
        time.sleep(0.5)
        bad += look(root, [FIND[language]] + CONTROLS[language].get(at, []), f"screen {at}")
        fields = [name for role, name in names(root) if role in ("entry", "text", "push button", "check box") and not name]
        if fields:
            print(f"screen {at}: {len(fields)} controls without a name", file=sys.stderr)
            bad += len(fields)
    total = len(names(root))
    print(f"{language}: {total} nodes, {bad} names missing")
    return 1 if bad else 0


sys.exit(main())
