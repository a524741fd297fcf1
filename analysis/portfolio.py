"""Many studies side by side: shared measures pooled, the rest as aligned columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.statistics.meta_analysis import MetaAnalysis, random_effects


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRow:
    """One study: its reach, one-year retention, runway and targets met, where known."""

    fingerprint: str
    title: Mapping[str, str]
    simulated: bool
    n_matched: int | None
    reach: EstimateLike
    retention_365: EstimateLike
    runway_months: EstimateLike
    targets_met: int
    targets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledMeasure:
    """One measure shared by at least two studies, with its random-effects summary."""

    measure: str
    studies: tuple[tuple[str, EstimateLike], ...]
    summary: MetaAnalysis | NotEstimable


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Studies side by side; ``measures`` are ordered by the number of studies that share them."""

    studies: tuple[StudyRow, ...]
    measures: tuple[PooledMeasure, ...]


def compare_studies(results: Sequence[Mapping[str, Any]]) -> Portfolio:
    """Put evaluated studies (results-file dicts) side by side.

    Only measures of the same name in at least two studies are pooled: change between the first
    and last wave, by random effects with Hartung–Knapp interval and prediction interval.
    """
    names = dict.fromkeys(o["measure"] for r in results for o in r.get("outcomes", ()))
    pooled = [_pool(name, results) for name in names]
    shared = [p for p in pooled if len(p.studies) >= 2]
    return Portfolio(
        studies=tuple(_row(r) for r in results),
        measures=tuple(sorted(shared, key=lambda p: -len(p.studies))),
    )


def _pool(measure: str, results: Sequence[Mapping[str, Any]]) -> PooledMeasure:
    found = [
        (r["study"]["fingerprint"], _estimate(o["change"]))
        for r in results
        for o in r.get("outcomes", ())
        if o["measure"] == measure
    ]
    known = [
        e for _, e in found
        if isinstance(e, Estimate) and e.std_error is not None and e.std_error > 0
    ]  # fmt: skip
    if len(known) < 2:
        summary: MetaAnalysis | NotEstimable = NotEstimable(reason="too_few", n=len(known))
    else:
        summary = random_effects(
            [e.estimate for e in known], [e.std_error for e in known if e.std_error is not None]
        )
    return PooledMeasure(measure=measure, studies=tuple(found), summary=summary)


def _row(result: Mapping[str, Any]) -> StudyRow:
    participation, volunteers = result.get("participation") or {}, result.get("volunteers") or {}
    funding = (result.get("sustainability") or {}).get("funding") or {}
    targets = result.get("targets") or []
    return StudyRow(
        fingerprint=result["study"]["fingerprint"],
        title=result["study"]["title"],
        simulated=bool(result["study"]["settings"].get("simulated")),
        n_matched=(result.get("flow") or {}).get("matched"),
        reach=_estimate(participation.get("reach")),
        retention_365=_estimate((volunteers.get("retention") or {}).get("365")),
        runway_months=_estimate(funding.get("runway_months")),
        targets_met=sum(t["status"] == "met" for t in targets),
        targets=len(targets),
    )


def _estimate(record: Mapping[str, Any] | None) -> EstimateLike:
    if not record or record.get("estimate") is None:
        return NotEstimable(reason=(record or {}).get("reason", "no_data"))
    low, high = record.get("ci_low"), record.get("ci_high")
    error = record.get("std_error")
    if error is None and low is not None and high is not None:
        # A 95 % interval spans about 3.92 standard errors.
        error = (high - low) / 3.919927969080108
    return Estimate(
        estimate=float(record["estimate"]),
        ci_low=low,
        ci_high=high,
        std_error=error,
        n=int(record.get("n", 0)),
        method=str(record.get("method", "")),
    )
