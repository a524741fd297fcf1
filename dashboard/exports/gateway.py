"""The one door out: every exported cell and sentence passes here.

Text from an upload can hold formulas, control characters and invisible marks; a small group can
name a person. Both are dealt with here, and nowhere else, before anything is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import StringIO

import pandas as pd

from analysis.disclosure import Certificate, certify, protect
from analysis.evaluation import Evaluation
from analysis.results import SUPPRESSED_MARK, Audience
from analysis.study import Study
from analysis.targets import data_date
from dashboard.content.format import say_cell
from dashboard.content.model import Interval, Number
from dashboard.content.sanitize import safe_table
from dashboard.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Where an export comes from: printed in each one.

    Attributes
    ----------
    fingerprint
        Hash of files and settings; equal fingerprints, equal numbers.
    version
        Version of Levee.
    data_date
        Last date in the data; None when there is none.
    created
        When the evaluation was made, ISO.
    simulated
        True for the sample: its people do not exist.
    min_group
        Groups smaller than this are not shown.
    certificate
        For whom it was made and what the audit found; None for the evaluator's own.
    """

    fingerprint: str
    version: str
    data_date: date | None
    created: str
    simulated: bool
    min_group: int
    certificate: Certificate | None = None


def stamp_export(evaluation: Evaluation, study: Study) -> Stamp:
    """Say where an export of this evaluation comes from."""
    settings = study.plan.study
    return Stamp(
        fingerprint=evaluation.fingerprint,
        version=evaluation.provenance.versions.get("levee", ""),
        data_date=data_date(study),
        created=evaluation.provenance.created,
        simulated=settings.simulated,
        min_group=settings.min_group,
        certificate=certify(evaluation),
    )


def say_stamp(text: Text, stamp: Stamp) -> list[str]:
    """Say the stamp in short parts, the label of simulated data first."""
    parts = [text("SIMULATED DATA: these people do not exist")] if stamp.simulated else []
    parts.append(f"Levee {stamp.version}")
    parts.append(text("study {fingerprint}", fingerprint=stamp.fingerprint[:12]))
    if stamp.data_date is not None:
        parts.append(text("data of {day}", day=stamp.data_date.isoformat()))
    parts += say_certificate(text, stamp)
    return parts


def say_certificate(text: Text, stamp: Stamp) -> list[str]:
    """Say for whom an export was made, and what its disclosure audit found."""
    found = stamp.certificate
    if found is None:
        return [text("for the evaluator only: small groups are shown")]
    parts = say_protection(text, found)
    if found.smallest_interval is not None:
        width = text.number(found.smallest_interval, 0)
        parts.append(text("disclosure audit: narrowest interval {n} people", n=width))
    return parts


def say_page_certificate(text: Text, found: Certificate) -> str:
    """Say on one line for whom a page is made, and beside what it was judged."""
    audited = text(
        "audited: no combination with what readers have already (files and pages: {n}) gives a "
        "smaller group",
        n=text.number(found.releases_before, 0),
    )
    return " · ".join([*say_protection(text, found), audited])


def say_protection(text: Text, found: Certificate) -> list[str]:
    """Say for whom something was made, by which rule, and how much of it is withheld."""
    return [
        say_audience(text, found.audience),
        # Managers work with single people's attendance and service, not with their answers.
        text("groups of answers under {n} not shown", n=found.min_group)
        if found.audience == "manager"
        else text("groups under {n} not shown", n=found.min_group),
        text(
            "about {hidden} of {cells} numbers withheld ({mark})",
            hidden=text.number(found.hidden, 0),
            cells=text.number(found.cells, 0),
            mark=SUPPRESSED_MARK,
        ),
        text("scores rounded by number of people"),
    ]


def say_audience(text: Text, audience: Audience) -> str:
    """Say for whom an export was made."""
    return {
        "evaluator": text("made for the evaluator"),
        "manager": text("made for managers"),
        "funder": text("made for funders"),
        "public": text("made for the public"),
    }[audience]


def join_stamp(text: Text, stamp: Stamp) -> str:
    """Say the stamp on one line."""
    return " · ".join(say_stamp(text, stamp))


def share_evaluation(
    evaluation: Evaluation, study: Study, audience: Audience = "funder"
) -> Evaluation:
    """Give what may leave the organisation; an evaluation already made for readers stays.

    Documents are made for the funder unless somebody says otherwise. The latest is kept: a person
    takes several formats and both languages of one evaluation, and protecting takes the longest.
    """
    if evaluation.audience != "evaluator":
        return evaluation
    for whole, of, reader, shared in _LATEST:
        if whole is evaluation and of is study and reader == audience:
            return shared
    shared = protect(evaluation, study, audience)
    _LATEST[:] = [(evaluation, study, audience, shared)]
    return shared


_LATEST: list[tuple[Evaluation, Study, Audience, Evaluation]] = []


def write_csv(table: pd.DataFrame, text: Text, stamp: Stamp) -> bytes:
    """Write a table as CSV that spreadsheets open in any language; the stamp is its last line."""
    stream = StringIO()
    safe = safe_table(table)
    words = [
        [say_cell(text, cell) if isinstance(cell, Number | Interval) else cell for cell in row]
        for row in safe.itertuples(index=False, name=None)
    ]
    told = pd.DataFrame(words, columns=safe.columns, dtype=object)
    told.to_csv(stream, index=False, lineterminator="\r\n")
    stream.write(f'\r\n"{join_stamp(text, stamp)}"\r\n')
    return stream.getvalue().encode("utf-8-sig")
