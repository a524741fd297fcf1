"""Above the navigation: which study is open. Below it: other studies and the language."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_saved
from dashboard.state import set_language, set_study_id
from dashboard.text import LANGUAGES, Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.workspace.sample import SAMPLE_ID, read_sample_plan
from dashboard.workspace.store import SavedStudy, list_studies


def show_sidebar(text: Text) -> None:
    """Show the open study, the choice of study and the language."""
    saved = current_saved()
    with st.sidebar:
        with st.container(gap="xsmall", key="open_study"):
            st.markdown("**Levee**")
            if saved is not None:
                st.caption(escape_markdown(title_of(text, saved)))
                if saved.simulated:
                    st.caption(text("Sample, simulated"))
        _show_studies(text, saved)
        _show_languages(text)


def title_of(text: Text, saved: SavedStudy) -> str:
    """A study's title in the reader's language."""
    return text.of(saved.plan.study.title if saved.plan else None) or saved.title


def _show_studies(text: Text, saved: SavedStudy | None) -> None:
    sample = text.of(read_sample_plan().study.title)
    titles = {SAMPLE_ID: text("Sample: {title}", title=sample)}
    titles |= {study.id: study.title or text("Untitled") for study in list_studies()}
    chosen = saved.id if saved else None
    ids = list(titles)
    st.selectbox(
        text("Study"),
        ids,
        index=ids.index(chosen) if chosen in titles else None,
        format_func=lambda study: titles[study],
        placeholder=text("Choose a study"),
        key=f"open_{chosen}",
        on_change=lambda: set_study_id(st.session_state[f"open_{chosen}"]),
    )


def _show_languages(text: Text) -> None:
    st.segmented_control(
        text("Language"),
        list(LANGUAGES),
        default=text.language,
        format_func=lambda language: LANGUAGES[language],
        key=f"language_{text.language}",
        on_change=lambda: set_language(
            st.session_state[f"language_{text.language}"] or text.language
        ),
    )
