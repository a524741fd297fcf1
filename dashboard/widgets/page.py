"""The parts every page is built of: finding, cards, picture, table, cautions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.results import Suppressed
from dashboard.content.chart import Chart
from dashboard.content.format import list_cells, say_cell, spreadsheet_number
from dashboard.content.model import Card, Cell, Interval, Number, Passage, Picture, Section, Table
from dashboard.content.theme import for_dark
from dashboard.roles import may_change_studies
from dashboard.sentences.few import say_nothing_drawn
from dashboard.state import current_audience, current_text, is_dark
from dashboard.text import Text, show_invisible
from dashboard.widgets.markdown import escape_markdown
from dashboard.workspace.store import SavedStudy

_SHOWN_WHOLE = 24
_MAX_COLUMNS = 12
_SHORT = 14
_CHINESE = re.compile("(?<=[\u4e00-\u9fff→])|(?=[\u4e00-\u9fff→])")
_CHART_CONFIG = {"displayModeBar": False, "displaylogo": False, "responsive": True}


def show_page(title: str, subtitle: str = "") -> None:
    """Show the finding as the page's title, and in grey who is in it."""
    st.title(escape_markdown(title), anchor=False)
    if subtitle:
        st.caption(escape_markdown(subtitle))


def show_cards(cards: Sequence[Card]) -> None:
    """Show at most four numbers, each with its meaning."""
    with st.grid(min(4, max(1, len(cards))), min_column_width=170, gap="small"):
        for card in cards[:4]:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"## {escape_markdown(card.value)}")
                st.caption(escape_markdown(card.meaning))


def show_figure(
    figure: Chart,
    *,
    title: str,
    subtitle: str = "",
    alt: str,
    table: pd.DataFrame | None = None,
    remark: str = "",
    key: str,
) -> None:
    """Show one picture: its finding as title, unit and period below, data one click away.

    Where nothing can be drawn a sentence says so: an empty axis would read as no change.
    """
    text = current_text()
    st.header(escape_markdown(title), anchor=False)
    if subtitle:
        st.caption(escape_markdown(subtitle))
    if figure.blank:
        withheld = current_audience() != "evaluator"
        st.info(escape_markdown(say_nothing_drawn(text, withheld=withheld)))
    else:
        shown = for_dark(figure) if is_dark() else figure
        st.plotly_chart(go.Figure(shown.spec), key=f"figure_{key}", config=_CHART_CONFIG, alt=alt)
    if remark:
        st.caption(escape_markdown(remark))
    if table is not None:
        with st.expander(text("Table")):
            show_table(table, key=f"{key}_table")


def show_table(table: pd.DataFrame, *, key: str) -> None:
    """Show a table: short ones whole, their words wrapped; large ones to scroll and sort."""
    if len(table) > _SHOWN_WHOLE or len(table.columns) > _MAX_COLUMNS:
        shown = _with_marks(_plain(table))
        st.dataframe(shown, hide_index=True, key=f"table_{key}", width="stretch")
        return
    heads, *rows = list_cells(table, current_text())
    words = [[_keep_together(escape_markdown(cell)) for cell in row] for row in rows]
    columns = [escape_markdown(head) for head in heads]
    st.table(pd.DataFrame(words, columns=columns), hide_index=True, border="horizontal")


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """A table to sort: what is a number stays one, all else as it is written."""
    columns = [_plain_column(table.iloc[:, at].tolist()) for at in range(len(table.columns))]
    rows = list(zip(*columns, strict=True))
    return pd.DataFrame(rows, columns=table.columns, index=table.index)


def _plain_column(cells: list[Cell]) -> list[object]:
    """One column as numbers where all of it can be sorted by them, a gap where there is none."""
    text = current_text()
    if all(isinstance(c, Number) and _is_sorted(c) for c in cells):
        numbers = [c for c in cells if isinstance(c, Number)]
        return [None if n.value is None else spreadsheet_number(text, n)[0] for n in numbers]
    if any(isinstance(c, Number | Interval) for c in cells):
        return [say_cell(text, c) for c in cells]
    return list(cells)


def _is_sorted(cell: Number) -> bool:
    return cell.kind in ("count", "number", "signed") and not isinstance(cell.value, Suppressed)


