"""Which number each answer stands for: odd answers first, every one can be given a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from analysis.errors import LeveeError
from analysis.intake.values.answers import AnswerRule, propose_answer_rule
from analysis.plan import MeasurePlan
from dashboard.cache import read_drafted_study
from dashboard.sentences import say_error
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table
from dashboard.widgets.wizard_steps import Draft
from dashboard.workspace.plan_edit import measure_record, with_measure, with_survey_setting

_SHOWN = 12
_RUNGS = 11


def list_rules(draft: Draft) -> Mapping[str, AnswerRule]:
    """How the answers of each measure become numbers; empty while the files cannot be read."""
    try:
        study = read_drafted_study(draft.saved, draft.plan)
    except LeveeError as error:
        st.error(escape_markdown(say_error(draft.text, error)))
        return {}
    if study.survey is None:
        return {}
    ruled = [one for one in draft.plan.measures if one.kind in ("scale", "binary", "number")]
    return {one.name: _rule(one, study.survey.texts[one.name]) for one in ruled}


def _rule(measure: MeasurePlan, texts: pd.DataFrame) -> AnswerRule:
    values = [str(value) for column in texts for value in texts[column].dropna()]
    bounds = (0.0, 1.0) if measure.kind == "binary" else measure.range
    return propose_answer_rule(values, bounds, measure.answers, order=measure.order)


def show_odd(draft: Draft, rules: Mapping[str, AnswerRule]) -> None:
    """Ask, in one form, for the numbers of answers that have none yet."""
    text = draft.text
    odd = [(m, a) for m in draft.plan.measures if m.name in rules for a in rules[m.name].unmatched]
    if not odd:
        return
    with st.form("odd_answers"):
        title = text("These answers have no number yet; left blank they count as missing")
        st.markdown(f"**{title}**")
        with st.grid(3, min_column_width=220):
            asked = [(m, a, _ask_number(text, m, a)) for m, a in odd[:_SHOWN]]
        if st.form_submit_button(text("Save"), key="save_odd"):
            _keep(draft, [(m.name, a, n) for m, a, n in asked if n is not None])


def _keep(draft: Draft, told: Sequence[tuple[str, str, float]]) -> None:
    plan = draft.plan
    for at, measure in enumerate(draft.plan.measures):
        answers = {answer: number for name, answer, number in told if name == measure.name}
        known = measure_record(measure)
        changed = {**known, "answers": {**known.get("answers", {}), **answers}}
        plan = with_measure(plan, at, changed)
    draft.keep(plan)
    st.rerun()


def show_numbers(text: Text, at: int, rule: AnswerRule) -> None:
    """Show which number each answer in words stands for."""
    if any(source != "number" for source in rule.sources.values()):
        show_table(list_numbers(text, rule), key=f"values_{at}")


def list_numbers(text: Text, rule: AnswerRule) -> pd.DataFrame:
    """One row for each answer in words: its number and why."""
    why = {
        "declared": text("set by you"),
        "number": text("a number"),
        "vocabulary": text("known words"),
        "order": text("order of the codes"),
    }
    ranked = sorted(rule.numbers, key=lambda answer: rule.numbers[answer])
    rows = [(one, text.number(rule.numbers[one], 0), why[rule.sources[one]]) for one in ranked]
    return pd.DataFrame(rows, columns=[text("Answer"), text("Number"), text("Why")])


def _ask_number(text: Text, measure: MeasurePlan, answer: str) -> float | None:
    low, high = (0, 1) if measure.kind == "binary" else measure.range or (0, _RUNGS)
    heading = text.of(measure.label, measure.name)
    label = escape_markdown(f"{answer[:40]} ({heading[:30]})")
    key = f"value_{measure.name}_{answer}"
    if high - low >= _RUNGS or measure.kind == "number":
        return st.number_input(label, value=None, placeholder=text("missing"), key=key)
    rungs = [float(n) for n in range(int(low), int(high) + 1)]
    return st.selectbox(
        label,
        rungs,
        index=None,
        format_func=lambda n: text.number(n, 0),
        placeholder=text("missing"),
        key=key,
    )


def show_missing_codes(draft: Draft) -> None:
    """Show the codes that stand for no answer, in any question of the survey."""
    survey = draft.plan.survey
    if survey is None:
        return
    key = f"missing_{'|'.join(survey.missing_codes)}"
    st.multiselect(
        draft.text("Codes that mean no answer"),
        list(dict.fromkeys([*survey.missing_codes, "99", "999", "-1", "-99", "N/A"])),
        default=survey.missing_codes,
        accept_new_options=True,
        placeholder=draft.text("Nothing chosen"),
        key=key,
        on_change=lambda: draft.keep(
            with_survey_setting(draft.plan, "missing_codes", st.session_state[key])
        ),
    )
