"""The panel as 问卷星 and 腾讯问卷 export it."""

from __future__ import annotations

from collections.abc import Sequence

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
from tests.intake.panel_files import write_csv, write_xls, write_xlsx

WAVES = {"pre": "前测", "post": "后测"}
ITEMS = [f"4、{STEM['zh']}—{QUESTIONS['zh'][0]}", *QUESTIONS["zh"][1:]]
CODE = f"1、{ASKED['zh']['code']}"


def wenjuanxing(rows: Sequence[Row], mode: str, kind: str) -> Export:
    """``mode``: text, score or ordinal; ``kind``: xlsx, xls, csv or gb18030."""
    files, waves = {}, {}
    for number, (wave, word) in enumerate(WAVES.items()):
        told = {"text": "按文本", "score": "按分数", "ordinal": "按序号"}[mode]
        mine = [row for row in rows if row.wave == wave]
        end = "csv" if kind in ("csv", "gb18030") else kind
        name = f"38654071{number}_{told}_社区{word}_{len(mine)}_{len(mine)}.{end}"
        files[name] = _stored(
            [_head(mode), *(_line(n, r, mode) for n, r in enumerate(mine, 1))], kind
        )
        waves[name] = wave
    acts = {code: f"5、{ACTS['zh']}/{word}" for code, word in OPTIONS["zh"].items()}
    if mode == "ordinal":
        acts = {code: f"第5题({word})" for code, word in OPTIONS["zh"].items()}
    return Export(
        files=files,
        respondent=CODE,
        items=ITEMS,
        acts=acts,
        file_waves=waves,
        format="wenjuanxing",
    )


def _stored(rows: list[list[object]], kind: str) -> bytes:
    if kind == "xlsx":
        return write_xlsx({"Sheet1": rows})
    if kind == "xls":
        return write_xls("Sheet1", rows)
    return write_csv(rows, encoding="gb18030" if kind == "gb18030" else "utf-8-sig")


def _head(mode: str) -> list[object]:
    own = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
    asked = [CODE, f"2、{ASKED['zh']['sex']}", f"3、{ASKED['zh']['age']}"]
    acts = [f"5、{ACTS['zh']}"]
    if mode == "ordinal":
        acts = [f"第5题({word})" for word in OPTIONS["zh"].values()]
    return [*own, *asked, *ITEMS, *acts, f"6、{COMMENT['zh']}", "总分"]


def _line(number: int, row: Row, mode: str) -> list[object]:
    seconds = int((row.ended - row.started).total_seconds())
    own = [number, row.ended.strftime("%Y/%-m/%-d %H:%M:%S"), f"{seconds}秒", "链接", "N/A"]
    sex = SEX["zh"][row.sex] if mode == "text" else {"m": 1, "f": 2}[row.sex]
    items: list[object] = [_item(item, mode) for item in row.items]
    return [
        *own,
        f"58.19.0.{number}(湖北-孝感)",
        row.code,
        sex,
        row.age,
        *items,
        *_acts(row, mode),
        row.comment or "(空)",
        sum(item or 0 for item in row.items),
    ]


def _item(item: int | None, mode: str) -> object:
    if mode == "text":
        return "(空)" if item is None else AGREE["zh"][item - 1]
    return (-2 if mode == "ordinal" else "(空)") if item is None else item


def _acts(row: Row, mode: str) -> list[object]:
    if mode == "ordinal":
        return [-3 if row.acts is None else int(code in row.acts) for code in OPTIONS["zh"]]
    return ["(跳过)" if row.acts is None else "┋".join(OPTIONS["zh"][a] for a in row.acts)]


def tencent(rows: Sequence[Row]) -> Export:
    """腾讯问卷: a column per option, letters before options, a comma at each line's end."""
    files, waves = {}, {}
    for wave, word in WAVES.items():
        mine = [row for row in rows if row.wave == wave]
        lines = [_tencent_head(), *(_tencent_line(n, row) for n, row in enumerate(mine, 1))]
        files[f"社区{word}.csv"] = write_csv(
            lines, encoding="utf-8-sig", quote_all=True, trailing=True
        )
        waves[f"社区{word}.csv"] = wave
    return Export(
        files=files,
        respondent=f"1.{ASKED['zh']['code']}",
        items=[f"4.{STEM['zh']}:{text}" for text in QUESTIONS["zh"]],
        acts={
            code: f"5.{ACTS['zh']}:{letter}.{word}"
            for letter, (code, word) in zip("ABC", OPTIONS["zh"].items(), strict=True)
        },
        file_waves=waves,
        format="tencent_survey",
    )


def _tencent_head() -> list[object]:
    own = ["编号", "开始答题时间", "结束答题时间", "答题时长", "地理位置国家和地区"]
    asked = [f"{n}.{text}" for n, text in enumerate(ASKED["zh"].values(), 1)]
    items = [f"4.{STEM['zh']}:{text}" for text in QUESTIONS["zh"]]
    options = zip("ABC", OPTIONS["zh"].values(), strict=True)
    boxes = [f"5.{ACTS['zh']}:{letter}.{word}" for letter, word in options]
    return [*own, *asked, *items, *boxes, f"6.{COMMENT['zh']}"]


def _tencent_line(number: int, row: Row) -> list[object]:
    seconds = int((row.ended - row.started).total_seconds())
    letters = dict(zip(OPTIONS["zh"], "ABC", strict=True))
    boxes = [
        f"{letters[code]}.{word}" if row.acts and code in row.acts else ""
        for code, word in OPTIONS["zh"].items()
    ]
    items = ["" if i is None else f"{'ABCDE'[i - 1]}.{AGREE['zh'][i - 1]}" for i in row.items]
    when = row.started.strftime("%d-%b-%Y %H:%M:%S")
    told = [number, when, row.ended, f"{seconds // 60}分{seconds % 60}秒", "中国"]
    sex = {"m": "A.男", "f": "B.女"}[row.sex]
    return [*told, row.code, sex, row.age, *items, *boxes, row.comment]
