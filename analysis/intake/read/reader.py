"""Spreadsheet bytes and a study file → Study."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from analysis.errors import (
    HostileFileError,
    IntakeError,
    LimitExceededError,
    StudyFileError,
    UnreadableFileError,
)
from analysis.intake.check.checks import check_quality
from analysis.intake.check.matching import check_matching
from analysis.intake.check.people import check_people
from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.read.activity_tables import (
    read_attendance,
    read_delivery,
    read_service,
    read_volunteers,
)
from analysis.intake.read.money_tables import (
    read_capacity,
    read_consultation,
    read_funding,
    read_strengths,
)
from analysis.intake.read.survey_table import LinkedAnswers, read_survey
from analysis.intake.sandbox.workbook import DEFAULT_LIMITS, Progress, open_workbook, open_workbooks
from analysis.intake.tables.counts import CountsRead, read_counts
from analysis.intake.tables.dictionaries import apply_dictionary
from analysis.intake.tables.headers import clean_text, unique_names
from analysis.intake.tables.layout import ColumnHeader, TableLayout, build_table
from analysis.intake.tables.survey_tool import recognise_table
from analysis.intake.values.typed_table import TypedTable
from analysis.issues import Issue
from analysis.plan import StudyPlan, SurveyFile, read_plan
from analysis.study import Exclusion, SourceFile, Study


class _Section(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def sheet(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """One sheet the study file names, with a person's choices."""

    path: str
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None


READERS: dict[str, Callable[[Any, Table, StudyPlan], TypedTable]] = {
    "attendance": read_attendance,
    "delivery": read_delivery,
    "volunteers": read_volunteers,
    "service": read_service,
    "funding": read_funding,
    "capacity": read_capacity,
    "strengths": read_strengths,
    "consultation": read_consultation,
}
"""Section → what reads its table."""


def read_study(
    source: Path | str | StudyPlan,
    files: Mapping[str, bytes] | None = None,
    progress: Progress | None = None,
    opened: Mapping[str, Workbook | IntakeError] | None = None,
) -> Study:
    """Read everything a study file names.

    Parameters
    ----------
    source
        Path of ``study.toml``, or a plan made elsewhere.
    files
        Path as in the study file (or bare file name) → bytes; read beside the study file when
        None.
    progress
        Called with ``"reading"`` and the share of the files read; whatever it raises ends the
        reading.
    opened
        Path → its workbook, or the error it gave, where many studies' files were opened together.

    Returns
    -------
    Study
        Typed tables; problems in the data are in ``issues``, rows left out in ``exclusions``.

    Raises
    ------
    StudyFileError, IntakeError, MissingColumnError
        Each with code and details for a message.
    """
    plan = source if isinstance(source, StudyPlan) else read_plan(Path(source))
    folder = None if isinstance(source, StudyPlan) else Path(source).parent
    tables = _read_wanted(plan, files, folder, progress, opened)
    survey = _read_survey(plan, tables)
    others = {
        name: read(getattr(plan, name), tables[_wanted(getattr(plan, name))], plan)
        for name, read in READERS.items()
        if getattr(plan, name) is not None
    }
    return _study(plan, tables, survey, others)


def read_contents(source: Path) -> tuple[StudyPlan, dict[str, bytes]]:
    """Read a study file and the contents of every file it names, by path, from beside it.

    Raises
    ------
    StudyFileError, UnreadableFileError, HostileFileError, LimitExceededError
    """
    plan = read_plan(source)
    return plan, read_files(plan, source.parent)


def read_files(plan: StudyPlan, folder: Path) -> dict[str, bytes]:
    """Read the contents of every file that a plan names, by path; errors as there."""
    paths = [section.path for section in _sections(plan)]
    if plan.survey is not None and plan.survey.dictionary:
        paths.append(plan.survey.dictionary)
    return {path: _content(path, None, folder) for path in paths}


def read_table(
    workbook: Workbook, sheet_name: str | None = None, header_row: int | None = None
) -> Table:
    """Recognise a table, with the header row (1-based) a person chose when given."""
    table = recognise_table(workbook, sheet_name)
    if header_row is None or header_row in table.header_rows:
        return table
    sheet = next(sheet for sheet in workbook.sheets if sheet.name == table.sheet)
    return _below(workbook, sheet, header_row)


