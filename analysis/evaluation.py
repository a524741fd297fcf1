"""evaluate(study) → Evaluation: every section plus provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.participation.results import Delivery, Participation
from analysis.results import Caution, Finding
from analysis.surveys.results import (
    AttritionRow,
    Bounds,
    Dose,
    Flow,
    GroupComparison,
    ItemAnswers,
    Outcome,
    Reliability,
    ScoreSummary,
    Sensitivity,
)
from analysis.sustainability.results import Sustainability
from analysis.targets import TargetProgress
from analysis.volunteers.results import Volunteers


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What made these numbers: versions, seed, files with their hashes, rows in and out."""

    versions: Mapping[str, str]
    created: str
    seed: int
    files: tuple[Mapping[str, str | int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything one study tells. Sections are None or empty when their data are absent."""

    fingerprint: str
    title: Mapping[str, str]
    settings: Mapping[str, object]
    provenance: Provenance
    flow: Flow | None = None
    scoring: tuple[ScoreSummary, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    items: tuple[ItemAnswers, ...] = ()
    attrition: tuple[AttritionRow, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    comparison: tuple[GroupComparison, ...] = ()
    dose: tuple[Dose, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    participation: Participation | None = None
    delivery: Delivery | None = None
    volunteers: Volunteers | None = None
    sustainability: Sustainability | None = None
    targets: tuple[TargetProgress, ...] = ()
    findings: tuple[Finding, ...] = ()
    cautions: tuple[Caution, ...] = field(default_factory=tuple)
