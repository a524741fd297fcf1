"""The funder's summary as a PDF of exactly one A4 page."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.evaluation import Evaluation
from analysis.results import Audience
from analysis.study import Study
from dashboard.exports.content import Report, ReportPicture
from dashboard.exports.gateway import say_stamp
from dashboard.exports.report import build_report
from dashboard.exports.typesetting import check_fonts, write_page_image, write_pdf
from dashboard.render.painter import paint
from dashboard.text import Text

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
#: Room for a curve with the counts below it.
_SMALL_WIDTH, _SMALL_HEIGHT = 396.0, 330.0
_PICTURES = ("volunteers", "participation", "targets", "funding")


def write_brief(
    evaluation: Evaluation, study: Study, text: Text, audience: Audience = "funder"
) -> bytes:
    """Write the funder's page.

    Returns
    -------
    bytes
        A PDF/UA-1 of one A4 page in the language of ``text``; the words are real text.
    """
    created = datetime.fromisoformat(evaluation.provenance.created)
    return write_pdf(TEMPLATE.read_bytes(), _inputs(evaluation, study, text, audience), created)


def write_preview(
    evaluation: Evaluation, study: Study, text: Text, audience: Audience = "funder"
) -> bytes:
    """Draw the same page as PNG, to look at before downloading."""
    return write_page_image(TEMPLATE.read_bytes(), _inputs(evaluation, study, text, audience))


def _inputs(evaluation: Evaluation, study: Study, text: Text, audience: Audience) -> dict[str, str]:
    """Everything the template is filled with, as JSON: words can never become markup."""
    data = compose_brief(build_report(evaluation, study, text, audience))
    data["families"] = list(check_fonts(json.dumps(data, ensure_ascii=False)))
    return {"data": json.dumps(data, ensure_ascii=False)}


def compose_brief(report: Report) -> dict[str, Any]:
    """Compose what stands on the page, as plain values."""
    text, parts = report.text, say_stamp(report.text, report.stamp)
    columns = {
        text("How sure"): report.evidence,
        text("Limits"): report.limits,
        text("Next"): report.next_steps,
    }
    over = [report.title, report.period, text("for the funder")]
    return {
        "lang": "zh" if text.language.startswith("zh") else "en",
        "region": "CN" if text.language.startswith("zh") else "GB",
        "title": report.title,
        "keywords": [report.stamp.fingerprint],
        "simulated": parts[0] if report.stamp.simulated else "",
        "stamp": " · ".join(parts[1:] if report.stamp.simulated else parts),
        "overline": " · ".join(part for part in over if part),
        "answer": report.answer,
        "cards": [{"value": value, "meaning": meaning} for value, meaning in report.cards],
        "pictures": [
            {
                "title": p.title,
                "note": p.note,
                "unit": p.subtitle,
                "svg": _paint_small(p),
                "alt": p.alt,
            }
            for p in choose_pictures(report)
        ],
        "targets": {
            "title": text("Targets"),
            "names": [
                text("Indicator"),
                text("Baseline"),
                text("Actual"),
                text("Target"),
                text("Status"),
            ],
            "rows": [asdict(line) for line in report.targets],
        },
        "words": [
            {"title": title, "lines": list(lines)} for title, lines in columns.items() if lines
        ],
        "method": report.method,
        "scales": list(SCALES),
    }


def choose_pictures(report: Report, most: int = 2) -> list[ReportPicture]:
    """Choose the picture of the answer, then the first of each section as a funder asks."""
    drawn = {s.key: [p for p in s.pictures if not p.figure().blank] for s in report.sections}
    answer = [p for pictures in drawn.values() for p in pictures if p.headline]
    return [*answer[:1], *(drawn[key][0] for key in _PICTURES if drawn.get(key))][:most]


def _paint_small(picture: ReportPicture) -> str:
    """Paint a picture for half the width of a page."""
    chart = picture.figure()
    return paint(chart, _SMALL_WIDTH, min(chart.height, _SMALL_HEIGHT))
