"""Why a table of a study is not used: said by the wizard, the command line and the watch."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.intake.check.overlap import check_overlap
from analysis.intake.model import Table
from analysis.intake.propose.column_roles import propose_roles
from analysis.intake.propose.near_sections import NearSection, list_near_sections
from analysis.intake.read.table_purpose import recognise_section
from analysis.plan import TABLES, StudyPlan
from dashboard.sentences.names import use_name
from dashboard.text import Text
from dashboard.widgets.wizard_names import field_name
from dashboard.workspace.plan_edit import SURVEY, Place, use_of


def say_unused(text: Text, plan: StudyPlan, tables: Mapping[Place, Table], at: Place) -> str:
    """Say why a table is not used: its rows are another's, its questions differ, what it lacks."""
    table = tables[at]
    others = {place: one for place, one in tables.items() if use_of(plan, place)}
    for place, other in others.items():
        for issue in check_overlap([table, other]):
            if (issue.file, issue.sheet) != (table.file, table.sheet):
                continue
            if issue.code == "file_summed":
                return text("Its rows sum up those of {file}, which is used.", file=_place(place))
            return text("Its rows are also in {file}, which is used.", file=_place(place))
    reason = say_nearest(text, plan, table)
    if reason:
        return reason
    asks = any(one.role in ("item", "knowledge") for one in propose_roles(table))
    if asks and plan.survey and plan.survey.files:
        return text(
            "Fewer than half of its questions are those of {file}: a study reads one "
            "questionnaire.",
            file=plan.survey.files[0].path,
        )
    return text("No column was recognised as answers, people, dates or amounts.")


def _place(at: Place) -> str:
    return at.file if at.main else f"{at.file} › {at.sheet}"


def say_nearest(text: Text, plan: StudyPlan, table: Table) -> str:
    """Say why a table is not used: another one is, or what it lacks; "" when nothing is told."""
    section = recognise_section(table).section.removesuffix("_counts")
    other = getattr(plan, section, None) if section in TABLES and section != SURVEY else None
    if other is not None:
        return text(
            "Recognised as {kind}, but {file} is used as that: a study reads one table of a kind.",
            kind=use_name(text, section),
            file=other.path if other.sheet is None else f"{other.path} › {other.sheet}",
        )
    nearest = list_near_sections(table)[0]
    if not nearest.is_likely or not nearest.lacks:
        return ""
    return text(
        "Nearest: {kind}. Missing: {fields}.",
        kind=kind_in_words(text, nearest.section),
        fields=missing_in_words(text, nearest),
    )


def kind_in_words(text: Text, section: str) -> str:
    """Name a kind of table."""
    if section == "attendance_counts":
        return text("Sign-in sheet with numbers of people")
    return use_name(text, section)


def missing_in_words(text: Text, near: NearSection) -> str:
    """Name the columns that a table lacks to be of a kind."""
    either = text(" or ")
    return ", ".join(either.join(field_name(text, one) for one in some) for some in near.lacks)
