"""Changing a study that may be changed elsewhere at the same time: nothing is lost silently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.errors import StudyFileError, WorkspaceError
from analysis.plan import StudyPlan, plan_from_dict
from dashboard.workspace.merging import Merge, merge_records, whole_clash
from dashboard.workspace.plan_edit import plan_record
from dashboard.workspace.store import (
    SavedStudy,
    compare_and_set_draft,
    open_study,
    save_draft,
    save_version,
)

_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a change to the plan the wizard holds.

    Attributes
    ----------
    merge
        The change put together with those made elsewhere; with clashes it was not saved.
    theirs
        What was there before.
    """

    merge: Merge
    theirs: Mapping[str, Any]

    @property
    def saved(self) -> bool:
        """Whether the change was saved."""
        return not self.merge.clashes


def held_record(saved: SavedStudy) -> dict[str, Any]:
    """The plan as the wizard holds it, else as last saved, as plain values; empty before either."""
    draft = saved.drafts.get("plan")
    if draft is not None:
        return dict(draft)
    return plan_record(saved.plan) if saved.plan is not None else {}


def keep_draft(study: str, plan: StudyPlan, base: Mapping[str, Any]) -> Kept:
    """Save a changed plan together with what other windows changed since ``base``.

    Parameters
    ----------
    study
        Its id.
    plan
        The plan as changed here.
    base
        The plan as this window last showed it.
    """
    for _ in range(_TRIES):
        found = open_study(study)
        theirs = held_record(found)
        kept = Kept(merge=_merged(base, plan_record(plan), theirs), theirs=theirs)
        if not kept.saved or compare_and_set_draft(
            study, "plan", found.drafts.get("plan"), kept.merge.value
        ):
            return kept
    raise WorkspaceError("not_saved", problem="the study is being changed elsewhere")


def save_edit(saved: SavedStudy, plan: StudyPlan, note: str) -> int:
    """Save a changed plan as a version; the wizard's unsaved changes stay and receive it too."""
    base = plan_record(saved.plan) if saved.plan is not None else {}
    number = save_version(saved.id, plan, note=note)
    draft = open_study(saved.id).drafts.get("plan")
    if draft is not None:
        save_draft(saved.id, "plan", _merged(base, draft, plan_record(plan)).value)
    return number


def _merged(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Merge; changes that make no valid plan together clash as a whole."""
    merge = merge_records(base, mine, theirs)
    try:
        plan_from_dict(merge.value)
    except StudyFileError:
        return whole_clash(mine, theirs)
    return merge
