"""evaluate(study) → Evaluation: every section plus provenance."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import pandas as pd
import scipy

from analysis.earlier import Earlier, look_back
from analysis.findings import find_findings
from analysis.interruptions import (
    InterruptedSeries,
    evaluate_interruptions,
    find_interruptions,
)
from analysis.issues import Issue
from analysis.participation.attendance import evaluate_participation
from analysis.participation.delivery import evaluate_delivery
from analysis.participation.findings import find_delivery, find_participation
from analysis.participation.results import Delivery, Participation
from analysis.records import frame_of, records_of, results_of
from analysis.results import Audience, Caution, Disclosure, Finding
from analysis.scorecard import evaluate_sustainability
from analysis.study import Study
from analysis.surveys.attrition import (
    bound_changes,
    evaluate_attrition,
    guard_attrition,
    judge_losses,
)
from analysis.surveys.change import evaluate_outcomes
from analysis.surveys.comparison import evaluate_comparison
from analysis.surveys.dose import evaluate_dose
from analysis.surveys.flow import count_flow
from analysis.surveys.groups import programme_part
from analysis.surveys.guards import guard_study
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What made these numbers: versions, seed, files with their hashes, rows in and out."""

    versions: Mapping[str, str]
    created: str
    seed: int
    files: tuple[Mapping[str, str | int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything one study tells. Sections are None or empty when their data are absent.

    ``audience`` says who may see it: the evaluator holds the data and sees everything; what the
    others see is made by :func:`analysis.disclosure.protect`.
    """

    fingerprint: str
    title: Mapping[str, str]
    settings: Mapping[str, object]
    provenance: Provenance
    flow: Flow | None = None
    scoring: tuple[ScoreSummary, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    measurement: tuple[Measurement, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    trajectory: tuple[Trajectory, ...] = ()
    items: tuple[ItemAnswers, ...] = ()
    attrition: tuple[AttritionRow, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    attrition_verdict: AttritionVerdict | None = None
    comparison: tuple[GroupComparison, ...] = ()
    dose: tuple[Dose, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    participation: Participation | None = None
    delivery: Delivery | None = None
    time_series: tuple[InterruptedSeries, ...] = ()
    volunteers: Volunteers | None = None
    sustainability: Sustainability | None = None
    earlier: tuple[Earlier, ...] = ()
    targets: tuple[TargetProgress, ...] = ()
    findings: tuple[Finding, ...] = ()
    cautions: tuple[Caution, ...] = ()
    issues: tuple[Issue, ...] = ()
    audience: Audience = "evaluator"
    disclosure: Disclosure = field(default_factory=Disclosure)

    def to_results(self) -> dict[str, object]:
        """Give the results file as plain values, at full precision; see docs/results.md.

        Words are added where the language is known (:mod:`dashboard.exports`).
        """
        return results_of(self)

    def to_frame(self, section: str) -> pd.DataFrame:
        """Give one section as a table, one row per entry; nested fields get dotted names.

        Parameters
        ----------
        section
            A key of the results file: ``outcomes``, ``analyses``, ``scoring``, ``items`` …
        """
        return frame_of(self, section)


def evaluate(
    study: Study, *, progress: Progress | None = None, whole: Evaluation | None = None
) -> Evaluation:
    """Evaluate everything a study has data for.

    Parameters
    ----------
    study
        As read by :func:`analysis.intake.reader.read_study`, perhaps filtered.
    progress
        Called with the name of the step and the share done, 0–1.
    whole
        Evaluation of the same study before its answers were filtered: what does not depend on
        the survey is taken from it.

    Returns
    -------
    Evaluation
        Sections without data are None or empty; numbers that cannot be given are
        :class:`~analysis.results.NotEstimable` with a reason.
    """
    tell = progress if progress is not None else _tell_nobody
    evaluation = _evaluate_surveys(study, _start(study), tell)
    if whole is None:
        evaluation = _evaluate_activities(study, evaluation, tell)
    else:
        evaluation = _take_activities(whole, evaluation)
    evaluation = replace(
        evaluation, targets=evaluate_targets(study, target_records(study, evaluation))
    )
    evaluation = replace(
        evaluation,
        findings=find_all(study, evaluation),
        cautions=_cautions(study, evaluation),
    )
    tell("done", 1.0)
    return evaluation


def target_records(study: Study, evaluation: Evaluation) -> Mapping[str, object]:
    """What targets are held against: a programme's targets are about those it was made for."""
    if not study.plan.targets:
        return {}
    programme = programme_part(study)
    scoring = evaluation.scoring if programme is study else summarise_scores(programme)
    named = tuple(
        replace(o, pairs=None, analyses=(), effect_sizes=(), subgroups=(), transitions=())
        for o in evaluation.outcomes
    )
    # Lists that no indicator can name are left out: making records of them takes time.
    return records_of(
        replace(
            evaluation, scoring=scoring, outcomes=named, items=(), attrition=(), comparison=(),
            reliability=(), measurement=(), trajectory=(), dose=(), sensitivity=(), findings=(),
            cautions=(),
            issues=(),
        )
    )  # fmt: skip


def _tell_nobody(step: str, share: float) -> None:
    """Take a report of progress and do nothing with it."""


def _evaluate_surveys(study: Study, evaluation: Evaluation, tell: Progress) -> Evaluation:
    if study.survey is None:
        return evaluation
    tell("scoring", 0.05)
    everyone, programme = build_panel(study), programme_part(study)
    evaluation = replace(
        evaluation, flow=count_flow(study, everyone), scoring=summarise_scores(study)
    )
    tell("reliability", 0.1)
    evaluation = replace(
        evaluation,
        reliability=evaluate_reliability(study),
        measurement=evaluate_measurement(study, everyone),
    )
    evaluation = _evaluate_threats(study, everyone, evaluation, tell)
    if programme is study:
        return _evaluate_change(study, everyone, evaluation, tell)
    evaluation = _evaluate_change(programme, build_panel(programme), evaluation, tell)
    return replace(
        evaluation,
        outcomes=tuple(replace(o, among="treated") for o in evaluation.outcomes),
        sensitivity=(*evaluation.sensitivity, *impute_comparison(study, everyone)),
    )


def _evaluate_threats(
    study: Study, panel: Panel, evaluation: Evaluation, tell: Progress
) -> Evaluation:
    """Who was lost, and how programme and comparison group differ: about everyone asked."""
    tell("attrition", 0.15)
    attrition, bounds = evaluate_attrition(study, panel), bound_changes(study, panel)
    tell("comparison", 0.2)
    return replace(
        evaluation,
        attrition=attrition,
        bounds=bounds,
        attrition_verdict=judge_losses(study, panel),
        comparison=evaluate_comparison(study, panel),
        trajectory=evaluate_trajectories(study, panel),
        cautions=guard_attrition(study, panel, attrition),
    )


def _evaluate_change(
    programme: Study, panel: Panel, evaluation: Evaluation, tell: Progress
) -> Evaluation:
    """How people changed: with a comparison group those who received the intervention only."""
    outcomes = evaluate_outcomes(
        programme, panel, evaluation.reliability, lambda done: tell("outcomes", 0.25 + 0.4 * done)
    )
    tell("sensitivity", 0.7)
    return replace(
        evaluation,
        outcomes=outcomes,
        items=count_items(programme),
        dose=evaluate_dose(programme, panel),
        sensitivity=evaluate_sensitivity(programme, panel),
    )


def _evaluate_activities(study: Study, evaluation: Evaluation, tell: Progress) -> Evaluation:
    tell("participation", 0.85)
    participation, delivery = evaluate_participation(study), evaluate_delivery(study)
    tell("volunteers", 0.9)
    volunteers = evaluate_volunteers(study)
    tell("sustainability", 0.95)
    earlier = look_back(study)
    return replace(
        evaluation,
        participation=participation,
        delivery=delivery,
        time_series=evaluate_interruptions(study),
        volunteers=volunteers,
        sustainability=evaluate_sustainability(study, volunteers, participation, delivery, earlier),
        earlier=earlier,
    )


def _take_activities(whole: Evaluation, evaluation: Evaluation) -> Evaluation:
    return replace(
        evaluation,
        participation=whole.participation,
        delivery=whole.delivery,
        time_series=whole.time_series,
        volunteers=whole.volunteers,
        sustainability=whole.sustainability,
        earlier=whole.earlier,
    )


def find_all(study: Study, e: Evaluation) -> tuple[Finding, ...]:
    """Find what to say about every section, the surveys first."""
    return (
        *find_findings(e, study),
        *(_labelled(study, find_participation(e.participation)) if e.participation else ()),
        *(find_delivery(e.delivery) if e.delivery else ()),
        *find_interruptions(e.time_series),
        *(find_volunteers(e.volunteers) if e.volunteers else ()),
        *(find_sustainability(e.sustainability) if e.sustainability else ()),
    )


def _labelled(study: Study, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Findings that name a value of the data, with its words where the study file gives them."""
    for finding in findings:
        label = study.plan.label_of(str(finding.values.get("value", "")))
        yield replace(finding, values={**finding.values, "label": label}) if label else finding


def _cautions(study: Study, e: Evaluation) -> tuple[Caution, ...]:
    """Every section's cautions, each once; those of the whole study first."""
    parts = (
        *(e.participation, e.delivery, e.volunteers),
        *((e.sustainability.funding, e.sustainability.capacity, e.sustainability.consultation)
          if e.sustainability else ()),
    )  # fmt: skip
    listed = (
        *guard_study(study, e.flow),
        *e.cautions,
        *(
            c
            for section in (e.outcomes, e.trajectory, e.comparison, e.dose, e.time_series)
            for one in section
            for c in one.cautions
        ),
        *(c for part in parts if part is not None for c in part.cautions),
    )
    once = {(c.code, c.section, c.measure, repr(c.values)): c for c in listed}
    return tuple(once.values())


def _start(study: Study) -> Evaluation:
    settings = study.plan.study
    title: Mapping[str, str] = (
        settings.title if isinstance(settings.title, dict) else {settings.language: settings.title}
    )
    return Evaluation(
        fingerprint=study.fingerprint,
        title=title,
        settings=_settings(study),
        provenance=_provenance(study),
        issues=study.issues,
    )


def _settings(study: Study) -> dict[str, object]:
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


def _provenance(study: Study) -> Provenance:
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
            "path": f.path, "sha256": f.sha256, "format": f.format, "table": f.table,
            "n_rows": f.n_rows, "n_used": f.n_used, "n_listed": f.n_listed,
        }
        for f in study.files
    )  # fmt: skip
    return Provenance(
        versions=versions,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=study.plan.study.seed,
        files=files,
    )
