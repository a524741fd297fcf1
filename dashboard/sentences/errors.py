"""Errors in words: what is wrong with which file, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analysis.errors import LeveeError
from dashboard.sentences.counts import COUNT_ERRORS
from dashboard.sentences.engines import ENGINE_ERRORS
from dashboard.sentences.pulling import PULL_ERRORS
from dashboard.text import Text

_SIZES = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def format_bytes(text: Text, n: float | None) -> str:
    """Format a size in bytes, as GB, MB or KB."""
    if n is None:
        return "–"
    size, unit = next(((s, u) for s, u in _SIZES if n >= s), (1, "B"))
    return f"{text.number(n / size, 0)} {unit}"


def _told(text: Text, error: LeveeError) -> dict[str, Any]:
    """The error's details as words; what it does not say is left general."""
    details = dict(error.details)
    limit, found = details.get("limit"), details.get("found")
    numbers = {
        "limit": text.number(limit, 0) if isinstance(limit, int | float) else str(limit),
        "limit_size": format_bytes(text, limit if isinstance(limit, int | float) else None),
        "found": text.number(found, 0) if isinstance(found, int | float) else str(found),
    }
    listed = {k: ", ".join(map(str, v)) for k, v in details.items() if isinstance(v, list | tuple)}
    return {**details, **numbers, **listed, "file": details.get("file") or text("the file")}


def _remedies(text: Text) -> Mapping[str, str]:
    return {
        "export_again": text("Export it again from the survey tool and upload the new file."),
        "export_table": text("Save it as .xlsx or .csv and upload that."),
        "remove_password": text("Remove the password in the spreadsheet program and save again."),
        "split_file": text("Split it into smaller files and upload those."),
        "clear_unused_area": text("Copy only the filled cells into a new workbook."),
        "choose_encoding": text("Choose another encoding, or save the file as UTF-8."),
    }


def _sentence(message: Callable[[Text], str]) -> Callable[[Text, LeveeError], str]:
    """Fill a message with the error's details, and add what to do."""

    def say(text: Text, error: LeveeError) -> str:
        said = message(text).format(**_told(text, error))
        remedy = _remedies(text).get(str(error.details.get("remedy")))
        return f"{said} {remedy}" if remedy else said

    return say


def _study_file_value(text: Text, error: LeveeError) -> str:
    return text(
        "{file}: the value of {where} is not allowed: {problem}",
        file=error.details.get("file", "study.toml"),
        where=error.details["where"],
        problem=error.details["problem"],
    )


def _unknown_key(text: Text, error: LeveeError) -> str:
    told = {"nearest": "", **_told(text, error)}
    if told["nearest"]:
        return text("{file}: there is no key {where}. Did you mean {nearest}?", **told)
    return text("{file}: there is no key {where}.", **told)


def _missing_column(text: Text, error: LeveeError) -> str:
    told = {"nearest": "", "sheet": "", "column": "", **_told(text, error)}
    if told["nearest"]:
        return text("{file}: there is no column “{column}”. Did you mean “{nearest}”?", **told)
    return text("{file}: there is no column “{column}”.", **told)


def _value_not_found(text: Text, error: LeveeError) -> str:
    told = {"where": "", "value": "", "column": "", "values": "", **_told(text, error)}
    return text(
        "{file}: {where} names “{value}”, which does not occur in “{column}”. Found: {values}.",
        **told,
    )


