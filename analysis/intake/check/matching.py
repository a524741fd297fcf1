"""How people were found again: exact, repaired, nearly alike and not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.intake.check.linkage import ProposedLink, propose_links
from analysis.intake.model import Table
from analysis.intake.values.column_lookup import column_texts, find_column
from analysis.issues import Issue
from analysis.plan import SurveyPlan
from analysis.study import Study, SurveyData

MIN_ALIKE = 0.75
"""Similarity from which two codes are shown as perhaps one person."""
_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A code as written in one row, and the code it was read as."""

    file: str
    row: int
    written: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """How the people of the first wave were found in the last.

    Attributes
    ----------
    first, last
        The two waves.
    exact
        People written alike in both.
    repaired
        People found after case, width, blanks, zeros or an accepted link were set right.
    repairs
        The rows whose code was written otherwise, of everybody.
    near
        Pairs that may be one person: a person accepts or rejects each.
    unmatched
        People of the first and of the last wave found in no other row, near ones included.
    """

    first: str
    last: str
    exact: int
    repaired: int
    repairs: tuple[Repair, ...]
    near: tuple[ProposedLink, ...]
    unmatched: tuple[int, int]


def find_near(survey: SurveyData | None, plan: SurveyPlan | None) -> tuple[ProposedLink, ...]:
    """Return the pairs of codes of the first and last wave that a person has not decided about."""
    waves = _waves(survey)
    if survey is None or plan is None or survey.anonymous or waves is None:
        return ()
    decided = {frozenset((one.code, one.same_as)) for one in plan.distinct}
    first, last = (_codes(survey, wave) for wave in waves)
    found = propose_links(sorted(first), sorted(last), threshold=MIN_ALIKE)
    coded = _near_before_coding(plan, first - last, last - first)
    undecided = [o for o in (*coded, *found) if frozenset((o.code, o.same_as)) not in decided]
    return tuple(sorted(undecided, key=lambda one: (-one.similarity, one.code)))


def _near_before_coding(
    plan: SurveyPlan, lost: set[str], new: set[str]
) -> tuple[ProposedLink, ...]:
    """Return the pairs of coded names that were nearly alike, one found only first, one only last.

    A code that is as near to two others is not proposed, as among codes in clear.
    """
    pairs = [
        ProposedLink(same_as=earlier, code=later, similarity=one.similarity, slip=one.slip)
        for one in plan.near
        for earlier, later in ((one.same_as, one.code), (one.code, one.same_as))
        if earlier in lost and later in new
    ]
    best: dict[str, list[float]] = {}
    for pair in pairs:
        for code in (pair.same_as, pair.code):
            best.setdefault(code, []).append(pair.similarity)
    return tuple(
        pair
        for pair in pairs
        if all(
            pair.similarity == max(best[code]) and best[code].count(pair.similarity) == 1
            for code in (pair.same_as, pair.code)
        )
    )


def check_matching(survey: SurveyData | None, plan: SurveyPlan | None) -> tuple[Issue, ...]:
    """Report pairs of codes that may be one person: loss cannot be told while they are open."""
    near = find_near(survey, plan)
    if not near:
        return ()
    pairs = [f"{one.same_as} = {one.code}" for one in near[:_LISTED]]
    return (Issue(code="near_codes", details={"n": len(near), "pairs": pairs}),)


def match_waves(study: Study, tables: Sequence[Table]) -> Matching | None:
    """Describe how people were found again; None for one wave or anonymous answers.

    Parameters
    ----------
    study
        As read.
    tables
        The survey's tables, for the codes as written.
    """
    survey, plan = study.survey, study.plan.survey
    waves = _waves(survey)
    if survey is None or plan is None or survey.anonymous or waves is None:
        return None
    first, last = (_codes(survey, wave) for wave in waves)
    repairs = _repairs(study, tables)
    changed = {one.code for one in repairs}
    both = first & last
    return Matching(
        first=waves[0],
        last=waves[1],
        exact=len(both - changed),
        repaired=len(both & changed),
        repairs=repairs,
        near=find_near(survey, plan),
        unmatched=(len(first - last), len(last - first)),
    )


def _waves(survey: SurveyData | None) -> tuple[str, str] | None:
    if survey is None:
        return None
    waves = [str(wave) for wave in survey.keys["wave"].unique()]
    return (waves[0], waves[-1]) if len(waves) > 1 else None


def _codes(survey: SurveyData, wave: str) -> set[str]:
    keys = survey.keys
    return {str(code) for code in keys.loc[keys["wave"] == wave, "respondent"]}


def _repairs(study: Study, tables: Sequence[Table]) -> tuple[Repair, ...]:
    survey, plan = study.survey, study.plan.survey
    if survey is None or plan is None or not isinstance(plan.respondent, str):
        return ()
    renames = {source.path: source.rename for source in plan.files}
    found: list[Repair] = []
    for table in tables:
        column = find_column(table, plan.respondent, renames.get(table.file, {}))
        if column is None:
            continue
        written = dict(zip(table.row_numbers, column_texts(table, column), strict=True))
        raw = dict(zip(table.row_numbers, table.cells[column], strict=True))
        mine = (survey.keys["file"] == table.file) & (survey.keys["sheet"] == table.sheet)
        for row, code in survey.keys.loc[mine, ["row", "respondent"]].itertuples(index=False):
            if written.get(row) is not None and str(raw[row]) != code:
                found.append(
                    Repair(file=table.file, row=int(row), written=str(raw[row]), code=str(code))
                )
    return tuple(sorted(found, key=lambda one: (one.code, one.file, one.row)))
