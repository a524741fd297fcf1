"""What a report says: one content for every format, built from the result objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from analysis.evaluation import Evaluation
from analysis.study import Study
from analysis.summary import summarise_for_funder
from dashboard.exports.gateway import (
    Stamp,
    join_stamp,
    safe_table,
    safe_text,
    share_evaluation,
    stamp_export,
)
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.funder import say_answer, say_evidence, say_limits, say_next
from dashboard.text import Text

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPicture:
    """One picture: ``svg`` for print, ``figure`` draws the same for the web; ``alt`` says it.

    ``note`` is the finding it shows, in a sentence; the section's first when left empty.
    """

    title: str
    alt: str
    note: str = ""
    svg: str = ""
    figure: Callable[[], go.Figure] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """One table, its cells safe. ``key`` is its file name."""

    key: str
    title: str
    table: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """One part of the report: findings first, then what to know, pictures, tables."""

    key: str
    heading: str
    findings: tuple[str, ...]
    cautions: tuple[str, ...]
    pictures: tuple[ReportPicture, ...]
    tables: tuple[ReportTable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report in one language.

    Attributes
    ----------
    title, answer
        The study's title; the answer to its main question in one sentence.
    cards
        At most four (value, meaning).
    evidence, limits, next_steps
        How sure, what limits it, what to do.
    sections
        One for each part of the study that has data.
    stamp, stamped
        Where it comes from, and the line that says so.
    """

    text: Text
    title: str
    answer: str
    cards: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]
    limits: tuple[str, ...]
    next_steps: tuple[str, ...]
    sections: tuple[ReportSection, ...]
    stamp: Stamp
    stamped: str


def build_report(evaluation: Evaluation, study: Study, text: Text) -> Report:
    """Build the content of a report; nothing in it is about a small group or a named person."""
    from dashboard.exports.cards import list_funder_cards
    from dashboard.exports.sections import list_sections

    shared = share_evaluation(evaluation)
    told = summarise_for_funder(shared)
    stamp = stamp_export(shared, study)
    return Report(
        text=text,
        title=safe_text(text.of(dict(shared.title))),
        answer=safe_text(say_answer(text, shared)),
        cards=tuple(
            (safe_text(value), safe_text(meaning))
            for value, meaning in list_funder_cards(text, shared, study.plan, told)
        ),
        evidence=_safe(say_evidence(text, rule) for rule in told.evidence),
        limits=_safe(say_limits(text, shared)),
        next_steps=_safe(say_next(text, shared)),
        sections=tuple(list_sections(shared, study, text)),
        stamp=stamp,
        stamped=join_stamp(text, stamp),
    )


def _safe(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(safe_text(line) for line in lines)


def make_section(
    text: Text,
    evaluation: Evaluation,
    key: str,
    heading: str,
    *,
    tables: dict[str, tuple[str, pd.DataFrame]],
    pictures: tuple[ReportPicture, ...] = (),
    of: tuple[str, ...] = (),
) -> ReportSection:
    """Make a section: its findings and cautions are those of the sections ``of`` (or ``key``)."""
    wanted = of or (key,)
    findings = [say_finding(text, f) for f in evaluation.findings if f.section in wanted]
    cautions = [say_caution(text, c) for c in evaluation.cautions if c.section in wanted]
    return ReportSection(
        key=key,
        heading=heading,
        findings=_safe(findings),
        cautions=_safe(dict.fromkeys(cautions)),
        pictures=tuple(
            replace(p, note=safe_text(p.note or findings[0])) if i == 0 and findings else p
            for i, p in enumerate(pictures)
        ),
        tables=tuple(
            ReportTable(key=name, title=safe_text(title), table=safe_table(table))
            for name, (title, table) in tables.items()
            if len(table)
        ),
    )
