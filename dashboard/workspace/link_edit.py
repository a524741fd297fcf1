"""Changes to a plan about who is one person: accepted links, rejected ones, and open pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.intake.check.linkage import ProposedLink
from analysis.plan import NearPair, StudyPlan, plan_from_dict
from dashboard.workspace.plan_edit import SURVEY, plan_record


def with_links(
    plan: StudyPlan, links: Sequence[Mapping[str, Any]], section: str = SURVEY
) -> StudyPlan:
    """Add accepted links between spellings of respondents' codes, or of sign-ins' to theirs."""
    told = plan_record(plan)
    told[section]["links"] = [*told[section].get("links", []), *links]
    return plan_from_dict(told)


def with_distinct(plan: StudyPlan, links: Sequence[Mapping[str, Any]]) -> StudyPlan:
    """Record pairs of respondents' codes that are two people."""
    told = plan_record(plan)
    told[SURVEY]["distinct"] = [*told[SURVEY].get("distinct", []), *links]
    return plan_from_dict(told)


def with_near(plan: StudyPlan, pairs: Sequence[ProposedLink]) -> StudyPlan:
    """Record the pairs of coded names that were nearly alike before they were coded.

    Pairs recorded before stay: a study brought from another computer has them, but not the marks
    they were found by.
    """
    if plan.survey is None or plan.survey.respondent is None:
        return plan
    found = [
        NearPair(code=one.code, same_as=one.same_as, similarity=one.similarity, slip=one.slip)
        for one in pairs
    ]
    told = {frozenset((one.code, one.same_as)) for one in found}
    earlier = (one for one in plan.survey.near if frozenset((one.code, one.same_as)) not in told)
    near = [*earlier, *found]
    return plan.model_copy(update={"survey": plan.survey.model_copy(update={"near": near})})
