"""The report as slides: one finding a slide, its picture or table native, alt text set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Cm, Emu, Pt

from analysis.evaluation import Evaluation
from analysis.results import Audience
from analysis.study import Study
from dashboard.content.format import list_cells
from dashboard.content.model import NativeChart
from dashboard.exports.columns import find_number_columns, share_widths
from dashboard.exports.content import (
    Report,
    ReportPicture,
    ReportSection,
    ReportTable,
    shorten_property,
)
from dashboard.exports.report import build_report
from dashboard.exports.typesetting import write_png
from dashboard.render.canvas import measure_text
from dashboard.render.painter import paint
from dashboard.text import Text

if TYPE_CHECKING:
    from pptx.presentation import Presentation as PresentationType
    from pptx.slide import Slide

_INK, _GREY = RGBColor(0x0E, 0x16, 0x20), RGBColor(0x56, 0x61, 0x6F)
_SHADE, _WHITE = RGBColor(0xEE, 0xF2, 0xF6), RGBColor(255, 255, 255)
_CAUTION, _HEAD = RGBColor(0x8A, 0x51, 0x00), RGBColor(0x12, 0x43, 0x6D)
_WIDTH, _HEIGHT, _MARGIN = Cm(33.867), Cm(19.05), Cm(1.8)
_BARS = (_HEAD, RGBColor(0x28, 0xA1, 0x97))
_COLUMNS = (
    RGBColor(0x28, 0xA1, 0x97),
    RGBColor(0x7F, 0xBF, 0xB9),
    RGBColor(0xF4, 0x6A, 0x25),
)
_LATIN, _CHINESE = "Calibri", "Microsoft YaHei"
_MAX_ROWS, _MAX_COLUMNS = 11, 9
_TALLEST = Cm(12)
_CELL_SIZES = (15.0, 13.0, 11.0)
_TITLE_ONLY = 5


def write_slides(
    evaluation: Evaluation, study: Study, text: Text, audience: Audience = "funder"
) -> bytes:
    """Write the report as pptx, 16:9; pictures with intervals are images, the others charts.

    Returns
    -------
    bytes
        A first slide with the answer and its numbers, one or two slides for each section (its
        finding as the title, a picture with the other findings beside it, its first table
        native), a last one with how sure, limits and next steps.
    """
    report = build_report(evaluation, study, text, audience)
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDTH, _HEIGHT
    _write_front(deck, report)
    for section in report.sections:
        if section.key == "methods":  # to be read, not shown
            continue
        _write_section(deck, section, report)
    _write_end(deck, report)
    core = deck.core_properties
    core.title, core.author = report.title, f"Levee {report.stamp.version}"
    core.comments, core.language = shorten_property(report.stamped), text.language
    core.created = core.modified = datetime.fromisoformat(report.stamp.created).replace(tzinfo=None)
    stream = BytesIO()
    deck.save(stream)
    return stream.getvalue()


def _add_slide(deck: PresentationType, title: str, report: Report, overline: str = "") -> Slide:
    """A white slide: grey line, the finding as title, the stamp below."""
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    room = _WIDTH - 2 * _MARGIN
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = _MARGIN, Cm(1.7), room, Cm(2.9)
    shape.text_frame.word_wrap = True
    shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    size = next((s for s in (28, 24, 20) if measure_text(title, s) < 1480), 17)
    _write_lines(shape.text_frame, [title], size=size, bold=True)
    if overline:
        _add_words(slide, [overline], _MARGIN, Cm(0.9), room, Cm(0.9), size=12, colour=_GREY)
    stamp = report.stamped
    _add_words(
        slide,
        [stamp],
        _MARGIN,
        Cm(18),
        room,
        Cm(0.8),
        size=9,
        colour=_CAUTION if report.stamp.simulated else _GREY,
    )
    return slide


def _add_words(
    slide: Slide,
    lines: Sequence[str],
    left: int,
    top: int,
    width: int,
    height: int,
    *,
    size: float = 16,
    colour: RGBColor = _INK,
    bold: bool = False,
) -> None:
    box = slide.shapes.add_textbox(Emu(left), Emu(top), Emu(width), Emu(height))
    box.text_frame.word_wrap = True
    _write_lines(box.text_frame, lines, size=size, colour=colour, bold=bold)


def _write_lines(
    frame: Any,  # noqa: ANN401
    lines: Iterable[str],
    *,
    size: float,
    colour: RGBColor = _INK,
    bold: bool = False,
) -> None:
    """Write paragraphs with fonts set for Latin and Chinese alike."""
    for i, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size * 0.45)
        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, colour
        run.font.name = _LATIN
        properties = run._r.get_or_add_rPr()
        east = properties.makeelement(qn("a:ea"), {"typeface": _CHINESE})
        latin = properties.find(qn("a:latin"))
        latin.addnext(east)


def _write_front(deck: PresentationType, report: Report) -> None:
    slide = _add_slide(deck, report.answer, report, report.title)
    if not report.cards:
        return
    gap = Cm(0.8)
    width = (_WIDTH - 2 * _MARGIN - gap * (len(report.cards) - 1)) // len(report.cards)
    longest = max(measure_text(value, 1) for value, _ in report.cards)
    size = min(36.0, width / Pt(1) / (longest * 1.3))
    for i, (value, meaning) in enumerate(report.cards):
        left = _MARGIN + i * (width + gap)
        _add_words(slide, [value], left, Cm(7), width, Cm(2), size=size, bold=True, colour=_HEAD)
        _add_words(slide, [meaning], left, Cm(9.2), width, Cm(6), size=15, colour=_GREY)


def _write_section(deck: PresentationType, section: ReportSection, report: Report) -> None:
    pictures = [p for p in section.pictures if p.chart or not p.figure().blank]
    title = section.findings[0] if section.findings else section.heading
    aside = [*section.findings[1:4], *(f"! {line}" for line in section.cautions[:2])]
    if pictures:
        slide = _add_slide(deck, title, report, section.heading)
        _add_picture(slide, pictures[0], Cm(20 if aside else 28))
        if aside:
            _add_words(slide, aside, Cm(23.2), Cm(5), Cm(9), Cm(12), size=14)
    for picture in (p for p in pictures[1:] if p.chart is not None):
        _add_picture(_add_slide(deck, picture.title, report, section.heading), picture, Cm(28))
    if section.tables:
        slide = _add_slide(
            deck, section.tables[0].title if pictures else title, report, section.heading
        )
        _add_table(slide, section.tables[0], report.text)


def _add_picture(slide: Slide, picture: ReportPicture, width: int) -> None:
    """Place a native chart, else the picture within its room, keeping its shape."""
    if picture.chart is not None:
        _add_chart(slide, picture.chart, picture.alt, width)
        return
    drawn = BytesIO(write_png(paint(picture.figure())))
    shape = slide.shapes.add_picture(drawn, _MARGIN, Cm(4.9), Emu(width))
    tallest = Cm(12.6)
    if shape.height > tallest:
        shape.width, shape.height = Emu(shape.width * tallest // shape.height), tallest
    shape._element.nvPicPr.cNvPr.set("descr", picture.alt)


def _add_chart(slide: Slide, told: NativeChart, alt: str, width: int) -> None:
    """Add a native chart that can be edited; its data sheet comes with it."""
    data = CategoryChartData(number_format=told.form)
    data.categories = told.categories
    for name, values in told.series:
        data.add_series(name, values)
    bars = told.kind == "bars"
    kind = XL_CHART_TYPE.BAR_CLUSTERED if bars else XL_CHART_TYPE.COLUMN_STACKED
    shape = slide.shapes.add_chart(kind, _MARGIN, Cm(4.9), Emu(width), Cm(12.6), data)
    shape._element.nvGraphicFramePr.cNvPr.set("descr", alt)
    chart = shape.chart
    chart.font.size, chart.font.name = Pt(12), _LATIN
    chart.has_title = False
    chart.has_legend = len(told.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    _style_axes(chart, told, bars=bars)
    for series, colour in zip(chart.plots[0].series, _BARS if bars else _COLUMNS, strict=False):
        series.invert_if_negative = False
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour


def _style_axes(chart: Any, told: NativeChart, *, bars: bool) -> None:  # noqa: ANN401
    """Few lines, labels below zero, values written at the bars."""
    plot, values, names = chart.plots[0], chart.value_axis, chart.category_axis
    plot.gap_width = 55
    values.has_major_gridlines = not bars
    values.visible = not bars
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = told.form, False
    names.reverse_order = bars
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb = _GREY
    if bars:
        plot.has_data_labels = True
        plot.data_labels.number_format = told.form
        plot.data_labels.number_format_is_linked = False
        plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END


def _add_table(slide: Slide, told: ReportTable, text: Text) -> None:
    """Add a native table, as many rows as fit; the workbook has it whole."""
    room = _WIDTH - 2 * _MARGIN
    cells = list_cells(told.table.iloc[:_MAX_ROWS, :_MAX_COLUMNS], text)
    size, widths, heights = _largest_fit(cells, room)
    fitting = sum(sum(heights[: i + 1]) <= _TALLEST for i in range(len(heights)))
    shape = slide.shapes.add_table(
        fitting, len(widths), _MARGIN, Cm(4.9), room, Emu(sum(heights[:fitting]))
    )
    shape._element.nvGraphicFramePr.cNvPr.set("descr", told.title)
    _fill_table(shape.table, cells[:fitting], widths, heights, size)
    if (fitting - 1, len(widths)) != told.table.shape:
        words = text("The table goes on in the workbook.")
        _add_words(slide, [words], _MARGIN, Cm(17.1), room, Cm(0.8), size=11, colour=_GREY)


def _largest_fit(cells: list[list[str]], room: int) -> tuple[float, list[int], list[int]]:
    """Largest size of letters at which all rows fit, else the smallest; widths and heights."""
    for size in _CELL_SIZES:
        widths = [int(Pt(width)) for width in share_widths(cells, room / Pt(1), size)]
        heights = [_row_height(row, widths, size) for row in cells]
        if sum(heights) <= _TALLEST:
            break
    return size, widths, heights


def _fill_table(
    made: Any,  # noqa: ANN401
    cells: list[list[str]],
    widths: list[int],
    heights: list[int],
    size: float,
) -> None:
    numbers = find_number_columns(cells)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Emu(width)
    for i, row in enumerate(cells):
        made.rows[i].height = Emu(heights[i])
        for j, words in enumerate(row):
            cell = made.cell(i, j)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _SHADE if i == 0 else _WHITE
            cell.margin_top = cell.margin_bottom = Cm(0.1)
            _write_lines(cell.text_frame, [words], size=size, bold=i == 0)
            if numbers[j]:
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def _row_height(row: list[str], widths: list[int], size: float) -> int:
    """Height of a row whose words wrap in columns of these widths."""
    lines = max(
        -(-measure_text(words, size) * 1.08 // (width / Pt(1) - 15))
        for words, width in zip(row, widths, strict=True)
    )
    return int(Pt(size * 1.25) * max(1.0, lines) + Cm(0.42))


def _write_end(deck: PresentationType, report: Report) -> None:
    text = report.text
    parts = [
        (text("How sure"), report.evidence),
        (text("Limits"), report.limits),
        (text("Next"), report.next_steps),
    ]
    parts = [(heading, lines) for heading, lines in parts if lines]
    if not parts:
        return
    slide = _add_slide(deck, text("How sure, what limits it, what next"), report, report.title)
    width = (_WIDTH - 2 * _MARGIN - Cm(1) * (len(parts) - 1)) // len(parts)
    for i, (heading, lines) in enumerate(parts):
        left = _MARGIN + i * (width + Cm(1))
        _add_words(slide, [heading], left, Cm(5), width, Cm(1), size=18, bold=True, colour=_HEAD)
        _add_words(slide, lines, left, Cm(6.4), width, Cm(10), size=14)
