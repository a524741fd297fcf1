"""Self-assessed capacity: domain means, agreement of raters, change, gap to target."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.plan_tables import CapacityPlan
from analysis.results import (
    Caution,
    Comparison,
    ComparisonLike,
    Estimate,
    EstimateLike,
    NotEstimable,
)
from analysis.statistics.mean_change import paired_t
from analysis.statistics.proportions import wilson
from analysis.statistics.reliability import icc_average
from analysis.statistics.t_tests import mean_t
from analysis.study import Study
from analysis.sustainability.results import Capacity, DomainCapacity


def evaluate_capacity(study: Study) -> Capacity | None:
    """Evaluate the capacity self-assessment; None without one.

    Scores outside the declared range are left out. A rater's domain score is the mean of the
    items answered; a domain's mean is over raters, with a t interval.
    """
    plan, table = study.plan.capacity, study.capacity
    if plan is None or table is None or table.empty:
        return None
    low, high = plan.scale
    by_rater = rater_scores(table, plan)
    if by_rater.empty:
        return None
    named = "rater" in table
    waves = _waves_in_order(study, by_rater)
    return Capacity(
        range=(low, high),
        n_raters=int(by_rater["rater"].nunique()) if named else 0,
        domains=tuple(_domains(plan, by_rater, waves)),
        agreement=tuple(_agreement(by_rater, waves)),
        leadership=_leadership(study),
        resident_led=_resident_led(study),
        cautions=_cautions(by_rater, named=named),
    )


def rater_scores(table: pd.DataFrame, plan: CapacityPlan) -> pd.DataFrame:
    """Each rater's score of each domain, from answers inside the declared range.

    Without a column of raters each row counts as another person's.
    """
    inside = table[table["score"].between(*plan.scale)]
    if "rater" not in inside:
        inside = inside.assign(rater=inside.index.astype(str))
    told = inside.assign(
        wave=inside.get("wave", ""),
        group=inside["group"].fillna("") if "group" in inside else "",
    )
    keys = ["group", "wave", "domain", "rater"]
    return told.groupby(keys, sort=False, dropna=False)["score"].mean().reset_index()


def _waves_in_order(study: Study, scores: pd.DataFrame) -> list[str]:
    declared = study.plan.survey.waves if study.plan.survey else ["pre", "post"]
    found = list(dict.fromkeys(scores["wave"]))
    return [w for w in declared if w in found] + [w for w in found if w not in declared]


def _domains(plan: CapacityPlan, scores: pd.DataFrame, waves: list[str]) -> list[DomainCapacity]:
    found = []
    for (group, domain), part in scores.groupby(["group", "domain"], sort=False):
        for wave in waves:
            mean = _mean(part.loc[part["wave"] == wave, "score"].to_numpy(float))
            value = mean.estimate if isinstance(mean, Estimate) else None
            gap = None if plan.target is None or value is None else plan.target - value
            found.append(
                DomainCapacity(
                    domain=str(domain),
                    wave=wave,
                    group=str(group),
                    mean=mean,
                    change=None if wave == waves[0] else _change(part, waves[0], wave),
                    target=plan.target,
                    gap=gap,
                )
            )
    return found


def _mean(scores: np.ndarray) -> EstimateLike:
    n = len(scores)
    if n == 0:
        return NotEstimable(reason="no_data", method="mean")
    if n < 2:
        return Estimate(estimate=float(scores[0]), n=n, method="mean")
    return mean_t(scores)


def _change(part: pd.DataFrame, first: str, wave: str) -> ComparisonLike:
    wide = part.pivot_table(index="rater", columns="wave", values="score")
    if first not in wide or wave not in wide:
        return NotEstimable(reason="no_data", name="paired_t")
    both = wide[[first, wave]].dropna()
    found = paired_t(both[first].to_numpy(float), both[wave].to_numpy(float))
    if isinstance(found, NotEstimable) and len(both):
        step = float((both[wave] - both[first]).mean())
        method = "mean_difference_only"
        return Comparison(name="paired_t", estimate=step, n=len(both), method=method)
    return found


def _agreement(scores: pd.DataFrame, waves: list[str]) -> list[tuple[str, str, EstimateLike]]:
    found: list[tuple[str, str, EstimateLike]] = []
    for group, part in scores.groupby("group", sort=False):
        for wave in waves:
            complete = complete_scores(part[part["wave"] == wave])
            found.append((wave, str(group), icc_average(complete.to_numpy(float))))
    return found


def complete_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Write a group's scores of a wave as domains by raters, of those who rated every domain."""
    wide = scores.pivot_table(index="domain", columns="rater", values="score")
    return wide.dropna(axis="columns")


def _leadership(study: Study) -> tuple[tuple[str, int, int], ...]:
    """Roles with their holders and how many of them have a trained successor."""
    roster = study.volunteers
    if roster is None or "role" not in roster or "successor" not in roster:
        return ()
    table = list_holders(roster).groupby("role")["covered"].agg(["size", "sum"])
    return tuple((str(role), int(n), int(covered)) for role, n, covered in table.itertuples())


def list_holders(roster: pd.DataFrame) -> pd.DataFrame:
    """List who serves, each once, by the row of the last joining; ``covered``: has a successor."""
    known = roster[roster["volunteer"].notna()]
    by_time = known.sort_values("joined", kind="stable") if "joined" in known else known
    last = by_time.drop_duplicates("volunteer", keep="last")
    serving = last[last["left"].isna()] if "left" in last else last
    named = serving["successor"].notna() & (serving["successor"].astype(str).str.strip() != "")
    return serving.assign(covered=named)


def _resident_led(study: Study) -> EstimateLike | None:
    """Share of the sessions held that residents led, where the plan of activities tells."""
    plan = study.delivery
    if plan is None or "led_by_residents" not in plan:
        return None
    led = plan.loc[plan["held"].notna(), "led_by_residents"].dropna()
    return wilson(float(led.sum()), float(len(led)))


def _cautions(scores: pd.DataFrame, *, named: bool) -> tuple[Caution, ...]:
    found = [Caution(code="capacity_self_assessed", severity="info", section="capacity")]
    if not named:
        return (Caution(code="capacity_raters_unknown", section="capacity"), *found)
    sizes = scores.groupby(["group", "wave"])["rater"].nunique()
    if len(sizes) and int(sizes.min()) < 5:
        few = int(sizes.min())
        found.append(Caution(code="capacity_few_raters", section="capacity", values={"n": few}))
    return tuple(found)
