#!/usr/bin/python3
"""Trains captain without one of its parts at a time, and compares what is left.

    deploy/training/ablations.py --skein build/release/skein --out ablations

Every variant is trained with three seeds on the same number of decisions, on networks of 4
vertiports and 8 aircraft, and then decides 100 unseen days by arg-max. A run that is there already
is gone on with or kept, so the command may be stopped and repeated. The table is printed as
Markdown; `--variants full,p1` and `--seeds 1` make a part of it.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys

SIZE = ["--scenario", "paper", "--vertiports", "4", "--aircraft", "8"]
DAYS = 100
FIRST_DAY = 1_000_000
T_99 = 1.984  # 97.5 % quantile of Student's t with DAYS - 1 degrees of freedom

# A quarter of the decisions is imitated, the rest is learned from reward; without a warm start, all.
IMITATION = """
imitation {
  expert: "rolling"
  iterations: 18
  mixing_iterations: 5
  passes: 1
  learning_rate: 1e-3
}
"""
CONFIG = """
seed: %(seed)d
sources { scenario: "paper" vertiports: 4 aircraft: 8 environments: 16 }
threads: %(threads)d
model { %(model)s }
%(imitation)s
ppo {
  iterations: %(iterations)d
  steps: 512
  epochs: 1
  minibatch: 256
  learning_rate: 3e-4
  entropy_coef: 0.001
  critic_iterations: %(critic_iterations)d
}
selection { every_iterations: 5 days: 40 }
"""

# Name: (what is left out, model, whether it imitates first, iterations from reward). The iterations
# are what it takes to see 300,000 decisions; days in which aircraft fly less have fewer of them.
VARIANTS = {
    "full": ("nothing", "", True, 27),
    "p1": ("capsules (P = 1)", "capsules: 1", True, 27),
    "no_series": ("transformers", "ablation { no_series: true }", True, 27),
    "no_edges": ("edge features", "ablation { no_edges: true }", True, 28),
    "mlp": ("the whole encoder (a perceptron per node)",
            "ablation { no_graph: true no_series: true }", True, 27),
    "no_warm_start": ("warm start", "", False, 37),
}
BASELINES = ["random", "greedy", "rolling"]


def config(variant, seed, threads):
    _, model, imitates, iterations = VARIANTS[variant]
    return CONFIG % {
        "seed": seed,
        "threads": threads,
        "model": model,
        "imitation": IMITATION if imitates else "",
        "iterations": iterations,
        "critic_iterations": 3 if imitates else 0,
    }


def run(command):
    """What the command printed."""
    print("+", " ".join(str(part) for part in command), file=sys.stderr, flush=True)
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def train(skein, folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ablation.txtpb"
    path.write_text(text)
    run([skein, "train", "--config", path, "--out", folder, "--resume"])


def play(skein, policy, path, threads):
    """Profit of each unseen day, USD; kept in `path`."""
    if not path.exists():
        path.write_bytes(run([skein, "simulate", *SIZE, "--policy", policy, "--days", str(DAYS),
                              "--seed", str(FIRST_DAY), "--threads", str(threads), "--json"]))
    return [day["profitUsd"] for day in json.loads(path.read_text())["days"]]


def decisions(folder):
    last = (folder / "log.jsonl").read_text().splitlines()[-1]
    return int(json.loads(last)["decisions"])


def paired(differences):
    mean = statistics.fmean(differences)
    half = T_99 * statistics.stdev(differences) / math.sqrt(len(differences))
    return f"{mean:+,.0f} [{mean - half:+,.0f}, {mean + half:+,.0f}]"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skein", default="build/release/skein", help="built with LibTorch")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("ablations"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--seeds", default="1,2,3")
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    options.out.mkdir(parents=True, exist_ok=True)

    print("| left out | decisions, at least | USD a day, mean | of each seed |"
          " difference from full |")
    print("|---|---|---|---|---|")
    full = None
    for variant in options.variants.split(","):
        by_seed, seen = [], []
        for seed in seeds:
            folder = options.out / f"{variant}-{seed}"
            train(options.skein, folder, config(variant, seed, options.threads))
            seen.append(decisions(folder))
            by_seed.append(play(options.skein, f"captain:{folder}/best.captain",
                                folder / "days.json", options.threads))
        profit = [statistics.fmean(day) for day in zip(*by_seed)]  # of each day, over the seeds
        full = full or profit
        means = ", ".join(f"{statistics.fmean(days):,.0f}" for days in by_seed)
        print(f"| {VARIANTS[variant][0]} | {min(seen):,} | "
              f"{statistics.fmean(profit):,.0f} | {means} | "
              f"{paired([a - b for a, b in zip(profit, full)]) if profit is not full else ''} |",
              flush=True)
    for policy in BASELINES:
        profit = play(options.skein, policy, options.out / f"{policy}.json", options.threads)
        print(f"| `{policy}` | | {statistics.fmean(profit):,.0f} | | "
              f"{paired([a - b for a, b in zip(profit, full)])} |", flush=True)


if __name__ == "__main__":
    main()
