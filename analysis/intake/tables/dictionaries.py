"""XLSForm and REDCap dictionary: labels, choices and order given to an export's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from analysis.intake.model import Column, Table
from analysis.intake.tables.formats.redcap import name_form
from analysis.intake.tables.formats.xlsform import label_column
from analysis.intake.tables.headers import clean_text
from analysis.intake.tables.layout import plain_text
from analysis.intake.values.question_titles import is_unfinished

DICTIONARY_FORMATS = frozenset({"xlsform", "redcap_dictionary"})

EntryKind = Literal[
    "text", "notes", "number", "date", "one", "several", "file", "calculated", "paradata"
]
_XLSFORM_KINDS: Mapping[str, EntryKind] = {
    "integer": "number",
    "decimal": "number",
    "range": "number",
    "date": "date",
    "datetime": "date",
    "today": "paradata",
    "start": "paradata",
    "end": "paradata",
    "deviceid": "paradata",
    "username": "paradata",
    "calculate": "calculated",
    "hidden": "paradata",
    "image": "file",
    "audio": "file",
    "video": "file",
    "file": "file",
}
_REDCAP_KINDS: Mapping[str, EntryKind] = {
    "radio": "one",
    "dropdown": "one",
    "yesno": "one",
    "truefalse": "one",
    "checkbox": "several",
    "notes": "notes",
    "calc": "calculated",
    "slider": "number",
    "file": "file",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question of a dictionary.

    Attributes
    ----------
    name, label
        Variable and question text.
    kind
        What its cells hold.
    choices
        Code → label, in the order of the form.
    personal
        Marked as identifying by the form's author.
    form
        Instrument it belongs to, in words.
    section
        Header it stands under, in its instrument.
    """

    name: str
    label: str
    kind: EntryKind = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    personal: bool = False
    form: str = ""
    section: str = ""


def read_entries(dictionary: Table, language: str = "en") -> dict[str, Entry]:
    """Return the questions of a dictionary by name, in the form's order.

    Parameters
    ----------
    dictionary
        Table of format ``xlsform`` or ``redcap_dictionary``.
    language
        Of the labels where the form has several: ``en`` or ``zh-Hans``.
    """
    read = _xlsform if dictionary.format == "xlsform" else _redcap
    return {entry.name: entry for entry in read(dictionary, language)}


def apply_dictionary(table: Table, dictionary: Table, language: str = "en") -> Table:
    """Give a table's columns the dictionary's labels, choices and order.

    A column is found by its name, without the path of groups (``prep/q1``, ``prep-q1``) and
    without the option of a box (``acts___2``, ``activities/drill``). Returned unchanged when
    fewer than two columns are known to the dictionary.
    """
    entries = read_entries(dictionary, language)
    found = {c.name: e for c in table.columns if (e := _entry(c, entries)) is not None}
    if len(found) < 2:
        return table
    columns = tuple(
        _labelled(column, found[column.name]) if column.name in found else column
        for column in table.columns
    )
    choices = dict(table.choices)
    choices |= {
        column.name: found[column.name].choices
        for column in table.columns
        if column.name in found and found[column.name].choices and not column.option
    }
    kinds: dict[str, str] = {name: entry.kind for name, entry in found.items()}
    kinds |= {name: "personal" for name, entry in found.items() if entry.personal}
    return replace(
        table, columns=columns, choices=choices, dictionary=dictionary.file, declared=kinds
    )


def apply_dictionaries(tables: Mapping[str, Table], language: str = "en") -> dict[str, Table]:
    """Apply every dictionary among the tables to the exports that it knows best."""
    dictionaries = [one for one in tables.values() if one.format in DICTIONARY_FORMATS]
    told = dict(tables)
    for key, table in tables.items():
        if table.format in DICTIONARY_FORMATS:
            continue
        tried = [apply_dictionary(table, one, language) for one in dictionaries]
        best = max(tried, key=lambda one: len(one.declared), default=table)
        told[key] = best
    return told


def _entry(column: Column, entries: Mapping[str, Entry]) -> Entry | None:
    if column.paradata:
        return None
    own = [column.name, column.stem] if column.option else [column.name]
    for name in own:
        spellings = (name, name.rsplit("/", 1)[-1], name.rsplit("-", 1)[-1])
        for spelled in (*spellings, spellings[0].split("___")[0]):
            if spelled in entries:
                return entries[spelled]
    return None


def _labelled(column: Column, entry: Entry) -> Column:
    if column.option:
        label = entry.choices.get(column.option, column.label)
        return replace(column, label=label)
    bare = {column.name, column.name.rsplit("/", 1)[-1], column.name.rsplit("-", 1)[-1]}
    # A header that goes on in each question is part of its wording: "Was the patient…".
    stem = entry.section if is_unfinished(entry.section) else column.stem
    column = replace(column, form=entry.form or column.form, stem=stem)
    return replace(column, label=entry.label) if column.label in bare else column


def _xlsform(dictionary: Table, language: str) -> list[Entry]:
    names = tuple(column.name for column in dictionary.columns)
    lower = {name.strip().lower(): name for name in names}
    label = label_column(names, language)
    entries: list[Entry] = []
    for row in dictionary.cells.to_dict("records"):
        words = clean_text(row[lower["type"]]).split()
        name = clean_text(row[lower["name"]])
        if not words or not name or words[0].lower() in ("begin", "end", "note"):
            continue
        listed = f"{words[1]}::{language}" if len(words) > 1 else ""
        choices = dictionary.choices.get(listed, {})
        kind = _xlsform_kind(words[0].lower())
        told = plain_text(row[label]) if label else ""
        entries.append(Entry(name=name, label=told or name, kind=kind, choices=choices))
    return entries


def _xlsform_kind(word: str) -> EntryKind:
    if word.startswith("select_multiple") or word == "rank":
        return "several"
    return "one" if word.startswith("select") else _XLSFORM_KINDS.get(word, "text")


def _redcap(dictionary: Table, language: str) -> list[Entry]:  # noqa: ARG001
    entries: list[Entry] = []
    form = section = ""
    for row in dictionary.cells.to_dict("records"):
        # A header holds until the next one, and not beyond its instrument.
        header = plain_text(row.get("Section Header"))
        told = clean_text(row.get("form_name"))
        section = header or (section if told == form else "")
        form = told
        name, kind = clean_text(row["field_name"]), clean_text(row["field_type"])
        checked = clean_text(row.get("text_validation_type_or_show_slider_number"))
        marked = clean_text(row.get("identifier"))
        entries.append(
            Entry(
                name=name,
                label=plain_text(row["field_label"]) or name,
                kind=_REDCAP_KINDS.get(kind, _validated(checked)),
                choices=dictionary.choices.get(name, {}),
                personal=marked.lower() == "y",
                form=name_form(form),
                section=section,
            )
        )
    return entries


def _validated(checked: str) -> EntryKind:
    if checked.startswith(("date", "time")):
        return "date"
    return "number" if checked.startswith(("number", "integer")) else "text"
