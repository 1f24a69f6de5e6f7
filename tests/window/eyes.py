#!/usr/bin/python3
"""What a screen reader sees of the window: finds controls by their names, and waits for what rows say.

Usage, in a D-Bus session with accessibility on (see stage.sh):
    eyes.py where PID ROLE NAME [BESIDE]   the middle of the control whose name begins so, as "X Y"; BESIDE names a row that
                                           it stands in
    eyes.py wait PID SECONDS COUNT WORD…   waits until so many rows have all the words; prints them, and ends with 1 when
                                           that does not come
    eyes.py says PID SECONDS WORD…         waits until something anywhere has all the words
    eyes.py tree PID                       everything
"""

import sys
import time

import pyatspi


def program(pid):
    """The accessible program of that process, once it is there."""
    for _ in range(100):
        for each in pyatspi.Registry.getDesktop(0):
            try:
                if each is not None and each.get_process_id() == pid:
                    return each
            except Exception:  # a program that goes away while it is asked
                continue
        time.sleep(0.1)
    sys.exit("the program does not appear to screen readers")


def extents(node):
    """Where a node stands on the screen: x, y, width, height. None when it stands nowhere."""
    try:
        box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        return (box.x, box.y, box.width, box.height) if box.width > 0 and box.height > 0 else None
    except Exception:
        return None


def nodes(node, depth=0):
    """Role, name and node of everything below a node; what vanishes meanwhile is left out."""
    if node is None or depth > 40:
        return
    try:
        yield node.getRoleName(), node.name.replace("\u202f", " ").replace("\xa0", " "), node
        children = [node.getChildAtIndex(at) for at in range(node.childCount)]
    except Exception:
        return
    for child in children:
        yield from nodes(child, depth + 1)


def patiently(seconds, look):
    """What `look` returns as soon as it returns anything; None when the time is over."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > until:
            return found
        time.sleep(0.1)


def where(root, role, name, beside=None):
    """The middle of a control. None when it is not there."""

    def look():
        seen = [(r, n, extents(x)) for r, n, x in nodes(root)]
        lines = [box for r, n, box in seen if r == "list item" and box and beside and n.startswith(beside)]
        for r, n, box in seen:
            if r != role or not n.startswith(name) or not box:
                continue
            # The middle of a row may be the edge of a column, by which that is widened.
            middle = (box[0] + (60 if role == "list item" else box[2] // 2), box[1] + box[3] // 2)
            if not beside or any(y <= middle[1] < y + h for _, y, _, h in lines):
                return middle
        return None

    return patiently(10, look)


def rows(root, words):
    """The sentences of the rows that have all the words."""
    return [n for r, n, _ in nodes(root) if r == "list item" and all(word in n for word in words)]


def main():
    task, root = sys.argv[1], program(int(sys.argv[2]))
    rest = sys.argv[3:]
    if task == "tree":
        for role, name, node in nodes(root):
            print(role, repr(name), extents(node))
    elif task == "where":
        at = where(root, *rest)
        if not at:
            sys.exit(f"there is no {rest}; there is {sorted({n for r, n, _ in nodes(root) if n and r == rest[0]})}")
        print(*at)
    elif task == "wait":
        seconds, count, words = float(rest[0]), int(rest[1]), rest[2:]
        found = patiently(seconds, lambda: (lambda them: them if len(them) >= count else None)(rows(root, words)))
        if not found:
            sys.exit(f"{len(rows(root, words))} of {count} rows say {words}; all rows: {rows(root, [])}")
        print("\n".join(found))
    elif task == "says":
        seconds, words = float(rest[0]), rest[1:]
        if not patiently(seconds, lambda: any(all(w in n for w in words) for _, n, _ in nodes(root))):
            sys.exit(f"nothing says {words}; there is {sorted({n for _, n, _ in nodes(root) if n})}")


if __name__ == "__main__":
    main()
