"""Which measure a page is about: one click, kept in the URL."""

from __future__ import annotations

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.study import Study
from analysis.surveys.findings import last_contrasts
from analysis.surveys.results import Outcome
from dashboard.sentences.names import wave_name
from dashboard.state import current_measure, set_measure
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown


def choose_measure(text: Text, study: Study, names: list[str]) -> str:
    """Let the reader choose one of the measures; the first when none is chosen."""
    if len(names) == 1:
        return names[0]
    asked = current_measure()
    labels = {n: escape_markdown(text.of(study.measure(n).label, n)) for n in names}
    chosen = st.segmented_control(
        text("Measure"),
        names,
        default=asked if asked in names else names[0],
        format_func=labels.__getitem__,
        key="measure_picker",
        label_visibility="collapsed",
    )
    found = str(chosen or (asked if asked in names else names[0]))
    if found != asked:
        set_measure(found)
    return found


def choose_outcome(text: Text, evaluation: Evaluation, study: Study) -> Outcome:
    """Let the reader choose a measure and, with several waves, a contrast."""
    last = {outcome.measure: outcome for outcome in last_contrasts(evaluation.outcomes)}
    name = choose_measure(text, study, list(last))
    contrasts = [o for o in evaluation.outcomes if o.measure == name]
    if len(contrasts) == 1:
        return contrasts[0]
    words = [" → ".join(wave_name(text, wave) for wave in o.contrast) for o in contrasts]
    place = st.segmented_control(
        text("Waves"),
        range(len(contrasts)),
        default=contrasts.index(last[name]),
        format_func=words.__getitem__,
        key=f"contrast_{name}",
        label_visibility="collapsed",
    )
    return contrasts[place] if place is not None else last[name]
