#!/usr/bin/env python3
"""Writes what flash crowds took as a table between the two crowd markers of docs/en/benchmarks.md.

Usage: python3 benches/crowd_table.py crowds.jsonl simulated.jsonl [docs/en/benchmarks.md]

In: one JSON object a line. Of real programs in network namespaces: client, origin, n, mib, last (s), bound (s), ratio,
origin_copies, rss_mib. Of `cargo bench --bench crowd -- NAME… --json`: crowd, who, count, bound, median, last,
median_ratio, last_ratio, copies. Figures are medians of the runs in which every client got the right file.
"""
import json
import pathlib
import statistics
import sys

import page_part

BEGIN, END = "<!-- ANCHOR: crowd -->", "<!-- ANCHOR_END: crowd -->"
ORIGINS = [("web", "web seed"), ("seed", "BitTorrent seeder"), ("both", "both")]
# What the crowds of the simulation are, by the first part of their name.
CROWDS = {
    "60": "60 clients, 8 MiB",
    "riders": "20 clients, 32 MiB, of which a quarter gives nothing",
    "staggered": "20 clients within 10 s, 32 MiB; from the first one's start",
    "leavers": "60 clients, 32 MiB, of which a fifth goes before the end and another as soon as it is done",
    "500": "500 clients within 20 s, 32 MiB; publisher 1 Gbit/s, uplinks 2, 10 and 50 Mbit/s",
    "1000": "1,000 clients within a minute, 100 MB; publisher 1 Gbit/s, uplinks 2, 10 and 50 Mbit/s",
    "10000": "10,000 clients within a minute, 100 MB; publisher 1 Gbit/s, uplinks 2, 10 and 50 Mbit/s",
}
# Which of them real programs were: clients and MiB.
REAL = {(60, 8): "60"}
CLIENTS = [("ours", "nuee"), ("libtorrent", "libtorrent")]


def read_rows(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def real(rows, client, origin):
    """Last client ÷ bound, and copies; a dash when nobody ran it."""
    good = [row for row in rows if (row["client"], row["origin"]) == (client, origin) and row["ratio"] is not None]
    if not good:
        return "–"
    ratio, copies = (statistics.median(row[key] for row in good) for key in ("ratio", "origin_copies"))
    return f"{ratio:.2f} · {copies:.2f}"


def simulated(rows, name):
    good = [row for row in rows if row["crowd"] == name and row["unfinished"] == 0]
    if not good:
        return "–"
    ratio, copies = (statistics.median(row[key] for row in good) for key in ("last_ratio", "copies"))
    return f"{ratio:.2f} · {copies:.2f}"


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    crowds, simulations = read_rows(sys.argv[1]), read_rows(sys.argv[2])
    twenty = [row for row in crowds if (row["n"], row["mib"]) == (20, 32)]
    heads = [name for _, name in CLIENTS] + ["nuee, simulated"]
    lines = [f"| publisher | {' | '.join(heads)} |", "|---|" + "---|" * len(heads)]
    for origin, name in ORIGINS:
        cells = [real(twenty, client, origin) for client, _ in CLIENTS] + [simulated(simulations, f"20-{origin}")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    others = [row for row in simulations if not row["crowd"].startswith("20-") and row["unfinished"] == 0]
    for row in others:
        crowd, _, origin = row["crowd"].rpartition("-")
        words = f"{dict(ORIGINS)[origin]}: {CROWDS.get(crowd, crowd)}"
        words += "" if row["who"] == "all" else f" ({row['who']})"
        alike = [run for run in crowds if REAL.get((run["n"], run["mib"])) == crowd]
        cells = [real(alike, client, origin) if alike else "" for client, _ in CLIENTS]
        figures = f"{row['last_ratio']:.2f} · {row['copies']:.2f}, median {row['median_ratio']:.2f}"
        lines.append(f"| {words} | {' | '.join(cells)} | {figures} |")
    page = pathlib.Path(sys.argv[3] if len(sys.argv) == 4 else "docs/en/benchmarks.md")
    page_part.write(page, BEGIN, END, "\n".join(lines))


if __name__ == "__main__":
    main()
