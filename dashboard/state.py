"""Session and URL keys behind typed functions: language, open study, filters.

The URL carries them, so that a link opens the same picture; the session keeps them when a page
change empties the URL.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import streamlit as st

from analysis.results import Audience
from dashboard.roles import current_role, list_audiences
from dashboard.text import LANGUAGES, Text

FILTERS = ("site", "group", "wave", "category")
PEOPLE_FILTERS = ("from", "to", "people")
_KEPT = ("lang", "study", "audience", "measure", *FILTERS, *PEOPLE_FILTERS)
SERVED = "LEVEE_SERVED"
"""Set in the environment of a served dashboard; in tests and by ``streamlit run`` it is not."""
_LOCAL = "LEVEE_LOCAL"
_OPEN_FIRST = "LEVEE_OPEN"
_NONE = "new"  # a study yet to be made: nothing is open, whatever the server opens first


def keep_url() -> None:
    """Bring URL and session in line: the URL wins; what it lacks comes from the session."""
    for key in _KEPT:
        asked = st.query_params.get_all(key)
        if asked:
            st.session_state[f"url_{key}"] = asked
        elif st.session_state.get(f"url_{key}"):
            st.query_params[key] = st.session_state[f"url_{key}"]


def current_text() -> Text:
    """Words in the reader's language: ``?lang=``, else the browser's, else English."""
    asked = _read("lang")
    if asked and asked[0] in LANGUAGES:
        return Text(asked[0])
    locale = str(st.context.locale or "en")
    return Text("zh-Hans" if locale.lower().startswith("zh") else "en")


def set_language(language: str) -> None:
    """Change the language of this session and its URL."""
    _write("lang", [language])


def current_study_id() -> str | None:
    """Id of the open study: ``?study=``, else the one the server opens first, else None."""
    asked = _read("study")
    chosen = asked[0] if asked else os.environ.get(_OPEN_FIRST, "")
    return None if chosen in ("", _NONE) else chosen


def set_study_id(study: str | None) -> None:
    """Open another study (or none): filters of the old one are dropped."""
    for key in ("measure", *FILTERS, *PEOPLE_FILTERS):
        _write(key, [])
    _write("study", [study or _NONE])


def current_audience() -> Audience:
    """Who the pages are shown to: ``?audience=`` where the reader's role allows it, else the role.

    On a computer of one's own the role is that of the evaluator, who holds the data.
    """
    allowed, asked = list_audiences(), _read("audience")
    return next((one for one in allowed if asked and one == asked[0]), (*allowed, "public")[0])


def set_audience(audience: Audience) -> None:
    """Show the pages as an audience would see them."""
    _write("audience", [] if audience == current_role() else [audience])


def current_filters() -> Mapping[str, tuple[str, ...]]:
    """Chosen values by ``site``, ``group``, ``wave`` and ``category`` (``"sex=女"``)."""
    return {key: tuple(_read(key)) for key in FILTERS if _read(key)}


def set_filter(key: str, values: Sequence[str]) -> None:
    """Choose the values of one filter; none means all."""
    _write(key, list(values))


def current_people_filters() -> Mapping[str, tuple[str, ...]]:
    """Chosen months (``from``, ``to``) and groups (``people``: ``"kind=drill"``) of activities."""
    return {key: tuple(_read(key)) for key in PEOPLE_FILTERS if _read(key)}


def current_measure() -> str:
    """Name of the measure the reader looks at; empty when none was chosen."""
    return next(iter(_read("measure")), "")


def set_measure(name: str) -> None:
    """Keep which measure the reader looks at, from page to page."""
    _write("measure", [name])


def is_dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def set_local(local: bool) -> None:
    """Say whether only the person at this computer reaches the dashboard."""
    os.environ[_LOCAL] = "yes" if local else ""


def is_local() -> bool:
    """Whether pages may use this computer's folders and addresses for the person at it.

    On a shared server they would be the server's: then, and where nothing was said, they do not.
    """
    return os.environ.get(_LOCAL) == "yes"


def _read(key: str) -> list[str]:
    return st.query_params.get_all(key) or list(st.session_state.get(f"url_{key}", []))


def _write(key: str, values: list[str]) -> None:
    st.session_state[f"url_{key}"] = values
    if values:
        st.query_params[key] = values
    elif key in st.query_params:
        del st.query_params[key]
