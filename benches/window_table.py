#!/usr/bin/env python3
"""Writes the figures of the window as a table between the two window markers of docs/en/benchmarks.md.

Usage: (cargo bench --bench window && tests/window/figures.sh) | python3 benches/window_table.py [docs/en/benchmarks.md]

In: lines `WHAT: VALUE UNIT (at most MOST)` or `(at most MOST; MORE)`, as those two print them; others are passed over.
Fails without writing when there is none.
"""
import pathlib
import re
import sys

import page_part

BEGIN, END = "<!-- ANCHOR: window -->", "<!-- ANCHOR_END: window -->"
LINE = re.compile(r"^([^:]+): ([0-9.]+) (.+?) \(at most ([0-9.]+)(?:; (.+))?\)$")


def table(lines):
    rows = ["| what | measured | at most |", "|---|---|---|"]
    for what, value, unit, most, more in lines:
        measured = f"{value} {unit}" + (f" ({more})" if more else "")
        rows.append(f"| {what} | {measured} | {most} |")
    return "\n".join(rows)


def main(arguments):
    if len(arguments) > 1:
        sys.exit(__doc__)
    beside = pathlib.Path(__file__).resolve().parent.parent / "docs/en/benchmarks.md"
    page = pathlib.Path(arguments[0]) if arguments else beside
    lines = [found.groups() for found in map(LINE.match, sys.stdin.read().splitlines()) if found]
    if not lines:
        sys.exit("no figure was read")
    page_part.write(page, BEGIN, END, table(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
