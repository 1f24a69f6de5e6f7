#!/usr/bin/env python3
"""How fast `nuee mesh run` announces again what it takes in, beside mosquitto's own bridge in the same run.

Usage: mesh_node.py [NUEE] [FILES] [ROUNDS] [--kind inline|http]... [--out DIR] [--page docs/en/benchmarks.md]

A publisher floods a mosquitto with announcements of files of 1 to 4 KiB that nginx serves on this computer (`http`), or of files of
up to 1 KiB that travel along (`inline`). The node downloads and verifies each, keeps it, and announces it to a second mosquitto, where
`mosquitto_sub` counts; a rate is files by the time from the first announcement sent to the last one received. The bridge passes the same
messages on and looks at nothing: what there is at most. Each announcement is then compared with the one it came from: same time, path
and digest, and no other file. `--page` writes the table between the two markers of that file.
"""

import argparse
import base64
import hashlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import page_part
from mqtt_flood import PATH, Broker, Publisher, free_port, publish_packets, wait_for

BEGIN, END = "<!-- ANCHOR: mesh-node -->", "<!-- ANCHOR_END: mesh-node -->"
FOLDERS = 50
PATIENCE = 600
WORDS = {"http": "files of 1 to 4 KiB, by HTTP", "inline": "files of up to 1 KiB in their announcement"}


