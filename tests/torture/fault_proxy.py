"""A TCP proxy that delays, cuts, half-closes and swallows, by a seed.

    with FaultProxy(seed, target_port) as proxy:   # proxy.port
        proxy.calm = True                          # no more faults; what was swallowed stays so
"""

import random
import selectors
import socket
import threading
import time

CHUNK = 65536
FAULTS = ("delay", "cut", "half-close", "blackhole")


class _Link:
    """One connection through the proxy."""

    def __init__(self, client, server):
        self.ends = {client: server, server: client}
        self.cut_at = None  # until then a blackhole swallows everything
        self.not_before = 0.0

    def close(self):
        for end in self.ends:
            end.close()


class FaultProxy:
    """Listens on a port of its own; each chunk of bytes that passes may meet a fault. A blackhole ends
    with a cut, as somebody's patience does.

    `target`: a port of this machine, or the path of a socket; it may be set later.
    """

    def __init__(self, seed, target=None, chance=0.002, longest_delay_s=0.5, longest_blackhole_s=5):
        self.target, self.chance = target, chance
        self.longest_delay_s, self.longest_blackhole_s = longest_delay_s, longest_blackhole_s
        self.dice = random.Random(seed)
        self.calm = False
        self.counts = dict.fromkeys(FAULTS, 0)
        self._links = {}  # by socket
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self.port = self._listener.getsockname()[1]
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended = True
        self._thread.join()
        for link in set(self._links.values()):
            link.close()
        self._listener.close()

    def _run(self):
        while not self._ended:
            now = time.monotonic()
            for link in {link for link in self._links.values() if link.cut_at is not None}:
                if now >= link.cut_at:
                    self._drop(link)
            for key, _ in self._selector.select(timeout=0.01):
                if key.fileobj is self._listener:
                    self._accept()
                elif self._may_read(key.fileobj, now):
                    self._forward(key.fileobj)

    def _may_read(self, source, now):
        return source in self._links and self._links[source].not_before <= now

    def _accept(self):
        client, _ = self._listener.accept()
        try:
            server = self._connect()
        except OSError:
            client.close()
            return
        link = _Link(client, server)
        for end in link.ends:
            if end.family != socket.AF_UNIX:
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._links[end] = link
            self._selector.register(end, selectors.EVENT_READ)

    def _connect(self):
        if isinstance(self.target, int):
            return socket.create_connection(("127.0.0.1", self.target), timeout=1)
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self.target))
        return server

    def _forward(self, source):
        link = self._links[source]
        try:
            data = source.recv(CHUNK)
            fault = self._fault()
            if fault == "cut" or not data:
                self._drop(link)
            elif fault == "half-close":
                link.ends[source].shutdown(socket.SHUT_WR)
            elif fault == "blackhole":
                link.cut_at = time.monotonic() + self.dice.random() * self.longest_blackhole_s
            elif link.cut_at is None:
                if fault == "delay":
                    link.not_before = time.monotonic() + self.dice.random() * self.longest_delay_s
                link.ends[source].sendall(data)
        except OSError:
            self._drop(link)

    def _fault(self):
        if self.calm or self.dice.random() >= self.chance:
            return None
        fault = self.dice.choice(FAULTS)
        self.counts[fault] += 1
        return fault

    def _drop(self, link):
        for end in link.ends:
            if self._links.pop(end, None) is not None:
                self._selector.unregister(end)
        link.close()
