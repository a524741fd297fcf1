"""Which part of a study a table is: survey, attendance, roster, ledger …, told by its headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.intake.model import Column, Table
from analysis.intake.read.activity_tables import is_tick_column
from analysis.intake.values.answers import propose_range
from analysis.intake.values.lookup import normalise_name
from analysis.intake.values.spellings import header_words
from analysis.intake.values.typed_table import is_total
from analysis.intake.values.words import EXPENSE, INCOME, split_words

_MAX_WORDS = 50


DEBIT_CREDIT = frozenset(
    split_words("credit|credits|贷方|贷方金额|贷方发生额|debit|debits|借方|借方金额|借方发生额")
)
"""Headers of a ledger's two sides: which of them is income depends on whose books they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionMatch:
    """A table's section of the study file (``survey`` when no other fits), and its fields."""

    section: str
    fields: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.0


_DATE = "date|service date|day|日期|时间|活动日期|服务日期|签到时间|记账日期|发生日期|session date"
_PERSON = (
    "person|code|id|resident code|resident id|person id|member id|participant|name|居民编号|编号"
    "|姓名|居民|参与者|人员|居民代码|签到人|woman"
)
_SESSION = "session|event|activity|meeting|活动|活动名称|场次|课程|会议|session name|activity name"
_VOLUNTEER = "volunteer|volunteer id|volunteer_id|volunteer code|志愿者|志愿者编号"
_ACTIVITY = "activity type|kind|type|类型|活动类型"
_WAVE = "wave|round|轮次|波次|时点|阶段|测次"

SECTIONS: Mapping[str, tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]] = {
    name: (required, {key: split_words(words) for key, words in fields.items()})
    for name, required, fields in (
        (
            "consultation",
            ("issue", "raised"),
            {
                "issue": "issue|topic|agenda item|议题|事项|问题|诉求",
                "raised": "raised|raised on|date raised|提出日期|提出时间|上报日期",
                "raised_by": "raised by|raised_by|提出人|提出者",
                "agreed": "agreed|agreed on|date agreed|同意日期|通过日期|采纳日期"
                "|议定时间|议定日期|通过时间|商定时间",
                "due": "due|due date|deadline|到期日|截止日期|计划完成日期|计划完成|计划完成时间"
                "|截止时间|完成时限",
                "done": "done|done on|completed|date done|完成日|完成日期|办结日期"
                "|完成时间|办结时间",
                "status": "status|state|progress|状态|完成情况|办理情况|进展|进度|落实情况",
                "told_back": "told back|told_back|reported back|feedback date|feedback|反馈日"
                "|反馈日期|反馈时间|反馈居民|是否反馈|反馈情况",
                "declined": "declined|reason declined|不采纳原因|未采纳原因",
                "meeting": "meeting|会议|议事会",
                "parties": "parties|participants|参与方|参与主体",
                "stage": "stage|阶段|环节",
                "promised_level": "promised level|promised_level|承诺层次",
                "delivered_level": "delivered level|delivered_level|实际层次",
            },
        ),
        (
            "capacity",
            ("domain", "score"),
            {
                "rater": "rater|assessor|评分人|评估人|打分人",
                "domain": "domain|dimension|领域|维度",
                "item": "item|indicator|条目|指标",
                "wave": _WAVE,
                "score": "score|rating|评分|得分|分数",
                "group": "group|群体|组别",
            },
        ),
        (
            "delivery",
            ("planned",),
            {
                "session": _SESSION,
                "planned": "planned|planned date|计划日期|计划时间",
                "held": "held|held on|actual date|实际日期|实际时间|举办日期",
                "status": "status|状态",
                "phase": "phase|阶段",
                "content_planned": "content planned|content_planned|计划环节",
                "content_delivered": "content delivered|content_delivered|完成环节",
                "staff_hours": "staff hours|staff_hours|社工工时|员工工时",
                "volunteer_hours": "volunteer hours|volunteer_hours|志愿者工时",
                "led_by_residents": "led by residents|led_by_residents|居民主持|居民带领",
            },
        ),
        (
            "funding",
            ("date", "amount|income|expense"),
            {
                "date": _DATE,
                "amount": "amount|sum|金额|数额",
                "income": "income|credit|credits|收入|收入金额|收方|贷方|贷方金额|贷方发生额",
                "expense": "expense|expenditure|debit|debits|支出|支出金额|付方|借方|借方金额"
                "|借方发生额",
                "direction": "direction|in/out|收支|方向|收支类型",
                "source": "source|funder|donor|来源|资金来源|资助方|对方单位|对方户名|对方",
                "kind": "source type|source_type|kind|funder type|来源类型|资金类型",
                "restricted": "restricted|是否限定|限定",
                "recurring": "recurring|是否持续|是否经常",
                "ends": "ends|end date|grant ends|资助截止|截止日期",
            },
        ),
        (
            "volunteers",
            ("volunteer", "joined"),
            {
                "volunteer": f"{_VOLUNTEER}|{_PERSON}",
                "joined": "joined|joined on|join date|start date|加入日期|加入时间|入队日期"
                "|注册日期",
                "left": "left|left on|leave date|end date|退出日期|退出时间|离队日期",
                "reason": "reason|reason left|退出原因|离开原因|原因",
                "role": "role|角色|岗位|职务",
                "trained": "trained|training date|培训日期",
                "successor": "successor|接任者|继任者",
            },
        ),
        (
            "service",
            ("volunteer", "date", "hours|activity|volunteer_word"),
            {
                "volunteer": f"{_VOLUNTEER}|{_PERSON}",
                "date": _DATE,
                "hours": "hours|service hours|duration hours|服务时长|时长|小时|工时",
                "activity": "activity|task|service|服务内容|活动内容|服务项目",
                "signed_up": "signed up|signed_up|报名|是否报名",
                "attended": "attended|到场|是否到场",
                "volunteer_word": _VOLUNTEER,
            },
        ),
        (
            "strengths",
            ("strength",),
            {
                "strength": "strength|asset|resource|资源|优势|资产",
                "kind": "kind|type|类别|类型",
                "wave": _WAVE,
                "present": "present|是否具备|是否存在|有无",
            },
        ),
        (
            "attendance",
            ("person", "session"),
            {
                "person": _PERSON,
                "session": _SESSION,
                "date": _DATE,
                "kind": _ACTIVITY,
                "attended": "attended|present|attendance|是否到场|到场|是否出席|出席|签到",
                "registered": "registered|是否报名|报名",
                "invited": "invited|是否邀请|邀请",
                "household": "household|户号|家庭编号",
                "level": "level|participation level|参与层次|层次",
            },
        ),
        (
            "attendance_counts",
            ("session|date", "count"),
            {
                "session": _SESSION,
                "date": _DATE,
                "kind": _ACTIVITY,
                "count": "count|attendance|attended|attendees|participants|人数|参加人数|到场人数"
                "|出席人数",
                "registered": "registered|报名人数",
                "level": "level|参与层次|层次",
            },
        ),
    )
}


