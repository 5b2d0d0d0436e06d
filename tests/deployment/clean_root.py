"""A clean Debian root with systemd, booted in namespaces of its own. Root only.

Debian's packages mmdebstrap and systemd-container; standard library only.
"""

import pathlib
import shutil
import subprocess
import tempfile
import time

BOOT_S = 120


class CleanRoot:
    """`run` works in the root as it is; `boot`, then `inside` in the system that runs there. All of it
    ends and vanishes at the end of the `with`."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="skein-root-"))
        self.root = self.folder / "root"
        self.container = None
        self.init = None  # process id of its systemd, outside

    def __enter__(self):
        self._command(["mmdebstrap", "--quiet", "--variant=minbase", "--include=dbus,systemd-sysv",
                       "bookworm", str(self.root)])
        return self

    def __exit__(self, *_):
        if self.container is not None:
            self.container.terminate()  # systemd-nspawn shuts the system down in order
            self.container.wait(timeout=BOOT_S)
        shutil.rmtree(self.folder)

    def put(self, file):
        """Copies a file to the top of the root."""
        shutil.copy(file, self.root)

    def run(self, *command):
        """What a command prints in the root, where no systemd runs."""
        return self._command(["chroot", str(self.root), *command])

    def boot(self):
        """Starts the root's systemd; its network is a loopback device of its own."""
        self.container = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit",
             "--private-network", "--console=pipe", f"--directory={self.root}"],
            stdin=subprocess.DEVNULL, stdout=open(self.folder / "console", "wb"),
            stderr=subprocess.STDOUT)
        self.wait_until(self._has_booted, "the system has booted")

    def _has_booted(self):
        children = pathlib.Path(f"/proc/{self.container.pid}/task/{self.container.pid}/children")
        for self.init in children.read_text().split():  # at first a helper that makes the other one
            state = self.inside("systemctl", "is-system-running", check=False).strip()
            if state in ("running", "degraded"):
                return True
        return False

    def inside(self, *command, check=True):
        """What a command prints in the running system."""
        return self._command(["nsenter", f"--target={self.init}", "--all", *command], check)

    def wait_until(self, holds, what, seconds=BOOT_S):
        """Waits for something to become true."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline or self.container.poll() is not None:
                raise AssertionError(f"{what}: not after {seconds} s\n" +
                                     (self.folder / "console").read_text(errors="replace")[-4000:])
            time.sleep(0.1)

    def _command(self, command, check=True):
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr
