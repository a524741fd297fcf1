"""What the documents say beyond the results file of the same audience.

Every document is read as a program reads it: archives unpacked, pages and slides as text, tables
cell by cell. Two questions: does a number that only the evaluator's file holds stand in it, and
does a table give a number of people of 1 to LEAST − 1?
"""

from __future__ import annotations

import html
import io
import json
import math
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from plotly.offline import get_plotlyjs

from benchmarks.attack.spoils import LEAST, Spoils, number, walk

MEDIA = ("xlsx", "docx", "pptx", "pdf", "html", "figures", "csv")
#: Columns of tables in which a number counts people.
_OF_PEOPLE = re.compile(
    r"^(n|people|persons?|participants|respondents|volunteers|matched|answers|households|raters"
    r"|attended|came|active|left|joined|new|returned|lapsed|stayed|lost|number of people)(\.n)?"
    r"( \(.*\))?$",
    re.IGNORECASE,
)
_FEW = re.compile(rf"[1-{LEAST - 1}]")


def list_media(media: set[str]) -> dict[str, Callable[..., bytes]]:
    """Writers of the documents that are attacked."""
    from dashboard.exports.brief import write_brief
    from dashboard.exports.document import write_document
    from dashboard.exports.slides import write_slides
    from dashboard.exports.web_page import write_web_page
    from dashboard.exports.workbook import write_workbook

    writers = {
        "xlsx": write_workbook,
        "docx": write_document,
        "pptx": write_slides,
        "pdf": write_brief,
        "html": write_web_page,
        "figures": write_figures,
        "csv": write_tables,
    }
    return {name: writer for name, writer in writers.items() if name in media}


def write_figures(evaluation: Any, study: Any, text: Any, audience: str = "funder") -> bytes:
    """The data behind every figure of the report's pages, as Plotly sends them to a browser."""
    from dashboard.exports.report import build_report

    report = build_report(evaluation, study, text, audience)  # type: ignore[arg-type]
    figures = [p.figure().to_json() for s in report.sections for p in s.pictures if p.figure]
    return "\n".join(figures).encode()


def write_tables(evaluation: Any, study: Any, text: Any, audience: str = "funder") -> bytes:
    """Every single table of the export page as CSV."""
    from dashboard.exports.gateway import write_csv
    from dashboard.exports.report import build_report

    report = build_report(evaluation, study, text, audience)  # type: ignore[arg-type]
    tables = [t.table for s in report.sections for t in s.tables]
    return b"\n".join(write_csv(table, text, report.stamp) for table in tables)


