"""Document, slides and web page open again: same words, same numbers, nothing alive in them."""

import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import docx
import openpyxl
import pptx
import pytest

from analysis.results import number_to_draw
from analysis.study import Study
from dashboard.cli import main
from dashboard.content.model import NativeChart, Picture, Section
from dashboard.content.theme import new_figure
from dashboard.exports.content import draw_or_say, report_pictures
from dashboard.exports.document import write_document
from dashboard.exports.gateway import share_evaluation
from dashboard.exports.report import build_report
from dashboard.exports.slides import write_slides
from dashboard.exports.web_page import write_web_page
from dashboard.text import Text
from tests.studies import make_study

LANGUAGES = ["en", "zh-Hans"]


def words_of_document(content: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(content))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return [p.text for p in document.paragraphs] + cells


def words_of_slides(content: bytes) -> list[str]:
    found = []
    for slide in pptx.Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            found += [shape.text_frame.text] if shape.has_text_frame else []
            if shape.has_table:
                found += [c.text for row in shape.table.rows for c in row.cells]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_says_what_the_report_says(sample: Any, language: str):
    text = Text(language)
    report = build_report(sample.evaluation, sample.study, text)
    content = write_document(sample.evaluation, sample.study, text)
    words = words_of_document(content)
    assert report.answer in words
    for section in report.sections:
        assert section.heading in words
        assert set(section.findings) <= set(words)
    document = docx.Document(io.BytesIO(content))
    pictures = [p for s in report.sections for p in s.pictures if not p.figure().blank]
    assert len(document.inline_shapes) == len(pictures)
    alts = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert alts == [p.alt for p in pictures]
    assert document.sections[0].footer.paragraphs[0].text == report.stamped
    assert round(document.sections[0].page_width.cm, 1) == 21.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_slides_carry_findings_pictures_and_native_tables(sample: Any, language: str):
    text = Text(language)
    report = build_report(sample.evaluation, sample.study, text)
    content = write_slides(sample.evaluation, sample.study, text)
    deck = pptx.Presentation(io.BytesIO(content))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[0] == report.answer
    assert len(titles) >= len(report.sections)
    words = words_of_slides(content)
    assert words.count(report.stamped) == len(titles)
    assert any(shape.has_table for slide in deck.slides for shape in slide.shapes)
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


@pytest.mark.parametrize("audience", ["evaluator", "funder"])
def test_slides_hold_native_charts_of_the_results(sample: Any, audience: Any):
    content = write_slides(sample.evaluation, sample.study, Text("en"), audience)
    shared = share_evaluation(sample.evaluation, sample.study, audience)
    shapes = [s for slide in pptx.Presentation(io.BytesIO(content)).slides for s in slide.shapes]
    charts = [shape.chart for shape in shapes if shape.has_chart]
    found = {c.plots[0].series[0].name: list(c.plots[0].series[0].values) for c in charts}
    funding = shared.sustainability.funding
    assert found[funding.currency] == [amount for _, amount, _ in funding.concentration[0].shares]
    assert found["Progress"] == [t.progress for t in shared.targets]
    # What is withheld is a gap in the chart, never a zero.
    assert found["new"] == [number_to_draw(m.new) for m in shared.volunteers.monthly]
    assert (None in found["new"]) == (audience == "funder")


def test_data_sheets_inside_charts_hold_no_formula(hostile: Any):
    content = write_slides(hostile.evaluation, hostile.study, Text("en"))
    shapes = [s for slide in pptx.Presentation(io.BytesIO(content)).slides for s in slide.shapes]
    books = [s.chart.part.chart_workbook.xlsx_part.blob for s in shapes if s.has_chart]
    assert books
    for book in books:
        for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                assert cell.hyperlink is None
                assert not str(cell.value).startswith(("=", "@", "＝"))


