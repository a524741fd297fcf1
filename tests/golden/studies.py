"""The studies whose pages and documents are stored: the sample, random surveys, random activities.

Each is a plan and files, as a person brings them in: pages need a saved study. They are drawn by
the makers of the stored results; targets, dated events and sign-in sheets that those do not draw
are added, so that every page has a study that fills it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis.study import Study
from dashboard.workspace.sample import read_sample_files, read_sample_plan
from tests.activities import plan_tables
from tests.test_any_activity import draw_tables
from tests.test_any_design import draw_study

SAMPLE = "sample"
SURVEY_SEEDS = (0, 2, 3, 7, 8, 10, 13, 21, 23, 32, 33, 39, 41, 45, 52)
ACTIVITY_SEEDS = (1, 2, 7, 9, 11, 16, 22, 33, 37, 41, 42, 48, 49, 51, 59)
_FIRST_DAY, _EVENT = pd.Timestamp("2024-03-01"), "2025-04-01"
_SURVEY_TARGETS = ("scale.post.mean", "kit.post.mean", "slider.change", "visits.post.median")
_ACTIVITY_TARGETS = (
    "participation.participants",
    "volunteers.active",
    "consultation.follow_through",
    "funding.share_restricted",
)


@dataclass(frozen=True, slots=True)
class Source:
    """What a study is made of: its study file's tables and its files."""

    plan: Mapping[str, Any]
    files: Mapping[str, bytes]


def name_studies() -> list[str]:
    """Name every stored study, the sample first."""
    surveys = [f"survey {seed}" for seed in SURVEY_SEEDS]
    return [SAMPLE, *surveys, *(f"activities {seed}" for seed in ACTIVITY_SEEDS)]


@cache
def make_source(name: str) -> Source:
    """Make a stored study by its name."""
    if name == SAMPLE:
        plan = read_sample_plan().model_dump(mode="json", exclude_unset=True)
        return Source(plan, read_sample_files())
    kind, _, seed = name.partition(" ")
    return {"survey": _survey, "activities": _activities}[kind](int(seed))


def _survey(seed: int) -> Source:
    """A drawn survey as one CSV per wave; every other one with a sign-in sheet and targets."""
    study, rng = draw_study(seed), np.random.default_rng(seed)
    plan, files = _write_answers(study)
    plan["study"] = {"title": f"Survey {seed}", "min_group": int(rng.choice([3, 5]))}
    if seed % 2:
        plan["targets"] = _aim(_SURVEY_TARGETS, rng)
    if not study.survey.anonymous and seed % 4 != 3:
        people = sorted(set(study.survey.keys["respondent"]))
        files["attendance.csv"] = _draw_sign_ins(people, rng)
        names = {"person": "person", "session": "session", "date": "date"}
        plan["attendance"] = {"path": "attendance.csv", **names, "eligible": 2 * len(people)}
    return Source(plan, files)


def _write_answers(study: Study) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Write a survey that was made in memory as the files it could have been read from."""
    survey, told = study.survey, study.plan.model_dump(mode="json", exclude_defaults=True)
    table = survey.keys.rename(columns={"treated": "drawn"}).join(survey.categories)
    plan = told["survey"]
    if not survey.anonymous:
        plan["respondent"] = "respondent"
    plan |= {name: name for name in ("site", "cluster", "weight") if name in table}
    if "drawn" in table:
        # Who is in the programme is read from the group.
        table["group"] = table["drawn"].map({True: "T", False: "C"})
        plan["treated"] = ["T"]
    if "group" in table:
        plan["group"] = "group"
    for measure in study.plan.measures:
        items = survey.items[measure.name]
        words = dict(enumerate(measure.order))
        if words:
            items = items.apply(lambda column, words=words: column.map(words))
        table = table.join(items)
    files = {}
    for wave, rows in table.groupby("wave", sort=False):
        files[f"{wave}.csv"] = rows.drop(columns="wave").to_csv(index=False).encode()
    plan["files"] = [{"path": path, "wave": path.removesuffix(".csv")} for path in files]
    return told, files


def _draw_sign_ins(people: Sequence[str], rng: np.random.Generator) -> bytes:
    """Between none and all of 12 monthly sessions for each of the people."""
    came = rng.random((len(people), 12)) < rng.random((len(people), 1))
    rows = [
        f"{person},S{k + 1},{(_FIRST_DAY + pd.DateOffset(months=k)).date()}"
        for person, sessions in zip(people, came, strict=True)
        for k in np.flatnonzero(sessions)
    ]
    return "\n".join(["person,session,date", *rows]).encode()


def _activities(seed: int) -> Source:
    """Drawn tables of activities; two of three with targets, half with an event."""
    rng = np.random.default_rng(seed)
    plan, files = plan_tables(**draw_tables(seed))
    plan["study"] |= {"title": f"Activities {seed}"}
    if seed % 3:
        plan["targets"] = _aim(_ACTIVITY_TARGETS, rng)
    if rng.random() < 0.5:
        plan["retention"] = {"events": [{"date": _EVENT, "label": {"en": "Flood", "zh": "洪水"}}]}
    return Source(plan, files)


def _aim(indicators: Sequence[str], rng: np.random.Generator) -> list[dict[str, Any]]:
    """A target for each indicator, some with a baseline and a due date."""
    return [
        {"indicator": one, "target": round(rng.uniform(0.5, 5), 1)}
        | ({"baseline": 0.0, "start": "2024-01-01"} if rng.random() < 0.5 else {})
        | ({"due": "2026-12-31"} if rng.random() < 0.7 else {})
        for one in indicators
    ]
