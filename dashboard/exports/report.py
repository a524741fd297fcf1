"""Builds the content of a report from the result objects: the only way to one."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.evaluation import Evaluation
from analysis.funder_summary import summarise_for_funder
from analysis.results import Audience
from analysis.study import Study
from dashboard.content.sanitize import safe_text
from dashboard.exports.content import Report, safe_lines
from dashboard.exports.front import (
    list_funder_cards,
    list_target_lines,
    say_method,
    say_period,
)
from dashboard.exports.gateway import join_stamp, share_evaluation, stamp_export
from dashboard.exports.sections import list_sections
from dashboard.sentences.funder import list_evidence, say_answer, say_limits, say_next
from dashboard.text import Text


def build_report(
    evaluation: Evaluation, study: Study, text: Text, audience: Audience = "funder"
) -> Report:
    """Build the content of a report for an audience; one protected already stays as it is.

    The latest is kept: a person takes several formats of one evaluation, and each is made of it.
    """
    for made in _LATEST:
        if made.is_of(evaluation, study, text, audience):
            return made.report
    report = _build(share_evaluation(evaluation, study, audience), study, text)
    _LATEST[:] = [_Made(evaluation, study, text.language, audience, report)]
    return report


@dataclass(frozen=True, slots=True)
class _Made:
    evaluation: Evaluation
    study: Study
    language: str
    audience: Audience
    report: Report

    def is_of(self, evaluation: Evaluation, study: Study, text: Text, audience: Audience) -> bool:
        """Whether it was made of the very same objects, in the same language."""
        same = self.evaluation is evaluation and self.study is study
        return same and (self.language, self.audience) == (text.language, audience)


_LATEST: list[_Made] = []


def _build(shared: Evaluation, study: Study, text: Text) -> Report:
    told = summarise_for_funder(shared)
    stamp = stamp_export(shared, study)
    return Report(
        text=text,
        title=safe_text(text.of(dict(shared.title))) or text("Evaluation"),
        answer=safe_text(say_answer(text, shared)),
        cards=tuple(
            (safe_text(value), safe_text(meaning))
            for value, meaning in list_funder_cards(text, shared, study.plan, told)
        ),
        evidence=safe_lines(list_evidence(text, shared, told.evidence, study.plan)),
        limits=safe_lines(say_limits(text, shared)),
        next_steps=safe_lines(say_next(text, shared)),
        targets=list_target_lines(text, shared, study.plan),
        period=say_period(text, shared),
        method=say_method(text, shared.flow),
        sections=tuple(list_sections(shared, study, text)),
        stamp=stamp,
        stamped=join_stamp(text, stamp),
    )
