"""SPSS, Stata and SAS files → one sheet of text, with what the file knows of each variable.

Runs in the reading process: pyreadstat parses untrusted bytes. Labels travel in the header cell
of each variable, as the JSON that :func:`read_variable` reads back.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.errors import LimitExceededError, UnreadableFileError
from analysis.intake.sandbox.grid import make_grid
from analysis.intake.sandbox.protocol import Limits, RawBook, RawSheet

STATISTICS_KINDS = ("sav", "por", "dta", "sas7bdat")
_HEAD = "\ue000levee variable "
"""Starts with a private-use character: no exported header does."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """What a statistics file knows of one variable.

    Attributes
    ----------
    name, label
        Variable name and question text.
    values
        Code → answer, without the codes of missing answers.
    missing
        Code → kind of missing answer (refused, don't know …); its own code where unlabelled.
    """

    name: str
    label: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)


def write_variable(variable: Variable) -> str:
    """Write a variable as the header cell of its column."""
    told: dict[str, Any] = {"name": variable.name, "label": variable.label}
    told |= {"values": dict(variable.values), "missing": dict(variable.missing)}
    return _HEAD + json.dumps(told, ensure_ascii=False)


def read_variable(cell: str | None) -> Variable | None:
    """Read back a header cell; None for any other cell."""
    if cell is None or not cell.startswith(_HEAD):
        return None
    try:
        return Variable(**json.loads(cell.removeprefix(_HEAD)))
    except (ValueError, TypeError):
        return None


def read_statistics_file(
    data: bytes, kind: str, limits: Limits, *, encoding: str | None = None
) -> RawBook:
    """Read an SPSS (sav, zsav, por), Stata (dta) or SAS (sas7bdat) file.

    Parameters
    ----------
    data, kind
        Bytes, and what they were recognised as.
    limits
        Rows, columns and cells are checked against the file's header before the data are read.
    encoding
        A person's choice; else the file's own. Old files do not name theirs: when their texts
        are Chinese in GBK but not in what was assumed, they are read as GB18030.

    Raises
    ------
    UnreadableFileError, LimitExceededError
    """
    values, about, used = _read_in_encoding(data, kind, limits, encoding)
    names = [str(name) for name in about.column_names]
    columns = [list(values[name]) for name in names]
    n_rows = max(map(len, columns), default=0)
    _check_size(n_rows, len(names), limits)
    variables = [
        _variable(name, about, column) for name, column in zip(names, columns, strict=True)
    ]
    texts = [[_text(value) for value in column] for column in columns]
    header = tuple(write_variable(variable) for variable in variables)
    rows = [header, *zip(*texts, strict=True)]
    return RawBook(kind=kind, sheets=[RawSheet(name="", cells=make_grid(rows))], encoding=used)


def _read_in_encoding(
    data: bytes, kind: str, limits: Limits, encoding: str | None
) -> tuple[Mapping[str, Sequence[Any]], Any, str]:
    """Read with the encoding chosen, named by the file, or seen from its texts."""
    if encoding or kind == "por":
        values, about = _read(data, kind, limits, encoding)
        return values, about, encoding or str(about.file_encoding or "")
    try:
        values, about = _read(data, kind, limits, None)
    except UnreadableFileError:
        # Bytes that the assumed encoding does not hold; GB18030 is what Chinese SPSS wrote.
        values, about = _read(data, kind, limits, "GB18030")
        return values, about, "GB18030"
    if _is_garbled_chinese(values, about):
        values, about = _read(data, kind, limits, "GB18030")
        return values, about, "GB18030"
    return values, about, str(about.file_encoding or "")


def _read(
    data: bytes, kind: str, limits: Limits, encoding: str | None
) -> tuple[Mapping[str, Sequence[Any]], Any]:
    import pyreadstat

    readers: dict[str, Callable[..., tuple[Any, Any]]] = {
        "sav": pyreadstat.read_sav,
        "por": pyreadstat.read_por,
        "dta": pyreadstat.read_dta,
        "sas7bdat": pyreadstat.read_sas7bdat,
    }
    options: dict[str, Any] = {} if kind == "por" else {"encoding": encoding, "user_missing": True}
    try:
        # A compressed file can declare far more rows than its size: the header is read first.
        _, head = readers[kind](io.BytesIO(data), metadataonly=True, **_without_missing(options))
        _check_size(int(head.number_rows or 0), int(head.number_columns or 0), limits)
        values, about = readers[kind](
            io.BytesIO(data), output_format="dict", row_limit=limits.rows + 1, **options
        )
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OSError) as error:
        raise UnreadableFileError("damaged_file", remedy="export_again") from error
    return values, about


def _without_missing(options: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key != "user_missing"}


def _check_size(rows: int, columns: int, limits: Limits) -> None:
    for code, found, limit in (
        ("too_many_rows", rows, limits.rows),
        ("too_many_columns", columns, limits.columns),
        ("too_many_cells", rows * columns, limits.cells),
    ):
        if found > limit:
            raise LimitExceededError(code, limit=limit, found=found, remedy="split_file")


def _is_garbled_chinese(values: Mapping[str, Sequence[Any]], about: Any) -> bool:  # noqa: ANN401
    """Whether texts read as Latin letters are Chinese in GBK: ``ÎÒÖªµÀ`` is 我知道."""
    texts = [str(label) for label in about.column_names_to_labels.values() if label]
    texts += [
        str(label) for labels in about.variable_value_labels.values() for label in labels.values()
    ]
    for column in values.values():
        texts += [value for value in column[:200] if isinstance(value, str)]
    odd = [text for text in texts if not text.isascii()]
    if not odd or any(_CHINESE.search(text) for text in odd):
        return False
    read = 0
    for text in odd:
        try:
            read += bool(_CHINESE.search(text.encode("cp1252").decode("gb18030")))
        except UnicodeError:
            continue
    return read > 0.5 * len(odd)


def _variable(name: str, about: Any, column: Sequence[Any]) -> Variable:  # noqa: ANN401
    labels = {
        _text(code) or "": str(label)
        for code, label in about.variable_value_labels.get(name, {}).items()
    }
    ranges = about.missing_ranges.get(name, ())
    lettered = {str(code) for code in about.missing_user_values.get(name, ())}
    missing: dict[str, str] = {}
    for value in dict.fromkeys(column):
        text = _text(value)
        if text is not None and (text in lettered or _is_missing(value, ranges)):
            missing[text] = labels.get(text, text)
    for code, label in labels.items():
        if code in lettered or _is_missing(_number(code), ranges):
            missing[code] = label
    return Variable(
        name=name,
        label=str(about.column_names_to_labels.get(name) or ""),
        values={code: label for code, label in labels.items() if code not in missing},
        missing=missing,
    )


def _is_missing(value: object, ranges: Sequence[Mapping[str, Any]]) -> bool:
    if isinstance(value, str):
        return any(value.strip() == str(one["lo"]).strip() for one in ranges)
    if not isinstance(value, int | float) or math.isnan(value):
        return False
    numbers = [one for one in ranges if not isinstance(one["lo"], str)]
    return any(float(one["lo"]) <= value <= float(one["hi"]) for one in numbers)


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def _text(value: object) -> str | None:
    """Give a value as the text a spreadsheet would hold: ``1`` for 1.0, ISO for dates."""
    if value is None:
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    return str(value).strip() or None
