"""Links from one page to another, named by where they lead."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import find_page, has_page
from dashboard.text import Text


def show_link(text: Text, view: str) -> None:
    """Show a link to a page, by the page's name; nothing while there is no such page."""
    if has_page(view):
        page = find_page(text, view)
        st.page_link(page, label=text("More: {page} →", page=page.title))