def _below(workbook: Workbook, sheet: Sheet, header_row: int) -> Table:
    if not 1 <= header_row <= len(sheet.rows):
        raise UnreadableFileError(
            "header_only", file=workbook.name, sheet=sheet.name, remedy="export_again"
        )
    headers = unique_names([clean_text(cell) for cell in sheet.rows[header_row - 1]])
    heads = [ColumnHeader(name=name) for name in headers]
    layout = TableLayout(format="plain", header_rows=(header_row,), heads=heads)
    return build_table(workbook, sheet, layout)


def _sections(plan: StudyPlan) -> Iterator[_Section]:
    if plan.survey is not None:
        yield from plan.survey.files
    for name in READERS:
        section = getattr(plan, name)
        if section is not None:
            yield section


def _wanted(section: _Section) -> _Wanted:
    chosen = {
        name: getattr(section, name, None) for name in ("encoding", "delimiter", "header_row")
    }
    return _Wanted(path=section.path, sheet=section.sheet, **chosen)


def _read_wanted(
    plan: StudyPlan,
    files: Mapping[str, bytes] | None,
    folder: Path | None,
    progress: Progress | None,
    opened: Mapping[str, Workbook | IntakeError] | None,
) -> dict[_Wanted, Table]:
    wanted = list(dict.fromkeys(_wanted(section) for section in _sections(plan)))
    if plan.survey is not None and plan.survey.dictionary:
        wanted.append(_Wanted(path=plan.survey.dictionary))
    contents = {one.path: _content(one.path, files, folder) for one in wanted}
    usual = {one.path for one in wanted if not (one.encoding or one.delimiter)}
    if opened is None:
        opened = open_workbooks(
            {path: contents[path] for path in contents if path in usual}, progress=progress
        )
    tables: dict[_Wanted, Table] = {}
    for one in wanted:
        if one.encoding or one.delimiter or one.path not in opened:
            workbook: Workbook | IntakeError = open_workbook(
                contents[one.path], one.path, encoding=one.encoding, delimiter=one.delimiter
            )
        else:
            workbook = opened[one.path]
        if isinstance(workbook, IntakeError):
            raise workbook
        tables[one] = read_table(workbook, one.sheet, one.header_row)
    return tables


def _content(path: str, files: Mapping[str, bytes] | None, folder: Path | None) -> bytes:
    if files is not None:
        named = {PurePosixPath(name).name: data for name, data in files.items()}
        found = files.get(path, named.get(PurePosixPath(path).name))
        if found is None:
            raise UnreadableFileError("missing_file", file=path)
        return found
    return _read_beside(folder or Path(), path)


def _read_beside(folder: Path, path: str) -> bytes:
    """Read a file of the study's own folder; a study file from elsewhere may name any other.

    Raises
    ------
    UnreadableFileError, HostileFileError, LimitExceededError
    """
    try:
        place = (folder / path).resolve()
        if not place.is_relative_to(folder.resolve()):
            raise HostileFileError("file_outside", file=path)
        if place.exists() and not place.is_file():
            raise HostileFileError("file_special", file=path)
        size = place.stat().st_size
        if size > DEFAULT_LIMITS.file_bytes:
            raise LimitExceededError(
                "file_size", file=path, limit=DEFAULT_LIMITS.file_bytes, found=size
            )
        return place.read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        raise UnreadableFileError("missing_file", file=path, problem=str(error)) from error


def _read_survey(plan: StudyPlan, tables: Mapping[_Wanted, Table]) -> LinkedAnswers | None:
    if plan.survey is None or not plan.survey.files:
        return None
    told = plan.survey.dictionary
    dictionary = tables[_Wanted(path=told)] if told else None
    pairs: list[tuple[SurveyFile, Table]] = []
    counted: list[CountsRead] = []
    for source in plan.survey.files:
        table = tables[_wanted(source)]
        if dictionary is not None:
            table = apply_dictionary(table, dictionary, plan.study.language)
        if source.counts is None:
            pairs.append((source, table))
        else:
            _check_single_questions(plan, source)
            counted.append(read_counts(table, source, plan.survey))
            pairs += counted[-1].parts
    read = read_survey(plan, pairs)
    return replace(
        read,
        exclusions=(*read.exclusions, *(e for one in counted for e in one.exclusions)),
        issues=(*read.issues, *(i for one in counted for i in one.issues)),
    )


