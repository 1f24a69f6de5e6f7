"""A mosquitto of its own and a publisher that floods it, for the benchmarks of announcements."""

import pathlib
import socket
import struct
import subprocess
import tempfile
import threading
import time

# Servers lie where a user's path does not look.
PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"}


def string(text):
    octets = text.encode()
    return struct.pack(">H", len(octets)) + octets


def packet(kind, body):
    length, sized = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        sized.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([kind]) + bytes(sized) + body


def publish_packets(messages):
    """Packets of MQTT 3.1.1 at QoS 1 of topics with their messages."""
    for number, (topic, message) in enumerate(messages):
        yield packet(0x32, string(topic) + struct.pack(">H", number % 65_535 + 1) + message)


class Publisher:
    """Sends packets that are made beforehand, and waits until the broker has all of them."""

    def __init__(self, port):
        self.stream = socket.create_connection(("127.0.0.1", port))
        self.stream.sendall(packet(0x10, string("MQTT") + b"\x04\x02\x00\x00" + string("publisher")))
        assert self.stream.recv(4, socket.MSG_WAITALL)[3] == 0, "the broker refuses the publisher"
        self.acknowledged = 0
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while octets := self.stream.recv(1 << 16):
            # An acknowledgement has four octets, and nothing else comes.
            self.acknowledged += len(octets)

    def send(self, packets, pace=None):
        """Sends all of them, at so many a second where a pace is given."""
        began = time.monotonic()
        step = pace // 20 if pace else 100
        for at in range(0, len(packets), step):
            self.stream.sendall(b"".join(packets[at : at + step]))
            if pace:
                time.sleep(max(0, began + (at + step) / pace - time.monotonic()))
            # A client waits for its acknowledgements: as many may be under way as there are numbers.
            while at + step - self.acknowledged // 4 > 20_000:
                time.sleep(0.001)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(port, what):
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{what} did not start")


class Broker:
    """A mosquitto. Nothing that waits is bounded: what is measured is speed, and what is lost would be the client's fault."""

    def __init__(self, more=""):
        self.more = more

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.port = free_port()
        configuration = pathlib.Path(self.folder.name, "conf")
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n"
            f"max_inflight_messages 200\n{self.more}",
            encoding="utf-8",
        )
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(["mosquitto", "-c", str(configuration)], env=PATH, stdout=quiet, stderr=quiet)
        wait_for(self.port, "mosquitto")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()
