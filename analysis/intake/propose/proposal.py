"""Recognised tables → a study file that a person only has to look over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from analysis.errors import IntakeError
from analysis.intake.model import Column, Table, Workbook
from analysis.intake.propose.column_roles import ColumnProfile, propose_roles
from analysis.intake.propose.measures import (
    propose_measures,
    propose_number_measures,
    with_later_options,
)
from analysis.intake.propose.open_scales import settle_ratings
from analysis.intake.propose.propose_counts import CountsShape, propose_counts, recognise_counts
from analysis.intake.propose.wave_order import order_waves
from analysis.intake.propose.wave_ranges import widen_ranges
from analysis.intake.propose.wide_tables import find_pattern, propose_wide_measures
from analysis.intake.read.money_tables import name_sides, settle_income_side
from analysis.intake.read.reader import read_table
from analysis.intake.read.table_purpose import SectionMatch, recognise_section
from analysis.intake.sandbox.workbook import Progress
from analysis.intake.tables.dictionaries import DICTIONARY_FORMATS, apply_dictionaries
from analysis.intake.tables.survey_tool import open_chosen, recognise_sheet
from analysis.intake.values.column_lookup import column_texts, find_column, normalise_name
from analysis.intake.values.dates import read_dates
from analysis.intake.values.header_spellings import header_words
from analysis.intake.values.known_words import DICTIONARY_SHEETS, FINISHED, GROUP, SITE, STARTED
from analysis.intake.values.respondents import wave_family
from analysis.plan import MeasurePlan, StudyPlan, SurveyFile, SurveyPlan, plan_from_dict
from analysis.plan_tables import FundingPlan

_LONE_FLAG = 6
"""Columns of a table above which one yes/no column is a flag of a list, not a question."""
_Name = list[tuple[int, str]]
_RANK = {"pre": 0.0, "mid": 1.0, "post": 2.0, "follow_up": 3.0}
_IDENTIFYING = ("name", "phone", "id_card")
"""Kinds of personal data that one person has alone."""
_ALL_BUT_DIFFERENT = 0.9
_WORDS = re.compile(r"[A-Za-z]+|[\u4e00-\u9fff]+|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Survey:
    table: Table
    profiles: tuple[ColumnProfile, ...]


def read_sheets(
    files: Mapping[str, bytes],
    *,
    sheets: Mapping[str, str] | None = None,
    encodings: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> dict[str, Table | IntakeError]:
    """Read every sheet that holds a table of its own; keys are ``file`` or ``file › sheet``.

    Of a workbook whose first table is a survey tool's only that one is read. ``sheets`` and
    ``encodings`` are a person's choices by file name; a chosen sheet is the file's first table.
    ``progress`` is as of :func:`analysis.intake.sandbox.workbook.open_workbook`.
    """
    told: dict[str, Table | IntakeError] = {}
    for name, workbook in open_chosen(files, encodings or {}, progress).items():
        if isinstance(workbook, IntakeError):
            told[name] = workbook
            continue
        try:
            main = read_table(workbook, (sheets or {}).get(name))
        except IntakeError as error:
            told[name] = error
            continue
        told[name] = main
        if main.format == "plain":
            for table in _other_tables(workbook, main):
                told[f"{name} › {table.sheet}"] = table
    tables = {key: one for key, one in told.items() if not isinstance(one, IntakeError)}
    return {**told, **apply_dictionaries(tables)}


def propose_study(files: Mapping[str, bytes]) -> StudyPlan:
    """Propose a study file for uploaded files; unreadable ones are left out."""
    tables = {
        key: table
        for key, table in read_sheets(files).items()
        if not isinstance(table, IntakeError)
    }
    return propose_plan(tables)


def propose_plan(tables: Mapping[str, Table]) -> StudyPlan:
    """Propose a study file.

    Parameters
    ----------
    tables
        Recognised tables; file and sheet are taken from each.

    Returns
    -------
    StudyPlan
        Survey files in order of time with waves, respondent, measures and renamed columns, and
        each other table under its section; of two for one section the longer.
    """
    surveys: list[_Survey] = []
    counts: list[tuple[Table, CountsShape]] = []
    raw: dict[str, Any] = {}
    sizes: dict[str, int] = {}
    several = [table.file for table in tables.values()]
    for table in tables.values():
        if table.format in DICTIONARY_FORMATS:
            continue
        match = recognise_section(table)
        if match.section == "survey" and (shape := recognise_counts(table)) is not None:
            counts.append((table, shape))
        elif match.section == "survey":
            profiles = propose_roles(table)
            if _asks_people(table, profiles) or _repeats_numbers(table, profiles):
                surveys.append(_Survey(table=table, profiles=profiles))
        else:
            name = "attendance" if match.section == "attendance_counts" else match.section
            if len(table.cells) > sizes.get(name, 0):
                sizes[name] = len(table.cells)
                raw[name] = _section(table, match, several.count(table.file) > 1)
    chinese = any(_is_chinese(table) for table in tables.values())
    raw["study"] = {"language": "zh-Hans" if chinese else "en"}
    plan = plan_from_dict(raw)
    if surveys:
        survey, measures = _propose_survey(surveys, several)
    elif counts:
        in_time = _counts_in_time(counts)
        shared = share_waves([table for table, _, _ in in_time])
        survey, measures = propose_counts(in_time, several, shared)
    else:
        return plan
    return plan.model_copy(update={"survey": survey, "measures": measures})


def _asks_people(table: Table, profiles: Sequence[ColumnProfile]) -> bool:
    """Tell whether a table is a survey: it has items, and not one flag among many other columns."""
    items = [one for one in profiles if one.role in ("item", "knowledge")]
    lone_flag = len(items) == 1 and items[0].type == "binary" and len(profiles) > _LONE_FLAG
    return bool(items) and not (table.format == "plain" and lone_flag)


def _repeats_numbers(table: Table, profiles: Sequence[ColumnProfile]) -> bool:
    """Tell whether a table holds numbers of the same people before and after.

    It has a column of codes, one of wave words that name a start and an end, and a number.
    """
    roles = {one.role for one in profiles}
    waves = [one.name for one in profiles if one.role == "wave"]
    if not {"respondent", "number"} <= roles or len(waves) != 1:
        return False
    families = {wave_family(str(value)) for value in table.cells[waves[0]].dropna().unique()}
    return "pre" in families and bool(families & {"post", "follow_up"}) and None not in families


def _other_tables(workbook: Workbook, main: Table) -> list[Table]:
    found: list[Table] = []
    for sheet in workbook.sheets:
        if sheet.name == main.sheet or sheet.hidden or len(sheet.rows) < 2:
            continue
        if sheet.name in DICTIONARY_SHEETS:
            continue
        if recognise_sheet(sheet, workbook.name)[1] == 0:
            continue
        try:
            found.append(read_table(workbook, sheet.name))
        except IntakeError:
            continue
    return found


def _section(table: Table, match: SectionMatch, name_sheet: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"path": table.file, **match.fields}
    if name_sheet and table.sheet:
        told["sheet"] = table.sheet
    if match.section == "funding" and ("income" in told or "expense" in told):
        told.pop("amount", None)
        ledger = FundingPlan.model_validate(told)
        if (side := settle_income_side(table, ledger)) is not None:
            told |= {"income_side": side, **name_sides(ledger, side)}
    if match.section == "capacity":
        score = match.fields["score"]
        given = [str(value) for value in table.cells[score].dropna().unique()]
        told["range"] = settle_ratings(given, _column(table, score).label)
    return told


def _is_chinese(table: Table) -> bool:
    headers = "".join(column.label for column in table.columns if not column.paradata)
    return sum("\u4e00" <= char <= "\u9fff" for char in headers) > 0.3 * max(1, len(headers))


def _propose_survey(
    surveys: Sequence[_Survey], several: Sequence[str]
) -> tuple[SurveyPlan, list[MeasurePlan]]:
    ordered = _same_survey(_in_time(surveys))
    first = ordered[0]
    wave_column = _first_role(first, "wave") if len(ordered) == 1 else None
    respondent = _first_role(first, "respondent")
    rounds = None if wave_column is None else order_waves(first.table, wave_column, respondent)
    shared = share_waves([one.table for one in ordered]) if rounds is None else []
    by_file = shared or _waves(ordered)
    waves = list(rounds.waves) if rounds is not None else _list_waves(shared) or by_file
    wide = find_pattern(first.profiles) if len(ordered) == 1 and wave_column is None else None
    measures = (
        propose_wide_measures(first.table, wide) if wide else list(propose_measures(first.table))
    )
    measures = measures or list(propose_number_measures(first.table, first.profiles))
    files = []
    for at, one in enumerate(ordered):
        rename = _renames(first, one, measures, respondent) if at else {}
        single = len(ordered) == 1
        files.append(
            SurveyFile(
                path=one.table.file,
                sheet=one.table.sheet if several.count(one.table.file) > 1 else None,
                wave=None if wave_column or wide or single else by_file[at],
                columns=wide,
                rename=rename,
            )
        )
    renames = [(one.table, file.rename) for one, file in zip(ordered, files, strict=True)]
    if not wide:
        measures = with_later_options(widen_ranges(measures, renames), renames)
    survey = SurveyPlan(
        respondent=respondent,
        waves=waves,
        wave=wave_column,
        wave_values={} if rounds is None else {k: list(v) for k, v in rounds.values.items()},
        disaggregate=_disaggregate(first),
        group=_by_header(first, GROUP),
        site=_by_header(first, SITE),
        dictionary=first.table.dictionary or None,
        files=files,
    )
    return survey, measures


def _first_role(survey: _Survey, role: str) -> str | None:
    found = [one for one in survey.profiles if one.role == role]
    if role == "respondent":
        # A ward code repeats where a person's code does not, however well its name fits.
        found = [one for one in found if not _repeats(survey, one)] or found
    if role == "respondent" and not found:
        # Where no column of codes identifies people, their names (coded at upload) do.
        found = [one for one in survey.profiles if _tells_apart(survey, one)]
    best = max(found, key=lambda one: one.confidence, default=None)
    return best.name if best is not None else None


def _tells_apart(survey: _Survey, profile: ColumnProfile) -> bool:
    """Tell whether a column of names, phone or identity numbers is all but different by row."""
    waves = max((one.n_unique for one in survey.profiles if one.role == "wave"), default=1)
    given = len(survey.table.row_numbers) - profile.n_missing
    personal = profile.role == "personal" and profile.personal in _IDENTIFYING
    return personal and 0 < given <= waves * profile.n_unique / _ALL_BUT_DIFFERENT


def _repeats(survey: _Survey, profile: ColumnProfile) -> bool:
    """Tell whether a column of codes repeats more than the waves of one table explain."""
    waves = max((one.n_unique for one in survey.profiles if one.role == "wave"), default=1)
    given = len(survey.table.row_numbers) - profile.n_missing
    return given > 2 * waves * profile.n_unique


def _counts_in_time(
    counts: Sequence[tuple[Table, CountsShape]],
) -> list[tuple[Table, CountsShape, str | None]]:
    """Order tables of counts by the wave in their names, with that wave."""
    told = [(table, shape, file_wave(table.file, table.sheet)) for table, shape in counts]
    unnamed = _rank_unnamed([family for *_, family in told])
    return sorted(told, key=lambda one: _RANK.get(one[2] or "", unnamed))


def _rank_unnamed(families: Sequence[str | None]) -> float:
    """Place of a file without a wave in its name: the first one, unless another is named so."""
    return 0.5 if "pre" in families else -1.0


def _in_time(surveys: Sequence[_Survey]) -> list[_Survey]:
    return [surveys[at] for at in order_files([one.table for one in surveys])]


def order_files(tables: Sequence[Table]) -> list[int]:
    """Put survey files in order of time: by the wave in their names, else by date, else by name.

    A file without a wave in its name comes before those of later waves, unless another one is
    named as the first: "members" lies before "members after".

    Returns
    -------
    list of int
        Indices into ``tables``, the earliest first; ``tells_order`` says whether that is sure.
    """
    families = [file_wave(table.file, table.sheet) for table in tables]
    dates = [_earliest(table) for table in tables]
    by_date = None in families and all(dates)
    unnamed, names = _rank_unnamed(families), _names(tables)

    def place(at: int) -> tuple[float, str, _Name]:
        rank = 0.0 if by_date else _RANK.get(families[at] or "", unnamed)
        return rank, dates[at] or "9999", _by_number(names[at])

    return sorted(range(len(tables)), key=place)


def tells_order(tables: Sequence[Table]) -> bool:
    """Tell whether survey files of one wave each say which came first.

    By waves in their names, by dates, or by a number that is all their names differ in. One file
    without a wave beside one with is taken as told.
    """
    families = [file_wave(table.file, table.sheet) for table in tables]
    unnamed = families.count(None)
    if unnamed == 1 and len(tables) <= 2:
        return True
    if not unnamed and (len(set(families)) == len(families) or share_waves(tables)):
        return True
    dates = [_earliest(table) for table in tables]
    dated = all(dates) and len(set(dates)) == len(dates)
    return (unnamed in (0, len(tables)) and _are_numbered(tables)) or (unnamed > 0 and dated)


def share_waves(tables: Sequence[Table]) -> list[str]:
    """Return the wave of each survey file where several are of one wave; empty where none are.

    A baseline of each community is one wave. Files that a number tells apart are rounds, and so
    are several follow-ups, or files that are all of one later wave.
    """
    families = [one for table in tables if (one := file_wave(table.file, table.sheet))]
    repeated = {one for one in families if families.count(one) > 1}
    rounds = "follow_up" in repeated or (len(set(families)) == 1 and "pre" not in repeated)
    if len(families) < len(tables) or not repeated or rounds:
        return []
    alike = ([t for t in tables if file_wave(t.file, t.sheet) == one] for one in repeated)
    return [] if any(map(_are_numbered, alike)) else families


def _are_numbered(tables: Sequence[Table]) -> bool:
    """Whether a number is all that the names of files differ in."""
    return len({tuple(part for n, part in _by_number(one) if n < 0) for one in _names(tables)}) == 1


def _names(tables: Sequence[Table]) -> list[str]:
    """What tells tables apart: their files, or the sheets where a workbook holds several."""
    files = [table.file for table in tables]
    if len(set(files)) == 1:
        return [table.sheet for table in tables]
    if len(set(files)) == len(files):
        return files
    return [f"{table.file} {table.sheet}" for table in tables]


def _same_survey(ordered: Sequence[_Survey]) -> list[_Survey]:
    """Keep the survey with most items and the files that ask at least half of them."""
    main = max(ordered, key=lambda one: len(_items(one)))
    wanted = [_column(main.table, name).label for name in _items(main)]
    return [one for one in ordered if one is main or _shares(one, wanted)]


def _items(survey: _Survey) -> list[str]:
    return [one.name for one in survey.profiles if one.role == "item"]


def _shares(survey: _Survey, wanted: Sequence[str]) -> bool:
    labels = [normalise_name(column.label) for column in survey.table.columns]
    found = sum(
        any(fuzz.ratio(normalise_name(label), one) >= 80 for one in labels) for label in wanted
    )
    return found >= 0.5 * len(wanted)


def file_wave(file: str, sheet: str = "") -> str | None:
    """Return the wave a file or sheet name tells: ``pre``, ``post``, ``follow_up``, ``mid``."""
    for name in (file.rsplit("/", 1)[-1], sheet):
        for word in reversed(_WORDS.findall(name.replace("follow-up", "followup"))):
            for size in range(min(4, len(word)), 1, -1) if not word.isascii() else ():
                family = wave_family(word[-size:]) or _inside(word, size)
                if family:
                    return family
            if word.isascii() and (family := wave_family(word)):
                return family
    return None


def _inside(word: str, size: int) -> str | None:
    parts = (word[at : at + size] for at in range(len(word) - size + 1))
    return next((family for part in parts if (family := wave_family(part))), None)


def _earliest(table: Table) -> str:
    names = [name for name in (*FINISHED, *STARTED) if name in table.cells]
    for name in names:
        dates = read_dates(column_texts(table, name)).values.dropna()
        if len(dates):
            return str(dates.min())
    return ""


def _by_number(name: str) -> _Name:
    """Give a name's place among others: round 2 comes before round 10."""
    return [(int(part) if part.isdigit() else -1, part) for part in re.split(r"([0-9]+)", name)]