@pytest.mark.parametrize("label", ["{=1+1}", "http://evil.example", "=1", "internal:Sheet1!A1"])
def test_names_in_charts_are_dead(label: str):
    chart = NativeChart(kind="bars", categories=(label,), series=(("Progress", (0.5,)),))
    picture = Picture(title="x", alt="x", figure=lambda: new_figure(100), native=chart)
    section = Section(key="x", heading="x", title="x", pictures=[picture])
    (safe,) = report_pictures(section)
    assert safe.chart is not None
    assert safe.chart.categories == (f"'{label}",)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags_of(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(re.sub(r"<script>.*?</script>", "<script></script>", page, flags=re.S))
    return parser.tags


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_web_page_asks_nothing_of_anybody(sample: Any, language: str):
    page = write_web_page(sample.evaluation, sample.study, Text(language)).decode()
    tags = tags_of(page)
    assert dict(tags)["html"] == {"lang": language}
    policy = next(a for t, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in str(policy["content"])
    outside = [
        a
        for t, a in tags
        for name in ("src", "href", "action")
        if name in a and not str(a[name]).startswith("#")
    ]
    assert outside == []
    report = build_report(sample.evaluation, sample.study, Text(language))
    assert len([t for t, a in tags if "data-figure" in a]) == len(
        [
            p
            for s in report.sections
            for p in s.pictures
            # What is withheld whole is a sentence, not empty axes.
            if not isinstance(draw_or_say(p, report), str | None)
        ]
    )


def test_figures_of_the_web_page_hold_the_results(sample: Any):
    page = write_web_page(sample.evaluation, sample.study, Text("en")).decode()
    shared = share_evaluation(sample.evaluation, sample.study)
    told = re.search(r'id="data-volunteers-0">(.*?)</script>', page, flags=re.S)
    assert told is not None
    figure = json.loads(told[1].replace("\\u003c", "<"))
    curves = [t for t in figure["data"] if isinstance(t.get("y"), list)]
    survival = [number_to_draw(share) for share in shared.volunteers.curve.survival]
    assert any(t["y"] == survival for t in curves)


def test_hostile_words_are_dead_in_every_report(hostile: Any):
    text = Text("en")
    page = write_web_page(hostile.evaluation, hostile.study, text).decode()
    tags = tags_of(page)
    assert not [t for t, a in tags if t in ("img", "b", "iframe")]
    assert "<script>alert" not in page
    told = words_of_document(write_document(hostile.evaluation, hostile.study, text))
    told += words_of_slides(write_slides(hostile.evaluation, hostile.study, text))
    assert any("<script>alert(1)</script>" in words for words in told)
    assert not any(set(words) & set("\x00\x07\u202e\u200b") for words in told)


SMALL = 5


def _with_small_group() -> Study:
    n = 30
    before, after = [2.0, 3.0, 4.0] * 10, [3.0, 4.0, 4.0] * 10
    sex = ["rare"] * 3 + ["f"] * 12 + ["m"] * 15
    return make_study(
        {"pre": {"m": before}, "post": {"m": after}},
        categories={"sex": sex * 2},
        respondents={"pre": range(n), "post": range(n)},
        study={"min_group": SMALL},
    )


def test_small_groups_are_in_no_export():
    from analysis import evaluate
    from dashboard.exports.number_tables import list_number_tables
    from dashboard.exports.results_file import say_results

    study = _with_small_group()
    evaluation = evaluate(study)
    shared = share_evaluation(evaluation, study, "funder")
    groups = list_number_tables(shared)["subgroups"]
    shown = groups.dropna(subset=["change.estimate"])
    assert "rare" not in set(shown["value"])
    assert len(shown) < 2, "a second group is hidden, or the total gives the first one back"
    told = say_results(shared)["outcomes"][0]["subgroups"][0]["groups"]
    hidden = [g for g in told if g["change"].get("reason") == "suppressed"]
    assert {g["value"] for g in hidden} == {"[others]", "f"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_study_with_a_survey_only_makes_every_report(language: str):
    from analysis import evaluate

    study = _with_small_group()
    evaluation, text = evaluate(study), Text(language)
    assert words_of_document(write_document(evaluation, study, text))
    assert words_of_slides(write_slides(evaluation, study, text))
    assert write_web_page(evaluation, study, text)


def test_the_command_writes_every_format(tmp_path: Any, sample_folder: Any, capsys: Any):
    formats = "json,xlsx,docx,pptx,pdf,html"
    study = str(sample_folder / "study.toml")
    assert main(["evaluate", study, "-o", str(tmp_path), "--format", formats]) == 0
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"results.json", *(f"report.{f}" for f in formats.split(",")[1:])}
    assert str(tmp_path / "report.pdf") in capsys.readouterr().out


def test_a_measure_without_a_range_draws_no_empty_axis():
    from analysis import evaluate

    study = make_study(
        {"pre": {"errors": [9.0, 7, 8, 6, 9, 7]}, "post": {"errors": [5.0, 6, 4, 5, 7, 3]}},
        measures=[{"name": "errors", "kind": "number"}],
    )
    evaluation, text = evaluate(study), Text("en")
    outcomes = build_report(evaluation, study, text).sections[0]
    assert outcomes.key == "outcomes"
    assert outcomes.pictures == ()
    assert outcomes.tables