class Nginx:
    """Serves a folder, and keeps connections open."""

    def __init__(self, root):
        self.root = root

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.port = free_port()
        own = self.folder.name
        temporary = "".join(f"{kind}_temp_path {own}/{kind};\n" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        pathlib.Path(own, "conf").write_text(
            f"daemon off; worker_processes 1; pid {own}/pid; error_log {own}/error; events {{}}\n"
            f"http {{ access_log off; keepalive_requests 1000000; {temporary}"
            f"server {{ listen 127.0.0.1:{self.port}; root {self.root}; }} }}\n",
            encoding="utf-8",
        )
        # Its helper would run as another user, who sees nothing of ours.
        arguments = ["nginx", "-p", own, "-c", f"{own}/conf", "-g", "user root;"]
        self.process = subprocess.Popen(arguments, env=PATH, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port, "nginx")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def made(kind, count, root, base):
    """Announcements of so many files, with their topics; the files are below `root`."""
    dice = random.Random(4)
    now = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    for number in range(count):
        length = dice.randrange(1_024, 4_097) if kind == "http" else dice.randrange(200, 1_025)
        octets = dice.randbytes(length)
        folder = f"{now[:8]}/node-{number % FOLDERS}"
        path = f"{folder}/file-{number:06}.bin"
        digest = {"method": "sha512", "value": base64.b64encode(hashlib.sha512(octets).digest()).decode()}
        message = {
            "pubTime": f"{now}.{number % 1000:03}", "baseUrl": base, "relPath": f"/{path}", "size": length,
            "integrity": digest, "identity": digest,
        }
        if kind == "http":
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(octets)
        else:
            message["content"] = {"encoding": "base64", "value": base64.b64encode(octets).decode()}
        yield f"xpublic/v03/post/{folder}", message


def count_at(port, count, folder):
    """A subscriber that ends after so many messages."""
    words = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-q", "1", "-t", "xpublic/#", "-C", str(count), "-W", str(PATIENCE)]
    with open(folder / "received", "wb") as received:
        return subprocess.Popen(words, stdout=received)


def flood(messages, source, subscriber):
    """Sends them, and the seconds until the subscriber has as many."""
    packets = list(publish_packets((topic, json.dumps(message).encode()) for topic, message in messages))
    publisher = Publisher(source)
    began = time.monotonic()
    publisher.send(packets)
    code = subscriber.wait()
    took = time.monotonic() - began
    if code:
        raise SystemExit(f"not all came within {PATIENCE} s")
    return took


def bridged(messages, scratch):
    with Broker() as source:
        bridge = f"connection node\naddress 127.0.0.1:{source.port}\ntopic xpublic/# in 1\nbridge_protocol_version mqttv50\n"
        with Broker(bridge) as target:
            subscriber = count_at(target.port, len(messages), scratch)
            time.sleep(2)
            return flood(messages, source.port, subscriber)


def forwarded(nuee, kind, messages, scratch):
    """Seconds, milliseconds of processor a file, and what is wrong with what came."""
    with Broker() as source, Broker() as target, tempfile.TemporaryDirectory(dir=scratch) as out:
        port = free_port()
        base = f"http://127.0.0.1:{port}/data"
        brokers = ["--from", f"mqtt://127.0.0.1:{source.port}", "--to", f"mqtt://127.0.0.1:{target.port}"]
        more = ["--inline"] if kind == "inline" else []
        words = [nuee, "mesh", "run", *brokers, "--base-url", base, "--out", out, "--allow-local", "--json", "--most-per-day", "100G", *more]
        with open(scratch / "told", "wb") as told:
            node = subprocess.Popen(words, stdout=told, stderr=subprocess.DEVNULL)
        wait_for(port, "the node")
        subscriber = count_at(target.port, len(messages), scratch)
        time.sleep(2)
        took = flood(messages, source.port, subscriber)
        node.terminate()
        _, _, used = os.wait4(node.pid, 0)
        cost = (used.ru_utime + used.ru_stime) * 1_000 / len(messages)
        lines = (scratch / "received").read_text(encoding="utf-8").splitlines()
        return took, cost, faults([json.loads(line) for line in lines], messages, base)


def faults(received, messages, base):
    known = {message["relPath"]: message for _, message in messages}
    wrong = [
        message["relPath"]
        for message in received
        if message["baseUrl"] != base
        or any(message[key] != known[message["relPath"]][key] for key in ["pubTime", "size", "integrity", "identity"])
    ]
    return len(wrong) + len(known) - len({message["relPath"] for message in received})


def measure(nuee, kind, asked):
    """A row for each round: files a second of the node and of the bridge, processor, and what was wrong."""
    with tempfile.TemporaryDirectory(dir=asked.out) as folder:
        scratch = pathlib.Path(folder)
        root = scratch / "root"
        root.mkdir()
        scratch.chmod(0o755)
        with Nginx(root) as server:
            messages = list(made(kind, asked.files, root, f"http://127.0.0.1:{server.port}"))
            rows = []
            for number in range(asked.rounds):
                took, cost, wrong = forwarded(nuee, kind, messages, scratch)
                beside = bridged(messages, scratch)
                rows.append((len(messages) / took, len(messages) / beside, cost, wrong))
                print(
                    f"{kind}, run {number + 1}: {rows[-1][0]:.0f} files/s of {len(messages)}, {cost:.2f} ms of processor each, "
                    f"the bridge {rows[-1][1]:.0f}, {wrong} wrong",
                    flush=True,
                )
            return rows


def table(results):
    lines = ["| announced again | `nuee mesh run` | processor | mosquitto's bridge, which looks at nothing |", "|---|---|---|---|"]
    for kind, rows in results.items():
        ours, beside, cost = (statistics.median(row[at] for row in rows) for at in (0, 1, 2))
        lines.append(f"| {WORDS[kind]} | {ours:,.0f} files/s | {cost:.2f} ms a file | {beside:,.0f} messages/s |")
    return "\n".join(lines)


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("nuee", nargs="?", default="target/release/nuee")
    asked.add_argument("files", nargs="?", type=int, default=20_000)
    asked.add_argument("rounds", nargs="?", type=int, default=3)
    asked.add_argument("--kind", action="append", choices=list(WORDS))
    asked.add_argument("--out", help="folder for the files of the node: a disk, no memory")
    asked.add_argument("--page", type=pathlib.Path)
    asked = asked.parse_args()
    results = {kind: measure(asked.nuee, kind, asked) for kind in asked.kind or list(WORDS)}
    if asked.page:
        page_part.write(asked.page, BEGIN, END, table(results))
    raise SystemExit(1 if any(row[3] for rows in results.values() for row in rows) else 0)


if __name__ == "__main__":
    main()
