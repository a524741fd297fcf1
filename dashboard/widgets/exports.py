"""The parts of the export page: which formats there are, what is inside, the buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import streamlit as st

from analysis.errors import ExportError, LeveeError
from analysis.evaluation import Evaluation
from analysis.results import AUDIENCES, Audience, Suppressed
from analysis.study import Study
from dashboard.cache import current_certificate
from dashboard.exports.brief import write_brief, write_preview
from dashboard.exports.content import Report
from dashboard.exports.document import write_document
from dashboard.exports.gateway import Stamp, say_page_certificate, write_csv
from dashboard.exports.results_file import write_results
from dashboard.exports.slides import write_slides
from dashboard.exports.statistics_file import write_statistics_file
from dashboard.exports.web_page import write_web_page
from dashboard.exports.workbook import write_table, write_workbook
from dashboard.navigation import SECTIONS
from dashboard.sentences import say_error
from dashboard.state import current_audience
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table

_OFFICE = "application/vnd.openxmlformats-officedocument"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"
#: Page, kind, numbers, withheld.
Costs = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """One format: its name and what is inside (translated), how it is written."""

    ending: str
    name: str
    about: str
    mime: str
    write: Callable[[Evaluation, Study, Text], bytes]


def list_formats(text: Text, seen_as: Audience = "evaluator") -> dict[str, ExportFormat]:
    """The formats by file ending, the funder's page first.

    Scores of every person are for the evaluator: pages seen as by others do not offer them.
    """
    told = (
        (
            "pdf",
            text("One page for the funder (PDF)"),
            text(
                "Exactly one A4 page: the answer, its numbers, two pictures, targets, limits, "
                "next steps."
            ),
            "application/pdf",
            lambda e, s, t: write_brief(e, s, t, e.audience),
        ),
        (
            "docx",
            text("Report (Word)"),
            text("Every section with its findings, pictures and tables, ready to edit."),
            f"{_OFFICE}.wordprocessingml.document",
            lambda e, s, t: write_document(e, s, t, e.audience),
        ),
        (
            "pptx",
            text("Slides (PowerPoint)"),
            text("One finding a slide, with its picture or table."),
            f"{_OFFICE}.presentationml.presentation",
            lambda e, s, t: write_slides(e, s, t, e.audience),
        ),
        (
            "xlsx",
            text("Workbook (Excel)"),
            text("Sentences first, then tables, then every number as a number, with a dictionary."),
            XLSX,
            lambda e, s, t: write_workbook(e, s, t, e.audience),
        ),
        (
            "html",
            text("Interactive report (one web page, works offline)"),
            text("Figures to hover over and tables to open; nothing is fetched from the internet."),
            "text/html",
            lambda e, s, t: write_web_page(e, s, t, e.audience),
        ),
        (
            "json",
            text("Results file (JSON, for programs)"),
            text("Every number and every sentence of the pages, in both languages."),
            "application/json",
            lambda evaluation, study, text: write_results(evaluation),  # noqa: ARG005
        ),
        (
            "sav",
            text("Scores of every person (SPSS, .sav)"),
            text(
                "For the evaluator, to go on in SPSS, Stata or R: codes, waves, answers, scores "
                "and changes, with labels and kinds of missing answers."
            ),
            "application/octet-stream",
            lambda e, s, t: write_statistics_file(e, s, t, e.audience),
        ),
    )
    return {
        ending: ExportFormat(ending=ending, name=name, about=about, mime=mime, write=write)
        for ending, name, about, mime, write in told
        if ending != "sav" or seen_as == "evaluator"
    }


def show_download(
    text: Text,
    form: ExportFormat,
    evaluation: Evaluation,
    study: Study,
    words: Text,
    record: Callable[[], None] | None = None,
) -> None:
    """Show what a format holds and its button; the file is made when the button is clicked.

    ``record`` writes the release into the ledger before the file is handed out.
    """
    st.markdown(form.about)
    refused = _why_not(form, evaluation, study)
    if refused is not None:
        st.warning(say_error(text, refused))
        return
    name = f"levee-{evaluation.fingerprint[:8]}-{words.language}.{form.ending}"
    st.download_button(
        text("Download"),
        data=_recorded(record, lambda: form.write(evaluation, study, words)),
        file_name="results.json" if form.ending == "json" else name,
        mime=form.mime,
        on_click="ignore",
        type="primary",
        icon=":material/download:",
        key=f"download_{form.ending}_{words.language}",
    )
    st.caption(text("The report is made when you click; a document takes about two seconds."))


def _recorded(record: Callable[[], None] | None, write: Callable[[], bytes]) -> Callable[[], bytes]:
    """Write a file once its release stands in the ledger; a table alone is a release too."""

    def make() -> bytes:
        if record is not None:
            record()
        return write()

    return make


def _why_not(form: ExportFormat, evaluation: Evaluation, study: Study) -> ExportError | None:
    """Why a file of single people's scores is not made; None when it can be."""
    if form.ending != "sav":
        return None
    if evaluation.audience != "evaluator":
        return ExportError("evaluator_only")
    return ExportError("no_answers") if study.survey is None else None


def choose_audience(text: Text) -> Audience:
    """Ask for whom the file is made; funders, unless somebody says otherwise."""
    names = {
        "funder": text("Funder"),
        "public": text("Public"),
        "manager": text("Manager"),
        "evaluator": text("Evaluator (not for release)"),
    }
    now = current_audience()
    # Seen as by others, the page offers what they may have, and who is told less.
    told = AUDIENCES[AUDIENCES.index(now) :]
    chosen = st.segmented_control(
        text("Made for"),
        [one for one in names if one in told],
        default="funder" if now == "evaluator" else now,
        format_func=lambda audience: names[audience],
        required=True,
        key=f"export_audience_{now}",
    )
    return next((one for one in AUDIENCES if one == chosen), "funder")


