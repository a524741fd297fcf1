"""Which sections an evaluation has, what each is made from, and what to say of them."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
import scipy

from analysis.evaluation import Evaluation, Later, Provenance
from analysis.interruptions import InterruptedSeries, evaluate_interruptions, find_interruptions
from analysis.participation.attendance import evaluate_participation
from analysis.participation.delivery import evaluate_delivery
from analysis.participation.findings import find_delivery, find_participation
from analysis.participation.results import Delivery, Participation
from analysis.results import Caution, Finding
from analysis.scorecard.history import Snapshot, past_snapshots
from analysis.scorecard.score import evaluate_sustainability
from analysis.study import Study
from analysis.surveys.attrition import (
    attrition_cautions,
    bound_changes,
    evaluate_attrition,
    judge_losses,
)
from analysis.surveys.cautions import survey_cautions
from analysis.surveys.change import evaluate_outcomes
from analysis.surveys.comparison import evaluate_comparison
from analysis.surveys.dose import evaluate_dose
from analysis.surveys.findings import (
    find_attrition,
    find_doses,
    find_effects,
    find_main_changes,
    find_meanings,
    find_reliability,
    find_response_shifts,
    find_study,
    find_subgroups,
    find_trajectories,
)
from analysis.surveys.flow import count_flow
from analysis.surveys.groups import programme_part
from analysis.surveys.imputation import impute_comparison
from analysis.surveys.items import count_items
from analysis.surveys.measurement import Measurement, evaluate_measurement
from analysis.surveys.panel import Panel, build_panel
from analysis.surveys.reliability import evaluate_reliability
from analysis.surveys.results import (
    AttritionRow,
    AttritionVerdict,
    Bounds,
    Dose,
    Flow,
    GroupComparison,
    ItemAnswers,
    Outcome,
    Reliability,
    ScoreSummary,
    Sensitivity,
    Trajectory,
)
from analysis.surveys.scoring import summarise_scores
from analysis.surveys.sensitivity import evaluate_sensitivity
from analysis.surveys.trajectory import evaluate_trajectories
from analysis.sustainability.findings import find_sustainability
from analysis.sustainability.results import Sustainability
from analysis.targets import TargetProgress, evaluate_targets
from analysis.volunteers.findings import find_volunteers
from analysis.volunteers.results import Volunteers
from analysis.volunteers.retention import evaluate_volunteers

Progress = Callable[[str, float], None]

_STEPS: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("scoring", 0.05, ("flow", "scoring")),
    ("reliability", 0.1, ("reliability", "measurement")),
    ("attrition", 0.15, ("attrition", "bounds", "attrition_verdict")),
    ("comparison", 0.2, ("comparison", "trajectory")),
    ("outcomes", 0.25, ("outcomes",)),
    ("sensitivity", 0.7, ("items", "dose", "sensitivity")),
    ("participation", 0.85, ("participation", "delivery", "time_series")),
    ("volunteers", 0.9, ("volunteers",)),
    ("sustainability", 0.95, ("earlier", "sustainability", "targets", "findings", "cautions")),
)
COMPUTED = tuple(name for _, _, names in _STEPS for name in names)
"""Every section that :func:`evaluate` leaves to be computed when it is read."""


def evaluate(
    study: Study,
    *,
    sections: Sequence[str] = (),
    progress: Progress | None = None,
    whole: Evaluation | None = None,
) -> Evaluation:
    """Evaluate a study; each section is computed when it is first read, and kept.

    Parameters
    ----------
    study
        As read by :func:`analysis.intake.read.reader.read_study`, perhaps filtered.
    sections
        Computed at once: fields of :class:`Evaluation`. The others wait until they are read.
    progress
        Called with the name of the step and the share done, 0–1; then every section is computed
        at once.
    whole
        Evaluation of the same study before its answers were filtered: what does not depend on
        the survey is taken from it.

    Returns
    -------
    Evaluation
        Sections without data are None or empty; numbers that cannot be given are
        :class:`~analysis.results.NotEstimable` with a reason.

    Raises
    ------
    ValueError
        For a section that does not exist.

    Examples
    --------
    >>> from analysis import read_study
    >>> sample = read_study("data/sample/study.toml")
    >>> evaluate(sample, sections=["scoring"]).scoring[0].measure
    'preparedness'
    """
    if unknown := set(sections) - set(COMPUTED):
        raise ValueError(f"no section {sorted(unknown)}; there are {sorted(COMPUTED)}")
    source = _Source(study, whole)
    later: dict[str, Any] = {name: Later(getattr(source, f"make_{name}")) for name in COMPUTED}
    later["findings"] = Later(source.make_findings, about=source.find_about)
    later["cautions"] = Later(source.make_cautions, about=source.guard_about)
    source.evaluation = evaluation = Evaluation(
        fingerprint=study.fingerprint,
        title=title_of(study),
        settings=describe_settings(study),
        provenance=describe_provenance(study),
        issues=study.issues,
        **later,
    )
    for name in sections:
        getattr(evaluation, name)
    if progress is not None:
        source.tell = progress
        for step, share, names in _STEPS:
            progress(step, share)
            for name in names:
                getattr(evaluation, name)
        progress("done", 1.0)
    return evaluation


def _tell_nobody(step: str, share: float) -> None:
    """Take a report of progress and do nothing with it."""


class _Source:
    """What the sections of one study are made from; the scores of its people are read once.

    Each ``make_…`` makes the section of that name and takes others from the evaluation, which
    computes them when it has to.
    """

    evaluation: Evaluation

    def __init__(self, study: Study, whole: Evaluation | None) -> None:
        self.study, self.whole = study, whole
        self.tell: Progress = _tell_nobody

    @cached_property
    def everyone(self) -> Panel:
        """Scores of everyone asked."""
        return build_panel(self.study)

    @cached_property
    def programme(self) -> Study:
        """The part that received the intervention; the study itself without a comparison group."""
        return programme_part(self.study)

    @cached_property
    def programme_panel(self) -> Panel:
        """Scores of those who received the intervention."""
        return self.everyone if self.programme is self.study else build_panel(self.programme)

    def make_flow(self) -> Flow | None:
        return count_flow(self.study, self.everyone) if self.study.survey is not None else None

    def make_scoring(self) -> tuple[ScoreSummary, ...]:
        return summarise_scores(self.study) if self.study.survey is not None else ()

    def make_reliability(self) -> tuple[Reliability, ...]:
        return evaluate_reliability(self.study) if self.study.survey is not None else ()

    def make_measurement(self) -> tuple[Measurement, ...]:
        if self.study.survey is None:
            return ()
        return evaluate_measurement(self.study, self.everyone)

    # Who was lost, and how programme and comparison group differ: about everyone asked.

    def make_attrition(self) -> tuple[AttritionRow, ...]:
        if self.study.survey is None:
            return ()
        return evaluate_attrition(self.study, self.everyone)

    def make_bounds(self) -> tuple[Bounds, ...]:
        return bound_changes(self.study, self.everyone) if self.study.survey is not None else ()

    def make_attrition_verdict(self) -> AttritionVerdict | None:
        return judge_losses(self.study, self.everyone) if self.study.survey is not None else None

    def make_comparison(self) -> tuple[GroupComparison, ...]:
        if self.study.survey is None:
            return ()
        return evaluate_comparison(self.study, self.everyone)

    def make_trajectory(self) -> tuple[Trajectory, ...]:
        if self.study.survey is None:
            return ()
        return evaluate_trajectories(self.study, self.everyone)

    # How people changed: with a comparison group those who received the intervention only.

    def make_outcomes(self) -> tuple[Outcome, ...]:
        if self.study.survey is None:
            return ()
        outcomes = evaluate_outcomes(
            self.programme,
            self.programme_panel,
            self.evaluation.reliability,
            lambda done: self.tell("outcomes", 0.25 + 0.4 * done),
        )
        if self.programme is self.study:
            return outcomes
        return tuple(replace(outcome, among="treated") for outcome in outcomes)

    def make_items(self) -> tuple[ItemAnswers, ...]:
        return count_items(self.programme) if self.study.survey is not None else ()

    def make_dose(self) -> tuple[Dose, ...]:
        if self.study.survey is None:
            return ()
        return evaluate_dose(self.programme, self.programme_panel)

    def make_sensitivity(self) -> tuple[Sensitivity, ...]:
        if self.study.survey is None:
            return ()
        found = evaluate_sensitivity(self.programme, self.programme_panel)
        if self.programme is self.study:
            return found
        return (*found, *impute_comparison(self.study, self.everyone))

    # What people did and what there was for it: the same for every part of the answers.

    def make_participation(self) -> Participation | None:
        return self.whole.participation if self.whole else evaluate_participation(self.study)

    def make_delivery(self) -> Delivery | None:
        return self.whole.delivery if self.whole else evaluate_delivery(self.study)

    def make_time_series(self) -> tuple[InterruptedSeries, ...]:
        return self.whole.time_series if self.whole else evaluate_interruptions(self.study)

    def make_volunteers(self) -> Volunteers | None:
        return self.whole.volunteers if self.whole else evaluate_volunteers(self.study)

    def make_earlier(self) -> tuple[Snapshot, ...]:
        return self.whole.earlier if self.whole else past_snapshots(self.study)

    def make_sustainability(self) -> Sustainability | None:
        if self.whole:
            return self.whole.sustainability
        e = self.evaluation
        return evaluate_sustainability(
            self.study, e.volunteers, e.participation, e.delivery, e.earlier
        )

    def make_targets(self) -> tuple[TargetProgress, ...]:
        programme = programme_part(self.study)
        apart = None if programme is self.study else summarise_scores(programme)
        return evaluate_targets(self.study, self.evaluation, apart)

    def make_findings(self) -> tuple[Finding, ...]:
        """What to say of every section."""
        return find_all(self.study, self.evaluation)

    def find_about(self, section: str) -> tuple[Finding, ...]:
        """What to say of one section; see :data:`_FINDERS`."""
        finders = [find for sections, find in _FINDERS if section in sections]
        findings = [f for find in finders for f in find(self.study, self.evaluation)]
        return tuple(finding for finding in findings if finding.section == section)

    def make_cautions(self) -> tuple[Caution, ...]:
        """Every section's cautions, each once; those of the whole study first."""
        e, s = self.evaluation, self.evaluation.sustainability
        parts = (
            *(e.outcomes, e.trajectory, e.comparison, e.dose, e.time_series),
            (e.participation, e.delivery, e.volunteers),
            (s.funding, s.capacity, s.consultation) if s is not None else (),
        )
        own = (c for part in parts for one in part if one is not None for c in one.cautions)
        return _each_once((*self._guard_whole(), *own))

    def guard_about(self, section: str) -> tuple[Caution, ...]:
        """Cautions of one section that are not about one measure."""
        # Of these two sections the whole study's cautions are all there is.
        whole = section in ("outcomes", "attrition")
        cautions = _each_once(self._guard_whole()) if whole else self.evaluation.cautions
        return tuple(c for c in cautions if c.section == section and not c.measure)

    def _guard_whole(self) -> Iterator[Caution]:
        yield from survey_cautions(self.study, self.evaluation.flow)
        if self.study.survey is not None:
            yield from attrition_cautions(self.study, self.everyone, self.evaluation.attrition)


