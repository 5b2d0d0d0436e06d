#!/usr/bin/python3
"""The Debian package in a clean root: installed, served by systemd, upgraded, removed, purged.

    package_test.py BUILD     BUILD has skein and CPackConfig.cmake; needs root
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from clean_root import CleanRoot

STORE = "/var/lib/skein/skein.db"
BACKUPS = "/var/lib/skein/backups"
CONFIG = "/etc/skein/server.txtpb"


def pack(build, folder, version):
    """The package file, as the given version."""
    subprocess.run(["cpack", "-G", "DEB", "--config", f"{build}/CPackConfig.cmake", "-B", folder, "-D",
                    f"CPACK_PACKAGE_VERSION={version}"], check=True, stdout=subprocess.DEVNULL)
    (package,) = pathlib.Path(folder).glob(f"skein_{version}_*.deb")
    return package


def apt(*arguments):
    return ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--quiet",
            "--no-install-recommends", *arguments]


class System:
    """The package in a root that has booted."""

    def __init__(self, root):
        self.root = root

    def await_service(self):
        self.root.wait_until(lambda: "serving" in self.root.inside("skein", "health", check=False),
                             "the service serves")

    def property(self, name, unit="skein.service"):
        return self.root.inside("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def log(self):
        return self.root.inside("journalctl", "--unit=skein", "--output=cat", "--no-pager")

    def recovered(self):
        """How many records each start of the service found."""
        return [int(n) for n in re.findall(r"event=recovered networks=\d+ records=(\d+)", self.log())]

    def drive(self, seed):
        said = self.root.inside("runuser", "-u", "nobody", "--", "skein", "drive", "--scenario",
                                "paper:5", "--vertiports", "4", "--aircraft", "10", "--seed", str(seed),
                                "--network", f"day-{seed}")
        assert "equal to ours" in said, said

    def digest(self, store, network):
        """Replays a network from its first record; its digest."""
        said = self.root.inside("runuser", "-u", "skein", "--", "skein", "replay", "--store",
                                f"sqlite:{store}", "--network", network, "--verify")
        return re.search(r"digest (\w+)", said).group(1)


def installs_without_systemd_running(root, package):
    """As in an image that is being built: the units are enabled, nothing is started."""
    root.put(package)
    root.run(*apt("update"))
    root.run(*apt("install", f"/{package.name}"))
    assert root.run("systemctl", "is-enabled", "skein.service", "skein-backup.timer").split() == \
        ["enabled"] * 2
    assert root.run("getent", "passwd", "skein").split(":")[5:] == \
        ["/var/lib/skein", "/usr/sbin/nologin\n"]
    assert "serve" in root.run("skein", "--help")


def serves_as_its_own_user(root, system):
    root.boot()
    system.await_service()
    uid = root.inside("id", "--user", "skein").strip()
    status = root.inside("cat", f"/proc/{system.property('MainPID')}/status")
    assert re.search(rf"^Uid:\s+{uid}\s", status, re.MULTILINE), status
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE), status
    assert root.inside("stat", "--format=%U %a", "/var/lib/skein").split() == ["skein", "700"]
    assert "policy=captain" in system.log(), system.log()


def keeps_its_journal(root, system):
    """Through a restart and a crash, after which systemd starts it again."""
    system.drive(1)
    root.inside("systemctl", "restart", "skein")
    system.await_service()
    assert system.recovered()[0] == 0 < system.recovered()[1], system.log()
    system.drive(2)
    killed = system.property("MainPID")
    root.inside("systemctl", "kill", "--signal=KILL", "skein")
    root.wait_until(lambda: system.property("MainPID") not in ("0", killed), "it is started again")
    system.await_service()
    assert system.recovered()[2] > system.recovered()[1], system.log()


def is_backed_up(root, system):
    """While it serves; the newest 14 backups stay, and what else is in the folder."""
    assert system.property("ActiveState", "skein-backup.timer") == "active"
    root.inside("runuser", "-u", "skein", "--", "mkdir", "-m", "700", BACKUPS)
    old = [f"{BACKUPS}/202001{day:02}T031500Z.skein" for day in range(1, 18)]
    root.inside("runuser", "-u", "skein", "--", "touch", *old, f"{BACKUPS}/mine")
    root.inside("systemctl", "start", "skein-backup.service")
    kept = root.inside("ls", BACKUPS).split()
    backup = kept[-2]
    assert kept == [path.split("/")[-1] for path in old[-13:]] + [backup, "mine"], kept
    assert root.inside("stat", "--format=%U %a", f"{BACKUPS}/{backup}").split() == ["skein", "600"]
    restored = f"{BACKUPS}/restored"
    root.inside("runuser", "-u", "skein", "--", "skein", "store", "restore", "--file",
                f"{BACKUPS}/{backup}", "--store", f"sqlite:{restored}")
    root.inside("systemctl", "stop", "skein")
    for network in ("day-1", "day-2"):
        assert system.digest(STORE, network) == system.digest(restored, network)
    root.inside("systemctl", "start", "skein")
    system.await_service()


def is_upgraded(root, system, package):
    """The new version runs, on what the administrator configured."""
    root.inside("sed", "-i", "$ a policy: \"fcfs\"", CONFIG)
    root.put(package)
    root.inside(*apt("install", f"/{package.name}"))
    system.await_service()
    started = re.findall(r"event=starting .*policy=(\w+)", system.log())
    assert started[-2:] == ["captain", "fcfs"], system.log()
    assert system.recovered()[-1] == system.recovered()[-2] > 0, system.log()


def is_removed(root, system):
    """The configuration goes with a purge; the journal and its backups never do."""
    root.inside(*apt("remove", "skein"))
    assert system.property("ActiveState") == "inactive"
    assert root.inside("find", "/usr", "-name", "*skein*").split() == []
    assert "policy" in root.inside("cat", CONFIG)
    said = root.inside(*apt("purge", "skein"))
    assert "stay in /var/lib/skein" in said, said
    assert root.inside("find", "/etc", "-name", "*skein*").split() == []
    root.inside("test", "-s", STORE)


def main():
    build = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="skein-package-") as folder, CleanRoot() as root:
        system = System(root)
        first, second = (pack(build, folder, version) for version in ("0.1.0", "0.1.1"))
        for check, *arguments in [(installs_without_systemd_running, root, first),
                                  (serves_as_its_own_user, root, system),
                                  (keeps_its_journal, root, system),
                                  (is_backed_up, root, system),
                                  (is_upgraded, root, system, second),
                                  (is_removed, root, system)]:
            check(*arguments)
            print(f"ok: {check.__name__}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