def _with_marks(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose disguised words show it; numbers and dates stay, so that it can be sorted."""
    marked = table.set_axis([show_invisible(str(name)) for name in table.columns], axis=1)
    for at in range(len(table.columns)):
        cells = table.iloc[:, at]
        if cells.dtype == object or pd.api.types.is_string_dtype(cells):
            marked.isetitem(at, [show_invisible(c) if isinstance(c, str) else c for c in cells])
    return marked


def _keep_together(cell: str) -> str:
    """Keep a short number with its Chinese words on one line: ``0.53至0.86``."""
    short = len(cell) <= _SHORT and any(letter.isdigit() or letter == "→" for letter in cell)
    return _CHINESE.sub("\N{WORD JOINER}", cell) if short else cell


def show_section(section: Section, head: DeltaGenerator) -> None:
    """Show a topic: its answer in ``head`` above what the reader chooses, the rest below."""
    with head:
        show_page(section.title, section.sample)
    show_parts(section)


def show_parts(section: Section) -> None:
    """Show what stands below a topic's answer: its cards, pictures, cautions and tables."""
    if section.cards:
        show_cards(section.cards)
    for beside, run in groupby(section.pictures, key=lambda picture: picture.beside):
        pictures = list(run)
        columns = st.columns(2, gap="large") if beside and len(pictures) > 1 else [st.container()]
        for i, picture in enumerate(pictures):
            with columns[i % len(columns)]:
                _show_picture(picture)
    for line in section.remarks:
        st.markdown(escape_markdown(line))
    show_cautions(section.cautions)
    for passage in section.passages:
        _show_passage(passage)
    for table in section.tables:
        if table.rows:
            st.header(escape_markdown(table.title), anchor=False)
            _show_with_words(table)


def _show_picture(picture: Picture) -> None:
    show_figure(
        picture.figure(),
        title=picture.title,
        subtitle=picture.subtitle,
        alt=picture.alt,
        table=None if picture.table is None else picture.table.frame,
        remark=picture.remark,
        key=picture.key,
    )


def _show_passage(passage: Passage) -> None:
    if passage.title:
        st.header(escape_markdown(passage.title), anchor=False)
    _show_lines(passage.lines)
    for table in passage.tables:
        with st.expander(escape_markdown(table.title)):
            _show_with_words(table)


def _show_lines(lines: Sequence[str]) -> None:
    """Show sentences, several as a list."""
    if lines:
        bullet = "- " if len(lines) > 1 else ""
        st.markdown("\n".join(f"{bullet}{escape_markdown(line)}" for line in lines))


def _show_with_words(table: Table) -> None:
    if table.caption:
        st.caption(escape_markdown(table.caption))
    _show_lines(table.lines)
    show_table(table.frame, key=table.key)
    if table.note:
        st.markdown(escape_markdown(table.note))


def show_cautions(cautions: Sequence[str]) -> None:
    """Show what to know before quoting the numbers, if anything."""
    if not cautions:
        return
    text = current_text()
    lines = "\n".join(f"- {escape_markdown(line)}" for line in cautions)
    title = text("Before you quote this")
    st.warning(f"**{title}**\n\n{lines}")


def refuse_audience(title: str) -> bool:
    """Say that only the evaluator works here, when somebody else is shown the page.

    Rows of files, answers and their corrections are single people's: nothing of them is shown.
    """
    if current_audience() == "evaluator":
        return False
    text = current_text()
    told = text("This page shows single rows of the data, so that only the evaluator sees it.")
    if may_change_studies():
        told = text.join([told, text("Choose Evaluator under “View as” to work here.")])
    show_empty(title, told)
    return True


def may_change(saved: SavedStudy) -> bool:
    """Whether the reader may change this study."""
    return not saved.read_only and may_change_studies()


def refuse_change(text: Text, saved: SavedStudy) -> bool:
    """Say why the reader cannot change this study, where that is so."""
    if may_change(saved):
        return False
    if saved.read_only:
        st.caption(text("The sample is read-only; this can be set in your own study."))
    else:
        st.caption(text("Only evaluators can set this."))
    return True


def show_empty(title: str, needed: str) -> None:
    """Say which data are missing and how to get them; never an empty axis."""
    st.title(escape_markdown(title), anchor=False)
    st.info(escape_markdown(needed))
