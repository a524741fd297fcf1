"""The disclosure certificate of a release, and what the ledger of releases keeps of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.disclosure.cells import Cell, People, from_record, to_record
from analysis.disclosure.tables import WHOLE_TABLES
from analysis.evaluation import Evaluation
from analysis.results import Audience, Suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the audit of a release found: printed in it.

    Attributes
    ----------
    audience, min_group
        For whom it was made, and by which rule.
    cells, hidden, smallest_interval, costs
        As in :class:`~analysis.results.Disclosure`; of the costs those that have a number.
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
        """Whether another told the same readers everything it says, whoever was numbered first."""
        people = People()
        mine, theirs = (
            {(cell.family, cell.terms) for cell in one.cells(people)} for one in (self, other)
        )
        return self.certificate.audience == other.certificate.audience and mine <= theirs

    def without(self, earlier: Sequence[Release]) -> Release:
        """Leave out what earlier releases told already; their readers learn the rest.

        Numbers of a whole table stay together: some without the others would look like a release
        by an older version of Levee.
        """
        people = People()
        known = {(cell.family, cell.terms) for one in earlier for cell in one.cells(people)}
        mine = self.cells(people)
        new = [cell for cell in mine if (cell.family, cell.terms) not in known]
        if any(cell.family in WHOLE_TABLES for cell in new):
            new = [c for c in mine if c.family in WHOLE_TABLES or (c.family, c.terms) not in known]
        return replace(self, record=to_record(new, people))

    @property
    def is_empty(self) -> bool:
        """Whether it tells nothing of anybody."""
        return not self.record["cells"]

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
        costs=tuple(
            cost for cost in evaluation.disclosure.costs if not isinstance(cost[2], Suppressed)
        ),
    )
