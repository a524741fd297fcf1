"""The study file: what the wizard saves, what the command line reads.

``study.toml`` ⇄ :class:`StudyPlan`. Paths are relative to the file. An unknown key is an error
that names the key and the nearest known one.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import tomli_w
from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from analysis.errors import StudyFileError
from analysis.plan_tables import (
    CODE_MEANING,
    WAVES,
    AttendancePlan,
    CapacityPlan,
    ColumnSpec,
    ConsultationPlan,
    DeliveryPlan,
    EventMark,
    FundingPlan,
    Link,
    LocalizedText,
    SampleColumn,
    Section,
    ServicePlan,
    StrengthsPlan,
    TableKind,
    TableSpec,
    VolunteersPlan,
    Year,
    describe_table,
)

LARGEST_PLAN = 2 << 20
"""Bytes of a study file; the sample's has 9,000."""
DEEPEST = 16
"""Levels of keys and lists; a plan uses five."""
Kind = Literal["scale", "knowledge", "binary", "category", "number"]
MeasureRole = Literal["primary", "secondary", "exploratory", "descriptive"]
Slip = Literal[
    "leading_zeros",
    "punctuation",
    "look_alikes",
    "missing_prefix",
    "swapped_fields",
    "same_pinyin",
    "transposition",
    "one_character",
    "similar",
]
"""How two spellings of one code may have come about."""
Assignment = Literal["random", "whole_sites", "self_selected"]


class StudySettings(Section):
    """``[study]``: title, language of reports (``en`` or ``zh-Hans``), smallest group shown.

    ``labels`` gives columns and values of the data in words: ``sex = {en = "Sex", …}``.
    """

    title: LocalizedText = ""
    labels: dict[str, LocalizedText] = Field(default_factory=dict)
    language: Literal["en", "zh-Hans"] = "en"
    min_group: int = Field(default=5, ge=1)
    simulated: bool = False
    seed: int = 20260923