def show_certificate(text: Text, stamp: Stamp, costs: Sequence[Costs]) -> None:
    """Show what the disclosure audit of the file found, and what protecting it cost."""
    found = stamp.certificate
    if found is None:
        st.warning(text("This file shows small groups. Do not pass it on."))
        return
    st.header(text("Disclosure certificate"), anchor=False)
    interval = text("none needed bounding")
    if found.smallest_interval is not None:
        interval = text("{n} people", n=text.number(found.smallest_interval, 0))
    rows = [
        (text("Made for"), list_names(text)[found.audience]),
        (text("Smallest group shown"), text.number(found.min_group, 0)),
        (text("Numbers about people"), text.number(found.cells, 0)),
        (text("Withheld, marked [c]"), text.number(found.hidden, 0)),
        (text("Narrowest interval of a withheld group"), interval),
        (text("Earlier releases and pages audited with it"), text.number(found.releases_before, 0)),
        (
            text("Numbers made of scores"),
            text("rounded: the sum behind each stays open by one answer of one person"),
        ),
        (text("Date"), text.date(datetime.fromisoformat(found.date).date())),
        (text("Version"), found.version),
    ]
    show_table(pd.DataFrame(rows, columns=[text("Entry"), text("Value")]), key="certificate")
    if costs:
        with st.expander(text("What was withheld, page by page")):
            show_table(list_costs(text, costs), key="costs")


def show_protection(text: Text) -> None:
    """Say at the foot of a page, where it is for others, for whom it is and what is withheld."""
    found = current_certificate()
    if found is not None:
        st.caption(escape_markdown(say_page_certificate(text, found)))


def list_costs(text: Text, costs: Sequence[Costs]) -> pd.DataFrame:
    """What protection costs by page: results withheld, points joined, lists left out.

    Readers' costs tell of lists of single people without their length, and of no points.
    """
    names = {e.view: e.name for entries in SECTIONS.values() for e in entries}
    found = {(page, kind): (n, hidden) for page, kind, n, hidden in costs}
    shared = any(isinstance(n, Suppressed) for n, _ in found.values())
    rows = []
    for page in dict.fromkeys(page for page, *_ in costs):
        results, hidden = found.get((page, "results"), (0, 0))
        points, joined = found.get((page, "points"), (0, 0))
        people, _ = found.get((page, "people"), (0, 0))
        withheld, shown = _part(text, hidden, results), _part(text, points - joined, points)
        listed = (text("all") if people else "–") if shared else people
        rows.append((text(names[page]), withheld, shown, listed))
    # Four columns, so that a phone shows them all.
    columns = [text("Page"), text("Numbers withheld")]
    columns += [text("Points of curves shown"), text("Single people left out")]
    told = pd.DataFrame(rows, columns=columns)
    return told.drop(columns=columns[2]) if shared else told


def _part(text: Text, k: int, n: int) -> str:
    return text("{k} of {n} ({share})", k=k, n=n, share=text.percent(k / n)) if n else "–"


def list_names(text: Text) -> dict[str, str]:
    """The audiences by name."""
    return {
        "evaluator": text("Evaluator"),
        "manager": text("Manager"),
        "funder": text("Funder"),
        "public": text("Public"),
    }


def show_inside(text: Text, report: Report) -> None:
    """List the parts of a report with how much each holds."""
    st.header(text("What is inside"), anchor=False)
    rows = [(s.heading, len(s.findings), len(s.pictures), len(s.tables)) for s in report.sections]
    names = [text("Part"), text("Findings"), text("Pictures"), text("Tables")]
    show_table(pd.DataFrame(rows, columns=names), key="inside")


def show_page_image(text: Text, evaluation: Evaluation, study: Study, words: Text) -> None:
    """Show the funder's page as it will print."""
    try:
        image = _draw_preview(
            f"{evaluation.fingerprint}{evaluation.audience}", words.language, evaluation, study
        )
    except LeveeError as error:
        st.warning(say_error(text, error))
        return
    words_of = text("The page as it will print.")
    with st.container(border=True):
        st.image(image, alt=words_of, width="stretch")
    st.caption(words_of)


@st.cache_data(scope="session", show_spinner=False, max_entries=4)
def _draw_preview(
    key: str,  # noqa: ARG001
    language: str,
    _evaluation: Evaluation,
    _study: Study,
) -> bytes:
    return write_preview(_evaluation, _study, Text(language), _evaluation.audience)


def show_single_tables(
    text: Text, report: Report, record: Callable[[], None] | None = None
) -> None:
    """Offer every table on its own, as CSV and as a workbook, with a preview.

    ``record`` as in :func:`show_download`.
    """
    tables = {_name(s.heading, t.title): t for s in report.sections for t in s.tables}
    if not tables:
        return
    st.header(text("One table at a time"), anchor=False)
    chosen = st.selectbox(text("Table to export"), list(tables), key="export_table")
    told = tables[chosen]
    show_table(told.table, key="export_preview")
    left, right = f"{told.key}.csv", f"{told.key}.xlsx"
    with st.container(horizontal=True):
        st.download_button(
            text("Download as CSV"),
            data=_recorded(record, lambda: write_csv(told.table, report.text, report.stamp)),
            file_name=left,
            mime="text/csv",
            on_click="ignore",
            key=f"csv_{told.key}",
        )
        st.download_button(
            text("Download as Excel"),
            data=_recorded(
                record, lambda: write_table(told.table, told.title, report.text, report.stamped)
            ),
            file_name=right,
            mime=XLSX,
            on_click="ignore",
            key=f"xlsx_{told.key}",
        )


def _name(heading: str, title: str) -> str:
    return heading if title == heading else f"{heading}: {title}"
