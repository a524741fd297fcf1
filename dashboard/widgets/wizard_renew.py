"""Files come and go: the plan is proposed for new ones, or the one there is serves them."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.intake.model import Table
from analysis.plan import StudyPlan
from dashboard.text import Text
from dashboard.widgets.wizard_clash import keep_plan
from dashboard.widgets.wizard_files import is_complete
from dashboard.widgets.wizard_steps import LAST, Draft, go_to, place_of
from dashboard.workspace.editing import held_record
from dashboard.workspace.link_edit import with_near
from dashboard.workspace.near_marks import NEAR_MARKS
from dashboard.workspace.plan_edit import with_choices
from dashboard.workspace.store import SavedStudy, save_draft


def renew_plan(
    text: Text, saved: SavedStudy, plan: StudyPlan | None, tables: Mapping[str, Table]
) -> None:
    """Propose a plan for new files, or let the one there is serve them."""
    from analysis.intake.propose.near_names import find_near_codes
    from analysis.intake.propose.next_wave import reuse_plan
    from analysis.intake.propose.proposal import propose_plan

    renewed = reuse_plan(plan, tables) if plan else propose_plan(tables)
    choices = (saved.drafts.get(key) or {} for key in ("sheets", "encodings"))
    renewed = with_choices(renewed, *choices)
    renewed = with_near(renewed, find_near_codes(saved.drafts.get(NEAR_MARKS) or {}))
    keep_plan(saved, renewed, base=held_record(saved))
    save_draft(saved.id, "stale", False)
    places = {place_of(key, table): table for key, table in tables.items()}
    draft = Draft(text=text, saved=saved, plan=renewed, tables=places)
    if saved.version and is_complete(draft):
        go_to(saved, LAST)
