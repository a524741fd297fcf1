"""The funder's page: one A4 page whatever the words, its text real text."""

import re
import zlib
from dataclasses import replace
from typing import Any

import pytest

from dashboard.exports import brief, typesetting
from dashboard.exports.brief import compose_brief, write_brief, write_preview
from dashboard.exports.front import find_difference
from dashboard.exports.report import build_report
from dashboard.render.painter import paint
from dashboard.text import Text
from tests.figures.plotly_view import view

LANGUAGES = ["en", "zh-Hans"]
A4 = (595.28, 841.89)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def letters(pdf: bytes) -> set[str]:
    """Letters that can be selected and copied: those the fonts' ToUnicode maps name."""
    found: set[str] = set()
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", pdf, flags=re.S):
        try:
            told = zlib.decompress(raw.strip(b"\r\n"))
        except zlib.error:
            continue
        for code in re.findall(rb"<[0-9A-Fa-f]{4}> <([0-9A-Fa-f]{4,})>", told):
            found |= set(bytes.fromhex(code.decode()).decode("utf-16-be"))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_a4_page_and_accessible(sample: Any, language: str):
    pdf = write_brief(sample.evaluation, sample.study, Text(language))
    assert pages(pdf) == 1
    (box,) = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)
    width, height = (float(v) for v in box.split()[2:])
    assert (round(width, 2), round(height, 2)) == A4
    assert b"pdfuaid:part>1<" in pdf


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_words_can_be_selected(sample: Any, language: str):
    report = build_report(sample.evaluation, sample.study, Text(language))
    found = letters(write_brief(sample.evaluation, sample.study, Text(language)))
    wanted = set(report.answer) - set(" \N{NO-BREAK SPACE}")
    assert wanted <= found, wanted - found


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_those_of_the_results(sample: Any, language: str):
    text = Text(language)
    data = compose_brief(build_report(sample.evaluation, sample.study, text))
    outcome = sample.evaluation.outcomes[0]
    change, beyond = outcome.change, find_difference(sample.evaluation, outcome)
    assert data["cards"][0]["value"] == text.signed(beyond.estimate)
    for number in (text.number(beyond.ci_low), text.signed(change.estimate)):
        assert number in data["cards"][0]["meaning"]
    assert data["cards"][1]["value"] == text.number(sample.evaluation.participation.participants, 0)
    assert len(data["pictures"]) == 2
    drawn = data["pictures"][0]
    assert drawn["title"] == text("Difference from the comparison group"), "as the answer says"
    assert text.signed(beyond.estimate) in drawn["svg"]
    assert text.signed(change.estimate) not in drawn["svg"]
    assert len(data["targets"]["rows"]) == len(sample.evaluation.targets)
    assert data["simulated"]


def test_without_a_comparison_group_the_picture_is_the_change_of_the_answer(sample: Any):
    alone = replace(
        sample.evaluation,
        comparison=(),
        findings=tuple(f for f in sample.evaluation.findings if f.section != "comparison"),
    )
    data = compose_brief(build_report(alone, sample.study, Text("en")))
    change = alone.outcomes[0].change
    assert data["pictures"][0]["title"] == "Change against what matters"
    assert Text("en").signed(change.estimate) in data["pictures"][0]["svg"]
    assert Text("en").number(change.estimate) in data["answer"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_print_and_web_draw_the_same_rows(sample: Any, language: str):
    report = build_report(sample.evaluation, sample.study, Text(language))
    sections = {s.key: s for s in report.sections}
    for key, wanted in (
        ("outcomes", sample.evaluation.outcomes),
        ("comparison", sample.evaluation.comparison),
    ):
        picture = sections[key].pictures[0]
        values = [
            note.text.replace("<b>", "").replace("</b>", "")
            for note in view(picture.figure()).layout.annotations
        ]
        assert len(values) == len(wanted)
        assert all(f">{value}</tspan>" in paint(picture.figure()) for value in values)
    assert [s.key for s in report.sections for p in s.pictures if p.headline] == ["comparison"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_very_long_words_still_fit_one_page(sample: Any, language: str):
    report = build_report(sample.evaluation, sample.study, Text(language))
    long = "Residents of the community say 社区居民表示 " * 40
    swollen = replace(
        report,
        answer=long,
        limits=(long,) * 6,
        next_steps=(long,) * 6,
        evidence=(long,) * 5,
        cards=tuple((value, long) for value, _ in report.cards),
    )
    data = compose_brief(swollen)
    data["families"] = list(typesetting.find_families())
    inputs = {"data": brief.json.dumps(data, ensure_ascii=False)}
    created = brief.datetime.fromisoformat(report.stamp.created)
    pdf = typesetting.write_pdf(brief.TEMPLATE.read_bytes(), inputs, created)
    assert pages(pdf) == 1


def test_equal_input_gives_equal_bytes(sample: Any):
    first, second = (
        write_brief(sample.evaluation, sample.study, Text("zh-Hans")) for _ in range(2)
    )
    assert first == second


def test_hostile_words_are_literal(hostile: Any):
    pdf = write_brief(hostile.evaluation, hostile.study, Text("en"))
    assert pages(pdf) == 1
    assert not re.findall(rb"/URI|/JavaScript|/Launch", pdf)
    report = build_report(hostile.evaluation, hostile.study, Text("en"))
    for section in report.sections:
        for picture in section.pictures:
            painted = paint(picture.figure())
            assert "<script" not in painted
            assert "<b>" not in painted


def test_the_preview_is_the_same_page_as_a_picture(sample: Any):
    image = write_preview(sample.evaluation, sample.study, Text("en"))
    assert image.startswith(b"\x89PNG")


def test_without_a_chinese_font_it_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(typesetting, "find_families", lambda: ("Arial",))
    assert typesetting.check_fonts("only Latin") == ("Arial",)
    with pytest.raises(typesetting.LeveeError) as error:
        typesetting.check_fonts("家庭备灾")
    assert error.value.code == "font_missing"


def test_a_chinese_font_comes_along(sample: Any):
    import typst

    own = typst.Fonts(include_system_fonts=False, font_paths=[str(typesetting.FONTS)])
    weights = {font.weight for font in own.fonts() if font.family == "Levee Sans SC"}
    assert weights == {400, 700}
    assert typesetting.find_families()[0] == "Levee Sans SC"
    pdf = write_brief(sample.evaluation, sample.study, Text("zh-Hans"))
    assert set(re.findall(rb"\+(LeveeSansSC-\w+?)(?:-Identity|\b)", pdf)) == {
        b"LeveeSansSC-Regular",
        b"LeveeSansSC-Bold",
    }
