#!/usr/bin/env python3
"""How fast a web seed gives when each of its answers comes 100 ms late.

Usage: latency.py [NUEE] [MIB] [ROUNDS]. Makes a file, publishes it with `nuee publish`, serves it here with ranges and a
pause before each answer, and gets it by the web seed alone. Prints a line a round and the median.
"""

import http.server
import json
import os
import re
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PAUSE = 0.1


class Late(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root = Path()
    asked = 0

    def do_GET(self):
        Late.asked += 1
        path = self.root / Path(self.path).name
        time.sleep(PAUSE)
        try:
            file = path.open("rb")
        except OSError:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        with file:
            length = os.fstat(file.fileno()).st_size
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            first = int(wanted[1]) if wanted else 0
            last = min(int(wanted[2]) if wanted and wanted[2] else length - 1, length - 1)
            self.send_response(206 if wanted else 200)
            if wanted:
                self.send_header("Content-Range", f"bytes {first}-{last}/{length}")
            self.send_header("Content-Length", str(last - first + 1))
            self.end_headers()
            self.wfile.flush()
            left, at = last - first + 1, first
            while left:
                sent = os.sendfile(self.connection.fileno(), file.fileno(), at, left)
                if not sent:
                    return
                left, at = left - sent, at + sent

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def main():
    nuee = sys.argv[1] if len(sys.argv) > 1 else "target/release/nuee"
    mib = int(sys.argv[2]) if len(sys.argv) > 2 else 512
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        root = Path(folder)
        data = root / "late.bin"
        with data.open("wb") as file:
            for _ in range(mib):
                file.write(os.urandom(1 << 20))
        Late.root = root
        server = Server(("127.0.0.1", 0), Late)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        seed = f"http://127.0.0.1:{server.server_port}/late.bin"
        subprocess.run([nuee, "publish", str(data)], check=True, stdout=subprocess.DEVNULL)
        torrent = next(root.glob("*.torrent"))
        speeds = []
        for round_ in range(rounds):
            out = root / f"out{round_}"
            Late.asked = 0
            began = time.monotonic()
            words = [nuee, "get", str(torrent), "--web-seed", seed, "--out", str(out), "--allow-local"]
            got = subprocess.run([*words, "--via", "http-only", "--json"], check=True, capture_output=True)
            took = time.monotonic() - began
            done = json.loads(got.stdout.splitlines()[-1])
            assert done["files"][0]["verdict"] == "verified", done
            speeds.append(mib / took)
            print(f"{mib} MiB in {took:.2f} s: {speeds[-1]:.0f} MiB/s, {Late.asked} requests")
            subprocess.run(["rm", "-r", str(out)], check=True)
        print(f"web seed with {PAUSE * 1000:.0f} ms before each answer: {statistics.median(speeds):.0f} MiB/s (median of {rounds})")


main()
