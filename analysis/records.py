"""Evaluation → plain values: the results file and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.results import as_record, to_row

if TYPE_CHECKING:
    from analysis.evaluation import Evaluation

SCHEMA_VERSION = "1.0"
_SECTIONS = (
    "flow", "scoring", "reliability", "measurement", "outcomes", "trajectory", "items",
    "attrition", "bounds",
    "attrition_verdict", "comparison", "dose", "sensitivity", "participation", "delivery",
    "time_series", "volunteers", "sustainability",
    "earlier", "targets", "findings", "cautions", "issues",
)  # fmt: skip
_ALWAYS = ("findings", "cautions", "issues")
_SIZES = {"from_wave": "from", "to_wave": "to"}


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
    for name in _SECTIONS:
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
    if section not in _SECTIONS:
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
