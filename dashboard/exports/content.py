"""What a report is made of: one content for every format, every word of it safe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.content.chart import Chart
from dashboard.content.model import NativeChart, Section
from dashboard.content.sanitize import safe_chart_name, safe_table, safe_text
from dashboard.exports.gateway import Stamp
from dashboard.sentences.few import say_nothing_drawn
from dashboard.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPicture:
    """One picture: ``figure`` describes it for every medium, ``alt`` says it.

    ``subtitle`` names unit and marks. ``note`` is the finding it shows, in a sentence; the
    section's first when left empty.
    ``headline`` marks the picture whose numbers are those of the report's answer.
    """

    title: str
    alt: str
    subtitle: str = ""
    note: str = ""
    figure: Callable[[], Chart]
    chart: NativeChart | None = None
    headline: bool = False


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
class TargetLine:
    """One target on the front page: its values formatted, its status with its colour."""

    cells: tuple[str, str, str, str]
    status: str
    colour: str


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
    targets, period, method
        Targets with their values; months covered; how the numbers are known.
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
    targets: tuple[TargetLine, ...]
    period: str
    method: str
    sections: tuple[ReportSection, ...]
    stamp: Stamp
    stamped: str


def report_section(section: Section, parts: Sequence[Section] = ()) -> ReportSection:
    """A topic as a part of the report, its words safe.

    Where pages of their own answer parts of its question, it holds the pictures and tables of all
    ``parts``, itself among them.
    """
    findings = safe_lines(section.findings)
    parts = parts or (section,)
    pictures = tuple(picture for part in parts for picture in report_pictures(part))
    if pictures and findings and not pictures[0].note:
        pictures = (replace(pictures[0], note=findings[0]), *pictures[1:])
    return ReportSection(
        key=section.key,
        heading=section.heading,
        findings=findings,
        cautions=safe_lines(section.cautions),
        pictures=pictures,
        tables=tuple(
            ReportTable(key=key, title=safe_text(title), table=safe_table(frame))
            for part in parts
            for key, (title, frame) in list_frames(part).items()
        ),
    )


def report_pictures(section: Section) -> tuple[ReportPicture, ...]:
    """The pictures of a topic that documents hold, their words safe."""
    return tuple(
        ReportPicture(
            title=safe_text(picture.title),
            alt=safe_text(picture.alt),
            subtitle=safe_text(picture.subtitle),
            note=safe_text(picture.note),
            figure=picture.figure,
            chart=None if picture.native is None else _safe_chart(picture.native),
            headline=picture.headline,
        )
        for picture in section.pictures
        if not picture.page_only
    )


def _safe_chart(chart: NativeChart) -> NativeChart:
    names = tuple(safe_chart_name(name) for name in chart.categories)
    return replace(chart, categories=names)


def list_frames(section: Section) -> dict[str, tuple[str, pd.DataFrame]]:
    """The tables of a topic that documents hold: title and cells by key."""
    tables = [
        *(p.table for p in section.pictures if p.table is not None and p.with_table),
        *(table for passage in section.passages for table in passage.tables),
        *section.tables,
        *section.appendix,
    ]
    return {t.key: (t.title, t.frame) for t in tables if t.rows and not t.page_only}


def draw_or_say(picture: ReportPicture, report: Report) -> Chart | str:
    """Draw a picture, or say why there is nothing to draw."""
    figure = picture.figure()
    if not figure.blank:
        return figure
    # The evaluator's own copy has no certificate, and nothing in it is withheld.
    return say_nothing_drawn(report.text, withheld=report.stamp.certificate is not None)


def shorten_property(words: str) -> str:
    """Cut words to the 255 letters of a document's property; the pages hold the whole line."""
    return words if len(words) <= 255 else f"{words[:254]}…"


def safe_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Make each line printable."""
    return tuple(safe_text(line) for line in lines)
