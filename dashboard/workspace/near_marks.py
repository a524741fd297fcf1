"""The keyed marks of a study's coded names: kept where the names were coded, made again by its key.

Marks stay out of a copied study. Without the key a mark names nobody, but which codes share marks,
and how many each has, shows which names are alike and how long they are; laid beside a list of
common names, that can be enough to name people. Pairs found so far are in the plan and travel.
"""

from __future__ import annotations

from itertools import islice

from analysis.intake.propose.near_names import (
    MARKED_KINDS,
    MAX_MARKED,
    find_near_codes,
    mark_spellings,
)
from analysis.plan import StudyPlan
from dashboard.workspace.key_file import KeyFile
from dashboard.workspace.link_edit import with_near
from dashboard.workspace.store import SavedStudy, save_draft

NEAR_MARKS = "near_marks"
"""Draft that keeps the marks: code → marks."""


def lacks_marks(saved: SavedStudy) -> bool:
    """Whether people of a study stand as coded names of which no marks are here."""
    survey = saved.plan.survey if saved.plan is not None else None
    if survey is None or survey.respondent is None or saved.drafts.get(NEAR_MARKS):
        return False
    files = (saved.drafts.get("personal") or {}).values()
    return any(
        kind in MARKED_KINDS and action == "coded"
        for columns in files
        for kind, action in columns.values()
    )


def restore_marks(saved: SavedStudy, found: KeyFile) -> StudyPlan | None:
    """Make the marks again from a key file and keep them; the plan with the pairs they tell."""
    named = (
        (code, kind, original)
        for code, (kind, original) in found.codes.items()
        if kind in MARKED_KINDS
    )
    marks = {
        code: list(mark_spellings(original, found.key, kind))
        for code, kind, original in islice(named, MAX_MARKED)
    }
    save_draft(saved.id, NEAR_MARKS, marks)
    return None if saved.plan is None else with_near(saved.plan, find_near_codes(marks))
