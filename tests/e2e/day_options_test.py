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
        for option, value in [("--seed", 2**64), ("--seed", -1), ("--days", 0),
                              ("--days", 1_000_001)]:
            refuse(skein, option, command, option, value)
    print("ok: seeds that run past the last one are refused")


if __name__ == "__main__":
    main()