def _list_waves(shared: Sequence[str]) -> list[str]:
    """The waves that files share, in order of time; one alone waits for the others."""
    found = {*shared, *(("pre", "post") if len(set(shared)) == 1 else ())}
    return sorted(found, key=lambda wave: _RANK[wave]) if shared else []


def _waves(ordered: Sequence[_Survey]) -> list[str]:
    """Name the waves of files that are one wave each."""
    if len(ordered) == 1:
        return ["pre", "post"]
    named = [file_wave(one.table.file, one.table.sheet) for one in ordered]
    known = [name for name in named if name is not None]
    if len(known) == len(ordered) == len(set(known)):
        return known
    return ["pre", "post", *(f"follow_up_{n}" for n in range(1, len(ordered) - 1))][: len(ordered)]


def _renames(
    first: _Survey, other: _Survey, measures: Sequence[MeasurePlan], respondent: str | None
) -> dict[str, str]:
    """Line up another wave's columns with the first's: same name and label, else label alike."""
    wanted = [item for measure in measures for item in measure.items]
    wanted += [name for name in (respondent, *_disaggregate(first)) if name]
    wanted += [n for n in (_by_header(first, GROUP), _by_header(first, SITE)) if n]
    labels = {column.name: column for column in first.table.columns}
    renamed: dict[str, str] = {}
    for name in dict.fromkeys(_question(one, labels) for one in wanted):
        there = find_column(other.table, name)
        column = labels[name]
        if there is not None and _alike(column, _column(other.table, there)) >= 60:
            continue
        best = max(
            (c for c in other.table.columns if not c.paradata and c.name not in renamed),
            key=lambda c: _alike(column, c),
            default=None,
        )
        if best is not None and best.name != name and _alike(column, best) >= 80:
            renamed[best.name] = name
    return renamed


def _question(item: str, names: Mapping[str, Column]) -> str:
    """Return the column an item is taken from: itself, or the question of ``question/option``."""
    while item not in names and "/" in item:
        item = item.rpartition("/")[0]
    return item


def _column(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


def _alike(one: Column, other: Column) -> float:
    return float(fuzz.ratio(normalise_name(one.label), normalise_name(other.label)))


def _disaggregate(survey: _Survey) -> list[str]:
    taken = {_by_header(survey, GROUP), _by_header(survey, SITE)}
    return [
        one.name
        for one in survey.profiles
        if one.role == "demographic"
        and one.confidence >= 0.9
        and 2 <= one.n_unique <= 8
        and one.name not in taken
    ][:6]


def _by_header(survey: _Survey, words: Sequence[str]) -> str | None:
    for column in survey.table.columns:
        if not column.paradata and header_words(column) & set(words):
            return column.name
    return None
