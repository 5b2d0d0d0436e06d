"""`skein evaluate` gives the same bytes on any number of threads and after any kill, and refuses
what makes no sense.

    evaluate_test.py SKEIN
"""

import json
import pathlib
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

RUN_S = 120
# Fields that hold a time and so differ from run to run; docs/evaluation.md names them.
TIMES = re.compile(r'^ *"(?:meanDecisionS|longestDecisionS|wallS)": .*\n', re.MULTILINE)
SMALL = ["--scenario", "paper", "--vertiports", "4", "--aircraft", "6", "--seed", "900000"]
POLICIES = ["--policies", "random,fcfs,greedy"]
LONG = [*SMALL, *POLICIES, "--days", "1000"]


def evaluate(skein, *options, **how):
    return subprocess.run([skein, "evaluate", *map(str, options)], capture_output=True, text=True,
                          timeout=RUN_S, **how)


def report_of(done):
    """The report as bytes, times apart."""
    assert done.returncode == 0, done.stderr
    assert not re.search(r"NaN|Infinity", done.stdout)
    return TIMES.sub("", done.stdout)


def check_report(skein):
    """The contract of the JSON, and that simulate plays the same days."""
    done = evaluate(skein, *SMALL, *POLICIES, "--days", "12", "--bound", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    protocol = report["protocol"]
    assert {"commit", "scenario", "scenarioHash", "firstSeed", "days"} <= set(protocol), protocol
    assert (protocol["firstSeed"], protocol["days"]) == ("900000", 12), protocol
    assert [p["name"] for p in report["policies"]] == ["random", "fcfs", "greedy"]
    assert len(report["boundUsd"]) == 12
    for policy in report["policies"]:
        assert len(policy["profitUsd"]) == 12
        assert abs(policy["meanProfitUsd"] - sum(policy["profitUsd"]) / 12) < 1e-6
        assert policy["meanDecisionS"] > 0 and policy["sdProfitUsd"] > 0
        gaps = [(b - p) / b for b, p in zip(report["boundUsd"], policy["profitUsd"]) if b > 0]
        assert min(gaps) >= 0 and abs(policy["meanGap"] - sum(gaps) / len(gaps)) < 1e-9
        played = subprocess.run(
            [skein, "simulate", *SMALL, "--policy", policy["name"], "--days", "12", "--json"],
            capture_output=True, text=True, timeout=RUN_S, check=True)
        days = json.loads(played.stdout)["days"]
        assert [d["profitUsd"] for d in days] == policy["profitUsd"]
        assert [d["digest"] for d in days] == [d["digest"] for d in policy["days"]]
    profits = {p["name"]: p["profitUsd"] for p in report["policies"]}
    assert [(p["a"], p["b"]) for p in report["pairs"]] == [
        ("random", "fcfs"), ("random", "greedy"), ("fcfs", "greedy")]
    for pair in report["pairs"]:
        mean = sum(a - b for a, b in zip(profits[pair["a"]], profits[pair["b"]])) / 12
        assert abs(pair["meanDifferenceUsd"] - mean) < 1e-6, pair
        assert pair["ci95LowUsd"] < mean < pair["ci95HighUsd"], pair
    print("ok: the report keeps its contract and has the days that simulate plays")


def check_threads(skein):
    options = [*SMALL, *POLICIES, "--days", "10", "--bound", "--json"]
    one = report_of(evaluate(skein, *options, "--threads", "1"))
    assert one == report_of(evaluate(skein, *options, "--threads", "2"))
    print("ok: one thread and two give the same bytes")


def kill_midway(process, work, dice):
    """Kills a run when its work file has grown by some random amount; False if it was too late."""
    goal = dice.randrange(1000, 300_000) + (work.stat().st_size if work.exists() else 0)
    while process.poll() is None:
        if work.exists() and work.stat().st_size >= goal:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.001)
    return False


