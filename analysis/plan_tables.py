"""The tables a study can have beside the survey: one class each, and all that is known of a column.

A class says which keys its section of ``study.toml`` has. The :class:`ColumnSpec` beside a key says
what the column holds, how it is called, by which headers it is recognised, and how it looks in the
workbook to fill in. The reader, the wizard, the checks, the template and ``docs/study-file.md`` are
made from these; none of them lists a column again.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

LocalizedText = str | dict[str, str]
Bilingual = tuple[str, str]
"""English and Chinese."""
ColumnKind = Literal["text", "code", "date", "number", "flag"]
"""What the cells are read as; a code is the name or number of a person."""
Year = Annotated[int | None, Field(ge=1900, le=2100)]
"""The year of a table's dates that are written without one (``3月5日``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleColumn:
    """A column of the workbook to fill in: its header, its example cells and its list of answers.

    A cell that is the same in both languages is one string.
    """

    header: Bilingual
    cells: tuple[str | Bilingual, ...]
    choices: tuple[Bilingual, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """One column of a table.

    Attributes
    ----------
    kind
        What its cells are read as.
    label, meaning
        Its name on pages, and what to write into it.
    headers
        Words that a header may be, parted by ``|``, the surest first.
    telling
        Those of them that tell what kind of table this is as well.
    layout
        The only layout of the table that has the column; empty for all.
    may_be_absent
        Whether the file may lack it although a section has to name it.
    sample
        How it looks in the workbook to fill in; None where that has no such column.
    """

    kind: ColumnKind
    label: Bilingual
    meaning: Bilingual
    headers: str = ""
    telling: str = ""
    layout: str = ""
    may_be_absent: bool = False
    sample: SampleColumn | None = None

    @property
    def header_words(self) -> tuple[str, ...]:
        """The words a header may be."""
        return tuple(filter(None, self.headers.split("|")))

    @property
    def telling_words(self) -> tuple[str, ...]:
        """The words that tell what kind of table this is."""
        return tuple(filter(None, self.telling.split("|")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way a table is laid out: it is recognised when of each of ``needs`` one column is there.

    ``told_by`` names a column whose telling words stand for the last of the needs.
    """

    name: str = ""
    needs: tuple[tuple[str, ...], ...]
    told_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKind:
    """What is known of a table as a whole.

    Attributes
    ----------
    sheet
        Its sheet in the workbook to fill in.
    layouts
        How it is recognised; empty for the survey, which is what no other table is.
    file_words
        A pattern of what the name of its file says.
    """

    sheet: Bilingual
    layouts: tuple[Layout, ...] = ()
    file_words: str = "$^"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One table of a study, as its section's class declares it.

    Attributes
    ----------
    name
        The section of the study file.
    columns
        Key of the section → its column.
    needed
        Keys a section cannot be without.
    usual
        Key → the column it is when a section does not say; such a column may be absent unless
        it is needed.
    """

    name: str
    kind: TableKind
    columns: Mapping[str, ColumnSpec]
    needed: tuple[str, ...]
    usual: Mapping[str, str]

    @property
    def dates(self) -> tuple[str, ...]:
        """Keys of the columns that hold days."""
        return tuple(key for key, column in self.columns.items() if column.kind == "date")

    @property
    def day(self) -> str:
        """Key of the column that places a row in time: the first that holds days."""
        return self.dates[0]

    def of_layout(self, layout: str) -> dict[str, ColumnSpec]:
        """Columns one layout has."""
        return {k: one for k, one in self.columns.items() if one.layout in ("", layout)}

    def must_have(self, key: str, column: str) -> bool:
        """Whether a file without the column that plays a part cannot be read."""
        if self.columns[key].may_be_absent or key not in self.needed:
            return self.usual.get(key) != column
        return True


def describe_table(name: str, section: type[BaseModel]) -> TableSpec | None:
    """Gather what a section's class says of its table; None for a section without columns."""
    kind = getattr(section, "table", None)
    if not isinstance(kind, TableKind):
        return None
    columns = {
        key: spec
        for key, field in section.model_fields.items()
        for spec in field.metadata
        if isinstance(spec, ColumnSpec)
    }
    fields = {key: section.model_fields[key] for key in columns}
    return TableSpec(
        name=name,
        kind=kind,
        columns=columns,
        needed=tuple(key for key, field in fields.items() if field.annotation is str),
        usual={key: f.default for key, f in fields.items() if isinstance(f.default, str)},
    )


class Section(BaseModel):
    """A section of the study file; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class TableSection(Section):
    """A section that names a file, and of it one sheet."""

    path: str
    sheet: str | None = None


class DatedTable(TableSection):
    """A table with days; ``day_first`` and ``year`` settle what its dates leave open."""

    day_first: bool | None = None
    year: Year = None


class Link(Section):
    """An accepted link between two spellings of one respondent, with who and when."""

    code: str
    same_as: str
    similarity: float = 1.0
    accepted_by: str = ""
    accepted_at: str = ""


class EventMark(Section):
    """A dated happening drawn on time charts: a flood, a holiday, a change of staff."""

    date: dt.date
    until: dt.date | None = None
    label: LocalizedText


# Words that headers of several tables share, and answers that several columns of the template list.
DATE_HEADERS = (
    "date|service date|day|日期|时间|活动日期|服务日期|签到时间|记账日期|发生日期|session date"
)
PERSON_HEADERS = (
    "person|code|id|resident code|resident id|person id|member id|participant|name|居民编号|编号"
    "|姓名|居民|参与者|人员|居民代码|签到人|woman"
)
SESSION_HEADERS = (
    "session|event|activity|meeting|活动|活动名称|场次|课程|会议|session name|activity name"
)
VOLUNTEER_HEADERS = "volunteer|volunteer id|volunteer_id|volunteer code|志愿者|志愿者编号"
WAVE_HEADERS = "wave|round|轮次|波次|时点|阶段|测次"
CODE_MEANING: Bilingual = ("The person's code, the same in every sheet", "居民编号，各表一致")
DAY_MEANING: Bilingual = ("Date, as 2026-05-01", "日期，如 2026-05-01")
YES_OR_NO: Bilingual = ("Yes or no", "是或否")
LEVEL_MEANING: Bilingual = ("Level of participation", "参与层次")
WAVES: tuple[Bilingual, ...] = (("pre", "前测"), ("post", "后测"))
YES_NO: tuple[Bilingual, ...] = (("Yes", "是"), ("No", "否"))
PARTICIPATION_LEVELS: tuple[Bilingual, ...] = (
    ("Inform", "告知"),
    ("Consult", "咨询"),
    ("Involve", "参与"),
    ("Collaborate", "协作"),
    ("Empower", "赋权"),
)
# The eight domains of programme sustainability (Luke et al. 2014, doi:10.5888/pcd11.130184).
DOMAINS: tuple[Bilingual, ...] = (
    ("Environmental support", "环境支持"),
    ("Funding stability", "资金稳定"),
    ("Partnerships", "伙伴关系"),
    ("Organisational capacity", "组织能力"),
    ("Programme evaluation", "项目评估"),
    ("Programme adaptation", "项目调整"),
    ("Communications", "沟通传播"),
    ("Strategic planning", "战略规划"),
)
SCORES: tuple[Bilingual, ...] = tuple((str(score), str(score)) for score in range(1, 8))
PEOPLE, COUNTS = "people", "counts"
"""The layouts of a sign-in sheet: a row for each person and session, or one for each session."""


class AttendancePlan(DatedTable):
    """``[attendance]``: one row per person and session, a ticked matrix, or counts a session."""

    table: ClassVar[TableKind] = TableKind(
        sheet=("attendance", "签到"),
        layouts=(
            Layout(name=PEOPLE, needs=(("person",), ("session",))),
            Layout(name=COUNTS, needs=(("session", "date"), ("count",))),
        ),
        file_words=r"attend|sign.?in|签到|出席|参加",
    )

    person: Annotated[
        str | None,
        ColumnSpec(
            kind="code",
            label=("Person", "人员"),
            meaning=CODE_MEANING,
            headers=PERSON_HEADERS,
            layout=PEOPLE,
            sample=SampleColumn(header=("Resident code", "居民编号"), cells=("B001", "B002")),
        ),
    ] = None
    session: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Session", "活动"),
            meaning=("Name of the activity", "活动名称"),
            headers=SESSION_HEADERS,
            sample=SampleColumn(
                header=("Session", "活动名称"), cells=(("Evacuation drill", "避险演练"),) * 2
            ),
        ),
    ] = None
    date: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Date", "日期"),
            meaning=DAY_MEANING,
            headers=DATE_HEADERS,
            sample=SampleColumn(header=("Date", "日期"), cells=("2026-05-01", "2026-05-01")),
        ),
    ] = None
    kind: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Kind", "类别"),
            meaning=("Drill, workshop, meeting …", "演练、工作坊、会议等"),
            headers="activity type|kind|type|类型|活动类型",
            sample=SampleColumn(
                header=("Activity type", "活动类型"), cells=(("Drill", "演练"),) * 2
            ),
        ),
    ] = None
    attended: Annotated[
        str | None,
        ColumnSpec(
            kind="flag",
            label=("Attended", "到场"),
            meaning=YES_OR_NO,
            headers="attended|present|attendance|是否到场|到场|是否出席|出席|签到",
            layout=PEOPLE,
            sample=SampleColumn(header=("Attended", "是否到场"), cells=YES_NO, choices=YES_NO),
        ),
    ] = None
    registered: Annotated[
        str | None,
        ColumnSpec(
            kind="flag",
            label=("Registered", "报名"),
            meaning=(
                "Whether the person signed up; a number where only numbers are known",
                "是否报名；只有人数时填报名人数",
            ),
            headers="registered|是否报名|报名|报名人数",
        ),
    ] = None
    invited: Annotated[
        str | None,
        ColumnSpec(
            kind="flag",
            label=("Invited", "受邀"),
            meaning=("Whether the person was invited", "是否邀请"),
            headers="invited|是否邀请|邀请",
            layout=PEOPLE,
        ),
    ] = None
    household: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Household", "家庭"),
            meaning=("Code of the person's household", "户号或家庭编号"),
            headers="household|户号|家庭编号",
            layout=PEOPLE,
        ),
    ] = None
    level: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Level of participation", "参与层次"),
            meaning=(
                "Level of participation of the session: inform, consult, involve …",
                "活动的参与层次：告知、咨询、参与等",
            ),
            headers="level|participation level|参与层次|层次",
        ),
    ] = None
    count: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Number of people", "人数"),
            meaning=("People who came, where only numbers are known", "只有人数时的到场人数"),
            headers="count|attendance|attended|attendees|participants|人数|参加人数|到场人数"
            "|出席人数",
            layout=COUNTS,
        ),
    ] = None
    eligible: int | None = Field(default=None, ge=1)
    disaggregate: list[str] = Field(default_factory=list)
    population: dict[str, dict[str, float]] = Field(default_factory=dict)
    events: list[EventMark] = Field(default_factory=list)
    links: list[Link] = Field(default_factory=list)


class DeliveryPlan(DatedTable):
    """``[delivery]``: planned sessions against what happened."""

    table: ClassVar[TableKind] = TableKind(
        sheet=("delivery", "活动计划"),
        layouts=(Layout(needs=(("planned",),)),),
        file_words=r"plan|schedule|计划|排期",
    )

    session: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Session", "活动"),
            meaning=("Name of the activity", "活动名称"),
            headers=SESSION_HEADERS,
        ),
    ] = None
    planned: Annotated[
        str,
        ColumnSpec(
            kind="date",
            label=("Planned for", "计划日期"),
            meaning=("Day it was planned for", "计划举行的日期"),
            headers="planned|planned date|计划日期|计划时间",
        ),
    ] = "planned"
    held: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Held on", "举行日期"),
            meaning=("Day it was held; blank when it was not", "实际举行的日期，未举行则留空"),
            headers="held|held on|actual date|实际日期|实际时间|举办日期",
        ),
    ] = "held"
    status: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Status", "状态"),
            meaning=("Held, moved, cancelled or pending", "已举行、改期、取消或待开展"),
            headers="status|状态",
        ),
    ] = None
    phase: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Phase", "阶段"),
            meaning=("Phase of the programme", "项目阶段"),
            headers="phase|阶段",
        ),
    ] = None
    content_planned: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Parts planned", "计划环节"),
            meaning=("Number of parts planned for the session", "活动计划的环节数"),
            headers="content planned|content_planned|计划环节",
        ),
    ] = None
    content_delivered: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Parts delivered", "完成环节"),
            meaning=("Number of those parts that were delivered", "其中完成的环节数"),
            headers="content delivered|content_delivered|完成环节",
        ),
    ] = None
    staff_hours: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Staff hours", "工作人员工时"),
            meaning=("Hours of paid staff", "工作人员投入的工时"),
            headers="staff hours|staff_hours|社工工时|员工工时",
        ),
    ] = None
    volunteer_hours: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Volunteer hours", "志愿者工时"),
            meaning=("Hours of volunteers", "志愿者投入的工时"),
            headers="volunteer hours|volunteer_hours|志愿者工时",
        ),
    ] = None
    led_by_residents: Annotated[
        str | None,
        ColumnSpec(
            kind="flag",
            label=("Led by residents", "由居民主持"),
            meaning=YES_OR_NO,
            headers="led by residents|led_by_residents|居民主持|居民带领",
        ),
    ] = None


class VolunteersPlan(DatedTable):
    """``[volunteers]``: the roster."""

    table: ClassVar[TableKind] = TableKind(
        sheet=("volunteers", "志愿者名册"),
        layouts=(Layout(needs=(("volunteer",), ("joined",))),),
        file_words=r"volunteer|roster|志愿者|名册|名单",
    )

    volunteer: Annotated[
        str,
        ColumnSpec(
            kind="code",
            label=("Volunteer", "志愿者"),
            meaning=CODE_MEANING,
            headers=f"{VOLUNTEER_HEADERS}|{PERSON_HEADERS}",
            telling=VOLUNTEER_HEADERS,
            sample=SampleColumn(header=("Volunteer code", "志愿者编号"), cells=("V001", "V002")),
        ),
    ]
    joined: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Joined on", "加入日期"),
            meaning=DAY_MEANING,
            headers="joined|joined on|join date|start date|加入日期|加入时间|入队日期|注册日期",
            sample=SampleColumn(header=("Joined", "加入日期"), cells=("2026-01-10", "2026-02-01")),
        ),
    ] = None
    left: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Left on", "退出日期"),
            meaning=("Blank while still serving", "仍在服务则留空"),
            headers="left|left on|leave date|end date|退出日期|退出时间|离队日期",
            sample=SampleColumn(header=("Left", "退出日期"), cells=("", "2026-06-30")),
        ),
    ] = None
    reason: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Reason for leaving", "退出原因"),
            meaning=("Moved, lost interest …", "搬家、没兴趣等"),
            headers="reason|reason left|退出原因|离开原因|原因",
            sample=SampleColumn(header=("Reason left", "退出原因"), cells=("", ("Moved", "搬家"))),
        ),
    ] = None
    role: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Role", "角色"),
            meaning=("Role in the team", "队内角色"),
            headers="role|角色|岗位|职务",
            sample=SampleColumn(
                header=("Role", "角色"), cells=(("Patrol", "巡逻"), ("Liaison", "联络"))
            ),
        ),
    ] = None
    trained: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Trained on", "培训日期"),
            meaning=("Day of the training", "参加培训的日期"),
            headers="trained|training date|培训日期",
        ),
    ] = None
    successor: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Successor", "接替人"),
            meaning=("Code of the person trained to take over", "已受训可接任者的编号"),
            headers="successor|接任者|继任者",
            sample=SampleColumn(header=("Successor", "接任者"), cells=("", "V001")),
        ),
    ] = None
    groups: list[str] = Field(default_factory=list)


class ServicePlan(DatedTable):
    """``[service]``: the service log; alone it is enough, spells are then derived."""

    table: ClassVar[TableKind] = TableKind(
        sheet=("service", "服务记录"),
        layouts=(
            Layout(needs=(("volunteer",), ("date",), ("hours", "activity")), told_by="volunteer"),
        ),
        file_words=r"service|hours|shift|服务|时长",
    )

    volunteer: Annotated[
        str,
        ColumnSpec(
            kind="code",
            label=("Volunteer", "志愿者"),
            meaning=CODE_MEANING,
            headers=f"{VOLUNTEER_HEADERS}|{PERSON_HEADERS}",
            telling=VOLUNTEER_HEADERS,
            sample=SampleColumn(header=("Volunteer code", "志愿者编号"), cells=("V001", "V002")),
        ),
    ]
    date: Annotated[
        str,
        ColumnSpec(
            kind="date",
            label=("Date", "日期"),
            meaning=DAY_MEANING,
            headers=DATE_HEADERS,
            sample=SampleColumn(
                header=("Service date", "服务日期"), cells=("2026-03-01", "2026-03-02")
            ),
        ),
    ]
    hours: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Hours", "服务时长"),
            meaning=("Hours, as 1.5", "小时，如 1.5"),
            headers="hours|service hours|duration hours|服务时长|时长|小时|工时",
            sample=SampleColumn(header=("Hours", "服务时长"), cells=("2", "1.5")),
        ),
    ] = None
    activity: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Activity", "活动"),
            meaning=("What was done", "做了什么"),
            headers="activity|task|service|服务内容|活动内容|服务项目",
            sample=SampleColumn(
                header=("Task", "服务内容"), cells=(("Patrol", "巡逻"), ("Visit", "入户"))
            ),
        ),
    ] = None
    signed_up: Annotated[
        str | None,
        ColumnSpec(
            kind="flag",
            label=("Signed up", "已报名"),
            meaning=("Whether the volunteer had promised to come", "是否事先报名"),
            headers="signed up|signed_up|报名|是否报名",
        ),
    ] = None
    attended: Annotated[
        str | None,
        ColumnSpec(
            kind="flag",
            label=("Attended", "到场"),
            meaning=YES_OR_NO,
            headers="attended|到场|是否到场",
        ),
    ] = None


class FundingPlan(DatedTable):
    """``[funding]``: the ledger: one signed amount, or income and expense, or a direction.

    ``decimal`` and ``day_first`` settle what the file leaves open: ``1.234`` and ``3/4/2026``.
    ``income_side`` says which side of a ledger with debit and credit columns is income.
    ``balance`` is the unrestricted cash at the end; ``balances`` that at the end of earlier months
    (``"2026-02"`` → amount).
    """

    table: ClassVar[TableKind] = TableKind(
        sheet=("funding", "资金台账"),
        layouts=(Layout(needs=(("date",), ("amount", "income", "expense"))),),
        file_words=r"ledger|budget|account|fund|台账|账|资金|经费",
    )

    decimal: Literal[".", ","] | None = None
    income_side: Literal["credit", "debit"] | None = None
    date: Annotated[
        str,
        ColumnSpec(
            kind="date",
            label=("Date", "日期"),
            meaning=DAY_MEANING,
            headers=DATE_HEADERS,
            sample=SampleColumn(header=("Date", "日期"), cells=("2026-01-05", "2026-02-10")),
        ),
    ] = "date"
    amount: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Amount", "金额"),
            meaning=(
                "Income positive, expense negative; or without sign beside `direction`",
                "收入为正、支出为负；另有收支方向列时不带正负号",
            ),
            headers="amount|sum|金额|数额",
        ),
    ] = None
    income: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Income", "收入"),
            meaning=("Money in, no currency sign", "收入金额"),
            headers="income|credit|credits|收入|收入金额|收方|贷方|贷方金额|贷方发生额",
            sample=SampleColumn(header=("Income", "收入"), cells=("50000", "")),
        ),
    ] = None
    expense: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Expense", "支出"),
            meaning=("Money out", "支出金额"),
            headers="expense|expenditure|debit|debits|支出|支出金额|付方|借方|借方金额|借方发生额",
            sample=SampleColumn(header=("Expense", "支出"), cells=("", "8200")),
        ),
    ] = None
    direction: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Income or expense", "收入或支出"),
            meaning=("Which of the two an amount is, in words", "金额是收入还是支出"),
            headers="direction|in/out|收支|方向|收支类型",
        ),
    ] = None
    source: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Source", "来源"),
            meaning=("Who gave the money", "资金来自谁"),
            headers="source|funder|donor|来源|资金来源|资助方|对方单位|对方户名|对方",
            sample=SampleColumn(
                header=("Source", "来源"), cells=(("Civil affairs bureau", "民政局"), "")
            ),
        ),
    ] = None
    kind: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Kind", "类别"),
            meaning=("Government, foundation, community …", "政府、基金会、社区等"),
            headers="source type|source_type|kind|funder type|来源类型|资金类型",
            sample=SampleColumn(
                header=("Source type", "来源类型"), cells=(("Government", "政府"), "")
            ),
        ),
    ] = None
    restricted: Annotated[
        str | None,
        ColumnSpec(
            kind="flag",
            label=("Restricted", "是否限定"),
            meaning=YES_OR_NO,
            headers="restricted|是否限定|限定",
            sample=SampleColumn(
                header=("Restricted", "是否限定"), cells=(YES_NO[0], ""), choices=YES_NO
            ),
        ),
    ] = None
    recurring: Annotated[
        str | None,
        ColumnSpec(
            kind="flag",
            label=("Recurring", "是否经常性"),
            meaning=("Whether the money comes again every year", "是否每年都有"),
            headers="recurring|是否持续|是否经常",
        ),
    ] = None
    ends: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Grant ends on", "资助截止"),
            meaning=("Last day of the grant", "资助的最后一天"),
            headers="ends|end date|grant ends|资助截止|截止日期",
            sample=SampleColumn(header=("Grant ends", "资助截止"), cells=("2026-12-31", "")),
        ),
    ] = None
    community_kinds: list[str] = Field(default_factory=list)
    balance: float | None = None
    balances: dict[str, float] = Field(default_factory=dict)
    currency: str | None = None
    programme_cost: float | None = None


class CapacityPlan(TableSection):
    """``[capacity]``: self-assessment, one row per rater, domain (or item) and wave.

    Without ``range`` the scores are read on a scale of 1 to 7, and an issue says so.
    """

    table: ClassVar[TableKind] = TableKind(
        sheet=("capacity", "能力自评"),
        layouts=(Layout(needs=(("domain",), ("score",))),),
        file_words=r"capacity|self.?assess|能力|自评",
    )

    rater: Annotated[
        str,
        ColumnSpec(
            kind="code",
            label=("Rater", "评分人"),
            meaning=("Who rates", "评分人"),
            headers="rater|assessor|评分人|评估人|打分人",
            # Without it each row is taken for another rater's.
            may_be_absent=True,
            sample=SampleColumn(header=("Rater", "评分人"), cells=("R1", "R2")),
        ),
    ] = "rater"
    domain: Annotated[
        str,
        ColumnSpec(
            kind="text",
            label=("Domain", "领域"),
            meaning=("Capacity that is rated; others may be added", "评分领域，可自行增加"),
            headers="domain|dimension|领域|维度",
            sample=SampleColumn(
                header=("Domain", "领域"), cells=(DOMAINS[1],) * 2, choices=DOMAINS
            ),
        ),
    ] = "domain"
    item: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Item", "题目"),
            meaning=("Statement within the domain", "领域内的条目"),
            headers="item|indicator|条目|指标",
        ),
    ] = None
    wave: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Wave (before, after)", "轮次（前、后）"),
            meaning=("Before or after", "前测或后测"),
            headers=WAVE_HEADERS,
            sample=SampleColumn(header=("Wave", "轮次"), cells=WAVES, choices=WAVES),
        ),
    ] = "wave"
    score: Annotated[
        str,
        ColumnSpec(
            kind="number",
            label=("Score", "评分"),
            meaning=("1 low to 7 high", "1 低至 7 高"),
            headers="score|rating|评分|得分|分数",
            sample=SampleColumn(
                header=("Score (1–7)", "评分（1–7）"),
                cells=("3", "5"),
                choices=SCORES,
            ),
        ),
    ] = "score"
    group: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Group (programme, comparison)", "组别（项目组、对照组）"),
            meaning=("Community organisation or social workers", "社区组织或社工"),
            headers="group|群体|组别",
            sample=SampleColumn(
                header=("Group", "群体"),
                cells=(("Community organisation", "社区组织"),) * 2,
                choices=(("Community organisation", "社区组织"), ("Social workers", "社工")),
            ),
        ),
    ] = None
    range: tuple[float, float] | None = None
    target: float | None = None
    leadership: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Holds an office", "是否任职"),
            meaning=("Whether the rater holds an office", "评分人是否任职"),
        ),
    ] = None

    @property
    def scale(self) -> tuple[float, float]:
        """The declared range, else the usual one of 1 to 7."""
        return self.range or (1, 7)


class StrengthsPlan(TableSection):
    """``[strengths]``: inventory of what the community has, by wave."""

    table: ClassVar[TableKind] = TableKind(
        sheet=("strengths", "社区资源"),
        layouts=(Layout(needs=(("strength",),)),),
        file_words=r"asset|strength|资源|清单",
    )

    strength: Annotated[
        str,
        ColumnSpec(
            kind="text",
            label=("Strength", "资源"),
            meaning=("What the community has", "社区已有的资源"),
            headers="strength|asset|resource|资源|优势|资产",
            sample=SampleColumn(
                header=("Strength", "资源"),
                cells=(("Volunteer team", "志愿队"), ("Meeting room", "议事室")) * 2,
            ),
        ),
    ] = "strength"
    kind: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Kind", "类别"),
            meaning=("People, places, groups …", "人、场所、组织等"),
            headers="kind|type|类别|类型",
            sample=SampleColumn(
                header=("Kind", "类别"), cells=(("People", "人"), ("Places", "场所")) * 2
            ),
        ),
    ] = "kind"
    wave: Annotated[
        str,
        ColumnSpec(
            kind="text",
            label=("Wave (before, after)", "轮次（前、后）"),
            meaning=("Before or after", "前测或后测"),
            headers=WAVE_HEADERS,
            sample=SampleColumn(
                header=("Wave", "轮次"),
                cells=(*WAVES[:1] * 2, *WAVES[1:] * 2),
                choices=WAVES,
            ),
        ),
    ] = "wave"
    present: Annotated[
        str | None,
        ColumnSpec(
            kind="flag",
            label=("Present", "现有"),
            meaning=YES_OR_NO,
            headers="present|是否具备|是否存在|有无",
            sample=SampleColumn(
                header=("Present", "是否具备"),
                cells=(*YES_NO, YES_NO[0], YES_NO[0]),
                choices=YES_NO,
            ),
        ),
    ] = None


class ConsultationPlan(DatedTable):
    """``[consultation]``: one row per issue raised in a meeting.

    ``status`` is a column of words (done, in progress, 未开始).
    """

    table: ClassVar[TableKind] = TableKind(
        sheet=("consultation", "协商记录"),
        layouts=(Layout(needs=(("issue",), ("raised",))),),
        file_words=r"issue|consult|议题|议事|诉求",
    )

    issue: Annotated[
        str,
        ColumnSpec(
            kind="text",
            label=("Issue", "议题"),
            meaning=("One row per issue raised", "每个议题一行"),
            headers="issue|topic|agenda item|议题|事项|问题|诉求",
            sample=SampleColumn(
                header=("Issue", "议题"), cells=(("Clear the drain", "清理排水沟"),)
            ),
        ),
    ] = "issue"
    raised: Annotated[
        str,
        ColumnSpec(
            kind="date",
            label=("Raised on", "提出日期"),
            meaning=DAY_MEANING,
            headers="raised|raised on|date raised|提出日期|提出时间|上报日期",
            sample=SampleColumn(header=("Raised", "提出日期"), cells=("2026-03-01",)),
        ),
    ] = "raised"
    raised_by: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Raised by", "提出人"),
            meaning=("Who raised it", "由谁提出"),
            headers="raised by|raised_by|提出人|提出者",
            sample=SampleColumn(
                header=("Raised by", "提出人"), cells=(("Residents' group", "居民小组"),)
            ),
        ),
    ] = None
    agreed: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Agreed on", "议定日期"),
            meaning=DAY_MEANING,
            headers="agreed|agreed on|date agreed|同意日期|通过日期|采纳日期|议定时间|议定日期"
            "|通过时间|商定时间",
            sample=SampleColumn(header=("Agreed", "同意日期"), cells=("2026-03-15",)),
        ),
    ] = "agreed"
    due: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Due on", "期限"),
            meaning=DAY_MEANING,
            headers="due|due date|deadline|到期日|截止日期|计划完成日期|计划完成|计划完成时间"
            "|截止时间|完成时限",
            sample=SampleColumn(header=("Due", "截止日期"), cells=("2026-05-01",)),
        ),
    ] = "due"
    done: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Done on", "完成日期"),
            meaning=DAY_MEANING,
            headers="done|done on|completed|date done|完成日|完成日期|办结日期|完成时间|办结时间",
            sample=SampleColumn(header=("Done", "完成日期"), cells=("2026-04-20",)),
        ),
    ] = "done"
    status: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Status", "状态"),
            meaning=("Done, in progress, not started …", "已完成、进行中、未开始等"),
            headers="status|state|progress|状态|完成情况|办理情况|进展|进度|落实情况",
        ),
    ] = None
    told_back: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Reported back on", "反馈日期"),
            meaning=DAY_MEANING,
            headers="told back|told_back|reported back|feedback date|feedback|反馈日|反馈日期"
            "|反馈时间|反馈居民|是否反馈|反馈情况",
            sample=SampleColumn(header=("Told back", "反馈日期"), cells=("2026-04-25",)),
        ),
    ] = "told_back"
    declined: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Declined because", "未采纳原因"),
            meaning=("Only where it was declined", "仅在不采纳时填写"),
            headers="declined|reason declined|不采纳原因|未采纳原因",
            sample=SampleColumn(header=("Reason declined", "不采纳原因"), cells=("",)),
        ),
    ] = None
    meeting: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Meeting", "会议"),
            meaning=("Meeting in which it was raised", "提出议题的会议"),
            headers="meeting|会议|议事会",
        ),
    ] = None
    parties: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Parties present", "到会各方"),
            meaning=("Who was present, with commas", "到场各方，用逗号分开"),
            headers="parties|participants|参与方|参与主体",
            sample=SampleColumn(
                header=("Parties", "参与方"), cells=(("Residents, committee", "居民，居委会"),)
            ),
        ),
    ] = None
    stage: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Stage", "阶段"),
            meaning=("Stage of the process", "协商阶段"),
            headers="stage|阶段|环节",
            sample=SampleColumn(header=("Stage", "阶段"), cells=(("Raising", "提出"),)),
        ),
    ] = None
    promised_level: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Level promised", "承诺层次"),
            meaning=LEVEL_MEANING,
            headers="promised level|promised_level|承诺层次",
            sample=SampleColumn(
                header=("Promised level", "承诺层次"),
                cells=(PARTICIPATION_LEVELS[2],),
                choices=PARTICIPATION_LEVELS,
            ),
        ),
    ] = None
    delivered_level: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Level delivered", "实际层次"),
            meaning=LEVEL_MEANING,
            headers="delivered level|delivered_level|实际层次",
            sample=SampleColumn(
                header=("Delivered level", "实际层次"),
                cells=(PARTICIPATION_LEVELS[1],),
                choices=PARTICIPATION_LEVELS,
            ),
        ),
    ] = None
    as_of: date | None = None
