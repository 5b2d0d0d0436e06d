"""Output that cannot be written is an error, whatever the command.

    full_output_test.py SKEIN
"""

import pathlib
import subprocess
import sys
import tempfile

from skein_process import Server

RUN_S = 120
SMALL = ["--vertiports", "3", "--aircraft", "2"]


def check(skein, *arguments):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([skein, *map(str, arguments)], stdout=full, stderr=subprocess.PIPE,
                              text=True, timeout=RUN_S, check=False)
    assert done.returncode == 1, (arguments, done)
    assert "standard output cannot be written: No space left" in done.stderr, (arguments, done)


def main():
    skein = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="skein-full-") as name:
        faulty = pathlib.Path(name) / "faulty.json"
        faulty.write_text('{"name": ""}')
        check(skein, "validate", faulty)
    check(skein, "scenario", "show", "paper:7", *SMALL)
    for command in ("simulate", "evaluate", "bound"):
        check(skein, command, *SMALL, "--days", 1)
        check(skein, command, *SMALL, "--days", 1, "--json")
    with Server(skein) as server:
        store = pathlib.Path(server.folder.name) / "skein.db"
        drive = ["drive", "--target", server.address, *SMALL, "--network", "day"]
        check(skein, *drive)
        check(skein, *drive, "--json")  # the day is over by now; its report is not
        server.process.terminate()
        server.process.wait(timeout=RUN_S)
        check(skein, "replay", "--store", f"sqlite:{store}", "--network", "day")
        check(skein, "replay", "--store", f"sqlite:{store}", "--network", "day", "--json")
    print("ok: every command says that its output could not be written")


if __name__ == "__main__":
    main()
