"""From the community to volunteers: how many at each step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.participation.results import FunnelStep
from analysis.results import EstimateLike, NotEstimable
from analysis.statistics.proportions import wilson
from analysis.study import Study
from analysis.thresholds import MIN_SHARE_COMPLETED


def estimate_reach(people: int, eligible: int | None) -> EstimateLike:
    """Estimate the share of the eligible people who came at least once (Wilson).

    ``not_asked`` without a number of eligible people, ``not_identified`` when more came.
    """
    if eligible is None:
        return NotEstimable(reason="not_asked", method="wilson")
    if people > eligible:
        return NotEstimable(reason="not_identified", n=eligible, method="wilson")
    return wilson(people, eligible)


def list_funnel(
    study: Study,
    rows: pd.DataFrame,
    visits: npt.NDArray[np.int64],
    sessions: int,
    eligible: int | None,
) -> tuple[FunnelStep, ...]:
    """List the steps known, each with the step it is a share of.

    community → invited → came → came again (of those who came) → completed (at least
    ``MIN_SHARE_COMPLETED`` of all sessions, of those who came again) → volunteer (of those who
    came; only when codes of volunteers and participants meet).
    """
    steps = dict(_steps(study, rows, visits, sessions, eligible))
    parents = {"invited": "community", "came": "invited", "came_again": "came"}
    parents |= {"completed": "came_again", "volunteer": "came"}
    told = []
    for step, n in steps.items():
        of = parents.get(step, "")
        of = "community" if of == "invited" and "invited" not in steps else of
        told.append(FunnelStep(step=step, n=n, of=of, share=_share(n, steps.get(of))))
    return tuple(told)


def _steps(
    study: Study,
    rows: pd.DataFrame,
    visits: npt.NDArray[np.int64],
    sessions: int,
    eligible: int | None,
) -> Iterator[tuple[str, int]]:
    if eligible is not None:
        yield "community", eligible
    if "invited" in rows:
        asked = rows["invited"].fillna(False).astype(bool)
        yield "invited", int(rows.loc[asked, "person"].nunique())
    yield "came", len(visits)
    yield "came_again", int(np.sum(visits >= 2))
    if sessions >= 3:
        yield "completed", int(np.sum(visits >= MIN_SHARE_COMPLETED * sessions))
    volunteers = _count_volunteers(study, rows.loc[rows["attended"], "person"])
    if volunteers:
        yield "volunteer", volunteers


def _count_volunteers(study: Study, people: pd.Series[Any]) -> int:
    known: set[Any] = set()
    for table in (study.volunteers, study.service):
        if table is not None:
            known |= set(table["volunteer"].dropna().unique())
    return len(known & set(people.unique()))


def _share(n: int, of: int | None) -> EstimateLike:
    if of is None or n > of:
        reason: Any = "not_asked" if of is None else "not_identified"
        return NotEstimable(reason=reason, method="wilson")
    return wilson(n, of)
