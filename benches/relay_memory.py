#!/usr/bin/env python3
"""What a relay costs that offers many files for which nobody asks: memory, and processor while it is idle.

Usage: python3 benches/relay_memory.py target/release/nuee [--files 1700] [--kib 256] [--rest 75]

Needs nginx. The publisher is nginx on this computer with one run of made files; the relay follows it. Once its list names all of them
it is left alone for a while. Prints one JSON line when all are announced and rested, and one after the relay was ended and started
again: resident and anonymous memory in MiB, and percent of a core over the rest.
"""
import argparse
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import time
import urllib.request

PARSER = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
PARSER.add_argument("nuee")
PARSER.add_argument("--files", type=int, default=1_700)
PARSER.add_argument("--kib", type=int, default=256)
PARSER.add_argument("--rest", type=float, default=75)
PARSER.add_argument("--limit", type=float, default=400)

PROVIDER = """format = 1
name = {{ en = "Made", fr = "Inventé" }}
[licence]
name = "CC0"
attribution = {{ en = "Made", fr = "Inventé" }}
[politeness]
connections = 4
[standing]
documented_on = "2026-11-20"
[[dataset]]
id = "made"
title = {{ en = "Made", fr = "Inventé" }}
cycles = [{{ hours = [0, 6, 12, 18], leads = "0..{last}" }}]
retention = "2d"
file = "{root}{{run:%Y%m%d%H}}/{{lead:hhh}}.dat"
listings = [{{ form = "page", address = "{root}{{run:%Y%m%d%H}}/" }}]
"""


def publish(work, files, kib):
    """Makes the run, serves it; returns nginx and its address."""
    now = int(time.time())
    run = work / "www" / time.strftime("%Y%m%d%H", time.gmtime(now - now % 21_600))
    run.mkdir(parents=True)
    for number in range(files):
        path = run / f"{number:03}.dat"
        path.write_bytes(random.randbytes(kib << 10))
        # At rest for long: nobody waits to see whether it is still being written.
        os.utime(path, (now - 600, now - 600))
    port = random.randint(20_000, 40_000)
    folders = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{folder}_temp_path {work}/{folder};" for folder in folders)
    server = f"listen 127.0.0.1:{port}; root {work}/www; autoindex on;"
    settings = (
        f"daemon off; pid {work}/pid; error_log {work}/error; events {{ worker_connections 1024; }} "
        f"http {{ access_log off; {temporary} server {{ {server} }} }}"
    )
    (work / "nginx.conf").write_text(settings)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(["nginx", "-p", work, "-c", work / "nginx.conf"], **quiet), f"http://127.0.0.1:{port}/"


def seen(pid):
    """Resident and anonymous memory in MiB, and seconds of processor."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    memory = [int(re.search(rf"{key}:\s+(\d+)", status)[1]) / 1_024 for key in ("VmRSS", "RssAnon")]
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return memory, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Relay:
    """The relay, as often as it is started."""

    def __init__(self, nuee, work):
        self.nuee, self.port = nuee, random.randint(40_001, 60_000)
        self.places = ["--folder", work / "relay", "--providers", work / "providers"]
        homes = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
        self.environment = os.environ | {home: str(work) for home in homes}
        added = [nuee, "relay", "add", "made/made", *self.places]
        subprocess.run(added, env=self.environment, check=True, capture_output=True)

    def start(self):
        words = ["relay", "run", "--bind", f"127.0.0.1:{self.port}", "--allow-local", "--settle", "1s"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([self.nuee, *words, *self.places], env=self.environment, **quiet)

    def offered(self):
        try:
            address = f"http://127.0.0.1:{self.port}/api-list.txt"
            return urllib.request.urlopen(address, timeout=5).read().decode().count(",btih=")
        except OSError:
            return 0


def measure(relay, options, label):
    running = relay.start()
    try:
        began = time.monotonic()
        while relay.offered() < options.files:
            if time.monotonic() - began > options.limit or running.poll() is not None:
                raise SystemExit(f"only {relay.offered()} of {options.files} files were announced")
            time.sleep(1)
        took = time.monotonic() - began
        time.sleep(5)
        _, before = seen(running.pid)
        time.sleep(options.rest)
        (resident, anonymous), after = seen(running.pid)
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)
    print(json.dumps({
        "start": label, "files": options.files, "announced_after": round(took, 1), "resident_mib": round(resident),
        "anonymous_mib": round(anonymous), "idle_percent": round((after - before) / options.rest * 100, 2),
    }), flush=True)


def main():
    options = PARSER.parse_args()
    options.nuee = os.path.abspath(options.nuee)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        work = pathlib.Path(folder)
        work.chmod(0o755)
        nginx, root = publish(work, options.files, options.kib)
        try:
            (work / "providers").mkdir()
            (work / "providers" / "made.toml").write_text(PROVIDER.format(last=options.files - 1, root=root))
            relay = Relay(options.nuee, work)
            measure(relay, options, "first")
            measure(relay, options, "again")
        finally:
            nginx.terminate()
            nginx.wait()


if __name__ == "__main__":
    main()
