"""The indicator table as a spreadsheet → targets of the study file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from analysis.errors import StudyFileError
from analysis.intake.sandbox.workbook import open_workbook
from analysis.plan import TargetPlan

# Header of each column as it may stand in a file: the study file's key first, then Chinese.
INDICATOR_HEADERS: Mapping[str, tuple[str, ...]] = {
    "indicator": ("indicator", "指标"),
    "label_en": ("label", "名称（英文）"),
    "label_zh": ("label_zh-hans", "名称"),
    "level": ("level", "层级"),
    "baseline": ("baseline", "基线"),
    "target": ("target", "目标"),
    "actual": ("actual", "实际（填写）"),
    "start": ("start", "开始日期"),
    "due": ("due", "到期日期"),
    "direction": ("direction", "方向"),
    "cumulation": ("cumulation", "累计方式"),
    "frequency": ("frequency", "频率"),
    "band": ("band", "容许范围"),
    "evidence": ("evidence", "依据"),
}
INDICATOR_WORDS: Mapping[str, Mapping[str, str]] = {
    "level": {"目的": "goal", "成果": "outcome", "产出": "output", "活动": "activity"},
    "direction": {"上升": "increase", "下降": "decrease"},
    "cumulation": {
        "不累计": "non_cumulative",
        "累计求和": "cumulative_sum",
        "累计水平": "cumulative_level",
    },
    "frequency": {"一次": "once", "每月": "monthly", "每季": "quarterly", "每年": "yearly"},
}
# Headers of periodic values: "target 2026-Q1", "actual 2026-Q1".
PERIOD_HEADERS: Mapping[str, tuple[str, ...]] = {
    "periods": ("target", "目标"),
    "actuals": ("actual", "实际"),
}
_PERIOD = re.compile(r"^(target|actual|目标|实际)\s+(\d{4}.*)$", re.IGNORECASE)
_NUMBERS = ("baseline", "target", "actual", "band")


def read_indicators(data: bytes, name: str) -> list[TargetPlan]:
    """Read targets from a sheet with the columns of :data:`INDICATOR_HEADERS`.

    Periodic values stand in columns such as ``target 2026-Q1`` and ``actual 2026-Q1``. A row
    without an indicator (an empty line, a note) is passed over; other columns are ignored.

    Raises
    ------
    StudyFileError
        ``indicator_columns`` when ``indicator`` or ``target`` is missing; ``indicator_value``
        (details ``file``, ``row``, ``column``, ``problem``) for a cell that cannot be used.
    IntakeError
        When the file cannot be opened.
    """
    rows = open_workbook(data, name).sheets[0].rows
    header = [_recognise_header(cell) for cell in rows[0]] if rows else []
    missing = sorted({"indicator", "target"} - set(header))
    if missing:
        raise StudyFileError("indicator_columns", file=name, missing=", ".join(missing))
    found = []
    for number, cells in enumerate(rows[1:], start=2):
        told = {
            column: cell.strip()
            for column, cell in zip(header, cells, strict=False)
            if column and cell is not None and cell.strip()
        }
        if "indicator" in told and len(told) > 1:
            found.append(_target(told, name, number))
    return found


def _recognise_header(cell: str | None) -> str:
    """The key a header stands for, or ``periods 2026-Q1``; empty when it is none of ours."""
    shown = (cell or "").strip()
    period = _PERIOD.match(shown)
    if period:
        kind = "periods" if period[1].lower() in PERIOD_HEADERS["periods"] else "actuals"
        return f"{kind} {period[2]}"
    lower = shown.lower()
    return next((key for key, names in INDICATOR_HEADERS.items() if lower in names), "")


def _target(told: Mapping[str, str], file: str, row: int) -> TargetPlan:
    try:
        return TargetPlan.model_validate(_values(told))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = str(first["loc"][0]) if first["loc"] else ""
        raise StudyFileError(
            "indicator_value", file=file, row=row, column=column, problem=first["msg"]
        ) from error


def _values(told: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    labels = {"en": told.get("label_en"), "zh-Hans": told.get("label_zh")}
    known = {language: label for language, label in labels.items() if label}
    if known:
        values["label"] = known if len(known) > 1 else next(iter(known.values()))
    for key, cell in told.items():
        kind, _, period = key.partition(" ")
        if period:
            values.setdefault(kind, {})[period] = _number(cell)
        elif key in ("start", "due"):
            values[key] = cell[:10].replace("/", "-")
        elif key in _NUMBERS:
            values[key] = _number(cell)
        elif not key.startswith("label_"):
            values[key] = INDICATOR_WORDS.get(key, {}).get(cell, cell)
    return values


def _number(cell: str) -> float | str:
    """A number as typed: ``60 %`` is 0.6, thousands with commas; other text stays as it is."""
    shown = cell.replace("％", "%").replace(",", "").replace("，", "").strip()
    try:
        return float(shown[:-1]) / 100 if shown.endswith("%") else float(shown)
    except ValueError:
        return cell
