"""What one study tells: every section, computed when it is first read, and as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import pandas as pd

from analysis.interruptions import InterruptedSeries
from analysis.issues import Issue
from analysis.participation.results import Delivery, Participation
from analysis.results import Audience, Caution, Disclosure, Finding, as_record, to_row
from analysis.scorecard.history import Snapshot
from analysis.surveys.measurement import Measurement
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
from analysis.sustainability.results import Sustainability
from analysis.targets import TargetProgress
from analysis.volunteers.results import Volunteers

T = TypeVar("T")
SCHEMA_VERSION = "1.0"
SECTIONS = (
    "flow",
    "scoring",
    "reliability",
    "measurement",
    "outcomes",
    "trajectory",
    "items",
    "attrition",
    "bounds",
    "attrition_verdict",
    "comparison",
    "dose",
    "sensitivity",
    "participation",
    "delivery",
    "time_series",
    "volunteers",
    "sustainability",
    "earlier",
    "targets",
    "findings",
    "cautions",
    "issues",
)
"""Keys of the results file that hold results, in its order."""
_ALWAYS = ("findings", "cautions", "issues")
_SIZES = {"from_wave": "from", "to_wave": "to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What made these numbers: versions, seed, files with their hashes, rows in and out."""

    versions: Mapping[str, str]
    created: str
    seed: int
    files: tuple[Mapping[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class Later(Generic[T]):
    """A section that is computed when it is first read.

    ``about`` gives the entries of one section only, where entries speak about several.
    """

    compute: Callable[[], T]
    about: Callable[[str], T] | None = None


class Section(Generic[T]):
    """A field of :class:`Evaluation` that may hold its value or :class:`Later` what computes it.

    A descriptor, so that whoever reads the field gets a value, dataclasses' own ``replace`` and
    ``fields`` included: a copy of an evaluation is whole.
    """

    def __init__(self, empty: T) -> None:
        self._empty = empty

    def __set_name__(self, owner: type, name: str) -> None:
        self._place = f"_{name}"

    def __get__(self, instance: object | None, owner: type) -> T:
        if instance is None:  # dataclasses asks the class for the default
            return self._empty
        value: T | Later[T] = vars(instance)[self._place]
        if isinstance(value, Later):
            value = vars(instance)[self._place] = value.compute()
        return value

    def __set__(self, instance: object, value: T | Later[T]) -> None:
        vars(instance)[self._place] = value


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Everything one study tells. Sections are None or empty when their data are absent.

    :func:`analysis.sections.evaluate` leaves each section to be computed when it is first read.

    ``audience`` says who may see it: the evaluator holds the data and sees everything; what the
    others see is made by :func:`analysis.disclosure.protect`.
    """

    fingerprint: str
    title: Mapping[str, str]
    settings: Mapping[str, object]
    provenance: Provenance
    flow: Section[Flow | None] = Section(None)
    scoring: Section[tuple[ScoreSummary, ...]] = Section(())
    reliability: Section[tuple[Reliability, ...]] = Section(())
    measurement: Section[tuple[Measurement, ...]] = Section(())
    outcomes: Section[tuple[Outcome, ...]] = Section(())
    trajectory: Section[tuple[Trajectory, ...]] = Section(())
    items: Section[tuple[ItemAnswers, ...]] = Section(())
    attrition: Section[tuple[AttritionRow, ...]] = Section(())
    bounds: Section[tuple[Bounds, ...]] = Section(())
    attrition_verdict: Section[AttritionVerdict | None] = Section(None)
    comparison: Section[tuple[GroupComparison, ...]] = Section(())
    dose: Section[tuple[Dose, ...]] = Section(())
    sensitivity: Section[tuple[Sensitivity, ...]] = Section(())
    participation: Section[Participation | None] = Section(None)
    delivery: Section[Delivery | None] = Section(None)
    time_series: Section[tuple[InterruptedSeries, ...]] = Section(())
    volunteers: Section[Volunteers | None] = Section(None)
    sustainability: Section[Sustainability | None] = Section(None)
    earlier: Section[tuple[Snapshot, ...]] = Section(())
    targets: Section[tuple[TargetProgress, ...]] = Section(())
    findings: Section[tuple[Finding, ...]] = Section(())
    cautions: Section[tuple[Caution, ...]] = Section(())
    issues: tuple[Issue, ...] = ()
    audience: Audience = "evaluator"
    disclosure: Disclosure = field(default_factory=Disclosure)

    def findings_about(self, section: str) -> tuple[Finding, ...]:
        """Give the findings of one section; what the others need is not computed."""
        later = vars(self)["_findings"]
        if isinstance(later, Later) and later.about is not None:
            return tuple(later.about(section))
        return tuple(f for f in self.findings if f.section == section)

    def study_cautions(self, section: str) -> tuple[Caution, ...]:
        """Give the cautions of one section that are not about one measure, in the same way."""
        later = vars(self)["_cautions"]
        if isinstance(later, Later) and later.about is not None:
            return tuple(later.about(section))
        return tuple(c for c in self.cautions if c.section == section and not c.measure)

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


def results_of(evaluation: Evaluation) -> dict[str, Any]:
    """Give the results file of an evaluation; sections without data are left out."""
    results = records_of(evaluation)
    if "scoring" in results:
        results["scoring"] = [_flat_mean(row) for row in results["scoring"]]
    for outcome in results.get("outcomes", ()):
        _shape_outcome(outcome)
    for compared in results.get("comparison", ()):
        for analysis in compared["analyses"]:
            analysis["n_clusters"] = analysis.get("details", {}).get("n_clusters")
    if "volunteers" in results:
        results["volunteers"].pop("overdue", None)  # names people
    for issue in results["issues"]:
        issue["n"] = issue.pop("details").get("n", len(issue["rows"]))  # details can name people
    return {k: v if k == "cautions" else _cautions_by_code(v) for k, v in results.items()}


def _cautions_by_code(value: Any) -> Any:  # noqa: ANN401
    """Leave only the codes of a section's cautions: the words stand at the end, once."""
    if isinstance(value, list):
        return [_cautions_by_code(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: [c["code"] for c in one] if key == "cautions" else _cautions_by_code(one)
        for key, one in value.items()
    }


def _shape_outcome(outcome: dict[str, Any]) -> None:
    """Put the adjusted p beside the p; name the primary analysis; keep no person's two scores."""
    change = outcome["change"]
    change |= {"procedure": change["method"], "method": change["name"]}
    change["p_adjusted"] = outcome.pop("p_adjusted")
    outcome.pop("pairs", None)  # one person's two scores may stand alone in a cell


def records_of(evaluation: Evaluation) -> dict[str, Any]:
    """As :func:`results_of`, with every mean a record that carries its interval."""
    results: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "audience": evaluation.audience,
        "disclosure": as_record(evaluation.disclosure),
        "study": {
            "title": as_record(evaluation.title),
            "fingerprint": evaluation.fingerprint,
            "settings": as_record(evaluation.settings),
        },
        "provenance": as_record(evaluation.provenance),
    }
    for name in SECTIONS:
        section = getattr(evaluation, name)
        if section or name in _ALWAYS:
            results[name] = as_record(section)
    for outcome in results.get("outcomes", ()):
        outcome["n"] = {_SIZES.get(key, key): value for key, value in outcome["n"].items()}
    if "volunteers" in results:
        results["volunteers"]["curve"] = _steps(results["volunteers"]["curve"])
    return results


def frame_of(evaluation: Evaluation, section: str) -> pd.DataFrame:
    """Give one section as a table.

    Raises
    ------
    KeyError
        When there is no such section; an absent one gives an empty table.
    """
    if section in ("analyses", "effect_sizes"):
        return pd.DataFrame(
            [
                {"measure": o.measure, "from": o.contrast[0], "to": o.contrast[1], **to_row(one)}
                for o in evaluation.outcomes
                for one in getattr(o, section)
            ]
        )
    if section not in SECTIONS:
        raise KeyError(section)
    found = getattr(evaluation, section)
    rows = found if isinstance(found, tuple) else (found,) if found is not None else ()
    return pd.DataFrame([_short_row(row) for row in rows])


def _short_row(value: Any) -> dict[str, Any]:  # noqa: ANN401
    """One table row without the lists inside it."""
    return {key: cell for key, cell in to_row(value).items() if not isinstance(cell, list)}


def _flat_mean(row: Mapping[str, Any]) -> dict[str, Any]:
    """The mean as a number, its interval beside it, a reason when it cannot be given."""
    mean = row["mean"]
    told = {key: value for key, value in row.items() if key != "mean"}
    told |= {"mean": mean["estimate"], "mean_ci_low": mean.get("ci_low")}
    told |= {"mean_ci_high": mean.get("ci_high")}
    if mean["estimate"] is None:
        told["reason"] = mean["reason"]
    return told


def _steps(curve: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """A curve as one record per step, as the results file lists it."""
    if "time_days" not in curve:
        return curve
    names = ("time_days", "at_risk", "events", "censored", "survival", "ci_low", "ci_high")
    return [
        dict(zip(names, step, strict=True)) for step in zip(*(curve[n] for n in names), strict=True)
    ]
