"""Many studies side by side: shared measures pooled, the rest as aligned columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.errors import StudyFileError
from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.statistics.meta_analysis import MetaAnalysis, random_effects
from analysis.surveys.contrasts import main_records

Signature = tuple[str, str, str, tuple[float, ...]]


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
    """One measure shared by at least two studies, with its random-effects summary.

    ``label`` is the name in each language, as the first of the studies has it.
    """

    measure: str
    label: Mapping[str, str]
    studies: tuple[tuple[str, EstimateLike], ...]
    summary: MetaAnalysis | NotEstimable


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Studies side by side; ``measures`` are ordered by the number of studies that share them."""

    studies: tuple[StudyRow, ...]
    measures: tuple[PooledMeasure, ...]


def compare_studies(results: Sequence[Mapping[str, Any]]) -> Portfolio:
    """Put evaluated studies (results-file dicts) side by side; the same study counts once.

    Only measures of the same name, kind, range and score in at least two studies are pooled:
    change between the first and last wave, by random effects with Hartung–Knapp interval and
    prediction interval. Simulated studies are never pooled with real ones. Numbers about fewer
    than a study's ``min_group`` people are hidden.
    """
    once = list({r["study"]["fingerprint"]: r for r in results}.values())
    real = [r for r in once if not _is_simulated(r)]
    found: dict[Signature, list[tuple[str, EstimateLike]]] = {}
    labels: dict[Signature, Mapping[str, str]] = {}
    for result in real or once:
        for signature, label, change in _changes(result):
            found.setdefault(signature, []).append((result["study"]["fingerprint"], change))
            labels.setdefault(signature, label)
    pooled = [_pool(s, labels[s], told) for s, told in found.items() if len(told) >= 2]
    return Portfolio(
        studies=tuple(_row(r) for r in once),
        measures=tuple(sorted(pooled, key=lambda p: -len(p.studies))),
    )


def read_result(data: bytes, name: str) -> dict[str, Any]:
    """Read a results file as written by ``levee evaluate``, for a portfolio.

    Only what :func:`compare_studies` reads is kept.

    Raises
    ------
    StudyFileError
        ``results_file`` (details ``file``) when it is not a results file.
    """
    try:
        result = shorten_result(json.loads(data))
        compare_studies([result])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StudyFileError("results_file", file=name) from error
    return result


def shorten_result(result: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a results dict only what a portfolio needs, so that hundreds fit in memory."""
    study, sustained = result["study"], result.get("sustainability") or {}
    settings = study["settings"]
    kept = {key: settings[key] for key in ("min_group", "simulated", "measures") if key in settings}
    outcomes = result.get("outcomes") or ()
    return {
        "study": {"fingerprint": str(study["fingerprint"]), "title": study["title"],
                  "settings": kept},
        "flow": {"matched": (result.get("flow") or {}).get("matched")},
        "outcomes": [
            {key: o[key] for key in ("measure", "change", "n", "main", "cautions") if key in o}
            for o in outcomes
        ],
        "participation": {key: (result.get("participation") or {}).get(key)
                          for key in ("participants", "reach")},
        "volunteers": {"retention": (result.get("volunteers") or {}).get("retention")},
        "sustainability": {"funding": {
            "runway_months": (sustained.get("funding") or {}).get("runway_months")}},
        "targets": [{"status": t["status"]} for t in result.get("targets") or ()],
    }  # fmt: skip


def _changes(
    result: Mapping[str, Any],
) -> Iterator[tuple[Signature, Mapping[str, str], EstimateLike]]:
    """Each measure's main contrast: what makes it comparable, its label, its change."""
    least = _min_group(result)
    described = {m["name"]: m for m in result["study"]["settings"].get("measures") or ()}
    for outcome in main_records(result.get("outcomes") or ()):
        name = str(outcome["measure"])
        told = described.get(name, {})
        scale = told.get("range") or ()
        signature = (name, str(told.get("kind")), str(told.get("score")), tuple(map(float, scale)))
        label = told.get("label")
        named = label if isinstance(label, Mapping) else {"en": str(label or name)}
        yield signature, named, _shown(_estimate(outcome["change"]), least)


def _min_group(result: Mapping[str, Any]) -> int:
    return int(result["study"]["settings"].get("min_group", 5))


def _is_simulated(result: Mapping[str, Any]) -> bool:
    return bool(result["study"]["settings"].get("simulated"))


def _shown(value: EstimateLike, least: int, n: float | None = None) -> EstimateLike:
    """The value, or that it is hidden because it is about too few people."""
    people = value.n if n is None else n
    if isinstance(value, Estimate) and people < least:
        return NotEstimable(reason="suppressed", method=value.method)
    return value


def _pool(
    signature: Signature, label: Mapping[str, str], found: Sequence[tuple[str, EstimateLike]]
) -> PooledMeasure:
    known = [
        (e.estimate, e.std_error)
        for _, e in found
        if isinstance(e, Estimate) and e.std_error is not None and e.std_error > 0
    ]
    if len(known) < 2:
        summary: MetaAnalysis | NotEstimable = NotEstimable(reason="too_few", n=len(known))
    else:
        summary = random_effects([e for e, _ in known], [error for _, error in known])
    return PooledMeasure(measure=signature[0], label=label, studies=tuple(found), summary=summary)


def _row(result: Mapping[str, Any]) -> StudyRow:
    participation, volunteers = result.get("participation") or {}, result.get("volunteers") or {}
    funding = (result.get("sustainability") or {}).get("funding") or {}
    targets = result.get("targets") or []
    least = _min_group(result)
    matched = (result.get("flow") or {}).get("matched")
    people = participation.get("participants")
    return StudyRow(
        fingerprint=result["study"]["fingerprint"],
        title=_title(result["study"]["title"]),
        simulated=_is_simulated(result),
        n_matched=None if matched is None or 0 < matched < least else int(matched),
        reach=_shown(_estimate(participation.get("reach")), least, people),
        retention_365=_shown(_estimate((volunteers.get("retention") or {}).get("365")), least),
        runway_months=_estimate(funding.get("runway_months")),
        targets_met=sum(t["status"] == "met" for t in targets),
        targets=len(targets),
    )


def _title(told: object) -> Mapping[str, str]:
    return told if isinstance(told, Mapping) else {"en": str(told)}


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
