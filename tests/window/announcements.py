#!/usr/bin/python3
"""Uses the screen of announcements as a screen reader does, by names alone, and waits for each state that must appear.

Usage: announcements.py PID LANGUAGE STEP, in a D-Bus session with accessibility on (see announcements.sh). Ends with 1 and says
what is missing when a state does not appear in time.
"""

import re
import sys
import time

from eyes import nodes, program

WORDS = {
    "en": {
        "listen": "Connect to NUEE-DEMO",
        "late": "late: 10",
        "pin": "Pin",
        "pinned": "Unpin origin/#",
        "fetch": "Fetch",
        "refused": "refused: the checksum",
        "failed_over": "after 1 failed source",
        "tried": "Failed sources",
        "proven": "verified",
        "json": "As received",
        "as_received": '"conformsTo"',
    },
    "fr": {
        "listen": "Connecter NUEE-DEMO",
        "late": "en retard : 10",
        "pin": "Épingler",
        "pinned": "Désépingler origin/#",
        "fetch": "Télécharger",
        "refused": "refusé : la somme de contrôle",
        "failed_over": "après 1 source en échec",
        "tried": "Sources en échec",
        "proven": "vérifié",
        "json": "Tel que reçu",
        "as_received": '"conformsTo"',
    },
}
PATIENCE = 90


def wait_for(root, is_meant, what):
    """The first node that is meant, once there is one."""
    until = time.time() + PATIENCE
    while time.time() < until:
        for _, name, node in nodes(root):
            if is_meant(name):
                return node
        time.sleep(0.3)
    names = sorted({name for _, name, _ in nodes(root) if name})
    sys.exit("does not appear: " + what + "\n" + "\n".join(names))


def press(root, is_meant, what):
    """Presses the first node that is meant."""
    wait_for(root, is_meant, what).queryAction().doAction(0)
    time.sleep(0.6)


def main():
    pid, language, step = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    words, root = WORDS[language], program(pid)
    of_hour = lambda hour: lambda name: re.match(rf"NUEE-DEMO_\S+_{hour:03}H\.grib2, ", name)
    has = lambda text: lambda name: text in name
    if step == "listen":
        press(root, has(words["listen"]), "the demo's broker")
        wait_for(root, lambda name: name.startswith("origin"), "the tree of topics")
    elif step == "late":
        wait_for(root, lambda name: of_hour(2)(name) and words["late"] in name, "the late one, flagged")
    elif step == "pin":
        press(root, lambda name: name.startswith("origin"), "the topic to pin")
        press(root, lambda name: name == words["pin"], "the button that pins")
        wait_for(root, has(words["pinned"]), "the pinned topic")
    elif step == "refused":
        press(root, of_hour(3), "the one with the wrong checksum")
        press(root, lambda name: name.startswith(words["fetch"]), "the button that fetches")
        wait_for(root, lambda name: of_hour(3)(name) and words["refused"] in name, "the refusal with its reason")
    elif step == "failed-over":
        press(root, of_hour(4), "the one with a failed source")
        press(root, lambda name: name.startswith(words["fetch"]), "the button that fetches")
        wait_for(root, lambda name: of_hour(4)(name) and words["failed_over"] in name, "the next source's file")
        wait_for(root, has(words["tried"]), "the source that was tried in vain")
    elif step == "transfers":
        # Their names there are those of files; the proof and its voucher are said in the same row.
        row = wait_for(root, lambda name: "_004H.grib2" in name and words["proven"] in name, "the file among the transfers")
        print(row.name)
    elif step == "json":
        press(root, lambda name: name == words["json"], "the button that shows the message")
        wait_for(root, has(words["as_received"]), "the message as received")


main()
