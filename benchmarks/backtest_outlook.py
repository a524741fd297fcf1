#!/usr/bin/env python3
"""Back-test the volunteer outlook on held-back months: the sample, and simulated teams.

    python benchmarks/backtest_outlook.py > docs/verification-outlook.md

At each of twelve earlier months' ends the outlook is made from the data known then, and each of
the next six months' ends is compared with what came. Beside it the simplest guess there is:
that the team stays as large as it is.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis import Study, read_study
from analysis.study_file import plan_from_dict
from analysis.volunteers.backtest import backtest_outlook
from analysis.volunteers.cohorts import month_label, month_of
from analysis.volunteers.results import OutlookCheck
from analysis.volunteers.spells import Team, active_on, as_date, collect_team, derive_stints

DAYS = 3 * 365
TEAMS = 30
PACE = 0.12
HAZARD = 0.003
TITLES = {
    "steady": "steady: joining and leaving as ever",
    "growing": "growing: joining doubles in the last year",
    "drying": "drying up: joining falls to a third in the last year",
    "burnout": "burn-out: leaving triples for the last half year",
}


def simulate_team(kind: str, seed: int) -> Study:
    """Simulate three years of one team: who joins when, leaves when and serves how often."""
    rng = np.random.default_rng(seed)
    days = np.arange(DAYS)
    late = days >= DAYS - 365
    pace = PACE * np.where(late, {"growing": 2.0, "drying": 1 / 3}.get(kind, 1.0), 1.0)
    hazard = HAZARD * np.where((days >= DAYS - 182) & (kind == "burnout"), 3.0, 1.0)
    joined = np.repeat(days, rng.poisson(pace))
    joined = np.concatenate([np.zeros(30, dtype=np.int64), joined])
    rows = []
    for person, start in enumerate(joined):
        gone = np.flatnonzero(rng.random(DAYS - start) < hazard[start:])
        stop = start + (int(gone[0]) if gone.size else DAYS - start)
        served = start + np.flatnonzero(rng.random(max(stop - start, 1)) < 0.15)
        rows += [(f"p{person}", int(day)) for day in {int(start), *served.tolist()}]
    log = pd.DataFrame(rows, columns=["volunteer", "date"])
    log["date"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(log["date"], unit="D")
    service = {"path": "log.csv", "volunteer": "volunteer", "date": "date"}
    plan = plan_from_dict({"service": service, "retention": {"lapse_after_days": 60}})
    return Study(plan=plan, service=log)


def check_study(study: Study) -> list[tuple[OutlookCheck, int]]:
    """Each check with the size of the team on the day it was made."""
    team = collect_team(study)
    if team is None:
        return []
    stints = derive_stints(team)
    checks = backtest_outlook(team, stints, study.plan.study.seed)
    sizes = {made: active_on(stints, _last_day(team, made)) for made in {c.made for c in checks}}
    return [(check, sizes[check.made]) for check in checks]


def _last_day(team: Team, month: str) -> float:
    days = np.arange(team.opened, team.until + 1)
    return float(max(d for d in days if month_label(int(month_of(np.array([d]))[0])) == month))


def tell(name: str, checks: list[tuple[OutlookCheck, int]]) -> str:
    """One row of the table."""
    inside = np.mean([check.inside for check, _ in checks])
    error = np.mean([abs(check.expected - check.actual) for check, _ in checks])
    naive = np.mean([abs(size - check.actual) for check, size in checks])
    bias = np.mean([check.expected - check.actual for check, _ in checks])
    size = np.mean([check.actual for check, _ in checks])
    cells = [name, len(checks), f"{size:.0f}", f"{inside:.0%}"]
    cells += [f"{error:.1f}", f"{naive:.1f}", f"{bias:+.1f}"]
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Print the page."""
    sample = Path(__file__).resolve().parent.parent / "data" / "sample" / "study.toml"
    study = read_study(sample)
    known = check_study(study)
    team = collect_team(study)
    until = as_date(team.until) if team is not None else "–"
    print("# Back-test of the outlook\n")
    print("Written by `python benchmarks/backtest_outlook.py > docs/verification-outlook.md`.")
    print("The outlook is made at twelve earlier months' ends with the data known then, up to six")
    print("months ahead; nominally 95 % of the team sizes that came lie inside its interval.\n")
    print("| team | checks | people | inside | mean error | error of “as today” | bias |")
    print("|---|---|---|---|---|---|---|")
    print(tell(f"the sample, until {until}", known))
    for kind, title in TITLES.items():
        checks = [c for seed in range(TEAMS) for c in check_study(simulate_team(kind, seed))]
        print(tell(f"{TEAMS} simulated, {title}", checks), flush=True)
    print("\nThe interval holds chance and the uncertainty of both rates. It does not hold a")
    print("change of these rates: where joining or leaving breaks off, it misses, and the Outlook")
    print("page says how often it did so in the data at hand.")


if __name__ == "__main__":
    main()