class CountsPlan(Section):
    """``[survey.files.counts]``: the table's rows are answers, its cells numbers of people.

    ``cells`` are the columns of numbers: one, or one for each wave (or group, by ``across``) that
    their headers name. ``unit`` settles what the numbers are where the table leaves it open;
    percentages need ``totals``: column (or, in one long column, value of the wave) → people asked.
    Several questions stand in the rows (``question`` is their column), in the columns
    (``across = "question"``), or in the rows with an answer in each column (``across = "answer"``,
    without ``answer``).
    """

    answer: str = ""
    question: str | None = None
    cells: list[str] = Field(min_length=1)
    across: Literal["wave", "group", "question", "answer"] = "wave"
    unit: Literal["people", "percent"] | None = None
    totals: dict[str, int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> CountsPlan:
        if self.across == "answer" and self.question is None:
            raise ValueError("counts: across = 'answer' needs question, the column of questions")
        if self.across != "answer" and not self.answer:
            raise ValueError("counts: answer, the column of answers, is missing")
        return self


class SurveyFile(Section):
    """``[[survey.files]]``: one uploaded table of answers.

    ``columns`` is a pattern for wide files (``"{wave}_{item}"``); ``wide`` spells the same out:
    wave → item name → column. ``rename`` maps a column as exported to a shorter name. ``counts``
    says that rows are answers, not people.
    """

    path: str
    sheet: str | None = None
    wave: str | None = None
    columns: str | None = None
    wide: dict[str, dict[str, str]] = Field(default_factory=dict)
    rename: dict[str, str] = Field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    day_first: bool | None = None
    year: Year = None
    site: str | None = None
    group: str | None = None
    counts: CountsPlan | None = None


class NearPair(Link):
    """Two codes whose originals were nearly alike when they were coded; ``slip`` says how."""

    slip: Slip = "similar"


class Fix(Section):
    """A recorded, reversible correction of one cell, or the removal of one row."""

    file: str
    row: int
    column: str | None = None
    action: Literal["set", "clear", "drop_row"]
    value: str | None = None
    rule: str = ""


class SurveyPlan(Section):
    """``[survey]``: who, when, and in which files.

    ``links`` are pairs of codes accepted as one person, ``distinct`` pairs found to be two.
    ``near`` are pairs whose originals were nearly alike before they were coded: open until they
    stand in one of the two.

    ``assignment`` says how people came into the programme: by lot, with their whole community, or
    by their own choice or someone's. ``covariates`` are columns known before the start, numbers or
    words, for which the comparison is adjusted. ``dictionary`` is the path of an XLSForm or REDCap
    data dictionary that supplies the labels, choices and order of the files' columns.
    """

    table: ClassVar[TableKind] = TableKind(sheet=("survey", "问卷"))

    respondent: Annotated[
        str | list[str] | None,
        ColumnSpec(
            kind="code",
            label=("Respondent's code", "答卷人编号"),
            meaning=CODE_MEANING,
            headers="code|respondent|respondent id|respondent code|resident code|resident id"
            "|resident_code|person|person id|participant|participant id|participant code|pid|uid"
            "|user id|student|student id|subject|subject id|member id|household id|hhid|record_id"
            "|case id|caseid|unique id|your code|id|personal code"
            "|居民编号|编号|编码|代码|工号|学号|被访者编号|问卷编号|参与者编号|受访者编号|个人编码"
            "|对象编号|样本编号|家庭编号|户号",
            sample=SampleColumn(
                header=("Resident code", "居民编号"), cells=("B001", "B002", "B001", "B002")
            ),
        ),
    ] = None
    waves: list[str] = Field(default_factory=lambda: ["pre", "post"])
    wave: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Wave (before, after)", "轮次（前、后）"),
            meaning=("Before or after the programme", "项目前或项目后"),
            headers="wave|round|survey_round|survey round|phase|time point|timepoint|time_point"
            "|when|stage|period|visit|redcap_event_name|event name|event|pre_post|prepost|occasion"
            "|轮次|波次|时点|测次|调查轮次|测量时间|前后测|阶段|期次|问卷类型",
            sample=SampleColumn(
                header=("Wave", "轮次"),
                cells=(*WAVES[:1] * 2, *WAVES[1:] * 2),
                choices=WAVES,
            ),
        ),
    ] = None
    wave_values: dict[str, list[str]] = Field(default_factory=dict)
    group: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Group (programme, comparison)", "组别（项目组、对照组）"),
            meaning=("Who received the programme, and who is compared", "项目组或对照组"),
            headers="arm|group|condition|treatment|组别|分组|实验组|干预组",
        ),
    ] = None
    treated: list[str] = Field(default_factory=list)
    assignment: Assignment = "self_selected"
    covariates: list[str] = Field(default_factory=list)
    site: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Community", "社区"),
            meaning=("Community the person lives in", "所在社区"),
            headers="site|community|village|district|社区|所在社区|小区|村|所在小区",
        ),
    ] = None
    cluster: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=("Cluster (building, class)", "群（楼栋、班级）"),
            meaning=("Building or class the person shares with others", "同住的楼栋或同上的班级"),
        ),
    ] = None
    weight: Annotated[
        str | None,
        ColumnSpec(
            kind="number",
            label=("Weight", "权重"),
            meaning=("Survey weight: how many people one answer stands for", "每份答卷代表的人数"),
        ),
    ] = None
    started_on: Annotated[
        str | None,
        ColumnSpec(
            kind="date",
            label=("Date of answering", "作答日期"),
            meaning=("Day the questionnaire was answered", "填写问卷的日期"),
        ),
    ] = None
    anchor: Annotated[
        str | None,
        ColumnSpec(
            kind="text",
            label=(
                "“How has it changed?” (one overall question)",
                "总体变化题（“和之前相比如何？”）",
            ),
            meaning=(
                "One overall question, “how has it changed?”, asked in the later wave",
                "后一轮问卷中的一道总体变化题",
            ),
        ),
    ] = None
    anchor_values: dict[str, float] = Field(default_factory=dict)
    disaggregate: list[str] = Field(default_factory=list)
    missing_codes: list[str] = Field(default_factory=list)
    duplicates: Literal["latest", "first", "most_complete"] = "latest"
    retrospective: list[str] = Field(default_factory=list)
    placebo: list[str] = Field(default_factory=list)
    drop_status: list[str] = Field(default_factory=list)
    population: dict[str, dict[str, float]] = Field(default_factory=dict)
    dictionary: str | None = None
    links: list[Link] = Field(default_factory=list)
    distinct: list[Link] = Field(default_factory=list)
    near: list[NearPair] = Field(default_factory=list)
    fixes: list[Fix] = Field(default_factory=list)
    files: list[SurveyFile] = Field(default_factory=list)


