"""The sample community: read-only, always there, marked as simulated."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from analysis.plan import StudyPlan, read_plan

SAMPLE_ID = "sample"
_HERE = Path(__file__).resolve()
_PLACES = (_HERE.parents[2] / "data" / "sample", _HERE.parents[1] / "sample_data")


def sample_folder() -> Path:
    """Folder of the sample: beside the source, or inside the installed package."""
    return next(place for place in _PLACES if (place / "study.toml").is_file())


@cache
def read_sample_plan() -> StudyPlan:
    """Read the sample's study file."""
    return read_plan(sample_folder() / "study.toml")


def read_sample_files() -> dict[str, bytes]:
    """Read the sample's spreadsheets by name."""
    kept = {".xlsx", ".csv"}
    return {
        path.name: path.read_bytes()
        for path in sorted(sample_folder().iterdir())
        if path.suffix in kept
    }
