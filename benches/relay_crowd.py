#!/usr/bin/env python3
"""A crowd that knows nothing but the feed of a relay: how long it takes, and how many copies leave the publisher.

Usage: python3 benches/relay_crowd.py target/release/nuee [--n 20] [--files 5] [--mib 32] [--relays 1] [--json rows.jsonl]

Needs root, nginx, ip and tc. Every program runs in a network namespace of its own; all hang on one router. The publisher is
nginx behind 20 Mbit/s, with one run of made files. Each relay follows it, behind 100 Mbit/s; each client sends at 10 Mbit/s,
reads the feed of one relay and gets all its files. Tells the seconds from the clients' start until the last of them has
every file, what HTTP alone would take (N x F / 20 Mbit/s), and the octets that left the publisher in all, relays included,
in copies of the run.
"""
import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

PARSER = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
PARSER.add_argument("nuee")
PARSER.add_argument("--n", type=int, default=20)
PARSER.add_argument("--files", type=int, default=5)
PARSER.add_argument("--mib", type=int, default=32)
PARSER.add_argument("--relays", type=int, default=1)
PARSER.add_argument("--up-publisher", type=float, default=20)
PARSER.add_argument("--up-relay", type=float, default=100)
PARSER.add_argument("--up-client", type=float, default=10)
PARSER.add_argument("--limit", type=float, default=300)
PARSER.add_argument("--json")

ROUTER_IP, PUBLISHER_IP = "10.79.0.1", "10.79.0.2"
PORT = 8480


def shell(command, check=True):
    return subprocess.run(command, shell=True, check=check, capture_output=True, text=True).stdout


class Net:
    """Namespaces around one router, and the programs in them."""

    def __init__(self):
        self.tag = f"rc{os.getpid()}"
        self.work = f"/dev/shm/{self.tag}"
        self.names, self.programs = [], []
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        self.router = self.tag + "r"
        shell(f"ip netns add {self.router}")
        self.names.append(self.router)
        shell(f"ip -n {self.router} link set lo up; ip -n {self.router} addr add {ROUTER_IP}/32 dev lo")
        shell(f"ip netns exec {self.router} sysctl -qw net.ipv4.ip_forward=1")

    def host(self, name, ip, rate):
        """A host whose packets leave at `rate` Mbit/s."""
        name, router, link = self.tag + name, self.router, f"v{len(self.names)}"
        shell(f"ip netns add {name}")
        self.names.append(name)
        shell(
            f"ip -n {router} link add {link} type veth peer name eth netns {name} && ip -n {router} link set {link} up && "
            f"ip -n {router} route add {ip}/32 dev {link} && "
            f"ip netns exec {router} sysctl -qw net.ipv4.conf.{link}.proxy_arp=1 && "
            f"ip -n {name} link set lo up && ip -n {name} link set eth up && ip -n {name} addr add {ip}/32 dev eth && "
            f"ip -n {name} route add 10.79.0.0/16 dev eth src {ip}"
        )
        # Without offload a packet is a packet, and the bucket counts it right.
        shell(f"ip netns exec {name} ethtool -K eth tso off gso off gro off", check=False)
        shell(f"ip netns exec {router} ethtool -K {link} tso off gso off gro off", check=False)
        shell(f"ip netns exec {name} tc qdisc add dev eth root tbf rate {rate}mbit burst 32kb latency 200ms")
        return name

    def start(self, name, command, log):
        home = f"{self.work}/home{len(self.programs)}"
        os.makedirs(home)
        environment = dict(os.environ, HOME=home, XDG_CACHE_HOME=home, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home)
        with open(f"{self.work}/{log}", "w", encoding="utf-8") as out:
            program = subprocess.Popen(
                ["ip", "netns", "exec", name, *command],
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment,
            )
        self.programs.append(program)
        return program

    def sent(self, name):
        return int(shell(f"ip netns exec {name} cat /sys/class/net/eth/statistics/tx_bytes"))

    def end(self):
        for program in self.programs:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGTERM)
        for program in self.programs:
            try:
                program.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
        for name in reversed(self.names):
            shell(f"ip netns del {name}", check=False)
        shutil.rmtree(self.work, ignore_errors=True)