class MeasurePlan(Section):
    """``[[measures]]``: items, declared range, direction and rule of one score."""

    name: str
    label: LocalizedText | None = None
    texts: dict[str, LocalizedText] = Field(default_factory=dict)
    kind: Kind = "scale"
    items: list[str] = Field(min_length=1)
    reversed: list[str] = Field(default_factory=list)
    range: tuple[float, float] | None = None
    score: Literal["mean", "sum", "percent"] = "mean"
    min_answered: float = 0.8
    better: Literal["higher", "lower"] = "higher"
    important_difference: float | None = None
    role: MeasureRole = "secondary"
    answers: dict[str, float] = Field(default_factory=dict)
    correct: dict[str, str] = Field(default_factory=dict)
    order: list[str] = Field(default_factory=list)
    subscales: dict[str, list[str]] = Field(default_factory=dict)
    source: str = ""

    @model_validator(mode="after")
    def _check(self) -> MeasurePlan:
        if self.kind == "scale" and self.range is None:
            raise ValueError(f"measure {self.name!r}: kind = 'scale' needs range = [low, high]")
        if self.range is not None and not self.range[0] < self.range[1]:
            raise ValueError(f"measure {self.name!r}: range must run from low to high")
        unknown = sorted(set(self.reversed) - set(self.items))
        if unknown:
            raise ValueError(f"measure {self.name!r}: reversed names no item: {unknown}")
        unkeyed = sorted(set(self.items) - set(self.correct))
        if self.kind == "knowledge" and unkeyed:
            raise ValueError(f"measure {self.name!r}: no correct answer given for {unkeyed}")
        return self


class RetentionPlan(Section):
    """``[retention]``: the lapse rule and the end of observation.

    ``tenure`` chooses where a lapsed volunteer's spell ends: ``last_service`` (default) or
    ``lapse`` (last service plus the window). ``censor_at`` is ``window`` (observation end minus
    the lapse window, the better founded) or ``last_service`` (a documented variant).
    """

    lapse_after_days: int = Field(default=90, ge=1)
    observed_until: date | None = None
    register_since: date | None = None
    censor_at: Literal["window", "last_service"] = "window"
    events: list[EventMark] = Field(default_factory=list)


