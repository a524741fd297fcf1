"""Session and URL keys behind typed functions: language, open study, filters."""

from __future__ import annotations

import streamlit as st

from dashboard.text import LANGUAGES, Text


def current_text() -> Text:
    """Words in the reader's language: ``?lang=``, else the browser's, else English."""
    asked = st.query_params.get("lang", "")
    if asked in LANGUAGES:
        return Text(asked)
    locale = str(st.context.locale or "en")
    return Text("zh-Hans" if locale.lower().startswith("zh") else "en")


def is_dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"
