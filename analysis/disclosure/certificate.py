"""The disclosure certificate of a release, and what the ledger of releases keeps of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.disclosure.cells import Cell, People, from_record, to_record
from analysis.disclosure.protection import protect_release
from analysis.evaluation import Evaluation
from analysis.results import Audience
from analysis.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the audit of a release found: printed in it.

    Attributes
    ----------
    audience, min_group
        For whom it was made, and by which rule.
    cells, hidden, smallest_interval
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release of a study: its certificate, and who was in each of its numbers.

    ``record`` holds hashed codes of people and bit masks, never a value.
    """

    certificate: Certificate
    fingerprint: str
    record: Mapping[str, Any]

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
    )


def make_release(
    evaluation: Evaluation,
    study: Study,
    audience: Audience,
    earlier_releases: Sequence[Release] = (),
    *,
    audit: bool = True,
) -> tuple[Evaluation, Release]:
    """Protect an evaluation for a release, and give what the ledger keeps of it.

    ``audit`` as in :func:`~analysis.disclosure.protection.protect`.

    Raises
    ------
    RefusedReleaseError
        When it would let a small group be known beside earlier releases.
    """
    shown, cells, people = protect_release(
        evaluation, study, audience, earlier_releases, audit=audit
    )
    certificate = certify(shown, len(earlier_releases))
    if certificate is None:
        raise ValueError("the evaluator's own view is not a release")
    release = Release(
        certificate=certificate,
        fingerprint=evaluation.fingerprint,
        record=to_record(cells, people),
    )
    return shown, release