def _each_once(cautions: Iterable[Caution]) -> tuple[Caution, ...]:
    once = {(c.code, c.section, c.measure, repr(c.values)): c for c in cautions}
    return tuple(once.values())


def find_all(study: Study, evaluation: Evaluation) -> tuple[Finding, ...]:
    """Find what to say about every section, the surveys first."""
    return tuple(finding for _, find in _FINDERS for finding in find(study, evaluation))


def _find_participation(study: Study, e: Evaluation) -> Iterator[Finding]:
    """Findings that name a value of the data say it in the study file's words, where it has any."""
    for finding in find_participation(e.participation) if e.participation else ():
        label = study.plan.label_of(str(finding.values.get("value", "")))
        yield replace(finding, values={**finding.values, "label": label}) if label else finding


_Find = Callable[[Study, Evaluation], Iterable[Finding]]
_FINDERS: tuple[tuple[tuple[str, ...], _Find], ...] = (
    (("outcomes", "comparison"), find_study),
    (("comparison",), find_effects),
    (("outcomes",), find_main_changes),
    (("trajectory",), find_trajectories),
    (("attrition",), find_attrition),
    (("reliability",), find_reliability),
    (("reliability",), find_meanings),
    (("reliability",), find_response_shifts),
    (("subgroups",), find_subgroups),
    (("dose",), find_doses),
    (("participation",), _find_participation),
    (("delivery",), lambda _, e: find_delivery(e.delivery) if e.delivery else ()),
    (("participation", "volunteers"), lambda _, e: find_interruptions(e.time_series)),
    (("volunteers",), lambda _, e: find_volunteers(e.volunteers) if e.volunteers else ()),
    (
        ("funding", "capacity", "consultation"),
        lambda _, e: find_sustainability(e.sustainability) if e.sustainability else (),
    ),
)
"""Who finds something to say, about which sections; in the order in which it is said."""


