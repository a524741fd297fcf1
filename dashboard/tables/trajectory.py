"""Tables of the course over the waves: levels, contrasts, who answered which waves."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.plan import StudyPlan
from analysis.results import Comparison, Estimate
from analysis.surveys.results import Trajectory
from dashboard.sentences.change import is_share, say_level, say_likely, say_signed
from dashboard.sentences.names import wave_name
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text


def name_group(text: Text, group: str) -> str:
    """Name whose course it is."""
    return {
        "": text("everyone"),
        "treated": text("programme"),
        "comparison": text("comparison group"),
    }[group]


def list_waves(courses: Sequence[Trajectory], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Each wave's estimated level with its interval, who answered, who was lost."""
    measures, rows = {m.name: m for m in plan.measures}, []
    for course in courses:
        share = is_share(measures[course.measure])
        for point in course.points:
            level = point.level
            rows.append(
                {
                    text("Group"): name_group(text, course.group),
                    text("Wave"): wave_name(text, point.wave),
                    text("Answered on"): text.date(point.answered_on),
                    text("Expected of everyone"): say_level(text, level.estimate, share=share)
                    if isinstance(level, Estimate)
                    else say_reason(text, level.reason),
                    text("95 % interval"): say_likely(
                        text, level.ci_low, level.ci_high, share=share
                    )
                    if isinstance(level, Estimate)
                    else "–",
                    text("n"): text.number(point.n, 0),
                    text("Lost since baseline"): text.number(point.lost, 0),
                }
            )
    table = pd.DataFrame(rows)
    undated = all(point.answered_on is None for course in courses for point in course.points)
    empty = [text("Answered on")] if undated else []
    alone = [text("Group")] if {course.group for course in courses} <= {""} else []
    return table.drop(columns=[*empty, *alone]) if len(table) else table


def list_contrasts(courses: Sequence[Trajectory], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Each later wave against baseline, and the last against the one before."""
    measures, rows = {m.name: m for m in plan.measures}, []
    for course in courses:
        measure = measures[course.measure]
        share = is_share(measure)
        for one in course.contrasts:
            change = one.change
            if isinstance(change, Comparison):
                numbers = (
                    say_signed(text, change.estimate, share=share),
                    say_likely(text, change.ci_low, change.ci_high, share=share),
                    text.p_cell(change.p_value),
                    text.p_cell(one.p_adjusted),
                )
            else:
                numbers = (say_reason(text, change.reason), "–", "–", "–")
            waves = f"{wave_name(text, one.from_wave)} → {wave_name(text, one.to_wave)}"
            name = text.of(measure.label, measure.name)
            rows.append((name, name_group(text, course.group), waves, *numbers))
    names = [
        text("Measure"),
        text("Group"),
        text("Waves"),
        text("Change"),
        text("95 % interval"),
        text("p"),
        text("p, all tests counted"),
    ]
    table = pd.DataFrame(rows, columns=names)
    if {course.group for course in courses} <= {""}:
        return table.drop(columns=text("Group"))
    return table


def list_patterns(courses: Sequence[Trajectory], text: Text) -> pd.DataFrame:
    """How many people answered exactly which waves."""
    rows = [
        {
            text("Group"): name_group(text, course.group),
            text("Answered"): " · ".join(wave_name(text, wave) for wave in pattern.waves),
            text("People"): text.number(pattern.n, 0),
        }
        for course in courses
        for pattern in course.patterns
    ]
    table = pd.DataFrame(rows)
    if len(table) and {course.group for course in courses} <= {""}:
        return table.drop(columns=text("Group"))
    return table