def check_kills(skein, folder):
    out, work = folder / "report.json", folder / "report.json.work"
    whole = report_of(evaluate(skein, *LONG, "--json"))
    dice = random.Random(1)
    kills = 0
    for threads in ("2", "1", "2"):
        process = subprocess.Popen([skein, "evaluate", *LONG, "--threads", threads, "--out", out],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        kills += kill_midway(process, work, dice)
        assert not out.exists(), "a report of half the days"
        with open(work, "ab") as file:  # as if the kill had torn a line
            file.write(b'{"day":{"evaluation":0,"pol')
    assert kills == 3, "the runs ended before they could be killed; make them longer"
    found = work.read_text().count("\n") - 1
    done = evaluate(skein, *LONG, "--threads", "2", "--out", out)
    assert done.returncode == 0, done.stderr
    assert TIMES.sub("", out.read_text()) == whole
    assert not work.exists() and list(folder.iterdir()) == [out]
    print(f"ok: {found} of 3000 days were found after three kills; the same bytes in the end")


def check_interrupt(skein, folder):
    state = folder / "state"
    with subprocess.Popen([skein, "evaluate", *LONG, "--state", state], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not (state.exists() and state.stat().st_size > 20_000):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=RUN_S)
    assert process.returncode == 1 and said[0] == "", said
    assert re.search(r"interrupted; \d+ of 3000 days are done and are kept in .*state; the same "
                     r"command goes on", said[1]), said[1]
    kept = state.read_bytes()

    other = evaluate(skein, *LONG[:-1], "999", "--state", state)
    assert other.returncode == 1 and "remove it" in other.stderr and "999" in other.stderr, other
    assert state.read_bytes() == kept
    whole = report_of(evaluate(skein, *LONG, "--json"))
    assert report_of(evaluate(skein, *LONG, "--json", "--state", state)) == whole
    assert state.exists()
    state.unlink()
    print("ok: an interrupt says what is kept; another protocol is refused")


def check_suite(skein, folder):
    scenario = folder / "net.json"
    subprocess.run([skein, "scenario", "show", "paper:3", "--vertiports", "3", "--aircraft", "4",
                    "--out", scenario], check=True)
    suite = folder / "suite.json"
    suite.write_text(json.dumps({
        "name": "two", "title": "Two ways", "evaluations": [
            {"name": "calm", "scenario": "net.json", "firstSeed": "5", "days": 3},
            {"name": "rough", "scenario": "net.json", "firstSeed": "5", "days": 3,
             "changes": {"failureFactor": 100, "demandFactor": 2}}]}))
    options = ["--suite", suite, "--policies", "fcfs,greedy"]
    report = json.loads(report_of(evaluate(skein, *options, "--json")))
    assert report["suite"] == "two" and [e["name"] for e in report["evaluations"]] == [
        "calm", "rough"]
    calm, rough = report["evaluations"]
    assert calm["protocol"]["scenarioHash"] != rough["protocol"]["scenarioHash"]
    assert rough["protocol"]["changes"]["failureFactor"] == 100

    def requested(evaluation):
        return sum(day["passengersRequested"] for day in evaluation["policies"][0]["days"])
    assert requested(rough) > 1.5 * requested(calm)
    shorter = json.loads(report_of(evaluate(skein, *options, "--days", "2", "--json")))
    assert [e["protocol"]["days"] for e in shorter["evaluations"]] == [2, 2]
    table = evaluate(skein, *options)
    assert table.returncode == 0 and max(map(len, table.stdout.splitlines())) <= 100, table
    assert "changed: failureFactor 100, demandFactor 2" in table.stdout, table.stdout
    print("ok: a suite of two, with changes")


def check_failing_page(skein, folder):
    """A page that cannot be written costs neither the report nor the days."""
    out, work, html = (folder / name for name in ("report.json", "report.json.work", "page.html"))
    options = [*SMALL, *POLICIES, "--days", "3", "--out", out, "--html", html, "--json"]
    done = evaluate(skein, *options, restore_signals=False,  # Python ignores SIGXFSZ
                    preexec_fn=lambda: resource.setrlimit(
                        resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY)))  # no page fits
    assert done.returncode == 1 and "page.html cannot be written" in done.stderr, done
    report = out.read_text()
    assert report == done.stdout and len(json.loads(report)["policies"]) == 3
    assert work.exists() and not html.exists()

    done = evaluate(skein, *options)
    assert done.returncode == 0, done.stderr
    assert out.read_text() == report, "days were played again"  # they would take other times
    assert html.exists() and not work.exists()
    print("ok: a failed page keeps the report and the work; the same command makes the page")


def check_bad_input(skein, folder):
    (folder / "empty.json").write_text('{"name": "empty"}')
    (folder / "notes.txt").write_text("notes")
    for exit_code, words, options in [
            (2, "greediest", ["--policies", "greedy,greediest"]),
            (2, '"greedy" twice', ["--policies", "greedy,greedy"]),
            (2, "policy = \"\"", ["--policies", ""]),
            (2, "days", ["--days", "0"]),
            (2, "days", ["--days", "-3"]),
            (2, "seed", ["--seed", "18446744073709551615", "--days", "2"]),
            (2, "seed", ["--seed", "x"]),
            (2, "threads", ["--threads", "0"]),
            (2, "evaluations is empty", ["--suite", folder / "empty.json"]),
            (1, "no such file", ["--suite", folder / "none.json"]),
            (2, "excludes", ["--suite", folder / "empty.json", "--scenario", "paper"]),
            (1, "no such file", ["--scenario", folder / "none.json"]),
            (2, "metro:sfbay", ["--scenario", "metro:mars"]),
            (1, "cannot be written", ["--out", folder / "none" / "report.json"]),
            (2, "is a folder", ["--out", folder]),
            (1, "not a file of finished work", ["--state", folder / "notes.txt"]),
            (1, "none", ["--state", folder / "none" / "state"])]:
        days = [] if "--days" in options or "--suite" in options else ["--days", "1"]
        done = evaluate(skein, *days, *options)
        assert done.returncode == exit_code, (options, done)
        assert words in done.stderr + done.stdout, (options, done)
        assert "error" in done.stderr or exit_code == 2, (options, done)
    assert (folder / "notes.txt").read_text() == "notes"
    print("ok: bad input is refused with the field and what is wanted")


def main():
    skein = sys.argv[1]
    check_report(skein)
    check_threads(skein)
    for check in (check_kills, check_interrupt, check_suite, check_failing_page, check_bad_input):
        with tempfile.TemporaryDirectory(prefix="skein-evaluate-") as folder:
            check(skein, pathlib.Path(folder))


if __name__ == "__main__":
    main()
