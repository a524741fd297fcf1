#!/usr/bin/env python3
"""Back-test the volunteer outlook on held-back months: the sample, and simulated teams.

    python benchmarks/backtest_outlook.py > docs/verification-outlook.md

At each of twelve earlier months' ends the outlook is made from the data known then, and each of
the next six months' ends is compared with what came. Beside it the simplest guess there is:
that the team stays as large as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import Study, read_study
from analysis.plan import plan_from_dict
from analysis.volunteers.backtest import backtest_outlook, choose_outlook
from analysis.volunteers.outlook import estimate_outlook
from analysis.volunteers.results import OutlookCheck
from analysis.volunteers.spells import active_on, as_date, collect_team, derive_stints

#: Checks of the flow, and of the forecast that the page gives.
Checks = tuple[tuple[OutlookCheck, ...], tuple[OutlookCheck, ...]]

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


def check_study(study: Study) -> Checks:
    """Make the outlook at earlier months' ends and compare it with what came."""
    team = collect_team(study)
    if team is None:
        return (), ()
    stints, seed = derive_stints(team), study.plan.study.seed
    checks = backtest_outlook(team, stints, seed)
    flow = estimate_outlook(team, stints, seed)
    return checks, choose_outlook(flow, checks, active_on(stints, team.until))[1]


def write_row(name: str, teams: Sequence[Checks]) -> str:
    """Write one row of the table."""
    checks, given = ([check for team in teams for check in team[at]] for at in (0, 1))
    held = [f"{np.mean([check.inside for check in part]):.0%}" for part in (checks, given)]
    error, naive = _errors(checks)
    bias = np.mean([check.expected - check.actual for check in checks])
    size = np.mean([check.actual for check in checks])
    flow = sum(one < other for one, other in (_errors(team[0]) for team in teams))
    cells = [name, len(checks), f"{size:.0f}", *held, f"{error:.1f}", f"{naive:.1f}"]
    cells += [f"{bias:+.1f}", f"{flow} of {len(teams)}"]
    return f"| {' | '.join(map(str, cells))} |"


def _errors(checks: Sequence[OutlookCheck]) -> tuple[float, float]:
    """Give the mean absolute error of the flow, and of a team as large as today."""
    flow = np.mean([abs(check.expected - check.actual) for check in checks])
    return float(flow), float(np.mean([abs(check.today - check.actual) for check in checks]))


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
    print("months ahead; nominally 95 % of the team sizes that came lie inside its interval.")
    print("The outlook is given by this flow only where it did better at these months' ends than")
    print("“as today”; else the page gives the team of today and says so, with the flow's")
    print("interval, widened to hold it. “As given” judges the interval that the page shows.\n")
    print(
        "| team | checks | people | inside, by flow | inside, as given | mean error of flow "
        "| error of “as today” | bias of flow | flow given |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    print(write_row(f"the sample, until {until}", [known]))
    for kind, title in TITLES.items():
        teams = [check_study(simulate_team(kind, seed)) for seed in range(TEAMS)]
        print(write_row(f"{TEAMS} simulated, {title}", teams), flush=True)
    print("\nThe interval holds chance and the uncertainty of both rates. It does not hold a")
    print("change of these rates: where joining or leaving breaks off, it misses, and the Outlook")
    print("page says how often it did so in the data at hand.")


if __name__ == "__main__":
    main()
