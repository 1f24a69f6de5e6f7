#!/usr/bin/env python3
"""Writes the medians of a side-by-side run as a table between the two bench markers of docs/en/benchmarks.md.

Usage: python3 benches/report.py raw.jsonl [docs/en/benchmarks.md]

In: one JSON object a line, as the side-by-side harness appends them; of each: case, client, result, sha1, wall (s),
hwm (peak memory, MiB), cpu (s), lo (octets sent to the client), and by case http (requests), wanted, first (s), before, total.
Figures are medians of the runs that ended with the right file; how many did is said where some did not. What a broken
download fetches again is counted without the headers that the same client needs for an unbroken one.
"""
import json
import pathlib
import statistics
import sys

import page_part

BEGIN, END = "<!-- ANCHOR: bench -->", "<!-- ANCHOR_END: bench -->"
MEBI = 1 << 20

# Column heading, and the client's name in the rows.
CLIENTS = [("nuee", "ours"), ("libtorrent", "libtorrent"), ("rqbit", "rqbit")]

# Faults that no client can get the file through: to end right is to say so before the time is up.
HOPELESS = {"d-web-corrupt-only", "d-web-404-only", "d-nothing-alive"}


def has_right_file(row):
    return row["result"] == "ok" and row["sha1"] is True


def ended_right(row):
    return row["result"].startswith("exit ") if row["case"] in HOPELESS else has_right_file(row)


def seconds_and_memory(row):
    return {"{:.2f} s": row["wall"], "{:.2f} s of processor": row["cpu"], "{:.0f} MiB": row["hwm"]}


def with_requests(row):
    return seconds_and_memory(row) | {"{:.0f} requests": row["http"]}


def with_octets(row):
    return {"{:.2f} s": row["wall"], "{:.2f} × octets": row["lo"] / row["wanted"]}


def first_file(row):
    # A client that shows its files only when all are there has no first one.
    return {} if row["first"] is None else {"{:.2f} s": row["first"]}


def resumed(row):
    again = max(0, row["before"] + row["lo"] - row["total"] - row["headers"])
    return {"{:.2f} s": row["wall"], "{:.1f} MiB again": again / MEBI}


def seconds(row):
    return {"{:.2f} s": row["wall"]}


CASES = [
    ("a1", "1 GiB from one peer", seconds_and_memory),
    ("a2", "1 GiB from three peers", seconds_and_memory),
    ("a3", "1 GiB from a web seed alone", with_requests),
    ("a4", "1 GiB from a peer at 2 MiB/s and a web seed", seconds_and_memory),
    ("b1", "one file of 48 (20 MiB) from a peer", with_octets),
    ("b2", "one file of 48 (20 MiB) from a web seed", with_octets),
    ("c-first", "first whole file of 48", first_file),
    ("c-resume", "`kill -9` at half of 1 GiB, then the rest", resumed),
    ("c-recheck", "1 GiB that is there already", seconds),
]


def read_rows(path):
    with open(path, encoding="utf-8") as lines:
        return with_headers([json.loads(line) for line in lines if line.strip()])


def with_headers(rows):
    """Tells each broken download what headers its client needs for a whole one: octets beside those of the files."""
    for row in rows:
        if row["case"] == "c-resume":
            whole = [other["lo"] - other["total"] for other in rows
                     if other["case"] == "c-first" and other["client"] == row["client"] and has_right_file(other)]
            row["headers"] = statistics.median(whole) if whole else 0
    return rows


def cell(rows, figures_of):
    """Medians of the good rows; a dash when there was no run."""
    if not rows:
        return "–"
    good = [row for row in rows if has_right_file(row)]
    if not good:
        return f"not in {statistics.median(row['wall'] for row in rows):.0f} s"
    values = {}
    for row in good:
        for form, value in figures_of(row).items():
            values.setdefault(form, []).append(value)
    parts = [form.format(statistics.median(found)) for form, found in values.items()] or ["none before the end"]
    if len(good) < len(rows):
        parts.append(f"{len(good)} of {len(rows)} runs")
    return ", ".join(parts)


def faults_cell(rows):
    """A fault counts as ended right when every run of it did."""
    by_fault = {}
    for row in rows:
        by_fault.setdefault(row["case"], []).append(ended_right(row))
    if not by_fault:
        return "–"
    return f"{sum(all(runs) for runs in by_fault.values())}/{len(by_fault)}"


def table(rows):
    # A client that did not run has no column.
    clients = [(heading, client) for heading, client in CLIENTS if any(row["client"] == client for row in rows)]
    lines = ["| case | " + " | ".join(heading for heading, _ in clients) + " |", "|---" * (len(clients) + 1) + "|"]
    for case, words, figures_of in CASES:
        cells = [
            cell([row for row in rows if (row["case"], row["client"]) == (case, client)], figures_of)
            for _, client in clients
        ]
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    faults = [row for row in rows if row["case"].startswith("d-")]
    cells = [faults_cell([row for row in faults if row["client"] == client]) for _, client in clients]
    lines.append("| faults of web seeds, peers and trackers that ended right | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        sys.exit(__doc__)
    beside = pathlib.Path(__file__).resolve().parent.parent / "docs/en/benchmarks.md"
    page = pathlib.Path(arguments[1]) if len(arguments) == 2 else beside
    page_part.write(page, BEGIN, END, table(read_rows(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