def recognise_section(table: Table) -> SectionMatch:
    """Tell which section of the study file a table fills.

    A table of a survey tool is always the survey; a plain one is what its headers say, in the
    order of :data:`SECTIONS`; a column of names beside at least three columns of ticks is an
    attendance matrix; the rest is taken for a survey.
    """
    if table.format != "plain":
        return SectionMatch(section="survey", confidence=table.confidence)
    spellings = {column.name: header_words(column) for column in table.columns}
    for name, (required, fields) in SECTIONS.items():
        found = _locate(fields, spellings)
        if all(any(one in found for one in key.split("|")) for key in required):
            if name in ("attendance", "attendance_counts") and _has_items(table, found):
                continue
            if _asks_ratings(table, found):
                continue
            found.pop("volunteer_word", None)
            if name == "funding":
                found = _with_direction(table, found)
            share = len(set(found.values())) / len(table.columns)
            return SectionMatch(section=name, fields=found, confidence=min(0.98, 0.5 + share / 2))
    return _matrix(table) or SectionMatch(section="survey", confidence=0.5)


def locate_fields(table: Table, section: str) -> dict[str, str]:
    """Return which columns of a table a section's fields are, as far as their headers say."""
    spellings = {column.name: header_words(column) for column in table.columns}
    found = _locate(SECTIONS[section][1], spellings)
    found.pop("volunteer_word", None)
    return _with_direction(table, found) if section == "funding" else found


def _locate(
    fields: Mapping[str, tuple[str, ...]], spellings: Mapping[str, set[str]]
) -> dict[str, str]:
    """Give each field the column whose header says it, earlier words first."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key, words in fields.items():
        matches = (
            name
            for word in words
            for name, spelled in spellings.items()
            if word in spelled and (name not in taken or key == "volunteer_word")
        )
        name = next(matches, None)
        if name is not None:
            found[key] = name
            taken.add(name)
    return found


def _with_direction(table: Table, found: dict[str, str]) -> dict[str, str]:
    """Find the column that says income or expense by its words, whatever its header says."""
    if "amount" not in found or {"direction", "income", "expense"} & set(found):
        return found
    for column in table.columns:
        given = table.cells[column.name].dropna().unique()[:_MAX_WORDS]
        words = {normalise_name(value) for value in given if not is_total(str(value))} - {""}
        if words & EXPENSE and words <= INCOME | EXPENSE:
            rest = {key: name for key, name in found.items() if name != column.name}
            return {**rest, "direction": column.name}
    return found


def _has_items(table: Table, found: Mapping[str, str]) -> bool:
    return len(table.columns) > 3 * len(found) + 4


def _asks_ratings(table: Table, found: Mapping[str, str]) -> bool:
    """Tell whether most columns are not the section's, and at least three hold ratings."""
    others = [c for c in table.columns if c.name not in found.values() and not c.option]
    if len(others) <= len(set(found.values())):
        return False
    rated = 0
    for column in others:
        values = [str(value) for value in table.cells[column.name].dropna().unique()[:13]]
        bounds = propose_range(values) if 2 < len(values) <= 12 else None
        rated += bounds is not None and bounds[1] - bounds[0] >= 2
    return rated >= 3


def _matrix(table: Table) -> SectionMatch | None:
    ticks = [column for column in table.columns if is_tick_column(table, column.name)]
    filled = [column for column in ticks if table.cells[column.name].notna().any()]
    others = [column for column in table.columns if column not in ticks]
    if len(filled) < 3 or not 1 <= len(others) <= 3 or table.columns[0] not in others:
        return None
    if any(_is_question(column) for column in ticks):
        return None
    unique = table.cells[others[0].name].nunique() == len(table.cells)
    fields = {"person": others[0].name}
    return SectionMatch(section="attendance", fields=fields, confidence=0.7) if unique else None


def _is_question(column: Column) -> bool:
    return column.label.rstrip().endswith(("?", "？")) or bool(column.option)
