"""The disclosure certificate of a release, and what the ledger of releases keeps of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.disclosure.cells import Cell, People, from_record, to_record
from analysis.disclosure.protection import RefusedReleaseError, protect_release
from analysis.disclosure.suppression import find_revealed
from analysis.evaluation import Evaluation
from analysis.results import Audience, Comparison
from analysis.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the audit of a release found: printed in it.

    Attributes
    ----------
    audience, min_group
        For whom it was made, and by which rule.
    cells, hidden, smallest_interval, costs
        As in :class:`~analysis.results.Disclosure`.
    date, version
        When it was made (ISO), by which version of Levee.
    releases_before
        Earlier releases of the study that were audited together with it.
    """

    audience: Audience
    min_group: int
    cells: int
    hidden: int
    smallest_interval: float | None
    date: str
    version: str
    releases_before: int = 0
    costs: tuple[tuple[str, str, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release of a study: its certificate, and who was in each of its numbers.

    ``record`` holds hashed codes of people and bit masks, never a value.
    """

    certificate: Certificate
    fingerprint: str
    record: Mapping[str, Any]

    def repeats(self, other: Release) -> bool:
        """Whether it says what another does: the same files and settings for the same readers."""
        mine, theirs = (
            (one.fingerprint, one.certificate.audience, one.certificate.version)
            for one in (self, other)
        )
        return mine == theirs or self.record == other.record

    def check(self) -> None:
        """Raise KeyError, TypeError or ValueError when the record is not one."""
        self.cells(People())

    def cells(self, people: People) -> tuple[Cell, ...]:
        """Give the released numbers in the numbering of ``people``."""
        return from_record(self.record, people)


def certify(evaluation: Evaluation, releases_before: int = 0) -> Certificate | None:
    """Give the certificate of a protected evaluation; None for the evaluator's own."""
    if evaluation.audience == "evaluator":
        return None
    return Certificate(
        audience=evaluation.audience,
        min_group=int(str(evaluation.settings.get("min_group", 5))),
        cells=evaluation.disclosure.cells or 0,
        hidden=evaluation.disclosure.hidden,
        smallest_interval=evaluation.disclosure.smallest_interval,
        date=evaluation.provenance.created,
        version=evaluation.provenance.versions.get("levee", ""),
        releases_before=releases_before,
        costs=evaluation.disclosure.costs,
    )


def _refuse_without_headline(
    evaluation: Evaluation, study: Study, shown: Evaluation, earlier_releases: Sequence[Release]
) -> None:
    """Refuse a release whose main results cannot be told beside an earlier release.

    Other numbers that would give a group away are withheld; a report without its main result
    because of one published before would puzzle its readers, and says nothing of why.
    """
    lost = [
        (o.measure, o.contrast)
        for o, now in zip(evaluation.outcomes, shown.outcomes, strict=True)
        if o.main and isinstance(o.change, Comparison) and not isinstance(now.change, Comparison)
    ]
    if not lost:
        return
    alone, cells, people = protect_release(evaluation, study, shown.audience, audit=False)
    given = {(o.measure, o.contrast) for o in alone.outcomes if isinstance(o.change, Comparison)}
    least = study.plan.study.min_group
    for measure, (first, last) in (one for one in lost if one in given):
        label = f"outcomes.{measure}.{first}.{last}"
        now = [cell for cell in cells if cell.label.startswith(label)]
        beside, release = _find_conflict(now, earlier_releases, people, least)
        raise RefusedReleaseError(
            "release_refused_earlier",
            first=label,
            second=beside or label,
            day=release.certificate.date[:10],
        )


def _find_conflict(
    now: Sequence[Cell], earlier_releases: Sequence[Release], people: People, least: int
) -> tuple[str, Release]:
    """Name the earlier number that gives a group away with one of these; "" when it takes more."""
    for release in earlier_releases:
        for before in release.cells(people):
            for cell in now:
                if before.family == cell.family and find_revealed([before, cell], least):
                    return before.label.removesuffix(".n"), release
    return "", earlier_releases[-1]


def make_release(
    evaluation: Evaluation,
    study: Study,
    audience: Audience,
    earlier_releases: Sequence[Release] = (),
    *,
    audit: bool = True,
    rounded: bool = True,
) -> tuple[Evaluation, Release]:
    """Protect an evaluation for a release, and give what the ledger keeps of it.

    ``audit`` and ``rounded`` as in :func:`~analysis.disclosure.protection.protect`.

    Raises
    ------
    RefusedReleaseError
        When one of its main results, beside an earlier release, would let a small group be
        known; the two numbers are named.
    """
    shown, cells, people = protect_release(
        evaluation, study, audience, earlier_releases, audit=audit, rounded=rounded
    )
    if audit and earlier_releases:
        _refuse_without_headline(evaluation, study, shown, earlier_releases)
    certificate = certify(shown, len(earlier_releases))
    if certificate is None:
        raise ValueError("the evaluator's own view is not a release")
    release = Release(
        certificate=certificate,
        fingerprint=evaluation.fingerprint,
        record=to_record(cells, people),
    )
    return shown, release
