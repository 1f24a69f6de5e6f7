#!/usr/bin/env python3
"""How fast `nuee listen` takes announcements from mosquitto at QoS 1, beside `mosquitto_sub` in the same run.

Usage: mesh.py [NUEE] [MESSAGES] [ROUNDS] [--minute] [--bench FILE] [--page docs/en/benchmarks.md]

Starts a mosquitto of its own. Messages are those of the corpus beside the project, each in many variants with a name of its
own, over a hundred topics; both clients subscribe to all, and a rate is messages by the time from the first one sent to the end
of the client. `--minute` also sends 10,000 messages a second for a minute. `--bench FILE` takes what `cargo bench --bench mesh`
printed; `--page` writes everything as a table between the two mesh markers of that file.
"""

import argparse
import json
import pathlib
import re
import statistics
import subprocess
import threading
import time

import page_part
from mqtt_flood import Broker, Publisher, publish_packets

BEGIN, END = "<!-- ANCHOR: mesh -->", "<!-- ANCHOR_END: mesh -->"
ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ["wis2/valid", "wis2/deviant", "wis2/node-archive", "wmo_mesh/array", "v03", "cloudevents"]
TOPICS = [f"cache/a/wis2/centre-{n % 40}/data/core/weather/kind-{n % 7}/leaf-{n}" for n in range(100)]
PACE = 10_000


def seeds(nuee):
    """Messages of the corpus that are announcements of files, on one line each."""
    found = []
    for folder in FOLDERS:
        for path in sorted((ROOT.parent / "shared/corpus/mesh" / folder).glob("*.json")):
            told = subprocess.run([nuee, "inspect", str(path), "--json"], capture_output=True, check=False)
            line = json.loads(told.stdout.splitlines()[0]) if told.stdout.strip() else {}
            if line.get("kind") == "announcement" and line.get("verdict") != "invalid":
                found.append(json.dumps(json.loads(path.read_bytes())))
    return found


def variant(seed, number):
    """The same message about another file."""
    mark = f"{number:08x}"
    text = seed.replace('"data_id": "', f'"data_id": "{mark}-').replace('"relPath": "', f'"relPath": "{mark}/')
    return re.sub(r'("id": ")[0-9a-f]{8}(-)', rf"\g<1>{mark}\g<2>", text, count=1).encode()


def packets_of(sorts, count):
    """Packets of so many messages of these sorts, over all topics."""
    return publish_packets((TOPICS[n % len(TOPICS)], variant(sorts[n % len(sorts)], n)) for n in range(count))


def most_memory(process):
    """Most memory so far, in MiB."""
    status = pathlib.Path(f"/proc/{process.pid}/status")
    try:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="ascii"))[1]) // 1024
    except (OSError, TypeError):
        return 0


class Client:
    """A client and the time at which it ended."""

    def __init__(self, arguments):
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        # The last line alone is wanted; something quick throws the others away.
        self.tail = subprocess.Popen(["tail", "-n", "1"], stdin=self.process.stdout, stdout=subprocess.PIPE)
        self.process.stdout.close()
        self.ended = None
        self.memory = 0
        self.waiter = threading.Thread(target=self.wait, daemon=True)
        self.waiter.start()

    def wait(self):
        while self.process.poll() is None:
            self.memory = max(self.memory, most_memory(self.process))
            time.sleep(0.01)
        self.ended = time.monotonic()

    def last_line(self, patience):
        self.waiter.join(patience)
        if self.ended is None:
            self.process.kill()
            self.waiter.join()
        return self.tail.stdout.read().decode(errors="replace").strip()


def run(nuee, packets, pace=None):
    """One run: seconds of each client, what Nuée said at its end, and its memory."""
    count = str(len(packets))
    with Broker() as broker:
        port = str(broker.port)
        ours = Client(
            [nuee, "listen", f"mqtt://127.0.0.1:{port}", "--topic", "cache/a/wis2/#", "--count", count, "--json", "--allow-local"]
        )
        other = Client(["mosquitto_sub", "-h", "127.0.0.1", "-p", port, "-q", "1", "-t", "cache/a/wis2/#", "-C", count])
        time.sleep(2)
        publisher = Publisher(broker.port)
        began = time.monotonic()
        publisher.send(packets, pace)
        sent = time.monotonic() - began
        done = json.loads(ours.last_line(240) or "{}")
        other.last_line(240)
        return {
            "sent": sent,
            "ours": ours.ended - began,
            "other": other.ended - began,
            "messages": done.get("messages", 0),
            "dropped": done.get("dropped", 0),
            "memory": ours.memory,
        }


