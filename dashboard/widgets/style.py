"""The few rules of style that close gaps of Streamlit, each with its reason."""

from __future__ import annotations

import streamlit as st

from dashboard.state import is_dark
from dashboard.text import Text

# Streamlit puts its navigation above everything else; the open study belongs on top of it.
_SIDEBAR = """
[data-testid="stSidebarContent"] { display: flex; flex-direction: column; }
[data-testid="stSidebarHeader"] { order: -2; height: 2.75rem; }
[data-testid="stSidebarUserContent"] { order: -1; padding-top: 0; padding-bottom: 0.5rem; }
[data-testid="stSidebarNavSeparator"] { display: none; }
"""
# A table's own toolbar is English and downloads cells as they are, formulas included; files
# leave through the export page only.
_TABLES = '[data-testid="stDataFrame"] [data-testid="stElementToolbar"] { display: none; }\n'
# On a phone a table's columns would shrink to a letter each, above all in Chinese.
_COLUMNS = """
[data-testid="stTable"] :is(th, td) { min-width: 4rem; }
[data-testid="stTable"] :is(th, td):first-child { min-width: 7rem; }
"""
# A wide table scrolls inside its frame, but a phone draws no bar: what lies beyond the edge seems
# cut off. A shadow at an edge says that there is more, and the first column stays in sight.
_SCROLLED = """
@media (max-width: 640px) {{
[data-testid="stTable"] > div {{
  scrollbar-width: thin;
  background:
    linear-gradient(to right, {back} 40%, transparent) left / 3rem 100% no-repeat local,
    linear-gradient(to left, {back} 40%, transparent) right / 3rem 100% no-repeat local,
    linear-gradient(to right, {shadow}, transparent) left / 1rem 100% no-repeat scroll,
    linear-gradient(to left, {shadow}, transparent) right / 1rem 100% no-repeat scroll;
}}
[data-testid="stTable"] :is(th, td) {{ min-width: 3rem; padding: 0.4rem 0.35rem; }}
[data-testid="stTable"] :is(th, td):first-child {{
  min-width: 5.5rem; position: sticky; left: 0; background: {back};
}}
}}
"""
_BACK = {False: "#FFFFFF", True: "#12171D"}
_SHADOW = {False: "rgba(18, 23, 29, 0.28)", True: "rgba(127, 179, 230, 0.45)"}
# Numbers on cards are larger than the headings below them, without a heading's room above; the
# room below is what Streamlit takes off again under every text.
_CARDS = '[data-testid="stMarkdown"] h2 { padding: 0 0 1rem; font-size: 1.5rem; }\n'
# Streamlit writes white on the primary colour; on the light blue of the dark theme that is faint.
_ON_PRIMARY = """
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primaryFormSubmit"],
[data-testid="stMultiSelect"] [data-baseweb="tag"], [data-baseweb="tag"] * { color: #12171D; }
"""
# A link to a page stands under the words it belongs to, not indented like an entry of a menu.
_LINKS = '[data-testid="stMain"] [data-testid="stPageLink-NavLink"] { padding-left: 0; }\n'
# Streamlit leaves room for a chat below every page.
_END = '[data-testid="stMainBlockContainer"] { padding-bottom: 3rem; }\n'
# The uploader's words cannot be set: the list of endings is hidden, the button gets our word.
_UPLOADER = """
[data-testid="stFileUploaderDropzoneInstructions"] {{ display: none; }}
[data-testid="stFileUploaderDropzone"] button p {{ font-size: 0; }}
[data-testid="stFileUploaderDropzone"] button p::after {{ content: "{word}"; font-size: 1rem; }}
"""


def show_style(text: Text) -> None:
    """Add the rules to the page."""
    rules = [
        _SIDEBAR,
        _TABLES,
        _COLUMNS,
        _SCROLLED.format(back=_BACK[is_dark()], shadow=_SHADOW[is_dark()]),
        _CARDS,
        _LINKS,
        _END,
        _UPLOADER.format(word=text("Choose files")),
    ]
    if is_dark():
        rules.append(_ON_PRIMARY)
    st.html(f"<style>{''.join(rules)}</style>")
