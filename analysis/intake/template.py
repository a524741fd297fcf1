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

Language = Literal["en", "zh-Hans"]

_ROWS = 2_000
_AGREE = (
    ("Strongly disagree", "非常不同意"),
    ("Disagree", "不同意"),
    ("Neutral", "一般"),
    ("Agree", "同意"),
    ("Strongly agree", "非常同意"),
)
_YES = (("Yes", "是"), ("No", "否"))
_WAVES = (("pre", "前测"), ("post", "后测"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """One column: header, what to write, list of allowed answers, and example cells (en, zh)."""

    header: tuple[str, str]
    note: tuple[str, str]
    choices: tuple[tuple[str, str], ...] = ()
    example: tuple[tuple[str, str], ...] = ()
    is_date: bool = False


def _field(
    english: str,
    chinese: str,
    note: tuple[str, str],
    example: Sequence[str | tuple[str, str]],
    choices: tuple[tuple[str, str], ...] = (),
    *,
    is_date: bool = False,
) -> _Field:
    pairs = tuple(one if isinstance(one, tuple) else (one, one) for one in example)
    return _Field(
        header=(english, chinese), note=note, choices=choices, example=pairs, is_date=is_date
    )


_CODE = ("The person's code, the same in every sheet", "居民编号，各表一致")
_LEVEL = ("Level of participation", "参与层次")
_LEVELS = (
    ("Inform", "告知"),
    ("Consult", "咨询"),
    ("Involve", "参与"),
    ("Collaborate", "协作"),
    ("Empower", "赋权"),
)
# The eight domains of programme sustainability (Luke et al. 2014, doi:10.5888/pcd11.130184).
_DOMAINS = (
    ("Environmental support", "环境支持"),
    ("Funding stability", "资金稳定"),
    ("Partnerships", "伙伴关系"),
    ("Organisational capacity", "组织能力"),
    ("Programme evaluation", "项目评估"),
    ("Programme adaptation", "项目调整"),
    ("Communications", "沟通传播"),
    ("Strategic planning", "战略规划"),
)
_DAY = ("Date, as 2026-05-01", "日期，如 2026-05-01")

_SHEETS: tuple[tuple[tuple[str, str], tuple[_Field, ...]], ...] = (
    (
        ("survey", "问卷"),
        (
            _field("Resident code", "居民编号", _CODE, ("B001", "B002", "B001", "B002")),
            _field(
                "Wave",
                "轮次",
                ("Before or after the programme", "项目前或项目后"),
                (*_WAVES[:1] * 2, *_WAVES[1:] * 2),
                _WAVES,
            ),
            _field(
                "Sex",
                "性别",
                ("As the person says", "按本人填写"),
                (("Female", "女"), ("Male", "男")) * 2,
                (("Female", "女"), ("Male", "男")),
            ),
            _field(
                "Age group",
                "年龄段",
                ("As the person says", "按本人填写"),
                ("18-35", "60+") * 2,
                (("18-35", "18-35"), ("36-59", "36-59"), ("60+", "60+")),
            ),
            *(
                _field(
                    english,
                    chinese,
                    ("Put your own question in the header", "表头可换成自己的题目"),
                    tuple(_AGREE[at] for at in answers),
                    _AGREE,
                )
                for english, chinese, answers in (
                    (
                        "I know the nearest evacuation route",
                        "我知道离家最近的避险路线",
                        (1, 2, 3, 4),
                    ),
                    ("My household keeps an emergency kit", "我家备有应急包", (0, 1, 3, 3)),
                    ("In a flood I know whom to call", "发洪水时我知道该给谁打电话", (1, 1, 4, 3)),
                )
            ),
        ),
    ),
    (
        ("attendance", "签到"),
        (
            _field("Resident code", "居民编号", _CODE, ("B001", "B002")),
            _field(
                "Session",
                "活动名称",
                ("Name of the activity", "活动名称"),
                (("Evacuation drill", "避险演练"),) * 2,
            ),
            _field("Date", "日期", _DAY, ("2026-05-01", "2026-05-01"), is_date=True),
            _field(
                "Activity type",
                "活动类型",
                ("Drill, workshop, meeting …", "演练、工作坊、会议等"),
                (("Drill", "演练"),) * 2,
            ),
            _field("Attended", "是否到场", ("Yes or no", "是或否"), _YES, _YES),
        ),
    ),
    (
        ("volunteers", "志愿者名册"),
        (
            _field("Volunteer code", "志愿者编号", _CODE, ("V001", "V002")),
            _field("Joined", "加入日期", _DAY, ("2026-01-10", "2026-02-01"), is_date=True),
            _field(
                "Left",
                "退出日期",
                ("Blank while still serving", "仍在服务则留空"),
                ("", "2026-06-30"),
                is_date=True,
            ),
            _field(
                "Reason left",
                "退出原因",
                ("Moved, lost interest …", "搬家、没兴趣等"),
                ("", ("Moved", "搬家")),
            ),
            _field(
                "Role",
                "角色",
                ("Role in the team", "队内角色"),
                (("Patrol", "巡逻"), ("Liaison", "联络")),
            ),
            _field(
                "Successor",
                "接任者",
                ("Code of the person trained to take over", "已受训可接任者的编号"),
                ("", "V001"),
            ),
        ),
    ),
    (
        ("service", "服务记录"),
        (
            _field("Volunteer code", "志愿者编号", _CODE, ("V001", "V002")),
            _field("Service date", "服务日期", _DAY, ("2026-03-01", "2026-03-02"), is_date=True),
            _field("Hours", "服务时长", ("Hours, as 1.5", "小时，如 1.5"), ("2", "1.5")),
            _field(
                "Task",
                "服务内容",
                ("What was done", "做了什么"),
                (("Patrol", "巡逻"), ("Visit", "入户")),
            ),
        ),
    ),
    (
        ("funding", "资金台账"),
        (
            _field("Date", "日期", _DAY, ("2026-01-05", "2026-02-10"), is_date=True),
            _field("Income", "收入", ("Money in, no currency sign", "收入金额"), ("50000", "")),
            _field("Expense", "支出", ("Money out", "支出金额"), ("", "8200")),
            _field(
                "Source",
                "来源",
                ("Who gave the money", "资金来自谁"),
                (("Civil affairs bureau", "民政局"), ""),
            ),
            _field(
                "Source type",
                "来源类型",
                ("Government, foundation, community …", "政府、基金会、社区等"),
                (("Government", "政府"), ""),
            ),
            _field("Restricted", "是否限定", ("Yes or no", "是或否"), (_YES[0], ""), _YES),
            _field(
                "Grant ends",
                "资助截止",
                ("Last day of the grant", "资助的最后一天"),
                ("2026-12-31", ""),
                is_date=True,
            ),
        ),
    ),
    (
        ("capacity", "能力自评"),
        (
            _field("Rater", "评分人", ("Who rates", "评分人"), ("R1", "R2")),
            _field(
                "Domain",
                "领域",
                ("Capacity that is rated; others may be added", "评分领域，可自行增加"),
                (_DOMAINS[1],) * 2,
                _DOMAINS,
            ),
            _field("Wave", "轮次", ("Before or after", "前测或后测"), _WAVES, _WAVES),
            _field(
                "Score (1–7)",
                "评分（1–7）",
                ("1 low to 7 high", "1 低至 7 高"),
                ("3", "5"),
                tuple((str(n), str(n)) for n in range(1, 8)),
            ),
            _field(
                "Group",
                "群体",
                ("Community organisation or social workers", "社区组织或社工"),
                (("Community organisation", "社区组织"),) * 2,
                (("Community organisation", "社区组织"), ("Social workers", "社工")),
            ),
        ),
    ),
    (
        ("strengths", "社区资源"),
        (
            _field(
                "Strength",
                "资源",
                ("What the community has", "社区已有的资源"),
                (("Volunteer team", "志愿队"), ("Meeting room", "议事室")) * 2,
            ),
            _field(
                "Kind",
                "类别",
                ("People, places, groups …", "人、场所、组织等"),
                (("People", "人"), ("Places", "场所")) * 2,
            ),
            _field(
                "Wave",
                "轮次",
                ("Before or after", "前测或后测"),
                (*_WAVES[:1] * 2, *_WAVES[1:] * 2),
                _WAVES,
            ),
            _field("Present", "是否具备", ("Yes or no", "是或否"), (*_YES, _YES[0], _YES[0]), _YES),
        ),
    ),
    (
        ("consultation", "协商记录"),
        (
            _field(
                "Issue",
                "议题",
                ("One row per issue raised", "每个议题一行"),
                (("Clear the drain", "清理排水沟"),),
            ),
            _field("Raised", "提出日期", _DAY, ("2026-03-01",), is_date=True),
            _field("Agreed", "同意日期", _DAY, ("2026-03-15",), is_date=True),
            _field("Due", "截止日期", _DAY, ("2026-05-01",), is_date=True),
            _field("Done", "完成日期", _DAY, ("2026-04-20",), is_date=True),
            _field("Told back", "反馈日期", _DAY, ("2026-04-25",), is_date=True),
            _field(
                "Raised by",
                "提出人",
                ("Who raised it", "由谁提出"),
                (("Residents' group", "居民小组"),),
            ),
            _field(
                "Parties",
                "参与方",
                ("Who was present, with commas", "到场各方，用逗号分开"),
                (("Residents, committee", "居民，居委会"),),
            ),
            _field("Stage", "阶段", ("Stage of the process", "协商阶段"), (("Raising", "提出"),)),
            _field("Promised level", "承诺层次", _LEVEL, (_LEVELS[2],), _LEVELS),
            _field("Delivered level", "实际层次", _LEVEL, (_LEVELS[1],), _LEVELS),
            _field(
                "Reason declined",
                "不采纳原因",
                ("Only where it was declined", "仅在不采纳时填写"),
                ("",),
            ),
        ),
    ),
)


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
    for names, fields in _SHEETS:
        _write_sheet(book.create_sheet(names[at]), fields, at)
    book.active = 1
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def _write_dictionary(sheet: Worksheet, at: int) -> None:
    sheet.title = ("dictionary", "说明")[at]
    sheet.append(["Sheet / 工作表", "Column / 列", "English", "中文", "Answers / 选项"])
    for names, fields in _SHEETS:
        for one in fields:
            choices = "; ".join(" / ".join(dict.fromkeys(pair)) for pair in one.choices)
            told = [" / ".join(names), " / ".join(one.header), *one.note, choices]
            sheet.append(told)
    _dress(sheet, (26, 40, 40, 30, 60))


def _write_sheet(sheet: Worksheet, fields: Sequence[_Field], at: int) -> None:
    sheet.append([one.header[at] for one in fields])
    for row in range(max(len(one.example) for one in fields)):
        sheet.append([one.example[row][at] or None for one in fields])
    for column, one in enumerate(fields, 1):
        letter = get_column_letter(column)
        sheet.cell(1, column).comment = Comment(one.note[at], "Levee")
        if one.is_date:
            for row in range(2, _ROWS):
                sheet[f"{letter}{row}"].number_format = "yyyy-mm-dd"
        if one.choices:
            _limit(sheet, letter, [pair[at] for pair in one.choices])
    _dress(sheet, [max(14, 2 * len(one.header[at])) for one in fields])


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
