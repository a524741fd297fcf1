"""What has left a study: files given out, pages that readers looked at; what they mean for more."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pandas as pd
import streamlit as st

from dashboard.cache import shown_pages, whole_study
from dashboard.text import Text
from dashboard.widgets.exports import list_names
from dashboard.widgets.page import show_table
from dashboard.workspace.releases import list_releases
from dashboard.workspace.shown import forget_previews
from dashboard.workspace.store import SavedStudy


def show_seen(text: Text, saved: SavedStudy, *, opened: bool = False) -> None:
    """List what readers have already, which the next file and page must not differ from by a few.

    Pages that only evaluators looked at, as another reader would, can be forgotten.
    """
    study, pages = whole_study(), shown_pages().list_pages(saved.id)
    if study is None:
        return
    table = list_seen(text, saved.id, study.fingerprint)
    if table.empty:
        return
    with st.expander(text("What readers have already"), expanded=opened):
        st.markdown(
            text(
                "Files and pages are judged beside all of this: none may differ from another by "
                "fewer than {n} people.",
                n=text.number(study.plan.study.min_group, 0),
            )
        )
        show_table(table, key="seen")
        if any(one.page.role == "evaluator" for one in pages):
            st.button(
                text("Forget the pages that only evaluators looked at"),
                key="forget_previews",
                on_click=forget_previews,
                args=(saved.id,),
                help=text("Do this only if nobody else saw your screen or a picture of it."),
            )


def list_seen(text: Text, study: str, fingerprint: str) -> pd.DataFrame:
    """Files and pages by day, reader and version, with how many there were."""
    found: Counter[tuple[date, str, str, str]] = Counter()
    names = list_names(text)
    for release in list_releases(study):
        day = datetime.fromisoformat(release.certificate.date).date()
        version = _version(text, release.fingerprint == fingerprint)
        found[day, text("Files"), names[release.certificate.audience], version] += 1
    for one in shown_pages().list_pages(study):
        only = one.page.role == "evaluator"
        what = text("Pages, seen by evaluators only") if only else text("Pages, seen by readers")
        version = _version(text, one.page.fingerprint == fingerprint)
        found[one.day.date(), what, names[one.page.audience], version] += 1
    rows = [(text.date(day), *rest, n) for (day, *rest), n in sorted(found.items(), reverse=True)]
    columns = [text("Day"), text("What"), text("Made for"), text("Version"), text("Number")]
    return pd.DataFrame(rows, columns=columns)


def _version(text: Text, same: bool) -> str:
    return text("this one") if same else text("another")
