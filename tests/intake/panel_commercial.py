"""The panel as Google Forms, Microsoft Forms, SurveyMonkey and Qualtrics export it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from tests.intake.panel import (
    ACTS,
    AGREE,
    ASKED,
    COMMENT,
    OPTIONS,
    QUESTIONS,
    SEX,
    STEM,
    Export,
    Row,
)
from tests.intake.panel_files import write_csv, write_xlsx

WORDS, BOXES, EN = AGREE["en"], OPTIONS["en"], ASKED["en"]
ASKED_ALL = list(EN.values())
Lines = list[list[object]]


def _by_wave(
    rows: Sequence[Row], name: str, make: Callable[[Sequence[Row]], bytes]
) -> tuple[dict[str, bytes], dict[str, str]]:
    names = {wave: name.replace("*", wave) for wave in ("pre", "post")}
    files = {names[w]: make([row for row in rows if row.wave == w]) for w in names}
    return files, {file: wave for wave, file in names.items()}


def _word(item: int | None) -> object:
    return None if item is None else WORDS[item - 1]


def _joined(row: Row, mark: str, end: str = "") -> object:
    return None if row.acts is None else mark.join(BOXES[a] for a in row.acts) + end


def google(rows: Sequence[Row], *, kind: str = "xlsx", quiz: bool = False) -> Export:
    """The linked sheet (``, ``), or the direct csv (``;``); a quiz adds scores and feedback."""
    items = [f"{STEM['en']} [{text}]" for text in QUESTIONS["en"]]
    head: list[object] = ["Timestamp", *ASKED_ALL, *items, ACTS["en"], COMMENT["en"]]
    if quiz:
        head.insert(1, "Score")
        head += [f"{EN['sex']} [Score]", f"{EN['sex']} [Feedback]"]

    def make(mine: Sequence[Row]) -> bytes:
        lines: Lines = [head]
        for row in mine:
            when = (
                row.ended if kind == "xlsx" else row.ended.strftime("%Y/%m/%d %-I:%M:%S %p GMT+8")
            )
            told = [row.code, SEX["en"][row.sex], row.age, *map(_word, row.items)]
            mark = ", " if kind == "xlsx" else ";"
            line: list[object] = [when, *told, _joined(row, mark), row.comment]
            if quiz:
                line.insert(1, "4 / 5")
                line += ["1.00 / 1", None]
            lines.append(line)
        return write_xlsx({"Form Responses 1": lines}) if kind == "xlsx" else write_csv(lines)

    files, waves = _by_wave(rows, f"responses_*.{kind}", make)
    return Export(
        files=files,
        respondent=EN["code"],
        items=items,
        acts={code: f"{ACTS['en']}/{word}" for code, word in BOXES.items()},
        file_waves=waves,
        format="google_forms",
    )


def microsoft(rows: Sequence[Row], *, chinese: bool = False) -> Export:
    """The workbook of Microsoft Forms: options end with a semicolon."""
    own = ["ID", "Start time", "Completion time", "Email", "Name"]
    own = ["ID", "开始时间", "完成时间", "电子邮件", "名称"] if chinese else own
    language = "zh" if chinese else "en"
    head: list[object] = [*own, *ASKED[language].values(), *QUESTIONS[language], ACTS[language]]

    def make(mine: Sequence[Row]) -> bytes:
        lines: Lines = [head]
        for number, row in enumerate(mine, 1):
            items = [None if i is None else AGREE[language][i - 1] for i in row.items]
            words = OPTIONS[language]
            acts = None if row.acts is None else "".join(f"{words[a]};" for a in row.acts)
            told = [row.code, SEX[language][row.sex], row.age, *items, acts]
            lines.append([number, row.started, row.ended, "anonymous", None, *told])
        return write_xlsx({"Sheet1": lines})

    files, waves = _by_wave(rows, "form_*.xlsx", make)
    return Export(
        files=files,
        respondent=ASKED[language]["code"],
        items=QUESTIONS[language],
        acts={code: f"{ACTS[language]}/{word}" for code, word in OPTIONS[language].items()},
        file_waves=waves,
        format="microsoft_forms",
    )


def surveymonkey(rows: Sequence[Row], *, expanded: bool = True) -> Export:
    """Two header rows in cp1252; expanded has a column per option holding its text."""
    own = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address"]
    acts = "Which activities did you join this year – all that apply?"
    upper: list[object] = [*own, *ASKED_ALL, STEM["en"], None, None, None, acts]
    lower: list[object] = [*[None] * 5, *["Open-Ended Response", "Response", "Open-Ended Response"]]
    lower += [*QUESTIONS["en"], *(BOXES.values() if expanded else ["Response"])]
    upper += [None] * (len(BOXES) - 1 if expanded else 0)

    def make(mine: Sequence[Row]) -> bytes:
        lines: Lines = [upper, lower]
        for number, row in enumerate(mine, 1):
            when = [
                row.started.strftime("%m/%d/%Y %H:%M:%S"),
                row.ended.strftime("%m/%d/%Y %H:%M:%S"),
            ]
            told = [row.code, SEX["en"][row.sex], row.age, *map(_word, row.items)]
            chosen = [word if code in (row.acts or ()) else None for code, word in BOXES.items()]
            shown = chosen if expanded else [_joined(row, "; ")]
            lines.append([11440000000 + number, 417, *when, f"10.0.0.{number}", *told, *shown])
        return write_csv(lines, encoding="cp1252")

    files, waves = _by_wave(rows, "survey_*.csv", make)
    mark = " [{}]" if expanded else "/{}"
    return Export(
        files=files,
        respondent=EN["code"],
        items=[f"{STEM['en']} [{text}]" for text in QUESTIONS["en"]],
        acts={code: acts + mark.format(word) for code, word in BOXES.items()},
        file_waves=waves,
        format="surveymonkey",
    )


def qualtrics(rows: Sequence[Row], *, header_rows: int = 3, numeric: bool = False) -> Export:
    """Three header rows, or two or one where someone tidied; words, or codes in split columns."""
    own = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)"]
    own += ["Finished", "RecordedDate", "ResponseId", "DistributionChannel", "UserLanguage"]
    boxes = ["Q5_1", "Q5_2", "Q5_3"] if numeric else ["Q5"]
    names = [*own, "Q1", "Q2", "Q3", "Q4_1", "Q4_2", "Q4_3", "Q4_4", *boxes, "Q6"]
    told = [f"{ACTS['en']} - Selected Choice - {word}" for word in BOXES.values()]
    labels = [*own, *ASKED_ALL, *(f"{STEM['en']} - {text}" for text in QUESTIONS["en"])]
    labels += [*(told if numeric else [f"{ACTS['en']} - Selected Choice"]), COMMENT["en"]]
    imports = [json.dumps({"ImportId": f"QID{at}"}) for at in range(len(names))]
    heads: Lines = [list(names), list(labels), list(imports)][:header_rows]

    def make(mine: Sequence[Row]) -> bytes:
        lines: Lines = list(heads)
        for number, row in enumerate(mine, 1):
            seconds = int((row.ended - row.started).total_seconds())
            state = [0, 1] if numeric else ["IP Address", "True"]
            items = [i if numeric else _word(i) for i in row.items]
            items = [-99 if numeric and i is None else i for i in items]
            ticks = [1 if code in (row.acts or ()) else None for code in BOXES]
            sex = {"m": 1, "f": 2}[row.sex] if numeric else SEX["en"][row.sex]
            first = [row.started, row.ended, state[0], f"10.0.0.{number}", 100, seconds, state[1]]
            mine_told = [
                row.code,
                sex,
                row.age,
                *items,
                *(ticks if numeric else [_joined(row, ",")]),
            ]
            lines.append(
                [*first, row.ended, f"R_{number}", "anonymous", "EN", *mine_told, row.comment]
            )
        return write_csv(lines, encoding="utf-8-sig")

    files, waves = _by_wave(rows, "qualtrics_*.csv", make)
    split = {code: f"Q5_{n}" for n, code in enumerate(BOXES, 1)}
    joined = {code: f"Q5/{word}" for code, word in BOXES.items()}
    return Export(
        files=files,
        respondent="Q1",
        items=["Q4_1", "Q4_2", "Q4_3", "Q4_4"],
        acts=split if numeric else joined,
        file_waves=waves,
        format="qualtrics",
    )
