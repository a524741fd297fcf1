"""Everything readers get of a study in its life: sessions, restarts, audiences, files and pages.

Made by what the dashboard itself uses to show a page and to enter a file, in a workspace of its
own that is closed and opened between the sessions. Readers pool what they have: the attacker takes
every page and file together. Nothing of the code that protects is told to him.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from analysis import evaluate
from analysis.activity_filter import ActivityFilter, evaluate_subset, filter_activities, list_months
from analysis.errors import LeveeError
from analysis.results import Audience
from analysis.study import SourceFile, Study
from benchmarks.attack.linear import attack_sums
from benchmarks.attack.made_studies import Truth
from benchmarks.attack.spoils import LEAST, Spoils, number
from benchmarks.attack.versions import (
    File,
    draw_later,
    find_few_pairs,
    list_choices,
    people_inside,
    subtract,
)
from dashboard.exports.results_file import write_results
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.shown import Page, ShownPages
from dashboard.workspace.store import create_study

ORDERS = ("pages first", "file first", "in turn")
_READERS: tuple[Audience, ...] = ("funder", "manager", "public")


@dataclass(slots=True)
class Life:
    """One study in one workspace, and all its readers have of it."""

    saved: str
    pages: ShownPages = field(default_factory=ShownPages)
    files: list[File] = field(default_factory=list)
    activities: list[tuple[Audience, Mapping[str, Any]]] = field(default_factory=list)
    months: list[tuple[frozenset[int], Mapping[str, Any]]] = field(default_factory=list)
    asked: int = 0
    shown: int = 0

    def restart(self) -> None:
        """The server stops and starts: only what the workspace keeps is known."""
        close_workspaces()
        self.pages = ShownPages()

    def show(
        self, study: Study, truth: Truth, audience: Audience, filters: Mapping[str, Any]
    ) -> None:
        """A reader opens the page of a part, the whole where nothing is chosen."""
        from analysis.surveys.filters import filter_study

        part = filter_study(study, filters) if filters else study
        if part.survey is None or part.survey.keys.empty:
            return
        page = Page(
            study=self.saved,
            fingerprint=study.fingerprint,
            view=json.dumps(filters),
            audience=audience,
            role=audience,
        )
        inside = evaluate(part)
        shown = self.pages.show(page, part, inside)
        if filters and _has_headline(inside.to_results()) > _has_headline(shown.to_results()):
            self.asked += 1  # The page says that this choice is not shown, and shows nothing.
            return
        there = truth.without(~people_inside(truth, filters)) if filters else truth
        label = f"page {audience} {filters}"
        self._take(label, audience, shown, there, whole=not filters)

    def show_months(self, study: Study, audience: Audience, last: str) -> None:
        """A reader cuts the pages about people to the months up to one."""
        chosen = ActivityFilter(first="", last=last, values={})
        part = evaluate_subset(study, chosen, refuse=True)
        cut = replace(
            evaluate(study),
            participation=part.participation,
            delivery=part.delivery,
            volunteers=None,
            time_series=(),
        )
        kept = filter_activities(study, chosen)
        page = Page(
            study=self.saved,
            fingerprint=study.fingerprint,
            view=f"people {last}",
            audience=audience,
            role=audience,
        )
        shown = self.pages.show(page, kept, cut)
        rows = frozenset(kept.attendance.index) if kept.attendance is not None else frozenset()
        self.months.append((rows, json.loads(write_results(shown))))

    def give_out(self, study: Study, truth: Truth, audience: Audience, role: Audience) -> None:
        """A file is made and taken; nothing where it is refused."""
        inside = evaluate(study)
        try:
            made = self.pages.make_release(self.saved, study, inside, audience)
            self.pages.enter_release(self.saved, study, inside, made, role)
        except LeveeError:
            return
        self._take(f"file {audience}", audience, made.evaluation, truth, whole=True)

    def _take(
        self, label: str, audience: Audience, shown: Any, truth: Truth, *, whole: bool
    ) -> None:
        results = json.loads(write_results(shown))
        self.asked += 1
        self.shown += _has_headline(results)
        self.files.append((label, results, truth))
        if whole:
            self.activities.append((audience, results))


def _has_headline(results: Mapping[str, Any]) -> bool:
    outcomes = results.get("outcomes") or ()
    return any(number(o["change"].get("estimate")) is not None for o in outcomes)


def attack_sessions(
    study: Study, truth: Truth, rng: np.random.Generator, spoils: Spoils, order: str
) -> tuple[int, int]:
    """Let readers of a study look and take along in this order, then attack all of it together.

    Returns how many pages and files gave a headline, and how many were asked for.
    """
    first = replace(study, files=(SourceFile(path="a.csv", sha256="first"),))
    later, there = draw_later(study, truth, rng)
    later = replace(later, files=(SourceFile(path="a.csv", sha256="later"),))
    with _workspace() as saved:
        life = Life(saved)
        if order == "pages first":
            _look(life, first, truth, rng)
            life.restart()
            _look(life, later, there, rng)
            life.restart()
            life.give_out(first, truth, "public", "evaluator")
            life.give_out(later, there, "funder", "evaluator")
        elif order == "file first":
            life.give_out(first, truth, "public", "evaluator")
            life.restart()
            _look(life, later, there, rng)
            _look(life, first, truth, rng)
            life.restart()
            life.give_out(later, there, "manager", "evaluator")
        else:
            for version, people in ((first, truth), (later, there)) * 2:
                reader = _READERS[int(rng.integers(len(_READERS)))]
                _look(life, version, people, rng)
                life.give_out(version, people, reader, reader)
                life.restart()
    attack_sums(life.files, spoils)
    find_few_pairs(life.files, spoils)
    _subtract_activities(life, spoils)
    _subtract_months(life, first.attendance, later.attendance, spoils)
    return life.shown, life.asked


def _look(life: Life, study: Study, truth: Truth, rng: np.random.Generator) -> None:
    """Readers of all kinds look at the whole and at a few parts each, in sessions of their own."""
    choices = list_choices(truth)
    months = list_months(study, ("attendance",))
    for reader in _READERS:
        life.show(study, truth, reader, {})
        for at in rng.choice(len(choices), min(3, len(choices)), replace=False):
            life.show(study, truth, reader, choices[int(at)])
        if reader != "manager" and months:
            life.show_months(study, reader, months[int(rng.integers(len(months)))])


def _subtract_activities(life: Life, spoils: Spoils) -> None:
    """Totals of two versions; managers have the tables themselves."""
    outside = [results for audience, results in life.activities if audience != "manager"]
    for at, one in enumerate(outside):
        for before in outside[:at]:
            subtract(before, one, spoils)


def _subtract_months(life: Life, first: pd.DataFrame, later: pd.DataFrame, spoils: Spoils) -> None:
    """Contacts up to one month less those up to another are about who came in between."""
    everybody = pd.concat([first, later])
    person = everybody[~everybody.index.duplicated()]["person"]
    told = [
        (rows, contacts)
        for rows, results in life.months
        if (contacts := number((results.get("participation") or {}).get("contacts"))) is not None
    ]
    for at, (rows, contacts) in enumerate(told):
        for other, before in told[:at]:
            apart = rows ^ other
            nested = rows <= other or other <= rows
            people = person[person.index.isin(apart)].nunique()
            if nested and 0 < people < LEAST and contacts != before:
                spoils.take("between months of two pages", people, f"{before} {contacts}")


@contextmanager
def _workspace() -> Iterator[str]:
    """A study in a workspace of its own, with the digits that rounding takes from every reader."""
    from analysis import disclosure

    exact = partial(disclosure.make_release, rounded=False)
    close_workspaces()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'attack.sqlite'}"
        with (
            patch.dict(os.environ, {VARIABLE: url}),
            patch.object(disclosure, "make_release", exact),
        ):
            yield create_study("attacked")
            close_workspaces()