def publish(net, files, octets):
    """Makes a run; returns the digests of its files by name, and the provider's file."""
    now = int(time.time())
    run = time.strftime("%Y%m%d%H", time.gmtime(now - now % 21_600))
    folder = f"{net.work}/www/{run}"
    os.makedirs(folder)
    digests = {}
    for number in range(files):
        name = f"{number:02}.dat"
        made = os.urandom(octets // files)
        with open(f"{folder}/{name}", "wb") as file:
            file.write(made)
        os.utime(f"{folder}/{name}", (now - 600, now - 600))
        digests[name] = hashlib.sha1(made).hexdigest()
    root = f"http://{PUBLISHER_IP}:8080/"
    provider = f"""format = 1
name = {{ en = "Made", fr = "Inventé" }}
[licence]
name = "CC0"
attribution = {{ en = "Made", fr = "Inventé" }}
[politeness]
connections = 2
[standing]
documented_on = "2026-11-20"
[[dataset]]
id = "made"
title = {{ en = "Made", fr = "Inventé" }}
cycles = [{{ hours = [0, 6, 12, 18], leads = "0..{files - 1}" }}]
retention = "2d"
file = "{root}{{run:%Y%m%d%H}}/{{lead:hh}}.dat"
listings = [{{ form = "page", address = "{root}{{run:%Y%m%d%H}}/" }}]
"""
    return digests, provider


def nginx(net):
    work = net.work
    temporary = "".join(f"{kind}_temp_path {work}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(f"{work}/nginx.conf", "w", encoding="utf-8") as file:
        file.write(
            f"daemon off; pid {work}/nginx.pid; error_log {work}/nginx.err; worker_processes 1; "
            f"events {{ worker_connections 4096; }} http {{ access_log off; sendfile on; {temporary} "
            f"server {{ listen {PUBLISHER_IP}:8080; root {work}/www; autoindex on; }} }}"
        )
    return ["nginx", "-p", work, "-c", f"{work}/nginx.conf"]


def torrents_of(net, name, ip):
    """The addresses of the .torrents in the feed, as a client reads them."""
    feed = shell(f"ip netns exec {name} curl -s -m 5 http://{ip}:{PORT}/feed.xml", check=False)
    return re.findall(r'<enclosure url="([^"]+)"', feed)


def is_whole(folder, digests):
    for name, digest in digests.items():
        try:
            with open(f"{folder}/{name}", "rb") as file:
                if hashlib.sha1(file.read()).hexdigest() != digest:
                    return False
        except OSError:
            return False
    return True


def run(net, a):
    octets = a.mib << 20
    publisher = net.host("p", PUBLISHER_IP, a.up_publisher)
    digests, provider = publish(net, a.files, octets)
    os.makedirs(f"{net.work}/providers")
    with open(f"{net.work}/providers/made.toml", "w", encoding="utf-8") as file:
        file.write(provider)
    net.start(publisher, nginx(net), "nginx.log")
    relays = [(net.host(f"r{k}", f"10.79.1.{k + 1}", a.up_relay), f"10.79.1.{k + 1}") for k in range(a.relays)]
    clients = [net.host(f"c{k}", f"10.79.2.{k + 1}", a.up_client) for k in range(a.n)]
    began = time.time()
    for k, (name, ip) in enumerate(relays):
        at = ["--folder", f"{net.work}/relay{k}", "--providers", f"{net.work}/providers"]
        added = net.start(name, [a.nuee, "relay", "add", "made/made", *at], f"add{k}.log")
        added.wait(30)
        words = ["--bind", f"{ip}:{PORT}", "--allow-local", "--json", "--every", "5s"]
        net.start(name, [a.nuee, "relay", "run", *words, *at], f"relay{k}.log")
    torrents = []
    while any(len(torrents_of(net, name, ip)) < a.files for name, ip in relays):
        if time.time() - began > a.limit:
            sys.exit(f"the feed did not come: {open(f'{net.work}/relay0.log', encoding='utf-8').read()[-2000:]}")
        time.sleep(0.25)
    torrents = [torrents_of(net, name, ip) for name, ip in relays]
    by_relays = net.sent(publisher)
    relayed = time.time() - began
    began = time.time()
    for k, name in enumerate(clients):
        out = f"{net.work}/c{k}"
        words = ["--out", out, "--seed-for", "10min", "--allow-local", "--json"]
        net.start(name, [a.nuee, "get", *torrents[k % len(torrents)], *words], f"client{k}.log")
    done = {}
    while len(done) < a.n and time.time() - began < a.limit:
        for k in range(a.n):
            if k not in done and is_whole(f"{net.work}/c{k}", digests):
                done[k] = time.time() - began
        time.sleep(0.25)
    sent = net.sent(publisher)
    bits = octets * 8 / 1e6
    times = sorted(done.values())
    alone = a.n * bits / a.up_publisher
    row = {
        "n": a.n,
        "files": a.files,
        "mib": a.mib,
        "relays": a.relays,
        "right": len(times),
        "until_the_feed": round(relayed, 1),
        "first": round(times[0], 1) if times else None,
        "last": round(times[-1], 1) if len(times) == a.n else None,
        "http_alone": round(alone, 1),
        "times_faster": round(alone / times[-1], 2) if len(times) == a.n else None,
        "copies_to_relays": round(by_relays / octets, 2),
        "copies": round(sent / octets, 2),
    }
    print(json.dumps(row), flush=True)
    if a.json:
        with open(a.json, "a", encoding="utf-8") as rows:
            rows.write(json.dumps(row) + "\n")


def main():
    arguments = PARSER.parse_args()
    arguments.nuee = os.path.abspath(arguments.nuee)
    net = Net()
    try:
        run(net, arguments)
    finally:
        net.end()


if __name__ == "__main__":
    main()
