#!/usr/bin/env python3
"""Evaluate a simulated service log in one pass; ratios to pandas and lifelines in the same run.

    python benchmarks/evaluate_service_log.py                      1,000,000 rows, 100,000 people
    python benchmarks/evaluate_service_log.py --rows 100000 --people 10000
    python benchmarks/evaluate_service_log.py --lifelines-python ~/other/bin/python

The pandas script is what an analyst would write: first and last day, days and hours of each
person, people and newcomers of each month, one share still seen after a year. Levee does all of
the section: spells, curve with intervals, retention by three definitions, three lapse windows,
cohorts, months, returns, hours with bootstrap, overdue, outlook and its back-test. lifelines,
which needs an environment of its own (``--lifelines-python``), fits the same spells: curve with
log-log interval, median, restricted mean. Every part runs in a process of its own, so that its
peak of memory is its own; what the process held before it began is taken off.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

DAYS = 5 * 365
HORIZON = 365
PARTS = ("levee", "pandas", "levee-survival", "lifelines")


def simulate_log(rows: int, people: int, seed: int, folder: Path) -> None:
    """Simulate who served when: people join over five years, stay for a while, serve unevenly.

    Writes ``log.npz`` with ``person``, ``day`` and ``hours``, rows in order of the day.
    """
    rng = np.random.default_rng(seed)
    joined = rng.integers(0, DAYS - 30, people)
    stay = np.minimum(rng.exponential(300, people) + 1, DAYS - joined)
    zeal = rng.gamma(0.7, 1, people) * stay
    extra = rng.choice(people, rows - people, p=zeal / zeal.sum())
    person = np.concatenate([np.arange(people), extra])
    since = np.concatenate([np.zeros(people), rng.random(extra.size) * stay[extra]])
    day = joined[person] + since.astype(np.int64)
    order = np.argsort(day, kind="stable")
    hours = rng.choice([1.0, 1.5, 2.0, 3.0, 4.0], rows)
    np.savez(folder / "log.npz", person=person[order], day=day[order], hours=hours)


def make_frame(folder: Path) -> object:
    """Make the log a table with codes as text, as a reader would hand it on."""
    import pandas as pd

    log = np.load(folder / "log.npz")
    codes = np.array([f"V{i:06d}" for i in range(int(log["person"].max()) + 1)], dtype=object)
    days = np.datetime64("2020-01-01", "s") + log["day"].astype("timedelta64[D]")
    return pd.DataFrame({"volunteer": codes[log["person"]], "date": days, "hours": log["hours"]})


def prepare_levee(folder: Path) -> Callable[[], object]:
    """Evaluate the whole section."""
    from analysis.plan import plan_from_dict
    from analysis.study import Study
    from analysis.volunteers.retention import evaluate_volunteers

    service = {"path": "log.csv", "volunteer": "volunteer", "date": "date", "hours": "hours"}
    study = Study(plan=plan_from_dict({"service": service}), service=make_frame(folder))
    return lambda: evaluate_volunteers(study)


def prepare_pandas(folder: Path) -> Callable[[], object]:
    """Summarise by person and by month."""
    frame = make_frame(folder)

    def summarise() -> object:
        people = frame.groupby("volunteer").agg(
            first=("date", "min"),
            last=("date", "max"),
            days=("date", "nunique"),
            hours=("hours", "sum"),
        )
        month = frame["date"].dt.to_period("M")
        active = frame.groupby(month)["volunteer"].nunique()
        new = people.groupby(people["first"].dt.to_period("M")).size()
        stayed = ((people["last"] - people["first"]).dt.days >= HORIZON).mean()
        return active, new, stayed

    return summarise


def save_spells(folder: Path) -> None:
    """Save the spells that the curve is made of, for lifelines."""
    from analysis.plan import plan_from_dict
    from analysis.study import Study
    from analysis.volunteers.spells import collect_team, derive_tenures

    service = {"path": "log.csv", "volunteer": "volunteer", "date": "date"}
    study = Study(plan=plan_from_dict({"service": service}), service=make_frame(folder))
    tenures = derive_tenures(collect_team(study))
    known = np.isfinite(tenures.duration)
    np.savez(folder / "spells.npz", duration=tenures.duration[known], event=tenures.event[known])


def prepare_survival(folder: Path) -> Callable[[], object]:
    """Fit curve, median and restricted mean with Levee."""
    from analysis.statistics.survival import kaplan_meier, median_time, rmst

    spells = np.load(folder / "spells.npz")
    duration, event = spells["duration"], spells["event"]

    def fit() -> object:
        curve = kaplan_meier(duration, event)
        return float(rmst(curve, HORIZON).estimate), median_time(curve)

    return fit


def prepare_lifelines(folder: Path) -> Callable[[], object]:
    """Fit curve, median and restricted mean with lifelines."""
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times, restricted_mean_survival_time

    spells = np.load(folder / "spells.npz")
    duration, event = spells["duration"], spells["event"]

    def fit() -> object:
        curve = KaplanMeierFitter().fit(duration, event)
        median_survival_times(curve.confidence_interval_)
        return float(restricted_mean_survival_time(curve, t=HORIZON)), curve.median_survival_time_

    return fit


def run_part(name: str, folder: Path) -> None:
    """Run one part in this process and print seconds, extra peak memory and its answer."""
    prepare = {
        "levee": prepare_levee,
        "pandas": prepare_pandas,
        "levee-survival": prepare_survival,
        "lifelines": prepare_lifelines,
    }[name]
    work = prepare(folder)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    answer = work()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = answer[0] if name in ("levee-survival", "lifelines") else None
    print(json.dumps({"seconds": seconds, "memory": (peak - before) / 1024, "told": told}))


def measure(name: str, folder: Path, python: str) -> dict[str, float]:
    """Run one part in a process of its own."""
    command = [python, str(Path(__file__).resolve()), "--part", name, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def compare(rows: int, people: int, seed: int, lifelines_python: str | None) -> None:
    """Print a table: seconds, megabytes and ratios."""
    with tempfile.TemporaryDirectory() as told:
        folder = Path(told)
        simulate_log(rows, people, seed, folder)
        print(f"{rows:,} rows, {people:,} people, seed {seed}\n")
        print("| part | seconds | peak memory added | time ÷ | memory ÷ |\n|---|---|---|---|---|")
        plain = measure("pandas", folder, sys.executable)
        _tell("pandas group-by", plain, None)
        _tell("Levee, the whole section", measure("levee", folder, sys.executable), plain)
        save_spells(folder)
        ours = measure("levee-survival", folder, sys.executable)
        if lifelines_python is None:
            _tell("Levee, curve of the same spells", ours, None)
            print("\nlifelines: skipped; name a Python that has it with --lifelines-python")
            return
        theirs = measure("lifelines", folder, lifelines_python)
        _tell("lifelines, curve", theirs, None)
        _tell("Levee, curve of the same spells", ours, theirs)
        print(f"\nrestricted mean: Levee {ours['told']:.6f}, lifelines {theirs['told']:.6f} days")


def _tell(name: str, found: dict[str, float], against: dict[str, float] | None) -> None:
    seconds, memory = found["seconds"], found["memory"]
    ratios = "– | –"
    if against is not None:
        more = f"{memory / against['memory']:.2f}" if against["memory"] >= 1 else "–"
        ratios = f"{seconds / against['seconds']:.2f} | {more}"
    print(f"| {name} | {seconds:.3f} | {memory:,.0f} MB | {ratios} |", flush=True)


def main() -> None:
    """Read the options and compare."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--rows", type=int, default=1_000_000)
    ask.add_argument("--people", type=int, default=100_000)
    ask.add_argument("--seed", type=int, default=20_260_923)
    ask.add_argument("--lifelines-python", metavar="PATH")
    ask.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    ask.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    told = ask.parse_args()
    if told.part:
        run_part(told.part, told.folder)
        return
    compare(told.rows, told.people, told.seed, told.lifelines_python)


if __name__ == "__main__":
    main()
