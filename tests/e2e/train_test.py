"""`skein train` goes on only with what it began, and leaves the folder of a run alone else.

    train_test.py SKEIN     with skein-torch beside it
"""

import pathlib
import subprocess
import sys
import tempfile

RUN_S = 300
CONFIG = """
seed: {seed}
model { width: 16 capsules: 2 heads: 2 series_width: 8 }
sources { scenario: "paper" vertiports: 3 aircraft: 2 environments: 1 }
imitation { expert: "fcfs" iterations: 2 passes: 1 }
ppo { iterations: 0 }
selection { every_iterations: 0 }
"""


def train(skein, folder, seed, *options):
    config = folder / f"seed{seed}.txtpb"
    config.write_text(CONFIG.replace("{seed}", str(seed)))
    return subprocess.run([skein, "train", "--config", config, "--out", folder / "run", *options],
                          capture_output=True, text=True, timeout=RUN_S, check=False)


def main():
    skein = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        done = train(skein, folder, 1)
        assert done.returncode == 0, done.stderr
        made = {path.name: path.read_bytes() for path in (folder / "run").iterdir()}
        assert {"config.txtpb", "log.csv", "log.jsonl", "curve.svg", "state.captain"} <= set(made)
        assert not [path for path in made if path.endswith(".part")], made.keys()
        assert made["log.csv"].count(b"\n") == 3, made["log.csv"]
        print("ok: a run of two iterations")

        for options, words in [([], "--resume"), (["--resume"], "another configuration")]:
            refused = train(skein, folder, 2, *options)
            assert refused.returncode == 1 and words in refused.stderr, refused
            left = {path.name: path.read_bytes() for path in (folder / "run").iterdir()}
            assert left == made, "a refused run changed the folder"
        print("ok: another configuration is refused and changes nothing")


if __name__ == "__main__":
    main()
