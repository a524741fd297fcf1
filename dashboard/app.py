"""The dashboard's entry point: page settings, language, navigation, and the open page."""

from __future__ import annotations

import streamlit as st

from analysis.errors import LeveeError
from dashboard.navigation import list_pages
from dashboard.sentences import say_error
from dashboard.state import current_text, keep_url
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.sidebar import SIDEBAR_WIDTH, show_sidebar


def main() -> None:
    """Run the page that is asked for; deliberate errors are told in words."""
    keep_url()
    text = current_text()
    page = st.navigation(list_pages(text), expanded=True)
    st.set_page_config(
        page_title=f"{page.title} · Levee", layout="wide", initial_sidebar_state=SIDEBAR_WIDTH
    )
    try:
        show_sidebar(text)
        page.run()
    except LeveeError as error:
        st.error(escape_markdown(say_error(text, error)))


main()
