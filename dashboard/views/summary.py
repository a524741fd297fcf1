"""One screen for the funder: the answer, the numbers, two pictures, how sure, limits, next."""

from __future__ import annotations

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.funder_summary import FunderSummary, summarise_for_funder
from dashboard.cache import current_evaluation, current_study
from dashboard.content.model import Card
from dashboard.exports.front import list_funder_cards, say_method, say_period
from dashboard.navigation import find_page
from dashboard.sentences.dac import say_criteria
from dashboard.sentences.funder import say_answer, say_evidence, say_limits, say_next
from dashboard.state import current_text
from dashboard.text import Text
from dashboard.widgets.funder import show_two_pictures, show_words
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_cards, show_empty, show_page


def show() -> None:
    """Show the funder's summary."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None:
        show_empty(text("Nothing to summarise yet"), text("Open the sample or upload your files."))
        return
    told = summarise_for_funder(evaluation)
    about = (text.of(dict(evaluation.title)), say_period(text, evaluation))
    with st.container(gap="small"):
        show_page(say_answer(text, evaluation))
        _show_about(text, " · ".join(part for part in about if part))
        cards = list_funder_cards(text, evaluation, study.plan, told)
        show_cards([Card(value=value, meaning=meaning) for value, meaning in cards])
        show_two_pictures(text, evaluation, study)
        show_words(
            {
                text("How sure"): [say_evidence(text, rule) for rule in told.evidence],
                text("Limits"): [f"• {line}" for line in say_limits(text, evaluation, 2)],
                text("Next"): [f"• {line}" for line in say_next(text, evaluation)],
            }
        )
        st.caption(escape_markdown(say_method(text, evaluation.flow)))
        _show_criteria(text, evaluation, told)


def _show_about(text: Text, about: str) -> None:
    """Say what this is about, and where the same leaves on paper."""
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.caption(escape_markdown(about), width="content")
        label = text("Take it with you: one A4 page, slides, report, workbook")
        page = find_page(text, "export")
        st.page_link(page, label=label, icon=":material/download:", width="content")


def _show_criteria(text: Text, evaluation: Evaluation, told: FunderSummary) -> None:
    with st.expander(text("By the OECD-DAC criteria")):
        st.caption(text("Six questions many funders ask; what these data say to each."))
        lines = [
            f"- **{escape_markdown(name)}** · {escape_markdown(asked)}  \n  {escape_markdown(said)}"
            for name, asked, said in say_criteria(text, evaluation, told)
        ]
        st.markdown("\n".join(lines))