def rates(nuee, sorts, count, rounds):
    packets = list(packets_of(sorts, count))
    rows = []
    for number in range(rounds):
        row = run(nuee, packets)
        row["rate"], row["beside"] = count / row["ours"], count / row["other"]
        print(
            f"run {number + 1}: nuee {row['rate']:.0f} messages/s, mosquitto_sub {row['beside']:.0f}, "
            f"ratio {row['rate'] / row['beside']:.2f}, {row['messages']} of {count} came, {row['dropped']} dropped, "
            f"{row['memory']} MiB",
            flush=True,
        )
        rows.append(row)
    return rows


def minute(nuee, sorts):
    count = 60 * PACE
    packets = list(packets_of(sorts, count))
    row = run(nuee, packets, PACE)
    print(
        f"a minute: {count} sent in {row['sent']:.1f} s, {row['messages']} came in {row['ours']:.1f} s, "
        f"{row['dropped']} dropped, {row['memory']} MiB",
        flush=True,
    )
    return row


def of_bench(text):
    """What the benchmark of the library printed, as rows of the table."""
    rows = []
    for words, form in [
        ("reading", r"reading alone: (\d+) messages/s"),
        ("reading, dedupe, tree and last messages", r"last messages: (\d+) messages/s"),
    ]:
        found = re.search(form, text)
        rows += [(f"{words}, one core, the corpus", f"{int(found[1]):,} messages/s")] if found else []
    found = re.search(r"1,000,000 topics .*?: (\d+) MB", text)
    rows += [("1,000,000 topics", f"{found[1]} MB")] if found else []
    found = re.search(r"50 rows of the opened tree: ([\d.]+) ms", text)
    rows += [("50 rows of such a tree", f"{found[1]} ms")] if found else []
    return rows


def of_runs(rows, a_minute):
    median = lambda values: statistics.median(list(values))
    ours, beside = median(row["rate"] for row in rows), median(row["beside"] for row in rows)
    ratio = median(row["rate"] / row["beside"] for row in rows)
    table = [
        ("from mosquitto at QoS 1, `nuee listen`", f"{ours:,.0f} messages/s"),
        ("`mosquitto_sub` beside it", f"{beside:,.0f} messages/s (ratio {ratio:.2f})"),
    ]
    if a_minute:
        came, memory = a_minute["messages"], a_minute["memory"]
        table.append(("10,000 messages/s for a minute", f"{came:,} of {60 * PACE:,} came, {memory} MiB"))
    return table


def table(rows):
    return "\n".join(["| announcements | nuee |", "|---|---|"] + [f"| {words} | {figure} |" for words, figure in rows])


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("nuee", nargs="?", default="target/release/nuee")
    asked.add_argument("messages", nargs="?", type=int, default=100_000)
    asked.add_argument("rounds", nargs="?", type=int, default=3)
    asked.add_argument("--minute", action="store_true")
    asked.add_argument("--bench", type=pathlib.Path)
    asked.add_argument("--page", type=pathlib.Path)
    asked = asked.parse_args()
    sorts = seeds(asked.nuee)
    if not sorts:
        raise SystemExit("../shared/corpus/mesh is not there")
    rows = rates(asked.nuee, sorts, asked.messages, asked.rounds)
    a_minute = minute(asked.nuee, sorts) if asked.minute else None
    if asked.page:
        bench = asked.bench.read_text(encoding="utf-8") if asked.bench else ""
        page_part.write(asked.page, BEGIN, END, table(of_bench(bench) + of_runs(rows, a_minute)))
    lost = [row for row in rows + ([a_minute] if a_minute else []) if row["dropped"]]
    raise SystemExit(1 if lost else 0)


main()
