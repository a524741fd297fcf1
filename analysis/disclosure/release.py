"""A release: an evaluation protected beside every release before it, and its line in the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.disclosure.cells import Cell, People, to_record
from analysis.disclosure.certificate import Release, certify
from analysis.disclosure.protection import RefusedReleaseError, protect_release
from analysis.disclosure.suppression import find_revealed
from analysis.evaluation import Evaluation
from analysis.results import Audience, Comparison
from analysis.study import Study


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
