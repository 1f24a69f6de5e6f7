"""Puts a table between two markers of a page; what stands around it stays."""

import sys


def write(page, begin, end, table):
    """Ends the program without writing when the markers do not stand there once each, in this order."""
    text = page.read_text(encoding="utf-8")
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(end) < text.index(begin):
        sys.exit(f"{page}: the markers {begin} and {end} must stand there once each, in this order")
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    page.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}", encoding="utf-8")