def _check_single_questions(plan: StudyPlan, source: SurveyFile) -> None:
    """Refuse a score of several questions: nobody knows whose answers belong together."""
    joined = next((one for one in plan.measures if len(one.items) > 1), None)
    if joined is not None:
        raise StudyFileError("counts_score", file=source.path, measure=joined.name)


def _study(
    plan: StudyPlan,
    tables: Mapping[_Wanted, Table],
    survey: LinkedAnswers | None,
    others: Mapping[str, TypedTable],
) -> Study:
    frames = {told: one.frame for name, one in others.items() for told in [one.target or name]}
    exclusions = [*(survey.exclusions if survey else ())]
    issues: list[Issue] = []
    for table in tables.values():
        issues += [one for one in _unread_sheets(table, tables) if one not in issues]
    issues += survey.issues if survey else ()
    for one in others.values():
        exclusions += one.exclusions
        issues += one.issues
    issues += check_matching(survey.survey if survey else None, plan.survey)
    issues += check_people(plan, survey.survey if survey else None, others)
    study = Study(
        plan=plan,
        survey=survey.survey if survey else None,
        **frames,  # type: ignore[arg-type]  # names of tables only
        issues=tuple(issues),
        exclusions=tuple(exclusions),
        files=tuple(_balances(plan, tables, survey, others)),
    )
    counts = {one.path for one in plan.survey.files if one.counts} if plan.survey else set()
    # A table of counts holds no people: nothing of one person can be looked for in it.
    parts = survey.parts if survey else ()
    asked = [part.table for part in parts if part.table.file not in counts]
    read = {_wanted(one) for one in plan.survey.files} if plan.survey and survey else set()
    rest = [table for one, table in tables.items() if one not in read]
    return replace(study, issues=check_quality(study, asked, rest).issues)


def _unread_sheets(table: Table, tables: Mapping[_Wanted, Table]) -> Iterator[Issue]:
    """Yield a table's issues; of other sheets only those that nothing in the study reads."""
    read = {one.sheet for one in tables.values() if one.file == table.file}
    for issue in table.issues:
        if issue.code not in ("other_sheets", "hidden_sheets"):
            yield issue
            continue
        names = [name for name in issue.details["sheets"] if name not in read]
        if names:
            yield replace(issue, details={**issue.details, "sheets": names, "n": len(names)})


def _balances(
    plan: StudyPlan,
    tables: Mapping[_Wanted, Table],
    survey: LinkedAnswers | None,
    others: Mapping[str, TypedTable],
) -> Iterator[SourceFile]:
    told = plan.survey.dictionary if plan.survey and survey else None
    if told:
        yield _balance(tables[_Wanted(path=told)], "dictionary", told, 0)
    for section in plan.survey.files if plan.survey and survey else ():
        table = tables[_wanted(section)]
        listed = _listed(survey.exclusions if survey else (), table, "survey", "counts")
        yield _balance(table, "survey", section.path, listed)
    for name, one in others.items():
        section = getattr(plan, name)
        table = tables[_wanted(section)]
        yield _balance(table, name, section.path, _listed(one.exclusions, table, name))


def _listed(exclusions: Sequence[Exclusion], table: Table, *names: str) -> int:
    """Count the sheet rows of which nothing is used."""
    rows = {
        row
        for one in exclusions
        if one.file == table.file and one.table in names
        for row in one.rows
    }
    return len(rows & set(table.row_numbers))


def _balance(table: Table, name: str, path: str, listed: int) -> SourceFile:
    n_rows = len(table.row_numbers)
    return SourceFile(
        path=path,
        sha256=table.sha256,
        format=table.format,
        encoding=table.encoding,
        sheet=table.sheet,
        table=name,
        n_rows=n_rows,
        n_used=n_rows - listed,
        n_listed=listed,
    )
