"""Above the navigation: which study is open, and the language."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_saved
from dashboard.roles import list_audiences
from dashboard.state import current_audience, set_audience, set_language
from dashboard.text import LANGUAGES, Text
from dashboard.widgets.exports import list_names
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.style import show_style
from dashboard.workspace.store import SavedStudy


def show_sidebar(text: Text) -> None:
    """Show the open study and the choice of language."""
    saved = current_saved()
    with st.sidebar, st.container(gap="xsmall", key="open_study"):
        show_style(text)
        st.markdown("**Levee**")
        if saved is not None:
            st.caption(escape_markdown(title_of(text, saved)))
        _show_languages(text)
        # Also without an open study: the portfolio shows every study, and who chose another
        # reader before must be able to go back.
        _show_audiences(text)


def show_simulated(text: Text) -> None:
    """Say above the page that the open study's people were made up, if so."""
    saved = current_saved()
    if saved is not None and saved.simulated:
        simulated = text("Simulated data: these people do not exist.")
        st.caption(f"**{simulated}**")


def title_of(text: Text, saved: SavedStudy) -> str:
    """A study's title in the reader's language."""
    return text.of(saved.plan.study.title if saved.plan else None) or saved.title


def _show_languages(text: Text) -> None:
    key = f"language_{text.language}"
    st.segmented_control(
        text("Language"),
        list(LANGUAGES),
        default=text.language,
        format_func=lambda language: LANGUAGES[language],
        key=key,
        label_visibility="collapsed",
        on_change=lambda: set_language(st.session_state[key] or text.language),
    )


def _show_audiences(text: Text) -> None:
    """Offer to see the pages as another reader would: small groups are protected then."""
    allowed, now = list_audiences(), current_audience()
    key, names = f"audience_{now}", list_names(text)
    st.selectbox(
        text("View as"),
        allowed,
        index=allowed.index(now),
        format_func=lambda audience: names[audience],
        key=key,
        on_change=lambda: set_audience(st.session_state[key]),
        help=text(
            "The evaluator sees everything. For other readers small groups are withheld and "
            "marked [c]."
        ),
    )
