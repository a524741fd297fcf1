"""What every export says: each file is written as a person would get it, then read back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import docx
import lxml.html
import openpyxl
import pptx
import typst
from PIL import Image

from analysis import Evaluation, Study
from tests.golden.blocks import Block, figure_block, picture_block, plain, table_block

Pages = Iterator[tuple[str, list[Block]]]


def write_files(
    evaluation: Evaluation, study: Study, language: str
) -> Iterator[tuple[str, str, bytes]]:
    """Write every export of an evaluation made for an audience: medium, name, content.

    The only lines that know how the exports are called. The evaluator's own copy differs from
    what a funder gets by what is withheld, which its workbook and results file show whole.
    """
    from dashboard.exports.brief import write_brief
    from dashboard.exports.document import write_document
    from dashboard.exports.gateway import write_csv
    from dashboard.exports.report import build_report
    from dashboard.exports.results_file import write_results
    from dashboard.exports.slides import write_slides
    from dashboard.exports.web_page import write_web_page
    from dashboard.exports.workbook import write_workbook
    from dashboard.text import Text

    text, audience = Text(language), evaluation.audience
    yield "xlsx", "", write_workbook(evaluation, study, text, audience)
    if language == "en" or audience == "evaluator":
        # It holds every sentence in both languages; the evaluator's copy is recorded in one.
        yield "json", "", write_results(evaluation)
    if audience == "evaluator":
        return
    report = build_report(evaluation, study, text, audience)
    for section in report.sections:
        for table in section.tables:
            content = write_csv(table.table, text, report.stamp)
            yield "csv", f"{section.heading}: {table.title}", content
    yield "docx", "", write_document(evaluation, study, text, audience)
    yield "pptx", "", write_slides(evaluation, study, text, audience)
    yield "html", "", write_web_page(evaluation, study, text, audience)
    yield "pdf", "", write_brief(evaluation, study, text, audience)


def read_documents(evaluation: Evaluation, study: Study, language: str) -> Pages:
    """Write every export and give its blocks, by medium and part."""
    from dashboard.exports.typesetting import write_png

    with printed() as printing:
        for medium, name, content in write_files(evaluation, study, language):
            for part, blocks in _READERS[medium](content):
                yield " ".join(filter(None, (medium, name, part))), blocks
            if printing:
                yield f"{medium} as printed", list(printing)
            printing.clear()
            # Else a picture that the next file has in common with this one is not set again.
            write_png.cache_clear()


@contextmanager
def printed() -> Iterator[list[Block]]:
    """Collect what Typst is given to set; nothing is drawn, which would take most of the time."""
    found: list[Block] = []

    def collect(*_: Any, sys_inputs: Mapping[str, str], **settings: Any) -> bytes:
        for value in sys_inputs.values():
            found.extend(_printed_words(value))
        return b"%PDF-1.7" if settings.get("format") == "pdf" else _PIXEL

    with patch.object(typst, "compile", collect):
        yield found


def _blank_picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(stream, "PNG")
    return stream.getvalue()


_PIXEL = _blank_picture()


def _printed_words(value: str) -> Iterator[Block]:
    """Words of one input of a template: a picture, or plain values as JSON."""
    if value.lstrip().startswith("<svg"):
        yield picture_block(value)
    elif value.lstrip().startswith("{"):
        yield from _leaves(json.loads(value))


def _leaves(value: Any) -> Iterator[Block]:
    """Every text in nested values; the fonts and the sizes tried are the machine's."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in ("families", "scales", "keywords"):
                yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str) and value.lstrip().startswith("<svg"):
        yield picture_block(value)
    elif value not in ("", None):
        yield ["text", plain(value)]


