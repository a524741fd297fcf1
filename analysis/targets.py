"""Indicators against baselines and targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.results import EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProgress:
    """One indicator: progress = (actual − baseline) / (target − baseline).

    ``status`` is met, on_track, behind, ahead, not_started or no_data; ``expected`` the progress
    due by the data's date; ``band`` the tolerated share either side of it.
    """

    indicator: str
    level: str
    baseline: float | None
    target: float
    actual: EstimateLike
    progress: float | None
    expected: float | None
    band: float
    status: str
    due: date | None
    direction: str
    evidence: str = ""
    periods: tuple[tuple[str, float, float | None], ...] = ()
