#!/usr/bin/python3
"""A proxy that tells where it was asked to go: HTTP, CONNECT and SOCKS5 on one port of this machine.

Usage: proxy.py LOG. Prints its port; each target becomes a line of LOG, `http HOST:PORT` or `socks5 HOST:PORT`.
"""

import socket
import sys
import threading
from urllib.parse import urlsplit


def note(log, how, host, port):
    with open(log, "a", encoding="utf-8") as lines:
        lines.write(f"{how} {host}:{port}\n")


def pump(source, sink):
    try:
        while octets := source.recv(65536):
            sink.sendall(octets)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def join(one, other):
    threading.Thread(target=pump, args=(one, other), daemon=True).start()
    pump(other, one)


def exactly(client, count):
    octets = b""
    while len(octets) < count:
        more = client.recv(count - len(octets))
        if not more:
            raise ConnectionError
        octets += more
    return octets


def socks(client, log):
    exactly(client, exactly(client, 1)[0])
    client.sendall(b"\x05\x00")
    _, _, _, kind = exactly(client, 4)
    if kind == 1:
        host = socket.inet_ntoa(exactly(client, 4))
    elif kind == 3:
        host = exactly(client, exactly(client, 1)[0]).decode()
    else:
        host = socket.inet_ntop(socket.AF_INET6, exactly(client, 16))
    port = int.from_bytes(exactly(client, 2), "big")
    note(log, "socks5", host, port)
    target = socket.create_connection((host, port), 5)
    client.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
    join(client, target)


def http(client, log, first):
    head = first
    while b"\r\n\r\n" not in head:
        head += exactly(client, 1)
    line, rest = head.split(b"\r\n", 1)
    method, where, version = line.decode().split(" ")
    if method == "CONNECT":
        host, port = where.rsplit(":", 1)
        note(log, "http", host, port)
        target = socket.create_connection((host, int(port)), 5)
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        join(client, target)
        return
    url = urlsplit(where)
    note(log, "http", url.hostname, url.port or 80)
    target = socket.create_connection((url.hostname, url.port or 80), 5)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    # One request a connection: the next one may be for another host.
    rest = b"Connection: close\r\n" + rest
    target.sendall(f"{method} {path} {version}\r\n".encode() + rest)
    pump(target, client)


def serve(client, log):
    try:
        first = exactly(client, 1)
        if first == b"\x05":
            socks(client, log)
        else:
            http(client, log, first)
    except (OSError, ValueError):
        pass
    finally:
        client.close()


def main():
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        client, _ = server.accept()
        threading.Thread(target=serve, args=(client, sys.argv[1]), daemon=True).start()


main()