def title_of(study: Study) -> Mapping[str, str]:
    """Give the title by language."""
    title = study.plan.study.title
    return title if isinstance(title, dict) else {study.plan.study.language: title}


def describe_settings(study: Study) -> dict[str, object]:
    """What the numbers depend on; never anything about a person."""
    survey = study.plan.survey
    told: dict[str, object] = study.plan.study.model_dump(mode="json", exclude={"title"})
    told["measures"] = [
        m.model_dump(mode="json", exclude={"answers", "correct"}, exclude_none=True)
        for m in study.plan.measures
    ]
    told["waves"] = list(survey.waves) if survey is not None else []
    if survey is not None and survey.treated:
        told["assignment"] = survey.assignment
        told["covariates"] = list(survey.covariates)
    told["lapse_after_days"] = study.plan.retention.lapse_after_days
    return told


def describe_provenance(study: Study) -> Provenance:
    """Say what made the numbers: versions, seed and files."""
    versions = {
        "levee": version("levee"),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "scipy": scipy.__version__,
        "statsmodels": version("statsmodels"),
    }
    files: tuple[Mapping[str, str | int], ...] = tuple(
        {
            "path": f.path,
            "sha256": f.sha256,
            "format": f.format,
            "table": f.table,
            "n_rows": f.n_rows,
            "n_used": f.n_used,
            "n_listed": f.n_listed,
        }
        for f in study.files
    )
    return Provenance(
        versions=versions,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=study.plan.study.seed,
        files=files,
    )
