"""Self-assessed capacity for an audience that may not see a few raters' scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.disclosure.cells import BoolArray, People, cell_of
from analysis.disclosure.rules import is_small
from analysis.disclosure.suppression import Auditor
from analysis.results import SUPPRESSED, EstimateLike, NotEstimable
from analysis.study import Study
from analysis.sustainability.capacity import rater_scores
from analysis.sustainability.results import Capacity, DomainCapacity


def protect_capacity(found: Capacity, study: Study, people: People, auditor: Auditor) -> Capacity:
    """Protect self-assessments: each mean and change is a sum over its raters, audited jointly."""
    plan, table = study.plan.capacity, study.capacity
    if plan is None or table is None:
        raise ValueError("the study has no self-assessment")
    scores = rater_scores(table, plan)
    numbers = people.of(scores["rater"].to_numpy())
    raters = np.unique(numbers)

    def of(rows: BoolArray) -> BoolArray:
        return np.isin(raters, numbers[rows])

    everybody = np.ones(raters.size, dtype=np.bool_)
    whole = not is_small(raters.size, auditor.least) and auditor.release(
        cell_of("raters", "capacity.n_raters", raters, ("n", 1.0, everybody))
    )
    rows = {
        key: np.asarray((scores[["domain", "group", "wave"]] == list(key)).all(axis=1))
        for key in dict.fromkeys((d.domain, d.group, d.wave) for d in found.domains)
    }
    waves: dict[tuple[str, str], list[str]] = {}
    for d in found.domains:
        waves.setdefault((d.domain, d.group), []).append(d.wave)
    domains = tuple(
        _domain(
            d,
            raters,
            auditor,
            of(rows[d.domain, d.group, d.wave]),
            of(rows[d.domain, d.group, waves[d.domain, d.group][0]]),
            waves[d.domain, d.group][0],
            whole=whole,
        )
        for d in found.domains
    )
    return replace(
        found,
        n_raters=found.n_raters if whole else SUPPRESSED,
        domains=domains,
        agreement=tuple(
            (wave, group, e if whole and e.n >= auditor.least else _none(e))
            for wave, group, e in found.agreement
        ),
        leadership=_leadership(found.leadership, study.volunteers, people, auditor),
    )


def _domain(
    d: DomainCapacity,
    raters: npt.NDArray[np.int64],
    auditor: Auditor,
    now: BoolArray,
    then: BoolArray,
    first: str,
    *,
    whole: bool,
) -> DomainCapacity:
    """Give a domain's mean and change; the raters of one wave only are in neither alone."""
    family, label = f"capacity:{d.domain}:{d.group}", f"capacity.{d.domain}.{d.group}.{d.wave}"
    both = now & then

    def free(name: str, who: BoolArray, *signs: tuple[str, float]) -> bool:
        n = int(who.sum())
        if not whole or is_small(n, auditor.least):
            return False
        terms = [(wave, sign / max(n, 1), who) for wave, sign in signs]
        return auditor.release(
            cell_of(family, f"{label}.{name}", raters, *terms),
            cell_of("raters", f"{label}.{name}.n", raters, ("n", 1.0, who)),
        )

    mean = free("mean", now, (d.wave, 1.0))
    change = d.change is None or free("change", both, (d.wave, 1.0), (first, -1.0))
    return replace(
        d,
        mean=d.mean if mean else _none(d.mean),
        gap=d.gap if mean or d.gap is None else SUPPRESSED,
        change=d.change
        if change or d.change is None
        else NotEstimable(reason="suppressed", name=d.change.name, method=d.change.method),
    )


def _leadership(
    found: Sequence[tuple[str, int, int]],
    roster: pd.DataFrame | None,
    people: People,
    auditor: Auditor,
) -> tuple[tuple[str, int, int], ...]:
    """Give how many hold a role, and have a successor: volunteers, audited with the team."""
    if roster is None or not found:
        return tuple(found)
    numbers = people.of(roster["volunteer"].to_numpy())
    serving = np.asarray(roster["left"].isna()) if "left" in roster else np.ones(len(roster), bool)
    named = np.asarray(roster["successor"].fillna("").astype(str).str.strip() != "")
    told = []
    for role, n, covered in found:
        holders = serving & np.asarray(roster["role"] == role)
        masks = (holders, holders & named)
        small = any(is_small(m, auditor.least) for m in (n, covered, n - covered))
        cells = (
            cell_of("volunteers", f"capacity.leadership.{role}", numbers, ("n", 1.0, mask))
            for mask in masks
        )
        free = not small and auditor.release(*cells)
        told.append((role, n, covered) if free else (role, SUPPRESSED, SUPPRESSED))
    return tuple(told)


def _none(found: EstimateLike) -> NotEstimable:
    return NotEstimable(reason="suppressed", method=found.method, name=found.name)