class TargetPlan(Section):
    """``[[targets]]``: one indicator against its target.

    Without a ``direction`` it is that from the baseline to the target.
    """

    indicator: str
    label: LocalizedText | None = None
    level: Literal["goal", "outcome", "output", "activity"] = "outcome"
    baseline: float | None = None
    target: float
    actual: float | None = None
    start: date | None = None
    due: date | None = None
    direction: Literal["increase", "decrease"] = "increase"
    cumulation: Literal["non_cumulative", "cumulative_sum", "cumulative_level"] = "non_cumulative"
    frequency: Literal["once", "monthly", "quarterly", "yearly"] = "once"
    periods: dict[str, float] = Field(default_factory=dict)
    actuals: dict[str, float] = Field(default_factory=dict)
    band: float = Field(default=0.15, gt=0, lt=1)
    evidence: str = ""

    @model_validator(mode="before")
    @classmethod
    def _take_direction(cls, values: Any) -> Any:  # noqa: ANN401
        """Take the direction from baseline and target where none is given."""
        if not isinstance(values, dict) or "direction" in values:
            return values
        start, end = values.get("baseline"), values.get("target")
        if isinstance(start, int | float) and isinstance(end, int | float):
            return {**values, "direction": "decrease" if end < start else "increase"}
        return values

    @model_validator(mode="after")
    def _check_direction(self) -> TargetPlan:
        """Refuse a target on the other side of its baseline: it would count backwards."""
        if self.baseline is None or self.target == self.baseline:
            return self
        if (self.target < self.baseline) == (self.direction == "increase"):
            raise ValueError(
                f"target {self.indicator!r}: direction = {self.direction!r}, but the target "
                f"{self.target:g} lies on the other side of the baseline {self.baseline:g}"
            )
        return self


class StudyPlan(Section):
    """All of ``study.toml``."""

    study: StudySettings = Field(default_factory=StudySettings)
    survey: SurveyPlan | None = None
    measures: list[MeasurePlan] = Field(default_factory=list)
    attendance: AttendancePlan | None = None
    delivery: DeliveryPlan | None = None
    volunteers: VolunteersPlan | None = None
    service: ServicePlan | None = None
    retention: RetentionPlan = Field(default_factory=RetentionPlan)
    funding: FundingPlan | None = None
    capacity: CapacityPlan | None = None
    strengths: StrengthsPlan | None = None
    consultation: ConsultationPlan | None = None
    scorecard: dict[str, list[float]] = Field(default_factory=dict)
    targets: list[TargetPlan] = Field(default_factory=list)

    @field_validator("measures")
    @classmethod
    def _names_differ(cls, measures: list[MeasurePlan]) -> list[MeasurePlan]:
        names = [measure.name for measure in measures]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"measure name used twice: {twice}")
        return measures

    def list_events(self) -> list[EventMark]:
        """Dated happenings of the study, in order of time, wherever they were declared."""
        given = [*(self.attendance.events if self.attendance else ()), *self.retention.events]
        distinct = {(event.date, repr(event.label)): event for event in reversed(given)}
        return sorted(distinct.values(), key=lambda event: event.date)

    def label_of(self, name: str) -> LocalizedText | None:
        """Words for a measure, a column or a value of the data; None when none are given."""
        labels = {measure.name: measure.label for measure in self.measures}
        return labels.get(name) or self.study.labels.get(name)


def _list_tables() -> dict[str, TableSpec]:
    sections = {key: _section_model(f.annotation) for key, f in StudyPlan.model_fields.items()}
    described = ((key, describe_table(key, one)) for key, one in sections.items() if one)
    return {key: table for key, table in described if table is not None}


def read_plan(path: Path) -> StudyPlan:
    """Read a study file.

    Raises
    ------
    StudyFileError
        With code ``study_file_missing``, ``study_file_large``, ``study_file_deep`` (``line``),
        ``study_file_syntax``, ``unknown_key`` (details ``key``,
        ``where``, ``nearest``) or ``study_file_value`` (``where``, ``problem``).
    """
    try:
        # A device or a pipe never ends; whoever sends a study file may name one.
        if path.exists() and not path.is_file():
            raise StudyFileError("study_file_missing", file=path.name, problem="not a file")
        with path.open("rb") as stream:
            content = stream.read(LARGEST_PLAN + 1)
        if len(content) > LARGEST_PLAN:
            raise StudyFileError("study_file_large", file=path.name, limit=LARGEST_PLAN)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyFileError("study_file_missing", file=path.name, problem=str(error)) from error
    return parse_plan(text, name=path.name)


