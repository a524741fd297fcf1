"""A workbook to fill in: filled and uploaded, it needs no mapping."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from analysis.plan import TABLES
from analysis.plan_tables import Bilingual, SampleColumn, TableSpec

Language = Literal["en", "zh-Hans"]

_ROWS = 2_000
_AGREE = (
    ("Strongly disagree", "非常不同意"),
    ("Disagree", "不同意"),
    ("Neutral", "一般"),
    ("Agree", "同意"),
    ("Strongly agree", "非常同意"),
)
_SEXES = (("Female", "女"), ("Male", "男"))
_AS_SAID = ("As the person says", "按本人填写")
_OWN_QUESTION = ("Put your own question in the header", "表头可换成自己的题目")
_QUESTIONS = (
    (_AS_SAID, SampleColumn(header=("Sex", "性别"), cells=_SEXES * 2, choices=_SEXES)),
    (
        _AS_SAID,
        SampleColumn(
            header=("Age group", "年龄段"),
            cells=("18-35", "60+") * 2,
            choices=(("18-35", "18-35"), ("36-59", "36-59"), ("60+", "60+")),
        ),
    ),
    *(
        (
            _OWN_QUESTION,
            SampleColumn(header=header, cells=tuple(_AGREE[n] for n in answers), choices=_AGREE),
        )
        for header, answers in (
            (("I know the nearest evacuation route", "我知道离家最近的避险路线"), (1, 2, 3, 4)),
            (("My household keeps an emergency kit", "我家备有应急包"), (0, 1, 3, 3)),
            (("In a flood I know whom to call", "发洪水时我知道该给谁打电话"), (1, 1, 4, 3)),
        )
    ),
)
"""What a survey asks beside its keys, and how it is filled: each programme has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column of a sheet."""

    meaning: Bilingual
    sample: SampleColumn
    is_date: bool = False


def _list_columns(table: TableSpec) -> list[_Column]:
    """Columns of a table's sheet; none for a table that the workbook does not have."""
    columns = [
        _Column(meaning=one.meaning, sample=one.sample, is_date=one.kind == "date")
        for one in table.columns.values()
        if one.sample is not None
    ]
    if table.name == "survey":
        columns += [_Column(meaning=meaning, sample=sample) for meaning, sample in _QUESTIONS]
    return columns


_SHEETS = [(one.kind.sheet, columns) for one in TABLES.values() if (columns := _list_columns(one))]


def write_template(language: Language | str = "en") -> bytes:
    """Write the blank workbook with filled example rows, lists of answers and a dictionary.

    Parameters
    ----------
    language
        ``en`` or ``zh-Hans``: sheets, headers and examples; the dictionary has both.
    """
    at = 1 if language.startswith("zh") else 0
    book = Workbook()
    book.remove(book.worksheets[0])
    _write_dictionary(book.create_sheet(), at)
    for names, columns in _SHEETS:
        _write_sheet(book.create_sheet(names[at]), columns, at)
    book.active = 1
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def _write_dictionary(sheet: Worksheet, at: int) -> None:
    sheet.title = ("dictionary", "说明")[at]
    sheet.append(["Sheet / 工作表", "Column / 列", "English", "中文", "Answers / 选项"])
    for names, columns in _SHEETS:
        for column in columns:
            header, answers = column.sample.header, column.sample.choices
            choices = "; ".join(" / ".join(dict.fromkeys(pair)) for pair in answers)
            sheet.append([" / ".join(names), " / ".join(header), *column.meaning, choices])
    _dress(sheet, (26, 40, 40, 30, 60))


def _write_sheet(sheet: Worksheet, columns: Sequence[_Column], at: int) -> None:
    samples = [column.sample for column in columns]
    sheet.append([sample.header[at] for sample in samples])
    for row in range(max(len(sample.cells) for sample in samples)):
        cells = (sample.cells[row] for sample in samples)
        sheet.append([(cell if isinstance(cell, str) else cell[at]) or None for cell in cells])
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        sheet.cell(1, number).comment = Comment(column.meaning[at], "Levee")
        if column.is_date:
            for row in range(2, _ROWS):
                sheet[f"{letter}{row}"].number_format = "yyyy-mm-dd"
        if column.sample.choices:
            _limit(sheet, letter, [pair[at] for pair in column.sample.choices])
    _dress(sheet, [max(14, 2 * len(sample.header[at])) for sample in samples])


def _limit(sheet: Worksheet, letter: str, choices: Sequence[str]) -> None:
    rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    rule.errorStyle = "warning"
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_ROWS}")


def _dress(sheet: Worksheet, widths: Sequence[float]) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = min(60, width)
        head = sheet.cell(1, column)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="E8EEF4")
        head.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
