"""The options that say which days to play: the same, and refused alike, in every command.

    day_options_test.py SKEIN
"""

import subprocess
import sys

RUN_S = 60
COMMANDS = ["simulate", "evaluate", "bound"]


def refuse(skein, words, *arguments):
    done = subprocess.run([skein, *map(str, arguments)], capture_output=True, text=True,
                          timeout=RUN_S, check=False)
    assert done.returncode == 2 and words in done.stderr + done.stdout, (arguments, done)


def main():
    skein = sys.argv[1]
    for command in COMMANDS:
        refuse(skein, "seed = 18446744073709551615, want at most 18446744073709551614 for 2 days",
               command, "--seed", 2**64 - 1, "--days", 2)
        for option, value in [("--seed", 2**64), ("--seed", -1), ("--seed", "7x"), ("--days", 0),
                              ("--days", 1_000_001)]:
            refuse(skein, option, command, option, value)
        for option in ("vertiports", "aircraft"):
            refuse(skein, f"{option} = 100, want it left out: \"metro:sfbay\" has its size",
                   command, "--scenario", "metro:sfbay", f"--{option}", 100)
            refuse(skein, f"{option} = 100, want it left out: \"paper.json\" has its size",
                   command, "--scenario", "paper.json", f"--{option}", 100)
    refuse(skein, "want a whole number in [0, 2^64)", "drive", "--seed", 2**64)
    refuse(skein, "aircraft = 9, want", "scenario", "show", "metro:sfbay", "--aircraft", 9)
    print("ok: seeds beyond the last and sizes of what is not drawn are refused")


if __name__ == "__main__":
    main()