_FILES: dict[str, Callable[[Text], str]] = {
    "damaged_file": lambda t: t("{file} is damaged and cannot be read."),
    "empty_file": lambda t: t("{file} is empty."),
    "header_only": lambda t: t("{file} has a header but no rows of answers."),
    "chart_sheet_only": lambda t: t("{file} holds only charts, no table."),
    "password_protected": lambda t: t("{file} is protected by a password."),
    "not_a_spreadsheet": lambda t: t("{file} is not a spreadsheet, whatever its name says."),
    "unknown_encoding": lambda t: t("{file}: the encoding “{encoding}” is not known."),
    "wrong_encoding": lambda t: t("{file} cannot be read as “{encoding}”."),
    "unknown_sheet": lambda t: t("{file} has no sheet “{sheet}”. It has: {sheets}."),
    "file_missing": lambda t: t("{file} is not there."),
    "folder_missing": lambda t: t("The folder {file} is not there, or cannot be read."),
    "folder_empty": lambda t: t("There is no spreadsheet in the folder {file}."),
    "missing_file": lambda t: t("The study file names {file}, which is not there."),
}
_LIMITS: dict[str, Callable[[Text], str]] = {
    "file_size": lambda t: t("{file} is larger than the limit of {limit_size}."),
    "inflated_size": lambda t: t("{file} unpacks to more than the limit of {limit_size}."),
    "memory": lambda t: t("{file} needs more memory than the limit of {limit_size}."),
    "cpu_time": lambda t: t("{file} takes longer to read than the limit of {limit} seconds."),
    "wall_time": lambda t: t("{file} takes longer to read than the limit of {limit} seconds."),
    "too_many_cells": lambda t: t("{file} has more cells than the limit of {limit}."),
    "too_many_rows": lambda t: t("{file} has {found} rows; the limit is {limit}."),
    "too_many_columns": lambda t: t("{file} has {found} columns; the limit is {limit}."),
    "too_many_entries": lambda t: t("{file} is packed from too many parts and was refused."),
    "file_outside": lambda t: t(
        "{file} lies outside the study's folder and was not opened. Put it beside the study file."
    ),
    "file_special": lambda t: t("{file} is a folder or a device, not a spreadsheet."),
    "zip_bomb": lambda t: t("{file} unpacks to far more than a spreadsheet can and was refused."),
    "escaping_entry": lambda t: t("{file} tries to write outside its folder and was refused."),
    "entity_declaration": lambda t: t("{file} holds XML declarations no spreadsheet needs."),
}
_WORKSPACE: dict[str, Callable[[Text], str]] = {
    "study_unknown": lambda t: t("There is no such study here. It may have been deleted."),
    "version_unknown": lambda t: t("There is no version {number} of this study."),
    "sample_read_only": lambda t: t("The sample cannot be changed. Start a study of your own."),
    "not_saved": lambda t: t("This was not saved; what was there before is unchanged. {problem}"),
    "workspace_unavailable": lambda t: t("The workspace {where} cannot be opened. {problem}"),
    "workspace_unreadable": lambda t: t("The workspace cannot be read. {problem}"),
    "name_needed": lambda t: t(
        "To listen on {host}, say by which name people reach this computer: --name NAME."
    ),
    "evaluators_only": lambda t: t("Only evaluators change studies here. Nothing was changed."),
    "too_many_views": lambda t: t(
        "So many parts of this study have been looked at that no further one can be judged beside "
        "them. The whole study is shown as before."
    ),
    "proxy_needed": lambda t: t(
        "A header of roles is believed from a proxy alone: name the header, and the proxy's "
        "address with --proxy."
    ),
    "workspace_older": lambda t: t(
        "The workspace {where} lacks {missing}: another version of Levee made it. Nothing was "
        "changed. Move it aside, or update Levee."
    ),
    "file_altered": lambda t: t(
        "The saved file {file} is not what was saved: it was altered or damaged. Upload it again."
    ),
    "key_missing": lambda t: t(
        "The key of this study is not on this computer. Load its key file in step 1 of the data."
    ),
    "key_not_read": lambda t: t(
        "The system's keyring does not give the key of this study. Unlock the keyring and try "
        "again. {problem}"
    ),
    "key_not_saved": lambda t: t("The key of this study cannot be saved in {where}. {problem}"),
    "key_file_wrong": lambda t: t("This is not a key file written by Levee."),
    "archive_damaged": lambda t: t(
        "This is not a whole copy of a study: it was cut short or altered. Nothing was brought in."
    ),
    "archive_newer": lambda t: t("This copy was made by a newer Levee. Update Levee."),
    "workspace_newer": lambda t: t("This workspace was made by a newer Levee. Update Levee."),
}
_STUDY_FILE: dict[str, Callable[[Text], str]] = {
    "study_file_large": lambda t: t("{file} is larger than a study file can be."),
    "study_file_deep": lambda t: t(
        "{file}, line {line}: keys or lists lie more than {limit} levels deep."
    ),
    "study_file_missing": lambda t: t("{file} cannot be opened."),
    "indicator_columns": lambda t: t("{file} lacks the columns {missing}."),
    "indicator_value": lambda t: t(
        "{file}, row {row}, column {column}: this value cannot be used: {problem}"
    ),
    "outside_folder": lambda t: t(
        "{file} is outside {folder}: a study file must be in the folder of its files, or above it."
    ),
    "nothing_recognised": lambda t: t(
        "No part of a study was recognised in {file}. Say what it is in the dashboard's wizard."
    ),
    "not_coded": lambda t: t(
        "{file} holds personal data ({columns}) that could not be replaced by codes. Take these "
        "columns out, save the file as xlsx or csv, or keep the originals: --keep-originals."
    ),
    "study_file_exists": lambda t: t(
        "{file} exists already and was not changed. Evaluate it, or choose another name with -o."
    ),
    "release_refused": lambda t: t(
        "Nothing was released: {first} and {second} together would give a small group away."
    ),
    "release_refused_earlier": lambda t: t(
        "Nothing was released: {first}, beside {second} of what was released or shown on {day}, "
        "would give a group too small to show away. Release again when more people have joined or "
        "answered."
    ),
    "release_changed": lambda t: t(
        "Meanwhile more of this study was released or shown, and less may be told now. Reload the "
        "page and make the file again."
    ),
    "ledger_damaged": lambda t: t(
        "{file} is damaged: it keeps what was released of this study. Nothing was released. Put "
        "back a copy of it."
    ),
    "evaluator_only": lambda t: t(
        "The SPSS file (.sav) holds every person's answers and is made for the evaluator only."
    ),
    "no_answers": lambda t: t("The SPSS file (.sav) needs survey answers; this study has none."),
    "results_file": lambda t: t("{file} is not a results file written by Levee."),
    "treated_without_group": lambda t: t(
        "{file}: survey.treated names groups, but no column of groups is given: add survey.group."
    ),
    "study_file_syntax": lambda t: t("{file} is not valid TOML: {problem}"),
}

ERRORS: dict[str, Callable[[Text, LeveeError], str]] = {
    **{
        code: _sentence(message)
        for code, message in {
            **_FILES,
            **_LIMITS,
            **_WORKSPACE,
            **_STUDY_FILE,
            **COUNT_ERRORS,
            **PULL_ERRORS,
            **ENGINE_ERRORS,
        }.items()
    },
    "study_file_value": _study_file_value,
    "unknown_key": _unknown_key,
    "missing_column": _missing_column,
    "value_not_found": _value_not_found,
    "font_missing": lambda t, _: t(
        "The PDF and the pictures need a Chinese font: install Noto Sans CJK or Source Han Sans, "
        "then try again."
    ),
}