def parse_plan(text: str, name: str = "study.toml") -> StudyPlan:
    """Parse the text of a study file; errors as in :func:`read_plan`."""
    _check_shape(text, name)
    try:
        raw = tomllib.loads(text)
    # ValueError: syntax, and integers of thousands of digits; RecursionError: lists in lists.
    except (ValueError, RecursionError) as error:
        raise StudyFileError("study_file_syntax", file=name, problem=str(error)[:300]) from error
    _check_numbers(raw, name)
    return plan_from_dict(raw, name)


def _check_shape(text: str, name: str) -> None:
    """Refuse keys and lists deeper than any study file's before the parser builds them.

    The parser's memory grows with the square of a dotted key's length: 98 kB took 5.5 GB.
    """
    if len(text) > LARGEST_PLAN:
        raise StudyFileError("study_file_large", file=name, limit=LARGEST_PLAN)
    depth = dots = at = 0
    while at < len(text):
        letter = text[at]
        if letter in "\"'":
            at = _after_string(text, at)
            continue
        if letter == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        depth += (letter in "[{") - (letter in "]}")
        dots = 0 if letter in "\n=,[{" else dots + (letter == ".")
        if depth > DEEPEST or dots > DEEPEST:
            line = text.count("\n", 0, at) + 1
            raise StudyFileError("study_file_deep", file=name, line=line, limit=DEEPEST)
        at += 1


def _after_string(text: str, at: int) -> int:
    """Where the string that begins here has ended."""
    quote = text[at]
    long = text.startswith(quote * 3, at)
    mark = quote * 3 if long else quote
    at += len(mark)
    while at < len(text):
        if text[at] == "\\" and quote == '"':
            at += 2
        elif text.startswith(mark, at):
            return at + len(mark)
        elif text[at] == "\n" and not long:
            return at
        else:
            at += 1
    return at


def _check_numbers(value: Any, name: str, where: str = "") -> None:  # noqa: ANN401
    """Refuse integers beyond 64 bits, the range of the format."""
    if isinstance(value, dict):
        for key, one in value.items():
            _check_numbers(one, name, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for one in value:
            _check_numbers(one, name, where)
    elif isinstance(value, int) and abs(value) >= 1 << 63:
        raise StudyFileError("study_file_value", file=name, where=where, problem="too large")


def plan_from_dict(raw: dict[str, Any], name: str = "study.toml") -> StudyPlan:
    """Validate a parsed study file; errors as in :func:`read_plan`."""
    try:
        return StudyPlan.model_validate(raw)
    except ValidationError as error:
        raise _first_problem(error, name) from error


def write_plan(plan: StudyPlan) -> str:
    """Write a plan as TOML text; defaults are left out, so the file stays short."""
    told = plan.model_dump(exclude_defaults=True, exclude_none=True, mode="python")
    return str(tomli_w.dumps(told))


def _first_problem(error: ValidationError, name: str) -> StudyFileError:
    problems = error.errors(include_url=False, include_context=False)
    unknown = [p for p in problems if p["type"] == "extra_forbidden"]
    chosen = (unknown or problems)[0]
    where = ".".join(str(part) for part in chosen["loc"])
    if not unknown:
        return StudyFileError("study_file_value", file=name, where=where, problem=chosen["msg"])
    key = str(chosen["loc"][-1])
    known = _known_keys(chosen["loc"][:-1])
    nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
    return StudyFileError(
        "unknown_key", file=name, key=key, where=where, nearest=nearest[0] if nearest else ""
    )


def _known_keys(path: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = StudyPlan
    for part in path:
        if not isinstance(part, int):
            model = _section_model(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _section_model(annotation: object) -> type[BaseModel] | None:
    """Find the section model inside ``X | None`` or ``list[X]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_section_model(arg) for arg in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)


TABLES: Mapping[str, TableSpec] = _list_tables()
"""Section of the study file → the table it names, in the order of the study file."""
