"""Home: see the sample, upload your spreadsheets, or take the template."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import find_page
from dashboard.roles import may_change_studies
from dashboard.state import current_text, set_study_id
from dashboard.text import Text
from dashboard.widgets.page import show_page
from dashboard.widgets.studies import show_studies
from dashboard.widgets.uploader import show_uploader
from dashboard.workspace.sample import SAMPLE_ID


def show() -> None:
    """Show the three choices, and the studies already saved."""
    text = current_text()
    show_page(
        text("Did your programme change anything?"),
        text("Levee answers from the spreadsheets you already have. Nothing leaves this machine."),
    )
    with st.grid(2, min_column_width=300, gap="small"):
        _show_sample(text)
        _show_template(text)
    if may_change_studies():
        _show_upload(text)
    show_studies(text)


def _show_sample(text: Text) -> None:
    with st.container(border=True, height="stretch"):
        st.header(text("See the sample community"), anchor=False)
        st.write(text("Two simulated communities over 18 months: surveys, sign-in sheets, money."))
        if st.button(text("Open the sample"), type="primary", key="open_sample"):
            set_study_id(SAMPLE_ID)
            st.switch_page(find_page(text, "overview"))


def _show_upload(text: Text) -> None:
    with st.container(border=True):
        st.header(text("Upload your spreadsheets"), anchor=False)
        if show_uploader(text, None):
            st.switch_page(find_page(text, "data"))


def _show_template(text: Text) -> None:
    with st.container(border=True, height="stretch"):
        st.header(text("Start from the template"), anchor=False)
        st.write(text("No data yet? A workbook to fill in, with the questions to ask."))
        st.download_button(
            text("Download the template"),
            data=lambda: _template(text.language),
            file_name="levee-template.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
            key="download_template",
        )


def _template(language: str) -> bytes:
    from analysis.intake.template import write_template

    return write_template(language)
