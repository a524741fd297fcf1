"""Numbers about people and money beside second software: the part of the book for this topic.

The values of R are made by ``tests/golden/reference_people.R``. The 500 data sets of the log-rank
test are drawn here by a rule, so that only R's χ² needs to be stored:
``python benchmarks/verification_people.py > two_groups.csv`` writes them for that script.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.statistics import survival_curve as sv
from analysis.statistics.cox import proportional_hazards_test
from analysis.statistics.incidence import mean_cumulative_function
from analysis.statistics.proportions import share_by_person
from analysis.statistics.survival_groups import logrank, rmst_difference

N_TWO_GROUPS = 500


def draw_two_groups(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw whole days, leavings and two groups: 50 to 10,000 people, six in ten leave."""
    rng = np.random.default_rng(seed)
    n = int(np.exp(rng.uniform(np.log(50), np.log(10_000))))
    days = rng.integers(1, 400, n)
    left = rng.random(n) < 0.6
    group = rng.integers(0, 2, n)
    return np.ceil(days * np.where(group == 1, 1.05, 1.0)), left, group


def compute(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Give every number of this part by its key, computed by Levee."""
    yield from _spells(data["spells"])
    yield from _repeated(data["recurrent"])
    yield from _shares(data["attendance"])


def _spells(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    s = {name: np.array(values, float) for name, values in data.items()}
    time, event = s["time"], s["event"].astype(bool)
    for name in ("group", "team"):
        test = logrank(time, event, s[name])
        for told in ("statistic", "df", "p_value"):
            yield f"logrank.{name}.{told}", getattr(test, told)
    covariates = np.column_stack([s["group"], s["x"]])
    for name, columns in (("group", covariates[:, :1]), ("both", covariates)):
        names = ["group", "x"][: columns.shape[1]]
        found = proportional_hazards_test(time, event, columns, names)
        for told in ("statistic", "df", "p_value"):
            yield f"proportional_hazards.{name}.{told}", getattr(found, told)
    late = sv.kaplan_meier(time, event, entry=s["entry"])
    for day in (60, 120, 240):
        there = sv.survival_at(late, day)
        yield f"km_late.{day}.std_error", there.std_error
        yield f"km_late.{day}.ci_high", there.ci_high
    # The second group is complete: its curve reaches 0 before the horizon, the first goes on.
    gone = event | (s["group"] == 1)
    beyond = rmst_difference(time, gone, s["group"], float(s["horizon"][0]))
    for told in ("estimate", "std_error", "ci_low", "ci_high", "p_value"):
        yield f"rmst_beyond.{told}", getattr(beyond, told)
    flat = sv.median_time(sv.kaplan_meier(s["flat_time"], s["flat_event"].astype(bool)))
    yield "km_flat.median", flat.estimate


def _repeated(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    curve = mean_cumulative_function(data["time"], data["end"], data["person"])
    for day in (60, 120, 180):
        _, mean, low, high = max(step for step in curve if step[0] <= day)
        yield f"mcf_log.{day}.mean", mean
        yield f"mcf_log.{day}.ci_low", low
        yield f"mcf_log.{day}.ci_high", high


def _shares(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    few = [*data["came"][:3], *data["registered"][3:]]
    for key, came in (("share_by_person", data["came"]), ("share_by_person.few", few)):
        found = share_by_person(came, data["registered"])
        for told in ("estimate", "std_error", "ci_low", "ci_high"):
            yield f"{key}.{told}", getattr(found, told)


def main() -> None:
    """Write the 500 data sets as CSV."""
    print("set,time,event,group")
    for seed in range(N_TWO_GROUPS):
        for day, left, group in zip(*draw_two_groups(seed), strict=True):
            print(f"{seed},{day:.0f},{int(left)},{group}")


if __name__ == "__main__":
    main()