def _read_workbook(content: bytes) -> Pages:
    """Every sheet with its rows: values with their number format and kind where not plain."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    yield "file", [["title", book.properties.title], ["about", book.properties.description]]
    for sheet in book.worksheets:
        rows = ([_cell(cell) for cell in row] for row in sheet.iter_rows())
        yield f"sheet “{sheet.title}”", [["row", *_trim(row)] for row in rows]


def _cell(cell: Any) -> Any:
    value = plain(cell.value)
    plain_text = cell.data_type in ("s", "inlineStr") and cell.number_format == "General"
    if value is None or plain_text:
        return value
    return {"value": value, "kind": cell.data_type, "format": cell.number_format}


def _trim(row: list[Any]) -> list[Any]:
    while row and row[-1] is None:
        row.pop()
    return row


def _read_results(content: bytes) -> Pages:
    """The results file without its provenance, one block for each entry of a list."""
    results = json.loads(content)
    del results["provenance"]
    results["study"].pop("fingerprint", None)
    for name, part in results.items():
        entries = part if isinstance(part, list) else [part]
        yield name, [["entry", plain(entry)] for entry in entries]


def _read_csv(content: bytes) -> Pages:
    yield "", [table_block(csv.reader(io.StringIO(content.decode("utf-8-sig"))))]


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STYLES = {"Title": "title", "Heading 1": "h1", "Heading 2": "h2", "List Bullet": "li"}


def _read_document(content: bytes) -> Pages:
    """Paragraphs, tables and the alternative texts of pictures, in the order of the pages."""
    document = docx.Document(io.BytesIO(content))
    core, page = document.core_properties, document.sections[0]
    outside = [["title", core.title], ["about", core.comments], ["language", core.language]]
    outside += [["header", p.text] for p in page.header.paragraphs]
    outside += [["footer", p.text] for p in page.footer.paragraphs]
    yield "file", outside
    blocks: list[Block] = []
    for part in document.iter_inner_content():
        if isinstance(part, docx.table.Table):
            blocks.append(table_block([cell.text for cell in row.cells] for row in part.rows))
            continue
        if part.text.strip():
            blocks.append([_STYLES.get(part.style.name, "text"), part.text])
        for picture in part._p.iter("{*}docPr"):
            blocks.append(["picture", picture.get("descr") or "", picture.get("title") or ""])
    yield "", blocks


def _read_slides(content: bytes) -> Pages:
    """Texts, tables, native charts and alternative texts, slide by slide."""
    deck = pptx.Presentation(io.BytesIO(content))
    core = deck.core_properties
    yield "file", [["title", core.title], ["about", core.comments], ["language", core.language]]
    blocks: list[Block] = []
    for slide in deck.slides:
        blocks.append(["slide"])
        for shape in slide.shapes:
            blocks.extend(_read_shape(shape))
        if slide.has_notes_slide:
            blocks.append(["notes", slide.notes_slide.notes_text_frame.text])
    yield "", blocks


def _read_shape(shape: Any) -> Iterator[Block]:
    alt = next(shape._element.iter("{*}cNvPr")).get("descr")
    if shape.has_text_frame:
        yield from (["text", p.text] for p in shape.text_frame.paragraphs if p.text.strip())
    elif shape.has_table:
        yield [*table_block([c.text for c in row.cells] for row in shape.table.rows), {"alt": alt}]
    elif shape.has_chart:
        plot = shape.chart.plots[0]
        series = {one.name: plain(list(one.values)) for one in plot.series}
        form = shape.chart.value_axis.tick_labels.number_format
        kind = str(shape.chart.chart_type)
        yield ["chart", alt, kind, list(map(str, plot.categories)), series, form]
    else:
        yield ["picture", alt]


#: Kinds of a web page that a reader tells apart; all other words are text.
_TOLD_APART = ("h1", "h2", "h3", "h4", "li", "summary", "figcaption", "footer", "title")


def _read_web_page(content: bytes) -> Pages:
    """Visible words, tables and the figures that are drawn from the page's own data."""
    yield "", list(_read_tag(lxml.html.document_fromstring(content.decode())))


def _read_tag(tag: Any) -> Iterator[Block]:
    if not isinstance(tag.tag, str) or tag.tag in ("style", "meta"):
        return
    alt = tag.get("aria-label") or tag.get("alt") or ""
    if tag.tag == "script":
        if tag.get("type") == "application/json":
            yield figure_block(json.loads(tag.text), "")
        return
    if tag.tag.rpartition("}")[2] == "svg":
        yield picture_block(lxml.html.tostring(tag, encoding="unicode"))
        return
    if alt:
        yield ["label", alt]
    if tag.tag == "table":
        rows = ([cell.text_content() for cell in row.iter("th", "td")] for row in tag.iter("tr"))
        yield table_block(rows)
        return
    kind = tag.tag if tag.tag in _TOLD_APART else "text"
    if tag.text and tag.text.strip():
        yield [kind, tag.text.strip()]
    for child in tag:
        yield from _read_tag(child)
        if child.tail and child.tail.strip():
            yield [kind, child.tail.strip()]


def _read_print(_: bytes) -> Pages:
    """Nothing: what is printed was collected when it was set."""
    return iter(())


_READERS: Mapping[str, Callable[[bytes], Pages]] = {
    "xlsx": _read_workbook,
    "json": _read_results,
    "csv": _read_csv,
    "docx": _read_document,
    "pptx": _read_slides,
    "html": _read_web_page,
    "pdf": _read_print,
}
