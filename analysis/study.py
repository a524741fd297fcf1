"""The Study: the typed tables of one evaluation, and their fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.issues import Issue
from analysis.plan import MeasurePlan, StudyPlan
from analysis.thresholds import MAX_SHARE_OF_ROWS_LEFT_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file that was read: its name, content hash, recognised format and row balance.

    ``n_rows`` data rows in = ``n_used`` + ``n_listed`` (left out, each in an issue).
    """

    path: str
    sha256: str
    format: str = ""
    encoding: str = ""
    sheet: str = ""
    table: str = ""
    n_rows: int = 0
    n_used: int = 0
    n_listed: int = 0

    @property
    def loses_many(self) -> bool:
        """Whether so many rows are left out that a person must decide."""
        return self.n_listed > MAX_SHARE_OF_ROWS_LEFT_OUT * self.n_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Rows left out of a table for one reason; ``rows`` are spreadsheet row numbers."""

    reason: str
    n: int
    table: str = "survey"
    file: str = ""
    wave: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyData:
    """Linked answers, one row per respondent and wave; all frames share one RangeIndex.

    Attributes
    ----------
    keys
        Columns ``respondent`` (text; a unique row code when anonymous), ``wave``, ``file``,
        ``sheet``, ``row`` (spreadsheet row), and where declared ``group`` (text), ``treated``
        (bool), ``site``, ``cluster`` (text), ``weight`` (float), ``started_on`` (datetime),
        ``started``, ``finished`` (datetime), ``duration_seconds`` (float).
    categories
        One text column per ``survey.disaggregate`` name; missing = None/NaN.
    covariates
        One text column per ``survey.covariates`` name, numbers as written; missing = None/NaN.
    items
        Measure name → float frame, one column per item, in the units of the declared range
        *before* reversal; knowledge and binary items are 0/1; out-of-range answers are NaN and
        listed. For kind ``category`` the codes are positions in the order of answers.
    texts
        Measure name → text frame of the answers as given (trimmed), one column per item.
    answer_labels
        Measure name → {number: answer text} where the answers were words.
    kinds
        One text column per item of which the file says why answers are missing (refused …).
    anonymous
        True when no respondent column was declared.
    """

    keys: pd.DataFrame
    categories: pd.DataFrame
    items: Mapping[str, pd.DataFrame]
    texts: Mapping[str, pd.DataFrame]
    covariates: pd.DataFrame = field(default_factory=pd.DataFrame)
    answer_labels: Mapping[str, Mapping[float, str]] = field(default_factory=dict)
    kinds: pd.DataFrame = field(default_factory=pd.DataFrame)
    anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Everything ``evaluate`` needs. Tables are None when the study has no such file.

    Attributes
    ----------
    plan
        The study file.
    survey
        Linked answers.
    attendance, delivery, volunteers, service, funding, capacity, strengths, consultation
        One column for each that the section names (:data:`analysis.plan.TABLES` lists them):
        words and codes as text, days as datetime, numbers as float, flags as bool; columns a study
        does not name are absent. Beside these, attendance has its disaggregates and always
        ``attended``, volunteers the names in ``volunteers.groups``, funding always ``amount``
        (income positive), capacity and strengths always ``wave``; ``status`` of delivery and
        consultation is one of a few words.
    attendance_counts
        Where only counts are known: ``session``, ``date``, ``kind``, ``level``, ``attended``,
        ``registered`` (float).
    issues, exclusions, files
        What was found, left out and read.
    whole
        The study of which this is a part, for what readers of both could subtract.
    """

    plan: StudyPlan
    survey: SurveyData | None = None
    attendance: pd.DataFrame | None = None
    attendance_counts: pd.DataFrame | None = None
    delivery: pd.DataFrame | None = None
    volunteers: pd.DataFrame | None = None
    service: pd.DataFrame | None = None
    funding: pd.DataFrame | None = None
    capacity: pd.DataFrame | None = None
    strengths: pd.DataFrame | None = None
    consultation: pd.DataFrame | None = None
    issues: tuple[Issue, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    files: tuple[SourceFile, ...] = ()
    whole: Study | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of the files' contents and the plan: same files, same settings, same print."""
        told = {
            "files": sorted((f.path, f.sha256) for f in self.files),
            "plan": self.plan.model_dump(mode="json"),
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def measure(self, name: str) -> MeasurePlan:
        """Return the measure called ``name``; KeyError when there is none."""
        for measure in self.plan.measures:
            if measure.name == name:
                return measure
        raise KeyError(name)
