"""The report as one HTML file: interactive figures, offline, no request to anywhere."""

from __future__ import annotations

import base64
import hashlib
import html
from pathlib import Path

from plotly.offline import get_plotlyjs

from analysis.evaluation import Evaluation
from analysis.results import Audience
from analysis.study import Study
from dashboard.content.format import list_cells
from dashboard.exports.content import Report, ReportPicture, ReportSection, ReportTable, draw_or_say
from dashboard.exports.report import build_report
from dashboard.text import Text

STYLE = Path(__file__).resolve().with_name("web_page.css")
_DRAW = """
const config = {displayModeBar: false, displaylogo: false, responsive: true};
for (const place of document.querySelectorAll("[data-figure]")) {
  const told = JSON.parse(document.getElementById(place.dataset.figure).textContent);
  Plotly.newPlot(place, told.data, told.layout, config);
}
"""


def write_web_page(
    evaluation: Evaluation, study: Study, text: Text, audience: Audience = "funder"
) -> bytes:
    """Write the report as one self-contained HTML page.

    Returns
    -------
    bytes
        UTF-8. Its content security policy forbids every request; scripts run by their hash only.
    """
    report = build_report(evaluation, study, text, audience)
    figures = [picture for section in report.sections for picture in section.pictures]
    scripts = [get_plotlyjs(), _DRAW] if figures else []
    policy = "; ".join(
        [
            "default-src 'none'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "script-src " + (" ".join(map(_hash, scripts)) or "'none'"),
        ]
    )
    parts = [
        f'<!doctype html><html lang="{text.language}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="generator" content="Levee {_say(report.stamp.version)}">',
        f"<title>{_say(report.title)}</title>",
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head><body>",
        _write_head(report),
        "<main>",
        *(_write_section(section, report) for section in report.sections),
        "</main>",
        f"<footer>{_say(report.stamped)}</footer>",
        *(f"<script>{script}</script>" for script in scripts),
        "</body></html>",
    ]
    return "\n".join(parts).encode()


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _say(words: object) -> str:
    return html.escape(str(words))


def _write_head(report: Report) -> str:
    text = report.text
    cards = "".join(
        f'<div class="card"><strong>{_say(value)}</strong><span>{_say(meaning)}</span></div>'
        for value, meaning in report.cards
    )
    columns = "".join(
        f"<section><h2>{_say(heading)}</h2>{_write_list(lines)}</section>"
        for heading, lines in (
            (text("How sure"), report.evidence),
            (text("Limits"), report.limits),
            (text("Next"), report.next_steps),
        )
        if lines
    )
    simulated = (
        f'<p class="simulated">{_say(report.stamped.split(" · ")[0])}</p>'
        if report.stamp.simulated
        else ""
    )
    links = "".join(f'<a href="#{s.key}">{_say(s.heading)}</a>' for s in report.sections)
    contents = _say(text("Contents"))
    return (
        f'<header>{simulated}<p class="over">{_say(report.title)}</p>'
        f"<h1>{_say(report.answer)}</h1>"
        f'<div class="cards">{cards}</div><div class="columns">{columns}</div>'
        f'<nav aria-label="{contents}">{links}</nav></header>'
    )


def _write_list(lines: tuple[str, ...]) -> str:
    return "<ul>" + "".join(f"<li>{_say(line)}</li>" for line in lines) + "</ul>"


def _write_section(section: ReportSection, report: Report) -> str:
    pictures = "".join(
        _write_picture(picture, f"{section.key}-{i}", report)
        for i, picture in enumerate(section.pictures)
    )
    tables = "".join(_write_table(told, report.text) for told in section.tables)
    title = _say(report.text("Before you quote this"))
    cautions = (
        f"<aside><h3>{title}</h3>{_write_list(section.cautions)}</aside>"
        if section.cautions
        else ""
    )
    findings = "".join(f"<p>{_say(line)}</p>" for line in section.findings)
    return (
        f'<section id="{section.key}"><h2>{_say(section.heading)}</h2>'
        f"{findings}{cautions}{pictures}{tables}</section>"
    )


def _write_picture(picture: ReportPicture, key: str, report: Report) -> str:
    """Write a figure, drawn by plotly, or the sentence that says why there is none."""
    subtitle = f"<p>{_say(picture.subtitle)}</p>" if picture.subtitle else ""
    caption = f"<figcaption><h3>{_say(picture.title)}</h3>{subtitle}</figcaption>"
    label = f'role="img" aria-label="{_say(picture.alt)}"'
    drawn = draw_or_say(picture, report)
    if isinstance(drawn, str):
        return f"<figure>{caption}<p>{_say(drawn)}</p></figure>"
    told = drawn.to_json().replace("<", "\\u003c")
    height = drawn.height
    return (
        f'<figure>{caption}<div {label} data-figure="data-{key}" '
        f'style="min-height:{height:.0f}px"></div>'
        f'<script type="application/json" id="data-{key}">{told}</script></figure>'
    )


def _write_table(told: ReportTable, text: Text) -> str:
    names, *cells = list_cells(told.table, text)
    head = "".join(f'<th scope="col">{_say(name)}</th>' for name in names)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_say(cell)}</td>" for cell in row) + "</tr>" for row in cells
    )
    return (
        f"<details><summary>{_say(told.title)}</summary>"
        f'<div class="wide" tabindex="0" role="region" aria-label="{_say(told.title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )
