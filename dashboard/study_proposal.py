"""A proposed study file for the command line: a comment at each line a person should check."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import IntakeError, StudyFileError
from analysis.intake.check.linkage import ProposedLink
from analysis.intake.model import Table
from analysis.intake.propose.column_roles import propose_roles
from analysis.intake.propose.near_names import find_near_codes
from analysis.intake.propose.open_scales import find_open_scale
from analysis.intake.propose.proposal import order_files, propose_plan, read_sheets, tells_order
from analysis.intake.propose.wave_order import order_waves
from analysis.intake.propose.wide_tables import list_waves
from analysis.intake.read.money_tables import find_sides, has_open_sides
from analysis.intake.tables.counts import read_counts
from analysis.intake.values.column_lookup import find_column
from analysis.intake.values.open_questions import (
    find_open_dates,
    find_open_decimals,
    find_open_year,
)
from analysis.intake.values.respondents import normalise_code
from analysis.plan import MeasurePlan, StudyPlan, SurveyPlan, write_plan
from analysis.plan_tables import FundingPlan
from analysis.study import Study
from dashboard.coded_files import CodedFiles, code_files
from dashboard.sentences import say_error, say_issue
from dashboard.text import Text
from dashboard.widgets.unused_reasons import say_unused
from dashboard.workspace.date_fields import list_days
from dashboard.workspace.link_edit import with_near
from dashboard.workspace.plan_edit import (
    DICTIONARY,
    SURVEY,
    Place,
    list_gaps,
    source_counts,
    survey_file,
    use_of,
)

UNSURE = 0.7
"""Confidence below which a column's recognised part is marked for checking."""
_HEADER = re.compile(r"^\[\[?(?P<name>[^\]]+)\]\]?$")
_KEY = re.compile(r"^(?P<key>[A-Za-z0-9_-]+|\"[^\"]+\") = ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark on one line of a study file.

    Attributes
    ----------
    section, index
        Table of the study file, and which of several (``measures`` 0, 1 …); ``""`` for a remark
        on the whole, which stands at its head.
    key
        Line it is about; one that is not there is written as a comment with ``example``.
    words
        The remark.
    question
        Whether an evaluation has to wait for the answer.
    """

    section: str
    key: str
    words: str
    index: int = 0
    example: str = ""
    question: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyProposal:
    """A proposed plan, the remarks on it, and its files as they were read."""

    plan: StudyPlan
    notes: tuple[Note, ...]
    files: CodedFiles
    folder: Path

    @property
    def questions(self) -> tuple[str, ...]:
        """What has to be answered before the study can be evaluated."""
        return tuple(note.words for note in self.notes if note.question)


def propose_from_files(
    text: Text, paths: Sequence[Path], folder: Path | None, *, keep_originals: bool = False
) -> StudyProposal:
    """Propose a study file for files.

    Parameters
    ----------
    text
        Language of the remarks.
    paths
        The files.
    folder
        Where the study file will be; the files' common folder when None. Paths in a study file
        may not leave its folder.
    keep_originals
        Whether people's names and numbers are read as they are, not as codes.

    Raises
    ------
    StudyFileError
        ``outside_folder`` or ``nothing_recognised``.
    IntakeError
        When none of the files can be read.
    """
    home = (folder or _common_folder(paths)).resolve()
    files: dict[str, bytes] = {}
    for path in paths:
        full = path.resolve()
        if not full.is_relative_to(home):
            raise StudyFileError("outside_folder", file=str(path), folder=str(home))
        files[full.relative_to(home).as_posix()] = path.read_bytes()
    coded = code_files(files, home / "study.toml", keep_originals=keep_originals)
    read = read_sheets(coded.contents)
    tables = {key: one for key, one in read.items() if not isinstance(one, IntakeError)}
    errors = [one for one in read.values() if isinstance(one, IntakeError)]
    if not tables:
        raise errors[0]
    plan = with_near(propose_plan(tables), _near_pairs(coded))
    places = {
        Place(file=table.file, sheet=table.sheet, main=key == table.file): table
        for key, table in tables.items()
    }
    if not any(use_of(plan, at) for at in places):
        raise StudyFileError("nothing_recognised", file=", ".join(files))
    notes = [
        *(Note(section="study", key="language", words=say_error(text, error)) for error in errors),
        *_note_tables(text, plan, places),
        *_note_columns(text, plan, places),
        *(
            note
            for at, measure in enumerate(plan.measures)
            for note in _note_measure(text, at, measure)
        ),
        *_note_scales(text, plan, places),
    ]
    return StudyProposal(plan=plan, notes=tuple(notes), files=coded, folder=home)


def _near_pairs(coded: CodedFiles) -> list[ProposedLink]:
    """Pairs of coded names that may be one person: those that no file has side by side."""
    by_file = [one.marks for one in coded.coded.values()]
    marks = {code: told for marks in by_file for code, told in marks.items()}
    here = [{normalise_code(code) for code in marks} for marks in by_file]
    pairs = find_near_codes(marks)
    return [one for one in pairs if not any({one.code, one.same_as} <= codes for codes in here)]


def write_proposal(text: Text, proposal: StudyProposal) -> str:
    """Write a proposed plan as TOML, each remark above the line it is about."""
    head = text("Proposed by Levee from the files. Check the lines with a comment.")
    whole = [line for note in proposal.notes if not note.section for line in _comment(note)]
    lines = [f"# {head}", *whole, ""]
    counts: dict[str, int] = {}
    section, index = "", 0
    pending: list[Note] = []
    for line in write_plan(proposal.plan).splitlines():
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            section = header["name"]
            index = counts.get(section, 0)
            counts[section] = index + 1
            lines.append(line)
            pending = [n for n in proposal.notes if (n.section, n.index) == (section, index)]
            present = _keys_below(write_plan(proposal.plan), section, index)
            for note in pending:
                if note.key not in present:
                    lines += _comment(note)
            continue
        if key:
            for note in pending:
                if note.key == key["key"].strip('"'):
                    lines.append(f"# {note.words}")
        lines.append(line)
    return "\n".join(lines) + "\n"


def find_losses(text: Text, study: Study) -> list[str]:
    """Say of which files more than a fifth of the rows would be left out."""
    return [
        text(
            "{lost} of {rows} rows of {file} would be left out. Check its columns.",
            lost=text.number(file.n_listed, 0),
            rows=text.number(file.n_rows, 0),
            file=file.path,
        )
        for file in study.files
        if file.loses_many
    ]


def find_total_losses(text: Text, study: Study) -> list[str]:
    """Say of which tables every row would be left out, and why: there is nothing to evaluate."""
    told: list[str] = []
    for table in dict.fromkeys(file.table for file in study.files):
        files = [file for file in study.files if file.table == table and file.n_rows]
        if not files or any(file.n_used for file in files):
            continue
        paths = {file.path for file in files}
        reasons = {one.reason for one in study.exclusions if one.table == table}
        issues = [i for i in study.issues if i.code in reasons and (not i.file or i.file in paths)]
        whole = text(
            "Every row of {file} would be left out. Check its columns.",
            file=", ".join(sorted(paths)),
        )
        told += [whole, *(say_issue(text, issue) for issue in issues)]
    return told


def _common_folder(paths: Sequence[Path]) -> Path:
    return Path(os.path.commonpath([path.resolve().parent for path in paths]))


def _comment(note: Note) -> list[str]:
    return [f"# {note.words}", *([f"# {note.key} = {note.example}"] if note.example else [])]


def _keys_below(written: str, section: str, index: int) -> set[str]:
    keys: set[str] = set()
    counts: dict[str, int] = {}
    inside = False
    for line in written.splitlines():
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            at = counts.get(header["name"], 0)
            counts[header["name"]] = at + 1
            inside = (header["name"], at) == (section, index)
        elif key and inside:
            keys.add(key["key"].strip('"'))
    return keys


def _note_tables(text: Text, plan: StudyPlan, places: Mapping[Place, Table]) -> list[Note]:
    """Files without a use, gaps of the others, and dates and amounts that can be read two ways."""
    notes: list[Note] = []
    for at, table in places.items():
        use = use_of(plan, at)
        if not use:
            reason = say_unused(text, plan, places, at)
            words = text("Not used: {file}. {reason}", file=_name(at), reason=reason)
            notes.append(Note(section="", key="", words=words))
            continue
        if use == DICTIONARY:
            continue
        section, index = (use, 0) if use != SURVEY else ("survey.files", _file_index(plan, at))
        if source_counts(plan, at) is not None:
            notes += _note_counts(text, plan, table, index)
        for _ in list_gaps(plan, at):
            words = text("Which columns of {file} hold what this section needs?", file=_name(at))
            notes.append(Note(section=section, key="path", words=words, question=True))
        days = list_days(plan, at, table)
        if dates := find_open_dates(days):
            given, day, month = dates[0].examples[0]
            words = text(
                "Dates in {file} can be read two ways: is {given} {day} (true) or {month} (false)?",
                file=_name(at),
                given=given,
                day=text.date(day),
                month=text.date(month),
            )
            notes.append(
                Note(
                    section=section,
                    index=index,
                    key="day_first",
                    words=words,
                    example="true",
                    question=True,
                )
            )
        if year := find_open_year(days):
            words = text(
                "Dates in “{columns}” name no year, for example {given}. Which year is it?",
                columns=", ".join(year.columns),
                given=", ".join(year.examples),
            )
            notes.append(
                Note(
                    section=section,
                    index=index,
                    key="year",
                    words=words,
                    example=str(year.years[0] if year.years else 2026),
                    question=True,
                )
            )
        if use == "funding" and plan.funding is not None:
            notes += _note_ledger(text, plan.funding, table)
    return notes


def _note_ledger(text: Text, plan: FundingPlan, table: Table) -> list[Note]:
    """Ask which side of a ledger is income, and what its decimal mark is, where both are open."""
    notes: list[Note] = []

    def ask(key: str, words: str, example: str) -> None:
        notes.append(Note(section="funding", key=key, words=words, example=example, question=True))

    if has_open_sides(plan) and plan.income_side is None:
        words = text(
            "Which column of this ledger is income: “{credit}” (credit) or “{debit}” (debit)?",
            **find_sides(plan),
        )
        ask("income_side", words, '"credit"')
    columns = [
        find_column(table, name) for name in (plan.amount, plan.income, plan.expense) if name
    ]
    if find_open_decimals(table, [name for name in columns if name]):
        words = text(
            "Is the point in amounts a decimal point “.” or does it separate thousands “,”?"
        )
        ask("decimal", words, '"."')
    return notes


def _note_columns(text: Text, plan: StudyPlan, places: Mapping[Place, Table]) -> list[Note]:
    """Columns of surveys whose part was recognised with little confidence."""
    survey = plan.survey
    if survey is None:
        return []
    surveys = [
        table
        for at, table in places.items()
        if use_of(plan, at) == SURVEY and source_counts(plan, at) is None
    ]
    unsure = {
        one.name: one
        for table in surveys
        for one in propose_roles(table)
        if one.confidence < UNSURE
    }
    notes: list[Note] = []
    for key in ("respondent", "wave", "group", "site"):
        if getattr(survey, key) in unsure:
            words = text("Not certain: check this column.")
            notes.append(Note(section="survey", key=key, words=words))
    for table in surveys:
        wave = find_column(table, survey.wave) if survey.wave else None
        order = (
            order_waves(
                table, wave, survey.respondent if isinstance(survey.respondent, str) else None
            )
            if wave
            else None
        )
        if order is not None and not order.sure:
            words = text("In which order did these rounds take place? Put the earliest first.")
            notes.append(Note(section="survey", key="waves", words=words, question=True))
    tables = [table for at, table in places.items() if use_of(plan, at) == SURVEY]
    if survey.wave is None and len(tables) > 1 and not tells_order(tables):
        files = [one.file for one in tables]
        said = [
            f"{one.file} › {one.sheet}" if files.count(one.file) > 1 else one.file for one in tables
        ]
        names = " → ".join(said[at] for at in order_files(tables))
        words = text(
            "Nothing in these files tells which came first: {files}? Name the wave of each.",
            files=names,
        )
        notes.append(Note(section="survey", key="waves", words=words, question=True))
    if survey.respondent is None and surveys:
        words = text("No column identifies people: answers are compared as anonymous groups.")
        notes.append(Note(section="survey", key="respondent", words=words, example='"code"'))
    for at, measure in enumerate(plan.measures):
        doubtful = [item for item in measure.items if item in unsure]
        if doubtful:
            words = text(
                "Not certain whether these belong: {columns}.", columns=", ".join(doubtful)
            )
            notes.append(Note(section="measures", index=at, key="items", words=words))
    return notes


def _note_counts(text: Text, plan: StudyPlan, table: Table, index: int) -> list[Note]:
    """What a table of counts stands for; a question where its cells may be percentages."""
    survey = plan.survey or SurveyPlan()
    words = text(
        "Rows are answers, cells numbers of people: the waves are compared as independent groups."
    )
    notes = [Note(section="survey.files", index=index, key="path", words=words)]
    try:
        read_counts(table, survey.files[index], survey)
    except StudyFileError as error:
        asked = Note(
            section="survey.files.counts",
            index=index,
            key="totals",
            words=say_error(text, error),
            example=f'{{ "{error.details["column"]}" = 120 }}',
            question=True,
        )
        notes.append(asked)
    return notes


def _note_measure(text: Text, at: int, measure: MeasurePlan) -> list[Note]:
    notes = []
    if measure.role != "descriptive" and measure.label is None:
        wordings = "; ".join(text.of(measure.texts.get(i), i) for i in measure.items[:3])
        words = text("Name this score for reports. It is made of: {items}", items=wordings)
        example = '"家庭备灾水平"' if text.language != "en" else '"Household preparedness"'
        notes.append(
            Note(
                section="measures",
                index=at,
                key="label",
                words=words,
                example=example,
                question=True,
            )
        )
    elif measure.role != "descriptive" and measure.kind == "scale":
        words = text("Proposed name: change it to what reports should say.")
        notes.append(Note(section="measures", index=at, key="label", words=words))
    if measure.reversed:
        words = text("Proposed from wording and answers: check which items are reverse-scored.")
        notes.append(Note(section="measures", index=at, key="reversed", words=words))
    if measure.better == "lower":
        words = text("Proposed from the wording: a lower score is better.")
        notes.append(Note(section="measures", index=at, key="better", words=words))
    return notes


def _note_scales(text: Text, plan: StudyPlan, places: Mapping[Place, Table]) -> list[Note]:
    """Scales that neither wording nor answers settle."""
    waves = list_waves(
        (survey_file(plan, at), table) for at, table in places.items() if use_of(plan, at) == SURVEY
    )
    notes = []
    for index, measure in enumerate(plan.measures):
        scale = find_open_scale(measure, waves)
        if scale is not None:
            given = text(
                "The answers given run from {low} to {high}.",
                low=text.number(scale.low, 0),
                high=text.number(scale.high, 0),
            )
            words = " ".join([text("On which scale were these questions answered?"), given])
            notes.append(
                Note(section="measures", index=index, key="range", words=words, question=True)
            )
    if plan.capacity is not None and plan.capacity.range is None:
        words = text("On which scale were these ratings given?")
        notes.append(
            Note(section="capacity", key="range", words=words, example="[1, 5]", question=True)
        )
    return notes


def _file_index(plan: StudyPlan, at: Place) -> int:
    files = plan.survey.files if plan.survey else []
    return next(n for n, one in enumerate(files) if at.holds(one.path, one.sheet))


def _name(at: Place) -> str:
    return at.file if at.main else f"{at.file} › {at.sheet}"
