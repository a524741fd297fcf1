"""The panel as KoboToolbox, ODK Central, LimeSurvey and REDCap export it, and as plain tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.intake.panel import (
    ACTS,
    AGREE,
    COMMENT,
    OPTIONS,
    QUESTIONS,
    SEX,
    STEM,
    Export,
    Row,
)
from tests.intake.panel_files import write_csv, write_xlsx, write_zip

OWN = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status"]
TAIL = ["_submitted_by", "__version__", "_tags", "_index"]
LABELS = ["start", "end", "Resident code", "Survey round", "Sex", "Age"]
NAMES = ["start", "end", "code", "round", "sex", "age"]


def kobo(
    rows: Sequence[Row],
    *,
    labels: bool = False,
    groups: bool = True,
    select: str = "both",
    kind: str = "csv",
    legacy: bool = False,
) -> Export:
    """``select``: summary, details or both; legacy writes n/a, True/False and commas."""
    asked = LABELS if labels else NAMES
    items = QUESTIONS["en"] if labels else [f"q{n}" for n in range(1, 5)]
    acts = ACTS["en"] if labels else "acts"
    if groups:
        items = [f"{STEM['en'] if labels else 'prep'}/{item}" for item in items]
    words = OPTIONS["en"] if labels else {code: code for code in OPTIONS["en"]}
    boxes = [f"{acts}/{word}" for word in words.values()]
    shown = ([acts] if select != "details" else []) + (boxes if select != "summary" else [])
    own = [*OWN, *TAIL] if not legacy else ["meta/instanceID", "_uuid", "_submission_time"]
    head: list[object] = [*asked, *items, *shown, "comment", *own]
    lines = [
        _kobo_line(n, row, words, labels=labels, select=select, legacy=legacy)
        for n, row in enumerate(rows, 1)
    ]
    if legacy:
        lines = [["n/a" if cell in (None, "") else cell for cell in line] for line in lines]
    members = [
        ["member/name", "_index", "_parent_table_name", "_parent_index"],
        *([f"M{n}", n, "Main", n] for n in range(1, len(rows) + 1)),
    ]
    data = write_csv([head, *lines], delimiter="," if legacy else ";", quote_all=True)
    if kind == "xlsx":
        data = write_xlsx({"Main": [head, *lines], "members": members})
    return Export(
        files={f"kobo.{kind}": data},
        respondent=asked[2],
        wave=asked[3],
        items=items,
        acts=dict(zip(words, boxes, strict=True)),
        format="kobotoolbox",
    )


def _kobo_line(
    number: int, row: Row, words: dict[str, str], *, labels: bool, select: str, legacy: bool
) -> list[object]:
    wave = {"pre": "Baseline", "post": "Endline"}[row.wave] if labels else row.wave
    sex = SEX["en"][row.sex] if labels else row.sex
    items = [AGREE["en"][i - 1] if labels and i else i for i in row.items]
    joined = None if row.acts is None else " ".join(words[a] for a in row.acts)
    ticked = {True: "True", False: "False"} if legacy else {True: 1, False: 0}
    boxes = [None if row.acts is None else ticked[code in row.acts] for code in words]
    shown = ([joined] if select != "details" else []) + (boxes if select != "summary" else [])
    uuid, when = f"u-{number}", row.ended.isoformat()
    own: list[object] = [number, uuid, when, None, None, "submitted_via_web", None, "v1", None]
    own = [*own, number] if not legacy else [f"uuid:{number}", uuid, when]
    times = [row.started.isoformat() + ".000+08:00", row.ended.isoformat() + ".000+08:00"]
    return [*times, row.code, wave, sex, row.age, *items, *shown, row.comment, *own]


CODES = ("sd", "d", "n", "a", "sa")


def kobo_with_form(rows: Sequence[Row], language: str = "en") -> Export:
    """Coded answers (sd … sa) whose words and order only the XLSForm tells."""
    export = kobo(rows, select="summary")
    head = [*NAMES, *export.items, "acts", "comment", *OWN, *TAIL]
    words = {code: code for code in OPTIONS["en"]}
    lines = [
        _kobo_line(n, row, words, labels=False, select="summary", legacy=False)
        for n, row in enumerate(rows, 1)
    ]
    lines = [
        [*line[:6], *(None if i is None else CODES[i - 1] for i in line[6:10]), *line[10:]]
        for line in lines
    ]
    files = {"kobo.csv": write_csv([head, *lines], delimiter=";", quote_all=True)}
    files["form.xlsx"] = write_xlsx({"survey": _questions(), "choices": _choices()})
    word = OPTIONS[language]
    acts = {code: f"acts/{word[code]}" for code in word}
    return replace(export, files=files, dictionary="form.xlsx", acts=acts)


def _questions() -> list[list[object]]:
    head: list[object] = ["type", "name", "label::English (en)", "label::中文 (zh)", "required"]
    items = [
        ["select_one agree", f"q{n}", QUESTIONS["en"][n - 1], QUESTIONS["zh"][n - 1], None]
        for n in range(1, 5)
    ]
    return [
        head,
        ["start", "start", None, None, None],
        ["text", "code", "Resident code", "居民编号", "yes"],
        ["begin group", "prep", STEM["en"], STEM["zh"], None],
        *items,
        ["end group", None, None, None, None],
        ["select_multiple acts", "acts", ACTS["en"], ACTS["zh"], None],
        ["text", "comment", COMMENT["en"], COMMENT["zh"], None],
    ]


def _choices() -> list[list[object]]:
    words = zip(CODES, AGREE["en"], AGREE["zh"], strict=True)
    acts = [["acts", code, word, OPTIONS["zh"][code]] for code, word in OPTIONS["en"].items()]
    head: list[object] = ["list_name", "name", "label::English (en)", "label::中文 (zh)"]
    return [head, *(["agree", *told] for told in words), *acts]


def redcap_with_dictionary(rows: Sequence[Row]) -> Export:
    """Raw codes, with the data dictionary beside them."""
    export = redcap(rows)
    agree = " | ".join(f"{n}, {word}" for n, word in enumerate(AGREE["en"], 1))
    acts = " | ".join(f"{n}, {word}" for n, word in enumerate(OPTIONS["en"].values(), 1))
    kinds = ["Variable / Field Name", "Form Name", "Field Type", "Field Label"]
    head: list[object] = [*kinds, "Choices, Calculations, OR Slider Labels", "Identifier?"]
    lines: list[list[object]] = [
        head,
        ["record_id", "survey", "text", "Record ID", None, None],
        ["sex", "survey", "radio", "Sex", "f, Female | m, Male", None],
        *([f"q{n}", "survey", "radio", QUESTIONS["en"][n - 1], agree, None] for n in range(1, 5)),
        ["acts", "survey", "checkbox", ACTS["en"], acts, None],
        ["comment", "survey", "notes", COMMENT["en"], None, None],
    ]
    files = {**export.files, "dictionary.csv": write_csv(lines)}
    return replace(export, files=files, dictionary="dictionary.csv")


def odk(
    rows: Sequence[Row], *, groups: bool = True, split: bool = True, zipped: bool = False
) -> Export:
    """ODK Central; boxes are 0 even where nothing was answered."""
    items = [f"prep-q{n}" if groups else f"q{n}" for n in range(1, 5)]
    boxes = [f"acts/{code}" for code in OPTIONS["en"]] if split else []
    tail = ["KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected"]
    tail += ["Status", "ReviewState", "DeviceID", "Edits", "FormVersion"]
    head = ["SubmissionDate", "start", "end", "code", "round", "sex", "age", *items, "acts"]
    lines: list[list[object]] = [[*head, *boxes, "comment", *tail]]
    for number, row in enumerate(rows, 1):
        chosen = row.acts or ()
        ticks = [int(code in chosen) for code in OPTIONS["en"]] if split else []
        told = [row.ended.isoformat() + "Z", row.started.isoformat(), row.ended.isoformat()]
        mine = [row.code, row.wave, row.sex, row.age, *row.items, " ".join(chosen)]
        own = [f"uuid:{number}", 5, "App user", 0, 0, None, "approved", "d1", 0, "v1"]
        lines.append([*told, *mine, *ticks, row.comment, *own])
    data = write_csv(lines)
    repeat = write_csv(
        [["name", "PARENT_KEY", "KEY"], *([f"M{n}", f"uuid:{n}", f"k{n}"] for n in range(9))]
    )
    files = {"form.csv": data}
    if zipped:
        files = {"form.zip": write_zip({"form.csv": data, "form-members.csv": repeat})}
    return Export(
        files=files,
        respondent="code",
        wave="round",
        items=items,
        acts={code: f"acts/{code}" for code in OPTIONS["en"]},
        format="odk_central",
    )


def limesurvey(rows: Sequence[Row], *, full: bool = False, kind: str = "csv") -> Export:
    """Codes (PREP[SQ001], A1, Y) or full texts (question [part], words, Yes/No)."""
    own = ["id", "submitdate", "lastpage", "startlanguage", "startdate", "datestamp"]
    asked, items = ["CODE", "SEX", "AGE"], [f"PREP[SQ00{n}]" for n in range(1, 5)]
    boxes = [f"ACT[{code}]" for code in OPTIONS["en"]]
    if full:
        own = ["Response ID", "Date submitted", "Last page", "Start language", "Date started"]
        own += ["Date last action"]
        asked = ["What is your code?", "What is your sex?", "How old are you?"]
        items = [f"{STEM['en']} [{text}]" for text in QUESTIONS["en"]]
        boxes = [f"{ACTS['en']} [{word}]" for word in OPTIONS["en"].values()]
    files, waves = {}, {}
    for wave in ("pre", "post"):
        lines: list[list[object]] = [[*own, *asked, *items, *boxes, "COM"]]
        for number, row in enumerate((r for r in rows if r.wave == wave), 1):
            lines.append(_limesurvey_line(number, row, full=full))
        name = f"results_{wave}.{kind}"
        sheet = write_csv(lines, encoding="utf-8-sig", quote_all=True)
        files[name] = sheet if kind == "csv" else write_xlsx({"Sheet1": lines})
        waves[name] = wave
    return Export(
        files=files,
        respondent=asked[0],
        items=items,
        acts=dict(zip(OPTIONS["en"], boxes, strict=True)),
        file_waves=waves,
        format="limesurvey",
    )


def _limesurvey_line(number: int, row: Row, *, full: bool) -> list[object]:
    items = [None if i is None else (AGREE["en"][i - 1] if full else f"A{i}") for i in row.items]
    yes, no, shown = ("Yes", "No", "N/A") if full else ("Y", "", "")
    boxes = [
        shown if row.acts is None else (yes if code in row.acts else no) for code in OPTIONS["en"]
    ]
    sex = SEX["en"][row.sex] if full else row.sex.upper()
    own = [number, row.ended, 3, "en", row.started, row.ended]
    return [*own, row.code, sex, row.age, *items, *boxes, row.comment]


def redcap(rows: Sequence[Row], *, labels: bool = False, repeating: bool = False) -> Export:
    """Raw codes or labels; waves are events, or instances of a repeating instrument."""
    event = {"pre": "baseline_arm_1", "post": "endline_arm_1"}
    event = {"pre": "Baseline", "post": "Endline"} if labels else event
    where: list[object] = ["Event Name" if labels else "redcap_event_name"]
    if repeating:
        where = ["redcap_repeat_instrument", "redcap_repeat_instance"]
    boxes = [f"acts___{n}" for n in (1, 2, 3)]
    items = [f"q{n}" for n in range(1, 5)]
    if labels:
        boxes = [f"{ACTS['en']} (choice={word})" for word in OPTIONS["en"].values()]
        items = QUESTIONS["en"]
    done = "Complete?" if labels else "survey_complete"
    first = "Record ID" if labels else "record_id"
    lines: list[list[object]] = [[first, *where, "sex", "age", *items, *boxes, "comment", done]]
    for row in rows:
        place: list[object] = [event[row.wave]]
        if repeating:
            place = ["survey", {"pre": 1, "post": 2}[row.wave]]
        ticks = [code in (row.acts or ()) for code in OPTIONS["en"]]
        marks = {True: "Checked", False: "Unchecked"} if labels else {True: 1, False: 0}
        told = [AGREE["en"][i - 1] if labels and i else i for i in row.items]
        mine = [row.code, *place, row.sex, row.age, *told, *(marks[tick] for tick in ticks)]
        lines.append([*mine, row.comment, "Complete" if labels else 2])
    return Export(
        files={"redcap.csv": write_csv(lines)},
        respondent=first,
        wave=str(where[-1]),
        wave_values={"pre": ["1"], "post": ["2"]} if repeating else {},
        items=list(items),
        format="redcap",
    )


def plain(rows: Sequence[Row], shape: str) -> Export:
    """``long``, ``wide`` (q1_pre), or ``titled``: a title, merged groups, totals."""
    items = [f"q{n}" for n in range(1, 5)]
    if shape == "wide":
        return _wide(rows, items)
    head: list[object] = ["code", "wave", "sex", "age", *items, "acts"]
    lines = [
        [r.code, r.wave, r.sex, r.age, *r.items, "|".join(r.acts) if r.acts else None] for r in rows
    ]
    acts = {code: f"acts/{code}" for code in OPTIONS["en"]}
    files = {"plain.csv": write_csv([head, *lines])}
    if shape == "titled":
        upper = ["code", "wave", "sex", "age", "Preparedness", None, None, None, "acts"]
        lower = [None, None, None, None, *items, None]
        total = ["Total", None, None, None, 99, 99, 99, 99, None]
        title = ["Community survey 2026", *[None] * 8]
        sheet = [title, [None] * 9, upper, lower, *lines, total]
        files = {"plain.xlsx": write_xlsx({"Data": sheet}, merged=[(2, 4, 2, 7)])}
        items = [f"Preparedness - {item}" for item in items]
    return Export(files=files, respondent="code", wave="wave", items=items, acts=acts)


def _wide(rows: Sequence[Row], items: list[str]) -> Export:
    people = {row.code: row for row in rows}
    found = {(row.code, row.wave): row for row in rows}
    columns = [(item, wave) for wave in ("pre", "post") for item in range(4)]
    head = ["code", "sex", *(f"{items[item]}_{wave}" for item, wave in columns)]
    lines = [
        [code, one.sex, *(_answer(found.get((code, wave)), item) for item, wave in columns)]
        for code, one in people.items()
    ]
    data = write_csv([head, *lines])
    return Export(files={"wide.csv": data}, respondent="code", items=items, columns="{item}_{wave}")


def _answer(row: Row | None, item: int) -> int | None:
    return None if row is None else row.items[item]
