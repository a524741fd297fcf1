"""Many studies side by side: measures that a person mapped are pooled, the rest are columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from analysis.errors import StudyFileError
from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.statistics.meta_analysis import MetaAnalysis, random_effects
from analysis.surveys.contrasts import main_records

SAME_PEOPLE = 0.8
"""Share of the smaller study's respondents in the other one from which both hold one survey."""
MIN_PEOPLE = 10
"""Fewer common codes, such as 1 to 5, say nothing."""

ALIKE_WORDING = 0.8
"""Mean similarity of item wordings from which two measures are suggested as the same."""
MAX_COMPARED = 150

DuplicateReason = Literal["fingerprint", "files", "respondents", "answers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureCard:
    """What one study's measure is made of, to be compared before it is pooled.

    Attributes
    ----------
    study, measure
        Key of the study and name of the measure in it.
    title, label
        The study's and the measure's name in each language.
    kind, score, better, range
        As in the study file; ``range`` is empty where none is declared.
    items
        Wording of each item; the column's name where no wording is known.
    reversed
        Number of reverse-scored items.
    """

    study: str
    measure: str
    title: Mapping[str, str]
    label: Mapping[str, str]
    kind: str
    score: str
    better: str
    range: tuple[float, ...]
    items: tuple[str, ...]
    reversed: int

    @property
    def signature(self) -> str:
        """Hash of everything a comparison depends on: changes when the measure is changed."""
        told = [self.kind, self.score, self.better, list(self.range), sorted(self.items)]
        return hashlib.sha256(json.dumps([*told, self.reversed]).encode()).hexdigest()[:16]

    def can_pool_with(self, other: MeasureCard) -> bool:
        """Whether both are in one unit: kind, score, direction and range are the same."""
        return (self.kind, self.score, self.better, self.range) == (
            other.kind,
            other.score,
            other.better,
            other.range,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One study's measure in a definition, as it was when a person mapped it."""

    study: str
    measure: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A person's statement that measures of several studies mean the same."""

    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A study left out because another holds the same data.

    ``share`` is the share of respondents in common, for reason ``respondents``.
    """

    study: str
    same_as: str
    reason: DuplicateReason
    title: Mapping[str, str]
    title_same_as: Mapping[str, str]
    share: float | None = None


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
    """One definition with its studies' changes and their random-effects summary.

    ``changed`` names the studies whose measure is no longer the one that was mapped: they are not
    pooled until a person maps it again. ``label`` is the definition's name.
    """

    measure: str
    label: Mapping[str, str]
    studies: tuple[tuple[str, EstimateLike], ...]
    summary: MetaAnalysis | NotEstimable
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Studies side by side; ``measures`` are ordered by the number of studies that share them.

    ``cards`` describe what could be mapped; ``duplicates`` are studies left out.
    """

    studies: tuple[StudyRow, ...]
    measures: tuple[PooledMeasure, ...]
    cards: tuple[MeasureCard, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()


def compare_studies(
    results: Sequence[Mapping[str, Any]],
    definitions: Sequence[Definition] = (),
    different: Sequence[frozenset[str]] = (),
) -> Portfolio:
    """Put evaluated studies (results-file dicts) side by side; the same data count once.

    Only measures that a person mapped to one definition are pooled: equal names or ranges do not
    make two questionnaires the same. The change of each measure's main contrast is pooled by
    random effects with Hartung–Knapp interval and prediction interval. Simulated studies are
    never pooled with real ones. Numbers about fewer than a study's ``min_group`` people are
    hidden.

    Parameters
    ----------
    results
        As read by :func:`read_result` or shortened by :func:`shorten_result`.
    definitions
        What a person mapped.
    different
        Pairs of study keys of which a person said that they are different people.
    """
    duplicates = find_duplicates(results, different)
    left_out = {one.study for one in duplicates if one.reason != "fingerprint"}
    # Equal fingerprints are one study: the last one read replaces the others.
    once = list({r["study"]["fingerprint"]: r for r in results}.values())
    once = [r for r in once if study_key(r) not in left_out]
    real = [r for r in once if not _is_simulated(r)]
    pooled = [_pool_definition(one, real or once) for one in definitions]
    return Portfolio(
        studies=tuple(_row(r) for r in once),
        measures=tuple(sorted((p for p in pooled if p is not None), key=lambda p: -len(p.studies))),
        cards=tuple(card for r in real or once for card in describe_measures(r)),
        duplicates=duplicates,
    )


def study_key(result: Mapping[str, Any]) -> str:
    """What names a study for mappings: its key where it has one, else its fingerprint."""
    return str(result["study"].get("key") or result["study"]["fingerprint"])


def describe_measures(result: Mapping[str, Any]) -> Iterator[MeasureCard]:
    """Describe each measure of a study whose change was estimated."""
    estimated = {str(outcome["measure"]) for outcome in result.get("outcomes") or ()}
    for told in result["study"]["settings"].get("measures") or ():
        if told["name"] in estimated:
            texts = told.get("texts") or {}
            yield MeasureCard(
                study=study_key(result),
                measure=str(told["name"]),
                title=_title(result["study"]["title"]),
                label=_title(told.get("label") or told["name"]),
                kind=str(told.get("kind") or "scale"),
                score=str(told.get("score") or "mean"),
                better=str(told.get("better") or "higher"),
                range=tuple(map(float, told.get("range") or ())),
                items=tuple(_wording(texts.get(item), item) for item in told.get("items") or ()),
                reversed=len(told.get("reversed") or ()),
            )


def define(name: str, cards: Sequence[MeasureCard]) -> Definition:
    """Map measures to one definition; they must be in one unit.

    Raises
    ------
    ValueError
        When kind, score, direction or range differ, or one study is named twice.
    """
    if any(not cards[0].can_pool_with(card) for card in cards[1:]):
        raise ValueError("measures of different kind, score, direction or range cannot be pooled")
    if len({card.study for card in cards}) < len(cards):
        raise ValueError("one study can give only one measure to a definition")
    members = (Member(study=c.study, measure=c.measure, signature=c.signature) for c in cards)
    return Definition(name=name, members=tuple(members))


def suggest_mapping(
    cards: Sequence[MeasureCard], definitions: Sequence[Definition] = ()
) -> tuple[MeasureCard, ...]:
    """Suggest the largest set of measures not yet mapped that ask nearly the same questions.

    A person still has to look at them: a suggestion is never pooled by itself.
    """
    mapped = {(m.study, m.measure) for one in definitions for m in one.members}
    free = [card for card in cards if (card.study, card.measure) not in mapped]
    # Every pair is compared: beyond some hundred measures only equal wordings are looked for.
    exact = len(free) > MAX_COMPARED
    best: list[MeasureCard] = []
    for card in {c.signature: c for c in free}.values() if exact else free:
        alike, studies, items = [card], {card.study}, sorted(card.items)
        for other in free:
            if other.study in studies or not card.can_pool_with(other):
                continue
            if items == sorted(other.items) or (
                not exact and wording_likeness(card, other) >= ALIKE_WORDING
            ):
                alike.append(other)
                studies.add(other.study)
        if len(alike) > max(1, len(best)):
            best = alike
    return tuple(best)


def wording_likeness(one: MeasureCard, other: MeasureCard) -> float:
    """Give how alike the items of two measures are worded, 0–1: mean of each item's best match."""
    from rapidfuzz import fuzz

    if not one.items or not other.items:
        return 0.0
    longer, shorter = sorted((one.items, other.items), key=len, reverse=True)
    best = [max(fuzz.ratio(a, b) for b in shorter) for a in longer]
    return float(sum(best)) / len(best) / 100


def find_duplicates(
    results: Sequence[Mapping[str, Any]], different: Sequence[frozenset[str]] = ()
) -> tuple[Duplicate, ...]:
    """Find studies that hold the data of an earlier one in the list.

    Reasons, in this order: equal fingerprints; the same file; :data:`SAME_PEOPLE` of the
    respondents' codes in common; the same scores (n, mean and standard deviation of scales).
    """
    found: list[Duplicate] = []
    first: list[tuple[Mapping[str, Any], _Traces]] = []
    # Only studies that share a trace are compared: of thousands, every pair would be millions.
    bearers: dict[object, list[int]] = {}
    for result in results:
        traces = _traces(result)
        marks = traces.marks
        shared = {at for mark in marks for at in bearers.get(mark, ())}
        for earlier, earlier_traces in (first[at] for at in sorted(shared)):
            reason, share = _same_data(earlier_traces, traces)
            pair = frozenset((study_key(earlier), study_key(result)))
            if reason == "fingerprint" or (reason and pair not in different):
                found.append(
                    Duplicate(
                        study=study_key(result),
                        same_as=study_key(earlier),
                        reason=reason,
                        title=_title(result["study"]["title"]),
                        title_same_as=_title(earlier["study"]["title"]),
                        share=share,
                    )
                )
                break
        else:
            for mark in marks:
                bearers.setdefault(mark, []).append(len(first))
            first.append((result, traces))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traces:
    """By what two studies are seen to hold the same data."""

    fingerprint: str
    files: frozenset[str]
    people: frozenset[str]
    scores: frozenset[tuple[float, ...]]

    @property
    def marks(self) -> frozenset[object]:
        """Everything of which one in common is needed to be the same data."""
        told = (("print", {self.fingerprint}), ("file", self.files), ("person", self.people))
        named = {(kind, one) for kind, values in told for one in values}
        return frozenset(named | {("score", one) for one in self.scores})


def _traces(result: Mapping[str, Any]) -> _Traces:
    return _Traces(
        fingerprint=str(result["study"]["fingerprint"]),
        files=frozenset(result.get("survey_files") or ()),
        people=frozenset(result.get("respondents") or ()),
        scores=frozenset(tuple(map(float, one)) for one in result.get("scores") or ()),
    )


def _same_data(one: _Traces, other: _Traces) -> tuple[DuplicateReason | Literal[""], float | None]:
    if one.fingerprint == other.fingerprint:
        return "fingerprint", None
    if one.files & other.files:
        return "files", None
    smaller = min(len(one.people), len(other.people))
    share = len(one.people & other.people) / smaller if smaller else 0.0
    if smaller >= MIN_PEOPLE and share >= SAME_PEOPLE:
        return "respondents", share
    shared = one.scores & other.scores
    # One scale with the same n, mean and spread may be chance in small studies; two are not.
    alone = len(shared) == min(len(one.scores), len(other.scores)) == 1
    if len(shared) >= 2 or (alone and next(iter(shared))[0] >= 30):
        return "answers", None
    return "", None


def _wording(told: object, otherwise: str) -> str:
    if isinstance(told, Mapping):
        return str(next(iter(told.values()), otherwise))
    return str(told or otherwise)


def read_results(data: bytes, name: str) -> list[dict[str, Any]]:
    """Read a results file, or the ``portfolio.json`` of a folder of communities, with all of them.

    Raises
    ------
    StudyFileError
        ``results_file`` (details ``file``) when it is neither.
    """
    try:
        told = json.loads(data)
        many = told.get("results", [told])
        results = [shorten_result(one) for one in many]
        compare_studies(results)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StudyFileError("results_file", file=name) from error
    return results


def read_result(data: bytes, name: str) -> dict[str, Any]:
    """Read a results file as written by ``levee evaluate``, for a portfolio.

    Only what :func:`compare_studies` reads is kept.

    Raises
    ------
    StudyFileError
        ``results_file`` (details ``file``) when it is not a results file.
    """
    results = read_results(data, name)
    if len(results) != 1:
        raise StudyFileError("results_file", file=name)
    return results[0]


def shorten_result(
    result: Mapping[str, Any], *, key: str = "", respondents: Sequence[str] = ()
) -> dict[str, Any]:
    """Keep of a results dict only what a portfolio needs, so that hundreds fit in memory.

    Parameters
    ----------
    result
        A results file as plain values.
    key
        What names the study for mappings; its fingerprint when empty.
    respondents
        Hashed codes, where the study itself is at hand: a results file holds none.
    """
    study, sustained = result["study"], result.get("sustainability") or {}
    settings = study["settings"]
    kept = {key: settings[key] for key in ("min_group", "simulated", "measures") if key in settings}
    outcomes = result.get("outcomes") or ()
    return {
        "study": {
            "fingerprint": str(study["fingerprint"]),
            "title": study["title"],
            "settings": kept,
            "key": key or study.get("key", ""),
        },
        # Files of before audiences were named hold everything, as the evaluator's do.
        "audience": result.get("audience", "evaluator"),
        "respondents": list(respondents or result.get("respondents") or ()),
        "survey_files": result.get("survey_files") or _survey_files(result),
        "scores": result.get("scores") or _scale_scores(result),
        "flow": {"matched": (result.get("flow") or {}).get("matched")},
        "outcomes": [
            {key: o[key] for key in ("measure", "change", "n", "main", "cautions") if key in o}
            for o in outcomes
        ],
        "participation": {
            key: (result.get("participation") or {}).get(key) for key in ("participants", "reach")
        },
        "volunteers": {"retention": (result.get("volunteers") or {}).get("retention")},
        "sustainability": {
            "funding": {"runway_months": (sustained.get("funding") or {}).get("runway_months")}
        },
        "targets": [{"status": t["status"]} for t in result.get("targets") or ()],
    }


def _survey_files(result: Mapping[str, Any]) -> list[str]:
    files = (result.get("provenance") or {}).get("files") or ()
    return [str(one["sha256"]) for one in files if one.get("table") == "survey"]


def _scale_scores(result: Mapping[str, Any]) -> list[list[float]]:
    """Give n, mean and standard deviation of scales in each wave; yes/no shares repeat easily."""
    measures = result["study"]["settings"].get("measures") or ()
    scales = {m["name"] for m in measures if m.get("kind", "scale") in ("scale", "number")}
    found = []
    for one in result.get("scoring") or ():
        n, mean, spread = one["n"], one.get("mean"), one.get("sd")
        # A number withheld from the audience stands as a word in the results file.
        given = all(isinstance(value, int | float) for value in (n, mean, spread))
        if one["measure"] in scales and given and n >= MIN_PEOPLE and spread:
            found.append([float(n), round(float(mean), 9), round(float(spread), 9)])
    return found


def _changes(result: Mapping[str, Any]) -> Iterator[tuple[str, EstimateLike]]:
    """Give each measure's main contrast: its name and change."""
    least = _min_group(result)
    for outcome in main_records(result.get("outcomes") or ()):
        yield str(outcome["measure"]), _shown(_estimate(outcome["change"]), least)


def _min_group(result: Mapping[str, Any]) -> int:
    return int(result["study"]["settings"].get("min_group", 5))


def _count(value: object) -> int | None:
    """Read a number of people; None when it is missing or withheld (``"suppressed"``)."""
    return int(value) if isinstance(value, int | float) else None


def _is_simulated(result: Mapping[str, Any]) -> bool:
    return bool(result["study"]["settings"].get("simulated"))


def _shown(value: EstimateLike, least: int, n: float | None = None) -> EstimateLike:
    """The value, or that it is hidden because it is about too few people."""
    people = value.n if n is None else n
    # No n stands for one withheld: the value itself was released, and is about many people.
    if isinstance(value, Estimate) and 0 < people < least:
        return NotEstimable(reason="suppressed", method=value.method)
    return value


def _pool_definition(
    definition: Definition, results: Sequence[Mapping[str, Any]]
) -> PooledMeasure | None:
    """Pool what a person mapped; None when none of its studies is there."""
    by_key = {study_key(result): result for result in results}
    found: list[tuple[str, EstimateLike]] = []
    changed: list[str] = []
    for member in definition.members:
        result = by_key.get(member.study)
        if result is None:
            continue
        cards = {card.measure: card for card in describe_measures(result)}
        card = cards.get(member.measure)
        if card is None or card.signature != member.signature:
            changed.append(member.study)
            continue
        change = dict(_changes(result)).get(member.measure, NotEstimable(reason="no_data"))
        found.append((result["study"]["fingerprint"], change))
    if not found and not changed:
        return None
    known = [
        (e.estimate, e.std_error)
        for _, e in found
        if isinstance(e, Estimate) and e.std_error is not None and e.std_error > 0
    ]
    if len(known) < 2:
        summary: MetaAnalysis | NotEstimable = NotEstimable(reason="too_few", n=len(known))
    else:
        summary = random_effects([e for e, _ in known], [error for _, error in known])
    return PooledMeasure(
        measure=definition.name,
        label={"en": definition.name},
        studies=tuple(found),
        summary=summary,
        changed=tuple(changed),
    )


def _row(result: Mapping[str, Any]) -> StudyRow:
    participation, volunteers = result.get("participation") or {}, result.get("volunteers") or {}
    funding = (result.get("sustainability") or {}).get("funding") or {}
    targets = result.get("targets") or []
    least = _min_group(result)
    matched = _count((result.get("flow") or {}).get("matched"))
    people = _count(participation.get("participants"))
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
        n=_count(record.get("n")) or 0,
        method=str(record.get("method", "")),
    )
