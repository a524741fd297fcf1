"""What each error says, and what to do: in English here, translated by the catalogues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_SIZES = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def N_(message: str) -> str:  # noqa: N802
    """Mark a sentence, so that ``make messages`` finds it."""
    return message


_FILES: Mapping[str, str] = {
    "damaged_file": N_("{file} is damaged and cannot be read."),
    "empty_file": N_("{file} is empty."),
    "header_only": N_("{file} has a header but no rows of answers."),
    "chart_sheet_only": N_("{file} holds only charts, no table."),
    "password_protected": N_("{file} is protected by a password."),
    "not_a_spreadsheet": N_("{file} is not a spreadsheet, whatever its name says."),
    "unknown_encoding": N_("{file}: the encoding “{encoding}” is not known."),
    "wrong_encoding": N_("{file} cannot be read as “{encoding}”."),
    "unknown_sheet": N_("{file} has no sheet “{sheet}”. It has: {sheets}."),
    "file_missing": N_("{file} is not there."),
    "folder_missing": N_("The folder {file} is not there, or cannot be read."),
    "folder_empty": N_("There is no spreadsheet in the folder {file}."),
    "missing_file": N_("The study file names {file}, which is not there."),
    "font_missing": N_(
        "The PDF and the pictures need a Chinese font: install Noto Sans CJK or Source Han Sans, "
        "then try again."
    ),
}
_LIMITS: Mapping[str, str] = {
    "file_size": N_("{file} is larger than the limit of {limit_size}."),
    "inflated_size": N_("{file} unpacks to more than the limit of {limit_size}."),
    "memory": N_("{file} needs more memory than the limit of {limit_size}."),
    "cpu_time": N_("{file} takes longer to read than the limit of {limit} seconds."),
    "wall_time": N_("{file} takes longer to read than the limit of {limit} seconds."),
    "too_many_cells": N_("{file} has more cells than the limit of {limit}."),
    "too_many_rows": N_("{file} has {found} rows; the limit is {limit}."),
    "too_many_columns": N_("{file} has {found} columns; the limit is {limit}."),
    "too_many_entries": N_("{file} is packed from too many parts and was refused."),
    "file_outside": N_(
        "{file} lies outside the study's folder and was not opened. Put it beside the study file."
    ),
    "file_special": N_("{file} is a folder or a device, not a spreadsheet."),
    "zip_bomb": N_("{file} unpacks to far more than a spreadsheet can and was refused."),
    "escaping_entry": N_("{file} tries to write outside its folder and was refused."),
    "entity_declaration": N_("{file} holds XML declarations no spreadsheet needs."),
}
_WORKSPACE: Mapping[str, str] = {
    "study_unknown": N_("There is no such study here. It may have been deleted."),
    "version_unknown": N_("There is no version {number} of this study."),
    "sample_read_only": N_("The sample cannot be changed. Start a study of your own."),
    "not_saved": N_("This was not saved; what was there before is unchanged. {problem}"),
    "workspace_unavailable": N_("The workspace {where} cannot be opened. {problem}"),
    "workspace_unreadable": N_("The workspace cannot be read. {problem}"),
    "name_needed": N_(
        "To listen on {host}, say by which name people reach this computer: --name NAME."
    ),
    "evaluators_only": N_("Only evaluators change studies here. Nothing was changed."),
    "too_many_views": N_(
        "So many parts of this study have been looked at that no further one can be judged "
        "beside them. The whole study is shown as before."
    ),
    "proxy_needed": N_(
        "A header of roles is believed from a proxy alone: name the header, and the proxy's "
        "address with --proxy."
    ),
    "workspace_older": N_(
        "The workspace {where} lacks {missing}: another version of Levee made it. Nothing was "
        "changed. Move it aside, or update Levee."
    ),
    "file_altered": N_(
        "The saved file {file} is not what was saved: it was altered or damaged. Upload it again."
    ),
    "key_missing": N_(
        "The key of this study is not on this computer. Load its key file in step 1 of the data."
    ),
    "key_not_read": N_(
        "The system's keyring does not give the key of this study. Unlock the keyring and try "
        "again. {problem}"
    ),
    "key_not_saved": N_("The key of this study cannot be saved in {where}. {problem}"),
    "key_file_wrong": N_("This is not a key file written by Levee."),
    "archive_damaged": N_(
        "This is not a whole copy of a study: it was cut short or altered. Nothing was brought in."
    ),
    "archive_newer": N_("This copy was made by a newer Levee. Update Levee."),
    "workspace_newer": N_("This workspace was made by a newer Levee. Update Levee."),
}
_STUDY_FILE: Mapping[str, str] = {
    "study_file_large": N_("{file} is larger than a study file can be."),
    "study_file_deep": N_("{file}, line {line}: keys or lists lie more than {limit} levels deep."),
    "study_file_missing": N_("{file} cannot be opened."),
    "indicator_columns": N_("{file} lacks the columns {missing}."),
    "indicator_value": N_(
        "{file}, row {row}, column {column}: this value cannot be used: {problem}"
    ),
    "outside_folder": N_(
        "{file} is outside {folder}: a study file must be in the folder of its files, or above it."
    ),
    "nothing_recognised": N_(
        "No part of a study was recognised in {file}. Say what it is in the dashboard's wizard."
    ),
    "not_coded": N_(
        "{file} holds personal data ({columns}) that could not be replaced by codes. Take these "
        "columns out, save the file as xlsx or csv, or keep the originals: --keep-originals."
    ),
    "study_file_exists": N_(
        "{file} exists already and was not changed. Evaluate it, or choose another name with -o."
    ),
    "release_refused": N_(
        "Nothing was released: {first} and {second} together would give a small group away."
    ),
    "release_refused_earlier": N_(
        "Nothing was released: {first}, beside {second} of what was released or shown on {day}, "
        "would give a group too small to show away. Release again when more people have joined "
        "or answered."
    ),
    "release_changed": N_(
        "Meanwhile more of this study was released or shown, and less may be told now. Reload "
        "the page and make the file again."
    ),
    "ledger_damaged": N_(
        "{file} is damaged: it keeps what was released of this study. Nothing was released. Put "
        "back a copy of it."
    ),
    "evaluator_only": N_(
        "The SPSS file (.sav) holds every person's answers and is made for the evaluator only."
    ),
    "no_answers": N_("The SPSS file (.sav) needs survey answers; this study has none."),
    "results_file": N_("{file} is not a results file written by Levee."),
    "treated_without_group": N_(
        "{file}: survey.treated names groups, but no column of groups is given: add survey.group."
    ),
    "study_file_syntax": N_("{file} is not valid TOML: {problem}"),
    "study_file_value": N_("{file}: the value of {where} is not allowed: {problem}"),
    "unknown_key": N_("{file}: there is no key {where}."),
    "missing_column": N_("{file}: there is no column “{column}”."),
    "value_not_found": N_(
        "{file}: {where} names “{value}”, which does not occur in “{column}”. Found: {values}."
    ),
}
#: Errors of tables that hold numbers of people instead of people.
COUNTS: Mapping[str, str] = {
    "counts_with_people": N_(
        "{file} holds numbers of people, not people: leave out survey.respondent, or this file."
    ),
    "counts_percent": N_(
        "{file}: the cells of “{column}” are percentages. Say how many people were asked, or "
        "give numbers of people."
    ),
    "counts_percent_sum": N_(
        "{file}: the percentages of “{column}” add up to {found}, not to 100. Several answers "
        "per person cannot be read from a table of counts."
    ),
    "counts_score": N_(
        "{file} holds numbers of people per answer: nobody knows who gave which answers "
        "together, so that {measure} can hold one question only."
    ),
    "too_many_people": N_("{file} stands for {found} people; the limit is {limit}."),
}
_SERVERS: Mapping[str, str] = {
    "pull_not_installed": N_(
        "Fetching from survey servers is off. To use it, install it: pip install levee[pull]"
    ),
    "pull_address": N_(
        "This is not the address of a server: {url}. It begins with https:// and holds no password."
    ),
    "pull_not_https": N_(
        "The connection to {host} would not be encrypted: use an address with https://."
    ),
    "pull_form": N_(
        "Which form of {tool}? Give the link of the form's page, or its identifier with --form."
    ),
    "pull_not_confirmed": N_(
        "Nothing was sent to {host}. Say --yes to contact it without being asked."
    ),
    "pull_no_token": N_("There is no token for {host}. Nothing was sent."),
    "pull_denied": N_(
        "{host} did not accept the token, or it gives no right to this form (status {status})."
    ),
    "pull_not_found": N_("{host} has no such form. Check the address and the form."),
    "pull_status": N_("{host} answered with status {status}. Try again later."),
    "pull_redirect": N_(
        "{host} sent the request on to {other}. That was refused: the token is for {host} only."
    ),
    "pull_timeout": N_("{host} took too long to answer. Try again later."),
    "pull_too_large": N_("{host} sent more than the limit of {limit_size}."),
    "pull_certificate": N_("The certificate of {host} could not be verified, so nothing was sent."),
    "pull_unreachable": N_("{host} cannot be reached. Check the address."),
    "pull_answer": N_("{host} answered something else than survey data."),
    "pull_empty": N_("The form on {host} has no answers yet."),
}
_ENGINES: Mapping[str, str] = {
    "engine_not_installed": N_(
        "This needs {package}, which is not installed: pip install levee[{extra}]"
    ),
    "engine_unknown": N_(
        "There is no engine {engine}. It is duckdb, or sc://host:port of a Spark server."
    ),
    "no_communities": N_(
        "There is no community in {file}: each needs a folder with the files that study.toml "
        "names, or, with one survey file, a file of its own."
    ),
    "no_survey": N_("{file} names no survey file: there is nothing to count."),
    "engine_json_only": N_(
        "--engine writes results files for the evaluator: leave out --format and --audience."
    ),
    "folder_needed": N_(
        "--engine counts a folder of communities: name one folder with a study.toml."
    ),
}
#: Said instead where the details have the nearest name there is.
_NEAREST: Mapping[str, str] = {
    "unknown_key": N_("{file}: there is no key {where}. Did you mean {nearest}?"),
    "missing_column": N_("{file}: there is no column “{column}”. Did you mean “{nearest}”?"),
}
_REMEDIES: Mapping[str, str] = {
    "export_again": N_("Export it again from the survey tool and upload the new file."),
    "export_table": N_("Save it as .xlsx or .csv and upload that."),
    "remove_password": N_("Remove the password in the spreadsheet program and save again."),
    "split_file": N_("Split it into smaller files and upload those."),
    "clear_unused_area": N_("Copy only the filled cells into a new workbook."),
    "choose_encoding": N_("Choose another encoding, or save the file as UTF-8."),
}
MESSAGES: Mapping[str, str] = {
    **_FILES,
    **_LIMITS,
    **_WORKSPACE,
    **_STUDY_FILE,
    **COUNTS,
    **_SERVERS,
    **_ENGINES,
}


def write_number(value: float, digits: int) -> str:
    """Write a number as English does: 1,234.5."""
    return f"{value:,.{digits}f}"


def say_error(
    code: str,
    details: Mapping[str, Any],
    translate: Callable[[str], str] = str,
    number: Callable[[float, int], str] = write_number,
) -> str:
    """Say what is wrong with which file, and what to do.

    Parameters
    ----------
    code, details
        Of a :class:`~analysis.errors.LeveeError`.
    translate
        Gives a sentence of this file in another language, its fields in braces unfilled.
    number
        Writes a number with so many decimals.

    Returns
    -------
    str
        The sentence; where nobody has written one, the code and its details.

    Examples
    --------
    >>> say_error("too_many_rows", {"file": "a.csv", "found": 2000000, "limit": 1000000})
    'a.csv has 2,000,000 rows; the limit is 1,000,000.'
    """
    message = _NEAREST[code] if code in _NEAREST and details.get("nearest") else MESSAGES.get(code)
    if message is None:
        return f"{code}({', '.join(f'{name}={value!r}' for name, value in details.items())})"
    words = _Fields({name: _write(value) for name, value in details.items()})
    for name in ("limit", "found"):
        if isinstance(details.get(name), int | float):
            words[name] = number(details[name], 0)
    words["file"] = words.get("file") or translate(N_("the file"))
    words["limit_size"] = _write_size(details.get("limit"), number)
    sentence = translate(message).format_map(words)
    remedy = _REMEDIES.get(str(details.get("remedy")))
    return f"{sentence} {translate(remedy)}" if remedy else sentence


class _Fields(dict[str, str]):
    """What an error does not say is left general."""

    def __missing__(self, name: str) -> str:
        return "–"


def _write(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _write_size(size: object, number: Callable[[float, int], str]) -> str:
    """Write a number of bytes as GB, MB or KB."""
    if not isinstance(size, int | float):
        return "–"
    unit, name = next(((u, name) for u, name in _SIZES if size >= u), (1, "B"))
    return f"{number(size / unit, 0)} {name}"