def text_of(name: str, content: bytes) -> str:
    """All words and numbers of a document, as a reader or a program sees them."""
    if name in ("xlsx", "docx", "pptx"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            found = [
                parts.read(n).decode("utf-8", "replace")
                for n in parts.namelist()
                if n.endswith((".xml", ".rels"))
            ]
        return html.unescape(re.sub(r"<[^>]+>", " ", " ".join(found)))
    if name == "pdf":
        return pdf_text(content)
    # Without the library of the figures, whose constants are nobody's.
    return content.decode("utf-8", "replace").replace(get_plotlyjs(), "")


def pdf_text(content: bytes) -> str:
    """Text of a PDF by poppler's ``pdftotext``.

    Raises
    ------
    RuntimeError
        Where poppler is not installed.
    """
    program = shutil.which("pdftotext")
    if program is None:
        raise RuntimeError("pdftotext (poppler) is not installed")
    asked = [program, "-layout", "-", "-"]
    return subprocess.run(asked, input=content, capture_output=True, check=True).stdout.decode()


def tables_of(name: str, content: bytes) -> Iterator[list[list[str]]]:
    """The tables of a document as rows of text; the first row is the head."""
    read = {"xlsx": _sheets, "docx": _word, "pptx": _slides, "html": _web, "csv": _csv}.get(name)
    if read is not None:
        yield from read(content)


def _sheets(content: bytes) -> Iterator[list[list[str]]]:
    import openpyxl

    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        rows = sheet.iter_rows(values_only=True)
        yield from _blocks([["" if cell is None else str(cell) for cell in row] for row in rows])


def _word(content: bytes) -> Iterator[list[list[str]]]:
    import docx

    for table in docx.Document(io.BytesIO(content)).tables:
        yield [[cell.text for cell in row.cells] for row in table.rows]


def _slides(content: bytes) -> Iterator[list[list[str]]]:
    import pptx

    for slide in pptx.Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            if shape.has_table:
                yield [[cell.text for cell in row.cells] for row in shape.table.rows]


def _web(content: bytes) -> Iterator[list[list[str]]]:
    for table in re.findall(r"<table.*?</table>", content.decode(), re.DOTALL):
        yield [
            [
                html.unescape(re.sub(r"<[^>]+>", "", cell))
                for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
            ]
            for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        ]


def _csv(content: bytes) -> Iterator[list[list[str]]]:
    import csv

    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    yield from _blocks([row if any(row) else [] for row in rows])


def _blocks(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    """Tables of one sheet: rows with a head above them, ended by an empty row."""
    block: list[list[str]] = []
    for row in [*rows, []]:
        if any(row):
            block.append(row)
        elif block:
            yield block
            block = []


def hidden_numbers(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """Numbers of eight digits and more that the evaluator's file holds and the other does not.

    The error of a share that is given with its n is known with it.
    """
    given = {_digits(value) for _, value in walk(after)}
    given |= {_digits(_error_of_share(record)) for _, record in walk(after)}
    hidden = {_digits(value) for _, value in walk(before)} - given - {""}
    # A document may say a share in percent.
    return (hidden | {_digits(100 * value) for value in map(float, hidden)}) - {""}


def _error_of_share(record: Any) -> float | None:
    if not isinstance(record, Mapping):
        return None
    share, n = number(record.get("estimate", record.get("mean"))), number(record.get("n"))
    if share is None or not n or not 0 < share < 1:
        return None
    return math.sqrt(share * (1 - share) / n)


def _digits(value: Any) -> str:
    """The number to nine digits; "" for what many counts or shares of up to 240 people could be.

    Half shares too: a picture of answers sets half of the middle one to either side.
    """
    told = number(value)
    if told is None or any(abs(told * k - round(told * k)) < 1e-7 for k in range(1, 481)):
        return ""
    digits = re.sub(r"^0+", "", repr(abs(told)).partition("e")[0].replace(".", ""))
    return f"{abs(told):.8e}" if len(digits) >= 9 else ""


def attack_document(name: str, content: bytes, hidden: set[str], spoils: Spoils) -> None:
    """Search a document for hidden numbers, and its tables for numbers of few people."""
    text = text_of(name, content)
    for told in re.findall(r"\d*\.?\d+", text):
        # What is no number of many digits, or a share that many counts give, is told as "".
        if len(told) >= 9 and _digits(float(told)) in hidden:
            spoils.take(f"hidden number in {name}", 1, told)
    for table in tables_of(name, content):
        for head, row in ((table[0], row) for row in table[1:]):
            for column, cell in zip(head, row, strict=False):
                if _OF_PEOPLE.match(column.strip()) and _FEW.fullmatch(cell.strip()):
                    spoils.take(
                        f"few people in a table of {name}: {column[:24]}", 1, str(row)[:120]
                    )


def attack_figures(content: bytes, spoils: Spoils) -> None:
    """Bars and points of one person: whole numbers of 1 to LEAST − 1 along an axis of people."""
    for line in content.decode().splitlines():
        figure = json.loads(line)
        axes = figure["layout"]
        for trace in figure["data"]:
            for side in ("x", "y"):
                title = (axes.get(f"{side}axis") or {}).get("title") or {}
                values = trace.get(side)
                if not _OF_PEOPLE.match(str(title.get("text", ""))) or not isinstance(values, list):
                    continue
                told = [v for v in values if isinstance(v, int | float)]
                if trace.get("line", {}).get("shape") == "hv":
                    told = [abs(b - a) for a, b in pairwise(told)]
                for value in told:
                    if value == round(value):
                        spoils.take("few people in a figure", value, str(title.get("text")))
