"""The dashboard's entry point: page settings, language, navigation, and the open page."""

from __future__ import annotations

import os

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analysis.errors import LeveeError
from dashboard.guard import COOKIE, OWNERS
from dashboard.log import log_failure
from dashboard.navigation import CERTIFIED, list_pages
from dashboard.roles import current_role
from dashboard.sentences import say_error
from dashboard.state import SERVED, current_audience, current_text, keep_url
from dashboard.text import Text
from dashboard.widgets.exports import show_protection
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.sidebar import show_sidebar, show_simulated


def main() -> None:
    """Run the page that is asked for; deliberate errors are told in words."""
    keep_url()
    _admit()
    text = current_text()
    page = st.navigation(list_pages(text), expanded=True)
    st.set_page_config(page_title=f"{page.title} · Levee", layout="wide")
    try:
        if current_role() is None:
            st.info(text("You have no role here yet. Ask the person who runs this server."))
            return
        show_sidebar(text)
        show_simulated(text)
        _run(text, page)
        if page.url_path in CERTIFIED:
            show_protection(text)
    except LeveeError as error:
        st.error(escape_markdown(say_error(text, error)))


def _admit() -> None:
    """Tell the server whose session this is and for whom: its files are for nobody else."""
    context = get_script_run_ctx()
    cookie = st.context.cookies.get(COOKIE)
    if context is not None and cookie:
        OWNERS.admit(context.session_id, cookie, current_audience())


def _run(text: Text, page: StreamlitPage) -> None:
    """Run a page; served, a mistake of the program is logged and told without its details."""
    try:
        page.run()
    except LeveeError:
        raise
    except Exception as error:
        if not os.environ.get(SERVED):
            raise
        log_failure(f"page {page.url_path}", error)
        st.error(
            text(
                "This page could not be made. Your data are safe; the cause is in the log of the "
                "program. Other pages still work."
            )
        )


main()
