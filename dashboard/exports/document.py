"""The report as a Word document: headings, sentences, pictures with alt text, native tables."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from analysis.evaluation import Evaluation
from analysis.results import Audience
from analysis.study import Study
from dashboard.content.format import list_cells
from dashboard.content.sanitize import safe_text
from dashboard.exports.columns import find_number_columns, share_widths
from dashboard.exports.content import (
    Report,
    ReportPicture,
    ReportSection,
    draw_or_say,
    shorten_property,
)
from dashboard.exports.report import build_report
from dashboard.exports.typesetting import write_png
from dashboard.render.painter import paint
from dashboard.text import Text

if TYPE_CHECKING:
    from docx.document import Document as DocumentType
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_INK, _GREY, _CAUTION = RGBColor(0x0E, 0x16, 0x20), RGBColor(0x56, 0x61, 0x6F), RGBColor(138, 81, 0)
_LATIN, _CHINESE = "Calibri", "Microsoft YaHei"
_MAX_ROWS, _MAX_COLUMNS, _FEW_COLUMNS = 20, 10, 6
_ROOM = Cm(16.6)
_PICTURE_WIDTH = Cm(14.5)


def write_document(
    evaluation: Evaluation, study: Study, text: Text, audience: Audience = "funder"
) -> bytes:
    """Write the report as docx.

    Returns
    -------
    bytes
        A4; a page that answers first, then one chapter for each section. Tables longer than 20
        rows are cut with a note: the workbook has them whole.
    """
    report = build_report(evaluation, study, text, audience)
    document = Document()
    _set_styles(document, text)
    _set_page(document, report)
    _write_front(document, report)
    for section in report.sections:
        _write_section(document, section, report)
    core = document.core_properties
    core.title, core.author = report.title, f"Levee {report.stamp.version}"
    core.comments, core.language = shorten_property(report.stamped), text.language
    core.created = core.modified = datetime.fromisoformat(report.stamp.created).replace(tzinfo=None)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_styles(document: DocumentType, text: Text) -> None:
    sizes = {"Normal": 10.5, "Title": 22, "Heading 1": 16, "Heading 2": 12.5, "List Bullet": 10.5}
    for name, size in sizes.items():
        style = document.styles[name]
        style.font.name, style.font.size = _LATIN, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:cs"):
            fonts.set(qn(kind), _LATIN)
        fonts.set(qn("w:eastAsia"), _CHINESE)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        style.font.color.rgb = _INK
        style.font.bold = name.startswith(("Title", "Heading"))
    _drop_border(document)
    _set_language(document, "zh-CN" if text.language.startswith("zh") else "en-GB")


def _set_language(document: DocumentType, language: str) -> None:
    properties = document.styles["Normal"].element.get_or_add_rPr()
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), language)
    told.set(qn("w:eastAsia"), "zh-CN")
    properties.append(told)


def _set_page(document: DocumentType, report: Report) -> None:
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin = page.bottom_margin = Cm(2)
    line = page.footer.paragraphs[0].add_run(report.stamped)
    line.font.size, line.font.color.rgb = Pt(8), _GREY
    if report.stamp.simulated:
        head = page.header.paragraphs[0].add_run(report.stamped.split(" · ")[0])
        head.font.size, head.font.color.rgb, head.font.bold = Pt(8.5), _CAUTION, True


def _write_front(document: DocumentType, report: Report) -> None:
    text = report.text
    _write_grey(document, report.title)
    title = document.add_paragraph(report.answer, style="Title")
    title.paragraph_format.space_after = Pt(10)
    if report.cards:
        _write_cards(document, report.cards)
    for heading, lines in (
        (text("How sure"), report.evidence),
        (text("Limits"), report.limits),
        (text("Next"), report.next_steps),
    ):
        if lines:
            document.add_heading(heading, level=2)
            for line in lines:
                document.add_paragraph(line, style="List Bullet")


def _drop_border(document: DocumentType) -> None:
    """Take away the rule the template draws under a title."""
    for border in document.styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)


def _write_grey(document: DocumentType, words: str, size: float = 9.5) -> Paragraph:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(words)
    run.font.size, run.font.color.rgb = Pt(size), _GREY
    return paragraph


def _write_cards(document: DocumentType, cards: tuple[tuple[str, str], ...]) -> None:
    table = document.add_table(rows=1, cols=len(cards))
    table.style = "Table Grid"
    for cell, (value, meaning) in zip(table.rows[0].cells, cards, strict=True):
        number = cell.paragraphs[0].add_run(value)
        number.font.size, number.font.bold = Pt(18), True
        told = cell.add_paragraph().add_run(meaning)
        told.font.size, told.font.color.rgb = Pt(9), _GREY
    _colour_borders(table)


def _write_section(document: DocumentType, section: ReportSection, report: Report) -> None:
    heading = document.add_heading(section.heading, level=1)
    heading.paragraph_format.page_break_before = True
    for line in section.findings:
        document.add_paragraph(line)
    for picture in section.pictures:
        _write_picture(document, picture, report)
    for told in section.tables:
        document.add_heading(told.title, level=2)
        _write_table(document, told.table, report.text)
    if section.cautions:
        document.add_heading(report.text("Before you quote this"), level=2)
        for line in section.cautions:
            document.add_paragraph(line, style="List Bullet")


def _write_picture(document: DocumentType, picture: ReportPicture, report: Report) -> None:
    heading = document.add_heading(safe_text(picture.title), level=2)
    heading.paragraph_format.keep_with_next = True
    if picture.subtitle:
        _write_grey(document, picture.subtitle).paragraph_format.keep_with_next = True
    drawn = draw_or_say(picture, report)
    if isinstance(drawn, str):
        document.add_paragraph(drawn)
        return
    shown = document.add_picture(BytesIO(write_png(paint(drawn))), width=_PICTURE_WIDTH)
    shown._inline.docPr.set("descr", picture.alt)


def _write_table(document: DocumentType, table: pd.DataFrame, text: Text) -> None:
    """Write a native table; its header repeats on each page, numbers stand at the right."""
    shown = table.iloc[:_MAX_ROWS, :_MAX_COLUMNS]
    cells = list_cells(shown, text)
    size = 9.0 if len(shown.columns) <= _FEW_COLUMNS else 8.0
    widths = [Pt(width) for width in share_widths(cells, _ROOM.pt, size)]
    numbers = find_number_columns(cells)
    made = document.add_table(rows=len(cells), cols=len(widths))
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for i, (row, words) in enumerate(zip(made.rows, cells, strict=True)):
        for cell, width, word, number in zip(row.cells, widths, words, numbers, strict=True):
            cell.width = width
            _fill(cell, word, size, bold=i == 0, number=number)
    _mark_header(made)
    _colour_borders(made)
    if shown.shape != table.shape:
        _write_grey(document, text("The table goes on in the workbook."), 9)


def _mark_header(table: Table) -> None:
    """Shade the first row and repeat it on each page; no row is torn by the end of a page."""
    for cell in table.rows[0].cells:
        _shade(cell)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))


def _fill(cell: Any, words: str, size: float, *, bold: bool, number: bool) -> None:  # noqa: ANN401
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(words)
    run.font.size, run.font.bold = Pt(size), bold
    paragraph.paragraph_format.space_after = Pt(0)
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _shade(cell: Any) -> None:  # noqa: ANN401
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), "EEF2F6")
    cell._tc.get_or_add_tcPr().append(shade)


def _colour_borders(table: Table) -> None:
    """Thin grey rules between rows only."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        rule = OxmlElement(f"w:{side}")
        rule.set(qn("w:val"), "nil" if side in ("left", "right", "insideV") else "single")
        rule.set(qn("w:sz"), "4")
        rule.set(qn("w:color"), "DFE5EB")
        borders.append(rule)
    later = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    table._tbl.tblPr.insert_element_before(borders, *later)
