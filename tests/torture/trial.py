"""One trial: a fresh store, a server, a load, disturbances; then the judgement."""

import collections
import pathlib
import shutil
import sys
import tempfile
import time

import oracle
from processes import BrokenPromise, Load, Server

CONFIG = '{"storage": {"snapshotEveryRecords": 100}}'  # so that there are snapshots to interrupt
ANSWERS_BETWEEN = 20  # acknowledged before the next disturbance
ANSWER_S = 90
LEASE_MS = 1000  # of servers that share their store


class Trial:
    """Ends with the oracle: `with Trial(...) as trial: disturb(trial)`."""

    def __init__(self, setup, seed, figures, servers=1, proxy=None):
        self.setup, self.seed, self.figures, self.proxy = setup, seed, figures, proxy
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="skein-torture-", dir=setup.folder))
        self.store = setup.stores.make(self.folder)
        config = self.folder / "server.json"
        config.write_text(CONFIG)
        options = ["--config", str(config)]
        if setup.store == "postgresql":
            options += ["--lease-ms", str(LEASE_MS)]
        self.servers = [Server(setup.skein, self.store.url, self.folder, f"server-{k}", options)
                        for k in range(servers)]
        self.server = self.servers[0]
        self.load = None
        self.waits = []  # seconds from the end of a disturbance to the first answer

    def __enter__(self):
        try:
            self._begin()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def _begin(self):
        self.store.prepare(self.setup.skein)
        for server in self.servers:
            server.start_surely()
        self.load = Load(self.setup.client, self._targets(), self.folder / "load.jsonl", self.seed)
        self.await_answers()

    def _targets(self):
        if self.proxy is None:
            return [server.address for server in self.servers]
        self.proxy.target = int(self.server.address.rsplit(":", 1)[1])
        return [f"127.0.0.1:{self.proxy.port}"]

    def await_answers(self, count=ANSWERS_BETWEEN):
        return self.load.await_more(count, ANSWER_S)

    def note_recovery(self, within_s=ANSWER_S):
        """After a disturbance: waits until the service answers again."""
        taken = self.await_answers()
        assert taken <= within_s, f"the first answer took {taken:.1f} s, want {within_s} s"
        self.waits.append(taken)

    def leader(self):
        """The server that leads, of several that share their store."""
        deadline = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline:
            for server in self.servers:
                if server.alive() and server.leads():
                    return server
            time.sleep(0.02)
        raise AssertionError("nobody leads")

    def __exit__(self, failed, *_):
        try:
            if failed is None:
                self._judge()
        except BaseException as found:
            failed = type(found)
            raise
        finally:
            self._end(failed)

    def _end(self, failed):
        """Leaves what a failed trial wrote to be looked at; of one that was interrupted nothing."""
        for process in (self.load, *self.servers):
            if process is not None:
                process.kill()
        if failed is not None and issubclass(failed, Exception) and self.setup.keeps_evidence:
            print(f"what is left of the trial: {self.folder}", flush=True)
        else:
            shutil.rmtree(self.folder)

    def _judge(self):
        self.load.stop()
        for server in self.servers:
            assert server.stop() == 0, "a server does not stop in peace: " + server.said()
        self.store.check_file()
        try:
            journals = oracle.check(self.store, self.load.journal, self.figures)
            oracle.replay(self.setup.skein, self.store, journals)
        except AssertionError as found:
            raise BrokenPromise(found) from found
        self.figures["networks"] += len(journals)
        self.figures["trials"] += 1


def new_figures():
    return collections.Counter()
