"""The tables of whole numbers from which everything about the surveys of communities is inferred.

Every column of every table is a whole number: no engine divides, and all give the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.counts.questionnaire import Questionnaire, Scale
from analysis.issues import Issue
from analysis.study import Exclusion, SourceFile

ABSENT = -1
"""Stands for the number of answers of a person who has no row in a wave: 0 is a blank row."""

ROW_KEYS = ("community", "person", "wave", "programme")
"""Columns of rows beside the answers. ``programme`` is 1 for those who received it, and for all
where nobody is compared with them."""

WAVES = ("community", "wave", "programme", "n")
PRESENCE = ("community", "pattern", "n")
ANSWERS = ("community", "wave", "item", "answer", "n")
SCORES = ("community", "wave", "scale", "answered", "total", "n")
PAIRS = (
    *("community", "scale", "first_wave", "second_wave"),
    *("first_answered", "first_total", "second_answered", "second_total", "n"),
)


def moment_columns(scale: Scale) -> tuple[str, ...]:
    """Columns of a table of co-moments: which items were asked, sums, products of each two."""
    names = range(len(scale.items))
    return (
        *("community", "wave", "n"),
        *(f"asked_{i}" for i in names),
        *(f"sum_{i}" for i in names),
        *(f"product_{i}_{j}" for i in names for j in names if i <= j),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyCounts:
    """Counted surveys of many communities, or of one.

    Attributes
    ----------
    waves
        Rows, one of each person, by wave and ``programme``.
    presence
        People by the waves in which they have a row: ``pattern`` adds 2 to the power of each.
    answers
        Answers as given (before reversal), of those who received the programme.
    scores
        People by number answered and sum of oriented answers, for each scale.
    pairs
        Those who received the programme by their scores in two waves, for each measure;
        ``ABSENT`` answers and a sum of 0 in a wave without a row.
    moments
        Measure name → sums of oriented answers and of their products over the people who answered
        every item that anybody was asked in that community and wave.
    """

    questionnaire: Questionnaire
    waves: pd.DataFrame
    presence: pd.DataFrame
    answers: pd.DataFrame
    scores: pd.DataFrame
    pairs: pd.DataFrame
    moments: Mapping[str, pd.DataFrame]

    def tables(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Every table by name, sorted: equal counts are equal tables, whatever counted them."""
        named = {
            name: getattr(self, name)
            for name in ("waves", "presence", "answers", "scores", "pairs")
        }
        named |= {f"moments of {name}": table for name, table in self.moments.items()}
        for name, table in named.items():
            yield name, table.sort_values(list(table.columns)).reset_index(drop=True)

    def by_community(self) -> dict[int, SurveyCounts]:
        """Take the tables apart, once for all communities."""
        parts: dict[int, dict[str, pd.DataFrame]] = {}
        moments: dict[int, dict[str, pd.DataFrame]] = {}
        plain = ("waves", "presence", "answers", "scores", "pairs")
        for name in plain:
            for code, part in getattr(self, name).groupby("community", sort=True):
                parts.setdefault(_code(code), {})[name] = part
        for measure, table in self.moments.items():
            for code, part in table.groupby("community", sort=True):
                moments.setdefault(_code(code), {})[measure] = part
        empty = {name: getattr(self, name).iloc[:0] for name in plain}
        return {
            code: SurveyCounts(
                questionnaire=self.questionnaire,
                moments=moments.get(code, {}),
                **{name: found.get(name, empty[name]) for name in plain},
            )
            for code, found in parts.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """What is known of one community beside its counts.

    Attributes
    ----------
    code
        Names it in the tables.
    waves
        Waves in which anybody answered, in the order of the study.
    compared
        Whether some received the programme and others did not.
    labels
        Measure name → {answer: its words}.
    issues
        Problems that are told by numbers alone; of the others, whose sentences can quote a cell,
        ``further_issues`` has the number by code.
    """

    code: int
    name: str
    fingerprint: str
    waves: tuple[str, ...]
    anonymous: bool
    compared: bool
    labels: Mapping[str, Mapping[float, str]] = field(default_factory=dict)
    exclusions: tuple[Exclusion, ...] = ()
    issues: tuple[Issue, ...] = ()
    files: tuple[SourceFile, ...] = ()
    further_issues: Mapping[str, int] = field(default_factory=dict)


def as_table(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Give a table its columns, in order and of one type."""
    return frame.loc[:, list(columns)].astype("int64").reset_index(drop=True)


def _code(community: object) -> int:
    """A community's number; pandas does not know of what type its groups are named."""
    return int(str(community))
