"""The funder's summary as a PDF of exactly one A4 page."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.evaluation import Evaluation
from analysis.results import Estimate
from analysis.study import Study
from analysis.surveys.results import Flow
from dashboard.exports.gateway import safe_text, say_stamp
from dashboard.exports.report import Report, ReportPicture, build_report
from dashboard.exports.typesetting import check_fonts, write_page_image, write_pdf
from dashboard.sentences.targets import format_indicator, say_status
from dashboard.tables.targets import label_targets
from dashboard.text import Text
from dashboard.theme import STATUSES

TEMPLATE = Path(__file__).resolve().with_name("brief.typ")
SCALES = (
    1.26,
    1.22,
    1.18,
    1.14,
    1.1,
    1.06,
    1.03,
    1.0,
    0.97,
    0.94,
    0.91,
    0.88,
    0.85,
    0.82,
    0.79,
    0.76,
    0.73,
)
_PICTURES = ("outcomes", "volunteers", "participation", "targets", "funding")
_MOST_TARGETS = 6


def write_brief(evaluation: Evaluation, study: Study, text: Text) -> bytes:
    """Write the funder's page.

    Returns
    -------
    bytes
        A PDF/UA-1 of one A4 page in the language of ``text``; the words are real text.
    """
    created = datetime.fromisoformat(evaluation.provenance.created)
    return write_pdf(TEMPLATE.read_bytes(), _inputs(evaluation, study, text), created)


def write_preview(evaluation: Evaluation, study: Study, text: Text) -> bytes:
    """Draw the same page as PNG, to look at before downloading."""
    return write_page_image(TEMPLATE.read_bytes(), _inputs(evaluation, study, text))


def _inputs(evaluation: Evaluation, study: Study, text: Text) -> dict[str, str]:
    """Everything the template is filled with, as JSON: words can never become markup."""
    data = compose_brief(build_report(evaluation, study, text), evaluation, study)
    data["families"] = list(check_fonts(json.dumps(data, ensure_ascii=False)))
    return {"data": json.dumps(data, ensure_ascii=False)}


def compose_brief(report: Report, evaluation: Evaluation, study: Study) -> dict[str, Any]:
    """Compose what stands on the page, as plain values."""
    text, parts = report.text, say_stamp(report.text, report.stamp)
    columns = {
        text("How sure"): report.evidence,
        text("Limits"): report.limits,
        text("Next"): report.next_steps,
    }
    return {
        "lang": "zh" if text.language.startswith("zh") else "en",
        "region": "CN" if text.language.startswith("zh") else "GB",
        "title": report.title,
        "keywords": [report.stamp.fingerprint],
        "simulated": parts[0] if report.stamp.simulated else "",
        "stamp": " · ".join(parts[1:] if report.stamp.simulated else parts),
        "overline": " · ".join([report.title, *_period(text, evaluation), text("for the funder")]),
        "answer": report.answer,
        "cards": [{"value": value, "meaning": meaning} for value, meaning in report.cards],
        "pictures": [
            {"title": p.title, "note": p.note, "svg": p.svg, "alt": p.alt}
            for p in choose_pictures(report)
        ],
        "targets": _targets(text, evaluation, study),
        "words": [
            {"title": title, "lines": list(lines)} for title, lines in columns.items() if lines
        ],
        "method": _say_method(text, evaluation.flow),
        "scales": list(SCALES),
    }


def choose_pictures(report: Report, most: int = 2) -> list[ReportPicture]:
    """Choose the first picture of each section, in the order a funder asks."""
    first = {s.key: p for s in report.sections for p in s.pictures[:1] if p.svg}
    return [first[key] for key in _PICTURES if key in first][:most]


def _period(text: Text, evaluation: Evaluation) -> list[str]:
    """First and last month of what was recorded, where anything is dated."""
    months = [p.month for p in evaluation.participation.per_period] if (
        evaluation.participation
    ) else []  # fmt: skip
    months += [m.month for m in evaluation.volunteers.monthly] if evaluation.volunteers else []
    if not months:
        return []
    first, last = text.month(min(months)), text.month(max(months))
    return [text("{first} to {last}", first=first, last=last)]


def _targets(text: Text, evaluation: Evaluation, study: Study) -> dict[str, Any]:
    labelled = label_targets(study.plan, evaluation.targets, text)[:_MOST_TARGETS]
    rows = [
        {
            "cells": [
                safe_text(label),
                format_indicator(text, t, t.baseline),
                format_indicator(
                    text, t, t.actual.estimate if isinstance(t.actual, Estimate) else None
                ),
                format_indicator(text, t, t.target),
            ],
            "status": say_status(text, t),
            "colour": STATUSES[t.status].colour,
        }
        for label, t in labelled
    ]
    names = [text("Indicator"), text("Baseline"), text("Actual"), text("Target"), text("Status")]
    return {"title": text("Targets"), "names": names, "rows": rows}


def _say_method(text: Text, flow: Flow | None) -> str:
    """Say how we know: who answered, and what an interval is."""
    interval = text(
        "Ranges are 95 % intervals: over many studies they hold the true value 19 times in 20."
    )
    if flow is None:
        return interval
    waves = list(flow.waves.values())
    asked = text(
        "How we know: {before} people answered at the start, {after} at the end.",
        before=text.number(waves[0].respondents, 0),
        after=text.number(waves[-1].respondents, 0),
    )
    linked = (
        text("Answers were anonymous.")
        if flow.anonymous
        else text("{n} answered both times.", n=text.number(flow.matched, 0))
    )
    return text.join([asked, linked, interval])
